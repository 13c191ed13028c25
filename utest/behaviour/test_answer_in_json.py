"""The explanation as JSON, for clients that prefer it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.responses.unexpected import UnexpectedResponse
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Sent, expect, responses_to

JSON = {"Accept": "application/json"}
SERVER = {"alias": "http-1", "url": "http://localhost:0"}


def answer(server: HttpServer, request: Request) -> Sent:
    (response,) = responses_to(server, request)
    return response


def facts(server: HttpServer, request: Request) -> Any:
    response = answer(server, request)
    assert dict(response.headers)["Content-Type"] == "application/json"
    assert response.status == 500
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/plain; charset=utf-8"),
        ("", "text/plain; charset=utf-8"),
        ("*/*", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain; charset=utf-8"),
        ("application/json", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("application/*", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/problem+json, */*;q=0.5", "application/json"),
        ("application/vnd.api+json", "application/json"),
        ("application/json, text/plain;q=0.9", "application/json"),
        ("application/json, text/plain, */*", "text/plain; charset=utf-8"),
        ("text/plain, application/json;q=0.9", "text/plain; charset=utf-8"),
        ("application/json;q=0, */*", "text/plain; charset=utf-8"),
        ("image/png", "text/plain; charset=utf-8"),
        (";;,q=,\x80", "text/plain; charset=utf-8"),
    ],
)
def test_what_the_client_prefers(server: HttpServer, accept: str | None, content_type: str) -> None:
    response = answer(server, Request.of("GET", "/x", {} if accept is None else {"Accept": accept}))
    assert response.headers == (("Content-Type", content_type),)


def test_unexpected(server: HttpServer) -> None:
    expect(server, "/orders", Kind.ONESHOT, method="POST", json={"a": 1, "b": 2})
    expect(server, "/health")
    assert facts(server, Request.of("POST", "/orders?x=1", JSON, b'{"a": "1", "b": 3}')) == {
        "problem": "UNEXPECTED REQUEST",
        "request": "POST /orders?x=1",
        "server": SERVER,
        "summary": 'json $.a: expected 1 (number), received "1" (text); only quotes differ (+1 more)',
        "nearest": [
            {
                "expectation": 'oneshot POST /orders json={"a": 1, "b": 2} (used 0 of 1)',
                "differences": [
                    {
                        "field": "json $.a",
                        "expected": "1 (number)",
                        "received": '"1" (text)',
                        "hint": "only quotes differ",
                    },
                    {"field": "json $.b", "expected": "2", "received": "3"},
                ],
            },
        ],
        "expect": 'Expect Oneshot Request    /orders    method=POST    json={"a": "1", "b": 3}',
    }
    (problem,) = server.journal.problems()
    assert problem.message.startswith("UNEXPECTED REQUEST: POST /orders?x=1\n"), "the test gets text"


def test_parts_that_are_text(server: HttpServer) -> None:
    """A summary, and hints: what is said besides the expectations."""
    server.open_scope(Scope("test 'A'"))
    expect(server, "/x", Kind.ONESHOT)
    server.close_scope()
    told = facts(server, Request.of("GET", "/x", JSON))
    assert told.keys() == {"problem", "request", "server", "summary", "hint"}
    assert told["summary"] == told["hint"].split("\n")[0]
    assert [line.partition(";")[0] for line in told["hint"].split("\n")] == [
        "An earlier expectation would have taken it",
        "If test 'A' sent the request, let that test wait: 'Wait Until Expectations Are Met'.",
    ]


def test_order(server: HttpServer) -> None:
    first, second = (expect(server, path, Kind.ORDERED) for path in ("/a", "/b"))
    told = facts(server, Request.of("GET", "/b", JSON))
    assert (told["problem"], told["request"]) == ("OUT OF ORDER", "GET /b")
    assert told["summary"] == told["hint"].split("\n")[0] == f"This expectation matches: {second}"
    assert str(first) in told["hint"].split("\n")[1]
    told = facts(server, Request.of("GET", "/a", JSON))
    assert (told["problem"], told["request"]) == ("REFUSED", "GET /a")
    assert str(first) in told["summary"]
    server.reset()
    expect(server, "/a", Kind.ORDERED)
    told = facts(server, Request.of("GET", "/c", JSON))
    assert told["problem"] == "OUT OF ORDER"
    assert told["nearest"] == [
        {
            "expectation": "ordered /a (used 0 of 1)",
            "differences": [{"field": "path", "expected": '"/a"', "received": '"/c"'}],
        }
    ]
    assert told["expect"] == "Expect Ordered Request    /c    method=GET"


def test_other_problems(server: HttpServer) -> None:
    def broken(request: object) -> str:
        raise ValueError("hunter2")

    server.secrets.add("hunter2")
    server.book.register(Kind.PERMANENT, RequestDescription("/none"))
    expect(server, "/broken").responder = Handler(broken)
    told = facts(server, Request.of("GET", "/broken", JSON))
    assert (told["problem"], told["request"], told["server"]) == ("HANDLER ERROR", "GET /broken", SERVER)
    assert "raised ValueError: *** (test_answer_in_json.py, line" in told["summary"]
    told = facts(server, Request.of("GET", "/none", JSON))
    assert (told["problem"], told["request"]) == ("NO RESPONSE", "GET /none")
    assert "permanent /none" in told["summary"]


def test_secrets_are_masked(server: HttpServer) -> None:
    server.secrets.add('hunter"2')
    fields = {"headers": {"Authorization": "Bearer t0ken", "X-Key": 'hunter"2'}, "json": {"password": 'hunter"2'}}
    server.book.register(Kind.PERMANENT, RequestDescription("/x", **fields))
    headers = {**JSON, "Authorization": "Bearer t0ken2", "X-Key": 'not hunter"2'}
    response = answer(server, Request.of("POST", "/x", headers, json.dumps({"password": 'hunter"2 '}).encode()))
    assert isinstance(response.body, bytes)
    assert b"hunter" not in response.body
    assert b"t0ken" not in response.body
    assert len(json.loads(response.body)["nearest"][0]["differences"]) == 3


def test_at_most_8_kib(server: HttpServer) -> None:
    for _ in range(3):
        server.book.register(
            Kind.PERMANENT, RequestDescription("/x", json={f"{n}" * 90: "\x00" * 100 for n in range(10, 60)})
        )
    body = json.dumps({f"{n}" * 90: "\x01" * 100 for n in range(10, 60)}).encode()
    response = answer(server, Request.of("POST", "/x", JSON, body))
    assert isinstance(response.body, bytes)
    assert 1000 < len(response.body) < 8 * 1024
    (nearest,) = json.loads(response.body)["nearest"]
    assert nearest["differences"]


def test_at_most_8_kib_whatever_the_path(server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x"))
    response = answer(server, Request.of("GET", f"/{'y' * 8000}", JSON))
    assert isinstance(response.body, bytes)
    assert len(response.body) < 1000


def test_a_response_of_ones_own_comes_first(server: HttpServer) -> None:
    server.book.unexpected = UnexpectedResponse(status=404, text="nobody")
    request = Request.of("GET", "/x", JSON)
    assert answer(server, request).body == b"nobody"
    server.book.unexpected = UnexpectedResponse(status=404, headers={"X": "1"})
    response = answer(server, request)
    assert (response.status, response.headers) == (404, (("Content-Type", "application/json"), ("X", "1")))
    assert isinstance(response.body, bytes)
    assert json.loads(response.body)["problem"] == "UNEXPECTED REQUEST"
    server.book.unexpected = UnexpectedResponse(status=404, headers={"Content-Type": "text/html"})
    assert answer(server, request).headers == (("Content-Type", "text/html"),)


def test_what_is_taken_is_not_touched(server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
    assert answer(server, Request.of("GET", "/x", JSON)).body == b"ok"
