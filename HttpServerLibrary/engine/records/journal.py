"""Requests, responses and problems, in the order of arrival.

Server threads write the journal, and the thread of the keywords reads it and waits for it. For each request, the
threads of the server acquire and release the journal's lock by its methods. That takes half as long as `with`, which
only the main thread needs.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, TypeVar

from ..interrupts import InterruptSafeLock, locked
from ..message.reply import Stream
from ..message.request import Request
from ..message.response import Response
from ..outbound.callback import CallbackRecord
from ..phrase import UNMASKED, Masking
from ..problem import ProblemRecord
from ..scope import Scope
from .exchange import Exchange
from .progress import Progress
from .received import Problem
from .store import Store
from .waiters import Waiters, any_change

if TYPE_CHECKING:
    from ..expectations.expectation import Expectation

T = TypeVar("T")


MAX_PROBLEMS = 1000

# Problems that keep the data of their explanation, as the table in the log shows it; of more only the text is kept.
MAX_EXPLAINED = 100

# Bytes of a head that do not count, because nearly every head is smaller: the number of requests bounds them.
FREE_HEAD = 1024

# Lines of log kept until a keyword writes them.
MAX_UNLOGGED = 1000


@dataclass(frozen=True)
class Bounds:
    """Limits for what a journal keeps."""

    requests: int = 100_000
    """Received requests; the oldest go first."""

    kept_bytes: int = 256 * 1024 * 1024
    """Bytes of bodies and of what heads have beyond `FREE_HEAD`, all requests and responses together.

    The oldest bodies go first. Heads may take half of it, and beyond that the oldest requests go.
    """

    stream_bytes: int = 1024 * 1024
    """Bytes of each response body that is streamed; the first ones are kept."""


DEFAULT_BOUNDS: Final = Bounds()


@dataclass(frozen=True)
class Remark:
    """A line for the log that is not a warning."""

    text: str


@dataclass(frozen=True)
class ConnectionNote:
    """How many clients connected and never sent a request, for one reason."""

    kind: str
    """``refused`` when the TLS handshake failed, ``silent`` when the client left after it.

    ``broken`` when the server broke the connection on purpose.
    """

    reason: str
    """A sentence, or what was done to the connection."""

    count: int


class Journal:
    """The received requests and problems of a server, bounded in number and in bytes of bodies.

    A request is visible once it has its response.
    """

    def __init__(self, lock: InterruptSafeLock, bounds: Bounds = DEFAULT_BOUNDS, masking: Masking = UNMASKED) -> None:
        self._masking = masking
        self._lock = lock
        self._arrived = 0
        self._waiters = Waiters(lock)
        self._entries = Store(masking)
        # The numbers of those with a body that counts.
        self._bodies: deque[int] = deque()
        self._body_bytes = 0
        self._head_bytes = 0
        self._bounds = bounds
        self._problems: list[Problem] = []
        self._unlogged: deque[Exchange | ProblemRecord | Remark | str] = deque(maxlen=MAX_UNLOGGED)
        self._not_logged = 0
        self._warned: set[str] = set()
        self._connections: Counter[tuple[str, str]] = Counter()
        self._last_notice: str | Remark = ""
        # Their responses are open; also those that are no longer listed.
        self._open: dict[Exchange, None] = {}
        self.forgotten_with_scopes = 0
        """How many received requests were forgotten because their scope ended."""
        self._beyond_bounds: Counter[tuple[Scope, str]] = Counter()

    def arrive(self, request: Request, base_url: str, innermost: Callable[[], Scope]) -> Exchange:
        """Records a request in the order of arrival; it becomes visible when it is answered."""
        self._lock.acquire()
        try:
            # Called under the lock: a scope that closes at the same time must not leave a request behind.
            self._arrived += 1
            exchange = Exchange(request, base_url, innermost(), self._masking, self._arrived, self._entries.origin)
            self._entries.append(exchange)
            if len(self._entries) > self._bounds.requests:
                self._forget_oldest("max_requests_kept")
                most = self._bounds.requests
                bound = "1 request" if most == 1 else f"{most} requests"
                self._warn(f"More than {bound} arrived; the oldest are forgotten (max_requests_kept).")
            excess = len(request.fields) + len(request.target) - FREE_HEAD
            if excess > 0:
                self._count_head(exchange, excess)
        finally:
            self._lock.release()
        return exchange

    def _count_head(self, exchange: Exchange, excess: int) -> None:
        exchange.head_bytes = excess
        self._head_bytes += excess
        most = self._bounds.kept_bytes // 2
        while self._head_bytes > most and len(self._entries) > 1:
            self._forget_oldest("max_bytes_kept")
            self._drop_unlogged()
            self._warn(
                f"Headers take more than half of max_bytes_kept={self._bounds.kept_bytes}; "
                "the oldest requests are forgotten."
            )
        self._trim()

    def _drop_unlogged(self) -> None:
        """Drops the oldest line of the log if it is about a forgotten request, which it would keep in memory."""
        for index, entry in enumerate(self._unlogged):
            if isinstance(entry, Exchange):
                if self._entries.get(entry.number) is None:
                    del self._unlogged[index]
                    self._not_logged += 1
                return

    def _forget_oldest(self, option: str) -> None:
        number, scope, body_bytes, head_bytes, exchange = self._entries.pop_oldest()
        self._beyond_bounds[scope, option] += 1
        self._body_bytes -= body_bytes
        self._head_bytes -= head_bytes
        while self._bodies and self._bodies[0] <= number:
            self._bodies.popleft()
        if exchange is not None:
            exchange.forgotten = True
            exchange.body_bytes = exchange.head_bytes = 0
            # A problem may still refer to it.
            exchange.drop_bodies(option)

    def answered(self, exchange: Exchange, response: Response, problem: ProblemRecord | None) -> None:
        """Records the response before it is sent, and what went wrong."""
        if problem is not None and len(self._problems) >= MAX_EXPLAINED:
            # Not under the lock, as making the text takes time.
            problem.keep_text_only()
        request = exchange.request
        request.forget_views()
        size = len(request.body)
        if not response.shared and isinstance(response.body, bytes):
            size += len(response.body)
        self._lock.acquire()
        try:
            exchange.response = response
            if size:
                self._keep_body(exchange, size)
            progress = exchange.progress
            if progress is None or not (progress.left or exchange in self._unlogged):
                self._log(exchange)
            if problem is not None:
                self._note(exchange, problem)
            self._waiters.changed()
        finally:
            self._lock.release()

    def held(self, exchange: Exchange) -> None:
        """Records that the test answers a request; it is visible from now on."""
        exchange.progress = progress = exchange.progress or Progress()
        with self._lock:
            progress.held = True
            if exchange.response is None:
                # Otherwise it is answered and logged already.
                self._log(exchange)
            self._waiters.changed()

    def failed(self, exchange: Exchange, problem: ProblemRecord) -> None:
        """Records what else went wrong with a request, or while its response was being sent."""
        with self._lock:
            if exchange.problem is not None or exchange not in self._unlogged:
                # Otherwise it is logged with the request.
                self._log(problem)
            self._note(exchange, problem)

    def _note(self, exchange: Exchange, problem: ProblemRecord) -> None:
        # The first is that of the request; its callbacks may have more.
        exchange.problem = exchange.problem or problem
        # A problem from a test that has ended, or from before a reset, is only logged: it must not fail a later test.
        if not exchange.scope.closed and not exchange.void:
            self._keep_problem(Problem.of(problem, exchange))
        # A problem ends a wait, however much is missing.
        self._waiters.wake_all()

    def _keep_problem(self, problem: Problem) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        else:
            self._warn(f"More than {MAX_PROBLEMS} problems occurred; the newest are only logged.")

    def captured(self, exchange: Exchange, piece: bytes) -> None:
        """Keeps a piece of a streamed response body before it is sent; only the beginning of a long body."""
        with self._lock:
            if exchange.captured is None:
                exchange.captured = bytearray()
            piece = piece[: max(0, self._bounds.stream_bytes - len(exchange.captured))]
            if piece and not exchange.bodies_dropped:
                exchange.captured += piece
                self._keep_body(exchange, len(piece))

    def sent(self, exchange: Exchange) -> None:
        """Records that the response was sent, or never will be."""
        self._lock.acquire()
        try:
            progress = exchange.progress
            if progress is None:
                if exchange.captured is not None or exchange.ended is None:
                    exchange.ended = time.perf_counter()
                if exchange.expectation is not None:
                    exchange.expectation.sent += 1
            else:
                self._note_sent(exchange, progress)
            if exchange.logged_early is not None:
                self._log_again(exchange)
            self._entries.complete(exchange)
            self._waiters.changed()
        finally:
            self._lock.release()

    def _log_again(self, exchange: Exchange) -> None:
        """Logs how a request ended if the log says something else. The lock must be held."""
        said_not_sent, exchange.logged_early = exchange.logged_early, None
        if exchange.scope.closed or exchange.void or (exchange.progress is not None and exchange.progress.held):
            # It does not belong in the log of a later test, or is logged elsewhere.
            return
        was_ended = exchange.progress is not None and exchange.progress.ended is not None
        if (said_not_sent or was_ended or exchange.delivered is False) and exchange not in self._unlogged:
            self._log(exchange)

    def _note_sent(self, exchange: Exchange, progress: Progress) -> None:
        """Notes that a response was sent, is open or hangs. The lock must be held."""
        if exchange.delivered:
            # The client had only closed its side of the connection.
            progress.left = False
        if progress.stream is None:
            exchange.ended = time.perf_counter()
        if exchange.expectation is not None and not progress.counted:
            exchange.expectation.sent += 1
        progress.counted = True

    @locked
    def ended_early(self, exchange: Exchange, why: str) -> None:
        """Records that a response ended before it was complete because of what happened here."""
        exchange.progress = exchange.progress or Progress()
        exchange.progress.ended = why

    @locked
    def left(self, exchange: Exchange) -> None:
        """Records that the client left before the test answered, so that nobody waits for the response."""
        if exchange.progress is not None:
            exchange.progress.left = True
            if exchange.expectation is not None and not exchange.progress.counted:
                exchange.expectation.sent += 1
            exchange.progress.counted = True
            if exchange not in self._unlogged:
                self._log(exchange)
        self._waiters.changed()

    @locked
    def calls(self, exchange: Exchange, records: list[CallbackRecord], number: int) -> None:
        """Records the callbacks that follow the response: how many there are, and those that can be sent."""
        exchange.progress = exchange.progress or Progress()
        exchange.progress.callbacks = records
        if exchange.expectation is not None:
            exchange.expectation.calling += number

    @locked
    def called(
        self, exchange: Exchange, line: str = "", problem: ProblemRecord | None = None, response: Response | None = None
    ) -> None:
        """Records that a callback is over: a line for the log or what went wrong, and the response if there is one."""
        if response is not None and response.body and isinstance(response.body, bytes):
            self._keep_body(exchange, len(response.body))
        if line:
            self._log(Remark(line))
        if problem is not None:
            if exchange.problem is not None or exchange not in self._unlogged:
                # Otherwise it is logged with the request.
                self._log(problem)
            self._note(exchange, problem)
        if exchange.expectation is not None:
            exchange.expectation.calling -= 1
        self._waiters.changed()

    @locked
    def open_streams(self) -> list[Exchange]:
        """The requests whose responses are open, so that the test can continue them, oldest first."""
        return [exchange for exchange in self._open if exchange.stream is not None]

    @locked
    def is_open(self, exchange: Exchange) -> bool:
        """Whether a response is open, or about to end as the test wants it."""
        return exchange in self._open

    @locked
    def opened(self, exchange: Exchange, stream: Stream) -> None:
        """Records that a response is open for the test to continue."""
        exchange.progress = progress = exchange.progress or Progress()
        progress.stream, progress.was_open = stream, True
        self._open[exchange] = None
        self._waiters.changed()

    @locked
    def closed(self, exchange: Exchange) -> None:
        """Records that an open response ended."""
        self._close(exchange)
        self._waiters.changed()

    def _close(self, exchange: Exchange) -> None:
        if exchange.progress is not None:
            exchange.progress.stream = None
        exchange.ended = time.perf_counter()
        if exchange in self._open:
            del self._open[exchange]
            if exchange not in self._unlogged:
                # It is in the log already, as an open one.
                self._log(exchange)

    @locked
    def dismiss(self, exchange: Exchange) -> None:
        """Lists an open response no longer, because its scope ends."""
        self._open.pop(exchange, None)

    @locked
    def stopped(self) -> None:
        """Records that the server stopped, which ends the open responses."""
        for exchange in [*self._open]:
            if exchange.progress is not None:
                exchange.progress.stopped = True
            exchange.delivered = False
            self._close(exchange)
        self._waiters.changed()

    def _keep_body(self, exchange: Exchange, size: int) -> None:
        if exchange.forgotten:
            return
        if not exchange.body_bytes:
            self._bodies.append(exchange.number)
        exchange.body_bytes += size
        self._body_bytes += size
        if self._body_bytes + self._head_bytes > self._bounds.kept_bytes:
            self._trim()

    def _trim(self) -> None:
        """Drops the oldest bodies while there are too many bytes."""
        most = self._bounds.kept_bytes
        while self._bodies and self._body_bytes + self._head_bytes > most:
            oldest = self._entries.get(self._bodies.popleft())
            if oldest is not None:
                self._body_bytes -= oldest.body_bytes
                oldest.body_bytes = 0
                oldest.drop_bodies("max_bytes_kept")
                self._entries.replace(oldest)
                self._warn(
                    f"More than {most} bytes of bodies arrived; the oldest bodies are forgotten (max_bytes_kept)."
                )

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._log(text)

    def _log(self, entry: Exchange | ProblemRecord | Remark | str) -> None:
        if len(self._unlogged) == MAX_UNLOGGED:
            self._not_logged += 1
        self._unlogged.append(entry)

    def notice(self, text: str) -> None:
        """Keeps a line for the log about a failure that is not about a single request."""
        self._log_once(text)

    def remark(self, text: str) -> None:
        """Keeps a line for the log about something that is intended, so it is not a warning."""
        self._log_once(Remark(text))

    def _log_once(self, line: str | Remark) -> None:
        with self._lock:
            # A repeated line is logged once.
            if line != self._last_notice:
                self._last_notice = line
                self._log(line)

    def note_connection(self, kind: str, reason: str) -> None:
        """Counts a client that never sent a request, or a connection that was broken on purpose."""
        with self._lock:
            self._connections[kind, reason] += 1

    @locked
    def connection_notes(self) -> list[ConnectionNote]:
        """The clients that never sent a request, the most frequent reason first."""
        return [ConnectionNote(kind, reason, count) for (kind, reason), count in self._connections.most_common()]

    def arrived(self) -> list[Exchange]:
        """All requests, including those without a response yet, oldest first."""
        return [*self._now()]

    @locked
    def _now(self) -> Iterator[Exchange]:
        return iter(self._entries)

    @locked
    def arrived_since(self, number: int) -> list[Exchange]:
        """The requests that arrived after the one with this number, oldest first."""
        newest = [*takewhile(lambda entry: entry.number > number, reversed(self._entries))]
        return newest[::-1]

    def exchanges(self) -> list[Exchange]:
        """The received requests, which are answered or left to the test to answer, oldest first."""
        return [entry for entry in self._now() if entry.received]

    @locked
    def newest(self, most: int) -> list[Exchange]:
        """So many of the received requests, newest first."""
        return [*islice((entry for entry in reversed(self._entries) if entry.received), most)]

    @locked
    def holds(self, exchange: Exchange) -> bool:
        """Whether a request arrived here and is not forgotten."""
        return self._entries.get(exchange.number) == exchange

    @locked
    def pending(self) -> list[Exchange]:
        """The requests that have arrived and have no response yet, oldest first."""
        return [entry for entry in self._entries.objects() if not entry.received]

    @locked
    def forgotten_beyond_bounds(self) -> Counter[str]:
        """How many of the oldest requests were forgotten because more arrived than are kept, by option and value."""
        values = {"max_requests_kept": self._bounds.requests, "max_bytes_kept": self._bounds.kept_bytes}
        forgotten: Counter[str] = Counter()
        for (_, option), count in self._beyond_bounds.items():
            forgotten[f"{option}={values[option]}"] += count
        return forgotten

    @locked
    def last_taken(self, expectation: Expectation) -> Request | None:
        """The newest request that an expectation took."""
        newest = self._entries.newest_of(expectation)
        return None if newest is None else newest.request

    @locked
    def problems(self) -> list[Problem]:
        return [*self._problems]

    @locked
    def take_problems(self, scope: Scope | None = None) -> list[Problem]:
        """Returns the problems, all or those of a scope, and forgets them."""
        taken: list[Problem] = []
        left: list[Problem] = []
        for problem in self._problems:
            (taken if scope is None or problem.exchange.scope is scope else left).append(problem)
        self._problems = left
        return taken

    @locked
    def take_unlogged(self) -> tuple[int, list[Exchange | ProblemRecord | Remark | str]]:
        """What is not logged yet: received requests, remarks, and warnings as text; and how many older were dropped."""
        if not self._unlogged:
            return 0, []
        taken = self._not_logged, [*self._unlogged]
        for entry in self._unlogged:
            if isinstance(entry, Exchange) and (entry.delivered is None or entry.logged_early is not None):
                entry.logged_early = entry.ended is None if entry.delivered is None else None
        self._not_logged = 0
        self._unlogged.clear()
        return taken

    @locked
    def clear_received(self) -> None:
        """Forgets the received requests; one that is being answered is not received yet."""
        self._beyond_bounds.clear()
        self._connections.clear()
        self._forget(lambda _, is_answered: is_answered)

    def close_scope(self, scope: Scope) -> None:
        """Forgets what was received in a scope that ended. The lock must be held."""
        before = len(self._entries)
        self._connections.clear()
        self._forget(lambda of, _: of is scope)
        beyond = sum(self._beyond_bounds.pop(key) for key in [*self._beyond_bounds] if key[0] is scope)
        self.forgotten_with_scopes += before - len(self._entries) + beyond

    @locked
    def reset(self, *, keep_problems: bool = False) -> None:
        """Forgets the received requests and, unless they are kept, the problems, even those of pending requests."""
        if not keep_problems:
            self._problems = []
            for entry in self._entries.objects():
                entry.void = True
        self._beyond_bounds.clear()
        self._connections.clear()
        self._forget(lambda *_: True)

    def _forget(self, leaves: Callable[[Scope, bool], bool]) -> None:
        self._entries.forget(leaves)
        self._body_bytes = self._head_bytes = 0
        bodies: deque[int] = deque()
        for number, body_bytes, head_bytes in self._entries.sizes():
            self._body_bytes += body_bytes
            self._head_bytes += head_bytes
            if body_bytes:
                bodies.append(number)
        self._bodies = bodies
        self._warned.clear()

    def wait(self, check: Callable[[], T | None], timeout: float, needed: Callable[[], int] = any_change) -> T | None:
        """Calls ``check`` now and after changes until it returns something; None when the timeout expires.

        When it has returned nothing, ``needed`` says how many requests must be answered or responses sent, at least,
        before it can return something. It is called after every problem in any case.
        """
        return self._waiters.wait(check, timeout, needed)
