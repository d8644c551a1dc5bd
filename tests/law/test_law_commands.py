"""The law commands: what a unit says, which norms a list holds, what was planned when, and what is covered."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from answerable.law import Period, Reading, coverage, kebab, law, natural, registered, standing
from tests import commands

TABLES = Path(__file__).parents[3] / "shared" / "law" / "eu"


def run(*arguments: str, status: int = 0) -> str:
    return commands.run("law", *arguments, status=status)


def listed(*arguments: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(run("list", *arguments, "--format", "json"))}


# -- show


def test_a_norm_with_all_that_hangs_on_it() -> None:
    text = " ".join(run("show", "AIA_26_1").split())
    for said in (
        "AIA_26_1: Use in accordance with the instructions",
        "obligation, AI Act",
        "Addressed to: Deployer (AI Act)",
        "Ask the provider: Is the system high-risk",
        "Scientific research (AIA_2_6)",
        "placed before 2 December 2027",
        "AD_5: from 2 December 2027; AI system listed in Annex III; planned so from 27 July 2026",
        "Deployer use policy (DeployerUsePolicy)",
        "EUR 15,000,000 or 3 % of annual turnover, whichever is higher",
        "Lower cap for SMEs (AIA_99_6)",
        "Art. 26(1) Reg. 2024/1689 <http://data.europa.eu/eli/reg/2024/1689/art_26/par_1/oj>",
        "Checked: Verified primary (S1+S3)",
    ):
        assert said in text
    assert "\x1b" not in text


def test_the_same_as_json() -> None:
    unit = json.loads(run("show", "AIA_86_1", "--format", "json"))
    assert unit["instrument"]["id"] == "ai-act" and unit["bearers"][0]["name"] == "AIActDeployer"
    names = {one["name"] for condition in unit["conditions"] for one in condition["alternatives"]}
    assert {"AnnexIIIHighRiskAISystem", "PerceivedAdverseImpact"} <= names
    assert all(one["question"] for condition in unit["conditions"] for one in condition["alternatives"])
    assert {x["ref"]["id"] for x in unit["exceptions"]} >= {"AIA_86_1.other-law"}
    assert {p["id"] for p in unit["periods"]} >= {"AD_5", "AD_5_original"}


def test_alternatives_of_a_group_stay_together() -> None:
    unit = law().unit("AIA_5_1_a")
    group = next(c for c in unit.conditions if c.group)
    assert group.group and group.group.id == "AIA_5_1_a.technique" and len(group.alternatives) == 2


def test_rules_that_name_a_unit_come_before_those_that_cite_it() -> None:
    rules = law().unit("AIA_3_6").rules
    assert (rules[0].id, rules[0].how) == ("roles/eu-ai-act/importer", "names")
    assert {m.how for m in rules} == {"names", "cites"}


def test_shapes_reach_the_norm_that_asks_for_their_item() -> None:
    assert any("instructions-for-use" in m.file for m in law().unit("AIA_13_3_b").shapes)
    assert law().unit("AIA_Art13_3(b)_i").shapes


def test_an_exception_says_what_it_lifts_and_takes_its_periods_from_there() -> None:
    unit = law().unit("AIA_86_1.other-law")
    assert {f.label for f in unit.used_by} == {"lifts"}
    assert unit.periods_inherited and {p.id for p in unit.periods} >= {"AD_5"}


def test_a_sanction_gives_its_ceiling_and_who_changes_it() -> None:
    penalty = law().unit("PEN_AIA_99_3").own_penalty
    assert penalty and penalty.ceiling == "EUR 35,000,000 or 7 % of annual turnover, whichever is higher"
    assert [m.ref.id for m in penalty.modifiers] == ["AIA_99_6"]


@pytest.mark.parametrize("id", ["AD_9_literal", "gdpr", "CJEU_C634_21", "aia_26_1", "AIA_5_1_a.technique"])
def test_units_of_every_kind_are_shown(id: str) -> None:
    assert run("show", id).lower().startswith(id.lower())


def test_every_unit_can_be_read() -> None:
    read = law()
    assert len(read.ids) > 500
    for id in read.ids:
        assert read.unit(id).label


# -- list


def test_a_role_is_named_by_key_or_local_name() -> None:
    day = ("--on", "2026-11-20")
    by_key, by_name = listed("--bearer", "deployer", *day), listed("--bearer", "AIActDeployer", *day)
    assert by_key == by_name and "AIA_26_1" in by_key and "AIA_16_a" not in by_key


def test_norms_of_a_wider_role_bind_the_narrower_one() -> None:
    read = law()
    wider = read.wider(read.role("deployer"))
    assert read.role("operator") in wider and read.role("provider") not in wider


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-20", "upcoming"), ("2027-12-01", "upcoming"), ("2027-12-02", "applies")]
)
def test_the_status_of_a_high_risk_duty_follows_its_earliest_route(day: str, status: str) -> None:
    assert "AIA_26_1" in listed("--bearer", "deployer", "--on", day, "--status", status)


def test_a_version_gives_way_to_the_next() -> None:
    before, after = listed("--on", "2026-07-26"), listed("--on", "2026-07-27")
    assert (before["AIA_4_v2024"]["status"], before["AIA_4_1"]["status"]) == ("applies", "not yet law")
    assert (after["AIA_4_v2024"]["status"], after["AIA_4_1"]["status"]) == ("superseded", "applies")


def test_a_contested_date_is_marked_and_not_taken() -> None:
    row = listed("--on", "2026-11-20")["AIA_86_1"]
    assert (row["status"], row["since"], row["contested"]) == ("upcoming", "2027-12-02", "applies")


def test_lists_are_filtered_by_instrument_and_modality() -> None:
    rows = listed("--instrument", "ai-act", "--modality", "prohibition")
    assert "AIA_5_1_a" in rows and {r["modality"] for r in rows.values()} == {"prohibition"}
    assert listed("--modality", "TransitionalRule") == listed("--modality", "transitional_rule")
    assert {r["instrument"] for r in listed("--instrument", "GDPR").values()} == {"gdpr"}


def test_a_list_in_words_and_as_csv() -> None:
    day = ("--bearer", "deployer", "--on", "2027-12-03")
    assert run("list", *day).startswith("On 3 December 2027, where its conditions are met\nid ")
    rows = list(csv.reader(StringIO(run("list", *day, "--format", "csv"))))
    assert rows[0] == ["id", "modality", "bearer", "says", "status", "since", "contested"]
    assert ["AIA_26_1", "obligation", "deployer"] in [row[:3] for row in rows]


# -- history


def test_the_history_of_an_article_holds_its_versions() -> None:
    text = run("history", "AIA_4")
    assert text.index("AIA_4_v2024") < text.index("AIA_4_1")
    assert {u.id for u in law().history("AIA_4_1").versions} >= {"AIA_4_v2024", "AIA_4_1"}
    assert {v.id for v in law().unit("AIA_4_v2024").versions} >= {"AIA_4_1"}
    assert not any(u.id.startswith("AIA_4a") for u in law().history("AIA_4").versions)


def test_the_history_of_a_norm_says_what_was_planned_when() -> None:
    first, second = law().history("AIA_26_1").plans
    assert (first.known_from, first.known_until) == (date(2024, 8, 1), date(2026, 7, 26))
    assert (second.known_from, second.known_until) == (date(2026, 7, 27), None)
    assert {p.id for p in first.periods} == {"AD_5_original", "AD_6_original"}
    assert {p.begins for p in second.periods} == {date(2027, 12, 2), date(2028, 8, 2)}
    text = " ".join(run("history", "AIA_26_1").split())
    assert "THE PLAN 1 AUGUST 2024 TO 26 JULY 2026 from 2 August 2026" in text
    assert "set by Art. 113 Reg. 2024/1689" in text


def test_the_history_names_a_contested_reading() -> None:
    text = " ".join(run("history", "AIA_86_1").split())
    assert "contested: only if article-113-literal is answered yes" in text
    assert json.loads(run("history", "AIA_86_1", "--format", "json"))["plans"]


def test_amendments_are_found_from_either_side() -> None:
    read = law()
    touched = [id for id in read.ids if read.unit(id).amended_by]
    for id in touched:
        for amendment in read.history(id).amendments:
            assert amendment.kinds == ("amendment",)
    if read.members("Amendment"):
        assert "AIA_4_1" in touched


# -- coverage


def test_coverage_adds_up() -> None:
    found = json.loads(run("coverage", "--format", "json"))
    assert {c["table"] for c in found} >= {"obligations", "gdpr_obligations", "penalties"}
    for table in found:
        assert table["rows"] == table["encoded"] + table["left_out"] + table["missing"]
    text = run("coverage")
    assert "obligations" in text and "VERIFICATION" in text


def test_every_row_is_encoded_or_says_why_not() -> None:
    missing = {c.table: [g.id for g in c.gaps if not g.note] for c in coverage()}
    assert {table: ids for table, ids in missing.items() if ids} == {}


def test_what_is_said_to_be_left_out_is_left_out() -> None:
    assert [entry.id for entry in registered() if entry.note and entry.id in law().ids] == []


@pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")
def test_the_register_lists_exactly_the_rows_of_the_tables() -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for path in TABLES.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                # An amendment is named by its point and the act; a milestone by its instrument and its day.
                id = row.get("id") or f"AM_2026_1744_{row['point']}"
                expected[path.stem, ".".join([id, *filter(None, [row.get("milestone_date")])])] += 1
    assert Counter((entry.table, entry.id) for entry in registered()) == expected


# -- wrong input


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("show", "AIA_26_111"), "did you mean AIA_26_11?"),
        (("history", "nothing-like-it"), "the id of a unit of law"),
        (("list", "--bearer", "deploier"), "did you mean deployer?"),
        (("list", "--instrument", "aiact"), "did you mean ai-act?"),
        (("list", "--modality", "duty"), "one of "),
        (("list", "--status", "repealed"), "applies, upcoming, superseded"),
        (("list", "--on", "2026-02-30"), "a day that exists"),
        (("show",), "ID"),
    ],
)
def test_a_wrong_input_ends_with_status_2(arguments: tuple[str, ...], expected: str) -> None:
    text = run(*arguments, status=2)
    assert expected in text and "Traceback" not in text


# -- parts


def test_names_sort_as_people_count() -> None:
    assert sorted(["A_10", "A_4a_1", "A_4_2", "A_4_v2024", "A_4_10"], key=natural) == [
        "A_4_2",
        "A_4_10",
        "A_4_v2024",
        "A_4a_1",
        "A_10",
    ]
    assert kebab("TransitionalRule") == "transitional-rule"


def period(begins: str, known: str = "2024-01-01", until: str = "", contested: bool | None = None) -> Period:
    reading = None if contested is None else Reading("p", "P", "P?", contested)
    last = date.fromisoformat(until) if until else None
    start, known_from = date.fromisoformat(begins), date.fromisoformat(known)
    return Period("x", "X", start, None, (), known_from, last, (), "", reading)


def test_standing_on_a_day() -> None:
    on = date(2026, 11, 20)
    assert standing([], on).status == ""
    assert standing([period("2026-11-20")], on).status == "applies"
    assert standing([period("2026-11-21")], on).status == "upcoming"
    assert standing([period("2026-01-01", until="2026-07-26")], on).status == "superseded"
    assert standing([period("2026-01-01", known="2026-12-01")], on).status == "not yet law"
    mixed = standing([period("2027-12-02"), period("2026-08-02", contested=True)], on)
    assert (mixed.status, mixed.contested) == ("upcoming", "applies")
    both = standing([period("2027-12-02", contested=False), period("2026-08-02", contested=True)], on)
    assert (both.status, both.contested) == ("upcoming", "applies")
    agreed = standing([period("2026-01-01", contested=False), period("2026-08-02", contested=True)], on)
    assert (agreed.status, agreed.contested) == ("applies", "")
