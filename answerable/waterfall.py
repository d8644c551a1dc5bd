"""Who ends up paying: what each owes, then contribution, indemnities, caps between the parties, and insurance.

What the injured person may collect is counted before and stays as it is: a contract moves a loss only between those
who agreed to it. For numbers that are known, what parties, insurers and the injured person bear adds up to the loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from answerable.allocation import HarmAllocation, RecourseRight
from answerable.assessment import Allocation, Cover, StepKind, Waterfall, WaterfallStep
from answerable.contracts import clauses, limit, reach, validity
from answerable.insurance import Book, Kind, Payment, tower, used_by, without_defence
from answerable.iris import DOCTRINE
from answerable.quantities import Quantity, converted, excess, least, nothing, product, stated, total, unknown
from answerable.terms import Term, ans, iri

if TYPE_CHECKING:
    from answerable.assess import Passes

RESIDUAL, RETENTION = iri(f"{DOCTRINE}CON_RESIDUAL"), iri(f"{DOCTRINE}CON_RETENTION")
SOLVENT = "A party is taken to be able to pay what it owes, unless the record says what its means are."
INSURABLE = "whether the law lets a punitive award be insured"
PAYER = "Who pays the injured person first is open; a cap on recourse matters only for whoever did."


@dataclass(frozen=True)
class Bound:
    """A cap or exclusion that limits what one party may ask of another.

    Attributes:
        by: the party whose claim it limits.
        against: the party that it protects.
        limit: the most that can be asked; nothing where the clause excludes liability.
        doubts: what it hangs on, each between nothing and one.
        spares: kinds of clause and of harm that it leaves out.
    """

    clause: Term
    contract: Term
    by: Term
    against: Term
    limit: Quantity
    doubts: tuple[Quantity, ...] = ()
    spares: frozenset[Term] = frozenset()


@dataclass(frozen=True)
class Promise:
    """An indemnity: one party bears the loss of another, up to limits.

    Attributes:
        by: the party that promised.
        to: the party that it protects.
        limits: its amount, caps of the contract that reach it, and the means of the party.
        doubts: what it hangs on, each between nothing and one.
    """

    clause: Term
    by: Term
    to: Term
    limits: tuple[Quantity, ...] = ()
    doubts: tuple[Quantity, ...] = ()


@dataclass(frozen=True)
class Step:
    """One movement of the loss."""

    party: Term
    kind: StepKind
    amount: Quantity
    other: Term | None = None
    rule: Term | None = None


@dataclass
class Settlement:
    """Who bears what of a harm under a regime, and how it came about.

    Attributes:
        own: what each party bears of what it owes by law.
        assumed: what each party bears because it promised to.
        insurers: what each policy pays, costs of defence included.
        costs: of the defence, by party.
        bears: what each party is left with.
    """

    harm: Term
    regime: Term
    own: dict[Term, Quantity] = field(default_factory=dict)
    assumed: dict[Term, Quantity] = field(default_factory=dict)
    insurers: dict[Term, Quantity] = field(default_factory=dict)
    costs: dict[Term, Quantity] = field(default_factory=dict)
    bears: dict[Term, Quantity] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# -- arithmetic


def contribute(settlement: Settlement, rights: Iterable[RecourseRight], bounds: Sequence[Bound]) -> None:
    """Contribution between the liable, which ``own`` has counted in full; a clause that limits it moves some back.

    The clause bites only as far as the party that it works against had to pay the other's part, and nobody says yet who
    paid: what moves back lies between nothing and what the clause keeps from it.
    """
    for right in rights:
        asked = right.amount
        for bound in bounds:
            if (bound.by, bound.against) != (right.by, right.against):
                continue
            kept = excess(asked, bound.limit, "contribution that a clause keeps back")
            paid = unknown(PAID_FIRST, PAID_FIRST + "?", most=1)
            moved = _weighed(kept, (*bound.doubts, paid))
            if not moved.high and moved.high is not None:
                continue
            moved = least([moved, settlement.own.get(right.against, nothing())], "part that stays with who paid")
            settlement.own[right.against] = _less(settlement.own.get(right.against), moved)
            settlement.own[right.by] = _more(settlement.own.get(right.by), moved)
            settlement.notes.append(PAYER)
            asked = least([asked, bound.limit], "contribution within the clause") if not bound.doubts else asked
        settlement.steps.append(Step(right.against, "pays_contribution", asked, right.by, right.rule))
        settlement.steps.append(Step(right.by, "gets_contribution", asked, right.against, right.rule))


PAID_FIRST = "the part of it that the party that may turn on the other had to pay"


def indemnify(settlement: Settlement, promises: Iterable[Promise]) -> None:
    """Indemnities, the last in the chain first: what a party pays on its own promise is part of what it passes on."""
    for promise in _in_order(promises):
        lost = [settlement.own.get(promise.to), settlement.assumed.get(promise.to)]
        loss = total([q for q in lost if q is not None], "loss of the protected party")
        if loss.high == 0:
            continue
        limit_ = least(promise.limits, "limit of the indemnity") if promise.limits else None
        full = loss if limit_ is None else least([loss, limit_], "loss within the indemnity")
        paid = _weighed(full, promise.doubts).called("indemnity", None)
        rest = _rest(loss, limit_, paid, bool(promise.doubts))
        settlement.own[promise.to] = rest
        settlement.assumed.pop(promise.to, None)
        settlement.assumed[promise.by] = _more(settlement.assumed.get(promise.by), paid)
        settlement.steps.append(Step(promise.by, "pays_indemnity", paid, promise.to, promise.clause))
        settlement.steps.append(Step(promise.to, "gets_indemnity", paid, promise.by, promise.clause))


def _rest(loss: Quantity, limit_: Quantity | None, paid: Quantity, is_doubtful: bool) -> Quantity:
    """What is left of a loss after an indemnity, as narrow as can be said."""
    if is_doubtful:
        return excess(loss, paid, "loss after the indemnity")
    return nothing(loss.currency) if limit_ is None else excess(loss, limit_, "loss above the indemnity")


def _in_order(promises: Iterable[Promise]) -> list[Promise]:
    """Promises with those to the end of a chain first; a circle is cut at its first promise."""
    left = sorted(promises, key=lambda p: p.clause)
    found: list[Promise] = []
    while left:
        # A party passes on its loss once nobody is left to whom it still owes an indemnity.
        ready = next((p for p in left if not any(other.by == p.to for other in left)), left[0])
        left.remove(ready)
        found.append(ready)
    return found


def conclude(settlement: Settlement) -> None:
    """What each party bears in the end."""
    parties = sorted({*settlement.own, *settlement.assumed, *settlement.costs})
    for party in parties:
        burdens = [q for q in (settlement.own.get(party), settlement.assumed.get(party)) if q is not None]
        burdens += [settlement.costs[party]] if party in settlement.costs else []
        paid = [s.amount for s in settlement.steps if s.kind == "insured" and s.party == party]
        whole = total(burdens, "what it has to bear")
        left = excess(whole, total(paid, "what insurance pays"), "what it bears") if paid else whole
        settlement.bears[party] = left.called("what it bears in the end", RESIDUAL)
        settlement.steps.append(Step(party, "bears", settlement.bears[party], rule=RESIDUAL))


def _weighed(quantity: Quantity, doubts: Iterable[Quantity]) -> Quantity:
    for doubt in doubts:
        quantity = product(quantity, doubt, quantity.name)
    return quantity


def _less(quantity: Quantity | None, moved: Quantity) -> Quantity:
    return excess(quantity or nothing(), moved, "its part less what stays with another")


def _more(quantity: Quantity | None, moved: Quantity) -> Quantity:
    return moved if quantity is None else total([quantity, moved], "its part and what stays with it")


# -- from the record


class Reader:
    """The contracts and policies around one allocation."""

    def __init__(self, passes: Passes, allocation: HarmAllocation, spent: Mapping[Term, Quantity]) -> None:
        self.passes = passes
        self.allocation = allocation
        self.harm = allocation.harm
        amounts = [*allocation.ultimate.values(), *allocation.exposures.values()]
        stated_ = passes.text(self.harm, "hasCurrency")
        self.currency = next((q.currency for q in amounts if q.currency), stated_)
        self.book = Book(passes, self.harm, self.currency)
        self.spent = dict(spent)
        self.notes: list[str] = []

    def settled(self) -> Settlement:
        one = Settlement(self.harm, self.allocation.regime, own=dict(self.allocation.ultimate))
        for victim in self.passes.values(self.harm, "isSufferedBy")[:1]:
            for party, owed in self.allocation.exposures.items():
                one.steps.append(Step(party, "owes", owed, victim, self.allocation.regime))
        bounds = list(self.bounds())
        contribute(one, self.allocation.recourse, bounds)
        indemnify(one, self.promises(bounds))
        self.towards_party(one, bounds)
        self.insure(one)
        conclude(one)
        for victim in self.passes.values(self.harm, "isSufferedBy")[:1]:
            kept = [q for q in (self.allocation.residual, one.own.get(victim)) if q is not None and q.high != 0]
            if kept and victim not in one.bears:
                one.bears[victim] = total(kept, "what stays with the injured person")
                one.steps.append(Step(victim, "bears", one.bears[victim]))
        if any(s.kind == "pays_indemnity" for s in one.steps):
            one.notes.append(SOLVENT)
        one.notes = list(dict.fromkeys((*one.notes, *self.notes)))
        return one

    def clauses(self, kind: str) -> Iterable[tuple[Term, Term, tuple[Quantity, ...]]]:
        """Clauses of a kind that stand, or may stand, and reach the harm, with their contract and what they hang on."""
        holder = {c: k for k, found in self.passes.column("hasClause").items() for c in found}
        for clause in clauses(self.passes, self.harm):
            if ans(kind) not in self.passes.classes_of(clause):
                continue
            stands, reaches = validity(self.passes, clause, self.harm), reach(self.passes, clause, self.harm)
            if "fails" in (stands, reaches):
                continue
            name = self.passes.words.label(clause) or self.passes.key(clause)
            doubts = []
            if stands == "none":
                self.notes.append(f"No rule on file for the forum says whether {name} stands.")
            if stands != "stands":
                doubts.append(unknown(f"whether {name} stands", f"Does {name} stand between the parties?", most=1))
            if reaches != "stands":
                doubts.append(unknown(f"whether {name} reaches", f"Is {name} about this kind of loss?", most=1))
            yield clause, holder[clause], tuple(doubts)

    def bounds(self) -> Iterable[Bound]:
        """Caps, exclusions and waivers between the parties."""
        for kind in ("LiabilityCap", "LiabilityExclusion", "RecourseWaiver"):
            for clause, contract, doubts in self.clauses(kind):
                amount = limit(self.passes, clause, self.currency) if kind == "LiabilityCap" else nothing(self.currency)
                if amount is None or (self.currency and amount.currency not in ("", self.currency)):
                    continue
                spares = frozenset(self.passes.values(clause, "excludesFromScope"))
                for by in self.passes.values(clause, "burdens"):
                    for against in self.passes.values(clause, "protects"):
                        yield Bound(clause, contract, by, against, amount, doubts, spares)

    def promises(self, bounds: Sequence[Bound]) -> Iterable[Promise]:
        """Indemnities, limited by their amount, by caps of the same contract, and by the means of who promised."""
        for clause, contract, doubts in self.clauses("Indemnity"):
            kinds = self.passes.classes_of(clause)
            for by in self.passes.values(clause, "burdens"):
                for to in self.passes.values(clause, "protects"):
                    limits = [q for q in (limit(self.passes, clause, self.currency), self.means(by)) if q is not None]
                    limits += [
                        bound.limit
                        for bound in bounds
                        if (bound.contract, bound.by, bound.against) == (contract, to, by)
                        and not bound.doubts
                        and not bound.spares & kinds
                    ]
                    yield Promise(clause, by, to, tuple(limits), doubts)

    def means(self, party: Term) -> Quantity | None:
        """The most that a party can pay; None where nobody says."""
        amount, value = self.passes.number(party, "hasMeans"), self.passes.value(party, "hasMeans")
        if amount is not None and value is not None:
            label = f"means of {self.passes.words.label(party) or self.passes.key(party)}"
            have = self.passes.text(party, "hasCurrency") or self.currency
            means = converted(stated(label, amount, (party, ans("hasMeans"), value), have), self.currency)
            own = self.allocation.ultimate.get(party)
            return means if own is None else excess(means, own, f"{label}, less what it owes itself")
        return nothing(self.currency) if ans("Insolvent") in self.passes.classes_of(party) else None

    def towards_party(self, one: Settlement, bounds: Sequence[Bound]) -> None:
        """A cap agreed with the injured person itself, where that person is a party and no law forbids it."""
        for victim in self.passes.values(self.harm, "isSufferedBy"):
            for bound in bounds:
                if bound.by != victim or bound.against not in one.own or self.allocation.recourse:
                    continue
                if self.is_void_against(bound.clause, victim):
                    continue
                owed = one.own[bound.against]
                kept = _weighed(excess(owed, bound.limit, "loss above the cap"), bound.doubts)
                one.own[bound.against] = (
                    excess(owed, kept, "loss within the cap")
                    if bound.doubts
                    else least([owed, bound.limit], "loss within the cap")
                )
                one.own[victim] = _more(one.own.get(victim), kept)

    def is_void_against(self, clause: Term, victim: Term) -> bool:
        void = ans("VoidAgainst")
        return any(
            void in self.passes.values(effect, "hasClauseStatus")
            and victim in self.passes.values(effect, "isAgainst")
            and self.harm in self.passes.values(effect, "isForHarm")
            for effect in self.passes.values(clause, "hasClauseEffect")
        )

    def insure(self, one: Settlement) -> None:
        """Insurance of what each party owes by law, then of what it promised, then as an additional insured."""
        victims = self.passes.values(self.harm, "isSufferedBy")
        losses: list[tuple[Term, Kind, Quantity]] = []
        for party in sorted({*one.own, *one.assumed} - set(victims)):
            for kind, amount in (("own", one.own.get(party)), ("assumed", one.assumed.get(party))):
                if amount is not None:
                    amount = self.insurable(party, amount) if kind == "own" else amount
                    losses.append((party, kind, amount))  # type: ignore[arg-type]
        counted: set[Term] = set()
        for party, kind, amount in losses:
            left = self.towers(one, party, kind, amount, counted)
            if kind == "own":
                self.towers(one, party, "additional", left, counted)

    def insurable(self, party: Term, loss: Quantity) -> Quantity:
        """A loss without heads of damage that cannot be insured, such as an award to punish the party."""
        passes = self.passes
        for head in passes.values(self.harm, "hasDamageHead"):
            if party not in passes.values(head, "isAwardedAgainst"):
                continue
            amount = self.book.money(head, "hasAmount", passes.words.label(head) or passes.key(head))
            if amount is None:
                continue
            firm = [r for r in passes.values(head, "isUninsurableUnder") if self.is_held(head, r)]
            if not firm and not passes.values(head, "mayBeUninsurableUnder"):
                continue
            out = amount if firm else _weighed(amount, [unknown(INSURABLE, INSURABLE + "?", most=1)])
            loss = excess(loss, out, "what can be insured")
        return loss

    def is_held(self, head: Term, rule: Term) -> bool:
        return self.passes.standing((head, ans("isUninsurableUnder"), rule)) == "established"

    def towers(self, one: Settlement, party: Term, kind: Kind, loss: Quantity, counted: set[Term]) -> Quantity:
        """What the towers of a party pay for a loss, one after the other; what is left of it."""
        for policies in self.book.towers(party, kind):
            nodes = dict(policies)
            layers = [self.book.layer(policy, node, self.spent.get(policy)) for policy, node in policies]
            layers = [without_defence(layer) if layer.policy in counted else layer for layer in layers]
            payments = tower(loss, layers)
            for payment in payments:
                self.record(one, party, nodes[payment.layer.policy], payment, loss, counted)
            self.spent = used_by(payments, self.spent)
            counted |= set(nodes)
            loss = excess(loss, total(p.pays for p in payments), "loss that insurance has not paid")
        return loss

    def record(
        self, one: Settlement, party: Term, node: Term, payment: Payment, loss: Quantity, counted: set[Term]
    ) -> None:
        layer = payment.layer
        one.covers.append(self.book.cover(node, layer.policy, party, payment))
        if layer.retention is not None and layer.responds != "no":
            retained = least([layer.retention, loss], f"retention of {layer.name}").called("retention", RETENTION)
            one.steps.append(Step(party, "retained", retained, layer.policy, RETENTION))
        if layer.costs is not None and layer.policy not in counted:
            one.costs[party] = _more(one.costs.get(party), layer.costs)
        paid = [payment.pays] + ([payment.defence] if payment.defence.high != 0 else [])
        pays = total(paid, f"what {layer.name} pays, with the defence") if len(paid) > 1 else payment.pays
        if pays.high != 0:
            one.steps.append(Step(party, "insured", pays, layer.policy, payment.pays.rule))
            earlier = [one.insurers[layer.policy]] if layer.policy in one.insurers else []
            one.insurers[layer.policy] = total([*earlier, pays], f"what {layer.name} pays")


def settlements(passes: Passes) -> list[Settlement]:
    """Each harm under each regime, settled; what a policy paid for one harm is gone for the next."""
    found: list[Settlement] = []
    spent: dict[Term, Quantity] = {}
    harm: Term | None = None
    after: dict[Term, Quantity] = {}
    for allocation in passes.owed:
        if allocation.harm != harm:
            spent, harm = after, allocation.harm
        reader = Reader(passes, allocation, spent)
        found.append(reader.settled())
        after = reader.spent
    return found


def shown(passes: Passes, one: Settlement) -> Waterfall:
    """A settlement as the contract shows it."""
    steps = [
        WaterfallStep(
            party=passes.key(s.party),
            kind=s.kind,
            other=passes.key(s.other) or None,
            amount=passes.amount(s.amount),
            rule=passes.key(s.rule),
        )
        for s in one.steps
    ]
    unknowns = dict.fromkeys(u.name for q in one.bears.values() for u in q.unknowns)
    return Waterfall(
        harm=passes.key(one.harm), regime=passes.key(one.regime), steps=steps, open=list(unknowns), notes=one.notes
    )


def with_cover(passes: Passes, allocations: Iterable[Allocation], found: Sequence[Settlement]) -> list[Allocation]:
    """The allocations, each with the policies that may respond to it."""
    covers = {(passes.key(s.harm), passes.key(s.regime)): s.covers for s in found}
    return [_insured(a, covers.get((a.harm, a.regime), [])) for a in allocations]


def _insured(allocation: Allocation, covers: list[Cover]) -> Allocation:
    return allocation.model_copy(update={"insurance": covers}) if covers else allocation
