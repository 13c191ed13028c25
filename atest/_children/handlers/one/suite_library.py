"""A library of its suite that has a handler, too."""

from __future__ import annotations

from robot.api.deco import keyword
from werkzeug import Request

ROBOT_AUTO_KEYWORDS = False
_names: list[str] = []


@keyword
def add_name(name: str) -> None:
    _names.append(name)


def names(request: Request) -> list[str]:
    return _names
