"""A response that is sent after a delay."""

from __future__ import annotations

from datetime import timedelta

from ..message.reply import RecordingReply
from ..message.response import Response
from .responder import Responder, Wrapper
from .seconds import seconds_of


def delayed(responder: Responder, delay: float | timedelta) -> Responder:
    """The responder with a delay in seconds before its response is sent. Raises `UsageError`."""
    seconds = seconds_of(delay, "delay")
    return Delayed(responder, seconds) if seconds else responder


class Delayed(Wrapper):
    """Waits before it sends. The response is already in the journal, and the wait ends when the server stops."""

    def __init__(self, responder: Responder, seconds: float) -> None:
        super().__init__(responder)
        self.delay += seconds
        self.takes_time = True
        self._seconds = seconds

    def send(self, response: Response, reply: RecordingReply) -> None:
        reply.wait(self._seconds)
        super().send(response, reply)
