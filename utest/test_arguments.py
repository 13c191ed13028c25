"""What users write in a cell: members of an enumeration, and text."""

from __future__ import annotations

import re
from enum import Enum

import pytest

from HttpServerLibrary.engine.arguments import member, plain_text, state_name, states_to_set
from HttpServerLibrary.engine.errors import UsageError


class Colour(Enum):
    RED = 1
    DARK_BLUE = 2
    GREEN = 3


@pytest.mark.parametrize("value", [Colour.DARK_BLUE, "DARK_BLUE", "dark blue", "DarkBlue", " dark_BLUE "])
def test_a_member_by_its_name(value: object) -> None:
    assert member(Colour, value, "colour") is Colour.DARK_BLUE


@pytest.mark.parametrize(("value", "shown"), [("pink", "'pink'"), (2, "'2'"), ("", "''"), (None, "'None'")])
def test_what_is_not_a_member(value: object, shown: str) -> None:
    message = f"colour: RED, DARK_BLUE or GREEN is needed, not {shown}."
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        member(Colour, value, "colour")


@pytest.mark.parametrize("value", [object(), re.compile("/a"), print, Colour])
def test_an_object_without_a_text_of_its_own_is_not_text(value: object) -> None:
    message = f"text: text is needed here, not {type(value).__name__}: {value!r}."
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        plain_text(value, "text")


@pytest.mark.parametrize(
    ("value", "states"),
    [
        (None, {}),
        ("order=shipped", {"order": "shipped"}),
        (" order = shipped; user=a=b ;", {"order": "shipped", "user": "a=b"}),
        ('{"order": 1, "user": null}', {"order": 1, "user": None}),
        ({"order": ["book"], " user ": True}, {"order": ["book"], "user": True}),
    ],
)
def test_states_to_set(value: object, states: dict[str, object]) -> None:
    assert states_to_set(value) == states


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("shipped", 'set_state: a name and a value such as order=paid are needed, not "shipped".'),
        ({}, "set_state: the dictionary is empty, so it sets nothing."),
        ({"": 1}, "set_state: the name of the state is empty."),
        ("a=1; b=2; a=1", 'set_state: the state "a" is given twice.'),
        (["a=1"], "set_state: a dictionary is needed, not list: ['a=1']."),
    ],
)
def test_what_sets_no_state(value: object, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        states_to_set(value)


def test_the_name_of_a_state_is_text() -> None:
    with pytest.raises(UsageError, match=r"^name: text is needed here, not int: 5\.$"):
        state_name(5, "name")
