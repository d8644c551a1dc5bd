"""Quantities: exact, ranged, in one currency, and traceable to what they were counted from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable import quantities as q

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
FACT = ("<s>", "<p>", "<o>")


def amount(value: Decimal) -> q.Quantity:
    return q.stated("amount", value, FACT, "EUR")


@given(AMOUNTS, st.integers(1, 40))
def test_equal_parts_add_up_to_the_whole(value: Decimal, heads: int) -> None:
    whole = amount(value)
    parts = q.total([q.part(whole, heads)] * heads)
    assert parts.low == parts.high == whole.low


@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_what_is_over_a_sum_and_the_sum_are_the_whole(values: list[Decimal]) -> None:
    some, whole = q.total(map(amount, values[:-1]), currency="EUR"), q.total(map(amount, values))
    assert q.excess(whole, some).low + some.low == whole.low


@given(AMOUNTS, AMOUNTS)
def test_a_range_covers_every_case_of_what_is_unknown(value: Decimal, other: Decimal) -> None:
    """Whatever the unknown turns out to be, what is counted from it lies within the range."""
    known, open_ = amount(value), q.unknown("how much", "How much?", "EUR")
    for count in (q.least, q.most, q.total):
        ranged, exact = count([known, open_]), count([known, amount(other)])
        assert ranged.low <= exact.low
        assert ranged.high is None or exact.low <= ranged.high
        assert ranged.is_known or ranged.unknowns == (open_,)
    for one, two in ((known, open_), (open_, known)):
        ranged = q.excess(one, two)
        exact = q.excess(*(amount(other) if x is open_ else x for x in (one, two)))
        assert ranged.low <= exact.low and (ranged.high is None or exact.low <= ranged.high)


def test_a_share_of_nothing_is_nothing_whatever_the_amount() -> None:
    assert q.product(q.constant(0), q.unknown("loss", "How much?", "EUR")).is_known


def test_amounts_in_two_currencies_need_a_rate() -> None:
    euro, dollar = amount(Decimal(10)), q.stated("other", Decimal(10), FACT, "USD")
    with pytest.raises(ValueError, match="EUR and USD"):
        q.total([euro, dollar])
    counted = q.total([euro, q.converted(dollar, "EUR")])
    assert counted.low == 10 and counted.high is None
    assert [u.ask for u in counted.unknowns] == ["At which rate is USD counted in EUR?"]


def test_the_formula_names_the_inputs() -> None:
    cap = q.least([amount(Decimal(5)).called("cap"), amount(Decimal(7)).called("loss")])
    assert cap.formula == "the lower of cap and loss"
    assert q.part(amount(Decimal(6)), 3).formula == "amount / 3"


def test_equal_quantities_have_one_id_and_others_another() -> None:
    assert amount(Decimal(1)).id == amount(Decimal(1)).id != amount(Decimal(2)).id


@given(st.fractions(min_value=0, max_value=10**6))
def test_what_is_shown_is_exact_or_within_half_a_cent(value: Fraction) -> None:
    assert abs(Fraction(q.shown(value)) - value) <= Fraction(1, 200)
