"""Responses that are known when they are registered."""

from __future__ import annotations

from typing import Literal, overload

import werkzeug
from werkzeug.urls import iri_to_uri

from ..arguments import json_bytes, utf8
from ..errors import UsageError
from ..message.content import encode
from ..message.response import Response
from ..visible import quote, visible
from .arguments import (
    Pairs,
    check_coding,
    check_status,
    checked_pairs,
    header_pairs,
    make_response,
    with_content_type,
)
from .occasion import Occasion
from .responder import Responder, SendsAtOnce
from .template import JsonTemplate
from .templated import Body, HeaderTemplates, NoBody, Templated, TextBody

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


class Static(SendsAtOnce):
    """The same response for every request."""

    takes_time = False

    def __init__(self, response: Response) -> None:
        self.response = self.fixed = response

    def respond(self, occasion: Occasion) -> Response:
        # Set before it is first sent: its body counts once, no matter how many requests it answers.
        self.response.shared = True
        return self.response


@overload
def respond_json(
    body: object,
    *,
    status: int | str = ...,
    headers: object = ...,
    content_type: str = ...,
    content_encoding: str | None = ...,
    template: Literal[False] = ...,
) -> Static: ...


@overload
def respond_json(
    body: object,
    *,
    status: int | str = ...,
    headers: object = ...,
    content_type: str = ...,
    content_encoding: str | None = ...,
    template: bool,
) -> Responder: ...


def respond_json(
    body: object,
    *,
    status: int | str = 200,
    headers: object = None,
    content_type: str = JSON,
    content_encoding: str | None = None,
    template: bool = False,
) -> Responder:
    pairs = with_content_type(header_pairs(headers), content_type, JSON)
    if template:
        return _templated(status, pairs, JsonTemplate(body, "body"), content_encoding)
    return _static(status, pairs, json_bytes(body, "body"), content_encoding)


@overload
def respond_data(
    data: object = ...,
    *,
    status: int | str = ...,
    headers: object = ...,
    content_type: str | None = ...,
    content_encoding: str | None = ...,
    template: Literal[False] = ...,
) -> Static: ...


@overload
def respond_data(
    data: object = ...,
    *,
    status: int | str = ...,
    headers: object = ...,
    content_type: str | None = ...,
    content_encoding: str | None = ...,
    template: bool,
) -> Responder: ...


def respond_data(
    data: object = "",
    *,
    status: int | str = 200,
    headers: object = None,
    content_type: str | None = None,
    content_encoding: str | None = None,
    template: bool = False,
) -> Responder:
    pairs = with_content_type(header_pairs(headers), content_type, TEXT)
    if not isinstance(data, (str, bytes, bytearray)):
        raise UsageError(f"data: text or bytes are needed, not {type(data).__name__}: {data!r}.")
    if template:
        return _templated(status, pairs, TextBody(_text(data), "data"), content_encoding)
    body = utf8(data, "data") if isinstance(data, str) else bytes(data)
    return _static(status, pairs, body, content_encoding)


def _text(data: str | bytes | bytearray) -> str:
    try:
        return data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"data: a template is text, but these bytes are not UTF-8 at position {error.start}: {visible(repr(data))}."
        ) from None


def _static(status: int | str, pairs: Pairs, body: bytes, content_encoding: str | None) -> Static:
    pairs, coding = _coded(pairs, content_encoding)
    if coding is not None:
        body = b"".join(encode([body], coding))
    return Static(make_response(status, pairs, body))


def _templated(status: int | str, pairs: Pairs, body: Body, content_encoding: str | None) -> Templated:
    check_status(status)
    pairs, coding = _coded(pairs, content_encoding)
    return Templated(status, HeaderTemplates(pairs), body, coding)


def _coded(pairs: Pairs, content_encoding: str | None) -> tuple[Pairs, str | None]:
    coding = check_coding(content_encoding, pairs)
    return pairs if coding is None else [*pairs, ("Content-Encoding", coding)], coding


@overload
def respond_redirect(
    location: str, *, status: int | str = ..., headers: object = ..., template: Literal[False] = ...
) -> Static: ...


@overload
def respond_redirect(location: str, *, status: int | str = ..., headers: object = ..., template: bool) -> Responder: ...


def respond_redirect(
    location: str, *, status: int | str = 302, headers: object = None, template: bool = False
) -> Responder:
    checked = _checked_location(location)
    code = check_status(status).code
    if not 300 <= code <= 399:
        raise UsageError(f"status: a status code from 300 to 399 (RFC 9110, 15.4) is needed, not {code}.")
    others = [pair for pair in header_pairs(headers) if pair[0].lower() != "location"]
    if template:
        pairs = [("Location", location), *others]
        return Templated(status, HeaderTemplates(pairs, lambda text: iri_to_uri(_checked_location(text))), NoBody())
    return Static(make_response(status, [("Location", iri_to_uri(checked)), *others], b""))


def _checked_location(location: str) -> str:
    if not location.strip():
        raise UsageError("location: the address to redirect to is empty.")
    if not location.isprintable():
        raise UsageError(
            f"location: the address has a character that cannot be printed, such as a line break: {quote(location)}."
        )
    return location


def respond_response(response: object) -> Static:
    """Copies status, headers and body of a werkzeug Response as they are now."""
    if not isinstance(response, werkzeug.Response):
        raise UsageError(f"response: a werkzeug Response is needed, not {type(response).__name__}: {response!r}.")
    pairs = checked_pairs(response.headers.to_wsgi_list())
    return Static(make_response(werkzeug_status(response), pairs, b"".join(response.iter_encoded())))


def werkzeug_status(response: werkzeug.Response) -> int | str:
    """The status of a werkzeug Response, with its reason phrase if that is not werkzeug's default."""
    code = response.status_code
    # By default, werkzeug writes the reason phrase in upper case.
    return code if response.status == werkzeug.Response(status=code).status else response.status
