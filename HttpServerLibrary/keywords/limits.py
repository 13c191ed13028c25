"""The limits of `Start Http Server`, made from what users write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ..engine.errors import UsageError
from ..engine.records.journal import Bounds
from ..engine.wire.limits import Limits
from ..options import parse_seconds_text

_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Z]*)", re.IGNORECASE | re.ASCII)
_UNITS: Final = {
    "": 1,
    "b": 1,
    "byte": 1,
    "bytes": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)},
}
# The kernel counts milliseconds, on Windows in 32 bits.
_MIN_PERIOD: Final = 0.001
_MAX_PERIOD: Final = 24 * 60 * 60


def limits_of(arguments: Mapping[str, Any]) -> tuple[Limits, Bounds]:
    """The limits among the arguments of a keyword, as ``locals()`` has them at its start. Raises `UsageError`."""

    def size_of(argument: str, least: int = 0) -> int:
        return size(arguments[argument], argument, least)

    def count_of(argument: str) -> int:
        return count(arguments[argument], argument)

    def period_of(argument: str) -> float:
        return period(arguments[argument], argument)

    limits = Limits(
        target=size_of("max_target_size", 1),
        header_section=size_of("max_header_size", 1),
        header_fields=count_of("max_header_count"),
        body=size_of("max_body_size"),
        body_kept=size_of("max_body_kept"),
        idle=period_of("idle_timeout"),
        stall=period_of("stall_timeout"),
        handshake=period_of("handshake_timeout"),
    )
    return limits, Bounds(requests=count_of("max_requests_kept"), body_bytes=size_of("max_bytes_kept"))


def size(value: object, argument: str, least: int = 0) -> int:
    """Bytes of a number, or of a text such as ``64 KiB`` (64 * 1024) or ``10 MB`` (10 * 1000 * 1000)."""
    found = _SIZE.fullmatch(str(value).strip()) if isinstance(value, (int, str)) else None
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise UsageError(
            f"{argument}: a number of bytes or a size such as '64 KiB' or '10 MB' is needed, not {value!r}."
        )
    result = int(Decimal(found[1]) * unit)
    if result < least:
        raise UsageError(f"{argument}: a size of {least} or more bytes is needed, not {value!r}.")
    return result


def count(value: object, argument: str) -> int:
    """A whole number from 1 up."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UsageError(f"{argument}: a number of 1 or more is needed, not {value!r}.")
    return value


def period(value: object, argument: str) -> float:
    """Seconds of what `seconds` takes, neither none nor so many that the system cannot count them."""
    result = parse_seconds_text(value, argument)
    if not _MIN_PERIOD <= result <= _MAX_PERIOD:
        raise UsageError(f"{argument}: a time from 1 millisecond to 24 hours is needed, not {result:.15g} seconds.")
    return result
