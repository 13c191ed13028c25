"""Failure messages, word for word, and their bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.expectations.shelf import NoMatch
from HttpServerLibrary.engine.explaining import checks as explain
from HttpServerLibrary.engine.explaining import refusal
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.difference import Difference
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.received import Problem
from HttpServerLibrary.engine.responses.static import respond_data, respond_json
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask
from utest.replies import MemoryReply

MAX_COLUMNS = 4000


def message(server: HttpServer) -> str:
    return server.journal.problems()[-1].message


def rows(lines: list[str]) -> int:
    """How Robot Framework counts the lines of a message before it cuts it: long ones are several."""
    return sum(max(1, -(-len(line) // 78)) for line in lines)


def assert_fits_a_log(text: str) -> None:
    lines = text.split("\n")
    assert rows(lines) <= 40
    assert max(map(len, lines)) <= MAX_COLUMNS
    assert all(line.isprintable() for line in lines), [line for line in lines if not line.isprintable()]


def test_no_expectations(server: HttpServer, ask: Ask) -> None:
    status, text = ask(Request.of("GET", "/orders?id=7", {"Host": "localhost", "Cookie": "a=1"}))
    assert status == 500
    assert text == (
        "UNEXPECTED REQUEST: GET /orders?id=7\n"
        "There are no expectations on server 'http-1' at http://localhost:0.\n"
        "This line expects it:\n"
        "  Expect Request    /orders    method=GET    query=id=7\n"
        "The request:\n"
        "  Cookie: ***\n"
    )
    assert message(server) == text.rstrip("\n")


def test_the_nearest_expectation_and_others(server: HttpServer, ask: Ask) -> None:
    descriptions: list[tuple[str, dict[str, Any]]] = [
        ("/health", {}),
        ("/orders", {"method": "GET"}),
        ("/orders", {"method": "POST", "json": {"item": "book", "n": 1}}),
    ]
    for path, fields in descriptions:
        server.book.register(Kind.PERMANENT, RequestDescription(path, **fields))
    _, text = ask(Request.of("POST", "/orders", {}, b'{"item": "pen", "n": true}'))
    assert text == (
        "UNEXPECTED REQUEST: POST /orders\n"
        "Nearest of 3 expectations on server 'http-1' at http://localhost:0:\n"
        '  permanent POST /orders json={"item": "book", "n": 1} (used 0)\n'
        '    json $.item: expected "book", received "pen"\n'
        "    json $.n: expected 1 (number), received true (boolean)\n"
        "  permanent GET /orders: method: expected GET, received POST; same path, other method\n"
        "This line expects it:\n"
        '  Expect Request    /orders    method=POST    json={"item": "pen", "n": true}\n'
    )


def test_nothing_like_it(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/health", method="GET"))
    _, text = ask(Request.of("DELETE", "/x"))
    assert text.split("\n")[1:4] == [
        "The only expectation on server 'http-1' at http://localhost:0 is not like it:",
        "  permanent GET /health (used 0)",
        "    method: expected GET, received DELETE",
    ]
    for number in range(5):
        server.book.register(Kind.ONESHOT, RequestDescription(f"/{number}", method="PUT"))
    _, text = ask(Request.of("DELETE", "/x"))
    assert text == (
        "UNEXPECTED REQUEST: DELETE /x\n"
        "None of the 6 expectations on server 'http-1' at http://localhost:0 is like it; nearest:\n"
        "  oneshot PUT /4 (used 0 of 1)\n"
        "    method: expected PUT, received DELETE\n"
        '    path: expected "/4", received "/x"\n'
        "  oneshot PUT /3: method: expected PUT, received DELETE (+1 more)\n"
        "  oneshot PUT /2: method: expected PUT, received DELETE (+1 more)\n"
        "This line expects it:\n"
        "  Expect Request    /x    method=DELETE\n"
    )


CLOCK = re.compile(r"\d\d:\d\d:\d\d\.\d{3}")


def without_clock(text: str) -> str:
    return CLOCK.sub("<time>", text)


def test_used_up(server: HttpServer, ask: Ask) -> None:
    for _ in range(2):
        server.book.register(Kind.ONESHOT, RequestDescription("/x")).responder = respond_data("ok")
    ask(Request.of("GET", "/other"))
    for _ in range(3):
        _, text = ask(Request.of("GET", "/x?a=1"))
    assert without_clock(text) == (
        "UNEXPECTED REQUEST: GET /x?a=1\n"
        "Nearest of 2 expectations on server 'http-1' at http://localhost:0:\n"
        "  oneshot /x (used 1 of 1)\n"
        "    it matches, but request 3 used it up: GET /x?a=1 at <time>\n"
        "  oneshot /x: it matches, but request 2 used it up: GET /x?a=1 at <time>\n"
        "This line expects it any number of times:\n"
        "  Expect Request    /x    method=GET    query=a=1\n"
    )
    server.journal.clear_received()
    _, text = ask(Request.of("GET", "/x"))
    assert text.split("\n")[3] == "    it matches, but it is used up"


def test_the_time_is_that_of_the_log(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    before = datetime.now().astimezone()
    for _ in range(2):
        _, text = ask(Request.of("GET", "/x"))
    (told,) = CLOCK.findall(text)
    after = datetime.now().astimezone()
    assert told in {f"{moment:%H:%M:%S.%f}"[:-3] for moment in moments(before, after)}


def moments(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last + timedelta(milliseconds=1):
        yield first
        first += timedelta(milliseconds=0.5)


def test_used_up_before_its_matcher_was_asked(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ONESHOT, RequestDescription("/x", matcher=lambda request: True))
    for _ in range(2):
        _, text = ask(Request.of("GET", "/x"))
    assert without_clock(text).split("\n")[3] == "    it matches, but request 1 used it up: GET /x at <time>"


def test_a_matcher_that_refused(server: HttpServer, ask: Ask) -> None:
    def refuses(request: object) -> bool:
        return False

    server.book.register(Kind.PERMANENT, RequestDescription("/x", matcher=refuses))
    _, text = ask(Request.of("GET", "/x"))
    assert text.split("\n")[3].endswith("refuses to return true, received false")


def test_gone_with_its_scope(server: HttpServer, ask: Ask) -> None:
    server.open_scope(Scope("test 'First'"))
    server.book.register(Kind.ONESHOT, RequestDescription("/a", method="GET"))
    server.book.register(Kind.ONESHOT, RequestDescription("/b"))
    server.close_scope()
    _, text = ask(Request.of("GET", "/a"))
    assert text == (
        "UNEXPECTED REQUEST: GET /a\n"
        "There are no expectations on server 'http-1' at http://localhost:0. Nearest of former ones:\n"
        "  oneshot GET /a (used 0 of 1)\n"
        "    it matches, but it ended with test 'First'\n"
        "This line expects it:\n"
        "  Expect Oneshot Request    /a    method=GET\n"
    )
    _, text = ask(Request.of("GET", "/c"))
    assert "test 'First'" not in text
    server.open_scope(Scope("test 'Second'"))
    server.book.register(Kind.ONESHOT, RequestDescription("/c"))
    ask(Request.of("GET", "/c"))
    server.close_scope()
    _, text = ask(Request.of("GET", "/c"))
    assert text.split("\n")[3] == "    it matches, but it ended with test 'Second'", "which is why it is gone"


def test_removed(server: HttpServer, ask: Ask) -> None:
    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/a"))
    server.book.register(Kind.PERMANENT, RequestDescription("/b"))
    server.book.remove(expectation)
    _, text = ask(Request.of("GET", "/a"))
    assert text.split("\n")[1:4] == [
        "Nearest of 1 expectation on server 'http-1' at http://localhost:0, and of former ones:",
        "  permanent /a (used 0)",
        "    it matches, but it was removed",
    ]
    server.book.clear()
    _, text = ask(Request.of("GET", "/b"))
    assert text.split("\n")[3] == "    it matches, but it was removed"
    server.reset()
    _, text = ask(Request.of("GET", "/b"))
    assert text.split("\n")[1] == "There are no expectations on server 'http-1' at http://localhost:0."


def test_registered_too_late(server: HttpServer) -> None:
    late = server.book.register(Kind.PERMANENT, RequestDescription("/x"))
    found = refusal.refusal(Request.of("GET", "/x"), NoMatch("UNEXPECTED REQUEST"), [late], "server")
    assert found.text.split("\n")[3] == "    it matches, but it was not there yet when the request came"


def test_another_server_expects_it(ask: Ask) -> None:
    servers: list[HttpServer] = []
    payment, stock, shop = (HttpServer(alias, neighbours=lambda: servers) for alias in ("payment", "stock", "shop"))
    servers += [payment, stock, shop]
    for server in (payment, stock):
        server.book.register(Kind.PERMANENT, RequestDescription("/pay", method="POST"))
        server.book.register(Kind.PERMANENT, RequestDescription("/pay", matcher=lambda request: True))
    texts: list[str] = []

    def send(response: Response) -> None:
        texts.append(b"".join(response.pieces()).decode())

    request = Request.of("POST", "/pay", {}, b"{}")
    shop.answer(request, MemoryReply(send))
    assert "payment" not in texts[0], "it does not run"
    with payment_running(payment):
        shop.answer(request, MemoryReply(send))
        shop.answer(Request.of("GET", "/pay"), MemoryReply(send))
        received = shop.newest_like(RequestDescription("/pay", method="POST"))
        assert [server.alias for server in shop.neighbours()] == ["payment"]
    assert texts[1].split("\n")[1:3] == [
        f"Server 'payment' at {payment.url} would take it: permanent POST /pay",
        "There are no expectations on server 'shop' at http://localhost:0.",
    ]
    assert "payment" not in texts[2], "only its matcher could tell, and that is not asked"
    assert received is not None
    assert str(received) == str(request)
    notes = explain.not_listed((), 0, [(str(payment), received)])
    assert notes == [f"Server 'payment' at {payment.url} received such a request: POST /pay (answered 500)."]


@contextmanager
def payment_running(server: HttpServer) -> Iterator[None]:
    server.start()
    yield
    server.stop()


def test_out_of_order_and_refused(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ORDERED, RequestDescription("/login", method="POST")).responder = respond_data("ok")
    server.book.register(Kind.ORDERED, RequestDescription("/orders"))
    _, text = ask(Request.of("GET", "/order", {"X-Trace": "1"}))
    assert text == (
        "OUT OF ORDER: GET /order\n"
        "Another one is due on server 'http-1' at http://localhost:0:\n"
        "  ordered POST /login (used 0 of 1)\n"
        "    method: expected POST, received GET\n"
        '    path: expected "/login", received "/order"\n'
        "This line, in front of the one that is due, expects it:\n"
        "  Expect Ordered Request    /order    method=GET\n"
        "Requests in any order need a server of their own while ordered ones are left.\n"
        "Every later request is refused until 'Reset Http Server' or the end of the scope.\n"
        "The request:\n"
        "  X-Trace: 1\n"
    )
    _, text = ask(Request.of("POST", "/login"))
    assert without_clock(text) == (
        "REFUSED: POST /login\n"
        "GET /order broke the order at <time> on server 'http-1' at http://localhost:0, when this was expected:\n"
        "  ordered POST /login (used 0 of 1)\n"
        "Every later request is refused until 'Reset Http Server' or the end of the scope.\n"
    )


@pytest.mark.parametrize("kind", [Kind.ORDERED, Kind.PERMANENT])
def test_behind_an_ordered_one(server: HttpServer, ask: Ask, kind: Kind) -> None:
    server.book.register(Kind.ORDERED, RequestDescription("/login", method="POST")).responder = respond_data("ok")
    server.book.register(Kind.ORDERED, RequestDescription("/other"))
    behind = server.book.register(kind, RequestDescription("/orders"))
    _, text = ask(Request.of("GET", "/orders"))
    assert text == (
        "OUT OF ORDER: GET /orders\n"
        "This expectation matches, but another one is due before it on server 'http-1' at http://localhost:0:\n"
        f"  {behind} ({behind.usage})\n"
        "Due is:\n"
        "  ordered POST /login (used 0 of 1)\n"
        "If the request is right, expect it in front of the one that is due.\n"
        "Every later request is refused until 'Reset Http Server' or the end of the scope.\n"
    )


RANKED = [
    # From the nearest to the farthest.
    (Kind.PERMANENT, {"path": "/orders", "method": "POST", "json": {"a": 1}, "query": {"q": "2"}}),
    (Kind.PERMANENT, {"path": "/orders", "method": "POST", "json": {"a": 2}, "query": {"q": "2"}}),
    (Kind.PERMANENT, {"path": "/orders", "method": "PUT", "json": {"a": 2}, "query": {"q": "2"}}),
    (Kind.PERMANENT, {"path": "/orderz", "method": "POST", "json": {"a": 2}, "query": {"q": "2"}}),
    (Kind.PERMANENT, {"path": "/health", "method": "GET", "json": {"a": 2}, "query": {"q": "2"}}),
]


@pytest.mark.parametrize("filler", [0, 200], ids=["few", "many"])
def test_ranking_over_all_fields(server: HttpServer, filler: int) -> None:
    """Also when there are more than are compared in full."""
    request = Request.of("POST", "/orders?q=1", {}, b'{"a": 1}')
    for number in range(filler):
        server.book.register(Kind.PERMANENT, RequestDescription(f"/{number}", method="DELETE", text="x", query="y"))
    for kind, fields in reversed(RANKED):
        server.book.register(kind, RequestDescription(**fields))
    ranked = refusal._rank(request, server.book.expectations())[: len(RANKED)]
    assert [str(entry.expectation.description) for entry in ranked] == [
        str(RequestDescription(**fields)) for _, fields in RANKED
    ]


def test_only_another_method_is_nearer_than_nothing(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x", method="POST"))
    for fields in ({"path": "/y"}, {"headers": {"X": "1"}}, {"text": "a"}, {"method": "PUT"}):
        server.book.register(Kind.PERMANENT, RequestDescription(**fields))
    _, text = ask(Request.of("GET", "/x"))
    assert text.split("\n")[2:4] == [
        "  permanent POST /x (used 0)",
        "    method: expected POST, received GET; same path, other method",
    ]


def test_the_nearest_of_many_that_look_alike(server: HttpServer, ask: Ask) -> None:
    for number in range(200):
        server.book.register(Kind.PERMANENT, RequestDescription("/one", method="POST", json={"id": number}))
    _, text = ask(Request.of("POST", "/one", {}, b'{"id": 5, "x": 1}'))
    assert text.split("\n")[2:4] == [
        '  permanent POST /one json={"id": 5} (used 0)',
        "    json $.x: expected nothing, received 1",
    ]


def test_a_large_body_is_compared_with_few(server: HttpServer) -> None:
    """Those whose other fields match."""
    for number in range(20):
        server.book.register(Kind.PERMANENT, RequestDescription("/x", headers={"X": number}, text="a"))
    request = Request.of("POST", "/x", {"X": "7"}, b"b" * 1024 * 1024)
    ranked = refusal._rank(request, server.book.expectations())
    assert len(ranked) == 3
    assert [difference.field for difference in ranked[0].differences] == ["text"]


def test_the_nearest_is_shown_with_all_its_differences(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x", json=[*range(30)]))
    _, text = ask(Request.of("POST", "/x", {}, json.dumps([*range(1, 11), *range(10, 30)]).encode()))
    assert len([line for line in text.split("\n") if "expected " in line and "json" in line]) == 10
    _, text = ask(Request.of("POST", "/x", {}, json.dumps([0] * 30).encode()))
    assert "    ... and 17 more differences" in text.split("\n")
    assert_fits_a_log(message(server))


def test_a_diff_of_several_lines(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x", text="one\ntwo\nthree\nfour\n\tfive\n"))
    _, text = ask(Request.of("POST", "/x", {}, b"one\ntwo\nthrow\nfour\n\tfive\n"))
    assert text.split("\n")[3:12] == [
        "    text: differs from line 3, character 4 on:",
        "      --- expected",
        "      +++ received",
        "       one",
        "       two",
        "      -three",
        "      +throw",
        "       four",
        "       \\tfive",
    ]
    server.book.register(Kind.PERMANENT, RequestDescription("/y"))
    server.book.register(Kind.PERMANENT, RequestDescription("/x", text="one\ntwo\nthrow\nfour\n\tfive"))
    _, text = ask(Request.of("POST", "/x", {}, b"one\ntwo\nthrow\nfour\n\tfive\n"))
    assert "    text: only whitespace differs from line 5, character 6 on:" in text.split("\n")


def test_headers_and_body_are_cut(server: HttpServer, ask: Ask) -> None:
    body = "\n".join(f"line {number}" for number in range(100))
    _, text = ask(Request.of("POST", "/x", [(f"X-{number}", "1") for number in range(30)], body.encode()))
    lines = text.split("\n")
    assert "  ... and 22 more headers" in lines
    assert lines.index("This line expects it:") < lines.index("The request:")
    assert f"  ... ({len(body)} bytes)" in lines
    assert_fits_a_log(message(server))


HOSTILE_BODIES = [
    b"\x00\x01\xff" * 100_000,
    b"\x1b[2J\x1b[31mred\x07",
    "\x9b31m\u202egnp.exe\u2028next\u0085line".encode(),
    b"x" * 1_000_000,
    b"a\n" * 100_000,
    b"\r" * 1000,
    b'{"' + b"k" * 100_000 + b'": 1}',
    b"[" * 500 + b"]" * 500,
    b'{"a": "' + b"v" * 100_000 + b'"}',
    b'{"\\u001b[31m\\n": "\\ud800\\u202e"}',
    b"\xc3",
]
HOSTILE_TARGETS = [
    "/" + "x" * 8000,
    "/%1b[31m%0a%0d%00",
    "/%c2%9b%e2%80%ae%ff",
    "/?" + "&".join(f"a{number}=1" for number in range(1000)),
    "/?" + "n" * 8000 + "=1",
    "/?%0a%1b[31m=%0a",
    "/?x=" + "%0a" * 2000,
    "http://example.com/" + "y" * 8000,
]
HOSTILE_HEADERS = [
    [("X", "v" * 60_000)],
    [("X", "\x80\x9b31m\xff")],
    [("N" * 60_000, "1")],
    [(f"X-{number}", "1") for number in range(200)],
    [("Authorization", "Basic " + "A" * 60_000)],
    [("X", "a\tb")],
]
DESCRIPTIONS: list[dict[str, Any]] = [
    {"path": "/x"},
    {"query": {"a": "1"}},
    {"query": "a=1"},
    {"query_subset": {"a": None}},
    {"headers": {"X": "1"}},
    {"cookies": {"c": "1"}},
    {"basic_auth": "a:b"},
    {"bearer_token": "t"},
    {"text": "abc"},
    {"data": b"abc"},
    {"json": {"a": 1}},
    {"json_subset": {"a": 1}},
    {"json_path": {"$.a": 1}},
    {"json_schema": {"type": "string", "additionalProperties": False}},
    {"form": {"a": "1"}},
    {"files": {"f": "a"}},
]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    "request_",
    [
        *(Request.of("POST", "/x", {}, body) for body in HOSTILE_BODIES),
        *(Request.of("GET", target) for target in HOSTILE_TARGETS),
        *(Request.of("GET", "/", headers) for headers in HOSTILE_HEADERS),
        Request.of("M" * 8000, "/"),
    ],
    ids=lambda request: repr(request.body[:12] or request.fields[:12] or request.target[:20]),
)
def test_hostile_requests(server: HttpServer, ask: Ask, request_: Request, count: int) -> None:
    for _ in range(count):
        for fields in DESCRIPTIONS:
            server.book.register(Kind.PERMANENT, RequestDescription(**fields, method="DELETE"))
    ask(request_)
    (problem,) = server.journal.problems()
    assert problem.kind == "UNEXPECTED REQUEST"
    assert_fits_a_log(problem.message)
    received = server.journal.exchanges()
    for fields in DESCRIPTIONS:
        description = RequestDescription(**fields, method="DELETE")
        assert_fits_a_log(explain.not_received(description, "Expected 1 request", (), received, str(server)))
    assert_fits_a_log(explain.too_many_received(RequestDescription(), "Expected no request", received, str(server)))
    assert_fits_a_log(explain.unmet(server.book.expectations(), received, str(server), 1))
    assert_fits_a_log(explain.problems([problem] * 3, str(server)))
    assert_fits_a_log(str(received[0]))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30),
    st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=30),
    st.binary(max_size=50) | st.text(max_size=50).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_any_request_can_be_explained(server: HttpServer, ask: Ask, target: str, header: str, body: bytes) -> None:
    server.reset()
    for fields in DESCRIPTIONS:
        server.book.register(Kind.PERMANENT, RequestDescription(**fields, method="DELETE"))
    status, text = ask(Request.of("POST", f"/{target}", {"X": header}, body))
    assert status == 500
    assert text.startswith("UNEXPECTED REQUEST: ")
    assert_fits_a_log(message(server))


def test_hundreds_of_expectations(server: HttpServer, ask: Ask) -> None:
    for number in range(500):
        server.book.register(Kind.ONESHOT, RequestDescription(f"/{number}", method="GET", json={"n": number}))
    server.book.register(Kind.PERMANENT, RequestDescription("/y", method="PUT"))
    _, text = ask(Request.of("GET", "/250", {}, b'{"n": 1}'))
    assert_fits_a_log(message(server))
    lines = text.split("\n")
    assert lines[2:4] == ['  oneshot GET /250 json={"n": 250} (used 0 of 1)', "    json $.n: expected 250, received 1"]
    assert lines[1] == "Nearest of 501 expectations on server 'http-1' at http://localhost:0:"


def test_not_received(server: HttpServer, ask: Ask) -> None:
    description = RequestDescription("/orders", method="POST", json={"a": 1})
    assert explain.not_received(description, "Expected 1 request", [], [], str(server)) == (
        'Expected 1 request: POST /orders json={"a": 1}\n'
        "Received none on server 'http-1' at http://localhost:0.\n"
        "No requests were received."
    )
    for number in range(8):
        ask(Request.of("GET", f"/{number}"))
    ask(Request.of("POST", "/orders", {}, b'{"a": 2}'))
    ask(Request.of("GET", "/last"))
    received = server.journal.exchanges()
    assert explain.not_received(description, "Expected 1 request", [], received, str(server)) == (
        'Expected 1 request: POST /orders json={"a": 1}\n'
        "Received none on server 'http-1' at http://localhost:0.\n"
        "Nearest received request:\n"
        "  POST /orders (answered 500)\n"
        "    json $.a: expected 1, received 2\n"
        "Other received requests, newest first:\n"
        "  GET /last (answered 500)\n"
        "  GET /7 (answered 500)\n"
        "  GET /6 (answered 500)\n"
        "  GET /5 (answered 500)\n"
        "  GET /4 (answered 500)\n"
        "  ... and 4 more"
    )


def test_a_request_that_matched_is_not_said_to_differ(server: HttpServer, ask: Ask) -> None:
    description = RequestDescription("/x", matcher=lambda request: True)
    ask(Request.of("GET", "/x"))
    received = server.journal.exchanges()
    assert explain.not_received(description, "Expected 2 requests", received, received, str(server)).split("\n")[
        1:
    ] == [
        "Received 1 on server 'http-1' at http://localhost:0.",
        "Received requests, newest first:",
        "  GET /x (answered 500)",
    ]


def test_too_many_received(server: HttpServer, ask: Ask) -> None:
    for path in ("/x?a=1", "/x?a=2"):
        ask(Request.of("GET", path))
    text = explain.too_many_received(
        RequestDescription("/x"), "Expected no request", server.journal.exchanges(), str(server), ["A note."]
    )
    assert text == (
        "Expected no request: /x\n"
        "Received 2 on server 'http-1' at http://localhost:0, newest first:\n"
        "  GET /x?a=2 (answered 500)\n"
        "  GET /x?a=1 (answered 500)\n"
        "A note.\n"
        "The newest:\n"
        "  GET /x?a=2"
    )


def test_unmet(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    assert explain.unmet(server.book.unmet(), [], str(server)) == (
        "1 expectation was not met on server 'http-1' at http://localhost:0:\n"
        "  oneshot /x (used 0 of 1)\n"
        "No requests were received."
    )
    for _ in range(12):
        server.book.register(Kind.PERMANENT, RequestDescription("/y"), 2)
    ask(Request.of("GET", "/z"))
    text = explain.unmet(server.book.unmet(), server.journal.exchanges(), str(server), 0.5)
    assert (
        text.split("\n")[0]
        == "13 expectations were not met within 0.5 seconds on server 'http-1' at http://localhost:0:"
    )
    assert text.split("\n")[10:] == [
        "  permanent /y (used 0 of 2)",
        "  ... and 3 more",
        "Nearest received request:",
        "  GET /z (answered 500)",
        '    path: expected "/x", received "/z"',
    ]


def test_a_body_with_a_surrogate_is_an_unexpected_request(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x", json='"a"')).responder = respond_data("ok")
    status, text = ask(Request.of("POST", "/x", {}, b'"\xed\xa0\x80"'))
    assert status == 500
    assert text == (
        "UNEXPECTED REQUEST: POST /x\n"
        "Nearest expectation on server 'http-1' at http://localhost:0:\n"
        '  permanent /x json="a" (used 0)\n'
        '    json $: expected "a", received "\\ud800"\n'
        "This line expects it:\n"
        '  Expect Request    /x    method=POST    json="\\\\ud800"\n'
        "The request:\n"
        "  5 bytes: 22 ed a0 80 22\n"
    )


def test_a_long_path_is_cut_once(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    ask(Request.of("GET", f"/{'y' * 300}"))
    ask(Request.of("GET", f"/{'y' * 300}?a=1"))
    lines = explain.problems(server.journal.problems(), str(server)).split("\n")
    assert lines[-2:] == [
        f"  UNEXPECTED REQUEST: GET /{'y' * 95}... (305 characters)",
        f"  UNEXPECTED REQUEST: GET /{'y' * 95}... (309 characters)",
    ]


def test_a_problem_with_a_very_long_line_is_cut(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    long = Problem("HANDLER ERROR", "z" * 1000, problem.exchange)
    assert explain.problems([problem, long], str(server)).split("\n")[-1] == f"  {'z' * 310}..."


def test_one_problem(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    found = server.journal.problems()
    assert explain.problems(found, str(server)) == (
        f"1 problem on server 'http-1' at http://localhost:0:\n{found[0].message}"
    )


@pytest.mark.parametrize("count", [2, 10, 25, 200])
def test_the_first_problem_in_full_then_a_line_each_then_how_many_more(
    server: HttpServer, ask: Ask, count: int
) -> None:
    for number in range(20):
        server.book.register(Kind.PERMANENT, RequestDescription("/a", headers={"X": number}))
    for number in range(count):
        ask(Request.of("GET", f"/{number}", {}, b"a\nb\nc\nd"))
    found = server.journal.problems()
    first = found[0].message.split("\n")
    text = explain.problems(found, str(server))
    assert_fits_a_log(text)
    lines = text.split("\n")
    assert lines[0] == f"{count} problems on server 'http-1' at http://localhost:0:"
    assert lines[1 : 1 + len(first)] == first
    rest = lines[1 + len(first) :]
    told = [line.strip() for line in rest if "UNEXPECTED REQUEST" in line]
    assert told == [str(problem) for problem in found[1 : 1 + len(told)]]
    if len(told) < count - 1:
        assert rest[-1] == f"  ... and {count - 1 - len(told)} more problems"
        assert rows([*lines, "one more"]) > 40, "as many as there is room for"


def test_a_first_problem_that_is_long_leaves_room_for_the_count(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    long = Problem("HANDLER ERROR", "\n".join(f"line {number}" for number in range(100)), problem.exchange)
    text = explain.problems([long, *[problem] * 9], str(server))
    assert_fits_a_log(text)
    assert "more problems" in text or text.count("UNEXPECTED REQUEST") == 9


def test_matchers(server: HttpServer, ask: Ask) -> None:
    assert explain.matchers(server.book.by_kind(), str(server)) == (
        "Expectations on server 'http-1' at http://localhost:0:\nOrdered:\n  none\nOneshot:\n  none\nPermanent:\n  none"
    )
    server.book.register(Kind.PERMANENT, RequestDescription("/x", method="GET"), 3).responder = respond_data("ok")
    server.book.register(Kind.PERMANENT, RequestDescription())
    server.book.register(Kind.ONESHOT, RequestDescription("/y"))
    ask(Request.of("GET", "/x"))
    assert explain.matchers(server.book.by_kind(), str(server)) == (
        "Expectations on server 'http-1' at http://localhost:0:\n"
        "Ordered:\n"
        "  none\n"
        "Oneshot:\n"
        "  /y (used 0 of 1, no response given)\n"
        "Permanent:\n"
        "  GET /x (used 1 of 3)\n"
        "  any request (used 0, no response given)"
    )


def test_limit() -> None:
    assert explain.limit(["a\nb", "c"]) == "a\nb\nc"
    assert explain.limit(map(str, range(40))).split("\n")[-1] == "39"
    lines = explain.limit(["\n".join(map(str, range(50)))]).split("\n")
    assert (len(lines), lines[-1]) == (40, "... and 11 more lines")


def test_a_request_that_fits_but_was_taken_by_another(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x", method="GET")).responder = respond_data("ok")
    ask(Request.of("GET", "/x"))
    server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    text = explain.unmet(server.book.unmet(), server.journal.exchanges(), str(server))
    assert text.split("\n")[2:] == [
        "Nearest received request:",
        "  GET /x (answered 200)",
        "    it matches, but this expectation took it: permanent GET /x",
    ]


def test_a_request_that_came_too_early(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    text = explain.unmet(server.book.unmet(), server.journal.exchanges(), str(server))
    assert text.split("\n")[-1] == "    it matches, but UNEXPECTED REQUEST: GET /x"


def test_not_sent(server: HttpServer) -> None:
    for path in ("/x", "/y"):
        server.book.register(Kind.ONESHOT, RequestDescription(path)).responder = respond_data("ok")
    texts: list[str] = []

    def inner(response: object) -> bool:
        texts.append(explain.not_sent(server.book.expectations(), str(server), 1).split("\n")[0])
        return True

    def outer(response: object) -> bool:
        texts.append(explain.not_sent(server.book.expectations(), str(server), 5))
        server.answer(Request.of("GET", "/y"), MemoryReply(inner))
        return True

    server.answer(Request.of("GET", "/x"), MemoryReply(outer))
    assert texts == [
        (
            "1 response was not sent within 5 seconds on server 'http-1' at http://localhost:0, "
            "though the requests came:\n"
            "  oneshot /x (used 1 of 1)"
        ),
        "2 responses were not sent within 1 second on server 'http-1' at http://localhost:0, though the requests came:",
    ]


def test_requests_of_ended_scopes_are_mentioned(server: HttpServer, ask: Ask) -> None:
    server.open_scope(Scope("test 'A'"))
    ask(Request.of("GET", "/a"))
    server.close_scope()
    assert server.journal.forgotten_with_scopes == 1
    notes = explain.not_listed(server.journal.pending(), server.journal.forgotten_with_scopes)
    text = explain.not_received(
        RequestDescription("/a"), "Expected 1 request", (), server.journal.exchanges(), "server", notes
    )
    assert text == (
        "Expected 1 request: /a\n"
        "Received none on server.\n"
        "No requests were received.\n"
        "Forgotten with the tests and suites that have ended: 1 request."
    )


@pytest.mark.parametrize(
    ("forgotten", "lines"),
    [
        (0, []),
        (1, ["Forgotten because of max_requests_kept=3: 1 request."]),
        (2, ["Forgotten because of max_requests_kept=3: 2 requests."]),
    ],
)
def test_requests_beyond_the_bounds_are_mentioned(forgotten: int, lines: list[str]) -> None:
    assert explain.forgotten_beyond_bounds(forgotten, 3) == lines


def test_requests_that_are_being_answered_are_mentioned(server: HttpServer) -> None:
    server.journal.arrive(Request.of("GET", "/slow?a=1"), server.url, server.book.innermost)
    assert server.journal.exchanges() == []
    assert explain.not_listed(server.journal.pending(), 0) == [
        "Still being answered, so not received yet: 1 request, such as GET /slow?a=1."
    ]


def test_the_nearest_of_many_received(server: HttpServer, ask: Ask) -> None:
    """Not only of the newest."""
    ask(Request.of("POST", "/orders", {}, b'{"a": 2}'))
    for number in range(100):
        ask(Request.of("GET", f"/{number}"))
    description = RequestDescription("/orders", method="POST", json={"a": 1})
    text = explain.not_received(description, "Expected 1 request", [], server.journal.exchanges(), str(server))
    assert text.split("\n")[3:5] == ["  POST /orders (answered 500)", "    json $.a: expected 1, received 2"]
    assert all(entry.request._cache is None for entry in server.journal.exchanges()), "what is kept stays small"


def test_large_received_requests_are_compared_with_few(server: HttpServer, ask: Ask) -> None:
    for number in range(6):
        ask(Request.of("POST", "/x", {"X": str(number)}, b"a" * 1024 * 1024))
    compared: list[Request] = []
    description = RequestDescription("/x", headers={"X": "9"})
    differences = description.differences

    def counted(request: Request) -> list[Difference]:
        compared.append(request)
        return differences(request)

    description.differences = counted  # type: ignore[method-assign]
    explain.not_received(description, "Expected 1 request", [], server.journal.exchanges(), str(server))
    assert len(compared) == 3


def test_a_server_whose_order_is_broken_would_take_nothing() -> None:
    server = HttpServer("other")
    server.book.register(Kind.ORDERED, RequestDescription("/due")).responder = respond_json({})
    due = Request.of("GET", "/due")
    assert server.book.would_take(due) is not None
    server.answer(Request.of("GET", "/wrong"), MemoryReply())
    assert server.book.would_take(due) is None


def test_former_expectations_hold_no_responses() -> None:
    server = HttpServer()
    server.open_scope(Scope("a test"))
    ended = server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    ended.responder = respond_data("large" * 1000)
    server.close_scope()
    assert server.book.archived() == [ended]
    assert ended.responder is None


def test_a_line_that_nobody_would_paste(server: HttpServer, ask: Ask) -> None:
    _, text = ask(Request.of("GET", f"/?{'a' * 7000}"))
    assert "expects it" not in text
    assert "more line" not in text
    assert text.startswith("UNEXPECTED REQUEST: GET /")
