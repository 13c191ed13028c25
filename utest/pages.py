"""The blocks of the README and of the pages in docs/, and what is wrong with them.

- A block whose title is a file name is that file, for all that the page runs.
- A ``robotframework`` block without a title is a suite that is run.
- A ``python`` block without a title is a program that is run. A file ``test_*.py`` is run by pytest.
- A ``text`` block is what the suite or program before it shows. Its title says where: ``Failure of <test>``,
  ``Log of <test>`` (part of one message), ``Console`` (part of it) or ``Output`` (of a program).
- A block of another tool has a title that begins with ``Before``. It is not run.

A test of a suite fails if, and only if, the page shows its failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from robot import result
from robot.api import ExecutionResult

from atest.resources.ExpectedTexts import with_placeholders

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
# What a client says of itself depends on its version.
_CLIENT = re.compile(r"^( *(?:User-Agent|Accept-Encoding): ).*$", re.MULTILINE)


class Block(NamedTuple):
    language: str
    title: str
    text: str

    @property
    def is_file(self) -> bool:
        return "." in PurePosixPath(self.title).name and not self.is_foreign

    @property
    def is_foreign(self) -> bool:
        return self.title.startswith("Before")

    @property
    def is_suite(self) -> bool:
        return self.language == "robotframework" and not self.title

    @property
    def is_program(self) -> bool:
        return self.language == "python" and (not self.title or self.is_pytest)

    @property
    def is_pytest(self) -> bool:
        return self.language == "python" and self.is_file and PurePosixPath(self.title).name.startswith("test_")


class Wrong(NamedTuple):
    """A block that is not true: what is wrong, and the text that should stand there, if it is known."""

    block: Block
    reason: str
    actual: str | None = None


class Suites(NamedTuple):
    """What became of the suites of a page."""

    suites: list[result.TestSuite]
    console: str


def blocks_of(page: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(page)]


def wrong_with(page: str, directory: Path) -> list[Wrong]:
    """What is not as the page says, after its suites and programs have run in the directory."""
    blocks = blocks_of(page)
    for block in blocks:
        if block.is_file:
            file = directory / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8", newline="\n")
    ran = run([block.text for block in blocks if block.is_suite], directory)
    suites = iter(ran.suites)
    found: list[Wrong] = []
    for runs, shown in _with_what_they_show(blocks):
        if runs is None:
            found += [Wrong(one, "Nothing stands before it that could show this.") for one in shown]
        elif runs.is_suite:
            found += _wrong_with_suite(runs, shown, next(suites), ran.console)
        else:
            found += _wrong_with_program(runs, shown, directory)
    return found


def run(suites: list[str], directory: Path) -> Suites:
    """Runs suites in one process, in which each begins anew."""
    if not suites:
        return Suites([], "")
    files = [directory / f"page_{number}.robot" for number in range(1, len(suites) + 1)]
    for file, suite in zip(files, suites, strict=True):
        file.write_text(suite, "utf-8", newline="\n")
    options = ["--log", "NONE", "--report", "NONE", "--outputdir", str(directory), "--consolecolors", "OFF"]
    done = _run(["-m", "robot", *options, *map(str, files)], directory)
    top = ExecutionResult(directory / "output.xml").suite
    return Suites([top] if len(files) == 1 else [*top.suites], done.stdout + done.stderr)


def _run(arguments: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        # The package that stands here, also where another one is installed.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def _with_what_they_show(blocks: list[Block]) -> Iterator[tuple[Block | None, list[Block]]]:
    """Each suite and program with the texts that follow it; first the texts before all of them."""
    block: Block | None = None
    shown: list[Block] = []
    for one in blocks:
        if one.is_suite or one.is_program:
            yield block, shown
            block, shown = one, []
        elif one.language == "text" and not one.is_file and not one.is_foreign:
            shown.append(one)
    yield block, shown


def _wrong_with_suite(suite: Block, shown: list[Block], ran: result.TestSuite, console: str) -> Iterator[Wrong]:
    tests = {test.name: test for test in ran.all_tests}
    if not tests:
        yield Wrong(suite, "It has no test.")
    if ran.setup.message:
        yield Wrong(suite, f"Suite Setup failed: {ran.setup.message}")
    meant_to_fail = set()
    for text in shown:
        where, _, name = text.title.partition(" of ")
        test = tests.get(name)
        if where == "Failure" and test is not None:
            meant_to_fail.add(name)
            if _same(test.message) != _same(text.text.rstrip("\n")):
                yield Wrong(text, f"{name} failed with:\n{test.message}", test.message)
        elif where == "Log" and test is not None:
            messages = messages_of(test, html=False)
            if not any(_same(text.text.rstrip("\n")) in _same(message) for message in messages):
                yield Wrong(text, "No message of the test contains it. They are:\n" + "\n".join(messages))
        elif text.title == "Console":
            if _same(text.text.rstrip("\n")) not in _same(console):
                yield Wrong(text, f"The console does not contain it:\n{console}")
        else:
            yield Wrong(text, f"Its title is none of: Failure of, Log of (with a test of {[*tests]}), Console.")
    for name, test in tests.items():
        if test.failed and name not in meant_to_fail:
            yield Wrong(suite, f"{name} failed: {test.message}")
        if not test.failed and name in meant_to_fail:
            yield Wrong(suite, f"{name} did not fail.")


def messages_of(test: result.TestCase, *, html: bool) -> list[str]:
    """The messages of all its keywords, either those in HTML or the others."""
    found: list[str] = []
    steps = [*test.setup.body, *test.body, *test.teardown.body]
    while steps:
        step = steps.pop(0)
        if not isinstance(step, result.Message):
            steps = [*getattr(step, "body", ()), *steps]
        elif step.html == html:
            found.append(step.message)
    return found


def _wrong_with_program(program: Block, shown: list[Block], directory: Path) -> Iterator[Wrong]:
    if program.is_pytest:
        arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", program.title]
    else:
        arguments = ["-c", program.text]
    done = _run(arguments, directory)
    if done.returncode:
        yield Wrong(program, f"It failed:\n{done.stdout}{done.stderr}")
    for text in shown:
        if text.title != "Output":
            yield Wrong(text, "Its title is not Output.")
        elif _same(text.text) != _same(done.stdout):
            yield Wrong(text, f"It printed:\n{done.stdout}", done.stdout)


def _same(text: str) -> str:
    """The text without what differs from run to run, and from client to client."""
    return _CLIENT.sub(r"\1...", with_placeholders(text))
