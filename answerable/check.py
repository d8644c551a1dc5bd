"""What the documents of a case lack: dossier shapes, one dossier at a time, and the same answer without SHACL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from answerable import rooms
from answerable.assessment import CompletenessItem, Part
from answerable.errors import InputError
from answerable.iris import ANS, CASE, LAW

if TYPE_CHECKING:
    from answerable.cases import Case, Document, Item

SHACL = "http://www.w3.org/ns/shacl#"
_SETTLED = ("found", "undisputed")

_ITEMS = """
PREFIX ans: <https://w3id.org/answerable/ontology#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?id ?label ?document ?dossier ?norm ?provision ?shape ?message ?conditional WHERE {
  ?item dct:identifier ?id ; rdfs:label ?label ; ans:hasProvision ?provision ;
    ans:isRequiredIn ?document ; ans:isRequiredUnder ?norm .
  ?shape dct:subject ?item ; sh:message ?message .
  ?node sh:property ?shape ; sh:targetClass ?document ; rdfs:label ?dossier .
  BIND(EXISTS { ?item a ans:ConditionalItem } AS ?conditional)
} ORDER BY ?id
"""
_PATTERNS = "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?pattern WHERE { [] sh:pattern ?pattern ; sh:flags 'i' }"


@dataclass(frozen=True)
class Demand:
    """One item that a class of documents must contain, with the shape that tests it."""

    id: str
    label: str
    document: str
    dossier: str
    norm: str
    provision: str
    shape: str
    message: str
    is_conditional: bool


class Consistency(Part):
    """Whether the facts and the ontology can be true together."""

    consistent: bool
    unsatisfiable: list[str] = Field(default=[])


class CheckReport(Part):
    """What the documents of a case contain and lack."""

    case: str
    profile: str | None = None
    completeness: list[CompletenessItem] = Field(default=[])
    consistency: Consistency | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing is missing and nothing contradicts itself."""
        contradicts = self.consistency is not None and not self.consistency.consistent
        return not contradicts and all(row.status != "missing" for row in self.completeness)


def profiles() -> list[str]:
    """The dossiers that there are shapes for."""
    return [path.parent.name for path in rooms.files("shapes", "must.ttl")]


@cache
def _profile(name: str) -> tuple[tuple[Demand, ...], re.Pattern[str]]:
    """The demands of a dossier, and what counts as a placeholder in it."""
    from pyoxigraph import Store

    if name not in profiles():
        import difflib

        near = difflib.get_close_matches(name, profiles(), 1)
        raise InputError(
            "--profile", "", name, "one of " + ", ".join(profiles()), f"did you mean {near[0]}?" if near else ""
        )
    store = Store()
    for path in (*rooms.files("data", "-items.ttl"), rooms.room("shapes") / name / "must.ttl"):
        store.load(path=str(path))
    demands = tuple(
        Demand(
            id=row["id"].value,
            label=row["label"].value,
            document=row["document"].value.removeprefix(ANS),
            dossier=row["dossier"].value,
            norm=row["norm"].value.removeprefix(LAW),
            provision=row["provision"].value,
            shape=row["shape"].value,
            message=row["message"].value,
            is_conditional=row["conditional"].value == "true",
        )
        for row in _rows(store, _ITEMS)
    )
    pattern = "|".join(f"(?:{row['pattern'].value})" for row in _rows(store, _PATTERNS))
    return demands, re.compile(pattern or r"(?!)", re.IGNORECASE)


def _rows(store: Any, query: str) -> list[Any]:
    return list(store.query(query))


def completeness(
    case: Case,
    as_of: date | None = None,
    bearers: Mapping[str, Iterable[str]] | None = None,
    profile: str | None = None,
) -> list[CompletenessItem]:
    """What each document of the case contains and lacks, without running the shapes.

    `bearers` says whom each norm binds or will bind: where it is given, a document that the case does not state is
    asked for only from them.
    """
    rows: list[CompletenessItem] = []
    for name in [profile] if profile else profiles():
        demands, placeholder = _profile(name)
        for demand in demands:
            documents = [d for d in case.documents if d.type == demand.document and not _is_later(d, as_of)]
            owed_by: tuple[str | None, ...] = tuple(bearers.get(demand.norm, ())) if bearers is not None else ()
            settled = [d for d in documents if (d.standing or case.standing) in _SETTLED]
            for document in settled:
                status, reason = _status(demand, document, placeholder, document.standing or case.standing)
                owner = next(iter((*document.by, *owed_by)), None)
                rows.append(_row(demand, document.id, status, owner, reason))
            if settled or (bearers is not None and not owed_by and not documents):
                continue
            for document in documents:
                text = f"Whether this document exists is {document.standing or case.standing}."
                rows.append(_row(demand, document.id, "unknown", next(iter((*document.by, *owed_by)), None), text))
            if not documents:
                text = f"The case states no document of this kind: {demand.dossier[0].lower()}{demand.dossier[1:]}."
                rows += [_row(demand, demand.document, "unknown", owner, text) for owner in (owed_by or (None,))]
    return rows


