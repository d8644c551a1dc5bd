"""The law tables beside the project and the data as a plain store, for the tests that compare the two."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).parents[2]
TABLES = ROOT.parent / "shared" / "law" / "eu"
ANS = "https://w3id.org/answerable/ontology#"
LAW = "https://w3id.org/answerable/law/"
PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")

Row = dict[str, str]


def rows(*names: str) -> list[Row]:
    """The rows of the tables, each with the name of its table; none where the tables are absent."""
    found = []
    for name in names:
        if (TABLES / f"{name}.csv").is_file():
            with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as text:
                found += [{**row, "table": name} for row in csv.DictReader(text)]
    return found


def identifier(row: Row) -> str:
    """The local name of the row's node: its id, or for an amending point one made from its number."""
    return row["id"] if "id" in row else f"AM_2026_1744_{row['point']}"


def per_row(*names: str) -> pytest.MarkDecorator:
    """Run the test once a row of the tables."""
    found = rows(*names)
    if not found:
        return pytest.mark.parametrize("row", [pytest.param({}, marks=needs_tables)], ids=["tables"])
    return pytest.mark.parametrize("row", found, ids=identifier)


@cache
def store() -> ox.Store:
    loaded = ox.Store()
    for room in ("ontology", "data"):
        for path in sorted((ROOT / room).rglob("*.ttl")):
            loaded.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    return loaded


def expand(key: str) -> str:
    prefix, _, name = key.rpartition(":")
    return PREFIXES.get(prefix, ANS) + name


def local(value: str) -> str:
    for start in (ANS, LAW, "https://w3id.org/answerable/position/"):
        value = value.removeprefix(start)
    return value


def objects(subject: str, key: str) -> list[str]:
    quads = store().quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(expand(key)), None)
    return sorted(q.object.value for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal))


def law(name: str, key: str) -> list[str]:
    """What a node of law says under a key, by local names."""
    return [local(value) for value in objects(LAW + name, key)]


def term(name: str, key: str) -> list[str]:
    """What a term of the ontology says under a key, by local names."""
    return [local(value) for value in objects(ANS + name, key)]


def day(name: str, key: str) -> date | None:
    found = law(name, key)
    return date.fromisoformat(found[0]) if found else None


def days(cell: str) -> set[date]:
    """The days that a cell names."""
    return {date.fromisoformat(found) for found in DAY.findall(cell)}


def first_days(periods: Iterable[str]) -> set[date]:
    return {date.fromisoformat(found) for period in periods for found in law(period, "appliesFrom")}


@cache
def classes(name: str) -> frozenset[str]:
    """A class of the ontology and those above it."""
    above = (local(value) for value in objects(ANS + name, "rdfs:subClassOf") if value.startswith(ANS))
    return frozenset({name}.union(*(classes(upper) for upper in above)))


@cache
def kinds(name: str) -> frozenset[str]:
    """The classes of a node of law, with those above them."""
    return frozenset().union(*(classes(kind) for kind in law(name, "rdf:type")))


@cache
def of_class(name: str) -> frozenset[str]:
    """Local names of the nodes of law of a class or of one below it."""
    quads = store().quads_for_pattern(None, ox.NamedNode(expand("rdf:type")), None)
    return frozenset(
        quad.subject.value.removeprefix(LAW)
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and quad.subject.value.startswith(LAW)
        and name in classes(local(quad.object.value))
    )


@cache
def parts(name: str) -> tuple[str, ...]:
    """A norm and the norms that the data split off from it."""
    return tuple(sorted(node for node in of_class("Norm") if node.partition(".")[0] == name or node == name))


def conditions(name: str) -> set[str]:
    """The classes that the conditions of a node of law test, groups opened."""
    found: set[str] = set()
    for value in objects(LAW + name, "hasCondition"):
        found |= set(objects(value, "hasAlternative")) if value.startswith(LAW) else {value}
    return {local(value) for value in found}
