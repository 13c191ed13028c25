"""Nothing is left of connections that were broken on purpose: no thread, file or memory."""

from __future__ import annotations

import gc
import os
import random
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.records.journal import Bounds
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw, RawEnd
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.breaking import Break
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import wait_until

# A longer soak: BROKEN_CONNECTIONS=10000 pytest -s utest/wire/test_broken_soak.py
CONNECTIONS = int(os.environ.get("BROKEN_CONNECTIONS", "500"))
BOUNDS = Bounds(requests=20)
RAW = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"


def faults() -> Iterator[Responder]:
    for kind in (FaultKind.CLOSE, FaultKind.RESET, FaultKind.HANG):
        for after in ("START", "HEAD", "50 %"):
            yield Fault(kind, after=after)
    yield Fault(FaultKind.STALE)
    for end in RawEnd:
        yield Raw(RAW, end=end)
    yield respond_data("ok")


class Client:
    """Sends a request to each of the faults in turn, reads a moment, and leaves."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.chance = random.Random(1)
        self.paths: list[str] = []
        for number, responder in enumerate(faults()):
            self.paths.append(f"/{number}")
            expectation = server.book.register(Kind.PERMANENT, RequestDescription(f"/{number}"))
            expectation.responder = responder
        self.trust = None if server.tls is None else ssl.create_default_context(cafile=str(server.ca_file()))

    def connect(self, number: int) -> None:
        """Refused, broken in a handshake, in an answer, or not at all; then the client leaves."""
        # ssl.SSLError and a timeout are an OSError, too.
        with (
            suppress(OSError),
            socket.create_connection(
                (self.chance.choice(("127.0.0.1", "::1")), self.server.port), timeout=0.02
            ) as plain,
        ):
            sock = plain if self.trust is None else self.trust.wrap_socket(plain, server_hostname="localhost")
            with sock:
                path = self.paths[number % len(self.paths)]
                sock.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode())
                while sock.recv(65536):
                    pass

    def run(self, connections: int) -> None:
        hows = [None, *Break]
        for number in range(connections):
            if number % 10 == 0:
                how = hows[number // 10 % len(hows)]
                if how is None:
                    self.server.restore_connections()
                else:
                    self.server.break_connections(how)
            if number % 7 == 0:
                self.server.close_idle_connections()
            self.connect(number)
        self.server.restore_connections()


def held() -> dict[str, int]:
    gc.collect()
    return {
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208
        "rss": int(Path("/proc/self/statm").read_text().split()[1]) * 4096,
        "blocks": sys.getallocatedblocks(),
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux only")
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_nothing_is_left_of_broken_connections(tls: bool) -> None:
    server = HttpServer(bounds=BOUNDS, tls=Tls.of("localhost", tls=True) if tls else None)
    server.start()
    try:
        client = Client(server)
        looks = []
        for _ in range(4):
            client.run(CONNECTIONS // 4)
            wait_until(lambda: server.connections == 0)
            wait_until(lambda: not server.journal.pending())
            server.journal.take_unlogged()
            looks.append(held())
        sys.stdout.write(f"{looks}\n")
        _, middle, _, last = looks
        # As many threads wait for the lead as were needed at the same time.
        assert last["threads"] <= middle["threads"] + 1
        assert last["files"] == middle["files"]
        assert last["blocks"] - middle["blocks"] < 1000
        assert server.journal.problems() == []
    finally:
        wait_until(lambda: server.stop() == 0)
