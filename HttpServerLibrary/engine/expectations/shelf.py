"""The expectations of one scope, indexed by path."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from ..matching.path import folded
from ..message.request import Request
from ..problem import ProblemKind
from ..responses.added import DefaultHeaders
from ..responses.cors import Cors
from ..responses.responder import Responder
from ..responses.unexpected import UnexpectedResponse
from ..scope import Scope
from .expectation import Expectation, Kind, Rank
from .turns import HeldRequest, Turn

Taken = tuple[Expectation, Turn | None, int, Mapping[str, object], HeldRequest | None, bool]
"""The expectation that takes a request, its response at that moment, and what was true then.

That is how many requests it had taken, this one included, and the states. If the test answers the request, then also
what waits for its answer. The response is None if none is due. The last value is false if the expectation only lends
its response to a HEAD that it does not take.
"""


class NoMatch:
    """Why no expectation takes a request; ``head`` is the next ordered one, ``by`` the request that broke the order."""

    __slots__ = ("by", "head", "kind")

    def __init__(self, kind: ProblemKind, head: Expectation | None = None, by: Request | None = None) -> None:
        self.kind = kind
        self.head = head
        self.by = by


_PLACE: Final = attrgetter("place")


class Shelf:
    """The expectations of one scope that are in no order, indexed by path if that is literal."""

    def __init__(self) -> None:
        self._by_path: dict[str, list[Expectation]] = {}
        self._by_folded: dict[str, list[Expectation]] = {}
        self._patterns: list[Expectation] = []

    def _index(self, expectation: Expectation) -> tuple[dict[str, list[Expectation]], str] | None:
        """Where it is found, and by what; None if every request must be compared with it."""
        path = expectation.description.path
        if path is None:
            return None
        if path.literal is not None:
            return self._by_path, path.literal
        return None if path.folded is None else (self._by_folded, path.folded)

    def add(self, expectation: Expectation) -> None:
        index = self._index(expectation)
        bucket = self._patterns if index is None else index[0].setdefault(index[1], [])
        insort(bucket, expectation, key=_PLACE)

    def remove(self, expectation: Expectation) -> None:
        index = self._index(expectation)
        bucket = self._patterns if index is None else index[0].get(index[1], [])
        if expectation in bucket:
            bucket.remove(expectation)
        if not bucket and index is not None:
            index[0].pop(index[1], None)

    def candidates(self, path: str, raw_path: str) -> list[Expectation]:
        """Those that may match, in the order in which they are compared. Avoids a copy where possible."""
        found = self._by_path.get(path)
        if raw_path == path and not self._by_folded:
            if found is None:
                return self._patterns
            if not self._patterns:
                return found
        found = [*(found or ()), *(self._by_path.get(raw_path, ()) if raw_path != path else ()), *self._patterns]
        if self._by_folded:
            found += self._by_folded.get(folded(raw_path), ())
        found.sort(key=_PLACE)
        return found


class Layer:
    """The expectations of one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.all: list[Expectation] = []
        self.ordered: deque[Expectation] = deque()
        self.unordered = Shelf()
        self.broken: NoMatch | None = None
        self.unexpected: UnexpectedResponse | None = None
        # What forwards unexpected requests, if that was set here; None ends what an outer scope has set.
        self.forwarding: tuple[Responder | None, ...] = ()
        # What is added to responses, if that was set here. No headers, or no CORS, end what an outer scope has set.
        self.default_headers: DefaultHeaders | None = None
        self.cors: tuple[Cors | None, ...] = ()
        self.states: dict[str, object] = {}
        self.has_documents = False
        """Whether expectations of it are of the description of an API."""

    def add(self, expectation: Expectation) -> None:
        self.all.append(expectation)
        self.has_documents |= expectation.rank is Rank.DOCUMENT
        if expectation.kind is Kind.ORDERED:
            self.ordered.append(expectation)
        else:
            self.unordered.add(expectation)

    def retire(self, expectation: Expectation) -> None:
        """Removes it from those that can be used."""
        if expectation.kind is not Kind.ORDERED:
            self.unordered.remove(expectation)
        elif expectation in self.ordered:
            self.ordered.remove(expectation)
