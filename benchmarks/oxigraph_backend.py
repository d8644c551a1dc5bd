"""The same rules on pyoxigraph's SPARQL engine: the other peer in tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Store

from answerable.rules import Rule
from answerable.terms import Triple, line, read_triple, written


class Oxigraph:
    """A backend for ``answerable.engine.Inference``."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.store = Store()
        self.store.bulk_load("\n".join(map(line, triples)).encode(), format=RdfFormat.N_TRIPLES)

    def construct(self, rule: Rule) -> dict[Triple, None]:
        return dict.fromkeys(map(read_triple, self.store.query(rule.construct)))  # type: ignore[arg-type]

    def add(self, triples: Iterable[Triple]) -> list[Triple]:
        fresh = [triple for triple in triples if Quad(*written(triple)) not in self.store]
        self.store.extend(Quad(*written(triple)) for triple in fresh)
        return fresh

    def remove(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            self.store.remove(Quad(*written(triple)))
