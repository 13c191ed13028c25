"""What all keywords share: the server they use, the requests they look at, and how long they wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from robot.errors import RobotError
from robot.errors import TimeoutError as TimeoutOfTest
from werkzeug.datastructures import MultiDict

from ..engine.arguments import boolean
from ..engine.checks.arrivals import Arrivals
from ..engine.checks.order import Order, steps_of
from ..engine.checks.selection import Selection
from ..engine.errors import ExpectationFailed, UsageError
from ..engine.expectations.expectation import Expectation
from ..engine.expectations.served import ServedCollection
from ..engine.explaining import checks as explaining
from ..engine.explaining.order import not_in_order
from ..engine.masking.secrets import Secrets
from ..engine.matching.description import ANY, RequestDescription
from ..engine.matching.matcher import Matcher, MatcherFailed
from ..engine.matching.state import State
from ..engine.phrase import text
from ..engine.records.exchange import Exchange
from ..engine.records.received import Problem, ReceivedRequest
from ..engine.scope import Scope
from ..engine.server import HttpServer
from ..lifecycle import Lifecycle
from ..log.messages import log_traceback
from ..options import parse_seconds
from ..scopes import OTHER_IMPORTS, ExecutionContext
from .fields import Requests, Seconds, checked_path
from .outcome import fail, failure_text, not_counted, not_listed
from .secret import Secret, check_no_secret_is_lost

_NO_SERVER = f"There is no HTTP server. Start one with 'Start Http Server'. {OTHER_IMPORTS}"


class KeywordBase(Lifecycle):
    """Base of the keyword classes."""

    def _server(self, alias: str | None = None) -> HttpServer:
        """The server with this alias, or the current one, even if it is stopped."""
        self._enter()
        if alias is not None:
            return self._scopes.find(alias)
        server = self._scopes.current
        if server is None:
            reason = self._scopes.start_failure or _NO_SERVER
            raise UsageError(reason)
        return server

    def _directory(self) -> Path | None:
        """The directory of the running suite, where its Python files are looked for."""
        return ExecutionContext().suite_directory

    def _described(
        self, http_server: HttpServer, path: object, fields: Mapping[str, Any], state: object = None
    ) -> RequestDescription:
        """The request description that was given to a keyword."""
        with hiding(http_server.secrets):
            secrets, scope = http_server.secrets, http_server.book.innermost()
            given = {name: reveal(value, name, secrets, scope) for name, value in fields.items()}
            if given.get("matcher") is not None:
                given["matcher"] = Matcher(given["matcher"], self._directory())
            if state is not None:
                given["state"] = State(reveal(state, "state", secrets, scope), http_server.book.states_of)
            return RequestDescription(checked_path(path), **given)

    def _selection(
        self,
        http_server: HttpServer,
        path: object,
        fields: Mapping[str, Any],
        after: ReceivedRequest | None = None,
    ) -> Selection:
        """The received requests that a keyword is about. An expectation as path means those that it took."""
        last = None if after is None else self._record_of(http_server, after)
        if isinstance(path, ServedCollection):
            path = path.expectation
        if not isinstance(path, Expectation):
            return Selection(
                self._described(http_server, path, fields), after=last, compare=_comparing(http_server.secrets)
            )
        self._require_own(http_server, path)
        description = self._described(http_server, ANY, fields) if fields else None
        return Selection(description, path, after=last, compare=_comparing(http_server.secrets))

    def _require_own(self, http_server: HttpServer, expectation: Expectation) -> None:
        if not http_server.book.made(expectation):
            owner = next((other for other in self._scopes.servers() if other.book.made(expectation)), None)
            where = f"{owner}, not to {http_server}. Write server={owner.alias}" if owner else "a server that is gone"
            raise UsageError(f"The expectation ({expectation}) belongs to {where}.")

    def _record_of(self, http_server: HttpServer, request: object) -> Exchange:
        """The record of a received request, after which other requests must arrive."""
        if not isinstance(request, ReceivedRequest):
            raise UsageError(f"after: a received request is needed, not {type(request).__name__}: {request!r}.")
        if http_server.journal.holds(request.exchange):
            return request.exchange
        owner = next((other for other in self._scopes.servers() if other.journal.holds(request.exchange)), None)
        if owner is not None:
            raise UsageError(
                f"after: {request} was received by {owner}, not by {http_server}. Write server={owner.alias}."
            )
        raise UsageError(
            f"after: {request} is no longer among the received requests of {http_server}: "
            "it was cleared, or its test or suite has ended."
        )

    def _wait_for(
        self, http_server: HttpServer, selection: Selection, enough: int, timeout: float
    ) -> tuple[list[Exchange], list[Exchange]]:
        """Waits until enough requests are selected; returns the requests that count and the selected ones."""
        journal = http_server.journal
        arrivals = Arrivals(journal)
        count = 0

        def now() -> tuple[list[Exchange], list[Exchange]]:
            candidates = selection.candidates(journal.exchanges())
            return candidates, selection.of(candidates)

        def check() -> tuple[list[Exchange], list[Exchange]] | None:
            nonlocal count
            count += sum(selection.counts(entry) and selection.matches(entry) for entry in arrivals.take())
            if count < enough:
                return None
            found = now()
            # Some may have been forgotten meanwhile.
            count = len(found[1])
            return found if count >= enough else None

        return http_server.wait(check, timeout, lambda: enough - count) or now()

    def _wait_for_order(
        self,
        http_server: HttpServer,
        requests: Requests,
        strict: bool,
        after: ReceivedRequest | None,
        message: str | None,
        within: float | None = None,
    ) -> list[ReceivedRequest]:
        """The requests that arrived in this order. Fails without them: at once, or when the timeout expires."""
        with hiding(http_server.secrets):
            steps = steps_of(
                reveal(requests, "requests", http_server.secrets, http_server.book.innermost()),
                lambda path, fields: self._selection(http_server, path, fields),
            )
        order = Order(steps, boolean(strict, "strict"))
        counting = Selection(after=None if after is None else self._record_of(http_server, after))
        arrivals = Arrivals(http_server.journal)
        received: list[Exchange] = []

        def check() -> list[Exchange] | None:
            nonlocal received
            if not any(counting.counts(entry) and order.may_have_step_for(entry) for entry in arrivals.take()):
                # No other request can complete the order.
                return None
            received = counting.candidates(http_server.journal.exchanges())
            indexes = order.indexes(received)
            return [received[index] for index in indexes] if len(indexes) == len(steps) else None

        found = http_server.wait(check, within or 0)
        if found is None:
            received = counting.candidates(http_server.journal.exchanges())
            missing = order.description(len(order.indexes(received)))
            notes = [*not_counted(http_server, counting), *not_listed(http_server, missing)]
            fail(not_in_order(order, received, http_server.audience, within, notes), message)
        return [ReceivedRequest(exchange, step.description) for step, exchange in zip(steps, found, strict=True)]

    def _fail_with(self, problems: Sequence[Problem], server: HttpServer, message: str | None = None) -> NoReturn:
        """Fails with the problems of a server, so that they are not reported again at the end of the test."""
        records = [problem.record for problem in problems]
        failure = ExpectationFailed(failure_text(explaining.problems(records, str(server)), message))
        self._scopes.innermost.report(str(failure), records)
        raise failure

    def _timeout(self, timeout: Seconds | None) -> float:
        return self._options.timeout if timeout is None else parse_seconds(timeout, "timeout")


def _comparing(secrets: Secrets) -> Callable[[RequestDescription, Exchange], bool]:
    """A function that says whether a request matches."""

    def matches(description: RequestDescription, exchange: Exchange) -> bool:
        try:
            return description.matches(exchange.request)
        except MatcherFailed as failed:
            # Ctrl-C or a test timeout may have interrupted the matcher; that is not an error of the matcher. Since
            # Robot Framework 7.5, a timeout is not a RobotError.
            if isinstance(failed.cause, (KeyboardInterrupt, RobotError, TimeoutOfTest)):
                raise failed.cause from None
            if failed.cause is not None:
                # Not as the cause of the failure, which Robot Framework would log as it is.
                log_traceback(failed.cause, secrets)
            raise UsageError(f"{secrets.hide(str(exchange))}: {text(failed.reason, secrets)}.") from None

    return matches


@contextmanager
def hiding(secrets: Secrets) -> Iterator[None]:
    """Keeps secrets out of errors about bad arguments."""
    try:
        yield
    except UsageError as error:
        raise UsageError(secrets.hide_shortened(str(error))) from None


def reveal(value: Any, what: str, secrets: Secrets, scope: Scope) -> Any:
    """The value with its secrets as plain text; registers them until the scope ends, so that no message shows them.

    Raises `UsageError` for a secret that was put into a text.
    """
    if isinstance(value, str):
        check_no_secret_is_lost(value, what)
        return value
    try:
        return _revealed(value, what, secrets, scope)
    except RecursionError:
        raise UsageError("A list or dictionary is nested too deeply, or contains itself.") from None


def _revealed(value: Any, what: str, secrets: Secrets, scope: Scope) -> Any:
    if isinstance(value, str):
        check_no_secret_is_lost(value, what, is_entry=True)
    if isinstance(value, Secret):
        secrets.add(str(value.value), scope)
        return value.value
    if isinstance(value, MultiDict):
        # Used as a mapping, it has only the first value of each name.
        value = dict(value.lists())
    if isinstance(value, Mapping):
        return {name: _revealed(entry, what, secrets, scope) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_revealed(entry, what, secrets, scope) for entry in value]
    return value
