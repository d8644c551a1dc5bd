"""Case files with heads, parts, settlements and contracts, from the file to the assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.assess import Passes
from answerable.casefile import from_data
from answerable.errors import InputError
from answerable.explain import explain

ROW = Path(__file__).parents[1] / "cases" / "hard-rows" / "texas-threshold-positive.yaml"


def case(**harm: Any) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(ROW.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["harms"][0].update(harm)
    return data


def numbers(data: dict[str, Any]) -> dict[str, tuple[float, float | None]]:
    (found,) = Passes.of(from_data(data)).assessment.allocation
    return {
        e.party: (float(e.amount.low or 0), None if e.amount.high is None else float(e.amount.high))
        for e in found.exposures
    }


HEADS = [
    {"type": "MedicalExpenses", "amount": "40000", "currency": "USD"},
    {"type": "NonEconomicDamages", "amount": "60000", "currency": "USD"},
    {"type": "PunitiveAward", "amount": "5000", "currency": "USD", "against": "vendor"},
]


def test_heads_of_a_case_file() -> None:
    assert numbers(case(heads=HEADS)) == {"deployer": (100000, 100000), "vendor": (54000, 54000)}
    data = case(heads=HEADS)
    data["forum"] = "US-CA"
    assert numbers(data) == {"deployer": (70600, 70600), "vendor": (74400, 74400)}


def test_parts_of_a_case_file() -> None:
    parts = [{"amount": "30000", "currency": "USD", "caused_by": "vendor"}]
    data = case(parts=parts)
    assert numbers(data) == {"deployer": (70000, 70000), "vendor": (64300, 64300)}
    (found,) = Passes.of(from_data(data)).assessment.allocation
    assert "AP_R3_26" in found.notes


def test_a_settlement_counts_from_its_day() -> None:
    deal = [{"party": "vendor", "amount": "10000", "currency": "USD", "good_faith": "yes", "on": "2026-11-20"}]
    assert numbers(case(settlements=deal)) == {"deployer": (51000, 90000), "vendor": (10000, 10000)}
    deal[0]["on"] = "2026-11-21"
    assert numbers(case(settlements=deal)) == {"deployer": (100000, 100000), "vendor": (49000, 49000)}


def test_a_contract_changes_nothing_that_the_injured_person_sees() -> None:
    before = Passes.of(from_data(case(heads=HEADS)))
    data = case(heads=HEADS)
    data["contracts"] = [
        {
            "id": "licence",
            "between": ["vendor", "deployer"],
            "of": "driver",
            "on": "2025-09-01",
            "clauses": [
                {
                    "id": "cap",
                    "type": "LiabilityCap",
                    "protects": "vendor",
                    "burdens": "deployer",
                    "amount": "1",
                    "currency": "USD",
                },
                {"id": "indemnity", "type": "Indemnity", "protects": "vendor", "burdens": "deployer"},
                {"id": "waiver", "type": "RecourseWaiver", "protects": "vendor", "burdens": "deployer"},
            ],
        }
    ]
    after = Passes.of(from_data(data))
    assert before.assessment.allocation[0].exposures == after.assessment.allocation[0].exposures
    assert before.assessment.allocation[0].recoverable == after.assessment.allocation[0].recoverable
    assert [c.clause for c in after.assessment.allocation[0].contract_effects] != []


def test_an_exposure_is_proved_down_to_the_record_and_the_rule() -> None:
    data = case()
    data["harms"][0].pop("amount")
    data["harms"][0].pop("currency")
    found = Passes.of(from_data(data)).assessment
    (allocation,) = found.allocation
    vendor = next(e for e in allocation.exposures if e.party == "vendor")
    assert vendor.amount.low == 0 and vendor.amount.high is None and vendor.amount.open == ["amount of injury"]
    assert allocation.exposure is None
    assert any(q.fact == "amount of injury" and q.ask for q in found.open_questions)
    proof = explain(
        from_data(case()),
        next(
            e.amount.proof
            for e in Passes.of(from_data(case())).assessment.allocation[0].exposures
            if e.party == "vendor"
        ),
    )
    assert "AP_R3_11" in str(proof) and "0.49" in str(proof)


@pytest.mark.parametrize(
    "heads",
    [
        [{"type": "MedicalExpenses", "amount": "100001", "currency": "USD"}],
        [{"type": "PersonalInjury", "amount": "1", "currency": "USD"}],
        [{"type": "MedicalExpenses", "amount": "1"}],
        [{"type": "MedicalExpenses", "amount": "1", "currency": "USD", "part": "deployer"}],
    ],
)
def test_heads_that_cannot_be(heads: list[dict[str, str]]) -> None:
    with pytest.raises(InputError):
        from_data(case(heads=heads))
