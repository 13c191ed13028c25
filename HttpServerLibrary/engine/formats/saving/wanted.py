"""What a saved expectation compares in a request: what the same client sends again, without anything that is masked.

Most headers are not compared: they have credentials, dates, and names of clients. A value that is masked is left out,
or stands for any value, so that the expectation still matches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from ...masking.secrets import Secrets
from ...message.media_types import MULTIPART, says_json
from ...message.request import Request
from ...visible import MASK


class Masked:
    """Stands in a JSON value for a part that is masked."""


MASKED: Final = Masked()
_VISIBLE: Final = frozenset("\t\n\r")
# They decide how much of a response is sent (RFC 9110, 13.1 and 14.2), and depend on nothing but earlier responses.
_COMPARED: Final = ("range", "if-none-match", "if-modified-since")


@dataclass(frozen=True)
class Pieces:
    """A text of which parts may be masked: what stands before, between and after them."""

    texts: tuple[str, ...]

    @property
    def whole(self) -> str | None:
        """All of the text, if nothing in it is masked."""
        return self.texts[0] if len(self.texts) == 1 else None


@dataclass(frozen=True)
class JsonBody:
    """A JSON value, in which `MASKED` stands for any value. With ``has_more``, objects may have more members."""

    value: Any
    has_more: bool


@dataclass(frozen=True)
class TextBody:
    """Text; ``data`` are its bytes as sent, if it can be compared with them."""

    text: Pieces
    data: bytes | None


@dataclass(frozen=True)
class DataBody:
    """Bytes as sent."""

    data: bytes


@dataclass(frozen=True)
class UploadedPart:
    """An uploaded file; what is None is not compared."""

    filename: str | None
    content_type: str | None
    text: str | None


@dataclass(frozen=True)
class FormBody:
    """Fields and files of a form, by name. ``is_multipart`` says in which of the two ways it was sent."""

    fields: dict[str, list[str]]
    files: dict[str, list[UploadedPart]]
    is_multipart: bool


Body = JsonBody | TextBody | DataBody | FormBody


@dataclass(frozen=True)
class Wanted:
    """What is compared. ``path`` and ``query`` are as sent; without ``query``, ``parameters`` are those to compare."""

    method: str
    path: Pieces
    query: str | None
    parameters: dict[str, list[str]]
    headers: dict[str, str]
    body: Body | None


def wanted(request: Request, secrets: Secrets, most_text: int) -> Wanted:
    """What an expectation for a request compares. The text of an uploaded file is not compared if it is longer."""
    path, query, has_query = request.raw_path, request.query_string, "?" in request.target
    # Masked before it is split: a secret may have a '?'.
    target = f"{path}?{query}" if has_query else path
    spans = secrets.spans(target)
    is_query_masked = any(span.end > len(path) for span in spans)
    parameters: dict[str, list[str]] = {}
    if is_query_masked and all(span.start > len(path) for span in spans if span.end > len(path)):
        parameters = _unmasked(parse_qsl(query, keep_blank_values=True), secrets)
    return Wanted(
        request.method,
        _pieces(path, [(span.start, min(span.end, len(path))) for span in spans if span.start < len(path)]),
        None if is_query_masked else query,
        parameters,
        {
            name: value
            for name, value in request.headers
            if name.lower() in _COMPARED and value.isprintable() and secrets.header(name, value) == value
        },
        _body(request, secrets, most_text),
    )


def is_readable(text: str) -> bool:
    """Whether text has neither lost characters nor controls, so that people can read it."""
    return "\ufffd" not in text and not any(
        (character < " " and character not in _VISIBLE) or "\x7f" <= character <= "\x9f" for character in text
    )


def is_clean(text: str, secrets: Secrets) -> bool:
    """Whether nothing in a text is masked that is not masked already."""
    return secrets.hide(text) == text


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> Pieces:
    texts = []
    at = 0
    for start, end in spans:
        texts.append(text[at:start])
        at = end
    return Pieces((*texts, text[at:]))


def _unmasked(pairs: Iterable[tuple[str, str]], secrets: Secrets) -> dict[str, list[str]]:
    """The names of which no value is masked, with their values."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {
        name: found
        for name, found in values.items()
        if not secrets.masks("field", name) and all(is_clean(f"{name}={value}", secrets) for value in found)
    }


def _body(request: Request, secrets: Secrets, most_text: int) -> Body | None:
    if not request.body or request.unreadable is not None:
        return None
    if request.form or request.files:
        return _form(request, secrets, most_text)
    text = request.text
    if request.is_json():
        value = request.json
        if isinstance(value, (dict, list)) or says_json(request.content_type):
            return _json(value, secrets)
    data = None if request.is_encoded else request.body
    if is_readable(text):
        spans = secrets.spans(text)
        return TextBody(_pieces(text, ((span.start, span.end) for span in spans)), None if spans else data)
    is_masked = not is_clean(text, secrets) or secrets.hide_bytes(request.body) != request.body
    return None if data is None or is_masked else DataBody(data)


def _json(value: Any, secrets: Secrets) -> JsonBody | None:
    try:
        if is_clean(json.dumps(value, ensure_ascii=False), secrets):
            return JsonBody(value, has_more=False)
        masking = _JsonMasking(secrets)
        left = masking.without_masked(value)
        shown = json.dumps(left, ensure_ascii=False, default=lambda _: MASK)
    except RecursionError:
        return None
    # Where a value is recognised only in its surroundings.
    return JsonBody(left, masking.has_more) if left is not MASKED and is_clean(shown, secrets) else None


class _JsonMasking:
    """Takes masked values out of a JSON value; ``has_more`` says whether a member had to be left out."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self.has_more = False

    def without_masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            members = {}
            for key, entry in value.items():
                if not is_clean(key, self._secrets):
                    self.has_more = True
                else:
                    members[key] = MASKED if self._secrets.masks("json", key) else self.without_masked(entry)
            return members
        if isinstance(value, list):
            return [self.without_masked(item) for item in value]
        shown = value if isinstance(value, str) else json.dumps(value)
        return value if is_clean(shown, self._secrets) else MASKED


def _form(request: Request, secrets: Secrets, most_text: int) -> FormBody | None:
    fields = _unmasked(((name, value) for name, values in request.form.items() for value in values), secrets)
    files: dict[str, list[UploadedPart]] = {}
    for name, uploaded in request.files.items():
        if secrets.masks("field", name) or not is_clean(name, secrets):
            continue
        files[name] = []
        for file in uploaded:
            file.stream.seek(0)
            data = file.stream.read()
            text = data.decode("utf-8", "replace") if len(data) <= most_text else ""
            filename, content_type = file.filename or "", file.content_type or ""
            files[name].append(
                UploadedPart(
                    filename if is_clean(filename, secrets) else None,
                    content_type if is_clean(content_type, secrets) else None,
                    text if text and is_readable(text) and is_clean(text, secrets) else None,
                )
            )
    return FormBody(fields, files, request.content_type == MULTIPART) if fields or files else None
