"""Does what failures say: pastes the lines that they show into the suite that failed."""

from __future__ import annotations

import re
from pathlib import Path

from robot.api.deco import keyword, library

_TEST = re.compile(r"^(?=\S)", re.MULTILINE)
_EXPECTATION = re.compile(r"^    Expect (?:\w+ )?Request\b.*\n(?:    \.\.\. .*\n)*", re.MULTILINE)
_PASTED = re.compile(
    r"^(?P<what>This line.* expects .*|Replace the expectation with .*):\n  (?P<line>.*)$", re.MULTILINE
)


@library(scope="GLOBAL")
class PastedLines:
    @keyword
    def pasted_line(self, failures: dict[str, str], test: str) -> str:
        """The line that the failure of a test shows; ``failures`` are messages by the names of the tests."""
        return _pasted(failures, test)["line"]

    @keyword
    def suite_with_pasted_lines(self, suite: Path, failures: dict[str, str]) -> str:
        """The text of the suite with each line in place of the first expectation of its test.

        Where the failure says so, it stands before that one instead.
        """
        settings, tests = suite.read_text("UTF-8").split("*** Test Cases ***\n")
        parts = [part for part in _TEST.split(tests) if part.strip()]
        return "\n".join([settings, "*** Test Cases ***", *(_with_line(part, failures) for part in parts)])


def _with_line(text: str, failures: dict[str, str]) -> str:
    name = text.partition("\n")[0]
    found = _pasted(failures, name)
    line = f"    {found['line']}\n"
    expectation = _EXPECTATION.search(text)
    if expectation is None:
        raise AssertionError(f"Test '{name}' has no expectation.")
    if "before" in found["what"]:
        # The response of the one that follows stays with it.
        line += f"    Respond With Data\n{expectation[0]}"
    return text[: expectation.start()] + line + text[expectation.end() :]


def _pasted(failures: dict[str, str], test: str) -> re.Match[str]:
    if test not in failures:
        raise AssertionError(f"Test '{test}' did not fail.")
    found = _PASTED.search(failures[test])
    if found is None:
        raise AssertionError(f"The failure of test '{test}' shows no line to paste:\n{failures[test]}")
    return found
