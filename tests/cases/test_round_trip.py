"""Any case is the same after it went to YAML and back, or to RDF and back."""

import datetime
import json
from decimal import Decimal
from typing import Any

import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, Store, Triple
from pyoxigraph import parse as parse_rdf

from answerable import casefile, records
from answerable.cases import STANDINGS, Case, canonical

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(str.strip)
LINES = st.lists(TEXT, min_size=1, max_size=3).map("\n".join)
DAY = st.dates(datetime.date(1985, 1, 1), datetime.date(2040, 12, 31)).map(str)
AMOUNT = st.decimals(0, Decimal(10) ** 12, places=4).map(lambda number: format(number, "f"))
SHARE = st.decimals(0, 1, places=3).map(lambda number: format(number, "f"))
STANDING = st.sampled_from(STANDINGS)
CODE = st.sampled_from(["EU", "DE", "NO", "US", "US-TX", "CA-BC", "UK"])
YES_NO = st.sampled_from(["yes", "no"])


def some(*values: str) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=3)


def record(needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional={"name": TEXT, "standing": STANDING, "source": TEXT, **optional})


def numbered(
    word: str, needed: dict[str, Any], optional: dict[str, Any], least: int = 0
) -> st.SearchStrategy[list[Any]]:
    def number(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": f"{word}-{n}", **entry} for n, entry in enumerate(entries)]

    return st.lists(record(needed, optional), min_size=least, max_size=2).map(number)


def _unique_units(case: dict[str, Any]) -> dict[str, Any]:
    for section, key in (("parties", "units"), ("contracts", "clauses")):
        for entry in case.get(section, []):
            for inner in entry.get(key, []):
                inner["id"] = f"{entry['id']}-{inner['id']}"
    return case


PARTIES = ("party-0",)
EVENTS = ("event-0",)
ARTEFACTS = ("artefact-0",)
ANYTHING = (*PARTIES, *EVENTS, *ARTEFACTS)

CASES = st.fixed_dictionaries(
    {
        "answerable": st.just("1"),
        "id": st.just("generated"),
        "parties": numbered(
            "party",
            {"type": st.sampled_from(["Organisation", "PublicAuthority", "NaturalPerson"])},
            {
                "established_in": CODE,
                "turnover": AMOUNT,
                "currency": st.just("EUR"),
                "units": numbered("unit", {}, {}),
            },
            least=1,
        ).map(lambda parties: [{**p, "currency": "EUR"} for p in parties]),
        "artefacts": numbered(
            "artefact",
            {"type": st.sampled_from(["AISystem", "AIModel", "AIService"])},
            {"purpose": some("CreditworthinessEvaluation", "GeneralPurpose")},
            least=1,
        ),
        "events": numbered(
            "event",
            {"type": st.sampled_from(["Use", "PlacingOnMarket", "Scoring"])},
            {
                "by": some(*PARTIES),
                "of": some(*ARTEFACTS),
                "on": DAY,
                "where": CODE | st.lists(CODE, min_size=1, max_size=3),
                "under_name": some(*PARTIES),
                "draws_on": some(*EVENTS),
            },
            least=1,
        ),
    },
    optional={
        "title": TEXT,
        "description": LINES,
        "source": st.fixed_dictionaries(
            {}, optional={"title": TEXT, "citation": TEXT, "url": st.just("https://example.org/a")}
        ),
        "forum": CODE | st.lists(CODE, max_size=3),
        "as_of": DAY,
        "standing": STANDING,
        "positions": st.dictionaries(st.just("article-113-literal"), YES_NO),
        "contracts": numbered(
            "contract",
            {},
            {
                "between": some(*PARTIES),
                "on": DAY,
                "clauses": numbered(
                    "clause",
                    {"type": st.sampled_from(["LiabilityCap", "ServiceLevel"]), "currency": st.just("USD")},
                    {"protects": some(*PARTIES), "amount": AMOUNT, "metrics": st.lists(TEXT, min_size=1, max_size=3)},
                ),
            },
        ),
        "alerts": numbered(
            "alert", {}, {"of": some(*ARTEFACTS), "metric": TEXT, "root_cause": LINES, "owner": some(*PARTIES)}
        ),
        "harms": numbered(
            "harm",
            {"type": st.sampled_from(["EconomicLoss", "PersonalInjury"]), "currency": st.just("EUR")},
            {
                "to": some(*PARTIES),
                "caused_by": some(*EVENTS),
                "through": some(*ARTEFACTS),
                "forum": CODE,
                "on": DAY,
                "amount": AMOUNT,
                "shares": st.lists(record({"party": st.sampled_from(PARTIES), "share": SHARE}, {}), max_size=2),
            },
        ),
        "circumstances": st.lists(
            record(
                {"is": st.sampled_from(["FailureOfReasonableCare", "Consumer"]), "of": st.sampled_from(ANYTHING)},
                {"about": st.sampled_from(ANYTHING), "on": DAY},
            ),
            max_size=4,
        ),
        "expect": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "as_of": DAY,
                    "position": st.dictionaries(st.just("article-113-literal"), YES_NO),
                    "roles": st.just([{"party": "party-0", "role": "deployer", "in": "artefact-0"}]),
                    "voids": st.lists(TEXT, max_size=2),
                    "sanctions": AMOUNT.map(lambda a: [{"norm": "AIA_26_1", "bearer": "party-0", "max": a}]),
                },
            ),
            max_size=2,
        ),
    },
).map(_unique_units)


def through_rdflib(made: Case) -> set[Triple]:
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(records.to_jsonld(made)), format="json-ld")
    text = graph.serialize(format="nt")
    return {quad.triple for quad in parse_rdf(text.encode(), format=RdfFormat.N_TRIPLES)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_yaml(data: dict[str, object]) -> None:
    made = casefile.from_data(data)
    assert casefile.parse(casefile.dump(made)) == made
    assert canonical(canonical(made)) == canonical(made)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_rdf(data: dict[str, object]) -> None:
    made = casefile.from_data(data)
    stated = list(records.triples(made))
    store = Store()
    store.extend([Quad(t.subject, t.predicate, t.object) for t in stated])
    assert records.from_graph(store) == canonical(made)
    assert records.from_graph(through_rdflib(made)) == canonical(made)
    assert set(records.triples(canonical(made))) == set(stated)
    settled, arguable = (set(records.triples(made, record)) for record in ("settled", "arguable"))
    assert settled <= arguable <= set(stated)
