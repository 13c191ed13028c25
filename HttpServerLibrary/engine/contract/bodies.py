"""Bodies: the values in them, by their media type, and whether they are as described."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

from ..matching.difference import Difference, Where
from ..message.json_text import NotJson, parse_json
from ..message.media_types import MULTIPART, URLENCODED, says_json
from ..message.request import Request
from ..phrase import Bytes, Phrase, Plain, Quoted, joined, listed
from .content import Content, MediaType, parsed_type
from .parameters import Parameter, pairs_of, query_raws
from .place import Place
from .schemas import kinds
from .tree import Node
from .values_as_text import properties_of, readings
from .violations import MAX_VIOLATIONS

# A larger body that is no JSON is not looked into.
_MAX_TEXT: Final = 10 * 1024 * 1024
_NOT_LOOKED_INTO: Final = object()


@dataclass(frozen=True)
class Payload:
    """A decoded body with its Content-Type as sent, which may be empty."""

    content_type: str
    data: bytes
    json: Callable[[], Any]
    """Raises `NotJson`."""

    request: Request | None = None
    """The request with a form."""

    @classmethod
    def of_request(cls, request: Request) -> Payload:
        return cls(request.header("content-type") or "", request.content, lambda: request.json, request)

    @classmethod
    def of_response(cls, content_type: str, data: bytes) -> Payload:
        return cls(content_type, data, lambda: parse_json(data))


def differences(content: Content, payload: Payload) -> Iterator[tuple[Difference, Place]]:
    """What is wrong with a body that is there."""
    if not content.types:
        return
    media = content.find(payload.content_type)
    if media is None:
        types = one_of([entry.written for entry in content.types], "types")
        given: Phrase = Quoted(payload.content_type) if payload.content_type else "nothing"
        where = Where.named("header", "Content-Type")
        yield Difference(where, types, given), content.place._replace(steps=(*content.place.steps, "content"))
        return
    yield from of_media(media, payload)


def one_of(names: Sequence[str], noun: str) -> Phrase:
    """What is possible, after 'expected'."""
    possible = listed(map(Plain, names), len(names), noun)
    return possible if len(names) == 1 else joined("one of ", possible)


def of_media(media: MediaType, payload: Payload) -> Iterator[tuple[Difference, Place]]:
    """What is wrong with a body of this type."""
    if says_json(parsed_type(payload.content_type)[0]):
        yield from _json_differences(media, payload)
        return
    if media.schema is None:
        return
    values = values_in(media, payload)
    if not values or values[0] is _NOT_LOOKED_INTO:
        return
    found = [media.schemas.findings(media.schema, value, MAX_VIOLATIONS) for value in values]
    if all(found):
        kind = "form" if isinstance(values[0], dict) else "body"
        for finding, place in found[0]:
            where = Where(kind) if not finding.steps else _inside(kind, finding.steps)
            yield finding.difference(where), place


def _inside(kind: str, steps: tuple[str | int, ...]) -> Where:
    shown = Where.in_json(kind, steps)
    return Where(kind, shown.name[1:].lstrip("."), names=shown.names)


def _json_differences(media: MediaType, payload: Payload) -> Iterator[tuple[Difference, Place]]:
    try:
        value = payload.json()
    except NotJson as error:
        if payload.data:
            received: Phrase = joined(Bytes(payload.data), ", which is not JSON: ", Plain(str(error)))
        else:
            received = "no body"
        yield Difference(Where("body"), "JSON", received), media.place
        return
    if media.schema is None:
        return
    for finding, place in media.schemas.findings(media.schema, value, MAX_VIOLATIONS):
        yield finding.difference(Where.in_json("json", finding.steps)), place


def values_in(media: MediaType, payload: Payload) -> list[Any]:
    """What a body may stand for that is no JSON, the likeliest first; nothing if it is not looked into."""
    type_ = parsed_type(payload.content_type)[0]
    if len(payload.data) > _MAX_TEXT:
        return []
    if type_ == URLENCODED:
        members = _form_members(media, pairs_of(payload.data.decode("utf-8", "replace")))
        return [_with_best_readings(media, members)]
    if type_ == MULTIPART:
        return [] if payload.request is None else [_with_best_readings(media, _parts(media, payload.request))]
    if media.schema is None or type_.endswith(("xml", "yaml", "jsonl", "ndjson", "json-seq", "event-stream")):
        return []
    allowed = kinds(media.tree, media.schema)
    if type_.startswith("text/"):
        return readings(media.tree, media.schema, payload.data.decode("utf-8", "replace"))
    # Other bytes are text of as many characters to a schema.
    return [payload.data.decode("latin-1")] if allowed == {"string"} else []


def _with_best_readings(media: MediaType, members: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The members of a form, each with the first of its readings that is valid."""
    schemas = {} if media.schema is None else properties_of(media.tree, media.schema)
    return {name: _best(media, schemas.get(name), raws) for name, raws in members.items()}


