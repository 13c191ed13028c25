"""The exchanges of a journal, in the order of arrival, most of them as plain values.

The garbage collector stops everything while it visits objects. It visits each object that can refer to others, but no
tuple of plain values. With 100,000 exchanges as objects, such a stop took 50 ms. So the store replaces an exchange by a
tuple once it is complete, if it is like most: a small request that an expectation took, with the same response as
others. What its tuple cannot hold is in a table of contexts, which many exchanges share. Iteration makes exchanges of
the tuples again; they are equal to the original ones, but not the same objects.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..expectations.expectation import Expectation
from ..message.response import Response
from ..phrase import Masking
from ..scope import Scope
from .exchange import Exchange

# Larger ones stay objects, which share their bodies with what is not logged yet.
_MAX_BODY: Final = 4096

_Plain = tuple[Any, ...]
"""The number of an exchange and that of its context, its other plain values, and from `_REQUEST` on its request."""

_REQUEST: Final = 6

_NO_CONTEXT: Final = (None, None, None, 0)

_Context = tuple[Scope, Expectation, Response, str]


class Popped(NamedTuple):
    """An exchange that was removed, which is an object or was only values."""

    number: int
    scope: Scope
    body_bytes: int
    head_bytes: int
    exchange: Exchange | None


class Store:
    """The exchanges of a journal, oldest first. For a caller that holds the journal's lock."""

    def __init__(self, masking: Masking) -> None:
        self.origin = object()
        """What all its exchanges have in common, and no others."""

        self._masking = masking
        self._entries: deque[Exchange | _Plain] = deque()
        self._contexts: dict[int, _Context] = {}
        self._context_numbers: dict[_Context, int] = {}
        self._newest_context = 0
        # Most exchanges have the same context as the one before.
        self._last: tuple[Scope | None, Expectation | None, Response | None, int] = _NO_CONTEXT

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges as they are now. The caller need not hold the lock any longer."""
        entries, contexts = [*self._entries], self._contexts
        return (self._exchange(entry, contexts) for entry in entries)

    def __reversed__(self) -> Iterator[Exchange]:
        contexts = self._contexts
        return (self._exchange(entry, contexts) for entry in reversed(self._entries))

    def objects(self) -> Iterator[Exchange]:
        """Those that are not complete, or not like most."""
        return (entry for entry in self._entries if isinstance(entry, Exchange))

    def newest_of(self, expectation: Expectation) -> Exchange | None:
        """The newest exchange of a request that an expectation took."""
        numbers = {number for number, context in self._contexts.items() if context[1] is expectation}
        for entry in reversed(self._entries):
            if entry[1] in numbers if isinstance(entry, tuple) else entry.expectation is expectation:
                return self._exchange(entry, self._contexts)
        return None

    def append(self, exchange: Exchange) -> None:
        self._entries.append(exchange)

    def pop_oldest(self) -> Popped:
        entry = self._entries.popleft()
        if isinstance(entry, Exchange):
            return Popped(entry.number, entry.scope, entry.body_bytes, entry.head_bytes, entry)
        number, context, _, _, body_bytes, head_bytes, *_ = entry
        return Popped(number, self._contexts[context][0], body_bytes, head_bytes, None)

    def get(self, number: int) -> Exchange | None:
        """The exchange with this number, if it is here."""
        index = self._index(number)
        return None if index is None else self._exchange(self._entries[index], self._contexts)

    def replace(self, exchange: Exchange) -> None:
        """Stores an exchange that was changed, in its place."""
        index = self._index(exchange.number)
        if index is not None:
            self._entries[index] = exchange

    def complete(self, exchange: Exchange) -> None:
        """Keeps only the values of an exchange that changes no more, if it is like most."""
        response, expectation = exchange.response, exchange.expectation
        if (
            response is None
            or not response.shared
            or expectation is None
            or exchange.problem is not None
            or exchange.progress is not None
            or exchange.bodies_dropped
            or exchange.body_bytes > _MAX_BODY
        ):
            exchange.compact()
            return
        entries = self._entries
        index = len(entries) - 1 if entries and entries[-1] is exchange else self._index(exchange.number)
        if index is None:
            return
        scope, same_expectation, same_response, number = self._last
        if same_expectation is not expectation or same_response is not response or scope is not exchange.scope:
            number = self._context_number((exchange.scope, expectation, response, exchange.base_url))
            self._last = exchange.scope, expectation, response, number
        entries[index] = (
            exchange.number,
            number,
            exchange.ended,
            exchange.delivered,
            exchange.body_bytes,
            exchange.head_bytes,
            *exchange.values(),
        )

    def _context_number(self, context: _Context) -> int:
        number = self._context_numbers.get(context)
        if number is None:
            self._newest_context += 1
            number = self._context_numbers[context] = self._newest_context
            self._contexts[number] = context
        return number

    def forget(self, leaves: Callable[[Scope, bool], bool]) -> None:
        """Forgets exchanges, by their scope and whether they are answered."""
        kept: deque[Exchange | _Plain] = deque()
        for entry in self._entries:
            if isinstance(entry, Exchange):
                entry.forgotten = left = leaves(entry.scope, entry.received)
            else:
                left = leaves(self._contexts[entry[1]][0], True)
            if not left:
                kept.append(entry)
        self._entries = kept
        used = {entry[1] for entry in kept if isinstance(entry, tuple)}
        self._contexts = {number: context for number, context in self._contexts.items() if number in used}
        self._context_numbers = {context: number for number, context in self._contexts.items()}
        self._last = _NO_CONTEXT

    def sizes(self) -> Iterator[tuple[int, int, int]]:
        """The number, the bytes of bodies, and those of the head that count, of each exchange."""
        for entry in self._entries:
            if isinstance(entry, Exchange):
                yield entry.number, entry.body_bytes, entry.head_bytes
            else:
                yield entry[0], entry[4], entry[5]

    def _exchange(self, entry: Exchange | _Plain, contexts: Mapping[int, _Context]) -> Exchange:
        if isinstance(entry, Exchange):
            return entry
        number, context, ended, delivered, body_bytes, head_bytes = entry[:_REQUEST]
        scope, expectation, response, base_url = contexts[context]
        exchange = Exchange(entry[_REQUEST:], base_url, scope, self._masking, number, self.origin)
        exchange.response = response
        exchange.expectation = expectation
        exchange.ended = ended
        exchange.delivered = delivered
        exchange.body_bytes = body_bytes
        exchange.head_bytes = head_bytes
        return exchange

    def _index(self, number: int) -> int | None:
        index = bisect_left(self._entries, number, key=_number)
        return index if index < len(self._entries) and _number(self._entries[index]) == number else None


def _number(entry: Exchange | _Plain) -> int:
    number: int = entry[0] if isinstance(entry, tuple) else entry.number
    return number
