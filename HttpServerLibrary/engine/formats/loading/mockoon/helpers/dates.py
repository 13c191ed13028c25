"""Helpers for dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from ...handlebars import Helper
from ..dates import formatted, now, parsed, shifted
from ..scene import plain, scene_of
from ..values import Date, is_number, leading_int

_DEFAULT: Final = "yyyy-MM-dd'T'HH:mm:ss.SSSxxx"
_UNITS: Final = ("days", "months", "years", "hours", "minutes", "seconds")


def _now(args: list[Any], options: Any) -> str:
    return formatted(now(), args[0] if args and isinstance(args[0], str) else _DEFAULT)


def _date_format(args: list[Any], options: Any) -> str:
    value, pattern = (*map(plain, args), None, None)[:2]
    date = parsed(value) if isinstance(value, str) else value
    if isinstance(value, str) and date is None:
        raise ValueError(f"{value!r} is not a date")
    return formatted(date, pattern) if isinstance(date, Date) and isinstance(pattern, str) else ""


def _is_valid(args: list[Any], options: Any) -> bool:
    # Text is no date, whatever it says.
    return bool(args) and (isinstance(args[0], Date) or is_number(args[0]))


def _shift(args: list[Any], options: Any) -> str:
    given = options.hash
    value = plain(given.get("date"))
    date = now() if value is None else parsed(value) if isinstance(value, str) else value
    if not isinstance(date, Date):
        raise ValueError(f"{value!r} is not a date")
    pattern = given.get("format")
    steps = {unit: leading_int(given[unit]) or 0 for unit in _UNITS if given.get(unit) is not None}
    return formatted(shifted(date, **steps), pattern if isinstance(pattern, str) else _DEFAULT)


def _between(options: Any, start: Date, end: Date) -> Date:
    share = scene_of(options).random.random()
    return Date.of(start + timedelta(seconds=share * (end - start).total_seconds()))


def _date(args: list[Any], options: Any) -> str:
    start, end, pattern = (*map(plain, args), None, None, None)[:3]
    if not isinstance(start, str) or not isinstance(end, str):
        return ""
    first, last = parsed(start), parsed(end)
    if first is None or last is None:
        raise ValueError(f"{start!r} and {end!r} are not dates")
    found = _between(options, first, last)
    return formatted(found, pattern) if isinstance(pattern, str) else str(found)


def _time(args: list[Any], options: Any) -> str:
    start, end, pattern = (*args, None, None, None)[:3]
    if not isinstance(start, str) or not isinstance(end, str):
        start, end, pattern = "00:00:00", "23:59:00", None
    first, last = parsed(f"1970-01-01T{start}"), parsed(f"1970-01-01T{end}")
    if first is None or last is None:
        raise ValueError(f"{start!r} and {end!r} are not times")
    return formatted(_between(options, first, last), pattern if isinstance(pattern, str) and pattern else "HH:mm")


DATES: Final[Mapping[str, Helper]] = {
    "date": _date,
    "dateFormat": _date_format,
    "dateTimeShift": _shift,
    "isValidDate": _is_valid,
    "now": _now,
    "time": _time,
}
