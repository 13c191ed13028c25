"""How checks end: the failure, or a hint that nothing was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ..engine.checks.count import Count
from ..engine.checks.selection import Selection
from ..engine.errors import ExpectationFailed
from ..engine.explaining import checks as explain
from ..engine.explaining.layout import limit
from ..engine.matching.description import RequestDescription
from ..engine.records.exchange import Exchange
from ..engine.server import HttpServer
from ..engine.words import duration_text, requests
from ..log.markup import join
from ..log.messages import LogLevel, write


def fail(text: str, message: str | None = None) -> NoReturn:
    """Fails with an explanation; the user's message, if any, replaces the first line."""
    raise ExpectationFailed(failure_text(text, message))


def failure_text(text: str, message: str | None) -> str:
    """The text of a failure; the user's message, if any, replaces the first line."""
    return limit([text if message is None else join(message, text.partition("\n")[2])])


def expected(count: Count, selection: Selection, within: float | None = None) -> str:
    """How many requests were expected, as the beginning of a failure."""
    time = "" if within is None else f" within {duration_text(within)}"
    return f"Expected {count}{selection.condition}{time}"


def fail_as_too_few(
    server: HttpServer,
    selection: Selection,
    expectation: str,
    selected: Sequence[Exchange],
    candidates: Sequence[Exchange],
    message: str | None = None,
) -> NoReturn:
    """Fails because fewer requests than expected were received; ``expectation`` says how many were."""
    closed = "" if selection.expectation is None else selection.expectation.closed
    ended = [f"The expectation {closed}, so it takes no more requests."] if closed else []
    notes = [*ended, *not_counted(server, selection), *not_listed(server, selection.description)]
    text = explain.not_received(selection.description, expectation, selected, candidates, server.audience, notes)
    fail(text, message)


def fail_as_too_many(
    server: HttpServer,
    selection: Selection,
    expectation: str,
    selected: Sequence[Exchange],
    message: str | None = None,
) -> NoReturn:
    """Fails because more requests than expected were received; ``expectation`` says how many were."""
    text = explain.too_many_received(selection.description, expectation, selected, server.audience, not_kept(server))
    fail(text, message)


def not_counted(server: HttpServer, selection: Selection) -> list[str]:
    """What a failure says about the requests that arrived too early to count."""
    received = server.journal.exchanges()
    before = len(received) - len(selection.candidates(received))
    return [f"Not counted, because they arrived earlier: {requests(before)}."] if before else []


def not_listed(server: HttpServer, description: RequestDescription) -> list[str]:
    """What a failure says about the requests that are not among the received ones."""
    on_other_servers = [
        (str(other), entry) for other in server.neighbours() if (entry := other.newest_like(description)) is not None
    ]
    journal = server.journal
    notes = explain.not_listed(
        journal.pending(),
        journal.forgotten_with_scopes,
        on_other_servers,
        server.audience,
        nothing_received=not journal.exchanges(),
    )
    stopped = [] if server.running else ["The server is stopped, so no more requests can arrive."]
    refused = ["Connections are refused on purpose (Break Connections)."] if server.refuses else []
    return [*notes, *explain.without_request(journal.connection_notes()), *refused, *not_kept(server), *stopped]


def not_kept(server: HttpServer) -> list[str]:
    """What a failure says about the requests that were forgotten because too many arrived."""
    return explain.forgotten_beyond_bounds(server.journal.forgotten_beyond_bounds())


def say_what_is_not_counted(server: HttpServer, level: LogLevel = LogLevel.INFO) -> None:
    """Logs that there are expectations but none to check, so that the test does not only seem to check them."""
    expectations = server.book.expectations()
    if expectations and not any(expectation.times for expectation in expectations):
        write(
            f"There is nothing to check on {server}: its expectations are permanent and have no 'times', "
            "so they are met without any request.",
            level,
        )
