"""A response from a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..message.request import Request
from ..message.response import Response
from ..visible import visible
from .arguments import Pairs, check_status, header_pairs, with_content_type
from .file_types import type_of
from .responder import HandlerFailed, SendsAtOnce

_PIECE: Final = 256 * 1024
_MAX_NAME: Final = 300
# A named pipe that replaces the file at the last moment must not make this wait for its other side.
_NO_WAIT: Final = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY"))
_KINDS: Final = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class File(SendsAtOnce):
    """Streams the named file as it is when the request arrives; nothing is loaded into memory."""

    takes_time = True

    def __init__(
        self,
        path: str | Path,
        *,
        status: int | str = 200,
        headers: object = None,
        content_type: str | None = None,
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
        self._pairs: Pairs = with_content_type(pairs, content_type, type_of(self._path.name))

    def respond(self, request: Request) -> Response:
        try:
            file, size = _open(self._path)
        except OSError as error:
            raise HandlerFailed(f"the file {_shown(self._path.name)} {_reason(error)}", error) from error
        return Response(self._status.code, self._pairs, FileBody(file, size), size, self._status.reason, file.close)


class Unusable(OSError):
    """The file exists, but cannot be a response."""


class FileBody:
    """The content of an open file in pieces, no more than the announced length."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        left = self._size
        while left:
            piece = self._file.read(min(_PIECE, left))
            if not piece:
                raise OSError(f"the file became {left} bytes shorter while it was being sent")
            left -= len(piece)
            yield piece


def _open(path: Path) -> tuple[BinaryIO, int]:
    """Opens a file that can be sent; also returns its size. Raises OSError, and ValueError for an impossible name."""
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
    return file, facts.st_size


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
