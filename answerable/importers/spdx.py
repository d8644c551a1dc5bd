"""SPDX 3 documents in JSON-LD with the AI and Dataset profiles: packages, suppliers, and how they hang together.

The file is read as the JSON that SPDX prescribes for its own context; nothing is fetched. What it says is stated by
whoever issued it, and nobody disputes it: the standing `undisputed` of the case. AI packages are models, data set
packages data sets, other packages components. Organisations are parties; persons and tools stay unnamed. Roles are not
stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from answerable.cases import Case
from answerable.importers.source import Source, slug
from answerable.importers.tree import Node, root
from answerable.importers.words import excerpt, settings

MAX_NODES = 2_000
SPDX_ID = "spdxId"


@dataclass
class _Document:
    source: Source
    elements: dict[str, Node]
    """By their SPDX id, or that of a blank node."""
    artefacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    parties: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Ids of the case by SPDX id."""

    def taken(self) -> set[str]:
        return {*self.artefacts, *self.parties, *(event["id"] for event in self.events)}

    def party(self, reference: str) -> str | None:
        """An organisation that the file describes; nobody else is named."""
        node = self.elements.get(reference)
        if node is None or node.text("type") != "Organization" or not node.text("name"):
            return None
        if reference not in self.ids:
            own = self.ids[reference] = slug(node.text("name"), self.taken())
            stated = self.source.stated(node.place)
            self.parties[own] = {
                "id": own,
                "type": "Organisation",
                "name": excerpt(node.text("name")),
                "source": stated,
            }
        return self.ids[reference]

    def target(self, node: Node) -> str:
        """The SPDX id that a reference names; an element of this file, or one that an import declares."""
        if not isinstance(node.value, str):
            raise node.wrong("the id of an element")
        return node.value


def read(source: Source) -> list[Case]:
    """The one case that an SPDX document describes.

    Raises:
        InputError: naming the place in the file; also for another context or version.
    """
    file, known = root(source), settings("spdx")
    contexts = [node.value for node in file.one_or_more("@context")]
    if not any(isinstance(c, str) and c in known["contexts"] for c in contexts):
        raise (file.get("@context") or file).wrong("@context: " + " or ".join(known["contexts"]))
    elements = _elements(file)
    document = _Document(source, elements)
    for node in elements.values():
        if node.text("type") == "CreationInfo" and node.text("specVersion") not in known["versions"]:
            raise (node.get("specVersion") or node).wrong("one of the versions " + ", ".join(known["versions"]))
    packages = [node for node in elements.values() if node.text("type") in known["types"]]
    if len(packages) > MAX_NODES:
        raise source.wrong("/@graph", f"{len(packages)} packages", f"at most {MAX_NODES}")
    for node in packages:
        _package(document, node)
    for node in elements.values():
        if node.text("type").endswith("Relationship"):
            _relationship(document, node)
    for node in packages:
        for key, event in known["makers"].items():
            for reference in node.one_or_more(key):
                if by := document.party(document.target(reference)):
                    _event(document, event, by, document.ids[_id(node)], node)
    models = [node for node in packages if node.text("type") == "ai_AIPackage"]
    documents = []
    for node in models:
        own = document.ids[_id(node)]
        by = next((p for n in node.one_or_more("suppliedBy") if (p := document.party(document.target(n)))), None)
        prefix = f"{own}-" if len(models) > 1 else ""
        documents += source.documents(own, by, lambda name, node=node: _found(document, node, name), prefix=prefix)  # type: ignore[misc]
    taken = document.taken()
    for one in documents:
        one["id"] = slug(one["id"], taken)
        taken.add(one["id"])
    name = excerpt(models[0].text("name")) if models and models[0].text("name") else source.path.stem
    return [
        source.case(
            {
                "id": slug(f"spdx {name}"),
                "title": f"Bill of materials of {name}",
                "parties": list(document.parties.values()),
                "artefacts": list(document.artefacts.values()),
                "events": document.events,
                "documents": documents,
            }
        )
    ]


def _id(node: Node) -> str:
    return node.text(SPDX_ID) or node.text("@id")


def _elements(file: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    graph = file.get("@graph")
    for node in file.members("@graph") if graph is not None else [file]:
        if not node.text("type"):
            raise node.wrong("an element with a type", "elements of SPDX 3 have type and spdxId")
        own = _id(node)
        if not own:
            raise node.wrong("an element with an spdxId, or an @id")
        if own in found and node.text("type").endswith("Relationship"):
            own = f"{own} {node.place}"  # Nothing refers to a relationship, and real files use an id twice.
        if own in found:
            raise node.wrong("an spdxId of its own", f"{own!r} is that of another element")
        found[own] = node
    return found


def _package(document: _Document, node: Node) -> None:
    kind = settings("spdx")["types"][node.text("type")]
    name = node.text("name") or "unnamed package"
    own = document.ids[_id(node)] = slug(name, document.taken())
    stated = document.source.stated(node.place)
    document.artefacts[own] = {"id": own, "type": kind, "name": excerpt(name), "source": stated}


def _event(document: _Document, kind: str, by: str, of: str, node: Node) -> None:
    own = slug(f"{kind} {of}", document.taken())
    stated = document.source.stated(node.place)
    document.events.append({"id": own, "type": kind, "by": by, "of": of, "source": stated})


def _relationship(document: _Document, node: Node) -> None:
    """A relationship as a fact of the value chain; most kinds say nothing of it."""
    link = settings("spdx")["relationships"].get(node.text("relationshipType"))
    ends = [node.get("from"), *node.one_or_more("to")]
    ids = []
    for end in ends:
        if end is None:
            raise node.wrong("a relationship with from and to")
        target = document.target(end)
        if target.startswith("_:") and target not in document.elements:
            raise end.wrong("an element of this file", f"nothing here has the id {target!r}")
        ids.append(document.ids.get(target))
    first, *others = ids
    if link is None or first is None:
        return
    for other in others:
        if other is None or other == first or other not in document.artefacts:
            continue
        if link == "trained_on" and document.artefacts[other]["type"] != "Dataset":
            continue
        linked = document.artefacts[first].setdefault(link, [])
        if other not in linked:
            linked.append(other)


def _found(document: _Document, node: Node, name: str) -> list[tuple[str, str]]:
    """A field of the package, or (`related.KIND.field`) of what a relationship of a kind leads to."""
    if not name.startswith("related."):
        return node.found(name)
    _, kind, inner = name.split(".", 2)
    answers = []
    for other in document.elements.values():
        if other.text("type").endswith("Relationship") and other.text("relationshipType") == kind:
            start = other.get("from")
            if start is not None and start.value == _id(node):
                for end in other.one_or_more("to"):
                    target = document.elements.get(document.target(end))
                    answers += target.found(inner) if target is not None else []
    return answers
