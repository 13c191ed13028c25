"""Keywords that wait for requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from robot.api.deco import keyword

from ..engine.checks.count import Count
from ..engine.errors import UsageError
from ..engine.explaining import checks as explain
from ..engine.matching.description import ANY
from ..engine.records.received import Problem, ReceivedRequest
from .base import KeywordBase
from .fields import RequestFields, RequestPath, Requests, Seconds, Times, with_request_fields
from .outcome import expected, fail, fail_as_too_few, fail_as_too_many, not_listed, say_what_is_not_counted

if TYPE_CHECKING:
    from typing_extensions import Unpack


class WaitingKeywords(KeywordBase):
    @keyword
    def wait_until_expectations_are_met(
        self, *, timeout: Seconds | None = None, server: str | None = None, message: str | None = None
    ) -> None:
        """Waits until every oneshot, ordered and counted expectation is used up and its responses are sent.

        *Permanent expectations without* ``times`` *do not count:* no request is needed to meet them. But the requests
        of `Send Request After Response` are waited for, whatever the kind of their expectation. A stream counts as sent
        once it is open, and a response that hangs on purpose once it hangs.

        Args:
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            server: Alias of the server; the current one when left out.
            message: Replaces the first line of the failure.

        Fails when the timeout expires, with the expectations that were not met and the nearest received request. Fails
        at once when there is an unchecked problem, even an earlier one.

        Example:
        | Expect Oneshot Request    /callback    method=POST
        | Respond With Data
        | Wait Until Expectations Are Met    timeout=10 seconds
        """
        http_server = self._server(server)
        limit = self._timeout(timeout)
        say_what_is_not_counted(http_server)
        book, journal = http_server.book, http_server.journal

        def met() -> list[Problem] | None:
            problems = journal.problems()
            return problems if problems or book.all_sent() else None

        problems = http_server.wait(met, limit, book.unsent)
        if problems:
            self._fail_with(problems, http_server, message)
        if problems is None:
            missing = book.unmet()
            if missing:
                text = explain.unmet(
                    missing,
                    journal.exchanges(),
                    http_server.audience,
                    limit,
                    not_listed(http_server, missing[0].description),
                )
            else:
                text = explain.not_sent(book.expectations(), journal.exchanges(), http_server.audience, limit)
            fail(text, message)

    @overload
    def wait_until_request_is_received(
        self,
        path: RequestPath = ANY,
        *,
        times: Literal[1] = 1,
        after: ReceivedRequest | None = None,
        timeout: Seconds | None = None,
        message: str | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> ReceivedRequest: ...

    @overload
    def wait_until_request_is_received(
        self,
        path: RequestPath = ANY,
        *,
        times: Times,
        after: ReceivedRequest | None = None,
        timeout: Seconds | None = None,
        message: str | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> ReceivedRequest | list[ReceivedRequest]: ...

    @keyword
    @with_request_fields
    def wait_until_request_is_received(
        self,
        path: RequestPath = ANY,
        *,
        times: Times = 1,
        after: ReceivedRequest | None = None,
        timeout: Seconds | None = None,
        message: str | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> ReceivedRequest | list[ReceivedRequest]:
        """Waits until a request that looks like this was received; earlier requests count.

        With ``times``, it waits for that many requests; with a range, until its lower bound is reached, and it fails if
        there are more than the upper bound by then. It does not look at later requests. Check those at the end with
        `Request Should Have Been Received` or `Request Should Not Be Received`.

        Args:
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            times: How many such requests to wait for: a number (``2``) or a range (``>=1``, ``2..4``). 1 or more.
            after: A received request; only requests that arrived after it count, so this waits for the next one.
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Returns:
            The first request that matches. With ``times`` greater than 1, a list of the first that match; with a range,
            a list of all that match when the wait ends. Oldest first.

        Fails when the timeout expires, with the nearest received request and what differs in it.

        Example:
        | ${request} =    Wait Until Request Is Received    /callback    timeout=10 seconds
        | Should Be Equal    ${request.json}[state]    done
        | ${requests} =    Wait Until Request Is Received    /orders    times=>=2
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        count = Count.of(times)
        if count.least < 1:
            raise UsageError(
                f"times: a wait needs a number of 1 or more, not {times}. "
                "To check that no request arrives, use 'Request Should Not Be Received'."
            )
        limit = self._timeout(timeout)
        candidates, selected = self._wait_for(http_server, selection, count.least, limit)
        if len(selected) < count.least:
            fail_as_too_few(http_server, selection, expected(count, selection, limit), selected, candidates, message)
        if count.exact:
            # The wait was only for the first ones.
            selected = selected[: count.least]
        elif count.exceeded_by(len(selected)):
            fail_as_too_many(http_server, selection, expected(count, selection, limit), selected, message)
        requests = [ReceivedRequest(exchange, selection.description) for exchange in selected]
        return requests[0] if count == Count(1, 1) else requests

    @keyword
    def wait_until_requests_are_received_in_order(
        self,
        requests: Requests,
        *,
        strict: bool = False,
        after: ReceivedRequest | None = None,
        timeout: Seconds | None = None,
        message: str | None = None,
        server: str | None = None,
    ) -> list[ReceivedRequest]:
        """Waits until requests that look like these were received one after the other; earlier requests count.

        The order is that of arrival. The wait goes on when other requests arrive, because requests in the wrong order
        may be followed by some in the right order.

        Args:
            requests: A list of texts such as ``POST /login``, dictionaries and expectations; see `Requests Should Have
                Been Received In Order`.
            strict: ``True`` when no other requests may arrive between them.
            after: A received request; only requests that arrived after it count.
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Returns:
            A list with the request for each entry, in this order.

        Fails when the timeout expires, with the first request that did not arrive in order, what arrived instead, and
        the received order.

        Example:
        | ${requests} =    Wait Until Requests Are Received In Order    ["POST /orders", "/callback"]    timeout=10 s
        | Should Be Equal    ${requests[1].json}[state]    done
        """
        http_server = self._server(server)
        return self._wait_for_order(http_server, requests, strict, after, message, self._timeout(timeout))
