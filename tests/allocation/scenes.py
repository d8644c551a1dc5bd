"""Small scenes of liability, stated as the layers below would conclude it, and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pyoxigraph as ox

from answerable.allocation import HarmAllocation
from answerable.assess import Passes
from answerable.cases import Case
from answerable.engine import drawing
from answerable.records import prefixes
from answerable.terms import Term, read_triple

SPACES = prefixes() | {"case": f"{prefixes()['case']}test/"}
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in SPACES.items())
CASE = Case.model_validate({"answerable": "1", "id": "test"})
DAY = date(2026, 11, 20)


def scene(
    forum: str,
    liable: Mapping[str, str] | Sequence[str] = ("a", "b"),
    *,
    theory: str = "TORT_NEG",
    shares: Mapping[str, float] = {},
    amount: float | None = 100,
    harm: str = "PersonalInjury",
    heads: Sequence[tuple[str, float] | tuple[str, float, str]] = (),
    parts: Mapping[float, Sequence[str]] = {},
    settled: Mapping[str, tuple[float, bool | None]] = {},
    party: Mapping[str, str] = {},
    ties: Sequence[tuple[str, str, str]] = (),
    denied: Sequence[tuple[str, str, str]] = (),
    defence: str = "",
    through: str = "",
    day: str = "2026-04-13",
    extra: str = "",
    share_class: str = "FaultShare",
) -> Passes:
    """Parties liable for a harm to v, with what the record states; ties are (class, subject, about)."""
    theories = dict(liable) if isinstance(liable, Mapping) else dict.fromkeys(liable, theory)
    lines = [
        f"case:h a ans:{harm} ; ans:isSufferedBy case:v ; ans:hasForum jurisdiction:{forum} .",
        f'case:h ans:occursOn "{day}"^^xsd:date .',
    ]
    lines += [f"case:h {worth(amount)} ."] if amount is not None else []
    people = {*theories, *shares, *party, *settled, "v", *(x for _, s, o in ties for x in (s, o))} - {"h", "m"}
    records = {"case:h", *(f"case:{p}" for p in people)}
    lines += [f'case:{p} a ans:Organisation ; dct:identifier "{p}" .' for p in sorted(people)]
    lines += [f"case:{p} a ans:{cls} ." for p, cls in party.items()]
    for p, t in theories.items():
        lines += [
            f"case:c-{p} a ans:TheoryCandidate ; ans:testsTheory doctrine:{t} ; ans:hasDefendant case:{p} .",
            f"case:c-{p} ans:isAboutHarm case:h ; ans:hasTheoryStatus ans:Established .",
        ]
        lines += [f"case:c-{p} ans:isMetByDefence doctrine:{defence} ."] if defence else []

    def nested(word: str, key: str, prop: str, cls: str, rest: str) -> None:
        node = f"case:{word}-{key}"
        records.add(node)
        lines.append(f"case:h ans:{prop} {node} . {node} a ans:{cls} ; {rest} .")

    for p, share in shares.items():
        nested("share", p, "hasFaultShare", share_class, f"ans:isShareOf case:{p} ; ans:hasShare {decimal(share)}")
    for n, (cls, value, *against) in enumerate(heads):
        nested("head", str(n), "hasDamageHead", cls, worth(value))
        lines += [f"case:head-{n} ans:isAwardedAgainst case:{p} ." for p in against]
    for n, (value, causers) in enumerate(parts.items()):
        nested("part", str(n), "hasDivisiblePart", "DivisiblePart", worth(value))
        lines += [f"case:part-{n} ans:isPartCausedBy case:{p} ." for p in causers]
    for p, (value, faith) in settled.items():
        nested("deal", p, "hasSettlement", "Settlement", f"ans:isSettlementOf case:{p} ; {worth(value)}")
        lines += [f"case:deal-{p} ans:isInGoodFaith {str(faith).lower()} ."] if faith is not None else []
    for n, (cls, subject, about) in enumerate((*ties, *denied)):
        said = "a" if n < len(ties) else "ans:isNot"
        records.add(f"case:tie-{n}")
        lines.append(f"case:tie-{n} {said} ans:{cls} ; ans:hasSubject case:{subject} ; ans:isAbout case:{about} .")
    if through:
        records.add("case:m")
        lines.append(f"case:m a ans:{through} . case:h ans:arisesThrough case:m .")
    lines += [f"{record} ans:hasStanding ans:Found ." for record in sorted(records)]
    text = HEADER + "\n".join(lines) + "\n" + extra
    facts = frozenset(read_triple(q.triple) for q in ox.parse(text, format=ox.RdfFormat.TURTLE))
    with drawing() as draw:
        run = draw(facts)
    return Passes(CASE, DAY, {}, DAY, run, run)


def decimal(value: float) -> str:
    text = str(Decimal(str(value)))
    return text if "." in text else f"{text}.0"


def worth(value: float) -> str:
    return f'ans:hasAmount {decimal(value)} ; ans:hasCurrency "USD"'


def one(passes: Passes) -> HarmAllocation:
    (found,) = passes.owed
    return found


Range = tuple[Fraction, Fraction | None]


def plain(passes: Passes, amounts: Mapping[Term, object]) -> dict[str, object]:
    """Amounts by party: a number where it is known, else its range."""
    return {passes.key(party): number(quantity) for party, quantity in amounts.items()}


def number(quantity: object) -> object:
    low, high = quantity.low, quantity.high  # type: ignore[attr-defined]
    return float(low) if low == high else (float(low), None if high is None else float(high))


def owes(passes: Passes) -> dict[str, object]:
    return plain(passes, one(passes).exposures)


def bears(passes: Passes) -> dict[str, object]:
    return plain(passes, one(passes).ultimate)


def collects(passes: Passes) -> object:
    return number(one(passes).recoverable)


def recourse(passes: Passes) -> dict[tuple[str, str], object]:
    return {(passes.key(r.by), passes.key(r.against)): number(r.amount) for r in one(passes).recourse}


def notes(passes: Passes) -> set[str]:
    return {passes.key(n) for n in one(passes).notes}


def regimes(passes: Passes) -> set[str]:
    return {passes.key(one.regime) for one in passes.owed}
