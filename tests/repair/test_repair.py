"""The smallest changes that open or close a theory or norm: each works, and no part of it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import answerable
from answerable import rooms
from answerable.repair import Change, repairs
from tests import commands

CASES = rooms.room("data") / "cases"
MOFFATT, LOAN = CASES / "moffatt-v-air-canada.yaml", CASES / "loan-refusal.yaml"


def changed(case: answerable.Case, changes: tuple[Change, ...]) -> answerable.Case:
    """The case with the changes made, in the ordinary way: through a change file."""
    gone = {(c.class_, c.of, c.about or None) for c in changes if c.kind == "withdrawn"}
    kept = [r for r in case.circumstances if (r.is_, r.of, r.about) not in gone]
    stated = [c for c in changes if c.kind in ("fact", "clause", "document")]
    kept = [r for r in kept if (r.is_, r.of) not in {(c.class_, c.of) for c in stated if not r.holds or not c.holds}]
    whole = case.model_copy(update={"circumstances": tuple(kept)})
    data = answerable.casefile.plain(whole)  # type: ignore[attr-defined]
    data["circumstances"] = data.get("circumstances", []) + [
        {"id": f"new-{n}", "is": c.class_, "of": c.of, "holds": c.holds, "standing": "found"}
        | ({"about": c.about} if c.about else {})
        for n, c in enumerate(stated)
    ]
    data["expect"] = []
    from answerable.casefile import from_data

    return from_data(data)


def status(case: answerable.Case, theory: str, party: str, harm: str) -> str:
    found = answerable.assess(case).liability
    return next((x.status for x in found if (x.theory, x.party, x.harm) == (theory, party, harm)), "")


@pytest.mark.parametrize(
    ("path", "party", "theory", "effect"),
    [(MOFFATT, "air-canada", "TORT_NEGMISREP", "closes"), (LOAN, "bank", "PRIV_GDPR22", "opens")],
)
def test_each_set_works_and_no_part_of_it_does(path: Path, party: str, theory: str, effect: str) -> None:
    case = answerable.load(path)
    found = repairs(case, party, theory=theory)
    assert found
    for repair in found:
        assert repair.effect == effect
        assert (status(changed(case, repair.changes), theory, party, repair.harm) == "established") == (
            effect == "opens"
        )
        for left_out in repair.changes if len(repair.changes) > 1 else ():
            fewer = tuple(c for c in repair.changes if c != left_out)
            assert (status(changed(case, fewer), theory, party, repair.harm) == "established") != (effect == "opens")


def test_a_duty_is_opened_and_closed() -> None:
    found = repairs(LOAN, "bank", norm="GDPR_22_1")
    assert {r.effect for r in found} == {"closes"}
    assert any([c.class_ for c in r.changes] == ["DecisionOnExplicitConsent"] for r in found)


def test_whom_to_ask_is_said() -> None:
    text = commands.run("why-not", str(LOAN), "--party", "bank", "--theory", "PRIV_GDPR22")
    assert "would open it" in text and "(ask: data subject)" in " ".join(text.split())


def test_json_has_premises_and_repairs() -> None:
    text = commands.run("why-not", str(LOAN), "--party", "bank", "--norm", "GDPR_22_1", "--format", "json")
    assert {"premises", "repairs"} == set(json.loads(text))


def test_unknown_party() -> None:
    with pytest.raises(answerable.InputError, match="the id of a party"):
        repairs(LOAN, "nobody", theory="PRIV_GDPR22")
