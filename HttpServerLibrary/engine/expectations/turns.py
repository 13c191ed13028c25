"""Which response of an expectation is due: one after the other, and answers that the test gives later.

Each response is a `Turn`. One with ``times`` answers so many requests, then the next one is due; one without goes on
until another one replaces it. Everything here happens under the lock of the book, together with taking a request, so
each response is given exactly as often as it should be.

A request whose turn leaves it to the test to answer is a `HeldRequest`. The next response that is given to its
expectation answers all requests that are held, in the order of arrival, and counts for each of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from ..errors import UsageError
from ..responses.responder import Responder
from ..words import requests

_NONE: Final[Mapping[str, object]] = {}


class Turn:
    """A response, how many requests it answers (None for any number), and the states that it sets."""

    __slots__ = ("changes", "has_answered", "responder", "times", "used")

    def __init__(self, responder: Responder, times: int | None = None, changes: Mapping[str, object] = _NONE) -> None:
        if times is not None and times < 1:
            raise UsageError(f"times: a number of 1 or more is needed, not {times}.")
        self.responder = responder
        self.times = times
        self.changes = changes
        self.used = 0
        # Whether it has answered requests that were held; these do not count as its uses.
        self.has_answered = False


class HeldRequest:
    """A request that the test answers later.

    ``number`` is how many requests its expectation had taken, and ``states`` are the states at that time. ``answer`` is
    the response that answers it. ``given_up`` says that it gets none from the test. ``wake`` makes its reply go on.
    """

    __slots__ = ("answer", "given_up", "number", "states", "wake")

    def __init__(self, number: int, states: Mapping[str, object]) -> None:
        self.number = number
        self.states = states
        self.answer: Turn | None = None
        self.given_up = False
        self.wake: Callable[[], None] | None = None

    def go_on(self) -> None:
        """Makes its reply go on, if it is held already."""
        if self.wake is not None:
            self.wake()


class Turns:
    """The responses of one expectation, in the order in which they were given.

    ``due`` is the one for the next request. ``limit`` is how many requests the expectation takes by itself. ``held``
    are the requests that were left to the test to answer, in the order of arrival.
    """

    __slots__ = ("_later", "_others", "due", "held", "limit")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.due: Turn | None = None
        self.held: list[HeldRequest] = []
        self._later: deque[Turn] = deque()
        # How many requests the responses before the last one answer.
        self._others = 0

    @property
    def _last(self) -> Turn | None:
        return self._later[-1] if self._later else self.due

    @property
    def covered(self) -> int:
        """How many requests the responses before the last one answer; all of them once they are used up."""
        return self._others

    @property
    def times(self) -> int | None:
        """How many requests the expectation takes: its own number, or that of its responses if each has one."""
        if self.limit is not None:
            return self.limit
        last = self._last
        if last is None:
            return self._others or None
        return None if last.times is None else self._others + last.times

    def use(self, turn: Turn) -> None:
        """Counts a request for the response that is due."""
        turn.used += 1
        if turn.times is not None and turn.used >= turn.times:
            if self._later:
                self.due = self._later.popleft()
            else:
                self.due = None
                self._others += turn.times

    def give(self, turn: Turn, *, used_up: bool) -> Turn | None:
        """Adds a response; returns the one that it replaces unused. Raises `UsageError`, and then changes nothing.

        It first answers the requests that are held. The others that it answers are those to come.
        """
        waiting = [held for held in self.held if held.answer is None]
        answers = len(waiting) if turn.times is None else min(len(waiting), turn.times)
        left = None if turn.times is None else turn.times - answers
        if used_up and left:
            raise UsageError(f"times: {turn.times} is too many: {requests(answers)} can still be answered.")
        replaced = None
        if not used_up and left != 0:
            replaced = self._add(turn, left, ends_holding=bool(waiting))
        turn.has_answered = answers > 0
        for held in waiting[:answers]:
            held.answer = turn
        return replaced

    def _add(self, turn: Turn, times: int | None, *, ends_holding: bool) -> Turn | None:
        """Makes a response the last one, for so many requests to come."""
        last = self._last
        others = self._others
        # While requests are held, the next response is also for those to come.
        replaces = last is not None and (last.times is None or (ends_holding and last is self.due))
        if last is not None:
            others += last.used if replaces else last.times or 0
        if self.limit is not None and others + (times or 1) > self.limit:
            raise UsageError(_too_many(times or 1, others, self.limit))
        if replaces and self._later:
            self._later.pop()
        elif replaces:
            self.due = None
        turn.times = times
        self._others = others
        if self.due is None:
            self.due = turn
        else:
            self._later.append(turn)
        return None if last is None or not replaces or last.used or last.has_answered else last


def _too_many(times: int, others: int, limit: int) -> str:
    takes = f"the expectation takes {requests(limit)}"
    if not others:
        return f"times: {times} is too many: {takes}."
    return f"This response comes too late: {takes}, and the responses before it answer {others} of them."
