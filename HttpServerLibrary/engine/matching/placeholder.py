"""Placeholders for what may vary in an expected JSON value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ..errors import UsageError
from ..phrase import Phrase
from ..visible import quote
from .text import TextPattern

_REGEXP: Final = "<regexp:"
# Text so close to a placeholder that it is probably a mistake.
_LIKELY: Final = re.compile(
    r"<\s*(any|any[-_ :].*|any(str|text|num|int|float|bool|null|none|list|obj|dict|val).*"
    r"|reg(ex|exp|exep)p?(\s*[:=].*)?)\s*>"
    r"|<regexp:.*",
    re.IGNORECASE | re.DOTALL,
)
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATETIME: Final = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):\d\d):(?P<second>[0-5]\d|60)(?:\.\d+)?"
    r"(?P<offset>[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_UNQUOTED: Final = re.compile(r"[:\[,]\s*<(any|regexp)\b")


@dataclass(frozen=True)
class Placeholder:
    """Stands for any value of a certain kind.

    ``words`` describe it after 'expected', ``written`` is its spelling, and ``kind`` the kind of JSON value it matches.
    """

    written: str
    words: Phrase
    kind: str
    matches: Callable[[Any], bool]

    def hint(self, value: Any) -> str:
        """What to say about a value that does not match."""
        if self.matches is _is_datetime and isinstance(value, str) and _is_datetime(f"{value}Z"):
            return "the UTC offset is missing, such as Z"
        return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """By value: 1.0 is an integer as well (JSON Schema, 6.1.1)."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _is_datetime(value: Any) -> bool:
    """Whether a text is a date-time of RFC 3339 (5.6) that exists in the calendar."""
    found = _DATETIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    second = int(found["second"])
    try:
        # Python has no leap seconds. They are the last second of a UTC day (RFC 3339, 5.7).
        moment = datetime.fromisoformat(f"{found['minute']}:{min(second, 59):02}+00:00".upper())
        offset = found["offset"].upper().replace("Z", "+00:00")
        apart = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
        moment = moment - apart if offset[0] == "+" else moment + apart
    except (ValueError, OverflowError):
        return False
    return second < 60 or (moment.hour, moment.minute) == (23, 59)


_KNOWN: Final = {
    placeholder.written: placeholder
    for placeholder in (
        Placeholder("<any>", "any value", "", lambda _: True),
        Placeholder("<any-string>", "any text", "text", lambda value: isinstance(value, str)),
        Placeholder("<any-number>", "any number", "number", _is_number),
        Placeholder("<any-integer>", "any integer", "number", _is_integer),
        Placeholder("<any-boolean>", "any boolean", "boolean", lambda value: isinstance(value, bool)),
        Placeholder("<any-uuid>", "any UUID", "text", _is_uuid),
        Placeholder("<any-datetime>", "any date and time with offset (RFC 3339)", "text", _is_datetime),
        Placeholder("<any-list>", "any list", "list", lambda value: isinstance(value, list)),
        Placeholder("<any-object>", "any object", "object", lambda value: isinstance(value, dict)),
    )
}


def filled(value: Any, what: str) -> Any:
    """A JSON value with its placeholder texts replaced by placeholders; the value itself if it has none."""
    if not _may_hold_placeholders(value):
        return value
    try:
        return _filled(value, what)
    except RecursionError:
        raise UsageError(f"{what}: nested too deeply.") from None


def _may_hold_placeholders(value: Any) -> bool:
    # A loop, because values without placeholders may be nested as deeply as JSON allows.
    left = [value]
    while left:
        entry = left.pop()
        if isinstance(entry, str):
            if entry.startswith(("<", "\\")):
                return True
        elif isinstance(entry, dict):
            left += entry.values()
        elif isinstance(entry, list):
            left += entry
    return False


def _filled(value: Any, what: str) -> Any:
    if isinstance(value, str):
        return _meaning(value, what)
    if isinstance(value, dict):
        return {key: _filled(entry, what) for key, entry in value.items()}
    if isinstance(value, list):
        return [_filled(entry, what) for entry in value]
    return value


def _meaning(text: str, what: str) -> Placeholder | str:
    bare = text.lstrip("\\")
    if not _is_near(bare):
        return text
    if bare != text:
        return text[1:]
    if text in _KNOWN:
        return _KNOWN[text]
    if text.startswith(_REGEXP) and text.endswith(">"):
        pattern = TextPattern(f"REGEXP:{text[len(_REGEXP) : -1]}", what)
        return Placeholder(
            text,
            pattern.describe(),
            "text",
            lambda value: isinstance(value, str) and pattern.matches(value),
        )
    raise UsageError(
        f"{what}: {quote(text)} is not a placeholder. The known ones are {', '.join(_KNOWN)} and {_REGEXP}...>. "
        "To match the text itself, put a backslash before it."
    )


def _is_near(text: str) -> bool:
    return _LIKELY.fullmatch(text) is not None


def as_text(text: str) -> str:
    """The spelling of a text that stands for itself, even if it looks like a placeholder."""
    return f"\\{text}" if _is_near(text.lstrip("\\")) else text


def is_placeholder(text: str) -> bool:
    """Whether text is a placeholder, or was probably meant as one; such text is not JSON."""
    return _is_near(text.strip())


def advice(text: str) -> str:
    """Advice about JSON that cannot be parsed because a placeholder has no quotes."""
    return ' In JSON, a placeholder needs quotes: "<any>".' if _UNQUOTED.search(text) else ""
