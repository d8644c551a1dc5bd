"""Statutory amounts: each rule of the table is counted as it says; what nobody stated stays open and is asked for."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import answerable
from answerable.assessment import StatutoryExposure
from answerable.casefile import from_data
from answerable.engine import knowledge
from answerable.explain import explain
from answerable.proofs import walk
from answerable.terms import TYPE, ans, is_iri
from tests.doctrine.scenes import DEFENDANT, established, key, names, node, theories

TABLE = Path(__file__).parents[3] / "shared" / "law" / "doctrine" / "exposure.csv"
RULES = sorted(key(r) for r in knowledge().index.subjects(TYPE, ans("ExposureRule")) if is_iri(r))
OF_THEORIES = [(r, t) for r in RULES for t in names(node(r), "quantifiesTheory") if t in theories()]


def exposed(theory: str, shown: tuple[str, ...] = (), harm: dict[str, Any] | None = None, **party: Any) -> Any:
    scene = established(theory)
    for cls in shown:
        scene.show(cls)
    data = scene.data()
    data["harms"][0] |= harm or {}
    next(p for p in data["parties"] if p["id"] == DEFENDANT).update(party)
    case = from_data(data)
    return case, answerable.assess(case).exposure


def entry(rule: str, theory: str, **given: Any) -> StatutoryExposure:
    _, found = exposed(theory, **given)
    (one,) = (x for x in found if x.rule == rule and x.party == DEFENDANT)
    return one


def counts(**numbers: int) -> dict[str, Any]:
    return {"counts": [{"of": kind, "number": number} for kind, number in numbers.items()]}


@pytest.mark.parametrize(
    ("rule", "theory", "given", "low", "high"),
    [
        ("EX_BIPA_NEG", "PRIV_BIPA", {"harm": counts(PersonsAffected=1200)}, 1_200_000, None),
        ("EX_504C", "IP_TRAIN_US", {"harm": counts(WorksInfringed=10)}, 7_500, 300_000),
        (
            "EX_AIA_99_3",
            "REG_EUAIA_PROHIB",
            {"turnover": 2_400_000_000, "currency": "EUR"},
            0,
            168_000_000,
        ),
        ("EX_AIA_99_3", "REG_EUAIA_PROHIB", {"turnover": 1_000_000, "currency": "EUR"}, 0, 35_000_000),
        ("EX_1981A", "DISC_T7_DT", {"employees": 150, "harm": counts(ComplainingParties=2)}, 0, 200_000),
        ("EX_1981A", "DISC_T7_DT", {"harm": counts(ComplainingParties=1)}, 0, 300_000),
        ("EX_CIPA", "PRIV_CIPA", {"harm": counts(Violations=3) | {"amount": 10, "currency": "USD"}}, 15_000, 15_000),
        ("EX_CIPA", "PRIV_CIPA", {"harm": counts(Violations=1) | {"amount": 4000, "currency": "USD"}}, 12_000, 12_000),
    ],
)
def test_counted(rule: str, theory: str, given: dict[str, Any], low: int, high: int | None) -> None:
    amount = entry(rule, theory, **given).amount
    assert (amount.low, amount.high) == (low, high)


def test_the_lower_of_for_a_small_enterprise() -> None:
    small = {"shown": ("SmallOrMediumEnterprise",), "turnover": 1_000_000, "currency": "EUR"}
    scene = established("REG_EUAIA_PROHIB")
    data = scene.data()
    next(p for p in data["parties"] if p["id"] == DEFENDANT).update(turnover=1_000_000, currency="EUR")
    data["circumstances"].append({"id": "small", "is": small["shown"][0], "of": DEFENDANT})
    found = answerable.assess(from_data(data)).exposure
    assert [x.amount.high for x in found if x.rule == "EX_AIA_99_3" and x.party == DEFENDANT] == [Decimal(70_000)]


def test_a_variant_takes_the_place_of_the_rule() -> None:
    _, ordinary = exposed("IP_TRAIN_US", harm=counts(WorksInfringed=1))
    variants = [r for r in RULES if "EX_504C" in names(node(r), "isVariantOf")]
    assert "EX_504C" in {x.rule for x in ordinary} and not {x.rule for x in ordinary} & set(variants)
    wilful = next(r for r in variants if "WILFUL" in r)
    (condition,) = names(node(wilful), "appliesWhen")
    _, found = exposed("IP_TRAIN_US", shown=(condition,), harm=counts(WorksInfringed=1))
    assert {x.rule for x in found if x.rule in ("EX_504C", wilful)} == {wilful}


def test_an_unknown_stays_a_range_and_is_named() -> None:
    one = entry("EX_504C", "IP_TRAIN_US")
    assert one.amount.high is None and one.amount.open == ["works infringed"]


@pytest.mark.parametrize(("rule", "theory"), OF_THEORIES)
def test_every_rule_can_be_walked_down_to_its_source(rule: str, theory: str) -> None:
    scene = established(theory)
    for cls in names(node(rule), "appliesWhen"):
        scene.show(cls)
    (forum, *_) = names(node(rule), "hasForum") or [scene.forum]
    scene.forum = forum if forum.startswith(scene.forum) else scene.forum
    case = from_data(scene.data())
    found = [x for x in answerable.assess(case).exposure if x.rule == rule and x.party == DEFENDANT]
    if not found:
        pytest.skip("another forum or another time than the theory's smallest scene")
    proof = explain(case, found[0].amount.proof)
    assert proof.cites
    leaves = [n for n in walk(proof) if not n.premises]
    assert {n.kind for n in leaves} <= {"fact", "law", "unknown", "amount"}
    assert all(n.says for n in leaves if n.kind == "unknown")


@pytest.mark.skipif(not TABLE.exists(), reason="the law tables are not beside the project")
def test_figures_equal_the_table() -> None:
    """Minimum, maximum, share, currency and first day of each row, where it states a plain figure."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["id"] for row in rows} <= set(RULES)
    for row in rows:
        if row["id"] == "EX_TCPA":  # the table's maximum is the trebled one
            continue
        for column, name, factor in (
            ("min", "hasMinimumAmount", 1),
            ("max", "hasMaximumAmount", 1),
            ("pct_turnover", "hasMaximumShare", Decimal("0.01")),
        ):
            stated = row[column].removesuffix("%")
            written = [Decimal(v) for v in names_of(row["id"], name)]
            if stated.replace(".", "").isdigit() and written:
                assert written == [Decimal(stated) * factor], (row["id"], column)


def names_of(rule: str, name: str) -> list[str]:
    from answerable.terms import lexical

    return [lexical(v) for v in knowledge().objects(node(rule), name)]
