"""Dates and times as Java reads and writes them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ....errors import UsageError
from ....visible import quote

_LETTERS: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?(?:\[[^\]]+\])?"
)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_ASCTIME: Final = "%a %b %d %H:%M:%S %Y"
_RFC_1036: Final = "%A, %d-%b-%y %H:%M:%S %Z"
# A plus that became a space on its way in a query.
_LOST_PLUS: Final = re.compile(r"([0-5]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d+)?) ([0-2]\d)")
_OFFSET: Final = re.compile(r"(?:now\s+)?([+-]?\d+) ([A-Za-z]+)", re.IGNORECASE)
_UNITS: Final = ("seconds", "minutes", "hours", "days", "months", "years")
_ZONE_OFFSET: Final = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d\d?)(?::?(\d\d))?")
_MONTHS: Final = [*calendar.month_name][1:]
_DAYS: Final = [*calendar.day_name]
UTC: Final = timezone.utc


def zone(name: str) -> tzinfo:
    """A time zone by its name or offset. Raises `UsageError`."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    offset = _ZONE_OFFSET.fullmatch(name)
    if offset is not None:
        seconds = int(offset[2]) * 3600 + int(offset[3] or 0) * 60
        return timezone(timedelta(seconds=-seconds if offset[1] == "-" else seconds))
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise UsageError(f"the time zone {quote(name)} is not known") from None


def is_offset(text: str) -> bool:
    """Whether a text is ``now``, or an offset such as ``now +3 days``."""
    return text.lower() == "now" or _OFFSET.fullmatch(text) is not None


def shifted(moment: datetime, offset: str) -> datetime:
    """A moment so much later, such as ``3 days``. Raises `UsageError`."""
    if offset.lower() == "now":
        return moment
    found = _OFFSET.fullmatch(offset)
    unit = "" if found is None else found[2].lower()
    if found is None or unit not in _UNITS:
        raise UsageError(f"an offset such as '3 days' is needed, not {quote(offset)}")
    amount = int(found[1])
    try:
        if unit == "years":
            return _with_month(moment, moment.year + amount, moment.month)
        if unit == "months":
            months = moment.year * 12 + moment.month - 1 + amount
            return _with_month(moment, months // 12, months % 12 + 1)
        return moment + timedelta(**{unit: amount})
    except (ValueError, OverflowError):
        raise UsageError(f"the offset {quote(offset)} is too large") from None


def _with_month(moment: datetime, year: int, month: int) -> datetime:
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


def _month_after(moment: datetime) -> datetime:
    return shifted(moment.replace(day=1), "1 months")


_TRUNCATIONS: Final[Mapping[str, Callable[[datetime], datetime]]] = {
    "first second of minute": lambda moment: moment,
    "first minute of hour": lambda moment: moment.replace(minute=0),
    "first hour of day": lambda moment: moment.replace(hour=0, minute=0),
    "first day of month": lambda moment: moment.replace(day=1, hour=0, minute=0),
    "first day of next month": lambda moment: _month_after(moment).replace(hour=0, minute=0),
    "last day of month": lambda moment: moment.replace(
        day=calendar.monthrange(moment.year, moment.month)[1], hour=0, minute=0
    ),
    "first day of year": lambda moment: moment.replace(month=1, day=1, hour=0, minute=0),
    "first day of next year": lambda moment: moment.replace(year=moment.year + 1, month=1, day=1, hour=0, minute=0),
    "last day of year": lambda moment: moment.replace(month=12, day=31, hour=0, minute=0),
}


def truncated(moment: datetime, truncation: str) -> datetime:
    """Raises `UsageError`."""
    name = checked_truncation(truncation)
    return _TRUNCATIONS[name](moment.replace(second=0, microsecond=0))


def checked_truncation(truncation: str) -> str:
    """The name of a truncation as it is known. Raises `UsageError`."""
    name = truncation.lower().replace("_", " ")
    if name not in _TRUNCATIONS:
        raise UsageError(f"the truncation {quote(truncation)} is not known")
    return name


def parse_zoned(text: str) -> datetime | None:
    """A moment in one of the formats that Java tries; None for any other text, also without a time zone."""
    for written in (text, _LOST_PLUS.sub(r"\1+\2", text, count=1)):
        found = _iso(written)
        if found is not None and found.tzinfo is not None:
            return found
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError):
        pass
    for layout in (_RFC_1036, _ASCTIME):
        try:
            return datetime.strptime(text, layout).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def parse_local(text: str) -> datetime | None:
    """A date with or without a time, but without a time zone; None for any other text."""
    found = _iso(text)
    if found is not None:
        return found if found.tzinfo is None else None
    date = _DATE.fullmatch(text)
    try:
        # Java, too, has times without a time zone.
        return None if date is None else datetime(int(date[1]), int(date[2] or 1), int(date[3] or 1))  # noqa: DTZ001
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(6, "0")[:6] or 0)
    try:
        return datetime(year, month, day, hour, minute, second, fraction, zone(found[8]) if found[8] else None)
    except (ValueError, UsageError):
        return None


