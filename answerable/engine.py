"""The graph executor: knowledge is loaded once, then each case runs through the strata.

What the positive rules of layer 1 draw from the law alone is drawn once, when the knowledge is built, and cached with
it; a case runs only the rules that read something of it. Rules run as compiled plans (``answerable.plans``) over an
index in memory; pyoxigraph holds the same triples where SPARQL is asked.
"""

from __future__ import annotations

import gc
import marshal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from answerable import plans, rooms
from answerable.cache import cache_file, digest, forget_older, write_cache
from answerable.iris import POSITION
from answerable.plans import Draw, Index
from answerable.rules import CONCEPTUAL, Branch, Rule, Stratum, load_rules, stratify
from answerable.terms import (
    LABEL,
    SUBCLASS,
    TRUE,
    TYPE,
    Term,
    Triple,
    ans,
    iri,
    is_iri,
    is_literal,
    lexical,
    line,
    parts,
    written,
)

if TYPE_CHECKING:
    from pyoxigraph import Store


class Backend(Protocol):
    """What inference asks of an engine."""

    def construct(self, rule: Rule) -> dict[Triple, None]:
        """What a rule draws, each triple once."""

    def add(self, triples: Iterable[Triple]) -> Iterable[Triple]:
        """Take in triples; those that were not there."""

    def remove(self, triples: Iterable[Triple]) -> None: ...


class Compiled:
    """The engine of the house: plans over an index."""

    def __init__(self, index: Index, draws: dict[str, Draw]) -> None:
        self.draws = draws
        self.add = index.add
        self.remove = index.remove

    def construct(self, rule: Rule) -> dict[Triple, None]:
        return self.draws[rule.path]()


class Derivation(NamedTuple):
    """Where an inferred triple came from: the rule, and its place in the order of inference."""

    rule: Rule
    stratum: int
    number: int


def keys_of(triple: Triple) -> tuple[str, ...]:
    """The keys under which rules read a triple."""
    _, predicate, obj = triple
    return (f"{predicate} {obj}", f"{predicate} *") if predicate in CONCEPTUAL else (predicate,)


def all_keys(triples: Iterable[Triple]) -> set[str]:
    return {name for triple in triples for name in keys_of(triple)}


