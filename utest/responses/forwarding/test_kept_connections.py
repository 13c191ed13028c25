"""Connections to services that are used for more than one request."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from HttpServerLibrary.engine.outbound import kept
from HttpServerLibrary.engine.responses.forwarding import Forwarding
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG, expect
from utest.outbound.conftest import OK, Serve, descriptors, read_request, until_closed
from utest.outbound.conftest import reset as reset_connection
from utest.responses.forwarding.conftest import GET, Ask, Connect, forward, lines, problems, read_all, read_until


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, no connection is kept for too long."""
    monkeypatch.setattr(kept, "MAX_IDLE", LONG)


POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK,
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + bytes(200_000),
    ],
)
def test_a_connection_is_used_again(running: HttpServer, serve: Serve, ask: Ask, answer: bytes) -> None:
    peer = serve(answer, keeps=True)
    forward(running, peer.url)
    first, second, third = ask(GET), ask(GET), ask(POST)
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2] == third.partition(b"\r\n\r\n")[2]
    assert peer.connections == 1
    assert [lines(request)[0][:4] for request in peer.requests] == [b"GET ", b"GET ", b"POST"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        # More than was announced.
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_connection_that_is_not_used_again(running: HttpServer, serve: Serve, ask: Ask, answer: bytes) -> None:
    peer = serve(answer, keeps=True)
    forward(running, peer.url)
    assert ask(GET).startswith(b"HTTP/1.1 20")
    assert ask(GET).startswith(b"HTTP/1.1 20")
    assert peer.connections == 2


def test_a_client_that_wants_its_own(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve(keeps=True)
    forward(running, peer.url, headers={"Connection": "close"})
    ask(GET)
    ask(GET)
    assert lines(peer.requests[1])[-1] == b"Connection: close"


def test_a_service_that_closes_without_a_word(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url)
    for _ in range(20):
        assert ask(GET).endswith(b"ok")
    assert len(peer.requests) == 20


class Ends:
    """A conversation that ends at a request of each connection, after it has sent something in place of an answer."""

    def __init__(self, at: int, last: bytes = b"") -> None:
        self.requests: list[bytes] = []
        self._at = at
        self._last = last

    def __call__(self, sock: socket.socket) -> None:
        sock.sendall(OK)
        for number in range(2, self._at + 1):
            request = read_request(sock)
            if not request:
                return
            self.requests.append(request)
            sock.sendall(OK if number < self._at else self._last)


def test_a_request_is_sent_again_when_its_connection_was_just_closed(
    running: HttpServer, serve: Serve, ask: Ask
) -> None:
    ends = Ends(at=2)
    peer = serve(ends)
    forward(running, peer.url)
    assert ask(GET).endswith(b"ok")
    assert ask(GET.replace(b"GET / ", b"PUT /twice ")).endswith(b"ok")
    assert [lines(request)[0] for request in (*ends.requests, peer.requests[1])] == [b"PUT /twice HTTP/1.1"] * 2
    assert peer.connections == 2
    # It closes the connection that it keeps.
    running.stop()


@pytest.mark.parametrize("request_sent", [POST, GET.replace(b"GET", b"PATCH")])
def test_a_request_that_must_not_be_repeated(running: HttpServer, serve: Serve, ask: Ask, request_sent: bytes) -> None:
    ends = Ends(at=3)
    peer = serve(ends)
    forward(running, peer.url)
    assert ask(GET).endswith(b"ok")
    assert ask(GET).endswith(b"ok")
    assert ask(request_sent).startswith(b"HTTP/1.1 502 ")
    assert len(ends.requests) == 2
    assert peer.connections == 1
    ((_, message),) = problems(running)
    assert message.endswith(" failed: the connection was closed before an answer came")


# Elsewhere, a reset may overtake what was sent before it.
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a reset keeps what was sent before it on Linux only")


@pytest.mark.parametrize("is_reset", [False, pytest.param(True, marks=ON_LINUX)])
def test_a_request_that_was_answered_in_part_is_not_repeated(
    running: HttpServer, serve: Serve, ask: Ask, is_reset: bool
) -> None:
    ends = Ends(at=2, last=b"HTTP/1.1 200 OK\r\nX-")

    def talk(sock: socket.socket) -> None:
        ends(sock)
        if is_reset:
            reset_connection(sock)

    peer = serve(talk)
    forward(running, peer.url)
    assert ask(GET).endswith(b"ok")
    assert ask(GET).startswith(b"HTTP/1.1 502 ")
    assert peer.connections == 1
    ((_, message),) = problems(running)
    assert message.endswith(" failed: the connection was closed in the middle of the answer")


@pytest.fixture
def one_at_a_time() -> Iterator[str]:
    """The URL of a service that serves one connection to its end before it accepts the next one."""
    listening = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def work() -> None:
        while not stopped.is_set():
            sock, _ = listening.accept()
            with sock:
                sock.settimeout(LONG)
                while read_request(sock):
                    sock.sendall(OK)

    thread = threading.Thread(target=work)
    thread.start()
    port = listening.getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    stopped.set()
    socket.create_connection(("127.0.0.1", port), LONG).close()
    thread.join(LONG)
    listening.close()
    assert not thread.is_alive()


def test_a_service_that_serves_one_connection_at_a_time(
    running: HttpServer, one_at_a_time: str, connect: Connect
) -> None:
    # What is kept must not make another request wait.
    forward(running, one_at_a_time, timeout=LONG / 2)
    clients = [connect() for _ in range(3)]
    for client in clients:
        client.sendall(GET.replace(b"GET", b"PATCH"))
    for client in clients:
        assert read_until(client, b"ok").startswith(b"HTTP/1.1 200 ")
    running.stop()


def end_scope(server: HttpServer, scope: Scope) -> None:
    server.end(scope)
    server.close_scope()


def reset(server: HttpServer, scope: Scope) -> None:
    server.reset()


def stop(server: HttpServer, scope: Scope) -> None:
    server.stop()


@pytest.mark.parametrize("end", [end_scope, reset, stop])
@pytest.mark.parametrize("is_unexpected", [False, True])
def test_what_is_kept_is_closed_at_the_end(
    running: HttpServer,
    serve: Serve,
    ask: Ask,
    end: Callable[[HttpServer, Scope], None],
    is_unexpected: bool,
) -> None:
    closed = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(OK)
        until_closed(sock)
        closed.set()

    scope = Scope("test 'A'")
    running.open_scope(scope)
    peer = serve(talk)
    if is_unexpected:
        running.book.forwarding = Forwarding(peer.url)
    else:
        forward(running, peer.url)
    assert ask(GET).endswith(b"ok")
    assert not closed.is_set()
    end(running, scope)
    assert closed.wait(LONG / 2)


def test_a_connection_of_a_test_is_not_used_in_the_next_one(
    running: HttpServer, serve: Serve, connect: Connect
) -> None:
    entered, answers = threading.Event(), threading.Event()

    def talk(sock: socket.socket) -> None:
        entered.set()
        assert answers.wait(LONG)
        sock.sendall(OK)

    peer = serve(talk, keeps=True)
    forward(running, peer.url)
    scope = Scope("test 'A'")
    running.open_scope(scope)
    client = connect()
    client.sendall(GET)
    assert entered.wait(LONG)
    end_scope(running, scope)
    answers.set()
    # A request is answered even if its test has ended meanwhile.
    read_until(client, b"ok")
    client.sendall(GET)
    read_until(client, b"ok")
    assert peer.connections == 2


def test_over_tls(running: HttpServer, tmp_path: Path, ask: Ask) -> None:
    before = descriptors()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    service = HttpServer(host="127.0.0.1", tls=Tls.of("127.0.0.1", cert_file=tmp_path / "own.pem"))
    service.start()
    try:
        expect(service)
        forward(running, service.url, verify=tmp_path / "ca.pem")
        assert ask(GET).endswith(b"ok")
        assert ask(GET).endswith(b"ok")
        one, other = service.journal.exchanges()
        assert one.request.client == other.request.client
        # What is trusted is part of what a connection leads to.
        forward(running, service.url, verify=False)
        running.book.clear()
        forward(running, service.url, verify=False)
        assert ask(GET).endswith(b"ok")
        assert service.journal.exchanges()[-1].request.client != one.request.client
    finally:
        running.stop()
        service.stop()
    assert descriptors() <= before


def test_many_at_once(running: HttpServer, serve: Serve, connect: Connect) -> None:
    all_here = threading.Barrier(20)

    def talk(sock: socket.socket) -> None:
        all_here.wait(LONG)
        sock.sendall(OK)

    peer = serve(talk, keeps=True)
    forward(running, peer.url)
    clients = [connect() for _ in range(20)]
    for _ in range(3):
        for client in clients:
            client.sendall(GET)
        for client in clients:
            assert read_until(client, b"ok").startswith(b"HTTP/1.1 200 ")
    assert len(peer.requests) == 60
    assert problems(running) == []


def test_nothing_stays_open(serve: Serve) -> None:
    peer = serve(keeps=True)
    before = descriptors()
    server = HttpServer()
    server.start()
    forward(server, peer.url)
    with socket.create_connection(("127.0.0.1", server.port), LONG) as client:
        client.sendall(GET)
        read_until(client, b"ok")
        server.stop()
        assert read_all(client) == b""
    peer.stop()
    # That of the service is closed as well.
    assert descriptors() < before
