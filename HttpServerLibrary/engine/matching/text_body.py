"""The body as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ..errors import UsageError
from ..message.request import Request
from ..phrase import Masking, Quoted
from .difference import Difference, Where
from .field import Field
from .json_body import Json
from .suggestion import Suggestion, body_text
from .text import TextPattern
from .xml_body import Xml

# For longer bodies, a hint is not worth parsing them again.
_MAX_READ_AGAIN = 10_000


class Text(Field):
    """The decoded body."""

    def __init__(self, value: object) -> None:
        self._pattern = TextPattern(value, "text")
        self.quick_up_to = self._pattern.quick_up_to

    def matches(self, request: Request) -> bool:
        return self._pattern.matches(request.text)

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        difference = self._pattern.difference_of_body(Where("text"), request.text)
        if not request.body:
            yield replace(difference, received="no body", hint="", diff=None)
            return
        hint = self._reason(request) if len(request.content) <= _MAX_READ_AGAIN else ""
        yield replace(difference, hint=hint, diff=None) if hint else difference

    def _reason(self, request: Request) -> str:
        """Why the text differs although the body may be right; empty if unknown."""
        charset = self._matching_charset(request.content)
        if charset:
            says = "charset" in (request.header("content-type") or "")
            named = f"names charset={request.charset}" if says else "names no charset"
            return f"it matches when the body is decoded as {charset}, but its Content-Type {named}"
        expected = (self._pattern.literal or "").strip()
        with suppress(UsageError):
            if expected.startswith(("{", "[")) and Json(expected).matches(request):
                return "the same JSON, written differently: json= compares the value"
            if expected.startswith("<") and Xml(expected).matches(request):
                return "the same XML, written differently: xml= compares the elements"
        return ""

    def suggestion(self, request: Request) -> Suggestion | None:
        if self.matches(request):
            return {"text": str(self._pattern)}
        received = body_text(request.text)
        return {"text": received} if received and request.body else None

    def _matching_charset(self, body: bytes) -> str:
        """The charset with which the body would match; empty if none of the usual ones does."""
        for charset in ("UTF-8", "Latin-1"):
            with suppress(UnicodeDecodeError):
                if self._pattern.matches(body.decode(charset)):
                    return charset
        return ""

    def shown(self, masking: Masking) -> str:
        return f"text={Quoted(str(self._pattern)).shown(masking)}"
