"""Terms as text in N-Triples syntax, which is how the executor holds them, and what their literals are worth.

A term starts with ``<`` (an IRI), ``"`` (a literal) or ``_`` (a blank node). Equal terms are equal strings.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from answerable.iris import ANS

if TYPE_CHECKING:
    import pyoxigraph as ox

Term = str
Triple = tuple[Term, Term, Term]
Value = str | int | float | Decimal | bool

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
TRUE = f'"true"^^<{XSD}boolean>'
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?', re.DOTALL)
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
NUMBERS = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
)


def iri(text: str) -> Term:
    """The IRI as a term."""
    return f"<{text}>"


@cache
def ans(name: str) -> Term:
    """A term of the ontology."""
    return f"<{ANS}{name}>"


def is_iri(term: Term) -> bool:
    return term[0] == "<"


def is_literal(term: Term) -> bool:
    return term[0] == '"'


@cache
def parts(term: Term) -> tuple[str, str, str]:
    """Lexical form, language and datatype IRI of a literal."""
    match = LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"not a literal: {term}")
    text, language, datatype = match.groups()
    if "\\" in text:
        text = ESCAPE.sub(_unescaped, text)
    return text, language or "", datatype or f"{XSD}string"


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else ESCAPED.get(code, code)


@cache
def lexical(term: Term) -> str:
    """The text of a term: an IRI without brackets, a literal without quotes."""
    if term[0] == "<":
        return term[1:-1]
    return parts(term)[0] if term[0] == '"' else term


@cache
def worth(term: Term) -> tuple[str, Value] | None:
    """What a term is compared by, and of which kind; nothing for a malformed literal. Days are compared as text."""
    if term[0] != '"':
        return "term", term
    text, language, datatype = parts(term)
    name = datatype.removeprefix(XSD)
    if language or name == "string":
        return f"text {language}", text
    if name == "boolean":
        return "boolean", text in ("true", "1")
    if datatype in NUMBERS:
        try:
            if name in ("double", "float"):
                return "number", float(text)
            return "number", Decimal(text) if name == "decimal" else int(text)
        except (InvalidOperation, ValueError):
            return None
    return datatype, text


def number(value: int | float | Decimal) -> Term:
    """A number as a literal: exact decimals without trailing zeros."""
    if isinstance(value, float):
        return f'"{value!r}"^^<{XSD}double>'
    if isinstance(value, int):
        return f'"{value}"^^<{XSD}integer>'
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f'"{text or "0"}"^^<{XSD}decimal>'


def read_triple(triple: ox.Triple) -> Triple:
    """A triple of pyoxigraph as text."""
    subject, predicate, obj = triple
    return str(subject), str(predicate), str(obj)


def node(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term as pyoxigraph has it."""
    import pyoxigraph as ox

    if term[0] == "<":
        return ox.NamedNode(term[1:-1])
    if term[0] == "_":
        return ox.BlankNode(term[2:])
    text, language, datatype = parts(term)
    return ox.Literal(text, language=language) if language else ox.Literal(text, datatype=ox.NamedNode(datatype))


def written(triple: Triple) -> ox.Triple:
    """A triple as pyoxigraph has it."""
    import pyoxigraph as ox

    return ox.Triple(*map(node, triple))  # type: ignore[arg-type]


def line(triple: Triple) -> str:
    """A triple as a line of N-Triples."""
    return f"{triple[0]} {triple[1]} {triple[2]} ."
