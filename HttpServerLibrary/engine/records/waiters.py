"""Waiting for changes that the threads of a server make.

A waiting keyword may be interrupted at any moment, after which a `threading.Condition` or `Event` can stay locked
forever (see `interrupts.py`). So each wait has its own plain lock:

1. The waiter makes a lock, locks it, and adds it to the list of waiters.
2. It checks whether the condition is already true. Any change from now on finds the lock in the list.
3. It says how many changes must come before the condition can be true. Waking it for each of many requests would slow
   down the server.
4. It acquires its lock again, which blocks until so many changes have come. It waits in slices, because Windows
   delivers a test timeout only between two byte codes.
5. The change removes the lock from the list and releases it; the waiter starts again at 1.

An interrupted waiter leaves behind a lock that no other thread uses, and the next change drops it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..interrupts import MAX_SLICE, InterruptSafeLock, locked

T = TypeVar("T")


def any_change() -> int:
    """For a wait that any change may end."""
    return 1


class _Waiter:
    """A thread that waits until there were as many changes as it is ``due`` at."""

    __slots__ = ("due", "lock")

    def __init__(self) -> None:
        self.due = 0
        self.lock = threading.Lock()
        self.lock.acquire()


class Waiters:
    """The threads that wait, and how many changes there were."""

    def __init__(self, lock: InterruptSafeLock) -> None:
        self._lock = lock
        self._waiting: list[_Waiter] = []
        self._changes = 0

    def changed(self) -> None:
        """Counts a change and wakes those that are due. The lock must be held."""
        self._changes += 1
        if self._waiting:
            self._wake()

    def wake_all(self) -> None:
        """Wakes all waiters, however many changes they need. The lock must be held."""
        for waiter in self._waiting:
            waiter.due = 0
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if waiter.due <= self._changes:
                waiter.lock.release()
            else:
                self._waiting.append(waiter)

    @locked
    def _add(self, waiter: _Waiter) -> int:
        self._waiting.append(waiter)
        return self._changes

    def wait(self, check: Callable[[], T | None], timeout: float, needed: Callable[[], int]) -> T | None:
        """Calls ``check`` now and after changes until it returns something; None when the timeout expires.

        When it has returned nothing, ``needed`` says how many changes must come, at least, before it can.
        """
        deadline = time.monotonic() + timeout
        while True:
            # In the list before the check, so that every change that the check does not see releases it.
            waiter = _Waiter()
            changes = self._add(waiter)
            try:
                result = check()
                if result is not None or time.monotonic() >= deadline:
                    return result
                least = needed()
                waiter.due = changes + least
                while time.monotonic() < deadline:
                    came = waiter.lock.acquire(timeout=max(0.0, min(deadline - time.monotonic(), MAX_SLICE)))
                    # User code may have removed what is missing.
                    if came or least > 1:
                        break
            finally:
                # If it is still in the list, the next change drops it.
                waiter.due = 0
