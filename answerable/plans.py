"""Rules compiled to Python: nested loops over two hash indexes for each predicate.

A body is put in order once: what is bound is checked at once, then whatever a bound subject leads to, then whatever
points to a bound object; where nothing is bound yet, the pattern that its author wrote first. So the order of
patterns in a rule file still says where to begin. The plans of all rules are one module, compiled once and cached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from decimal import Decimal
from types import CodeType
from typing import Any

from answerable.rules import Branch, Expression, Pattern, Rule
from answerable.terms import Term, Triple, iri, lexical, number, worth

Forward = dict[Term, dict[Term, None]]
"""Subjects to objects, or objects to subjects."""
Draw = Callable[[], dict[Triple, None]]


class Index:
    """Triples by predicate, in both directions."""

    def __init__(self) -> None:
        self.forward: dict[Term, Forward] = {}
        self.backward: dict[Term, Forward] = {}
        self.inverted: Set[Term] | None = None
        """Predicates that are looked up from the object, and so kept in both directions; if none are named, all."""

    def copy(self) -> Index:
        """The same triples in an index of their own."""
        other = Index()
        other.inverted = self.inverted
        for mine, theirs in ((self.forward, other.forward), (self.backward, other.backward)):
            for predicate, table in mine.items():
                theirs[predicate] = {one: found.copy() for one, found in table.items()}
        return other

    def table(self, predicate: Term) -> tuple[Forward, Forward]:
        """Subject to objects and object to subjects, of a predicate; the same dictionaries for ever."""
        forward = self.forward.get(predicate)
        if forward is None:
            forward = self.forward[predicate] = {}
            self.backward[predicate] = {}
        return forward, self.backward[predicate]

    def add(self, triples: Iterable[Triple]) -> list[Triple]:
        """Take in triples; those that were not there."""
        fresh: list[Triple] = []
        tables, inverted = self.forward, self.inverted
        for triple in triples:
            subject, predicate, obj = triple
            forward = tables.get(predicate)
            if forward is None:
                forward, _ = self.table(predicate)
            found = forward.get(subject)
            if found is None:
                forward[subject] = {obj: None}
            elif obj in found:
                continue
            else:
                found[obj] = None
            fresh.append(triple)
            if inverted is not None and predicate not in inverted:
                continue
            backward = self.backward[predicate]
            found = backward.get(obj)
            if found is None:
                backward[obj] = {subject: None}
            else:
                found[subject] = None
        return fresh

    def remove(self, triples: Iterable[Triple]) -> None:
        for subject, predicate, obj in triples:
            forward, backward = self.table(predicate)
            for table, one, other in ((forward, subject, obj), (backward, obj, subject)):
                found = table.get(one)
                if found is not None:
                    found.pop(other, None)
                    if not found:
                        del table[one]

    def forget(self, triples: Iterable[Triple], lasting: Set[Term]) -> None:
        """Remove triples; of a predicate that is not lasting, all there are."""
        self.remove(t for t in triples if t[1] in lasting)
        for predicate, forward in self.forward.items():
            if forward and predicate not in lasting:
                forward.clear()
                self.backward[predicate].clear()

    def objects(self, subject: Term, predicate: Term) -> list[Term]:
        return list(self.forward.get(predicate, {}).get(subject, ()))

    def subjects(self, predicate: Term, obj: Term) -> list[Term]:
        return list(self.backward.get(predicate, {}).get(obj, ()))

    def triples(self) -> list[Triple]:
        return [(s, p, o) for p, forward in self.forward.items() for s, objects in forward.items() for o in objects]


# -- what plans call


def compare(operator: str, one: Term | None, other: Term | None) -> bool | None:
    """A comparison of SPARQL; nothing where the two cannot be compared."""
    if one is None or other is None:
        return None
    if operator in ("=", "!=") and one == other:
        return operator == "="
    left, right = worth(one), worth(other)
    if left is None or right is None:
        return None
    if left[0] != right[0]:
        return operator == "!=" if operator in ("=", "!=") and "term" in (left[0], right[0]) else None
    a: Any = left[1]
    b: Any = right[1]
    if isinstance(a, float) != isinstance(b, float):
        a, b = float(a), float(b)
    if operator == "=":
        return bool(a == b)
    if operator == "!=":
        return bool(a != b)
    if left[0] == "term":
        return None
    if operator == "<":
        return bool(a < b)
    if operator == "<=":
        return bool(a <= b)
    return bool(a > b) if operator == ">" else bool(a >= b)


def among(one: Term | None, *others: Term | None) -> bool | None:
    answers = [compare("=", one, other) for other in others]
    return True if True in answers else None if None in answers else False


def both(*answers: bool | None) -> bool | None:
    return False if False in answers else None if None in answers else True


def either(*answers: bool | None) -> bool | None:
    return True if True in answers else None if None in answers else False


def no(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def arithmetic(operator: str, one: Term | None, other: Term | None) -> Term | None:
    left, right = (worth(t) if t is not None else None for t in (one, other))
    if left is None or right is None or left[0] != "number" or right[0] != "number":
        return None
    a: Any = left[1]
    b: Any = right[1]
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
    if operator == "/":
        if not b:
            return None
        return number(a / b if isinstance(a, float) else Decimal(a) / Decimal(b))
    return number(a + b if operator == "+" else a - b if operator == "-" else a * b)


def least(terms: Sequence[Term]) -> Term:
    return min(terms, key=worth)  # type: ignore[arg-type]


def most(terms: Sequence[Term]) -> Term:
    return max(terms, key=worth)  # type: ignore[arg-type]


def total(terms: Sequence[Term]) -> Term:
    result = number(0)
    for term in terms:
        result = arithmetic("+", result, term) or result
    return result


def count(terms: Sequence[Term]) -> Term:
    return number(len(terms))


AGGREGATES = {"COUNT": "count", "MIN": "least", "MAX": "most", "SUM": "total"}
HELPERS = (compare, among, both, either, no, arithmetic, least, most, total, count, iri, lexical)


# -- compiling


class _Writer:
    """The source of one module of plans."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tables: dict[Term, int] = {}
        self.inverted: set[Term] = set()
        self.names: dict[str, str] = {}
        self.depth = 1
        self.loops: list[int] = []
        """How deep each loop stands that is open."""

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def open(self, text: str) -> None:
        if text.startswith("for "):
            self.loops.append(self.depth)
        self.line(text)
        self.depth += 1

    def leave(self, loops: int) -> None:
        """Leave the innermost loops at once."""
        inner = self.loops[len(self.loops) - loops :]
        for position in range(len(inner)):
            if position:
                self.depth = inner[-position]
                self.open("else:")
                self.line("continue")
                self.depth -= 1
            self.line("break")

    def table(self, predicate: Term, direction: str) -> str:
        if direction == "b":
            self.inverted.add(predicate)
        return f"{direction}{self.tables.setdefault(predicate, len(self.tables))}"

    def name(self, term: str) -> str:
        """How a term of the rule stands in the source."""
        return self.names.setdefault(term, f"v{len(self.names)}") if term.startswith("?") else repr(term)


