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
    """A response, how many requests it answers (None for any number), and the states that it sets.

    ``left`` is how many of them are to come. ``has_answered`` says whether it was ever given to a client.
    """

    __slots__ = ("changes", "has_answered", "left", "responder", "times")

    def __init__(self, responder: Responder, times: int | None = None, changes: Mapping[str, object] = _NONE) -> None:
        if times is not None and times < 1:
            raise UsageError(f"times: a number of 1 or more is needed, not {times}.")
        self.responder = responder
        self.times = times
        self.changes = changes
        self.left = times
        self.has_answered = False


class HeldRequest:
    """A request that the test answers later.

    ``number`` is how many requests its expectation had taken, and ``states`` are the states at that time. ``answer`` is
    the response that answers it. ``given_up`` says that it gets none from the test. ``wake`` makes its reply go on; it
    is there once the reply is held.
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

    ``due`` is the one for the next request. ``limit`` is how many requests the expectation takes by itself. ``missed``
    is how many requests came while no response was due. ``was_given`` says whether there was any response. ``held`` are
    the requests that were left to the test to answer, in the order of arrival.
    """

    __slots__ = ("_counted", "_later", "due", "held", "limit", "missed", "room", "was_given")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.room = limit
        """How many more requests the expectation takes by itself."""

        self.due: Turn | None = None
        self.missed = 0
        self.held: list[HeldRequest] = []
        self._later: deque[Turn] = deque()
        # How many requests the responses with times still answer.
        self._counted = 0
        self.was_given = False

    @property
    def left(self) -> int | None:
        """How many more requests the expectation takes; as many as its responses answer if each has a number."""
        if self.room is not None:
            return self.room
        last = self._later[-1] if self._later else self.due
        return None if not self.was_given or (last is not None and last.left is None) else self._counted

    def use(self) -> Turn | None:
        """Counts a request; returns the response that was due."""
        if self.room is not None:
            self.room -= 1
        turn = self.due
        if turn is None:
            self.missed += 1
            return None
        turn.has_answered = True
        if turn.left is not None:
            turn.left -= 1
            self._counted -= 1
            if not turn.left:
                self.due = self._later.popleft() if self._later else None
        return turn

    def set_only(self, turn: Turn | None) -> None:
        """Replaces all responses by one, or by none."""
        self._later.clear()
        self.due = turn
        self._counted = 0 if turn is None else turn.left or 0
        self.was_given = turn is not None

    def end(self) -> None:
        """Drops all responses, which may be large, once the expectation takes no more requests."""
        self.room = self.left
        self.set_only(None)

    def give(self, turn: Turn, *, is_closed: bool) -> tuple[Turn | None, list[HeldRequest]]:
        """Adds a response; returns the one that it replaces unused, and the held requests that it answers.

        The others that it answers are those to come, unless the expectation takes no more. Raises `UsageError`, and
        then changes nothing.
        """
        waiting = len(self.held)
        if waiting and turn.responder.held_for is not None:
            raise UsageError(f"'Respond Later' answers nothing, but {_waits(waiting)} for an answer.")
        answers = waiting if turn.times is None else min(waiting, turn.times)
        left = None if turn.times is None else turn.times - answers
        if is_closed and left:
            raise UsageError(f"times: {turn.times} is too many: {requests(answers)} can still be answered.")
        replaced = None
        if not is_closed and left != 0:
            replaced = self._add(turn, left, answers)
        turn.has_answered = answers > 0
        answered, self.held = self.held[:answers], self.held[answers:]
        return replaced, answered

    def _add(self, turn: Turn, left: int | None, answers: int) -> Turn | None:
        """Makes a response the last one, for so many requests to come."""
        last = self._later[-1] if self._later else self.due
        # What answers the requests that are held is also for those to come, so that no more are held.
        replaces = last is not None and (
            last.left is None or (answers > 0 and last is self.due and last.responder.held_for is not None)
        )
        # How many requests to come the responses before it answer.
        before = self._counted
        if replaces and last is not None:
            before -= last.left or 0
        if self.room is not None and before + (left or 1) > self.room:
            raise UsageError(self._too_many(turn.times, before))
        if replaces and self._later:
            self._later.pop()
        elif replaces:
            self.due = None
        turn.left = left
        self._counted = before + (left or 0)
        self.was_given = True
        if self.due is None:
            self.due = turn
        else:
            self._later.append(turn)
        return last if replaces and last is not None and not last.has_answered else None

    def _too_many(self, times: int | None, before: int) -> str:
        takes = f"the expectation takes {requests(self.limit or 0)}"
        if self.limit != self.room:
            takes = f"{takes}, {self.room} more"
        if before == self.room:
            return f"This response would never be used: {takes}, and the responses before it answer all of them."
        others = f", and the responses before it answer {before} of them" if before else ""
        return f"times: {times or 1} is too many: {takes}{others}."


def _waits(number: int) -> str:
    return f"{requests(number)} {'waits' if number == 1 else 'wait'}"
