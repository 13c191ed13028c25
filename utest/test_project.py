"""What is written in several files of the project is the same in all of them."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from HttpServerLibrary.version import __version__

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PYPROJECT)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("atest/*.md")]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_tests_run_on_all_pythons_that_are_claimed() -> None:
    workflow = yaml.safe_load(text_of(".github/workflows/tests.yml"))
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == PYTHONS
    assert f'requires-python = ">={PYTHONS[0]}"' in PYPROJECT


def test_texts_name_the_pythons_that_are_claimed() -> None:
    named = {
        f"{file.relative_to(ROOT).as_posix()}: {found}"
        for file in TEXTS
        for found in re.findall(r"Pythons? 3\.\d+ to 3\.\d+", file.read_text("utf-8"))
        if not found.endswith(f" {PYTHONS[0]} to {PYTHONS[-1]}")
    }
    assert named == set()


def test_the_version_is_that_of_the_newest_changes() -> None:
    headings = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == ["Unreleased", __version__]


def test_hooks_have_the_versions_of_the_lint_session() -> None:
    group = re.findall(r"^lint = \[\n(.*?)^\]", PYPROJECT, re.MULTILINE | re.DOTALL)[0]
    [repository] = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    hooks = {package for hook in repository["hooks"] for package in hook["additional_dependencies"]}
    assert hooks <= set(re.findall(r'"(.+)"', group))


def test_workflows_call_the_commands_of_the_readme() -> None:
    readme = re.findall(r"^python3 -m venv .+", text_of("README.md"), re.MULTILINE)
    workflow = text_of(".github/workflows/tests.yml")
    called = re.findall(r"run: (python.+)", workflow)
    # As the README says it for Windows. Its "py" may start another Python than the one of the matrix.
    windows = [line.replace("python3", "python").replace(".venv/bin/", ".venv\\Scripts\\") for line in readme]
    assert called == readme + windows


def test_every_session_that_is_named_exists() -> None:
    sessions = set(re.findall(r"^def (\w+)\(session: nox\.Session", text_of("noxfile.py"), re.MULTILINE))
    lines = [line for file in [*TEXTS, *WORKFLOWS] for line in re.findall(r"nox -s ([\w ]+)", file.read_text("utf-8"))]
    named = {name for line in lines for name in line.split()}
    assert named - sessions == set()
