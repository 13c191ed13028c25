"""A response from a file."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Final

from werkzeug.http import http_date, quote_etag, remove_entity_headers

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..message.content import encode
from ..message.response import Response
from ..phrase import Plain
from ..visible import visible
from .arguments import Pairs, check_coding, check_status, header_pairs, with_content_type
from .conditional import field, precondition_status, requested_range
from .file_types import type_of
from .occasion import Occasion
from .responder import ResponseFailed, SendsAtOnce
from .template import TextTemplate
from .templated import HeaderTemplates, Templated, TextBody

_PIECE: Final = 512 * 1024
_MAX_NAME: Final = 300
_MAX_TEMPLATE: Final = 16 * 1024 * 1024
# A named pipe that replaces the file at the last moment must not make this wait for its other side.
_NO_WAIT: Final = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY"))
_KINDS: Final = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class File(SendsAtOnce):
    """Streams the named file as it is when the request arrives; nothing is loaded into memory.

    A 200 response to GET or HEAD depends on the conditions of the request and on its Range. With a content coding there
    are no ranges: they would be parts of the encoded file, whose length is not known before all of it is encoded.

    With ``template``, the text of the file and the header values are templates that are filled in for each request. The
    file is loaded and compiled, and again when it has changed. Every response is another one, so there are no ETag, no
    conditions and no ranges. A JSON file is text like any other: its expressions write text.
    """

    takes_time = True

    def __init__(
        self,
        path: str | Path,
        *,
        status: int | str = 200,
        headers: object = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        template: bool = False,
    ) -> None:
        try:
            self._path = Path(path).absolute()
            # An interrupt must not lose the descriptor.
            uninterrupted(lambda: _open(self._path)[0].close())
        except (OSError, ValueError) as error:
            advice = ""
            if isinstance(error, FileNotFoundError) and not Path(path).is_absolute():
                # The current directory itself may be gone.
                with suppress(OSError):
                    advice = f" A relative path is resolved against '{_shown(Path.cwd())}'."
            raise UsageError(f"path: the file '{_shown(path)}' {_reason(error)}.{advice}") from None
        self._status = check_status(status)
        pairs = [pair for pair in header_pairs(headers) if pair[0].lower() != "content-length"]
        self._coding = check_coding(content_encoding, pairs)
        if self._coding is not None:
            pairs.append(("Content-Encoding", self._coding))
        self._pairs: Pairs = with_content_type(pairs, content_type, type_of(self._path.name))
        self._template: Templated | None = None
        if template:
            # Without the extra, the error is not about the file.
            TextTemplate("", "path")
            body = _FileTemplate(self._path, self._open)
            try:
                body.compile()
            except ResponseFailed as failed:
                raise UsageError(f"path: {failed}.") from None
            self._template = Templated(status, HeaderTemplates(self._pairs), body, self._coding)

    def respond(self, occasion: Occasion) -> Response:
        if self._template is not None:
            return self._template.respond(occasion)
        request = occasion.request
        file, facts = self._open()
        size = facts.st_size
        if self._status.code != 200 or request.method not in ("GET", "HEAD"):
            return self._whole(file, size, self._pairs)
        pairs = self._described(facts)
        status = precondition_status(request, pairs)
        if status is not None:
            return _without_content(status, pairs, file)
        part = requested_range(request, pairs, size) if self._coding is None else None
        if part is None:
            return self._whole(file, size, pairs)
        if not part:
            return _without_content(416, pairs, file, ("Content-Range", f"bytes */{size}"))
        kept = [pair for pair in pairs if pair[0].lower() != "content-range"]
        kept.append(("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}"))
        return Response(206, kept, FileBody(file, part), len(part), release=file.close)

    def _open(self) -> tuple[BinaryIO, os.stat_result]:
        try:
            return _open(self._path)
        except OSError as error:
            raise ResponseFailed(f"the file {_shown(self._path.name)} {_reason(error)}", error) from error

    def _described(self, facts: os.stat_result) -> Pairs:
        """The headers, with those that tell clients what to ask for; the ones that were given stay as they are."""
        coding = f"-{self._coding}" if self._coding else ""
        # A time in the future would be later than the Date of the response (RFC 9110, 8.8.2.1).
        modified = min(max(facts.st_mtime, 0), time.time())
        described = [
            # Another coding needs another tag (RFC 9110, 8.8.3.3).
            ("ETag", quote_etag(f"{facts.st_mtime_ns:x}-{facts.st_size:x}{coding}")),
            ("Last-Modified", http_date(int(modified))),
            ("Accept-Ranges", "none" if self._coding else "bytes"),
        ]
        return [*self._pairs, *(pair for pair in described if field(self._pairs, pair[0].lower()) is None)]

    def _whole(self, file: BinaryIO, size: int, pairs: Pairs) -> Response:
        body: Iterable[bytes] = FileBody(file, range(size))
        length: int | None = size
        if self._coding is not None:
            body, length = encode(body, self._coding), None
        return Response(self._status.code, pairs, body, length, self._status.reason, file.close)


def _without_content(status: int, pairs: Pairs, file: BinaryIO, *more: tuple[str, str]) -> Response:
    """A response about the file, without the headers that describe its content."""
    file.close()
    kept = list(pairs)
    remove_entity_headers(kept)
    return Response(status, [*kept, *more])


class _FileTemplate:
    """The text of a file as the template of a body."""

    loops = True

    def __init__(self, path: Path, open_it: Callable[[], tuple[BinaryIO, os.stat_result]]) -> None:
        self._name = _shown(path.name)
        self._open = open_it
        # The state of the file, and its template.
        self._compiled: tuple[tuple[int, int], TextBody] | None = None

    def render_bytes(self, occasion: Occasion) -> bytes:
        return self.compile().render_bytes(occasion)

    def compile(self) -> TextBody:
        """The template of the file as it is now. Raises `ResponseFailed`."""
        file, facts = self._open()
        with file:
            state = (facts.st_mtime_ns, facts.st_size)
            kept = self._compiled
            if kept is not None and kept[0] == state:
                return kept[1]
            try:
                made = TextBody(self._text(file, facts.st_size), f"file {self._name}")
            except (UsageError, OSError) as error:
                reason = _reason(error) if isinstance(error, OSError) else str(error).rstrip(".")
                raise ResponseFailed(Plain(reason, limit=500), error, "TEMPLATE ERROR") from error
        self._compiled = (state, made)
        return made

    def _text(self, file: BinaryIO, size: int) -> str:
        if size > _MAX_TEMPLATE:
            raise UsageError(f"the file {self._name} has {size:,} bytes; a template has at most {_MAX_TEMPLATE:,}")
        try:
            return file.read().decode()
        except UnicodeDecodeError as error:
            raise UsageError(
                f"the file {self._name} is not UTF-8 at position {error.start}, and a template is text"
            ) from None


class Unusable(OSError):
    """The file exists, but cannot be a response."""


class FileBody:
    """A part of an open file in pieces, no more than the announced length."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        self._file = file
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._part.start)
        left = len(self._part)
        while left:
            piece = self._file.read(min(_PIECE, left))
            if not piece:
                raise OSError(f"the file became {left} bytes shorter while it was being sent")
            left -= len(piece)
            yield piece


def _open(path: Path) -> tuple[BinaryIO, os.stat_result]:
    """Opens a file that can be sent, and returns it with its facts.

    Raises OSError, and ValueError for an impossible name.
    """
    # Opening a device or a named pipe may affect others.
    _check(path.stat())
    with ExitStack() as undo:
        file = undo.enter_context(open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAIT)))
        # It may have been replaced meanwhile.
        facts = os.fstat(file.fileno())
        _check(facts)
        if not facts.st_size and file.read(1) != b"" and not os.fstat(file.fileno()).st_size:
            raise Unusable("has no size, because the system makes its content while it is read; send a copy of it")
        undo.pop_all()
    return file, facts


def _check(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Unusable(f"is {next((kind for applies, kind in _KINDS if applies(facts.st_mode)), 'a device')}")


def _reason(error: OSError | ValueError) -> str:
    """Ends a sentence that begins with the file."""
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else "has a name that no file can have"


def _shown(path: str | Path) -> str:
    return visible(str(path), _MAX_NAME)
