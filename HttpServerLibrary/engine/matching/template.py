"""Paths with placeholders, such as ``/orders/{id}``, matched in a time proportional to the length of the path."""

from __future__ import annotations

import re
from typing import Final

from ..errors import UsageError
from ..visible import quote

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class Template:
    """A path in which each placeholder stands for at least one character of a segment.

    ``names`` are those of the placeholders.
    """

    def __init__(self, text: str) -> None:
        self.names = PLACEHOLDER.findall(text)
        for name in self.names:
            if not name.strip():
                raise UsageError(
                    f"path: a placeholder in {quote(text)} has no name. For literal braces use 'EQUALS:{text}'."
                )
            if self.names.count(name) > 1:
                raise UsageError(f"path: the placeholder {{{name}}} appears twice in {quote(text)}.")
        # What stands before, between and after the placeholders: of the whole path, and of each segment.
        self._literals: list[str] = PLACEHOLDER.split(text)[::2]
        self._segments: list[list[str]] = [[]]
        for literal in self._literals:
            first, *others = literal.split("/")
            self._segments[-1].append(first)
            self._segments += [[other] for other in others]
        # A regular expression is fast, but may divide a segment with several placeholders in too many ways.
        is_simple = all(len(literals) <= 2 for literals in self._segments)
        self._pattern = re.compile("([^/]+)".join(map(re.escape, self._literals))) if is_simple else None

    def values(self, path: str) -> tuple[str, ...] | None:
        """What the placeholders stand for; None if the path does not match."""
        if self._pattern is None:
            return self._by_segment(path, 1)
        match = self._pattern.fullmatch(path)
        return None if match is None else match.groups()

    def matches_with_empty(self, path: str) -> bool:
        """Whether the path would match if placeholders could stand for nothing."""
        return self._by_segment(path, 0) is not None

    def matches_with_slashes(self, path: str) -> bool:
        """Whether the path would match if placeholders could stand for several segments."""
        return between(self._literals, path, 1) is not None

    def _by_segment(self, path: str, least: int) -> tuple[str, ...] | None:
        segments = path.split("/")
        if len(segments) != len(self._segments):
            return None
        values: list[str] = []
        for literals, segment in zip(self._segments, segments, strict=True):
            if len(literals) == 1:
                if literals[0] != segment:
                    return None
                continue
            found = between(literals, segment, least)
            if found is None:
                return None
            values += found
        return tuple(values)


def between(literals: list[str], text: str, least: int) -> list[str] | None:
    """The texts between literals that follow one another; None if the text does not match.

    Each has at least so many characters, and the first ones are as long as possible.
    """
    first, *middle, last = literals
    if not text.startswith(first) or not text.endswith(last):
        return None
    start, end = len(first), len(text) - len(last)
    values = []
    # From the end, each literal as far to the right as possible: if that leaves no room, nothing does.
    for literal in reversed(middle):
        at = text.rfind(literal, start + least, max(end - least, 0))
        if at < 0:
            return None
        values.append(text[at + len(literal) : end])
        end = at
    if end - start < least:
        return None
    values.append(text[start:end])
    return values[::-1]
