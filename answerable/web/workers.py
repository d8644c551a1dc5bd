"""Processes that answer queries, so that no query can stop the service.

One process reads the dataset and then only forks: each fork is a worker that shares its memory and answers one request
at a time. A worker that runs too long or needs too much memory is ended by the kernel, and another is forked in its
place within milliseconds. An update is made in a worker of its own, which writes what has become of the dataset to a
file; the next pool reads that file.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from answerable.dataset import ALL
from answerable.errors import InputError
from answerable.web import MAX_MEGABYTES, MAX_ROWS
from answerable.web.negotiation import GRAPHS, TABLES, TRUTHS, choose

if TYPE_CHECKING:
    from pyoxigraph import Store

MEGABYTE = 1_000_000
MAX_BYTES = 256 * MEGABYTE
Outcome = Literal["ok", "malformed", "not acceptable", "too large", "too slow", "too much memory", "busy", "failed"]


@dataclass(frozen=True)
class Limits:
    """What one request may take."""

    seconds: float = 30
    """Of time, for a query."""
    rows: int = MAX_ROWS
    """Of a table, or statements of a graph."""
    size: int = MAX_BYTES
    """Bytes of an answer."""
    memory: int = MAX_MEGABYTES * MEGABYTE
    """Bytes beyond what the dataset takes."""
    wait: float = 30
    """Seconds until a worker is free."""
    update_seconds: float = 300


class Ask(NamedTuple):
    """A request to a worker."""

    text: str
    accept: str = ""
    default_graphs: tuple[str, ...] | None = None
    """None: those that the query names, or all there is."""
    named_graphs: tuple[str, ...] | None = None
    update_to: str = ""
    """The file to write the dataset to, of an update."""


class Reply(NamedTuple):
    """The answer of a worker."""

    outcome: Outcome
    detail: str = ""
    """The media type of an answer; else what was wrong."""
    body: bytes = b""


class _Full(Exception):
    pass


class _Bounded:
    """A buffer that takes no more than a number of bytes."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.left -= len(data)
        if self.left < 0:
            raise _Full
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None: ...


def evaluate(store: Store, ask: Ask, limits: Limits) -> Reply:
    """The answer to a query."""
    import pyoxigraph as ox

    def graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
        return ox.DefaultGraph() if name == ALL else ox.NamedNode(name)

    options: dict[str, Any] = {}
    if ask.default_graphs is not None or ask.named_graphs is not None:
        options["default_graph"] = [graph(name) for name in ask.default_graphs or ()]
        options["named_graphs"] = [ox.NamedNode(name) for name in ask.named_graphs or ()]
    try:
        found = store.query(ask.text, **options)
    except (SyntaxError, ValueError) as error:
        return Reply("malformed", str(error))
    is_graph = isinstance(found, ox.QueryTriples)
    offers: dict[str, Any] = GRAPHS if is_graph else TABLES if isinstance(found, ox.QuerySolutions) else TRUTHS
    media = choose(ask.accept, list(offers))
    if media is None:
        return Reply("not acceptable", ", ".join(offers))
    out: Any = _Bounded(limits.size)
    try:
        if isinstance(found, ox.QueryTriples):
            ox.serialize(found, out, format=offers[media])
        else:
            found.serialize(out, format=offers[media])
    except (_Full, OSError) as error:
        if out.left < 0:
            return Reply("too large", f"more than {limits.size:,} bytes")
        return Reply("failed", str(error))
    body = b"".join(out.parts)
    # No row takes fewer than two bytes: small answers need not be counted.
    if len(body) > 2 * limits.rows and _rows(body, media, is_graph) > limits.rows:
        return Reply("too large", f"more than {limits.rows:,} rows")
    return Reply("ok", media, body)


def _rows(body: bytes, media: str, is_graph: bool) -> int:
    import csv

    import pyoxigraph as ox

    if is_graph:
        return sum(1 for _ in ox.parse(body, format=GRAPHS[media]))
    if media == "text/csv":
        return sum(1 for _ in csv.reader(body.decode().splitlines(keepends=True))) - 1
    found = ox.parse_query_results(body, format=TABLES[media])
    return sum(1 for _ in found) if isinstance(found, ox.QuerySolutions) else 1


def change(store: Store, ask: Ask) -> Reply:
    """Make an update and write the dataset to its file."""
    import pyoxigraph as ox

    try:
        store.update(ask.text)
    except (SyntaxError, ValueError, OSError) as error:
        return Reply("malformed", str(error))
    store.dump(ask.update_to, format=ox.RdfFormat.N_QUADS)
    return Reply("ok")


