"""What a dossier lacks, who owes it and from when, by both validators."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import answerable
from answerable import rooms
from answerable.assessment import CompletenessItem
from answerable.casefile import from_data, load
from answerable.cases import Case
from answerable.check import check, coverage, dossiers, matrix, to_do, validate
from answerable.check_report import articles_table, html
from answerable.dossiers import items, profile, profiles
from answerable.errors import InputError

CASE = Path(__file__).with_name("instructions-for-use.yaml")
ITEMS = [f"AIA_Art13_3(b)_{point}" for point in ("i", "ii", "iii", "iv", "v", "vi", "vii")]
PROFILE = "instructions-for-use"
TABLE = Path(__file__).parents[3] / "shared" / "law" / "eu" / "doc_items.csv"


def statuses(rows: list[CompletenessItem], dossier: str) -> list[str]:
    found = {row.item: row.status for row in rows if row.dossier == dossier}
    return [found[item] for item in ITEMS]


def rows_of(case: Case | Path, *, as_of: date | None = None, engine="auto") -> list[CompletenessItem]:
    return [r for r in check(case, PROFILE, as_of=as_of, engine=engine).completeness if r.level == "must"]


def case_with(items: list[dict[str, str]], **more: str) -> Case:
    document = {"id": "manual", "type": "InstructionsForUse", "by": "vendor", "of": "system", "contains": items, **more}
    return from_data(
        {
            "answerable": "1",
            "id": "one",
            "parties": [{"id": "vendor", "type": "Organisation"}],
            "artefacts": [{"id": "system", "type": "AISystem"}],
            "documents": [document],
        }
    )


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_each_item_is_present_missing_not_applicable_or_unknown(engine: str) -> None:
    rows = rows_of(CASE, engine=engine)
    assert statuses(rows, "complete") == ["present"] * 3 + ["not_applicable"] + ["present"] * 3
    assert statuses(rows, "half-done") == ["present"] + ["missing"] * 5 + ["unknown"]
    assert statuses(rows, "empty") == ["missing"] * 7
    assert statuses(rows, "claimed") == ["unknown"] * 7


def test_the_day_and_the_standing_of_a_document_count() -> None:
    assert {row.dossier for row in rows_of(CASE)} == {"complete", "half-done", "empty", "claimed"}
    only_alleged = rows_of(case_with([], standing="alleged"))
    assert {(row.dossier, row.status) for row in only_alleged} == {("manual", "unknown")}
    denied = rows_of(case_with([], standing="denied"))
    assert {(row.dossier, row.status) for row in denied} == {("manual", "missing")}
    later = rows_of(case_with([], on="2027-01-01"), as_of=date(2026, 11, 20))
    assert {(row.dossier, row.status) for row in later} == {("InstructionsForUse", "unknown")}


def test_what_the_source_is_silent_on_is_unknown_for_the_reason_it_gives() -> None:
    silent = {"item": ITEMS[0], "unknown": "Not publicly disclosed."}
    (row,) = (r for r in rows_of(case_with([silent])) if r.item == ITEMS[0])
    assert (row.status, row.message) == ("unknown", "Not publicly disclosed.")
    (row,) = (r for r in rows_of(case_with([silent, {"item": ITEMS[0], "text": "TBD"}])) if r.item == ITEMS[0])
    assert row.status == "missing"
    (row,) = (r for r in rows_of(case_with([silent, {"item": ITEMS[0], "text": "Scores."}])) if r.item == ITEMS[0])
    assert row.status == "present"


def test_a_document_that_is_not_stated_is_asked_of_whom_the_norm_binds_from_its_day() -> None:
    none = from_data({"answerable": "1", "id": "none"})
    assert {(row.status, row.owner) for row in rows_of(none)} == {("unknown", None)}
    assert answerable.assess(none).completeness == []
    loan = load(rooms.room("data") / "cases" / "loan-refusal.yaml")
    bound = {
        (o.bearer, o.applies_from)
        for o in answerable.assess(loan, date(2028, 9, 1)).obligations
        if o.norm == "AIA_13_3_b" and o.status == "binding"
    }
    rows = [r for r in answerable.assess(loan, date(2028, 9, 1)).completeness if r.profile == PROFILE]
    assert bound and {(row.owner, row.due) for row in rows} == bound
    assert {row.item for row in rows} == set(ITEMS) and {row.dossier for row in rows} == {"instructions"}
    before = answerable.assess(loan, date(2024, 1, 1)).completeness
    assert not [r for r in before if r.profile == PROFILE and r.status == "missing"]


def test_a_thing_that_the_norm_does_not_reach_needs_no_document() -> None:
    denied = case_with([])
    denied = denied.model_copy(
        update={
            "circumstances": from_data(
                {
                    "answerable": "1",
                    "id": "x",
                    "artefacts": [{"id": "system", "type": "AISystem"}],
                    "circumstances": [{"id": "low", "is": "HighRiskAISystem", "of": "system", "holds": False}],
                }
            ).circumstances
        }
    )
    rows = rows_of(denied)
    assert {row.status for row in rows} == {"not_applicable"}
    assert all("not" in row.message and "igh-risk" in row.message for row in rows)


def test_a_row_names_owner_provision_and_what_to_do() -> None:
    row = next(r for r in rows_of(CASE) if r.dossier == "half-done" and r.status == "missing")
    assert row.owner == "vendor" and row.roles == ["AIActProvider"]
    assert row.provision == "http://data.europa.eu/eli/reg/2024/1689/art_13/par_3/oj"
    assert "Article 13(3)(b)(ii) AI Act" in row.message


def test_to_do_is_by_owner_and_what_the_law_demands_comes_first() -> None:
    found = to_do(check(CASE, PROFILE).completeness)
    assert set(found) == {"vendor", "AIActProvider"}
    levels = [row.level for row in found["vendor"]]
    assert levels == sorted(levels) and "must" in levels


def test_the_validation_report_says_what_the_rows_say() -> None:
    report = validate(load(CASE), [PROFILE])[0]
    must = {d.shape: d.item.id for d in profile(PROFILE).demands if d.level == "must"}
    found = {(r.focus.rstrip(">").rsplit("/", 1)[-1], must[r.shape]) for r in report.results if r.shape in must}
    settled = {
        (r.dossier, r.item) for r in rows_of(CASE) if r.status in ("missing", "unknown") and r.dossier != "claimed"
    }
    assert found == settled
    assert "sh:ValidationResult" in report.turtle()


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
    "[More Information Needed]",
    "{{ model_summary }}",
    "<!-- Provide a longer summary. -->",
    "task goes here",
    "Who are the intended users of the model?",
    "The value of the performance metric",
]
SAYING = [
    "Who uses it? Clerks of the bank.",
    "Said.",
    "stbd",
    "Fields to be completed by staff.",
    "Точность 96 %",
    "n/a for minors only",
    "The architecture of the model: a U-Net.",
]
TEXTS = st.sampled_from([*HOLDING_A_PLACE, *SAYING])
ITEM = st.fixed_dictionaries(
    {"item": st.sampled_from(ITEMS)},
    optional={
        "text": TEXTS,
        "not_applicable": TEXTS,
        "unknown": st.just("It is silent."),
        "standing": st.sampled_from(["alleged", "found", "denied"]),
    },
)


@settings(max_examples=12, deadline=None)
@given(st.lists(ITEM, max_size=9))
def test_both_validators_agree_on_anything(items: list[dict[str, str]]) -> None:
    case = case_with(items)
    assert rows_of(case, engine="compiled") == rows_of(case, engine="pyshacl")


@pytest.mark.parametrize("text", HOLDING_A_PLACE)
def test_a_placeholder_is_not_present(text: str) -> None:
    assert statuses(rows_of(case_with([{"item": ITEMS[0], "text": text}])), "manual")[0] == "missing"


@pytest.mark.parametrize("text", SAYING)
def test_words_are_present(text: str) -> None:
    assert statuses(rows_of(case_with([{"item": ITEMS[0], "text": text}])), "manual")[0] == "present"


def test_an_unknown_profile_is_an_input_error() -> None:
    with pytest.raises(InputError, match="did you mean instructions-for-use"):
        check(CASE, "instruction-for-use")
    assert PROFILE in profiles()


def test_a_message_is_given_in_the_language_that_there_is() -> None:
    demand = profile(PROFILE).demands[0]
    assert demand.message("xx") == demand.message("en") == demand.message()


def test_the_items_are_those_of_the_table() -> None:
    if not TABLE.exists():
        pytest.skip("the law tables are not beside this checkout")
    with TABLE.open(encoding="utf-8", newline="") as stream:
        wanted = {r["id"]: r["eli_uri"] for r in csv.DictReader(stream)}
    found = {item.id: item.provision for item in items().values()}
    assert {id: found.get(id) for id in wanted} == wanted


def test_every_item_of_the_tables_has_an_example_of_each_kind() -> None:
    found, whole, wanted = coverage()
    assert [one.lacking for one in found if one.lacking] == []
    assert whole == wanted > 0


@pytest.mark.parametrize("name", profiles())
def test_each_example_shows_what_its_name_says(name: str) -> None:
    folder = rooms.room("shapes") / name / "examples"
    kinds = {
        "complete": {"present", "not_applicable"},
        "placeholders": {"missing"},
        "not-applicable": {"not_applicable"},
    }
    for stem, allowed in kinds.items():
        for path in folder.glob(f"{stem}*.yaml"):
            report = check(path, name)
            gone = {d.item.id for d in profile(name).demands if d.item.last and d.item.last < report.as_of}
            shown = {r.item: r.status for r in report.completeness if r.level == "must" and r.item not in gone}
            wrong = {item: status for item, status in shown.items() if status not in allowed}
            assert not wrong, path
            assert rows_by(report.completeness) == rows_by(check(path, name, engine="pyshacl").completeness)
    assert {path.stem for path in folder.glob("*.yaml")} >= set(kinds)


def rows_by(rows: list[CompletenessItem]) -> list[tuple[str, str, str]]:
    return [(row.dossier, row.item, row.status) for row in rows]


def test_the_matrix_shows_what_several_readers_ask() -> None:
    found = matrix(CASE)
    assert set(found.readers.values()) == {"regulator", "insurer", "claimant", "buyer"}
    risks = next(row for row in found.rows if row.topic == "RisksTopic")
    assert len(risks.cells) > 1 and "complete" in risks.said_in
    assert all(0 <= cell.said <= cell.asked for row in found.rows for cell in row.cells.values())


def test_the_page_stands_alone_and_escapes_what_a_case_says() -> None:
    case = case_with([{"item": ITEMS[3], "not_applicable": "<script>alert(1)</script> it has no use."}])
    page = html([check(case, PROFILE)])
    assert "&lt;script&gt;" in page and "<script" not in page
    assert 'src="' not in page and "<link" not in page
    assert "Not legal advice" in page


def run(*arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "answerable.cli", "check", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_command() -> None:
    text = run(str(CASE), "--profile", PROFILE, status=1)
    assert "TO DO, BY OWNER" in text and "1 of 7 said" in text and "█" in text
    data = json.loads(run(str(CASE), "--profile", PROFILE, "--format", "json", status=1))
    assert data["profiles"] == [PROFILE] and data["completeness"]
    assert "sh:ValidationReport" in run(str(CASE), "--profile", PROFILE, "--format", "turtle", status=1)
    assert "regulator" in run(str(CASE), "--matrix")
    assert "one of" in run(str(CASE), "--profile", "nothing", status=2)


def test_dossiers_count_what_is_asked() -> None:
    found = {d.id: d for d in dossiers(rows_of(CASE))}
    assert found["complete"].asked == 6 and found["complete"].count("present") == 6
    assert found["half-done"].count("missing") == 5


def test_the_table_of_articles_is_up_to_date() -> None:
    text = (Path(__file__).parents[2] / "docs" / "dossiers.md").read_text(encoding="utf-8")
    shown = text.split("<!-- articles -->")[1].split("<!-- /articles -->")[0].strip()
    assert shown == articles_table()
