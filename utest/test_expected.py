"""Texts in utest/expected and atest/expected: how they are compared, and that each is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from robot.libraries.BuiltIn import BuiltIn

from atest.resources import ExpectedTexts
from atest.resources.ExpectedTexts import ROOT, difference, update, with_placeholders
from utest.helpers import AssertText

FILES = [(house, file) for house in ("utest", "atest") for file in sorted((ROOT / house / "expected").rglob("*.*"))]


def names_in_python(source: str) -> Iterator[str]:
    """Patterns of what may be names of texts: all strings, and what `assert_text` gets, with anything for ``{...}``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "assert_text":
            for part in ast.walk(node.args[-1]):
                if isinstance(part, ast.JoinedStr):
                    yield "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".*" for v in part.values)


def names_in_robot(source: str) -> Iterator[str]:
    """All cells, with anything for variables in those of `Text Should Be As Expected`."""
    for line in source.splitlines():
        for cell in re.split(" {2,}", line):
            if "Text Should Be As Expected" in line:
                yield ".*".join(map(re.escape, re.split(r"\$\{.*?\}", cell)))
            else:
                yield re.escape(cell)


@cache
def names_in(house: str) -> re.Pattern[str]:
    names: set[str] = set()
    for path in (ROOT / house).rglob("*"):
        if path.suffix in (".py", ".robot", ".resource"):
            names_of = names_in_python if path.suffix == ".py" else names_in_robot
            names.update(names_of(path.read_text(encoding="utf-8")))
    # A variable alone says nothing of the name.
    return re.compile("|".join(names - {".*", ""}))


@pytest.mark.parametrize(("house", "file"), FILES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_each_file_is_used(house: str, file: Path) -> None:
    """A test names it, by the whole name or, where a folder is the same for many, by the last part."""
    name = file.relative_to(ROOT / house / "expected").as_posix()
    assert name.endswith(".txt")
    names = names_in(house)
    used = names.fullmatch(name.removesuffix(".txt")) or names.fullmatch(file.stem)
    assert used, "no test uses this file: delete it"


def test_names_are_found() -> None:
    code = """assert_text(text, f"room/{'a' if x else 'b'}_text"), ("room/whole", 1)"""
    names = [*names_in_python(code)]
    assert "room/.*_text" in names
    assert "room/whole" in names
    assert [*names_in_robot("A    Text Should Be As Expected    ${text}    mistake_${number}")][-1] == "mistake_.*"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("on http://localhost:1234/a", "on <url>/a"),
        ("http://localhost:1, http://127.0.0.1:2, http://localhost:1", "<url>, <url 2>, <url>"),
        ("https://[::1]:443 and http://localhost:80", "<https-url> and <url>"),
        ("Host: localhost:8080", "Host: <host>"),
        ("http://example.com:80", "http://example.com:80"),
        ("at 12:34:56.789", "at <time>"),
        ("+0.012 s, 12.3 ms", "<duration>, <duration>"),
        ("within 0.5 seconds", "within 0.5 seconds"),
    ],
)
def test_what_varies_has_a_placeholder(text: str, shown: str) -> None:
    assert with_placeholders(text) == shown


def test_a_text_and_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    file = tmp_path / "deep" / "name.txt"
    text = "one\nat http://localhost:1\nthree\n"
    assert difference(text, file, "--option") == (
        "There is no file name.txt; --option writes it. The text:\none\nat <url>\nthree\n"
    )
    update(text, file)
    assert file.read_bytes() == b"one\nat <url>\nthree\n\n"
    assert difference(text, file, "--option") == ""
    assert difference(text.replace("at", "on"), file, "--option") == (
        "The text (+) differs from name.txt (-); if it is right, --option writes it there:\n"
        " one\n-at <url>\n+on <url>\n three"
    )
    assert difference(text.rstrip("\n"), file, "--option") != "", "the last line end counts"


def test_nothing_is_updated_in_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(AssertionError, match="not updated in CI"):
        update("text", tmp_path / "name.txt")
    assert [*tmp_path.iterdir()] == []


def test_the_fixture_reads_the_file(assert_text: AssertText, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-expected"):
        pytest.skip("this would make the text that fails the expected one")
    assert_text("The server is http://localhost:8080,\nand it is 12:34:56.789.", "example")
    with pytest.raises(pytest.fail.Exception, match="differs from utest/expected/example"):
        assert_text("Something else.", "example")


def test_the_keyword_reads_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(ExpectedTexts, "ROOT", tmp_path)
    options: dict[str, str] = {}
    monkeypatch.setattr(BuiltIn, "get_variable_value", lambda _, name: options.get(name))
    keyword = ExpectedTexts.ExpectedTexts().text_should_be_as_expected
    with pytest.raises(AssertionError, match="There is no file atest/expected/new"):
        keyword("on http://localhost:1", "new")
    options["${UPDATE_EXPECTED}"] = "True"
    keyword("on http://localhost:1", "new")
    options.clear()
    keyword("on http://localhost:2", "new")
    with pytest.raises(AssertionError, match="differs from atest/expected/new"):
        keyword("on another server", "new")
