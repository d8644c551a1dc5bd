"""The mappings to other vocabularies: well formed, from terms that exist here to terms that exist there."""

import csv
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import Graph
from rdflib.namespace import ODRL2, SKOS

from answerable import alignments, rooms
from answerable.errors import InputError
from tests.commands import run

SETS = alignments.sets()
VOCABULARIES = rooms.root().parent / "shared" / "vocab"
CHECKS = rooms.root() / ".venv-checks" / "bin"
LABELS = {"http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel"}
FORMATS = {".ttl": RdfFormat.TURTLE, ".owl": RdfFormat.RDF_XML, ".rdf": RdfFormat.RDF_XML, ".nq": RdfFormat.N_QUADS}
COSAI = "https://github.com/cosai-oasis/secure-ai-tooling/blob/main/risk-map/yaml/"
ELI = "http://data.europa.eu/eli/ontology#"
shared = pytest.mark.skipif(not VOCABULARIES.is_dir(), reason="the vocabularies mapped to are not beside the checkout")
each = pytest.mark.parametrize("name", SETS)


@cache
def known_here() -> dict[str, str]:
    return {term.iri: term.label for term in alignments.terms()}


def read(path: Path) -> dict[str, set[str]]:
    """The subjects of a file with their English labels."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in parse(path=str(path), format=FORMATS[path.suffix], base_iri="https://example.org/", lenient=True):
        if isinstance(quad.subject, NamedNode):
            labels, value = found[quad.subject.value], quad.object
            if quad.predicate.value in LABELS and (getattr(value, "language", None) or "en").startswith("en"):
                labels.add(value.value)
    return found


def cosai() -> Iterator[tuple[str, str]]:
    for path in (VOCABULARIES / "cosai").glob("*.yaml"):
        for part in yaml.safe_load(path.read_text()).values():
            for entry in part if isinstance(part, list) else ():
                if isinstance(entry, dict) and "title" in entry:
                    yield f"{COSAI}{path.name}#{entry['id']}", entry["title"]


@cache
def known_there(name: str) -> dict[str, set[str]]:
    """The terms of a vocabulary with their labels."""
    if name == "odrl":
        return {str(term): {str(term).rsplit("/", 1)[-1]} for term in dir(ODRL2)}
    if name == "eli":
        text = (VOCABULARIES / "eli" / "eli_terms_from_webvowl_dump.txt").read_text()
        lists = re.findall(r"^(?:CLASSES|OBJPROPS|DATAPROPS) (.*)$", text, re.M)
        return {ELI + term: {term} for names in lists for term in names.split()}
    if name == "cosai":
        return {iri: {title} for iri, title in cosai()}
    if name == "lmss":
        with (VOCABULARIES / "lmss" / "liability_relevant_terms.csv").open() as file:
            return {row["lmss_iri"]: {row["label"]} for row in csv.DictReader(file)}
    files = [VOCABULARIES / "w3c" / f"{name}.nq"] if name in ("org", "prov", "schema", "time") else []
    found: dict[str, set[str]] = defaultdict(set)
    for path in files or sorted((VOCABULARIES / name).glob("*.*")):
        if path.suffix in FORMATS:
            for iri, labels in read(path).items():
                found[iri] |= labels
    return found


def test_the_vocabularies_of_the_field_are_there() -> None:
    wanted = {"airo", "cosai", "dpv", "eli", "fibo", "lmss", "odrl", "org", "prov", "schema", "time", "vair"}
    assert set(SETS) == wanted
    assert {path.name.split(".")[0] for path in rooms.files("ontology", ".sssom.tsv")} == wanted


@each
def test_a_set_says_what_it_is(name: str) -> None:
    found = SETS[name]
    assert found.metadata["mapping_set_id"] == f"https://w3id.org/answerable/ontology/alignments/{name}"
    assert found.metadata["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found.metadata["creator_label"] == ["The Answerable authors"]
    assert not {"mapping_tool", "mapping_tool_version"} & set(found.metadata)
    lines = [line for line in found.path.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    assert {row["mapping_justification"] for row in rows} == {"semapv:ManualMappingCuration"}
    assert {row["author_label"] for row in rows} == {"The Answerable authors"}
    pairs = [(row["subject_id"], row["object_id"]) for row in rows]
    assert pairs == sorted(set(pairs)), "one mapping a pair, in order"


@each
def test_exact_is_exact(name: str) -> None:
    """No term of ours is exactly two of theirs, and none of theirs exactly two of ours."""
    exact = [mapping for mapping in SETS[name].mappings if mapping.kind == "exact"]
    for side in ("subject", "object"):
        ends = [getattr(mapping, side) for mapping in exact]
        assert sorted({end for end in ends if ends.count(end) > 1}) == []


@each
def test_subjects_are_ours_under_the_label_written(name: str) -> None:
    wrong = [m for m in SETS[name].mappings if known_here().get(m.subject) != m.subject_label]
    assert wrong == []


@shared
@each
def test_objects_are_theirs_under_the_label_written(name: str) -> None:
    there = known_there(name)
    wrong = []
    for mapping in SETS[name].mappings:
        # A term that its keepers gave no label is written by its name.
        labels = there.get(mapping.object, set()) or {re.split("[#/]", mapping.object)[-1]}
        if mapping.object not in there or mapping.object_label not in labels:
            wrong.append((mapping.object, mapping.object_label))
    assert wrong == []


def sssom(*paths: Path) -> subprocess.CompletedProcess[str]:
    script = rooms.root() / "tests" / "ontology" / "sssom_validate.py"
    command = [str(CHECKS / "python"), str(script), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.mark.skipif(not CHECKS.is_dir(), reason="no .venv-checks: `make checks` sets up sssom's own environment")
def test_sssom_reads_every_set_and_refuses_a_broken_one(tmp_path: Path) -> None:
    paths = [found.path for found in SETS.values()]
    done = sssom(*paths)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    read = dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    assert read == {str(found.path): str(len(found.mappings)) for found in SETS.values()}
    broken = changed(tmp_path, "semapv:ManualMappingCuration", "by hand")
    assert sssom(broken).returncode != 0


def test_triples_and_the_turtle_file_say_the_same() -> None:
    graph = Graph().parse(data=alignments.skos(), format="turtle")
    assert {tuple(map(str, triple)) for triple in graph} == set(alignments.triples())
    assert len(graph) == len(alignments.mappings())
    assert {str(p).removeprefix(str(SKOS)) for p in graph.predicates()} == {f"{k}Match" for k in alignments.KINDS}


def test_what_has_no_counterpart_is_in_scope_and_not_mapped() -> None:
    dpv = SETS["dpv"]
    lacking = alignments.unmapped("dpv")
    assert lacking and not {term.iri for term in lacking} & dpv.subjects
    assert all(dpv.modules & {term.module, term.kind} for term in lacking)
    assert [term.uses for term in lacking] == sorted((term.uses for term in lacking), reverse=True)
    nowhere = {term.iri for term in alignments.unmapped()}
    assert nowhere and not nowhere & {mapping.subject for mapping in alignments.mappings()}


def test_scope_names_modules_and_classes_that_there_are() -> None:
    known = {path.stem for path in rooms.files("ontology", ".ttl")} | {term.name for term in alignments.terms()}
    assert {name for found in SETS.values() for name in found.modules} - known == set()


def test_the_page_is_current() -> None:
    page = rooms.root() / "docs" / "alignments.md"
    assert page.read_text(encoding="utf-8") == alignments.page(), "run: python -m answerable.alignments"


def test_the_command() -> None:
    assert run("alignments", "--format", "csv").splitlines()[0] == ",".join(alignments.SET_COLUMNS)
    assert "dpv,ans:AISystem,AI system,exact,eu-aiact:AISystem,AI System" in run(
        "alignments", "--vocabulary", "dpv", "--format", "csv"
    )
    assert '"term": "ModelServiceProvider"' in run(
        "alignments", "--vocabulary", "airo", "--unmapped", "--format", "json"
    )
    assert "did you mean dpv?" in run("alignments", "--vocabulary", "dvp", status=2)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SETS["time"].path.read_text()
    assert old in text
    path = tmp_path / "time.sssom.tsv"
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "place", "found"),
    [
        ("# object_source: ", "# object_sauce: ", "metadata", "no object_source"),
        ("# curie_map:", "# curie_map: [", "metadata", "parsing"),
        ("\tobject_label", "\tlabel", "columns", "no object_label"),
        ("skos:closeMatch\ttime:hasEnd", "skos:nearMatch\ttime:hasEnd", "line", "skos:nearMatch"),
        ("ans:appliesUntil", "our:appliesUntil", "line", "our:appliesUntil"),
        ("semapv:ManualMappingCuration\tThe Answerable authors\n", "\n", "line", "absent"),
    ],
)
def test_a_broken_file_is_named_with_the_place(tmp_path: Path, old: str, new: str, place: str, found: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(InputError) as caught:
        alignments.read(path)
    assert caught.value.file == str(path) and caught.value.place.startswith(place)
    assert found in caught.value.found
