"""Beside the initialization file of a directory."""

from __future__ import annotations

from werkzeug import Request


def who(request: Request) -> str:
    return "outer"
