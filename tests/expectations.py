"""What an assessment shows against what a case expects of it."""

from __future__ import annotations

from answerable.assessment import Assessment
from answerable.cases import Expectation


def mismatches(found: Assessment, expected: Expectation) -> list[str]:
    """A line for each expectation that the assessment does not meet."""
    return [*obligations(found, expected), *roles(found, expected), *liability(found, expected), *rest(found, expected)]


def obligations(found: Assessment, expected: Expectation) -> list[str]:
    wrong = []
    for status in ("binding", "applicable", "recommended", "open", "exempt", "not_yet_applicable", "not_binding"):
        for entry in getattr(expected.obligations, status):
            mine = [o for o in (*found.obligations, *found.rules) if (o.norm, o.bearer) == (entry.norm, entry.bearer)]
            if entry.about:
                mine = [o for o in mine if o.about == entry.about]
            if status == "not_binding":
                if any(o.status in ("binding", "applicable") for o in mine):
                    wrong.append(f"{entry.norm} binds {entry.bearer}")
                continue
            fitting = [o for o in mine if o.status == status]
            if entry.standing:
                fitting = [o for o in fitting if o.standing == entry.standing]
            if not fitting:
                shown = [(o.status, o.standing) for o in mine]
                wrong.append(f"{entry.norm} of {entry.bearer}: expected {status} {entry.standing or ''}, is {shown}")
    return wrong


def roles(found: Assessment, expected: Expectation) -> list[str]:
    wrong = []
    for entry in expected.roles:
        held = [r for r in found.roles if r.party == entry.party and r.role == entry.role]
        held = [r for r in held if not entry.in_ or r.artefact == entry.in_]
        held = [r for r in held if not entry.standing or r.standing == entry.standing]
        if bool(held) is not entry.held:
            mine = [(r.role, r.artefact, r.standing) for r in found.roles if r.party == entry.party]
            wrong.append(f"{entry.party} {entry.role} in {entry.in_}: expected {entry.held}; holds {mine}")
    return wrong


def liability(found: Assessment, expected: Expectation) -> list[str]:
    wrong = []
    for theory in expected.liability:
        mine = [x for x in found.liability if (x.theory, x.party) == (theory.theory, theory.party)]
        mine = [x for x in mine if not theory.harm or x.harm == theory.harm]
        if theory.status not in {x.status for x in mine} and not (theory.status == "blocked" and not mine):
            wrong.append(f"{theory.theory} against {theory.party}: expected {theory.status}, is {mine}")
    for entry in expected.accountable:
        answers = [a for a in found.accountable if (a.party, a.kind) == (entry.party, entry.kind)]
        answers = [a for a in answers if not entry.harm or a.harm == entry.harm]
        if entry.status not in (None, *(a.status for a in answers)) or not answers:
            wrong.append(f"{entry.party} {entry.kind}: expected {entry.status}, is {answers}")
    return wrong


def rest(found: Assessment, expected: Expectation) -> list[str]:
    wrong = []
    voids = {v.void for v in found.voids}
    wrong += [f"void {v} is not found" for v in expected.voids if v not in voids]
    wrong += [f"void {v} is found" for v in expected.absent_voids if v in voids]
    asked = {q.fact for q in found.open_questions}
    wrong += [f"{q} is not asked" for q in expected.open_questions if q not in asked]
    for inside in expected.organisation:
        mine = [a for a in found.organisation if (a.party, a.function) == (inside.party, inside.function)]
        if bool([a for a in mine if inside.harm in (None, a.harm)]) is not inside.holds:
            functions = [(a.function, a.harm) for a in found.organisation if a.party == inside.party]
            wrong.append(f"{inside.party} {inside.function}: expected {inside.holds}, is {functions}")
    for entry in expected.sanctions:
        everything = (*found.obligations, *found.rules)
        fines = [o.sanction for o in everything if (o.norm, o.bearer) == (entry.norm, entry.bearer) and o.sanction]
        fitting = [f for f in fines if f.max == entry.max]
        fitting = [f for f in fitting if entry.tier in (None, f.norm) and entry.currency in (None, f.currency)]
        fitting = [f for f in fitting if entry.national in (None, f.set_by_national_law)]
        if not fitting:
            wrong.append(f"fine of {entry.bearer} under {entry.norm}: expected {entry}, is {fines}")
    for item in expected.screenings:
        statuses = [c.status for c in found.screenings if (c.artefact, c.norm) == (item.artefact, item.norm)]
        if item.status not in statuses:
            wrong.append(f"{item.artefact} under {item.norm}: expected {item.status}, is {statuses}")
    for link in expected.conflict_of_laws:
        mine = [c for c in found.conflict_of_laws if (c.harm, c.kind) == (link.harm, link.kind)]
        fits = [c for c in mine if c.country == link.country and link.rule in (None, c.rule)]
        if bool(fits) is not link.holds:
            wrong.append(f"{link.kind} of {link.harm}: expected {link}, is {mine}")
    return wrong
