"""Every case with an `expect` block shows what it expects, on each day it names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import answerable
from answerable import rooms
from answerable.cases import Case, Expectation
from tests.expectations import mismatches

SHIPPED = sorted((rooms.room("data") / "cases").glob("*.yaml"))
HARD_ROWS = sorted((Path(__file__).parent / "hard-rows").glob("*.yaml"))


def expectations() -> list[tuple[Case, Expectation]]:
    loaded = [answerable.load(path) for path in (*SHIPPED, *HARD_ROWS)]
    return [(case, expected) for case in loaded for expected in case.expect]


def name(value: object) -> str:
    if isinstance(value, Case):
        return value.id
    return str(value.as_of or "default") if isinstance(value, Expectation) else str(value)


@pytest.mark.parametrize("path", [*SHIPPED, *HARD_ROWS], ids=lambda path: path.stem)
def test_a_case_expects_something(path: Path) -> None:
    assert answerable.load(path).expect, f"{path.name} has no expect block"


@pytest.mark.parametrize(("case", "expected"), expectations(), ids=name)
def test_expectation(case: Case, expected: Expectation) -> None:
    found = answerable.assess(case, as_of=expected.as_of, positions=expected.position)
    wrong = mismatches(found, expected)
    assert not wrong, "\n".join(wrong)


def test_soft_law_is_recommended_and_never_binds() -> None:
    found = answerable.assess(rooms.room("data") / "cases" / "loan-refusal.yaml")
    statuses = {o.status for o in found.obligations if o.norm.startswith("OECD_")}
    assert statuses == {"recommended"}


def test_a_norm_binds_in_every_period_it_was_the_law() -> None:
    """Article 4 of the AI Act was rewritten: before that day the old text binds, after it the new one."""
    path = rooms.room("data") / "cases" / "loan-refusal.yaml"
    before = {o.norm for o in answerable.assess(path, as_of=date(2026, 7, 26)).obligations if o.status == "binding"}
    after = {o.norm for o in answerable.assess(path, as_of=date(2026, 7, 27)).obligations if o.status == "binding"}
    assert "AIA_4_v2024" in before - after
    assert "AIA_4_1" in after - before
