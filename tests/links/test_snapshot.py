"""The snapshot holds what the data cite and nothing else; official titles stand in the texts that they come from."""

from __future__ import annotations

import csv
import html
import json
import re
from functools import cache
from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.identifiers import Celex, Ecli, Eli, identify
from answerable.links import snapshot
from answerable.links.asking import Asker
from answerable.links.client import Client
from answerable.links.snapshot import Entry
from tests import commands
from tests.links.loopback import Played, Reply, playing, rows

TEXTS = Path(__file__).parents[3] / "shared" / "datasets" / "eu_law_text"
VERIFICATIONS = {"VerifiedPrimary", "VerifiedSecondary", "UnverifiedMemory"}
AI_ACT = "http://data.europa.eu/eli/reg/2024/1689/oj"


def test_the_snapshot_has_all_that_is_cited_and_nothing_else():
    cited = snapshot.cited()
    assert {entry.id for entry in snapshot.entries()} == set(cited)
    assert len(snapshot.entries()) == len(cited) > 900
    for entry in snapshot.entries():
        thing = cited[entry.id]
        assert snapshot.Cited(**{f: getattr(entry, f) for f in snapshot.Cited.__dataclass_fields__}) == thing


def test_what_is_cited_covers_every_identifier_of_the_data():
    from tests.test_identifiers import held

    have = {value for entry in snapshot.entries() for value in (entry.celex, entry.eli, entry.ecli, entry.citation)}
    missing = {text for texts in held().values() for text in texts} - have
    # Of two citations of one judgment, the reporter's or the court's own, the snapshot gives one.
    second = {text for text in missing if not text.startswith(("http", "ECLI")) and text[0] != "3"}
    assert missing == second and len(second) < 20


@pytest.mark.parametrize("kind", ["instrument", "judgment", "authority"])
def test_every_act_and_judgment_has_a_title_that_says_where_it_is_from(kind: str):
    of_kind = [entry for entry in snapshot.entries() if entry.kind == kind]
    assert of_kind
    assert not [e.id for e in of_kind if not (e.title and e.language and e.title_is in ("official", "ours"))]


def test_every_row_says_how_far_it_was_checked():
    for entry in snapshot.entries():
        assert entry.verification in VERIFICATIONS, entry.id
        assert entry.source and re.fullmatch(r"20\d\d-\d\d-\d\d", entry.pinned), entry.id
        assert (entry.source == "memory") <= (entry.verification == "UnverifiedMemory"), entry.id


def test_identifiers_agree_within_a_row():
    for entry in snapshot.entries():
        for value in filter(None, (entry.celex, entry.eli, entry.ecli)):
            assert str(identify(value)) == value
        if entry.celex and entry.eli:
            eli = Eli.parse(entry.eli)
            assert str(eli.celex) == entry.celex


