"""Puts our answer to each scenario beside the labels of its set, and a verdict to each difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

import answerable
from answerable.assessment import Assessment

from .adapters import HERE, SETS, TABLE, Scenario, aiacc, case, davidath, read

FOLDERS = {"davidath": "davidath_ai_act_bench", "aiacc": "aiacc_testcases"}
READERS: dict[str, Callable[[], Iterator[Scenario]]] = {"davidath": davidath, "aiacc": aiacc}
LEVELS = ("minimal", "limited", "high", "prohibited")
PROHIBITION, TRANSPARENCY = re.compile(r"AIA_5_1_"), re.compile(r"AIA_50_[1-4]")
OF_THE_ACT = re.compile(r"AIA_(\d+[a-z]?)_")
UNREAD, BINDING, OPEN, NO_DUTY = "unread", "binding", "open", "no duty"


@dataclass(frozen=True)
class Answer:
    """What an assessment says of a scenario, in the terms that the sets use."""

    scope: str
    roles: tuple[str, ...]
    level: str
    grounds: tuple[str, ...]
    model: tuple[str, ...]
    binding: frozenset[str]
    open: frozenset[str]

    def duty(self, article: str) -> str:
        return BINDING if article in self.binding else OPEN if article in self.open else NO_DUTY


@dataclass(frozen=True)
class Comparison:
    """One label against one answer; the text is for the verdicts to look at, and is never printed."""

    set: str
    id: str
    aspect: str
    label: str
    ours: str
    roles: str = ""
    grounds: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    @property
    def agrees(self) -> bool:
        return self.label == self.ours

    def __str__(self) -> str:
        return f"{self.set} {self.id} {self.roles} {self.aspect}: {self.label} / {self.ours} {' '.join(self.grounds)}"


@dataclass(frozen=True)
class Verdict:
    """Which side the text of the Act supports, in each difference of a kind."""

    number: int
    when: dict[str, Any]
    supports: str
    provision: str
    reason: str

    def judges(self, one: Comparison) -> bool:
        for key, wanted in self.when.items():
            if key == "ids":
                if one.id not in wanted:
                    return False
            elif key == "ground":
                if not any(re.fullmatch(wanted, ground) for ground in one.grounds):
                    return False
            elif key == "text":
                if not re.search(wanted, one.text):
                    return False
            elif not re.fullmatch(str(wanted), getattr(one, key)):
                return False
        return True


@dataclass
class Result:
    """All comparisons of one set."""

    set: str
    scenarios: int = 0
    unread: list[str] = field(default_factory=list)
    compared: list[Comparison] = field(default_factory=list)

    @property
    def differing(self) -> list[Comparison]:
        return [one for one in self.compared if not one.agrees]


def is_there(name: str) -> bool:
    """Whether a set is on this machine."""
    return (SETS / FOLDERS[name]).is_dir()


@cache
def verdicts() -> tuple[Verdict, ...]:
    """The verdicts, in their order: the first that fits a difference judges it."""
    entries = yaml.safe_load((HERE / "verdicts.yaml").read_text(encoding="utf-8"))
    return tuple(
        Verdict(number, entry["when"], entry["supports"], entry["provision"], entry["reason"])
        for number, entry in enumerate(entries, 1)
    )


def verdict(one: Comparison) -> Verdict | None:
    """The verdict on a difference."""
    return next((v for v in verdicts() if v.judges(one)), None)


@cache
def result(name: str) -> Result:
    """A set, read and compared."""
    found = Result(name)
    for scenario in READERS[name]():
        found.scenarios += 1
        is_read = scenario.artefact != "AISystem" or read(scenario.text).read
        if not is_read:
            found.unread.append(scenario.id)
        mine = answer(scenario, answerable.assess(case(scenario)))
        found.compared += comparisons(scenario, mine, is_read)
    return found


def answer(scenario: Scenario, found: Assessment) -> Answer:
    """An assessment in the terms of the sets."""
    mine = [o for o in found.obligations if o.bearer == "organisation"]
    words = {role: word for table in ("roles", "gpai_roles") for word, role in TABLE[table].items()}
    held = {r.role for r in found.roles if r.party == "organisation" and r.artefact == "system" and r.role in words}
    left_out = {r.norm for r in found.rules if r.bearer == "organisation" and r.status == "applicable"}
    binding = {article(o.norm) for o in mine if o.status == "binding"} - {None}
    level, grounds = level_of(found)
    model: tuple[str, ...] = ()
    if scenario.artefact == "GPAIModel":
        level, grounds = "no level", ()
        model = ("gpai", *(("systemic-risk",) if "55" in binding else ()))
    return Answer(
        scope="within" if held and not left_out & set(TABLE["outside"]) else "outside",
        roles=tuple(sorted(words[role] for role in held)),
        level=level,
        grounds=grounds,
        model=model,
        binding=frozenset(a for a in binding if a),
        open=frozenset(a for o in mine if o.status == "open" and (a := article(o.norm))) - binding,
    )


def article(norm: str) -> str | None:
    """The article of the Act that a norm is of."""
    found = OF_THE_ACT.match(norm)
    return found.group(1) if found else None


def level_of(found: Assessment) -> tuple[str, tuple[str, ...]]:
    """The level, as `lowest to highest` where the facts allow more than one, and the norms and classes that decide."""
    norms = {status: {o.norm for o in found.obligations if o.status == status} for status in (BINDING, OPEN)}
    within = [c for c in found.classifications if c.artefact == "system" and getattr(c, "status", "within") == "within"]
    reached = {
        "prohibited": {n for n in norms[BINDING] if PROHIBITION.match(n)},
        "high": {c.class_ for c in within if c.class_.endswith("HighRiskAISystem")},
        "limited": {n for n in norms[BINDING] if TRANSPARENCY.match(n)},
    }
    possible = {
        "prohibited": {n for n in norms[OPEN] if PROHIBITION.match(n)},
        "high": norms[OPEN] & {"AIA_9_1"},
        "limited": {n for n in norms[OPEN] if TRANSPARENCY.match(n)},
    }
    lowest = next((name for name in reversed(LEVELS) if reached.get(name)), LEVELS[0])
    above = [name for name in LEVELS[LEVELS.index(lowest) + 1 :] if possible.get(name)]
    grounds = (*sorted(reached.get(lowest, ())), *(f"{ground}?" for name in above for ground in sorted(possible[name])))
    return f"{lowest} to {above[-1]}" if above else lowest, grounds


def comparisons(scenario: Scenario, mine: Answer, is_read: bool) -> Iterator[Comparison]:
    """One comparison for each label that the set gives; for articles, one each."""
    labels, roles = scenario.labels, " + ".join(scenario.labels.get("roles") or ())

    def compare(aspect: str, label: str, ours: str, grounds: tuple[str, ...] = ()) -> Comparison:
        return Comparison(scenario.set, scenario.id, aspect, label, ours, roles, grounds, scenario.text)

    if labels.get("scope"):
        yield compare("scope", labels["scope"], mine.scope)
    if roles:
        aspect = "role" if scenario.stated_deeds else "role of the deed"
        yield compare(aspect, roles, " + ".join(mine.roles) or "none")
    if labels.get("level"):
        level, grounds = (mine.level, mine.grounds) if is_read else (UNREAD, ())
        yield compare("level", labels["level"], level, grounds)
    if labels.get("model"):
        yield compare("model", " + ".join(labels["model"]), " + ".join(mine.model) or "none")
    if labels.get("articles") and is_read:
        listed = {str(number) for number in labels["articles"]}
        for number in sorted(listed | mine.binding):
            yield compare(
                f"Article {number}", BINDING if number in listed else NO_DUTY, mine.duty(number), (mine.level,)
            )
