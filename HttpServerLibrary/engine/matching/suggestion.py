"""What a description would say of a request instead, so that the request matches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .text import TextPattern, has_prefix

# Arguments by name: text, or what is written as JSON.
Suggestion = Mapping[str, object]

MAX_SUGGESTED: Final = 500
"""Characters of a body that a line has room for."""

# A line is made long after the request came, in a thread that may have little of its stack left to recurse.
_MAX_DEPTH: Final = 50

_ESCAPED: Final = frozenset("\n\r\t")


@dataclass(frozen=True)
class AsJson:
    """A value that is written as JSON, also where it is text; ``spelling`` is how the body spells it."""

    value: Any
    spelling: str | None = None


def plain(text: str) -> str:
    """An argument that matches only this text."""
    return f"EQUALS:{text}" if has_prefix(text) or text.startswith(("{", "?")) else text


def plain_values(values: list[str]) -> str | list[str]:
    patterns = [*map(plain, values)]
    return patterns[0] if len(patterns) == 1 else patterns


def is_visible(text: str) -> bool:
    """Whether there is nothing in a text that cannot be seen in a cell."""
    return all(character.isprintable() or character in _ESCAPED for character in text)


def body_text(text: str) -> str | None:
    """The text of a body as an argument; None where it is too long or cannot be seen."""
    if len(text) > MAX_SUGGESTED or not is_visible(text):
        return None
    return f"{'EQUALS:' if has_prefix(text) else ''}{text}"


def text_or_plain(pattern: TextPattern, received: str) -> str:
    """The pattern as it is given where it matches, otherwise the text received."""
    return str(pattern) if pattern.matches(received) else plain(received)


def is_short(value: Any) -> bool:
    """Whether a JSON value can be written on a line."""
    try:
        return len(json.dumps(value, ensure_ascii=False, allow_nan=False)) <= 4 * MAX_SUGGESTED and _is_shallow(value)
    except (ValueError, RecursionError):
        # A number that is too large to be written again, or more lists in lists than can be looked into.
        return False


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            entry
            for outer in level
            if isinstance(outer, (dict, list))
            for entry in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False
