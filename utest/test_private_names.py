"""Tests use what a class offers, so that its inside can change without them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

UTEST = Path(__file__).parent
FILES = sorted(UTEST.rglob("*.py"))

# Private names that a test needs all the same, and why.
NEEDED: dict[str, dict[str, str]] = {
    "matching/test_xml_body.py": {"_Element": "lxml's type of an element has no other name"},
    "test_lifecycle.py": {"_start_test": "what Robot Framework calls it"},
}


def private_names(tree: ast.AST) -> Iterator[str]:
    """Private names of other objects: read, imported, or in the dotted text of what to replace."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            names = [] if own else [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = re.findall(r"^HttpServerLibrary\.[\w.]*\.(_\w+)$", node.value)
        else:
            continue
        # Those of named tuples are public.
        public = {"_asdict", "_fields", "_replace"}
        yield from (name for name in names if re.match("_(?!_)", name) and name not in public)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(UTEST).as_posix())
def test_no_private_name_is_used(path: Path) -> None:
    needed = NEEDED.get(path.relative_to(UTEST).as_posix(), {})
    assert {*private_names(ast.parse(path.read_text(encoding="utf-8")))} <= needed.keys()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("journal._entries, self._entries, named._replace(a=1)", ["_entries"]),
        ("from a import b, _c", ["_c"]),
        ("replace('HttpServerLibrary.engine.server._refuse', 1)", ["_refuse"]),
        ("x.__name__, 'a _text of HttpServerLibrary._x'", []),
    ],
)
def test_private_names_are_found(code: str, names: list[str]) -> None:
    assert [*private_names(ast.parse(code))] == names
