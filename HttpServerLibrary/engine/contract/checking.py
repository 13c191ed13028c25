"""Whether a request and a response are as the document describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from ..matching.difference import Difference, Where
from ..matching.json_difference import equal_in_json
from ..message.content import decode
from ..message.json_text import NotJson
from ..message.request import Request
from ..message.response import has_no_body
from .bodies import Payload, differences, one_of
from .content import Content
from .operations import Operation
from .parameters import Received, header_raws
from .place import Place
from .violations import MAX_VIOLATIONS, Violation

_MAX_CONTENT: Final = 64 * 1024 * 1024
# What any resource may answer to a conditional request or one for a part (RFC 9110, 13 and 14).
_OF_HTTP: Final = ("206", "304", "412", "416")


def check_request(request: Request, operation: Operation) -> list[Violation]:
    """What a request to an operation does that the document does not allow; the first `MAX_VIOLATIONS` of it.

    A body that is not kept whole, or cannot be decoded, is not looked into.
    """
    found = islice(_request_differences(request, operation), MAX_VIOLATIONS)
    return [Violation(operation.name, None, difference, place) for difference, place in found]


def _request_differences(request: Request, operation: Operation) -> Iterator[tuple[Difference, Place]]:
    yield from operation.security.differences(request)
    received = Received.of(request, operation.path_values(request.raw_path))
    in_query = [parameter.name for parameter in operation.parameters if parameter.kind == "query"]
    for parameter in operation.parameters:
        yield from parameter.differences(received.raws(parameter, in_query))
    content = operation.body
    if content is None:
        return
    if request.body_size:
        if request.unreadable is None and not request.undecoded and not request.unread_form:
            yield from differences(content, Payload.of_request(request))
    elif operation.is_body_required:
        yield Difference(Where("body"), "a body (required)", "no body"), content.place


def check_response(
    operation: Operation,
    request: Request,
    status: int,
    headers: Iterable[tuple[str, str]],
    body: bytes | None,
) -> list[Violation]:
    """What a response does that the document does not allow; the first `MAX_VIOLATIONS` of it.

    ``body`` is as sent, with its content codings; None if it is not known whole, such as that of a stream. A body that
    is an example of the document violates nothing.
    """
    found = islice(_response_differences(operation, request, status, [*headers], body), MAX_VIOLATIONS)
    return [Violation(operation.name, status, difference, place) for difference, place in found]


def _response_differences(
    operation: Operation, request: Request, status: int, headers: list[tuple[str, str]], body: bytes | None
) -> Iterator[tuple[Difference, Place]]:
    if str(status) in _OF_HTTP and str(status) not in operation.responses:
        return
    described = operation.response(status)
    if described is None:
        known = [*operation.responses]
        # Without any, the document says nothing.
        if known:
            place = operation.place._replace(steps=(*operation.place.steps, "responses"))
            yield Difference(Where("status"), one_of(known, "statuses"), str(status)), place
        return
    for header in described.headers:
        value = _header(headers, header.name)
        yield from header.differences([] if value is None else header_raws(header, value))
    if has_no_body(request.method, status):
        return
    content_type = _header(headers, "content-type") or ""
    if body is None:
        # The type is all that is known.
        if described.content.types and described.content.find(content_type) is None:
            yield from differences(described.content, Payload.of_response(content_type, b""))
        return
    if not body:
        media = described.content.find(content_type)
        # Other types may be empty.
        if described.content.types and (media is None or media.says_json):
            yield Difference(Where("body"), "a body", "no body"), described.content.place
        return
    content = decode(body, _header(headers, "content-encoding") or "", _MAX_CONTENT)
    if content.unreadable is not None or content.undecoded:
        return
    payload = Payload.of_response(content_type, content.data)
    wrong = [*islice(differences(described.content, payload), MAX_VIOLATIONS)]
    if wrong and not is_example(described.content, payload):
        yield from wrong


def is_example(content: Content, payload: Payload) -> bool:
    """Whether a body is an example of the document."""
    media = content.find(payload.content_type)
    if media is None:
        return False
    try:
        value = payload.json()
    except NotJson:
        value = payload.data.decode("utf-8", "replace")
    return any(
        example.external is None and example.value == value and equal_in_json(example.value, value)
        for example in media.examples
    )


def _header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    values = [value for other, value in headers if other.lower() == name.lower()]
    return ", ".join(values) if values else None
