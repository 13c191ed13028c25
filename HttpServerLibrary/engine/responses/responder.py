"""Makes and sends the response of an expectation.

A responder has two steps: it makes the response to a request, and it sends it. Features of all responses, such as a
delay, are a `Wrapper` around any responder, which changes one of the steps.
"""

from __future__ import annotations

from typing import Protocol

from ..message.reply import RecordingReply
from ..message.response import Response
from ..phrase import Phrase, text
from ..problem import ProblemKind
from .occasion import Occasion


class Responder(Protocol):
    """Gives a response to each request of an expectation."""

    @property
    def takes_time(self) -> bool:
        """Whether it waits or runs user code, so that other requests must not wait for it."""
        ...

    @property
    def delay(self) -> float:
        """How many seconds it waits before it sends."""
        ...

    @property
    def fixed(self) -> Response | None:
        """The response, if it is the same for every request and simply sent."""
        ...

    @property
    def held_for(self) -> float | None:
        """How many seconds the test has to answer, if it answers by itself; None for any other response."""
        ...

    @property
    def is_faulty(self) -> bool:
        """Whether it is no proper response on purpose."""
        ...

    def respond(self, occasion: Occasion) -> Response:
        """Makes the response. Raises `ResponseFailed`."""
        ...

    def send(self, response: Response, reply: RecordingReply) -> None:
        """Sends the response that it made, which is already in the journal."""
        ...


class SendsAtOnce:
    """The second step of most responders."""

    delay = 0.0
    fixed: Response | None = None
    held_for: float | None = None
    is_faulty = False

    def send(self, response: Response, reply: RecordingReply) -> None:
        reply.send(response)


class Wrapper:
    """Wraps a responder and changes nothing; subclasses override the step that they change."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        self.takes_time = responder.takes_time
        self.delay = responder.delay
        self.fixed: Response | None = None
        self.held_for = responder.held_for
        self.is_faulty = responder.is_faulty

    def respond(self, occasion: Occasion) -> Response:
        return self._responder.respond(occasion)

    def send(self, response: Response, reply: RecordingReply) -> None:
        self._responder.send(response, reply)


class ResponseFailed(Exception):
    """Making a response failed; ``cause`` is the exception of user code, if it was called."""

    def __init__(self, reason: Phrase, cause: BaseException | None = None, kind: ProblemKind = "HANDLER ERROR") -> None:
        super().__init__(text(reason))
        self.reason = reason
        self.cause = cause
        self.kind = kind
