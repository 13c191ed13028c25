"""Runs Robot Framework in a child process and reads what came out of it.

For everything that must fail, be interrupted, or be looked at from outside. A suite is a file or directory in
``atest/_children``, which ``robot atest`` passes over because of its underscore; or text, where a test has to make it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from robot.api import ExecutionResult, ResultVisitor, logger
from robot.api.deco import keyword, library
from robot.result import Keyword, Message, Result, TestCase, TestSuite
from robot.utils import Matcher

# Controls, separators of lines, marks and overrides of the direction of text, surrogates, and what is no character.
_HARMFUL = re.compile(
    "[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufffe\\uffff]"
)

CHILDREN = Path(__file__).parent.parent / "_children"


@dataclass
class Log:
    """What one test, or one part of it, wrote to its log."""

    messages: list[Message] = field(default_factory=list)

    def text(self, level: str = "TRACE") -> str:
        """One line a message, with its level first; those from ``level`` up."""
        order = ["TRACE", "DEBUG", "INFO", "WARN", "FAIL", "ERROR", "SKIP"]
        wanted = order[order.index(level) :]
        return "\n".join(f"{m.level} {m.message}" for m in self.messages if m.level in wanted)


class _Messages(ResultVisitor):  # type: ignore[misc]
    def __init__(self) -> None:
        self.log = Log()

    def visit_message(self, message: Message) -> None:
        self.log.messages.append(message)


class _Keywords(ResultVisitor):  # type: ignore[misc]
    def __init__(self) -> None:
        self.found: list[Keyword] = []

    def start_keyword(self, keyword: Keyword) -> None:
        self.found.append(keyword)


def _log(item: TestCase | TestSuite | Keyword) -> Log:
    visitor = _Messages()
    item.visit(visitor)
    return visitor.log


class Run:
    """A run that has ended."""

    def __init__(self, rc: int, stdout: str, stderr: str, output_dir: Path, duration: float) -> None:
        self.rc = rc
        self.stdout = stdout
        self.stderr = stderr
        self.output_dir = output_dir
        self.duration = duration
        self.output = output_dir / "output.xml"
        self._result: Result | None = None

    @property
    def result(self) -> Result:
        if self._result is None:
            if not self.output.exists():
                raise AssertionError(f"The child run left no output.xml, rc {self.rc}.\n{self.stdout}\n{self.stderr}")
            self._result = ExecutionResult(str(self.output))
        return self._result

    @property
    def tests(self) -> dict[str, TestCase]:
        """Tests by their name, and by their full name with the suites' names in front."""
        found = list(self.result.suite.all_tests)
        return {t.name: t for t in found} | {t.full_name: t for t in found}

    @property
    def suites(self) -> dict[str, TestSuite]:
        return {suite.name: suite for suite in self._all_suites(self.result.suite)}

    def _all_suites(self, suite: TestSuite) -> Iterator[TestSuite]:
        yield suite
        for inner in suite.suites:
            yield from self._all_suites(inner)

    @property
    def errors(self) -> str:
        """The messages of the section `Test Execution Errors`: warnings and errors of the whole run."""
        return "\n".join(f"{m.level} {m.message}" for m in self.result.errors.messages)

    def test(self, name: str) -> TestCase:
        if name not in self.tests:
            raise AssertionError(f"No test '{name}', only: {', '.join(self.tests)}\n{self.stdout}\n{self.stderr}")
        return self.tests[name]

    def messages(self, test: str) -> list[Message]:
        return _log(self.test(test)).messages

    def __str__(self) -> str:
        return f"run with rc {self.rc} in {self.output_dir}"


