"""What must hold of any division of a loss, whatever the regime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from answerable.allocation import Debtor, Lot
from answerable.quantities import Quantity, constant, proportion, unknown

MEASURES = ("ByFaultShare", "ByHeads", "ByHeadsUnlessOtherwiseDetermined", "AsJustAndEquitable", "NotAtAll", "")
NAMES = ("a", "b", "c", "d")
FEW = settings(max_examples=60, deadline=None)


def money(value: Fraction | int) -> Quantity:
    return constant(value, "USD")


@st.composite
def lots(draw: st.DrawFn, joint: bool | None = None, settled: bool = False) -> Lot:
    """A lot whose shares, those of a stranger and of the claimant included, add up to one."""
    names = NAMES[: draw(st.integers(1, 4))]
    weights = [draw(st.integers(1, 20)) for _ in names]
    stranger, claimant = draw(st.integers(0, 10)), draw(st.integers(0, 10))
    whole = sum(weights) + stranger + claimant
    debtors = tuple(
        Debtor(
            name,
            constant(Fraction(weight, whole)),
            draw(st.booleans()) if joint is None else joint,
            None,
            frozenset(draw(st.sets(st.sampled_from(names)))) - {name},
            draw(st.booleans()),
            money(draw(st.integers(0, 500))) if settled and draw(st.booleans()) else None,
        )
        for name, weight in zip(names, weights, strict=True)
    )
    return Lot(
        "loss",
        money(draw(st.integers(0, 1000))),
        debtors,
        {"stranger": constant(Fraction(stranger, whole))} if stranger else {},
        constant(Fraction(claimant, whole)) if claimant else None,
        draw(st.sampled_from(MEASURES)),
        draw(st.sampled_from(["ByAmountPaid", "ByShareOfSettlor"])),
        draw(st.booleans()),
    )


def known(quantity: Quantity) -> Fraction:
    assert quantity.low == quantity.high
    return quantity.low


def summed(quantities: Sequence[Quantity]) -> tuple[Fraction, Fraction]:
    highs = [q.high for q in quantities]
    assert all(high is not None for high in highs)
    return sum((q.low for q in quantities), Fraction(0)), sum((h for h in highs if h is not None), Fraction(0))


@FEW
@given(lots())
def test_the_claimant_never_collects_more_than_the_claim_and_the_claim_is_never_more_than_the_loss(lot: Lot) -> None:
    assert known(lot.recoverable) <= known(lot.claim) <= known(lot.amount)
    assert all(known(lot.owed(d)) <= known(lot.claim) for d in lot.debtors)


@FEW
@given(lots(settled=True))
def test_credit_by_amount_never_lets_the_claimant_collect_more_than_the_claim_but_for_what_was_paid(lot: Lot) -> None:
    lot = replace(lot, credit="ByAmountPaid", debtors=tuple(replace(d, whole=True) for d in lot.debtors))
    paid = sum((known(d.paid) for d in lot.debtors if d.paid is not None), Fraction(0))
    assert known(lot.recoverable) <= max(known(lot.claim), paid)


@FEW
@given(lots(joint=False))
def test_shares_add_up(lot: Lot) -> None:
    """Under several liability the parts of the liable, of a stranger and of the claimant are the whole loss."""
    alone = replace(lot, debtors=tuple(replace(d, answers_for=frozenset(), collectible=True) for d in lot.debtors))
    parts = [known(alone.owed(d)) for d in alone.debtors] + [known(alone.portion(q)) for q in alone.others.values()]
    own = known(alone.amount) - known(alone.claim)
    assert sum(parts, own) == known(alone.amount)
    assert known(alone.recoverable) == sum(known(alone.owed(d)) for d in alone.debtors)


@FEW
@given(lots())
def test_what_is_collected_is_borne_by_somebody(lot: Lot) -> None:
    low, high = summed(list(lot.ultimate.values()))
    collected = known(lot.recoverable)
    assert low <= collected <= high
    if lot.measure not in ("", "NotAtAll"):
        assert low == collected == high


@FEW
@given(lots())
def test_nobody_bears_more_than_it_owes(lot: Lot) -> None:
    for debtor in lot.debtors:
        borne, owed = lot.ultimate[debtor.party], lot.owed(debtor)
        assert borne.high is not None and owed.high is not None and borne.high <= owed.high


@FEW
@given(lots())
def test_a_further_solvent_party_that_answers_for_the_whole_never_lowers_recovery(lot: Lot) -> None:
    """It takes the share that the stranger had; the claimant's own share is what it was."""
    more = Debtor("new", lot.others.get("stranger", constant(0)), True)
    wider = replace(lot, debtors=(*lot.debtors, more), others={})
    assert known(wider.recoverable) >= known(lot.recoverable)


@FEW
@given(lots())
def test_making_a_party_solvent_never_lowers_recovery(lot: Lot) -> None:
    for debtor in lot.debtors:
        able = tuple(replace(d, collectible=True) if d is debtor else d for d in lot.debtors)
        assert known(replace(lot, debtors=able).recoverable) >= known(lot.recoverable)


HALVES = Lot(
    "loss",
    money(1),
    tuple(Debtor(name, constant(Fraction(1, 2)), whole=True, collectible=True) for name in NAMES[:2]),
    measure="AsJustAndEquitable",
    credit="ByAmountPaid",
)


@FEW
@given(lots(), st.fractions(0, 1))
@example(HALVES, Fraction(0))
def test_a_range_holds_every_value_that_a_fact_could_take(lot: Lot, share: Fraction) -> None:
    """Whatever the open share turns out to be, the answer lies in the range that was given before.

    Heads unless otherwise determined are a default, not a range: they apply just because nothing is determined.
    """
    assume(lot.measure != "ByHeadsUnlessOtherwiseDetermined")
    first, *rest = lot.debtors
    left = (
        1 - sum((known(d.share) for d in rest), Fraction(0)) - sum((known(q) for q in lot.others.values()), Fraction(0))
    )
    left -= known(lot.own) if lot.own is not None else 0
    found = replace(lot, debtors=(replace(first, share=constant(left * share)), *rest))
    before = replace(lot, debtors=(replace(first, share=unknown("share", "Which?", most=left)), *rest))
    for one, other in (
        (found.recoverable, before.recoverable),
        *((found.owed(d), before.owed(e)) for d, e in zip(found.debtors, before.debtors, strict=True)),
        *((found.ultimate[d.party], before.ultimate[d.party]) for d in found.debtors),
    ):
        assert other.low <= one.low and (other.high is None or (one.high is not None and one.high <= other.high))


def test_a_proportion_of_nothing_among_others_is_nothing() -> None:
    assert known(proportion(constant(0), [constant(Fraction(1, 3))])) == 0
    assert known(
        proportion(constant(Fraction(1, 4)), [constant(Fraction(1, 4)), constant(Fraction(1, 2))])
    ) == Fraction(1, 4)
    assert proportion(constant(Fraction(1, 4)), [unknown("x", "?", most=1)]).low == Fraction(1, 5)


def test_amounts_in_two_currencies_are_not_added() -> None:
    with pytest.raises(ValueError, match="counted together"):
        assert Lot("loss", constant(1, "EUR"), (Debtor("a", constant(1), paid=money(1)),)).debt
