"""Who ends up paying: worked cases, and what holds of every settlement."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable import casefile
from answerable.allocation import RecourseRight
from answerable.assess import Passes
from answerable.assessment import Assessment, Waterfall
from answerable.insurance import Layer, tower
from answerable.quantities import Quantity, constant, nothing, total, unknown, walk
from answerable.waterfall import Bound, Promise, Settlement, Step, conclude, contribute, indemnify

TEXAS = Path(__file__).parents[1] / "cases" / "hard-rows" / "texas-threshold-positive.yaml"
Range = tuple[float, float | None]


def assessed(
    clauses: list[dict[str, Any]],
    *circumstances: dict[str, Any],
    insurance: list[dict[str, Any]] | None = None,
    forum: str | None = None,
    **vendor: Any,
) -> Assessment:
    """A driver 51 and a vendor 49 per cent at fault for an injury of 100,000 dollars, with a contract between them."""
    data: dict[str, Any] = {**casefile.plain(casefile.load(TEXAS)), "answerable": 1, "expect": []}
    licence = {"id": "licence", "type": "LicenceAgreement", "between": ["vendor", "deployer"], "of": "driver"}
    data["contracts"] = [licence | {"clauses": clauses}] if clauses else []
    data["circumstances"] += circumstances
    data["insurance"] = insurance or []
    data["parties"] = [p | vendor if p["id"] == "vendor" else p for p in data["parties"]]
    if forum:
        data["forum"] = forum
    return Passes.of(casefile.from_data(data)).assessment


def fall(assessment: Assessment) -> Waterfall:
    (found,) = (w for w in assessment.waterfall if w.regime == "AP_TX")
    return found


def bears(assessment: Assessment) -> dict[str, Range]:
    return {s.party: money(s.amount) for s in fall(assessment).steps if s.kind == "bears"}


def money(amount: Any) -> Range:
    return float(amount.low or 0), None if amount.high is None else float(amount.high)


INDEMNITY = {"id": "indemnity", "type": "Indemnity", "burdens": "vendor", "protects": "deployer"}
CAP = {"id": "cap", "type": "LiabilityCap", "burdens": "deployer", "protects": "vendor", "currency": "USD"}
PLAIN = {"deployer": (51000, 51000), "vendor": (49000, 49000)}


def about(fact: str, of: str, holds: bool = True) -> dict[str, Any]:
    return {"id": fact.lower(), "is": fact, "of": of, "holds": holds}


def test_without_a_contract_each_bears_its_share() -> None:
    assessment = assessed([])
    assert bears(assessment) == PLAIN
    kinds = {(s.party, s.kind, s.other): money(s.amount)[1] for s in fall(assessment).steps}
    assert kinds[("deployer", "owes", "pedestrian")] == 100000
    assert kinds[("vendor", "pays_contribution", "deployer")] == kinds[("deployer", "gets_contribution", "vendor")]


def test_an_indemnity_moves_the_loss() -> None:
    assessment = assessed([INDEMNITY])
    assert bears(assessment) == {"deployer": (0, 0), "vendor": (100000, 100000)}
    (paid,) = (s for s in fall(assessment).steps if s.kind == "pays_indemnity")
    assert (paid.party, paid.other, paid.rule, money(paid.amount)) == (
        "vendor",
        "deployer",
        "indemnity",
        (51000, 51000),
    )
    assert fall(assessment).notes  # that the vendor can pay was taken for granted


@pytest.mark.parametrize(
    ("clauses", "vendor", "expected"),
    [
        ([INDEMNITY | {"amount": 20000, "currency": "USD"}], {}, (31000, 31000)),
        ([INDEMNITY, CAP | {"amount": 10000}], {}, (41000, None)),
        ([INDEMNITY, CAP | {"amount": 10000, "excludes": ["Indemnity"]}], {}, (0, None)),
        ([INDEMNITY | {"months_of_fees": 12, "fees": 1000, "currency": "USD"}], {}, (39000, 39000)),
        ([INDEMNITY | {"months_of_fees": 12, "currency": "USD"}], {}, (0, 51000)),
        ([INDEMNITY], {"means": 60000, "currency": "USD"}, (40000, 40000)),
        ([INDEMNITY], {"means": 10000, "currency": "USD"}, (51000, 51000)),
        ([INDEMNITY | {"scope": ["IntellectualPropertyHarm"]}], {}, (51000, 51000)),
        ([INDEMNITY | {"scope": ["PersonalInjury"]}], {}, (0, 0)),
        ([INDEMNITY | {"excludes": ["PersonalInjury"]}], {}, (51000, 51000)),
        ([INDEMNITY | {"scope": ["UnavailabilityHarm"]}], {}, (0, 51000)),
        ([INDEMNITY | {"type": "IPOutputIndemnity"}], {}, (51000, 51000)),
    ],
)
def test_what_limits_an_indemnity(clauses: list[dict[str, Any]], vendor: dict[str, Any], expected: Range) -> None:
    low, high = bears(assessed(clauses, **vendor))["deployer"]
    assert low == expected[0] and (expected[1] is None or high == expected[1])


def test_fees_that_nobody_stated_are_asked_for() -> None:
    assessment = assessed([INDEMNITY | {"months_of_fees": 12, "currency": "USD"}])
    assert fall(assessment).open == ["fees of a month under indemnity"]
    assert "fees (indemnity)" in {q.fact for q in assessment.open_questions}


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (about("UnclearOwnNegligenceIndemnity", "indemnity"), (51000, 51000)),
        (about("InconspicuousIndemnity", "indemnity"), (51000, 51000)),
        (about("InconspicuousIndemnity", "indemnity") | {"standing": "alleged"}, (0, 51000)),
        (about("InconspicuousIndemnity", "indemnity", False), (0, 0)),
    ],
)
def test_only_an_indemnity_that_stands_counts(fact: dict[str, Any], expected: Range) -> None:
    assert bears(assessed([INDEMNITY], fact))["deployer"] == expected


def test_conditions_of_an_indemnity() -> None:
    asked = INDEMNITY | {"conditions": ["RequiredMitigations"]}
    assert bears(assessed([asked]))["deployer"] == (0, 51000)
    assert bears(assessed([asked | {"evidenced": ["RequiredMitigations"]}]))["deployer"] == (0, 0)
    assert bears(assessed([asked], about("RequiredMitigations", "indemnity", False)))["deployer"] == (51000, 51000)


def test_a_cap_on_recourse_matters_for_whoever_paid() -> None:
    # The driver may have to pay all, and gets no more than the cap from the vendor.
    found = bears(assessed([CAP | {"amount": 9000}]))
    assert found == {"deployer": (51000, 91000), "vendor": (9000, 49000)}
    assert bears(assessed([CAP | {"amount": 9000}], about("UnconscionableTerm", "cap"))) == PLAIN
    assert bears(assessed([CAP | {"type": "LiabilityExclusion"}])) == {
        "deployer": (51000, 100000),
        "vendor": (0, 49000),
    }
    assert (
        bears(assessed([CAP | {"type": "ConsequentialLossExclusion"}], about("ConsequentialLoss", "injury", False)))
        == PLAIN
    )


def test_a_contract_never_changes_what_a_stranger_to_it_may_collect() -> None:
    def owed(assessment: Assessment) -> list[tuple[str, Any, Any]]:
        return [(a.regime, e.party, money(e.amount)) for a in assessment.allocation for e in a.exposures] + [
            (w.regime, s.party, money(s.amount)) for w in assessment.waterfall for s in w.steps if s.kind == "owes"
        ]

    plain = owed(assessed([]))
    assert plain
    for clauses in ([INDEMNITY], [CAP | {"amount": 1}], [CAP | {"type": "LiabilityExclusion"}], [INDEMNITY, CAP]):
        assert owed(assessed(clauses)) == plain


def test_a_cap_agreed_with_the_injured_person_leaves_the_rest_with_that_person() -> None:
    data: dict[str, Any] = {**casefile.plain(casefile.load(TEXAS)), "answerable": 1, "expect": []}
    data["circumstances"] = [c for c in data["circumstances"] if c["of"] != "vendor"]
    data["harms"][0]["shares"] = [{"party": "deployer", "share": "1"}]
    cap = {"id": "cap", "type": "LiabilityCap", "burdens": "pedestrian", "protects": "deployer", "amount": 30000}
    ticket = {"id": "ticket", "between": ["deployer", "pedestrian"], "of": "driver"}
    data["contracts"] = [ticket | {"clauses": [cap | {"currency": "USD"}]}]
    assert bears(Passes.of(casefile.from_data(data)).assessment) == {
        "deployer": (30000, 30000),
        "pedestrian": (70000, 70000),
    }
    data["circumstances"].append(about("UnconscionableTerm", "cap"))
    assert bears(Passes.of(casefile.from_data(data)).assessment) == {"deployer": (100000, 100000)}


def test_insurance_of_what_was_promised() -> None:
    policy = {"id": "policy", "type": "MotorPolicy", "holder": "vendor", "limit": 80000, "currency": "USD"}
    policy |= {"on": "2026-01-01", "until": "2026-12-31"}
    insured = about("InsuredContract", "licence")
    # Of 49,000 of its own and 51,000 promised the policy pays 80,000.
    assert bears(assessed([INDEMNITY], insured, insurance=[policy]))["vendor"] == (20000, 20000)
    assert bears(assessed([INDEMNITY], insured | {"holds": False}, insurance=[policy]))["vendor"] == (51000, 51000)
    assert bears(assessed([INDEMNITY], insurance=[policy]))["vendor"] == (20000, 51000)
    covers = assessed([INDEMNITY], insured, insurance=[policy]).allocation[0].insurance
    assert [(c.policy, c.status, money(c.pays)) for c in covers] == [
        ("policy", "responds", (49000, 49000)),
        ("policy", "responds", (31000, 31000)),
    ]


def test_a_loss_that_nobody_quantified_is_a_range_without_end() -> None:
    data: dict[str, Any] = {**casefile.plain(casefile.load(TEXAS)), "answerable": 1, "expect": []}
    for key in ("amount", "currency"):
        del data["harms"][0][key]
    policy = {"id": "policy", "type": "MotorPolicy", "holder": "deployer", "limit": 80000, "currency": "USD"}
    data["insurance"] = [policy | {"on": "2026-01-01", "until": "2026-12-31"}]
    assessment = Passes.of(casefile.from_data(data)).assessment
    assert {high for _, high in bears(assessment).values()} == {None}
    assert fall(assessment).open


def test_an_amount_walks_down_to_its_facts() -> None:
    data: dict[str, Any] = {**casefile.plain(casefile.load(TEXAS)), "answerable": 1, "expect": []}
    clause = INDEMNITY | {"amount": 20000, "currency": "USD"}
    licence = {"id": "licence", "between": ["vendor", "deployer"], "of": "driver", "clauses": [clause]}
    passes = Passes.of(casefile.from_data(data | {"contracts": [licence]}))
    (step,) = (s for s in fall(passes.assessment).steps if s.kind == "bears" and s.party == "deployer")
    assert step.amount.formula
    facts = {q.name for q in walk(passes.amounts[step.amount.proof]) if q.operation == "stated"}
    assert "amount of indemnity" in facts


# -- every settlement

PARTIES = ["<a>", "<b>", "<c>", "<d>"]


def euros(value: int) -> Quantity:
    return constant(value, "EUR")


@st.composite
def promised(draw: st.DrawFn, doubts: bool = False) -> list[Promise]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        by, to = draw(st.permutations(PARTIES))[:2]
        limits = tuple(euros(v) for v in draw(st.lists(st.integers(0, 500), max_size=2)))
        doubt = (unknown("doubt", "?", most=1),) if doubts and draw(st.booleans()) else ()
        found.append(Promise(f"<promise{number}>", by, to, limits, doubt))
    return found


OWN = st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 1000).map(euros), min_size=1)
COVER = st.dictionaries(
    st.sampled_from(PARTIES),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 80), st.sampled_from(["yes", "no"])), max_size=3),
)


@given(OWN, promised(), COVER)
def test_what_everyone_bears_adds_up_to_the_loss(
    own: dict[str, Quantity], promises: list[Promise], cover: dict[str, list[tuple[int, int, Any]]]
) -> None:
    one = Settlement("<harm>", "<regime>", own=dict(own))
    indemnify(one, promises)
    insurers = Fraction(0)
    for party, layers in cover.items():
        top, written = 0, []
        for number, (limit, costs, responds) in enumerate(layers):
            policy = f"<{party}{number}>"
            written.append(
                Layer(policy, policy, euros(limit), euros(top), responds=responds, costs=euros(costs), inside=True)
            )
            top += limit
        burden = total([q for q in (one.own.get(party), one.assumed.get(party)) if q is not None], "burden", "EUR")
        for payment in tower(burden, written):
            paid = total([payment.pays, payment.defence])
            one.steps.append(Step(party, "insured", paid, payment.layer.policy))
            insurers += paid.low
        if written:
            one.costs[party] = total(layer.costs for layer in written if layer.costs is not None)
    conclude(one)
    assert all(q.is_known for q in one.bears.values())
    loss = sum((q.low for q in own.values()), Fraction(0)) + sum((q.low for q in one.costs.values()), Fraction(0))
    assert sum((q.low for q in one.bears.values()), Fraction(0)) + insurers == loss


@given(OWN, promised(doubts=True))
def test_what_is_open_holds_the_loss_between_its_ends(own: dict[str, Quantity], promises: list[Promise]) -> None:
    one = Settlement("<harm>", "<regime>", own=dict(own))
    indemnify(one, promises)
    conclude(one)
    loss = sum((q.low for q in own.values()), Fraction(0))
    assert sum((q.low for q in one.bears.values()), Fraction(0)) <= loss
    assert loss <= sum((q.high or Fraction(0) for q in one.bears.values()), Fraction(0))


@given(OWN, promised())
def test_an_indemnity_moves_loss_and_makes_none(own: dict[str, Quantity], promises: list[Promise]) -> None:
    one = Settlement("<harm>", "<regime>", own=dict(own))
    indemnify(one, promises)
    paid = [s.amount.low for s in one.steps if s.kind == "pays_indemnity"]
    got = [s.amount.low for s in one.steps if s.kind == "gets_indemnity"]
    assert paid == got


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 600))
def test_a_cap_on_recourse_keeps_the_sum(one_part: int, other_part: int, cap: int) -> None:
    own = {"<a>": euros(one_part), "<b>": euros(other_part)}
    one = Settlement("<harm>", "<regime>", own=dict(own))
    right = RecourseRight("<a>", "<b>", euros(other_part), "<rule>")
    contribute(one, [right], [Bound("<cap>", "<contract>", "<a>", "<b>", euros(cap))])
    conclude(one)
    low, high = (total(one.bears.values()).low, total(one.bears.values()).high or Fraction(0))
    assert low <= one_part + other_part <= high
    if cap >= other_part:
        assert {p: q.low for p, q in one.bears.items()} == {p: q.low for p, q in own.items()}
    assert nothing("EUR").is_known


def test_an_indemnity_passes_down_a_chain() -> None:
    one = Settlement("<harm>", "<regime>", own={"<deployer>": euros(90)})
    chain = [Promise("<1>", "<maker>", "<vendor>"), Promise("<2>", "<vendor>", "<deployer>", (euros(60),))]
    indemnify(one, chain)
    conclude(one)
    assert {p: int(q.low) for p, q in one.bears.items()} == {"<deployer>": 30, "<vendor>": 0, "<maker>": 60}
