"""How much a template may do."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final, NamedTuple

from jinja2.runtime import Context, Undefined

from ...words import counted, duration_text

# What an item of a list takes, in characters.
ITEM: Final = 8


class Limits(NamedTuple):
    """The most that one rendering may do."""

    rounds: int = 100_000
    size: int = 16 * 1024 * 1024
    seconds: float = 10


class OverLimit(Exception):
    """The template does more than it may; the message says what the limit is."""


class CannotBeUsed(Exception):
    """A value or method that a template cannot use; the message says why."""


class Budget:
    """What is left for a rendering."""

    __slots__ = ("_end", "limits", "rounds", "size")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rounds = limits.rounds
        self.size = limits.size
        self._end = perf_counter() + limits.seconds

    def charge(self, size: int) -> None:
        self.size -= max(0, size)
        if self.size < 0:
            raise OverLimit(f"it makes more than {counted(self.limits.size, 'character')}, the limit for templates")

    def charge_for(self, value: Any) -> None:
        self.charge(weight(value, self.size))

    def check(self, value: Any) -> None:
        """The same, but takes nothing."""
        size = self.size
        self.charge_for(value)
        self.size = size

    def check_clock(self) -> None:
        if perf_counter() > self._end:
            raise OverLimit(f"it takes more than {duration_text(self.limits.seconds)}, the limit for templates")

    def too_many_rounds(self) -> OverLimit:
        return OverLimit(f"it loops more than {counted(self.limits.rounds, 'time')}, the limit for templates")


class TemplateContext(Context):
    """The names of a rendering, and its budget."""

    budget: Budget


def weight(value: Any, most: int) -> int:
    """How many characters a value has when it is written, about; counts no further than just over ``most``."""
    total = 0
    rest = [value]
    while rest and total <= most:
        entry = rest.pop()
        if isinstance(entry, (str, bytes)):
            total += len(entry)
        elif isinstance(entry, Mapping):
            total += ITEM * (1 + 2 * len(entry))
            if total <= most:
                rest.extend(entry)
                rest.extend(entry.values())
        elif isinstance(entry, (list, tuple)):
            total += ITEM * (1 + len(entry))
            if total <= most:
                rest.extend(entry)
        elif isinstance(entry, range):
            total += ITEM * (1 + len(entry))
        else:
            fail_if_missing(entry)
            total += ITEM
    return total


def fail_if_missing(value: Any) -> None:
    if isinstance(value, Undefined):
        # Raises its error.
        str(value)
