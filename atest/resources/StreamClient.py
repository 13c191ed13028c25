"""Clients that read a response while it is being sent."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import requests
from robot.api.deco import keyword, library

_TIMEOUT = 30.0
_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


class Reader:
    """A connection with one request, read byte by byte as it is sent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def read_until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            more = self.connection.recv(1)
            if not more:
                raise AssertionError(f"The connection was closed after {data!r}.")
            data += more
        return data

    def rest(self) -> tuple[bytes, str]:
        """What comes until the end, and what the end is."""
        data = b""
        try:
            while not data.endswith(_LAST_CHUNK):
                more = self.connection.recv(65536)
                if not more:
                    return data, "CLOSE"
                data += more
        except ConnectionResetError:
            return data, "RESET"
        return data.removesuffix(_LAST_CHUNK), "END"


@library(scope="TEST", auto_keywords=False)
class StreamClient:
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._opened = ExitStack()

    def _end_test(self, data: object, result: object) -> None:
        self._opened.close()

    @keyword
    def open_stream(self, url: str, version: str = "1.1", method: str = "GET", ca_file: str | None = None) -> Reader:
        """Sends a request and reads the head of its response."""
        parts = urlsplit(url)
        connection: socket.socket = socket.create_connection(("127.0.0.1", parts.port or 80), _TIMEOUT)
        self._opened.callback(connection.close)
        if ca_file is not None:
            context = ssl.create_default_context(cafile=ca_file)
            connection = context.wrap_socket(connection, server_hostname=parts.hostname)
            self._opened.callback(connection.close)
        connection.sendall(f"{method} {parts.path} HTTP/{version}\r\nHost: {parts.netloc}\r\n\r\n".encode())
        reader = Reader(connection)
        reader.read_until(_HEAD_END)
        return reader

    @keyword
    def open_streams(self, url: str, count: int) -> list[Reader]:
        """So many of them."""
        return [self.open_stream(url) for _ in range(count)]

    @keyword
    def all_should_read(self, readers: list[Reader], data: str) -> None:
        """Each of the clients reads exactly this next."""
        expected = data.encode()
        for reader in readers:
            assert reader.read_until(expected) == expected

    @keyword
    def should_read(self, reader: Reader, data: str) -> None:
        """The client reads exactly this next."""
        expected = data.encode()
        found = b""
        while len(found) < len(expected) and (more := reader.connection.recv(len(expected) - len(found))):
            found += more
        if found != expected:
            raise AssertionError(f"{found!r} != {expected!r}")

    @keyword
    def stream_should_end_with(self, reader: Reader, data: str, end: str) -> None:
        """The client reads exactly this to the end, which is END, CLOSE or RESET."""
        found = reader.rest()
        if found != (data.encode(), end):
            raise AssertionError(f"{found!r} != {(data.encode(), end)!r}")

    @keyword
    def leave_stream(self, reader: Reader, with_reset: bool = False) -> None:
        """Closes the connection."""
        if with_reset:
            reader.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reader.connection.close()

    @keyword
    def read_lines(self, url: str) -> Future[list[str]]:
        """Reads all lines in the background, with requests; what interrupts it is the last one."""
        pool = self._opened.enter_context(ThreadPoolExecutor(1))
        return pool.submit(_lines, url)

    @keyword
    def lines_read(self, reading: Future[list[str]]) -> list[str]:
        """Waits until all lines are read."""
        return reading.result(_TIMEOUT)


def _lines(url: str) -> list[str]:
    lines: list[str] = []
    with suppress(requests.RequestException), requests.get(url, stream=True, timeout=_TIMEOUT) as response:
        try:
            # Otherwise, requests waits for 512 bytes.
            lines += (line.decode() for line in response.iter_lines(chunk_size=1))
        except requests.RequestException as error:
            lines.append(type(error).__name__)
    return lines
