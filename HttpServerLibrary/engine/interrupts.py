"""Locks, waits and steps that an interrupt of the main thread cannot break.

Ctrl-C and the test timeouts of Robot Framework raise an exception from a signal handler, or on Windows from another
thread. It can arrive between any two byte codes of the main thread. Python code that is interrupted while it takes a
lock, starts a thread or sets an event can leave a lock locked forever, and most of `threading` is Python code.

- `InterruptSafeLock` is for locks that the main thread also takes, and `locked` is how it takes them.
- `uninterrupted` is for several steps that belong together, and for code that uses `threading`.
- `Latch` is for waiting.

No interrupt reaches the threads of a server, so they may take locks in any way.
"""

from __future__ import annotations

import _thread
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

# Windows delivers test timeouts only between byte codes, so no wait blocks longer than this at a time.
MAX_SLICE: Final = 0.1
# How many slices an interrupt waits for what it interrupted.
_SLICES: Final = 10


class InterruptSafeLock(_thread.RLock):  # type: ignore[misc]
    """A lock for `with` that no interrupt leaves locked. A thread must not take it twice.

    In CPython 3.14, an interrupt can come after ``with`` has called the ``__enter__`` of a plain lock, and before it is
    bound to call its ``__exit__`` (python/cpython#148874). An ``__enter__`` written in Python has no such moment.
    """

    __slots__ = ()

    def __enter__(self) -> bool:  # type: ignore[override]
        try:
            return self.acquire()
        except BaseException:
            # The lock may or may not be taken, and only its owner can release it. No other call comes first, because
            # another interrupt may follow.
            try:  # noqa: SIM105
                self.release()
            except RuntimeError:
                pass
            raise

    # __exit__ stays that of RLock: an interrupt can arrive before the first line of a Python function.


class HasLock(Protocol):
    """An object whose `locked` methods exclude each other."""

    _lock: InterruptSafeLock


L = TypeVar("L", bound=HasLock)


def locked(method: Callable[Concatenate[L, P], T]) -> Callable[Concatenate[L, P], T]:
    """Makes a method hold the lock of its object, so that the main thread may call it.

    Since 3.13, an interrupt at the end of an iteration can leave a ``with`` around the loop without ``__exit__`` being
    called, if the last statement of the loop is an ``if``. So this ``with`` surrounds a single call.
    """

    @wraps(method)
    def call(self: L, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._lock:
            return method(self, *args, **kwargs)

    return call


class Latch:
    """A flag to wait for. An Event is unsuitable: an interrupt of its set() can leave it locked forever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Releases all threads that wait for it, now or later. May be called again."""
        with suppress(RuntimeError):
            self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Waits until it is set, but no longer than this; returns whether it is set."""
        deadline = time.perf_counter() + seconds
        while not self._lock.acquire(timeout=seconds):
            # The clock of Windows ticks so rarely that a wait may end 16 ms early.
            seconds = deadline - time.perf_counter()
            if seconds <= 0:
                return False
        self.set()
        return True


def uninterrupted(function: Callable[[], T]) -> T:
    """Calls a function in a separate thread, which no interrupt reaches, and returns what it returns.

    An interrupt ends only the wait; the function runs to its end, before this returns if it is short. It must not use
    the current thread.
    """
    returned: list[T] = []
    raised: list[BaseException] = []
    done = Latch()

    def call() -> None:
        # Debuggers and coverage tools trace only the threads that `threading` starts.
        sys.settrace(threading.gettrace())
        try:
            returned.append(function())
        except BaseException as error:
            raised.append(error)
        finally:
            done.set()

    try:
        try:
            # A single step, unlike Thread.start().
            _thread.start_new_thread(call, ())
        except RuntimeError:
            # Python is shutting down, or the system has no more threads.
            return function()
        while not done.wait(MAX_SLICE):
            pass
    except BaseException:
        for _ in range(_SLICES):
            # An interrupt right after the wait leaves the latch locked for good.
            if returned or raised or done.wait(MAX_SLICE):
                break
        raise
    if raised:
        raise raised.pop()
    return returned[0]
