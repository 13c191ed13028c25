"""Answers of services that go on for ever: they end with the scope of their request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.responses.forwarding import Forwarding
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG
from utest.outbound.conftest import Serve, until_closed
from utest.responses.forwarding.conftest import GET, Connect, forward, problems, read_all, read_until

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
EVENTS = CHUNKED + b"Content-Type: Text/Event-Stream; charset=utf-8\r\n\r\n7\r\nid: 1\n\n\r\n"
LINES = CHUNKED + b"Content-Type: application/x-ndjson\r\n\r\n7\r\n{a: 1}\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\n\r\n{a: 1}\n"

Ends = tuple[Callable[[HttpServer, Scope], None], str]


class Endless:
    """A conversation that never ends by itself."""

    def __init__(self, beginning: bytes) -> None:
        self.closed = threading.Event()
        self._beginning = beginning

    def __call__(self, sock: socket.socket) -> None:
        sock.sendall(self._beginning)
        until_closed(sock)
        self.closed.set()


def end_scope(server: HttpServer, scope: Scope) -> None:
    server.end(scope)


def reset(server: HttpServer, scope: Scope) -> None:
    server.end()


ENDS = [(end_scope, "test 'A' ended"), (reset, "the server was reset")]


def the_only(server: HttpServer) -> Exchange:
    (exchange,) = server.journal.exchanges()
    return exchange


def wait_for_note(server: HttpServer, note: str) -> None:
    """Waits until this is recorded of all responses: a scope that ends does not wait for a machine that is too slow."""

    def noted() -> bool | None:
        notes = [entry.progress and entry.progress.note for entry in server.journal.exchanges()]
        return notes == [note] * len(notes) or None

    assert server.journal.wait(noted, LONG)


@pytest.fixture
def scope(running: HttpServer) -> Scope:
    scope = Scope("test 'A'")
    running.open_scope(scope)
    return scope


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("is_unexpected", [False, True])
def test_events_end_with_the_scope(
    running: HttpServer, scope: Scope, serve: Serve, connect: Connect, ends: Ends, is_unexpected: bool
) -> None:
    end, why = ends
    endless = Endless(EVENTS)
    upstream = serve(endless).url
    if is_unexpected:
        running.book.forwarding = Forwarding(upstream)
    else:
        forward(running, upstream, timeout=LONG)
    client = connect()
    client.sendall(GET)
    read_until(client, b"id: 1\n\n\r\n")
    end(running, scope)
    # The response is complete, like that of `Respond With Events`.
    wait_for_note(running, f"{why} after 7 bytes")
    exchange = the_only(running)
    assert exchange.delivered
    assert exchange.sent_body == b"id: 1\n\n"
    assert read_until(client, b"0\r\n\r\n") == b"0\r\n\r\n"
    assert endless.closed.wait(LONG / 2)
    assert problems(running) == []


@pytest.mark.parametrize("beginning", [LINES, UNTIL_CLOSED])
@pytest.mark.parametrize("ends", ENDS)
def test_anything_else_breaks_off_with_the_scope(
    running: HttpServer, scope: Scope, serve: Serve, connect: Connect, ends: Ends, beginning: bytes
) -> None:
    end, why = ends
    endless = Endless(beginning)
    forward(running, serve(endless).url, timeout=LONG)
    client = connect()
    client.sendall(GET)
    read_until(client, b"{a: 1}\n\r\n")
    end(running, scope)
    wait_for_note(running, f"{why} after 7 bytes")
    exchange = the_only(running)
    assert exchange.delivered is False
    # No last chunk.
    assert read_all(client) == b""
    assert endless.closed.wait(LONG / 2)
    assert problems(running) == []


def test_an_answer_that_ends_by_itself_goes_on(
    running: HttpServer, scope: Scope, serve: Serve, connect: Connect
) -> None:
    ended = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        assert ended.wait(LONG)
        sock.sendall(b"cd")

    forward(running, serve(talk).url)
    client = connect()
    client.sendall(GET)
    read_until(client, b"ab")
    running.end(scope)
    running.close_scope()
    ended.set()
    assert read_until(client, b"cd") == b"cd"


def test_a_stream_of_an_outer_scope_goes_on(running: HttpServer, serve: Serve, connect: Connect) -> None:
    seen = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(EVENTS)
        assert seen.wait(LONG)
        sock.sendall(b"7\r\nid: 2\n\n\r\n0\r\n\r\n")

    forward(running, serve(talk).url)
    client = connect()
    client.sendall(GET)
    read_until(client, b"id: 1\n\n\r\n")
    scope = Scope("test 'A'")
    running.open_scope(scope)
    running.end(scope)
    running.close_scope()
    seen.set()
    assert read_until(client, b"0\r\n\r\n") == b"7\r\nid: 2\n\n\r\n0\r\n\r\n"


def test_a_stream_that_begins_after_the_end_of_its_scope(
    running: HttpServer, scope: Scope, serve: Serve, connect: Connect
) -> None:
    asked, ended = threading.Event(), threading.Event()
    endless = Endless(EVENTS)

    def talk(sock: socket.socket) -> None:
        asked.set()
        assert ended.wait(LONG)
        endless(sock)

    forward(running, serve(talk).url, timeout=LONG)
    client = connect()
    client.sendall(GET)
    assert asked.wait(LONG)
    running.end(scope)
    running.close_scope()
    ended.set()
    assert read_until(client, b"0\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
    assert endless.closed.wait(LONG / 2)


def test_a_stream_ends_when_the_server_stops(running: HttpServer, serve: Serve, connect: Connect) -> None:
    endless = Endless(EVENTS)
    forward(running, serve(endless).url, timeout=LONG)
    client = connect()
    client.sendall(GET)
    read_until(client, b"id: 1\n\n\r\n")
    running.stop()
    wait_for_note(running, "the server stopped after 7 bytes")
    assert read_all(client) == b""
    assert endless.closed.wait(LONG / 2)
    assert problems(running) == []


def test_many_streams_end_together(running: HttpServer, scope: Scope, serve: Serve, connect: Connect) -> None:
    forward(running, serve(Endless(EVENTS)).url, timeout=LONG)
    clients = [connect() for _ in range(20)]
    for client in clients:
        client.sendall(GET)
    for client in clients:
        read_until(client, b"id: 1\n\n\r\n")
    running.end(scope)
    wait_for_note(running, "test 'A' ended after 7 bytes")
    for client in clients:
        assert read_until(client, b"0\r\n\r\n") == b"0\r\n\r\n"
