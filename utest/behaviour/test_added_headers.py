"""Headers that are added to responses of every kind: default headers, and those of CORS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import werkzeug

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.origins import Origins
from HttpServerLibrary.engine.message.request import Fault as BadRequest
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Headers, Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import Remark
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.arguments import headers_by_name
from HttpServerLibrary.engine.responses.cors import Cors
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.forwarding import Forwarding
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.spread import spread
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.responses.stream import Step, StreamEnd, StreamResponder
from HttpServerLibrary.engine.responses.unexpected import UnexpectedResponse
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Sent, expect
from utest.replies import MemoryReply

PAGE = {"Origin": "http://page"}
ASKING = {**PAGE, "Access-Control-Request-Method": "PUT"}


def add(server: HttpServer, headers: object) -> None:
    server.book.set_default_headers(headers_by_name(headers))


def ask(server: HttpServer, request: Request) -> Sent:
    """Hands a request to the server in memory; returns what it sends, or the beginning of it."""
    sent: list[Sent] = []

    def send(response: Response) -> None:
        sent.append(Sent(response.status, response.headers, b"".join(response.pieces())))
        response.close()

    server.answer(request, MemoryReply(send))
    return sent[0]


def headers_of(server: HttpServer, method: str = "GET", path: str = "/x", **headers: str) -> dict[str, str]:
    sent = ask(server, Request.of(method, path, headers))
    assert len(dict(sent.headers)) == len(sent.headers)
    return dict(sent.headers)


def last(server: HttpServer) -> Exchange:
    return server.journal.exchanges()[-1]


def remarks(server: HttpServer) -> list[str]:
    return [entry.text for entry in server.journal.take_unlogged()[1] if isinstance(entry, Remark)]


# Default headers.


def test_they_are_added_where_a_response_does_not_have_them(server: HttpServer) -> None:
    add(server, {"X-A": ["1", "2"], "content-type": "text/html", "Server": "nginx"})
    expect(server).responder = respond_data("ok", headers={"x-b": "3"})
    sent = ask(server, Request.of("GET", "/x"))
    assert sent.headers == (
        ("Content-Type", "text/plain; charset=utf-8"),
        *(("x-b", "3"), ("X-A", "1"), ("X-A", "2"), ("Server", "nginx")),
    )


def test_those_of_inner_scopes_come_first(server: HttpServer) -> None:
    expect(server)
    add(server, "X-A: outer\nX-B: outer")
    server.open_scope(Scope("test 'Inner'"))
    add(server, "x-a: inner\nX-C: inner")
    headers = headers_of(server)
    assert (headers["x-a"], headers["X-B"], headers["X-C"]) == ("inner", "outer", "inner")
    assert "X-A" not in headers
    add(server, "X-D: again")
    assert {"X-A", "X-B", "X-D"} < headers_of(server).keys()
    assert "X-C" not in headers_of(server)
    server.close_scope()
    assert headers_of(server) == {"Content-Type": "text/plain; charset=utf-8", "X-A": "outer", "X-B": "outer"}


@pytest.mark.parametrize("nothing", [None, {}, "", " \n"])
def test_nothing_ends_them_until_the_scope_ends(server: HttpServer, nothing: object) -> None:
    expect(server)
    add(server, "X-A: 1")
    server.open_scope(Scope("test 'Inner'"))
    add(server, nothing)
    assert "X-A" not in headers_of(server)
    assert server.book.added is None
    server.close_scope()
    assert headers_of(server)["X-A"] == "1"


def test_a_reset_ends_them_and_clearing_expectations_does_not(server: HttpServer) -> None:
    add(server, "X-A: 1")
    server.book.set_cors(Cors())
    server.book.clear()
    assert {"X-A", "Vary"} < headers_of(server).keys()
    server.reset()
    assert server.book.added is None
    assert headers_of(server).keys() == {"Content-Type"}


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ("content-length: 3", "headers: content-length cannot be set; the server frames the body."),
        ("Transfer-Encoding: chunked", "headers: Transfer-Encoding cannot be set; the server frames the body."),
        ({"X A": "1"}, 'headers: "X A" is not a header name.'),
        ({"X-A": "1\r\n"}, "headers: the value of X-A has a line break or control character: '1\\r\\n'."),
        ({"X-A": None}, "headers: X-A: text is needed here, not None."),
    ],
)
def test_bad_ones(server: HttpServer, headers: object, message: str) -> None:
    add(server, "X-B: 1")
    with pytest.raises(UsageError) as caught:
        add(server, headers)
    assert str(caught.value) == message
    assert headers_of(server)["X-B"] == "1"


# All kinds of responses.


def steps(*pieces: bytes) -> StreamResponder:
    made = [Step(0, piece) for piece in pieces]
    return StreamResponder(lambda occasion: made, status=200, pairs=[], end=StreamEnd.END)


def handler(request: object) -> Any:
    return "ok"


def broken_handler(request: object) -> Any:
    raise ValueError("boo")


def pieces(request: object) -> Any:
    return werkzeug.Response(iter(["a", "b"]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("ok")
    return path


KINDS: dict[str, Callable[[Path], Responder]] = {
    "static": lambda file: respond_data("ok"),
    "delayed": lambda file: delayed(respond_data("ok"), 0.001),
    "spread": lambda file: spread(respond_data("ok"), 0.001),
    "file": File,
    "encoded file": lambda file: File(file, content_encoding="gzip"),
    "stream": lambda file: steps(b"a", b"b"),
    "handler": lambda file: Handler(handler),
    "broken handler": lambda file: Handler(broken_handler),
    "pieces of a handler": lambda file: Handler(pieces),
    "truncated": lambda file: Fault(FaultKind.CLOSE, after=1),
    "stale": lambda file: Fault(FaultKind.STALE),
    "unreachable": lambda file: Forwarding("http://127.0.0.1:1"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_responses_of_all_kinds_get_them_and_the_record_shows_them(server: HttpServer, file: Path, kind: str) -> None:
    add(server, "X-A: 1")
    server.book.set_cors(Cors())
    expect(server).responder = KINDS[kind](file)
    headers = headers_of(server, **PAGE)
    expected = {
        "X-A": "1",
        "Access-Control-Allow-Origin": "http://page",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
    assert headers.items() >= expected.items()
    assert "X-A" in headers["Access-Control-Expose-Headers"].split(", ")
    response = ReceivedRequest(last(server)).response
    assert response is not None
    assert dict(response.headers.items()) == headers
    [entry] = json.loads("".join(archive([last(server)], server.secrets, "", "")))["log"]["entries"]
    assert {pair["name"]: pair["value"] for pair in entry["response"]["headers"]}.items() >= expected.items()


def test_the_parts_of_a_file_get_them(server: HttpServer, file: Path) -> None:
    add(server, "X-A: 1")
    expect(server, method="ANY").responder = File(file)
    tag = headers_of(server)["ETag"]
    assert headers_of(server, "HEAD")["X-A"] == "1"
    for headers, status in [({"Range": "bytes=1-"}, 206), ({"Range": "bytes=9-"}, 416), ({"If-None-Match": tag}, 304)]:
        assert headers_of(server, **headers)["X-A"] == "1"
        response = last(server).response
        assert response is not None
        assert response.status == status


def test_a_file_is_closed(server: HttpServer, file: Path) -> None:
    add(server, "X-A: 1")
    expect(server).responder = File(file)
    sent: list[Response] = []
    server.answer(Request.of("GET", "/x"), MemoryReply(sent.append))
    sent[0].close()
    with pytest.raises(ValueError, match="closed file"):
        b"".join(sent[0].pieces())


def test_raw_bytes_stay_as_they_are(server: HttpServer) -> None:
    add(server, "X-A: 1")
    server.book.set_cors(Cors())
    expect(server).responder = Raw("HTTP/1.1 200 OK\r\nX-B: 2\r\n\r\n")
    reply = MemoryReply()
    server.answer(Request.of("GET", "/x", PAGE), reply)
    assert b"".join(reply.written) == b"HTTP/1.1 200 OK\r\nX-B: 2\r\n\r\n"
    response = last(server).response
    assert response is not None
    assert response.headers == (("X-B", "2"),)


def test_refusals_get_them(server: HttpServer) -> None:
    add(server, "X-A: 1")
    server.book.set_cors(Cors())
    wanted = {"X-A", "Access-Control-Allow-Origin"}
    assert wanted < headers_of(server, **PAGE).keys()
    assert wanted < headers_of(server, path="/favicon.ico", **PAGE).keys()
    server.book.unexpected = UnexpectedResponse(status=404, json={"a": 1})
    assert wanted < headers_of(server, **PAGE).keys()
    expect(server, kind=Kind.ORDERED, path="/first")
    for _ in range(2):
        assert wanted < headers_of(server, **PAGE).keys()
    assert [problem.kind for problem in server.journal.problems()][2:] == ["OUT OF ORDER", "REFUSED"]


def test_a_request_that_cannot_be_read_gets_them(server: HttpServer) -> None:
    add(server, "X-A: 1")
    server.book.set_cors(Cors())
    sent = ask(server, Request("", "", fault=BadRequest(400, "no method")))
    assert sent.status == 400
    assert sent.headers[1:] == (("X-A", "1"), ("Vary", "Origin"))


def test_an_answer_that_the_test_gives_gets_them(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    held = server.book.register(Kind.PERMANENT, RequestDescription("/x"))
    server.give(held, Turn(Later(60)))
    sent: list[Headers] = []
    reply = MemoryReply(lambda response: sent.append(response.headers))
    server.answer(Request.of("GET", "/x", PAGE), reply)
    server.give_to(last(server), Turn(respond_data("ok")))
    assert dict(sent[0])["Access-Control-Allow-Origin"] == "http://page"
    response = last(server).response
    assert response is not None
    assert response.headers == sent[0]
    server.answer(Request.of("GET", "/x", PAGE), reply)
    server.give_to(last(server), Turn(delayed(respond_data("ok"), 0.001)))
    server.answer(Request.of("GET", "/x", PAGE), reply)
    server.end()
    assert [dict(headers)["Access-Control-Allow-Origin"] for headers in sent] == ["http://page"] * 3
    assert [problem.kind for problem in server.journal.problems()] == ["NO RESPONSE"]


# Copies of one response.


def test_one_response_has_one_copy_for_each_page(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    expect(server)
    for origin in ("http://a", "http://b", "http://a", ""):
        headers = headers_of(server, **({"Origin": origin} if origin else {}))
        assert headers.get("Access-Control-Allow-Origin", "") == origin
    first, second, third, _ = server.journal.exchanges()
    assert first.response is third.response is not second.response
    assert first.response is not None
    assert first.response.shared


def test_after_a_change_there_are_other_copies(server: HttpServer) -> None:
    expect(server)
    for number in range(3):
        add(server, {"X-A": str(number)})
        assert headers_of(server)["X-A"] == str(number)
    server.reset()
    expect(server)
    assert "X-A" not in headers_of(server)


def test_a_client_that_invents_origins_does_not_fill_the_memory(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    expectation = expect(server)
    for number in range(100):
        assert headers_of(server, Origin=f"http://{number}")["Access-Control-Allow-Origin"] == f"http://{number}"
    long = f"http://{'a' * 1000}"
    assert headers_of(server, Origin=long)["Access-Control-Allow-Origin"] == long
    responses = [entry.response for entry in server.journal.exchanges()]
    assert sum(response is not None and response.shared for response in responses) == 16
    assert expectation.responder is not None
    assert expectation.responder.fixed is not None
    assert len(expectation.responder.fixed.copies[1]) == 16


# Preflights.


def status_of(server: HttpServer, method: str, path: str = "/x", **headers: str) -> int:
    sent = ask(server, Request.of(method, path, headers))
    return sent.status


def test_a_preflight_is_answered_and_recorded_and_no_problem(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    headers = headers_of(server, "OPTIONS", **ASKING)
    assert headers["Access-Control-Allow-Methods"] == "PUT"
    received = ReceivedRequest(last(server))
    assert received.response is not None
    assert (str(received), received.response.status, received.expectation) == ("OPTIONS /x", 204, None)
    assert server.journal.problems() == []
    assert remarks(server) == []


@pytest.mark.parametrize("kind", Kind)
def test_it_uses_up_nothing_and_breaks_no_order(server: HttpServer, kind: Kind) -> None:
    server.book.set_cors(Cors())
    expectation = expect(server, "/x", kind)
    expect(server, "/later", Kind.ORDERED)
    assert status_of(server, "OPTIONS", **ASKING) == 204
    assert status_of(server, "OPTIONS", "/later", **ASKING) == 204
    assert (expectation.used, server.journal.problems()) == (0, [])


def test_it_is_answered_after_a_broken_order(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    expect(server, "/first", Kind.ORDERED, method="OPTIONS")
    assert status_of(server, "GET") == 500
    assert status_of(server, "OPTIONS", "/first", **ASKING) == 204
    assert status_of(server, "OPTIONS", "/first", Origin="http://page") == 500
    assert [problem.kind for problem in server.journal.problems()] == ["OUT OF ORDER", "REFUSED"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("method", ["OPTIONS", "PUT,OPTIONS"])
def test_an_expectation_for_it_comes_first(server: HttpServer, kind: Kind, method: str) -> None:
    server.book.set_cors(Cors())
    expectation = expect(server, "/x", kind, method=method)
    expectation.responder = respond_data(status=200, headers={"Access-Control-Allow-Methods": "DELETE"})
    sent = ask(server, Request.of("OPTIONS", "/x", ASKING))
    assert sent.status == 200
    assert dict(sent.headers)["Access-Control-Allow-Methods"] == "DELETE"
    assert dict(sent.headers)["Access-Control-Allow-Origin"] == "http://page"
    assert expectation.used == 1
    assert status_of(server, "OPTIONS", "/y", **ASKING) == 204


def test_what_one_response_says_to_two_preflights(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    expect(server, method="OPTIONS")
    for method in ("PUT", "DELETE"):
        asked = {**ASKING, "Access-Control-Request-Method": method}
        assert headers_of(server, "OPTIONS", **asked)["Access-Control-Allow-Methods"] == method


def test_options_alone_is_an_ordinary_request(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    assert status_of(server, "OPTIONS", **PAGE) == 500
    expect(server)
    assert status_of(server, "OPTIONS", **PAGE) == 200


def test_it_is_not_forwarded(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    server.book.forwarding = Forwarding("http://127.0.0.1:1")
    assert status_of(server, "OPTIONS", **ASKING) == 204
    assert status_of(server, "PUT", **PAGE) == 502


def test_an_origin_that_is_not_allowed_gets_no_headers_and_the_log_says_so(server: HttpServer) -> None:
    server.book.set_cors(Cors(Origins("http://other")))
    assert headers_of(server, "OPTIONS", "/x?a=b", **ASKING) == {"Vary": "Origin"}
    assert status_of(server, "OPTIONS", **ASKING) == 204
    assert server.journal.problems() == []
    refusal = 'the origin "http://page" is not allowed (origins=http://other), so no CORS headers are sent.'
    assert remarks(server) == [f"OPTIONS /x?a=b: {refusal}", f"OPTIONS /x: {refusal}"]


def test_secrets_are_masked_in_what_the_log_says(server: HttpServer) -> None:
    server.secrets.add("page-1234", server.book.innermost())
    server.secrets.mask_fields(["token"], server.book.innermost())
    server.book.set_cors(Cors(Origins("http://other")))
    headers_of(server, path="/x?token=abcdef", Origin="http://page-1234")
    [line] = remarks(server)
    assert line.startswith('GET /x?token=***: the origin "http://***" is not allowed')


# Scopes of CORS.


def allowed(server: HttpServer) -> bool:
    return "Access-Control-Allow-Origin" in headers_of(server, **PAGE)


def test_a_scope_can_end_what_an_outer_one_began(server: HttpServer) -> None:
    server.book.set_cors(Cors())
    server.open_scope(Scope("test 'Inner'"))
    assert allowed(server)
    server.book.set_cors(None)
    assert not allowed(server)
    assert status_of(server, "OPTIONS", **ASKING) == 500
    server.close_scope()
    assert allowed(server)


def test_a_server_that_was_started_with_it() -> None:
    server = HttpServer(cors=True)
    assert allowed(server)
    server.book.set_cors(None)
    assert not allowed(server)
    server.reset()
    assert allowed(server)


def test_a_server_without_either_adds_nothing(server: HttpServer) -> None:
    assert server.book.added is None
    server.open_scope(Scope("test 'Inner'"))
    server.close_scope()
    server.book.set_cors(None)
    assert server.book.added is None
