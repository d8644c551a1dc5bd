"""The search for facts that let everyone in a chain escape: quick, small, and confirmed by the rules."""

from __future__ import annotations

import json
import time

import pytest

import answerable
from answerable import rooms
from answerable.assess import Passes
from answerable.cases import Case
from answerable.voids import Witness, search
from tests.commands import run

CHAIN = rooms.room("data") / "templates" / "rented-model-chain.yaml"
FORUMS = ("DE", "UK", "US-TX", "CA-BC")


@pytest.fixture(scope="module")
def chain() -> Case:
    return answerable.load(CHAIN)


def claims(case: Case) -> list[tuple[str, str, str]]:
    """Theories that give the injured person a claim and that nothing blocks."""
    passes = Passes.of(case)
    found: list[tuple[str, str, str]] = []
    for item in passes.assessment.liability:
        family = passes.base.objects(f"<https://w3id.org/answerable/doctrine/{item.theory}>", "hasFamily")
        if item.status != "blocked" and not any(f.endswith("RegulatoryLiability>") for f in family):
            found.append((item.theory, item.party, item.status))
    return found


def test_somebody_answers_in_the_chain_as_it_stands(chain: Case) -> None:
    assert any(status == "established" for _, _, status in claims(chain))


def test_a_way_out_of_the_rented_model_chain_is_found_in_ten_seconds(chain: Case) -> None:
    begun = time.monotonic()
    found = search(chain, most=1)
    assert time.monotonic() - begun < 10
    assert [bool(w.void) for w in found.witnesses] == [True]
    assert found.before and found.before[0].status == "established"


@pytest.mark.parametrize("forum", FORUMS)
def test_each_way_out_is_confirmed_by_an_assessment_of_its_own(chain: Case, forum: str) -> None:
    found = search(chain, forum, most=6)
    assert found.witnesses
    for witness in found.witnesses:
        confirm(witness)
    sizes = [w.facts for w in found.witnesses]
    assert sizes == sorted(sizes)
    assert len({w.changes for w in found.witnesses}) == len(sizes)


def confirm(witness: Witness) -> None:
    assessment = answerable.assess(witness.case)
    voids = {v.void for v in assessment.voids}
    assert not witness.void or witness.void in voids, witness.changes
    if witness.void != "VOID_UNCOLLECTIBLE":
        assert not claims(witness.case), witness.changes


def test_defences_and_facts_turned_are_among_the_ways_out(chain: Case) -> None:
    found = search(chain, "DE", most=12)
    assert {w.void for w in found.witnesses} >= {"VOID_NO_OPEN_THEORY", "VOID_UNCOLLECTIBLE"}
    assert any(w.facts > 1 for w in found.witnesses)
    assert all(w.cures and w.after and w.changes for w in found.witnesses)


def test_a_chain_in_which_nobody_answers_is_refused(chain: Case) -> None:
    silent = chain.model_copy(update={"circumstances": ()})
    with pytest.raises(answerable.InputError, match="nobody answers"):
        search(silent, "US-TX")


def test_an_unknown_forum_is_refused(chain: Case) -> None:
    with pytest.raises(answerable.InputError):
        search(chain, "Atlantis")


def test_command_tells_the_story() -> None:
    shown = run("voids", "--search", str(CHAIN), "--forum", "US-TX", "--most", "1")
    for words in (
        "As it stands, The bank answers",
        "Nobody answers if one fact",
        "What would cure it",
        "The fine-tuner",
    ):
        assert words in shown
    plain = json.loads(run("voids", str(CHAIN), "--search", "--most", "1", "--format", "json"))
    assert plain["witnesses"][0]["void"].startswith("VOID_")


def test_command_lists_the_voids_of_a_case() -> None:
    case = str(rooms.room("data") / "cases" / "fraud-drift.yaml")
    shown = run("voids", case)
    assert "Retrained on an anomaly" in shown and "ask:" in shown
    plain = json.loads(run("voids", case, "--format", "json"))
    assert {"void", "harm", "witnesses", "cure", "ask"} <= set(plain[0])
