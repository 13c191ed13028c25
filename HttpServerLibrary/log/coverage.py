"""A table of the operations of an API that were used, in the formatting of Robot Framework's own texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..engine.contract.coverage import Row
from ..engine.visible import visible

_MAX_ROWS: Final = 300


def coverage_table(rows: Sequence[Row]) -> str:
    """The table; of many rows the first ones, and how many there are."""
    lines = ["| =Operation= | =Status= | =Requests= |"]
    for row in rows[:_MAX_ROWS]:
        operation = f"{row['method']} {row['path']}"
        lines.append(f"| {_cell(operation)} | {_cell(row['status'])} | {row['requests']} |")
    text = "\n".join(lines)
    left = len(rows) - _MAX_ROWS
    return f"{text}\n\n... and {left} more" if left > 0 else text


def _cell(text: str) -> str:
    # Otherwise a bar would begin another cell.
    return visible(text).replace(" |", "\N{NO-BREAK SPACE}|")
