"""Connections with TLS, against a real server."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from queue import Queue
from typing import Any

import pytest

from HttpServerLibrary.engine.message.reply import Reply
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import DEFAULT_LIMITS, Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.service import Answer
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNKNOWN_CA = (
    "The client rejected the certificate of the server: unknown ca. "
    "Let it trust the file from 'Get Http Server Ca File'."
)


class Notices:
    """The lines about clients that did not get to a request."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: Queue[tuple[str, str]] = Queue()
        self._more = threading.Semaphore(0)

    def __call__(self, text: str) -> None:
        self.lines.append(text)
        self._more.release()

    def note(self, kind: str, reason: str) -> None:
        self.notes.put((kind, reason))

    def next(self) -> str:
        """The next line, without the address of the client in front."""
        assert self._more.acquire(timeout=LONG)
        return self.lines.pop(0).partition(": ")[2]


@pytest.fixture
def notices() -> Notices:
    return Notices()


Serve = Callable[..., Listener]


@pytest.fixture
def serve(notices: Notices) -> Iterator[Serve]:
    """Starts servers with TLS that are stopped after the test."""
    listeners: list[Listener] = []

    def start(answer: Answer, limits: Limits = DEFAULT_LIMITS) -> Listener:
        tls = Tls.of("localhost", tls=True)
        # For as long as a client may be held up that is still sending.
        limits = replace(limits, linger=LONG)
        listeners.append(Listener("localhost", 0, answer, limits, tls, notices, notices.note))
        listeners[-1].start()
        return listeners[-1]

    yield start
    assert [listener.stop(grace=LONG) for listener in listeners] == [0] * len(listeners)
    assert notices.lines == [], "what nobody expected"


@pytest.fixture(scope="module")
def trusting() -> ssl.SSLContext:
    tls = Tls.of("localhost", tls=True)
    assert tls is not None
    return ssl.create_default_context(cafile=str(tls.ca_file()))


@pytest.fixture
def connect(trusting: ssl.SSLContext) -> Iterator[Callable[[Listener], ssl.SSLSocket]]:
    clients: list[ssl.SSLSocket] = []

    def secured(listener: Listener) -> ssl.SSLSocket:
        sock = socket.create_connection(("127.0.0.1", listener.port), timeout=LONG)
        clients.append(trusting.wrap_socket(sock, server_hostname="localhost"))
        return clients[-1]

    yield secured
    for client in clients:
        client.close()


Connect = Callable[[Listener], ssl.SSLSocket]


