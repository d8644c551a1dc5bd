"""Every conclusion of the shipped cases has a proof that ends in stated facts and cited law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import answerable
from answerable.assess import Passes
from answerable.proofs import Prover, loose_ends, walk
from answerable.words import Words
from tests.shipped import CASES, CORE

DAYS = [(path, None) for path in CASES] + [(path, date(2027, 12, 3)) for path in CORE]


@pytest.mark.parametrize(("path", "day"), DAYS, ids=lambda value: value.stem if isinstance(value, Path) else str(value))
def test_every_proof_closes(path: Path, day: date | None) -> None:
    passes = Passes.of(path, day)
    assessment = passes.assessment
    assert passes.conclusions
    for run in {id(passes.run_of(t)): passes.run_of(t) for t in passes.conclusions.values()}.values():
        with run.opened() as store:
            prover = Prover(run, store, Words(run))
            for reference, triple in passes.conclusions.items():
                if passes.run_of(triple) is run:
                    node = prover.prove(triple)
                    ends = loose_ends(node)
                    assert not ends, f"{reference} {node.conclusion}: {[(e.kind, e.conclusion) for e in ends[:3]]}"
                    assert {n.kind for n in walk(node)} & {"fact", "axiom", "law"}
    with passes.arguable.opened() as store:
        counter = Prover(passes.arguable, store, Words(passes.arguable))
        for reference, amount in passes.amounts.items():
            ends = [n for n in walk(counter.count(amount)) if n.kind == "fact" and not n.standing]
            assert not ends, f"{reference} {amount.name}: {[e.conclusion for e in ends]}"
    shown = [*assessment.roles, *assessment.obligations, *assessment.liability, *assessment.accountable]
    assert all(item.proof in passes.conclusions for item in (*shown, *assessment.voids))


def test_explain_by_id() -> None:
    path = next(p for p in CASES if p.stem.startswith("moffatt"))
    assessment = answerable.assess(path)
    answer = next(a for a in assessment.accountable if a.kind == "legal")
    proof = answerable.explain(path, answer.proof)
    facts = [n for n in walk(proof) if n.kind == "fact"]
    assert facts
    assert all(n.standing in ("found", "undisputed") for n in facts)
    assert all(n.source for n in facts)


def test_an_unknown_proof_id_is_an_input_error() -> None:
    with pytest.raises(answerable.InputError, match="proof"):
        answerable.explain(CASES[0], "p0000000000")
