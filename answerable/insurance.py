"""Which policies respond to what a harm costs a party, and what each layer pays.

The rules of the eighth layer say whether a policy is triggered, covers the kind of harm and is free of an exclusion
that reaches it; this module counts. A layer that may respond pays a range, and what it hangs on is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Literal

from answerable.assessment import Cover, OpenQuestion
from answerable.iris import DOCTRINE
from answerable.quantities import (
    Quantity,
    between,
    converted,
    excess,
    least,
    nothing,
    product,
    stated,
    total,
    unknown,
)
from answerable.terms import TRUE, Term, ans, iri

if TYPE_CHECKING:
    from answerable.assess import Passes
    from answerable.engine import Run

Responds = Literal["yes", "no", "may"]
Kind = Literal["own", "assumed", "additional"]
LIMIT, TOWER, RETENTION, DEFENCE, TRIGGER = (
    iri(f"{DOCTRINE}CON_{name}") for name in ("LIMIT", "TOWER", "RETENTION", "DEFENCE", "TRIGGER")
)
STATUS: dict[Responds, str] = {"yes": "responds", "no": "does not respond", "may": "may respond"}
KINDS: dict[str, Kind] = {
    "OwnLiabilityResponse": "own",
    "AssumedLiabilityResponse": "assumed",
    "AdditionalInsuredResponse": "additional",
}


@dataclass(frozen=True)
class Layer:
    """One layer of a tower, as it stands to one loss.

    Attributes:
        attachment: the loss above which it pays, the retention not counted.
        limit: the most that it pays.
        used: of the limit, by earlier claims.
        sublimits: lower limits for the kind of harm.
        retention: what the insured bears first; of the primary layer.
        drops_down: whether it takes the place of a layer below that does not pay.
        costs: of the defence under this policy.
        inside: whether the costs of defence erode the limit.
    """

    policy: Term
    name: str
    limit: Quantity
    attachment: Quantity = field(default_factory=nothing)
    used: Quantity = field(default_factory=nothing)
    sublimits: tuple[Quantity, ...] = ()
    retention: Quantity | None = None
    responds: Responds = "yes"
    drops_down: bool = False
    costs: Quantity | None = None
    inside: bool = True


@dataclass(frozen=True)
class Payment:
    """What a layer pays for a loss, and for its defence; whether a layer below it broke the tower."""

    layer: Layer
    pays: Quantity
    defence: Quantity
    is_cut_off: bool = False


def tower(loss: Quantity, layers: Iterable[Layer]) -> list[Payment]:
    """What each layer pays, from the ground up.

    A layer pays the loss above its attachment, as far as its limit, what is left of it, and a sublimit go. A layer that
    does not respond, or one that is missing, breaks the tower above it; a layer that drops down begins where the tower
    broke. No more is paid than the loss above the retention.
    """
    ordered = sorted(layers, key=lambda layer: (layer.attachment.low, layer.policy))
    first = next((layer.retention for layer in ordered if layer.retention is not None), None)
    above = loss if first is None else excess(loss, first, "loss above the retention").called("loss above", RETENTION)
    found: list[Payment] = []
    sound = nothing(loss.currency)
    doubts: list[Quantity] = []
    broken = False
    for layer in ordered:
        missing = sound.high is not None and layer.attachment.low > sound.high
        start, below = layer.attachment, list(doubts)
        if (broken or missing) and not layer.drops_down:
            broken = True
            found.append(Payment(layer, nothing(loss.currency), _defence(layer, [], False), True))
            continue
        if broken or missing:
            start, below, broken = sound, [], False
        elif below and layer.drops_down:
            start, below = between(nothing(loss.currency), layer.attachment, f"where {layer.name} begins"), []
        if layer.responds == "no":
            broken = True
            found.append(Payment(layer, nothing(loss.currency), nothing(loss.currency)))
            continue
        own = [_doubt(layer)] if layer.responds == "may" else []
        slices = [
            excess(above, start, f"loss above where {layer.name} begins"),
            available(layer),
            *layer.sublimits,
        ]
        if found:
            slices.append(excess(above, total(p.pays for p in found), "loss that no layer below pays"))
        pays = _weighed(least(slices, f"slice of {layer.name}"), [*below, *own])
        found.append(Payment(layer, pays.called(f"what {layer.name} pays", TOWER), _defence(layer, own, True)))
        doubts += own
        sound = total((start, layer.limit), f"top of {layer.name}")
    return found


def available(layer: Layer) -> Quantity:
    """What is left of the limit of a layer, after earlier claims and the costs of defence that erode it."""
    left = excess(layer.limit, layer.used, f"left of the limit of {layer.name}") if layer.used.high else layer.limit
    if layer.costs is None or not layer.inside:
        return left
    return excess(left, layer.costs, f"left of the limit of {layer.name} after defence").called("left", DEFENCE)


def _defence(layer: Layer, doubts: list[Quantity], pays: bool) -> Quantity:
    """What a layer pays for the defence."""
    if layer.costs is None or not pays:
        return nothing(layer.limit.currency)
    left = excess(layer.limit, layer.used) if layer.used.high else layer.limit
    paid = least([layer.costs, left], f"defence paid by {layer.name}") if layer.inside else layer.costs
    return _weighed(paid, doubts)


def _doubt(layer: Layer) -> Quantity:
    return unknown(f"whether {layer.name} responds", f"Does {layer.name} respond to this loss?", most=1)


def _weighed(quantity: Quantity, doubts: Sequence[Quantity]) -> Quantity:
    return reduce(lambda one, other: product(one, other, one.name), doubts, quantity)


# -- from the record


@dataclass
class Book:
    """The policies of a case, and how they stand to a harm."""

    passes: Passes
    harm: Term
    currency: str

    def responses(self) -> Iterator[tuple[Term, Term, Term, Kind]]:
        """Each response to the harm with its policy, its party and its kind, in a fixed order."""
        column = self.passes.column
        of, to, for_ = column("isResponseOf"), column("isResponseTo"), column("isResponseFor")
        for node in sorted(n for n, harms in to.items() if self.harm in harms):
            classes = self._kinds.get(node, "own")
            yield node, of[node][0], for_[node][0], classes

    @cached_property
    def _kinds(self) -> dict[Term, Kind]:
        return {node: kind for name, kind in KINDS.items() for node in self.passes.nodes(name)}

    def answer(self, response: Term) -> Responds:
        """Whether a policy responds; what only one record says is open."""
        held = {
            name: [run.holds((response, ans(name), TRUE)) for run in self.runs] for name in ("isCovered", "isBarred")
        }
        if all(held["isCovered"]):
            return "yes"
        return "no" if all(held["isBarred"]) else "may"

    @property
    def runs(self) -> tuple[Run, Run]:
        return self.passes.settled, self.passes.arguable

    def layer(self, policy: Term, response: Term, used: Quantity | None = None) -> Layer:
        """A policy as a layer, for one response."""
        name = self.passes.words.label(policy) or self.passes.key(policy)
        limit = self.money(policy, "hasAmount", f"limit of {name}")
        if limit is None:
            limit = unknown(f"limit of {name}", f"What is the limit of {name}?", self.currency)
        earlier = [q for q in (self.money(policy, "hasAggregateUsed", f"used of {name}"), used) if q is not None]
        return Layer(
            policy=policy,
            name=name,
            limit=limit,
            attachment=self.money(policy, "attachesAt", f"attachment of {name}") or nothing(self.currency),
            used=total(earlier, f"used of {name}", self.currency),
            sublimits=tuple(self.sublimits(policy, name)),
            retention=self.money(policy, "hasRetention", f"retention of {name}"),
            responds=self.answer(response),
            drops_down=self.passes.text(policy, "dropsDown") == "true",
            costs=self.money(policy, "hasDefenceCosts", f"costs of defence under {name}"),
            inside=self.inside(policy),
        )

    def sublimits(self, policy: Term, name: str) -> Iterator[Quantity]:
        for node in self.passes.values(policy, "hasSublimit"):
            kind = self.passes.value(node, "isSublimitFor")
            amount = self.passes.number(node, "hasAmount")
            value = self.passes.value(node, "hasAmount")
            if kind in self.passes.classes_of(self.harm) and amount is not None and value is not None:
                own = self.passes.text(policy, "hasCurrency") or self.currency
                yield converted(
                    stated(f"sublimit of {name}", amount, (node, ans("hasAmount"), value), own), self.currency
                )

    def inside(self, policy: Term) -> bool:
        """Whether the costs of defence erode the limit; where nothing says so, they do."""
        return ans("DefenceOutsideLimit") not in self.passes.values(policy, "readsDefenceAs")

    def money(self, node: Term, name: str, label: str) -> Quantity | None:
        amount, value = self.passes.number(node, name), self.passes.value(node, name)
        if amount is None or value is None:
            return None
        own = self.passes.text(node, "hasCurrency") or self.currency
        return converted(stated(label, amount, (node, ans(name), value), own), self.currency)

    def towers(self, party: Term, kind: Kind) -> list[list[tuple[Term, Term]]]:
        """The towers of a party: policies, with their responses, that follow one another's form."""
        responses = {policy: node for node, policy, who, is_ in self.responses() if who == party and is_ == kind}
        roots: dict[Term, list[tuple[Term, Term]]] = {}
        for policy, node in sorted(responses.items()):
            root, seen = policy, {policy}
            while (above := self.passes.value(root, "followsForm")) in responses and above not in seen:
                assert above is not None
                seen.add(above)
                root = above
            roots.setdefault(root, []).append((policy, node))
        return [roots[root] for root in sorted(roots)]

    def cover(self, response: Term, policy: Term, party: Term, payment: Payment | None) -> Cover:
        """How a policy stands, as the contract shows it."""
        passes, answer = self.passes, self.answer(response)
        name = {"yes": "isCovered", "no": "isBarred", "may": "isResponseTo"}[answer]
        pays = None if payment is None else passes.amount(payment.pays, "what the policy pays")
        return Cover(
            policy=passes.key(policy),
            holder=passes.key(party),
            status=STATUS[answer] + (", but the tower is broken below it" if payment and payment.is_cut_off else ""),
            amount=passes.number(policy, "hasAmount"),
            currency=passes.text(policy, "hasCurrency") or None,
            pays=pays,
            because=self.because(response, answer, payment),
            proof=passes.proof(response, name, TRUE if answer != "may" else self.harm),
        )

    def because(self, response: Term, answer: Responds, payment: Payment | None) -> list[str]:
        """What decides, or is open: exclusions, the trigger, kinds of harm left out, a broken tower."""
        keys, found = self.passes.keys, []
        if answer == "yes":
            found = keys(response, "findsCoverFor")
        elif answer == "no":
            found = [*keys(response, "isExcludedBy"), *keys(response, "findsGapFor"), *keys(response, "failsTrigger")]
        else:
            found = [*keys(response, "mayBeExcludedBy"), *keys(response, "isExcludedBy")]
            found += keys(response, "leavesTriggerOpen")
            if not self.passes.values(response, "findsCoverFor") and not self.passes.values(response, "findsGapFor"):
                found += keys(self.harm, "hasClass")[:1]
        if payment is not None and payment.is_cut_off:
            found.append(self.passes.key(TOWER))
        return list(dict.fromkeys(found))


