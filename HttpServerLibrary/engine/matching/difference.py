"""What a request has that its description does not have, said in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``expected`` and ``received`` are phrases that stand after these words.

    ``hint`` says what kind of difference it is, or what to do about it; ``diff`` are the lines of a unified diff.
    """

    field: str
    expected: str
    received: str
    hint: str = ""
    diff: tuple[str, ...] = ()

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.field}: expected {self.expected}, received {self.received}{hint}"

    def lines(self) -> list[str]:
        """The difference in full: with a diff, which shows both texts, instead of their beginnings."""
        return (
            [f"{self.field}: {self.hint or 'differs'}:", *(f"  {line}" for line in self.diff)]
            if self.diff
            else [str(self)]
        )
