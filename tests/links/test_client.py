"""The client against what real services do: empty 202, 303 to http, 406, 429, time-outs, broken and wrong answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from answerable import __version__
from answerable.errors import InputError
from answerable.links import asking
from answerable.links import client as module
from answerable.links.client import SPARQL_JSON, Client, Offline, Service
from tests.links.loopback import Played, Reply, data, playing, rows

GOOD = rows({"a": "1"})
HTML = Reply(body=b"<html><title>Verify that you are human</title></html>", content_type="text/html; charset=utf-8")


@contextmanager
def asked(tmp_path: Path, *replies: Reply, **options: Any) -> Iterator[tuple[Client, Service, Played]]:
    options = {"backoff": 0.01, "retries": 3, "timeout": (2, 0.5)} | options
    with playing(*replies) as played, Client(tmp_path, **options) as client:
        yield client, Service("Lighthouse Office", f"{played.url}/sparql"), played


def told(text: str) -> Any:
    return pytest.raises(InputError, match=text)


def get(client: Client, service: Service, **more: Any) -> Any:
    return client.get(service, params={"query": "SELECT"}, accept=SPARQL_JSON, **more).json()["results"]["bindings"]


def test_an_empty_202_is_asked_again(tmp_path):
    with asked(tmp_path, Reply(202, content_type=""), Reply(202, content_type=""), GOOD) as (client, service, played):
        assert get(client, service) == [{"a": {"type": "literal", "value": "1"}}]
        assert len(played.asked) == 3


def test_a_202_that_stays_is_an_error_that_says_so(tmp_path):
    with asked(tmp_path, Reply(202, content_type="")) as (client, service, played):
        with pytest.raises(InputError) as caught:
            get(client, service)
        assert len(played.asked) == 4
    assert "202" in str(caught.value) and "has not made the answer yet" in str(caught.value)
    assert "Lighthouse Office" in str(caught.value)


def test_retry_after_is_waited_for(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    with asked(tmp_path, Reply(429, headers={"Retry-After": "7"}), GOOD) as (client, service, _):
        assert get(client, service)
    assert slept == [7]


def test_a_longer_wait_than_our_patience_is_left_to_the_user(tmp_path):
    with asked(tmp_path, Reply(429, headers={"Retry-After": "3600"}), patience=5) as (client, service, played):
        with pytest.raises(InputError, match="wait for 3600 seconds"):
            get(client, service)
        assert len(played.asked) == 1


def test_waits_grow(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    with asked(tmp_path, Reply(503), retries=4, backoff=1) as (client, service, played):
        with pytest.raises(InputError, match="503"):
            get(client, service)
        assert len(played.asked) == 5
    assert len(slept) == 3 and 2 * slept[0] <= slept[1] * 1.25 and slept[1] < slept[2]


def test_a_303_is_followed_on_the_same_host(tmp_path):
    with playing(GOOD) as played:
        there = Reply(303, content_type="", headers={"Location": f"{played.url}/resource"})
        with playing(there) as first, Client(tmp_path) as client:
            # Another port is the same host, and on loopback http stays http.
            client.get(Service("Lighthouse Office", f"{first.url}/sparql"), accept=SPARQL_JSON)
        assert [request.path for request in played.asked] == ["/resource"]


def redirected(tmp_path: Path, start: str, location: str) -> str | None:
    response = requests.Response()
    response.status_code = 303
    response.headers["location"] = location
    response.request = requests.Request("GET", start).prepare()
    with Client(tmp_path) as client:
        return client.session.get_redirect_target(response)


def test_a_303_from_https_to_http_stays_on_https(tmp_path):
    start = "https://publications.example/resource/celex/1"
    assert redirected(tmp_path, start, "http://publications.example/resource/cellar/2") == (
        "https://publications.example/resource/cellar/2"
    )
    assert redirected(tmp_path, start, "http://publications.example:80/x") == "https://publications.example/x"
    assert redirected(tmp_path, start, "/resource/cellar/3") == "https://publications.example/resource/cellar/3"


def test_a_redirect_to_another_host_is_not_followed(tmp_path):
    with pytest.raises(requests.RequestException, match=r"another host, elsewhere\.example"):
        redirected(tmp_path, "https://publications.example/1", "https://elsewhere.example/")


def test_redirects_in_a_circle_end(tmp_path):
    with asked(tmp_path, Reply(303, content_type="", headers={"Location": "/sparql"})) as (client, service, played):
        with pytest.raises(InputError, match="redirects"):
            get(client, service)
        assert len(played.asked) < 10


def test_406_says_which_languages_to_try(tmp_path):
    with asked(tmp_path, Reply(406, b"none of these", "text/plain")) as (client, service, played):
        with pytest.raises(InputError) as caught:
            get(client, service)
        assert len(played.asked) == 1
    assert "406" in str(caught.value) and "none of these" in str(caught.value) and "--lang" in str(caught.value)


def test_a_query_error_is_told_in_the_words_of_the_server(tmp_path):
    with (
        asked(tmp_path, Reply(400, b"SP030: syntax error\nquery: ...", "text/plain")) as (client, service, _),
        told("SP030: syntax error"),
    ):
        get(client, service)


def test_a_time_out_is_tried_again_and_told(tmp_path):
    with asked(tmp_path, Reply(after=2), timeout=(1, 0.1)) as (client, service, played):
        with pytest.raises(InputError, match=r"no answer in time|timed out"):
            get(client, service)
        assert len(played.asked) == 3


def test_nobody_there(tmp_path):
    with playing(GOOD) as played:
        url = played.url
    with Client(tmp_path, retries=1, backoff=0.01) as client, pytest.raises(InputError, match="refused"):
        get(client, Service("Lighthouse Office", url))


@pytest.mark.parametrize(
    "cut",
    [
        Reply(body=GOOD.body[:20], content_type=GOOD.content_type, said_length=len(GOOD.body)),
        Reply(body=GOOD.body[:20], content_type=GOOD.content_type, unsaid_length=True),
    ],
    ids=["shorter than it said", "of no stated length"],
)
def test_an_answer_that_is_cut_short_is_asked_for_again(tmp_path, cut):
    with asked(tmp_path, cut, GOOD) as (client, service, played):
        assert get(client, service)
        assert len(played.asked) == 2
    with asked(tmp_path / "again", cut) as (client, service, _), pytest.raises(InputError, match="broke off"):
        get(client, service)


def test_a_page_for_people_is_no_data_and_is_not_kept(tmp_path):
    with asked(tmp_path, HTML, GOOD) as (client, service, played):
        with pytest.raises(InputError, match="a page of text/html where data was asked for"):
            get(client, service)
        assert get(client, service)
        assert len(played.asked) == 2


def test_an_answer_that_is_too_long_is_not_read(tmp_path):
    with (
        asked(tmp_path, Reply(body=b"[" + b" " * 300_000), max_bytes=100_000) as (client, service, _),
        told("longer than"),
    ):
        client.get(service)


def test_the_client_says_who_it_is_and_keeps_its_connection(tmp_path):
    with asked(tmp_path, GOOD, refresh=True) as (client, service, played):
        get(client, service)
        get(client, service)
    assert {request.headers["User-Agent"] for request in played.asked} == {module.USER_AGENT}
    assert f"answerable/{__version__}" in module.USER_AGENT
    assert len({request.connection for request in played.asked}) == 1


def test_an_answer_is_kept_with_its_day(tmp_path):
    with asked(tmp_path, GOOD) as (client, service, played):
        first = client.get(service, accept=SPARQL_JSON)
        second = client.get(service, accept=SPARQL_JSON)
        assert len(played.asked) == 1
    assert not first.from_cache and second.from_cache and not second.stale
    assert second.body == first.body
    assert second.retrieved.date() == date.fromtimestamp(first.retrieved.timestamp())


def test_languages_and_formats_are_kept_apart(tmp_path):
    with asked(tmp_path, GOOD) as (client, service, played):
        client.get(service, accept=SPARQL_JSON, language="eng")
        client.get(service, accept=SPARQL_JSON, language="deu")
        client.get(service, accept="application/json", language="deu")
        assert len(played.asked) == 3
        client.get(service, accept=SPARQL_JSON, language="deu")
        assert len(played.asked) == 3


def test_an_old_answer_is_asked_for_again_but_given_where_the_service_fails(tmp_path):
    with asked(tmp_path, GOOD, rows({"a": "2"}), Reply(503), max_age=timedelta(0)) as (client, service, _):
        assert get(client, service)[0]["a"]["value"] == "1"
    with asked(tmp_path / "b", GOOD, HTML, max_age=timedelta(microseconds=1)) as (client, service, played):
        client.get(service, accept=SPARQL_JSON)
        again = client.get(service, accept=SPARQL_JSON)
        assert len(played.asked) == 2
        assert again.from_cache and again.stale and again.body == GOOD.body


def test_refresh_asks_again(tmp_path):
    with asked(tmp_path, GOOD, rows({"a": "2"})) as (client, service, _):
        get(client, service)
        client.refresh = True
        assert get(client, service)[0]["a"]["value"] == "2"
        client.refresh = False
        assert get(client, service)[0]["a"]["value"] == "2"


def test_offline_sends_nothing_and_says_what_is_missing(tmp_path):
    with asked(tmp_path, GOOD, max_age=timedelta(microseconds=1)) as (client, service, played):
        get(client, service)
        client.offline = True
        assert get(client, service)
        with pytest.raises(Offline) as caught:
            client.get(service, params={"query": "another"})
        assert len(played.asked) == 1
    assert "nothing kept of" in str(caught.value) and "without --offline" in str(caught.value)


def test_errors_are_not_kept(tmp_path):
    with asked(tmp_path, Reply(404, b"{}"), GOOD) as (client, service, _):
        assert client.get(service, accept=SPARQL_JSON, missing_is=(404,)).status == 404
        assert get(client, service)


def test_the_cache_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("ANSWERABLE_CACHE", str(tmp_path / "mine"))
    with Client() as client:
        assert client.file == tmp_path / "mine" / "answerable" / "links" / "answers.sqlite"
    monkeypatch.delenv("ANSWERABLE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    with Client() as client:
        assert client.file == tmp_path / "xdg" / "answerable" / "links" / "answers.sqlite"


def test_a_cache_holds_no_code(tmp_path):
    """Answers are kept as JSON: reading a cache that somebody else wrote runs nothing."""
    with asked(tmp_path, GOOD) as (client, service, _):
        get(client, service)
    with sqlite3.connect(tmp_path / "answers.sqlite") as database:
        ((kept,),) = database.execute("SELECT value FROM responses").fetchall()
    assert json.loads(kept)["status_code"] == 200


def test_a_broken_cache_is_an_error_that_names_it(tmp_path):
    (tmp_path / "answers.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(InputError, match=r"answers\.sqlite"), asked(tmp_path, GOOD) as (client, service, _):
        get(client, service)


def test_a_cache_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="another --cache"), asked(tmp_path / "file", GOOD) as (client, service, _):
        get(client, service)


def test_json_that_holds_no_solutions(tmp_path):
    with (
        asked(tmp_path, data({"head": {}, "boolean": True}, SPARQL_JSON)) as (client, service, _),
        told("a SPARQL endpoint"),
    ):
        asking.solutions(service, client.get(service, accept=SPARQL_JSON))
