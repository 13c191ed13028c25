"""A client that sends any method, target, header and body, and keeps the response as it came."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from robot.api.deco import keyword, library

_TIMEOUT = 10.0


@dataclass(frozen=True)
class Answer:
    """A response as it came: ``headers`` are pairs in the order received."""

    status: int
    headers: list[tuple[str, str]]
    data: bytes
    reason: str

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.headers if field.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        return ", ".join(self.all(name)) or None

    def __str__(self) -> str:
        return f"{self.status}\n{self.data[:2000].decode(errors='replace')}"


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _exchange(url: str, method: str, target: str, lines: list[str], body: bytes) -> Answer:
    parts = urlsplit(url)
    head = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", *lines, "Connection: close"]
    if body:
        head.append(f"Content-Length: {len(body)}")
    with socket.create_connection((parts.hostname or "", parts.port or 80), _TIMEOUT) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in [*head, ""]).encode("latin-1") + body)
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
            return Answer(response.status, response.getheaders(), response.read(), response.reason)
        finally:
            response.close()


@library(scope="SUITE")
class ExactClient:
    def __init__(self) -> None:
        self._background: list[threading.Thread] = []

    @keyword
    def send_exactly(
        self, url: str, method: str, target: str, headers: str | list[str] = "", body: object = ""
    ) -> Answer:
        """Sends one request; ``headers`` are lines, ``body`` is text (UTF-8) or bytes."""
        lines = headers.splitlines() if isinstance(headers, str) else headers
        assert isinstance(body, (str, bytes))
        return _exchange(url, method, target, list(filter(None, lines)), _bytes(body))

    @keyword
    def send_later(self, url: str, method: str, *targets: str, after: float = 0.1) -> None:
        """Sends requests from a thread, as a program does that works in the background.

        They come one after the other, with so many seconds before each. Only one call can say in which order: on a
        busy machine any of two threads is the first, whatever their times.
        """

        def send() -> None:
            # A server that stops meanwhile is none of the client's business.
            with suppress(OSError, HTTPException):
                for target in targets:
                    time.sleep(after)
                    _exchange(url, method, target, [], b"")

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        self._background.append(thread)

    @keyword
    def join_background(self) -> None:
        """Waits until everything that was sent from threads is answered."""
        while self._background:
            thread = self._background.pop()
            thread.join(_TIMEOUT)
            assert not thread.is_alive(), "a request sent in the background was not answered"
