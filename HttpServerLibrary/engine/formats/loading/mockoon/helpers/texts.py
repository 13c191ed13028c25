"""Helpers for text, and for JSON as text."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..lookup import by_json_path, by_object_path, member
from ..scene import plain, safe
from ..values import UNDEFINED, is_number, json_of, number_of, text_of

_MAX_PADDED: Final = 100_000


def _text(value: Any) -> str:
    """A text or a number as text; nothing for all else."""
    return text_of(value) if isinstance(value, (str, bool)) or is_number(value) else ""


def _content(args: list[Any], options: Any) -> str:
    """The argument, or what the block renders."""
    return text_of(args[0]) if args else str(options.fn())


def _base64(args: list[Any], options: Any) -> str:
    return safe(base64.b64encode(_content(args, options).encode("utf-8", "replace")).decode())


def _base64_decode(args: list[Any], options: Any) -> str:
    return safe(decoded_base64(_content(args, options)))


def decoded_base64(text: str) -> str:
    """The text that is encoded, as far as it is; also without padding, and in the alphabet for URLs."""
    kept = "".join(character for character in text.translate(_OF_URLS) if character in _ALPHABET)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    try:
        return base64.b64decode(kept + "=" * (-len(kept) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return ""


_OF_URLS: Final = str.maketrans("-_", "+/")
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def _includes(args: list[Any], options: Any) -> bool:
    first, second = (*args, None, None)[:2]
    return _text(second) in _text(first)


def _index_of(args: list[Any], options: Any) -> int:
    first, second, position = (*args, None, None, None)[:3]
    number = number_of(position) if _text(position) else 0
    return _text(first).find(_text(second), max(0, int(number)) if number == number else 0)


def _substr(args: list[Any], options: Any) -> str:
    text, start, length = (*args, None, None, None)[:3]
    text = _text(text)
    begin = _whole(start)
    begin = max(0, len(text) + begin) if begin < 0 else begin
    return text[begin:] if not _text(length) else text[begin : begin + max(0, _whole(length))]


def _whole(value: Any) -> int:
    number = number_of(value) if _text(value) else 0
    return int(number) if abs(number) < 2**53 else 0


def _changed(change: Callable[[str], str]) -> Helper:
    def helper(args: list[Any], options: Any) -> str:
        if not args:
            return ""
        if not isinstance(args[0], str):
            raise ValueError("its argument is no text")
        return change(args[0])

    return helper


def _split(args: list[Any], options: Any) -> Any:
    text, separator = (*args, None, None)[:2]
    if not isinstance(text, str) or not text:
        return ""
    return [*map(str, str(text).split(separator if isinstance(separator, str) and separator else " "))]


def _padded(pad: Callable[[str, str], str]) -> Helper:
    def helper(args: list[Any], options: Any) -> str:
        if not args:
            return ""
        text = text_of(args[0])
        length = number_of(args[1]) if len(args) > 1 else 0
        filler = text_of(args[2]) if len(args) == 3 else " "
        missing = int(min(length, _MAX_PADDED)) - len(text) if length == length else 0
        return text if missing <= 0 or not filler else pad(text, (filler * missing)[:missing])

    return helper


def _stringify(args: list[Any], options: Any) -> Any:
    value = args[0] if args else None
    return json_of(value, 2) if isinstance(value, (Mapping, list)) else value


def _json_parse(args: list[Any], options: Any) -> Any:
    if not args or not isinstance(args[0], str):
        return None
    try:
        return json.loads(args[0])
    except ValueError:
        return None


def _found(find: Callable[[Any, str], Any]) -> Helper:
    def helper(args: list[Any], options: Any) -> Any:
        if len(args) < 2:
            return None
        data, path, default = (*map(plain, args), None)[:3]
        if not isinstance(data, (Mapping, list)) or not isinstance(path, str) or not path:
            return data
        value = find(data, path)
        return ("" if default is None else default) if value is UNDEFINED else value

    return helper


def _jwt(part: int) -> Helper:
    def helper(args: list[Any], options: Any) -> Any:
        token = plain(args[0]) if args else None
        if not isinstance(token, str):
            return None
        parts = token.removeprefix("Bearer ").split(".")
        try:
            facts = json.loads(decoded_base64(parts[part]))
        except (ValueError, IndexError):
            return None
        value = member(facts, plain(args[1])) if len(args) > 1 else facts
        return None if value is UNDEFINED else value

    return helper


TEXTS: Final[Mapping[str, Helper]] = {
    "base64": _base64,
    "base64Decode": _base64_decode,
    "includes": _includes,
    "indexOf": _index_of,
    "jsonParse": _json_parse,
    "jsonPath": _found(by_json_path),
    "jwtHeader": _jwt(0),
    "jwtPayload": _jwt(1),
    "lowercase": _changed(str.lower),
    "newline": lambda args, options: "\n",
    "objectPath": _found(by_object_path),
    "padEnd": _padded(lambda text, filling: text + filling),
    "padStart": _padded(lambda text, filling: filling + text),
    "split": _split,
    "stringify": _stringify,
    "substr": _substr,
    "uppercase": _changed(str.upper),
}
