"""Degrees of responsibility: 1/(1+k), groups, and what they are read from."""

from __future__ import annotations

from fractions import Fraction

import answerable
from answerable import rooms
from answerable.responsibility import LABEL, degrees, minimal
from tests import commands

CASES = rooms.room("data") / "cases"


def degree(*supports: set[str]) -> dict[str, Fraction]:
    found = degrees("h", minimal(frozenset(s) for s in supports))
    return {r.parties[0]: r.degree for r in found if len(r.parties) == 1}


def test_who_is_needed_in_every_way_has_the_whole_degree() -> None:
    assert degree({"a"}) == {"a": Fraction(1)}
    assert degree({"a", "b"}) == {"a": Fraction(1), "b": Fraction(1)}


def test_each_other_way_takes_one_step_more() -> None:
    assert degree({"a"}, {"b"}) == {"a": Fraction(1, 2), "b": Fraction(1, 2)}
    assert degree({"a"}, {"b"}, {"c"}) == dict.fromkeys("abc", Fraction(1, 3))
    assert degree({"a", "b"}, {"c"}) == {"a": Fraction(1, 2), "b": Fraction(1, 2), "c": Fraction(1, 2)}


def test_a_way_that_needs_more_than_another_does_not_count() -> None:
    assert degree({"a"}, {"a", "b"}) == {"a": Fraction(1)}


def test_groups_undo_the_conclusion_only_together() -> None:
    found = degrees("h", minimal([frozenset("ab"), frozenset("c")]))
    assert {r.parties for r in found if len(r.parties) > 1} == {("a", "c"), ("b", "c")}


def test_nobody_answers_so_nothing_hangs_on_anyone() -> None:
    assert degrees("h", []) == []


def test_read_from_the_proofs_of_a_case() -> None:
    (found,) = answerable.responsibility(CASES / "moffatt-v-air-canada.yaml")
    assert (found.parties, found.degree) == (("air-canada",), Fraction(1))


def test_it_says_that_it_is_not_legal() -> None:
    assert LABEL.split(":")[0] in commands.run("responsibility", str(CASES / "moffatt-v-air-canada.yaml"))
