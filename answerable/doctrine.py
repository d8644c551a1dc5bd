"""Doctrine as it is encoded: theories with their elements and defences, and how much of each table is there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from answerable import rooms
from answerable.engine import Knowledge, knowledge
from answerable.errors import InputError
from answerable.iris import DOCTRINE, LAW
from answerable.law import Coverage, coverage, registered
from answerable.terms import TYPE, Term, ans, iri, is_iri, lexical

IDENTIFIER = iri("http://purl.org/dc/terms/identifier")
NOTATION = iri("http://www.w3.org/2004/02/skos/core#notation")
_CHECKED = {
    "VerifiedPrimary": "its text was read",
    "VerifiedSecondary": "from a secondary source",
    "UnverifiedMemory": "from memory, not verified",
}


@dataclass(frozen=True)
class Point:
    """Something that a theory asks or allows: an element, a defence, an effect."""

    id: str
    kind: str
    label: str
    statement: str
    burden: str = ""
    met_by: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theory:
    """A theory of liability with all that hangs on it, in names."""

    id: str
    label: str
    statement: str
    status: str
    family: str
    forums: tuple[str, ...]
    against: tuple[str, ...]
    fault: str
    remedies: tuple[str, ...]
    periods: tuple[str, ...]
    elements: tuple[Point, ...]
    defences: tuple[Point, ...]
    effects: tuple[Point, ...]
    authorities: tuple[str, ...]
    citations: tuple[str, ...]
    verification: str


class Doctrine:
    """Reads theories from the knowledge."""

    def __init__(self, base: Knowledge) -> None:
        self.base = base

    @cached_property
    def ids(self) -> dict[str, Term]:
        """Every node of doctrine and of the law by its id, and by the notation that a table gives it."""
        with self.base.lock:
            named = [x for p in (NOTATION, IDENTIFIER) for x in self.base.index.table(p)[0].items()]
            wanted = (f"<{DOCTRINE}", f"<{LAW}")
            return {lexical(key): node for node, keys in named if node.startswith(wanted) for key in keys}

    @cached_property
    def theories(self) -> tuple[Term, ...]:
        with self.base.lock:
            return tuple(sorted(t for t in self.base.index.subjects(TYPE, ans("LiabilityTheory")) if is_iri(t)))

    def name(self, node: Term) -> str:
        return self.base.labels.get(node) or lexical(node).rsplit("#", 1)[-1].rsplit("/", 1)[-1]

    def text(self, node: Term, name: str) -> str:
        return " ".join(lexical(value) for value in self.base.objects(node, name))

    def names(self, node: Term, name: str) -> tuple[str, ...]:
        return tuple(self.name(value) for value in self.base.objects(node, name))

    def key(self, node: Term) -> str:
        with self.base.lock:
            found = self.base.index.objects(node, IDENTIFIER)
            return lexical(next(iter(found))) if found else lexical(node).rsplit("/", 1)[-1]

    def theory(self, id: str) -> Theory:
        """One theory.

        Raises:
            InputError: where there is none of that id.
        """
        node = self.ids.get(id)
        if node is None or node not in self.theories:
            known = {self.key(t): t for t in self.theories}
            near = difflib.get_close_matches(id.upper(), known, 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else "`answerable doctrine list` shows them"
            raise InputError("doctrine", "", id, "the id of a theory of liability, such as TORT_NEG", hint)
        return Theory(
            id=id,
            label=self.name(node),
            statement=self.text(node, "hasStatement"),
            status=self.text(node, "hasStatusNote"),
            family=", ".join(self.names(node, "hasFamily")),
            forums=self.names(node, "hasForum"),
            against=self.names(node, "isAvailableAgainst"),
            fault=", ".join(self.names(node, "hasFaultStandard")),
            remedies=self.names(node, "hasRemedy"),
            periods=self.names(node, "hasConductPeriod") + self.names(node, "hasPlacementPeriod"),
            elements=self.points(self.base.objects(node, "hasElement")),
            defences=self.points(self.base.objects(node, "hasDefence")),
            effects=self.points(self.base.objects(node, "hasLegalEffect")),
            authorities=tuple(lexical(a) for a in self.base.objects(node, "hasAuthority")),
            citations=tuple(lexical(c) for c in self.base.objects(node, "hasCitation")),
            verification=", ".join(_CHECKED.get(lexical(v).rsplit("#", 1)[-1], "") for v in self.verified(node)),
        )

    def verified(self, node: Term) -> tuple[Term, ...]:
        return self.base.objects(node, "hasVerification")

    def points(self, nodes: Iterable[Term]) -> tuple[Point, ...]:
        found = []
        for node in nodes:
            own = [self.name(t) for t in sorted(self.base.types(node)) if t not in (ans("Element"), ans("Defence"))]
            found.append(
                Point(
                    id=self.key(node),
                    kind=", ".join(own).lower(),
                    label=self.name(node),
                    statement=self.text(node, "hasStatement"),
                    burden=", ".join(self.names(node, "hasBurdenOn")).lower(),
                    met_by=self.names(node, "hasAlternative") + self.names(node, "hasCondition"),
                    contested=tuple(
                        self.name(p)
                        for reading in (node, *self.base.objects(node, "hasContestedReading"))
                        for p in self.base.objects(reading, "presupposes")
                    ),
                )
            )
        return tuple(found)

    def rows(self, forum: str | None = None) -> list[list[str]]:
        """One row a theory: id, name, family, forums, fault, verification; of one forum, if given."""
        rows = []
        for node in self.theories:
            codes = [self.key(f) for f in self.base.objects(node, "hasForum")]
            if forum is None or forum in codes:
                family, fault = (", ".join(self.names(node, n)) for n in ("hasFamily", "hasFaultStandard"))
                checked = ", ".join(lexical(v).rsplit("#", 1)[-1] for v in self.verified(node))
                rows.append([self.key(node), self.name(node), family, " ".join(codes), fault, checked])
        return rows


COLUMNS = ("id", "theory", "family", "forum", "fault", "verification")


def register() -> Path:
    """The file that names every row of the doctrine tables."""
    return rooms.room("data") / "doctrine" / "coverage.csv"


def doctrine() -> Doctrine:
    """The doctrine of this installation."""
    return Doctrine(knowledge())


def doctrine_coverage() -> list[Coverage]:
    """How much of each doctrine table is in the graph."""
    return coverage(registered(register()), doctrine().ids)
