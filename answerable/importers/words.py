"""Words as an import passes them on, and what a mapping says beyond the fields of its items."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from answerable import rooms
from answerable.casefile import read_yaml

MAX_WORDS = 1_000
"""Longer passages are cut: their place says where the rest stands."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def excerpt(text: str, limit: int = MAX_WORDS) -> str:
    """The text without space around it and control characters in it, cut at a word where it is too long."""
    text = _CONTROL.sub(" ", text).strip()
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut).rstrip() + " ..."


@cache
def settings(kind: str) -> dict[str, Any]:
    """The whole mapping of a kind of file, with what its importer needs to know of the format."""
    path = rooms.room("data") / "imports" / f"{kind}.yaml"
    loaded: dict[str, Any] = read_yaml(path.read_text(encoding="utf-8"), str(path))
    return loaded
