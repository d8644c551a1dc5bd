"""rdflib's engine and the compiled plans agree, rule by rule, on every neighbour case of the law.

Neighbours of one day and the same positions are put into one graph, facts and conclusions together. On that finished
graph each rule must give the same in both engines, and nothing that is not in the graph: so both have the same model.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from answerable.assess import record_of
from answerable.engine import all_keys, drawing, knowledge
from answerable.rules import Rule
from answerable.terms import Triple, is_literal, worth
from benchmarks.rdflib_backend import Rdflib
from tests.law.neighbours import FILES, Neighbour, neighbours

TOGETHER = 8
Value = tuple[str, str, object]


def groups(most: int | None = None) -> dict[str, list[Neighbour]]:
    """Neighbours of the same day and positions, a few at a time; of each file all, or the first ones."""
    found: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for path in FILES:
        for neighbour in neighbours(path)[:most]:
            (expected,) = neighbour.case.expect
            day = expected.as_of or neighbour.case.as_of
            taken = sorted({**neighbour.case.positions, **expected.position}.items())
            found[" ".join((str(day), *(f"{name}={answer}" for name, answer in taken)))].append(neighbour)
    return {
        f"{key} ({start})": entries[start : start + TOGETHER]
        for key, entries in sorted(found.items())
        for start in range(0, len(entries), TOGETHER)
    }


EVERY, FIRST = groups(), groups(1)


@cache
def law_alone() -> Rdflib:
    return Rdflib((*knowledge().triples, *knowledge().drawn))


def value(triple: Triple) -> Value:
    """A triple with numbers compared by value: engines write decimals differently."""
    subject, predicate, obj = triple
    return subject, predicate, worth(obj) if is_literal(obj) else obj


def reads(rule: Rule) -> set[str]:
    return {*rule.reads, *rule.denies}


@pytest.mark.parametrize("key", FIRST)
def test_both_engines_draw_the_same_for_each_article(key: str) -> None:
    compare(FIRST[key])


@pytest.mark.exhaustive
@pytest.mark.parametrize("key", EVERY)
def test_both_engines_draw_the_same_for_every_neighbour(key: str) -> None:
    compare(EVERY[key])


def compare(group: list[Neighbour]) -> None:
    base, theirs = knowledge(), law_alone()
    facts: list[Triple] = []
    for neighbour in group:
        (expected,) = neighbour.case.expect
        facts += record_of(neighbour.case, "settled", expected.as_of, expected.position)
    with drawing() as draw:
        run = draw(facts)
        own = [*run.facts, *run.drawn]
        keys, present = all_keys(own), base.present | all_keys(own)
        written = (r for r in base.rules if r.path.endswith(".rq"))  # HermiT answers for those of the ontology
        rules = [r for r in written if not keys.isdisjoint(reads(r)) and present.issuperset(r.needs)]
        ours = {rule.path: set(base.draws[rule.path]()) for rule in rules}
    model = {*own, *base.triples, *base.drawn}
    assert rules
    unfinished = {path: list(drawn - model)[:2] for path, drawn in ours.items() if not drawn <= model}
    assert not unfinished, f"the model is not finished: {unfinished}"
    theirs.add(own)
    try:
        for rule in rules:
            one, other = set(map(value, ours[rule.path])), set(map(value, theirs.construct(rule)))
            assert one == other, (
                f"{rule.path}: only ours {list(one - other)[:3]}, only rdflib's {list(other - one)[:3]}"
            )
    finally:
        theirs.remove(own)
