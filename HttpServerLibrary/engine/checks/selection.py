"""Which received requests a check is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..expectations.expectation import Expectation
from ..matching.description import RequestDescription
from ..phrase import UNMASKED, Masking
from ..records.exchange import Exchange
from ..words import time_of_day

Compare = Callable[[RequestDescription, Exchange], bool]


def compare(description: RequestDescription, exchange: Exchange) -> bool:
    """Whether a received request matches a description. Raises `MatcherFailed`."""
    return description.matches(exchange.request)


class Selection:
    """The received requests that match a description, that an expectation took, or both.

    With ``after``, only those that arrived after that request count. Each request is compared once, as a description
    may call user code.
    """

    def __init__(
        self,
        description: RequestDescription | None = None,
        expectation: Expectation | None = None,
        *,
        after: Exchange | None = None,
        compare: Compare = compare,
    ) -> None:
        self._own = description
        self.expectation = expectation
        self.after = after
        self._compare = compare
        self._verdicts: dict[Exchange, bool] = {}

    @property
    def is_described(self) -> bool:
        """Whether the requests must match a description."""
        return self._own is not None

    @property
    def description(self) -> RequestDescription:
        """What a request of this selection looks like."""
        if self._own is not None:
            return self._own
        return RequestDescription() if self.expectation is None else self.expectation.description

    def candidates(self, received: Sequence[Exchange]) -> list[Exchange]:
        """The received requests that count at all, in the given order."""
        return [entry for entry in received if self.counts(entry)]

    def counts(self, exchange: Exchange) -> bool:
        """Whether it counts at all."""
        return self.after is None or exchange.number > self.after.number

    def of(self, candidates: Sequence[Exchange]) -> list[Exchange]:
        """Those of the candidates that are selected, in the given order."""
        return [entry for entry in candidates if self.matches(entry)]

    def matches(self, exchange: Exchange) -> bool:
        if self.expectation is not None and exchange.expectation is not self.expectation:
            return False
        if self._own is None:
            return True
        verdict = self._verdicts.get(exchange)
        if verdict is None:
            verdict = self._verdicts[exchange] = self._compare(self._own, exchange)
        return verdict

    @property
    def condition(self) -> str:
        """What a request must be in addition to matching the description, as words after 'request'."""
        words = ""
        if self.expectation is not None:
            origin = f" from {self.expectation.origin}" if self.expectation.origin else ""
            taker = f"the {self.expectation.kind} expectation{origin}" if self._own is None else f"({self.expectation})"
            words = f" taken by {taker}"
        if self.after is not None:
            words += f" after {self.after} at {time_of_day(self.after.request.time)}"
        return words

    def shown(self, masking: Masking) -> str:
        """The selection on one line, masked."""
        if self.expectation is None:
            return self.description.shown(masking)
        if self._own is None:
            return str(self.expectation)
        return f"{self._own.shown(masking)}, taken by ({self.expectation})"

    def __str__(self) -> str:
        return self.shown(UNMASKED)
