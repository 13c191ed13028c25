"""The body as a form: its fields and the uploaded files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from werkzeug.datastructures import FileStorage

from ..arguments import dictionary
from ..errors import UsageError
from ..message.request import Request
from ..phrase import Masking, Quoted, quotes
from ..visible import MASK, quote, shortened
from .difference import Difference, Where
from .field import Field
from .named import MAX_DESCRIBED, NamedValues
from .suggestion import Suggestion, plain
from .text import TextPattern

_URLENCODED = "application/x-www-form-urlencoded"
_MAX_LOOKED_AT = 1000


class Form(NamedValues):
    """These fields of a urlencoded or multipart body are there."""

    def __init__(self, value: object) -> None:
        super().__init__("form", "form field", dictionary(value, "form"), lambda request: request.form)

    def differences(self, request: Request) -> Iterator[Difference]:
        if request.body and not request.form and not request.files and not self.matches(request):
            type_ = request.content_type
            received = ("a body of type ", Quoted(type_)) if type_ else "a body of no type"
            hint = f"it looks like one, but its Content-Type is not {_URLENCODED}" if _looks_urlencoded(request) else ""
            yield Difference(Where("form"), "a urlencoded or multipart body", received, hint)
        else:
            yield from super().differences(request)


def _looks_urlencoded(request: Request) -> bool:
    return re.fullmatch(r"[^\s={}<>\"]+=[^\s{}<>\"]*", request.text[:_MAX_LOOKED_AT]) is not None


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
                    names = [_part(file, "filename") for file in received]
                    yield Difference(Where.named("file", name), "nothing", quotes(names))
            elif not received:
                yield Difference(Where.named("file", name), "an uploaded file", "nothing")
            elif all(any(_misses(name, expected, file)) for file in received):
                yield from _misses(name, expected, received[0])

    def suggestion(self, request: Request) -> Suggestion:
        suggested: dict[str, object] = {}
        for name, expected in self._expected.items():
            received = request.files.get(name, [])
            if expected is None and not received:
                suggested[name] = None
            elif expected is not None and any(not any(_misses(name, expected, file)) for file in received):
                suggested[name] = {part: str(pattern) for part, pattern in expected.items()}
            else:
                suggested[name] = plain(_part(received[0], "filename")) if received else None
        return {"files": suggested}

    def shown(self, masking: Masking) -> str:
        files = (
            f"{Quoted(name).shown(masking)}: {MASK if masking.masks('file', name) else _shown_file(parts, masking)}"
            for name, parts in self._expected.items()
        )
        return shortened(f"files={{{', '.join(files)}}}", MAX_DESCRIBED)


def _shown_file(parts: dict[str, TextPattern] | None, masking: Masking) -> str:
    if parts is None:
        return "null"
    return f"{{{', '.join(f'{quote(part)}: {Quoted(str(text)).shown(masking)}' for part, text in parts.items())}}}"


def _misses(name: str, expected: dict[str, TextPattern], file: FileStorage) -> Iterator[Difference]:
    for part, pattern in expected.items():
        value = _part(file, part)
        if not pattern.matches(value):
            where = Where("file", f"{name} {part}", names=(name,))
            yield pattern.difference_of_body(where, value) if part == "text" else pattern.difference(where, value)


def _part(file: FileStorage, part: str) -> str:
    if part == "filename":
        return file.filename or ""
    if part == "content_type":
        return file.content_type or ""
    file.stream.seek(0)
    return file.stream.read().decode(errors="replace")
