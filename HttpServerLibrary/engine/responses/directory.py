"""The files below a directory.

Two things keep clients inside of it. The path of a request is split into names, each decoded once, and a name that
could mean more than an entry of its directory is refused: an empty one, dots, and what the system takes for a
separator. Then the links on the way to the file are followed, and where they end must be inside the directory.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from werkzeug.urls import iri_to_uri

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..message.below import base_path, below
from ..message.request import Request
from ..message.response import Response, text_response
from .file_types import type_of
from .occasion import Occasion
from .open_file import OpenFile, Unsized, Unusable, open_file, reason_of, respond_with, shown
from .responder import ResponseFailed, SendsAtOnce

# What Windows does not take for a plain name: separators, drives, streams and patterns, endings that it ignores, and
# devices, also with a suffix.
_SPECIAL_ON_WINDOWS: Final = re.compile(
    r"""[\\:*?"<>|\x00-\x1F] | [. ]\Z | \A(CON|PRN|AUX|NUL|CON(IN|OUT)\$|(COM|LPT)[1-9\xB9\xB2\xB3])[ ]*(\.|\Z)""",
    re.IGNORECASE | re.VERBOSE,
)
# It does not exist, its links are a circle, or the system has no such names.
_NO_FILE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


class Directory(SendsAtOnce):
    """Answers GET and HEAD with the files below a directory as they are when the request arrives.

    ``base`` is the path that the directory has. A path that ends with a slash gets the ``index`` of that directory; one
    that should, because it is a directory with an index, is redirected: relative links would be resolved wrongly.
    ``fallback`` is sent for each path without a file; without it, the response is 404.
    """

    takes_time = True

    def __init__(
        self,
        base: str,
        directory: str | Path,
        *,
        index: str | None = "index.html",
        fallback: str | Path | None = None,
    ) -> None:
        self._base = base_path(base)
        if not isinstance(directory, (str, Path)):
            raise UsageError(f"directory: a path is needed, not {type(directory).__name__}: {directory!r}.")
        try:
            path = Path(directory).absolute()
            # An interrupt must not lose the descriptor.
            uninterrupted(lambda: os.scandir(path).close())
        except (OSError, ValueError) as error:
            raise UsageError(_unusable(directory, error)) from None
        self._path = str(path)
        self.name = path.name or str(path)
        if index is not None and not is_name(index):
            raise UsageError(f"index: the name of a file such as index.html is needed, not {index!r}.")
        self._index = index
        self._fallback = self._checked_fallback(fallback)

    def _checked_fallback(self, fallback: object) -> list[str]:
        if fallback is None:
            return []
        names = [*Path(fallback).parts] if isinstance(fallback, (str, Path)) else []
        if not names or not all(map(is_name, names)):
            raise UsageError(
                "fallback: the path of a file inside the directory is needed, such as index.html, not "
                f"{str(fallback) if isinstance(fallback, Path) else fallback!r}."
            )
        try:
            # An interrupt must not lose the descriptor.
            has_file = uninterrupted(lambda: self._has(names))
        except ResponseFailed as failed:
            raise UsageError(f"fallback: {failed}.") from None
        if not has_file:
            raise UsageError(f"fallback: the directory '{shown(self.name)}' has no file '{shown(str(fallback))}'.")
        return names

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        path = below(request, self._base)
        names = None if path is None else _names(path)
        if path is None or names is None:
            return _no_file()
        index = [*names, self._index] if self._index else []
        is_for_index = path.endswith("/")
        if is_for_index:
            names = index
        opened = self._open(names)
        if opened is None and not is_for_index and self._has(index):
            return _with_slash(request)
        if opened is None:
            names = self._fallback
            opened = self._open(names)
        if opened is None:
            return _no_file()
        return respond_with(opened, request, [("Content-Type", type_of(names[-1]))])

    def _open(self, names: list[str]) -> OpenFile | None:
        """Opens the file with these names; None if there is no regular file inside the directory."""
        if not names:
            return None
        try:
            return self._open_inside(names)
        except OSError as error:
            if isinstance(error, Unsized) or (error.errno not in _NO_FILE and not isinstance(error, Unusable)):
                raise ResponseFailed(f"the file {shown(names[-1])} {reason_of(error)}", error) from error
            # Is the directory itself still there?
            self._real_directory()
            return None

    def _open_inside(self, names: list[str]) -> OpenFile | None:
        """Opens the file with these names; None if links lead out of the directory. Raises OSError."""
        path, facts = self._path, None
        for name in names:
            path = f"{path}{os.sep}{name}"
            facts = os.lstat(path)
            # A junction of Windows is no link.
            if stat.S_ISLNK(facts.st_mode) or getattr(facts, "st_reparse_tag", None):
                break
        else:
            # Most files: following links takes longer.
            return open_file(path, facts)
        path = os.path.realpath("/".join([self._path, *names]), strict=True)
        is_inside = path.startswith(self._real_directory().rstrip(os.sep) + os.sep)
        return open_file(path, os.lstat(path)) if is_inside else None

    def _real_directory(self) -> str:
        """The directory itself, without links."""
        try:
            return os.path.realpath(self._path, strict=True)
        except OSError as error:
            raise ResponseFailed(f"the directory {shown(self.name)} {reason_of(error)}", error) from error

    def _has(self, names: list[str]) -> bool:
        """Whether there is a file with these names."""
        opened = self._open(names)
        if opened is not None:
            opened.file.close()
        return opened is not None


def _names(path: str) -> list[str] | None:
    """The names that lead to a file; None if one of them could be more than the name of a file."""
    segments = path.split("/")[1:]
    if segments[-1:] == [""]:
        segments.pop()
    try:
        names = [os.fsdecode(unquote_to_bytes(segment)) for segment in segments]
    except UnicodeDecodeError:
        # On Windows, where names are text.
        return None
    return names if all(map(is_name, names)) else None


def is_name(name: object, *, on_windows: bool = os.name == "nt") -> bool:
    """Whether a value is the name of something directly inside of a directory."""
    if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\0" in name:
        return False
    return not on_windows or not _SPECIAL_ON_WINDOWS.search(name)


def _no_file() -> Response:
    return text_response(404, "There is no such file.\n")


def _with_slash(request: Request) -> Response:
    """Sends the client to the same path with a slash at its end: for now, because browsers would remember a 301."""
    query = f"?{request.query_string}" if request.query_string else ""
    return Response(302, [("Location", iri_to_uri(f"{request.raw_path}/{query}"))])


def _unusable(directory: str | Path, error: OSError | ValueError) -> str:
    """Why something cannot be served as a directory."""
    named = f"directory: '{shown(directory)}'"
    if isinstance(error, NotADirectoryError):
        return f"{named} is not a directory. To send one file, use 'Respond With File'."
    advice = ""
    if isinstance(error, FileNotFoundError) and not Path(directory).is_absolute():
        # The current directory itself may be gone.
        with suppress(OSError):
            advice = f" A relative path is resolved against '{shown(Path.cwd())}'."
    return f"{named} {reason_of(error)}.{advice}"
