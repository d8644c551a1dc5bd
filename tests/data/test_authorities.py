"""Whatever a conclusion can rest on cites an authority or a provision, and says how far it was checked."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from answerable.rooms import files, root

ANS = "https://w3id.org/answerable/ontology#"
DOCTRINE = "https://w3id.org/answerable/doctrine/"
LAW = "https://w3id.org/answerable/law/"
AUTHORITY = "https://w3id.org/answerable/authority/"
PUBLISHED = ("http://data.europa.eu/eli/", "https://legalinstruments.oecd.org/")
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
SUB_CLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
CITING = ("hasAuthority", "hasProvision")
TOPS = ("LiabilityTheory", "Defence", "Norm", "LiabilityVoid")
NAMED = ("LiabilityTheory", "Defence", "ApportionmentRule", "ClauseRule", "LiabilityVoid", "Presumption", "DeonticNorm")
RANK = {"UnverifiedMemory": 0, "VerifiedSecondary": 1, "VerifiedPrimary": 2}
ROW_RANK = {"mixed": 0, "unverified_memory": 0, "verified_secondary": 1, "verified_primary": 2}
TABLES = root().parent / "shared" / "law" / "doctrine"
RULE_TABLES = ("defences", "apportionment", "contract", "doctrines")


@cache
def store() -> Store:
    loaded = Store()
    for path in [*files("ontology", ".ttl"), *files("data", ".ttl")]:
        loaded.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    return loaded


def values(node: str, key: str) -> set[str]:
    pattern = NamedNode(node), NamedNode(key if ":" in key else ANS + key), None
    return {q.object.value for q in store().quads_for_pattern(*pattern) if isinstance(q.object, NamedNode | Literal)}


def classes_below(name: str) -> set[str]:
    below = {q.subject.value for q in store().quads_for_pattern(None, SUB_CLASS, NamedNode(ANS + name))}  # type: ignore[union-attr]
    return {name}.union(*(classes_below(iri.removeprefix(ANS)) for iri in below))


def instances(name: str) -> set[str]:
    found = set()
    for each in classes_below(name):
        found |= {
            q.subject.value  # type: ignore[union-attr]
            for q in store().quads_for_pattern(None, NamedNode(TYPE), NamedNode(ANS + each))
        }
    return found


def cited_by(node: str) -> set[str]:
    return values(node, CITING[0]) | values(node, CITING[1])


CITERS = sorted(set().union(*(instances(name) for name in TOPS)))
MINTED = sorted({iri for node in CITERS for iri in cited_by(node) if iri.startswith(AUTHORITY)})


def test_every_kind_has_instances() -> None:
    assert [name for name in NAMED if not instances(name) & set(CITERS)] == []


def test_each_cites_an_authority_or_a_provision() -> None:
    assert [node for node in CITERS if not cited_by(node)] == []


def test_each_says_how_far_it_was_checked() -> None:
    elements = instances("Element")
    assert [n for n in [*CITERS, *sorted(elements)] if len(values(n, "hasVerification")) != 1] == []


def test_an_element_inherits_from_a_theory_that_cites() -> None:
    theories = instances("LiabilityTheory")
    inherited = {element for theory in theories if cited_by(theory) for element in values(theory, "hasElement")}
    assert instances("Element") == inherited


def test_what_is_cited_is_an_authority_a_norm_or_a_published_provision() -> None:
    norms = instances("Norm")
    for node in CITERS:
        for iri in cited_by(node):
            assert iri.startswith((AUTHORITY, *PUBLISHED)) or (iri.startswith(LAW) and iri in norms), (node, iri)


@pytest.mark.parametrize("authority", MINTED)
def test_a_cited_authority_is_described(authority: str) -> None:
    assert authority in instances("LegalAuthority")
    assert len(values(authority, IDENTIFIER)) == 1
    assert len(values(authority, LABEL)) == 1
    assert len(values(authority, "hasCitation")) == 1
    (level,) = values(authority, "hasVerification")
    (against,) = values(authority, "isVerifiedAgainst")
    assert level.removeprefix(ANS) == "UnverifiedMemory" or against != "MEMORY"


def test_no_authority_is_described_and_never_cited() -> None:
    unused = {iri for iri in instances("LegalAuthority") if iri.startswith(AUTHORITY)} - set(MINTED)
    assert {iri.removeprefix(AUTHORITY) for iri in unused} <= {
        # judgments kept with the law of the Union, for its norms and for readers
        "ECLI:EU:C:2024:288",
        "ECLI:EU:C:2023:949",
        "ECLI:EU:C:2023:950",
    }


def test_literature_carries_no_theory_norm_or_element() -> None:
    works = instances("Literature")
    assert works
    for node in instances("LiabilityTheory") | instances("Norm"):
        assert not cited_by(node) & works, node
    for node in instances("Defence"):
        assert not cited_by(node) or cited_by(node) - works, node


@pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")
def test_no_rule_is_better_checked_than_its_row() -> None:
    rows: dict[str, str] = {}
    for name in RULE_TABLES:
        with (Path(TABLES) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows |= {row["id"]: row["verification"] for row in csv.DictReader(file)}
    tested = 0
    for node in CITERS:
        key = node.removeprefix(DOCTRINE).split(".")[0]
        if node.startswith(DOCTRINE) and key in rows:
            (level,) = values(node, "hasVerification")
            assert RANK[level.removeprefix(ANS)] <= ROW_RANK[rows[key]], node
            tested += 1
    assert tested
