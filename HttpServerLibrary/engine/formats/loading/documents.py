"""The files that are loaded: found below a directory, read and parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...errors import UsageError
from ...matching.difference import Step
from ...message.json_text import NotJson, parse_json
from ...visible import json_path, quote, visible
from .lenient_json import NotRead, read_json

_MAX_NAME: Final = 300
# Reading JSON leniently takes long.
_MAX_LENIENT: Final = 1024 * 1024
_MAX_MEMBERS: Final = 5
_SUFFIXES: Final = (".json", ".har")
# The bodies of WireMock, and packages of Node.js.
_NOT_ENTERED: Final = ("__files", "node_modules")


@dataclass(frozen=True)
class Document:
    """A JSON file; ``name`` is its path as shown, relative to the directory that is loaded."""

    path: Path
    name: str
    value: Any

    def at(self, *steps: Step) -> Place:
        return Place(self.name, steps)


@dataclass(frozen=True)
class Place:
    """Where something stands: the name of a file, and the steps that lead to it."""

    name: str
    steps: tuple[Step, ...] = ()

    def below(self, *steps: Step) -> Place:
        return Place(self.name, (*self.steps, *steps))

    def __str__(self) -> str:
        return f"{self.name}, {json_path(self.steps)}" if self.steps else self.name


def documents(path: object, note_broken: Callable[[Place, str], None] | None = None) -> list[Document]:
    """The JSON files that a path means: that file, or all below that directory in sorted order. Raises `UsageError`.

    With ``note_broken``, files of a directory that are not JSON are left out and noted.
    """
    if not isinstance(path, (str, Path)) or not str(path):
        raise UsageError(f"path: the path of a file or directory is needed, not {path!r}.")
    try:
        start = Path(path).absolute()
        if not start.is_dir():
            return [Document(start, visible(start.name, _MAX_NAME), _read(start))]
        files = [*_below(start)]
    except _Broken as broken:
        raise UsageError(f"path: the file '{_shown(path)}' {broken}.") from None
    except FileNotFoundError:
        advice = "" if Path(path).is_absolute() else f" A relative path is resolved against '{_shown(Path.cwd())}'."
        raise UsageError(f"path: there is no file or directory '{_shown(path)}'.{advice}") from None
    except OSError as error:
        where = error.filename or path
        raise UsageError(f"path: '{_shown(where)}' cannot be read: {_reason(error)}.") from None
    except ValueError as error:
        raise UsageError(f"path: '{_shown(path)}' cannot be read: {_reason(error)}.") from None
    if not files:
        raise UsageError(f"path: the directory '{_shown(path)}' has no file that ends in .json or .har.")
    found = []
    for file in files:
        name = visible(file.relative_to(start).as_posix(), _MAX_NAME)
        try:
            found.append(Document(file, name, _read(file)))
        except (_Broken, FileNotFoundError) as error:
            what = str(error) if isinstance(error, _Broken) else "was removed meanwhile"
            if note_broken is None:
                raise UsageError(f"path: the file '{_shown(file)}' {what}.") from None
            note_broken(Place(name), f"this {what}")
    return found


class _Broken(Exception):
    """A file that cannot be used; the message is what follows its name."""


def _below(directory: Path) -> Iterator[Path]:
    """The files to load, without those beside mappings, which are bodies. A directory is entered once."""
    entered: set[tuple[int, int]] = set()

    def walk(current: Path) -> Iterator[Path]:
        facts = current.stat()
        if (facts.st_dev, facts.st_ino) in entered:
            # A link leads back.
            return
        entered.add((facts.st_dev, facts.st_ino))
        for path in sorted(current.iterdir()):
            if path.name.startswith("."):
                continue
            if path.is_dir():
                if path.name not in _NOT_ENTERED:
                    yield from walk(path)
            elif path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path

    return walk(directory)


def _read(file: Path) -> Any:
    """The JSON value in a file. Raises `_Broken`, and `FileNotFoundError` if there is no such file."""
    try:
        if not file.is_file():
            # What reads it might wait for ever.
            file.stat()
            raise _Broken("is neither a file nor a directory")
        data = file.read_bytes()
        if not data.strip():
            raise _Broken("is empty")
        try:
            return parse_json(data)
        except NotJson as error:
            value = _as_wiremock_reads_it(data)
            if value is None:
                raise _Broken(f"is not JSON: {error}") from None
            return value
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise _Broken(f"cannot be read: {_reason(error)}") from None
    except MemoryError:
        raise _Broken("is too large for the memory of this machine") from None


def _as_wiremock_reads_it(data: bytes) -> Any:
    """A mapping of WireMock with comments and the like; None if it is none."""
    if len(data) > _MAX_LENIENT:
        return None
    try:
        value = read_json(data.decode("utf-8-sig"))
    except (NotRead, UnicodeError):
        return None
    is_mapping = isinstance(value, Mapping) and ("mappings" in value or {"request", "response"} <= value.keys())
    return value if is_mapping else None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not a valid path"


def _shown(path: object) -> str:
    return visible(str(path), _MAX_NAME)


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    return f"the text {quote(value)}" if isinstance(value, str) else f"the number {value}"


def contents_of(value: object) -> str:
    """The same with the names of the members of an object."""
    return f"{kind_of(value)} with {_listed([*value])}" if isinstance(value, Mapping) and value else kind_of(value)


def _listed(names: Sequence[object]) -> str:
    shown = ", ".join(visible(str(name), 30) for name in names[:_MAX_MEMBERS])
    return f"{shown}, ..." if len(names) > _MAX_MEMBERS else shown
