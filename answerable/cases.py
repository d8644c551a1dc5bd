"""What a case file may say: one model a section.

Scalars are read from text by the field that wants them, so that a country is never a boolean and an amount never a
float. Each field that names something outside itself carries a marker: what it may name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

FORMAT_VERSION = 1

Standing = Literal["found", "undisputed", "alleged", "disputed", "denied"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)

SLUG = r"[a-z][a-z0-9-]*"
LAW_ID = r"[A-Za-z][A-Za-z0-9_.()-]*"
TERM = r"[A-Z][A-Za-z0-9]*"

# Oxigraph and most triple stores keep xsd:decimal in 128 bits with 18 decimal places.
_WHOLE_DIGITS, _DECIMAL_PLACES = 18, 18


# -- markers


@dataclass(frozen=True)
class Link:
    """The field names records of this case, of these kinds (any kind if none is given)."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Jurisdiction:
    """The field names jurisdictions by their code."""


@dataclass(frozen=True)
class Law:
    """The field names norms or documentation items by their id."""


@dataclass(frozen=True)
class Term:
    """The field names a term of the ontology: a class, or an individual of the class `individual_of`."""

    individual_of: str = ""


@dataclass(frozen=True)
class Nested:
    """The field holds records of its own."""


Marker = Link | Jurisdiction | Law | Term | Nested
_ACTOR = ("party", "unit")


# -- reading scalars


