"""Mappings of our terms to other vocabularies: the SSSOM sets in `ontology/alignments`, and the terms that have none.

`scope.yaml` beside the sets says which of our terms each vocabulary could have a counterpart for, and where to offer
those that it lacks. Format: https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import argparse
import csv
import difflib
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from answerable import rooms
from answerable.errors import InputError
from answerable.iris import ANS

SKOS = "http://www.w3.org/2004/02/skos/core#"
KINDS = ("exact", "close", "broad", "narrow", "related")
COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification")
METADATA = (
    "mapping_set_id",
    "mapping_set_title",
    "mapping_set_version",
    "mapping_date",
    "license",
    "curie_map",
    "subject_source",
    "subject_source_version",
    "object_source",
    "object_source_version",
)
SET_COLUMNS = ("vocabulary", "version", *KINDS, "terms", "without")
MAPPING_COLUMNS = ("vocabulary", "term", "label", "match", "object", "object label")
UNMAPPED_COLUMNS = ("term", "label", "kind", "module", "uses")
OFFERED = 12
"""Terms that the page offers to the keepers of each vocabulary."""

_SUFFIX = ".sssom.tsv"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_PROPERTIES = {"ObjectProperty", "DatatypeProperty", "AnnotationProperty"}
_USE = re.compile(r"\b(ans|doctrine|law|jurisdiction):([A-Za-z][\w.-]*\w|[A-Za-z])")


@dataclass(frozen=True)
class TermMapping:
    """One mapping; IRIs in full, the labels as both sides write them."""

    vocabulary: str
    subject: str
    subject_label: str
    kind: str
    """exact, close, broad (theirs is the wider), narrow or related."""
    object: str
    object_label: str

    @property
    def predicate(self) -> str:
        """The IRI of the SKOS property."""
        return f"{SKOS}{self.kind}Match"


@dataclass(frozen=True)
class MappingSet:
    """The mappings to one vocabulary, with what its file says of itself."""

    name: str
    path: Path
    metadata: Mapping[str, Any]
    mappings: tuple[TermMapping, ...]
    modules: frozenset[str]
    """Modules of the ontology, and classes of individuals, for which the vocabulary could have a counterpart."""
    offered_to: str

    @property
    def title(self) -> str:
        return str(self.metadata["mapping_set_title"]).removeprefix("Answerable to ")

    @property
    def version(self) -> str:
        """Of the vocabulary."""
        return str(self.metadata["object_source_version"])

    @cached_property
    def subjects(self) -> frozenset[str]:
        return frozenset(mapping.subject for mapping in self.mappings)

    def iri(self, curie: str) -> str:
        """A CURIE in full, by the prefixes of the file."""
        prefix, _, local = curie.partition(":")
        return f"{self.metadata['curie_map'][prefix]}{local}"

    def curie(self, iri: str) -> str:
        """An IRI in short, by the longest namespace of the file that it begins with."""
        spaces = sorted(self.metadata["curie_map"].items(), key=lambda item: -len(item[1]))
        return next((f"{prefix}:{iri.removeprefix(space)}" for prefix, space in spaces if iri.startswith(space)), iri)


@dataclass(frozen=True)
class Term:
    """A class, property or individual of ours that another vocabulary could have, too."""

    iri: str
    label: str
    kind: str
    """class, property, or the name of the class that it is an individual of."""
    module: str
    """The module of the ontology that defines it; empty for law, doctrine and places."""
    uses: int
    """How often rules, shapes, law and doctrine name it."""
    says: str = ""
    """Its definition."""

    @property
    def name(self) -> str:
        return re.split(r"[#/]", self.iri)[-1]


def read(path: Path, modules: frozenset[str] = frozenset(), offered_to: str = "") -> MappingSet:
    """A file in SSSOM TSV with its metadata in front.

    Raises:
        InputError: for metadata that are no YAML or lack a slot, a column that is not there, or an ill-formed row.
    """
    import yaml

    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    try:
        metadata = yaml.safe_load("\n".join(line[1:].removeprefix(" ") for line in head)) or {}
    except yaml.YAMLError as error:
        raise InputError(str(path), "metadata", str(error), "YAML behind #") from None
    lacks = [slot for slot in METADATA if not metadata.get(slot)]
    if lacks:
        raise InputError(str(path), "metadata", f"no {', '.join(lacks)}", "a mapping set that says what it is")
    rows = csv.DictReader(lines[len(head) :], delimiter="\t")
    absent = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if absent:
        raise InputError(str(path), "columns", f"no {', '.join(absent)}", "the columns " + ", ".join(COLUMNS))
    vocabulary = path.name.removesuffix(_SUFFIX)
    found = []
    for number, row in enumerate(rows, len(head) + 2):
        place = f"line {number}"
        if None in row.values():
            raise InputError(str(path), place, f"{len(row)} cells, some absent", "a cell for each column")
        for column in ("subject_id", "object_id"):
            if row[column].partition(":")[0] not in metadata["curie_map"]:
                raise InputError(str(path), place, row[column], "a prefix of the curie_map")
        match = re.fullmatch(r"skos:(\w+)Match", row["predicate_id"])
        if match is None or match[1] not in KINDS:
            raise InputError(
                str(path), place, row["predicate_id"], "one of " + ", ".join(f"skos:{k}Match" for k in KINDS)
            )
        subject, object_ = (
            metadata["curie_map"][prefix] + local
            for prefix, _, local in (row[column].partition(":") for column in ("subject_id", "object_id"))
        )
        found.append(TermMapping(vocabulary, subject, row["subject_label"], match[1], object_, row["object_label"]))
    return MappingSet(vocabulary, path, metadata, tuple(found), modules, offered_to)


@cache
def sets() -> dict[str, MappingSet]:
    """Every mapping set by the name of its vocabulary."""
    import yaml

    folder = rooms.room("ontology") / "alignments"
    scope = yaml.safe_load((folder / "scope.yaml").read_text(encoding="utf-8"))
    return {
        name: read(folder / f"{name}{_SUFFIX}", frozenset(entry["covers"]), entry["offer"])
        for name, entry in sorted(scope.items())
    }


def mapping_set(name: str) -> MappingSet:
    """The set of one vocabulary.

    Raises:
        InputError: where there is none of that name.
    """
    if name not in sets():
        near = difflib.get_close_matches(name.lower(), sets(), 1)
        raise InputError(
            "--vocabulary", "", name, "one of " + ", ".join(sets()), f"did you mean {near[0]}?" if near else ""
        )
    return sets()[name]


def mappings(vocabulary: str | None = None) -> tuple[TermMapping, ...]:
    """The mappings to one vocabulary, or to all of them."""
    chosen = sets().values() if vocabulary is None else (mapping_set(vocabulary),)
    return tuple(mapping for each in chosen for mapping in each.mappings)


def triples() -> Iterator[tuple[str, str, str]]:
    """Every mapping as subject, SKOS property and object: IRIs without brackets."""
    return ((mapping.subject, mapping.predicate, mapping.object) for mapping in mappings())


def skos() -> bytes:
    """Every mapping as one Turtle file."""
    from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

    spaces = {prefix: space for each in sets().values() for prefix, space in each.metadata["curie_map"].items()}
    graph = [Triple(*map(NamedNode, triple)) for triple in sorted(set(triples()))]
    return serialize(graph, format=RdfFormat.TURTLE, prefixes=dict(sorted(spaces.items()))) or b""


@cache
def terms() -> tuple[Term, ...]:
    """Our terms that are mapped or in the scope of a vocabulary, the most used first."""
    from pyoxigraph import Literal, NamedNode

    label_of, type_of, said_in = NamedNode(_LABEL), NamedNode(_TYPE), NamedNode(f"{SKOS}definition")
    labels: dict[str, str] = {}
    says: dict[str, str] = {}
    types: dict[str, set[str]] = {}
    modules: dict[str, str] = {}
    for room in ("ontology", "data"):
        for path in rooms.files(room, ".ttl"):
            for subject, predicate, value, _ in rooms.turtle(path):
                if not isinstance(subject, NamedNode):
                    continue
                if isinstance(value, Literal) and value.language in (None, "en"):
                    if predicate == label_of:
                        labels[subject.value] = value.value
                        modules[subject.value] = path.stem if subject.value.startswith(ANS) else ""
                    elif predicate == said_in:
                        says[subject.value] = value.value
                elif predicate == type_of and isinstance(value, NamedNode):
                    types.setdefault(subject.value, set()).add(re.split(r"[#/]", value.value)[-1])
    covered = frozenset().union(*(each.modules for each in sets().values()))
    mapped = {mapping.subject for mapping in mappings()}
    uses = _uses()
    found = []
    for iri, label in labels.items():
        kinds = types.get(iri, set()) - {"NamedIndividual"}
        kind = "class" if "Class" in kinds else "property" if kinds & _PROPERTIES else min(kinds, default="")
        if kind and (modules[iri] or iri in mapped or kinds & covered):
            named = kind if kind in ("class", "property") else min(kinds & covered, default=kind)
            found.append(Term(iri, label, named, modules[iri], uses[iri], says.get(iri, "")))
    return tuple(sorted(found, key=lambda term: (-term.uses, term.iri)))


def _uses() -> Counter[str]:
    spaces = {prefix: space for each in sets().values() for prefix, space in each.metadata["curie_map"].items()}
    counted: Counter[str] = Counter()
    for room, suffix in (("reasoner", ".rq"), ("shapes", ".ttl"), ("data", ".ttl")):
        for path in rooms.files(room, suffix):
            for prefix, name in _USE.findall(path.read_text(encoding="utf-8")):
                counted[f"{spaces[prefix]}{name}"] += 1
    return counted


def unmapped(vocabulary: str | None = None) -> tuple[Term, ...]:
    """Our terms without a counterpart: in the scope of one vocabulary, or in no vocabulary at all."""
    if vocabulary is None:
        mapped = {mapping.subject for mapping in mappings()}
        return tuple(term for term in terms() if term.iri not in mapped)
    each = mapping_set(vocabulary)
    return tuple(t for t in terms() if t.iri not in each.subjects and each.modules & {t.module, t.kind})


def set_rows() -> list[list[str]]:
    """A line for each vocabulary, under SET_COLUMNS; at the end our terms with and, in its scope, without a mapping."""
    rows = []
    for each in sets().values():
        numbers = Counter(mapping.kind for mapping in each.mappings)
        counts = [*(numbers[kind] for kind in KINDS), len(each.subjects), len(unmapped(each.name))]
        rows.append([each.name, each.version, *map(str, counts)])
    return rows


def mapping_rows(vocabulary: str) -> list[list[str]]:
    """A line for each mapping, under MAPPING_COLUMNS."""
    each = mapping_set(vocabulary)
    return [
        [m.vocabulary, each.curie(m.subject), m.subject_label, m.kind, each.curie(m.object), m.object_label]
        for m in each.mappings
    ]


def unmapped_rows(vocabulary: str | None = None) -> list[list[str]]:
    """A line for each term without a counterpart, under UNMAPPED_COLUMNS."""
    return [[t.name, t.label, t.kind, t.module, str(t.uses)] for t in unmapped(vocabulary)]


def page() -> str:
    """The report as Markdown."""
    lines = [
        "# Alignments",
        "",
        "Our terms beside those of other vocabularies: SSSOM files in `ontology/alignments/`, each mapping judged by",
        "hand. A mapping is read from our side: *broad* says that their term is the wider one, *narrow* that ours is.",
        "*Exact* is kept for terms that can stand for each other; a legal term that another vocabulary has in a wider",
        "or looser sense is *close*, *broad* or *related*. `answerable alignments --vocabulary NAME` lists the",
        "mappings, `--unmapped` the terms that have none. Generated by `python -m answerable.alignments`.",
        "",
        _row(SET_COLUMNS),
        _row(["---"] * 2 + ["---:"] * (len(SET_COLUMNS) - 2)),
        *(_row(row) for row in set_rows()),
        "",
        "*terms* counts ours that are mapped, *without* those in the scope of the vocabulary that are not.",
        "",
        "## What we could offer",
        "",
        "For each vocabulary, the concepts of its subject that it lacks and that our rules, shapes, law and doctrine",
        "name most.",
    ]
    for each in sets().values():
        lines += ["", f"### {each.title}", "", f"Proposals: <{each.offered_to}>", ""]
        concepts = [term for term in unmapped(each.name) if term.kind != "property"]
        lines += [_offer(term) for term in concepts[:OFFERED]] or ["None."]
    return "\n".join(lines) + "\n"


def _offer(term: Term) -> str:
    return f"- {term.label} (`{term.name}`){': ' if term.says else ''}{term.says}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report into the file named, by default docs/alignments.md."""
    parser = argparse.ArgumentParser(prog="python -m answerable.alignments", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=Path("docs") / "alignments.md")
    parser.parse_args(arguments).out.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
