"""Case files: reading with the place of every mistake, and writing.

YAML is read as text in maps and lists, and nothing else: what a scalar means is for the field that wants it. So `on` is
a key, `NO` a country and 1e3 not a number.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable import rooms
from answerable.errors import InputError
from answerable.iris import ANS, JURISDICTION, LAW, POSITION

if TYPE_CHECKING:
    import yaml

    from answerable.cases import Case, Model, Record

MAX_BYTES = 5_000_000
MAX_DEPTH = 16
MAX_NODES = 500_000

Path_ = tuple[str | int, ...]
Mark = tuple[int, int]


def load(path: str | Path) -> Case:
    """Read a case file.

    Raises:
        InputError: naming the file, the line, what was found and what was expected.
    """
    return parse(read_text(Path(path)), str(path))


def parse(text: str, file: str = "case") -> Case:
    """Read a case from YAML text; `file` names it in messages.

    Raises:
        InputError: as `load`.
    """
    tree = _Tree(file, text)
    return from_data(tree.data, file, tree.marks)


def from_data(data: Any, file: str = "case", marks: Marks | None = None) -> Case:
    """Check a case given as maps and lists, and make it.

    Raises:
        InputError: as `load`; the place is a path of keys where there are no lines.
    """
    from pydantic import ValidationError

    from answerable.cases import Case

    marks = marks or Marks()
    try:
        case = Case.model_validate(data)
    except ValidationError as error:
        _fail([_translated(e, file, marks) for e in error.errors(include_url=False)], marks)
    problems = list(_Check(case, file, marks).problems())
    if problems:
        _fail(problems, marks)
    return case


def read_map(path: Path) -> dict[str, Any]:
    """A YAML file whose top is a map, read with the limits of a case file but not checked as one.

    Raises:
        InputError: where it cannot be read, or is no map.
    """
    data = _Tree(str(path), read_text(path)).data
    if not isinstance(data, dict):
        raise InputError(str(path), "", _shown(data), "a map of keys and values")
    return data


def dump(case: Case, quick: bool = False) -> str:
    """The case as YAML that `parse` reads back as the same case; `quick` writes faster, and does not indent lists."""
    import yaml

    return yaml.dump(
        plain(case), Dumper=_dumper(quick), sort_keys=False, allow_unicode=True, width=118, default_flow_style=False
    )


def template() -> str:
    """A commented case file to begin from."""
    return (rooms.room("data") / "templates" / "case.yaml").read_text(encoding="utf-8")


# -- bytes to text


def read_text(path: Path, kind: str = "a case file (YAML)", limit: int = MAX_BYTES) -> str:
    """The text of a file that a user gave.

    Raises:
        InputError: there is no such file, or it is too large or no UTF-8 text.
    """
    file = str(path)
    try:
        if path.is_dir():
            raise InputError(file, "", "a folder", kind)
        if (size := path.stat().st_size) > limit:
            raise InputError(file, "", f"{size:,} bytes", f"at most {limit:,} bytes", "keep one matter a file")
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(file, "", "no such file", kind, _neighbour(path)) from None
    except (OSError, ValueError) as error:
        raise InputError(file, "", str(error), f"{kind} that can be read") from None
    if len(raw) > limit:
        raise InputError(file, "", f"more than {limit:,} bytes", f"at most {limit:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(file, f"{line}:1", "bytes that are not text", "UTF-8 text") from None


def read_yaml(text: str, file: str) -> Any:
    """The data of one YAML document: no tags, no aliases that swell, no deep nesting.

    Raises:
        InputError: naming the line and column.
    """
    return _Tree(file, text).data


def _neighbour(path: Path) -> str:
    try:
        return _nearest(path.name, (p.name for p in path.parent.glob("*.y*ml")))
    except (OSError, ValueError):
        return ""


# -- text to maps and lists


@dataclass
class Marks:
    """Where each key and value stands (line and column, from 1)."""

    keys: dict[Path_, Mark] = field(default_factory=dict)
    values: dict[Path_, Mark] = field(default_factory=dict)

    def place(self, path: Path_, key: bool = False) -> str:
        """`line:column (path)`; the nearest record around it where the path itself has no place."""
        named = _written(path)
        mark = self.keys.get(path) if key else None
        while mark is None:
            mark = self.values.get(path)
            if not path:
                break
            path = path[:-1]
        if mark is None:
            return named
        return f"{mark[0]}:{mark[1]}" + (f" ({named})" if named else "")

    def order(self, place: str) -> Mark:
        start = place.split(" ")[0]
        line, _, column = start.partition(":")
        return (int(line), int(column)) if line.isdigit() and column.isdigit() else (0, 0)


class _Tree:
    """The data of one YAML document and the place of everything in it."""

    def __init__(self, file: str, text: str) -> None:
        import yaml

        self.file = file
        self.text = text
        self.marks = Marks()
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        try:
            self.data = self._document()
        except yaml.YAMLError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: yaml.YAMLError) -> InputError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        hint = ""
        if mark and "cannot start any token" in str(problem):
            line = self.text.splitlines()[mark.line : mark.line + 1]
            hint = "indent with spaces" if line and line[0][mark.column : mark.column + 1] == "\t" else ""
        if "mapping values are not allowed" in str(problem):
            hint = "put text that contains ': ' in quotes"
        return InputError(self.file, place, str(problem), "YAML", hint)

    def _wrong(self, event: yaml.Event, found: str, expected: str, hint: str = "") -> InputError:
        return InputError(self.file, _at(event), found, expected, hint)

    def _document(self) -> Any:
        import yaml

        data: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._wrong(event, "a second document (---)", "one case a file")
                first = next(self._events)
                data = self._value(first, (), 0)
                if data is not None and not isinstance(data, dict):
                    found = "a list" if isinstance(data, list) else "text"
                    raise self._wrong(first, found, "a case: keys such as answerable, id, parties, events")
        if data is None:
            raise InputError(
                self.file,
                "1:1",
                "nothing",
                "a case: keys such as answerable, id, parties, events",
                "see: answerable new",
            )
        return data

    def _value(self, event: yaml.Event, path: Path_, depth: int) -> Any:
        import yaml

        self._count(event, 1)
        self.marks.values[path] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._wrong(event, f"*{event.anchor}", "an alias of something that stands complete above it")
            data, size = self._anchors[event.anchor]
            self._count(event, size)
            return data
        if depth > MAX_DEPTH:
            raise self._wrong(event, "deeper nesting", f"at most {MAX_DEPTH} levels")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise self._wrong(event, f"the tag {tag}", "plain YAML without tags")
        before = self._nodes
        result: Any
        if isinstance(event, yaml.ScalarEvent):
            plain_null = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            result = None if plain_null else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            result = self._list(path, depth)
        elif isinstance(event, yaml.MappingStartEvent):
            result = self._map(path, depth)
        else:  # pragma: no cover - the parser gives no other event here
            raise self._wrong(event, type(event).__name__, "a value")
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = (result, self._nodes - before)
        return result

    def _list(self, path: Path_, depth: int) -> list[Any]:
        import yaml

        result: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item = self._value(event, (*path, len(result)), depth + 1)
            if item is None:
                raise self._wrong(event, "an empty entry", "a value behind the dash")
            result.append(item)
        return result

    def _map(self, path: Path_, depth: int) -> dict[str, Any]:
        import yaml

        result: dict[str, Any] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._wrong(event, "a list, map or alias as a key", "a plain key")
            key = event.value
            if key in seen:
                raise self._wrong(event, f"{key}, a second time", "each key once", f"first on line {seen[key]}")
            line, column = _mark(event)
            seen[key] = line
            self.marks.keys[(*path, key)] = (line, column)
            value = self._value(next(self._events), (*path, key), depth + 1)
            if value is not None:
                result[key] = value
        return result

    def _count(self, event: yaml.Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._wrong(event, f"more than {MAX_NODES:,} values, aliases counted", f"at most {MAX_NODES:,}")


def _mark(event: yaml.Event) -> Mark:
    assert event.start_mark is not None
    return (event.start_mark.line + 1, event.start_mark.column + 1)


def _at(event: yaml.Event) -> str:
    line, column = _mark(event)
    return f"{line}:{column}"


def _written(path: Path_) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


# -- messages


def _fail(problems: list[InputError], marks: Marks) -> None:
    first, *others = sorted(problems, key=lambda p: marks.order(p.place))
    raise InputError(first.file, first.place, first.found, first.expected, first.hint, others)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a map (" + ", ".join(list(map(str, value))[:4]) + ")" if value else "an empty map"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _nearest(word: str, known: Iterable[str], labels: Mapping[str, str] | None = None) -> str:
    """A hint with the nearest valid words; `labels` gives further names by which a word may be meant."""
    by_lower = {k.lower(): k for k in sorted(known)}
    for label, key in (labels or {}).items():
        by_lower.setdefault(label.lower(), key)
    close = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.6)
    ratios = [difflib.SequenceMatcher(None, c, word.lower()).ratio() for c in close]
    names = list(dict.fromkeys(by_lower[c] for c, ratio in zip(close, ratios, strict=True) if ratio > ratios[0] - 0.1))
    return f"did you mean {' or '.join(names)}?" if names else ""


def _translated(error: Any, file: str, marks: Marks) -> InputError:
    """A pydantic error in the words of a case file."""
    path: Path_ = tuple(error["loc"])
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "extra_forbidden":
        keys = [slot.key for slot in _slots_at(path[:-1])]
        hint = _nearest(str(path[-1]), keys)
        return InputError(file, marks.place(path, key=True), f"the key {path[-1]}", "one of " + ", ".join(keys), hint)
    if kind == "missing":
        return InputError(file, marks.place(path[:-1]), _shown(error["input"]), f"the key {path[-1]}")
    if kind == "version":
        found = error["input"].get("answerable")
        place = marks.place(("answerable",) if ("answerable",) in marks.values else ())
        return InputError(file, place, "no version" if found is None else _shown(found), context["expected"])
    expected, hint = context.get("expected"), context.get("hint", "")
    if "near" in context:
        hint = _nearest(_shown(error["input"]), context["near"])
    if expected is None:
        expected = "a map of keys and values" if kind in ("model_type", "dict_type") else error["msg"]
    return InputError(file, marks.place(path), _shown(error["input"]), str(expected), hint)


def _slots_at(path: Path_) -> tuple[Any, ...]:
    from typing import get_args

    from pydantic import BaseModel

    from answerable.cases import Case, slots

    model: type[BaseModel] = Case
    for part in path:
        if isinstance(part, int):
            continue
        info = next((i for name, i in model.model_fields.items() if part in (name, i.alias)), None)
        if info is None:
            continue
        inner = [
            t for t in (info.annotation, *get_args(info.annotation)) if isinstance(t, type) and issubclass(t, BaseModel)
        ]
        model = inner[0] if inner else model
    return slots(model)


# -- what the record's words must be


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The terms of the ontology that a case may use."""

    supers: Mapping[str, frozenset[str]]
    individuals: Mapping[str, frozenset[str]]

    def classes(self, top: str = "") -> frozenset[str]:
        """The classes under `top`, itself included; all classes if no top is given."""
        return _classes(self, top)

    def members(self, top: str) -> set[str]:
        """The individuals of a class."""
        return {name for name, types in self.individuals.items() if top in types}


