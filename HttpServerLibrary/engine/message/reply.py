"""The interface between the server and the wire: how to respond to the client."""

from __future__ import annotations

from typing import Protocol

from .response import Response


class Reply(Protocol):
    """The reply to one request, created by the wire and used by the server and its responders."""

    def send(self, response: Response) -> bool:
        """Sends the response; returns whether all of it was sent. Can be called once."""
        ...

    def step_aside(self) -> None:
        """Lets another thread serve all other connections. Call it before anything that may take long."""
        ...

    def wait(self, seconds: float) -> None:
        """Waits, but no longer than the server runs."""
        ...
