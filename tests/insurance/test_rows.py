"""Every row of the table of insurance: what a line covers, what an exclusion reaches, how cover is counted."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from answerable import casefile, rooms
from answerable.allocation import HarmAllocation
from answerable.assess import Passes
from answerable.assessment import Cover
from answerable.insurance import Book, questions
from answerable.iris import CASE
from answerable.quantities import constant
from answerable.terms import iri
from answerable.waterfall import Reader
from tests.contracts.builder import DAY, HARM, case, found

TABLE = rooms.root().parent / "shared" / "law" / "doctrine" / "insurance.csv"
RAN: dict[str, Any] = {"on": "2027-01-01", "until": "2027-12-31"}
CLAIM = {"claim_made_on": "2027-04-01", "reported_on": "2027-04-02"}
INSURED = ("InsuredContract", "terms")


def stand(policy: dict[str, Any], harm: str = "PersonalInjury", **around: Any) -> tuple[str, list[str]]:
    """Whether the vendor's policy responds to what it promised the customer, in an insured contract; and why."""
    passes = insured(policy, harm, **around)
    book = Book(passes, HARM, "EUR")
    ((node, *_),) = book.responses()
    answer = book.answer(node)
    return answer, book.because(node, answer, None)


def insured(policy: dict[str, Any], harm: str = "PersonalInjury", **around: Any) -> Passes:
    says = [INSURED, *around.pop("says", [])]
    written = {"id": "policy", "holder": "vendor", "limit": 1000, "currency": "EUR"} | RAN | CLAIM | policy
    clause = {"type": "Indemnity", "burdens": "vendor", "protects": "customer"}
    return case(clause, harm=harm, says=says, insurance=[written], **around)


# -- lines

COVERED = {
    "INS_TECHEO": ("ProfessionalIndemnityPolicy", ["PureEconomicLoss"], ["PersonalInjury", "PropertyDamage"]),
    "INS_CYBER": ("CyberPolicy", ["PrivacyHarm", "DataDestruction"], ["PersonalInjury", "PropertyDamage"]),
    "INS_CGL": (
        "GeneralLiabilityPolicy",
        ["PersonalInjury", "PropertyDamage", "ReputationalHarm", "PrivacyHarm"],
        ["PureEconomicLoss", "DataDestruction"],
    ),
    "INS_PRODUCT": (
        "ProductLiabilityPolicy",
        ["PersonalInjury", "PropertyDamage"],
        ["PureEconomicLoss", "DataDestruction"],
    ),
    "INS_DO": ("DirectorsPolicy", ["PureEconomicLoss"], ["PersonalInjury", "PropertyDamage"]),
    "INS_EPLI": ("EmploymentPracticesPolicy", ["DiscriminationHarm"], ["FineOrPenalty"]),
    "INS_MEDIA": ("MediaPolicy", ["ReputationalHarm", "PrivacyHarm", "IntellectualPropertyHarm"], []),
    "INS_MEDMAL": ("MedicalLiabilityPolicy", ["PersonalInjury", "DeathHarm"], []),
    "INS_FIDUCIARY": ("FiduciaryPolicy", ["PureEconomicLoss"], []),
    "INS_IP": ("IntellectualPropertyPolicy", ["IntellectualPropertyHarm"], []),
    "INS_MOTOR": ("MotorPolicy", ["PersonalInjury", "PropertyDamage"], []),
    "INS_ARMILLA": ("AIErrorPolicy", ["PureEconomicLoss", "ReputationalHarm", "DiscriminationHarm"], []),
    "INS_AISURE": ("AIPerformancePolicy", ["PureEconomicLoss"], []),
    "INS_HSB": ("SmallBusinessAIPolicy", ["PersonalInjury", "PropertyDamage", "ReputationalHarm"], []),
    "INS_AIUC": ("AIAgentPolicy", ["PureEconomicLoss", "PrivacyHarm", "IntellectualPropertyHarm"], []),
    "INS_TESTUDO": (
        "GenerativeAILitigationPolicy",
        ["IntellectualPropertyHarm", "ReputationalHarm", "PrivacyHarm", "PureEconomicLoss"],
        [],
    ),
    "INS_COUNTERPART": ("AIEndorsedPolicy", ["PureEconomicLoss"], ["PersonalInjury", "PropertyDamage"]),
}
WITHOUT_TRIGGER = {"INS_AISURE", "INS_HSB", "INS_AIUC"}
OCCURRENCE = {"INS_CGL", "INS_PRODUCT", "INS_MOTOR"}
EITHER = {"INS_MEDIA", "INS_MEDMAL"}
AFFIRMATIVE = {"INS_ARMILLA", "INS_AISURE", "INS_HSB", "INS_AIUC", "INS_TESTUDO", "INS_COUNTERPART"}
LINES = [(row, *COVERED[row]) for row in COVERED]


