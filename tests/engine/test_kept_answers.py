"""A kept answer is given only to the very same question."""

from __future__ import annotations

import answerable
from answerable.casefile import parse

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
    assert {row.dossier for row in first.completeness} == {"InstructionsForUse"}
    assert {row.dossier for row in second.completeness} == {"manual"}


def test_the_same_question_has_the_same_answer() -> None:
    assert answerable.assess(parse(CASE)) == answerable.assess(parse(CASE))
