"""What is sent: data, JSON, files, redirects, werkzeug responses, and what handlers make."""

from __future__ import annotations

import errno
import http.client
import mimetypes
import os
import socket
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import werkzeug
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import HTTPException, NotFound

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.interrupts import Latch
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response, reason_phrase
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder, ResponseFailed
from HttpServerLibrary.engine.responses.static import respond_data, respond_json, respond_redirect, respond_response
from HttpServerLibrary.engine.responses.unexpected import UnexpectedResponse
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG, Ask
from utest.replies import MemoryReply

GET = Request.of("GET", "/x")
NO_STATUS = "status: a status code such as 404, or one with a reason phrase such as '404 Nothing Here', is needed"
ENCODED = "To send a body that is already encoded, leave content_encoding out and give the header Content-Encoding."
TEXT = ("Content-Type", "text/plain; charset=utf-8")
JSON = ("Content-Type", "application/json")


def give(server: HttpServer, responder: Responder) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = responder


def sent(responder: Responder) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    response = responder.respond(Occasion(GET))
    return response.status, response.headers, b"".join(response.pieces())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": "ä"}, '{"a": "ä"}'),
        ([1, None, True], "[1, null, true]"),
        (None, "null"),
        (5, "5"),
        ('{"a":   1}', '{"a":   1}'),
        (' "text" ', '"text"'),
        ("null", "null"),
        ({"a": "\ud800"}, '{"a": "\\ud800"}'),
    ],
)
def test_json(body: object, expected: str) -> None:
    assert sent(respond_json(body)) == (200, (("Content-Type", "application/json"),), expected.encode())


def test_json_is_a_copy() -> None:
    body = {"a": [1]}
    responder = respond_json(body)
    body["a"].append(2)
    assert sent(responder)[2] == b'{"a": [1]}'


@pytest.mark.parametrize("data", ["hä", "hä".encode(), bytearray("hä".encode())])
def test_data(data: str | bytes) -> None:
    assert sent(respond_data(data)) == (200, (TEXT,), "hä".encode())


def test_status_headers_and_content_type() -> None:
    responder = respond_data(
        "x",
        status=503,
        headers={"Retry-After": 5, "Set-Cookie": ["a=1", "b=2"]},
        content_type="text/html",
    )
    assert sent(responder) == (
        503,
        (("Content-Type", "text/html"), ("Retry-After", "5"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        b"x",
    )


@pytest.mark.parametrize(
    ("headers", "content_type", "expected"),
    [
        ({"X": "1"}, "", (("X", "1"),)),
        ({"content-type": "a/b"}, "", ()),
        (None, None, (TEXT,)),
        ("content-type: a/b", None, (("content-type", "a/b"),)),
        ({"content-type": "a/b"}, "c/d", (("Content-Type", "c/d"),)),
        ("X: 1\nX: 2\nY: 3", None, (TEXT, ("X", "1"), ("X", "2"), ("Y", "3"))),
    ],
)
def test_content_type(headers: object, content_type: str | None, expected: tuple[tuple[str, str], ...]) -> None:
    assert respond_data("x", headers=headers, content_type=content_type).response.headers == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/new", "/new"),
        ("https://example.com/a?b=1#c", "https://example.com/a?b=1#c"),
        ("/ä b", "/%C3%A4%20b"),
        ("/a%20b", "/a%20b"),
    ],
)
def test_redirect(location: str, expected: str) -> None:
    assert sent(respond_redirect(location)) == (302, (("Location", expected),), b"")
    other = respond_redirect(location, status=308, headers={"location": "/x", "X": 1})
    assert sent(other) == (308, (("Location", expected), ("X", "1")), b"")


def test_a_werkzeug_response_is_taken_as_it_is_now() -> None:
    given = werkzeug.Response("gone", 410, {"X-A": "1"})
    responder = respond_response(given)
    given.set_data("changed")
    given.headers["X-A"] = "2"
    status, headers, body = sent(responder)
    assert (status, body) == (410, b"gone")
    assert ("X-A", "1") in headers
    assert sent(responder)[2] == b"gone"


