"""AI Incident Law: the matters of data.json, and from the JSON-LD of proceedings beside it where each was heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from answerable.casefile import jurisdictions
from answerable.importers.incidents import Incident, Skipped, Table, day, kinds, year


def read(table: Table) -> Sequence[Callable[[], Incident | Skipped]]:
    """The matters, and the candidates of the other lists as what is skipped, each read when it is called.

    Raises:
        InputError: naming the place, for a file that is none of AI Incident Law.
    """
    said, loaded = table.settings, table.source.json
    lists = loaded.get("datasets") if isinstance(loaded, dict) else None
    if not isinstance(lists, dict) or said["matters"] not in lists:
        raise table.source.wrong("/datasets", "no such list", f"the list {said['matters']} of AI Incident Law")
    forums = _forums(table)
    found: list[Callable[[], Incident | Skipped]] = []
    for name, content in lists.items():
        records = content.get("records") if isinstance(content, dict) else None
        if not isinstance(records, list):
            raise table.source.wrong(f"/datasets/{name}/records", "no list", "a list of records")
        for number, record in enumerate(records):
            place = f"/datasets/{name}/records/{number}"
            if name == said["matters"]:
                found.append(lambda p=place, r=record: _record(table, p, r, forums))  # type: ignore[misc]
            else:
                reason = said["queues"].get(name, "a record of a list that is not known")
                found.append(lambda p=place, r=reason: Skipped(p, r))  # type: ignore[misc]
    return found


def _record(table: Table, place: str, record: Any, forums: dict[str, tuple[str, ...]]) -> Incident | Skipped:
    said = table.settings
    if not isinstance(record, dict):
        return Skipped(place, "an entry that is no object")
    values: dict[str, Any] = {key: record.get(name) for key, name in said["keys"].items()}
    if not all(isinstance(value, str) for value in values.values()):
        return Skipped(place, "an entry without a text where one is due")
    if not re.fullmatch(r"AIEL-[0-9]{4}-[0-9]{1,12}", values["id"]):
        return Skipped(place, "no number of a matter")
    deployers = values["deployers"]
    for word in said["cut_at"]:
        # Within a value of several, only what follows the word is cut.
        deployers = re.sub(rf"{re.escape(word)}[^;/]*", "", deployers)
    systems = re.split(r"[;/,+]| and | \(", values["systems"])
    return Incident(
        values["id"],
        day(values["day"]),
        said="" if day(values["day"]) else year(values["day"]),
        deployers=(deployers,),
        systems=tuple(systems),
        harms=kinds(values["kind"].split(";"), said["kinds"]),
        forum=forums.get(values["id"], ()),
    )


def _forums(table: Table) -> dict[str, tuple[str, ...]]:
    """Where each matter was heard, by its number; nothing where that is in several places, or in none that is known."""
    said = table.settings["proceedings"]
    other = table.beside(table.settings["beside"])
    if other is None:
        return {}
    loaded = other.source.json
    entries = loaded.get(said["list"]) if isinstance(loaded, dict) else None
    if not isinstance(entries, list):
        raise other.source.wrong(f"/{said['list']}", "no list", "a list of proceedings")
    heard: dict[str, set[str]] = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get(said["id"]), str):
            scopes = entry.get(said["where"])
            codes = [code.upper() for code in scopes if isinstance(code, str)] if isinstance(scopes, list) else []
            heard.setdefault(entry[said["id"]], set()).update(codes)
    known = jurisdictions()
    return {own: (*codes,) for own, codes in heard.items() if len(codes) == 1 and all(known.get(c) == c for c in codes)}
