"""Every row of the table of clauses: what it does, what it does not, what stays open, and before which day."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from answerable import rooms
from answerable.contracts import questions
from tests.contracts.builder import case, found, statuses

TABLE = rooms.root().parent / "shared" / "law" / "doctrine" / "contract.csv"
CAP = {"type": "LiabilityCap"}
INDEMNITY = {"type": "Indemnity"}
OUTPUT = {"type": "IPOutputIndemnity"}
BINDS, VOID, NONE = ("binds_parties", "parties"), ("void", "customer"), ("does_not_bind", "victim")
FAIR, REASONABLE = ("open_to_fairness_test", "customer"), ("open_to_reasonableness_test", "customer")
POLICY = ("open_to_policy_test", "customer")
WAITS, FAILS = ("hangs_on_conditions", "parties"), ("conditions_fail", "customer")
CONSUMER: dict[str, Any] = {"customer": "Consumer", "to": "customer"}

# rule, clause, what is different, what the rule makes of it
Row = tuple[str, dict[str, Any], dict[str, Any], set[tuple[str, str]]]


def grounds(rule: str, clause: dict[str, Any], around: dict[str, Any], *classes: str, status: Any = VOID) -> list[Row]:
    """A row for each ground that defeats a clause."""
    return [(rule, clause, around | {"says": [(ground, "clause")]}, {status, NONE}) for ground in classes]


SHOWN = {"says": [("RequiredMitigations", "clause")]}
IP = {"harm": "IntellectualPropertyHarm"}
ROWS: list[Row] = [
    ("CT_INDEM_IP", OUTPUT, IP, {WAITS, NONE}),
    ("CT_INDEM_IP", OUTPUT, IP | SHOWN, {BINDS, NONE}),
    ("CT_INDEM_IP", OUTPUT | {"evidenced": ["RequiredMitigations"]}, IP | {"forum": "DE"}, {BINDS, NONE}),
    ("CT_INDEM_IP", OUTPUT, IP | {"says": [("RequiredMitigations", "clause", False)]}, {FAILS, NONE}),
    ("CT_INDEM_IP", OUTPUT, IP | {"forum": "CA"}, set()),
    *[
        ("CT_INDEM_IP", OUTPUT, IP | {"says": [("RequiredMitigations", "clause"), (ground, "clause")]}, {FAILS, NONE})
        for ground in (
            "SafetySystemTamperedWith",
            "NoRightsInInput",
            "KnownInfringingUse",
            "TrademarkClaim",
            "UnpaidOrBetaUse",
            "CustomerModification",
        )
    ],
    ("CT_INDEM_GEN", INDEMNITY, {}, {BINDS, NONE}),
    *grounds("CT_INDEM_GEN", INDEMNITY, {}, "UnclearOwnNegligenceIndemnity", "IndemnityForOwnIntentionalWrong"),
    ("CT_INDEM_GEN", INDEMNITY, {"says": [("UnclearOwnNegligenceIndemnity", "clause", False)]}, {BINDS, NONE}),
    ("CT_INDEM_GEN", INDEMNITY, {"forum": "DE"}, set()),
    ("CT_INDEM_GEN.texas", INDEMNITY, {"says": [("InconspicuousIndemnity", "clause")]}, {VOID}),
    ("CT_INDEM_GEN.texas", INDEMNITY, {"forum": "US-CA", "says": [("InconspicuousIndemnity", "clause")]}, set()),
    ("CT_INDEM_HALLUC", {"type": "OutputAccuracyIndemnity"}, {}, {BINDS, NONE}),
    ("CT_INDEM_HALLUC", INDEMNITY, {}, set()),
    *[
        ("CT_INDEM_CO", INDEMNITY, {"harm": "DiscriminationHarm"} | around, expected)
        for around, expected in (
            ({"forum": "US-CO"}, {POLICY}),
            ({"forum": "US-CO", "says": [("IndemnityForOwnDiscrimination", "clause")]}, {VOID}),
            ({"forum": "US-CO", "says": [("IndemnityForOwnDiscrimination", "clause", False)]}, set()),
            ({"forum": "US-CO", "on": "2027-01-01"}, {POLICY}),
            ({"forum": "US-CO", "on": "2026-12-31"}, set()),
            ({"forum": "US-CO", "on": None}, set()),
            ({"forum": "US-TX", "says": [("IndemnityForOwnDiscrimination", "clause")]}, set()),
            ({"forum": "US-CO", "harm": "PersonalInjury"}, set()),
        )
    ],
    *[
        ("CT_INDEM_T7", INDEMNITY, around, expected)
        for around, expected in (
            ({"harm": "DiscriminationHarm"}, {POLICY}),
            ({"harm": "DiscriminationHarm", "says": [("IndemnityForOwnDiscrimination", "clause")]}, {VOID}),
            ({"harm": "DiscriminationHarm", "says": [("IndemnityForOwnDiscrimination", "clause", False)]}, set()),
            ({"harm": "PersonalInjury", "says": [("IndemnityForOwnDiscrimination", "clause")]}, set()),
            ({"harm": "DiscriminationHarm", "forum": "UK"}, set()),
        )
    ],
    ("CT_CAP", CAP, {}, {BINDS, NONE}),
    ("CT_CAP", {"type": "LiabilityExclusion"}, {}, {BINDS, NONE}),
    *grounds("CT_CAP", CAP, {}, "UnconscionableTerm", "FailedEssentialPurpose"),
    ("CT_CAP", CAP, {"to": "customer"}, {BINDS}),
    ("CT_CAP.gross-fault", CAP, {"forum": "US-NY", "says": [("TermShieldingGrossFault", "clause")]}, {VOID}),
    ("CT_CAP.gross-fault", CAP, {"forum": "US-CA", "says": [("TermShieldingGrossFault", "clause")]}, {VOID}),
    ("CT_CAP.gross-fault", CAP, {"forum": "US-TX", "says": [("TermShieldingGrossFault", "clause")]}, set()),
    ("CT_CAP.consumer-injury", CAP, CONSUMER | {"contract": "SaleContract", "harm": "PersonalInjury"}, {VOID}),
    ("CT_CAP.consumer-injury", CAP, CONSUMER | {"contract": "SaleContract"}, set()),
    (
        "CT_CAP.consumer-injury",
        CAP,
        CONSUMER
        | {"contract": "SaleContract", "harm": "PersonalInjury", "says": [("TermShownConscionable", "clause")]},
        set(),
    ),
    ("CT_CAP_UK", CAP, {"forum": "UK"}, {REASONABLE, NONE}),
    *grounds("CT_CAP_UK", CAP, {"forum": "UK"}, "UnreasonableTerm"),
    ("CT_CAP_UK", CAP, {"forum": "UK", "says": [("UnreasonableTerm", "clause", False)]}, {BINDS, NONE}),
    ("CT_CAP_UK", CAP, {"forum": "UK", "says": [("InternationalSupplyContract", "terms")]}, {BINDS, NONE}),
    ("CT_CAP_UK.injury", CAP, {"forum": "UK", "harm": "DeathHarm"}, {VOID}),
    ("CT_CAP_UK.injury", CAP, {"forum": "UK"}, set()),
    (
        "CT_CAP_UK.injury",
        CAP,
        {"forum": "UK", "harm": "DeathHarm", "says": [("InternationalSupplyContract", "terms")]},
        set(),
    ),
    ("CT_CAP_UK_CONS", CAP, CONSUMER | {"forum": "UK"}, {FAIR}),
    ("CT_CAP_UK_CONS", CAP, CONSUMER | {"forum": "UK", "says": [("UnfairTerm", "clause")]}, {VOID}),
    ("CT_CAP_UK_CONS", CAP, CONSUMER | {"forum": "UK", "says": [("TermExcludingStatutoryRights", "clause")]}, {VOID}),
    ("CT_CAP_UK_CONS", CAP, CONSUMER | {"forum": "UK", "says": [("UnfairTerm", "clause", False)]}, set()),
    ("CT_CAP_UK_CONS", CAP, {"forum": "UK", "says": [("UnfairTerm", "clause")]}, set()),
    ("CT_CAP_UK_CONS.injury", CAP, CONSUMER | {"forum": "UK", "harm": "PersonalInjury"}, {VOID}),
    ("CT_CAP_UK_CONS.injury", CAP, {"forum": "UK", "harm": "PersonalInjury"}, set()),
    ("CT_CAP_EU_CONS", CAP, CONSUMER | {"forum": "FR"}, {FAIR}),
    ("CT_CAP_EU_CONS", CAP, CONSUMER | {"forum": "FR", "says": [("UnfairTerm", "clause")]}, {VOID}),
    ("CT_CAP_EU_CONS", CAP, CONSUMER | {"forum": "FR", "says": [("UnfairTerm", "clause", False)]}, set()),
    ("CT_CAP_EU_CONS", CAP, {"forum": "FR", "says": [("UnfairTerm", "clause")]}, set()),
    ("CT_CAP_DE", CAP, {"forum": "DE"}, {BINDS}),
    ("CT_CAP_DE", CAP, {"forum": "DE", "says": [("StandardTermWithoutCarveOut", "clause")]}, {VOID}),
    ("CT_CAP_DE", CAP, {"forum": "DE", "says": [("AdvanceReleaseFromIntent", "clause")]}, {VOID}),
    ("CT_CAP_DE", CAP, {"forum": "DE", "says": [("StandardTermWithoutCarveOut", "clause", False)]}, {BINDS}),
    ("CT_CAP_DE", CAP, {"forum": "FR"}, set()),
    ("CT_CAP_DE.strangers", CAP, {"forum": "DE"}, {NONE}),
    ("CT_CAP_DE.strangers", CAP, {"forum": "DE", "to": "customer"}, set()),
    *[
        ("CT_CAP_DATAACT", CAP, {"forum": "DE", "says": says}, expected)
        for says, expected in (
            (
                [
                    ("DataRelatedTerm", "clause"),
                    ("UnilaterallyImposedTerm", "clause"),
                    ("ExcludesLiabilityForGrossFault", "clause"),
                ],
                {VOID},
            ),
            ([("DataRelatedTerm", "clause"), ("UnilaterallyImposedTerm", "clause")], {FAIR}),
            ([("DataRelatedTerm", "clause"), ("ExcludesLiabilityForGrossFault", "clause")], set()),
            ([("UnilaterallyImposedTerm", "clause"), ("ExcludesLiabilityForGrossFault", "clause")], set()),
        )
    ],
    ("CT_CONSEQ", {"type": "ConsequentialLossExclusion"}, {}, {BINDS, NONE}),
    ("CT_CONSEQ", {"type": "LiabilityExclusion"}, {}, set()),
    *grounds("CT_CONSEQ", {"type": "ConsequentialLossExclusion"}, {}, "UnconscionableTerm"),
    ("CT_ASIS", {"type": "WarrantyDisclaimer"}, {}, {BINDS, NONE}),
    *grounds(
        "CT_ASIS", {"type": "WarrantyDisclaimer"}, {}, "InconspicuousDisclaimer", "DisclaimerBesideWrittenWarranty"
    ),
    ("CT_ASIS", {"type": "WarrantyDisclaimer"}, {"forum": "DE"}, set()),
    ("CT_ASIS.massachusetts", {"type": "WarrantyDisclaimer"}, CONSUMER | {"forum": "US-MA"}, {VOID}),
    ("CT_ASIS.massachusetts", {"type": "WarrantyDisclaimer"}, {"forum": "US-MA"}, set()),
    ("CT_ASIS.massachusetts", {"type": "WarrantyDisclaimer"}, CONSUMER | {"forum": "US-TX"}, set()),
    ("CT_WARR_PERF", {"type": "PerformanceWarranty"}, {}, {BINDS, ("may_benefit", "victim")}),
    ("CT_WARR_PERF", {"type": "PerformanceWarranty"}, {"forum": "DE"}, set()),
    ("CT_WARR_COMPLY", {"type": "ComplianceWarranty"}, {}, {BINDS}),
    ("CT_WARR_COMPLY", {"type": "ComplianceWarranty"}, {"forum": "DE"}, {BINDS}),
    ("CT_WARR_COMPLY", {"type": "ComplianceWarranty"}, {"says": [("VagueTerm", "clause")]}, {VOID}),
    ("CT_SLA", {"type": "ServiceLevel"}, {}, {BINDS, NONE}),
    *grounds("CT_SLA", {"type": "ServiceLevel"}, {}, "FailedEssentialPurpose"),
    ("CT_SLA", {"type": "ServiceLevel"}, {"forum": "DE"}, set()),
    ("CT_SLA_FAIR", {"type": "QualityServiceLevel"}, {"forum": "DE"}, {BINDS}),
    ("CT_SLA_FAIR", {"type": "ServiceLevel"}, {"forum": "DE"}, set()),
    ("CT_INSURE", {"type": "InsuranceRequirement"}, {"forum": "DE"}, {BINDS}),
    ("CT_AUDIT", {"type": "AuditRight"}, {"forum": "DE"}, {BINDS, NONE}),
    ("CT_FLOWDOWN", {"type": "FlowDown"}, {}, {BINDS, NONE}),
    *grounds("CT_FLOWDOWN", {"type": "FlowDown"}, {}, "NoPrivityWithNextTier", status=("does_not_bind", "customer")),
    ("CT_USE_RESTRICT", {"type": "UseRestriction"}, {"forum": "DE"}, {BINDS, NONE}),
    *grounds("CT_USE_RESTRICT", {"type": "UseRestriction"}, {}, "KnownAndProfitableMisuse"),
    ("CT_ROLE_ALLOC", {"type": "RoleAllocation"}, {"forum": "DE"}, {BINDS}),
    ("CT_ROLE_ALLOC", {"type": "RoleAllocation"}, {"forum": "US-TX"}, set()),
    ("CT_ARB", {"type": "ArbitrationClause"}, {}, {BINDS, NONE}),
    *grounds("CT_ARB", {"type": "ArbitrationClause"}, {}, "UnconscionableTerm"),
    ("CT_ARB.eu-consumer", {"type": "ArbitrationClause"}, CONSUMER | {"forum": "FR"}, {FAIR}),
    (
        "CT_ARB.eu-consumer",
        {"type": "ArbitrationClause"},
        CONSUMER | {"forum": "FR", "says": [("UnfairTerm", "clause")]},
        {VOID},
    ),
    ("CT_ARB.eu-consumer", {"type": "ArbitrationClause"}, {"forum": "FR"}, set()),
    ("CT_CHOICE", {"type": "ChoiceOfLawClause"}, {"forum": "FR"}, {BINDS, NONE}),
    ("CT_CHOICE", {"type": "ChoiceOfCourtClause"}, {}, {BINDS, NONE}),
    *grounds("CT_CHOICE", {"type": "ChoiceOfLawClause"}, {}, "TermEvadingMandatoryLaw"),
    ("CT_EXCULP_PUBLIC", {"type": "PreInjuryRelease"}, {}, {BINDS, NONE}),
    *grounds(
        "CT_EXCULP_PUBLIC",
        {"type": "PreInjuryRelease"},
        {},
        "ReleaseAgainstPublicInterest",
        "TermShieldingGrossFault",
        "AdvanceReleaseFromIntent",
    ),
    ("CT_EXCULP_PUBLIC", {"type": "PreInjuryRelease"}, {"forum": "DE"}, set()),
    ("CT_NONRELIANCE", {"type": "NonRelianceClause"}, {}, {BINDS}),
    ("CT_NONRELIANCE", {"type": "NonRelianceClause"}, {"says": [("FraudBehindTerm", "clause")]}, {VOID}),
    ("CT_NONRELIANCE.uk", {"type": "NonRelianceClause"}, {"forum": "UK"}, {REASONABLE}),
    (
        "CT_NONRELIANCE.uk",
        {"type": "NonRelianceClause"},
        {"forum": "UK", "says": [("UnreasonableTerm", "clause")]},
        {VOID},
    ),
    ("CT_NONRELIANCE.uk", {"type": "NonRelianceClause"}, {"forum": "US-TX"}, set()),
    ("CT_CHANGE", {"type": "ChangeNotice"}, {"forum": "DE"}, {BINDS}),
    ("CT_LOGS", {"type": "LogRetention"}, {"forum": "DE"}, {BINDS}),
    ("CT_NY_RAISE", {"type": "ResponsibilityAllocation"}, {"forum": "US-NY"}, {BINDS}),
    ("CT_NY_RAISE", {"type": "ResponsibilityAllocation"}, {"forum": "US-TX"}, set()),
    ("CT_SUBROG_WAIVER", {"type": "SubrogationWaiver"}, {"forum": "DE"}, {BINDS}),
    (
        "CT_SUBROG_WAIVER",
        {"type": "SubrogationWaiver"},
        {"says": [("SubrogationWaiverBarredByStatute", "clause")]},
        {VOID},
    ),
]


@pytest.mark.parametrize(("rule", "clause", "around", "expected"), ROWS, ids=lambda v: v if isinstance(v, str) else "")
def test_row(rule: str, clause: dict[str, Any], around: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert statuses(case(clause, **around), rule) == expected


DEFECT = [
    {"is": "DefectiveProduct", "of": "system"},
    {"is": "DamageCausedByDefect", "of": "loss"},
]


def launch(day: str) -> dict[str, Any]:
    return {
        "id": "launch",
        "type": "PlacingOnMarket",
        "by": "vendor",
        "of": "system",
        "under_name": "vendor",
        "on": day,
        "where": "DE",
    }


@pytest.mark.parametrize(
    ("rule", "placed", "harm", "void"),
    [
        ("CT_CAP_PLD", "2027-01-15", "PersonalInjury", True),
        ("CT_CAP_PLD", "2026-01-15", "PersonalInjury", False),
        ("CT_CAP_PLD.1985", "2026-01-15", "PersonalInjury", True),
        ("CT_CAP_PLD.1985", "2027-01-15", "PersonalInjury", False),
    ],
)
def test_product_liability_cannot_be_limited_towards_the_injured(rule: str, placed: str, harm: str, void: bool) -> None:
    development = {"id": "made", "type": "SystemDevelopment", "by": "vendor", "of": "system", "on": "2025-11-01"}
    for to in ("victim", "customer"):
        around: dict[str, Any] = {"forum": "DE", "harm": harm, "to": to, "customer": "NaturalPerson"}
        passes = case(CAP, **around, events=[development, launch(placed)], circumstances=DEFECT)
        assert (("void", to) in statuses(passes, rule)) == void


MADE = [
    {"id": "made", "type": "SystemDevelopment", "by": "vendor", "of": "system", "on": "2025-11-01"},
    {"id": "built", "type": "Integration", "by": "vendor", "of": "system", "on": "2025-11-02"},
]
PRODUCT = [{"is": "TangibleProduct", "of": "system"}]
WARNING = [
    {"is": "KnowableHiddenRisk", "of": "vendor", "about": "system"},
    {"is": "InadequateWarning", "of": "vendor", "about": "system"},
    {"is": "WarningWouldHaveAvoidedHarm", "of": "loss"},
]


def injured_by_product(forum: str, harm: str, circumstances: list[dict[str, Any]], theory: str, rule: str) -> set[Any]:
    """What a rule makes of a cap towards a stranger, where the theory on products is not blocked."""
    launched = launch("2026-01-15") | {"where": forum}
    passes = case(CAP, forum=forum, harm=harm, events=[*MADE, launched], circumstances=[*circumstances, *PRODUCT])
    viable = {c.theory for c in passes.assessment.liability if c.party == "vendor" and c.status != "blocked"}
    assert theory in viable, theory
    return statuses(passes, rule)


def test_the_british_act_on_consumer_protection_cannot_be_excluded() -> None:
    assert injured_by_product("UK", "PersonalInjury", DEFECT, "PL_UK_CPA", "CT_CAP_CPA") == {("void", "victim")}
    assert statuses(case(CAP, forum="UK", harm="PersonalInjury"), "CT_CAP_CPA") == set()


def test_disclaimers_do_not_bar_claims_for_injury_by_a_new_product() -> None:
    assert injured_by_product("US-TX", "PersonalInjury", WARNING, "PL_WARN", "CT_CAP_R3PL") == {("void", "victim")}
    assert injured_by_product("US-TX", "PropertyDamage", WARNING, "PL_WARN", "CT_CAP_R3PL") == set()
    assert statuses(case(CAP, forum="US-TX", harm="PersonalInjury"), "CT_CAP_R3PL") == set()


@pytest.mark.parametrize(("kind", "binds"), [("Scoring", True), ("Statement", False)])
def test_a_cap_between_those_involved_in_a_processing(kind: str, binds: bool) -> None:
    scored = {
        "id": "scored",
        "type": kind,
        "by": "vendor",
        "of": "system",
        "on": "2027-02-01",
        "where": "DE",
        "on_behalf_of": "customer",
        "purposes_set_by": "customer",
        "affects": "victim",
    }
    home = [{"id": "shop", "type": "Organisation", "established_in": "DE"}]
    data: dict[str, Any] = {
        "forum": "DE",
        "harm": "NonMaterialDamage",
        "parties": home,
        "events": [scored],
    }
    passes = case(CAP, **data)
    assert statuses(passes, "CT_CAP_GDPR") == set()  # the harm is not said to be caused by it
    data["harms"] = [
        {"id": "distress", "type": "NonMaterialDamage", "to": "victim", "caused_by": "scored", "through": "system"}
    ]
    passes = case(CAP, **data)
    between = {
        tuple(passes.keys(effect, "isBetween"))
        for effect, rules in passes.column("isUnderRule").items()
        if passes.key(rules[0]) == "CT_CAP_GDPR" and passes.values(effect, "isBetween")
    }
    assert between == ({("customer", "vendor")} if binds else set())


CONSEQUENCES = {
    "CT_INDEM_IP": ("IPOutputIndemnity", {"ShiftsLoss"}, set()),
    "CT_INDEM_GEN": ("Indemnity", {"ShiftsLoss"}, set()),
    "CT_INDEM_HALLUC": ("OutputAccuracyIndemnity", {"ShiftsLoss"}, set()),
    "CT_CAP": ("LiabilityCap", {"LimitsRecovery"}, set()),
    "CT_CONSEQ": ("ConsequentialLossExclusion", {"BarsConsequentialLoss"}, set()),
    "CT_ASIS": ("WarrantyDisclaimer", {"NegatesImpliedWarranties"}, set()),
    "CT_WARR_PERF": ("PerformanceWarranty", {"OpensWarrantyClaim"}, {"K_EXPRESS_WARR"}),
    "CT_WARR_COMPLY": ("ComplianceWarranty", {"OpensContractClaim"}, {"K_BREACH"}),
    "CT_SLA": ("ServiceLevel", {"LimitsRemedyToCredits"}, set()),
    "CT_SLA_FAIR": ("QualityServiceLevel", {"OpensContractClaim", "GivesTrigger"}, {"K_BREACH"}),
    "CT_INSURE": ("InsuranceRequirement", {"FundsIndemnity"}, set()),
    "CT_AUDIT": ("AuditRight", {"GivesEvidence"}, set()),
    "CT_FLOWDOWN": ("FlowDown", {"BindsSubTier"}, set()),
    "CT_USE_RESTRICT": ("UseRestriction", {"PlacesFaultOnUser"}, set()),
    "CT_ARB": ("ArbitrationClause", {"SelectsTribunal"}, set()),
    "CT_CHOICE": ("ChoiceOfLawClause", {"SelectsLaw"}, set()),
    "CT_EXCULP_PUBLIC": ("PreInjuryRelease", {"BarsNegligenceClaim"}, set()),
    "CT_NONRELIANCE": ("NonRelianceClause", {"DefeatsReliance"}, set()),
    "CT_CHANGE": ("ChangeNotice", {"GivesEvidence"}, set()),
    "CT_LOGS": ("LogRetention", {"GivesEvidence"}, set()),
    "CT_SUBROG_WAIVER": ("SubrogationWaiver", {"StopsSubrogation"}, set()),
}


@pytest.mark.parametrize("rule", sorted(CONSEQUENCES))
def test_what_a_clause_that_stands_brings_about(rule: str) -> None:
    kind, consequences, theories = CONSEQUENCES[rule]
    effects = found(case({"type": kind, "evidenced": ["RequiredMitigations"]}))
    (stands,) = (e for e in effects if e.rule == rule and e.status == "binds_parties")
    assert set(stands.consequences) == consequences and set(stands.opens) == theories
    assert set(stands.between) == {"vendor", "customer"}
    assert all(not e.consequences for e in effects if e.status != "binds_parties")


def test_consequences_of_rows_in_other_forums() -> None:
    german = found(case(CAP, forum="DE"))
    assert [e.consequences for e in german if e.status == "binds_parties"] == [["LimitsRecovery"]]
    british = found(case(CAP, forum="UK", says=[("UnreasonableTerm", "clause", False)]))
    assert [e.consequences for e in british if e.status == "binds_parties"] == [["LimitsRecovery"]]
    roles = found(case({"type": "RoleAllocation"}, forum="DE"))
    assert [e.consequences for e in roles if e.status == "binds_parties"] == [["AllocatesRoleBetweenParties"]]
    blame = found(case({"type": "ResponsibilityAllocation"}, forum="US-NY"))
    assert [e.consequences for e in blame if e.status == "binds_parties"] == [["MayBlameAnother"]]


def test_a_role_given_by_law_is_not_displaced() -> None:
    passes = case({"type": "RoleAllocation"}, forum="DE", events=[launch("2027-01-15")])
    displaced = [e for e in found(passes) if e.rule == "CT_ROLE_ALLOC" and e.status == "does_not_bind"]
    assert displaced and all(e.because for e in displaced)
    assert not [e for e in found(case({"type": "RoleAllocation"}, forum="DE")) if e.status == "does_not_bind"]


def test_a_clause_may_stand_for_one_harm_and_fail_for_another() -> None:
    death = {"id": "death", "type": "DeathHarm", "to": "victim", "through": "system", "on": "2027-03-02"}
    passes = case(CAP, forum="UK", says=[("UnreasonableTerm", "clause", False)], harms=[death])
    assert BINDS in statuses(passes, "CT_CAP_UK") and statuses(passes, "CT_CAP_UK.injury") == set()
    status = {passes.key(h): n for n in ("standsFor", "failsFor") for _, h in passes.pairs(n)}
    assert status == {"loss": "standsFor", "death": "failsFor"}


def test_what_stays_open_is_asked() -> None:
    asked = {q.fact: q.would_change for q in questions(case(CAP, forum="UK"))}
    assert asked == {"UnreasonableTerm": ["clause"]}
    asked = {q.fact: q.would_change for q in questions(case(OUTPUT, **IP))}
    assert asked == {"RequiredMitigations": ["clause"]}
    fees = {"type": "LiabilityCap", "months_of_fees": 12}
    assert "fees (clause)" in {q.fact for q in questions(case(fees))}
    assert "fees (clause)" not in {q.fact for q in questions(case(fees | {"fees": 100, "currency": "EUR"}))}
    (stands,) = (e for e in found(case(CAP)) if e.status == "binds_parties")
    assert set(stands.open) == {"UnconscionableTerm", "FailedEssentialPurpose"}


@pytest.mark.skipif(not TABLE.exists(), reason="the law tables are not beside the project")
def test_every_row_of_the_table_is_a_rule_and_is_tested() -> None:
    with Path(TABLE).open(encoding="utf-8", newline="") as file:
        rows = {row["id"] for row in csv.DictReader(file)}
    rules = [p for p in rooms.files("data", ".ttl") if p.name == "contract-clauses.ttl"]
    text = "".join(p.read_text(encoding="utf-8") for p in rules)
    tested = {rule for rule, *_ in ROWS} | {"CT_CAP_PLD", "CT_CAP_PLD.1985", "CT_CAP_CPA", "CT_CAP_R3PL", "CT_CAP_GDPR"}
    assert rows == {rule.split(".")[0] for rule in tested}
    assert set(re.findall(r"doctrine:(\S+) a ans:ClauseRule", text)) == tested
