"""What a request has that its description does not have, said in words."""

from __future__ import annotations

import json
from dataclasses import dataclass

_CUT = 200


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``expected`` and ``received`` are phrases that stand after these words."""

    field: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, received {self.received}"


def quote(text: str) -> str:
    """Text in double quotes on one line, cut when it is long."""
    shown = text if len(text) <= _CUT else text[:_CUT]
    quoted = json.dumps(shown, ensure_ascii=False).replace("\x7f", "\\u007f")
    return quoted if shown is text else f"{quoted}... ({len(text)} characters)"


def cut(text: str) -> str:
    """Text that is quoted already, cut when it is long."""
    return text if len(text) <= _CUT else f"{text[:_CUT]}... ({len(text)} characters)"


def quote_all(values: list[str]) -> str:
    """Several values as a list; nothing for none."""
    if not values:
        return "nothing"
    return quote(values[0]) if len(values) == 1 else f"[{', '.join(map(quote, values))}]"
