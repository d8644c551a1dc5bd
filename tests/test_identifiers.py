"""Identifiers: what is read, what is refused and why, normal forms, conversions; and every one that the data hold."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from answerable import rooms
from answerable.identifiers import (
    ELI_TYPES,
    KINDS,
    Celex,
    Ecli,
    Eli,
    Identifier,
    IdentifierError,
    Lei,
    NeutralCitation,
    Qid,
    USCitation,
    identify,
    series,
)
from answerable.iris import ANS

years = st.integers(1952, 2099)
numbers = st.integers(1, 9999)
days = st.dates(date(1952, 1, 1), date(2099, 12, 31))
alphanumeric = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
leis = st.text(alphanumeric, min_size=18, max_size=18).map(lambda first: first + Lei.check_digits(first))
acts = st.builds(lambda letter, year, n: Celex("3", year, letter, f"{n:04d}"), st.sampled_from("RLD"), years, numbers)


@st.composite
def celexes(draw: st.DrawFn) -> Celex:
    kind = draw(
        st.sampled_from(["act", "part", "corrigendum", "judgment", "proposal", "consolidated", "measure", "treaty"])
    )
    year, number = draw(years), f"{draw(numbers):04d}"
    nth = f"{draw(st.integers(1, 99)):02d}"
    letter = draw(st.sampled_from("RLD"))
    return {
        "act": Celex("3", year, letter, number),
        "part": Celex("3", year, letter, number, part=nth),
        "corrigendum": Celex("3", year, letter, number, corrigendum=nth),
        "judgment": Celex("6", year, draw(st.sampled_from(["CJ", "TJ", "CC", "CO"])), number),
        "proposal": Celex("5", year, draw(st.sampled_from(["PC", "DC", "AP"])), number),
        "consolidated": Celex("0", year, letter, number, consolidated=draw(days)),
        "measure": Celex("7", year, "L", number, country="FRA", measure=str(draw(st.integers(1, 999999)))),
        "treaty": Celex("1", year, "E", f"{draw(st.integers(1, 358)):03d}"),
    }[kind]


subdivisions = st.lists(
    st.builds(
        "{}_{}".format,
        st.sampled_from(["art", "par", "pnt", "anx", "cpt"]),
        st.from_regex(r"[0-9a-zA-Z]{1,4}", fullmatch=True),
    ),
    max_size=3,
).map(tuple)
elis = st.builds(
    Eli,
    st.sampled_from(sorted(ELI_TYPES)),
    years.map(str),
    numbers.map(str),
    st.none() | days,
    subdivisions,
    st.booleans(),
)
eclis = st.builds(
    Ecli,
    st.sampled_from(["EU", "NL", "DE", "FR", "AT"]),
    st.from_regex(r"[A-Z][A-Z0-9]{0,6}", fullmatch=True),
    st.integers(1, 9999),
    st.from_regex(r"[A-Z0-9][A-Z0-9.]{0,24}", fullmatch=True),
)


@given(celexes())
def test_celex_is_read_as_written_and_from_its_iri(celex: Celex):
    assert Celex.parse(str(celex)) == celex
    assert Celex.parse(celex.iri) == celex
    assert Celex.parse(f"CELEX:{str(celex).lower()}") == celex
    assert not set("()/") & set(celex.iri.removeprefix("http://publications.europa.eu/resource/celex/"))


@given(celexes())
def test_celex_is_read_from_plain_and_typed_literals(celex: Celex):
    for literal in (f'"{celex}"', f'"{celex}"^^<http://www.w3.org/2001/XMLSchema#string>', f'"{celex}"^^xsd:string'):
        assert Celex.parse(literal) == celex


@given(acts)
def test_an_act_goes_from_celex_to_eli_and_back(celex: Celex):
    assert celex.eli.celex == celex
    assert Eli.parse(str(celex.eli)) == celex.eli
    assert "/0" not in str(celex.eli).removeprefix("http://data.europa.eu/eli/")


@given(elis)
def test_an_eli_is_read_as_written(eli: Eli):
    assert Eli.parse(str(eli)) == eli
    assert Eli.parse(str(eli).replace("http:", "https:")) == eli
    assert eli.act.parts == () and eli.act.consolidated is None
    assert eli.act.celex == eli.celex.act


@given(elis)
def test_an_eli_with_zeros_before_its_number_is_the_same(eli: Eli):
    padded = str(eli).replace(f"/{eli.year}/{eli.number}", f"/{eli.year}/{eli.number.zfill(4)}", 1)
    assert Eli.parse(padded) == eli
    assert len(eli.celex.number) == 4


@given(eclis)
def test_an_ecli_is_read_as_written(ecli: Ecli):
    assert Ecli.parse(str(ecli)) == ecli
    assert Ecli.parse(ecli.iri) == ecli
    assert Ecli.parse(str(ecli).lower()) == ecli


@given(leis)
def test_a_lei_is_read_as_written(lei: str):
    assert str(Lei.parse(lei)) == lei
    assert Lei.parse(Lei.parse(lei).iri) == Lei.parse(lei)
    assert Lei.parse(f"{lei[:4]}-{lei[4:6]} {lei[6:]}".lower()) == Lei.parse(lei)


def alike(one: str, other: str) -> bool:
    return one.isdigit() == other.isdigit()


@given(leis, st.integers(0, 19), alphanumeric)
def test_one_changed_sign_of_a_lei_is_caught(lei: str, place: int, sign: str):
    assume(sign != lei[place] and alike(sign, lei[place]))
    with pytest.raises(IdentifierError):
        Lei.parse(lei[:place] + sign + lei[place + 1 :])


@given(leis, st.integers(0, 18))
def test_two_neighbours_of_a_lei_that_change_places_are_caught(lei: str, place: int):
    one, other = lei[place], lei[place + 1]
    assume(one != other and alike(one, other))
    with pytest.raises(IdentifierError):
        Lei.parse(lei[:place] + other + one + lei[place + 2 :])


def test_check_digits_of_a_lei_in_use():
    """The issuer's own, as its website gives it."""
    assert Lei.check_digits("506700GE1G29325QX3") == "63"


