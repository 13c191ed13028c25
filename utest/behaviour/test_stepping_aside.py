"""What may take long leaves the other requests to another thread first; what is usual does not."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.state import State
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import expect
from utest.replies import MemoryReply

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ORDER = json.dumps({"item": "book", "numbers": [*range(50)]})
# Beyond what Python code looks at in a few milliseconds.
MEDIUM = json.dumps([*range(2000)])
LARGE = json.dumps([*range(20_000)])


def always(request: werkzeug.Request) -> bool:
    return True


class CountingReply(MemoryReply):
    """Counts how often it was to step aside before the response."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def step_aside(self) -> None:
        self.steps += 1


def steps_aside(server: HttpServer, request: Request) -> bool:
    """Whether a request that an expectation takes, steps aside."""
    reply = CountingReply()
    server.answer(request, reply)
    assert server.journal.problems() == []
    return reply.steps > 0


@pytest.mark.parametrize(
    ("fields", "headers", "body"),
    [
        ({}, {}, ""),
        ({"path": "/a/{id}/b/{name}"}, {}, ""),
        ({"path": "/{a}{b}/1/b/c"}, {"X-A": "a" * 5000}, ""),
        ({"path": r"REGEXP:/a/1/b/\w+"}, {}, ""),
        ({"path": "GLOB:/a/*"}, {}, ""),
        ({"method": "POST", "query": "q=1"}, {}, ""),
        ({"query": {"q": "STARTS:1"}}, {}, ""),
        ({"headers": {"X-A": "1"}}, {"X-A": "1", "X-B": "b" * 20_000}, ""),
        ({"cookies": {"a": "1"}}, {"Cookie": "a=1"}, ""),
        ({"bearer_token": "t"}, {"Authorization": "Bearer t"}, ""),
        ({"data": MEDIUM}, {}, MEDIUM),
        ({"text": MEDIUM}, {}, MEDIUM),
        ({"json": ORDER}, {}, ORDER),
        ({"json": MEDIUM}, {}, MEDIUM),
        ({"json": {"item": "<any>", "numbers": "<any-list>"}}, {}, ORDER),
        ({"json_subset": {"item": "book"}}, {}, ORDER),
        ({"json_path": {"$.item": "book"}}, {}, ORDER),
        ({"json": [3, 1, 2], "json_ignore_order": True}, {}, "[1, 2, 3]"),
        ({"xml": "<a><b/></a>"}, {}, "<a> <b/> </a>"),
        ({"form": "a=1"}, FORM, "a=1&b=2"),
    ],
)
def test_what_is_usual_stays(server: HttpServer, fields: dict[str, Any], headers: dict[str, str], body: str) -> None:
    expect(server, **fields)
    path = "/aa/1/b/c" if "}{" in fields.get("path", "") else "/a/1/b/c?q=1"
    assert not steps_aside(server, Request.of("POST", path, headers, body.encode()))


@pytest.mark.parametrize(
    ("fields", "headers", "body"),
    [
        ({"path": r"REGEXP:(/\w+)+"}, {}, ""),
        ({"path": r"REGEXP:(/|a|b|c|1)+"}, {}, ""),
        ({"headers": {"Authorization": "Bearer t"}}, {"Authorization": "Bearer t", "X-A": "a" * 5000}, ""),
        ({"path": "GLOB:/a/*"}, {"X-A": "a" * 5000}, ""),
        ({"query": {"q": [r"REGEXP:\d*\d*"]}}, {}, ""),
        ({"query": r"REGEXP:(q=\d*)+"}, {}, ""),
        ({"cookies": {"a": "1"}}, {"Cookie": "a=1; b=" + "b" * 5000}, ""),
        ({"data": LARGE}, {}, LARGE),
        ({"text": LARGE}, {}, LARGE),
        ({"json": LARGE}, {}, LARGE),
        ({"text": "GLOB:*"}, {}, MEDIUM),
        ({"json": "<any-list>"}, {}, MEDIUM),
        ({"json_subset": MEDIUM}, {}, MEDIUM),
        ({"json_path": {"$[0]": 0}}, {}, MEDIUM),
        ({"json_path": {"$..item": "book"}}, {}, ORDER),
        ({"json_path": {"$[?@.a]": {"a": 1}}}, {}, '[{"a": 1}]'),
        ({"json": ["<any-number>"] * 100, "json_ignore_order": True}, {}, json.dumps([*range(100)])),
        ({"json_schema": {"uniqueItems": True}}, {}, "[1]"),
        ({"xml": "<a/>"}, {"X-A": "a" * 5000}, "<a/>"),
        ({"xpath": {"//b[count(preceding-sibling::b) = 0]": "1"}}, {}, "<a><b>1</b></a>"),
        ({"form": "a=1"}, FORM, "a=1&b=" + "b" * 5000),
        ({"files": {"a": None}}, {"X-A": "a" * 5000}, ""),
        ({"files": {"a": r"REGEXP:.*[.]\w*"}}, {"Content-Type": "multipart/form-data; boundary=b"}, "<file>"),
        ({"matcher": always}, {}, ""),
    ],
)
def test_what_may_take_long_steps_aside(
    server: HttpServer, fields: dict[str, Any], headers: dict[str, str], body: str
) -> None:
    expect(server, **fields)
    if body == "<file>":
        body = '--b\r\nContent-Disposition: form-data; name="a"; filename="x.txt"\r\n\r\n1\r\n--b--\r\n'
    assert steps_aside(server, Request.of("POST", "/a/1/b/c?q=1", headers, body.encode()))


def test_a_body_that_may_be_large_when_it_is_decoded(server: HttpServer) -> None:
    expect(server, json="[1]")
    assert steps_aside(server, Request.of("POST", "/", {"Content-Encoding": "gzip"}, gzip.compress(b"[1]")))


@pytest.mark.parametrize(("others", "expected"), [(50, False), (200, True)])
def test_many_expectations_to_compare_with(server: HttpServer, others: int, expected: bool) -> None:
    for number in range(others):
        expect(server, json={"number": number})
    expect(server, json="[1]")
    assert steps_aside(server, Request.of("POST", "/", {}, b"[1]")) is expected


@pytest.mark.parametrize(("others", "expected"), [(5, False), (15, True)])
def test_several_that_take_a_few_milliseconds_each(server: HttpServer, others: int, expected: bool) -> None:
    body = json.dumps([*range(800)])
    for number in range(others):
        expect(server, json_subset=[number])
    expect(server, json=body)
    assert steps_aside(server, Request.of("POST", "/", {}, body.encode())) is expected


@pytest.mark.parametrize(("others", "expected"), [(50, False), (150, True)])
def test_states_that_do_not_match(server: HttpServer, others: int, expected: bool) -> None:
    for number in range(others):
        expect(server, state=State({"step": number}, server.book.states_of))
    expect(server, state=State({"step": "last"}, server.book.states_of))
    server.book.set_state("step", "last")
    assert steps_aside(server, Request.of("GET", "/")) is expected


def test_explaining(server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/no-response"))
    for path in ("/unexpected", "/no-response"):
        reply = CountingReply()
        server.answer(Request.of("GET", path), reply)
        assert reply.steps > 0
