"""Whether a document is one: all that stands in the wrong place, and every reference that leads to nothing.

What is wrong is found before anything of the document is used, all of it at once. Each part of the document is looked
at once, also where references lead to it several times, so that circles end. Schemas may be wrong in many ways that
concern nothing else: what cannot be used in them is a remark, and is not checked later. Examples and extensions are
data: nothing in them is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .place import Place, Remark
from .schema_words import DEFINITIONS, LISTS, MAPS, SINGLE, faults, pattern_fault, shown
from .tree import BrokenReference, Node, Tree

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

# What is inside the objects of a document: the member, whether it is one object, a list or a map of them, and their
# kind. Members that are not listed are not looked at.
_INSIDE: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "document": {"paths": ("one", "paths"), "components": ("one", "components"), "servers": ("list", "server")},
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "request body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security scheme"),
        "pathItems": ("map", "path item"),
    },
    "path item": {
        "parameters": ("list", "parameter"),
        "servers": ("list", "server"),
        **dict.fromkeys(METHODS, ("one", "operation")),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("map", "response"),
        "servers": ("list", "server"),
        "security": ("list", "requirement"),
    },
    "parameter": {"schema": ("one", "schema"), "content": ("map", "media type"), "examples": ("map", "example")},
    "header": {"schema": ("one", "schema"), "content": ("map", "media type"), "examples": ("map", "example")},
    "request body": {"content": ("map", "media type")},
    "response": {"content": ("map", "media type"), "headers": ("map", "header")},
    "media type": {"schema": ("one", "schema"), "examples": ("map", "example"), "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "header")},
    "example": {},
    "server": {},
    "security scheme": {},
    "requirement": {},
}
# Without them, the rest can be used.
_DISPENSABLE: Final = frozenset({"example", "encoding", "server", "requirement", "security scheme"})
_PLACES_OF_PARAMETERS: Final = ("path", "query", "header", "cookie")


class Examination:
    """Looks at a whole document; collects errors and remarks."""

    def __init__(self, tree: Tree) -> None:
        self.errors: list[Remark] = []
        self.remarks: list[Remark] = []
        self._tree = tree
        # Objects that references lead to; each of them belongs to a file, so its identity stays its own.
        self._seen: set[tuple[int, str]] = set()

    def run(self) -> None:
        self._object(self._tree.root, "document")

    def _error(self, place: Place, reason: str) -> None:
        self.errors.append(Remark(place, reason))

    def _wrong(self, place: Place, kind: str, reason: str) -> None:
        if kind in _DISPENSABLE:
            self._remark(place, f"{reason}; it is not used")
        else:
            self._error(place, reason)

    def _remark(self, place: Place, reason: str) -> None:
        self.remarks.append(Remark(place, reason))

    def _followed(self, node: Node) -> Node | None:
        """What a reference leads to; None if that is broken."""
        if not (isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str)):
            return node
        try:
            return self._tree.follow(node)
        except BrokenReference as error:
            self._error(node.place, str(error))
            return None

    def _is_new(self, node: Node, kind: str) -> bool:
        key = id(node.value), kind
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _object(self, given: Node, kind: str) -> None:
        node = self._followed(given)
        # An empty member of YAML is null.
        if node is None or node.value is None:
            return
        if not isinstance(node.value, dict):
            what = "" if kind == "paths" else f" ({'an' if kind[0] in 'aeiou' else 'a'} {kind})"
            self._wrong(node.place, kind, f"an object is needed here{what}, not {shown(node.value)}")
            return
        if not self._is_new(node, kind):
            return
        if kind == "paths":
            self._paths(node)
            return
        if kind == "parameter":
            self._parameter(node)
        for name, (form, inner) in _INSIDE[kind].items():
            if name in node.value:
                self._member(node.child(name), form, inner)

    def _member(self, given: Node, form: str, kind: str) -> None:
        if kind == "schema" and form == "one":
            self._schema(given)
        elif form == "one":
            self._object(given, kind)
        else:
            for inner in self._inner(given, form, kind):
                self._schema(inner) if kind == "schema" else self._object(inner, kind)

    def _inner(self, given: Node, form: str, kind: str) -> Iterator[Node]:
        """The members or items of an object or a list, which may be behind a reference."""
        node = self._followed(given)
        if node is None or node.value is None:
            return
        is_list = form == "list"
        if not isinstance(node.value, list if is_list else dict):
            needed = "a list" if is_list else "an object"
            self._wrong(node.place, kind, f"{needed} is needed, not {shown(node.value)}")
            return
        for step in range(len(node.value)) if is_list else node.value:
            if is_list or not str(step).startswith("x-"):
                yield node.child(step)

    def _paths(self, node: Node) -> None:
        for path in node.value:
            if not path.startswith("x-"):
                self._object(node.child(path), "path item")

    def _parameter(self, node: Node) -> None:
        name, place = node.value.get("name"), node.value.get("in")
        if not isinstance(name, str) or not name:
            self._error(node.place, "a parameter needs a name")
        elif place not in _PLACES_OF_PARAMETERS:
            advice = ""
            if place in ("body", "formData"):
                advice = ", as in Swagger 2.0; OpenAPI 3 has requestBody for it"
            self._error(node.place, f"'in' of a parameter is path, query, header or cookie, not {shown(place)}{advice}")

    def _schema(self, given: Node) -> None:
        """Looks at a schema and all schemas inside, and at those that references lead to."""
        left = [given]
        while left:
            node = left.pop()
            schema = node.value
            if isinstance(schema, bool):
                continue
            if not isinstance(schema, dict):
                self._remark(node.place, f"a schema is an object, not {shown(schema)}; nothing is checked here")
                continue
            if not self._is_new(node, "schema"):
                continue
            reference = schema.get("$ref")
            if isinstance(reference, str):
                try:
                    self._tree.follow(node)
                except BrokenReference as error:
                    self._error(node.place, str(error))
                    continue
                left.append(self._tree.target(node, reference))
            for keyword, fault in faults(schema):
                self._remark(node.child(keyword).place, fault)
            left += [*self._inner_schemas(node)][::-1]

    def _inner_schemas(self, node: Node) -> Iterator[Node]:
        for keyword, value in node.value.items():
            if keyword in SINGLE:
                if keyword == "items" and isinstance(value, list):
                    yield from (node.child(keyword).child(index) for index in range(len(value)))
                else:
                    yield node.child(keyword)
            elif keyword in LISTS or keyword in MAPS or keyword in DEFINITIONS:
                inner = self._followed(node.child(keyword))
                if inner is None or inner.value is None:
                    continue
                if not isinstance(inner.value, list if keyword in LISTS else dict):
                    needed = "a list" if keyword in LISTS else "an object"
                    self._remark(inner.place, f"{needed} is needed, not {shown(value)}; it is not checked")
                    continue
                for step in range(len(inner.value)) if keyword in LISTS else inner.value:
                    if keyword == "patternProperties" and pattern_fault(step):
                        self._remark(inner.child(step).place, f"{pattern_fault(step)}; it is not checked")
                    yield inner.child(step)
