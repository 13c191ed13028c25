"""Keywords that check what arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robot.api.deco import keyword

from ..engine.checks.count import AT_LEAST_ONE, NONE, Count
from ..engine.explaining import checks as explain
from ..engine.matching.description import ANY
from ..engine.records.received import Problem, ReceivedRequest
from ..engine.visible import harmless
from ..log.messages import LogLevel
from ..options import parse_seconds
from .base import KeywordBase
from .fields import RequestFields, RequestPath, Requests, Seconds, Times, with_request_fields
from .outcome import expected, fail, fail_as_too_few, fail_as_too_many, not_listed, say_what_is_not_counted

if TYPE_CHECKING:
    from typing_extensions import Unpack


class CheckingKeywords(KeywordBase):
    @keyword
    def format_matchers(self, *, server: str | None = None) -> str:
        """Returns all expectations of a server as text: ordered, oneshot, then permanent ones.

        Each line says how often the expectation was used, and whether it has a response.

        Args:
            server: Alias of the server; the current one when left out.

        Returns:
            Text with a line for each expectation.

        Example:
        | ${text} =    Format Matchers
        | Log    ${text}
        """
        http_server = self._server(server)
        return harmless(explain.matchers(http_server.book.by_kind(), str(http_server)))

    @keyword
    def check_assertions(self, *, server: str | None = None) -> None:
        """Fails when there are problems, reports all of them, and forgets them.

        A problem is an unexpected request, a request that breaks the order or follows a broken order, an expectation
        without a response, an exception in a handler or matcher, or a request that is not valid HTTP. Unchecked
        problems are reported at the end of the test; see `Scopes`.

        Args:
            server: Alias of the server; the current one when left out.

        Fails with the explanation of the first problem and a line for each of the others.

        Example:
        | Check Assertions
        """
        http_server = self._server(server)
        found = http_server.journal.take_problems()
        if found:
            self._fail_with(found, http_server)

    @keyword
    def get_problems(self, *, server: str | None = None) -> list[Problem]:
        """Returns the problems of a server, which stay unchecked.

        Args:
            server: Alias of the server; the current one when left out.

        Returns:
            A list of problems, each with ``kind``, ``message``, ``request`` and ``exception``.

        Example:
        | ${problems} =    Get Problems
        | Should Be Empty    ${problems}
        """
        return self._server(server).journal.problems()

    @keyword
    def clear_problems(self, *, server: str | None = None) -> None:
        """Forgets the problems of a server, for a test that provoked them.

        Expectations and received requests stay. After a broken order, requests are still refused; see `Reset Http
        Server`.

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Clear Problems
        """
        self._server(server).journal.take_problems()

    @keyword
    def expectations_should_be_met(self, *, server: str | None = None, message: str | None = None) -> None:
        """Fails unless every oneshot, ordered and counted expectation was used up.

        *Permanent expectations without* ``times`` *do not count:* no request is needed to meet them. Does not wait; see
        `Wait Until Expectations Are Met` for that.

        Args:
            server: Alias of the server; the current one when left out.
            message: Replaces the first line of the failure.

        Logs a warning when there is nothing to check because all expectations are permanent without ``times``.

        Fails with the expectations that were not met and the nearest received request.

        Example:
        | Expect Oneshot Request    /health
        | Respond With Data    OK
        | GET    ${HTTP_SERVER_URL}/health
        | Expectations Should Be Met
        """
        http_server = self._server(server)
        say_what_is_not_counted(http_server, LogLevel.WARN)
        missing = http_server.book.unmet()
        if missing:
            fail(
                explain.unmet(
                    missing,
                    http_server.journal.exchanges(),
                    http_server.audience,
                    notes=not_listed(http_server, missing[0].description),
                ),
                message,
            )

    @keyword
    @with_request_fields
    def request_should_have_been_received(
        self,
        path: RequestPath = ANY,
        *,
        times: Times | None = None,
        after: ReceivedRequest | None = None,
        message: str | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Fails unless a request that looks like this was received.

        All received requests count, whether or not an expectation took them. Does not wait; see `Wait Until Request
        Is Received`.

        Args:
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            times: How many: a number (``2``, or ``0`` for none) or a range (``>=1``, ``<3``, ``2..4``). At least one
                when left out.
            after: A received request; only requests that arrived after it count.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Fails with the nearest received request and what differs in it or, when there were too many, with the newest of
        them.

        Example:
        | Request Should Have Been Received    /orders    method=POST    times=2
        | Request Should Have Been Received    /orders    times=>=1
        | Request Should Have Been Received    /callback    times=1..3
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        count = AT_LEAST_ONE if times is None else Count.of(times)
        candidates = selection.candidates(http_server.journal.exchanges())
        selected = selection.of(candidates)
        if count.exceeded_by(len(selected)):
            fail_as_too_many(http_server, selection, expected(count, selection), selected, message)
        if len(selected) < count.least:
            fail_as_too_few(http_server, selection, expected(count, selection), selected, candidates, message)

    @keyword
    def requests_should_have_been_received_in_order(
        self,
        requests: Requests,
        *,
        strict: bool = False,
        after: ReceivedRequest | None = None,
        message: str | None = None,
        server: str | None = None,
    ) -> None:
        """Fails unless requests that look like these were received one after the other.

        The order is that of arrival. Each entry of the list needs a different request. Other requests may arrive before
        the first and after the last one. All received requests count, whether or not an expectation took them. Does not
        wait; see `Wait Until Requests Are Received In Order`.

        Args:
            requests: A list. An entry is text (``POST /login``, ``/login`` or ``POST``), a dictionary of the fields of
                a `request description`, or what an ``Expect ...`` keyword returned, which stands for a request that
                this expectation took. The list can be written as JSON or Python.
            strict: ``True`` when no other requests may arrive between them.
            after: A received request; only requests that arrived after it count.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Fails with the first request that did not arrive in order, what arrived instead, and the received order.

        Example:
        | ${call} =    Create Dictionary    path=/callback    json={"state": "done"}
        | @{requests} =    Create List    POST /orders    ${call}
        | Requests Should Have Been Received In Order    ${requests}
        | Requests Should Have Been Received In Order    ["/orders", "/orders", "/callback"]    strict=True
        """
        self._wait_for_order(self._server(server), requests, strict, after, message)

    @keyword
    @with_request_fields
    def request_should_not_be_received(
        self,
        path: RequestPath = ANY,
        *,
        within: Seconds = 0,
        after: ReceivedRequest | None = None,
        message: str | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Fails when a request that looks like this was received, or arrives while the keyword waits.

        Args:
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            within: How long to wait for such a request, in seconds or as a time string; it fails at once when one
                arrives.
            after: A received request; only requests that arrived after it count.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Fails with the requests that were received.

        Example:
        | Request Should Not Be Received    /orders    method=DELETE
        | Request Should Not Be Received    /refunds    within=200 ms
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        limit = parse_seconds(within, "within")
        _, selected = self._wait_for(http_server, selection, 1, limit)
        if selected:
            fail_as_too_many(http_server, selection, expected(NONE, selection, limit or None), selected, message)