@cache
def _classes(terms: Vocabulary, top: str) -> frozenset[str]:
    return frozenset(name for name, above in terms.supers.items() if not top or name == top or top in above)


_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_CLASS = "http://www.w3.org/2002/07/owl#Class"


def _triples(paths: Iterable[Path]) -> Iterator[tuple[str, str, Any]]:
    from pyoxigraph import NamedNode

    for path in paths:
        for quad in rooms.turtle(path):
            subject, predicate, target, _ = quad
            if isinstance(subject, NamedNode):
                yield subject.value, predicate.value, target


@cache
def vocabulary() -> Vocabulary:
    """The classes and individuals of the ontology."""
    from pyoxigraph import NamedNode

    direct: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    for subject, predicate, target in _triples(sorted(rooms.room("ontology").glob("*.ttl"))):
        if not subject.startswith(ANS) or not isinstance(target, NamedNode):
            continue
        name = subject.removeprefix(ANS)
        if predicate == _TYPE and target.value == _CLASS:
            direct.setdefault(name, set())
        elif predicate == _TYPE and target.value.startswith(ANS):
            types.setdefault(name, set()).add(target.value.removeprefix(ANS))
        elif predicate == _SUBCLASS and target.value.startswith(ANS):
            direct.setdefault(name, set()).add(target.value.removeprefix(ANS))

    def above(names: set[str]) -> frozenset[str]:
        seen: set[str] = set()
        todo = list(names)
        while todo:
            if (name := todo.pop()) not in seen:
                seen.add(name)
                todo += direct.get(name, ())
        return frozenset(seen)

    return Vocabulary({name: above(up) for name, up in direct.items()}, {name: above(up) for name, up in types.items()})


