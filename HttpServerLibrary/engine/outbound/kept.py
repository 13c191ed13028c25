"""Connections that are kept open after an answer, for the next request to the same service.

A service may close such a connection at any time (RFC 9112, 9.3.1). So one is used again only if it was kept for a
short time, shorter than services keep theirs, and if nothing has arrived on it, not even its end. For a request that
must not be sent twice, it must also be known that the service keeps connections at all.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

MAX_KEPT: Final = 8
# Seconds. Services close connections without a request after two seconds or more.
MAX_IDLE: Final = 1.0
# Seconds. A service that closes its connection after an answer without saying so does it sooner.
_SETTLES: Final = 0.1

_Selector: Final[type[selectors.BaseSelector]] = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Kept(NamedTuple):
    """A connection after an answer. ``key`` is what it leads to, and ``answers`` is how many came over it."""

    key: object
    socket: socket.socket
    answers: int
    since: float


class KeptConnections:
    """The connections of one server that wait for their next request. ``clock`` tells the time in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Not taken by the main thread.
        self._lock = threading.Lock()
        self._kept: list[Kept] = []
        # How often all were closed.
        self._closings = 0
        self.stopped = False
        """Whether no more are kept."""

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def closings(self) -> int:
        """How often all were closed; `keep` wants the number from before the connection was used."""
        return self._closings

    def take(self, key: object, is_repeatable: bool) -> Kept | None:
        """A connection to use again, the newest one. ``is_repeatable`` says whether the request may be sent twice."""
        if not self._kept:
            return None
        with self._lock:
            for kept in reversed([*self._kept]):
                if kept.key != key or not (is_repeatable or self._is_settled(kept)):
                    continue
                self._kept.remove(kept)
                if self._is_usable(kept):
                    return kept
                kept.socket.close()
        return None

    def keep(self, key: object, sock: socket.socket, answers: int, closings: int) -> None:
        """Keeps a connection after an answer, or closes it if there are too many or it is of a scope that has ended."""
        with self._lock:
            if not self.stopped and closings == self._closings:
                if len(self._kept) == MAX_KEPT and not self._is_usable(self._kept[0]):
                    self._kept.pop(0).socket.close()
                if len(self._kept) < MAX_KEPT:
                    self._kept.append(Kept(key, sock, answers, self._clock()))
                    return
        sock.close()

    def _is_settled(self, kept: Kept) -> bool:
        """Whether the service is known to keep the connection."""
        return kept.answers > 1 or self._clock() - kept.since > _SETTLES

    def _is_usable(self, kept: Kept) -> bool:
        """Whether the service is likely to keep the connection still."""
        return self._clock() - kept.since < MAX_IDLE and _is_quiet(kept.socket)

    def drop(self) -> None:
        """Closes those that are kept at the moment."""
        if self._kept:
            with self._lock:
                self._close()

    def close(self) -> None:
        """Closes them all, also those that are in use now, as soon as they have their answers."""
        with self._lock:
            self._closings += 1
            self._close()

    def close_inherited(self) -> None:
        """Closes those that are kept, in a forked process, where another thread may have held the lock forever."""
        self._close()

    def _close(self) -> None:
        for kept in self._kept:
            kept.socket.close()
        self._kept.clear()


def _is_quiet(sock: socket.socket) -> bool:
    """Whether nothing has arrived, not even the end."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return False
    with _Selector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return not selector.select(0)
