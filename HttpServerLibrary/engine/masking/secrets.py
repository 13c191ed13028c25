"""The secrets to mask in messages, logs and saved requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from struct import unpack
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
# Longer secrets are looked for in the usual spellings only, as the pattern would take long to make.
_MAX_MIXED: Final = 1000
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_ALL_NAMED: Final = str.maketrans(_NAMED)
_XML_VALUE: Final = re.compile(r""">([^<]+)|=\s*("[^"]*"|'[^']*')""")


def _spellings(character: str) -> str:
    """A pattern for all ways in which a character of a secret is written in JSON, in XML, in a URL and in bytes.

    Programs differ in which of them they escape, so each character is looked for by itself.
    """
    if character.isascii() and character.isalnum():
        return character
    data = character.encode("utf-8", "surrogatepass")
    written = {character, data.decode("latin-1"), json.dumps(character)[1:-1], _NAMED.get(character, character)}
    written |= {"\\/"} if character == "/" else {"+"} if character == " " else set()
    in_any_case = {
        "".join(f"%{byte:02x}" for byte in data),
        "".join(f"\\u{unit:04x}" for unit in _utf_16(character)),
        f"&#{ord(character)};",
        f"&#x{ord(character):x};",
    }
    return f"(?:(?i:{_any_of(in_any_case)})|{_any_of(written)})"


def _however_written(secret: str) -> str:
    """A pattern for a secret, however its characters are written."""
    if len(secret) > _MAX_MIXED:
        return _any_of(_usual_spellings(secret))
    # Several backslashes could be taken in many ways, each of which would be tried.
    pieces = re.split(r"(\\+)", secret)
    return "".join(
        _backslashes(len(piece)) if piece.startswith("\\") else "".join(map(_spellings, piece)) for piece in pieces
    )


def _usual_spellings(secret: str) -> set[str]:
    """A secret as it is written in JSON, in a URL and in XML."""
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    in_xml = {escape(secret), secret.translate(_ALL_NAMED)}
    return {secret, *in_json, *in_xml, quote(secret, safe=""), quote_plus(secret)}


def _backslashes(number: int) -> str:
    return rf"(?:\\{{{number},{2 * number}}}|(?i:(?:%5c|&#92;|&#x5c;)){{{number}}})"


def _utf_16(character: str) -> tuple[int, ...]:
    data = character.encode("utf-16-be", "surrogatepass")
    return unpack(f">{len(data) // 2}H", data)


def _any_of(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))


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


def _left_of(secrets: Iterable[str], text: str, cut_before: bool, cut_after: bool) -> Iterator[Span]:
    """What is left of secrets in a text that is cut."""
    for secret in secrets:
        if cut_before and cut_after and text and text in secret:
            yield Span(0, len(text))
        if cut_after and (size := _overlap(text, secret)):
            yield Span(len(text) - size, len(text))
        if cut_before and (size := _overlap(text[::-1], secret[::-1])):
            yield Span(0, size)


def _overlap(text: str, secret: str) -> int:
    """How long the end of the text is that is the beginning of the secret."""
    at = text.find(secret[:_MIN_LENGTH], max(0, len(text) - len(secret)))
    while at >= 0 and not secret.startswith(text[at:]):
        at = text.find(secret[:_MIN_LENGTH], at + 1)
    return len(text) - at if at >= 0 else 0


class Secrets:
    """What is masked: the texts given as secrets, and the values of certain headers and fields.

    Fields are members of JSON objects at any depth, form fields, query parameters, elements and attributes of XML.
    """

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._spelled: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        # Replaced as a whole, as threads of the server read it, too.
        self._names = MaskedNames(())

    def add(self, text: str) -> None:
        """Notes a secret, however it is written in JSON, in XML and in a URL; of a pattern without the prefix.

        Of JSON and XML also every text in it, as messages name them one by one.
        """
        text = _PREFIX.sub("", text)
        if len(text) < _MIN_LENGTH:
            return
        for value in _values(text):
            self.add(value)
        # Of a text with several lines, messages show some.
        lines = {line for line in text.splitlines() if len(line) >= _MIN_LENGTH}
        # Longest first, so that a secret inside another one leaves no rest.
        self._texts = tuple(sorted({*self._texts, text, *lines}, key=len, reverse=True))
        self._spelled = tuple(
            entry
            for secret in self._texts
            for entry in (_usual_spellings(secret) if len(secret) > _MAX_MIXED else (secret,))
        )
        # Looks at every character, as a secret may begin inside another one and end after it.
        self._pattern = re.compile(f"(?=({'|'.join(map(_however_written, self._texts))}))")

    def mask_headers(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of these headers, in any case, until the scope ends."""
        self._mask(MaskedName(name, True, scope) for name in names)

    def mask_fields(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of the fields with these names, in any case, until the scope ends."""
        self._mask(MaskedName(name, False, scope) for name in names)

    def _mask(self, names: Iterable[MaskedName]) -> None:
        self._names = MaskedNames(tuple(dict.fromkeys((*self._names.given, *names))))

    def end_scope(self, scope: Scope) -> None:
        """Masks the names no more that were masked until the end of this scope."""
        left = tuple(name for name in self._names.given if name.scope is not scope)
        if left != self._names.given:
            self._names = MaskedNames(left)

    @property
    def masks_names(self) -> bool:
        """Whether values are masked by the names of their headers or fields."""
        return bool(self._names.given)

    def spans(self, text: str, *, cut_before: bool = False, cut_after: bool = False) -> list[Span]:
        """Where secrets and values of masked names stand in a text, in order and without overlaps.

        Of a text that is cut, also the part of a secret that is left there.
        """
        pattern = self._pattern
        found = [] if pattern is None else [Span(match.start(1), match.end(1)) for match in pattern.finditer(text)]
        found += _left_of(self._spelled, text, cut_before, cut_after)
        found += self._names.spans(text, cut_before=cut_before)
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
        return self._names.masks(kind, name)

    def hide(self, text: str) -> str:
        """The text without secrets, and without the values of masked names however they are written down."""
        return masked(text, self)

    def hide_bytes(self, data: bytes) -> bytes:
        """The same for bytes that need not be text."""
        return self.hide(data.decode("latin-1")).encode("latin-1")

    def header(self, name: str, value: str) -> str:
        """The value of a header for people to read."""
        return MASK if self.masks("header", name) else self.hide(value)

    def field(self, name: str, value: str) -> str:
        """The value of a query parameter or form field for people to read."""
        return MASK if self.masks("field", name) else self.hide(value)

    def json(self, value: Any) -> Any:
        """A parsed JSON value for people to read."""
        names = self._names
        return self._json(value, names) if self._texts or names.given else value

    def _json(self, value: Any, names: MaskedNames) -> Any:
        if isinstance(value, dict):
            return {
                self.hide(str(key)): MASK if names.masks("json", str(key)) else self._json(entry, names)
                for key, entry in value.items()
            }
        if isinstance(value, list):
            return [self._json(entry, names) for entry in value]
        return self.hide(value) if isinstance(value, str) else value
