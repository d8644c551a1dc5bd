"""The servers that other tests start: they answer, take updates and N-Quads, and are gone afterwards."""

from __future__ import annotations

import json
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from tests.servers import oxigraph_server, virtuoso

QUADS = """\
<http://example.org/s> <http://example.org/p> "loaded"@en <http://example.org/g> .
<http://example.org/s> <http://example.org/q> "2026"^^<http://www.w3.org/2001/XMLSchema#gYear> <http://example.org/g> .
"""
INSERT = 'INSERT DATA { GRAPH <http://example.org/g> { <http://example.org/s> <http://example.org/p> "updated"@en } }'
QUESTION = "SELECT ?o WHERE { GRAPH <http://example.org/g> { ?s <http://example.org/p> ?o } } ORDER BY ?o"


@pytest.mark.parametrize("server", [virtuoso, oxigraph_server], ids=["virtuoso", "oxigraph"])
def test_a_server_answers_is_updated_and_ends(server):
    with server() as running:
        running.load(QUADS)
        headers = {"Content-Type": "application/sparql-update"}
        with urlopen(Request(running.update_url, INSERT.encode(), headers), timeout=30):
            pass
        accept = {"Accept": "application/sparql-results+json"}
        with urlopen(Request(f"{running.query_url}?query={quote(QUESTION)}", headers=accept), timeout=30) as answer:
            rows = json.load(answer)["results"]["bindings"]
    assert [row["o"]["value"] for row in rows] == ["loaded", "updated"]
    assert not running.folder.exists()
    with pytest.raises(URLError):
        urlopen(f"{running.query_url}?query=ASK%7B%7D", timeout=5)


@pytest.mark.parametrize("server", [virtuoso, oxigraph_server], ids=["virtuoso", "oxigraph"])
def test_broken_quads_are_refused(server):
    with server() as running, pytest.raises((RuntimeError, OSError)):
        running.load("<http://example.org/s> <http://example.org/p> .\n")


def test_without_the_program_a_test_is_skipped_but_fails_in_ci(monkeypatch):
    monkeypatch.setattr("tests.servers.shutil.which", lambda *_, **__: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="virtuoso-opensource"), virtuoso():
        pass
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="virtuoso-opensource"), virtuoso():
        pass
