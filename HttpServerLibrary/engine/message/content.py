"""The content of a body, with its content codings removed (RFC 9110, 8.4), and bodies with a coding applied.

The sender of a small body decides how large its content is. So decoding stops at a limit and costs no more than that:
no memory beyond it, and no time for endless codings or gzip members.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..visible import visible

CODINGS: Final = ("gzip", "deflate")
"""The codings in which bodies can be sent."""

_GZIP: Final = ("gzip", "x-gzip")
_DEFLATE: Final = "deflate"
_KNOWN: Final = (*_GZIP, _DEFLATE)
# For zlib: the window and the format. Some clients omit the zlib wrapper that RFC 9110, 8.4.1.2 requires.
_GZIP_FORMAT: Final = 31
_DEFLATE_FORMATS: Final = (15, -15)
# No client needs more.
_MAX_CODINGS: Final = 4
# Members may be empty, so their number needs a bound as well. Those of bgzip have 64 KiB each.
_MAX_MEMBERS: Final = 10_000
# After each member, the rest of the piece is copied.
_PIECE: Final = 16 * 1024


class TooLarge(NamedTuple):
    """The content is larger than the limit for a body that is kept."""

    most: int

    def __str__(self) -> str:
        return f"more than {self.most} bytes when decoded, the limit that max_body_kept sets"

    @property
    def advice(self) -> str:
        """The same, with what to do about it."""
        return f"{self}; raise it in 'Start Http Server'"


class NotDecoded(NamedTuple):
    """The body is not what its Content-Encoding says."""

    coding: str
    header: str

    def __str__(self) -> str:
        return f"not valid {self.coding} (Content-Encoding: {self.header})"


class Content(NamedTuple):
    """The content of a body, or the body as sent where it cannot be decoded."""

    data: bytes
    unreadable: TooLarge | NotDecoded | None = None
    """Why it could not be decoded."""

    undecoded: str = ""
    """The codings, when this library does not know all of them."""


class _Invalid(Exception):
    """The data is not what its coding says."""


class _OverLimit(Exception):
    """The decoded data is larger than the limit."""


def encode(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Applies one of the `CODINGS`. The same pieces always give the same bytes: gzip has no time in it."""
    # With the zlib wrapper that RFC 9110, 8.4.1.2 requires of deflate.
    encoder = zlib.compressobj(wbits=_GZIP_FORMAT if coding in _GZIP else _DEFLATE_FORMATS[0])
    for piece in pieces:
        yield encoder.compress(piece)
    yield encoder.flush()


def decode(body: bytes, content_encoding: str, most: int, *, whole: bool = True) -> Content:
    """Decodes the codings that a Content-Encoding names, up to ``most`` bytes of content.

    If the body is not ``whole``, the result is the beginning of the content.
    """
    members = (member.strip(" \t").lower() for member in content_encoding.split(","))
    codings = [member for member in members if member not in ("", "identity")]
    if not codings or not body:
        return Content(body)
    header = visible(content_encoding.strip(" \t"))
    if len(codings) > _MAX_CODINGS or not all(coding in _KNOWN for coding in codings):
        return Content(body, undecoded=content_encoding.strip(" \t"))
    data = body
    # In reverse order of their application.
    for coding in reversed(codings):
        try:
            data = _gunzip(data, most, whole) if coding in _GZIP else _inflate(data, most, whole)
        except _OverLimit:
            return Content(body, TooLarge(most))
        except _Invalid:
            return Content(body, NotDecoded(coding, header))
    return Content(data)


def _gunzip(data: bytes, most: int, whole: bool) -> bytes:
    """Decodes gzip members one after the other (RFC 1952, 2.2), and skips zero padding."""
    result = bytearray()
    rest = _pieces(data)
    start = b""
    for _ in range(_MAX_MEMBERS):
        start = _member(_GZIP_FORMAT, start, rest, result, most, whole).lstrip(b"\0")
        while not start:
            piece = next(rest, None)
            if piece is None:
                return bytes(result)
            start = piece.lstrip(b"\0")
    raise _Invalid


def _inflate(data: bytes, most: int, whole: bool) -> bytes:
    for layout in _DEFLATE_FORMATS:
        result = bytearray()
        rest = _pieces(data)
        try:
            if not (_member(layout, b"", rest, result, most, whole) or next(rest, b"")):
                return bytes(result)
        except _Invalid:
            continue
    raise _Invalid


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def _member(layout: int, start: bytes, rest: Iterator[bytes], result: bytearray, most: int, whole: bool) -> bytes:
    """Decodes one stream into the result; returns what follows it in the last piece that was needed."""
    decoder = zlib.decompressobj(layout)
    piece: bytes | None = start
    try:
        while piece is not None:
            result += decoder.decompress(piece, most + 1 - len(result))
            if len(result) > most:
                raise _OverLimit
            if decoder.eof:
                return decoder.unused_data
            piece = decoder.unconsumed_tail or next(rest, None)
    except zlib.error:
        raise _Invalid from None
    if whole:
        raise _Invalid
    return b""
