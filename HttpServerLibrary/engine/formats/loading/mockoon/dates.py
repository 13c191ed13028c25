"""Dates as templates of Mockoon write and read them, in the time zone of this machine."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date as date_of
from datetime import datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from .values import Date

_ISO: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?"
)
_OF_JAVASCRIPT: Final = re.compile(r"\w{3} (\w{3} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})(?: \(.*\))?")
# A run of one letter, text in quotes, or anything else.
_TOKEN: Final = re.compile(r"([A-Za-z])o|''|'((?:[^']|'')+)(?:'|\Z)|([A-Za-z])\3*|[^A-Za-z']+|'")
_MONTHS: Final = tuple(calendar.month_name)[1:]
_DAYS: Final = tuple(calendar.day_name)


def now() -> Date:
    return Date.of(datetime.now().astimezone())


def parsed(text: str) -> Date | None:
    """What a text says; None if it is no date. Without a time it is UTC, with one but no zone the local time."""
    text = text.strip()
    found = _ISO.fullmatch(text)
    try:
        if found is not None:
            year, month, day, hour, minute, second, fraction, zone = found.groups()
            clock = time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
            date = datetime.combine(date_of(int(year), int(month or 1), int(day or 1)), clock)
            if hour is None:
                return Date.of(date.replace(tzinfo=timezone.utc).astimezone())
            return Date.of(date.replace(tzinfo=_zone(zone)).astimezone() if zone else date.astimezone())
        found = _OF_JAVASCRIPT.fullmatch(text)
        if found is not None:
            return Date.of(datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z").astimezone())
        return Date.of(parsedate_to_datetime(text).astimezone())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def shifted(
    date: Date, days: int = 0, months: int = 0, years: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0
) -> Date:
    """The date so much later; the 31st of a month without one is the first days of the next month."""
    local: datetime = date.astimezone().replace(tzinfo=None) + timedelta(days=days)
    local = _in_month(local, local.year, local.month + months)
    local = _in_month(local, local.year + years, local.month)
    local += timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Date.of(local.astimezone())


def _in_month(date: datetime, year: int, month: int) -> datetime:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date.replace(year=year, month=month, day=1) + timedelta(days=date.day - 1)


def formatted(date: Date, pattern: str) -> str:
    """The date in the notation of date-fns. Raises `ValueError` for a letter that means nothing."""
    return "".join(_formatted(date.astimezone(), pattern))


def _formatted(date: datetime, pattern: str) -> Iterator[str]:
    for found in _TOKEN.finditer(pattern):
        token = found[0]
        if token == "''":
            yield "'"
        elif found[2] is not None:
            yield found[2].replace("''", "'")
        elif found[1] in _ORDINALS:
            yield _ordinal(_ORDINALS[found[1]](date))
        elif token[0].isascii() and token[0].isalpha():
            write = _WRITERS.get(token[0])
            if write is None:
                raise ValueError(f"the date format {pattern!r} has the letter {token[0]!r}, which is not known")
            yield write(date, len(token))
        else:
            yield token


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _number(read: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda date, length: str(read(date)).zfill(length)


def _year(date: datetime, length: int) -> str:
    return f"{date.year % 100:02}" if length == 2 else str(date.year).zfill(length)


def _month(date: datetime, length: int) -> str:
    name = _MONTHS[date.month - 1]
    return str(date.month).zfill(length) if length < 3 else {3: name[:3], 5: name[0]}.get(length, name)


def _weekday(date: datetime, length: int) -> str:
    name = _DAYS[date.weekday()]
    return {4: name, 5: name[0], 6: name[:2]}.get(length, name[:3])


def _local_weekday(date: datetime, length: int) -> str:
    number = date.isoweekday() % 7 + 1
    return str(number).zfill(length) if length < 3 else _weekday(date, length)


def _iso_weekday(date: datetime, length: int) -> str:
    return str(date.isoweekday()).zfill(length) if length < 3 else _weekday(date, length)


def _half_of_day(date: datetime, length: int) -> str:
    name = "PM" if date.hour >= 12 else "AM"
    if length < 3:
        return name
    return {3: name.lower(), 5: name[0].lower()}.get(length, f"{name[0].lower()}.m.")


def _fraction(date: datetime, length: int) -> str:
    # Only milliseconds are known.
    return f"{date.microsecond // 1000:03}".ljust(length, "0")[:length]


def _offset(*, utc: str) -> Callable[[datetime, int], str]:
    def write(date: datetime, length: int) -> str:
        seconds = round((date.utcoffset() or timedelta()).total_seconds())
        if utc and not seconds:
            return utc
        sign = "-" if seconds < 0 else "+"
        hours, minutes = divmod(abs(seconds) // 60, 60)
        if length == 1:
            return f"{sign}{hours:02}{f'{minutes:02}' if minutes else ''}"
        return f"{sign}{hours:02}{':' if length in (3, 5) else ''}{minutes:02}"

    return write


def _zone_name(date: datetime, length: int) -> str:
    seconds = round((date.utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    sign = "-" if seconds < 0 else "+"
    if length >= 4:
        return f"GMT{sign}{hours:02}:{minutes:02}"
    return f"GMT{sign}{hours}{f':{minutes:02}' if minutes else ''}"


def _quarter(date: datetime) -> int:
    return (date.month + 2) // 3


def _day_of_year(date: datetime) -> int:
    return date.timetuple().tm_yday


def _week(date: datetime) -> int:
    """The week whose first day is Sunday; the first one has the 1st of January."""
    start = date.replace(month=1, day=1)
    next_start = date.replace(year=date.year + 1, month=1, day=1)
    if (next_start - date).days <= next_start.isoweekday() % 7 - 1 + (date.hour > 23):
        return 1
    return (_day_of_year(date) - 1 + start.isoweekday() % 7) // 7 + 1


_ORDINALS: Final[Mapping[str, Callable[[datetime], int]]] = {
    "d": lambda date: date.day,
    "M": lambda date: date.month,
    "Q": _quarter,
    "D": _day_of_year,
    "I": lambda date: date.isocalendar()[1],
    "H": lambda date: date.hour,
    "h": lambda date: (date.hour + 11) % 12 + 1,
    "m": lambda date: date.minute,
    "s": lambda date: date.second,
    "y": lambda date: date.year,
    "w": _week,
}
_WRITERS: Final[Mapping[str, Callable[[datetime, int], str]]] = {
    "y": _year,
    "u": _number(lambda date: date.year),
    "Y": _year,
    "R": _number(lambda date: date.isocalendar()[0]),
    "M": _month,
    "L": _month,
    "d": _number(lambda date: date.day),
    "D": _number(_day_of_year),
    "E": _weekday,
    "e": _local_weekday,
    "c": _local_weekday,
    "i": _iso_weekday,
    "Q": _number(_quarter),
    "q": _number(_quarter),
    "I": _number(lambda date: date.isocalendar()[1]),
    "w": _number(_week),
    "a": _half_of_day,
    "b": _half_of_day,
    "H": _number(lambda date: date.hour),
    "h": _number(lambda date: (date.hour + 11) % 12 + 1),
    "K": _number(lambda date: date.hour % 12),
    "k": _number(lambda date: date.hour or 24),
    "m": _number(lambda date: date.minute),
    "s": _number(lambda date: date.second),
    "S": _fraction,
    "X": _offset(utc="Z"),
    "x": _offset(utc=""),
    "O": _zone_name,
    "z": _zone_name,
    "t": _number(lambda date: int(date.timestamp())),
    "T": _number(lambda date: int(date.timestamp() * 1000)),
    "G": lambda date, length: {4: "Anno Domini", 5: "A"}.get(length, "AD"),
}
