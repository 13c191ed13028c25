"""Handlers and matchers beside their suite; another suite has a file of the same name."""

from __future__ import annotations

from typing import Any

from suite_names import NAME
from werkzeug import Request

_seen: list[str] = []


def who(request: Request) -> str:
    return NAME


def order(request: Any) -> tuple[dict[str, str], int, dict[str, str]]:
    if request.path_params["id"] == "0":
        return {"error": "no such order"}, 404, {"Cache-Control": "no-store"}
    return {"id": request.path_params["id"]}, 201, {}


def remember(request: Request) -> None:
    _seen.append(request.path)


def remembered(request: Request) -> list[str]:
    return _seen


def is_even(request: Any) -> bool:
    return int(request.path_params["id"]) % 2 == 0