class DateFormat:
    """A pattern such as ``yyyy-MM-dd``, compiled. Raises `UsageError`."""

    def __init__(self, pattern: str) -> None:
        self._parts: list[tuple[str, int]] = []
        at = 0
        for found in _LETTERS.finditer(pattern):
            if found.start() != at:
                break
            at = found.end()
            if found[2] is None:
                literal = found[0] if found[1] is None else found[1].replace("''", "'") or "'"
                self._parts.append((literal, 0))
            elif found[2] in _WRITERS:
                self._parts.append((found[2], len(found[0])))
            else:
                raise UsageError(f"the letter {found[2]} in the date format {quote(pattern)} is not known")
        if at != len(pattern):
            raise UsageError(f"the date format {quote(pattern)} is not complete")
        self._regexp = re.compile("".join(self._readers()), re.IGNORECASE)

    def written(self, moment: datetime) -> str:
        return "".join(_WRITERS[part](moment, size) if size else part for part, size in self._parts)

    def _readers(self) -> Iterator[str]:
        known: set[str] = set()
        for index, (part, size) in enumerate(self._parts):
            if not size:
                yield re.escape(part)
                continue
            follows = index + 1 < len(self._parts) and self._parts[index + 1][1]
            yield (
                f"({_reader(part, size, exact=bool(follows))})"
                if part in known
                else (f"(?P<{part}>{_reader(part, size, exact=bool(follows))})")
            )
            known.add(part)

    def parse(self, text: str) -> datetime | None:
        """A moment, with a time zone if the text has one; None if it does not fit."""
        found = self._regexp.fullmatch(text)
        if found is None:
            return None
        parts = {name: value for name, value in found.groupdict().items() if value is not None}
        try:
            return _moment(parts)
        except (ValueError, UsageError):
            return None


def _moment(parts: Mapping[str, str]) -> datetime | None:
    year = parts.get("y") or parts.get("u") or parts.get("Y")
    if year is None:
        return None
    full = int(year) + 2000 if len(year) == 2 else int(year)
    month = _month(parts.get("M") or parts.get("L") or "1")
    hour = int(parts.get("H") or parts.get("k") or 0) % 24
    if "h" in parts or "K" in parts:
        hour = int(parts.get("h") or parts.get("K") or 0) % 12
        hour += 12 if parts.get("a", "").lower() == "pm" else 0
    name = parts.get("X") or parts.get("Z") or parts.get("z") or parts.get("x") or parts.get("V")
    fraction = int(parts.get("S", "0").ljust(6, "0")[:6])
    moment = datetime(  # noqa: DTZ001
        full, month, int(parts.get("d", 1)), hour, int(parts.get("m", 0)), int(parts.get("s", 0)), fraction
    )
    if "D" in parts and "d" not in parts:
        moment = moment.replace(month=1, day=1) + timedelta(days=int(parts["D"]) - 1)
    return moment if name is None else moment.replace(tzinfo=zone(name))


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(index for index, name in enumerate(_MONTHS, 1) if name.lower().startswith(text.lower()))


def _reader(letter: str, size: int, *, exact: bool) -> str:
    if letter in "ML" and size > 2:
        return "|".join(_MONTHS if size > 3 else [name[:3] for name in _MONTHS])
    if letter == "E":
        return "|".join(_DAYS if size > 3 else [name[:3] for name in _DAYS])
    if letter == "a":
        return "am|pm"
    if letter in "XZx":
        return r"Z|[+-]\d\d(?::?\d\d)?"
    if letter in "zV":
        return r"[A-Za-z_/]+|(?:GMT)?[+-]\d\d(?::?\d\d)?"
    if letter == "S" or exact:
        return rf"\d{{{size}}}"
    return rf"\d{{{size},{max(size, 4 if letter in 'yuY' else 2)}}}" if size > 1 else r"\d+"


