"""What stays whole when the main thread is interrupted, which can happen between any two of its byte codes.

Ctrl-C and the test timeouts of Robot Framework raise an exception from a signal handler, or on Windows from another
thread. Python code that is interrupted while it takes a lock, starts a thread or sets an event can leave a lock locked
for ever, and so can most of `threading`.

- `InterruptSafeLock` is for locks that the main thread takes, too, and `locked` is how it takes them.
- `uninterrupted` is for what takes several steps that belong together, or uses `threading`.
- `Latch` is for waiting.

No interrupt reaches the threads of a server, so they do as they like.
"""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

# Windows delivers test timeouts between byte codes only, so nothing waits longer than this at a time.
MAX_SLICE: Final = 0.1


class InterruptSafeLock(_thread.RLock):  # type: ignore[misc]
    """A lock for `with` that no interrupt leaves locked. A thread must not take it twice.

    In CPython 3.14, an interrupt can come after ``with`` has called the ``__enter__`` of a plain lock, and before it is
    bound to call its ``__exit__`` (python/cpython#148874). After one that is written in Python there is no such moment.
    """

    __slots__ = ()

    def __enter__(self) -> bool:  # type: ignore[override]
        try:
            return self.acquire()
        except BaseException:
            # It was taken or not, and only its owner can release it. The very next call does, as another interrupt may
            # be on its way.
            try:  # noqa: SIM105
                self.release()
            except RuntimeError:
                pass
            raise

    # __exit__ stays that of RLock, as an interrupt can come before the first line of a function in Python.


class HasLock(Protocol):
    """An object whose `locked` methods exclude each other."""

    _lock: InterruptSafeLock


L = TypeVar("L", bound=HasLock)


def locked(method: Callable[Concatenate[L, P], T]) -> Callable[Concatenate[L, P], T]:
    """Makes a method that takes the lock of its object, and that the main thread may call.

    Since 3.13, CPython misses an interrupt at the end of a round of a loop when the last statement in it is an ``if``:
    no ``with`` around the loop is left then. So what such a ``with`` surrounds is one call.
    """

    @wraps(method)
    def call(self: L, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._lock:
            return method(self, *args, **kwargs)

    return call


class Latch:
    """A flag to wait for. An Event will not do: an interrupt of its set() can leave it locked for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Lets all threads go on that wait for it, now or later. May be called again."""
        with suppress(RuntimeError):
            self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Waits until it is set, at most so long; returns whether it is."""
        is_set = self._lock.acquire(timeout=seconds)
        if is_set:
            self.set()
        return is_set


def uninterrupted(function: Callable[[], T]) -> T:
    """Calls a function in a thread of its own, which no interrupt reaches, and returns what it returns.

    An interrupt ends the waiting for it only; the function goes on to its end. It must not ask for the current thread.
    """
    returned: list[T] = []
    raised: list[BaseException] = []
    done = Latch()

    def call() -> None:
        # Debuggers and what measures coverage only see the threads that `threading` starts.
        sys.settrace(threading.gettrace())
        try:
            returned.append(function())
        except BaseException as error:
            raised.append(error)
        finally:
            done.set()

    try:
        # In one step, other than Thread.start().
        _thread.start_new_thread(call, ())
    except RuntimeError:
        # Python ends, or the system is out of threads.
        return function()
    while not done.wait(MAX_SLICE):
        pass
    if raised:
        raise raised.pop()
    return returned[0]