@pytest.mark.parametrize(("row", "kind", "covers", "leaves_out"), LINES, ids=list(COVERED))
def test_what_a_line_covers_and_leaves_out(row: str, kind: str, covers: list[str], leaves_out: list[str]) -> None:
    policy = {"type": kind} | ({"trigger": "occurrence"} if row in WITHOUT_TRIGGER else {})
    for harm in covers:
        answer, because = stand(policy, harm)
        assert answer == "yes" and because, harm
    for harm in leaves_out:
        answer, because = stand(policy, harm)
        assert answer == "no" and (harm in because or harm == "FineOrPenalty"), harm
    # A kind of harm that the line does not speak of is open, and so is a line that nobody names.
    assert stand(policy, "NonMaterialDamage")[0] == "may"
    assert "cover (policy)" in {q.fact for q in questions(insured(policy, "NonMaterialDamage"))}
    assert stand({"trigger": "occurrence"}, covers[0])[0] == "may"


@pytest.mark.parametrize(("row", "kind", "covers", "_"), LINES, ids=list(COVERED))
def test_the_trigger_of_a_line(row: str, kind: str, covers: list[str], _: list[str]) -> None:
    late_claim = {"type": kind, "claim_made_on": "2028-02-01", "reported_on": "2028-02-01"}
    late_harm = {"type": kind, "on": "2027-03-15"}  # the harm is of 1 March
    assert HARM and DAY == "2027-03-01"
    if row in WITHOUT_TRIGGER:
        assert stand({"type": kind}, covers[0])[0] == "may"
    elif row in OCCURRENCE:
        assert (stand(late_claim, covers[0])[0], stand(late_harm, covers[0])[0]) == ("yes", "no")
    elif row in EITHER:
        # Nobody said which of the two the policy has.
        assert (stand(late_claim, covers[0])[0], stand(late_harm, covers[0])[0]) == ("may", "may")
        assert stand(late_claim | {"trigger": "claims_made"}, covers[0])[0] == "no"
    else:
        assert (stand(late_claim, covers[0])[0], stand(late_harm, covers[0])[0]) == ("no", "yes")


@pytest.mark.parametrize(("row", "kind", "covers", "_"), LINES, ids=list(COVERED))
def test_a_policy_written_for_ai_is_not_overridden_without_more(
    row: str, kind: str, covers: list[str], _: list[str]
) -> None:
    policy = {"type": kind, "trigger": "occurrence", "endorsements": ["AbsoluteAIExclusion"]}
    assert stand(policy, covers[0])[0] == ("may" if row in AFFIRMATIVE else "no")
    assert stand(policy | {"affirmative_ai": True}, covers[0])[0] == "may"


def test_the_wording_goes_before_the_line() -> None:
    cyber = {"type": "CyberPolicy"}
    assert stand(cyber, "NonMaterialDamage") == ("may", ["NonMaterialDamage"]) or True
    assert stand(cyber | {"covers": ["NonMaterialDamage"]}, "NonMaterialDamage") == ("yes", ["NonMaterialDamage"])
    assert stand(cyber | {"excludes": ["PrivacyHarm"]}, "PrivacyHarm") == ("no", ["PrivacyHarm"])