def plain(text: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\u2019", "'").replace("\xa0", " ")
    return re.sub(r"\s+", "", text).lower()


@cache
def law_texts() -> str:
    if not TEXTS.is_dir():
        pytest.skip("the texts of the acts are not beside this checkout")
    formex = [path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.fmx.xml"))]
    spoken = []
    for path in sorted(TEXTS.glob("*.json")):
        act = json.loads(path.read_text(encoding="utf-8"))
        spoken += [part.get("title", "") + "|" + part["text"] for part in (*act["articles"], *act["recitals"])]
    return plain("|".join((*formex, *spoken)))


def test_official_titles_stand_in_the_texts_they_were_taken_from():
    official = [e for e in snapshot.entries() if e.title_is == "official" and e.source != "memory"]
    assert len(official) > 50
    assert not [e.id for e in official if plain(e.title) not in law_texts()]


def test_headings_of_articles_are_those_of_the_article():
    acts = {}
    for path in sorted(TEXTS.glob("*.json")):
        act = json.loads(path.read_text(encoding="utf-8"))
        acts[act["celex_id"]] = {str(a["number"]): a.get("title", "").strip("` ") for a in act["articles"]}
    if not acts:
        pytest.skip("the texts of the acts are not beside this checkout")
    headed = [e for e in snapshot.entries() if e.kind == "provision" and e.title]
    assert len(headed) > 20
    for entry in headed:
        (part,) = Eli.parse(entry.eli).parts
        assert acts[entry.celex][part.removeprefix("art_")] == entry.title


def test_a_file_with_other_columns_is_an_error(tmp_path, monkeypatch):
    broken = tmp_path / "snapshot.csv"
    broken.write_text("id,kind\n", encoding="utf-8")
    monkeypatch.setattr(snapshot, "path", lambda: broken)
    with pytest.raises(InputError, match="id,kind"):
        snapshot.entries.__wrapped__()


def test_a_draft_says_of_what_is_missing_what_the_data_say(monkeypatch):
    kept = ("http://data.europa.eu/eli/reg/2016/679/art_22/oj", "http://data.europa.eu/eli/reg/2022/2065/oj")
    entries = tuple(entry for entry in snapshot.entries() if entry.id not in kept)
    monkeypatch.setattr(snapshot, "entries", lambda: entries)
    provision, act = csv.DictReader(commands.run("link", "check", "--draft").splitlines())
    assert (provision["id"], act["id"]) == kept
    assert act["celex"] == "32022R2065" and act["title"] and act["title_is"] == "ours"
    assert act["source"].startswith("data: ") and act["verification"] in VERIFICATIONS
    assert provision["title"] == "" and provision["verification"] == "UnverifiedMemory"


def test_nothing_is_missing_from_the_draft():
    assert commands.run("link", "check", "--draft").strip() == ",".join(snapshot.FIELDS)


# -- offline


def test_offline_the_snapshot_answers_for_want_of_the_service(tmp_path, capsys):
    options = ["--offline", "--cache", str(tmp_path), "--format", "json"]
    (row,) = json.loads(commands.run("link", "celex", "32024R1689", *options))
    assert row["title"].startswith("Regulation (EU) 2024/1689") and row["title_is"] == "official"
    (row,) = json.loads(commands.run("link", "eli", AI_ACT, *options))
    assert row["celex"] == "32024R1689"
    (row,) = json.loads(commands.run("link", "ecli", "ECLI:EU:C:2023:957", *options))
    assert row["celex"] == "62021CJ0634"
    (row,) = json.loads(commands.run("link", "celex", "32024R1689", "titles", *options))
    assert row["language"] == "en"
    (row,) = json.loads(commands.run("link", "eli", "eli/reg/2098/101/oj", *options))
    assert row == {"eli": "http://data.europa.eu/eli/reg/2098/101/oj", "celex": "32098R0101", "by": "rule"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("celex", "32024R1689", "amended-by"),
        ("celex", "32098R0001"),
        ("celex", "32024R1689", "titles", "--lang", "mt"),
        ("lei", "506700GE1G29325QX363"),
        ("wikidata", "Q42"),
    ],
)
def test_offline_what_is_missing_is_an_error_that_says_what(tmp_path, arguments):
    printed = commands.run("link", *arguments, "--offline", "--cache", str(tmp_path), status=2)
    assert "nothing kept of https://" in printed and "ask once without --offline" in printed


# -- the check


def checked(*options: str, status: int = 0) -> dict[str, dict[str, str]]:
    printed = commands.run("link", "check", "--format", "csv", *options, status=status)
    return {row["id"]: row for row in csv.DictReader(printed.splitlines())}


def test_the_check_without_network_finds_the_snapshot_whole(tmp_path):
    found = checked("--cache", str(tmp_path))
    assert {row["kind"] for row in found.values()} == {"instrument", "judgment", "authority"}
    assert {row["snapshot"] for row in found.values()} == {""}
    assert {row["live"] for row in found.values()} == {""}
    assert len(checked("--provisions", "--cache", str(tmp_path))) == len(snapshot.entries())


def test_the_check_finds_what_is_missing_changed_or_too_much(monkeypatch):
    entries = {entry.id: entry for entry in snapshot.entries()}
    gone = entries.pop("http://data.europa.eu/eli/reg/2016/679/oj")
    act = entries[AI_ACT]
    entries[AI_ACT] = Entry(**{**vars(act), "celex": "32024R1690"})
    entries["urn:x"] = Entry("urn:x", "judgment")
    untitled = entries["https://w3id.org/answerable/authority/ECLI:EU:C:2023:957"]
    entries[untitled.id] = Entry(**{**vars(untitled), "title": ""})
    monkeypatch.setattr(snapshot, "entries", lambda: tuple(entries.values()))
    found = {
        row["id"]: row["snapshot"]
        for row in (dict(zip(snapshot.CHECKED, row, strict=True)) for row in snapshot.check().rows)
        if row["snapshot"]
    }
    assert found == {
        gone.id: "missing",
        AI_ACT: "differs: celex",
        "urn:x": "no longer cited",
        untitled.id: "no title",
    }
    assert all(snapshot.is_wrong(row) == bool(row[-2]) for row in snapshot.check().rows)


@pytest.fixture
def two(monkeypatch) -> tuple[Entry, Entry]:
    """Only the AI Act and a judgment are cited."""
    act, judgment = snapshot.find(Celex.parse("32024R1689"))[0], snapshot.find(Ecli.parse("ECLI:EU:C:2023:957"))[0]
    cited = {id: thing for id, thing in snapshot.cited().items() if id in (act.id, judgment.id)}
    monkeypatch.setattr(snapshot, "cited", lambda: cited)
    monkeypatch.setattr(snapshot, "entries", lambda: (act, judgment))
    return act, judgment


def live(played: Played, tmp_path: Path) -> list[str]:
    with Client(tmp_path, retries=0) as client:
        return [row[-1] for row in snapshot.check(Asker(client, played.url)).rows]


LANGUAGE = "http://publications.europa.eu/resource/authority/language/ENG"


def test_the_live_answer_agrees(two, tmp_path):
    act, judgment = two
    title = act.title.upper() + " (Text with EEA relevance)"
    replies = (
        rows({"celex": act.celex, "eli": act.eli}),
        rows({"language": LANGUAGE, "title": title}),
        rows({"celex": judgment.celex, "ecli": judgment.ecli}),
    )
    with playing(*replies) as played:
        assert live(played, tmp_path) == ["agrees", "agrees"]
        assert len(played.asked) == 3


def test_the_live_answer_differs(two, tmp_path):
    act, judgment = two
    replies = (
        rows({"celex": act.celex, "eli": "http://data.europa.eu/eli/reg/2024/1690/oj"}),
        rows({"language": LANGUAGE, "title": "Regulation on lighthouses"}),
        rows({"celex": judgment.celex, "ecli": "ECLI:EU:C:2099:1"}),
    )
    with playing(*replies) as played:
        assert live(played, tmp_path) == [
            "ELI http://data.europa.eu/eli/reg/2024/1690/oj; title Regulation on lighthouses",
            "ECLI ECLI:EU:C:2099:1",
        ]


def test_what_the_service_does_not_know(two, tmp_path):
    with playing(rows()) as played:
        printed = commands.run(
            "link", "check", "--endpoint", played.url, "--cache", str(tmp_path), "--format", "csv", status=1
        )
    assert printed.count("unknown to the EU Publications Office") == 2


def test_a_service_that_fails_ends_the_check(two, tmp_path):
    with playing(Reply(400, b"SP030", "text/plain")) as played:
        commands.run("link", "check", "--endpoint", played.url, "--cache", str(tmp_path), status=2)


# -- what is sent


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        (("celex", "32024R1689"), "<http://publications.europa.eu/resource/celex/32024R1689>"),
        (("celex", "32016R0679R(02)"), "<http://publications.europa.eu/resource/celex/32016R0679R%2802%29>"),
        (("celex", "eli/reg/2016/679/oj", "case-law"), "cdm:case-law_interpretes_resource_legal"),
        (("celex", "32024R1689", "consolidated"), '"02024R1689-"'),
        (("celex", "32024R1689", "text", "--lang", "fr"), "Accept-Language: fra"),
        (("eli", "eli/reg/2016/0679/art_22/oj"), '"http://data.europa.eu/eli/reg/2016/679/oj"'),
        (("ecli", "eu:c:2023:957"), '"ECLI:EU:C:2023:957"'),
        (("lei", "506700GE1G29325QX363"), "https://api.gleif.org/api/v1/lei-records/506700GE1G29325QX363"),
        (("lei", "Keeper & Co", "--name"), "Keeper+%26+Co"),
        (("wikidata", "Q42"), "<http://www.wikidata.org/entity/Q42>"),
        (("wikidata", "Keeper", "--name"), "wbsearchentities"),
        (("check",), "<http://publications.europa.eu/resource/celex/62021CJ0634>"),
    ],
)
def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(tmp_path, arguments, holds):
    with playing(rows()) as played:
        printed = commands.run("link", *arguments, "--dry-run", "--endpoint", played.url, "--cache", str(tmp_path))
        assert not played.asked
    public = commands.run("link", *arguments, "--dry-run", "--cache", str(tmp_path))
    assert not list(tmp_path.iterdir())
    assert holds in public and "https://" in public
    assert played.url in printed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("celex", "32024R168"), "four digits"),
        (("celex", "32024R1689", "titles", "--lang", "xx"), "a language of the Union"),
        (("celex", "32024R1689", "--endpoint", "ftp://x"), "begins with http:// or https://"),
        (("eli", "eli/reg/2016"), "such as http://data.europa.eu/eli/"),
        (("ecli", "ECLI:EU"), "five parts"),
        (("lei", "506700GE1G29325QX360"), "check digits"),
        (("wikidata", "Keeper Ltd"), "give --name"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(tmp_path, arguments, says):
    assert says in commands.run("link", *arguments, "--cache", str(tmp_path), status=2)
