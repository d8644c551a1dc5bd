"""A change laid over a case, and what it does to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from answerable.assess import Passes
from answerable.assessment import Assessment
from answerable.casefile import from_data, load, plain, read_map
from answerable.cases import SECTIONS, Case
from answerable.errors import InputError
from answerable.timeline import changes

NAMELESS = (("is", "of", "about"), ("norm", "by", "of"))
"""What records that need no id are named by: circumstances and conduct."""
KEYS = ("remove", "positions", "as_of", "forum", "standing")


@dataclass(frozen=True)
class Difference:
    """The answer before and after a change."""

    before: Assessment
    after: Assessment

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Entry by entry: what it was, and what it is; a value that is missing was or is not there."""
        return changes(self.before, self.after)


def what_if(
    case: Case | str | Path,
    change: str | Path,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
    known_on: date | None = None,
) -> Difference:
    """The answer of a case, and that of the case with a change laid over it.

    Args:
        change: the path of a YAML file with the sections of a case file. A record that the case has changes the
            keys that it states; another is added; ``remove`` lists ids that go; ``positions``, ``as_of``, ``forum``
            and ``standing`` take the place of the case's own.

    Raises:
        InputError: for a file that cannot be read, an unknown key, or a change that gives no sound case.
    """
    loaded = case if isinstance(case, Case) else load(case)
    after = overlaid(loaded, Path(change))
    day = as_of or (after.as_of if after.as_of != loaded.as_of else None)
    before = Passes.of(loaded, as_of, positions, known_on).assessment
    return Difference(before, Passes.of(after, day, positions, known_on).assessment)


def overlaid(case: Case, change: Path) -> Case:
    """The case with a change laid over it."""
    over, data = read_map(change), plain(case)
    for key in over:
        if key not in SECTIONS and key not in KEYS:
            raise InputError(str(change), key, "an unknown key", f"one of {', '.join((*SECTIONS, *KEYS))}")
    gone = over.get("remove") or []
    if not isinstance(gone, list):
        raise InputError(str(change), "remove", str(gone), "a list of ids")
    known = {record.id for record in case.records()}
    for name in gone:
        if name not in known:
            raise InputError(str(change), "remove", str(name), "the id of a record of the case")
    for section in SECTIONS:
        records = _without(data.get(section) or [], set(gone))
        added = over.get(section) or []
        if not isinstance(added, list) or not all(isinstance(r, Mapping) for r in added):
            raise InputError(str(change), section, str(added), "a list of records")
        for record in added:
            own = next((r for r in records if _is_the_same(r, record)), None)
            if own is None:
                records.append(dict(record))
            else:
                own.update(record)
        data[section] = records
    for key in KEYS[1:]:
        if key in over:
            data[key] = {**data.get(key, {}), **over[key]} if key == "positions" else over[key]
    data["expect"] = []
    return from_data(data, str(change))


def _is_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a record of a change is one of the case: by its id, or by what it says where it needs none."""
    if "id" in other:
        return bool(one.get("id") == other["id"])
    return any(all(one.get(k) == other.get(k) for k in keys) for keys in NAMELESS if keys[0] in other)


def _without(value: Any, gone: set[str]) -> Any:
    """Maps and lists without the records of these ids, at any depth."""
    if isinstance(value, list):
        return [_without(v, gone) for v in value if not (isinstance(v, Mapping) and v.get("id") in gone)]
    if isinstance(value, Mapping):
        return {k: _without(v, gone) for k, v in value.items()}
    return value
