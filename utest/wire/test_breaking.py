"""Connections that are broken on purpose, as clients see it at the socket; and that the port stays with the server."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.checks import without_request
from HttpServerLibrary.engine.explaining.lines import status_text
from HttpServerLibrary.engine.interrupts import Latch
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.records.journal import Remark
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.breaking import Break
from HttpServerLibrary.engine.wire.sockets import drop
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG, wait_until

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HOSTS = ("127.0.0.1", "::1")

OpenFiles = Callable[[], set[str]]


class Client:
    """A connection that says how it ended."""

    def __init__(self, server: HttpServer, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, server.port), timeout=LONG)
        if server.tls is not None:
            trust = ssl.create_default_context(cafile=str(server.ca_file()))
            self.socket = trust.wrap_socket(self.socket, server_hostname="localhost", suppress_ragged_eofs=False)

    def ask(self, path: str = "/") -> bytes:
        """The body of the answer, of two bytes."""
        self.send(path)
        data = b""
        while not data.partition(b"\r\n\r\n")[2]:
            data += self.socket.recv(1000)
        return data[-2:]

    def send(self, path: str = "/") -> None:
        self.socket.sendall(GET.replace(b"/", path.encode(), 1))

    def end(self) -> str:
        """``FIN``, ``RST``, or what came; below TLS, so that a close_notify is something that came."""
        try:
            return str(socket.socket.recv(self.socket, 1000) or "FIN")
        except ConnectionResetError:
            return "RST"

    def is_silent(self) -> bool:
        """Whether nothing comes; it cannot be waited for, so this cannot fail too soon."""
        self.socket.settimeout(0.05)
        try:
            return self.socket.recv(1) == b"no"
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(LONG)

    def close(self) -> None:
        self.socket.close()


Connect = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients: list[Client] = []

    def client(server: HttpServer, host: str = "127.0.0.1") -> Client:
        clients.append(Client(server, host))
        return clients[-1]

    yield client
    for one in clients:
        one.close()


class Slow:
    """A handler that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.go_on = Latch()

    def __call__(self, request: object) -> str:
        self.asked.release()
        self.go_on.wait(LONG)
        return "ok"


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.go_on.set()


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def server(request: Any, slow: Slow, open_files: OpenFiles) -> Iterator[HttpServer]:
    """Afterwards nothing is left of it."""
    before = open_files()
    server = HttpServer(tls=Tls.of("localhost", tls=True) if request.param else None)
    server.start()
    responders: dict[str, Responder] = {
        "/": respond_data("ok"),
        "/slow": Handler(slow),
        "/later": Later(LONG),
        "/hang": Fault(FaultKind.HANG),
    }
    for path, responder in responders.items():
        server.book.register(Kind.PERMANENT, RequestDescription(path)).responder = responder
    yield server
    slow.go_on.set()
    wait_until(lambda: server.stop() == 0)
    assert [entry for entry in server.journal.take_unlogged()[1] if isinstance(entry, str)] == []
    assert server.journal.problems() == []
    assert {name for name in open_files() - before if "socket" in name} == set()


def remarks(server: HttpServer) -> list[str]:
    return [entry.text for entry in server.journal.take_unlogged()[1] if isinstance(entry, Remark)]


def notes(server: HttpServer) -> list[str]:
    return without_request(server.journal.connection_notes())


def is_refused(port: int, host: str) -> bool:
    try:
        socket.create_connection((host, port), timeout=LONG).close()
    except ConnectionRefusedError:
        return True
    return False


# New connections.


def test_refused_at_all_addresses(server: HttpServer, connect: Connect) -> None:
    url = server.url
    for _ in range(3):
        server.break_connections(Break.REFUSE)
        assert [is_refused(server.port, host) for host in HOSTS] == [True, True]
        assert server.running
        assert server.refuses
        server.restore_connections()
        assert not server.refuses
        for host in HOSTS:
            assert connect(server, host).ask() == b"ok"
    assert server.url == url


