"""How many requests are expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..errors import UsageError
from ..visible import quote
from ..words import requests

# More digits than any journal needs.
_NUMBER: Final = "[0-9]{1,15}"
_EXACT: Final = re.compile(_NUMBER)
_BOUND: Final = re.compile(rf"(>=|<=|>|<)\s*({_NUMBER})")
_RANGE: Final = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")


@dataclass(frozen=True)
class Count:
    """A number of requests, or a range of numbers; without ``most`` there is no upper bound."""

    least: int
    most: int | None

    @classmethod
    def of(cls, value: object) -> Count:
        """A count of a number, or of text such as ``2``, ``>=1``, ``<3`` or ``2..4``."""
        if isinstance(value, int) and not isinstance(value, bool):
            return cls._exactly(value)
        text = str(value).strip()
        if _EXACT.fullmatch(text.removeprefix("-")):
            return cls._exactly(int(text))
        if bound := _BOUND.fullmatch(text):
            return cls._bounded(bound[1], int(bound[2]))
        if found := _RANGE.fullmatch(text):
            least, most = int(found[1]), int(found[2])
            if least > most:
                raise UsageError(f"times: the range {text} is reversed; write {most}..{least}.")
            return cls(least, most)
        shown = quote(value) if isinstance(value, str) else repr(value)
        raise UsageError(f"times: a number or a range such as 2, >=1 or 2..4 is needed, not {shown}.")

    @classmethod
    def _exactly(cls, number: int) -> Count:
        if number < 0:
            raise UsageError(f"times: a number of 0 or more is needed, not {number}.")
        return cls(number, number)

    @classmethod
    def _bounded(cls, sign: str, number: int) -> Count:
        if sign.startswith(">"):
            return cls(number + (sign == ">"), None)
        most = number - (sign == "<")
        if most < 0:
            raise UsageError("times: a bound of 1 or more is needed after '<', not 0.")
        return cls(0, most)

    @property
    def exact(self) -> bool:
        """Whether it is one number rather than a range."""
        return self.least == self.most

    def exceeded_by(self, number: int) -> bool:
        return self.most is not None and number > self.most

    def __str__(self) -> str:
        if self.most == 0:
            return "no request"
        if self.most is None:
            return f"at least {requests(self.least)}"
        if self.exact:
            return requests(self.least)
        return f"{self.least} to {requests(self.most)}" if self.least else f"at most {requests(self.most)}"


def exact_number(value: object, of: str = "requests") -> int:
    """A number, by default of requests that an expectation takes; text is accepted, a range is not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    if _EXACT.fullmatch(text.removeprefix("-")):
        return int(text)
    if _BOUND.fullmatch(text) or _RANGE.fullmatch(text):
        if of != "requests":
            raise UsageError(f"times: {text} is a range, but a number of {of} is needed.")
        raise UsageError(
            f"times: {text} is a range, but a number is needed. "
            f"To check a range, use 'Request Should Have Been Received' with times={text}."
        )
    shown = quote(value) if isinstance(value, str) else repr(value)
    raise UsageError(f"times: a number is needed, not {shown}.")


AT_LEAST_ONE: Final = Count(1, None)
NONE: Final = Count(0, 0)
