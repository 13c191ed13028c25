"""One connection: what goes in, what is asked of the application, what comes out."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from HttpServerLibrary.engine.message.reply import Reply
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.service import Answer
from utest.helpers import LONG

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"

Serve = Callable[..., Any]
Connect = Callable[..., Any]


def post(length: int, body: bytes = b"", *fields: bytes) -> bytes:
    return b"\r\n".join((b"POST / HTTP/1.1", b"Host: a", b"Content-Length: %d" % length, *fields, b"", body))


def always(response: Response) -> Answer:
    def answer(request: Request, reply: Reply) -> None:
        reply.send(response)

    return answer


def test_keep_alive(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    for body in (b"a", b"", b"abc" * 50_000):
        client.send(post(len(body), body))
        response = client.response()
        assert response.status == 200
        assert response.body == body
        assert "connection" not in response.headers
    echo.wait_for(3)
    assert echo.sent == [True] * 3


def test_client_and_time_are_recorded(serve: Serve, connect: Connect, echo: Any) -> None:
    before = time.time()
    client = connect(serve(echo))
    client.send(GET)
    client.response()
    echo.wait_for(1)
    (request,) = echo.requests
    host, port = client.socket.getsockname()
    assert request.client == f"{host}:{port}"
    assert before <= request.time <= time.time()


def test_pipelining(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(post(1, b"a") + post(1, b"b") + GET + b"BAD\r\n" + GET)
    assert [client.response().body for _ in range(3)] == [b"a", b"b", b""]
    assert client.response().status == 400
    assert client.is_closed()
    assert len(echo.requests) == 4


def test_date_and_server(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(GET)
    headers = client.response().headers
    assert headers["server"] == "HttpServerLibrary"
    assert time.strptime(headers["date"], "%a, %d %b %Y %H:%M:%S GMT")


def test_date_and_server_of_the_response_win(serve: Serve, connect: Connect) -> None:
    client = connect(serve(always(Response(200, (("DATE", "now"), ("server", "me"))))))
    client.send(GET)
    headers = client.response().headers
    assert (headers["server"], headers["date"]) == ("me", "now")


FRAMING: list[tuple[bytes, Response, dict[str, str | None], bytes]] = [
    # request, response, expected headers (None: absent), expected body
    (GET, Response(200, (), b"abc"), {"content-length": "3"}, b"abc"),
    (GET, Response(200, (), b""), {"content-length": "0"}, b""),
    (GET, Response(200, (("Content-Length", "9"),), b"abc"), {"content-length": "3"}, b"abc"),
    (GET, Response(200, (("Transfer-Encoding", "gzip"),), b"abc"), {"transfer-encoding": None}, b"abc"),
    (GET, Response(299, (("X", "\xe4"),), b"abc"), {"content-length": "3"}, b"abc"),
    (GET, Response(200, (), [b"ab", b"", b"c"]), {"transfer-encoding": "chunked", "content-length": None}, b"abc"),
    (GET, Response(200, (), [b"ab", b"c"], 3), {"content-length": "3", "transfer-encoding": None}, b"abc"),
    (GET, Response(200, (), [], 0), {"content-length": "0"}, b""),
    (GET_10, Response(200, (), b"abc"), {"content-length": "3", "connection": "close"}, b"abc"),
    (GET_10, Response(200, (), [b"ab", b"c"]), {"transfer-encoding": None, "connection": "close"}, b"abc"),
    (HEAD, Response(200, (), b"abc"), {"content-length": "3"}, b""),
    (HEAD, Response(200, (), [b"abc"], 3), {"content-length": "3"}, b""),
    (HEAD, Response(200, (), [b"abc"]), {"content-length": None, "transfer-encoding": None}, b""),
    (HEAD, Response(200, (("content-length", "77"),), b""), {"content-length": "77"}, b""),
    (GET, Response(204, (("Content-Length", "3"),), b"abc"), {"content-length": None}, b""),
    (GET, Response(304, (("Content-Length", "77"),), b"abc"), {"content-length": "77"}, b""),
    (GET, Response(304), {"content-length": None}, b""),
    (GET, Response(304, (), iter([b"abc"])), {"transfer-encoding": None}, b""),
]


@pytest.mark.parametrize("number", range(len(FRAMING)))
def test_framing(number: int, serve: Serve, connect: Connect) -> None:
    data, response, headers, body = FRAMING[number]
    client = connect(serve(always(response)))
    client.send(data)
    received = client.response(data.split()[0].decode())
    assert received.status == response.status
    assert {name: received.headers.get(name) for name in headers} == headers
    assert received.body == body
    if received.headers.get("connection") != "close":
        client.send(HEAD)
        client.response("HEAD")
    else:
        assert client.is_closed()


CLOSING = [
    # request, response, expected Connection header
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", Response(200), "close"),
    (GET, Response(200, (("Connection", "Close"),)), "Close"),
    (GET_10, Response(200, (("Connection", "close"),)), "close"),
    (GET_10, Response(200), "close"),
    (b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", Response(200, (), b"abc"), "close"),
    (GET, Response(101, (("Connection", "Upgrade"), ("Connection", "close"))), None),
    (GET, Response(101, (("Upgrade", "x"),)), "close"),
]


@pytest.mark.parametrize("number", range(len(CLOSING)))
def test_closing(number: int, serve: Serve, connect: Connect) -> None:
    data, response, connection = CLOSING[number]
    client = connect(serve(always(response)))
    client.send(data)
    lines = client.file.read().decode().split("\r\n")
    assert lines[0].split()[1] == str(response.status)
    assert lines[-2:] == ["", ""]
    if connection:
        assert f"Connection: {connection}" in lines
    if response.status == 101 or data.startswith(b"CONNECT"):
        assert not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in lines)


def test_keep_alive_of_http_10(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    for _ in range(2):
        client.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.response().headers["connection"] == "keep-alive"
    client.send(GET_10)
    assert client.response().headers["connection"] == "close"
    assert client.is_closed()


def test_other_connection_options_are_kept(serve: Serve, connect: Connect) -> None:
    client = connect(serve(always(Response(426, (("Connection", "Upgrade"), ("Upgrade", "x"))))))
    for _ in range(2):
        client.send(GET)
        assert client.response().headers["connection"] == "Upgrade"


def test_chunked_upload(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in (b"3\r\nabc", b"\r\n2;x=y\r\nd", b"e\r\n0\r\n", b"A: b\r\n\r\n"):
        client.send(piece)
    assert client.response().body == b"abcde"


def test_large_upload_and_download(serve: Serve, connect: Connect, echo: Any) -> None:
    body = bytes(range(256)) * 40_000
    client = connect(serve(echo))
    client.send(post(len(body), body))
    assert client.response().body == body


def test_continue(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(post(3, b"", b"Expect: 100-continue"))
    assert client.head() == (100, {})
    client.send(b"a")
    client.send(b"bc")
    assert client.response().body == b"abc"
    client.send(post(3, b"abc", b"Expect: 100-continue"))
    assert client.response().status == 200, "with the body there, nobody needs to be told to continue"


def test_no_continue_for_a_body_that_is_too_large(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo, Limits(body=10)))
    client.send(post(11, b"", b"Expect: 100-continue"))
    assert client.response().status == 413


def test_a_fault_is_answered_although_the_client_goes_on_sending(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo, Limits(body=1000)))
    client.send(post(20_000_000))
    sender = threading.Thread(target=client.send, args=(bytes(20_000_000),))
    sender.start()
    response = client.response()
    sender.join()
    assert response.status == 413
    assert response.headers["connection"] == "close"
    client.finish()
    assert client.is_closed()
    assert echo.requests[0].method == "POST"


@pytest.mark.parametrize(
    ("data", "reason", "body"),
    [
        (post(100, b"a" * 10), "the client closed the connection after 10 of 100 body bytes", b"a" * 10),
        (GET[:-3], "the client closed the connection in the middle of the header section", b""),
    ],
)
def test_half_closed_in_the_middle(
    data: bytes, reason: str, body: bytes, serve: Serve, connect: Connect, echo: Any
) -> None:
    client = connect(serve(echo))
    client.send(data)
    client.finish()
    assert client.response().status == 400
    assert client.is_closed()
    (request,) = echo.requests
    assert request.fault.reason == reason
    assert request.body == body


def test_half_closed_after_the_request(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(post(3, b"abc"))
    client.finish()
    assert client.response().body == b"abc"
    assert client.is_closed()
    assert len(echo.requests) == 1


def test_no_request_no_answer(serve: Serve, connect: Connect, echo: Any) -> None:
    listener = serve(echo)
    for data in (b"", b"\r\n"):
        client = connect(listener)
        client.send(data)
        client.finish()
        assert client.is_closed()
    assert echo.requests == []


def reset(client: Any) -> None:
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_reset_in_the_middle(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.send(post(100, b"a" * 10, b"Expect: 100-continue"))
    assert client.head()[0] == 100
    reset(client)
    echo.wait_for(1)
    assert "10 of 100" in echo.requests[0].fault.reason
    assert echo.sent == [False]


def test_a_reset_connection_takes_no_answer(serve: Serve, connect: Connect) -> None:
    asked = threading.Event()
    gone = threading.Event()
    sent: list[bool] = []
    done = threading.Event()

    def answer(request: Request, reply: Reply) -> None:
        asked.set()
        gone.wait(LONG)
        sent.append(reply.send(Response(200, (), bytes(10_000_000))))
        done.set()

    client = connect(serve(answer))
    client.send(GET)
    asked.wait(LONG)
    reset(client)
    gone.set()
    assert done.wait(LONG)
    assert sent == [False]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whether the client has left")
def test_a_client_that_left_before_a_delayed_response(serve: Serve, connect: Connect) -> None:
    """What is sent to it is reset, which a single send does not notice."""
    asked = threading.Event()
    left = threading.Event()
    sent: list[bool] = []
    done = threading.Event()

    def answer(request: Request, reply: Reply) -> None:
        asked.set()
        left.wait(LONG)
        reply.wait(0.05)
        sent.append(reply.send(Response(200, (), b"late")))
        done.set()

    client = connect(serve(answer))
    client.send(GET)
    asked.wait(LONG)
    client.close()
    left.set()
    assert done.wait(LONG)
    assert sent == [False]


def test_pieces_are_sent_as_they_come(serve: Serve, connect: Connect) -> None:
    received = threading.Semaphore(0)

    def pieces() -> Iterator[bytes]:
        for piece in (b"a", b"bc"):
            yield piece
            assert received.acquire(timeout=LONG)

    client = connect(serve(lambda request, reply: reply.send(Response(200, (), pieces()))))
    client.send(GET)
    client.head()
    assert client.chunk() == b"a"
    received.release()
    assert client.chunk() == b"bc"
    received.release()
    assert client.chunk() == b""


class Body:
    """A body that counts how often it was closed, and breaks after its pieces if it shall."""

    def __init__(self, *pieces: Any, error: Exception | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        yield from self.pieces
        if self.error:
            raise self.error

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("data", [GET, HEAD])
def test_a_body_is_closed(data: bytes, serve: Serve, connect: Connect) -> None:
    body = Body(b"a")
    client = connect(serve(always(Response(200, (), body, release=body.close))))
    client.send(data)
    client.response(data.split()[0].decode())
    client.finish()
    assert client.is_closed()
    assert body.closed == 1


BROKEN = [
    # request, body, length, what arrives of it, the error
    (GET, Body(b"abc", error=KeyError("x")), None, b"3\r\nabc\r\n", KeyError),
    (GET, Body(b"abc", error=KeyError("x")), 9, b"abc", KeyError),
    (GET, Body(b"abc", "text"), None, b"3\r\nabc\r\n", TypeError),
    (GET, Body(b"abc", "text"), 9, b"abc", TypeError),
    (GET, Body(b"abc", b"de"), 4, b"abc", ValueError),
    (GET, Body(b"abc"), 4, b"abc", ValueError),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_a_body_that_breaks(number: int, serve: Serve, connect: Connect) -> None:
    data, body, length, arrives, error = BROKEN[number]
    raised: list[BaseException] = []

    def answer(request: Request, reply: Reply) -> None:
        try:
            reply.send(Response(200, (), body, length, release=body.close))
        except Exception as exception:
            raised.append(exception)

    client = connect(serve(answer))
    client.send(data)
    client.head()
    assert client.file.read() == arrives
    assert [type(exception) for exception in raised] == [error]
    assert body.closed == 1


def test_a_body_that_breaks_and_has_no_other_end_than_that_of_the_connection(serve: Serve, connect: Connect) -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise KeyError("x")

    client = connect(serve(lambda request, reply: reply.send(Response(200, (), broken()))))
    client.send(GET_10)
    client.head()
    with pytest.raises(ConnectionResetError):
        client.file.read()


def raises(request: Request, reply: Reply) -> None:
    raise KeyError("na\udc80me")


def exits(request: Request, reply: Reply) -> None:
    raise SystemExit(3)


def says_nothing(request: Request, reply: Reply) -> None:
    pass


@pytest.mark.parametrize(
    ("answer", "text"),
    [(raises, b"KeyError: 'na\\udc80me'"), (exits, b"SystemExit: 3"), (says_nothing, b"not answered")],
)
def test_an_application_that_fails(
    answer: Answer, text: bytes, serve: Serve, connect: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    listener = serve(answer)
    for _ in range(2):
        client = connect(listener)
        client.send(GET)
        response = client.response()
        assert response.status == 500
        assert text in response.body
        assert client.is_closed()
    assert capfd.readouterr() == ("", "")


def test_an_application_that_answers_twice(serve: Serve, connect: Connect) -> None:
    errors: list[str] = []

    def answer(request: Request, reply: Reply) -> None:
        assert reply.send(Response(201))
        try:
            reply.send(Response(202))
        except RuntimeError as error:
            errors.append(str(error))

    client = connect(serve(answer))
    for _ in range(2):
        client.send(GET)
        assert client.response().status == 201
    client.send(HEAD)
    client.response("HEAD")
    assert errors[:2] == ["A request is answered once."] * 2


def test_an_application_that_fails_after_its_answer(serve: Serve, connect: Connect) -> None:
    def answer(request: Request, reply: Reply) -> None:
        reply.send(Response(200))
        raise KeyError("x")

    client = connect(serve(answer))
    for _ in range(2):
        client.send(GET)
        assert client.response().status == 200


def test_an_idle_connection_is_closed(connect: Connect, echo: Any) -> None:
    listener = Listener("localhost", 0, echo, Limits(idle=0.05))
    # Before the server starts: a client that is held up between connecting and asking is idle, too.
    client = connect(listener)
    client.send(GET)
    listener.start()
    try:
        assert client.response().status == 200
        assert client.is_closed()
        assert len(echo.requests) == 1
    finally:
        assert listener.stop(grace=LONG) == 0


@pytest.mark.parametrize("data", [GET[:-2], post(9, b"abc")])
def test_a_request_that_does_not_go_on(data: bytes, serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo, Limits(stall=0.05)))
    client.send(data)
    assert client.response().status == 408
    client.finish()
    assert client.is_closed()
    assert echo.requests[0].fault.reason == "no more of the request arrived for 0.05 seconds (stall_timeout)"


@pytest.mark.parametrize("body", [bytes(50_000_000), [bytes(50_000_000)]])
def test_a_client_that_does_not_read(body: Any, serve: Serve, connect: Connect) -> None:
    sent: list[bool] = []
    done = threading.Event()

    def answer(request: Request, reply: Reply) -> None:
        sent.append(reply.send(Response(200, (), body)))
        done.set()

    client = connect(serve(answer, Limits(stall=0.1)))
    client.send(GET)
    assert done.wait(LONG)
    assert sent == [False]


@pytest.mark.parametrize("limits", [Limits(linger=0.05), Limits(linger=LONG, linger_bytes=10)])
def test_lingering_ends(limits: Limits, serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo, limits))
    client.send(b"BAD\r\n")
    assert client.response().status == 400
    assert client.is_closed(), "the server has said all it has to say"
    deadline = time.monotonic() + LONG
    with suppress(OSError):
        while time.monotonic() < deadline:
            client.send(b"a" * 20)
    assert time.monotonic() < deadline, "but it listened on"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux acknowledges at once when asked to")
def test_head_and_body_that_are_sent_separately(serve: Serve, connect: Connect, echo: Any) -> None:
    """With Nagle's algorithm the body only leaves once the head is acknowledged, for which the kernel takes 40 ms."""
    client = connect(serve(echo))
    assert client.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
    took = []
    for _ in range(20):
        begin = time.perf_counter()
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        client.send(b"abc")
        assert client.response().body == b"abc"
        took.append(time.perf_counter() - begin)
    if hasattr(socket, "TCP_QUICKACK"):
        # The quickest of many, as the machine may be busy. A new connection is acknowledged at once by itself.
        assert min(took[10:]) < 0.02


