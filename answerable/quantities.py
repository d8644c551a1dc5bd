"""Numbers that know where they come from: amounts, shares and counts with their formula, down to facts and law.

A quantity is a range, for a fact that nobody stated leaves it open: an unknown lies between nothing and no bound. What
is counted from an unknown stays a range and names it, so that it can be asked for. Values are exact (fractions), so
that shares add up; they are rounded only where they are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cached_property, reduce
from typing import Literal

from answerable.terms import Term, Triple

Operation = Literal[
    "stated", "law", "unknown", "constant", "sum", "excess", "product", "least", "most", "part", "ratio", "range"
]
Bound = Fraction | None

_SIGNS = {"sum": " + ", "product": " x "}
_CENT = Decimal(1).scaleb(-2)


@dataclass(frozen=True)
class Quantity:
    """A number or range, what it is, and how it was counted.

    Attributes:
        low: the least that it can be; never below nothing.
        high: the most that it can be; None where there is no bound.
        currency: of an amount of money; empty for a share or a count.
        inputs: what it was counted from.
        triple: for what is stated or law, the triple that says it.
        rule: the node of law or doctrine that gives the formula.
        ask: for an unknown, the question that settles it.
    """

    name: str
    operation: Operation
    low: Fraction
    high: Bound
    currency: str = ""
    inputs: tuple[Quantity, ...] = ()
    triple: Triple | None = None
    rule: Term | None = None
    ask: str = ""

    @cached_property
    def id(self) -> str:
        """The id under which an assessment refers to the proof of the amount."""
        own = (
            self.name,
            self.operation,
            str(self.low),
            str(self.high),
            self.currency,
            str(self.triple),
            str(self.rule),
        )
        text = "\0".join((*own, *(i.id for i in self.inputs)))
        return "q" + hashlib.blake2s(text.encode(), digest_size=5).hexdigest()

    @property
    def is_known(self) -> bool:
        return self.low == self.high

    @cached_property
    def unknowns(self) -> tuple[Quantity, ...]:
        """The inputs that nobody stated and that the range hangs on, each once."""
        if self.is_known:
            return ()
        if self.operation == "unknown":
            return (self,)
        return tuple(dict.fromkeys(u for i in self.inputs for u in i.unknowns))

    @property
    def formula(self) -> str:
        """How it was counted, with the names of its inputs."""
        names = [i.name if i.operation != "constant" else _plain(i.low) for i in self.inputs]
        if self.operation in _SIGNS:
            return _SIGNS[self.operation].join(names)
        if self.operation == "excess":
            return f"{names[0]} less {names[1]}, if more than nothing"
        if self.operation in ("least", "most"):
            return f"the {'lower' if self.operation == 'least' else 'higher'} of {' and '.join(names)}"
        if self.operation == "part":
            return f"{names[0]} / {names[1]}"
        if self.operation == "ratio":
            return f"{names[0]} / ({' + '.join(names)})"
        if self.operation == "range":
            return f"{names[0]} or more" if len(names) == 1 else f"from {names[0]} to {names[1]}"
        return self.name

    def called(self, name: str, rule: Term | None = None) -> Quantity:
        """The same quantity under a name that says what it is, and with the rule that gives it."""
        if self.operation in ("stated", "law", "unknown", "constant"):
            return Quantity(name, "sum", self.low, self.high, self.currency, (self,), None, rule)
        return Quantity(
            name,
            self.operation,
            self.low,
            self.high,
            self.currency,
            self.inputs,
            self.triple,
            rule or self.rule,
            self.ask,
        )


def stated(name: str, value: Decimal | int, triple: Triple, currency: str = "") -> Quantity:
    """What the record states."""
    return Quantity(name, "stated", Fraction(value), Fraction(value), currency, triple=triple)


def law(name: str, value: Decimal | int, triple: Triple, currency: str = "") -> Quantity:
    """What a provision or authority fixes."""
    return Quantity(name, "law", Fraction(value), Fraction(value), currency, triple=triple)


def unknown(name: str, ask: str, currency: str = "", most: Fraction | int | None = None) -> Quantity:
    """What nobody stated: anything from nothing to ``most``, or without bound."""
    return Quantity(name, "unknown", Fraction(0), None if most is None else Fraction(most), currency, ask=ask)


def constant(value: Fraction | Decimal | int, currency: str = "") -> Quantity:
    """A number that needs no source: nothing, one, the whole."""
    return Quantity(_plain(Fraction(value)), "constant", Fraction(value), Fraction(value), currency)


def nothing(currency: str = "") -> Quantity:
    return constant(0, currency)


def total(parts: Iterable[Quantity], name: str = "sum", currency: str = "") -> Quantity:
    """The sum of the parts; nothing if there are none."""
    found = tuple(parts)
    if not found:
        return nothing(currency).called(name)
    money = _currency(found)
    return Quantity(name, "sum", sum((p.low for p in found), Fraction(0)), _add(p.high for p in found), money, found)


def excess(whole: Quantity, less: Quantity, name: str = "rest") -> Quantity:
    """What the first is more than the second, never below nothing."""
    low = Fraction(0) if less.high is None else max(Fraction(0), whole.low - less.high)
    high = None if whole.high is None else max(Fraction(0), whole.high - less.low)
    return Quantity(name, "excess", low, high, _currency((whole, less)), (whole, less))


def product(one: Quantity, other: Quantity, name: str = "product") -> Quantity:
    """The product; of an amount and a share, an amount."""
    if one.high is None or other.high is None:
        known = one.high if other.high is None else other.high
        high = Fraction(0) if known == 0 else None
    else:
        high = one.high * other.high
    return Quantity(name, "product", one.low * other.low, high, one.currency or other.currency, (one, other))


def part(whole: Quantity, among: int, name: str = "equal part") -> Quantity:
    """An equal part of the whole among so many."""
    high = None if whole.high is None else whole.high / among
    return Quantity(name, "part", whole.low / among, high, whole.currency, (whole, constant(among)))


def proportion(one: Quantity, others: Iterable[Quantity], name: str = "proportion") -> Quantity:
    """What the first is of itself and the others together: a number between nothing and one."""
    rest = tuple(others)
    least_rest = sum((r.low for r in rest), Fraction(0))
    most_rest = _add(r.high for r in rest)
    low = Fraction(0) if not one.low or most_rest is None else one.low / (one.low + most_rest)
    high = Fraction(1) if one.high is None or not least_rest else one.high / (one.high + least_rest)
    return Quantity(name, "ratio", low, high, "", (one, *rest))


def least(quantities: Iterable[Quantity], name: str = "lower") -> Quantity:
    """The lowest of several."""
    found = tuple(quantities)
    bounds = [q.high for q in found if q.high is not None]
    high = min(bounds) if bounds else None
    return Quantity(name, "least", min(q.low for q in found), high, _currency(found), found)


def most(quantities: Iterable[Quantity], name: str = "higher") -> Quantity:
    """The highest of several."""
    found = tuple(quantities)
    high = reduce(_higher, (q.high for q in found))
    return Quantity(name, "most", max(q.low for q in found), high, _currency(found), found)


def between(low: Quantity, high: Quantity | None, name: str, rule: Term | None = None) -> Quantity:
    """A range that a rule fixes by its ends."""
    inputs = (low,) if high is None else (low, high)
    return Quantity(name, "range", low.low, None if high is None else high.high, low.currency, inputs, None, rule)


def converted(amount: Quantity, currency: str) -> Quantity:
    """The amount in another currency, at a rate that nobody has stated."""
    if not amount.currency or amount.currency == currency:
        return amount
    rate = unknown(
        f"{currency} for one {amount.currency}", f"At which rate is {amount.currency} counted in {currency}?", currency
    )
    plain = Quantity(
        amount.name, amount.operation, amount.low, amount.high, "", amount.inputs, amount.triple, amount.rule
    )
    return product(plain, rate, f"{amount.name} in {currency}")


def walk(quantity: Quantity) -> Iterator[Quantity]:
    """A quantity and everything that it was counted from."""
    yield quantity
    for one in quantity.inputs:
        yield from walk(one)


def shown(value: Fraction) -> Decimal:
    """A value as a decimal: exact where it can be, else to the cent."""
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact if denominator == 1 else exact.quantize(_CENT, ROUND_HALF_EVEN)


def _plain(value: Fraction) -> str:
    return f"{shown(value):f}"


def _currency(quantities: Iterable[Quantity]) -> str:
    """The currency that they share.

    Raises:
        ValueError: where they have several; convert them first.
    """
    found = sorted({q.currency for q in quantities if q.currency})
    if len(found) > 1:
        raise ValueError(f"amounts in {' and '.join(found)} cannot be counted together")
    return found[0] if found else ""


def _add(bounds: Iterable[Bound]) -> Bound:
    added = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        added += bound
    return added


def _higher(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else max(one, other)
