"""What the clauses of the contracts around a harm do, to whom, and what they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from answerable.assessment import ClauseStatus, ContractEffect, OpenQuestion
from answerable.quantities import Quantity, product, stated, unknown
from answerable.terms import Term, ans

if TYPE_CHECKING:
    from answerable.assess import Passes

Validity = Literal["stands", "open", "fails", "none"]

STATUS: dict[str, ClauseStatus] = {
    "BindsParties": "binds_parties",
    "VoidAgainst": "void",
    "DoesNotBind": "does_not_bind",
    "OpenToFairnessTest": "open_to_fairness_test",
    "OpenToReasonablenessTest": "open_to_reasonableness_test",
    "OpenToPolicyTest": "open_to_policy_test",
    "HangsOnConditions": "hangs_on_conditions",
    "ConditionsFail": "conditions_fail",
    "MayBenefit": "may_benefit",
}


def clauses(passes: Passes, harm: Term) -> list[Term]:
    """The clauses of the contracts that bear on a harm, in a fixed order."""
    bearing = [contract for contract, harms in passes.column("bearsOnHarm").items() if harm in harms]
    return sorted({clause for contract in bearing for clause in passes.values(contract, "hasClause")})


def effects(passes: Passes, harm: Term) -> list[ContractEffect]:
    """What each clause does for a harm, and against whom it does nothing."""
    about, tested, found = passes.column("isForHarm"), _tests(passes, harm), []
    for clause in clauses(passes, harm):
        for effect in passes.values(clause, "hasClauseEffect"):
            if harm not in about.get(effect, [harm]):
                continue
            rule, status = passes.value(effect, "isUnderRule"), passes.value(effect, "hasClauseStatus")
            assert rule is not None and status is not None
            name = STATUS[passes.key(status)]
            test = tested.get((clause, rule))
            standing = passes.standing((clause, ans("hasClauseEffect"), effect))
            stands = name == "binds_parties"
            found.append(
                ContractEffect(
                    clause=passes.key(clause),
                    standing=standing,
                    status=name,
                    between=passes.keys(effect, "isBetween"),
                    against=passes.key(passes.value(effect, "isAgainst")) or None,
                    rule=passes.key(rule),
                    consequences=passes.keys(rule, "hasConsequence") if stands else [],
                    opens=passes.keys(rule, "opensTheory") if stands else [],
                    because=_because(passes, clause, effect, test, name),
                    open=passes.keys(test, "leavesGroundOpen") if test is not None and name != "void" else [],
                    verification=passes.verification(rule),
                    proof=passes.proof(clause, "hasClauseEffect", effect),
                )
            )
    return found


def _because(passes: Passes, clause: Term, effect: Term, test: Term | None, status: ClauseStatus) -> list[str]:
    """The grounds, conditions, roles or policies that an effect rests on."""
    found = [*passes.keys(effect, "cannotDisplace"), *passes.keys(effect, "hangsOn")]
    if test is not None and status in ("void", "does_not_bind", "conditions_fail"):
        found += passes.keys(test, "showsGround")
    if status == "binds_parties":
        found += passes.keys(clause, "isBreachedThrough")
    return list(dict.fromkeys(found))


def _tests(passes: Passes, harm: Term) -> dict[tuple[Term, Term], Term]:
    """The tests for a harm by clause and rule."""
    clause, rule = passes.column("testsClause"), passes.column("testsUnder")
    return {(clause[t][0], rule[t][0]): t for t, harms in passes.column("testsForHarm").items() if harm in harms}


def validity(passes: Passes, clause: Term, harm: Term) -> Validity:
    """Whether a clause stands between the parties for a harm; none where no rule on file speaks to it.

    What one record says and the other does not is open, and so is a clause that would stand but for a doubt.
    """
    runs = (passes.settled, passes.arguable)
    stands, fails, waits = (
        [run.holds((clause, ans(name), harm)) for run in runs] for name in ("standsFor", "failsFor", "isOpenFor")
    )
    if all(fails):
        return "fails"
    if any(fails) or any(waits):
        return "open"
    return "stands" if all(stands) else "open" if any(stands) else "none"


def reach(passes: Passes, clause: Term, harm: Term) -> Validity:
    """Whether a harm is within the scope of a clause."""
    if passes.says(clause, "sparesHarm", harm):
        return "fails"
    return "stands" if passes.standing((clause, ans("reachesHarm"), harm)) == "established" else "open"


def limit(passes: Passes, clause: Term, currency: str) -> Quantity | None:
    """The amount of a clause, counted in months of fees where it says so; nothing where it names none."""
    label = passes.words.label(clause) or passes.key(clause)
    own = passes.text(clause, "hasCurrency") or currency
    amount = passes.number(clause, "hasAmount")
    if amount is not None:
        return stated(f"amount of {label}", amount, _fact(passes, clause, "hasAmount"), own)
    months = passes.number(clause, "hasMonthsOfFees")
    if months is None:
        return None
    count = stated(f"months of fees in {label}", months, _fact(passes, clause, "hasMonthsOfFees"))
    fee = passes.number(clause, "hasMonthlyFee")
    monthly = (
        stated(f"fees of a month under {label}", fee, _fact(passes, clause, "hasMonthlyFee"), own)
        if fee is not None
        else unknown(f"fees of a month under {label}", FEES, own)
    )
    return product(count, monthly, f"amount of {label}")


FEES = "How much were the fees of one month under the contract?"


def _fact(passes: Passes, node: Term, name: str) -> tuple[Term, Term, Term]:
    value = passes.value(node, name)
    assert value is not None
    return node, ans(name), value


def questions(passes: Passes) -> list[OpenQuestion]:
    """What clauses hang on and nobody stated: grounds to be ruled out, conditions to be shown, fees that give a cap."""
    changes: dict[Term, dict[str, None]] = {}
    clause_of, rule_of = passes.column("testsClause"), passes.column("testsUnder")

    def ask(fact: Term, test: Term) -> None:
        changes.setdefault(fact, {})[passes.key(clause_of[test][0])] = None

    for test, grounds in sorted(passes.settled.read(ans("leavesGroundOpen")).items()):
        tested = passes.values(rule_of[test][0], "isTestedFor")
        for ground in grounds:
            if ground in tested and passes.says(test, "leavesClauseOpen", clause_of[test][0]):
                ask(ground, test)
    for test, conditions in sorted(passes.settled.read(ans("awaitsProofOf")).items()):
        for condition in conditions:
            ask(condition, test)
    found, refuted = passes.settled.read(ans("findsCondition")), passes.settled.read(ans("refutesCondition"))
    for test, missed in sorted(passes.settled.read(ans("missesCondition")).items()):
        if test in found and test not in refuted:
            for condition in missed:
                if passes.values(condition, "hasQuestion"):
                    ask(condition, test)
    result = [passes.question(fact, list(names)) for fact, names in sorted(changes.items())]
    for clause in sorted(passes.column("hasMonthsOfFees")):
        if passes.number(clause, "hasMonthlyFee") is None and passes.number(clause, "hasAmount") is None:
            key = passes.key(clause)
            result.append(OpenQuestion(fact=f"fees ({key})", would_change=[key], ask=FEES))
    return result