@pytest.mark.parametrize(("how", "end"), [(Break.CLOSE, "FIN"), (Break.RESET, "RST")])
@pytest.mark.parametrize("host", HOSTS)
def test_broken_when_accepted(how: Break, end: str, host: str, server: HttpServer) -> None:
    """Before TLS, and whatever the client has sent: no byte of an answer, and no alert."""
    server.break_connections(how)
    for data in (b"", GET, GET * 1000):
        with socket.create_connection((host, server.port), timeout=LONG) as sock:
            try:
                sock.sendall(data)
                received = sock.recv(1000)
            except (ConnectionResetError, BrokenPipeError):
                assert end == "RST"
            else:
                assert (received, end) == (b"", "FIN")
    done = {"FIN": "closed", "RST": "reset"}[end]
    wait_until(lambda: server.connections == 0)
    assert notes(server) == [f"3 connections were {done} on purpose (Break Connections)."]
    assert remarks(server) == [f"A connection was {done} on purpose (Break Connections)."]


def test_open_connections_are_remarked(server: HttpServer, connect: Connect) -> None:
    clients = [connect(server) for _ in range(3)]
    assert [client.ask() for client in clients] == [b"ok"] * 3
    server.break_connections(Break.HANG)
    assert remarks(server) == ["Open connections were left hanging on purpose (Break Connections)."]
    assert notes(server) == []


def test_a_close_is_a_fin_although_the_client_has_sent_data(server: HttpServer) -> None:
    """Data that nobody read would turn it into a reset."""
    server.break_connections(Break.CLOSE)
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as sock:
            sock.sendall(GET)
            assert sock.recv(1000) == b""


def test_hanging_when_accepted(server: HttpServer) -> None:
    server.break_connections(Break.HANG)
    with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as sock:
        sock.sendall(GET)
        sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        wait_until(lambda: notes(server))
        assert notes(server) == ["1 connection was left hanging on purpose (Break Connections)."]
        assert server.connections == 1
        server.restore_connections()
        with pytest.raises(TimeoutError):
            sock.recv(1)
    wait_until(lambda: server.connections == 0)


@pytest.mark.parametrize(("how", "end"), [(Break.CLOSE, "FIN"), (Break.RESET, "RST")])
def test_so_many(how: Break, end: str, server: HttpServer, connect: Connect) -> None:
    server.break_connections(how, times=2)
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as sock:
            try:
                assert (sock.recv(1), end) == (b"", "FIN")
            except ConnectionResetError:
                assert end == "RST"
    assert connect(server).ask() == b"ok"


# Open connections.


@pytest.mark.parametrize(
    ("how", "end"), [(Break.REFUSE, "FIN"), (Break.CLOSE, "FIN"), (Break.RESET, "RST"), (Break.HANG, "")]
)
@pytest.mark.parametrize("busy", ["idle", "in a request", "handler", "held", "hanging"])
def test_open_connections(how: Break, end: str, busy: str, server: HttpServer, slow: Slow, connect: Connect) -> None:
    if busy == "handler" and how is Break.RESET and sys.platform == "win32":
        pytest.skip("a connection whose thread is busy is closed before it is reset")
    client = connect(server)
    assert client.ask() == b"ok"
    if busy == "in a request":
        client.socket.sendall(GET[:-2])
    elif busy == "handler":
        client.send("/slow")
        assert slow.asked.acquire(timeout=LONG)
    elif busy == "held":
        client.send("/later")
        wait_until(lambda: len(server.journal.exchanges()) == 2)
    elif busy == "hanging":
        client.send("/hang")
        wait_until(lambda: len(server.journal.exchanges()) == 2)
    server.break_connections(how)
    if how is Break.HANG:
        assert client.is_silent()
    else:
        assert client.end() == end
    slow.go_on.set()
    wait_until(lambda: not server.journal.pending())
    fault = {"FIN": "CLOSE", "RST": "RESET", "": "HANG"}[end]
    if busy in ("handler", "held"):
        wait_until(
            lambda: status_text(server.journal.exchanges()[-1]) == f"{fault} before anything was sent, on purpose"
        )
    assert server.journal.problems() == []
    if how is Break.HANG:
        assert client.is_silent()
    server.restore_connections()
    assert connect(server).ask() == b"ok"