def used_by(payments: Iterable[Payment], before: dict[Term, Quantity]) -> dict[Term, Quantity]:
    """What each policy has paid, with what it had paid before."""
    after = dict(before)
    for payment in payments:
        spent = [payment.pays, payment.defence] if payment.layer.inside else [payment.pays]
        earlier = [after[payment.layer.policy]] if payment.layer.policy in after else []
        after[payment.layer.policy] = total([*earlier, *spent], f"used of {payment.layer.name}")
    return after


def without_defence(layer: Layer) -> Layer:
    """A layer whose costs of defence have been counted before."""
    return replace(layer, costs=None)


# -- questions


CLAIM = "On which day was the claim first made against the insured, and when was it reported to the insurer?"
PERIOD = "From when until when did the policy run, and when did the injury occur?"


def questions(passes: Passes) -> list[OpenQuestion]:
    """What decides whether a policy responds and nobody stated."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    settled = passes.settled
    of, to = passes.column("isResponseOf"), passes.column("isResponseTo")
    barred = settled.read(ans("isBarred"))

    def ask(fact: str, text: str, response: Term) -> None:
        if response not in barred:
            found.setdefault((fact, text), {})[passes.key(of[response][0])] = None

    for response, triggers in sorted(settled.read(ans("leavesTriggerOpen")).items()):
        for trigger in triggers:
            claims = trigger == ans("ClaimsMadeTrigger")
            ask(passes.key(trigger), CLAIM if claims else PERIOD, response)
    for response, exclusions in sorted(settled.read(ans("mayBeExcludedBy")).items()):
        for exclusion in exclusions:
            for fact in _deciding(passes, response, exclusion, to[response][0]):
                ask(passes.key(fact), passes.asking(fact), response)
    covered, left_out = passes.column("findsCoverFor"), passes.column("findsGapFor")
    for response in sorted(to):
        if response not in covered and response not in left_out:
            harm = passes.words.label(to[response][0]) or passes.key(to[response][0])
            ask(f"cover ({passes.key(of[response][0])})", f"Does the wording of the policy cover {harm}?", response)
    return [OpenQuestion(fact=f, would_change=list(names), ask=text) for (f, text), names in sorted(found.items())]


def _deciding(passes: Passes, response: Term, exclusion: Term, harm: Term) -> list[Term]:
    """The classes that decide whether an exclusion reaches; a contested question is decided by a position."""
    ruled_out = list(passes.values(exclusion, "isRuledOutBy"))
    artefacts = passes.values(harm, "arisesThrough")
    reached = [
        cls
        for cls in passes.values(exclusion, "reachesArtefact")
        if not any(passes.says(a, "isNot", cls) or passes.says(a, "hasClass", cls) for a in artefacts)
    ]
    if not ruled_out and not passes.values(exclusion, "reachesArtefact"):
        return [exclusion]
    return [*ruled_out, *reached]
