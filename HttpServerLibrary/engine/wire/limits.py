"""Limits for what the server accepts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
# As many as `select` takes there (FD_SETSIZE of CPython).
_MAX_SOCKETS: Final = 512 if sys.platform == "win32" else sys.maxsize


@dataclass(frozen=True)
class Limits:
    """The limits of one server, in bytes, numbers of fields and seconds."""

    target: int = 8 * KIB
    """The request target; a longer one gets 414."""

    header_section: int = 64 * KIB
    """All header fields of a request together; a larger section gets 431."""

    header_fields: int = 200
    """The number of header fields of a request; more than this get 431."""

    body: int = 256 * MIB
    """A request body; a larger one gets 413 and is not read."""

    body_kept: int = 256 * MIB
    """How much of a request body is kept, the rest being only counted; and how large the decoded body may be."""

    chunk_line: int = 4 * KIB
    """The line before a chunk, which has its size and extensions."""

    trailer_section: int = 8 * KIB
    """All trailer fields of a chunked body together."""

    idle: float = 60.0
    """How long a connection may wait for its next request before it is closed."""

    stall: float = 60.0
    """How long a client may pause while it sends a request or reads a response."""

    handshake: float = 10.0
    """How long the TLS handshake of a connection may take."""

    linger: float = 1.0
    """How long a client may go on sending after an error response before its connection is closed."""

    linger_bytes: int = 1 << 30
    """How much it may send in that time."""

    sockets: int = _MAX_SOCKETS
    """How many sockets the server has open; a connection that would be one too many is closed at once."""

    idle_threads: int = 32
    """How many threads wait for work; others end when they are done."""


DEFAULT_LIMITS: Final = Limits()
