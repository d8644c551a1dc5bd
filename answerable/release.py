"""What a release holds: packages, ontology, inferred graph, mappings, shapes, schemas, pages; described as an RO-Crate.

Two runs on one commit give the same bytes: time is that of the commit, or SOURCE_DATE_EPOCH, and everything is sorted.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import DefaultGraph

from answerable import __version__, dataset, rooms
from answerable.errors import InputError
from answerable.iris import BASE
from answerable.terms import TYPE, XSD, lexical

if TYPE_CHECKING:
    from pyoxigraph import Quad, Triple

AUTHORS = "The Answerable authors"
ONTOLOGY = f"{BASE}ontology"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
APACHE = "https://www.apache.org/licenses/LICENSE-2.0"
DESCRIPTION = "When an AI system harms someone: who answers, under which law, on which day, and the proof."
METADATA = "ro-crate-metadata.json"
SUMS = "SHA256SUMS"
CRATE = "1.2"
"""The version of RO-Crate that the metadata conform to."""

_DCT = "http://purl.org/dc/terms/"
_OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = lexical(TYPE)
_MEDIA = {
    ".gz": "application/gzip",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
    ".whl": "application/zip",
}


def moment() -> datetime:
    """The time of the release: SOURCE_DATE_EPOCH, else that of the commit.

    Raises:
        InputError: for neither a number in the environment nor a commit.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        command = ["git", "-C", str(rooms.root()), "log", "-1", "--format=%ct"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        text = done.stdout.strip()
    if not text.isdigit():
        raise InputError(
            "SOURCE_DATE_EPOCH", "", text or "no commit", "seconds since 1970, or a checkout with a commit"
        )
    return datetime.fromtimestamp(int(text), UTC)


def packages(out: Path) -> None:
    """The wheel and the source distribution.

    Raises:
        InputError: where this is no checkout.
    """
    if not (rooms.root() / "pyproject.toml").exists():
        raise InputError(str(rooms.root()), "", "no pyproject.toml", "a checkout of the sources")
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(moment().timestamp()))}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(out.resolve())]
    subprocess.run(command, cwd=rooms.root(), env=environment, check=True, stdout=subprocess.DEVNULL)


def merged(paths: Iterable[Path]) -> list[Triple]:
    """The statements of Turtle files, sorted, with blank nodes that are named alike in every run."""
    from pyoxigraph import CanonicalizationAlgorithm, Dataset

    graph = Dataset(quad for path in paths for quad in rooms.turtle(path))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in graph), key=str)


def ontology_triples() -> list[Triple]:
    """The ontology as one: its modules are parts of it, and it alone has a header."""
    from pyoxigraph import Literal, NamedNode, Triple

    title, part = NamedNode(f"{_DCT}title"), NamedNode(f"{_DCT}isPartOf")
    kept = {title, NamedNode(f"{_DCT}description")}
    header, kind = NamedNode(ONTOLOGY), NamedNode(f"{_OWL}Ontology")
    triples = merged(rooms.files("ontology", ".ttl"))
    modules = {t.subject for t in triples if t.predicate.value == _TYPE and t.object == kind}
    found = [t for t in triples if t.subject not in modules or t.predicate in kept]
    found += [Triple(module, part, header) for module in modules]
    said: list[tuple[str, NamedNode | Literal]] = [
        (_TYPE, kind),
        (f"{_DCT}title", Literal("Answerable", language="en")),
        (f"{_DCT}description", Literal(DESCRIPTION, language="en")),
        (f"{_DCT}creator", Literal(AUTHORS)),
        (f"{_DCT}license", NamedNode(CC_BY)),
        (f"{_DCT}issued", Literal(moment().date().isoformat(), datatype=NamedNode(f"{XSD}date"))),
        (f"{_OWL}versionIRI", NamedNode(f"{ONTOLOGY}/{__version__}")),
        (f"{_OWL}versionInfo", Literal(__version__)),
    ]
    found += [Triple(header, NamedNode(predicate), value) for predicate, value in said]
    return sorted(found, key=str)


def ontology(out: Path) -> None:
    """The ontology in Turtle, JSON-LD and N-Triples."""
    from pyoxigraph import RdfFormat, serialize

    from answerable.records import prefixes

    triples = ontology_triples()
    for suffix, format in (("ttl", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD), ("nt", RdfFormat.N_TRIPLES)):
        spaces = None if suffix == "nt" else prefixes()
        serialize(triples, str(_file(out, f"ontology.{suffix}")), format, prefixes=spaces)


def shipped(cases: Iterable[Path] | None = None) -> Iterator[Quad]:
    """What the shipped cases, or those named, state and what follows from it, in the graphs of the dataset."""
    return (quad for quad in dataset.quads(dataset.of_all(cases)) if quad.graph_name != DefaultGraph())


def inferred(out: Path, quads: Iterable[Quad] | None = None) -> None:
    """The quads, by default those of the shipped cases, as sorted N-Quads, packed."""
    lines = sorted({f"{quad} .\n" for quad in (shipped() if quads is None else quads)})
    # No time in the header: the same quads are the same bytes.
    _file(out, "inferred.nq.gz").write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


def mappings(out: Path) -> None:
    """The mapping sets as they are, and all of them as SKOS."""
    from answerable import alignments

    for found in alignments.sets().values():
        (out / found.path.name).write_bytes(found.path.read_bytes())
    _file(out, "alignments.ttl").write_bytes(alignments.skos())