def read_dataset(path: Path) -> Store:
    """A dataset in N-Quads, TriG or another format of RDF that its ending names.

    Raises:
        InputError: for another ending, or for what cannot be read.
    """
    import pyoxigraph as ox

    known = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if known is None:
        raise InputError(str(path), "", f"the ending {path.suffix or 'none'}", ".nq, .trig, .ttl, .nt, .rdf or .jsonld")
    store = ox.Store()
    try:
        store.bulk_load(path=str(path), format=known, lenient=True)
    except (SyntaxError, ValueError, OSError) as error:
        raise InputError(str(path), "", str(error), f"{known.name}, whole and well-formed") from None
    return store


# -- in the processes


def _work(connection: Connection, store: Store, limits: Limits) -> None:
    """Answer one request after the other, until nobody asks."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)  # What the kernel's limits make a library say is said to the client in other words.
    _bound_memory(limits.memory)
    while True:
        try:
            ask: Ask = connection.recv()
        except (EOFError, OSError):
            return
        # The alarm ends the process wherever it is.
        signal.setitimer(signal.ITIMER_REAL, limits.update_seconds if ask.update_to else limits.seconds)
        try:
            reply = change(store, ask) if ask.update_to else evaluate(store, ask, limits)
        except MemoryError:
            reply = Reply("too much memory")
        except Exception as error:
            reply = Reply("failed", str(error))
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(reply)


def _bound_memory(more: int) -> None:
    import resource

    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _fork_on_demand(control: socket.socket, path: Path, limits: Limits) -> None:
    """Read the dataset, then fork a worker for every socket that comes in; end when the service has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        store = read_dataset(path)
    except InputError as error:
        control.sendall(str(error).encode())
        return
    control.sendall(b"ready")
    while True:
        message, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _work(Connection(sockets[0]), store, limits)
            os._exit(0)
        os.close(sockets[0])


def main() -> None:
    """The process that reads the dataset; its arguments are a socket, a file and the limits."""
    control, path, limits = sys.argv[1:]
    _fork_on_demand(socket.socket(fileno=int(control)), Path(path), Limits(**json.loads(limits)))


# -- in the service


# Not run as a module by its name: what it sends is to be read under that name.
_START = "from answerable.web.workers import main; main()"


class Pool:
    """Workers over one dataset.

    Raises:
        InputError: where the dataset cannot be read, or the system cannot fork.
    """

    def __init__(self, path: Path, limits: Limits, workers: int) -> None:
        if not hasattr(os, "fork"):
            raise InputError("serve", "", sys.platform, "a system that can fork, such as Linux or macOS")
        self.path, self.limits = path, limits
        self._control, other = socket.socketpair()
        given = json.dumps(vars(limits))
        command = [sys.executable, "-c", _START, str(other.fileno()), str(path), given]
        self._process = subprocess.Popen(command, pass_fds=[other.fileno()], stdin=subprocess.DEVNULL)
        other.close()
        self._threads = ThreadPoolExecutor(workers + 1)
        self._idle: asyncio.Queue[Connection] = asyncio.Queue()
        self._workers = workers
        said = self._control.recv(MEGABYTE).decode()
        if said != "ready":
            raise InputError(str(path), "", said or "a process that ended", "a dataset that can be read")
        for _ in range(workers):
            self._idle.put_nowait(self._fork())

    def _fork(self) -> Connection:
        ours, theirs = socket.socketpair()
        socket.send_fds(self._control, [b"f"], [theirs.fileno()])
        theirs.close()
        return Connection(ours.detach())

    async def ask(self, ask: Ask) -> Reply:
        """What a free worker answers; waits for one as long as the limits say."""
        loop = asyncio.get_running_loop()
        if ask.update_to:
            worker = self._fork()
            try:
                return await loop.run_in_executor(self._threads, self._exchange, worker, ask)
            finally:
                worker.close()
        try:
            worker = await asyncio.wait_for(self._idle.get(), self.limits.wait)
        except TimeoutError:
            return Reply("busy")
        reply = Reply("failed")
        try:
            reply = await loop.run_in_executor(self._threads, self._exchange, worker, ask)
        finally:
            if reply.outcome in ("too slow", "too much memory", "failed"):
                worker.close()
                worker = self._fork()
            self._idle.put_nowait(worker)
        return reply

    def _exchange(self, worker: Connection, ask: Ask) -> Reply:
        start = time.monotonic()
        seconds = self.limits.update_seconds if ask.update_to else self.limits.seconds
        try:
            worker.send(ask)
            reply: Reply = worker.recv()
        except (EOFError, OSError):
            return Reply("too slow" if time.monotonic() - start >= seconds * 0.99 else "too much memory")
        return reply

    def close(self) -> None:
        """End every process."""
        self._control.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._process.terminate()
        self._process.wait()
