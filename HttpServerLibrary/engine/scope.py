"""The time in which something lives: a suite or a test, seen from the engine."""

from __future__ import annotations

import time


class Scope:
    """What was made while a scope was the innermost one leaves when it closes.

    ``started`` is when the suite or test started, in seconds since the epoch.
    """

    __slots__ = ("closed", "name", "started")

    def __init__(self, name: str, started: float | None = None) -> None:
        self.name = name
        self.started = time.time() if started is None else started
        self.closed = False

    def __repr__(self) -> str:
        return f"<Scope {self.name}>"
