"""Somebody else's store: any that takes SPARQL 1.1 queries and updates over HTTP.

The graphs are those of `answerable.dataset`, the merged one under its name (`graph:all`), for stores differ in what
their default graph is. Blank nodes get IRIs (RDF 1.1 Concepts, section 3.5), for a file is sent in parts. The rules run
where the data are: each is sent as the CONSTRUCT that its file holds, over the law and a working graph.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from answerable import dataset
from answerable.dataset import ALL, GRAPH, Part
from answerable.engine import Inference, knowledge
from answerable.errors import InputError
from answerable.iris import BASE, CASE
from answerable.terms import TYPE, XSD, Term, Triple, ans, is_literal, lexical, line, parts, read_triple

if TYPE_CHECKING:
    from answerable.cases import Case
    from answerable.queries import Answer, Query
    from answerable.records import RecordName
    from answerable.rules import Rule

CHUNK = 1_000
"""Triples of one update: stores limit the length of a statement."""
WORK = f"{GRAPH}work"
"""Where the facts of one record and what follows from them are, as long as the rules run."""
LAWFUL = f"{GRAPH}law-and-closure"
"""The graphs that hold no case, merged: what rules read beside a record."""
MADE = frozenset({f"{XSD}duration"})
"""Datatypes whose literals Virtuoso 7 takes from an expression only, and not as data."""
RECORDS: tuple[RecordName, RecordName] = ("settled", "arguable")
GENID = f"{BASE}.well-known/genid/"


def _made(literal: Term) -> str:
    text, _, datatype = parts(literal)
    quoted = literal[: literal.rindex('"^^<') + 1] if text else '""'
    return f"STRDT({quoted}, <{datatype}>)"


def _chunks(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    waiting = iter(triples)
    while part := list(islice(waiting, CHUNK)):
        yield part


def _data(operation: str, graph: str, triples: Iterable[Triple]) -> str:
    """An update that adds or removes triples as they stand."""
    return f"{operation} DATA {{ GRAPH <{graph}> {{\n" + "\n".join(map(line, triples)) + "\n} }"


def _silent(_: object) -> None: ...


@dataclass
class Endpoint:
    """A store: where it is queried, and where it is updated.

    Credentials come from ANSWERABLE_STORE_USER and ANSWERABLE_STORE_PASSWORD (basic, or digest where that is asked
    for), or a bearer token from ANSWERABLE_TOKEN.
    """

    query_url: str
    update_url: str
    digest: bool = False
    timeout: int = 600
    """Seconds for one request."""

    @classmethod
    def of(cls, urls: str, option: str, digest: bool = False) -> Endpoint:
        """The store at an address, or at one for queries and one for updates with a comma between.

        Raises:
            InputError: for what is no address.
        """
        query_url, _, update_url = urls.partition(",")
        for url in (query_url, update_url or query_url):
            if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
                expected = "the address of a SPARQL endpoint, such as http://127.0.0.1:8890/sparql"
                raise InputError(option, "", url or "no address", expected)
        return cls(query_url, update_url or query_url, digest)

    def _wrapper(self) -> Any:
        from SPARQLWrapper import BASIC, DIGEST, POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self.query_url, updateEndpoint=self.update_url)
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.timeout)
        user, token = os.environ.get("ANSWERABLE_STORE_USER"), os.environ.get("ANSWERABLE_TOKEN")
        if user:
            wrapper.setHTTPAuth(DIGEST if self.digest else BASIC)
            wrapper.setCredentials(user, os.environ.get("ANSWERABLE_STORE_PASSWORD", ""))
        elif token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {token}")
        return wrapper

    def _send(self, wrapper: Any) -> bytes:
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        try:
            answer: bytes = wrapper.query().response.read()
        except (SPARQLWrapperException, HTTPError, URLError, OSError) as error:
            found = " ".join(str(error).split())[:500]
            expected = "a SPARQL 1.1 endpoint that answers, and takes updates where something is written"
            raise InputError(self.query_url, "", found, expected) from None
        return answer

    def update(self, text: str) -> None:
        wrapper = self._wrapper()
        wrapper.setQuery(text)
        self._send(wrapper)

    def query(self, text: str, accept: str, graphs: Sequence[str], named: Sequence[str] = ()) -> bytes:
        """The answer to a query over the merge of some graphs and over named ones."""
        wrapper = self._wrapper()
        wrapper.setQuery(text)
        for graph in graphs:
            wrapper.addDefaultGraph(graph)
        for graph in named:
            wrapper.addNamedGraph(graph)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", accept)
        return self._send(wrapper)

    def construct(self, text: str, graphs: Sequence[str], named: Sequence[str] = ()) -> list[Triple]:
        """The triples of a CONSTRUCT."""
        from pyoxigraph import RdfFormat, parse

        # In Turtle, Virtuoso writes a decimal without fraction as an integer.
        answer = self.query(text, "application/n-triples", graphs, named)
        return [read_triple(quad.triple) for quad in parse(answer, format=RdfFormat.N_TRIPLES)]

    def insert(self, graph: str, triples: Iterable[Triple], done: Callable[[int], object] = _silent) -> None:
        """Add triples to a graph, a part at a time."""
        for part in _chunks(triples):
            made = [t for t in part if is_literal(t[2]) and parts(t[2])[2] in MADE]
            if plain := [t for t in part if t not in made]:
                self.update(_data("INSERT", graph, plain))
            if made:
                head = " ".join(f"{s} {p} ?o{n} ." for n, (s, p, _) in enumerate(made))
                bound = " ".join(f"BIND({_made(o)} AS ?o{n})" for n, (_, _, o) in enumerate(made))
                self.update(f"INSERT {{ GRAPH <{graph}> {{ {head} }} }} WHERE {{ {bound} }}")
            done(len(part))

    def delete(self, graph: str, triples: Iterable[Triple]) -> None:
        for part in _chunks(triples):
            self.update(_data("DELETE", graph, part))

    def merge(self, into: str, names: Iterable[str]) -> None:
        """Make a graph the merge of graphs of the house."""
        self.clear(into)
        for name in names:
            self.update(f"INSERT {{ GRAPH <{into}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{GRAPH}{name}> {{ ?s ?p ?o }} }}")

    def clear(self, *graphs: str) -> None:
        """Empty graphs, whether they are there or not."""
        for graph in graphs:
            self.update(f"CLEAR SILENT GRAPH <{graph}>")


def named(triple: Triple) -> Triple:
    """The triple with IRIs for blank nodes."""
    subject, predicate, obj = (f"<{GENID}{term[2:]}>" if term[0] == "_" else term for term in triple)
    return subject, predicate, obj


def load(endpoint: Endpoint, wanted: Iterable[Part], done: Callable[[int], object] = _silent) -> None:
    """Replace the graphs of the house in a store by these.

    Args:
        done: told how many triples have been sent, each time some are.
    """
    found: dict[str, dict[Triple, None]] = {name: {} for name in dataset.graphs()}
    for part in wanted:
        found[part.graph].update(dict.fromkeys(map(named, part.triples)))
    for name, triples in found.items():
        endpoint.clear(f"{GRAPH}{name}")
        endpoint.insert(f"{GRAPH}{name}", triples, done)
    endpoint.merge(LAWFUL, [name for name in found if name not in dataset.OF_CASES])
    endpoint.merge(ALL, found)


class Remote:
    """A store as the engine of an inference."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        base = knowledge()
        self._known: set[Triple] = {*base.triples, *base.drawn}

    def construct(self, rule: Rule) -> dict[Triple, None]:
        return dict.fromkeys(self.endpoint.construct(rule.construct, (LAWFUL, WORK)))

    def add(self, triples: Iterable[Triple]) -> list[Triple]:
        fresh = [triple for triple in dict.fromkeys(triples) if triple not in self._known]
        self._known.update(fresh)
        self.endpoint.insert(WORK, fresh)
        return fresh

    def remove(self, triples: Iterable[Triple]) -> None:
        gone = list(triples)
        self._known.difference_update(gone)
        self.endpoint.delete(WORK, gone)


