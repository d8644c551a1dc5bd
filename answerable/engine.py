"""The graph executor: knowledge is loaded once, then each case runs through the strata on pyoxigraph.

What the positive rules of layer 1 draw from the law alone is drawn once, when the knowledge is loaded; a case runs
only the rules that read something of it.
"""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from answerable import rooms
from answerable.iris import ANS
from answerable.owl import compile_ontology
from answerable.rules import CONCEPTUAL, RDF_TYPE, Rule, Stratum, load_rules, stratify

TYPE = NamedNode(RDF_TYPE.strip("<>"))
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
Term = NamedNode | BlankNode | Literal | Triple


TERM = re.compile(r'^"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?$')


def parse_term(text: str) -> Term:
    """A term written in N-Triples syntax."""
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode(text[2:])
    match = TERM.match(text)
    if match is None:
        return Literal(text)
    value, language, datatype = match.groups()
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)


def quads(triples: Iterable[Triple]) -> list[Quad]:
    """The triples in the default graph. Unpacking is ten times as fast as reading the three terms by name."""
    return [Quad(*triple) for triple in triples]


class Backend(Protocol):
    """What inference asks of a SPARQL engine."""

    def construct(self, rule: Rule) -> Iterable[Triple]: ...

    def add(self, triples: Iterable[Triple]) -> None: ...

    def remove(self, triples: Iterable[Triple]) -> None: ...


Lookup = tuple[tuple[NamedNode | None, NamedNode, NamedNode | Literal | None], Callable[[Quad], list[Triple]]]


@cache
def _lookup(rule: Rule) -> Lookup | None:
    """For a body of one triple pattern, the pattern and what to make of a match: no query has to be planned."""
    branch = rule.branches[0]
    if len(rule.branches) > 1 or not branch.is_plain or len(branch.patterns) != 1:
        return None
    (body,) = branch.patterns
    if not body[0].startswith("?") or body[0] == body[2]:
        return None
    places = {body[0]: 0, body[2]: 2}
    head = [tuple(places.get(t) if t.startswith("?") else parse_term(t) for t in p) for p in rule.template]

    def make(quad: Quad) -> list[Triple]:
        terms = tuple(quad)
        return [Triple(*(terms[t] if isinstance(t, int) else t for t in pattern)) for pattern in head]  # type: ignore[arg-type]

    fixed = None if body[2].startswith("?") else parse_term(body[2])
    return (None, NamedNode(body[1][1:-1]), fixed), make  # type: ignore[return-value]