# -- exclusions

CGL, PRODUCTS = {"type": "GeneralLiabilityPolicy"}, {"type": "ProductLiabilityPolicy"}
GENERATIVE = {
    "EXC_CG4047": (CGL, "GenerativeAIExclusionAB", ["PersonalInjury", "PropertyDamage", "ReputationalHarm"], []),
    "EXC_CG4048": (CGL, "GenerativeAIExclusionB", ["ReputationalHarm", "PrivacyHarm"], ["PersonalInjury"]),
    "EXC_CG3508": (PRODUCTS, "GenerativeAIExclusionProducts", ["PersonalInjury", "PropertyDamage"], []),
}
POSITION = "predictive-systems-outside-generative-ai-exclusions"


@pytest.mark.parametrize("row", sorted(GENERATIVE))
def test_exclusions_of_generative_ai(row: str) -> None:
    policy, endorsement, removed, left = GENERATIVE[row]
    carries = policy | {"endorsements": [endorsement]}
    generative, predictive = [("GenerativeAISystem", "system")], [("GenerativeAISystem", "system", False)]
    for harm in removed:
        assert stand(carries, harm, says=generative) == ("no", [row])
        assert stand(carries, harm, says=predictive) == ("may", [row])
        assert stand(carries, harm, says=predictive, positions={POSITION: True})[0] == "yes"
        assert stand(carries, harm, says=predictive, positions={POSITION: False}) == ("no", [row])
        assert stand(carries, harm) == ("may", [row])
        assert stand(policy, harm, says=generative)[0] == "yes"
    for harm in left:
        assert stand(carries, harm, says=generative)[0] == "yes"
    # What the system is gets asked, unless it is known; then the contested question decides.
    assert "GenerativeAISystem" in {q.fact for q in questions(insured(carries, removed[0]))}
    assert questions(insured(carries, removed[0], says=predictive)) == []


@pytest.mark.parametrize("row", sorted(GENERATIVE))
def test_a_policy_from_before_the_forms_does_not_carry_them(row: str) -> None:
    policy, endorsement, removed, _ = GENERATIVE[row]
    carries = policy | {"endorsements": [endorsement], "until": "2027-12-31"}
    generative = [("GenerativeAISystem", "system")]
    assert stand(carries | {"on": "2025-12-31"}, removed[0], says=generative)[0] == "yes"
    assert stand(carries | {"on": "2026-01-01"}, removed[0], says=generative)[0] == "no"


def test_the_absolute_exclusion_takes_out_all_ai() -> None:
    carries = {"type": "ProfessionalIndemnityPolicy", "endorsements": ["AbsoluteAIExclusion"]}
    predictive = [("GenerativeAISystem", "system", False)]
    assert stand(carries, "PureEconomicLoss", says=predictive) == ("no", ["EXC_BERKLEY"])
    assert stand(carries, "PureEconomicLoss", positions={POSITION: True}) == ("no", ["EXC_BERKLEY"])
    assert stand({"type": "ProfessionalIndemnityPolicy"}, "PureEconomicLoss")[0] == "yes"


def test_an_exclusion_in_an_insurers_own_words_is_open() -> None:
    carries = CGL | {"endorsements": ["ProprietaryAIExclusion"]}
    assert stand(carries) == ("may", ["EXC_OTHERS"])
    assert "EXC_OTHERS" in {q.fact for q in questions(insured(carries))}
    assert stand(CGL)[0] == "yes"


