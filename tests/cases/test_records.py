"""A case as RDF: the two records, and the way back."""

import json
from datetime import date
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple
from pyoxigraph import parse as parse_rdf

from answerable import casefile, records, rooms
from answerable.cases import SECTIONS, Case, canonical, slots
from answerable.errors import InputError

FILES = sorted({*(rooms.room("data") / "cases").glob("*.yaml"), *Path(__file__).parent.rglob("*.yaml")})
TEMPLATE = rooms.room("data") / "templates" / "case.yaml"
BASE = "https://w3id.org/answerable/case/test/"
ANS = "https://w3id.org/answerable/ontology#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def case(text: str) -> Case:
    return casefile.parse("answerable: 1\nid: test\n" + text)


def through_rdflib(made: Case) -> set[Triple]:
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(records.to_jsonld(made)), format="json-ld")
    text = graph.serialize(format="nt")
    return {quad.triple for quad in parse_rdf(text.encode(), format=RdfFormat.N_TRIPLES)}


def subjects(made: Case, record: records.RecordName, as_of: date | None = None) -> set[str]:
    stated = {t.subject.value for t in records.triples(made, record, as_of)}
    return {iri.removeprefix(BASE) for iri in stated if iri.startswith(BASE)}


@pytest.mark.parametrize("path", [TEMPLATE, *FILES], ids=lambda path: path.stem)
def test_there_and_back(path: Path) -> None:
    made = casefile.load(path)
    stated = list(records.triples(made))
    assert records.from_graph(stated) == canonical(made)
    assert through_rdflib(made) == set(stated)


def test_ids_that_are_also_keys_or_prefixes() -> None:
    ids = ["name", "type", "found", "law", "ans", "on", "parties"]
    parties = ", ".join(f"{{id: {name}, type: Organisation}}" for name in ids)
    made = case(f"parties: [{parties}]\nevents: [{{id: use, type: Use, by: [{', '.join(ids)}]}}]")
    assert through_rdflib(made) == set(records.triples(made))


TWO_RECORDS = """
parties: [{id: bank, type: Organisation, units: [{id: team, standing: alleged}]}, {id: bob, type: NaturalPerson}]
events:
  - {id: found, type: Use, by: bank, standing: found, on: 2026-01-01}
  - {id: agreed, type: Use, by: team, on: 2026-06-01}
  - {id: alleged, type: Use, by: bank, standing: alleged}
  - {id: disputed, type: Use, by: bank, standing: disputed}
  - {id: denied, type: Use, by: bank, standing: denied}
harms: [{id: loss, type: EconomicLoss, to: bob, caused_by: alleged}]
circumstances:
  - {id: kept, is: Consumer, of: bob, standing: denied}
  - {id: late, is: Consumer, of: bob, standing: denied, on: 2026-06-01}
"""


def test_settled_and_arguable() -> None:
    made = case(TWO_RECORDS)
    settled = {"bank", "bob", "found", "agreed", "loss", "kept", "late"}
    assert subjects(made, "settled") == settled
    assert subjects(made, "arguable") == settled | {"alleged", "disputed", "team"}
    assert subjects(made, "all") == settled | {"alleged", "disputed", "denied", "team"}


def test_what_comes_later_is_left_out() -> None:
    made = case(TWO_RECORDS)
    assert subjects(made, "settled", date(2026, 5, 31)) == {"bank", "bob", "found", "loss", "kept"}
    assert "agreed" in subjects(made, "settled", date(2026, 6, 1))


def test_denied_circumstance_is_a_stated_no() -> None:
    no = Literal("false", datatype=NamedNode(XSD + "boolean"))
    expected = Triple(NamedNode(BASE + "kept"), NamedNode(ANS + "holds"), no)
    for record in ("settled", "arguable", "all"):
        assert expected in set(records.triples(case(TWO_RECORDS), record))


