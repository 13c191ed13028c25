"""What keeps chance out of all tests.

The examples of property tests are always the same ones, so that only a change of the code can make them fail.
New ones are looked for on purpose: ``pytest --hypothesis-profile=search --hypothesis-seed=N``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.server import HttpServer
from utest.replies import MemoryReply

T = TypeVar("T")

# How fast a machine makes and runs an example says nothing of the library.
settings.register_profile(
    "same", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("same"), derandomize=False, max_examples=3000, print_blob=True)
settings.load_profile("same")


@pytest.fixture
def on_own_port() -> Callable[[Callable[[int], T]], T]:
    """Calls a function with a port that is free, and that the system gives to no other program by itself.

    One from port 0 is anybody's as soon as it is closed, for example that of another test at the same time.
    """
    # Not the chance that seeds are planted for: all workers would choose the same ports.
    chance = random.SystemRandom()

    def call(function: Callable[[int], T]) -> T:
        for _ in range(20):
            port = chance.randrange(20_000, 32_000)
            try:
                return function(port)
            except UsageError as error:
                taken = error
        raise taken

    return call


@pytest.fixture
def server() -> HttpServer:
    """A server that was not started: requests are handed to it."""
    return HttpServer()


@pytest.fixture
def ask(server: HttpServer) -> Callable[[Request], tuple[int, str]]:
    """Hands a request to the server in memory; returns status and body of the answer."""

    def ask(request: Request) -> tuple[int, str]:
        sent: list[tuple[int, bytes]] = []

        def send(response: Response) -> None:
            sent.append((response.status, b"".join(response.pieces())))

        server.answer(request, MemoryReply(send))
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
