"""The kinds of problem."""

from __future__ import annotations

from typing import Literal

ProblemKind = Literal[
    "UNEXPECTED REQUEST",
    "OUT OF ORDER",
    "REFUSED",
    "NO RESPONSE",
    "HANDLER ERROR",
    "MATCHER ERROR",
    "MALFORMED REQUEST",
]