def _row(demand: Demand, dossier: str, status: Any, owner: str | None, message: str) -> CompletenessItem:
    return CompletenessItem(
        dossier=dossier,
        item=demand.id,
        status=status,
        owner=owner,
        provision=demand.provision,
        message=demand.message if status == "missing" else message,
    )


def _is_later(document: Document, as_of: date | None) -> bool:
    return as_of is not None and document.on is not None and document.on > as_of


def _status(demand: Demand, document: Document, placeholder: re.Pattern[str], standing: str) -> tuple[str, str]:
    def says(text: str | None) -> bool:
        return text is not None and not placeholder.search(text)

    def is_settled(entry: Item) -> bool:
        return (entry.standing or standing) in _SETTLED

    answers = [entry for entry in document.contains if entry.item == demand.id and is_settled(entry)]
    if any(says(entry.text) for entry in answers):
        return "present", ""
    if demand.is_conditional:
        for entry in answers:
            if says(entry.not_applicable):
                return "not_applicable", entry.not_applicable or ""
    return "missing", ""


def validate(case: Case, profile: str, as_of: date | None = None) -> tuple[set[tuple[str, str]], str]:
    """What the shapes of a dossier find missing, as pairs of document and item, and their reports in Turtle."""
    import pyshacl
    from pyoxigraph import RdfFormat, serialize
    from rdflib import RDF, Graph, URIRef

    from answerable.records import triples

    demands, _ = _profile(profile)
    by_shape = {URIRef(demand.shape): demand for demand in demands}
    shapes = Graph().parse(rooms.room("shapes") / profile / "must.ttl")
    facts = list(triples(case, "settled", as_of))
    missing: set[tuple[str, str]] = set()
    reports = Graph()
    reports.bind("sh", SHACL)
    reports.bind("ans", ANS)
    for document in case.documents:
        node = f"{CASE}{case.id}/{document.id}"
        parts = {node, *(f"{CASE}{case.id}/{entry.id}" for entry in document.contains)}
        dossier = [t for t in facts if getattr(t.subject, "value", "") in parts]
        if not dossier:
            continue
        data = Graph().parse(data=serialize(dossier, format=RdfFormat.N_TRIPLES), format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        for result in report.subjects(RDF.type, URIRef(f"{SHACL}ValidationResult")):
            demand = by_shape.get(report.value(result, URIRef(f"{SHACL}sourceShape")))
            focus = report.value(result, URIRef(f"{SHACL}focusNode"))
            if demand is not None and str(focus) == node:
                missing.add((document.id, demand.id))
        reports += report
    return missing, reports.serialize(format="turtle")


def check(
    case: Case | str | Path,
    profile: str | None = None,
    consistency: bool = False,
    as_of: date | None = None,
) -> CheckReport:
    """What the documents of a case contain and lack, by the shapes, and whether its facts contradict each other.

    Raises:
        InputError: for an unknown profile, or a case file that cannot be read.
    """
    from answerable.casefile import load

    case = load(case) if isinstance(case, str | Path) else case
    as_of = as_of or case.as_of
    rows: list[CompletenessItem] = []
    for name in [profile] if profile else profiles():
        missing, _ = validate(case, name, as_of)
        messages = {demand.id: demand.message for demand in _profile(name)[0]}
        for row in completeness(case, as_of, profile=name):
            if (row.dossier, row.item) in missing:
                row = row.model_copy(update={"status": "missing", "message": messages[row.item]})
            elif row.status == "missing":
                row = row.model_copy(update={"status": "present", "message": ""})
            rows.append(row)
    return CheckReport(
        case=case.id, profile=profile, completeness=rows, consistency=_consistency(case) if consistency else None
    )


def _consistency(case: Case) -> Consistency:
    from answerable.consistency import check_consistency
    from answerable.records import triples

    found = check_consistency(list(triples(case, "arguable")))
    return Consistency(consistent=found.consistent, unsatisfiable=sorted(found.unsatisfiable))
