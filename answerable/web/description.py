"""What the endpoint says of itself: a service description (SPARQL 1.1) and a description of the dataset (VoID)."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, VOID, XSD

from answerable import __version__, dataset
from answerable.iris import BASE
from answerable.web.negotiation import GRAPHS, TABLES

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
COUNT = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
"""How many statements each named graph has."""


def description(base: str, counts: Mapping[str, int], writable: bool) -> Graph:
    """The service, its dataset and its named graphs.

    Args:
        base: the address of the service, such as http://127.0.0.1:8000.
        counts: statements by the IRI of a named graph.
        writable: whether updates are taken.
    """
    found = Graph()
    for prefix, space in (("sd", SD), ("void", VOID), ("dct", DCTERMS)):
        found.bind(prefix, space)
    service, data, default = URIRef(f"{base}/sparql#service"), URIRef(f"{base}/.well-known/void#dataset"), BNode()
    found.add((service, RDF.type, SD.Service))
    found.add((service, SD.endpoint, URIRef(f"{base}/sparql")))
    for language in (SD.SPARQL10Query, SD.SPARQL11Query, *([SD.SPARQL11Update] if writable else [])):
        found.add((service, SD.supportedLanguage, language))
    for iri in (*(media.iri for media in TABLES.values()), *(media.iri for media in GRAPHS.values())):
        found.add((service, SD.resultFormat, URIRef(iri)))
    found.add((service, SD.defaultDataset, data))
    for kind in (SD.Dataset, VOID.Dataset):
        found.add((data, RDF.type, kind))
    found.add((data, DCTERMS.title, Literal("Answerable: who answers for the harm of an AI system", lang="en")))
    found.add((data, DCTERMS.license, LICENCE))
    found.add((data, DCTERMS.hasVersion, Literal(__version__)))
    found.add((data, VOID.sparqlEndpoint, URIRef(f"{base}/sparql")))
    found.add((data, VOID.uriSpace, Literal(BASE)))
    found.add((data, SD.defaultGraph, default))
    found.add((default, RDF.type, SD.Graph))
    found.add((default, DCTERMS.description, Literal("every named graph, each statement once", lang="en")))
    says = dataset.graphs()
    for name, triples in sorted(counts.items()):
        entry, graph = BNode(), URIRef(f"{name}#graph" if "#" not in name else f"{name}-graph")
        found.add((data, SD.namedGraph, entry))
        found.add((entry, RDF.type, SD.NamedGraph))
        found.add((entry, SD.name, URIRef(name)))
        found.add((entry, SD.graph, graph))
        for kind in (SD.Graph, VOID.Dataset):
            found.add((graph, RDF.type, kind))
        found.add((graph, VOID.triples, Literal(triples, datatype=XSD.integer)))
        if (about := says.get(name.removeprefix(dataset.GRAPH))) is not None:
            found.add((graph, DCTERMS.description, Literal(about, lang="en")))
        found.add((data, VOID.subset, graph))
    return found
