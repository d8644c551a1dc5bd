"""The Foundation Model Transparency Index read as cases: a 1 answers, a 0 is unknown, and nothing is half read."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable import rooms
from answerable.assessment import CompletenessItem
from answerable.casefile import dump, parse, read_yaml
from answerable.cases import Case, Document, Party
from answerable.check import check
from answerable.dossiers import items, profiles
from answerable.errors import InputError
from answerable.importers import fmti
from answerable.importers.source import Source

REAL = Path(__file__).parents[3] / "shared" / "datasets" / "fmti"
DAY = date(2026, 1, 5)
WANTED = ("annex-xi", "annex-xii")

needs_dossiers = pytest.mark.skipif(not set(WANTED) <= set(profiles()), reason="no shapes of Annexes XI and XII")
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the index is not beside the project")

INDICATORS = """Domain,Subdomain,Indicator,Definition,Notes,Example disclosure
Upstream,Data,Data acquisition methods,How is data acquired?,,
Upstream,Data,Crawling,What is the crawler called?,"Two lines
of notes",
Upstream,Compute,Energy usage for final training run,How much energy?,,
Downstream,Policy,Whistleblower protection,Is there a policy?,,
"""
SCORES = """Indicator,Acme Models,Beta
Data acquisition methods,1,0
Crawling,0,0
Energy usage for final training run,0,1
Whistleblower protection,1,1
"""
REPORT = """Indicator,Definition,Notes,Disclosure,Justification,References,Score
Data acquisition methods,,,We buy text. TODO: say from whom.,,,1
Crawling,,,This is not told.,,,0
"""
EDITION = "Foundation Model Transparency Index, December 2025"


def index(folder: Path, scores: str = SCORES, indicators: str | None = INDICATORS, report: str | None = None) -> Path:
    path = folder / "scores.csv"
    path.write_text(scores, encoding="utf-8")
    if indicators is not None:
        (folder / "Dec2025_indicators.csv").write_text(indicators, encoding="utf-8")
    if report is not None:
        (folder / "reports_Dec2025").mkdir(exist_ok=True)
        (folder / "reports_Dec2025" / "Acme_Models_fmtransparencyreport_Dec2025.csv").write_text(report, "utf-8")
    return path


def read(path: Path, *wanted: str) -> list[Case]:
    return fmti.read(Source("fmti", path, wanted, DAY))


def said(document: Document, item: str) -> list[str]:
    return [entry.text or f"unknown: {entry.unknown}" for entry in document.contains if entry.item == item]


def test_each_developer_is_a_case_with_its_model(tmp_path: Path) -> None:
    cases = read(index(tmp_path))
    assert [case.id for case in cases] == ["fmti-december-2025-acme-models", "fmti-december-2025-beta"]
    acme = cases[0]
    assert [(p.id, p.type, p.name) for p in acme.parties] == [("acme-models", "Organisation", "Acme Models")]
    assert [a.type for a in acme.artefacts] == ["GPAIModel"]
    assert acme.events[0].by == ("acme-models",) and acme.events[0].of == (acme.artefacts[0].id,)
    assert acme.standing == "undisputed" and acme.source is not None and EDITION in str(acme.source.title)
    assert acme.parties[0].source == "scores.csv#column Acme Models, read 2026-01-05"


@needs_dossiers
def test_one_answers_and_nought_is_not_publicly_disclosed(tmp_path: Path) -> None:
    acme, beta = read(index(tmp_path), *WANTED)
    file = acme.documents[0]
    assert file.by == ("acme-models",) and file.id == "annex-xi"
    assert said(file, "AIA_AnxXI_1_2_c") == [
        f"Disclosed publicly: Data acquisition methods ({EDITION}). Not publicly disclosed: Crawling.",
        "Data acquisition methods: The index asks: How is data acquired?",
    ]
    assert said(file, "AIA_AnxXI_1_2_e") == [
        f"unknown: Not publicly disclosed: Energy usage for final training run ({EDITION})."
    ]
    assert said(file, "AIA_AnxXI_2_3") == ["unknown: The index has no indicator for it."]
    assert said(beta.documents[0], "AIA_AnxXI_1_2_e")[0].startswith("Disclosed publicly: Energy usage")
    assert said(beta.documents[1], "AIA_AnxXII_2_c") == [
        f"unknown: Not publicly disclosed: Data acquisition methods; Crawling ({EDITION})."
    ]
    entry = next(e for e in file.contains if e.item == "AIA_AnxXI_1_2_c")
    assert entry.source == "scores.csv#rows 2, 3, column Acme Models, read 2026-01-05"
    assert all(e.source and (e.text or e.unknown) for e in file.contains)


@needs_dossiers
def test_the_words_of_a_report_stand_apart_with_their_place(tmp_path: Path) -> None:
    acme, _ = read(index(tmp_path, report=REPORT), "annex-xi")
    finding, words = (e for e in acme.documents[0].contains if e.item == "AIA_AnxXI_1_2_c")
    assert "TODO" not in str(finding.text)
    assert words.text == "Data acquisition methods: We buy text. TODO: say from whom."
    assert words.source == ("Acme_Models_fmtransparencyreport_Dec2025.csv#row 2, column Disclosure, read 2026-01-05")
    assert "not told" not in dump(acme)


def test_a_report_that_contradicts_the_scores_is_refused(tmp_path: Path) -> None:
    path = index(tmp_path, report=REPORT.replace("told.,,,0", "told.,,,1"))
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.file.endswith("Acme_Models_fmtransparencyreport_Dec2025.csv")
    assert (caught.value.place, caught.value.found) == ("row 3, column Score", "1")
    assert "scores.csv, row 3, column Acme Models" in caught.value.expected


BROKEN = {
    "score of 2": (SCORES.replace("Crawling,0,0", "Crawling,0,2"), "row 3, column Beta", "2"),
    "no score": (SCORES.replace("Crawling,0,0", "Crawling,,0"), "row 3, column Acme Models", "nothing"),
    "ragged": (SCORES.replace("Crawling,0,0", "Crawling,0"), "row 3", "2 columns"),
    "unknown indicator": (SCORES.replace("Crawling", "Crawlers"), "row 3, column 1", "Crawlers"),
    "twice": (SCORES + "Crawling,0,0\n", "row 6, column Acme Models", "Crawling, a second time"),
    "cut short": (SCORES[: SCORES.index("Whistle")], "row 4", "1 of 4 indicators, such as Whistleblower"),
    "same developer": (SCORES.replace("Beta", "Acme Models"), "row 1, column 3", "Acme Models"),
    "nameless developer": (SCORES.replace("Beta", ""), "row 1, column 3", "nothing"),
    "no developer": ("Indicator\nData acquisition methods\n", "row 1", "no column of a developer"),
    "another table": ("a,b\n1,2\n", "row 1", "a,b"),
    "empty": ("", "", "nothing"),
    "empty row": (SCORES.replace("Crawling", "\nCrawling"), "row 3", "an empty row"),
    "open quote": (SCORES.replace("Crawling", '"Crawling'), "line 5", "unexpected end"),
    "no table": ('{"a": [1, 2]}', "row 1", '{"a"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    text, place, found = BROKEN[name]
    with pytest.raises(InputError) as caught:
        read(index(tmp_path, text))
    assert caught.value.place == place
    assert found in caught.value.found
    assert caught.value.file.endswith("scores.csv")


def test_the_indicators_must_stand_beside_the_scores(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        read(index(tmp_path, indicators=None))
    assert caught.value.file.endswith("Dec2025_indicators.csv")
    assert caught.value.hint == "put it beside the scores"


def test_bytes_that_are_no_text_and_files_too_large(tmp_path: Path) -> None:
    path = index(tmp_path)
    path.write_bytes(SCORES.encode() + b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read(path)
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(InputError, match="100,000,000 bytes"):
        read(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_file_gives_cases_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    texts = [SCORES, INDICATORS, REPORT]
    which = data.draw(st.integers(0, 2))
    text = texts[which]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    texts[which] = text[:start] + data.draw(st.text(st.sampled_from('01,"\n\r\0x é'), max_size=6)) + text[end:]
    try:
        cases = read(index(tmp_path, *texts))
    except InputError as error:
        assert error.file and error.found and error.expected
    else:
        assert cases and all(isinstance(case, Case) and parse(dump(case)) == case for case in cases)


# -- the real index


@needs_real
@pytest.mark.parametrize(("file", "count"), [("Dec2025", 13), ("May2024", 14), ("October2023", 10)])
def test_the_real_index_has_a_case_for_each_developer(file: str, count: int) -> None:
    cases = read(REAL / f"{file}_scores.csv")
    assert len(cases) == count
    assert len({case.id for case in cases}) == count
    assert all(isinstance(case.parties[0], Party) and case.artefacts[0].type == "GPAIModel" for case in cases)


@needs_real
@needs_dossiers
def test_what_the_real_index_scores_1_is_answered_and_what_it_scores_0_is_unknown() -> None:
    with (REAL / "Dec2025_scores.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["Indicator"]: row for row in csv.DictReader(stream)}
    mapping = Source("fmti", REAL / "Dec2025_scores.csv", WANTED, DAY).mapping
    seen = {"answered": 0, "unknown": 0}
    for case in read(REAL / "Dec2025_scores.csv", *WANTED):
        developer = str(case.parties[0].name)
        for document in case.documents:
            for item, fields in mapping[document.id].items():
                scores = {rows[name][developer] for name in fields if name in rows}
                entries = [entry for entry in document.contains if entry.item == item]
                if "1" in scores:
                    seen["answered"] += 1
                    assert entries and all(entry.text and not entry.unknown for entry in entries)
                elif scores:
                    seen["unknown"] += 1
                    (entry,) = entries
                    assert entry.text is None and str(entry.unknown).startswith("Not publicly disclosed: ")
    assert min(seen.values()) > 30


@needs_real
@needs_dossiers
@pytest.mark.skipif("profile" not in CompletenessItem.model_fields, reason="this check knows nothing of silent sources")
def test_no_row_of_the_real_index_is_missing() -> None:
    for case in read(REAL / "Dec2025_scores.csv", *WANTED):
        rows = check(case, WANTED).completeness  # type: ignore[arg-type, unused-ignore]
        assert {row.dossier for row in rows} == set(WANTED)
        assert {row.status for row in rows} == {"present", "unknown"}
        assert all(row.owner == case.parties[0].id for row in rows)


@needs_real
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_real_file_gives_cases_or_a_clear_refusal(tmp_path: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(["Dec2025_scores.csv", "May2024_scores.csv", "October2023_scores.csv"]))
    text = (REAL / file).read_text(encoding="utf-8-sig")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    new = data.draw(st.text(st.sampled_from('01,"\n x'), max_size=4))
    path = index(tmp_path, text[:start] + new + text[end:], (REAL / "Dec2025_indicators.csv").read_text("utf-8"))
    (tmp_path / "fmti-indicators.csv").write_bytes((REAL / "fmti-indicators.csv").read_bytes())
    try:
        cases = read(path)
    except InputError as error:
        assert error.place and error.found and error.expected
    else:
        assert len({case.id for case in cases}) == len(cases) > 0


# -- the mapping


def test_the_mapping_names_only_items_and_indicators_that_there_are() -> None:
    path = rooms.room("data") / "imports" / "fmti.yaml"
    mapping = read_yaml(path.read_text(encoding="utf-8"), str(path))["dossiers"]
    named = {name for fields in mapping.values() for words in fields.values() for name in words}
    known = {item.id for item in items().values()}
    for profile, fields in mapping.items():
        if profile in profiles():
            assert set(fields) <= known, profile
    if REAL.is_dir():
        indicators: set[str] = set()
        for file in ("Dec2025_indicators.csv", "fmti-indicators.csv"):
            with (REAL / file).open(encoding="utf-8-sig", newline="") as stream:
                indicators |= {row["Indicator"].strip() for row in csv.DictReader(stream)}
        assert named <= indicators
