"""Independent engines agree with ours on the shipped cases, and a changed record gives what a fresh one gives."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, Triple

import answerable
from answerable import rooms
from answerable.assess import record_of
from answerable.engine import drawing, knowledge, run
from benchmarks import rdflib_backend

CASES = sorted((rooms.room("data") / "cases").glob("*.yaml"))


def values(triples: object) -> set[tuple[str, str, object]]:
    """Triples with numbers compared by value: engines write decimals differently."""
    return {(str(t.subject), str(t.predicate), value(t)) for t in triples}  # type: ignore[attr-defined]


def value(triple: Triple) -> object:
    term = triple.object
    if isinstance(term, Literal) and term.datatype.value.rsplit("#")[-1] in ("decimal", "integer"):
        return rdflib.Literal(term.value, datatype=term.datatype.value).toPython()
    return str(term)


@pytest.mark.parametrize("record", ["settled", "arguable"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rdflib_draws_the_same(path: Path, record: str) -> None:
    facts = record_of(answerable.load(path), record)  # type: ignore[arg-type]
    ours, theirs = values(run(facts).drawn), values(rdflib_backend.run(facts, knowledge()))
    assert ours == theirs, f"only ours: {list(ours - theirs)[:5]}; only rdflib's: {list(theirs - ours)[:5]}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
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
    before = len(knowledge().store)
    for path in CASES:
        answerable.assess(path)
    assert len(knowledge().store) == before