def _best(media: MediaType, schema: Node | None, raws: list[Any]) -> Any:
    values = [value for raw in raws for value in readings(media.tree, schema, raw)]
    if schema is not None and len(values) > 1:
        return next((value for value in values if media.schemas.is_valid(schema, value)), values[0])
    return values[0]


def _form_members(media: MediaType, pairs: Any) -> dict[str, list[Any]]:
    """The members of a urlencoded form: for each, what its text may be."""
    named = {} if media.schema is None else properties_of(media.tree, media.schema)
    members: dict[str, list[Any]] = {}
    taken: set[str] = set()
    for name, schema in named.items():
        encoding = media.encoding(name)
        said = {} if encoding is None or not isinstance(encoding.value, dict) else encoding.value
        style = said.get("style")
        is_nested = style is None and any(other.startswith(f"{name}[") for other, _ in pairs)
        described = {
            "schema": schema.value,
            "style": "deepObject" if is_nested else style or "form",
            "explode": said.get("explode", True),
        }
        parameter = _FormField(media.tree, media.schemas, Node(described, schema.file), name, "query", schema)
        raws = query_raws(parameter, pairs, named)
        if raws:
            members[name] = raws
            taken |= {other for other, _ in pairs if other == name or other.startswith(f"{name}[")}
    for name, _ in pairs:
        if name not in members and name not in taken:
            texts = [unquote_plus(value) for other, value in pairs if other == name]
            members[name] = [texts[0] if len(texts) == 1 else texts]
    return members


@dataclass(frozen=True, eq=False)
class _FormField(Parameter):
    """A field of a form, written as a parameter in the query."""

    described: Node | None = None

    @property
    def schema(self) -> Node | None:
        return self.described


def _parts(media: MediaType, request: Request) -> dict[str, list[Any]]:
    """The members of a multipart form. Those that are described as objects are JSON; a file is text of its bytes."""
    named = {} if media.schema is None else properties_of(media.tree, media.schema)
    values: dict[str, list[Any]] = {}
    for name, texts in request.form.items():
        values.setdefault(name, []).extend(texts)
    for name, files in request.files.items():
        for file in files:
            file.stream.seek(0)
            values.setdefault(name, []).append(file.stream.read(_MAX_TEXT).decode("latin-1"))
    members: dict[str, list[Any]] = {}
    for name, found in values.items():
        allowed = kinds(media.tree, named[name]) if name in named else frozenset()
        if "array" in allowed:
            members[name] = [found, *_of_json(found)]
        else:
            members[name] = [*(_of_json(found) if "object" in allowed else ()), found[0] if len(found) == 1 else found]
    return members


def _of_json(texts: list[str]) -> list[Any]:
    """The value of the only part, if that is JSON."""
    if len(texts) != 1:
        return []
    try:
        return [json.loads(texts[0])]
    except (ValueError, RecursionError):
        return []
