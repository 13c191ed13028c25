"""Text that fits a pattern, a format and a length, always the same."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from ..matching.regexp import Regexp, TookTooLong

_TEXT: Final = "string"
_BY_FORMAT: Final = {
    "byte": "dGV4dA==",
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "hostname": "example.com",
    "idn-email": "user@example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/",
    "iri-reference": "/",
    "json-pointer": "/a",
    "regex": ".*",
    "relative-json-pointer": "0",
    "time": "00:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "uri-template": "/{id}",
    "url": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
# Longer text is not made.
_MAX_LENGTH: Final = 100_000
_MAX_EXTRA: Final = 64
_PRINTABLE: Final = "a0A_- .!" + "".join(map(chr, range(33, 127)))


def text_for(pattern: str | None, format_: str | None, least: int, most: int | None) -> str:
    """The text; of the wrong length, or not matching, where that is not feasible."""
    if pattern is not None:
        made = _for_pattern(pattern, least, most)
        if made is not None:
            return made
    text = _BY_FORMAT.get(format_ or "", _TEXT)
    if len(text) < least <= _MAX_LENGTH:
        text = (text or _TEXT) * (least // len(text or _TEXT) + 1)
        text = text[:least]
    return text if most is None else text[:most]


def _for_pattern(pattern: str, least: int, most: int | None) -> str | None:
    """Text with a match for a pattern; None if none is found."""
    try:
        tree = _parser().parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    for extra in range(_MAX_EXTRA):
        try:
            text = "".join(_Generator(extra).of(tree))
        except (_Infeasible, RecursionError):
            return None
        if len(text) > _MAX_LENGTH:
            return None
        if not pattern.endswith("$") and len(text) < least:
            text += "a" * (least - len(text))
        if len(text) >= least:
            return text if (most is None or len(text) <= most) and _has_match(pattern, text) else None
    return None


def _has_match(pattern: str, text: str) -> bool:
    try:
        return Regexp(pattern, "pattern").is_in(text)
    except TookTooLong:
        return False


def _parser() -> Any:
    # The standard library's own parser of patterns has no public name.
    return importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")


class _Infeasible(Exception):
    """Text for a part of a pattern cannot be made in a simple way."""


class _Generator:
    """Makes text of a parsed pattern; each part is repeated as little as it must, and ``extra`` times where it may."""

    def __init__(self, extra: int) -> None:
        self._extra = extra
        self._groups: dict[int, str] = {}

    def of(self, tree: Any) -> Iterator[str]:
        for operation, argument in tree:
            yield self._part(str(operation), argument)

    def _part(self, operation: str, argument: Any) -> str:
        if operation == "LITERAL":
            return chr(argument)
        if operation == "NOT_LITERAL":
            return _first(lambda character: ord(character) != argument)
        if operation == "ANY":
            return "a"
        if operation == "IN":
            return _first_in(argument)
        if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = argument
            return "".join(self.of(inner)) * min(int(most), int(least) + self._extra)
        if operation == "SUBPATTERN":
            text = "".join(self.of(argument[3]))
            if argument[0] is not None:
                self._groups[argument[0]] = text
            return text
        if operation == "ATOMIC_GROUP":
            return "".join(self.of(argument))
        if operation == "BRANCH":
            return "".join(self.of(argument[1][0]))
        if operation == "GROUPREF":
            return self._groups.get(argument, "")
        if operation in ("AT", "ASSERT", "ASSERT_NOT"):
            # Whether they hold is seen when the whole text is matched.
            return ""
        raise _Infeasible


def _first(fits: Any) -> str:
    for character in _PRINTABLE:
        if fits(character):
            return character
    raise _Infeasible


def _first_in(members: list[Any]) -> str:
    """A character of a set."""
    negated = str(members[0][0]) == "NEGATE"
    if negated:
        return _first(lambda character: not any(_is_in(character, *member) for member in members[1:]))
    operation, argument = members[0]
    if str(operation) == "LITERAL":
        return chr(argument)
    if str(operation) == "RANGE":
        return chr(argument[0])
    return _first(lambda character: any(_is_in(character, *member) for member in members))


def _is_in(character: str, operation: Any, argument: Any) -> bool:
    kind = str(operation)
    if kind == "LITERAL":
        return bool(ord(character) == argument)
    if kind == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    kinds = {
        "CATEGORY_DIGIT": character.isdigit(),
        "CATEGORY_SPACE": character.isspace(),
        "CATEGORY_WORD": character.isalnum() or character == "_",
    }
    name = str(argument)
    return not kinds[name.replace("_NOT_", "_")] if "_NOT_" in name else kinds.get(name, False)
