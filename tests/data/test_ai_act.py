"""The AI Act as data: every node complete, nothing invented, and safe from known wrong answers.

What a node shares with its row of the tables is tested in test_rows.py.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pyoxigraph as ox
import pytest

from tests.data.tables import (
    ANS,
    ROOT,
    classes,
    conditions,
    day,
    expand,
    kinds,
    law,
    needs_tables,
    objects,
    of_class,
    rows,
    store,
    term,
)

DEONTIC = ("Obligation", "Prohibition", "Permission")
POSTPONED = date(2027, 12, 2)
AMENDED = date(2026, 7, 27)
WORK = [
    "hasException",
    "isSubjectTo",
    "isSanctionedBy",
    "hasApplicationPeriod",
    "modifies",
    "presupposes",
    "takesPlaceOf",
]


def part_of(*instruments: str) -> list[str]:
    """The norms of the instruments."""
    return sorted(n for n in of_class("Norm") if any(whole in law(n, "isPartOf") for whole in instruments))


def binding(*kinds_of: str) -> list[str]:
    """Norms of the Act of the kinds."""
    return [name for name in part_of("ai-act") if set(law(name, "rdf:type")) & set(kinds_of)]


# Amounts and calendar apart, whatever states a rule of the Act or of the OECD.
NODES = [n for n in part_of("ai-act", "oecd-ai-principles") if not n.startswith("AD_")]


@pytest.mark.parametrize("name", NODES)
def test_a_norm_is_a_complete_node(name: str) -> None:
    for key in ["hasStatement", "hasProvision", "hasVerification", "isVerifiedAgainst"]:
        assert law(name, key), f"{name} lacks {key}"
    # an exception applies as long as the norm that it lifts
    assert law(name, "hasApplicationPeriod") or law(name, "rdf:type") == ["Exception"]
    assert len(law(name, "rdfs:label")) == 1
    assert law(name, "dct:identifier") == [name]


@pytest.mark.parametrize("name", binding("Obligation", "Prohibition"))
def test_a_duty_names_bearer_and_sanction(name: str) -> None:
    for key in ["hasBearerRole", "hasCondition", "isSanctionedBy"]:
        assert law(name, key), f"{name} lacks {key}"


def test_every_reference_has_a_node() -> None:
    for key in [*WORK, "hasCondition", "hasAlternative", "isEvidencedBy", "hasBearerRole"]:
        for quad in store().quads_for_pattern(None, ox.NamedNode(expand(key)), None):
            assert any(store().quads_for_pattern(quad.object, ox.NamedNode(expand("rdf:type")), None)), quad


def test_exceptions_and_groups_can_be_met() -> None:
    for name in of_class("Exception"):
        assert conditions(name), name
    for name in of_class("ConditionGroup"):
        assert len(law(name, "hasAlternative")) > 1, name


def test_every_condition_class_has_a_question() -> None:
    for condition in set().union(*(conditions(name) for name in NODES)):
        assert term(condition, "rdfs:isDefinedBy"), f"{condition} is not defined"
        assert term(condition, "hasQuestion"), f"{condition} has no question"
        assert term(condition, "isAnsweredBy"), f"{condition} has nobody to answer it"


@needs_tables
def test_no_norm_is_invented() -> None:
    known = {row["id"] for row in rows("obligations", "scope_and_roles", "annex_iii", "annex_i", "penalties", "oecd")}
    assert {name for name in NODES if name not in known and name.partition(".")[0] not in known} == set()


# Wrong answers that others have shipped


def test_support_chatbot_is_not_prohibited_as_emotion_inference() -> None:
    assert "EmotionRecognitionSystem" in law("AIA_5_1_f", "hasCondition")
    outside = set(term("CustomerInformation", "fallsOutside"))
    assert outside & classes("EmotionRecognitionSystem")


def listed(purpose: str) -> set[str]:
    """The points of the annex that a purpose falls within, not the classes of other law."""
    return {name for name in term(purpose, "fallsWithin") if name.startswith("AnnexIII")}


def test_screening_of_applicants_is_listed() -> None:
    within = listed("Recruitment")
    assert within == {"AnnexIII4aSystem"}
    assert "AnnexIIIListedSystem" in classes("AnnexIII4aSystem")


@pytest.mark.parametrize(
    ("purpose", "point", "word"),
    [
        ("PublicBenefitEligibility", "5a", "assistance"),
        ("CreditworthinessEvaluation", "5b", "creditworthiness"),
        ("LifeHealthInsurancePricing", "5c", "insurance"),
        ("EmergencyCallDispatch", "5d", "emergency"),
    ],
)
def test_points_5_a_to_d_are_not_swapped(purpose: str, point: str, word: str) -> None:
    assert listed(purpose) == {f"AnnexIII{point}System"}
    assert word in law(f"AIA_AnxIII_{point}", "hasStatement")[0].lower()
    assert conditions(f"AIA_AnxIII_{point}") == {f"AnnexIII{point}System"}


def test_fraud_detection_is_not_credit_scoring() -> None:
    assert "AnnexIII5bSystem" in term("FinancialFraudDetection", "fallsOutside")


def test_critical_infrastructure_goes_through_internal_control() -> None:
    assert "internal control (Annex VI), without a notified body" in law("AIA_AnxIII_2", "hasStatement")[0]


# What a provider of a model answers to: Article 4a where it corrects bias, 25(4) where it supplies a part of a system,
# 41(5), Chapter V, 87 on reports, 91 to 93 on requests, 101 on fines. Never Article 11 and Annex IV.
OF_MODELS = re.compile(r"AIA_(4a_[12]|25_4$|41_5|5[1-6]_|75|87$|9[123]_|101_)")
NOT_OF_A_MODEL = {*(f"AIA_4a_1_{point}" for point in "abcdef"), "AIA_4a_2", "AIA_25_4", "AIA_87"}


def test_models_answer_to_article_53_and_not_to_article_11() -> None:
    answers = {n for n in binding(*DEONTIC, "Right") if "AIActGPAIProvider" in law(n, "hasBearerRole")}
    assert {name for name in answers if not OF_MODELS.match(name)} == set()
    for name in answers:
        tested = set().union(*(classes(condition) for condition in conditions(name)))
        assert ("GPAIModel" in tested) == (name not in NOT_OF_A_MODEL), name
    assert answers >= {"AIA_53_1_a", "AIA_53_1_b", "AIA_53_1_c", "AIA_53_1_d", "AIA_55_1_a"}
    assert law("AIA_53_1_a", "isEvidencedBy") == ["ModelTechnicalDocumentation"]
    assert law("AIA_11_1", "isEvidencedBy") == ["TechnicalDocumentation"]
    assert law("AIA_11_1", "hasBearerRole") == ["AIActProvider"]
    for name in binding(*DEONTIC):
        if "GPAIModel" in set().union(*(classes(condition) for condition in conditions(name))):
            assert "TechnicalDocumentation" not in law(name, "isEvidencedBy"), name


def test_open_source_models_keep_two_duties() -> None:
    excepted = {name for name in binding("Obligation") if "AIA_53_2" in law(name, "hasException")}
    assert excepted == {"AIA_53_1_a", "AIA_53_1_b"}
    assert "GPAIModelWithoutSystemicRisk" in law("AIA_53_2", "hasCondition")


# What stands outside Sections 1 to 3 of Chapter III, and asks for a high-risk system all the same.
NOT_POSTPONED = {
    "AIA_34_1": "Chapter III Section 4, on notified bodies, has applied since 2 August 2025",
    "AIA_4a_1": "Chapter I: a permission, inserted by the amendment",
    "AIA_60_1": "Chapter VI: a permission to test before the system is on the market",
}
HIGH_RISK = {"HighRiskAISystem", "AnnexIIIHighRiskAISystem", "AnnexISectionAHighRiskAISystem"}


def test_no_high_risk_duty_applies_since_august_2026() -> None:
    early = set()
    for name in binding(*DEONTIC):
        if not conditions(name) & HIGH_RISK:
            continue
        for period in law(name, "hasApplicationPeriod"):
            superseded = day(period, "isKnownUntil") == AMENDED - timedelta(days=1)
            if "ContestedPeriod" not in kinds(period) and not superseded and day(period, "appliesFrom") < POSTPONED:
                early.add(name)
    assert early == NOT_POSTPONED.keys()


def test_literal_date_of_article_86_is_contested() -> None:
    assert set(law("AIA_86_1", "hasApplicationPeriod")) == {"AD_9_literal", "AD_5", "AD_5_original"}
    assert law("AD_9_literal", "presupposes") == ["article-113-literal"]
    assert law("AD_9_literal", "rdf:type") == ["ContestedPeriod"]


def test_fine_of_small_enterprise_is_the_lower_one_only_by_modifier() -> None:
    assert not {*of_class("Sanction")} & set(of_class("Modifier"))
    assert all(not law(name, "takesLowerOf") for name in of_class("Sanction"))
    small, middle = set(law("AIA_99_6", "modifies")), set(law("AIA_99_6a", "modifies"))
    assert small - middle == {"PEN_AIA_99_3"} and middle < small
    assert "PEN_AIA_101_1" not in small
    assert law("AIA_99_6", "hasCondition") == ["SmallOrMediumEnterprise"]
    assert law("AIA_99_6a", "hasCondition") == ["SmallMidCapEnterprise"]


@pytest.mark.parametrize("prefix", ["AIA_4_", "AIA_6_4", "AIA_27_", "AIA_86_"])
def test_norms_outside_the_list_of_article_99_4_have_no_fine_of_the_union(prefix: str) -> None:
    for name in binding("Obligation"):
        if name.startswith(prefix):
            assert law(name, "isSanctionedBy") == ["PEN_AIA_99_1"], name
    assert not law("PEN_AIA_99_1", "hasMaximumAmount")


def test_impact_assessment_never_covers_critical_infrastructure() -> None:
    for name in binding("Obligation"):
        if name.startswith("AIA_27_"):
            assert "AIA_27_1.critical-infrastructure" in law(name, "hasException"), name
    assert {"AnnexIII5bSystem", "AnnexIII5cSystem"} <= conditions("AIA_27_1")
    assert not {"AnnexIII5aSystem", "AnnexIII5dSystem"} & conditions("AIA_27_1")


def test_profiling_defeats_the_derogation() -> None:
    assert conditions("AIA_6_3.profiling") == {"ProfilingSystem"}
    assert law("AIA_6_3", "hasException") == ["AIA_6_3.profiling"]


def test_product_safety_requirements_are_articles_8_to_15_alone() -> None:
    marked = {name for name in of_class("Norm") if law(name, "isProductSafetyRequirement")}
    assert {name.split("_")[1] for name in marked} == set(map(str, range(8, 16)))


def test_a_legacy_class_says_no_more_than_the_rule_that_gives_it_has_seen() -> None:
    rule = (ROOT / "reasoner/1-classes/eu-ai-act/legacy.rq").read_text(encoding="utf-8")
    seen = dict(re.findall(r"predates law:(\S+) \.[^}]*?hasClass ans:(\w+)", rule))
    marking = {name for name in of_class("TransitionalRule") if law(name, "marksAs") and name.startswith("AIA_")}
    assert marking == seen.keys()
    for name in marking:
        for marked in law(name, "marksAs"):
            assert classes(marked) - {marked} <= classes("LegacyArtefact") | classes(seen[name]), marked


def test_legacy_systems_are_deferred_without_end_unless_changed() -> None:
    for route, start in [("annex-iii", date(2027, 12, 2)), ("annex-i", date(2028, 8, 2))]:
        rule = f"AIA_111_2.{route}"
        planned, settled = set(), set()
        for period in law(rule, "placedBeforeStartOf"):
            (planned if day(period, "isKnownUntil") else settled).add(day(period, "appliesFrom"))
        assert (planned, settled) == ({date(2026, 8, 2)}, {start}), "before the amendment, and since"
        assert not law(rule, "defersTo")
        assert "UnchangedInDesign" in law(rule, "hasCondition")
    assert day("AIA_111_2_public", "defersTo") == date(2030, 8, 2)


def test_prohibitions_are_never_deferred() -> None:
    for name in binding("Prohibition"):
        if name.startswith("AIA_5_"):
            assert not law(name, "isSubjectTo")


def test_positions_are_open_questions() -> None:
    found = store().quads_for_pattern(None, ox.NamedNode(expand("rdf:type")), ox.NamedNode(ANS + "Position"))
    positions = [quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)]
    assert positions
    for position in positions:
        for key in ["hasQuestion", "hasStatement"]:
            assert objects(position, key)
        assert not objects(position, "hasAnswer")
