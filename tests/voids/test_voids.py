"""Every void is found where its facts are, with its witness; not where they are not; and never on what is unknown."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable import casefile
from answerable.assess import Passes
from answerable.explain import proofs
from answerable.rooms import files

BASE = """
answerable: 1
id: void
forum: US
as_of: 2026-11-20
parties:
  - {id: vendor, type: Organisation}
  - {id: tuner, type: Organisation}
  - id: deployer
    type: Organisation
  - {id: victim, type: NaturalPerson}
  - {id: driver, type: NaturalPerson}
  - {id: author, type: NaturalPerson}
  - {id: agent, type: Organisation}
  - id: works
    type: Organisation
    units:
      - {id: ml, type: MLTeam}
      - {id: ops, type: OperationsTeam}
      - {id: committee, type: GovernanceCommittee}
artefacts:
  - {id: data, type: Dataset}
  - {id: model, type: AIModel, trained_on: data}
  - {id: system, type: AISystem, integrates: model}
events:
  - {id: development, type: SystemDevelopment, by: vendor, of: system, on: 2026-01-10}
  - {id: use, type: Use, by: deployer, of: system, on: 2026-03-01}
  - {id: act, type: Statement, by: deployer, of: system, to: victim, on: 2026-05-01}
  - {id: post, type: Statement, by: author, on: 2026-05-01}
harms:
  - id: harm
    type: PureEconomicLoss
    to: victim
    caused_by: act
    through: system
    on: 2026-05-01
    amount: 10000
    currency: EUR
"""
ROWS: dict[str, Any] = yaml.load(
    (Path(__file__).parent / "voids.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
FRAGMENTS = ROWS.pop("fragments")
SINGLE = ("forum", "as_of")


def merged(case: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The case with the records of a part; a record with an id that is there takes its place."""
    for name in part.get("use", ()):
        case = merged(case, FRAGMENTS[name])
    for key, value in part.items():
        if key in SINGLE:
            case[key] = value
        elif isinstance(value, list) and key not in ("use", "witness"):
            known = {id(r) if "id" not in r else r["id"]: r for r in case.get(key, [])}
            known |= {id(r) if "id" not in r else r["id"]: r for r in value}
            case[key] = list(known.values())
    return case


@cache
def passes(void: str, kind: str) -> Passes:
    row = ROWS[void]
    case = merged(copy.deepcopy(yaml.load(BASE, Loader=yaml.BaseLoader)), dict(row))
    case = merged(case, copy.deepcopy(row[kind]))
    return Passes.of(casefile.from_data(case, f"{void} {kind}"))


def found(void: str, kind: str) -> list[Any]:
    return [v for v in passes(void, kind).assessment.voids if v.void == void]


def test_every_void_has_its_cases() -> None:
    ids = {
        line.split()[0].removeprefix("doctrine:")
        for path in files("data", ".ttl")
        if path.parent.name == "voids"
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("doctrine:VOID_") and line.rstrip(" ;").endswith("Void")
    }
    assert ids == ROWS.keys()
    assert len(ids) == 56


@pytest.mark.parametrize("void", ROWS)
def test_found_with_its_witness(void: str) -> None:
    here = found(void, "found")
    assert here, f"{void} is not found; there are {[v.void for v in passes(void, 'found').assessment.voids]}"
    shown = passes(void, "found")
    keys = {w for v in here for w in v.witnesses}
    nodes = {
        lexical.removesuffix(">").split("/void/", 1)[-1]
        for node in shown.nodes("VoidFinding")
        if shown.keys(node, "isInstanceOf") == [void]
        for lexical in shown.values(node, "hasWitness")
    }
    for witness in ROWS[void]["found"]["witness"]:
        assert witness in keys or any(n.endswith(witness) for n in nodes), (witness, keys)
    assert all(v.severity and v.cure and v.ask and v.proof for v in here)
    assert {v.harm for v in here} == {"harm"}
    assert proofs(shown, [v.proof for v in here])


@pytest.mark.parametrize("void", ROWS)
@pytest.mark.parametrize("kind", ["absent", "unknown"])
def test_not_found(void: str, kind: str) -> None:
    assert not found(void, kind)
