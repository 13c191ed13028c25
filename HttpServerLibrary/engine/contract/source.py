"""The text of a file to JSON values: JSON, or YAML as JSON has it.

YAML is read by the core schema of YAML 1.2: no dates, no numbers of base 60, and ``yes`` and ``no`` are text. A name is
the text that is written, also where it looks like a number, as statuses do.

An anchor may be used many times, and values with it may have anchors, too. So a small text can stand for a value that
is too large to walk through. The size is added up while the values are made, where each anchor costs one step, however
large its value is.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from ..arguments import json_reason
from ..errors import UsageError
from ..visible import quote, visible
from .place import Place, Remark, Steps

MAX_VALUES: Final = 5_000_000
"""How many values a file may have when the values of all anchors are counted wherever they are used."""

_TAG: Final = "tag:yaml.org,2002:"
# The core schema (YAML 1.2.2, 10.3.2).
_SCALARS: Final = (
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE"), "tTfF"),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"), "-+0123456789"),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), "-+0123456789."),
    ("null", re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    ("merge", re.compile(r"<<"), "<"),
)


class NotReadable(Exception):
    """A file cannot be read; the message says why."""


def read(path: Path, name: str) -> tuple[Any, list[Remark]]:
    """The value in a file, and its names that are there twice. Raises `NotReadable` and `UsageError`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise NotReadable(f"the file {quote(str(path))} {reason}") from None
    except UnicodeDecodeError as error:
        raise NotReadable(f"the file {quote(str(path))} is not UTF-8 at byte {error.start}") from None
    is_json = path.suffix.lower() == ".json" or (
        path.suffix.lower() not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "[")
    )
    try:
        return (_read_json if is_json else _read_yaml)(text, name)
    except RecursionError:
        raise NotReadable(f"{name}: nested too deeply") from None
    except NotReadable as error:
        raise NotReadable(f"{name}: {error}") from None


def _read_json(text: str, name: str) -> tuple[Any, list[Remark]]:
    repeated: list[tuple[dict[str, Any], str]] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            # Looking for something that adds to the set; it keeps the order.
            repeated.extend((found, key) for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return found

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotReadable(f"not JSON: {json_reason(error)[0]} at line {error.lineno} column {error.colno}") from None
    except ValueError as error:
        raise NotReadable(f"not JSON: {error}") from None
    return value, [*_with_places(value, name, repeated)] if repeated else []


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _with_places(value: Any, name: str, repeated: list[tuple[dict[str, Any], str]]) -> Iterator[Remark]:
    """What to say about names that are there twice, in objects whose places are not known yet."""
    wanted: dict[int, list[str]] = {}
    for found, key in repeated:
        wanted.setdefault(id(found), []).append(key)
    left: list[tuple[Any, Steps]] = [(value, ())]
    while left:
        entry, steps = left.pop()
        for key in wanted.get(id(entry), ()) if isinstance(entry, dict) else ():
            yield _repeated(name, (*steps, key))
        members = entry.items() if isinstance(entry, dict) else enumerate(entry) if isinstance(entry, list) else ()
        left += [(member, (*steps, step)) for step, member in members]


def _repeated(name: str, steps: Steps) -> Remark:
    return Remark(Place(name, steps), "this name is there twice; the last one counts")


def needs_extra() -> UsageError:
    return UsageError("'Load Openapi' needs the extra 'openapi': pip install robotframework-httpserverlibrary[openapi]")


@cache
def yaml_and_loader() -> tuple[Any, Any]:
    """The library, and its loader with the scalars of JSON."""
    try:
        # From an extra, and without types where that is missing.
        yaml: Any = importlib.import_module("yaml")
    except ImportError:
        raise needs_extra() from None
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012

    for tag, pattern, firsts in _SCALARS:
        Loader.add_implicit_resolver(f"{_TAG}{tag}", re.compile(f"(?:{pattern.pattern})\\Z"), [*firsts])
    return yaml, Loader


def _read_yaml(text: str, name: str) -> tuple[Any, list[Remark]]:
    yaml, loader = yaml_and_loader()
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = "" if mark is None else f" at line {mark.line + 1} column {mark.column + 1}"
        raise NotReadable(f"not YAML: {visible(str(error.problem or error.context))}{at}") from None
    except yaml.YAMLError as error:
        raise NotReadable(f"not YAML: {visible(str(error).splitlines()[0])}") from None
    maker = _Maker(name)
    return (None if root is None else maker.value(root, ())), maker.remarks


class _Maker:
    """Makes JSON values of YAML nodes. A node that is used several times becomes one value, used as often."""

    def __init__(self, name: str) -> None:
        self.remarks: list[Remark] = []
        self._name = name
        # By node: the value, how many values are in it, and the node itself, so that its identity stays its own.
        self._made: dict[int, tuple[Any, int, Any]] = {}
        self._being_made: set[int] = set()
        self._size = 0

    def value(self, node: Any, steps: Steps) -> Any:
        known = self._made.get(id(node))
        if known is not None:
            self._count(known[1])
            return known[0]
        if id(node) in self._being_made:
            raise NotReadable(f"line {node.start_mark.line + 1}: the value contains itself")
        if node.id == "scalar":
            self._count(1)
            return _scalar(node)
        self._being_made.add(id(node))
        before = self._size
        self._count(1)
        value = self._object(node, steps) if node.id == "mapping" else self._list(node, steps)
        self._being_made.remove(id(node))
        self._made[id(node)] = value, self._size - before, node
        return value

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_VALUES:
            raise NotReadable(f"its anchors stand for more than {MAX_VALUES:,} values")

    def _list(self, node: Any, steps: Steps) -> list[Any]:
        return [self.value(item, (*steps, index)) for index, item in enumerate(node.value)]

    def _object(self, node: Any, steps: Steps) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: list[Any] = []
        for key, entry in node.value:
            if key.id != "scalar":
                raise NotReadable(f"line {key.start_mark.line + 1}: a name is text, not a list or an object")
            if key.tag == f"{_TAG}merge" and entry.id in ("mapping", "sequence"):
                found = self.value(entry, steps)
                merged += found if isinstance(found, list) else [found]
                continue
            name = key.value
            if name in members:
                self.remarks.append(_repeated(self._name, (*steps, name)))
            members[name] = self.value(entry, (*steps, name))
        for found in merged:
            if isinstance(found, dict):
                members = {**found, **members}
        return members


def _scalar(node: Any) -> Any:
    kind, text = node.tag.removeprefix(_TAG), node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text, 0) if text[:2] in ("0o", "0x") else _integer(text)
    if kind == "float":
        return float(text)
    if kind in ("str", "merge", "binary", "timestamp"):
        return text
    raise NotReadable(f"line {node.start_mark.line + 1}: the tag {quote(node.tag)} is not known")


def _integer(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        # Python limits the digits of a number.
        return text
