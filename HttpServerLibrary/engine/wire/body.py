"""Collecting the body of a request, framed by its length or in chunks (RFC 9112, 6 and 7)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from io import BytesIO
from typing import Final

from ..message.head import TOKEN_BYTES
from ..message.request import Cut, Request
from .head import BadRequest, body_too_large, check_bare_cr, check_field_line
from .limits import Limits

_QUOTED: Final = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
_EXTENSION: Final = rb"[ \t]*;[ \t]*%b(?:[ \t]*=[ \t]*(?:%b|%b))?" % (TOKEN_BYTES, TOKEN_BYTES, _QUOTED)
_CHUNK_LINE_START: Final = re.compile(rb"[0-9A-Fa-f]+(?:[ \t;\r]|\Z)")
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]+)((?:%b)*)\r\n" % _EXTENSION)

# RFC 9110, 6.5.1: they are needed before the content, so no sender may put them after it. A reader that merges the
# trailer section into the header section would read a different message from one that drops it.
_HEADER_ONLY: Final = frozenset({b"content-length", b"host", b"transfer-encoding"})

_NO_SIZE: Final = "a chunk does not begin with its size in hexadecimal digits"

_SIZE, _DATA, _DATA_END, _TRAILERS, _END = range(5)


class Body(ABC):
    """A body that arrives in pieces. The beginning of a large body is kept, and the rest is only counted."""

    def __init__(self, limits: Limits) -> None:
        self.left = 0
        """How much of it, or of the current chunk, has not arrived yet."""

        self.size = 0
        """How much of it has arrived."""

        self._limits = limits
        # Its buffer grows in place and becomes the result without a copy, so a large upload is in memory only once.
        self._content = BytesIO()

    @property
    @abstractmethod
    def complete(self) -> bool:
        """Whether all of it has arrived."""

    @abstractmethod
    def take(self, data: bytes | bytearray, start: int) -> int:
        """Takes what belongs to the body from `data`, beginning at `start`; returns where it ended."""

    @abstractmethod
    def progress(self) -> str:
        """The position in the body, as words that follow what happened there."""

    def hand_over(self, request: Request) -> None:
        """Gives the part of the body that has arrived to the request."""
        request.body = self._content.getvalue()
        if self.size > len(request.body):
            request.cut = Cut(self.size, len(request.body), "max_body_kept")

    def _take_data(self, data: bytes | bytearray, start: int) -> int:
        end = min(len(data), start + self.left)
        room = self._limits.body_kept - self.size
        if room > 0:
            with memoryview(data) as view:
                self._content.write(view[start : min(end, start + room)])
        self.size += end - start
        self.left -= end - start
        return end


class SizedBody(Body):
    """A body of known length."""

    def __init__(self, length: int, limits: Limits) -> None:
        super().__init__(limits)
        self.left = length

    @property
    def complete(self) -> bool:
        return not self.left

    def take(self, data: bytes | bytearray, start: int) -> int:
        return self._take_data(data, start)

    def progress(self) -> str:
        return f"after {self.size} of {self.size + self.left} body bytes"


class ChunkedBody(Body):
    """A chunked body. Chunk extensions and trailer fields are checked and dropped."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._state = _SIZE
        self._extensions_size = 0
        self._trailer_size = 0

    @property
    def complete(self) -> bool:
        return self._state == _END

    def take(self, data: bytes | bytearray, start: int) -> int:
        # An unfinished line stays in the buffer and is passed in again with more data after it.
        while self._state != _END:
            if self._state == _DATA:
                end = self._take_data(data, start)
                if not self.left:
                    self._state = _DATA_END
            elif self._state == _DATA_END:
                end = self._take_data_end(data, start)
            else:
                end = self._take_line(data, start)
            if end == start:
                break
            start = end
        return start

    def progress(self) -> str:
        return f"after {self.size} body bytes, before the end of the chunked body"

    def _take_data_end(self, data: bytes | bytearray, start: int) -> int:
        end = data[start : start + 2]
        if not b"\r\n".startswith(end):
            raise BadRequest(400, "a chunk is longer than its size says", bytes(data[start : start + 100]))
        if len(end) < 2:
            return start
        self._state = _SIZE
        return start + 2

    def _take_line(self, data: bytes | bytearray, start: int) -> int:
        end = data.find(b"\n", start) + 1
        size = (end or len(data)) - start
        room = self._limits.chunk_line if self._state == _SIZE else self._limits.trailer_section - self._trailer_size
        if start < len(data) and (not end or size > room):
            # The end of the line may never arrive. The first error counts, even before the limit is reached.
            self._check_line_start(data, start, start + min(size, room + 1))
        if self._state == _SIZE:
            if size > room:
                raise BadRequest(413, f"the line of a chunk is longer than {self._limits.chunk_line} bytes")
            if end:
                self._read_chunk_line(bytes(data[start:end]))
        else:
            if size > room:
                raise BadRequest(431, f"the trailer section is larger than {self._limits.trailer_section} bytes")
            if end:
                self._trailer_size += size
                self._read_trailer(bytes(data[start:end]))
        return end or start

    def _check_line_start(self, data: bytes | bytearray, start: int, end: int) -> None:
        if self._state == _SIZE and not _CHUNK_LINE_START.match(data, start, end):
            raise BadRequest(400, _NO_SIZE, bytes(data[start:end]))
        check_bare_cr(data, start, end)

    def _read_chunk_line(self, line: bytes) -> None:
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            self._check_line_start(line, 0, len(line))
            raise BadRequest(400, _NO_SIZE, line)
        # RFC 9112, 7.1.1: a client could hide any amount of data in the extensions of many small chunks.
        self._extensions_size += len(match[2])
        if self._extensions_size > self._limits.header_section:
            raise BadRequest(413, f"the chunk extensions are larger than {self._limits.header_section} bytes")
        self.left = int(match[1], 16)
        if self.size + self.left > self._limits.body:
            raise BadRequest(413, body_too_large(self._limits))
        self._state = _DATA if self.left else _TRAILERS

    def _read_trailer(self, line: bytes) -> None:
        if line == b"\r\n":
            self._state = _END
            return
        check_field_line(line)
        name = line.partition(b":")[0]
        if name.lower() in _HEADER_ONLY:
            raise BadRequest(400, f"{name.decode()} is in the trailer section, but belongs in the header section", line)
