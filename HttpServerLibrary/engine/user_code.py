"""Python code of users: found by its name, and errors traced to file and line."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import werkzeug
from werkzeug.exceptions import BadRequestKeyError

from .errors import UsageError
from .phrase import MARGIN, Masking, Phrase, Plain, masked
from .visible import quote

_MAX_EXCEPTION: Final = 200
_MAX_TRACEBACK: Final = 20_000
# Where user code is called from.
_CALLERS: Final = (Path(__file__).parent, Path(werkzeug.__file__).parent)


def raised(error: BaseException) -> Phrase:
    """An exception of user code on one line, with the file and line that raised it."""
    text = Plain(_written(error), limit=_MAX_EXCEPTION)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(map(Path(frame.filename).is_relative_to, _CALLERS))
    ]
    # The deepest line in the user's own file, not in the code that it calls.
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return (text, " (", Plain(Path(own[-1].filename).name), f", line {own[-1].lineno})") if own else text


def traceback_of(error: BaseException, masking: Masking) -> str:
    """The traceback of an exception of user code, masked; of a long one the beginning and the end."""
    try:
        text = "".join(traceback.format_exception(error))
    except Exception:
        # Attributes of an exception can be anything.
        text = f"{type(error).__name__}\n"
    if len(text) <= _MAX_TRACEBACK:
        return masked(text, masking)
    half = _MAX_TRACEBACK // 2
    beginning = masked(text[: half + MARGIN], masking, 0, half, cut_after=True)
    end = masked(text[-half - MARGIN :], masking, MARGIN, cut_before=True)
    return f"{beginning}\n... ({len(text):,} characters)\n{end}"


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


def resolve(value: object, argument: str) -> tuple[str, Callable[..., Any]]:
    """Name and callable for a callable or its dotted name ``package.module.function``."""
    if not isinstance(value, str):
        if not callable(value):
            raise UsageError(f"{argument}: a callable or its dotted name is needed, not {value!r}.")
        return getattr(value, "__qualname__", None) or type(value).__name__, value
    names = value.split(".")
    if len(names) < 2 or not all(name.isidentifier() for name in names):
        raise UsageError(f"{argument}: {quote(value)} is not a dotted name such as 'my_module.my_function'.")
    target, rest = _import(names, value, argument)
    for name in rest:
        try:
            target = getattr(target, name)
        except AttributeError:
            raise UsageError(f"{argument}: {quote(value)} cannot be found: {target!r} has no {quote(name)}.") from None
    if not callable(target):
        raise UsageError(f"{argument}: {quote(value)} is not callable: {target!r}.")
    return value, target


def _import(names: list[str], value: str, argument: str) -> tuple[Any, list[str]]:
    """The longest importable module of a dotted name, and the names left."""
    for length in range(len(names) - 1, 0, -1):
        module = ".".join(names[:length])
        try:
            return importlib.import_module(module), names[length:]
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise UsageError(f"{argument}: importing {quote(module)} failed: {error}.") from None
        except (Exception, SystemExit) as error:
            raise UsageError(
                f"{argument}: importing {quote(module)} failed: {type(error).__name__}: {error}."
            ) from None
    raise UsageError(
        f"{argument}: {quote(value)} cannot be imported: there is no module {quote(names[0])}. "
        "Is its directory in the module search path (robot --pythonpath)?"
    )
