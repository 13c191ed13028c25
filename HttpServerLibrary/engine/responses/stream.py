"""Responses in pieces that the test continues: events (text/event-stream) and chunks.

A stream has a script, which is known when the response is registered, and may stay open after it. Whatever the test
sends while it is open goes into a queue; a thread of the server writes it. While the queue is empty, the reply is held,
which takes no thread. So the test never waits for a client, and a client that reads slowly delays only itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from ..message.reply import Ending, RecordingReply, Wake
from ..message.response import Response
from .arguments import Pairs, check_status
from .occasion import Occasion
from .responder import SendsAtOnce


class StreamEnd(Enum):
    """What follows the last piece of a stream."""

    END = "END"
    """The response is complete."""

    STAY_OPEN = "STAY_OPEN"
    """The response stays open for the test to continue."""

    CLOSE = "CLOSE"
    """The connection is closed in the middle of the response."""

    RESET = "RESET"
    """The connection is reset."""


class EndHow(Enum):
    """How an open stream ends."""

    END = "END"
    """The response is complete."""

    CLOSE = "CLOSE"
    """The connection is closed in the middle of the response."""

    RESET = "RESET"
    """The connection is reset."""


class Step(NamedTuple):
    """A piece of a stream, after so many seconds."""

    seconds: float
    data: bytes


Script = Callable[[Occasion], Sequence[Step]]
"""Makes the pieces for a request. Raises `ResponseFailed`."""


class StreamResponder(SendsAtOnce):
    """Sends the pieces of its script, then ends the response or leaves it open."""

    # The time between its pieces.
    takes_time = True

    def __init__(self, script: Script, *, status: int | str, pairs: Pairs, end: StreamEnd) -> None:
        self._script = script
        self._status = check_status(status)
        self._pairs = pairs
        self._end = end

    def respond(self, occasion: Occasion) -> Response:
        steps = self._script(occasion)
        return Response(self._status.code, self._pairs, _Steps(steps), reason=self._status.reason)

    def send(self, response: Response, reply: RecordingReply) -> None:
        steps = response.body.steps if isinstance(response.body, _Steps) else ()
        if reply.begin(response):
            OpenStream(reply).run(steps, self._end)


class _Steps:
    """The body of a stream, as far as it is known before it is sent."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[bytes]:
        return (step.data for step in self.steps)


class OpenStream:
    """A `Stream`: a response that has begun, and what the test adds to it."""

    def __init__(self, reply: RecordingReply) -> None:
        self._reply = reply
        # What was added and is not written yet. Its operations are atomic.
        self._queue: deque[bytes | Ending] = deque()
        # Whether the reply was resumed and has not gone on yet.
        self._resumed = False

    def run(self, steps: Sequence[Step], end: StreamEnd) -> None:
        """Sends the script, then what was added meanwhile, and ends or goes on when something is added."""
        reply = self._reply
        if not reply.has_body:
            # The response to HEAD.
            reply.finish()
            return
        reply.opened(self)
        for seconds, data in steps:
            if seconds:
                reply.step_aside()
                reply.wait(seconds)
            if not reply.write(data):
                reply.closed()
                return
        if end is not StreamEnd.STAY_OPEN:
            self._queue.append(Ending(end.value))
        self._go_on(Wake.RESUMED)

    def put(self, *pieces: bytes) -> None:
        self._queue.extend(pieces)
        self._resume()

    def end(self, ending: Ending) -> None:
        self._queue.append(ending)
        self._resume()

    def _resume(self) -> None:
        if not self._resumed:
            self._resumed = True
            self._reply.resume()

    def _go_on(self, why: Wake) -> None:
        reply = self._reply
        # First, so that what is added from now on resumes it again.
        self._resumed = False
        if why is Wake.LEFT:
            reply.left()
            reply.closed()
            reply.finish(Ending.CLOSE)
            return
        pieces: list[bytes] = []
        while self._queue:
            entry = self._queue.popleft()
            if isinstance(entry, Ending):
                if not pieces or reply.write(*pieces):
                    reply.finish(entry)
                reply.closed()
                return
            pieces.append(entry)
        if pieces and not reply.write(*pieces):
            reply.closed()
            return
        reply.hold(self._go_on)
