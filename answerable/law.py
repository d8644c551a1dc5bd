"""The law as it is encoded: one unit with all that hangs on it, lists of norms, their history, and what is covered."""

from __future__ import annotations

import csv
import difflib
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable import rooms
from answerable.engine import Knowledge, knowledge
from answerable.errors import InputError
from answerable.iris import ANS, BASE, LAW, POSITION
from answerable.report import money
from answerable.terms import LABEL, TYPE, Term, ans, iri, is_iri, is_literal, lexical, read_triple

if TYPE_CHECKING:
    from answerable.rules import Rule

DCT = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"

STATUSES = ("applies", "upcoming", "superseded")
NOT_YET_LAW = "not yet law"
_UNITS = (
    "Norm",
    "DocumentationItem",
    "ApplicationPeriod",
    "LegalInstrument",
    "Milestone",
    "Judgment",
    "Amendment",
    "ConditionGroup",
)
_INHERITED_FROM = ("hasException", "isSubjectTo", "isSanctionedBy", "modifies", "hasCondition")
_VERSION = re.compile(r"_v\d+$")
_NAMED = re.compile(r"<([^<>\s]+)>")
_PREFIXED = re.compile(r"(?<![\w:])(law|ans):([\w.-]*\w)")

# What a unit says in a place of its own; every other property is shown under its own name.
_PLACED = {
    "hasStatement",
    "isPartOf",
    "hasProvision",
    "hasCitation",
    "hasCELEX",
    "isInForceFrom",
    "hasMilestone",
    "hasBearerRole",
    "hasCondition",
    "hasAlternative",
    "hasException",
    "isSubjectTo",
    "hasApplicationPeriod",
    "isEvidencedBy",
    "isDueBy",
    "isOwedTo",
    "isSanctionedBy",
    "hasMaximumAmount",
    "hasMaximumShareOfTurnover",
    "isHigherOf",
    "hasCurrency",
    "appliesFrom",
    "appliesUntil",
    "covers",
    "isKnownFrom",
    "isKnownUntil",
    "isSetBy",
    "presupposes",
    "presupposesAnswer",
    "isAmendedBy",
    "hasVerification",
    "isVerifiedAgainst",
    "isModelNorm",
    "appliesLike",
    lexical(TYPE),
    lexical(LABEL),
    f"{DCT}identifier",
    f"{DCT}title",
    f"{DCT}source",
    f"{RDFS}comment",
}

_REVERSED = {
    "hasException": "lifts",
    "isSubjectTo": "puts off",
    "isSanctionedBy": "penalty of",
    "modifies": "changed by",
    "isRequiredUnder": "items",
    "isPartOf": "parts",
    f"{DCT}relation": "related",
    "isAmendedBy": "changes",
    "isListedDuring": "lists",
    "hasAuthority": "authority for",
}


@dataclass(frozen=True)
class Ref:
    """A node that another names: its id, what it is called, and what it is."""

    id: str
    label: str
    kind: str = ""
    statement: str = ""


@dataclass(frozen=True)
class Class:
    """A term of the ontology that a norm tests or asks for."""

    name: str
    label: str
    definition: str = ""
    example: str = ""
    question: str = ""
    answered_by: str = ""
    kind: str = "class"

    @property
    def asks(self) -> str:
        """Whom to ask, as the beginning of a sentence."""
        return f"Ask the {self.answered_by.removeprefix('the ')}" if self.answered_by else "Ask"


@dataclass(frozen=True)
class Condition:
    """What must be met: one class, or one of several in a group."""

    alternatives: tuple[Class, ...]
    group: Ref | None = None


@dataclass(frozen=True)
class Exempting:
    """An exception or transitional rule with what it asks itself."""

    ref: Ref
    conditions: tuple[Condition, ...] = ()
    days: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """The answer to a contested question that a period presupposes."""

    position: str
    label: str
    question: str
    answer: bool


@dataclass(frozen=True)
class Period:
    """When a norm applies, on which route, and when that was the law's plan."""

    id: str
    label: str
    begins: date | None
    ends: date | None
    route: tuple[Class, ...]
    known_from: date | None
    known_until: date | None
    set_by: tuple[str, ...]
    source: str
    reading: Reading | None = None

    def state(self, on: date) -> str:
        """What the period is on a day, contested or not."""
        if self.known_from and on < self.known_from:
            return NOT_YET_LAW
        if (self.known_until and self.known_until < on) or (self.ends and self.ends < on):
            return "superseded"
        return "upcoming" if self.begins and on < self.begins else "applies"