@cache
def jurisdictions() -> Mapping[str, str]:
    """The code of every jurisdiction, also by its names."""
    found: dict[str, str] = {}
    path = rooms.room("data") / "jurisdictions.ttl"
    for subject, predicate, target in _triples([path] if path.exists() else []):
        code = subject.removeprefix(JURISDICTION)
        found[code] = code
        if predicate.endswith(("#label", "#altLabel")):
            found[target.value] = code
    return found


@cache
def law_ids() -> frozenset[str]:
    """The ids of all norms and documentation items."""
    paths = sorted({*(rooms.room("data") / "law").rglob("*.ttl"), *rooms.files("data", "-items.ttl")})
    return frozenset(s.removeprefix(LAW) for s, _, _ in _triples(paths) if s.startswith(LAW))


@cache
def position_names() -> frozenset[str]:
    """The contested questions that the law knows."""
    found = _triples(sorted((rooms.room("data") / "positions").glob("*.ttl")))
    return frozenset(subject.removeprefix(POSITION) for subject, _, _ in found if subject.startswith(POSITION))


MONEY = (
    "amount",
    "fees",
    "limit",
    "attachment",
    "retention",
    "aggregate_used",
    "defence_costs",
    "means",
    "turnover",
    "tolerance",
    "cost_of_claim",
)


