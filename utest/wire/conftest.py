from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from HttpServerLibrary.engine.message.reply import Reply
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import DEFAULT_LIMITS, Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.service import Answer
from utest.helpers import LONG


class Received(NamedTuple):
    """A response as a client gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A connection to a server, byte for byte."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=LONG)
        self.file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def finish(self) -> None:
        """Sends no more, still reads."""
        self.socket.shutdown(socket.SHUT_WR)

    def head(self) -> tuple[int, dict[str, str]]:
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline()) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            assert name.lower() not in headers
            headers[name.lower()] = value.strip()
        return status, headers

    def chunk(self) -> bytes:
        size = int(self.file.readline(), 16)
        data = self.file.read(size)
        assert self.file.readline() == b"\r\n"
        return data

    def response(self, method: str = "GET") -> Received:
        status, headers = self.head()
        body = b""
        if method != "HEAD" and status not in (204, 304):
            if "content-length" in headers:
                body = self.file.read(int(headers["content-length"]))
            elif "transfer-encoding" in headers:
                while data := self.chunk():
                    body += data
            else:
                body = self.file.read()
        return Received(status, headers, body)

    def is_closed(self) -> bool:
        """Whether the server closes the connection without sending more."""
        return self.file.read() == b""

    def close(self) -> None:
        self.file.close()
        self.socket.close()


class Echo:
    """Answers with the body or the status of the fault; keeps the requests, and whether the answers went out."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sent: list[bool] = []
        self.changed = threading.Condition()

    def __call__(self, request: Request, reply: Reply) -> None:
        status = request.fault.status if request.fault else 200
        sent = reply.send(Response(status, (), request.body))
        with self.changed:
            self.requests.append(request)
            self.sent.append(sent)
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.requests) >= count, LONG)


FILES = Path("/proc/self/fd")


@pytest.fixture
def open_files() -> Callable[[], set[str]]:
    """Tells what is open, if the system does. What was there before a test may go meanwhile, and nothing may come."""

    def look() -> set[str]:
        gc.collect()
        names: set[str] = set()
        for link in FILES.iterdir() if FILES.exists() else ():
            # That of this look is gone.
            with suppress(FileNotFoundError):
                names.add(f"{link.name}: {link.readlink()}")
        return names

    return look


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def serve() -> Iterator[Callable[..., Listener]]:
    """Starts servers that are stopped after the test."""
    listeners = []

    def start(
        answer: Answer, limits: Limits = DEFAULT_LIMITS, host: str = "localhost", port: int = 0, **options: Any
    ) -> Listener:
        if limits.linger == DEFAULT_LIMITS.linger:
            # For as long as a client may be held up that is still sending.
            limits = replace(limits, linger=LONG)
        listener = Listener(host, port, answer, limits, **options)
        listeners.append(listener)
        listener.start()
        return listener

    yield start
    assert [listener.stop(grace=LONG) for listener in listeners] == [0] * len(listeners)


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Makes connections that are closed after the test."""
    clients = []

    def client(listener: Listener, host: str = "127.0.0.1") -> Client:
        clients.append(Client(listener.port, host))
        return clients[-1]

    yield client
    for one in clients:
        one.close()
