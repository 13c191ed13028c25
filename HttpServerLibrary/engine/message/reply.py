"""The interface between the server and the wire: how to respond to the client."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from .response import Response


class Abandoned(Exception):
    """Raised by a body that ends early because nobody waits for the response any longer."""


class Ending(str, Enum):
    """How a response ends; users see the values."""

    END = "END"
    """As HTTP says: the body is complete, and the connection can be used again."""

    CLOSE = "CLOSE"
    """The connection is closed, whatever was announced."""

    RESET = "RESET"
    """The connection is reset."""

    HANG = "HANG"
    """Nothing more is sent, until the client leaves."""

    STALE = "STALE"
    """The connection is closed after a complete response that did not announce it."""

    KEEP = "KEEP"
    """The connection is used again, whatever was sent."""

    def __str__(self) -> str:
        return self.value


class Wake(Enum):
    """Why a reply that was held goes on."""

    RESUMED = 0
    TIMEOUT = 1

    LEFT = 2
    """The client has closed its side of the connection, or the whole connection."""


GoOn = Callable[[Wake], None]


class Reply(Protocol):
    """The reply to one request, created by the wire and used by the server and its responders.

    It is sent whole by `send`; or by `begin`, `write` and `finish`. Without `begin`, the bytes of `write` are sent as
    they are, in place of a response.
    """

    def send(self, response: Response) -> bool:
        """Sends the response; returns whether all of it was sent. Can be called once."""
        ...

    def begin(self, response: Response) -> bool:
        """Sends the head of the response; returns whether that was possible."""
        ...

    def write(self, *pieces: bytes) -> bool:
        """Sends pieces of the body; returns whether that was possible. Does nothing if the response has no body."""
        ...

    def finish(self, ending: Ending = Ending.END) -> int:
        """Ends the reply; returns how many of the bytes that were written never reached the client.

        Before a reset it waits, but not long, until they have.
        """
        ...

    @property
    def broken(self) -> Ending | None:
        """How the connection was broken on purpose meanwhile, by someone else: then nothing more can be sent."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether nothing more can be sent because the server stops."""
        ...

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the response, so that it need not be made: looks now, without waiting.

        The client has closed its side of the connection, or the connection was broken or the server stopped.
        """
        ...

    @property
    def has_body(self) -> bool:
        """Whether the response that `begin` began has a body."""
        ...

    def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
        """Keeps the connection open without a thread. It is the last call before the answering function returns.

        A thread of the server calls ``go_on`` when `resume` is called, when the client leaves, which is noticed once,
        and after so many seconds. Then the reply must be finished or held again. ``go_on`` may be called without need.
        """
        ...

    def resume(self) -> None:
        """Makes a held reply go on. May be called by any thread, and before the reply is held."""
        ...

    def step_aside(self) -> None:
        """Lets another thread serve all other connections. Call it before anything that may take long."""
        ...

    def wait(self, seconds: float) -> None:
        """Waits, but no longer than the server runs."""
        ...


class Stream(Protocol):
    """An open response that the test continues. Any thread may call it."""

    @property
    def is_open(self) -> bool:
        """Whether anything can be added."""
        ...

    def put(self, *pieces: bytes) -> bool:
        """Sends these pieces of the body after everything before them; returns False if it is not open."""
        ...

    def end(self, ending: Ending) -> bool:
        """Ends the response after everything before; returns False if it is not open."""
        ...

    def cut(self) -> None:
        """Ends the response now, after what was put, but without what was due later."""
        ...


class RecordingReply(Reply, Protocol):
    """A reply as responders get it: what it sends is recorded."""

    def breaks(self, ending: Ending) -> None:
        """Says beforehand how the response will be broken on purpose, so that it is known before the client sees it."""
        ...

    def send_stale(self, response: Response) -> None:
        """Sends the response, then closes the connection without having said so, on purpose."""
        ...

    def opened(self, stream: Stream) -> None:
        """From now on, the test can continue the response."""
        ...

    def closed(self) -> None:
        """The test can continue the response no longer."""
        ...

    def left(self) -> None:
        """The client left before the response was complete."""
        ...