def cases(endpoint: Endpoint) -> Iterator[Case]:
    """The cases that a store holds, read from its graph of cases."""
    from answerable.records import from_graph
    from answerable.terms import written

    stated = endpoint.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", [f"{GRAPH}cases"])
    graph = [written(triple) for triple in stated]
    for subject, predicate, obj in sorted(stated):
        if predicate == TYPE and obj == ans("Case"):
            yield from_graph(graph, lexical(subject).removeprefix(CASE))


def reason(
    endpoint: Endpoint, held: Iterable[Case], as_of: date | None = None, done: Callable[[int], object] = _silent
) -> None:
    """Draw what follows for cases that a store holds, in the store, by the rules of this installation.

    Args:
        held: as `cases` reads them.
        as_of: the day of the question; by default each case's own.
        done: called with 1 each time the conclusions for a case are in the store.
    """
    from answerable.assess import record_of

    base = knowledge()
    endpoint.clear(*(f"{GRAPH}{name}" for name in dataset.INFERRED))
    for case in held:
        drawn: list[set[Triple]] = []
        for record in RECORDS:
            endpoint.clear(WORK)
            inference = Inference(base.strata, Remote(endpoint), base.present)
            inference.state(record_of(case, record, as_of))
            drawn.append(set(inference.drawn))
        for part in dataset.of_case(case, *drawn):
            endpoint.insert(f"{GRAPH}{part.graph}", part.triples)
        done(1)
    endpoint.clear(WORK)
    endpoint.merge(ALL, dataset.graphs())


def ask(endpoint: Endpoint, query: Query, values: Mapping[str, str] | None = None) -> Answer:
    """What a store answers to a question of the house.

    Raises:
        InputError: for an ill-written parameter, or a store that does not answer.
    """
    import json

    from answerable.queries import Answer, turtle
    from answerable.terms import written

    text, named = query.bound(values or {}), [f"{GRAPH}{name}" for name in dataset.graphs()]
    if query.gives_graph:
        return Answer(turtle=turtle(map(written, endpoint.construct(text, [ALL], named))))
    found = json.loads(endpoint.query(text, "application/sparql-results+json", [ALL], named))
    columns = found["head"]["vars"]
    rows = [[row.get(column, {}).get("value", "") for column in columns] for row in found["results"]["bindings"]]
    return Answer(columns, rows)