@pytest.mark.parametrize("direct", [True, False])
def test_a_streamed_werkzeug_response_can_be_sent_many_times(direct: bool) -> None:
    responder = respond_response(werkzeug.Response(iter([b"a", b"b"]), direct_passthrough=direct))
    assert [sent(responder)[2] for _ in range(2)] == [b"ab", b"ab"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: respond_data(status=99),
            "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 99.",
        ),
        (
            lambda: respond_json("{}", status=700),
            "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 700.",
        ),
        (
            lambda: respond_data(status="abc"),
            f"{NO_STATUS}, not 'abc'.",
        ),
        (
            lambda: respond_data(status=True),
            f"{NO_STATUS}, not True.",
        ),
        (
            lambda: respond_data(status="404 a\r\nB: c"),
            'status: the reason phrase has a line break or control character: "a\\r\\nB: c".',
        ),
        (
            lambda: respond_data(status="404 Übel"),
            'status: the reason phrase has characters that are not ASCII: "Übel".',
        ),
        (
            lambda: respond_data(status="99 Low"),
            f"{NO_STATUS}, not '99 Low'.",
        ),
        (
            lambda: respond_response(werkzeug.Response(status=101)),
            "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 101.",
        ),
        (lambda: respond_data(["a"]), "data: text or bytes are needed, not list: ['a']."),
        (lambda: delayed(respond_data(), -1), "delay: must be 0 seconds or more, not -1 seconds."),
        (lambda: delayed(respond_data(), float("nan")), "delay: must be 0 seconds or more, not nan seconds."),
        (lambda: delayed(respond_data(), float("inf")), "delay: inf seconds is too long."),
        (
            lambda: respond_json("{'a'}"),
            "body: not JSON: a single quote at line 1 column 2: \"{'a'}\". JSON needs double quotes.",
        ),
        (lambda: respond_json({1, 2}), "body: not JSON: Object of type set is not JSON serializable."),
        (
            lambda: respond_data(headers="Retry-After 5"),
            "headers: a header is written 'Name: value', but there is no colon in \"Retry-After 5\".",
        ),
        (lambda: respond_data(headers={"A": None}), "headers: A: text is needed here, not None."),
        (
            lambda: respond_data(headers={"Transfer-Encoding": "chunked"}),
            "headers: Transfer-Encoding cannot be set; the server frames the body.",
        ),
        (
            lambda: respond_data("abc", headers={"content-length": 5}),
            (
                "headers: Content-Length is 5, but the body has 3 bytes. 'Respond With Raw' sends any length, and "
                "'Respond With Fault' breaks off a body."
            ),
        ),
        (
            lambda: respond_data(content_encoding="br"),
            f"content_encoding: gzip or deflate is needed, not 'br'. {ENCODED}",
        ),
        (
            lambda: respond_json("{}", content_encoding="Deflate", headers={"content-encoding": "br"}),
            "headers: Content-Encoding cannot be given together with content_encoding=deflate, which sets it.",
        ),
        (
            lambda: File(__file__, content_encoding="gzip", headers={"Content-Encoding": "gzip"}),
            "headers: Content-Encoding cannot be given together with content_encoding=gzip, which sets it.",
        ),
        (lambda: respond_redirect(" "), "location: the address to redirect to is empty."),
        (
            lambda: respond_redirect("/", status=200),
            "status: a status code from 300 to 399 (RFC 9110, 15.4) is needed, not 200.",
        ),
        (
            lambda: respond_redirect("/a\r\nX: 1"),
            'location: the address has a character that cannot be printed, such as a line break: "/a\\r\\nX: 1".',
        ),
        (lambda: respond_response("x"), "response: a werkzeug Response is needed, not str: 'x'."),
        (
            lambda: UnexpectedResponse(text="a", json="1"),
            "text and json cannot both be given: a response has one body.",
        ),
        (
            lambda: UnexpectedResponse(status=0),
            "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 0.",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_when_registered(make: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "value"),
    [("", "1"), ("A B", "1"), ("A:", "1"), ("A", "1\r\nX: 2"), ("A", "1\n"), ("A", "\x00"), ("A", "€"), ("ä", "1")],
)
def test_a_header_that_would_not_arrive_is_refused(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=r"^headers: "):
        respond_data(headers={name: value})
    with pytest.raises(UsageError, match=r"^headers: "):
        respond_data(content_type=f"{value}\r\n€")


@pytest.mark.parametrize("make", [respond_data, respond_redirect])
def test_half_characters_are_refused(make: Callable[[str], object]) -> None:
    with pytest.raises(UsageError):
        make("/\ud800")


