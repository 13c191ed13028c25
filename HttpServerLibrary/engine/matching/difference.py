"""What a request has that its description does not have, said in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``expected`` and ``received`` are phrases that stand after these words."""

    field: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, received {self.received}"