def read_response(file: Any) -> tuple[int, bytes]:
    status = int(file.readline().split()[1])
    length = 0
    while (line := file.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, file.read(length)


def test_keep_alive_and_pipelining(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    file = client.makefile("rb")
    for _ in range(3):
        client.sendall(GET)
        assert read_response(file) == (200, b"")
    client.sendall(GET * 20)
    assert [read_response(file)[0] for _ in range(20)] == [200] * 20
    assert {request.scheme for request in echo.requests} == {"https"}


def test_the_url_as_target(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.sendall(b"GET https://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read_response(client.makefile("rb"))[0] == 200


def test_large_bodies(serve: Serve, connect: Connect, echo: Any) -> None:
    """Of what arrives in one record the kernel knows nothing once its first part was read."""
    body = bytes(range(256)) * 20_000
    client = connect(serve(echo))
    file = client.makefile("rb")
    for _ in range(2):
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body))
        client.sendall(body)
        assert read_response(file) == (200, body)


def test_a_client_that_reads_slowly_gets_all(serve: Serve, connect: Connect) -> None:
    """The time that a client may stop is not the time it has for the whole body."""
    # The longer limits are for a machine on which a part takes longer than the client means it to.
    assert any(reads_slowly(serve, connect, stall) for stall in (0.5, 5, 50))


def reads_slowly(serve: Serve, connect: Connect, stall: float) -> bool:
    """Whether a client gets a large body that is slower than the limit as a whole, and faster in each part."""
    body = bytes(8_000_000)
    sent: Queue[bool] = Queue()

    def answer(request: Request, reply: Reply) -> None:
        sent.put(reply.send(Response(200, (), body)))

    client = connect(serve(answer, Limits(stall=stall)))
    client.sendall(GET)
    begin = time.monotonic()
    received = 0
    with suppress(ConnectionError):
        while received < len(body) and (piece := client.recv(16 * 1024)):
            received += len(piece)
            time.sleep(stall / 250)
    assert time.monotonic() - begin > stall
    return sent.get(timeout=LONG)


def test_the_end_is_announced(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    client.suppress_ragged_eofs = False  # type: ignore[attr-defined]
    received = b""
    while piece := client.recv(1000):
        received += piece
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_malformed_request(serve: Serve, connect: Connect, echo: Any) -> None:
    client = connect(serve(echo))
    client.sendall(b"BAD\r\n\r\n")
    file = client.makefile("rb")
    assert read_response(file)[0] == 400
    assert file.read() == b""


def test_silent_clients_keep_nobody_waiting(serve: Serve, connect: Connect, notices: Notices, echo: Any) -> None:
    listener = serve(echo, Limits(handshake=LONG))
    address = ("127.0.0.1", listener.port)
    with socket.create_connection(address), socket.create_connection(address) as begun:
        begun.sendall(b"\x16\x03\x01")
        client = connect(listener)
        client.sendall(GET)
        assert read_response(client.makefile("rb"))[0] == 200
    assert notices.next() == "The client closed the connection during the TLS handshake."


def test_silent_clients_are_not_waited_for_without_end(notices: Notices, echo: Any) -> None:
    listener = Listener("localhost", 0, echo, Limits(handshake=0.05), Tls.of("localhost", tls=True), notices)
    address = ("127.0.0.1", listener.port)
    with socket.create_connection(address), socket.create_connection(address) as begun:
        # What it says is there before its time begins.
        begun.sendall(b"\x16\x03\x01")
        listener.start()
        assert {notices.next(), notices.next()} == {"The client did not finish the TLS handshake in time."}
    assert listener.stop(grace=LONG) == 0


def test_a_client_that_rejects_the_certificate(serve: Serve, notices: Notices, echo: Any) -> None:
    listener = serve(echo)
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as sock,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(sock, server_hostname="localhost")
    assert notices.next() == UNKNOWN_CA
    assert notices.notes.get(timeout=LONG) == ("refused", UNKNOWN_CA)


def test_a_client_that_looks_for_another_name(
    serve: Serve, trusting: ssl.SSLContext, notices: Notices, echo: Any
) -> None:
    listener = serve(echo)
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as sock,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        trusting.wrap_socket(sock, server_hostname="shop.example")
    assert notices.next() == (
        "The client rejected the certificate of the server: bad certificate. Let it trust the file from "
        "'Get Http Server Ca File', and call the server by a name that the certificate has."
    )


def test_a_client_that_leaves_after_the_handshake(serve: Serve, connect: Connect, notices: Notices, echo: Any) -> None:
    """As some do that compare the name of the host by themselves."""
    listener = serve(echo)
    connect(listener).close()
    assert notices.notes.get(timeout=LONG) == ("silent", "The client connected over TLS and left without a request.")
    client = connect(listener)
    client.sendall(GET)
    assert read_response(client.makefile("rb"))[0] == 200
    client.close()
    connect(listener).close()
    notices.notes.get(timeout=LONG)
    assert notices.notes.empty(), "one that sent a request does not count"


def test_a_failed_handshake_is_told_although_the_server_stops(
    monkeypatch: pytest.MonkeyPatch, serve: Serve, notices: Notices, echo: Any
) -> None:
    listener = serve(echo)
    failed = threading.Event()
    do_handshake = ssl.SSLSocket.do_handshake

    def fail_slowly(sock: ssl.SSLSocket, block: bool = False) -> None:
        try:
            do_handshake(sock, block)
        except ssl.SSLError:
            if sock.server_side:
                failed.set()
                assert listener.aborted.wait(10)
            raise

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", fail_slowly)
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=10) as sock,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(sock, server_hostname="localhost")
    assert failed.wait(10)
    assert listener.stop(grace=10) == 0
    assert notices.next() == UNKNOWN_CA


def test_clients_that_leave_before_they_say_anything(serve: Serve, connect: Connect, echo: Any) -> None:
    listener = serve(echo)
    socket.create_connection(("127.0.0.1", listener.port)).close()
    client = connect(listener)
    client.sendall(GET)
    assert read_response(client.makefile("rb"))[0] == 200


@pytest.mark.parametrize("data", [GET, b"POST /a HTTP/1.1\r\n", b"hello"])
def test_plain_text(data: bytes, serve: Serve, echo: Any) -> None:
    listener = serve(echo)
    with socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as client:
        client.sendall(data)
        file = client.makefile("rb")
        assert read_response(file)[0] == 400
        assert file.read() == b""
    fault = echo.requests[0].fault
    assert fault.reason == (
        "the client sent plain text, but this server speaks TLS: "
        "begin the URL with https://, or start the server without tls=True"
    )
    assert fault.excerpt == b"", "what it sent is right, but not here"
    assert echo.requests[0].scheme == "http"


def wake_nobody(sock: socket.socket) -> None:
    """Shuts a socket down as some systems do, where other threads go on waiting for it."""


@pytest.mark.parametrize("wakes", [True, False])
def test_stop_ends_handshakes_and_connections(
    wakes: bool, connect: Connect, echo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not wakes:
        monkeypatch.setattr("HttpServerLibrary.engine.wire.connection.shut_down", wake_nobody)
    listener = Listener("localhost", 0, echo, Limits(handshake=3600), Tls.of("localhost", tls=True))
    listener.start()
    client = connect(listener)
    client.sendall(GET)
    read_response(client.makefile("rb"))
    with socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as silent:
        silent.sendall(b"\x16\x03\x01")
        other = connect(listener)
        other.sendall(GET)
        read_response(other.makefile("rb"))
        assert listener.stop(grace=LONG) == 0
        # With a reset, if the handshake had not yet got to what it said.
        with suppress(ConnectionResetError):
            assert silent.recv(100) == b""
    assert client.recv(100) == b""
