"""Which files a path means, and what is said about those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.documents import Place, contents_of, documents

ENCODED = [
    '{"a": "ä"}'.encode(encoding)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")
]


def names(path: object) -> list[str]:
    return [document.name for document in documents(path)]


def message(path: object) -> str:
    with pytest.raises(UsageError) as caught:
        documents(path)
    return str(caught.value)


@pytest.mark.parametrize("content", ENCODED)
def test_a_file_in_any_encoding_of_json(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    (document,) = documents(file)
    assert (document.path, document.name, document.value) == (file, "a.txt", {"a": "ä"})


def test_a_path_as_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("1")
    assert names(str(tmp_path)) == names(str(tmp_path / "a.json")) == ["a.json"]


def test_the_files_of_a_directory_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b.json", "a/z.JSON", "a/b/c.har", "c/x.json", "a/y.txt", "a/.hidden.json", ".git/a.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    for name in ("__files/body.json", "c/__files/body.json", "node_modules/a/package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("no JSON")
    assert names(tmp_path) == ["a/b/c.har", "a/z.JSON", "b.json", "c/x.json"]


def test_a_cycle_of_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.json").write_text("1")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "lost.json").symlink_to(tmp_path / "nowhere.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "a" / "x.json")
    assert names(tmp_path) == ["a/x.json", "link.json"]


def test_an_empty_directory(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1")
    assert message(tmp_path) == f"path: the directory '{tmp_path}' has no file that ends in .json or .har."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x", "Expecting value: line 1 column 1 (char 0)"),
        (b'{\n "a" 1}', "Expecting ':' delimiter: line 2 column 6 (char 7)"),
        (b"[NaN]", "NaN is not a JSON value"),
        (b"[" * 100_000, "nested too deeply"),
        (b'"\xff"', "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"),
    ],
)
def test_a_file_that_is_not_json(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    assert message(file) == f"path: the file '{file}' is not JSON: {reason}."
    assert message(tmp_path) == f"path: the file '{file}' is not JSON: {reason}."


def test_broken_files_of_a_directory_can_be_noted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text("1")
    (tmp_path / "c.json").write_text("1,")
    noted: list[tuple[Place, str]] = []
    found = documents(tmp_path, lambda place, what: noted.append((place, what)))
    assert [document.name for document in found] == ["b.json"]
    assert [str(place) for place, _ in noted] == ["a.json", "c.json"]
    assert noted[1][1] == "this is not JSON: Extra data: line 1 column 2 (char 1)"


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", read)
    file = tmp_path / "a.json"
    file.write_text("1")
    for path in (file, tmp_path):
        assert message(path) == f"path: the file '{file}' cannot be read: Permission denied."


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Path) -> bytes:
        raise MemoryError

    monkeypatch.setattr(Path, "read_bytes", read)
    file = tmp_path / "a.json"
    file.write_text("1")
    assert message(file) == f"path: the file '{file}' is too large for the memory of this machine."


def test_a_file_that_is_removed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Path) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_bytes", read)
    file = tmp_path / "a.json"
    file.write_text("1")
    assert message(tmp_path) == f"path: the file '{file}' was removed meanwhile."


def test_a_directory_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entries(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self / "inner"))

    monkeypatch.setattr(Path, "iterdir", entries)
    assert message(tmp_path) == f"path: '{tmp_path / 'inner'}' cannot be read: Permission denied."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_special_file_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "a.json"
    os.mkfifo(pipe)
    assert message(pipe) == f"path: the file '{pipe}' is neither a file nor a directory."
    assert message(tmp_path) == f"path: the directory '{tmp_path}' has no file that ends in .json or .har."


def test_a_path_where_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert message(tmp_path / "a") == f"path: there is no file or directory '{tmp_path / 'a'}'."
    assert message("a\nb") == (
        f"path: there is no file or directory 'a\\nb'. A relative path is resolved against '{tmp_path}'."
    )


@pytest.mark.parametrize("path", ["", None, 7, b"a.json", ["a.json"]])
def test_what_is_no_path(path: object) -> None:
    assert message(path) == f"path: the path of a file or directory is needed, not {path!r}."


def test_a_path_that_no_system_has() -> None:
    assert message("a\0b") == "path: the file 'a\\x00b' cannot be read: it is not a valid path."


def test_a_name_is_shown_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb.json").write_text("1")
    (document,) = documents(tmp_path)
    assert str(document.at("items", 0)) == "a\\nb.json, $.items[0]"
    assert str(document.at()) == "a\\nb.json"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": 1, "b\n": 2}, "an object with a, b\\n"),
        ({}, "an object"),
        ([1], "a list"),
        (None, "null"),
        (False, "the boolean false"),
        (1.5, "the number 1.5"),
        ("a", 'the text "a"'),
    ],
)
def test_what_a_value_is(value: object, words: str) -> None:
    assert contents_of(value) == words
