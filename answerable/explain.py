"""Why a conclusion holds, and why one does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from answerable.assess import Passes
from answerable.cases import Case
from answerable.errors import InputError
from answerable.iris import DOCTRINE, LAW
from answerable.proofs import ProofNode, Prover
from answerable.terms import Term, ans, iri
from answerable.words import Words


@dataclass(frozen=True)
class MissingPremise:
    """A premise of a conclusion that was not drawn, as it stands on the record, and what to ask."""

    premise: str
    state: str
    ask: str = ""


def explain(
    case: Case | str | Path,
    proof: str,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> ProofNode:
    """The proof of one conclusion of the assessment, down to stated facts and provisions.

    Args:
        proof: the id that the assessment gives beside a conclusion or an amount.

    Raises:
        InputError: where the assessment has no conclusion of that id.
    """
    passes = Passes.of(case, as_of, positions, known_on)
    if proof not in passes.conclusions and proof not in passes.amounts:
        raise InputError(
            file=passes.case.id,
            place="proof",
            found=proof,
            expected="the id of a proof of this assessment, on this day, under these positions",
            hint='`answerable assess CASE --format json` shows them as "proof"',
        )
    return proofs(passes, [proof])[proof]


def proofs(passes: Passes, ids: Iterable[str]) -> dict[str, ProofNode]:
    """The proofs of several conclusions of an assessment; steps that they share are shared."""
    conclusions, amounts = passes.conclusions, passes.amounts
    found: dict[str, ProofNode] = {}
    asked = dict.fromkeys(ids)
    for run in (passes.settled, passes.arguable):
        with run.opened() as store:
            prover = Prover(run, store, Words(run))
            for key in asked:
                if key in conclusions and passes.run_of(conclusions[key]) is run:
                    found[key] = prover.prove(conclusions[key])
                elif key in amounts and run is passes.arguable:
                    # The arguable record holds whatever the settled one states.
                    found[key] = prover.count(amounts[key])
    return {key: found[key] for key in asked}


def why_not(
    case: Case | str | Path,
    party: str,
    norm: str | None = None,
    theory: str | None = None,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> list[MissingPremise]:
    """What stands between a party and a norm or a theory, premise by premise.

    Raises:
        InputError: for an unknown party, norm or theory.
    """
    passes = Passes.of(case, as_of, positions, known_on)
    bearer, rule = subject_of(passes, party, norm, theory)
    return _Missing(passes, bearer, rule).norm() if norm else _Missing(passes, bearer, rule).theory()


def subject_of(passes: Passes, party: str, norm: str | None, theory: str | None) -> tuple[Term, Term]:
    """The nodes of a party and of a norm or theory that are asked about.

    Raises:
        InputError: for an unknown party, norm or theory.
    """
    bearer = passes.record(party)
    if not passes.arguable.objects(bearer, ans("hasStanding")):
        raise InputError(file=passes.case.id, place="party", found=party, expected="the id of a party of the case")
    rule = iri(f"{LAW}{norm}") if norm else iri(f"{DOCTRINE}{theory}")
    if not passes.types(rule):
        kind = "norm" if norm else "theory"
        raise InputError(file=passes.case.id, place=kind, found=str(norm or theory), expected=f"the id of a {kind}")
    return bearer, rule


class _Missing:
    def __init__(self, passes: Passes, party: Term, rule: Term) -> None:
        self.passes, self.party, self.rule = passes, party, rule

    def name(self, term: Term) -> str:
        return self.passes.words.label(term) or self.passes.key(term)

    def ask(self, term: Term) -> str:
        question, who = self.passes.text(term, "hasQuestion"), self.passes.text(term, "isAnsweredBy")
        return f"{question} (Ask: {who})" if question and who else question

    def candidates(self, bearer: str, rule: str) -> list[Term]:
        p = self.passes
        mine = {s for s, o in p.pairs(bearer) if o == self.party}
        return [s for s, o in p.pairs(rule) if o == self.rule and s in mine]

    def norm(self) -> list[MissingPremise]:
        p, result = self.passes, []
        model = p.value(self.rule, "appliesLike") or self.rule
        assignments = [a for a, n in p.pairs("considersNorm") if n == model and p.value(a, "isHeldBy") == self.party]
        if not assignments:
            return self.no_role("hasBearerRole")
        for assignment in assignments:
            about = self.name(p.value(assignment, "isHeldIn") or assignment)
            if model in p.settled.objects(assignment, ans("binds")):
                result.append(MissingPremise(f"{p.key(self.rule)} about {about}", "it binds"))
                continue
            result += self.time(assignment, model, about)
            result += self.conditions(assignment, about)
            for name, applies in (("hasException", "the exception applies"), ("isSubjectTo", "it moves the norm")):
                for other in p.values(self.rule, name):
                    if other in p.settled.objects(assignment, ans("satisfies")):
                        result.append(MissingPremise(self.name(other), applies))
                    elif name == "isSubjectTo" and other in p.settled.objects(assignment, ans("leavesOpen")):
                        asks = " ".join(self.ask(c) for c in p.undecided(assignment, other))
                        result.append(MissingPremise(self.name(other), "undecided", asks))
        return result

    def no_role(self, name: str) -> list[MissingPremise]:
        p = self.passes
        held = sorted({p.key(r) for a, r in p.pairs("hasRole") if p.value(a, "isHeldBy") == self.party})
        roles = p.values(self.rule, name)
        if set(held) & {p.key(r) for r in roles}:
            return [MissingPremise(premise="the act or theory reaches the matter", state="not in force, or elsewhere")]
        wanted = " or ".join(self.name(r) for r in roles)
        state = f"holds {', '.join(held)}" if held else "holds no role on this record"
        return [MissingPremise(premise=f"{self.name(self.party)} is {wanted}", state=state)]

    def time(self, assignment: Term, model: Term, about: str) -> list[MissingPremise]:
        p = self.passes
        if model in p.settled.objects(assignment, ans("reachesWith")):
            return []
        matter = p.value(assignment, "isHeldIn")
        classes = set(p.values(matter, "hasClass")) if matter is not None else set()
        result = []
        for period in p.values(self.rule, "hasApplicationPeriod"):
            routes = p.values(period, "covers")
            if p.values(period, "isUpcoming") and classes & set(routes):
                premise = f"{p.key(self.rule)} applies to {about} on {p.as_of.isoformat()}"
                result.append(MissingPremise(premise, f"it applies from {p.day(period, 'appliesFrom')}"))
            elif p.values(period, "isCurrent") or p.values(period, "isUpcoming"):
                for route in routes:
                    if route in p.settled.objects(assignment, ans("leavesUndecided")):
                        result.append(MissingPremise(f"{about} is {self.name(route)}", "not stated", self.ask(route)))
        if not result:
            premise = f"a period of application covers {about} on {p.as_of.isoformat()}"
            result.append(MissingPremise(premise, "none does"))
        return result

    def conditions(self, assignment: Term, about: str) -> list[MissingPremise]:
        p, result = self.passes, []
        for condition, either in p.conditions(self.rule):
            for name, state in (("failsCondition", "stated not to be so"), ("leavesConditionOpen", "not stated")):
                if condition in p.settled.objects(assignment, ans(name)):
                    alternatives = either or [condition]
                    premise = " or ".join(self.name(a) for a in alternatives)
                    ask = " ".join(self.ask(a) for a in alternatives) if name == "leavesConditionOpen" else ""
                    result.append(MissingPremise(premise=f"{premise} ({about})", state=state, ask=ask))
        return result

    def theory(self) -> list[MissingPremise]:
        p, result = self.passes, []
        candidates = self.candidates("hasDefendant", "testsTheory")
        if not candidates:
            return self.no_role("isAvailableAgainst")
        for candidate in candidates:
            harm = self.name(p.value(candidate, "isAboutHarm") or candidate)
            status, _ = p.theory_status(candidate)
            result.append(MissingPremise(premise=f"{p.key(self.rule)} for {harm}", state=status))
            for element, found in zip(p.values(self.rule, "hasElement"), p.elements(candidate, self.rule), strict=True):
                state = found.status
                if state not in ("established", "presumed", "not_defeated"):
                    ask = self.ask(element) if state in ("missing", "arguable") else ""
                    result.append(MissingPremise(premise=self.name(element), state=state, ask=ask))
            for defence in p.defences(candidate):
                result.append(MissingPremise(premise=defence.defence, state=f"{defence.status}: {defence.effect}"))
        return result