@pytest.mark.parametrize(
    ("responder", "line"),
    [
        (respond_data(status=404), "404 Not Found"),
        (respond_data(status="404"), "404 Not Found"),
        (respond_data(status="404 Nothing Here"), "404 Nothing Here"),
        (respond_json({}, status=" 299  Special "), "299 Special"),
        (respond_json({}, status=299), "299 "),
        (respond_redirect("/", status="302 Elsewhere"), "302 Elsewhere"),
        (respond_response(werkzeug.Response("x", "299 Special")), "299 Special"),
        (respond_response(werkzeug.Response("x", "404 Not Found")), "404 Not Found"),
        (respond_response(werkzeug.Response("x", 404)), "404 Not Found"),
        (respond_response(werkzeug.Response("x", 299)), "299 "),
        (Handler(lambda request: werkzeug.Response("x", "299 Special")), "299 Special"),
        (Handler(lambda request: werkzeug.Response(iter(["x"]), "299 Special")), "299 Special"),
    ],
)
def test_the_reason_phrase_is_sent(responder: Responder, line: str) -> None:
    response = responder.respond(Occasion(GET))
    assert response.head.startswith(f"HTTP/1.1 {line}\r\n".encode())
    assert f"{response.status} {response.reason}" == line
    assert response.with_body(b"another").head == response.head


def test_the_reason_phrase_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"")
    response = File(path, status="206 Some Of It").respond(Occasion(GET))
    assert (response.status, response.reason) == (206, "Some Of It")
    response.close()


def test_a_received_request_has_the_reason_phrase(server: HttpServer, ask: Ask) -> None:
    give(server, Handler(lambda request: werkzeug.Response(iter(["x"]), "299 Special")))
    ask(GET)
    response = ReceivedRequest(server.journal.exchanges()[0]).response
    assert response is not None
    assert (response.status, response.reason) == (299, "Special")


@pytest.mark.parametrize(
    "headers",
    [
        MultiDict([("A", "1"), ("B", "3"), ("A", "2")]),
        Headers([("A", "1"), ("B", "3"), ("A", "2")]),
    ],
    ids=["MultiDict", "Headers"],
)
def test_headers_of_werkzeug_keep_all_values(headers: object) -> None:
    assert sorted(sent(respond_data(headers=headers))[1][1:]) == [("A", "1"), ("A", "2"), ("B", "3")]


def test_reason_phrases() -> None:
    assert (reason_phrase(404), reason_phrase(599)) == ("Not Found", "")
    assert Response(599).head == b"HTTP/1.1 599 \r\n"


def test_a_response_shows_its_status() -> None:
    assert repr(Response(200, [("A", "1")])) == "<Response 200>"


