"""The secrets to mask in messages, logs and saved requests."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any, Final

from ..phrase import Span, is_credential, masked
from ..scope import Scope
from ..visible import MASK
from .index import Index
from .names import MaskedName, MaskedNames
from .spellings import LOST, Level, ascii_only, levels, without_part

_PREFIX: Final = re.compile(r"^(?:NOT:\s*)?(?:EQUALS|GLOB|REGEXP|STARTS|NOT):\s*")
# Masking shorter texts would protect nothing and garble every message.
_MIN_LENGTH: Final = Index.MIN_LENGTH
# Shorter parts of a secret may be words.
_MIN_PART: Final = 6
_DIGIT: Final = re.compile(r"[0-9]")
# Base64 of less looks like ordinary text.
_MIN_BASE64: Final = 6
# So many secrets are remembered after their scope, because a client may still send the token of the last test.
_MAX_ENDED: Final = 100
# The user and password of a URL; "applications should not render [them] as clear text" (RFC 3986, 3.2.1).
_USER: Final = re.compile(r"(?:(?<=://)|(?<=//)(?=[^\s/?#@\"'<>\\]{0,300}:))[^\s/?#\"'<>\\]{1,300}(?=@)")
# Where a quoted value was cut.
_CUT: Final = re.compile(r"(?=\"?\.\.\.)")
# Less of a secret could be anything.
_MIN_MIDDLE: Final = 20
# What may be left of an escape where a text begins in the middle of it.
_MAX_PART: Final = 5
_XML_VALUE: Final = re.compile(r""">([^<]+)|=\s*("[^"]*"|'[^']*')""")


def _spellings(secret: str) -> Iterator[str]:
    """The texts to look for at each level of escapes."""
    plain = [level.text for level in levels(secret)]
    yield from plain
    # With the next character, its end may look like an escape.
    yield plain[-1].rstrip("\\%&")
    # As werkzeug reads the name of a part or file that a client did not escape.
    yield secret.replace("\\", "")
    if not plain[-1].isascii():
        yield ascii_only(plain[-1])
        # Read as bytes, with the zeros removed; of ASCII they are all that is different.
        for charset in ("utf-16-le", "utf-16-be"):
            yield plain[-1].encode(charset, "surrogatepass").decode("latin-1").replace("\0", "")
    for encoded in _in_base64(secret.encode("utf-8", "surrogatepass")):
        for level in levels(encoded):
            yield level.text


