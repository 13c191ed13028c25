"""The files that are loaded: found below a directory, read and parsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...errors import UsageError
from ...matching.difference import Step
from ...message.json_text import NotJson, parse_json
from ...visible import json_path, quote, visible

_MAX_NAME: Final = 300
_SUFFIXES: Final = (".json", ".har")


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


def documents(path: str | Path) -> list[Document]:
    """The JSON files that a path means: that file, or all below that directory in sorted order. Raises `UsageError`."""
    try:
        start = Path(path).absolute()
        if start.is_dir():
            found = [Document(file, file.relative_to(start).as_posix(), _parsed(file)) for file in _below(start)]
            if not found:
                raise UsageError(f"path: the directory '{_shown(path)}' has no file that ends in .json or .har.")
            return found
        return [Document(start, start.name, _parsed(start))]
    except FileNotFoundError:
        advice = "" if Path(path).is_absolute() else f" A relative path is resolved against '{_shown(Path.cwd())}'."
        raise UsageError(f"path: there is no file or directory '{_shown(path)}'.{advice}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise UsageError(f"path: '{_shown(path)}' cannot be read: {reason}.") from None


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
                if path.name != "__files":
                    yield from walk(path)
            elif path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path

    return walk(directory)


def _parsed(file: Path) -> Any:
    if not file.is_file():
        # What reads it might wait for ever.
        file.stat()
        raise UsageError(f"path: '{_shown(file)}' is not a file or directory.")
    try:
        return parse_json(file.read_bytes())
    except NotJson as error:
        raise UsageError(f"path: the file '{_shown(file)}' is not JSON: {error}.") from None


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
