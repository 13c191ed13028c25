"""The keyword line that would expect a request, ready to paste into a suite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from ..errors import UsageError
from ..masking.names import is_masked_header
from ..matching.description import RequestDescription
from ..matching.json_suggestion import literal
from ..matching.path import METHODS
from ..matching.xml_body import Xml
from ..message.media_types import says_xml
from ..message.request import Request

_SEPARATOR: Final = "    "
_MAX_BODY: Final = 500
_MAX_FIELDS: Final = 30
# More than any such body written again, unless placeholders are long.
_MAX_JSON: Final = 4 * _MAX_BODY
_ESCAPED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL: Final = re.compile(r"[{}]")
_PREFIX: Final = re.compile(r"(EQUALS|GLOB|REGEXP|STARTS):")


def keyword_line(
    request: Request,
    keyword: str = "Expect Request",
    like: RequestDescription | None = None,
    hide: Callable[[str], str] = str,
) -> str:
    """A line that expects the request; a body that is no short text is left out.

    What ``like`` describes besides is kept: a pattern of paths that matches, its headers with the values received,
    placeholders in JSON that match, and that the order of lists does not matter.
    ``hide`` blots out secrets, which are spelled in another way once they are escaped.
    """
    cells = [keyword, _path(request, like), f"method={_method(request.method)}"]
    if request.query_string:
        cells.append(f"query={_pattern(request.query_string)}")
    if like is not None:
        cells += _headers(request, like.header_names)
    cells += _body(request, like)
    return _SEPARATOR.join([cells[0], *map(escape, map(hide, cells[1:]))])


def escape(cell: str) -> str:
    """Robot Framework's escaping of one cell."""
    cell = cell.replace("\\", "\\\\")
    cell = re.sub(r"([$@&%])(?=\{)", r"\\\1", cell)
    cell = "".join(_ESCAPED.get(character, character) for character in cell)
    cell = re.sub(r"(?<= ) |^ ", r"\\ ", cell)
    if cell.endswith(" "):
        # A backslash before a space that ends the line would leave the space outside; behind it, it is kept.
        cell += "\\"
    return f"\\{cell}" if cell.startswith("#") else cell


def _path(request: Request, like: RequestDescription | None) -> str:
    if like is not None and like.path is not None and like.path.literal is None and like.path.matches(request):
        return like.path.written
    path = request.path
    literal = (
        _SPECIAL.search(path) or "?" in path or not path.isprintable() or not path.startswith("/") or path == "ANY"
    )
    return f"EQUALS:{request.raw_path}" if literal else path


def _method(method: str) -> str:
    return method if method.upper() in METHODS else f"EQUALS:{method}"


def _pattern(text: str) -> str:
    return f"EQUALS:{text}" if _PREFIX.match(text) or text.startswith(("{", "?")) else text


def _headers(request: Request, names: list[str]) -> list[str]:
    received = {name: request.header_values(name) for name in names if not is_masked_header(name)}
    headers = {
        name: _one_or_list(values)
        for name, values in received.items()
        if values and len("".join(values)) <= _MAX_BODY and "".join(values).isprintable()
    }
    return [f"headers={json.dumps(headers, ensure_ascii=False)}"] if headers else []


def _body(request: Request, like: RequestDescription | None) -> list[str]:
    if request.form or request.files:
        # The raw body of a multipart form has a boundary that is another one each time.
        if len(request.form) + len(request.files) > _MAX_FIELDS:
            return []
        form = {name: _one_or_list(values) for name, values in request.form.items()}
        files = {name: _pattern(files[0].filename or "") for name, files in request.files.items()}
        given = {"form": form, "files": files}
        cells = [f"{name}={json.dumps(fields, ensure_ascii=False)}" for name, fields in given.items() if fields]
        return [cell for cell in cells if len(cell) <= _MAX_BODY]
    if not request.body or request.unreadable is not None or len(request.content) > _MAX_BODY:
        return []
    if request.is_json():
        return _json(request, like)
    text = request.text
    if not _shows(text):
        return []
    if (says_xml(request.content_type) or (like is not None and like.is_about_xml)) and _is_as_xml(text, request):
        return [f"xml={text.strip()}"]
    return [f"text={'EQUALS:' if _PREFIX.match(text) else ''}{text}"]


def _json(request: Request, like: RequestDescription | None) -> list[str]:
    expected = None if like is None else like.json_value
    try:
        if expected is not None:
            text = _written(request, expected.suggestion(request.json))
            if len(text) <= _MAX_JSON:
                return [f"json={text}", *["json_ignore_order=True"] * expected.ignore_order]
        return [f"json={_written(request, literal(request.json))}"]
    except (ValueError, RecursionError):
        # A number that is too large to be written again, or more lists in lists than can be looked into.
        return []


def _written(request: Request, value: Any) -> str:
    """A value as JSON, spelled as in the body when it is the same."""
    # JSON is read as UTF-8, 16 or 32 whatever charset the Content-Type names (RFC 8259, 8.1).
    text = request.content.decode(json.detect_encoding(request.content), "surrogatepass").strip()
    if value != request.json:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if _shows(text) else json.dumps(value, allow_nan=False)


def _is_as_xml(text: str, request: Request) -> bool:
    try:
        return Xml(text).matches(request)
    except UsageError:
        return False


def _shows(text: str) -> bool:
    """Whether there is nothing in a text that cannot be seen in a cell."""
    return all(character.isprintable() or character in _ESCAPED for character in text)


def _one_or_list(values: list[str]) -> str | list[str]:
    patterns = [*map(_pattern, values)]
    return patterns[0] if len(patterns) == 1 else patterns
