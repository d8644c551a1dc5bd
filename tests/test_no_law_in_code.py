"""Law is data: no article number, date, threshold or amount stands in Python or in a rule's body."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from answerable import rooms

PYTHON = sorted((Path(__file__).parents[1] / "answerable").glob("**/*.py"))
RULES = rooms.files("reasoner", ".rq")
DAY = re.compile(r"\b(19|20)\d\d-\d\d-\d\d\b")
ARTICLE = re.compile(r"\b(?:Art(?:icle|\.)?|Annex)\s*(?:\d+|[IVX]+)\b", re.IGNORECASE)
MONEY = re.compile(r"\b(?:EUR|USD|GBP)\s?\d|\d\s(?:%|per cent)|\b\d{1,3}(?:[,_]\d{3})+\b")
NORM = re.compile(r"\b(?:AIA|GDPR|PLD|PEN|AD|OECD|EU)_\w*\d\w*")
# A norm is named in a body by its IRI; numbers stand nowhere else there, but in a variable's name.
LITERAL = re.compile(r'"[^"]*\d[^"]*"|(?<![\w?/:.#-])[+-]?\d[\d.]*(?![\w-])')
# Limits of the reader and of the service, on bytes, digits and rows, are none of the law's.
OUR_OWN = {"MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "_WHOLE_DIGITS", "_DECIMAL_PLACES", "GARBAGE"}
OUR_OWN |= {"PORT", "MAX_ROWS", "MAX_MEGABYTES", "MEGABYTE"}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module that the program uses, with their lines; docstrings and help are prose for people."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    prose |= {id(k.value) for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "help"}
    prose |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def numbers(path: Path) -> Iterator[tuple[int, object]]:
    """Numbers of a module that are too large to count or index with."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") in OUR_OWN for t in node.targets)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and id(node) not in own:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_python_states_no_law(path: Path) -> None:
    stated = [(line, text) for line, text in texts(path) if "such as" not in text]  # an example in a message
    found = [(line, text) for line, text in stated for rule in (DAY, ARTICLE, MONEY, NORM) if rule.search(text)]
    found += [(line, str(number)) for line, number in numbers(path) if number > 1000]  # type: ignore[operator]
    assert not found


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_states_no_law_in_its_body(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if not line.startswith(("#", "PREFIX"))]
    found = [line.strip() for line in body for rule in (DAY, LITERAL) if rule.search(line)]
    assert not found


def test_the_patterns_find_what_they_are_for() -> None:
    assert DAY.search("2027-12-02")
    assert ARTICLE.search("Article 26(1)")
    assert ARTICLE.search("Annex III")
    assert MONEY.search("EUR 15,000,000")
    assert MONEY.search("3 %")
    assert NORM.search("AIA_26_1")
    assert LITERAL.search('FILTER(?day < "2027-12-02"^^xsd:date)')
    assert LITERAL.search("FILTER(?share > 0.5)")
    assert not LITERAL.search("law:AIA_26_1 ans:hasX ?x2 .")
