"""The README and the pages in docs/ are true: what they run and show, and where their links lead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from utest.conftest import UPDATE
from utest.pages import PAGES, ROOT, blocks_of, wrong_with

README = ROOT / "README.md"
OTHERS = [ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md")]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).with_suffix("").as_posix()


@pytest.mark.parametrize("page", [README, *PAGES], ids=name_of)
def test_a_page_is_true(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = page.read_text("utf-8")
    found = wrong_with(text, tmp_path)
    if request.config.getoption(UPDATE) and not os.environ.get("CI"):
        for wrong in found:
            if wrong.actual is not None:
                head = f'```text title="{wrong.block.title}"\n'
                text = text.replace(head + wrong.block.text, head + wrong.actual.rstrip("\n") + "\n")
                request.node.user_properties.append((UPDATE, f"{name_of(page)}.md: {wrong.block.title}"))
        page.write_text(text, "utf-8", newline="\n")
    problems = [f"{wrong.block.title or wrong.block.language}: {wrong.reason}" for wrong in found]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("page", [README, *OTHERS, *PAGES], ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    lost = [target for target in links_of(page) if not leads_somewhere(page, target)]
    assert lost == []


def links_of(page: Path) -> list[str]:
    """The targets in this repository. Those of HTML pictures, too."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"", text)
    return [target for pair in found for target in pair if target and not re.match(r"https?://", target)]


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not anchor or anchor in anchors_of(file))


def anchors_of(page: Path) -> set[str]:
    """The headings, as links name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_first_suite_of_the_demo_is_the_one_that_is_shown() -> None:
    demo = (ROOT / "examples" / "first_suite.robot").read_text("utf-8")
    shown = next(block.text for block in blocks_of(README.read_text("utf-8")) if block.is_suite)
    assert _steps(shown) == _steps(demo)


def _steps(suite: str) -> list[list[str]]:
    return [line.split() for line in suite.partition("*** Test Cases ***")[2].splitlines()]


def test_ci_calls_the_test_command() -> None:
    commands = [block.text for block in blocks_of(README.read_text("utf-8")) if "bin/nox" in block.text]
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert any(ci.endswith(f"\n{command}") for command in commands)


def test_the_list_of_keywords_is_current() -> None:
    command = [sys.executable, str(ROOT / "docs" / "tools" / "reference.py"), "--print"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == (ROOT / "docs" / "keywords.md").read_text("utf-8"), "Write it anew: nox -s docs"
