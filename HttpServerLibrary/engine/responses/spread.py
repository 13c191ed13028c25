"""A response whose body is sent over some time, in equal pieces."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import ceil
from typing import Final

from ..message.reply import RecordingReply
from ..message.response import Response
from .responder import Responder, Wrapper
from .seconds import seconds_of

# The seconds from piece to piece, and the most pieces.
_STEP: Final = 0.05
_MAX_PIECES: Final = 1000


def spread(responder: Responder, duration: float | timedelta) -> Responder:
    """The responder with a time over which its body is sent. Raises `UsageError`."""
    seconds = seconds_of(duration, "duration")
    return Spread(responder, seconds) if seconds else responder


class Spread(Wrapper):
    """Sends the body in equal pieces; the last one is sent when the time is over."""

    def __init__(self, responder: Responder, seconds: float) -> None:
        super().__init__(responder)
        self.takes_time = True
        self._seconds = seconds

    def send(self, response: Response, reply: RecordingReply) -> None:
        try:
            pieces, length = response.pieces(), response.length
            if length is None:
                # Equal pieces need the size of all of it.
                body = b"".join(pieces)
                pieces, length = iter([body]), len(body)
            if reply.begin(response) and write_over(pieces, length, self._seconds, reply):
                reply.finish()
        finally:
            response.close()


def write_over(pieces: Iterable[bytes], length: int, seconds: float, reply: RecordingReply) -> bool:
    """Writes so many bytes in equal pieces over some time; returns whether the client took them."""
    if not reply.has_body:
        return True
    steps = max(1, min(length, _MAX_PIECES, ceil(seconds / _STEP))) if seconds else 1
    begun = time.monotonic()
    sent = 0
    for piece in equal(pieces, max(1, ceil(length / steps))):
        sent += len(piece)
        if sent > length:
            break
        if seconds:
            reply.step_aside()
            # By the clock, so that the time that writing takes does not add up.
            reply.wait(max(0.0, begun + seconds * sent / length - time.monotonic()))
        if not reply.write(piece):
            return False
    if sent != length:
        raise ValueError(f"the body has {sent} bytes or more, but its length was given as {length}")
    return True


def equal(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of this size; the last one may be smaller."""
    left = bytearray()
    for piece in pieces:
        left += piece
        while len(left) > size:
            yield bytes(left[:size])
            del left[:size]
    if left:
        yield bytes(left)
