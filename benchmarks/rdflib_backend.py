"""The same rules on rdflib's own SPARQL engine: the independent peer in tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from answerable.engine import Inference, Knowledge, Term
from answerable.rules import Rule


class Rdflib:
    """A backend for ``answerable.engine.Inference``."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.graph = rdflib.Graph()
        self.add(list(triples))

    def construct(self, rule: Rule) -> Iterable[Triple]:
        result = self.graph.query(rule.construct).graph
        assert result is not None
        return [Triple(_back(s), _back(p), _back(o)) for s, p, o in result]  # type: ignore[arg-type]

    def add(self, triples: Iterable[Triple]) -> None:
        self.graph.parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")

    def remove(self, triples: Iterable[Triple]) -> None:
        gone = rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
        self.graph -= gone


def _back(term: object) -> Term:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))


def run(facts: Iterable[Triple], base: Knowledge) -> set[Triple]:
    """Everything that rdflib's engine concludes from the facts under the same rules."""
    inference = Inference(base.strata, Rdflib(base.given), base.given, base.present)
    inference.state(facts)
    return set(inference.drawn)
