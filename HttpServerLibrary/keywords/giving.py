"""What keywords that give responses share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..engine.arguments import states_to_set
from ..engine.checks.count import exact_number
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Expectation
from ..engine.expectations.turns import Turn
from ..engine.masking.secrets import Secrets
from ..engine.records.received import ReceivedRequest
from ..engine.responses.delayed import delayed
from ..engine.responses.responder import Responder
from ..engine.responses.spread import spread
from ..engine.server import HttpServer
from ..log.messages import write
from ..options import parse_seconds
from .base import KeywordBase, hiding, reveal
from .fields import Recipient, Seconds, States, Times


class Target:
    """What gets a response: an expectation, or one request that the test answers; and the response, once it is made."""

    def __init__(self, expectation: Expectation, request: ReceivedRequest | None) -> None:
        self.expectation = expectation
        self.request = request
        self.responder: Responder | None = None

    @property
    def name(self) -> str:
        """The expectation or request in words."""
        return str(self.request or self.expectation)

    @property
    def secrets(self) -> Secrets:
        return self.expectation.secrets

    def reveal(self, value: Any, what: str) -> Any:
        """The value with its secrets as plain text; they are masked until the expectation ends."""
        return reveal(value, what, self.secrets, self.expectation.scope)


class GivingKeywords(KeywordBase):
    def _target(self, to: Recipient | None) -> Target:
        """What gets a response: the given expectation or request, or the expectation registered last."""
        self._enter()
        if isinstance(to, ReceivedRequest):
            if to.expectation is None:
                raise UsageError(f"to: no expectation took {to}, so the test cannot answer it.")
            return Target(to.expectation, to)
        if to is not None and not isinstance(to, Expectation):
            # Only from plain Python; Robot Framework checks the type.
            raise UsageError(f"to: an expectation or a received request is needed, not {type(to).__name__}: {to!r}.")
        expectation = to or self._scopes.latest
        if expectation is None:
            raise UsageError("There is no expectation to respond to. Register one with 'Expect Request' first.")
        return Target(expectation, None)

    @contextmanager
    def _responding(
        self,
        to: Recipient | None,
        *,
        delay: Seconds = 0,
        duration: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
    ) -> Iterator[Target]:
        """Gives the response that is made meanwhile, unless there is an error."""
        target = self._target(to)
        expectation = target.expectation
        if target.request is not None and times is not None:
            raise UsageError("times: to= is a request, which is answered once. Leave out times.")
        with hiding(expectation.secrets):
            yield target
            assert target.responder is not None
            responder = spread(target.responder, parse_seconds(duration, "duration"))
            turn = Turn(
                delayed(responder, parse_seconds(delay, "delay")),
                None if times is None else exact_number(times),
                states_to_set(target.reveal(set_state, "set_state")),
            )
            server = self._server_of(expectation)
            if target.request is None:
                replaced = server.give(expectation, turn)
                if replaced is not None:
                    write(f"{expectation} has a response that was never used; this one replaces it.")
            else:
                server.give_to(target.request.exchange, turn)

    def _server_of(self, expectation: Expectation) -> HttpServer:
        """The server that an expectation belongs to."""
        server = next((server for server in self._scopes.servers() if server.book.made(expectation)), None)
        if server is None:
            raise UsageError(f"The expectation ({expectation}) belongs to a server that is gone.")
        return server
