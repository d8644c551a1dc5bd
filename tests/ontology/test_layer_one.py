"""Layer 1 and HermiT agree, for every case, on the classes of every individual."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from answerable.casefile import load
from answerable.consistency import check_consistency
from answerable.engine import run
from answerable.iris import ANS
from answerable.records import assessment_triples, triples
from answerable.rooms import files
from answerable.terms import TYPE, is_iri, lexical, read_triple, written

BY_DEFINITION = "classes/owl/"


@pytest.mark.parametrize("path", [p for p in files("data", ".yaml") if p.parent.name == "cases"], ids=lambda p: p.stem)
def test_same_classes(path: Path) -> None:
    case = load(path)
    facts = list(triples(case, "arguable", case.as_of))
    result = run(map(read_triple, (*facts, *assessment_triples(case.as_of, {}))))
    # Classes that a circumstance or a rule gives are outside OWL: HermiT is told of them, and must agree on the rest.
    by_rule = [written(t) for t, d in result.drawn.items() if t[1] == TYPE and not d.rule.id.startswith(BY_DEFINITION)]
    report = check_consistency([*facts, *by_rule])
    assert report.consistent

    individuals = {t.subject.value for t in facts if isinstance(t.subject, NamedNode)}
    ours: dict[str, set[str]] = {individual: set() for individual in individuals}
    for subject, predicate, obj in {*map(read_triple, facts), *result.drawn}:
        if predicate == TYPE and lexical(subject) in individuals and is_iri(obj):
            ours[lexical(subject)].add(lexical(obj))
    for individual in sorted(ours):
        classes = {iri for iri in ours[individual] if iri.startswith(ANS)}
        assert classes == report.types.get(individual, set()), individual
