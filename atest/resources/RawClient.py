"""A client that sends what it is told, byte by byte, and reads what comes back.

RequestsLibrary opens a new connection for each request, adds headers and repairs URLs; some tests need to see what
happens without that.
"""

from __future__ import annotations

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from robot.api.deco import keyword, library

TIMEOUT = 10.0


@dataclass(frozen=True)
class RawResponse:
    status: int
    reason: str
    headers: dict[str, str]
    body: str


class RawConnection:
    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), TIMEOUT)
        self.reader = self.socket.makefile("rb")

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


class Rendezvous:
    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)
        self.entered = threading.Semaphore(0)

    def __call__(self, request: object) -> str:
        self.entered.release()
        try:
            self._barrier.wait(TIMEOUT)
        except threading.BrokenBarrierError:
            return "alone"
        return "together"

    def release(self) -> None:
        """Lets go whoever waits for the others."""
        self._barrier.abort()


@library(scope="TEST", auto_keywords=False)
class RawClient:
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._opened: list[RawConnection | socket.socket] = []

    def _end_test(self, data: object, result: object) -> None:
        for opened in self._opened:
            opened.close()
        self._opened.clear()

    @keyword
    def open_connection(self, url: str, host: str = "127.0.0.1") -> RawConnection:
        """Connects to the port of the URL, at one address whatever the URL's host is."""
        connection = RawConnection(host, _port(url))
        self._opened.append(connection)
        return connection

    @keyword
    def send_raw(self, connection: RawConnection, *lines: str) -> None:
        """Sends the lines, each ended by CR LF. The empty line that ends the headers is one, too."""
        connection.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    @keyword
    def send_bytes(self, connection: RawConnection, text: str) -> None:
        """Sends the text as it is."""
        connection.socket.sendall(text.encode())

    @keyword
    def read_response(self, connection: RawConnection, method: str = "GET") -> RawResponse:
        """Reads one response. The method of its request decides whether it has a body."""
        line = connection.reader.readline().decode("latin-1")
        if not line:
            raise AssertionError("The connection was closed instead of a response.")
        _, status, reason = line.rstrip("\r\n").split(" ", 2)
        headers = {}
        while line := connection.reader.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = b""
        if method != "HEAD" and not status.startswith("1") and status not in ("204", "304"):
            body = self._read_body(connection, headers)
        return RawResponse(int(status), reason, headers, body.decode())

    def _read_body(self, connection: RawConnection, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(connection.reader.readline(), 16):
                body += connection.reader.read(size)
                connection.reader.readline()
            connection.reader.readline()
            return body
        return connection.reader.read(int(headers["content-length"]))

    @keyword
    def connection_should_be_closed(self, connection: RawConnection) -> None:
        """The server has ended it, and not another byte comes."""
        try:
            rest = connection.reader.read(1)
        except TimeoutError:
            raise AssertionError("The connection is still open.") from None
        except ConnectionError:
            return
        if rest:
            raise AssertionError(f"Instead of the end came: {rest!r}")

    @keyword
    def connection_should_be_refused(self, url: str) -> None:
        for host in ("127.0.0.1", "::1"):
            try:
                socket.create_connection((host, _port(url)), TIMEOUT).close()
            except OSError:
                continue
            raise AssertionError(f"Port {_port(url)} of {host} accepted a connection.")

    @keyword
    def occupy_port(self, host: str = "127.0.0.1") -> int:
        """Listens on a free port until the end of the test, as another program would."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        self._opened.append(listening)
        listening.bind((host, 0))
        listening.listen()
        return int(listening.getsockname()[1])

    @keyword
    def rendezvous(self, parties: int) -> Rendezvous:
        """A handler that answers ``together`` when so many requests are being handled at the same time."""
        return Rendezvous(parties)

    @keyword
    def send_at_the_same_time(self, url: str, times: int, ca_file: str | None = None) -> list[str]:
        """Sends so many GET requests, all at once; returns the bodies of the responses."""
        context = ssl.create_default_context(cafile=ca_file)
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))

        def get(_: int) -> str:
            with opener.open(url, timeout=TIMEOUT) as response:
                return str(response.read().decode())

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(get, range(times)))


def _port(url: str) -> int:
    port = urlsplit(url).port
    if port is None:
        raise AssertionError(f"No port in {url!r}.")
    return port
