"""A server that forwards, a client and a service, as sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.records.progress import Progress
from HttpServerLibrary.engine.records.received import ReceivedRequest, ReceivedResponse
from HttpServerLibrary.engine.responses.forwarding import Forwarding
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG
from utest.outbound.conftest import OK, Conversation, Peer, Serve

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

Ask = Callable[[bytes], bytes]
Connect = Callable[[], socket.socket]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts services, which are stopped after the test."""
    peers: list[Peer] = []

    def start(talk: Conversation | bytes = OK, *, keeps: bool = False) -> Peer:
        peers.append(Peer(talk, keeps=keeps))
        return peers[-1]

    yield start
    for peer in peers:
        peer.stop()


@pytest.fixture
def connect(running: HttpServer) -> Iterator[Callable[[], socket.socket]]:
    """Connects to the server."""
    clients: list[socket.socket] = []

    def start() -> socket.socket:
        clients.append(socket.create_connection(("127.0.0.1", running.port), LONG))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


def forward(server: HttpServer, upstream: str, **named: Any) -> None:
    """Forwards all requests."""
    server.book.register(Kind.PERMANENT, RequestDescription("ANY")).responder = Forwarding(upstream, **named)


def read_until(sock: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        piece = sock.recv(1)
        assert piece, data
        data += piece
    return data


def read_all(sock: socket.socket) -> bytes:
    data = bytearray()
    while piece := sock.recv(65536):
        data += piece
    return bytes(data)


@pytest.fixture
def ask(connect: Callable[[], socket.socket]) -> Callable[[bytes], bytes]:
    """Sends the bytes of a request; returns all that comes back until the connection is closed."""

    def send(request: bytes) -> bytes:
        client = connect()
        client.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        return read_all(client)

    return send


def lines(message: bytes) -> list[bytes]:
    """The lines of a head."""
    return message.partition(b"\r\n\r\n")[0].split(b"\r\n")


def problems(server: HttpServer) -> list[tuple[str, str]]:
    return [(problem.kind, problem.message) for problem in server.journal.problems()]


def received(server: HttpServer) -> ReceivedResponse:
    """The newest response, as the test sees it."""
    response = ReceivedRequest(server.journal.exchanges()[-1]).response
    assert response is not None
    return response


def failure(server: HttpServer, answer: bytes, peer_url: str) -> str:
    """Why forwarding failed, as the client and the test were told."""
    ((kind, message),) = problems(server)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert body.decode() == f"{message}\n"
    assert kind == "FORWARDING FAILED"
    start = f"FORWARDING FAILED: GET /: forwarding to {peer_url}/ failed: "
    assert message.startswith(start)
    return message.removeprefix(start)


def wait_until_sent(server: HttpServer) -> Progress:
    """Waits until the response to the only request is over; returns what is known about it."""

    def sent() -> Progress | None:
        progress = [
            entry.progress for entry in server.journal.exchanges() if entry.expectation and entry.expectation.sent
        ]
        return progress[0] if progress else None

    progress = server.journal.wait(sent, LONG)
    assert progress is not None
    return progress