@dataclass(frozen=True)
class Standing:
    """What a norm is on a day: its status, since or from when, and the status on a contested reading if it differs."""

    status: str
    since: date | None = None
    contested: str = ""


@dataclass(frozen=True)
class Penalty:
    """The ceiling for a breach, as far as the law states it as a figure."""

    ref: Ref
    amount: Decimal | None
    currency: str
    share: Decimal | None
    rule: str
    modifiers: tuple[Exempting, ...]

    @property
    def ceiling(self) -> str:
        """The ceiling in a few words, or nothing."""
        parts = [money(self.amount, self.currency)] if self.amount is not None else []
        if self.share is not None:
            parts.append(f"{(self.share * 100).normalize():f} % of annual turnover")
        return " or ".join(parts) + (f", {self.rule}" if self.rule and len(parts) > 1 else "")


@dataclass(frozen=True)
class Event:
    """What happened, or will, to an instrument on a day."""

    on: date | None
    ref: Ref


@dataclass(frozen=True)
class Mention:
    """A rule or shape that uses a unit: `names` it, or `cites` its provision."""

    id: str
    says: str
    file: str
    how: str


@dataclass(frozen=True)
class Fact:
    """A further thing that the data say of a unit."""

    label: str
    values: tuple[Ref | str, ...]


@dataclass(frozen=True)
class Unit:
    """One unit of law: a norm, an item of a dossier, a period, an amendment, an instrument or a judgment."""

    id: str
    iri: str
    label: str
    kinds: tuple[str, ...]
    statement: str
    title: str
    comment: str
    source: str
    instrument: Ref | None
    part_of: tuple[Ref, ...]
    provisions: tuple[str, ...]
    citations: tuple[str, ...]
    celex: str
    in_force_from: date | None
    milestones: tuple[Event, ...]
    bearers: tuple[Class, ...]
    conditions: tuple[Condition, ...]
    exceptions: tuple[Exempting, ...]
    exceptions_of_instrument: tuple[Exempting, ...]
    transitional_rules: tuple[Exempting, ...]
    periods: tuple[Period, ...]
    periods_inherited: bool
    evidence: tuple[Class, ...]
    due_by: tuple[str, ...]
    owed_to: tuple[str, ...]
    penalties: tuple[Penalty, ...]
    own_penalty: Penalty | None
    amended_by: tuple[Ref, ...]
    versions: tuple[Ref, ...]
    further: tuple[Fact, ...]
    used_by: tuple[Fact, ...]
    rules: tuple[Mention, ...]
    shapes: tuple[Mention, ...]
    verification: str
    verified_against: str

    @property
    def kind(self) -> str:
        """What it is, in one word or two."""
        return self.kinds[0] if self.kinds else ""


@dataclass(frozen=True)
class Row:
    """A norm in a list."""

    id: str
    modality: str
    label: str
    bearers: tuple[str, ...]
    instrument: str
    status: str
    since: date | None
    contested: str


@dataclass(frozen=True)
class Plan:
    """What the law planned between two days."""

    known_from: date | None
    known_until: date | None
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class History:
    """The versions of a unit, the plans for its application, and the amendments that touched it."""

    id: str
    versions: tuple[Unit, ...]
    plans: tuple[Plan, ...]
    amendments: tuple[Unit, ...]


@dataclass(frozen=True)
class Gap:
    """A row of a table that is no node: why, or nothing where it just is not there."""

    table: str
    id: str
    note: str


@dataclass(frozen=True)
class Coverage:
    """How many rows of a table are in the graph; those that are not, left out for a reason or just missing."""

    table: str
    rows: int
    encoded: int
    left_out: int
    missing: int
    gaps: tuple[Gap, ...]


