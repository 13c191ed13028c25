"""What experience says about two texts that differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from typing import Final
from urllib.parse import unquote, unquote_plus

from ..visible import first_difference, visible

PATTERN: Final = "plain text, patterns begin with GLOB: or REGEXP:"

# Plain text that looks as if a pattern was meant.
_ALMOST_A_PATTERN: Final = re.compile(
    r"/?(?:regexp?|glob|starts|equals)\s*:|(?=\S*$)\S*(?:\*|\.\+|\\[dswDSW])|\^.*\$$", re.IGNORECASE
)
# Longer texts take longer to look at than anybody waits for a hint.
_MAX_LENGTH: Final = 10_000
_DIFF_LINES: Final = 12
_DIFF_CONTEXT: Final = 2
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


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


def place(expected: str | bytes, received: str | bytes, kind: str = "") -> str:
    """Where two values begin to differ, behind the kind of their difference; nothing when it is the very beginning."""
    at = first_difference(expected, received)
    if not at:
        return kind
    what = kind or "differs"
    if isinstance(expected, bytes) or isinstance(received, bytes):
        return f"{what} from byte {at + 1} on"
    if "\n" not in expected[:at]:
        return f"{what} from character {at + 1} on"
    line = expected.count("\n", 0, at) + 1
    column = at - (expected.rfind("\n", 0, at) + 1) + 1
    return f"{what} from line {line}, character {column} on"


def diff(expected: str, received: str) -> tuple[str, ...]:
    """A unified diff that begins shortly before the first difference, where a text has several lines."""
    if "\n" not in expected and "\n" not in received:
        return ()
    start = expected.rfind("\n", 0, first_difference(expected, received)) + 1
    for _ in range(_DIFF_CONTEXT):
        start = expected.rfind("\n", 0, max(0, start - 1)) + 1
    lines = [*_hunks(_window(expected, start), _window(received, start))]
    shown = [visible(line) for line in lines[:_DIFF_LINES]]
    return ("--- expected", "+++ received", *shown, *["..."] * (len(lines) > _DIFF_LINES))


def _window(text: str, start: int) -> list[str]:
    # Only as many lines, and so many characters, as could be shown.
    return text[start : start + _MAX_LENGTH].split("\n")[: 4 * _DIFF_LINES]


def _hunks(expected: list[str], received: list[str]) -> Iterator[str]:
    found = unified_diff(expected, received, n=_DIFF_CONTEXT, lineterm="")
    for number, line in enumerate(found):
        # The first three are the names and the place, which is told before.
        if number > 2:
            hunk = _HUNK.match(line)
            if hunk and max(map(int, hunk.groups())) > 2 * _DIFF_LINES:
                # It may differ there only because the window ends.
                yield "..."
                return
            yield "..." if hunk else line
