"""What layers pay: worked towers, and what holds for every tower."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.insurance import Layer, Payment, Responds, tower, used_by
from answerable.quantities import Quantity, constant, total, unknown


def money(value: int | Fraction) -> Quantity:
    return constant(value, "EUR")


def layer(name: str, limit: int, attachment: int = 0, **rest: object) -> Layer:
    return Layer(policy=f"<{name}>", name=name, limit=money(limit), attachment=money(attachment), **rest)  # type: ignore[arg-type]


def paid(loss: int, *layers: Layer) -> dict[str, tuple[Fraction, Fraction | None]]:
    return {p.layer.name: (p.pays.low, p.pays.high) for p in tower(money(loss), layers)}


def known(loss: int, *layers: Layer) -> dict[str, int]:
    found = {}
    for payment in tower(money(loss), layers):
        assert payment.pays.is_known
        found[payment.layer.name] = int(payment.pays.low)
    return found


PRIMARY = layer("primary", 100)
SECOND = layer("second", 200, 100)
THIRD = layer("third", 300, 300)


def test_layers_pay_from_the_ground_up() -> None:
    assert known(80, PRIMARY, SECOND, THIRD) == {"primary": 80, "second": 0, "third": 0}
    assert known(250, PRIMARY, SECOND, THIRD) == {"primary": 100, "second": 150, "third": 0}
    assert known(999, THIRD, SECOND, PRIMARY) == {"primary": 100, "second": 200, "third": 300}


def test_the_insured_bears_the_retention_first() -> None:
    first = layer("primary", 100, retention=money(30))
    assert known(20, first, SECOND) == {"primary": 0, "second": 0}
    assert known(90, first, SECOND) == {"primary": 60, "second": 0}
    assert known(150, first, SECOND) == {"primary": 100, "second": 20}


def test_a_limit_that_earlier_claims_used_pays_less() -> None:
    assert known(90, layer("primary", 100, used=money(70))) == {"primary": 30}
    assert known(90, layer("primary", 100, used=money(170))) == {"primary": 0}


def test_a_sublimit_for_the_kind_of_harm() -> None:
    assert known(90, layer("primary", 100, sublimits=(money(25),))) == {"primary": 25}


@pytest.mark.parametrize(("inside", "pays", "defence"), [(True, 60, 40), (False, 90, 40)])
def test_costs_of_defence_inside_and_outside_the_limit(inside: bool, pays: int, defence: int) -> None:
    (payment,) = tower(money(90), [layer("primary", 100, costs=money(40), inside=inside)])
    assert (payment.pays.low, payment.defence.low) == (pays, defence)


def test_costs_of_defence_beyond_the_limit_stay_with_the_insured() -> None:
    (payment,) = tower(money(90), [layer("primary", 100, costs=money(140))])
    assert (payment.pays.low, payment.defence.low) == (0, 100)


def test_a_layer_that_does_not_respond_breaks_the_tower_above_it() -> None:
    excluded = layer("second", 200, 100, responds="no")
    assert known(500, PRIMARY, excluded, THIRD) == {"primary": 100, "second": 0, "third": 0}
    cut = {p.layer.name: p.is_cut_off for p in tower(money(500), [PRIMARY, excluded, THIRD])}
    assert cut == {"primary": False, "second": False, "third": True}


def test_a_missing_layer_breaks_the_tower() -> None:
    assert known(500, PRIMARY, THIRD) == {"primary": 100, "third": 0}


def test_a_layer_that_drops_down_begins_where_the_tower_broke() -> None:
    drops = layer("third", 300, 300, drops_down=True)
    assert known(350, PRIMARY, layer("second", 200, 100, responds="no"), drops) == {
        "primary": 100,
        "second": 0,
        "third": 250,
    }
    assert known(350, PRIMARY, drops) == {"primary": 100, "third": 250}
    assert known(350, PRIMARY, SECOND, drops) == {"primary": 100, "second": 200, "third": 50}


def test_a_layer_that_may_respond_pays_a_range_and_so_does_what_lies_above_it() -> None:
    doubtful = layer("primary", 100, responds="may")
    assert paid(250, doubtful, SECOND) == {"primary": (0, 100), "second": (0, 150)}
    (first, second) = tower(money(250), [doubtful, SECOND])
    assert (
        [u.name for u in second.pays.unknowns] == ["whether primary responds"] == [u.name for u in first.pays.unknowns]
    )


def test_a_loss_that_nobody_stated_pays_up_to_the_limit() -> None:
    loss = unknown("loss", "How much?", "EUR")
    assert [(p.pays.low, p.pays.high) for p in tower(loss, [PRIMARY])] == [(0, 100)]


def test_what_a_policy_paid_is_gone_for_the_next_harm() -> None:
    after = used_by(tower(money(80), [PRIMARY]), {})
    again = Layer(**{**PRIMARY.__dict__, "used": after["<primary>"]})
    assert known(80, again) == {"primary": 20}


# -- every tower

ANSWERS: st.SearchStrategy[Responds] = st.sampled_from(["yes", "no", "may"])


@st.composite
def towers(draw: st.DrawFn, answers: st.SearchStrategy[Responds] = ANSWERS) -> list[Layer]:
    found, top = [], 0
    for number in range(draw(st.integers(0, 5))):
        gap = draw(st.sampled_from([0, 0, 0, 50]))
        limit = draw(st.integers(1, 500))
        found.append(
            layer(
                f"layer{number}",
                limit,
                top + gap,
                used=money(draw(st.integers(0, 100))),
                responds=draw(answers),
                drops_down=draw(st.booleans()),
                retention=money(draw(st.integers(0, 100))) if number == 0 else None,
                costs=draw(st.one_of(st.none(), st.integers(0, 200).map(money))),
                inside=draw(st.booleans()),
            )
        )
        top += gap + limit
    return found


def bounds(payments: list[Payment]) -> tuple[Fraction, Fraction]:
    pays = total(p.pays for p in payments)
    assert pays.high is not None
    return pays.low, pays.high


@given(st.integers(0, 2000), towers())
def test_no_more_than_the_loss_and_no_layer_more_than_its_limit(loss: int, layers: list[Layer]) -> None:
    payments = tower(money(loss), layers)
    low, _ = bounds(payments)
    assert low <= loss
    for payment in payments:
        assert payment.pays.low <= (payment.pays.high or 0) <= payment.layer.limit.low
        assert payment.layer.responds != "no" or payment.pays.high == payment.defence.high == 0


@given(st.integers(0, 2000), towers(st.sampled_from(["yes", "no"])))
def test_known_facts_give_known_amounts_that_never_exceed_the_loss(loss: int, layers: list[Layer]) -> None:
    payments = tower(money(loss), layers)
    assert all(p.pays.is_known and p.defence.is_known for p in payments)
    retention = next((p.layer.retention.low for p in payments if p.layer.retention is not None), Fraction(0))
    low, high = bounds(payments)
    assert low == high <= max(Fraction(0), loss - retention)


@given(st.integers(0, 2000), st.integers(0, 500), towers())
def test_a_larger_loss_never_pays_less(loss: int, more: int, layers: list[Layer]) -> None:
    one, other = bounds(tower(money(loss), layers)), bounds(tower(money(loss + more), layers))
    assert one[0] <= other[0] and one[1] <= other[1]


@given(st.integers(0, 2000), towers(st.just("yes")))
def test_a_whole_tower_without_gaps_pays_all_that_its_limits_reach(loss: int, layers: list[Layer]) -> None:
    top, whole = 0, []
    for one in layers:
        whole.append(layer(one.name, int(one.limit.low), top))
        top += int(one.limit.low)
    assert bounds(tower(money(loss), whole)) == (min(loss, top), min(loss, top))


@given(st.integers(0, 2000), towers(st.sampled_from(["yes", "no"])), st.data())
def test_a_doubt_holds_the_answers_between_which_it_lies(loss: int, layers: list[Layer], data: st.DataObject) -> None:
    if not layers:
        return
    index = data.draw(st.integers(0, len(layers) - 1))

    def with_answer(answer: Responds) -> list[Payment]:
        changed = [Layer(**{**one.__dict__, "responds": answer}) if n == index else one for n, one in enumerate(layers)]
        return tower(money(loss), changed)

    doubtful, yes, no = (with_answer(answer) for answer in ("may", "yes", "no"))
    for one, other, third in zip(doubtful, yes, no, strict=True):
        low, high = one.pays.low, one.pays.high
        assert high is not None
        assert low <= other.pays.low <= high and low <= third.pays.low <= high