def test_a_response_without_its_body_does_not_keep_it() -> None:
    class Body(list[bytes]):
        """Unlike bytes, it can be referred to weakly."""

    body = Body()
    kept = weakref.ref(body)
    response = Response(200, (), body, 0, release=lambda: kept)
    del body
    assert kept() is not None
    response = response.with_body()
    assert kept() is None
    response.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("logo.png", "image/png"),
        ("logo.svg", "image/svg+xml"),
        ("logo.WEBP", "image/webp"),
        ("page.html", "text/html"),
        ("page.mjs", "text/javascript"),
        ("page.wasm", "application/wasm"),
        ("page.woff2", "font/woff2"),
        ("data.json", "application/json"),
        ("data.yaml", "application/yaml"),
        ("a.tar.gz", "application/gzip"),
        ("a.json.bz2", "application/octet-stream"),
        ("noextension", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_is_guessed(name: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"abc")
    response = File(tmp_path / name).respond(Occasion(GET))
    assert response.headers[0] == ("Content-Type", expected)
    assert (b"".join(response.pieces()), response.length) == (b"abc", 3)
    response.close()


def test_the_type_of_a_file_does_not_depend_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its types come from the registry of Windows or from files such as /etc/mime.types."""
    known = mimetypes.MimeTypes()
    known.add_type("text/strange", ".png")
    known.add_type("text/strange", ".strange")
    monkeypatch.setattr(mimetypes, "_db", known)
    assert mimetypes.guess_type("a.png") == ("text/strange", None)
    for name, expected in (("a.png", "image/png"), ("a.strange", "application/octet-stream")):
        (tmp_path / name).touch()
        response = File(tmp_path / name).respond(Occasion(GET))
        assert response.headers[0] == ("Content-Type", expected)
        response.close()


def test_options_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"")
    file = File(str(path), status=206, headers={"X": 1, "Content-Length": 99}, content_type="a/b")
    response = file.respond(Occasion(GET))
    assert (response.status, response.headers) == (206, (("Content-Type", "a/b"), ("X", "1")))
    assert (b"".join(response.pieces()), response.length) == (b"", 0)
    response.close()


def test_a_file_is_read_as_it_is_when_the_request_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    file = File(path)
    path.write_bytes(b"newer")
    response = file.respond(Occasion(GET))
    assert b"".join(response.pieces()) == b"newer"
    response.close()


def test_a_file_that_grows_while_it_is_sent_is_sent_as_announced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    response = File(path).respond(Occasion(GET))
    with path.open("ab") as more:
        more.write(b"def")
    assert b"".join(response.pieces()) == b"abc"
    response.close()


def make_directory(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_the_kernel(path: Path) -> None:
    path.symlink_to("/proc/self/status")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def make_nothing(path: Path) -> None:
    assert not path.exists()


needs_posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
NO_FILES = [
    pytest.param(make_nothing, "does not exist", id="nothing"),
    pytest.param(make_directory, "is a directory", id="directory"),
    pytest.param(make_pipe, "is a named pipe", id="pipe", marks=needs_posix),
    pytest.param(make_socket, "is a socket", id="socket", marks=needs_posix),
    pytest.param(link_to_a_device, "is a device", id="device", marks=needs_posix),
    pytest.param(
        link_to_the_kernel,
        "has no size, because the system generates its content on reading; send a copy of it",
        id="kernel",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="there are no such files here"),
    ),
    pytest.param(link_to_itself, f"cannot be read: {os.strerror(errno.ELOOP)}", id="loop", marks=needs_posix),
]


@pytest.mark.parametrize(("make", "reason"), NO_FILES)
def test_what_is_no_file_is_refused_when_registered(
    make: Callable[[Path], None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The path of a socket must be short.
    monkeypatch.chdir(tmp_path)
    path = Path("a.txt")
    make(path)
    with pytest.raises(UsageError) as caught:
        File(tmp_path / path)
    assert str(caught.value) == f"path: the file '{tmp_path / path}' {reason}."


@pytest.mark.parametrize(("make", "reason"), NO_FILES)
def test_what_is_no_file_any_more_is_a_problem(
    make: Callable[[Path], None],
    reason: str,
    server: HttpServer,
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a.txt")
    path.write_bytes(b"abc")
    give(server, File(path))
    path.unlink()
    make(path)
    status, text = ask(GET)
    assert (status, text) == (500, f"HANDLER ERROR: GET /x: the file a.txt {reason}\n")
    (problem,) = server.journal.problems()
    assert (problem.kind, problem.message) == ("HANDLER ERROR", text.strip())
    assert isinstance(problem.exception, OSError)


@needs_posix
def test_a_file_that_a_pipe_replaces_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    file = File(path)
    before = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self: before)
    with pytest.raises(ResponseFailed, match=r"^the file a\.txt is a named pipe$"):
        file.respond(Occasion(GET))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a\0\n", "path: the file 'a\\x00\\n' has a name that no file can have."),
        ("/" + "x" * 5000, f"path: the file '/{'x' * 299}... (5001 characters)' cannot be read: File name too long."),
    ],
    ids=["nul", "long"],
)
@needs_posix
def test_names_that_no_file_can_have(path: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        File(path)
    assert str(caught.value) == message


@needs_posix
def test_a_relative_path_in_a_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    with pytest.raises(UsageError) as caught:
        File("a.txt")
    assert str(caught.value) == "path: the file 'a.txt' does not exist."


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.touch()

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    # By chmod it would stay readable for root.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError) as caught:
        File(path)
    assert str(caught.value) == f"path: the file '{path}' cannot be read: Permission denied."


def test_a_file_truncated_while_it_is_sent(running: HttpServer, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")

    class Truncating(File):
        def respond(self, occasion: Occasion) -> Response:
            response = super().respond(occasion)
            path.write_bytes(b"a")
            return response

    give(running, Truncating(path))
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.request("GET", "/x")
    answer = connection.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()
    problem = running.journal.wait(lambda: running.journal.problems() or None, 60)
    assert problem is not None
    assert str(problem[0]).startswith(
        "HANDLER ERROR: GET /x: sending the response failed: "
        "OSError: the file became 2 bytes shorter while it was being sent"
    )


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_file_is_closed_after_it_was_sent(running: HttpServer, tmp_path: Path, method: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    opened: list[Response] = []

    class Watched(File):
        def respond(self, occasion: Occasion) -> Response:
            opened.append(super().respond(occasion))
            return opened[-1]

    give(running, Watched(path))
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.request(method, "/x")
    answer = connection.getresponse()
    assert answer.read() == (b"" if method == "HEAD" else b"abc")
    assert answer.headers["Content-Length"] == "3"
    connection.close()
    while running.stop():
        """Each waits for the thread for a moment."""
    with pytest.raises(ValueError, match="closed file"):
        [*opened[0].pieces()]
    assert running.journal.problems() == []


def streamed() -> werkzeug.Response:
    return werkzeug.Response(iter(["a", "ä"]), 202, content_type="text/csv")


@pytest.mark.parametrize(
    ("returned", "status", "content_type", "body"),
    [
        ("hä", 200, "text/plain; charset=utf-8", "hä"),
        ("", 200, "text/plain; charset=utf-8", ""),
        (b"\x41", 200, "text/plain; charset=utf-8", "A"),
        ({"a": "ä"}, 200, "application/json", '{"a": "ä"}'),
        ({}, 200, "application/json", "{}"),
        ([], 200, "application/json", "[]"),
        ([1, {"a": None}], 200, "application/json", '[1, {"a": null}]'),
        (None, 204, None, ""),
        (werkzeug.Response("gone", 410), 410, "text/plain; charset=utf-8", "gone"),
    ],
)
def test_what_a_handler_returns(
    server: HttpServer, ask: Ask, returned: object, status: int, content_type: str | None, body: str
) -> None:
    give(server, Handler(lambda request: returned))
    assert [ask(GET), ask(GET)] == [(status, body)] * 2
    assert server.journal.problems() == []
    response = ReceivedRequest(server.journal.exchanges()[0]).response
    assert response is not None
    assert response.headers.get("Content-Type") == content_type
    assert (response.status, response.text) == (status, body)


def test_a_handler_gets_a_werkzeug_request(server: HttpServer, ask: Ask) -> None:
    def echo(request: werkzeug.Request) -> str:
        return f"{request.method} {request.path} {request.args['a']} {request.headers['X']} {request.get_data()!r}"

    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(echo)
    assert ask(Request.of("PUT", "/%C3%A4?a=b", {"X": "1"}, b"body")) == (200, "PUT /ä b 1 b'body'")


def responded(handler: Handler) -> tuple[int, list[tuple[str, str]], bytes]:
    """What a handler makes: status, headers and body."""
    response = handler.respond(Occasion(GET))
    return response.status, [*response.headers], b"".join(response.pieces())


@pytest.mark.parametrize(
    ("returned", "status", "headers", "body"),
    [
        (("a", 201), 201, [TEXT], b"a"),
        (("a", "201 Made"), 201, [TEXT], b"a"),
        (("a", HTTPStatus.CREATED), 201, [TEXT], b"a"),
        (("a", None), 200, [TEXT], b"a"),
        (({"a": 1}, 201), 201, [JSON], b'{"a": 1}'),
        (([1], 201, None), 201, [JSON], b"[1]"),
        ((None, 202), 202, [], b""),
        ((None, {"X": 1}), 204, [("X", "1")], b""),
        (("a", {"X": "1"}), 200, [TEXT, ("X", "1")], b"a"),
        (("a", {"X": ["1", "2"]}), 200, [TEXT, ("X", "1"), ("X", "2")], b"a"),
        (("a", [("X", "1"), ("X", 2)]), 200, [TEXT, ("X", "1"), ("X", "2")], b"a"),
        (("a", Headers([("X", "1"), ("X", "2")])), 200, [TEXT, ("X", "1"), ("X", "2")], b"a"),
        (("a", []), 200, [TEXT], b"a"),
        ((b"a", 201, {"content-type": "image/png"}), 201, [("content-type", "image/png")], b"a"),
        ((werkzeug.Response("a", 410), 201), 201, [TEXT, ("Content-Length", "1")], b"a"),
        ((werkzeug.Response("a", 410), {"X": "1"}), 410, [("X", "1"), TEXT, ("Content-Length", "1")], b"a"),
    ],
)
def test_a_tuple_as_in_flask(returned: object, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    assert responded(Handler(lambda request: returned)) == (status, headers, body)


def test_the_reason_phrase_of_a_tuple() -> None:
    assert Handler(lambda request: ("a", "201 Made")).respond(Occasion(GET)).reason == "Made"


@pytest.mark.parametrize(
    ("returned", "status", "headers"),
    [
        ("a", 201, [TEXT, ("X", "given")]),
        ({}, 201, [JSON, ("X", "given")]),
        (None, 201, [("X", "given")]),
        (("a", 202), 202, [TEXT, ("X", "given")]),
        (("a", {"x": "own"}), 201, [TEXT, ("x", "own")]),
        (("a", {"Y": "own"}), 201, [TEXT, ("Y", "own"), ("X", "given")]),
        (werkzeug.Response(status=410), 410, [TEXT, ("X", "given")]),
        (werkzeug.Response(status=410, headers={"x": "own"}), 410, [("x", "own"), TEXT]),
        ((werkzeug.Response(), 202), 202, [TEXT, ("X", "given")]),
        (werkzeug.Response(iter(["a"])), 200, [TEXT, ("X", "given")]),
    ],
)
def test_what_a_handler_leaves_open(returned: object, status: int, headers: list[tuple[str, str]]) -> None:
    made = responded(Handler(lambda request: returned, status=201, headers="X: given"))
    assert made[0] == status
    assert [pair for pair in made[1] if pair[0] != "Content-Length"] == headers


def test_abort_keeps_its_status() -> None:
    def handler(request: werkzeug.Request) -> None:
        raise NotFound("no such thing")

    status, headers, _ = responded(Handler(handler, status=201, headers={"X": "given"}))
    assert status == 404
    assert ("X", "given") in headers


def test_a_default_content_type() -> None:
    handler = Handler(lambda request: "<a/>", headers={"Content-Type": "text/html"})
    assert responded(handler)[1] == [("Content-Type", "text/html")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"status": 99}, "status: a status code from 200 to 599"),
        ({"status": "many"}, "status: a status code such as 404"),
        ({"headers": {"X": "\n"}}, "headers: the value of X has a line break"),
        ({"headers": 7}, "headers: a dictionary is needed"),
    ],
)
def test_bad_defaults_fail_at_once(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        Handler(lambda request: "a", **arguments)


def test_a_handler_gets_the_segments_of_the_path(server: HttpServer, ask: Ask) -> None:
    def echo(request: Any) -> dict[str, str]:
        params: dict[str, str] = request.path_params
        return params

    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/orders/{id}"))
    expectation.responder = Handler(echo, path_params=expectation.description.path_params)
    assert ask(Request.of("GET", "/orders/7%2F8")) == (200, '{"id": "7/8"}')


def test_a_generator_is_streamed_and_kept(server: HttpServer, ask: Ask) -> None:
    give(server, Handler(lambda request: streamed()))
    assert ask(GET) == (202, "aä")
    response = ReceivedRequest(server.journal.exchanges()[0]).response
    assert response is not None
    assert (response.text, response.status) == ("aä", 202)


@pytest.mark.parametrize("error", [NotFound("no such thing")])
def test_werkzeug_exceptions_are_answers(server: HttpServer, ask: Ask, error: HTTPException) -> None:
    def handler(request: werkzeug.Request) -> None:
        raise error

    give(server, Handler(handler))
    status, text = ask(GET)
    assert status == 404
    assert "no such thing" in text
    assert server.journal.problems() == []


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class LeavingException(HTTPException):
    def get_response(self, environ: object = None, scope: object = None) -> werkzeug.Response:
        raise SystemExit("no response")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("boo"),
        ValueError("two\nlines"),
        ValueError("x" * 100_000),
        ValueError("\x1b[31m\x9b"),
        ValueError("\ud800"),
        AssertionError("1 != 2"),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        BaseException("base"),
        StopIteration(),
        RecursionError(),
        Unprintable(),
        UsageError("mine"),
        HTTPException("no code"),
        LeavingException(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_handler_raises_is_a_problem_and_an_answer(
    server: HttpServer, ask: Ask, error: BaseException
) -> None:
    def handler(request: werkzeug.Request) -> None:
        raise error

    give(server, Handler(handler))
    status, text = ask(GET)
    (problem,) = server.journal.problems()
    assert (status, problem.kind) == (500, "HANDLER ERROR")
    assert isinstance(problem.exception, BaseException)
    assert text == f"{problem.message}\n"
    assert max(map(len, problem.message.split("\n"))) <= 4000
    assert all(line.isprintable() for line in problem.message.split("\n"))
    (exchange,) = server.journal.exchanges()
    received = ReceivedRequest(exchange)
    assert received.problem is problem
    assert received.response is not None
    assert received.response.status == 500


def test_the_message_names_handler_exception_and_place(server: HttpServer, ask: Ask) -> None:
    def broken(request: werkzeug.Request) -> None:
        raise ValueError("boo")

    give(server, Handler(broken))
    _, text = ask(GET)
    name = "test_the_message_names_handler_exception_and_place.<locals>.broken"
    line = broken.__code__.co_firstlineno + 1
    assert text == (f"HANDLER ERROR: GET /x: handler {name} raised ValueError: boo (test_responses.py, line {line})\n")


class LeavingRepr:
    def __repr__(self) -> str:
        raise SystemExit("repr")


class LeavingBody:
    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[bytes]:
        raise KeyboardInterrupt


async def coroutine(request: werkzeug.Request) -> str:
    return "never"


@pytest.mark.parametrize(
    "returned",
    [
        5,
        True,
        object(),
        (),
        ("a",),
        ("a", 200, {}, 7),
        ("a", 99),
        ("a", "b"),
        ("a", True),
        ("a", {}, 200),
        ("a", 200, 7),
        ("a", [("X", "1", "2")]),
        ("a", ["X"]),
        ("a", {"X": "\n"}),
        (5, 200),
        (("a", 200), 200),
        (werkzeug.Response("a"), 99),
        (werkzeug.Response("a"), {"X": "\n"}),
        {"a": object()},
        [float("nan")],
        "\ud800",
        LeavingRepr(),
        werkzeug.Response(LeavingBody()),
        werkzeug.Response("x", 99),
        werkzeug.Response("x", 700),
        werkzeug.Response("x", headers={"Transfer-Encoding": "chunked"}),
        werkzeug.Response("x", headers={"X": "€"}),
        werkzeug.Response(iter([b"x"]), 99),
    ],
    ids=lambda returned: type(returned).__name__,
)
def test_what_cannot_be_sent_is_a_problem(server: HttpServer, ask: Ask, returned: object) -> None:
    give(server, Handler(lambda request: returned))
    status, text = ask(GET)
    (problem,) = server.journal.problems()
    assert (status, problem.kind) == (500, "HANDLER ERROR")
    assert text == f"{problem.message}\n"
    assert server.journal.exchanges()[0].problem is problem.record


def test_the_message_says_what_a_handler_may_return(server: HttpServer, ask: Ask) -> None:
    def number(request: werkzeug.Request) -> int:
        return 5

    give(server, Handler(number))
    assert ask(GET)[1] == (
        "HANDLER ERROR: GET /x: handler test_the_message_says_what_a_handler_may_return.<locals>.number "
        "returned something that cannot be sent: int: 5. Return a werkzeug Response, text, bytes, "
        "a dictionary or list (sent as JSON) or None (204 No Content), or one of these in a tuple: (body, status), "
        "(body, headers) or (body, status, headers).\n"
    )


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        (("a",), "a tuple of 1 value. Return (body, status), (body, headers) or (body, status, headers)."),
        (("a", 99), "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 99."),
        (("a", {}, 200), "headers: a dictionary is needed, not int: 200."),
        (("a", ["X"]), "headers: a dictionary or a list of pairs (name, value) is needed, not ['X']."),
    ],
)
def test_the_message_says_what_is_wrong_with_a_tuple(
    server: HttpServer, ask: Ask, returned: object, reason: str
) -> None:
    def pair(request: werkzeug.Request) -> object:
        return returned

    give(server, Handler(pair))
    assert ask(GET)[1].endswith(f".pair returned something that cannot be sent: {reason}\n")


def test_a_coroutine_is_a_problem(server: HttpServer, ask: Ask) -> None:
    made = coroutine(werkzeug.Request({}))
    give(server, Handler(lambda request: made))
    status, text = ask(GET)
    made.close()
    assert (status, len(server.journal.problems())) == (500, 1)
    assert "coroutine" in text


@pytest.mark.parametrize("error", [ValueError("midway"), SystemExit("midway"), KeyboardInterrupt("midway")])
def test_a_body_that_raises_midway_is_a_problem(running: HttpServer, error: BaseException) -> None:
    closed = threading.Event()

    def body() -> Iterator[bytes]:
        try:
            yield b"begin"
            raise error
        finally:
            closed.set()

    give(running, Handler(lambda request: werkzeug.Response(body())))
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.request("GET", "/x")
    answer = connection.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()
    problems = running.journal.wait(lambda: running.journal.problems() or None, 60)
    assert problems is not None
    (problem,) = problems
    assert problem.exception is error
    assert str(problem).startswith(
        f"HANDLER ERROR: GET /x: sending the response failed: {type(error).__name__}: midway (test_responses.py, line "
    )
    (exchange,) = running.journal.exchanges()
    received = ReceivedRequest(exchange)
    assert received.problem is problem
    assert received.response is not None
    assert received.response.data == b"begin"
    assert closed.is_set()


def test_the_server_lives_on_after_a_broken_body(running: HttpServer) -> None:
    def broken() -> Iterator[bytes]:
        raise ValueError
        yield b""

    give(running, Handler(lambda request: werkzeug.Response(broken())))
    running.book.register(Kind.PERMANENT, RequestDescription("/y")).responder = respond_data("fine")
    for path, expected in (("/x", None), ("/y", b"fine")):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        connection.request("GET", path)
        if expected is None:
            with pytest.raises((http.client.HTTPException, ConnectionError)):
                connection.getresponse().read()
        else:
            assert connection.getresponse().read() == expected
        connection.close()


def test_unexpected_response(server: HttpServer, ask: Ask) -> None:
    server.book.unexpected = UnexpectedResponse(status=404, text="nobody", headers={"X": 1})
    assert ask(GET) == (404, "nobody")
    server.book.unexpected = UnexpectedResponse(status=404, json={"a": 1})
    assert ask(GET) == (404, '{"a": 1}')
    response = ReceivedRequest(server.journal.exchanges()[-1]).response
    assert response is not None
    assert response.headers["content-type"] == "application/json"
    server.book.unexpected = UnexpectedResponse(status=404)
    status, text = ask(GET)
    assert (status, text.split("\n")[0]) == (404, "UNEXPECTED REQUEST: GET /x")
    # What is sent instead does not make it expected.
    assert [problem.kind for problem in server.journal.problems()] == ["UNEXPECTED REQUEST"] * 3
    server.reset()
    assert ask(GET)[0] == 500


def test_empty_pieces_are_not_sent(server: HttpServer, ask: Ask) -> None:
    give(server, Handler(lambda request: werkzeug.Response(iter([b"", b"a", b""]))))
    assert ask(GET) == (200, "a")
    assert list(Response(200, (), [b"", b"a", b""]).pieces()) == [b"a"]
    assert list(Response(200).pieces()) == []


def lose(response: Response) -> None:
    raise ConnectionError("the client has left")


def read_all(response: Response) -> None:
    list(response.pieces())
    response.close()


def unsendable() -> werkzeug.Response:
    return werkzeug.Response("a", headers={"Content-Length": "7"})


@pytest.mark.parametrize("send", [read_all, Response.close, lose])
@pytest.mark.parametrize("make", [lambda: werkzeug.Response(iter([b"a"])), lambda: werkzeug.Response("a"), unsendable])
def test_the_response_of_a_handler_is_closed_once(
    make: Callable[[], werkzeug.Response], send: Callable[[Response], None], server: HttpServer
) -> None:
    closed: list[bool] = []
    response = make()
    response.call_on_close(lambda: closed.append(True))
    give(server, Handler(lambda request: response))
    server.answer(GET, MemoryReply(send))
    assert closed == [True]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("streamed", [False, True])
def test_the_response_of_a_handler_is_closed_after_it_was_sent(
    running: HttpServer, method: str, streamed: bool
) -> None:
    go_on, closed = Latch(), Latch()
    response = werkzeug.Response(iter(["a"]) if streamed else "a")

    def close() -> None:
        go_on.wait(LONG)
        closed.set()

    response.call_on_close(close)
    give(running, Handler(lambda request: response))
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONG) as client:
        client.sendall(f"{method} /x HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert not closed.wait(0)
        go_on.set()
        assert closed.wait(LONG)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (lambda request: request.args["page"], "raised KeyError: 'page' ("),
        (lambda request: request.json, "UnsupportedMediaType"),
    ],
)
def test_what_werkzeug_raises_by_itself_is_a_problem(
    server: HttpServer, ask: Ask, handler: Callable[[werkzeug.Request], object], message: str
) -> None:
    give(server, Handler(handler))
    status, text = ask(GET)
    assert status == 500
    (problem,) = server.journal.problems()
    assert problem.kind == "HANDLER ERROR"
    assert message in text
    assert "(test_responses.py, line " in text
