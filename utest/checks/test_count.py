"""Counts as they are written, and as failures tell them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.checks.count import AT_LEAST_ONE, NONE, Count, exact_number
from HttpServerLibrary.engine.errors import UsageError


@pytest.mark.parametrize(
    ("written", "least", "most", "told"),
    [
        (2, 2, 2, "2 requests"),
        ("1", 1, 1, "1 request"),
        (0, 0, 0, "no request"),
        ("0", 0, 0, "no request"),
        (">=1", 1, None, "at least 1 request"),
        (">2", 3, None, "at least 3 requests"),
        ("<=3", 0, 3, "at most 3 requests"),
        ("<=1", 0, 1, "at most 1 request"),
        ("<3", 0, 2, "at most 2 requests"),
        ("<1", 0, 0, "no request"),
        ("2..4", 2, 4, "2 to 4 requests"),
        ("0..1", 0, 1, "at most 1 request"),
        ("3..3", 3, 3, "3 requests"),
        (" >= 1 ", 1, None, "at least 1 request"),
        ("2 .. 4", 2, 4, "2 to 4 requests"),
    ],
)
def test_what_is_understood(written: object, least: int, most: int | None, told: str) -> None:
    count = Count.of(written)
    assert (count.least, count.most, str(count)) == (least, most, told)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (-1, "times: a number of 0 or more is needed, not -1."),
        ("-1", "times: a number of 0 or more is needed, not -1."),
        ("4..2", "times: the range 4..2 is reversed; write 2..4."),
        ("<0", "times: a bound of 1 or more is needed after '<', not 0."),
    ],
)
def test_what_no_number_can_be(written: object, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        Count.of(written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("two", '"two"'),
        ("", '""'),
        ("2.5", '"2.5"'),
        ("2..", '"2.."'),
        ("..2", '"..2"'),
        ("-1..2", '"-1..2"'),
        (">=-1", '">=-1"'),
        ("=2", '"=2"'),
        ("=>2", '"=>2"'),
        (">=", '">="'),
        ("2-4", '"2-4"'),
        ("1 2", '"1 2"'),
        ("None", '"None"'),
        ("\u0662", '"\u0662"'),
        ("9" * 5000, f'"{"9" * 100}"... (5000 characters)'),
        (True, "True"),
        (None, "None"),
        (2.5, "2.5"),
    ],
)
def test_what_is_not_understood(written: object, shown: str) -> None:
    message = f"times: a number or a range such as 2, >=1 or 2..4 is needed, not {shown}."
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        Count.of(written)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 300))
def test_a_range_takes_what_is_in_it(one: int, other: int, number: int) -> None:
    least, most = sorted((one, other))
    for written, taken in [
        (f"{least}..{most}", least <= number <= most),
        (f">={least}", number >= least),
        (f">{least}", number > least),
        (f"<={most}", number <= most),
        (f"<{most + 1}", number < most + 1),
        (f"{most}", number == most),
    ]:
        count = Count.of(written)
        assert (number >= count.least and not count.exceeded_by(number)) == taken, written


def test_exact() -> None:
    assert [Count.of(text).exact for text in ("2", "0", "3..3", "2..4", ">=1", "<3")] == [True] * 3 + [False] * 3
    assert (str(AT_LEAST_ONE), str(NONE)) == ("at least 1 request", "no request")


@pytest.mark.parametrize("value", [2, "2", " 2 "])
def test_the_number_of_an_expectation(value: object) -> None:
    assert exact_number(value) == 2


RANGE = "but a number is needed. To check a range, use 'Request Should Have Been Received' with"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2..4", f"times: 2..4 is a range, {RANGE} times=2..4."),
        (">=1", f"times: >=1 is a range, {RANGE} times=>=1."),
        ("two", 'times: a number is needed, not "two".'),
        ("", 'times: a number is needed, not "".'),
        (True, "times: a number is needed, not True."),
        (2.5, "times: a number is needed, not 2.5."),
    ],
)
def test_what_is_not_the_number_of_an_expectation(value: object, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        exact_number(value)


def test_a_range_where_a_number_of_something_else_is_needed() -> None:
    with pytest.raises(UsageError, match=r"^times: >=1 is a range, but a number of streams is needed\.$"):
        exact_number(">=1", "streams")
