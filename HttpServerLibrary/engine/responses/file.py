"""A response from a file."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import UsageError
from ..message.request import Request
from ..message.response import Response
from .arguments import Pairs, check_status, header_pairs, with_content_type
from .responder import HandlerFailed, SendsAtOnce

_PIECE = 256 * 1024


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
        self._path = Path(path).absolute()
        if not self._path.is_file():
            what = "is a directory" if self._path.is_dir() else "does not exist"
            advice = "" if Path(path).is_absolute() else f" A relative path is resolved against '{Path.cwd()}'."
            raise UsageError(f"path: the file '{path}' {what}.{advice}")
        try:
            self._path.open("rb").close()
        except OSError as error:
            raise UsageError(f"path: the file '{path}' cannot be read: {error.strerror}.") from None
        self._status = check_status(status)
        pairs = [pair for pair in header_pairs(headers) if pair[0].lower() != "content-length"]
        self._pairs: Pairs = with_content_type(pairs, content_type, _guess(self._path))

    def respond(self, request: Request) -> Response:
        try:
            file = self._path.open("rb")
        except OSError as error:
            raise HandlerFailed(f"the file {self._path.name} cannot be read: {error.strerror}", error) from error
        size = os.fstat(file.fileno()).st_size
        return Response(self._status.code, self._pairs, FileBody(file, size), size, self._status.reason)


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

    def close(self) -> None:
        self._file.close()


def _guess(path: Path) -> str:
    guessed, encoding = mimetypes.guess_type(path.name)
    if encoding == "gzip":
        return "application/gzip"
    return "application/octet-stream" if encoding or guessed is None else guessed
