"""Bodies of responses: text or a template in the file of the environment, a file beside it, or data of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import quote as percent_encoded

from ....errors import UsageError
from ....phrase import Phrase, Plain, joined
from ....responses.conditional import requested_range
from ....responses.file_types import type_of
from ....responses.open_file import FileBody
from ....responses.responder import ResponseFailed
from ..loaded import NotUnderstood
from .header_fields import Fields
from .reading import flag, one_of, text
from .scene import Memory, Scene
from .templates import Template
from .values import UNDEFINED, json_of

_KINDS: Final = ("INLINE", "FILE", "DATABUCKET")
_TEMPLATED_TYPES: Final = frozenset(
    {
        *("application/json", "text/html", "text/css", "text/csv", "application/javascript", "application/typescript"),
        *("text/plain", "application/xhtml+xml", "application/xml", "text/x-handlebars-template"),
    }
)
# Where Node.js and we name a type differently.
_TYPES: Final[Mapping[str, str]] = {
    ".bin": "application/octet-stream",
    ".hbs": "text/x-handlebars-template",
    ".ini": "text/plain",
    ".js": "application/javascript",
    ".log": "text/plain",
    ".mjs": "application/javascript",
    ".wsdl": "application/wsdl+xml",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".xsd": "application/xml",
    ".yaml": "text/yaml",
    ".yml": "text/yaml",
}
_UNKNOWN: Final = "application/octet-stream"
_BACKSLASH: Final = re.compile(r"\\(?!\.)")
_MAX_TEMPLATE: Final = 16 * 1024 * 1024


class Content(NamedTuple):
    """What a body is for one request: text, or an open file with its length."""

    text: str = ""
    file: FileBody | None = None
    part: range = range(0)
    status: int | None = None
    release: Any = None


class Body(Protocol):
    """Makes the content for a request, and sets the header fields that follow from it."""

    loops: bool

    @property
    def fixed(self) -> str | None:
        """The text that it always is; None if that depends on the request."""
        ...

    def render(self, scene: Scene, fields: Fields) -> Content: ...


class TextBody:
    """Text that is the same for every request, or a template."""

    def __init__(self, written: str, *, is_template: bool) -> None:
        self._template = Template(written) if is_template else None
        self.fixed = written if self._template is None else self._template.fixed
        self.loops = self._template is not None and self._template.loops

    def render(self, scene: Scene, fields: Fields) -> Content:
        return Content(self._template.render(scene) if self._template is not None else self.fixed or "")


class BucketBody:
    """Data of the environment, as it is at that moment. Without such data it is the text beside it."""

    loops = False
    fixed: str | None = None

    def __init__(self, identifier: str, otherwise: str, memory: Memory) -> None:
        self._identifier = identifier
        self._otherwise = otherwise
        self._memory = memory

    def render(self, scene: Scene, fields: Fields) -> Content:
        bucket = self._memory.of_id(self._identifier)
        return Content(self._otherwise if bucket is None else data_text(bucket.value))


def data_text(value: Any) -> str:
    """Data as it is sent: JSON, but a text as it is."""
    return value if isinstance(value, str) else "" if value is UNDEFINED else json_of(value)


class FileBodyOf:
    """A file, whose name and text may be templates."""

    fixed: str | None = None

    def __init__(self, written: Mapping[str, Any], directory: Path, *, is_template: bool, has_own_type: bool) -> None:
        self._has_own_type = has_own_type
        self._name = Template(_BACKSLASH.sub("/", text(written, "filePath")))
        self._directory = directory
        self._is_template = is_template
        self._is_attachment = not flag(written, "sendFileAsBody")
        falls_back = flag(written, "fallbackTo404")
        self._fallback = TextBody(inline_text(written), is_template=is_template) if falls_back else None
        self._compiled: tuple[str, Template] | None = None
        self.loops = True
        self.missing = ""
        """The file that does not exist, if nothing stands in for it."""

        fixed = self._name.fixed
        if fixed is not None:
            path = directory / fixed
            if path.is_file():
                if self._is_text(path):
                    self._template(_read(path))
            elif self._fallback is None:
                # It may come later; Mockoon looks for it when it is asked for.
                self.missing = fixed

    def _is_text(self, path: Path) -> bool:
        return self._is_template and (media_type(path) in _TEMPLATED_TYPES or path.suffix == ".handlebars")

    def _template(self, written: str) -> Template:
        compiled = self._compiled
        if compiled is None or compiled[0] != written:
            compiled = self._compiled = written, Template(written)
        return compiled[1]

    def render(self, scene: Scene, fields: Fields) -> Content:
        path = self._path(scene)
        kind = media_type(path)
        if kind and not self._has_own_type:
            fields.set("Content-Type", kind)
        if self._is_attachment:
            fields.set("Content-Disposition", f'attachment; filename="{percent_encoded(path.name, safe="!*()")}"')
        if not path.is_file():
            if self._fallback is None:
                raise _failed(path, "does not exist")
            return self._fallback.render(scene, fields)._replace(status=404)
        try:
            if self._is_text(path):
                return Content(self._template(_read(path)).render(scene))
            return self._streamed(path, scene, fields, kind)
        except NotUnderstood as found:
            raise _failed(path, found.what) from None
        except (OSError, UsageError) as error:
            raise _failed(path, getattr(error, "strerror", None) or str(error)) from error

    def _streamed(self, path: Path, scene: Scene, fields: Fields, kind: str) -> Content:
        file = path.open("rb")
        size = os.fstat(file.fileno()).st_size
        assert scene.request is not None
        part = requested_range(scene.request.request, [("Accept-Ranges", "bytes")], size)
        if part is None:
            return Content(file=FileBody(file, range(size)), part=range(size), release=file.close)
        if not part:
            file.close()
            fields.set("Content-Type", "text/plain")
            return Content("Requested range not satisfiable", status=416)
        fields.set("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}")
        fields.set("Accept-Ranges", "bytes")
        if kind:
            fields.set("Content-Type", kind)
        return Content(file=FileBody(file, part), part=part, status=206, release=file.close)

    def _path(self, scene: Scene) -> Path:
        """The file. One whose name depends on the request lies below the directory, or below what is fixed of it."""
        name = self._name.render(scene)
        path = self._directory / name
        if self._name.fixed is not None:
            return path
        beginning = self._name.written.partition("{")[0]
        # What follows its last slash may be a part of a name.
        fixed = self._directory / f"{beginning}x"
        base = fixed.parent if Path(beginning).anchor else self._directory
        try:
            # On Windows, another anchor can be another machine, which is not even asked.
            inside = path.anchor == base.anchor and path.resolve().is_relative_to(base.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside or "\0" in name:
            raise _failed(Path(name), "is outside the directory of the environment")
        return path


def _read(path: Path) -> str:
    size = path.stat().st_size
    if size > _MAX_TEMPLATE:
        raise UsageError(f"it has {size:,} bytes; a template has at most {_MAX_TEMPLATE:,}")
    return path.read_bytes().decode("utf-8", "replace")


def media_type(path: Path) -> str:
    """The media type of a file; empty if it is not known."""
    known = _TYPES.get(path.suffix.lower())
    if known is not None:
        return known
    kind = type_of(path.name)
    return "" if kind == _UNKNOWN else kind


def _failed(path: Path, why: str) -> ResponseFailed:
    reason: Phrase = joined("the file ", Plain(str(path.name), limit=300), " ", Plain(why, limit=300))
    return ResponseFailed(reason)


def inline_text(written: Mapping[str, Any]) -> str:
    """The text of a body in the file; Mockoon adds this one where it is missing."""
    return text(written, "body", "{}" if "body" not in written else "")


def body_of(written: Mapping[str, Any], directory: Path, memory: Memory, *, has_own_type: bool) -> Body:
    """The body of a response, which may have a Content-Type of its own. Raises `NotUnderstood` and `UsageError`."""
    is_template = not flag(written, "disableTemplating")
    kind = one_of(written, "bodyType", _KINDS, "FILE" if written.get("filePath") else "INLINE")
    inline = inline_text(written)
    if kind == "FILE" and text(written, "filePath"):
        return FileBodyOf(written, directory, is_template=is_template, has_own_type=has_own_type)
    if kind == "DATABUCKET" and text(written, "databucketID"):
        return BucketBody(text(written, "databucketID"), inline, memory)
    try:
        return TextBody(inline, is_template=is_template)
    except NotUnderstood as found:
        raise NotUnderstood(found.what, "body") from None
