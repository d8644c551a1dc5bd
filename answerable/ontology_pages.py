"""A page of each module of the ontology, by pyLODE, and one that lists them.

Run as a process of its own with a fixed hash seed: pyLODE walks over sets, and its pages would else differ from run to
run.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from answerable import __version__, rooms
from answerable.release import DESCRIPTION, merged


def write(out: Path, modules: Iterable[Path]) -> None:
    """Write the pages of these modules into a folder that there is."""
    import pylode
    from dominate.dom_tag import dom_tag
    from jinja2 import Environment, PackageLoader
    from rdflib import DCTERMS, OWL, RDF, RDFS, Graph
    from rdflib.util import from_n3

    logging.getLogger().setLevel(logging.WARNING)
    # Members of a union stand in a set of tags, whose order hangs on their addresses: hash them as they come.
    made = count()
    dom_tag.__hash__ = lambda tag: tag.__dict__.setdefault("_made", next(made))

    def graph_of(paths: Iterable[Path]) -> Graph:
        graph = Graph()
        for triple in merged(paths):
            # A parser of rdflib would name the blank nodes anew.
            graph.add(tuple(from_n3(str(term)) for term in triple))  # type: ignore[arg-type]
        return graph

    whole = graph_of(rooms.files("ontology", ".ttl"))
    names = dict(whole.subject_objects(RDFS.label))
    listed = []
    for path in modules:
        graph = graph_of([path])
        module = graph.value(predicate=RDF.type, object=OWL.Ontology)
        listed.append(
            (str(graph.value(module, DCTERMS.title)), path.stem, str(graph.value(module, DCTERMS.description)))
        )
        # Terms of other modules are shown by their labels, too.
        for node in sorted({node for triple in graph for node in triple if node in names}, key=str):
            graph.add((node, RDFS.label, names[node]))
        page = pylode.OntPub(ontology=graph).make_html()
        (out / f"{path.stem}.html").write_text(str(page), encoding="utf-8")
    index = Environment(
        loader=PackageLoader("answerable", "templates/release"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template("index.html")
    text = index.render(version=__version__, description=DESCRIPTION, modules=sorted(listed))
    (out / "index.html").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the pages of the modules named into the folder named first."""
    write(Path(arguments[0]), map(Path, arguments[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
