"""The shapes over the ontology: the ontology conforms, and each way of getting a term wrong is seen."""

import pytest
from pyshacl import validate
from rdflib import Graph

from answerable.rooms import files, room

PREFIXES = """
PREFIX ans: <https://w3id.org/answerable/ontology#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
MODULE = """
<https://w3id.org/answerable/ontology/agents> a owl:Ontology ;
    dct:title "x"@en ; dct:description "x"@en ; dct:license <https://example.org/licence> ; owl:versionInfo "1" .
"""
REST = (
    'rdfs:label "x"@en ; skos:definition "x"@en ; skos:example "x"@en ; dct:source "x" ; '
    "rdfs:isDefinedBy <https://w3id.org/answerable/ontology/agents> ."
)
HARM = f"ans:Harm a owl:Class ; {REST}"


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(room("shapes") / "ontology.ttl")


def violations(graph: Graph, shapes: Graph) -> str:
    conforms, _, text = validate(graph, shacl_graph=shapes)
    return "" if conforms else str(text)


def test_ontology_conforms(shapes: Graph) -> None:
    merged = Graph()
    for path in files("ontology", ".ttl"):
        merged.parse(path)
    assert violations(merged, shapes) == ""


def test_good_term_conforms(shapes: Graph) -> None:
    assert violations(Graph().parse(data=PREFIXES + MODULE + HARM, format="turtle"), shapes) == ""


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (HARM.replace('rdfs:label "x"@en ; ', ""), "one English label"),
        (HARM.replace('skos:definition "x"@en ; ', ""), "one English definition"),
        (HARM.replace('skos:example "x"@en ; ', ""), "has an example"),
        (HARM.replace('dct:source "x" ; ', ""), "has a source"),
        (HARM.replace("isDefinedBy <", "isDefinedBy <https://example.org/other>, <"), "one module"),
        (f"ans:harm a owl:Class ; rdfs:subClassOf ans:Harm ; {REST} {HARM}", "UpperCamelCase"),
        (f"ans:Orphan a owl:Class ; {REST}", "named superclass"),
        (f"ans:HasPart a owl:ObjectProperty ; {REST}", "lowerCamelCase"),
        (f"ans:hasPart a owl:ObjectProperty, owl:DatatypeProperty ; {REST}", "one kind only"),
        (f"{HARM} ans:Loss a owl:Class ; rdfs:subClassOf ans:Haarm ; {REST}", "ontology#Haarm is used and not defined"),
        (f"{HARM} ans:Harm ans:hasColour 1 .", "ontology#hasColour is used and not defined"),
        (f"{HARM} ans:Loss a owl:Class ; rdfs:subClassOf ans:Harm .", "ontology#Loss is described and not defined"),
        (HARM.replace("rdfs:label", 'ans:hasQuestion "Is there a loss?"@en ; rdfs:label'), "who can answer"),
    ],
)
def test_wrong_term_is_seen(turtle: str, message: str, shapes: Graph) -> None:
    assert message in violations(Graph().parse(data=PREFIXES + MODULE + turtle, format="turtle"), shapes)
