"""Proofs: a conclusion walked down to stated facts, provisions and absences, by re-running the rules that drew it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as Choice

from answerable.engine import Derivation, Run
from answerable.iris import ANS, ASSESSMENT, POSITION
from answerable.quantities import Quantity, shown
from answerable.rules import Branch, Pattern, Rule
from answerable.terms import Term, Triple, is_iri, lexical, line
from answerable.words import Words

if TYPE_CHECKING:
    from pyoxigraph import Store

ProofKind = Choice["rule", "axiom", "fact", "law", "absence", "day", "position", "amount", "unknown"]


@dataclass
class ProofNode:
    """A conclusion and what it rests on, down to facts and law; ``triples`` in N-Triples syntax."""

    conclusion: str
    kind: ProofKind
    rule: str = ""
    says: str = ""
    cites: list[str] = field(default_factory=list)
    source: str = ""
    standing: str = ""
    triples: list[str] = field(default_factory=list)
    premises: list[ProofNode] = field(default_factory=list)


def walk(node: ProofNode) -> Iterator[ProofNode]:
    """A proof's node and everything below it."""
    yield node
    for premise in node.premises:
        yield from walk(premise)


def loose_ends(node: ProofNode) -> list[ProofNode]:
    """Nodes at which a proof does not close: no citation, no standing, or a rule without premises."""
    return [
        n
        for n in walk(node)
        if (n.kind in ("rule", "axiom", "law") and not n.cites)
        or (n.kind == "rule" and not n.premises)
        or (n.kind == "fact" and not n.standing)
    ]


def proof_id(triple: Triple) -> str:
    """The id under which an assessment refers to the proof of a conclusion."""
    return "p" + hashlib.blake2s(" ".join(triple).encode(), digest_size=5).hexdigest()


class Unprovable(Exception):
    """A triple that neither the record nor the law states and no rule draws."""


