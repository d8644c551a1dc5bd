"""Layer 1 and HermiT agree, for every case, on the classes of every individual."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from answerable.casefile import load
from answerable.consistency import check_consistency
from answerable.engine import run
from answerable.iris import ANS
from answerable.records import assessment_triples, triples
from answerable.terms import TYPE, is_iri, lexical, read_triple, written
from tests.shipped import CASES

BY_DEFINITION = "classes/owl/"
BATCHES = 4
"""HermiT classifies the ontology anew each time it starts, so it is given several cases at once: they share no node."""


@pytest.mark.parametrize("paths", [CASES[n::BATCHES] for n in range(BATCHES)], ids=lambda paths: f"{paths[0].stem}-etc")
def test_same_classes(paths: Sequence[Path]) -> None:
    known: list[Triple] = []
    ours: dict[str, set[str]] = {}
    for path in paths:
        case = load(path)
        facts = list(triples(case, "arguable", case.as_of))
        result = run(map(read_triple, (*facts, *assessment_triples(case.as_of, {}))))
        # Classes that a circumstance or a rule gives are outside OWL: HermiT is told, and must agree on the rest.
        known += facts
        known += [
            written(t) for t, d in result.drawn.items() if t[1] == TYPE and not d.rule.id.startswith(BY_DEFINITION)
        ]
        individuals = {t.subject.value for t in facts if isinstance(t.subject, NamedNode)}
        ours |= {individual: set() for individual in individuals}
        for subject, predicate, obj in {*map(read_triple, facts), *result.drawn}:
            if predicate == TYPE and lexical(subject) in individuals and is_iri(obj):
                ours[lexical(subject)].add(lexical(obj))
    report = check_consistency(known)
    assert report.consistent, [path.stem for path in paths]
    for individual in sorted(ours):
        classes = {iri for iri in ours[individual] if iri.startswith(ANS)}
        assert classes == report.types.get(individual, set()), individual
