"""Patterns of WireMock for dates and times."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Final

from ....phrase import Phrase, Quoted
from .dates import checked_truncation, date_format, is_offset, parse_local, parse_zoned, shifted, truncated
from .patterns import Pattern

_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "before": operator.lt,
    "after": operator.gt,
    "equalToDateTime": operator.eq,
}
_WORDS: Final = {"before": "a time before ", "after": "a time after ", "equalToDateTime": "the time "}
_NUMBERS: Final = {"unix": 1, "epoch": 1000}


class DateTime(Pattern):
    """Before, after or equal to a time. Raises `UsageError`."""

    def __init__(
        self,
        test: str,
        value: str,
        *,
        offset: str | None = None,
        format: str | None = None,
        truncate_expected: str | None = None,
        truncate_actual: str | None = None,
        truncate_last: bool = False,
    ) -> None:
        self._test = _TESTS[test]
        self._words = _WORDS[test]
        self._value = value
        self._truncate_expected = truncate_expected and checked_truncation(truncate_expected)
        self._truncate_actual = truncate_actual and checked_truncation(truncate_actual)
        self._truncate_last = truncate_last
        self._format = format
        if format is not None and format.lower() not in _NUMBERS:
            date_format(format)
        self._offset: str | None = None
        self._zoned = self._local = None
        if is_offset(value):
            self._offset = offset or value
            shifted(datetime.now(timezone.utc), self._offset)
        else:
            # For WireMock, nothing is before or after what is no date.
            self._zoned, self._local = parse_zoned(value), parse_local(value)

    def matches(self, value: str | None) -> bool:
        if value is None:
            return False
        zoned, local = self._read(value)
        if zoned is not None and self._truncate_actual:
            zoned = truncated(zoned, self._truncate_actual)
        expected = self._zoned if self._offset is None else self._from_now(self._offset)
        if expected is not None and zoned is not None:
            return self._test(zoned, expected)
        if self._local is not None and local is not None:
            return self._test(local, self._local)
        if self._local is not None and zoned is not None:
            return self._test(zoned.replace(tzinfo=None), self._local)
        if expected is not None and local is not None:
            return self._test(local.astimezone(), expected)
        return False

    def _read(self, value: str) -> tuple[datetime | None, datetime | None]:
        """The time with a time zone, and the time without one."""
        if self._format is None:
            return parse_zoned(value), parse_local(value)
        parts = _NUMBERS.get(self._format.lower())
        if parts is not None:
            try:
                moment = datetime.fromtimestamp(int(value) / parts, timezone.utc)
            except (ValueError, OverflowError, OSError):
                return None, None
            return moment, moment.replace(tzinfo=None)
        found = date_format(self._format).parse(value)
        if found is None:
            return None, None
        return (found if found.tzinfo is not None else None), found.replace(tzinfo=None)

    def _from_now(self, offset: str) -> datetime:
        now = datetime.now().astimezone()
        if not self._truncate_expected:
            return shifted(now, offset)
        if self._truncate_last:
            return truncated(shifted(now, offset), self._truncate_expected)
        return shifted(truncated(now, self._truncate_expected), offset)

    def describe(self) -> Phrase:
        return (self._words, Quoted(self._value))

    @property
    def written(self) -> Phrase:
        return self.describe()
