"""What bills of materials describe: parts, the organisations behind them, and how the parts hang together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from answerable.cases import Case
from answerable.importers.source import Source, slug
from answerable.importers.tree import Node
from answerable.importers.words import excerpt

MAX_NODES = 2_000
"""Parts of one file."""


@dataclass
class Chain:
    """The records of a case, as they are gathered; every one says where in the file it stands."""

    source: Source
    artefacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, as are the parties."""
    parties: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def _new(self, name: str, more: Iterable[str] = ()) -> str:
        return slug(name, {*self.artefacts, *self.parties, *(event["id"] for event in self.events), *more})

    def artefact(self, node: Node, kind: str, name: str) -> str:
        if len(self.artefacts) >= MAX_NODES:
            raise self.source.wrong(node.place, f"more than {MAX_NODES:,} parts", "a smaller bill of materials")
        own = self._new(name)
        self.artefacts[own] = {"id": own, "type": kind, "name": excerpt(name), "source": self.source.stated(node.place)}
        return own

    def party(self, node: Node | None) -> str | None:
        """An organisation by its name, once; nothing where it has none."""
        name = excerpt(node.text("name")) if node is not None else ""
        if node is None or not name:
            return None
        known = next((own for own, party in self.parties.items() if party["name"] == name), None)
        if known is None:
            known, stated = self._new(name), self.source.stated(node.place)
            self.parties[known] = {"id": known, "type": "Organisation", "name": name, "source": stated}
        return known

    def event(self, kind: str, by: str, of: str, node: Node) -> None:
        own, stated = self._new(f"{kind} {of}"), self.source.stated(node.place)
        self.events.append({"id": own, "type": kind, "by": by, "of": of, "source": stated})

    def link(self, artefact: str, key: str, other: str) -> None:
        """A fact of the value chain; training data are data sets, and nothing rests on itself."""
        if other == artefact or (key == "trained_on" and self.artefacts[other]["type"] != "Dataset"):
            return
        linked = self.artefacts[artefact].setdefault(key, [])
        if other not in linked:
            linked.append(other)

    def case(self, kind: str, documents: Iterable[dict[str, Any]], subject: str | None) -> Case:
        """The case, named after what its documents are about."""
        named: dict[str, dict[str, Any]] = {}
        for document in documents:
            own = self._new(document["id"], named)
            named[own] = document | {"id": own}
        name = self.artefacts[subject]["name"] if subject else self.source.path.stem
        return self.source.case(
            {
                "id": slug(f"{kind} {name}"),
                "title": f"Bill of materials of {name}",
                "parties": list(self.parties.values()),
                "artefacts": list(self.artefacts.values()),
                "events": self.events,
                "documents": list(named.values()),
            }
        )
