"""Prefixes stand in one place, the JSON-LD context; whatever declares one agrees with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerable import iris, rooms
from answerable.records import prefixes

CONTEXT = prefixes()
DECLARED = re.compile(r"^(?:@prefix|PREFIX)\s+([\w-]+):\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
FILES = [p for room in rooms.ROOMS for suffix in (".ttl", ".rq") for p in rooms.files(room, suffix)]


def test_the_namespaces_of_the_code_are_those_of_the_context() -> None:
    for prefix in ("ans", "law", "doctrine", "jurisdiction", "position", "case"):
        assert getattr(iris, prefix.upper()) == CONTEXT[prefix]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(rooms.root()).as_posix())
def test_a_file_declares_prefixes_as_the_context_does(path: Path) -> None:
    for prefix, iri in DECLARED.findall(path.read_text(encoding="utf-8")):
        assert CONTEXT.get(prefix, iri) == iri, f"{path.name}: {prefix} is {CONTEXT[prefix]}"
