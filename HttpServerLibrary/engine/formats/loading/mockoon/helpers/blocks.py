"""Helpers that decide which part of a template is rendered, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..scene import plain, safe, scene_of
from ..values import is_number, same

_MAX_TIMES: Final = 100_000
_FOUND: Final = "found"
_SWITCHED: Final = "switchValue"


def _repeat(args: list[Any], options: Any) -> Any:
    if not 1 <= len(args) <= 2:
        raise ValueError("repeat needs a number, or the least and the greatest number")
    low, high = args[0], args[-1]
    if not is_number(low) or not is_number(high):
        return safe("")
    count = int(low) if low == high else scene_of(options).random.randint(*sorted((int(low), int(high))))
    if count > _MAX_TIMES:
        raise ValueError(f"repeat {count:,}: more than {_MAX_TIMES:,} times is not possible")
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
    "repeat": _repeat,
    "setVar": _set_var,
    "switch": _switch,
}
