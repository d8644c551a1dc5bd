"""Independent engines agree with ours on the shipped cases, and a changed record gives what a fresh one gives."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

import answerable
from answerable.assess import record_of
from answerable.engine import drawing, knowledge, run
from answerable.terms import Triple, is_literal, worth
from benchmarks import peers
from tests.shipped import CASES, CORE, MOSTLY_EXHAUSTIVE, name


def values(triples: Iterable[Triple]) -> set[tuple[str, str, object]]:
    """Triples with numbers compared by value: engines write decimals differently."""
    return {(s, p, worth(o) if is_literal(o) else o) for s, p, o in triples}


@pytest.mark.parametrize("peer", peers.PEERS)
@pytest.mark.parametrize("record", ["settled", "arguable"])
@pytest.mark.parametrize("path", MOSTLY_EXHAUSTIVE, ids=name)
def test_another_engine_draws_the_same(path: Path, record: str, peer: str) -> None:
    facts = record_of(answerable.load(path), record)  # type: ignore[arg-type]
    ours = values(run(facts).drawn)
    theirs = values(peers.run(peers.loaded(peer, knowledge()), facts, knowledge()))
    assert ours == theirs, f"only ours: {list(ours - theirs)[:5]}; only {peer}'s: {list(theirs - ours)[:5]}"


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_changed_record_gives_what_a_fresh_one_gives(path: Path) -> None:
    case = answerable.load(path)
    settled, arguable = record_of(case, "settled"), record_of(case, "arguable")
    with drawing() as draw:
        first = draw(settled)
        second = draw(arguable)
        back = draw(settled)
    assert set(second.drawn) == set(run(arguable).drawn)
    assert set(back.drawn) == set(first.drawn)


def test_a_run_leaves_the_knowledge_as_it_was() -> None:
    before = set(knowledge().index.triples())
    for path in [*CASES, *CORE, CORE[0], CORE[0]]:
        answerable.assess(path)
    assert set(knowledge().index.triples()) == before
    assert before == {*knowledge().triples, *knowledge().drawn}
