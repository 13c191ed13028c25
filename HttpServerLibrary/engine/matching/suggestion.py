"""The arguments that would describe a request, so that it matches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..message.json_text import is_shallow
from .text import TextPattern, has_prefix

# Arguments by name: text, or a value that is written as JSON.
Suggestion = Mapping[str, object]

MAX_SUGGESTED: Final = 500
"""How many characters of a body fit on a line."""

# A line is made long after the request came, in a thread that may have little of its stack left to recurse.
_MAX_DEPTH: Final = 50

_ESCAPED: Final = frozenset("\n\r\t")


@dataclass(frozen=True)
class AsJson:
    """A value that is written as JSON, even if it is text; ``spelling`` is its spelling in the body."""

    value: Any
    spelling: str | None = None


def plain(text: str) -> str:
    """An argument that matches only this text."""
    return f"EQUALS:{text}" if has_prefix(text) or text.startswith(("{", "?")) else text


def plain_values(values: list[str]) -> str | list[str]:
    patterns = [*map(plain, values)]
    return patterns[0] if len(patterns) == 1 else patterns


def is_visible(text: str) -> bool:
    """Whether every character of a text can be seen in a cell."""
    return all(character.isprintable() or character in _ESCAPED for character in text)


def body_text(text: str) -> str | None:
    """The text of a body as an argument; None if it is too long or cannot be seen."""
    if len(text) > MAX_SUGGESTED or not is_visible(text):
        return None
    return f"{'EQUALS:' if has_prefix(text) else ''}{text}"


def text_or_plain(pattern: TextPattern, received: str) -> str:
    """The given pattern if it matches, otherwise the received text."""
    return str(pattern) if pattern.matches(received) else plain(received)


def is_short(value: Any) -> bool:
    """Whether a JSON value can be written on a line."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        # A number that is too large to write, or lists nested too deeply.
        return False
    return len(text) <= 4 * MAX_SUGGESTED and is_shallow(value, _MAX_DEPTH)
