"""The origins of pages that may call the server (Fetch Standard; RFC 6454)."""

from __future__ import annotations

import re
from typing import Final

from ..arguments import items_of, texts_of
from ..errors import UsageError
from ..url import checked_url_host
from ..visible import quote
from .regexp import TookTooLong
from .text import TextPattern

_ANY: Final = ("ANY", "*")
# What a browser sends for a page without an origin, such as a file.
_NULL: Final = "null"
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]+)?")
# Browsers leave these out.
_DEFAULT_PORTS: Final = (("http://", ":80"), ("https://", ":443"))


class Origins:
    """Some origins, given as text or text patterns; or all."""

    def __init__(self, value: object = "ANY") -> None:
        self._patterns: list[TextPattern] | None = None
        if not (isinstance(value, str) and value.strip().upper() in _ANY):
            self._patterns = [_pattern(text) for text in _texts(value)]

    def matches(self, origin: str) -> bool:
        """Whether an origin is one of them."""
        try:
            return self._patterns is None or any(pattern.matches(origin) for pattern in self._patterns)
        except TookTooLong:
            return False

    def __str__(self) -> str:
        return "ANY" if self._patterns is None else ", ".join(map(str, self._patterns))


def _texts(value: object) -> list[str]:
    # A regular expression may have a comma.
    texts = items_of(value, "origins") if isinstance(value, str) and "REGEXP:" in value else value
    texts = texts_of(texts, "origins")
    if not texts:
        raise UsageError("origins: the list is empty. Write ${False} to end what 'Set Cors' began.")
    return texts


def _pattern(text: str) -> TextPattern:
    pattern = TextPattern(text, "origins")
    if pattern.prefixed or text == _NULL:
        return pattern
    origin = text.lower()
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        begins = None if "@" in origin else _ORIGIN.match(origin)
        advice = f" Write {begins[0]}." if begins is not None else ""
        raise UsageError(
            "origins: an origin is a scheme, a host and optionally a port, such as http://localhost:3000, "
            f"not {quote(text)}.{advice}"
        )
    if not found[1].isascii():
        # As browsers send it.
        origin = origin.replace(found[1], checked_url_host(found[1], "origins"))
    for scheme, port in _DEFAULT_PORTS:
        if origin.startswith(scheme):
            origin = origin.removesuffix(port)
    return TextPattern(origin, "origins")