def _wrong(expected: str, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError("expected", "{expected}", {"expected": expected, "hint": hint})


def _text(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise _wrong("text")
    return value


def _matching(pattern: str, expected: str, prefix: str = "") -> BeforeValidator:
    compiled = re.compile(pattern)

    def read(value: Any) -> Any:
        if isinstance(value, str) and prefix:
            value = value.removeprefix(prefix)
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise _wrong(expected)
        return value

    return BeforeValidator(read)


def _day(value: Any) -> Any:
    if type(value) is date:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise _wrong("a day written YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _wrong("a day that exists, written YYYY-MM-DD") from None


def _decimal(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    elif isinstance(value, str):
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", value):
            raise _wrong(
                "a decimal number such as 1250.50",
                "write digits and one point: no thousands separator, unit or exponent",
            )
        try:
            value = Decimal(value)
        except InvalidOperation:  # pragma: no cover - the pattern above lets only decimals through
            raise _wrong("a decimal number such as 1250.50") from None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _wrong("a decimal number such as 1250.50")
    sign, digits, exponent = value.as_tuple()
    digits = tuple(digits)
    assert isinstance(exponent, int)
    while len(digits) > 1 and digits[-1] == 0 and exponent < 0:
        digits, exponent = digits[:-1], exponent + 1
    if len(digits) + exponent > _WHOLE_DIGITS or -exponent > _DECIMAL_PLACES:
        raise _wrong(f"at most {_WHOLE_DIGITS} digits before the point and {_DECIMAL_PLACES} after it")
    if sign and any(digits):
        raise _wrong("a number that is not negative")
    return Decimal((0, digits, exponent)) if exponent <= 0 else Decimal(int(value))


def _quantity(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?([eE]\+?\d{1,3})?", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise _wrong("a quantity such as 2.5e25", "write digits, one point, and e with the power of ten")
    return float(value)


def _fraction(value: Any) -> Any:
    number = _decimal(value)
    if number > 1:
        raise _wrong("a share between 0 and 1", "write a half as 0.5")
    return number


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "yes"):
        return True
    if isinstance(value, str) and value.lower() in ("false", "no"):
        return False
    raise _wrong("yes or no")


def _flag_or_unknown(value: Any) -> Any:
    return None if isinstance(value, str) and value.lower() == "unknown" else value


def _choice(*allowed: str) -> BeforeValidator:
    def read(value: Any) -> Any:
        if value not in allowed:
            raise PydanticCustomError(
                "expected", "{expected}", {"expected": "one of " + ", ".join(allowed), "near": allowed}
            )
        return value

    return BeforeValidator(read)


def _word(meaning: Mapping[str, str]) -> BeforeValidator:
    """A word of the file for an individual of the ontology; the individual itself is read, too."""

    def read(value: Any) -> Any:
        if value in meaning.values():
            return value
        if value not in meaning:
            raise PydanticCustomError(
                "expected", "{expected}", {"expected": "one of " + ", ".join(meaning), "near": tuple(meaning)}
            )
        return meaning[value]

    return BeforeValidator(read)


def _many(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(value)) if all(isinstance(v, str) for v in value) else tuple(value)
    raise _wrong("one value or a list of values")


def _list(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(value)
    raise _wrong("a list of records", "begin each record with a dash")


def _one_or_many(item: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "uniqueItems": True}]})


_DECIMAL_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[\d.]+$"}]}
)

Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_many), _one_or_many({"type": "string"})]
Id = Annotated[
    str,
    _matching(SLUG, "an id: lower-case letters, digits and hyphens, beginning with a letter"),
    WithJsonSchema({"type": "string", "pattern": f"^{SLUG}$"}),
]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_many), _one_or_many({"type": "string", "pattern": f"^{SLUG}$"})]
Name = Annotated[
    str,
    _matching(TERM, "a term of the ontology, written LikeThis", "ans:"),
    WithJsonSchema({"type": "string", "pattern": f"^(ans:)?{TERM}$"}),
]
Names = Annotated[tuple[Name, ...], BeforeValidator(_many), _one_or_many({"type": "string"})]
LawId = Annotated[
    str,
    _matching(LAW_ID, "the id of a norm, such as AIA_26_1", "law:"),
    WithJsonSchema({"type": "string"}),
]
_Code = Annotated[str, _matching("[A-Z]{2}(-[A-Z]{2,3})?", "a jurisdiction, such as DE or US-TX")]
Codes = Annotated[
    tuple[_Code, ...], BeforeValidator(_many), _one_or_many({"type": "string", "pattern": "^[A-Z]{2}(-[A-Z]{2,3})?$"})
]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[Decimal, BeforeValidator(_decimal), _DECIMAL_SCHEMA]
Fraction = Annotated[Decimal, BeforeValidator(_fraction), _DECIMAL_SCHEMA]
Quantity = Annotated[float, BeforeValidator(_quantity), WithJsonSchema({"type": ["number", "string"], "minimum": 0})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"enum": [True, False, "yes", "no"]})]
MaybeFlag = Annotated[
    Flag | None, BeforeValidator(_flag_or_unknown), WithJsonSchema({"enum": [True, False, "yes", "no", "unknown"]})
]
Currency = Annotated[
    str,
    _matching("[A-Z]{3}", "a currency code, such as EUR"),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"}),
]
StandingName = Annotated[Standing, _choice(*STANDINGS)]
Url = Annotated[
    str,
    _matching(r"https?://[^\s<>\"{}|\\^`]+", "an address that begins with http:// or https://"),
    WithJsonSchema({"type": "string", "format": "uri"}),
]
TRIGGERS = {"occurrence": "OccurrenceTrigger", "claims_made": "ClaimsMadeTrigger"}
DEFENCES = {"inside": "DefenceInsideLimit", "outside": "DefenceOutsideLimit"}
TriggerName = Annotated[str, _word(TRIGGERS), WithJsonSchema({"enum": [*TRIGGERS, *TRIGGERS.values()]})]
DefenceName = Annotated[str, _word(DEFENCES), WithJsonSchema({"enum": [*DEFENCES, *DEFENCES.values()]})]
_Records = BeforeValidator(_list)


# -- records


class Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Record(Model):
    """Anything that a case states: its id, what it is, how far it is accepted, where it is stated."""

    kind: ClassVar[str]
    under: ClassVar[str]

    id: Annotated[Id, Field(description="unique in the whole case")]
    type: Annotated[Name, Term()]
    name: Text | None = None
    standing: Annotated[
        StandingName | None, Field(description="by default that of the record around it, or of the case")
    ] = None
    source: Annotated[Text | None, Field(description="where it is stated: a document and paragraph")] = None


class Unit(Record):
    kind = "unit"
    under = "OrganisationalUnit"
    type: Annotated[Name, Term()] = "OrganisationalUnit"
    established_in: Annotated[Codes, Jurisdiction()] = ()


