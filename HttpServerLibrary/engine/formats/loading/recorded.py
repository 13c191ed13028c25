"""Requests and responses that were recorded, as they are written down in HTTP Archives and collections of Postman.

What is masked is ``***``, as this library and others write it. In a request, it stands for any text.
"""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...errors import UsageError
from ...matching.body import Data, bytes_phrase, offset_hint
from ...matching.difference import Difference, Where
from ...matching.field import Field
from ...matching.form import Files, Form
from ...matching.json_body import Json
from ...matching.json_suggestion import literal
from ...matching.named import Expected, any_matches
from ...matching.path import Method, Path, plain_method
from ...matching.suggestion import plain
from ...matching.text_body import Text
from ...message.charset import known_charset
from ...message.head import TOKEN
from ...message.json_text import NotJson, parse_json
from ...message.media_types import MULTIPART, URLENCODED, says_json
from ...message.request import Request
from ...message.response import BAD_VALUE, BODILESS, first_value, reason_phrase
from ...phrase import Masking, Quoted, quotes
from ...responses.arguments import make_response
from ...responses.static import Static
from ...visible import MASK
from ...words import counted

# What belongs to one connection (RFC 9110, 7.6.1), what the server adds by itself, and a header that sends clients to
# another server.
_NOT_SENT: Final = frozenset(
    "connection keep-alive proxy-connection te trailer transfer-encoding upgrade "
    "content-length content-encoding date alt-svc".split()
)
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_SPECIAL: Final = re.compile(r"[{}? ]")
_ANYTHING: Final = r"[\s\S]*"
# In JSON, a text that may be a placeholder.
_LIKE_PLACEHOLDER: Final = re.compile(r'"\\*<')
_CHARSET: Final = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A response that was recorded."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def responder(self) -> Static:
        """Raises `UsageError` for one that cannot be sent."""
        status = f"{self.status} {self.reason}" if self.reason else self.status
        return Static(make_response(status, [*self.headers], b"" if self.status in BODILESS else self.body))


def reason_of(status: int, text: object) -> str:
    """The reason phrase of a response; empty if it is the usual one or cannot be sent."""
    if not isinstance(text, str) or not text.isascii() or BAD_VALUE.search(text):
        return ""
    text = text.strip()
    return "" if text == reason_phrase(status) else text


def sent_headers(pairs: Iterable[tuple[str, str]], *, keep: frozenset[str] = frozenset()) -> Pairs:
    """The headers of a recorded response that can be sent again.

    Left out are those of the connection and the framing, and what is no header, such as the pseudo-headers of HTTP/2.
    With ``keep``, the ones of these names stay. Values of a repeated header that were joined by line feeds are taken
    apart.
    """
    sent: Pairs = []
    for name, joined_values in pairs:
        lower = name.lower()
        if not TOKEN.fullmatch(name) or (lower in _NOT_SENT and lower not in keep):
            continue
        for value in _LINE_BREAK.split(joined_values):
            value = value.strip(" \t")
            if not BAD_VALUE.search(value):
                sent.append((name, _as_latin_1(value)))
    return sent


