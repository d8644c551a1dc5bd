"""Every theory: established on the smallest record, blocked without one element, barred, and turned by a position."""

from __future__ import annotations

import pytest

from answerable.assessment import Liability
from tests.doctrine.scenes import (
    DEFENDANT,
    HARM,
    SPECIAL,
    Scene,
    bars,
    day_before,
    defence_node,
    elements,
    established,
    key,
    kinds,
    names,
    node,
    presumptions,
    raised,
    theories,
    values,
)

STAYED = [t for t in theories() if values(node(t), "isStayed")]
LIVE = [t for t in theories() if t not in STAYED]
REQUIRED = [
    (t, key(e))
    for t in LIVE
    for e in elements(t)
    if kinds(e) & {"RequiredElement", "DerivativeElement"}
    and not names(e, "isAlternativeTo")
    and not any(key(e) in names(other, "isAlternativeTo") for other in elements(t))
]
PAIRS = [(t, e, other) for t in LIVE for e in elements(t) for other in values(e, "isAlternativeTo")]
ALTERNATIVES = [(t, key(e), key(other)) for t, e, other in PAIRS if "RebuttalElement" not in kinds(other)]
REPLIES = [
    (t, key(e), d)
    for t, e, other in PAIRS
    if "RebuttalElement" in kinds(other)
    for d in names(node(t), "hasDefence")
    if key(other) in names(defence_node(d), "negatesElement")
]
READINGS = [(t, key(r)) for t in LIVE for e in elements(t) for r in values(e, "hasContestedReading")]
CONTESTED = [(t, b) for t in LIVE for b in bars(t) if values(defence_node(b), "presupposes")]
BARS = [(t, b) for t in LIVE for b in bars(t) if (t, b) not in CONTESTED]


@pytest.mark.parametrize("theory", LIVE)
def test_it_is_established_on_the_smallest_record(theory: str) -> None:
    assert established(theory).status() == "established"


@pytest.mark.parametrize(("theory", "element"), REQUIRED)
def test_it_is_blocked_without_one_element(theory: str, element: str) -> None:
    """An element may be what brings the theory into play, and it may be presumed until that is rebutted."""
    scene = established(theory, without=[element])
    against = {p: False for r in values(node(element), "hasContestedReading") for p in names(r, "presupposes")}
    status = scene.status(against)
    if not status:
        gates = set(names(node(theory), "comesIntoPlayWith")) & set(names(node(element), "hasAlternative"))
        assert gates or "gate" in SPECIAL.get(element, {}), "not looked into, though another class opens it"
        return
    if (found := states(scene, against))[element] == "presumed":
        assert status == "established"
        for presumption in presumptions(element):
            scene.show(names(presumption, "isRebuttedBy")[0])
        assert scene.status(against) == "blocked"
        return
    assert status == "blocked"
    assert {e for e, s in found.items() if s in ("missing", "defeated")} == {element}


def states(scene: Scene, positions: dict[str, bool]) -> dict[str, str]:
    return {e.element: e.status for e in claim(scene, positions).elements}


def claim(scene: Scene, positions: dict[str, bool] | None = None) -> Liability:
    """The theory of the scene against its defendant."""
    liability = scene.passes(positions).assessment.liability
    (found,) = (x for x in liability if (x.theory, x.party, x.harm) == (scene.theory, DEFENDANT, HARM))
    return found


@pytest.mark.parametrize(("theory", "element", "other"), ALTERNATIVES)
def test_one_of_two_alternative_elements_is_enough(theory: str, element: str, other: str) -> None:
    assert established(theory, without=[element]).status() == "established"
    assert established(theory, without=[other]).status() == "established"
    assert established(theory, without=[element, other]).status() == "blocked"


@pytest.mark.parametrize(("theory", "element", "defence"), REPLIES)
def test_a_reply_to_a_rebuttal_is_needed_only_once_the_rebuttal_is_shown(
    theory: str, element: str, defence: str
) -> None:
    assert established(theory, without=[element]).status() == "established"
    rebutted = raised(theory, defence, without=[element])
    assert rebutted.status() == "blocked"
    assert raised(theory, defence).status() == "established"


@pytest.mark.parametrize("theory", LIVE)
def test_a_full_bar_blocks_it(theory: str) -> None:
    found = [b for b in bars(theory) if (theory, b) in BARS]
    assert found, "no full bar that its forum knows"


@pytest.mark.parametrize(("theory", "bar"), BARS)
def test_each_full_bar_blocks_it(theory: str, bar: str) -> None:
    scene = raised(theory, bar)
    assert scene.status() == "blocked"
    assert bar in {d.defence for d in claim(scene).defences}


@pytest.mark.parametrize(("theory", "bar"), CONTESTED)
def test_a_contested_bar_waits_for_the_position(theory: str, bar: str) -> None:
    scene = raised(theory, bar)
    (position,) = names(defence_node(bar), "presupposes")
    assert scene.status() == "arguable"
    assert scene.status({position: True}) == "established"
    assert scene.status({position: False}) == "blocked"


@pytest.mark.parametrize(("theory", "reading"), READINGS)
def test_where_the_law_is_contested_the_position_decides(theory: str, reading: str) -> None:
    scene = established(theory, read=reading)
    (position,) = names(node(reading), "presupposes")
    assert scene.status() == "arguable"
    assert scene.status({position: True}) == "established"
    assert scene.status({position: False}) == "blocked"


@pytest.mark.parametrize("theory", [t for t in LIVE if day_before(node(t))])
def test_it_does_not_govern_what_came_before_it(theory: str) -> None:
    scene = established(theory)
    before = day_before(node(theory))
    assert before is not None
    scene.on = before
    assert scene.status() == "blocked"


@pytest.mark.parametrize("theory", STAYED)
def test_a_stayed_theory_is_never_established(theory: str) -> None:
    assert established(theory).status() == "blocked"
