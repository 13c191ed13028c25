"""Python code of users: found by its name, and errors traced to file and line."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

import werkzeug
from werkzeug.exceptions import BadRequestKeyError

from .errors import UsageError
from .phrase import MARGIN, Masking, Phrase, Plain, masked, text
from .user_modules import is_installed, load
from .visible import quote

_MAX_EXCEPTION: Final = 200
_MAX_TRACEBACK: Final = 20_000
# How many functions of a file are listed.
_MAX_NAMES: Final = 20
# Where user code is called from.
_CALLERS: Final = (Path(__file__).parent, Path(werkzeug.__file__).parent, Path(importlib.__file__).parent)
# Directories of installed packages.
_PACKAGES: Final = {"site-packages", "dist-packages"}
# How the names of files of Python's own import system begin.
_FROZEN: Final = "<frozen importlib"
_IN_FILE: Final = re.compile(r"(.+\.py):(.*)", re.DOTALL)


def raised(error: BaseException) -> Phrase:
    """An exception of user code on one line, with the file and line that raised it."""
    line = Plain(_written(error), limit=_MAX_EXCEPTION)
    place = _place(error)
    return line if place is None else (line, " (", Plain(Path(place[0]).name), f", line {place[1]})")


def _place(error: BaseException) -> tuple[str, int | None] | None:
    """The file and line of user code that an exception is about."""
    if isinstance(error, SyntaxError) and isinstance(error.filename, str) and error.filename.endswith(".py"):
        # Of a file that was imported.
        return error.filename, error.lineno
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_FROZEN) and not any(map(Path(frame.filename).is_relative_to, _CALLERS))
    ]
    # The deepest line in the user's own file, neither in a framework that calls it nor in the code that it calls.
    written = [frame for frame in frames if not _PACKAGES & {*Path(frame.filename).parts}] or frames
    own = [frame for frame in written if frame.filename == written[0].filename]
    return (own[-1].filename, own[-1].lineno) if own else None


def traceback_of(error: BaseException, masking: Masking) -> str:
    """The traceback of an exception of user code, masked; of a long one the beginning and the end."""
    try:
        whole = "".join(traceback.format_exception(error))
    except Exception:
        # Attributes of an exception can be anything.
        whole = f"{type(error).__name__}\n"
    if len(whole) <= _MAX_TRACEBACK:
        return masked(whole, masking)
    half = _MAX_TRACEBACK // 2
    beginning = masked(whole[: half + MARGIN], masking, 0, half, cut_after=True)
    end = masked(whole[-half - MARGIN :], masking, MARGIN, cut_before=True)
    return f"{beginning}\n... ({len(whole):,} characters)\n{end}"


def _written(error: BaseException) -> str:
    if isinstance(error, BadRequestKeyError) and error.args:
        # That of a missing parameter or field, such as request.args["page"]; its own text is for a browser.
        return f"KeyError: {error.args[0]!r}"
    try:
        summary = traceback.TracebackException(type(error), error, None)
        # Notes (PEP 678, new in Python 3.11) would follow the line that is wanted.
        summary.__notes__ = None  # type: ignore[attr-defined]
        return [*summary.format_exception_only()][-1].strip()
    except Exception:
        return type(error).__name__


def resolve(value: object, argument: str, directory: Path | None = None) -> tuple[str, Callable[..., Any]]:
    """Name and callable for a callable or its name: ``package.module.function`` or ``file.py:function``.

    A module that is not installed may be a file in this directory. A relative path begins there, too, or else in the
    current directory.
    """
    if not isinstance(value, str):
        if not callable(value):
            raise UsageError(f"{argument}: a function or its name is needed, not {value!r}.")
        return getattr(value, "__qualname__", None) or type(value).__name__, value
    in_file = _IN_FILE.fullmatch(value)
    names = (value if in_file is None else in_file[2]).split(".")
    if in_file is None and names[-1] == "py":
        raise UsageError(f"{argument}: {quote(value)} names no function. Write '{value}:my_function'.")
    if (in_file is None and len(names) < 2) or not all(name.isidentifier() for name in names):
        raise UsageError(
            f"{argument}: {quote(value)} is not a name such as 'my_module.my_function' or 'my_file.py:my_function'."
        )
    if in_file is None:
        target, rest = _module(names, value, argument, directory)
    else:
        target, rest = _file(in_file[1], argument, directory), names
    for name in rest:
        try:
            target = getattr(target, name)
        except AttributeError:
            hint = "" if in_file is not None else _hint_to_file(names, directory)
            raise UsageError(f"{argument}: {quote(value)} cannot be found: {_lacking(target, name)}{hint}") from None
    if not callable(target):
        raise UsageError(f"{argument}: {quote(value)} is not callable: {target!r}.")
    return value, target


def _file(name: str, argument: str, directory: Path | None) -> ModuleType:
    """The module of a file that was named by its path."""
    base = Path.cwd() if directory is None else directory
    file = base / name
    if not _is_file(file):
        where = "" if Path(name).is_absolute() else f" in {base}"
        raise UsageError(f"{argument}: there is no file {quote(name)}{where}.")
    return _loaded(file, argument)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # Such as that of a name that is too long.
        return False


def _loaded(file: Path, argument: str) -> ModuleType:
    try:
        return load(file.resolve())
    except (Exception, SystemExit) as error:
        raise _import_failed(argument, file.name, error) from None


def _module(names: list[str], value: str, argument: str, directory: Path | None) -> tuple[Any, list[str]]:
    """The module of a dotted name, and the names left."""
    if directory is not None and not is_installed(names[0]):
        file = directory / f"{names[0]}.py"
        if _is_file(file):
            return _loaded(file, argument), names[1:]
    for length in range(len(names) - 1, 0, -1):
        module = ".".join(names[:length])
        try:
            return importlib.import_module(module), names[length:]
        except (Exception, SystemExit) as error:
            missing = isinstance(error, ModuleNotFoundError) and error.name
            if not missing or not f"{module}.".startswith(f"{missing}."):
                raise _import_failed(argument, module, error) from None
    beside = "" if directory is None else f", and no file {quote(f'{names[0]}.py')} in {directory}"
    raise UsageError(
        f"{argument}: {quote(value)} cannot be imported: there is no module {quote(names[0])} in the module search "
        f"path (robot --pythonpath){beside}."
    )


def _import_failed(argument: str, name: str, error: BaseException) -> UsageError:
    return UsageError(f"{argument}: importing {quote(name)} failed: {text(raised(error))}.")


def _lacking(target: object, name: str) -> str:
    """Which name is missing where, and what a module has instead."""
    if not isinstance(target, ModuleType):
        return f"{target!r} has no {quote(name)}."
    own = [
        key
        for key, entry in vars(target).items()
        if type(entry) is FunctionType and entry.__module__ == target.__name__ and not key.startswith("_")
    ]
    more = f" and {len(own) - _MAX_NAMES} more" if len(own) > _MAX_NAMES else ""
    has = f"It has {', '.join(own[:_MAX_NAMES])}{more}." if own else "It has no functions."
    return f"{getattr(target, '__file__', None) or repr(target)} has no {quote(name)}. {has}"


def _hint_to_file(names: list[str], directory: Path | None) -> str:
    """What to say when an installed module has the name of a file beside the suite."""
    name = f"{names[0]}.py"
    if directory is None or not _is_file(directory / name) or not is_installed(names[0]):
        return ""
    file = getattr(sys.modules.get(names[0]), "__file__", None)
    if isinstance(file, str) and Path(file).resolve() == (directory / name).resolve():
        # The module is that file, because the directory is in the module search path.
        return ""
    return f" To use {quote(name)} in {directory}, write '{name}:{'.'.join(names[1:])}'."
