"""Precision and recall of the matching of names on the near-duplicate entities of the AI Incident Database.

`python -m benchmarks.matching ../shared/datasets/aiid` reads similar_entities.csv and incidents.csv of that folder. The
list of pairs is made by likeness and says of no pair whether it is one entity; that is `similar_entities.yaml`, one
reader's judgement by pair. Thresholds were set while looking at one half of the pairs only; the
other half is told apart.
Precision among pairs that nobody listed is measured on pairs drawn by lot.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from answerable.casefile import read_yaml
from answerable.identities import Decision, alike, decide, register
from answerable.importers import names

LABELS = Path(__file__).with_name("similar_entities.yaml")
DRAWN, SEED = 50_000, 1


@dataclass(frozen=True)
class Pair:
    one: str
    other: str
    label: str
    held_out: bool
    organisations: bool

    @property
    def decision(self) -> Decision:
        return decide(alike(self.one, self.other))


@dataclass(frozen=True)
class Measured:
    """Counts of pairs: of one entity, taken for one, both; and of one entity, taken for one or to review."""

    pairs: int
    true: int
    same: int
    right: int
    found: int

    @property
    def precision(self) -> float:
        return self.right / self.same if self.same else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def recall_with_review(self) -> float:
        return self.found / self.true if self.true else 1.0


def digest(one: str, other: str) -> str:
    return hashlib.sha256("|".join(sorted((one, other))).encode()).hexdigest()[:10]


def pairs(path: Path) -> Iterator[Pair]:
    """The pairs of the list that have a label; `unclear` and new ones among them."""
    labels: dict[str, list[str]] = read_yaml(LABELS.read_text(encoding="utf-8"), str(LABELS))
    by_digest = {digest: label for label, digests in labels.items() for digest in digests}
    known = register()
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = digest(row["Entity ID 1"], row["Entity ID 2"])
            both = [row["Entity Name 1"], row["Entity Name 2"]]
            bodies = all(names.named(name, known).is_body for name in both)
            yield Pair(*both, by_digest.get(key, "unlabelled"), int(key[-1], 16) % 2 == 1, bodies)


def measure(found: Iterable[Pair]) -> Measured:
    """Precision and recall over the pairs that are clearly of one entity, or of two."""
    judged = [(pair.label == "same", pair.decision) for pair in found if pair.label in ("same", "different")]
    return Measured(
        pairs=len(judged),
        true=sum(true for true, _ in judged),
        same=sum(decision == "same" for _, decision in judged),
        right=sum(true and decision == "same" for true, decision in judged),
        found=sum(true and decision != "different" for true, decision in judged),
    )


def drawn(incidents: Path, listed: Iterable[Pair], number: int = DRAWN) -> tuple[int, int, int]:
    """Pairs of entities drawn by lot that are not listed: how many, taken for the same, to review."""
    slugs: set[str] = set()
    with incidents.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for column, cell in row.items():
                if column.startswith("Alleged "):
                    slugs.update(json.loads(cell))
    spelled = sorted({names.spelled(slug) for slug in slugs if slug})
    known = {frozenset((pair.one.casefold(), pair.other.casefold())) for pair in listed}
    lot, decisions = random.Random(SEED), []
    while len(decisions) < number:
        one, other = lot.sample(spelled, 2)
        if frozenset((one.casefold(), other.casefold())) not in known:
            decisions.append(decide(alike(one, other)))
    return number, decisions.count("same"), decisions.count("review")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.matching FOLDER (with similar_entities.csv and incidents.csv)")
    folder = Path(sys.argv[1])
    folder = folder.parent if folder.is_file() else folder
    found = list(pairs(folder / "similar_entities.csv"))
    unclear = sum(pair.label == "unclear" for pair in found)
    unlabelled = sum(pair.label == "unlabelled" for pair in found)
    table = Table("pairs", "number", "of one entity", "precision", "recall", "recall with review")
    parts = {
        "all": found,
        "looked at when thresholds were set": [pair for pair in found if not pair.held_out],
        "held out": [pair for pair in found if pair.held_out],
        "both names are of organisations": [pair for pair in found if pair.organisations],
    }
    for name, part in parts.items():
        m = measure(part)
        rates = (f"{rate:.3f}" for rate in (m.precision, m.recall, m.recall_with_review))
        table.add_row(name, str(m.pairs), str(m.true), *rates)
    console = Console()
    console.print(table)
    print(f"{len(found)} pairs listed, {unclear} unclear from the names, {unlabelled} without a label")
    incidents = folder / "incidents.csv"
    if incidents.is_file():
        number, same, review = drawn(incidents, found)
        print(f"of {number:,} pairs drawn by lot and not listed: {same} taken for the same, {review} to review")


if __name__ == "__main__":
    main()
