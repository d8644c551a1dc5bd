"""Competency questions: SPARQL with a YAML header, run over the law and one case with its conclusions.

The default graph holds everything. What the case states is also in the graph `stated`, what follows in each of the two
records in `settled` and `arguable` (below https://w3id.org/answerable/assessment/).
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

from answerable import rooms
from answerable.errors import InputError
from answerable.iris import ANS, ASSESSMENT, CASE, DOCTRINE, LAW

if TYPE_CHECKING:
    from pyoxigraph import Store

    from answerable.cases import Case

GRAPHS = ("stated", "settled", "arguable")
_SPACES = {"law": LAW, "doctrine": DOCTRINE, "term": ANS}
_WHERE = re.compile(r"^WHERE \{$", re.MULTILINE)
_XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Parameter:
    """A variable of a query that may be bound: `record`, `law`, `doctrine`, `term`, `iri`, `day` or `text`."""

    name: str
    type: str
    says: str = ""
    default: str = ""
    required: bool = False


@dataclass(frozen=True)
class Query:
    """One question, as it stands in its file."""

    name: str
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
    def needs_case(self) -> bool:
        """Whether it asks about a case rather than the law alone."""
        return "--case" in self.example

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
    if not re.fullmatch(r"[\w.()-]+", value):
        raise wrong("an id")
    space = f"{CASE}{case_id}/" if parameter.type == "record" else _SPACES[parameter.type]
    return f"<{space}{value}>"


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
        query = Query(path.stem, str(said["summary"]), text, str(said.get("example", "")), parameters)
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


def dataset(
    case: Case | str | Path | None = None, as_of: date | None = None, positions: Mapping[str, bool] | None = None
) -> tuple[Store, str]:
    """What queries run on, and the id of the case."""
    from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

    from answerable.engine import knowledge
    from answerable.terms import written

    store = Store()

    def add(triples: Iterable[Any], graph: str = "") -> None:
        name = NamedNode(f"{ASSESSMENT}/{graph}") if graph else DefaultGraph()
        store.bulk_extend(Quad(s, p, o, name) for s, p, o in triples)

    base = knowledge()
    add(map(written, base.triples))
    add(map(written, base.drawn))
    if case is None:
        return store, ""
    from answerable.assess import Passes
    from answerable.records import triples

    passes = Passes.of(case, as_of, positions)
    drawn = (list(map(written, run.drawn)) for run in (passes.settled, passes.arguable))
    for graph, found in zip(GRAPHS, (list(triples(passes.case, "all")), *drawn), strict=True):
        add(found)
        add(found, graph)
    add(map(written, passes.settled.facts))
    return store, passes.case.id


def run(
    name: str,
    case: Case | str | Path | None = None,
    values: Mapping[str, str] | None = None,
    as_of: date | None = None,
    positions: Mapping[str, bool] | None = None,
) -> tuple[Sequence[str], list[list[str]]]:
    """The columns and rows that answer a question.

    Raises:
        InputError: for an unknown question, an ill-written parameter, or a question about a case without one.
    """
    query = find(name)
    if case is None and query.needs_case:
        raise InputError(f"query {name}", "--case", "no case", "a case file", f"for example: {query.example}")
    query.bound(values or {})
    store, case_id = dataset(case, as_of, positions)
    found: Any = store.query(query.bound(values or {}, case_id))
    columns = [variable.value for variable in found.variables]
    return columns, [[row[c].value if row[c] is not None else "" for c in columns] for row in found]
