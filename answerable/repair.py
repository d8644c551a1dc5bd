"""The smallest changes that would open or close a theory or a norm against a party, each tried on the reasoner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Literal

from answerable.assess import Passes, record_of
from answerable.casefile import vocabulary
from answerable.cases import Case, Circumstance
from answerable.engine import Run, drawing
from answerable.explain import subject_of
from answerable.terms import Term, ans, iri

Effect = Literal["opens", "closes"]
Kind = Literal["fact", "document", "clause", "position", "withdrawn"]

_TRIED = 60
"""Sets that are tried on the reasoner before the search gives up."""
_KINDS: dict[str, Kind] = {"Document": "document", "Clause": "clause"}


@dataclass(frozen=True)
class Change:
    """One fact, document or clause that would have to be on record, or to go; or a position to be taken."""

    kind: Kind
    class_: str
    of: str = ""
    about: str = ""
    holds: bool = True
    ask: str = ""
    who: str = ""


@dataclass(frozen=True)
class Repair:
    """A smallest set of changes that opens or closes a theory or norm; nothing in it can be left out."""

    rule: str
    harm: str
    effect: Effect
    changes: tuple[Change, ...]


def repairs(
    case: Case | str | Path,
    party: str,
    norm: str | None = None,
    theory: str | None = None,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
    most: int = 5,
) -> list[Repair]:
    """What would open a theory or norm that does not hold against a party, or close one that does, the smallest first.

    A theory is opened when it is established on the settled record, a norm when it binds. Every set was tried: the
    reasoner draws the conclusion with it, and not with any part of it.

    Args:
        most: how many sets for each harm or matter.

    Raises:
        InputError: for an unknown party, norm or theory.
    """
    passes = Passes.of(case, as_of, positions, known_on)
    bearer, rule = subject_of(passes, party, norm, theory)
    return list(_Search(passes, bearer, rule, is_norm=norm is not None, most=most).found())


class _Search:
    def __init__(self, passes: Passes, party: Term, rule: Term, is_norm: bool, most: int) -> None:
        self.passes, self.party, self.rule, self.is_norm, self.most = passes, party, rule, is_norm, most

    def found(self) -> Iterator[Repair]:
        with drawing(self.passes.base) as draw:

            def trial(changes: Sequence[Change]) -> Run:
                changed, taken = self.changed(changes)
                p = self.passes
                known = p.known_on if p.known_on != p.as_of else None
                return draw(record_of(changed, "settled", p.as_of, taken, known))

            for matter in self.matters():
                holds = self.holds(trial(()), matter)
                effect: Effect = "closes" if holds else "opens"
                kept: list[frozenset[Change]] = []
                options = self.closing(matter) if holds else self.opening(matter)
                for tried, changes in enumerate(options):
                    if tried >= _TRIED or len(kept) >= self.most:
                        break
                    wanted = frozenset(changes)
                    if any(smaller <= wanted for smaller in kept):
                        continue
                    if self.holds(trial(changes), matter) == holds:
                        continue
                    least = self.reduced(wanted, matter, holds, trial)
                    if least not in kept:
                        kept.append(least)
                        yield Repair(self.passes.key(self.rule), self.passes.key(matter), effect, _ordered(least))

    def reduced(
        self, changes: frozenset[Change], matter: Term, held: bool, trial: Callable[[Sequence[Change]], Run]
    ) -> frozenset[Change]:
        """Without what is not needed."""
        for change in _ordered(changes):
            fewer = changes - {change}
            if fewer and self.holds(trial(_ordered(fewer)), matter) != held:
                changes = fewer
        return changes

    # -- what is asked

    def matters(self) -> list[Term]:
        """The harms of a theory, the matters of a norm."""
        p = self.passes
        if self.is_norm:
            return sorted({p.value(a, "isHeldIn") or a for a in self.assignments()})
        found = {p.value(c, "isAboutHarm") for c, t in p.pairs("testsTheory") if t == self.rule}
        if not found:
            found = {s for s, _ in p.pairs("isSufferedBy")}
        return sorted(m for m in found if m is not None)

    def assignments(self) -> list[Term]:
        p = self.passes
        model = p.value(self.rule, "appliesLike") or self.rule
        return [a for a, n in p.pairs("considersNorm") if n == model and p.value(a, "isHeldBy") == self.party]

    def holds(self, run: Run, matter: Term) -> bool:
        tests, bears, about, status, value = (
            ("testsNorm", "hasBearer", "isAboutMatter", "hasBindingStatus", "Binding")
            if self.is_norm
            else ("testsTheory", "hasDefendant", "isAboutHarm", "hasTheoryStatus", "Established")
        )
        return any(
            run.holds((c, ans(bears), self.party))
            and run.holds((c, ans(about), matter))
            and run.holds((c, ans(status), ans(value)))
            for c, rule in run.pairs(ans(tests))
            if rule == self.rule
        )

    # -- what can be changed

    def state(self, cls: Term, matter: Term, holds: bool = True) -> list[Change]:
        """Stating that the class is so, where a case can state it; nothing for a role or a finding."""
        p, name = self.passes, self.passes.key(cls)
        above = vocabulary().supers.get(name)
        if above is None:
            return []
        kind: Kind = next((kind for top, kind in _KINDS.items() if top in above), "fact")
        of, about = p.key(self.party), p.key(matter)
        if "Harm" in above:
            of, about = p.key(matter), ""
        elif "Artefact" in above or "Activity" in above:
            top = "Artefact" if "Artefact" in above else "Activity"
            through = [m for m in p.values(matter, "runsThrough") or [matter] if ans(top) in p.classes_of(m)]
            if through:
                of, about = p.key(through[0]), ""
        return [Change(kind, name, of, about, holds, p.text(cls, "hasQuestion"), p.text(cls, "isAnsweredBy"))]

    def withdraw(self, cls: Term, candidate: Term | None, matter: Term) -> list[tuple[Change, ...]]:
        """Taking every circumstance that shows the class off the record; where there is none, denying it."""
        p = self.passes
        inquiry = p.value(candidate, "isPartOfInquiry") if candidate is not None else None
        wider = set(p.values(inquiry, "considers")) if inquiry is not None else set()
        found = []
        for record in p.case.circumstances:
            node = iri(f"{p.iri}/{record.id}")
            target = node if record.about else iri(f"{p.iri}/{record.of}")
            shows = record.holds and cls in p.classes_of(target) and (not wider or {node, target} & wider)
            if shows and (record.is_ == p.key(cls) or cls in p.base.wider(ans(record.is_))):
                found.append(Change("withdrawn", record.is_, record.of, record.about or "", False))
        if found:
            return [tuple(found)]
        return [(change,) for change in self.state(cls, matter, holds=False)]

    def opening(self, matter: Term) -> Iterator[tuple[Change, ...]]:
        """Sets that may open, the smaller first."""
        p, needs = self.passes, list[list[tuple[Change, ...]]]()
        if self.is_norm:
            for assignment in (a for a in self.assignments() if (p.value(a, "isHeldIn") or a) == matter):
                for condition in p.values(self.rule, "hasCondition"):
                    if condition in p.settled.objects(assignment, ans("meetsCondition")):
                        continue
                    classes = p.values(condition, "hasAlternative") or [condition]
                    needs.append([(c,) for cls in classes for c in self.state(cls, matter)])
                for name in ("hasException",):
                    for exception in p.values(self.rule, name):
                        if exception in p.settled.objects(assignment, ans("satisfies")):
                            needs.append(self.undo(exception, None, matter))
            yield from _smallest(needs)
            return
        candidate = self.candidate(matter)
        if candidate is None:
            gates = p.values(self.rule, "comesIntoPlayWith")
            needs.append([(c,) for cls in gates for c in self.state(cls, matter)])
        for element in p.values(self.rule, "hasElement"):
            if candidate is None or not self.is_met(candidate, element):
                needs.append(self.supplies(element, candidate, matter))
        if candidate is not None:
            for defence in p.settled.objects(candidate, ans("isMetByDefence")):
                if {ans("FullBar"), ans("NegatingDefence")} & p.types(defence) or defence in p.settled.objects(
                    candidate, ans("isBarredBy")
                ):
                    needs.append(self.undo(defence, candidate, matter))
            for defence in p.settled.objects(candidate, ans("isContestedInDefence")):
                needs.append(self.positions(defence, favourable=True))
        yield from _smallest(needs)

    def closing(self, matter: Term) -> Iterator[tuple[Change, ...]]:
        """Sets that may close, the smaller first."""
        p, sets = self.passes, list[tuple[Change, ...]]()
        if self.is_norm:
            for assignment in (a for a in self.assignments() if (p.value(a, "isHeldIn") or a) == matter):
                for condition in p.values(self.rule, "hasCondition"):
                    for cls in p.values(condition, "hasAlternative") or [condition]:
                        if cls in p.settled.objects(assignment, ans("hasMet")):
                            sets += self.withdraw(cls, None, matter)
                for exception in p.values(self.rule, "hasException"):
                    sets += self.fulfilled(exception, None, matter)
        else:
            candidate = self.candidate(matter)
            assert candidate is not None
            for element in p.values(self.rule, "hasElement"):
                shown = self.shown(candidate)
                here = [cls for cls in p.values(element, "hasAlternative") if cls in shown]
                ways = [self.withdraw(cls, candidate, matter) for cls in here]
                sets += [tuple(c for part in parts for c in part) for parts in product(*ways) if parts]
                for reading in p.values(element, "hasContestedReading"):
                    sets += self.positions(reading, favourable=False)
            for defence in p.values(self.rule, "hasDefence"):
                if {ans("FullBar"), ans("NegatingDefence")} & p.types(defence):
                    sets += self.fulfilled(defence, candidate, matter)
        yield from sorted(dict.fromkeys(sets), key=lambda s: (len(s), [c.class_ for c in s]))

    def candidate(self, matter: Term) -> Term | None:
        p = self.passes
        mine = {c for c, d in p.pairs("hasDefendant") if d == self.party}
        found = [c for c, t in p.pairs("testsTheory") if t == self.rule and c in mine]
        return next((c for c in found if p.value(c, "isAboutHarm") == matter), None)

    def shown(self, candidate: Term) -> set[Term]:
        inquiry = self.passes.value(candidate, "isPartOfInquiry")
        return set(self.passes.settled.objects(inquiry, ans("hasShown"))) if inquiry is not None else set()

    def is_met(self, candidate: Term, element: Term) -> bool:
        run = self.passes.settled
        lost = any(run.holds((candidate, ans(n), element)) for n in ("losesElement", "contradictsElement"))
        met = ("establishesElement", "presumesElementMet", "derivesElement", "isExcusedFrom")
        kept = any(run.holds((candidate, ans(n), element)) for n in met)
        rebuttal = ans("RebuttalElement") in self.passes.types(element)
        return not lost and (kept or rebuttal)

    def supplies(self, element: Term, candidate: Term | None, matter: Term) -> list[tuple[Change, ...]]:
        """Ways to meet an element: an alternative, another element that is enough, a presumption, a position."""
        p = self.passes
        denied = {r.is_ for r in p.case.circumstances if not r.holds}
        ways: list[tuple[Change, ...]] = []
        for one in (element, *p.values(element, "isAlternativeTo")):
            for cls in p.values(one, "hasAlternative"):
                if p.key(cls) in denied:
                    ways += [(c,) for c in self.turned(cls)]
                ways += [(c,) for c in self.state(cls, matter)]
            for reading in p.values(one, "hasContestedReading"):
                open_ = self.positions(reading, favourable=True)
                shown = self.shown(candidate) if candidate is not None else set()
                for cls in p.values(reading, "hasAlternative"):
                    stated = [] if cls in shown else self.state(cls, matter)
                    ways += [(*position, *stated) for position in open_]
        for presumption in p.base.index.subjects(ans("presumesElement"), element):
            ways += self.fulfilled(presumption, candidate, matter)
        return ways

    def turned(self, cls: Term) -> list[Change]:
        """A stated no turned round."""
        p = self.passes
        records = [r for r in p.case.circumstances if not r.holds and r.is_ == p.key(cls)]
        question, who = p.text(cls, "hasQuestion"), p.text(cls, "isAnsweredBy")
        return [Change("fact", r.is_, r.of, r.about or "", True, question, who) for r in records]

    def fulfilled(self, rule: Term, candidate: Term | None, matter: Term) -> list[tuple[Change, ...]]:
        """Ways to fulfil every condition of a rule of law."""
        p, needs = self.passes, list[list[tuple[Change, ...]]]()
        shown = self.shown(candidate) if candidate is not None else set()
        for condition in p.values(rule, "hasCondition"):
            classes = p.values(condition, "hasAlternative") or [condition]
            if not shown.isdisjoint(classes):
                continue
            needs.append([(c,) for cls in classes for c in self.state(cls, matter)])
        return list(_smallest(needs)) if needs and all(needs) else []

    def undo(self, rule: Term, candidate: Term | None, matter: Term) -> list[tuple[Change, ...]]:
        """Ways to take away what fulfils a rule of law: one of its conditions, or an exception to it."""
        p, ways = self.passes, list[tuple[Change, ...]]()
        for condition in p.values(rule, "hasCondition"):
            for cls in p.values(condition, "hasAlternative") or [condition]:
                ways += self.withdraw(cls, candidate, matter)
        for exception in p.values(rule, "hasException"):
            ways += self.fulfilled(exception, candidate, matter)
        return ways

    def positions(self, node: Term, favourable: bool) -> list[tuple[Change, ...]]:
        """Taking the side on a contested question that the claimant, or the defendant, would take."""
        p, found = self.passes, list[tuple[Change, ...]]()
        for position in p.values(node, "presupposes"):
            answer = p.text(node, "presupposesAnswer") != "false"
            wants = answer if favourable else not answer
            if {ans("FullBar"), ans("NegatingDefence")} & p.types(node):
                wants = not wants
            question = p.text(position, "hasQuestion")
            found.append((Change("position", p.key(position), holds=wants, ask=question, who="whoever decides"),))
        return found

    # -- applying

    def changed(self, changes: Sequence[Change]) -> tuple[Case, dict[str, bool]]:
        """The case with the changes made, and the positions taken."""
        case, taken = self.passes.case, dict(self.passes.positions)
        records = list(case.circumstances)
        for number, change in enumerate(changes):
            if change.kind == "position":
                taken[change.class_] = change.holds
                continue
            same = (change.class_, change.of, change.about or None)
            records = [r for r in records if (r.is_, r.of, r.about) != same]
            if change.kind != "withdrawn":
                records.append(
                    Circumstance.model_construct(
                        id=f"change-{number}",
                        type="Circumstance",
                        name=None,
                        standing="found",
                        source=None,
                        is_=change.class_,
                        of=change.of,
                        about=change.about or None,
                        holds=change.holds,
                        on=None,
                    )
                )
        return case.model_copy(update={"circumstances": tuple(records)}), taken


def _smallest(needs: Sequence[Sequence[tuple[Change, ...]]]) -> Iterator[tuple[Change, ...]]:
    """One way for each need, the smaller sets first; nothing where a need has no way."""
    if not needs or not all(needs):
        return
    sets = {frozenset(c for part in parts for c in part) for parts in _some(needs)}
    yield from sorted(map(_ordered, sets), key=lambda s: (len(s), [(c.kind, c.class_) for c in s]))


def _some(needs: Sequence[Sequence[tuple[Change, ...]]]) -> Iterator[tuple[tuple[Change, ...], ...]]:
    """The first ways of each need together, then those that differ in one or two of them."""
    first = tuple(ways[0] for ways in needs)
    yield first
    for size in (1, 2):
        for where in combinations(range(len(needs)), size):
            for others in product(*(needs[n][1:] for n in where)):
                changed = list(first)
                for n, way in zip(where, others, strict=True):
                    changed[n] = way
                yield tuple(changed)


def _ordered(changes: frozenset[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda c: (c.class_, c.of, c.about)))
