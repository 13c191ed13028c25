"""Responses whose body and headers are filled in for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..arguments import utf8
from ..errors import UsageError
from ..message.content import encode
from ..message.response import Response
from ..phrase import Plain, joined
from .arguments import Pairs, checked_pairs, make_response
from .occasion import Occasion
from .responder import ResponseFailed, SendsAtOnce
from .template import TextTemplate, has_expression


class Body(Protocol):
    """What makes the body."""

    loops: bool

    def render_bytes(self, occasion: Occasion) -> bytes: ...


class TextBody:
    """A text as the body, in UTF-8."""

    def __init__(self, text: str, what: str) -> None:
        self._template = TextTemplate(text, what)
        self._what = what
        self.loops = self._template.loops

    def render_bytes(self, occasion: Occasion) -> bytes:
        text = self._template.render(occasion)
        try:
            return utf8(text, self._what)
        except UsageError as error:
            raise _failed(error) from error


class NoBody:
    loops = False

    def render_bytes(self, occasion: Occasion) -> bytes:
        return b""


class HeaderTemplates:
    """Header fields whose values may have ``{{ ... }}``; ``location`` makes what is sent of an address."""

    def __init__(self, pairs: Pairs, location: Callable[[str], str] | None = None) -> None:
        self._location = location
        self._pairs: list[tuple[str, str | TextTemplate]] = [
            (name, TextTemplate(value, self._what(name)) if has_expression(value) else self._finished(name, value))
            for name, value in pairs
        ]
        self.loops = any(isinstance(value, TextTemplate) and value.loops for _, value in self._pairs)

    def render(self, occasion: Occasion) -> Pairs:
        """Raises `ResponseFailed`."""
        pairs: Pairs = []
        for name, value in self._pairs:
            if isinstance(value, TextTemplate):
                text = value.render(occasion)
                try:
                    pairs += checked_pairs([(name, self._finished(name, text))])
                except ValueError as error:
                    raise _failed(error) from error
            else:
                pairs.append((name, value))
        return pairs

    def _what(self, name: str) -> str:
        return "location" if self._location and name == "Location" else f"header {name}"

    def _finished(self, name: str, value: str) -> str:
        return self._location(value) if self._location and name == "Location" else value


class Templated(SendsAtOnce):
    """A response with templates for body and headers."""

    def __init__(self, status: int | str, headers: HeaderTemplates, body: Body, coding: str | None = None) -> None:
        self._status = status
        self._headers = headers
        self._body = body
        self._coding = coding
        # Without a loop, a template is done before another thread could take over.
        self.takes_time = headers.loops or body.loops

    def respond(self, occasion: Occasion) -> Response:
        pairs = self._headers.render(occasion)
        body = self._body.render_bytes(occasion)
        if self._coding is not None:
            body = b"".join(encode([body], self._coding))
        try:
            return make_response(self._status, pairs, body)
        except UsageError as error:
            raise _failed(error) from error


def _failed(error: Exception) -> ResponseFailed:
    reason = joined("the template made something that cannot be sent: ", Plain(str(error).rstrip("."), limit=500))
    return ResponseFailed(reason, error, "TEMPLATE ERROR")
