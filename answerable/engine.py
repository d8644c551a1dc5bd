"""The graph executor: knowledge is loaded once, then each case runs through the strata on pyoxigraph.

A rule runs only if every concept it needs is present, and a purely positive layer-1 rule only if the case touches
what it reads (its conclusions from law alone are drawn once, when the knowledge is loaded).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from answerable import rooms
from answerable.errors import InputError
from answerable.owl import compile_ontology
from answerable.rules import ANY_CLASS, RDF_TYPE, Rule, Stratum, load_rules, stratify

GRAPH = DefaultGraph()
TYPE = NamedNode(RDF_TYPE.strip("<>"))
Term = NamedNode | BlankNode | Literal | Triple


class Backend(Protocol):
    """What the executor asks of a SPARQL engine."""

    def construct(self, rule: Rule) -> Iterable[Triple]: ...

    def add(self, triples: list[Triple]) -> None: ...


class Oxigraph:
    """The engine of the house."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def construct(self, rule: Rule) -> Iterable[Triple]:
        return self.store.query(rule.construct)  # type: ignore[return-value]

    def add(self, triples: list[Triple]) -> None:
        self.store.extend([Quad(t.subject, t.predicate, t.object, GRAPH) for t in triples])


@dataclass(frozen=True)
class Derivation:
    """Where an inferred triple came from: the rule, and its place in the order of inference."""

    rule: Rule
    order: int


def keys_of(triple: Triple) -> str:
    return f"a {triple.object}" if triple.predicate == TYPE else str(triple.predicate)


def infer(
    strata: Iterable[Stratum],
    backend: Backend,
    known: set[Triple],
    present: set[str],
    drawn: dict[Triple, Derivation],
    touched: set[str] | None = None,
) -> None:
    """Run the strata in order; put what is new into ``drawn``, each triple with the rule that first drew it.

    ``known`` and ``present`` (the keys of the known triples) grow as it runs. With ``touched``, positive rules of
    layer 1 that read nothing touched are left out. In a recursive stratum a rule runs again only after something
    that it reads has changed.
    """
    clock = 0
    changed: dict[str, int] = {}
    for stratum in strata:
        last: dict[str, int] = {}
        while True:
            found = False
            for rule in stratum.rules:
                if not present.issuperset(rule.needs):
                    continue
                if touched is not None and rule.layer == 1 and not rule.denies and touched.isdisjoint(rule.reads):
                    continue
                if rule.path in last and all(changed.get(k, -1) < last[rule.path] for k in rule.reads):
                    continue
                clock += 1
                last[rule.path] = clock
                fresh = []
                for triple in backend.construct(rule):
                    if triple not in known:
                        known.add(triple)
                        fresh.append(triple)
                        drawn[triple] = Derivation(rule, len(drawn))
                for name in {keys_of(t) for t in fresh}:
                    present.add(name)
                    changed[name] = clock
                    if name.startswith("a "):
                        changed[ANY_CLASS] = clock
                    if touched is not None:
                        touched.update((name, ANY_CLASS) if name.startswith("a ") else (name,))
                if fresh:
                    backend.add(fresh)
                    found = True
            if not (stratum.recursive and found):
                break


@dataclass
class Knowledge:
    """The rooms, loaded: ontology and law in one store, the rules in their order."""

    store: Store
    rules: tuple[Rule, ...]
    strata: tuple[Stratum, ...]
    triples: frozenset[Triple]
    present: frozenset[str]
    drawn: dict[Triple, Derivation]
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def extended(self, triples: Iterable[Triple]) -> Iterator[Store]:
        """The store with further triples for as long as the block lasts."""
        quads = [Quad(t.subject, t.predicate, t.object, GRAPH) for t in triples if t not in self.triples]
        with self.lock:
            self.store.extend(quads)
            try:
                yield self.store
            finally:
                for quad in quads:
                    self.store.remove(quad)


def read_turtle(name: str, *folders: str) -> list[Triple]:
    """All Turtle files of a room.

    Raises:
        InputError: naming the file and the place of a syntax error.
    """
    triples: list[Triple] = []
    for path in rooms.files(name, ".ttl"):
        if folders and not set(path.relative_to(rooms.room(name)).parts[:-1]) & set(folders):
            continue
        try:
            # Blank nodes of different files must stay apart: parsed together they would share labels.
            for quad in parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True):
                triples.append(quad.triple)
        except (SyntaxError, ValueError) as error:
            raise InputError(file=str(path), place=str(error), found="text", expected="Turtle") from error
    return triples


@cache
def knowledge() -> Knowledge:
    """The rooms of this installation, read once a process."""
    store = Store()
    ontology = read_turtle("ontology")
    law = read_turtle("data")
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, GRAPH) for t in ontology)
    compiled = compile_ontology(store)
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, GRAPH) for t in law)
    root = rooms.room("reasoner")
    rules = (*compiled, *load_rules(rooms.files("reasoner", ".rq"), root))
    strata = tuple(stratify(list(rules)))
    known = set(ontology) | set(law)
    present = {keys_of(t) for t in known} | {ANY_CLASS}
    lawful = ((tuple(r for r in s.rules if r.layer == 1 and not r.denies), s.recursive) for s in strata)
    standing = [Stratum(kept, recursive) for kept, recursive in lawful if kept]
    drawn: dict[Triple, Derivation] = {}
    infer(standing, Oxigraph(store), known, present, drawn)
    return Knowledge(store, rules, strata, frozenset(known), frozenset(present), drawn)


@dataclass
class Run:
    """One pass of one record of a case through the layers."""

    base: Knowledge
    facts: frozenset[Triple]
    drawn: dict[Triple, Derivation]
    _index: tuple[dict[str, list[tuple[Term, Term]]], dict[tuple[Term, str], list[Term]]] | None = None

    def _indexed(self) -> tuple[dict[str, list[tuple[Term, Term]]], dict[tuple[Term, str], list[Term]]]:
        if self._index is None:
            pairs: dict[str, list[tuple[Term, Term]]] = {}
            objects: dict[tuple[Term, str], list[Term]] = {}
            for triple in (*self.facts, *self.drawn):
                predicate = triple.predicate.value
                pairs.setdefault(predicate, []).append((triple.subject, triple.object))
                objects.setdefault((triple.subject, predicate), []).append(triple.object)
            self._index = pairs, objects
        return self._index

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        """Subjects and objects of a predicate, among facts and conclusions (not the law's own triples)."""
        return self._indexed()[0].get(predicate, [])

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Objects of a subject's predicate, among facts and conclusions."""
        return self._indexed()[1].get((subject, predicate), [])

    def holds(self, triple: Triple) -> bool:
        return triple in self.drawn or triple in self.facts

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store with this run's facts and conclusions in it."""
        with self.base.extended((*self.facts, *self.drawn)) as store:
            yield store


def run(facts: Iterable[Triple], base: Knowledge | None = None) -> Run:
    """Draw every conclusion from the facts (a record of a case, the as-of day, positions taken)."""
    base = base or knowledge()
    stated = frozenset(facts)
    keys = {keys_of(t) for t in stated}
    touched = keys | {ANY_CLASS}
    with base.extended(stated) as store:
        backend = Oxigraph(store)
        drawn: dict[Triple, Derivation] = {}
        try:
            infer(base.strata, backend, set(base.triples) | stated, set(base.present | keys), drawn, touched)
        finally:
            for t in drawn:
                store.remove(Quad(t.subject, t.predicate, t.object, GRAPH))
    return Run(base, stated, drawn)
