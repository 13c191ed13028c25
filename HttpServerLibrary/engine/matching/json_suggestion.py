"""A received JSON value as an expected value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .placeholder import Placeholder, as_text

# Compares an expected value with a received one.
Matches = Callable[[Any, Any], bool]

MISSING: Final = object()

# Up to this length, items of lists are paired in any order.
_MAX_PAIRED: Final = 100


def literal(received: Any) -> Any:
    """The value written so that it stands for itself: nothing in it is a placeholder."""
    if isinstance(received, str):
        return as_text(received)
    if isinstance(received, dict):
        return {key: literal(value) for key, value in received.items()}
    if isinstance(received, list):
        return [literal(item) for item in received]
    return received


def with_placeholders(expected: Any, received: Any, in_any_order: Matches | None = None) -> Any:
    """The received value, with those placeholders of the expected value that match.

    With ``in_any_order``, items of lists are paired if they match, otherwise by index.
    """
    if isinstance(expected, Placeholder) and expected.matches(received):
        return expected.written
    if isinstance(expected, dict) and isinstance(received, dict):
        return {
            key: with_placeholders(expected[key], value, in_any_order) if key in expected else literal(value)
            for key, value in received.items()
        }
    if isinstance(expected, list) and isinstance(received, list):
        items = list(expected) if in_any_order is None else _in_order_of(received, expected, in_any_order)
        items += [None] * (len(received) - len(items))
        return [with_placeholders(items[index], item, in_any_order) for index, item in enumerate(received)]
    return literal(received)


def subset_with_placeholders(expected: Any, received: Any) -> Any:
    """Like `with_placeholders`, but only with the expected members of objects; `MISSING` if one of them is missing."""
    if isinstance(expected, dict) and isinstance(received, dict):
        members = {
            key: subset_with_placeholders(value, received[key]) if key in received else MISSING
            for key, value in expected.items()
        }
        return MISSING if any(value is MISSING for value in members.values()) else members
    if isinstance(expected, list) and isinstance(received, list) and len(expected) == len(received):
        items = [subset_with_placeholders(one, other) for one, other in zip(expected, received, strict=True)]
        return MISSING if any(item is MISSING for item in items) else items
    return with_placeholders(expected, received)


def _in_order_of(received: list[Any], expected: list[Any], matches: Matches) -> list[Any]:
    """The expected items at the positions of the received ones they match; the others, at those of the same type."""
    if max(len(received), len(expected)) > _MAX_PAIRED:
        return []
    left = list(expected)
    found: list[Any] = [None] * len(received)
    positions = [*range(len(received))]
    for is_alike in (matches, _is_same_type):
        for position in list(positions):
            index = next((index for index, item in enumerate(left) if is_alike(item, received[position])), None)
            if index is not None:
                found[position] = left.pop(index)
                positions.remove(position)
    return found


def _is_same_type(expected: Any, received: Any) -> bool:
    return type(expected) is type(received)
