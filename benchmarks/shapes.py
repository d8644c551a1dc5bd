"""The compiled shapes beside pySHACL, on the same dossiers in the same run: seconds, results and ratios."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

from pyoxigraph import Quad, RdfFormat, Store, parse
from rich.console import Console
from rich.table import Table

from answerable.check import plan, shapes
from answerable.dossiers import Profile, profile, profiles
from answerable.iris import LAW
from answerable.shacl import Plan, Report, Result, validate
from answerable.terms import TYPE, Triple, ans, iri, read_triple, written

SEED = 20261128
DOSSIERS, MANY, PROPERTIES = 1000, 10_000, 30
TEN_TIMES, TWO_SECONDS = 10, 2.0
EXAMPLE = "http://example.org/"


def timed(action: Callable[[], Report]) -> tuple[float, Report]:
    start = time.perf_counter()
    report = action()
    return time.perf_counter() - start, report


def dossier(rng: random.Random, asked: Profile, number: int) -> Iterator[Triple]:
    """A document with most items said, some held by a placeholder, some absent."""
    node = iri(f"{EXAMPLE}{asked.name}/{number}")
    yield node, TYPE, ans(asked.demands[0].document)
    for demand in asked.demands:
        chance = rng.random()
        if chance < 0.15:
            continue
        item = iri(f"{EXAMPLE}{asked.name}/{number}/{demand.item.id}")
        words = "TBD" if chance < 0.3 else f"What document {number} says of {demand.item.label.lower()}."
        yield node, ans("hasItem"), item
        yield item, ans("answersItem"), iri(f"{LAW}{demand.item.id}")
        if demand.item.is_conditional and chance > 0.9:
            yield item, ans("isNotApplicableBecause"), f'"It has none, see {number}."'
        else:
            yield item, ans("hasText"), f'"{words}"'


def simple_shapes(count: int) -> list[Triple]:
    kinds = (
        "sh:minCount 1",
        "sh:datatype xsd:string",
        "sh:nodeKind sh:Literal",
        "sh:minLength 4",
        'sh:pattern "^Text"',
    )
    properties = " ; ".join(
        f"sh:property [ sh:path ex:p{n} ; sh:minCount 1 ; {kinds[n % len(kinds)]} ]".replace(
            "sh:minCount 1 ; sh:minCount 1", "sh:minCount 1"
        )
        for n in range(count)
    )
    text = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix ex: <{EXAMPLE}> . ex:S a sh:NodeShape ; sh:targetClass ex:Dossier ; {properties} ."""
    return [read_triple(quad.triple) for quad in parse(text, format=RdfFormat.TURTLE)]


def simple_dossiers(rng: random.Random, count: int) -> list[Triple]:
    found: list[Triple] = []
    for number in range(count):
        node = iri(f"{EXAMPLE}d{number}")
        found.append((node, TYPE, iri(f"{EXAMPLE}Dossier")))
        for n in range(PROPERTIES):
            if rng.random() < 0.95:
                words = "no" if rng.random() < 0.03 else f"Text {n} of {number}"
                found.append((node, iri(f"{EXAMPLE}p{n}"), f'"{words}"'))
    return found


def stored(triples: Sequence[Triple]) -> Store:
    store = Store()
    store.bulk_extend(Quad(*written(triple)) for triple in triples)
    return store


def same(ours: Report, theirs: Report) -> str:
    """Whether both object to the same; shapes without a name are told apart by path and component."""

    def rows(found: Sequence[Result]) -> set[tuple[str, ...]]:
        return {(r.focus, r.path, r.value, r.component, "" if r.shape.startswith("_:") else r.shape) for r in found}

    return "same" if rows(ours.results) == rows(theirs.results) else "DIFFERENT"


def all_shapes() -> tuple[float, float, int, set[str]]:
    """Seconds of both over a thousand dossiers, as many of each kind; how many there were, and whether they agree."""
    rng, count = random.Random(SEED), DOSSIERS // len(profiles()) + 1
    ours = theirs = 0.0
    verdicts = set()
    for name in profiles():
        triples = [t for number in range(count) for t in dossier(rng, profile(name), number)]
        store, compiled = stored(triples), plan(name)
        took, report = timed(lambda compiled=compiled, store=store: compiled.run(store))  # type: ignore[misc]
        oracle_took, oracle = timed(lambda t=triples, name=name: validate(t, shapes(name), "pyshacl"))  # type: ignore[misc]
        ours, theirs = ours + took, theirs + oracle_took
        verdicts.add(same(report, oracle))
    return ours, theirs, count * len(profiles()), verdicts


def main() -> None:
    table = Table("what", "dossiers", "seconds", "aim", "pySHACL", "ratio", "results", title="Shapes")
    ours, theirs, count, verdicts = all_shapes()
    row = (f"{ours:.2f}", f"{TEN_TIMES} x", f"{theirs:.1f}", f"{theirs / ours:.0f} x", ", ".join(sorted(verdicts)))
    table.add_row(f"all of {len(profiles())} kinds", str(count), *row)
    simple, many = simple_shapes(PROPERTIES), simple_dossiers(random.Random(SEED), MANY)
    store, compiled = stored(many), Plan(simple)
    took, report = min((timed(lambda: compiled.run(store)) for _ in range(3)), key=lambda pair: pair[0])
    theirs, oracle = timed(lambda: validate(many, simple, "pyshacl"))
    row = (f"{took:.2f}", f"{TWO_SECONDS} s", f"{theirs:.1f}", f"{theirs / took:.0f} x", same(report, oracle))
    table.add_row(f"{PROPERTIES} properties", str(MANY), *row)
    Console().print(table)


if __name__ == "__main__":
    main()
