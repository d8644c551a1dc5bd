"""Builds the smallest case in which a theory of liability is established, from the theory's own data.

Each element is met by its first alternative, stated of the defendant in relation to the harm; a role is given by an act
that confers it. What a test varies is passed in: an element left out, a defence shown, a contested reading taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answerable.assess import Passes
from answerable.casefile import from_data, vocabulary
from answerable.engine import knowledge
from answerable.iris import DOCTRINE
from answerable.terms import TYPE, Term, ans, iri, is_iri, lexical
from tests.law.minimal import SCENES
from tests.law.neighbours import TextLoader

DEFENDANT, VICTIM, SYSTEM, HARM = "defendant", "victim", "system", "harm"
ROLES, SPECIAL = (
    yaml.load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"), TextLoader)
    for name in ("roles", "special")
)
TODAY = date(2027, 6, 1)


def key(term: Term) -> str:
    return term[1:-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def node(name: str) -> Term:
    return iri(f"{DOCTRINE}{name}")


def values(subject: Term, name: str) -> tuple[Term, ...]:
    return knowledge().objects(subject, name)


def names(subject: Term, name: str) -> list[str]:
    return [key(value) for value in values(subject, name)]


def kinds(subject: Term) -> set[str]:
    return {key(kind) for kind in knowledge().types(subject)}


def dates(subject: Term, name: str) -> list[date]:
    return [date.fromisoformat(lexical(value)) for value in values(subject, name)]


@cache
def theories() -> tuple[str, ...]:
    found = knowledge().index.subjects(TYPE, ans("LiabilityTheory"))
    return tuple(sorted(key(t) for t in found if is_iri(t)))


def elements(theory: str) -> list[Term]:
    return list(values(node(theory), "hasElement"))


@cache
def conferring(role: str) -> str | None:
    """An activity that confers a functional role."""
    found = sorted(key(c) for c in knowledge().index.subjects(ans("confersRole"), ans(role)))
    return found[0] if found else None


@cache
def is_class(name: str) -> bool:
    return name in vocabulary().supers


@dataclass
class Scene:
    """A case that grows: what is stated of whom."""

    theory: str
    forum: str = ""
    on: date = TODAY
    roles: set[str] = field(default_factory=set)
    stated: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[str, bool] = field(default_factory=dict)
    system: str = "AISystem"
    victim: str = "NaturalPerson"
    placed_by: str = DEFENDANT

    def show(self, cls: str) -> None:
        """State a class, or give the role, of the defendant in relation to the harm."""
        if is_class(cls):
            self.stated.append({"is": cls, "of": DEFENDANT, "about": HARM})
        else:
            self.roles.add(cls)

    def data(self) -> dict[str, Any]:
        parties: dict[str, Any] = {
            DEFENDANT: {"id": DEFENDANT, "type": "Organisation"},
            VICTIM: {"id": VICTIM, "type": self.victim},
        }
        artefacts: dict[str, Any] = {SYSTEM: {"id": SYSTEM, "type": self.system}}
        events: list[dict[str, Any]] = []
        stated, placed = list(self.stated), TODAY
        if self.placed_by != DEFENDANT:
            parties[self.placed_by] = {"id": self.placed_by, "type": "Organisation"}
        for period in values(node(self.theory), "hasPlacementPeriod"):
            if "ContestedPeriod" not in kinds(period):
                days = dates(period, "appliesFrom") or dates(period, "appliesUntil")
                placed = days[0]
                events.append(
                    {
                        "id": "placing-on-market",
                        "type": "PlacingOnMarket",
                        "by": self.placed_by,
                        "of": SYSTEM,
                        "under_name": self.placed_by,
                        "on": placed,
                        "where": "DE",
                    }
                )
        for role in sorted(self.roles):
            act = conferring(role)
            if act is not None:
                events.append({"id": f"act-{len(events)}", "type": act, "by": DEFENDANT, "of": SYSTEM})
                continue
            for name, records in enacted(role, placed).items():
                if name == "parties":
                    parties |= {r["id"]: {**parties.get(r["id"], {}), **r} for r in records}
                elif name == "artefacts":
                    artefacts |= {r["id"]: r for r in records}
                elif name == "events":
                    events += records
                elif name == "circumstances":
                    stated += records
        return {
            "answerable": 1,
            "id": "generated",
            "forum": self.forum,
            "as_of": max(self.on, TODAY),
            "standing": "found",
            "positions": self.positions,
            "parties": list(parties.values()),
            "artefacts": list(artefacts.values()),
            "events": events,
            "harms": [
                {
                    "id": HARM,
                    "type": "Harm",
                    "to": VICTIM,
                    "caused_by": [e["id"] for e in events],
                    "through": list(artefacts),
                    "on": self.on,
                }
            ],
            "circumstances": [{**record, "id": f"c-{n}"} for n, record in enumerate(stated)],
        }

    def passes(self, positions: Mapping[str, bool] | None = None) -> Passes:
        return Passes.of(from_data(self.data()), positions=positions)

    def status(self, positions: Mapping[str, bool] | None = None) -> str:
        """The status of the theory against the defendant: established, arguable, open, blocked, or nothing."""
        found = [
            x.status
            for x in self.passes(positions).assessment.liability
            if (x.theory, x.party, x.harm) == (self.theory, DEFENDANT, HARM)
        ]
        return found[0] if found else ""


def enacted(role: str, placed: date) -> dict[str, Any]:
    """The records of a scene that gives a legal role, with the defendant and the system in it."""
    own = ROLES.get(role)
    scene = own if own is not None else (SCENES["roles"].get(role) or [None])[0]
    assert scene is not None, f"no act confers {role}, and no scene gives it"
    matters = [r["id"] for r in scene.get("events", ()) if r["id"] == "matter"]
    swap = {"bearer": DEFENDANT, "person": VICTIM, "matter": "processing" if matters else SYSTEM}
    days = {"day": TODAY, "placed": placed}

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(v) for v in value]
        if isinstance(value, dict):
            return {k: days.get(v, put(v)) if k == "on" else v if k == "type" else put(v) for k, v in value.items()}
        return swap.get(value, value) if isinstance(value, str) else value

    return {section: put(records) for section, records in scene.items() if section != "gives"}


def established(theory: str, without: Iterable[str] = (), read: str | None = None, defence: str | None = None) -> Scene:
    """The smallest scene of a theory; without some elements, or with one met through a contested reading.

    Args:
        without: ids of elements that nothing shows, not even what shows another element.
        read: id of the contested reading through which its element is met.
        defence: id of a defence that the defendant must be able to raise.
    """
    subject = node(theory)
    scene = Scene(theory, forum=names(subject, "hasForum")[0], on=day_of(subject))
    kept = {a for e in elements(theory) if key(e) not in without for a in names(e, "hasAlternative")}
    left_out = {a for e in elements(theory) if key(e) in without for a in names(e, "hasAlternative")}
    left_out |= {a for e in elements(theory) if key(e) in without for a in shows(e) if a not in kept}
    if read is not None:
        left_out |= {a for e in elements(theory) if read in names(e, "hasContestedReading") for a in shows(e)}
        left_out -= set(names(node(read), "hasAlternative"))

    def allowed(options: Iterable[str]) -> list[str]:
        return [o for o in options if not is_class(o) or left_out.isdisjoint(vocabulary().supers[o] | {o})]

    special = SPECIAL.get(defence or next(iter(without), ""), {})
    scene.roles.add(special.get("role") or simplest(names(subject, "isAvailableAgainst")))
    scene.positions = {name: answer == "yes" for name, answer in special.get("positions", {}).items()}
    gates = names(subject, "comesIntoPlayWith")
    for gate in sorted(allowed(gates), key=lambda g: g in tested(theory))[:1]:
        if gate != "Harm" and special.get("gate") != "none":
            scene.stated.append({"is": gate, "of": SYSTEM, "about": HARM})
    for element in elements(theory):
        readings = {key(r): r for r in values(element, "hasContestedReading")}
        if key(element) in without or not kinds(element) & {"RequiredElement", "DerivativeElement"}:
            continue
        if read in readings:
            scene.show(names(readings[read], "hasAlternative")[0])
        elif alternatives := allowed(names(element, "hasAlternative")):
            scene.show(special.get("role") if special.get("role") in alternatives else simplest(alternatives))
    scene.system, scene.victim, scene.placed_by = (
        special.get(name, default)
        for name, default in (("system", "AISystem"), ("victim", "NaturalPerson"), ("placed_by", DEFENDANT))
    )
    return scene


@cache
def tested(theory: str) -> frozenset[str]:
    """The classes that show an element of a theory or a condition of a presumption of it."""
    supplied = (p for e in elements(theory) for p in presumptions(key(e)))
    return frozenset(c for e in elements(theory) for c in shows(e)) | {
        c for p in supplied for c in names(p, "hasCondition")
    }


def presumptions(element: str) -> list[Term]:
    return sorted(knowledge().index.subjects(ans("presumesElement"), node(element)))


def shows(element: Term) -> set[str]:
    """What would meet an element: its alternatives, and the classes of its contested readings."""
    readings = values(element, "hasContestedReading")
    return {*names(element, "hasAlternative"), *(a for r in readings for a in names(r, "hasAlternative"))}


def day_of(theory: Term) -> date:
    """A day on which the theory can govern a harm."""
    periods = values(theory, "hasConductPeriod")
    days = [first for period in periods for first in dates(period, "appliesFrom")]
    last = [end for period in periods for end in dates(period, "appliesUntil")]
    if last:
        return min(last)
    return max([TODAY, *days])


def day_before(theory: Term) -> date | None:
    """The last day before the theory governs anything, if it has a first one."""
    days = [first for p in values(theory, "hasConductPeriod") for first in dates(p, "appliesFrom")]
    return min(days) - timedelta(days=1) if days else None


def bars(theory: str) -> dict[str, str]:
    """Full bars of a theory, each with a forum that knows both."""
    found = {}
    forums = names(node(theory), "hasForum")
    for defence in values(node(theory), "hasDefence"):
        if "FullBar" in kinds(defence):
            theirs = names(defence, "hasForum")
            both = [f for f in forums if within(f, theirs)] + [f for f in theirs if within(f, forums)]
            if both:
                found[key(defence)] = both[0]
    return found


@cache
def above(code: str) -> frozenset[str]:
    place = iri(f"https://w3id.org/answerable/jurisdiction/{code}")
    return frozenset({code, *(key(j) for j in knowledge().index.objects(place, ans("isWithin")))})


def within(forum: str, places: Iterable[str]) -> bool:
    return not above(forum).isdisjoint(places)


def raised(theory: str, defence: str, without: Iterable[str] = ()) -> Scene:
    """The theory established, in a forum that knows the defence, and every condition of the defence shown."""
    scene = established(theory, without=without, defence=defence)
    scene.forum = bars(theory).get(defence, scene.forum)
    for condition in values(defence_node(defence), "hasCondition"):
        alternatives = names(condition, "hasAlternative") or [key(condition)]
        held = [a for a in alternatives if a in scene.roles or any(s["is"] == a for s in scene.stated)]
        if not held:
            scene.show(simplest(alternatives))
    return scene


def simplest(alternatives: list[str]) -> str:
    """The alternative that a record can show most simply: a class, else a role that an act or a scene gives."""
    given = [a for a in ROLES if a in alternatives]
    given += [a for a in alternatives if conferring(a) or a in SCENES["roles"]]
    return next((a for a in alternatives if is_class(a)), (given or alternatives)[0])


def defence_node(defence: str) -> Term:
    here = node(defence)
    return here if knowledge().types(here) else iri(f"https://w3id.org/answerable/law/{defence}")