class _Check:
    """What one field cannot see: references, terms, order of days, cycles."""

    def __init__(self, case: Case, file: str, marks: Marks) -> None:
        self.case = case
        self.file = file
        self.marks = marks
        self.kinds: dict[str, str] = {}
        self.homes: dict[str, Path_] = {}

    def problems(self) -> Iterator[InputError]:
        records = list(self._records())
        for path, record, _ in records:
            if record.id in self.homes:
                first = self.marks.place(self.homes[record.id])
                yield self._wrong(
                    (*path, "id"),
                    f"{record.id}, a second time",
                    "an id that nothing else in the case has",
                    f"first at {first}",
                )
            self.homes.setdefault(record.id, path)
            self.kinds.setdefault(record.id, record.kind)
        yield from self._fields((), self.case)
        for name in self.case.positions:
            yield from self._position(("positions", name), name)
        for path, record, standing in records:
            yield from self._type(path, record)
            yield from self._fields(path, record)
            yield from self._sense(path, record, standing)
        yield from self._cycles(("derived_from", "integrates", "offers", "trained_on"), "built on")
        yield from self._cycles(("part_of",), "a part of")
        for index, expectation in enumerate(self.case.expect):
            yield from self._expected(("expect", index), expectation)

    def _records(self) -> Iterator[tuple[Path_, Record, str]]:
        from answerable.cases import SECTIONS, slots

        def walk(path: Path_, record: Record, around: str) -> Iterator[tuple[Path_, Record, str]]:
            standing = record.standing or around
            yield path, record, standing
            for slot in slots(type(record)):
                if slot.nested is not None:
                    for index, inner in enumerate(getattr(record, slot.attribute)):
                        yield from walk((*path, slot.key, index), inner, standing)

        for section in SECTIONS:
            for index, record in enumerate(getattr(self.case, section)):
                yield from walk((section, index), record, self.case.standing)

    def _wrong(self, path: Path_, found: str, expected: str, hint: str = "", key: bool = False) -> InputError:
        return InputError(self.file, self.marks.place(path, key), found, expected, hint)

    def _type(self, path: Path_, record: Record) -> Iterator[InputError]:
        allowed = vocabulary().classes(record.under)
        if vocabulary().supers and record.type not in allowed:
            note = " (no such class)" if record.type not in vocabulary().supers else ""
            article = "an" if record.under[0] in "AEIO" else "a"
            hint = _nearest(record.type, allowed) or _some(allowed)
            yield self._wrong((*path, "type"), record.type + note, f"a class that is {article} {record.under}", hint)

    def _fields(self, path: Path_, record: Model) -> Iterator[InputError]:
        from answerable.cases import Jurisdiction, Law, Link, Term, slots

        for slot in slots(type(record)):
            if slot.marker is None or slot.nested is not None or slot.key == "type":
                continue
            value = getattr(record, slot.attribute)
            several = slot.many and len(value) > 1
            for index, word in enumerate(value if slot.many else () if value is None else (value,)):
                at: Path_ = (*path, slot.key, index) if several else (*path, slot.key)
                match slot.marker:
                    case Link(kinds):
                        yield from self._link(at, word, kinds)
                    case Jurisdiction():
                        known = jurisdictions()
                        if known and known.get(word) != word:
                            yield self._wrong(
                                at, word, "a jurisdiction, such as DE or US-TX", _nearest(word, (), known)
                            )
                    case Law():
                        if law_ids() and word not in law_ids():
                            yield self._wrong(at, word, "the id of a norm in data/law", _nearest(word, law_ids()))
                    case Term(top):
                        yield from self._term(at, word, top)

    def _term(self, at: Path_, word: str, top: str) -> Iterator[InputError]:
        terms = vocabulary()
        if not terms.supers or at[-1] in ("outcome", "trigger", "defence"):
            return
        known = terms.members(top) if top else terms.classes()
        if word not in known:
            expected = f"an individual of {top}" if top else "a class of the ontology"
            yield self._wrong(at, word, expected, _nearest(word, known))

    def _link(self, at: Path_, word: str, kinds: tuple[str, ...]) -> Iterator[InputError]:
        if word in self.kinds and (not kinds or self.kinds[word] in kinds):
            return
        wanted = "the id of " + (" or ".join(f"{_article(k)} {k}" for k in kinds) if kinds else "a record of this case")
        found = f"{word}, which is {_article(self.kinds[word])} {self.kinds[word]}" if word in self.kinds else word
        known = [key for key, kind in self.kinds.items() if not kinds or kind in kinds]
        yield self._wrong(at, found, wanted, _nearest(word, known) or _some(known))

    def _position(self, at: Path_, name: str) -> Iterator[InputError]:
        if position_names() and name not in position_names():
            known = position_names()
            yield self._wrong(
                at, name, "the name of a contested question", _nearest(name, known) or _some(known), key=True
            )

    def _sense(self, path: Path_, record: Record, standing: str) -> Iterator[InputError]:
        from answerable.cases import Circumstance, Harm, Sublimit

        on, until = getattr(record, "on", None), getattr(record, "until", None)
        if on and until and until < on:
            yield self._wrong((*path, "until"), str(until), f"a day not before {on} (on)")
        for key in MONEY:
            if isinstance(record, Sublimit):  # in the currency of its policy
                break
            if getattr(record, key, None) is not None and getattr(record, "currency", None) is None:
                yield self._wrong((*path, key), f"{key} without a currency", "the key currency, such as EUR")
        if isinstance(record, Harm) and record.amount is not None:
            for key in ("heads", "parts"):
                inside = (r for r in getattr(record, key) if not getattr(r, "against", ()))
                stated = [r.amount for r in inside if r.amount and r.currency == record.currency]
                if sum(stated) > record.amount:
                    found = f"{key} of {sum(stated)} in all"
                    yield self._wrong((*path, key), found, f"at most {record.amount}, the amount of the harm")
        if isinstance(record, Circumstance) and standing == "denied" and not record.holds:
            yield self._wrong(
                (*path, "holds"), "no, and denied", "one of the two", "a denied circumstance is already a stated no"
            )

    def _cycles(self, keys: tuple[str, ...], words: str) -> Iterator[InputError]:
        next_: dict[str, list[tuple[str, str]]] = {
            a.id: [(key, target) for key in keys for target in getattr(a, key)] for a in self.case.artefacts
        }
        done: set[str] = set()
        for start in next_:
            trail: list[str] = []
            on_trail: set[str] = set()
            stack: list[tuple[str, str, bool]] = [("", start, False)]
            while stack:
                key, name, leaving = stack.pop()
                if leaving:
                    on_trail.discard(trail.pop())
                    done.add(name)
                elif name in on_trail:
                    circle = [*trail[trail.index(name) :], name]
                    at: Path_ = (*self.homes[trail[-1]], key)
                    yield self._wrong(at, " -> ".join(circle), f"no artefact that is {words} itself")
                    return
                elif name not in done and name in next_:
                    trail.append(name)
                    on_trail.add(name)
                    stack.append((key, name, True))
                    stack += [(k, target, False) for k, target in next_[name]]

    def _expected(self, path: Path_, part: Model) -> Iterator[InputError]:
        from answerable.cases import Law, Model, slots

        for slot in slots(type(part)):
            value = getattr(part, slot.attribute)
            if isinstance(slot.marker, Law):
                continue
            if isinstance(value, Model):
                yield from self._expected((*path, slot.key), value)
            elif isinstance(value, tuple):
                for index, inner in enumerate(value):
                    if isinstance(inner, Model):
                        yield from self._expected((*path, slot.key, index), inner)
        yield from self._fields(path, part)


