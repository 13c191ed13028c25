"""Parameters in the path, query, headers and cookies: how they are written, and whether they are as described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, unquote_plus

from ..matching.difference import Difference, Where
from ..message.json_text import NotJson, parse_json
from ..message.request import Request
from ..phrase import Quoted
from ..visible import json_path
from .content import Example, MediaType, examples_of, schema_examples
from .place import Place
from .schemas import Schemas, kinds
from .tree import Node, Tree
from .values_as_text import additional_schema, properties_of, readings
from .violations import MAX_VIOLATIONS

Pairs = Sequence[tuple[str, str]]
"""Names and values of a query or a form; the values are not decoded."""

_STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
# They have descriptions of their own.
_NOT_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
_DELIMITERS: Final = {
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"%7[Cc]|\|"),
}
_COMMA: Final = re.compile(",")
_ENCODED_COMMA: Final = re.compile("%2[Cc]")
_STEP: Final = re.compile(r"\[([^\[\]]*)\]")
_MAX_STEPS: Final = 10


class _Missing:
    """Stands for a parameter that is not there."""


MISSING: Final = _Missing()


@dataclass(frozen=True, eq=False)
class Parameter:
    """A parameter, or a header of a response. ``kind`` is where it is: ``path``, ``query``, ``header``, ``cookie``."""

    tree: Tree = field(repr=False)
    schemas: Schemas = field(repr=False)
    node: Node = field(repr=False)
    name: str
    kind: str

    @property
    def place(self) -> Place:
        return self.node.place

    @cached_property
    def required(self) -> bool:
        return self.node.value.get("required") is True

    @cached_property
    def style(self) -> str:
        style = self.node.value.get("style")
        return style if isinstance(style, str) else _STYLES[self.kind]

    @cached_property
    def explode(self) -> bool:
        explode = self.node.value.get("explode")
        return explode if isinstance(explode, bool) else self.style == "form"

    @cached_property
    def media_type(self) -> MediaType | None:
        """The description of a value that is written as a body would be, such as JSON."""
        for written, node in self.tree.members(self.node, "content"):
            return MediaType(self.tree, self.schemas, written, node)
        return None

    @cached_property
    def schema(self) -> Node | None:
        if self.media_type is not None:
            return self.media_type.schema
        return self.node.child("schema") if self.node.value.get("schema") is not None else None

    @cached_property
    def kinds(self) -> frozenset[str]:
        return _NONE if self.schema is None else kinds(self.tree, self.schema)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        if self.media_type is not None:
            return self.media_type.examples
        schema = None if self.schema is None else self.tree.followed(self.schema)
        return (*examples_of(self.tree, self.node), *(() if schema is None else schema_examples(schema)))

    def differences(self, raws: list[Any]) -> Iterator[tuple[Difference, Place]]:
        """What is wrong with a value, given what its text may stand for; nothing if there is no text."""
        if not raws:
            if self.required:
                yield Difference(Where.named(self.kind, self.name), "a value (required)", "nothing"), self.place
            return
        if self.schema is None or (self.node.value.get("allowEmptyValue") is True and raws[0] in ("", [""])):
            return
        if self.media_type is not None:
            try:
                values = [self._parsed(raws[0])]
            except NotJson:
                where = Where.named(self.kind, self.name)
                yield Difference(where, "JSON", Quoted(str(raws[0]))), self.media_type.place
                return
        else:
            values = [value for raw in raws for value in readings(self.tree, self.schema, raw)]
        found = [self.schemas.findings(self.schema, value, MAX_VIOLATIONS) for value in values]
        if all(found):
            for finding, place in found[0]:
                inside = json_path(finding.steps)[1:]
                names = (self.name, *(step for step in finding.steps if isinstance(step, str)))
                yield finding.difference(Where(self.kind, f"{self.name}{inside}", names=names)), place

    def _parsed(self, raw: Any) -> Any:
        text = raw if isinstance(raw, str) else ",".join(map(str, raw))
        if self.media_type is not None and self.media_type.says_json:
            return parse_json(text.encode("utf-8", "surrogatepass"))
        return text

    def values(self, raws: list[Any]) -> list[Any]:
        """The values that the text may stand for."""
        if self.media_type is not None:
            try:
                return [self._parsed(raw) for raw in raws[:1]]
            except NotJson:
                return []
        return [value for raw in raws for value in readings(self.tree, self.schema, raw)]


_NONE: Final[frozenset[str]] = frozenset()


def parameters_of(tree: Tree, schemas: Schemas, item: Node, operation: Node) -> tuple[Parameter, ...]:
    """The parameters of an operation: its own, and those of its path that it does not describe anew."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (item, operation):
        for node in tree.items(owner, "parameters"):
            name, kind = node.value.get("name"), node.value.get("in")
            key = (kind, name.lower() if kind == "header" else name)
            if kind != "header" or name.lower() not in _NOT_HEADERS:
                found[key] = Parameter(tree, schemas, node, name, kind)
    return tuple(found.values())


