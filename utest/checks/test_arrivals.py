"""What arrives while a keyword waits."""

from __future__ import annotations

from HttpServerLibrary.engine.checks.arrivals import Arrivals
from HttpServerLibrary.engine.interrupts import InterruptSafeLock
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import Journal
from HttpServerLibrary.engine.scope import Scope

SCOPE = Scope("a test")


def arrive(journal: Journal) -> Exchange:
    return journal.arrive(Request.of("GET", "/"), "http://localhost:1", lambda: SCOPE)


def answer(journal: Journal, exchange: Exchange) -> None:
    journal.answered(exchange, Response(200), None)


def test_each_answered_request_comes_once() -> None:
    journal = Journal(InterruptSafeLock())
    arrivals = Arrivals(journal)
    assert arrivals.take() == []
    first, second, third = (arrive(journal) for _ in range(3))
    answer(journal, second)
    assert arrivals.take() == [second]
    fourth = arrive(journal)
    answer(journal, fourth)
    answer(journal, first)
    assert arrivals.take() == [first, fourth]
    answer(journal, third)
    assert arrivals.take() == [third]
    assert arrivals.take() == []
