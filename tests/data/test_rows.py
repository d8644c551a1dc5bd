"""Every row of the law tables against its node: what it is, where it stands, since when, whom it binds, its price."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pyoxigraph as ox

from tests.data.tables import (
    LAW,
    ROOT,
    TABLES,
    Row,
    classes,
    conditions,
    day,
    days,
    expand,
    first_days,
    identifier,
    kinds,
    law,
    needs_tables,
    objects,
    of_class,
    parts,
    per_row,
    rows,
    store,
    term,
)

NORMS = (
    "obligations",
    "gdpr_obligations",
    "pld_provisions",
    "pld_1985",
    "oecd",
    "other_instruments",
    "scope_and_roles",
    "penalties",
    "annex_iii",
    "annex_i",
)
EVERY = (*NORMS, "application_dates", "amendments_2026_1744")
AMENDED = date(2026, 7, 27)
OWN_FILES = {
    "obligations": "ai-act",
    "scope_and_roles": "ai-act",
    "annex_iii": "ai-act",
    "annex_i": "ai-act",
    "gdpr_obligations": "gdpr",
    "pld_provisions": "pld-2024",
    "pld_1985": "pld-1985",
    "oecd": "oecd-ai-principles",
    "amendments_2026_1744": "ai-act-omnibus",
}
BINDING = ("Obligation", "Prohibition", "Permission", "Right")

# What a norm is

KIND = {
    "obligation": "Obligation",
    "prohibition": "Prohibition",
    "permission": "Permission",
    "right": "Right",
    "classification": "Classification",
    "modifier": "Modifier",
    "presumption": "Presumption",
    "role_shift": "RoleShift",
    "validity_rule": "ValidityRule",
    "exemption": "Exemption",
    "liability": "LiabilityRule",
    "competence": "CompetenceRule",
    "sanction": "Sanction",
    "transitional": "TransitionalRule",
    "definition": "Definition",
    "exception": "Exception",
    "recourse": "LiabilityRule",
    "jurisdiction": "LiabilityRule",
    "defence": "Exemption",
    # scope of the AI Act
    "scope_inclusion": "Definition",
    "scope_partial": "Exemption",
    "scope_exclusion": "Exemption",
    "scope_without": "Modifier",
    "scope_limitation": "Modifier",
    # the GDPR: whom it covers; a lawful basis is an exception to the prohibition to process without one
    "scope": "Definition",
    "condition": "Exception",
    # OECD
    "values_principle": "Recommendation",
    "policy_recommendation": "Recommendation",
    "incident_term": "Definition",
}
KIND_PLD = {
    "definition": "Definition",
    "damage_head": "Definition",
    "exclusion": "Exemption",
    "exemption": "Exemption",
    "exemption_exclusion": "Exception",
    "role_shift": "RoleShift",
    "presumption_defect": "Presumption",
    "presumption_causation": "Presumption",
    # the directive's rule on compensation is addressed to nobody, it founds the claim
    "right": "LiabilityRule",
    # a rule that leaves a choice to the Member States
    "fallback": "Permission",
    "derogation": "Exception",
    "transposition": "Obligation",
    "reduction": "ReducingDefence",
    "limitation": "FullBar",
    "expiry": "FullBar",
}
# These tables have no column for the kind: read from the words of each row.
KIND_OTHER = {
    "Definition": """
        EU_DSA_2 EU_MACHINERY_3_16 EU_DCD_3 EU_DSM_2_2
    """,
    "Classification": """
        EU_MACHINERY_8 EU_MDR_2_1
    """,
    "Exemption": """
        EU_DSA_4 EU_DSA_5 EU_DSA_6_1 EU_ROME2_1_2_g
    """,
    "Exception": """
        EU_DSA_6_2 EU_DSA_6_3 EU_UCTD_4_2 EU_DSM_4_3 EU_DATA_ACT_13_8
    """,
    "Modifier": """
        EU_DSA_7 EU_DCD_3_10 EU_DATA_ACT_13_7
    """,
    "Prohibition": """
        EU_DSA_8 EU_PWD_7
    """,
    "Permission": """
        EU_DSM_3 EU_DSM_4
    """,
    "Right": """
        EU_DCD_14 EU_CCD2_18_8
    """,
    "Obligation": """
        EU_CRA_13 EU_CRA_14 EU_CRA_24 EU_MDR_10_16 EU_UCTD_5 EU_DCD_7 EU_DCD_8 EU_DCD_19 EU_CCD2_13
        EU_CCD2_18_3 EU_CCD2_18_9 EU_CCD2_19 EU_PWD_8 EU_PWD_9 EU_PWD_10 EU_PWD_11
    """,
    "LiabilityRule": """
        EU_DSA_54 EU_MDR_11_5 EU_DCD_11 EU_DCD_20
    """,
    "Presumption": """
        EU_CRA_12 EU_DCD_12 EU_PWD_5 EU_DATA_ACT_13_5
    """,
    "RoleShift": """
        EU_CRA_21 EU_CRA_22 EU_MACHINERY_18
    """,
    "Sanction": """
        EU_CRA_64
    """,
    "TransitionalRule": """
        EU_DATA_ACT_50
    """,
    "ContractTermRule": """
        EU_UCTD_3_1 EU_UCTD_6_1 EU_UCTD_Annex1_a EU_UCTD_Annex1_b EU_UCTD_Annex1_q EU_DCD_22 EU_DSM_7_1
        EU_DATA_ACT_13_1 EU_DATA_ACT_13_3 EU_DATA_ACT_13_4 EU_DATA_ACT_13_9
    """,
    "ConflictRule": """
        EU_ROME2_4_1 EU_ROME2_4_2 EU_ROME2_4_3 EU_ROME2_5_1 EU_ROME2_5_2 EU_ROME2_6 EU_ROME2_8 EU_ROME2_14
        EU_ROME2_16
    """,
    "JurisdictionRule": """
        EU_BRUSSELS1A_4_1 EU_BRUSSELS1A_7_1_b EU_BRUSSELS1A_7_2 EU_BRUSSELS1A_7_5 EU_BRUSSELS1A_8_1
        EU_BRUSSELS1A_17-19 EU_BRUSSELS1A_20-23 EU_BRUSSELS1A_25
    """,
}
KIND_1985 = {
    "Definition": """
        PLD85_2 PLD85_3 PLD85_9
    """,
    "LiabilityRule": """
        PLD85_1 PLD85_4 PLD85_5 PLD85_6 PLD85_12 PLD85_13
    """,
    "Exemption": """
        PLD85_7
    """,
    "ReducingDefence": """
        PLD85_8
    """,
    "FullBar": """
        PLD85_10 PLD85_11
    """,
}
READ = {name: kind for kind, names in [*KIND_OTHER.items(), *KIND_1985.items()] for name in names.split()}
# Rows of penalties.csv that set no fine of their own.
NO_FINE = {
    "PEN_AIA_99_7": "criteria for the amount of a fine",
    "PEN_AIA_99_8": "how far public authorities can be fined",
}


def kind_of(row: Row) -> str:
    if row["table"] in ("annex_iii", "annex_i"):
        return "Classification"
    if row["table"] == "penalties":
        return "Modifier" if row["id"] in NO_FINE else "Sanction"
    if row["table"] == "application_dates":
        return "ApplicationPeriod"
    if row["table"] == "amendments_2026_1744":
        return "Amendment"
    if row["table"] == "pld_provisions":
        return KIND_PLD.get(row["kind"], "LiabilityRule")
    return READ.get(row["id"]) or KIND[row.get("modality") or row["kind"]]


@per_row(*EVERY)
def test_the_node_carries_its_id_and_is_what_the_row_says(row: Row) -> None:
    name = identifier(row)
    assert law(name, "dct:identifier") == [name]
    assert kind_of(row) in kinds(name)
    if kind_of(row) in BINDING or row["table"] == "gdpr_obligations":
        assert len(law(name, "rdf:type")) == 1, "what binds is one thing only"
    if kind_of(row) not in BINDING:
        assert not kinds(name) & set(BINDING)
    assert len(objects(LAW + name, "rdfs:label")) == 1


@per_row(*NORMS)
def test_the_node_states_its_rule_as_part_of_its_instrument(row: Row) -> None:
    name = row["id"]
    assert len(law(name, "hasStatement")) == 1
    instruments = [whole for whole in law(name, "isPartOf") if "LegalInstrument" in kinds(whole)]
    assert len(instruments) == 1
    if row["table"] in OWN_FILES:
        assert instruments == [OWN_FILES[row["table"]]]
    if row.get("celex") and row["table"] != "annex_i":
        assert law(instruments[0], "hasCELEX") == [row["celex"]]


# Where it stands, and how well it was checked


def fragment(citation: str) -> str:
    """The end of the ELI of a cited provision: Art.99(4)(a) is art_99/par_4/pnt_a/oj."""
    article, paragraph, point = re.findall(r"Art\.(\d+)\((\d+)\)(?:\((\w+)\))?", citation)[0]
    return f"/art_{article}/par_{paragraph}/{f'pnt_{point}/' if point else ''}oj"


@per_row(*NORMS)
def test_the_node_cites_the_provision_of_the_row(row: Row) -> None:
    (provision,) = objects(LAW + row["id"], "hasProvision")
    if row.get("eli_uri"):
        assert provision == row["eli_uri"]
    elif row["table"] == "oecd":
        assert provision == "https://legalinstruments.oecd.org/en/instruments/OECD-LEGAL-0449"
    elif row["table"] == "annex_i":
        inserted = row["text_version"] == "M1-inserted"
        assert provision.endswith("/2024/1689/2026-07-27" if inserted else "/2024/1689/anx_I/oj")
    elif "75c" in row["provision"] or "(da)" in row["provision"]:
        assert provision == "http://data.europa.eu/eli/reg/2024/1689/2026-07-27", "inserted: the consolidated act"
    elif row["provision"].startswith("CRA"):
        assert provision == "http://data.europa.eu/eli/reg/2024/2847/oj", "the table knows this act as a whole only"
    else:
        assert provision.endswith(fragment(row["provision"]))


# Sources that verification.csv calls read in full, beside S1 to S6: the copies of the Data Act (V18) and of CCD2 (V19).
READ_IN_FULL = {"CSA repo data-act-articles.json", "frankdevlabs/ccd2-2023-2225"}


def level(source: str) -> str:
    if re.match(r"S[1-6]\b", source) and "not individually verified" not in source:
        return "VerifiedPrimary"
    if source in READ_IN_FULL:
        return "VerifiedPrimary"
    return "UnverifiedMemory" if "memory" in source.lower() else "VerifiedSecondary"


@per_row(*EVERY)
def test_the_node_is_labelled_as_well_checked_as_the_row(row: Row) -> None:
    source = row["verified_source"] if "verified_source" in row else row["verified"]
    assert law(identifier(row), "isVerifiedAgainst") == [source]
    assert law(identifier(row), "hasVerification") == [level(source)]


@needs_tables
def test_the_copies_read_in_full_are_those_of_the_table_of_verification() -> None:
    found = {row["id"]: row for row in rows("verification")}
    for key, act in [("V18", "Data Act"), ("V19", "CCD2")]:
        assert act in found[key]["item"] and found[key]["level"] == "full text read"


# Since when

# A unit that the table dates by its text, which no period of the calendar can show.
NO_DAY = {"AIA_AnxI_A1": "deleted by the amendment: only its original plan and the days of its listing are left"}


def periods(name: str) -> list[str]:
    return law(name, "hasApplicationPeriod")


def current(name: str) -> list[str]:
    return [period for period in periods(name) if not day(period, "isKnownUntil")]


def row_days(row: Row) -> set[date]:
    keys = ("applies_from", "effective_from_annex_iii", "effective_from_annex_i")
    return set().union(*(days(row.get(key) or "") for key in keys))


@cache
def placement(instrument: str) -> frozenset[str]:
    """The periods of placing on the market that the theory resting on a directive tests."""
    theories = {"pld-2024": "PL_EU_2024", "pld-1985": "PL_EU_1985"}
    node = f"https://w3id.org/answerable/doctrine/{theories[instrument]}"
    return frozenset(value.removeprefix(LAW) for value in objects(node, "hasPlacementPeriod"))


@per_row(*(name for name in NORMS if name != "pld_1985"))
def test_the_current_periods_start_on_the_days_of_the_row_and_on_no_other(row: Row) -> None:
    name = row["id"]
    if row["table"] == "pld_provisions" and not periods(name):
        # a rule of the directive that a theory tests, on the day the product was placed
        assert not kinds(name) & set(BINDING) and not law(name, "hasBearerRole")
        (start,) = row_days(row)
        assert {start, start + timedelta(days=1)} == first_days(placement("pld-2024"))
        return
    if name in NO_DAY:
        assert not row_days(row) and not current(name)
        assert day(*law(name, "isListedDuring"), "appliesUntil") == AMENDED - timedelta(days=1)
        return
    if row["table"] == "oecd":
        assert first_days(current(name)) == {date(2019, 5, 22)}
        return
    assert first_days(current(name)) == row_days(row)


@per_row("obligations")
def test_a_day_that_ends_a_norm_is_in_its_period(row: Row) -> None:
    ends = {date.fromisoformat(found) for period in current(row["id"]) for found in law(period, "appliesUntil")}
    assert ends == days(row["applies_to"])


@per_row("obligations")
def test_a_contested_day_is_a_contested_period(row: Row) -> None:
    contested = [period for period in periods(row["id"]) if "ContestedPeriod" in kinds(period)]
    assert bool(contested) == ("CONTESTED" in row["applies_from_note"])


@per_row("application_dates")
def test_the_periods_of_a_row_hold_its_days_before_and_after_the_amendment(row: Row) -> None:
    name = row["id"]
    known = [period for period in of_class("ApplicationPeriod") if re.split(r"[._](?!\d)", period)[0] == name]
    settled = [period for period in known if not period.endswith("_original")]
    found = {date.fromisoformat(d) for p in settled for key in ("appliesFrom", "appliesUntil") for d in law(p, key)}
    before = days(row["original_date"])
    assert found - before == days(row["current_date"]) - before
    assert days(row["current_date"]) <= found
    original = f"{name}_original"
    if original in known:
        assert first_days([original]) == before
        assert day(original, "isKnownUntil") == AMENDED - timedelta(days=1)
        assert {day(period, "isKnownFrom") for period in settled} == {AMENDED}
    else:
        assert before <= found, "the plan has changed, and the earlier plan is not kept"


# Whom it binds

ROLES = {
    "provider": {"AIActProvider"},
    "deployer": {"AIActDeployer"},
    "importer": {"AIActImporter"},
    "distributor": {"AIActDistributor"},
    "authorised_representative": {"AIActAuthorisedRepresentative"},
    "product_manufacturer": {"AIActProductManufacturer"},
    "initial_provider": {"AIActInitialProvider"},
    "third_party_supplier": {"AIActThirdPartySupplier"},
    "prospective_provider": {"AIActProspectiveProvider"},
    "gpai_provider": {"AIActGPAIProvider"},
    "gpai_provider_systemic": {"AIActGPAIProvider"},
    "gpai_authorised_representative": {"AIActGPAIAuthorisedRepresentative"},
    "law_enforcement_deployer": {"AIActDeployer"},
    "public_authority_deployer": {"AIActDeployer"},
    "employer_deployer": {"AIActDeployer"},
    "notified_body": {"AIActNotifiedBody"},
    "market_surveillance_authority": {"AIActMarketSurveillanceAuthority"},
    "ai_office": {"AIActAIOffice"},
    "eu_institution": {"AIActUnionInstitution"},
    "operator under Art.75(1)": {"AIActAIOfficeSupervisedOperator"},
    # whoever acts: a shift of roles makes the role, and presupposes none
    "third_party": set(),
    "controller": {"GDPRController"},
    "joint_controller": {"GDPRJointController"},
    "processor": {"GDPRProcessor"},
    "person under authority": {"GDPRPersonUnderAuthority"},
    "supervisory_authority": {"GDPRSupervisoryAuthority"},
    "intermediary_service_provider": {"DSAIntermediary"},
    "mere_conduit_provider": {"DSAMereConduitProvider"},
    "caching_provider": {"DSACachingProvider"},
    "hosting_provider": {"DSAHostingProvider"},
    "online_marketplace": {"DSAOnlineMarketplace"},
    "open_source_steward": {"CRAOpenSourceSteward"},
    "seller_or_supplier": {"UCTDSeller"},
    "trader": {"DCDTrader"},
    "research_organisation": {"DSMMiner"},
    "creditor": {"CCD2Creditor"},
    "credit_intermediary": {"CCD2CreditIntermediary"},
    "database_provider": {"CCD2DatabaseProvider"},
    "digital_labour_platform": {"PWDPlatform"},
    "enterprise": {"DataActTermUser"},
}
# The same word means another role under another act.
ROLES_OF = {
    "EU_CRA": {"manufacturer": "CRAManufacturer", "importer": "CRAImporter", "distributor": "CRADistributor"},
    "PEN_CRA": {"manufacturer": "CRAManufacturer"},
    "EU_MACHINERY": {"manufacturer": "MachineryManufacturer"},
    "EU_MDR": {"manufacturer": "MDRManufacturer", "authorised_representative": "MDRAuthorisedRepresentative"},
    "EU_DSA": {"member_state": "DSAMemberState"},
    "EU_DSM": {"any": "DSMMiner"},
    "GDPR": {"member_state": "GDPRMemberState"},
    "PLD": {"member_state": "PLDMemberState"},
}
FINED = {
    *("AIActProvider", "AIActProductManufacturer", "AIActAuthorisedRepresentative", "AIActImporter"),
    *("AIActDistributor", "AIActDeployer", "AIActInitialProvider", "AIActThirdPartySupplier", "AIActNotifiedBody"),
}
# Rows whose node is addressed otherwise than its cell says.
ADDRESSED = {
    "GDPR_3_1": (set(), "the scope of the act: it makes a matter fall under it, and the roles follow"),
    "GDPR_3_2": (set(), "as Article 3(1)"),
    "GDPR_82_1": (set(), "infringement, damage and causal link are found later, by the elements of the theory"),
    "AIA_99_6": (FINED, "the cell is empty: it lowers the fine of whoever is fined under Article 99"),
    "AIA_99_6a": (FINED, "as Article 99(6)"),
    "PEN_AIA_99_7": (FINED, "the cell is empty: it guides the fine of whoever is fined under Article 99"),
    "PEN_AIA_99_8": (FINED, "a public authority is no role, but a condition on whoever is fined"),
    "PLD_9_2": ({"PLDEconomicOperator"}, "a claimant has no role: the rule is one that the defendant can invoke"),
    "PLD_2_4": ({"PLDEconomicOperator"}, "the cell is empty: other liability of whoever is liable stays"),
    "EU_MACHINERY_3_16": ({"MachineryManufacturer"}, "the cell is empty: it defines what makes a manufacturer"),
    "EU_DSM_2_2": ({"DSMMiner"}, "the cell is empty: it defines what a miner does"),
    "EU_DSM_7_1": ({"DSMMiner"}, "the cell is empty: it frees a miner from a term of contract"),
    "AIA_4a_1_a": (
        {"AIActProvider", "AIActDeployer", "AIActGPAIProvider"},
        "its trigger is the use of 4a(1) or 4a(2), and 4a(2) permits providers of models too",
    ),
}
ADDRESSED |= {f"AIA_4a_1_{point}": ADDRESSED["AIA_4a_1_a"] for point in "bcdef"}
# A rule of law that is tested without an addressee: the court applies it, or a theory of liability tests it.
COURT = {"court", "parties"}


def bearers(row: Row) -> set[str]:
    if row["id"] in ADDRESSED:
        return ADDRESSED[row["id"]][0]
    here = next((roles for start, roles in ROLES_OF.items() if row["id"].startswith(start + "_")), {})
    cell = row.get("bearer_role", row.get("actor", ""))
    found: set[str] = set()
    for word in filter(None, cell.split(";")):
        found |= {here[word]} if word in here else ROLES[word]
    return found


def addressees(name: str) -> set[str]:
    """Whom a norm is addressed to, it and what was split off from it, exceptions aside."""
    return {
        role for part in parts(name) if "Exception" not in law(part, "rdf:type") for role in law(part, "hasBearerRole")
    }


@per_row("obligations", "gdpr_obligations", "pld_provisions", "other_instruments", "penalties")
def test_the_node_is_addressed_to_the_bearers_of_the_row(row: Row) -> None:
    name = row["id"]
    if not addressees(name) and not kinds(name) & {"DeonticNorm"}:
        # Not tested against a bearer: it lifts another norm, makes a role, fines, or is applied by a court or a theory.
        by_theory = row["table"] == "pld_provisions"
        by_court = set(row.get("bearer_role", "").split(";")) <= COURT
        silent = {"Exception", "RoleShift", "Sanction", "TransitionalRule"} & kinds(name)
        assert by_theory or by_court or silent or not bearers(row)
        return
    assert addressees(name) == bearers(row)


QUALIFIED = {
    "law_enforcement_deployer": {"LawEnforcementAuthority", "LawEnforcementUse"},
    "public_authority_deployer": {"PublicAuthority"},
    "employer_deployer": {"Employer"},
    "gpai_provider_systemic": {"GPAIModelWithSystemicRisk"},
}


# "each use (regardless of purpose or deployer)", says the trigger of the row.
UNQUALIFIED = {"AIA_26_10_doc"}


@per_row("obligations")
def test_a_qualified_bearer_is_a_role_and_a_condition(row: Row) -> None:
    tested = set().union(*(conditions(part) for part in parts(row["id"])))
    for word in set(row["bearer_role"].split(";")) & QUALIFIED.keys():
        if word == "gpai_provider_systemic" and "gpai_provider" in row["bearer_role"].split(";"):
            continue
        assert bool(tested & QUALIFIED[word]) == (row["id"] not in UNQUALIFIED)


@per_row("oecd")
def test_principles_address_actors_and_recommendations_governments(row: Row) -> None:
    name = row["id"]
    expected = {"values_principle": ["AIActor"], "policy_recommendation": ["OECDGovernment"]}.get(row["kind"], [])
    assert law(name, "hasBearerRole") == expected
    if expected:
        assert objects(LAW + name, "rdfs:label") == [row["name"]]
        assert law(name, "rdf:type") == ["Recommendation"] and not law(name, "isSanctionedBy")
    else:
        assert objects(LAW + name, "rdfs:label")[0].lower() in row["name"].lower()


# What it applies to

CLASS = {
    "ANY-AI": "AISystem",
    "HR": "HighRiskAISystem",
    "HR-A3": "AnnexIIIHighRiskAISystem",
    "HR-A1A": "AnnexISectionAHighRiskAISystem",
    "HR-A1B": "AnnexISectionBHighRiskAISystem",
    "A3-NOT-HR": "DerogatedAnnexIIISystem",
    "GENAI": "GenerativeAISystem",
    "INTERACT": "InteractiveAISystem",
    "EMOREC": "EmotionRecognitionSystem",
    "BIOCAT": "BiometricCategorisationSystem",
    "DEEPFAKE": "DeepFakeGeneration",
    "PUBTEXT": "PublicInterestTextGeneration",
    "GPAI": "GPAIModel",
    "GPAI-SR": "GPAIModelWithSystemicRisk",
    "RBI-RT": "RealTimeRemoteBiometricIdentificationSystem",
    "RBI-POST": "PostRemoteBiometricIdentificationSystem",
}
TOKEN = re.compile(r"class=((?:[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*)(?: or (?:[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*))*)(?![\w-])")
# Rows whose class is met through another condition.
THROUGH = {
    "AIA_51_1": (
        {"HighImpactCapabilityModel", "DesignatedSystemicRiskModel"},
        "it says which models have systemic risk",
    ),
    "AIA_71_2": ({"AnnexIIIListedSystem"}, "HR-A3 or A3-NOT-HR: a listed system, high-risk or not"),
}


@per_row("obligations")
def test_the_class_of_the_trigger_is_a_condition(row: Row) -> None:
    found = TOKEN.search(row["trigger_condition"])
    tested = set().union(*(classes(condition) for part in parts(row["id"]) for condition in conditions(part)))
    if not found or "TransitionalRule" in kinds(row["id"]):
        return
    if row["id"] in THROUGH:
        assert THROUGH[row["id"]][0] & tested
        return
    for token in found[1].split(" or "):
        assert CLASS[token] in tested


# What it costs

# Rows whose sanction is another than the cell says.
SANCTIONED = {
    "AIA_33_2": ("PEN_AIA_99_1", "penalties.csv names Article 33(1), (3) and (4) for Article 99(4)(f), not 33(2)"),
    "AIA_101_1": ("PEN_AIA_101_1", "the sanction itself, for conduct of its own: it points to its amounts"),
}
# Parts that are sanctioned otherwise than the row they were split off from.
SANCTIONED_APART = {
    **dict.fromkeys(("AIA_33_2.agreement", "AIA_33_2.documents", "AIA_33_2.supervision"), "PEN_AIA_99_4_f"),
    # a public authority that uses a system registers as deployer, as in the row of Article 49(3)
    "AIA_49_4.deployer": "PEN_AIA_99_4_e",
}


def route(cell: str) -> str:
    if cell in ("", "n/a") or cell.startswith("Art.24 not listed"):
        return ""
    if cell.startswith("Not listed in Art.99(4)"):
        return "PEN_AIA_99_1"
    found = re.match(r"Art\.(\d+\w?)((?:\(\w+\))+)", cell)
    assert found, cell
    steps = re.findall(r"\((\w+)\)", found[2])
    if found[1] == "83":
        return f"PEN_GDPR_83_{steps[0]}"
    return "_".join(["PEN_AIA", found[1], *steps])


@per_row("obligations", "gdpr_obligations")
def test_the_sanction_is_that_of_the_row(row: Row) -> None:
    name = row["id"]
    expected = SANCTIONED[name][0] if name in SANCTIONED else route(row["penalty_provision"])
    found = law(name, "isSanctionedBy")
    if kinds(name) & {"Obligation", "Prohibition", "Right"} or name in SANCTIONED:
        assert found == [expected] if expected else not found
    else:
        assert found in ([], [expected]), "what commands nothing has the sanction of its row, or none"
    for part in parts(name):
        if kinds(part) & {"Obligation", "Prohibition"} and kinds(name) & {"Obligation", "Prohibition"}:
            assert law(part, "isSanctionedBy") == ([SANCTIONED_APART[part]] if part in SANCTIONED_APART else found), (
                part
            )
    for penalty in found:
        assert "Sanction" in kinds(penalty)


AUTHORITY = {"EDPS": "European Data Protection Supervisor", "Member State authorities/courts (99(9)": "Member State"}


@per_row("penalties")
def test_a_fine_has_the_amounts_and_the_rule_of_the_row(row: Row) -> None:
    name = row["id"]
    amount, share = law(name, "hasMaximumAmount"), law(name, "hasMaximumShareOfTurnover")
    assert [Decimal(value) for value in amount] == [Decimal(cell) for cell in [row["max_amount_eur"]] if cell]
    assert [Decimal(value) * 100 for value in share] == [Decimal(cell) for cell in [row["max_pct_turnover"]] if cell]
    assert law(name, "hasCurrency") == ["EUR"] * bool(amount)
    higher = "whichever is higher" in row["cap_rule"]
    assert law(name, "isHigherOf") == ["true"] * higher
    assert not law(name, "takesLowerOf"), "only a modifier lowers"
    assert (name in law("AIA_99_6", "modifies")) == ("SME: " in row["cap_rule"])
    assert (name in law("AIA_99_6a", "modifies")) == ("SMC: " in row["cap_rule"])
    if name not in NO_FINE:
        (imposing,) = law(name, "isImposedBy")
        for word in re.split(r" authorities.*?; | via .*", row["imposing_authority"]):
            assert AUTHORITY.get(word, word).lower() in imposing.lower()


# Fines that fall, with the duty they sanction, on a role beside those of their row.
ALSO_FINED = {
    "PEN_AIA_99_4_a": {
        "AIActAuthorisedRepresentative": "the rows of Articles 48(4), 49(1), (2), (4) and 71(2) bind it too"
    },
    "PEN_AIA_99_4_da": {"AIActGPAIProvider": "the row of Article 25(4) binds it as a supplier"},
    "PEN_AIA_101_1": {"AIActGPAIAuthorisedRepresentative": "the rows of Articles 91(5) and 92(5) bind it too"},
    "PEN_GDPR_83_4": {
        "GDPRJointController": "a controller",
        "GDPRPersonUnderAuthority": "the row of Article 29 binds it too",
    },
}


def bearers_by_duty(row: Row) -> bool:
    """Whether the row fines the bearers of certain duties, not whoever is an operator or an authority."""
    return bool(row["bearer_role"]) and not re.match(r"operator|public_authority|eu_institution", row["bearer_role"])


@per_row("penalties")
def test_only_the_bearers_of_the_row_are_fined(row: Row) -> None:
    name = row["id"]
    if not bearers_by_duty(row):
        return
    fined = {
        role
        for norm in of_class("EnforceableNorm")
        if name in law(norm, "isSanctionedBy")
        for role in law(norm, "hasBearerRole")
    }
    also = ALSO_FINED.get(name, {}).keys()
    assert fined <= bearers(row) | also
    assert also <= fined


# Duties that the data let a document prove although their cell names none.
EVIDENCED = {
    **dict.fromkeys(
        ("AIA_79_4", "AIA_80_2", "AIA_82_2", "AIA_83_1", "AIA_93_1"), "the record of the corrective action"
    ),
    "AIA_74_12": "the reply to the authority",
}
# Cells that name a document of another norm.
UNEVIDENCED = {
    "AIA_6_3": "the assessment that Article 6(4) asks for",
    **dict.fromkeys((f"GDPR_6_1_{point}" for point in "abcdef"), "the record stands with Article 6(1) as a whole"),
}


@per_row("obligations", "gdpr_obligations")
def test_what_leaves_a_document_names_it(row: Row) -> None:
    name = row["id"]
    assert not row["documentation_artifact"] or name not in EVIDENCED
    leaves = name in EVIDENCED or (bool(row["documentation_artifact"]) and name not in UNEVIDENCED)
    assert bool(law(name, "isEvidencedBy")) == leaves
    for document in law(name, "isEvidencedBy"):
        assert term(document, "rdfs:isDefinedBy"), document


# What the Court said


@per_row("cases")
def test_a_judgment_is_that_of_the_row(row: Row) -> None:
    node = f"https://w3id.org/answerable/authority/{row['ecli']}"
    assert objects(node, "rdf:type") == [expand("Judgment")]
    assert objects(node, "dct:identifier") == [row["id"]]
    assert objects(node, "hasECLI") == [row["ecli"]]
    assert objects(node, "hasCELEX") == [row["celex"]]
    assert objects(node, "dct:date") == [row["date"]]
    assert objects(node, "isVerifiedAgainst") == [row["verified"]]
    assert row["case"] in objects(node, "hasCitation")[0]
    # a holding of which a part rests on memory is not settled
    assert objects(node, "hasVerification") == [expand(level(row["verified"]))]
    assert objects(node, "hasStatement")


# What changed

AMENDS = re.compile(r"(?<![\w(])(\d+)([a-z]?)(?:-\d+([a-z]))?(?!\w)")


def amends(cell: str) -> set[str]:
    """The articles that an amending point names: '75a-75d (new)' names four."""
    found = set()
    for number, first, last in AMENDS.findall(re.sub(r"\([^)]*\)|\b\d+[a-z]*-\d+[a-z]*(?=,)", "", cell) or cell):
        letters = [chr(n) for n in range(ord(first), ord(last) + 1)] if last else [first]
        found |= {number + letter for letter in letters}
    return found


@per_row("amendments_2026_1744")
def test_an_amending_point_says_what_it_amends_and_since_when(row: Row) -> None:
    name = identifier(row)
    (amended,) = law(name, "amendsProvision")
    assert amended.removeprefix("Article ") == row["provision"]
    assert law(name, "hasCitation") == [f"{row['amending_act']}({row['point']})"]
    assert law(name, "isInForceFrom") == [row["in_force"]]
    assert law(name, "isPartOf") == ["ai-act-omnibus"] and law(name, "isAmendmentOf") == ["ai-act"]
    (act,) = {instrument["celex"] for instrument in rows("instruments") if instrument["id"] == "EU_AIA_OMNIBUS"}
    assert law("ai-act-omnibus", "hasCELEX") == [act]
    for unit in law(name, "amends"):
        # an item of a dossier may be named before its shapes, and with them its node, are written
        assert law(unit, "rdf:type") or unit in {item["id"] for item in rows("doc_items")}, unit
        assert name in law(unit, "isAmendedBy")


@per_row("obligations", "scope_and_roles", "annex_iii", "annex_i")
def test_a_unit_of_the_amended_text_points_to_the_amending_point(row: Row) -> None:
    points = {identifier(point): point for point in rows("amendments_2026_1744")}
    touched = row["text_version"].startswith("M1") or row["text_version"] == "B (superseded)"
    found = law(row["id"], "isAmendedBy")
    assert len(found) == touched
    for point in found:
        where = points[point]["provision"]
        if row["table"] == "annex_i":
            assert where == "Annex I"
        else:
            assert re.match(r"\d+[a-z]?", row["article"])[0] in amends(where)  # type: ignore[index]


# Nothing lies idle


@cache
def rules() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "reasoner").rglob("*.rq")))


@cache
def pointed_to() -> frozenset[str]:
    """Nodes of law that another node leads to, by a property that does work."""
    idle = {
        expand(key) for key in ("isPartOf", "dct:hasPart", "dct:relation", "isAmendedBy", "amends", "guidesAmountOf")
    }
    return frozenset(
        quad.object.value
        for quad in store()
        if quad.predicate.value not in idle and isinstance(quad.object, ox.NamedNode)
    )


@cache
def provisions_of_rules() -> frozenset[str]:
    """Provisions, below a whole act, that a rule of the reasoner cites."""
    return frozenset(
        found for found in re.findall(r"http://data[^\s,\]>]+", rules()) if re.search(r"/(art|anx)_", found)
    )


def works(name: str) -> bool:
    """It is tested, leads on to an element or a penalty, or another node or a rule leads to it."""
    return bool(
        (kinds(name) & {"TestedNorm", "ConductSanction", "PeriodicPenalty"} and law(name, "hasBearerRole"))
        or kinds(name) & {"ConflictRule", "JurisdictionRule"}
        or (kinds(name) & {"Definition", "Classification"} and (conditions(name) or law(name, "dct:subject")))
        or law(name, "presumesElement")
        or law(name, "takesPlaceOf")
        or LAW + name in pointed_to()
        or re.search(rf"law:{re.escape(name)}(?![\w-])|{re.escape(LAW + name)}(?![\w-])", rules())
        or set(objects(LAW + name, "hasProvision")) & provisions_of_rules()
    )


@cache
def below() -> dict[str, set[str]]:
    """What stands under a norm: its parts, and the amounts under the rule that there is a fine."""
    found: dict[str, set[str]] = {}
    for node in of_class("Norm"):
        for whole in [*law(node, "isPartOf"), node.partition(".")[0]]:
            found.setdefault(whole, set()).add(node)
        if "Sanction" in kinds(node):
            found.setdefault(node, set()).update(n for n in law(node, "dct:relation") if "Sanction" in kinds(n))
    return found


# Rows that nothing leads to yet.
IDLE = {"PLD85_5": "the doctrine tables know joint liability under the old directive by German law alone (AP_DE_PROD)"}


@per_row(*NORMS)
def test_every_row_does_work(row: Row) -> None:
    name = row["id"]
    used = works(name) or any(works(node) for node in below().get(name, ()))
    assert used == (name not in IDLE), f"{name} is written down and never used, or listed as idle and used"


@needs_tables
def test_no_table_is_left_out() -> None:
    assert {path.stem for path in TABLES.glob("*.csv")} == {*EVERY, "cases", "doc_items", "instruments", "verification"}
