"""Servers that are nothing but a socket, and what is left running after a test."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from utest.helpers import LONG

FILES = Path("/proc/self/fd")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# What a peer does with a connection, once it has read a request.
Conversation = Callable[[socket.socket], None]


class Peer:
    """Listens on a free port, reads a request from each connection, and goes on as it is told.

    One that ``keeps`` its connections reads more requests, and does the same after each.
    """

    def __init__(self, talk: Conversation | bytes, family: int = socket.AF_INET, *, keeps: bool = False) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._keeps = keeps
        self._sockets: list[socket.socket] = []
        self._talk = (lambda sock: sock.sendall(talk)) if isinstance(talk, bytes) else talk
        self._host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self._listening = socket.create_server((self._host, 0), family=family, backlog=256)
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://[{self._host}]:{self.port}" if ":" in self._host else f"http://{self._host}:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            if self.stopped.is_set():
                sock.close()
                return
            self.connections += 1
            self._sockets.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, suppress(OSError):
            sock.settimeout(LONG)
            self.requests.append(read_request(sock))
            self._talk(sock)
            while self._keeps and (request := read_request(sock)):
                self.requests.append(request)
                self._talk(sock)

    def stop(self) -> None:
        self.stopped.set()
        with suppress(OSError):
            socket.create_connection(self._listening.getsockname()[:2], LONG).close()
        self._listening.close()
        if self._keeps:
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LONG)
            assert not thread.is_alive()


def read_request(sock: socket.socket) -> bytes:
    """A request with the length of its body in its head."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
    while len(body) < length:
        piece = sock.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def reset(sock: socket.socket) -> None:
    """Closes a connection with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def until_closed(sock: socket.socket) -> None:
    """Waits until the other side closes the connection."""
    while sock.recv(65536):
        pass


Serve = Callable[..., Peer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts peers, which are stopped after the test."""
    peers: list[Peer] = []

    def start(talk: Conversation | bytes = OK, family: int = socket.AF_INET) -> Peer:
        peers.append(Peer(talk, family))
        return peers[-1]

    yield start
    for peer in peers:
        peer.stop()


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port on which nobody listens, and that nobody else gets."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that does not answer attempts to connect, as its queue is full."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        address = sock.getsockname()
        waiting = []
        for _ in range(16):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(address)
        yield address
        for one in waiting:
            one.close()


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Neither threads nor descriptors are left."""
    before, threads = descriptors(), threading.enumerate()
    yield
    assert {*threading.enumerate()} <= {*threads}
    assert descriptors() <= before


def descriptors() -> int:
    return len(os.listdir(FILES)) if FILES.exists() else 0  # noqa: PTH208
