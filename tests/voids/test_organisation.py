"""Inside an organisation: who decided, changed, fixed and should have prevented; never a liability of a unit."""

from __future__ import annotations

import pytest

import answerable
from answerable import casefile, rooms
from answerable.assess import Passes
from answerable.explain import proofs

DRIFT = rooms.room("data") / "cases" / "fraud-drift.yaml"


@pytest.fixture(scope="module")
def passes() -> Passes:
    return Passes.of(casefile.load(DRIFT))


def test_a_unit_is_never_a_defendant(passes: Passes) -> None:
    units = {u.id for p in passes.case.parties for u in p.units}
    assessment = passes.assessment
    assert not units & {x.party for x in assessment.liability}
    assert not units & {x.party for x in assessment.accountable if x.kind != "organisational"}


def test_units_are_shown_with_their_organisation_and_a_proof(passes: Passes) -> None:
    answers = passes.assessment.organisation
    assert {a.organisation for a in answers if a.party == "ml-team"} == {"bank"}
    assert {a.organisation for a in answers if a.party == "labeller"} == {None}
    assert len(proofs(passes, [a.proof for a in answers])) == len({a.proof for a in answers})


def test_whoever_only_fixed_it_does_not_answer(passes: Passes) -> None:
    text = DRIFT.read_text(encoding="utf-8").replace("owner: operations, resolved_by", "resolved_by")
    assessment = answerable.assess(casefile.parse(text))
    assert {a.function for a in assessment.organisation if a.party == "operations"} == {"FixedIncident"}
    assert "operations" not in {a.party for a in assessment.accountable}


@pytest.mark.parametrize(("failed", "should_have"), [("yes", True), ("no", False), ("unknown", False)])
def test_only_the_owner_of_a_control_that_failed_should_have_prevented_it(failed: str, should_have: bool) -> None:
    text = DRIFT.read_text(encoding="utf-8").replace("failed: unknown", f"failed: {failed}")
    assessment = answerable.assess(casefile.parse(text))
    functions = {a.function for a in assessment.organisation if a.party == "data-team"}
    assert "OwnedControl" in functions
    assert ("OwnedFailedControl" in functions) is should_have
    hands = {w for v in assessment.voids if v.void == "VOID_MANY_HANDS" for w in v.witnesses}
    assert bool(hands) is not should_have