@given(st.integers(1, 10**10))
def test_a_qid_is_read_in_its_forms(number: int):
    for form in ("Q{}", "wd:Q{}", "http://www.wikidata.org/entity/Q{}", "https://www.wikidata.org/wiki/Q{}"):
        assert str(Qid.parse(form.format(number))) == f"Q{number}"
    assert Qid.parse(Qid(f"Q{number}").iri) == Qid(f"Q{number}")


CITED = {
    "reporter": st.builds("{} {} {}".format, st.integers(1, 999), st.just("@"), st.integers(1, 9999)),
    "title": st.builds(
        "{} {} § {}".format,
        st.integers(1, 54),
        st.just("@"),
        st.from_regex(r"[1-9]\d{0,4}[a-z]?(-[1-9])?", fullmatch=True),
    ),
    "act": st.builds("{} {} {}/{}".format, st.integers(5, 999), st.just("@"), st.integers(1, 999), st.integers(1, 99)),
    "code": st.builds(
        "{} § {}".format, st.just("@"), st.from_regex(r"[1-9]\d{0,4}(-[1-9]\d{0,3}){0,2}", fullmatch=True)
    ),
    "chapter": st.builds("{} {}, § {}".format, st.just("@"), st.integers(1, 300), st.integers(1, 9999)),
    "law": st.builds("{} {}-{}".format, st.just("@"), st.integers(1, 120), st.integers(1, 500)),
}


@given(st.sampled_from(series()).flatmap(lambda s: CITED[s.shape].map(lambda text: (s, text))))
def test_a_citation_is_read_in_all_its_spellings(drawn):
    row, pattern = drawn
    normal = pattern.replace("@", row.abbreviation)
    cited = USCitation.parse(normal)
    assert str(cited) == normal
    assert cited.jurisdiction == row.jurisdiction
    for spelling in (*row.variants, row.abbreviation.replace(". ", "."), row.abbreviation.rstrip(".")):
        assert USCitation.parse(pattern.replace("@", spelling)) == cited
    assert USCitation.parse(normal.replace("§ ", "")) == cited
    assert USCitation.find(f"See {normal}; and more.") == [cited]


