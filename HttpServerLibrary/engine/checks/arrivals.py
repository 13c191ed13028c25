"""What arrives while a keyword waits."""

from __future__ import annotations

from ..records.exchange import Exchange
from ..records.journal import Journal


class Arrivals:
    """The received requests of a journal, each returned once, so that a wait costs the same however many there are."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._newest = 0
        self._unanswered: list[Exchange] = []

    def take(self) -> list[Exchange]:
        """Those that were received since the last call, oldest first."""
        arrived = self._journal.arrived_since(self._newest)
        if arrived:
            self._newest = arrived[-1].number
        answered: list[Exchange] = []
        unanswered: list[Exchange] = []
        for exchange in (*self._unanswered, *arrived):
            (answered if exchange.received else unanswered).append(exchange)
        self._unanswered = unanswered
        return answered