class _Child:
    """A child process whose output is read while it runs."""

    def __init__(self, command: list[str], output_dir: Path, environment: dict[str, str]) -> None:
        self.output_dir = output_dir
        self.started = time.monotonic()
        self._stdout: list[str] = []
        self._stderr: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="UTF-8",
            errors="replace",
            env=environment,
            # pabot keeps a file there, which runs side by side must not share.
            cwd=output_dir,
            # An own group: a Ctrl-C for the parent is not one for the child.
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self._stdout), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self._stderr), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                with self._news:
                    lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, text: str, timeout: float) -> None:
        def told() -> bool:
            return text in self.said()

        with self._news:
            arrived = self._news.wait_for(lambda: told() or self.process.poll() is not None, timeout)
            if not told():
                end = "ended" if arrived else f"took more than {timeout:g} seconds"
                raise AssertionError(f"The child run {end} without saying '{text}'.\n{self.said()}")

    def said(self) -> str:
        return "".join(self._stdout) + "".join(self._stderr)

    def end(self, timeout: float) -> Run:
        try:
            rc = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"The child run took more than {timeout:g} seconds.\n{self.said()}") from None
        duration = time.monotonic() - self.started
        for reader in self._readers:
            reader.join(30)
        logger.info(self.said())
        return Run(rc, "".join(self._stdout), "".join(self._stderr), self.output_dir, duration)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)


@library(scope="TEST", auto_keywords=False)
class ChildRun:
    def __init__(self) -> None:
        self._child: _Child | None = None

    @keyword
    def run_suite(self, suite: str, *options: str, module: str = "robot", timeout: float = 300) -> Run:
        """Runs the suite with the options and returns the run: ``rc``, ``stdout``, ``stderr``, ``tests``, ``errors``.

        With ``module=pabot.pabot`` the suite is run by pabot. Writes no log.html unless an option asks for it.
        """
        return self._start(suite, options, module).end(timeout)

    @keyword
    def start_suite_run(self, suite: str, *options: str) -> None:
        """Starts a run that goes on by itself; one at a time. See `End Suite Run`."""
        self._child = self._start(suite, options, "robot")

    @keyword
    def wait_until_suite_run_says(self, text: str, timeout: float = 60) -> None:
        """Waits until the run started last has printed the text (in the child: ``Log To Console``)."""
        self._running().wait_for(text, timeout)

    @keyword
    def what_suite_run_said(self) -> str:
        """All that the run started last has printed until now."""
        return self._running().said()

    @keyword
    def interrupt_suite_run(self) -> None:
        """What Ctrl-C does."""
        self._running().process.send_signal(signal.SIGINT)

    @keyword
    def end_suite_run(self, timeout: float = 60) -> Run:
        """Waits until the run started last has ended, and returns it."""
        child, self._child = self._running(), None
        return child.end(timeout)

    @keyword
    def kill_suite_run(self) -> None:
        """For teardowns: ends what `Start Suite Run` started, if it is still there."""
        if self._child:
            self._child.kill()

    @keyword
    def run_program(self, name: str, timeout: float = 120) -> Run:
        """Runs a Python program of ``_children/programs`` in a child process that finds the same library."""
        directory = _output_directory()
        program = str(CHILDREN / "programs" / name)
        return _Child([sys.executable, program], directory, _environment()).end(timeout)

    @keyword
    def test_should_have_passed(self, run: Run, *names: str) -> None:
        """All tests of the run without names."""
        for name in names or [test.full_name for test in run.result.suite.all_tests]:
            test = run.test(name)
            if not test.passed:
                raise AssertionError(f"Test '{name}' was {test.status}: {test.message}\n{_log(test).text()}")

    @keyword
    def test_should_have_failed_with(self, run: Run, name: str, pattern: str) -> None:
        """The pattern as in `Run Keyword And Expect Error`: plain is a glob, ``EQUALS:``, ``REGEXP:``, ``STARTS:``."""
        self._status_should_have_been(run, name, "FAIL", pattern)

    @keyword
    def test_should_have_been_skipped_with(self, run: Run, name: str, pattern: str) -> None:
        self._status_should_have_been(run, name, "SKIP", pattern)

    def _status_should_have_been(self, run: Run, name: str, status: str, pattern: str) -> None:
        test = run.test(name)
        if test.status != status:
            raise AssertionError(f"Test '{name}' was {test.status}, not {status}: {test.message}")
        if not _matches(test.message, pattern):
            raise AssertionError(f"Test '{name}' was {status}, but with:\n{test.message}\nand not with:\n{pattern}")

    @keyword
    def output_should_be_harmless(self, run: Run, name: str = "output.xml") -> None:
        """The output can be read, and neither in it nor on the console is anything that steers terminals or hides text.

        ``name`` is the output file, whose format is that of its suffix.
        """
        written = (run.output_dir / name).read_text("UTF-8")
        ExecutionResult(written)
        if name.endswith(".json"):
            # As characters, not as escapes.
            written = json.dumps(json.loads(written), ensure_ascii=False).replace("\\n", "\n").replace("\\t", "\t")
        for text in (written, run.stdout, run.stderr):
            found = _HARMFUL.search(text)
            if found is not None:
                raise AssertionError(f"{found[0]!r} in {text[max(0, found.start() - 200) : found.end() + 200]!r}")

    @keyword
    def log_of_test(self, run: Run, name: str, level: str = "TRACE") -> str:
        """All that was logged during the test, setup and teardown included, one ``LEVEL message`` a line."""
        return _log(run.test(name)).text(level)

    @keyword
    def log_of_keyword(self, run: Run, name: str, keyword: str, level: str = "TRACE") -> str:
        """As `Log Of Test`, of all calls of one keyword in the test. The keyword's name without its library's."""
        visitor = _Keywords()
        run.test(name).visit(visitor)
        found = [kw for kw in visitor.found if kw.name.lower() == keyword.lower()]
        if not found:
            raise AssertionError(f"No keyword '{keyword}' in test '{name}', only: {[kw.name for kw in visitor.found]}")
        return "\n".join(_log(kw).text(level) for kw in found)

    @keyword
    def log_of_suite_setup(self, run: Run, suite: str, level: str = "TRACE") -> str:
        return _log(run.suites[suite].setup).text(level)

    @keyword
    def log_of_suite_teardown(self, run: Run, suite: str, level: str = "TRACE") -> str:
        return _log(run.suites[suite].teardown).text(level)

    def _start(self, suite: str, options: tuple[str, ...], module: str) -> _Child:
        directory = _output_directory()
        path = _path(suite, directory)
        command = [sys.executable, "-m", module]
        if module != "robot":
            # pabot would take the `robot` that is first in PATH, and a port of its own that is always the same.
            command += ["--command", sys.executable, "-m", "robot", "--end-command", "--no-pabotlib"]
        command += ["--log", "NONE", "--report", "NONE", "--outputdir", str(directory), *options, str(path)]
        return _Child(command, directory, _environment(path if path.is_dir() else path.parent))

    def _running(self) -> _Child:
        if self._child is None:
            raise AssertionError("No suite run was started in this test.")
        return self._child


