"""SPDX 3 documents in JSON-LD with the AI and Dataset profiles: packages, suppliers, and how they hang together.

The file is read as the JSON that SPDX prescribes for its own context; nothing is fetched. What it says is stated by
whoever issued it, and nobody disputes it: the standing `undisputed` of the case. AI packages are models, data set
packages data sets, other packages components. Organisations are parties; persons and tools stay unnamed. Roles are not
stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from answerable.cases import Case
from answerable.importers.chain import Chain
from answerable.importers.source import Found, Source
from answerable.importers.tree import Node, root
from answerable.importers.words import settings

SPDX_ID = "spdxId"


@dataclass
class _Document(Chain):
    elements: dict[str, Node] = field(default_factory=dict)
    """By their SPDX id, or that of a blank node."""
    artefact_ids: dict[str, str] = field(default_factory=dict)
    """Ids of artefacts by SPDX id."""

    @cached_property
    def related(self) -> dict[tuple[str, str], list[Node]]:
        """The ends of relationships, by where they start and their kind."""
        found: dict[tuple[str, str], list[Node]] = {}
        for node in self.elements.values():
            start = node.get("from") if node.text("type").endswith("Relationship") else None
            if start is not None:
                ends = found.setdefault((target(start), node.text("relationshipType")), [])
                ends += node.one_or_more("to")
        return found

    def organisation(self, reference: Node) -> str | None:
        """An organisation that the file describes; nobody else is named."""
        node = self.elements.get(target(reference))
        return self.party(node) if node is not None and node.text("type") == "Organization" else None


def target(reference: Node) -> str:
    """The SPDX id of an element of this file or of another, which stands there by its id or as a whole."""
    found = _id(reference) if isinstance(reference.value, dict) else reference.value
    if not isinstance(found, str) or not found:
        raise reference.wrong("the id of an element, or an element with an id")
    return found


def read(source: Source) -> list[Case]:
    """The one case that an SPDX document describes.

    Raises:
        InputError: naming the place in the file; also for another context or version.
    """
    file, known = root(source), settings("spdx")
    contexts = [node.value for node in file.one_or_more("@context")]
    if not contexts or not all(isinstance(c, str) and c in known["contexts"] for c in contexts):
        raise (file.get("@context") or file).wrong("@context: " + " or ".join(known["contexts"]))
    document = _Document(source, elements=_elements(file))
    elements = document.elements.values()
    for node in elements:
        _creation(document, node)
    packages = [node for node in elements if node.text("type") in known["types"]]
    for node in packages:
        kind, name = known["types"][node.text("type")], node.text("name") or "unnamed package"
        document.artefact_ids[_id(node)] = document.artefact(node, kind, name)
    for node in elements:
        if node.text("type").endswith("Relationship"):
            _relationship(document, node)
    for node in packages:
        for key, event in known["makers"].items():
            for reference in node.one_or_more(key):
                if by := document.organisation(reference):
                    document.event(event, by, document.artefact_ids[_id(node)], node)
    models = [node for node in packages if node.text("type") == "ai_AIPackage"]
    documents = (found for node in models for found in _dossiers(document, node, len(models) > 1))
    return [document.case("spdx", documents, document.artefact_ids[_id(models[0])] if models else None)]


def _dossiers(document: _Document, node: Node, several: bool) -> list[dict[str, Any]]:
    own = document.artefact_ids[_id(node)]
    by = next((p for n in node.one_or_more("suppliedBy") if (p := document.organisation(n))), None)
    prefix = f"{own}-" if several else ""
    return document.source.documents(own, by, lambda name: _found(document, node, name), prefix=prefix)


def _id(node: Node) -> str:
    return node.text(SPDX_ID) or node.text("@id")


def _creation(document: _Document, node: Node) -> None:
    """Refuse an element that does not say by which version of SPDX it was made, or says one that is not known."""
    info, versions = node, settings("spdx")["versions"]
    if node.text("type") != "CreationInfo":
        stated = node.get("creationInfo")
        if stated is None:
            if not node.text(SPDX_ID):
                return  # A part of an element, such as a dictionary entry, has none of its own.
            raise node.wrong("an element with creationInfo")
        info = stated if isinstance(stated.value, dict) else document.elements.get(target(stated), stated)
        if not isinstance(info.value, dict):
            raise stated.wrong("a CreationInfo of this file", f"nothing here has the id {info.value!r}")
    if info.text("specVersion") not in versions:
        raise (info.get("specVersion") or info).wrong("one of the versions " + ", ".join(versions))


def _nested(node: Node) -> Iterator[Node]:
    """The elements that stand inside another one, at any depth."""
    if isinstance(node.value, dict):
        children = [inner for key in node.value if key != "@graph" and (inner := node.get(key)) is not None]
    elif isinstance(node.value, list):
        children = [Node(node.source, value, f"{node.place}/{n}") for n, value in enumerate(node.value)]
    else:
        return
    for inner in children:
        if isinstance(inner.value, dict) and inner.value.get("type") and _id(inner):
            yield inner
        yield from _nested(inner)


def _elements(file: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    graph = file.get("@graph")
    listed = file.members("@graph") if graph is not None else [file]
    for node in listed:
        if not node.text("type"):
            raise node.wrong("an element with a type", "elements of SPDX 3 have type and spdxId")
        if not _id(node):
            raise node.wrong("an element with an spdxId, or an @id")
    for node in [*listed, *(inner for outer in listed for inner in _nested(outer))]:
        own = _id(node)
        if own in found and node.text("type").endswith("Relationship"):
            own = f"{own} {node.place}"  # Nothing refers to a relationship, and real files use an id twice.
        if own in found:
            raise node.wrong("an spdxId of its own", f"{own!r} is that of another element")
        found[own] = node
    return found


def _relationship(document: _Document, node: Node) -> None:
    """A relationship as a fact of the value chain; most kinds say nothing of it."""
    link = settings("spdx")["relationships"].get(node.text("relationshipType"))
    ends = [node.get("from"), *node.one_or_more("to")]
    ids = []
    for end in ends:
        if end is None:
            raise node.wrong("a relationship with from and to")
        named = target(end)
        if named.startswith("_:") and named not in document.elements:
            raise end.wrong("an element of this file", f"nothing here has the id {named!r}")
        ids.append(document.artefact_ids.get(named))
    first, *others = ids
    for other in others:
        if link is not None and first is not None and other is not None:
            document.link(first, link, other)


def _found(document: _Document, node: Node, name: str) -> list[Found]:
    """A field of the package, or (`related.KIND.field`) of what a relationship of a kind leads to."""
    if not name.startswith("related."):
        return node.found(name)
    _, kind, inner = name.split(".", 2)
    reached = (document.elements.get(target(end)) for end in document.related.get((_id(node), kind), ()))
    return [answer for other in reached if other is not None for answer in other.found(inner)]
