"""Whom a value names: organisations by evidence, groups by one word, persons not at all."""

from __future__ import annotations

import pytest

from answerable.identities import Match, Register, register
from answerable.importers.names import Kind, named, pieces, spelled

NAMES = {
    Kind.organisation: [
        "openai",
        "facebook",
        "x-(twitter)",
        "SenseTime",
        "Playhouse Media LLC",
        "university-of-houston",
        "crushon.ai",
        "Stanford School of Medicine",
        "Sam's Club",
        "Bank of America",
    ],
    Kind.authority: [
        "chicago-police-department",
        "nypd",
        "Government of Japan",
        "Austin Police Department",
        "US Department of Justice",
        "Woodbridge Police Department, New Jersey",
    ],
    Kind.product: ["chatgpt", "GPT-4", "claude"],
    Kind.group: [
        "bus-passengers",
        "jane-doe's-family",
        "scammers-impersonating-jane-doe",
        "houston-independent-school-district-teachers",
        "families-of-students-of-springfield-school-district",
        "Tesla driver",
        "insurance-companies",
    ],
    Kind.nobody: ["unknown", "", "  ", "none", "Multiple", "unnamed-large-academic-hospital", "?"],
    Kind.person: [
        "jane-doe",
        "Jane Doe",
        "John Q. Doe",
        "j.-john-doe",
        "@janedoe",
        "tiktok-user-@jane",
        "Dr Doe",
        "Jane Doe and JD Law, LLC",
        "jane-doe-presidential-campaign",
        "Doe Company by Jane",
        "Assistant District Attorney Roe, Office of the County",
        "The Seed Company by E.W. Doe",
    ],
    Kind.unsure: ["torquil", "zz-yy", "Qqq Www", "doe-administration", "LaDoe", "MrDoefakes"],
}


@pytest.mark.parametrize("kind", NAMES)
def test_the_kind_of_a_name(kind: Kind) -> None:
    known = register()
    assert {value: named(value, known).kind for value in NAMES[kind]} == dict.fromkeys(NAMES[kind], kind)


@pytest.mark.parametrize("value", [*NAMES[Kind.person], *NAMES[Kind.unsure]])
def test_a_person_or_what_could_be_one_has_no_name_here(value: str) -> None:
    found = named(value, register())
    assert (found.name, found.match) == ("", None)


def test_a_group_is_reduced_to_one_word() -> None:
    known = register()
    assert [named(value, known).name for value in NAMES[Kind.group]] == [
        "passengers",
        "family",
        "scammers",
        "teachers",
        "families",
        "driver",
        "companies",
    ]
    assert named("taylor-made-fans", known).is_of_persons and not named("insurance-companies", known).is_of_persons


def test_what_stands_in_brackets_is_no_part_of_a_name() -> None:
    assert named("Springfield Law Group, APC (Jane Doe, supervising)", register()).name == "Springfield Law Group, APC"
    assert named("department-of-roads-(dor)", register()).name == "Department of Roads"


def test_a_reviewer_can_say_that_a_name_is_that_of_an_organisation() -> None:
    known = Register([], [Match("torquil", None, 0.0, "different", "A")])
    assert named("torquil", known).kind is Kind.organisation
    assert named("torquil", register()).kind is Kind.unsure


def test_a_value_of_several_names() -> None:
    known = register()
    assert pieces("ByteDance/TikTok; Meta", ";/", known) == ["ByteDance", "TikTok", "Meta"]
    assert pieces("Google, OpenAI, Mistral", ";/", known) == ["Google", "OpenAI", "Mistral"]
    assert pieces("University of California, Berkeley", ";/", known) == ["University of California, Berkeley"]
    assert pieces("AC/DC", "", known) == ["AC/DC"]


def test_a_slug_is_spelled_as_a_name() -> None:
    assert spelled("uk-department-of-work-and-pensions") == "UK Department of Work and Pensions"
    assert spelled("mcdonald's") == "Mcdonald's" and spelled("OpenAI") == "OpenAI"
    assert spelled("waverley-college-(sydney-australia)") == "Waverley College (Sydney Australia)"