class Party(Record):
    kind = "party"
    under = "Party"
    established_in: Annotated[Codes, Jurisdiction()] = ()
    turnover: Annotated[Number | None, Field(description="worldwide, of the preceding financial year")] = None
    net_worth: Annotated[Number | None, Field(description="what it owns beyond its debts")] = None
    employees: Annotated[Number | None, Field(description="how many it employs")] = None
    means: Annotated[Number | None, Field(description="the most that it can pay")] = None
    tolerance: Annotated[Number | None, Field(description="the uninsured loss that it says it can bear")] = None
    currency: Currency | None = None
    units: Annotated[tuple[Unit, ...], _Records, Nested()] = ()


class Artefact(Record):
    kind = "artefact"
    under = "Artefact"
    purpose: Annotated[Names, Term("IntendedPurpose")] = ()
    derived_from: Annotated[Ids, Link(("artefact",))] = ()
    integrates: Annotated[Ids, Link(("artefact",))] = ()
    offers: Annotated[Ids, Link(("artefact",))] = ()
    trained_on: Annotated[Ids, Link(("artefact",))] = ()
    part_of: Annotated[Ids, Link(("artefact",))] = ()
    training_compute: Annotated[Quantity | None, Field(description="cumulative, in floating-point operations")] = None


class Event(Record):
    kind = "event"
    under = "Activity"
    by: Annotated[Ids, Link(_ACTOR)] = ()
    of: Annotated[Ids, Link(("artefact",))] = ()
    on: Day | None = None
    until: Day | None = None
    where: Annotated[Codes, Jurisdiction()] = ()
    to: Annotated[Ids, Link(_ACTOR)] = ()
    under_name: Annotated[Ids, Link(_ACTOR)] = ()
    on_behalf_of: Annotated[Ids, Link(_ACTOR)] = ()
    commissioned_by: Annotated[Ids, Link(_ACTOR)] = ()
    purposes_set_by: Annotated[Ids, Link(_ACTOR)] = ()
    draws_on: Annotated[Ids, Link(("event",))] = ()
    output_used_in: Annotated[Codes, Jurisdiction()] = ()
    affects: Annotated[Ids, Link(("party",))] = ()
    owner: Annotated[Ids, Link(_ACTOR), Field(description="who answers for it, such as for a flagged anomaly")] = ()
    version: Annotated[Text | None, Field(description="the version that it brings about")] = None
    notice: Annotated[Flag | None, Field(description="whether those who use the artefact were told")] = None
    window_from: Annotated[Day | None, Field(description="the first day of the data trained on")] = None
    window_until: Annotated[Day | None, Field(description="the last day of the data trained on")] = None
    leaves_out: Annotated[Ids, Link(("event",)), Field(description="anomalies that a training leaves out")] = ()
    median_seconds: Annotated[Number | None, Field(description="that a human review took for one output")] = None
    override_rate: Annotated[Fraction | None, Field(description="of outputs changed in review, between 0 and 1")] = None
    authority: Annotated[Flag | None, Field(description="whether reviewers may change the output")] = None


class Clause(Record):
    kind = "clause"
    under = "Clause"
    protects: Annotated[Ids, Link(_ACTOR)] = ()
    burdens: Annotated[Ids, Link(_ACTOR)] = ()
    amount: Number | None = None
    currency: Currency | None = None
    months_of_fees: Annotated[Number | None, Field(description="a cap counted in months of fees")] = None
    fees: Annotated[Number | None, Field(description="of one month, under the contract")] = None
    scope: Annotated[
        Names, Term(), Field(description="the kinds of harm that it is about; all where none is named")
    ] = ()
    excludes: Annotated[Names, Term(), Field(description="kinds of harm, or of clauses, that it leaves out")] = ()
    conditions: Annotated[Names, Term(), Field(description="what must be shown before it can be called on")] = ()
    evidenced: Annotated[Names, Term(), Field(description="conditions for which there is evidence")] = ()
    metrics: Texts = ()
    selects: Annotated[Codes, Jurisdiction(), Field(description="the law or the courts that a clause chooses")] = ()


