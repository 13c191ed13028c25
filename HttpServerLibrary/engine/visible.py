"""Text from strangers, made fit for a line of a log."""

from __future__ import annotations

import json
from typing import Final

_MOST: Final = 100
_MOST_VALUES: Final = 5


def visible(text: str, most: int = _MOST) -> str:
    """The text on one line: what cannot be seen is escaped, what is too long is cut."""
    shown = text if len(text) <= most else text[:most]
    if not shown.isprintable():
        shown = "".join(character if character.isprintable() else _escape(character) for character in shown)
    return shown if len(text) <= most else f"{shown}... ({len(text)} characters)"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def quote(text: str) -> str:
    """The text in double quotes, on one line and cut."""
    shown = text if len(text) <= _MOST else text[:_MOST]
    quoted = visible(json.dumps(shown, ensure_ascii=False), most=12 * _MOST)
    return quoted if len(text) <= _MOST else f"{quoted}... ({len(text)} characters)"


def quote_all(values: list[str]) -> str:
    """Several values as a list; nothing for none."""
    if not values:
        return "nothing"
    if len(values) == 1:
        return quote(values[0])
    more = f", ... ({len(values)} values)" if len(values) > _MOST_VALUES else ""
    return f"[{', '.join(map(quote, values[:_MOST_VALUES]))}{more}]"