class Oxigraph:
    """The engine of the house."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def construct(self, rule: Rule) -> Iterable[Triple]:
        lookup = _lookup(rule)
        if lookup is None:
            return self.store.query(rule.construct)  # type: ignore[return-value]
        pattern, make = lookup
        return (triple for quad in self.store.quads_for_pattern(*pattern, None) for triple in make(quad))

    def add(self, triples: Iterable[Triple]) -> None:
        self.store.extend(quads(triples))

    def remove(self, triples: Iterable[Triple]) -> None:
        for quad in quads(triples):
            self.store.remove(quad)


class Derivation(NamedTuple):
    """Where an inferred triple came from: the rule, and its place in the order of inference."""

    rule: Rule
    stratum: int
    number: int


def keys_of(triple: Triple) -> tuple[str, ...]:
    """The keys under which rules read a triple."""
    _, name, obj = triple
    predicate = str(name)
    return (f"{predicate} {obj}", f"{predicate} *") if predicate in CONCEPTUAL else (predicate,)


def all_keys(triples: Iterable[Triple]) -> set[str]:
    return {name for triple in triples for name in keys_of(triple)}


class Inference:
    """Facts and what the strata draw from them, kept true when the facts change.

    A rule runs only if every key it needs is present. When facts change, only those rules run again that read or deny
    something that has changed; what the others drew stays. ``drawn`` gives each triple with the rule that drew it.
    """

    def __init__(self, strata: Sequence[Stratum], backend: Backend, given: Set[Triple], present: Iterable[str]) -> None:
        self.strata = strata
        self.backend = backend
        self.given = given
        self.present = set(present)
        self.facts: set[Triple] = set()
        self.drawn: dict[Triple, Derivation] = {}
        self._outputs: dict[str, dict[Triple, None]] = {}
        # The further rules that draw what is already drawn or stated: whatever one rule loses, these keep.
        self._also: dict[Triple, list[Derivation]] = {}

    def state(self, facts: Iterable[Triple]) -> None:
        """Make these the facts, and draw what follows."""
        wanted = set(facts) - self.given
        added, gone = wanted - self.facts, self.facts - wanted
        self.facts = wanted
        for triple in added & self.drawn.keys():
            self._also.setdefault(triple, []).append(self.drawn.pop(triple))
        self.backend.remove(t for t in gone if not self._fall_back(t))
        self.backend.add(added)
        self.draw(all_keys(added | gone))

    def draw(self, changed: Set[str] | None = None) -> None:
        """Run every stratum that reads or denies one of the keys; all of them if none are given."""
        everything, first = changed is None, not self._outputs
        changed = set(changed or ())
        self.present |= changed
        for number, stratum in enumerate(self.strata):
            if everything or (first and not stratum.is_lawful) or not changed.isdisjoint(stratum.reads):
                changed |= self._redo(number, stratum)

    def _keys(self, rule: Rule, triples: set[Triple]) -> Set[str]:
        """The keys of what a rule drew or gave up, from now on present."""
        if not triples:
            return frozenset()
        keys = rule.concludes or all_keys(triples)
        self.present |= keys
        return keys

    def _redo(self, number: int, stratum: Stratum) -> Set[str]:
        """Run a stratum; the keys of what came or went."""
        runnable = [rule for rule in stratum.rules if self.present.issuperset(rule.needs)]
        if not runnable and not any(rule.path in self._outputs for rule in stratum.rules):
            return frozenset()
        if not stratum.recursive:
            (rule,) = stratum.rules
            before = self._outputs.get(rule.path, {})
            after = dict.fromkeys(self.backend.construct(rule)) if runnable else {}
            self._outputs[rule.path] = after
            gone = self._retract(rule, [t for t in before if t not in after]) if before else set()
            fresh = self._assert(rule, [t for t in after if t not in before] if before else after, number)
            return self._keys(rule, gone | fresh)
        past: set[Triple] = set()
        for rule in stratum.rules:
            past |= self._retract(rule, self._outputs.pop(rule.path, {}))
        now: set[Triple] = set()
        last: dict[str, int] = {}
        stamps: dict[str, int] = {}
        clock = 0
        while True:
            quiet = True
            for rule in stratum.rules:
                if not self.present.issuperset(rule.needs):
                    continue
                if rule.path in last and all(stamps.get(k, -1) < last[rule.path] for k in rule.reads):
                    continue
                clock += 1
                last[rule.path] = clock
                old = self._outputs.get(rule.path, {})
                after = dict.fromkeys(self.backend.construct(rule))
                self._outputs[rule.path] = after
                fresh = self._assert(rule, [t for t in after if t not in old], number)
                if fresh:
                    stamps.update(dict.fromkeys(self._keys(rule, fresh), clock))
                    now |= fresh
                    quiet = False
            if quiet:
                return all_keys(past ^ now)

    def _assert(self, rule: Rule, triples: Iterable[Triple], number: int) -> set[Triple]:
        """Take in what a rule draws; the triples that are new, and their keys as present."""
        drawn, given, facts = self.drawn, self.given, self.facts
        fresh = []
        for triple in triples:
            if triple in drawn or triple in facts:
                self._also.setdefault(triple, []).append(Derivation(rule, number, len(drawn)))
            elif triple not in given:
                fresh.append(triple)
                drawn[triple] = Derivation(rule, number, len(drawn))
        if fresh:
            self.backend.add(fresh)
        return set(fresh)

    def _retract(self, rule: Rule, triples: Iterable[Triple]) -> set[Triple]:
        """Give up what a rule no longer draws; the triples that nothing else draws."""
        lost = []
        for triple in triples:
            derivation = self.drawn.get(triple)
            if derivation is not None and derivation.rule is rule:
                del self.drawn[triple]
                if not self._fall_back(triple):
                    lost.append(triple)
            elif triple in self._also:
                self._also[triple] = [d for d in self._also[triple] if d.rule is not rule]
        self.backend.remove(lost)
        return set(lost)

    def _fall_back(self, triple: Triple) -> bool:
        """Let another rule that draws the triple stand for it, if there is one."""
        others = self._also.get(triple)
        if not others:
            return False
        self.drawn[triple] = others.pop(0)
        return True


@dataclass
class Knowledge:
    """The rooms, loaded: ontology and law in one store, the rules in their order."""

    store: Store
    rules: tuple[Rule, ...]
    strata: tuple[Stratum, ...]
    triples: frozenset[Triple]
    present: frozenset[str]
    drawn: dict[Triple, Derivation]
    given: frozenset[Triple]
    lock: threading.RLock = field(default_factory=threading.RLock)
    _objects: dict[tuple[Term, str], tuple[Term, ...]] = field(default_factory=dict)

    @cached_property
    def labels(self) -> dict[Term, str]:
        """The English label of each node that has one."""
        with self.lock:
            quads = self.store.quads_for_pattern(None, LABEL, None, None)
            # A case may be in the store, too; only what the knowledge itself says is kept.
            found = ((q.subject, q.object) for q in quads if q.triple in self.triples)
            return {s: o.value for s, o in found if isinstance(o, Literal) and o.language in (None, "en")}

    @cached_property
    def names(self) -> dict[str, str]:
        """The same labels by local name, which is what an assessment uses."""
        nodes = ((node, label) for node, label in self.labels.items() if isinstance(node, NamedNode))
        return {node.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]: label for node, label in nodes}

    def objects(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Objects of an ontology property of a node of the knowledge, in a fixed order."""
        key = (subject, name)
        found = self._objects.get(key)
        if found is None:
            # While another thread draws conclusions, the store holds that case too.
            with self.lock:
                quads = self.store.quads_for_pattern(subject, NamedNode(ANS + name), None, None)  # type: ignore[arg-type]
                found = self._objects[key] = tuple(sorted((q.object for q in quads), key=str))
        return found

    @contextmanager
    def extended(self, triples: Iterable[Triple]) -> Iterator[Store]:
        """The store with further triples for as long as the block lasts."""
        added = quads(t for t in triples if t not in self.given)
        with self.lock:
            self.store.extend(added)
            try:
                yield self.store
            finally:
                for quad in added:
                    self.store.remove(quad)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would walk the growing knowledge again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def knowledge() -> Knowledge:
    """The rooms of this installation, read once a process.

    Raises:
        InputError: naming the file and the place, where one of them cannot be read.
    """
    with _uncollected():
        return _read_rooms()


