"""Compares the server with others, side by side in one run: ``python benchmarks/compare.py``.

Prints a table: the figure of the other, ours, the ratio, and the mark that was set. Each figure is the median of rounds
that take turns, so that a busy machine slows both. Needs Linux. Throughput needs ``wrk`` on the path, and WireMock
needs ``java`` and its jar; their rows are left out without them.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys

from measures import new_round
from rows import GROUPS
from table import Group, heading, measured

ROUNDS = 5
# 1,000 connections, and what a process needs besides.
_FILES = 4096


def selected(only: str) -> list[Group]:
    """The rows whose name contains a text, with their groups."""
    groups = (Group([row for row in group.rows if only in row.name.lower()], group.most_rounds) for group in GROUPS)
    return [group for group in groups if group.rows]


def measurable(groups: list[Group]) -> list[Group]:
    """The rows whose tools are here; says which are not."""
    missing = sorted({row.missing() for group in groups for row in group.rows} - {""})
    for what in missing:
        say(f"Rows are left out: {what}.\n")
    return [Group([row for row in group.rows if not row.missing()], group.most_rounds) for group in groups]


def allow_files() -> None:
    """Child processes inherit this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (_FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard), hard)
        )


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares the server with others, side by side.")
    parser.add_argument("--rounds", type=positive, default=ROUNDS, help="how many rounds to take the median of")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains this, in any case")
    options = parser.parse_args()
    groups = selected(options.only.lower())
    if not groups:
        parser.error(f"No row has a name with '{options.only}'.")
    allow_files()
    say(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    groups = measurable(groups)
    say(heading())
    marks: list[bool] = []
    for group in groups:
        for result in measured(group, options.rounds, new_round):
            say(str(result))
            reached = result.reached()
            if reached is not None:
                marks.append(reached)
    say(f"{sum(marks)} of {len(marks)} marks are reached.\n")


if __name__ == "__main__":
    main()