def test_the_series_are_told_apart():
    spelt = [re.sub(r"[\s.]", "", each) for row in series() for each in (row.abbreviation, *row.variants)]
    assert len(spelt) == len(set(spelt))


def test_citations_in_a_running_text():
    text = "No. 3:23-cv-00770 (N.D. Cal.); 740 F. Supp. 3d 796 (2024); 42 USC 2000e-2(k)(1), C.R.S. 6-1-1707(7)(a)"
    assert [str(each) for each in USCitation.find(text)] == [
        "740 F. Supp. 3d 796",
        "42 U.S.C. § 2000e-2(k)(1)",
        "Colo. Rev. Stat. § 6-1-1707(7)(a)",
    ]


@pytest.mark.parametrize(
    "text", ["[2018] UKSC 4", "[2020] EWCA Civ 1058", "[2025] EWHC 1383 (Admin)", "2023 IL 128004"]
)
def test_a_neutral_citation_is_read_as_written(text: str):
    assert str(NeutralCitation.parse(text)) == text


@pytest.mark.parametrize(
    ("celex", "eli"),
    [
        ("32016R0679", "http://data.europa.eu/eli/reg/2016/679/oj"),
        ("31985L0374", "http://data.europa.eu/eli/dir/1985/374/oj"),
        ("02016R0679-20160504", "http://data.europa.eu/eli/reg/2016/679/2016-05-04"),
    ],
)
def test_known_pairs(celex: str, eli: str):
    assert str(Celex.parse(celex).eli) == eli
    assert str(Eli.parse(eli).celex) == celex


def test_a_delegated_act_has_a_celex_number_but_none_tells_that_it_is_delegated():
    assert str(Eli.parse("eli/reg_del/2024/436/oj").celex) == "32024R0436"


def test_what_belongs_to_an_act():
    act = Celex.parse("32016L0680")
    for other in ("32016L0680R(03)", "02016L0680-20160504", "72016L0680DEU_273456"):
        assert Celex.parse(other).act == act
    assert Celex.parse("02016L0680-20160504").consolidations == act.consolidations == "02016L0680-"
    assert act.iri.endswith("/celex/32016L0680")
    assert Celex.parse("32016R0679R(02)").iri.endswith("/celex/32016R0679R%2802%29")


WRONG = [
    (Celex, "", "nothing"),
    (Celex, "32016R679", "four digits"),
    (Celex, "2016R0679", "such as"),
    (Celex, "02016R0679", "begin with 0 and end in a day"),
    (Celex, "32016R0679-20160504", "begin with 0 and end in a day"),
    (Celex, "02016R0679-20160230", "does not exist"),
    (Celex, "32016L0680DEU_1", "in sector 7"),
    (Celex, "32016R0679 or 1=1", "such as"),
    (Celex, "http://publications.europa.eu/resource/celex/", "such as"),
    (Eli, "http://data.europa.eu/eli/reg/2016", "such as"),
    (Eli, "http://data.europa.eu/eli/reg/2016/0/oj", "such as"),
    (Eli, "reg/2016/679", "http://data.europa.eu/eli/"),
    (Eli, "http://data.europa.eu/eli/reg/2016/679/2016-02-30", "does not exist"),
    (Eli, "http://data.europa.eu/eli/reg/2016/679/oj>", "such as"),
    (Eli, "http://data.europa.eu/eli/treaty/teu", "with its year"),
    (Ecli, "ECLI:EU:C:2023", "five parts"),
    (Ecli, "ECLI:EU:C:23:957", "five parts"),
    (Ecli, "ECLI:EUR:C:2023:957", "five parts"),
    (Ecli, "ECLI:EU:C:2023:" + "9" * 26, "at most 25"),
    (Lei, "506700GE1G29325QX364", "the first 18 signs give 63"),
    (Lei, "506700GE1G29325QX3", "20 letters and digits"),
    (Qid, "Q0", "Q and a number"),
    (Qid, "P31", "Q and a number"),
    (USCitation, "598 Foo 471", "data/links/series.csv"),
    (USCitation, "42 U.S.C.", "data/links/series.csv"),
    (NeutralCitation, "[1018] UKSC 4", "a year, a court and a number"),
]


