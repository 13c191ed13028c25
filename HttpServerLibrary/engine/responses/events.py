"""Server-sent events (WHATWG HTML, 9.2) and chunks: what is written for a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from ..arguments import items_of
from ..errors import UsageError
from ..phrase import Plain
from ..visible import quote
from .occasion import Occasion
from .responder import ResponseFailed
from .seconds import seconds_of
from .stream import Script, Step
from .template import JsonTemplate

EVENT_STREAM: Final = "text/event-stream"

_KEYS: Final = ("data", "event", "id", "retry", "comment", "delay")
_MAX_ERROR: Final = 500
_LINE: Final = re.compile(r"\r\n|\r|\n")

ReadTime = Callable[[object, str], float]
"""Reads the time of an argument, which is called so, as seconds."""


def pieces_of(value: object, what: str) -> list[Any]:
    """The pieces of a stream: a list, also written as JSON, or a single one. Raises `UsageError`."""
    try:
        return items_of(value, what)
    except UsageError as error:
        raise UsageError(f"{error} To send text that begins with [, give it in a list.") from None


def make_event(
    data: object = None,
    *,
    event: object = None,
    id: object = None,
    retry: object = None,
    comment: object = None,
    where: str = "",
) -> bytes:
    """An event as it is sent. Data that is no text is sent as JSON. Raises `UsageError`, which says ``where``."""
    lines: list[str] = []
    if comment is not None:
        lines += (f": {line}" for line in _LINE.split(str(comment)))
    if event is not None:
        lines.append(f"event: {_one_line(event, where + 'event')}")
    if id is not None:
        text = _one_line(id, f"{where}id")
        if "\0" in text:
            raise UsageError(f"{where}id: clients ignore an id with a NUL character: {quote(text)}.")
        lines.append(f"id: {text}")
    if retry is not None:
        lines.append(f"retry: {_milliseconds(retry, where + 'retry')}")
    if data is not None:
        lines += (
            f"data: {line}" for line in _LINE.split(data if isinstance(data, str) else _json(data, f"{where}data"))
        )
    if not lines:
        raise UsageError(f"{where or 'data: '}an event needs at least one of data, event, id, retry and comment.")
    return "".join(f"{line}\n" for line in (*lines, "")).encode("utf-8", "replace")


def _one_line(value: object, what: str) -> str:
    text = str(value)
    if _LINE.search(text):
        raise UsageError(f"{what}: a line break would end it, and the rest would be another field: {quote(text)}.")
    return text


def _milliseconds(value: object, what: str) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()):
        raise UsageError(f"{what}: a number of milliseconds such as 3000 is needed, not {quote(text)}.")
    return int(text)


def _json(value: object, what: str) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{what}: the value cannot be sent as JSON: {error}.") from None


def event_of(value: object, seconds: ReadTime, what: str) -> Step:
    """An event given as text, as a dictionary of its fields, or as another value that is sent as JSON."""
    if not isinstance(value, Mapping):
        return Step(0, make_event(_given(value), where=f"{what}: "))
    fields = _fields(value, what)
    if "data" in fields:
        fields["data"] = _given(fields["data"])
    delay = seconds_of(seconds(fields.pop("delay", 0), f"{what}: delay"), f"{what}: delay")
    return Step(delay, make_event(where=f"{what}: ", **fields))


def _given(data: object) -> object:
    """Data that is none is a value, too."""
    return "null" if data is None else data


def _fields(value: Mapping[Any, Any], what: str) -> dict[str, Any]:
    fields = {str(name): entry for name, entry in value.items()}
    unknown = [name for name in fields if name not in _KEYS]
    if unknown:
        raise UsageError(
            f"{what}: {quote(unknown[0])} is not a field of an event. Its fields are data, event, id, retry, comment "
            "and delay. To send a dictionary as JSON, give it as data."
        )
    return fields


class EventTemplates:
    """Events whose texts have ``{{ ... }}``, made for each request. A `Script`."""

    def __init__(self, events: Sequence[object], seconds: ReadTime, pause: float | timedelta) -> None:
        for number, value in enumerate(events, 1):
            if isinstance(value, Mapping):
                _fields(value, f"events: item {number}")
        self._events = JsonTemplate([*events], "events")
        self._seconds = seconds
        self._pause = seconds_of(pause, "pause")

    def __call__(self, occasion: Occasion) -> Sequence[Step]:
        events = self._events.render(occasion)
        try:
            steps = [event_of(value, self._seconds, f"events: item {number}") for number, value in enumerate(events, 1)]
        except UsageError as error:
            raise ResponseFailed(Plain(str(error), limit=_MAX_ERROR), error, "TEMPLATE ERROR") from error
        return _paused(steps, self._pause)


def chunk(value: object, what: str = "data") -> bytes:
    """Text and bytes as they are; any other value as JSON, followed by a newline."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    return (value if isinstance(value, str) else f"{_json(value, what)}\n").encode("utf-8", "replace")


def with_pause(steps: Sequence[Step], pause: float | timedelta) -> Script:
    """Sends the pieces one after the other, with a pause before each but the first."""
    paused = _paused(steps, seconds_of(pause, "pause"))

    def script(occasion: Occasion) -> Sequence[Step]:
        return paused

    return script


def _paused(steps: Sequence[Step], pause: float) -> list[Step]:
    return [step._replace(seconds=step.seconds + (pause if number else 0.0)) for number, step in enumerate(steps)]
