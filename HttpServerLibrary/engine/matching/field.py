"""What all fields of a request description have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from ..message.request import Request
from ..phrase import UNMASKED, Masking
from .difference import Difference
from .quick import SMALL
from .regexp import TookTooLong
from .suggestion import Suggestion


class Field(ABC):
    """One field of a request description."""

    work = 0
    """How many comparisons of values a request may need, if there are many."""

    quick_up_to = SMALL
    """The size of a request up to which matching takes a few milliseconds only; see `quick.py`."""

    @abstractmethod
    def differences(self, request: Request) -> Iterator[Difference]:
        """Yields what differs, nothing when the request matches."""

    @abstractmethod
    def matches(self, request: Request) -> bool:
        """Whether the request matches. Called for every request, so it explains nothing. Raises `TookTooLong`."""

    def matches_in_time(self, request: Request) -> bool:
        """Whether the request matches; false if it takes too long to find out."""
        try:
            return self.matches(request)
        except TookTooLong:
            return False

    @abstractmethod
    def suggestion(self, request: Request) -> Suggestion | None:
        """The arguments with which this field would match the request, keeping those that already match.

        None if they do not fit on a line, or would check less than this field does.
        """

    @abstractmethod
    def shown(self, masking: Masking) -> str:
        """The argument that describes it, on one line, masked."""

    def __str__(self) -> str:
        return self.shown(UNMASKED)
