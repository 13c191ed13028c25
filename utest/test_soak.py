"""Nothing grows, however long it goes on: threads, open files and memory of a server under all kinds of clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest

HERE = Path(__file__).parent
# A longer soak: SOAK_SECONDS=600 pytest utest/test_soak.py
SECONDS = os.environ.get("SOAK_SECONDS", "4")
CONNECTIONS = 10_000
MIB = 1024 * 1024
# One heap for all threads, which gives back what is free: holes in it are no matter of the server.
COMPACT = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux only")
def test_nothing_grows() -> None:
    """The first third of the rounds is the warm-up; then what is usual in one third is compared with the next one.

    A round has more than 1,000 requests on 600 connections, so what each of them leaves behind shows in the blocks
    (the number of objects, more or less) or, if no object holds it, in the memory.
    """
    # What measures coverage in every process grows by itself.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {**inherited, **COMPACT, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(HERE / "soak.py"), SECONDS, str(CONNECTIONS)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=float(SECONDS) + 900
    )
    assert (done.returncode, done.stderr) == (0, ""), "nothing is written, also not by a thread that died"
    *rounds, end = [json.loads(line) for line in done.stdout.splitlines()]
    sys.stdout.write(done.stdout)
    assert [wrong for one in rounds for wrong in one["wrong"]] == []
    assert end["connections"] >= CONNECTIONS
    assert max(one["requests"] for one in rounds) == [500, 5], "the journals are at their bounds"

    # Of those that serve there are as many as requests took long at the same time, which is a matter of luck.
    for what in ("threads", "files"):
        assert {one[what] for one in rounds} == {rounds[0][what]}
    assert growth(rounds, "blocks") < 600
    assert growth(rounds, "rss") < 2 * MIB
    for what in ("threads", "files"):
        assert end["after"][what] == end["before"][what]


def growth(rounds: list[dict[str, Any]], what: str) -> float:
    """Of medians, as a moment in which the machine is busy says nothing."""
    third = len(rounds) // 3
    middle, last = rounds[third : 2 * third], rounds[2 * third :]
    return float(median(one[what] for one in last) - median(one[what] for one in middle))
