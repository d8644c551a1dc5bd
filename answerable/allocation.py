"""How the loss falls on those who are liable: what each owes, what each bears in the end, and who may turn to whom.

The rules of the eighth layer say who answers for the whole, for a share, for the share of another, and under which
regime; this module counts, with measures that the regime gives as data. A loss is cut into lots, one for each part
that some caused and others did not and each head of damage in it. In a lot each party at fault has its share; a party
owes the shares that it answers for, and so what can be collected and who bears it in the end follow share by share.
No clause of a contract is read: what an injured person may collect does not depend on what the liable agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from answerable.assessment import Allocation, Exposure, OpenQuestion, PartyExposure, Recourse
from answerable.quantities import (
    Quantity,
    between,
    constant,
    converted,
    excess,
    least,
    most,
    nothing,
    part,
    product,
    proportion,
    shown,
    stated,
    total,
    unknown,
)
from answerable.terms import TRUE, Term, Triple, ans, is_literal, lexical

if TYPE_CHECKING:
    from answerable.assess import Passes

Liability = Literal["sole", "joint", "several", "hybrid", "open"]
ONE = constant(1)


# -- what the next stage reads


@dataclass(frozen=True)
class RecourseRight:
    """What one liable party may ask of another after it paid.

    Attributes:
        by: the party that paid.
        against: the party whose part it bore.
        amount: what it may ask, if it had to pay all that it owes.
        rule: the node of law or doctrine that gives the right.
        indemnity: whether it may ask for all that it paid, and not just for the other's part.
    """

    by: Term
    against: Term
    amount: Quantity
    rule: Term
    indemnity: bool = False


@dataclass(frozen=True)
class HarmAllocation:
    """One harm under one regime, counted, before any contract or insurance.

    A harm may come under several regimes, one for each ground of liability: what they say stands side by side and is
    not added up.

    Attributes:
        exposures: the most that the injured person may collect from each party.
        ultimate: what each party bears in the end, after contribution; no contract counted.
        recourse: who may turn to whom, and for how much.
        node: the allocation that the rules concluded.
        loss: the whole loss.
        recoverable: what the injured person can collect in all.
        residual: what stays with the injured person.
        liability: in which way each party is liable.
        rules: for each party, the rule that decides what it answers for.
        shares: shares of fault on record, those of others than the liable included.
        notes: further rules at work.
    """

    harm: Term
    regime: Term
    exposures: dict[Term, Quantity] = field(default_factory=dict)
    ultimate: dict[Term, Quantity] = field(default_factory=dict)
    recourse: list[RecourseRight] = field(default_factory=list)
    node: Term = ""
    loss: Quantity = field(default_factory=nothing)
    recoverable: Quantity = field(default_factory=nothing)
    residual: Quantity = field(default_factory=nothing)
    liability: dict[Term, Liability] = field(default_factory=dict)
    rules: dict[Term, Term] = field(default_factory=dict)
    shares: dict[Term, Quantity] = field(default_factory=dict)
    notes: list[Term] = field(default_factory=list)


# -- arithmetic of one lot


@dataclass(frozen=True)
class Debtor:
    """A party that is liable for a lot.

    Attributes:
        share: its share of fault.
        whole: it answers for all of the lot.
        uncertain: from nothing to one, how much nearer to all of it than to its share; None where that is settled.
        answers_for: others whose shares it answers for.
        collectible: whether anything can be got from it.
        paid: what it paid in a settlement, on this lot.
        barred: liable parties that it cannot turn on.
    """

    party: Term
    share: Quantity
    whole: bool = False
    uncertain: Quantity | None = None
    answers_for: frozenset[Term] = frozenset()
    collectible: bool = True
    paid: Quantity | None = None
    barred: frozenset[Term] = frozenset()


@dataclass(frozen=True)
class Lot:
    """A part of a loss that cannot be divided further, and those liable for it.

    Attributes:
        others: shares of persons at fault who are not liable, the injured person apart.
        own: the injured person's own share, where it lessens the claim.
        measure: how the liable divide between themselves (a recourse measure); empty where nobody has recourse.
        credit: by what a settlement lessens the debt of the others (a credit measure); empty where no rule says.
        reallocates: whether what cannot be collected is spread over all others, the injured person included.
    """

    name: str
    amount: Quantity
    debtors: tuple[Debtor, ...]
    others: Mapping[Term, Quantity] = field(default_factory=dict)
    own: Quantity | None = None
    measure: str = ""
    credit: str = ""
    reallocates: bool = False

    @cached_property
    def unsettled(self) -> tuple[Debtor, ...]:
        return tuple(d for d in self.debtors if d.paid is None)

    @cached_property
    def within_reach(self) -> tuple[Debtor, ...]:
        return tuple(d for d in self.unsettled if d.collectible)

    @cached_property
    def shares(self) -> dict[Term, Quantity]:
        return {**self.others, **{d.party: d.share for d in self.debtors}}

    def portion(self, share: Quantity) -> Quantity:
        """A share of the lot in money."""
        if share.is_known and share.low == 1:
            return self.amount
        return product(self.amount, share, "part of the loss")

    @cached_property
    def claim(self) -> Quantity:
        """What the injured person may claim in all: its own share comes off first."""
        if self.own is None:
            return self.amount
        return product(self.amount, excess(ONE, self.own, "part that is not its own"), "claim less own share")

    @cached_property
    def debt(self) -> Quantity:
        """What those who answer for the whole owe: the claim, less credit for settlements."""
        debt = self.claim
        for settled in (d for d in self.debtors if d.paid is not None):
            paid = settled.paid
            assert paid is not None
            by_amount = excess(debt, paid, "claim less what was paid")
            by_share = excess(debt, self.portion(settled.share), "claim less the settlor's share")
            if self.credit == "ByAmountPaid":
                debt = by_amount
            elif self.credit == "ByShareOfSettlor":
                debt = by_share
            elif self.credit == "ByAmountOrShare":
                ends = (by_amount, by_share)
                debt = between(least(ends, "lower credit"), most(ends, "higher credit"), "claim less credit")
            else:
                debt = between(by_amount, debt, "claim less what may be credited")
        lost = [d for d in self.unsettled if not d.collectible]
        joint = all(d.whole for d in self.unsettled)
        if self.reallocates and joint and lost and self.own is not None and self.within_reach:
            gone = total((self.portion(d.share) for d in lost), "what cannot be collected")
            weight = proportion(self.own, (d.share for d in self.within_reach), "own part of what cannot be collected")
            debt = excess(
                debt, product(gone, weight, "own part of what cannot be collected"), "debt after reallocation"
            )
        return debt

    def owed(self, debtor: Debtor) -> Quantity:
        """The most that the injured person may collect from a party."""
        if debtor.paid is not None:
            return debtor.paid
        if debtor.whole:
            return self.debt
        answered = [self.shares[p] for p in sorted({debtor.party, *debtor.answers_for}) if p in self.shares]
        owed = self._capped(_sum([*map(self.portion, answered)], "parts answered for"))
        if debtor.uncertain is None:
            return owed
        more = product(excess(self.debt, owed, "what is beyond its share"), debtor.uncertain, "what may come on top")
        return self._capped(total((owed, more), "share, and what may come on top"))

    def _capped(self, quantity: Quantity) -> Quantity:
        bound = self.claim
        if quantity.high is not None and quantity.high <= bound.low:
            return quantity
        return least((quantity, bound), "at most the claim")

    @cached_property
    def recoverable(self) -> Quantity:
        """What the injured person can collect in all."""
        settled = [d.paid for d in self.debtors if d.paid is not None]
        if any(d.whole for d in self.within_reach):
            got = self.debt
        else:
            certain = [d for d in self.within_reach if d.uncertain is None]
            covered = {p for d in self.within_reach for p in (d.party, *d.answers_for) if p in self.shares}
            portions = [self.portion(self.shares[p]) for p in sorted(covered)]
            got = self._capped(_sum(portions, "shares within reach", self.amount.currency))
            if len(certain) < len(self.within_reach):
                got = most((got, *(self.owed(d) for d in self.within_reach if d.uncertain is not None)), "within reach")
        return total((got, *settled), "collected") if settled else got

    def coverers(self, party: Term) -> list[Debtor]:
        """Those within reach that answer for the share of a party, itself apart."""
        return [d for d in self.within_reach if d.party != party and (d.whole or party in d.answers_for)]

    @cached_property
    def ultimate(self) -> dict[Term, Quantity]:
        """What each party bears in the end."""
        borne = {d.party: d.paid if d.paid is not None else nothing(self.amount.currency) for d in self.debtors}
        reach = self.within_reach
        wholes = [d for d in reach if d.whole]
        if any(d.uncertain is not None for d in reach) or (len(wholes) > 1 and self.measure in ("", "NotAtAll")):
            zero = nothing(self.amount.currency)
            borne |= {d.party: self._between(zero, self.owed(d), d) for d in reach}
            return borne
        several = [d for d in reach if not d.whole]
        borne |= {d.party: self._capped(self.portion(d.share)) for d in several}
        if wholes:
            base = self.debt
            if several:
                base = excess(base, total((borne[d.party] for d in several), "borne by others"), "left to those joined")
            borne |= {d.party: self._weighed(base, d, wholes) for d in wholes}
        else:
            for lost in (d for d in self.unsettled if not d.collectible):
                for bearer in (bearers := self.coverers(lost.party)):
                    extra = self._weighed(self.portion(lost.share), bearer, bearers)
                    borne[bearer.party] = total((borne[bearer.party], extra), "own part and that of others")
        for debtor in wholes:
            for other in wholes:
                if other.party in debtor.barred:
                    kept = borne[other.party]
                    borne[other.party] = between(nothing(kept.currency), kept, "part that nobody may ask back")
                    both = total((borne[debtor.party], kept), "own part and one that it cannot ask back")
                    borne[debtor.party] = between(borne[debtor.party], both, "part after the bar")
        return borne

    def _between(self, low: Quantity, high: Quantity, debtor: Debtor) -> Quantity:
        return high if len(self.debtors) == 1 and debtor.uncertain is None else between(low, high, "part in the end")

    def _weighed(self, base: Quantity, debtor: Debtor, among: Sequence[Debtor]) -> Quantity:
        """The part of one of several that bear a sum together."""
        if len(among) == 1:
            return base
        known = all(d.share.is_known for d in among) and any(d.share.low for d in among)
        if self.measure == "ByHeads" or (self.measure == "ByHeadsUnlessOtherwiseDetermined" and not known):
            return part(base, len(among), "part by heads")
        others = (d.share for d in among if d is not debtor)
        is_open = not known and self.measure != "ByFaultShare"
        name = "part as a court or national law may fix it" if is_open else "part by share"
        return product(base, proportion(debtor.share, others, "share among those who bear it"), name)

    def asked_of(self, party: Term) -> Quantity:
        """The part of a party that another who paid it may ask back: what it bears, or would if it could."""
        debtor = next(d for d in self.debtors if d.party == party)
        if debtor.collectible:
            return self.ultimate[party]
        able = tuple(replace(d, collectible=True) if d is debtor else d for d in self.debtors)
        return replace(self, debtors=able).ultimate[party]


Counting = Callable[[Lot, Debtor], Quantity]


# -- from the rules and the record to lots


@dataclass(frozen=True)
class _Cut:
    """A lot as the record states it: its amount, who caused it, its head."""

    name: str
    amount: Quantity
    causers: frozenset[Term]
    head: Term | None = None
    against: frozenset[Term] = frozenset()


class _Reader:
    """What the rules say of one allocation, and the record of its harm."""

    def __init__(self, passes: Passes, harm: Term, node: Term) -> None:
        self.passes = passes
        self.harm = harm
        self.node = node
        self.regime = cast(Term, passes.value(node, "isUnderRegime"))
        self.parties = list(passes.values(node, "exposes"))
        owners = {x: passes.value(x, "isExposureOf") for x in passes.values(node, "hasExposure")}
        self.exposure = {p: x for x, p in owners.items() if p is not None}
        self.victims = list(passes.values(harm, "isSufferedBy"))

    # reading

    def name(self, term: Term) -> str:
        return self.passes.key(term)

    def listed(self, name: str) -> frozenset[Term]:
        return frozenset(self.passes.values(self.node, name))

    def of(self, party: Term, name: str) -> list[Term]:
        node = self.exposure.get(party)
        return list(self.passes.values(node, name)) if node is not None else []

    def law(self, name: str) -> Term | None:
        return self.passes.value(self.regime, name)

    def says(self, name: str) -> bool:
        return self.law(name) == TRUE

    def local(self, term: Term | None) -> str:
        return self.passes.key(term) if term is not None else ""

    @cached_property
    def currency(self) -> str:
        nodes = (
            self.harm,
            *self.passes.values(self.harm, "hasDamageHead"),
            *self.passes.values(self.harm, "hasDivisiblePart"),
        )
        return next((c for n in nodes if (c := self.passes.text(n, "hasCurrency"))), "")

    def stated(self, node: Term, name: str) -> Quantity | None:
        """An amount of the record; a range where it states several."""
        found = [
            stated(name, number, (node, ans("hasAmount"), value), self.passes.text(node, "hasCurrency"))
            for value in self.passes.values(node, "hasAmount")
            if is_literal(value) and (number := _decimal(value)) is not None
        ]
        return converted(_spread(found, name), self.currency) if found else None

    def amount(self, node: Term, name: str, ask: str) -> Quantity:
        return self.stated(node, name) or unknown(name, ask, self.currency)

    # shares

    @cached_property
    def recorded(self) -> dict[Term, Quantity]:
        """Shares on record, party by party."""
        found: dict[Term, list[Quantity]] = {}
        for node in self.passes.values(self.harm, "hasFaultShare"):
            party = self.passes.value(node, "isShareOf")
            for value in self.passes.values(node, "hasShare") if party is not None else ():
                triple: Triple = (node, ans("hasShare"), value)
                number = _decimal(value)
                if number is not None:
                    quantity = stated(f"share of {self.name(cast(Term, party))}", number, triple)
                    found.setdefault(cast(Term, party), []).append(quantity)
        return {party: _spread(shares, f"share of {self.name(party)}") for party, shares in sorted(found.items())}

    @cached_property
    def unallotted(self) -> Fraction:
        return max(Fraction(0), 1 - sum((q.low for q in self.recorded.values()), Fraction(0)))

    def share(self, party: Term) -> Quantity:
        if party in self.recorded:
            return self.recorded[party]
        name = f"share of {self.name(party)}"
        return unknown(
            name, f"Which share of fault for {self.name(self.harm)} does {self.name(party)} bear?", most=self.unallotted
        )

    @cached_property
    def reductions(self) -> list[Term]:
        """What lessens the claim for the injured person's own fault: a defence that reduces, or the regime's rule."""
        passes = self.passes
        rule = self.law("hasReductionRule")
        found = [rule] if rule is not None and self.listed("mayBeReducedFor") else []
        governed = set(passes.base.objects(self.regime, "governsTheory"))
        stated_share = any(v in self.recorded for v in self.victims)
        for candidate, harms in passes.column("isAboutHarm").items():
            if self.harm not in harms or passes.value(candidate, "hasDefendant") not in self.parties:
                continue
            if not governed.isdisjoint(passes.values(candidate, "testsTheory")):
                names = ("isMetByDefence", "weighs") if stated_share else ("isMetByDefence",)
                found += [
                    d
                    for n in names
                    for d in passes.values(candidate, n)
                    if ans("ReducingDefence") in passes.types(d)
                    and not (n == "weighs" and passes.values(d, "presupposes"))
                ]
        return sorted(set(found))

    @cached_property
    def own(self) -> Quantity | None:
        if not self.reductions or not self.victims:
            return None
        rule = self.reductions[0]
        if len(self.victims) == 1:
            return self.share(self.victims[0]).called(f"own share of {self.name(self.victims[0])}", rule)
        return total(map(self.share, self.victims), "own share of the injured").called("own share of the injured", rule)

    # how each answers

    @cached_property
    def whole(self) -> frozenset[Term]:
        return self.listed("makesLiableForWhole")

    @cached_property
    def settlements(self) -> dict[Term, list[Quantity]]:
        found: dict[Term, list[Quantity]] = {}
        for node in self.passes.values(self.harm, "hasSettlement"):
            party = self.passes.value(node, "isSettlementOf")
            if party is not None:
                name = f"settlement of {self.name(party)}"
                ask = f"What did {self.name(party)} pay to settle {self.name(self.harm)}?"
                found.setdefault(party, []).append(self.amount(node, name, ask))
        return found

    @cached_property
    def uncollectible(self) -> frozenset[Term]:
        cls = ans("Uncollectible")
        return frozenset(p for p in self.parties if cls in self.passes.classes_of(p))

    def covers_all(self, party: Term, head: Term | None) -> bool:
        covered = self.of(party, "answersForWholeOf")
        return party in self.whole or head in covered or self.harm in covered

    def uncertain(self, party: Term, head: Term | None) -> Quantity | None:
        """How much of what is beyond its share a party may have to answer for, where that is open."""
        name, harm = self.name(party), self.name(self.harm)
        both = party in self.whole and party in self.listed("makesSeverallyLiable") | self.listed("leavesShareOpen")
        if both:
            return unknown(
                f"whether {name} answers for the whole", f"Is what joins {name} to the others shown?", most=1
            )
        if party in self.whole:
            return None
        if not self.says("dividesByShare"):
            ask = f"Does {name} answer for all of {harm} or for its share alone?"
            return unknown(f"whether {name} answers for the whole", ask, most=1)
        if head is None and self.law("joinsForHead") is not None and not self.covers_all(party, head):
            ask = f"How much of {harm} falls under the heads of damage for which {self.name(self.regime)} joins?"
            return unknown(f"part of {harm} under heads that join", ask, most=1)
        return None

    # lots

    @cached_property
    def cuts(self) -> list[_Cut]:
        passes, name = self.passes, self.name(self.harm)
        heads = list(passes.values(self.harm, "hasDamageHead"))
        parts = list(passes.values(self.harm, "hasDivisiblePart"))
        inside = {h: passes.value(h, "isHeadOfPart") for h in heads}
        whole = self.stated(self.harm, f"amount of {name}")
        found: list[_Cut] = []
        spent: list[Quantity] = []
        for piece in parts:
            causers = frozenset(passes.values(piece, "isPartCausedBy"))
            label = self.name(piece)
            amount = self.stated(piece, f"amount of {label}")
            cuts = self._of_heads([h for h in heads if inside[h] == piece], causers)
            rest = self._rest(amount, cuts, label)
            if amount is None and not cuts:
                rest = unknown(f"amount of {label}", f"How much of {name} is {label}?", self.currency)
            cuts += [_Cut(label, rest, causers)] if rest is not None else []
            spent += [amount] if amount is not None else [c.amount for c in cuts]
            found += cuts
        outside = self._of_heads([h for h in heads if inside[h] not in parts], frozenset())
        if whole is None and not heads and not parts:
            return [
                _Cut(name, unknown(f"amount of {name}", f"What is {name} worth in money?", self.currency), frozenset())
            ]
        shared = [c.amount for c in outside if not c.against]
        left = (
            None
            if whole is None
            else whole
            if not (spent or shared)
            else excess(whole, total((*spent, *shared)), f"rest of {name}")
        )
        if left is not None and left.high != 0:
            outside.append(_Cut(left.name if spent or shared else name, left, frozenset()))
        return found + outside

    def _rest(self, amount: Quantity | None, cuts: list[_Cut], label: str) -> Quantity | None:
        if amount is None or not cuts:
            return amount
        rest = excess(amount, total(c.amount for c in cuts), f"rest of {label}")
        return None if rest.high == 0 else rest

    def _of_heads(self, heads: Iterable[Term], causers: frozenset[Term]) -> list[_Cut]:
        found = []
        for head in heads:
            label = self.name(head)
            amount = self.amount(head, f"amount of {label}", f"How much is {label}?")
            found.append(_Cut(label, amount, causers, head, frozenset(self.passes.values(head, "isAwardedAgainst"))))
        return found

    def lots(self) -> list[Lot]:
        cuts = self.cuts
        return [self._lot(cut, [c.amount for c in cuts if c is not cut and not c.against]) for cut in cuts]

    def _lot(self, cut: _Cut, other_amounts: list[Quantity]) -> Lot:
        punitive = cut.head is not None and ans("PunitiveAward") in self.passes.classes_of(cut.head)
        if cut.against or punitive:
            debtors = tuple(self._alone(p, cut) for p in self.parties if not cut.against or p in cut.against)
            return Lot(cut.name, cut.amount, debtors)
        reached = [p for p in self.parties if self._caused(p, cut) or self.of(p, "answersForAllParts")]
        credit = self.law("hasSettlementRule")
        settled = {
            p: paid if not other_amounts else product(paid, proportion(cut.amount, other_amounts, "part of the loss"))
            for p, sums in self.settlements.items()
            for paid in (total(sums, f"settlement of {self.name(p)}") if len(sums) > 1 else sums[0],)
        }
        debtors = tuple(self._debtor(p, cut, settled.get(p)) for p in reached)
        debtors += tuple(
            Debtor(p, self._share(p, cut), paid=paid)
            for p, paid in sorted(settled.items())
            if p not in reached and p not in self.victims and self._caused(p, cut)
        )
        parties = {d.party for d in debtors}
        others = {
            p: self._share(p, cut)
            for p in sorted({*self.recorded, *(q for d in debtors for q in d.answers_for)})
            if p not in parties and p not in self.victims and self._caused(p, cut)
        }
        own = self.own if not cut.causers or not cut.causers.isdisjoint(self.victims) else None
        return Lot(
            cut.name,
            cut.amount,
            debtors,
            others,
            own,
            self.local(self.law("measuresRecourseBy")),
            self.local(self.passes.value(credit, "measuresCreditBy")) if credit is not None else "",
            self.says("reallocatesUncollectible"),
        )

    def _caused(self, party: Term, cut: _Cut) -> bool:
        return not cut.causers or party in cut.causers

    def _share(self, party: Term, cut: _Cut) -> Quantity:
        """The share of a party in a lot: within a part, among those who caused it."""
        if not cut.causers:
            return self.share(party)
        rivals = sorted(cut.causers - {party})
        if not rivals or party not in cut.causers:
            return ONE if party in cut.causers else nothing()
        return proportion(self.share(party), map(self.share, rivals), f"share of {self.name(party)} in {cut.name}")

    def _alone(self, party: Term, cut: _Cut) -> Debtor:
        ask = f"Against whom is {cut.name} awarded?"
        open_ = None if cut.against else unknown(f"part of {cut.name} against {self.name(party)}", ask, most=1)
        return Debtor(party, nothing(), open_ is None, open_, collectible=party not in self.uncollectible)

    def _debtor(self, party: Term, cut: _Cut, paid: Quantity | None) -> Debtor:
        uncertain = self.uncertain(party, cut.head)
        return Debtor(
            party,
            self._share(party, cut),
            uncertain is None and self.covers_all(party, cut.head),
            uncertain,
            frozenset(self.of(party, "answersForShareOf")),
            party not in self.uncollectible,
            paid,
            frozenset(self.of(party, "isBarredFromRecourseAgainst")),
        )

    # results

    def counted(self) -> HarmAllocation:
        lots = self.lots()
        owed = {p: self._over(lots, p, "exposure", lambda lot, d: lot.owed(d)) for p in self.parties}
        borne = {p: self._over(lots, p, "part in the end", lambda lot, d: lot.ultimate[d.party]) for p in self.parties}
        rights = self._rights(lots, owed, borne)
        for right in rights:
            if right.indemnity and right.against not in self.uncollectible:
                moved = total((borne[right.against], borne[right.by]), f"part in the end of {self.name(right.against)}")
                borne[right.against], borne[right.by] = moved.called(moved.name, right.rule), nothing(self.currency)
        loss = _sum([lot.amount for lot in lots], f"loss in {self.name(self.harm)}")
        got = _sum([lot.recoverable for lot in lots], f"collectible for {self.name(self.harm)}")
        residual = excess(loss, got, f"uncompensated in {self.name(self.harm)}")
        return HarmAllocation(
            self.harm,
            self.regime,
            owed,
            borne,
            rights,
            self.node,
            loss,
            got,
            residual,
            {p: self._kind(p) for p in self.parties},
            {p: self._rule(p) for p in self.parties},
            self.recorded,
            self._notes(residual),
        )

    def _over(self, lots: list[Lot], party: Term, what: str, count: Counting) -> Quantity:
        found = [count(lot, d) for lot in lots for d in lot.debtors if d.party == party]
        kept = [q for q in found if q.high != 0] or found[:1]
        name = f"{what} of {self.name(party)}"
        return (kept[0] if len(kept) == 1 else total(kept, name, self.currency)).called(name, self._effect(party))

    def _effect(self, party: Term) -> Term:
        """The rule that says what a party owes: one that joins it, one on the effect of its liability, the regime."""
        joined = self.of(party, "isJoinedBy")
        kind = self._kind(party)
        names = {"joint": "hasJointEffectRule", "several": "hasSeveralEffectRule"}
        borrowed = self.law(names[kind]) if kind in names else None
        return joined[0] if joined else borrowed or self.regime

    def _kind(self, party: Term) -> Liability:
        if party in self.listed("makesSolelyLiable"):
            return "sole"
        if party in self.whole:
            return "open" if self.uncertain(party, None) is not None else "joint"
        if self.of(party, "answersForShareOf"):
            return "joint"
        if self.of(party, "answersForWholeOf"):
            return "joint" if self.harm in self.of(party, "answersForWholeOf") else "hybrid"
        return "several" if party in self.listed("makesSeverallyLiable") else "open"

    def _rule(self, party: Term) -> Term:
        joined = self.of(party, "isJoinedBy")
        return joined[0] if joined else self.regime

    def _rights(self, lots: list[Lot], owed: dict[Term, Quantity], borne: dict[Term, Quantity]) -> list[RecourseRight]:
        passes = self.passes
        found = []
        nodes = [
            (n, passes.value(n, "isRecourseOf"), passes.value(n, "isRecourseAgainst"))
            for n in self.listed("hasRecourse")
        ]
        whole = {(by, against) for n, by, against in nodes if passes.value(n, "isIndemnity") == TRUE}
        for node, by, against in sorted(nodes):
            rule = passes.value(node, "isUnderRule")
            if by is None or against is None or rule is None or (against, by) in whole:
                continue
            name = f"recourse of {self.name(by)} against {self.name(against)}"
            if (by, against) in whole:
                if passes.value(node, "isIndemnity") == TRUE:
                    found.append(RecourseRight(by, against, owed[by].called(name, rule), rule, True))
                continue
            asked = [a for lot in lots if (a := self._asked(lot, by, against)) is not None]
            amount = _sum(asked, name) if asked else nothing(self.currency)
            beyond = excess(owed[by], borne[by], f"what {self.name(by)} pays beyond its part")
            if amount.high is None or (beyond.high is not None and amount.high > beyond.high):
                amount = least((amount, beyond), name)
            found.append(RecourseRight(by, against, amount.called(name, rule), rule))
        return found

    @staticmethod
    def _asked(lot: Lot, by: Term, against: Term) -> Quantity | None:
        """What one may ask of another for a lot, if it answered for the other's part."""
        payer = next((d for d in lot.debtors if d.party == by), None)
        other = next((d for d in lot.debtors if d.party == against), None)
        if payer is None or other is None:
            return None
        if not (payer.whole or payer.uncertain is not None or against in payer.answers_for):
            return None
        if other.paid is not None:
            return excess(lot.portion(other.share), other.paid, "share less what was paid")
        return lot.asked_of(against)

    def _notes(self, residual: Quantity) -> list[Term]:
        passes = self.passes
        notes: list[Term] = [r for p in self.parties for r in self.of(p, "isJoinedBy")]
        notes += [self._effect(p) for p in self.parties]
        for name, holds in (
            ("hasSettlementRule", bool(self.settlements)),
            ("hasReallocationRule", bool(self.uncollectible)),
            ("hasDivisionRule", bool(passes.values(self.harm, "hasDivisiblePart"))),
            ("hasReductionRule", bool(self.listed("mayBeReducedFor") | self.listed("isNotReducedFor"))),
            ("hasGap", bool(self.uncollectible) and residual.high != 0),
        ):
            notes += passes.values(self.regime, name) if holds else ()
        notes += self.reductions
        notes += self.listed("notesGap")
        barred = {q for p in self.parties for q in self.of(p, "isBarredFromRecourseAgainst")}
        if barred - set(self.settlements):
            notes += passes.values(self.regime, "hasRecourseBar")
        return sorted(set(notes) - {self.regime}, key=passes.key)


