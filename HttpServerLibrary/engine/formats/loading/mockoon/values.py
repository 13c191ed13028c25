"""Values as JavaScript has them, where Python's would be written, compared or ordered differently.

What JSON has is the same in both: objects are dictionaries, ``null`` is None. Only what is not there needs a value of
its own, because a rule and a template treat it differently.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Final


class Undefined(Enum):
    """What is not there."""

    UNDEFINED = "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined.UNDEFINED

_MAX_EXACT: Final = 2**53
_MAX_DEPTH: Final = 200
# Exponents outside these are written as such.
_MIN_EXPONENT: Final = -7
_MAX_EXPONENT: Final = 21
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING: Final = re.compile(r"\s*([+-]?\d+)")
_INDEX: Final = re.compile(r"0|[1-9]\d{0,9}")
# Only these need an escape.
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_object(value: object) -> bool:
    """Whether ``typeof`` says object: also of lists, dates and null."""
    return value is None or isinstance(value, (Mapping, list, datetime))


def number_text(value: int | float) -> str:
    """A number as text: 1.0 is ``1``, and a large integer has the digits that a double has."""
    if isinstance(value, int):
        if abs(value) <= _MAX_EXACT:
            return str(value)
        try:
            value = float(value)
        except OverflowError:
            value = math.inf if value > 0 else -math.inf
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    shown = "".join(map(str, digits)).rstrip("0") or "0"
    # The decimal point stands after so many digits.
    point = len(digits) + exponent
    if _MIN_EXPONENT < point - 1 < _MAX_EXPONENT:
        if point <= 0:
            shown = f"0.{'0' * -point}{shown}"
        elif point >= len(shown):
            shown = shown.ljust(point, "0")
        else:
            shown = f"{shown[:point]}.{shown[point:]}"
    else:
        fraction = f".{shown[1:]}" if len(shown) > 1 else ""
        shown = f"{shown[0]}{fraction}e{point - 1:+d}"
    return f"-{shown}" if sign else shown


def text_of(value: object) -> str:
    """What ``String(value)`` is."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if entry is None or entry is UNDEFINED else text_of(entry) for entry in value)
    if isinstance(value, datetime):
        return date_text(value)
    return "[object Object]"


def date_text(value: datetime) -> str:
    """What ``Date.toString()`` is."""
    local = value.astimezone()
    offset = local.strftime("%z")
    zone = local.tzname() or ""
    if offset == "+0000":
        zone = "Coordinated Universal Time"
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {month} {local.day:02} {local.year:04} {local:%H:%M:%S} GMT{offset} ({zone})"


def iso_text(value: datetime) -> str:
    """What ``Date.toISOString()`` is."""
    utc = value.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def number_of(value: object) -> float | int:
    """What ``Number(value)`` is: NaN if it is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    if value is None:
        return 0
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, list):
        value = text_of(value)
    if not isinstance(value, str):
        return math.nan
    text = value.strip()
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() and abs(number) <= _MAX_EXACT else number
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", text):
        return int(text, 0)
    return math.inf if text in ("Infinity", "+Infinity") else -math.inf if text == "-Infinity" else math.nan


def leading_int(value: object) -> int | None:
    """What ``parseInt(value, 10)`` is; None if it is not a number."""
    found = _LEADING.match(text_of(value))
    return int(found[1]) if found else None


def same(one: object, other: object) -> bool:
    """Whether ``one === other``."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if is_number(one) and is_number(other):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        return str(one) == str(other)
    return one is other


def truthy(value: object) -> bool:
    """Whether it counts as true: also empty lists and objects."""
    if isinstance(value, (list, Mapping)):
        return True
    return bool(value) and value == value  # NaN does not equal itself


def index_of(key: object) -> int | None:
    """The index that a key of a list is; None if it is none."""
    return int(key) if isinstance(key, str) and _INDEX.fullmatch(key) else None


def json_of(value: object, indent: int = 0) -> str:
    """What ``JSON.stringify(value)`` is; members whose names are indexes come first."""
    return "".join(_pieces(value, indent, 0))


def _pieces(value: object, indent: int, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise ValueError(f"the value is nested more than {_MAX_DEPTH} levels deep")
    if isinstance(value, datetime):
        value = iso_text(value)
    if isinstance(value, Mapping):
        keys = [key for key in value if value[key] is not UNDEFINED]
        # Python sorts them stably.
        keys.sort(key=lambda key: (0, int(key)) if index_of(key) is not None else (1, 0))
        colon = ": " if indent else ":"
        members = [[_quoted(key), colon, *_pieces(value[key], indent, depth + 1)] for key in keys]
        yield from _block("{}", members, indent, depth)
    elif isinstance(value, list):
        yield from _block("[]", [[*_pieces(entry, indent, depth + 1)] for entry in value], indent, depth)
    elif isinstance(value, str):
        yield _quoted(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)) or math.isfinite(value):
        yield "null" if value is None or value is UNDEFINED else text_of(value)
    else:
        yield "null"


def _block(brackets: str, entries: list[list[str]], indent: int, depth: int) -> Iterator[str]:
    end = f"\n{' ' * (indent * depth)}" if indent and entries else ""
    begin = f"\n{' ' * (indent * (depth + 1))}" if end else ""
    yield brackets[0]
    for number, entry in enumerate(entries):
        yield f",{begin}" if number else begin
        yield from entry
    yield f"{end}{brackets[1]}"


def _quoted(text: str) -> str:
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


class Number(float):
    """A number that is shown as JavaScript shows it."""

    def __str__(self) -> str:
        return number_text(float(self))


class Date(datetime):
    """A point in time that is shown as JavaScript shows it."""

    @classmethod
    def of(cls, value: datetime) -> Date:
        return cls(*value.timetuple()[:6], value.microsecond, value.tzinfo)

    def __str__(self) -> str:
        return date_text(self)


def as_number(value: int | float) -> int | Number:
    """The same number, an int where it is one."""
    if isinstance(value, int):
        return int(value)
    return int(value) if value.is_integer() and abs(value) <= _MAX_EXACT else Number(value)
