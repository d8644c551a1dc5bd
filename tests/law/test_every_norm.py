"""Every row of the two tables of norms works: a generated case in which it does, and one in which it does not.

A norm with an addressee binds, or applies, when its conditions are met, and no longer when one of them is taken away or
stated not to hold. The other kinds of rows are proved by what they do to norms, roles and classes.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from answerable import rooms
from answerable.engine import knowledge
from answerable.terms import ans, iri
from tests.data.tables import needs_tables, rows
from tests.law.minimal import (
    SCENES,
    Scene,
    Way,
    answer,
    bearers,
    conditions,
    day_and_routes,
    day_of,
    entry_into_force,
    first,
    in_force_in,
    key,
    kinds,
    law,
    names,
    roles,
    spans,
    ways,
)

TABLES = ("obligations", "gdpr_obligations")
COVERED = list(csv.DictReader((rooms.room("data") / "law" / "coverage.csv").open(encoding="utf-8", newline="")))
IDS = sorted(row["id"] for row in COVERED if row["table"] in TABLES)

# A provider of a model supplies it for a system: the duty of Article 25(4) is owed there, in the role of supplier.
BOUND_IN_ANOTHER_ROLE = {("AIA_25_4", "AIActGPAIProvider"): "AIActThirdPartySupplier"}


def kinds_of_proof(name: str) -> set[str]:
    """The ways in which a row is to be proved, from what it is."""
    is_a = kinds(name)
    found = set()
    if "TestedNorm" in is_a and bearers(name):
        found.add("binds or applies")
    if "Exception" in is_a:
        found.add("lifts a norm")
    if "Sanction" in is_a and "TestedNorm" not in is_a:
        found.add("sanctions a norm")
    if "TransitionalRule" in is_a:
        found.add("moves a norm")
    if "RoleShift" in is_a:
        found.add("shifts a role")
    if is_a & {"Classification", "Definition"} and not bearers(name):
        found.add("classifies" if "Classification" in is_a else "defines")
    if "LiabilityRule" in is_a and not bearers(name):
        found.add("founds liability")
    return found


PROOFS = {name: kinds_of_proof(name) for name in IDS}


def proved(way: str) -> list[str]:
    return [name for name, found in PROOFS.items() if way in found]


def subjects(predicate: str, name: str) -> list[str]:
    return sorted(key(s) for s in knowledge().index.subjects(ans(predicate), law(name)))


def some_way(name: str) -> Way:
    """The first way in which a norm is in force, for the first of its bearers that has one."""
    found = [way for role in bearers(name) if (way := first(name, role))]
    assert found, f"{name} binds nobody"
    return found[0]


# -- norms with an addressee


@pytest.mark.parametrize("name", proved("binds or applies"))
def test_it_binds_each_of_its_bearers(name: str) -> None:
    for role in bearers(name):
        role = BOUND_IN_ANOTHER_ROLE.get((name, role), role)
        way = first(name, role)
        assert way, f"{name} cannot bind {role}: {[answer(w.build()).status.get(name) for w in ways(name, role)]}"


@pytest.mark.parametrize("name", [n for n in proved("binds or applies") if any(len(o) > 1 for o in conditions(n))])
def test_each_alternative_of_a_condition_is_enough(name: str) -> None:
    for alternatives in conditions(name):
        for alternative in alternatives if len(alternatives) > 1 else ():
            found = (
                way for role in bearers(name) for way in ways(name, role, alternative) if in_force_in(way.build(), name)
            )
            assert next(found, None), f"{name} does not bind on {alternative}"


@pytest.mark.parametrize("name", [n for n in proved("binds or applies") if conditions(n)])
def test_it_does_not_bind_without_one_of_its_conditions(name: str) -> None:
    way = some_way(name)
    separable = way.separable()
    if not separable:
        # All of them come with the role.
        assert name not in answer(way.build().without(way.source["gives"])).status
    for alternatives in separable:
        scene = way.build(but=alternatives)
        assert not in_force_in(scene, name), f"{name} binds where nobody said {alternatives}"
        for alternative in set(alternatives) - roles():
            scene.deny(alternative)
        status = answer(scene).status.get(name)
        # That a party does not hold a role is never stated: who is asked for it is still asked.
        still = {None, "open"} if roles() & set(alternatives) else {None}
        assert status in still, f"{name} is {status} where {alternatives} is denied"


@pytest.mark.parametrize("name", proved("binds or applies"))
def test_it_does_not_bind_without_what_gives_the_role(name: str) -> None:
    for role in bearers(name):
        way = first(name, role)
        if way is None:
            continue
        found = answer(way.build().without(way.source["gives"]))
        assert role not in found.roles, f"{role} is held without {way.source['gives']}"
        if not found.roles & set(bearers(name)):
            assert name not in found.status, f"{name} is {found.status[name]} without the role"


def test_the_provider_of_a_model_supplies_it_in_the_role_of_supplier() -> None:
    ((name, role), other), *_ = BOUND_IN_ANOTHER_ROLE.items()
    found = [way for way in ways(name, other) if any(a["type"] == "GPAIModel" for a in way.source["artefacts"])]
    assert any(in_force_in(way.build(), name) for way in found)
    assert role in bearers(name)


# -- rows that work through others


@pytest.mark.parametrize("name", proved("lifts a norm"))
def test_an_exception_lifts_its_norms(name: str) -> None:
    lifted = subjects("hasException", name)
    assert lifted, f"{name} is an exception to nothing"
    for norm in lifted:
        way = some_way(norm)
        assert in_force_in(way.build(), norm)
        found = [answer(way.build(also=chosen)).status.get(norm) for chosen in product(*conditions(name))]
        assert set(found) == {"exempt"}, f"{norm} is {found} where {name} is met"


def tiers(name: str) -> list[str]:
    """The fines in which a row on sanctions consists."""
    related = knowledge().index.objects(law(name), iri("http://purl.org/dc/terms/relation"))
    found = {*subjects("isPartOf", name), *map(key, related)}
    return sorted(tier for tier in found if "Sanction" in kinds(tier))


@pytest.mark.parametrize("name", proved("sanctions a norm"))
def test_a_sanction_threatens_a_norm_in_force(name: str) -> None:
    if not tiers(name):
        related = knowledge().index.subjects(iri("http://purl.org/dc/terms/relation"), law(name))
        duties = [key(norm) for norm in related if bearers(key(norm))]
        assert any(first(norm, role) for norm in duties for role in bearers(name)), f"{name} obliges nobody"
    for tier in tiers(name):
        replaced = names(law(tier), "takesPlaceOf")
        carriers = [norm for one in (replaced or [tier]) for norm in subjects("isSanctionedBy", one)]
        found = (
            way
            for norm in carriers
            for role in (bearers(name) if replaced else bearers(norm))
            for way in [first(norm, role)]
            if way and answer(way.build()).tiers.get(norm) == tier
        )
        assert next(found, None), f"{tier} threatens none of {carriers}"


@pytest.mark.parametrize("name", proved("moves a norm"))
def test_a_transitional_rule_moves_a_norm(name: str) -> None:
    parts = [part for part in (name, *subjects("isPartOf", name)) if conditions(part)]
    assert parts, f"{name} has no condition under which it moves anything"
    for part in parts:
        last = day_of(law(part), "defersTo")
        moved = [
            (norm, role)
            for norm in subjects("isSubjectTo", part)
            for role in bearers(name)
            if role in bearers(norm) and spans(norm) and (last is None or spans(norm)[0].last >= last)
        ]
        assert moved, f"{part} moves no norm"
        # The norm that the fewest rules could move shows best that it was this one.
        norm, role = min(moved, key=lambda one: (len(names(law(one[0]), "isSubjectTo")), one))
        way = first(norm, role)
        assert way
        (chosen,) = product(*conditions(part))
        scene = way.build(also=chosen)
        assert in_force_in(way.build(), norm)
        assert answer(scene).status.get(norm) == ("not_yet_applicable" if last else "exempt")
        if last:
            scene.day = last
            assert in_force_in(scene, norm), f"{norm} does not apply on the day to which {part} moves it"


def shift_scenes(name: str, role: str) -> list[tuple[Scene, Scene]]:
    """Cases in which a role shifts, each with the same case without what shifts it."""
    if name in SCENES["rules"]:
        scene = Scene.of(SCENES["rules"][name], entry_into_force(name))
        plain = Scene.of(SCENES["roles"][role][0], scene.day)
        return [(scene, plain)]
    found = []
    for way in ways(name, role):
        without = [way.build(but=alternatives) for alternatives in way.separable()]
        found += [(way.build(), one) for one in without or [way.build().without(way.source["gives"])]]
    return found


@pytest.mark.parametrize("name", proved("shifts a role"))
def test_a_role_rests_on_its_shift(name: str) -> None:
    for role in bearers(name):
        cases = shift_scenes(name, role)
        assert cases
        for scene, plain in cases:
            assert name in answer(scene).rests, f"no role rests on {name}"
            assert name not in answer(plain).rests, f"a role rests on {name} without what shifts it"


@pytest.mark.parametrize("name", proved("classifies"))
def test_a_classification_decides_on_a_class(name: str) -> None:
    given = SCENES["classifications"][name]
    wanted = given.get("gives") or given["takes"]
    day, _ = day_and_routes(name)

    def has(met: tuple[str, ...], denied: tuple[str, ...]) -> bool:
        way = Way(name, "AIActProvider", 0, day, "", met)
        scene = way.build(but=denied, also=[c for c in given.get("has", ()) if c not in denied])
        for one in (*denied, *(c for c in given.get("lacks", ()) if c not in met)):
            scene.deny(one)
        return wanted in answer(scene).classes

    options = conditions(name)
    for chosen in product(*options):
        assert has(chosen, ()) is ("gives" in given), f"{name} on {chosen}"
    for alternatives in options:
        rest = tuple(o[0] for o in options if o != alternatives)
        assert has(rest, alternatives) is ("takes" in given), f"{name} without {alternatives}"


@pytest.mark.parametrize("name", proved("defines"))
def test_a_definition_shows_in_a_conclusion(name: str) -> None:
    given = SCENES["definitions"][name]
    day, _ = day_and_routes(name)
    provisions = {p.strip("<>") for p in knowledge().objects(law(name), "hasProvision")}
    subject = iri("http://purl.org/dc/terms/subject")
    defined = {key(term) for term in knowledge().index.objects(law(name), subject)}

    def shows(scene: Scene) -> bool:
        found = answer(scene)
        cited = given["role"] in found.roles and provisions & {c.strip("<>") for c in found.cited}
        return name in found.rests or bool(cited or defined & found.classes)

    way = Way(name, given["role"], 0, day, "", tuple(given.get("has", ())))
    other = replace(way, chosen=tuple(given["instead"])).build() if "instead" in given else None
    assert shows(way.build()), f"{name} shows nowhere"
    assert not shows(other or way.build().without(way.source["gives"])), f"{name} shows where it should not"


@pytest.mark.parametrize("name", proved("founds liability"))
def test_a_rule_on_liability_founds_a_theory(name: str) -> None:
    given = SCENES["liability"][name]
    day, _ = day_and_routes(name)
    options = conditions(name)
    assert options

    def established(denied: tuple[str, ...]) -> bool:
        scene = Scene.of(SCENES["roles"][given["role"]][0], day)
        scene.records["harms"] = given["harms"]
        for one in (*given["has"], *(a for o in options for a in o if o != denied)):
            scene.meet(one)
        for one in denied:
            scene.deny(one)
        return given["theory"] in answer(scene).theories

    assert established(())
    for alternatives in options:
        assert not established(alternatives), f"{given['theory']} is established without {alternatives}"


# -- nothing is left out


def test_every_row_is_proved() -> None:
    unproved = sorted(name for name, found in PROOFS.items() if not found)
    assert not unproved, f"nothing proves {unproved}"
    counted = Counter(way for found in PROOFS.values() for way in found)
    print(f"\n{len(PROOFS)} rows of {' and '.join(TABLES)}")
    for way, number in counted.most_common():
        print(f"{number:4} {way}")


@needs_tables
def test_the_rows_are_those_of_the_tables() -> None:
    assert sorted(row["id"] for row in rows(*TABLES)) == IDS
