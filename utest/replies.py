"""Replies without a connection, for tests that hand requests to a server in memory."""

from __future__ import annotations

from collections.abc import Callable

from HttpServerLibrary.engine.message.response import Response


class MemoryReply:
    """Goes to a function instead of a client, which is gone when that returns False. It never waits."""

    def __init__(self, send: Callable[[Response], object] = lambda response: True) -> None:
        self._send = send

    def send(self, response: Response) -> bool:
        return self._send(response) is not False

    def step_aside(self) -> None:
        pass

    def wait(self, seconds: float) -> None:
        pass
