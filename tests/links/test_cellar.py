"""Every query to the Publications Office, by the client, on real servers with an invented corner of its graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from answerable.identifiers import Celex, Ecli, Eli
from answerable.links import asking, cellar
from answerable.links.asking import Asker
from answerable.links.client import Client
from tests import commands
from tests.servers import Server, oxigraph_server, virtuoso

GRAPH = "http://publications.europa.eu/graph"
ACT = Celex.parse("32098R0101")
DIRECTIVE = Celex.parse("32095L0007")


@pytest.fixture(scope="module", params=[virtuoso, oxigraph_server], ids=["virtuoso", "oxigraph"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with request.param() as running:
        running.load(quads(request.param))
        yield running


def quads(server: object) -> str:
    triples = ox.parse(path=str(Path(__file__).with_name("cdm.ttl")), format=ox.RdfFormat.TURTLE)
    # Oxigraph asks the default graph alone, Virtuoso all graphs, as the Publications Office does.
    graph = ox.NamedNode(GRAPH) if server is virtuoso else ox.DefaultGraph()
    found = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
    return ox.serialize(found, format=ox.RdfFormat.N_QUADS).decode()


@pytest.fixture
def asker(server: Server, tmp_path: Path) -> Iterator[Asker]:
    with Client(tmp_path) as client:
        yield Asker(client, server.query_url)


def test_a_work_by_its_celex_number(asker: Asker):
    assert cellar.work(asker, ACT).rows == [
        [
            "32098R0101",
            "http://data.europa.eu/eli/reg/2098/101/oj",
            "",
            "2098-01-10",
            "2098-02-01; 2098-08-01",
            "",
            "true",
        ]
    ]


def test_a_judgment_has_its_ecli(asker: Asker):
    (row,) = cellar.work(asker, Celex.parse("62098CJ0001")).rows
    assert row[:4] == ["62098CJ0001", "", "ECLI:EU:C:2099:11", "2099-02-02"]


def test_what_is_not_to_be_shown_is_not(asker: Asker):
    assert cellar.work(asker, Celex.parse("32098R0999")).rows == []


def test_what_is_not_there_is_not_found(asker: Asker):
    assert cellar.work(asker, Celex.parse("32098R0102")).rows == []


def test_a_corrigendum_is_found_by_its_encoded_address(asker: Asker):
    rows = cellar.titles(asker, Celex.parse("32098R0101R(01)")).rows
    assert rows == [["en", "Corrigendum to Regulation (EU) 2098/101"]]


def test_titles_in_all_languages_and_in_some(asker: Asker):
    german, english = "Verordnung (EU) 2098/101 über Leuchttürme", "Regulation (EU) 2098/101 on lighthouses"
    assert cellar.titles(asker, ACT).rows == [["de", german], ["en", english]]
    some = cellar.titles(asker, ACT, cellar.wanted_languages(["de,fr"]))
    assert some.rows == [["de", german]]
    assert "no title in fr" in some.notes


def test_later_acts_in_the_order_of_their_days(asker: Asker):
    assert cellar.changes(asker, ACT, later=True).rows == [
        ["corrects", "32098R0101R(01)", "2098-03-03", "", ""],
        ["amends", "32098R0202", "2098-11-02", "AR 5 PA 1", "2099-01-01"],
    ]


def test_earlier_acts(asker: Asker):
    assert [row[:2] for row in cellar.changes(asker, Celex.parse("32098R0202"), later=False).rows] == [
        ["amends", "32098R0101"]
    ]
    assert [row[:2] for row in cellar.changes(asker, ACT, later=False).rows] == [["repeals", "32095L0007"]]


def test_consolidated_texts_of_this_act_alone_newest_last(asker: Asker):
    assert cellar.consolidated(asker, ACT).rows == [
        ["02098R0101-20980303", "2098-03-03", "http://data.europa.eu/eli/reg/2098/101/2098-03-03", "yes"],
        ["02098R0101-20981201", "2098-12-01", "http://data.europa.eu/eli/reg/2098/101/2098-12-01", "yes"],
        [
            "02098R0101-20990101",
            "2099-01-01",
            "http://data.europa.eu/eli/reg/2098/101/2099-01-01",
            "no: listed without a text",
        ],
    ]


def test_judgments_that_interpret_an_act(asker: Asker):
    assert cellar.case_law(asker, ACT).rows == [
        ["62098TJ0002", "", "2098-12-24", ""],
        ["62098CJ0001", "ECLI:EU:C:2099:11", "2099-02-02", "A05P1"],
        ["62098CJ0001", "ECLI:EU:C:2099:11", "2099-02-02", "A15"],
    ]


def test_judgments_that_interpret_an_article(asker: Asker):
    found = cellar.case_law(asker, ACT, "5")
    assert [row[3] for row in found.rows] == ["A05P1"]
    assert "1 further judgments are listed without the article that they interpret" in found.notes
    assert cellar.case_law(asker, ACT, "6").rows == []


def test_measures_that_transpose_a_directive(asker: Asker):
    assert cellar.transposition(asker, DIRECTIVE).rows == [
        ["DEU", "http://publications.europa.eu/resource/cellar/german", "", ""],
        ["FRA", "72095L0007FRA_200", "2096-05-05", "Loi sur les phares"],
    ]


def test_the_celex_number_of_an_eli(asker: Asker):
    eli = "http://data.europa.eu/eli/reg/2098/101/oj"
    found = cellar.celex_of_eli(asker, Eli.parse("eli/reg/2098/0101/art_5/oj"))
    assert found.rows == [[eli, "32098R0101", "rule"], [eli, "32098R0101", "EU Publications Office"]]


def test_the_celex_number_of_an_ecli(asker: Asker):
    found = cellar.celex_of_ecli(asker, Ecli.parse("ECLI:EU:C:2099:11"))
    assert found.rows == [["ECLI:EU:C:2099:11", "62098CJ0001", "2099-02-02"]]


@pytest.mark.parametrize(
    ("fragment", "article"),
    [
        ("A22", "22"),
        ("A22P1", "22"),
        ("A05P1LA", "5"),
        ("A04PT1", "4"),
        ("AR 60a PA 2", "60a"),
        ("A60AP1", "60a"),
        ("ART. 7", "7"),
        ("C071", ""),
        ("", ""),
    ],
)
def test_the_article_of_a_fragment(fragment: str, article: str):
    assert cellar.article_of(fragment) == article


def test_an_answer_that_the_server_cut_says_so(tmp_path: Path):
    with virtuoso(rows=2) as server, Client(tmp_path) as client:
        server.load(quads(virtuoso))
        asker = Asker(client, server.query_url)
        assert not cellar.titles(asker, DIRECTIVE).notes
        assert cellar.case_law(asker, ACT).notes == (
            "EU Publications Office cut the answer at 2 rows: there may be more",
        )


def test_the_second_time_the_answer_is_kept(asker: Asker):
    assert not cellar.work(asker, ACT).notes
    (note,) = cellar.work(asker, ACT).notes
    assert note.startswith("EU Publications Office: as retrieved on 20")


def test_hostile_text_stays_a_term(asker: Asker):
    hostile = '" } UNION { ?work ?p ?number } #'
    assert asker.sparql(cellar.CELLAR, "ecli-to-celex", ecli=hostile) == []


@pytest.mark.parametrize(
    "topic", ["work", "titles", "amended-by", "amends", "consolidated", "case-law", "transposition"]
)
def test_the_command_asks_the_same(server: Server, tmp_path: Path, topic: str):
    celex = "32095L0007" if topic == "transposition" else "32098R0101"
    options = ["--endpoint", server.query_url, "--cache", str(tmp_path), "--format", "csv"]
    printed = commands.run("link", "celex", celex, topic, *options)
    assert len(printed.splitlines()) > 1
    assert printed == commands.run("link", "celex", celex, topic, *options, "--offline")


def test_a_broken_query_is_reported_with_what_the_server_said(server: Server, tmp_path: Path, monkeypatch):
    queries = asking.queries()
    broken = replace(queries["work"], text="SELECT ?a\nWHERE {\n ?a ?b ?c . ?c }\n")
    monkeypatch.setitem(queries, "work", broken)
    printed = commands.run(
        "link", "celex", "32098R0101", "--endpoint", server.query_url, "--cache", str(tmp_path), status=2
    )
    assert "400" in printed
