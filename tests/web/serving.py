"""A service as a user starts it: the command, on a free port of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TOKEN = "a token for tests"


@dataclass
class Service:
    url: str
    process: subprocess.Popen[str]
    http: httpx.Client

    @property
    def sparql(self) -> str:
        return f"{self.url}/sparql"

    def query(self, text: str, accept: str = "application/sparql-results+json") -> httpx.Response:
        return self.http.get(self.sparql, params={"query": text}, headers={"Accept": accept})

    def rows(self, text: str) -> list[dict[str, str]]:
        found = self.query(text)
        assert found.status_code == 200, found.text
        return [{k: v["value"] for k, v in row.items()} for row in found.json()["results"]["bindings"]]


@contextmanager
def serving(*options: str, token: str = "") -> Iterator[Service]:
    command = [str(Path(sys.executable).with_name("answerable")), "serve", "--port", "0", *options]
    environment = {k: v for k, v in os.environ.items() if k != "ANSWERABLE_TOKEN"} | (
        {"ANSWERABLE_TOKEN": token} if token else {}
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        match = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        assert match is not None, "the service did not start"
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(timeout=60, transport=transport) as http:
            try:
                yield Service(match.group(0), process, http)
            finally:
                process.terminate()
                process.wait(20)