def _read_rooms() -> Knowledge:
    store = Store()
    ontology, law = (
        [q for path in rooms.files(name, ".ttl") for q in rooms.turtle(path)] for name in ("ontology", "data")
    )
    store.bulk_extend(ontology)
    compiled = compile_ontology(store)
    store.bulk_extend(law)
    rules = (*compiled, *load_rules(rooms.files("reasoner", ".rq"), rooms.room("reasoner")))
    strata = tuple(stratify(list(rules)))
    known = {quad.triple for quad in (*ontology, *law)}
    lawful = ((tuple(r for r in s.rules if r.layer == 1 and not r.denies), s.recursive) for s in strata)
    standing = [Stratum(kept, recursive) for kept, recursive in lawful if kept]
    by_law = Inference(standing, Oxigraph(store), set(), all_keys(known))
    by_law.facts = known
    by_law.draw()
    alike = norms_that_apply_alike(store)
    store.bulk_extend(quads(alike))
    known |= alike
    present = frozenset(by_law.present | all_keys(alike))
    given = frozenset(known | by_law.drawn.keys())
    return Knowledge(store, rules, strata, frozenset(known), present, by_law.drawn, given)


SIGNATURE = ("isPartOf", "hasBearerRole", "hasCondition", "hasException", "isSubjectTo", "hasApplicationPeriod")


