"""The keyword line that would expect a request, ready to paste into a suite: cells, until somebody reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ..errors import UsageError
from ..expectations.expectation import Expectation, Kind
from ..matching.json_suggestion import literal
from ..matching.path import METHODS
from ..matching.xml_body import Xml
from ..message.media_types import says_xml
from ..message.request import Request
from ..phrase import UNMASKED, Masking, masked
from ..visible import MASK

_SEPARATOR: Final = "    "
_MAX_LINE: Final = 2000
_MAX_BODY: Final = 500
_MAX_FIELDS: Final = 30
_ESCAPED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL: Final = re.compile(r"[{}]")
_PREFIX: Final = re.compile(r"(EQUALS|GLOB|REGEXP|STARTS|NOT):")
_KEYWORDS: Final = {
    Kind.PERMANENT: "Expect Request",
    Kind.ONESHOT: "Expect Oneshot Request",
    Kind.ORDERED: "Expect Ordered Request",
}
# As an argument is called, and as the headers or fields in it are.
_KINDS: Final = {"headers": "header", "cookies": "cookie"}


@dataclass(frozen=True)
class Cell:
    """One argument: text, or a dictionary or list that is written as JSON."""

    name: str
    value: Any

    def shown(self, masking: Masking) -> str:
        value = self.value if isinstance(self.value, str) else self._as_json(masking)
        return escape(f"{self.name}={masked(value, masking)}" if self.name else masked(value, masking))

    def _as_json(self, masking: Masking) -> str:
        value = self.value
        if isinstance(value, Mapping):
            kind = _KINDS.get(self.name, "field")
            value = {name: MASK if masking.masks(kind, name) else entry for name, entry in value.items()}
        value = masking.json(value)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return text if shows(text) else json.dumps(value, allow_nan=False)


@dataclass(frozen=True)
class KeywordLine:
    """A keyword with its arguments. ``is_without_body`` is true where the body is too long for a line."""

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
    """A line that expects the request as it is; a body that is no short text is left out."""
    cells = [Cell("", _path(request)), Cell("method", _method(request.method))]
    if request.query_string:
        cells.append(Cell("query", _pattern(request.query_string)))
    body = _body(request)
    return KeywordLine(keyword, (*cells, *body), is_without_body=bool(request.body_size and not body))


def line_like(request: Request, expectation: Expectation, kind: Kind) -> KeywordLine | None:
    """A line to put in place of an expectation: it looks at the same fields, and keeps what matches.

    None where no such line can be written, or where it would not check what the expectation checks.
    """
    cells: list[Cell] = []
    description = expectation.description
    for argument, value in description.suggestion(request).items():
        if value is None:
            return None
        cells.append(Cell("" if argument == "path" else argument, value))
    return KeywordLine(_KEYWORDS[kind], tuple(cells))


def escape(cell: str) -> str:
    """Robot Framework's escaping of one cell."""
    cell = cell.replace("\\", "\\\\")
    cell = re.sub(r"([$@&%])(?=\{)", r"\\\1", cell)
    cell = "".join(_ESCAPED.get(character, character) for character in cell)
    cell = re.sub(r"(?<= ) |^ ", r"\\ ", cell)
    if cell.endswith(" "):
        # A backslash before a space that ends the line would leave the space outside; after it, it is kept.
        cell += "\\"
    return f"\\{cell}" if cell.startswith("#") else cell


def _path(request: Request) -> str:
    path = request.path
    literal = (
        _SPECIAL.search(path)
        or "?" in path
        or " " in path
        or not path.isprintable()
        or not path.startswith("/")
        or path == "ANY"
    )
    return f"EQUALS:{request.raw_path}" if literal else path


def _method(method: str) -> str:
    return method if method.upper() in METHODS else f"EQUALS:{method}"


def _pattern(text: str) -> str:
    return f"EQUALS:{text}" if _PREFIX.match(text) or text.startswith(("{", "?")) else text


def _body(request: Request) -> list[Cell]:
    if request.form or request.files:
        # The raw body of a multipart form has a boundary, which is different each time.
        if len(request.form) + len(request.files) > _MAX_FIELDS:
            return []
        form = {name: _one_or_list(values) for name, values in request.form.items()}
        files = {name: _one_or_list([file.filename or "" for file in files]) for name, files in request.files.items()}
        cells = [Cell(name, fields) for name, fields in (("form", form), ("files", files)) if fields]
        return [cell for cell in cells if len(json.dumps(cell.value)) <= _MAX_BODY]
    if not request.body or request.cut is not None or len(request.body) > _MAX_BODY:
        return []
    if request.is_json():
        return _json(request)
    text = request.text
    if not shows(text):
        return []
    if says_xml(request.content_type) and _is_xml(text, request):
        return [Cell("xml", text.strip())]
    return [Cell("text", f"{'EQUALS:' if _PREFIX.match(text) else ''}{text}")]


def _json(request: Request) -> list[Cell]:
    try:
        value = literal(request.json)
        # JSON is read as UTF-8, 16 or 32 whatever charset the Content-Type names (RFC 8259, 8.1).
        text = request.text.strip()
        if value != request.json or not shows(text) or json.loads(text) != value:
            return [Cell("json", value if isinstance(value, (dict, list)) else _dumped(value))]
        return [Cell("json", text)]
    except (ValueError, RecursionError):
        # A number that is too large to be written again, or more lists in lists than can be looked into.
        return []


def _dumped(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if shows(text) else json.dumps(value, allow_nan=False)


def _is_xml(text: str, request: Request) -> bool:
    try:
        return Xml(text).matches(request)
    except UsageError:
        return False


def shows(text: str) -> bool:
    """Whether there is nothing in a text that cannot be seen in a cell."""
    return all(character.isprintable() or character in _ESCAPED for character in text)


def _one_or_list(values: list[str]) -> str | list[str]:
    patterns = [*map(_pattern, values)]
    return patterns[0] if len(patterns) == 1 else patterns