def kebab(name: str) -> str:
    """`TransitionalRule` as people write it in an option: transitional-rule."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


SortKey = list[list[tuple[int, int | str]]]


def natural(text: str) -> SortKey:
    """A sort key under which 4_1 comes before 4a and both before 10."""
    parts = (re.findall(r"\d+|[^\W\d_]+", part) for part in re.split(r"[\W_]+", text))
    return [[(0, int(x)) if x.isdigit() else (1, x.lower()) for x in part] for part in parts]


def standing(periods: Sequence[Period], on: date) -> Standing:
    """What a norm with these periods is on a day, whoever asks and whatever the system; none if it has no period."""
    settled = [p for p in periods if p.reading is None]
    contested = [p for p in periods if p.reading is not None]
    if not settled:
        # Where every date is contested, the least that all readings agree on.
        found = [_best([p], on) for p in contested]
        least = min(found, key=lambda s: _RANK[s.status], default=Standing(""))
        most = max(found, key=lambda s: _RANK[s.status], default=least)
        return Standing(least.status, least.since, most.status if most.status != least.status else "")
    own, other = _best(settled, on), _best(contested, on)
    differs = bool(contested) and _RANK[other.status] > _RANK[own.status]
    return Standing(own.status, own.since, other.status if differs else "")


_RANK = {"": 0, NOT_YET_LAW: 1, "superseded": 2, "upcoming": 3, "applies": 4}


def _best(periods: Sequence[Period], on: date) -> Standing:
    states = [(p.state(on), p) for p in periods]
    status = max((s for s, _ in states), key=_RANK.__getitem__, default="")
    days = [p.begins for s, p in states if s == status and p.begins]
    return Standing(status, min(days, default=None))


class Law:
    """Reads units of law from the knowledge. What is drawn by rules is left out; what a lawyer wrote is shown."""

    def __init__(self, base: Knowledge) -> None:
        self.base = base
        self._out: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._in: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, obj in base.triples:
            one, name = lexical(subject), lexical(predicate).removeprefix(ANS)
            self._out[one][name].append(obj)
            if is_iri(obj):
                self._in[lexical(obj)][name].append(one)
        self._units: dict[str, Unit] = {}

    # -- nodes

    def values(self, node: str, name: str) -> list[str]:
        """Objects of a property of a node, as text, in a fixed order."""
        return sorted((lexical(o) for o in self._out[node].get(name, ())), key=natural) if node in self._out else []

    def first(self, node: str, name: str) -> str:
        """The first of them, or nothing."""
        return next(iter(self.values(node, name)), "")

    def subjects(self, node: str, name: str) -> list[str]:
        """Nodes that have the node as object of a property, in a fixed order."""
        return sorted(set(self._in[node].get(name, ())), key=natural) if node in self._in else []

    def label(self, node: str) -> str:
        return self.base.labels.get(iri(node), "") or re.split(r"[#/]", node)[-1]

    @cache  # noqa: B019
    def members(self, name: str) -> frozenset[str]:
        """Nodes that are of a class of the ontology or of one below it."""
        with self.base.lock:
            return frozenset(lexical(s) for s in self.base.index.subjects(TYPE, ans(name)) if is_iri(s))

    @cached_property
    def ids(self) -> dict[str, str]:
        """The IRI of each node of law by each of its ids."""
        found: dict[str, str] = {}
        nodes = sorted({*chain.from_iterable(map(self.members, _UNITS))})
        for node in nodes:
            for name in self.values(node, f"{DCT}identifier"):
                found.setdefault(name, node)
        return found | {node.removeprefix(LAW): node for node in nodes if node.startswith(LAW)}

    def id(self, node: str) -> str:
        """The id of a node: its local name, or the identifier of what has an IRI of its own kind."""
        if node.startswith(LAW):
            return node.removeprefix(LAW)
        if node.startswith(ANS):
            return node.removeprefix(ANS)
        return self.first(node, f"{DCT}identifier") or node

    def find(self, id: str) -> str:
        """The IRI of a unit.

        Raises:
            InputError: where there is none of that id.
        """
        if id in self.ids:
            return self.ids[id]
        folded = {key.casefold(): key for key in sorted(self.ids)}
        if id.casefold() in folded:
            return self.ids[folded[id.casefold()]]
        near = difflib.get_close_matches(id.casefold(), folded, 1, 0.3)
        hint = f"did you mean {folded[near[0]]}?" if near else ""
        raise InputError("law", "", id, "the id of a unit of law, such as a norm", hint)

    def ref(self, node: str) -> Ref:
        kinds = self.kinds(node)
        return Ref(self.id(node), self.label(node), kinds[0] if kinds else "", self.first(node, "hasStatement"))

    def refs(self, nodes: Iterable[str]) -> tuple[Ref, ...]:
        return tuple(self.ref(node) for node in nodes)

    def kinds(self, node: str) -> tuple[str, ...]:
        """The classes of law that a node was given, the modality first."""
        named = [t.removeprefix(ANS) for t in self.values(node, lexical(TYPE)) if t.startswith(ANS)]
        return tuple(kebab(name) for name in sorted(named, key=lambda n: (n not in self._modalities, n)))

    @cached_property
    def _modalities(self) -> frozenset[str]:
        """The classes below that of norms."""
        below, todo = set(), [f"{ANS}Norm"]
        while todo:
            for sub in self.subjects(todo.pop(), f"{RDFS}subClassOf"):
                if sub not in below:
                    below.add(sub)
                    todo.append(sub)
        return frozenset(name.removeprefix(ANS) for name in below)

    def class_(self, node: str) -> Class:
        """A class, role or finding, in words."""
        is_role = node in self.members("Role")
        kind = "role" if is_role else "class" if OWL_CLASS in self.values(node, lexical(TYPE)) else "individual"
        return Class(
            name=self.id(node),
            label=self.label(node),
            definition=self.first(node, f"{SKOS}definition"),
            example=self.first(node, f"{SKOS}example"),
            question=self.first(node, "hasQuestion"),
            answered_by=self.first(node, "isAnsweredBy"),
            kind=kind,
        )

    def conditions(self, node: str) -> tuple[Condition, ...]:
        """What a node asks to be met; a group keeps its name."""
        found = []
        for value in self.values(node, "hasCondition"):
            inner = self.values(value, "hasAlternative")
            classes = tuple(self.class_(one) for one in inner or [value])
            found.append(Condition(classes, self.ref(value) if inner else None))
        return tuple(found)

    def exempting(self, node: str) -> Exempting:
        days = {name: d for name in ("placedBefore", "defersTo") if (d := _day(self.first(node, name)))}
        named = {self.label(ANS + name): d for name, d in days.items()}
        for period in self.values(node, "placedBeforeStartOf"):
            if start := _day(self.first(period, "appliesFrom")):
                plan = "" if not self.first(period, "isKnownUntil") else " (an earlier plan)"
                named[f"{self.label(ANS + 'placedBefore')}{plan}"] = start
        return Exempting(self.ref(node), self.conditions(node), named)

    def instrument(self, node: str) -> str:
        """The instrument that a unit belongs to, itself or through what it is part of; nothing if there is none."""
        if node in self.members("LegalInstrument"):
            return node
        above = self.values(node, "isPartOf")
        direct = [x for x in above if x in self.members("LegalInstrument")]
        if direct:
            return direct[0]
        return next((found for x in above if x != node and (found := self.instrument(x))), "")

    # -- time

    @cache  # noqa: B019
    def period(self, node: str) -> Period:
        position = self.first(node, "presupposes")
        return Period(
            id=self.id(node),
            label=self.label(node),
            begins=_day(self.first(node, "appliesFrom")),
            ends=_day(self.first(node, "appliesUntil")),
            route=tuple(self.class_(c) for c in self.values(node, "covers")),
            known_from=_day(self.first(node, "isKnownFrom")),
            known_until=_day(self.first(node, "isKnownUntil")),
            set_by=tuple(self.values(node, "isSetBy")),
            source=self.first(node, f"{DCT}source"),
            reading=Reading(
                position.removeprefix(POSITION),
                self.label(position),
                self.first(position, "hasQuestion"),
                self.first(node, "presupposesAnswer") != "false",
            )
            if position
            else None,
        )

    def periods(self, node: str) -> tuple[tuple[Period, ...], bool]:
        """When a unit applies, and whether that is taken from what it belongs to."""
        if node in self.members("ApplicationPeriod"):
            return (self.period(node),), False
        own = self.values(node, "hasApplicationPeriod")
        if own:
            return self._sorted(own), False
        above = [x for name in _INHERITED_FROM for x in self.subjects(node, name)]
        above += [x for x in self.values(node, "isPartOf") if x in self.members("Norm")]
        taken = {p for x in above for p in self.values(x, "hasApplicationPeriod")}
        return self._sorted(taken), bool(taken)

    def _sorted(self, nodes: Iterable[str]) -> tuple[Period, ...]:
        def order(period: Period) -> tuple[date, date, SortKey]:
            return period.known_from or date.min, period.begins or date.min, natural(period.id)

        return tuple(sorted((self.period(node) for node in nodes), key=order))

    @cached_property
    def _dated(self) -> dict[str, list[str]]:
        """The ids that end with a version, by what is left of them without it."""
        found: dict[str, list[str]] = defaultdict(list)
        for id in self.ids:
            if _VERSION.search(id):
                found[_VERSION.sub("", id)].append(id)
        return found

    def family(self, id: str) -> list[str]:
        """The other versions of a unit: those that say so, and those whose ids differ by a version.

        A version may hold as a whole what the next one says in several paragraphs.
        """
        node = self.ids.get(id, "")
        linked = [x for name in ("replaces", "isReplacedBy") for x in self.values(node, DCT + name)]
        linked += [x for name in ("replaces", "isReplacedBy") for x in self.subjects(node, DCT + name)]
        found = {self.id(x) for x in linked}
        base = _VERSION.sub("", id)
        if base != id:
            below = re.compile(re.escape(base) + r"_\w+")
            found |= {base} if base in self.ids else {x for x in self.ids if below.fullmatch(x)}
            found |= set(self._dated[base])
        elif id in self._dated:
            found |= set(self._dated[id])
        elif "." not in id:
            steps = id.split("_")
            whole = (base for n in range(len(steps) - 1, 0, -1) if (base := "_".join(steps[:n])) in self._dated)
            found |= {x for base in whole if base not in self.ids for x in self._dated[base]}
        return sorted((found & self.ids.keys()) - {id}, key=self._age)

    def _age(self, id: str) -> tuple[date, SortKey]:
        begins = [p.begins for p in self.periods(self.ids[id])[0] if p.begins]
        return min(begins, default=date.max), natural(id)

    # -- sanctions, rules, shapes

    def penalty(self, node: str) -> Penalty:
        amount, share = self.first(node, "hasMaximumAmount"), self.first(node, "hasMaximumShareOfTurnover")
        higher = self.first(node, "isHigherOf")
        return Penalty(
            ref=self.ref(node),
            amount=Decimal(amount) if amount else None,
            currency=self.first(node, "hasCurrency"),
            share=Decimal(share) if share else None,
            rule={"true": "whichever is higher", "false": "whichever is lower"}.get(higher, ""),
            modifiers=tuple(self.exempting(x) for x in self.subjects(node, "modifies")),
        )

    @cached_property
    def _mentions(self) -> dict[str, dict[str, Mention]]:
        """The rules that name or cite each IRI, by the rule's id."""
        found: dict[str, dict[str, Mention]] = defaultdict(dict)
        for rule in self.base.rules:
            if not rule.path.endswith(".rq"):
                continue
            for how, iris in (("cites", rule.cites), ("names", _named_by(rule))):
                for cited in iris:
                    found[cited][rule.id] = Mention(rule.id, rule.says, f"reasoner/{rule.path}", how)
        return found

    def rules(self, node: str, provisions: Iterable[str] = ()) -> tuple[Mention, ...]:
        """Rules that name the node, then those that only cite it or its provision."""
        found = {key: m for p in provisions for key, m in self._mentions.get(p, {}).items()}
        found |= self._mentions.get(node, {})
        return tuple(sorted(found.values(), key=lambda m: (m.how != "names", m.file)))

    @cached_property
    def _shapes(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = defaultdict(list)
        for path in rooms.files("shapes", ".ttl"):
            about: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            for quad in rooms.turtle(path):
                subject, predicate, obj = map(lexical, read_triple(quad.triple))
                about[subject][predicate].append(obj)
            file = f"shapes/{path.relative_to(rooms.room('shapes')).as_posix()}"
            for shape, said in about.items():
                name = next(chain(said.get(f"{SH}name", ()), said.get(lexical(LABEL), ())), "")
                says = next(iter(said.get(f"{SH}message", ())), "") or name
                mention = Mention(re.split(r"[#/]", shape)[-1], says, file, "names")
                for value in {v for values in said.values() for v in values}:
                    if value.startswith((LAW, ANS)) and not shape.startswith("_:"):
                        found[value].append(mention)
        return found

    def shapes(self, node: str) -> tuple[Mention, ...]:
        """Shapes that test the node, or an item that it asks for."""
        nodes = [node, *self.subjects(node, "isRequiredUnder")]
        return tuple(sorted({m for x in nodes for m in self._shapes.get(x, ())}, key=lambda m: natural(m.id)))

    # -- units

    def unit(self, id: str) -> Unit:
        """A unit with all that hangs on it.

        Raises:
            InputError: where there is none of that id.
        """
        node = self.find(id)
        if node not in self._units:
            self._units[node] = self._unit(node)
        return self._units[node]

    def _unit(self, node: str) -> Unit:
        id = self.id(node)
        instrument = self.instrument(node)
        provisions = tuple(self.values(node, "hasProvision"))
        periods, inherited = self.periods(node)
        own = self.values(node, "hasException")
        bearers = self.values(node, "hasBearerRole")
        whole = self.values(instrument, "hasException") if bearers and node in self.members("TestedNorm") else []
        spared = self.subjects(node, "spares")
        above = [x for x in self.values(node, "isPartOf") if x != instrument]
        sums = any(self.values(node, name) for name in ("hasMaximumAmount", "hasMaximumShareOfTurnover"))
        return Unit(
            id=id,
            iri=node,
            label=self.label(node),
            kinds=self.kinds(node),
            statement=self.first(node, "hasStatement"),
            title=self.first(node, f"{DCT}title"),
            comment=" ".join(self.values(node, f"{RDFS}comment")),
            source=self.first(node, f"{DCT}source"),
            instrument=self.ref(instrument) if instrument and instrument != node else None,
            part_of=self.refs(above),
            provisions=provisions,
            citations=tuple(self.values(node, "hasCitation")),
            celex=self.first(node, "hasCELEX"),
            in_force_from=_day(self.first(node, "isInForceFrom")),
            milestones=self._milestones(node),
            bearers=tuple(self.class_(x) for x in bearers),
            conditions=self.conditions(node) or self._group(node),
            exceptions=tuple(self.exempting(x) for x in own),
            exceptions_of_instrument=tuple(self.exempting(x) for x in whole if x not in {*own, *spared, node}),
            transitional_rules=tuple(self.exempting(x) for x in self.values(node, "isSubjectTo")),
            periods=periods,
            periods_inherited=inherited,
            evidence=tuple(self.class_(x) for x in self.values(node, "isEvidencedBy")),
            due_by=tuple(self.values(node, "isDueBy")),
            owed_to=tuple(self.values(node, "isOwedTo")),
            penalties=tuple(self.penalty(x) for x in self.values(node, "isSanctionedBy")),
            own_penalty=self.penalty(node) if sums else None,
            amended_by=self.refs(self._amendments(node)),
            versions=self.refs(self.ids[x] for x in self.family(id)),
            further=tuple(self._further(node)),
            used_by=tuple(self._used_by(node)),
            rules=self.rules(node, provisions),
            shapes=self.shapes(node),
            verification=self.label(v) if (v := self.first(node, "hasVerification")) else "",
            verified_against=self.first(node, "isVerifiedAgainst"),
        )

    def _milestones(self, node: str) -> tuple[Event, ...]:
        events = [Event(_day(self.first(x, f"{DCT}date")), self.ref(x)) for x in self.values(node, "hasMilestone")]
        return tuple(sorted(events, key=lambda e: (e.on or date.max, natural(e.ref.id))))

    def _group(self, node: str) -> tuple[Condition, ...]:
        inner = self.values(node, "hasAlternative") if node in self.members("ConditionGroup") else []
        return (Condition(tuple(self.class_(x) for x in inner)),) if inner else ()

    def _amendments(self, node: str) -> list[str]:
        """The amendments that touched a unit, whichever side says so."""
        said = [*self.values(node, "isAmendedBy"), *self.subjects(node, "amends")]
        return sorted({x for x in said if x in self.members("Amendment")}, key=natural)

    def _further(self, node: str) -> Iterator[Fact]:
        for name in sorted(self._out[node], key=natural):
            if name in _PLACED:
                continue
            shown = tuple(self._said(node, name))
            yield Fact(self._property(name), shown)

    def _said(self, node: str, name: str) -> Iterator[Ref | str]:
        for term in sorted(self._out[node][name], key=lambda t: natural(lexical(t))):
            text = lexical(term)
            if is_iri(term):
                yield self.ref(text) if text in self._out and text.startswith(BASE) else text
            elif is_literal(term):
                yield text

    def _property(self, name: str) -> str:
        full = name if ":" in name else ANS + name
        return self.label(full) if iri(full) in self.base.labels else re.split(r"[#/]", full)[-1].replace("_", " ")

    def _used_by(self, node: str) -> Iterator[Fact]:
        for name, says in _REVERSED.items():
            nodes = [x for x in self.subjects(node, name) if not x.startswith("_:")]
            # What an instrument is made of has a page or a list of its own.
            stated = {x for x in nodes if x in self.values(node, "amends")} if name == "isAmendedBy" else set()
            nodes = [x for x in nodes if x not in stated]
            if nodes and not (name == "isPartOf" and node in self.members("LegalInstrument")):
                yield Fact(says, self.refs(nodes))

    # -- lists

    def norms(self) -> list[str]:
        """Every norm, in the order of instruments and articles; amendments are none, but change some."""
        return sorted(self.members("Norm") - self.members("Amendment"), key=lambda n: natural(self.id(n)))

    def role(self, name: str) -> str:
        """The IRI of a role by its key, local name or label.

        Raises:
            InputError: where there is none of that name.
        """
        roles = sorted(self.members("Role"))
        keys = {self.first(role, f"{DCT}identifier"): role for role in roles}
        names = {self.id(role): role for role in roles}
        labels = {self.label(role): role for role in roles}
        for known in (keys, names, labels):
            if name in known:
                return known[name]
        folded = {k.casefold(): r for known in (labels, names, keys) for k, r in known.items()}
        if name.casefold() in folded:
            return folded[name.casefold()]
        raise _unknown("--bearer", name, "the key of a role, such as deployer", [*keys, *names])

    def wider(self, role: str) -> set[str]:
        """A role and those that everybody who holds it also holds."""
        found, todo = {role}, [role]
        while todo:
            for above in self.values(todo.pop(), "isSubsumedByRole"):
                if above not in found:
                    found.add(above)
                    todo.append(above)
        return found

    def find_instrument(self, name: str) -> str:
        """The IRI of an instrument by its id or label.

        Raises:
            InputError: where there is none of that name.
        """
        nodes = sorted(self.members("LegalInstrument"))
        known = {n: node for node in nodes for n in (*self.values(node, f"{DCT}identifier"), self.id(node))}
        folded = {key.casefold(): node for key, node in known.items()} | {self.label(n).casefold(): n for n in nodes}
        if name.casefold() in folded:
            return folded[name.casefold()]
        raise _unknown("--instrument", name, "the id of an instrument, such as ai-act", known)

    def modality(self, name: str) -> str:
        """The class of norms of that name, as options write it.

        Raises:
            InputError: where there is none.
        """
        known = {kebab(x): x for x in self._modalities}
        wanted = name.strip().replace("_", "-").replace(" ", "-").lower()
        if wanted in known or kebab(name) in known:
            return known.get(wanted) or known[kebab(name)]
        raise _unknown("--modality", name, "one of " + ", ".join(sorted(known)), known)

    def rows(
        self,
        bearer: str | None = None,
        on: date | None = None,
        instrument: str | None = None,
        modality: str | None = None,
        status: str | None = None,
    ) -> list[Row]:
        """The norms that meet each filter given, and what each is on the day (today, if none is given).

        Raises:
            InputError: for a role, instrument or modality that there is none of.
        """
        roles = self.wider(self.role(bearer)) if bearer else None
        whole = self.find_instrument(instrument) if instrument else ""
        kinds = self.members(self.modality(modality)) if modality else None
        if status is not None and status not in STATUSES:
            raise _unknown("--status", status, "one of " + ", ".join(STATUSES), STATUSES)
        on = on or date.today()
        found = []
        for node in self.norms():
            if kinds is not None and node not in kinds:
                continue
            if roles is not None and roles.isdisjoint(self.values(node, "hasBearerRole")):
                continue
            within = self.instrument(node)
            if whole and within != whole:
                continue
            at = standing(self.periods(node)[0], on)
            if status is None or status in (at.status, at.contested):
                found.append(self._row(node, within, at))
        return found

    def _row(self, node: str, instrument: str, at: Standing) -> Row:
        kinds, bearers = self.kinds(node), self.values(node, "hasBearerRole")
        keys = (self.first(x, f"{DCT}identifier") or self.id(x) for x in bearers)
        return Row(
            id=self.id(node),
            modality=kinds[0] if kinds else "",
            label=self.label(node),
            bearers=tuple(keys),
            instrument=self.id(instrument) if instrument else "",
            status=at.status,
            since=at.since,
            contested=at.contested,
        )

    def history(self, id: str) -> History:
        """The versions, plans and amendments of a unit, or of the paragraphs of an article that has no node itself.

        Raises:
            InputError: where there is no unit of that id, and none below it.
        """
        below = re.compile(re.escape(id) + r"_[\w]+$")
        inside = [] if id in self.ids else [x for x in self.ids if below.match(x)]
        ids = sorted(inside, key=self._age) if inside else [self.id(self.find(id))]
        ids = sorted({*ids, *(x for one in ids for x in self.family(one))}, key=self._age)
        units = tuple(self.unit(x) for x in ids)
        periods = {p.id: p for unit in units for p in unit.periods}
        touched = sorted({a.id for unit in units for a in unit.amended_by}, key=natural)
        return History(
            id=id,
            versions=units,
            plans=tuple(_plans(self._sorted(self.ids[p] for p in periods))),
            amendments=tuple(self.unit(x) for x in touched),
        )


def _plans(periods: Sequence[Period]) -> Iterator[Plan]:
    """What was planned at each time between the days on which a plan changed."""
    one = timedelta(days=1)
    turns = {p.known_from for p in periods} | {p.known_until + one for p in periods if p.known_until}
    days = sorted(turn or date.min for turn in turns)
    for number, start in enumerate(days):
        last = days[number + 1] - one if number + 1 < len(days) else None
        planned = tuple(
            p
            for p in periods
            if (p.known_from or date.min) <= start and not any(d and d < start for d in (p.known_until, p.ends))
        )
        if planned:
            yield Plan(start if start > date.min else None, last, planned)


def _named_by(rule: Rule) -> set[str]:
    """The IRIs that a rule's head or body names, also inside its filters."""
    patterns = [*rule.template, *(p for b in rule.branches for p in (*b.patterns, *b.negated, *b.inner_patterns))]
    found = {name for pattern in patterns for term in pattern for name in _NAMED.findall(term)}
    return found | {{"law": LAW, "ans": ANS}[space] + name for space, name in _PREFIXED.findall(rule.body)}


def _unknown(place: str, found: str, expected: str, known: Iterable[str]) -> InputError:
    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(name.casefold(), name)
    near = difflib.get_close_matches(found.casefold(), folded, 1, 0.4)
    return InputError("law", place, found, expected, f"did you mean {folded[near[0]]}?" if near else "")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def law() -> Law:
    """The law of this installation, read once a process."""
    return Law(knowledge())


# -- coverage


def register() -> Path:
    """The file that names every row of the law tables."""
    return rooms.room("data") / "law" / "coverage.csv"


def registered(path: Path | None = None) -> list[Gap]:
    """Every row of every table: its id, and why it is not encoded, where it is not."""
    with (path or register()).open(encoding="utf-8", newline="") as file:
        return [Gap(row["table"], row["id"], row["note"]) for row in csv.DictReader(file)]


def coverage(entries: Iterable[Gap] | None = None, ids: Container[str] | None = None) -> list[Coverage]:
    """How much of each table is in the graph; by default, of the law tables."""
    ids = law().ids if ids is None else ids
    tables: dict[str, list[Gap]] = defaultdict(list)
    for entry in registered() if entries is None else entries:
        tables[entry.table].append(entry)
    found = []
    for table, entries in sorted(tables.items()):
        gaps = tuple(entry for entry in entries if entry.id not in ids)
        left_out = sum(bool(gap.note) for gap in gaps)
        found.append(Coverage(table, len(entries), len(entries) - len(gaps), left_out, len(gaps) - left_out, gaps))
    return found


def plain(value: Any) -> Any:
    """A record as maps and lists, for JSON; what is empty is left out."""
    found = asdict(value)

    def trim(x: Any) -> Any:
        if isinstance(x, Decimal):
            return int(x) if x == x.to_integral_value() else float(x)
        if isinstance(x, Mapping):
            return {k: trim(v) for k, v in x.items() if v not in (None, "", (), [], {})}
        return [trim(v) for v in x] if isinstance(x, list | tuple) else x

    trimmed: Any = trim(found)
    return trimmed
