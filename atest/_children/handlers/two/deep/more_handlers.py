"""In a directory below that of its suite."""

from __future__ import annotations

from werkzeug import Request


def who(request: Request) -> str:
    return "deep"
