"""Builds the smallest case in which a rule of law applies, from the law's own data and the scenes of scenes.yaml."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

import answerable
from answerable.assess import Passes
from answerable.casefile import from_data
from answerable.cases import SECTIONS, Case
from answerable.engine import knowledge
from answerable.iris import LAW
from answerable.terms import Term, ans, iri, lexical
from tests.law.neighbours import TextLoader

SUBCLASS = iri("http://www.w3.org/2000/01/rdf-schema#subClassOf")
SCENES = yaml.load(Path(__file__).with_name("scenes.yaml").read_text(encoding="utf-8"), TextLoader)
BEARER, MATTER = "bearer", "matter"
IN_FORCE = {"binding", "applicable", "recommended"}

Records = dict[str, Any]


# -- the law


def key(term: Term) -> str:
    """The short id of a node of the law or of the ontology."""
    return term[1:-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def law(name: str) -> Term:
    return iri(f"{LAW}{name}")


def names(subject: Term, predicate: str) -> list[str]:
    return [key(value) for value in knowledge().objects(subject, predicate)]


def kinds(name: str) -> set[str]:
    """The classes of a node of the law."""
    return {key(kind) for kind in knowledge().types(law(name))}


@cache
def wider(name: str) -> frozenset[str]:
    """A class and every class above it."""
    above, found = [name], set()
    while above:
        one = above.pop()
        if one not in found:
            found.add(one)
            above += [key(term) for term in knowledge().index.objects(ans(one), SUBCLASS) if term == ans(key(term))]
    return frozenset(found)


def conditions(name: str) -> list[tuple[str, ...]]:
    """The conditions of a rule of law: of each, the alternatives of which one must be met."""
    found = []
    for condition in knowledge().objects(law(name), "hasCondition"):
        found.append(tuple(names(condition, "hasAlternative")) or (key(condition),))
    return found


@cache
def roles() -> frozenset[str]:
    """The roles that a norm of the tables can address."""
    return frozenset(SCENES["roles"])


def bearers(name: str) -> list[str]:
    return names(law(name), "hasBearerRole")


def day_of(subject: Term, predicate: str) -> date | None:
    """The day that a property of a node of the law names."""
    found = knowledge().objects(subject, predicate)
    return date.fromisoformat(lexical(found[0])) if found else None


@dataclass(frozen=True)
class Span:
    """The days of a period that is not contested, and the classes of matter that it covers."""

    first: date
    last: date
    covers: tuple[str, ...]


def spans(name: str) -> list[Span]:
    """The periods of a norm that reach a day on which the law still plans them, the latest first."""
    found = []
    for period in knowledge().objects(law(name), "hasApplicationPeriod"):
        if ans("ContestedPeriod") in knowledge().types(period):
            continue
        starts = [d for d in (day_of(period, "appliesFrom"), day_of(period, "isKnownFrom")) if d]
        ends = [d for d in (day_of(period, "appliesUntil"), day_of(period, "isKnownUntil")) if d]
        span = Span(max(starts), min(ends, default=date.max), tuple(names(period, "covers")))
        if span.first <= span.last:
            found.append(span)
    return sorted(found, key=lambda span: span.first, reverse=True)


def day_and_routes(name: str) -> tuple[date, tuple[str, ...]]:
    """The first day on which every lasting period of a norm has begun, and what those periods cover."""
    found = spans(name)
    assert found, f"{name} has no period in which it applies"
    day = found[0].first
    return day, tuple(c for span in found if span.first <= day <= span.last for c in span.covers)


def entry_into_force(name: str) -> date:
    """The day on which the act of a rule of law entered into force."""
    acts = [day_of(act, "isInForceFrom") for act in knowledge().objects(law(name), "isPartOf")]
    return max(day for day in acts if day)


# A score carries over the effect of the act that draws on it; of an act it is stated.
STATED_AND_CONCLUDED = {"LegalOrSimilarlySignificantEffect"}


@cache
def concluded() -> frozenset[str]:
    """The classes that only the law gives: what a rule classifies as such, and what law data mark or classify."""
    base = knowledge()
    by_rules = {o for rule in base.rules for _, p, o in rule.template if p == ans("isClassifiedAs") and o[0] == "<"}
    tables = (base.index.table(ans(name))[0] for name in ("marksAs", "classifiesAs"))
    by_data = {o for table in tables for found in table.values() for o in found}
    return frozenset(map(key, by_rules | by_data)) - STATED_AND_CONCLUDED


# -- the case


@dataclass
class Scene:
    """Records of a case in the making, and the classes that something in it is known to have."""

    records: Records
    day: date
    had: set[str] = field(default_factory=set)
    earlier: date | None = None
    placed: date | None = None
    but: frozenset[str] = frozenset()
    """Classes that nothing in it is to have."""

    @classmethod
    def of(cls, scene: Mapping[str, Any], day: date, earlier: date | None = None) -> Scene:
        return cls({s: copy.deepcopy(scene[s]) for s in SECTIONS if s in scene}, day, earlier=earlier)

    def meet(self, name: str) -> None:
        """Bring in the facts from which a class follows, or state it of what it is about."""
        if name in self.had:
            return
        facts = SCENES["classes"].get(name)
        if facts is None:
            self._state(name)
        else:
            for needed in sorted(facts.get("needs", ()), key=_specific):
                self.meet(needed)
            if "either" in facts:
                self.meet(next(c for c in facts["either"] if not wider(c) & self.but))
            for record, changes in facts.get("set", {}).items():
                self._record(record).update(changes)
            if facts.get("placed") == "earlier":
                self.placed = self.earlier
            for section in SECTIONS:
                for record in facts.get(section, ()):
                    self._add(section, copy.deepcopy(record))
        self.had |= wider(name)

    def deny(self, name: str) -> None:
        """State of what a class is about that it does not have it."""
        self._state(name, holds=False)

    def _state(self, name: str, holds: bool = True) -> None:
        assert not holds or name not in concluded(), f"a case does not state {name}"
        said: Records = {"is": name} | ({} if holds else {"holds": "no"})
        above = wider(name)
        if "Circumstance" in above:
            self._add("circumstances", said | {"of": BEARER, "about": MATTER})
        elif "Party" in above:
            self._add("circumstances", said | {"of": BEARER})
        elif "Artefact" in above or self._is_event(MATTER):
            self._add("circumstances", said | {"of": MATTER})
        else:
            assert "Activity" in above, f"a case cannot state {name}"
            self._happen(name, said, holds)

    def _happen(self, name: str, said: Records, holds: bool) -> None:
        """State a class of an event of the scene that it is a kind of, else let such an event happen."""
        general = {"Activity", "Matter", "Supply", name}
        for event in self.records["events"]:
            if event.get("of") == MATTER and (wider(event["type"]) & wider(name)) - general:
                self._add("circumstances", said | {"of": event["id"]})
                return
        number = f"event-{len(self.records['events'])}"
        above = wider(name)
        kind = name if holds else next(c for c in sorted(above, key=_specific) if c != name and c != "Matter")
        event = {"id": number, "type": kind, "of": MATTER, "on": "day"}
        if above & {"AuthorityAct", "Complaint"}:
            author = "authority" if "AuthorityAct" in above else "other"
            self._add("parties", dict(SCENES["helpers"][author]))
            event |= {"by": author, "to": BEARER}
        elif "Incident" not in above:
            event |= {"by": BEARER}
        self._add("events", event)
        if not holds:
            self._add("circumstances", said | {"of": number})

    def _is_event(self, name: str) -> bool:
        return any(event["id"] == name for event in self.records.get("events", ()))

    def _record(self, name: str) -> Records:
        return next(r for s in SECTIONS for r in self.records.get(s, ()) if r.get("id") == name)

    def _add(self, section: str, record: Records) -> None:
        known = self.records.setdefault(section, [])
        if record not in known and record.get("id", "") not in {r.get("id") for r in known}:
            known.append(record)

    def without(self, record: str) -> Scene:
        """The scene without one record and whatever names it."""
        gone, before = {record}, None
        left = self.records
        while gone != before:
            before = set(gone)
            left = {s: [r for r in rs if r.get("id") not in gone and not _named(r) & gone] for s, rs in left.items()}
            gone |= {r["id"] for s, rs in self.records.items() for r in rs if "id" in r and r not in left[s]}
        return Scene(left, self.day, set(self.had), self.earlier, self.placed, self.but)

    def data(self) -> Records:
        """The case in the format of a case file."""
        days = {"day": self.day, "placed": self.placed or self.day}
        filled = {
            section: [{k: str(days[v]) if k == "on" and v in days else v for k, v in r.items()} for r in records]
            for section, records in self.records.items()
            if records
        }
        return {"answerable": "1", "id": "generated", "as_of": str(self.day), **filled}


def _specific(name: str) -> tuple[int, str]:
    """Sorts the narrowest classes first, from which wider ones follow."""
    return -len(wider(name)), name


def _named(record: Records) -> set[str]:
    values = [v for k, v in record.items() if k in ("of", "about", "by", "to")]
    return {one for v in values for one in (v if isinstance(v, list) else [v])}


# -- the answer


@dataclass(frozen=True)
class Answer:
    """What an assessment says of the bearer in the matter."""

    status: dict[str, str]
    tiers: dict[str, str]
    """The sanction that reaches the bearer under each norm."""
    roles: frozenset[str]
    rests: frozenset[str]
    """The provisions on which the roles rest."""
    met: frozenset[str]
    """The alternatives of conditions that are met."""
    classes: frozenset[str]
    """The classes of the matter."""
    theories: frozenset[str]
    """The theories of liability that are established against the bearer."""
    cited: frozenset[str]
    """What is cited by the rules that drew something."""


_ANSWERS: dict[str, Answer] = {}


def answer(scene: Scene) -> Answer:
    """The assessment of a scene; the same case is assessed once."""
    data = scene.data()
    said = json.dumps(data, sort_keys=True)
    if said not in _ANSWERS:
        _ANSWERS[said] = _answer(from_data(data))
    return _ANSWERS[said]


def _answer(case: Case) -> Answer:
    found, passes = answerable.assess(case), Passes.of(case)
    mine = [o for o in (*found.obligations, *found.rules) if (o.bearer, o.about) == (BEARER, MATTER)]
    run = passes.settled
    held = [
        node
        for node, _ in run.pairs(ans("hasRole"))
        if [key(x) for name in ("isHeldBy", "isHeldIn") for x in run.objects(node, ans(name))] == [BEARER, MATTER]
    ]
    return Answer(
        status={o.norm: o.status for o in mine if o.standing == "established"},
        tiers={o.norm: o.sanction.norm for o in mine if o.sanction},
        roles=frozenset(key(r) for node in held for r in run.objects(node, ans("hasRole"))),
        rests=frozenset(key(n) for node in held for n in run.objects(node, ans("restsOn"))),
        met=frozenset(key(c) for node in held for c in run.objects(node, ans("hasMet"))),
        classes=frozenset(key(c) for x, c in run.pairs(ans("hasClass")) if x.endswith(f"/generated/{MATTER}>")),
        theories=frozenset(x.theory for x in found.liability if (x.party, x.status) == (BEARER, "established")),
        cited=frozenset(c for rule in {d.rule for d in run.drawn.values()} for c in rule.cites),
    )


# -- finding a case


@dataclass(frozen=True)
class Way:
    """A way to make a rule apply: a scene for a role, and one alternative of each of its conditions."""

    rule: str
    role: str
    scene: int
    day: date
    route: str
    chosen: tuple[str, ...]

    @property
    def source(self) -> Mapping[str, Any]:
        return SCENES["roles"][self.role][self.scene]

    def bare(self) -> Scene:
        """The scene of the role, with the classes that it has by itself."""
        scene = Scene.of(self.source, self.day, entry_into_force(self.rule))
        scene.had = set(self.own)
        return scene

    @property
    def own(self) -> frozenset[str]:
        """The classes that the scene has by itself."""
        return _own(self.role, self.scene, self.day)

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.chosen, self.route) if self.route else self.chosen

    def build(self, but: Sequence[str] = (), also: Sequence[str] = ()) -> Scene:
        """The case in which all conditions are met, but for some, and further classes are had."""
        scene = self.bare()
        scene.but = frozenset(but)
        for name in sorted((*(c for c in self.wanted if not wider(c) & scene.but), *also), key=_specific):
            scene.meet(name)
        return scene

    def separable(self) -> list[tuple[str, ...]]:
        """The conditions that follow neither from the scene nor from the others, by their alternatives."""
        found = []
        for number, alternatives in enumerate(conditions(self.rule)):
            others = [c for n, c in enumerate(self.wanted) if n != number]
            if not following(self.own.union(*map(wider, others), *map(implied, others))) & set(alternatives):
                found.append(alternatives)
        return found


@cache
def _own(role: str, number: int, day: date) -> frozenset[str]:
    scene = Scene.of(SCENES["roles"][role][number], day)
    return frozenset({role, "Matter"} | {c for name in answer(scene).met for c in wider(name)})


def following(had: frozenset[str]) -> frozenset[str]:
    """Classes, and those that follow from them without further facts."""
    more = {
        c
        for name, facts in SCENES["classes"].items()
        if set(facts) == {"needs"} and had.issuperset(facts["needs"])
        for c in wider(name)
    }
    return had if more <= had else following(had | more)


def ways(rule: str, role: str, only: str = "") -> Iterator[Way]:
    """Each way to meet the conditions of a rule for a role, with only one of the alternatives of a condition."""
    day, routes = day_and_routes(rule)
    options = conditions(rule)
    for number in range(len(SCENES["roles"].get(role, ()))):
        own = _own(role, number, day)
        possible = [[a for a in o if a in own] or [a for a in o if a not in roles()] for o in options]
        if only:
            can = [only] if only in own or only not in roles() else []
            possible = [can if only in o else p for o, p in zip(options, possible, strict=True)]
        for chosen in product(*possible):
            had = own.union(*map(wider, chosen), *map(implied, chosen))
            for route in ("",) if had & set(routes) else routes:
                yield Way(rule, role, number, day, route, chosen)


@cache
def implied(name: str) -> frozenset[str]:
    """The classes that come with a class which follows from facts."""
    needed = SCENES["classes"].get(name, {}).get("needs", ())
    return frozenset(c for n in needed for c in wider(n) | implied(n))


@cache
def first(rule: str, role: str) -> Way | None:
    """The first way in which a norm is in force for a role."""
    found = sorted(ways(rule, role), key=lambda way: len(way.own.intersection(way.chosen)))
    return next((way for way in found if in_force_in(way.build(), rule)), None)


def in_force_in(scene: Scene, norm: str) -> bool:
    """Whether a norm binds the bearer of a scene, or applies to it."""
    return answer(scene).status.get(norm) in IN_FORCE
