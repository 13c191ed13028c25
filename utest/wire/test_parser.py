"""Vectors for the parser. Each names the section of RFC 9112 (or 9110, then written out) it stands for."""

from __future__ import annotations

import time
import tracemalloc
from typing import NamedTuple

import pytest

from HttpServerLibrary.engine.request import Cut, Request
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.parser import Parser

SMALL = Limits(target=40, header_section=120, header_fields=4, body=20, chunk_line=30, trailer_section=30)


class Good(NamedTuple):
    """What a request must be read as."""

    method: str
    target: str
    body: bytes = b""
    version: str = "1.1"


def read(pieces: list[bytes], limits: Limits) -> list[Request]:
    parser = Parser(limits)
    requests = []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next_request()) is not None:
            requests.append(request)
    return requests


def outcome(request: Request) -> tuple[object, ...]:
    if request.fault:
        # What was understood of the request depends on how much of it was there, the verdict must not.
        return (request.fault.status, request.fault.reason)
    return (request.method, request.target, request.version, request.headers, request.body)


def message(line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((line, *fields, b"", body))


def get(*fields: bytes, body: bytes = b"") -> bytes:
    return message(b"POST / HTTP/1.1", b"Host: a", *fields, body=body)


def chunked(body: bytes) -> bytes:
    return get(b"Transfer-Encoding: chunked", body=body)


GET = Good("GET", "/")

ACCEPTED = {
    # section: bytes, what they are read as
    "2.2 one empty line in front": (b"\r\n" + message(b"GET / HTTP/1.1", b"Host: a"), [GET]),
    "2.2 four empty lines in front": (b"\r\n" * 4 + message(b"GET / HTTP/1.1", b"Host: a"), [GET]),
    "2.2 an empty line in between": (
        message(b"GET / HTTP/1.1", b"Host: a") + b"\r\n" + message(b"GET /b HTTP/1.1", b"Host: a"),
        [GET, Good("GET", "/b")],
    ),
    "2.5 a higher minor version": (
        message(b"GET / HTTP/1.7", b"Host: a"),
        [Good("GET", "/", version="1.7")],
    ),
    "2.5 HTTP/1.0 without Host": (message(b"GET / HTTP/1.0"), [Good("GET", "/", version="1.0")]),
    "3.1 an unknown method": (message(b"pa-tch! / HTTP/1.1", b"Host: a"), [Good("pa-tch!", "/")]),
    "3.2.1 origin-form": (
        message(b"GET /a%20b?c=d&e='?/ HTTP/1.1", b"Host: a"),
        [Good("GET", "/a%20b?c=d&e='?/")],
    ),
    "3.2.1 a path that begins with two slashes": (
        message(b"GET //a HTTP/1.1", b"Host: a"),
        [Good("GET", "//a")],
    ),
    "3.2.2 absolute-form": (
        message(b"GET http://b:80/c?d HTTP/1.1", b"Host: a"),
        [Good("GET", "http://b:80/c?d")],
    ),
    "3.2.2 absolute-form of https, without a path": (
        message(b"GET HTTPS://[::1] HTTP/1.1", b"Host: a"),
        [Good("GET", "HTTPS://[::1]")],
    ),
    "3.2.3 authority-form": (
        message(b"CONNECT a:80 HTTP/1.1", b"Host: a:80"),
        [Good("CONNECT", "a:80")],
    ),
    "3.2.4 asterisk-form": (message(b"OPTIONS * HTTP/1.1", b"Host: a"), [Good("OPTIONS", "*")]),
    "3.2.4 OPTIONS of a path": (
        message(b"OPTIONS / HTTP/1.1", b"Host: a"),
        [Good("OPTIONS", "/")],
    ),
    "3.2 an empty Host": (message(b"GET / HTTP/1.1", b"Host:"), [GET]),
    "9110 7.2 Host with IPv6": (message(b"GET / HTTP/1.1", b"Host: [::1]:80"), [GET]),
    "9110 7.2 Host with an embedded IPv4": (
        message(b"GET / HTTP/1.1", b"Host: [::ffff:1.2.3.4]"),
        [GET],
    ),
    "9110 7.2 Host with a future address": (message(b"GET / HTTP/1.1", b"Host: [v7.a:b]"), [GET]),
    "9110 7.2 Host with an empty port": (message(b"GET / HTTP/1.1", b"Host: a:"), [GET]),
    "9110 7.2 Host with all a name may have": (
        message(b"GET / HTTP/1.1", b"Host: a-._~!$&'()*+,;=%7e_9:80"),
        [GET],
    ),
    "5 fields in any case": (
        message(b"POST / HTTP/1.1", b"hOST: a", b"CONTENT-length:1", body=b"x"),
        [Good("POST", "/", b"x")],
    ),
    "5.1 white space around the value": (get(b"A: \t b c \t "), [Good("POST", "/")]),
    "5.5 an empty value": (get(b"A:", b"B: "), [Good("POST", "/")]),
    "9110 5.5 obs-text": (get(b"A: \x80\xff\tb"), [Good("POST", "/")]),
    "9110 5.6.2 all a name may have": (get(b"!#$%&'*+-.^_`|~09azAZ: b"), [Good("POST", "/")]),
    "6.2 a length": (get(b"Content-Length: 3", body=b"abc"), [Good("POST", "/", b"abc")]),
    "6.2 leading zeros": (get(b"Content-Length: 0003", body=b"abc"), [Good("POST", "/", b"abc")]),
    "6.2 no length at all": (get(b"Content-Length: 0"), [Good("POST", "/")]),
    "6.3 neither length nor encoding": (get(), [Good("POST", "/")]),
    "7.1 chunks": (
        chunked(b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"),
        [Good("POST", "/", b"abc0123456789")],
    ),
    "7.1 no chunk but the last": (chunked(b"000\r\n\r\n"), [Good("POST", "/")]),
    "7.1 a chunk that looks like the end": (
        chunked(b"5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
        [Good("POST", "/", b"0\r\n\r\n")],
    ),
    "7.1.1 extensions": (
        chunked(b'1;a\r\nx\r\n1 ; b = "\\";\\\\" ;c=d\r\ny\r\n0;e\r\n\r\n'),
        [Good("POST", "/", b"xy")],
    ),
    "7.1.2 trailers": (
        chunked(b"1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n"),
        [Good("POST", "/", b"x")],
    ),
    "7 chunked in any case, with empty members": (
        get(b"Transfer-Encoding: , ,\tCHUNKED ,", body=b"0\r\n\r\n"),
        [Good("POST", "/")],
    ),
    "9.3.2 pipelining": (
        get(b"Content-Length: 1", body=b"x") + chunked(b"1\r\ny\r\n0\r\n\r\n") + get(),
        [Good("POST", "/", b"x"), Good("POST", "/", b"y"), Good("POST", "/")],
    ),
    "9110 10.1.1 an expectation with the body": (
        get(b"Expect: 100-Continue", b"Content-Length: 1", body=b"x"),
        [Good("POST", "/", b"x")],
    ),
    "9110 10.1.1 any expectation in HTTP/1.0": (
        message(b"GET / HTTP/1.0", b"Expect: wonders"),
        [Good("GET", "/", version="1.0")],
    ),
}

REFUSED = {
    # section: bytes, status, part of the reason
    "2.2 LF instead of CRLF": (b"GET / HTTP/1.1\nHost: a\n\n", 400, "LF instead"),
    "2.2 LF after a field": (b"GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", 400, "LF instead"),
    "2.2 LF as the empty line": (b"GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "LF instead"),
    "2.2 CR in the request line": (message(b"GET /\r HTTP/1.1", b"Host: a"), 400, "CR without"),
    "2.2 CR in a value": (get(b"A: b\rc"), 400, "CR without"),
    "2.2 CR in front": (b"\rGET / HTTP/1.1\r\n\r\n", 400, "start with a method"),
    "2.2 too many empty lines": (b"\r\n" * 5, 400, "empty lines"),
    "2.2 white space in front of the fields": (
        message(b"GET / HTTP/1.1", b" Host: a"),
        400,
        "starts with white space",
    ),
    "2.3 another major version": (message(b"GET / HTTP/2.0", b"Host: a"), 505, "major version"),
    "2.3 the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "major version"),
    "2.3 HTTP/0.9 that says so": (message(b"GET / HTTP/0.9"), 505, "major version"),
    "2.3 HTTP/0.9": (b"GET /\r\n", 400, "request line"),
    "2.3 a long version": (message(b"GET / HTTP/1.10", b"Host: a"), 400, "request line"),
    "2.3 a version in lower case": (message(b"GET / http/1.1", b"Host: a"), 400, "request line"),
    "3 garbage": (b"garbage\r\n", 400, "request line"),
    "3 nothing but a space": (b" \r\n", 400, "start with a method"),
    "3 TLS": (b"\x16\x03\x01\x02\x00\x01", 400, "TLS"),
    "3 no ASCII": (b"\xff\x00", 400, "start with a method"),
    "3 two spaces": (message(b"GET  / HTTP/1.1", b"Host: a"), 400, "request line"),
    "3 a tab": (message(b"GET\t/ HTTP/1.1", b"Host: a"), 400, "request line"),
    "3 a space behind": (message(b"GET / HTTP/1.1 ", b"Host: a"), 400, "request line"),
    "3 a space in the target": (message(b"GET /a b HTTP/1.1", b"Host: a"), 400, "request line"),
    "3.1 no token": (message(b"G(T / HTTP/1.1", b"Host: a"), 400, "request line"),
    "3.2 no ASCII in the target": (message(b"GET /\xe4 HTTP/1.1", b"Host: a"), 400, "request line"),
    "3.2 a control character in the target": (
        message(b"GET /\x00 HTTP/1.1", b"Host: a"),
        400,
        "request line",
    ),
    "3.2.1 no slash": (message(b"GET a HTTP/1.1", b"Host: a"), 400, "neither a path"),
    "3.2.2 another scheme": (message(b"GET ftp://a/ HTTP/1.1", b"Host: a"), 400, "neither a path"),
    "9110 4.2.1 no host": (message(b"GET http:///b HTTP/1.1", b"Host: a"), 400, "no valid host"),
    "9110 4.2.1 a port only": (message(b"GET http://:80/ HTTP/1.1", b"Host: a"), 400, "no valid"),
    "9110 4.2.4 a user": (message(b"GET http://a@b/ HTTP/1.1", b"Host: b"), 400, "no valid host"),
    "3.2.3 authority-form of GET": (message(b"GET a:80 HTTP/1.1", b"Host: a"), 400, "neither"),
    "3.2.3 CONNECT of a path": (message(b"CONNECT / HTTP/1.1", b"Host: a"), 400, "CONNECT"),
    "3.2.3 CONNECT without a port": (message(b"CONNECT a HTTP/1.1", b"Host: a"), 400, "CONNECT"),
    "3.2.3 CONNECT without a host": (message(b"CONNECT :80 HTTP/1.1", b"Host: a"), 400, "CONNECT"),
    "3.2.4 asterisk-form of GET": (message(b"GET * HTTP/1.1", b"Host: a"), 400, "neither a path"),
    "3.2 no Host": (message(b"GET / HTTP/1.1", b"A: b"), 400, "no Host"),
    "3.2 no fields at all": (message(b"GET / HTTP/1.1"), 400, "no Host"),
    "3.2 two Hosts": (message(b"GET / HTTP/1.1", b"Host: a", b"host: a"), 400, "more than one Host"),
    "3.2 two Hosts in HTTP/1.0": (
        message(b"GET / HTTP/1.0", b"Host: a", b"Host: a"),
        400,
        "more than one Host",
    ),
    "3.2 a Host of HTTP/1.0": (message(b"GET / HTTP/1.0", b"Host: a b"), 400, "value of Host"),
    **{
        f"3.2 Host {value.decode()}": (
            message(b"GET / HTTP/1.1", b"Host: " + value),
            400,
            "value of Host",
        )
        for value in (
            *(b"a b", b"a/b", b"a@b", b"a:b", b"a,b:c", b"a%2", b"a:80:80", b"http://a", b'"a"'),
            *(b"::1", b"[::1", b"[]", b"[::g]", b"[1::2::3]", b"[::1]a", b"[fe80::1%25eth0]"),
        )
    },
    "5 no colon": (get(b"abc"), 400, "no colon"),
    "5 no name": (get(b": b"), 400, "no name"),
    "5 no token": (get(b"A(b): c"), 400, "characters that no name"),
    "5 no ASCII in the name": (get(b"\xe4: c"), 400, "characters that no name"),
    "5.1 white space in front of the colon": (get(b"A : b"), 400, "the colon"),
    "5.2 a folded line": (get(b"A: b", b"\tc"), 400, "starts with white space"),
    "9110 5.5 NUL": (get(b"A: b\x00c"), 400, "field A has a control"),
    "9110 5.5 DEL": (get(b"A: b\x7fc"), 400, "field A has a control"),
    "6.1 length and encoding": (
        get(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        400,
        "both",
    ),
    "6.1 an encoding in HTTP/1.0": (
        message(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        400,
        "HTTP/1.0",
    ),
    "6.1 an unknown coding": (get(b"Transfer-Encoding: gzip, chunked"), 501, "coding"),
    "6.1 an unknown coding in two fields": (
        get(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked"),
        501,
        "coding",
    ),
    "6.3 chunked is not the last": (get(b"Transfer-Encoding: chunked, gzip"), 400, "the last"),
    "6.3 no chunked": (get(b"Transfer-Encoding: gzip"), 400, "the last"),
    "6.3 identity": (get(b"Transfer-Encoding: identity"), 400, "the last"),
    "6.3 an empty encoding": (get(b"Transfer-Encoding:"), 400, "the last"),
    "7 chunked twice": (get(b"Transfer-Encoding: chunked, chunked"), 400, "only the last"),
    "7 chunked twice in two fields": (
        get(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        400,
        "only the last",
    ),
    "7.1 chunked with a parameter": (get(b"Transfer-Encoding: chunked;a=b"), 400, "the last"),
    "7 chunked with other white space": (get(b"Transfer-Encoding: \x85chunked"), 400, "the last"),
    "6.3 two lengths": (get(b"Content-Length: 1", b"Content-Length: 2"), 400, "more than one"),
    "6.3 the same length twice": (get(b"Content-Length: 1", b"Content-Length: 1"), 400, "more than"),
    **{
        f"6.2 Content-Length {value!r}": (get(b"Content-Length: " + value), 400, "not a number")
        for value in (b"", b"+1", b"-1", b"1 2", b"1, 1", b"0x1", b"1_0", b"\xb2", b"1.0", b"a")
    },
    "9110 8.6 a length over the limit": (get(b"Content-Length: 300000000"), 413, "larger"),
    "9110 8.6 a length that no number holds": (get(b"Content-Length: " + b"9" * 5000), 413, "larger"),
    "7.1 no size": (chunked(b"\r\n"), 400, "hexadecimal"),
    "7.1 no hexadecimal size": (chunked(b"g\r\n"), 400, "hexadecimal"),
    "7.1 a size with a prefix": (chunked(b"0x1\r\nx\r\n"), 400, "hexadecimal"),
    "7.1 a negative size": (chunked(b"-1\r\nx\r\n"), 400, "hexadecimal"),
    "7.1 a size with white space": (chunked(b"1 \r\nx\r\n"), 400, "hexadecimal"),
    "7.1 a size with many digits": (chunked(b"0" * 17 + b"\r\n"), 400, "hexadecimal"),
    "7.1 a size over the limit": (chunked(b"ffffffffff\r\n"), 413, "larger"),
    "7.1 LF behind the size": (chunked(b"1\nx\r\n"), 400, "hexadecimal"),
    "7.1 CR in the line": (chunked(b"1;a\rb\r\nx\r\n"), 400, "hexadecimal"),
    "7.1 more data than said": (chunked(b"1\r\nxy\r\n"), 400, "longer than its size"),
    "7.1 LF behind the data": (chunked(b"1\r\nx\n0\r\n\r\n"), 400, "longer than its size"),
    "7.1 CR behind the data": (chunked(b"1\r\nx\r0\r\n"), 400, "longer than its size"),
    "7.1.1 an extension without a name": (chunked(b"1;=a\r\nx\r\n"), 400, "hexadecimal"),
    "7.1.1 an extension with an open quote": (chunked(b'1;a="b\r\nx\r\n'), 400, "hexadecimal"),
    "7.1.1 an endless extension": (chunked(b"1;a=" + b"b" * 5000), 400, "longer than 4096"),
    "7.1.2 a bad trailer": (chunked(b"0\r\nA : b\r\n\r\n"), 400, "the colon"),
    "7.1.2 LF behind a trailer": (chunked(b"0\r\nA: b\n\r\n"), 400, "LF instead"),
    "7.1.2 LF at the end": (chunked(b"0\r\n\n"), 400, "LF instead"),
    "7.1.2 endless trailers": (chunked(b"0\r\n" + b"A: b\r\n" * 2000), 431, "trailer section"),
    "9110 10.1.1 another expectation": (get(b"Expect: wonders"), 417, "something else"),
    "9110 10.1.1 one more expectation": (get(b"Expect: 100-continue, x"), 417, "something else"),
    "3 a target of 8193 bytes": (
        message(b"GET /" + b"a" * 8192 + b" HTTP/1.1", b"Host: a"),
        414,
        "longer than 8192",
    ),
    "3 an endless target": (b"GET /" + b"a" * 9000, 414, "longer than 8192"),
    "3 an endless method": (b"G" * 9000, 414, "longer than 8192"),
    "5.4 a large header section": (
        get(*[b"A: " + b"b" * 8000] * 9),
        431,
        "larger than 65536",
    ),
    "5.4 an endless header section": (
        message(b"GET / HTTP/1.1", b"A: " + b"b" * 65540),
        431,
        "larger than 65536",
    ),
    "5.4 201 fields": (get(*[b"A: b"] * 200), 431, "more than 200"),
    "the first fault counts": (message(b"GET a HTTP/1.1", b"A : b"), 400, "neither a path"),
    "the first fault counts, also before a limit": (
        message(b"GET / HTTP/1.1", b"A : b", *[b"A: b"] * 300),
        400,
        "the colon",
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    data, expected = ACCEPTED[name]
    requests = read([data], Limits())
    assert [r.fault for r in requests] == [None] * len(expected)
    assert [Good(r.method, r.target, r.body, r.version) for r in requests] == expected


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    data, status, reason = REFUSED[name]
    requests = read([data, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], Limits())
    assert len(requests) == 1, "nothing is read behind a fault"
    fault = requests[0].fault
    assert fault is not None
    assert fault.status == status
    assert reason in fault.reason


ALL = {name: case[0] for name, case in {**ACCEPTED, **REFUSED}.items()}


@pytest.mark.parametrize("name", ALL)
def test_the_pieces_make_no_difference(name: str) -> None:
    data = ALL[name]
    whole = [outcome(request) for request in read([data], Limits())]
    for cut in range(min(len(data), 300)):
        assert [outcome(r) for r in read([data[:cut], data[cut:]], Limits())] == whole
    pieces = [data[at : at + 1] for at in range(len(data))]
    assert [outcome(request) for request in read(pieces, Limits())] == whole


def test_fields_are_kept_as_received() -> None:
    data = message(b"GET / HTTP/1.1", b"X-b:  1 ", b"host: a", b"X-B:2\xe4", b"x_c:\t")
    (request,) = read([data], Limits())
    assert request.fields == b"X-b:  1 \r\nhost: a\r\nX-B:2\xe4\r\nx_c:\t\r\n"
    pairs = (("X-b", "1"), ("host", "a"), ("X-B", "2\xe4"), ("x_c", ""))
    assert request.headers == pairs
    request.forget_views()
    assert request.headers == pairs


LIMITS = {
    "target": (lambda n: message(b"GET /" + b"a" * (n - 1) + b" HTTP/1.1", b"Host: a"), 40, 414),
    "header section": (lambda n: get(b"A: " + b"a" * (n - 14)), 120, 431),
    "header fields": (lambda n: get(*[b"A: b"] * (n - 1)), 4, 431),
    "length": (lambda n: get(b"Content-Length: %d" % n, body=b"a" * n), 20, 413),
    "chunk": (lambda n: chunked(b"%x\r\n%b\r\n0\r\n\r\n" % (n, b"a" * n)), 20, 413),
    "chunks": (lambda n: chunked(b"1\r\na\r\n" * n + b"0\r\n\r\n"), 20, 413),
    "chunk line": (lambda n: chunked(b"0;" + b"a" * (n - 4) + b"\r\n\r\n"), 30, 400),
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


def test_a_method_may_be_as_long_as_the_request_line() -> None:
    (request,) = read([message(b"G" * 200 + b" / HTTP/1.1", b"Host: a")], SMALL)
    assert request.fault is None


CONNECTIONS = [
    ("1.1", [], True),
    ("1.1", [b"Connection: close"], False),
    ("1.1", [b"Connection: keep-alive"], True),
    ("1.1", [b"Connection: TE, Close"], False),
    ("1.1", [b"Connection: keep-alive", b"Connection: ,close"], False),
    ("1.1", [b"Connection: "], True),
    ("1.0", [], False),
    ("1.0", [b"Connection: Keep-Alive"], True),
    ("1.0", [b"Connection: keep-alive, close"], False),
]


@pytest.mark.parametrize(("version", "fields", "keep_alive"), CONNECTIONS)
def test_connection(version: str, fields: list[bytes], keep_alive: bool) -> None:
    parser = Parser(Limits())
    parser.feed(message(b"GET / HTTP/" + version.encode(), b"Host: a", *fields))
    assert parser.next_request() is not None
    assert parser.keep_alive is keep_alive


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
    (b"GET /abc", "GET", "/abc", "1.1", b"", b""),
    (b"GET / HTTP/1.0\r\nA: b\r\nC: d", "GET", "/", "1.0", b"A: b\r\n", b""),
    (get(b"Content-Length: 9", body=b"abc"), "POST", "/", "1.1", b"Host: a\r\nContent-Length: 9\r\n", b"abc"),
    (chunked(b"2\r\nab\r\n3\r\nc"), "POST", "/", "1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\n", b"abc"),
    (chunked(b"2\r\nab\r\nx\r\n"), "POST", "/", "1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\n", b"ab"),
    (b"PUT /a HTTP/1.1\r\nA: b\r\nC : d\r\n", "PUT", "/a", "1.1", b"A: b\r\n", b""),
    (b"\r\nPUT /a HTTP/1.1\r\nA: b\r\n\r\n", "PUT", "/a", "1.1", b"A: b\r\n", b""),
    (b"PUT /" + b"a" * 9000, "PUT", "/" + "a" * 8191, "1.1", b"", b""),
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


def test_hostile_heads_take_linear_time() -> None:
    heads = [
        get(b"A:" + b" " * 60_000 + b"b"),
        get(b"A:" + b" " * 60_000 + b"\x00"),
        get(b"Host: " + b"a" * 60_000 + b"/"),
        get(b"Content-Length:" + b" " * 60_000),
        get(b"Transfer-Encoding:" + b"," * 60_000),
        chunked(b"1" + b";a" * 2000 + b" " * 90 + b"\x00\r\n"),
        get(*[b"A:"] * 16_000),
        b"A" * 60_000,
    ]
    start = time.process_time()
    for head in heads:
        read([head], Limits(target=100_000, header_fields=100_000))
    assert time.process_time() - start < 0.5


def test_single_bytes_take_linear_time() -> None:
    data = get(b"A: " + b"b" * 60_000)
    start = time.process_time()
    read([data[at : at + 1] for at in range(len(data))], Limits())
    assert time.process_time() - start < 2


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
