"""Law, cases and rules on other people's stores: a real Virtuoso and a real Oxigraph server, on loopback."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from answerable import dataset, remote
from answerable.assess import Passes
from answerable.cli import app
from answerable.dataset import ALL, GRAPH, INFERRED
from answerable.errors import InputError
from answerable.terms import XSD, Triple
from tests.servers import Server, oxigraph_server, virtuoso
from tests.shipped import CASES

EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
Start = Callable[[], AbstractContextManager[Server]]
SERVERS = pytest.mark.parametrize("start", [virtuoso, oxigraph_server], ids=["virtuoso", "oxigraph"])
CASE = "loan-refusal"


def held(endpoint: remote.Endpoint, name: str) -> set[Triple]:
    return set(endpoint.construct(EVERYTHING, [name]))


@SERVERS
def test_the_rules_draw_the_same_graph_on_a_store_as_in_process(start: Start, tmp_path: Path) -> None:
    case = str(Path("data/cases") / f"{CASE}.yaml")
    path = next(path for path in CASES if path.stem == CASE)
    with start() as server:
        urls = f"{server.query_url},{server.update_url}"
        endpoint = remote.Endpoint.of(urls, "--to")
        loaded = CliRunner().invoke(app, ["load", str(path), "--to", urls, "--stated-only"])
        assert loaded.exit_code == 0, (case, loaded.output)
        assert held(endpoint, f"{GRAPH}established") == set()
        reasoned = CliRunner().invoke(app, ["reason", "--on", urls])
        assert reasoned.exit_code == 0, reasoned.output
        expected = {part.graph: set(part.triples) for part in dataset.of_passes(Passes.of(path))}
        for name in INFERRED:
            assert held(endpoint, f"{GRAPH}{name}") == expected[name] != set()
            assert held(endpoint, ALL) >= expected[name]
        assert [c.id for c in remote.cases(endpoint)] == [CASE]


LITERALS = (
    f'"P3Y"^^<{XSD}duration>',
    f'"true"^^<{XSD}boolean>',
    f'"2026-11-28"^^<{XSD}date>',
    f'"0.5"^^<{XSD}decimal>',
    f'"100"^^<{XSD}decimal>',
    f'"12"^^<{XSD}integer>',
    f'"2027"^^<{XSD}gYear>',
    '"in words"@en',
    '"a \\"quoted\\" text\\nof two lines, with \\\\ and ü"',
)


@SERVERS
def test_terms_come_back_as_they_went(start: Start) -> None:
    with start() as server:
        endpoint = remote.Endpoint(server.query_url, server.update_url)
        triples = {("<http://x.eu/s>", f"<http://x.eu/p{n}>", literal) for n, literal in enumerate(LITERALS)}
        endpoint.insert("http://x.eu/g", triples)
        back = held(endpoint, "http://x.eu/g")
        # Virtuoso 7 keeps a duration in months and writes their number into N-Triples.
        lost = {t for t in back ^ triples if "duration" in t[2]}
        assert back - lost == triples - lost and len(lost) == (2 if server.name == "virtuoso" else 0)
        endpoint.delete("http://x.eu/g", [t for t in triples if "duration" not in t[2]])
        assert len(held(endpoint, "http://x.eu/g")) == 1
        endpoint.clear("http://x.eu/g", "http://x.eu/none")
        assert held(endpoint, "http://x.eu/g") == set()


def test_a_blank_node_stays_one_node_over_several_parts() -> None:
    triple = ("_:b1", "<http://x.eu/p>", "_:b1")
    subject, _, obj = remote.named(triple)
    assert subject == obj == "<https://w3id.org/answerable/.well-known/genid/b1>"


@pytest.mark.parametrize("urls", ["", "store", "ftp://x.eu/", "http://", "http://x.eu/query,update"])
def test_what_is_no_address_is_an_input_error(urls: str) -> None:
    with pytest.raises(InputError, match="the address of a SPARQL endpoint"):
        remote.Endpoint.of(urls, "--to")


def test_a_store_that_does_not_answer_is_an_input_error() -> None:
    done = CliRunner().invoke(app, ["query", "voids", "--on", "http://127.0.0.1:9/sparql"])
    assert isinstance(done.exception, InputError) and "SPARQL 1.1 endpoint" in str(done.exception)
