"""Text of a request to JSON values, as schemas describe them: ``5`` is a number where one is described."""

from __future__ import annotations

import re
from typing import Any, Final

from .schemas import kinds
from .tree import Node, Tree

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,1000}")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,1000}(?:\.[0-9]{1,1000})?(?:[eE][-+]?[0-9]{1,3})?")
_MAX_DEPTH: Final = 20

Raw = Any
"""Text, or lists and dictionaries of it."""


def readings(tree: Tree, schema: Node | None, raw: Raw) -> list[Any]:
    """The values that text may stand for, the likeliest first: where text is allowed as well, digits may be text."""
    if schema is None:
        return [raw]
    typed = _converted(tree, schema, raw, strictly=False, depth=0)
    as_text = _converted(tree, schema, raw, strictly=True, depth=0)
    return [typed] if typed == as_text and repr(typed) == repr(as_text) else [typed, as_text]


def _converted(tree: Tree, schema: Node | None, raw: Raw, *, strictly: bool, depth: int) -> Any:
    """The value with types; ``strictly`` if text stays text wherever the schema allows text."""
    if schema is None or depth > _MAX_DEPTH:
        return raw
    if isinstance(raw, list):
        item = item_schema(tree, schema)
        return [_converted(tree, item, entry, strictly=strictly, depth=depth + 1) for entry in raw]
    if isinstance(raw, dict):
        allowed = kinds(tree, schema)
        if "array" in allowed and "object" not in allowed and all(key == "" or key.isdecimal() for key in raw):
            return _converted(tree, schema, [*raw.values()], strictly=strictly, depth=depth + 1)
        members = properties_of(tree, schema)
        other = additional_schema(tree, schema)
        return {
            name: _converted(tree, members.get(name, other), entry, strictly=strictly, depth=depth + 1)
            for name, entry in raw.items()
        }
    return _scalar(raw, kinds(tree, schema), strictly) if isinstance(raw, str) else raw


def _scalar(text: str, allowed: frozenset[str], strictly: bool) -> Any:
    if strictly and "string" in allowed:
        return text
    if "integer" in allowed or "number" in allowed:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return float(text)
    if "boolean" in allowed and text in ("true", "false"):
        return text == "true"
    if "null" in allowed and text in ("", "null"):
        return None
    return text


def item_schema(tree: Tree, schema: Node) -> Node | None:
    """The schema of the items of a list."""
    for part in parts(tree, schema):
        if "items" in part.value:
            return part.child("items")
    return None


def properties_of(tree: Tree, schema: Node) -> dict[str, Node]:
    """The schemas of the members of an object."""
    found: dict[str, Node] = {}
    for part in parts(tree, schema):
        members = tree.member(part, "properties")
        if members is not None and isinstance(members.value, dict):
            for name in members.value:
                found.setdefault(name, members.child(name))
    return found


def additional_schema(tree: Tree, schema: Node) -> Node | None:
    """The schema of members that are not named."""
    for part in parts(tree, schema):
        if isinstance(part.value.get("additionalProperties"), dict):
            return part.child("additionalProperties")
    return None


def parts(tree: Tree, schema: Node) -> list[Node]:
    """A schema and all those that it is put together of."""
    found: list[Node] = []
    seen: set[int] = set()
    left = [schema]
    while left:
        node = left.pop(0)
        if not isinstance(node.value, dict) or id(node.value) in seen:
            continue
        seen.add(id(node.value))
        found.append(node)
        target = tree.followed(node)
        if target is not None and target is not node:
            left.append(target)
        for keyword in ("allOf", "anyOf", "oneOf"):
            inner = node.value.get(keyword)
            if isinstance(inner, list):
                left += [node.child(keyword).child(index) for index in range(len(inner))]
    return found
