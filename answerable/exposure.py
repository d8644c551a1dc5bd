"""Statutory ranges and fines that a party faces, each counted from the figures of its rule and the facts on record."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from answerable import quantities as q
from answerable.assessment import Liability, StatutoryExposure
from answerable.quantities import Quantity
from answerable.terms import TYPE, Term, ans, is_iri, is_literal, lexical

if TYPE_CHECKING:
    from answerable.assess import Passes

Status = Literal["established", "arguable", "possible"]
_MONEY = ("hasMinimumAmount", "hasMaximumAmount", "hasDeductible", "hasLeastCeiling")
_STATUS: dict[str, Status] = {"established": "established", "arguable": "arguable", "open": "possible"}


def exposures(passes: Passes, liability: Iterable[Liability]) -> list[StatutoryExposure]:
    """The exposure rules of each live theory in the forum of the harm, and of each breached norm that is sanctioned."""
    reader = _Exposure(passes)
    by_candidate = {
        (passes.key(passes.value(c, "testsTheory")), passes.key(passes.value(c, "hasDefendant")), passes.key(h)): c
        for c, h in passes.pairs("isAboutHarm")
        if passes.value(c, "testsTheory") is not None
    }
    found = []
    for item in liability:
        candidate = by_candidate.get((item.theory, item.party, item.harm))
        if item.status in _STATUS and candidate is not None:
            found += reader.of_theory(candidate, _STATUS[item.status])
    return [*found, *reader.of_norms()]


class _Exposure:
    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.base = passes.base

    def of_theory(self, candidate: Term, status: Status) -> list[StatutoryExposure]:
        p = self.passes
        theory, party, harm = (p.value(candidate, n) for n in ("testsTheory", "hasDefendant", "isAboutHarm"))
        assert theory is not None and party is not None and harm is not None
        inquiry = p.value(candidate, "isPartOfInquiry")
        considered = p.values(inquiry, "considers") if inquiry is not None else ()
        shown = {cls for x in considered for cls in p.classes_of(x)}
        rules = [
            rule
            for rule in self.rules("quantifiesTheory", theory)
            if self.governs(rule, harm) and self.applies(rule, shown)
        ]
        replaced = {other for rule in rules for other in p.values(rule, "isVariantOf")}
        return [
            self.entry(rule, party, harm, p.key(theory), status, self.amount(rule, party, harm, shown))
            for rule in rules
            if rule not in replaced
        ]

    def of_norms(self) -> list[StatutoryExposure]:
        """Fines for breaches of binding norms: the ceiling, from the rule that restates the sanction."""
        p, found = self.passes, []
        seen = set()
        for node, sanction in p.pairs("isSanctionedUnder"):
            if ans("Breached") not in p.values(node, "hasComplianceStatus"):
                continue
            party, norm = p.value(node, "hasBearer"), p.value(node, "testsNorm")
            assert party is not None and norm is not None
            for rule in self.rules("restatesSanction", sanction):
                if (rule, party, norm) in seen:
                    continue
                seen.add((rule, party, norm))
                shown = p.classes_of(party)
                standing = p.standing((node, ans("hasComplianceStatus"), ans("Breached")))
                amount = self.amount(rule, party, None, shown)
                found.append(self.entry(rule, party, None, p.key(norm), standing, amount))
        return found

    def rules(self, name: str, target: Term) -> list[Term]:
        with self.base.lock:
            return sorted(r for r in self.base.index.subjects(ans(name), target) if is_iri(r))

    def governs(self, rule: Term, harm: Term) -> bool:
        """Whether the forum of the harm knows the rule, and the harm falls in the rule's time."""
        p = self.passes
        places = set(p.values(rule, "hasForum"))
        forums = {place for forum in p.values(harm, "hasForum") for place in (forum, *p.values(forum, "isWithin"))}
        if places and places.isdisjoint(forums):
            return False
        on = p.day(harm, "occursOn")
        for period in p.values(rule, "hasConductPeriod"):
            first, last = p.day(period, "appliesFrom"), p.day(period, "appliesUntil")
            if on is not None and ((first and on < first) or (last and on > last)):
                return False
        return True

    def applies(self, rule: Term, shown: set[Term]) -> bool:
        needed = set(self.passes.values(rule, "appliesWhen"))
        return needed <= shown

    def entry(
        self, rule: Term, party: Term, harm: Term | None, theory: str, status: Status, amount: Quantity
    ) -> StatutoryExposure:
        p = self.passes
        return StatutoryExposure(
            party=p.key(party),
            harm=p.key(harm) if harm is not None else None,
            rule=p.key(rule),
            theory=theory,
            status=status,
            amount=p.amount(amount.called(p.words.label(rule) or p.key(rule), rule), p.text(rule, "hasFormula")),
            adds=[p.key(x) for x in p.values(rule, "addsOn")],
            verification=p.verification(rule),
        )

    # -- counting

    def figure(self, rule: Term, name: str, words: str) -> Quantity | None:
        """A figure of the rule, with the triple that states it."""
        value = self.passes.value(rule, name)
        if value is None or not is_literal(value):
            return None
        currency = self.passes.text(rule, "hasCurrency") if name in _MONEY else ""
        return q.law(words, Decimal(lexical(value)), (rule, ans(name), value), currency)

    def amount(self, rule: Term, party: Term, harm: Term | None, shown: set[Term]) -> Quantity:
        """The range that the rule gives: its unit, times what multiplies it, times how often."""
        unit = self.unit(rule, party, harm, shown)
        if self.passes.value(rule, "hasMultiplierOf") is None:
            unit = self.multiplied(rule, unit, shown)
        deductible = self.figure(rule, "hasDeductible", "deductible")
        if deductible is not None:
            unit = q.excess(unit, deductible, "above the deductible")
        for counted in self.passes.values(rule, "countsBy"):
            unit = q.product(self.count(counted, harm), unit, f"{self.name(counted).lower()} x amount")
        return unit

    def multiplied(self, rule: Term, unit: Quantity, shown: set[Term]) -> Quantity:
        """Times the multiplier where what calls for it is shown, up to it where that is open or the court chooses."""
        factor = self.figure(rule, "hasMultiplier", "multiplier")
        if factor is None:
            return unit
        conditions = self.passes.values(rule, "multipliesWhen")
        least = self.figure(rule, "hasLeastMultiplier", "least multiplier")
        whole = q.product(factor, unit, "multiplied amount")
        if least is not None:
            return q.between(q.product(least, unit, "least multiple"), whole, "range of multiples")
        if not conditions or not shown.isdisjoint(conditions):
            return whole
        return q.between(unit, whole, "amount, multiplied if so found")

    def unit(self, rule: Term, party: Term, harm: Term | None, shown: set[Term]) -> Quantity:
        """What the rule gives once: a range from its figures, a share, the actual loss, or a multiple of something."""
        currency = self.passes.text(rule, "hasCurrency")
        low, high = (self.figure(rule, f"has{m}Amount", f"statutory {m.lower()}") for m in ("Minimum", "Maximum"))
        high = self.band(rule, party) or high
        share = self.share(rule, party, harm, currency)
        combining = self.passes.key(self.passes.value(rule, "combinesBy"))
        floor, actual = low or q.nothing(currency), self.actual(harm, currency)
        caps = [x for x in (high, share) if x is not None]
        if combining in ("HigherOf", "LowerOf") and caps:
            lower = combining == "LowerOf" or not shown.isdisjoint(self.passes.values(rule, "takesLowerOfFor"))
            return q.between(floor, q.least(caps, "ceiling") if lower else q.most(caps, "ceiling"), "range")
        if combining == "ActualLoss":
            return actual
        if combining == "HigherOfActual":
            if self.passes.value(rule, "hasMultiplierOf") is not None:
                actual = self.multiplied(rule, actual, shown)
            least = q.most([floor, actual], "statutory minimum or actual loss")
            return least if high is None else q.between(least, q.most([high, actual], "most"), "range")
        if combining == "Multiple":
            base = self.base_of(rule, "hasMultiplierOf", party, harm, currency) or actual
            return q.most([floor, self.multiplied(rule, base, shown)], "amount")
        if combining == "Threshold":
            return q.excess(actual, floor, "loss above the threshold")
        if combining == "Discretion":
            return q.unknown("amount in the court's discretion", "What does the court order?", currency)
        if combining == "SumOfCaps":
            parts = [self.amount(part, party, harm, shown) for part in self.passes.values(rule, "hasCapPart")]
            least_ceiling = self.figure(rule, "hasLeastCeiling", "least ceiling") or q.nothing(currency)
            return q.between(floor, q.most([least_ceiling, q.total(parts, "sum of the caps")], "ceiling"), "range")
        if combining == "Fixed" and (high or low):
            return high or floor
        if not caps:
            return q.between(floor, None, "range") if low else q.unknown("amount", "How much is it?", currency)
        return q.between(floor, q.least(caps, "ceiling") if caps[1:] else caps[0], "range")

    def share(self, rule: Term, party: Term, harm: Term | None, currency: str) -> Quantity | None:
        part = self.figure(rule, "hasMaximumShare", "share")
        base = self.base_of(rule, "hasMaximumShareOf", party, harm, currency)
        if part is None or base is None:
            return None
        return q.product(part, base, f"{part.name} of {base.name}")

    def base_of(self, rule: Term, name: str, party: Term, harm: Term | None, currency: str) -> Quantity | None:
        """What a share or multiple is of, from the record, or unknown with the question to ask."""
        kind = self.passes.value(rule, name)
        if kind is None:
            return None
        of_harm = self.head(kind, harm, currency) if harm is not None else None
        if of_harm is not None:
            return of_harm
        holds = self.passes.value(kind, "isStatedBy")
        value = self.passes.value(party, self.passes.key(holds)) if holds is not None else None
        words = f"{self.name(kind).lower()} of {self.name(party)}"
        if value is not None and holds is not None and is_literal(value):
            own = self.passes.text(party, "hasCurrency")
            return q.converted(q.stated(words, Decimal(lexical(value)), (party, holds, value), own), currency)
        return q.unknown(words, self.passes.text(kind, "hasQuestion") or f"How much is the {words}?", currency)

    def head(self, kind: Term, harm: Term, currency: str) -> Quantity | None:
        """A head of the loss, where the kind is one and the record states its amount; compensation is the whole."""
        p = self.passes
        heads = set(p.values(kind, "sumsHeads"))
        if not heads:
            return None
        whole = p.value(harm, "hasAmount")
        own = p.text(harm, "hasCurrency")
        if ans("Harm") in heads:
            return self.actual(harm, currency) if whole is not None else None
        parts = []
        for node in p.values(harm, "hasDamageHead"):
            value = p.value(node, "hasAmount")
            if heads & {*p.classes_of(node), *p.values(node, lexical(TYPE))} and value is not None:
                parts.append(q.stated(self.name(node), Decimal(lexical(value)), (node, ans("hasAmount"), value), own))
        return q.converted(q.total(parts, self.name(kind).lower()), currency) if parts else None

    def band(self, rule: Term, party: Term) -> Quantity | None:
        """The ceiling for a party of this size, or the range over all sizes where that is not on record."""
        p = self.passes
        bands = p.values(rule, "hasBand")
        if not bands:
            return None
        size = p.number(party, "hasEmployees")
        caps = []
        for band in bands:
            first, last = p.number(band, "fromCount"), p.number(band, "toCount")
            cap = self.figure(band, "hasMaximumAmount", f"ceiling for {p.words.label(band) or p.key(band)}")
            if cap is None:
                continue
            cap = q.Quantity(**{**cap.__dict__, "currency": p.text(rule, "hasCurrency")}) if not cap.currency else cap
            if size is None or ((first is None or size >= first) and (last is None or size <= last)):
                caps.append(cap)
        if not caps:
            return q.nothing(p.text(rule, "hasCurrency"))
        if len(caps) == 1:
            return caps[0]
        return q.between(q.least(caps, "lowest band"), q.most(caps, "highest band"), "ceiling by number of employees")

    def actual(self, harm: Term | None, currency: str) -> Quantity:
        """The loss as the record states it."""
        p = self.passes
        value = p.value(harm, "hasAmount") if harm is not None else None
        if harm is None or value is None:
            return q.unknown("actual loss", "How much is the actual loss?", currency)
        own = p.text(harm, "hasCurrency")
        stated = q.stated(f"amount of {self.name(harm)}", Decimal(lexical(value)), (harm, ans("hasAmount"), value), own)
        return q.converted(stated, currency)

    def count(self, kind: Term, harm: Term | None) -> Quantity:
        """How many there are, as the record states, else unknown."""
        p = self.passes
        for node in p.values(harm, "hasCount") if harm is not None else ():
            number = p.value(node, "hasNumber")
            if kind in p.values(node, "counts") and number is not None:
                return q.stated(self.name(kind).lower(), Decimal(lexical(number)), (node, ans("hasNumber"), number))
        if p.text(kind, "isOneUnlessStated") == "true":
            return q.constant(1).called(f"one of the {self.name(kind).lower()}")
        return q.unknown(self.name(kind).lower(), p.text(kind, "hasQuestion") or f"How many {self.name(kind).lower()}?")

    def name(self, node: Term) -> str:
        return self.passes.words.label(node) or self.passes.key(node)
