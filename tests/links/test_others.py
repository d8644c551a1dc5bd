"""Wikidata and the Global LEI Foundation, in the shapes of their documentation; names and numbers are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from answerable.errors import InputError
from answerable.identifiers import Celex, IdentifierError, Lei, Qid
from answerable.links import cellar, gleif, wikidata
from answerable.links.asking import Asker
from answerable.links.client import Client
from tests import commands
from tests.links.loopback import Played, Reply, data, playing, rows

FIRST = "LIGHTHOUSEKEEPER00"
LEI = FIRST + Lei.check_digits(FIRST)
JSON_API = "application/vnd.api+json"


def record(name: str) -> dict[str, object]:
    return {
        "type": "lei-records",
        "id": LEI,
        "attributes": {
            "lei": LEI,
            "entity": {
                "legalName": {"name": name, "language": "en"},
                "otherNames": [],
                "legalAddress": {"addressLines": ["Pier 1"], "city": "Farne", "country": "GB", "postalCode": None},
                "jurisdiction": "GB",
                "category": "GENERAL",
                "legalForm": {"id": "H0PO", "other": None},
                "status": "ACTIVE",
            },
            "registration": {"status": "LAPSED", "nextRenewalDate": "2099-05-01T00:00:00Z"},
        },
    }


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(tmp_path, retries=0) as client:
        yield client


def asked(played: Played) -> dict[str, list[str]]:
    return parse_qs(urlsplit(played.asked[-1].path).query)


def test_a_record_by_its_lei(client):
    with playing(data({"data": record("Keeper Ltd")}, JSON_API)) as played:
        found = gleif.by_lei(Asker(client, f"{played.url}/lei-records"), Lei.parse(LEI))
    assert found.rows == [[LEI, "Keeper Ltd", "GB", "GB", "H0PO", "ACTIVE", "LAPSED", "2099-05-01"]]
    assert played.asked[0].path == f"/lei-records/{LEI}"
    assert played.asked[0].headers["Accept"] == JSON_API


def test_a_lei_without_a_record(client):
    problem = {"errors": [{"status": "404", "title": "Not Found"}]}
    with playing(Reply(404, json.dumps(problem).encode(), JSON_API)) as played:
        found = gleif.by_lei(Asker(client, played.url), Lei.parse(LEI))
    assert found.rows == []
    assert found.notes == (f"Global LEI Foundation has no record of {LEI}",)


def test_records_by_name(client):
    said = {"meta": {"pagination": {"total": 37}}, "data": [record("Keeper Ltd"), record("Keeper & Daughters")]}
    with playing(data(said, JSON_API)) as played:
        found = gleif.by_name(Asker(client, played.url), "keeper & co")
        assert asked(played) == {"filter[entity.legalName]": ["keeper & co"], "page[size]": ["20"]}
    assert [row[1] for row in found.rows] == ["Keeper Ltd", "Keeper & Daughters"]
    assert found.notes == ("37 records match; the first 20 are shown",)


@pytest.mark.parametrize("said", [{}, {"data": []}, {"data": {"attributes": {}}}, [], {"data": None}])
def test_a_record_in_another_shape_is_an_error(client, said):
    with playing(data(said, JSON_API)) as played, pytest.raises(InputError, match="Global LEI Foundation"):
        gleif.by_lei(Asker(client, played.url), Lei.parse(LEI))


def test_a_record_with_a_wrong_lei_is_an_error(client):
    wrong = record("Keeper Ltd")
    wrong["attributes"]["lei"] = LEI[:-1] + str((int(LEI[-1]) + 1) % 10)  # type: ignore[index]
    with playing(data({"data": wrong}, JSON_API)) as played, pytest.raises(InputError, match="check digits"):
        gleif.by_lei(Asker(client, played.url), Lei.parse(LEI))


ITEM = "http://www.wikidata.org/entity/Q999999999"


def test_an_item_by_its_id_lei_and_celex_number(client):
    one = {"item": ITEM, "label": "Keeper", "lei": LEI, "country": "United Kingdom", "official_name": "Keeper Ltd"}
    two = one | {"official_name": "Ceidwad Cyf"}
    for wanted, term in (
        (Qid.parse("Q999999999"), f"<{ITEM}>"),
        (Lei.parse(LEI), f'"{LEI}"'),
        (Celex.parse("32098R0101"), '"32098R0101"'),
    ):
        with playing(rows(one, two)) as played:
            found = wikidata.by_id(Asker(client, played.url), wanted, "cy")
            (query,) = asked(played)["query"]
        assert term in query and 'VALUES ?language { "cy" }' in query and "#+" not in query
        row = dict(zip(found.columns, found.rows[0], strict=True))
        assert len(found.rows) == 1
        assert row["item"] == "Q999999999"
        assert row["official_name"] == "Ceidwad Cyf; Keeper Ltd"


def test_items_by_label(client):
    said = {
        "searchinfo": {"search": "keeper"},
        "search": [
            {"id": "Q1", "label": "Keeper", "description": "lighthouse operator", "match": {"type": "label"}},
            {"id": "Q2", "label": "Keeper"},
        ],
        "success": 1,
    }
    with playing(data(said)) as played:
        found = wikidata.by_label(Asker(client, played.url), "keeper")
        assert asked(played)["search"] == ["keeper"] and asked(played)["action"] == ["wbsearchentities"]
    assert found.rows == [["Q1", "Keeper", "lighthouse operator"], ["Q2", "Keeper", ""]]


def test_an_error_inside_a_good_answer_is_an_error(client):
    said = {"error": {"code": "ratelimited", "info": "You've exceeded your rate limit."}}
    with playing(data(said)) as played, pytest.raises(InputError, match="exceeded your rate limit"):
        wikidata.by_label(Asker(client, played.url), "keeper")


def test_an_item_is_an_id_a_lei_or_a_celex_number():
    assert wikidata.item_of("q42") == Qid("Q42")
    assert wikidata.item_of(LEI) == Lei(LEI)
    assert wikidata.item_of("32098R0101") == Celex.parse("32098R0101")
    with pytest.raises(IdentifierError, match="--name"):
        wikidata.item_of("Keeper Ltd")


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [
        (("lei", LEI), data({"data": record("Keeper Ltd")}, JSON_API)),
        (("lei", "keeper", "--name"), data({"data": [record("Keeper Ltd")]}, JSON_API)),
        (("wikidata", "Q1"), rows({"item": ITEM, "label": "Keeper Ltd"})),
        (("wikidata", "keeper", "--name"), data({"search": [{"id": "Q1", "label": "Keeper Ltd"}]})),
    ],
)
def test_the_commands(tmp_path, arguments, reply):
    with playing(reply) as played:
        options = ["--endpoint", played.url, "--cache", str(tmp_path)]
        for format in ("table", "csv", "json"):
            assert "Keeper" in commands.run("link", *arguments, *options, "--format", format)
        assert len(played.asked) == 1


# -- the publications resource


def test_the_text_of_an_act_in_a_language(tmp_path):
    page = Reply(body=b"<html>Verordnung</html>", content_type="application/xhtml+xml;charset=UTF-8")
    with playing(page) as played:
        out = tmp_path / "act.html"
        arguments = ["celex", "32098R0101R(01)", "text", "--lang", "de", "--out", str(out)]
        commands.run("link", *arguments, "--endpoint", played.url, "--cache", str(tmp_path))
    assert out.read_bytes() == page.body
    assert played.asked[0].path == "/32098R0101R%2801%29"
    assert played.asked[0].headers["Accept-Language"] == "deu"
    assert "application/xhtml+xml" in played.asked[0].headers["Accept"]


def test_an_act_without_a_text_in_a_language(tmp_path):
    with playing(Reply(406, b"", "text/plain")) as played:
        options = ["--lang", "mt", "--endpoint", played.url, "--cache", str(tmp_path)]
        assert "try another --lang" in commands.run("link", "celex", "32098R0101", "text", *options, status=2)


def test_a_probe_marks_what_cannot_be_had(client):
    held = {"language": "http://publications.europa.eu/resource/authority/language/ENG"}
    found = rows({"celex": "02098R0101-20980303", **held}, {"celex": "02098R0101-20981201", **held})
    with playing(found, Reply(200), Reply(404)) as played:
        table = cellar.consolidated(Asker(client, played.url), Celex.parse("32098R0101"), probe=True)
    assert [row[3] for row in table.rows] == ["yes", "no: 404"]
    assert [request.method for request in played.asked] == ["GET", "HEAD", "HEAD"]


def test_an_answer_that_was_cut_says_so(client):
    full = rows(*({"celex": f"32098R{n:04d}", "date": "2098-01-01", "relation": "amends"} for n in range(1, 1001)))
    with playing(full) as played:
        found = cellar.changes(Asker(client, played.url), Celex.parse("32098R0101"), later=True)
    assert found.notes == ("EU Publications Office cut the answer at 1000 rows: there may be more",)
