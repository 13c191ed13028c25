"""A text of a mapping that is filled in for each request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .....matching.difference import Step
from ...handlebars import HandlebarsText, Helper, has_tag
from ...loaded import NotUnderstood
from . import conditions, data, moments, texts
from .source import SHOW, Translation
from .values import shown

_HELPERS: Final[Mapping[str, Helper]] = {
    **conditions.HELPERS,
    **texts.HELPERS,
    **data.HELPERS,
    **moments.HELPERS,
}


def _written(helper: Helper) -> Helper:
    """The helper, whose value is written as Java writes it also where it is a block."""

    def call(args: list[Any], options: Any) -> Any:
        value = helper(args, options)
        return shown(value) if options.is_block else value

    return call


_ALL: Final[Mapping[str, Helper]] = {
    **{name: _written(helper) for name, helper in _HELPERS.items()},
    SHOW: lambda args, options: shown(args[0] if args else None),
}


def template_at(text: str, *steps: Step) -> Template:
    """A template that stands in a file where these steps lead. Raises `NotUnderstood` and `UsageError`."""
    try:
        return Template(text)
    except NotUnderstood as found:
        raise NotUnderstood(found.what, *steps) from None


class Template:
    """A text with ``{{ ... }}``, compiled. Raises `NotUnderstood`, and `UsageError` if the extra is missing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._compiled: HandlebarsText | None = None
        self._constants: Mapping[str, str] = {}
        if has_tag(text):
            translation = Translation(text, _HELPERS)
            self._constants = translation.constants
            self._compiled = HandlebarsText(translation.text, _ALL, escape=False)
        self.loops = self._compiled is not None and self._compiled.loops

    @property
    def fixed(self) -> str | None:
        """The text, if it is the same for all requests."""
        return self._text if self._compiled is None else None

    def render(self, model: Mapping[str, Any]) -> str:
        """Raises `ResponseFailed`."""
        return self._text if self._compiled is None else self._compiled.render({**model, **self._constants})
