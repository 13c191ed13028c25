"""Requests that one server sends on to services, from their arrival until their responses are sent.

A thread of the server waits for the service, and then sends the answer while it arrives. An answer of unknown length
may go on for ever, so it ends with the scope of its request.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from ..interrupts import Latch, uninterrupted
from ..scope import Scope
from .client import Cancel
from .kept import KeptConnections

# The seconds in which the threads notice that their answers end.
_GRACE: Final = 0.2


def _do_nothing() -> None:
    """For a request that has a thread of its own."""


def _never() -> bool:
    """For a request without a client."""
    return False


def _note_nothing(why: str) -> None:
    """For a request without a record."""


class Forward:
    """One request that is sent on.

    ``step_aside`` lets no other request wait for it. ``is_abandoned`` says whether nobody waits for its answer.
    ``note`` is called when that is ended early, with what happened, and ``over`` at the end.
    """

    def __init__(
        self,
        connections: KeptConnections,
        scope: Scope | None,
        step_aside: Callable[[], object],
        is_abandoned: Callable[[], bool],
        note: Callable[[str], object],
        over: Callable[[Forward], object],
    ) -> None:
        self.connections = connections
        self.scope = scope
        self.step_aside = step_aside
        self._is_abandoned = is_abandoned
        self.cancel = Cancel(self._looks)
        self.ended: str | None = None
        """What ended it early, such as ``test 'A' ended``."""

        self.is_endless = False
        """Whether the answer has begun, and nothing says where it ends."""

        self.finished = Latch()
        self._note = note
        self._over = over

    def _looks(self) -> bool:
        """Whether nobody waits for the answer; asked again and again while the service takes its time."""
        # A service that serves one connection at a time may wait for the end of one that is kept.
        self.connections.drop()
        return self._is_abandoned()

    def begun(self, is_endless: bool) -> None:
        """The answer has begun."""
        self.is_endless = is_endless
        if is_endless and self.scope is not None and self.scope.closed:
            # It has ended meanwhile.
            self.end(f"{self.scope.name} ended")

    def end(self, why: str) -> None:
        """Ends the answer, from any thread."""
        self.ended = self.ended or why
        self.cancel.cancel()

    def note_end(self) -> None:
        """Records that the answer was ended early, if it was; called by the thread that sends it."""
        if self.ended is not None:
            self._note(self.ended)

    def finish(self) -> None:
        """It is over."""
        self._over(self)
        self.finished.set()


class Forwards:
    """The requests that a server sends on, and the connections that it keeps for that."""

    def __init__(self) -> None:
        self._connections = KeptConnections()
        # Guards the requests. The main thread does not take it.
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._running: set[Forward] = set()
        self._stopped = False

    def begin(
        self,
        scope: Scope | None = None,
        step_aside: Callable[[], object] = _do_nothing,
        is_abandoned: Callable[[], bool] = _never,
        note: Callable[[str], object] = _note_nothing,
    ) -> Forward:
        """A request of a scope is sent on."""
        forward = Forward(self._connections, scope, step_aside, is_abandoned, note, self._remove)
        with self._lock:
            self._running.add(forward)
        if self._stopped:
            forward.cancel.cancel()
        return forward

    def _remove(self, forward: Forward) -> None:
        with self._lock:
            self._running.discard(forward)

    def end(self, scope: Scope | None, grace: float = _GRACE) -> None:
        """Ends what a scope that ends has left: answers without an end, and all connections that are kept.

        Without a scope, those of all scopes, because the server was reset. Waits until they are over, no longer than
        ``grace``. May be called from any thread.
        """
        if (self._running or self._connections) and self._process == os.getpid():
            why = "the server was reset" if scope is None else f"{scope.name} ended"
            uninterrupted(partial(self._end, scope, why, time.monotonic() + grace))

    def _end(self, scope: Scope | None, why: str, deadline: float) -> None:
        with self._lock:
            ending = [forward for forward in self._running if forward.is_endless and scope in (None, forward.scope)]
        for forward in ending:
            forward.end(why)
        for forward in ending:
            forward.finished.wait(max(0.0, deadline - time.monotonic()))
        self._connections.close()

    def stop(self) -> None:
        """Ends everything at once, because the server stops. May be called again, from any thread.

        In a forked process, it only closes what that process inherited.
        """
        self._stopped = True
        self._connections.stopped = True
        if self._process != os.getpid():
            # The threads do not exist in this process, but their locks do and may never be released.
            for forward in self._running:
                forward.cancel.close_inherited()
            self._connections.close_inherited()
        elif self._running or self._connections:
            uninterrupted(self._stop)

    def _stop(self) -> None:
        with self._lock:
            running = [*self._running]
        for forward in running:
            forward.cancel.cancel()
        self._connections.close()
