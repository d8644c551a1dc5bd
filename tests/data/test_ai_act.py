"""The AI Act as data: complete against the law tables, dated, sourced, and safe from known wrong answers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).parents[2]
TABLES = ROOT.parent / "shared" / "law" / "eu"
ANS = "https://w3id.org/answerable/ontology#"
LAW = "https://w3id.org/answerable/law/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
ARTICLES = {"4", "5", "6", "8", "9", *map(str, range(10, 17)), "25", "26", "27", "50", "53", "86", "99", "111"}
DEONTIC = {"Obligation", "Prohibition", "Permission"}
SUPPORTING = {"Definition", "Classification", "RoleShift", "Exemption", "Sanction", "TransitionalRule", "Modifier"}
MODALITY = {
    "obligation": "Obligation",
    "prohibition": "Prohibition",
    "permission": "Permission",
    "classification": "Classification",
    "role_shift": "RoleShift",
    "modifier": "Modifier",
    "exemption": "Exemption",
    "sanction": "Sanction",
    "transitional": "TransitionalRule",
}

needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")


class Data:
    def __init__(self) -> None:
        self.store = ox.Store()
        folders = ["ontology", "data/law/eu/ai-act", "data/law/oecd"]
        files = [path for folder in folders for path in sorted((ROOT / folder).glob("*.ttl"))]
        for path in [*files, ROOT / "data" / "positions.ttl"]:
            self.store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)

    def values(self, subject: str, key: str) -> list[str]:
        pattern = ox.NamedNode(subject), ox.NamedNode(key if ":" in key else ANS + key), None
        return sorted(str(quad.object.value) for quad in self.store.quads_for_pattern(*pattern))

    def law(self, name: str, key: str) -> list[str]:
        return [local(value) for value in self.values(LAW + name, key)]

    def day(self, name: str, key: str) -> date | None:
        found = self.law(name, key)
        return date.fromisoformat(found[0]) if found else None

    def of_class(self, *classes: str) -> Iterator[str]:
        """Local names of the nodes of law of one of the classes, without the documentation items."""
        for name in classes:
            for quad in self.store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(ANS + name)):
                assert isinstance(quad.subject, ox.NamedNode)
                yield quad.subject.value.removeprefix(LAW)

    def supers(self, name: str) -> set[str]:
        found, todo = set(), [name]
        while todo:
            top = todo.pop()
            if top not in found:
                found.add(top)
                todo += [local(value) for value in self.values(ANS + top, RDFS + "subClassOf") if value.startswith(ANS)]
        return found

    def conditions(self, name: str) -> set[str]:
        """Classes that the conditions of a node of law test, groups opened."""
        found = set()
        for value in self.values(LAW + name, "hasCondition"):
            found |= set(self.values(value, "hasAlternative")) if value.startswith(LAW) else {value}
        return {local(value) for value in found}


def local(iri: str) -> str:
    return iri.removeprefix(ANS).removeprefix(LAW).removeprefix("https://w3id.org/answerable/position/")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def in_scope() -> list[dict[str, str]]:
    return [row for row in rows("obligations.csv") if row["article"] in ARTICLES]


def test_norms_are_complete_nodes(data: Data) -> None:
    names = {*data.of_class(*DEONTIC, *SUPPORTING)}
    assert len(names) > 200
    for name in names:
        for key in ["hasStatement", "hasProvision", "hasApplicationPeriod", "hasVerification", "isVerifiedAgainst"]:
            assert data.law(name, key), f"{name} lacks {key}"
        assert data.values(LAW + name, RDFS + "label"), f"{name} lacks a label"
        assert data.values(LAW + name, "http://purl.org/dc/terms/identifier") == [name]
        assert data.law(name, "isPartOf")


def test_binding_norms_name_bearer_condition_and_sanction(data: Data) -> None:
    for name in data.of_class("Obligation", "Prohibition"):
        for key in ["hasBearerRole", "hasCondition", "isSanctionedBy"]:
            assert data.law(name, key), f"{name} lacks {key}"


def test_every_reference_has_a_node(data: Data) -> None:
    for key in ["hasException", "isSubjectTo", "isSanctionedBy", "hasApplicationPeriod", "modifies", "presupposes"]:
        for quad in data.store.quads_for_pattern(None, ox.NamedNode(ANS + key), None):
            assert any(data.store.quads_for_pattern(quad.object, ox.NamedNode(RDF_TYPE), None)), quad
    for quad in data.store.quads_for_pattern(None, ox.NamedNode(ANS + "hasCondition"), None):
        assert any(data.store.quads_for_pattern(quad.object, ox.NamedNode(RDF_TYPE), None)), quad


def test_exceptions_and_groups_can_be_met(data: Data) -> None:
    for name in data.of_class("Exception"):
        assert data.conditions(name), name
    for name in data.of_class("ConditionGroup"):
        assert len(data.law(name, "hasAlternative")) > 1, name


def test_every_condition_class_has_a_question(data: Data) -> None:
    nodes = {*data.of_class(*DEONTIC, *SUPPORTING, "Exception")}
    for condition in set().union(*(data.conditions(name) for name in nodes)):
        assert data.values(ANS + condition, RDFS + "isDefinedBy"), f"{condition} is not defined"
        assert data.values(ANS + condition, "hasQuestion"), f"{condition} has no question"
        assert data.values(ANS + condition, "isAnsweredBy"), f"{condition} has nobody to answer it"


@needs_tables
def test_norms_are_those_of_the_tables(data: Data) -> None:
    expected = {row["id"] for row in in_scope()}
    expected |= {row["id"] for row in rows("scope_and_roles.csv")} | {row["id"] for row in rows("annex_iii.csv")}
    found = {name for name in data.of_class(*DEONTIC, *SUPPORTING) if name.startswith("AIA_")}
    assert {name for name in found if "." not in name} == expected
    refined = {name for name in found | {*data.of_class("Exception", "ConditionGroup")} if "." in name}
    assert {name.partition(".")[0] for name in refined} <= expected


@needs_tables
def test_norms_agree_with_their_rows(data: Data) -> None:
    for row in in_scope():
        name = row["id"]
        assert MODALITY[row["modality"]] in data.law(name, RDF_TYPE), name
        assert data.law(name, "hasProvision") == [row["eli_uri"]]
        assert data.law(name, "isVerifiedAgainst") == [row["verified_source"]]
        starts = {data.day(period, "appliesFrom") for period in data.law(name, "hasApplicationPeriod")}
        for key in ["applies_from", "effective_from_annex_iii", "effective_from_annex_i"]:
            assert not row[key] or date.fromisoformat(row[key]) in starts, (name, key)


@needs_tables
def test_periods_agree_with_their_rows(data: Data) -> None:
    changed = date(2026, 7, 27)
    for row in rows("application_dates.csv"):
        name = row["id"]
        known = [period for period in data.of_class("ApplicationPeriod") if period.partition(".")[0] == name]
        assert known, name
        starts = {str(data.day(period, "appliesFrom")) for period in known}
        assert all(start in row["current_date"] or start in row["original_date"] for start in starts), name
        if f"{name}_original" in {*data.of_class("ApplicationPeriod")}:
            assert str(data.day(f"{name}_original", "appliesFrom")) in row["original_date"]
            assert data.day(f"{name}_original", "isKnownUntil") == date(2026, 7, 26)
            assert all(data.day(period, "isKnownFrom") == changed for period in known)


@needs_tables
def test_sanctions_agree_with_their_rows(data: Data) -> None:
    table = {row["id"]: row for row in rows("penalties.csv")}
    found = [name for name in data.of_class("Sanction") if name.startswith("PEN_AIA")]
    assert {name for name in table if name.startswith("PEN_AIA_99_") and table[name]["bearer_role"]} - set(found) == {
        "PEN_AIA_99_8"
    }
    for name in found:
        row = table[name]
        if not row["max_amount_eur"]:
            assert not data.law(name, "hasMaximumAmount")
            continue
        assert float(data.law(name, "hasMaximumAmount")[0]) == float(row["max_amount_eur"])
        assert float(data.law(name, "hasMaximumShareOfTurnover")[0]) * 100 == pytest.approx(
            float(row["max_pct_turnover"])
        )
        assert data.law(name, "isHigherOf") == ["true"]


@needs_tables
def test_principles_are_recommendations_and_named_as_in_the_table(data: Data) -> None:
    expected = {row["id"]: row["name"] for row in rows("oecd.csv") if row["kind"] == "values_principle"}
    assert {name: data.values(LAW + name, RDFS + "label")[0] for name in data.of_class("Recommendation")} == expected


def test_principles_bind_nobody(data: Data) -> None:
    for name in data.of_class("Recommendation"):
        assert data.law(name, RDF_TYPE) == ["Recommendation"]
        assert not data.law(name, "isSanctionedBy")
        for key in ["hasStatement", "hasProvision", "hasVerification", "hasBearerRole", "hasApplicationPeriod"]:
            assert data.law(name, key), f"{name} lacks {key}"


# Wrong answers that others have shipped


def test_support_chatbot_is_not_prohibited_as_emotion_inference(data: Data) -> None:
    assert "EmotionRecognitionSystem" in data.law("AIA_5_1_f", "hasCondition")
    outside = {local(value) for value in data.values(ANS + "CustomerInformation", "fallsOutside")}
    assert outside & data.supers("EmotionRecognitionSystem")


def test_screening_of_applicants_is_listed(data: Data) -> None:
    within = {local(value) for value in data.values(ANS + "Recruitment", "fallsWithin")}
    assert within == {"AnnexIII4aSystem"}
    assert "AnnexIIIListedSystem" in data.supers("AnnexIII4aSystem")


@pytest.mark.parametrize(
    ("purpose", "point", "word"),
    [
        ("PublicBenefitEligibility", "5a", "assistance"),
        ("CreditworthinessEvaluation", "5b", "creditworthiness"),
        ("LifeHealthInsurancePricing", "5c", "insurance"),
        ("EmergencyCallDispatch", "5d", "emergency"),
    ],
)
def test_points_5_a_to_d_are_not_swapped(data: Data, purpose: str, point: str, word: str) -> None:
    assert [local(value) for value in data.values(ANS + purpose, "fallsWithin")] == [f"AnnexIII{point}System"]
    assert word in data.law(f"AIA_AnxIII_{point}", "hasStatement")[0].lower()
    assert data.conditions(f"AIA_AnxIII_{point}") == {f"AnnexIII{point}System"}


def test_fraud_detection_is_not_credit_scoring(data: Data) -> None:
    assert ANS + "AnnexIII5bSystem" in data.values(ANS + "FinancialFraudDetection", "fallsOutside")


def test_critical_infrastructure_goes_through_internal_control(data: Data) -> None:
    assert "internal control (Annex VI), without a notified body" in data.law("AIA_AnxIII_2", "hasStatement")[0]


def test_models_answer_to_article_53_and_not_to_article_11(data: Data) -> None:
    bearers = {name for name in data.of_class("Obligation") if "AIActGPAIProvider" in data.law(name, "hasBearerRole")}
    assert {name for name in bearers if "GPAIModel" in data.conditions(name)} == bearers - {"AIA_25_4"}
    assert all(name.startswith("AIA_53_") for name in bearers - {"AIA_25_4"})
    assert data.law("AIA_53_1_a", "isEvidencedBy") == ["ModelTechnicalDocumentation"]
    assert data.law("AIA_11_1", "isEvidencedBy") == ["TechnicalDocumentation"]


def test_open_source_models_keep_two_duties(data: Data) -> None:
    excepted = {name for name in data.of_class("Obligation") if "AIA_53_2" in data.law(name, "hasException")}
    assert excepted == {"AIA_53_1_a", "AIA_53_1_b"}
    assert "GPAIModelWithoutSystemicRisk" in data.law("AIA_53_2", "hasCondition")


def test_no_high_risk_duty_applies_since_august_2026(data: Data) -> None:
    for name in data.of_class(*DEONTIC):
        if not data.conditions(name) & {"HighRiskAISystem", "AnnexIIIHighRiskAISystem"}:
            continue
        for period in data.law(name, "hasApplicationPeriod"):
            starts = data.day(period, "appliesFrom")
            assert starts is not None
            contested = "ContestedPeriod" in data.law(period, RDF_TYPE)
            superseded = data.day(period, "isKnownUntil") == date(2026, 7, 26)
            assert contested or superseded or starts >= date(2027, 12, 2), (name, period)


def test_literal_date_of_article_86_is_contested(data: Data) -> None:
    assert set(data.law("AIA_86_1", "hasApplicationPeriod")) == {"AD_9_literal", "AD_5", "AD_5_original"}
    assert data.law("AD_9_literal", "presupposes") == ["article-113-literal"]
    assert data.law("AD_9_literal", RDF_TYPE) == ["ContestedPeriod"]


def test_fine_of_small_enterprise_is_the_lower_one_only_by_modifier(data: Data) -> None:
    assert not {*data.of_class("Sanction")} & set(data.of_class("Modifier"))
    assert all(not data.law(name, "takesLowerOf") for name in data.of_class("Sanction"))
    small, middle = set(data.law("AIA_99_6", "modifies")), set(data.law("AIA_99_6a", "modifies"))
    assert small - middle == {"PEN_AIA_99_3"} and middle < small
    assert "PEN_AIA_101_1" not in small
    assert data.law("AIA_99_6", "hasCondition") == ["SmallOrMediumEnterprise"]
    assert data.law("AIA_99_6a", "hasCondition") == ["SmallMidCapEnterprise"]


@pytest.mark.parametrize("prefix", ["AIA_4_", "AIA_6_4", "AIA_27_", "AIA_86_"])
def test_norms_outside_the_list_of_article_99_4_have_no_fine_of_the_union(data: Data, prefix: str) -> None:
    for name in data.of_class("Obligation"):
        if name.startswith(prefix):
            assert data.law(name, "isSanctionedBy") == ["PEN_AIA_99_1"], name
    assert not data.law("PEN_AIA_99_1", "hasMaximumAmount")


def test_impact_assessment_never_covers_critical_infrastructure(data: Data) -> None:
    for name in data.of_class("Obligation"):
        if name.startswith("AIA_27_"):
            assert "AIA_27_1.critical-infrastructure" in data.law(name, "hasException"), name
    assert {"AnnexIII5bSystem", "AnnexIII5cSystem"} <= data.conditions("AIA_27_1")
    assert not {"AnnexIII5aSystem", "AnnexIII5dSystem"} & data.conditions("AIA_27_1")


def test_profiling_defeats_the_derogation(data: Data) -> None:
    assert data.conditions("AIA_6_3.profiling") == {"ProfilingSystem"}
    assert data.law("AIA_6_3", "hasException") == ["AIA_6_3.profiling"]


def test_product_safety_requirements_are_articles_8_to_15_alone(data: Data) -> None:
    marked = {name for name in data.of_class(*DEONTIC, *SUPPORTING) if data.law(name, "isProductSafetyRequirement")}
    assert {name.split("_")[1] for name in marked} == set(map(str, range(8, 16)))


def test_legacy_classes_never_say_what_an_artefact_is(data: Data) -> None:
    for rule in data.of_class("TransitionalRule"):
        for marked in data.law(rule, "marksAs"):
            assert not data.supers(marked) & {"AISystem", "AIModel", "HighRiskAISystem"}, marked


def test_legacy_systems_are_deferred_without_end_unless_changed(data: Data) -> None:
    for route, start in [("annex-iii", date(2027, 12, 2)), ("annex-i", date(2028, 8, 2))]:
        rule = f"AIA_111_2.{route}"
        assert data.day(rule, "placedBefore") == start
        assert not data.law(rule, "defersTo")
        assert "UnchangedInDesign" in data.law(rule, "hasCondition")
    assert data.day("AIA_111_2_public", "defersTo") == date(2030, 8, 2)


def test_prohibitions_are_never_deferred(data: Data) -> None:
    for name in data.of_class("Prohibition"):
        if name.startswith("AIA_5_"):
            assert not data.law(name, "isSubjectTo")


def test_five_positions_are_open_questions(data: Data) -> None:
    found = list(data.store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(ANS + "Position")))
    assert len(found) == 5
    for quad in found:
        for key in ["hasQuestion", "hasStatement"]:
            assert data.values(str(quad.subject.value), key)
        assert not data.values(str(quad.subject.value), "hasAnswer")