# A TLS connection may be in use for a moment after its answer, by the thread of its handshake.
@pytest.mark.parametrize("server", [False], ids=["plain"], indirect=True)
@pytest.mark.parametrize("held", [False, True])
def test_a_reset_on_windows(held: bool, server: HttpServer, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("HttpServerLibrary.engine.wire.connection.drop", partial(drop, platform="win32"))
    client = connect(server)
    assert client.ask() == b"ok"
    if held:
        client.send("/later")
        wait_until(lambda: len(server.journal.exchanges()) == 2)
    server.break_connections(Break.RESET)
    assert client.end() == "RST"
    # It is recorded a moment later.
    last = server.journal.exchanges()[-1]
    wait_until(lambda: status_text(last) == ("RESET before anything was sent, on purpose" if held else "200 OK"))


def test_open_connections_do_not_count(server: HttpServer, connect: Connect) -> None:
    client = connect(server)
    assert client.ask() == b"ok"
    server.break_connections(Break.RESET, times=1)
    assert client.end() == "RST"
    with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as sock, pytest.raises(ConnectionError):
        sock.recv(1)
    assert connect(server).ask() == b"ok"


def test_a_client_that_does_not_read_is_reset(server: HttpServer, connect: Connect) -> None:
    """While its thread waits until it can send more."""
    server.book.register(Kind.ONESHOT, RequestDescription("/large")).responder = respond_data(bytes(100_000_000))
    client = connect(server)
    client.send("/large")
    wait_until(lambda: server.journal.exchanges())
    server.break_connections(Break.RESET)
    wait_until(lambda: client.end() == "RST")
    wait_until(lambda: server.connections == 0)


# Idle connections.


def test_idle_connections_are_closed(server: HttpServer, slow: Slow, connect: Connect) -> None:
    assert server.close_idle_connections() == 0
    idle = [connect(server) for _ in range(3)]
    for client in idle:
        assert client.ask() == b"ok"
    in_request, in_handler, held, hangs = (connect(server) for _ in range(4))
    in_request.socket.sendall(GET[:-2])
    in_handler.send("/slow")
    assert slow.asked.acquire(timeout=LONG)
    held.send("/later")
    hangs.send("/hang")
    wait_until(lambda: len(server.journal.exchanges()) == 5)
    # What was sent before this is read before its answer.
    assert connect(server).ask() == b"ok"
    assert server.close_idle_connections() == 4
    for client in idle:
        assert client.end() == "FIN"
    assert server.close_idle_connections() == 0
    slow.go_on.set()
    in_request.socket.sendall(b"\r\n")
    for client in (in_request, in_handler):
        assert client.socket.recv(1000)[-2:] == b"ok"
    # A held request that nobody has answered when the server stops is a problem, unless its client has left.
    held.close()
    (later,) = (exchange for exchange in server.journal.exchanges() if exchange.request.raw_path == "/later")
    wait_until(lambda: later.progress is not None and later.progress.left)
    assert server.journal.problems() == []
    # A request that is held until the server stops would be a problem, unless its client has left.
    held.socket.close()
    wait_until(lambda: any(entry.progress and entry.progress.left for entry in server.journal.exchanges()))


def test_a_connection_is_idle_as_soon_as_its_client_has_the_answer(
    server: HttpServer, slow: Slow, connect: Connect, quick_switches: None
) -> None:
    """Even if the thread that has answered is not done with it."""
    slow.go_on.set()
    for _ in range(20):
        client = connect(server)
        client.ask("/slow")
        assert server.close_idle_connections() == 1
        assert client.end() == "FIN"


def test_one_with_a_request_on_its_way_is_not_idle(server: HttpServer, connect: Connect) -> None:
    """Clients that send as fast as they can, while idle connections are closed: each request is answered, or its
    connection ends before the answer."""
    stop = threading.Event()
    wrong: list[object] = []

    def ask() -> None:
        client = Client(server)
        while not stop.is_set():
            try:
                client.send()
                data = client.socket.recv(1000)
            except OSError:
                data = b""
            if not data:
                client.close()
                client = Client(server)
            elif not data.endswith(b"ok"):
                wrong.append(data)
        client.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        server.close_idle_connections()
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert server.journal.problems() == []
    wait_until(lambda: server.connections == 0)


# The port.


def test_nobody_else_gets_the_port(server: HttpServer, connect: Connect) -> None:
    """Neither with connections of the port nor without, by any option."""
    for _ in range(2):
        server.break_connections(Break.REFUSE)
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")):
            for options in ((), (socket.SO_REUSEADDR,)):
                with socket.socket(family) as other:
                    for option in options:
                        other.setsockopt(socket.SOL_SOCKET, option, 1)
                    with pytest.raises(OSError, match="in use"):
                        other.bind((host, server.port))
        with pytest.raises(UsageError, match="is taken by another program"):
            HttpServer(port=server.port).start()
        server.restore_connections()
        # Now it has connections, also some that have ended.
        assert connect(server).ask() == b"ok"
        connect(server).close()


def test_the_port_is_free_after_a_stop_while_it_refuses(server: HttpServer) -> None:
    server.break_connections(Break.REFUSE)
    assert server.stop() == 0
    assert not server.running
    again = HttpServer(port=server.port)
    again.start()
    assert again.stop() == 0


@pytest.mark.parametrize("how", Break)
def test_stop_while_broken(how: Break, server: HttpServer) -> None:
    server.break_connections(how)
    if how is not Break.REFUSE:
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONG):
            wait_until(lambda: notes(server))
            assert server.stop() == 0
    assert server.stop() == 0
    assert server.close_idle_connections() == 0
    server.restore_connections()