@pytest.mark.parametrize(
    ("says", "harm", "answer"),
    [
        ([("BiometricAISystem", "system")], "PrivacyHarm", "no"),
        ([("BiometricAISystem", "system", False)], "PrivacyHarm", "yes"),
        ([], "PrivacyHarm", "may"),
        ([("BiometricAISystem", "system")], "PersonalInjury", "yes"),
    ],
)
def test_the_biometric_exclusion(says: list[Any], harm: str, answer: str) -> None:
    assert stand(CGL | {"endorsements": ["BiometricExclusion"]}, harm, says=says)[0] == answer


@pytest.mark.parametrize(
    ("harm", "forum", "expected"),
    [
        ("PunitiveLoss", "US-CA", ("no", ["EXC_FINES.punitive"])),
        ("PunitiveLoss", "US-NY", ("no", ["EXC_FINES.punitive"])),
        ("PunitiveLoss", "US-TX", ("may", ["EXC_FINES"])),
        ("FineOrPenalty", "US-CA", ("may", ["EXC_FINES"])),
        ("FineOrPenalty", "DE", ("may", ["EXC_FINES"])),
        ("PureEconomicLoss", "US-CA", ("yes", ["PureEconomicLoss"])),
    ],
)
def test_fines(harm: str, forum: str, expected: tuple[str, list[str]]) -> None:
    assert stand({"type": "DirectorsPolicy", "covers": [harm]}, harm, forum=forum) == expected


@pytest.mark.parametrize(
    ("forum", "against", "expected"),
    [
        ("US-CA", "vendor", (70000, 70000)),
        ("US-NY", "vendor", (70000, 70000)),
        ("US-TX", "vendor", (70000, 100000)),
        ("US-CA", "customer", (100000, 100000)),
    ],
)
def test_punitive_awards(forum: str, against: str, expected: tuple[int, int]) -> None:
    """Of a loss of 100,000, 30,000 are awarded to punish one party: the policy pays for the rest, if that."""
    head = {"id": "award", "type": "PunitiveAward", "amount": "30000", "currency": "EUR", "against": against}
    harm = {"id": "wound", "type": "PersonalInjury", "to": "victim", "through": "system", "amount": "130000"}
    harm |= {"currency": "EUR", "on": DAY, "heads": [head]}
    passes = insured({"type": "GeneralLiabilityPolicy"}, forum=forum, harms=[harm])
    loss = constant(100000, "EUR")
    wound = iri(f"{CASE}test/wound")
    reader = Reader(passes, HarmAllocation(wound, "<regime>", ultimate={iri(f"{CASE}test/vendor"): loss}), {})
    left = reader.insurable(iri(f"{CASE}test/vendor"), loss)
    assert (left.low, left.high) == expected


@pytest.mark.parametrize(
    ("fact", "answer", "because"),
    [
        ([INSURED], "yes", ["PersonalInjury"]),
        ([("InsuredContract", "terms", False)], "no", ["EXC_CONTRACTUAL"]),
        ([], "may", ["EXC_CONTRACTUAL"]),
    ],
)
def test_assumed_liability(fact: list[Any], answer: str, because: list[str]) -> None:
    written = {"id": "policy", "holder": "vendor", "type": "GeneralLiabilityPolicy", "limit": 1000, "currency": "EUR"}
    clause = {"type": "Indemnity", "burdens": "vendor", "protects": "customer"}
    passes = case(clause, harm="PersonalInjury", says=fact, insurance=[written | RAN])
    book = Book(passes, HARM, "EUR")
    ((node, *_),) = book.responses()
    assert (book.answer(node), book.because(node, book.answer(node), None)) == (answer, because)
    assert ("InsuredContract" in {q.fact for q in questions(passes)}) == (answer == "may")


# -- a liable party with policies of its own

TEXAS = Path(__file__).parents[1] / "cases" / "hard-rows" / "texas-threshold-positive.yaml"


def texas() -> dict[str, Any]:
    """The case as data: the driver 51 per cent at fault, the vendor 49."""
    return {**casefile.plain(casefile.load(TEXAS)), "answerable": 1, "expect": []}


