"""Events that are filled in for each request."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.events import EventTemplates
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import ResponseFailed


def seconds(value: object, what: str) -> float:
    return float(str(value))


def events(*given: object, pause: float = 0) -> EventTemplates:
    return EventTemplates(given, seconds, pause)


OCCASION = Occasion(Request.of("GET", "/"), 3, {"name": "a\nb"})


def test_text_and_fields_are_filled_in() -> None:
    made = events("{{ number }} {{ 1 + 1 }}", {"data": {"n": "{{ number }}"}, "id": "{{ number }}"}, pause=0.5)(
        OCCASION
    )
    assert [step.data for step in made] == [b"data: 3 2\n\n", b'id: 3\ndata: {"n": 3}\n\n']
    assert [step.seconds for step in made] == [0, 0.5]


def test_a_text_that_is_one_expression_keeps_its_type() -> None:
    (step,) = events("{{ [1, 2] }}")(OCCASION)
    assert step.data == b"data: [1, 2]\n\n"


def test_an_event_without_an_expression_stays_as_it_is() -> None:
    (step,) = events({"data": "x", "delay": "0.25"})(OCCASION)
    assert (step.data, step.seconds) == (b"data: x\n\n", 0.25)


def test_a_value_of_the_request_makes_no_other_field() -> None:
    with pytest.raises(ResponseFailed) as caught:
        events({"data": "x", "id": "{{ state.name }}"})(OCCASION)
    assert str(caught.value) == (
        'events: item 1: id: a line break would end it, and the rest would be another field: "a\\nb".'
    )
    assert caught.value.kind == "TEMPLATE ERROR"


def test_unknown_fields_and_wrong_templates_are_errors_at_once() -> None:
    with pytest.raises(UsageError, match=r'^events: item 2: "dta" is not a field of an event'):
        events("x", {"dta": "{{ number }}"})
    with pytest.raises(UsageError, match=r"^events: \$\[1\]\.data: the template has an error in line 1: "):
        events("x", {"data": "{{ number"})
