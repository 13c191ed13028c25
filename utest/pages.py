"""What tests of the README and the pages in docs/ share: their blocks, and how their suites are run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from robot import result
from robot.api import ExecutionResult

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code. One with a title is a file of that name."""

    language: str
    title: str
    text: str


def blocks_of(page: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(page)]


def run(suite: str, directory: Path) -> list[result.TestCase]:
    """The tests of a suite, run by a robot process of its own."""
    path = directory / "readme.robot"
    path.write_text(suite, "utf-8")
    options = ["--log", "NONE", "--report", "NONE", "--outputdir", str(directory)]
    command = [sys.executable, "-m", "robot", *options, str(path)]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)
    return [*ExecutionResult(directory / "output.xml").suite.all_tests]