# -- the whole


def owed(passes: Passes) -> list[HarmAllocation]:
    """What each liable party owes, bears and may recover, harm by harm and regime by regime, in a fixed order."""
    return [_Reader(passes, harm, node).counted() for harm, node in passes.pairs("hasAllocation")]


def allocations(passes: Passes) -> list[Allocation]:
    """The same as the contract shows it, with what clauses change."""
    return [_shown(passes, one) for one in passes.owed]


def _shown(passes: Passes, one: HarmAllocation) -> Allocation:
    node, keys = one.node, passes.keys
    shares = dict.fromkeys(keys(node, "leavesShareOpen")) | {
        passes.key(p): passes.number(s, "hasShare")
        for s in passes.values(one.harm, "hasFaultShare")
        for p in passes.values(s, "isShareOf")
    }
    joint = [*keys(node, "makesJointlyLiable")]
    joint += [k for p, how in one.liability.items() if how == "joint" and (k := passes.key(p)) not in joint]
    is_known = one.loss.low or one.loss.high is not None
    return Allocation(
        harm=passes.key(one.harm),
        regime=passes.key(one.regime),
        standing=passes.standing((one.harm, ans("hasAllocation"), node)),
        solely_liable=keys(node, "makesSolelyLiable"),
        jointly_liable=joint,
        severally_liable=keys(node, "makesSeverallyLiable"),
        shares=shares,
        recourse=[
            Recourse(
                by=passes.key(r.by),
                against=passes.key(r.against),
                basis=passes.key(r.rule),
                amount=passes.amount(r.amount),
            )
            for r in one.recourse
        ],
        contract_effects=passes.contract_effects(one.harm),
        exposure=_span(one.exposures.values()) if is_known else None,
        exposures=[
            PartyExposure(
                party=passes.key(p),
                liability=one.liability[p],
                share=passes.number(s, "hasShare") if (s := _share_node(passes, one.harm, p)) is not None else None,
                amount=passes.amount(amount, "what the injured person can make it pay"),
                rule=passes.key(one.rules[p]),
            )
            for p, amount in one.exposures.items()
        ],
        recoverable=passes.amount(one.recoverable, "what the injured person can collect in all"),
        residual=passes.amount(one.residual, "what stays with the injured person"),
        notes=[passes.key(n) for n in one.notes],
        verification=passes.verification(one.regime),
    )


