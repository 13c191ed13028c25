"""Keywords that register expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robot.api.deco import keyword

from ..engine.arguments import named_states
from ..engine.checks.count import exact_number
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Expectation, Kind
from ..engine.expectations.served import ServedCollection
from ..engine.matching.description import ANY
from ..engine.server import HttpServer
from ..log.messages import write
from .base import KeywordBase, reveal
from .fields import ExpectedPath, RequestFields, States, Times, with_request_fields

if TYPE_CHECKING:
    from typing_extensions import Unpack


class ExpectationKeywords(KeywordBase):
    @keyword
    @with_request_fields
    def expect_request(
        self,
        path: ExpectedPath = ANY,
        *,
        times: Times | None = None,
        state: States = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> Expectation:
        """Expects any number of requests that look like this, or exactly ``times`` of them.

        The expectation is permanent: it answers every request that matches, until its scope ends. With ``times``
        it is used up after that many; later requests get status 500, and `Expectations Should Be Met` requires all
        of them.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            times: How many requests it takes; any number when left out. 1 or more.
            state: What a state must be, such as ``order=paid``; see `State`.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood, for example ``method: "POTS" is not a method this library knows``.
        Then nothing is registered.

        Example:
        | Expect Request    /health
        | Respond With Data    OK
        | Expect Request    /orders/{id}    method=GET,HEAD    times=2
        | Respond With Json    {"id": 7}
        """
        return self._expect(Kind.PERMANENT, server, path, fields, state, times)

    @keyword
    @with_request_fields
    def expect_oneshot_request(
        self,
        path: ExpectedPath = ANY,
        *,
        state: States = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> Expectation:
        """Expects one request that looks like this; then the expectation is used up.

        Oneshot expectations are considered before permanent ones, and earlier ones before later ones. So two for the
        same path give two responses, one after the other.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            state: What a state must be, such as ``order=paid``; see `State`.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood or the server is stopped; nothing is registered then.

        Example:
        | Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
        | Respond With Json    {"id": 7}    status=201
        """
        return self._expect(Kind.ONESHOT, server, path, fields, state)

    @keyword
    @with_request_fields
    def expect_ordered_request(
        self,
        path: ExpectedPath = ANY,
        *,
        state: States = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> Expectation:
        """Expects one request that looks like this, in the order of registration among the ordered ones.

        While ordered expectations are left, a request that does not match the next one breaks the order: this request
        and all later ones are refused with status 500, until `Reset Http Server` or the end of the scope.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            state: What a state must be, such as ``order=paid``; see `State`.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood or the server is stopped; nothing is registered then.

        Example:
        | Expect Ordered Request    /login    method=POST
        | Respond With Data
        | Expect Ordered Request    /orders    method=GET
        | Respond With Json    []
        """
        return self._expect(Kind.ORDERED, server, path, fields, state)

    def _expect(
        self,
        kind: Kind,
        server: str | None,
        path: ExpectedPath,
        fields: RequestFields,
        state: States,
        times: Times | None = None,
    ) -> Expectation:
        http_server = self._server(server)
        http_server.require_running()
        description = self._described(http_server, path, fields, state)
        expectation = http_server.book.register(kind, description, None if times is None else exact_number(times))
        self._scopes.innermost.latest = expectation
        if kind is Kind.PERMANENT:
            # Not the text of the description, because masked and cut values look equal there.
            fields, state = reveal((fields, state), "fields", http_server.secrets, expectation.scope)
            request = path, sorted(fields.items())
            states = None if state is None else sorted(named_states(state, "state").items())
            given, in_any_state = (hash(repr((request, entry))) for entry in (states, None))
            self._say_if_shadowed(http_server, expectation, given, in_any_state)
        return expectation

    def _say_if_shadowed(
        self, http_server: HttpServer, expectation: Expectation, given: int, in_any_state: int
    ) -> None:
        """Logs when an earlier permanent expectation takes every request that a new one matches.

        ``given`` stands for its arguments, ``in_any_state`` for the same ones without a state.
        """
        frame = self._scopes.innermost
        for what, key in (("equal expectation", given), ("expectation without a state", in_any_state)):
            earlier = frame.endless.get((http_server, key))
            if earlier is not None and not earlier.closed and earlier.times is None:
                write(
                    f"No request reaches {expectation}, because an earlier {what} of {frame.scope.name} takes all of "
                    "them. For one response after another, give that one several responses with 'times'."
                )
                return
        if expectation.times is None:
            frame.endless[http_server, given] = expectation

    @keyword
    def remove_expectation(self, expectation: Expectation | ServedCollection) -> None:
        """Removes an expectation: it takes no more requests, and no check requires it.

        Removing an expectation that is used up, already removed, or ended with its scope does nothing.

        Args:
            expectation: What an ``Expect ...`` or ``Serve ...`` keyword returned.

        Example:
        | ${expectation} =    Expect Request    /health
        | Respond With Data    OK
        | Remove Expectation    ${expectation}
        """
        self._enter()
        if isinstance(expectation, ServedCollection):
            expectation = expectation.expectation
        if not isinstance(expectation, Expectation):
            # Only from plain Python; Robot Framework checks the type.
            raise UsageError(
                f"expectation: an expectation is needed, not {type(expectation).__name__}: {expectation!r}."
            )
        for server in self._scopes.servers():
            server.book.remove(expectation)

    @keyword
    def clear_expectations(self, *, server: str | None = None) -> None:
        """Removes all expectations of a server, also those of the suite.

        Received requests and problems stay. After a broken order, requests are still refused; see `Reset Http Server`.

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Clear Expectations
        """
        self._server(server).book.clear()
