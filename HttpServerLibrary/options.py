"""The options of the import, converted by hand: Robot Framework ends the whole run if a typed one is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from robot.utils import timestr_to_secs

from .engine.arguments import boolean, member
from .engine.errors import UsageError
from .engine.url import checked_host


class AutoCheck(Enum):
    """What the end of a test does with unchecked problems."""

    FAIL = "FAIL"
    STRICT = "STRICT"
    WARN = "WARN"
    OFF = "OFF"


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    auto_start: bool
    auto_check: AutoCheck
    timeout: float

    @classmethod
    def of(cls, host: object, port: object, auto_start: object, auto_check: object, timeout: object) -> Options:
        return cls(
            _host(host),
            _port(port),
            boolean(auto_start, "auto_start"),
            member(AutoCheck, auto_check, "auto_check"),
            parse_seconds(timeout, "timeout"),
        )


def _host(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"host: a host name or address is needed, not {value!r}.")
    return checked_host(value)


def _port(value: object) -> int:
    try:
        port = int(str(value))
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise UsageError(f"port: a number from 0 to 65535 is needed, not {value!r}.")
    return port


def parse_seconds(value: object, argument: str) -> float:
    """Seconds from a number, a timedelta or a time string such as ``1 min 30 s``; 0 or more."""
    result = parse_seconds_text(value, argument)
    if not result >= 0:  # also NaN
        raise UsageError(f"{argument}: must be 0 seconds or more, not {result:.15g} seconds.")
    return result


def parse_seconds_text(value: object, argument: str) -> float:
    """Seconds from the same forms; may be negative."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    try:
        return float(timestr_to_secs(value))
    except (ValueError, TypeError):
        raise UsageError(f"{argument}: a time such as '5 seconds' is needed, not {value!r}.") from None
