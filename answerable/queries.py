"""Competency questions: SPARQL with a YAML header, run over the graph that `answerable.dataset` describes.

A folder of `queries/` is a theme. A question about cases gives its answer for every case that is loaded; the parameter
`case` narrows it to one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable import dataset, rooms
from answerable.errors import InputError
from answerable.iris import ANS, CASE, DOCTRINE, JURISDICTION, LAW, POSITION

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from answerable.cases import Case

_SPACES = {
    "case": CASE,
    "law": LAW,
    "doctrine": DOCTRINE,
    "term": ANS,
    "jurisdiction": JURISDICTION,
    "position": POSITION,
}
_WHERE = re.compile(r"^WHERE \{$", re.MULTILINE)
_XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Parameter:
    """A variable of a query that may be bound.

    Its type is `day`, `text` or `iri`, or what an id names: a `case`, a `record` of one (`case/id` where several are
    loaded), `law`, `doctrine`, a `term` of the ontology, a `jurisdiction` or a `position`.
    """

    name: str
    type: str
    says: str = ""
    default: str = ""
    required: bool = False


@dataclass(frozen=True)
class Query:
    """One question, as it stands in its file."""

    name: str
    theme: str
    summary: str
    text: str
    example: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def usage(self) -> str:
        """The parameters in a line; those that must be given bare, the others in brackets."""
        shown = [
            p.name if p.required else f"[{p.name}{f'={p.default}' if p.default else ''}]"
            for p in self.parameters.values()
        ]
        return " ".join(shown)

    @property
    def gives_graph(self) -> bool:
        """Whether the answer is a graph rather than a table."""
        return re.search(r"^CONSTRUCT", self.text, re.MULTILINE) is not None

    def bound(self, values: Mapping[str, str], case_id: str = "") -> str:
        """The SPARQL with parameters bound by VALUES, so that any engine runs it.

        Raises:
            InputError: for an unknown, missing or ill-written parameter.
        """
        for name in values:
            if name not in self.parameters:
                near = difflib.get_close_matches(name, self.parameters, 1)
                raise InputError(
                    f"query {self.name}",
                    "--param",
                    name,
                    "one of " + (", ".join(self.parameters) or "none: it has no parameter"),
                    f"did you mean {near[0]}?" if near else "",
                )
        bindings = []
        for parameter in self.parameters.values():
            value = values.get(parameter.name) or parameter.default
            if value:
                bindings.append(f"  VALUES ?{parameter.name} {{ {_term(self, parameter, value, case_id)} }}")
            elif parameter.required:
                raise InputError(
                    f"query {self.name}", parameter.name, "no value", parameter.says, f"for example: {self.example}"
                )
        return _WHERE.sub("\n".join(["WHERE {", *bindings]).replace("\\", r"\\"), self.text, count=1)


def _term(query: Query, parameter: Parameter, value: str, case_id: str) -> str:
    def wrong(expected: str) -> InputError:
        return InputError(f"query {query.name}", parameter.name, value, expected, parameter.says)

    if parameter.type == "day":
        try:
            return f'"{date.fromisoformat(value).isoformat()}"^^<{_XSD}date>'
        except ValueError:
            raise wrong("a day that exists, written YYYY-MM-DD") from None
    if parameter.type == "text":
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    if parameter.type == "iri":
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
            raise wrong("an address that begins with http:// or https://")
        return f"<{value}>"
    if parameter.type == "record":
        if not re.fullmatch(r"([\w.()-]+/)?[\w.()-]+", value) or ("/" not in value and not case_id):
            raise wrong("an id" if case_id else "the id of a case and of a record, such as loan-refusal/bank")
        return f"<{CASE}{value if '/' in value else f'{case_id}/{value}'}>"
    if not re.fullmatch(r"[\w.()-]+", value):
        raise wrong("an id")
    return f"<{_SPACES[parameter.type]}{value}>"


def read(path: Path) -> Query:
    """A query file, its header read from the lines behind `#+`.

    Raises:
        InputError: for a header that is no YAML, or lacks what it must say.
    """
    import yaml

    text = path.read_text(encoding="utf-8")
    header = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        said = yaml.safe_load(header) or {}
        parameters = {
            name: Parameter(
                name=name,
                type=str(entry["type"]),
                says=str(entry.get("says", "")),
                default=str(entry.get("default", "")),
                required=bool(entry.get("required", False)),
            )
            for name, entry in (said.get("parameters") or {}).items()
        }
        theme = path.parent.name
        query = Query(path.stem, theme, str(said["summary"]), text, str(said.get("example", "")), parameters)
    except (yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
        raise InputError(str(path), "header", str(error), "summary, parameters and example behind #+") from None
    if not _WHERE.search(text):
        raise InputError(str(path), "", "no line that reads WHERE {", "one, for the parameters to follow")
    return query


@cache
def catalogue() -> tuple[Query, ...]:
    """Every question of the house."""
    return tuple(read(path) for path in rooms.files("queries", ".rq"))


def find(name: str) -> Query:
    """The question of that name.

    Raises:
        InputError: where there is none.
    """
    for query in catalogue():
        if query.name == name:
            return query
    names = [query.name for query in catalogue()]
    near = difflib.get_close_matches(name, names, 1, 0.3)
    hint = f"did you mean {near[0]}?" if near else ""
    raise InputError("query", "", name, "one of " + ", ".join(names), hint)


def search(text: str) -> list[Query]:
    """The questions whose name, theme or summary has every word of a text."""
    words = text.lower().split()
    return [q for q in catalogue() if all(w in f"{q.name} {q.theme} {q.summary}".lower() for w in words)]


@dataclass(frozen=True)
class Answer:
    """The rows of a table, or the statements of a graph as Turtle."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    turtle: str = ""


def run(
    name: str,
    case: Case | str | Path | None = None,
    values: Mapping[str, str] | None = None,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
) -> Answer:
    """What answers a question about one case, or about all that are shipped.

    Raises:
        InputError: for an unknown question, an ill-written parameter, or a day or position without a case.
    """
    from pyoxigraph import QuerySolutions

    query = find(name)
    query.bound(values or {}, "x")
    if case is None and (as_of is not None or positions):
        expected = "a case file to ask about: the shipped cases are read as of their own day"
        raise InputError(f"query {name}", "--case", "no case", expected)
    store, own = (dataset.shipped(), "") if case is None else (dataset.of(case, as_of, positions), _id(case))
    found: Any = store.query(query.bound(values or {}, own))
    if isinstance(found, QuerySolutions):
        columns = [variable.value for variable in found.variables]
        return Answer(columns, [[row[c].value if row[c] is not None else "" for c in columns] for row in found])
    return Answer(turtle=turtle(found))


def turtle(found: Iterable[Triple]) -> str:
    """Triples with the prefixes of the house."""
    from pyoxigraph import RdfFormat, serialize

    from answerable.records import prefixes

    return (serialize(found, format=RdfFormat.TURTLE, prefixes=prefixes()) or b"").decode()


def _id(case: Case | str | Path) -> str:
    from answerable.casefile import load
    from answerable.cases import Case

    return case.id if isinstance(case, Case) else load(Path(case)).id
