"""Why requests that should have come in order did not, as text for people: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from ..checks.order import Order, Step
from ..records.exchange import Exchange
from ..visible import visible
from ..words import duration_text, requests
from .checks import (
    became,
    compared_with,
    difference_lines,
    distance,
    limit,
    outcome_line,
    request_line,
)

_STEPS_AROUND: Final = 3
_RECEIVED_BEFORE: Final = 6
_RECEIVED_AFTER: Final = 6
_STEP_LENGTH: Final = 140
# Comparing in full with thousands of requests takes too long.
_MAX_COMPARED: Final = 50


def not_in_order(
    order: Order, received: Sequence[Exchange], server: str, within: float | None = None, notes: Sequence[str] = ()
) -> str:
    """Which request was the first that did not come in order, what came instead, and what came at all."""
    places = order.places(received)
    due = len(places)
    how = " with nothing between them" if order.strict else ""
    time = "" if within is None else f" within {duration_text(within)}"
    wanted = f"Expected {requests(len(order.steps))} in order{how}{time}"
    apart = order.places_apart(received) if order.strict else []
    if apart and len(apart) == len(order.steps):
        first = next(number for number, (one, other) in enumerate(pairwise(apart), 1) if other > one + 1)
        between = request_line(received[apart[first - 1] + 1].request)
        lines = [f"{wanted}, but between number {first} and number {first + 1} came {between}"]
        lines += ["All came in this order; strict=True does not allow others between them.", "Expected in this order:"]
        lines += [*_expected(order.steps, first), *_received(order, received, apart, server)]
        return limit([*lines, *notes])
    lines = [f"{wanted}, but number {due + 1} did not come: {order.steps[due]}"]
    lines += _hint(order, received, places)
    lines.append("Expected in this order:")
    lines += _expected(order.steps, due)
    lines += _instead(order, received, places)
    lines += _received(order, received, places, server)
    return limit([*lines, *notes])


def _hint(order: Order, received: Sequence[Exchange], places: Sequence[int]) -> list[str]:
    """Where the missing one came, if not where it should have."""
    due = len(places)
    matching = [place for place, entry in enumerate(received) if order.matches(due, entry)]
    if not matching:
        return []
    taken = set(places)
    free = [place for place in matching if place not in taken]
    if not free:
        numbers = [str(places.index(place) + 1) for place in matching]
        return [f"It came, but only as number {' and '.join(numbers)}; each needs a request of its own."]
    latest = free[-1]
    later = [number for number, place in enumerate(places) if place > latest]
    if not later:
        between = latest - places[-1] - 1
        return [f"It came, but not next to number {due}: {requests(between)} came between them."]
    number = later[0]
    return [f"It came, but before number {number + 1}: {visible(str(order.steps[number]), _STEP_LENGTH)}"]


def _expected(steps: Sequence[Step], due: int) -> list[str]:
    first = max(0, due - _STEPS_AROUND)
    end = due + _STEPS_AROUND + 1
    lines = [f"     ... {first} before"] if first else []
    lines += [
        f"  {'->' if number == due else '  '} {number + 1}. {visible(str(step), _STEP_LENGTH)}"
        for number, step in enumerate(steps[first:end], first)
    ]
    return [*lines, f"     ... {len(steps) - end} after"] if len(steps) > end else lines


def _instead(order: Order, received: Sequence[Exchange], places: Sequence[int]) -> list[str]:
    """What came where the missing one should have, and what differs in it."""
    due = len(places)
    start = places[-1] + 1 if places else 0
    if not received:
        return []
    if start == len(received):
        return [f"Nothing came after number {due}."]
    came = received[start : start + 1] if order.strict and places else received[start : start + _MAX_COMPARED]
    description = order.description(due)
    nearest, found = min(compared_with(description, came), key=lambda pair: distance(description, pair[1]))
    where = f" after number {due}" if places else ""
    what = f"Came instead, next{where}:" if len(came) == 1 else f"Nearest of what came{where}:"
    return [
        what,
        f"  {outcome_line(nearest)}",
        *(difference_lines(found, "    ") or [f"    it matches, but {became(nearest)}"]),
    ]


def _received(order: Order, received: Sequence[Exchange], places: Sequence[int], server: str) -> list[str]:
    if not received:
        return [f"No requests were received on {server}."]
    gap = places[-1] + 1 if places else 0
    # What came of those that follow the missing one is not to be taken for something else.
    after = [] if order.strict else order.places_apart(received, len(places) + 1, gap)
    numbers = {place: number for number, place in enumerate(places, 1)}
    numbers.update((place, number) for number, place in enumerate(after, len(places) + 2))
    first = max(0, gap - _RECEIVED_BEFORE)
    end = gap + _RECEIVED_AFTER
    lines = [f"Received {len(received)} on {server}, oldest first:"]
    lines += [f"     ... {first} before"] if first else []
    lines += _numbered(enumerate(received[first:end], first), numbers)
    return [*lines, f"     ... {len(received) - end} after"] if len(received) > end else lines


def _numbered(received: Iterable[tuple[int, Exchange]], numbers: dict[int, int]) -> list[str]:
    return [
        f"     {f'{numbers[place]}. ' if place in numbers else '-  '}{outcome_line(entry)}" for place, entry in received
    ]
