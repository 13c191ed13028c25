"""A server in memory, which needs no socket, and one that listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from HttpServerLibrary.engine.request import Request
from HttpServerLibrary.engine.response import Response
from HttpServerLibrary.engine.server import HttpServer


@pytest.fixture
def server() -> HttpServer:
    """A server that was not started: requests are handed to it."""
    return HttpServer()


@pytest.fixture
def ask(server: HttpServer) -> Callable[[Request], tuple[int, str]]:
    """Hands a request to the server in memory; returns status and body of the answer."""

    def ask(request: Request) -> tuple[int, str]:
        sent: list[tuple[int, bytes]] = []

        def send(response: Response) -> bool:
            sent.append((response.status, b"".join(response.pieces())))
            return True

        server.answer(request, send)
        assert len(sent) == 1, "a request is answered once"
        status, body = sent[0]
        return status, body.decode()

    return ask


@pytest.fixture
def running() -> Iterator[HttpServer]:
    """A server that listens on a free port."""
    server = HttpServer()
    server.start()
    yield server
    server.stop()