def source(rules: Sequence[Rule]) -> str:
    """The module of plans: ``make(tables)`` gives one function a rule."""
    writer = _Writer()
    for position, rule in enumerate(rules):
        writer.names = {}
        writer.depth = 1
        writer.open(f"def rule{position}():")
        writer.line("out = {}")
        for branch in rule.branches:
            depth = writer.depth
            writer.loops = []
            _branch(writer, rule, branch)
            writer.depth = depth
        writer.line("return out")
    body = writer.lines
    opened = [f"    f{n}, b{n} = table({predicate!r})" for predicate, n in writer.tables.items()]
    drawn = ", ".join(f"rule{n}" for n in range(len(rules)))
    inverted = f"inverted = {sorted(writer.inverted)!r}"
    return "\n".join([inverted, "def make(table):", "    none = ()", *opened, *body, f"    return [{drawn}]"])


def compiled(rules: Sequence[Rule]) -> CodeType:
    """The plans as code, which can be marshalled."""
    return compile(source(rules), "<plans>", "exec")


def load(code: CodeType, index: Index) -> list[Draw]:
    """The plans, bound to an index."""
    space: dict[str, Any] = {helper.__name__: helper for helper in HELPERS}
    exec(code, space)
    plans: list[Draw] = space["make"](index.table)
    index.inverted = frozenset(space["inverted"])
    return plans


