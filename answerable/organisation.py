"""Inside the organisations: who decided, signed off, changed, fixed, and who should have prevented.

A layer beside the law: liability falls on the organisation, never on a unit of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from answerable.assessment import InternalAnswer
from answerable.terms import ans

if TYPE_CHECKING:
    from answerable.assess import Passes


def internal_answers(passes: Passes) -> list[InternalAnswer]:
    """What units, persons and contractors did or owned about what each harm runs through, harm by harm."""
    parents = {unit: party for party, unit in passes.pairs("hasUnit")}
    found = []
    for node in passes.nodes("InternalAnswer"):
        actor, harm = passes.value(node, "isAnswerOf"), passes.value(node, "isAnswerFor")
        function = passes.value(node, "hasFunction")
        if actor is None or harm is None or function is None:
            continue
        parent = parents.get(actor)
        triple = (node, ans("isAnswerOf"), actor)
        found.append(
            InternalAnswer(
                harm=passes.key(harm),
                organisation=None if parent is None else passes.key(parent),
                party=passes.key(actor),
                function=passes.key(function),
                because=passes.keys(node, "isAnswerBecauseOf"),
                standing=passes.standing(triple),
                proof=passes.proof(node, "isAnswerOf", actor),
            )
        )
    return sorted(found, key=lambda a: (a.harm, a.organisation or a.party, a.party, a.function))
