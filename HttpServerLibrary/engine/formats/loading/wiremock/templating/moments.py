"""Helpers for dates and times."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from typing import Any

from ...handlebars import Helper
from ..dates import UTC, JavaDate, date_format, parse_zoned, shifted, truncated, zone
from .calls import Args, HelperFailed, argument, error, text
from .values import text_of


def _dated(given: JavaDate | None, options: Any) -> JavaDate:
    layout, offset, name = (options.hash.get(key) for key in ("format", "offset", "timezone"))
    moment = datetime.now(timezone.utc) if given is None else given.moment
    tz: tzinfo | None = None
    if given is not None:
        tz = given.zone
    elif name is not None:
        tz = zone(text_of(name))
    if offset is not None:
        # Java counts days and months in UTC.
        moment = shifted(moment.astimezone(UTC), text_of(offset))
    return JavaDate(moment, None if layout is None else text_of(layout), tz)


def _date(args: Args, options: Any) -> JavaDate:
    value = argument(args, 0)
    return _dated(value if isinstance(value, JavaDate) else None, options)


def _parse_date(args: Args, options: Any) -> JavaDate | None:
    value, layout = text(argument(args, 0)), options.hash.get("format")
    if layout is None:
        found = parse_zoned(value)
        return None if found is None else JavaDate(found, None, found.tzinfo)
    name = text_of(layout)
    if name in ("unix", "epoch"):
        try:
            return JavaDate(datetime.fromtimestamp(int(value) / (1000 if name == "epoch" else 1), UTC))
        except (ValueError, OverflowError, OSError):
            raise HelperFailed(f"{value!r} is not a time") from None
    found = date_format(name).parse(value)
    if found is None:
        return None
    return JavaDate(found if found.tzinfo is not None else found.replace(tzinfo=UTC), None, found.tzinfo)


def _truncate_date(args: Args, options: Any) -> Any:
    value = argument(args, 0)
    if len(args) < 2:
        return error("Truncation type must be specified as the first parameter to truncateDate")
    if not isinstance(value, JavaDate):
        return error("A date object must be passed to the truncateDate helper")
    local = value.moment.astimezone(value.zone)
    return JavaDate(truncated(local, text_of(args[1])), None, value.zone or local.tzinfo)


def _date_format(args: Args, options: Any) -> str:
    value = argument(args, 0)
    if not isinstance(value, JavaDate):
        raise HelperFailed("a date is needed")
    layout = argument(args, 1, options.hash.get("format", "MMM d, yyyy"))
    return date_format(text_of(layout)).written(value.moment.astimezone())


HELPERS: dict[str, Helper] = {
    "now": lambda args, options: _dated(None, options),
    "date": _date,
    "parseDate": _parse_date,
    "truncateDate": _truncate_date,
    "dateFormat": _date_format,
}
