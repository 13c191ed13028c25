"""Bodies with a Content-Encoding, from matching to the failure message."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import text
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.parser import Parser

# Without the time, which would give a test another name each time.
pack = partial(gzip.compress, mtime=0)

Ask = Callable[[Request], tuple[int, str]]

MULTIPART = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhi\r\n--x--\r\n'


def encoded(body: bytes, content_type: str = "application/json", coding: str = "gzip") -> Request:
    return Request.of("POST", "/x", {"Content-Type": content_type, "Content-Encoding": coding}, body)


ORDER = encoded(pack(b'{"item": "pen"}'))
NOT_GZIP = encoded(b'{"item": "pen"}')


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (ORDER, {"json": {"item": "pen"}}),
        (ORDER, {"json_subset": {}}),
        (ORDER, {"json_path": {"$.item": "pen"}}),
        (ORDER, {"json_schema": {"required": ["item"]}}),
        (ORDER, {"text": 'EQUALS:{"item": "pen"}'}),
        (ORDER, {"data": ORDER.body}),
        (NOT_GZIP, {"data": NOT_GZIP.body}),
        (encoded(pack(b"<a/>"), "text/xml"), {"xml": "<a/>", "xpath": {"name(/*)": "a"}}),
        (encoded(pack(b"a=1"), "application/x-www-form-urlencoded"), {"form": {"a": "1"}}),
        (encoded(pack(MULTIPART), "multipart/form-data; boundary=x"), {"files": {"f": "a.txt"}}),
    ],
)
def test_matches(request_: Request, fields: dict[str, object]) -> None:
    assert RequestDescription("/x", **fields).matches(request_)


BODY_FIELDS: dict[str, object] = {
    "text": "REGEXP:(?s).*",
    "json": "<any>",
    "json_subset": {},
    "json_path": {"$": "<any>"},
    "json_schema": {},
    "xml": "<a/>",
    # Without the form being read, both would match a body without fields.
    "form": {"a": None},
    "files": {"a": None},
}


@pytest.mark.parametrize("name", BODY_FIELDS)
def test_what_cannot_be_decoded_matches_nothing(name: str) -> None:
    description = RequestDescription("/x", **{name: BODY_FIELDS[name]})
    assert not description.matches(NOT_GZIP)
    assert [str(entry) for entry in description.differences(NOT_GZIP)] == [
        f"{name}: expected a body that can be decoded, received one that is not valid gzip (Content-Encoding: gzip)"
    ]


TOO_LARGE = "more than 999 bytes when decoded, the limit that max_body_kept sets; raise it in 'Start Http Server'"


@pytest.mark.parametrize("name", BODY_FIELDS)
def test_a_bomb_matches_nothing(name: str) -> None:
    bomb = encoded(pack(b"1" * 1000))
    bomb.max_content = 999
    description = RequestDescription("/x", **{name: BODY_FIELDS[name]})
    assert not description.matches(bomb)
    assert [str(entry) for entry in description.differences(bomb)] == [
        f"{name}: expected a complete body, received {TOO_LARGE}"
    ]


def test_an_unknown_coding_is_compared_as_sent() -> None:
    request = encoded(b'{"item": "pen"}', coding="br")
    assert RequestDescription(json={"item": "pen"}).matches(request)
    (difference,) = RequestDescription(json={"item": "ink"}).differences(request)
    assert text(difference.hint) == "the body is encoded (br) and was compared undecoded"


def test_a_received_request(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("ok")
    for request in (ORDER, NOT_GZIP, encoded(pack(b"<a/>"), "text/xml")):
        assert ask(request) == (200, "ok")
    order, not_gzip, xml = map(ReceivedRequest, server.journal.exchanges())
    assert (order.json, order.text, order.data) == ({"item": "pen"}, '{"item": "pen"}', ORDER.body)
    assert order.body_size == len(ORDER.body)
    assert order.xml is None
    assert (not_gzip.json, not_gzip.text, not_gzip.form) == (None, '{"item": "pen"}', {})
    assert xml.xml.tag == "a"
    assert xml.xml is not xml.xml, "each test has its own"


def test_a_failure_shows_the_content(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription(json={"item": "ink"}))
    _, text = ask(ORDER)
    assert '$.item: expected "ink", received "pen"' in text
    assert 'json={"item": "pen"}' in text, "the keyword to paste has the content, too"


def test_secrets_in_an_encoded_body_are_masked(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("ok")
    server.secrets.mask_fields(["item"], server.book.innermost())
    ask(ORDER)
    har = json.loads("".join(archive(server.journal.exchanges(), server.secrets, "HttpServerLibrary", "1")))
    post_data = har["log"]["entries"][0]["request"]["postData"]
    assert (json.loads(post_data["text"]), "_encoding" in post_data) == ({"item": "***"}, False)
    assert "_sent" not in post_data, "it would show what is masked"


def test_a_handler_gets_the_body_as_sent_and_what_it_means(server: HttpServer, ask: Ask) -> None:
    seen: list[object] = []

    def handler(request: werkzeug.Request) -> str:
        seen.extend([request.data, request.json, request.get_data(as_text=True), request.headers["Content-Encoding"]])
        return "ok"

    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(handler)
    assert ask(ORDER) == (200, "ok")
    assert seen == [ORDER.body, {"item": "pen"}, '{"item": "pen"}', "gzip"]


def test_a_handler_gets_what_cannot_be_decoded(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: request.data)
    assert ask(NOT_GZIP) == (200, '{"item": "pen"}')


def test_a_handler_does_not_get_a_bomb(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: request.data)
    bomb = encoded(pack(b"1" * 1000))
    bomb.max_content = 999
    status, text = ask(bomb)
    assert status == 500
    assert f"was not called: the body has {TOO_LARGE}" in text


def test_the_limit_is_that_of_the_server() -> None:
    body = pack(b"1" * 1000)
    parser = Parser(Limits(body_kept=100))
    parser.feed(
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    request = parser.next_request()
    assert request is not None
    assert str(request.unreadable).startswith("more than 100 bytes when decoded")
