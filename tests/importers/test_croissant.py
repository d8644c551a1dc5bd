"""Croissant descriptions read as cases: makers that are organisations, words for the data, and clear refusals."""

from __future__ import annotations

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.casefile import dump, parse
from answerable.cases import Case
from answerable.dossiers import items, profiles
from answerable.errors import InputError
from answerable.importers import croissant
from answerable.importers.source import Source

REAL = Path(__file__).parents[3] / "shared" / "datasets" / "croissant"
DAY = date(2026, 1, 5)
WANTED = ("annex-iv", "annex-xi", "annex-xii")
DATA_ITEMS = {"annex-iv": "AIA_AnxIV_2_d", "annex-xi": "AIA_AnxXI_1_2_c", "annex-xii": "AIA_AnxXII_2_c"}

needs_dossiers = pytest.mark.skipif(not set(WANTED) <= set(profiles()), reason="no shapes of Annexes IV, XI and XII")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the descriptions are not beside the project")

LOANS: dict[str, Any] = {
    "@context": {
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "recordSet": "cr:recordSet",
        "field": "cr:field",
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    },
    "@type": "sc:Dataset",
    "name": "Loan outcomes",
    "conformsTo": "http://mlcommons.org/croissant/1.0",
    "description": "Five years of loans.",
    "license": {"@type": "sc:CreativeWork", "name": "CC BY 4.0"},
    "creator": [
        {"@type": "sc:Person", "name": "Somebody"},
        {"@type": "sc:Organization", "name": "A bank"},
    ],
    "publisher": {"@type": "Organization", "name": "A data market"},
    "distribution": [{"@type": "cr:FileObject", "@id": "loans.csv", "encodingFormat": "text/csv"}],
    "recordSet": [
        {"@type": "cr:RecordSet", "name": "loans", "field": [{"name": "income", "dataType": ["sc:Float"]}]},
    ],
    "rai:dataBiases": "Young applicants are few.",
    "rai:dataCollectionTimeframe": ["2020", "2024"],
}


def changed(**keys: Any) -> dict[str, Any]:
    result = copy.deepcopy(LOANS)
    for key, value in keys.items():
        name = {"context": "@context", "type": "@type"}.get(key, key)
        if value is None:
            result.pop(name)
        else:
            result[name] = value
    return result


def read(folder: Path, data: Any, *wanted: str) -> list[Case]:
    path = folder / "dataset.json"
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return croissant.read(Source("croissant", path, wanted, DAY))


def test_a_dataset_with_the_organisations_that_made_and_publish_it(tmp_path: Path) -> None:
    (case,) = read(tmp_path, LOANS)
    assert [(a.type, a.name) for a in case.artefacts] == [("Dataset", "Loan outcomes")]
    assert [(p.name, p.type) for p in case.parties] == [
        ("A bank", "Organisation"),
        ("A data market", "Organisation"),
    ]
    assert case.parties[0].source == "dataset.json#creator[1], read 2026-01-05"
    (event,) = case.events
    assert event.by == ("a-bank",)
    assert "Somebody" not in dump(case)


@needs_dossiers
def test_the_data_items_are_answered_in_words_with_their_paths(tmp_path: Path) -> None:
    (case,) = read(tmp_path, LOANS, *WANTED)
    for document in case.documents:
        found = {str(e.source).split("#")[-1].split(",")[0]: e.text for e in document.contains if e.text}
        assert found == {
            "description": "Five years of loans.",
            "creator": "Creator: A bank",
            "publisher": "Publisher: A data market",
            "license": "CC BY 4.0",
            "distribution": "Files: loans.csv (text/csv).",
            "recordSet": "Records: loans with income (Float).",
            "rai:dataBiases": "Young applicants are few.",
            "rai:dataCollectionTimeframe": "2020, 2024",
        }
        assert {e.item for e in document.contains if e.text} == {DATA_ITEMS[document.id]}
        assert all(e.unknown for e in document.contains if not e.text)
    assert "Somebody" not in dump(case)


@needs_dossiers
def test_other_prefixes_mean_the_same(tmp_path: Path) -> None:
    text = json.dumps(LOANS)
    text = text.replace('"rai:data', '"care:data').replace('"rai"', '"care"').replace('"cr:', '"c:')
    text = text.replace('"cr"', '"c"').replace(
        "http://mlcommons.org/croissant/1.0", "https://mlcommons.org/croissant/1.1"
    )
    (case,) = read(tmp_path, text, "annex-xi")
    words = [e.text for e in case.documents[0].contains if e.text]
    assert "Young applicants are few." in words
    assert "Records: loans with income (Float)." in words


@needs_dossiers
def test_a_silent_description_leaves_the_item_unknown(tmp_path: Path) -> None:
    silent = {key: LOANS[key] for key in ("@context", "@type", "name", "conformsTo")}
    (case,) = read(tmp_path, silent, *WANTED)
    assert case.parties == () and case.events == ()
    assert all(entry.unknown and not entry.text for document in case.documents for entry in document.contains)


