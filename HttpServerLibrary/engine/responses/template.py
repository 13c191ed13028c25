"""Text and JSON with expressions that are filled in for each request.

What a template may do is in ``templating/``, which imports Jinja2: it is imported with the first template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ..arguments import json_value
from ..errors import UsageError
from ..visible import json_path, quote
from .occasion import Occasion

if TYPE_CHECKING:
    from .templating.budget import Limits
    from .templating.environment import Names
    from .templating.source import Source

_OPENINGS: Final = ("{{", "{%", "{#")
# It would end the text in JSON that the expression is.
_DOUBLE_QUOTE_INSIDE: Final = re.compile(r"\{\{[^}\"]*\"")


def has_expression(text: str) -> bool:
    """Whether a text must be rendered: all others are what they are."""
    return any(opening in text for opening in _OPENINGS)


def _source(text: str, what: str, place: str = "", limits: Limits | None = None) -> Source:
    try:
        from .templating.source import Source
    except ImportError:
        raise UsageError(
            "template=True needs the extra 'template': pip install robotframework-httpserverlibrary[template]"
        ) from None
    return Source(text, what, place, limits)


class TextTemplate:
    """A text with ``{{ ... }}``, compiled at once; ``what`` is what it belongs to, such as ``data``."""

    def __init__(self, text: str, what: str, limits: Limits | None = None) -> None:
        self._source = _source(text, what, limits=limits)
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
        self._make: Callable[[str, str], Source] = lambda text, place: _source(text, what, place, limits)
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
        inside = " Inside it, use single quotes." if _DOUBLE_QUOTE_INSIDE.search(text) else ""
        raise UsageError(
            f'{error} An expression stands in quotes, "{{{{ ... }}}}", and keeps its type.{inside}'
        ) from None


class _Object:
    """An object of which at least one name has an expression."""

    def __init__(self, members: list[tuple[Source | str, list[_Piece]]]) -> None:
        self._members = members

    def sources(self) -> Iterator[Source]:
        for name, pieces in self._members:
            if not isinstance(name, str):
                yield name
            yield from _sources(pieces)

    def json(self, names: Names) -> str:
        members: dict[str, str] = {}
        for given, pieces in self._members:
            name = given if isinstance(given, str) else given.text(names)
            if name in members:
                source = next(self.sources()) if isinstance(given, str) else given
                raise source.refused(f"two members have the name {quote(name)}")
            members[name] = _filled(pieces, names)
        return "{" + ", ".join(f"{_written(name)}: {entry}" for name, entry in members.items()) + "}"


_Piece: TypeAlias = "str | Source | _Object"


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


def _sources(pieces: Iterable[_Piece]) -> Iterator[Source]:
    for piece in pieces:
        if isinstance(piece, _Object):
            yield from piece.sources()
        elif not isinstance(piece, str):
            yield piece


def _filled(pieces: list[_Piece], names: Names | None) -> str:
    return "".join([piece if isinstance(piece, str) else piece.json(cast("Names", names)) for piece in pieces])
