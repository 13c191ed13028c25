"""A response as sent over the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Final

from ..errors import UsageError
from ..visible import harmless
from .content import decode
from .head import TOKEN

Headers = tuple[tuple[str, str], ...]

BAD_VALUE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

# RFC 9110, 8.6 and 15.3.5, 15.3.6, 15.4.5: these have no content, even if their headers announce one.
BODILESS: Final = frozenset({204, 205, 304})


def has_no_body(method: str, status: int) -> bool:
    """Whether a response with this status to a request with this method ends with its head (RFC 9112, 6.3)."""
    return method == "HEAD" or status in BODILESS or status < 200


def first_value(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The first value of a header; the name in lower case."""
    return next((value for other, value in headers if other.lower() == name), None)


# The wire adds these by itself, unless they are given.
WIRE_FIELDS: Final = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})

# The content of a recorded body may be this large.
_MAX_CONTENT: Final = 64 * 1024 * 1024

_NO_COPIES: Final[tuple[object, dict[str | None, Response]]] = (None, {})


class Response:
    """Status, reason phrase, headers and body to send; immutable.

    With bytes as body, it may be sent many times. Any other body is an iterable of bytes that is read once, while it is
    sent; ``length`` is its size, if known. ``release`` is called once, after it was sent. A ``shared`` response is sent
    to many requests. Of a ``raw`` one, the body is all that is sent; its status and headers are what that says, and the
    status is 0 if it says none. Date, Connection and the framing headers are added by the wire.
    """

    __slots__ = (
        "_release",
        "body",
        "copies",
        "head",
        "headers",
        "length",
        "raw",
        "reason",
        "shared",
        "status",
        "usual",
        "usual_head",
    )

    def __init__(
        self,
        status: int,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes | Iterable[bytes] = b"",
        length: int | None = None,
        reason: str | None = None,
        release: Callable[[], object] | None = None,
        raw: bool = False,
    ) -> None:
        self.shared = False
        self.raw = raw
        self._release = release
        self.status = status
        self.reason = reason_phrase(status) if reason is None else reason
        self.headers: Headers = tuple(headers)
        self.body = body
        self.length = len(body) if isinstance(body, bytes) else length
        # Whether its length is known and it has no fields that the wire normally adds.
        self.usual = (
            self.length is not None
            and status >= 200
            and status not in BODILESS
            and not any(name.lower() in WIRE_FIELDS for name, _ in self.headers)
        )
        self.head = self._serialise()
        # The head as the wire last sent it, after its Date line: one response answers many requests in a second.
        self.usual_head = (b"", b"")
        # Copies with more headers, by the origin of the page that gets them; and what they belong to.
        self.copies: tuple[object, dict[str | None, Response]] = _NO_COPIES

    def _serialise(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {self.reason}\r\n"]
        lines += [f"{name}: {value}\r\n" for name, value in self.headers]
        return "".join(lines).encode("latin-1")

    def __repr__(self) -> str:
        return f"<Response {self.status}>"

    def with_body(
        self,
        body: bytes | Iterable[bytes] = b"",
        length: int | None = None,
        release: Callable[[], object] | None = None,
    ) -> Response:
        """The same response with another body."""
        return Response(self.status, self.headers, body, length, self.reason, release, self.raw)

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> Response:
        """The same response with other headers. Its body is the same, so only one of the two can be read and closed."""
        release = None if self._release is None else self.close
        return Response(self.status, headers, self.body, self.length, self.reason, release, self.raw)

    def content_of(self, body: bytes) -> bytes:
        """The content of a body that was sent, or of its beginning; the body itself where it cannot be decoded."""
        codings = ", ".join(value for name, value in self.headers if name.lower() == "content-encoding")
        return decode(body, codings, _MAX_CONTENT, whole=isinstance(self.body, bytes)).data

    def close(self) -> None:
        """Releases what the response holds, such as an open file. May be called again."""
        release, self._release = self._release, None
        if release is not None:
            release()

    def pieces(self) -> Iterator[bytes]:
        """The body in pieces, none of them empty."""
        if isinstance(self.body, bytes):
            if self.body:
                yield self.body
            return
        for piece in self.body:
            if piece:
                yield piece


def text_response(status: int, text: str) -> Response:
    """A response for people."""
    return Response(status, (("Content-Type", "text/plain; charset=utf-8"),), harmless(text).encode())


def json_response(status: int, value: object) -> Response:
    """The same for programs."""
    # What `harmless` escapes are escapes of JSON, too.
    body = harmless(json.dumps(value, ensure_ascii=False, indent=2))
    return Response(status, (("Content-Type", "application/json"),), f"{body}\n".encode())


# As RFC 9110 names them; Python before 3.13 has older names.
_PHRASES: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def reason_phrase(status: int) -> str:
    """The standard phrase of a status code; empty if it has none."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return ""


def check_header(name: str, value: str) -> None:
    """Rejects what would not arrive as one header field (RFC 9110, 5.1 and 5.5)."""
    if not TOKEN.fullmatch(name):
        raise UsageError(f"headers: {name!r} is not a header name.")
    if BAD_VALUE.search(value):
        raise UsageError(f"headers: the value of {name} has a line break or control character: {value!r}.")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise UsageError(
            f"headers: the value of {name} has characters that a header cannot carry: {value!r}. Percent-encode them."
        ) from None