class Contract(Record):
    kind = "contract"
    under = "Contract"
    type: Annotated[Name, Term()] = "Contract"
    between: Annotated[Ids, Link(_ACTOR)] = ()
    of: Annotated[Ids, Link(("artefact", "event"))] = ()
    on: Day | None = None
    until: Day | None = None
    clauses: Annotated[tuple[Clause, ...], _Records, Nested()] = ()


class Item(Record):
    kind = "item"
    under = "DocumentItem"
    type: Annotated[Name, Term()] = "DocumentItem"
    item: Annotated[LawId, Law()]
    text: Text | None = None
    not_applicable: Annotated[Text | None, Field(description="why the item does not apply")] = None
    unknown: Annotated[Text | None, Field(description="why nothing is known of it: what was read is silent")] = None


def _named_items(data: Any, field: str, word: str) -> Any:
    """The record with an id for each nested record that states none."""
    if (
        not isinstance(data, Mapping)
        or not isinstance(data.get(field), list | tuple)
        or not isinstance(data.get("id"), str)
    ):
        return data
    nested = [
        {"id": f"{data['id']}-{word}-{number}", **entry} if isinstance(entry, Mapping) and "id" not in entry else entry
        for number, entry in enumerate(data[field], 1)
    ]
    return {**data, field: nested}


class Document(Record):
    kind = "document"
    under = "Document"
    by: Annotated[Ids, Link(_ACTOR)] = ()
    of: Annotated[Ids, Link()] = ()
    on: Day | None = None
    contains: Annotated[tuple[Item, ...], _Records, Nested()] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_items(cls, data: Any) -> Any:
        return _named_items(data, "contains", "item")


class Decision(Record):
    kind = "decision"
    under = "OrganisationalDecision"
    type: Annotated[Name, Term()] = "OrganisationalDecision"
    by: Annotated[Ids, Link(_ACTOR)] = ()
    of: Annotated[Ids, Link(("artefact",))] = ()
    on: Day | None = None
    owner: Annotated[Ids, Link(_ACTOR)] = ()
    signed_off_by: Annotated[Ids, Link(_ACTOR)] = ()
    requested_by: Annotated[Ids, Link(_ACTOR)] = ()
    collective: Annotated[Flag | None, Field(description="whether a body of several took it")] = None
    record: Annotated[Ids, Link(("document",)), Field(description="the document that records it")] = ()
    covers: Annotated[Ids, Link(("event",)), Field(description="the changes that it lets go ahead")] = ()
    version: Annotated[Text | None, Field(description="the version that it is about")] = None


class Control(Record):
    kind = "control"
    under = "Control"
    type: Annotated[Name, Term()] = "Control"
    of: Annotated[Ids, Link(("artefact",))] = ()
    on: Day | None = None
    owner: Annotated[Ids, Link(_ACTOR)] = ()
    prevents: Annotated[Names, Term(), Field(description="classes of harm that it is meant to prevent")] = ()
    failed: Annotated[MaybeFlag, Field(description="unknown where nothing is said")] = None
    version: Annotated[Text | None, Field(description="the version that it is about")] = None
    metric: Texts = ()
    threshold: Annotated[Number | None, Field(description="the value at which it fires")] = None
    observed: Number | None = None


class Alert(Record):
    kind = "alert"
    under = "MonitoringAlert"
    type: Annotated[Name, Term()] = "MonitoringAlert"
    of: Annotated[Ids, Link(("artefact",))] = ()
    on: Day | None = None
    within: Annotated[Ids, Link(_ACTOR)] = ()
    owner: Annotated[Ids, Link(_ACTOR)] = ()
    acted_on_by: Annotated[Ids, Link(_ACTOR)] = ()
    resolved_by: Annotated[Ids, Link(_ACTOR)] = ()
    metric: Texts = ()
    threshold: Annotated[Number | None, Field(description="the value at which it fires")] = None
    observed: Number | None = None
    root_cause: Text | None = None
    agent: Annotated[Name | None, Term("CauseAgent"), Field(description="where the record puts the cause")] = None
    traced_to: Annotated[
        Ids, Link(("artefact", "event", "decision", "control", "unit")), Field(description="what the cause led back to")
    ] = ()


