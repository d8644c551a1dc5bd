"""Asking a service: queries from files, documents by address, and answers as rows.

Queries are files with a header, below `queries/`; their parameters are bound as terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from answerable.errors import InputError
from answerable.links.client import SPARQL_JSON, Answer, Client, Service
from answerable.queries import Query, read

FOUND = 20
"""How many results of a search by name are asked for."""
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Table:
    """Rows of text, and what must be known to read them."""

    columns: Sequence[str]
    rows: list[list[str]]
    notes: tuple[str, ...] = ()


@dataclass
class Asker:
    """Asks questions through a client, or only prints them."""

    client: Client
    endpoint: str = ""
    dry_run: bool = False
    printed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.endpoint and not re.fullmatch(r"https?://[^\s/]+\S*", self.endpoint):
            raise InputError("--endpoint", "", self.endpoint, "an address that begins with http:// or https://")

    def sparql(self, service: Service, name: str, **values: str) -> list[dict[str, str]]:
        """The rows that a query gives, as maps; nothing where it is only printed."""
        query = queries()[name]
        text = without_header(query.bound(values))
        url = self.endpoint or service.url
        if self.dry_run:
            self.printed.append(f"# {url}\n{text}")
            return []
        answer = self.client.get(service, url, {"query": text}, SPARQL_JSON)
        self._noted(service, answer)
        rows = solutions(service, answer)
        ours = re.search(r"^LIMIT (\d+)$", query.text, re.MULTILINE)
        most = [int(n) for n in (ours and ours[1], answer.headers.get("X-SPARQL-MaxRows")) if n and n.isdigit()]
        if any(len(rows) >= n for n in most) or "X-SQL-State" in answer.headers:
            self.notes.append(f"{service.name} cut the answer at {len(rows)} rows: there may be more")
        return rows

    def document(
        self, service: Service, path: str = "", missing_is: tuple[int, ...] = (), **asked: Any
    ) -> Answer | None:
        """The document at an address below a service; nothing where the address is only printed."""
        url = (self.endpoint or service.url).rstrip("/") + path
        if self.dry_run:
            params = asked.get("params")
            self.printed.append(f"{asked.get('method', 'GET')} {url}{'?' + urlencode(params) if params else ''}")
            self.printed += [
                f"{k}: {v}"
                for k, v in (("Accept", asked.get("accept")), ("Accept-Language", asked.get("language")))
                if v
            ]
            return None
        answer = self.client.get(service, url, missing_is=missing_is, **asked)
        self._noted(service, answer)
        return answer

    def _noted(self, service: Service, answer: Answer) -> None:
        if answer.from_cache:
            stale = "; the service could not be asked" if answer.stale and not self.client.offline else ""
            note = f"{service.name}: as retrieved on {answer.retrieved:%Y-%m-%d}{stale}"
            if note not in self.notes:
                self.notes.append(note)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
        """Rows without doubles, with the notes that asking left."""
        return Table(columns, [list(row) for row in dict.fromkeys(map(tuple, rows))], tuple(self.notes))


@cache
def queries() -> dict[str, Query]:
    """The queries that are sent to others, by name."""
    return {path.stem: read(path) for path in sorted((Path(__file__).parent / "queries").glob("*.rq"))}


def without_header(text: str) -> str:
    """A query as it is sent."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")) + "\n"


def solutions(service: Service, answer: Answer) -> list[dict[str, str]]:
    """The solutions in an answer of SPARQL 1.1 Query Results JSON.

    Raises:
        InputError: for JSON that is something else.
    """
    try:
        said = answer.json()
        return [{name: str(term["value"]) for name, term in row.items()} for row in said["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise InputError(
            service.name,
            answer.url.partition("?")[0],
            "JSON that holds no solutions",
            "results of a SELECT query",
            "is --endpoint a SPARQL endpoint?",
        ) from None


def shaped(service: Service, answer: Answer, shape: type[Shape]) -> Shape:
    """An answer as a model.

    Raises:
        InputError: naming the place that is of another shape.
    """
    try:
        return shape.model_validate_json(answer.body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(service.name, place, first["msg"], "JSON in the documented shape") from None


def merged(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> dict[str, list[str]]:
    """All values of each column, in order and once."""
    return {c: sorted({row[c] for row in rows if row.get(c)}) for c in columns}


def joined(values: Mapping[str, Sequence[str]], columns: Sequence[str]) -> list[list[str]]:
    """One row, the values of a cell behind each other; none where there is no value."""
    return [["; ".join(values[c]) for c in columns]] if any(values.values()) else []


def tail(iri: str) -> str:
    """What stands behind the last slash of an IRI."""
    return iri.rstrip("/").rpartition("/")[2]
