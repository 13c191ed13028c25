"""What a responder knows when it makes a response: the request, and what was true when an expectation took it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from ..message.request import Request
from ..outbound.forwards import Forward, Forwards

_NO_STATES: Final[Mapping[str, object]] = {}


def _no_view() -> None:
    """For an occasion without a record."""


def _forward(url: str) -> Forward:
    """For an occasion without a server."""
    return Forwards().begin()


class Occasion(NamedTuple):
    """A request to answer.

    ``number`` is how many requests the expectation has taken, this one included. ``states`` are the states of the
    server when it took this one. ``view`` makes the request as users see it. ``forward`` notes that the request is sent
    on to a URL, before that begins.
    """

    request: Request
    number: int = 1
    states: Mapping[str, object] = _NO_STATES
    view: Callable[[], Any] = _no_view
    forward: Callable[[str], Forward] = _forward
