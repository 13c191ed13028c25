"""The head of a response as it is sent: framing, connection, date and server (RFC 9112, 6 and 9)."""

from __future__ import annotations

import time
from email.utils import formatdate
from enum import Enum
from typing import Final

from ..message.request import Request
from ..message.response import WIRE_FIELDS, Response, has_no_body
from .head import list_members

# Their responses have no content, regardless of the length they announce (RFC 9112, 6.3).
_UNUSUAL_METHODS: Final = ("HEAD", "CONNECT")
_SERVER_LINE: Final = b"Server: HttpServerLibrary\r\n"


class Delimiter(Enum):
    """What tells the client where the body ends."""

    NO_BODY = 0
    LENGTH = 1
    CHUNKS = 2
    CLOSE = 3


def response_head(request: Request, response: Response, keep_alive: bool) -> tuple[bytes, Delimiter, bool]:
    """The head of `response` to `request`, how the body will end, and whether the connection is kept alive.

    `keep_alive` says what the request allows.
    """
    if keep_alive and response.usual and request.version != "1.0" and request.method not in _UNUSUAL_METHODS:
        # A shortcut with the same result for most responses.
        date = _date_line()
        dated, head = response.usual_head
        if dated is not date:
            head = b"%b%b%bContent-Length: %d\r\n\r\n" % (response.head, date, _SERVER_LINE, response.length or 0)
            response.usual_head = date, head
        return head, Delimiter.LENGTH, True
    delimiter = _delimiter(request, response)
    given: dict[str, str] = {}
    for name, value in response.headers:
        name = name.lower()
        if name in WIRE_FIELDS:
            given[name] = f"{given[name]}, {value}" if name in given else value
    framing = _framing(request, response, delimiter, given.get("content-length"))
    # A Content-Length that is right stays where it was given.
    is_framed = framing == _length_line(given.get("content-length", "")) and "transfer-encoding" not in given
    lines = [response.head if is_framed or not given else _without_framing(response)]
    if "date" not in given:
        lines.append(_date_line())
    if "server" not in given:
        lines.append(_SERVER_LINE)
    if not is_framed:
        lines.append(framing)
    says_close = "connection" in given and "close" in list_members([given["connection"]])
    if says_close or _must_close(request, response, delimiter):
        keep_alive = False
    if not keep_alive and not says_close:
        lines.append(b"Connection: close\r\n")
    elif keep_alive and request.version == "1.0":
        lines.append(b"Connection: keep-alive\r\n")
    lines.append(b"\r\n")
    return b"".join(lines), delimiter, keep_alive


def _delimiter(request: Request, response: Response) -> Delimiter:
    # RFC 9112, 6.3
    if has_no_body(request.method, response.status) or _is_tunnel(request, response.status):
        return Delimiter.NO_BODY
    if response.length is not None:
        return Delimiter.LENGTH
    return Delimiter.CLOSE if request.version == "1.0" else Delimiter.CHUNKS


def _framing(request: Request, response: Response, delimiter: Delimiter, given: str | None) -> bytes:
    """The header field that says where the body ends; empty if none does."""
    if delimiter is Delimiter.LENGTH:
        return _length_line(str(response.length))
    if delimiter is Delimiter.CHUNKS:
        return b"Transfer-Encoding: chunked\r\n"
    return _described_length(request, response, given) if delimiter is Delimiter.NO_BODY else b""


def _length_line(length: str) -> bytes:
    return b"Content-Length: %b\r\n" % length.encode("latin-1")


def _described_length(request: Request, response: Response, given: str | None) -> bytes:
    """The Content-Length of a response without content: that of a response to GET (RFC 9110, 8.6)."""
    status = response.status
    if status < 200 or status == 204 or _is_tunnel(request, status):
        return b""
    if status == 205:
        return b"Content-Length: 0\r\n"
    if given is not None:
        return _length_line(given)
    if status == 304 or response.length is None:
        return b""
    return _length_line(str(response.length))


def _must_close(request: Request, response: Response, delimiter: Delimiter) -> bool:
    # After 101, and after 2xx to CONNECT, the protocol is no longer HTTP, so this server cannot go on.
    status = response.status
    return delimiter is Delimiter.CLOSE or status < 200 or _is_tunnel(request, status)


def _is_tunnel(request: Request, status: int) -> bool:
    # CONNECT with a path is answered like any other request.
    return request.method == "CONNECT" and 200 <= status < 300 and not request.target.startswith("/")


def _without_framing(response: Response) -> bytes:
    """The given status line and header fields, without the framing fields."""
    lines = [response.head[: response.head.index(b"\r\n") + 2]]
    lines += [
        f"{name}: {value}\r\n".encode("latin-1")
        for name, value in response.headers
        if name.lower() not in ("content-length", "transfer-encoding")
    ]
    return b"".join(lines)


_date: tuple[int, bytes] = (0, b"")


def _date_line() -> bytes:
    global _date
    now = int(time.time())
    second, line = _date
    if second != now:
        line = f"Date: {formatdate(now, usegmt=True)}\r\n".encode("ascii")
        _date = (now, line)
    return line
