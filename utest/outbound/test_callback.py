"""What a test may register as a callback, and what is said of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.outbound.callback import Callback, CallbackRecord, prepared, problem_reason
from HttpServerLibrary.engine.phrase import Phrase, text

URL = "http://localhost:1234/hook"
HOST = ("Host", "localhost:1234")
AGENT = ("User-Agent", "HttpServerLibrary")
CLOSE = ("Connection", "close")


def test_a_request_without_a_body() -> None:
    request = prepared("get", URL)
    assert (request.method, request.url, request.body) == ("GET", URL, None)
    assert request.headers == (HOST, AGENT, CLOSE)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_methods_that_expect_a_body_say_that_there_is_none(method: str) -> None:
    request = prepared(method, URL)
    assert (request.headers, request.body) == ((HOST, AGENT, ("Content-Length", "0"), CLOSE), b"")


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ({"json": {"a": "ä"}}, "application/json", '{"a": "ä"}'.encode()),
        ({"json": ' {"a":1} '}, "application/json", b'{"a":1}'),
        ({"json": None}, "application/json", b"null"),
        ({"json": '"\ud800"'}, "application/json", b'"\\ud800"'),
        ({"data": "ä"}, "text/plain; charset=utf-8", "ä".encode()),
        ({"data": ""}, "text/plain; charset=utf-8", b""),
        ({"data": b"\xff"}, None, b"\xff"),
        ({"data": bytearray(b"a")}, None, b"a"),
    ],
)
def test_bodies(body: dict[str, Any], content_type: str | None, sent: bytes) -> None:
    request = prepared("POST", URL, **body)
    types = [("Content-Type", content_type)] if content_type else []
    assert request.headers == (HOST, AGENT, *types, ("Content-Length", str(len(sent))), CLOSE)
    assert request.body == sent


def test_headers_that_are_given_replace_the_usual_ones() -> None:
    given = [("host", "x"), ("content-type", "a/b"), ("X", "1"), ("X", "2"), ("user-agent", ""), ("connection", "x")]
    assert prepared("POST", URL, data="a", headers=given).headers == (*given, ("Content-Length", "1"))


@pytest.mark.parametrize(("given", "method"), [("Delete", "DELETE"), ("purge", "purge"), ("M-SEARCH", "M-SEARCH")])
def test_methods(given: str, method: str) -> None:
    assert prepared(given, URL).method == method


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": ""}, "method: a method such as POST is needed, not ''."),
        ({"method": "GET /"}, "method: a method such as POST is needed, not 'GET /'."),
        ({"method": None}, "method: a method such as POST is needed, not None."),
        (
            {"method": "connect"},
            "method: CONNECT asks a proxy for a tunnel, which a callback does not use.",
        ),
        ({"url": "hook"}, 'url: an http or https URL such as http://localhost/ is needed, not "hook".'),
        ({"json": 1, "data": "a"}, "data: cannot be given together with json, as a request has one body."),
        ({"json": object}, "json: not JSON: Object of type type is not JSON serializable."),
        ({"data": 1}, "data: text or bytes are needed, not int: 1."),
        ({"data": "a\ud800"}, 'data: the text has a lone surrogate at position 1: "a\\ud800".'),
        ({"headers": [("a b", "1")]}, "headers: 'a b' is not a header name."),
        (
            {"headers": [("content-length", "1")]},
            "headers: content-length cannot be set; the server frames the body.",
        ),
        (
            {"headers": [("Transfer-Encoding", "chunked")]},
            "headers: Transfer-Encoding cannot be set; the server frames the body.",
        ),
    ],
)
def test_misuse(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        prepared(**{"method": "POST", "url": URL, **arguments})
    assert str(caught.value) == message


def test_a_callback_is_always_the_same_or_made() -> None:
    request = prepared("GET", URL)
    same = Callback.of(request)
    assert (same.prepare("any"), same.delay, same.timeout) == (request, 0, 10)
    made = Callback.of(lambda url: prepared("PUT", url), timedelta(milliseconds=1), timedelta(minutes=1))
    sent = made.prepare("http://a")
    assert sent is not None
    assert (sent.url, made.delay, made.timeout) == ("http://a/", 0.001, 60)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ((-1,), "delay: must be 0 seconds or more, not -1 seconds."),
        ((float("nan"),), "delay: must be 0 seconds or more, not nan seconds."),
        ((0, 0), "timeout: a number of seconds above 0 is needed, not 0."),
        ((0, float("inf")), "timeout: a number of seconds above 0 is needed, not inf."),
    ],
)
def test_wrong_times(times: tuple[float, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Callback.of(prepared("GET", URL), *times)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("response", "failure", "reason"),
    [
        (Response(399), None, None),
        (Response(400), None, f"POST {URL}: answered 400 Bad Request"),
        (Response(500, reason="Oh\0no"), None, f"POST {URL}: answered 500 Oh\\x00no"),
        (Response(599), None, f"POST {URL}: answered 599"),
        (None, "connection refused", f"POST {URL}: connection refused"),
    ],
)
def test_a_failure_in_one_line(response: Response | None, failure: Phrase | None, reason: str | None) -> None:
    record = CallbackRecord(prepared("POST", URL), response, failure=failure, ended=1.0)
    found = problem_reason(record)
    assert reason == (None if found is None else text(found))


def test_what_is_not_over_or_was_cancelled_has_not_failed() -> None:
    request = prepared("POST", URL)
    assert problem_reason(CallbackRecord(request)) is None
    assert problem_reason(CallbackRecord(request, failure="x", cancelled=True, ended=1.0)) is None


def test_a_record_says_what_is_sent() -> None:
    record = CallbackRecord(prepared("PUT", URL, data=b"a"))
    assert (record.method, record.url, record.body) == ("PUT", URL, b"a")
    assert record.headers == (HOST, AGENT, ("Content-Length", "1"), CLOSE)
    assert CallbackRecord(prepared("GET", URL)).body == b""
