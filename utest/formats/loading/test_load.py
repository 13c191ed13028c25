"""Which format a file has, and what happens to files that have none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.documents import Place
from HttpServerLibrary.engine.formats.loading.load import Format, format_of
from HttpServerLibrary.engine.formats.loading.loaded import Loaded, NotUnderstood

LoadPath = Callable[..., Loaded]

HAR: dict[str, Any] = {"log": {"entries": []}}
POSTMAN: dict[str, Any] = {"info": {"name": "a"}, "item": []}
KNOWN = "mappings of WireMock, environments of Mockoon, HTTP Archives and collections of Postman can be loaded"


def write(directory: Path, **values: Any) -> None:
    for name, value in values.items():
        (directory / f"{name}.json").write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("value", "format"),
    [
        (HAR, "HAR"),
        ({"log": {}}, "HAR"),
        ({"mappings": []}, "WIREMOCK"),
        ({"request": {}, "response": {}}, "WIREMOCK"),
        ({"request": {}}, "WIREMOCK"),
        ({"response": {}}, "WIREMOCK"),
        ({"routes": []}, "MOCKOON"),
        ({"source": "mockoon:1.2.0", "data": []}, "MOCKOON"),
        (POSTMAN, "POSTMAN"),
        ({"collection": POSTMAN}, "POSTMAN"),
    ],
)
def test_the_format_of_a_file(value: object, format: str) -> None:
    found = format_of(value)
    assert found is not None
    assert found.name == format


@pytest.mark.parametrize("value", [[], None, "log", {"log": []}, {"info": {}}, {"info": 1, "item": []}, {"name": "a"}])
def test_what_has_no_format(value: object) -> None:
    assert format_of(value) is None


def test_other_files_of_a_directory_are_left_out(load_path: LoadPath, tmp_path: Path) -> None:
    write(tmp_path, package={"name": "shop"}, lock=[], z=HAR, b=POSTMAN, y=HAR)
    assert load_path(tmp_path).notes == [
        "y.json has no entries.",
        "z.json has no entries.",
        "Left out, because they are of no known format: lock.json, package.json.",
    ]
    assert load_path(tmp_path, Format.POSTMAN).notes == [
        "Left out, because they are not of format=POSTMAN: lock.json, package.json, y.json, z.json.",
    ]


def test_one_other_file_and_many(load_path: LoadPath, tmp_path: Path) -> None:
    write(tmp_path, a=POSTMAN, b=[])
    assert load_path(tmp_path).notes == ["Left out, because it is of no known format: b.json."]
    write(tmp_path, **{f"c{number}": [] for number in range(9)})
    assert load_path(tmp_path, Format.POSTMAN).notes == [
        "Left out, because they are not of format=POSTMAN: b.json, c0.json, c1.json, c2.json, c3.json and 5 more."
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], f"a.json is a list, which is no known format: {KNOWN}."),
        ({"name": "a", "b": 1}, f"a.json is an object with name, b, which is no known format: {KNOWN}."),
        ({"openapi": "3.1.0"}, "a.json describes an API; this keyword loads requests with their responses."),
        ({"swagger": "2.0"}, "a.json describes an API; this keyword loads requests with their responses."),
        (
            {"id": "1", "requests": [], "order": []},
            "a.json is a collection 1 of Postman. Postman exports it as a collection 2.1, which can be loaded.",
        ),
    ],
)
def test_a_file_of_no_known_format(load_path: LoadPath, tmp_path: Path, value: object, reason: str) -> None:
    write(tmp_path, a=value)
    with pytest.raises(UsageError) as caught:
        load_path(tmp_path / "a.json")
    assert str(caught.value) == f"path: {reason}"


def test_a_directory_without_anything_to_load(load_path: LoadPath, tmp_path: Path) -> None:
    write(tmp_path, a=[], b={})
    for kind, known in ((Format.AUTO, KNOWN), (Format.HAR, "none of them is of format=HAR")):
        with pytest.raises(UsageError) as caught:
            load_path(tmp_path, kind)
        message = f"path: the directory '{tmp_path}' has no file to load. It has a.json, b.json; {known}."
        assert str(caught.value) == message


def test_files_of_a_directory_that_are_not_json_are_listed(load_path: LoadPath, tmp_path: Path) -> None:
    write(tmp_path, a=POSTMAN)
    (tmp_path / "b.json").write_text("// comment\n{}")
    found = load_path(tmp_path)
    assert found.listed() == ["    b.json: this is not JSON: Expecting value: line 1 column 1 (char 0)"]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_file_is_said_to_be_empty(text: str, load_path: LoadPath, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_path(tmp_path / "a.json")
    assert str(caught.value) == f"path: the file '{tmp_path / 'a.json'}' is empty."


def test_a_large_file_with_comments_is_not_json(load_path: LoadPath, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f'// a comment\n{{"mappings": [], "a": "{"x" * 1024 * 1024}"}}')
    with pytest.raises(UsageError, match="is not JSON: Expecting value"):
        load_path(tmp_path / "a.json")


def test_mappings_of_wiremock_may_have_comments(load_path: LoadPath, tmp_path: Path) -> None:
    mapping = '{"request": {"urlPath": "/a"}, /* a number */ "response": {"jsonBody": {"a": 1.50}}}'
    (tmp_path / "a.json").write_text(f"// a comment\n{mapping}")
    (tmp_path / "b.json").write_text("// no mapping\n{}")
    found = load_path(tmp_path)
    assert len(found.drafts) == 1
    assert found.listed() == ["    b.json: this is not JSON: Expecting value: line 1 column 1 (char 0)"]


def test_what_is_not_understood_is_listed_with_its_place() -> None:
    found = Loaded()
    place = Place("a.json", ("items", 0))
    with found.collecting(place):
        raise NotUnderstood("a number is needed", "size", 1)
    with found.collecting(place):
        raise UsageError("status: no.")
    assert found.listed() == [
        "    a.json, $.items[0].size[1]: a number is needed",
        "    a.json, $.items[0]: status: no",
    ]
