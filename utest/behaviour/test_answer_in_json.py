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
from utest.helpers import Sent, responses_to

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
    server.book.register(Kind.ONESHOT, RequestDescription("/orders", method="POST", json={"a": 1, "b": 2}))
    server.book.register(Kind.PERMANENT, RequestDescription("/health"))
    assert facts(server, Request.of("POST", "/orders?x=1", JSON, b'{"a": "1", "b": 3}')) == {
        "problem": "UNEXPECTED REQUEST",
        "request": "POST /orders?x=1",
        "server": SERVER,
        "summary": "Nearest of 2 expectations on server 'http-1' at http://localhost:0",
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
            {
                "expectation": "permanent /health (used 0)",
                "differences": [{"field": "path", "expected": '"/health"', "received": '"/orders"'}],
            },
        ],
        "expect": 'Expect Oneshot Request    /orders    method=POST    query=x=1    json={"a": "1", "b": 3}',
    }
    (problem,) = server.journal.problems()
    assert problem.message.startswith("UNEXPECTED REQUEST: POST /orders?x=1\n"), "the test gets text"


def test_used_up(server: HttpServer) -> None:
    server.open_scope(Scope("test 'A'"))
    server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    server.close_scope()
    assert facts(server, Request.of("GET", "/x", JSON)) == {
        "problem": "UNEXPECTED REQUEST",
        "request": "GET /x",
        "server": SERVER,
        "summary": "There are no expectations on server 'http-1' at http://localhost:0. Nearest of former ones",
        "nearest": [
            {
                "expectation": "oneshot /x (used 0 of 1)",
                "hint": "it matches, but it ended with test 'A'",
                "differences": [],
            }
        ],
        "expect": "Expect Oneshot Request    /x    method=GET",
    }


def test_order(server: HttpServer) -> None:
    for path in ("/a", "/b"):
        server.book.register(Kind.ORDERED, RequestDescription(path))
    due = {"expectation": "ordered /a (used 0 of 1)"}
    difference = {"field": "path", "expected": '"/a"', "received": '"/c"'}
    assert facts(server, Request.of("GET", "/c", JSON)) == {
        "problem": "OUT OF ORDER",
        "request": "GET /c",
        "server": SERVER,
        "summary": "Another one is due on server 'http-1' at http://localhost:0",
        "nearest": [{**due, "differences": [difference]}],
        "expect": "Expect Ordered Request    /c    method=GET",
        "hint": "Requests in any order need a server of their own while ordered ones are left.",
    }
    refused = facts(server, Request.of("GET", "/a", JSON))
    assert refused["problem"] == "REFUSED"
    assert refused["summary"].startswith("GET /c broke the order at ")
    assert refused["nearest"] == [{**due, "differences": []}]
    server.reset()
    for path in ("/a", "/b"):
        server.book.register(Kind.ORDERED, RequestDescription(path))
    assert facts(server, Request.of("GET", "/b", JSON)) == {
        "problem": "OUT OF ORDER",
        "request": "GET /b",
        "server": SERVER,
        "summary": "This expectation matches, but another one is due before it on server 'http-1' at http://localhost:0",
        "nearest": [
            {"expectation": "ordered /b (used 0 of 1)", "differences": []},
            {**due, "differences": [{**difference, "received": '"/b"'}]},
        ],
        "hint": "If the request is right, expect it in front of the one that is due.",
    }


def test_other_problems(server: HttpServer) -> None:
    def broken(request: object) -> str:
        raise ValueError("hunter2")

    server.secrets.add("hunter2")
    server.book.register(Kind.PERMANENT, RequestDescription("/none"))
    server.book.register(Kind.PERMANENT, RequestDescription("/broken")).responder = Handler(broken)
    told = facts(server, Request.of("GET", "/broken", JSON))
    assert (told["problem"], told["request"], told["server"]) == ("HANDLER ERROR", "GET /broken", SERVER)
    assert "raised ValueError: *** (test_answer_in_json.py, line" in told["message"]
    assert facts(server, Request.of("GET", "/none", JSON))["message"].startswith("GET /none was taken by an expect")


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
