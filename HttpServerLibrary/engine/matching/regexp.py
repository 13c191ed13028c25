"""Regular expressions, and how long they may take.

Some expressions take exponentially long for a text that almost matches. `re` cannot be interrupted then, and keeps all
other threads waiting. The package `regex`, an extra, is faster for most of them, lets other threads run, and has a time
limit. So if it is installed, it matches what may take long; `re` matches the rest, which it does faster.

What `re` accepts is a regular expression, with or without the extra, and it means the same. So `regex` gets the
characters of ``\\w`` and ``\\s`` as `re` has them, and no syntax that only `regex` knows.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any, Final

from ..errors import UsageError
from ..phrase import Phrase, Quoted
from ..visible import quote

MAX_SECONDS: Final = 1.0
"""How long `regex` may match one text."""

# Each of them can multiply the time. A reference to a group is compared again for each length of the group.
_REPEATS: Final = re.compile(r"[*+{]|\\[1-9]|\(\?P=")
# The text that it matches may be divided in many ways: the time can be exponential.
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_MANY: Final = 20
# An optional part or an alternative can double the time, so that many of them count as a repeat.
_CHOICES: Final = re.compile(r"\||(?<![(*+?}])\?")
_AS_A_REPEAT: Final = 8
# Plain text to `re`; sets of POSIX characters, operations on sets, and fuzzy matches to `regex`.
_ONLY_IN_REGEX: Final = re.compile(r"\[:|\[[^\]]*(?:\[|--|&&|~~|\|\|)|\{(?!\d*,?\d*\})")
# Of a whole expression, or of a group in it.
_INLINE_FLAGS: Final = re.compile(r"\(\?[aimsx]*[ax]")
# Both have them, with different values. re.UNICODE is the default.
_FLAGS: Final = ("ASCII", "IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE")
_TOKEN: Final = re.compile(r"\\.|\[\^?\]?|.", re.DOTALL)
_WORD: Final = r"\p{L}\p{N}_"
_SPACE: Final = r"\s\x1c-\x1f"
_NO_BOUNDARY: Final = r"\B"
_NOT_EMPTY: Final = r"(?!\A\Z)"
_CLASSES: Final = {
    r"\w": f"[{_WORD}]",
    r"\W": f"[^{_WORD}]",
    r"\s": f"[{_SPACE}]",
    r"\S": f"[^{_SPACE}]",
    r"\b": f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))",
    # Before Python 3.14, an empty text does not have it.
    r"\B": (
        f"(?:{'' if re.match(_NO_BOUNDARY, '') else _NOT_EMPTY}"
        f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}])))"
    ),
}
_COMPLEMENTS: Final = (r"\W", r"\S")
_IN_SETS: Final = {r"\w": _WORD, r"\s": _SPACE}
# Verdicts that took so many seconds are kept: to explain a difference, the same texts are matched again.
_SLOW: Final = 0.001
_MAX_KEPT: Final = 8
_MAX_KEPT_LENGTH: Final = 64 * 1024
# About the steps that a search of a few milliseconds takes.
_MAX_STEPS: Final = 1_000_000


class TookTooLong(Exception):
    """A regular expression did not come to an end in time; ``reason`` says which one, and what to do."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.reason: Phrase = (
            "REGEXP ",
            Quoted(pattern),
            f" took longer than {MAX_SECONDS:g} s; rewrite it so that no part can match the same text in several ways",
        )


