"""The service: SPARQL endpoint, questions as an API, and a page to write queries in."""

from __future__ import annotations

import asyncio
import hmac
import json
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from answerable import queries
from answerable.errors import InputError
from answerable.pages import environment
from answerable.web.api import described, openapi
from answerable.web.description import COUNT, description
from answerable.web.negotiation import GRAPHS, TABLES, choose
from answerable.web.protocol import Refused, operation, response
from answerable.web.workers import Ask, Limits, Pool, Reply

BINDINGS = next(iter(TABLES))
ROWS = "application/json"
"""Of a question: a list of objects, as `answerable query --format json` prints them."""
HEADERS = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
"""Nothing that a page shows may be fetched from, or sent to, anywhere else."""


@dataclass
class Settings:
    """How the service runs."""

    dataset: Path
    """N-Quads or another format of RDF."""
    workers: int
    limits: Limits
    token: str = ""
    """What an update must bear; none: read-only."""
    keep: bool = False
    """Whether updates are written back to the dataset's file."""
    cache: int = 0
    """Bytes of answers that are kept until the next update."""


class Service:
    """The workers over the present state of the dataset."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = Pool(settings.dataset, settings.limits, settings.workers)
        self._folder = tempfile.TemporaryDirectory(prefix="answerable-")
        self._changing = asyncio.Lock()
        self._state = 0
        self._kept: OrderedDict[Ask, Reply] = OrderedDict()
        self._room = settings.cache

    async def ask(self, ask: Ask) -> Reply:
        """What the workers answer, or have answered since the last update."""
        if (kept := self._kept.get(ask)) is not None:
            self._kept.move_to_end(ask)
            return kept
        state = self._state
        reply = await self.pool.ask(ask)
        # One answer may take an eighth of the room, and an update may have come in between.
        if reply.outcome == "ok" and len(reply.body) * 8 <= self.settings.cache and state == self._state:
            self._room -= len(reply.body)
            self._kept[ask] = reply
            while self._room < 0:
                self._room += len(self._kept.popitem(last=False)[1].body)
        return reply

    async def counts(self) -> dict[str, int]:
        """Statements by named graph."""
        reply = await self.ask(Ask(COUNT, BINDINGS))
        rows = json.loads(reply.body)["results"]["bindings"] if reply.outcome == "ok" else []
        return {row["graph"]["value"]: int(row["triples"]["value"]) for row in rows if "graph" in row}

    async def change(self, text: str) -> Response:
        """Make an update: all of it, or nothing."""
        async with self._changing:
            path = Path(self._folder.name) / f"{self._state + 1}.nq"
            reply = await self.pool.ask(Ask(text, update_to=str(path)))
            if reply.outcome != "ok":
                return response(reply, self.settings.limits)
            pool = await asyncio.to_thread(Pool, path, self.settings.limits, self.settings.workers)
            if self.settings.keep:
                temporary = self.settings.dataset.with_suffix(".tmp")
                await asyncio.to_thread(shutil.copyfile, path, temporary)
                temporary.replace(self.settings.dataset)
            self.pool, before = pool, self.pool
            self._state += 1
            self._kept.clear()
            self._room = self.settings.cache
            # Those who are being answered are answered from the state before.
            asyncio.get_running_loop().call_later(self.settings.limits.seconds + 1, before.close)
            return Response(status_code=204)

    def close(self) -> None:
        self.pool.close()
        self._folder.cleanup()


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


# -- the endpoint


async def sparql(request: Request) -> Response:
    service = _service(request)
    settings = service.settings
    accept = request.headers.get("accept", "")
    try:
        asked = await operation(request)
        if asked is None:
            return await _description(request)
        if asked.kind == "update":
            _authorised(request, settings.token)
            return await service.change(asked.text)
    except Refused as refused:
        return refused.response()
    return response(await service.ask(asked.ask(accept)), settings.limits)


def _authorised(request: Request, token: str) -> None:
    if not token:
        raise Refused(
            403, "This service is read-only; it takes updates where ANSWERABLE_TOKEN was set when it started."
        )
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Refused(401, "An update needs the token: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"})


async def _description(request: Request) -> Response:
    service = _service(request)
    media = choose(request.headers.get("accept", "").replace("text/html", "text/turtle"), list(GRAPHS))
    if media is None:
        return Refused(406, f"This can be sent as {', '.join(GRAPHS)}.").response()
    base = str(request.base_url).rstrip("/")
    found = description(base, await service.counts(), bool(service.settings.token))
    names = {"text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml"}
    text = found.serialize(format=names.get(media, "json-ld"), encoding="utf-8")
    return Response(text, media_type=media, headers={"Vary": "Accept"})


# -- the questions


async def list_queries(request: Request) -> Response:
    return JSONResponse([described(query) for query in queries.search(request.query_params.get("search", ""))])


async def ask_query(request: Request) -> Response:
    service = _service(request)

    def problem(says: object, status: int) -> Response:
        return JSONResponse({"error": str(says).strip()}, status)

    try:
        query = queries.find(request.path_params["name"])
    except InputError as error:
        return problem(error, 404)
    try:
        text = query.bound(dict(request.query_params))
    except InputError as error:
        return problem(error, 400)
    offers = list(GRAPHS) if query.gives_graph else [ROWS, *TABLES]
    media = choose(request.headers.get("accept", ""), offers)
    if media is None:
        return problem(f"This can be sent as {', '.join(offers)}.", 406)
    reply = await service.ask(Ask(text, BINDINGS if media == ROWS else media))
    found = response(reply, service.settings.limits)
    if reply.outcome != "ok":
        return problem(bytes(found.body).decode(), found.status_code)
    if media != ROWS:
        return found
    bindings = json.loads(reply.body)["results"]["bindings"]
    rows = [{name: term["value"] for name, term in row.items()} for row in bindings]
    return JSONResponse(rows, headers={"Vary": "Accept"})


async def describe_api(request: Request) -> Response:
    return JSONResponse(openapi() | {"servers": [{"url": str(request.base_url).rstrip("/")}]})


# -- the page


async def page(request: Request) -> Response:
    themes: dict[str, list[queries.Query]] = {}
    for query in queries.catalogue():
        themes.setdefault(query.theme, []).append(query)
    return HTMLResponse(environment("web").get_template("sparql.html").render(themes=themes))


class Headers:
    """Adds the security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self.app(scope, receive, with_headers)


def application(settings: Settings) -> Starlette:
    """The service as an ASGI application."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        app.state.service = Service(settings)
        try:
            yield
        finally:
            app.state.service.close()

    async def void(request: Request) -> Response:
        return await _description(request)

    routes: list[Any] = [
        Route("/", page),
        Route("/sparql", sparql, methods=["GET", "POST"]),
        Route("/.well-known/void", void),
        Route("/api/queries", list_queries),
        Route("/api/queries/{name}", ask_query),
        Route("/openapi.json", describe_api),
        Mount("/static", StaticFiles(packages=[("answerable.web", "static")])),
    ]
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])
    return Starlette(routes=routes, middleware=[Middleware(Headers), cors], lifespan=running)
