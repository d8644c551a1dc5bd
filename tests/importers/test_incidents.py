"""Tables of incidents as cases: counts add up, what is alleged stays alleged, and nobody's name gets through."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import answerable
from answerable import rooms
from answerable.casefile import load, vocabulary
from answerable.casefile import read_yaml as read_mapping
from answerable.cases import Case
from answerable.errors import InputError
from answerable.identities import Register, register
from answerable.importers import INCIDENT_KINDS, names
from answerable.importers.incidents import MATCHES, NOTICE, Summary, case_id, portfolio

REAL = Path(__file__).parents[3] / "shared" / "datasets"
ORGANISATIONS = REAL / "orgs" / "organisations_identity.csv"
TABLES = {
    "aiid": ("aiid", "aiid/incidents.csv", 989, 0, 0),
    "aiaaic": ("aiaaic", "aiaaic/AIAAIC Repository - Incidents.csv", 2138, 0, 3),
    "aiaaic-json": ("aiaaic", "aiaaic/aiaaic_incidents_2246.json", 2245, 0, 1),
    "ai-incident-law": ("ai-incident-law", "ai_incident_law/data.json", 109, 45, 0),
    "avid": ("avid", "avid", 40, 0, 0),
}
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the datasets are not beside the project")
SAMPLE, SEED = 25, 20260105


def run(kind: str, path: Path, out: Path, known: Register | None = None) -> tuple[Summary, dict[str, Case]]:
    summary = portfolio(kind, path, out, known or register())
    return summary, {file.stem: load(file) for file in sorted(out.glob("*.yaml"))}


# -- small tables of our own

AIID_HEADER = [
    "_id",
    "incident_id",
    "date",
    "reports",
    "Alleged deployer of AI system",
    "Alleged developer of AI system",
    "Alleged harmed or nearly harmed parties",
    "description",
    "title",
]


def aiid_row(number: str, on: str, deployers: Any, developers: Any, harmed: Any) -> list[str]:
    lists = [json.dumps(value) if isinstance(value, list) else value for value in (deployers, developers, harmed)]
    return ["x", number, on, "[1]", *lists, "Jane Doe was hurt.", "Jane Doe against the machine"]


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


AIID_ROWS = [
    AIID_HEADER,
    aiid_row("1", "2020-01-02", ["facebook", "jane-doe"], ["openai"], ["jane-doe's-family", "children"]),
    aiid_row("2", "2020-02-30", ["tesla"], [], []),
    aiid_row("3", "2020-03-01", "{oops", [], []),
    aiid_row("8", "", '["\\ud800"]', [], []),
    aiid_row("9", "", "[" * 100_000, [], []),
    aiid_row("4", "", ["scammers-impersonating-jane-doe"], ["unknown"], ["springfield-police-department"]),
    aiid_row("1", "2020-01-02", [], [], []),
    ["x", "5"],
    aiid_row("six", "2020-01-02", [], [], []),
    aiid_row("7", "2020-01-03", ["chatgpt"], [], []),
]
CSET0 = [
    ["Incident ID", "Published", "Near Miss", "Harm Type", "Lives Lost"],
    ["1", "True", "Harm caused", "Financial harm, Harm to civil liberties", "True"],
    ["4", "True", "Near miss", "Financial harm", "False"],
    ["7", "False", "Harm caused", "Financial harm", "False"],
]


def aiid(folder: Path) -> Path:
    write_csv(folder / "classifications_CSETv0.csv", CSET0)
    return write_csv(folder / "incidents.csv", AIID_ROWS)


AIAAIC_ROWS = [
    ["Incidents", *[""] * 14],
    [
        "AIAAIC ID#",
        "Headline",
        "Occurred",
        "Country(ies)",
        "Sector(s)",
        "Deployer(s)",
        "Developer(s)",
        "System name(s)",
        "Technology(ies)",
        "Purpose(s)",
        "News trigger(s)",
        "Issue(s)",
        "External harms",
        "",
        "",
    ],
    ["", "", "", "", "", "", "", "", "", "", "", "", "Individual", "Societal ", "Environmental"],
    [
        "AIAAIC01",
        "Jane Doe sues",
        "2024",
        "USA; Atlantis",
        "",
        "Jane Doe; Google",
        "OpenAI, Microsoft",
        "ChatGPT",
        "",
        "",
        "",
        "",
        "Loss of life; Trust loss",
        "Discrimination",
        "",
    ],
    ["AIAAIC02", "A robot", "2023-", "UK - Scotland", "", "Meta users", "", "Jane", "", "", "", "", "", "", ""],
    ["", "", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["AIAAIC03", "", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["AIAAIC02", "A robot", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["AIAAIC02", "Another", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["nothing", "No number", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["AIAAIC05", "Short"],
]
AIAAIC_JSON = [
    {
        "id": "AIAAIC7",
        "headline": "Jane Doe",
        "date": "2026",
        "country": "Austria",
        "deployer": "Unknown",
        "developers": ["OpenAI", "Meta"],
        "harmsIndividual": [{"label": "Loss of life", "source": "pred"}, {"label": "Fraud", "source": "orig"}],
        "harmsSocietal": [{"label": "Financial loss", "source": "orig"}],
    },
    {"id": "AIAAIC8", "headline": 5, "date": "", "country": "", "deployer": "", "developers": []},
    {"id": "AIAAIC9", "headline": "", "date": "", "country": "", "deployer": "", "harmsSocietal": True},
    "text",
]
AIL = {
    "datasets": {
        "included": {
            "records": [
                {
                    "error_id": "AIEL-2024-001",
                    "error_title": "Jane Doe",
                    "ai_system_name": "ChatGPT (named; admitted)",
                    "deployer": "Workday, Inc. as vendor; Jane Doe (counsel for John Doe)",
                    "error_type": "discriminatory output",
                    "error_date": "2024-02",
                },
                {"error_id": "AIEL-2024-002", "deployer": None},
            ]
        },
        "review": {"records": [{"candidate_id": "x"}]},
    }
}
PROCEEDINGS = {"proceedings": [{"ai_incident_law_record_id": "AIEL-2024-001", "territorial_scope": ["us-ca"]}]}
AVID = {
    "data_type": "AVID",
    "metadata": {"vuln_id": "AVID-2023-V001"},
    "affects": {
        "developer": ["OpenAI"],
        "deployer": ["OpenAI", "Some Service"],
        "artifacts": [{"type": "System", "name": "Some Service"}, {"type": "System", "name": "ChatGPT"}],
    },
    "credit": [{"lang": "eng", "value": "Jane Doe"}],
    "description": {"lang": "eng", "value": "Jane Doe found it."},
}


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def law(folder: Path) -> Path:
    written(folder / "proceedings.json", PROCEEDINGS)
    return written(folder / "data.json", AIL)


MAKERS: dict[str, Callable[[Path], Path]] = {
    "aiid": aiid,
    "aiaaic": lambda folder: write_csv(folder / "aiaaic.csv", AIAAIC_ROWS),
    "ai-incident-law": law,
    "avid": lambda folder: written(folder / "AVID-2023-V001.json", AVID),
}


def texts(out: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(out.iterdir())).casefold()


def test_alleged_parts_are_events_and_persons_are_dropped(tmp_path: Path) -> None:
    summary, cases = run("aiid", aiid(tmp_path), tmp_path / "out")
    assert (summary.read, summary.imported, summary.skipped.total()) == (10, 3, 7)
    assert set(summary.skipped) == {
        "a date that is no day written YYYY-MM-DD",
        "parties that are no list of names in JSON",
        "a number that another record has",
        "more or fewer columns than the header has",
        "no number of an incident",
    }
    one = cases["aiid-1"]
    assert one.standing == "alleged" and one.title == "AIID incident 1"
    assert {(e.type, e.by, str(e.on or "")) for e in one.events} == {
        ("SystemDevelopment", ("openai",), ""),
        ("Use", ("meta-platforms-inc",), "2020-01-02"),
        ("Incident", (), "2020-01-02"),
    }
    assert {(p.type, p.name) for p in one.parties} == {
        ("NaturalPerson", "family (not named)"),
        ("NaturalPerson", "children (not named)"),
        ("Organisation", "OpenAI"),
        ("Organisation", "Meta Platforms, Inc."),
    }
    assert {h.type for h in one.harms} == {"EconomicLoss", "DeathHarm"} and all(not h.to for h in one.harms)
    assert all("https://incidentdatabase.ai/cite/1/" in str(r.source) for r in one.records())
    # Harm that only came near is none, and a group of people is no deployer of its own.
    four = cases["aiid-4"]
    assert not four.harms and "near" in str(four.description)
    assert {(e.type, e.by) for e in four.events} == {("EndUse", ("scammers",)), ("Incident", ())}
    assert [p.type for p in four.parties if p.name == "Springfield Police Department"] == ["PublicAuthority"]
    # An annotation that is not published says nothing; a product is no party.
    assert not cases["aiid-7"].harms and [a.name for a in cases["aiid-7"].artefacts] == ["ChatGPT"]
    assert not cases["aiid-7"].parties
    assert "jane" not in texts(tmp_path / "out")
    assert summary.dropped[names.Kind.person] == 1


def test_rows_that_are_no_records_are_told_apart(tmp_path: Path) -> None:
    summary, cases = run("aiaaic", MAKERS["aiaaic"](tmp_path), tmp_path / "out")
    assert summary.read == summary.imported + summary.skipped.total() == 5
    assert dict(summary.no_records) == {
        "an empty row": 1,
        "a row with a number alone": 1,
        "a row that repeats a number and its title": 1,
    }
    assert sorted(cases) == ["aiaaic-01", "aiaaic-02"]
    one = cases["aiaaic-01"]
    assert sorted(h.type for h in one.harms) == ["DeathHarm", "DiscriminationHarm"]
    assert {p.name for p in one.parties} == {"Google", "OpenAI", "Microsoft Corporation"}
    assert [a.name for a in one.artefacts] == ["ChatGPT"]
    assert {e.where for e in one.events if e.type == "Incident"} == {("US",)}
    assert "2024" in str(one.description) and all(e.on is None for e in one.events)
    two = cases["aiaaic-02"]
    assert not two.harms and [(e.type, e.by) for e in two.events] == [("EndUse", ("users",)), ("Incident", ())]
    assert "jane" not in texts(tmp_path / "out")


def test_what_a_model_predicted_is_not_taken(tmp_path: Path) -> None:
    summary, cases = run("aiaaic", written(tmp_path / "a.json", AIAAIC_JSON), tmp_path / "out")
    assert (summary.read, summary.imported) == (4, 1)
    assert [h.type for h in cases["aiaaic-7"].harms] == ["EconomicLoss"]
    assert {e.by for e in cases["aiaaic-7"].events} == {("openai",), ("meta-platforms-inc",), ()}


def test_matters_have_the_forum_of_their_proceedings(tmp_path: Path) -> None:
    summary, cases = run("ai-incident-law", law(tmp_path), tmp_path / "out")
    assert (summary.read, summary.imported, summary.skipped.total()) == (3, 1, 2)
    case = cases["aiel-2024-001"]
    assert case.forum == ("US-CA",) and [h.type for h in case.harms] == ["DiscriminationHarm"]
    assert [p.name for p in case.parties] == ["Workday, Inc."] and [a.name for a in case.artefacts] == ["ChatGPT"]
    assert "doe" not in texts(tmp_path / "out").replace("does", "")


def test_a_weakness_is_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "avid"
    folder.mkdir()
    written(folder / "a.json", AVID)
    (folder / "b.json").write_text('{"data_type": ', encoding="utf-8")
    written(folder / "c.json", AVID | {"affects": None})
    summary, cases = run("avid", folder, tmp_path / "out")
    assert (summary.read, summary.imported, summary.skipped.total()) == (3, 1, 2)
    case = cases["avid-2023-v001"]
    assert not case.harms and {(e.type, e.by) for e in case.events} == {
        ("SystemDevelopment", ("openai",)),
        ("Use", ("openai",)),
    }
    assert "jane" not in texts(tmp_path / "out")


def test_only_classes_of_the_ontology_and_no_roles_are_mapped() -> None:
    known = vocabulary()
    for kind in (*INCIDENT_KINDS, "incidents"):
        path = rooms.room("data") / "imports" / f"{kind}.yaml"
        data = read_mapping(path.read_text(encoding="utf-8"), str(path))
        harms = [*data.get("kinds", {}).values()]
        for entry in data.get("classifications", ()):
            harms += [k for mapping in entry.get("kinds", {}).values() for k in mapping.values()]
            harms += entry.get("counts", {}).values()
        assert set(harms) <= known.classes("Harm")
        assert set(data.get("events", {}).values()) <= known.classes("Activity")


def test_a_second_run_gives_the_same_bytes_and_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    path = aiid(tmp_path)
    first, second = tmp_path / "one", tmp_path / "deep" / "two"
    second.mkdir(parents=True)
    portfolio("aiid", path, first, register())
    portfolio("aiid", path, second, register())
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}
    before = texts(first)
    with pytest.raises(InputError, match="not empty"):
        portfolio("aiid", path, first, register())
    assert texts(first) == before and not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_reviewer_wins_and_the_match_file_comes_back_as_it_was(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "i.csv", [AIID_HEADER, aiid_row("1", "", ["facebook", "acmeco", "gaunt-robotics-inc"], [], [])]
    )
    _, cases = run("aiid", path, tmp_path / "one")
    assert {p.id for p in cases["aiid-1"].parties} == {"meta-platforms-inc", "gaunt-robotics-inc"}
    rows = list(csv.DictReader((tmp_path / "one" / MATCHES).open(encoding="utf-8", newline="")))
    assert [(r["name"], r["decision"], r["reviewer"]) for r in rows] == [
        ("Facebook", "same", ""),
        ("Gaunt Robotics Inc", "different", ""),
    ]
    by_name = {row["name"]: row for row in rows}
    by_name["Facebook"] |= {"decision": "different", "reviewer": "A"}
    by_name["Gaunt Robotics Inc"] |= {"matched_id": "google", "decision": "same", "reviewer": "A"}
    # A name that was dropped is brought in by a reviewer.
    dropped = dict.fromkeys(rows[0], "") | {"name": "Acmeco", "decision": "same", "reviewer": "A"}
    dropped |= {"matched_id": "acme", "matched_name": "Acme Company", "qid": "Q42"}
    reviewed = write_csv(tmp_path / "m.csv", [list(rows[0]), *([*row.values()] for row in (*rows, dropped))])
    _, cases = run("aiid", path, tmp_path / "two", register(matches=reviewed))
    assert {(p.id, p.name) for p in cases["aiid-1"].parties} == {
        ("facebook", "Facebook"),
        ("google", "Google"),
        ("acme-company", "Acme Company"),
    }
    assert any("Wikidata Q42" in str(p.source) for p in cases["aiid-1"].parties)
    again = tmp_path / "two" / MATCHES
    run("aiid", path, tmp_path / "three", register(matches=again))
    assert again.read_bytes() == (tmp_path / "three" / MATCHES).read_bytes()


# -- what is broken

BROKEN: dict[str, tuple[str, bytes, str]] = {
    "empty": ("aiid", b"", "nothing"),
    "another table": ("aiid", b"a,b\n1,2\n", "a, b"),
    "a column less": ("aiid", ",".join(AIID_HEADER[:-2]).encode(), "incident_id"),
    "open quote": ("aiid", ",".join(AIID_HEADER).encode() + b'\n1,"2', "unexpected end"),
    "not utf-8": ("aiid", b"\xff\xfe\x00a", "not text"),
    "header alone": ("aiid", ",".join(AIID_HEADER).encode() + b"\n", "no record"),
    "a picture": ("aiaaic", b"\x89PNG\r\n\x1a\n\x00\x00\xff", "not text"),
    "headers cut": ("aiaaic", b"Incidents\nAIAAIC ID#\n", "2 rows"),
    "headers of two widths": (
        "aiaaic",
        "\n".join(",".join(row) for row in (*AIAAIC_ROWS[:2], [*AIAAIC_ROWS[2], "x"])).encode(),
        "16 columns",
    ),
    "an object": ("aiaaic", b"{}", "an object"),
    "cut json": ("aiaaic", b'[{"id": "AIA', "Unterminated"),
    "a list": ("ai-incident-law", b"[]", "no such list"),
    "wrong records": ("ai-incident-law", b'{"datasets": {"included": {"records": 5}}}', "no list"),
    "deep": ("ai-incident-law", b"[" * 200_000, "nested too deep"),
    "another json": ("avid", b'{"a": 1}', "no record"),
    "no number": ("avid", b'{"data_type": "AVID", "metadata": []}', "no number"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    kind, raw, found = BROKEN[name]
    path = tmp_path / "broken"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        portfolio(kind, path, tmp_path / "out", register())
    assert caught.value.file == str(path) and found in caught.value.found and caught.value.expected
    assert [p.name for p in tmp_path.iterdir()] == ["broken"]


def test_a_file_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    for kind in INCIDENT_KINDS:
        with pytest.raises(InputError, match="100,000,000 bytes"):
            portfolio(kind, path, tmp_path / "out", register())
    assert not (tmp_path / "out").exists()


def test_a_folder_without_records_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for kind in INCIDENT_KINDS:
        with pytest.raises(InputError):
            portfolio(kind, tmp_path, tmp_path / "out", register())
        with pytest.raises(InputError):
            portfolio(kind, tmp_path / "nowhere", tmp_path / "out", register())


@pytest.mark.parametrize("kind", INCIDENT_KINDS)
def test_whatever_is_changed_is_read_skipped_or_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = MAKERS[kind](folder)
    original, number = path.read_bytes(), iter(range(10_000))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def mutated(data: st.DataObject) -> None:
        raw = bytearray(original)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(raw) - 1)) if raw else 0
            match data.draw(st.integers(0, 2)):
                case 0:
                    raw[at : at + 1] = data.draw(st.binary(min_size=1, max_size=3))
                case 1:
                    del raw[at : at + data.draw(st.integers(1, 40))]
                case _:
                    raw[at:at] = raw[at : at + data.draw(st.integers(1, 40))]
        path.write_bytes(bytes(raw))
        out = tmp_path / f"out{next(number)}"
        try:
            summary, cases = run(kind, path, out)
        except InputError as error:
            assert error.found and error.expected and not out.exists()
            return
        assert summary.read == summary.imported + summary.skipped.total() and len(cases) == summary.imported

    mutated()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", ["aiaaic", "ai-incident-law", "avid"])
def test_wrong_types_in_json_are_skipped_or_refused(tmp_path: Path, kind: str) -> None:
    original = {"aiaaic": AIAAIC_JSON, "ai-incident-law": AIL, "avid": AVID}[kind]
    number = iter(range(10_000))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def mutated(data: st.DataObject) -> None:
        whole = {"": json.loads(json.dumps(original))}
        at: Any = whole
        key: Any = ""
        while data.draw(st.booleans()) and isinstance(at[key], dict | list) and at[key]:
            at = at[key]
            key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
        at[key] = data.draw(_VALUES)
        path, out = written(tmp_path / "x.json", whole[""]), tmp_path / f"out{next(number)}"
        try:
            summary, cases = run(kind, path, out)
        except InputError:
            assert not out.exists()
            return
        assert summary.read == summary.imported + summary.skipped.total() and len(cases) == summary.imported

    mutated()


# -- the real tables, to the end


@cache
def known() -> Register:
    return register(ORGANISATIONS)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Summary, Path]]:
    folder = tmp_path_factory.mktemp("portfolios")
    return {
        name: (portfolio(kind, REAL / path, folder / name, register(ORGANISATIONS)), folder / name)
        for name, (kind, path, *_) in TABLES.items()
    }


@needs_real
@pytest.mark.parametrize("name", TABLES)
def test_the_counts_of_the_real_tables_add_up(imported: dict[str, tuple[Summary, Path]], name: str) -> None:
    kind, _, read, skipped, no_records = TABLES[name]
    summary, out = imported[name]
    assert (summary.read, summary.skipped.total(), summary.no_records.total()) == (read, skipped, no_records)
    assert summary.imported == read - skipped
    files = sorted(out.glob("*.yaml"))
    assert len(files) == summary.imported and {p.name for p in out.iterdir()} - {f.name for f in files} == {
        MATCHES,
        NOTICE,
    }
    for file in files:
        case = load(file)
        assert case.id == file.stem and case.standing == "alleged" and case.source is not None
        assert all(record.standing is None and record.source for record in case.records())
    licence = "CC BY-SA 4.0" if kind in ("aiid", "aiaaic") else "MIT" if kind == "avid" else "CC BY 4.0"
    assert licence in (out / NOTICE).read_text(encoding="utf-8")


@needs_real
@pytest.mark.parametrize("name", ["aiid", "aiaaic"])
def test_cases_of_the_real_tables_are_assessed(imported: dict[str, tuple[Summary, Path]], name: str) -> None:
    files = sorted(imported[name][1].glob("*.yaml"))
    for file in random.Random(SEED).sample(files, SAMPLE):
        assessment = answerable.assess(load(file))
        assert all(role.standing != "established" for role in assessment.roles)
        assert not assessment.accountable or all(a.standing != "established" for a in assessment.accountable)


@needs_real
def test_no_title_and_no_name_of_a_person_gets_through(imported: dict[str, tuple[Summary, Path]]) -> None:
    found = texts(imported["aiid"][1])
    slugs: set[str] = set()
    for row in csv.DictReader((REAL / "aiid" / "incidents.csv").open(encoding="utf-8", newline="")):
        assert row["title"].casefold() not in found and row["description"].casefold() not in found
        for column, cell in row.items():
            if column.startswith("Alleged "):
                slugs.update(json.loads(cell))
    # The table itself says who is a person: whoever has fans, or a family.
    persons = {slug.removesuffix(end) for slug in slugs for end in ("-fans", "'s-family") if slug.endswith(end)}
    persons |= {slug for slug in slugs if "-mou" in slug}
    persons = {slug for slug in persons if "-" in slug and "(" not in slug}
    assert len(persons) > 30
    for slug in persons:
        assert not names.named(slug, known()).is_body
        assert names.spelled(slug).casefold() not in found and slug.casefold() not in found
    dropped = [s for s in slugs if s.count("-") and names.named(s, known()).kind is names.Kind.person]
    assert len(dropped) > 300 and not [s for s in dropped if f" {names.spelled(s).casefold()}\n" in found]


@needs_real
@pytest.mark.parametrize("name", ["ai-incident-law", "aiaaic"])
def test_no_counsel_and_no_listed_author_gets_through(imported: dict[str, tuple[Summary, Path]], name: str) -> None:
    found = texts(imported[name][1])
    if name == "aiaaic":
        path = REAL / "aiaaic" / "AIAAIC Repository - Incidents.csv"
        rows = list(csv.reader(path.open(encoding="utf-8", newline="")))[3:]
        values = [cell for row in rows for cell in row[5:7] if cell.count(",") > 2]
        lists = [part.strip() for value in values for part in value.split(",")]
        persons = [part for part in lists if " " in part and not known().exact(part) and "University" not in part]
        persons = [part for part in persons if names.named(part, known()).kind is names.Kind.person]
        assert len(persons) > 30 and not [part for part in persons if part.casefold() in found]
        assert not [row[1] for row in rows if len(row[1]) > 20 and row[1].casefold() in found]
    else:
        assert not [word for word in ("counsel ", " esq", "plaintiff", "pro se") if word in found]
        records = json.loads((REAL / "ai_incident_law" / "data.json").read_text(encoding="utf-8"))
        for record in records["datasets"]["included"]["records"]:
            assert record["public_matter_name"].casefold() not in found
            assert record["error_title"].casefold() not in found


def test_the_ids_of_cases() -> None:
    assert case_id("aiid", "23") == "aiid-23" and case_id("aiaaic", "0184") == "aiaaic-0184"
    assert case_id("ai-incident-law", "AIEL-2024-001") == "aiel-2024-001"
    assert case_id("avid", "AVID-2023-V001") == "avid-2023-v001"
