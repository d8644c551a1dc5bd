"""Every rule with its neighbours, alone, as a compiled plan and on two engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
import yaml

from answerable import plans, rooms
from answerable.records import prefixes
from answerable.rules import Rule, load_rules
from answerable.terms import read_triple, written

ROOT = rooms.room("reasoner")
TESTS = Path(__file__).parent
RULES = load_rules(rooms.files("reasoner", ".rq"), ROOT)
KINDS = ("positive", "negative", "unknown", "before")
SPACES = prefixes() | {"case": f"{prefixes()['case']}test/"}
PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in SPACES.items())


def neighbours(rule: Rule) -> list[dict[str, Any]]:
    path = TESTS / Path(rule.path).with_suffix(".yaml")
    assert path.exists(), f"{rule.path} has no neighbour cases at {path.relative_to(TESTS)}"
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_every_kind_of_neighbour(rule: Rule) -> None:
    kinds = [case["kind"] for case in neighbours(rule)]
    assert set(KINDS) <= set(kinds), f"{rule.path}: missing {set(KINDS) - set(kinds)}"
    for case in neighbours(rule):
        if "not_applicable" in case:
            assert case["kind"] in ("before", "unknown"), f"{rule.path}: {case['kind']} cannot be left out"
        elif case["kind"] == "positive":
            assert case.get("expect"), f"{rule.path}: a positive neighbour expects a conclusion"
        else:
            assert case.get("absent") or case.get("expect"), f"{rule.path}: {case['name']} tests nothing"


@pytest.mark.parametrize(
    ("rule", "case"),
    [(r, c) for r in RULES for c in neighbours(r) if "not_applicable" not in c],
    ids=lambda value: value.id if isinstance(value, Rule) else value["kind"],
)
def test_neighbour(rule: Rule, case: dict[str, Any]) -> None:
    drawn = on_oxigraph(rule, case["facts"])
    assert values(on_rdflib(rule, case["facts"])) == values(drawn), "the two engines disagree"
    assert values(compiled(rule, case["facts"])) == values(drawn), "the compiled plan disagrees"
    expected = read(case.get("expect", ""))
    absent = read(case.get("absent", ""))
    assert values(expected) <= values(drawn), f"{rule.id}: not concluded: {expected - drawn}"
    assert not values(absent) & values(drawn), f"{rule.id}: wrongly concluded: {absent & drawn}"


def read(turtle: str) -> set[pyoxigraph.Triple]:
    parsed = pyoxigraph.parse(PREFIXES + turtle, format=pyoxigraph.RdfFormat.TURTLE)
    return {quad.triple for quad in parsed}


def compiled(rule: Rule, facts: str) -> set[pyoxigraph.Triple]:
    index = plans.Index()
    index.add(map(read_triple, read(facts)))
    (draw,) = plans.load(plans.compiled([rule]), index)
    return set(map(written, draw()))


def on_oxigraph(rule: Rule, facts: str) -> set[pyoxigraph.Triple]:
    store = pyoxigraph.Store()
    store.load(PREFIXES + facts, format=pyoxigraph.RdfFormat.TURTLE)
    return set(store.query(rule.construct))


def on_rdflib(rule: Rule, facts: str) -> set[pyoxigraph.Triple]:
    graph = rdflib.Graph()
    graph.parse(data=PREFIXES + facts, format="turtle")
    result = graph.query(rule.construct).graph
    assert result is not None
    lines = result.serialize(format="nt")
    return {quad.triple for quad in pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)}


def values(triples: set[pyoxigraph.Triple]) -> set[tuple[str, str, object]]:
    """Triples with numbers compared by value, for engines write decimals differently."""
    return {(str(t.subject), str(t.predicate), value(t.object)) for t in triples}


def value(term: object) -> object:
    if isinstance(term, pyoxigraph.Literal) and term.datatype.value.rsplit("#")[-1] in ("decimal", "integer", "double"):
        return rdflib.Literal(term.value, datatype=term.datatype.value).toPython()
    return str(term)
