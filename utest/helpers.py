"""What several test files need."""

from __future__ import annotations

from collections.abc import Callable

from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.server import HttpServer

# Seconds. No machine stands still for so long: what has not come by then never comes.
LONG = 60

# The fixture `ask`: status and body of the answer to a request.
Ask = Callable[[Request], tuple[int, str]]


def responses_to(server: HttpServer, *requests: Request) -> list[Response]:
    """Hands the requests to the server in memory; returns all that it sends."""
    sent: list[Response] = []

    def send(response: Response) -> bool:
        sent.append(response)
        return True

    for request in requests:
        server.answer(request, send)
    return sent