def shapes(out: Path) -> None:
    """The shapes of the dossiers as one graph; the severity says what is a must."""
    from pyoxigraph import RdfFormat, serialize

    from answerable.dossiers import profile, profiles
    from answerable.records import prefixes

    paths = [path for name in profiles() for path in profile(name).files]
    triples = merged([*paths, rooms.room("shapes") / "words.ttl"])
    spaces = prefixes() | {"sh": "http://www.w3.org/ns/shacl#", "shape": f"{BASE}shape/"}
    serialize(triples, str(_file(out, "shapes.ttl")), RdfFormat.TURTLE, prefixes=spaces)


def schemas(out: Path) -> None:
    """The JSON Schemas of a case and of an assessment."""
    from answerable.assessment import publish_schema
    from answerable.cases import json_schema

    for name, schema in (("case", json_schema()), ("assessment", publish_schema())):
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (out / f"{name}.schema.json").write_text(text, encoding="utf-8")


def pages(out: Path, modules: Iterable[Path] | None = None) -> None:
    """A page of each module of the ontology, or of those named."""
    folder = out / "pages"
    folder.mkdir()
    chosen = rooms.files("ontology", ".ttl") if modules is None else modules
    command = [sys.executable, "-m", "answerable.ontology_pages", str(folder), *map(str, chosen)]
    subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def crate(out: Path) -> None:
    """The RO-Crate metadata over everything that is there already."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    made = ROCrate(version=CRATE)
    made.name = f"Answerable {__version__}"
    made.description = DESCRIPTION
    made.license = CC_BY
    made.datePublished = moment()
    made.root_dataset["version"] = __version__
    authors = made.add(ContextEntity(made, "#authors", {"@type": "Organization", "name": AUTHORS}))
    made.root_dataset["author"] = made.root_dataset["publisher"] = authors
    for iri, name in ((CC_BY, "Creative Commons Attribution 4.0 International"), (APACHE, "Apache License 2.0")):
        made.add(ContextEntity(made, iri, {"@type": "CreativeWork", "name": name, "identifier": iri}))
    for path in sorted(out.iterdir()):
        if path.is_file() and path.name not in (METADATA, SUMS):
            made.add_file(dest_path=path.name, properties=_described(path))
    if (out / "pages").is_dir():
        about = {"name": "Pages of the ontology", "description": "A page of each module.", "license": {"@id": CC_BY}}
        made.add_dataset(dest_path="pages/", properties=about)
    text = json.dumps(_sorted(made.metadata.generate()), indent=2, ensure_ascii=False) + "\n"
    (out / METADATA).write_text(text, encoding="utf-8")


_SAID = {
    r".*\.whl": ("Python package", "The wheel: code and rooms."),
    r".*\.tar\.gz": ("Sources", "The source distribution."),
    r".*-ontology\..*": ("Ontology", "All modules of the ontology as one, {media}."),
    r".*-inferred\.nq\.gz": (
        "Inferred graph",
        "N-Quads: what the shipped cases state, what follows, what is arguable.",
    ),
    r".*-alignments\.ttl": ("Mappings as SKOS", "All mappings to other vocabularies."),
    r".*\.sssom\.tsv": ("Mappings", "Mappings to one vocabulary as SSSOM."),
    r".*-shapes\.ttl": ("Shapes", "The SHACL shapes of all dossiers."),
    r".*\.schema\.json": ("JSON Schema", "What a file of this kind looks like."),
}


def _described(path: Path) -> dict[str, Any]:
    name, about = next(said for pattern, said in _SAID.items() if re.fullmatch(pattern, path.name))
    data = path.read_bytes()
    media = _MEDIA[path.suffix]
    return {
        "name": f"{name}: {path.name}",
        "description": about.format(media=media),
        "contentSize": str(len(data)),
        "encodingFormat": media,
        "license": {"@id": APACHE if path.name.endswith((".whl", ".tar.gz")) else CC_BY},
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _sorted(crate: dict[str, Any]) -> dict[str, Any]:
    graph = sorted(crate["@graph"], key=lambda entity: (entity["@id"] not in (METADATA, "./"), entity["@id"]))
    for entity in graph:
        if isinstance(entity.get("hasPart"), list):
            entity["hasPart"] = sorted(entity["hasPart"], key=lambda part: str(part["@id"]))
    return {"@context": crate["@context"], "@graph": [dict(sorted(entity.items())) for entity in graph]}


def sums(out: Path) -> None:
    """The SHA-256 of every file, as sha256sum writes and checks it."""
    paths = sorted(path for path in out.rglob("*") if path.is_file() and path.name != SUMS)
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(out).as_posix()}\n" for p in paths]
    (out / SUMS).write_text("".join(lines), encoding="utf-8")


STEPS: tuple[Callable[[Path], None], ...] = (
    packages,
    ontology,
    inferred,
    mappings,
    shapes,
    schemas,
    pages,
    crate,
    sums,
)


def _file(out: Path, name: str) -> Path:
    return out / f"answerable-{__version__}-{name}"


def build(out: Path) -> list[Path]:
    """Make the release in a folder that is empty or not there; its files.

    Raises:
        InputError: where the folder holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(str(out), "", "something that is there already", "an empty folder, or none")
    out.mkdir(parents=True, exist_ok=True)
    for step in STEPS:
        step(out)
    return sorted(path for path in out.rglob("*") if path.is_file())


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the release in the folder named, by default dist."""
    parser = argparse.ArgumentParser(prog="python -m answerable.release", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=Path("dist"))
    out = parser.parse_args(arguments).out
    try:
        files = build(out)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(files)} files in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
