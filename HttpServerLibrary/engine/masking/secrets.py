"""The secrets to mask in messages, logs and saved requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from ..phrase import Span, masked
from ..scope import Scope
from ..visible import MASK
from .names import MaskedName, MaskedNames

_PREFIX: Final = re.compile(r"^(?:NOT:\s*)?(?:EQUALS|GLOB|REGEXP|STARTS|NOT):\s*")
# Masking shorter texts would protect nothing and garble every message.
_MIN_LENGTH: Final = 3
_XML_VALUE: Final = re.compile(r""">([^<]+)|=\s*("[^"]*"|'[^']*')""")


def _in_xml(text: str) -> tuple[str, str]:
    """The text as it is written between tags and in an attribute."""
    return escape(text), escape(text, {'"': "&quot;"})


def _values(text: str) -> Iterator[str]:
    """The texts in JSON or XML; none for any other text."""
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
    """What is masked: the texts given as secrets, and the values of certain headers and fields.

    Fields are members of JSON objects at any depth, form fields, query parameters, elements and attributes of XML.
    """

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None
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
        # Looks at every character, as a secret may begin inside another one and end after it.
        self._pattern = re.compile(f"(?=({'|'.join(map(re.escape, self._texts))}))")

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

    def spans(self, text: str) -> list[Span]:
        """Where secrets and values of masked names stand in a text, in order and without overlaps."""
        pattern = self._pattern
        found = [] if pattern is None else [Span(match.start(1), match.end(1)) for match in pattern.finditer(text)]
        if self._given:
            found += self._current().spans(text)
        found.sort(key=lambda span: (span.start, -span.end))
        spans: list[Span] = []
        for span in found:
            last = spans[-1] if spans else None
            if last is None or span.start >= last.end:
                spans.append(span)
            elif span.end > last.end:
                spans[-1] = last._replace(end=span.end)
        return spans

    def masks(self, kind: str, name: str) -> bool:
        """Whether the values of a field are masked by its name; ``kind`` is ``header`` for a header."""
        return self._current().masks(kind, name)

    def hide(self, text: str) -> str:
        """The text without secrets, and without the values of masked names however they are written down."""
        return masked(text, self)

    def hide_bytes(self, data: bytes) -> bytes:
        """The same for bytes that need not be text."""
        for secret in self._texts:
            data = data.replace(secret.encode("utf-8", "surrogatepass"), MASK.encode())
        return self.hide(data.decode("latin-1")).encode("latin-1") if self._given else data

    def header(self, name: str, value: str) -> str:
        """The value of a header for people to read."""
        return MASK if self.masks("header", name) else self.hide(value)

    def field(self, name: str, value: str) -> str:
        """The value of a query parameter or form field for people to read."""
        return MASK if self.masks("field", name) else self.hide(value)

    def json(self, value: Any) -> Any:
        """A parsed JSON value for people to read."""
        names = self._current()
        return self._json(value, names) if self._texts or self._given else value

    def _json(self, value: Any, names: MaskedNames) -> Any:
        if isinstance(value, dict):
            return {
                self.hide(str(key)): MASK if names.masks("json", str(key)) else self._json(entry, names)
                for key, entry in value.items()
            }
        if isinstance(value, list):
            return [self._json(entry, names) for entry in value]
        return self.hide(value) if isinstance(value, str) else value
