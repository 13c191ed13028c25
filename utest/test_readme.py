"""The README is true: its suites run, its failure is what a run prints, and CI calls its command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from utest.pages import ROOT, blocks_of, run

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return [block.text for block in blocks_of(README) if block.language == language]


def same_everywhere(text: str) -> str:
    """Without what depends on the run and on the client's version."""
    text = re.sub(r"localhost:\d+", "localhost:PORT", text)
    return re.sub(r"^(  (User-Agent|Accept-Encoding): ).*$", r"\1...", text, flags=re.MULTILINE)


@pytest.mark.parametrize("suite", blocks("robotframework"))
def test_suite_passes(suite: str, tmp_path: Path) -> None:
    tests = run(suite, tmp_path)
    assert tests
    assert [test.message for test in tests if not test.passed] == []


def test_failure_is_the_one_that_is_shown(tmp_path: Path) -> None:
    suite = blocks("robotframework")[0]
    right, wrong = 'Evaluate    {"item": "book"}', 'Evaluate    {"item": "pen"}'
    assert right in suite
    assert f"With `{wrong}` instead" in README
    (test,) = run(suite.replace(right, wrong), tmp_path)
    assert test.failed
    (shown,) = blocks("text")
    assert same_everywhere(test.message) == same_everywhere(shown.rstrip("\n"))


def test_python_runs() -> None:
    (program,) = blocks("python")
    subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, timeout=600, check=True)


def test_first_suite_of_the_demo_is_the_one_that_is_shown() -> None:
    demo = (ROOT / "examples" / "first_suite.robot").read_text("utf-8")
    steps = [line.split() for line in blocks("robotframework")[0].partition("*** Test Cases ***")[2].splitlines()]
    assert [line.split() for line in demo.partition("*** Test Cases ***")[2].splitlines()] == steps


def test_ci_calls_the_test_command() -> None:
    _, test_command, *_ = blocks("console")
    assert (ROOT / ".ci" / "run").read_text("utf-8").endswith(f"\n{test_command}")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []
