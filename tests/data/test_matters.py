"""Every real matter of the table is described, and leads to the theories, the law reports and the case it names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from answerable.rooms import root
from tests.data.test_authorities import ANS, DOCTRINE, instances, store, values

RELATION = "http://purl.org/dc/terms/relation"
MATTERS = sorted(instances("RealMatter"))
TABLE = root().parent / "shared" / "law" / "doctrine" / "cases.csv"
HELD = {
    "DEPLOYER": "Deployer",
    "SERVICE_PROVIDER": "ModelServiceProvider",
    "MODEL_DEVELOPER": "ModelDeveloper",
    "DATA_PROVIDER": "DataProvider",
    "END_USER": "EndUser",
}


def test_the_matters_are_there() -> None:
    assert MATTERS


@pytest.mark.skipif(not TABLE.is_file(), reason="the law tables are not beside the project")
def test_matters_equal_the_table() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {f"{DOCTRINE}{row['id']}": row for row in csv.DictReader(file)}
    assert sorted(rows) == MATTERS
    for matter, row in rows.items():
        assert values(matter, "raisesTheory") == {DOCTRINE + key for key in row["theories"].split(";")}, matter
        held = row["held_accountable"].split(" ")[0]
        found = {iri.removeprefix(ANS) for iri in values(matter, "leadsToAnswerOf")}
        assert found >= {HELD[held]} if held in HELD else not found, matter
        checked = values(matter, "hasVerification")
        assert (checked == {ANS + "VerifiedSecondary"}) is (row["verification"] == "verified_secondary"), matter


@pytest.mark.parametrize("matter", MATTERS)
def test_a_matter_leads_on(matter: str) -> None:
    for key in ("isHeardBy", "hasCitation", "hasMatterOutcome", "hasProceduralStatus", "isVerifiedAgainst"):
        assert len(values(matter, key)) == 1, key
    for authority in values(matter, RELATION):
        assert list(store().quads_for_pattern(NamedNode(authority), None, None)), authority
    for case in values(matter, "isModelledIn"):
        assert Path(root() / "data" / "cases" / f"{case}.yaml").is_file(), case
    amounts = [q.object for q in store().quads_for_pattern(NamedNode(matter), NamedNode(ANS + "hasAmount"), None)]
    assert all(isinstance(amount, Literal) and not amount.value.startswith("-") for amount in amounts)
    assert len(amounts) == len(values(matter, "hasCurrency"))