def header_parameters(tree: Tree, schemas: Schemas, response: Node) -> tuple[Parameter, ...]:
    """The headers of a response, without Content-Type."""
    return tuple(
        Parameter(tree, schemas, node, name, "header")
        for name, node in tree.members(response, "headers")
        if isinstance(node.value, dict) and name.lower() != "content-type"
    )


class Received(NamedTuple):
    """The parameters of a request, as sent."""

    path: Mapping[str, str]
    query: Pairs
    request: Request

    @classmethod
    def of(cls, request: Request, path_values: Mapping[str, str]) -> Received:
        return cls(path_values, pairs_of(request.query_string), request)

    def raws(self, parameter: Parameter, others: Iterable[str] = ()) -> list[Any]:
        """What the text of a parameter may be, split as its style says, the likeliest first; nothing if it is missing.

        ``others`` are the other parameters of the query.
        """
        if parameter.kind == "query":
            return query_raws(parameter, self.query, others)
        if parameter.kind == "path":
            text = self.path.get(parameter.name)
            return [] if text is None else path_raws(parameter, text)
        if parameter.kind == "header":
            value = self.request.header(parameter.name)
            return [] if value is None else header_raws(parameter, value)
        values = self.request.cookies.get(parameter.name, [])
        return delimited_raws(parameter, values[0], _COMMA, unquote) if values else []


def pairs_of(query: str) -> Pairs:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote_plus(name), value) for name, _, value in pairs]


def _forms(parameter: Parameter) -> Iterator[str]:
    """Whether the value is a list, an object or neither; the likeliest first."""
    allowed = parameter.kinds
    if parameter.media_type is not None:
        yield "scalar"
        return
    if "array" in allowed:
        yield "array"
    if "object" in allowed:
        yield "object"
    if not allowed or allowed - {"array", "object", "null"}:
        yield "scalar"


def query_raws(parameter: Parameter, query: Pairs, others: Iterable[str] = ()) -> list[Any]:
    found = (_query_raw(parameter, query, form, others) for form in _forms(parameter))
    return [raw for raw in found if raw is not MISSING]


def _query_raw(parameter: Parameter, query: Pairs, form: str, others: Iterable[str]) -> Any:
    name = parameter.name
    if parameter.style == "deepObject" and form != "scalar":
        nested = _nested(name, query)
        return nested if nested else MISSING
    values = [value for other, value in query if other == name]
    if form == "object" and parameter.explode:
        return _members_in_query(parameter, query, others)
    if not values:
        return MISSING
    if form == "scalar":
        decoded = [*map(unquote_plus, values)]
        return decoded if len(decoded) > 1 else decoded[0]
    if form == "array" and parameter.explode:
        return [*map(unquote_plus, values)]
    delimiter = _DELIMITERS.get(parameter.style, _COMMA)
    pieces = [piece for value in values for piece in _split(value, delimiter, unquote_plus)]
    return pieces if form == "array" else _paired(pieces)


