"""What bills of materials describe: parts, the organisations behind them, and how the parts hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from answerable.cases import Case
from answerable.importers.source import Ids, Source, slug
from answerable.importers.tree import Node
from answerable.importers.words import excerpt

MAX_NODES = 20_000
"""Parts of one file."""

MAX_SHOWN = 10

CHAIN = ("derived_from", "integrates", "trained_on")
"""What an artefact is built on: of these a case file has no circles, while bills of materials often do."""


@dataclass
class Chain:
    """The records of a case, as they are gathered; every one says where in the file it stands."""

    source: Source
    artefacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, as are the parties."""
    parties: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)
    named: dict[str, str] = field(default_factory=dict)
    """Parties by name."""

    def artefact(self, node: Node, kind: str, name: str) -> str:
        if len(self.artefacts) >= MAX_NODES:
            raise self.source.wrong(node.place, f"more than {MAX_NODES:,} parts", "a smaller bill of materials")
        own = self.ids.new(name)
        self.artefacts[own] = {"id": own, "type": kind, "name": excerpt(name), "source": self.source.stated(node.place)}
        return own

    def party(self, node: Node | None) -> str | None:
        """An organisation by its name, once; nothing where it has none."""
        name = excerpt(node.text("name")) if node is not None else ""
        if node is None or not name:
            return None
        if name not in self.named:
            own = self.named[name] = self.ids.new(name)
            stated = self.source.stated(node.place)
            self.parties[own] = {"id": own, "type": "Organisation", "name": name, "source": stated}
        return self.named[name]

    def event(self, kind: str, by: str, of: str, node: Node) -> None:
        own, stated = self.ids.new(f"{kind} {of}"), self.source.stated(node.place)
        self.events.append({"id": own, "type": kind, "by": by, "of": of, "source": stated})

    def link(self, artefact: str, key: str, other: str) -> None:
        """A fact of the value chain; training data are data sets, and nothing rests on itself."""
        if other == artefact or (key == "trained_on" and self.artefacts[other]["type"] != "Dataset"):
            return
        # A dictionary, for order and for speed: a part may rest on thousands.
        self.artefacts[artefact].setdefault(key, {})[other] = None

    def _open_circles(self) -> Iterator[str]:
        """Leave out each link by which a part would be built on itself, and say so."""
        entered: set[str] = set()
        left: set[str] = set()
        for start in self.artefacts:
            waiting = [(start, False)]
            while waiting:
                own, leaving = waiting.pop()
                if leaving:
                    left.add(own)
                elif own not in entered:
                    entered.add(own)
                    waiting.append((own, True))
                    for key in CHAIN:
                        others = self.artefacts[own].get(key, {})
                        for other in [o for o in others if o in entered and o not in left]:
                            del others[other]
                            yield f"{own} -> {other}"
                        waiting += [(other, False) for other in others if other not in entered]

    def case(self, kind: str, documents: Iterable[dict[str, Any]], subject: str | None) -> Case:
        """The case, named after what its documents are about."""
        listed = [document | {"id": self.ids.new(document["id"])} for document in documents]
        left_out = list(self._open_circles())
        shown = ", ".join(left_out[:MAX_SHOWN]) + (" and others" if len(left_out) > MAX_SHOWN else "")
        about = f"Left out, as a part cannot be built on itself: {shown} ({len(left_out)} in all)." if shown else None
        artefacts = [{k: list(v) if k in CHAIN else v for k, v in a.items() if v} for a in self.artefacts.values()]
        name = self.artefacts[subject]["name"] if subject else self.source.path.stem
        return self.source.case(
            {
                "id": slug(f"{kind} {name}"),
                "title": f"Bill of materials of {name}",
                "description": about,
                "parties": list(self.parties.values()),
                "artefacts": artefacts,
                "events": self.events,
                "documents": listed,
            }
        )
