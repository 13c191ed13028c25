"""What an operation answers: an example of the document, or a value made from its schema.

Which status and example it is: those that a test chose; those that the request asks for with ``Prefer`` (RFC 7240);
the example with the name of an example that the request is; and otherwise the first example of the first success. An
example is sent as it is. Whether it fits its schema is told beside it, since that is a fault of the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ..errors import UsageError
from ..matching.json_difference import equal_in_json
from ..message.json_text import NotJson
from ..message.media_types import URLENCODED, says_json
from ..message.request import Request
from ..message.response import BAD_VALUE, BODILESS, WIRE_FIELDS
from ..visible import quote
from .bodies import Payload, of_media, values_in
from .content import Example, MediaType, parsed_type
from .made_values import Made, Maker
from .operations import Operation, ResponseDescription
from .parameters import Parameter, Received
from .place import Remark
from .schemas import kinds
from .tree import Node
from .violations import MAX_VIOLATIONS, Violation

_PREFER: Final = re.compile(r"(?<![\w-])(code|example)\s*=\s*(?:\"([^\"]*)\"|([^\s,;\"]+))", re.IGNORECASE)
_NOT_MADE: Final = frozenset({*WIRE_FIELDS, "content-type", "content-encoding"})
_ANY: Final = ("*/*", "*", "application/*")
_TELLING: Final = ("default", "const", "enum")


class Choice(NamedTuple):
    """A status and the name of an example; None for any."""

    status: int | None = None
    example: str | None = None


@dataclass(frozen=True)
class Answer:
    """A response of the document.

    ``source`` says where the body is from, and ``name`` which example it is. ``notes`` tell what could not be had.
    ``faults`` are what is wrong with it by its own schema: faults of the document, not of a test.
    """

    operation: Operation
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source: Literal["example", "schema", "nothing"]
    name: str | None = None
    notes: tuple[Remark, ...] = ()
    faults: tuple[Violation, ...] = ()


def choose(operation: Operation, status: int | None = None, example: str | None = None) -> Choice:
    """The choice of a test. Raises `UsageError` if the operation has no such status or example."""
    if status is not None and operation.response(status) is None:
        known = ", ".join(operation.responses) or "no responses"
        raise UsageError(f"status: {operation.name} has no response {status} in the document; it has {known}.")
    if example is not None:
        responses = operation.responses.values() if status is None else [operation.response(status)]
        names = [name for response in responses if response is not None for name in _names(response)]
        if example not in names:
            of = operation.name if status is None else f"response {status} of {operation.name}"
            known = ", ".join(map(quote, dict.fromkeys(names)))
            has = f"it has {known}" if known else "it has no examples with names"
            raise UsageError(f"example: {of} has no example {quote(example)} in the document; {has}.")
    return Choice(status, example)


def answer(operation: Operation, request: Request, choice: Choice | None = None) -> Answer:
    """What an operation answers to a request."""
    notes: list[Remark] = []
    wish = choice or _preferred(operation, request, notes)
    responses = _in_order(operation) if wish.status is None else _with_status(operation, wish.status)
    if not responses:
        return Answer(operation, wish.status or 200, (), b"", "nothing", notes=tuple(notes))
    accepted = request.header("accept")
    names = [*_fitting_names(operation, request)] if wish.example is None else [wish.example]
    for name in names:
        for status, response in responses:
            media = _media_type(response, accepted, name)
            if media is not None:
                return _made(operation, status, response, media, name, notes)
    if wish.example is not None:
        notes.append(Remark(operation.place, f"there is no example {quote(wish.example)}"))
    status, response = responses[0]
    return _made(operation, status, response, _media_type(response, accepted), None, notes)


def _preferred(operation: Operation, request: Request, notes: list[Remark]) -> Choice:
    """What the request asks for."""
    header = request.header("prefer")
    if not header:
        return Choice()
    found = {name.lower(): quoted or plain for name, quoted, plain in _PREFER.findall(header)}
    code, example = found.get("code"), found.get("example")
    if code is None:
        return Choice(None, example)
    if not re.fullmatch("[2-5][0-9][0-9]", code, re.ASCII) or operation.response(int(code)) is None:
        notes.append(Remark(operation.place, f"there is no response {quote(code)}, which the request prefers"))
        return Choice(None, example)
    return Choice(int(code), example)


def _in_order(operation: Operation) -> list[tuple[int, ResponseDescription]]:
    """The responses with their statuses: success first, then the default, then others."""
    found: list[tuple[int, int, ResponseDescription]] = []
    for written, response in operation.responses.items():
        if written == "default":
            found.append((1, 200, response))
        elif re.fullmatch("[2-5](?:[0-9][0-9]|XX)", written, re.ASCII):
            status = int(written.replace("XX", "00"))
            found.append((0 if status < 300 else 2, status, response))
    # Those of one kind stay as the document has them.
    return [(status, response) for _, status, response in sorted(found, key=lambda entry: entry[0])]


def _with_status(operation: Operation, status: int) -> list[tuple[int, ResponseDescription]]:
    response = operation.response(status)
    return [] if response is None else [(status, response)]


def _names(response: ResponseDescription) -> Iterator[str]:
    for media in response.content.types:
        for example in media.examples:
            if example.name is not None and example.external is None:
                yield example.name


def _media_type(response: ResponseDescription, accepted: str | None, name: str | None = None) -> MediaType | None:
    """The media type to send, which has the example with this name; the first one that the request accepts."""
    types = [
        media
        for media in response.content.types
        if name is None or any(example.name == name and example.external is None for example in media.examples)
    ]
    if len(types) > 1 and accepted:
        accept = parse_accept_header(accepted, MIMEAccept)
        qualities = [accept.quality(_concrete(media).partition(";")[0].strip()) for media in types]
        return types[qualities.index(max(qualities))]
    return types[0] if types else None


def _concrete(media: MediaType) -> str:
    """The type to send for a media type or a range of them."""
    if "*" not in media.type:
        return media.written
    if media.type in _ANY:
        allowed = frozenset() if media.schema is None else kinds(media.tree, media.schema)
        return "text/plain" if allowed == {"string"} else "application/json"
    return {"text/*": "text/plain", "image/*": "image/png"}.get(media.type, "application/octet-stream")


# Pairs of examples


def _fitting_names(operation: Operation, request: Request) -> Iterator[str]:
    """The names of examples that the request is, in its body and in all parameters that have an example so named."""
    fits: dict[str, bool] = {}
    for name, is_fit in _compared(operation, request):
        fits[name] = fits.get(name, True) and is_fit
    yield from (name for name, is_fit in fits.items() if is_fit)


def _compared(operation: Operation, request: Request) -> Iterator[tuple[str, bool]]:
    content = operation.body
    named = [] if content is None else [entry for entry in content.types if _named(entry.examples)]
    if named and content is not None:
        payload = Payload.of_request(request)
        media = content.find(payload.content_type) if request.unreadable is None else None
        values = [] if media is None else _body_values(media, payload)
        for entry in named:
            yield from ((str(example.name), _is_among(example.value, values)) for example in _named(entry.examples))
    parameters = [parameter for parameter in operation.parameters if _named(parameter.examples)]
    if parameters:
        received = Received.of(request, operation.path_values(request.raw_path))
        for parameter in parameters:
            values = parameter.values(received.raws(parameter))
            for example in _named(parameter.examples):
                yield str(example.name), _is_among(example.value, values)


def _named(examples: tuple[Example, ...]) -> list[Example]:
    return [example for example in examples if example.name is not None and example.external is None]


def _body_values(media: MediaType, payload: Payload) -> list[Any]:
    if not says_json(parsed_type(payload.content_type)[0]):
        return values_in(media, payload)
    try:
        return [payload.json()]
    except NotJson:
        return []


def _is_among(expected: Any, values: list[Any]) -> bool:
    return any(value == expected and equal_in_json(expected, value) for value in values)


# Making


def _made(
    operation: Operation,
    status: int,
    response: ResponseDescription,
    media: MediaType | None,
    name: str | None,
    notes: list[Remark],
) -> Answer:
    """The answer, which is made once."""
    key = status, None if media is None else media.written, name
    made = operation.answers.get(key)
    if not isinstance(made, Answer):
        made = operation.answers[key] = _new(operation, status, response, media, name)
    return replace(made, notes=(*notes, *made.notes)) if notes else made


def _new(
    operation: Operation, status: int, response: ResponseDescription, media: MediaType | None, name: str | None
) -> Answer:
    maker = Maker(operation.base.tree, operation.base.responses, "writeOnly")
    notes: list[Remark] = []
    headers = [*_headers(maker, response, notes)]
    nothing = Answer(operation, status, tuple(headers), b"", "nothing", notes=tuple(notes))
    if media is None or status in BODILESS:
        return nothing
    content_type = _concrete(media)
    headers.insert(0, ("Content-Type", content_type))
    example = _example(media, name, notes)
    if example is not None:
        body = body_of(media, content_type, example.value)
        found = islice(of_media(media, Payload.of_response(content_type, body)), MAX_VIOLATIONS)
        faults = tuple(Violation(operation.name, status, difference, place) for difference, place in found)
        return replace(
            nothing,
            headers=tuple(headers),
            body=body,
            source="example",
            name=example.name,
            notes=tuple(notes),
            faults=faults,
        )
    if media.schema is not None:
        made = _from_schema(maker, media, media.schema, content_type, notes)
        if made is not None:
            body = body_of(media, content_type, made.value)
            return replace(nothing, headers=tuple(headers), body=body, source="schema", notes=tuple(notes))
    return replace(nothing, headers=tuple(headers), notes=tuple(notes))


def _from_schema(maker: Maker, media: MediaType, schema: Node, content_type: str, notes: list[Remark]) -> Made | None:
    type_ = parsed_type(content_type)[0]
    if type_.endswith(("/xml", "+xml")):
        notes.append(Remark(media.place, f"no value is made for {type_}; an example is needed"))
        return None
    made = maker.make(schema)
    if not made.is_valid:
        notes.append(Remark(schema.place, "no value was found that fits this schema"))
    return made


def _example(media: MediaType, name: str | None, notes: list[Remark]) -> Example | None:
    for example in media.examples:
        if example.external is not None:
            notes.append(Remark(example.place, "externalValue is not read"))
        elif name is None or example.name == name:
            return example
    return None


def body_of(media: MediaType, content_type: str, value: Any) -> bytes:
    """A value as a body of this type."""
    type_ = parsed_type(content_type)[0]
    if isinstance(value, str):
        if not says_json(type_) or _is_json_for(media, value):
            return value.encode("utf-8", "replace")
    elif type_ == URLENCODED and isinstance(value, Mapping):
        return urlencode({name: header_text(entry) for name, entry in value.items()}).encode()
    # A lone surrogate, which UTF-8 cannot carry, becomes its JSON escape.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _is_json_for(media: MediaType, text: str) -> bool:
    """Whether an example is written as the text of a body, rather than as its value."""
    allowed = frozenset() if media.schema is None else kinds(media.tree, media.schema)
    if "string" in allowed or not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _headers(maker: Maker, response: ResponseDescription, notes: list[Remark]) -> Iterator[tuple[str, str]]:
    """The headers that are required, or of which the document says what they are."""
    for header in response.headers:
        if header.name.lower() in _NOT_MADE:
            continue
        value = _header_value(maker, header)
        text = None if value is None else header_text(value)
        if text is None:
            continue
        try:
            text.encode("latin-1")
        except UnicodeEncodeError:
            text = ""
        if not text or BAD_VALUE.search(text):
            notes.append(Remark(header.place, f"a header cannot carry the value of {header.name}"))
        else:
            yield header.name, text


def _header_value(maker: Maker, header: Parameter) -> Any:
    for example in header.examples:
        if example.external is None:
            return example.value
    if header.schema is None:
        return None
    schema = maker.tree.followed(header.schema)
    is_said = schema is not None and isinstance(schema.value, dict) and any(key in schema.value for key in _TELLING)
    return maker.make(header.schema).value if header.required or is_said else None


def header_text(value: Any) -> str:
    """A value as headers have it (RFC 6570, 3.2.2)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(header_text, value))
    if isinstance(value, dict):
        return ",".join(f"{name},{header_text(entry)}" for name, entry in value.items())
    return "" if value is None else str(value)
