"""HermiT over the ontology: no contradiction, no empty class, and real contradictions are found."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from answerable.consistency import check_consistency
from answerable.iris import ANS

PREFIXES = """
PREFIX ans: <https://w3id.org/answerable/ontology#>
PREFIX case: <https://w3id.org/answerable/case/test/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
CASE = "https://w3id.org/answerable/case/test/"


def graph(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)]


def test_ontology_is_consistent_and_every_class_can_have_members() -> None:
    report = check_consistency()
    assert report.consistent
    assert report.unsatisfiable == []


def test_definitions_classify_a_value_chain() -> None:
    report = check_consistency(
        graph("""
        case:foundation a ans:GPAIModel .
        case:service a ans:AIService ; ans:offers case:foundation .
        case:tuned a ans:AIModel ; ans:isDerivedFrom case:foundation .
        case:assistant a ans:AISystem ; ans:hasIntendedPurpose ans:GeneralPurpose ;
            ans:integrates case:tuned, case:service .
        case:scoring a ans:Scoring ; ans:isPerformedOnBehalfOf case:bank ; ans:occursOn "2026-01-12"^^xsd:date .
        case:ticket a ans:Contract ; ans:hasContractParty case:passenger .
        case:passenger a ans:Consumer .
        case:meant ans:states ans:Consumer ; ans:hasSubject case:bank .
        # HermiT cannot read these literals, and they are left out.
        case:case a ans:Case ; ans:hasDefaultDay "2026-11-20"^^xsd:date ; ans:hasExpectation "{}"^^rdf:JSON .
        """)
    )
    inferred = {iri.removeprefix(CASE): {c.removeprefix(ANS) for c in found} for iri, found in report.types.items()}
    assert report.consistent
    assert "ModelAsAService" in inferred["service"]
    assert "DerivedModel" in inferred["tuned"]
    assert {"GPAISystem", "ServiceDependentSystem", "Matter"} <= inferred["assistant"]
    assert {"ProcessingOnBehalf", "Activity", "Matter"} <= inferred["scoring"]
    assert "ConsumerContract" in inferred["ticket"]
    assert "Circumstance" in inferred["meant"]
    assert "Case" in inferred["case"]


@pytest.mark.parametrize(
    "turtle",
    [
        "case:score a ans:AISystem . case:harm a ans:Harm ; ans:isSufferedBy case:score .",
        'case:bank ans:hasTurnover "much" .',
    ],
)
def test_contradiction_is_found(turtle: str) -> None:
    assert not check_consistency(graph(turtle)).consistent


def test_empty_class_is_found() -> None:
    report = check_consistency(graph("ans:Chimera rdfs:subClassOf ans:Harm, ans:Clause ."))
    assert report.consistent
    assert report.unsatisfiable == [f"{ANS}Chimera"]
