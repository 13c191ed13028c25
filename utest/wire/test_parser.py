"""What the parser keeps of a request, where its limits are, and what it costs; its verdicts are in test_vectors.py."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.wire.head import Heads
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.parser import Parser

SMALL = Limits(target=40, header_section=120, header_fields=4, body=20, chunk_line=30, trailer_section=30)


def read(pieces: list[bytes], limits: Limits) -> list[Request]:
    parser = Parser(limits)
    requests = []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next_request()) is not None:
            requests.append(request)
    return requests


def message(line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((line, *fields, b"", body))


def get(*fields: bytes, body: bytes = b"") -> bytes:
    return message(b"POST / HTTP/1.1", b"Host: a", *fields, body=body)


def chunked(body: bytes) -> bytes:
    return get(b"Transfer-Encoding: chunked", body=body)


def test_fields_are_kept_as_received() -> None:
    data = message(b"GET / HTTP/1.1", b"X-b:  1 ", b"host: a", b"X-B:2\xe4", b"x_c:\t")
    (request,) = read([data], Limits())
    assert request.fields == b"X-b:  1 \r\nhost: a\r\nX-B:2\xe4\r\nx_c:\t\r\n"
    pairs = (("X-b", "1"), ("host", "a"), ("X-B", "2\xe4"), ("x_c", ""))
    assert request.headers == pairs
    request.forget_views()
    assert request.headers == pairs


def test_a_repeated_head_gives_requests_of_their_own() -> None:
    """Heads are remembered, also among connections, but not what is made of them, nor the verdict for other limits."""
    heads = Heads(Limits())
    data = message(b"GET /a?b=1 HTTP/1.1", b"Host: a", b"Cookie: c=2")
    requests = []
    for _ in range(2):
        parser = Parser(Limits(), heads=heads)
        parser.feed(data * 2)
        requests += [parser.next_request(), parser.next_request()]
    first, *others = (request for request in requests if request is not None)
    first.query["b"].append("changed")
    assert [(other.target, other.fields, other.headers, other.query) for other in others] == [
        (first.target, first.fields, first.headers, {"b": ["1"]})
    ] * 3
    [refused] = read([data], Limits(target=3))
    assert refused.fault is not None
    assert refused.fault.status == 414


def test_a_head_that_is_refused_is_refused_again() -> None:
    heads = Heads(Limits())
    for _ in range(2):
        parser = Parser(Limits(), heads=heads)
        parser.feed(message(b"GET / HTTP/1.1", b"Host: a", b"Content-Length: x"))
        refused = parser.next_request()
        assert refused is not None
        assert refused.fault is not None
        assert refused.fault.reason == "the value of Content-Length is not a number"


def test_only_space_and_tab_surround_a_value() -> None:
    """RFC 9112, 5: what else Python takes for white space belongs to the value."""
    data = message(b"GET / HTTP/1.1", b"Host: a", b"A: \t\x85b\xa0\t ", b"C:\xa0")
    (request,) = read([data], Limits())
    assert request.headers == (("Host", "a"), ("A", "\x85b\xa0"), ("C", "\xa0"))


LIMITS: dict[str, tuple[Callable[[int], bytes], int, int]] = {
    "target": (lambda n: message(b"GET /" + b"a" * (n - 1) + b" HTTP/1.1", b"Host: a"), 40, 414),
    "header section": (lambda n: get(b"A: " + b"a" * (n - 14)), 120, 431),
    "header fields": (lambda n: get(*[b"A: b"] * (n - 1)), 4, 431),
    "length": (lambda n: get(b"Content-Length: %d" % n, body=b"a" * n), 20, 413),
    "chunk": (lambda n: chunked(b"%x\r\n%b\r\n0\r\n\r\n" % (n, b"a" * n)), 20, 413),
    "chunks": (lambda n: chunked(b"1\r\na\r\n" * n + b"0\r\n\r\n"), 20, 413),
    "chunk line": (lambda n: chunked(b"0;" + b"a" * (n - 4) + b"\r\n\r\n"), 30, 413),
    "extensions": (
        lambda n: chunked((b"1;%b\r\nx\r\n" % (b"a" * 25)) * 4 + b"0;%b\r\n\r\n" % (b"a" * (n - 105))),
        120,
        413,
    ),
    "trailers": (lambda n: chunked(b"0\r\nA:" + b"a" * (n - 6) + b"\r\n\r\n"), 30, 431),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_met_exactly(name: str) -> None:
    make, limit, status = LIMITS[name]
    for pieces in ([make(limit)], [make(limit)[at : at + 1] for at in range(len(make(limit)))]):
        (request,) = read(pieces, SMALL)
        assert request.fault is None
    over = make(limit + 1)
    for pieces in ([over], [over[at : at + 1] for at in range(len(over))]):
        (request,) = read(pieces, SMALL)
        assert request.fault is not None
        assert request.fault.status == status


AT_LIMITS = {
    "request line": (b"GET /", SMALL.target + 256),
    "header section": (b"GET / HTTP/1.1\r\nHost: a\r\nA: ", SMALL.header_section),
    "chunk line": (chunked(b"1;"), SMALL.chunk_line),
    "trailers": (chunked(b"0\r\nA: b\r\nC:"), SMALL.trailer_section),
}


@pytest.mark.parametrize("name", AT_LIMITS)
def test_what_is_wrong_first_decides_also_next_to_a_limit(name: str) -> None:
    """A CR without LF, and a line that is too long: the verdict must not depend on how much of it is there."""
    start, limit = AT_LIMITS[name]
    statuses = set()
    for length in range(limit - 30, limit + 10):
        data = start + b"a" * length + b"\rb" + b"c" * 300 + b"\r\n"
        (whole,) = read([data], SMALL)
        (in_pieces,) = read([data[at : at + 1] for at in range(len(data))], SMALL)
        assert whole.fault is not None
        assert in_pieces.fault is not None
        assert whole.fault.reason == in_pieces.fault.reason
        statuses.add(whole.fault.status)
    assert len(statuses) == 2, "the limit lies within the range"


def test_a_method_may_be_as_long_as_the_request_line() -> None:
    (request,) = read([message(b"G" * 200 + b" / HTTP/1.1", b"Host: a")], SMALL)
    assert request.fault is None


def test_continue_is_awaited_until_the_body_is_there() -> None:
    parser = Parser(Limits())
    parser.feed(get(b"Expect: 100-continue", b"Content-Length: 2"))
    assert parser.next_request() is None
    assert parser.awaits_continue
    parser.feed(b"ab")
    request = parser.next_request()
    assert request is not None
    assert request.body == b"ab"
    assert not parser.awaits_continue


@pytest.mark.parametrize("data", [get(b"Expect: 100-continue"), message(b"GET / HTTP/1.0", b"Expect: 100-continue")])
def test_continue_is_not_awaited(data: bytes) -> None:
    parser = Parser(Limits())
    parser.feed(data)
    assert parser.next_request() is not None
    assert not parser.awaits_continue


FAULTY = [
    # what arrives, what is understood of it
    (b"GE", "", "", "1.1", b"", b""),
    (b"GET /abc", "GET", "", "1.1", b"", b""),
    (b"GET / HTTP/1.0\r\nA: b\r\nC: d", "GET", "/", "1.0", b"A: b\r\n", b""),
    (get(b"Content-Length: 9", body=b"abc"), "POST", "/", "1.1", b"Host: a\r\nContent-Length: 9\r\n", b"abc"),
    (chunked(b"2\r\nab\r\n3\r\nc"), "POST", "/", "1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\n", b"abc"),
    (chunked(b"2\r\nab\r\nx\r\n"), "POST", "/", "1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\n", b"ab"),
    (b"PUT /a HTTP/1.1\r\nA: b\r\nC : d\r\n", "PUT", "/a", "1.1", b"A: b\r\n", b""),
    (b"\r\nPUT /a HTTP/1.1\r\nA: b\r\n\r\n", "PUT", "/a", "1.1", b"A: b\r\n", b""),
    (b"PUT /" + b"a" * 9000, "PUT", "", "1.1", b"", b""),
    (b"\x16\x03\x01\r\n", "", "", "1.1", b"", b""),
]


@pytest.mark.parametrize(("data", "method", "target", "version", "fields", "body"), FAULTY)
def test_what_was_understood_is_kept(
    data: bytes, method: str, target: str, version: str, fields: bytes, body: bytes
) -> None:
    parser = Parser(Limits())
    parser.feed(data)
    request = parser.next_request() or parser.end()
    assert request is not None
    assert request.fault is not None
    assert (request.method, request.target, request.version) == (method, target, version)
    assert (request.fields, request.body) == (fields, body)
    assert parser.next_request() is None
    assert parser.end() is None


EXCERPTS = [
    (b"\x16\x03\x01\x00", b"\x16\x03\x01\x00"),
    (b"garbage" * 100 + b"\r\n", (b"garbage" * 100)[:200]),
    (get(b"Good: a", b"Bad : b"), b"Bad : b\r\n"),
    (message(b"GET / HTTP/1.1", b"A: b"), message(b"GET / HTTP/1.1", b"A: b")),
    (chunked(b"1\r\nx\r\nz\r\n"), b"z\r\n"),
    (chunked(b"1\r\nxyz"), b"yz"),
]


@pytest.mark.parametrize(("data", "excerpt"), EXCERPTS)
def test_a_fault_shows_the_bytes(data: bytes, excerpt: bytes) -> None:
    (request,) = read([data], Limits())
    assert request.fault is not None
    assert request.fault.excerpt == excerpt


ENDS = [
    (b"", None),
    (b"\r\n", None),
    (b"\r\n\r", None),
    (get(), None),
    (b"G", "the client closed the connection in the middle of the header section"),
    (get()[:-1], "the client closed the connection in the middle of the header section"),
    (get(b"Content-Length: 100", body=b"a" * 10), "the client closed the connection after 10 of 100 body bytes"),
    (chunked(b"3\r\nab"), "the client closed the connection after 2 body bytes, before the end of the chunked body"),
]


@pytest.mark.parametrize(("data", "reason"), ENDS)
def test_the_end_of_the_connection(data: bytes, reason: str | None) -> None:
    parser = Parser(Limits())
    parser.feed(data)
    parser.next_request()
    assert parser.in_request is (reason is not None)
    request = parser.end()
    assert (request and request.fault and request.fault.reason) == reason


def is_linear(work: Callable[[int], object]) -> bool:
    """Whether four times as much takes less than nine times as long; with the square it takes sixteen times.

    How fast a machine is does not matter then. That it changes its speed in between, it does not do each time.
    """

    def takes(size: int) -> float:
        start = time.process_time()
        work(size)
        return time.process_time() - start

    return any(takes(60_000) < 9 * takes(15_000) for _ in range(5))


def test_hostile_heads_take_linear_time() -> None:
    def read_all(size: int) -> None:
        for head in (
            get(b"A:" + b" " * size + b"b"),
            get(b"A:" + b" " * size + b"\x00"),
            get(b"Host: " + b"a" * size + b"/"),
            get(b"Content-Length:" + b" " * size),
            get(b"Transfer-Encoding:" + b"," * size),
            chunked(b"1" + b";a" * (size // 30) + b" " * 90 + b"\x00\r\n"),
            get(*[b"A:"] * (size // 4)),
            b"A" * size,
        ):
            read([head], Limits(target=100_000, header_fields=100_000))

    assert is_linear(read_all)


def test_single_bytes_take_linear_time() -> None:
    def read_bytes(size: int) -> None:
        data = get(b"A: " + b"b" * size)
        read([data[at : at + 1] for at in range(len(data))], Limits())

    assert is_linear(read_bytes)


def test_a_large_body_is_in_memory_once() -> None:
    size = 32 << 20
    piece = bytes(1 << 16)
    parser = Parser(Limits())
    parser.feed(get(b"Content-Length: %d" % size))
    assert parser.next_request() is None
    assert parser.body_left == size
    tracemalloc.start()
    try:
        while parser.body_left:
            parser.feed(piece)
            request = parser.next_request()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert request is not None
    assert len(request.body) == size
    assert peak < 1.3 * size


KEPT = [
    # how much is kept, what arrives, what is kept, what is told
    (20, get(b"Content-Length: 20", body=b"0123456789" * 2), b"0123456789" * 2, None),
    (6, get(b"Content-Length: 6", body=b"012345"), b"012345", None),
    (6, get(b"Content-Length: 7", body=b"0123456"), b"012345", Cut(7, 6, "max_body_kept")),
    (0, get(b"Content-Length: 1", body=b"0"), b"", Cut(1, 0, "max_body_kept")),
    (0, get(b"Content-Length: 0"), b"", None),
    (6, chunked(b"6\r\n012345\r\n0\r\n\r\n"), b"012345", None),
    (6, chunked(b"4\r\n0123\r\n4\r\n4567\r\n4\r\n89ab\r\n0\r\n\r\n"), b"012345", Cut(12, 6, "max_body_kept")),
    (0, chunked(b"1\r\nx\r\n0\r\n\r\n"), b"", Cut(1, 0, "max_body_kept")),
    # Also where the rest never comes.
    (2, get(b"Content-Length: 9", body=b"abc"), b"ab", Cut(3, 2, "max_body_kept")),
    (2, chunked(b"9\r\nabc"), b"ab", Cut(3, 2, "max_body_kept")),
]


@pytest.mark.parametrize(("most", "data", "body", "cut"), KEPT)
def test_the_beginning_of_a_large_body_is_kept(most: int, data: bytes, body: bytes, cut: Cut | None) -> None:
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        parser = Parser(Limits(body=20, body_kept=most))
        requests = []
        for piece in pieces:
            parser.feed(piece)
            requests += [parser.next_request()]
        request = requests[-1] or parser.end()
        assert request is not None
        assert (request.body, request.cut) == (body, cut)
        assert request.body_size == (len(body) if cut is None else cut.size)


def test_the_accepted_size_counts_what_is_not_kept() -> None:
    limits = Limits(body=20, body_kept=2)
    for data in (chunked(b"a\r\n0123456789\r\n" * 3 + b"0\r\n\r\n"), get(b"Content-Length: 21")):
        (request,) = read([data], limits)
        assert request.fault is not None
        assert (request.fault.status, request.fault.reason) == (413, "the body is larger than 20 bytes (max_body_size)")


def test_what_follows_a_body_kept_in_part_is_read() -> None:
    first, second = read([get(b"Content-Length: 4", body=b"abcd") + get()], Limits(body_kept=1))
    assert (first.body, first.fault, second.method, second.fault) == (b"a", None, "POST", None)


@pytest.mark.parametrize("chunks", [False, True])
def test_what_is_not_kept_takes_no_memory(chunks: bool) -> None:
    size = 32 << 20
    piece = bytes(1 << 16)
    parser = Parser(Limits(body_kept=1 << 20))
    parser.feed(chunked(b"%x\r\n" % size) if chunks else get(b"Content-Length: %d" % size))
    assert parser.next_request() is None
    tracemalloc.start()
    try:
        for _ in range(size // len(piece)):
            parser.feed(piece)
            request = parser.next_request()
        if chunks:
            parser.feed(b"\r\n0\r\n\r\n")
            request = parser.next_request()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert request is not None
    assert (len(request.body), request.body_size) == (1 << 20, size)
    assert peak < 0.06 * size
