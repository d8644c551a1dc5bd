"""The AI Incident Database: incidents.csv, and the kinds of harm from the classifications beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from answerable.importers.incidents import Incident, Skipped, Table, day, kinds

_LISTS = ("deployers", "developers", "harmed")


def read(table: Table) -> Sequence[Callable[[], Incident | Skipped]]:
    """The records of the table, each read when it is called.

    Raises:
        InputError: naming the row, for a table that is none of incidents or is cut short.
    """
    rows = table.rows
    if not rows:
        raise table.source.wrong("", "nothing", f"the columns {', '.join(table.settings['columns'].values())}")
    columns = table.header(rows[0][1], 1, table.settings["columns"])
    annotated = _annotated(table)
    width, seen = len(rows[0][1]), set[str]()
    return [
        lambda n=number, row=row: _record(n, row, width, columns, annotated, seen)  # type: ignore[misc]
        for number, row in rows[1:]
        if row
    ]


def _record(
    number: int, row: list[str], width: int, columns: dict[str, int], annotated: dict[str, Any], seen: set[str]
) -> Incident | Skipped:
    place = f"row {number}"
    if len(row) != width:
        return Skipped(place, "more or fewer columns than the header has")
    said = {key: row[column].strip() for key, column in columns.items()}
    if not re.fullmatch("[0-9]{1,12}", said["id"]):
        return Skipped(place, "no number of an incident")
    if said["id"] in seen:
        return Skipped(place, "a number that another record has")
    seen.add(said["id"])
    on = day(said["day"])
    if on is None and said["day"]:
        return Skipped(place, "a date that is no day written YYYY-MM-DD")
    try:
        deployers, developers, harmed = (_slugs(said[key]) for key in _LISTS)
    except ValueError:
        return Skipped(place, "parties that are no list of names in JSON")
    harms, came = annotated.get(said["id"], ((), None))
    return Incident(said["id"], on, deployers=deployers, developers=developers, harmed=harmed, harms=harms, came=came)


def _slugs(text: str) -> tuple[str, ...]:
    try:
        loaded = json.loads(text) if text else []
    except RecursionError:
        raise ValueError from None
    if not isinstance(loaded, list) or not all(isinstance(name, str) for name in loaded):
        raise ValueError
    "".join(loaded).encode()  # half of a character cannot be written
    return tuple(loaded)


def _annotated(table: Table) -> dict[str, tuple[tuple[str, ...], bool | None]]:
    """The kinds of harm, and whether harm came, by the number of the incident; as far as the annotators agree."""
    found: dict[str, tuple[tuple[str, ...], bool | None]] = {}
    for entry in table.settings["classifications"]:
        other = table.beside(entry["file"])
        if other is None:
            continue
        rows = other.rows
        conditions = [entry.get(key, {}) for key in ("only", "harm_came", "harm_did_not_come")]
        wanted = [
            entry["id"],
            *(c for tests in conditions for c in tests),
            *entry.get("kinds", {}),
            *entry.get("counts", {}),
        ]
        columns = other.header(rows[0][1] if rows else [], 1, {name: name for name in wanted})
        said: dict[str, list[tuple[tuple[str, ...], bool | None]]] = {}
        for _, row in rows[1:]:
            if len(row) != len(rows[0][1]):
                continue
            cell = {name: row[column].strip() for name, column in columns.items()}
            only, came, near = (tests and all(cell[c] in values for c, values in tests.items()) for tests in conditions)
            if only:
                harms = _kinds(entry, cell) if came else ()
                said.setdefault(cell[entry["id"]], []).append((harms, True if came else False if near else None))
        for number, answers in said.items():
            if len(set(answers)) == 1 and answers[0] != ((), None):
                harms, came = found.get(number, ((), None))
                more, also = answers[0]
                # Two annotations that contradict each other leave it open.
                open_ = came is not None and also is not None and came != also
                found[number] = (
                    () if open_ else tuple(dict.fromkeys((*harms, *more))),
                    None if open_ else also if came is None else came,
                )
    return found


def _kinds(entry: dict[str, Any], cell: dict[str, str]) -> tuple[str, ...]:
    said = [
        kind for column, mapping in entry.get("kinds", {}).items() for kind in kinds(cell[column].split(","), mapping)
    ]
    numbers = entry.get("counts", {}).items()
    counted = [kind for column, kind in numbers if re.fullmatch("[0-9]+", cell[column]) and cell[column].strip("0")]
    return tuple(dict.fromkeys((*said, *counted)))
