"""Rows of the table: what is measured, what it is compared with, and the mark it shall reach."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Figure = Callable[[], float]

Missing = Callable[[], str]
"""Tells what is not on this machine of what a row needs, or nothing."""

_COLUMNS = "{:<60}{:<29}{:>11}{:>11} {:<6}{:>8}  {}\n"


@dataclass(frozen=True)
class Unit:
    name: str
    scale: float
    """By which a figure in seconds, bytes or requests per second is multiplied."""


@dataclass(frozen=True)
class Mark:
    """What a ratio, or a figure in the unit of its row, shall be."""

    compares: Literal["at least", "at most"]
    bound: float
    of: Literal["ratio", "figure"] = "ratio"

    def reached(self, ratio: float, figure: float) -> bool:
        value = ratio if self.of == "ratio" else figure
        return value >= self.bound if self.compares == "at least" else value <= self.bound

    def text(self, unit: Unit) -> str:
        return f"{self.compares} {self.bound:g}{'' if self.of == 'ratio' else f' {unit.name}'}"


@dataclass(frozen=True)
class Row:
    what: str
    against: str
    reference: Figure
    ours: Figure
    unit: Unit
    mark: Mark | None = None
    needs: tuple[Missing, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.what} | {self.against}"

    def missing(self) -> str:
        return next(filter(None, (need() for need in self.needs)), "")


@dataclass(frozen=True)
class Group:
    """Rows that share measurements, whose rounds are made together."""

    rows: list[Row]
    most_rounds: int = 1000


@dataclass
class Result:
    """The figures of a row, one of each round."""

    row: Row
    reference: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)

    def measure(self, backwards: bool) -> None:
        if backwards:
            self.ours.append(self.row.ours())
            self.reference.append(self.row.reference())
        else:
            self.reference.append(self.row.reference())
            self.ours.append(self.row.ours())

    def reached(self) -> bool | None:
        """Whether the mark is reached, None where there is none."""
        reference, ours = self._medians()
        return None if self.row.mark is None else self.row.mark.reached(ours / reference, ours)

    def __str__(self) -> str:
        row = self.row
        reference, ours = self._medians()
        mark = "" if row.mark is None else f"{row.mark.text(row.unit)}: {'reached' if self.reached() else 'MISSED'}"
        return _COLUMNS.format(
            row.what, row.against, _short(reference), _short(ours), row.unit.name, _short(ours / reference), mark
        )

    def _medians(self) -> tuple[float, float]:
        reference, ours = (statistics.median(values) * self.row.unit.scale for values in (self.reference, self.ours))
        return reference, ours


def heading() -> str:
    return _COLUMNS.format("", "against", "that", "ours", "", "ratio", "mark")


def measured(group: Group, rounds: int, new_round: Callable[[], None]) -> Iterator[Result]:
    """Measures the rows of a group in rounds that take turns, every other one backwards: a machine that gets slower
    or faster meanwhile does so for both."""
    results = [Result(row) for row in group.rows]
    for number in range(min(rounds, group.most_rounds)):
        new_round()
        backwards = number % 2 == 1
        for result in reversed(results) if backwards else results:
            result.measure(backwards)
    yield from results


def _short(number: float) -> str:
    """About three digits, as more are noise."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.3f}"
