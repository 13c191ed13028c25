"""The body as a form: its fields and the uploaded files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from werkzeug.datastructures import FileStorage

from ..arguments import dictionary, form_pairs, not_empty
from ..errors import UsageError
from ..message.media_types import MULTIPART, URLENCODED, says_json
from ..message.request import Request
from ..phrase import Masking, Phrase, Quoted, joined, listed, quotes, text
from ..visible import MASK, quote, shortened
from .body import bytes_phrase, data_bytes, offset_hint
from .difference import Difference, Where
from .field import Field
from .hints import alike
from .named import MAX_DESCRIBED, NamedValues
from .quick import SMALL
from .suggestion import Suggestion, body_text, plain, plain_values
from .text import TextPattern
from .unordered import without_counterpart

_MAX_LOOKED_AT: Final = 1000
_TEXT_PARTS: Final = ("filename", "content_type", "text")
_PARTS: Final = (*_TEXT_PARTS, "data")
# No spaces, and none of the characters that JSON, XML and base64 have but percent-encoded forms do not.
_PAIRS: Final = re.compile(r"[\w.\[\]%+*-]+=[^\s={}<>\"&]*(?:&[\w.\[\]%+*-]+=[^\s={}<>\"&]*)*")


class Form(NamedValues):
    """These fields of a urlencoded or multipart body are there."""

    quick_up_to = SMALL

    def __init__(self, value: object) -> None:
        fields = not_empty(form_pairs(value, "form"), "form")
        super().__init__("form", "form field", fields, lambda request: request.form)

    def matches(self, request: Request) -> bool:
        return not request.unread_form and super().matches(request)

    def suggestion(self, request: Request) -> Suggestion | None:
        # Every field would be missing.
        return super().suggestion(request) if _has_parts(request) or self.matches(request) else None

    def _elsewhere(self, request: Request, name: str) -> str:
        return "it came in the query" if name in request.query else ""

    def differences(self, request: Request) -> Iterator[Difference]:
        if request.body and not _has_parts(request) and not self.matches(request):
            hint = _no_boundary(request)
            if not hint and looks_urlencoded(request):
                hint = f"it looks like a form, but its Content-Type is not {URLENCODED}"
            elif not hint and says_json(request.content_type) and request.is_json():
                hint = "the body is JSON; json= compares it"
            yield Difference(Where("form"), "a urlencoded or multipart body", _body_of_type(request), hint)
        else:
            yield from super().differences(request)


def looks_urlencoded(request: Request) -> bool:
    """Whether the body may be a form, regardless of its Content-Type."""
    text = request.text[:_MAX_LOOKED_AT]
    # A single name without a value may be base64.
    is_form = len(request.content) <= _MAX_LOOKED_AT and _PAIRS.fullmatch(text) is not None
    return is_form and ("&" in text or not text.endswith("="))


def _has_parts(request: Request) -> bool:
    """Whether there is a field or file in the body."""
    return bool(request.form or request.files)


def _body_of_type(request: Request) -> Phrase:
    type_ = request.content_type
    if request.unread_form:
        return f"a body that is not read, because {request.unread_form}"
    return ("a body of type ", Quoted(type_)) if type_ else "a body without a Content-Type"


def _no_boundary(request: Request) -> str:
    content_type = request.header("content-type") or ""
    if request.content_type == MULTIPART and "boundary=" not in content_type.lower():
        return "the Content-Type has no boundary; let the HTTP client set it"
    return ""


@dataclass(frozen=True)
class _File:
    """What an uploaded file looks like."""

    texts: dict[str, TextPattern]
    data: bytes | None = None

    def misses(self, where: Where, file: FileStorage) -> Iterator[Difference]:
        """What differs in an uploaded file, part by part."""
        for part, pattern in self.texts.items():
            value = _text_of(file, part)
            if not pattern.matches(value):
                part_where = replace(where, name=f"{where.name} {part}")
                yield (
                    pattern.difference_of_body(part_where, value)
                    if part == "text"
                    else pattern.difference(part_where, value)
                )
        if self.data is not None and (data := _content(file)) != self.data:
            part_where = replace(where, name=f"{where.name} data")
            yield Difference(part_where, bytes_phrase(self.data), bytes_phrase(data), offset_hint(self.data, data))

    def matches(self, file: FileStorage) -> bool:
        return all(pattern.matches(_text_of(file, part)) for part, pattern in self.texts.items()) and (
            self.data is None or _content(file) == self.data
        )

    def suggestion(self, file: FileStorage) -> str | dict[str, str] | None:
        """How the file would be described with the same parts; None where a line cannot hold one of them."""
        suggested: dict[str, str] = {}
        for part, pattern in self.texts.items():
            value = _text_of(file, part)
            written = body_text(value) if part == "text" else plain(value)
            if not pattern.matches(value) and written is None:
                return None
            suggested[part] = str(pattern) if pattern.matches(value) else str(written)
        if self.data is not None:
            return None
        return suggested["filename"] if suggested.keys() == {"filename"} else suggested

    def nearest(self, files: list[FileStorage]) -> int:
        """The index of the file in which the fewest parts differ; among equals, one with the right name."""

        def distance(index: int) -> tuple[int, bool]:
            parts = {part for part, pattern in self.texts.items() if not pattern.matches(_text_of(files[index], part))}
            differs = self.data is not None and _content(files[index]) != self.data
            return len(parts) + differs, "filename" in parts

        return min(range(len(files)), key=distance)

    def describe(self) -> Phrase:
        """The file as a phrase after 'expected'."""
        parts: list[Phrase] = [joined(f"{part} ", pattern.describe()) for part, pattern in self.texts.items()]
        if self.data is not None:
            parts.append(joined("data ", bytes_phrase(self.data)))
        return joined("a file with ", listed(parts, len(parts))) if parts else "an uploaded file"

    def shown(self, masking: Masking) -> str:
        parts = [f"{quote(part)}: {Quoted(str(pattern)).shown(masking)}" for part, pattern in self.texts.items()]
        if self.data is not None:
            parts.append(f'"data": {text(bytes_phrase(self.data), masking)}')
        return f"{{{', '.join(parts)}}}"


class Files(Field):
    """These uploaded files are there, by field name."""

    def __init__(self, value: object) -> None:
        # A list: exactly these files, in any order; None: no such file.
        self._expected: dict[str, _File | list[_File] | None] = {}
        self._given = not_empty(dictionary(value, "files"), "files")
        for name, entry in self._given.items():
            if isinstance(entry, (list, tuple)):
                self._expected[name] = [_file(f"files: {name}[{index}]", item) for index, item in enumerate(entry)]
            else:
                self._expected[name] = None if entry is None else _file(f"files: {name}", entry)
        self.quick_up_to = min([SMALL, *map(_quick_up_to, self._expected.values())])

    def matches(self, request: Request) -> bool:
        return not request.unread_form and all(
            _files_match(expected, request.files.get(name, [])) for name, expected in self._expected.items()
        )

    def differences(self, request: Request) -> Iterator[Difference]:
        is_other = request.body and request.content_type != MULTIPART and any(self._expected.values())
        if is_other or request.unread_form:
            yield Difference(Where("files"), "a multipart body", _body_of_type(request))
            return
        for name, expected in self._expected.items():
            received = request.files.get(name, [])
            where = Where.named("file", name)
            if expected is None:
                if received:
                    yield Difference(where, "nothing", _names(received))
            elif expected and not received:
                yield _missing(where, request, name, expected)
            elif isinstance(expected, list):
                yield from _list_differences(where, expected, received)
            elif not any(map(expected.matches, received)):
                yield from _nearest_differences(where, expected, received)

    def suggestion(self, request: Request) -> Suggestion | None:
        if not _has_parts(request) and not self.matches(request):
            # Every file would be missing.
            return None
        suggested: dict[str, object] = {}
        for name, expected in self._expected.items():
            received = request.files.get(name, [])
            if _files_match(expected, received):
                entry = None if _has_data(expected) else self._given[name]
            elif isinstance(expected, _File) and received:
                entry = expected.suggestion(received[expected.nearest(received)])
            elif isinstance(expected, list) and any(file.texts.keys() != {"filename"} for file in expected):
                entry = None
            else:
                entry = plain_values([file.filename or "" for file in received]) if received else None
            if entry is None and received:
                return None
            suggested[name] = entry
        return {"files": suggested}

    def shown(self, masking: Masking) -> str:
        files = (
            f"{Quoted(name).shown(masking)}: {MASK if masking.masks('file', name) else _shown(entry, masking)}"
            for name, entry in self._expected.items()
        )
        return shortened(f"files={{{', '.join(files)}}}", MAX_DESCRIBED)


def _quick_up_to(expected: _File | list[_File] | None) -> int:
    files = expected if isinstance(expected, list) else [expected]
    return min((text.quick_up_to for file in files if file is not None for text in file.texts.values()), default=SMALL)


def _file(what: str, entry: object) -> _File:
    if not isinstance(entry, Mapping):
        entry = {"filename": entry}
    unknown = [str(part) for part in entry if part not in _PARTS]
    if unknown:
        raise UsageError(f"{what}: a file has {', '.join(_PARTS)}, not {', '.join(map(quote, unknown))}.")
    texts = {part: TextPattern(entry[part], f"{what}: {part}") for part in entry if part != "data"}
    return _File(texts, data_bytes(entry["data"], f"{what}: data") if "data" in entry else None)


def _files_match(expected: _File | list[_File] | None, received: list[FileStorage]) -> bool:
    if expected is None:
        return not received
    if isinstance(expected, list):
        is_counted = len(expected) == len(received)
        return is_counted and without_counterpart(expected, received, _File.matches, None) == ([], [])
    return any(map(expected.matches, received))


def _has_data(expected: _File | list[_File] | None) -> bool:
    """Whether it has bytes, which a cell cannot hold."""
    files = expected if isinstance(expected, list) else [expected]
    return any(file is not None and file.data is not None for file in files)


def _missing(where: Where, request: Request, name: str, expected: _File | list[_File]) -> Difference:
    """The difference if a field has no file."""
    count = len(expected) if isinstance(expected, list) else 1
    wanted = "an uploaded file" if count == 1 else f"{count} uploaded files"
    if name in request.form:
        return Difference(where, wanted, "a form field without a file name")
    hint: Phrase = _no_boundary(request)
    if request.files:
        hint = alike(name, request.files)
    if request.files and not hint:
        hint = joined("files arrived in ", listed(map(Quoted, request.files), len(request.files), "fields"))
    return Difference(where, wanted, "nothing", hint)


def _nearest_differences(where: Where, expected: _File, received: list[FileStorage]) -> Iterator[Difference]:
    """What differs in the file that is nearest to the expected one."""
    if len(received) > 1 and expected.texts.keys() == {"filename"} and expected.data is None:
        part_where = replace(where, name=f"{where.name} filename")
        yield Difference(part_where, expected.texts["filename"].describe(), _names(received))
        return
    nearest = received[expected.nearest(received)]
    for difference in expected.misses(where, nearest):
        if len(received) > 1 and not difference.hint:
            which = ("in ", Quoted(nearest.filename or ""), f", the nearest of {len(received)} files")
            difference = replace(difference, hint=which)
        yield difference


def _list_differences(where: Where, expected: list[_File], received: list[FileStorage]) -> Iterator[Difference]:
    """What differs where several files are expected in one field, in any order."""
    missing, extra = without_counterpart(expected, received, _File.matches, None)
    left = [received[index] for index in extra]
    for index in missing:
        if left:
            yield from expected[index].misses(where, left.pop(expected[index].nearest(left)))
        else:
            yield Difference(where, expected[index].describe(), "no such file")
    for file in left:
        yield Difference(where, "no such file", Quoted(file.filename or ""))


def _shown(entry: _File | list[_File] | None, masking: Masking) -> str:
    if isinstance(entry, list):
        return f"[{', '.join(file.shown(masking) for file in entry)}]"
    return "null" if entry is None else entry.shown(masking)


def _names(files: list[FileStorage]) -> Phrase:
    return quotes([file.filename or "" for file in files])


def _text_of(file: FileStorage, part: str) -> str:
    if part == "filename":
        return file.filename or ""
    return file.content_type or "" if part == "content_type" else _content(file).decode(errors="replace")


def _content(file: FileStorage) -> bytes:
    file.stream.seek(0)
    return file.stream.read()
