"""The compiled validator and pySHACL say the same of any shapes and any data.

Comparisons of values are left to the W3C suite and to hand-picked cases: rdflib, on which pySHACL rests, puts what
cannot be compared in an order of its own, where the specification has a violation.
"""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.shacl import Plan, Report, validate
from answerable.terms import Triple, read_triple, written

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def turtle(text: str) -> list[Triple]:
    return [read_triple(q.triple) for q in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def rows(report: Report) -> Counter[tuple[str, ...]]:
    """Results without the labels of shapes that have no name, and without how often a shared one is reached."""
    return Counter(
        {
            (r.focus, r.path, r.value, r.component, "" if r.shape.startswith("_:") else r.shape, r.severity): 1
            for r in report.results
        }
    )


def kind(constraint: str) -> str:
    """The component: most may be given once only."""
    return constraint.split(" ")[0]


NODES = ["ex:a", "ex:b", "ex:c", "_:d"]
LITERALS = ['"1"', '"abc"', "1", "2.5", '"x"@en', '"y"@de-AT', '"2026-01-02"^^xsd:date', '"no"^^xsd:integer', "true"]
LITERALS += ['"2026-01-02T10:00:00Z"^^xsd:dateTime', '"2026-01-02T10:00:00"^^xsd:dateTime', '"3"^^xsd:byte']
PROPERTIES = ["ex:p", "ex:q"]
data = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from([*PROPERTIES, "a"]), st.sampled_from(NODES + LITERALS)).map(
        lambda t: " ".join(
            ("ex:C" if t[1] == "a" and t[2][0] in '"1t2' else t[2]) if n == 2 else t[n] for n in range(3)
        )
    ),
    max_size=14,
).map(lambda lines: " .\n".join([*lines, "ex:a a ex:C", "ex:D rdfs:subClassOf ex:C", "ex:b a ex:D"]) + " .")

