"""Where two JSON values differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from ..visible import contrast, member, quote, visible
from .difference import Difference
from .hints import only
from .placeholder import Placeholder
from .unordered import Forms, comparisons, without_counterpart

# Values, and comparisons of them, that take some milliseconds.
_MAX_REORDERED = 2000
_MAX_SHOWN = 100
_REORDERED: Final = "same items in another order: json_ignore_order=True accepts that"
# Lists of other lengths than expected are compared item by item up to here.
_MAX_PAIRED = 100
# What other fields take as a pattern, and JSON takes as it stands.
_PATTERN: Final = re.compile("(?:EQUALS|GLOB|REGEXP|STARTS):", re.IGNORECASE)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=attrgetter("written"))


def kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def show(value: Any) -> str:
    """A JSON value on one line, cut early: it may be the whole of a large body."""
    if isinstance(value, Phrase):
        return value.text
    if isinstance(value, Placeholder):
        return value.words
    if isinstance(value, str):
        return quote(value)
    text = ""
    for piece in _ENCODER.iterencode(value):
        text += piece
        if len(text) > _MAX_SHOWN:
            return f"{visible(text[:_MAX_SHOWN])}... (cut)"
    return visible(text)


@dataclass(frozen=True)
class Phrase:
    """Stands for a value where there is none to show."""

    text: str


NOTHING: Final = Phrase("nothing")
_NO_SUCH_ITEM: Final = Phrase("no such item")


class Finding(NamedTuple):
    """A place in the body that differs; ``rule`` says what the expected value is for, where it is not to be equal."""

    path: str
    expected: Any
    received: Any
    rule: str = ""
    hint: str = ""

    def difference(self, field: str) -> Difference:
        hint = self.hint
        if isinstance(self.expected, str) and isinstance(self.received, str):
            expected, received = contrast(self.expected, self.received)
            hint = hint or ("" if self.rule else only(self.expected, self.received))
        else:
            expected, received = show(self.expected), show(self.received)
        if isinstance(self.expected, str) and not self.rule and _PATTERN.match(self.expected):
            hint = hint or 'in JSON a pattern is "<regexp:...>"'
        values = not isinstance(self.expected, Phrase) and not isinstance(self.received, Phrase)
        if isinstance(self.expected, Placeholder):
            if values and self.expected.kind != kind(self.received):
                received = f"{received} ({kind(self.received)})"
        elif values and not self.rule and kind(self.expected) != kind(self.received):
            if expected.strip('"') == received.strip('"'):
                hint = hint or "only quotes differ"
            expected, received = f"{expected} ({kind(self.expected)})", f"{received} ({kind(self.received)})"
        return Difference(f"{field} {_shortened(self.path)}", f"{self.rule} {expected}".lstrip(), received, hint)


def compare(
    expected: Any,
    received: Any,
    path: str = "$",
    *,
    subset: bool = False,
    forms: Forms | None = None,
    hints: bool = False,
) -> Iterator[Finding]:
    """Yields every place that differs; numbers are equal by value, and never equal to booleans.

    With ``forms`` lists are compared whatever their order. With ``hints`` lists that differ in nothing but the order
    are one difference that says so.
    """
    if isinstance(expected, Placeholder):
        if not expected.matches(received):
            yield Finding(path, expected, received)
    elif isinstance(expected, dict) and isinstance(received, dict):
        for key, value in expected.items():
            where = member(path, key)
            if key in received:
                yield from compare(value, received[key], where, subset=subset, forms=forms, hints=hints)
            else:
                yield Finding(where, value, NOTHING)
        if not subset:
            for key, value in received.items():
                if key not in expected:
                    yield Finding(member(path, key), NOTHING, value)
    elif isinstance(expected, list) and isinstance(received, list):
        if hints and forms is None and _reordered(expected, received, subset):
            yield Finding(path, expected, received, hint=_REORDERED)
            return
        if len(expected) != len(received):
            yield Finding(path, Phrase(f"a list of length {len(expected)}"), Phrase(f"length {len(received)}"))
        if forms is not None:
            if len(expected) == len(received) or max(len(expected), len(received)) <= _MAX_PAIRED:
                yield from _compare_in_any_order(expected, received, path, subset, forms)
        else:
            for index, (one, other) in enumerate(zip(expected, received, strict=False)):
                # Passes over equal items in a fraction of the time; 1 and true are equal, but do not look so.
                if one == other and repr(one) == repr(other):
                    continue
                yield from compare(one, other, f"{path}[{index}]", subset=subset, hints=hints)
    elif kind(expected) != kind(received) or expected != received:
        yield Finding(path, expected, received)


def _reordered(expected: list[Any], received: list[Any], subset: bool) -> bool:
    """Whether two lists differ, and only in the order of their items; of long ones nobody knows."""
    if len(expected) != len(received) or not _is_small(expected) or not _is_small(received):
        return False
    if next(compare(expected, received, subset=subset), None) is None:
        return False
    if comparisons(expected, None if subset else Forms()) > _MAX_REORDERED:
        return False
    return next(compare(expected, received, subset=subset, forms=Forms()), None) is None


def _is_small(value: Any) -> bool:
    """Whether there are few values in a value; counts no further than that."""
    left = [value]
    for _ in range(_MAX_REORDERED):
        if not left:
            return True
        entry = left.pop()
        if isinstance(entry, (dict, list)):
            if len(entry) > _MAX_REORDERED:
                return False
            left += entry.values() if isinstance(entry, dict) else entry
    return False


def _compare_in_any_order(
    expected: list[Any], received: list[Any], path: str, subset: bool, forms: Forms
) -> Iterator[Finding]:
    def matches(one: Any, other: Any) -> bool:
        return next(compare(one, other, subset=subset, forms=forms), None) is None

    missing, extra = without_counterpart(expected, received, matches, None if subset else forms)
    for index in missing:
        yield Finding(path, Phrase(f"item [{index}] {show(expected[index])} at any place"), _NO_SUCH_ITEM)
    for index in extra:
        yield Finding(f"{path}[{index}]", _NO_SUCH_ITEM, received[index])
    if len(missing) == len(extra) == 1:
        one, other = expected[missing[0]], received[extra[0]]
        if isinstance(one, (dict, list)) and isinstance(other, type(one)):
            # Most likely it is the same item with something wrong in it.
            yield from compare(one, other, f"{path}[{extra[0]}]", subset=subset, forms=forms)


def _shortened(path: str) -> str:
    """A long path without its beginning: the end tells more."""
    return path if len(path) <= _MAX_SHOWN else f"$...{path[-_MAX_SHOWN:]}"


def equal_in_json(one: Any, other: Any) -> bool:
    """Whether two values that are equal to Python, to which 0 and 1 are false and true, are so to JSON."""
    pairs: Iterable[tuple[Any, Any]] = ((one, other),)
    if isinstance(one, dict):
        pairs = zip(one.values(), map(other.get, one), strict=True)
    elif isinstance(one, list):
        pairs = zip(one, other, strict=True)
    for value, counterpart in pairs:
        kind = value.__class__
        if kind is not counterpart.__class__:
            if kind is bool or counterpart.__class__ is bool:
                return False
        elif kind in (dict, list) and not equal_in_json(value, counterpart):
            return False
    return True
