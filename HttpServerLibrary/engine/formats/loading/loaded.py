"""What loading files gives: expectations to register, and what was not understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...errors import UsageError
from ...expectations.expectation import Draft
from ...matching.difference import Step
from ...message.request import Request
from ...responses.forwarding import Own
from .documents import Document, Place


class NotUnderstood(Exception):
    """Something in a file that cannot be loaded.

    ``what`` says what, and ``steps`` lead to it from where it is noted.
    """

    def __init__(self, what: str, *steps: Step) -> None:
        super().__init__(what)
        self.what = what
        self.steps = steps


class Surroundings(NamedTuple):
    """What loaded expectations need of the server: its states, and for forwarding where it listens."""

    states: Callable[[Request], Mapping[str, object]]
    own: Own
    known_ca_file: Callable[[], Path | None]
    base_path: str = ""
    """What is put before the path of each expectation: empty, or with a slash at its beginning and none at its end."""


@dataclass
class Loaded:
    """The expectations of some files, not registered yet, and what was not understood."""

    drafts: list[Draft] = field(default_factory=list)
    unsupported: list[tuple[Place, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What people should know about the files, such as entries that have no body."""

    def note_unsupported(self, place: Place, what: str) -> None:
        self.unsupported.append((place, what))

    @contextmanager
    def collecting(self, place: Place) -> Iterator[None]:
        """Notes what is not understood in what is read meanwhile; an argument that is wrong is such a thing."""
        try:
            yield
        except NotUnderstood as found:
            self.note_unsupported(place.below(*found.steps), found.what)
        except UsageError as error:
            self.note_unsupported(place, str(error).rstrip("."))
        except RecursionError:
            self.note_unsupported(place, "it is nested too deeply")

    def listed(self) -> list[str]:
        """What was not understood, a line each."""
        return [f"    {place}: {what}" for place, what in self.unsupported]


Loader = Callable[[Sequence[Document], Surroundings], Loaded]
"""Makes expectations of the documents of one format. Raises `UsageError` for files that are not of that format."""
