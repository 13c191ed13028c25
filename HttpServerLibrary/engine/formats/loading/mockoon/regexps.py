"""Regular expressions of JavaScript, as Python writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ....matching.regexp import Regexp
from ....visible import quote
from ..loaded import NotUnderstood

_TOKEN: Final = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]*>|.)|\[\^?\]?|\(\?<(?![=!])|\{(?:\d+(?:,\d*)?\})?|.",
    re.DOTALL,
)
# Its classes have ASCII characters only, but for the space.
_CLASSES: Final = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[A-Za-z0-9_]",
    r"\W": "[^A-Za-z0-9_]",
    r"\s": r"[\s\ufeff]",
    r"\S": r"[^\s\ufeff]",
    r"\b": r"(?a:\b)",
    r"\B": r"(?a:\B)",
}
_IN_SETS: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_", r"\s": r"\s\ufeff", r"\b": r"\x08"}
# What `re` knows as well, or would read as something else.
_ESCAPES: Final = frozenset("tnvfr0123456789")
_LINE_ENDS: Final = r"\n\r\u2028\u2029"


def regexp(pattern: str, *, ignore_case: bool = False) -> Regexp:
    """Raises `NotUnderstood`."""
    try:
        return Regexp(re.compile(in_python(pattern), re.IGNORECASE if ignore_case else 0), "value")
    except (re.error, OverflowError, RecursionError) as error:
        raise NotUnderstood(f"{quote(pattern)} is not a regular expression that can be used here: {error}") from None


def in_python(pattern: str) -> str:
    """The same expression as `re` writes it, with the same groups."""
    return "".join(_translated(pattern))


def _translated(pattern: str) -> Iterator[str]:
    in_set = False
    for token in _TOKEN.findall(pattern):
        if in_set:
            in_set = token != "]"
            yield _in_set(token)
        elif token in ("[]", "[^]"):
            # Nothing, and everything.
            yield "(?!)" if token == "[]" else r"[\s\S]"
        elif token.startswith("["):
            in_set = True
            yield token
        elif token == "{":
            yield r"\{"
        elif token == ".":
            yield f"[^{_LINE_ENDS}]"
        elif token == "$":
            yield r"\Z"
        elif token == "(?<":
            yield "(?P<"
        elif token.startswith(r"\k<"):
            yield f"(?P={token[3:-1]})"
        else:
            yield _CLASSES.get(token) or _escape(token)


def _in_set(token: str) -> str:
    if token.startswith("["):
        # `re` warns of sets in sets.
        return token.replace("[", r"\[")
    if token in _IN_SETS:
        return _IN_SETS[token]
    if token in ("&", "~", "|"):
        return f"\\{token}"
    return token if token == "\\D" or token in (r"\W", r"\S") else _escape(token)


def _escape(token: str) -> str:
    if len(token) == 2 and token[0] == "\\" and token[1].isalpha() and token[1] not in _ESCAPES:
        # An escaped letter that means nothing is that letter.
        return token[1]
    if token.startswith(r"\c") and len(token) == 3:
        return f"\\x{ord(token[2]) % 32:02x}"
    return token