def test_harm_takes_the_forum_of_the_case() -> None:
    made = case("forum: [DE, CA-BC]\nharms: [{id: a, type: EconomicLoss}, {id: b, type: EconomicLoss, forum: UK}]")
    forums = {
        (t.subject.value, t.object.value.rpartition("/")[2])
        for t in records.triples(made, "settled")
        if t.predicate.value == ANS + "hasForum"
    }
    assert forums == {
        (BASE[:-1], "DE"),
        (BASE[:-1], "CA-BC"),
        (BASE + "a", "DE"),
        (BASE + "a", "CA-BC"),
        (BASE + "b", "UK"),
    }


def test_what_an_event_says() -> None:
    made = case(
        "parties: [{id: bank, type: Organisation, name: The bank, turnover: 250.50, currency: EUR}]\n"
        "artefacts: [{id: scoring, type: AISystem, purpose: CreditworthinessEvaluation}]\n"
        "events: [{id: use, type: Use, by: bank, of: scoring, on: 2026-01-02, where: DE}]\n"
    )
    graph = rdflib.Graph()
    graph.parse(data="\n".join(f"{t} ." for t in records.triples(made, "settled")), format="nt")
    assert graph.query(
        """
        PREFIX ans: <https://w3id.org/answerable/ontology#>
        PREFIX dct: <http://purl.org/dc/terms/>
        PREFIX jurisdiction: <https://w3id.org/answerable/jurisdiction/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX case: <https://w3id.org/answerable/case/test/>
        ASK {
          case:use a ans:Use ; dct:identifier "use" ; ans:hasStanding ans:Undisputed ; ans:isPerformedBy case:bank ;
            ans:hasObject case:scoring ; ans:occursOn "2026-01-02"^^xsd:date ; ans:takesPlaceIn jurisdiction:DE .
          case:bank rdfs:label "The bank" ; ans:hasTurnover 250.5 ; ans:hasCurrency "EUR" .
          case:scoring ans:hasIntendedPurpose ans:CreditworthinessEvaluation .
        }
        """
    ).askAnswer


def test_the_day_and_the_positions() -> None:
    stated = [str(t) for t in records.assessment_triples(date(2026, 11, 20), {"article-113-literal": True})]
    assert stated == [
        f'<https://w3id.org/answerable/assessment> <{ANS}isAsOf> "2026-11-20"^^<{XSD}date>',
        f'<https://w3id.org/answerable/assessment> <{ANS}isKnownOn> "2026-11-20"^^<{XSD}date>',
        f'<https://w3id.org/answerable/position/article-113-literal> <{ANS}hasAnswer> "true"^^<{XSD}boolean>',
    ]


def test_every_key_has_its_property() -> None:
    context = records.context()
    for section, model in SECTIONS.items():
        assert context[section]["@id"] == "ans:hasRecord"
        scope = context[section]["@context"]
        for slot in slots(model):
            assert slot.key in scope or slot.key in context, (section, slot.key)
            for inner in slots(slot.nested) if slot.nested else ():
                nested = scope[slot.key]
                assert (
                    inner.key in (nested.get("@context", {}) if isinstance(nested, dict) else {})
                    or inner.key in context
                )


def test_every_property_of_the_context_is_defined() -> None:
    defined = {
        quad.subject.value
        for path in rooms.room("ontology").glob("*.ttl")
        for quad in parse_rdf(path=str(path), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
    }

    def used(part: object) -> set[str]:
        if isinstance(part, dict):
            return {term for value in part.values() for term in used(value)}
        return {part} if isinstance(part, str) and part.startswith("ans:") else set()

    assert {term for term in used(records.context()) if ANS + term.removeprefix("ans:") not in defined} == set()


def test_graph_without_a_case() -> None:
    with pytest.raises(InputError, match="no case"):
        records.from_graph([])


def test_one_case_of_several() -> None:
    first, second = (casefile.parse(f"answerable: 1\nid: {name}") for name in ("first", "second"))
    both = [*records.triples(first), *records.triples(second)]
    assert records.from_graph(both, "second") == second
    with pytest.raises(InputError, match="2 cases"):
        records.from_graph(both)
