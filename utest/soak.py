"""A server under all kinds of clients, round after round: prints how much it holds after each, as lines of JSON.

Run by test_soak.py in a process of its own: ``python soak.py SECONDS CONNECTIONS``. It goes on until both are reached.
"""

from __future__ import annotations

import gc
import http.client
import json
import os
import random
import resource
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.records.journal import Bounds
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data, respond_json
from HttpServerLibrary.engine.responses.unexpected import UnexpectedResponse
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.limits import DEFAULT_LIMITS
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG

BOUNDS = Bounds(requests=500, kept_bytes=4 * 1024 * 1024)
FEW = Bounds(requests=5)
RESET = struct.pack("ii", 1, 0)
UPLOAD = bytes(range(256)) * 1200
LARGE = b"0123456789" * 200_000
IN_A_ROW = 500


def echo(request: werkzeug.Request) -> bytes:
    return request.get_data()


def stream(request: werkzeug.Request) -> werkzeug.Response:
    def pieces() -> Iterator[bytes]:
        for number in range(200):
            yield b"%d\n" % number * 100

    return werkzeug.Response(pieces())


def fail(request: werkzeug.Request) -> None:
    raise KeyError("as told")


def expect(server: HttpServer) -> None:
    responders: dict[str, Responder] = {
        "/x": respond_json({"a": [1, 2, 3]}),
        "/large": respond_data(LARGE),
        "/late": delayed(respond_data("late"), 0.01),
        "/echo": Handler(echo),
        "/stream": Handler(stream),
        "/fail": Handler(fail),
    }
    for path, responder in responders.items():
        server.book.register(Kind.PERMANENT, RequestDescription(path)).responder = responder


class Wrong(Exception):
    """An answer is not what it must be."""


def check(expected: object, received: object) -> None:
    if expected != received:
        raise Wrong(f"expected {expected!r:.200}, received {received!r:.200}")


def connect(server: HttpServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=LONG)


def read_all(sock: socket.socket) -> bytes:
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


