"""The lines of a body, which are made when they are asked for, each with the path of the value that begins on it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, Final, NamedTuple

from ..engine.masking.secrets import Secrets
from ..engine.visible import MASK, visible

MAX_DEPTH: Final = 50
"""Deeper values of JSON are left out, and deeper elements of XML are not indented further."""

Path = tuple[str | int, ...]
"""The steps to a value: names of members and indexes in JSON, the name of a form field, elements of XML."""


class Line(NamedTuple):
    """A line of a body. ``path`` leads to the value that begins on it; ``folded`` lines are shown on demand."""

    text: str
    path: Path | None = None
    folded: bool = False


def nearest(path: Path, known: Mapping[Path, object] | set[Path]) -> Path | None:
    """The path itself if it is known, or that of the nearest known value around it."""
    while path not in known:
        if not path:
            return None
        path = path[:-1]
    return path


class Outline(ABC):
    """A body as lines that are made on demand."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def find(self, path: Path) -> int | None:
        """The number of the line on which a value, or the nearest value around it, begins."""

    @abstractmethod
    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]: ...


class PlainOutline(Outline):
    """Lines that can only be made one after the other."""

    def __init__(self, make: Callable[[], Iterable[Line]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> list[Line]:
        return [*self._make()]

    @cached_property
    def _numbers(self) -> dict[Path, int]:
        numbers: dict[Path, int] = {}
        for number, line in enumerate(self._made):
            if line.path is not None:
                numbers.setdefault(line.path, number)
        return numbers

    def __len__(self) -> int:
        return len(self._made)

    def find(self, path: Path) -> int | None:
        at = nearest(path, self._numbers)
        return None if at is None else self._numbers[at]

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        # For most bodies, only the first lines are needed.
        return iter(self._made[start:stop] if start or stop else self._make())


class JsonOutline(Outline):
    """A JSON value. To make some of its lines, it visits only the objects and lists that contain them."""

    def __init__(self, value: Any, secrets: Secrets) -> None:
        self._value = value
        self._secrets = secrets
        self._masked: dict[str, bool] = {}
        # For each object and list, by identity: the line numbers of its entries and of its end.
        self._offsets: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._size(self._value, 0)

    def find(self, path: Path) -> int | None:
        number = 0
        value = self._value
        for depth, step in enumerate(path):
            if not _takes_lines(value, depth):
                break
            keys = [key for key, _ in self._entries(value)]
            if step not in keys:
                break
            index = keys.index(step)
            number += self._offsets_of(value, depth)[index]
            value = self._entries(value)[index][1]
        return number

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        # Counting lines takes time.
        lines = self._all(self._value, (), "", "")
        return (
            self._some(self._value, (), "", "", start, len(self) if stop is None else stop) if start or stop else lines
        )

    def _all(self, value: Any, path: Path, name: str, comma: str) -> Iterator[Line]:
        indent = "  " * len(path)
        if not _takes_lines(value, len(path)):
            yield Line(f"{indent}{name}{self._one_line(value)}{comma}", path)
            return
        yield Line(f"{indent}{name}{'{' if isinstance(value, dict) else '['}", path)
        entries = self._entries(value)
        for index, (key, entry) in enumerate(entries, 1):
            yield from self._all(entry, (*path, key), self._name(key), "," * (index < len(entries)))
        yield Line(f"{indent}{'}' if isinstance(value, dict) else ']'}{comma}")

    def _some(self, value: Any, path: Path, name: str, comma: str, start: int, stop: int) -> Iterator[Line]:
        """The lines from one number up to another, counted from the first line of this value."""
        if start <= 0 and stop >= self._size(value, len(path)):
            yield from self._all(value, path, name, comma)
            return
        indent = "  " * len(path)
        if start <= 0 < stop:
            yield Line(f"{indent}{name}{'{' if isinstance(value, dict) else '['}", path)
        entries = self._entries(value)
        offsets = self._offsets_of(value, len(path))
        for index in range(max(0, bisect_right(offsets, start) - 1), len(entries)):
            if offsets[index] >= stop:
                return
            key, entry = entries[index]
            more = "," * (index + 1 < len(entries))
            at = offsets[index]
            yield from self._some(entry, (*path, key), self._name(key), more, start - at, stop - at)
        if start <= offsets[-1] < stop:
            yield Line(f"{indent}{'}' if isinstance(value, dict) else ']'}{comma}")

    def _name(self, key: str | int) -> str:
        return f"{quoted(key, self._secrets)}: " if isinstance(key, str) else ""

    def _one_line(self, value: Any) -> str:
        if isinstance(value, str):
            return quoted(value, self._secrets)
        if isinstance(value, (dict, list)) and value:
            return "{...}" if isinstance(value, dict) else "[...]"
        return self._secrets.hide(json.dumps(value))

    def _entries(self, value: Any) -> Sequence[tuple[str | int, Any]]:
        if isinstance(value, list):
            return [*enumerate(value)]
        return [(key, MASK if self._is_masked(key) else entry) for key, entry in value.items()]

    def _is_masked(self, key: str) -> bool:
        masked = self._masked.get(key)
        if masked is None:
            masked = self._masked[key] = self._secrets.masks("json", key)
        return masked

    def _size(self, value: Any, depth: int) -> int:
        """How many lines a value takes."""
        return self._offsets_of(value, depth)[-1] + 1 if _takes_lines(value, depth) else 1

    def _offsets_of(self, value: Any, depth: int) -> list[int]:
        offsets = self._offsets.get(id(value))
        if offsets is None:
            # The most expensive loop.
            sizes = (
                self._size(entry, depth + 1)
                if isinstance(entry, (dict, list)) and not (isinstance(key, str) and self._is_masked(key))
                else 1
                for key, entry in (value.items() if isinstance(value, dict) else enumerate(value))
            )
            offsets = self._offsets[id(value)] = [*accumulate(sizes, initial=1)]
        return offsets


def _takes_lines(value: Any, depth: int) -> bool:
    """Whether a JSON value takes several lines."""
    return isinstance(value, (dict, list)) and bool(value) and depth <= MAX_DEPTH


def quoted(value: str, secrets: Secrets) -> str:
    return readable(json.dumps(secrets.hide(value), ensure_ascii=False))


def readable(line: str) -> str:
    """The line with invisible characters escaped."""
    return visible(line.removesuffix("\r").replace("\t", "    "), len(line) * 4)
