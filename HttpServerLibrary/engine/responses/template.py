"""Text and JSON with expressions that are filled in for each request.

What a template may do is in `template_engine` and `template_bounds`. They import Jinja2, which takes 0.1 seconds: the
first template imports them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from ..arguments import json_value
from ..errors import UsageError
from ..phrase import Plain, joined
from ..visible import json_path, quote
from .occasion import Occasion
from .responder import ResponseFailed

if TYPE_CHECKING:
    from .template_bounds import Limits
    from .template_engine import Names

_MAX_REASON: Final = 300
_MAX_TAG: Final = 200
_OPENINGS: Final = ("{{", "{%", "{#")


def has_expression(text: str) -> bool:
    """Whether a text must be rendered: all others are what they are."""
    return any(opening in text for opening in _OPENINGS)


class _Source:
    """A compiled text, and what it belongs to."""

    def __init__(self, text: str, what: str, place: str, limits: Limits | None) -> None:
        try:
            from . import template_bounds, template_engine
        except ImportError:
            raise UsageError(
                "template=True needs the extra 'template': pip install robotframework-httpserverlibrary[template]"
            ) from None
        self._engine: Any = template_engine
        self._bounds: Any = template_bounds
        self._limits = limits or template_bounds.Limits()
        self._what = f"{what} {place}" if place else what
        try:
            self._compiled = template_engine.compiled(text)
        except template_engine.SyntaxFault as fault:
            at = f"{what}: {place}" if place else what
            raise UsageError(f"{at}: the template has an error in line {fault.line}: {fault.reason}.") from None
        self._root = self._compiled.template.root_render_func
        self.is_expression = self._compiled.is_expression
        self.loops = self._compiled.loops

    def names(self, occasion: Occasion) -> Names:
        return self._engine.Names(occasion, self._limits)  # type: ignore[no-any-return]

    def text(self, names: Names) -> str:
        """Raises `ResponseFailed`."""
        try:
            if self.is_expression:
                return self._bounds.written(names.budget, self._result(names))  # type: ignore[no-any-return]
            return "".join(self._root(names.context()))
        except Exception as error:
            raise self.failed(error, names) from error

    def json(self, names: Names) -> str:
        """The text as JSON, or the value of the one expression. Raises `ResponseFailed`."""
        if not self.is_expression:
            return _written(self.text(names))
        try:
            value = self._result(names)
            if self._compiled.is_made:
                names.budget.check(value)
            text: str = self._bounds.json_text(value)
            names.budget.charge(len(text))
            return text
        except Exception as error:
            raise self.failed(error, names) from error

    def _result(self, names: Names) -> Any:
        context = names.context()
        for _ in self._root(context):
            pass
        return context.vars[self._engine.RESULT]

    def refused(self, reason: str) -> ResponseFailed:
        return self.failed(self._bounds.CannotBeUsed(reason))

    def failed(self, error: Exception, names: Names | None = None) -> ResponseFailed:
        """A failure that names the expression."""
        tag = self._compiled.tag_of(error)
        shown = (" ", Plain(tag, limit=_MAX_TAG)) if tag else ()
        reason = joined(f"{self._what}: template", *shown, ": ", Plain(self._reason(error, names), limit=_MAX_REASON))
        return ResponseFailed(reason, error, "TEMPLATE ERROR")

    def _reason(self, error: Exception, names: Names | None) -> str:
        engine, bounds = self._engine, self._bounds
        if isinstance(error, engine.NoneHasNone) and names is not None and names.request.not_json:
            return f"{error}: the body of the request is not JSON: {names.request.not_json}"
        if isinstance(error, RecursionError):
            return "it is nested too deeply"
        if isinstance(error, (engine.UndefinedError, bounds.OverLimit, bounds.CannotBeUsed)):
            return str(error)
        return f"{type(error).__name__}: {error}"


class TextTemplate:
    """A text with ``{{ ... }}``, compiled at once; ``what`` is what it belongs to, such as ``data``."""

    def __init__(self, text: str, what: str, limits: Limits | None = None) -> None:
        self._source = _Source(text, what, "", limits)
        self.loops = self._source.loops

    def render(self, occasion: Occasion) -> str:
        """Raises `ResponseFailed`."""
        return self._source.text(self._source.names(occasion))


class JsonTemplate:
    """A JSON value whose texts, also the names of members, may have ``{{ ... }}``.

    A text that is one whole expression becomes the value of that expression, of any type. All that has no expression is
    written once.
    """

    def __init__(self, value: object, what: str, limits: Limits | None = None) -> None:
        self._make: Callable[[str, str], _Source] = lambda text, place: _Source(text, what, place, limits)
        self._pieces = _merged(self._planned(_parsed(value, what), ()))
        self.loops = any(source.loops for source in _sources(self._pieces))

    def render(self, occasion: Occasion) -> Any:
        """The value for a request. Raises `ResponseFailed`."""
        return json.loads(self._text(occasion))

    def render_bytes(self, occasion: Occasion) -> bytes:
        """The same as it is sent. Raises `ResponseFailed`."""
        # A lone surrogate, which UTF-8 cannot carry, becomes its JSON escape.
        return self._text(occasion).encode("utf-8", "backslashreplace")

    def _text(self, occasion: Occasion) -> str:
        source = next(_sources(self._pieces), None)
        return _filled(self._pieces, None if source is None else source.names(occasion))

    def _planned(self, value: Any, steps: tuple[str | int, ...]) -> Iterator[_Piece]:
        if isinstance(value, str) and has_expression(value):
            yield self._make(value, json_path(steps))
        elif isinstance(value, list):
            yield "["
            for index, entry in enumerate(value):
                yield ", " if index else ""
                yield from self._planned(entry, (*steps, index))
            yield "]"
        elif isinstance(value, dict) and any(map(has_expression, value)):
            yield _Object(
                [
                    (
                        self._make(name, json_path((*steps, name))) if has_expression(name) else name,
                        _merged(self._planned(entry, (*steps, name))),
                    )
                    for name, entry in value.items()
                ]
            )
        elif isinstance(value, dict):
            yield "{"
            for index, (name, entry) in enumerate(value.items()):
                yield f"{', ' if index else ''}{_written(name)}: "
                yield from self._planned(entry, (*steps, name))
            yield "}"
        else:
            yield _written(value)


def _parsed(value: object, what: str) -> Any:
    """The JSON value; text that is one whole expression needs no quotes around it."""
    try:
        return json_value(value, what)
    except UsageError as error:
        if not isinstance(value, str) or "{{" not in value:
            raise
        text = value.strip()
        if text.startswith("{{") and text.endswith("}}"):
            return text
        raise UsageError(f'{error} An expression stands in quotes, "{{{{ ... }}}}", and keeps its type.') from None


class _Object:
    """An object of which at least one name has an expression."""

    def __init__(self, members: list[tuple[_Source | str, list[_Piece]]]) -> None:
        self._members = members

    def sources(self) -> Iterator[_Source]:
        for name, pieces in self._members:
            if isinstance(name, _Source):
                yield name
            yield from _sources(pieces)

    def json(self, names: Names) -> str:
        members: dict[str, str] = {}
        for given, pieces in self._members:
            name = given if isinstance(given, str) else given.text(names)
            if name in members:
                source = given if isinstance(given, _Source) else next(self.sources())
                raise source.refused(f"two members have the name {quote(name)}")
            members[name] = _filled(pieces, names)
        return "{" + ", ".join(f"{_written(name)}: {entry}" for name, entry in members.items()) + "}"


_Piece = str | _Source | _Object


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _merged(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The pieces, with texts side by side as one."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        else:
            merged.append(piece)
    return merged


def _sources(pieces: Iterable[_Piece]) -> Iterator[_Source]:
    for piece in pieces:
        if isinstance(piece, _Source):
            yield piece
        elif isinstance(piece, _Object):
            yield from piece.sources()


def _filled(pieces: list[_Piece], names: Names | None) -> str:
    return "".join([piece if isinstance(piece, str) else piece.json(cast("Names", names)) for piece in pieces])
