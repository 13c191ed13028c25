"""Text patterns, with the prefixes of *Run Keyword And Expect Error*."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from typing import Final

from ..arguments import plain_text
from ..errors import UsageError
from ..phrase import Diff, Phrase, Quoted, contrast
from ..visible import quote
from .difference import Difference, Where
from .hints import hint, offset, only

_PREFIXES: Final = ("EQUALS", "GLOB", "REGEXP", "STARTS")
# A search may take long where a comparison with the whole text does not.
_MAX_SEARCHED: Final = 1000


class TextPattern:
    """Text to compare with: equal, or by pattern after ``GLOB:``, ``REGEXP:`` or ``STARTS:``.

    ``literal`` is the text of an EQUALS pattern and None for the others; ``prefixed`` tells whether a prefix
    was given. ``what`` names the argument in errors.
    """

    __slots__ = ("_matches", "literal", "mode", "prefixed", "value")

    def __init__(self, value: object, what: str) -> None:
        text = plain_text(value, what)
        prefix, colon, rest = text.partition(":")
        self.prefixed = bool(colon) and prefix in _PREFIXES and isinstance(value, str)
        self.mode = prefix if self.prefixed else "EQUALS"
        self.value = rest.lstrip() if self.prefixed else text
        self.literal = self.value if self.mode == "EQUALS" else None
        self._matches = self._matcher(isinstance(value, bool), what)

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
        try:
            return re.compile(value).fullmatch
        except (re.error, OverflowError, RecursionError) as error:
            raise UsageError(f"{what}: {quote(value)} is not a regular expression: {error}.") from None

    def matches(self, text: str) -> bool:
        return bool(self._matches(text))

    def describe(self) -> Phrase:
        """The pattern as a phrase after 'expected'."""
        quoted = Quoted(self.value)
        if self.mode == "EQUALS":
            return quoted
        if self.mode == "STARTS":
            return ("text that starts with ", quoted)
        return (f"text that matches {self.mode} ", quoted)

    def contrast(self, received: str) -> tuple[Phrase, Phrase]:
        """The pattern and a text that does not match it, as phrases after 'expected' and 'received'."""
        if self.literal is None:
            return self.describe(), Quoted(received)
        return contrast(self.literal, received)

    def hint(self, received: str) -> str:
        """What experience says about a text that does not match; empty when it says nothing."""
        if self.literal is not None:
            return only(self.literal, received) if self.prefixed else hint(self.literal, received)
        if len(received) > _MAX_SEARCHED:
            return ""
        if self.mode == "REGEXP" and re.search(self.value, received):
            return "a part of it matches, but REGEXP is for the whole text"
        if self._matches(received.lower()) or self._matches(received.strip()):
            return "only letter case or whitespace differs"
        return ""

    def difference(self, where: Where, received: str) -> Difference:
        """What differs in a text that does not match."""
        return Difference(where, *self.contrast(received), self.hint(received))

    def difference_of_body(self, where: Where, received: str) -> Difference:
        """The same for a text that may be long: with the offset of the difference, and a diff of several lines."""
        found = self.hint(received)
        if self.literal is None:
            return Difference(where, *self.contrast(received), found)
        begins = offset(self.literal, received)
        if begins and (not found or found.startswith("only ")):
            found = f"{found or 'differs'} {begins}"
        diff = Diff(self.literal, received) if "\n" in self.literal or "\n" in received else None
        return Difference(where, *self.contrast(received), found, diff)

    def __str__(self) -> str:
        """The pattern as it is written in an argument."""
        return f"{self.mode}:{self.value}" if self.prefixed else self.value
