"""How far the answer to a request has come, where it is not simply sent whole."""

from __future__ import annotations

from ..message.reply import Ending, Reply, Stream
from ..outbound.callback import CallbackRecord


class Progress:
    """What happened to an answer that is held, sent in pieces, or broken on purpose.

    ``held`` once the request was left to the test. ``unanswered`` says by when the test had to answer it, if it did
    not. ``begun`` once the head, or the first raw bytes, were sent. ``sent`` is how many bytes of the body were sent,
    and ``size`` how many it has, if that is known. ``broken`` says how the response was broken on purpose. ``left``
    says that the client left before the end, and ``stopped`` that the server stopped before it. ``ended`` says what
    else ended it early, such as ``test 'A' ended``. ``stream`` is there
    while the response is open, and ``was_open`` says that it was open at some time. ``callbacks`` are the requests that
    the server sends after the response.
    """

    __slots__ = (
        "begun",
        "broken",
        "callbacks",
        "counted",
        "ended",
        "held",
        "left",
        "raw",
        "sent",
        "size",
        "stopped",
        "stream",
        "unanswered",
        "was_open",
    )

    def __init__(self) -> None:
        self.held = False
        self.unanswered: str | None = None
        self.begun = False
        self.raw = False
        self.sent = 0
        self.size: int | None = None
        self.broken: Ending | None = None
        self.left = False
        self.stopped = False
        self.ended: str | None = None
        self.stream: Stream | None = None
        self.was_open = False
        self.callbacks: list[CallbackRecord] = []
        # Whether it counts as sent for those who wait for that.
        self.counted = False

    def lose(self, reply: Reply) -> None:
        """Notes that no more can be sent, and why."""
        self.broken = reply.broken
        if reply.broken is not None:
            return
        if reply.stopped:
            self.stopped = True
        elif self.ended is None:
            self.left = True

    @property
    def fault(self) -> str | None:
        """What was done to the response on purpose, and where; None if nothing was."""
        return None if self.broken is None else f"{self.broken} {self.place}"

    @property
    def note(self) -> str | None:
        """What is special about how the response was sent; None if nothing is."""
        if self.broken is not None:
            return f"{self.fault}, on purpose"
        if self.stopped and self.begun:
            return f"the server stopped {self.place}"
        if self.ended is not None:
            return f"{self.ended} {self.place}"
        if self.left:
            return f"the client left {self.place}"
        return None

    @property
    def place(self) -> str:
        """How much of the response was sent, as words after what happened."""
        if self.broken is Ending.STALE:
            return "after the response"
        if not self.begun or (self.raw and not self.sent):
            return "before anything was sent"
        if self.raw or self.size is None:
            return f"after {_bytes(self.sent)}"
        if not self.sent:
            return "after the head"
        return f"after {self.sent} of {_bytes(self.size)}"


def _bytes(number: int) -> str:
    # Without separators, because tests compare it.
    return f"{number} byte{'' if number == 1 else 's'}"