plain_path = st.sampled_from(PROPERTIES)
path = st.one_of(
    plain_path,
    plain_path.map(lambda p: f"[ sh:inversePath {p} ]"),
    st.just("( ex:p ex:q )"),
    st.just("( [ sh:inversePath ex:p ] ex:q )"),
    st.just("[ sh:alternativePath ( ex:p ex:q ) ]"),
    plain_path.map(lambda p: f"[ sh:zeroOrMorePath {p} ]"),
    plain_path.map(lambda p: f"[ sh:oneOrMorePath {p} ]"),
    plain_path.map(lambda p: f"[ sh:zeroOrOnePath {p} ]"),
)
value = st.sampled_from(NODES[:3] + LITERALS[:6])
simple = st.one_of(
    st.sampled_from(["xsd:string", "xsd:integer", "xsd:date", "xsd:byte", "xsd:dateTime"]).map("sh:datatype {}".format),
    st.sampled_from(["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "IRIOrLiteral"]).map("sh:nodeKind sh:{}".format),
    st.sampled_from(["ex:C", "ex:D"]).map("sh:class {}".format),
    st.tuples(st.sampled_from(["min", "max"]), st.integers(0, 4)).map(lambda t: f"sh:{t[0]}Length {t[1]}"),
    st.sampled_from(['sh:pattern "^a"', 'sh:pattern "B" ; sh:flags "i"', 'sh:pattern "/b$"']),
    st.just('sh:languageIn ( "en" "de" )'),
    value.map("sh:hasValue {}".format),
    st.lists(value, min_size=1, max_size=3, unique=True).map(lambda v: f"sh:in ( {' '.join(v)} )"),
    st.sampled_from(["equals", "disjoint"]).map("sh:{} ex:q".format),
)
only_property = st.one_of(
    st.tuples(st.sampled_from(["min", "max"]), st.integers(0, 2)).map(lambda t: f"sh:{t[0]}Count {t[1]}"),
    st.just("sh:uniqueLang true"),
)


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    node = st.lists(inner, min_size=1, max_size=2, unique_by=kind).map(lambda c: f"[ {' ; '.join(c)} ]")
    return st.one_of(
        node.map("sh:node {}".format),
        node.map("sh:not {}".format),
        st.tuples(st.sampled_from(["and", "or", "xone"]), st.lists(node, min_size=1, max_size=2)).map(
            lambda t: f"sh:{t[0]} ( {' '.join(t[1])} )"
        ),
        st.tuples(path, st.lists(st.one_of(inner, only_property), min_size=1, max_size=2, unique_by=kind)).map(
            lambda t: f"sh:property [ sh:path {t[0]} ; {' ; '.join(t[1])} ]"
        ),
        st.tuples(path, node, st.sampled_from(["Min", "Max"]), st.integers(0, 2)).map(
            lambda t: f"sh:property [ sh:path {t[0]} ; sh:qualifiedValueShape {t[1]} ; sh:qualified{t[2]}Count {t[3]} ]"
        ),
    )


constraint = st.recursive(simple, nested, max_leaves=4)
target = st.sampled_from(
    [
        "sh:targetNode ex:a, ex:e",
        "sh:targetClass ex:C",
        "sh:targetSubjectsOf ex:p",
        "sh:targetObjectsOf ex:p",
        'sh:targetNode "abc"',
    ]
)
extra = st.sampled_from(
    [
        "",
        "sh:severity sh:Warning ; ",
        'sh:message "why"@en ; ',
        "sh:closed true ; sh:ignoredProperties ( rdfs:label ) ; ",
    ]
)
shapes = st.tuples(target, extra, st.lists(constraint, min_size=1, max_size=3, unique_by=kind)).map(
    lambda t: f"ex:S a sh:NodeShape ; {t[0]} ; {t[1]}{' ; '.join(t[2])} ."
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(shapes, data)
def test_both_validators_agree_on_anything(shapes: str, data: str) -> None:
    ours = validate(turtle(data), turtle(shapes), "compiled")
    theirs = validate(turtle(data), turtle(shapes), "pyshacl")
    assert rows(ours) == rows(theirs)


DATA = """
ex:a a ex:C ; ex:p ex:b, ex:c ; ex:q "one"@en, "two"@en .
ex:b ex:p ex:a . ex:c ex:r 1 .
"""


@pytest.mark.parametrize(
    ("shapes", "count"),
    [
        ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:deactivated true ; sh:nodeKind sh:Literal .", 0),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:uniqueLang true ] .", 1),
        ("ex:S a sh:NodeShape ; sh:targetNode ex:c ; sh:closed true .", 1),
        (
            "ex:S sh:targetNode ex:a ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:maxCount 2 ] .",
            1,
        ),
        ("ex:C a rdfs:Class, sh:NodeShape ; sh:nodeKind sh:Literal .", 1),
        # pySHACL does not walk a sequence backwards.
        ("ex:S sh:targetNode ex:a ; sh:property [ sh:path [ sh:inversePath ( ex:p ex:p ) ] ; sh:maxCount 0 ] .", 1),
        # What cannot be compared is a violation.
        ("ex:S a sh:NodeShape ; sh:targetObjectsOf ex:r ; sh:minExclusive '2026-01-02'^^xsd:date .", 1),
        ("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:lessThanOrEquals ex:p ] .", 4),
        ("ex:S sh:targetNode ex:c ; sh:property [ sh:path ex:r ; sh:lessThan ex:r ] .", 1),
        ("ex:S sh:targetNode ex:c ; sh:property [ sh:path ex:r ; sh:lessThanOrEquals ex:r ] .", 0),
    ],
)
def test_hand_picked(shapes: str, count: int) -> None:
    report = validate(turtle(DATA), turtle(shapes), "compiled")
    assert len(report.results) == count and report.conforms == (count == 0)


def test_recursion_and_sparql_go_to_pyshacl_and_the_report_says_so() -> None:
    recursive = turtle("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ] .")
    assert Plan(recursive).uncompiled == ["recursion"]
    with pytest.raises(InputError, match="recursion"):
        validate(turtle(DATA), recursive, "compiled")
    sparql = turtle(
        'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o }" ] .'
    )
    report = validate(turtle(DATA), sparql)
    assert report.engine == "pyshacl" and "sh:sparql" in report.why and not report.conforms


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        ("ex:S sh:targetClass ex:C ; sh:property [ sh:minCount 1 ] .", "path"),
        ("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p, ex:q ; sh:minCount 1 ] .", "one sh:path"),
        ('ex:S sh:targetClass ex:C ; sh:pattern "(" .', "regular expression"),
        ("ex:S sh:targetClass ex:C ; sh:in ex:p .", "RDF list"),
        ("ex:S sh:targetClass ex:C ; sh:minCount 1 .", "property shape"),
        ("ex:S sh:targetClass ex:C ; sh:minLength 1, 2 .", "once"),
    ],
)
def test_ill_formed_shapes_are_an_input_error(shapes: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        validate(turtle(DATA), turtle(shapes))


def test_a_store_and_its_statements_give_the_same_report() -> None:
    shapes = turtle(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:class ex:C ] ."
    )
    store = ox.Store()
    store.extend(ox.Quad(*written(triple)) for triple in turtle(DATA))
    assert rows(validate(store, shapes)) == rows(validate(turtle(DATA), shapes))
    assert len(validate(store, shapes).results) == 3


def test_the_report_is_turtle_that_can_be_read_again() -> None:
    shapes = turtle(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "
        'sh:property [ sh:path ( ex:p ex:p ) ; sh:nodeKind sh:Literal ; sh:message "a word"@en ] .'
    )
    report = validate(turtle(DATA), shapes)
    again = [read_triple(q.triple) for q in ox.parse(report.turtle(), format=ox.RdfFormat.TURTLE)]
    paths = [o for _, p, o in again if p.endswith("#resultPath>")]
    assert {Plan(again).path(p).text for p in paths} == {"(<http://example.org/p>/<http://example.org/p>)"}
    assert '"a word"@en' in [o for _, _, o in again]
