"""What several test files need."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from robot import api

from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Headers, Response, text_response
from HttpServerLibrary.engine.phrase import UNMASKED, Masking
from HttpServerLibrary.engine.problem import ProblemRecord
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import SendsAtOnce
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.replies import MemoryReply

# Seconds. No machine stands still for so long: what has not come by then never comes.
LONG = 60

needs_secrets = pytest.mark.skipif(not hasattr(api, "types"), reason="Robot Framework before 7.4 has no secrets")

# Characters of a line in a message.
MAX_COLUMNS = 4000

# The fixture `ask`: status and body of the answer to a request.
Ask = Callable[[Request], tuple[int, str]]

# The fixture `assert_text`: a text, and the name of its file in utest/expected.
AssertText = Callable[[str, str], None]


def wait_until(condition: Callable[[], object]) -> None:
    """For what happens in another thread or program, which no event announces here."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@dataclass(frozen=True)
class Told:
    """An explanation of the given lines, and in short."""

    text: str
    short: str = ""

    def message(self, masking: Masking) -> str:
        return self.text

    def first_line(self, masking: Masking) -> str:
        return self.text.split("\n")[0]

    def brief(self, masking: Masking) -> str:
        return self.short or self.first_line(masking)


def failure(text: str = "HANDLER ERROR: boo", short: str = "") -> ProblemRecord:
    """A problem that is explained by a text."""
    return ProblemRecord("HANDLER ERROR", Told(text, short), UNMASKED)


class Sent(NamedTuple):
    """A response as the server handed it to the wire, read to its end."""

    status: int
    headers: Headers
    body: bytes


def responses_to(server: HttpServer, *requests: Request) -> list[Sent]:
    """Hands the requests to the server in memory; returns all that it sends."""
    sent: list[Sent] = []

    def send(response: Response) -> None:
        sent.append(Sent(response.status, response.headers, b"".join(response.pieces())))

    for request in requests:
        server.answer(request, MemoryReply(send))
    return sent


class ForwardedTo(SendsAtOnce):
    """Answers by itself, as if the answer were that of a service."""

    takes_time = False

    def __init__(self, url: str) -> None:
        self._url = url

    def respond(self, occasion: Occasion) -> Response:
        occasion.forward(self._url)
        return text_response(200, "ok")


def expect(
    server: HttpServer, path: str = "ANY", kind: Kind = Kind.PERMANENT, times: int | None = None, **fields: Any
) -> Expectation:
    """Registers an expectation that answers with a short text."""
    expectation = server.book.register(kind, RequestDescription(path, **fields), times)
    expectation.responder = respond_data("ok")
    return expectation


def line_after(text: str, beginning: str) -> str:
    """The line after the first one that begins like this."""
    lines = text.split("\n")
    return lines[next(number for number, line in enumerate(lines) if line.startswith(beginning)) + 1]


def lines_from(text: str, beginning: str) -> list[str]:
    """The lines from the first one on that begins like this."""
    lines = text.split("\n")
    return lines[next(number for number, line in enumerate(lines) if line.startswith(beginning)) :]


def rows(lines: list[str]) -> int:
    """How Robot Framework counts the lines of a message before it cuts it: long ones are several."""
    return sum(max(1, -(-len(line) // 78)) for line in lines)


def assert_fits_a_log(text: str) -> None:
    lines = text.split("\n")
    assert rows(lines) <= 40
    assert max(map(len, lines)) <= MAX_COLUMNS
    assert all(line.isprintable() for line in lines), [line for line in lines if not line.isprintable()]
