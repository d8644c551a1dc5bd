"""How many questions a second the endpoint answers, and how fast: real processes, real HTTP, on this machine.

    python -m benchmarks.endpoint [seconds]

Ten questions of the library, each with parameters as its expected answers have them, are asked in turn by eight clients
in a process of their own: first at 200 requests a second, then as fast as they are answered.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from multiprocessing import Process, Queue
from pathlib import Path
from urllib.parse import quote, urlencode

import yaml

from answerable import rooms

Taken = list[tuple[str, float]]
"""Requests with the seconds they took."""
CLIENTS = 8
RATE = 200
QUESTIONS = (
    "norms-that-bind",
    "duties-starting",
    "roles-by-shift",
    "accountable",
    "open-theories",
    "value-chain",
    "voids",
    "findings-citing",
    "norms-of-instrument",
    "disputed-premises",
)


def paths() -> list[str]:
    """The requests, each a question with the parameters of its first expected answer on the shipped graph."""
    found = []
    for name in QUESTIONS:
        entries = yaml.safe_load((rooms.room("queries") / "expected" / f"{name}.yaml").read_text(encoding="utf-8"))
        values = next((e.get("parameters", {}) for e in entries if "case" not in e), {})
        found.append(f"/api/queries/{quote(name)}?{urlencode(values)}")
    return found


def client(number: int, port: int, wanted: list[str], rate: float, until: float, out: Queue[Taken]) -> None:
    """Ask in turn; with a rate, each request is timed from the moment at which it was due."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken: Taken = []
    turn, start = number, time.perf_counter()
    while True:
        due = start + (turn // CLIENTS + number / CLIENTS) * CLIENTS / rate if rate else time.perf_counter()
        if due > until:
            break
        time.sleep(max(0.0, due - time.perf_counter()))
        path = wanted[turn % len(wanted)]
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200, (path, reply.status)
        taken.append((path, time.perf_counter() - due))
        turn += CLIENTS
    out.put(taken)


def clients(port: int, rate: float, seconds: float, out: Queue[Taken]) -> None:
    wanted, until = paths(), time.perf_counter() + seconds
    threads = [threading.Thread(target=client, args=(n, port, wanted, rate, until, out)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(port: int, rate: float, seconds: float) -> Taken:
    out: Queue[Taken] = Queue()
    process = Process(target=clients, args=(port, rate, seconds, out))
    process.start()
    found = [pair for _ in range(CLIENTS) for pair in out.get()]
    process.join()
    return found


def shown(title: str, taken: Taken, seconds: float) -> str:
    times = sorted(1000 * t for _, t in taken)
    cuts = statistics.quantiles(times, n=100)
    return (
        f"{title:<42}{len(times) / seconds:>8.0f} a second   median {cuts[49]:>6.1f} ms   p95 {cuts[94]:>6.1f} ms"
        f"   p99 {cuts[98]:>6.1f} ms"
    )


def served(cache: int, seconds: float) -> tuple[Taken, Taken]:
    """Paced and unpaced requests to a service that keeps so many megabytes of answers."""
    command = [str(Path(sys.executable).with_name("answerable")), "serve", "--port", "0", "--cache", str(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        match = re.search(r":(\d+)/", server.stdout.readline())
        assert match is not None
        port = int(match.group(1))
        try:
            measure(port, 0, 2)  # the first requests wait until the dataset is read
            return measure(port, RATE, seconds), measure(port, 0, seconds)
        finally:
            server.terminate()


def main(seconds: float) -> None:
    print(f"{CLIENTS} clients, {len(QUESTIONS)} questions in turn, {os.cpu_count()} cores, {seconds:g} s each")
    for title, cache in (("answers kept", 64), ("each answered anew", 0)):
        paced, free = served(cache, seconds)
        print(shown(f"{title}, {RATE} a second", paced, seconds))
        print(shown(f"{title}, one after another", free, seconds))
    for path in paths():
        times = [1000 * t for p, t in free if p == path]
        print(f"  {statistics.median(times):>6.1f} ms  {path}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
