"""How checks fail."""

from __future__ import annotations

from typing import NoReturn

from ..engine.errors import ExpectationFailed
from ..engine.explain import times as times_phrase
from ..engine.server import HttpServer


def fail(server: HttpServer, text: str, message: str | None = None) -> NoReturn:
    """Fails with an explanation, its first line replaced by the user's message."""
    if message is not None:
        text = "\n".join([message, *text.split("\n")[1:]])
    raise ExpectationFailed(server.hide(text))


def count_phrase(times: int | None) -> str:
    return "at least 1 time" if times is None else times_phrase(times)
