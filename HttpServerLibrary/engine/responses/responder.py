"""Makes the response of an expectation."""

from __future__ import annotations

from typing import Protocol

from ..message.request import Request
from ..message.response import Response
from ..phrase import Phrase, text


class Responder(Protocol):
    """Gives a response to each request, after a delay in seconds.

    One that ``takes_time``, because it waits or runs code of others, must not keep other requests waiting.
    """

    @property
    def delay(self) -> float: ...

    @property
    def takes_time(self) -> bool: ...

    def respond(self, request: Request) -> Response: ...


class HandlerFailed(Exception):
    """Making a response went wrong; ``cause`` is what user code raised, if it was called."""

    def __init__(self, reason: Phrase, cause: BaseException | None = None) -> None:
        super().__init__(text(reason))
        self.reason = reason
        self.cause = cause
