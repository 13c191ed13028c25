"""A body that is not kept whole is never taken for all of it."""

from __future__ import annotations

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.interrupts import InterruptSafeLock
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.matcher import MatcherFailed
from HttpServerLibrary.engine.message.json_text import NotJson
from HttpServerLibrary.engine.message.request import BodyCut, Cut, Request
from HttpServerLibrary.engine.records.journal import Bounds, Journal
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, expect, responses_to

ADVICE = "2048 bytes, of which max_body_kept keeps the first 4; raise it in 'Start Http Server'"
FORGOTTEN = "4 bytes, of which max_bytes_kept keeps none; raise it in 'Start Http Server'"


def cut(body: bytes = b"1234", content_type: str = "application/json", size: int = 2048) -> Request:
    """A request of which this much of the body is kept."""
    request = Request.of("POST", "/upload", {"Content-Type": content_type}, body)
    request.cut = Cut(size, len(body), "max_body_kept")
    return request


BODY_FIELDS: dict[str, object] = {
    "data": b"1234",
    "text": "1234",
    "json": 1234,
    "json_subset": 1234,
    "json_path": {"$": 1234},
    "json_schema": {},
    # Without their being there, both would match a body without fields.
    "form": {"a": None},
    "files": {"a": None},
}


@pytest.mark.parametrize("field", BODY_FIELDS)
def test_no_body_field_fits(field: str) -> None:
    description = RequestDescription("/upload", **{field: BODY_FIELDS[field]})
    whole = Request.of("POST", "/upload", {"Content-Type": "application/json"}, b"1234")
    assert description.matches(whole)
    assert not description.matches(cut())
    assert [str(entry) for entry in description.differences(cut())] == [
        f"{field}: expected a complete body, received {ADVICE}"
    ]


def test_the_empty_rest_is_not_an_empty_body() -> None:
    assert not RequestDescription(text="").matches(cut(b""))
    assert not RequestDescription(data=b"").matches(cut(b""))
    assert not RequestDescription(text="REGEXP:.*").matches(cut())


def test_everything_else_is_compared_as_ever() -> None:
    assert RequestDescription("/upload", method="POST", headers={"content-type": "application/json"}).matches(cut())
    description = RequestDescription("/other", headers={"A": "b"}, text="x", json=1)
    assert [str(entry) for entry in description.differences(cut())] == [
        'path: expected "/other", received "/upload"',
        'header A: expected "b", received nothing',
        f"text: expected a complete body, received {ADVICE}",
        f"json: expected a complete body, received {ADVICE}",
    ]


def test_nothing_is_parsed() -> None:
    request = cut(b"a=1&b=2", "application/x-www-form-urlencoded")
    assert (request.form, request.files, request.text, request.body) == ({}, {}, "a=1&b=2", b"a=1&b=2")
    for parse in (request.parse_json, lambda: request.json):
        with pytest.raises(NotJson) as caught:
            parse()
        assert str(caught.value) == "2048 bytes, of which max_body_kept keeps the first 7"
    with pytest.raises(BodyCut) as refused:
        request.to_werkzeug()
    assert (
        str(refused.value)
        == "the body has 2048 bytes, of which max_body_kept keeps the first 7; raise it in 'Start Http Server'"
    )


def test_a_character_at_the_cut_is_left_out() -> None:
    assert cut("aü".encode()[:-1]).text == "a"
    assert Request.of("POST", "/", {}, "aü".encode()[:-1]).text == "a\ufffd"


