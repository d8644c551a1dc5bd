"""The GDPR as data: complete against the law tables, dated, sourced, and with a question behind every condition."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, RDFS, Literal, Namespace, URIRef

ROOT = Path(__file__).parents[2]
TABLES = ROOT.parent / "shared" / "law" / "eu"
ANS = Namespace("https://w3id.org/answerable/ontology#")
LAW = Namespace("https://w3id.org/answerable/law/")
DCT = Namespace("http://purl.org/dc/terms/")
# What the data add to the rows: Article 6(1) as a whole, which the table spreads over its six points, paragraphs that
# the column of exceptions names (9(4), 12(6)), and the duties behind a sanction (83(6), 84(1)).
ADDED = {"GDPR_6_1", "GDPR_9_4", "GDPR_12_6", "GDPR_83_6.order", "GDPR_84_1.rules"}

needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")


@cache
def graph() -> rdflib.Graph:
    loaded = rdflib.Graph()
    for path in [*sorted((ROOT / "data/law/eu/gdpr").glob("*.ttl")), ROOT / "data/law/eu/cjeu.ttl"]:
        loaded.parse(path)
    return loaded


@cache
def ontology() -> rdflib.Graph:
    loaded = rdflib.Graph()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        loaded.parse(path)
    return loaded


def table(name: str) -> dict[str, dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def local(term: object) -> str:
    return str(term).rsplit("#")[-1].removeprefix(str(LAW))


def values(node: URIRef, key: str) -> set[str]:
    return {local(value) for value in graph().objects(node, ANS[key])}


def norms() -> list[URIRef]:
    """Every node of the law but groups, the period, the instrument and what documents contain."""
    left_out = {ANS.ConditionGroup, ANS.ApplicationPeriod, ANS.LegalInstrument}
    left_out |= {ANS.DocumentationItem, ANS.ConditionalItem, ANS.RecommendedItem}
    found = {s for s, o in graph().subject_objects(RDF.type) if str(s).startswith(str(LAW)) and o not in left_out}
    return sorted(node for node in found if isinstance(node, URIRef))


@pytest.mark.parametrize("norm", norms(), ids=local)
def test_a_norm_is_complete(norm: URIRef) -> None:
    assert [str(v) for v in graph().objects(norm, DCT.identifier)] == [local(norm)]
    assert graph().value(norm, RDFS.label) and graph().value(norm, ANS.hasStatement)
    assert values(norm, "isPartOf") == {"gdpr"}
    (provision,) = graph().objects(norm, ANS.hasProvision)
    assert str(provision).startswith("http://data.europa.eu/eli/reg/2016/679/art_")
    assert values(norm, "hasApplicationPeriod") == {"GDPR_99_2"}
    assert values(norm, "hasVerification") == {"VerifiedPrimary"}
    assert values(norm, "isVerifiedAgainst") == {"S5"}


@pytest.mark.parametrize("norm", norms(), ids=local)
def test_what_a_norm_names_exists(norm: URIRef) -> None:
    for key in ("hasException", "isSanctionedBy", "hasAuthority", "hasApplicationPeriod"):
        for target in graph().objects(norm, ANS[key]):
            assert (target, RDF.type, None) in graph(), f"{local(norm)} names {target}"
    if (norm, RDF.type, ANS.Exception) in graph():
        assert values(norm, "hasCondition"), "an exception without condition would always apply"


def conditions() -> list[URIRef]:
    """The classes that norms and groups test."""
    found = set(graph().objects(None, ANS.hasAlternative))
    for condition in graph().objects(None, ANS.hasCondition):
        if (condition, RDF.type, ANS.ConditionGroup) in graph():
            assert list(graph().objects(condition, ANS.hasAlternative))
        else:
            found.add(condition)
    return sorted(term for term in found if isinstance(term, URIRef))


@pytest.mark.parametrize("condition", conditions(), ids=local)
def test_a_condition_is_defined_and_can_be_asked(condition: URIRef) -> None:
    assert (condition, RDFS.isDefinedBy, None) in ontology()
    if condition != ANS.Processing:
        assert ontology().value(condition, ANS.hasQuestion), "what to ask?"
        assert ontology().value(condition, ANS.isAnsweredBy), "whom to ask?"


@needs_tables
def test_no_row_is_missing_and_none_invented() -> None:
    exceptions = {n for n in norms() if (n, RDF.type, ANS.Exception) in graph()}
    sanctions = {n for n in norms() if (n, RDF.type, ANS.Sanction) in graph()}
    rows = set(table("gdpr_obligations.csv"))
    assert rows <= {local(n) for n in norms()}
    assert {local(n) for n in norms() if n not in exceptions | sanctions} - rows == ADDED
    # an exception that has no row of its own is named in the cell of a row that it lifts
    named = {key: row["exceptions"] for key, row in table("gdpr_obligations.csv").items()}
    for exception in {name for name in map(local, exceptions) if name not in rows and "." not in name}:
        article, paragraph = exception.split("_")[1:3]
        lifted = {local(norm) for norm in graph().subjects(ANS.hasException, LAW[exception])}
        assert any(f"{article}({paragraph})" in named.get(norm, "") for norm in lifted), exception
    assert {local(n) for n in sanctions} - rows <= set(table("penalties.csv"))


@needs_tables
def test_dates_are_those_of_the_tables() -> None:
    (day,) = {row["applies_from"] for row in table("gdpr_obligations.csv").values()}
    assert graph().value(LAW.GDPR_99_2, ANS.appliesFrom) == Literal(date.fromisoformat(day))
    instrument = table("instruments.csv")["EU_GDPR"]
    assert graph().value(LAW.gdpr, ANS.isInForceFrom) == Literal(date.fromisoformat(instrument["date_in_force"]))
    assert str(graph().value(LAW.gdpr, ANS.hasCELEX)) == instrument["celex"]


def test_the_exceptions_to_article_22() -> None:
    assert values(LAW.GDPR_22_1, "hasException") == {"GDPR_22_2_a", "GDPR_22_2_b", "GDPR_22_2_c"}
    assert values(LAW.GDPR_22_2_b, "hasCondition") == {"DecisionAuthorisedByLaw", "SafeguardsLaidDownInLaw"}
    group = values(LAW["GDPR_22_3.contract-or-consent"], "hasAlternative")
    assert group == {"ReliesOnContractNecessity", "ReliesOnExplicitConsent"}, "22(3) does not hang on point (b)"
