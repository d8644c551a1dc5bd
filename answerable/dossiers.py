"""What the law and good practice ask of each dossier: its items, their shapes, whom they bind and who reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from answerable import rooms
from answerable.errors import InputError
from answerable.iris import ANS, LAW, SHACL
from answerable.terms import LABEL, TYPE, lexical

Level = Literal["must", "should"]
LEVELS: tuple[Level, ...] = ("must", "should")

DCT = "http://purl.org/dc/terms/"


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


@cache
def profiles() -> tuple[str, ...]:
    """The dossiers that there are shapes for."""
    return tuple(path.parent.name for path in rooms.files("shapes", "must.ttl"))


@cache
def profile(name: str) -> Profile:
    """A dossier by its name.

    Raises:
        InputError: there is none of that name.
    """
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
        level: Level = "should" if path.stem == "should" else "must"
        known = _read(path)
        for node in known.values():
            readers |= {term.value.removeprefix(ANS) for term in node.get(f"{ANS}isAskedForBy", ())}
            for document in node.get(f"{SHACL}targetClass", ()):
                for shape in node.get(f"{SHACL}property", ()):
                    found = known.get(str(shape), {})
                    for item in found.get(f"{DCT}subject", ()):
                        demands.append(
                            Demand(
                                items()[item.value],
                                level,
                                document.value.removeprefix(ANS),
                                node[lexical(LABEL)][0].value,
                                shape.value,
                                {term.language or "en": term.value for term in found[f"{SHACL}message"]},
                            )
                        )
    order = {iri: number for number, iri in enumerate(items())}
    demands.sort(key=lambda d: (LEVELS.index(d.level), order[f"{LAW}{d.item.id}"], d.document))
    return Profile(name, tuple(demands), tuple(sorted(readers)), tuple(files))


def _read(path: Path) -> dict[str, dict[str, list[Any]]]:
    """Objects by subject and predicate."""
    found: dict[str, dict[str, list[Any]]] = {}
    for quad in rooms.turtle(path):
        found.setdefault(str(quad.subject), {}).setdefault(quad.predicate.value, []).append(quad.object)
    return found


@cache
def items() -> dict[str, Item]:
    """Every documentation item by its IRI, in the order of the files and of the text in them."""
    found: dict[str, Item] = {}
    for path in rooms.files("data", "-items.ttl"):
        for subject, values in _read(path).items():
            if f"{DCT}identifier" in values:
                found[subject[1:-1]] = _item(values)
    return found


def _item(values: dict[str, list[Any]]) -> Item:
    def names(key: str, space: str = ANS) -> tuple[str, ...]:
        return tuple(sorted(term.value.removeprefix(space) for term in values.get(key, ())))

    def one(name: str, space: str = ANS) -> str:
        return next(iter(names(f"{ANS}{name}", space)), "")

    def day(name: str) -> date | None:
        return date.fromisoformat(text) if (text := one(name)) else None

    labels = {term.language or "en": term.value for term in values[lexical(LABEL)]}
    return Item(
        id=values[f"{DCT}identifier"][0].value,
        label=labels["en"],
        provision=one("hasProvision"),
        norm=one("isRequiredUnder", LAW),
        roles=names(f"{ANS}isOwedByRole"),
        topics=names(f"{ANS}hasTopic"),
        is_conditional="ConditionalItem" in names(lexical(TYPE)),
        required_where=one("isRequiredWhere"),
        first=day("isRequiredFrom"),
        last=day("isRequiredUntil"),
    )
