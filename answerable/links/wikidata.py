"""Wikidata: items by id, LEI, CELEX number, and by label."""

from __future__ import annotations

from pydantic import BaseModel

from answerable.errors import InputError
from answerable.identifiers import Celex, IdentifierError, Lei, Qid
from answerable.links.asking import FOUND, Asker, Table, joined, merged, shaped, tail
from answerable.links.client import Service

WIKIDATA = Service("Wikidata query service", "https://query.wikidata.org/sparql")
SEARCH = Service("Wikidata", "https://www.wikidata.org/w/api.php")
COLUMNS = ("item", "label", "official_name", "lei", "celex", "country", "parent", "website")
HITS = ("item", "label", "description")


class _Hit(BaseModel):
    id: str
    label: str = ""
    description: str = ""


class _Problem(BaseModel):
    info: str = ""


class _Hits(BaseModel):
    error: _Problem | None = None
    search: list[_Hit] = []


def item_of(text: str) -> Qid | Lei | Celex:
    """What Wikidata can be asked for.

    Raises:
        IdentifierError: for a text that is neither.
    """
    for kind in (Qid, Lei, Celex):
        try:
            return kind.parse(text)
        except IdentifierError:
            continue
    raise IdentifierError(
        WIKIDATA.name, "", text, "an item such as Q42, a LEI or a CELEX number", "to search by label, give --name"
    )


def by_id(asker: Asker, wanted: Qid | Lei | Celex, language: str = "en") -> Table:
    """The item of Wikidata with an id, a LEI or a CELEX number."""
    kind = {Qid: "item", Lei: "lei", Celex: "celex"}[type(wanted)]
    value = {"item": wanted.iri} if isinstance(wanted, Qid) else {"value": str(wanted)}
    rows = asker.sparql(WIKIDATA, f"wikidata-{kind}", language=language, **value)
    by_item: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_item.setdefault(row["item"], []).append(row | {"item": tail(row["item"])})
    found = [line for item in sorted(by_item) for line in joined(merged(by_item[item], COLUMNS), COLUMNS)]
    return asker.table(COLUMNS, found)


def by_label(asker: Asker, label: str, language: str = "en") -> Table:
    """Items with a label or alias."""
    params = {
        "action": "wbsearchentities",
        "search": label,
        "language": language,
        "uselang": language,
        "type": "item",
        "limit": str(FOUND),
        "format": "json",
    }
    answer = asker.document(SEARCH, params=params)
    if answer is None:
        return asker.table(HITS, [])
    said = shaped(SEARCH, answer, _Hits)
    if said.error:
        raise InputError(SEARCH.name, "", said.error.info, "results of a search", "try again later")
    found = [[hit.id, hit.label, hit.description] for hit in said.search]
    return asker.table(HITS, found)
