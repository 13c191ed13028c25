"""Numbers and durations as words."""

from __future__ import annotations

from datetime import datetime, timezone


def counted(number: int, noun: str) -> str:
    """A number of things, such as ``1 request`` or ``2 requests``."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"


def duration_text(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"


def ordinal(number: int) -> str:
    """An ordinal number, such as ``1st`` or ``12th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def sentence(text: str) -> str:
    """The text with a capital letter at the start."""
    return text[:1].upper() + text[1:]


def time_of_day(seconds: float) -> str:
    """The local time of a moment, given in seconds since the epoch, such as ``11:44:44.709``."""
    return datetime.fromtimestamp(seconds, timezone.utc).astimezone().strftime("%H:%M:%S.%f")[:-3]
