"""The library listener (version 3): opens and closes scopes with Robot's suites and tests."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from robot import model, result
from robot.api.deco import library
from robot.errors import RobotError
from robot.libraries.BuiltIn import BuiltIn

from .engine.errors import ExpectationFailed, UsageError
from .engine.explaining import checks as explain
from .engine.explaining.layout import MAX_LINES, height, limit
from .engine.problem import ProblemRecord
from .engine.records.exchange import Exchange
from .engine.scope import Scope
from .engine.server import HttpServer
from .engine.visible import harmless
from .log.coverage import coverage_table
from .log.markup import join
from .log.messages import LogLevel, flush, log_table, write
from .log.table import Received
from .options import AutoCheck, Options
from .scopes import ExecutionContext, Frame, Scopes, seconds_since_epoch

P = ParamSpec("P")
L = TypeVar("L", bound="Lifecycle")

_MIN_LINES = 8
# With the key of what is part of no suite or test.
_PROGRAM = ("", "the program")
_BLOCK = ("", "the 'with' block")


def _kept(method: Callable[Concatenate[L, P], None]) -> Callable[Concatenate[L, P], None]:
    """Keeps an exception for the next keyword: raised in a listener, it would be an easily missed log line."""

    @wraps(method)
    def guarded(self: L, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._listener_error = error

    return guarded


class Lifecycle:
    """Keeps the scopes in step with Robot Framework. Any event may occur twice, and some may not occur at all."""

    ROBOT_LISTENER_API_VERSION = 3
    # Listeners with a lower priority see the status that auto_check leaves.
    ROBOT_LISTENER_PRIORITY = 100

    def __init__(self, options: Options) -> None:
        self._options = options
        self._scopes = Scopes()
        # The scopes of `with` blocks, the innermost one last.
        self._blocks: list[Frame] = []
        self._listener_error: Exception | None = None
        self._skip_on_failure: tuple[str, ...] = ()

    def __enter__(self: L) -> L:
        """Opens a scope for a ``with`` block, as Robot Framework's suites and tests have one.

        With ``auto_start=True`` a server is started, unless one is running: that of an outer block, for example.
        """
        if self._scopes.is_open:
            self._enter()
        self._blocks.append(self._scopes.open(*_BLOCK))
        try:
            if self._options.auto_start:
                self._start_automatically()
        except BaseException:
            self._leave_block(lambda unchecked: None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stops the servers of the block, and ends everything else that was made in it.

        Unchecked problems are handled as ``auto_check`` says. ``FAIL`` and ``STRICT`` raise `ExpectationFailed`, but
        log a warning if the block raises something itself.
        """
        # pytest shows the line of the block instead of this method.
        __tracebackhide__ = True
        failure = ""

        def report(unchecked: list[Unchecked]) -> None:
            nonlocal failure
            if error is None and self._fails:
                failure = self._text_of(unchecked)
            else:
                self._warn(unchecked, "" if error is None else str(error))

        self._leave_block(report)
        if failure:
            raise ExpectationFailed(failure)

    def _leave_block(self, report: Callable[[list[Unchecked]], None]) -> None:
        frame = self._blocks.pop()
        # A block within a test may still be open when the test ends, which ends it, too.
        if self._scopes.holds(frame):
            self._leave(frame.key, report)

    def _enter(self, *, by_event: bool = False) -> None:
        """Opens the scopes of the running suite and test, and closes those that have ended.

        There are no events for them after an import at run time, or when another library creates an instance.
        """
        context = ExecutionContext()
        if context.suite is None or self._in_block:
            if not self._scopes.opened(_PROGRAM[0]):
                self._scopes.open(*_PROGRAM)
        else:
            ended = self._scopes.ended(context)
            if ended is not None:
                self._leave(ended, self._warn)
            if not by_event:
                self._ensure_events(context.suite[0])
            self._open_suite(context, *context.suite)
            if context.test is not None and not self._scopes.opened(context.test[0]):
                self._scopes.open(*context.test)
        error, self._listener_error = self._listener_error, None
        if error is not None:
            raise error

    @property
    def _in_block(self) -> bool:
        """Whether a `with` block is the innermost scope; what is made in it belongs to no suite or test."""
        return bool(self._blocks) and self._scopes.is_open and self._scopes.innermost is self._blocks[-1]

    def _ensure_events(self, suite: str) -> None:
        """Makes sure that events of the suite arrive: they do not if another library created this instance."""
        if not self._scopes.opened(suite):
            # A listener of users may run without a suite that can import something; then there are no events.
            with suppress(RobotError):
                BuiltIn().import_library(f"{Events.__module__}.{Events.__qualname__}")
            _INSIDE_LIBRARIES.add(self)

    def _open_suite(self, context: ExecutionContext, key: str, name: str, started: float | None) -> None:
        if self._scopes.opened(key):
            return
        frame = self._scopes.open(key, name, started)
        if not self._options.auto_start or context.dry_run:
            return
        try:
            server = self._start_automatically()
        except UsageError as error:
            frame.start_failure = f"The server of the suite could not be started: {error}"
            return
        BuiltIn().set_suite_variable("${HTTP_SERVER_URL}", server.url)

    def _start_automatically(self) -> HttpServer:
        """The current server, or a new one if none is running."""
        server = self._scopes.current
        if server is None or not server.running:
            server = self._scopes.start(None, self._options.host, self._options.port)
        return server

    @_kept
    def _start_suite(self, data: model.TestSuite[Any, Any], result: result.TestSuite) -> None:
        self._open_suite(ExecutionContext(), data.id, f"suite '{data.name}'", seconds_since_epoch(result))

    @_kept
    def _start_test(self, data: model.TestCase[Any], result: result.TestCase) -> None:
        self._flush()
        # Not at its end: by then, a test may have a variable `options` of its own.
        self._skip_on_failure = _skip_on_failure()
        if not self._scopes.opened(data.id):
            self._scopes.open(data.id, f"test '{data.name}'", seconds_since_epoch(result))

    @_kept
    def _end_library_keyword(self, data: object, implementation: object, result: object) -> None:
        context = ExecutionContext()
        if context.suite is not None and not context.dry_run:
            self._enter(by_event=True)
        self._flush()

    @_kept
    def _end_test(self, data: model.TestCase[Any], result: result.TestCase) -> None:
        def report(unchecked: list[Unchecked]) -> None:
            if result.passed or result.failed:
                self._report(result, unchecked)
            if result.failed:
                self._log_received(unchecked)

        if self._scopes.opened(data.id):
            self._leave(data.id, report)

    @_kept
    def _end_suite(self, data: model.TestSuite[Any, Any], result: result.TestSuite) -> None:
        def report(unchecked: list[Unchecked]) -> None:
            self._warn(unchecked)
            self._show_coverage(result)

        if self._scopes.opened(data.id):
            self._leave(data.id, report)

    def _show_coverage(self, result: result.TestSuite) -> None:
        """Shows which operations of the documents of a suite were used, in its metadata: its log is closed by now."""
        scope = self._scopes.innermost.scope
        for server in self._scopes.servers():
            for contract in server.contracts.loaded:
                if contract.scope is scope:
                    name = f"Coverage of {contract.document.name}"
                    if name in result.metadata:
                        name = f"{name} on server '{server.alias}'"
                    result.metadata[name] = coverage_table(contract.coverage.rows())

    def _leave(self, key: str, report: Callable[[list[Unchecked]], None]) -> None:
        """Closes a scope and those inside it, after reporting what is unchecked."""
        found: list[Unchecked] = []
        closing = True
        while closing:
            frame = self._scopes.innermost
            closing = frame.key != key
            self._scopes.stop_innermost()
            self._flush()
            found += (Unchecked(server, frame.scope) for server in self._scopes.servers())
            try:
                if not closing:
                    # Before the scope is closed, so that its masking applies to the report.
                    report(found)
            finally:
                self._scopes.close_innermost()

    def _flush(self) -> None:
        """Logs what the servers received since the last time."""
        off = self._options.auto_check is AutoCheck.OFF
        flush(self._scopes.take_unlogged(), LogLevel.INFO if off else LogLevel.WARN)

    def _log_received(self, unchecked: list[Unchecked]) -> None:
        """Logs what the servers received in a test, except for servers whose requests are all in a table already.

        A request with a problem is in the table even if a reset in the teardown has forgotten it.
        """
        frame = self._scopes.innermost
        servers: list[HttpServer] = []
        received: list[Received] = []
        for server in self._scopes.servers():
            entries = {entry for entry in server.journal.arrived() if entry.scope is frame.scope}
            entries.update(entry for left in unchecked if left.server is server for entry in left.forgotten())
            own = [Received(server, entry) for entry in sorted(entries, key=lambda entry: entry.number)]
            if not frame.logged.issuperset(own):
                servers.append(server)
                received += own
        if received:
            log_table(servers, received, frame.scope, LogLevel.INFO)

    @property
    def _fails(self) -> bool:
        """Whether unchecked problems are failures."""
        return self._options.auto_check in (AutoCheck.FAIL, AutoCheck.STRICT)

    def _warn(self, unchecked: list[Unchecked], failure: str = "") -> None:
        """Logs unchecked problems, except for those that a failure reports."""
        if self._options.auto_check is not AutoCheck.OFF:
            reported = self._reported_in(failure, unchecked)
            for entry in unchecked:
                text = entry.text(strict=False, reported=reported)
                if text:
                    write(text, LogLevel.WARN)

    def _reported_in(self, failure: str, unchecked: list[Unchecked]) -> set[ProblemRecord]:
        """The problems that a failure reports."""
        # The program under test may show the response that it got.
        shown = {problem.record for entry in unchecked for problem in entry.problems if problem.message in failure}
        return shown | self._scopes.innermost.reported_in(failure)

    def _text_of(self, unchecked: list[Unchecked], failure: str = "", above: str = "") -> str:
        """What is unchecked, without what a failure reports; empty if there is nothing. ``above`` is shown above it."""
        strict = self._options.auto_check is AutoCheck.STRICT
        reported = self._reported_in(failure, unchecked)
        room = MAX_LINES - (height(above.split("\n")) if above else 0)
        # Each server gets a share of the lines that Robot Framework shows.
        share = max(_MIN_LINES, room // max(1, sum(entry.has_report(strict) for entry in unchecked)))
        return "\n".join(filter(None, (entry.text(strict, reported, share) for entry in unchecked)))

    def _report(self, result: result.TestCase, unchecked: list[Unchecked]) -> None:
        """Handles what is unchecked in a test, as auto_check says."""
        if self._fails:
            skip = self._why_skipped(result) if result.passed else ""
            above = skip or (f"{result.message}\n" if result.failed and result.message else "")
            text = self._text_of(unchecked, result.message, above)
            if text:
                result.message = harmless(join(above, text) if above else text)
                result.status = "SKIP" if skip else "FAIL"
        else:
            self._warn(unchecked)

    def _why_skipped(self, result: result.TestCase) -> str:
        """The words with which Robot Framework would skip this test if it failed; empty if it would not skip it.

        Robot Framework does so before it calls listeners, and ignores the status that they set.
        """
        asked = ("robot:skip-on-failure", *self._skip_on_failure)
        tags = " and ".join(f"'{tag}'" for tag in asked if result.tags.match(tag))
        return f"Failed test skipped using {tags} tag.\n\nOriginal failure:" if tags else ""

    def _close(self) -> None:
        """The end of the run; after a second Ctrl-C, Robot Framework calls nothing else."""
        self._scopes.close_all()


# The instances that other libraries created, while their scopes are open.
_INSIDE_LIBRARIES: Final[set[Lifecycle]] = set()


@library(scope="GLOBAL", listener="SELF")
class Events:
    """Passes events on to instances that other libraries created, which Robot Framework does not know.

    Each suite whose keywords use such an instance imports this library, too. An instance may get an event twice; that
    does no harm.
    """

    ROBOT_LISTENER_API_VERSION = Lifecycle.ROBOT_LISTENER_API_VERSION
    ROBOT_LISTENER_PRIORITY = Lifecycle.ROBOT_LISTENER_PRIORITY

    def _start_test(self, data: model.TestCase[Any], result: result.TestCase) -> None:
        for instance in [*_INSIDE_LIBRARIES]:
            instance._start_test(data, result)

    def _end_library_keyword(self, data: object, implementation: object, result: object) -> None:
        for instance in [*_INSIDE_LIBRARIES]:
            instance._end_library_keyword(data, implementation, result)

    def _end_test(self, data: model.TestCase[Any], result: result.TestCase) -> None:
        for instance in [*_INSIDE_LIBRARIES]:
            instance._end_test(data, result)

    def _end_suite(self, data: model.TestSuite[Any, Any], result: result.TestSuite) -> None:
        for instance in [*_INSIDE_LIBRARIES]:
            instance._end_suite(data, result)
            if not instance._scopes.is_open:
                _INSIDE_LIBRARIES.discard(instance)

    def _close(self) -> None:
        for instance in [*_INSIDE_LIBRARIES]:
            instance._close()
        _INSIDE_LIBRARIES.clear()


def _skip_on_failure() -> tuple[str, ...]:
    """The tags that --skiponfailure names."""
    options = BuiltIn().get_variable_value("${OPTIONS}")
    # A suite may have its own variable with this name.
    return tuple(options.get("skip_on_failure", ())) if isinstance(options, Mapping) else ()


class Unchecked:
    """The unchecked problems and unmet expectations of a scope on a server."""

    def __init__(self, server: HttpServer, scope: Scope) -> None:
        self.server = server
        self.problems = server.journal.take_problems(scope)
        self._unmet = server.unmet_of(scope)

    def forgotten(self) -> list[Exchange]:
        """The requests with a problem that are no longer among the received ones."""
        return [problem.exchange for problem in self.problems if problem.exchange.forgotten]

    def has_report(self, strict: bool) -> bool:
        """Whether there is anything to report."""
        return bool(self.problems or (strict and self._unmet))

    def text(self, strict: bool, reported: Container[ProblemRecord] = (), most: int = MAX_LINES) -> str:
        """The report in at most ``most`` lines, without ``reported`` problems; empty if there is nothing."""
        texts = []
        problems = [problem.record for problem in self.problems if problem.record not in reported]
        if problems:
            texts.append(explain.problems(problems, str(self.server), most))
        for missing, received in self._unmet if strict else ():
            texts.append(explain.unmet(missing, received, self.server.audience))
        return limit(texts, most) if texts else ""
