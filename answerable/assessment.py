"""The assessment of a case: the public JSON contract.

Identifiers are the short ids of the case file (`bank`), of the ontology (`AIActDeployer`) and of the law tables
(`AIA_26_1`); `provision` and `cites` are IRIs; `labels` gives a name to every id that the assessment uses.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Standing = Literal["established", "arguable"]
Verification = Literal["verified_primary", "verified_secondary", "unverified_memory"]
ObligationStatus = Literal["binding", "recommended", "applicable", "open", "not_yet_applicable", "exempt"]
Compliance = Literal["fulfilled", "breached", "documented", "undocumented", "unknown"]
TheoryStatus = Literal["established", "arguable", "open", "blocked"]
ElementStatus = Literal["established", "presumed", "not_needed", "arguable", "missing", "not_defeated", "defeated"]
DefenceStatus = Literal["established", "arguable", "open"]
DefenceEffect = Literal["full_bar", "negates", "reduces", "shifts", "evidential"]
Kind = Literal["legal", "regulatory", "contractual", "organisational"]
ClauseStatus = Literal[
    "binds_parties",
    "void",
    "does_not_bind",
    "open_to_fairness_test",
    "open_to_reasonableness_test",
    "open_to_policy_test",
    "hangs_on_conditions",
    "conditions_fail",
    "may_benefit",
]
StepKind = Literal[
    "owes",
    "pays_contribution",
    "gets_contribution",
    "pays_indemnity",
    "gets_indemnity",
    "insured",
    "retained",
    "bears",
]
ItemStatus = Literal["present", "missing", "not_applicable", "unknown"]

# Exact in Python, a plain number for readers of the JSON.
Number = Annotated[
    Decimal,
    PlainSerializer(
        lambda value: int(value) if value == value.to_integral_value() else float(value),
        return_type=int | float,
        when_used="json",
    ),
]

DISCLAIMER = (
    "Not legal advice. A reasoned reading of the stated facts against summaries of the law as of the day given. Not "
    "all of the law is in it, and a fact that was not stated is open, not false."
)


class Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, json_schema_serialization_defaults_required=True
    )


class Role(Part):
    """A role that a party holds by what it did."""

    party: str
    role: str
    artefact: str = Field(description="artefact or processing activity that the role is held in")
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    standing: Standing
    cites: list[str] = []
    proof: str = ""


class Classification(Part):
    """A legal class of an artefact."""

    artefact: str
    class_: str = Field(alias="class")
    standing: Standing
    cites: list[str] = []
    proof: str = ""


class Screening(Part):
    """Whether an artefact falls under a norm that classifies, prohibits or exempts."""

    artefact: str
    norm: str
    status: Literal["within", "outside", "exempt", "unknown"]
    standing: Standing
    ask: str = Field(default="", description="the question that would settle it")
    cites: list[str] = []
    proof: str = ""


class Sanction(Part):
    """What the breach of a norm costs."""

    norm: str
    max: Number | None = Field(
        default=None, description="ceiling of the fine, once the record gives what it depends on"
    )
    currency: str | None = None
    basis: str = ""
    formula: str = Field(default="", description="how the ceiling is counted, in words")
    modified_by: list[str] = Field(default=[], description="rules that lower or lift the ceiling for this party")
    set_by_national_law: bool = False
    periodic: str = Field(default="", description="periodic penalty that may come on top, in words")
    imposed_by: str = ""
    cites: list[str] = []


class Obligation(Part):
    """A norm as it stands for one bearer about one matter on the as-of day."""

    norm: str
    label: str = ""
    bearer: str
    about: str
    status: ObligationStatus
    standing: Standing
    compliance: Compliance | None = None
    applies_from: date | None = None
    applies_to: date | None = None
    provision: str = ""
    evidence: list[str] = Field(default=[], description="classes of document that would show it fulfilled")
    sanction: Sanction | None = None
    verification: Verification | None = None
    cites: list[str] = []
    proof: str = ""


class Connection(Part):
    """A country whose law applies to a harm, or whose courts may decide on it, and through which rule."""

    harm: str
    kind: Literal["applicable_law", "court", "overriding_law"]
    country: str
    party: str | None = None
    rule: str = ""
    standing: Standing
    cites: list[str] = []
    proof: str = ""


class Element(Part):
    """An element of a theory, for one defendant."""

    element: str
    status: ElementStatus
    burden: str = ""
    evidence: list[str] = Field(default=[], description="records of the case that it rests on")
    proof: str = ""


class Defence(Part):
    """A defence that the record raises."""

    defence: str
    status: DefenceStatus
    effect: DefenceEffect


class Liability(Part):
    """A theory of liability against one defendant for one harm."""

    theory: str
    party: str
    harm: str
    status: TheoryStatus
    elements: list[Element] = []
    defences: list[Defence] = []
    verification: Verification | None = None
    cites: list[str] = []
    proof: str = ""


class Exposure(Part):
    """A range of money, how it was counted, and the facts that it hangs on and nobody stated."""

    low: Number | None = None
    high: Number | None = Field(default=None, description="null where nothing bounds it")
    currency: str | None = None
    basis: str = ""
    formula: str = ""
    open: list[str] = Field(default=[], description="inputs that nobody stated")
    proof: str = Field(default="", description="walks the amount down to its formula, facts and sources")


class PartyExposure(Part):
    """What the injured person can make one party pay."""

    party: str
    liability: Literal["sole", "joint", "several", "hybrid", "open"] = Field(
        description="hybrid: jointly for some heads of damage, severally for the rest"
    )
    share: Number | None = Field(default=None, description="of fault, where it is on record or follows")
    amount: Exposure
    rule: str = Field(default="", description="the apportionment rule that decides")


class Recourse(Part):
    """Who, having paid, may recover from whom."""

    by: str
    against: str
    basis: str = ""
    amount: Exposure | None = None


class ContractEffect(Part):
    """What a clause changes, and against whom it changes nothing."""

    clause: str
    status: ClauseStatus
    standing: Standing = "established"
    between: list[str] = []
    against: str | None = None
    rule: str = ""
    consequences: list[str] = Field(default=[], description="what the clause brings about between the parties")
    opens: list[str] = Field(default=[], description="theories of liability that it opens")
    because: list[str] = Field(default=[], description="grounds, conditions, roles or policies that decide")
    open: list[str] = Field(default=[], description="grounds against the clause on which the record is silent")
    verification: Verification | None = None
    proof: str = ""


class Cover(Part):
    """An insurance policy that may answer for a party."""

    policy: str
    holder: str
    status: str
    amount: Number | None = None
    currency: str | None = None
    pays: Exposure | None = None
    because: list[str] = Field(default=[], description="trigger, exclusions, endorsements and limits that decide")
    proof: str = ""


class Allocation(Part):
    """How the loss falls on those who are liable for it."""

    harm: str
    regime: str
    standing: Standing = "established"
    solely_liable: list[str] = []
    jointly_liable: list[str] = []
    severally_liable: list[str] = []
    shares: dict[str, Number | None] = Field(default={}, description="several share of a party; null where it is open")
    recourse: list[Recourse] = []
    contract_effects: list[ContractEffect] = []
    insurance: list[Cover] = []
    exposure: Exposure | None = None
    exposures: list[PartyExposure] = Field(default=[], description="party by party, as the injured person sees it")
    recoverable: Exposure | None = Field(default=None, description="what the injured person can collect in all")
    residual: Exposure | None = None
    notes: list[str] = Field(default=[], description="ids of further apportionment rules at work")
    verification: Verification | None = None


class WaterfallStep(Part):
    """One movement of the loss between those who may bear it."""

    party: str
    kind: StepKind
    other: str | None = Field(default=None, description="the party or policy on the other side")
    amount: Exposure
    rule: str = ""


class Waterfall(Part):
    """Who ends up paying for a harm: what each owes, recovers, has insured, and bears in the end."""

    harm: str
    regime: str
    steps: list[WaterfallStep] = []
    open: list[str] = Field(default=[], description="what the range of the end hangs on and nobody stated")
    notes: list[str] = Field(default=[], description="what was taken for granted, in words")


class StatutoryExposure(Part):
    """A statutory amount or a fine that a party faces, as a range with its formula."""

    party: str
    harm: str | None = None
    rule: str = Field(description="id of the exposure rule")
    theory: str = Field(default="", description="theory or norm that it belongs to")
    status: Literal["established", "arguable", "possible"]
    amount: Exposure
    adds: list[str] = Field(default=[], description="what comes on top without a figure")
    verification: Verification | None = None


class InternalAnswer(Part):
    """What a unit or person inside an organisation did or left undone; not a liability of its own."""

    harm: str
    organisation: str | None = None
    party: str
    function: str = Field(description="decided, signed off, fixed, owned the control that should have prevented ...")
    because: list[str] = []
    standing: Standing
    proof: str = ""


class Accountable(Part):
    """A party that answers for a harm, and in which way."""

    party: str
    harm: str
    kind: Kind
    status: Standing
    standing: Standing
    because: list[str] = Field(default=[], description="ids of the theories, norms or records that it rests on")
    proof: str = ""


class Void(Part):
    """Harm, and a gap through which nobody answers for it."""

    void: str
    harm: str | None = Field(default=None, description="the harm left unanswered; null where none came yet")
    severity: str = ""
    witnesses: list[str] = Field(default=[], description="what on the record shows it")
    cure: str = ""
    ask: str = Field(default="", description="the question whose answer could close it, and whom to ask")
    standing: Standing = "established"
    verification: Verification | None = None
    proof: str = ""


class CompletenessItem(Part):
    """One thing that a document must contain."""

    profile: str = Field(default="", description="the dossier: a folder of the shapes")
    dossier: str = Field(description="the document, or its class where the case states no such document")
    item: str
    label: str = ""
    level: Literal["must", "should"] = Field(default="must", description="what the law demands, or practice advises")
    status: ItemStatus
    owner: str | None = None
    roles: list[str] = Field(default=[], description="the roles whose holders owe it")
    due: date | None = Field(default=None, description="the day from which the norm that demands it applies")
    provision: str = ""
    message: str = Field(
        default="", description="what is missing and what to write; or why it is not applicable or unknown"
    )


class OpenQuestion(Part):
    """A fact that is not stated and that would change the answer."""

    fact: str
    would_change: list[str] = []
    ask: str = ""


class Assessment(Part):
    """Who answers, on one day, with what is open and what was assumed."""

    case: str
    as_of: date
    known_on: date | None = Field(default=None, description="the day on which the law is taken as it was then known")
    positions: dict[str, bool] = {}
    disclaimer: str = DISCLAIMER
    assumptions: list[str] = Field(default=[], description="what was taken for granted to reach this answer")
    roles: list[Role] = []
    classifications: list[Classification] = []
    screenings: list[Screening] = Field(default=[], description="prohibited practices, high risk, transparency, scope")
    obligations: list[Obligation] = []
    rules: list[Obligation] = Field(
        default=[],
        description="norms that apply and bind nobody to act: exemptions, presumptions, liability",
    )
    conflict_of_laws: list[Connection] = Field(default=[], description="which law applies to a harm, and which courts")
    liability: list[Liability] = []
    allocation: list[Allocation] = []
    waterfall: list[Waterfall] = []
    exposure: list[StatutoryExposure] = Field(default=[], description="statutory ranges and fines")
    accountable: list[Accountable] = []
    organisation: list[InternalAnswer] = Field(default=[], description="inside the organisations, beside the law")
    voids: list[Void] = []
    completeness: list[CompletenessItem] = []
    open_questions: list[OpenQuestion] = []
    labels: dict[str, str] = Field(default={}, description="a name in words for each id")

    def label(self, key: str) -> str:
        """The name of an id, or the id itself."""
        return self.labels.get(key) or key

    def to_json(self, indent: int | None = 2) -> str:
        """The assessment as the JSON that the schema describes."""
        return self.model_dump_json(by_alias=True, indent=indent)


def publish_schema() -> dict[str, Any]:
    """The JSON Schema of an assessment."""
    schema = Assessment.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/answerable/assessment.schema.json",
        **schema,
    }
