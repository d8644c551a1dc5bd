"""A small HTTP server on loopback that plays what a test wrote for it, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer: `said_length` may promise more than comes, `after` is how long it waits."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0
    said_length: int | None = None
    unsaid_length: bool = False


def rows(*bindings: Mapping[str, str], content_type: str = "application/sparql-results+json") -> Reply:
    """Solutions, as a SPARQL endpoint writes them."""
    solutions = [{k: {"type": "literal", "value": v} for k, v in row.items()} for row in bindings]
    names = sorted({name for row in bindings for name in row})
    return data({"head": {"vars": names}, "results": {"bindings": solutions}}, content_type)


def data(value: Any, content_type: str = "application/json") -> Reply:
    """A document of JSON."""
    return Reply(body=json.dumps(value).encode(), content_type=content_type)


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    headers: dict[str, str]
    connection: int


@dataclass
class Played:
    """The server: where it is, and what it was asked so far."""

    url: str
    asked: list[Request] = field(default_factory=list)


@contextmanager
def playing(*replies: Reply) -> Iterator[Played]:
    """A server that gives these replies in turn, and the last of them for ever."""
    left = list(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            port = self.client_address[1]
            played.asked.append(Request(self.command, self.path, dict(self.headers.items()), port))
            reply = left.pop(0) if len(left) > 1 else left[0]
            if reply.after:
                time.sleep(reply.after)
            try:
                self.send_response(reply.status)
                if reply.content_type:
                    self.send_header("Content-Type", reply.content_type)
                if reply.unsaid_length:
                    self.send_header("Connection", "close")
                    self.close_connection = True
                else:
                    length = len(reply.body) if reply.said_length is None else reply.said_length
                    self.send_header("Content-Length", str(length))
                    self.close_connection = length != len(reply.body)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)
            except OSError:
                self.close_connection = True

        do_HEAD = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        played = Played(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield played
        finally:
            server.shutdown()
            thread.join()