def _branch(writer: _Writer, rule: Rule, branch: Branch) -> None:
    bound: set[str] = set()
    if branch.group or branch.aggregates:
        writer.line("groups = {}")
        depth = writer.depth
        _joins(writer, branch.inner_patterns, branch.inner_negated, branch.inner_filters, (), (), bound)
        writer.loops = []
        key = "".join(f"{writer.name(v)}, " for v in branch.group)
        row = "".join(f"{writer.name(v)}, " for _, v, _ in branch.aggregates)
        writer.line(f"groups.setdefault(({key}), []).append(({row}))")
        writer.depth = depth
        bound.clear()
        writer.open("for group, rows in groups.items():")
        for position, variable in enumerate(branch.group):
            writer.line(f"{writer.name(variable)} = group[{position}]")
        for position, (function, _, result) in enumerate(branch.aggregates):
            writer.line(f"{writer.name(result)} = {AGGREGATES[function]}([row[{position}] for row in rows])")
        bound |= {*branch.group, *(result for _, _, result in branch.aggregates)}
    wanted = {t for pattern in rule.template for t in pattern if t.startswith("?")}
    heads = [f"{writer.name(s)}, {p!r}, {writer.name(o)}" for s, p, o in rule.template]

    def once() -> None:
        """What is drawn already need not be drawn again."""
        if len(heads) == 1:
            writer.open(f"if ({heads[0]}) not in out:")

    extra = _joins(
        writer, branch.patterns, branch.negated, branch.filters, branch.binds, branch.values, bound, wanted, once
    )
    for head in heads:
        writer.line(f"out[{head}] = None")
    writer.leave(extra)


def _joins(
    writer: _Writer,
    patterns: Iterable[Pattern],
    negated: Iterable[Pattern],
    filters: Iterable[Expression],
    binds: Iterable[tuple[str, Expression]],
    values: Iterable[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]],
    bound: set[str],
    wanted: set[str] | None = None,
    once: Callable[[], None] = lambda: None,
) -> int:
    """Loops and tests for a body; afterwards ``bound`` has its variables, and the writer stands innermost.

    Returns how many of the loops add nothing to what is wanted: one match in them is enough. ``once`` writes what is
    to be tested before them.
    """
    waiting, denied, tests, computed, rows = list(patterns), list(negated), list(filters), list(binds), list(values)
    joined = {t for p in waiting for t in p if t.startswith("?")} | {v for v, _ in computed} | bound
    joined |= {v for names, _ in rows for v in names}

    def settle() -> None:
        """Whatever can be computed or tested by now."""
        for item in [b for b in computed if _variables(b[1]) <= bound]:
            computed.remove(item)
            writer.line(f"{writer.name(item[0])} = {_code(writer, item[1])}")
            writer.open(f"if {writer.name(item[0])} is not None:")
            bound.add(item[0])
        for test in [f for f in tests if _variables(f) <= bound]:
            tests.remove(test)
            writer.open(f"if {_code(writer, test)}:")
        for pattern in [n for n in denied if {t for t in n if t.startswith("?")} & joined <= bound]:
            denied.remove(pattern)
            writer.open(f"if {_absent(writer, pattern, bound)}:")
        if any(_variables(b[1]) <= bound for b in computed):
            settle()

    settle()
    enough: int | None = None
    while waiting or rows:
        if enough is None and wanted is not None and wanted <= bound:
            enough = len(writer.loops)
            once()
        ranked = [(_rank(p, bound), n) for n, p in enumerate(waiting)]
        rank, position = min(ranked) if ranked else (9, 0)
        # A block of values comes once nothing that is bound leads on.
        ready = [r for r in rows if rank > 1 or set(r[0]) <= bound]
        if ready:
            _values(writer, ready[0], bound)
            rows.remove(ready[0])
        else:
            _match(writer, waiting.pop(position), bound)
        settle()
    return 0 if enough is None else len(writer.loops) - enough


def _rank(pattern: Pattern, bound: set[str]) -> int:
    subject, _, obj = (not t.startswith("?") or t in bound for t in pattern)
    if subject and obj:
        return 0
    if subject or (obj and pattern[2] in bound):
        return 1
    return 2 if obj else 3


