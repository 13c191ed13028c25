"""A secret that is cut by the end of a body shows nowhere: the rest of the body was never sent, or is not kept."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from html import unescape

import pytest
from werkzeug import Response

from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.message.request import Cut, Fault, Request
from HttpServerLibrary.engine.message.response import Response as Sent
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.messages import flush
from HttpServerLibrary.log.table import Received, request_table
from utest.helpers import expect
from utest.log.test_messages import log
from utest.replies import MemoryReply

SECRET = "s3cr3t-Token-0815"
BODIES = {
    "text/plain": b"hello ",
    "application/octet-stream": b"\xff\0",
    "application/x-www-form-urlencoded": b"a=1&b=",
    "application/json": b'{"a": "',
    "application/xml": b"<a>",
}


def texts(server: HttpServer) -> Iterator[str]:
    """All that anybody reads of the requests and responses."""
    received = [Received(server, exchange) for exchange in server.journal.arrived()]
    yield unescape(request_table([server], received, Scope("test", 0.0)))
    with log() as records:
        flush([server])
    yield from (record.getMessage() for record in records)
    har = "".join(archive(server.journal.exchanges(), server.secrets, "HttpServerLibrary", "1"))
    yield har
    (entry,) = json.loads(har)["log"]["entries"]
    data, content = entry["request"].get("postData", {}), entry["response"]["content"]
    for text, encoding in ((data.get("text"), data.get("_encoding")), (content["text"], content.get("encoding"))):
        if encoding:
            yield b64decode(text).decode("latin-1")


def assert_nothing_shows(server: HttpServer, size: int) -> None:
    shown = SECRET[:size]
    for text in texts(server):
        assert shown not in text
        in_hexadecimal = bytes.fromhex("".join(re.findall(r"\b[0-9a-f]{2}\b", text)))
        assert shown.encode() not in in_hexadecimal


@pytest.fixture
def server() -> HttpServer:
    server = HttpServer()
    server.secrets.add(SECRET)
    return server


@pytest.mark.parametrize("size", [5, 10, len(SECRET) - 1])
@pytest.mark.parametrize("content_type", BODIES)
class TestIncomplete:
    def test_a_body_that_is_kept_in_part(self, server: HttpServer, content_type: str, size: int) -> None:
        body = BODIES[content_type] + SECRET[:size].encode()
        request = Request.of("POST", "/", {"Content-Type": content_type}, body)
        request.cut = Cut(1000, len(body), "max_body_kept")
        server.answer(request, MemoryReply())
        assert_nothing_shows(server, size)

    def test_a_compressed_body_that_is_kept_in_part(self, server: HttpServer, content_type: str, size: int) -> None:
        compress = zlib.compressobj(wbits=31)
        body = compress.compress(BODIES[content_type] + SECRET[:size].encode()) + compress.flush(zlib.Z_SYNC_FLUSH)
        request = Request.of("POST", "/", {"Content-Type": content_type, "Content-Encoding": "gzip"}, body)
        request.cut = Cut(1000, len(body), "max_body_kept")
        server.answer(request, MemoryReply())
        assert_nothing_shows(server, size)

    def test_a_body_that_a_client_does_not_finish(self, server: HttpServer, content_type: str, size: int) -> None:
        request = Request.of("POST", "/", {"Content-Type": content_type}, BODIES[content_type] + SECRET[:size].encode())
        request.fault = Fault(400, "the client closed the connection after 5 of 10 body bytes")
        server.answer(request, MemoryReply())
        assert_nothing_shows(server, size)

    def test_a_stream_that_ends_early(self, server: HttpServer, content_type: str, size: int) -> None:
        def handler(request: object) -> Response:
            def pieces() -> Iterator[bytes]:
                yield BODIES[content_type]
                yield SECRET[:size].encode()
                raise ValueError("no more")

            return Response(pieces(), content_type=content_type)

        def send(response: Sent) -> bool:
            with suppress(ValueError):
                [*response.pieces()]
            return False

        expect(server).responder = Handler(handler)
        server.answer(Request.of("GET", "/"), MemoryReply(send))
        assert_nothing_shows(server, size)
