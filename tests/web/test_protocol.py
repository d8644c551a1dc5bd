"""The endpoint keeps to the SPARQL 1.1 Protocol, and clients get on with it.

Source: https://www.w3.org/TR/sparql11-protocol/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from answerable.web.protocol import uses
from tests.web.serving import TOKEN, Service, serving

DATA = """\
<http://x.eu/s> <http://x.eu/p> "in the default graph" .
<http://x.eu/a> <http://x.eu/p> "in a"@en <http://x.eu/g/a> .
<http://x.eu/b> <http://x.eu/p> "in b"@en <http://x.eu/g/b> .
"""
ROWS = "SELECT ?o WHERE { ?s <http://x.eu/p> ?o } ORDER BY ?o"
NAMED = "SELECT ?g ?o WHERE { GRAPH ?g { ?s <http://x.eu/p> ?o } } ORDER BY ?o"
BOTH = "SELECT ?o WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?o"
FAR = "INSERT { ?s ?p ?o } WHERE { SERVICE <http://x.eu/> { ?s ?p ?o } }"
A, B = "http://x.eu/g/a", "http://x.eu/g/b"
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    path = tmp_path_factory.mktemp("endpoint") / "data.nq"
    path.write_text(DATA, encoding="utf-8")
    with serving("--dataset", str(path), token=TOKEN) as running:
        yield running


def objects(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["o"]["value"] for row in answer.json()["results"]["bindings"]]


# -- queries


@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_a_query_is_taken_in_three_ways(service: Service, how: str) -> None:
    if how == "get":
        answer = service.http.get(service.sparql, params={"query": ROWS})
    elif how == "form":
        answer = service.http.post(service.sparql, data={"query": ROWS})
    else:
        answer = service.http.post(service.sparql, content=ROWS, headers={"Content-Type": QUERY})
    assert objects(answer) == ["in the default graph"]
    assert answer.headers["content-type"].startswith("application/sparql-results+json")


@pytest.mark.parametrize(
    ("graphs", "text", "expected"),
    [
        ([("default-graph-uri", A)], ROWS, ["in a"]),
        ([("default-graph-uri", A), ("default-graph-uri", B)], ROWS, ["in a", "in b"]),
        ([("named-graph-uri", B)], NAMED, ["in b"]),
        ([("named-graph-uri", B)], ROWS, []),
        ([("default-graph-uri", A), ("named-graph-uri", B)], BOTH, ["in a", "in b"]),
        ([], NAMED, ["in a", "in b"]),
        ([], f"SELECT ?o FROM <{A}> WHERE {{ ?s ?p ?o }}", ["in a"]),
        ([("default-graph-uri", B)], f"SELECT ?o FROM <{A}> WHERE {{ ?s ?p ?o }}", ["in b"]),
        ([("default-graph-uri", "https://w3id.org/answerable/graph/all")], ROWS, ["in the default graph"]),
    ],
)
def test_the_dataset_of_a_query_is_that_of_the_request(
    service: Service, graphs: list[tuple[str, str]], text: str, expected: list[str]
) -> None:
    if expected is None:
        text, expected = (
            "SELECT ?o WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?o",
            ["in a", "in b"],
        )
    got = service.http.get(service.sparql, params=[("query", text), *graphs])
    form = service.http.post(service.sparql, data={"query": text, **_many(graphs)})
    url = httpx.URL(service.sparql, params=graphs)
    direct = service.http.post(url, content=text, headers={"Content-Type": QUERY})
    assert objects(got) == objects(form) == objects(direct) == expected


def _many(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for other, value in pairs if other == name] for name, _ in pairs}


@pytest.mark.parametrize(
    ("query", "accept", "media", "starts"),
    [
        (ROWS, "application/sparql-results+xml", "application/sparql-results+xml", "<?xml"),
        (ROWS, "text/csv;q=0.9,application/json;q=0.1", "text/csv", "o\r\n"),
        (ROWS, "text/tab-separated-values", "text/tab-separated-values", "?o\n"),
        (ROWS, "application/json", "application/sparql-results+json", "{"),
        (ROWS, "text/html,*/*;q=0.1", "application/sparql-results+json", "{"),
        ("ASK { ?s ?p ?o }", "*/*", "application/sparql-results+json", '{"head":{},"boolean":true'),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "*/*", "text/turtle", "<http"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", "application/n-triples", "<http"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", "application/ld+json", "["),
        ("DESCRIBE <http://x.eu/s>", "application/rdf+xml", "application/rdf+xml", "<?xml"),
    ],
)
def test_the_client_chooses_the_format(service: Service, query: str, accept: str, media: str, starts: str) -> None:
    answer = service.query(query, accept)
    assert answer.status_code == 200 and answer.headers["content-type"].partition(";")[0] == media
    assert answer.text.startswith(starts) and "accept" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    ("method", "arguments", "status", "says"),
    [
        ("GET", {"params": [("query", ROWS), ("query", ROWS)]}, 400, "2 query"),
        ("GET", {"params": {"format": "json"}}, 400, "No query"),
        ("GET", {"params": {"query": "SELEKT ?s"}}, 400, "cannot be read"),
        ("GET", {"params": {"update": "CLEAR ALL"}}, 400, "POST"),
        ("GET", {"params": {"query": ROWS}, "headers": {"Accept": "image/png"}}, 406, "can be sent as"),
        ("PUT", {"content": ROWS}, 405, ""),
        ("DELETE", {}, 405, ""),
        ("POST", {"content": ROWS}, 415, "content type"),
        ("POST", {"content": ROWS, "headers": {"Content-Type": "text/plain"}}, 415, QUERY),
        ("POST", {"content": b"query=%FF", "headers": {"Content-Type": FORM}}, 400, "UTF-8"),
        ("POST", {"content": b"\xff\xfe", "headers": {"Content-Type": QUERY}}, 400, "UTF-8"),
        ("POST", {"data": {"query": ROWS, "update": "CLEAR ALL"}}, 400, "One of the fields"),
        ("POST", {"data": {"query": [ROWS, ROWS]}}, 400, "2 query"),
        ("POST", {"content": b"x" * 1_100_000, "headers": {"Content-Type": QUERY}}, 413, "larger than"),
        ("GET", {"params": {"query": "SELECT * { SERVICE <http://x.eu/> { ?s ?p ?o } }"}}, 403, "SERVICE is off"),
        ("GET", {"params": {"query": "SELECT * { service silent ?x { ?s ?p ?o } }"}}, 403, "SERVICE is off"),
    ],
)
def test_what_breaks_the_protocol_is_refused(
    service: Service, method: str, arguments: dict[str, Any], status: int, says: str
) -> None:
    answer = service.http.request(method, service.sparql, **arguments)
    assert answer.status_code == status and says in answer.text
    if status == 405:
        assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { SERVICE <x> {} }", True),
        ("SELECT * {service ?x {} }", True),
        ("SELECT * { ?s ?p 'SERVICE <x>' }", False),
        ("SELECT * { ?s ?p '''a ' SERVICE ''' }", False),
        ("SELECT * { <http://x.eu/ SERVICE> ?p ?o } # SERVICE", True),
        ("SELECT * { <http://x.eu/SERVICE> ?p ?o } # SERVICE", False),
        ("PREFIX service: <x> SELECT ?service { ?service service:of ex:SERVICE }", False),
        ("SELECT * { ?s ?p 'it\\'s' . SERVICE <x> {} }", True),
        ('SELECT * { ?s ?p "# no comment" . SERVICE <x> {} }', True),
    ],
)
def test_a_keyword_is_seen_where_it_is_one(text: str, expected: bool) -> None:
    assert uses(text, "SERVICE") is expected


def test_pages_of_other_sites_may_ask(service: Service) -> None:
    headers = {"Origin": "https://x.eu", "Access-Control-Request-Method": "POST"}
    before = service.http.options(service.sparql, headers=headers)
    assert before.status_code == 200 and before.headers["access-control-allow-origin"] == "*"
    assert service.http.get(service.sparql, params={"query": ROWS}, headers={"Origin": "https://x.eu"}).headers[
        "access-control-allow-origin"
    ] == "*"  # fmt: skip


# -- updates


def test_an_update_is_taken_with_the_token_in_two_ways(service: Service) -> None:
    insert = "INSERT DATA { GRAPH <http://x.eu/g/new> { <http://x.eu/n> <http://x.eu/n> '%s' } }"
    form = service.http.post(service.sparql, data={"update": insert % "form"}, headers=BEARER)
    direct = service.http.post(service.sparql, content=insert % "direct", headers={"Content-Type": UPDATE, **BEARER})
    assert (form.status_code, direct.status_code) == (204, 204)
    new = "SELECT ?o { GRAPH <http://x.eu/g/new> { ?s ?p ?o } } ORDER BY ?o"
    assert [row["o"] for row in service.rows(new)] == ["direct", "form"]
    delete = "DROP GRAPH <http://x.eu/g/new>"
    assert service.http.post(service.sparql, data={"update": delete}, headers=BEARER).status_code == 204
    assert service.rows(new) == []


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ({"data": {"update": "CLEAR ALL"}}, 401, "token"),
        ({"data": {"update": "CLEAR ALL"}, "headers": {"Authorization": "Bearer wrong"}}, 401, "token"),
        ({"data": {"update": "CLEAR ALL"}, "headers": {"Authorization": f"Basic {TOKEN}"}}, 401, "token"),
        ({"data": {"update": "CLEER ALL"}, "headers": BEARER}, 400, "cannot be read"),
        ({"data": {"update": ["CLEAR ALL", "CLEAR ALL"]}, "headers": BEARER}, 400, "2 update"),
        ({"data": {"update": "LOAD <http://x.eu/>"}, "headers": BEARER}, 403, "LOAD is off"),
        ({"data": {"update": "CLEAR ALL", "using-graph-uri": A}, "headers": BEARER}, 400, "write USING"),
        (
            {
                "data": {"update": "INSERT { ?s ?p ?o } WHERE { SERVICE <http://x.eu/> { ?s ?p ?o } }"},
                "headers": BEARER,
            },
            403,
            "SERVICE is off",
        ),
    ],
)
def test_an_update_that_is_not_allowed_changes_nothing(
    service: Service, arguments: dict[str, Any], status: int, says: str
) -> None:
    answer = service.http.post(service.sparql, **arguments)
    assert answer.status_code == status and says in answer.text
    assert objects(service.query(NAMED)) == ["in a", "in b"]


def test_updates_are_written_to_the_file_and_read_only_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(DATA, encoding="utf-8")
    insert = {"update": "INSERT DATA { <http://x.eu/s> <http://x.eu/p> 'kept' }"}
    with serving("--dataset", str(path), token=TOKEN) as running:
        assert running.http.post(running.sparql, data=insert, headers=BEARER).status_code == 204
    assert '"kept"' in path.read_text(encoding="utf-8")
    with serving("--dataset", str(path)) as running:
        assert "kept" in objects(running.query(ROWS))
        refused = running.http.post(running.sparql, data=insert, headers=BEARER)
        assert refused.status_code == 403 and "read-only" in refused.text


# -- clients and descriptions


def test_sparqlwrapper_is_a_client(service: Service) -> None:
    wrapper = SPARQLWrapper(service.sparql)
    for method, expected in ((None, ["in the default graph"]), (POST, ["in the default graph"])):
        if method:
            wrapper.setMethod(method)
        wrapper.setQuery(ROWS)
        wrapper.setReturnFormat(JSON)
        found: Any = wrapper.queryAndConvert()
        assert [row["o"]["value"] for row in found["results"]["bindings"]] == expected
    wrapper.setReturnFormat(XML)
    assert "in the default graph" in wrapper.queryAndConvert().toxml()  # type: ignore[union-attr]
    wrapper.setReturnFormat(CSV)
    assert b"in the default graph" in wrapper.queryAndConvert()  # type: ignore[operator]
    wrapper.setQuery("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    wrapper.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=wrapper.queryAndConvert(), format="turtle")) == 1  # type: ignore[arg-type]


def test_rdflib_is_a_client(service: Service) -> None:
    graph = Graph(SPARQLStore(service.sparql))
    assert [str(row.o) for row in graph.query(ROWS)] == ["in the default graph"]  # type: ignore[union-attr]
    assert [str(o) for o in graph.objects(URIRef("http://x.eu/s"))] == ["in the default graph"]


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize(
    ("accept", "format"),
    [("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("application/rdf+xml", "xml"), ("*/*", "turtle")],
)
def test_the_service_describes_itself(service: Service, path: str, accept: str, format: str) -> None:
    answer = service.http.get(f"{service.url}{path}", headers={"Accept": accept})
    found = Graph().parse(data=answer.text, format=format)
    asked = """
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?endpoint ?name ?triples WHERE {
          ?service a sd:Service ; sd:endpoint ?endpoint ; sd:defaultDataset ?dataset .
          ?dataset sd:namedGraph [ sd:name ?name ; sd:graph [ void:triples ?triples ] ]
        } ORDER BY ?name"""
    rows = [(str(row[0]), str(row[1]), int(row[2])) for row in found.query(asked)]  # type: ignore[index]
    assert rows == [(service.sparql, A, 1), (service.sparql, B, 1)]
