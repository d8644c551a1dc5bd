"""Documents that people already have, read as cases: what is found is stated with its place, what is absent is unknown.

Which field of a kind of file answers which documentation item is data: `data/imports/<kind>.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from answerable.cases import Case
from answerable.errors import InputError
from answerable.importers.source import Source

KINDS = ("model-card", "spdx", "cyclonedx", "croissant", "fmti")
INCIDENT_KINDS = ("aiid", "aiaaic", "ai-incident-law", "avid")
"""Tables of incidents: `answerable.importers.incidents.portfolio` makes a folder of cases of one."""


def read(kind: str, path: Path, profiles: Sequence[str] = ()) -> list[Case]:
    """The cases that a file describes; most kinds of file describe one.

    Args:
        kind: one of `KINDS`.
        path: the file.
        profiles: the dossiers to fill; by default, those that this kind of file has a mapping for.

    Raises:
        InputError: for an unknown kind or profile, and for a file that is not what the kind says.
    """
    if kind not in KINDS:
        hint = "incidents (" + ", ".join(INCIDENT_KINDS) + ") are imported into a folder: answerable import, with --out"
        raise InputError("import", "", kind, "one of " + ", ".join(KINDS), hint)
    module = import_module(f"answerable.importers.{kind.replace('-', '_')}")
    cases: list[Case] = module.read(Source(kind, path, profiles))
    return cases
