"""``state``: what counts as fitting, what is said about a state that does not fit, and what cannot be given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.quick import LARGE, NEVER
from HttpServerLibrary.engine.matching.state import State
from HttpServerLibrary.engine.message.request import Request

REQUEST = Request.of("GET", "/orders")


def described(state: object, states: Mapping[str, object], **fields: object) -> RequestDescription:
    known = {name: value for name, value in states.items() if value is not None}
    return RequestDescription("/orders", state=State(state, lambda _: known), **fields)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("paid", "paid"),
        ("GLOB:p*", "paid"),
        ("REGEXP:p.*d", "paid"),
        ("NOT:new", "paid"),
        ("", ""),
        (1, 1),
        (1, "1"),
        ("1", 1),
        (1.5, Decimal("1.5")),
        (True, True),
        (True, "true"),
        (True, "True"),
        ("true", True),
        ("True", True),
        ("False", False),
        ("NOT:true", False),
        ("['book']", ["book"]),
        (re.compile("p.+"), "paid"),
        (None, None),
        ("None", "None"),
    ],
)
def test_a_value_that_fits(expected: object, value: object) -> None:
    description = described({"order": expected}, {"order": value, "other": 1})
    assert description.matches(REQUEST)
    assert description.differences(REQUEST) == []


@pytest.mark.parametrize(
    ("expected", "value", "difference"),
    [
        ("paid", "new", 'state order: expected "paid", but it is "new"'),
        ("paid", "Paid", 'state order: expected "paid", but it is "Paid"; only letter case differs'),
        ("paid", None, 'state order: expected "paid", but it is not set'),
        ("NOT:paid", "paid", 'state order: expected text other than "paid", but it is "paid"'),
        ("NOT:paid", None, 'state order: expected text other than "paid", but it is not set'),
        ("NOT:True", True, 'state order: expected text other than "True", but it is "true"'),
        ("GLOB:p*", "new", 'state order: expected text that matches GLOB "p*", but it is "new"'),
        (1, 2, 'state order: expected "1", but it is "2"'),
        (True, 1, 'state order: expected "true", but it is "1"'),
        (None, "new", 'state order: expected not to be set, but it is "new"'),
        (None, False, 'state order: expected not to be set, but it is "false"'),
    ],
)
def test_a_value_that_does_not_fit(expected: object, value: object, difference: str) -> None:
    description = described({"order": expected}, {"order": value})
    assert not description.matches(REQUEST)
    assert [*map(str, description.differences(REQUEST))] == [difference]


def test_a_name_that_is_misspelt() -> None:
    (found,) = described({"order": "paid"}, {"Order": "paid"}).differences(REQUEST)
    assert str(found) == 'state order: expected "paid", but it is not set; there is "Order": only letter case differs'


@pytest.mark.parametrize("state", ["order=paid", " order = paid ; user=", '{"order": "paid", "user": ""}'])
def test_ways_to_write_it(state: str) -> None:
    assert described(state, {"order": "paid", "user": ""}).matches(REQUEST)
    assert not described(state, {"order": "new", "user": ""}).matches(REQUEST)


def test_all_states_must_fit() -> None:
    state = {"order": "paid", "user": None}
    assert described(state, {"order": "paid"}).matches(REQUEST)
    assert not described(state, {"order": "paid", "user": "ann"}).matches(REQUEST)


def test_the_request_and_the_state_are_compared_apart() -> None:
    description = described("order=paid", {}, method="POST")
    assert not description.state_matches(REQUEST)
    assert not description.request_matches(REQUEST)
    assert [entry.where.kind for entry in description.differences(REQUEST)] == ["method", "state"]
    assert description.request_matches(Request.of("POST", "/orders"))
    assert not description.matches(Request.of("POST", "/orders"))


def test_a_body_is_compared_after_the_state() -> None:
    description = described("order=paid", {}, text="a", query_subset={"q": 1})
    assert str(description) == '/orders query_subset={"q": 1} state={"order": "paid"} text="a"'
    assert [entry.where.kind for entry in description.differences(REQUEST)] == ["query parameter", "state", "text"]
    assert len(description.head_fields) == 3


def test_a_suggestion_keeps_a_state_that_fits() -> None:
    state = {"order": "NOT:new", "user": None}
    suggestion = described(state, {"order": "paid"}, method="POST").suggestion(REQUEST)
    assert suggestion == {"path": "/orders", "method": "GET", "state": state}


def test_a_suggestion_invents_no_state() -> None:
    assert described("order=paid", {"order": "new"}).suggestion(REQUEST) is None


def test_how_quick_it_is() -> None:
    assert described("order=paid", {}).quick_up_to == LARGE
    assert described("order=REGEXP:(a|aa)+", {}).quick_up_to == NEVER


def message_of(state: object) -> str:
    with pytest.raises(UsageError) as caught:
        State(state, lambda _: {})
    return str(caught.value)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("order", 'state: a name and a value such as order=paid are needed, not "order".'),
        ("", 'state: a name and a value such as order=paid are needed, not "".'),
        ("=paid", 'state: a name and a value such as order=paid are needed, not "=paid".'),
        (
            "order=a;b",
            (
                'state: a name and a value such as order=paid are needed, not "b". '
                "A value that contains a semicolon needs a dictionary."
            ),
        ),
        ({}, "state: the dictionary is empty, so it checks nothing."),
        ({" ": "a"}, "state: the name of the state is empty."),
        ({"a=b": "c"}, "state: \"a=b\" is not the name of a state, because it contains '=' or ';'."),
        ('{"a;b": "c"}', "state: \"a;b\" is not the name of a state, because it contains '=' or ';'."),
        (["order=paid"], "state: a dictionary is needed, not list: ['order=paid']."),
        ({"order": ["paid", "new"]}, "state: order: text is needed here, not list: ['paid', 'new']."),
        ({"order": {"a": 1}}, "state: order: text is needed here, not dict: {'a': 1}."),
    ],
)
def test_what_cannot_be_given(state: object, message: str) -> None:
    assert message_of(state) == message


def test_a_state_that_is_no_field() -> None:
    with pytest.raises(TypeError, match=r"^state: a field is needed, not 'order=paid'$"):
        RequestDescription(state="order=paid")
