"""The graph that researchers query: law, doctrine, cases and what follows, in named graphs.

Each room of law has a graph of its own, named after its folder (`graph:law`, `graph:doctrine`); `graph:ontology` holds
the terms, `graph:closure` what follows from these alone. What cases state is in `graph:cases`. What follows is in
`graph:established` where it follows in both records of its case, and in `graph:arguable` where it follows in one of
them only. The default graph holds all of it once; on a store whose default graph is its own, it is `graph:all`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from answerable import rooms
from answerable.cache import cache_file, digest, forget_older, write_cache
from answerable.errors import InputError
from answerable.iris import BASE, CASE
from answerable.terms import Term, Triple, iri, read_triple, written

if TYPE_CHECKING:
    from pyoxigraph import Quad, Store

    from answerable.assess import Passes
    from answerable.cases import Case

GRAPH = f"{BASE}graph/"
INFERRED = ("established", "arguable")
OF_CASES = ("cases", *INFERRED)
IS_PART_OF: Term = "<http://purl.org/dc/terms/isPartOf>"
"""Of a case: each of its records and of the findings about them."""
ALL = f"{GRAPH}all"
"""Everything, on a store whose own default graph is something else."""


class Part(NamedTuple):
    """Triples of one named graph."""

    graph: str
    triples: Collection[Triple]


def graphs() -> dict[str, str]:
    """What each named graph holds, by local name."""
    return {
        "ontology": "the terms, and how they hang together",
        **{name: f"what data/{name} states" for name in _rooms_of_law()},
        "closure": "what follows from the ontology and the law alone",
        "alignments": "which terms of other vocabularies ours correspond to",
        "cases": "what the cases state, each record with its standing, and which case a record or finding is part of",
        "established": "what follows for a case in its settled and its arguable record alike",
        "arguable": "what follows for a case in one of its two records only",
    }


def _rooms_of_law() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in rooms.files("data", ".ttl"):
        top = path.relative_to(rooms.room("data")).parts[0]
        found.setdefault(top.removesuffix(".ttl"), []).append(path)
    return found


def lawful() -> Iterator[Part]:
    """The graphs that hold no case."""
    from answerable import alignments
    from answerable.engine import knowledge

    base = knowledge()
    given: set[Triple] = set()
    for name, files in {"ontology": rooms.files("ontology", ".ttl"), **_rooms_of_law()}.items():
        stated = [read_triple(quad.triple) for path in files for quad in rooms.turtle(path)]
        given.update(stated)
        yield Part(name, stated)
    yield Part("alignments", [(iri(s), iri(p), iri(o)) for s, p, o in alignments.triples()])
    # Blank nodes bear other labels here than in the knowledge, which may come from a cache.
    named = (t for t in (*base.triples, *base.drawn) if t[0][0] != "_" and t[2][0] != "_")
    yield Part("closure", [t for t in named if t not in given])


def of_case(case: Case, settled: Iterable[Triple], arguable: Iterable[Triple]) -> Iterator[Part]:
    """What one case states and what follows for it: its own things, not the law as it stands on its day.

    Args:
        settled, arguable: what the rules draw in each of its two records.
    """
    from answerable.records import triples

    node = iri(f"{CASE}{case.id}")
    own = node.replace(">", "/")
    stated = [read_triple(triple) for triple in triples(case, "all")]
    both = [{t for t in drawn if t[0].startswith(own)} for drawn in (settled, arguable)]
    subjects = {t[0] for t in (*stated, *both[0], *both[1])} - {node}
    yield Part("cases", [*stated, *((subject, IS_PART_OF, node) for subject in subjects if subject.startswith(own))])
    yield Part("established", both[0] & both[1])
    yield Part("arguable", both[0] ^ both[1])


def of_passes(passes: Passes) -> Iterator[Part]:
    return of_case(passes.case, passes.settled.drawn, passes.arguable.drawn)


def shipped_cases() -> list[Path]:
    """The case files of the house."""
    return sorted((rooms.room("data") / "cases").glob("*.yaml"))


def of_all(cases: Iterable[Case | Path | str] | None = None) -> Iterator[Part]:
    """The graphs of cases, by default those of the house, each as of its own day."""
    from answerable.assess import Passes

    for case in shipped_cases() if cases is None else cases:
        yield from of_passes(Passes.of(case))


def parts(cases: Iterable[Case | Path | str] | None = None) -> Iterator[Part]:
    """Every named graph."""
    yield from lawful()
    yield from of_all(cases)


def quads(found: Iterable[Part]) -> Iterator[Quad]:
    """The parts as quads, each triple in the default graph, too."""
    from pyoxigraph import DefaultGraph, NamedNode, Quad

    default = DefaultGraph()
    for part in found:
        name = NamedNode(f"{GRAPH}{part.graph}")
        for triple in part.triples:
            subject, predicate, obj = written(triple)
            yield Quad(subject, predicate, obj, name)
            yield Quad(subject, predicate, obj, default)


def of(case: Case | str | Path, as_of: date | None = None, positions: Mapping[str, bool] | None = None) -> Store:
    """One case with its conclusions beside the law."""
    from answerable.assess import Passes

    store = _store(kept("law", lawful))
    store.bulk_extend(quads(of_passes(Passes.of(case, as_of, positions))))
    return store


def shipped() -> Store:
    """The cases of the house beside the law."""
    return _store(kept("shipped", parts))


def _store(path: Path) -> Store:
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.bulk_load(path=str(path), format=RdfFormat.N_QUADS, lenient=True)
    return store


def kept(name: str, made: Callable[[], Iterable[Part]]) -> Path:
    """Parts as N-Quads in a file: made once for each state of the rooms and the code.

    Raises:
        InputError: where the folder of caches cannot be written.
    """
    from pyoxigraph import RdfFormat, serialize

    endings = (".ttl", ".rq", ".yaml", ".tsv")
    stated = [path for room in rooms.ROOMS for ending in endings for path in rooms.files(room, ending)]
    code = sorted(Path(__file__).parent.glob("*.py"))
    path = cache_file(f"{name}-{digest((*stated, *code))}.nq")
    if not path.exists():
        write_cache(path, serialize(quads(made()), format=RdfFormat.N_QUADS) or b"")
        forget_older(path, f"{name}-*")
    if not path.exists():
        expected = "a folder that can be written"
        raise InputError(str(path.parent), "", "a folder that cannot be written", expected, "set ANSWERABLE_CACHE")
    return path
