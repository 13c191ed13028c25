"""A body that is sent over some time, in equal pieces."""

from __future__ import annotations

import http.client
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import werkzeug

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.lines import outcome_line
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder, SendsAtOnce
from HttpServerLibrary.engine.responses.spread import spread
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG
from utest.replies import MemoryReply


class Timed(MemoryReply):
    """A reply whose waits take no time; ``waits`` are their seconds."""

    def __init__(self, has_body: bool = True, takes: int = 1_000_000) -> None:
        super().__init__()
        self.has_body = has_body
        self.waits: list[float] = []
        self._takes = takes

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def write(self, *pieces: bytes) -> bool:
        super().write(*pieces)
        return len(self.written) <= self._takes


def answer(server: HttpServer, responder: Responder, reply: MemoryReply) -> Exchange:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = responder
    server.answer(Request.of("GET", "/x"), reply)
    return server.journal.exchanges()[-1]


def file(path: Path) -> Responder:
    (path / "file.txt").write_bytes(b"0123456789")
    return File(path / "file.txt")


def encoded(path: Path) -> Responder:
    (path / "file.txt").write_bytes(b"0123456789")
    return File(path / "file.txt", content_encoding="gzip")


def streamed(path: Path) -> Responder:
    return Handler(lambda request: iter_response(b"01234", b"", b"56789"))


def iter_response(*pieces: bytes) -> object:
    return werkzeug.Response(iter(pieces))


MAKERS: list[Callable[[Path], Responder]] = [
    lambda path: respond_data("0123456789"),
    lambda path: respond_data("0123456789", content_encoding="gzip"),
    file,
    encoded,
    streamed,
]


@pytest.mark.parametrize("make", MAKERS)
def test_equal_pieces_at_equal_times(server: HttpServer, tmp_path: Path, make: Callable[[Path], Responder]) -> None:
    reply = Timed()
    exchange = answer(server, spread(make(tmp_path), 1), reply)
    *most, last = map(len, reply.written)
    assert len(most) >= 9
    assert set(most) == {most[0]}
    assert last <= most[0]
    assert reply.waits == sorted(reply.waits)
    assert reply.waits[-1] == pytest.approx(1, abs=0.5)
    assert exchange.response is not None
    assert exchange.response.content_of(b"".join(reply.written)) == b"0123456789"
    assert exchange.sent_content == b"0123456789"
    assert exchange.progress is not None
    assert exchange.progress.sent == sum(map(len, reply.written))
    assert (outcome_line(exchange), server.journal.problems()) == ("GET /x (answered 200)", [])


def test_a_large_body_has_no_more_pieces_than_can_be_sent_in_time(server: HttpServer) -> None:
    reply = Timed()
    answer(server, spread(respond_data(b"x" * 1_000_000), 0.5), reply)
    assert {len(piece) for piece in reply.written} == {100_000}
    reply = Timed()
    answer(server, spread(respond_data(b"x" * 1_000_000), 3600), reply)
    assert len(reply.written) <= 1000


@pytest.mark.parametrize(
    ("responder", "has_body"),
    [(respond_data(""), True), (respond_data("", status=204), False), (respond_data("text"), False)],
    ids=["empty", "204", "HEAD"],
)
def test_without_a_body_it_takes_no_time(server: HttpServer, responder: Responder, has_body: bool) -> None:
    reply = Timed(has_body)
    exchange = answer(server, spread(responder, 60), reply)
    assert (reply.waits, reply.written) == ([], [])
    assert outcome_line(exchange).startswith("GET /x (answered 20")


def test_no_duration_changes_nothing() -> None:
    responder = respond_data("text")
    assert spread(responder, 0) is responder


def test_a_delay_goes_first(server: HttpServer) -> None:
    reply = Timed()
    exchange = answer(server, delayed(spread(respond_data("ab"), 1), 7), reply)
    assert reply.waits[0] == 7
    assert len(reply.waits) == 3
    assert exchange.delay == 7


def test_a_client_that_leaves(server: HttpServer) -> None:
    exchange = answer(server, spread(respond_data("0123456789"), 1), Timed(takes=4))
    assert outcome_line(exchange) == "GET /x (the client left after 4 of 10 bytes)"
    assert server.journal.problems() == []


class Wrong(SendsAtOnce):
    """Sends another number of bytes than it says."""

    takes_time = False

    def __init__(self, body: bytes) -> None:
        self._body = body

    def respond(self, occasion: Occasion) -> Response:
        return Response(200, [], iter([self._body]), length=5)


@pytest.mark.parametrize("body", [b"0123", b"0123456789"])
def test_a_body_of_another_length_is_a_problem(server: HttpServer, body: bytes) -> None:
    reply = Timed()
    answer(server, spread(Wrong(body), 1), reply)
    (problem,) = server.journal.problems()
    assert problem.kind == "HANDLER ERROR"
    assert "its length was given as 5" in problem.message
    assert reply.ending is None
    assert len(b"".join(reply.written)) <= 5


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_time_that_is_none(seconds: float) -> None:
    with pytest.raises(UsageError) as caught:
        spread(respond_data("text"), seconds)
    assert str(caught.value) == f"duration: must be 0 seconds or more, not {seconds:g} seconds."


# Over sockets.


def test_the_body_takes_the_time(running: HttpServer) -> None:
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = spread(respond_data("0123456789"), 0.2)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
    for _ in range(2):
        begun = time.monotonic()
        connection.request("GET", "/x")
        response = connection.getresponse()
        assert response.read() == b"0123456789"
        assert time.monotonic() - begun >= 0.2
    connection.close()


def test_a_server_that_stops_meanwhile(running: HttpServer) -> None:
    """The client did not leave, and the record says so."""
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = spread(respond_data("0" * 1000), LONG)
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONG) as client:
        client.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(1000)
        assert running.stop() == 0
        while client.recv(1000):
            pass
    (exchange,) = running.journal.exchanges()
    assert outcome_line(exchange).startswith("GET /x (the server stopped after ")


def test_a_client_that_resets_meanwhile(running: HttpServer) -> None:
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = spread(respond_data("0" * 1000), 2)
    client = socket.create_connection(("127.0.0.1", running.port), timeout=LONG)
    client.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert client.recv(1000)
    client.close()
    (exchange,) = running.journal.exchanges()
    assert running.wait(lambda: exchange.delivered is False or None, LONG)
    assert outcome_line(exchange).startswith("GET /x (the client left after ")
    response = ReceivedRequest(exchange).response
    assert response is not None
    assert response.data == b"0" * response.sent, "what was not sent is not kept"
