"""What the server accepts at most."""

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
    """The request target; a longer one is answered with 414."""

    header_section: int = 64 * KIB
    """All header fields of a request together; more is answered with 431."""

    header_fields: int = 200
    """The number of header fields of a request; more are answered with 431."""

    body: int = 256 * MIB
    """A request body; a larger one is answered with 413 and not collected."""

    body_kept: int = 256 * MIB
    """How much of a request body is kept, and how large it may be when it is decoded; the rest is only counted."""

    chunk_line: int = 4 * KIB
    """The line before a chunk, which has its size and extensions."""

    trailer_section: int = 8 * KIB
    """All trailer fields of a chunked body together."""

    idle: float = 60.0
    """How long a connection may wait for its next request before it is closed."""

    stall: float = 60.0
    """How long a client may stop in the middle of sending a request or of taking a response."""

    handshake: float = 10.0
    """How long the TLS handshake of a connection may take."""

    linger: float = 1.0
    """How long a client that was refused may go on sending before its connection is closed."""

    linger_bytes: int = 1 << 30
    """How much it may go on sending."""

    sockets: int = _MAX_SOCKETS
    """How many sockets the server has open; a connection that would be one too many is closed at once."""

    idle_threads: int = 32
    """How many threads wait for work; more than these end when they are done."""


DEFAULT_LIMITS: Final = Limits()
