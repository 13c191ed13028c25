"""A response from a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..message.response import Response
from ..phrase import Plain
from .arguments import Pairs, check_coding, check_status, header_pairs, with_content_type
from .file_types import type_of
from .occasion import Occasion
from .open_file import OpenFile, open_file, reason_of, respond_with, shown
from .responder import ResponseFailed, SendsAtOnce
from .template import TextTemplate
from .templated import HeaderTemplates, Templated, TextBody

_MAX_TEMPLATE: Final = 16 * 1024 * 1024


class File(SendsAtOnce):
    """Streams the named file as it is when the request arrives; nothing is loaded into memory.

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
            uninterrupted(lambda: open_file(self._path).file.close())
        except (OSError, ValueError) as error:
            advice = ""
            if isinstance(error, FileNotFoundError) and not Path(path).is_absolute():
                # The current directory itself may be gone.
                with suppress(OSError):
                    advice = f" A relative path is resolved against '{shown(Path.cwd())}'."
            raise UsageError(f"path: the file '{shown(path)}' {reason_of(error)}.{advice}") from None
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
        return respond_with(self._open(), occasion.request, self._pairs, status=self._status, coding=self._coding)

    def _open(self) -> OpenFile:
        try:
            return open_file(self._path)
        except OSError as error:
            raise ResponseFailed(f"the file {shown(self._path.name)} {reason_of(error)}", error) from error


class _FileTemplate:
    """The text of a file as the template of a body."""

    loops = True

    def __init__(self, path: Path, open_it: Callable[[], OpenFile]) -> None:
        self._name = shown(path.name)
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
                reason = reason_of(error) if isinstance(error, OSError) else str(error).rstrip(".")
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
