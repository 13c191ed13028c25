"""The arguments of a request description that compares what is wanted, and a description made of them to check that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from ...errors import UsageError
from ...masking.secrets import Secrets
from ...matching.description import RequestDescription
from ...matching.json_suggestion import literal
from ...matching.matcher import MatcherFailed
from ...matching.path import plain_method, plain_path
from ...matching.suggestion import plain, plain_values
from ...matching.text import has_prefix
from ...message.request import Request
from ...visible import MASK
from .wanted import MASKED, DataBody, FormBody, JsonBody, Pieces, TextBody, UploadedPart, Wanted, is_clean

Arguments = Mapping[str, str | bytes]
"""Arguments by name: text as in a cell, before it is escaped, or bytes."""

_ANY: Final = "<any>"
_SPECIAL_IN_GLOB: Final = re.compile(r"[*?\[]")


class NotWritable(Exception):
    """No expectation can be written for a request."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def described(request: Request, found: Wanted, secrets: Secrets) -> tuple[Wanted, Arguments]:
    """The arguments that compare what is wanted, as much of it as is proved to match the request.

    Raises `NotWritable`.
    """
    for candidate in _weaker(found):
        try:
            made = arguments(request, candidate)
            if _shows_nothing(made, secrets) and description_of(made).matches(request):
                return candidate, made
        except (UsageError, MatcherFailed, ValueError, RecursionError):
            continue
    raise NotWritable("no description can be written that it matches")


def _weaker(found: Wanted) -> Iterator[Wanted]:
    """What is wanted, then less and less of it."""
    yield found
    if found.body is not None:
        found = replace(found, body=None)
        yield found
    if found.query or found.parameters or found.headers:
        found = replace(found, query=None, parameters={}, headers={})
        yield found


def description_of(made: Arguments) -> RequestDescription:
    """The description that a keyword would make of the arguments. Raises `UsageError`."""
    return RequestDescription(**made)


def _shows_nothing(made: Arguments, secrets: Secrets) -> bool:
    """Whether nothing in the arguments is masked, apart from what stands for any value."""
    return all(is_clean(_masked_again(value), secrets) for value in made.values() if isinstance(value, str))


def _masked_again(value: str) -> str:
    return value.replace("*", MASK) if value.startswith("GLOB:") else value.replace(f'"{_ANY}"', f'"{MASK}"')


def arguments(request: Request, found: Wanted) -> Arguments:
    """The arguments of a keyword that expects such a request."""
    made: dict[str, str | bytes] = {}
    path = found.path.whole
    if path is None:
        made["path"] = _glob(found.path)
    else:
        # An encoded slash is no slash.
        made["path"] = f"EQUALS:{path}" if "%2f" in path.lower() else plain_path(request)
    made["method"] = plain_method(found.method)
    if found.query:
        made["query"] = plain(found.query)
    if found.parameters:
        made["query_subset"] = _as_json({name: plain_values(values) for name, values in found.parameters.items()})
    if found.headers:
        # As lines, which need no quotes.
        made["headers"] = "\n".join(f"{name}: {plain(value)}" for name, value in found.headers.items())
    body = found.body
    if isinstance(body, JsonBody):
        made["json_subset" if body.has_more else "json"] = _as_json(_with_placeholders(body.value))
    elif isinstance(body, TextBody):
        text = body.text.whole
        made["text"] = _glob(body.text) if text is None else f"EQUALS:{text}" if has_prefix(text) else text
    elif isinstance(body, DataBody):
        made["data"] = body.data
    elif isinstance(body, FormBody):
        if body.fields:
            made["form"] = _as_json({name: plain_values(values) for name, values in body.fields.items()})
        if body.files:
            made["files"] = _as_json({name: _files(files) for name, files in body.files.items()})
    return made


def _as_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else json.dumps(value, allow_nan=False)


def _with_placeholders(value: Any) -> Any:
    if value is MASKED:
        return _ANY
    if isinstance(value, dict):
        return {key: _with_placeholders(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(item) for item in value]
    return literal(value)


def _files(files: list[UploadedPart]) -> object:
    made = [*map(_file, files)]
    return made[0] if len(made) == 1 else made


def _file(part: UploadedPart) -> dict[str, str]:
    texts = (("filename", part.filename), ("content_type", part.content_type), ("text", part.text))
    return {name: plain(value) for name, value in texts if value is not None}


def _glob(pieces: Pieces) -> str:
    return "GLOB:" + "*".join(_SPECIAL_IN_GLOB.sub(r"[\g<0>]", text) for text in pieces.texts)
