"""Is an artefact within a class of the law? Within, outside, exempt, or unknown with the question to ask.

Where a role in the artefact makes the norm's own test run (a prohibition, a duty), that test answers. Else the norm's
conditions and exceptions are read against what is known of the artefact itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from answerable.assessment import Screening
from answerable.engine import Run
from answerable.terms import Term, ans

if TYPE_CHECKING:
    from answerable.assess import Passes

Status = Literal["within", "outside", "exempt", "unknown"]
Proved = tuple[Term, str, Term]
Tested = defaultdict[tuple[int, Term, Term], list[Term]]
"""Candidates by run, norm and artefact."""
STATUSES: dict[str, Status] = {"Exempt": "exempt", "Open": "unknown"}
"""What the status of a tested norm says; any other that it can have means within."""


def screenings(passes: Passes) -> list[Screening]:
    """The answer for each artefact of the case under each norm that screens it."""
    screened = passes.base.index.table(ans("screens"))[0]
    artefacts = sorted({s for s, o in passes.pairs("hasClass") if o == ans("Artefact")})
    tested: Tested = defaultdict(list)
    for run in (passes.settled, passes.arguable):
        for candidate, norm in sorted(run.pairs(ans("testsNorm"))):
            if norm in screened:
                for matter in run.objects(candidate, ans("isAboutMatter")):
                    tested[id(run), norm, matter].append(candidate)
    found = []
    for norm, kinds in screened.items():
        for artefact in artefacts:
            if not passes.classes_of(artefact).isdisjoint(kinds):
                found.append(_Screen(passes, norm, artefact, tested).answer())
    return found


class _Screen:
    def __init__(self, passes: Passes, norm: Term, artefact: Term, tested: Tested) -> None:
        self.passes, self.norm, self.artefact, self.tested = passes, norm, artefact, tested
        self.lifts = ans("Exemption") in passes.types(norm)

    def answer(self) -> Screening:
        p = self.passes
        settled, arguable = self.status(p.settled), self.status(p.arguable)
        status, asked, proved = arguable if settled[0] in ("unknown", "outside") else settled
        return Screening(
            artefact=p.key(self.artefact),
            norm=p.key(self.norm),
            status=status,
            standing="established" if settled[0] == arguable[0] else "arguable",
            ask=p.asking(asked) if asked is not None else "",
            cites=p.cites(self.norm),
            proof=p.proof(*proved) if proved is not None else "",
        )

    def status(self, run: Run) -> tuple[Status, Term | None, Proved | None]:
        """The answer on one record, the class to ask about, and the conclusion that proves it."""
        tested = list(self.candidates(run))
        for status, candidate in tested:
            if status not in STATUSES:
                return "within", None, (candidate, "hasBindingStatus", ans(status))
        for status, candidate in tested:
            asked = None if status == "Exempt" else self.undecided(run, candidate)
            return STATUSES[status], asked, (candidate, "hasBindingStatus", ans(status))
        return self.own(run)

    def candidates(self, run: Run) -> Iterator[tuple[str, Term]]:
        """Statuses of the norm for whoever holds a role in the artefact."""
        for candidate in self.tested.get((id(run), self.norm, self.artefact), ()):
            for status in run.objects(candidate, ans("hasBindingStatus")):
                yield self.passes.key(status), candidate

    def undecided(self, run: Run, candidate: Term) -> Term | None:
        assignments = run.objects(candidate, ans("restsOnRole"))
        found = (self.passes.undecided(a, self.norm) for a in assignments)
        return next((cls for classes in found for cls in classes), None)

    def own(self, run: Run) -> tuple[Status, Term | None, Proved | None]:
        met, asked, proved = self.conditions(run, self.norm)
        if met is False:
            return "outside", None, proved
        for exception in self.passes.values(self.norm, "hasException"):
            lifted, _, why = self.conditions(run, exception)
            if lifted and self.passes.base.objects(exception, "hasCondition"):
                return "exempt", None, why
        if met is None:
            return "unknown", asked, None
        return "exempt" if self.lifts else "within", None, proved

    def conditions(self, run: Run, rule: Term) -> tuple[bool | None, Term | None, Proved | None]:
        """Whether all conditions of a rule are met, the first class that nobody decided, and what proves the answer."""
        answer: bool | None = True
        asked: Term | None = None
        proved: Proved | None = None
        classes, denied = (run.objects(self.artefact, ans(name)) for name in ("hasClass", "isNot"))
        for condition, either in self.passes.conditions(rule):
            alternatives = either or [condition]
            met = next((a for a in alternatives if a in classes), None)
            if met is not None:
                proved = proved or (self.artefact, "hasClass", met)
                continue
            open_ones = [a for a in alternatives if a not in denied]
            if not open_ones:
                return False, None, (self.artefact, "isNot", alternatives[0])
            answer, asked = None, asked or open_ones[0]
        return answer, asked, proved
