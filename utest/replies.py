"""Replies without a connection, for tests that hand requests to a server in memory."""

from __future__ import annotations

from collections.abc import Callable

from HttpServerLibrary.engine.message.reply import Ending, GoOn, Wake
from HttpServerLibrary.engine.message.response import Response


class MemoryReply:
    """Goes to a function instead of a client, which is gone when that returns False. It never waits."""

    has_body = True
    stopped = False
    abandoned = False
    broken: Ending | None = None

    def __init__(self, send: Callable[[Response], object] = lambda response: True) -> None:
        self._send = send
        self.written: list[bytes] = []
        self.ending: Ending | None = None
        self.held: GoOn | None = None
        self.held_for: float | None = None

    def send(self, response: Response) -> bool:
        return self._send(response) is not False

    def begin(self, response: Response) -> bool:
        return self._send(response.with_body()) is not False

    def write(self, *pieces: bytes) -> bool:
        self.written += pieces
        return True

    def finish(self, ending: Ending = Ending.END) -> int:
        self.ending = ending
        return 0

    def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
        self.held = go_on
        self.held_for = seconds

    def resume(self) -> None:
        self.wake(Wake.RESUMED)

    def wake(self, why: Wake) -> None:
        """Lets a held reply go on."""
        go_on, self.held = self.held, None
        if go_on is not None:
            go_on(why)

    def step_aside(self) -> None:
        pass

    def wait(self, seconds: float) -> None:
        pass
