"""Nothing grows, however long it goes on: threads, open files and memory of a server under all kinds of clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
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
    """The first half of the rounds is the warm-up.

    A round has more than 1,000 requests on 600 connections, so what each of them leaves behind shows in the blocks
    (the number of objects, more or less) or, if no object holds it, in the memory.
    """
    environment = {**os.environ, **COMPACT, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(HERE / "soak.py"), SECONDS, str(CONNECTIONS)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=float(SECONDS) + 120
    )
    assert (done.returncode, done.stderr) == (0, ""), "nothing is written, also not by a thread that died"
    *rounds, end = [json.loads(line) for line in done.stdout.splitlines()]
    sys.stdout.write(done.stdout)
    assert [wrong for one in rounds for wrong in one["wrong"]] == []
    assert end["connections"] >= CONNECTIONS
    assert max(one["requests"] for one in rounds) == [500, 5], "the journals are at their bounds"
    assert end["stopped"] == [0, 0]

    half = len(rounds) // 2
    assert {one["files"] for one in rounds} == {rounds[0]["files"]}
    # How many requests take long at the same time is a matter of luck.
    assert most(rounds[half:], "threads") <= most(rounds[:half], "threads") + 4
    assert most(rounds[half:], "blocks") - most(rounds[:half], "blocks") < 1000
    assert most(rounds[half:], "rss") - most(rounds[:half], "rss") < 4 * MIB
    for what in ("threads", "files"):
        assert end["after"][what] == end["before"][what]


def most(rounds: list[dict[str, Any]], what: str) -> int:
    return max(one[what] for one in rounds)