def _number(value: int, size: int) -> str:
    return str(value).rjust(size, "0")


def _year(moment: datetime, size: int) -> str:
    return _number(moment.year % 100, 2) if size == 2 else _number(moment.year, size)


def _from_sunday(moment: datetime) -> int:
    """How many days have passed since Sunday, with which weeks begin."""
    return moment.isoweekday() % 7


def _week(moment: datetime) -> tuple[int, int]:
    """The year and the number of a week. The first one has the first of January in it."""
    saturday = moment + timedelta(days=6 - _from_sunday(moment))
    if saturday.year > moment.year:
        return saturday.year, 1
    first = moment.replace(month=1, day=1)
    return moment.year, (moment.timetuple().tm_yday - 1 + _from_sunday(first)) // 7 + 1


def _written_month(moment: datetime, size: int) -> str:
    name = _MONTHS[moment.month - 1]
    return _number(moment.month, size) if size < 3 else name[:3] if size == 3 else name


def _written_offset(moment: datetime, *, colon: bool, minutes: bool = True) -> str:
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    rest = f"{':' if colon else ''}{seconds % 3600 // 60:02}" if minutes else ""
    return f"{sign}{seconds // 3600:02}{rest}"


def _written_x(moment: datetime, size: int) -> str:
    return _written_offset(moment, colon=size > 2, minutes=size > 1) if moment.utcoffset() else "Z"


def _zone_name(moment: datetime, size: int) -> str:
    name = moment.tzname() or "UTC"
    return f"GMT{name.removeprefix('UTC')}" if name.startswith("UTC") and name != "UTC" else name


_WRITERS: Final[Mapping[str, Callable[[datetime, int], str]]] = {
    "G": lambda moment, size: "AD",
    "y": _year,
    "Y": lambda moment, size: _year(moment.replace(year=_week(moment)[0], day=1), size),
    "u": lambda moment, size: _number(moment.isoweekday(), size),
    "M": _written_month,
    "L": _written_month,
    "w": lambda moment, size: _number(_week(moment)[1], size),
    "W": lambda moment, size: _number((moment.day - 1 + _from_sunday(moment.replace(day=1))) // 7 + 1, size),
    "F": lambda moment, size: _number((moment.day - 1) // 7 + 1, size),
    "d": lambda moment, size: _number(moment.day, size),
    "D": lambda moment, size: _number(moment.timetuple().tm_yday, size),
    "E": lambda moment, size: _DAYS[moment.weekday()][: None if size > 3 else 3],
    "a": lambda moment, size: "AM" if moment.hour < 12 else "PM",
    "H": lambda moment, size: _number(moment.hour, size),
    "k": lambda moment, size: _number(moment.hour or 24, size),
    "K": lambda moment, size: _number(moment.hour % 12, size),
    "h": lambda moment, size: _number(moment.hour % 12 or 12, size),
    "m": lambda moment, size: _number(moment.minute, size),
    "s": lambda moment, size: _number(moment.second, size),
    "S": lambda moment, size: _number(moment.microsecond // 1000, size),
    "z": _zone_name,
    "Z": lambda moment, size: _written_offset(moment, colon=False),
    "X": _written_x,
}


@lru_cache(maxsize=256)
def date_format(pattern: str) -> DateFormat:
    """Raises `UsageError`."""
    return DateFormat(pattern)


class JavaDate:
    """A moment, and how it is written."""

    def __init__(self, moment: datetime, format: str | None = None, tz: tzinfo | None = None) -> None:
        self.moment = moment
        self.zone = tz
        self._format = format
        if format is not None and format not in ("epoch", "unix"):
            date_format(format)

    def __str__(self) -> str:
        if self._format == "epoch":
            return str(int(self.moment.timestamp() * 1000))
        if self._format == "unix":
            return str(int(self.moment.timestamp()))
        if self._format is not None:
            return date_format(self._format).written(self.moment.astimezone(self.zone))
        moment = self.moment.astimezone(self.zone or UTC)
        offset = _written_offset(moment, colon=True) if moment.utcoffset() else "Z"
        return f"{moment:%Y-%m-%dT%H:%M:%S}{offset}"