def _members_in_query(parameter: Parameter, query: Pairs, others: Iterable[str]) -> Any:
    """An object whose members are parameters of their own in the query."""
    schema = parameter.schema
    named = {} if schema is None else properties_of(parameter.tree, schema)
    is_open = schema is not None and (not named or additional_schema(parameter.tree, schema) is not None)
    taken = {*others}
    members: dict[str, Any] = {}
    for name, value in query:
        if name in named or (is_open and name not in taken):
            _add(members, name, unquote_plus(value))
    return members or MISSING


def _add(members: dict[str, Any], name: str, value: Any) -> None:
    if name not in members:
        members[name] = value
    elif isinstance(members[name], list):
        members[name].append(value)
    else:
        members[name] = [members[name], value]


def _nested(name: str, query: Pairs) -> dict[str, Any]:
    """An object that is written as ``filter[price][gt]=5``."""
    members: dict[str, Any] = {}
    for other, value in query:
        if other.startswith(f"{name}[") and other.endswith("]"):
            *outer, last = [*islice(_STEP.findall(other[len(name) :]), _MAX_STEPS)] or [""]
            inner = members
            for step in outer:
                following = inner.setdefault(step, {})
                if not isinstance(following, dict):
                    following = inner[step] = {}
                inner = following
            # Items of a list may have no index.
            _add(inner, last if last else str(len(inner)), unquote_plus(value))
    return members


def path_raws(parameter: Parameter, text: str) -> list[Any]:
    """The value of a path parameter, which is there."""
    return [_path_raw(parameter, text, form) for form in _forms(parameter)]


def _path_raw(parameter: Parameter, text: str, form: str) -> Any:
    style, delimiter = parameter.style, ","
    if style == "label" and text.startswith("."):
        text = text[1:]
        delimiter = "." if parameter.explode or "," not in text else ","
    elif style == "matrix" and text.startswith(";"):
        return _matrix_raw(parameter, text[1:], form)
    if form == "scalar":
        return unquote(text)
    pieces = [unquote(piece) for piece in text.split(delimiter)]
    return pieces if form == "array" else _members(pieces) if parameter.explode else _paired(pieces)


def _matrix_raw(parameter: Parameter, text: str, form: str) -> Any:
    prefix = f"{parameter.name}="
    if form == "object" and parameter.explode:
        return _members([unquote(piece) for piece in text.split(";")])
    values = [piece.removeprefix(prefix) for piece in text.split(";")]
    if form == "scalar":
        return unquote(values[0])
    pieces = [unquote(piece) for value in values for piece in value.split(",")]
    return pieces if form == "array" else _paired(pieces)


def header_raws(parameter: Parameter, text: str) -> list[Any]:
    return delimited_raws(parameter, text, _COMMA, str.strip)


def delimited_raws(parameter: Parameter, text: str, delimiter: re.Pattern[str], decode: Any) -> list[Any]:
    """The value of a header or a cookie."""
    found: list[Any] = []
    for form in _forms(parameter):
        pieces = [] if form == "scalar" else _split(text, delimiter, decode)
        if form == "scalar":
            found.append(decode(text))
        elif form == "array":
            found.append(pieces)
        else:
            found.append(_members(pieces) if parameter.explode and parameter.kind == "header" else _paired(pieces))
    return found


def _split(value: str, delimiter: re.Pattern[str], decode: Any) -> list[str]:
    if value == "":
        return []
    if delimiter is _COMMA and "," not in value and _ENCODED_COMMA.search(value):
        # Many clients encode commas that separate.
        delimiter = _ENCODED_COMMA
    return [decode(piece) for piece in delimiter.split(value)]


def _members(pieces: list[str]) -> dict[str, Any]:
    """An object written as ``a=1``, ``b=2``."""
    return {name: value for name, _, value in (piece.partition("=") for piece in pieces)}


def _paired(pieces: list[str]) -> dict[str, Any]:
    """An object written as ``a``, ``1``, ``b``, ``2``."""
    return dict(zip(pieces[::2], [*pieces[1::2], *[""] * (len(pieces) % 2)], strict=True))
