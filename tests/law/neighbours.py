"""Reads the neighbour cases that stand beside the norms: a shared case, and what each neighbour adds or leaves out."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from answerable import rooms
from answerable.casefile import from_data
from answerable.cases import SECTIONS, Case

ROOT = rooms.room("data") / "law"
FILES = sorted(ROOT.rglob("*.neighbours.yaml"))
KINDS = {"positive", "negative", "unknown", "before"}
KEYS = {"kind", "name", "with", "without", "as_of", "positions", "expect"}


class TextLoader(yaml.SafeLoader):
    """YAML whose scalars are text, as in a case file: `on` is a key and NO a country."""


TextLoader.yaml_implicit_resolvers = {}


@dataclass(frozen=True)
class Neighbour:
    """One small case, with the one thing that is expected of it."""

    path: Path
    kind: str
    name: str
    case: Case

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix().removesuffix('.neighbours.yaml')}: {self.kind}: {self.name}"


def neighbours(path: Path) -> list[Neighbour]:
    """The neighbours of one file."""
    content = yaml.load(path.read_text(encoding="utf-8"), TextLoader)
    assert set(content) == {"case", "neighbours"}, f"{path}: expected the keys case and neighbours"
    return [_neighbour(path, content["case"], entry, n) for n, entry in enumerate(content["neighbours"], 1)]


def _neighbour(path: Path, shared: dict[str, Any], entry: dict[str, Any], number: int) -> Neighbour:
    place = f"{path} neighbour {number} ({entry.get('name')})"
    assert set(entry) <= KEYS and {"kind", "name", "expect"} <= set(entry), f"{place}: keys are {sorted(KEYS)}"
    assert entry["expect"], f"{place} expects nothing"
    data = copy.deepcopy(shared)
    for gone in entry.get("without") or ():
        found = [(s, r) for s in SECTIONS for r in data.get(s, []) if r.get("id") == gone]
        assert found, f"{place}: no record {gone} to leave out"
        for section, record in found:
            data[section].remove(record)
    for section, records in (entry.get("with") or {}).items():
        assert section in SECTIONS, f"{place}: no section {section}"
        data.setdefault(section, []).extend(copy.deepcopy(records))
    stem = re.sub(r"[^a-z0-9]+", "-", path.relative_to(ROOT).as_posix().removesuffix(".neighbours.yaml").lower())
    data |= {"answerable": "1", "id": f"{stem}-{number}", "expect": [copy.deepcopy(entry["expect"])]}
    data |= {key: entry[key] for key in ("as_of", "positions") if key in entry}
    return Neighbour(path, entry["kind"], entry["name"], from_data(data, place))
