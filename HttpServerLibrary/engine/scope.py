"""A lifetime: a suite or a test, as the engine sees it."""

from __future__ import annotations

import time


class Scope:
    """Everything made while a scope is the innermost one ends when the scope closes.

    ``started`` is when the suite or test started, in seconds since the epoch.
    """

    __slots__ = ("closed", "name", "started")

    def __init__(self, name: str, started: float | None = None) -> None:
        self.name = name
        self.started = time.time() if started is None else started
        self.closed = False

    def __repr__(self) -> str:
        return f"<Scope {self.name}>"