def _article(word: str) -> str:
    return "an" if word[0] in "aeio" else "a"


def _some(known: Iterable[str]) -> str:
    names = sorted(known)
    return ("known: " + ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")) if names else ""


# -- writing


def plain(model: Model) -> dict[str, Any]:
    """A case or a part of it as the maps and lists of its file."""
    from answerable.cases import Case, Model, slots

    result: dict[str, Any] = {}
    for slot in slots(type(model)):
        value = getattr(model, slot.attribute)
        info = type(model).model_fields[slot.attribute]
        if slot.key != "answerable" and not info.is_required() and value == info.default:
            continue
        if isinstance(value, tuple) and value and isinstance(value[0], Model):
            result[slot.key] = [plain(inner) for inner in value]
        elif isinstance(value, tuple):
            result[slot.key] = value[0] if len(value) == 1 else list(value)
        elif isinstance(value, Model):
            result[slot.key] = plain(value)
        else:
            result[slot.key] = dict(value) if isinstance(value, dict) else value
    if isinstance(model, Case):
        return {"answerable": result.pop("answerable"), **result}
    return result


@cache
def _dumper(quick: bool) -> Any:
    """A YAML writer that knows the scalars of case files: `on` and `no` are words, amounts are exact."""
    import re
    from decimal import Decimal

    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper) if quick else yaml.SafeDumper

    class Dumper(base):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(":bool")]
            for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
        }

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))

    def decimal(dumper: Any, value: Decimal) -> Any:
        text = format(value, "f")
        kind = "float" if "." in text else "int"
        return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(Decimal, decimal)
    Dumper.add_representer(str, text)
    return Dumper
