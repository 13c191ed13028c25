"""What frames a response, with the section of RFC 9112 (or 9110, then written out) it is from."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.outgoing import Delimiter, response_head

LENGTH = "Content-Length: 3"
CHUNKED = "Transfer-Encoding: chunked"
CLOSE = "Connection: close"

BYTES = b"abc"
PIECES = (b"ab", b"c")

# section, request, status, body, what frames it: the header fields, and what ends the body
FRAMES = [
    ("6.2", "GET / 1.1", 200, BYTES, [LENGTH], Delimiter.LENGTH),
    ("6.2", "GET / 1.1", 500, b"", ["Content-Length: 0"], Delimiter.LENGTH),
    ("6.2", "GET / 1.0", 200, BYTES, [LENGTH, CLOSE], Delimiter.LENGTH),
    ("6.2", "OPTIONS * 1.1", 404, BYTES, [LENGTH], Delimiter.LENGTH),
    ("6.1", "GET / 1.1", 200, PIECES, [CHUNKED], Delimiter.CHUNKS),
    ("6.1", "GET / 1.2", 200, PIECES, [CHUNKED], Delimiter.CHUNKS),
    ("6.1", "GET / 1.0", 200, PIECES, [CLOSE], Delimiter.CLOSE),
    ("6.3", "HEAD / 1.1", 200, BYTES, [LENGTH], Delimiter.NO_BODY),
    ("6.3", "HEAD / 1.0", 200, BYTES, [LENGTH, CLOSE], Delimiter.NO_BODY),
    ("6.3", "HEAD / 1.1", 400, BYTES, [LENGTH], Delimiter.NO_BODY),
    ("6.3", "HEAD / 1.1", 200, PIECES, [], Delimiter.NO_BODY),
    ("6.3", "head / 1.1", 200, BYTES, [LENGTH], Delimiter.LENGTH),
    ("6.3", "GET / 1.1", 204, BYTES, [], Delimiter.NO_BODY),
    ("6.3", "GET / 1.1", 204, PIECES, [], Delimiter.NO_BODY),
    ("6.3", "HEAD / 1.1", 204, b"", [], Delimiter.NO_BODY),
    ("9110 15.3.6", "GET / 1.1", 205, BYTES, ["Content-Length: 0"], Delimiter.NO_BODY),
    ("9110 15.3.6", "GET / 1.1", 205, PIECES, ["Content-Length: 0"], Delimiter.NO_BODY),
    ("6.3", "GET / 1.1", 304, BYTES, [], Delimiter.NO_BODY),
    ("6.3", "GET / 1.1", 304, PIECES, [], Delimiter.NO_BODY),
    ("6.3", "GET / 1.1", 103, BYTES, [CLOSE], Delimiter.NO_BODY),
    ("9110 8.6", "GET / 1.1", 101, PIECES, [CLOSE], Delimiter.NO_BODY),
    ("6.3", "CONNECT a:80 1.1", 200, BYTES, [CLOSE], Delimiter.NO_BODY),
    ("9110 8.6", "CONNECT a:80 1.1", 204, PIECES, [CLOSE], Delimiter.NO_BODY),
    ("6.3", "CONNECT a:80 1.1", 403, BYTES, [LENGTH], Delimiter.LENGTH),
]


@pytest.mark.parametrize(("section", "line", "status", "body", "fields", "delimiter"), FRAMES)
def test_framing(
    section: str, line: str, status: int, body: bytes | Iterable[bytes], fields: list[str], delimiter: Delimiter
) -> None:
    method, target, version = line.split()
    request = Request(method, target, version=version)
    head, found, keep_alive = response_head(request, Response(status, (), body), version != "1.0")
    start, *lines, end, rest = head.decode().split("\r\n")
    assert start.startswith(f"HTTP/1.1 {status}")
    assert (end, rest) == ("", "")
    assert [field for field in lines if not field.startswith(("Date: ", "Server: "))] == fields
    assert any(field.startswith("Date: ") for field in lines)
    assert found is delimiter
    assert keep_alive is (CLOSE not in fields)


# method, status, the Content-Length given, body, where the framing is: in place, or last
LENGTHS = [
    ("GET", 200, ["3"], BYTES, ["content-length: 3", "X-A: a"]),
    ("GET", 200, ["4"], BYTES, ["X-A: a", LENGTH]),
    ("GET", 200, ["3", "3"], BYTES, ["X-A: a", LENGTH]),
    ("GET", 200, ["3"], PIECES, ["X-A: a", CHUNKED]),
    ("HEAD", 200, ["7"], PIECES, ["content-length: 7", "X-A: a"]),
    ("GET", 304, ["7"], PIECES, ["content-length: 7", "X-A: a"]),
    ("GET", 204, ["3"], PIECES, ["X-A: a"]),
    ("GET", 205, ["0"], PIECES, ["content-length: 0", "X-A: a"]),
]


@pytest.mark.parametrize(("method", "status", "given", "body", "fields"), LENGTHS)
def test_a_content_length_that_is_right_stays_in_its_place(
    method: str, status: int, given: list[str], body: bytes | Iterable[bytes], fields: list[str]
) -> None:
    headers = [*(("content-length", length) for length in given), ("X-A", "a"), ("Date", "d"), ("Server", "s")]
    head, _, _ = response_head(Request(method, "/"), Response(status, headers, body), True)
    lines = head.decode().split("\r\n")[1:-2]
    assert [field for field in lines if not field.startswith(("Date: ", "Server: "))] == fields
