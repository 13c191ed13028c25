"""From bytes to requests, without input or output: a strict parser for HTTP/1.1 (RFC 9112).

Strategy: a parser is in one of three states.

- Between requests, and in a head: `_request` and `_body` are None. One regular expression reads the whole head, once
  its empty line has arrived.
- In a body: `_request` is the request so far, and `_body` collects its bytes, by length or in chunks.
- Failed: all further bytes are ignored. The request with the fault has been returned.

A well-formed head that arrives in one piece, as most do, is matched once. The lines of all other heads are checked one
by one, in `_check_lines`. This has two uses: `next_request` must answer a client that sends a bad line and then waits
for the response, so it checks the lines of a head that is still incomplete; and if the expression does not match a
complete head, the lines show why. Both must reach the same verdict, so that the response does not depend on how the
bytes were split: the first error counts, and limits apply at the same byte. `_searched`, `_checked` and `_lines` record
how far the check has come, so that a slow head costs no more than a fast one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..message.request import Fault, Request
from ..visible import MASK, visible
from .body import Body, ChunkedBody, SizedBody
from .head import (
    BAD_HOST,
    CHUNKED,
    CONNECT_WITHOUT_AUTHORITY,
    BadRequest,
    Heads,
    check_bare_cr,
    check_field_line,
    check_request_line,
    check_request_line_start,
    is_authority,
    well_formed_part,
)
from .limits import Limits

_MAX_EXCERPT: Final = 200
# RFC 9112, 2.2: a server should ignore at least one empty line before a request.
_MAX_EMPTY_LINES: Final = 16


class Parser:
    """Reads the requests of one connection.

    Give it what arrives with `feed`, then ask for `next_request` until it returns None.
    The verdict on a sequence of bytes does not depend on the pieces in which they arrived.
    """

    def __init__(
        self,
        limits: Limits,
        secure: bool = False,
        tolerate: Callable[[str], None] | None = None,
        heads: Heads | None = None,
    ) -> None:
        """`secure` says whether the bytes arrive over TLS; only then is an https URL allowed as a target.

        With `tolerate`, requests that break a rule about the host, but not about the framing, are accepted. It is
        called with the reason. `heads` has the same settings, and is shared by the parsers of one server.
        """
        self.keep_alive = True
        """Whether another request may follow the last one."""

        self.awaits_continue = False
        """Whether the client holds back the body until it gets a 100 Continue (RFC 9110, 10.1.1)."""

        self._limits = limits
        self._secure = secure
        self._tolerate = tolerate
        self._strict = tolerate is None
        self._heads = Heads(limits, secure, self._strict) if heads is None else heads
        self._failed = False
        self._request: Request | None = None
        self._body: Body | None = None
        self._buffer: bytes | bytearray = b""
        self._start = 0
        self._empty_lines = 0
        self._forget_lines()

    @property
    def in_request(self) -> bool:
        """Whether a part of a request has arrived."""
        if self._request is not None:
            return True
        # A lone CR may be the beginning of an empty line, which is not part of a request.
        return len(self._buffer) > self._start and self._buffer[self._start :] != b"\r"

    @property
    def has_more(self) -> bool:
        """Whether bytes have arrived that do not belong to a request yet."""
        return len(self._buffer) > self._start

    @property
    def body_left(self) -> int:
        """How much of the body, or of the current chunk, has not arrived yet."""
        return self._body.left if self._body is not None else 0

    def feed(self, data: bytes) -> None:
        """Adds bytes that arrived on the connection."""
        if self._start == len(self._buffer):
            self._buffer = data
        elif self._start or isinstance(self._buffer, bytes):
            self._buffer = bytearray(self._buffer[self._start :]) + data
        else:
            self._buffer += data
        self._start = 0

    def next_request(self) -> Request | None:
        """Returns the next request, complete or with its fault; None when more bytes are needed.

        Nothing follows a request with a fault.
        """
        if self._start == len(self._buffer) or self._failed:
            return None
        try:
            if self._request is None and not self._read_head():
                return None
            if self._body is not None and not self._read_body(self._body):
                return None
        except BadRequest as refused:
            return self.fail(refused.status, refused.reason, refused.excerpt or None)
        request, self._request = self._request, None
        if self._start == len(self._buffer):
            # An idle connection keeps no received data.
            self._buffer = b""
            self._start = 0
        return request

    def end(self) -> Request | None:
        """Handles the end of input: returns the request that it cuts off, with its fault, or None."""
        if self._failed or not self.in_request:
            return None
        where = self._body.progress() if self._body else "in the middle of the header section"
        return self.fail(400, f"the client closed the connection {where}")

    def fail(self, status: int, reason: str, excerpt: bytes | None = None) -> Request:
        """Gives up; returns what was understood of the request, with the fault.

        The excerpt shows the wrong part of the request; by default, what has arrived of the head.
        """
        self._failed = True
        self.keep_alive = False
        self.awaits_continue = False
        request = self._request
        if request is None:
            head = bytes(self._buffer[self._start :])
            excerpt = head if excerpt is None else excerpt
            part = well_formed_part(head, self._limits)
            request = Request(part.method, part.target, part.fields, version=part.version)
        if self._body is not None:
            self._body.hand_over(request)
        request.fault = Fault(status, reason, (excerpt or b"")[:_MAX_EXCERPT])
        self._request = self._body = None
        self._buffer = b""
        self._start = 0
        return request

    def _forget_lines(self) -> None:
        # How far an incomplete head was searched and checked, from its start, which moves within the buffer.
        self._searched = 0
        self._checked = 0
        self._lines = 0
        self._fields_at = 0

    def _read_head(self) -> bool:
        buffer = self._buffer
        while buffer.startswith(b"\r\n", self._start):
            self._empty_lines += 1
            if self._empty_lines > _MAX_EMPTY_LINES:
                raise BadRequest(400, "too many empty lines before a request")
            self._start += 2
        start = self._start
        end = buffer.find(b"\r\n\r\n", start + self._searched) + 4
        if end < 4:
            if self.in_request:
                self._check_lines(len(buffer))
            self._searched = max(0, len(buffer) - start - 3)
            return False
        head = self._heads.read(bytes(buffer[start:end]))
        if head is None:
            self._check_lines(end)
        assert head is not None, "a malformed head has a malformed line"
        method, target, fields, version, headers, coded, length, self.keep_alive, awaits_continue = head
        request = Request(method, target, fields, version=version, headers=headers, names_coding=coded)
        self._request = request
        request.max_content = self._limits.body_kept
        if self._tolerate is not None:
            self._report_tolerated(request, self._tolerate)
        self._start = end
        self._empty_lines = 0
        if self._searched or self._lines:
            self._forget_lines()
        if 0 < length <= len(buffer) - end and length <= self._limits.body_kept:
            # The whole body is here, as for most requests.
            self._start = end + length
            request.body = bytes(buffer[end : self._start])
        elif length:
            self._body = ChunkedBody(self._limits) if length == CHUNKED else SizedBody(length, self._limits)
            self.awaits_continue = awaits_continue
        return True

    def _report_tolerated(self, request: Request, tolerate: Callable[[str], None]) -> None:
        if request.method == "CONNECT" and request.target[0] == "/":
            tolerate(f"{CONNECT_WITHOUT_AUTHORITY}: {visible(_without_user(request.target), len(request.target))}")
        host = request.header("host")
        if host is not None and not is_authority(host):
            tolerate(f'{BAD_HOST}: "{visible(_without_user(host), len(host))}"')

    def _check_lines(self, end: int) -> None:
        """Checks the lines up to `end` and rejects the first that is wrong.

        Never called for a complete, well-formed head.
        """
        limits = self._limits
        start = self._start
        while True:
            line_start = start + self._checked
            new = max(line_start, start + self._searched)
            line_end = self._buffer.find(b"\n", new, end) + 1
            if self._lines:
                # Even if the line is incomplete, but only as far as the section may go: the first error counts, however
                # the line is split.
                check_bare_cr(self._buffer, new, min(line_end or end, self._section_end + 3))
            if not line_end:
                break
            line = bytes(self._buffer[line_start:line_end])
            if not self._lines:
                check_request_line(line, limits, self._secure, self._strict)
                self._fields_at = line_end - start
            elif line == b"\r\n":
                return
            else:
                self._check_section(line_end)
                if self._lines > limits.header_fields:
                    raise BadRequest(
                        431, f"the request has more than {limits.header_fields} header fields (max_header_count)"
                    )
                check_field_line(line)
            self._lines += 1
            self._checked = line_end - start
        if self._lines:
            # The last two bytes may be the empty line, which does not count.
            self._check_section(end - 2)
        else:
            check_request_line_start(bytes(self._buffer[start:end]), limits, self._searched)

    @property
    def _section_end(self) -> int:
        """The maximum end of the header section."""
        return self._start + self._fields_at + self._limits.header_section

    def _check_section(self, end: int) -> None:
        if end > self._section_end:
            most = self._limits.header_section
            raise BadRequest(431, f"the header section is larger than {most} bytes (max_header_size)")

    def _read_body(self, body: Body) -> bool:
        self._start = body.take(self._buffer, self._start)
        if not body.complete:
            return False
        if self._request is not None:
            body.hand_over(self._request)
        self._body = None
        self.awaits_continue = False
        return True


def _without_user(authority: str) -> str:
    """An authority without the user and password before its host, which are no longer allowed there."""
    _, at, host = authority.rpartition("@")
    return f"{MASK}@{host}" if at else host
