"""The command line: what each command prints, and how each wrong input ends."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph

from answerable import rooms
from answerable.assessment import Assessment
from tests.commands import run

CASES = rooms.room("data") / "cases"
MOFFATT = str(CASES / "moffatt-v-air-canada.yaml")
LOAN = str(CASES / "loan-refusal.yaml")


def process(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=120)


def test_help_comes_at_once() -> None:
    assert "why-not" in run("--help")
    heavy = ("rdflib", "pyoxigraph", "pydantic", "yaml", "rich.console")
    done = process("-c", f"import sys, answerable.cli; print([m for m in {heavy} if m in sys.modules])")
    assert done.stdout.strip() == "[]"


def test_a_wrong_input_shows_no_traceback() -> None:
    done = process("-m", "answerable.cli", "assess", "no-such-file.yaml")
    assert done.returncode == 2 and "Traceback" not in done.stderr and "no such file" in done.stderr
    assert not done.stdout


def test_a_reader_that_has_enough_is_no_failure() -> None:
    command = f"{shlex.quote(sys.executable)} -m answerable.cli query --list | head -n 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr


def test_assess_in_words() -> None:
    text = run("assess", MOFFATT)
    assert "WHO ANSWERS" in text and "Air Canada" in text and "established, legal" in text
    assert "Not legal advice" in text and "\x1b" not in text


def test_assess_as_json_is_the_published_contract() -> None:
    assessment = Assessment.model_validate_json(run("assess", LOAN, "--as-of", "2026-11-20", "--format", "json"))
    assert {(x.party, x.status) for x in assessment.accountable if x.kind == "legal"} >= {("bank", "established")}
    data = json.loads(run("assess", MOFFATT, "--format", "json", "--with-proofs"))
    assert data["proofs"][data["accountable"][0]["proof"]]["premises"]


@pytest.mark.parametrize("more", [(), ("--with-proofs",)])
def test_assess_as_turtle_asserts_only_what_is_established(more: tuple[str, ...]) -> None:
    graph = Graph().parse(
        data=run("assess", LOAN, "--as-of", "2026-11-20", "--format", "turtle", *more), format="turtle"
    )
    ans = "https://w3id.org/answerable/ontology#"
    asked = f"""PREFIX ans: <{ans}> SELECT ?theory WHERE {{
      ?candidate ans:testsTheory ?theory ; ans:hasTheoryStatus ans:Established ; ans:isAboutHarm ?harm .
      FILTER(STRENDS(STR(?harm), "/distress")) }}"""
    assert not list(graph.query(asked))
    reported = f"""PREFIX ans: <{ans}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> SELECT ?s WHERE {{
      ?s a ans:ArguableConclusion ; rdf:predicate ans:hasTheoryStatus ; rdf:object ans:Established }}"""
    assert list(graph.query(reported))


def test_assess_as_jsonld() -> None:
    graph = Graph().parse(data=run("assess", MOFFATT, "--format", "jsonld"), format="json-ld")
    assert len(graph) > 100


def test_explain_walks_down_to_facts_and_law() -> None:
    assessment = Assessment.model_validate_json(run("assess", MOFFATT, "--format", "json"))
    proof = assessment.accountable[0].proof
    text = run("explain", MOFFATT, proof)
    assert text.startswith("rule: ") and "fact: " in text and "law: " in text
    assert json.loads(run("explain", MOFFATT, proof, "--format", "json"))["premises"]


def test_why_not_names_what_is_missing() -> None:
    text = run("why-not", LOAN, "--party", "bank", "--norm", "AIA_26_1", "--as-of", "2026-11-20")
    assert "premise" in text
    assert run(
        "why-not", MOFFATT, "--party", "chatbot-vendor", "--theory", "TORT_NEGMISREP", "--format", "json"
    ).startswith("{")


def test_check_ends_with_status_1_where_something_is_missing(tmp_path: Path) -> None:
    half = Path(__file__).parents[1] / "check" / "instructions-for-use.yaml"
    assert "1 of 7 said, 5 missing, 1 unknown" in run("check", str(half), status=1)
    assert json.loads(run("check", str(half), "--format", "json", status=1))["case"] == "dossiers"
    report = run("check", str(half), "--profile", "instructions-for-use", "--format", "turtle", status=1)
    assert "sh:ValidationReport" in report
    assert "Nothing that the law demands is known to be missing" in run("check", MOFFATT)


def test_check_consistency() -> None:
    assert "consistent" in run("check", MOFFATT, "--consistency")


def test_query_in_three_formats() -> None:
    assert "norms-that-bind" in run("query", "--list")
    rows = json.loads(run("query", "accountable", "--case", MOFFATT, "--format", "json"))
    assert rows[0]["party"] == "air-canada"
    assert run("query", "accountable", "--case", MOFFATT, "--format", "csv").startswith(
        "of_case,party,for,way,standing,because\n"
    )


def test_new_writes_a_case_that_is_read_back_and_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    run("new", str(file))
    assert run("new") == file.read_text(encoding="utf-8")
    run("assess", str(file))
    assert "a file that is there already" in run("new", str(file), status=2)


def test_diff_says_what_the_day_changes() -> None:
    text = run("diff", LOAN, "--as-of", "2026-11-20", "--as-of", "2027-12-03")
    assert "ROLES" in text and "not yet applicable -> binding" in text
    changed = json.loads(run("diff", LOAN, "--as-of", "2026-11-20", "--as-of", "2027-12-03", "--format", "json"))
    assert {"section": "roles", "party": "bank", "role": "AIActProvider", "artefact": "scoring-system"}.items() <= next(
        c for c in changed if c["section"] == "roles" and c.get("role") == "AIActProvider" and c["party"] == "bank"
    ).items()
    assert run("diff", MOFFATT, "--as-of", "2024-02-14", "--as-of", "2024-02-14").endswith("Nothing changes.\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("assess", "no-such-file.yaml"), "no such file"),
        (("assess", str(CASES)), "a folder"),
        (("assess", MOFFATT, "--as-of", "2026-02-30"), "a day that exists"),
        (("assess", MOFFATT, "--position", "model-as-a-service-is-a-product"), "NAME=VALUE"),
        (("assess", MOFFATT, "--position", "model-as-a-service-is-a-product=perhaps"), "yes or no"),
        (("assess", MOFFATT, "--position", "model-as-service=yes"), "did you mean"),
        (("explain", MOFFATT, "p0000000000"), "the id of a proof"),
        (("why-not", MOFFATT, "--party", "air-canada"), "one of the two"),
        (("why-not", MOFFATT, "--party", "nobody", "--norm", "AIA_26_1"), "the id of a party"),
        (("why-not", MOFFATT, "--party", "air-canada", "--norm", "AIA_99999"), "the id of a norm"),
        (("check", MOFFATT, "--profile", "annex-four"), "one of"),
        (("query", "voids", "--as-of", "2027-12-03"), "a case file"),
        (("query",), "the name of a query"),
        (("diff", MOFFATT, "--as-of", "2026-01-01"), "two days"),
        (("assess", MOFFATT, "--format", "xml"), "--format"),
    ],
)
def test_a_wrong_input_ends_with_status_2_and_says_what_was_expected(arguments: tuple[str, ...], expected: str) -> None:
    assert expected in run(*arguments, status=2)
