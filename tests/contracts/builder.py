"""A small case around one contract, of which each test changes what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from answerable import casefile
from answerable.assess import Passes
from answerable.assessment import ContractEffect
from answerable.contracts import effects
from answerable.iris import CASE
from answerable.terms import iri

DAY = "2027-03-01"
AS_OF = date(2027, 6, 1)


def case(
    clause: Mapping[str, Any],
    forum: str = "US-TX",
    harm: str = "PureEconomicLoss",
    to: str = "victim",
    on: str | None = DAY,
    says: Iterable[tuple[str, str] | tuple[str, str, bool]] = (),
    customer: str = "Organisation",
    contract: str = "ServiceAgreement",
    **sections: Any,
) -> Passes:
    """A vendor and a customer with one clause between them, and a harm through the vendor's system.

    Args:
        to: who suffers the harm: the victim, a stranger to the contract, or the customer.
        says: circumstances (class, subject), or (class, subject, false) for a stated no.
        sections: further records of the case by section.
    """
    loss = {"id": "loss", "type": harm, "to": to, "through": "system", "amount": "1000", "currency": "EUR"}
    loss |= {"on": on} if on else {}
    circumstances = [{"is": fact, "of": of, "holds": not no or no[0]} for fact, of, *no in says]
    data: dict[str, Any] = {
        "answerable": 1,
        "id": "test",
        "forum": forum,
        "as_of": AS_OF.isoformat(),
        "parties": [
            {"id": "vendor", "type": "Organisation"},
            {"id": "customer", "type": customer},
            {"id": "victim", "type": "NaturalPerson"},
        ],
        "artefacts": [{"id": "system", "type": "AISystem"}],
        "contracts": [
            {
                "id": "terms",
                "type": contract,
                "between": ["vendor", "customer"],
                "of": "system",
                "clauses": [{"id": "clause", "protects": "vendor", "burdens": "customer", **clause}],
            }
        ],
        "harms": [loss],
        "circumstances": circumstances,
    }
    for section, records in sections.items():
        data[section] = [*data.get(section, []), *records]
    return Passes.of(casefile.from_data(data))


HARM = iri(f"{CASE}test/loss")


def found(passes: Passes) -> list[ContractEffect]:
    """The effects of the clause for the harm."""
    return effects(passes, HARM)


def statuses(passes: Passes, rule: str) -> set[tuple[str, str]]:
    """What a rule makes of the clause: the status, and towards whom; `parties` for between them."""
    return {(e.status, e.against or "parties") for e in found(passes) if e.rule == rule}
