"""CycloneDX bills of materials in JSON: models with their cards (ML-BOM), services (SaaSBOM), and what they rest on.

What the file says is stated by whoever issued it, and nobody disputes it: the standing `undisputed` of the case.
Models, data sets, services and other components are artefacts; suppliers, manufacturers and providers are parties;
authors are persons and stay unnamed. Lineage, training data and dependencies are facts of the value chain. Roles are
not stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from answerable.cases import Case
from answerable.importers.chain import Chain
from answerable.importers.source import Source
from answerable.importers.tree import Node, root
from answerable.importers.words import settings


@dataclass
class _Bill(Chain):
    by_ref: dict[str, str] = field(default_factory=dict)
    """Ids of artefacts by their reference in the file."""
    models: list[tuple[str, Node]] = field(default_factory=list)
    others: list[tuple[str, Node]] = field(default_factory=list)
    """What is no model, and is described all the same."""


def read(source: Source) -> list[Case]:
    """The one case that a bill of materials describes.

    Raises:
        InputError: naming the place in the file; also for another format or version.
    """
    file, known = root(source), settings("cyclonedx")
    if file.text("bomFormat") != "CycloneDX":
        raise (file.get("bomFormat") or file).wrong("bomFormat: CycloneDX", "is it a CycloneDX file in JSON?")
    version = file.text("specVersion")
    if version not in known["versions"]:
        raise (file.get("specVersion") or file).wrong("one of the versions " + ", ".join(known["versions"]))
    bill = _Bill(source)
    metadata = file.get("metadata")
    main = metadata.get("component") if metadata is not None else None
    if main is not None:
        _part(bill, main, "components")
    for kind in ("components", "services"):
        for part in file.members(kind):
            _part(bill, part, kind)
    for own, node in bill.models:
        _lineage(bill, own, node)
    for dependency in file.members("dependencies"):
        _dependency(bill, dependency)
    described = bill.models or bill.others[:1]
    several = len(described) > 1
    documents = (
        document
        for own, node in described
        for document in source.documents(own, _issuer(bill, node), node.found, prefix=f"{own}-" if several else "")
    )
    return [bill.case("bom", documents, described[0][0] if described else None)]


def _issuer(bill: _Bill, node: Node) -> str | None:
    return bill.party(node.get("manufacturer")) or bill.party(node.get("supplier")) or bill.party(node.get("provider"))


def _part(bill: _Bill, node: Node, kind: str, around: str | None = None) -> None:
    """A component or a service, with what it holds of its kind, and who stands behind it."""
    name, known = node.text("name"), settings("cyclonedx")
    if not name or (kind == "components" and not node.text("type")):
        raise node.wrong(known["parts"][kind])
    own = bill.artefact(node, _class(node) if kind == "components" else known["service"], name)
    if reference := node.text("bom-ref"):
        if reference in bill.by_ref:
            raise node.wrong("a bom-ref of its own", f"{reference!r} is that of another part")
        bill.by_ref[reference] = own
    (bill.models if node.get("modelCard") is not None else bill.others).append((own, node))
    for key, event in known["makers"][kind].items():
        if by := bill.party(node.get(key)):
            bill.event(event, by, own, node)
    if around is not None:
        bill.link(around, "integrates", own)
    for inner in node.members(kind):
        _part(bill, inner, kind, own)


def _class(node: Node) -> str:
    """What a component is; one of data may hold configuration or code, and is a data set only if it holds data."""
    known = settings("cyclonedx")
    held = {data.text("type") for data in node.members("data")}
    is_other = bool(held) and not held & set(known["data"])
    return str(known["other"] if is_other else known["types"].get(node.text("type"), known["other"]))


def _referred(bill: _Bill, node: Node) -> str | None:
    """The part of this file that a text refers to; nothing if it is one of another file."""
    reference = str(node.value)
    known = bill.by_ref.get(reference)
    if known is None and not reference.startswith("urn:cdx:"):
        raise node.wrong("a reference to a part of this file", f"nothing here has the bom-ref {reference!r}")
    return known


def _lineage(bill: _Bill, own: str, node: Node) -> None:
    """What a model was made from: ancestors, and the data that it was trained on."""
    pedigree = node.get("pedigree")
    for ancestor in pedigree.members("ancestors") if pedigree is not None else ():
        known = bill.by_ref.get(ancestor.text("bom-ref"))
        name = ancestor.text("name")
        if known is None and name:
            known = bill.artefact(ancestor, _class(ancestor), name)
        if known is not None:
            bill.link(own, "derived_from", known)
    card = node.get("modelCard")
    parameters = card.get("modelParameters") if card is not None else None
    for data in parameters.members("datasets") if parameters is not None else ():
        if reference := data.text("ref") and data.get("ref"):
            known = _referred(bill, reference)
        else:
            kind = data.text("type")
            is_data = not kind or kind in settings("cyclonedx")["data"]
            name = data.text("name") or f"data of {own}"
            known = bill.artefact(data, "Dataset" if is_data else settings("cyclonedx")["other"], name)
        if known is not None:
            bill.link(own, "trained_on", known)


def _dependency(bill: _Bill, node: Node) -> None:
    references = [node.get("ref"), *node.members("dependsOn")]
    found: list[str | None] = []
    for reference in references:
        if reference is None or not isinstance(reference.value, str):
            raise (reference or node).wrong("the bom-ref of a part")
        found.append(_referred(bill, reference))
    first, *others = found
    for other in others:
        if first is not None and other is not None:
            bill.link(first, "integrates", other)