def test_an_upgrade_that_is_not_served(serve: Serve, connect: Connect, echo: Any) -> None:
    """Java's HttpClient offers HTTP/2 with its body; whoever takes the rest for HTTP/2 loses the body."""
    client = connect(serve(echo))
    for _ in range(3):
        client.send(
            b"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 5\r\nHost: a\r\n"
            b"HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\nUpgrade: h2c\r\n\r\nhello"
        )
        response = client.response()
        assert (response.status, response.body) == (200, b"hello")
    echo.wait_for(3)
    assert [request.body for request in echo.requests] == [b"hello"] * 3


WRONG_HOST = b"GET / HTTP/1.1\r\nHost: [127.0.0.1:3000]:3000\r\n\r\n"
CONNECT_PATH = b"CONNECT /path HTTP/1.1\r\nHost: a\r\n\r\n"
ACCEPTED = "A request was accepted because of strict=False: "


@pytest.mark.parametrize(
    ("request_", "notice"),
    [
        (WRONG_HOST, 'the value of Host is not host:port: "[127.0.0.1:3000]:3000".'),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 'the value of Host is not host:port: "".'),
        (CONNECT_PATH, "the target of CONNECT is not host:port: /path."),
    ],
)
def test_what_is_not_strict(request_: bytes, notice: str, serve: Serve, connect: Connect, echo: Any) -> None:
    notices: list[str] = []
    client = connect(serve(echo, strict=False, notice=notices.append))
    for count in (1, 2):
        client.send(request_)
        response = client.response()
        assert (response.status, response.headers["content-length"]) == (200, "0")
        assert "connection" not in response.headers
        assert notices == [ACCEPTED + notice] * count
    for byte in request_:
        client.send(bytes([byte]))
    assert client.response().status == 200, "in single bytes, too"
    assert len(notices) == 3


def test_the_body_of_a_response_to_connect_with_a_path(serve: Serve, connect: Connect) -> None:
    client = connect(serve(lambda request, reply: reply.send(Response(200, (), b"ok")), strict=False))
    client.send(CONNECT_PATH)
    assert client.response().body == b"ok"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
    ],
)
def test_what_stays_strict(request_: bytes, serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo, strict=False))
    client.send(request_)
    assert client.response().status == 400


@pytest.mark.parametrize(
    ("request_", "reason"),
    [(WRONG_HOST, "the value of Host is not host:port"), (CONNECT_PATH, "the target of CONNECT is not host:port")],
)
def test_a_strict_server_names_the_way_out(
    request_: bytes, reason: str, serve: Serve, connect: Connect, echo: Any
) -> None:
    client = connect(serve(echo))
    client.send(request_)
    assert client.response().status == 400
    echo.wait_for(1)
    assert echo.requests[0].fault.reason == f"{reason}; to accept it, start the server with strict=False"
