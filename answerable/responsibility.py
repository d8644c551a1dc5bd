"""How much each party's contribution mattered to the conclusion that somebody answers. Analytic, not legal.

The degree is that of Chockler and Halpern (Responsibility and Blame, 2004): 1/(1+k), where k is the least number of
other parties whose contributions would have to be thought away before the conclusion hangs on this one alone. What a
party contributed is read off the proofs: the facts at their leaves that are that party's acts, decisions or state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from answerable.assess import Passes
from answerable.cases import Case
from answerable.explain import proofs
from answerable.proofs import ProofNode, walk
from answerable.terms import Term, is_iri

LABEL = "Analytic, not legal: how far the conclusion hangs on what each party contributed."
_ACTORS = ("isAttributedTo", "isPerformedBy", "isTakenBy", "isOwnedBy", "isConductOf", "hasSubject", "isIssuedBy")

Support = frozenset[str]


@dataclass(frozen=True)
class Responsibility:
    """The degree of one party, or of a group whose contributions count only together, for one harm."""

    harm: str
    parties: tuple[str, ...]
    degree: Fraction
    others: tuple[str, ...]
    """Whose contributions have to be thought away first."""


def responsibility(
    case: Case | str | Path,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> list[Responsibility]:
    """The degrees for each harm for which somebody answers in law, the highest first.

    Raises:
        InputError: as ``assess``.
    """
    passes = Passes.of(case, as_of, positions, known_on)
    answers = [x for x in passes.assessment.accountable if x.kind == "legal"]
    shown = proofs(passes, (x.proof for x in answers))
    contributed = _Contributions(passes)
    found: list[Responsibility] = []
    for harm in dict.fromkeys(x.harm for x in answers):
        supports = {contributed.of(shown[x.proof]) for x in answers if x.harm == harm}
        found += degrees(harm, minimal(supports))
    return found


def minimal(supports: Iterable[Support]) -> list[Support]:
    """Those that contain no other."""
    distinct = set(supports)
    return [s for s in distinct if s and not any(other < s for other in distinct)]


def degrees(harm: str, supports: list[Support]) -> list[Responsibility]:
    """The degrees of single parties, then the groups that only together undo the conclusion.

    Args:
        supports: for each way to the conclusion, the parties whose contributions it needs.
    """
    parties = sorted(frozenset().union(*supports)) if supports else []

    def holds(gone: frozenset[str]) -> bool:
        return any(support.isdisjoint(gone) for support in supports)

    found = []
    for party in parties:
        others = [p for p in parties if p != party]
        for gone in _smaller(others):
            if holds(gone) and not holds(gone | {party}):
                found.append(Responsibility(harm, (party,), Fraction(1, 1 + len(gone)), tuple(sorted(gone))))
                break
    undoing: list[frozenset[str]] = []
    for group in _smaller(parties):
        if not holds(group) and not any(smaller < group for smaller in undoing):
            undoing.append(group)
    groups = [Responsibility(harm, tuple(sorted(g)), Fraction(1), ()) for g in undoing if len(g) > 1]
    return sorted(found, key=lambda r: (-r.degree, r.parties)) + groups


def _smaller(parties: list[str]) -> Iterator[frozenset[str]]:
    """Every set of them, the smaller first."""
    for size in range(len(parties) + 1):
        yield from map(frozenset, combinations(parties, size))


class _Contributions:
    """Whose facts stand at the leaves of a proof."""

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        victims = {victim for _, victim in passes.pairs("isSufferedBy")}
        self.parties = {passes.record(party.id) for party in passes.case.parties} - victims
        self.owners = {unit: owner for owner, unit in passes.pairs("hasUnit")}

    def of(self, proof: ProofNode) -> Support:
        found: set[str] = set()
        for node in walk(proof):
            if node.kind == "fact":
                subjects = {triple.split(" ", 1)[0] for triple in node.triples}
                found |= {self.passes.key(party) for subject in subjects for party in self.behind(subject)}
        return frozenset(found)

    def behind(self, record: Term) -> set[Term]:
        """The parties whose record it is."""
        actors = {actor for name in _ACTORS for actor in self.passes.values(record, name) if is_iri(actor)}
        return {self.owners.get(actor, actor) for actor in actors} & self.parties
