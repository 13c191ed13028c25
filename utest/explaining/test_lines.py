"""Requests as lines."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.explaining.lines import (
    Excerpt,
    Header,
    details,
    listed,
    outcome_line,
    request_body,
    request_line,
    request_phrase,
)
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.phrase import UNMASKED, text
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request.of("GET", "/a?b=1"), "GET /a?b=1"),
        (Request.of("GET", "/a%20b?"), "GET /a%20b"),
        (Request.of("GET", "/a\x1b"), "GET /a\\x1b"),
        (Request.of("OPTIONS", "*"), "OPTIONS *"),
        (Request("", ""), "malformed request"),
        (Request.of("GET", f"/{'a' * 195}"), f"GET /{'a' * 195}"),
        (Request.of("GET", f"/{'a' * 196}"), f"GET /{'a' * 195}... (201 characters)"),
    ],
)
def test_the_line_of_a_request(request_: Request, line: str) -> None:
    assert request_line(request_) == line


def test_what_became_of_a_request(server: HttpServer, ask: Ask) -> None:
    pending = server.journal.arrive(Request.of("GET", "/x"), server.url, server.book.innermost)
    assert outcome_line(pending) == "GET /x (no response yet)"
    ask(Request.of("GET", "/x"))
    assert [outcome_line(entry) for entry in server.journal.exchanges()] == ["GET /x (answered 500)"]


def test_a_request_that_was_forwarded(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    (entry,) = server.journal.exchanges()
    entry.forwarded_to = "http://shop.example/x"
    assert outcome_line(entry) == "GET /x (forwarded to http://shop.example/x, answered 500)"


def test_a_list_of_requests(server: HttpServer, ask: Ask) -> None:
    for path in ("/a", "/a", "/b", "/a", *(f"/{number}" for number in range(5))):
        ask(Request.of("GET", path))
    received = server.journal.exchanges()
    assert listed(received[:4], UNMASKED) == [
        "  GET /a (answered 500) (2 times)",
        "  GET /b (answered 500)",
        "  GET /a (answered 500)",
    ]
    assert listed(received, UNMASKED, most=3)[-1] == "  ... and 5 more"
    assert listed(received[:3], UNMASKED, most=1) == ["  GET /a (answered 500) (2 times)", "  ... and 1 more"]
    assert listed([], UNMASKED) == []


def shown(request: Request) -> list[str]:
    return [text(detail) for detail in details(request)]


def test_headers_that_every_client_sends_say_nothing() -> None:
    headers = {"Host": "a", "Accept": "*/*", "accept-encoding": "gzip", "Content-Length": "1", "X-A": "1"}
    assert shown(Request.of("GET", "/", headers)) == ["X-A: 1"]
    assert shown(Request.of("GET", "/", {"Accept": "text/html"})) == ["Accept: text/html"]


def test_headers_and_body() -> None:
    request = Request.of("POST", "/", [(f"X-{number}", "1") for number in range(10)], b"a\nb")
    assert shown(request) == [*(f"X-{number}: 1" for number in range(8)), "... and 2 more headers", "", "a\nb"]
    assert shown(Request.of("POST", "/", [(f"X-{number}", "1") for number in range(9)]))[-1] == "... and 1 more header"
    assert shown(Request.of("POST", "/", {}, b"a")) == ["a"]
    assert shown(Request.of("GET", "/")) == []


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization", "Cookie", "SET-COOKIE"])
def test_headers_with_credentials_are_masked(name: str) -> None:
    assert shown(Request.of("GET", "/", {name: "hunter2", "X-A": "1"})) == [f"{name}: ***", "X-A: 1"]


def test_a_header_that_is_masked() -> None:
    secrets = Secrets()
    secrets.mask_headers(["x-key"], Scope("test"))
    secrets.add("hunter2")
    assert Header("X-Key", "hush").shown(secrets) == "X-Key: ***"
    assert Header("X-Trace", "a hunter2 b").shown(secrets) == "X-Trace: a *** b"
    assert Header("X-Trace", f"{'a' * 98}hunter2").shown(secrets) == f"X-Trace: {'a' * 98}***... (105 characters)"
    assert Header("X\x1b", "\x80").shown(UNMASKED) == "X\\x1b: \\x80"


def cut(body: bytes) -> Request:
    """A request of which this much of the body is kept."""
    request = Request.of("POST", "/upload", {}, body)
    request.cut = Cut(2048, len(body), "max_body_kept")
    return request


@pytest.mark.parametrize(
    ("request_", "lines"),
    [
        (Request.of("GET", "/"), ""),
        (Request.of("POST", "/", {}, b"a\r\n\tb\x1b"), "a\n    b\\x1b"),
        (Request.of("POST", "/", {}, b"1\n2\n3\n4\n5"), "1\n2\n3\n4\n5"),
        (Request.of("POST", "/", {}, b"1\n2\n3\n4\n5\n6"), "1\n2\n3\n4\n5\n... (11 bytes)"),
        (Request.of("POST", "/", {}, b"a" * 101), f"{'a' * 100}... (101 characters)"),
        (Request.of("POST", "/", {}, b"\xff\x00" * 20), f"40 bytes: {' '.join(['ff 00'] * 12)} ..."),
        (cut(b"a\nb"), "a\nb... (2048 bytes, of which max_body_kept keeps the first 3)"),
        (cut(b""), "... (2048 bytes, of which max_body_kept keeps none)"),
    ],
    ids=lambda value: repr(value)[:20] if isinstance(value, str) else "",
)
def test_the_beginning_of_a_body(request_: Request, lines: str) -> None:
    assert text(request_body(request_)) == lines


def test_a_line_of_a_body_that_is_very_long_does_not_hide_the_others() -> None:
    body = b"a" * 100_000 + b"\nb"
    assert text(request_body(Request.of("POST", "/", {}, body))).split("\n")[-1] == "... (100,002 bytes)"


def test_a_secret_at_the_cut_of_a_body_is_masked() -> None:
    secrets = Secrets()
    secrets.add("hush-hush")
    body = b"\n".join([b"x" * 995] * 4 + [b"x" * 1013 + b"hush-hush" + b"y" * 10_000])
    assert "hush" not in text(request_body(Request.of("POST", "/", {}, body)), secrets)


def test_the_first_bytes_of_a_malformed_request_are_masked() -> None:
    secrets = Secrets()
    secrets.add("hunter2")
    data = b"GET /hunter2 HTTP/1.1\r\nAUTHORIZATION: Bearer x\r\ncookie :x\r\nX-Cookie: 1\r\nCookie: x"
    assert Excerpt(data).shown(secrets) == (
        r"b'GET /*** HTTP/1.1\r\nAUTHORIZATION: ***\r\ncookie : ***\r\nX-Cookie: 1\r\nCookie: ***'"
    )


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\tBasic abc\r\n", r"b'\t ***\r\n'"),
        (b"GET / HTTP/1.1\r\nCookie:\r\n a=1\r\n\tb=2\r\nX: 1\r\n", r"b'GET / HTTP/1.1\r\nCookie: ***\r\nX: 1\r\n'"),
        (b" GET / HTTP/1.1\r\n", r"b' GET / HTTP/1.1\r\n'"),
        (b" Cookie: a\r\n", r"b' Cookie: ***'"),
        (b"Authorization Bearer x\r\nA: 1\r\n", r"b'Authorization ***\r\nA: 1\r\n'"),
        (b"Cookie=x\r\n \r\n x\r\nA: 1", r"b'Cookie= ***\r\nA: 1'"),
        (b"\xef\xbb\xbfCookie\0: x", r"b'\xef\xbb\xbfCookie\x00: ***'"),
        (b"GET / HTTP/1.1\rCoo\xe2\x80\x8bkie: x\rA: 1", r"b'GET / HTTP/1.1\rCoo\xe2\x80\x8bkie: ***'"),
        (b"\x1b[1mCookie: x", r"b'\x1b[1mCookie: ***'"),
        (b'"cookie": "x"', r"""b'"cookie": ***'"""),
        (b"GET /cookie?cookie=a HTTP/9.1", r"b'GET /cookie?cookie=a HTTP/9.1'"),
        (b"GET http://us:p/w@h/ HTTP/1.1", r"b'GET http://***@h/ HTTP/1.1'"),
        (b"Host: us:p@w@h", r"b'Host: ***@h'"),
        (b"GET /users/@me a@b:c", r"b'GET /users/@me a@b:c'"),
    ],
)
def test_credentials_of_a_malformed_request_are_masked(data: bytes, shown: str) -> None:
    assert Excerpt(data).shown(UNMASKED) == shown


def test_binary_data_is_shown_without_secrets() -> None:
    secrets = Secrets()
    secrets.add("hunter2")
    body = request_body(Request.of("POST", "/", {}, b"\xff\0hunter2\xff" + bytes(16) + b"hunter2"))
    assert text(body, secrets) == f"33 bytes: ff 00 *** ff {'00 ' * 14}..."


def test_the_user_of_a_wrong_host_is_masked() -> None:
    assert text(Header("host", "us:pw@h")) == "host: ***"


def test_a_malformed_target_is_not_shown() -> None:
    assert text(request_phrase(Request("GET", ""))) == "GET with a target that is malformed, incomplete or too long"
