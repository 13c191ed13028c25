"""What all fields of a request description have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from ..message.request import Request
from ..phrase import UNMASKED, Masking
from .difference import Difference
from .quick import SMALL
from .suggestion import Suggestion


class Field(ABC):
    """One field of a request description."""

    work = 0
    """How many comparisons of values a request may take, where these are many."""

    quick_up_to = SMALL
    """The size of a request up to which matching takes a few milliseconds only; see `quick.py`."""

    @abstractmethod
    def differences(self, request: Request) -> Iterator[Difference]:
        """Yields what differs, nothing when the request matches."""

    @abstractmethod
    def matches(self, request: Request) -> bool:
        """Whether the request matches; asked for every request, so it explains nothing."""

    @abstractmethod
    def suggestion(self, request: Request) -> Suggestion | None:
        """The arguments with which this field would match the request, keeping what matches already.

        None where there are none that a line has room for, or that would check as much as this field does.
        """

    @abstractmethod
    def shown(self, masking: Masking) -> str:
        """The argument that describes it, on one line, without what must not be read."""

    def __str__(self) -> str:
        return self.shown(UNMASKED)
