"""The SPARQL 1.1 Protocol: from a request to a query or an update, and from an answer to a response.

Source: SPARQL 1.1 Protocol, W3C Recommendation, https://www.w3.org/TR/sparql11-protocol/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from answerable.web.workers import Ask, Limits, Reply

MAX_BYTES = 1_000_000
"""Of a query."""
MAX_UPDATE_BYTES = 64 * MAX_BYTES
MAX_DEPTH = 200
"""Of brackets: a parser that descends has only so much room."""
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

# Where a keyword cannot stand: in a text, an address or a comment.
_APART = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|<[^<>"{}|^`\\\x00-\x20]*>'
    r"|#[^\n]*",
    re.DOTALL,
)


class Refused(Exception):
    """A request that gets no answer: status, and what to say."""

    def __init__(self, status: int, says: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(says)
        self.status, self.says, self.headers = status, says, headers

    def response(self) -> Response:
        return PlainTextResponse(f"{self.says}\n", self.status, headers=self.headers)


@dataclass(frozen=True)
class Operation:
    """A query or an update, as it was asked."""

    kind: str
    text: str
    graphs: Mapping[str, list[str]]

    def ask(self, accept: str) -> Ask:
        default, named = self.graphs.get("default-graph-uri"), self.graphs.get("named-graph-uri")
        both = default is not None or named is not None
        return Ask(self.text, accept, tuple(default or ()) if both else None, tuple(named or ()) if both else None)


def uses(text: str, keyword: str) -> bool:
    """Whether a keyword stands in a query or update, outside of texts, addresses, comments and names."""
    return re.search(rf"(?<![\w:?$@.-]){keyword}(?![\w:-])", _APART.sub(" ", text), re.IGNORECASE) is not None


def depth(text: str) -> int:
    """How deep the brackets of a query or update are nested."""
    steps = (1 if bracket in "{([" else -1 for bracket in re.findall(r"[{}()\[\]]", _APART.sub(" ", text)))
    return max(accumulate(steps), default=0)


async def operation(request: Request) -> Operation | None:
    """What a request asks for; nothing where it asks for the description of the service.

    Raises:
        Refused: where it breaks the protocol.
    """
    url = _fields(request.url.query.encode())
    if request.method in ("GET", "HEAD"):
        if not url:
            return None
        if "update" in url:
            raise Refused(400, "An update is sent by POST.")
        return _of("query", url)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _body(request, MAX_BYTES if kind == QUERY else MAX_UPDATE_BYTES)
    if kind == FORM:
        fields = _fields(body)
        if ("query" in fields) == ("update" in fields):
            raise Refused(400, "One of the fields query and update is needed.")
        wanted = "query" if "query" in fields else "update"
        if wanted == "query" and len(body) > MAX_BYTES * 3:
            raise Refused(413, f"A query takes at most {MAX_BYTES:,} bytes.")
        return _of(wanted, fields)
    if kind not in (QUERY, UPDATE):
        expected = f"{FORM}, {QUERY} or {UPDATE}"
        raise Refused(415, f"The content type is {kind or 'missing'}; expected {expected}.")
    return _of("query" if kind == QUERY else "update", url | {"query" if kind == QUERY else "update": [_text(body)]})


def _of(kind: str, fields: Mapping[str, list[str]]) -> Operation:
    texts = fields.get(kind, [])
    if len(texts) != 1:
        raise Refused(400, f"{len(texts) or 'No'} {kind} in the request; expected one.")
    if kind == "update" and any(name.startswith("using-") for name in fields):
        raise Refused(400, "using-graph-uri and using-named-graph-uri are not supported; write USING in the update.")
    if depth(texts[0]) > MAX_DEPTH:
        raise Refused(400, f"The {kind} cannot be read: its brackets are nested more than {MAX_DEPTH} deep.")
    for keyword, why in (("SERVICE", "asks no other endpoint"), ("LOAD", "fetches nothing")):
        if (kind == "update" or keyword == "SERVICE") and uses(texts[0], keyword):
            raise Refused(403, f"{keyword} is off: this service {why}.")
    return Operation(kind, texts[0], {name: values for name, values in fields.items() if name.endswith("-graph-uri")})


def _fields(encoded: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise Refused(400, "The fields are not percent-encoded UTF-8.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8.") from None


async def _body(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Refused(413, f"The request is larger than {limit:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def response(reply: Reply, limits: Limits) -> Response:
    """What a worker's answer is over HTTP."""
    hint = "Ask for less: add LIMIT, or a more selective pattern."
    match reply.outcome:
        case "ok":
            return Response(reply.body, media_type=reply.detail, headers={"Vary": "Accept"})
        case "malformed":
            return Refused(400, f"The query cannot be read: {reply.detail}").response()
        case "not acceptable":
            return Refused(406, f"This can be sent as {reply.detail}.").response()
        case "too large":
            return Refused(422, f"The answer has {reply.detail}, the most that is sent. {hint}").response()
        case "too slow":
            return Refused(503, f"The query was stopped after {limits.seconds:g} seconds. {hint}").response()
        case "too much memory":
            says = f"The query was stopped: it needed more than {limits.memory:,} bytes of memory. {hint}"
            return Refused(503, says).response()
        case "busy":
            return Refused(503, "Every worker is busy.", {"Retry-After": "5"}).response()
        case _:
            return Refused(500, f"The query failed: {reply.detail}").response()
