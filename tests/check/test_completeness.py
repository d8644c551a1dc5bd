"""What a dossier lacks: by the shapes, and by the fast way that must agree with them."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.assessment import CompletenessItem
from answerable.casefile import from_data, load
from answerable.check import check, completeness, profiles, validate
from answerable.errors import InputError

CASE = Path(__file__).with_name("instructions-for-use.yaml")
ITEMS = [f"AIA_Art13_3(b)_{point}" for point in ("i", "ii", "iii", "iv", "v", "vi", "vii")]
PROFILE = "instructions-for-use"
TABLE = Path(__file__).parents[3] / "shared" / "law" / "eu" / "doc_items.csv"


def statuses(rows: list[CompletenessItem], dossier: str) -> list[str]:
    found = {row.item: row.status for row in rows if row.dossier == dossier}
    return [found[item] for item in ITEMS]


def case_with(items: list[dict[str, str]], **more: str):
    document = {"id": "manual", "type": "InstructionsForUse", "by": "vendor", "contains": items, **more}
    return from_data(
        {
            "answerable": "1",
            "id": "one",
            "parties": [{"id": "vendor", "type": "Organisation"}],
            "documents": [document],
        }
    )


def test_each_item_is_present_missing_or_not_applicable() -> None:
    rows = completeness(load(CASE), date(2026, 11, 20))
    assert statuses(rows, "complete") == ["present"] * 3 + ["not_applicable"] + ["present"] * 3
    assert statuses(rows, "half-done") == ["present"] + ["missing"] * 6
    assert statuses(rows, "empty") == ["missing"] * 7


def test_the_day_and_the_standing_of_a_document_count() -> None:
    rows = completeness(load(CASE), date(2026, 11, 20))
    assert {row.dossier for row in rows} == {"complete", "half-done", "empty"}
    only_alleged = completeness(case_with([], standing="alleged"))
    assert {(row.dossier, row.status) for row in only_alleged} == {("manual", "unknown")}
    later = completeness(case_with([], on="2027-01-01"), date(2026, 11, 20))
    assert {(row.dossier, row.status) for row in later} == {("InstructionsForUse", "unknown")}


def test_a_document_that_is_not_stated_is_unknown_and_asked_of_whom_the_norm_binds() -> None:
    case = from_data({"answerable": "1", "id": "none"})
    assert {(row.status, row.owner) for row in completeness(case)} == {("unknown", None)}
    assert completeness(case, bearers={}) == []
    rows = completeness(case, bearers={"AIA_13_3_b": ["bank"]})
    assert statuses(rows, "InstructionsForUse") == ["unknown"] * 7
    assert {row.owner for row in rows} == {"bank"}


def test_a_row_names_owner_provision_and_what_to_do() -> None:
    row = next(r for r in completeness(load(CASE)) if r.dossier == "half-done" and r.status == "missing")
    assert row.owner == "vendor"
    assert row.provision == "http://data.europa.eu/eli/reg/2024/1689/art_13/par_3/oj"
    assert "Article 13(3)(b)(ii) AI Act" in row.message and "provider owes it" in row.message


def test_shapes_and_the_fast_way_agree() -> None:
    case = load(CASE)
    missing, report = validate(case, PROFILE, case.as_of)
    assert missing == {(r.dossier, r.item) for r in completeness(case, case.as_of) if r.status == "missing"}
    assert "sh:ValidationResult" in report
    assert not check(case).is_clean
    assert check(case, PROFILE).completeness == completeness(case, case.as_of)


HOLDING_A_PLACE = [
    "TBD",
    "tbd by Q3",
    "n/a",
    "N.A.",
    "...",
    "[insert]",
    "to be completed",
    "<enter text>",
    "-",
    "todo: x",
]
SAYING = ["Said.", "stbd", "Fields to be completed by staff.", "Точность 96 %", "n/a for minors only"]
TEXTS = st.sampled_from([*HOLDING_A_PLACE, *SAYING])
ITEM = st.fixed_dictionaries(
    {"item": st.sampled_from(ITEMS)},
    optional={"text": TEXTS, "not_applicable": TEXTS, "standing": st.sampled_from(["alleged", "found", "denied"])},
)


@settings(max_examples=12, deadline=None)
@given(st.lists(ITEM, max_size=9))
def test_shapes_and_the_fast_way_agree_on_anything(items: list[dict[str, str]]) -> None:
    case = case_with(items)
    fast = {(row.dossier, row.item) for row in completeness(case) if row.status == "missing"}
    assert validate(case, PROFILE)[0] == fast


@pytest.mark.parametrize("text", HOLDING_A_PLACE)
def test_a_placeholder_is_not_present(text: str) -> None:
    rows = completeness(case_with([{"item": ITEMS[0], "text": text}]))
    assert statuses(rows, "manual")[0] == "missing"


@pytest.mark.parametrize("text", SAYING)
def test_words_are_present(text: str) -> None:
    rows = completeness(case_with([{"item": ITEMS[0], "text": text}]))
    assert statuses(rows, "manual")[0] == "present"


def test_an_unknown_profile_is_an_input_error() -> None:
    with pytest.raises(InputError, match="did you mean instructions-for-use"):
        check(CASE, "instruction-for-use")
    assert PROFILE in profiles()


def test_the_items_are_those_of_the_table() -> None:
    if not TABLE.exists():
        pytest.skip("the law tables are not beside this checkout")
    with TABLE.open(encoding="utf-8", newline="") as stream:
        wanted = {r["id"]: r["eli_uri"] for r in csv.DictReader(stream) if r["container"] == "Art. 13"}
    found = {row.item: row.provision for row in completeness(from_data({"answerable": "1", "id": "none"}))}
    assert found == wanted
