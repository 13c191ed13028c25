"""What all keywords share: the server they mean, and the time they wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from robot.errors import RobotError
from robot.errors import TimeoutError as TimeoutOfTest

from ..engine.arguments import boolean
from ..engine.checks.order import Order, steps_of
from ..engine.errors import UsageError
from ..engine.explaining.order import not_in_order
from ..engine.masking.secrets import Secrets
from ..engine.matching.description import FIELD_NAMES, RequestDescription
from ..engine.matching.matcher import MatcherFailed
from ..engine.records.exchange import Exchange
from ..engine.records.received import ReceivedRequest
from ..engine.server import HttpServer
from ..lifecycle import Lifecycle
from ..options import parse_seconds
from .outcome import fail, not_listed
from .secret import Secret

# Argument types, imported by the keyword modules for Robot Framework to convert to.
Named = Mapping[str, Any] | str | None
Methods = str | Sequence[str]
Credentials = str | Sequence[Any] | Secret | None
Token = str | Secret | None
# With bool, as the text of True is 'true' or 'True' in HTTP.
Text = str | bool | float | Secret | None
# Text first: Robot Framework makes a byte of a number.
Body = str | bytes | Secret | None
Schema = Mapping[str, Any] | Path | str | None
Function = Callable[..., object] | str
Seconds = timedelta | float
Size = int | str
Times = int | str
# With str, as a list can be written as JSON.
Requests = Sequence[Any] | str


_NO_SERVER = (
    "There is no HTTP server. Start one with 'Start Http Server'. "
    "A server that was started through an import with other options belongs to that import."
)


class KeywordBase(Lifecycle):
    """Base of the keyword classes."""

    def _server(self, alias: str | None = None) -> HttpServer:
        """The server with this alias, or the current one, also when it is stopped."""
        self._enter()
        if alias is not None:
            return self._scopes.find(alias)
        server = self._scopes.current
        if server is None:
            reason = self._scopes.start_failure or _NO_SERVER
            raise UsageError(reason)
        return server

    def _described(self, server: HttpServer, arguments: Mapping[str, Any]) -> RequestDescription:
        """The request description among the arguments of a keyword, as ``locals()`` has them at its start."""
        with hiding(server.secrets):
            return RequestDescription(**{name: reveal(arguments[name], server.secrets) for name in FIELD_NAMES})

    def _select(self, description: RequestDescription, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """The exchanges whose request matches, oldest first."""
        return [exchange for exchange in exchanges if _fits(description, exchange)]

    def _wait_for(
        self, server: HttpServer, description: RequestDescription, enough: int, timeout: float
    ) -> tuple[list[Exchange], list[Exchange]]:
        """The received requests, and those of them that match; as soon as that are enough, or when the time is over."""
        verdicts: dict[Exchange, bool] = {}
        received: list[Exchange] = []
        matching: list[Exchange] = []

        def check() -> bool | None:
            nonlocal received, matching
            received = server.journal.exchanges()
            for entry in received:
                if entry not in verdicts:
                    verdicts[entry] = _fits(description, entry)
            matching = [entry for entry in received if verdicts[entry]]
            return True if len(matching) >= enough else None

        server.wait(check, timeout)
        return received, matching

    def _wait_for_order(
        self, server: HttpServer, requests: Requests, strict: bool, message: str | None, within: float | None = None
    ) -> list[ReceivedRequest]:
        """The requests that came in this order; fails when there are none, at once or when the time is over."""
        with hiding(server.secrets):
            steps = steps_of(reveal(requests, server.secrets), server.book)
        order = Order(steps, boolean(strict, "strict"), _fits)
        received: list[Exchange] = []

        def check() -> list[Exchange] | None:
            nonlocal received
            received = server.journal.exchanges()
            places = order.places(received)
            return [received[place] for place in places] if len(places) == len(steps) else None

        found = server.wait(check, within or 0)
        if found is None:
            missing = order.description(len(order.places(received)))
            notes = not_listed(server, missing)
            fail(server, not_in_order(order, received, str(server), within, notes), message)
        return [
            ReceivedRequest(exchange, step if isinstance(step, RequestDescription) else None)
            for step, exchange in zip(steps, found, strict=True)
        ]

    def _timeout(self, timeout: Seconds | None) -> float:
        return self._options.timeout if timeout is None else parse_seconds(timeout, "timeout")


def _fits(description: RequestDescription, exchange: Exchange) -> bool:
    try:
        return description.matches(exchange.request)
    except MatcherFailed as failed:
        # Ctrl-C or a test timeout may have hit inside the matcher; it is not the matcher's. From Robot Framework 7.5
        # on a timeout is not a RobotError.
        if isinstance(failed.cause, (KeyboardInterrupt, RobotError, TimeoutOfTest)):
            raise failed.cause from None
        raise UsageError(f"{exchange}: {failed}.") from failed.cause


@contextmanager
def hiding(secrets: Secrets) -> Iterator[None]:
    """Keeps secrets out of the errors about bad arguments, too."""
    try:
        yield
    except UsageError as error:
        raise UsageError(secrets.hide(str(error))) from None


def reveal(value: Any, secrets: Secrets) -> Any:
    """The value with secrets as plain text inside; notes them so that no message shows them."""
    if isinstance(value, Secret):
        secrets.add(str(value.value))
        return value.value
    if isinstance(value, Mapping):
        return {name: reveal(entry, secrets) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(entry, secrets) for entry in value]
    return value
