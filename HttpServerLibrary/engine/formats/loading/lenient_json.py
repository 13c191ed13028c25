"""JSON as WireMock reads it, in mappings and requests: with single quotes, comments, and any text after the value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

_BLANK: Final = re.compile(r"(?:[ \t\n\r]+|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_WORD: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_SINGLE: Final = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_MAX_KEPT: Final = 100_000
_STRICT: Final = json.JSONDecoder()


class NotRead(ValueError):
    """The text is no JSON, not even for WireMock."""


def read_json(text: str) -> Any:
    """The value at the beginning of a text. The same object for the same text. Raises `NotRead`."""
    return _kept(text) if len(text) <= _MAX_KEPT else _read(text)


@lru_cache(maxsize=8)
def _kept(text: str) -> Any:
    return _read(text)


def _read(text: str) -> Any:
    try:
        return _STRICT.raw_decode(text, _blank(text, 0))[0]
    except (ValueError, RecursionError):
        pass
    try:
        return _value(text, _blank(text, 0))[0]
    except RecursionError:
        raise NotRead("nested too deeply") from None
    except (ValueError, IndexError) as error:
        raise NotRead(str(error) or "not JSON") from None


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _value(text: str, at: int) -> tuple[Any, int]:
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at)
    if first == "[":
        return _items(text, at, "]", _value)
    if first in ("'", '"'):
        return _text(text, at)
    word = _WORD.match(text, at)
    if word is None:
        raise ValueError(f"no value at position {at}")
    return json.loads(word[0]), word.end()


def _object(text: str, at: int) -> tuple[dict[str, Any], int]:
    members, at = _items(text, at, "}", _member)
    return dict(members), at


def _member(text: str, at: int) -> tuple[tuple[str, Any], int]:
    name, at = _text(text, at)
    at = _blank(text, at)
    if text[at : at + 1] != ":":
        raise ValueError(f"no colon at position {at}")
    value, at = _value(text, _blank(text, at + 1))
    return (name, value), at


def _items(text: str, at: int, end: str, item: Callable[[str, int], tuple[Any, int]]) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _blank(text, at + 1)
    if text[at : at + 1] == end:
        return items, at + 1
    while True:
        value, at = item(text, at)
        items.append(value)
        at = _blank(text, at)
        if text[at : at + 1] == end:
            return items, at + 1
        if text[at : at + 1] != ",":
            raise ValueError(f"no comma at position {at}")
        at = _blank(text, at + 1)


def _text(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        value, end = _STRICT.raw_decode(text, at)
        return str(value), end
    single = _SINGLE.match(text, at)
    if single is None:
        raise ValueError(f"no text at position {at}")
    inner = single[1].replace("\\'", "'").replace('"', '\\"').replace('\\\\"', '\\"')
    return str(json.loads(f'"{inner}"', strict=False)), single.end()
