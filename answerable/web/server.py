"""Starting the service."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from answerable import dataset
from answerable.errors import InputError
from answerable.web.app import Settings, application
from answerable.web.workers import MEGABYTE, Limits

BACKLOG = 1000
"""Connections that wait to be taken."""


def run(
    file: Path | None, host: str, port: int, workers: int | None, seconds: float, rows: int, memory: int, cache: int
) -> None:
    """Serve until interrupted.

    Args:
        memory, cache: megabytes that a query may need, and that answers are kept in.

    Raises:
        InputError: for an address that cannot be had, or a dataset that cannot be read.
    """
    import uvicorn

    if file is not None and not file.is_file():
        raise InputError(str(file), "", "no such file", "a dataset in N-Quads, TriG or another format of RDF")
    # The protocol is named, for only then does asyncio send a small answer at once.
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, proto=socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        raise InputError("serve", f"{host}:{port}", str(error), "an address that is free", "try --port 0") from None
    settings = Settings(
        dataset=file or dataset.kept("shipped", dataset.parts),
        workers=workers or max(2, os.cpu_count() or 2),
        limits=Limits(seconds=seconds, rows=rows, memory=memory * MEGABYTE),
        token=os.environ.get("ANSWERABLE_TOKEN", ""),
        keep=file is not None,
        cache=cache * MEGABYTE,
    )
    shown = f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{listening.getsockname()[1]}/ (SPARQL at /sparql); stop with Ctrl-C", flush=True)
    config = uvicorn.Config(application(settings), log_level="warning", lifespan="on", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])