def _match(writer: _Writer, pattern: Pattern, bound: set[str]) -> None:
    subject, predicate, obj = pattern
    has_subject, has_object = (not t.startswith("?") or t in bound for t in (subject, obj))
    one, other = writer.name(subject), writer.name(obj)
    if has_subject and has_object:
        writer.open(f"if {other} in {writer.table(predicate, 'f')}.get({one}, none):")
    elif has_subject:
        writer.open(f"for {other} in {writer.table(predicate, 'f')}.get({one}, none):")
    elif has_object:
        writer.open(f"for {one} in {writer.table(predicate, 'b')}.get({other}, none):")
    else:
        writer.open(f"for {one}, found in {writer.table(predicate, 'f')}.items():")
        if subject == obj:
            writer.open(f"if {one} in found:")
        else:
            writer.open(f"for {other} in found:")
    bound |= {t for t in (subject, obj) if t.startswith("?")}


def _values(writer: _Writer, block: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], bound: set[str]) -> None:
    names, rows = block
    fresh = [f"{writer.name(n)}" if n not in bound else f"{writer.name(n)}_" for n in names]
    writer.open(f"for {', '.join(fresh)}, in {tuple(rows)!r}:")
    for name, written in zip(names, fresh, strict=True):
        if name in bound:
            writer.open(f"if {writer.name(name)} == {written}:")
    bound |= set(names)


def _absent(writer: _Writer, pattern: Pattern, bound: set[str]) -> str:
    subject, predicate, obj = pattern
    has_subject, has_object = (not t.startswith("?") or t in bound for t in (subject, obj))
    one, other = writer.name(subject), writer.name(obj)
    if has_subject and has_object:
        return f"{other} not in {writer.table(predicate, 'f')}.get({one}, none)"
    if has_subject:
        return f"{one} not in {writer.table(predicate, 'f')}"
    if has_object:
        return f"{other} not in {writer.table(predicate, 'b')}"
    return f"not {writer.table(predicate, 'f')}"


def _variables(expression: Expression) -> set[str]:
    if expression[0] == "term":
        return {expression[1]} if expression[1].startswith("?") else set()
    return {v for operand in expression[1:] if isinstance(operand, tuple) for v in _variables(operand)}


COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
LOGIC = {"and": "both", "or": "either", "not": "no", "IN": "among"}


def _code(writer: _Writer, expression: Expression) -> str:
    """An expression as source: of a term, or of a truth value where it is a test."""
    kind, *operands = expression
    if kind == "term":
        return writer.name(operands[0])
    if kind == "STR":
        return _code(writer, operands[0])
    if kind == "IRI":
        return f"iri({_text(writer, operands[0])})"
    if kind in COMPARISONS:
        one, other = (_code(writer, operand) for operand in operands)
        if kind in ("=", "!=") and any(o[0] == "term" and o[1].startswith("<") for o in operands):
            return f"{one} {'==' if kind == '=' else '!='} {other}"
        return f"compare({kind!r}, {one}, {other})"
    if kind in LOGIC:
        return f"{LOGIC[kind]}({', '.join(_code(writer, operand) for operand in operands)})"
    if kind == "NOT IN":
        return f"no(among({', '.join(_code(writer, operand) for operand in operands)}))"
    if kind in ("+", "-", "*", "/"):
        one, other = (_code(writer, operand) for operand in operands)
        return f"arithmetic({kind!r}, {one}, {other})"
    if kind == "IF":
        test, one, other = (_code(writer, operand) for operand in operands)
        return f"({one} if {test} else {other})"
    raise NotImplementedError(f"{kind} in a rule: teach answerable/plans.py what it does")


def _text(writer: _Writer, expression: Expression) -> str:
    """An expression as the source of a Python string."""
    kind, *operands = expression
    if kind == "CONCAT":
        return " + ".join(_text(writer, operand) for operand in operands)
    if kind == "STR":
        return _text(writer, operands[0])
    if kind == "term" and not operands[0].startswith("?"):
        return repr(lexical(operands[0]))
    return f"lexical({_code(writer, expression)})"
