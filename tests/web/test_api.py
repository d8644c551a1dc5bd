"""The questions of the house over HTTP, their description, and the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rdflib import Graph

from answerable import queries
from answerable.web.app import HEADERS
from tests.queries.test_queries import answer, expectations
from tests.web.serving import Service, serving


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


SHIPPED = [(name, entry) for name, entry in expectations() if "case" not in entry]


@pytest.mark.parametrize(("name", "entry"), SHIPPED, ids=[f"{name}-{n}" for n, (name, _) in enumerate(SHIPPED)])
def test_the_api_answers_as_the_library_does(service: Service, name: str, entry: dict[str, Any]) -> None:
    found = service.http.get(f"{service.url}/api/queries/{name}", params=entry.get("parameters", {}))
    assert found.status_code == 200, found.text
    if queries.find(name).gives_graph:
        assert len(Graph().parse(data=found.text, format="turtle")) == len(answer(name, entry))
        return
    expected = [{key: value for key, value in row.items() if value != ""} for row in answer(name, entry)]
    assert found.json() == expected


def test_formats_and_refusals(service: Service) -> None:
    url = f"{service.url}/api/queries/voids"
    for accept, media in (
        ("text/csv", "text/csv"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("*/*", "application/json"),
    ):
        assert service.http.get(url, headers={"Accept": accept}).headers["content-type"].partition(";")[0] == media
    for path, params, accept, status, says in (
        ("voids", {"severity": "a", "severty": "b"}, "*/*", 400, "did you mean severity"),
        ("value-chain", {}, "*/*", 400, "no value"),
        ("vods", {}, "*/*", 404, "did you mean voids"),
        ("voids", {}, "image/png", 406, "can be sent as"),
    ):
        found = service.http.get(f"{service.url}/api/queries/{path}", params=params, headers={"Accept": accept})
        assert found.status_code == status and says in found.json()["error"]


def test_the_description_of_the_api_names_every_question(service: Service) -> None:
    described = service.http.get(f"{service.url}/openapi.json").json()
    assert described["openapi"].startswith("3.1") and described["servers"] == [{"url": service.url}]
    listed = {entry["name"]: entry for entry in service.http.get(f"{service.url}/api/queries").json()}
    assert set(listed) == {query.name for query in queries.catalogue()}
    for query in queries.catalogue():
        operation = described["paths"][f"/api/queries/{query.name}"]["get"]
        assert operation["summary"] == query.summary
        assert [p["name"] for p in operation["parameters"]] == list(query.parameters)
        assert listed[query.name]["sparql"] == query.text
    some = service.http.get(f"{service.url}/api/queries", params={"search": "void"}).json()
    assert 0 < len(some) < len(listed)


def test_the_page_asks_nothing_of_another_machine(service: Service) -> None:
    page = service.http.get(f"{service.url}/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    for name, value in HEADERS.items():
        assert page.headers[name] == value
    for query in queries.catalogue():
        assert f'value="{query.name}"' in page.text
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    links.remove("data:,")  # no icon
    assert links and all(link.startswith("/") for link in links)
    for link in links:
        assert service.http.get(service.url + link).status_code == 200
