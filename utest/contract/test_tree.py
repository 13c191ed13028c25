"""References between the files of a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.contract.tree import BrokenReference, Node, Tree


def tree_of(directory: Path, root: Any, **files: Any) -> Tree:
    for name, value in files.items():
        path = directory / f"{name}.json"
        path.write_text(json.dumps(value), encoding="utf-8")
    path = directory / "root.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    return Tree(path)


def follow(tree: Tree, *steps: str | int) -> Node:
    node = tree.root
    for step in steps:
        node = node.child(step)
    return tree.follow(node)


def broken(tree: Tree, *steps: str | int) -> str:
    with pytest.raises(BrokenReference) as raised:
        follow(tree, *steps)
    return str(raised.value)


def test_a_value_that_is_no_reference(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, {"a": {"$ref": {"type": "string"}}})
    assert follow(tree, "a").value == {"$ref": {"type": "string"}}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("#/b", 1),
        ("#/paths/~1a~0b", 2),
        ("#/paths/%7Bid%7D", 3),
        ("#/list/1", 5),
        ("#/through/c", 6),
        ("other.json#/c", 7),
        ("./other.json#/list/0", 8),
        ("other.json#/back", 1),
        ("other.json", {"c": 7, "list": [8], "back": {"$ref": "root.json#/b"}}),
        ("#", None),
    ],
)
def test_where_references_lead(tmp_path: Path, reference: str, value: object) -> None:
    root = {
        "a": {"$ref": reference},
        "b": 1,
        "paths": {"/a~b": 2, "{id}": 3},
        "list": [4, 5],
        "through": {"$ref": "#/inner"},
        "inner": {"c": 6},
    }
    tree = tree_of(tmp_path, root, other={"c": 7, "list": [8], "back": {"$ref": "root.json#/b"}})
    assert follow(tree, "a").value == (root if value is None else value)


def test_the_place_is_that_of_the_target(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.json").write_text('{"c": {"d": 1}}', encoding="utf-8")
    tree = tree_of(tmp_path, {"a": {"$ref": "more/b.json#/c"}})
    assert str(follow(tree, "a").child("d").place) == "more/b.json, $.c.d"


def test_a_file_outside_and_one_by_its_url(tmp_path: Path) -> None:
    (tmp_path / "common.json").write_text('{"b": 1}', encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    url = (tmp_path / "common.json").as_uri()
    tree = tree_of(inner, {"a": {"$ref": "../common.json#/b"}, "c": {"$ref": f"{url}#/b"}})
    assert follow(tree, "a").value == follow(tree, "c").value == 1
    assert follow(tree, "a").file is follow(tree, "c").file


@pytest.mark.parametrize("member", ["$anchor", "$dynamicAnchor"])
def test_anchors(tmp_path: Path, member: str) -> None:
    tree = tree_of(tmp_path, {"a": {"$ref": "#here"}, "b": [{member: "here", "c": 1}]})
    assert follow(tree, "a").value == {member: "here", "c": 1}


def test_schemas_with_identifiers(tmp_path: Path) -> None:
    order = {"$id": "https://example.com/order.json", "$defs": {"id": {"type": "string"}}, "x": {"$ref": "#/$defs/id"}}
    tree = tree_of(
        tmp_path,
        {"a": {"$ref": "https://example.com/order.json#/$defs/id"}, "b": {"$ref": "order.json"}, "order": order},
    )
    assert follow(tree, "a").value == {"type": "string"}
    assert follow(tree, "b").value == order
    assert follow(tree, "order", "x").value == {"type": "string"}


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("#/missing", 'the $ref "#/missing" leads to nothing'),
        ("#/list/7", 'the $ref "#/list/7" leads to nothing'),
        ("#missing", 'the $ref "#missing" leads to nothing'),
        ("#/a", 'the $ref "#/a" leads in a circle'),
        ("#/b", 'the $ref "#/b" leads in a circle'),
        ("other.json#/missing", 'the $ref "other.json#/missing" leads to nothing'),
        (
            "https://example.com/a.json#/b",
            (
                'the $ref "https://example.com/a.json#/b" is remote, and nothing is fetched from a network; save what '
                "it refers to beside the document, and refer to that file"
            ),
        ),
        (
            "//example.com/a.json",
            (
                'the $ref "//example.com/a.json" is remote, and nothing is fetched from a network; save what it refers '
                "to beside the document, and refer to that file"
            ),
        ),
    ],
)
def test_references_that_are_broken(tmp_path: Path, reference: str, reason: str) -> None:
    root = {"a": {"$ref": reference}, "b": {"$ref": "#/c"}, "c": {"$ref": "#/b"}, "list": []}
    assert broken(tree_of(tmp_path, root, other={}), "a") == reason


def test_a_file_that_is_missing_or_wrong(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text("{", encoding="utf-8")
    tree = tree_of(tmp_path, {"a": {"$ref": "missing.json#/b"}, "b": {"$ref": "wrong.json"}})
    missing = tmp_path / "missing.json"
    assert broken(tree, "a") == (f'the $ref "missing.json#/b" cannot be resolved: the file "{missing}" does not exist')
    assert broken(tree, "b").startswith('the $ref "wrong.json" cannot be resolved: wrong.json: not JSON: Expecting')
