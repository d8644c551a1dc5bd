"""What the law and good practice ask of each dossier: its items, their shapes, whom they bind and who reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from answerable import rooms
from answerable.errors import InputError
from answerable.iris import ANS, LAW

Level = Literal["must", "should"]
LEVELS: tuple[Level, ...] = ("must", "should")

_SHAPES = """
PREFIX ans: <https://w3id.org/answerable/ontology#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?item ?document ?dossier ?shape ?message WHERE {
  ?node sh:property ?shape ; sh:targetClass ?document ; rdfs:label ?dossier .
  ?shape dct:subject ?item ; sh:message ?message .
}
"""
_READERS = """
PREFIX ans: <https://w3id.org/answerable/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?reader WHERE { ?node ans:isAskedForBy ?reader }
"""


@dataclass(frozen=True)
class Item:
    """One thing that a document is to contain."""

    id: str
    label: str
    provision: str
    norm: str
    """The norm that demands it; empty where only good practice does."""
    roles: tuple[str, ...]
    topics: tuple[str, ...]
    is_conditional: bool
    """Whether a reason may stand in its place."""
    required_where: str
    """The class of which the thing must be that the document is about; empty where it does not matter."""
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Demand:
    """An item with the shape that looks for it in a class of documents."""

    item: Item
    level: Level
    document: str
    dossier: str
    shape: str
    messages: dict[str, str] = field(hash=False)
    """By language tag."""

    def message(self, language: str = "en") -> str:
        return self.messages.get(language) or self.messages["en"]


@dataclass(frozen=True)
class Profile:
    """A dossier: a folder of `shapes/`."""

    name: str
    demands: tuple[Demand, ...]
    readers: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def label(self) -> str:
        return self.demands[0].dossier


def profiles() -> list[str]:
    """The dossiers that there are shapes for."""
    return [path.parent.name for path in rooms.files("shapes", "must.ttl")]


@cache
def profile(name: str) -> Profile:
    """A dossier by its name.

    Raises:
        InputError: there is none of that name.
    """
    from pyoxigraph import Store

    if name not in profiles():
        import difflib

        near = difflib.get_close_matches(name, profiles(), 1)
        raise InputError(
            "--profile", "", name, "one of " + ", ".join(profiles()), f"did you mean {near[0]}?" if near else ""
        )
    demands: list[Demand] = []
    readers: set[str] = set()
    files = [path for level in LEVELS if (path := rooms.room("shapes") / name / f"{level}.ttl").exists()]
    for path in files:
        store = Store()
        store.load(path=str(path))
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for row in store.query(_SHAPES):  # type: ignore[union-attr]
            values = found.setdefault((row["shape"].value, row["document"].value), {"messages": {}})
            values["item"], values["dossier"] = row["item"].value, row["dossier"].value
            values["messages"][row["message"].language or "en"] = row["message"].value
        level: Level = "should" if path.stem == "should" else "must"
        for (shape, document), values in found.items():
            item = items()[values["item"]]
            demands.append(
                Demand(item, level, document.removeprefix(ANS), values["dossier"], shape, values["messages"])
            )
        readers |= {row["reader"].value.removeprefix(ANS) for row in store.query(_READERS)}  # type: ignore[union-attr]
    order = {iri: number for number, iri in enumerate(items())}
    demands.sort(key=lambda d: (LEVELS.index(d.level), order[f"{LAW}{d.item.id}"], d.document))
    return Profile(name, tuple(demands), tuple(sorted(readers)), tuple(files))


@cache
def items() -> dict[str, Item]:
    """Every documentation item by its IRI, in the order of the files and of the text in them."""
    found: dict[str, dict[str, list[Any]]] = {}
    for path in rooms.files("data", "-items.ttl"):
        for quad in rooms.turtle(path):
            found.setdefault(str(quad.subject)[1:-1], {}).setdefault(quad.predicate.value.rsplit("#")[-1], []).append(
                quad.object
            )
    return {iri: _item(values) for iri, values in found.items() if "http://purl.org/dc/terms/identifier" in values}


def _item(values: dict[str, list[Any]]) -> Item:
    def names(key: str, space: str = ANS) -> tuple[str, ...]:
        return tuple(sorted(term.value.removeprefix(space) for term in values.get(key, ())))

    def one(key: str, space: str = ANS) -> str:
        return next(iter(names(key, space)), "")

    def day(key: str) -> date | None:
        return date.fromisoformat(text) if (text := one(key)) else None

    labels = {term.language or "en": term.value for term in values["label"]}
    return Item(
        id=values["http://purl.org/dc/terms/identifier"][0].value,
        label=labels["en"],
        provision=one("hasProvision"),
        norm=one("isRequiredUnder", LAW),
        roles=names("isOwedByRole"),
        topics=names("hasTopic"),
        is_conditional="ConditionalItem" in names("type"),
        required_where=one("isRequiredWhere"),
        first=day("isRequiredFrom"),
        last=day("isRequiredUntil"),
    )