class Sublimit(Record):
    kind = "sublimit"
    under = "Sublimit"
    type: Annotated[Name, Term()] = "Sublimit"
    for_: Annotated[Name, Term(), Field(alias="for", description="the class of harms")]
    amount: Number


class Policy(Record):
    kind = "policy"
    under = "InsurancePolicy"
    type: Annotated[Name, Term()] = "InsurancePolicy"
    holder: Annotated[Ids, Link(_ACTOR)] = ()
    additional_insured: Annotated[Ids, Link(_ACTOR)] = ()
    insurer: Annotated[Ids, Link(("party",))] = ()
    limit: Number | None = None
    attachment: Annotated[Number | None, Field(description="where the layer begins; a primary layer states none")] = (
        None
    )
    retention: Annotated[Number | None, Field(description="what the insured bears first")] = None
    aggregate_used: Annotated[Number | None, Field(description="of the limit, by earlier claims")] = None
    sublimits: Annotated[tuple[Sublimit, ...], _Records, Nested()] = ()
    currency: Currency | None = None
    on: Day | None = None
    until: Day | None = None
    trigger: Annotated[TriggerName | None, Term(), Field(description="by default that of the line")] = None
    retro_date: Annotated[Day | None, Field(description="acts before it are not insured")] = None
    claim_made_on: Annotated[Day | None, Field(description="by default as stated of the harm")] = None
    reported_on: Annotated[Day | None, Field(description="by default as stated of the harm")] = None
    extended_reporting_until: Day | None = None
    defence: Annotated[DefenceName | None, Term(), Field(description="whether defence costs erode the limit")] = None
    defence_costs: Number | None = None
    covers: Annotated[Names, Term(), Field(description="kinds of harm, beside those of the line")] = ()
    excludes: Annotated[Names, Term(), Field(description="kinds of harm that the wording leaves out")] = ()
    endorsements: Annotated[Names, Term(), Field(description="classes of endorsement")] = ()
    affirmative_ai: Annotated[Flag | None, Field(description="whether the wording grants cover for AI")] = None
    follows_form: Annotated[Ids, Link(("policy",)), Field(description="the policy whose terms it takes over")] = ()
    drops_down: Annotated[Flag | None, Field(description="whether it takes the place of a layer that fails")] = None

    @model_validator(mode="before")
    @classmethod
    def _name_sublimits(cls, data: Any) -> Any:
        return _named_items(data, "sublimits", "sublimit")


class Share(Record):
    kind = "share"
    under = "AttributedShare"
    type: Annotated[Name, Term()] = "FaultShare"
    party: Annotated[Id, Link(("party",))]
    share: Annotated[Fraction, Field(description="between 0 and 1")]


class Portion(Record):
    kind = "part"
    under = "DivisiblePart"
    type: Annotated[Name, Term()] = "DivisiblePart"
    amount: Number | None = None
    currency: Currency | None = None
    caused_by: Annotated[Ids, Link(("party",)), Field(description="the parties whose conduct caused this part")] = ()


class Head(Record):
    kind = "head"
    under = "DamageHead"
    amount: Number | None = None
    currency: Currency | None = None
    against: Annotated[Ids, Link(("party",)), Field(description="where it is awarded on top, against these alone")] = ()
    part: Annotated[Id | None, Link(("part",)), Field(description="the divisible part that it lies in")] = None


class Settled(Record):
    kind = "settlement"
    under = "Settlement"
    type: Annotated[Name, Term()] = "Settlement"
    party: Annotated[Id, Link(("party",))]
    amount: Number | None = None
    currency: Currency | None = None
    good_faith: Flag | None = None
    on: Day | None = None


class Count(Record):
    kind = "count"
    under = "Count"
    type: Annotated[Name, Term()] = "Count"
    of: Annotated[Name, Term("CountedInput"), Field(description="what is counted, such as PersonsAffected")]
    number: Number