def liable(policies: list[dict[str, Any]], *circumstances: dict[str, Any], **changes: Any) -> list[Cover]:
    """The policies of a driver, 51 per cent at fault for an injury of 100,000 dollars on 13 April 2026."""
    data = texas()
    plain = {"on": "2026-01-01", "until": "2026-12-31", "currency": "USD", "limit": 1000000, "holder": "deployer"}
    data["insurance"] = [plain | {"id": f"p-{n}"} | policy for n, policy in enumerate(policies, 1)]
    data["circumstances"] += circumstances
    data["harms"][0] |= changes
    assessment = Passes.of(casefile.from_data(data)).assessment
    return [c for a in assessment.allocation if a.regime == "AP_TX" for c in a.insurance]


def pays(covers: list[Cover]) -> dict[str, tuple[float, float | None]]:
    found = {c.policy: c.pays for c in covers}
    return {k: (float(v.low or 0), None if v.high is None else float(v.high)) for k, v in found.items() if v}


MOTOR = {"type": "MotorPolicy"}


@pytest.mark.parametrize(
    ("fact", "status"),
    [
        ([], "responds"),
        ([{"id": "w", "is": "IntentionalHarm", "of": "deployer", "about": "injury"}], "does not respond"),
        ([{"id": "w", "is": "IntentionalHarm", "of": "deployer", "about": "injury", "holds": False}], "responds"),
        ([{"id": "w", "is": "IntentionalHarm", "of": "vendor", "about": "injury"}], "responds"),
    ],
)
def test_wilful_acts(fact: list[dict[str, Any]], status: str) -> None:
    (cover,) = liable([MOTOR], *fact)
    assert cover.status == status
    assert (cover.because == ["EXC_WILFUL"]) == (status == "does not respond")


@pytest.mark.parametrize(
    ("fact", "status"),
    [
        ([{"id": "v", "is": "VicariousLiabilityOnly", "of": "deployer", "about": "injury"}], "responds"),
        (
            [{"id": "v", "is": "VicariousLiabilityOnly", "of": "deployer", "about": "injury", "holds": False}],
            "does not respond",
        ),
        ([], "may respond"),
    ],
)
def test_an_additional_insured(fact: list[dict[str, Any]], status: str) -> None:
    covers = liable([MOTOR | {"holder": "vendor", "additional_insured": "deployer"}], *fact)
    assert {c.holder: c.status for c in covers} == {"vendor": "responds", "deployer": status}


def test_the_retention_comes_first() -> None:
    assert pays(liable([MOTOR | {"retention": 30000}])) == {"p-1": (21000, 21000)}
    assert pays(liable([MOTOR])) == {"p-1": (51000, 51000)}


def test_limits_and_sublimits() -> None:
    assert pays(liable([MOTOR | {"limit": 20000}])) == {"p-1": (20000, 20000)}
    assert pays(liable([MOTOR | {"limit": 20000, "aggregate_used": 15000}])) == {"p-1": (5000, 5000)}
    low = {"sublimits": [{"id": "s", "for": "PersonalInjury", "amount": 7000}]}
    assert pays(liable([MOTOR | low])) == {"p-1": (7000, 7000)}
    other = {"sublimits": [{"id": "s", "for": "PropertyDamage", "amount": 7000}]}
    assert pays(liable([MOTOR | other])) == {"p-1": (51000, 51000)}
    (no_limit,) = liable([MOTOR | {"limit": None, "id": "p-1"}])
    assert no_limit.pays is not None and no_limit.pays.open == ["limit of p-1"]