def _share_node(passes: Passes, harm: Term, party: Term) -> Term | None:
    return next((s for s in passes.values(harm, "hasFaultShare") if passes.value(s, "isShareOf") == party), None)


def _span(amounts: Iterable[Quantity]) -> Exposure | None:
    """The least and the most that one liable party can be made to pay."""
    found = list(amounts)
    if not found:
        return None
    low = least(found, "least exposed")
    high = most(found, "most exposed")
    span = between(low, high, "exposure of one liable party") if low.low != high.high else low
    return Exposure(
        low=shown(span.low),
        high=None if span.high is None else shown(span.high),
        currency=span.currency or None,
        basis="what one liable party can be made to pay, least and most exposed",
    )


def questions(passes: Passes) -> list[OpenQuestion]:
    """What nobody stated and the amounts hang on."""
    hanging: dict[str, tuple[Quantity, dict[str, None]]] = {}
    for one in passes.owed:
        for amount in (one.loss, *one.exposures.values(), *one.ultimate.values()):
            for missing in amount.unknowns:
                if missing.ask:
                    hanging.setdefault(missing.name, (missing, {}))[1][passes.key(one.harm)] = None
    return [OpenQuestion(fact=q.name, would_change=list(harms), ask=q.ask) for q, harms in hanging.values()]


# -- small things


def _sum(quantities: list[Quantity], name: str, currency: str = "") -> Quantity:
    kept = [q for q in quantities if q.high != 0] or quantities[:1]
    return total(kept, name, currency) if len(kept) != 1 else kept[0].called(name)


def _spread(found: list[Quantity], name: str) -> Quantity:
    """One value; or the range of several that the record states."""
    if len({q.low for q in found}) == 1:
        return found[0]
    return between(least(found, f"least {name}"), most(found, f"most {name}"), name)


def _decimal(value: Term) -> Decimal | None:
    try:
        return Decimal(lexical(value))
    except InvalidOperation:
        return None
