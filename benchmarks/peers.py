"""Other engines under the same rules: for benchmarks, and for tests that all of them draw the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from answerable.engine import Backend, Inference, Knowledge
from answerable.terms import Triple
from benchmarks.oxigraph_backend import Oxigraph
from benchmarks.rdflib_backend import Rdflib

PEERS: dict[str, Callable[[Iterable[Triple]], Backend]] = {"pyoxigraph": Oxigraph, "rdflib": Rdflib}


def loaded(name: str, base: Knowledge) -> Backend:
    """The engine with all that the knowledge says, before any case."""
    return PEERS[name]((*base.triples, *base.drawn))


def run(engine: Backend, facts: Iterable[Triple], base: Knowledge) -> set[Triple]:
    """Everything that the engine concludes from the facts; afterwards it holds the knowledge alone again."""
    inference = Inference(base.strata, engine, base.present)
    try:
        inference.state(facts)
        return set(inference.drawn)
    finally:
        engine.remove([*inference.facts, *inference.drawn])
