"""A release: each part holds what it says, the metadata keep to RO-Crate, and the bytes do not change."""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib import DCTERMS, OWL, RDF, Graph, URIRef

from answerable import __version__, alignments, dataset, release, rooms
from answerable.errors import InputError
from tests.release.checks import CASE, installed, wrong_crate, wrong_sums

EPOCH = "1795846223"
CASES = rooms.room("data") / "cases"
# All but what takes minutes: the conclusions of every case, and the pages of every module.
STEPS = """
import sys
from pathlib import Path
from answerable import release, rooms
out = Path(sys.argv[1])
out.mkdir()
release.ontology(out)
release.inferred(out, release.shipped([rooms.room("data") / "cases" / "moffatt-v-air-canada.yaml"]))
release.mappings(out)
release.shapes(out)
release.schemas(out)
release.pages(out, [rooms.room("ontology") / "artefacts.ttl"])
release.packages(out)
release.crate(out)
release.sums(out)
"""


def made(out: Path, seed: str) -> Path:
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", STEPS, str(out)], env=environment, check=True, timeout=300)
    return out


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("release") / "dist", "1")


def canonical(*paths: Path) -> set[str]:
    """The statements of Turtle files, blank nodes named by what is said of them."""
    dataset = Dataset(
        quad for path in paths for quad in parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


def test_two_runs_give_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    again = made(tmp_path / "dist", "2")
    files = {path.relative_to(dist) for path in dist.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert [str(name) for name in sorted(files) if (dist / name).read_bytes() != (again / name).read_bytes()] == []


def test_the_sums_and_the_crate_are_right(dist: Path) -> None:
    assert wrong_sums(dist) == []
    assert wrong_crate(dist) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"datePublished": "2026-11-28', '"datePublished": "28 November', "datePublished"),
        ('"license": {', '"licence": {', "licence is unknown"),
        ('"https://w3id.org/ro/crate/1.2"', '"https://w3id.org/ro/crate/1.0"', "conforms to"),
        ('"@id": "#authors"\n', '"@id": "#nobody"\n', "not described"),
        ('"contentSize": "', '"contentSize": "9', "another size"),
    ],
)
def test_a_wrong_crate_is_seen(dist: Path, tmp_path: Path, old: str, new: str, problem: str) -> None:
    copy = Path(shutil.copytree(dist, tmp_path / "dist"))
    text = (dist / release.METADATA).read_text()
    assert old in text
    (copy / release.METADATA).write_text(text.replace(old, new))
    assert any(problem in said for said in wrong_crate(copy))
    assert wrong_sums(copy) == [release.METADATA]


def test_the_ontology_is_one_and_loses_nothing(dist: Path) -> None:
    path = dist / f"answerable-{__version__}-ontology.ttl"
    graph, header = Graph().parse(path), URIRef(release.ONTOLOGY)
    assert set(graph.subjects(RDF.type, OWL.Ontology)) == {header}
    assert str(graph.value(header, OWL.versionInfo)) == __version__
    assert str(graph.value(header, OWL.versionIRI)) == f"{release.ONTOLOGY}/{__version__}"
    parts = set(graph.subjects(DCTERMS.isPartOf, header))
    assert {str(part).rsplit("/", 1)[-1] for part in parts} == {p.stem for p in rooms.files("ontology", ".ttl")}

    def of_terms(statements: set[str]) -> set[str]:
        heads = tuple(f"<{node}> " for node in (header, *parts))
        return {statement for statement in statements if not statement.startswith(heads)}

    assert of_terms(canonical(path)) == of_terms(canonical(*rooms.files("ontology", ".ttl")))


@pytest.mark.parametrize(("suffix", "format"), [("nt", RdfFormat.N_TRIPLES), ("jsonld", RdfFormat.JSON_LD)])
def test_the_three_forms_say_the_same(dist: Path, suffix: str, format: RdfFormat) -> None:
    def lines(path: Path, format: RdfFormat) -> set[str]:
        return {str(quad) for quad in parse(path=str(path), format=format)}

    name = f"answerable-{__version__}-ontology"
    assert lines(dist / f"{name}.{suffix}", format) == lines(dist / f"{name}.ttl", RdfFormat.TURTLE)


def test_the_inferred_graph_is_sorted_quads_in_graphs_of_the_dataset(dist: Path) -> None:
    data = gzip.decompress((dist / f"answerable-{__version__}-inferred.nq.gz").read_bytes())
    lines = data.decode().splitlines()
    assert lines == sorted(set(lines))
    quads = list(parse(data, format=RdfFormat.N_QUADS))
    graphs = {quad.graph_name.value.removeprefix(dataset.GRAPH) for quad in quads}
    assert graphs == {"cases", "established"}, "nothing is only arguable in this case"


def test_the_mappings_are_those_of_the_room(dist: Path) -> None:
    for found in alignments.sets().values():
        assert (dist / found.path.name).read_bytes() == found.path.read_bytes()
        rows = csv.reader(line for line in found.path.open() if not line.startswith("#"))
        assert len(list(rows)) == len(found.mappings) + 1
    assert len(Graph().parse(dist / f"answerable-{__version__}-alignments.ttl")) == len(alignments.mappings())


def test_the_shapes_are_all_there(dist: Path) -> None:
    paths = [path for path in rooms.files("shapes", ".ttl") if path.stem in ("must", "should", "words")]
    assert canonical(dist / f"answerable-{__version__}-shapes.ttl") == canonical(*paths)


def test_the_schemas_hold_for_a_shipped_case(dist: Path) -> None:
    case = yaml.safe_load((CASES / f"{CASE}.yaml").read_text())
    schema = json.loads((dist / "case.schema.json").read_text())
    jsonschema.validate(json.loads(json.dumps(case, default=str)), schema)
    jsonschema.Draft202012Validator.check_schema(json.loads((dist / "assessment.schema.json").read_text()))


def test_a_page_shows_the_terms_of_its_module(dist: Path) -> None:
    text = (dist / "pages" / "artefacts.html").read_text()
    assert "General-purpose AI model" in text and "https://w3id.org/answerable/ontology#AISystem" in text
    assert '<a href="artefacts.html">' in (dist / "pages" / "index.html").read_text()


def test_the_wheel_works_outside_the_checkout(dist: Path, tmp_path: Path) -> None:
    wheel = next(dist.glob("*.whl"))
    assert json.loads(installed(wheel, tmp_path / "venv", dependencies=False))["case"] == CASE


def test_a_full_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("x")
    assert release.main([str(tmp_path)]) == 2
    assert "an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_moment_that_is_no_number_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(InputError, match="seconds since 1970"):
        release.moment()
