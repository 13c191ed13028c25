"""Python files of users, loaded so that nothing stays in `sys.path` or `sys.modules`.

So files of the same name in different directories do not get in each other's way.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, NamedTuple

from .interrupts import uninterrupted


class _Loaded(NamedTuple):
    module: ModuleType
    sources: dict[Path, bytes]
    """The file itself and those beside it that it imports, as they were loaded."""

    @property
    def is_current(self) -> bool:
        return all(_source(file) == source for file, source in self.sources.items())


_LOADED: Final[dict[Path, _Loaded]] = {}


def is_installed(name: str) -> bool:
    """Whether the module search path has a module."""
    return _installed(name) is not None


def _installed(name: str) -> ModuleSpec | None:
    """Where the module search path has a module.

    A directory without an ``__init__.py`` does not count. To Python, too, it is a module only if nothing else is.
    """
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = None if find_spec is None else find_spec(name, None)
        if spec is not None:
            return spec if spec.origin is not None or spec.submodule_search_locations is None else None
    return None


def load(file: Path) -> ModuleType:
    """The module of a file: loaded once, and again when it or a file beside it that it imports has changed.

    Raises what the file raises.
    """
    other = sys.modules.get(file.stem)
    if other is not None and _is_same(other.__dict__.get("__file__"), file):
        # Robot Framework has imported it as a library or variable file; they share what they remember.
        return other
    loaded = _LOADED.get(file)
    if loaded is None or not loaded.is_current:
        loaded = _LOADED[file] = _load(file)
    return loaded.module


def _load(file: Path) -> _Loaded:
    installed = _installed(file.stem)
    is_free = file.stem not in sys.modules and (installed is None or _is_same(installed.origin, file))
    # Otherwise a name that cannot be imported.
    name = file.stem if is_free else file.name
    loader = _SourceLoader(name, str(file))
    spec = spec_from_file_location(name, file, loader=loader)
    assert spec is not None, "there is always one with a loader"
    module = module_from_spec(spec)
    beside = _Beside(file.parent)

    def clean_up() -> None:
        if beside in sys.meta_path:
            sys.meta_path.remove(beside)
        for own in beside.imported():
            sys.modules.pop(own, None)
        if sys.modules.get(name) is module:
            del sys.modules[name]

    try:
        sys.meta_path.append(beside)
        # Some decorators, such as that of dataclasses, look the module up.
        sys.modules[name] = module
        # Not exec_module, whose frames would be in the traceback of a failure.
        exec(loader.get_code(name), module.__dict__)
        files = [getattr(sys.modules[own], "__file__", None) for own in beside.imported()]
        return _Loaded(module, {path: _source(path) for path in [file, *map(Path, filter(None, files))]})
    finally:
        uninterrupted(clean_up)


def _source(file: Path) -> bytes:
    """The bytes of a file; none if it is gone."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _is_same(path: object, file: Path) -> bool:
    try:
        return isinstance(path, str) and file.samefile(path)
    except OSError:
        return False


class _SourceLoader(SourceFileLoader):
    """Compiles the file each time: cached byte code may be older, if the file was changed twice in a second."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Beside(MetaPathFinder):
    """Finds what a file imports from its own directory, after everything that is installed."""

    def __init__(self, directory: Path) -> None:
        self._finder = FileFinder(str(directory), (_SourceLoader, SOURCE_SUFFIXES))
        self._found: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        # With a path, it is in a package, which has its own.
        spec = None if path is not None else self._finder.find_spec(fullname)
        if spec is not None:
            self._found.add(fullname)
        return spec

    def imported(self) -> list[str]:
        """The names of the modules that were imported from the directory."""
        return [name for name in [*sys.modules] if name.partition(".")[0] in self._found]