@cache
def _root() -> tempfile.TemporaryDirectory[str]:
    # Not in the output directory: pabot would take what child runs leave for its own results. Goes with the process.
    return tempfile.TemporaryDirectory(prefix="child-runs-")


def _output_directory() -> Path:
    return Path(tempfile.mkdtemp(dir=_root().name))


def _path(suite: str, directory: Path) -> Path:
    if "\n" in suite:
        path = directory / "child.robot"
        path.write_text(suite, encoding="UTF-8")
        return path
    path = CHILDREN / suite
    if not path.exists():
        raise AssertionError(f"No such suite: {path}")
    return path


def _environment(*paths: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ROBOT_", "COV_"))}
    # The parent's own search path: the child must test the same library.
    search = [*paths, Path(__file__).parent, *(Path(path) for path in sys.path if path)]
    environment["PYTHONPATH"] = os.pathsep.join(str(path.resolve()) for path in search)
    environment["PYTHONIOENCODING"] = "UTF-8"
    return environment


def _matches(text: str, pattern: str) -> bool:
    prefix, _, rest = pattern.partition(":")
    if prefix == "EQUALS":
        return text == rest.lstrip()
    if prefix == "REGEXP":
        return re.fullmatch(rest.lstrip(), text, re.DOTALL) is not None
    if prefix == "STARTS":
        return text.startswith(rest.lstrip())
    return bool(Matcher(pattern.removeprefix("GLOB:").lstrip(), spaceless=False, caseless=False).match(text))
