"""What several test files need."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Headers, Response
from HttpServerLibrary.engine.server import HttpServer
from utest.replies import MemoryReply

# Seconds. No machine stands still for so long: what has not come by then never comes.
LONG = 60

# The fixture `ask`: status and body of the answer to a request.
Ask = Callable[[Request], tuple[int, str]]

# The fixture `assert_text`: a text, and the name of its file in utest/expected.
AssertText = Callable[[str, str], None]


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
