"""Responses with a content coding: what is sent, and how its record shows it."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.content import CODINGS, encode
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.received import ReceivedRequest, ReceivedResponse
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data, respond_json
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.table import Received, request_table
from utest.helpers import LONG, Sent, responses_to
from utest.replies import MemoryReply

GET: Final = Request.of("GET", "/x")
ZIPPED: Final = gzip.compress(b"abc", mtime=0)
DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


def give(server: HttpServer, responder: Responder) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = responder


def answer(responder: Responder, request: Request = GET) -> Sent:
    response = responder.respond(Occasion(request))
    try:
        return Sent(response.status, response.headers, b"".join(response.pieces()))
    finally:
        response.close()


def received(server: HttpServer, responder: Responder) -> ReceivedResponse:
    """What a test sees of the response, after it was sent."""

    def send(response: Response) -> None:
        assert b"".join(response.pieces())
        response.close()

    give(server, responder)
    server.answer(GET, MemoryReply(send))
    response = ReceivedRequest(server.journal.exchanges()[-1]).response
    assert response is not None
    return response


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("pieces", [[], [b""], [b"a"], [b"ab" * 100_000, b"", b"c"]])
def test_a_coding_gives_the_same_bytes_each_time(coding: str, pieces: list[bytes]) -> None:
    data = b"".join(encode(pieces, coding))
    assert data == b"".join(encode(pieces, coding))
    assert DECODERS[coding](data) == b"".join(pieces)
    if coding == "gzip":
        assert data[4:8] == bytes(4), "RFC 1952, 2.3: no time"


@pytest.mark.parametrize("coding", [*CODINGS, "GZIP"])
def test_json_and_data_are_encoded_once(coding: str) -> None:
    for responder, content in (
        (respond_json({"a": "ä" * 99}, content_encoding=coding), f'{{"a": "{"ä" * 99}"}}'),
        (respond_data("ä" * 99, content_encoding=coding), "ä" * 99),
    ):
        sent = answer(responder)
        assert sent.headers[1:] == (("Content-Encoding", coding.lower()),)
        assert DECODERS[coding.lower()](sent.body) == content.encode()
        assert responder.respond(Occasion(GET)) is responder.respond(Occasion(GET))


def test_a_file_is_encoded_while_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    content = random.Random(1).randbytes(1024 * 1024)
    path.write_bytes(content)
    response = File(path, content_encoding="gzip").respond(Occasion(GET))
    pieces = [*response.pieces()]
    response.close()
    assert response.length is None
    assert len(pieces) > 1
    assert gzip.decompress(b"".join(pieces)) == content


@pytest.mark.parametrize("coding", CODINGS)
def test_an_encoded_file_has_no_ranges(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789")
    os.utime(path, (1, 1))
    file = File(path, content_encoding=coding)
    sent = answer(file)
    tag = f'"{10**9:x}-a-{coding}"'
    assert sent.headers == (
        ("Content-Type", "text/plain"),
        ("Content-Encoding", coding),
        ("ETag", tag),
        ("Last-Modified", "Thu, 01 Jan 1970 00:00:01 GMT"),
        ("Accept-Ranges", "none"),
    )
    assert answer(file, Request.of("GET", "/x", {"Range": "bytes=0-1"})) == sent
    given = File(path, content_encoding=coding, headers={"Accept-Ranges": "bytes"})
    assert answer(given, Request.of("GET", "/x", {"Range": "bytes=0-1"})).body == sent.body
    assert answer(file, Request.of("GET", "/x", {"If-None-Match": tag})).status == 304
    assert answer(file, Request.of("GET", "/x", {"If-None-Match": tag.replace(f"-{coding}", "")})).status == 200
    assert answer(file, Request.of("GET", "/x", {"If-Match": '"a"'})) == (
        412,
        (("ETag", tag), ("Accept-Ranges", "none")),
        b"",
    )


@pytest.mark.parametrize("version", [10, 11])
def test_an_encoded_file_on_the_wire(
    running: HttpServer, tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789" * 1000)
    give(running, File(path, content_encoding="gzip"))
    monkeypatch.setattr(http.client.HTTPConnection, "_http_vsn_str", f"HTTP/1.{version % 10}")
    for method, body in (("GET", path.read_bytes()), ("HEAD", None)):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
        connection.request(method, "/x")
        response = connection.getresponse()
        assert response.headers["Content-Length"] is None
        data = response.read()
        assert (gzip.decompress(data) if data else None) == body
        if body:
            assert response.headers["Transfer-Encoding"] == ("chunked" if version == 11 else None)
        connection.close()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_received_response_is_decoded(server: HttpServer, coding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"item": "pen"}')
    header = {"Content-Encoding": coding}
    for responder in (
        respond_json({"item": "pen"}, content_encoding=coding),
        File(path, content_encoding=coding),
        Handler(lambda request: werkzeug.Response(encode([path.read_bytes()], coding), headers=header)),
    ):
        server.reset()
        response = received(server, responder)
        assert (response.text, response.json) == ('{"item": "pen"}', {"item": "pen"})
        assert DECODERS[coding](response.data) == b'{"item": "pen"}'


@pytest.mark.parametrize(
    ("data", "coding", "text"),
    [
        (b'{"a": 1}', "gzip", '{"a": 1}'),
        (b'{"a": 1}', "deflate", '{"a": 1}'),
        (b'{"a": 1}', "br", '{"a": 1}'),
        (ZIPPED[:-4], "gzip", None),
        (zlib.compress(ZIPPED), "gzip, deflate", "abc"),
    ],
)
def test_a_response_that_is_not_encoded_as_it_says(
    server: HttpServer, data: bytes, coding: str, text: str | None
) -> None:
    response = received(server, respond_data(data, headers={"Content-Encoding": coding}))
    assert response.data == data
    assert response.text == (data.decode("utf-8", "replace") if text is None else text)


def test_the_beginning_of_a_streamed_response_is_decoded(server: HttpServer) -> None:
    """As after a client that left."""
    data = b"".join(encode([b"abc" * 100], "gzip"))
    header = {"Content-Encoding": "gzip"}
    response = received(server, Handler(lambda request: werkzeug.Response(iter([data[:-9]]), headers=header)))
    assert response.text
    assert ("abc" * 100).startswith(response.text)


def test_the_record_counts_an_encoded_response_once(server: HttpServer) -> None:
    responder = respond_data("a" * 1000, content_encoding="gzip")
    give(server, responder)
    responses_to(server, GET, GET)
    first, second = server.journal.exchanges()
    assert first.response is second.response
    assert responder.response.shared


def test_har_has_the_content(server: HttpServer) -> None:
    server.secrets.mask_fields(["token"], server.book.innermost())
    content = {"token": "s3cret", "more": "a" * 200}
    data = answer(respond_json(content, content_encoding="gzip")).body
    received(server, respond_json(content, content_encoding="gzip"))
    text = "".join(archive(server.journal.exchanges(), server.secrets, "", ""))
    saved: dict[str, Any] = json.loads(text)["log"]["entries"][0]["response"]
    size = len(json.dumps(content))
    assert saved["bodySize"] == len(data)
    assert (saved["content"]["size"], saved["content"]["compression"]) == (size, size - len(data))
    assert json.loads(saved["content"]["text"]) == {**content, "token": "***"}
    assert "encoding" not in saved["content"]


def test_the_table_shows_the_content(server: HttpServer) -> None:
    response = received(server, respond_json({"item": "pen"}, content_encoding="gzip"))
    html = request_table([server], [Received(server, each) for each in server.journal.exchanges()], Scope("s", 0.0))
    assert f"Body: JSON, 15 bytes, decoded from {len(response.data)} bytes" in html
