"""A file that is open for sending, and the response to a request for it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from werkzeug.http import http_date, quote_etag, remove_entity_headers

from ..message.content import encode
from ..message.request import Request
from ..message.response import Response, first_value
from ..visible import visible
from .arguments import Pairs, Status
from .conditional import precondition_status, requested_range

_OK: Final = Status(200)
_PIECE: Final = 512 * 1024
_MAX_NAME: Final = 300
# A named pipe that replaces the file at the last moment must not make this wait for its other side.
_NO_WAIT: Final = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY"))
# Windows has no such flag.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_KINDS: Final = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class Unusable(OSError):
    """The file exists, but cannot be a response."""


class Unsized(Unusable):
    """The size of the file is not known before it is read."""


class OpenFile(NamedTuple):
    """A regular file that is open, with its facts."""

    file: BinaryIO
    facts: os.stat_result


def open_file(path: str | Path, facts: os.stat_result | None = None) -> OpenFile:
    """Opens a file that can be sent. Raises OSError, and ValueError for an impossible name.

    Its facts may be known. Then it is not opened if it has become a link meanwhile, which could lead anywhere.
    """
    extra = _NO_WAIT if facts is None else _NO_WAIT | _NO_LINK
    # Opening a device or a named pipe may affect others.
    _check(Path(path).stat() if facts is None else facts)
    with ExitStack() as undo:
        file = undo.enter_context(open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)))
        # It may have been replaced meanwhile.
        facts = os.fstat(file.fileno())
        _check(facts)
        if not facts.st_size and file.read(1) != b"" and not os.fstat(file.fileno()).st_size:
            raise Unsized("has no size, because the system generates its content on reading; send a copy of it")
        undo.pop_all()
    return OpenFile(file, facts)


def _check(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Unusable(f"is {next((kind for applies, kind in _KINDS if applies(facts.st_mode)), 'a device')}")


def respond_with(
    opened: OpenFile, request: Request, pairs: Pairs, *, status: Status = _OK, coding: str | None = None
) -> Response:
    """The response to a request for a file; it closes the file.

    A 200 response to GET or HEAD depends on the conditions of the request and on its Range. With a content coding there
    are no ranges: they would be parts of the encoded file, whose length is not known before all of it is encoded.
    """
    file, facts = opened
    size = facts.st_size
    if status.code != 200 or request.method not in ("GET", "HEAD"):
        return _whole(opened, pairs, status, coding)
    pairs = _described(pairs, facts, coding)
    decided = precondition_status(request, pairs)
    if decided is not None:
        return _without_content(decided, pairs, file)
    part = requested_range(request, pairs, size) if coding is None else None
    if part is None:
        return _whole(opened, pairs, status, coding)
    if not part:
        return _without_content(416, pairs, file, ("Content-Range", f"bytes */{size}"))
    kept = [pair for pair in pairs if pair[0].lower() != "content-range"]
    kept.append(("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}"))
    return Response(206, kept, FileBody(file, part), len(part), release=file.close)


def _described(pairs: Pairs, facts: os.stat_result, coding: str | None) -> Pairs:
    """The headers, with those that tell clients what to ask for; the ones that were given stay as they are."""
    suffix = f"-{coding}" if coding else ""
    # A time in the future would be later than the Date of the response (RFC 9110, 8.8.2.1).
    modified = min(max(facts.st_mtime, 0), time.time())
    described = [
        # Another coding needs another tag (RFC 9110, 8.8.3.3).
        ("ETag", quote_etag(f"{facts.st_mtime_ns:x}-{facts.st_size:x}{suffix}")),
        ("Last-Modified", http_date(int(modified))),
        ("Accept-Ranges", "none" if coding else "bytes"),
    ]
    return [*pairs, *(pair for pair in described if first_value(pairs, pair[0].lower()) is None)]


def _whole(opened: OpenFile, pairs: Pairs, status: Status, coding: str | None) -> Response:
    size = opened.facts.st_size
    body: Iterable[bytes] = FileBody(opened.file, range(size))
    length: int | None = size
    if coding is not None:
        body, length = encode(body, coding), None
    return Response(status.code, pairs, body, length, status.reason, opened.file.close)


def _without_content(status: int, pairs: Pairs, file: BinaryIO, *more: tuple[str, str]) -> Response:
    """A response about the file, without the headers that describe its content."""
    file.close()
    kept = list(pairs)
    remove_entity_headers(kept)
    return Response(status, [*kept, *more])


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


def reason_of(error: OSError | ValueError) -> str:
    """Why a file cannot be sent; ends a sentence that begins with the file."""
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return f"cannot be read: {error.strerror}" if isinstance(error, OSError) else "has a name that no file can have"


def shown(path: str | Path) -> str:
    """A path on one line."""
    return visible(str(path), _MAX_NAME)
