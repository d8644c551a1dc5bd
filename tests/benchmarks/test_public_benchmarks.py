"""Public sets against our answers: each difference has a verdict, each verdict a difference."""

from __future__ import annotations

import pytest

from answerable.casefile import vocabulary
from answerable.cases import Case

from .adapters import ROOT, TABLE, Scenario, case, closed, fires, plain, read
from .comparison import FOLDERS, READERS, Result, is_there, result, verdict, verdicts
from .report import PAGE, SIDES, whole

needs_all = pytest.mark.skipif(
    not all(map(is_there, FOLDERS)), reason="the public sets are not on this machine (../shared/datasets)"
)


@pytest.fixture(params=sorted(FOLDERS))
def compared(request: pytest.FixtureRequest) -> Result:
    if not is_there(request.param):
        pytest.skip(f"{FOLDERS[request.param]} is not on this machine (../shared/datasets)")
    return result(request.param)


def test_each_difference_has_a_verdict(compared: Result) -> None:
    unjudged = [str(one) for one in compared.differing if verdict(one) is None]
    assert not unjudged, "\n".join(unjudged)


@needs_all
def test_each_verdict_judges_a_difference() -> None:
    used = {v.number for name in FOLDERS for one in result(name).differing if (v := verdict(one))}
    stale = [f"{v.number}: {v.when}" for v in verdicts() if v.number not in used]
    assert not stale, "\n".join(stale)


@needs_all
def test_each_trigger_reads_something() -> None:
    texts = [scenario.text for name in FOLDERS for scenario in READERS[name]()]
    idle = [trigger["when"] for trigger in TABLE["triggers"] if not any(fires(trigger, text) for text in texts)]
    assert not idle


@needs_all
def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / PAGE).read_text(encoding="utf-8") == whole(), "run python -m tests.benchmarks"


def test_no_case_states_a_role_or_a_level(compared: Result) -> None:
    told = set()
    for scenario in READERS[compared.set]():
        told |= stated(case(scenario))
    roles = {role for table in ("roles", "gpai_roles") for role in TABLE[table].values()}
    levels = {name for name in told if name.endswith("HighRiskAISystem") or name == "GPAIModelWithSystemicRisk"}
    assert told
    assert not told & roles
    assert not levels


def stated(case: Case) -> set[str]:
    return {c.is_ for c in case.circumstances}


def test_verdicts_are_complete() -> None:
    for one in verdicts():
        assert one.supports in SIDES, one
        assert one.provision and one.reason.endswith("."), one
        assert set(one.when) <= {"set", "ids", "aspect", "label", "ours", "roles", "ground", "text"}, one


def test_triggers_name_terms() -> None:
    named = {
        n for t in TABLE["triggers"] for k in ("states", "denies", "opens", "use", "use_not") for n in t.get(k, ())
    }
    named |= {n for names in TABLE["closed"].values() for n in names}
    assert named <= vocabulary().supers.keys()


def scenario(text: str) -> Scenario:
    return Scenario("own", "1", plain(text), {}, ("placing",), stated_deeds=True)


def test_what_no_trigger_reads_is_not_guessed() -> None:
    own = scenario("Does something with something")
    assert not read(own.text).read
    assert not case(own).circumstances


def test_what_a_text_names_is_not_closed() -> None:
    reading = read(plain("AI that ranks job applicants"))
    assert reading.states == {"AnnexIII4aSystem"}
    assert "AnnexIIIListedSystem" not in closed(reading, "system")
    assert "SocialScoringSystem" in closed(reading, "system")


def test_what_a_text_leaves_undecided_stays_open() -> None:
    reading = read(plain("Predicts dropout"))
    assert reading.read and not reading.states
    assert "AnnexIIIListedSystem" not in closed(reading, "system")
