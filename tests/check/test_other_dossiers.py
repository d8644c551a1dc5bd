"""The dossiers beside the annexes of the AI Act: items, norms, shapes and examples fit together."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SH

from answerable import rooms
from answerable.casefile import read_yaml
from answerable.dossiers import Item, items
from answerable.iris import ANS, LAW

DOSSIERS = (
    "article-17",
    "article-27",
    "article-53-1-d",
    "article-72",
    "article-73",
    "gdpr-28",
    "gdpr-30-controller",
    "gdpr-30-processor",
    "gdpr-33",
    "gdpr-35",
    "insurer",
    "pld-9",
    "proportional",
    "vendor-contract",
)
ITEMS = (
    "insurance/submission",
    "law/eu/ai-act/article-17",
    "law/eu/ai-act/article-25",
    "law/eu/ai-act/article-27",
    "law/eu/ai-act/article-53",
    "law/eu/ai-act/article-72",
    "law/eu/ai-act/article-73",
    "law/eu/ai-act/proportionate",
    "law/eu/gdpr/article-28",
    "law/eu/gdpr/article-30",
    "law/eu/gdpr/article-33",
    "law/eu/gdpr/article-35",
    "law/eu/pld/2024/article-09",
)
EXAMPLES = ("complete", "placeholders", "not-applicable")
TABLE = Path(__file__).parents[3] / "shared" / "law" / "eu" / "doc_items.csv"
ONTOLOGY, CASE = Namespace(ANS), Namespace("https://example.org/case/")


def folder(name: str) -> Path:
    return rooms.room("shapes") / name


@cache
def shapes(name: str, level: str) -> Graph:
    return Graph().parse(folder(name) / f"{level}.ttl")


@cache
def everything(name: str) -> Graph:
    """The shapes of a dossier, with those on words that all share."""
    words = folder("words.ttl") if folder("words.ttl").exists() else folder("instructions-for-use") / "must.ttl"
    shared = Graph().parse(words)
    for node in set(shared.objects(None, SH.property)):
        if isinstance(node, URIRef):
            shared.remove((None, SH.property, node))
    return shared + shapes(name, "must") + shapes(name, "should")


@cache
def ours() -> Graph:
    found = Graph()
    for path in ITEMS:
        found.parse(rooms.room("data") / f"{path}-items.ttl")
    return found


@cache
def law() -> Graph:
    """The norms of the three acts, without the items."""
    found = Graph()
    for act in ("ai-act", "gdpr", "pld"):
        for path in sorted((rooms.room("data") / "law" / "eu" / act).rglob("*.ttl")):
            if not path.name.endswith("-items.ttl"):
                found.parse(path)
    return found


@cache
def ontology() -> Graph:
    found = Graph()
    for path in rooms.files("ontology", ".ttl"):
        found.parse(path)
    return found


IDS = sorted(str(o) for o in ours().objects(None, DCTERMS.identifier))


def item(name: str) -> Item:
    return items()[f"{LAW}{name}"]


def shape_of(name: str, item_id: str) -> tuple[str, URIRef, Graph]:
    for level in ("must", "should"):
        for shape in shapes(name, level).subjects(DCTERMS.subject, URIRef(f"{LAW}{item_id}")):
            return level, URIRef(str(shape)), shapes(name, level)
    raise AssertionError(item_id)


def dossier_of(item_id: str) -> str:
    (name,) = [
        n
        for n in DOSSIERS
        if any((None, DCTERMS.subject, URIRef(f"{LAW}{item_id}")) in shapes(n, level) for level in ("must", "should"))
    ]
    return name


def test_every_row_of_the_table_is_an_item_with_its_provision() -> None:
    if not TABLE.exists():
        pytest.skip("the law tables are not beside this checkout")
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["id"].startswith("GDPR_")]
    assert rows
    for row in rows:
        found = item(row["id"])
        assert (found.provision, found.norm) == (row["eli_uri"], row["parent_obligation_id"]), row["id"]
        assert str(ours().value(URIRef(f"{LAW}{row['id']}"), ONTOLOGY.isVerifiedAgainst)) == row["verified_source"]


@pytest.mark.parametrize("item_id", IDS)
def test_an_item_is_whole(item_id: str) -> None:
    node, found = URIRef(f"{LAW}{item_id}"), item(item_id)
    kinds = {str(kind).removeprefix(ANS) for kind in ours().objects(node, RDF.type)}
    assert kinds <= {"DocumentationItem", "ConditionalItem", "RecommendedItem"} and len(kinds) == 1
    for key in ("hasStatement", "isRequiredIn", "hasVerification", "isVerifiedAgainst"):
        assert len(set(ours().objects(node, ONTOLOGY[key]))) == 1, key
    assert found.label and found.roles and 1 <= len(found.topics) <= 2
    for topic in found.topics:
        assert (ONTOLOGY[topic], RDF.type, ONTOLOGY.DocumentationTopic) in ontology()
    for role in found.roles:
        assert (ONTOLOGY[role], RDFS.isDefinedBy, None) in ontology(), role
    if kinds == {"RecommendedItem"} or item_id.startswith("INS_"):
        assert not found.norm and not found.provision
        assert ours().value(node, DCTERMS.source) is not None
        return
    norm = URIRef(f"{LAW}{found.norm}")
    assert found.provision
    assert (norm, DCTERMS.identifier, Literal(found.norm)) in law(), f"there is no norm {found.norm}"
    # Whoever owes the item is among those whom the norm binds; a rule on evidence binds whoever is sued.
    bearers = {str(role).removeprefix(ANS) for role in law().objects(norm, ONTOLOGY.hasBearerRole)}
    assert set(found.roles) <= (bearers or {"Defendant"})


@pytest.mark.parametrize("item_id", [item_id for item_id in IDS if item(item_id).norm])
def test_an_item_of_law_claims_no_more_than_its_norm(item_id: str) -> None:
    found = item(item_id)
    claimed = ours().value(URIRef(f"{LAW}{item_id}"), ONTOLOGY.hasVerification)
    primary, norm = ONTOLOGY.VerifiedPrimary, law().value(URIRef(f"{LAW}{found.norm}"), ONTOLOGY.hasVerification)
    assert claimed != primary or norm == primary


@pytest.mark.parametrize("item_id", IDS)
def test_an_item_has_one_shape_of_the_right_kind(item_id: str) -> None:
    level, shape, graph = shape_of(dossier_of(item_id), item_id)
    node = URIRef(f"{LAW}{item_id}")
    recommended = (node, RDF.type, ONTOLOGY.RecommendedItem) in ours()
    assert level == ("should" if recommended else "must")
    assert graph.value(shape, SH.severity) == (SH.Warning if recommended else SH.Violation)
    assert graph.value(shape, SH.name) == ours().value(node, RDFS.label)
    (parent,) = graph.subjects(SH.property, shape)
    assert graph.value(parent, SH.targetClass) == ours().value(node, ONTOLOGY.isRequiredIn)
    owners = [n for n in DOSSIERS for lv in ("must", "should") for _ in shapes(n, lv).subjects(DCTERMS.subject, node)]
    assert len(owners) == 1


def test_no_shape_looks_for_an_item_of_no_file() -> None:
    for name in DOSSIERS:
        for level in ("must", "should"):
            subjects = {str(o).removeprefix(LAW) for o in shapes(name, level).objects(None, DCTERMS.subject)}
            assert subjects and subjects <= set(IDS), name


def test_messages_are_unique_and_say_what_to_write() -> None:
    every = [
        str(m)
        for name in DOSSIERS
        for level in ("must", "should")
        for m in shapes(name, level).objects(None, SH.message)
    ]
    assert [text for text, number in Counter(every).items() if number > 1] == []
    assert [text for text in every if "rite, say: " not in text] == []


@pytest.mark.parametrize("name", DOSSIERS)
def test_a_dossier_is_whole(name: str) -> None:
    assert [e for e in EXAMPLES if not (folder(name) / "examples" / f"{e}.yaml").exists()] == []
    advice = set(shapes(name, "should").objects(None, SH.property))
    assert len([shape for shape in advice if isinstance(shape, URIRef)]) >= 2
    for level in ("must", "should"):
        for node in shapes(name, level).subjects(SH.targetClass, None):
            readers = set(shapes(name, level).objects(node, ONTOLOGY.isAskedForBy))
            assert readers
            assert all((reader, RDF.type, ONTOLOGY.DossierReader) in ontology() for reader in readers)


# -- examples


def example(name: str, kind: str) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(
        (folder(name) / "examples" / f"{kind}.yaml").read_text(encoding="utf-8"), f"{name}/{kind}"
    )
    return data


def failing(name: str, case: dict[str, Any]) -> set[str]:
    """The items that the documents of an example lack, as pySHACL finds."""
    facts = Graph()
    for document in case["documents"]:
        node = CASE[document["id"]]
        facts.add((node, RDF.type, ONTOLOGY[document["type"]]))
        for number, entry in enumerate(document.get("contains", ())):
            part = CASE[f"{document['id']}-{number}"]
            facts.add((node, ONTOLOGY.hasItem, part))
            facts.add((part, ONTOLOGY.answersItem, URIRef(f"{LAW}{entry['item']}")))
            for key, term in (("text", "hasText"), ("not_applicable", "isNotApplicableBecause")):
                if key in entry:
                    facts.add((part, ONTOLOGY[term], Literal(entry[key])))
    graph = everything(name)
    _, report, _ = validate(facts, shacl_graph=graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        subject = graph.value(report.value(result, SH.sourceShape), DCTERMS.subject)
        if subject is not None:
            found.add(str(subject).removeprefix(LAW))
    return found


def asked(name: str) -> set[str]:
    found = {str(o) for level in ("must", "should") for o in shapes(name, level).objects(None, DCTERMS.subject)}
    return {iri.removeprefix(LAW) for iri in found}


@pytest.mark.parametrize("name", DOSSIERS)
def test_the_complete_example_lacks_nothing(name: str) -> None:
    case = example(name, "complete")
    assert failing(name, case) == set()
    entries = [entry for document in case["documents"] for entry in document["contains"]]
    assert {entry["item"] for entry in entries if "text" in entry} == asked(name)


@pytest.mark.parametrize("name", DOSSIERS)
def test_the_placeholders_say_nothing(name: str) -> None:
    assert failing(name, example(name, "placeholders")) == asked(name)


@pytest.mark.parametrize("name", DOSSIERS)
def test_a_reason_stands_only_where_the_text_lets_it(name: str) -> None:
    case = example(name, "complete")
    for document in case["documents"]:
        document["contains"] = [
            {"item": entry["item"], "not_applicable": "It does not arise here."} for entry in document["contains"]
        ]
    plain = {i for i in asked(name) if (URIRef(f"{LAW}{i}"), RDF.type, ONTOLOGY.DocumentationItem) in ours()}
    assert failing(name, case) == plain


def is_excused(item_id: str, denied: set[str]) -> bool:
    """Whether what is denied takes away the class, or every alternative of a condition, that the item hangs on."""
    found = item(item_id)
    if found.required_where in denied:
        return True
    for condition in law().objects(URIRef(f"{LAW}{found.norm}"), ONTOLOGY.hasCondition):
        classes = set(law().objects(condition, ONTOLOGY.hasAlternative)) or {condition}
        if {str(cls).removeprefix(ANS) for cls in classes} <= denied:
            return True
    return False


@pytest.mark.parametrize("name", DOSSIERS)
def test_nothing_is_asked_for_where_the_case_says_so(name: str) -> None:
    case = example(name, "not-applicable")
    denied = {c["is"] for c in case.get("circumstances", ()) if c["holds"] in (False, "no")}
    entries = [entry for document in case["documents"] for entry in document.get("contains", ())]
    assert all("text" not in entry for entry in entries)
    assert [item_id for item_id in sorted(failing(name, case)) if not is_excused(item_id, denied)] == []


# -- tiers


def wider(cls: str) -> set[str]:
    return {str(c).removeprefix(ANS) for c in ontology().transitive_objects(ONTOLOGY[cls], RDFS.subClassOf)}


def test_larger_and_riskier_models_owe_more() -> None:
    tiers = {found: item(found).required_where for found in asked("proportional")}
    assert set(tiers.values()) == {"AIModel", "GPAIModel", "GPAIModelWithSystemicRisk", "HighRiskAISystem"}
    owed = {cls: {i for i, tier in tiers.items() if tier in wider(cls)} for cls in set(tiers.values())}
    assert owed["AIModel"] < owed["GPAIModel"] < owed["GPAIModelWithSystemicRisk"]
    assert all(not item(i).norm for i in owed["AIModel"])


@pytest.mark.parametrize(
    ("kind", "tiers"),
    [("complete-small-model", {"AIModel"}), ("complete-general-purpose", {"AIModel", "GPAIModel"})],
)
def test_a_smaller_model_is_complete_with_less(kind: str, tiers: set[str]) -> None:
    case = example("proportional", kind)
    denied = {c["is"] for c in case["circumstances"] if c["holds"] in (False, "no")}
    left_out = failing("proportional", case)
    assert {item(found).required_where for found in asked("proportional") - left_out} == tiers
    assert left_out and all(item(found).required_where in denied for found in left_out)


def test_a_tier_is_not_wider_than_the_norm_behind_it() -> None:
    for found in asked("proportional"):
        norm, tier = item(found).norm, item(found).required_where
        if norm:
            conditions = law().objects(URIRef(f"{LAW}{norm}"), ONTOLOGY.hasCondition)
            assert {str(c).removeprefix(ANS) for c in conditions} & wider(tier), found


def test_what_an_insurer_asks_meets_what_the_law_asks_on_the_same_topic() -> None:
    demanded = {topic for name in DOSSIERS for i in asked(name) if item(i).norm for topic in item(i).topics}
    for item_id in sorted(asked("insurer")):
        assert set(item(item_id).topics) & demanded, item_id
