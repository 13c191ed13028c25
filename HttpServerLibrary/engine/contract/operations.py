"""Operations of a document, and which of them a request asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from .content import Content
from .parameters import Parameter, header_parameters, parameters_of
from .place import Place
from .schemas import Schemas
from .security import Requirements, requirements_of
from .template import PathTemplate, Segment
from .tree import Node, Tree

_RANGE: Final = "XX"


@dataclass(frozen=True)
class Base:
    """What all operations of a document share."""

    tree: Tree
    requests: Schemas
    responses: Schemas


class ResponseDescription:
    """What a document says about the response with a status: ``201``, ``4XX`` or ``default``."""

    def __init__(self, base: Base, status: str, node: Node) -> None:
        self.status = status
        self.place = node.place
        self._base = base
        self._node = node

    @cached_property
    def content(self) -> Content:
        return Content(self._base.tree, self._base.responses, self._node)

    @cached_property
    def headers(self) -> tuple[Parameter, ...]:
        """The headers, without Content-Type, which has a description of its own."""
        return header_parameters(self._base.tree, self._base.responses, self._node)


class Operation:
    """A method of a path. ``name`` is what people read: ``POST /orders``."""

    def __init__(self, base: Base, root: Node, item: Node, node: Node, method: str, path: str) -> None:
        self.method = method.upper()
        self.path = path
        self.name = f"{self.method} {path}"
        identifier = node.value.get("operationId")
        self.operation_id: str | None = identifier if isinstance(identifier, str) and identifier else None
        # The paths before it, such as /v1: those of its servers.
        self.prefixes: tuple[str, ...] = ("",)
        self.base = base
        # Answers that were made, by what was asked for.
        self.answers: dict[tuple[object, ...], object] = {}
        self._root = root
        self._item = item
        self._node = node

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"

    @property
    def place(self) -> Place:
        return self._node.place

    @cached_property
    def template(self) -> PathTemplate:
        return PathTemplate(self.path)

    def path_values(self, path: str) -> dict[str, str]:
        """What the names in the template stand for in a path as sent; not decoded."""
        return self.template.values(path)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of requests: its own, and those of its path."""
        return parameters_of(self.base.tree, self.base.requests, self._item, self._node)

    @cached_property
    def body(self) -> Content | None:
        """What a document says about the body of requests."""
        node = self.base.tree.member(self._node, "requestBody")
        return None if node is None else Content(self.base.tree, self.base.requests, node)

    @cached_property
    def is_body_required(self) -> bool:
        node = self.base.tree.member(self._node, "requestBody")
        return node is not None and node.value.get("required") is True

    @cached_property
    def security(self) -> Requirements:
        return requirements_of(self.base.tree, self._root, self._node)

    @cached_property
    def responses(self) -> dict[str, ResponseDescription]:
        """The responses by status, as written in the document, ranges in upper case."""
        found: dict[str, ResponseDescription] = {}
        for status, node in self.base.tree.members(self._node, "responses"):
            key = status.upper() if status.upper().endswith(_RANGE) else status
            found[key] = ResponseDescription(self.base, key, node)
        return found

    def response(self, status: int) -> ResponseDescription | None:
        """What the document says about a status: itself, its range, or the default."""
        responses = self.responses
        return responses.get(str(status)) or responses.get(f"{status // 100}{_RANGE}") or responses.get("default")


@dataclass
class _Branch:
    """The operations at a place in a tree of segments, and what comes below."""

    operations: dict[str, Operation] = field(default_factory=dict)
    literals: dict[str, _Branch] = field(default_factory=dict)
    patterns: list[tuple[Segment, _Branch]] = field(default_factory=list)


class Router:
    """Finds the operation of a request, segment by segment; text comes before what varies."""

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        self._root = _Branch()
        for operation in operations:
            for prefix in operation.prefixes:
                self._add(operation, prefix)

    def _add(self, operation: Operation, prefix: str) -> None:
        segments = [Segment(unquote(text)) for text in prefix.split("/")[1:]] if prefix else []
        branch = self._root
        for segment in (*segments, *operation.template.segments):
            branch = self._below(branch, segment)
        # Of two paths that differ only in their names, the first one counts.
        branch.operations.setdefault(operation.method, operation)

    def _below(self, branch: _Branch, segment: Segment) -> _Branch:
        if segment.pattern is None:
            return branch.literals.setdefault(segment.literal, _Branch())
        for other, below in branch.patterns:
            if other.pattern == segment.pattern:
                return below
        below = _Branch()
        branch.patterns.append((segment, below))
        # The more text beside the names, the earlier.
        branch.patterns.sort(key=lambda entry: -len(entry[0].literal))
        return below

    def route(self, method: str, path: str) -> Operation | None:
        """The operation for a method and a path as sent. HEAD belongs to GET where it is not described."""
        method = method.upper()
        found = None
        for operations in self._found(self._root, path.removeprefix("/").split("/"), 0):
            if method in operations:
                return operations[method]
            if method == "HEAD" and found is None:
                found = operations.get("GET")
        return found

    def methods(self, path: str) -> list[str]:
        """The methods that the document has for a path as sent."""
        found = self._found(self._root, path.removeprefix("/").split("/"), 0)
        return [*dict.fromkeys(method for operations in found for method in operations)]

    def _found(self, branch: _Branch, segments: list[str], at: int) -> Iterator[dict[str, Operation]]:
        if at == len(segments):
            if branch.operations:
                yield branch.operations
            return
        received = segments[at]
        below = branch.literals.get(received)
        if below is None and "%" in received:
            below = branch.literals.get(unquote(received))
        if below is not None:
            yield from self._found(below, segments, at + 1)
        for segment, below in branch.patterns:
            if segment.values(received) is not None:
                yield from self._found(below, segments, at + 1)
