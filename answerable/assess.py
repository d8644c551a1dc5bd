"""From a case to an assessment: two runs of the layers, read into the public contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from answerable.assessment import (
    Accountable,
    Assessment,
    Classification,
    CompletenessItem,
    Compliance,
    Connection,
    ContractEffect,
    Defence,
    DefenceEffect,
    Element,
    ElementStatus,
    Exposure,
    Liability,
    Obligation,
    ObligationStatus,
    OpenQuestion,
    Role,
    Sanction,
    Standing,
    TheoryStatus,
    Verification,
    Void,
)
from answerable.casefile import load, position_names
from answerable.cases import Case
from answerable.contracts import effects
from answerable.contracts import questions as contract_questions
from answerable.engine import Knowledge, Run, runs, uncollected
from answerable.errors import InputError
from answerable.iris import ANS, CASE, DOCTRINE, LAW
from answerable.proofs import proof_id
from answerable.quantities import Quantity
from answerable.quantities import shown as decimal
from answerable.records import RecordName, assessment_triples, triples
from answerable.terms import LABEL, TYPE, Term, Triple, ans, iri, is_iri, is_literal, lexical, read_triple
from answerable.words import Words

if TYPE_CHECKING:
    from answerable.allocation import HarmAllocation
    from answerable.check import Owed

# Properties that only the law has, so that no run needs to be asked.
OF_LAW = frozenset(
    {
        "hasProvision",
        "isEvidencedBy",
        "hasVerification",
        "isSanctionedBy",
        "hasApplicationPeriod",
        "covers",
        "appliesFrom",
        "appliesUntil",
        "isSubjectTo",
        "defersTo",
        "hasException",
        "hasCondition",
        "hasAlternative",
        "hasElement",
        "hasBurdenOn",
        "hasQuestion",
        "isAnsweredBy",
        "hasDefence",
        "hasPlacementPeriod",
        "hasContestedReading",
        "presupposes",
        "hasSeverity",
        "hasCure",
    }
)


def record_of(
    case: Case,
    record: RecordName,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> list[Triple]:
    """The facts that one record of the case rests on, with the as-of day and the positions answered in it."""
    day = as_of or case.as_of or date.today()
    answers = dict(case.positions) | dict(positions or {})
    if record == "arguable":
        answers = dict.fromkeys(position_names(), True) | answers
    return [read_triple(t) for t in (*triples(case, record, day), *assessment_triples(day, answers, known_on))]


def assess(
    case: Case | str | Path,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> Assessment:
    """Who answers for the harm of a case, on a day.

    Args:
        case: a case, or the path of a case file.
        as_of: the day of the question; by default the case's own.
        positions: sides taken on contested questions; those not taken stay contested.
        known_on: take the law as it was known on this earlier day; by default as known on the day of the question.

    Raises:
        InputError: for an unreadable case file, an unknown position, or a day of knowledge after that of the question.
    """
    return Passes.of(case, as_of, positions, known_on).assessment


def short(term: Term) -> str:
    """The short id of a node: the last part of an IRI, the text of a literal."""
    return term[1:-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1] if is_iri(term) else lexical(term)


class Period(NamedTuple):
    """An application period of a norm: the classes it covers, and its first and last day."""

    node: Term
    covers: frozenset[Term]
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Sheet:
    """What the law says of a norm in every case, as an assessment shows it."""

    label: str
    provision: str
    evidence: tuple[str, ...]
    verification: Verification | None
    periods: tuple[Period, ...]
    deferrals: tuple[tuple[date, Term], ...]
    involves: tuple[Term, ...]
    cites: tuple[str, ...]
    sanction: Sanction | None


@dataclass(frozen=True)
class Findings:
    """What an assessment reads from the two runs, and what it had read of each when it did."""

    as_of: date
    read: dict[Term, tuple[object, object]]
    parts: dict[str, Any]
    owed: Owed
    keys: dict[Term | None, str]
    proofs: dict[str, Triple]
    amounts: dict[str, Quantity]


_PARTS = ("hasElement", "hasDefence", "hasPlacementPeriod", "hasApplicationPeriod")
KEPT = 8
_RECENT: dict[tuple[object, ...], Passes] = {}


@dataclass
class Passes:
    """The settled and the arguable run of one case, and what both say together.

    The last few are kept, for a question is seldom asked alone: assess, then explain.
    """

    case: Case
    as_of: date
    positions: dict[str, bool]
    known_on: date
    settled: Run
    arguable: Run

    @classmethod
    def of(
        cls,
        case: Case | str | Path,
        as_of: date | None = None,
        positions: Mapping[str, bool] | None = None,
        known_on: date | None = None,
    ) -> Passes:
        loaded = case if isinstance(case, Case) else load(Path(case))
        taken = dict(loaded.positions) | dict(positions or {})
        known = sorted(position_names())
        for name in taken:
            if name not in known:
                near = get_close_matches(name, known, 1, 0)
                raise InputError(
                    file=str(case) if not isinstance(case, Case) else loaded.id,
                    place="positions",
                    found=name,
                    expected=f"one of {', '.join(known)}",
                    hint=f"did you mean {near[0]}?" if near else "",
                )
        day = as_of or loaded.as_of or date.today()
        if known_on is not None and known_on > day:
            expected = f"a day up to {day}, the day of the question"
            raise InputError(
                loaded.id, "known_on", str(known_on), expected, "leave it out for the law as known that day"
            )
        settled = frozenset(record_of(loaded, "settled", day, taken, known_on))
        arguable = frozenset(record_of(loaded, "arguable", day, taken, known_on))
        key = (loaded.id, day, settled, arguable)
        found = _RECENT.pop(key, None)
        # Documents that are denied or dated later stand in no record, and still tell what a dossier lacks.
        if found is None or found.case != loaded:
            found = cls(loaded, day, taken, known_on or day, *runs(loaded.id, (settled, arguable)))
        _RECENT[key] = found
        while len(_RECENT) > KEPT:
            _RECENT.pop(next(iter(_RECENT)), None)
        return found

    # -- reading both runs

    @property
    def iri(self) -> str:
        """The case's IRI; those of its records lie below it."""
        return f"{CASE}{self.case.id}"

    def record(self, name: str) -> Term:
        """The node of a record of the case."""
        return iri(f"{self.iri}/{name}")

    @cached_property
    def base(self) -> Knowledge:
        return self.settled.base

    @cached_property
    def words(self) -> Words:
        return Words(self.arguable)

    def standing(self, triple: Triple) -> Standing:
        return "established" if self.settled.holds(triple) and self.arguable.holds(triple) else "arguable"

    def run_of(self, triple: Triple) -> Run:
        """The run in which to prove a conclusion."""
        return self.settled if self.settled.holds(triple) else self.arguable

    def pairs(self, name: str) -> list[tuple[Term, Term]]:
        """Pairs of an ontology property in either run, in a fixed order."""
        return sorted({*self.settled.pairs(ans(name)), *self.arguable.pairs(ans(name))})

    def nodes(self, name: str) -> list[Term]:
        """Findings of a class in either run."""
        return self._instances.get(ans(name), [])

    @cached_property
    def _instances(self) -> dict[Term, list[Term]]:
        """Subjects by class, what either run says, in a fixed order."""
        found: dict[Term, list[Term]] = {}
        for subject, classes in sorted(self._merge(TYPE).items()):
            for cls in classes:
                found.setdefault(cls, []).append(subject)
        return found

    def values(self, subject: Term, name: str) -> Sequence[Term]:
        """Objects in either run, else in the knowledge."""
        if name in OF_LAW:
            return self.base.objects(subject, name)
        return self.column(name).get(subject) or self.base.objects(subject, name)

    def column(self, name: str) -> dict[Term, list[Term]]:
        """Subjects to objects of an ontology property, what either run says, in a fixed order."""
        merged = self._merged.get(name)
        if merged is None:
            merged = self._merged[name] = self._merge(ans(name))
        return merged

    @cached_property
    def _merged(self) -> dict[str, dict[Term, list[Term]]]:
        return {}

    def _merge(self, predicate: Term) -> dict[Term, list[Term]]:
        settled, arguable = self.settled.read(predicate), self.arguable.read(predicate)
        known = self.arguable.memory.get(predicate)
        if known is not None and known[0] is settled and known[1] is arguable:
            found: dict[Term, list[Term]] = known[2]
            return found
        found = self._united(settled, arguable)
        self.arguable.memory[predicate] = settled, arguable, found
        return found

    @staticmethod
    def _united(settled: dict[Term, list[Term]], arguable: dict[Term, list[Term]]) -> dict[Term, list[Term]]:
        if settled is arguable:
            return {subject: found if len(found) == 1 else sorted(found) for subject, found in settled.items()}
        merged = {
            subject: found
            if len(found) == 1 and settled.get(subject) == found
            else sorted({*found, *settled.get(subject, ())})
            for subject, found in arguable.items()
        }
        return merged | {subject: sorted(found) for subject, found in settled.items() if subject not in merged}

    def value(self, subject: Term, name: str) -> Term | None:
        found = self.values(subject, name)
        return found[0] if found else None

    @cached_property
    def _keys(self) -> dict[Term | None, str]:
        return {None: ""}

    def key(self, term: Term | None) -> str:
        """The short id of a node."""
        found = self._keys.get(term)
        if found is None:
            assert term is not None
            found = self._keys[term] = short(term)
        return found

    def keys(self, subject: Term, name: str) -> list[str]:
        return [self.key(v) for v in self.values(subject, name)]

    def text(self, subject: Term, name: str) -> str:
        value = self.value(subject, name)
        return lexical(value) if value is not None else ""

    def number(self, subject: Term, name: str) -> Decimal | None:
        value = self.value(subject, name)
        return Decimal(lexical(value)) if value is not None and is_literal(value) else None

    def day(self, subject: Term, name: str) -> date | None:
        value = self.value(subject, name)
        return date.fromisoformat(lexical(value)) if value is not None and is_literal(value) else None

    def verification(self, subject: Term) -> Verification | None:
        level = self.value(subject, "hasVerification")
        name = lexical(level).removeprefix(ANS) if level is not None else ""
        names = {
            "VerifiedPrimary": "verified_primary",
            "VerifiedSecondary": "verified_secondary",
            "UnverifiedMemory": "unverified_memory",
        }
        return cast(Verification | None, names.get(name))

    def cites(self, *subjects: Term) -> list[str]:
        return list(dict.fromkeys(c for s in subjects for c in self.words.citations(s)))

    # -- the contract

    @property
    def conclusions(self) -> dict[str, Triple]:
        """Every conclusion of the assessment by the id of its proof."""
        return self._proofs if self.assessment else {}

    @cached_property
    def _proofs(self) -> dict[str, Triple]:
        return {}

    @property
    def amounts(self) -> dict[str, Quantity]:
        """Every amount of the assessment by the id of its proof."""
        return self._amounts if self.assessment else {}

    @cached_property
    def _amounts(self) -> dict[str, Quantity]:
        return {}

    def amount(self, quantity: Quantity, basis: str = "") -> Exposure:
        """A quantity as the contract shows it, with a proof."""
        self._amounts[quantity.id] = quantity
        return Exposure(
            low=decimal(quantity.low),
            high=None if quantity.high is None else decimal(quantity.high),
            currency=quantity.currency or None,
            basis=basis,
            formula=quantity.formula,
            open=[u.name for u in quantity.unknowns],
            proof=quantity.id,
        )

    def proof(self, subject: Term, name: str, value: Term) -> str:
        triple = (subject, ans(name), value)
        reference = proof_id(triple)
        self._proofs[reference] = triple
        return reference

    @cached_property
    def assessment(self) -> Assessment:
        """The public contract, filled."""
        from answerable.check import completeness

        with self.base.lock, uncollected():
            found = self._earlier() or self._findings()
            rows = completeness(self, found.owed)
            return Assessment(
                case=self.case.id,
                as_of=self.as_of,
                known_on=self.known_on,
                positions=self.positions,
                assumptions=self.assumptions(),
                labels=self.labels(rows),
                completeness=rows,
                **found.parts,
            )

    def _earlier(self) -> Findings | None:
        """What the assessment before found, if it was read from what is still so: most days change nothing."""
        found: Findings | None = self.arguable.memory.get(Findings)
        if found is None or any((day > self.as_of) != (day > found.as_of) for day in self.base.deferrals):
            return None
        for predicate, (settled, arguable) in found.read.items():
            if self.settled.read(predicate) is not settled or self.arguable.read(predicate) is not arguable:
                return None
        self._keys.update(found.keys)
        self._proofs.update(found.proofs)
        self._amounts.update(found.amounts)
        return found

    def _findings(self) -> Findings:
        """Everything that is read from the two runs."""
        from answerable.allocation import allocations, questions
        from answerable.check import owed
        from answerable.exposure import exposures
        from answerable.insurance import questions as insurance_questions
        from answerable.organisation import internal_answers
        from answerable.screening import screenings
        from answerable.waterfall import settlements, shown, with_cover

        settled = settlements(self)
        obligations = self.norms()
        liability = self.liability()
        parts: dict[str, Any] = {
            "roles": self.roles(),
            "classifications": self.classifications(),
            "screenings": screenings(self),
            "obligations": [o for o in obligations if not self.is_rule(o.norm)],
            "rules": [o for o in obligations if self.is_rule(o.norm)],
            "conflict_of_laws": self.connections(),
            "liability": liability,
            "allocation": with_cover(self, allocations(self), settled),
            "exposure": exposures(self, liability),
            "waterfall": [shown(self, one) for one in settled],
            "accountable": self.accountable(),
            "organisation": internal_answers(self),
            "voids": self.voids(),
            "open_questions": [
                *self.open_questions(obligations, liability),
                *questions(self),
                *insurance_questions(self),
            ],
        }
        seen = self.settled.consulted | self.arguable.consulted
        found = Findings(
            self.as_of,
            {predicate: (self.settled.read(predicate), self.arguable.read(predicate)) for predicate in seen},
            parts,
            owed(obligations),
            dict(self._keys),
            dict(self._proofs),
            dict(self._amounts),
        )
        self.arguable.memory[Findings] = found
        return found

    def bearing_positions(self) -> list[str]:
        """The contested questions on which something that was tested here hangs."""
        named = ("testsTheory", "testsNorm", "mayBeExcludedBy")
        nodes = {n for name in named for found in self.column(name).values() for n in found}
        found = {self.key(p) for node in nodes for p in self.presupposed(node)}
        return sorted((found | self.base.positions) & position_names())

    def presupposed(self, node: Term) -> tuple[Term, ...]:
        """The contested questions that a theory, a norm or a rule hangs on, itself or in its parts."""
        found: tuple[Term, ...] | None = self.base.sheets.get((node, "presupposed"))
        if found is None:
            parts = [node, *(part for name in _PARTS for part in self.values(node, name))]
            parts += [reading for part in parts for reading in self.values(part, "hasContestedReading")]
            found = tuple(p for part in parts for p in self.values(part, "presupposes"))
            self.base.sheets[node, "presupposed"] = found
        return found

    def assumptions(self) -> list[str]:
        contested = [p for p in self.bearing_positions() if p not in self.positions]
        result = [
            f"The law is taken as it stood, and as it was then planned, on {self.known_on:%d %B %Y}.",
            "An exception that nobody has shown does not apply; what would show it is asked.",
            "Where a standing is not written on a record, the case file's own default holds.",
        ]
        if contested:
            result.append(f"Contested and left open: {', '.join(contested)}.")
        result += [f"Position taken: {n} is {'yes' if a else 'no'}." for n, a in sorted(self.positions.items())]
        return result

    def roles(self) -> list[Role]:
        result = []
        for node, role in self.pairs("hasRole"):
            rests = self.value(node, "restsOn")
            result.append(
                Role(
                    party=self.key(self.value(node, "isHeldBy")),
                    role=self.key(role),
                    artefact=self.key(self.value(node, "isHeldIn")),
                    from_=self.day(node, "since"),
                    until=self.day(node, "until"),
                    standing=self.standing((node, ans("hasRole"), role)),
                    cites=self.cites(rests) if rests is not None else self.cites(role),
                    proof=self.proof(node, "hasRole", role),
                )
            )
        return result

    def classifications(self) -> list[Classification]:
        result = []
        for node, cls in self.pairs("isClassifiedAs"):
            result.append(
                Classification(
                    artefact=self.key(node),
                    class_=self.key(cls),
                    standing=self.standing((node, ans("isClassifiedAs"), cls)),
                    cites=self.cites(cls),
                    proof=self.proof(node, "isClassifiedAs", cls),
                )
            )
        return result

    def statuses(self, node: Term, name: str, ranked: Mapping[str, Any]) -> tuple[str, Standing]:
        """The stronger of a finding's values in the two runs, and its standing."""
        predicate = ans(name)
        one, other = self.settled.objects(node, predicate), self.arguable.objects(node, predicate)

        def best(values: Sequence[Term]) -> str:
            found = [self.key(v) for v in values]
            return found[0] if len(found) == 1 else next((s for s in ranked if s in found), "")

        settled = best(one)
        arguable = settled if one == other else best(other)
        if settled == arguable:
            return settled, "established"
        stronger = min((s for s in (settled, arguable) if s), key=list(ranked).index)
        return stronger, "arguable"

    BINDING: ClassVar[dict[str, ObligationStatus]] = {
        "Binding": "binding",
        "Recommended": "recommended",
        "Applicable": "applicable",
        "Open": "open",
        "Exempt": "exempt",
        "NotYetApplicable": "not_yet_applicable",
    }
    COMPLIANCE: ClassVar[dict[str, Compliance]] = {
        "Breached": "breached",
        "Undocumented": "undocumented",
        "Fulfilled": "fulfilled",
        "Documented": "documented",
        "Unknown": "unknown",
    }

    def is_rule(self, norm: str) -> bool:
        """Whether a norm binds nobody to act, and only applies."""
        return ans("ApplicableRule") in self.types(iri(f"{LAW}{norm}"))

    def norms(self) -> list[Obligation]:
        """Every norm that was tested for a party in a matter, whether it binds or only applies."""
        result = []
        tested, about, borne = (self.column(name) for name in ("testsNorm", "isAboutMatter", "hasBearer"))
        for node in sorted(self.column("hasBindingStatus")):
            status, standing = self.statuses(node, "hasBindingStatus", self.BINDING)
            norm, matter, bearer = tested[node][0], about[node][0], borne[node][0]
            sheet = self.sheet(norm)
            compliance: Compliance | None = None
            if status == "Binding":
                outcome, _ = self.statuses(node, "hasComplianceStatus", self.COMPLIANCE)
                compliance = self.COMPLIANCE.get(outcome, "unknown")
            first, last, cites = self.span(sheet, matter, "isUpcoming" if status == "NotYetApplicable" else "isCurrent")
            if status == "NotYetApplicable" and first is None:
                first = self.deferral(node, sheet)
            result.append(
                Obligation(
                    norm=self.key(norm),
                    label=sheet.label,
                    bearer=self.key(bearer),
                    about=self.key(matter),
                    status=self.BINDING[status],
                    standing=standing,
                    compliance=compliance,
                    applies_from=first,
                    applies_to=last,
                    provision=sheet.provision,
                    evidence=list(sheet.evidence),
                    sanction=self.sanction(node, sheet),
                    verification=sheet.verification,
                    cites=list(dict.fromkeys((*sheet.cites, *cites))),
                    proof=self.proof(node, "hasBindingStatus", ans(status)),
                )
            )
        return result

    def deferral(self, node: Term, sheet: Sheet) -> date | None:
        """The day to which a transitional rule that applies puts the norm off."""
        assignment = self.value(node, "restsOnRole")
        later = [(day, rule) for day, rule in sheet.deferrals if day > self.as_of]
        satisfied = self.values(assignment, "satisfies") if assignment is not None else ()
        return next((day for day, rule in later if rule in satisfied), later[0][0] if later else None)

    def sheet(self, norm: Term) -> Sheet:
        """What the law says of a norm, in every case."""
        found = self.base.sheets.get(norm)
        if found is None:
            tier = self.value(norm, "isSanctionedBy")
            periods = (
                Period(p, frozenset(self.values(p, "covers")), self.day(p, "appliesFrom"), self.day(p, "appliesUntil"))
                for p in self.values(norm, "hasApplicationPeriod")
            )
            moved = [(day, rule) for rule in self.values(norm, "isSubjectTo") if (day := self.day(rule, "defersTo"))]
            found = self.base.sheets[norm] = Sheet(
                label=self.words.label(norm),
                provision=self.text(norm, "hasProvision"),
                evidence=tuple(short(v) for v in self.values(norm, "isEvidencedBy")),
                verification=self.verification(norm),
                periods=tuple(periods),
                deferrals=tuple(sorted(moved)),
                involves=(*self.values(norm, "hasException"), *self.values(norm, "isSubjectTo")),
                cites=tuple(self.cites(norm)),
                sanction=self.tier(tier) if tier is not None else None,
            )
        # Its ids are used, whoever made it.
        for key in found.evidence:
            self._keys[key] = key
        return found

    @cached_property
    def _classes(self) -> dict[Term | None, set[Term]]:
        return {None: set()}

    def classes_of(self, node: Term | None) -> set[Term]:
        """Every class that a node of the case has in either run."""
        if node not in self._classes:
            self._classes[node] = set(self.values(cast(Term, node), "hasClass"))
        return self._classes[node]

    @cached_property
    def _spans(self) -> dict[tuple[object, ...], tuple[date | None, date | None, tuple[str, ...]]]:
        return {}

    def span(self, sheet: Sheet, matter: Term, state: str) -> tuple[date | None, date | None, tuple[str, ...]]:
        """First and last day of the norm's current or upcoming periods that cover the matter, and what they cite."""
        key = (sheet.periods, matter, state)
        found = self._spans.get(key)
        if found is None:
            periods = self.covering(sheet, matter, state)
            starts = sorted(p.first for p in periods if p.first)
            ends = sorted(p.last for p in periods if p.last)
            cites = tuple(dict.fromkeys(c for p in periods for c in self.cites(p.node)))
            found = self._spans[key] = (starts[0] if starts else None, ends[0] if ends else None, cites)
        return found

    def covering(self, sheet: Sheet, matter: Term | None, state: str) -> list[Period]:
        """The periods that are current or upcoming and cover the matter, or may cover it."""
        classes, reached = self.classes_of(matter), self.column(state)
        found = [p for p in sheet.periods if p.node in reached]
        return [p for p in found if classes & p.covers] or found

    def sanction(self, node: Term, sheet: Sheet) -> Sanction | None:
        """The tier that reaches this bearer, which is not always the norm's own."""
        under = self.column("isSanctionedUnder").get(node)
        tier = self.tier(under[0]) if under else sheet.sanction
        if tier is None:
            return None
        self._keys[tier.norm] = tier.norm
        own = ("leavesFineToNationalLaw", "mayIncurPeriodicPenalty", "hasFineCeiling", "hasFineModifier")
        national, periodic, ceiling, modifiers = (self.column(name).get(node) for name in own)
        if not (national or periodic or ceiling or modifiers):
            return tier
        return tier.model_copy(
            update={
                "max": self.number(node, "hasFineCeiling"),
                "formula": self.tier(national[0]).formula if national else tier.formula,
                "modified_by": self.keys(node, "hasFineModifier"),
                "set_by_national_law": bool(national) or tier.set_by_national_law,
                "periodic": self.tier(periodic[0]).formula if periodic else "",
            }
        )

    def tier(self, node: Term) -> Sanction:
        """What the law says of a sanction, in every case."""
        found: Sanction | None = self.base.sheets.get((node, "tier"))
        if found is None:
            counted = self.text(node, "hasPenaltyFormula") or self.ceiling(node)
            found = Sanction(
                norm=short(node),
                currency=self.text(node, "hasCurrency") or None,
                basis=self.words.label(node),
                formula=counted or self.text(node, "hasStatement"),
                set_by_national_law=self.text(node, "isSetByNationalLaw") == "true",
                imposed_by=self.text(node, "isImposedBy"),
                cites=self.cites(node),
            )
            self.base.sheets[(node, "tier")] = found
        return found

    def ceiling(self, node: Term) -> str:
        """How the ceiling of a fine is counted."""
        amount, share = self.number(node, "hasMaximumAmount"), self.number(node, "hasMaximumShareOfTurnover")
        whole = amount is not None and amount == amount.to_integral_value()
        money = f"{self.text(node, 'hasCurrency')} {int(amount) if whole else amount:,}" if amount is not None else ""
        part = f"{(share * 100).normalize():f} % of worldwide annual turnover" if share is not None else ""
        if not money or not part:
            return f"up to {money or part}" if money or part else ""
        which = "higher" if self.text(node, "isHigherOf") == "true" else "lower"
        return f"up to {money} or {part}, whichever is {which}"

    def connections(self) -> list[Connection]:
        """Which law applies to each harm, and which courts may decide, by the rules on conflicts of laws."""
        found = [
            self.connection(node, kind, self.value(node, "leadsTo"))
            for kind, cls in (("applicable_law", "ApplicableLawFinding"), ("court", "CompetentCourtFinding"))
            for node in self.nodes(cls)
        ]
        for harm, country in self.pairs("hasOverridingLaw"):
            standing = self.standing((harm, ans("hasOverridingLaw"), country))
            proof = self.proof(harm, "hasOverridingLaw", country)
            found.append(
                Connection(
                    harm=self.key(harm),
                    kind="overriding_law",
                    country=self.key(country),
                    standing=standing,
                    proof=proof,
                )
            )
        return found

    def connection(self, node: Term, kind: Any, country: Term | None) -> Connection:
        claim, rule = self.value(node, "isOptionOf"), self.value(node, "restsOn")
        assert claim is not None and rule is not None and country is not None
        return Connection(
            harm=self.key(self.value(claim, "isAboutHarm")),
            kind=kind,
            country=self.key(country),
            party=self.key(self.value(claim, "hasDefendant")) or None,
            rule=self.key(rule),
            standing=self.standing((node, ans("leadsTo"), country)),
            cites=self.cites(rule),
            proof=self.proof(node, "leadsTo", country),
        )

    EFFECTS: ClassVar[dict[str, DefenceEffect]] = {
        "FullBar": "full_bar",
        "NegatingDefence": "negates",
        "ReducingDefence": "reduces",
        "ShiftingDefence": "shifts",
        "EvidentialDefence": "evidential",
    }

    def liability(self) -> list[Liability]:
        result = []
        for node in self.nodes("TheoryCandidate"):
            theory = self.value(node, "testsTheory")
            if theory is None:
                continue
            status, triple_value = self.theory_status(node)
            result.append(
                Liability(
                    theory=self.key(theory),
                    party=self.key(self.value(node, "hasDefendant")),
                    harm=self.key(self.value(node, "isAboutHarm")),
                    status=status,
                    elements=self.elements(node, theory),
                    defences=self.defences(node),
                    verification=self.verification(theory),
                    cites=self.cites(theory),
                    proof=self.proof(node, "hasTheoryStatus", triple_value) if triple_value is not None else "",
                )
            )
        return result

    def theory_status(self, node: Term) -> tuple[TheoryStatus, Term | None]:
        settled = {self.key(v) for v in self.settled.objects(node, ans("hasTheoryStatus"))}
        arguable = {self.key(v) for v in self.arguable.objects(node, ans("hasTheoryStatus"))}
        if "Established" in settled & arguable:
            return "established", ans("Established")
        if "Established" in settled | arguable:
            return "arguable", ans("Established")
        if "OpenTheory" in settled | arguable:
            return "open", ans("OpenTheory")
        return "blocked", ans("Blocked") if "Blocked" in settled | arguable else None

    MET: ClassVar = ("establishesElement", "derivesElement", "presumesElementMet")
    LOST: ClassVar = ("losesElement", "contradictsElement")
    UNMET: ClassVar = ("lacksElement", "isLeftWithout")

    def elements(self, node: Term, theory: Term) -> list[Element]:
        """How each element of a theory stands in an inquiry."""
        names = (*self.MET, *self.LOST, "isExcusedFrom", *self.UNMET)
        settled, arguable = (
            {name: r.objects(node, ans(name)) for name in names} for r in (self.settled, self.arguable)
        )
        inquiry = self.value(node, "isPartOfInquiry")
        considered = self.values(inquiry, "considers") if inquiry is not None else ()
        records = [(self.key(x), self.classes_of(x)) for x in considered]
        result = []
        for element in self.values(theory, "hasElement"):
            wanted = set(self.values(element, "hasAlternative"))
            said = [n for n in (*self.MET, *self.LOST, *self.UNMET) if element in settled[n] or element in arguable[n]]
            result.append(
                Element(
                    element=self.key(element),
                    status=self.element_status(element, settled, arguable),
                    burden=self.key(self.value(element, "hasBurdenOn")),
                    evidence=[record for record, classes in records if not wanted.isdisjoint(classes)],
                    proof=self.proof(node, said[0], element) if said else "",
                )
            )
        return result

    def element_status(self, element: Term, *records: Mapping[str, Sequence[Term]]) -> ElementStatus:
        def in_record(found: Mapping[str, Sequence[Term]]) -> ElementStatus:
            if any(element in found[name] for name in self.LOST):
                return "defeated"
            if element in found["establishesElement"] or element in found["derivesElement"]:
                return "established"
            if element in found["presumesElementMet"]:
                return "presumed"
            return "not_needed" if element in found["isExcusedFrom"] else "missing"

        one, other = map(in_record, records)
        met: tuple[ElementStatus, ...] = ("established", "presumed", "not_needed")
        if one == other:
            missing = one == "missing" and ans("RebuttalElement") in self.types(element)
            return "not_defeated" if missing else one
        if one in met and other in met:
            return next(s for s in reversed(met) if s in (one, other))
        return "arguable" if one in met or other in met else "defeated"

    def says(self, node: Term, name: str, value: Term) -> bool:
        triple = (node, ans(name), value)
        return self.settled.holds(triple) or self.arguable.holds(triple)

    def types(self, node: Term) -> frozenset[Term]:
        return self.base.types(node)

    def defences(self, node: Term) -> list[Defence]:
        result = []
        for name, met in (("isMetByDefence", True), ("isContestedInDefence", False)):
            for defence in self.values(node, name):
                kind = next((k for k in self.EFFECTS if ans(k) in self.types(defence)), "EvidentialDefence")
                standing = self.standing((node, ans(name), defence))
                result.append(
                    Defence(defence=self.key(defence), status=standing if met else "open", effect=self.EFFECTS[kind])
                )
        return result

    # -- layers 8 and 9

    @cached_property
    def owed(self) -> list[HarmAllocation]:
        """What each liable party owes, bears and may recover, before any contract or insurance."""
        from answerable.allocation import owed

        return owed(self)

    def contract_effects(self, harm: Term) -> list[ContractEffect]:
        """What the clauses around a harm do, and to whom."""
        return effects(self, harm)

    def accountable(self) -> list[Accountable]:
        result = []
        for node in self.nodes("Accountability"):
            kind, party = self.value(node, "hasKind"), self.value(node, "holdsAnswerable")
            if kind is None or party is None:
                continue
            standing = self.standing((node, ans("holdsAnswerable"), party))
            result.append(
                Accountable(
                    party=self.key(party),
                    harm=self.key(self.value(node, "isForHarm")),
                    kind=cast(Any, self.key(kind).lower()),
                    status=standing,
                    standing=standing,
                    because=self.reasons(node, standing),
                    proof=self.proof(node, "holdsAnswerable", party),
                )
            )
        return result

    def reasons(self, node: Term, standing: Standing) -> list[str]:
        """The theories, norms and records that an answer rests on; for an established one, only established ones."""
        because = ans("isBecauseOf")
        found = self.values(node, "isBecauseOf")
        kept = (r for r in found if standing == "arguable" or self.standing((node, because, r)) == "established")
        tested = ((self.value(r, "testsTheory") or self.value(r, "testsNorm") or r) for r in kept)
        return list(dict.fromkeys(self.key(r) for r in tested))

    def voids(self) -> list[Void]:
        result = []
        for node in self.nodes("VoidFinding"):
            void = self.value(node, "isInstanceOf")
            if void is None:
                continue
            # Something that is missing from the settled record alone is no void while it is arguable.
            found = (node, ans("isInstanceOf"), void)
            if self.text(void, "isFoundOnBothRecords") and self.standing(found) != "established":
                continue
            common = {
                "void": self.key(void),
                "severity": self.text(void, "hasSeverity"),
                "witnesses": self.keys(node, "hasWitness"),
                "cure": self.text(void, "hasCure"),
                "ask": self.asking(void),
                "verification": self.verification(void),
            }
            found, concerns = (node, ans("isInstanceOf"), void), self.values(node, "concernsHarm")
            for harm in concerns or (None,):
                triple = found if harm is None else (node, ans("concernsHarm"), harm)
                standing = "arguable" if "arguable" in (self.standing(found), self.standing(triple)) else "established"
                result.append(
                    Void(
                        harm=None if harm is None else self.key(harm),
                        standing=cast(Standing, standing),
                        proof=self.proof(node, "isInstanceOf", void),
                        **common,
                    )
                )
        return result

    # -- questions

    def open_questions(self, obligations: list[Obligation], liability: list[Liability]) -> list[OpenQuestion]:
        """Facts that nobody has stated and that would change an answer: what changes most today comes first."""
        changes: dict[Term, dict[str, None]] = {}
        lifting: dict[Term, dict[str, None]] = {}
        later: set[str] = set()
        left, resting, about = (self.settled.read(ans(n)) for n in ("leavesOpen", "restsOnRole", "isAboutMatter"))
        status = self.settled.read(ans("hasBindingStatus"))
        for node, (norm, *_) in sorted(self.settled.read(ans("testsNorm")).items()):
            assignment = resting[node][0]
            undecided = left.get(assignment, ())
            rules = [r for r in self.sheet(norm).involves if r in undecided]
            if ans("Open") in status[node]:
                rules.append(norm)
                for period in self.covering(self.sheet(norm), about[node][0], "isCurrent"):
                    for route in period.covers:
                        if route != ans("Matter") and self.settled.holds((assignment, ans("leavesUndecided"), route)):
                            changes.setdefault(route, {})[self.key(norm)] = None
            elif ans("NotYetApplicable") in status[node]:
                later.add(self.key(norm))
                rules.append(norm)
            for rule in rules:
                # An exception is for whoever invokes it to show: what it asks comes after what decides the duty itself.
                kind = lifting if ans("Exception") in self.types(rule) else changes
                for cls in self.undecided(assignment, rule):
                    kind.setdefault(cls, {})[self.key(norm)] = None
        for _, modifier in self.pairs("leavesFineOpen"):
            for condition in self.values(modifier, "hasCondition"):
                changes.setdefault(condition, {})[self.key(modifier)] = None
        asked = {cls: changes.get(cls, {}) | lifting.get(cls, {}) for cls in (*changes, *lifting)}
        questions = [self.question(fact, list(norms)) for fact, norms in asked.items() if not self.is_moot(fact, asked)]
        for item in liability:
            if not any(e.status in ("established", "presumed", "arguable") for e in item.elements):
                continue
            if any(e.status == "defeated" for e in item.elements):
                continue
            for element in item.elements:
                if element.status == "missing":
                    fact = iri(f"{DOCTRINE}{element.element}")
                    questions.append(self.question(fact, [item.theory], f"{element.element} ({item.party})"))

        questions += contract_questions(self)
        lifted = {self.key(cls) for cls in lifting if cls not in changes}

        def rank(question: OpenQuestion) -> tuple[bool, int, int, str]:
            now = sum(changed not in later for changed in question.would_change)
            return question.fact in lifted, -now, -len(question.would_change), question.fact

        return sorted(questions, key=rank)

    def is_moot(self, cls: Term, asked: Mapping[Term, Mapping[str, None]]) -> bool:
        """Whether a wider class is asked for the same norms: a no to that settles this, too."""
        return any(asked[cls].keys() <= asked[wider].keys() for wider in self.base.wider(cls) if wider in asked)

    @cached_property
    def _left_open(self) -> dict[Term, tuple[frozenset[Term], frozenset[Term]]]:
        return {}

    def undecided(self, assignment: Term, rule: Term) -> list[Term]:
        """The alternatives that keep a rule of law open for a role."""
        found = self._left_open.get(assignment)
        if found is None:
            names = ("leavesConditionOpen", "leavesUndecided")
            conditions, alternatives = (frozenset(self.settled.objects(assignment, ans(name))) for name in names)
            found = self._left_open[assignment] = conditions, alternatives
        conditions, alternatives = found
        return [a for c, either in self.conditions(rule) if c in conditions for a in either if a in alternatives]

    def conditions(self, rule: Term) -> tuple[tuple[Term, Sequence[Term]], ...]:
        """The conditions of a rule of law, each with the alternatives that meet it."""
        found: tuple[tuple[Term, Sequence[Term]], ...] | None = self.base.sheets.get((rule, "conditions"))
        if found is None:
            found = tuple((c, self.values(c, "hasAlternative")) for c in self.values(rule, "hasCondition"))
            self.base.sheets[rule, "conditions"] = found
        return found

    def question(self, fact: Term, would_change: list[str], name: str = "") -> OpenQuestion:
        return OpenQuestion(fact=name or self.key(fact), would_change=sorted(would_change), ask=self.asking(fact))

    def asking(self, fact: Term) -> str:
        """The question that settles a fact, and whom to ask."""
        ask = self.text(fact, "hasQuestion") or f"Is this so: {self.words.label(fact) or self.key(fact)}?"
        who = self.text(fact, "isAnsweredBy")
        return f"{ask} (Ask: {who})" if who else ask

    # -- names

    def labels(self, completeness: Iterable[CompletenessItem]) -> dict[str, str]:
        """A name for each id that the assessment uses."""
        used = {self.case.id, *self._keys.values()}
        used |= {key or "" for row in completeness for key in (row.dossier, row.item, row.owner)}
        names = self.base.names | {self.case.id: self.case.title or self.case.id}
        names |= {self.key(subject): self.key(label) for subject, label in self.arguable.pairs(LABEL)}
        return {k: names[k] for k in sorted(used) if k in names}