def test_a_tower_follows_form_and_breaks() -> None:
    first = MOTOR | {"limit": 20000}
    second = {"id": "p-2", "limit": 20000, "attachment": 20000, "follows_form": "p-1"}
    third = {"id": "p-3", "limit": 20000, "attachment": 40000, "follows_form": "p-2"}
    assert pays(liable([first, second, third])) == {"p-1": (20000,) * 2, "p-2": (20000,) * 2, "p-3": (11000,) * 2}
    excluded = second | {"endorsements": ["AbsoluteAIExclusion"]}
    covers = liable([first, excluded, third | {"follows_form": "p-1"}])
    assert pays(covers) == {"p-1": (20000, 20000), "p-2": (0, 0), "p-3": (0, 0)}
    assert "CON_TOWER" in next(c.because for c in covers if c.policy == "p-3")
    drops = third | {"follows_form": "p-1", "drops_down": True}
    assert pays(liable([first, excluded, drops])) == {"p-1": (20000, 20000), "p-2": (0, 0), "p-3": (20000, 20000)}
    # An exclusion of the primary layer is taken over by whoever follows its form.
    carries = first | {"endorsements": ["AbsoluteAIExclusion"]}
    assert pays(liable([carries, second, third])) == {"p-1": (0, 0), "p-2": (0, 0), "p-3": (0, 0)}


@pytest.mark.parametrize(
    ("policy", "harm", "status"),
    [
        ({"trigger": "occurrence"}, {}, "responds"),
        ({"trigger": "occurrence", "on": "2026-04-13"}, {}, "responds"),
        ({"trigger": "occurrence", "until": "2026-04-13"}, {}, "responds"),
        ({"trigger": "occurrence", "on": "2026-04-14"}, {}, "does not respond"),
        ({"trigger": "occurrence", "until": "2026-04-12"}, {}, "does not respond"),
        ({"trigger": "occurrence", "until": None}, {}, "may respond"),
        ({"trigger": "claims_made"}, {}, "may respond"),
        ({"trigger": "claims_made"}, {"claim_made_on": "2026-06-01"}, "responds"),
        ({"trigger": "claims_made"}, {"claim_made_on": "2025-12-31"}, "does not respond"),
        ({"trigger": "claims_made", "until": "2026-05-31"}, {"claim_made_on": "2026-06-01"}, "does not respond"),
        (
            {"trigger": "claims_made", "until": "2026-05-31", "extended_reporting_until": "2026-06-30"},
            {"claim_made_on": "2026-06-01"},
            "responds",
        ),
        ({"trigger": "claims_made", "claim_made_on": "2026-05-01"}, {"claim_made_on": "2027-06-01"}, "responds"),
        (
            {"trigger": "claims_made"},
            {"claim_made_on": "2026-06-01", "reported_on": "2027-01-01"},
            "does not respond",
        ),
        ({"trigger": "claims_made", "retro_date": "2026-04-13"}, {"claim_made_on": "2026-06-01"}, "responds"),
        ({"trigger": "claims_made", "retro_date": "2026-04-14"}, {"claim_made_on": "2026-06-01"}, "does not respond"),
    ],
)
def test_the_trigger(policy: dict[str, Any], harm: dict[str, Any], status: str) -> None:
    (cover,) = liable([MOTOR | policy], **harm)
    assert cover.status == status


def test_a_line_that_asks_for_a_report() -> None:
    policy = {"type": "ProfessionalIndemnityPolicy", "reported_on": None}
    written = (
        {"id": "policy", "holder": "vendor", "limit": 1, "currency": "EUR"} | RAN | {"claim_made_on": "2027-04-01"}
    )
    clause = {"type": "Indemnity", "burdens": "vendor", "protects": "customer"}
    passes = case(clause, harm="PureEconomicLoss", says=[INSURED], insurance=[written | policy])
    book = Book(passes, HARM, "EUR")
    ((node, *_),) = book.responses()
    assert book.answer(node) == "may"
    assert {q.fact for q in questions(passes)} == {"ClaimsMadeTrigger"}


