"""Doctrine and product liability as data: complete against the law tables, sourced, and safe from known traps."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).parents[2]
TABLES = ROOT.parent / "shared" / "law"
ANS = "https://w3id.org/answerable/ontology#"
LAW = "https://w3id.org/answerable/law/"
DOCTRINE = "https://w3id.org/answerable/doctrine/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DEFENCES = {"FullBar", "NegatingDefence", "ReducingDefence", "ShiftingDefence", "EvidentialDefence"} | {
    "UnavailableDefence",
    "ProceduralDefence",
}
KINDS_OF_NORM = ("LiabilityRule", "Definition", "Exemption", "Exception", "Presumption", "RoleShift", "Obligation")
VERIFICATION = {
    "verified_primary": "VerifiedPrimary",
    "verified_secondary": "VerifiedSecondary",
    "unverified_memory": "UnverifiedMemory",
    "mixed": "UnverifiedMemory",
}
needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")


BURDENS = {"Claimant", "Defendant", "EnforcingAuthority", "AssertingParty"}


def load() -> ox.Store:
    store = ox.Store()
    for room in ("ontology", "data"):
        for path in sorted((ROOT / room).rglob("*.ttl")):
            store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    return store


STORE = load()


def values(subject: str, key: str) -> set[str]:
    pattern = ox.NamedNode(subject), ox.NamedNode(key if ":" in key else ANS + key), None
    return {q.object.value for q in STORE.quads_for_pattern(*pattern)}  # type: ignore[union-attr]


def names(subject: str, key: str) -> set[str]:
    return {v.rsplit("/", 1)[-1].rsplit("#", 1)[-1] for v in values(subject, key)}


def of_class(*classes: str, within: str = DOCTRINE) -> set[str]:
    found = set()
    for name in classes:
        for quad in STORE.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(ANS + name)):
            subject = quad.subject.value  # type: ignore[union-attr]
            if subject.startswith(within):
                found.add(subject.removeprefix(within))
    return found


def table(path: str) -> list[dict[str, str]]:
    with (TABLES / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


THEORIES = of_class("LiabilityTheory", "AuxiliaryTheory")
ELEMENT_KINDS = {"yes": {"RequiredElement", "DerivativeElement"}, "defendant_rebuttal": {"RebuttalElement"}}
ELEMENTS = of_class("RequiredElement", "RebuttalElement", "DerivativeElement")
EFFECTS = of_class("LegalEffect")


@needs_tables
def test_every_theory_of_the_table_is_there_and_no_other() -> None:
    assert {row["id"] for row in table("doctrine/doctrines.csv")} == THEORIES


@pytest.mark.parametrize("name", sorted(THEORIES | ELEMENTS | of_class(*DEFENCES)))
def test_each_is_labelled_and_says_how_far_it_was_checked(name: str) -> None:
    node = DOCTRINE + name
    assert values(node, "http://purl.org/dc/terms/identifier") == {name}
    assert len(values(node, "http://www.w3.org/2000/01/rdf-schema#label")) == 1
    assert len(values(node, "hasStatement")) == 1
    assert len(names(node, "hasVerification")) == 1
    assert len(values(node, "isVerifiedAgainst")) == 1
    memory = names(node, "hasVerification") == {"UnverifiedMemory"}
    assert not (memory and values(node, "isVerifiedAgainst") & {"S6"})


@pytest.mark.parametrize("name", sorted(THEORIES))
def test_each_theory_names_an_authority_that_exists(name: str) -> None:
    authorities = values(DOCTRINE + name, "hasAuthority")
    assert authorities and values(DOCTRINE + name, "hasCitation") and values(DOCTRINE + name, "hasForum")
    for authority in authorities:
        if "/authority/" in authority:
            assert values(authority, "hasCitation"), authority
            assert values(authority, "hasVerification"), authority
        else:
            assert authority.startswith("http://data.europa.eu/eli/")


@pytest.mark.parametrize("name", sorted(of_class(*DEFENCES)))
def test_each_defence_cites_and_has_a_forum(name: str) -> None:
    assert values(DOCTRINE + name, "hasCitation") and values(DOCTRINE + name, "hasForum")
    unavailable = names(DOCTRINE + name, RDF_TYPE) == {"UnavailableDefence"}
    assert bool(values(DOCTRINE + name, "hasCondition")) != unavailable


@pytest.mark.parametrize("name", sorted(ELEMENTS))
def test_each_element_has_a_burden_a_question_and_something_to_test(name: str) -> None:
    node = DOCTRINE + name
    assert names(node, "hasBurdenOn") <= BURDENS and names(node, "hasBurdenOn")
    assert values(node, "hasQuestion") and values(node, "isAnsweredBy")
    if names(node, RDF_TYPE) == {"DerivativeElement"}:
        assert values(node, "hasAlternative") and values(node, "derivesFromTheory")
    elif names(node, RDF_TYPE) == {"RequiredElement"}:
        assert values(node, "hasAlternative") or values(node, "hasContestedReading")
    else:
        negating = STORE.quads_for_pattern(None, ox.NamedNode(ANS + "negatesElement"), ox.NamedNode(node))
        assert next(iter(negating), None) is not None, "a rebuttal element needs a defence that takes it away"


def test_whatever_is_tested_is_defined_in_the_ontology() -> None:
    defined = "http://www.w3.org/2000/01/rdf-schema#isDefinedBy"
    for predicate in ("hasAlternative", "hasCondition", "isRebuttedBy", "isAvailableAgainst"):
        for quad in STORE.quads_for_pattern(None, ox.NamedNode(ANS + predicate), None):
            target = quad.object.value  # type: ignore[union-attr]
            if target.startswith(ANS):
                assert values(target, defined), target
            else:
                assert values(target, "hasAlternative"), target


def test_the_circumstances_of_liability_have_a_question_unless_a_rule_settles_them() -> None:
    module = ox.NamedNode("https://w3id.org/answerable/ontology/liability")
    defined = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#isDefinedBy")
    for quad in STORE.quads_for_pattern(None, defined, module):
        node = quad.subject.value  # type: ignore[union-attr]
        super_classes = names(node, "http://www.w3.org/2000/01/rdf-schema#subClassOf")
        if super_classes and "Defence" not in super_classes and not node.endswith("HarmToNaturalPerson"):
            assert values(node, "hasQuestion") and values(node, "isAnsweredBy"), node


@needs_tables
def test_elements_and_verification_equal_the_table() -> None:
    rows = {r["id"]: r for r in table("doctrine/doctrines.csv")}
    expected = {r["id"]: r for r in table("doctrine/elements.csv")}
    assert expected.keys() == ELEMENTS | EFFECTS
    for name, row in expected.items():
        kinds, required = names(DOCTRINE + name, RDF_TYPE), row["required"]
        if required == "effect_not_fact":
            assert kinds == {"LegalEffect"}, name
        elif required.startswith(("alternative_to", "one_of")):
            others = values(DOCTRINE + name, "isAlternativeTo") | {
                q.subject.value  # type: ignore[union-attr]
                for q in STORE.quads_for_pattern(
                    None, ox.NamedNode(ANS + "isAlternativeTo"), ox.NamedNode(DOCTRINE + name)
                )
            }
            assert kinds == {"RequiredElement"} and others, name
        else:
            assert kinds <= ELEMENT_KINDS[required], name
        checked = VERIFICATION[rows[row["doctrine_id"]]["verification"]]
        assert names(DOCTRINE + name, "hasVerification") == {checked}, name
    for name, row in rows.items():
        assert names(DOCTRINE + name, "hasVerification") == {VERIFICATION[row["verification"]]}, name
        assert names(DOCTRINE + name, "hasForum") == {
            j.replace("CA-CAN", "CA") for j in row["jurisdictions"].split(";")
        }, name
        parts = names(DOCTRINE + name, "hasElement") | names(DOCTRINE + name, "hasLegalEffect")
        assert parts == {e for e, r in expected.items() if r["doctrine_id"] == name}, name


def test_every_theory_says_what_it_asks_and_gives() -> None:
    for name in THEORIES:
        node = DOCTRINE + name
        for key in ("hasFamily", "hasFaultStandard", "isAvailableAgainst", "comesIntoPlayWith", "hasStatusNote"):
            assert values(node, key), (name, key)


@needs_tables
def test_defences_equal_the_table() -> None:
    expected = {r["id"]: r for r in table("doctrine/defences.csv")}
    written = of_class(*DEFENCES)
    assert expected.keys() <= written
    # A rebuttal element for which the table names no defence of its own has one under the theory's name.
    assert {w for w in written if w not in expected and w.rpartition(".")[0] not in expected.keys() | THEORIES} == set()
    for name, row in expected.items():
        assert names(DOCTRINE + name, "hasVerification") == {VERIFICATION[row["verification"]]}, name
        targets = THEORIES if "*" in row["applies_to"] else set(row["applies_to"].split(";"))
        assert {t for t in THEORIES if name in names(DOCTRINE + t, "hasDefence")} == targets, name


@needs_tables
def test_no_rule_on_product_liability_is_invented() -> None:
    """What a rule shares with its row is tested in test_rows.py."""
    rows = {r["id"] for r in table("eu/pld_provisions.csv") + table("eu/pld_1985.csv")}
    written = {name for name in of_class(*KINDS_OF_NORM, within=LAW) if name.startswith("PLD")}
    assert {name for name in written if name not in rows and name.rpartition(".")[0] not in rows} == set()


@needs_tables
def test_the_day_of_the_change_belongs_to_neither_regime() -> None:
    (row,) = (r for r in table("eu/pld_provisions.csv") if r["id"] == "PLD_2_1")
    change = date.fromisoformat(row["applies_from"])
    day = timedelta(days=1)
    assert values(LAW + "PLD_2_1.after", "appliesFrom") == {str(change + day)}
    assert values(LAW + "PLD_21.before", "appliesUntil") == {str(change - day)}
    gap = LAW + "PLD_2_1.on-the-day"
    assert values(gap, "appliesFrom") == values(gap, "appliesUntil") == {str(change)}
    assert names(gap, RDF_TYPE) == {"ContestedPeriod"}
    assert names(gap, "presupposes") == {"placed-on-9-december-2026-new-regime"}


def test_a_directive_is_a_duty_of_a_member_state_and_never_of_a_private_actor() -> None:
    binding = of_class("Obligation", "Prohibition", "Permission", "Right", "Recommendation", within=LAW)
    found = {name for name in binding if name.startswith("PLD")}
    assert found == {"PLD_8_5", "PLD_22_1"}
    for name in found:
        assert names(LAW + name, "hasBearerRole") == {"PLDMemberState"}


def test_the_ai_act_itself_gives_no_claim_for_damages() -> None:
    for theory in THEORIES:
        if "RegulatoryLiability" in names(DOCTRINE + theory, "hasFamily"):
            continue
        assert not any("2024/1689" in authority for authority in values(DOCTRINE + theory, "hasAuthority"))
