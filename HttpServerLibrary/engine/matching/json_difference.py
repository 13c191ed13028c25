"""Where two JSON values differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

from ..phrase import Json, Phrase, Quoted, contrast, joined
from ..words import counted
from .difference import Difference, Step, Where
from .hints import alike, lookalike, sole_difference
from .placeholder import Placeholder
from .unordered import Forms, comparisons, without_counterpart

# This many values, or comparisons, take a few milliseconds.
_MAX_REORDERED = 2000
_REORDERED: Final = "same items in a different order: json_ignore_order=True accepts that"
# Up to this length, lists with different lengths are compared item by item.
_MAX_PAIRED = 100
# Up to this number, missing or extra items are named one by one.
_MAX_SINGLE_ITEMS = 5
_MAX_ENCODED_TWICE = 10_000
# A pattern in other fields, plain text in JSON.
_PATTERN: Final = re.compile("(?i:EQUALS|GLOB|REGEXP|STARTS):|NOT:")


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
    """A JSON value, or its stand-in, as a phrase after 'expected' or 'received'."""
    if isinstance(value, (*_STANDS_FOR_A_VALUE, Placeholder)):
        return value.words
    return Quoted(value) if isinstance(value, str) else Json(value)


@dataclass(frozen=True)
class Words:
    """Words in place of a value when there is none to show."""

    words: Phrase


@dataclass(frozen=True)
class Anywhere:
    """Stands for an item that may be anywhere in a list; described only when it is shown."""

    index: int
    item: Any

    @property
    def words(self) -> Phrase:
        return joined(f"item [{self.index}] ", json_phrase(self.item), " anywhere")


@dataclass(frozen=True)
class NoKey:
    """Stands for the value of a member that an object does not have; ``names`` are the members it has."""

    names: Sequence[str] = ()
    words: ClassVar[Phrase] = "no such key"


NOTHING: Final = Words("nothing")
NO_KEY: Final = NoKey()
_NO_SUCH_ITEM: Final = Words("no such item")
_STANDS_FOR_A_VALUE: Final = (Words, Anywhere, NoKey)


class Finding(NamedTuple):
    """One difference in the body, at ``steps``."""

    steps: tuple[Step, ...]
    expected: Any
    received: Any
    hint: Phrase = ""

    def difference(self, where: Where) -> Difference:
        expected, received = self._phrases()
        return Difference(where, expected, received, self.hint or self._hint())

    def _phrases(self) -> tuple[Phrase, Phrase]:
        """What was expected and received, with the kinds of the values if they differ."""
        if isinstance(self.expected, str) and isinstance(self.received, str):
            return contrast(self.expected, self.received)
        expected, received = json_phrase(self.expected), json_phrase(self.received)
        if isinstance(self.received, _STANDS_FOR_A_VALUE) or isinstance(self.expected, _STANDS_FOR_A_VALUE):
            return expected, received
        if isinstance(self.expected, Placeholder):
            is_kind = self.expected.kind == kind(self.received)
            return expected, received if is_kind else _with_kind(received, self.received)
        if kind(self.expected) == kind(self.received):
            return expected, received
        return _with_kind(expected, self.expected), _with_kind(received, self.received)

    def _hint(self) -> Phrase:
        expected, received = self.expected, self.received
        if isinstance(received, NoKey):
            return alike(str(self.steps[-1]), received.names) if self.steps else ""
        if isinstance(expected, Placeholder):
            return expected.hint(received)
        if isinstance(expected, str) and isinstance(received, str):
            found = sole_difference(expected, received) or lookalike(expected, received)
            if found:
                return found
        if isinstance(expected, str) and _PATTERN.match(expected):
            return 'in JSON a pattern is written "<regexp:...>"'
        if isinstance(expected, (dict, list)) and _is_json_of(received, type(expected)):
            return "the text is itself JSON: it was encoded twice"
        return "only quotes differ" if _is_quoted(expected, received) or _is_quoted(received, expected) else ""


def _with_kind(phrase: Phrase, value: Any) -> Phrase:
    return phrase if value is None else joined(phrase, f" ({kind(value)})")


def _is_json_of(text: Any, kind: type) -> bool:
    """Whether a text is itself JSON for a value of this type."""
    if not isinstance(text, str) or len(text) > _MAX_ENCODED_TWICE or text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text), kind)
    except (ValueError, RecursionError):
        return False


def _is_quoted(text: Any, value: Any) -> bool:
    """Whether a text is what JSON writes for a number or boolean."""
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
    """Yields every difference; numbers are equal by value, and never equal to booleans.

    With ``forms``, lists are compared in any order. With ``hints``, two lists that differ only in order give one
    difference that says so; in other lists, equal items at the start and the end are skipped.
    """
    if isinstance(expected, Placeholder):
        if not expected.matches(received):
            yield Finding(steps, expected, received)
    elif isinstance(expected, dict) and isinstance(received, dict):
        others = [key for key in received if key not in expected] if hints else []
        for key, value in expected.items():
            if key in received:
                yield from compare(value, received[key], (*steps, key), subset=subset, forms=forms, hints=hints)
            else:
                yield Finding((*steps, key), value, NoKey(others))
        if not subset:
            for key, value in received.items():
                if key not in expected:
                    yield Finding((*steps, key), NO_KEY, value)
    elif isinstance(expected, list) and isinstance(received, list):
        if forms is not None:
            yield from _compare_in_any_order(expected, received, steps, subset, forms)
        elif hints:
            yield from _explain_lists(expected, received, steps, subset)
        else:
            if len(expected) != len(received):
                yield _lengths(expected, received, steps)
            for index, (one, other) in enumerate(zip(expected, received, strict=False)):
                if not _are_identical(one, other):
                    yield from compare(one, other, (*steps, index), subset=subset)
    elif kind(expected) != kind(received) or expected != received:
        yield Finding(steps, expected, received)


def _are_identical(one: Any, other: Any) -> bool:
    """A quick check for equal items; 1 equals True in Python, but their representations differ."""
    return bool(one == other) and repr(one) == repr(other)


def _lengths(expected: list[Any], received: list[Any], steps: tuple[Step, ...]) -> Finding:
    return Finding(steps, Words(counted(len(expected), "item")), Words(str(len(received))))


def _explain_lists(
    expected: list[Any], received: list[Any], steps: tuple[Step, ...], subset: bool
) -> Iterator[Finding]:
    """What differs in two lists whose order matters, for people."""
    if _reordered(expected, received, subset):
        yield Finding(steps, expected, received, _REORDERED)
        return

    def matches(one: Any, other: Any) -> bool:
        return _are_identical(one, other) or next(compare(one, other, subset=subset), None) is None

    shorter = min(len(expected), len(received))
    start = 0
    while start < shorter and matches(expected[start], received[start]):
        start += 1
    end = 0
    # In lists of the same length, items are compared by index.
    if len(expected) != len(received):
        while end < shorter - start and matches(expected[-1 - end], received[-1 - end]):
            end += 1
    missing, extra = expected[start : len(expected) - end], received[start : len(received) - end]
    if (not missing or not extra) and 0 < len(missing) + len(extra) <= _MAX_SINGLE_ITEMS:
        for index, item in enumerate(missing, start):
            yield Finding((*steps, index), item, _NO_SUCH_ITEM, _only_these(len(missing), "missing"))
        for index, item in enumerate(extra, start):
            yield Finding((*steps, index), _NO_SUCH_ITEM, item, _only_these(len(extra), "extra"))
        return
    if len(expected) != len(received):
        yield _lengths(expected, received, steps)
    for index, (one, other) in enumerate(zip(missing, extra, strict=False), start):
        yield from compare(one, other, (*steps, index), subset=subset, hints=True)


def _only_these(count: int, what: str) -> str:
    return f"{'only this item is' if count == 1 else f'only these {count} items are'} {what}"


def _reordered(expected: list[Any], received: list[Any], subset: bool) -> bool:
    """Whether two lists differ only in the order of their items; long ones are not checked."""
    if len(expected) != len(received) or not _is_small(expected) or not _is_small(received):
        return False
    if next(compare(expected, received, subset=subset), None) is None:
        return False
    if comparisons(expected, None if subset else Forms()) > _MAX_REORDERED:
        return False
    return next(compare(expected, received, subset=subset, forms=Forms()), None) is None


def _is_small(value: Any) -> bool:
    """Whether a value has few values inside; stops counting when there are too many."""
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
    if len(expected) != len(received):
        yield _lengths(expected, received, steps)
        if max(len(expected), len(received)) > _MAX_PAIRED:
            return

    def matches(one: Any, other: Any) -> bool:
        return next(compare(one, other, subset=subset, forms=forms), None) is None

    missing, extra = without_counterpart(expected, received, matches, None if subset else forms)
    for index in missing:
        yield Finding(steps, Anywhere(index, expected[index]), _NO_SUCH_ITEM)
    for index in extra:
        yield Finding((*steps, index), _NO_SUCH_ITEM, received[index])
    if len(missing) == len(extra) == 1:
        one, other = expected[missing[0]], received[extra[0]]
        if isinstance(one, (dict, list)) and isinstance(other, type(one)):
            # Probably the same item with something wrong in it.
            yield from compare(one, other, (*steps, extra[0]), subset=subset, forms=forms, hints=True)


def equal_in_json(one: Any, other: Any) -> bool:
    """Whether two values that are equal in Python, where 0 and 1 equal False and True, are also equal in JSON."""
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


def has_numbers(value: Any) -> bool:
    """Whether there is a number or a boolean in a JSON value."""
    if isinstance(value, dict):
        return any(map(has_numbers, value.values()))
    return any(map(has_numbers, value)) if isinstance(value, list) else isinstance(value, (int, float))
