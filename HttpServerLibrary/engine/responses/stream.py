"""Responses in pieces that the test continues: events (text/event-stream) and chunks.

A stream has a script, which is known when the response is registered, and may stay open after it. Whatever the test
sends while it is open goes into a queue; a thread of the server writes it after the script. During a pause of the
script, and while the queue is empty, the reply is held, which takes no thread. So the test never waits for a client,
and a client that reads slowly delays only itself.

The reply is resumed once for all that is added until it goes on. An interrupt of the test's thread may come between any
two steps of that: then the next piece resumes the reply again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from ..arguments import member
from ..interrupts import InterruptSafeLock, locked
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


def ending(how: object) -> Ending:
    """The ending that a user gave. Raises `UsageError`."""
    return Ending(member(EndHow, how, "how").value)


class Step(NamedTuple):
    """A piece of a stream, after so many seconds."""

    seconds: float
    data: bytes


Script = Callable[[Occasion], Sequence[Step]]
"""Makes the pieces for a request. Raises `ResponseFailed`."""


class StreamResponder(SendsAtOnce):
    """Sends the pieces of its script, then ends the response or leaves it open."""

    def __init__(
        self, script: Script, *, status: int | str, pairs: Pairs, end: StreamEnd, takes_time: bool = False
    ) -> None:
        self.takes_time = takes_time
        self._script = script
        self._status = check_status(status)
        self._pairs = pairs
        self._end = end

    def respond(self, occasion: Occasion) -> Response:
        steps = self._script(occasion)
        return Response(self._status.code, self._pairs, _Steps(steps), reason=self._status.reason)

    def send(self, response: Response, reply: RecordingReply) -> None:
        steps = response.body.steps if isinstance(response.body, _Steps) else ()
        if not reply.begin(response):
            return
        if reply.has_body:
            OpenStream(reply, steps, self._end).start()
        else:
            # The response to HEAD.
            reply.finish()


class _Steps:
    """The body of a stream, as far as it is known before it is sent."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[bytes]:
        return (step.data for step in self.steps)


class OpenStream:
    """A `Stream`: a response that has begun, and what the test adds to it."""

    def __init__(self, reply: RecordingReply, steps: Sequence[Step], end: StreamEnd) -> None:
        self._reply = reply
        # Used only by the thread that lets the reply go on.
        self._script = deque(steps)
        self._due: float | None = None
        self._then = None if end is StreamEnd.STAY_OPEN else Ending(end.value)
        # Guards the following two.
        self._lock = InterruptSafeLock()
        # What was added and is not written yet.
        self._added: list[bytes] = []
        # How the response ends; then nothing can be added.
        self._ending: Ending | None = None
        # Whether the rest of the script is left out.
        self._is_cut = False
        # Whether the reply was resumed and has not gone on yet.
        self._resumed = False

    @property
    def is_open(self) -> bool:
        return self._ending is None

    def start(self) -> None:
        """Begins with the script, after the head was sent."""
        self._reply.opened(self)
        self._go_on(Wake.RESUMED)

    def put(self, *pieces: bytes) -> bool:
        return self._add(pieces) and self._resume()

    def end(self, ending: Ending) -> bool:
        return self._close(ending) and self._resume()

    def cut(self) -> None:
        self._close(Ending.END)
        self._is_cut = True
        self._resume()

    @locked
    def _add(self, pieces: Sequence[bytes]) -> bool:
        if self._ending is None:
            self._added += pieces
        return self._ending is None

    @locked
    def _close(self, ending: Ending) -> bool:
        """Lets nothing more be added; returns False if that was so already."""
        was_open = self._ending is None
        if was_open:
            self._ending = ending
        return was_open

    @locked
    def _take(self) -> tuple[list[bytes], Ending | None]:
        """What was added, and how the response ends after it, if it ends."""
        if self._ending is None:
            self._ending = self._then
        added, self._added = self._added, []
        return added, self._ending

    def _resume(self) -> bool:
        if not self._resumed:
            try:
                self._resumed = True
                self._reply.resume()
            except BaseException:
                # An interrupt: whether it was resumed is not known.
                self._resumed = False
                raise
        return True

    def _go_on(self, why: Wake) -> None:
        reply = self._reply
        # First, so that what is added from now on resumes it again.
        self._resumed = False
        if why is Wake.LEFT:
            reply.left()
            self._close(Ending.CLOSE)
            reply.finish(Ending.CLOSE)
            reply.closed()
            return
        pieces, pause = self._play()
        if pause is not None:
            if self._write(pieces):
                reply.hold(self._go_on, pause)
            return
        added, ending = self._take()
        if not self._write([*pieces, *added]):
            return
        if ending is None:
            reply.hold(self._go_on)
        else:
            reply.finish(ending)
            reply.closed()

    def _play(self) -> tuple[list[bytes], float | None]:
        """The pieces of the script that are due, and the seconds until the next one; None at the end of the script."""
        pieces: list[bytes] = []
        while self._script and not self._is_cut:
            seconds, data = self._script[0]
            if seconds:
                now = time.monotonic()
                if self._due is None:
                    self._due = now + seconds
                if now < self._due:
                    return pieces, self._due - now
                self._due = None
            pieces.append(data)
            self._script.popleft()
        return pieces, None

    def _write(self, pieces: Sequence[bytes]) -> bool:
        """Sends pieces; returns False if the client is gone, with which the stream ends."""
        if not pieces or self._reply.write(*pieces):
            return True
        self._close(Ending.CLOSE)
        self._reply.closed()
        return False