class Inference:
    """Facts and what the strata draw from them, kept true when the facts change.

    A rule runs only if every key it needs is present. When facts change, only those rules run again that read or deny
    something that has changed; what the others drew stays. ``drawn`` gives each triple with the rule that drew it.
    """

    def __init__(self, strata: Sequence[Stratum], backend: Backend, present: Iterable[str]) -> None:
        self.strata = strata
        self.backend = backend
        self.present = set(present)
        self.facts: set[Triple] = set()
        self.drawn: dict[Triple, Derivation] = {}
        self._clock = 0
        self._outputs: dict[str, dict[Triple, None]] = {}
        # The further rules that draw what is already drawn or stated: whatever one rule loses, these keep.
        self._also: dict[Triple, list[Derivation]] = {}
        # Strata that have to run again because what they drew was given up, though it may still follow.
        self._again: set[int] = set()

    def state(self, facts: Iterable[Triple]) -> Set[Term]:
        """Make these the facts, and draw what follows; the predicates of which triples came or went."""
        wanted = dict.fromkeys(facts)
        gone = [t for t in self.facts if t not in wanted]
        drawn = [t for t in wanted if t in self.drawn and t not in self.facts]
        fresh = [t for t in wanted if t not in self.drawn and t not in self.facts]
        for triple in drawn:
            self._also.setdefault(triple, []).append(self.drawn.pop(triple))
        self.backend.remove([t for t in gone if not self._fall_back(t, -1)])
        # What the knowledge itself states is no fact of the case.
        added = [*drawn, *self.backend.add(fresh)]
        self.facts = {*(t for t in self.facts if t in wanted), *added}
        touched = self.draw(all_keys((*added, *gone)))
        return {key.split(" ", 1)[0] for key in touched} | {t[1] for t in (*added, *gone, *drawn)}

    def draw(self, changed: Set[str] | None = None) -> Set[str]:
        """Run every stratum that reads or denies one of the keys, or all; the keys that changed."""
        everything, first = changed is None, not self._outputs
        changed = set(changed or ())
        self.present |= changed
        for number, stratum in enumerate(self.strata):
            touched = everything or (first and not stratum.is_lawful) or not changed.isdisjoint(stratum.reads)
            if touched or number in self._again:
                self._again.discard(number)
                changed |= self._redo(number, stratum)
        return changed

    def _keys(self, rule: Rule, triples: Sequence[Triple]) -> Set[str]:
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
            after = self.backend.construct(rule) if runnable else {}
            self._outputs[rule.path] = after
            gone = self._retract(rule, [t for t in before if t not in after], number) if before else []
            new = [t for t in after if t not in before or self._is_given_up(t)] if before else after
            fresh = self._assert(rule, new, number)
            return self._keys(rule, gone + fresh)
        past: set[Triple] = set()
        for rule in stratum.rules:
            past |= set(self._retract(rule, self._outputs.pop(rule.path, {}), number))
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
                after = self.backend.construct(rule)
                self._outputs[rule.path] = after
                fresh = self._assert(rule, [t for t in after if t not in old], number)
                if fresh:
                    stamps.update(dict.fromkeys(self._keys(rule, fresh), clock))
                    now |= set(fresh)
                    quiet = False
            if quiet:
                return all_keys(past ^ now)

    def _assert(self, rule: Rule, triples: Iterable[Triple], number: int) -> list[Triple]:
        """Take in what a rule draws; the triples that are new."""
        drawn, facts = self.drawn, self.facts
        candidates = []
        for triple in triples:
            if triple in drawn or triple in facts:
                self._also.setdefault(triple, []).append(self._derivation(rule, number))
            else:
                candidates.append(triple)
        fresh = list(self.backend.add(candidates)) if candidates else candidates
        drawn.update(dict.fromkeys(fresh, self._derivation(rule, number)))
        return fresh

    def _derivation(self, rule: Rule, number: int) -> Derivation:
        """What is drawn in one go has one place in the order: nothing in it rests on another of it."""
        self._clock += 1
        return Derivation(rule, number, self._clock)

    def _is_given_up(self, triple: Triple) -> bool:
        return triple not in self.drawn and triple not in self.facts

    def _retract(self, rule: Rule, triples: Iterable[Triple], number: int) -> list[Triple]:
        """Give up what a rule no longer draws; the triples that nothing else draws."""
        lost = []
        for triple in triples:
            derivation = self.drawn.get(triple)
            if derivation is not None and derivation.rule is rule:
                del self.drawn[triple]
                if not self._fall_back(triple, number):
                    lost.append(triple)
            elif triple in self._also:
                self._also[triple] = [d for d in self._also[triple] if d.rule is not rule]
        self.backend.remove(lost)
        return lost

    def _fall_back(self, triple: Triple, number: int) -> bool:
        """Let another rule that draws the triple stand for it, if an earlier stratum has one.

        A later one may have drawn it from itself: it is given up, and that stratum runs again.
        """
        others = self._also.pop(triple, None)
        if not others:
            return False
        earlier = next((n for n, d in enumerate(others) if d.stratum < number), None)
        if earlier is None:
            self._again.update(d.stratum for d in others)
            return False
        self.drawn[triple] = others.pop(earlier)
        if others:
            self._also[triple] = others
        return True


