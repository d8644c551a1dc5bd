"""Importing and checking from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerable.casefile import load
from tests.commands import run

FMTI = Path(__file__).parents[3] / "shared" / "datasets" / "fmti" / "Dec2025_scores.csv"
BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [
        {"type": "machine-learning-model", "name": "Scorer", "modelCard": {"modelParameters": {"task": "TBD"}}},
    ],
}


@pytest.fixture
def bom(tmp_path: Path) -> Path:
    path = tmp_path / "bom.json"
    path.write_text(json.dumps(BOM), encoding="utf-8")
    return path


def test_import_prints_a_case_or_writes_it_and_overwrites_nothing(bom: Path, tmp_path: Path) -> None:
    printed = run("import", "cyclonedx", str(bom), "--profile", "annex-xi")
    assert "TBD" in printed and "type: AIModel" in printed
    out = tmp_path / "cases"
    assert "1 case file in" in run("import", "cyclonedx", str(bom), "--out", str(out))
    (path,) = out.glob("*.yaml")
    assert load(path).artefacts[0].name == "Scorer"
    written = path.read_text(encoding="utf-8")
    assert "there already" in run("import", "cyclonedx", str(bom), "--profile", "annex-xi", "--out", str(out), status=2)
    assert path.read_text(encoding="utf-8") == written


def test_a_broken_file_leaves_nothing_behind(bom: Path, tmp_path: Path) -> None:
    bom.write_text(bom.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    out = tmp_path / "cases"
    assert "whole and well-formed" in run("import", "cyclonedx", str(bom), "--out", str(out), status=2)
    assert not out.exists()
    assert "one of model-card" in run("import", "nothing", str(bom), status=2)


def test_check_imports_first(bom: Path) -> None:
    shown = run("check", str(bom), "--import", "cyclonedx", "--profile", "annex-xi", status=1)
    assert "MISSING" in shown or "missing" in shown
    reports = json.loads(
        run("check", str(bom), "--import", "cyclonedx", "--profile", "annex-xi", "--format", "json", status=1)
    )
    assert {row["status"] for row in reports["completeness"]} == {"missing", "unknown"}


@pytest.mark.skipif(not FMTI.exists(), reason="the index is not beside this checkout")
def test_the_index_is_checked_in_one_command() -> None:
    shown = run("check", str(FMTI), "--import", "fmti", "--profile", "annex-xi", "--profile", "annex-xii")
    rows = [line for line in shown.split("ALL TOGETHER")[1].splitlines() if line.startswith("fmti-december-2025-")]
    assert len(rows) == 2 * 13
    assert all(line.split()[-3] == "0" for line in rows)


def test_check_coverage() -> None:
    shown = run("check", "coverage")
    assert "150 of 150 items of the law tables" in " ".join(shown.split())


INCIDENTS = (
    "incident_id,date,title,Alleged deployer of AI system,Alleged developer of AI system,"
    "Alleged harmed or nearly harmed parties\n"
    '1,2020-01-02,t,"[""facebook"", ""jane-doe""]","[]","[""children""]"\n'
    "2,2020-99-02,t,[],[],[]\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv"
    path.write_text(INCIDENTS, encoding="utf-8")
    return path


def test_incidents_become_a_folder_with_a_summary(
    table: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "portfolio"
    shown = run("import", "aiid", str(table), "--out", str(out))
    assert shown.splitlines() == [
        "2 records read = 1 imported + 1 skipped",
        "  1 skipped: a date that is no day written YYYY-MM-DD (row 3)",
        "1 names of organisations: 1 matched, 0 to review, 0 unmatched (matches.csv)",
        "1 names dropped as natural persons, 0 because they could be ones",
        "1 groups reduced to one word, 0 values that name nobody",
        f"1 case files in {out}",
    ]
    # There is no progress bar where nobody watches.
    assert capfd.readouterr().err == ""
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "aiid-1.yaml", "matches.csv"]
    assert "Deployer" in run("assess", str(out / "aiid-1.yaml"))
    assert "not empty" in run("import", "aiid", str(table), "--out", str(out), status=2)
    again = run("import", "aiid", str(table), "--out", str(tmp_path / "b"), "--matches", str(out / "matches.csv"))
    assert again.splitlines()[:-1] == shown.splitlines()[:-1]


def test_incidents_need_a_folder_and_documents_no_matches(table: Path, bom: Path, tmp_path: Path) -> None:
    assert "--out" in run("import", "aiid", str(table), status=2)
    assert "--profile" in run("import", "aiid", str(table), "--out", str(tmp_path / "o"), "--profile", "x", status=2)
    assert "--matches" in run("import", "cyclonedx", str(bom), "--matches", str(table), status=2)
    assert "column name" in run(
        "import", "aiid", str(table), "--out", str(tmp_path / "o"), "--matches", str(table), status=2
    )
    assert "into a folder" in run("check", str(table), "--import", "aiid", status=2)
    assert not (tmp_path / "o").exists()
