"""What a document says about bodies: a description for each media type, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

from ..message.media_types import says_json
from .place import Place
from .schemas import Schemas
from .tree import Node, Tree

_NO_PARAMETERS: Final[frozenset[tuple[str, str]]] = frozenset()


class Example(NamedTuple):
    """An example in a document. Its value may be in a file elsewhere (``external``), which is not read."""

    name: str | None
    value: Any
    place: Place
    external: str | None = None


class MediaType:
    """The description of bodies of a media type, or of a range of them, such as ``text/*``."""

    def __init__(self, tree: Tree, schemas: Schemas, written: str, node: Node) -> None:
        self.written = written
        self.type, self.parameters = parsed_type(written)
        self.tree = tree
        self.schemas = schemas
        self.node = node
        # Not followed: in OpenAPI 3.1, there may be rules beside a reference.
        given = node.value.get("schema") if isinstance(node.value, dict) else None
        self.schema = None if given is None else node.child("schema")

    @property
    def place(self) -> Place:
        return self.node.place

    @property
    def says_json(self) -> bool:
        return says_json(self.type)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Named examples first, then the one without a name, then those of the schema."""
        return (*examples_of(self.tree, self.node), *self._of_schema())

    def _of_schema(self) -> Iterator[Example]:
        schema = None if self.schema is None else self.tree.followed(self.schema)
        if schema is not None:
            yield from schema_examples(schema)

    def encoding(self, name: str) -> Node | None:
        """What is said about how a member of a form is written."""
        encodings = self.tree.member(self.node, "encoding")
        return None if encodings is None else self.tree.member(encodings, name)


def examples_of(tree: Tree, node: Node) -> Iterator[Example]:
    """The examples of a media type, parameter or header."""
    for name, example in tree.members(node, "examples"):
        if isinstance(example.value, dict):
            if "value" in example.value:
                yield Example(name, example.value["value"], example.child("value").place)
            elif isinstance(example.value.get("externalValue"), str):
                yield Example(name, None, example.child("externalValue").place, example.value["externalValue"])
    if isinstance(node.value, dict) and "example" in node.value:
        yield Example(None, node.value["example"], node.child("example").place)


def schema_examples(schema: Node) -> Iterator[Example]:
    """The examples in a schema itself."""
    if not isinstance(schema.value, dict):
        return
    if "example" in schema.value:
        yield Example(None, schema.value["example"], schema.child("example").place)
    examples = schema.value.get("examples")
    if isinstance(examples, list):
        for index, value in enumerate(examples):
            yield Example(None, value, schema.child("examples").child(index).place)


class Content:
    """The bodies of a request or response, by media type."""

    def __init__(self, tree: Tree, schemas: Schemas, node: Node) -> None:
        self.types = [MediaType(tree, schemas, written, inner) for written, inner in tree.members(node, "content")]
        self.place = node.place

    def find(self, content_type: str) -> MediaType | None:
        """The description for a Content-Type: the most specific one that matches."""
        type_, parameters = parsed_type(content_type)
        for matches in (
            lambda entry: entry.type == type_ and entry.parameters <= parameters,
            # Many documents name a charset, or none, where services do otherwise.
            lambda entry: entry.type == type_,
            lambda entry: entry.type == f"{type_.partition('/')[0]}/*",
            lambda entry: entry.type in ("*/*", "*"),
        ):
            found = [entry for entry in self.types if matches(entry)]
            if found:
                return max(found, key=lambda entry: len(entry.parameters & parameters))
        return None


def parsed_type(written: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """A media type in lower case, and its parameters."""
    type_, semicolon, rest = written.partition(";")
    if not semicolon:
        return type_.strip().lower(), _NO_PARAMETERS
    pairs = (parameter.partition("=") for parameter in rest.split(";"))
    parameters = frozenset(
        (name.strip().lower(), value.strip().strip('"').lower()) for name, sign, value in pairs if sign
    )
    return type_.strip().lower(), parameters
