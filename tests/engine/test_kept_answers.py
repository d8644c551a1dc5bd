"""A kept answer is given only to the very same question."""

from __future__ import annotations

from datetime import date

import pytest

import answerable
from answerable import rooms
from answerable.assess import _RECENT, Passes
from answerable.casefile import parse, position_names
from answerable.engine import knowledge

CASE = """
answerable: 1
id: kept
forum: DE
as_of: 2026-11-20
parties: [{id: vendor, type: Organisation, established_in: DE}]
artefacts: [{id: scoring, type: AISystem, purpose: CreditworthinessEvaluation}]
events:
  - {id: development, type: SystemDevelopment, by: vendor, of: scoring, on: 2026-01-01}
  - {id: placing, type: PlacingOnMarket, by: vendor, of: scoring, on: 2026-02-01, where: DE, under_name: vendor}
"""
DENIED = "documents: [{id: manual, type: InstructionsForUse, by: vendor, of: scoring, standing: denied}]\n"


def test_a_case_that_differs_in_a_denied_document_is_another_question() -> None:
    without, denied = parse(CASE), parse(CASE + DENIED)
    first = answerable.assess(without)
    second = answerable.assess(denied)
    dossiers = ({r.dossier for r in a.completeness if r.profile == "instructions-for-use"} for a in (first, second))
    assert list(dossiers) == [{"InstructionsForUse"}, {"manual"}]


def test_the_same_question_has_the_same_answer() -> None:
    assert answerable.assess(parse(CASE)) == answerable.assess(parse(CASE))


DAYS = [
    date(2026, 11, 20),
    date(2026, 11, 21),
    date(2026, 12, 2),
    date(2026, 12, 3),
    date(2025, 2, 1),
    date(2025, 2, 3),
]
DAYS += [date(2027, 8, 1), date(2027, 8, 3), date(2027, 12, 1), date(2027, 12, 3), date(2028, 8, 3), date(2026, 11, 20)]


def forget() -> None:
    """Whatever is kept of the cases that were asked."""
    base = knowledge()
    base.residents, base.asked = None, ""
    _RECENT.clear()


@pytest.mark.parametrize("name", ["loan-refusal", "hiring-screen", "mobley-v-workday"])
def test_a_case_asked_again_is_answered_as_if_asked_for_the_first_time(name: str) -> None:
    case = answerable.load(rooms.room("data") / "cases" / f"{name}.yaml")
    position = sorted(position_names())[0]
    asked = [(day, {}) for day in DAYS] + [(DAYS[0], {position: True}), (DAYS[1], {position: False}), (DAYS[0], {})]
    afresh = []
    for day, positions in asked:
        forget()
        afresh.append(answerable.assess(case, day, positions))
    forget()
    for (day, positions), expected in zip(asked, afresh, strict=True):
        passes = Passes.of(case, day, positions)
        assert passes.assessment == expected, day
        assert passes.conclusions.keys() >= {item.proof for item in expected.obligations}
