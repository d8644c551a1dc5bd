"""The AIAAIC Repository: the CSV, whose columns are named in the second of three rows, or the JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from answerable.importers.incidents import Incident, Skipped, Table, kinds, year

_ID = re.compile(r"AIAAIC[0-9]{1,12}")


def read(table: Table) -> Sequence[Callable[[], Incident | Skipped]]:
    """The records of the table, each read when it is called.

    Raises:
        InputError: naming the row or the place, for a file that is none of the repository.
    """
    seen: dict[str, str] = {}
    if table.source.text.lstrip().startswith(("[", "{")):
        entries = table.source.json
        if not isinstance(entries, list):
            raise table.source.wrong("/", "an object", "a list of incidents")
        return [lambda n=n, e=entry: _entry(table, n, e, seen) for n, entry in enumerate(entries)]  # type: ignore[misc]
    said, rows = table.settings, table.rows
    first = int(said["header_rows"])
    if len(rows) < first:
        raise table.source.wrong("row 1", f"{len(rows)} rows", f"{first} rows of headers, and one an incident")
    names = rows[int(said["names_row"]) - 1]
    columns = table.header(names[1], names[0], said["columns"])
    harms = table.header(rows[first - 1][1], first, {name: name for name in said["under_harms"]})
    width = len(names[1])
    if len(rows[first - 1][1]) != width:
        found = f"{len(rows[first - 1][1])} columns"
        raise table.source.wrong(f"row {first}", found, f"{width}, as in row {names[0]}")
    return [
        lambda n=number, row=row: _row(table, n, row, width, columns, [*harms.values()], seen)  # type: ignore[misc]
        for number, row in rows[first:]
    ]


def _row(
    table: Table,
    number: int,
    row: list[str],
    width: int,
    columns: dict[str, int],
    harms: list[int],
    seen: dict[str, str],
) -> Incident | Skipped:
    place = f"row {number}"
    if not any(cell.strip() for cell in row):
        return Skipped(place, "an empty row", read=False)
    if len(row) != width:
        return Skipped(place, "more or fewer columns than the header has")
    said = {key: row[column].strip() for key, column in columns.items()}
    if not any(cell.strip() for n, cell in enumerate(row) if n != columns["id"]):
        return Skipped(place, "a row with a number alone", read=False)
    again = _again(place, said["id"], said["title"], seen)
    if again is not None:
        return again
    labels = [label for column in harms for label in re.split("[;,]", row[column])]
    systems = re.split("[;/]", said["systems"])
    return _incident(table, said, [said["deployers"]], [said["developers"]], systems, labels)


def _entry(table: Table, number: int, entry: Any, seen: dict[str, str]) -> Incident | Skipped:
    place, said = f"/{number}", table.settings["json"]
    if not isinstance(entry, dict):
        return Skipped(place, "an entry that is no object")
    keys = said["keys"]
    values: dict[str, Any] = {key: entry.get(name) for key, name in keys.items() if key != "developers"}
    developers = entry.get(keys["developers"]) or []
    lists = [entry.get(key) or [] for key in said["harms"]]
    if not all(isinstance(value, str) for value in values.values()):
        return Skipped(place, "an entry without a text where one is due")
    if not all(isinstance(found, list) for found in (developers, *lists)):
        return Skipped(place, "an entry without a list where one is due")
    labels = [label for found in lists for label in found]
    if not all(isinstance(name, str) for name in developers) or not all(isinstance(label, dict) for label in labels):
        return Skipped(place, "an entry with a list of something else")
    again = _again(place, values["id"].strip(), values["title"].strip(), seen)
    if again is not None:
        return again
    stated = [str(label.get("label", "")) for label in labels if label.get("source") in said["stated_by"]]
    harms = [part for label in stated for part in re.split("[;,]", label)]
    return _incident(table, values, [values["deployers"]], developers, [], harms)


def _again(place: str, own: str, title: str, seen: dict[str, str]) -> Skipped | None:
    """Why a record is none, by its number and title."""
    if not _ID.fullmatch(own):
        return Skipped(place, "no number of an incident")
    if own in seen:
        if seen[own] == title:
            return Skipped(place, "a row that repeats a number and its title", read=False)
        return Skipped(place, "a number that another record has")
    seen[own] = title
    return None


def _incident(
    table: Table,
    said: dict[str, Any],
    deployers: list[str],
    developers: list[str],
    systems: list[str],
    harms: list[str],
) -> Incident:
    countries = [country.strip() for country in re.split("[;,]", said["where"])]
    return Incident(
        said["id"].strip().removeprefix("AIAAIC"),
        said=year(said["year"]),
        deployers=tuple(deployers),
        developers=tuple(developers),
        systems=tuple(systems),
        harms=kinds(harms, table.settings["kinds"]),
        where=table.codes(countries),
    )
