"""The report is readable at any width, and says nothing surer than the assessment."""

from io import StringIO

import pytest
from rich.console import Console

import answerable
from answerable import rooms
from answerable.assessment import Accountable, Assessment, Liability, OpenQuestion, Role
from answerable.report import citation, money, render

CASES = rooms.room("data") / "cases"


def printed(assessment: Assessment, width: int = 100, colour: bool = False) -> str:
    file = StringIO()
    render(
        assessment, Console(file=file, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False)
    )
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["moffatt-v-air-canada", "loan-refusal"])
def test_a_report_fits_its_width(name: str, width: int) -> None:
    text = printed(answerable.assess(CASES / f"{name}.yaml"), width)
    assert max(map(len, text.splitlines())) <= width
    assert not any(line.endswith(" ") for line in text.splitlines())
    assert "\x1b" not in text


def test_the_answer_comes_first() -> None:
    lines = printed(answerable.assess(CASES / "moffatt-v-air-canada.yaml")).splitlines()
    assert "WHO ANSWERS" in lines[:5]
    sections = [line for line in lines if line.isupper()]
    assert "established, legal, for overpaid-fare: Negligent misrepresentation [p" in " ".join(lines)
    assert sections.index("WHO ANSWERS") < sections.index("THEORIES OF LIABILITY") < sections.index("ASSUMED")


def assessment(**parts: object) -> Assessment:
    return Assessment.model_validate({"case": "x", "as_of": "2026-11-20", **parts})


def test_an_arguable_ground_of_an_established_answer_is_marked() -> None:
    text = printed(
        assessment(
            accountable=[
                Accountable(
                    party="bank",
                    harm="loss",
                    kind="legal",
                    status="established",
                    standing="established",
                    because=["T1", "T2"],
                )
            ],
            liability=[
                Liability(theory="T1", party="bank", harm="loss", status="arguable"),
                Liability(theory="T2", party="bank", harm="loss", status="established"),
            ],
            labels={"T1": "First theory", "T2": "Second theory"},
        )
    )
    assert "Second theory; First theory (only arguable)" in text


def test_nobody_is_said_to_be_nobody_and_questions_name_whom_they_concern() -> None:
    text = printed(
        assessment(
            open_questions=[OpenQuestion(fact="T.e (vendor)", ask="Was it so?")], labels={"vendor": "the vendor"}
        )
    )
    assert "Nobody, on the facts as stated." in text and "the vendor: Was it so?" in text


def test_a_case_cannot_steer_the_terminal() -> None:
    role = Role(party="p", role="r", artefact="a", standing="established")
    text = printed(assessment(roles=[role], labels={"p": "\x1b[31m[bold]x[/bold] :boom:", "x": "\x07title"}))
    assert "\x1b" not in text and "\x07" not in text and "[bold]x[/bold] :boom:" in text


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("http://data.europa.eu/eli/reg/2024/1689/art_26/par_1/oj", "Art. 26(1) Reg. 2024/1689"),
        ("http://data.europa.eu/eli/reg/2024/1689/art_25/par_1/pnt_a/oj", "Art. 25(1)(a) Reg. 2024/1689"),
        ("http://data.europa.eu/eli/reg/2024/1689/2026-07-27", "Reg. 2024/1689"),
        ("http://data.europa.eu/eli/dir/2024/2853/art_10/par_2/oj", "Art. 10(2) Dir. 2024/2853"),
        ("2024 BCCRT 149", "2024 BCCRT 149"),
    ],
)
def test_a_provision_is_cited_as_lawyers_do(iri: str, words: str) -> None:
    assert citation(iri) == words


def test_money() -> None:
    from decimal import Decimal

    assert money(Decimal("650.88"), "CAD") == "CAD 650.88"
    assert money(Decimal(96000000), "EUR") == "EUR 96,000,000"
    assert money(None, "EUR") == ""