@dataclass
class Knowledge:
    """The rooms, loaded: ontology and law in one index, the rules in their order."""

    index: Index
    rules: tuple[Rule, ...]
    strata: tuple[Stratum, ...]
    draws: dict[str, Draw]
    present: frozenset[str]
    stated: bytes
    """Marshalled: the triples that the rooms state."""
    inferred: bytes
    """Marshalled: the triples that follow from the law alone, each with rule, stratum and number."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    predicates: frozenset[Term] = frozenset()
    """Of which the knowledge itself has triples."""
    _objects: dict[tuple[Term, str], tuple[Term, ...]] = field(default_factory=dict)
    _types: dict[Term, frozenset[Term]] = field(default_factory=dict)
    code: Any = None
    """The compiled plans, to be bound to another index."""
    asked: str = ""
    residents: tuple[str, list[Resident]] | None = None
    sheets: dict[object, Any] = field(default_factory=dict)
    """What readers have made of nodes of the law, kept for the next case."""
    cited: dict[Term, list[str]] = field(default_factory=dict)
    _wider: dict[Term, frozenset[Term]] = field(default_factory=dict)

    def resident(self) -> Resident:
        """An inference with an index of its own, into which nobody else looks."""
        index = self.index.copy()
        draws = dict(zip((r.path for r in self.rules), plans.load(self.code, index), strict=True))
        return Resident(self, Inference(self.strata, Compiled(index, draws), self.present))

    @cached_property
    def positions(self) -> frozenset[str]:
        """The contested questions that rules themselves name: they may bear on any case."""
        start = iri(POSITION).rstrip(">")
        patterns = (p for rule in self.rules for branch in rule.branches for p in (*branch.patterns, *branch.negated))
        return frozenset(t[len(start) : -1] for pattern in patterns for t in pattern if t.startswith(start))

    @cached_property
    def deferrals(self) -> tuple[date, ...]:
        """The days to which the law puts norms off."""
        days = {day for found in self.index.table(ans("defersTo"))[0].values() for day in found}
        return tuple(sorted(date.fromisoformat(lexical(day)) for day in days if is_literal(day)))

    @cached_property
    def triples(self) -> frozenset[Triple]:
        """What the rooms state."""
        return frozenset(marshal.loads(self.stated))

    @cached_property
    def drawn(self) -> dict[Triple, Derivation]:
        """What follows from the law alone."""
        return {t: Derivation(self.rules[rule], *place) for t, rule, *place in marshal.loads(self.inferred)}

    @cached_property
    def store(self) -> Store:
        """The same triples for SPARQL."""
        from pyoxigraph import RdfFormat, Store

        store = Store()
        text = "\n".join(map(line, (*self.triples, *self.drawn)))
        store.bulk_load(text.encode(), format=RdfFormat.N_TRIPLES)
        return store

    @cached_property
    def labels(self) -> dict[Term, str]:
        """The English label of each node that has one."""
        with self.lock:
            found: dict[Term, str] = {}
            for subject, labels in self.index.table(LABEL)[0].items():
                for label in labels:
                    # A case may be in the index, too; only what the knowledge itself says is kept.
                    if is_literal(label) and parts(label)[1] in ("", "en") and (subject, LABEL, label) in self.triples:
                        found[subject] = parts(label)[0]
            return found

    @cached_property
    def names(self) -> dict[str, str]:
        """The same labels by local name, which is what an assessment uses."""
        nodes = ((node[1:-1], label) for node, label in self.labels.items() if is_iri(node))
        return {iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]: label for iri, label in nodes}

    def objects(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Objects of an ontology property of a node of the knowledge, in a fixed order."""
        key = (subject, name)
        found = self._objects.get(key)
        if found is None:
            # While another thread draws conclusions, the index holds that case too.
            with self.lock:
                found = self._objects[key] = tuple(sorted(self.index.objects(subject, ans(name))))
        return found

    def types(self, subject: Term) -> frozenset[Term]:
        """Classes of a node of the knowledge."""
        found = self._types.get(subject)
        if found is None:
            with self.lock:
                found = self._types[subject] = frozenset(self.index.objects(subject, TYPE))
        return found

    def wider(self, cls: Term) -> frozenset[Term]:
        """Every class that a class of the ontology lies below."""
        found = self._wider.get(cls)
        if found is None:
            above = {c for c in self.index.objects(cls, SUBCLASS) if is_iri(c) and c != cls}
            found = self._wider[cls] = frozenset(above.union(*(self.wider(c) for c in above)))
        return found

    @contextmanager
    def extended(self, triples: Iterable[Triple]) -> Iterator[Store]:
        """The store with further triples for as long as the block lasts."""
        from pyoxigraph import Quad

        given = self.triples
        more = [t for t in dict.fromkeys(triples) if t not in given and t not in self.drawn]
        added = [Quad(*written(triple)) for triple in more]
        with self.lock:
            self.store.extend(added)
            try:
                yield self.store
            finally:
                for quad in added:
                    self.store.remove(quad)


@contextmanager
def uncollected() -> Iterator[None]:
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
    """The rooms of this installation, read once a process, from a cache while no file has changed.

    Raises:
        InputError: naming the file and the place, where one of them cannot be read.
    """
    with uncollected():
        known = _known()
    gc.freeze()  # The law stays as long as the process; a collector that walks it costs a quarter of an assessment.
    return known


def _known() -> Knowledge:
    cached = cache_file(f"knowledge-{_digest()}")
    if cached.exists():
        try:
            return _restore(cached.read_bytes())
        except (EOFError, ValueError, TypeError, KeyError, IndexError):
            pass
    kept = _build()
    write_cache(cached, kept)
    forget_older(cached, "knowledge-*")
    return _restore(kept)


def _digest() -> str:
    """What the knowledge is built from: the rooms, and the modules that read them."""
    files = [
        p
        for room, ending in (("ontology", ".ttl"), ("data", ".ttl"), ("reasoner", ".rq"))
        for p in rooms.files(room, ending)
    ]
    code = [Path(__file__).with_name(f"{name}.py") for name in ("engine", "owl", "plans", "rules", "terms")]
    return digest((*files, *code))


