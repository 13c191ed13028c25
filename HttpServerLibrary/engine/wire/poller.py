"""Waiting until sockets have something to read.

The `selectors` module makes several objects for each socket that is ready, and one is ready for every request. So epoll
and kqueue are used directly, and `selectors` only where neither exists.
"""

from __future__ import annotations

import select
import selectors
import sys
from typing import Final, Protocol

# Others are reported by the next wait.
_MAX_READY: Final = 64
# FD_SETSIZE of POSIX systems; Windows limits the number of sockets instead.
_MAX_DESCRIPTOR: Final = 1024


class Poller(Protocol):
    """Waits for many sockets at once. A thread may add and remove sockets while another one waits."""

    sees_changes: bool
    """Whether a wait that has begun notices a socket that is added."""

    def can_watch(self, descriptor: int) -> bool:
        """Whether it takes sockets with this descriptor."""
        ...

    def add(self, descriptor: int) -> None:
        """Watches a socket from now on. Raises OSError, ValueError or KeyError if that is not possible."""
        ...

    def remove(self, descriptor: int) -> None:
        """Stops watching a socket. Must be called before the socket is closed."""
        ...

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        """Returns the descriptors that are ready, each with its events, after so many seconds at the latest."""
        ...

    def close(self) -> None: ...


class SelectorPoller:
    """Any selector of the standard library."""

    sees_changes = False

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        is_limited = sys.platform != "win32" and isinstance(selector, selectors.SelectSelector)
        self._most = _MAX_DESCRIPTOR if is_limited else sys.maxsize

    def can_watch(self, descriptor: int) -> bool:
        return descriptor < self._most

    def add(self, descriptor: int) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ)

    def remove(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        return [(key.fd, events) for key, events in self._selector.select(seconds)]

    def close(self) -> None:
        self._selector.close()


if sys.platform == "linux":

    class EpollPoller:
        """Epoll, on Linux."""

        sees_changes = True

        def __init__(self) -> None:
            self._epoll = select.epoll()

        def can_watch(self, descriptor: int) -> bool:
            return True

        def add(self, descriptor: int) -> None:
            self._epoll.register(descriptor, select.EPOLLIN)

        def remove(self, descriptor: int) -> None:
            self._epoll.unregister(descriptor)

        def wait(self, seconds: float) -> list[tuple[int, int]]:
            return self._epoll.poll(seconds, _MAX_READY)

        def close(self) -> None:
            self._epoll.close()

    def make_poller() -> Poller:
        """The fastest poller of this system."""
        return EpollPoller()

elif sys.platform != "win32" and hasattr(select, "kqueue"):

    class KqueuePoller:
        """Kqueue, on macOS and BSD."""

        sees_changes = True

        def __init__(self) -> None:
            self._kqueue = select.kqueue()

        def can_watch(self, descriptor: int) -> bool:
            return True

        def add(self, descriptor: int) -> None:
            self._change(descriptor, select.KQ_EV_ADD)

        def remove(self, descriptor: int) -> None:
            self._change(descriptor, select.KQ_EV_DELETE)

        def _change(self, descriptor: int, action: int) -> None:
            self._kqueue.control([select.kevent(descriptor, select.KQ_FILTER_READ, action)], 0, 0)

        def wait(self, seconds: float) -> list[tuple[int, int]]:
            return [(event.ident, event.filter) for event in self._kqueue.control(None, _MAX_READY, seconds)]

        def close(self) -> None:
            self._kqueue.close()

    def make_poller() -> Poller:
        """The fastest poller of this system."""
        return KqueuePoller()

else:

    def make_poller() -> Poller:
        """The fastest poller of this system."""
        return SelectorPoller(selectors.DefaultSelector())