# Scopes.


def test_the_end_of_a_scope_restores_what_was_before(server: HttpServer, connect: Connect) -> None:
    server.break_connections(Break.CLOSE)
    server.open_scope(Scope("test 1"))
    server.break_connections(Break.REFUSE)
    assert is_refused(server.port, "127.0.0.1")
    server.close_scope()
    with socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as sock:
        assert sock.recv(1) == b""
    server.open_scope(Scope("test 2"))
    server.restore_connections()
    client = connect(server)
    assert client.ask() == b"ok"
    server.close_scope()
    assert client.end() == "FIN", "it is broken again"
    server.open_scope(Scope("test 3"))
    server.break_connections(Break.HANG, times=1)
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as hangs,
        socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as closed,
    ):
        hangs.settimeout(0.05)
        with pytest.raises(TimeoutError):
            hangs.recv(1)
        assert closed.recv(1) == b"", "when it is used up, that of the suite counts"
    server.close_scope()
    server.restore_connections()
    assert connect(server).ask() == b"ok"


def test_a_reset_restores(server: HttpServer, connect: Connect) -> None:
    server.break_connections(Break.REFUSE)
    server.open_scope(Scope("test"))
    server.break_connections(Break.HANG)
    server.reset()
    server.book.register(Kind.PERMANENT, RequestDescription("/")).responder = respond_data("ok")
    assert connect(server).ask() == b"ok"


# Misuse.


def test_refused_connections_cannot_be_counted(server: HttpServer, connect: Connect) -> None:
    with pytest.raises(UsageError) as error:
        server.break_connections(Break.REFUSE, times=2)
    assert str(error.value) == (
        "times: refused connections cannot be counted, because they never reach the server. Leave out times, "
        "or break them in another way."
    )
    assert connect(server).ask() == b"ok"


def test_a_stopped_server_has_no_connections() -> None:
    server = HttpServer("shop")
    server.start()
    server.stop()
    with pytest.raises(UsageError) as error:
        server.break_connections(Break.CLOSE)
    assert str(error.value) == "Server 'shop' is stopped, so it has no connections to break."


def test_many_threads_break_and_restore(server: HttpServer, connect: Connect, quick_switches: None) -> None:
    def change() -> None:
        try:
            for how in (Break.REFUSE, Break.CLOSE, Break.RESET, Break.HANG) * 2:
                server.break_connections(how)
                server.close_idle_connections()
                server.restore_connections()
        except Exception as error:
            wrong.append(error)

    wrong: list[Exception] = []
    threads = [threading.Thread(target=change) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert connect(server).ask() == b"ok"


@pytest.mark.parametrize("times", [0, -1])
def test_so_many_connections_are_at_least_one(times: int, server: HttpServer, connect: Connect) -> None:
    with pytest.raises(UsageError) as error:
        server.break_connections(Break.CLOSE, times=times)
    assert str(error.value) == f"times: a number of 1 or more is needed, not {times}."
    assert connect(server).ask() == b"ok"
