"""Lines of text, no more than Robot Framework shows of a failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .shown import ShownDifference

# Robot Framework cuts the middle out of longer messages.
MAX_LINES: Final = 40
LINE_LENGTH: Final = 78
MAX_DIFFERENCES_SHOWN: Final = 12
"""How many differences an explanation shows."""

_MAX_DIFFERENCE_LINES: Final = 20


class Role(Enum):
    """What a line is, if it is more than text."""

    TEXT = "text"
    EXPECTED = "expected"
    """A line of a diff that was expected."""

    RECEIVED = "received"
    """A line of a diff that was received."""

    REQUEST = "request"
    """It shows the request."""


@dataclass(frozen=True)
class Line:
    """A line of an explanation; ``difference`` is the one that it shows."""

    text: str
    difference: ShownDifference | None = None
    role: Role = Role.TEXT

    def __str__(self) -> str:
        return self.text


def limit(lines: Iterable[str], maximum: int = MAX_LINES) -> str:
    """Joins lines; if there are too many, ends with how many more there are."""
    flat = "\n".join(lines).split("\n")
    if height(flat) <= maximum:
        return "\n".join(flat)
    kept = 0
    while height(flat[: kept + 1]) < maximum:
        kept += 1
    return "\n".join([*flat[:kept], f"... and {len(flat) - kept} more lines"])


def height(lines: Sequence[str]) -> int:
    """How many lines Robot Framework counts: it breaks long ones."""
    return sum(max(1, -(-len(line) // LINE_LENGTH)) for line in lines)


def difference_lines(differences: Sequence[ShownDifference], total: int, complete: bool, indent: str) -> list[Line]:
    """The differences in full, as many as leave room for what follows."""
    lines: list[Line] = []
    for number, difference in enumerate(differences):
        more = _lines_of(difference, indent)
        if number and height([line.text for line in (*lines, *more)]) > _MAX_DIFFERENCE_LINES:
            differences = differences[:number]
            break
        lines += more
    left = total - len(differences)
    if left:
        lines.append(
            Line(f"{indent}... and {'' if complete else 'at least '}{left:,} more difference{'s' * (left > 1)}")
        )
    return lines


_ROLES: Final = {"-": Role.EXPECTED, "+": Role.RECEIVED}


def _lines_of(difference: ShownDifference, indent: str) -> list[Line]:
    """The difference in full: a diff, if there is one, replaces the beginnings of the two texts."""
    if not difference.diff:
        return [Line(f"{indent}{difference}", difference)]
    head = f"{indent}{difference.field}: {difference.hint or 'differs'}:"
    below = [Line(f"{indent}  {line}", role=_ROLES.get(line[:1], Role.TEXT)) for line in difference.diff]
    return [Line(head, difference), *below]
