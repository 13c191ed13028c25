"""Likely reasons why two texts or names differ."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from itertools import islice
from typing import Final
from urllib.parse import unquote, unquote_plus

from ..phrase import Phrase, Quoted
from ..visible import first_difference, lookalikes

PATTERN: Final = "compared as plain text; patterns begin with GLOB: or REGEXP:"

# Plain text that was probably meant as a pattern: a misspelled prefix, or syntax of regular expressions.
_ALMOST_A_PATTERN: Final = re.compile(
    r"/?(?:regexp?|glob|starts|equals)\s*:|(?=\S*$)\S*(?:\.[*+]|\\[dswDSW])|\^.*\$$", re.IGNORECASE
)
# A star in a word or path; */* is a media range (RFC 9110, 12.5.1).
_ALMOST_A_GLOB: Final = re.compile(r"(?=.*\w)(?!\*/\*)\S*\*\S*")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_SEPARATORS: Final = {"_": "underscores", "-": "hyphens"}
# For longer texts, a hint is not worth the time.
_MAX_LENGTH: Final = 10_000
# How many names to search for one that is spelled slightly differently.
_MAX_NAMES: Final = 100


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _instant(text: str) -> datetime | str:
    """The time of an RFC 3339 timestamp."""
    if not _TIMESTAMP.match(text):
        return text
    try:
        # Python reads the Z from 3.11 on.
        found = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
        return text if found.tzinfo is None else found.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return text


def _without_invisible(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# Two texts with the same result of the function differ only in what the words say.
_ONLY: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("only letter case differs", str.lower),
    ("only whitespace differs", lambda text: " ".join(text.split())),
    ("only invisible characters differ", _without_invisible),
    ("only Unicode normalization differs", _composed),
    ("only quotes differ", lambda text: text.strip("\"'")),
    ("only '+' and space differ", lambda text: text.replace("+", " ")),
    ("only percent-encoding differs", unquote),
    ("only percent-encoding and '+' differ", unquote_plus),
    ("the same number, written differently", _number),
    ("the same time, written differently", _instant),
)


def sole_difference(expected: str, received: str) -> str:
    """The one thing in which two texts differ; empty if there is more."""
    if len(expected) + len(received) > _MAX_LENGTH:
        return ""
    found = next((words for words, common in _ONLY if common(expected) == common(received)), "")
    if found == "only Unicode normalization differs":
        forms = [form for form in ("NFC", "NFD") if received == unicodedata.normalize(form, received)]
        return f"{found} (received {forms[0]})" if forms else found
    return found


def hint(expected: str, received: str) -> str:
    """What to say about a text that differs from the plain text expected."""
    found = sole_difference(expected, received)
    if found == "only percent-encoding differs":
        return f"{found}: {'the received text' if len(received) > len(expected) else 'the expected text'} is encoded"
    if found or len(expected) + len(received) > _MAX_LENGTH:
        return found
    if _ALMOST_A_PATTERN.match(expected) or (
        _ALMOST_A_GLOB.fullmatch(expected) and (expected.startswith("/") or fnmatch.fnmatchcase(received, expected))
    ):
        return PATTERN
    return lookalike(expected, received)


def lookalike(expected: str, received: str) -> str:
    """Which character only looks like the expected one; empty if all can be distinguished."""
    if len(expected) + len(received) > _MAX_LENGTH:
        return ""
    for text, character in zip(("expected", "received"), lookalikes(expected, received), strict=True):
        if character and unicodedata.name(character, ""):
            return f"the {text} text has {unicodedata.name(character)} (U+{ord(character):04X})"
    return ""


def alike(name: str, others: Iterable[str]) -> Phrase:
    """What to say of another name that is spelled only a little differently; empty when there is none."""
    found = misspelt(name, others)
    return ("there is ", Quoted(found[0]), f": {found[1]}") if found else ""


def misspelt(name: str, others: Iterable[str]) -> tuple[str, str] | None:
    """Which other name is spelled only a little differently, and what differs."""
    for other in islice(others, _MAX_NAMES):
        found = sole_difference(name, other) or _only_in_names(name, other)
        if found:
            return other, found
    return None


def _only_in_names(name: str, other: str) -> str:
    if name.removesuffix("[]") == other.removesuffix("[]"):
        return "only brackets differ"
    one, two = (re.sub("[_-]", "", text) for text in (name, other))
    if not one or one.lower() != two.lower():
        return ""
    differ = [words for sign, words in _SEPARATORS.items() if name.count(sign) != other.count(sign)]
    differ += ["letter case"] * (one != two)
    return f"only {' and '.join(differ)} differ" if differ else ""


def offset(expected: str | bytes, received: str | bytes) -> str:
    """The position from which two values differ; empty if it is the very beginning."""
    at = first_difference(expected, received)
    if not at:
        return ""
    if isinstance(expected, bytes) or isinstance(received, bytes):
        return f"from byte {at + 1} on"
    if "\n" not in expected[:at]:
        return f"from character {at + 1} on"
    line = expected.count("\n", 0, at) + 1
    column = at - (expected.rfind("\n", 0, at) + 1) + 1
    return f"from line {line}, character {column} on"
