"""What other threads ask of the thread that leads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from ..interrupts import MAX_SLICE, Latch

T = TypeVar("T")

Job = Callable[[], bool]
"""Returns whether its thread still has the lead."""


class Jobs:
    """Jobs for the leader, which `wake` wakes. They are guarded by the operations of a deque, which are atomic."""

    def __init__(self, wake: Callable[[], None], stopping: Callable[[], bool]) -> None:
        self._wake = wake
        self._stopping = stopping
        self._jobs: deque[Job] = deque()

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def put(self, job: Job) -> None:
        """Adds a job without waking the leader."""
        self._jobs.append(job)

    def add(self, job: Job) -> None:
        """Lets the leader do a job soon."""
        self.put(job)
        self._wake()

    def run(self) -> bool:
        """Does the jobs until this thread has lost the lead; only for the leader."""
        # Those that are added meanwhile must not keep the others waiting.
        for _ in range(len(self._jobs)):
            if self._stopping():
                break
            if not self._jobs.popleft()():
                if self._jobs:
                    self._wake()
                return False
        return True

    def do(self, job: Callable[[], T], otherwise: T) -> T:
        """Lets the leader do a job; returns what it returns and raises what it raises.

        Once the server stops, the job may be left undone, and this returns ``otherwise``.
        """
        returned: list[T] = []
        raised: list[Exception] = []
        finished = Latch()

        def run() -> bool:
            try:
                returned.append(job())
            except Exception as error:
                raised.append(error)
            finally:
                finished.set()
            return True

        self.add(run)
        while not finished.wait(MAX_SLICE):
            if self._stopping():
                return otherwise
        if raised:
            raise raised[0]
        return returned[0]
