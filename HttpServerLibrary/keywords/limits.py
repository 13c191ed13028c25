"""The limits of `Start Http Server`, made from the arguments that users write."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

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
# The kernel counts in milliseconds; Windows uses 32 bits.
_MIN_PERIOD: Final = 0.001
_MAX_PERIOD: Final = 24 * 60 * 60


def limits_of(
    *,
    max_target_size: object,
    max_header_size: object,
    max_header_count: object,
    max_body_size: object,
    max_body_kept: object,
    idle_timeout: object,
    stall_timeout: object,
    handshake_timeout: object,
    max_requests_kept: object,
    max_bytes_kept: object,
) -> tuple[Limits, Bounds]:
    """The limits given to `Start Http Server`. Raises `UsageError`."""
    limits = Limits(
        target=size(max_target_size, "max_target_size", 1),
        header_section=size(max_header_size, "max_header_size", 1),
        header_fields=count(max_header_count, "max_header_count"),
        body=size(max_body_size, "max_body_size"),
        body_kept=size(max_body_kept, "max_body_kept"),
        idle=period(idle_timeout, "idle_timeout"),
        stall=period(stall_timeout, "stall_timeout"),
        handshake=period(handshake_timeout, "handshake_timeout"),
    )
    bounds = Bounds(
        requests=count(max_requests_kept, "max_requests_kept"),
        kept_bytes=size(max_bytes_kept, "max_bytes_kept"),
    )
    return limits, bounds


def size(value: object, argument: str, least: int = 0) -> int:
    """Bytes from a number, or from text such as ``64 KiB`` (64 * 1024) or ``10 MB`` (10 * 1000 * 1000)."""
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
    """A whole number, 1 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UsageError(f"{argument}: a number of 1 or more is needed, not {value!r}.")
    return value


def period(value: object, argument: str) -> float:
    """Seconds from a number or a time string, in the range that the system supports."""
    result = parse_seconds_text(value, argument)
    if not _MIN_PERIOD <= result <= _MAX_PERIOD:
        raise UsageError(f"{argument}: a time from 1 millisecond to 24 hours is needed, not {result:.15g} seconds.")
    return result
