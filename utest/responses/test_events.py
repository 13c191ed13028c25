"""What is written for an event and for a chunk."""

from __future__ import annotations

from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.events import chunk, event_of, make_event, pieces_of, with_pause
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.stream import Step


def seconds(value: object, what: str) -> float:
    assert what == "events: item 1: delay"
    return float(str(value))


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"data": "Hel"}, "data: Hel\n\n"),
        ({"data": ""}, "data: \n\n"),
        # A client strips one space after the colon.
        ({"data": " x "}, "data:  x \n\n"),
        ({"data": "a\nb\r\nc\rd"}, "data: a\ndata: b\ndata: c\ndata: d\n\n"),
        ({"data": "a\n\nb\n"}, "data: a\ndata: \ndata: b\ndata: \n\n"),
        ({"data": "a\u2028b\x0b\x85"}, "data: a\u2028b\x0b\x85\n\n"),
        ({"data": {"a": None, "b": "ü"}}, 'data: {"a": null, "b": "ü"}\n\n'),
        ({"data": [1, True]}, "data: [1, true]\n\n"),
        ({"data": 5}, "data: 5\n\n"),
        ({"data": "\ud800"}, "data: ?\n\n"),
        ({"id": ""}, "id: \n\n"),
        ({"id": 7, "event": "tick", "data": "x"}, "event: tick\nid: 7\ndata: x\n\n"),
        ({"retry": "3000"}, "retry: 3000\n\n"),
        ({"comment": "a\nb", "retry": 0}, ": a\n: b\nretry: 0\n\n"),
    ],
)
def test_an_event(fields: dict[str, Any], sent: str) -> None:
    assert make_event(**fields) == sent.encode()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "data: an event needs at least one of data, event, id, retry and comment."),
        ({"id": "a\nb"}, 'id: a line break would end it, and the rest would be another field: "a\\nb".'),
        ({"event": "a\r"}, 'event: a line break would end it, and the rest would be another field: "a\\r".'),
        ({"id": "a\0"}, 'id: clients ignore an id with a NUL character: "a\\u0000".'),
        ({"retry": "soon"}, 'retry: a number of milliseconds such as 3000 is needed, not "soon".'),
        ({"retry": -1}, 'retry: a number of milliseconds such as 3000 is needed, not "-1".'),
        ({"retry": 1.5}, 'retry: a number of milliseconds such as 3000 is needed, not "1.5".'),
        ({"retry": True}, 'retry: a number of milliseconds such as 3000 is needed, not "True".'),
        ({"retry": "٣"}, 'retry: a number of milliseconds such as 3000 is needed, not "٣".'),
        ({"data": {1}}, "data: the value cannot be sent as JSON: Object of type set is not JSON serializable."),
        ({"data": b"x"}, "data: the value cannot be sent as JSON: Object of type bytes is not JSON serializable."),
    ],
)
def test_an_event_that_cannot_be_sent(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_event(**fields)
    assert str(caught.value) == error


def test_not_a_number_is_no_json() -> None:
    # The words differ between versions of Python.
    with pytest.raises(UsageError, match=r"^data: the value cannot be sent as JSON: "):
        make_event(float("nan"))


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ("x", Step(0, b"data: x\n\n")),
        (5, Step(0, b"data: 5\n\n")),
        ([1], Step(0, b"data: [1]\n\n")),
        ({"data": {"n": 1}}, Step(0, b'data: {"n": 1}\n\n')),
        ({"data": "x", "delay": "1.5"}, Step(1.5, b"data: x\n\n")),
    ],
)
def test_an_event_in_a_list(value: object, step: Step) -> None:
    assert event_of(value, seconds, "events: item 1") == step


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (
            {"text": "x"},
            (
                'events: item 1: "text" is not a field of an event. Its fields are data, event, id, retry, comment and '
                "delay. To send a dictionary as JSON, give it as data."
            ),
        ),
        (None, "events: item 1: an event needs at least one of data, event, id, retry and comment."),
        ({"delay": 1}, "events: item 1: an event needs at least one of data, event, id, retry and comment."),
        (
            {"id": "\n"},
            'events: item 1: id: a line break would end it, and the rest would be another field: "\\n".',
        ),
        ({"data": "x", "delay": -1}, "events: item 1: delay: must be 0 seconds or more, not -1 seconds."),
        ({"data": "x", "delay": 1e300}, "events: item 1: delay: 1e+300 seconds is too long."),
    ],
)
def test_an_event_in_a_list_that_cannot_be_sent(value: object, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        event_of(value, seconds, "events: item 1")
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("ü\n", "ü\n".encode()),
        ("", b""),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"x"), b"x"),
        ({"line": None}, b'{"line": null}\n'),
        (5, b"5\n"),
        (None, b"null\n"),
    ],
)
def test_a_chunk(value: object, sent: bytes) -> None:
    assert chunk(value) == sent


def test_a_chunk_that_is_no_json() -> None:
    with pytest.raises(UsageError) as caught:
        chunk({1}, "chunks: item 2")
    assert (
        str(caught.value)
        == "chunks: item 2: the value cannot be sent as JSON: Object of type set is not JSON serializable."
    )


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        ("x", ["x"]),
        ('{"a": 1}', ['{"a": 1}']),
        ('["[DONE]", {"a": 1}]', ["[DONE]", {"a": 1}]),
        ({"data": 1}, [{"data": 1}]),
        (("a", b"b"), ["a", b"b"]),
        (b"ab", [b"ab"]),
        ([], []),
    ],
)
def test_the_pieces_of_a_stream(value: object, pieces: list[object]) -> None:
    assert pieces_of(value, "events") == pieces


def test_text_that_begins_like_a_list() -> None:
    with pytest.raises(UsageError) as caught:
        pieces_of("[DONE]", "events")
    assert str(caught.value) == (
        'events: not JSON: Expecting value at line 1 column 2: "[DONE]". JSON needs double quotes around text. '
        "To send text that begins with [, give it in a list."
    )


def test_a_pause_comes_before_each_piece_but_the_first() -> None:
    script = with_pause([Step(1, b"a"), Step(0, b"b"), Step(2, b"c")], 0.5)
    assert script(Occasion(Request("GET", "/"))) == [Step(1, b"a"), Step(0.5, b"b"), Step(2.5, b"c")]


def test_a_negative_pause() -> None:
    with pytest.raises(UsageError, match=r"^pause: must be 0 seconds or more, not -1 seconds\.$"):
        with_pause([], -1)
