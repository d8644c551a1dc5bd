"""What importers share: reading within limits, the mapping of fields to items, dossiers filled from what was found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from answerable.casefile import from_data, read_text
from answerable.cases import Case
from answerable.dossiers import profile, profiles
from answerable.errors import InputError
from answerable.importers.words import settings

MAX_BYTES = 20_000_000
MAX_DEPTH = 64
MAX_NODES = 1_000_000
_HALF = re.compile("[\ud800-\udfff]")
Found = tuple[str, str]
"""Words that answer an item, and the place in the file where they stand."""


class Source:
    """A file to import: its text, the mapping of its kind, the dossiers to fill from it."""

    def __init__(self, kind: str, path: Path, wanted: Sequence[str] = (), read_on: date | None = None) -> None:
        self.kind = kind
        self.path = Path(path)
        self.read_on = read_on or date.today()
        self.profiles = tuple(wanted) or tuple(name for name in self.mapping if name in profiles())
        for name in self.profiles:
            profile(name)

    @cached_property
    def mapping(self) -> dict[str, dict[str, list[str]]]:
        """The fields that answer each item, by dossier: `{profile: {item: [field, ...]}}`."""
        found: dict[str, dict[str, list[str]]] = settings(self.kind)["dossiers"]
        return found

    @cached_property
    def text(self) -> str:
        return read_text(self.path, f"a {self.kind} file", MAX_BYTES)

    @cached_property
    def json(self) -> Any:
        """The file as JSON.

        Raises:
            InputError: naming line and column, for what is no JSON, has a key twice, or is nested too deep.
        """

        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for key, value in pairs:
                if key in found:
                    raise self.wrong("", f"the key {key!r} twice in one object", "each key once")
                found[key] = value
            return found

        def no_number(name: str) -> None:
            raise self.wrong("", name, "JSON, whose numbers are finite")

        try:
            loaded = json.loads(self.text, object_pairs_hook=once, parse_constant=no_number)
        except json.JSONDecodeError as error:
            raise self.wrong(f"{error.lineno}:{error.colno}", error.msg, "JSON that is whole and well-formed") from None
        except RecursionError:
            raise self.wrong("", "objects nested too deep", f"at most {MAX_DEPTH} levels") from None
        except ValueError:
            raise self.wrong("", "a number of thousands of digits", "numbers that can be read") from None
        self._measure(loaded)
        return loaded

    def _measure(self, loaded: Any) -> None:
        """Refuse what is nested too deep, has too many nodes, or texts that are none."""
        waiting, nodes = [(loaded, 1)], 0
        while waiting:
            node, depth = waiting.pop()
            nodes += 1
            if depth > MAX_DEPTH:
                raise self.wrong("", "objects nested too deep", f"at most {MAX_DEPTH} levels")
            if nodes > MAX_NODES:
                raise self.wrong("", f"more than {MAX_NODES:,} values", f"at most {MAX_NODES:,} values")
            if isinstance(node, str) and _HALF.search(node):
                raise self.wrong("", "half of a character (\\ud800 to \\udfff)", "whole characters")
            children = (*node, *node.values()) if isinstance(node, dict) else node if isinstance(node, list) else ()
            waiting.extend((child, depth + 1) for child in children)

    def wrong(self, place: str, found: str, expected: str, hint: str = "") -> InputError:
        return InputError(str(self.path), place, found, expected, hint)

    def stated(self, place: str) -> str:
        """Where something is stated, for the `source` of a record: file, place, and the day it was read."""
        return f"{self.path.name}{place and '#'}{place}, read {self.read_on.isoformat()}"

    def documents(
        self, about: str, by: str | None, found: Callable[[str], Iterable[Found]], silent: str = "", prefix: str = ""
    ) -> list[dict[str, Any]]:
        """One document for each dossier to fill, as a case file states it.

        Args:
            about: the id of the artefact that the documents describe.
            by: the id of whoever issued them, where it is known.
            found: what the file says in a field of the mapping, with places; nothing where it is silent.
            silent: why nothing is known where the file is silent; by default, that the file does not say it.
            prefix: stands before the ids of the documents, where a case has several things.
        """
        result = []
        for name in self.profiles:
            demanded = profile(name).demands
            fields = self.mapping.get(name, {})
            contains: list[dict[str, Any]] = []
            for item in dict.fromkeys(demand.item.id for demand in demanded):
                # What other records of the case answer, such as a day, is no field of the file.
                said = [answer for field in fields.get(item, ()) for answer in found(field) if answer[0]]
                for text, place in said:
                    contains.append({"item": item, "text": text, "source": self.stated(place)})
                if not said:
                    asked = fields.get(item)
                    why = silent or (
                        f"The file does not say it (no {', '.join(asked)})."
                        if asked
                        else f"Files of this kind ({self.kind}) have no field for it."
                    )
                    contains.append({"item": item, "unknown": why, "source": self.stated("")})
            document = {"id": f"{prefix}{name}", "type": demanded[0].document, "contains": contains}
            document |= {"source": self.stated("")} | ({"by": by} if by else {})
            # A file about a model states no system that the model is in: a dossier about a system has no subject.
            result.append(document if name in settings(self.kind).get("of_a_system", ()) else {**document, "of": about})
        return result

    def case(self, data: Mapping[str, Any]) -> Case:
        """A case from its data; the title and the source are those of the file unless the data say otherwise."""
        start = {
            "answerable": "1",
            "title": f"Imported from {self.path.name}",
            "source": {"title": f"{self.path.name} ({self.kind}), read {self.read_on.isoformat()}"},
        }
        return from_data({**start, **data}, str(self.path))


def slug(text: str) -> str:
    """An id made of a name: small letters, digits and hyphens."""
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "thing"
    return base if base[0].isalpha() else f"x-{base}"


class Ids:
    """Ids of things of one case, made of their names, each unlike all others."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def new(self, name: str) -> str:
        base = result = slug(name)
        while result in self._taken:
            self._last[base] = self._last.get(base, 1) + 1
            result = f"{base}-{self._last[base]}"
        self._taken.add(result)
        return result
