"""Text patterns, with the prefixes of *Run Keyword And Expect Error*."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from ..arguments import plain_text
from ..errors import UsageError
from ..phrase import Diff, Phrase, Quoted, contrast
from .difference import Difference, Where
from .hints import hint, offset, sole_difference
from .quick import LARGE, NEVER, SMALL
from .regexp import Regexp

_NOT: Final = "NOT:"
_PREFIXES: Final = ("EQUALS", "GLOB", "REGEXP", "STARTS")
# A search may take longer than a match of the whole text.
_MAX_SEARCHED: Final = 1000
_FLAGS: Final = {re.ASCII: "a", re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s", re.VERBOSE: "x"}


def has_prefix(text: str) -> bool:
    """Whether a text has a prefix of a text pattern."""
    return text.partition(":")[0] in (*_PREFIXES, "NOT") and ":" in text


def without_not(value: object) -> tuple[bool, object]:
    """Whether a pattern begins with ``NOT:``, and the pattern after it."""
    if isinstance(value, str) and value.startswith(_NOT):
        return True, value[len(_NOT) :].lstrip()
    return False, value


def describe_pattern(mode: str, value: str, *, negated: bool) -> Phrase:
    """A pattern as a phrase after 'expected'."""
    quoted = Quoted(value)
    if mode == "EQUALS":
        return ("text other than ", quoted) if negated else quoted
    if mode == "STARTS":
        return (f"text that {'does not start' if negated else 'starts'} with ", quoted)
    return (f"text that {'does not match' if negated else 'matches'} {mode} ", quoted)


class TextPattern:
    """Text to compare with: equal, or by pattern after ``GLOB:``, ``REGEXP:`` or ``STARTS:``, with or without ``NOT:``.

    ``literal`` is the only text that matches, or None if others may match. ``prefixed`` says whether there is a prefix;
    a compiled regular expression counts as one. ``what`` names the argument in errors.

    Matching raises `TookTooLong` for a regular expression without a verdict in time.
    """

    __slots__ = ("_matches", "_regexp", "_written", "literal", "mode", "negated", "prefixed", "value")

    def __init__(self, value: object, what: str) -> None:
        self.negated, value = without_not(value)
        self._regexp: Regexp | None = None
        if isinstance(value, re.Pattern):
            self._set_compiled(value, what)
            return
        text = plain_text(value, what)
        prefix, colon, rest = text.partition(":")
        has_mode = bool(colon) and prefix in _PREFIXES and isinstance(value, str)
        self.mode = prefix if has_mode else "EQUALS"
        self.value = rest.lstrip() if has_mode else text
        self.prefixed = has_mode or self.negated
        self._written = f"{self.mode}:{self.value}" if has_mode else text
        self.literal = self.value if self.mode == "EQUALS" and not self.negated else None
        self._matches = self._matcher(isinstance(value, bool), what)

    def _set_compiled(self, pattern: re.Pattern[Any], what: str) -> None:
        if not isinstance(pattern.pattern, str):
            raise UsageError(f"{what}: a regular expression for text is needed, not for bytes: {pattern.pattern!r}.")
        self.prefixed, self.mode, self.literal = True, "REGEXP", None
        flags = "".join(letter for flag, letter in _FLAGS.items() if pattern.flags & flag)
        self.value = f"(?{flags}){pattern.pattern}" if flags else pattern.pattern
        self._written = f"REGEXP:{self.value}"
        self._regexp = Regexp(pattern, what)
        self._matches = self._regexp.matches

    def _matcher(self, boolean: bool, what: str) -> Callable[[str], object]:
        value = self.value
        if boolean:
            return lambda text: text.lower() == value
        if self.mode == "EQUALS":
            return value.__eq__
        if self.mode == "STARTS":
            return lambda text: text.startswith(value)
        if self.mode == "GLOB":
            return re.compile(fnmatch.translate(value)).match
        self._regexp = Regexp(value, what)
        return self._regexp.matches

    @property
    def quick_up_to(self) -> int:
        """The size of a text up to which matching takes a few milliseconds only."""
        if self._regexp is not None:
            return SMALL if self._regexp.is_quick else NEVER
        return SMALL if self.mode == "GLOB" else LARGE

    def matches(self, text: str) -> bool:
        return bool(self._matches(text)) is not self.negated

    def any_matches(self, texts: Iterable[str]) -> bool:
        """Whether one of several texts matches; for ``NOT:``, whether there are any and all of them match."""
        if not self.negated:
            return any(map(self._matches, texts))
        found = [*texts]
        return bool(found) and not any(map(self._matches, found))

    def describe(self) -> Phrase:
        """The pattern as a phrase after 'expected'."""
        return describe_pattern(self.mode, self.value, negated=self.negated)

    def contrast(self, received: str) -> tuple[Phrase, Phrase]:
        """The pattern and a text that does not match it, as phrases after 'expected' and 'received'."""
        if self.literal is None:
            return self.describe(), Quoted(received)
        return contrast(self.literal, received)

    def hint(self, received: str) -> str:
        """A likely reason why a text does not match; empty if there is none."""
        if self.negated:
            return ""
        if self.literal is not None:
            return sole_difference(self.literal, received) if self.prefixed else hint(self.literal, received)
        if len(received) > _MAX_SEARCHED:
            return ""
        if self._regexp is not None:
            if not self._regexp.is_quick_to_search(received):
                return ""
            if self._regexp.is_in(received):
                return "part of it matches, but REGEXP must match the whole text"
        if self._matches(received.lower()) or self._matches(received.strip()):
            return "only letter case or whitespace differs"
        return ""

    def difference(self, where: Where, received: str) -> Difference:
        """What differs in a text that does not match."""
        return Difference(where, *self.contrast(received), self.hint(received))

    def difference_of_body(self, where: Where, received: str) -> Difference:
        """The same for a text that may be long: with the offset of the difference and, for several lines, a diff."""
        found = self.hint(received)
        if self.literal is None:
            return Difference(where, *self.contrast(received), found)
        begins = offset(self.literal, received)
        if begins and (not found or found.startswith("only ")):
            found = f"{found or 'differs'} {begins}"
        diff = Diff(self.literal, received) if "\n" in self.literal or "\n" in received else None
        return Difference(where, *self.contrast(received), found, diff)

    def __str__(self) -> str:
        """The pattern as written in an argument."""
        return f"{_NOT}{self._written}" if self.negated else self._written
