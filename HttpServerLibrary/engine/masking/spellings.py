"""Text without its escapes, so that a secret is found however its characters are written.

Programs differ in which characters they escape and how: ``/`` is ``%2F`` in a URL, ``\\/`` in JSON, ``&#47;`` in XML.
An escape may itself be escaped, as in JSON that is logged as a string. So escapes are removed one level at a time, and
each level of the text is searched.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator
from functools import lru_cache
from html.entities import html5
from typing import Final

# So many times may a text be escaped. Each level costs as much time as the text is long.
_MAX_LEVELS: Final = 6
# The bytes 0x80 to 0xBF, read as Windows-1252, which browsers do for latin-1.
_WINDOWS: Final = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")
_BYTES: Final = {character: character.encode("cp1252")[0] for character in _WINDOWS}
_MORE: Final = rf"[\x80-\xbf{_WINDOWS}]"
# All begin with a set of characters, because Python skips to the next of them much faster than it tries alternatives.
_ESCAPE: Final = re.compile(
    r"[%\\&+\r\0\xc2-\xf4\ud800-\udbff](?:"
    # Characters of several bytes or units, each of which is escaped.
    r"(?<=%)(?:[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){1,3}|[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
    r"|(?<=\\)(?:x[C-Fc-f][0-9A-Fa-f](?:\\x[89ABab][0-9A-Fa-f]){1,3}"
    r"|u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|[abfnrtv]|[ -/:-@\[-`{-~])"
    r"|(?<=&)(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    # UTF-8 that was read as latin-1, and UTF-16.
    rf"|(?<=[\xc2-\xdf]){_MORE}|(?<=[\xe0-\xef]){_MORE}{{2}}|(?<=[\xf0-\xf4]){_MORE}{{3}}"
    r"|(?<=[\ud800-\udbff])[\udc00-\udfff]"
    r"|(?<=\r)(?=\n)|(?<=[+\0]))"
)
# What may be left of a character at the end of a text that is cut.
_PART: Final = re.compile(
    r"(?:%(?:[0-9A-Fa-f]|u[0-9A-Fa-f]{0,3})?|\\+(?:[uU][0-9A-Fa-f]{0,7}|x[0-9A-Fa-f]?|[0-7]{1,2})?"
    r"|&(?:\#[xX]?[0-9A-Fa-f]{0,6}|[A-Za-z][A-Za-z0-9]{0,30})?|\r)\Z"
)
_PART_OF_BYTES: Final = re.compile(rf"(?:[\xc2-\xf4]{_MORE}{{0,2}}|[\ud800-\udbff\ufffd])\Z")
_SEVERAL: Final = re.compile(r"(?:%|\\x|\\u)((?<=u)[0-9A-Fa-f]{4}|(?<!u)[0-9A-Fa-f]{2})")
_NAMED: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NOT_ASCII: Final = re.compile(r"[^\0-\x7f]")
LOST: Final = "\ufffd"
"""Stands where a byte could not be decoded."""


class Level:
    """A text with one level of its escapes removed, and where each of its characters comes from."""

    def __init__(self, text: str, before: Level | None = None) -> None:
        self.text = text
        self._before = before
        # Where offsets change: in this text, and in the one before.
        self._here = [0]
        self._there = [0]

    def next(self, wanted: Container[str] | None = None) -> Level | None:
        """The text with the escapes removed that are left in it, or only those of the ``wanted`` characters.

        None if there are none.
        """
        level = Level("", self)
        pieces: list[str] = []
        at = size = 0
        for found in _ESCAPE.finditer(self.text):
            character = _character(found[0])
            if character is None or (wanted is not None and character not in wanted):
                continue
            start, end = found.span()
            pieces += (self.text[at:start], character)
            size += start - at
            level._here += (size, size + len(character))
            level._there += (start, end)
            size += len(character)
            at = end
        level.text = "".join((*pieces, self.text[at:]))
        return level if at else None

    def start(self, position: int) -> int:
        """Where in the original text the character at a position begins."""
        if self._before is None:
            return position
        index = bisect_right(self._here, position) - 1
        return self._before.start(self._there[index] + position - self._here[index])

    def end(self, position: int) -> int:
        """Where in the original text the character before a position ends."""
        if self._before is None:
            return position
        index = bisect_left(self._here, position)
        if index == len(self._here) or self._here[index] > position:
            index -= 1
        return self._before.end(self._there[index] + position - self._here[index])


def levels(text: str) -> Iterator[Level]:
    """The text as it is, then with more and more levels of escapes removed."""
    level: Level | None = Level(text)
    for _ in range(_MAX_LEVELS + 1):
        if level is None:
            return
        yield level
        level = level.next()


def ascii_only(text: str) -> str:
    """The text as it reads after a wrong charset: a character that is not ASCII is lost."""
    return _NOT_ASCII.sub(LOST, text)


def without_part(text: str) -> str:
    """A text that is cut, without what is left of its last character."""
    return _PART_OF_BYTES.sub("", _PART.sub("", text))


@lru_cache(4096)
def _character(escape: str) -> str | None:
    """What an escape stands for; None if it stands for nothing."""
    first, rest = escape[0], escape[1:]
    more = _SEVERAL.findall(escape)
    if len(more) > 1:
        units = [int(digits, 16) for digits in more]
        data = bytes(units) if len(more[0]) == 2 else b"".join(unit.to_bytes(2, "big") for unit in units)
        try:
            return data.decode("utf-8" if len(more[0]) == 2 else "utf-16-be")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    if first == "%":
        return chr(int(rest.lstrip("u"), 16))
    if first == "\\":
        if rest[0] in "uUx":
            return _numbered(rest[1:], 16)
        return chr(int(rest, 8)) if rest[0].isdigit() else _NAMED.get(rest, rest)
    if first == "&":
        if rest[0] != "#":
            return html5.get(rest)
        return _numbered(rest[2:-1], 16) if rest[1] in "xX" else _numbered(rest[1:-1], 10)
    if first == "+":
        return " "
    if first in "\r\0":
        return ""
    if "\ud800" <= first <= "\udbff":
        return escape.encode("utf-16-be", "surrogatepass").decode("utf-16-be")
    data = bytes(_BYTES.get(character) or ord(character) for character in escape)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _numbered(digits: str, base: int) -> str | None:
    number = int(digits, base)
    return chr(number) if number <= 0x10FFFF else None
