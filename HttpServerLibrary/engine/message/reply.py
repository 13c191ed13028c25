"""The door between the wire and the server: the way back to the client."""

from __future__ import annotations

from typing import Protocol

from .response import Response


class Reply(Protocol):
    """The reply to one request, made by the wire and used by the server and its responders."""

    def send(self, response: Response) -> bool:
        """Sends the response; returns whether all of it was sent. Can be called once."""
        ...

    def step_aside(self) -> None:
        """Lets another thread serve all other connections. To be called before what may take long."""
        ...

    def wait(self, seconds: float) -> None:
        """Waits, but not longer than the server runs."""
        ...
