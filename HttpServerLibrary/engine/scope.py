"""The time in which something lives: a suite or a test, seen from the engine."""

from __future__ import annotations


class Scope:
    """What was made while a scope was the innermost one leaves when it closes."""

    __slots__ = ("closed", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    def __repr__(self) -> str:
        return f"<Scope {self.name}>"
