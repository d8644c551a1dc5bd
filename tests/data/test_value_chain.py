"""The sheets of the value chain: every row of the table, and nothing in them that a rule reads."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from answerable.rooms import files, room, root

ANS = "https://w3id.org/answerable/ontology#"
DOCTRINE = "https://w3id.org/answerable/doctrine/"
TABLES = root().parent / "shared" / "law" / "doctrine"


@cache
def store() -> Store:
    loaded = Store()
    loaded.bulk_load(path=str(room("data") / "doctrine" / "value-chain.ttl"), format=RdfFormat.TURTLE)
    for path in files("ontology", ".ttl"):
        loaded.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    return loaded


def values(node: str, key: str) -> set[str]:
    return {q.object.value for q in store().quads_for_pattern(NamedNode(node), NamedNode(ANS + key), None)}  # type: ignore[union-attr]


def positions() -> set[str]:
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), NamedNode(ANS + "ChainPosition")
    return {q.subject.value.removeprefix(DOCTRINE) for q in store().quads_for_pattern(None, *kind)}  # type: ignore[union-attr]


def test_each_describes_a_role_or_a_class_that_exists() -> None:
    defined = NamedNode("http://www.w3.org/2000/01/rdf-schema#isDefinedBy")
    for name in positions():
        (term,) = values(DOCTRINE + name, "describesRole") | values(DOCTRINE + name, "describesClass")
        assert next(store().quads_for_pattern(NamedNode(term), defined, None), None), (name, term)


def test_a_unit_lies_within_an_organisation_on_which_liability_falls() -> None:
    units = {n for n in positions() if n.startswith("OU_")}
    assert len(units) == 9
    assert {n for n in positions() if values(DOCTRINE + n, "liesWithin")} == units
    assert all(values(DOCTRINE + n, "hasTypicalClaim") >= {DOCTRINE + "VIC_RESPONDEAT"} for n in units)


@pytest.mark.skipif(not TABLES.is_dir(), reason="the law tables are not beside the project")
def test_the_sheets_equal_the_table() -> None:
    with (TABLES / "value_chain.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == positions()
    for name, row in rows.items():
        node = DOCTRINE + name
        for column, key in (("nist_ai_rmf", "followsNISTFunction"), ("iso_42001", "followsISOControl")):
            assert values(node, key) == {x.strip() for x in row[column].split(";") if x.strip()}, (name, key)
        defences = {DOCTRINE + d for d in re.findall(r"\bDF_[A-Z0-9_]+", row["typical_defences"])}
        assert values(node, "hasTypicalDefence") == defences, name
        if row["kind"] != "org_unit":
            claims = {DOCTRINE + c for c in re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+", row["common_claims"])}
            assert values(node, "hasTypicalClaim") == claims, name
