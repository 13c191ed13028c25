"""Has the name of the file of another suite."""

from __future__ import annotations

from suite_names import NAME
from werkzeug import Request


def who(request: Request) -> str:
    return NAME


def raises(request: Request) -> None:
    raise ValueError("boo")
