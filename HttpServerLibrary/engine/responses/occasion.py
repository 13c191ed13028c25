"""What a responder knows when it makes a response: the request, and what was true when an expectation took it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from ..message.request import Request

_NO_STATES: Final[Mapping[str, object]] = {}


def _no_view() -> None:
    """For an occasion without a record."""


def _never() -> bool:
    """For an occasion without a client."""
    return False


class Occasion(NamedTuple):
    """A request to answer.

    ``number`` is how many requests the expectation has taken, this one included. ``states`` are the states of the
    server when it took this one. ``view`` makes the request as users see it. ``is_abandoned`` says whether nobody waits
    for the response any longer.
    """

    request: Request
    number: int = 1
    states: Mapping[str, object] = _NO_STATES
    view: Callable[[], Any] = _no_view
    is_abandoned: Callable[[], bool] = _never
