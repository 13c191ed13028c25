"""What experience says about two texts that differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, unquote_plus

from ..visible import first_difference

PATTERN: Final = "plain text, patterns begin with GLOB: or REGEXP:"

# Plain text that looks as if a pattern was meant.
_ALMOST_A_PATTERN: Final = re.compile(
    r"/?(?:regexp?|glob|starts|equals)\s*:|(?=\S*$)\S*(?:\*|\.\+|\\[dswDSW])|\^.*\$$", re.IGNORECASE
)
# Longer texts take longer to look at than a hint is worth.
_MAX_LENGTH: Final = 10_000


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# What two texts have in common when nothing but this differs.
_ONLY: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("only letter case differs", str.lower),
    ("only whitespace differs", lambda text: " ".join(text.split())),
    ("only quotes differ", lambda text: text.strip("\"'")),
    ("only '+' and space differ", lambda text: text.replace("+", " ")),
    ("only percent-encoding differs", unquote),
    ("only percent-encoding and '+' differ", unquote_plus),
    ("the same number, written differently", _number),
)


def only(expected: str, received: str) -> str:
    """What alone differs in two texts, or nothing."""
    if len(expected) + len(received) > _MAX_LENGTH:
        return ""
    return next((words for words, common in _ONLY if common(expected) == common(received)), "")


def hint(expected: str, received: str) -> str:
    """What to say of a text that is not the plain text expected."""
    found = only(expected, received)
    if found == "only percent-encoding differs":
        return f"{found}: {'the received one' if len(received) > len(expected) else 'the expected one'} is encoded"
    if not found and len(expected) <= _MAX_LENGTH and _ALMOST_A_PATTERN.match(expected):
        return PATTERN
    return found


def offset(expected: str | bytes, received: str | bytes) -> str:
    """From where on two values differ; empty when it is the very beginning."""
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
