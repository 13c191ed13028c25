"""The body as text, as bytes, as form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from werkzeug.datastructures import FileStorage

from ..arguments import dictionary
from ..errors import UsageError
from ..message.request import Request
from ..visible import quote, quote_all, visible
from .difference import Difference
from .field import Field
from .hints import diff, place
from .named import NamedValues
from .text import TextPattern

_MAX_TRIED = 1000
_URLENCODED = "application/x-www-form-urlencoded"
# Longer ones take longer to read again than a hint is worth.
_MAX_READ_AGAIN = 10_000


class Text(Field):
    """The decoded body."""

    def __init__(self, value: object) -> None:
        self._pattern = TextPattern(value, "text")

    def matches(self, request: Request) -> bool:
        return self._pattern.matches(request.text)

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        difference = self._pattern.difference("text", request.text)
        if not request.body:
            yield replace(difference, received="no body", hint="")
            return
        charset = self._matching_charset(request.body) if len(request.body) <= _MAX_READ_AGAIN else ""
        if charset:
            says = "charset" in (request.header("content-type") or "")
            named = f"says charset={request.charset}" if says else "has none"
            yield replace(
                difference, hint=f"it matches when the body is read as {charset}, but its Content-Type {named}"
            )
        else:
            yield located(difference, self._pattern, request.text)

    def _matching_charset(self, body: bytes) -> str:
        """The charset with which the body would match; empty when there is none of the usual ones."""
        for charset in ("UTF-8", "Latin-1"):
            with suppress(UnicodeDecodeError):
                if self._pattern.matches(body.decode(charset)):
                    return charset
        return ""

    def __str__(self) -> str:
        return f"text={quote(str(self._pattern))}"


class Data(Field):
    """The body, byte for byte."""

    def __init__(self, value: object) -> None:
        if isinstance(value, str):
            value = value.encode()
        if not isinstance(value, (bytes, bytearray)):
            raise UsageError(f"data: bytes or text is needed, not {type(value).__name__}: {value!r}.")
        self._data = bytes(value)

    def matches(self, request: Request) -> bool:
        return request.body == self._data

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            hint = place(self._data, request.body) if self._data and request.body else ""
            yield Difference("data", show_bytes(self._data), show_bytes(request.body), hint)

    def __str__(self) -> str:
        return f"data={show_bytes(self._data)}"


def located(difference: Difference, pattern: TextPattern, received: str) -> Difference:
    """The difference of a text with the place where it begins, and with a diff where it has several lines."""
    expected = pattern.literal
    if expected is None:
        return difference
    return replace(difference, hint=place(expected, received, difference.hint), diff=diff(expected, received))


def show_bytes(data: bytes) -> str:
    """Bytes as text where they are text, otherwise in hexadecimal."""
    if not data:
        return "no body"
    # The beginning decides, as a body may be large; a character may be cut at its end.
    text = data[:_MAX_TRIED].decode("utf-8", "replace").rstrip("\ufffd")
    if text and text.isprintable() and "\ufffd" not in text:
        return quote(text) if len(data) <= _MAX_TRIED else f"{quote(text[:100])}... ({len(data)} bytes)"
    shown = data[:24].hex(" ")
    return f"{len(data)} bytes: {shown}{' ...' if len(data) > 24 else ''}"


class Form(NamedValues):
    """These fields of a urlencoded or multipart body are there."""

    def __init__(self, value: object) -> None:
        super().__init__("form", "form field", dictionary(value, "form"), lambda request: request.form)

    def differences(self, request: Request) -> Iterator[Difference]:
        if request.body and not request.form and not request.files and not self.matches(request):
            received = f"a body of type {quote(request.content_type)}" if request.content_type else "a body of no type"
            hint = f"it looks like one, but its Content-Type is not {_URLENCODED}" if _looks_urlencoded(request) else ""
            yield Difference("form", "a urlencoded or multipart body", received, hint)
        else:
            yield from super().differences(request)


def _looks_urlencoded(request: Request) -> bool:
    return re.fullmatch(r"[^\s={}<>\"]+=[^\s{}<>\"]*", request.text[:_MAX_TRIED]) is not None


class Files(Field):
    """These uploaded files are there, by field name."""

    _PARTS = ("filename", "content_type", "text")

    def __init__(self, value: object) -> None:
        self._expected = {name: self._file(name, entry) for name, entry in dictionary(value, "files").items()}

    def _file(self, name: str, entry: object) -> dict[str, TextPattern] | None:
        if entry is None:
            return None
        if not isinstance(entry, Mapping):
            entry = {"filename": entry}
        unknown = [str(part) for part in entry if part not in self._PARTS]
        if unknown:
            raise UsageError(
                f"files: {name}: a file has {', '.join(self._PARTS)}, but no {', '.join(map(quote, unknown))}."
            )
        return {part: TextPattern(pattern, f"files: {name}: {part}") for part, pattern in entry.items()}

    def differences(self, request: Request) -> Iterator[Difference]:
        for name, expected in self._expected.items():
            received = request.files.get(name, [])
            if expected is None:
                if received:
                    yield Difference(
                        f"file {visible(name)}", "nothing", quote_all([_part(file, "filename") for file in received])
                    )
            elif not received:
                yield Difference(f"file {visible(name)}", "an uploaded file", "nothing")
            elif all(any(_misses(name, expected, file)) for file in received):
                yield from _misses(name, expected, received[0])

    def __str__(self) -> str:
        files = (
            f"{quote(name)}: "
            + (
                "null"
                if parts is None
                else f"{{{', '.join(f'{quote(p)}: {quote(str(t))}' for p, t in parts.items())}}}"
            )
            for name, parts in self._expected.items()
        )
        return visible(f"files={{{', '.join(files)}}}", 300)


def _misses(name: str, expected: dict[str, TextPattern], file: FileStorage) -> Iterator[Difference]:
    for part, pattern in expected.items():
        value = _part(file, part)
        if not pattern.matches(value):
            difference = pattern.difference(f"file {visible(name)} {part}", value)
            yield located(difference, pattern, value) if part == "text" else difference


def _part(file: FileStorage, part: str) -> str:
    if part == "filename":
        return file.filename or ""
    if part == "content_type":
        return file.content_type or ""
    file.stream.seek(0)
    return file.stream.read().decode(errors="replace")
