"""What connections do with their sockets beyond reading and writing, and what the system says about them."""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

if sys.platform == "win32":
    fcntl = termios = None
else:
    import fcntl
    import termios

# The switch and the seconds of `struct linger`, which are short on Windows.
_RESET: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
# For sockets, Linux calls it SIOCOUTQ.
_TIOCOUTQ: Final[int | None] = getattr(termios, "TIOCOUTQ", None) if sys.platform == "linux" else None
# Linux only.
_QUICK_ACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
# Not on Windows.
_POLL: Final[Callable[[], Any] | None] = getattr(select, "poll", None)
# Linux only. Unlike reading, it sees the end behind what was not read yet.
_CLOSED: Final[int | None] = getattr(select, "POLLRDHUP", None)
# The milliseconds that a reset may take.
_RESET_ARRIVES: Final = 100


def unsent(sock: socket.socket) -> int:
    """How many bytes that were written have not reached the client; 0 where the system does not tell."""
    if _TIOCOUTQ is None or fcntl is None:
        return 0
    try:
        answer = fcntl.ioctl(sock.fileno(), _TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)


def shut_down(sock: socket.socket) -> None:
    """Ends a connection in all processes that have its socket, from any thread."""
    with suppress(OSError):
        # Not the method of SSLSocket, which would go on in plain text.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def drop(sock: socket.socket, in_use: bool, platform: str = sys.platform) -> None:
    """Closes a socket that another thread may be using; its number then belongs to a socket without a connection."""
    if platform == "win32":
        # A number cannot be given to another socket there. One that is in use is reset only when its thread closes it.
        if in_use:
            shut_down(sock)
        else:
            sock.close()
        return
    with suppress(OSError), socket.socket(sock.family, socket.SOCK_STREAM) as unconnected:
        os.dup2(unconnected.fileno(), sock.fileno(), inheritable=False)


def reset_on_close(sock: socket.socket) -> None:
    """Makes closing the socket a reset."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def acknowledge(sock: socket.socket) -> None:
    """Acknowledges at once what has arrived, where the system lets programs choose."""
    if _QUICK_ACK is not None:
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)


def is_closed(sock: socket.socket) -> bool:
    """Whether the client has closed its side of the connection, or the whole connection; does not wait."""
    if _POLL is not None and _CLOSED is not None:
        poll = _POLL()
        poll.register(sock, _CLOSED)
        return bool(poll.poll(0))
    try:
        # Not as an SSLSocket does it, which has no flags.
        return socket.socket.recv(sock, 1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def is_reset(sock: socket.socket) -> bool:
    """Whether the client resets the connection now, because it does not read what is sent; looks for a moment."""
    if _POLL is None:
        return False
    poll = _POLL()
    poll.register(sock, 0)
    return bool(poll.poll(_RESET_ARRIVES))
