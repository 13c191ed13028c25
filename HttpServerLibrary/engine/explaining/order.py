"""Why requests that should have arrived in order did not: pure functions that make text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from ..checks.order import Order, Step
from ..phrase import Masking
from ..records.exchange import Exchange
from ..visible import visible
from ..words import duration_text, requests
from .checks import Audience, nearest_lines
from .layout import limit
from .lines import outcome_line, request_line
from .nearest import rank

_STEPS_AROUND: Final = 3
_RECEIVED_BEFORE: Final = 6
_RECEIVED_AFTER: Final = 6
_MAX_STEP: Final = 140
# Comparing in full with thousands of requests takes too long.
_MAX_COMPARED: Final = 50


def not_in_order(
    order: Order,
    received: Sequence[Exchange],
    audience: Audience,
    within: float | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Which request was the first that did not arrive in order, what arrived instead, and everything that arrived."""
    masking = audience.masking
    indexes = order.indexes(received)
    missing = len(indexes)
    how = " with nothing between them" if order.strict else ""
    time = "" if within is None else f" within {duration_text(within)}"
    wanted = f"Expected {requests(len(order.steps))} in order{how}{time}"
    apart = order.indexes_apart(received) if order.strict else []
    if apart and len(apart) == len(order.steps):
        first = next(number for number, (one, other) in enumerate(pairwise(apart), 1) if other > one + 1)
        between = request_line(received[apart[first - 1] + 1].request, masking)
        lines = [f"{wanted}, but {between} arrived between requests {first} and {first + 1}"]
        lines += [
            "All arrived in this order; strict=True does not allow others between them.",
            "Expected in this order:",
        ]
        lines += [*_expected(order.steps, first, masking), *_received(order, received, apart, audience)]
        return limit([*lines, *notes])
    lines = [f"{wanted}, but request {missing + 1} did not arrive: {_step(order.steps[missing], masking)}"]
    lines += _hint(order, received, indexes, masking)
    lines.append("Expected in this order:")
    lines += _expected(order.steps, missing, masking)
    lines += _instead(order, received, indexes, masking)
    lines += _received(order, received, indexes, audience)
    return limit([*lines, *notes])


def _hint(order: Order, received: Sequence[Exchange], indexes: Sequence[int], masking: Masking) -> list[str]:
    """Where the missing one arrived, if not where it should have."""
    missing = len(indexes)
    matching = [index for index, entry in enumerate(received) if order.matches(missing, entry)]
    if not matching:
        return []
    taken = set(indexes)
    free = [index for index in matching if index not in taken]
    if not free:
        numbers = [str(indexes.index(index) + 1) for index in matching]
        noun = "request" if len(numbers) == 1 else "requests"
        steps = "another step already uses" if len(numbers) == 1 else "other steps already use"
        return [f"It arrived, but only as {noun} {' and '.join(numbers)}, which {steps}."]
    latest = free[-1]
    later = [number for number, index in enumerate(indexes) if index > latest]
    if not later:
        between = latest - indexes[-1] - 1
        return [f"It arrived, but not right after request {missing}: {requests(between)} arrived between them."]
    number = later[0]
    return [f"It arrived, but before request {number + 1}: {_step(order.steps[number], masking)}"]


def _expected(steps: Sequence[Step], missing: int, masking: Masking) -> list[str]:
    first = max(0, missing - _STEPS_AROUND)
    end = missing + _STEPS_AROUND + 1
    lines = [f"     ... {first} before"] if first else []
    lines += [
        f"  {'->' if number == missing else '  '} {number + 1}. {_step(step, masking)}"
        for number, step in enumerate(steps[first:end], first)
    ]
    return [*lines, f"     ... {len(steps) - end} after"] if len(steps) > end else lines


def _step(step: Step, masking: Masking) -> str:
    return visible(step.shown(masking), _MAX_STEP)


def _instead(order: Order, received: Sequence[Exchange], indexes: Sequence[int], masking: Masking) -> list[str]:
    """What arrived where the missing one should have, and what differs in it."""
    missing = len(indexes)
    start = indexes[-1] + 1 if indexes else 0
    if not received:
        return []
    if start == len(received):
        return [f"Nothing arrived after request {missing}."]
    candidates = received[start : start + 1] if order.strict and indexes else received[start : start + _MAX_COMPARED]
    description = order.description(missing)
    nearest = rank((entry, description, entry.request) for entry in candidates)[0]
    where = f" after request {missing}" if indexes else ""
    what = f"Arrived instead, next{where}:" if len(candidates) == 1 else f"Nearest request{where}:"
    return [what, *nearest_lines(nearest, masking)]


def _received(order: Order, received: Sequence[Exchange], indexes: Sequence[int], audience: Audience) -> list[str]:
    server, masking = audience
    if not received:
        return [f"No requests were received on {server}."]
    gap = indexes[-1] + 1 if indexes else 0
    # Number the requests that match steps after the missing one, so that they do not look unrelated.
    after = [] if order.strict else order.indexes_apart(received, len(indexes) + 1, gap)
    numbers = {index: number for number, index in enumerate(indexes, 1)}
    numbers.update((index, number) for number, index in enumerate(after, len(indexes) + 2))
    first = max(0, gap - _RECEIVED_BEFORE)
    end = gap + _RECEIVED_AFTER
    lines = [f"Received {len(received)} on {server}, oldest first:"]
    lines += [f"     ... {first} before"] if first else []
    lines += _numbered(enumerate(received[first:end], first), numbers, masking)
    return [*lines, f"     ... {len(received) - end} after"] if len(received) > end else lines


def _numbered(received: Iterable[tuple[int, Exchange]], numbers: dict[int, int], masking: Masking) -> list[str]:
    return [
        f"     {f'{numbers[index]}. ' if index in numbers else '-  '}{outcome_line(entry, masking)}"
        for index, entry in received
    ]
