"""Untrusted text, made safe for a line of a log."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Shown in place of a secret.
MASK: Final = "***"

_MAX_LENGTH: Final = 100
_PIECE: Final = 4096
# Control characters but tab and line feed, line and paragraph separators, marks and overrides of the direction of text,
# lone surrogates, byte order marks, annotations, and what is no character. They break XML and JSON files, steer
# terminals, or make text look different from what it is.
_HARMFUL: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def harmless(text: str) -> str:
    """The text, on as many lines as it has, with harmful characters escaped as Python and JSON write them.

    All text that leaves the library for people goes through here: messages in the log, failures, and answers that
    explain. Text on which `visible` was called does not change.
    """
    return _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible(text: str, most: int = _MAX_LENGTH) -> str:
    """The text on one line: invisible characters are escaped, and long text is cut."""
    shown = text if len(text) <= most else text[:most]
    if not shown.isprintable():
        shown = "".join(character if character.isprintable() else _escape(character) for character in shown)
    return shown if len(text) <= most else f"{shown}... ({len(text)} characters)"


def shortened(text: str, most: int) -> str:
    """A line that is already visible, cut if it is too long, without its length."""
    return text if len(text) <= most else f"{text[:most]}..."


def lookalikes(expected: str, received: str) -> tuple[str, str]:
    """The differing characters of two texts if they look alike; empty if they do not.

    Examples are letters of two scripts, composed and decomposed letters, and punctuation beyond ASCII.
    """
    at = first_difference(expected, received)
    one, other = expected[at : at + 1], received[at : at + 1]
    marks = _mark(expected, at), _mark(received, at)
    if any(marks):
        return marks[0] or _if_not_ascii(one), marks[1] or _if_not_ascii(other)
    if not one or not other or (one.isascii() and other.isascii()):
        return "", ""
    kinds = unicodedata.category(one)[0], unicodedata.category(other)[0]
    if kinds == ("P", "P") or (kinds == ("L", "L") and _script(one) != _script(other)):
        return _if_not_ascii(one), _if_not_ascii(other)
    return "", ""


def _mark(text: str, at: int) -> str:
    """The combining mark at an index or the next one."""
    return next((character for character in text[at : at + 2] if unicodedata.category(character) == "Mn"), "")


def _if_not_ascii(character: str) -> str:
    return "" if character.isascii() else character


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def quote(text: str) -> str:
    """The text in double quotes, on one line and cut."""
    shown = text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH]
    quoted = visible(json.dumps(shown, ensure_ascii=False), most=12 * _MAX_LENGTH)
    return quoted if len(text) <= _MAX_LENGTH else f"{quoted}... ({len(text)} characters)"


def member(path: str, key: str) -> str:
    """The path of a member of a JSON object, as shown in differences."""
    return f"{path}.{visible(key)}" if key.isidentifier() else f"{path}[{quote(key)}]"


def json_path(steps: Iterable[str | int]) -> str:
    """The path of a value in a JSON body, such as ``$.items[0].name``."""
    path = "$"
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else member(path, step)
    return path


def first_difference(one: str | bytes, other: str | bytes) -> int:
    """The index from which two values differ."""
    shorter = min(len(one), len(other))
    at = 0
    # In large pieces first: the texts may be megabytes.
    while at < shorter and one[at : at + _PIECE] == other[at : at + _PIECE]:
        at += _PIECE
    at = min(at, shorter)
    while at < shorter and one[at] == other[at]:
        at += 1
    return at
