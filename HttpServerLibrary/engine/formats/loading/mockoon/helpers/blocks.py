"""Helpers that decide which part of a template is rendered, and how often."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..scene import plain, safe, scene_of
from ..values import number_of, same

EACH: Final = "eachEntry"
"""What ``each`` is called in a template that is rendered."""

_MAX_TIMES: Final = 100_000
_FOUND: Final = "found"
_SWITCHED: Final = "switchValue"


def _repeat(args: list[Any], options: Any) -> Any:
    if not 1 <= len(args) <= 2:
        raise ValueError("repeat needs a number, or the least and the greatest number")
    low, high = (math.nan if arg is None else number_of(arg) for arg in (args[0], args[-1]))
    if math.isnan(low) or math.isnan(high):
        return safe("")
    if max(low, high) > _MAX_TIMES:
        raise ValueError(f"repeat: more than {_MAX_TIMES:,} times is not possible")
    low, high = sorted((math.ceil(low), math.ceil(high)))
    count = low if len(args) == 1 else scene_of(options).random.randint(low, high)
    data = options.data
    before = dict(data)
    pieces: list[str] = []
    for index in range(count):
        data.update(index=index, total=count, first=index == 0, last=index == count - 1)
        piece = str(options.fn())
        if options.hash.get("comma") is not False:
            # A blank one belongs to the line before it.
            piece = f"{pieces.pop() if pieces and not piece.strip() else ''}{piece}".rstrip()
            piece = f"{piece.removesuffix(',')}{',' if index < count - 1 else ''}\n"
        pieces.append(piece)
    data.clear()
    data.update(before)
    return safe("".join(pieces))


def _each(args: list[Any], options: Any) -> Any:
    """What ``each`` is, but that variables which are set for one entry are still there for the next."""
    entries = args[0] if args else None
    if isinstance(entries, Mapping):
        pairs: list[tuple[Any, Any]] = [*entries.items()]
    else:
        pairs = [*enumerate(entries)] if isinstance(entries, list) else []
    if not pairs:
        return options.inverse()
    data = options.data
    before = dict(data)
    pieces: list[str] = []
    for index, (key, entry) in enumerate(pairs):
        data.update(key=key, index=index, first=index == 0, last=index == len(pairs) - 1)
        pieces.append(str(options.fn(entry)))
    data.clear()
    data.update(before)
    return safe("".join(pieces))


def _switch(args: list[Any], options: Any) -> Any:
    options.data[_FOUND] = False
    options.data[_SWITCHED] = plain(args[0]) if args else None
    return options.fn()


def _case(args: list[Any], options: Any) -> Any:
    data = options.data
    if not args or data.get(_FOUND) or not same(plain(args[0]), data.get(_SWITCHED)):
        return None
    data[_FOUND] = True
    return options.fn()


def _default(args: list[Any], options: Any) -> Any:
    return "" if options.data.get(_FOUND) else options.fn()


def _set_var(args: list[Any], options: Any) -> None:
    if len(args) >= 2 and not plain(args[0]).startswith("\0"):
        options.data[plain(args[0])] = plain(args[1])


def _get_var(args: list[Any], options: Any) -> Any:
    return options.data.get(plain(args[0])) if args else None


BLOCKS: Final[Mapping[str, Helper]] = {
    "case": _case,
    "default": _default,
    "getVar": _get_var,
    EACH: _each,
    "repeat": _repeat,
    "setVar": _set_var,
    "switch": _switch,
}
