"""What keeps chance out of all tests.

The examples of property tests are always the same ones, so that only a change of the code can make them fail.
New ones are looked for on purpose: ``pytest --hypothesis-profile=search --hypothesis-seed=N``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from atest.resources.ExpectedTexts import ROOT, difference, update
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, responses_to

T = TypeVar("T")

# How fast a machine makes and runs an example says nothing of the library.
settings.register_profile(
    "same", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("same"), derandomize=False, max_examples=3000, print_blob=True)
settings.load_profile("same")

UPDATE = "--update-expected"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(UPDATE, action="store_true", help="rewrite the files in utest/expected whose texts differ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in [report for reports in terminalreporter.stats.values() for report in reports]:
        for name, value in getattr(report, "user_properties", []):
            if name == UPDATE and report.when == "call":
                terminalreporter.write_line(f"Rewrote {value}")


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def assert_text(request: pytest.FixtureRequest) -> AssertText:
    """Asserts that a text is the one in ``utest/expected/<name>.txt``, with placeholders for URLs, times and durations.

    With ``--update-expected`` the text becomes the expected one.
    """

    def check(text: str, name: str) -> None:
        file = ROOT / "utest" / "expected" / f"{name}.txt"
        found = difference(text, file, UPDATE)
        if found and request.config.getoption(UPDATE):
            update(text, file)
            # Not printed here: a process of pytest-xdist has no terminal.
            request.node.user_properties.append((UPDATE, file.relative_to(ROOT).as_posix()))
        elif found:
            pytest.fail(found, pytrace=False)

    return check


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
def ask(server: HttpServer) -> Ask:
    """Hands a request to the server in memory; returns status and body of the answer."""

    def ask(request: Request) -> tuple[int, str]:
        (sent,) = responses_to(server, request)
        return sent.status, sent.body.decode()

    return ask


@pytest.fixture
def running() -> Iterator[HttpServer]:
    """A server that listens on a free port."""
    server = HttpServer()
    server.start()
    yield server
    server.stop()
