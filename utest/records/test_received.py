"""Received requests as users see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.journal import Bounds
from HttpServerLibrary.engine.records.received import HeaderValues, ReceivedRequest, ReceivedResponse
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data, respond_json
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import Ask, expect, failure, responses_to
from utest.replies import MemoryReply


@pytest.fixture
def receive(server: HttpServer, ask: Ask) -> Callable[[Request], ReceivedRequest]:
    def receive(request: Request) -> ReceivedRequest:
        ask(request)
        return ReceivedRequest(server.journal.exchanges()[-1])

    return receive


Receive = Callable[[Request], ReceivedRequest]


def test_attributes(server: HttpServer, receive: Receive) -> None:
    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/orders/{id}"))
    expectation.responder = respond_json({"id": 7}, status=201, headers={"X-R": "1"})
    before = datetime.now(timezone.utc)
    request = Request.of(
        "POST", "/orders/7?a=1&b=2&b=3", [("Host", "example.com:81"), ("X-A", "1"), ("Cookie", "c=1; d=2; d=3")],
        b'{"name": "book"}',
    )  # fmt: skip
    request.client = "127.0.0.1:5"
    received = receive(request)
    assert (received.method, received.path, received.query_string) == ("POST", "/orders/7", "a=1&b=2&b=3")
    assert received.query == {"a": "1", "b": ["2", "3"]}
    assert received.cookies == {"c": "1", "d": ["2", "3"]}
    assert (received.headers["x-a"], received.text, received.data) == ("1", '{"name": "book"}', b'{"name": "book"}')
    assert received.json["name"] == "book"
    assert (received.form, received.files, received.auth) == ({}, {}, None)
    assert received.path_params == {"id": "7"}
    assert received.url == "http://example.com:81/orders/7?a=1&b=2&b=3"
    assert (received.client, received.client_subject) == ("127.0.0.1:5", None)
    assert received.time.utcoffset() == timedelta(0)
    assert before - timedelta(seconds=1) <= received.time <= datetime.now(timezone.utc) + timedelta(seconds=1)
    assert 0 <= received.duration < 60
    first = received.duration
    assert received.duration == first, "it is over"
    assert received.expectation is expectation
    assert received.problem is None
    assert received.response is not None
    assert (received.response.status, received.response.json) == (201, {"id": 7})
    assert (received.response.text, received.response.data) == ('{"id": 7}', b'{"id": 7}')
    assert received.response.headers["x-r"] == "1"
    assert (str(received), repr(received)) == ("POST /orders/7", "<Request POST /orders/7>")
    assert repr(received.response) == "<Response 201>"


def test_what_a_test_changes_does_not_change_the_record(receive: Receive) -> None:
    received = receive(Request.of("POST", "/?a=1&a=2", {}, b'{"a": [1]}'))
    received.json["a"].append(2)
    received.query["a"].append("3")
    received.query["b"] = "4"
    assert (received.json, received.query) == ({"a": [1]}, {"a": ["1", "2"]})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_no_json_is_none(receive: Receive, body: bytes) -> None:
    received = receive(Request.of("POST", "/", {}, body))
    assert received.json is None
    assert received.response is not None
    assert received.response.json is None


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        ("/a?b", None, "http://localhost:0/a?b"),
        ("/a", "[::1]:5", "http://[::1]:5/a"),
        ("/a", "b_c.example:81", "http://b_c.example:81/a"),
        # No URL has such a host.
        *(("/a", host, "http://localhost:0/a") for host in ("", "[31m", "a/b", "u:p@b", "a:x", "a b", "a?b", "a, b")),
        ("http://other/a?b", "host", "http://other/a?b"),
        ("*", None, "http://localhost:0"),
    ],
)
def test_url(receive: Receive, target: str, host: str | None, url: str) -> None:
    assert receive(Request.of("OPTIONS", target, {} if host is None else {"Host": host})).url == url


def test_over_tls() -> None:
    server = HttpServer(tls=Tls.of("localhost", tls=True))

    def received(request: Request) -> ReceivedRequest:
        server.answer(request, MemoryReply())
        return ReceivedRequest(server.journal.exchanges()[-1])

    request = Request.of("GET", "/a", {"Host": "example.com"})
    request.client_subject = "CN=alice,O=Shop"
    view = received(request)
    assert (view.url, view.client_subject) == ("https://example.com/a", "CN=alice,O=Shop")
    assert received(Request.of("GET", "/a")).url == "https://localhost:0/a"


def test_form_and_files(receive: Receive) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n'
        b'--b\r\nContent-Disposition: form-data; name="c"\r\n\r\n3\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n'
        b"\r\nh\xc3\xa4\r\n"
        b'--b\r\nContent-Disposition: form-data; name="g"; filename="1"\r\n\r\n\xff\r\n'
        b'--b\r\nContent-Disposition: form-data; name="g"; filename="2"\r\n\r\n\r\n--b--\r\n'
    )
    received = receive(Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body))
    assert received.form == {"a": ["1", "2"], "c": "3"}
    for _ in range(2):
        file = received.files["f"]
        assert (file.filename, file.content_type, file.data, file.text, file.size) == (
            "x.txt", "text/plain", b"h\xc3\xa4", "hä", 3,
        )  # fmt: skip
    assert repr(received.files["f"]) == "<UploadedFile 'x.txt' 3 bytes>"
    assert [file.filename for file in received.files["g"]] == ["1", "2"]
    assert received.files["g"][0].text == "\ufffd"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Basic dXNlcjpwYTpzcw==", ("basic", "user", "pa:ss", None)),
        ("Bearer abc.d=e", ("bearer", None, None, "abc.d=e")),
        ("bearer abc", ("bearer", None, None, "abc")),
        ('Digest username="u", realm="r"', ("digest", "u", None, None)),
    ],
)
def test_auth(receive: Receive, header: str, expected: tuple[str | None, ...]) -> None:
    auth = receive(Request.of("GET", "/", {"Authorization": header})).auth
    assert auth is not None
    assert (auth.scheme, auth.username, auth.password, auth.token) == expected
    assert repr(auth) == f"<Auth {expected[0]}>"


@pytest.mark.parametrize("header", ["Basic !!!", "Basic"])
def test_broken_credentials_are_none(receive: Receive, header: str) -> None:
    auth = receive(Request.of("GET", "/", {"Authorization": header})).auth
    assert auth is None or not (auth.username or auth.password or auth.token)


def test_header_values() -> None:
    headers = HeaderValues((("X-A", "1"), ("Cookie", "secret"), ("x-a", "2")))
    assert headers["x-A"] == "1, 2"
    assert headers.get("no") is None
    assert headers.get_all("X-a") == ["1", "2"]
    assert headers.pairs == (("X-A", "1"), ("Cookie", "secret"), ("x-a", "2"))
    no_text: object = 5
    assert ("X-a" in headers, "no" in headers, no_text in headers) == (True, False, False)
    assert len(headers) == 2
    assert {name.lower(): value for name, value in headers.items()} == {"x-a": "1, 2", "cookie": "secret"}
    assert "secret" not in repr(headers)
    assert "'1, 2'" in repr(headers)
    with pytest.raises(KeyError):
        _ = headers["no"]


def test_path_params_of_the_description_that_selected_it(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/orders/7"))
    (exchange,) = server.journal.exchanges()
    assert not RequestDescription("/other/{id}").matches(exchange.request)
    selecting = RequestDescription("/orders/{id}")
    assert selecting.matches(exchange.request)
    assert ReceivedRequest(exchange).path_params == {}, "looking changes nothing"
    selected = ReceivedRequest(exchange, selecting)
    assert selected.path_params == {"id": "7"}
    assert ReceivedRequest(exchange, RequestDescription()).path_params == {}, "nor does another view"
    assert ReceivedRequest(exchange, RequestDescription("/{what}/{id}")).path_params == {"what": "orders", "id": "7"}
    assert selected.path_params == {"id": "7"}, "each view has its own"


def test_path_params_of_the_expectation_when_the_selecting_description_has_none(server: HttpServer, ask: Ask) -> None:
    expected = RequestDescription("/orders/{id}")
    server.book.register(Kind.PERMANENT, expected).responder = respond_json({})
    ask(Request.of("GET", "/orders/7"))
    (exchange,) = server.journal.exchanges()
    assert ReceivedRequest(exchange).path_params == {"id": "7"}
    for path in (None, "/orders/7", "GLOB:/orders/*"):
        assert ReceivedRequest(exchange, RequestDescription(path)).path_params == {"id": "7"}
    assert ReceivedRequest(exchange, RequestDescription("/orders/{number}")).path_params == {"number": "7"}


def test_path_params_of_the_request_of_a_problem(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/orders/{id}"))
    ask(Request.of("GET", "/orders/7"))
    ask(Request.of("GET", "/other/7"))
    assert [problem.kind for problem in server.journal.problems()] == ["NO RESPONSE", "UNEXPECTED REQUEST"]
    assert [problem.request.path_params for problem in server.journal.problems()] == [{"id": "7"}, {}]


def test_views_of_the_same_request_are_equal(server: HttpServer, ask: Ask) -> None:
    for _ in range(2):
        ask(Request.of("GET", "/x"))
    first, second = server.journal.exchanges()
    view = ReceivedRequest(first)
    assert view == ReceivedRequest(first, RequestDescription("/{name}"))
    assert view != ReceivedRequest(second), "as equal as two requests can be, but not the same"
    assert view != first
    assert len({view, ReceivedRequest(first), ReceivedRequest(second)}) == 2


def test_a_view_shows_what_became_of_the_request_meanwhile(server: HttpServer) -> None:
    exchange = server.journal.arrive(Request.of("GET", "/x"), "http://localhost:1", server.book.innermost)
    view = ReceivedRequest(exchange)
    assert (view.response, view.problem, view.expectation) == (None, None, None)
    first = view.duration
    exchange.request.started -= 60
    assert view.duration > first + 59, "it goes on"
    problem = failure()
    server.journal.answered(exchange, Response(500, (), b"boo"), problem)
    assert view.problem is not None
    assert view.problem.record is problem
    assert view.response is not None
    assert (view.response.status, view.response.text) == (500, "boo")
    assert repr(exchange) == "<Exchange GET /x>"


def test_a_request_is_in_the_list_before_its_client_has_the_response(server: HttpServer) -> None:
    seen: list[object] = []

    def send(response: object) -> None:
        (exchange,) = server.journal.exchanges()
        received = ReceivedRequest(exchange)
        seen.append(received.response and received.response.status)

    server.answer(Request.of("GET", "/"), MemoryReply(send))
    assert seen == [500]


def test_problems_are_short_in_words(server: HttpServer, receive: Receive) -> None:
    problem = receive(Request.of("GET", "/x?a=1")).problem
    assert problem is not None
    assert str(problem) == "UNEXPECTED REQUEST: GET /x?a=1"
    assert repr(problem) == "<Problem UNEXPECTED REQUEST: GET /x>"
    (exchange,) = server.journal.exchanges()
    assert problem.exchange is exchange
    assert problem.request == ReceivedRequest(exchange)
    assert problem.request.problem is problem
    assert problem.exception is None


def test_what_a_test_holds_stays_whole() -> None:
    """Also when the journal lets go of it for want of room."""
    server = HttpServer(bounds=Bounds(kept_bytes=15))
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = Handler(lambda request: "answer")
    server.answer(Request.of("POST", "/x", {}, b"first"), MemoryReply())
    held = ReceivedRequest(server.journal.exchanges()[0])
    server.answer(Request.of("POST", "/x", {}, b"second"), MemoryReply())
    assert ReceivedRequest(server.journal.exchanges()[0]).data == b""
    assert held.response is not None
    assert (held.text, held.response.text) == ("first", "answer")


def test_no_text_of_a_received_request_shows_a_secret(server: HttpServer, receive: Receive) -> None:
    server.secrets.add("s3cr3t")
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="s3cr3t"\r\n\r\nx\r\n--b--\r\n'
    headers = {
        "X-s3cr3t": "s3cr3t",
        "Host": "user:pw@host",
        "Authorization": "s3cr3t x",
        "Content-Type": "multipart/form-data; boundary=b",
    }
    received = receive(Request.of("POST", "/%73%33cr3t/1", headers, body))
    assert str(received) == "POST /***/1"
    assert repr([received, received.problem]) == ("[<Request POST /***/1>, <Problem UNEXPECTED REQUEST: POST /***/1>]")
    assert repr(received.headers) == repr(
        {"X-***": "***", "Host": "***", "Authorization": "***", "Content-Type": "multipart/form-data; boundary=b"}
    )
    assert repr(received.files) == "{'f': <UploadedFile '***' 1 bytes>}"
    assert repr(received.auth) == "<Auth ***>"
    assert received.headers["X-s3cr3t"] == "s3cr3t", "the values themselves are as they were"


def last_response(server: HttpServer) -> ReceivedResponse:
    response = ReceivedRequest(server.journal.exchanges()[-1]).response
    assert response is not None
    return response


def test_what_was_sent_is_known_before_the_client_has_it(server: HttpServer) -> None:
    expect(server, "/x")
    seen: list[int] = []
    server.answer(Request.of("GET", "/x"), MemoryReply(lambda _: seen.append(last_response(server).sent)))
    assert seen == [2]


def test_all_of_a_stream_counts_as_sent_although_only_its_beginning_is_kept() -> None:
    server = HttpServer(bounds=Bounds(stream_bytes=10))
    pieces = werkzeug.Response(b"x" * 8 for _ in range(5))
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: pieces)
    (sent,) = responses_to(server, Request.of("GET", "/"))
    assert len(sent.body) == 40
    response = last_response(server)
    assert (response.sent, len(response.data)) == (40, 10)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_response_that_ends_with_its_head(method: str, status: int, server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("not sent", status=status)
    server.answer(Request(method, "/"), MemoryReply())
    response = ReceivedRequest(server.journal.exchanges()[0]).response
    assert response is not None
    assert (response.status, response.sent, response.data) == (status, 0, b"")
