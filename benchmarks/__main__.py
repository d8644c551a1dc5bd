"""Median times of one case, and ratios against the same rules on rdflib's engine, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

import answerable
from answerable import rooms
from answerable.assess import record_of
from answerable.engine import knowledge, run
from benchmarks import peers

WARM_LIMIT, HELP_LIMIT, COLD_LIMIT, LOAD_LIMIT, SEARCH_LIMIT = 0.080, 0.3, 1.2, 0.3, 10.0
BESIDE_PEERS = ("loan-refusal", "moffatt-v-air-canada", "schufa")


def median(action: Callable[[], object], times: int) -> float:
    """Median seconds of an action."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def command(*arguments: str) -> Callable[[], object]:
    program = str(Path(sys.executable).with_name("answerable"))
    return lambda: subprocess.run([program, *arguments], check=True, capture_output=True)


def load_law() -> None:
    knowledge.cache_clear()
    knowledge()


def main() -> None:
    cases = sorted((rooms.room("data") / "cases").glob("*.yaml"))
    aim = f"aim {WARM_LIMIT * 1000:.0f} ms"
    assessing = Table(
        "case", "the first time", f"each time another day ({aim})", "the same again", title="assess, warm"
    )
    for path in cases:
        case = answerable.load(path)
        days = [case.as_of + timedelta(days=n) for n in range(30)]
        times = (
            median(lambda case=case: answerable.assess(case), 1),  # type: ignore[misc]
            median(lambda case=case, days=days: answerable.assess(case, days.pop()), 20),  # type: ignore[misc]
            median(lambda case=case: answerable.assess(case), 20),  # type: ignore[misc]
        )
        assessing.add_row(path.stem, *(f"{seconds * 1000:.1f} ms" for seconds in times))
    Console().print(assessing)
    table = Table("what", "median", "aim", "peer", "peer's median", "ratio", title="One case")
    loading = median(load_law, 9)
    table.add_row(
        "the whole law, from its cache", f"{loading * 1000:.0f} ms", f"{LOAD_LIMIT * 1000:.0f} ms", "", "", ""
    )
    cases = [path for path in cases if path.stem in BESIDE_PEERS]
    for path in cases:
        facts = record_of(answerable.load(path), "settled")
        ours = median(lambda facts=facts: run(facts), 20)  # type: ignore[misc]
        for name, times in (("pyoxigraph", 3), ("rdflib", 1)):
            engine = peers.loaded(name, knowledge())
            theirs = median(lambda facts=facts, engine=engine: peers.run(engine, facts, knowledge()), times)  # type: ignore[misc]
            row = (f"{ours * 1000:.1f} ms", "", name, f"{theirs:.2f} s", f"{theirs / ours:.0f} x")
            table.add_row(f"rules, one record: {path.stem}", *row)
    for path in cases:
        case = answerable.load(path)
        took = median(lambda case=case: record_of(case, "settled"), 50)  # type: ignore[misc]
        table.add_row(f"facts of one record: {path.stem}", f"{took * 1000:.2f} ms", "", "", "", "")
    bare = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 9)
    commands = [("answerable --help, cold", ("--help",), HELP_LIMIT)]
    commands += [(f"answerable assess, cold: {p.stem}", ("assess", str(p)), COLD_LIMIT) for p in cases]
    chain = rooms.room("data") / "templates" / "rented-model-chain.yaml"
    commands += [("answerable voids --search, cold", ("voids", "--search", str(chain)), SEARCH_LIMIT)]
    for label, arguments, limit in commands:
        took = median(command(*arguments), 9)
        row = (f"{took:.2f} s", f"{limit} s", "python -c pass", f"{bare:.3f} s", f"{took / bare:.0f} x")
        table.add_row(label, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
