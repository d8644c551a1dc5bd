"""Eight wrong answers that other tools gave. Each test has the case in which the answer would be right beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

import answerable
from answerable.assess import Passes
from answerable.assessment import Assessment, Obligation
from answerable.casefile import from_data
from answerable.cases import Case
from answerable.engine import knowledge
from answerable.terms import ans, iri

AFTER = "2028-08-03"  # every duty applies, by either route
LAW = "https://w3id.org/answerable/law/"
ANNEX_IV_ITEM = re.compile(r"AIA_AnxIV_(\d+)")


def scene(
    *circumstances: str,
    purpose: str | None = None,
    as_of: str = AFTER,
    placed: str = "2028-08-02",
    kind: str = "AISystem",
    maker: dict[str, Any] | None = None,
    denied: tuple[str, ...] = (),
    of_maker: dict[str, bool] | None = None,
) -> Case:
    """A maker places a system or model in Germany; where it is a system, a company uses it."""
    parties = [{"id": "maker", "type": "Organisation", "established_in": "DE", **(maker or {})}]
    artefact = {"id": "system", "type": kind, **({"purpose": purpose} if purpose else {})}
    making = "ModelTraining" if kind == "GPAIModel" else "SystemDevelopment"
    placing = {"type": "PlacingOnMarket", "by": "maker", "of": "system", "under_name": "maker", "where": "DE"}
    events = [
        {"id": "making", "type": making, "by": "maker", "of": "system"},
        {"id": "placing", "on": placed, **placing},
    ]
    if kind == "AISystem":
        parties.append({"id": "user", "type": "Organisation", "established_in": "DE"})
        events.append({"id": "use", "type": "Use", "by": "user", "of": "system", "on": placed})
    says = [{"is": name, "of": "system"} for name in circumstances]
    says += [{"is": name, "of": "system", "holds": "no"} for name in denied]
    says += [{"is": n, "of": "maker", "holds": "yes" if holds else "no"} for n, holds in (of_maker or {}).items()]
    data = {"answerable": "1", "id": "peer", "as_of": as_of, "forum": "DE", "parties": parties}
    return from_data(data | {"artefacts": [artefact], "events": events, "circumstances": says})


def duties(found: Assessment, norm: str) -> list[Obligation]:
    """What a norm, or all norms that begin so, mean to anybody."""
    return [o for o in found.obligations if o.norm == norm or (norm.endswith("_") and o.norm.startswith(norm))]


def statuses(found: Assessment, norm: str) -> set[tuple[str, str]]:
    return {(o.bearer, o.status) for o in duties(found, norm)}


def test_a_support_chatbot_is_not_prohibited_emotion_recognition() -> None:
    bot = answerable.assess(scene(purpose="CustomerInformation"))
    assert not statuses(bot, "AIA_5_1_f")
    assert statuses(bot, "AIA_50_1") == {("maker", "binding")}

    reads_customers = scene(
        "EmotionRecognitionSystem", denied=("WorkplaceEmotionInference", "EducationEmotionInference")
    )
    assert not statuses(answerable.assess(reads_customers), "AIA_5_1_f")

    reads_agents = answerable.assess(scene("EmotionRecognitionSystem", "WorkplaceEmotionInference"))
    assert statuses(reads_agents, "AIA_5_1_f") == {("maker", "binding"), ("user", "binding")}


def test_screening_of_applicants_is_high_risk() -> None:
    screening = answerable.assess(scene(purpose="Recruitment"))
    assert "AnnexIIIHighRiskAISystem" in {c.class_ for c in screening.classifications}
    assert statuses(screening, "AIA_9_1") == {("maker", "binding")}
    assert statuses(screening, "AIA_26_1") == {("user", "binding")}

    advice = answerable.assess(scene(purpose="CustomerInformation"))
    assert not statuses(advice, "AIA_9_1")


@pytest.mark.parametrize(
    ("purpose", "point", "other"),
    [
        ("CreditworthinessEvaluation", "5b", "5c"),
        ("LifeHealthInsurancePricing", "5c", "5b"),
    ],
)
def test_credit_is_point_5b_and_life_and_health_insurance_5c(purpose: str, point: str, other: str) -> None:
    passes = Passes.of(scene(purpose=purpose))
    system = iri(f"{passes.iri}/system")
    mine, others = (knowledge().objects(iri(f"{LAW}AIA_AnxIII_{p}"), "hasCondition") for p in (point, other))
    assert len(mine) == len(others) == 1
    assert passes.settled.holds((system, ans("hasClass"), mine[0]))
    assert not passes.settled.holds((system, ans("hasClass"), others[0]))
    assert statuses(passes.assessment, "AIA_9_1") == {("maker", "binding")}


@pytest.mark.parametrize("purpose", ["FinancialFraudDetection", "OtherInsurancePricing"])
def test_what_points_5b_and_5c_leave_out(purpose: str) -> None:
    assert not statuses(answerable.assess(scene(purpose=purpose, denied=("AnnexIIIListedSystem",))), "AIA_9_1")


def test_critical_infrastructure_needs_no_notified_body() -> None:
    grid = answerable.assess(scene("AnnexIII2System", denied=("AnnexIII1System",)))
    assert statuses(grid, "AIA_43_2") == {("maker", "binding")}
    assert not statuses(grid, "AIA_43_1_annexVII")

    faces = answerable.assess(
        scene(
            "AnnexIII1aSystem",
            "HarmonisedStandardsAbsent",
            denied=("LawEnforcementOrMigrationSystem", "UnionBodySystem"),
        )
    )
    assert statuses(faces, "AIA_43_1_annexVII") == {("maker", "binding")}


@pytest.mark.xfail(
    not knowledge().objects(iri(f"{LAW}AIA_AnxIV_1_a"), "isRequiredIn"),
    reason="the items of Annex IV are not encoded yet",
    strict=True,
)
def test_annex_iv_has_nine_sections() -> None:
    asked = answerable.assess(scene(purpose="Recruitment")).completeness
    sections = {int(found.group(1)) for item in asked if (found := ANNEX_IV_ITEM.match(item.item))}
    assert sections == set(range(1, 10))


def test_the_release_of_a_model_answers_to_article_53_and_not_to_article_11() -> None:
    model = answerable.assess(scene(kind="GPAIModel", as_of="2026-11-20", placed="2026-10-01"))
    assert statuses(model, "AIA_53_1_a") == {("maker", "binding")}
    assert not duties(model, "AIA_11_")
    (duty,) = duties(model, "AIA_53_1_a")

    system = answerable.assess(scene(purpose="Recruitment"))
    (other,) = duties(system, "AIA_11_1")
    assert not duties(system, "AIA_53_")
    assert duty.evidence and other.evidence
    assert not set(duty.evidence) & set(other.evidence)


DAYS = [("2026-08-02", "not_yet_applicable"), ("2027-12-01", "not_yet_applicable"), ("2027-12-02", "binding")]


@pytest.mark.parametrize("norm", ["AIA_8_1", "AIA_9_1", "AIA_11_1", "AIA_16_a", "AIA_17_1"])
@pytest.mark.parametrize(("day", "status"), DAYS)
def test_listed_systems_answer_from_december_2027_and_not_from_august_2026(norm: str, day: str, status: str) -> None:
    (duty,) = duties(answerable.assess(scene(purpose="Recruitment", as_of=day, placed=day)), norm)
    assert duty.status == status
    assert str(duty.applies_from) == "2027-12-02"


@pytest.mark.parametrize("norm", ["AIA_43_2", "AIA_72_1"])
@pytest.mark.parametrize(("day", "status"), DAYS)
def test_outside_the_deferred_sections_august_2026_is_one_of_two_readings(norm: str, day: str, status: str) -> None:
    changed_later = ("UnchangedInDesign",)  # else Article 111(2) might spare a system placed this early
    case = scene(purpose="Recruitment", as_of=day, placed=day, denied=changed_later)
    (practical,) = duties(answerable.assess(case, positions={"article-113-literal": False}), norm)
    (literal,) = duties(answerable.assess(case, positions={"article-113-literal": True}), norm)
    (untaken,) = duties(answerable.assess(case), norm)
    assert (practical.status, str(practical.applies_from)) == (status, "2027-12-02")
    assert (literal.status, str(literal.applies_from)) == ("binding", "2026-08-02")
    assert (untaken.status, untaken.standing) != ("binding", "established") or day == "2027-12-02"


def test_the_duties_of_annex_i_products_come_in_august_2028() -> None:
    medical = ("MedicalDevice", "ThirdPartyConformityAssessmentRequired")
    before = answerable.assess(
        scene(*medical, denied=("AnnexIIIListedSystem",), as_of="2028-08-01", placed="2028-08-01")
    )
    after = answerable.assess(scene(*medical, denied=("AnnexIIIListedSystem",), as_of="2028-08-02"))
    assert statuses(before, "AIA_9_1") == {("maker", "not_yet_applicable")}
    assert statuses(after, "AIA_9_1") == {("maker", "binding")}


SMALL = {"SmallOrMediumEnterprise": True}
LARGE = {"SmallOrMediumEnterprise": False, "SmallMidCapEnterprise": False}


@pytest.mark.parametrize(
    ("turnover", "size", "ceiling"),
    [
        (10_000_000, SMALL, 300_000),
        (10_000_000, LARGE, 15_000_000),
        (2_000_000_000, SMALL, 15_000_000),
        (2_000_000_000, LARGE, 60_000_000),
    ],
)
def test_a_small_enterprise_pays_the_lower_and_any_other_the_higher(
    turnover: int, size: dict[str, bool], ceiling: int
) -> None:
    maker = {"turnover": turnover, "currency": "EUR"}
    (duty,) = duties(answerable.assess(scene(purpose="Recruitment", maker=maker, of_maker=size)), "AIA_9_1")
    assert duty.sanction
    assert duty.sanction.max == ceiling
    assert duty.sanction.modified_by == (["AIA_99_6"] if size is SMALL else [])
