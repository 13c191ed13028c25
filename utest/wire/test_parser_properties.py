"""Whatever arrives: a verdict, never an exception; and the same verdict as h11, save for listed differences."""

from __future__ import annotations

from typing import NamedTuple

import h11
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.parser import Parser


def get(*fields: bytes, line: bytes = b"GET / HTTP/1.1", body: bytes = b"") -> bytes:
    return b"\r\n".join((line, b"Host: a", *fields, b"", body))


def chunked(body: bytes) -> bytes:
    return get(b"Transfer-Encoding: chunked", body=body)


# What h11 reads and this parser refuses: part of our reason, why it is refused, and an example.
STRICTER = {
    "LF instead of CRLF": (
        "RFC 9112, 2.2 lets a recipient accept LF; a test server had better say it",
        b"GET / HTTP/1.1\nHost: a\n\n",
    ),
    "CR without LF": (
        "RFC 9112, 2.2: invalid or replaced by a space. h11 lets no CR through but in chunk extensions",
        chunked(b"1;a\rb\r\nx\r\n0\r\n\r\n"),
    ),
    "starts with whitespace": (
        "RFC 9112, 5.2: folded lines are refused or unfolded; h11 unfolds them",
        get(b"A: b", b" c"),
    ),
    "has a control character": (
        "RFC 9110, 5.5: refused or replaced. h11 refuses NUL, CR, LF, VT, FF only",
        get(b"A: \x01"),
    ),
    "has a # or": (
        "RFC 9112, 3.2: h11 leaves the request target to its user",
        get(line=b"GET /# HTTP/1.1"),
    ),
    "is neither a path nor": ("RFC 9112, 3.2: the same", get(line=b"GET a HTTP/1.1")),
    "no valid host": ("RFC 9110, 4.2.1: the same", get(line=b"GET http://:80/ HTTP/1.1")),
    "not secured by TLS": (
        "RFC 9110, 7.4: h11 does not know what the connection is",
        get(line=b"GET https://a HTTP/1.1"),
    ),
    "target of CONNECT": (
        "RFC 9110, 9.3.6: h11 leaves the request target to its user",
        get(line=b"CONNECT a HTTP/1.1"),
    ),
    "major version": ("RFC 9110, 15.6.6: h11 leaves the version to its user", get(line=b"GET / HTTP/2.0")),
    "value of Host": ("RFC 9112, 3.2: h11 does not look into Host", b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    "Host is empty": ("RFC 9112, 3.3: h11 does not look into Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    "no Host": ("RFC 9112, 3.2: h11 asks for it in HTTP/1.1 only, not in 1.2", b"GET / HTTP/1.2\r\n\r\n"),
    "more than one Content-Length": (
        "RFC 9112, 6.3 lets a recipient accept equal lengths, h11 does",
        get(b"Content-Length: 1", b"Content-Length: 1", body=b"x"),
    ),
    "Content-Length is not a number": (
        "RFC 9112, 6.3: the same for equal lengths in a list",
        get(b"Content-Length: 1, 1", body=b"x"),
    ),
    "both Content-Length and Transfer-Encoding": (
        "RFC 9112, 6.3: h11 ignores the length",
        get(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    ),
    "HTTP/1.0 request cannot have Transfer-Encoding": (
        "RFC 9112, 6.1: faulty framing; h11 reads the chunks",
        get(b"Transfer-Encoding: chunked", line=b"GET / HTTP/1.0", body=b"0\r\n\r\n"),
    ),
    "something other than 100-continue": (
        "RFC 9110, 10.1.1: h11 leaves expectations to its user",
        get(b"Expect: wonders"),
    ),
    "size in hexadecimal digits": (
        "RFC 9112, 7.1: h11 takes white space behind the size, and any bytes as extension",
        chunked(b"1 \r\nx\r\n0\r\n\r\n"),
    ),
    "is in the trailer section": (
        "RFC 9110, 6.5.1: no sender may put it there; h11 leaves trailers to its user",
        chunked(b"0\r\nHost: a\r\n\r\n"),
    ),
}
# What h11 refuses and this parser reads: part of h11's reason, why it is read, and an example.
MORE_LENIENT = {
    "no request line received": ("RFC 9112, 2.2: a server should ignore an empty line in front", b"\r\n" + get()),
    "bad Content-Length": (
        "RFC 9110, 8.6: any number of digits; h11 takes 20",
        get(b"Content-Length: " + b"0" * 30 + b"3", body=b"abc"),
    ),
    "Only Transfer-Encoding: chunked": (
        "RFC 9110, 5.6.1.2: empty members of a list are ignored",
        get(b"Transfer-Encoding: , chunked", body=b"0\r\n\r\n"),
    ),
    "illegal chunk header": (
        "RFC 9112, 7.1 and 7.1.1: white space in front of an extension, and any number of digits; h11 takes 20",
        chunked(b"1 ;a\r\nx\r\n" + b"0" * 30 + b"\r\n\r\n"),
    ),
}

METHODS = st.sampled_from([b"GET", b"POST", b"PUT", b"OPTIONS", b"CONNECT", b"!#'~", b"G T", b"", b"\x16\x03"])
TARGETS = st.sampled_from(
    [b"/", b"/a?b=c%20", b"*", b"http://a:80/b", b"https://u@h", b"a:80", b"//", b"", b"/\xff", b"ftp://a", b"/#"]
)
VERSIONS = st.sampled_from([b"HTTP/1.1"] * 8 + [b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"http/1.1", b"HTTP/1", b""])
NAMES = st.sampled_from([b"A", b"x_Y", b"Host", b"Connection", b"a b", b"", b" B", b"C "])
VALUES = st.one_of(
    st.sampled_from([b"a", b"", b" \t a b \t", b"\x80\xff", b"a\x01", b"close", b"a\r\n b"]), st.binary(max_size=6)
)
FIELDS = st.one_of(
    st.tuples(NAMES, VALUES).map(b":".join),
    st.sampled_from(
        [
            *(b"Host: a", b"Host: [::1]:80", b"Expect: 100-continue", b"Expect: x"),
            *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"transfer-encoding:,Chunked"),
            *(b"Content-Length: 3", b"content-length: 0", b"Content-Length: 3, 3", b"Content-Length: -1"),
            *(b"Content-Length: 000000000000000000000003", b"no colon"),
        ]
    ),
)
SIZES = st.sampled_from([b"%x", b"%X", b"0%x", b"%x;a=b", b'%x ;a="b\\""', b"%x ", b"%x;\x01", b"", b"-%x"])
LINE_ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n"])


GOOD_FIELDS = st.tuples(
    st.sampled_from([b"A", b"x_Y", b"Connection"]),
    st.sampled_from([b"a", b"", b" \t a b \t", b"\x80\xff", b"close"]),
).map(b":".join)
GOOD_SIZES = st.sampled_from([b"%x", b"%X", b"0%x", b'%x;a=b;c="\\""'])


@st.composite
def chunks(draw: st.DrawFn, good: bool) -> bytes:
    ends = st.just(b"\r\n") if good else LINE_ENDS
    parts = []
    for data in [*draw(st.lists(st.binary(min_size=1, max_size=20), max_size=3)), b""]:
        size = draw(GOOD_SIZES if good else SIZES)
        parts += [size % len(data) if b"%" in size else size, draw(ends), data]
        parts += [draw(ends)] if data else []
    for trailer in draw(st.lists(GOOD_FIELDS if good else FIELDS, max_size=1)):
        parts += [trailer, draw(ends)]
    return b"".join([*parts, b"\r\n"])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A good request in one of two cases, else something like one."""
    good = draw(st.booleans())
    line = b"POST /a HTTP/1.1" if good else b" ".join([draw(METHODS), draw(TARGETS), draw(VERSIONS)])
    fields = draw(st.lists(GOOD_FIELDS if good else FIELDS, max_size=3))
    if good or draw(st.integers(0, 9)):
        fields.append(b"Host: localhost")
    body = draw(st.sampled_from(["", "length", "chunks"] if good else ["", "length", "chunks", "any"]))
    data = b""
    if body == "length":
        data = draw(st.binary(max_size=30))
        fields.append(b"Content-Length: %d" % len(data))
    elif body == "chunks":
        data = draw(chunks(good))
        fields.append(b"Transfer-Encoding: chunked")
    elif body == "any":
        data = draw(st.binary(max_size=10))
    end = b"\r\n" if good else draw(LINE_ENDS)
    start = b"" if good or draw(st.integers(0, 9)) else b"\r\n"
    return start + end.join([line, *fields, b"", data])


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Something like a request, with a few bytes of it changed."""
    data = bytearray(draw(messages()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(
            st.one_of(st.binary(max_size=2), st.sampled_from([b"\r\n", b"\r", b"\n", b" ", b":", b"\x00"]))
        )
    return bytes(data)


ANYTHING = st.one_of(messages(), broken(), st.binary(max_size=60))


def read(pieces: list[bytes], limits: Limits) -> list[Request]:
    parser = Parser(limits)
    requests = []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next_request()) is not None:
            requests.append(request)
    cut_off = parser.end()
    return requests if cut_off is None else [*requests, cut_off]


def verdict(request: Request) -> object:
    if request.fault:
        assert request.fault.status in (400, 413, 414, 417, 421, 431, 501, 505)
        return (request.fault.status, request.fault.reason)
    return (request.method, request.target, request.version, request.fields, request.headers, request.body, request.cut)


NARROW = Limits(target=8, header_section=50, header_fields=2, body=10, body_kept=3, chunk_line=9)


@settings(max_examples=600)
@given(
    st.lists(ANYTHING, min_size=1, max_size=3).map(b"".join),
    st.lists(st.integers(1, 40)),
    st.sampled_from([Limits(), NARROW]),
)
def test_any_bytes_have_one_verdict(data: bytes, sizes: list[int], limits: Limits) -> None:
    whole = [verdict(request) for request in read([data], limits)]
    pieces = []
    rest = data
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    pieces.append(rest)
    assert [verdict(request) for request in read(pieces, limits)] == whole
    assert [verdict(request) for request in read([data[at : at + 1] for at in range(len(data))], limits)] == whole


class ReadByH11(NamedTuple):
    """The first request, and what came behind it."""

    request: Request
    rest: bytes


def read_with_h11(data: bytes) -> ReadByH11 | h11.RemoteProtocolError | None:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(data)
    head: h11.Request | None = None
    body = b""
    try:
        while True:
            got = connection.next_event()
            if isinstance(got, h11.Request):
                head = got
            elif isinstance(got, h11.Data):
                body += got.data
            elif isinstance(got, h11.EndOfMessage):
                assert head is not None
                request = Request(
                    head.method.decode(),
                    head.target.decode(),
                    body=body,
                    version=head.http_version.decode(),
                    headers=tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in head.headers.raw_items()),
                )
                return ReadByH11(request, connection.trailing_data[0])
            else:
                return None
    except h11.RemoteProtocolError as error:
        return error


def next_verdict(parser: Parser) -> object:
    request = parser.next_request()
    return request and verdict(request)


@settings(max_examples=1500)
@given(ANYTHING, st.sampled_from([b"", get(), get(line=b"BAD")]))
def test_h11_agrees(data: bytes, behind: bytes) -> None:
    theirs = read_with_h11(data + behind)
    parser = Parser(Limits())
    parser.feed(data + behind)
    ours = parser.next_request()
    if ours is not None and ours.fault:
        if isinstance(theirs, ReadByH11):
            event(f"stricter: {ours.fault.reason}")
            assert any(part in ours.fault.reason for part in STRICTER), ours.fault.reason
    elif ours is None and not parser.in_request:
        event("nothing but empty lines, which h11 refuses")
        assert not (data + behind).strip(b"\r\n")
    elif isinstance(theirs, h11.RemoteProtocolError):
        event(f"more lenient: {theirs}"[:60])
        assert any(part in str(theirs) for part in MORE_LENIENT), (theirs, ours)
    elif ours is not None:
        assert theirs is not None, "h11 waits for more"
        event("both read it")
        request = theirs.request
        assert (ours.method, ours.target, ours.version) == (request.method, request.target, request.version)
        assert fields_alike(ours) == fields_alike(request)
        assert ours.body == request.body
        rest = Parser(Limits())
        rest.feed(theirs.rest)
        assert next_verdict(parser) == next_verdict(rest), "it ends elsewhere"
    else:
        assert theirs is None, "we wait for more"


@pytest.mark.parametrize("reason", STRICTER)
def test_h11_reads_what_is_refused_here(reason: str) -> None:
    _, data = STRICTER[reason]
    (ours,) = read([data], Limits())
    assert ours.fault is not None
    assert reason in ours.fault.reason
    assert isinstance(read_with_h11(data), ReadByH11)


@pytest.mark.parametrize("reason", MORE_LENIENT)
def test_h11_refuses_what_is_read_here(reason: str) -> None:
    _, data = MORE_LENIENT[reason]
    (ours,) = read([data], Limits())
    assert ours.fault is None
    assert reason in str(read_with_h11(data))


def fields_alike(request: Request) -> list[tuple[str, str]]:
    """The header fields; h11 gives the value of Transfer-Encoding in lower case."""
    return [(n, v.lower() if n.lower() == "transfer-encoding" else v) for n, v in request.headers]
