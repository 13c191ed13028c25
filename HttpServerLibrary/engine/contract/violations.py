"""What a request or response does that its document does not allow: data that becomes text when it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..matching.difference import Difference
from ..phrase import UNMASKED, Masking, has_value, text
from ..visible import visible
from .place import Place

MAX_VIOLATIONS: Final = 20
"""How many violations of one request or response are looked for."""

_MAX_NAME: Final = 200


@dataclass(frozen=True)
class Violation:
    """What differs from the document, in a request to an operation, or in a response with this ``status``.

    ``place`` is the rule in the document.
    """

    operation: str
    status: int | None
    difference: Difference
    place: Place

    @property
    def subject(self) -> str:
        """What violates the document: ``POST /orders, response 201``."""
        side = "request" if self.status is None else f"response {self.status}"
        return visible(f"{self.operation}, {side}", _MAX_NAME)

    def reason(self, masking: Masking = UNMASKED) -> str:
        """What differs: ``$.id: expected an integer, received "x" (text)``."""
        difference, where = self.difference, self.difference.where
        field = where.shown(masking) if where.steps is None else where.inside(masking)
        expected, received, hint = difference.expected, difference.received, difference.hint
        if where.is_masked(masking):
            expected = "another value" if has_value(expected) else expected
            received = "a value that is masked" if has_value(received) else received
            hint = ""
        told = f"{field}: expected {text(expected, masking)}, received {text(received, masking)}"
        return f"{told}; {text(hint, masking)}" if hint else told

    def message(self, masking: Masking = UNMASKED) -> str:
        return f"{self.subject}: {self.reason(masking)}"

    def __str__(self) -> str:
        return self.message()
