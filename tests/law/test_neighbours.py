"""Neighbour cases beside the norms: each binds, does not, asks, or does not yet apply, as its file says."""

from __future__ import annotations

from pathlib import Path

import pytest

import answerable
from tests.expectations import mismatches
from tests.law.neighbours import FILES, KINDS, Neighbour, neighbours

ALL = [neighbour for path in FILES for neighbour in neighbours(path)]


def test_there_are_neighbours() -> None:
    assert ALL


@pytest.mark.parametrize("neighbour", ALL, ids=str)
def test_neighbour(neighbour: Neighbour) -> None:
    (expected,) = neighbour.case.expect
    found = answerable.assess(neighbour.case, positions=expected.position)
    wrong = mismatches(found, expected)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_kind_is_there(path: Path) -> None:
    kinds = {neighbour.kind for neighbour in neighbours(path)}
    assert kinds == KINDS, f"{path.name} lacks {', '.join(sorted(KINDS - kinds)) or 'nothing, but has other kinds'}"
