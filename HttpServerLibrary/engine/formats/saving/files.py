"""Writes a file and the bodies beside it: all of them or, if something goes wrong, none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final, TextIO

from ...errors import UsageError

_SUFFIXES: Final = {
    "application/json": ".json",
    "application/xml": ".xml",
    "application/javascript": ".js",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/gzip": ".gz",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/css": ".css",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/javascript": ".js",
    "text/xml": ".xml",
}


class Bodies:
    """Files with bodies, in a directory of their own; equal ones are written once."""

    def __init__(self, staging: Path) -> None:
        self._staging = staging
        self._names: dict[tuple[bytes, str], str] = {}

    @property
    def names(self) -> list[str]:
        return [*self._names.values()]

    def put(self, data: bytes, media_type: str) -> str:
        """Writes a body; returns the name of its file."""
        suffix = suffix_of(media_type)
        key = sha256(data).digest(), suffix
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"{len(self._names) + 1:03}{suffix}"
            self._staging.mkdir(exist_ok=True)
            (self._staging / name).write_bytes(data)
        return name


def suffix_of(media_type: str) -> str:
    """The suffix of a file for content of this type. What a client or service sends never becomes part of a name."""
    found = _SUFFIXES.get(media_type)
    if found is not None:
        return found
    if media_type.endswith("+json"):
        return ".json"
    if media_type.endswith("+xml"):
        return ".xml"
    return ".txt" if media_type.startswith("text/") else ".bin"


Write = Callable[[TextIO, Bodies], None]


def write_file(target: Path, write: Write, bodies_in: Path | None = None) -> None:
    """Writes a file and, into a directory, the bodies beside it; replaces those of the same names. Raises `UsageError`.

    Everything is written to a directory beside it first, so that an error or interrupt leaves what was there.
    """
    with _reporting(target):
        # What a link leads to is replaced, as if it were written to.
        target = Path(os.path.realpath(target))
        if target.exists() and not target.is_file():
            raise OSError(None, "it is no file" if not target.is_dir() else "Is a directory")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".saving-", dir=target.parent) as name:
            staging = Path(name)
            bodies = Bodies(staging / "bodies")
            made = staging / "file"
            with made.open("w", encoding="utf-8", newline="\n") as file:
                write(file, bodies)
            if bodies.names and bodies_in is not None:
                bodies_in.mkdir(parents=True, exist_ok=True)
                for body in bodies.names:
                    (staging / "bodies" / body).replace(bodies_in / body)
            made.replace(target)


@contextmanager
def _reporting(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # ValueError: the name has a NUL.
        reason = error.strerror if isinstance(error, OSError) else error
        if isinstance(error, FileExistsError):
            reason = f"'{error.filename}' is not a directory"
        raise UsageError(f"file: '{target}' cannot be written: {reason}.") from None
