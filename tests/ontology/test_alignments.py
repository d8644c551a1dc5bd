"""The mappings to other vocabularies: well formed, from terms that exist here to terms that exist there."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from pyoxigraph import NamedNode, RdfFormat, parse

from answerable.rooms import files, root

SETS = files("ontology", ".sssom.tsv")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
VOCABULARIES = root().parent / "shared" / "vocab"
FORMATS = {".ttl": RdfFormat.TURTLE, ".owl": RdfFormat.RDF_XML, ".rdf": RdfFormat.RDF_XML, ".nq": RdfFormat.N_QUADS}
PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


def read(path: Path) -> tuple[dict[str, object], list[dict[str, str]]]:
    lines = path.read_text().splitlines()
    header = yaml.safe_load("\n".join(line[2:] for line in lines if line.startswith("# ")))
    return header, list(csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"))


def expand(curie: str, header: dict[str, object]) -> str:
    prefix, local = curie.split(":", 1)
    curies = header["curie_map"]
    assert isinstance(curies, dict)
    return f"{curies[prefix]}{local}"


@cache
def known_here() -> frozenset[str]:
    found = set()
    for path in [*files("ontology", ".ttl"), *files("data", ".ttl")]:
        quads = parse(path=str(path), format=RdfFormat.TURTLE)
        found |= {q.subject.value for q in quads if q.predicate == LABEL and isinstance(q.subject, NamedNode)}
    return frozenset(found)


@cache
def known_there() -> frozenset[str]:
    found = set()
    for path in sorted(VOCABULARIES.rglob("*")):
        if path.suffix in FORMATS:
            quads = parse(path=str(path), format=FORMATS[path.suffix], base_iri="https://example.org/", lenient=True)
            found |= {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
        elif path.suffix == ".csv" and path.parent.name == "lmss":
            found |= set(re.findall(r"http://lmss\.sali\.org/\w+", path.read_text()))
    return frozenset(found)


def test_there_are_mappings() -> None:
    assert {path.name.split(".")[0] for path in SETS} >= {"airo", "dpv", "fibo", "lmss", "org", "prov"}


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_form(path: Path) -> None:
    header, rows = read(path)
    assert {"curie_map", "license", "mapping_set_id", "mapping_set_version"} <= set(header)
    assert {row["predicate_id"] for row in rows} <= PREDICATES
    assert {row["mapping_justification"] for row in rows} == {"semapv:ManualMappingCuration"}
    pairs = [(row["subject_id"], row["object_id"]) for row in rows]
    assert pairs == sorted(set(pairs))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_subjects_are_defined(path: Path) -> None:
    header, rows = read(path)
    assert [row["subject_id"] for row in rows if expand(row["subject_id"], header) not in known_here()] == []


@pytest.mark.skipif(not VOCABULARIES.is_dir(), reason="the vocabularies mapped to are not beside the repository")
@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_objects_exist(path: Path) -> None:
    header, rows = read(path)
    assert [row["object_id"] for row in rows if expand(row["object_id"], header) not in known_there()] == []
