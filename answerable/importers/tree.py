"""A JSON file as a tree whose nodes know their place (a JSON pointer), read with the types that a format promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from answerable.check import says
from answerable.importers.source import Found, Source
from answerable.importers.words import excerpt
from answerable.report import spaced

_SHOWN = 60
UNSAID = {"contact", "individual", "author", "authors", "ref", "bom-ref", "spdxId", "@id", "creationInfo", "content"}
"""Keys under which formats keep persons, references and attachments: no words to pass on."""
NOTHING = {"noassertion", "none"}
"""What SPDX writes where nothing is said."""


class Node:
    """A value and its place."""

    def __init__(self, source: Source, value: Any, place: str = "") -> None:
        self.source, self.value, self.place = source, value, place

    def wrong(self, expected: str, hint: str = "") -> Exception:
        shown = f"{self.value!r:.{_SHOWN}}"
        found = "an object" if isinstance(self.value, dict) else "a list" if isinstance(self.value, list) else shown
        return self.source.wrong(self.place or "/", found, expected, hint)

    def get(self, key: str) -> Node | None:
        """What an object has under a key; nothing if it has nothing or null there."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        value = self.value.get(key)
        escaped = key.replace("~", "~0").replace("/", "~1")
        return None if value is None else Node(self.source, value, f"{self.place}/{escaped}")

    def members(self, key: str) -> list[Node]:
        """The members of a list; none where there is no such key."""
        node = self.get(key)
        if node is None:
            return []
        if not isinstance(node.value, list):
            raise node.wrong("a list")
        return [Node(self.source, value, f"{node.place}/{n}") for n, value in enumerate(node.value)]

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        node = self.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            raise node.wrong("a text")
        return node.value.strip()

    def one_or_more(self, key: str) -> list[Node]:
        """What stands under a key, once or as a list."""
        node = self.get(key)
        return [] if node is None else self.members(key) if isinstance(node.value, list) else [node]

    def walk(self, path: list[str]) -> Iterator[Node]:
        """Every node that a dotted path leads to, through lists."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield from Node(self.source, value, f"{self.place}/{number}").walk(path)
        elif not path:
            yield self
        elif isinstance(self.value, dict) and (inner := self.get(path[0])) is not None:
            yield from inner.walk(path[1:])

    def found(self, field: str) -> list[Found]:
        """What a field says, in words, with places."""
        return [(excerpt(node.words()), node.place) for node in self.walk(field.split("."))]

    def words(self) -> str:
        """The value as a person would write it; of an object, what says something, else its first words."""
        value = self.value
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dict):
            inner = [
                (key, Node(self.source, v).words())
                for key, v in value.items()
                if v not in (None, "", [], {}) and key not in UNSAID
            ]
            saying = [f"{_spaced(key)}: {text}" for key, text in inner if says(text)]
            return "; ".join(saying) if saying else next((text for _, text in inner if text), "")
        if isinstance(value, list):
            return ", ".join(text for v in value if (text := Node(self.source, v).words()))
        return "" if value is None or str(value).lower() in NOTHING else str(value)


def _spaced(key: str) -> str:
    key = key.rsplit("_", 1)[-1] if re.match(r"[a-z]+_[a-z]", key) else key
    return spaced(key.lstrip("@")).lower()


def root(source: Source) -> Node:
    """The file, which must be an object."""
    node = Node(source, source.json)
    if not isinstance(node.value, dict):
        raise node.wrong(f"an object: a {source.kind} file")
    return node
