"""The files of a document, and references between them.

A `Node` is a value together with its place. References are resolved when they are followed, against the file in which
they stand. Nothing is fetched from a network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from ..matching.json_schema import local_path
from ..visible import quote
from .place import Place, Remark, Step, Steps
from .source import NotReadable, read

_MAX_CHAIN: Final = 50


class BrokenReference(Exception):
    """A ``$ref`` cannot be resolved; the message says which one and why."""


@dataclass(eq=False)
class File:
    """A file of a document that was read."""

    path: Path
    name: str
    value: Any
    ids: dict[str, Steps] | None = field(default=None, repr=False)


class Node(NamedTuple):
    """A value in a file."""

    value: Any
    file: File
    steps: Steps = ()

    @property
    def place(self) -> Place:
        return Place(self.file.name, self.steps)

    def child(self, step: Step) -> Node:
        """A member or an item that is there."""
        return Node(self.value[step], self.file, (*self.steps, step))


class Tree:
    """The files of a document, read when something refers to them."""

    def __init__(self, path: Path) -> None:
        """Raises `NotReadable`."""
        self.remarks: list[Remark] = []
        self._directory = path.resolve().parent
        self._files: dict[Path, File] = {}
        self._targets: dict[tuple[int, str], Node] = {}
        self.root = Node(None, self._file(path.absolute()))
        self.root = self.root._replace(value=self.root.file.value)

    def _file(self, path: Path) -> File:
        path = path.resolve()
        file = self._files.get(path)
        if file is None:
            try:
                name = path.relative_to(self._directory).as_posix()
            except ValueError:
                name = path.name
            value, remarks = read(path, name)
            self.remarks += remarks
            file = self._files[path] = File(path, name, value)
        return file

    def follow(self, node: Node) -> Node:
        """The value that a reference leads to, or the node itself. Raises `BrokenReference`."""
        given = node
        for _ in range(_MAX_CHAIN):
            value = node.value
            reference = value.get("$ref") if value.__class__ is dict else None
            if not isinstance(reference, str):
                return node
            node = self.target(node, reference)
        raise BrokenReference(f"the $ref {quote(given.value['$ref'])} leads in a circle")

    def followed(self, node: Node) -> Node | None:
        """What a reference leads to, or the node itself; None if the reference is broken."""
        try:
            return self.follow(node)
        except BrokenReference:
            return None

    def member(self, node: Node, name: str) -> Node | None:
        """A member of an object, or what a reference there leads to; None if there is none, or it is null."""
        if not isinstance(node.value, dict) or node.value.get(name) is None:
            return None
        found = self.followed(node.child(name))
        return None if found is None or found.value is None else found

    def members(self, node: Node, name: str) -> Iterator[tuple[str, Node]]:
        """The members of an object that is a member, without extensions and what is null."""
        found = self.member(node, name)
        if found is not None and isinstance(found.value, dict):
            for inner in found.value:
                member = None if inner.startswith("x-") else self.member(found, inner)
                if member is not None:
                    yield inner, member

    def items(self, node: Node, name: str) -> Iterator[Node]:
        """The objects in a list that is a member."""
        found = self.member(node, name)
        if found is not None and isinstance(found.value, list):
            for index in range(len(found.value)):
                item = self.followed(found.child(index))
                if item is not None and isinstance(item.value, dict):
                    yield item

    def target(self, node: Node, reference: str) -> Node:
        """What a reference in a node leads to, which may be a reference itself. Raises `BrokenReference`."""
        key = id(node.file), reference
        target = self._targets.get(key)
        if target is None:
            target = self._find(node.file, reference)
            if target is None:
                # It depends on where the reference stands.
                return self._inside_identified(node, reference)
            self._targets[key] = target
        return target

    def _find(self, file: File, reference: str) -> Node | None:
        """What a reference in a file leads to; None if that file has nothing there."""
        location, _, fragment = reference.partition("#")
        if not location:
            return self._in_file(file, (), fragment)
        try:
            other = self._other_file(file, location, reference)
            found = self._in_file(other, (), fragment)
        except BrokenReference:
            identified = self._identified(file, location)
            if identified is None:
                raise
            found = self._in_file(file, identified, fragment)
        if found is None:
            raise BrokenReference(f"the $ref {quote(reference)} leads to nothing")
        return found

    def _inside_identified(self, node: Node, reference: str) -> Node:
        """What a reference leads to that is relative to the schema around it, because that has an identifier."""
        for end in range(len(node.steps), 0, -1):
            around = _at(node.file.value, node.steps[:end])
            if isinstance(around, dict) and isinstance(around.get("$id"), str):
                found = self._in_file(node.file, node.steps[:end], reference.partition("#")[2])
                if found is not None:
                    return found
        raise BrokenReference(f"the $ref {quote(reference)} leads to nothing")

    def _in_file(self, file: File, start: Steps, fragment: str) -> Node | None:
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            steps = self._ids(file).get(f"#{fragment}")
            return None if steps is None else Node(_at(file.value, steps), file, steps)
        return self._walk(
            file, start, [token.replace("~1", "/").replace("~0", "~") for token in fragment.split("/")[1:]]
        )

    def _walk(self, file: File, start: Steps, tokens: list[str]) -> Node | None:
        node = Node(_at(file.value, start), file, start)
        for token in tokens:
            value = node.value
            if isinstance(value, dict) and token not in value and isinstance(value.get("$ref"), str):
                node = self.follow(node)
                value = node.value
            if isinstance(value, dict) and token in value:
                node = node.child(token)
            elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
                node = node.child(int(token))
            else:
                return None
        return node

    def _other_file(self, file: File, location: str, reference: str) -> File:
        parts = urlsplit(location)
        # A single letter is a drive of Windows.
        if (len(parts.scheme) > 1 and parts.scheme != "file") or (not parts.scheme and parts.netloc):
            raise BrokenReference(
                f"the $ref {quote(reference)} is remote, and nothing is fetched from a network; save what it refers "
                "to beside the document, and refer to that file"
            )
        path = local_path(location) if parts.scheme == "file" else unquote(location)
        if not path:
            raise BrokenReference(f"the $ref {quote(reference)} leads to nothing")
        try:
            return self._file(file.path.parent / path)
        except NotReadable as error:
            raise BrokenReference(f"the $ref {quote(reference)} cannot be resolved: {error}") from None
        except (OSError, ValueError) as error:
            raise BrokenReference(f"the $ref {quote(reference)} cannot be resolved: {error}") from None

    def _identified(self, file: File, location: str) -> Steps | None:
        """Where the schema with this identifier (``$id``) is."""
        ids = self._ids(file)
        if location in ids:
            return ids[location]
        return next((steps for name, steps in ids.items() if name.endswith(f"/{location}")), None)

    def _ids(self, file: File) -> dict[str, Steps]:
        """Identifiers and anchors of schemas in a file."""
        if file.ids is None:
            file.ids = dict(_identifiers(file.value))
        return file.ids


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def _identifiers(value: Any) -> Iterator[tuple[str, Steps]]:
    left: list[tuple[Any, Steps]] = [(value, ())]
    seen: set[int] = set()
    while left:
        entry, steps = left.pop()
        if isinstance(entry, dict):
            for keyword, prefix in (("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                name = entry.get(keyword)
                if isinstance(name, str):
                    yield f"{prefix}{name}", steps
            members: Any = entry.items()
        elif isinstance(entry, list):
            members = enumerate(entry)
        else:
            continue
        if id(entry) not in seen:
            seen.add(id(entry))
            left += [(member, (*steps, step)) for step, member in members if isinstance(member, (dict, list))]
