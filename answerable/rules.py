"""Rule files: reading, checking against the permitted part of SPARQL, and ordering into strata.

A rule is one SPARQL CONSTRUCT with a YAML header behind ``#+``; its layer is its folder. What a body may
contain, and why, is in ``docs/model.md``. Parsing is rdflib's; its result is cached by content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from answerable.cache import cache_file, write_cache
from answerable.errors import InputError
from answerable.iris import ANS

CACHE_FORMAT = 10
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# Predicates whose object is a concept: the concept, not the predicate, is what a rule reads or concludes.
CONCEPTUAL = frozenset(
    {RDF_TYPE}
    | {
        f"<{ANS}{name}>"
        for name in (
            "hasClass",
            "isNot",
            "hasRole",
            "isClassifiedAs",
            "showsFinding",
            "hasBindingStatus",
            "hasComplianceStatus",
            "hasTheoryStatus",
        )
    }
)

Pattern = tuple[str, str, str]
"""A triple pattern; each term in N-Triples syntax, a variable as ``?name``."""
Expression = tuple[Any, ...]
"""``("term", text)``, or an operator (``=``, ``and``, ``IF``, ``CONCAT`` ...) and its operands."""


class RuleError(InputError):
    """A rule file that the house does not accept."""


@dataclass(frozen=True)
class Branch:
    """One alternative of a body: the whole body, or one arm of a UNION that is the whole body."""

    patterns: tuple[Pattern, ...]
    negated: tuple[Pattern, ...]
    computed: tuple[str, ...]
    """Variables that the body computes (BIND, aggregates) instead of matching."""
    inner: str
    """Text of a sub-select's WHERE body, empty where there is none."""
    inner_patterns: tuple[Pattern, ...]
    filters: tuple[Expression, ...] = ()
    binds: tuple[tuple[str, Expression], ...] = ()
    values: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = ()
    """Variables and rows of each VALUES block."""
    group: tuple[str, ...] = ()
    """Variables that the sub-select groups by."""
    aggregates: tuple[tuple[str, str, str], ...] = ()
    """Function, variable, and the variable that gets the result, of the sub-select."""
    inner_filters: tuple[Expression, ...] = ()
    inner_negated: tuple[Pattern, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A checked rule. ``id`` is the path below ``reasoner/`` without the layer's number and the ending."""

    id: str
    layer: int
    path: str
    says: str
    cites: tuple[str, ...]
    because: str
    prologue: str
    template: tuple[Pattern, ...]
    body: str
    branches: tuple[Branch, ...]
    needs: tuple[str, ...] = field(default=())
    reads: tuple[str, ...] = field(default=())
    denies: tuple[str, ...] = field(default=())
    writes: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        return hash(self.path)

    @cached_property
    def construct(self) -> str:
        head = " . ".join(" ".join(pattern) for pattern in self.template)
        return f"{self.prologue}\nCONSTRUCT {{ {head} }} WHERE {{ {self.body} }}"

    @cached_property
    def concludes(self) -> frozenset[str] | None:
        """The keys of whatever it may conclude, or nothing where a concept is known only from the triple."""
        if any(k.endswith(" *") for k in self.writes):
            return None
        return frozenset(self.writes) | {f"{k.split(' ')[0]} *" for k in self.writes if " " in k}

    def select(self, condition: str = "", binding: str = "") -> str:
        """The body as a SELECT of all its variables, under a VALUES block and a further FILTER."""
        return f"{self.prologue}\nSELECT * WHERE {{ {binding} {self.body} {condition} }}"


def key(pattern: Pattern) -> str:
    """What a pattern reads or writes: a predicate, or for a conceptual one the predicate and the concept."""
    _, predicate, obj = pattern
    if predicate not in CONCEPTUAL:
        return predicate
    return f"{predicate} *" if obj.startswith("?") else f"{predicate} {obj}"


def overlaps(one: str, other: str) -> bool:
    """Whether a triple can have both keys."""
    return one == other or ("*" in (one[-1], other[-1]) and one.split(" ")[0] == other.split(" ")[0])


def with_keys(rule: Rule) -> Rule:
    """The rule with the keys it needs, reads, denies and writes, computed from its patterns."""
    bodies = [b.patterns + b.inner_patterns for b in rule.branches]
    reads = {key(p) for body in bodies for p in body}
    needs = {key(p) for p in bodies[0]} if len(bodies) == 1 else set()
    denies = {key(p) for b in rule.branches for p in b.negated + b.inner_negated}
    writes = {key(p) for p in rule.template}
    return Rule(
        **{
            **{f: getattr(rule, f) for f in rule.__dataclass_fields__},
            "needs": tuple(sorted(needs)),
            "reads": tuple(sorted(reads)),
            "denies": tuple(sorted(denies)),
            "writes": tuple(sorted(writes)),
        }
    )


# -- reading ----------------------------------------------------------------------------------------------------------


def load_rules(paths: Iterable[Path], root: Path) -> list[Rule]:
    """Read and check rule files below ``root`` (the folder ``reasoner``); what has not changed comes from a cache.

    Raises:
        RuleError: naming file and line, when a file is not a rule of the permitted form.
    """
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    cached = cache_file(f"rules-{CACHE_FORMAT}.json")
    known: dict[str, Any] = {}
    if cached.exists():
        try:
            known = json.loads(cached.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            known = {}
    rules: list[Rule] = []
    kept: dict[str, Any] = {}
    for name, text in sorted(texts.items()):
        digest = hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()
        try:
            rule = _from_json(known[digest])
        except (KeyError, TypeError):
            rule = parse_rule(text, name)
        kept[digest] = known.get(digest) or asdict(rule)
        rules.append(rule)
    if kept.keys() != known.keys():
        write_cache(cached, json.dumps(kept).encode())
    return rules


def _from_json(item: dict[str, Any]) -> Rule:
    def tuples(value: Any) -> Any:
        return tuple(tuples(v) for v in value) if isinstance(value, list) else value

    branches = tuple(Branch(**{k: tuples(v) for k, v in b.items()}) for b in item["branches"])
    return Rule(**{**{k: tuples(v) for k, v in item.items()}, "branches": branches})


HEADER = re.compile(r"^#\+ ?(.*)$")


def parse_rule(text: str, name: str) -> Rule:
    """One rule file's text, where ``name`` is its path below ``reasoner/`` (``2-roles/eu-ai-act/deployer.rq``)."""
    lines = text.splitlines()
    header = _header(lines, name)
    layer, expected = _place(name)
    if header.get("id") != expected:
        raise _error(name, lines, "id:", str(header.get("id")), f"id: {expected}", "the id is the path of the file")
    for entry in ("says", "because"):
        if not isinstance(header.get(entry), str) or not header[entry].strip():
            raise _error(name, lines, f"{entry}:", "nothing", f"one sentence behind {entry}:", "see docs/model.md")
    cites = header.get("cites")
    if not isinstance(cites, list) or not cites or not all(isinstance(c, str) and ":" in c for c in cites):
        raise _error(name, lines, "cites:", str(cites), "cites: a list of IRIs", "cite the provision or authority")
    query = "\n".join("" if line.lstrip().startswith("#") else line for line in lines)
    prologue, body = _split(query, name)
    algebra, prefixes = _parse(query, name)
    template = tuple(_pattern(t) for t in algebra.template)
    branches = _branches(algebra.p, name, body, lines)
    for pattern in (*template, *(p for b in branches for p in b.patterns + b.negated + b.inner_negated)):
        if pattern[1].startswith("?"):
            raise _error(name, lines, pattern[1], pattern[1], "a fixed predicate", "name the predicate")
    for term in (t for p in template for t in p):
        if term.startswith("_:"):
            raise _error(name, lines, "CONSTRUCT", term, "an IRI", "mint an IRI with BIND(IRI(CONCAT(...)))")
    rule = Rule(
        id=expected,
        layer=layer,
        path=name,
        says=header["says"].strip(),
        cites=tuple(expand(c, prefixes) for c in cites),
        because=header["because"].strip(),
        prologue=prologue,
        template=template,
        body=body,
        branches=branches,
    )
    return with_keys(rule)


def expand(name: str, prefixes: dict[str, str]) -> str:
    """A prefixed name as a full IRI; anything else unchanged."""
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local if prefix in prefixes and not local.startswith("//") else name


def _header(lines: list[str], name: str) -> dict[str, Any]:
    import yaml

    entries = [match.group(1) for line in lines if (match := HEADER.match(line))]
    try:
        header = yaml.safe_load("\n".join(entries))
    except yaml.YAMLError as error:
        raise RuleError(file=name, place="header", found=str(error), expected="YAML behind #+") from error
    if not isinstance(header, dict):
        raise RuleError(file=name, place="line 1", found="no header", expected="id, says, cites, because behind #+")
    return header


def _place(name: str) -> tuple[int, str]:
    folder, _, rest = name.partition("/")
    number, _, layer = folder.partition("-")
    if not number.isdigit() or not layer or not rest:
        raise RuleError(file=name, place="path", found=name, expected="<number>-<layer>/.../<name>.rq")
    return int(number), f"{layer}/{rest.removesuffix('.rq')}"


def _split(query: str, name: str) -> tuple[str, str]:
    start = re.search(r"\bCONSTRUCT\b", query)
    if start is None:
        raise RuleError(file=name, place="query", found="no CONSTRUCT", expected="one CONSTRUCT query")
    _, after = _braces(query, start.end(), name)
    body, end = _braces(query, after, name)
    if query[end:].strip():
        raise RuleError(file=name, place="end", found=query[end:].strip()[:60], expected="nothing after the body")
    return query[: start.start()].strip(), body


def _braces(text: str, start: int, name: str) -> tuple[str, int]:
    depth, opened = 0, -1
    for token in re.finditer(r"<[^<>\s]*>|\"(?:[^\"\\]|\\.)*\"|[{}]", text[start:]):
        if token.group() == "{":
            depth += 1
            if depth == 1:
                opened = start + token.end()
        elif token.group() == "}":
            depth -= 1
            if depth == 0:
                return text[opened : start + token.start()].strip(), start + token.end()
    raise RuleError(file=name, place="query", found="unbalanced braces", expected="CONSTRUCT { ... } WHERE { ... }")


def _parse(query: str, name: str) -> tuple[Any, dict[str, str]]:
    from unittest.mock import patch

    from rdflib.plugins.sparql import algebra
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        # The order of patterns is the author's: it says where to begin.
        with patch.object(algebra, "reorderTriples", list):
            translated = algebra.translateQuery(parseQuery(query))
    except Exception as error:  # rdflib's grammar raises many kinds
        raise RuleError(
            file=name, place=f"line {getattr(error, 'lineno', '?')}", found=str(error)[:200], expected="SPARQL 1.1"
        ) from error
    if translated.algebra.name != "ConstructQuery":
        raise RuleError(file=name, place="query", found=translated.algebra.name, expected="a CONSTRUCT query")
    prefixes = {p: str(n) for p, n in translated.prologue.namespace_manager.namespaces()}
    return translated.algebra, prefixes


def _term(term: Any) -> str:
    return str(term.n3())


def _pattern(triple: Any) -> Pattern:
    subject, predicate, obj = triple
    if not hasattr(predicate, "n3") or type(predicate).__module__.endswith("paths"):
        return (_term(subject), "?path", _term(obj))
    return (_term(subject), _term(predicate), _term(obj))


def _error(name: str, lines: list[str], needle: str, found: str, expected: str, hint: str) -> RuleError:
    line = next((n for n, text in enumerate(lines, 1) if needle in text), 1)
    return RuleError(file=name, place=f"line {line}", found=found, expected=expected, hint=hint)


# -- the permitted part of SPARQL ------------------------------------------------------------------------------------

FUNCTIONS = {"Builtin_IRI", "Builtin_CONCAT", "Builtin_STR", "Builtin_IF", "Function"}
OPERATORS = {
    "RelationalExpression",
    "AdditiveExpression",
    "MultiplicativeExpression",
    "ConditionalAndExpression",
    "ConditionalOrExpression",
    "UnaryNot",
    "UnaryMinus",
    "TrueFilter",
}


@dataclass
class _Body:
    patterns: list[Pattern] = field(default_factory=list)
    negated: list[Pattern] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    inner: str = ""
    inner_patterns: list[Pattern] = field(default_factory=list)
    filters: list[Expression] = field(default_factory=list)
    binds: list[tuple[str, Expression]] = field(default_factory=list)
    values: list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = field(default_factory=list)
    group: tuple[str, ...] = ()
    aggregates: tuple[tuple[str, str, str], ...] = ()
    inner_filters: list[Expression] = field(default_factory=list)
    inner_negated: list[Pattern] = field(default_factory=list)


def _branches(algebra: Any, name: str, text: str, lines: list[str]) -> tuple[Branch, ...]:
    if algebra.name == "Project":
        algebra = algebra.p
    arms = list(_arms(algebra))
    result = []
    for arm in arms:
        body = _Body()
        _walk(arm, body, name, text, lines)
        result.append(
            Branch(
                tuple(body.patterns),
                tuple(body.negated),
                tuple(body.computed),
                body.inner,
                tuple(body.inner_patterns),
                tuple(body.filters),
                tuple(body.binds),
                tuple(body.values),
                body.group,
                body.aggregates,
                tuple(body.inner_filters),
                tuple(body.inner_negated),
            )
        )
    return tuple(result)


def _arms(node: Any) -> Iterator[Any]:
    if node.name == "Union":
        yield from _arms(node.p1)
        yield from _arms(node.p2)
    else:
        yield node


def _walk(node: Any, body: _Body, name: str, text: str, lines: list[str]) -> None:
    kind = node.name
    if kind == "BGP":
        body.patterns.extend(_pattern(t) for t in node.triples)
    elif kind == "Join":
        _walk(node.p1, body, name, text, lines)
        _walk(node.p2, body, name, text, lines)
    elif kind == "Filter":
        _walk(node.p, body, name, text, lines)
        _expression(node.expr, body, name, lines)
    elif kind == "Extend":
        _walk(node.p, body, name, text, lines)
        body.computed.append(_term(node.var))
        _expression(node.expr, body, name, lines, top=False)
        body.binds.append((_term(node.var), _operand(node.expr)))
    elif kind == "ToMultiSet":
        _multiset(node, body, name, text, lines)
    else:
        found = {"LeftJoin": "OPTIONAL", "Union": "UNION joined to something"}.get(kind, kind)
        raise _error(name, lines, found.split()[0], found, "the permitted part of SPARQL", "see docs/model.md, Rules")


def _multiset(node: Any, body: _Body, name: str, text: str, lines: list[str]) -> None:
    inner = node.p
    if inner.name == "values":
        rows = [{_term(k): _term(v) for k, v in row.items()} for row in inner.res]
        names = tuple(sorted({k for row in rows for k in row}))
        body.values.append((names, tuple(tuple(row[k] for k in names) for row in rows)))
        return
    if inner.name != "Project" or body.inner:
        raise _error(name, lines, "SELECT", inner.name, "one sub-select with aggregates", "see docs/model.md, Rules")
    start = re.search(r"\bSELECT\b", text)
    assert start is not None
    body.inner, _ = _braces(text, start.end(), name)
    collected = _Body()
    node = inner.p
    made: dict[str, str] = {}
    while node.name in ("Extend", "Filter"):
        if node.name == "Extend":
            made[_term(node.expr)] = _term(node.var)
        node = node.p
    if node.name != "AggregateJoin":
        raise _error(name, lines, "SELECT", "a sub-select without aggregate", "COUNT, SUM, MIN or MAX", "inline it")
    _walk(node.p.p, collected, name, text, lines)
    body.inner_patterns.extend(collected.patterns)
    body.inner_filters.extend(collected.filters)
    body.inner_negated.extend(collected.negated)
    body.group = tuple(_term(v) for v in node.p.expr or ())
    body.aggregates = tuple(
        (a.name.removeprefix("Aggregate_").upper(), _term(a.vars), made[_term(a.res)])
        for a in node.A
        if a.name != "Aggregate_Sample" and _term(a.res) in made
    )
    matched = {t for pattern in collected.patterns for t in pattern}
    body.computed.extend(_term(v) for v in inner.PV if _term(v) not in matched)


def _expression(expression: Any, body: _Body, name: str, lines: list[str], top: bool = True) -> None:
    kind = getattr(expression, "name", None)
    if kind is None:
        if isinstance(expression, list):
            for item in expression:
                _expression(item, body, name, lines, top=False)
        return
    if kind == "Builtin_NOTEXISTS":
        graph = expression.graph
        while graph.name in ("Join", "ToMultiSet", "Filter") and not getattr(graph, "triples", None):
            graph = graph.p1 if graph.name == "Join" and graph.p2.name != "BGP" else graph.get("p2", graph.get("p"))
        patterns = list(graph.triples) if graph.name == "BGP" else []
        if not top or len(patterns) != 1:
            found = f"{len(patterns)} patterns" if top else "NOT EXISTS inside an expression"
            raise _error(name, lines, "NOT EXISTS", found, "one triple pattern of one concept", "give it a concept")
        body.negated.append(_pattern(patterns[0]))
        return
    if kind == "ConditionalAndExpression" and top:
        _expression(expression.expr, body, name, lines, top=True)
        for item in expression.other:
            _expression(item, body, name, lines, top=True)
        return
    if top and kind in OPERATORS and kind != "TrueFilter":
        body.filters.append(_operand(expression))
    if kind not in FUNCTIONS and kind not in OPERATORS:
        shown = kind.removeprefix("Builtin_")
        raise _error(name, lines, shown, shown, "comparisons, arithmetic, IRI, CONCAT, STR, IF", "docs/model.md")
    for value in expression.values():
        _expression(value, body, name, lines, top=False)


WORDS = {
    "ConditionalAndExpression": "and",
    "ConditionalOrExpression": "or",
    "UnaryNot": "not",
    "UnaryMinus": "negative",
    "Builtin_IRI": "IRI",
    "Builtin_CONCAT": "CONCAT",
    "Builtin_STR": "STR",
    "Builtin_IF": "IF",
}


def _operand(expression: Any) -> Expression:
    """An expression of the permitted part as data."""
    kind = getattr(expression, "name", None)
    if kind is None:
        return ("term", _term(expression))
    if kind == "RelationalExpression":
        if expression.op in ("IN", "NOT IN"):
            return (expression.op, _operand(expression.expr), *(_operand(e) for e in expression.other))
        return (expression.op, _operand(expression.expr), _operand(expression.other))
    if kind in ("AdditiveExpression", "MultiplicativeExpression"):
        result = _operand(expression.expr)
        for op, other in zip(expression.op, expression.other, strict=True):
            result = (str(op), result, _operand(other))
        return result
    if kind in ("ConditionalAndExpression", "ConditionalOrExpression"):
        return (WORDS[kind], _operand(expression.expr), *(_operand(e) for e in expression.other))
    if kind == "Function":
        return ("cast", _term(expression.iri), *(_operand(e) for e in expression.expr))
    arguments = expression.get("expr") if "expr" in expression else expression.get("arg")
    if kind == "Builtin_IF":
        arguments = [expression.arg1, expression.arg2, expression.arg3]
    return (WORDS[kind], *(_operand(a) for a in (arguments if isinstance(arguments, list) else [arguments])))


# -- strata ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stratum:
    """Rules that run together; ``recursive`` ones until nothing new is found."""

    rules: tuple[Rule, ...]
    recursive: bool

    @cached_property
    def is_lawful(self) -> bool:
        """Whether what it draws from the law alone holds in every case: positive rules of layer 1."""
        return all(rule.layer == 1 and not rule.denies for rule in self.rules)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The keys of whatever its rules read or deny."""
        return frozenset(k for rule in self.rules for k in (*rule.reads, *rule.denies))


def stratify(rules: list[Rule]) -> list[Stratum]:
    """Order the rules: by layer, and within a layer so that whoever reads a concept runs after whoever writes it.

    Raises:
        RuleError: on negation in a cycle, or where a rule reads what a higher layer writes.
    """
    writers: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        for k in rule.writes:
            writers.setdefault(k, []).append(number)
    for k in [k for k in writers if " " in k and not k.endswith("*")]:
        writers.setdefault(f"{k.split(' ')[0]} any", []).extend(writers[k])

    def producers(read: str) -> list[int]:
        predicate, _, concept = read.partition(" ")
        if not concept:
            return writers.get(read, [])
        others = writers.get(f"{predicate} any", []) if concept == "*" else writers.get(read, [])
        return others + writers.get(f"{predicate} *", [])

    after: list[set[int]] = [set() for _ in rules]
    for number, rule in enumerate(rules):
        for k in (*rule.reads, *rule.denies):
            for other in producers(k):
                if rules[other].layer > rule.layer:
                    # Definitions close the facts; what higher layers conclude is complete as they write it.
                    if k == f"{RDF_TYPE} *" or rule.id.startswith("classes/owl/"):
                        continue
                    raise RuleError(
                        file=rule.path,
                        place=k,
                        found=f"{k} is concluded in {rules[other].path}",
                        expected=f"a concept of layer {rule.layer} or lower",
                        hint="move the rule up, or give the lower layer a concept of its own",
                    )
                if rules[other].layer == rule.layer:
                    after[number].add(other)
    strata: list[Stratum] = []
    for layer in sorted({rule.layer for rule in rules}):
        members = [n for n, rule in enumerate(rules) if rule.layer == layer]
        for component in _components(members, after):
            group = tuple(rules[n] for n in sorted(component))
            recursive = len(component) > 1 or component[0] in after[component[0]]
            if recursive:
                _no_negation_inside(group)
            strata.append(Stratum(group, recursive))
    return strata


def _no_negation_inside(group: tuple[Rule, ...]) -> None:
    for rule in group:
        for k in rule.denies:
            for other in group:
                if any(overlaps(k, w) for w in other.writes):
                    raise RuleError(
                        file=rule.path,
                        place=f"NOT EXISTS {k}",
                        found=f"a cycle: {other.path} concludes {k} and depends on {rule.path}",
                        expected="a concept that is finished before this rule runs",
                        hint="give the exception a concept of its own, derived from facts",
                    )


def _components(members: list[int], after: list[set[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components, dependencies first."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    result: list[list[int]] = []
    for start in members:
        if start in index:
            continue
        work = [(start, iter(sorted(after[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(sorted(after[child]))))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    result.append(component)
    return result
