"""Something that went wrong while serving: its kind, and why, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from .phrase import Masking
from .visible import harmless

ProblemKind = Literal[
    "UNEXPECTED REQUEST",
    "OUT OF ORDER",
    "REFUSED",
    "NO RESPONSE",
    "HANDLER ERROR",
    "MATCHER ERROR",
    "MALFORMED REQUEST",
    "TEMPLATE ERROR",
    "CALLBACK FAILED",
    "FORWARDING FAILED",
    "CONTRACT",
]


class Explanation(Protocol):
    """Why something went wrong: data that becomes text when it is shown."""

    def message(self, masking: Masking) -> str:
        """All of it; the first line says what went wrong with which request."""

    def first_line(self, masking: Masking) -> str:
        """The first line of the message."""

    def brief(self, masking: Masking) -> str:
        """One line: what went wrong with which request, and the reason."""


@dataclass(frozen=True)
class ExplanationText:
    """An explanation of which only the text is left."""

    _message: str
    _brief: str

    def message(self, masking: Masking) -> str:
        return self._message

    def first_line(self, masking: Masking) -> str:
        return self._message.partition("\n")[0]

    def brief(self, masking: Masking) -> str:
        return self._brief


@dataclass(eq=False)
class ProblemRecord:
    """What went wrong with one request. ``exception`` is what user code raised.

    ``view`` is the object that users get, made on first use and then always the same.
    """

    kind: ProblemKind
    explanation: Explanation
    masking: Masking
    exception: BaseException | None = None
    view: object | None = field(default=None, repr=False)

    @property
    def message(self) -> str:
        return harmless(self.explanation.message(self.masking))

    @property
    def first_line(self) -> str:
        return harmless(self.explanation.first_line(self.masking))

    @property
    def brief(self) -> str:
        return harmless(self.explanation.brief(self.masking))

    def keep_text_only(self) -> None:
        """Lets go of the data of the explanation, which may hold long pieces of bodies."""
        self.explanation = ExplanationText(self.message, self.brief)