class Harm(Record):
    kind = "harm"
    under = "Harm"
    to: Annotated[Ids, Link(("party",))] = ()
    caused_by: Annotated[Ids, Link(("event",))] = ()
    through: Annotated[Ids, Link(("artefact",))] = ()
    where: Annotated[Codes, Jurisdiction(), Field(description="where the damage occurred")] = ()
    forum: Annotated[Codes, Jurisdiction(), Field(description="by default that of the case")] = ()
    on: Day | None = None
    claim_made_on: Annotated[Day | None, Field(description="when the claim over it was first made")] = None
    reported_on: Annotated[Day | None, Field(description="when the claim was reported to the insurer")] = None
    amount: Number | None = None
    currency: Currency | None = None
    metric: Annotated[Texts, Field(description="the dimension in which it shows, as monitoring names it")] = ()
    version: Annotated[Text | None, Field(description="the version of the artefact in which it came")] = None
    cost_of_claim: Annotated[Number | None, Field(description="what bringing a claim would cost")] = None
    shares: Annotated[tuple[Share, ...], _Records, Nested()] = ()
    heads: Annotated[
        tuple[Head, ...], _Records, Nested(), Field(description="by kind of detriment, within the amount")
    ] = ()
    parts: Annotated[
        tuple[Portion, ...], _Records, Nested(), Field(description="by cause; what lies in none is one further part")
    ] = ()
    settlements: Annotated[tuple[Settled, ...], _Records, Nested()] = ()
    counts: Annotated[
        tuple[Count, ...], _Records, Nested(), Field(description="how many persons, works, violations ... it concerns")
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_nested(cls, data: Any) -> Any:
        for field in ("shares", "heads", "parts", "settlements", "counts"):
            data = _named_items(data, field, field.removesuffix("s"))
        return data


class Conduct(Record):
    kind = "conduct"
    under = "ComplianceRecord"
    type: Annotated[Name, Term()] = "ComplianceRecord"
    norm: Annotated[LawId, Law()]
    by: Annotated[Ids, Link(_ACTOR)]
    of: Annotated[Ids, Link(("artefact", "event"))] = ()
    outcome: Annotated[Literal["Fulfilled", "Breached"], _choice("Fulfilled", "Breached"), Term()]
    on: Day | None = None


class Circumstance(Record):
    kind = "circumstance"
    under = "Circumstance"
    type: Annotated[Name, Term()] = "Circumstance"
    is_: Annotated[Name, Term(), Field(alias="is")]
    of: Annotated[Id, Link()]
    about: Annotated[Id | None, Link(), Field(description="the second party to a relation")] = None
    holds: Flag = True
    on: Day | None = None


# -- what a case is expected to show (tests read it)


class NormExpectation(Model):
    norm: LawId
    bearer: Annotated[Id, Link(_ACTOR)]
    about: Annotated[Id | None, Link()] = None
    standing: Literal["established", "arguable"] | None = None


class ObligationsExpectation(Model):
    binding: Annotated[tuple[NormExpectation, ...], _Records] = ()
    applicable: Annotated[tuple[NormExpectation, ...], _Records] = ()
    recommended: Annotated[tuple[NormExpectation, ...], _Records] = ()
    not_binding: Annotated[tuple[NormExpectation, ...], _Records] = ()
    open: Annotated[tuple[NormExpectation, ...], _Records] = ()
    exempt: Annotated[tuple[NormExpectation, ...], _Records] = ()
    not_yet_applicable: Annotated[tuple[NormExpectation, ...], _Records] = ()


class TheoryExpectation(Model):
    theory: Text
    party: Annotated[Id, Link(_ACTOR)]
    status: Annotated[Text, _choice("established", "arguable", "open", "blocked")]
    harm: Annotated[Id | None, Link(("harm",))] = None


class AccountabilityExpectation(Model):
    party: Annotated[Id, Link(_ACTOR)]
    kind: Annotated[Text, _choice("legal", "regulatory", "contractual", "organisational")]
    status: Annotated[Text | None, _choice("established", "arguable")] = None
    harm: Annotated[Id | None, Link(("harm",))] = None


class RoleExpectation(Model):
    party: Annotated[Id, Link(_ACTOR)]
    role: Text
    in_: Annotated[Id | None, Link(), Field(alias="in")] = None
    held: Flag = True
    standing: Literal["established", "arguable"] | None = None


class SanctionExpectation(Model):
    norm: LawId
    bearer: Annotated[Id, Link(_ACTOR)]
    max: Annotated[Number | None, Field(description="left out: no ceiling is counted")] = None
    currency: Currency | None = None
    tier: LawId | None = None
    national: Annotated[Flag | None, Field(description="whether national law sets the penalty")] = None


class ScreeningExpectation(Model):
    artefact: Annotated[Id, Link(("artefact",))]
    norm: LawId
    status: Annotated[Text, _choice("within", "outside", "exempt", "unknown")] = "within"


class ConnectionExpectation(Model):
    harm: Annotated[Id, Link(("harm",))]
    kind: Annotated[Text, _choice("applicable_law", "court", "overriding_law")]
    country: Text
    rule: LawId | None = None
    holds: Flag = True


class InternalExpectation(Model):
    party: Annotated[Id, Link(_ACTOR)]
    function: Name
    harm: Annotated[Id | None, Link(("harm",))] = None
    holds: Flag = True


class Expectation(Model):
    """What the assessment of one day is expected to show."""

    as_of: Day | None = None
    position: dict[Id, Flag] = {}
    obligations: ObligationsExpectation = ObligationsExpectation()
    roles: Annotated[tuple[RoleExpectation, ...], _Records] = ()
    liability: Annotated[tuple[TheoryExpectation, ...], _Records] = ()
    accountable: Annotated[tuple[AccountabilityExpectation, ...], _Records] = ()
    sanctions: Annotated[tuple[SanctionExpectation, ...], _Records] = ()
    screenings: Annotated[tuple[ScreeningExpectation, ...], _Records] = ()
    conflict_of_laws: Annotated[tuple[ConnectionExpectation, ...], _Records] = ()
    organisation: Annotated[tuple[InternalExpectation, ...], _Records] = ()
    voids: Texts = ()
    absent_voids: Texts = ()
    open_questions: Texts = ()


# -- the case


class Source(Model):
    """The matter that a case is drawn from."""

    title: Text | None = None
    citation: Text | None = None
    url: Url | None = None


def _hyphened(*words: Any) -> str:
    text = "-".join(str(word) for word in words if word)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


class Case(Model):
    """A case file."""

    answerable: Annotated[
        int, Field(description="version of the file format"), WithJsonSchema({"const": FORMAT_VERSION})
    ] = FORMAT_VERSION
    id: Id
    title: Text | None = None
    description: Text | None = None
    source: Source | None = None
    forum: Annotated[Codes, Jurisdiction()] = ()
    as_of: Annotated[Day | None, Field(description="the day that the assessment speaks of")] = None
    standing: Annotated[StandingName, Field(description="of every record that states none")] = "undisputed"
    positions: Annotated[dict[Id, Flag], Field(description="sides taken in contested questions")] = {}
    parties: Annotated[tuple[Party, ...], _Records, Nested()] = ()
    artefacts: Annotated[tuple[Artefact, ...], _Records, Nested()] = ()
    events: Annotated[tuple[Event, ...], _Records, Nested()] = ()
    contracts: Annotated[tuple[Contract, ...], _Records, Nested()] = ()
    documents: Annotated[tuple[Document, ...], _Records, Nested()] = ()
    decisions: Annotated[tuple[Decision, ...], _Records, Nested()] = ()
    controls: Annotated[tuple[Control, ...], _Records, Nested()] = ()
    alerts: Annotated[tuple[Alert, ...], _Records, Nested()] = ()
    insurance: Annotated[tuple[Policy, ...], _Records, Nested()] = ()
    harms: Annotated[tuple[Harm, ...], _Records, Nested()] = ()
    conduct: Annotated[tuple[Conduct, ...], _Records, Nested()] = ()
    circumstances: Annotated[tuple[Circumstance, ...], _Records, Nested()] = ()
    expect: Annotated[tuple[Expectation, ...], _Records] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """Check the version first, then name the records that need no name of their own."""
        if not isinstance(data, Mapping):
            return data
        if str(data.get("answerable")) != str(FORMAT_VERSION):
            raise PydanticCustomError(
                "version",
                "{expected}",
                {"expected": f"answerable: {FORMAT_VERSION} (the version of the file format)", "hint": ""},
            )
        data = {**data, "answerable": FORMAT_VERSION}
        for section, keys in (("circumstances", ("is", "of", "about")), ("conduct", ("norm", "by", "of"))):
            entries = data.get(section)
            if not isinstance(entries, list | tuple):
                continue
            taken: dict[str, int] = {}
            named = []
            for entry in entries:
                if isinstance(entry, Mapping) and "id" not in entry:
                    words = [entry.get(key) for key in keys]
                    base = _hyphened(*(" ".join(map(str, w)) if isinstance(w, list | tuple) else w for w in words))
                    taken[base] = taken.get(base, 0) + 1
                    if base:
                        entry = {"id": base if taken[base] == 1 else f"{base}-{taken[base]}", **entry}
                named.append(entry)
            data[section] = named
        return data

    def records(self) -> Iterator[Record]:
        """Every record, nested ones after the one that holds them."""
        for section in SECTIONS:
            for record in getattr(self, section):
                yield from with_nested(record)

    def find(self, key: str) -> Record:
        """The record with this id.

        Raises:
            KeyError: no record has it.
        """
        for record in self.records():
            if record.id == key:
                return record
        raise KeyError(key)


# -- how the models are laid out


@dataclass(frozen=True)
class Slot:
    """One field of a model: its attribute, its key in a file, what it may name."""

    attribute: str
    key: str
    marker: Marker | None
    many: bool
    nested: type[Record] | None


@cache
def slots(model: type[BaseModel]) -> tuple[Slot, ...]:
    """The fields of a model, in the order of the file."""
    found = []
    for attribute, info in model.model_fields.items():
        marker = next((m for m in info.metadata if isinstance(m, Marker)), None)
        arguments = get_args(info.annotation)
        nested = next((a for a in arguments if isinstance(a, type) and issubclass(a, Record)), None)
        many = getattr(info.annotation, "__origin__", None) is tuple
        found.append(Slot(attribute, info.alias or attribute, marker, many, nested))
    return tuple(found)


SECTIONS: dict[str, type[Record]] = {slot.key: slot.nested for slot in slots(Case) if slot.nested is not None}


def with_nested(record: Record) -> Iterator[Record]:
    """A record and the records that it holds."""
    yield record
    for slot in slots(type(record)):
        if slot.nested is not None:
            for inner in getattr(record, slot.attribute):
                yield from with_nested(inner)


def canonical(case: Case) -> Case:
    """The case in its one written form: records in the order of their ids, nothing said twice."""

    def settle(record: Record, around: Standing) -> Record:
        standing = record.standing or around
        changes: dict[str, Any] = {"standing": None if standing == around else standing}
        for slot in slots(type(record)):
            value = getattr(record, slot.attribute)
            if slot.nested is not None:
                changes[slot.attribute] = tuple(sorted((settle(r, standing) for r in value), key=lambda r: r.id))
            elif slot.many:
                changes[slot.attribute] = tuple(sorted(value))
        if isinstance(record, Harm) and set(record.forum) == set(case.forum):
            changes["forum"] = ()
        return record.model_copy(update=changes)

    sections = {
        name: tuple(sorted((settle(r, case.standing) for r in getattr(case, name)), key=lambda r: r.id))
        for name in SECTIONS
    }
    return case.model_copy(
        update={"forum": tuple(sorted(case.forum)), "positions": dict(sorted(case.positions.items())), **sections}
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a case file, for editors."""
    schema = Case.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "https://w3id.org/answerable/case.schema.json"
    # Named by what they say, unless the file names them.
    for model in (Item, Share, Head, Portion, Settled, Sublimit, Count, Conduct, Circumstance):
        schema["$defs"][model.__name__]["required"].remove("id")
    schema["required"] = sorted({*schema.get("required", []), "answerable"})
    return schema


if __name__ == "__main__":
    import json

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
