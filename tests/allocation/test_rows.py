"""Each row of the apportionment table at work: met, not met, not known, and before its day where it has one."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from answerable.rooms import files, root
from tests.allocation.scenes import bears, collects, notes, one, owes, recourse, regimes, scene

TABLE = root().parent / "shared" / "law" / "doctrine" / "apportionment.csv"
TESTED: set[str] = set()
ECON = (("EconomicDamages", 30), ("NonEconomicDamages", 70))
SIXTY = {"a": 0.6, "b": 0.4}
INTENT = (("IntentionalHarm", "a", "h"),)
CONCERT = (("ConcertedAction", "a", "b"),)


def row(*keys: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    TESTED.update(keys)
    return lambda test: test


# -- the Restatement


@row("AP_R3_10")
def test_joint_and_several_the_whole_from_any_and_no_more_than_the_whole_from_all() -> None:
    found = scene("US-MA", shares=SIXTY)
    assert owes(found) == {"a": 100, "b": 100} and collects(found) == 100
    assert "AP_R3_10" in notes(found)
    assert "AP_R3_10" not in notes(scene("US-FL", shares=SIXTY))


@row("AP_R3_11")
def test_several_the_own_share_and_nothing_on_top() -> None:
    found = scene("US-FL", shares=SIXTY)
    assert owes(found) == {"a": 60, "b": 40} and recourse(found) == {}
    assert "AP_R3_11" in notes(found)
    assert owes(scene("US-FL")) == {"a": (0, 100), "b": (0, 100)}


@row("AP_R3_12")
def test_intent_makes_whole() -> None:
    assert owes(scene("US-FL", shares=SIXTY, ties=INTENT)) == {"a": 100, "b": 40}
    assert owes(scene("US-FL", shares=SIXTY, denied=INTENT)) == {"a": 60, "b": 40}
    assert owes(scene("US-FL", shares=SIXTY)) == {"a": 60, "b": 40}
    assert "AP_R3_12" in notes(scene("US-FL", shares=SIXTY, ties=INTENT))


@row("AP_R3_13")
def test_an_employer_answers_for_the_share_of_its_worker() -> None:
    tie = (("EmploymentRelation", "worker", "boss"),)
    shares = {"worker": 0.3, "boss": 0.1, "other": 0.6}
    found = scene("US-FL", ("worker", "boss", "other"), shares=shares, ties=tie)
    assert owes(found) == {"worker": 30, "boss": 40, "other": 60}
    assert owes(scene("US-FL", ("worker", "boss", "other"), shares=shares, denied=tie))["boss"] == 10
    assert owes(scene("US-FL", ("worker", "boss", "other"), shares=shares))["boss"] == 10
    broke = scene("US-FL", ("worker", "boss", "other"), shares=shares, ties=tie, party={"worker": "Insolvent"})
    assert bears(broke) == {"worker": 0, "boss": 40, "other": 60} and collects(broke) == 100


@row("AP_R3_14")
def test_who_failed_to_protect_answers_for_the_attacker_too() -> None:
    tie = (("FailureToProtectFromIntentionalTort", "platform", "stalker"),)
    shares = {"platform": 0.2, "stalker": 0.8}
    found = scene(
        "US-UT", ("platform",), shares=shares, ties=tie, harm="PersonalInjury", extra="case:h a ans:ForumOnTrackB ."
    )
    assert owes(found) == {"platform": 100} and "AP_R3_14" in notes(found)
    assert owes(scene("US-UT", ("platform",), shares=shares, extra="case:h a ans:ForumOnTrackB .")) == {"platform": 20}


@row("AP_R3_15")
def test_concert_joins_for_the_shares_of_all_in_it() -> None:
    shares = {"a": 0.2, "b": 0.1, "c": 0.7}
    found = scene("US-WA", ("a", "b", "c"), shares=shares, ties=CONCERT)
    assert owes(found) == {"a": pytest.approx(30), "b": pytest.approx(30), "c": 70}
    chain = (*CONCERT, ("ConcertedAction", "b", "c"))
    assert owes(scene("US-WA", ("a", "b", "c"), shares=shares, ties=chain)) == {"a": 100, "b": 100, "c": 100}
    assert owes(scene("US-WA", ("a", "b", "c"), shares=shares, denied=CONCERT)) == {"a": 20, "b": 10, "c": 70}
    assert owes(scene("US-WA", ("a", "b", "c"), shares=shares)) == {"a": 20, "b": 10, "c": 70}


@row("AP_R3_16")
def test_a_settlement_takes_the_share_off_on_a_track_of_the_restatement() -> None:
    track = "case:h a ans:ForumOnTrackA ."
    found = scene("US-UT", ("a", "b"), shares=SIXTY, settled={"a": (10, True)}, extra=track)
    assert owes(found) == {"a": 10, "b": 40} and collects(found) == 50
    assert "AP_R3_16" in notes(found) and recourse(found) == {("a", "b"): 0}
    assert owes(scene("US-UT", ("a", "b"), shares=SIXTY, extra=track)) == {"a": 100, "b": 100}


@row("AP_R3_17")
def test_the_track_of_the_forum_decides() -> None:
    shares = {"a": 0.5, "b": 0.3, "v": 0.2}
    assert owes(scene("US-UT", shares=SIXTY)) == {"a": (60, 100), "b": (40, 100)}
    assert owes(scene("US-UT")) == {"a": (0, 100), "b": (0, 100)}

    def on(track: str, **more: object) -> object:
        return scene(
            "US-UT", shares=shares, defence="DF_CONTRIB_PURE", extra=f"case:h a ans:ForumOnTrack{track} .", **more
        )  # type: ignore[arg-type]

    assert owes(on("A")) == {"a": 80, "b": 80}  # type: ignore[arg-type]
    assert owes(on("B")) == {"a": 50, "b": 30}  # type: ignore[arg-type]
    assert owes(on("D")) == {"a": (50, 80), "b": (30, 80)}  # type: ignore[arg-type]
    # Of the thirty that b cannot pay, a bears five sevenths and the claimant two.
    spread = on("C", party={"b": "Insolvent"})
    assert collects(spread) == pytest.approx(80 - 30 * 0.2 / 0.7)  # type: ignore[arg-type]
    by_kind = scene("US-UT", shares=SIXTY, heads=ECON, extra="case:h a ans:ForumOnTrackE .")
    assert owes(by_kind) == {"a": 72, "b": 58}
    assert regimes(scene("US-TX", shares=SIXTY)) == {"AP_TX"}


@row("AP_R3_22")
def test_one_liable_only_for_another_shifts_the_whole() -> None:
    tie = (("EmploymentRelation", "worker", "boss"),)
    free = (("NoFaultOfItsOwn", "boss", "h"),)
    found = scene("US-FL", ("worker", "boss"), shares={"worker": 1}, ties=(*tie, *free))
    assert recourse(found)[("boss", "worker")] == 100
    assert bears(found) == {"worker": 100, "boss": 0}
    at_fault = scene("US-FL", ("worker", "boss"), shares={"worker": 0.7, "boss": 0.3}, ties=tie, denied=free)
    assert bears(at_fault) == {"worker": 70, "boss": 30}
    unknown = scene("US-FL", ("worker", "boss"), shares={"worker": 0.7, "boss": 0.3}, ties=tie)
    assert bears(unknown) == {"worker": 70, "boss": 30}


@row("AP_R3_23")
def test_contribution_of_what_exceeds_the_own_share() -> None:
    track = "case:h a ans:ForumOnTrackA ."
    found = scene("US-UT", shares=SIXTY, extra=track)
    assert recourse(found) == {("a", "b"): 40, ("b", "a"): 60} and bears(found) == {"a": 60, "b": 40}
    assert ("b", "a") not in recourse(scene("US-UT", shares=SIXTY, settled={"a": (10, True)}, extra=track))
    bad_faith = scene("US-UT", shares=SIXTY, settled={"a": (10, False)}, extra=track)
    assert recourse(bad_faith)[("b", "a")] == 0  # the credit leaves b nothing but its own share to pay
    assert recourse(scene("US-UT", extra=track)) == {("a", "b"): (0, 100), ("b", "a"): (0, 100)}


@row("AP_R3_26")
def test_divided_by_cause_first() -> None:
    found = scene("US-MA", shares=SIXTY, parts={40: ["b"]})
    assert owes(found) == {"a": 60, "b": 100} and collects(found) == 100
    assert "AP_R3_26" in notes(found)
    shared = scene("US-FL", ("a", "b", "c"), shares={"a": 0.2, "b": 0.3, "c": 0.5}, parts={50: ["a", "b"]})
    assert owes(shared) == {"a": 30, "b": 45, "c": 25}
    assert owes(scene("US-MA", shares=SIXTY)) == {"a": 100, "b": 100}


# -- the United States in general


@row("AP_US_ALTLIAB")
def test_all_wrongful_and_nobody_can_tell_which() -> None:
    both = (("UnidentifiedCauseAmongWrongdoers", "a", "h"), ("UnidentifiedCauseAmongWrongdoers", "b", "h"))
    assert owes(scene("US-CA", shares={"a": 0.5, "b": 0.5}, heads=ECON, ties=both)) == {"a": 100, "b": 100}
    assert owes(scene("US-CA", shares={"a": 0.5, "b": 0.5}, heads=ECON, denied=both)) == {"a": 65, "b": 65}
    assert owes(scene("US-CA", shares={"a": 0.5, "b": 0.5}, heads=ECON)) == {"a": 65, "b": 65}


@row("AP_US_MKTSHARE")
def test_market_share_for_a_fungible_product() -> None:
    market = {"a": 0.3, "b": 0.2}
    found = scene("US-CA", theory="PL_402A", shares=market, share_class="MarketShare", through="FungibleProduct")
    assert regimes(found) == {"AP_US_MKTSHARE"} and owes(found) == {"a": 30, "b": 20} and collects(found) == 50
    assert regimes(scene("US-CA", theory="PL_402A", shares=market, through="AISystem")) == {"AP_CA"}
    assert regimes(scene("US-CA", theory="PL_402A", shares=market)) == {"AP_CA"}


@row("AP_US_AIDABET")
def test_aiding_and_abetting_makes_whole() -> None:
    shares = {"a": 0.2, "b": 0.8}
    assert owes(scene("US-CA", {"a": "TORT_AIDABET", "b": "TORT_NEG"}, shares=shares, heads=ECON)) == {
        "a": 100,
        "b": 86,
    }
    assert owes(scene("US-CA", {"a": "TORT_NEG", "b": "TORT_NEG"}, shares=shares, heads=ECON)) == {"a": 44, "b": 86}
    assert owes(scene("US-FL", {"a": "TORT_AIDABET", "b": "TORT_NEG"}, shares=shares)) == {"a": 20, "b": 80}


@row("AP_SETTLE_CREDIT")
def test_a_state_whose_credit_must_be_checked_leaves_a_range() -> None:
    found = scene("US-MA", shares=SIXTY, settled={"a": (10, True)})
    assert owes(found) == {"a": 10, "b": (40, 90)} and "AP_SETTLE_CREDIT" in notes(found)
    assert owes(scene("US-MA", shares=SIXTY)) == {"a": 100, "b": 100}
    assert owes(scene("US-FL", shares=SIXTY, settled={"a": (10, True)})) == {"a": 10, "b": 40}


@row("AP_REALLOC")
def test_what_one_cannot_pay_falls_on_others_or_on_the_injured() -> None:
    broke = {"a": "Insolvent"}
    several = scene("US-FL", shares=SIXTY, party=broke)
    assert collects(several) == 40 and bears(several) == {"a": 0, "b": 40} and "AP_REALLOC" in notes(several)
    joint = scene("US-MA", shares=SIXTY, party=broke)
    assert collects(joint) == 100 and bears(joint) == {"a": 0, "b": 100}
    assert "AP_REALLOC" not in notes(scene("US-FL", shares=SIXTY))
    for cls in ("Immune", "Unidentified", "UnenforceableAbroad"):
        assert collects(scene("US-FL", shares=SIXTY, party={"a": cls})) == 40


# -- states


@row("AP_CA")
def test_california_by_kind_of_damage() -> None:
    found = scene("US-CA", shares=SIXTY, heads=ECON)
    assert owes(found) == {"a": 72, "b": 58} and bears(found) == {"a": 60, "b": 40}
    assert recourse(found) == {("a", "b"): 12, ("b", "a"): 18}
    assert owes(scene("US-CA", shares=SIXTY, harm="PropertyDamage")) == {"a": 100, "b": 100}
    assert owes(scene("US-CA", shares=SIXTY)) == {"a": (60, 100), "b": (40, 100)}
    assert regimes(scene("US-CA", shares=SIXTY, harm="ReputationalHarm")) == {"AP_R3_17"}
    settled = scene("US-CA", shares=SIXTY, heads=ECON, settled={"a": (50, True)})
    assert ("b", "a") not in recourse(settled)


@row("AP_CA_X")
def test_california_intent_and_one_chain_of_distribution() -> None:
    assert owes(scene("US-CA", shares=SIXTY, heads=ECON, ties=INTENT)) == {"a": 100, "b": 58}
    chain = (("OneChainOfDistribution", "a", "b"),)
    assert owes(scene("US-CA", theory="PL_402A", shares=SIXTY, heads=ECON, ties=chain)) == {"a": 100, "b": 100}
    assert owes(scene("US-CA", theory="PL_402A", shares=SIXTY, heads=ECON, denied=chain)) == {"a": 72, "b": 58}
    assert owes(scene("US-CA", theory="PL_402A", shares=SIXTY, heads=ECON)) == {"a": 72, "b": 58}


@row("AP_NY")
def test_new_york_limit_at_one_half() -> None:
    assert owes(scene("US-NY", shares={"a": 0.5, "b": 0.5}, heads=ECON)) == {"a": 65, "b": 65}
    assert owes(scene("US-NY", shares={"a": 0.51, "b": 0.49}, heads=ECON)) == {"a": 100, "b": pytest.approx(64.3)}
    assert owes(scene("US-NY", heads=ECON)) == {"a": (30, 100), "b": (30, 100)}
    assert regimes(scene("US-NY", shares=SIXTY, harm="PureEconomicLoss")) == {"AP_R3_17"}
    settled = scene("US-NY", shares={"a": 0.5, "b": 0.5}, heads=ECON, settled={"a": (50, None)})
    assert ("a", "b") not in recourse(settled)


@row("AP_NY_X")
@pytest.mark.parametrize("cls", ["IntentionalHarm", "RecklessConduct", "NonDelegableDuty", "UnreachableManufacturer"])
def test_new_york_exceptions(cls: str) -> None:
    shares = {"a": 0.2, "b": 0.3, "c": 0.5}
    three = ("a", "b", "c")
    assert owes(scene("US-NY", three, shares=shares, heads=ECON, ties=((cls, "a", "h"),)))["a"] == 100
    assert owes(scene("US-NY", three, shares=shares, heads=ECON, denied=((cls, "a", "h"),)))["a"] == 44
    assert owes(scene("US-NY", three, shares=shares, heads=ECON))["a"] == 44


def test_new_york_exceptions_of_concert_and_motor_vehicles() -> None:
    even = {"a": 0.5, "b": 0.5}
    assert owes(scene("US-NY", shares=even, heads=ECON, ties=CONCERT)) == {"a": 100, "b": 100}
    assert owes(scene("US-NY", shares=even, heads=ECON, through="MotorVehicle")) == {"a": 100, "b": 100}
    assert owes(scene("US-NY", shares=even, heads=ECON, through="AISystem")) == {"a": 65, "b": 65}


@row("AP_TX")
def test_texas_above_one_half() -> None:
    assert owes(scene("US-TX", shares={"a": 0.51, "b": 0.49})) == {"a": 100, "b": 49}
    assert owes(scene("US-TX", shares={"a": 0.5, "b": 0.5})) == {"a": 50, "b": 50}
    assert owes(scene("US-TX")) == {"a": (0, 100), "b": (0, 100)}
    # A responsible third party that is not joined dilutes the shares.
    diluted = scene("US-TX", shares={"a": 0.45, "b": 0.25, "third": 0.3})
    assert owes(diluted) == {"a": 45, "b": 25} and collects(diluted) == 70
    crime = (("ListedCrimeInConcert", "a", "b"),)
    assert owes(scene("US-TX", shares={"a": 0.5, "b": 0.5}, ties=crime)) == {"a": 100, "b": 100}
    assert owes(scene("US-TX", shares={"a": 0.5, "b": 0.5}, ties=CONCERT)) == {"a": 50, "b": 50}
    assert recourse(scene("US-TX", shares=SIXTY)) == {("a", "b"): 40}


@row("AP_TX_82")
def test_texas_seller_turns_on_the_manufacturer() -> None:
    seller = (("InnocentSeller", "shop", "maker"),)
    shares = {"maker": 0.9, "shop": 0.1}
    found = scene("US-TX", ("maker", "shop"), theory="PL_402A", shares=shares, ties=seller)
    assert recourse(found)[("shop", "maker")] == 10 and bears(found) == {"maker": 100, "shop": 0}
    careless = scene("US-TX", ("maker", "shop"), theory="PL_402A", shares=shares, denied=seller)
    assert bears(careless) == {"maker": 90, "shop": 10}
    assert bears(scene("US-TX", ("maker", "shop"), theory="PL_402A", shares=shares)) == {"maker": 90, "shop": 10}


@row("AP_FL")
def test_florida_shares_only() -> None:
    assert owes(scene("US-FL", shares={"a": 0.9, "b": 0.1})) == {"a": 90, "b": 10}
    assert owes(scene("US-FL", shares={"a": 0.9, "b": 0.1}, ties=CONCERT)) == {"a": 90, "b": 10}
    absent = scene("US-FL", ("a",), shares={"a": 0.4, "stranger": 0.6})
    assert owes(absent) == {"a": 40} and collects(absent) == 40
    assert owes(scene("US-FL", ("a",))) == {"a": (0, 100)}


@row("AP_FL_BENAVIDES")
def test_benavides() -> None:
    found = scene(
        "US-FL",
        ("maker",),
        theory="PL_WARN",
        shares={"maker": 0.33, "driver": 0.67},
        amount=None,
        heads=(("EconomicDamages", 129), ("PunitiveAward", 200, "maker")),
    )
    assert owes(found) == {"maker": pytest.approx(242.57)} and bears(found) == owes(found)
    assert collects(found) == pytest.approx(242.57)


@row("AP_IL")
def test_illinois_from_a_quarter_and_medical_expenses_always() -> None:
    heads = (("MedicalExpenses", 20), ("NonEconomicDamages", 80))
    assert owes(scene("US-IL", shares={"a": 0.24, "b": 0.76}, heads=heads)) == {"a": pytest.approx(39.2), "b": 100}
    assert owes(scene("US-IL", shares={"a": 0.25, "b": 0.75}, heads=heads)) == {"a": 100, "b": 100}
    assert owes(scene("US-IL", heads=heads)) == {"a": (20, 100), "b": (20, 100)}
    assert owes(scene("US-IL", shares={"a": 0.24, "b": 0.76}))["a"] == (24, 100)


@row("AP_CO")
def test_colorado_shares_save_conspiracy() -> None:
    plot = (("ConsciousConspiracy", "a", "b"),)
    assert owes(scene("US-CO", shares=SIXTY)) == {"a": 60, "b": 40}
    assert owes(scene("US-CO", shares=SIXTY, ties=plot)) == {"a": 100, "b": 100}
    assert owes(scene("US-CO", shares=SIXTY, ties=CONCERT)) == {"a": 60, "b": 40}
    assert owes(scene("US-CO", shares=SIXTY, denied=plot)) == {"a": 60, "b": 40}


@row("AP_CO_ADMT")
def test_colorado_relative_fault_for_automated_decisions() -> None:
    def decided(day: str, theory: str = "DISC_CO_ADMT_FAULT", **shares: float) -> object:
        return scene("US-CO", theory=theory, shares=shares, harm="DiscriminationHarm", day=day)

    assert owes(decided("2027-01-01", a=0.6, b=0.4)) == {"a": 60, "b": 40}  # type: ignore[arg-type]
    assert owes(decided("2027-01-01")) == {"a": (0, 100), "b": (0, 100)}  # type: ignore[arg-type]
    assert regimes(decided("2026-12-31", a=0.6, b=0.4)) == set()  # type: ignore[arg-type]
    assert regimes(decided("2027-01-01", "DISC_T7_DI", a=0.6, b=0.4)) == {"AP_USC_NOCONTRIB"}  # type: ignore[arg-type]


@row("AP_WA")
def test_washington_joint_for_a_claimant_free_of_fault() -> None:
    fault = (("ContributoryFault", "v", "h"),)
    shares = {"a": 0.5, "b": 0.3, "absent": 0.2}
    free = scene("US-WA", shares=shares, denied=fault)
    assert owes(free) == {"a": 80, "b": 80} and collects(free) == 80
    assert bears(scene("US-WA", shares=shares, denied=fault, party={"a": "Insolvent"})) == {"a": 0, "b": 80}
    at_fault = scene("US-WA", shares={"a": 0.5, "b": 0.3, "v": 0.2}, ties=fault, defence="DF_CONTRIB_PURE")
    assert owes(at_fault) == {"a": 50, "b": 30}
    assert owes(scene("US-WA", shares=shares)) == {"a": 50, "b": 30}
    worker = (("EmploymentRelation", "b", "a"),)
    assert owes(scene("US-WA", shares=shares, ties=worker)) == {"a": 80, "b": 30}


@row("AP_PA")
def test_pennsylvania_from_sixty_per_cent() -> None:
    assert owes(scene("US-PA", shares={"a": 0.6, "b": 0.4})) == {"a": 100, "b": 40}
    assert owes(scene("US-PA", shares={"a": 0.59, "b": 0.41})) == {"a": 59, "b": 41}
    assert owes(scene("US-PA")) == {"a": (0, 100), "b": (0, 100)}
    low = {"a": 0.1, "b": 0.9}
    assert owes(scene("US-PA", shares=low, ties=INTENT))["a"] == 100
    assert owes(scene("US-PA", shares=low, ties=(("HazardousRelease", "a", "h"),)))["a"] == 100
    assert owes(scene("US-PA", {"a": "TORT_FRAUD", "b": "TORT_NEG"}, shares=low))["a"] == 100
    assert owes(scene("US-PA", shares=low, denied=INTENT))["a"] == 10


@row("AP_NJ")
def test_new_jersey_from_sixty_per_cent() -> None:
    assert owes(scene("US-NJ", shares={"a": 0.6, "b": 0.4})) == {"a": 100, "b": 40}
    assert owes(scene("US-NJ", shares={"a": 0.59, "b": 0.41})) == {"a": 59, "b": 41}
    assert owes(scene("US-NJ")) == {"a": (0, 100), "b": (0, 100)}


@row("AP_MA")
def test_massachusetts_joint_and_by_heads() -> None:
    found = scene("US-MA", shares={"a": 0.9, "b": 0.1})
    assert owes(found) == {"a": 100, "b": 100} and bears(found) == {"a": 50, "b": 50}
    assert recourse(found) == {("a", "b"): 50, ("b", "a"): 50}
    assert bears(scene("US-MA", ("a", "b", "c", "d"))) == dict.fromkeys("abcd", 25)
    assert bears(scene("US-MA", ("a",))) == {"a": 100}


@row("AP_USC_504")
def test_one_award_for_one_work() -> None:
    found = scene(
        "US-CA", theory="IP_OUTPUT_US", harm="PureEconomicLoss", heads=(("StatutoryAward", 100),), amount=None
    )
    assert regimes(found) == {"AP_USC_504"} and owes(found) == {"a": 100, "b": 100} and collects(found) == 100
    assert recourse(found) == {} and bears(found) == {"a": (0, 100), "b": (0, 100)}
    assert owes(scene("US-CA", ("a",), theory="IP_OUTPUT_US")) == {"a": 100}


@row("AP_USC_NOCONTRIB")
def test_no_contribution_under_a_federal_statute() -> None:
    found = scene("US-CA", ("employer", "vendor"), theory="DISC_T7_DI", harm="DiscriminationHarm")
    assert regimes(found) == {"AP_USC_NOCONTRIB"} and recourse(found) == {}
    assert owes(scene("US-CA", ("employer",), theory="DISC_T7_DI", harm="DiscriminationHarm")) == {"employer": 100}
    assert recourse(scene("US-CA", shares=SIXTY, heads=ECON)) != {}


# -- United Kingdom


@row("AP_UK")
def test_united_kingdom_in_solidum_and_contribution_as_is_just() -> None:
    found = scene("UK", theory="TORT_NEG_UK")
    assert owes(found) == {"a": 100, "b": 100} and bears(found) == {"a": (0, 100), "b": (0, 100)}
    assert recourse(found) == {("a", "b"): (0, 100), ("b", "a"): (0, 100)}
    ordered = scene("UK", theory="TORT_NEG_UK", shares={"a": 0.25, "b": 0.75})
    assert bears(ordered) == {"a": 25, "b": 75} and recourse(ordered) == {("a", "b"): 75, ("b", "a"): 25}
    mixed = scene("UK", {"a": "TORT_NEG_UK", "b": "K_BREACH"})
    assert owes(mixed) == {"a": 100, "b": 100}
    assert owes(scene("UK", ("a",), theory="TORT_NEG_UK")) == {"a": 100}


@row("AP_UK_DIV")
def test_united_kingdom_divisible_damage() -> None:
    dose = "case:h a ans:DoseRelatedDamage ."
    found = scene("UK", theory="TORT_NEG_UK", shares={"a": 0.3, "b": 0.5}, extra=dose)
    assert regimes(found) == {"AP_UK_DIV"} and owes(found) == {"a": 30, "b": 50}
    assert owes(scene("UK", theory="TORT_NEG_UK", extra=dose)) == {"a": (0, 100), "b": (0, 100)}
    assert regimes(scene("UK", theory="TORT_NEG_UK")) == {"AP_UK"}


# -- European Union


@row("AP_EU_PLD12")
def test_product_liability_joint_with_recourse_under_national_law() -> None:
    found = scene("DE", theory="PL_EU_2024")
    assert regimes(found) == {"AP_EU_PLD12"} and owes(found) == {"a": 100, "b": 100}
    assert recourse(found) == {("a", "b"): (0, 100), ("b", "a"): (0, 100)}
    assert owes(scene("DE", ("a",), theory="PL_EU_2024")) == {"a": 100} and not recourse(
        scene("DE", ("a",), theory="PL_EU_2024")
    )
    assert regimes(scene("DE", theory="TORT_DE_823")) == {"AP_DE_840"}


WAIVER = """
case:r1 a ans:RoleAssignment ; ans:isHeldBy case:a ; ans:hasRole ans:PLDManufacturer .
case:r2 a ans:RoleAssignment ; ans:isHeldBy case:b ; ans:hasRole ans:PLDComponentManufacturer .
case:k a ans:Contract ; ans:hasStanding ans:Found ; ans:hasContractParty case:a, case:b ; ans:hasClause case:k-w .
case:k-w a ans:RecourseWaiver ; ans:hasStanding ans:Found ; ans:burdens case:a ; ans:protects case:b .
"""


@row("AP_EU_PLD12_2")
def test_no_recourse_against_a_small_maker_of_software() -> None:
    shares = {"a": 0.6, "b": 0.4}
    small = scene("DE", theory="PL_EU_2024", shares=shares, party={"b": "MicroOrSmallEnterprise"}, extra=WAIVER)
    assert ("a", "b") not in recourse(small) and owes(small) == {"a": 100, "b": 100}
    assert bears(small) == {"a": (60, 100), "b": (0, 40)} and "AP_EU_PLD12_2" in notes(small)
    large = scene("DE", theory="PL_EU_2024", shares=shares, extra=WAIVER)
    assert recourse(large)[("a", "b")] == 40 and "AP_EU_PLD12_2" not in notes(large)
    unwaived = scene("DE", theory="PL_EU_2024", shares=shares, party={"b": "MicroOrSmallEnterprise"})
    assert recourse(unwaived)[("a", "b")] == 40


@row("AP_EU_PLD13")
def test_third_parties_do_not_lessen_and_own_fault_may() -> None:
    attacker = scene("DE", theory="PL_EU_2024", shares={"a": 0.3, "b": 0.2, "attacker": 0.5})
    assert owes(attacker) == {"a": 100, "b": 100}
    fault = (("ContributoryFault", "v", "h"),)
    own = scene("DE", theory="PL_EU_2024", shares={"a": 0.7, "v": 0.3}, ties=fault)
    assert owes(own) == {"a": 70, "b": 70} and "AP_EU_PLD13" in notes(own)
    assert owes(scene("DE", theory="PL_EU_2024", ties=fault)) == {"a": (0, 100), "b": (0, 100)}
    assert owes(scene("DE", theory="PL_EU_2024", denied=fault)) == {"a": 100, "b": 100}


@row("AP_EU_PLD8_5")
def test_nobody_who_can_pay_is_a_gap_and_no_claim() -> None:
    broke = scene("DE", ("a",), theory="PL_EU_2024", party={"a": "Insolvent"})
    assert collects(broke) == 0 and "AP_EU_PLD8_5" in notes(broke)
    assert "AP_EU_PLD8_5" not in notes(scene("DE", ("a",), theory="PL_EU_2024"))
    assert "AP_EU_PLD8_5" not in notes(scene("DE", theory="PL_EU_2024", party={"a": "Insolvent"}))


@row("AP_GDPR82_4")
def test_same_processing_each_for_all() -> None:
    same = """
    case:h ans:isCausedBy case:proc . case:proc a ans:Processing ; ans:hasStanding ans:Found .
    case:r1 a ans:RoleAssignment ; ans:isHeldBy case:a ; ans:isHeldIn case:proc ; ans:hasRole ans:GDPRController .
    case:r2 a ans:RoleAssignment ; ans:isHeldBy case:b ; ans:isHeldIn case:proc ; ans:hasRole ans:GDPRProcessor .
    """
    found = scene("DE", theory="PRIV_GDPR82", harm="NonMaterialDamage", shares=SIXTY, extra=same)
    assert owes(found) == {"a": 100, "b": 100} and recourse(found) == {("a", "b"): 40, ("b", "a"): 60}
    apart = scene("DE", theory="PRIV_GDPR82", harm="NonMaterialDamage")
    assert owes(apart) == {"a": (0, 100), "b": (0, 100)} and recourse(apart) == {}


@row("AP_GDPR26")
def test_joint_controllers_whatever_they_arranged() -> None:
    def controllers(role: str) -> str:
        return f"""
        case:h ans:isCausedBy case:proc .
        case:r1 a ans:RoleAssignment ; ans:isHeldBy case:a ; ans:isHeldIn case:proc .
        case:r1 ans:hasRole ans:GDPRJointController .
        case:r2 a ans:RoleAssignment ; ans:isHeldBy case:b ; ans:isHeldIn case:proc ; ans:hasRole ans:{role} .
        """

    found = scene("DE", theory="PRIV_GDPR82", harm="NonMaterialDamage", extra=controllers("GDPRJointController"))
    assert owes(found) == {"a": 100, "b": 100} and "AP_GDPR26" in notes(found)
    other = scene("DE", theory="PRIV_GDPR82", harm="NonMaterialDamage", extra=controllers("GDPRProcessor"))
    assert "AP_GDPR26" not in notes(other)
    assert "AP_GDPR26" not in notes(scene("DE", theory="PRIV_GDPR82", harm="NonMaterialDamage"))


@row("AP_AIACT_NONE")
def test_the_ai_act_divides_nothing() -> None:
    assert "AP_AIACT_NONE" in notes(scene("DE", theory="TORT_DE_823", through="AISystem"))
    assert "AP_AIACT_NONE" not in notes(scene("US-TX", through="AISystem"))
    assert "AP_AIACT_NONE" not in notes(scene("DE", theory="TORT_DE_823"))


# -- Germany


@row("AP_DE_830")
def test_german_participants_answer_for_parts_they_did_not_cause() -> None:
    parts = {40: ["b"]}
    unclear = (("UnidentifiedCauseAmongParticipants", "a", "h"), ("UnidentifiedCauseAmongParticipants", "b", "h"))
    assert owes(scene("DE", theory="TORT_DE_823", parts=parts)) == {"a": 60, "b": 100}
    assert owes(scene("DE", theory="TORT_DE_823", parts=parts, ties=unclear)) == {"a": 100, "b": 100}
    assert owes(scene("DE", theory="TORT_DE_823", parts=parts, ties=CONCERT)) == {"a": 100, "b": 100}
    helper = (("SubstantialAssistance", "a", "b"),)
    assert owes(scene("DE", theory="TORT_DE_823", parts=parts, ties=helper)) == {"a": 100, "b": 100}
    assert owes(scene("DE", theory="TORT_DE_823", parts=parts, denied=CONCERT)) == {"a": 60, "b": 100}


@row("AP_DE_840")
def test_german_debtors_by_heads_unless_determined() -> None:
    found = scene("DE", ("a", "b", "c"), theory="TORT_DE_823")
    assert owes(found) == dict.fromkeys("abc", 100)
    assert bears(found) == dict.fromkeys("abc", pytest.approx(100 / 3))
    assert bears(scene("DE", theory="TORT_DE_823", shares={"a": 0.8, "b": 0.2})) == {"a": 80, "b": 20}
    broke = scene("DE", ("a", "b", "c"), theory="TORT_DE_823", party={"c": "Insolvent"})
    assert bears(broke) == {"a": 50, "b": 50, "c": 0} and collects(broke) == 100
    own = scene("DE", theory="TORT_DE_823", shares={"a": 0.5, "b": 0.3, "v": 0.2}, defence="DF_CONTRIB_DE")
    assert owes(own) == {"a": 80, "b": 80} and bears(own) == {"a": 50, "b": 30}


@row("AP_DE_840_2")
def test_german_employee_alone_between_the_two() -> None:
    tie = (("EmploymentRelation", "worker", "boss"),)
    found = scene("DE", ("worker", "boss"), theory="TORT_DE_823", ties=tie)
    assert owes(found) == {"worker": 100, "boss": 100} and bears(found) == {"worker": 100, "boss": 0}
    assert recourse(found) == {("boss", "worker"): 100}
    assert bears(scene("DE", ("worker", "boss"), theory="TORT_DE_823", denied=tie)) == {"worker": 50, "boss": 50}
    assert bears(scene("DE", ("worker", "boss"), theory="TORT_DE_823")) == {"worker": 50, "boss": 50}


@row("AP_DE_PROD")
def test_german_producers() -> None:
    found = scene("DE", theory="PL_DE", shares={"a": 0.7, "b": 0.3})
    assert (
        regimes(found) == {"AP_DE_PROD"} and owes(found) == {"a": 100, "b": 100} and bears(found) == {"a": 70, "b": 30}
    )
    assert bears(scene("DE", theory="PL_DE")) == {"a": 50, "b": 50}
    assert owes(scene("DE", ("a",), theory="PL_EU_1985")) == {"a": 100}


# -- the table


def test_every_row_is_data() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in files("data", ".ttl") if path.stem == "apportionment")
    assert [key for key in TESTED if f"doctrine:{key} a ans:" not in text] == []


@pytest.mark.skipif(not Path(TABLE).exists(), reason="the law tables are not beside the project")
def test_every_row_is_tested() -> None:
    with Path(TABLE).open(encoding="utf-8", newline="") as file:
        assert {line["id"] for line in csv.DictReader(file)} == TESTED


def test_a_loss_without_amount_stays_open_and_is_asked_for() -> None:
    found = scene("US-MA", shares=SIXTY, amount=None)
    (missing,) = one(found).exposures[one(found).harm.replace("/h>", "/a>")].unknowns
    assert missing.ask and owes(found) == {"a": (0, None), "b": (0, None)}
