"""The same rules on rdflib's own SPARQL engine: the independent peer in tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from unittest.mock import patch

import rdflib
from rdflib.plugins.sparql import algebra, prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.util import from_n3

from answerable.rules import Rule
from answerable.terms import Term, Triple, line


@cache
def prepared(rule: Rule) -> Query:
    """The rule's query, with the patterns in the order of its author: rdflib's own can be a product of two tables."""
    with patch.object(algebra, "reorderTriples", list):
        return prepareQuery(rule.construct)


class Rdflib:
    """A backend for ``answerable.engine.Inference``."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.known = set(triples)
        self.graph = rdflib.Graph().parse(data="\n".join(map(line, self.known)), format="nt")

    def construct(self, rule: Rule) -> dict[Triple, None]:
        result = self.graph.query(prepared(rule)).graph
        assert result is not None
        return {(s.n3(), p.n3(), o.n3()): None for s, p, o in result}  # type: ignore[attr-defined]

    def add(self, triples: Iterable[Triple]) -> list[Triple]:
        fresh = [triple for triple in triples if triple not in self.known]
        self.known.update(fresh)
        self.graph.parse(data="\n".join(map(line, fresh)), format="nt")
        return fresh

    def remove(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            self.known.discard(triple)
            self.graph.remove(tuple(map(node, triple)))  # type: ignore[arg-type]


@cache
def node(term: Term) -> object:
    """A term as rdflib has it."""
    return from_n3(term)
