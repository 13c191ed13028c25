"""An OpenAPI document: what is wrong with it, its operations, and which of them a request asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from ..errors import UsageError
from ..visible import quote, visible
from .examination import METHODS, Examination
from .nearest import nearest
from .operations import Base, Operation, Router
from .place import Place, Remark
from .schemas import Schemas, needed_jsonschema
from .servers import normalised, prefixes
from .source import NotReadable
from .template import without_query
from .tree import Tree

_VERSION: Final = re.compile(r"3\.([0-9]+)(?:\.[0-9]+)?(?:-.*)?")
_MAX_ERRORS: Final = 20
_MAX_NAMED: Final = 5


class Document:
    """A document that is right, but for its ``remarks``: what is not checked, and why."""

    def __init__(self, path: Path, tree: Tree, operations: list[Operation], remarks: list[Remark]) -> None:
        self.path = path
        self.name = path.name
        self.operations = operations
        self.remarks = remarks
        self._tree = tree
        self._router = Router(operations)

    def __repr__(self) -> str:
        return f"<Document {self.name}>"

    def route(self, method: str, path: str) -> Operation | None:
        """The operation for a method and a path as sent; HEAD belongs to GET where it is not described."""
        return self._router.route(method, path)

    def methods(self, path: str) -> list[str]:
        """The methods that the document has for a path as sent."""
        return self._router.methods(path)

    def nearest(self, method: str, path: str, most: int = 3) -> list[Operation]:
        """The operations that are similar to a request that the document does not have, the nearest first."""
        return nearest(self.operations, method, path, most)

    def operation(self, name: str) -> Operation:
        """The operation with this operationId, or with a name such as ``POST /orders``. Raises `UsageError`."""
        wanted = name.strip()
        found = [operation for operation in self.operations if operation.operation_id == wanted]
        if not found:
            method, _, path = wanted.partition(" ")
            named = f"{method.upper()} {path.strip()}"
            found = [operation for operation in self.operations if operation.name == named]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(operation.name for operation in found[:_MAX_NAMED])
            raise UsageError(f"operation: {quote(wanted)} is the operationId of several: {names}. Write one of these.")
        raise UsageError(f"operation: {self.name} has no operation {quote(wanted)}.{self._advice(wanted)}")

    def _advice(self, wanted: str) -> str:
        known = [operation.operation_id or operation.name for operation in self.operations]
        names = [*known, *(operation.name for operation in self.operations)]
        near = get_close_matches(wanted, dict.fromkeys(names), 3, 0.6)
        if near:
            return f" Did you mean {' or '.join(map(quote, near))}?"
        if not known:
            return ""
        more = ", ..." if len(known) > _MAX_NAMED else ""
        return f" It has {', '.join(map(quote, known[:_MAX_NAMED]))}{more}."


def load(path: str | Path, base_path: str | None = None) -> Document:
    """Reads a document, and all that it refers to. Raises `UsageError` that says what is wrong with it, and where.

    ``base_path`` is before all paths; None for the paths of the servers.
    """
    needed_jsonschema()
    file = Path(path)
    try:
        tree = Tree(file)
    except NotReadable as error:
        raise UsageError(f"document: {error}.") from None
    minor = _minor_version(file.name, tree.root.value)
    examination = Examination(tree)
    examination.run()
    if examination.errors:
        raise UsageError(_told(file.name, examination.errors))
    base = Base(
        tree,
        Schemas(tree, is_old=minor == 0, of_requests=True),
        Schemas(tree, is_old=minor == 0, of_requests=False),
    )
    prefix = None if base_path is None else (normalised(base_path),)
    operations = [*_operations(base, prefix)]
    remarks = [*tree.remarks, *examination.remarks, *_remarks(tree, operations)]
    return Document(file, tree, operations, remarks)


def _minor_version(name: str, root: object) -> int:
    """0 for OpenAPI 3.0. Raises `UsageError` for what is no OpenAPI 3."""
    if not isinstance(root, dict):
        raise UsageError(f"document: {name} is no OpenAPI document: it is not an object.")
    if "swagger" in root and "openapi" not in root:
        raise UsageError(
            f"document: {name} is Swagger {visible(str(root['swagger']))}, and OpenAPI 3.0 or 3.1 is needed. Convert "
            "it, for example with 'npx swagger2openapi'."
        )
    if "openapi" not in root:
        raise UsageError(f"document: {name} is no OpenAPI document: it has no member 'openapi' with a version.")
    found = _VERSION.fullmatch(str(root["openapi"]))
    if found is None:
        raise UsageError(f"document: {name} is OpenAPI {quote(str(root['openapi']))}, and 3.0 or 3.1 is needed.")
    return int(found[1])


def _told(name: str, errors: list[Remark]) -> str:
    if len(errors) == 1:
        return f"document: {errors[0]}."
    lines = [f"  {error}" for error in errors[:_MAX_ERRORS]]
    if len(errors) > _MAX_ERRORS:
        lines.append(f"  ... and {len(errors) - _MAX_ERRORS} more")
    return "\n".join([f"document: {name} has {len(errors)} errors:", *lines])


def _operations(base: Base, prefix: tuple[str, ...] | None) -> Iterator[Operation]:
    tree = base.tree
    for path, item in tree.members(tree.root, "paths"):
        for method in METHODS:
            node = tree.member(item, method) if isinstance(item.value, dict) else None
            if node is None:
                continue
            operation = Operation(base, tree.root, item, node, method, path)
            operation.prefixes = prefix or prefixes(tree, node, item, tree.root)
            yield operation


def _remarks(tree: Tree, operations: list[Operation]) -> Iterator[Remark]:
    """What is worth knowing about the paths and operations."""
    if not operations:
        yield Remark(tree.root.place, "the document has no operations")
    by_id: dict[str, str] = {}
    paths: set[str] = set()
    for operation in operations:
        place = operation.place
        if operation.operation_id is not None:
            other = by_id.setdefault(operation.operation_id, operation.name)
            if other != operation.name:
                yield Remark(place, f"the operationId {quote(operation.operation_id)} is also that of {other}")
        path = operation.path
        if path not in paths:
            paths.add(path)
            where = Place(tree.root.file.name, ("paths", path))
            if without_query(path) != path:
                yield Remark(where, "what follows '?' or '#' is no part of a path; it is not compared")
            if not path.startswith("/"):
                yield Remark(where, "a path begins with a slash; it is read as if it did")
