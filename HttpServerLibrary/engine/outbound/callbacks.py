"""The callbacks of one server, each in a thread of its own.

A thread that has sent its callback takes the next one that waits, so that there are never more threads than allowed.
The lock guards the callbacks that run or wait, and the threads; it is held only briefly. `stop` takes it in a thread
that no interrupt reaches, and all other methods are for the threads of the server.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from traceback import format_exception_only
from typing import Final

from ..interrupts import Latch, uninterrupted
from ..phrase import Plain
from .callback import Callback, CallbackRecord, cancel
from .client import Cancel, Cancelled, MakeContext, OutboundFailed, send, trusting

MAX_THREADS: Final = 100

Done = Callable[[CallbackRecord], None]
"""Called when a callback is over. It must not raise."""

_OUT_OF_THREADS: Final = "it cannot be sent: the system is out of threads"


@dataclass(eq=False)
class _Task:
    record: CallbackRecord
    due: float
    timeout: float
    done: Done
    cancel: Cancel = field(default_factory=Cancel)
    why: str = "the server stopped"
    over: Latch = field(default_factory=Latch)

    def end(self, failure: OutboundFailed | None = None) -> None:
        record = self.record
        if isinstance(failure, Cancelled):
            cancel(record, self.why)
        else:
            record.failure = None if failure is None else failure.reason
            record.ended = time.perf_counter()
        try:
            self.done(record)
        except Exception:  # a bug in this library; must not hold up the callbacks that wait
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        finally:
            self.over.set()


class Callbacks:
    """Sends the callbacks of a server."""

    def __init__(self, make_context: MakeContext = trusting, max_threads: int = MAX_THREADS) -> None:
        self._make_context = make_context
        self._max_threads = max_threads
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._stopped = False
        self._running: set[_Task] = set()
        self._waiting: deque[_Task] = deque()
        # Each with what is set at its end.
        self._threads: dict[threading.Thread, Latch] = {}

    def run(self, callback: Callback, record: CallbackRecord, done: Done) -> None:
        """Sends a request once the delay of its callback is over, then calls ``done`` in the thread that sent it.

        If nothing can be sent, ``done`` is called before this returns.
        """
        task = _Task(record, time.monotonic() + callback.delay, callback.timeout, done)
        with self._lock:
            failure = Cancelled() if self._stopped else self._start(task)
        if failure is not None:
            task.end(failure)

    def _start(self, task: _Task) -> OutboundFailed | None:
        """Starts a thread for it, or lets it wait for one; returns why neither is possible. The lock must be held."""
        if len(self._running) >= self._max_threads:
            self._waiting.append(task)
            return None
        over = Latch()
        thread = threading.Thread(target=self._work, args=(task, over), name="HttpServerLibrary-callback", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return OutboundFailed(_OUT_OF_THREADS)
        self._threads = {other: end for other, end in self._threads.items() if other.is_alive()}
        self._threads[thread] = over
        self._running.add(task)
        return None

    def end(self, records: Collection[CallbackRecord], why: str, grace: float = 0) -> None:
        """Ends these callbacks, and waits until they are over, no longer than ``grace`` seconds.

        ``why`` is what happened, such as ``the server was reset``. May be called from any thread.
        """
        if records and self._process == os.getpid():
            uninterrupted(partial(self._end_some, records, why, time.monotonic() + grace))

    def _end_some(self, records: Collection[CallbackRecord], why: str, deadline: float) -> None:
        with self._lock:
            tasks = [task for task in (*self._running, *self._waiting) if task.record in records]
            for task in tasks:
                task.why = why
                task.cancel.cancel()
        for task in tasks:
            task.over.wait(max(0.0, deadline - time.monotonic()))

    def stop(self, grace: float = 0.2) -> int:
        """Ends all callbacks and waits for their threads, no longer than ``grace`` seconds.

        From now on, nothing is sent. Returns the number of threads that are still running: those that are in ``done``,
        or look up a host. May be called again, from any thread. In a forked process, it only closes what that process
        inherited.
        """
        # Before the lock is taken, so that nothing starts after it.
        self._stopped = True
        if self._process != os.getpid():
            # The threads do not exist in this process, but the lock does and may never be released.
            for task in self._running:
                task.cancel.close_inherited()
            return 0
        ended, running = uninterrupted(partial(self._end, time.monotonic() + grace, threading.current_thread()))
        for thread in ended:
            # Takes no time. Of a thread that is not at its end, an interrupt of join() before Python 3.13 would make
            # one that counts as ended.
            thread.join()
        return running

    def _end(self, deadline: float, caller: threading.Thread) -> tuple[list[threading.Thread], int]:
        """Ends all callbacks and waits for their threads; returns those that are at their end, and how many are not."""
        with self._lock:
            # The threads take those that wait one by one, as ever, and each ends at once.
            for task in (*self._running, *self._waiting):
                task.cancel.cancel()
            threads = {thread: over for thread, over in self._threads.items() if thread is not caller}
        ended = [thread for thread, over in threads.items() if over.wait(max(0.0, deadline - time.monotonic()))]
        return ended, len(threads) - len(ended)

    def _work(self, task: _Task | None, over: Latch) -> None:
        try:
            while task is not None:
                try:
                    self._send(task)
                finally:
                    task = self._next(task)
        finally:
            over.set()

    def _next(self, task: _Task) -> _Task | None:
        """What the thread that is done with a callback sends next."""
        with self._lock:
            self._running.discard(task)
            if not self._waiting:
                return None
            following = self._waiting.popleft()
            self._running.add(following)
            return following

    def _send(self, task: _Task) -> None:
        record, prepared = task.record, task.record.prepared
        try:
            if task.cancel.wait(max(0.0, task.due - time.monotonic())):
                raise Cancelled
            record.time, record.started = time.time(), time.perf_counter()
            answer = send(*prepared, task.timeout, task.cancel, self._make_context)
        except OutboundFailed as failure:
            task.end(failure)
        except Exception as error:  # a bug in this library, or out of memory
            task.end(OutboundFailed(Plain("".join(format_exception_only(error)).strip())))
        else:
            record.response, record.cut = answer
            task.end()
