"""The keyword line that would expect a request, ready to paste into a suite: cells until it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ..errors import UsageError
from ..expectations.expectation import Expectation, Kind
from ..matching.cell import escape
from ..matching.difference import Where
from ..matching.json_suggestion import literal
from ..matching.path import plain_method, plain_path
from ..matching.suggestion import MAX_SUGGESTED, AsJson, body_text, is_short, is_visible, plain, plain_values
from ..matching.xml_body import Xml
from ..message.json_text import NotJson, parse_json
from ..message.media_types import says_xml
from ..message.request import Request
from ..phrase import UNMASKED, Masking, masked
from ..visible import MASK

_SEPARATOR: Final = "    "
_MAX_LINE: Final = 2000
_MAX_FIELDS: Final = 30
_KEYWORDS: Final = {
    Kind.PERMANENT: "Expect Request",
    Kind.ONESHOT: "Expect Oneshot Request",
    Kind.ORDERED: "Expect Ordered Request",
}
# For an argument, the kind of its fields as masking knows it.
_KINDS: Final = {"headers": "header", "cookies": "cookie"}


@dataclass(frozen=True)
class Cell:
    """One argument: text, or a value that is written as JSON."""

    name: str
    value: object

    def shown(self, masking: Masking) -> str:
        value = masked(self.value, masking) if isinstance(self.value, str) else self._as_json(masking)
        return escape(f"{self.name}={value}" if self.name else value)

    def _as_json(self, masking: Masking) -> str:
        value: Any = self.value
        if isinstance(value, AsJson):
            if value.spelling is not None:
                return masked(value.spelling, masking)
            value = value.value
        elif isinstance(value, Mapping):
            # That something is absent is no secret.
            value = {
                name: MASK if entry is not None and self._where(name).is_masked(masking) else entry
                for name, entry in value.items()
            }
        value = masking.json(value)
        text = json.dumps(value, ensure_ascii=False)
        return text if is_visible(text) else json.dumps(value)

    def _where(self, name: str) -> Where:
        """Where an entry of a dictionary stands."""
        if self.name in ("json_path", "xpath"):
            return Where.by_path(self.name, name)
        return Where.named(_KINDS.get(self.name, "field"), name)


@dataclass(frozen=True)
class KeywordLine:
    """A keyword with its arguments. ``is_without_body`` is true where a line cannot hold the body."""

    keyword: str
    cells: tuple[Cell, ...]
    is_without_body: bool = False

    def shown(self, masking: Masking) -> str:
        return _SEPARATOR.join([self.keyword, *(cell.shown(masking) for cell in self.cells)])

    def on_server(self, alias: str | None) -> KeywordLine:
        """The same line for a server that is not the current one."""
        return self if alias is None else replace(self, cells=(*self.cells, Cell("server", alias)))

    def with_times(self, times: int) -> KeywordLine:
        """The same line for a number of requests."""
        return replace(self, cells=(*self.cells, Cell("times", str(times))))

    @property
    def is_short(self) -> bool:
        """Whether it is short enough to paste."""
        return len(self.shown(UNMASKED)) <= _MAX_LINE


def line_for(request: Request, keyword: str = "Expect Request") -> KeywordLine:
    """A line that expects the request as it is; a body that is not short text is left out."""
    cells = [Cell("", plain_path(request)), Cell("method", plain_method(request.method))]
    if request.query_string:
        cells.append(Cell("query", plain(request.query_string)))
    body = _body(request)
    return KeywordLine(keyword, (*cells, *body), is_without_body=bool(request.body_size and not body))


def line_like(request: Request, expectation: Expectation, kind: Kind) -> KeywordLine | None:
    """A line to replace an expectation: it has the same fields, and keeps those that match.

    None when no such line can be written, or when it would check less than the expectation does.
    """
    suggestion = expectation.description.suggestion(request)
    if suggestion is None:
        return None
    cells = (
        Cell("" if argument == "path" else argument, _spelled(request, value) if argument == "json" else value)
        for argument, value in suggestion.items()
    )
    return KeywordLine(_KEYWORDS[kind], tuple(cells))


def _spelled(request: Request, value: object) -> object:
    """A JSON value, spelled as in the body if the body is equal to it."""
    if not isinstance(value, AsJson):
        return value
    # JSON is read as UTF-8, UTF-16 or UTF-32, regardless of the charset in the Content-Type (RFC 8259, 8.1).
    text = request.content.decode(json.detect_encoding(request.content), "replace").strip()
    try:
        same = parse_json(text.encode()) == value.value and is_visible(text)
    except (NotJson, ValueError):
        return value
    return AsJson(value.value, text) if same else value


def _body(request: Request) -> list[Cell]:
    if request.form or request.files:
        # The raw body of a multipart form has a boundary, which is different each time.
        if len(request.form) + len(request.files) > _MAX_FIELDS:
            return []
        form = {name: plain_values(values) for name, values in request.form.items()}
        files = {name: plain_values([file.filename or "" for file in files]) for name, files in request.files.items()}
        cells = [Cell(name, fields) for name, fields in (("form", form), ("files", files)) if fields]
        return [cell for cell in cells if len(json.dumps(cell.value)) <= MAX_SUGGESTED]
    if not request.body or request.unreadable is not None or len(request.content) > MAX_SUGGESTED:
        return []
    if request.is_json():
        try:
            value = literal(request.json)
        except RecursionError:
            return []
        return [Cell("json", _spelled(request, AsJson(value)))] if is_short(value) else []
    text = body_text(request.text)
    if text is None:
        return []
    if says_xml(request.content_type) and _is_xml(request.text, request):
        return [Cell("xml", request.text.strip())]
    return [Cell("text", text)]


def _is_xml(text: str, request: Request) -> bool:
    try:
        return Xml(text).matches(request)
    except UsageError:
        return False
