"""Callbacks: requests that the server sends after a response, as described by a test, and what came of them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from ..arguments import UNSET, json_bytes, utf8
from ..errors import UsageError
from ..message.head import TOKEN
from ..message.response import Headers, Response, check_header
from ..phrase import Phrase, Plain, joined
from .destination import Destination, destination_of

# RFC 9110, 9, and RFC 5789
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})
# They are expected to have content, so its absence is said (RFC 9110, 8.6).
_WITH_CONTENT: Final = ("POST", "PUT", "PATCH")
_FRAMING: Final = ("content-length", "transfer-encoding")
_AGENT: Final = "HttpServerLibrary"


class Prepared(NamedTuple):
    """A request that is ready to be sent, with all of its headers."""

    method: str
    destination: Destination
    headers: Headers
    body: bytes | None

    @property
    def url(self) -> str:
        return str(self.destination)


def prepared(
    method: object,
    url: object,
    *,
    json: object = UNSET,
    data: object = None,
    headers: Iterable[tuple[str, str]] = (),
) -> Prepared:
    """Checks the arguments and makes a request of them. Raises `UsageError`."""
    method = _checked_method(method)
    destination = destination_of(url)
    given = tuple(headers)
    names = {name.lower() for name, _ in given}
    for name, value in given:
        check_header(name, value)
        if name.lower() in _FRAMING:
            raise UsageError(f"headers: {name} cannot be set; the server frames the body.")
    body, content_type = _body(json, data)
    if body is None and method in _WITH_CONTENT:
        body = b""
    pairs = [
        *_unless(names, "Host", destination.authority),
        *_unless(names, "User-Agent", _AGENT),
        *given,
        *(_unless(names, "Content-Type", content_type) if content_type else ()),
        *([("Content-Length", str(len(body)))] if body is not None else ()),
        *_unless(names, "Connection", "close"),
    ]
    return Prepared(method, destination, tuple(pairs), body)


def _checked_method(method: object) -> str:
    if not isinstance(method, str) or not TOKEN.fullmatch(method):
        raise UsageError(f"method: a method such as POST is needed, not {method!r}.")
    known = method.upper()
    if known == "CONNECT":
        raise UsageError("method: CONNECT asks a proxy for a tunnel, which a callback does not use.")
    return known if known in _METHODS else method


def _body(json: object, data: object) -> tuple[bytes | None, str | None]:
    """The body and the content type that is sent by default."""
    if json is not UNSET:
        if data is not None:
            raise UsageError("data: cannot be given together with json, as a request has one body.")
        return json_bytes(json, "json"), "application/json"
    if data is None:
        return None, None
    if isinstance(data, (bytes, bytearray)):
        return bytes(data), None
    if not isinstance(data, str):
        raise UsageError(f"data: text or bytes are needed, not {type(data).__name__}: {data!r}.")
    return utf8(data, "data"), "text/plain; charset=utf-8"


def _unless(names: set[str], name: str, value: str) -> Iterable[tuple[str, str]]:
    return () if name.lower() in names else ((name, value),)


@dataclass(frozen=True)
class Callback:
    """What a test registered: how to make the request, when to send it, and how long to wait for its answer.

    ``prepare`` is called with what the request may depend on, and returns None if nothing is to be sent this time.
    Whatever it raises is for its caller. The delay and the timeout are in seconds. ``takes_time`` says whether it may
    take long to prepare.
    """

    prepare: Callable[[Any], Prepared | None]
    delay: float = 0
    timeout: float = 10
    takes_time: bool = False

    @classmethod
    def of(
        cls,
        prepare: Prepared | Callable[[Any], Prepared | None],
        delay: float | timedelta = 0,
        timeout: float | timedelta = 10,
        *,
        takes_time: bool = False,
    ) -> Callback:
        """A callback with a request that is always the same, or made for each occasion. Raises `UsageError`."""
        seconds, most = _seconds(delay), _seconds(timeout)
        if not 0 <= seconds <= threading.TIMEOUT_MAX:
            raise UsageError(f"delay: must be 0 seconds or more, not {seconds:g} seconds.")
        if not 0 < most < math.inf:
            raise UsageError(f"timeout: a number of seconds above 0 is needed, not {most:g}.")
        return cls(_Always(prepare) if isinstance(prepare, Prepared) else prepare, seconds, most, takes_time)


def _seconds(value: float | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


@dataclass(frozen=True)
class _Always:
    prepared: Prepared

    def __call__(self, occasion: object) -> Prepared:
        return self.prepared


@dataclass(eq=False)
class CallbackRecord:
    """One callback that is due, and what came of it.

    It is sent once it is ``started``, and over once it is ``ended`` (both on the clock of `time.perf_counter`). Then it
    has a response or a failure, but one that was ``cancelled`` is nobody's fault. ``cut`` says that the body of the
    response is only the beginning of what was sent. ``ended`` is set last.
    """

    prepared: Prepared = field(repr=False)
    response: Response | None = None
    cut: bool = False
    failure: Phrase | None = None
    cancelled: bool = False
    time: float | None = None
    """When it was sent, in seconds since the epoch."""
    started: float | None = None
    ended: float | None = None

    @property
    def method(self) -> str:
        return self.prepared.method

    @cached_property
    def url(self) -> str:
        return self.prepared.url

    @property
    def headers(self) -> Headers:
        return self.prepared.headers

    @property
    def body(self) -> bytes:
        return self.prepared.body or b""

    def drop_body(self) -> None:
        """Drops the body of the response, to save memory."""
        if self.response is not None:
            self.response = self.response.with_body()

    @property
    def missing(self) -> Phrase | None:
        """Why there is no response; None if there is one."""
        if self.response is not None:
            return None
        if self.failure is not None:
            return self.failure
        return "not sent yet" if self.started is None else "no response yet"


def cancel(record: CallbackRecord, why: str) -> None:
    """Notes that it is not sent, or that nobody waits for its response; ``why`` is what happened."""
    record.cancelled = True
    record.failure = f"cancelled, because {why}"
    record.ended = time.perf_counter()


def problem_reason(record: CallbackRecord) -> Phrase | None:
    """Which callback failed, and why; None while it is not over, and if it went well or was cancelled."""
    if record.ended is None or record.cancelled:
        return None
    reason = record.failure
    if record.response is not None and record.response.status > 399:
        reason = ("answered ", Plain(f"{record.response.status} {record.response.reason}".rstrip()))
    return None if reason is None else joined(Plain(f"{record.method} {record.url}"), ": ", reason)
