"""The pages in docs/ are true: their suites run with the files that they show, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from utest.pages import ROOT, blocks_of, run

PAGES = sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_suites_of_a_page_pass(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page.read_text("utf-8"))
    for block in blocks:
        if block.title:
            file = tmp_path / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    suites = [block for block in blocks if block.language == "robotframework" and not block.title]
    assert suites
    for suite in suites:
        tests = run(suite.text, tmp_path)
        assert tests
        assert [test.message for test in tests if not test.passed] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
