"""The files with bodies, which lie in ``__files`` beside the nearest ``mappings``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from ....errors import UsageError
from ....visible import quote, visible

_MAX_SIZE: Final = 64 * 1024 * 1024
_MAX_NAME: Final = 300


class BodyFiles:
    """The files in one directory, by their names with slashes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        """Raises `UsageError`."""
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def _load(self, name: str) -> bytes:
        path = self._directory / name.replace("\\", "/").lstrip("/")
        try:
            inside = path.resolve().is_relative_to(self._directory.resolve())
            if not inside:
                raise UsageError(f"the body file {quote(name)} is outside '{_shown(self._directory)}'")
            if not path.is_file():
                raise UsageError(f"there is no body file '{_shown(path)}'")
            if path.stat().st_size > _MAX_SIZE:
                raise UsageError(f"the body file '{_shown(path)}' has more than {_MAX_SIZE // 1024**2} MiB")
            return path.read_bytes()
        except UsageError:
            raise
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not a valid path"
            raise UsageError(f"the body file {quote(name)} cannot be read: {reason}") from None

    def names(self) -> frozenset[str]:
        """All names that there are."""
        try:
            found = [path for path in self._directory.rglob("*") if path.is_file()]
        except OSError:
            return frozenset()
        return frozenset(path.relative_to(self._directory).as_posix() for path in found)


def _shown(path: Path) -> str:
    return visible(str(path), _MAX_NAME)


@lru_cache(maxsize=256)
def _beside(directory: Path) -> Path:
    """The directory with the bodies of the mappings in a directory."""
    for parent in (directory, *directory.parents):
        if parent.name == "mappings":
            return parent.parent / "__files"
    return directory / "__files"


def files_of(mapping: Path) -> Path:
    """Where the bodies of a mapping file lie."""
    return _beside(mapping.parent)
