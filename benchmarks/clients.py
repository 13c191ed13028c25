"""The clients that measure: on raw sockets, which cost least, and wrk. All raise when a response is not right."""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_PIECE = 256 * 1024
_WAIT = 60.0


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    return post_head(path, len(body)) + body


def post_head(path: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


class WrongResponse(Exception):
    """A response that makes a figure worthless."""


@dataclass(frozen=True)
class Head:
    """What of the head of a response matters here."""

    length: int
    closes: bool


def parse(head: bytes, status: bytes = b"200") -> Head:
    """Reads a head, from its first byte to before the empty line."""
    lower = head.lower()
    length = lower.find(b"content-length:")
    if head[9:12] != status or length < 0:
        raise WrongResponse(f"{status.decode()} with a Content-Length was expected, not {head[:1000]!r}")
    return Head(
        int(lower[length + 15 :].split(b"\r\n", 1)[0]), b"connection: close" in lower or lower.startswith(b"http/1.0")
    )


class Client:
    """One client, which asks one request after the other, on one connection as long as the server leaves it open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def connect(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_WAIT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def ask(self, request: bytes, body: bytes = b"") -> bytes:
        """Sends a request and returns the body of its response."""
        sock = self.connect()
        sock.sendall(request)
        if body:
            sock.sendall(body)
        head, received = self._receive_head(sock)
        while len(received) < head.length:
            received += _some(sock.recv(_PIECE))
        self._done(head)
        return received

    def count(self, request: bytes) -> int:
        """Sends a request and returns how long the body of its response is, which is not kept."""
        sock = self.connect()
        sock.sendall(request)
        head, received = self._receive_head(sock)
        left = head.length - len(received)
        buffer = memoryview(bytearray(_PIECE))
        while left:
            taken = sock.recv_into(buffer)
            if not taken or taken > left:
                raise WrongResponse(f"{left} bytes of the body were missing, and {taken} came")
            left -= taken
        self._done(head)
        return head.length

    def push(self, request: bytes, size: int, status: bytes) -> None:
        """Sends a request and bytes of its body, whatever the server answers meanwhile, until it closes."""
        sock = self.connect()
        sock.sendall(request)
        piece = bytes(_PIECE)
        try:
            for _ in range(size // _PIECE):
                sock.sendall(piece)
        except ConnectionError:
            # It has heard enough; what it said is still to be read, unless it was reset.
            pass
        parse(sock.recv(_PIECE).partition(b"\r\n\r\n")[0], status)
        self.close()

    def _receive_head(self, sock: socket.socket) -> tuple[Head, bytes]:
        received = sock.recv(_PIECE)
        while b"\r\n\r\n" not in received:
            received += _some(sock.recv(_PIECE))
        end = received.index(b"\r\n\r\n")
        return parse(received[:end]), received[end + 4 :]

    def _done(self, head: Head) -> None:
        if head.closes:
            self.close()


def _some(piece: bytes) -> bytes:
    if not piece:
        raise WrongResponse("the response was cut off")
    return piece


def latency(port: int, request: bytes, seconds: float = 0.5, fresh: bool = False) -> float:
    """Seconds for a request, the mean of those that one client asks one after the other.

    With `fresh`, each is on a new connection.
    """
    with Client(port) as client:
        client.ask(request)
        count = 0
        start = now = time.perf_counter()
        while now < start + seconds or count < 10:
            if fresh:
                client.close()
            client.ask(request)
            count += 1
            now = time.perf_counter()
    return (now - start) / count


def latency_apart(port: int, head: bytes, body: bytes, seconds: float = 0.5) -> float:
    """Seconds for a request whose body is sent after its head, and only once the head is acknowledged (Nagle)."""
    with Client(port) as client:
        client.connect().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        count = 0
        start = now = time.perf_counter()
        while now < start + seconds or count < 10:
            client.ask(head, body)
            count += 1
            now = time.perf_counter()
    return (now - start) / count


def burst(port: int, request: bytes, count: int) -> float:
    """Seconds from the first connection until all of so many requests are answered, each on a connection of its own."""
    received: dict[socket.socket, bytes] = {}
    start = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        try:
            for _ in range(count):
                sock = socket.socket()
                received[sock] = b""
                sock.setblocking(False)
                sock.connect_ex(("127.0.0.1", port))
                selector.register(sock, selectors.EVENT_WRITE, sock)
            while selector.get_map():
                ready = selector.select(_WAIT)
                if not ready:
                    raise WrongResponse(f"{len(selector.get_map())} of {count} requests were not answered")
                for key, events in ready:
                    sock = key.data
                    if events & selectors.EVENT_WRITE:
                        sock.sendall(request)
                        selector.modify(sock, selectors.EVENT_READ, sock)
                        continue
                    received[sock] += _some(sock.recv(_PIECE))
                    if _complete(received[sock]):
                        selector.unregister(sock)
            return time.perf_counter() - start
        finally:
            for sock in received:
                sock.close()


def _complete(received: bytes) -> bool:
    head, empty, body = received.partition(b"\r\n\r\n")
    return bool(empty) and len(body) == parse(head).length


@dataclass(frozen=True)
class Load:
    """What wrk measured."""

    rate: float
    """Requests per second."""
    requests: int
    slow: float
    """The 99th percentile of the latency, in seconds."""
    slowest: float


def wrk_missing() -> str:
    return "" if shutil.which("wrk") else "wrk is not on the path"


def wrk(port: int, connections: int, seconds: int) -> Load:
    """Posts orders on so many connections."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "post.lua")
        script.write_text(
            'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[{"item": "book"}]]\n'
        )
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout=30s", "-s", str(script)]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/orders"], capture_output=True, text=True, check=True, timeout=600
        )
    told = done.stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise WrongResponse(told)
    return Load(
        rate=float(_told(r"Requests/sec:\s*([\d.]+)", told)),
        requests=int(_told(r"(\d+) requests in", told)),
        slow=_told_seconds("99%", told),
        slowest=_told_seconds(r"Latency(?:\s+\S+){2}", told),
    )


def _told(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise WrongResponse(text)
    return found[1]


def _told_seconds(before: str, text: str) -> float:
    number = _told(rf"{before}\s+([\d.]+)", text)
    unit = _told(rf"{before}\s+[\d.]+([a-z]+)", text)
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}[unit]
