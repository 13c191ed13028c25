"""One HTTP server: receives requests, answers them, and records everything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from .answering import Answering
from .calling import Calling
from .contracts import Contracts
from .errors import UsageError
from .expectations.book import ExpectationBook
from .expectations.expectation import Expectation
from .expectations.turns import Turn
from .explaining.checks import Audience
from .explaining.nearest import MAX_LOOKED_AT
from .explaining.refusal import Neighbour
from .interrupts import InterruptSafeLock, locked, uninterrupted
from .masking.secrets import Secrets
from .matching.description import RequestDescription
from .matching.matcher import MatcherFailed
from .message.reply import Reply
from .message.request import Request
from .records.exchange import Exchange
from .records.journal import DEFAULT_BOUNDS, Bounds, Journal
from .records.waiters import any_change
from .scope import Scope
from .url import base_url
from .wire.breaking import Break, Breaking, first
from .wire.limits import DEFAULT_LIMITS, Limits
from .wire.listener import Listener
from .wire.tls import Tls

T = TypeVar("T")


class HttpServer:
    """A server that listens from `start` to `stop`.

    ``host`` is a name or address of this machine; ``localhost`` listens on both loopback addresses.
    ``port`` 0 takes a free one, which is in ``port`` and ``url`` once the server is started.
    ``url_host`` is the name under which others reach it, which goes into its URL.
    With ``tls`` it speaks HTTPS. With ``cors``, pages of all origins may call it, unless a scope says something else.
    Without ``strict`` it also answers requests whose Host is not a host and port, and
    CONNECT with a path.
    ``limits`` apply to what it accepts, ``bounds`` to what it keeps.
    ``neighbours`` returns all servers, because another one may expect a request that arrived here by mistake.
    """

    def __init__(
        self,
        alias: str = "http-1",
        host: str = "localhost",
        port: int = 0,
        scope: Scope | None = None,
        *,
        url_host: str | None = None,
        tls: Tls | None = None,
        cors: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        bounds: Bounds = DEFAULT_BOUNDS,
        strict: bool = True,
        neighbours: Callable[[], Iterable[HttpServer]] = tuple,
    ) -> None:
        self.alias = alias
        self._neighbours = neighbours
        self.host = host
        self.url_host = url_host
        self.port = port
        self.tls = tls
        self.secrets = Secrets()
        self._lock = InterruptSafeLock()
        self.book = ExpectationBook(
            self._lock, self.secrets, Scope("the server") if scope is None else scope, allows_all_origins=cors
        )
        self.journal = Journal(self._lock, bounds, self.secrets)
        self._calling = Calling(self.journal, self.secrets)
        self.contracts = Contracts(self.journal, self.secrets)
        self._answering = Answering(
            alias,
            self._lock,
            self.book,
            self.journal,
            self.secrets,
            self._calling,
            self.contracts,
            self._expected_elsewhere,
        )
        # Which expectations of the innermost scope a reset removed, and what had been received by then.
        self._removed_unmet: list[tuple[list[Expectation], list[Exchange]]] = []
        self._limits = limits
        self._strict = strict
        self._listener: Listener | None = None
        # How connections are broken, by scope, the innermost one last; None where they were restored.
        self._breakings: dict[Scope, Breaking | None] = {}
        # Not taken by the main thread. The threads of the listener do not need it.
        self._breaking_lock = threading.Lock()
        self._scheme = "http" if tls is None else "https"
        self._set_url()

    def __str__(self) -> str:
        return f"server '{self.alias}' at {self.url}"

    def __repr__(self) -> str:
        return f"<HttpServer {self.alias} {self.url}>"

    def _set_url(self) -> None:
        self._url = self._answering.url = base_url(self._scheme, self.url_host or self.host, self.port)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return self._url

    @property
    def running(self) -> bool:
        """Whether it has its port and was not told to stop."""
        listener = self._listener
        return listener is not None and listener.listening and not listener.stopping

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return 0 if self._listener is None else self._listener.connections

    def start(self) -> None:
        """Listens, ready to answer on return. A server starts once.

        Raises `UsageError` when it cannot listen on host and port, or was started before.
        """
        if self._listener is not None:
            state = "is already running" if self.running else "was stopped and cannot be started again; start a new one"
            raise UsageError(f"Server '{self.alias}' {state}.")
        self._listener = Listener(
            self.host,
            self.port,
            self._answering.answer,
            self._limits,
            self.tls,
            self.journal.notice,
            self.journal.note_connection,
            remark=self.journal.remark,
            strict=self._strict,
            on_abort=self._answering.stop_forwards,
        )
        try:
            self.port = self._listener.port
            self._set_url()
            self._listener.start()
        except BaseException:
            # Interrupted: without this it would have its port and answer nothing.
            self.stop()
            raise

    def stop(self) -> int:
        """Stops at once, also with open connections; returns how many handlers are still running.

        Goes on to its end when it is interrupted, and may be called again.
        """
        listener = self._listener
        try:
            busy = 0 if listener is None else listener.stop()
            self._calling.stop()
            return busy
        finally:
            # In a forked process, a lock may be held by a thread that does not exist there.
            if listener is not None and not listener.is_inherited:
                self.journal.stopped()
                if self._answering.holds:
                    uninterrupted(self._answering.stopped)

    def break_connections(self, how: Break, times: int | None = None) -> None:
        """Breaks connections, those that are open and so many new ones, or all until they are restored.

        Or until the innermost scope ends. Raises `UsageError`.
        """
        if times is not None and how is Break.REFUSE:
            raise UsageError(
                "times: refused connections cannot be counted, because they never reach the server. Leave out times, "
                "or break them in another way."
            )
        if times is not None and times < 1:
            raise UsageError(f"times: a number of 1 or more is needed, not {times}.")
        if not self.running:
            raise UsageError(f"Server '{self.alias}' is stopped, so it has no connections to break.")
        self._set_breaking(self.book.innermost(), Breaking(how, times))

    def restore_connections(self) -> None:
        """Ends what `break_connections` began, until the innermost scope ends."""
        if self._breakings:
            self._set_breaking(self.book.innermost(), None)

    def close_idle_connections(self) -> int:
        """Closes the connections that wait for a request; returns how many."""
        return 0 if self._listener is None else uninterrupted(self._listener.close_idle)

    @property
    def refuses(self) -> bool:
        """Whether connections are refused on purpose."""
        breaking = first(self._active())
        return breaking is not None and breaking.how is Break.REFUSE

    def _set_breaking(self, scope: Scope, breaking: Breaking | None) -> None:
        def change() -> None:
            with self._breaking_lock:
                self._breakings[scope] = breaking
                self._apply_breakings()

        uninterrupted(change)

    def _active(self) -> list[Breaking]:
        """Those that count, the innermost first."""
        active: list[Breaking] = []
        for breaking in reversed([*self._breakings.values()]):
            if breaking is None:
                break
            active.append(breaking)
        return active

    def _apply_breakings(self) -> None:
        if self._listener is not None:
            self._listener.break_by(self._active())

    def _end_breaking(self, scope: Scope | None = None) -> None:
        """Ends what a scope that ends did to connections, or everything."""
        with self._breaking_lock:
            if scope is None:
                self._breakings.clear()
            else:
                del self._breakings[scope]
            self._apply_breakings()

    def ca_file(self) -> Path:
        """The file of the CA certificate for clients to trust. Raises `UsageError` when there is none."""
        if self.tls is None:
            raise UsageError(f"Server '{self.alias}' at {self.url} has no TLS. Start it with tls=True.")
        return self.tls.ca_file()

    def neighbours(self) -> list[HttpServer]:
        """The other servers that are running."""
        return [server for server in self._neighbours() if server is not self and server.running]

    def _expected_elsewhere(self) -> list[Neighbour]:
        """What the other servers expect."""
        return [
            Neighbour(other.alias, other.url, other.book.would_take, other.book.expectations)
            for other in self.neighbours()
        ]

    def answer(self, request: Request, reply: Reply) -> None:
        """Answers one request. Every failure ends in a response and in the journal."""
        self._answering.answer(request, reply)

    def give(self, expectation: Expectation, turn: Turn) -> Turn | None:
        """Gives an expectation a response, also for its requests that are held.

        Returns the response that it replaces unused. Raises `UsageError`, and then changes nothing.
        """
        return self._answering.give(expectation, turn)

    def give_to(self, exchange: Exchange, turn: Turn) -> None:
        """Answers one request that is held. Raises `UsageError` if it is not."""
        self._answering.give_to(exchange, turn)

    def end(self, scope: Scope | None = None) -> None:
        """Ends what waits for the test in a scope that ends, or in all of them: held requests and open streams.

        Callbacks that are not over are cancelled.
        """
        # First: some may wait for the answer to a request that is held here.
        self._calling.end(scope)
        self._answering.end(scope)

    def newest_like(self, description: RequestDescription) -> Exchange | None:
        """The newest received request that matches; None for a description with a matcher, which is not called.

        None also for one with a regular expression that takes too long.
        """
        if description.matcher is not None:
            return None
        newest = self.journal.newest(MAX_LOOKED_AT)
        try:
            return next((entry for entry in newest if description.matches(entry.request)), None)
        except MatcherFailed:
            return None

    def open_scope(self, scope: Scope) -> None:
        """What is registered and received from now on belongs to this scope."""
        self.book.open_scope(scope)

    def close_scope(self) -> None:
        """Forgets what belongs to the innermost scope."""
        scope = self._close_scope()
        self.contracts.end(scope)
        self._removed_unmet = []
        # What arrived since it was ended.
        self._answering.end_held(scope)
        self._answering.end_forwards(scope)
        if scope in self._breakings:
            # Without the lock, which the threads of the listener need.
            uninterrupted(partial(self._end_breaking, scope))

    @locked
    def _close_scope(self) -> Scope:
        scope = self.book.close_scope()
        self.journal.close_scope(scope)
        # For those of responses that were sent meanwhile. Does not wait, as the lock is held.
        self._calling.end(scope, grace=0)
        return scope

    def wait(self, check: Callable[[], T | None], timeout: float, needed: Callable[[], int] = any_change) -> T | None:
        """Waits as the journal does, or not at all once the server is stopped, because nothing more can arrive."""
        return self.journal.wait(check, timeout if self.running else 0, needed)

    def unmet_of(self, scope: Scope) -> list[tuple[list[Expectation], list[Exchange]]]:
        """The expectations of a scope that still need requests, with the received requests.

        First those that a reset with ``keep_problems`` removed, with what had been received by then.
        """
        unmet = [expectation for expectation in self.book.unmet() if expectation.scope is scope]
        removed = [entry for entry in self._removed_unmet if entry[0][0].scope is scope]
        return [*removed, (unmet, self.journal.exchanges())] if unmet else removed

    def reset(self, *, keep_problems: bool = False) -> None:
        """Forgets all expectations, states, received requests and a broken order.

        Also the problems and which expectations were not met, unless they are kept for the end of the innermost scope.
        """
        if keep_problems:
            self._removed_unmet = self.unmet_of(self.book.innermost())
        self.end()
        if self._breakings:
            uninterrupted(self._end_breaking)
        self.book.reset()
        self.contracts.end()
        self.journal.reset(keep_problems=keep_problems)

    @property
    def audience(self) -> Audience:
        """What texts about this server need to know."""
        return Audience(str(self), self.secrets)

    def hide(self, text: str) -> str:
        """Masks the secrets that were given to this server."""
        return self.secrets.hide(text)

    def require_running(self) -> None:
        if not self.running:
            raise UsageError(f"Server '{self.alias}' is stopped, so it can no longer expect requests.")
