"""Each competency question gives the answer that is written beside it, and is portable SPARQL."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyoxigraph import QuerySolutions
from rdflib.plugins.sparql import prepareQuery

from answerable import dataset, queries, rooms
from answerable.errors import InputError

CASES = rooms.room("data") / "cases"
EXPECTED = {path.stem: path for path in rooms.files("queries", ".yaml")}


@cache
def expectations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, entry) for name, path in EXPECTED.items() for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@cache
def shipped() -> Any:
    return dataset.shipped()


def answer(name: str, entry: Mapping[str, Any]) -> list[dict[str, str]]:
    values = {key: str(value) for key, value in entry.get("parameters", {}).items()}
    if "case" in entry:
        found = queries.run(name, CASES / f"{entry['case']}.yaml", values, entry.get("as_of"))
        columns, rows = found.columns, found.rows
    else:
        columns, rows = table(shipped().query(queries.find(name).bound(values)))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def table(found: Any) -> tuple[list[str], list[list[str]]]:
    """A result of pyoxigraph; a graph is a table of three columns."""
    if isinstance(found, QuerySolutions):
        columns = [variable.value for variable in found.variables]
        return columns, [[row[c].value if row[c] is not None else "" for c in columns] for row in found]
    return ["subject", "predicate", "object"], [[str(getattr(term, "value", term)) for term in row] for row in found]


def holds(part: Mapping[str, str], rows: list[dict[str, str]]) -> bool:
    return any(part.items() <= row.items() for row in rows)


def ids() -> list[str]:
    return [f"{name}-{entry.get('case', 'law')}-{entry.get('as_of', '')}" for name, entry in expectations()]


@pytest.mark.parametrize(("name", "entry"), expectations(), ids=ids())
def test_a_question_has_the_expected_answer(name: str, entry: dict[str, Any]) -> None:
    rows = answer(name, entry)
    if "rows" in entry:
        assert rows == entry["rows"]
    for part in entry.get("includes", ()):
        assert holds(part, rows), f"{part} not in {rows}"
    for part in entry.get("excludes", ()):
        assert not holds(part, rows), part


def test_every_question_has_an_expected_answer() -> None:
    assert {query.name for query in queries.catalogue()} == set(EXPECTED)
    for name in EXPECTED:
        entries = [entry for known, entry in expectations() if known == name]
        assert any("case" not in entry for entry in entries), f"{name}: nothing expected on the shipped graph"
        assert any(entry.get("rows") or entry.get("includes") for entry in entries), f"{name}: no row expected"


@pytest.mark.parametrize("query", queries.catalogue(), ids=lambda query: query.name)
def test_a_question_is_sparql_for_other_engines_with_and_without_parameters(query: queries.Query) -> None:
    samples = {
        "record": "x",
        "law": "x",
        "doctrine": "x",
        "term": "X",
        "text": "x",
        "day": "2026-01-01",
        "iri": "http://x.eu/y",
        "case": "x",
        "jurisdiction": "EU",
        "position": "x",
    }
    values = {p.name: samples[p.type] for p in query.parameters.values()}
    prepareQuery(query.bound(values, "case"))
    prepareQuery(query.text)
    assert query.summary.endswith("?") and query.example.startswith("answerable query ")
    for parameter in query.parameters.values():
        assert f"?{parameter.name}" in query.text and parameter.says


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("value-chane", {}, "did you mean value-chain"),
        ("value-chain", {}, "no value"),
        ("value-chain", {"partie": "bank"}, "did you mean party"),
        ("value-chain", {"party": "> } DROP ALL #"}, "an id"),
        ("duties-starting", {"from": "2027-02-30", "to": "2027-03-01"}, "a day that exists"),
        ("findings-citing", {"provision": "art. 22"}, "an address"),
    ],
)
def test_a_wrong_question_is_an_input_error(name: str, values: dict[str, str], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        queries.run(name, CASES / "loan-refusal.yaml", values)


def test_a_day_needs_a_case() -> None:
    with pytest.raises(InputError, match="as of their own day"):
        queries.run("voids", as_of=date(2027, 12, 3))


def test_a_record_of_the_shipped_graph_is_named_with_its_case() -> None:
    with pytest.raises(InputError, match="loan-refusal/bank"):
        queries.run("value-chain", values={"party": "bank"})


def test_a_broken_header_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.rq"
    path.write_text("#+ summary: [\nSELECT ?x\nWHERE {\n}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.rq"):
        queries.read(path)
