"""Templates of Mockoon."""

from __future__ import annotations

import re
from typing import Final

from ....visible import quote
from ..handlebars import HandlebarsText, called, has_tag
from ..loaded import NotUnderstood
from .helpers import HELPERS
from .helpers.blocks import EACH
from .helpers.requests import NAMES
from .scene import Scene
from .standins import stand_in

_TAG: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ESCAPED: Final = re.compile(r"""(['"])((?:\\.|(?!\1)[^\\])*)\1""", re.DOTALL)
_EACH: Final = re.compile(r"(\{\{~?[#/]\s*)each(?=[\s~}])")
# Block parameters, and the data of an outer loop.
_NEEDS_FRAMES: Final = re.compile(r"\bas\s*\||@\.\./")
_FAKER: Final = re.compile(r"""\bfaker\s+(['"])(.*?)\1""")


class Template:
    """A text with ``{{ ... }}``, or without. Raises `NotUnderstood` and `UsageError`."""

    def __init__(self, text: str) -> None:
        self.written = text
        self._fixed: str | None = None if has_tag(text) else text
        self.loops = False
        if self._fixed is not None:
            return
        for _, name in _FAKER.findall("".join(_tags(text))):
            if stand_in(name) is None:
                raise NotUnderstood(f"the template asks Faker for {quote(name)}, which has no stand-in")
        text = _TAG.sub(_with_plain_quotes, text)
        if "setVar" in text and not _NEEDS_FRAMES.search(text):
            text = _EACH.sub(rf"\1{EACH}", text)
        self._text = HandlebarsText(text, HELPERS, escape=True)
        self.loops = self._text.loops

    @property
    def fixed(self) -> str | None:
        """What it always is; None if that depends on the request."""
        return self._fixed

    def render(self, scene: Scene) -> str:
        """Raises `ResponseFailed`."""
        return self._text.render({}, scene.data) if self._fixed is None else self._fixed


class LenientTemplate(Template):
    """One that is plain text where it is no template that can be read: so are the values of rules."""

    def __init__(self, text: str) -> None:
        try:
            super().__init__(text)
        except NotUnderstood:
            if any(name not in HELPERS for name in called(text)):
                raise
            self._fixed = text


def needs_request(text: str) -> bool:
    """Whether a template reads the request."""
    return any(name in NAMES for tag in _tags(text) for name in re.findall(r"[A-Za-z]\w*", tag))


def _tags(text: str) -> list[str]:
    return _TAG.findall(text)


def _with_plain_quotes(tag: re.Match[str]) -> str:
    """A tag in which no text has an escaped quote where the other kind of quotes can stand around it.

    In parentheses, they are not understood.
    """

    def rewritten(found: re.Match[str]) -> str:
        quoting, inside = found.groups()
        other = '"' if quoting == "'" else "'"
        if f"\\{quoting}" not in inside or other in inside:
            return found[0]
        return f"{other}{inside.replace(f'{chr(92)}{quoting}', quoting)}{other}"

    return _ESCAPED.sub(rewritten, tag[0])
