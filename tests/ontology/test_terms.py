"""Every term that a room uses is defined in the ontology, once."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from answerable.rooms import files, room, root

TERMS = "https://w3id.org/answerable/ontology#"
DEFINED_BY = NamedNode("http://www.w3.org/2000/01/rdf-schema#isDefinedBy")
TERM = re.compile(r"(?<![\w:/])ans:([A-Za-z]\w*)|<" + re.escape(TERMS) + r"(\w+)>")


def definitions() -> Iterator[tuple[str, str]]:
    for path in files("ontology", ".ttl"):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            if quad.predicate == DEFINED_BY and isinstance(quad.subject, NamedNode):
                yield quad.subject.value, str(quad.object)


DEFINED = {iri.removeprefix(TERMS) for iri, _ in definitions()}


def used_in(text: str) -> set[str]:
    return {one or other for one, other in TERM.findall(re.sub(r"isDefinedBy\s+\S+", "", text))}


def texts() -> list[Path]:
    rooms = [*files("ontology", ".ttl"), *files("shapes", ".ttl"), *files("data", ".ttl")]
    rooms += [*files("reasoner", ".rq"), *files("queries", ".rq"), room("ontology") / "context.jsonld"]
    rooms += sorted((root() / "tests" / "reasoner").rglob("*.yaml"))
    return rooms


def test_terms_are_in_the_namespace() -> None:
    assert [iri for iri, _ in definitions() if not iri.startswith(TERMS)] == []


def test_no_term_is_defined_twice() -> None:
    assert [iri for iri, number in Counter(iri for iri, _ in definitions()).items() if number > 1] == []


def test_a_term_is_defined_by_the_module_whose_file_holds_it() -> None:
    for path in files("ontology", ".ttl"):
        module = f"<https://w3id.org/answerable/ontology/{path.stem}>"
        quads = parse(path=str(path), format=RdfFormat.TURTLE)
        assert {str(q.object) for q in quads if q.predicate == DEFINED_BY} <= {module}, path.name


def test_no_term_is_used_without_definition() -> None:
    unknown = {str(path.relative_to(root())): sorted(used_in(path.read_text()) - DEFINED) for path in texts()}
    assert {path: terms for path, terms in unknown.items() if terms} == {}


def test_terms_of_the_model_page_are_defined() -> None:
    page = root() / "docs" / "model.md"
    if not page.exists():
        pytest.skip("the page is not part of an installed package")
    assert sorted(used_in(page.read_text()) - DEFINED) == []


def test_use_is_recognised() -> None:
    assert used_in("?x a ans:Harm ; ans:isNot <https://w3id.org/answerable/ontology#Party> . # see trans:Not") == {
        "Harm",
        "isNot",
        "Party",
    }
