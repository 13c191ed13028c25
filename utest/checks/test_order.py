"""Requests in order: the steps as they are written, and where they came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.checks.order import Order, Step, steps_of
from HttpServerLibrary.engine.checks.selection import Selection, compare
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.matching.description import FIELD_NAMES, RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask


def select(path: object, fields: Mapping[str, object]) -> Selection:
    if isinstance(path, Expectation):
        return Selection(None, path)
    return Selection(RequestDescription(path, **fields))


def receive(*paths: str) -> list[Exchange]:
    return [Exchange(Request.of("GET", path), "http://localhost:1", Scope("a test")) for path in paths]


def described(*paths: str) -> list[Step]:
    return [Selection(RequestDescription(path)) for path in paths]


def indexes(steps: str, received: str, strict: bool = False) -> list[int]:
    """Of steps and requests that are a letter each."""
    order = Order(described(*(f"/{letter}" for letter in steps)), strict)
    return order.indexes(receive(*(f"/{letter}" for letter in received)))


@pytest.mark.parametrize(
    ("steps", "received", "expected"),
    [
        ("ab", "ab", [0, 1]),
        ("ab", "xaxxbx", [1, 4]),
        ("ab", "ba", [1]),
        ("ab", "bab", [1, 2]),
        ("aa", "a", [0]),
        ("aa", "axa", [0, 2]),
        ("abc", "acb", [0, 2]),
        ("ab", "", []),
        ("ab", "xyz", []),
    ],
)
def test_with_others_between(steps: str, received: str, expected: list[int]) -> None:
    assert indexes(steps, received) == expected


@pytest.mark.parametrize(
    ("steps", "received", "expected"),
    [
        ("ab", "ab", [0, 1]),
        ("ab", "xabx", [1, 2]),
        ("ab", "axab", [2, 3]),
        ("ab", "abab", [0, 1]),
        ("ab", "axb", [0]),
        ("abc", "abxacx", [0, 1]),
        ("ab", "axax", [2]),
        ("ab", "ba", [1]),
        ("aab", "aaab", [1, 2, 3]),
        ("ab", "", []),
        ("ab", "x", []),
    ],
)
def test_with_nothing_between(steps: str, received: str, expected: list[int]) -> None:
    assert indexes(steps, received, strict=True) == expected


# A path is a set of letters; a step matches each path that has its letter, so requests match several steps.
PATHS = st.lists(st.text("abc", min_size=1, max_size=3).map(lambda text: f"/{text}"), max_size=7)
STEPS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


@given(STEPS, PATHS)
def test_an_order_is_found_if_there_is_one(letters: list[str], paths: list[str]) -> None:
    received = receive(*paths)
    steps = described(*(f"GLOB:*{letter}*" for letter in letters))

    def possible(chosen: tuple[int, ...]) -> bool:
        return all(letter in paths[place] for letter, place in zip(letters, chosen, strict=False))

    longest = max(
        length for length in range(len(letters) + 1) if any(map(possible, combinations(range(len(paths)), length)))
    )
    found = Order(steps, False).indexes(received)
    assert len(found) == longest
    assert possible(tuple(found))
    assert found == sorted(set(found))


@given(STEPS, PATHS)
def test_what_is_next_to_each_other_is_found_if_it_is_there(letters: list[str], paths: list[str]) -> None:
    def length_from(start: int) -> int:
        matching = [letter in path for letter, path in zip(letters, paths[start:], strict=False)]
        return [*matching, False].index(False)

    found = Order(described(*(f"GLOB:*{letter}*" for letter in letters)), True).indexes(receive(*paths))
    assert len(found) == max(map(length_from, range(len(paths))), default=0)
    if found:
        assert found == [*range(found[0], found[0] + len(found))]
        assert length_from(found[0]) == len(found)


def test_nothing_is_compared_twice() -> None:
    asked: list[tuple[RequestDescription, Exchange]] = []

    def count(description: RequestDescription, exchange: Exchange) -> bool:
        asked.append((description, exchange))
        return compare(description, exchange)

    received = receive("/a", "/b", "/a", "/c")
    for strict in (False, True):
        order = Order([Selection(RequestDescription(path), compare=count) for path in ("/a", "/c")], strict)
        asked.clear()
        for end in range(len(received) + 1):
            order.indexes(received[:end])
        order.indexes_apart(received)
        assert len(asked) == len(set(asked))


def test_a_step_with_a_matcher_may_always_be_for_a_request() -> None:
    """A matcher may raise for a request of another kind, so it is called only when its step is due."""

    def matcher(request: object) -> bool:
        raise AssertionError("the matcher was called")

    (exchange,) = receive("/a")
    for steps, expected in ((["/a"], True), (["/b"], False), ([], False)):
        assert Order(described(*steps), False).may_have_step_for(exchange) is expected
    due_later = Selection(RequestDescription(matcher=matcher))
    assert Order([*described("/b"), due_later], False).may_have_step_for(exchange)


def test_an_expectation_stands_for_what_it_took(server: HttpServer, ask: Ask) -> None:
    first, second = (Selection(None, server.book.register(Kind.ONESHOT, RequestDescription("/x"))) for _ in range(2))
    for _ in range(3):
        ask(Request.of("GET", "/x"))
    received = server.journal.exchanges()
    assert Order([first, second], True).indexes(received) == [0, 1]
    assert Order([second, first], False).indexes(received) == [1]
    assert Order([second, *described("/x")], False).indexes(received) == [1, 2]


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("/login", "/login"),
        ("login", "/login"),
        ("POST /login", "POST /login"),
        ("post   /login", "POST /login"),
        ("GET,HEAD /login", "GET,HEAD /login"),
        ("ANY /login", "/login"),
        ("POST", "POST"),
        ("post", "/post"),
        ("ANY", "any request"),
        ("/my file", "/my file"),
        ("GLOB:/my */x", "GLOB:/my */x"),
        ("POST GLOB:/a/*", "POST GLOB:/a/*"),
        ({"path": "/a", "json": {"b": 1}}, '/a json={"b": 1}'),
        ({"method": ["GET", "HEAD"], "query": "a=1"}, "GET,HEAD query=a=1"),
        ({"json": None, "text": None}, "json=null"),
        ({}, "any request"),
    ],
)
def test_what_is_understood(written: object, understood: str) -> None:
    assert [*map(str, steps_of([written], select))] == [understood]


@pytest.mark.parametrize(
    "written",
    [
        '["/a", {"path": "/b", "json": null}]',
        " ['/a', {'path': '/b', 'json': None}] ",
        ["/a", {"path": "/b", "json": None}],
        ("/a", {"path": "/b", "json": None}),
    ],
)
def test_ways_to_write_a_list(written: object) -> None:
    assert [*map(str, steps_of(written, select))] == ["/a", "/b json=null"]


FIELDS = ", ".join(FIELD_NAMES)
NO_METHOD = (
    'method: "POTS" is not a method this library knows, such as GET, POST or DELETE. '
    "If that is intended, write 'EQUALS:POTS'."
)
QUESTION_MARK = (
    'path: "/a?b=1" contains \'?\', which a path cannot contain. Give what follows it as query: path "/a", query=b=1.'
)
NO_JSON = 'not JSON: Expecting property name enclosed in double quotes at line 1 column 2: "{".'
NO_ENTRY = "text such as 'POST /login', a dictionary with a request description or an expectation is needed, not"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "requests: the list is empty."),
        ("[]", "requests: the list is empty."),
        ("POST /a", 'requests: a list is needed, not the text "POST /a".'),
        (None, "requests: a list is needed, not NoneType: None."),
        ({"path": "/a"}, "requests: a list is needed, not dict: {'path': '/a'}."),
        (b"/a", "requests: a list is needed, not bytes: b'/a'."),
        ("[1", "requests: not JSON: Expecting ',' delimiter at line 1 column 3: \"[1\"."),
        (["/a", " "], "requests[1]: the text is empty. Text such as 'POST /login' or '/login' is needed."),
        (["POTS /a"], f"requests[0]: {NO_METHOD}"),
        (["/a", "GET /a?b=1"], f"requests[1]: {QUESTION_MARK}"),
        (["/a", "/b", {"pth": 1}], f'requests[2]: there is no field "pth". The fields are {FIELDS}.'),
        ([{1: 1}], f'requests[0]: there is no field "1". The fields are {FIELDS}.'),
        (["/a", {"json": "{"}], f"requests[1]: json: {NO_JSON}"),
        (["/a", 1], f"requests[1]: {NO_ENTRY} int: 1."),
        ([None], f"requests[0]: {NO_ENTRY} NoneType: None."),
    ],
)
def test_what_is_not_understood(written: object, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        steps_of(written, select)


def test_an_expectation_that_is_not_there_any_more(server: HttpServer) -> None:
    expectation = server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    server.book.remove(expectation)
    (step,) = steps_of([expectation], select)
    assert step.expectation is expectation


def test_a_dictionary_with_an_expectation_as_path(server: HttpServer) -> None:
    expectation = server.book.register(Kind.ONESHOT, RequestDescription("/x"))

    def check(path: object, fields: Mapping[str, object]) -> Selection:
        assert (path, fields) == (expectation, {"method": "POST"})
        return Selection(None, expectation)

    assert len(steps_of([{"path": expectation, "method": "POST"}], check)) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(FIELD_NAMES) | st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=5,
    )
)
def test_anything_else_is_told(written: object) -> None:
    told = ""
    try:
        steps = steps_of(written, select)
    except UsageError as error:
        told = str(error)
    assert told.startswith("requests") if told else isinstance(written, list) and len(steps) == len(written)