CONTEXT = LOANS["@context"]
REFUSED: dict[str, tuple[Any, str, str]] = {
    "a version to come": (changed(conformsTo="http://mlcommons.org/croissant/9.0"), "conformsTo", "croissant/9.0"),
    "no version": (changed(conformsTo=None), "conformsTo", "nothing"),
    "another standard": (changed(conformsTo="https://example.org/x"), "conformsTo", "https://example.org/x"),
    "no context": (changed(context=None), "@context", "nothing"),
    "a context elsewhere": (changed(context="https://example.org/c.json"), "@context", "https://example.org/c.json"),
    "another context": (changed(context={"@vocab": "https://schema.org/"}), "@context", "no prefix"),
    "a context that is none": (changed(context=[3]), "@context", "3"),
    "no dataset": (changed(type="sc:Person"), "@type", "sc:Person"),
    "no name": (changed(name=None), "name", "nothing"),
    "files that are text": (changed(distribution="a.csv"), "distribution", "a.csv"),
    "a field that is text": (changed(recordSet=[{"name": "x", "field": ["y"]}]), "recordSet[0].field[0]", "y"),
    "a list of texts": (["x"], "[0]", "x"),
    "an empty list": ([], "", "an empty list"),
    "a number": ("3", "", "3"),
    "cut short": (json.dumps(LOANS)[:-20], "1:", ""),
    "no JSON": ("name: Loans", "1:1", "Expecting value"),
    "a key twice": ('{"name": 1, "name": 2}', "", "'name' twice"),
    "too deep": ("[" * 100 + "]" * 100, "", "nested too deep"),
    "much too deep": ("[" * 200_000, "", "nested too deep"),
    "a number too long": ('{"a": ' + "1" * 5_000 + "}", "", "thousands of digits"),
    "half a character": (json.dumps(LOANS).replace("Five", "\\ud800"), "", "half of a character"),
    "no UTF-8": (b'{"name": "\xff"}', "1:1", "bytes that are not text"),
    "empty": ("", "1:1", "Expecting value"),
}


@pytest.mark.parametrize("name", REFUSED)
@needs_dossiers
def test_what_is_no_croissant_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    data, place, found = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, data, "annex-xi")
    assert caught.value.place.startswith(place)
    assert found in caught.value.found
    assert caught.value.file.endswith("dataset.json")
    assert caught.value.expected


def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(InputError, match="100,000,000 bytes"):
        croissant.read(Source("croissant", path))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["sc:Person", "@id"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@id", "@type", "@value", "name", "field", "x:y"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(sorted(LOANS)), value=json_values)
def test_any_value_of_a_field_gives_a_case_or_a_clear_refusal(tmp_path: Path, key: str, value: Any) -> None:
    wanted = [name for name in WANTED if name in profiles()]
    try:
        cases = read(tmp_path, {**LOANS, key: value}, *wanted)
    except InputError as error:
        assert error.found and error.expected
    else:
        assert all(parse(dump(case)) == case for case in cases)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_file_gives_cases_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    text = json.dumps(LOANS)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    text = text[:start] + data.draw(st.text(st.sampled_from('{}[]",:@\\u0 x'), max_size=6)) + text[end:]
    try:
        cases = read(tmp_path, text)
    except InputError as error:
        assert error.found and error.expected
    else:
        assert all(parse(dump(case)) == case for case in cases)


@needs_real
@needs_dossiers
@pytest.mark.parametrize(
    ("file", "parties"), [("kaggle_croissant.json", ["Kaggle"]), ("openml_covertype_croissant.json", [])]
)
def test_the_real_descriptions_answer_the_data_items_and_name_nobody(file: str, parties: list[str]) -> None:
    (case,) = croissant.read(Source("croissant", REAL / file, WANTED, DAY))
    assert [party.name for party in case.parties] == parties
    for document in case.documents:
        assert {e.item for e in document.contains if e.text} == {DATA_ITEMS[document.id]}
    data = json.loads((REAL / file).read_text(encoding="utf-8"))
    data = data[0] if isinstance(data, list) else data
    told = str(data["description"])
    for role in ("creator", "contributor"):
        person = data.get(role, {})
        names = person.get("name", [])
        for name in [names] if isinstance(names, str) else names:
            assert name in told or not re.search(rf"\b{re.escape(name)}\b", dump(case))


@needs_real
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_real_description_gives_cases_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    loaded = json.loads(data.draw(st.sampled_from(sorted(REAL.glob("*.json")))).read_text(encoding="utf-8"))
    loaded = loaded[0] if isinstance(loaded, list) else loaded
    holder: list[Any] = [loaded]
    node: Any = holder
    key: Any = 0
    for _ in range(data.draw(st.integers(1, 5))):
        if isinstance(node[key], dict | list) and node[key]:
            node = node[key]
            key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(json_values)
    try:
        cases = read(tmp_path, holder[0], *(name for name in WANTED if name in profiles()))
    except InputError as error:
        assert error.found and error.expected
    else:
        assert all(parse(dump(case)) == case for case in cases)


def test_the_mapping_names_only_items_that_there_are() -> None:
    known = {item.id for item in items().values()}
    mapping = Source("croissant", Path("none.json")).mapping
    for profile, fields in mapping.items():
        if profile in profiles():
            assert set(fields) <= known, profile
