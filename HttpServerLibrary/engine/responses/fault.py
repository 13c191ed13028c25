"""Responses that go wrong on purpose, and bytes that are sent in place of a response."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum
from typing import Final

from ..arguments import json_bytes, utf8
from ..errors import UsageError
from ..message.reply import Ending, RecordingReply
from ..message.response import Response
from ..words import counted
from .arguments import Pairs, header_pairs, make_response, with_content_type
from .occasion import Occasion
from .responder import SendsAtOnce
from .seconds import seconds_of
from .spread import write_over
from .static import JSON, TEXT

_BODY: Final = (b"0123456789abcdef" * 63)[:1000]
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_STATUS_LINE: Final = re.compile(rb"HTTP/\d\.\d (\d{3})(?: ([^\r\n]*))?\r?\n")
_FIELD: Final = re.compile(rb"([^:\s]+):[ \t]*([^\r\n]*)\r?\n")


class FaultKind(Enum):
    """What goes wrong."""

    CLOSE = "CLOSE"
    """The connection is closed."""

    RESET = "RESET"
    """The connection is reset."""

    HANG = "HANG"
    """The connection stays open, and nothing more is sent until the client leaves."""

    STALE = "STALE"
    """The whole response is sent, then the connection is closed without announcing it."""


class RawEnd(Enum):
    """What follows raw bytes."""

    CLOSE = "CLOSE"
    """The connection is closed."""

    RESET = "RESET"
    """The connection is reset."""

    HANG = "HANG"
    """The connection stays open, and nothing more is sent until the client leaves."""

    KEEP = "KEEP"
    """The next request on the connection is answered."""


class Fault(SendsAtOnce):
    """Sends a part of a response, then closes or resets the connection or says nothing more."""

    # A reset waits until what was sent before it has left.
    takes_time = True
    is_faulty = True

    def __init__(
        self,
        kind: FaultKind,
        *,
        after: object = "START",
        body: object = None,
        content_type: str | None = None,
        status: int | str = 200,
        headers: object = None,
    ) -> None:
        data, default = _body(body)
        pairs: Pairs = with_content_type(header_pairs(headers), content_type, default)
        self._kind = kind
        self._response = make_response(status, pairs, data)
        self._response.shared = True
        self._data = data
        # None: before the head.
        self._sent = _place(after, len(data))
        if kind is FaultKind.STALE and self._sent is not None:
            raise UsageError("after: STALE sends the whole response, so it has no place. Leave out after.")

    def respond(self, occasion: Occasion) -> Response:
        return self._response

    def send(self, response: Response, reply: RecordingReply) -> None:
        if self._kind is FaultKind.STALE:
            reply.send_stale(response)
            return
        reply.breaks(Ending(self._kind.value))
        if self._sent is not None:
            if not reply.begin(response):
                return
            if self._sent and not reply.write(self._data[: self._sent]):
                return
        reply.finish(Ending(self._kind.value))


def _body(body: object) -> tuple[bytes, str]:
    """The body as bytes, and its type unless another is given."""
    if body is None:
        return _BODY, TEXT
    if isinstance(body, str):
        return utf8(body, "body"), TEXT
    if isinstance(body, (bytes, bytearray)):
        return bytes(body), "application/octet-stream"
    return json_bytes(body, "body"), JSON


def _place(after: object, size: int) -> int | None:
    """How many bytes of the body are sent; None if not even the head is."""
    if isinstance(after, str):
        word = after.strip().upper()
        share = _SHARE.fullmatch(word)
        if word in ("START", "HEAD"):
            return None if word == "START" else 0
        if share is not None and float(share[1]) <= 100:
            return int(size * float(share[1]) / 100)
        if share is not None:
            raise UsageError(f"after: a share from 0 % to 100 % is needed, not {after!r}.")
        if word.isdecimal() and word.isascii():
            after = int(word)
    if isinstance(after, float) and after.is_integer():
        after = int(after)
    if isinstance(after, bool) or not isinstance(after, int) or after < 0:
        raise UsageError(
            "after: START, HEAD, a number of bytes of the body, or a share of it such as '50 %', is needed, "
            f"not {after!r}."
        )
    if after > size:
        raise UsageError(f"after: the body has {counted(size, 'byte')}, so it cannot break after {after:,} of them.")
    return after


class Raw(SendsAtOnce):
    """Sends bytes as they are, whatever they are, in place of a response."""

    takes_time = True
    is_faulty = True

    def __init__(self, data: object, *, duration: float | timedelta = 0, end: RawEnd = RawEnd.CLOSE) -> None:
        if not isinstance(data, (str, bytes, bytearray)):
            raise UsageError(f"data: text or bytes are needed, not {type(data).__name__}: {data!r}.")
        self._data = utf8(data, "data") if isinstance(data, str) else bytes(data)
        self._seconds = seconds_of(duration, "duration")
        self._end = Ending(end.value)
        self._response = _as_response(self._data)

    def respond(self, occasion: Occasion) -> Response:
        return self._response

    def send(self, response: Response, reply: RecordingReply) -> None:
        if self._end in (Ending.RESET, Ending.HANG):
            reply.breaks(self._end)
        if not self._data:
            # So that the record knows that these bytes are the response.
            reply.write(b"")
        if write_over([self._data], len(self._data), self._seconds, reply):
            reply.finish(self._end)


def _as_response(data: bytes) -> Response:
    """What a lenient client would understand of raw bytes: the final status and the headers, if there are any."""
    at = 0
    while (line := _STATUS_LINE.match(data, at)) is not None:
        at = line.end()
        pairs: Pairs = []
        while (field := _FIELD.match(data, at)) is not None:
            pairs.append((field[1].decode("latin-1"), field[2].decode("latin-1").rstrip()))
            at = field.end()
        if line[1][:1] != b"1":
            return Response(int(line[1]), pairs, data, reason=(line[2] or b"").decode("latin-1"), raw=True)
        end = re.compile(rb"\r?\n").match(data, at)
        at = at if end is None else end.end()
    return Response(0, (), data, reason="", raw=True)
