"""An assessment as a graph: the case and what is established as statements, what is arguable as reported statements.

A reported statement is an `rdf:Statement`, so that loading the graph asserts nothing that is only arguable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from answerable.explain import proofs
from answerable.iris import ANS, BASE
from answerable.records import assessment_triples, prefixes, triples
from answerable.terms import written

if TYPE_CHECKING:
    from answerable.assess import Passes
    from answerable.proofs import ProofNode

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RULE = f"{BASE}rule/"
_TYPE = NamedNode(f"{RDF}type")
_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_CITES = NamedNode("http://purl.org/dc/terms/references")
_SAYS = NamedNode("http://purl.org/dc/terms/description")
_FROM = NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
_RULE = NamedNode("http://www.w3.org/ns/shacl#sourceRule")
_PARTS = tuple(NamedNode(RDF + name) for name in ("subject", "predicate", "object"))
_FORMATS = {"turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}


def serialise(passes: Passes, format: str, with_proofs: bool = False) -> str:
    """The assessment in `turtle` or `jsonld`."""
    graph = dict.fromkeys(statements(passes))
    if with_proofs:
        seen: set[int] = set()
        for node in proofs(passes, passes.conclusions).values():
            graph |= dict.fromkeys(_proof(passes, node, seen))
    return (serialize(graph, format=_FORMATS[format], prefixes=prefixes()) or b"").decode()


def statements(passes: Passes) -> Iterator[Triple]:
    """What the case states, what is established, and what is arguable as reported statements."""
    yield from triples(passes.case, "all")
    yield from assessment_triples(passes.as_of, passes.positions)
    both = passes.settled.drawn.keys() & passes.arguable.drawn.keys()
    either = passes.settled.drawn.keys() | passes.arguable.drawn.keys()
    for triple in sorted(either):
        if triple in both:
            yield written(triple)
        else:
            yield from _reported(passes, [written(triple)], "ArguableConclusion")


def _node(passes: Passes, key: str) -> NamedNode:
    return NamedNode(f"{passes.iri}/statement/{hashlib.blake2s(key.encode(), digest_size=8).hexdigest()}")


def _reported(passes: Passes, about: Iterable[Triple], kind: str) -> Iterator[Triple]:
    for triple in about:
        node = _node(passes, str(triple))
        yield Triple(node, _TYPE, NamedNode(f"{RDF}Statement"))
        yield Triple(node, _TYPE, NamedNode(ANS + kind))
        for part, value in zip(_PARTS, triple, strict=True):
            yield Triple(node, part, value)


def _proof(passes: Passes, step: ProofNode, seen: set[int]) -> Iterator[Triple]:
    node = _step(passes, step)
    if id(step) in seen:
        return
    seen.add(id(step))
    if step.triples:
        yield from _reported(passes, [_read(step.triples[0])], "ReportedConclusion")
    yield Triple(node, _LABEL, Literal(step.conclusion))
    if step.says:
        yield Triple(node, _SAYS, Literal(step.says))
    if step.rule:
        yield Triple(node, _RULE, NamedNode(RULE + step.rule))
    for cited in step.cites:
        yield Triple(node, _CITES, NamedNode(cited) if "://" in cited else Literal(cited))
    for premise in step.premises:
        yield Triple(node, _FROM, _step(passes, premise))
        yield from _proof(passes, premise, seen)


def _step(passes: Passes, step: ProofNode) -> NamedNode:
    return _node(passes, str(_read(step.triples[0])) if step.triples else step.conclusion)


def _read(text: str) -> Triple:
    triple: Triple = next(iter(parse(text, format=RdfFormat.N_TRIPLES))).triple
    return triple
