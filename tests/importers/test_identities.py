"""Names compared: what is the same, what a human must look at, and what a register and a match file may say."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.identities import COLUMNS, Identity, Match, Register, alike, decide, key, matches_csv, register
from benchmarks import matching

REAL = Path(__file__).parents[3] / "shared" / "datasets"
PAIRS = REAL / "aiid" / "similar_entities.csv"
FLOORS = {"precision": 0.95, "recall": 0.62, "recall_with_review": 0.74}

SAME = [
    ("Stability AI", "Stability AI Ltd."),
    ("meta platforms", "Meta Platforms, Inc."),
    ("McDonald's", "McDonalds"),
    ("McDonald\u2019s", "McDonalds"),
    ("Perplexity", "Perplexity AI"),
    ("Cyber criminals", "Cybercriminals"),
    ("Finland Bureau of Roads", "Findland Bureau of Roads"),
    ("Society of Roads (SOR)", "SOR"),
    ("Ministry of Roads of Argentina", "Argentinean Ministry of Roads"),
    ("AT&T", "AT and T"),
    ("Soci\u00e9t\u00e9 G\u00e9n\u00e9rale SA", "Societe Generale"),
]
NOT_SAME = [
    ("GPT-4", "GPT-4.5"),
    ("Google", "Google DeepMind"),
    ("Tesla", "Tesla drivers"),
    ("Troy Police Department", "Detroit Police Department"),
    ("Government of Iran", "Government of Ireland"),
    ("Harbour (a remark)", "Mountain (a remark)"),
    ("AI", "Labs"),
    ("Apple", "Rappler"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_of_one_organisation(one: str, other: str) -> None:
    assert decide(alike(one, other)) == "same"


@pytest.mark.parametrize(("one", "other"), NOT_SAME)
def test_names_of_different_ones(one: str, other: str) -> None:
    assert decide(alike(one, other)) != "same"


def test_what_could_be_one_is_for_a_human() -> None:
    assert decide(alike("New York City Police Department", "New York Police Department")) == "review"
    assert (
        Register([Identity("nyc", "New York City Police Department")]).match("New York Police Department").same is None
    )


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_within_bounds(one: str, other: str) -> None:
    score = alike(one, other)
    assert 0 <= score <= 100 and score == alike(other, one)
    assert alike(one, one) == 100 or not key(one)


def table(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_identities_are_found_by_name_alias_lei_and_qid(tmp_path: Path) -> None:
    lei = "5" * 18 + "12"
    path = table(
        tmp_path / "o.csv",
        ("name", "aliases", "wikidata_qid", "qid_status", "lei"),
        ("Gaunt Robotics (a remark)/Gaunt", "GR; Gaunt Machines", "Q42", "V1", lei),
        ("Facebook", "", "Q380", "V1", ""),
        ("Doubtful Works", "", "Q7", "CONFLICT", ""),
        ("PRODUCT Gauntbot", "", "Q43", "V1", ""),
    )
    known = register(path)
    found = {known.match(name).same for name in ("gaunt robotics inc", "GR", "Gaunt Machines", "Q42", lei, "GAUNT")}
    assert {(i.name, i.qid, i.lei) for i in found if i} == {("Gaunt Robotics", "Q42", lei)} and None not in found
    meta = known.match("meta").same
    assert meta is not None and (meta.id, meta.qid) == ("meta-platforms-inc", "Q380")
    doubtful, bot = known.exact("doubtful works"), known.exact("gauntbot")
    assert doubtful is not None and doubtful.qid == "" and bot is not None and bot.kind == "product"


def test_a_name_that_is_new_is_known_afterwards() -> None:
    known = Register([])
    assert known.settle("Mount Example Hospital").same is None
    assert known.settle("Mount Example Hospital").same is None
    again = known.settle("Mount Example Hospitals").same
    assert again is not None and again.name == "Mount Example Hospital"


def test_the_match_file_is_read_back(tmp_path: Path) -> None:
    known = register()
    matches = [known.match("facebook"), Match("=evil()", None, 3.0), Match("Nowhere Ltd", None)]
    path = tmp_path / "m.csv"
    path.write_text(matches_csv(matches), encoding="utf-8")
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert "'=evil()" in path.read_text(encoding="utf-8")
    assert register(matches=path).reviewed == {}


BROKEN = {
    "no column": (("name", "decision"), ("x", "same")),
    "decision": (COLUMNS, ("x", "google", "", "", "", "", "perhaps", "A")),
    "unknown id": (COLUMNS, ("x", "nobody-knows", "", "", "", "", "same", "A")),
    "same as nothing": (COLUMNS, ("x", "", "", "", "", "", "same", "A")),
    "no name": (COLUMNS, ("", "google", "", "", "", "", "same", "A")),
    "ragged": (COLUMNS, ("x",)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_match_file_is_refused_with_its_row(tmp_path: Path, name: str) -> None:
    path = table(tmp_path / "m.csv", *BROKEN[name])
    with pytest.raises(InputError) as caught:
        register(matches=path)
    assert caught.value.file == str(path) and "row" in caught.value.place and caught.value.expected


def test_a_broken_table_of_organisations_is_refused_with_its_row(tmp_path: Path) -> None:
    for row in (("", "Q1", ""), ("A", "380", ""), ("A", "", "SHORT")):
        path = table(tmp_path / "o.csv", ("name", "qid", "lei"), row)
        with pytest.raises(InputError, match="row 2"):
            register(path)
    with pytest.raises(InputError, match="no such file"):
        register(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="column name"):
        register(table(tmp_path / "p.csv", ("a", "b"), ("1", "2")))


@pytest.mark.skipif(not PAIRS.is_file(), reason="the list of near-duplicate entities is not beside the project")
def test_precision_and_recall_on_the_near_duplicates() -> None:
    found = list(matching.pairs(PAIRS))
    assert len(found) == 516 and not [pair for pair in found if pair.label == "unlabelled"]
    for part in (found, [pair for pair in found if pair.held_out]):
        measured = matching.measure(part)
        assert measured.true > 50
        for rate, floor in FLOORS.items():
            assert getattr(measured, rate) >= floor, (rate, measured)
    bodies = matching.measure(pair for pair in found if pair.organisations)
    assert bodies.precision == 1.0 and bodies.pairs > 40
    number, same, review = matching.drawn(PAIRS.parent / "incidents.csv", found, 10_000)
    assert same == 0 and review <= number // 1000
