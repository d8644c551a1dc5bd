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