def norms_that_apply_alike(store: Store) -> set[Triple]:
    """Which norms share bearer, conditions, exceptions, transitional rules and periods: one is tested for all."""
    groups: dict[tuple[frozenset[Term], ...], list[NamedNode]] = {}
    for quad in store.quads_for_pattern(None, TYPE, NamedNode(f"{ANS}TestedNorm"), None):
        norm = quad.subject
        if isinstance(norm, NamedNode):
            signature = tuple(
                frozenset(q.object for q in store.quads_for_pattern(norm, NamedNode(ANS + name), None, None))
                for name in SIGNATURE
            )
            groups.setdefault(signature, []).append(norm)
    alike: set[Triple] = set()
    yes = Literal("true", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
    for norms in groups.values():
        model = min(norms, key=str)
        alike.add(Triple(model, NamedNode(f"{ANS}isModelNorm"), yes))
        alike |= {Triple(norm, NamedNode(f"{ANS}appliesLike"), model) for norm in norms}
    return alike


@dataclass
class Run:
    """One pass of one record of a case through the layers."""

    base: Knowledge
    facts: frozenset[Triple]
    drawn: dict[Triple, Derivation]
    _by_predicate: dict[NamedNode, list[Triple]] = field(default_factory=dict)
    _by_subject: dict[str, dict[Term, list[Term]]] = field(default_factory=dict)

    def _read(self, predicate: str) -> dict[Term, list[Term]]:
        found = self._by_subject.get(predicate)
        if found is None:
            if not self._by_predicate:
                for triple in (*self.facts, *self.drawn):
                    self._by_predicate.setdefault(triple.predicate, []).append(triple)
            found = self._by_subject[predicate] = {}
            for subject, _, obj in self._by_predicate.get(NamedNode(predicate), ()):
                found.setdefault(subject, []).append(obj)
        return found

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        """Subjects and objects of a predicate, among facts and conclusions (not the law's own triples)."""
        return [(subject, obj) for subject, objects in self._read(predicate).items() for obj in objects]

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Objects of a subject's predicate, among facts and conclusions."""
        return self._read(predicate).get(subject, [])

    def holds(self, triple: Triple) -> bool:
        return triple in self.drawn or triple in self.facts

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store with this run's facts and conclusions in it."""
        with self.base.extended((*self.facts, *self.drawn)) as store:
            yield store


@contextmanager
def drawing(base: Knowledge | None = None) -> Iterator[Callable[[Iterable[Triple]], Run]]:
    """A function that runs facts through the layers; from the second call on, only what changed runs again."""
    base = base or knowledge()
    with base.lock, _uncollected():
        inference = Inference(base.strata, Oxigraph(base.store), base.given, base.present)

        def draw(facts: Iterable[Triple]) -> Run:
            inference.state(facts)
            return Run(base, frozenset(inference.facts), dict(inference.drawn))

        try:
            yield draw
        finally:
            inference.backend.remove(inference.facts)
            inference.backend.remove(inference.drawn)


def run(facts: Iterable[Triple], base: Knowledge | None = None) -> Run:
    """Draw every conclusion from the facts (a record of a case, the as-of day, positions taken)."""
    with drawing(base) as draw:
        return draw(facts)