def _in_base64(data: bytes) -> Iterator[str]:
    """What base64 makes of a secret, also in the middle of other bytes; the characters at its ends depend on those."""
    if len(data) < _MIN_BASE64:
        return
    for before in range(3):
        encoded = b64encode(bytes(before) + data).decode("ascii")
        spelled = encoded[(8 * before + 5) // 6 : 8 * (before + len(data)) // 6]
        yield spelled
        yield spelled.replace("+", "-").replace("/", "_")


def _pieces(secret: str) -> Iterator[str]:
    """The pieces of a secret that may stand alone: its lines, and what it is as a target, query or form."""
    yield secret
    # Of a text with several lines, messages show some.
    yield from secret.splitlines()
    for part in re.split("[&;?]", secret):
        name, _, value = part.partition("=")
        # The end of base64 looks like an empty value. A name without digits is an ordinary word.
        for piece in (value, part.rstrip("="), name if _DIGIT.search(name) else ""):
            if len(piece) >= _MIN_PART:
                yield piece


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


def _add(secret: str, index: Index) -> None:
    for spelled in _spellings(secret):
        # Of one that is all escapes, little may be left.
        if len(spelled) >= _MIN_LENGTH and (spelled == secret or not spelled.isspace()):
            index.add(spelled)


def _found(levels: Sequence[Level], index: Index, cut_before: bool, cut_after: bool) -> Iterator[Span]:
    """Where secrets stand in a text, at any of its levels of escapes."""
    for level in levels:
        searched = [level.text]
        if LOST in level.text:
            searched.append(ascii_only(level.text))
        for spelled in searched:
            for start, end in index.find(spelled):
                yield Span(level.start(start), level.end(end))
        if cut_before or cut_after:
            yield from _left_of(level, len(levels[0].text), index, cut_before, cut_after)


def _left_of(level: Level, size: int, index: Index, cut_before: bool, cut_after: bool) -> Iterator[Span]:
    """What is left of secrets in a text that is cut."""
    for whole in dict.fromkeys((level.text, without_part(level.text))):
        if cut_after and (begun := index.begun_at(whole)) is not None:
            yield Span(level.start(begun), size)
        for part in range(_MAX_PART + 1) if cut_before else ():
            left = whole[part:]
            if cut_after and (len(left) > _MIN_MIDDLE or not part) and left and index.surrounds(left):
                yield Span(0, size)
            if (ended := index.ended_at(left)) is not None:
                yield Span(0, level.end(part + ended))


class Secrets:
    """What is masked: the texts given as secrets, and the values of certain headers and fields.

    Fields are members of JSON objects at any depth, form fields, query parameters, elements and attributes of XML.
    """

    def __init__(self) -> None:
        self._given: dict[tuple[str, Scope | None], None] = {}
        self._ended: deque[str] = deque(maxlen=_MAX_ENDED)
        # Threads of the server read these, so they only grow or are replaced as a whole.
        self._index = Index()
        self._names = MaskedNames(())

    def add(self, text: str, scope: Scope | None = None) -> None:
        """Hides a secret, however it is written, until its scope ends; of a pattern the text after the prefix.

        Of JSON and XML also every text in it, as messages name them one by one. The newest secrets are remembered for
        longer.
        """
        text = _PREFIX.sub("", text)
        if len(text) < _MIN_LENGTH or (text, scope) in self._given:
            return
        for value in _values(text):
            self.add(value, scope)
        for piece in _pieces(text):
            _add(piece, self._index)
        self._given[text, scope] = None

    def mask_headers(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of these headers, in any case, until the scope ends."""
        self._mask(MaskedName(name, True, scope) for name in names)

    def mask_fields(self, names: Iterable[str], scope: Scope) -> None:
        """Masks the values of the fields with these names, in any case, until the scope ends."""
        self._mask(MaskedName(name, False, scope) for name in names)

    def _mask(self, names: Iterable[MaskedName]) -> None:
        self._names = MaskedNames(tuple(dict.fromkeys((*self._names.given, *names))))

    def end_scope(self, scope: Scope) -> None:
        """Forgets the names and secrets of this scope, except for the newest secrets."""
        left = tuple(name for name in self._names.given if name.scope is not scope)
        if left != self._names.given:
            self._names = MaskedNames(left)
        ended = [given for given in self._given if given[1] is scope]
        if ended:
            self._ended += (text for text, _ in ended)
            self._given = {given: None for given in self._given if given[1] is not scope}
            index = Index()
            for text in dict.fromkeys([*self._ended, *(text for text, _ in self._given)]):
                for piece in _pieces(text):
                    _add(piece, index)
            self._index = index

    @property
    def masks_anything(self) -> bool:
        """Whether there are secrets, or names of headers or fields whose values are masked."""
        return bool(self._names.given or self._index)

    def spans(self, text: str, *, cut_before: bool = False, cut_after: bool = False) -> list[Span]:
        """Where secrets and values of masked names stand in a text, in order and without overlaps.

        Of a text that is cut, also the part of a secret that is left there.
        """
        index, names = self._index, self._names
        every_level = [*levels(text)] if index or names else []
        found = [*names.spans(every_level, cut_before=cut_before)]
        if "@" in text:
            found += (Span(match.start(), match.end()) for match in _USER.finditer(text))
        if index:
            found += _found(every_level, index, cut_before, cut_after)
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

    def hide(self, text: str, *, cut_after: bool = False) -> str:
        """The text without secrets, and without the values of masked names however they are written down.

        Of a text that is cut, also without what is left of a secret at its end.
        """
        return masked(text, self, cut_after=cut_after)

    def hide_shortened(self, text: str) -> str:
        """The same for a text with quoted values that are cut already: also what is left of a secret before the cut."""
        *cut, last = _CUT.split(self.hide(text))
        return "".join((*(self.hide(piece, cut_after=True) for piece in cut), last))

    def hide_bytes(self, data: bytes, *, cut_after: bool = False) -> bytes:
        """The same for bytes that need not be text."""
        return self.hide(data.decode("latin-1"), cut_after=cut_after).encode("latin-1")

    def header(self, name: str, value: str) -> str:
        """The value of a header for people to read."""
        return MASK if is_credential(name, value) or self.masks("header", name) else self.hide(value)

    def field(self, name: str, value: str) -> str:
        """The value of a query parameter or form field for people to read."""
        return MASK if self.masks("field", name) else self.hide(value)

    def json(self, value: Any) -> Any:
        """A parsed JSON value for people to read."""
        names = self._names
        return self._json(value, names) if self._index or names.given else value

    def _json(self, value: Any, names: MaskedNames) -> Any:
        if isinstance(value, dict):
            return {
                self.hide(str(key)): MASK if names.masks("json", str(key)) else self._json(entry, names)
                for key, entry in value.items()
            }
        if isinstance(value, list):
            return [self._json(entry, names) for entry in value]
        return self.hide(value) if isinstance(value, str) else value
