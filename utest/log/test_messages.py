"""Messages in the log about requests, whatever requests and handlers say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.visible import harmless
from HttpServerLibrary.log.messages import LogLevel, flush, log_table, write
from HttpServerLibrary.log.table import Received
from utest.helpers import ForwardedTo, expect, responses_to


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def log() -> Iterator[list[logging.LogRecord]]:
    """The messages that are written to the log; without Robot Framework, they go to the module `logging`."""
    handler = Kept()
    logger = logging.getLogger("RobotFramework")
    level, propagate = logger.level, logger.propagate
    logger.setLevel(1)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield handler.records
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.mark.parametrize("level", LogLevel)
def test_every_message_is_harmless(level: LogLevel) -> None:
    with log() as records:
        write("\x1b\ud83d\nä", level)
    assert [record.getMessage() for record in records] == ["\\u001b\\ud83d\nä"]


def test_a_traceback_is_a_message_for_debugging() -> None:
    server = HttpServer()
    server.secrets.add("s3cr3t")

    def handler(request: object) -> str:
        raise ValueError("no s3cr3t \ud83d")

    expect(server).responder = Handler(handler)
    responses_to(server, Request.of("GET", "/"))
    with log() as records:
        flush([server])
    (record,) = [record for record in records if record.getMessage().startswith("Traceback")]
    assert record.levelname == "DEBUG"
    assert record.getMessage().endswith("ValueError: no *** \\ud83d\n")


def test_where_a_request_was_forwarded() -> None:
    server = HttpServer()
    server.secrets.add("s3cr3t")
    server.book.forwarding = ForwardedTo("http://s3cr3t.example/\ud83d")
    responses_to(server, Request.of("GET", "/"))
    with log() as records:
        flush([server])
    assert records[0].getMessage().endswith(" ms), forwarded to http://***.example/\\ud83d")


def test_a_notice_is_a_warning_and_a_remark_is_not() -> None:
    server = HttpServer()
    server.secrets.add("s3cr3t")
    server.journal.notice("refused s3cr3t")
    server.journal.remark("intended s3cr3t")
    with log() as records:
        flush([server])
    assert [(record.levelname, record.getMessage()) for record in records] == [
        ("WARNING", "http-1: refused ***"),
        ("INFO", "http-1: intended ***"),
    ]


# Pieces of text that something may take for its own, with characters that break files and terminals.
PIECES = ["\ud83d", "\x1b[31m", "\0", "\u202e", "\r", "\n", "\u2028", "\ufffe", "\udcff", "\x9b", "<script>", "]]>"]
PIECES += ["</pre>", "&", '"', "'", "\\", "%ff", "{", "[", "=", "--b\r\n", "a" * 300, "*HTML*", "${x}", "ä", "😀", " "]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
BYTES = TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=40)
VALUES = BYTES.map(lambda data: bytes(byte for byte in data if byte >= 0x20 and byte != 0x7F).decode("latin-1"))
TYPES = ["text/plain", "application/json", "application/x-www-form-urlencoded", "text/xml", "multipart/form-data"]
CHARSETS = ["", "; charset=utf-7", "; charset=utf-16", "; charset=unicode_escape", "; boundary=b", "; charset=\xe4"]
CONTENT_TYPES = st.builds(str.__add__, st.sampled_from(TYPES), st.sampled_from(CHARSETS)) | VALUES
VALUES_OF_HANDLERS = st.recursive(
    TEXTS | BYTES | st.none() | st.floats(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner)
)


def test_the_body_of_a_response_is_decoded() -> None:
    server = HttpServer()
    expect(server).responder = respond_data("a text" * 9, content_encoding="gzip")
    responses_to(server, Request.of("GET", "/"))
    with log() as records:
        flush([server])
    assert "a text" * 9 in records[-1].getMessage()


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers = [("Content-Type", draw(CONTENT_TYPES)), ("X", draw(VALUES)), ("Cookie", draw(VALUES))]
    headers.append(("Authorization", draw(st.sampled_from(["", "Basic ", "Bearer "])) + draw(VALUES)))
    target = draw(BYTES.map(lambda data: "".join(f"%{byte:02x}" for byte in data)))
    request = Request.of("POST", f"/{draw(st.sampled_from(['', 'a?']))}{target}", headers, draw(BYTES))
    if draw(st.integers(0, 9)) == 0:
        request.fault = Fault(400, "no request", draw(BYTES))
    return request


@st.composite
def handlers(draw: st.DrawFn) -> Handler:
    """Handlers that raise or return something."""
    kind = draw(st.sampled_from([None, ValueError, KeyError, SystemExit, SyntaxError]))
    value: Any = draw(TEXTS if kind else VALUES_OF_HANDLERS | st.sets(TEXTS))

    def handler(request: object) -> object:
        if kind is None:
            return value
        error: Any = kind(value)
        error.__notes__ = [value]
        raise error from KeyError(value)

    return Handler(handler)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=1, max_size=3), handlers(), st.booleans())
def test_whatever_is_said_the_log_is_harmless(sent: list[Request], handler: Handler, unexpected: bool) -> None:
    server = HttpServer()
    expect(server, "/none", text="a\nb", json={"a": 1}, form={"a": "1"}, headers={"X": "1"}, cookies={"a": "1"})
    if not unexpected:
        expect(server, method="POST").responder = handler
    answers = responses_to(server, *sent)
    received = server.journal.exchanges()
    with log() as records:
        flush([server])
        log_table([server], [Received(server, exchange) for exchange in received], Scope("test"), LogLevel.INFO)
    assert len(records) > len(sent)
    for record in records:
        record.getMessage().encode()
        assert harmless(record.getMessage()) == record.getMessage()
    for answer, exchange in zip(answers, received, strict=True):
        if exchange.problem is not None:
            assert harmless(answer.body.decode()) == answer.body.decode()
            assert exchange.problem.first_line.isprintable()
        request = ReceivedRequest(exchange)
        for shown in (request, request.problem, request.headers, request.cookies, request.auth, request.files):
            assert harmless(f"{shown} {shown!r}") == f"{shown} {shown!r}"