def test_the_received_request_has_the_full_size(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("ok")
    assert ask(cut()) == (200, "ok")
    assert ask(Request.of("POST", "/", {}, b"12")) == (200, "ok")
    received, whole = map(ReceivedRequest, server.journal.exchanges())
    assert (received.body_size, received.data, received.text) == (2048, b"1234", "1234")
    assert (received.json, received.form, received.files) == (None, {}, {})
    assert (whole.body_size, whole.json) == (2, 12)
    assert server.journal.problems() == []


def never(request: werkzeug.Request) -> bool:
    raise AssertionError("called with a part of the body")


def test_a_handler_is_not_called(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(never)
    message = f"HANDLER ERROR: POST /upload: handler never was not called: the body has {ADVICE}"
    assert ask(cut()) == (500, f"{message}\n")
    (problem,) = server.journal.problems()
    assert (problem.kind, problem.message, problem.exception) == ("HANDLER ERROR", message, None)


def test_a_matcher_is_not_called(server: HttpServer, ask: Ask) -> None:
    description = RequestDescription("/upload", matcher=never)
    server.book.register(Kind.PERMANENT, description).responder = respond_data("ok")
    message = f"MATCHER ERROR: POST /upload: matcher never was not called: the body has {ADVICE}"
    assert ask(cut()) == (500, f"{message}\n")
    (problem,) = server.journal.problems()
    assert (problem.kind, problem.message, problem.exception) == ("MATCHER ERROR", message, None)
    with pytest.raises(MatcherFailed, match="was not called"):
        description.matches(cut())
    # What differs before it is asked is enough.
    assert not RequestDescription("/other", matcher=never).matches(cut())


def test_the_explanation_tells(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    """No line without the body stands in for one that compares it."""
    expect(server, "/upload", json={"a": 1})
    status, _ = ask(cut(b'{"a": 1, "b'))
    assert status == 500
    assert_text(server.journal.problems()[0].message, "behaviour/body_kept_in_part")
    expect(server, "/other")
    server.book.remove(server.book.expectations()[0])
    ask(cut(b'{"a": 1, "b'))
    assert_text(server.journal.problems()[1].message, "behaviour/body_kept_in_part_and_not_close")


def test_a_secret_at_the_cut_is_masked(server: HttpServer, ask: Ask) -> None:
    server.secrets.add("hush-hush")
    ask(cut(b"token=hush-hu"))
    (problem,) = server.journal.problems()
    assert "  token=***... (2048 bytes" in problem.message
    assert "hush" not in problem.message


def journal_of(**bounds: int) -> Journal:
    return Journal(InterruptSafeLock(), Bounds(**bounds))


def test_the_journal_counts_what_is_kept() -> None:
    server = HttpServer(bounds=Bounds(kept_bytes=8))
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("not counted, sent to all")
    responses_to(server, cut(), cut())
    first, second = server.journal.exchanges()
    assert [first.request.body, second.request.body] == [b"1234", b"1234"]
    responses_to(server, cut())
    first, second, _ = server.journal.exchanges()
    assert [first.request.body, second.request.body] == [b"", b"1234"]
    assert str(first.request.cut) == "2048 bytes, of which max_bytes_kept keeps none"
    assert ReceivedRequest(first).body_size == 2048


def test_a_forgotten_body_is_not_taken_for_an_empty_one() -> None:
    server = HttpServer(bounds=Bounds(kept_bytes=4))
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("ok")
    responses_to(server, *(Request.of("POST", "/", {}, body) for body in (b"", b"1234", b"5678")))
    empty, forgotten, _ = server.journal.exchanges()
    assert RequestDescription(text="").matches(empty.request)
    assert not RequestDescription(text="").matches(forgotten.request)
    assert ReceivedRequest(forgotten).body_size == 4
    assert [str(entry) for entry in RequestDescription(text="1234").differences(forgotten.request)] == [
        f"text: expected a complete body, received {FORGOTTEN}"
    ]
    with pytest.raises(MatcherFailed) as caught:
        RequestDescription(matcher=never).matches(forgotten.request)
    assert str(caught.value) == f"matcher never was not called: the body has {FORGOTTEN}"


def test_the_body_of_a_forgotten_request_names_its_option() -> None:
    journal = journal_of(requests=1)
    scope = HttpServer().book.innermost
    first = journal.arrive(Request.of("POST", "/", {}, b"1234"), "", scope)
    journal.arrive(Request.of("POST", "/", {}, b""), "", scope)
    assert str(first.request.cut) == "4 bytes, of which max_requests_kept keeps none"
