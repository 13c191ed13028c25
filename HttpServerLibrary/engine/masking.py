"""What must not be read in messages and logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

MASK: Final = "***"
_PREFIX: Final = re.compile(r"^(EQUALS|GLOB|REGEXP|STARTS):\s*")
_CUT: Final = re.compile(r'"?\.\.\. \(')
_CUT_BEFORE: Final = re.compile(r'\.\.\."')
# A cut text shows no more around the mark of the cut, even with each character escaped.
_AROUND: Final = 1200
# To hide less would hide nothing, and garble every message.
_SHORTEST: Final = 3
_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_XML_VALUE: Final = re.compile(r""">([^<]+)|=\s*("[^"]*"|'[^']*')""")
_HEADER_LINE: Final = re.compile(rb"(?im)^(%b)([ \t]*:)[^\r\n]*" % "|".join(_HEADERS).encode())


def is_masked_header(name: str) -> bool:
    return name.lower() in _HEADERS


def masked_header(name: str, value: str) -> str:
    return MASK if is_masked_header(name) else value


def masked_lines(data: bytes) -> bytes:
    """Raw bytes with the values of those header lines blotted out that nobody must read."""
    return _HEADER_LINE.sub(rb"\1\2 %b" % MASK.encode(), data)


def _in_xml(text: str) -> tuple[str, str]:
    """The text as it is written between tags and in an attribute."""
    return escape(text), escape(text, {'"': "&quot;"})


def _values(text: str) -> Iterator[str]:
    """The texts in JSON or XML; nothing of other text."""
    if text.lstrip().startswith("<"):
        for between, attribute in _XML_VALUE.findall(text):
            yield unescape(between.strip() or attribute[1:-1])
        return
    try:
        left = [json.loads(text)] if text.lstrip().startswith(("{", "[")) else []
    except (ValueError, RecursionError):
        return
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            left += value.values() if isinstance(value, dict) else value


class Secrets:
    """The secret texts somebody gave, to be blotted out wherever they turn up."""

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()

    def add(self, text: str) -> None:
        """Notes a secret, as it is and as it is written in JSON, in XML and in a URL; of a pattern without the prefix.

        Of JSON and XML also every text in it, as messages name them one by one.
        """
        text = _PREFIX.sub("", text)
        if len(text) < _SHORTEST:
            return
        for value in _values(text):
            self.add(value)
        spellings = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], *_in_xml(text)}
        spellings |= {quote(text, safe=""), quote_plus(text)}
        # Of a text with several lines, messages show some.
        spellings |= {line for line in text.splitlines() if len(line) >= _SHORTEST}
        # Longest first, so that a secret inside another one leaves no rest.
        self._texts = tuple(sorted({*self._texts, *spellings}, key=len, reverse=True))

    def hide(self, text: str) -> str:
        for secret in self._texts:
            text = text.replace(secret, MASK)
        if self._texts and "..." in text:
            # From the end on, so that places found before stay where they are.
            for mark in reversed([*_CUT.finditer(text)]):
                text = self._hide_beginning(text, mark.start())
            for mark in reversed([*_CUT_BEFORE.finditer(text)]):
                text = self._hide_rest(text, mark.end())
        return text

    def _hide_beginning(self, text: str, place: int) -> str:
        """Blots out the beginning of a secret that stands before a place, where the end of a text was cut."""
        before = text[max(0, place - _AROUND) : place]
        for length in range(len(before), _SHORTEST - 1, -1):
            if any(secret.startswith(before[-length:]) for secret in self._texts):
                return f"{text[: place - length]}{MASK}{text[place:]}"
        return text

    def _hide_rest(self, text: str, place: int) -> str:
        """Blots out what is left of a secret behind a place, where the beginning of a text was cut."""
        after = text[place : place + _AROUND]
        for length in range(len(after), _SHORTEST - 1, -1):
            if any(after[:length] in secret for secret in self._texts):
                return f"{text[:place]}{MASK}{text[place + length :]}"
        return text
