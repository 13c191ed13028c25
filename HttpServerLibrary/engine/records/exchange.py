"""A request and what happened to it: the record in the journal."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from ..message.reply import Ending, Stream
from ..message.request import Request
from ..message.response import Response, has_no_body
from ..phrase import UNMASKED, Masking, masked
from ..problem import ProblemRecord
from ..visible import visible
from .progress import Progress

if TYPE_CHECKING:
    from ..expectations.expectation import Expectation
    from ..scope import Scope

# A host and port with which a URL can be made. A malformed one, or one with a password, is left to the headers.
_HOST: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@\[\]:\\]+)(?::[0-9]*)?")


class Exchange:
    """One request with its response, from arrival until the journal forgets it.

    ``masking`` is what its texts must not show. ``captured`` is the part of a streamed body that was sent; ``ended`` is
    when the response was sent (on the clock of ``Request.started``); ``delivered`` says whether all of it was sent, and
    is None before that is known; ``delay`` is how many seconds the response waits before it is sent. ``progress`` is
    there where the answer is not simply sent whole. ``forwarded_to`` is the URL that the request was sent on to.
    ``body_bytes`` and ``head_bytes`` are what the journal counts for bodies and head; ``bodies_dropped`` says that it
    dropped the bodies. ``number`` is the position in the order of arrival, counted from 1. ``logged_early`` says how it
    was logged if that was before the end was known: ``True`` as not sent yet, ``False`` as sent. The exchange is
    ``forgotten`` once the journal no longer lists it, and ``void`` once a reset removed it from everything. Two with
    the same ``origin`` and number are equal: a journal may make several of one request.
    """

    # Attributes of the class, because setting all of them for each request takes time.
    response: Response | None = None
    expectation: Expectation | None = None
    problem: ProblemRecord | None = None
    captured: bytearray | None = None
    ended: float | None = None
    delivered: bool | None = None
    delay = 0.0
    progress: Progress | None = None
    forwarded_to: str | None = None
    body_bytes = 0
    head_bytes = 0
    bodies_dropped = False
    forgotten = False
    void = False
    logged_early: bool | None = None

    def __init__(
        self,
        request: Request | tuple[object, ...],
        base_url: str,
        scope: Scope,
        masking: Masking = UNMASKED,
        number: int = 0,
        origin: object = None,
    ) -> None:
        self._request = request
        self._origin = origin
        self.number = number
        self.base_url = base_url
        self.scope = scope
        self.masking = masking

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Exchange) or self._origin is None:
            return self is other
        return self.number == other.number and self._origin is other._origin

    def __hash__(self) -> int:
        return hash(self.number)

    def __str__(self) -> str:
        request = self.request
        if not request.method:
            return "malformed request"
        return visible(masked(f"{request.method} {request.raw_path}", self.masking))

    def __repr__(self) -> str:
        return f"<Exchange {self}>"

    @property
    def request(self) -> Request:
        request = self._request
        return Request.of_values(request) if isinstance(request, tuple) else request

    def compact(self) -> None:
        """Keeps only the values of the request, which is complete."""
        self._request = self.values()

    def values(self) -> tuple[object, ...]:
        """All values of the request."""
        request = self._request
        return request if isinstance(request, tuple) else request.values()

    @property
    def received(self) -> bool:
        """Whether it is among the received requests: it is answered, or left to the test to answer."""
        return self.response is not None or (self.progress is not None and self.progress.held)

    @property
    def stream(self) -> Stream | None:
        """Its response, while it is open and the test can continue it."""
        stream = None if self.progress is None else self.progress.stream
        return stream if stream is not None and stream.is_open else None

    @property
    def stream_ended(self) -> bool:
        """Whether its response was open and is no longer."""
        return self.progress is not None and self.progress.was_open and self.stream is None

    def add(self, piece: bytes) -> bool:
        """Adds a piece to its open response; returns False if it is not open."""
        stream = self.stream
        return stream is not None and stream.put(piece)

    def end(self, ending: Ending) -> bool:
        """Ends its open response; returns False if it is not open."""
        stream = self.stream
        return stream is not None and stream.end(ending)

    @property
    def url(self) -> str:
        """The absolute URL that the client asked for."""
        request = self.request
        target = request.target
        if not target.startswith("/"):
            return target if "://" in target else self.base_url
        host = request.header("host")
        is_usable = host is not None and _HOST.fullmatch(host)
        return f"{self.base_url.partition('://')[0]}://{host}{target}" if is_usable else f"{self.base_url}{target}"

    @property
    def duration(self) -> float:
        """Seconds from the arrival to the response, including its delay, or to the end of a streamed response."""
        return (time.perf_counter() if self.ended is None else self.ended) - self.request.started

    @property
    def without_body(self) -> bool:
        """Whether the response ends with its head, as to HEAD, whatever its body would be."""
        response = self.response
        return response is not None and not response.raw and has_no_body(self.request.method, response.status)

    @property
    def body_length(self) -> int | None:
        """How many bytes the body of the response has; None if that is unknown."""
        return 0 if self.without_body or self.response is None else self.response.length

    @property
    def sent_body(self) -> bytes:
        """The body of the response, or the part that is kept of a streamed one; empty if only the head was sent."""
        if self.without_body:
            return b""
        if self.captured is not None or self.response is None or not isinstance(self.response.body, bytes):
            return bytes(self.captured or b"")
        return self.response.body

    @property
    def loss(self) -> str:
        """Why the response was not sent."""
        who = "server was stopped" if self.progress is not None and self.progress.stopped else "client left"
        return f"not sent: the {who} after {self.duration:.1f} s"

    def part_of(self, size: int) -> str:
        """How much of a body of this size `sent_body` is, in words."""
        kept = len(self.sent_body)
        is_all_sent = self.progress is not None and self.progress.sent == kept
        part = f"the first {kept}" if kept else "none"
        return f"{size} bytes, of which {part} {'were sent' if is_all_sent else 'are kept'}"

    @property
    def sent_content(self) -> bytes:
        """The same without its content codings, or as sent where it cannot be decoded."""
        return b"" if self.response is None else self.response.content_of(self.sent_body)

    def drop_bodies(self, option: str) -> None:
        """Drops the bodies, which make an exchange large, because of an option."""
        request = self.request
        request.drop_body(option)
        if request is not self._request:
            self._request = request.values()
        self.bodies_dropped = True
        if self.captured is not None:
            self.captured = bytearray()
        if self.response is not None:
            self.response = self.response.with_body()
        for record in [] if self.progress is None else self.progress.callbacks:
            record.drop_body()
