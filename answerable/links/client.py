"""A polite HTTP client: pooled, patient, cached on disk with the day of retrieval, and able to stay offline.

The real services have their ways. The Publications Office answers 202 with nothing in it while it makes up its mind,
sends from https to http, and refuses (406) what it cannot render; Wikidata says 429 and when to come back; a page for
people may stand where data was asked for. Each is either put right or becomes an error that says what to do.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError
from urllib3.util.retry import Retry

from answerable import __version__
from answerable.cache import cache_file
from answerable.errors import InputError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

USER_AGENT = f"answerable/{__version__} (https://w3id.org/answerable; python-requests)"
MAX_BYTES = 64 * 1024 * 1024
_PIECE = 2**16
RETRIED = (202, 408, 425, 429, 500, 502, 503, 504)
JSON = "application/json"
SPARQL_JSON = "application/sparql-results+json"


class Unusable(requests.RequestException):
    """An answer that arrived and is not what was asked for."""


class Offline(InputError):
    """What was asked for lies neither in the cache nor in the snapshot."""


@dataclass(frozen=True)
class Service:
    """A dataset of others: its name, and where it is asked."""

    name: str
    url: str


@dataclass(frozen=True)
class Answer:
    """What a service said, and when."""

    url: str
    body: bytes
    content_type: str
    status: int
    retrieved: datetime
    from_cache: bool
    stale: bool
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body as JSON; that it is JSON was checked on arrival."""
        return json.loads(self.body)


class _Patience(Retry):
    """Retries with exponential back-off; a wait longer than `retry_after_max` is left to the user."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> _Patience:
        if response is not None and (asked := response.headers.get("Retry-After")):
            wait = self.new(retry_after_max=float("inf")).parse_retry_after(asked)
            if wait > self.retry_after_max:
                raise MaxRetryError(_pool, url or "", ResponseError(f"come back in {wait:.0f} seconds"))
        return super().increment(method, url, response, error, _pool, _stacktrace)


class _Adapter(HTTPAdapter):
    """Reads bodies here, so that one that is cut short, too long or of another kind is an error before it is kept."""

    def __init__(self, patience: Retry, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        super().__init__(max_retries=patience, pool_connections=4, pool_maxsize=4)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["stream"] = True
        retries = self.max_retries
        while True:
            response = super().send(request, *args, **kwargs)
            try:
                response._content = self._body(response)
                response._content_consumed = True
                if response.status_code == 200:
                    _usable(request, response)
                return response
            except (ProtocolError, ReadTimeoutError) as error:
                response.close()
                try:
                    retries = retries.increment(request.method, request.url, error=error)
                except (MaxRetryError, ProtocolError, ReadTimeoutError):
                    raise Unusable(f"the answer broke off: {error}", request=request) from None
                retries.sleep()

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        for piece in response.raw.stream(_PIECE, decode_content=True):
            body += piece
            if len(body) > self.max_bytes:
                response.close()
                raise Unusable(f"the answer is longer than {self.max_bytes} bytes", request=response.request)
        return bytes(body)


def _usable(request: requests.PreparedRequest, response: requests.Response) -> None:
    """Refuse what is no JSON where JSON was asked for; ask again for JSON that is cut short."""
    wanted = str(request.headers.get("Accept", ""))
    got = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if "json" not in wanted or request.method == "HEAD":
        return
    if "json" not in got:
        raise Unusable(f"a page of {got or 'no stated type'} where data was asked for", request=request)
    try:
        json.loads(response.content)
    except ValueError as error:
        # A body without a stated length that ends early looks whole to HTTP.
        raise ProtocolError(f"JSON that ends or breaks after {len(response.content)} bytes") from error


class _Session(CachedSession):
    """Follows redirects on the same host only, and by https where the first request went by https."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        here = urlsplit(str(resp.request.url))
        there = urlsplit(urljoin(str(resp.request.url), target))
        if there.hostname != here.hostname:
            raise Unusable(f"sent on to another host, {there.hostname}", request=resp.request)
        if here.scheme == "https" and there.scheme == "http":
            there = there._replace(scheme="https", netloc=there.netloc.removesuffix(":80"))
        return urlunsplit(there)


