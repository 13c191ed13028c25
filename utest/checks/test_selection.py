"""Which received requests a check is about."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.checks.selection import Selection, compare
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.server import HttpServer

Ask = Callable[[Request], tuple[int, str]]


@pytest.fixture
def expectation(server: HttpServer) -> Expectation:
    """Takes the first of the received requests."""
    return server.book.register(Kind.ONESHOT, RequestDescription("/a"))


@pytest.fixture
def received(server: HttpServer, ask: Ask, expectation: Expectation) -> list[Exchange]:
    for method, path in (("GET", "/a"), ("GET", "/b"), ("POST", "/a"), ("GET", "/a")):
        ask(Request.of(method, path))
    return server.journal.exchanges()


def numbers(selection: Selection, received: list[Exchange]) -> list[int]:
    """The places of the selected requests in the order of arrival."""
    return [entry.number for entry in selection.of(selection.candidates(received))]


def test_without_anything_all_are_selected(received: list[Exchange]) -> None:
    assert numbers(Selection(), received) == [1, 2, 3, 4]


def test_a_description(received: list[Exchange]) -> None:
    assert numbers(Selection(RequestDescription("/a")), received) == [1, 3, 4]


def test_an_expectation_selects_what_it_took(received: list[Exchange], expectation: Expectation) -> None:
    assert numbers(Selection(None, expectation), received) == [1]


def test_an_expectation_and_a_description(received: list[Exchange], expectation: Expectation) -> None:
    assert numbers(Selection(RequestDescription(method="GET"), expectation), received) == [1]
    assert numbers(Selection(RequestDescription(method="POST"), expectation), received) == []


def test_after_a_request(received: list[Exchange]) -> None:
    assert numbers(Selection(after=received[0]), received) == [2, 3, 4]
    assert numbers(Selection(RequestDescription("/a"), after=received[2]), received) == [4]
    assert numbers(Selection(after=received[3]), received) == []


def test_after_a_request_that_was_forgotten_meanwhile(received: list[Exchange]) -> None:
    assert numbers(Selection(after=received[1]), received[2:]) == [3, 4]


def test_no_request_is_compared_twice(received: list[Exchange], expectation: Expectation) -> None:
    asked: list[Exchange] = []

    def count(description: RequestDescription, exchange: Exchange) -> bool:
        asked.append(exchange)
        return compare(description, exchange)

    selection = Selection(RequestDescription("/a"), compare=count)
    assert numbers(selection, received[:2]) == [1]
    assert numbers(selection, received) == [1, 3, 4]
    assert asked == received
    asked.clear()
    assert numbers(Selection(RequestDescription("/a"), expectation, compare=count), received) == [1]
    assert asked == received[:1]


def test_what_a_request_looks_like(expectation: Expectation) -> None:
    own = RequestDescription(method="POST")
    assert Selection(own, expectation).description is own
    assert Selection(None, expectation).description is expectation.description
    assert str(Selection().description) == "any request"
    assert [Selection(own, expectation).is_described, Selection(None, expectation).is_described] == [True, False]


def test_the_words_for_it(received: list[Exchange], expectation: Expectation) -> None:
    own = RequestDescription(method="POST")
    assert [str(Selection(own)), Selection(own).condition] == ["POST", ""]
    taken = Selection(None, expectation)
    assert [str(taken), taken.condition] == ["oneshot /a", " taken by the oneshot expectation"]
    both = Selection(own, expectation)
    assert [str(both), both.condition] == ["POST, taken by (oneshot /a)", " taken by (oneshot /a)"]
    time = r"\d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(f" after GET /b at {time}", Selection(own, after=received[1]).condition)
    both_after = Selection(None, expectation, after=received[1]).condition
    assert re.fullmatch(f" taken by the oneshot expectation after GET /b at {time}", both_after)
