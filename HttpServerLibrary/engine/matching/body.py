"""The body as bytes, and how bodies are shown."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import UsageError
from ..message.request import Request
from ..phrase import Bytes, Masking, Phrase, Quoted, text
from ..visible import quote
from .difference import Difference, Where
from .field import Field
from .hints import offset
from .quick import LARGE
from .suggestion import Suggestion, body_text


class Data(Field):
    """The body, byte for byte."""

    quick_up_to = LARGE

    def __init__(self, value: object) -> None:
        self._data = data_bytes(value, "data")

    def matches(self, request: Request) -> bool:
        return request.body == self._data

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            hint = offset_hint(self._data, request.body)
            yield Difference(Where("data"), bytes_phrase(self._data), bytes_phrase(request.body), hint)

    def suggestion(self, request: Request) -> Suggestion | None:
        data = self._data if self.matches(request) else request.body
        try:
            received = body_text(data.decode())
        except UnicodeDecodeError:
            return None
        return {"data": received} if received else None

    def shown(self, masking: Masking) -> str:
        return f"data={text(bytes_phrase(self._data), masking)}"


def data_bytes(value: object, what: str) -> bytes:
    """Bytes as they are, text as UTF-8."""
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"{what}: {quote(value)} cannot be written in UTF-8: {error.reason}.") from None
    if not isinstance(value, (bytes, bytearray)):
        raise UsageError(f"{what}: bytes or text is needed, not {type(value).__name__}: {value!r}.")
    return bytes(value)


def offset_hint(expected: bytes, received: bytes) -> str:
    """The byte from which two bodies differ; empty if it is the first."""
    begins = offset(expected, received) if expected and received else ""
    return f"differs {begins}" if begins else ""


def bytes_phrase(data: bytes) -> Phrase:
    """Bytes after 'expected' or 'received'."""
    return Bytes(data) if data else "no body"


def body_phrase(request: Request) -> Phrase:
    """The body after 'received': text where it is text."""
    if not request.body:
        return "no body"
    return Bytes(request.content) if "\ufffd" in request.text or "\0" in request.text else Quoted(request.text)
