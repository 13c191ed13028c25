"""Where two JSON values differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ..phrase import Json, Phrase, Quoted, contrast, joined
from .difference import Difference, Step, Where
from .hints import only
from .placeholder import Placeholder
from .unordered import Forms, comparisons, without_counterpart

# Values, and comparisons of them, that take some milliseconds.
_MAX_REORDERED = 2000
_REORDERED: Final = "same items in another order: json_ignore_order=True accepts that"
# Lists of other lengths than expected are compared item by item up to here.
_MAX_PAIRED = 100
# What other fields take as a pattern, and JSON takes as it stands.
_PATTERN: Final = re.compile("(?:EQUALS|GLOB|REGEXP|STARTS):", re.IGNORECASE)


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


def json_phrase(value: Any) -> Phrase:
    """A JSON value, or what stands for it, as a phrase after 'expected' or 'received'."""
    if isinstance(value, (Words, Placeholder)):
        return value.words
    return Quoted(value) if isinstance(value, str) else Json(value)


@dataclass(frozen=True)
class Words:
    """Stands for a value where there is none to show."""

    words: Phrase


NOTHING: Final = Words("nothing")
_NO_SUCH_ITEM: Final = Words("no such item")


class Finding(NamedTuple):
    """A place in the body that differs; ``rule`` says what the expected value is for, where it is not to be equal."""

    steps: tuple[Step, ...]
    expected: Any
    received: Any
    rule: str = ""
    hint: str = ""

    def difference(self, where: Where) -> Difference:
        expected, received = self._phrases()
        wanted = joined(f"{self.rule} ", expected) if self.rule else expected
        return Difference(where, wanted, received, self.hint or ("" if self.rule else self._hint()))

    def _phrases(self) -> tuple[Phrase, Phrase]:
        """What was expected and received, with the kinds of the values where these differ."""
        if isinstance(self.expected, str) and isinstance(self.received, str):
            return contrast(self.expected, self.received)
        expected, received = json_phrase(self.expected), json_phrase(self.received)
        if isinstance(self.received, Words) or isinstance(self.expected, Words) or self.rule:
            return expected, received
        if isinstance(self.expected, Placeholder):
            is_kind = self.expected.kind == kind(self.received)
            return expected, received if is_kind else joined(received, f" ({kind(self.received)})")
        if kind(self.expected) == kind(self.received):
            return expected, received
        return joined(expected, f" ({kind(self.expected)})"), joined(received, f" ({kind(self.received)})")

    def _hint(self) -> str:
        expected, received = self.expected, self.received
        if isinstance(expected, str) and isinstance(received, str):
            found = only(expected, received)
            if found:
                return found
        if isinstance(expected, str) and _PATTERN.match(expected):
            return 'in JSON a pattern is "<regexp:...>"'
        return "only quotes differ" if _is_quoted(expected, received) or _is_quoted(received, expected) else ""


def _is_quoted(text: Any, value: Any) -> bool:
    """Whether a text is what JSON writes for a value that is no text."""
    return isinstance(text, str) and isinstance(value, (bool, int, float)) and json.dumps(value) == text


def compare(
    expected: Any,
    received: Any,
    steps: tuple[Step, ...] = (),
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
            yield Finding(steps, expected, received)
    elif isinstance(expected, dict) and isinstance(received, dict):
        for key, value in expected.items():
            inner = (*steps, key)
            if key in received:
                yield from compare(value, received[key], inner, subset=subset, forms=forms, hints=hints)
            else:
                yield Finding(inner, value, NOTHING)
        if not subset:
            for key, value in received.items():
                if key not in expected:
                    yield Finding((*steps, key), NOTHING, value)
    elif isinstance(expected, list) and isinstance(received, list):
        if hints and forms is None and _reordered(expected, received, subset):
            yield Finding(steps, expected, received, hint=_REORDERED)
            return
        if len(expected) != len(received):
            yield Finding(steps, Words(f"a list of length {len(expected)}"), Words(f"length {len(received)}"))
        if forms is not None:
            if len(expected) == len(received) or max(len(expected), len(received)) <= _MAX_PAIRED:
                yield from _compare_in_any_order(expected, received, steps, subset, forms)
        else:
            for index, (one, other) in enumerate(zip(expected, received, strict=False)):
                # Passes over equal items in a fraction of the time; 1 and true are equal, but do not look so.
                if one == other and repr(one) == repr(other):
                    continue
                yield from compare(one, other, (*steps, index), subset=subset, hints=hints)
    elif kind(expected) != kind(received) or expected != received:
        yield Finding(steps, expected, received)


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
    expected: list[Any], received: list[Any], steps: tuple[Step, ...], subset: bool, forms: Forms
) -> Iterator[Finding]:
    def matches(one: Any, other: Any) -> bool:
        return next(compare(one, other, subset=subset, forms=forms), None) is None

    missing, extra = without_counterpart(expected, received, matches, None if subset else forms)
    for index in missing:
        yield Finding(steps, _anywhere(index, expected[index]), _NO_SUCH_ITEM)
    for index in extra:
        yield Finding((*steps, index), _NO_SUCH_ITEM, received[index])
    if len(missing) == len(extra) == 1:
        one, other = expected[missing[0]], received[extra[0]]
        if isinstance(one, (dict, list)) and isinstance(other, type(one)):
            # Most likely it is the same item with something wrong in it.
            yield from compare(one, other, (*steps, extra[0]), subset=subset, forms=forms)


def _anywhere(index: int, item: Any) -> Words:
    return Words(joined(f"item [{index}] ", json_phrase(item), " anywhere"))


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
