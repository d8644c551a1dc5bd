"""The dossiers of the AI Act: every row of the table is an item with one shape, every dossier has examples."""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import RdfFormat, serialize
from rdflib import Graph, URIRef

from answerable import rooms
from answerable.casefile import load
from answerable.cases import Case
from answerable.dossiers import Demand, Item, items, profile, profiles
from answerable.iris import ANS, LAW
from answerable.records import triples

TABLE = Path(__file__).parents[3] / "shared" / "law" / "eu" / "doc_items.csv"
DOSSIERS = [
    "instructions-for-use",
    *(f"annex-{name}" for name in ["iv", "v", "vi", "vii", "viii-a", "viii-b", "viii-c", "ix", "xi", "xii", "xiii"]),
]
FOLDER = rooms.room("data") / "law" / "eu" / "ai-act"
EXAMPLES = [
    (name, path.name) for name in DOSSIERS for path in sorted((rooms.room("shapes") / name / "examples").glob("*.yaml"))
]
SUBJECT = URIRef("http://purl.org/dc/terms/subject")
SOURCE_SHAPE = URIRef("http://www.w3.org/ns/shacl#sourceShape")


@cache
def law() -> dict[str, dict[str, list[str]]]:
    """What the files of the AI Act state of each norm and item: names by the local name of the property."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(FOLDER.glob("*.ttl")):
        for quad in rooms.turtle(path):
            subject = str(quad.subject).strip("<>").removeprefix(LAW)
            key = re.split("[#/]", quad.predicate.value)[-1]
            value = getattr(quad.object, "value", "").removeprefix(LAW).removeprefix(ANS)
            found.setdefault(subject, {}).setdefault(key, []).append(value)
    return found


@cache
def ours() -> dict[str, Item]:
    """The items of the annexes and of Article 13, with the advice on them."""
    files = [*FOLDER.glob("annex-*-items.ttl"), FOLDER / "article-13-items.ttl", FOLDER / "recommended-items.ttl"]
    subjects = {quad.subject.value for path in files for quad in rooms.turtle(path)}
    return {item.id: item for iri, item in items().items() if iri in subjects}


def rows() -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("the table of the law is not beside this checkout")
    with TABLE.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["id"].startswith("AIA_")]


def demands() -> list[Demand]:
    return [demand for name in DOSSIERS for demand in profile(name).demands]


def test_every_row_of_the_table_is_an_item_with_the_same_provision_and_norm() -> None:
    table = rows()
    assert len(table) > 100
    for row in table:
        item = ours()[row["id"]]
        assert (item.provision, item.norm) == (row["eli_uri"], row["parent_obligation_id"]), item.id
        assert "hasProvision" in law()[item.norm], f"{item.norm} is no norm"
        assert item.roles and item.topics, item.id
    assert {i for i in ours() if i.startswith("AIA_")} == {row["id"] for row in table}


def test_an_item_is_conditional_where_its_row_says_so() -> None:
    for row in rows():
        if re.search(r"\((where|as|when) (applicable|appropriate|relevant)\)", row["item"]):
            assert ours()[row["id"]].is_conditional, row["id"]


def test_deleted_items_end_on_the_day_before_the_amendment() -> None:
    deleted = {row["id"] for row in rows() if row["optionality"] == "deleted"}
    assert deleted == {item.id for item in ours().values() if item.last}
    for name in deleted:
        assert law()["AM_2026_1744_42"]["isInForceFrom"] == ["2026-07-27"]
        assert ours()[name].last == date(2026, 7, 26)
        assert name in law()["AM_2026_1744_42"]["amends"]


def test_each_item_is_the_subject_of_one_shape() -> None:
    asked = [demand.item.id for demand in demands()]
    assert sorted(asked) == sorted(ours())


def test_what_is_optional_or_only_advised_is_never_a_violation() -> None:
    optional = {row["id"] for row in rows() if row["optionality"] == "optional"}
    for demand in demands():
        advised = "RecommendedItem" in law()[demand.item.id]["type"]
        assert (demand.level == "should") == (advised or demand.item.id in optional), demand.item.id
        assert advised == (not demand.item.norm), demand.item.id
    for name in DOSSIERS:
        for path in profile(name).files:
            severity = "Warning" if path.stem == "should" else "Violation"
            found = set(re.findall(r"sh:severity sh:(\w+)", path.read_text(encoding="utf-8")))
            assert found == {severity}, path


def test_advice_names_its_source_and_claims_no_more_than_was_checked() -> None:
    for name in ours():
        about = law()[name]
        if "RecommendedItem" in about.get("type", ()):
            assert about["source"], name
            assert ("isVerifiedAgainst" in about) == (about["hasVerification"] != ["UnverifiedMemory"]), name


def test_messages_are_unique_english_and_name_the_provision_or_the_advice() -> None:
    messages = [demand.message() for demand in demands()]
    assert len(set(messages)) == len(messages)
    for demand in demands():
        assert set(demand.messages) == {"en"}, demand.shape
        if match := re.match("AIA_Anx([IVX]+)_", demand.item.id):
            assert f"Annex {match[1]}," in demand.message(), demand.shape
            point = demand.item.id.rsplit("_", 1)[-1]
            if re.fullmatch("[a-h]", point):
                assert f"({point}) AI Act" in demand.message(), demand.shape


def test_every_dossier_has_both_levels_readers_and_examples() -> None:
    assert set(DOSSIERS) <= set(profiles())
    for name in DOSSIERS:
        dossier = profile(name)
        assert {demand.level for demand in dossier.demands} == {"must", "should"}
        assert dossier.readers, name
        assert len({(demand.document, demand.dossier) for demand in dossier.demands}) == 1, name
        assert {"complete.yaml", "placeholders.yaml", "not-applicable.yaml"} <= {f for n, f in EXAMPLES if n == name}


@cache
def shapes(name: str) -> Graph:
    graph = Graph()
    shared = [rooms.room("shapes") / "words.ttl", rooms.room("shapes") / "instructions-for-use" / "must.ttl"]
    for path in {*profile(name).files, *(path for path in shared if path.exists())}:
        graph.parse(path)
    return graph


def not_said(case: Case, name: str) -> set[str]:
    """The items of a dossier that its shapes do not find answered, whatever the law around them says."""
    facts = serialize(list(triples(case, "settled", case.as_of)), format=RdfFormat.N_TRIPLES)
    graph = shapes(name)
    _, report, _ = pyshacl.validate(Graph().parse(data=facts, format="nt"), shacl_graph=graph)
    subjects = {graph.value(shape, SUBJECT) for shape in report.objects(None, SOURCE_SHAPE)}
    return {str(subject).removeprefix(LAW) for subject in subjects if subject}


def is_law(item: Item, day: date | None) -> bool:
    return item.last is None or day is None or day <= item.last


def denied(case: Case, holds: bool) -> set[str]:
    return {circumstance.is_ for circumstance in case.circumstances if circumstance.holds is holds}


def is_ruled_out(item: Item, case: Case) -> bool:
    """Whether the case denies a condition of the item or of its norm, or states all that an exception needs."""
    no, yes = denied(case, False), denied(case, True)

    def is_denied(condition: str) -> bool:
        return set(law().get(condition, {}).get("hasAlternative", [condition])) <= no

    norm = law()[item.norm]
    exceptions = [law()[name].get("hasCondition", []) for name in norm.get("hasException", ())]
    return (
        item.required_where.removeprefix(ANS) in no
        or any(is_denied(condition) for condition in norm["hasCondition"])
        or any(conditions and set(conditions) <= yes for conditions in exceptions)
    )


@pytest.mark.parametrize(("name", "file"), EXAMPLES)
def test_an_example_shows_what_its_name_says(name: str, file: str) -> None:
    case = load(rooms.room("shapes") / name / "examples" / file)
    asked = {demand.item.id: demand.item for demand in profile(name).demands}
    current = {i for i, item in asked.items() if is_law(item, case.as_of)}
    missing = not_said(case, name)
    if file.startswith("complete"):
        assert missing & current == set()
    elif file.startswith("placeholders"):
        assert missing >= current
        assert any(document.contains for document in case.documents)
    else:
        open_items = {i for i in missing & current if asked[i].norm and not is_ruled_out(asked[i], case)}
        assert open_items == set()


def test_deleted_items_are_answered_in_an_example_of_their_time() -> None:
    deleted = {i for i, item in ours().items() if item.last}
    case = load(rooms.room("shapes") / "annex-viii-b" / "examples" / "complete-before-2026-07-27.yaml")
    assert deleted
    assert deleted & not_said(case, "annex-viii-b") == set()
    assert all(is_law(ours()[i], case.as_of) for i in deleted)
