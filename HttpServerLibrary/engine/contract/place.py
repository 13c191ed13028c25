"""Where in a document something stands, and what is worth knowing about it."""

from __future__ import annotations

from typing import NamedTuple

from ..visible import json_path, visible

Step = str | int
Steps = tuple[Step, ...]

_MAX_LENGTH = 300


class Place(NamedTuple):
    """A value in a file of a document."""

    file: str
    steps: Steps = ()

    def __str__(self) -> str:
        return visible(f"{self.file}, {json_path(self.steps)}", _MAX_LENGTH)


class Remark(NamedTuple):
    """Something about the document that is no error: it says what is not checked, or not answered, and why."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"
