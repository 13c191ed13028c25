"""Robot Framework's suites and tests as scopes: which servers they own, and what ends with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from robot import result
from robot.running.context import EXECUTION_CONTEXTS
from robot.utils import normalize

from .engine.errors import UsageError
from .engine.expectations.expectation import Expectation
from .engine.interrupts import uninterrupted
from .engine.problem import ProblemRecord
from .engine.records.journal import DEFAULT_BOUNDS, Bounds
from .engine.scope import Scope
from .engine.server import HttpServer
from .engine.wire.certificates import remove_ca_file
from .engine.wire.limits import DEFAULT_LIMITS, Limits
from .engine.wire.tls import Tls
from .log.table import Received

# Ends the messages about a server that is not found.
OTHER_IMPORTS = "A server that was started through an import with other options belongs to that import."


class Frame:
    """One open scope: a suite, a test, a ``with`` block, or the program if Robot Framework is not running."""

    def __init__(self, key: str, name: str, started: float | None = None) -> None:
        self.key = key
        self.scope = Scope(name, started)
        # All servers, because what they received can be inspected; and those that run, because thousands may not.
        self.servers: list[HttpServer] = []
        self.running: list[HttpServer] = []
        self.stopped: list[HttpServer] = []
        # The newest server of each alias, which is normalized; and the first number of which the alias may be free.
        self.aliases: dict[str, HttpServer] = {}
        self.next_number = 1
        self.current: HttpServer | None = None
        self.latest: Expectation | None = None
        self.start_failure: str | None = None
        # The permanent expectations without times, by server and by their arguments.
        self.endless: dict[tuple[HttpServer, int], Expectation] = {}
        # The requests in tables that keywords logged.
        self.logged: set[Received] = set()
        self._reported: list[tuple[str, list[ProblemRecord]]] = []

    def report(self, failure: str, problems: Sequence[ProblemRecord]) -> None:
        """Records the failure of a keyword and the problems that it reports."""
        self._reported.append((failure, [*problems]))

    def reported_in(self, message: str) -> set[ProblemRecord]:
        """The problems reported by the keyword failures that a message contains."""
        return {problem for failure, problems in self._reported if failure in message for problem in problems}


class Scopes:
    """The stack of open scopes, the innermost one last."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []

    @property
    def innermost(self) -> Frame:
        return self._frames[-1]

    @property
    def is_open(self) -> bool:
        return bool(self._frames)

    def holds(self, frame: Frame) -> bool:
        return frame in self._frames

    def opened(self, key: str) -> bool:
        return any(frame.key == key for frame in self._frames)

    def open(self, key: str, name: str, started: float | None = None) -> Frame:
        frame = Frame(key, name, started)
        if self._frames:
            frame.next_number = self.innermost.next_number

        def open_everywhere() -> None:
            for server in self.servers():
                server.open_scope(frame.scope)
            self._frames.append(frame)

        uninterrupted(open_everywhere)
        return frame

    def stop_innermost(self) -> None:
        """Ends what waits for the test, and stops the servers of the innermost scope."""
        for server in self.servers():
            server.end(self.innermost.scope)
        for server in [*self.innermost.running]:
            server.stop()
            self.note_stopped(server)

    def close_innermost(self) -> None:
        """Ends the innermost scope, whose servers must be stopped, and forgets what belongs to it."""
        uninterrupted(self._close_innermost)

    def _close_innermost(self) -> None:
        frame = self._frames.pop()
        frame.scope.closed = True
        for server in self.servers():
            server.close_scope()

    def ended(self, context: ExecutionContext) -> str | None:
        """The key of the outermost scope that has ended without an event."""
        return next((frame.key for frame in self._frames if not context.inside(frame.key)), None)

    def close_all(self) -> None:
        """The end of the run."""
        while self._frames:
            self.stop_innermost()
            self.close_innermost()
        # Not only when the process exits: a signal can end it before that.
        remove_ca_file()

    def servers(self) -> list[HttpServer]:
        """All servers of all open scopes in the order of their start, including stopped ones."""
        return [server for frame in self._frames for server in frame.servers]

    def _innermost_first(self) -> Iterator[Frame]:
        return reversed(self._frames)

    @property
    def current(self) -> HttpServer | None:
        return next((frame.current for frame in self._innermost_first() if frame.current), None)

    @property
    def latest(self) -> Expectation | None:
        """The expectation registered last in the innermost scope that has any."""
        return next((frame.latest for frame in self._innermost_first() if frame.latest), None)

    @property
    def start_failure(self) -> str | None:
        """Why a server that should have started with its suite did not."""
        return next((frame.start_failure for frame in self._innermost_first() if frame.start_failure), None)

    def running(self) -> list[HttpServer]:
        """The servers that were not stopped, in the order of their start."""
        return [server for frame in self._frames for server in frame.running]

    def take_unlogged(self) -> list[HttpServer]:
        """The servers that may have something to log. A stopped one is returned until its connections are closed."""
        found: list[HttpServer] = []
        for frame in self._frames:
            found += (*frame.stopped, *frame.running)
            frame.stopped = [server for server in frame.stopped if server.connections]
        return found

    def find(self, alias: str) -> HttpServer:
        """The newest server with this alias; case and spaces are ignored."""
        server = self._named(alias)
        if server is not None:
            return server
        known = ", ".join(dict.fromkeys(f"'{server.alias}'" for server in self.servers()))
        listed = f"Known servers: {known}." if known else f"Known servers: none. {OTHER_IMPORTS}"
        raise UsageError(f"There is no server '{alias}'. {listed}")

    def _named(self, alias: str) -> HttpServer | None:
        name = normalize(alias)
        return next((frame.aliases[name] for frame in self._innermost_first() if name in frame.aliases), None)

    def free_alias(self) -> str:
        frame = self.innermost
        while self._named(f"http-{frame.next_number}") is not None:
            frame.next_number += 1
        return f"http-{frame.next_number}"

    def start(
        self,
        alias: str | None,
        host: str,
        port: int,
        limits: Limits = DEFAULT_LIMITS,
        bounds: Bounds = DEFAULT_BOUNDS,
        *,
        url_host: str | None = None,
        tls: Tls | None = None,
        cors: bool = False,
        strict: bool = True,
    ) -> HttpServer:
        """Starts a server in the innermost scope and makes it the current one."""
        if alias is None:
            alias = self.free_alias()
        elif not alias.strip():
            raise UsageError("alias: the alias is empty.")
        other = self._named(alias)
        if other is not None and other.running:
            raise UsageError(f"Server '{other.alias}' is already running at {other.url}.")
        frame = self.innermost
        server = HttpServer(
            alias,
            host,
            port,
            frame.scope,
            limits=limits,
            bounds=bounds,
            url_host=url_host,
            tls=tls,
            cors=cors,
            strict=strict,
            neighbours=self.servers,
        )
        # Before it listens: a test timeout in between must not leave it running.
        name = normalize(alias)
        older = frame.aliases.get(name)
        frame.servers.append(server)
        frame.running.append(server)
        frame.aliases[name] = server
        try:
            server.start()
        except UsageError:
            frame.servers.remove(server)
            frame.running.remove(server)
            del frame.aliases[name]
            if older is not None:
                frame.aliases[name] = older
            own = [other for other in self.running() if other.running and other.port == port]
            if own:
                raise UsageError(f"Port {port} on {host} is taken by {own[0]}.") from None
            raise
        frame.current = server
        return server

    def switch(self, server: HttpServer) -> HttpServer | None:
        """Makes a server the current one in the innermost scope; returns the previous one."""
        previous = self.current
        self.innermost.current = server
        return previous

    def note_stopped(self, stopped: HttpServer) -> None:
        """Remembers that a server was stopped."""
        for frame in self._frames:
            if stopped in frame.running:
                frame.stopped.append(stopped)
                frame.running.remove(stopped)

    def hand_over(self, stopped: HttpServer) -> None:
        """If the stopped server was the current one, makes the server started before it current again."""
        known: list[HttpServer] = []
        for frame in self._frames:
            known += frame.running
            if frame.current is stopped:
                frame.current = _before(stopped, known)


