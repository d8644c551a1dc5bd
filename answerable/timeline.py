"""What another day changes, and the coming days on which a case's duties change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from answerable.assess import Passes
from answerable.assessment import Assessment
from answerable.cases import Case
from answerable.engine import knowledge
from answerable.terms import ans, is_literal, lexical

SECTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "accountable": (("party", "harm", "kind"), "standing"),
    "roles": (("party", "role", "artefact"), "standing"),
    "classifications": (("artefact", "class_"), "standing"),
    "obligations": (("bearer", "norm", "about"), "status"),
    "rules": (("bearer", "norm", "about"), "status"),
    "conflict_of_laws": (("harm", "kind", "country", "rule", "party"), "standing"),
    "liability": (("party", "theory", "harm"), "status"),
    "voids": (("void",), "standing"),
}
"""Sections of an assessment that are compared, with the keys of an entry and the value that may change."""
DUTIES = ("obligations", "rules")
STARTS = ("appliesFrom", "defersTo", "placedBefore", "isInForceFrom")
ENDS = ("appliesUntil",)
"""Last days: the change comes on the day after."""


def changes(before: Assessment, after: Assessment, sections: Iterable[str] = SECTIONS) -> list[dict[str, Any]]:
    """What differs between two assessments of one case: an entry without a value is not there."""
    found: list[dict[str, Any]] = []
    for section in sections:
        keys, value = SECTIONS[section]
        old = {tuple(getattr(x, k) for k in keys): getattr(x, value) for x in getattr(before, section)}
        new = {tuple(getattr(x, k) for k in keys): getattr(x, value) for x in getattr(after, section)}
        for what in sorted({*old, *new}, key=str):
            if old.get(what) != new.get(what):
                named = dict(zip((k.rstrip("_") for k in keys), what, strict=True))
                found.append({"section": section, **named, "before": old.get(what), "after": new.get(what)})
    return found


@dataclass(frozen=True)
class Turn:
    """A day on which duties change, and how; ``labels`` names the ids."""

    day: date
    changes: list[dict[str, Any]]
    labels: Mapping[str, str]


def calendar(
    case: Case | str | Path,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> list[Turn]:
    """The days after the day of the question on which this case's duties change, as far as the law is known by then.

    Raises:
        InputError: as ``assess``.
    """
    first = Passes.of(case, as_of, positions, known_on)
    before, turns = first.assessment, []
    for day in coming(first.case, first.as_of):
        after = Passes.of(first.case, day, positions, first.known_on).assessment
        found = changes(before, after, DUTIES)
        if found:
            turns.append(Turn(day, found, {**before.labels, **after.labels}))
        before = after
    return turns


def coming(case: Case, as_of: date) -> list[date]:
    """Every day after the given one on which the law or the record may change."""
    days: set[date] = set()
    for names, more in ((STARTS, timedelta()), (ENDS, timedelta(days=1))):
        for name in names:
            terms = {o for objects in knowledge().index.table(ans(name))[0].values() for o in objects}
            days |= {date.fromisoformat(lexical(t)) + more for t in terms if is_literal(t)}
    for record in case.records():
        on, until = getattr(record, "on", None), getattr(record, "until", None)
        days |= {on} if on else set()
        days |= {until + timedelta(days=1)} if until else set()
    return sorted(day for day in days if day > as_of)
