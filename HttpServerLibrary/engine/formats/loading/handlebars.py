"""Handlebars templates, as other tools write them into their files.

The text of a template is the suite's. What the client sends is only ever a value in it. Helpers are functions with a
name, and each tool has its own; a template that calls one that is not there is an error when it is loaded.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ...errors import UsageError
from ...matching.regexp import TookTooLong
from ...phrase import Plain, joined
from ...responses.responder import ResponseFailed
from ...visible import quote
from .loaded import NotUnderstood

Helper = Callable[[list[Any], Any], Any]
"""Gets its positional arguments and the ``HelperOptions`` of dotpromptz: hash, fn, inverse, context and data."""

_BUILT_IN: Final = frozenset({"if", "unless", "each", "with", "lookup", "log", "else"})
_TAG: Final = re.compile(r"\{\{\{?~?(!--.*?--|[^}]*)~?\}\}\}?", re.DOTALL)
_NAME: Final = re.compile(r"(?:^[#^&]*|\()\s*([A-Za-z_][\w.-]*)(?=(\s+[^\s)|}]|\s*\)|\s*$))")
_IN_QUOTES: Final = re.compile(r""""[^"]*"|'[^']*'""")
_MAX_RENDERED: Final = 16 * 1024 * 1024
MAX_SECONDS: Final = 10.0
"""How long a template may be rendered: loops in loops multiply."""


class _Rendering(threading.local):
    """When the template that this thread renders must be done."""

    until = math.inf


_rendering: Final = _Rendering()


def _in_time(helper: Helper) -> Helper:
    def call(args: list[Any], options: Any) -> Any:
        if time.monotonic() > _rendering.until:
            raise ResponseFailed(f"the template took longer than {MAX_SECONDS:g} s", None, "TEMPLATE ERROR")
        return helper(args, options)

    return call


def has_tag(text: str) -> bool:
    """Whether a text must be rendered: all others are what they are."""
    return "{{" in text


class HandlebarsText:
    """A text with ``{{ ... }}``, compiled at once.

    With ``escape``, what ``{{ ... }}`` writes is escaped as in HTML. Raises `NotUnderstood` for one that cannot be
    compiled or calls a helper that is not there, and `UsageError` if the extra is missing.
    """

    def __init__(self, text: str, helpers: Mapping[str, Helper], *, escape: bool) -> None:
        try:
            from dotpromptz_handlebars import Handlebars
        except ImportError:
            raise UsageError(
                "path: templates in files of other tools need the extra 'import': "
                "pip install robotframework-httpserverlibrary[import]"
            ) from None
        for name in called(text):
            if name not in helpers and name not in _BUILT_IN:
                raise NotUnderstood(f"the template calls {quote(name)}, which is not known")
        engine = Handlebars(escape_html=escape)
        for name, helper in helpers.items():
            engine.register_helper(name, _in_time(helper))
        try:
            self._render = engine.compile(text)
        except (ValueError, IndexError, RecursionError) as error:
            raise NotUnderstood(f"the template cannot be read: {error}") from None
        self.loops = "{{#" in text
        """Whether rendering may take long."""

    def render(self, context: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> str:
        """Raises `ResponseFailed`; ``data`` is what ``{{ @name }}`` reads."""
        outer = _rendering.until
        _rendering.until = min(outer, time.monotonic() + MAX_SECONDS)
        try:
            text = self._render(dict(context), data=None if data is None else dict(data))
        except ResponseFailed:
            raise
        except TookTooLong as error:
            reason = joined("the template failed: ", error.reason)
            raise ResponseFailed(reason, error, "TEMPLATE ERROR") from error
        except Exception as error:  # dotpromptz and helpers raise what they like
            reason = joined("the template failed: ", Plain(str(error) or type(error).__name__, limit=300))
            raise ResponseFailed(reason, error, "TEMPLATE ERROR") from error
        finally:
            _rendering.until = outer
        if len(text) > _MAX_RENDERED:
            raise ResponseFailed(
                f"the template made {len(text):,} characters; {_MAX_RENDERED:,} are allowed", None, "TEMPLATE ERROR"
            )
        return text


def called(text: str) -> Iterator[str]:
    """The names of the helpers that a template calls with arguments, as a block or in parentheses."""
    for tag in _TAG.finditer(text):
        body = tag[1].strip()
        if body.startswith(("!", "/", ">", "else")):
            body = body.removeprefix("else").strip() if body.startswith("else ") else ""
        # What is in quotes is no call; its place keeps an argument an argument.
        body = _IN_QUOTES.sub("0", body)
        for found in _NAME.finditer(body):
            is_call = found[0].startswith("(") or bool(found[2].strip())
            if is_call:
                yield found[1]
