"""Real SPARQL servers on loopback, each in a folder and on ports of its own, ended with the block that started it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

HOST = "127.0.0.1"
_READY_SECONDS = 60
_TRIES = 3
_VIRTUOSO_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = {host}:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
MaxClientConnections = 20
CheckpointInterval = 0
DirsAllowed = {folder}
[HTTPServer]
ServerPort = {host}:{http}
ServerRoot = {folder}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 120
"""


@dataclass(frozen=True)
class Server:
    """A running SPARQL server: where it is queried and updated, and how N-Quads are put into it."""

    name: str
    query_url: str
    update_url: str
    folder: Path
    load: Callable[[str], None]
    """Adds N-Quads; triples without a graph go into the default graph, in Virtuoso into `urn:default`."""


@contextmanager
def virtuoso(rows: int = 1_000_000) -> Iterator[Server]:
    """A Virtuoso with an empty store that anybody on this machine may query and update; it answers with `rows` at most.

    Skips the test where `virtuoso-t` is absent (Debian: virtuoso-opensource); fails it where CI is set.
    """
    program = _program("virtuoso-t", "Debian's virtuoso-opensource")
    client = _program("isql-vt", "Debian's virtuoso-opensource")
    with _folder("virtuoso") as folder:

        def start() -> tuple[list[str], tuple[int, ...]]:
            sql, http = _free_ports(2)
            ini = folder / "virtuoso.ini"
            ini.write_text(
                _VIRTUOSO_INI.format(folder=folder, host=HOST, sql=sql, http=http, rows=rows), encoding="utf-8"
            )
            return [program, "+foreground", "+configfile", str(ini)], (sql, http)

        with _running(start, folder, lambda ports: f"http://{HOST}:{ports[1]}/sparql") as (url, ports):

            def isql(statement: str) -> None:
                # isql ends with status 0 whatever happened; what went wrong it prints behind ***.
                done = subprocess.run(
                    [client, f"{HOST}:{ports[0]}", "dba", "dba", f"exec={statement}"],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if "*** Error" in done.stderr + done.stdout or done.returncode:
                    raise RuntimeError(f"virtuoso: {statement[:200]}\n{done.stderr}{done.stdout}")

            def load(nquads: str) -> None:
                with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".nq", encoding="utf-8") as file:
                    file.write(nquads)
                    file.flush()
                    isql(f"DB.DBA.TTLP(file_to_string_output('{file.name}'), '', 'urn:default', 512);")

            isql('GRANT SPARQL_UPDATE TO "SPARQL";')
            yield Server("virtuoso", url, url, folder, load)


@contextmanager
def oxigraph_server() -> Iterator[Server]:
    """An Oxigraph server with an empty store in memory.

    Skips the test where the program is absent (PyPI: oxigraph); fails it where CI is set.
    """
    program = _program("oxigraph", "PyPI's oxigraph")
    with _folder("oxigraph") as folder:

        def start() -> tuple[list[str], tuple[int, ...]]:
            (port,) = _free_ports(1)
            return [program, "serve", "--bind", f"{HOST}:{port}"], (port,)

        with _running(start, folder, lambda ports: f"http://{HOST}:{ports[0]}/query") as (url, ports):
            base = f"http://{HOST}:{ports[0]}"

            def load(nquads: str) -> None:
                body = nquads.encode()
                headers = {"Content-Type": "application/n-quads"}
                with urlopen(Request(f"{base}/store", body, headers, method="POST"), timeout=120):
                    pass

            yield Server("oxigraph", url, f"{base}/update", folder, load)


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed; it comes with {package}")
    pytest.skip(f"{name} is not installed; it comes with {package}")


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"answerable-{name}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


@contextmanager
def _running(
    start: Callable[[], tuple[list[str], tuple[int, ...]]], folder: Path, url_of: Callable[[tuple[int, ...]], str]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    # A port may be taken between the moment it was found free and the moment the server binds it.
    for attempt in range(_TRIES):
        command, ports = start()
        url = url_of(ports)
        log = folder / f"output-{attempt}.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL) as process,
        ):
            try:
                if _answers(url, process):
                    yield url, ports
                    return
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
    raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}?query={quote('ASK {}')}", timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (HTTPError, URLError, OSError):
            time.sleep(0.1)
    return False
