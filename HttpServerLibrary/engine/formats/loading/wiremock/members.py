"""The members of a JSON object in a file, with their places."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ....matching.difference import Step
from ....visible import quote
from ..documents import kind_of
from ..loaded import NotUnderstood


class Members:
    """Reads an object member by member. What is missing is None, and so is null.

    Raises `NotUnderstood` for a member of the wrong kind, with the steps that lead to it.
    """

    def __init__(self, value: Any, *steps: Step) -> None:
        self.steps = steps
        if not isinstance(value, Mapping):
            raise NotUnderstood(f"an object is needed, not {kind_of(value)}", *steps)
        self._value = value

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def has(self, name: str) -> bool:
        """Whether the member is there, even if it is null."""
        return name in self._value

    def only(self, known: Collection[str], what: str) -> None:
        """Rejects all other members."""
        for name in self._value:
            if name not in known:
                raise NotUnderstood(f"{what} has no member {quote(name)}", *self.steps, name)

    def wrong(self, name: str, needed: str) -> NotUnderstood:
        return NotUnderstood(f"{needed} is needed, not {kind_of(self._value.get(name))}", *self.steps, name)

    def any(self, name: str) -> Any:
        return self._value.get(name)

    def text(self, name: str) -> str | None:
        value = self._value.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "text")
        return value

    def needed_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise self.wrong(name, "text")
        return value

    def number(self, name: str) -> float | None:
        value = self._value.get(name)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.wrong(name, "a number") from None
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.wrong(name, "a number")
        # What is read as WireMock does may be NaN, and what is too large is infinite.
        if isinstance(value, float) and not math.isfinite(value):
            raise self.wrong(name, "a finite number")
        return value

    def integer(self, name: str) -> int | None:
        value = self.number(name)
        if value is not None and value != int(value):
            raise self.wrong(name, "a whole number")
        return None if value is None else int(value)

    def flag(self, name: str) -> bool:
        value = self._value.get(name)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return bool(value)

    def object(self, name: str) -> Members | None:
        value = self._value.get(name)
        return None if value is None else Members(value, *self.steps, name)

    def items(self, name: str) -> list[tuple[Any, tuple[Step, ...]]]:
        """The items of a list, each with the steps that lead to it."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return [(item, (*self.steps, name, index)) for index, item in enumerate(value)]

    def named(self) -> Iterator[tuple[str, Any, tuple[Step, ...]]]:
        """All members, each with the steps that lead to it."""
        for name, value in self._value.items():
            yield name, value, (*self.steps, name)