def _as_latin_1(value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value


def encoded(text: str, pairs: Pairs) -> tuple[bytes, Pairs]:
    """A body as bytes in the charset that its Content-Type names, or in UTF-8, which the Content-Type then names."""
    content_type = first_value(pairs, "content-type") or ""
    charset = known_charset(content_type)
    if charset is not None:
        try:
            return text.encode(charset), pairs
        except ValueError:
            pass
    body = text.encode("utf-8", "surrogatepass")
    if not _CHARSET.search(content_type):
        return body, pairs
    fixed = _CHARSET.sub("; charset=utf-8", content_type)
    return body, [(name, fixed if name.lower() == "content-type" else value) for name, value in pairs]


def recorded_method(method: str) -> Method:
    return Method(plain_method(method))


def recorded_path(target: str) -> Path:
    """The path of a recorded target: literal, but what is masked."""
    request = Request("GET", target)
    path, raw = request.paths()
    if MASK in path:
        return Path(f"REGEXP:{'.*'.join(map(re.escape, path.split(MASK)))}")
    if "%2f" in raw.lower():
        # Decoded, it would be another path.
        return Path(f"EQUALS:{raw}")
    is_plain = path.startswith("/") and path.isprintable() and path != "/ANY" and not _SPECIAL.search(path)
    return Path(path if is_plain else f"EQUALS:{path if path.isprintable() else raw}")


def pattern(value: str) -> str:
    """A text pattern that matches this value only, but for what is masked in it."""
    return f"GLOB:{'*'.join(map(glob.escape, value.split(MASK)))}" if MASK in value else plain(value)


def patterns(values: list[str]) -> str | list[str]:
    return pattern(values[0]) if len(values) == 1 else [*map(pattern, values)]


@dataclass(frozen=True)
class RecordedBody:
    """The body of a recorded request. Two that are equal have the same ``key``; ``fields`` compare it."""

    key: Hashable
    fields: Mapping[str, Field]
    varies: bool
    """Whether a part of it is masked, so that others match, too."""


@dataclass(frozen=True)
class Upload:
    """A file in a recorded form; its content is None where it was not recorded."""

    filename: str
    content_type: str
    data: bytes | None = None


def recorded_body(data: bytes | str, content_type: str, *, whole_files: bool) -> RecordedBody | None:
    """The body of a request; None if there is none.

    JSON is compared as JSON and a form as a form. ``whole_files`` says whether the content of uploaded files is in the
    data, which some browsers leave out.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if not data:
        return None
    as_json = _json_body(data, media_type)
    if as_json is not None:
        return as_json
    if media_type in (URLENCODED, MULTIPART):
        charset = known_charset(content_type) or "utf-8"
        body = data if isinstance(data, bytes) else data.encode(charset, "replace")
        request = Request(
            "POST", "/", f"Content-Type: {_one_line(content_type)}\r\n".encode("latin-1", "replace"), body
        )
        files = {name: [_upload(file, whole_files) for file in uploaded] for name, uploaded in request.files.items()}
        if request.form or files:
            return form_body(request.form, files)
    if isinstance(data, str):
        return RecordedBody(("text", data), {"text": Text(pattern(data))}, MASK in data)
    return RecordedBody(("data", data), {"body": Content(data)}, MASK.encode() in data)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _json_body(data: bytes | str, media_type: str) -> RecordedBody | None:
    start = data[:1000].lstrip()[:1]
    if start not in ("{", "[", b"{", b"[") and not says_json(media_type):
        return None
    try:
        value = parse_json(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        return json_body(value)
    except (NotJson, UsageError, RecursionError):
        return None


def json_body(value: Any) -> RecordedBody:
    """Raises `UsageError` and `RecursionError` for a value that is nested too deeply."""
    key = json.dumps(value, sort_keys=True)
    expected = _unmasked(value) if MASK in key else literal(value) if _LIKE_PLACEHOLDER.search(key) else value
    if isinstance(expected, str):
        # A text would be parsed.
        expected = json.dumps(expected)
    return RecordedBody(("json", key), {"json": Json(expected)}, MASK in key)


def _unmasked(value: Any) -> Any:
    """A JSON value with placeholders for what is masked."""
    if isinstance(value, str):
        if MASK not in value:
            return literal(value)
        if value == MASK:
            return "<any>"
        return f"<regexp:{_ANYTHING.join(map(re.escape, value.split(MASK)))}>"
    if isinstance(value, dict):
        return {key: _unmasked(entry) for key, entry in value.items()}
    return [_unmasked(entry) for entry in value] if isinstance(value, list) else value


def form_body(form: Mapping[str, list[str]], files: Mapping[str, list[Upload]]) -> RecordedBody | None:
    """A form with exactly these fields, and with these files; None if it has none."""
    # A name that is masked is any name.
    named = {name: values for name, values in form.items() if MASK not in name}
    fields: dict[str, Field] = {}
    if named:
        compared = {name: patterns(values) for name, values in named.items()}
        fields["form"] = WholeForm(compared) if len(named) == len(form) else Form(compared)
    if files:
        fields["files"] = Files({name: [_described(upload) for upload in uploads] for name, uploads in files.items()})
    if not fields:
        return None
    key = (
        "form",
        tuple(sorted((name, tuple(values)) for name, values in form.items())),
        tuple(sorted((name, tuple(uploads)) for name, uploads in files.items())),
    )
    return RecordedBody(key, fields, any(MASK in value for values in form.values() for value in values))


def _upload(file: Any, whole: bool) -> Upload:
    data: bytes = file.stream.read()
    has_mask = MASK.encode() in data
    return Upload(file.filename or "", file.content_type or "", data if whole and not has_mask else None)


def _described(upload: Upload) -> dict[str, object]:
    described: dict[str, object] = {"filename": pattern(upload.filename)}
    if upload.data is not None:
        described["data"] = upload.data
    return described


class WholeForm(Form):
    """These fields are in the form, and no others."""

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        return any_matches(expected, values) and (isinstance(expected, list) or len(values) <= 1)

    def matches(self, request: Request) -> bool:
        return super().matches(request) and request.form.keys() <= self._expected.keys()

    def differences(self, request: Request) -> Iterator[Difference]:
        yield from super().differences(request)
        for name, received in request.form.items():
            if name not in self._expected:
                yield Difference(self._where(name), "nothing", quotes(received))


class Content(Data):
    """The decoded body, byte for byte, but for what is masked in it."""

    def __init__(self, value: bytes) -> None:
        super().__init__(value)
        parts = value.split(MASK.encode())
        self._pattern = re.compile(b".*?".join(map(re.escape, parts)), re.DOTALL) if len(parts) == 2 else None
        # With several, a search could take long.
        self._ends = (parts[0], parts[-1]) if len(parts) > 2 else None

    def matches(self, request: Request) -> bool:
        content = request.content
        if self._ends is not None:
            return content.startswith(self._ends[0]) and content.endswith(self._ends[1])
        return content == self._data if self._pattern is None else self._pattern.fullmatch(content) is not None

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            content = request.content
            yield Difference(
                Where("body"), bytes_phrase(self._data), bytes_phrase(content), offset_hint(self._data, content)
            )

    def suggestion(self, request: Request) -> None:
        return None

    def shown(self, masking: Masking) -> str:
        try:
            text = self._data.decode()
        except UnicodeDecodeError:
            return f"body of {counted(len(self._data), 'byte')}"
        return f"data={Quoted(text).shown(masking)}"
