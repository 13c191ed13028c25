"""Files of documents to JSON values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.contract import source
from HttpServerLibrary.engine.contract.source import NotReadable, read
from HttpServerLibrary.engine.errors import UsageError


def value_of(directory: Path, text: str, name: str = "a.yaml") -> Any:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return read(path, name)[0]


def remarks_of(directory: Path, text: str, name: str) -> list[str]:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return [str(remark) for remark in read(path, name)[1]]


def failure(directory: Path, text: str | bytes, name: str = "a.yaml") -> str:
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NotReadable) as raised:
        read(path, name)
    return str(raised.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("012", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", ".inf"),
        ("'12'", "12"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("!!str 12", "12"),
    ],
)
def test_scalars_of_yaml(tmp_path: Path, written: str, value: object) -> None:
    found = value_of(tmp_path, f"a: {written}\n")["a"]
    assert (found, type(found)) == (value, type(value))


def test_a_number_with_too_many_digits_is_text(tmp_path: Path) -> None:
    assert value_of(tmp_path, f"a: {'1' * 5000}\n") == {"a": "1" * 5000}


def test_names_in_yaml_are_text_as_written(tmp_path: Path) -> None:
    assert value_of(tmp_path, "200: a\non: b\nnull: c\n1.0: d\n") == {"200": "a", "on": "b", "null": "c", "1.0": "d"}


def test_anchors_and_merged_members(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: {<<: *b}\ne: *a\n"
    value = value_of(tmp_path, text)
    assert value["c"] == {"x": 3, "y": 1, "z": 2}
    assert value["d"] == {"y": 2, "z": 2}
    assert value["e"] is value["a"]


def test_an_anchor_that_stands_for_too_much_is_an_error(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert failure(tmp_path, "\n".join(lines)) == "a.yaml: its anchors stand for more than 5,000,000 values"


def test_merged_members_that_stand_for_too_much_are_an_error(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    assert failure(tmp_path, "\n".join(lines)) == "a.yaml: its anchors stand for more than 5,000,000 values"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &a [*a]\n", "line 1: the value contains itself"),
        ("a: !include b.yaml\n", 'line 1: the tag "!include" is not known'),
        ("[a]: 1\n", "line 1: a name is text, not a list or an object"),
        ("a: [1\n", "not YAML: did not find expected ',' or ']' at line 2 column 1"),
        ("a: 1\n---\nb: 2\n", "not YAML: but found another document at line 2 column 1"),
        ("a: \x01\n", "not YAML: unacceptable character #x0001: control characters are not allowed"),
        ("a: *b\n", "not YAML: found undefined alias at line 1 column 4"),
    ],
)
def test_what_is_no_yaml(tmp_path: Path, text: str, reason: str) -> None:
    assert failure(tmp_path, text) == f"a.yaml: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": x}', "not JSON: Expecting value at line 1 column 7"),
        ('{"a": NaN}', "not JSON: NaN is not a JSON value"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
    ],
)
def test_what_is_no_json(tmp_path: Path, text: str | bytes, reason: str) -> None:
    found = failure(tmp_path, text, "a.json")
    assert found == (f"a.json: {reason}" if "UTF-8" not in reason else f'the file "{tmp_path / "a.json"}" is {reason}')


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotReadable) as raised:
        read(tmp_path / "a.json", "a.json")
    assert str(raised.value) == f'the file "{tmp_path / "a.json"}" does not exist'


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="cannot be read: Is a directory"):
        read(tmp_path, "a.json")


def test_json_by_what_it_begins_with(tmp_path: Path) -> None:
    assert value_of(tmp_path, '\ufeff {"a": "\\/"}', "openapi") == {"a": "/"}
    assert value_of(tmp_path, "a: b", "openapi") == {"a": "b"}


def test_an_empty_file(tmp_path: Path) -> None:
    assert value_of(tmp_path, "# nothing\n") is None


@pytest.mark.parametrize(
    ("text", "name"), [('{"a": [{"b": 1, "c": 2, "b": 3}]}', "a.json"), ("a: [{b: 1, c: 2, b: 3}]", "a.yaml")]
)
def test_names_that_are_there_twice(tmp_path: Path, text: str, name: str) -> None:
    assert value_of(tmp_path, text, name) == {"a": [{"b": 3, "c": 2}]}
    assert remarks_of(tmp_path, text, name) == [f"{name}, $.a[0].b: this name is there twice; the last one counts"]


def test_yaml_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    source.yaml_and_loader.cache_clear()
    assert value_of(tmp_path, '{"a": 1}', "a.json") == {"a": 1}
    with pytest.raises(UsageError) as raised:
        value_of(tmp_path, "a: 1")
    assert str(raised.value) == (
        "'Load Openapi' needs the extra 'openapi': pip install robotframework-httpserverlibrary[openapi]"
    )


def test_without_the_parser_in_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader")
    source.yaml_and_loader.cache_clear()
    assert value_of(tmp_path, "200: [yes, 2020-01-01, 1]\n") == {"200": ["yes", "2020-01-01", 1]}
    source.yaml_and_loader.cache_clear()