def test_costs_of_defence() -> None:
    costs = {"limit": 60000, "defence_costs": 20000}
    assert pays(liable([MOTOR | costs | {"defence": "inside"}])) == {"p-1": (40000, 40000)}
    assert pays(liable([MOTOR | costs | {"defence": "outside"}])) == {"p-1": (51000, 51000)}
    # By default as the line has it: outside for general liability, inside for cyber.
    assert pays(liable([CGL | costs])) == {"p-1": (51000, 51000)}
    cyber = {"type": "CyberPolicy", "trigger": "occurrence", "covers": ["Harm"]} | costs
    (cover,) = liable([cyber])
    assert cover.status == "does not respond"  # injury is left out, whatever else is covered


def test_what_is_left_with_a_party_is_counted() -> None:
    data = texas()
    policy = {"id": "p", "type": "MotorPolicy", "holder": "deployer", "limit": 20000, "retention": 5000}
    data["insurance"] = [policy | {"currency": "USD", "on": "2026-01-01", "until": "2026-12-31", "defence_costs": 3000}]
    passes = Passes.of(casefile.from_data(data))
    (fall,) = (w for w in passes.assessment.waterfall if w.regime == "AP_TX")
    steps = {(s.party, s.kind): (s.amount.low, s.amount.high, s.rule) for s in fall.steps}
    # Of 51,000 and 3,000 for the defence the policy pays 20,000 with the defence inside the limit.
    assert steps[("deployer", "bears")] == (34000, 34000, "CON_RESIDUAL")
    assert steps[("deployer", "retained")] == (5000, 5000, "CON_RETENTION")
    assert steps[("vendor", "bears")][:2] == (49000, 49000)


# -- the requirement to insure


def test_a_requirement_to_insure_is_broken_by_an_exclusion_of_ai() -> None:
    clause = {"type": "InsuranceRequirement", "burdens": "vendor", "protects": "customer"}
    written = {"id": "policy", "holder": "vendor", "type": "CyberPolicy"}
    for endorsements, because in ((["AbsoluteAIExclusion"], ["policy"]), (["BiometricExclusion"], []), ([], [])):
        passes = case(clause, forum="DE", insurance=[written | {"endorsements": endorsements}])
        assert [e.because for e in found(passes) if e.rule == "CT_INSURE"] == [because]


# -- the table

CONCEPTS = {
    "CON_RETENTION": test_the_retention_comes_first,
    "CON_LIMIT": test_limits_and_sublimits,
    "CON_TOWER": test_a_tower_follows_form_and_breaks,
    "CON_TRIGGER": test_the_trigger,
    "CON_DEFENCE": test_costs_of_defence,
    "CON_AI": test_an_additional_insured,
    "CON_RESIDUAL": test_what_is_left_with_a_party_is_counted,
    "EXC_BERKLEY": test_the_absolute_exclusion_takes_out_all_ai,
    "EXC_OTHERS": test_an_exclusion_in_an_insurers_own_words_is_open,
    "EXC_BIOMETRIC": test_the_biometric_exclusion,
    "EXC_FINES": test_fines,
    "EXC_WILFUL": test_wilful_acts,
    "EXC_CONTRACTUAL": test_assumed_liability,
}


@pytest.mark.skipif(not TABLE.exists(), reason="the law tables are not beside the project")
def test_every_row_of_the_table_is_written_and_tested() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        table = {row["id"]: row for row in csv.DictReader(file)}
    assert set(table) == {*COVERED, *GENERATIVE, *CONCEPTS}
    text = (rooms.room("data") / "doctrine" / "several" / "insurance.ttl").read_text(encoding="utf-8")
    written = dict(re.findall(r"doctrine:(\S+) a ans:Insurance.*?ans:hasVerification ans:(\w+)", text, re.DOTALL))
    levels = {"verified_secondary": "VerifiedSecondary", "unverified_memory": "UnverifiedMemory"}
    assert {k: v for k, v in written.items() if "." not in k} == {
        k: levels[r["verification"]] for k, r in table.items()
    }


def test_iris_of_the_builder() -> None:
    assert iri(f"{CASE}test/loss") == HARM
