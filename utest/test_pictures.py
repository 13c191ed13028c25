"""The pictures of log.html on the pages are true: the log still shows what they show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from utest.pages import ROOT, blocks_of

SCRIPT = ROOT / "docs" / "tools" / "pictures.py"
PICTURES = ROOT / "docs" / "pictures"


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def test_the_log_looks_as_in_the_pictures() -> None:
    done = run_script("--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_picture_has_its_text() -> None:
    texts = json.loads((PICTURES / "shown.json").read_text("utf-8"))
    assert {picture.name for picture in PICTURES.glob("*.png")} == {name for name in texts if name.endswith(".png")}


def test_the_suite_that_fails_is_the_one_of_the_start_page_with_one_change() -> None:
    passes, fails = (
        next(block.text for block in blocks_of((ROOT / "docs" / page).read_text("utf-8")) if block.is_suite)
        for page in ("index.md", "failures.md")
    )
    assert fails == passes.replace("book=${2}", "book=2")
    assert fails != passes


def test_without_chromium_one_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run_script()
    assert done.returncode == 1
    assert done.stderr == "Chromium and chromedriver are needed. On Debian: apt-get install chromium chromium-driver\n"
