"""Each competency question gives the answer that is written beside it, and is portable SPARQL."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rdflib.plugins.sparql import prepareQuery

from answerable import queries, rooms
from answerable.errors import InputError

CASES = rooms.room("data") / "cases"
EXPECTED = {path.stem: path for path in rooms.files("queries", ".yaml")}


@cache
def expectations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, entry) for name, path in EXPECTED.items() for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def answer(name: str, entry: Mapping[str, Any]) -> list[dict[str, str]]:
    case = CASES / f"{entry['case']}.yaml" if "case" in entry else None
    values = {key: str(value) for key, value in entry.get("parameters", {}).items()}
    columns, rows = queries.run(name, case, values, entry.get("as_of"))
    return [dict(zip(columns, row, strict=True)) for row in rows]


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
    assert len(EXPECTED) == 10


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
    }
    values = {p.name: samples[p.type] for p in query.parameters.values()}
    prepareQuery(query.bound(values, "case"))
    prepareQuery(query.text)
    assert query.summary.endswith("?") and query.example.startswith("answerable query ")
    for parameter in query.parameters.values():
        assert f"?{parameter.name}" in query.text and parameter.says


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")
def test_two_engines_give_the_same_answer() -> None:
    from pyoxigraph import RdfFormat
    from rdflib import Dataset

    store, case_id = queries.dataset(CASES / "moffatt-v-air-canada.yaml")
    other = Dataset(default_union=False)
    other.parse(data=store.dump(format=RdfFormat.N_QUADS), format="nquads")
    for name in ("accountable", "open-theories"):
        text = queries.find(name).bound({}, case_id)
        ours = sorted(tuple(value.value if value else "" for value in row) for row in store.query(text))
        theirs = sorted(tuple("" if value is None else str(value) for value in row) for row in other.query(text))
        assert ours == theirs


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


def test_a_question_about_a_case_needs_one() -> None:
    with pytest.raises(InputError, match="a case file"):
        queries.run("voids")


def test_a_broken_header_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.rq"
    path.write_text("#+ summary: [\nSELECT ?x\nWHERE {\n}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.rq"):
        queries.read(path)