class Clients:
    """All kinds of clients of one server, each a method that is run in a thread."""

    def __init__(self, server: HttpServer, secure: HttpServer) -> None:
        self.server = server
        self.secure = secure
        self.trust = ssl.create_default_context(cafile=str(secure.ca_file()))
        self.random = random.Random(1)

    def session(self, *steps: tuple[str, str, bytes | Iterator[bytes] | None, int, bytes | None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=LONG)
        try:
            for method, path, body, status, expected in steps:
                connection.request(method, path, body, encode_chunked=True, headers=chunked(body))
                response = connection.getresponse()
                received = response.read()
                check(status, response.status)
                if expected is not None:
                    check(expected, received)
        finally:
            connection.close()

    def connections_in_a_row(self) -> None:
        for _ in range(IN_A_ROW):
            with connect(self.server) as sock:
                sock.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                data = read_all(sock)
                check((b"HTTP/1.1 200", b'{"a": [1, 2, 3]}'), (data[:12], data[-16:]))

    def keep_alive(self) -> None:
        self.session(*[("GET", "/x", None, 200, b'{"a": [1, 2, 3]}')] * 200)

    def pipelined(self) -> None:
        with connect(self.server) as sock:
            sock.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n" * 99 + b"GET /x HTTP/1.0\r\n\r\n")
            check(100, read_all(sock).count(b'\r\n\r\n{"a": [1, 2, 3]}'))

    def uploads(self) -> None:
        pieces = [UPLOAD[at : at + 10_000] for at in range(0, len(UPLOAD), 10_000)]
        for _ in range(3):
            self.session(("POST", "/echo", UPLOAD, 200, UPLOAD), ("PUT", "/echo", iter(pieces), 200, UPLOAD))

    def downloads(self) -> None:
        streamed = b"".join(b"%d\n" % number * 100 for number in range(200))
        self.session(("GET", "/large", None, 200, LARGE), ("GET", "/stream", None, 200, streamed))

    def delayed(self) -> None:
        self.session(*[("GET", "/late", None, 200, b"late")] * 2)

    def failing(self) -> None:
        self.session(*[("GET", "/fail", None, 500, None), ("GET", "/unknown", None, 500, None)] * 10)

    def malformed(self) -> None:
        for data, status in [
            (b"GET  / HTTP/1.1\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\n\r\n", b"400"),
            (b"GET / HTTP/2.0\r\n\r\n", b"505"),
            (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n", b"414"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", b"400"),
        ]:
            with connect(self.server) as sock:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                check(b"HTTP/1.1 " + status, read_all(sock)[:12])

    def vanishing(self) -> None:
        request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + bytes(1000)
        large = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
        late = b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
        for data in (request, large, late, request + large + late, b"BAD\r\n"):
            for _ in range(4):
                with connect(self.server) as sock:
                    sock.sendall(data[: self.random.randrange(len(data) + 1)])
                    if self.random.random() < 0.5:
                        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def encrypted(self) -> None:
        for number in range(5):
            with (
                connect(self.secure) as plain,
                self.trust.wrap_socket(plain, server_hostname="localhost") as sock,
            ):
                sock.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                if number:
                    check(b'{"a": [1, 2, 3]}', read_all(sock)[-16:])
        with connect(self.secure) as plain, suppress(ConnectionError):
            plain.sendall(b"\x16\x03\x01")

    def scopes(self) -> None:
        """The innermost scope is for one thing only, what the other clients send goes to the expectations outside."""
        for number in range(10):
            self.server.open_scope(Scope(f"scope {number}"))
            self.server.book.unexpected = UnexpectedResponse(status=500)
            path = f"/inner/{number}"
            self.server.book.register(Kind.ONESHOT, RequestDescription(path)).responder = respond_data(path)
            self.session(("GET", path, None, 200, path.encode()), ("GET", path, None, 500, None))
            self.server.close_scope()

    def start_and_stop(self) -> None:
        for _ in range(5):
            server = HttpServer(bounds=BOUNDS)
            server.start()
            expect(server)
            with connect(server) as idle, connect(server) as waiting:
                idle.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                check(b"HTTP/1.1 200", idle.recv(1000)[:12])
                waiting.sendall(b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
                stop(server)


def stop(server: HttpServer) -> None:
    """A stop waits for a moment only, which a busy machine may take; the next one goes on with it."""
    deadline = time.monotonic() + LONG
    while left := server.stop():
        if time.monotonic() > deadline:
            raise Wrong(f"{left} threads are left {LONG} seconds after the stop")


def chunked(body: object) -> dict[str, str]:
    return {} if body is None or isinstance(body, bytes) else {"Transfer-Encoding": "chunked"}


def run(all_clients: list[Callable[[], None]]) -> list[str]:
    """Runs the clients at the same time; returns what went wrong."""
    wrong: list[str] = []

    def work(client: Callable[[], None]) -> None:
        try:
            client()
        except Exception as error:
            wrong.append(f"{client.__name__}: {error!r}")

    threads = [threading.Thread(target=work, args=(client,), daemon=True) for client in all_clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def held(servers: list[HttpServer]) -> dict[str, Any]:
    """What this process holds when all clients are gone; the threads are those beside the ones of the servers."""
    gc.collect()
    serving = sum(len(threads_of(server)) for server in servers)
    with open("/proc/self/statm") as statm:  # noqa: PTH123
        pages = int(statm.read().split()[1])
    return {
        "threads": threading.active_count() - serving,
        "serving": serving,
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "rss": pages * resource.getpagesize(),
        "blocks": sys.getallocatedblocks(),
    }


def threads_of(server: HttpServer) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"HttpServerLibrary-{server.port}"]


def is_busy(server: HttpServer) -> bool:
    # One that leads, and those that wait for the lead.
    too_many = len(threads_of(server)) > DEFAULT_LIMITS.idle_threads + 1
    return server.connections > 0 or too_many or bool(server.journal.pending())


def wait_until_idle(servers: list[HttpServer]) -> None:
    """Waits until the servers have noticed that their clients are gone."""
    for server in servers:
        for host in ("127.0.0.1", "::1"):
            # Those that were not accepted yet come before this one. There may be no IPv6.
            with suppress(OSError), socket.create_connection((host, server.port), LONG) as last:
                last.shutdown(socket.SHUT_WR)
                last.recv(1)
    deadline = time.monotonic() + LONG
    while any(map(is_busy, servers)):
        if time.monotonic() > deadline:
            raise Wrong(f"connections or threads are left {LONG} seconds after the clients went")
        time.sleep(0.001)


def report(line: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(line)}\n")


def main(seconds: float, connections: int) -> None:
    before = held([])
    server = HttpServer(bounds=BOUNDS)
    secure = HttpServer(bounds=FEW, tls=Tls.of("localhost", tls=True))
    servers = [server, secure]
    for one in servers:
        one.start()
        expect(one)
    clients = Clients(server, secure)
    kinds = [
        clients.connections_in_a_row,
        clients.keep_alive,
        clients.pipelined,
        clients.uploads,
        clients.downloads,
        *[clients.delayed] * 10,
        clients.failing,
        clients.malformed,
        clients.vanishing,
        clients.encrypted,
        clients.scopes,
        clients.start_and_stop,
    ]
    end = time.monotonic() + seconds
    made = 0
    while time.monotonic() < end or made < connections:
        wrong = run(kinds)
        made += IN_A_ROW
        # Which requests came last is a matter of luck, and so is what the journals hold then.
        wrong += run([*[clients.pipelined] * (BOUNDS.requests // 100), clients.encrypted])
        wait_until_idle(servers)
        report(held(servers) | {"requests": [len(one.journal.exchanges()) for one in servers], "wrong": wrong})
        for one in servers:
            # As the keywords do.
            one.journal.take_problems()
            one.journal.take_unlogged()
    for one in servers:
        stop(one)
    report({"before": before, "after": held([]), "connections": made})


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
