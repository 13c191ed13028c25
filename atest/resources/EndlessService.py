"""A service whose stream of events never ends by itself, and a client that reads it through a server."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

from robot.api.deco import keyword, library

_TIMEOUT = 30.0
_EVENT = b"data: 1\n\n"
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n%b\r\n" % _EVENT
)


@library(scope="GLOBAL", auto_keywords=False)
class EndlessService:
    def __init__(self) -> None:
        self._left = threading.Event()
        self._client: socket.socket | None = None

    @keyword
    def start_endless_service(self) -> str:
        """Serves one connection; returns the URL."""
        listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    def _serve(self, listening: socket.socket) -> None:
        with listening:
            connection, _ = listening.accept()
        with connection:
            while connection.recv(65536):
                connection.sendall(_ANSWER)
        self._left.set()

    @keyword
    def service_should_be_left(self) -> None:
        """Nobody is connected with the service any more."""
        assert self._left.wait(_TIMEOUT), "The connection is still open."

    @keyword
    def read_event(self, url: str) -> None:
        """Asks for the events and reads the first one; the client stays there."""
        parts = urlsplit(url)
        self._client = socket.create_connection(("127.0.0.1", parts.port or 80), _TIMEOUT)
        self._client.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        self._read_until(_EVENT + b"\r\n")

    @keyword
    def events_should_end(self) -> None:
        """The response ends, and nothing is missing."""
        assert self._client is not None
        found = self._read_until(b"0\r\n\r\n")
        self._client.close()
        assert found == b"0\r\n\r\n", found

    def _read_until(self, end: bytes) -> bytes:
        assert self._client is not None
        data = b""
        while not data.endswith(end):
            more = self._client.recv(1)
            assert more, f"The connection was closed after {data!r}."
            data += more
        return data
