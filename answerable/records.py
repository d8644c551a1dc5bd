"""A case as RDF and back. Keys, properties and prefixes are those of `ontology/context.jsonld`.

The settled record holds what is found or undisputed, the arguable one also what is alleged or disputed. A denied
circumstance is in both, as a stated no. Records dated after the as-of day are in neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from pyoxigraph import BlankNode, NamedNode, Quad, Triple
from pyoxigraph import Literal as RdfLiteral

from answerable import rooms
from answerable.cases import (
    SECTIONS,
    STANDINGS,
    Case,
    Circumstance,
    Harm,
    Jurisdiction,
    Law,
    Link,
    Model,
    Record,
    Slot,
    Term,
    canonical,
    slots,
)

RecordName = Literal["settled", "arguable", "all"]
_STANDINGS: Mapping[str, frozenset[str]] = {
    "settled": frozenset({"found", "undisputed"}),
    "arguable": frozenset({"found", "undisputed", "alleged", "disputed"}),
    "all": frozenset(STANDINGS),
}
_Subject = NamedNode | BlankNode | Triple


def triples(case: Case, record: RecordName = "all", as_of: date | None = None) -> Iterator[Triple]:
    """The statements of a case in one of its two records, or in `all`.

    A link to a record that is left out may remain; nested records go with the one that holds them.
    """
    layout = _layout()
    base = layout.case_base(case.id)
    accepted = _STANDINGS[record]
    case_node = NamedNode(base[:-1])
    yield from _case_triples(case, case_node, layout, whole=record == "all")
    forum = [layout.named("jurisdiction", code) for code in case.forum]
    for section, model in SECTIONS.items():
        plan = layout.plan(model, section)
        for entry in getattr(case, section):
            standing = entry.standing or case.standing
            if standing not in accepted and not (standing == "denied" and isinstance(entry, Circumstance)):
                continue
            if as_of is not None and (day := getattr(entry, "on", None)) is not None and day > as_of:
                continue
            node = NamedNode(base + entry.id)
            if record == "all":
                yield Triple(case_node, layout.has_record, node)
            yield from _record_triples(entry, node, standing, plan, base, layout, accepted, as_of)
            if forum and isinstance(entry, Harm) and not entry.forum:
                for place in forum:
                    yield Triple(node, layout.forum, place)


def assessment_triples(
    as_of: date, positions: Mapping[str, bool] | None = None, known_on: date | None = None
) -> Iterator[Triple]:
    """The as-of day, the day on which the law is taken as it was then known, and the answers to contested questions."""
    layout = _layout()
    for name, day in (("isAsOf", as_of), ("isKnownOn", known_on or as_of)):
        yield Triple(layout.assessment, layout.term(name), RdfLiteral(day.isoformat(), datatype=layout.date))
    for name, answer in (positions or {}).items():
        yield Triple(layout.named("position", name), layout.term("hasAnswer"), layout.flag(answer))


def _record_triples(
    entry: Record,
    node: NamedNode,
    standing: str,
    plan: tuple[_Column, ...],
    base: str,
    layout: _Layout,
    accepted: frozenset[str],
    as_of: date | None,
) -> Iterator[Triple]:
    yield Triple(node, layout.type, layout.term(entry.type))
    yield Triple(node, layout.standing, layout.term(standing.capitalize()))
    denied = standing == "denied"
    for column in plan:
        value = getattr(entry, column.slot.attribute)
        if value is None or value == ():
            continue
        if column.inner:
            for nested in value:
                inner_standing = nested.standing or standing
                day = getattr(nested, "on", None)
                if inner_standing in accepted and not (as_of is not None and day is not None and day > as_of):
                    inner = NamedNode(base + nested.id)
                    yield Triple(node, column.property, inner)
                    yield from _record_triples(
                        nested, inner, inner_standing, column.inner, base, layout, accepted, as_of
                    )
            continue
        for item in value if column.slot.many else (value,):
            if column.space is not None:
                target: Any = NamedNode((base if column.space == "" else column.space) + item)
            elif item is True or item is False:
                target = layout.flag(item and not denied)
            elif isinstance(item, date):
                target = RdfLiteral(item.isoformat(), datatype=layout.date)
            elif isinstance(item, Decimal):
                target = RdfLiteral(format(item, "f"), datatype=layout.decimal)
            elif isinstance(item, float):
                target = RdfLiteral(repr(item), datatype=layout.double)
            else:
                target = RdfLiteral(item)
            yield Triple(node, column.property, target)


def _case_triples(case: Case, node: NamedNode, layout: _Layout, whole: bool) -> Iterator[Triple]:
    yield Triple(node, layout.type, layout.term("Case"))
    yield Triple(node, layout.property("id"), RdfLiteral(case.id))
    for code in case.forum:
        yield Triple(node, layout.forum, layout.named("jurisdiction", code))
    if not whole:
        return
    yield Triple(node, layout.property("default_standing"), layout.term(case.standing.capitalize()))
    for key in ("title", "description"):
        if (text := getattr(case, key)) is not None:
            yield Triple(node, layout.property(key), RdfLiteral(text))
    if case.as_of is not None:
        yield Triple(node, layout.property("as_of"), RdfLiteral(case.as_of.isoformat(), datatype=layout.date))
    for name, answer in case.positions.items():
        yield Triple(node, layout.property("affirms" if answer else "rejects"), layout.named("position", name))
    if case.source is not None:
        origin = NamedNode(node.value + "#source")
        yield Triple(node, layout.property("origin"), origin)
        for key in ("title", "citation", "url"):
            if (text := getattr(case.source, key)) is not None:
                target = NamedNode(text) if key == "url" else RdfLiteral(text)
                yield Triple(origin, layout.property("origin", key), target)
    if case.expect:
        yield Triple(node, layout.property("expect"), RdfLiteral(_expectation(case), datatype=layout.json))


# -- JSON-LD


def context() -> dict[str, Any]:
    """The JSON-LD context: every prefix, every key of a case file with its property."""
    return dict(_context())


def prefixes() -> dict[str, str]:
    """The namespaces of the context by prefix."""
    named = ((k, v) for k, v in _context().items() if isinstance(v, str) and not k.startswith("@"))
    return {k: v for k, v in named if v.endswith(("#", "/"))}


def to_jsonld(case: Case) -> dict[str, Any]:
    """The case as JSON-LD; its triples are those of `triples(case)`."""
    layout = _layout()
    base = layout.case_base(case.id)
    document: dict[str, Any] = {
        "@context": [context(), {"@base": base}],
        "@id": base[:-1],
        "type": "Case",
        "id": case.id,
        "default_standing": case.standing,
    }
    for key in ("title", "description"):
        if getattr(case, key) is not None:
            document[key] = getattr(case, key)
    if case.source is not None:
        document["origin"] = {"@id": f"{base[:-1]}#source", **case.source.model_dump(exclude_none=True)}
    if case.forum:
        document["forum"] = [f"jurisdiction:{code}" for code in case.forum]
    if case.as_of is not None:
        document["as_of"] = case.as_of.isoformat()
    for key, answer in (("affirms", True), ("rejects", False)):
        if names := [f"position:{name}" for name, taken in case.positions.items() if taken is answer]:
            document[key] = names
    for section in SECTIONS:
        if entries := getattr(case, section):
            document[section] = [_node(entry, entry.standing or case.standing, case) for entry in entries]
    if case.expect:
        document["expect"] = _expectation(case)
    return document


def _node(entry: Record, standing: str, case: Case) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": entry.id}
    for slot in slots(type(entry)):
        value = getattr(entry, slot.attribute)
        if slot.key == "standing":
            node["standing"] = standing
        elif slot.key == "forum" and not value and case.forum:
            node["forum"] = [f"jurisdiction:{code}" for code in case.forum]
        elif value is None or value == ():
            continue
        elif slot.nested is not None:
            node[slot.key] = [_node(inner, inner.standing or standing, case) for inner in value]
        elif slot.many:
            node[slot.key] = [_json(slot, item) for item in value]
        elif isinstance(value, bool):
            node[slot.key] = value and standing != "denied"
        else:
            node[slot.key] = _json(slot, value)
    return node


def _json(slot: Slot, item: Any) -> str:
    if isinstance(item, date):
        return item.isoformat()
    if isinstance(item, Decimal):
        return format(item, "f")
    match slot.marker:
        case Jurisdiction():
            return f"jurisdiction:{item}"
        case Law():
            return f"law:{item}"
    return str(item)


def _expectation(case: Case) -> str:
    parts = [e.model_dump(mode="json", by_alias=True, exclude_defaults=True) for e in case.expect]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# -- back


def from_graph(graph: Iterable[Triple | Quad], case_id: str | None = None) -> Case:
    """The case that the statements describe, in canonical form; `case_id` chooses where there are several.

    Raises:
        InputError: the statements describe no case, or one that no case file could state.
    """
    from answerable.casefile import from_data
    from answerable.errors import InputError

    layout = _layout()
    index: dict[_Subject, dict[NamedNode, list[Any]]] = {}
    for statement in graph:
        index.setdefault(statement.subject, {}).setdefault(statement.predicate, []).append(statement.object)
    nodes = [s for s, known in index.items() if layout.term("Case") in known.get(layout.type, ())]
    if case_id is not None:
        nodes = [s for s in nodes if s == NamedNode(layout.case_base(case_id)[:-1])]
    if len(nodes) != 1:
        found = f"{len(nodes)} cases" if nodes else "no case"
        raise InputError("graph", "", found, "the statements of one case", "give the id of one" if nodes else "")
    data = _read_case(nodes[0], index, layout)
    return canonical(from_data(data, "graph"))


def _read_case(node: _Subject, index: dict[_Subject, dict[NamedNode, list[Any]]], layout: _Layout) -> dict[str, Any]:
    known = index[node]

    def values(*path: str) -> list[str]:
        return [term.value for term in known.get(layout.property(*path), ())]

    data: dict[str, Any] = {"answerable": "1", "id": "".join(values("id")[:1])}
    base = layout.case_base(data["id"])
    for key in ("title", "description", "as_of"):
        if found := values(key):
            data[key] = found[0]
    data["standing"] = layout.local("ans", (values("default_standing") or ["Undisputed"])[0]).lower()
    data["forum"] = [layout.local("jurisdiction", value) for value in values("forum")]
    data["positions"] = {
        layout.local("position", value): answer
        for key, answer in (("affirms", True), ("rejects", False))
        for value in values(key)
    }
    for origin in known.get(layout.property("origin"), ()):
        stated = index.get(origin, {})
        keys = {key: stated.get(layout.property("origin", key)) for key in ("title", "citation", "url")}
        data["source"] = {key: terms[0].value for key, terms in keys.items() if terms}
    for text in values("expect"):
        data["expect"] = json.loads(text)
    for entry in known.get(layout.has_record, ()):
        section = layout.section(index.get(entry, {}))
        data.setdefault(section, []).append(_read_record(entry, SECTIONS[section], section, base, index, layout))
    return data


def _read_record(
    node: NamedNode,
    model: type[Record],
    section: str,
    base: str,
    index: dict[_Subject, dict[NamedNode, list[Any]]],
    layout: _Layout,
) -> dict[str, Any]:
    known = index.get(node, {})
    data: dict[str, Any] = {"type": layout.local("ans", known[layout.type][0].value)}
    data["standing"] = layout.local("ans", known[layout.standing][0].value).lower()

    def read(columns: tuple[_Column, ...]) -> None:
        for column in columns:
            terms = known.get(column.property)
            if not terms:
                continue
            key = column.slot.key
            if column.slot.nested is not None:
                data[key] = [
                    _read_record(inner, column.slot.nested, f"{section}.{key}", base, index, layout) for inner in terms
                ]
            elif column.space is not None:
                found = [term.value.removeprefix(column.space or base) for term in terms]
                data[key] = found if column.slot.many else found[0]
            else:
                data[key] = [term.value for term in terms] if column.slot.many else terms[0].value

    read(layout.plan(model, section))
    if data["standing"] == "denied":
        data.pop("holds", None)
    return data


# -- how keys become properties


@dataclass(frozen=True)
class _Column:
    """A field as a property; `space` is the namespace of what it names (empty: the case's own)."""

    slot: Slot
    property: NamedNode
    space: str | None
    inner: tuple[_Column, ...]


@cache
def _context() -> Mapping[str, Any]:
    text = (rooms.room("ontology") / "context.jsonld").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)["@context"]
    return loaded


