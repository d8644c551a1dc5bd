"""Starting the service."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from answerable import dataset
from answerable.errors import InputError
from answerable.web.app import Settings, application
from answerable.web.workers import Limits

MEGABYTE = 1_000_000


def run(
    file: Path | None, host: str, port: int, workers: int | None, seconds: float, rows: int, megabytes: int
) -> None:
    """Serve until interrupted.

    Raises:
        InputError: for an address that cannot be had, or a dataset that cannot be read.
    """
    import uvicorn

    if file is not None and not file.is_file():
        raise InputError(str(file), "", "no such file", "a dataset in N-Quads, TriG or another format of RDF")
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise InputError("serve", f"{host}:{port}", str(error), "an address that is free", "try --port 0") from None
    settings = Settings(
        dataset=file or dataset.kept("shipped", dataset.parts),
        workers=workers or max(2, os.cpu_count() or 2),
        limits=Limits(seconds=seconds, rows=rows, memory=megabytes * MEGABYTE),
        token=os.environ.get("ANSWERABLE_TOKEN", ""),
        keep=file is not None,
    )
    shown = f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{listening.getsockname()[1]}/ (SPARQL at /sparql); stop with Ctrl-C", flush=True)
    config = uvicorn.Config(application(settings), log_level="warning", lifespan="on", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])
