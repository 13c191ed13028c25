"""Connections that are broken on purpose, before any request."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from ..message.reply import Ending


class Break(Enum):
    """How connections are broken."""

    REFUSE = "REFUSE"
    """The server keeps its port, and connections to it are refused."""

    CLOSE = "CLOSE"
    """Connections are accepted and closed at once."""

    RESET = "RESET"
    """Connections are accepted and reset at once."""

    HANG = "HANG"
    """Connections are accepted, and nothing is ever sent."""


# What happens to a connection that is open, or gets as far as this server.
ENDINGS: Final = {
    Break.REFUSE: Ending.CLOSE,
    Break.CLOSE: Ending.CLOSE,
    Break.RESET: Ending.RESET,
    Break.HANG: Ending.HANG,
}
_DONE: Final = {Ending.CLOSE: "closed", Ending.RESET: "reset", Ending.HANG: "left hanging"}


def done(ending: Ending) -> str:
    """What was done to a connection, in words."""
    return _DONE[ending]


class Breaking:
    """Breaks all connections from now on, or so many of them."""

    def __init__(self, how: Break, times: int | None = None) -> None:
        self.how = how
        self.left = times
        """How many more; None without an end."""

    @property
    def used_up(self) -> bool:
        return self.left == 0

    def take(self) -> None:
        """Counts a connection that is broken."""
        if self.left:
            self.left -= 1


def first(breakings: Sequence[Breaking]) -> Breaking | None:
    """The one that applies: the first one that is not used up."""
    return next((breaking for breaking in breakings if not breaking.used_up), None)