class _Layout:
    def __init__(self, terms: Mapping[str, Any]) -> None:
        self.terms = terms
        self._nodes: dict[str, NamedNode] = {}
        self._plans: dict[str, tuple[_Column, ...]] = {}
        self._flags: dict[bool, RdfLiteral] = {}
        self.type = self.node("rdf:type")
        self.standing = self.property("standing")
        self.forum = self.property("forum")
        self.has_record = self.property("parties")
        self.date = self.node("xsd:date")
        self.decimal = self.node("xsd:decimal")
        self.double = self.node("xsd:double")
        self.json = self.node("rdf:JSON")
        self._flags = {
            answer: RdfLiteral("true" if answer else "false", datatype=self.node("xsd:boolean"))
            for answer in (True, False)
        }
        self.assessment = NamedNode(terms["case"].removesuffix("case/") + "assessment")

    def flag(self, answer: bool) -> RdfLiteral:
        return self._flags[answer]

    def node(self, compact: str) -> NamedNode:
        found = self._nodes.get(compact)
        if found is None:
            prefix, _, local = compact.partition(":")
            found = self._nodes[compact] = NamedNode(self.terms[prefix] + local)
        return found

    def named(self, prefix: str, local: str) -> NamedNode:
        return self.node(f"{prefix}:{local}")

    def term(self, name: str) -> NamedNode:
        return self.node(f"ans:{name}")

    def local(self, prefix: str, iri: str) -> str:
        return iri.removeprefix(self.terms[prefix])

    def case_base(self, case_id: str) -> str:
        return f"{self.terms['case']}{case_id}/"

    def property(self, *path: str) -> NamedNode:
        """The property of a key; a key inside a section is looked for there first, then outside."""
        *around, key = path
        scopes = [self.terms]
        for name in around:
            for part in name.split("."):
                scope = next(s for s in reversed(scopes) if part in s)[part]
                if isinstance(scope, dict):
                    scopes.append(scope.get("@context", {}))
        definition = next(scope for scope in reversed(scopes) if key in scope)[key]
        return self.node(definition["@id"] if isinstance(definition, dict) else definition)

    def plan(self, model: type[Model], section: str) -> tuple[_Column, ...]:
        found = self._plans.get(section)
        if found is None:
            found = self._plans[section] = tuple(
                _Column(
                    slot,
                    self.property(section, slot.key),
                    self._space(slot),
                    self.plan(slot.nested, f"{section}.{slot.key}") if slot.nested else (),
                )
                for slot in slots(model)
                if slot.key not in ("type", "standing")
            )
        return found

    def _space(self, slot: Slot) -> str | None:
        spaces = {Link: "", Jurisdiction: self.terms["jurisdiction"], Law: self.terms["law"], Term: self.terms["ans"]}
        return spaces.get(type(slot.marker))

    def section(self, known: Mapping[NamedNode, list[Any]]) -> str:
        """The section of a case file that a record belongs in, by its class."""
        from answerable.casefile import vocabulary
        from answerable.errors import InputError

        names = [self.local("ans", term.value) for term in known.get(self.type, ())]
        for name in names:
            above = vocabulary().supers.get(name, frozenset()) | {name}
            for section, model in SECTIONS.items():
                if model.under in above:
                    return section
        raise InputError(
            "graph", "", ", ".join(names) or "a record without a class", "a class that a case file can state"
        )


@cache
def _layout() -> _Layout:
    return _Layout(_context())