class Regexp:
    """A regular expression in the syntax of `re`. ``what`` names the argument in errors.

    If it ``is_quick``, its time is proportional to the length of the text.
    """

    __slots__ = ("_bounded", "_known", "_pattern", "_repeats", "is_quick", "value")

    def __init__(self, value: str | re.Pattern[str], what: str) -> None:
        if isinstance(value, str):
            try:
                self._pattern = re.compile(value)
            except (re.error, OverflowError, RecursionError) as error:
                raise UsageError(f"{what}: {quote(value)} is not a regular expression: {error}.") from None
        else:
            self._pattern = value
        self.value = self._pattern.pattern
        self._repeats = len(_REPEATS.findall(self.value)) + len(_CHOICES.findall(self.value)) // _AS_A_REPEAT
        if _REPEATED_GROUP.search(self.value):
            self._repeats = _MANY
        self.is_quick = self._repeats < 2
        self._bounded = None if self.is_quick else _bounded(self._pattern)
        self._known: dict[tuple[str, str], bool | None] = {}

    def is_quick_to_search(self, text: str) -> bool:
        """Whether a search of this text takes a few milliseconds only."""
        steps: int = len(text) ** (self._repeats + 1)
        return steps <= _MAX_STEPS

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. Raises `TookTooLong`."""
        return bool(self._pattern.fullmatch(text)) if self.is_quick else self._timed("fullmatch", text)

    def is_in(self, text: str) -> bool:
        """Whether a part of the text matches. Raises `TookTooLong`."""
        return self._timed("search", text)

    def groups_in(self, text: str) -> tuple[str | None, ...] | None:
        """What the groups stand for where a part of the text matches. Raises `TookTooLong`."""
        if self._bounded is None:
            found = self._pattern.search(text)
        else:
            try:
                found = self._bounded.search(text, timeout=MAX_SECONDS)
            except TimeoutError:
                raise TookTooLong(self.value) from None
        return None if found is None else found.groups()

    def all_in(self, text: str) -> list[re.Match[str]]:
        """All parts of the text that match. Raises `TookTooLong`."""
        if self._bounded is None:
            return [*self._pattern.finditer(text)]
        try:
            return [*self._bounded.finditer(text, timeout=MAX_SECONDS)]
        except TimeoutError:
            raise TookTooLong(self.value) from None

    def _timed(self, method: str, text: str) -> bool:
        known = self._known.get((method, text), self) if self._known else self
        if known is self:
            started = time.perf_counter()
            known = self._asked(method, text)
            if time.perf_counter() - started > _SLOW and len(text) <= _MAX_KEPT_LENGTH:
                # A new dictionary, because other threads may read the old one.
                self._known = dict([*self._known.items(), ((method, text), known)][-_MAX_KEPT:])
        if known is None:
            raise TookTooLong(self.value)
        return bool(known)

    def _asked(self, method: str, text: str) -> bool | None:
        """The verdict; None if there is none in time."""
        if self._bounded is None:
            return bool(getattr(self._pattern, method)(text))
        try:
            return bool(getattr(self._bounded, method)(text, timeout=MAX_SECONDS))
        except TimeoutError:
            return None


def _bounded(pattern: re.Pattern[str]) -> Any:
    """The same expression with a time limit; None if there is none."""
    if _ONLY_IN_REGEX.search(pattern.pattern):
        return None
    try:
        # From an extra, needed only for what may take long.
        import regex
    except ImportError:
        return None
    # Where \w is ASCII, both agree. In verbose expressions, a comment may have any brackets.
    agrees = pattern.flags & (re.ASCII | re.VERBOSE) or _INLINE_FLAGS.search(pattern.pattern)
    value = pattern.pattern if agrees else "".join(_with_classes_of_re(pattern.pattern))
    try:
        flags = regex.VERSION0
        for name in _FLAGS:
            if pattern.flags & getattr(re, name):
                flags |= getattr(regex, name)
        return regex.compile(value, flags, cache_pattern=False)
    except (regex.error, ValueError, OverflowError, RecursionError):
        return None


def _with_classes_of_re(pattern: str) -> Iterator[str]:
    """The parts of an expression, with the characters that `re` has in its classes."""
    members: list[str] | None = None
    for token in _TOKEN.findall(pattern):
        if members is None:
            if token[0] != "[":
                yield _CLASSES.get(token, token)
            else:
                members = [token]
        elif token == "]":
            yield _set(*members)
            members = None
        else:
            members.append(token)


def _set(start: str, *members: str) -> str:
    """A set of characters; ``start`` has what opens it."""
    rest = "".join(_IN_SETS.get(member, member) for member in members if member not in _COMPLEMENTS)
    complements = [_CLASSES[member] for member in _COMPLEMENTS if member in members]
    if not complements:
        return f"{start}{rest}]"
    # A complement of several classes cannot be in a set.
    opening = start.replace("^", "")
    found = "|".join([*complements, *([f"{opening}{rest}]"] if rest or opening != "[" else [])])
    return f"(?:(?!{found})(?s:.))" if "^" in start else f"(?:{found})"
