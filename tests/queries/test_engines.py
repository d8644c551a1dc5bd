"""Every question has the same answer on three engines: pyoxigraph, rdflib, and a Virtuoso into which it was loaded."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache

from rdflib import Dataset, Graph, URIRef
from rdflib.util import from_n3

from answerable import dataset, queries, remote
from answerable.dataset import GRAPH
from answerable.queries import Answer, Query
from tests.queries.test_queries import expectations, shipped, table
from tests.servers import virtuoso

Rows = Counter[tuple[str, ...]]


def plain(value: object) -> str:
    """A value as text; numbers by their worth, as engines write 0.50 and 0.5, and 2 and 2.0, alike."""
    text = "" if value is None else str(value)
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text


def counted(rows: Sequence[Sequence[object]]) -> Rows:
    return Counter(tuple(map(plain, row)) for row in rows)


def of_turtle(text: str) -> list[list[str]]:
    return [[str(term) for term in triple] for triple in Graph().parse(data=text, format="turtle")]


def differences(asked: Callable[[Query, dict[str, str]], Answer], each: bool = True) -> list[str]:
    """The questions that an engine answers otherwise or not: of each expectation, or of the first of each question."""
    found, seen = [], set[str]()
    for name, entry in expectations():
        if "case" in entry or (name in seen and not each):
            continue
        seen.add(name)
        query, values = queries.find(name), {k: str(v) for k, v in entry.get("parameters", {}).items()}
        columns, rows = table(shipped().query(query.bound(values)))
        try:
            answer = asked(query, values)
        except Exception as error:
            found.append(f"{name} {values}: {' '.join(str(error).split())[:300]}")
            continue
        theirs = counted(of_turtle(answer.turtle) if query.gives_graph else answer.rows)
        ours = counted(rows)
        if theirs != ours or (not query.gives_graph and list(answer.columns) != columns):
            missing, more = list((ours - theirs).elements())[:3], list((theirs - ours).elements())[:3]
            found.append(f"{name} {values}: {len(rows)} rows; missing {missing}, more {more}")
    return found


def in_rdflib() -> Dataset:
    """The shipped graph in rdflib; its default graph is the union, in which a triple is once."""
    term = cache(lambda text: from_n3(text))
    graphs = Dataset(default_union=True)
    for part in dataset.parts():
        graph = graphs.graph(URIRef(f"{GRAPH}{part.graph}"))
        graphs.addN((*map(term, triple), graph) for triple in part.triples)
    return graphs


def test_rdflib_gives_the_same_answers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        graphs = in_rdflib()

        def asked(query: Query, values: dict[str, str]) -> Answer:
            found = graphs.query(query.bound(values))
            if query.gives_graph:
                assert found.graph is not None
                return Answer(turtle=found.graph.serialize(format="turtle"))
            columns = [str(variable) for variable in found.vars or ()]
            return Answer(columns, [["" if v is None else str(v) for v in row] for row in found])  # type: ignore[union-attr]

        assert differences(asked, each=False) == []


def test_virtuoso_gives_the_same_answers() -> None:
    with virtuoso() as server:
        endpoint = remote.Endpoint(server.query_url, server.update_url)
        remote.load(endpoint, dataset.parts())
        assert differences(lambda query, values: remote.ask(endpoint, query, values)) == []