class Prover:
    """Proves triples of one run; ``store`` holds the run's facts and conclusions (``Run.opened``)."""

    def __init__(self, run: Run, store: Store, words: Words) -> None:
        self.run = run
        self.store = store
        self.words = words
        self._memo: dict[tuple[str, str], ProofNode] = {}
        self._steps: dict[Triple, tuple[tuple[str, str], Rule, Branch, dict[str, Term]]] = {}

    def prove(self, triple: Triple) -> ProofNode:
        """The proof of a triple.

        Raises:
            Unprovable: where there is none.
        """
        leaf = self._leaf([triple])
        if leaf is not None:
            return leaf
        key, rule, branch, bindings = self._step(triple)
        if key in self._memo:
            return self._memo[key]
        premises = [_ground(p, bindings) for p in branch.patterns]
        premises += self._inner(branch, rule, bindings)
        node = ProofNode(
            conclusion=self.words.statement(triple),
            kind="axiom" if rule.id.startswith("classes/owl/") else "rule",
            rule=rule.id,
            says=self.words.sentence(rule.because, bindings),
            cites=list(rule.cites),
            triples=[line(_ground(t, bindings)) for t in rule.template if _bound(t, bindings)],
            premises=[],
        )
        self._memo[key] = node
        node.premises.extend([*self._premises(premises), *self._absences(branch, bindings)])
        return node

    def count(self, quantity: Quantity) -> ProofNode:
        """How a quantity was counted: its formula, then each input down to a fact, a provision or a question."""
        if quantity.triple is not None:
            return self.prove(quantity.triple)
        value = amount_in_words(quantity)
        if quantity.operation == "unknown":
            return ProofNode(conclusion=f"{quantity.name}: nobody has stated it", kind="unknown", says=quantity.ask)
        premises = [self.count(q) for q in quantity.inputs if q.operation != "constant"]
        cites = self.words.citations(quantity.rule) if quantity.rule is not None else []
        source = self.words.verification(quantity.rule) if quantity.rule is not None else ""
        named = quantity.inputs[0].name if quantity.operation == "sum" and len(quantity.inputs) == 1 else ""
        return ProofNode(
            conclusion=f"{quantity.name}: {value}",
            kind="amount",
            rule=lexical(quantity.rule) if quantity.rule is not None else "",
            says=f"it is {named or quantity.formula}",
            cites=cites,
            source=source,
            premises=premises,
        )

    # -- one step

    def _derivation(self, triple: Triple) -> tuple[Derivation, tuple[int, int, int]] | None:
        if triple in self.run.drawn:
            derivation = self.run.drawn[triple]
            return derivation, (1, *derivation[1:])
        if triple in self.run.base.drawn:
            derivation = self.run.base.drawn[triple]
            return derivation, (0, *derivation[1:])
        return None

    def _order(self, triple: Triple) -> tuple[int, int, int]:
        if triple in self.run.facts or triple in self.run.base.triples:
            return (-1, 0, 0)
        found = self._derivation(triple)
        if found is None:
            raise Unprovable(line(triple))
        return found[1]

    def _step(self, triple: Triple) -> tuple[tuple[str, str], Rule, Branch, dict[str, Term]]:
        if triple in self._steps:
            return self._steps[triple]
        found = self._derivation(triple)
        if found is None:
            raise Unprovable(line(triple))
        derivation, order = found
        rule = derivation.rule
        for pattern in rule.template:
            wanted = _unify(pattern, triple)
            if wanted is None:
                continue
            for branch, bindings in self._solutions(rule, wanted):
                try:
                    if all(self._order(_ground(p, bindings)) < order for p in branch.patterns):
                        shown = sorted(bindings.items())
                        step = ((rule.path, repr(shown)), rule, branch, bindings)
                        self._steps[triple] = step
                        return step
                except Unprovable:
                    continue
        raise Unprovable(f"{triple} (drawn by {rule.path})")

    def _solutions(self, rule: Rule, wanted: dict[str, Term]) -> Iterator[tuple[Branch, dict[str, Term]]]:
        for branch in rule.branches:
            given = {k: v for k, v in wanted.items() if k not in branch.computed}
            made = {k: v for k, v in wanted.items() if k in branch.computed}
            condition = " ".join(f"FILTER({k} = {v})" for k, v in made.items())
            variables = {t for p in branch.patterns for t in p if t.startswith("?")} | set(branch.computed)
            values = ""
            if given:
                values = f"VALUES ({' '.join(given)}) {{ ({' '.join(given.values())}) }}"
            results = self.store.query(rule.select(condition, values))
            names = [v.value for v in results.variables]  # type: ignore[union-attr]
            for solution in results:  # type: ignore[union-attr]
                bindings = {f"?{n}": str(solution[n]) for n in names if solution[n] is not None}
                if variables <= set(bindings):
                    yield branch, bindings

    def _inner(self, branch: Branch, rule: Rule, bindings: dict[str, Term]) -> list[Triple]:
        if not branch.inner:
            return []
        own = {t for p in branch.inner_patterns for t in p if t.startswith("?")}
        given = {k: v for k, v in bindings.items() if k in own and k not in branch.computed}
        values = f"VALUES ({' '.join(given)}) {{ ({' '.join(given.values())}) }}" if given else ""
        results = self.store.query(f"{rule.prologue}\nSELECT * WHERE {{ {values} {branch.inner} }}")
        names = [v.value for v in results.variables]  # type: ignore[union-attr]
        triples: list[Triple] = []
        for solution in results:  # type: ignore[union-attr]
            row = {f"?{n}": str(solution[n]) for n in names if solution[n] is not None}
            triples += [_ground(p, row) for p in branch.inner_patterns]
        return list(dict.fromkeys(triples))

    # -- premises

    def _premises(self, triples: Iterable[Triple]) -> list[ProofNode]:
        """Premises, those of one record or one provision or one step shown once."""
        leaves: dict[str, list[Triple]] = {}
        nodes: list[ProofNode | str] = []
        seen: set[int] = set()
        for triple in dict.fromkeys(triples):
            if triple in self.run.facts or triple in self.run.base.triples:
                group = triple[0]
                if group not in leaves:
                    nodes.append(group)
                leaves.setdefault(group, []).append(triple)
                continue
            node = self.prove(triple)
            if id(node) not in seen:
                seen.add(id(node))
                nodes.append(node)
        result: list[ProofNode] = []
        for item in nodes:
            leaf = self._leaf(leaves[item]) if isinstance(item, str) else item
            assert leaf is not None
            result.append(leaf)
        return result

    def _leaf(self, triples: list[Triple]) -> ProofNode | None:
        first = triples[0]
        text = "; ".join(self.words.statement(t) for t in triples)
        shown = [line(t) for t in triples]
        subject = lexical(first[0]) if is_iri(first[0]) else ""
        if first in self.run.facts:
            if subject == ASSESSMENT:
                return ProofNode(conclusion=f"as of {self.words.name(first[2])}", kind="day", triples=shown)
            if subject.startswith(POSITION):
                source = self.words.name(first[0])
                return ProofNode(conclusion=text, kind="position", triples=shown, source=source)
            standing, source = self.words.standing(first[0]), self.words.source(first[0])
            return ProofNode(conclusion=text, kind="fact", standing=standing, source=source, triples=shown)
        if first in self.run.base.triples:
            cites = self.words.citations(first[0])
            kind: ProofKind = "axiom" if subject.startswith(ANS) or not subject else "law"
            checked = self.words.verification(first[0])
            return ProofNode(conclusion=text, kind=kind, cites=cites, triples=shown, source=checked)
        return None

    def _absences(self, branch: Branch, bindings: dict[str, Term]) -> list[ProofNode]:
        result = []
        for pattern in branch.negated:
            subject, predicate, obj = (self._show(t, bindings) for t in pattern)
            text = f"nothing on the record says: {subject} {predicate} {obj}"
            result.append(ProofNode(conclusion=text, kind="absence"))
        return result

    def _show(self, term: str, bindings: dict[str, Term]) -> str:
        if term.startswith("?"):
            return self.words.name(bindings[term]) if term in bindings else "anything"
        return self.words.name(term)


def amount_in_words(quantity: Quantity) -> str:
    """A quantity as people write it: a figure, a range, or what it is at least."""
    low = f"{shown(quantity.low):,f}"
    if quantity.is_known:
        words = low
    elif quantity.high is None:
        words = f"{low} or more" if quantity.low else "not known"
    else:
        words = f"{low} to {shown(quantity.high):,f}"
    return f"{quantity.currency} {words}".strip()


def _bound(pattern: Pattern, bindings: dict[str, Term]) -> bool:
    return all(t in bindings for t in pattern if t.startswith("?"))


def _ground(pattern: Pattern, bindings: dict[str, Term]) -> Triple:
    subject, predicate, obj = (bindings[t] if t.startswith("?") else t for t in pattern)
    return subject, predicate, obj


def _unify(pattern: Pattern, triple: Triple) -> dict[str, Term] | None:
    bindings: dict[str, Term] = {}
    for term, value in zip(pattern, triple, strict=True):
        if term.startswith("?"):
            if bindings.setdefault(term, value) != value:
                return None
        elif term != value:
            return None
    return bindings
