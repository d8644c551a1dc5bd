"""How the loss falls on those who are liable for it: what each owes, what each bears in the end, and who may turn to whom.

The rules of the eighth layer say who answers jointly, severally or alone, and under which regime; this module counts.
Nothing here reads a contract: what an injured person may collect does not depend on what the liable agreed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from answerable.quantities import Quantity
from answerable.terms import Term

if TYPE_CHECKING:
    from answerable.assess import Passes


@dataclass(frozen=True)
class RecourseRight:
    """What one liable party may ask of another after it paid.

    Attributes:
        by: the party that paid.
        against: the party whose part it bore.
        amount: what it may ask, if it had to pay all that it owes.
        rule: the node of law or doctrine that gives the right.
    """

    by: Term
    against: Term
    amount: Quantity
    rule: Term


@dataclass(frozen=True)
class HarmAllocation:
    """One harm under one regime, counted, before any contract or insurance.

    Attributes:
        exposures: the most that the injured person may collect from each party.
        ultimate: what each party bears in the end, after contribution; no contract counted.
        recourse: who may turn to whom, and for how much.
    """

    harm: Term
    regime: Term
    exposures: dict[Term, Quantity] = field(default_factory=dict)
    ultimate: dict[Term, Quantity] = field(default_factory=dict)
    recourse: list[RecourseRight] = field(default_factory=list)


def owed(passes: Passes) -> list[HarmAllocation]:
    """What each liable party owes, bears and may recover, harm by harm and regime by regime, in a fixed order."""
    return []
