"""What must not be read in messages, logs and saved requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from ..scope import Scope
from ..visible import MASK
from .names import ALWAYS_MASKED, AROUND, MaskedName, MaskedNames, is_masked_header

_PREFIX: Final = re.compile(r"^(EQUALS|GLOB|REGEXP|STARTS):\s*")
_CUT: Final = re.compile(r'"?\.\.\. \(')
_CUT_BEFORE: Final = re.compile(r'\.\.\."')
# To hide less would hide nothing, and garble every message.
_MIN_LENGTH: Final = 3
_XML_VALUE: Final = re.compile(r""">([^<]+)|=\s*("[^"]*"|'[^']*')""")
_HEADER_LINE: Final = re.compile(rb"(?im)^(%b)([ \t]*:)[^\r\n]*" % "|".join(ALWAYS_MASKED).encode())


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
    """What must not be read: the texts somebody gave as secrets, and the values of certain headers and fields.

    Fields are members of JSON objects at any depth, form fields, query parameters, elements and attributes of XML.
    """

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._given: tuple[MaskedName, ...] = ()
        self._names = MaskedNames(())

    def add(self, text: str) -> None:
        """Notes a secret, as it is and as it is written in JSON, in XML and in a URL; of a pattern without the prefix.

        Of JSON and XML also every text in it, as messages name them one by one.
        """
        text = _PREFIX.sub("", text)
        if len(text) < _MIN_LENGTH:
            return
        for value in _values(text):
            self.add(value)
        spellings = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], *_in_xml(text)}
        spellings |= {quote(text, safe=""), quote_plus(text)}
        # Of a text with several lines, messages show some.
        spellings |= {line for line in text.splitlines() if len(line) >= _MIN_LENGTH}
        # Longest first, so that a secret inside another one leaves no rest.
        self._texts = tuple(sorted({*self._texts, *spellings}, key=len, reverse=True))

    def mask_headers(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of these headers, in any case, until the scope ends."""
        self._mask(MaskedName(name, True, scope) for name in names)

    def mask_fields(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of the fields with these names, in any case, until the scope ends."""
        self._mask(MaskedName(name, False, scope) for name in names)

    def _mask(self, names: Iterable[MaskedName]) -> None:
        self._given = tuple(dict.fromkeys((*(name for name in self._given if not name.scope.closed), *names)))

    def _current(self) -> MaskedNames:
        """The names whose scope is open. Also asked by threads of the server, which change nothing that was given."""
        given = tuple(name for name in self._given if not name.scope.closed)
        names = self._names
        if names.given != given:
            names = self._names = MaskedNames(given)
        return names

    def hide(self, text: str) -> str:
        """The text without secrets, and without the values of masked names in whatever way they are written down."""
        text = self._hide_texts(text)
        return self._current().hide(text) if self._given else text

    def hide_bytes(self, data: bytes) -> bytes:
        """The same for bytes that need not be text."""
        for secret in self._texts:
            data = data.replace(secret.encode("utf-8", "surrogatepass"), MASK.encode())
        return self._current().hide(data.decode("latin-1")).encode("latin-1") if self._given else data

    def header(self, name: str, value: str) -> str:
        """The value of a header for people to read."""
        return MASK if is_masked_header(name) or self._current().has_header(name) else self.hide(value)

    def field(self, name: str, value: str) -> str:
        """The value of a query parameter or form field for people to read."""
        return MASK if self._current().has_field(name) else self.hide(value)

    def json(self, value: Any) -> Any:
        """A parsed JSON value for people to read."""
        names = self._current()
        return self._json(value, names) if self._texts or self._given else value

    def facts(self, value: Any) -> Any:
        """An explanation as data: as by `hide`, and without what stands beside the name of a masked field."""
        if isinstance(value, Mapping):
            named = isinstance(value.get("field"), str) and self._current().names(value["field"])
            return {
                key: MASK if named and key != "field" and entry != "nothing" else self.facts(entry)
                for key, entry in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [*map(self.facts, value)]
        return self.hide(value) if isinstance(value, str) else value

    def _json(self, value: Any, names: MaskedNames) -> Any:
        if isinstance(value, dict):
            return {key: MASK if names.has_field(key) else self._json(entry, names) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._json(entry, names) for entry in value]
        return self.hide(value) if isinstance(value, str) else value

    def _hide_texts(self, text: str) -> str:
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
        begin = max(0, place - AROUND)
        starts = (_start_of_rest(secret, text[begin:place]) for secret in self._texts)
        start = min((begin + at for at in starts if at is not None), default=place)
        return f"{text[:start]}{MASK}{text[place:]}" if start < place else text

    def _hide_rest(self, text: str, place: int) -> str:
        """Blots out what is left of a secret behind a place, where the beginning of a text was cut."""
        end = min(len(text), place + AROUND)
        length = 0
        left = [*self._texts]
        for more in range(_MIN_LENGTH, end - place + 1):
            left = [secret for secret in left if text[place : place + more] in secret]
            if not left:
                break
            length = more
        return f"{text[:place]}{MASK}{text[place + length :]}" if length else text


def _start_of_rest(secret: str, text: str) -> int | None:
    """Where in a text a secret begins of which the text has no end."""
    at = text.find(secret[:_MIN_LENGTH])
    while at >= 0 and not secret.startswith(text[at:]):
        at = text.find(secret[:_MIN_LENGTH], at + 1)
    return None if at < 0 else at
