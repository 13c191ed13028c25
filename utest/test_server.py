"""Starting and stopping; nothing is left, and nothing is answered afterwards."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG, Ask, responses_to
from utest.replies import MemoryReply

OnOwnPort = Callable[[Callable[[int], HttpServer]], HttpServer]


def listening(port: int) -> HttpServer:
    server = HttpServer(port=port)
    server.start()
    return server


def threads_of(server: HttpServer) -> list[str]:
    return [thread.name for thread in threading.enumerate() if str(server.port) in thread.name]


def wait_until_stopped(server: HttpServer) -> None:
    """A stop waits for a moment only, which a busy machine may take; the next one goes on with it."""
    deadline = time.monotonic() + LONG
    while server.stop():
        assert time.monotonic() < deadline


def get(port: int, path: str = "/x", host: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=LONG)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_nothing_is_opened_before_start(server: HttpServer) -> None:
    assert (server.running, server.port, threads_of(server)) == (False, 0, [])
    assert server.stop() == 0


def test_ready_when_start_returns(running: HttpServer) -> None:
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
    assert running.running
    assert running.port > 0
    assert running.url == f"http://localhost:{running.port}"
    assert str(running) == f"server 'http-1' at http://localhost:{running.port}"
    assert repr(running) == f"<HttpServer http-1 http://localhost:{running.port}>"
    assert get(running.port) == (200, "ok")
    running.require_running()


def test_over_tls() -> None:
    tls = Tls.of("localhost", tls=True)
    assert tls is not None
    server = HttpServer("shop", port=81, tls=tls)
    assert str(server) == "server 'shop' at https://localhost:81"
    assert server.ca_file() == tls.ca_file()


def test_without_tls_there_is_no_ca_file() -> None:
    with pytest.raises(UsageError) as caught:
        HttpServer("shop", port=81).ca_file()
    assert str(caught.value) == "Server 'shop' at http://localhost:81 has no TLS. Start it with tls=True."


def test_cycles_leave_no_threads() -> None:
    for _ in range(20):
        server = HttpServer()
        server.start()
        server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
        connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG) for _ in range(3)]
        for connection in connections:
            connection.request("GET", "/x")
            assert connection.getresponse().read() == b"ok"
        assert threads_of(server)
        wait_until_stopped(server)
        assert threads_of(server) == []
        assert server.stop() == 0
        for connection in connections:
            connection.close()


def test_a_stopped_server_answers_nothing(on_own_port: OnOwnPort) -> None:
    running = on_own_port(listening)
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
    kept = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
    kept.request("GET", "/x")
    assert kept.getresponse().read() == b"ok"
    running.stop()
    assert not running.running
    assert kept.sock is not None
    assert kept.sock.recv(1000) == b""
    kept.close()
    with pytest.raises(OSError):  # noqa: PT011  refused or reset, as the system likes
        get(running.port)
    with pytest.raises(UsageError) as caught:
        running.require_running()
    assert str(caught.value) == "Server 'http-1' is stopped, so it can no longer expect requests."
    # What it saw can still be inspected.
    assert len(running.journal.exchanges()) == 1


def test_a_start_that_was_interrupted_leaves_nothing(on_own_port: OnOwnPort, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(listener: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("HttpServerLibrary.engine.server.Listener.start", interrupted)

        def interrupted_on(port: int) -> HttpServer:
            server = HttpServer(port=port)
            with pytest.raises(KeyboardInterrupt):
                server.start()
            return server

        server = on_own_port(interrupted_on)
    assert not server.running
    again = listening(server.port)
    assert get(again.port)[0] == 500
    wait_until_stopped(again)


def test_a_stop_that_was_interrupted_can_be_repeated(on_own_port: OnOwnPort, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(listener: object) -> int:
        raise KeyboardInterrupt

    server = on_own_port(listening)
    with monkeypatch.context() as patched:
        patched.setattr("HttpServerLibrary.engine.server.Listener.stop", interrupted)
        with pytest.raises(KeyboardInterrupt):
            server.stop()
    assert server.running, "it has its port"
    assert get(server.port)[0] == 500
    wait_until_stopped(server)
    assert not server.running
    with pytest.raises(OSError):  # noqa: PT011  refused or reset, as the system likes
        get(server.port)


def test_stop_interrupts_a_delay(running: HttpServer) -> None:
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = delayed(respond_data("late"), 3600)
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONG) as client:
        client.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        # The response is in the journal before the delay begins.
        assert running.journal.wait(lambda: running.journal.exchanges() or None, LONG)
        wait_until_stopped(running)
        try:
            answer = client.recv(1000)
        except ConnectionError:
            answer = b""
    assert answer == b""
    assert threads_of(running) == []


def test_a_delay_is_kept(running: HttpServer) -> None:
    running.book.register(Kind.ONESHOT, RequestDescription("/x")).responder = delayed(respond_data("late"), 0.1)
    begin = time.monotonic()
    assert get(running.port) == (200, "late")
    assert time.monotonic() - begin >= 0.1
    exchanges = running.journal.wait(lambda: running.journal.exchanges() if running.book.all_sent() else None, LONG)
    assert exchanges
    assert exchanges[0].duration >= 0.1


def test_what_a_handler_returns_after_stop_goes_nowhere(running: HttpServer) -> None:
    entered, leave = threading.Event(), threading.Event()

    def handler(request: object) -> str:
        entered.set()
        leave.wait(LONG)
        return "too late"

    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = Handler(handler)
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONG) as client:
        client.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert entered.wait(LONG)
        assert running.stop() == 1, "one handler is still running"
        leave.set()
        try:
            answer = client.recv(1000)
        except ConnectionError:
            answer = b""
    assert answer == b""
    wait_until_stopped(running)
    assert threads_of(running) == []


def test_several_requests_at_the_same_time(running: HttpServer) -> None:
    """Each waits until the other is there."""
    both = threading.Barrier(2, timeout=LONG)

    def handler(request: object) -> str:
        both.wait()
        return "met"

    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = Handler(handler)
    answers: list[tuple[int, str]] = []
    threads = [threading.Thread(target=lambda: answers.append(get(running.port))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(200, "met")] * 2


def test_a_port_that_is_taken_is_one_line(running: HttpServer) -> None:
    with pytest.raises(UsageError) as caught:
        HttpServer(port=running.port).start()
    assert str(caught.value) == (
        f"Port {running.port} on localhost is taken by another program. Use port=0 to take a free one."
    )


def test_a_port_can_be_taken_again_after_stop(on_own_port: OnOwnPort) -> None:
    before = on_own_port(listening)
    get(before.port)
    before.stop()
    again = listening(before.port)
    try:
        assert again.port == before.port
        assert get(again.port)[0] == 500
    finally:
        again.stop()


@pytest.mark.parametrize("port", [-1, 65536])
def test_there_is_no_such_port(port: int) -> None:
    with pytest.raises(UsageError) as caught:
        HttpServer(port=port).start()
    assert str(caught.value) == (f"There is no port {port}: ports go from 0 to 65535, and 0 takes a free one.")


def test_malformed_requests_are_problems(server: HttpServer) -> None:
    faults = [
        Request("", "", fault=Fault(400, "the request line is bad", b"\x1b[31m")),
        Request("POST", "/x", fault=Fault(413, "too large")),
        Request("", "", fault=Fault(400, "TLS", b"\x16\x03\x01")),
    ]
    sent = responses_to(server, *faults)
    first, second, third = server.journal.problems()
    assert first.message == "MALFORMED REQUEST: the request line is bad\nIt began with: b'\\x1b[31m'"
    assert second.message == "MALFORMED REQUEST: too large\nThe request: POST /x"
    assert third.message == "MALFORMED REQUEST: TLS", "no beginning that says nothing to people"
    assert [response.status for response in sent] == [400, 413, 400]
    assert sent[1].body == f"{second.message}\n".encode()
    records = [exchange.problem for exchange in server.journal.exchanges()]
    assert records == [first.record, second.record, third.record]


def test_a_mistake_of_the_library_is_not_lost(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr("HttpServerLibrary.engine.answering.explain_unmatched", broken)
    (response,) = responses_to(server, Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    assert (problem.kind, response.status) == ("HANDLER ERROR", 500)
    assert problem.message.startswith("HANDLER ERROR: GET /x: answering failed: RuntimeError: a bug")


def test_a_client_that_is_gone_is_no_problem(server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
    server.answer(Request.of("GET", "/x"), MemoryReply(lambda response: False))
    assert server.journal.problems() == []
    assert len(server.journal.exchanges()) == 1


def test_a_server_starts_once(running: HttpServer) -> None:
    with pytest.raises(UsageError) as caught:
        running.start()
    assert str(caught.value) == "Server 'http-1' is already running."
    assert get(running.port)[0] == 500
    wait_until_stopped(running)
    with pytest.raises(UsageError) as caught:
        running.start()
    assert str(caught.value) == "Server 'http-1' was stopped and cannot be started again; start a new one."
    assert not running.running


def test_a_server_that_found_no_port_can_be_started(on_own_port: OnOwnPort) -> None:
    before = on_own_port(listening)
    server = HttpServer(port=before.port)
    with pytest.raises(UsageError):
        server.start()
    wait_until_stopped(before)
    server.start()
    assert server.running
    wait_until_stopped(server)


FAVICON = Request.of("GET", "/favicon.ico")


def test_the_icon_that_browsers_ask_for_is_no_problem(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ORDERED, RequestDescription("/x")).responder = respond_data("ok")
    assert ask(FAVICON) == (404, "There is no icon.\n")
    assert ask(Request.of("GET", "/x")) == (200, "ok"), "the order is kept"
    assert server.journal.problems() == []
    assert [str(exchange) for exchange in server.journal.exchanges()] == ["GET /favicon.ico", "GET /x"]


def test_an_icon_after_a_broken_order_is_no_problem(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.ORDERED, RequestDescription("/x"))
    assert ask(Request.of("GET", "/y"))[0] == 500
    assert ask(FAVICON)[0] == 404
    assert len(server.journal.problems()) == 1


def test_an_icon_that_is_expected(server: HttpServer, ask: Ask) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/favicon.ico")).responder = respond_data("icon")
    assert ask(FAVICON) == (200, "icon")


@pytest.mark.parametrize(
    "request_", [Request.of("POST", "/favicon.ico"), Request.of("GET", "/favicon.ico?v=1"), Request.of("GET", "/icon")]
)
def test_what_browsers_do_not_ask_by_themselves_is_a_problem(server: HttpServer, ask: Ask, request_: Request) -> None:
    assert ask(request_)[0] == 500
    assert len(server.journal.problems()) == 1
