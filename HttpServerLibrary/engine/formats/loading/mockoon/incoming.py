"""A request as rules and templates of Mockoon see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from ....message.json_text import NotJson, parse_json
from ....message.media_types import MULTIPART
from ....message.request import Request
from ....responses.responder import ResponseFailed
from .nested import decoded, nested, parsed
from .values import UNDEFINED
from .xml_object import NotUsable, xml_object

_SLASHES: Final = re.compile("//+")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
_JSON: Final = re.compile(r"application/json|(?i:application/.*\+json)")
_XML: Final = ("application/xml", "application/soap+xml", "text/xml")
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY_DEPTH: Final = 5
_FORM_DEPTH: Final = 10


class Incoming:
    """A request that a route takes.

    ``number`` is how many requests the route has taken, this one included. ``params`` are what the path has for its
    parameters, and ``route_path`` is the path of the route as written.
    """

    def __init__(self, request: Request, number: int, params: Mapping[str, str], route_path: str = "") -> None:
        self.request = request
        self.number = number
        self.params = dict(params)
        self.route_path = route_path

    @cached_property
    def url(self) -> str:
        """The target without repeated slashes, also where they stand in the query."""
        return plain_target(self.request)

    @cached_property
    def query(self) -> dict[str, Any]:
        return parsed(self.url.partition("?")[2], _QUERY_DEPTH)

    @property
    def method(self) -> str:
        return self.request.method

    def header(self, name: str) -> str | None:
        lower = name.lower()
        value = self.request.header(name)
        if value is None and lower in ("referer", "referrer"):
            value = self.request.header("referer" if lower == "referrer" else "referrer")
        return value

    @cached_property
    def cookies(self) -> dict[str, str]:
        return {name: decoded(values[0]) for name, values in self.request.cookies.items() if values}

    @cached_property
    def text(self) -> str:
        """The body as text; Mockoon knows nothing but UTF-8, and no content codings."""
        return self._body.decode("utf-8", "replace")

    @property
    def _body(self) -> bytes:
        """The body as sent. Raises `ResponseFailed` if it was not kept."""
        if self.request.cut is not None:
            raise ResponseFailed(f"the body has {self.request.cut.advice}")
        return self.request.body

    @cached_property
    def parsed_body(self) -> Any:
        """The body as its Content-Type says; UNDEFINED where that has no parser, and where the body is broken."""
        kind = self.header("content-type") or ""
        if _JSON.search(kind):
            try:
                return parse_json(self._body)
            except NotJson:
                return UNDEFINED
        if _FORM in kind:
            return parsed(self.text, _FORM_DEPTH)
        if MULTIPART in kind:
            return self._multipart()
        if any(each in kind for each in _XML):
            try:
                return xml_object(self.text)
            except NotUsable:
                return UNDEFINED
        return UNDEFINED

    def _multipart(self) -> Any:
        request = self.request
        pairs: list[tuple[str, Any]] = [(name, value) for name, values in request.form.items() for value in values]
        for name, files in request.files.items():
            for file in files:
                size = len(file.stream.read())
                file.stream.seek(0)
                facts = {"filename": file.filename, "mimetype": file.mimetype, "size": size}
                pairs.append((name, facts))
        return nested(pairs, _FORM_DEPTH) if pairs else UNDEFINED

    @property
    def body(self) -> Any:
        """What rules compare: the parsed body, else its text."""
        return self.text if self.parsed_body is UNDEFINED else self.parsed_body

    @property
    def hostname(self) -> str:
        """The host that was asked for, without its port."""
        host = self.request.host
        end = host.find("]") + 1
        return host[:end] if end else host.partition(":")[0]

    @property
    def ip(self) -> str:
        return self.request.client.rpartition(":")[0].strip("[]")


def plain_target(request: Request) -> str:
    target = request.target
    if not target.startswith("/"):
        absolute = _ABSOLUTE.match(target)
        target = target if absolute is None else target[absolute.end() :] or "/"
    return _SLASHES.sub("/", target)
