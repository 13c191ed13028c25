"""The keyword line that would expect a request, ready to paste into a suite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from .json_text import NotJson
from .masking import is_masked_header
from .matching.description import RequestDescription
from .matching.path import METHODS
from .request import Request

_SEPARATOR: Final = "    "
_MOST_BODY: Final = 500
_MOST_FIELDS: Final = 30
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

    What ``like`` describes besides is kept: a pattern of paths that fits, and its headers with the values received.
    ``hide`` blots out secrets, which are spelled in another way once they are escaped.
    """
    cells = [keyword, _path(request, like), f"method={_method(request.method)}"]
    if request.query_string:
        cells.append(f"query={_pattern(request.query_string)}")
    if like is not None:
        cells += _headers(request, like.header_names)
    cells += _body(request)
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
    if like is not None and like.path is not None and like.path.literal is None and like.path.fits(request):
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
        if values and len("".join(values)) <= _MOST_BODY and "".join(values).isprintable()
    }
    return [f"headers={json.dumps(headers, ensure_ascii=False)}"] if headers else []


def _body(request: Request) -> list[str]:
    if request.form or request.files:
        # The raw body of a multipart form has a boundary that is another one each time.
        if len(request.form) + len(request.files) > _MOST_FIELDS:
            return []
        form = {name: _one_or_list(values) for name, values in request.form.items()}
        files = {name: _pattern(files[0].filename or "") for name, files in request.files.items()}
        given = {"form": form, "files": files}
        cells = [f"{name}={json.dumps(fields, ensure_ascii=False)}" for name, fields in given.items() if fields]
        return [cell for cell in cells if len(cell) <= _MOST_BODY]
    if not request.body or request.cut is not None or len(request.body) > _MOST_BODY:
        return []
    text = request.text
    if _is_json(request):
        # JSON is read as UTF-8, 16 or 32 whatever charset the Content-Type names (RFC 8259, 8.1).
        text = request.body.decode(json.detect_encoding(request.body))
    if not text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
        return []
    return [f"json={text.strip()}" if _is_json(request) else f"text={'EQUALS:' if _PREFIX.match(text) else ''}{text}"]


def _one_or_list(values: list[str]) -> str | list[str]:
    patterns = [*map(_pattern, values)]
    return patterns[0] if len(patterns) == 1 else patterns


def _is_json(request: Request) -> bool:
    try:
        request.parse_json()
    except NotJson:
        return False
    return True
