"""Numbers of seconds as arguments."""

from __future__ import annotations

import threading
from datetime import timedelta

from ..errors import UsageError


def seconds_of(value: float | timedelta, what: str) -> float:
    """The seconds of a time that a response takes. Raises `UsageError`."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if not seconds >= 0:  # also NaN
        raise UsageError(f"{what}: must be 0 seconds or more, not {seconds:g} seconds.")
    if seconds > threading.TIMEOUT_MAX:
        raise UsageError(f"{what}: {seconds:g} seconds is too long.")
    return seconds
