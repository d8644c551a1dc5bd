"""The AI Vulnerability Database: one JSON file a record, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from answerable.errors import InputError
from answerable.identities import plain
from answerable.importers.incidents import Incident, Skipped, Table

_ID = re.compile(r"AVID-[0-9]{4}-[VR][0-9]{1,12}")


def read(table: Table) -> Sequence[Callable[[], Incident | Skipped]]:
    """The records, each read when it is called; in a folder, a file that cannot be read is skipped.

    Raises:
        InputError: naming the place, for a single file that is no record, and for a folder without JSON.
    """
    if not table.path.is_dir():
        found = _loaded(table, table.source.json)
        if isinstance(found, Skipped):
            raise table.source.wrong("/", found.reason, "a record of the AI Vulnerability Database")
        return [lambda: found]
    paths = sorted(table.path.glob("*.json"))
    if not paths:
        raise InputError(str(table.path), "", "no file that ends in .json", "a folder of AVID records")
    return [lambda path=path: _file(Table(table.kind, path)) for path in paths]  # type: ignore[misc]


def _file(table: Table) -> Incident | Skipped:
    try:
        loaded = table.source.json
    except InputError as error:
        return Skipped(table.path.name, f"a file that cannot be read: expected {error.expected}")
    return _loaded(table, loaded)


def _loaded(table: Table, record: Any) -> Incident | Skipped:
    place = table.path.name
    if not isinstance(record, dict) or record.get("data_type") != table.settings["data_type"]:
        return Skipped(place, "no record with the data_type AVID")
    metadata, affects = record.get("metadata"), record.get("affects")
    number = metadata.get("vuln_id") if isinstance(metadata, dict) else None
    if not isinstance(number, str) or not _ID.fullmatch(number):
        return Skipped(place, "no number of a record")
    if not isinstance(affects, dict):
        return Skipped(place, "nothing that it affects")
    lists = {key: affects.get(key) or [] for key in ("developer", "deployer", "artifacts")}
    given = lists["artifacts"] if isinstance(lists["artifacts"], list) else [None]
    artefacts: list[Any] = [a.get("name") if isinstance(a, dict) else None for a in given]
    texts = [lists["developer"], lists["deployer"], artefacts]
    if not all(isinstance(found, list) and all(isinstance(name, str) for name in found) for found in texts):
        return Skipped(place, "parties or artefacts that are no lists of names")
    # A record often names the system where its deployer is asked for.
    systems = {plain(name) for name in artefacts}
    deployers = tuple(name for name in lists["deployer"] if plain(name) not in systems)
    return Incident(
        number,
        deployers=deployers,
        developers=tuple(lists["developer"]),
        systems=tuple(artefacts),
        happened=False,
    )
