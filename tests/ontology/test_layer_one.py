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

TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
BY_DEFINITION = "classes/owl/"


@pytest.mark.parametrize("path", [p for p in files("data", ".yaml") if p.parent.name == "cases"], ids=lambda p: p.stem)
def test_same_classes(path: Path) -> None:
    case = load(path)
    facts = list(triples(case, "arguable", case.as_of))
    result = run([*facts, *assessment_triples(case.as_of, {})])
    # Classes that a circumstance or a rule gives are outside OWL: HermiT is told of them, and must agree on the rest.
    by_rule = [t for t, d in result.drawn.items() if t.predicate == TYPE and not d.rule.id.startswith(BY_DEFINITION)]
    report = check_consistency([*facts, *by_rule])
    assert report.consistent

    individuals = {t.subject for t in facts if isinstance(t.subject, NamedNode)}
    ours: dict[str, set[str]] = {individual.value: set() for individual in individuals}
    for triple in {*facts, *result.drawn}:
        if triple.predicate == TYPE and triple.subject in individuals and isinstance(triple.object, NamedNode):
            ours[triple.subject.value].add(triple.object.value)
    for individual in sorted(ours):
        classes = {iri for iri in ours[individual] if iri.startswith(ANS)}
        assert classes == report.types.get(individual, set()), individual
