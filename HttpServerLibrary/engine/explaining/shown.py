"""A difference ready to show: masked, cut and escaped, with its parts still separate."""

from __future__ import annotations

from dataclasses import dataclass

from ..matching.difference import Difference, Where
from ..phrase import Masking, Phrase, has_value, text


@dataclass(frozen=True)
class ShownDifference:
    """A difference whose parts are masked text.

    ``has_value`` is whether ``received`` is a value of the request, rather than words about it.
    """

    where: Where
    field: str
    expected: str
    received: str
    hint: str
    diff: tuple[str, ...]
    has_value: bool = True

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.field}: expected {self.expected}, {self.where.verb} {self.received}{hint}"


def shown(difference: Difference, masking: Masking) -> ShownDifference:
    """The difference for people; for a masked field it says that the values differ, without showing them."""
    where = difference.where
    received_value = has_value(difference.received)
    if where.is_masked(masking):
        expected = _without_values(difference.expected, "the value given", masking)
        received = _without_values(difference.received, "a different value", masking)
        hint = difference.hint if isinstance(difference.hint, str) else ""
        return ShownDifference(where, where.shown(masking), expected, received, hint, (), received_value)
    diff = () if difference.diff is None else tuple(difference.diff.lines(masking))
    expected, received, hint = (
        text(part, masking) for part in (difference.expected, difference.received, difference.hint)
    )
    return ShownDifference(where, where.shown(masking), expected, received, hint, diff, received_value)


def _without_values(phrase: Phrase, instead: str, masking: Masking) -> str:
    return instead if has_value(phrase) else text(phrase, masking)