def _build() -> bytes:
    """Everything that can be known before a case: read, compiled, drawn and marshalled."""
    from pyoxigraph import Store

    from answerable.owl import compile_ontology
    from answerable.terms import read_triple

    ontology, law = (
        [q for path in rooms.files(name, ".ttl") for q in rooms.turtle(path)] for name in ("ontology", "data")
    )
    store = Store()
    store.bulk_extend(ontology)
    rules = (*compile_ontology(store), *load_rules(rooms.files("reasoner", ".rq"), rooms.room("reasoner")))
    strata = stratify(list(rules))
    stated = dict.fromkeys(read_triple(quad.triple) for quad in (*ontology, *law))
    code = plans.compiled(rules)
    index = Index()
    index.add(stated)
    draws = dict(zip((rule.path for rule in rules), plans.load(code, index), strict=True))
    index.inverted = None  # Readers look up whatever the law says from both ends.
    lawful = ((tuple(r for r in s.rules if r.layer == 1 and not r.denies), s.recursive) for s in strata)
    by_law = Inference([Stratum(*s) for s in lawful if s[0]], Compiled(index, draws), all_keys(stated))
    by_law.facts = set(stated)
    by_law.draw()
    alike = norms_that_apply_alike(index)
    index.add(alike)
    numbers = {rule.path: n for n, rule in enumerate(rules)}
    return marshal.dumps(
        (
            index.forward,
            index.backward,
            tuple(_plain(rule) for rule in rules),
            tuple((tuple(numbers[r.path] for r in s.rules), s.recursive) for s in strata),
            code,
            tuple(by_law.present | all_keys(alike)),
            marshal.dumps((*stated, *alike)),
            marshal.dumps(tuple((t, numbers[d.rule.path], d.stratum, d.number) for t, d in by_law.drawn.items())),
        )
    )


def _plain(rule: Rule) -> tuple[Any, ...]:
    """A rule as tuples of text."""
    values = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    values["branches"] = tuple(tuple(getattr(b, n) for n in Branch.__dataclass_fields__) for b in rule.branches)
    return tuple(values.values())


BRANCHES = list(Rule.__dataclass_fields__).index("branches")


def _restore(kept: bytes) -> Knowledge:
    forward, backward, plain, order, code, present, stated, inferred = marshal.loads(kept)
    rules = []
    for values in plain:
        parts_of = list(values)
        parts_of[BRANCHES] = tuple(Branch(*branch) for branch in values[BRANCHES])
        rules.append(Rule(*parts_of))
    index = Index()
    index.forward, index.backward = forward, backward
    lasting = frozenset(predicate for predicate, table in forward.items() if table)
    draws = dict(zip((rule.path for rule in rules), plans.load(code, index), strict=True))
    strata = tuple(Stratum(tuple(rules[n] for n in numbers), recursive) for numbers, recursive in order)
    return Knowledge(
        index,
        tuple(rules),
        strata,
        draws,
        frozenset(present),
        stated,
        inferred,
        predicates=lasting,
        code=code,
    )


SIGNATURE = ("isPartOf", "hasBearerRole", "hasCondition", "hasException", "isSubjectTo", "hasApplicationPeriod")


def norms_that_apply_alike(index: Index) -> list[Triple]:
    """Which norms share bearer, conditions, exceptions, transitional rules and periods: one is tested for all."""
    groups: dict[tuple[frozenset[Term], ...], list[Term]] = {}
    for norm in index.subjects(TYPE, ans("TestedNorm")):
        if is_iri(norm):
            signature = tuple(frozenset(index.objects(norm, ans(name))) for name in SIGNATURE)
            groups.setdefault(signature, []).append(norm)
    alike: list[Triple] = []
    for norms in groups.values():
        model = min(norms)
        alike.append((model, ans("isModelNorm"), TRUE))
        alike += [(norm, ans("appliesLike"), model) for norm in norms]
    return alike


