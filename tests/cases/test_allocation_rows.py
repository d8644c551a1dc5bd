"""Who bears what in the hard rows on caps, thresholds and many hands."""

from pathlib import Path

import pytest

from answerable.assess import Passes
from answerable.terms import ans, lexical

ROWS = Path(__file__).parent / "hard-rows"
ANS = "https://w3id.org/answerable/ontology#"
PREFIXES = "".join(
    f"PREFIX {prefix}: <{iri}>\n"
    for prefix, iri in {
        "ans": ANS,
        "doctrine": "https://w3id.org/answerable/doctrine/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)


def found(row: str, *names: str) -> set[tuple[str, ...]]:
    """Last parts of subject and object of each triple with one of the properties, in the settled record."""
    passes = Passes.of(ROWS / f"{row}.yaml")
    pairs = {(name, s, o) for name in names for s, o in passes.settled.pairs(ans(name))}
    return {(name, *(lexical(t).rsplit("#")[-1].rsplit("/")[-1] for t in (s, o))) for name, s, o in pairs}


LIABLE = ("makesJointlyLiable", "makesSeverallyLiable", "makesSolelyLiable", "leavesShareOpen")


@pytest.mark.parametrize(
    ("row", "liable"),
    [
        ("positive", {("makesJointlyLiable", "AP_TX", "deployer"), ("makesSeverallyLiable", "AP_TX", "vendor")}),
        ("negative", {("makesSeverallyLiable", "AP_TX", "deployer"), ("makesSeverallyLiable", "AP_TX", "vendor")}),
        ("unknown", {("leavesShareOpen", "AP_TX", "deployer"), ("leavesShareOpen", "AP_TX", "vendor")}),
        ("before", set()),
    ],
)
def test_texas_threshold(row: str, liable: set[tuple[str, ...]]) -> None:
    assert found(f"texas-threshold-{row}", *LIABLE) == liable


def test_whole_and_share_in_money() -> None:
    passes = Passes.of(ROWS / "texas-threshold-positive.yaml")
    query = "SELECT ?p ?a WHERE { ?x ans:isExposureOf ?p ; ans:hasAmount ?a ; ans:hasCurrency 'USD' }"
    with passes.settled.opened() as store:
        rows = {(row["p"].value.rsplit("/")[-1], float(row["a"].value)) for row in store.query(PREFIXES + query)}
    assert rows == {("deployer", 100000.0), ("vendor", 49000.0)}
    assert found("texas-threshold-positive", "mayRecoverFrom") == {("mayRecoverFrom", "deployer", "vendor")}


@pytest.mark.parametrize(
    ("row", "effects"),
    [
        ("positive", {("CT_CAP_PLD", "VoidAgainst", "customer"), ("CT_CAP_EU_CONS", "OpenToFairnessTest", "customer")}),
        ("negative", {("CT_CAP", "BindsParties", "customer"), ("CT_CAP", "BindsParties", "vendor")}),
        ("unknown", {("CT_CAP_EU_CONS", "OpenToFairnessTest", "customer")}),
        (
            "before",
            {("CT_CAP_PLD.1985", "VoidAgainst", "customer"), ("CT_CAP_EU_CONS", "OpenToFairnessTest", "customer")},
        ),
    ],
)
def test_cap(row: str, effects: set[tuple[str, str, str]]) -> None:
    passes = Passes.of(ROWS / f"contract-cap-{row}.yaml")
    query = """SELECT ?rule ?status ?who WHERE {
        ?clause ans:hasClauseEffect ?e . ?e ans:isUnderRule ?rule ; ans:hasClauseStatus ?status .
        { ?e ans:isAgainst ?who } UNION { ?e ans:isBetween ?who } }"""
    with passes.settled.opened() as store:
        rows = {
            tuple(row[v].value.rsplit("#")[-1].rsplit("/")[-1] for v in ("rule", "status", "who"))
            for row in store.query(PREFIXES + query)
        }
    assert rows == effects


@pytest.mark.parametrize(("row", "count"), [("positive", 3), ("negative", 3), ("unknown", 2), ("before", 2)])
def test_many_hands(row: str, count: int) -> None:
    voids = {o for _, _, o in found(f"many-hands-{row}", "isInstanceOf")}
    assert ("VOID_MANY_HANDS" in voids) == (row == "positive")
    assert len(found(f"many-hands-{row}", "hasContributor")) == count
