"""A rule outside the permitted part of SPARQL, or outside its layer, is an error that names file and place."""

from __future__ import annotations

import pytest

from answerable import rooms
from answerable.engine import knowledge
from answerable.rules import RuleError, load_rules, parse_rule, stratify

HEADER = """#+ id: roles/test/example
#+ says: A sentence.
#+ cites: [http://data.europa.eu/eli/reg/2024/1689/art_3/oj]
#+ because: "{p} did it"
PREFIX ans: <https://w3id.org/answerable/ontology#>
"""
NAME = "2-roles/test/example.rq"


def rule(body: str, head: str = "?x ans:hasMet ?p", name: str = NAME, header: str = HEADER) -> str:
    header = header.replace("roles/test/example", name.split("-", 1)[1].removesuffix(".rq"))
    return f"{header}CONSTRUCT {{ {head} }} WHERE {{ {body} }}"


def test_a_permitted_rule() -> None:
    parsed = parse_rule(
        rule(
            "?x ans:concerns ?p . FILTER NOT EXISTS { ?x ans:isNot ?p } BIND(IRI(CONCAT(STR(?x), '/y')) AS ?y) "
            "FILTER(?p > 3 && ?p IN (4, 5))",
            head="?y ans:hasMet ?p",
        ),
        NAME,
    )
    assert parsed.layer == 2
    assert parsed.denies == ("<https://w3id.org/answerable/ontology#isNot> *",)
    assert parsed.branches[0].computed == ("?y",)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("?x ans:concerns ?p . OPTIONAL { ?x ans:isNot ?p }", "OPTIONAL"),
        ("?x ans:concerns+ ?p", "?path"),
        ("?x ?any ?p", "?any"),
        ("?x ans:concerns ?p . MINUS { ?x ans:isNot ?p }", "Minus"),
        ("?x ans:concerns ?p . FILTER NOT EXISTS { ?x ans:isNot ?p . ?p ans:holds true }", "2 patterns"),
        ("?x ans:concerns ?p . { ?x ans:holds true } UNION { ?x ans:holds false }", "UNION joined"),
        ("?x ans:concerns ?p . FILTER(REGEX(STR(?p), 'a'))", "REGEX"),
        ("?x ans:concerns ?p . { SELECT ?x WHERE { ?x ans:holds true } }", "without aggregate"),
        ("?x ans:concerns ?p . BIND(NOW() AS ?now)", "NOW"),
        ("GRAPH ?g { ?x ans:concerns ?p }", "Graph"),
    ],
)
def test_what_a_body_may_not_contain(body: str, found: str) -> None:
    with pytest.raises(RuleError) as error:
        parse_rule(rule(body), NAME)
    assert error.value.file == NAME
    assert found in error.value.found
    assert error.value.expected


@pytest.mark.parametrize("missing", ["says", "because", "cites"])
def test_a_header_without_an_entry(missing: str) -> None:
    header = "\n".join(line for line in HEADER.splitlines() if not line.startswith(f"#+ {missing}")) + "\n"
    with pytest.raises(RuleError, match=missing):
        parse_rule(rule("?x ans:concerns ?p", header=header), NAME)


def test_an_id_that_is_not_the_path() -> None:
    with pytest.raises(RuleError, match="roles/test/example"):
        parse_rule(rule("?x ans:concerns ?p").replace("roles/test/example", "roles/other"), NAME)


def test_a_blank_node_in_the_head() -> None:
    with pytest.raises(RuleError, match="mint"):
        parse_rule(rule("?x ans:concerns ?p", head="[] ans:hasMet ?p"), NAME)


def test_syntax_error_names_the_file() -> None:
    with pytest.raises(RuleError) as error:
        parse_rule(rule("?x ans:concerns"), NAME)
    assert error.value.file == NAME


def test_reading_a_higher_layer_is_an_error() -> None:
    low = parse_rule(rule("?x ans:hasTheoryStatus ?p"), NAME)
    name = "7-theories/test/example.rq"
    high = parse_rule(rule("?x ans:concerns ?p", head="?x ans:hasTheoryStatus ?p", name=name), name)
    with pytest.raises(RuleError, match="7-theories"):
        stratify([low, high])


def test_a_cycle_through_negation_is_an_error() -> None:
    one_name, other_name = "2-roles/test/one.rq", "2-roles/test/other.rq"
    one = parse_rule(rule("?x ans:concerns ?p . FILTER NOT EXISTS { ?x ans:hasRefuted ?p }", name=one_name), one_name)
    other = parse_rule(rule("?x ans:hasMet ?p", head="?x ans:hasRefuted ?p", name=other_name), other_name)
    with pytest.raises(RuleError, match="cycle"):
        stratify([one, other])


def test_the_shipped_rules_are_in_order() -> None:
    order = {r.path: n for n, s in enumerate(knowledge().strata) for r in s.rules}
    layers = [s.rules[0].layer for s in knowledge().strata]
    assert layers == sorted(layers)
    assert len(order) == len(knowledge().rules)


def test_the_cache_gives_the_same_rules(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWERABLE_CACHE", str(tmp_path))
    paths, root = rooms.files("reasoner", ".rq")[:5], rooms.room("reasoner")
    assert load_rules(paths, root) == load_rules(paths, root)
