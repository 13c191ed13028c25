"""A compiled text, and the failures of rendering it."""

from __future__ import annotations

import re
from typing import Any, Final

from jinja2 import UndefinedError

from ...errors import UsageError
from ...phrase import Plain, joined
from ..occasion import Occasion
from ..responder import ResponseFailed
from .budget import CannotBeUsed, Limits, OverLimit
from .compiling import RESULT, SyntaxFault, compiled
from .environment import Names
from .values import NoHeader, NoneHasNone, json_text, written

_MAX_REASON: Final = 300
_MAX_TAG: Final = 200
# The name of a header, of which everything from the hyphen on is subtracted.
_HYPHENS: Final = re.compile(r"\.headers\.(\w+(?:-\w+)+)")


class Source:
    """A compiled text, and what it belongs to: an argument, and the place in its JSON value."""

    def __init__(self, text: str, what: str, place: str = "", limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._what = f"{what} {place}" if place else what
        try:
            self._compiled = compiled(text)
        except SyntaxFault as fault:
            at = f"{what}: {place}" if place else what
            raise UsageError(f"{at}: the template has an error in line {fault.line}: {fault.reason}.") from None
        self._root = self._compiled.template.root_render_func
        self.is_expression = self._compiled.is_expression
        self.loops = self._compiled.loops

    def names(self, occasion: Occasion) -> Names:
        return Names(occasion, self._limits)

    def text(self, names: Names) -> str:
        """Raises `ResponseFailed`."""
        try:
            if self.is_expression:
                return written(names.budget, self._result(names))
            return "".join(self._root(names.context()))
        except Exception as error:
            raise self.failed(error, names) from error

    def json(self, names: Names) -> str:
        """The text as JSON, or the value of the one expression. Raises `ResponseFailed`."""
        if not self.is_expression:
            return json_text(self.text(names))
        try:
            value = self._result(names)
            if self._compiled.is_made:
                names.budget.check(value)
            text = json_text(value)
            names.budget.charge(len(text))
            return text
        except Exception as error:
            raise self.failed(error, names) from error

    def _result(self, names: Names) -> Any:
        context = names.context()
        for _ in self._root(context):
            pass
        return context.vars[RESULT]

    def refused(self, reason: str) -> ResponseFailed:
        return self.failed(CannotBeUsed(reason))

    def failed(self, error: Exception, names: Names | None = None) -> ResponseFailed:
        """A failure that names the expression."""
        tag = self._compiled.tag_of(error)
        shown = (" ", Plain(tag, limit=_MAX_TAG)) if tag else ()
        why = Plain(self._reason(error, names, tag), limit=_MAX_REASON)
        reason = joined(f"{self._what}: template", *shown, ": ", why)
        return ResponseFailed(reason, error, "TEMPLATE ERROR")

    def _reason(self, error: Exception, names: Names | None, tag: str) -> str:
        if isinstance(error, NoHeader) and (found := _HYPHENS.search(tag)):
            return f"{error}; write request.headers['{found[1]}']"
        if isinstance(error, NoneHasNone) and names is not None and names.request.not_json:
            return f"{error}: the body of the request is not JSON: {names.request.not_json}"
        if isinstance(error, RecursionError):
            return "it is nested too deeply"
        if isinstance(error, (UndefinedError, OverLimit, CannotBeUsed)):
            return str(error)
        return f"{type(error).__name__}: {error}"
