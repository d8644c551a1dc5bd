"""SHACL Core, a set at a time: shapes are read once into a plan, whose constraints work on whole sets of nodes.

A nested shape is evaluated once over all nodes that any focus node leads to, never node by node. What is not compiled
(SPARQL constraints, recursion) goes to pySHACL; the report says which of the two judged. Why the tables are kept here
and not asked of a store: docs/decisions/0020. Specification: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

import pyoxigraph as ox

from answerable.engine import uncollected
from answerable.errors import InputError
from answerable.iris import SHACL
from answerable.terms import SUBCLASS, TYPE, XSD, Term, Triple, iri, is_iri, is_literal, lexical, line, parts

Engine = Literal["auto", "compiled", "pyshacl"]
Values = Mapping[Term, Sequence[Term]]
"""The value nodes of each focus node."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST, REST, NIL = (f"<{RDF}{name}>" for name in ("first", "rest", "nil"))
CLASSES = {"<http://www.w3.org/2000/01/rdf-schema#Class>", "<http://www.w3.org/2002/07/owl#Class>"}


def _sh(name: str) -> Term:
    return iri(f"{SHACL}{name}")


PROPERTY, PATH, SEVERITY, MESSAGE, DEACTIVATED = map(_sh, ("property", "path", "severity", "message", "deactivated"))
VIOLATION = _sh("Violation")
STRING, LANG_STRING = f"<{XSD}string>", f"<{RDF}langString>"
NODE_KINDS = {"IRI": "<", "BlankNode": "_", "Literal": '"', "BlankNodeOrIRI": "_<", "BlankNodeOrLiteral": '_"'}
NODE_KINDS |= {"IRIOrLiteral": '<"'}
"""With what a node of each kind begins."""
TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
NESTED = ("node", "property", "not", "qualifiedValueShape")
LISTED = ("and", "or", "xone")
VALUED: tuple[str, ...] = ("class", "datatype", "nodeKind", "pattern", "minLength", "maxLength", "hasValue", "equals")
VALUED += ("disjoint", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "in")
VALUED += ("languageIn", "uniqueLang", "lessThan", "lessThanOrEquals", "closed")
REPEATED = ("class", "hasValue", "equals", "disjoint", "lessThan", "lessThanOrEquals", "pattern")
SAYING: tuple[str, ...] = ("path", "flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "message")
SAYING += ("qualifiedValueShapesDisjoint", "name", "description", "order", "group", "defaultValue", "severity")
SAYING += ("deactivated", *TARGETS)
VALIDATORS = ("validator", "nodeValidator", "propertyValidator")
KNOWN = {*NESTED, *LISTED, *VALUED, *SAYING}
CONSTRAINING = {_sh(name) for name in (*NESTED, *LISTED, *VALUED, "sparql")}


class Path(NamedTuple):
    """A property, a path walked backwards (`^`), a sequence (`/`), a choice (`|`), or a repetition (`*`, `+`, `?`)."""

    kind: str
    parts: tuple[Any, ...]

    @property
    def is_plain(self) -> bool:
        return not self.kind

    @property
    def text(self) -> str:
        """As SPARQL writes it."""
        if self.is_plain:
            return str(self.parts[0])
        inner = [part.text for part in self.parts]
        return (
            f"(^{inner[0]})"
            if self.kind == "^"
            else f"({self.kind.join(inner)}{'' if self.kind in '/|' else self.kind})"
        )

    def backwards(self) -> Path:
        """The same path from its other end."""
        if self.is_plain:
            return Path("^", (self,))
        if self.kind == "^":
            return self.parts[0]  # type: ignore[no-any-return]
        turned = [part.backwards() for part in self.parts]
        return Path(self.kind, tuple(reversed(turned) if self.kind == "/" else turned))


PATHS = {"inversePath": "^", "zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


class Objection(NamedTuple):
    """What a constraint objects to: the focus node as a whole, or one of its values."""

    focus: Term
    value: Term | None = None
    path: str = ""
    """Where it is another than that of the shape."""


class Result(NamedTuple):
    """One thing that a shape objects to; nodes are written as in N-Triples, shapes and components as IRIs."""

    focus: str
    path: str
    """As SPARQL writes it; empty for a node shape."""
    value: str
    """Empty where it is about the focus node as a whole."""
    component: str
    shape: str
    severity: str
    messages: tuple[tuple[str, str], ...]
    """Words, and the tag of their language."""


@dataclass(frozen=True)
class Report:
    """What a data graph lacks."""

    results: tuple[Result, ...]
    engine: Literal["compiled", "pyshacl"]
    why: str = ""
    """What made it fall back."""
    paths: Mapping[str, tuple[Triple, ...]] = field(default_factory=dict, repr=False)
    """The triples of each path that is more than a property, the head first."""

    @property
    def conforms(self) -> bool:
        return not self.results

    def turtle(self) -> str:
        """The W3C validation report."""
        lines = "\n".join(f"{s} {p} {o} ." for s, p, o in self._triples())
        quads = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
        text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.TURTLE, prefixes={"sh": SHACL}) or b""
        return text.decode()

    def _triples(self) -> Iterator[Triple]:
        report = "_:report"
        yield report, TYPE, _sh("ValidationReport")
        yield report, _sh("conforms"), f'"{str(self.conforms).lower()}"^^<{XSD}boolean>'
        for number, result in enumerate(self.results):
            node = f"_:result{number}"
            path = self.paths.get(result.path)
            stated = {
                "focusNode": result.focus,
                "resultPath": path[0][0] if path else result.path,
                "value": result.value,
                "resultSeverity": f"<{result.severity}>",
                "sourceConstraintComponent": f"<{result.component}>",
                "sourceShape": "" if result.shape.startswith("_:") else f"<{result.shape}>",
            }
            yield report, _sh("result"), node
            yield node, TYPE, _sh("ValidationResult")
            yield from ((node, _sh(name), value) for name, value in stated.items() if value)
            for text, language in result.messages:
                message = ox.Literal(text, language=language) if language else ox.Literal(text)
                yield node, _sh("resultMessage"), str(message)
        yield from (triple for path in {r.path for r in self.results} for triple in self.paths.get(path, ()))


def validate(data: Iterable[Triple] | ox.Store, shapes: Iterable[Triple], engine: Engine = "auto") -> Report:
    """Validate data against shapes.

    Args:
        data: the statements, or a store that holds them in its default graph.
        shapes: the statements of the shapes graph.
        engine: the compiled plan, pySHACL, or whichever can.

    Raises:
        InputError: the shapes are ill-formed, or not compiled though this was asked for.
    """
    shapes = list(shapes)
    plan = Plan(shapes)
    if engine == "pyshacl" or (engine == "auto" and plan.uncompiled):
        return _by_pyshacl(data, shapes, plan)
    return plan.run(data)


# -- shapes, read


@dataclass(eq=False)
class Shape:
    """A shape with its constraints."""

    node: Term
    path: Path | None
    """None if it is a node shape."""
    severity: str
    messages: tuple[tuple[str, str], ...]
    constraints: list[tuple[str, Any]]
    """Name of the component and its parameter; the shapes that qualify come with their counts."""

    @cached_property
    def name(self) -> str:
        return lexical(self.node)

    @cached_property
    def text(self) -> str:
        """Its path as SPARQL writes it."""
        return self.path.text if self.path is not None else ""


class Plan:
    """Shapes, read and ordered, to be run over any number of stores."""

    def __init__(self, shapes: Iterable[Triple]) -> None:
        self.known: dict[Term, dict[Term, list[Term]]] = {}
        for subject, predicate, obj in shapes:
            self.known.setdefault(subject, {}).setdefault(predicate, []).append(obj)
        self.uncompiled: list[str] = []
        self.paths: dict[str, tuple[Triple, ...]] = {}
        self._shapes: dict[Term, Shape | None] = {}
        self._open: list[Term] = []
        self.targets: list[tuple[Shape, list[tuple[str, Term]]]] = []
        for own in self.known.values():
            self.uncompiled += [f"sh:{name}" for name in VALIDATORS if _sh(name) in own]
        for node in self.known:
            if targets := self._targets(node):
                shape = self.shape(node)
                if shape is not None:
                    self.targets.append((shape, targets))

    def values(self, node: Term, name: str) -> list[Term]:
        return self.known.get(node, {}).get(_sh(name), [])

    def _targets(self, node: Term) -> list[tuple[str, Term]]:
        found = [(name, target) for name in TARGETS for target in self.values(node, name)]
        if self.values(node, "target"):
            self.uncompiled.append("sh:target")
        own = self.known[node]
        is_shape = not CONSTRAINING.isdisjoint(own) or _sh("NodeShape") in own.get(TYPE, ())
        if is_shape and not CLASSES.isdisjoint(own.get(TYPE, ())):
            found.append(("targetClass", node))
        return found

    def shape(self, node: Term) -> Shape | None:
        """A shape; nothing if it is switched off."""
        if node in self._open:
            self.uncompiled.append("recursion")
            return None
        if node not in self._shapes:
            self._open.append(node)
            self._shapes[node] = self._read(node)
            self._open.pop()
        return self._shapes[node]

    def _read(self, node: Term) -> Shape | None:
        own = self.known.get(node, {})
        if any(lexical(off) in ("true", "1") for off in own.get(DEACTIVATED, ())):
            return None
        paths = own.get(PATH, [])
        if len(paths) > 1:
            raise _ill(node, f"{len(paths)} paths", "one sh:path")
        for predicate in own:
            name = lexical(predicate)
            if name.startswith(SHACL) and name.removeprefix(SHACL) not in KNOWN:
                self.uncompiled.append(f"sh:{name.removeprefix(SHACL)}")
        severity = own.get(SEVERITY, [VIOLATION])[0]
        messages = tuple(parts(m)[:2] for m in own.get(MESSAGE, ()))
        constraints = list(self._constraints(node, bool(paths)))
        path = self.path(paths[0]) if paths else None
        return Shape(node, path, lexical(severity), messages, constraints)

    def _constraints(self, node: Term, is_property: bool) -> Iterator[tuple[str, Any]]:
        for name in VALUED:
            if name not in REPEATED and len(self.values(node, name)) > 1:
                raise _ill(node, f"sh:{name} more than once", "it once at most")
            for value in self.values(node, name):
                if name in ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals") and not is_property:
                    raise _ill(node, f"sh:{name} on a node shape", "a property shape")
                if name == "closed":
                    if lexical(value) == "true":
                        yield name, self._allowed(node)
                elif name == "pattern":
                    flags = self.values(node, "flags")
                    yield name, _expression(node, lexical(value), lexical(flags[0]) if flags else "")
                elif name in ("in", "languageIn"):
                    yield name, list(self.list(value))
                elif name == "uniqueLang":
                    if lexical(value) == "true":
                        yield name, None
                else:
                    yield name, value
        for name in ("property", "node", "not"):
            for inner in self.values(node, name):
                if name == "property" and not self.values(inner, "path"):
                    raise _ill(inner, "a property shape without a path", "sh:path")
                shape = self.shape(inner)
                if shape is not None or name == "not":
                    yield name, shape
        for name in LISTED:
            for value in self.values(node, name):
                yield name, [self.shape(inner) for inner in self.list(value)]
        for inner in self.values(node, "qualifiedValueShape"):
            least, most = ([int(lexical(n)) for n in self.values(node, f"qualified{m}Count")] for m in ("Min", "Max"))
            apart = any(lexical(v) in ("true", "1") for v in self.values(node, "qualifiedValueShapesDisjoint"))
            yield (
                "qualifiedValueShape",
                (self.shape(inner), least, most, list(self._siblings(node, inner)) if apart else []),
            )

    def _siblings(self, node: Term, own: Term) -> Iterator[Shape | None]:
        for around in self.known.values():
            properties = around.get(PROPERTY, ())
            if node in properties:
                for other in properties:
                    yield from (self.shape(q) for q in self.values(other, "qualifiedValueShape") if q != own)

    def _allowed(self, node: Term) -> set[Term]:
        allowed = {p for listed in self.values(node, "ignoredProperties") for p in self.list(listed)}
        return allowed | {p for inner in self.values(node, "property") for p in self.values(inner, "path")}

    def list(self, node: Term) -> Iterator[Term]:
        """The members of an RDF list."""
        seen: set[Term] = set()
        while node != NIL:
            own = self.known.get(node, {})
            if node in seen or len(own.get(FIRST, ())) != 1 or len(own.get(REST, ())) != 1:
                raise _ill(node, "a list that does not end", "an RDF list")
            seen.add(node)
            yield own[FIRST][0]
            node = own[REST][0]

    def path(self, node: Term) -> Path:
        """A path; the triples of one that is more than a property are kept for reports."""
        found = self._path(node)
        if not found.is_plain and found.text not in self.paths:
            self.paths[found.text] = tuple(self._closure(node))
        return found

    def _path(self, node: Term) -> Path:
        if is_iri(node):
            return Path("", (node,))
        if FIRST in self.known.get(node, {}):
            return Path("/", tuple(map(self._path, self.list(node))))
        for name, kind in PATHS.items():
            for inner in self.values(node, name):
                return Path(kind, (self._path(inner),))
        for inner in self.values(node, "alternativePath"):
            return Path("|", tuple(map(self._path, self.list(inner))))
        raise _ill(node, "no path", "a property path")

    def _closure(self, node: Term) -> Iterator[Triple]:
        for predicate, objects in self.known.get(node, {}).items():
            for obj in objects:
                yield node, predicate, obj
                if obj in self.known and not is_iri(obj):
                    yield from self._closure(obj)

    def run(self, data: Iterable[Triple] | ox.Store) -> Report:
        """Validate data; what is not compiled is an error."""
        if self.uncompiled:
            raise InputError("shapes", "", ", ".join(sorted(set(self.uncompiled))), "SHACL Core without recursion")
        with uncollected():
            run = _Run(self, _Tables(data))
            results = (r for shape, targets in self.targets for r in run.results(shape, Counter(run.focus(targets))))
            return Report(tuple(results), "compiled", "", self.paths)


def _ill(node: Term, found: str, expected: str) -> InputError:
    return InputError("shapes", lexical(node), found, expected)


def _expression(node: Term, pattern: str, flags: str) -> re.Pattern[str]:
    options = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
    try:
        return re.compile(pattern, sum(options[f] for f in flags if f in options))
    except re.error as error:
        raise _ill(node, f"the pattern {pattern!r}: {error}", "a regular expression") from None


# -- data


class _Tables:
    """The statements by predicate: values by subject, and subjects by value."""

    def __init__(self, data: Iterable[Triple] | ox.Store) -> None:
        self._table: dict[Term, dict[Term, list[Term]]] = {}
        self._inverse: dict[Term, dict[Term, list[Term]]] = {}
        tables = self._table
        for subject, predicate, value in _lines(data) if isinstance(data, ox.Store) else data:
            table = tables.get(predicate)
            if table is None:
                table = tables[predicate] = {}
            values = table.get(subject)
            if values is None:
                table[subject] = [value]
            elif value not in values:
                values.append(value)

    def table(self, predicate: Term) -> dict[Term, list[Term]]:
        return self._table.get(predicate, {})

    def inverse(self, predicate: Term) -> dict[Term, list[Term]]:
        found = self._inverse.get(predicate)
        if found is None:
            found = self._inverse[predicate] = {}
            for subject, values in self.table(predicate).items():
                for value in values:
                    found.setdefault(value, []).append(subject)
        return found

    @cached_property
    def by_subject(self) -> dict[Term, list[tuple[Term, Term]]]:
        found: dict[Term, list[tuple[Term, Term]]] = {}
        for predicate, table in self._table.items():
            for subject, values in table.items():
                found.setdefault(subject, []).extend((predicate, value) for value in values)
        return found

    def walk(self, path: Path, nodes: Iterable[Term]) -> Values:
        """Where a path leads from each of the nodes, all at once."""
        if path.kind == "^" and not path.parts[0].is_plain:
            return self.walk(path.parts[0].backwards(), nodes)
        if path.kind in ("", "^"):
            table = self.table(path.parts[0]) if path.is_plain else self.inverse(path.parts[0].parts[0])
            return {node: table.get(node, ()) for node in nodes}
        if path.kind == "/":
            reached: dict[Term, Sequence[Term]] = {node: (node,) for node in nodes}
            for part in path.parts:
                step = self.walk(part, {v for values in reached.values() for v in values})
                reached = {n: list(dict.fromkeys(v for w in values for v in step[w])) for n, values in reached.items()}
            return reached
        if path.kind == "|":
            nodes = list(nodes)
            steps = [self.walk(part, nodes) for part in path.parts]
            return {node: list(dict.fromkeys(v for step in steps for v in step[node])) for node in nodes}
        return self._repeated(path.kind, path.parts[0], list(nodes))

    def _repeated(self, kind: str, inner: Path, nodes: list[Term]) -> Values:
        edges: dict[Term, Sequence[Term]] = {}
        frontier: set[Term] = set(nodes)
        while frontier:
            edges.update(self.walk(inner, frontier))
            frontier = set() if kind == "?" else {v for n in frontier for v in edges[n]} - edges.keys()
        found: dict[Term, list[Term]] = {}
        for node in nodes:
            seen: dict[Term, None] = {} if kind == "+" else {node: None}
            waiting = list(edges[node])
            while waiting:
                value = waiting.pop()
                if value not in seen:
                    seen[value] = None
                    waiting += edges[value] if kind != "?" else ()
            found[node] = list(seen)
        return found


def _lines(store: ox.Store) -> Iterator[Triple]:
    """What a store holds, as text: to write it out and cut it up is faster than to ask for it term by term."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    for row in text.decode().split("\n"):
        if not row:
            break
        subject, predicate, value = row.split(" ", 2)
        yield subject, predicate, value[:-2]


# -- a run


class _Run:
    def __init__(self, plan: Plan, data: _Tables) -> None:
        self.plan, self.data = plan, data
        self._instances: dict[Term, set[Term]] = {}
        self._judged: dict[Shape, tuple[set[Term], set[Term]]] = {}

    def focus(self, targets: Iterable[tuple[str, Term]]) -> set[Term]:
        found: set[Term] = set()
        for kind, target in targets:
            if kind == "targetNode":
                found.add(target)
            elif kind == "targetClass":
                found |= self.instances(target)
            else:
                table = self.data.table if kind == "targetSubjectsOf" else self.data.inverse
                found |= table(target).keys()
        return found

    def instances(self, cls: Term) -> set[Term]:
        found = self._instances.get(cls)
        if found is None:
            below = self.data.walk(Path("*", (Path("", (SUBCLASS,)).backwards(),)), [cls])[cls]
            by_class = self.data.inverse(TYPE)
            found = self._instances[cls] = {node for narrower in below for node in by_class.get(narrower, ())}
        return found

    # -- shapes over sets

    def results(self, shape: Shape, nodes: Counter[Term]) -> Iterator[Result]:
        """What a shape objects to in the nodes; as often as a node is reached."""
        values = self.values(shape, nodes)
        for name, parameter in shape.constraints:
            if name == "property" and shape.path is None:
                yield from self.results(parameter, nodes)
                continue
            if name == "property":
                reached: Counter[Term] = Counter()
                for node, found in values.items():
                    for one in found:
                        reached[one] += nodes[node]
                yield from self.results(parameter, reached)
                continue
            for component, objections in self.objections(shape, name, parameter, values):
                for focus, value, other in objections:
                    result = Result(
                        focus,
                        other or shape.text,
                        value or "",
                        f"{SHACL}{component}ConstraintComponent",
                        shape.name,
                        shape.severity,
                        shape.messages,
                    )
                    yield from (result for _ in range(nodes[focus]))

    def conforming(self, shape: Shape | None, nodes: set[Term]) -> set[Term]:
        """Those of the nodes to which a shape has no objection; to a shape that is switched off, all conform."""
        if shape is None:
            return nodes
        asked, good = self._judged.setdefault(shape, (set(), set()))
        new = nodes - asked
        if new:
            asked |= new
            good |= self._conform(shape, new)
        return nodes & good

    def _conform(self, shape: Shape, nodes: set[Term]) -> set[Term]:
        left = nodes
        # What names its value finds its nodes from the other end, and leaves few for the rest.
        for name, parameter in sorted(shape.constraints, key=lambda c: (c[0] not in ("hasValue", "property"), c[0])):
            if not left:
                break
            if name == "hasValue" and shape.path is not None and shape.path.is_plain:
                left = left & set(self.data.inverse(shape.path.parts[0]).get(parameter, ()))
            elif name == "property" and shape.path is None:
                left = self.conforming(parameter, left)
            elif name == "property":
                values = self.values(shape, left)
                inner = {v for found in values.values() for v in found}
                bad = inner - self.conforming(parameter, inner)
                left = {n for n, found in values.items() if bad.isdisjoint(found)}
            else:
                found_ = self.objections(shape, name, parameter, self.values(shape, left))
                left = left - {o.focus for _, objections in found_ for o in objections}
        return left

    def values(self, shape: Shape, nodes: Iterable[Term]) -> Values:
        return {node: (node,) for node in nodes} if shape.path is None else self.data.walk(shape.path, nodes)

    # -- constraints

    def objections(
        self, shape: Shape, name: str, parameter: Any, values: Values
    ) -> Iterator[tuple[str, Iterable[Objection]]]:
        """Components of SHACL, each with what it objects to."""
        component = name[0].upper() + name[1:]
        if name in TESTS:
            test = TESTS[name](parameter)
            yield component, (Objection(f, v) for f, found in values.items() for v in found if not test(v))
        elif name == "class":
            instances = self.instances(parameter)
            yield component, self.failing(values, lambda every: every - instances)
        elif name == "in":
            yield component, self.failing(values, lambda every: every - set(parameter))
        elif name in ("node", "not", *LISTED):
            yield component, self.failing(values, lambda every: self.refused(name, parameter, every))
        elif name in ("minCount", "maxCount"):
            limit = int(lexical(parameter))
            below = name == "minCount"
            yield component, [Objection(f) for f, v in values.items() if (len(v) < limit if below else len(v) > limit)]
        elif name == "hasValue":
            yield component, [Objection(f) for f, v in values.items() if parameter not in v]
        elif name == "qualifiedValueShape":
            yield from self.qualified(shape, parameter, values)
        elif name == "uniqueLang":
            yield component, _twice(values)
        elif name == "closed":
            yield component, self.beyond(values, parameter)
        else:
            yield component, self.compared(name, self.data.table(parameter), values)

    @staticmethod
    def failing(values: Values, judge: Callable[[set[Term]], set[Term]]) -> Iterator[Objection]:
        bad = judge({v for found in values.values() for v in found})
        if bad:
            for focus, found in values.items():
                yield from (Objection(focus, value) for value in found if value in bad)

    def refused(self, name: str, parameter: Any, every: set[Term]) -> set[Term]:
        if name == "node":
            return every - self.conforming(parameter, every)
        if name == "not":
            return self.conforming(parameter, every)
        counts: Counter[Term] = Counter()
        for shape in parameter:
            counts.update(self.conforming(shape, every))
        wanted: Callable[[int], bool] = {
            "and": lambda n: n == len(parameter),
            "or": lambda n: n > 0,
            "xone": lambda n: n == 1,
        }[name]
        return {value for value in every if not wanted(counts[value])}

    def qualified(self, shape: Shape, parameter: Any, values: Values) -> Iterator[tuple[str, Iterable[Objection]]]:
        inner, least, most, siblings = parameter
        plain = shape.path is not None and shape.path.is_plain
        inverse = self.data.inverse(shape.path.parts[0]) if plain and shape.path is not None else {}
        # Several shapes ask the same property: all its values are judged, and counted from their own end.
        every = set(inverse) if plain else {v for found in values.values() for v in found}
        good = self.conforming(inner, every)
        for other in siblings:
            good = good - self.conforming(other, good)
        counts: Counter[Term] = Counter()
        if plain:
            for value in good:
                counts.update(inverse[value])
        else:
            for node, found in values.items():
                counts[node] = sum(value in good for value in found)
        for limit in least:
            yield "QualifiedMinCount", [Objection(focus) for focus in values if counts[focus] < limit]
        for limit in most:
            yield "QualifiedMaxCount", [Objection(focus) for focus in values if counts[focus] > limit]

    def beyond(self, values: Values, allowed: set[Term]) -> Iterator[Objection]:
        """Values of properties that a closed shape does not name."""
        for focus, found in values.items():
            for value in found:
                for predicate, obj in self.data.by_subject.get(value, ()):
                    if predicate not in allowed:
                        yield Objection(focus, obj, predicate)

    @staticmethod
    def compared(name: str, table: Mapping[Term, Sequence[Term]], values: Values) -> Iterator[Objection]:
        for focus, found in values.items():
            others = table.get(focus, ())
            if name == "equals":
                yield from (Objection(focus, v) for v in found if v not in others)
                yield from (Objection(focus, o) for o in others if o not in found)
            elif name == "disjoint":
                yield from (Objection(focus, v) for v in found if v in others)
            else:
                for value in found:
                    for other in others:
                        order = _order(value, other)
                        if order is None or order > 0 or (order == 0 and name == "lessThan"):
                            yield Objection(focus, value)


def _twice(values: Values) -> Iterator[Objection]:
    for focus, found in values.items():
        tags = Counter(tag.lower() for v in found if is_literal(v) and (tag := parts(v)[1]))
        yield from (Objection(focus) for n in tags.values() if n > 1)


# -- tests of one value


def _words(value: Term) -> str | None:
    return lexical(value) if value[0] in '<"' else None


def _pattern(expression: re.Pattern[str]) -> Callable[[Term], bool]:
    return lambda value: (text := _words(value)) is not None and expression.search(text) is not None


def _least_length(limit: Term) -> Callable[[Term], bool]:
    least = int(lexical(limit))
    return lambda value: (text := _words(value)) is not None and len(text) >= least


def _most_length(limit: Term) -> Callable[[Term], bool]:
    most = int(lexical(limit))
    return lambda value: (text := _words(value)) is not None and len(text) <= most


def _datatype(wanted: Term) -> Callable[[Term], bool]:
    if wanted == STRING:
        return lambda value: value[0] == value[-1] == '"'
    if wanted == LANG_STRING:
        return lambda value: is_literal(value) and bool(parts(value)[1])
    typed = f'"^^{wanted}'
    return lambda value: value.endswith(typed) and _python(value) is not None


def _kind(wanted: Term) -> Callable[[Term], bool]:
    begins = NODE_KINDS.get(lexical(wanted).removeprefix(SHACL), "")
    return lambda value: value[0] in begins


def _language(ranges: Sequence[Term]) -> Callable[[Term], bool]:
    tags = [lexical(r).lower() for r in ranges]

    def matches(value: Term) -> bool:
        own = parts(value)[1].lower() if is_literal(value) else ""
        return bool(own) and any(own == tag or own.startswith(f"{tag}-") or tag == "*" for tag in tags)

    return matches


def _bound(allowed: Callable[[int], bool]) -> Callable[[Any], Callable[[Term], bool]]:
    return lambda limit: lambda value: (order := _order(value, limit)) is not None and allowed(order)


TESTS: dict[str, Callable[[Any], Callable[[Term], bool]]] = {
    "datatype": _datatype,
    "nodeKind": _kind,
    "pattern": _pattern,
    "minLength": _least_length,
    "maxLength": _most_length,
    "languageIn": _language,
    "minExclusive": _bound(lambda order: order > 0),
    "minInclusive": _bound(lambda order: order >= 0),
    "maxExclusive": _bound(lambda order: order < 0),
    "maxInclusive": _bound(lambda order: order <= 0),
}


@lru_cache(maxsize=2**16)
def _python(value: Term) -> Any:
    """A literal as Python has it; nothing if it is ill-formed."""
    import rdflib

    text, language, datatype = parts(value)
    if language or datatype == STRING[1:-1]:
        return text
    found = rdflib.Literal(text, datatype=rdflib.URIRef(datatype))
    return None if found.ill_typed else found.toPython()


def _order(one: Term, other: Term) -> int | None:
    """How two literals stand to each other, as SPARQL compares them; nothing if it does not."""
    if not is_literal(one) or not is_literal(other):
        return None
    left, right = _python(one), _python(other)
    numbers = (int, float, Decimal)
    if isinstance(left, bool) != isinstance(right, bool):
        return None
    if isinstance(left, numbers) and isinstance(right, numbers):
        left, right = (float(x) if isinstance(left, float) or isinstance(right, float) else x for x in (left, right))
    elif type(left) is not type(right) or not isinstance(left, str | bool | date | datetime | time):
        return None
    if isinstance(left, str) and (parts(one)[1] or parts(other)[1] or parts(one)[2] != parts(other)[2]):
        return None
    try:
        return 0 if left == right else -1 if left < right else 1
    except TypeError:
        return None


# -- the oracle


def _by_pyshacl(data: Iterable[Triple] | ox.Store, shapes: Sequence[Triple], plan: Plan) -> Report:
    import pyshacl
    import rdflib
    from rdflib import BNode, Graph, URIRef
    from rdflib import Literal as RdfLiteral

    graph, shacl = Graph(), Graph()
    normalising, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False  # A value is shown as it was written.
    try:
        for target, statements in ((graph, _lines(data) if isinstance(data, ox.Store) else data), (shacl, shapes)):
            target.parse(data="\n".join(map(line, statements)), format="nt", bnode_context=_Same())
    finally:
        rdflib.NORMALIZE_LITERALS = normalising
    try:
        _, found, _ = pyshacl.validate(graph, shacl_graph=shacl, advanced=True)
    except Exception as error:  # It raises whatever its parts raise.
        raise InputError("shapes", "", str(error) or type(error).__name__, "shapes that pySHACL can run") from error
    if not isinstance(found, Graph):
        raise InputError("shapes", "", str(found), "shapes that pySHACL can run")

    def written(node: Any) -> str:
        if node is None:
            return ""
        if isinstance(node, BNode):
            return f"_:{node}"
        return str(_literal(node)) if isinstance(node, RdfLiteral) else f"<{node}>"

    def one(result: Any, name: str) -> Any:
        return found.value(result, URIRef(f"{SHACL}{name}"))

    results = []
    for result in found.objects(None, URIRef(f"{SHACL}result")):
        source, path = one(result, "sourceShape"), one(result, "resultPath")
        messages = found.objects(result, URIRef(f"{SHACL}resultMessage"))
        results.append(
            Result(
                written(one(result, "focusNode")),
                _pyshacl_path(plan, path),
                written(one(result, "value")),
                str(one(result, "sourceConstraintComponent")),
                f"_:{source}" if isinstance(source, BNode) else str(source),
                str(one(result, "resultSeverity")),
                tuple((str(m), getattr(m, "language", None) or "") for m in messages),
            )
        )
    return Report(tuple(results), "pyshacl", ", ".join(sorted(set(plan.uncompiled))), plan.paths)


class _Same(dict[str, Any]):
    """Blank nodes keep their labels."""

    def __missing__(self, label: str) -> Any:
        from rdflib import BNode

        self[label] = BNode(label)
        return self[label]

    def get(self, label: str, default: Any = None) -> Any:
        return self[label]


def _literal(node: Any) -> ox.Literal:
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype))) if node.datatype else ox.Literal(str(node))


def _pyshacl_path(plan: Plan, path: Any) -> str:
    from rdflib import URIRef

    if path is None:
        return ""
    return plan.path(f"<{path}>" if isinstance(path, URIRef) else f"_:{path}").text