@pytest.mark.parametrize(("kind", "text", "says"), WRONG)
def test_what_is_wrong_is_refused_with_what_was_expected(kind: type[Identifier], text: str, says: str):
    with pytest.raises(IdentifierError) as caught:
        kind.parse(text)
    assert isinstance(caught.value, ValueError)
    assert kind.name in str(caught.value) and kind.expected in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["52021PC0206", "12016E101", "eli/treaty/teu_2016/art_52/oj"])
def test_what_has_no_counterpart_says_so(text: str):
    value = identify(text)
    with pytest.raises(IdentifierError, match=r"only these have an ELI|a type with a CELEX number"):
        _ = value.eli if isinstance(value, Celex) else value.celex  # type: ignore[attr-defined]


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    for kind in KINDS:
        try:
            value = kind.parse(text)
        except IdentifierError:
            continue
        assert kind.parse(str(value)) == value


@given(st.one_of(celexes(), elis, eclis, leis.map(Lei)))
def test_a_kind_is_recognised(value: Identifier):
    assert identify(str(value)) == value


def test_identifiers_are_fields_of_models():
    class Organisation(BaseModel):
        lei: Lei
        item: Qid | None = None

    read = Organisation.model_validate_json('{"lei": "506700GE1G29325QX363", "item": "Q1"}')
    assert read == Organisation(lei=Lei("506700GE1G29325QX363"), item=Qid("Q1"))
    assert read.model_dump_json() == '{"lei":"506700GE1G29325QX363","item":"Q1"}'
    with pytest.raises(ValidationError, match="check digits"):
        Organisation(lei="506700GE1G29325QX360")
    assert Organisation.model_json_schema()["properties"]["lei"]["type"] == "string"


def test_identifiers_are_ordered_and_hashed():
    one, two = Celex.parse("32016R0679"), Celex.parse("32024R1689")
    assert sorted({two, one, Celex.parse("celex:32016r0679")}) == [one, two]


# -- what the data hold

HELD = {
    "hasCELEX": Celex,
    "hasECLI": Ecli,
    "hasCodeCitation": USCitation,
    "hasReporterCitation": USCitation,
    "hasNeutralCitation": NeutralCitation,
}


def held() -> dict[type[Identifier], set[str]]:
    found: dict[type[Identifier], set[str]] = {}
    for path in rooms.files("data", ".ttl"):
        for quad in rooms.turtle(path):
            kind = HELD.get(quad.predicate.value.removeprefix(ANS))
            if kind:
                found.setdefault(kind, set()).add(quad.object.value)
            for term in (quad.subject, quad.object):
                iri = getattr(term, "value", "")
                if iri.startswith("http://data.europa.eu/eli/") and "#" not in iri:
                    found.setdefault(Eli, set()).add(iri)
    return found


@pytest.mark.parametrize("kind", sorted({*HELD.values(), Eli}, key=lambda kind: kind.__name__))
def test_every_identifier_in_the_data_is_in_normal_form(kind: type[Identifier]):
    texts = held()[kind]
    assert len(texts) >= {Celex: 50, Ecli: 10, Eli: 500, USCitation: 130, NeutralCitation: 15}[kind]
    assert {text: str(kind.parse(text)) for text in texts} == {text: text for text in texts}


def test_every_act_with_both_identifiers_has_a_pair_that_agrees():
    celex, eli = {}, {}
    for path in rooms.files("data", ".ttl"):
        for quad in rooms.turtle(path):
            name = quad.predicate.value.removeprefix(ANS)
            if name == "hasCELEX":
                celex[quad.subject] = quad.object.value
            if name in ("hasProvision", "listsAct") and quad.object.value.endswith("/oj"):
                found = Eli.parse(quad.object.value)
                if not found.parts:
                    eli[quad.subject] = found
    both = {node: (number, str(eli[node].celex)) for node, number in celex.items() if node in eli}
    assert len(both) >= 40
    assert not {node: pair for node, pair in both.items() if pair[0] != pair[1]}