def _before(stopped: HttpServer, servers: list[HttpServer]) -> HttpServer:
    """The running server started last before the stopped one; else any running one; else the stopped one itself."""
    index = servers.index(stopped) if stopped in servers else len(servers)
    for server in [*reversed(servers[:index]), *reversed(servers[index:])]:
        if server.running:
            return server
    return stopped


def seconds_since_epoch(item: result.TestSuite | result.TestCase) -> float | None:
    """When a suite or test started."""
    return None if item.start_time is None else item.start_time.timestamp()


class ExecutionContext:
    """The current state of Robot Framework: the ids of the running suite and test, and when they started."""

    def __init__(self) -> None:
        context = EXECUTION_CONTEXTS.current
        suite = None if context is None else context.suite
        test = None if context is None else context.test
        # True in the teardown of a suite or test, and in keywords that it calls; not in the teardown of a keyword.
        self.in_teardown = context is not None and bool(context.in_test_teardown or context.in_suite_teardown)
        self.dry_run = context is not None and bool(context.dry_run)
        self._source: Path | None = None if suite is None else suite.source
        self.suite = None if suite is None else (suite.id, f"suite '{suite.name}'", seconds_since_epoch(suite))
        self.test = None if test is None else (test.id, f"test '{test.name}'", seconds_since_epoch(test))

    @property
    def suite_directory(self) -> Path | None:
        """The directory of the running suite; None if it has no file."""
        source = self._source
        # The source of a suite with an __init__.robot is the directory itself.
        return source if source is None or source.is_dir() else source.parent

    def inside(self, key: str) -> bool:
        """Whether the scope with this key is the running test, the running suite or one around it."""
        if self.suite is None or not key:
            return True
        return f"{self.suite[0]}-".startswith(f"{key}-") or (self.test is not None and self.test[0] == key)
