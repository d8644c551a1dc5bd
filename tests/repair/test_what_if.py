"""A change laid over a case: what is stated changes, what is not stays, and wrong changes are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import answerable
from answerable import rooms
from tests import commands

LOAN = rooms.room("data") / "cases" / "loan-refusal.yaml"


def change(folder: Path, text: str) -> Path:
    path = folder / "change.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_record_changes_the_keys_that_it_states(tmp_path: Path) -> None:
    path = change(
        tmp_path, "alerts:\n  - {id: drift-alert, owner: operations, root_cause: a campaign in the district}\n"
    )
    found = answerable.what_if(LOAN, path)
    gone = {c["void"] for c in found.changes if c["section"] == "voids" and c["after"] is None}
    assert "VOID_SYMPTOM_ONLY" in gone


def test_a_record_is_added(tmp_path: Path) -> None:
    path = change(tmp_path, "circumstances:\n  - {is: ReliesOnContractNecessity, of: refusal, standing: found}\n")
    found = answerable.what_if(LOAN, path)
    assert any(c["section"] == "obligations" and c["norm"] == "GDPR_22_3" for c in found.changes)


def test_a_record_is_removed(tmp_path: Path) -> None:
    found = answerable.what_if(LOAN, change(tmp_path, "remove: [drift-alert]\n"))
    assert {(c["void"], c["after"]) for c in found.changes if c["section"] == "voids"} >= {("VOID_SYMPTOM_ONLY", None)}


def test_positions_and_days_take_the_place_of_the_case_s(tmp_path: Path) -> None:
    found = answerable.what_if(LOAN, change(tmp_path, "as_of: 2027-12-03\npositions: {article-113-literal: yes}\n"))
    assert (str(found.before.as_of), str(found.after.as_of)) == ("2026-11-20", "2027-12-03")
    assert found.after.positions == {"article-113-literal": True}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("remove: [nobody]\n", "the id of a record of the case"),
        ("remove: drift-alert\n", "a list of ids"),
        ("colour: blue\n", "an unknown key"),
        ("alerts: none\n", "a list of records"),
        ("- a\n- b\n", "a case: keys such as"),
        ("remove: [refusal]\n", "refusal"),
        ("alerts: [{id: drift-alert, colour: blue}]\n", "colour"),
    ],
)
def test_a_wrong_change_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(answerable.InputError, match=says):
        answerable.what_if(LOAN, change(tmp_path, text))


def test_the_command(tmp_path: Path) -> None:
    path = change(tmp_path, "remove: [drift-alert]\n")
    assert "not there" in commands.run("what-if", str(LOAN), str(path))
    assert json.loads(commands.run("what-if", str(LOAN), str(path), "--format", "json"))
    commands.run("what-if", str(LOAN), str(tmp_path / "none.yaml"), status=2)
