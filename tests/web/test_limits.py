"""Nothing that is asked stops the service: what takes too much is ended, and the next question is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.serving import Service, serving

SECONDS, ROWS = 2.0, 5_000
ALIVE = "SELECT ?id { ?case a <https://w3id.org/answerable/ontology#Case> ; <http://purl.org/dc/terms/identifier> ?id }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with serving("--seconds", str(SECONDS), "--rows", str(ROWS), "--memory", "1500", "--workers", "2") as running:
        yield running


@pytest.fixture(autouse=True)
def _still_the_same_process_answers(service: Service) -> Iterator[None]:
    yield
    assert service.process.poll() is None
    assert len(service.rows(ALIVE)) > 30


def test_a_query_that_would_run_for_an_hour_is_stopped(service: Service) -> None:
    start = time.monotonic()
    answer = service.query(ENDLESS)
    assert answer.status_code == 503 and "stopped after 2 seconds" in answer.text
    assert SECONDS * 0.9 < time.monotonic() - start < SECONDS + 5


def test_while_some_queries_run_long_others_are_answered(service: Service) -> None:
    with ThreadPoolExecutor(7) as threads:
        long = [threads.submit(service.query, ENDLESS) for _ in range(3)]
        short = [threads.submit(service.rows, ALIVE) for _ in range(4)]
        assert {answer.result().status_code for answer in long} == {503}
        assert all(len(rows.result()) > 30 for rows in short)


def test_a_query_that_returns_everything_is_refused(service: Service) -> None:
    for text in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        answer = service.query(text, "*/*")
        assert answer.status_code == 422 and f"more than {ROWS:,} rows" in answer.text and "LIMIT" in answer.text
    for media in ("application/sparql-results+xml", "text/csv", "text/tab-separated-values"):
        assert service.query(f"SELECT ?s {{ ?s ?p ?o }} LIMIT {ROWS}", media).status_code == 200
        assert service.query(f"SELECT ?s {{ ?s ?p ?o }} LIMIT {ROWS + 1}", media).status_code == 422


def test_a_query_that_needs_too_much_memory_is_stopped() -> None:
    with serving("--memory", "100", "--workers", "1") as other:
        for _ in range(3):
            answer = other.query(GREEDY)
            assert answer.status_code == 503 and "more than 100,000,000 bytes of memory" in answer.text
        assert len(other.rows(ALIVE)) > 30


def test_hundreds_of_malformed_requests_are_refused(service: Service) -> None:
    broken = ["", "SELECT", "{" * 5_000, "SELECT * { ?s ?p ?o ", "\0", "'" * 999, "SELECT * WHERE { " + "{" * 100_000]

    def send(number: int) -> int:
        return service.http.post(
            service.sparql, data={"query": f"{broken[number % len(broken)]} #{number}"}
        ).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, range(500))) == {400}


def test_hundreds_of_questions_at_once_are_answered(service: Service) -> None:
    with ThreadPoolExecutor(50) as threads:
        found = list(threads.map(lambda n: len(service.rows(f"{ALIVE} LIMIT {1 + n % 30}")), range(200)))
    assert found == [1 + n % 30 for n in range(200)]


def test_paths_do_not_lead_out_of_the_static_files(service: Service) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/..%2fapp.py"):
        assert service.http.get(service.url + path).status_code == 404
