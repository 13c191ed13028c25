"""Waiting for what should arrive."""

from __future__ import annotations

from robot.api.deco import keyword

from ..engine import explain
from ..engine.errors import UsageError
from ..engine.matching.arguments import UNSET
from ..engine.matching.description import ANY
from ..engine.received import Problem, ReceivedRequest
from .base import Body, Credentials, Function, KeywordBase, Methods, Named, Schema, Seconds, Text, Token
from .outcome import expected, fail, not_listed, say_what_is_not_counted


class WaitingKeywords(KeywordBase):
    @keyword
    def wait_until_expectations_are_met(
        self, *, timeout: Seconds | None = None, server: str | None = None, message: str | None = None
    ) -> None:
        """Waits until every oneshot, ordered and counted expectation is used up and its responses are sent.

        *Permanent expectations without* ``times`` *do not count:* no request is needed to meet them.

        Args:
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            server: Alias of the server; the current one when left out.
            message: Replaces the first line of the failure.

        Fails when the time is over, with the expectations that were not met and the request that came nearest.
        Fails at once when there is a problem that nobody checked, also an earlier one.

        Example:
        | Expect Oneshot Request    /callback    method=POST
        | Respond With Data
        | Wait Until Expectations Are Met    timeout=10 seconds
        """
        chosen = self._server(server)
        limit = self._timeout(timeout)
        say_what_is_not_counted(chosen)
        book, journal = chosen.book, chosen.journal

        def met() -> list[Problem] | None:
            problems = journal.problems()
            return problems if problems or book.all_sent() else None

        problems = journal.wait(met, limit)
        if problems:
            fail(chosen, explain.problems(problems, str(chosen)), message)
        if problems is None:
            missing = book.unmet()
            if missing:
                text = explain.unmet(
                    missing, journal.exchanges(), str(chosen), limit, not_listed(chosen, missing[0].description)
                )
            else:
                text = explain.not_sent(book.expectations(), str(chosen), limit)
            fail(chosen, text, message)

    @keyword
    def wait_until_request_is_received(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_path: Named = None,
        json_schema: Schema = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        times: int = 1,
        timeout: Seconds | None = None,
        message: str | None = None,
        server: str | None = None,
    ) -> ReceivedRequest | list[ReceivedRequest]:
        """Waits until a request that looks like this was received; requests that came before count.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            times: How many such requests to wait for. 1 or more.
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Returns:
            The request, or with ``times`` over 1 a list: the first ones that match, oldest first.

        Fails when the time is over, with the received request that came nearest and what differs in it.

        Example:
        | ${request} =    Wait Until Request Is Received    /callback    timeout=10 seconds
        | Should Be Equal    ${request.json}[state]    done
        """
        chosen = self._server(server)
        description = self._described(chosen, locals())
        if times < 1:
            raise UsageError(f"times: 1 or more is needed, but {times} was given.")
        limit = self._timeout(timeout)
        found = self._wait_for(chosen, description, times, limit)
        if found is None:
            received = chosen.journal.exchanges()
            matching = self._select(description, received)
            text = explain.not_received(
                description, expected(times, limit), matching, received, str(chosen), not_listed(chosen, description)
            )
            fail(chosen, text, message)
        requests = [ReceivedRequest(exchange, description) for exchange in found]
        return requests[0] if times == 1 else requests