class Client:
    """Asks services, one request at a time.

    Args:
        cache: the folder for answers; by default `ANSWERABLE_CACHE`, then the user's cache folder.
        offline: send nothing; only answers that are kept are given.
        refresh: ask again, whatever is kept.
        max_age: for how long an answer is not asked for again; an older one is still given where the service fails.
        timeout: seconds to wait for a connection, and for each piece of an answer.
        retries: how often a request is repeated; twice at most where an answer broke off or did not come in time.
        backoff: seconds before the second repetition; doubled for each further one.
        patience: the longest wait, in seconds, that a service may ask for.
        max_bytes: the longest answer that is read.
    """

    def __init__(
        self,
        cache: Path | None = None,
        *,
        offline: bool = False,
        refresh: bool = False,
        max_age: timedelta = timedelta(days=7),
        timeout: tuple[float, float] = (10, 60),
        retries: int = 4,
        backoff: float = 1,
        patience: float = 60,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.offline = offline
        self.refresh = refresh
        self.timeout = timeout
        self.max_age = max_age
        self.max_bytes = max_bytes
        self.file = (cache or cache_file("links")) / "answers.sqlite"
        self.policy = _Patience(
            total=retries,
            read=min(retries, 2),
            status_forcelist=RETRIED,
            allowed_methods=("GET", "HEAD"),
            backoff_factor=backoff,
            backoff_jitter=backoff / 4,
            retry_after_max=patience,  # type: ignore[arg-type]
            redirect=0,
            raise_on_status=False,
        )

    @cached_property
    def session(self) -> CachedSession:
        """Connections and cache, opened when first needed.

        Raises:
            InputError: where the cache cannot be made or read.
        """
        try:
            session = _Session(
                str(self.file),
                backend="sqlite",
                serializer="json",
                expire_after=self.max_age,
                allowable_codes=(200,),
                allowable_methods=("GET",),
                match_headers=("Accept", "Accept-Language"),
                stale_if_error=True,
            )
        except (OSError, sqlite3.Error) as error:
            raise self._unreadable(error) from None
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(self.policy, self.max_bytes))
        session.headers["User-Agent"] = USER_AGENT
        session.max_redirects = 5
        return session

    def get(
        self,
        service: Service,
        url: str = "",
        params: Mapping[str, str] | None = None,
        accept: str = JSON,
        language: str = "",
        method: str = "GET",
        missing_is: tuple[int, ...] = (),
    ) -> Answer:
        """What a service answers; a status in `missing_is` is an answer, any other that is not 2xx an error.

        Raises:
            Offline: where nothing may be sent and nothing is kept.
            InputError: naming the service, what it said and what to do.
        """
        headers = {"Accept": accept} | ({"Accept-Language": language} if language else {})
        prepared = requests.Request(method, url or service.url, params=dict(params or {})).prepare()
        address = str(prepared.url)
        try:
            response: Any = self.session.request(
                method,
                address,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=True,
                only_if_cached=self.offline,
                force_refresh=self.refresh and not self.offline,
            )
        except sqlite3.Error as error:
            raise self._unreadable(error) from None
        except requests.Timeout:
            raise self._failed(service, address, "no answer in time", "later, or another --endpoint") from None
        except Unusable as error:
            raise self._failed(service, address, str(error), "later, or another --endpoint") from None
        except (requests.RequestException, HTTPError) as error:
            raise self._failed(service, address, _said(error), "a working connection, or --offline") from None
        from_cache = bool(getattr(response, "from_cache", False))
        if self.offline and response.status_code == 504:
            raise Offline(
                service.name,
                "--offline",
                f"nothing kept of {_shown(address)}",
                "an answer in the cache or the snapshot",
                "ask once without --offline",
            )
        if not (response.ok and response.status_code != 202) and response.status_code not in missing_is:
            raise self._refused(service, address, response)
        return Answer(
            address,
            response.content,
            response.headers.get("Content-Type", ""),
            response.status_code,
            response.created_at if from_cache else datetime.now().astimezone(),
            from_cache,
            from_cache and bool(response.is_expired),
            response.headers,
        )

    def close(self) -> None:
        """Give back connections and the cache."""
        if "session" in vars(self):
            self.session.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(
            str(self.file), "", str(error), "a cache that can be read and written", "delete it, or give another --cache"
        )

    @staticmethod
    def _failed(service: Service, address: str, found: str, hint: str) -> InputError:
        return InputError(service.name, _shown(address), found, "an answer", f"try {hint}")

    def _refused(self, service: Service, address: str, response: requests.Response) -> InputError:
        status = response.status_code
        wait = response.headers.get("Retry-After", "")
        said = _first_line(response)
        found = f"{status} {response.reason or ''}".strip() + (f": {said}" if said else "")
        hint = {
            202: "it has not made the answer yet: try again in some minutes",
            404: "it does not know this identifier",
            406: "it has no such format or language of this document: try another --lang",
            429: f"it asks to wait{f' for {wait} seconds' if wait.isdigit() else ''}: try again later",
        }.get(status, "try again later" if status >= 500 else "")
        return InputError(service.name, _shown(address), found, "an answer", hint)


def _shown(address: str) -> str:
    """An address without the query behind it, which may be pages long."""
    head, sign, _ = address.partition("?")
    return head + ("?..." if sign else "")


def _said(error: Exception) -> str:
    """The last cause of a failed request, in a line."""
    reason = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return str(reason).strip().splitlines()[0] if str(reason).strip() else type(error).__name__


def _first_line(response: requests.Response) -> str:
    if "html" in response.headers.get("Content-Type", ""):
        return ""
    lines = response.text.strip().splitlines()
    return lines[0][:200] if lines else ""