@dataclass
class Run:
    """One pass of one record of a case through the layers."""

    base: Knowledge
    facts: frozenset[Triple]
    drawn: dict[Triple, Derivation]
    before: Run | None = None
    """The run from which this one was drawn on, and what it reads of predicates that have not been touched since."""
    touched: Set[Term] = frozenset()
    memory: dict[object, Any] = field(default_factory=dict)
    """What readers have made of this run and another, with what they had read; shared with the run before."""
    _asked: set[Term] = field(default_factory=set)
    _by_predicate: dict[Term, list[Triple]] = field(default_factory=dict)
    _by_subject: dict[Term, dict[Term, list[Term]]] = field(default_factory=dict)

    def read(self, predicate: Term) -> dict[Term, list[Term]]:
        """Subjects to objects of a predicate, among facts and conclusions (not the law's own triples)."""
        found = self._by_subject.get(predicate)
        if found is None and self.before is not None and predicate not in self.touched:
            found = self.before._by_subject.get(predicate)
            if found is not None:
                self._by_subject[predicate] = found
        if found is None:
            if not self._by_predicate:
                self._gather()
            found = self._by_subject[predicate] = {}
            for subject, _, obj in self._by_predicate.get(predicate, ()):
                found.setdefault(subject, []).append(obj)
        return found

    def _gather(self) -> None:
        """Sort the triples by predicate; what nothing has touched since the run before, that one has sorted."""
        by_predicate, touched = self._by_predicate, self.touched
        earlier = self.before._by_predicate if self.before is not None else {}
        by_predicate.update((p, triples) for p, triples in earlier.items() if p not in touched)
        triples: Iterable[Triple] = (*self.facts, *self.drawn)
        for triple in (t for t in triples if t[1] in touched) if earlier else triples:
            known = by_predicate.get(triple[1])
            if known is None:
                by_predicate[triple[1]] = [triple]
            else:
                known.append(triple)

    @property
    def consulted(self) -> Set[Term]:
        """The predicates that readers have looked at."""
        return self._by_subject.keys() | self._asked

    def pairs(self, predicate: Term) -> list[tuple[Term, Term]]:
        """Subjects and objects of a predicate, as ``read`` has them."""
        return [(subject, obj) for subject, objects in self.read(predicate).items() for obj in objects]

    def objects(self, subject: Term, predicate: Term) -> list[Term]:
        """Objects of a subject's predicate, among facts and conclusions."""
        return self.read(predicate).get(subject, [])

    @cached_property
    def stated(self) -> dict[Term, list[Triple]]:
        """The facts by subject."""
        found: dict[Term, list[Triple]] = {}
        for triple in self.facts:
            found.setdefault(triple[0], []).append(triple)
        return found

    def holds(self, triple: Triple) -> bool:
        self._asked.add(triple[1])
        return triple in self.drawn or triple in self.facts

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """A store with this run's facts and conclusions in it."""
        with self.base.extended((*self.facts, *self.drawn)) as store:
            yield store


@contextmanager
def drawing(base: Knowledge | None = None) -> Iterator[Callable[[Iterable[Triple]], Run]]:
    """A function that runs facts through the layers; from the second call on, only what changed runs again."""
    base = base or knowledge()
    with base.lock, uncollected():
        inference = Inference(base.strata, Compiled(base.index, base.draws), base.present)
        try:
            yield Resident(base, inference).draw
        finally:
            base.index.forget((*inference.facts, *inference.drawn), base.predicates)


class Resident:
    """An inference that goes on from one run to the next."""

    def __init__(self, base: Knowledge, inference: Inference) -> None:
        self.base, self.inference = base, inference
        self.last: Run | None = None

    def draw(self, facts: Iterable[Triple]) -> Run:
        """Run facts through the layers; only what has changed since the last run is drawn again."""
        touched = self.inference.state(facts)
        before, self.last = self.last, Run(self.base, frozenset(self.inference.facts), dict(self.inference.drawn))
        if before is not None:
            # What an older run has read is passed on; the run itself is not kept for it.
            before.before = None
            self.last.before, self.last.touched, self.last.memory = before, touched, before.memory
        return self.last


def runs(case: str, records: Sequence[Iterable[Triple]]) -> list[Run]:
    """The runs of the records of a case, in this order.

    A case that is asked again (another day, another position) keeps an inference for each record, with an index of its
    own, in which only what the question changes is drawn again. The last such case is kept.
    """
    base = knowledge()
    with base.lock, uncollected():
        if base.residents is None or base.residents[0] != case:
            again, base.asked = base.asked == case, case
            base.residents = None
            if not again:
                with drawing(base) as draw:
                    return [draw(record) for record in records]
            base.residents = case, [base.resident() for _ in records]
        kept = zip(base.residents[1], records, strict=True)
        found = [resident.draw(record) for resident, record in kept]
        return found


def run(facts: Iterable[Triple], base: Knowledge | None = None) -> Run:
    """Draw every conclusion from the facts (a record of a case, the as-of day, positions taken)."""
    with drawing(base) as draw:
        return draw(facts)
