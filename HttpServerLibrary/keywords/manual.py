"""The keyword that keeps a server running for people who try things by hand."""

from __future__ import annotations

import time
from math import inf

from robot.api.deco import keyword

from ..engine.errors import UsageError
from ..engine.explaining.lines import request_line, status_text
from ..engine.masking.secrets import Secrets
from ..engine.records.exchange import Exchange
from ..engine.records.journal import Journal
from ..log.messages import write_to_console
from ..options import parse_seconds
from .base import KeywordBase
from .fields import Seconds


class ManualKeywords(KeywordBase):
    @keyword
    def serve_until_stopped(self, *, timeout: Seconds | None = None, server: str | None = None) -> None:
        """Keeps the server running for manual work, and prints its requests on the console.

        It prints the URL, and a line for each request that arrives from now on, once it is answered, with the kind of
        problem if it is one. So you can use the same resource file for tests and for manual work on a page or program.
        Ctrl-C ends the keyword and, as usual, the run.

        Args:
            timeout: How long to serve, in seconds or as a time string. Without it, until the run or the test is
                stopped.
            server: Alias of the server; the current one when left out.

        Fails when the server is stopped.

        Example:
        | Expect Request    /orders
        | Respond With Json    [{"id": 7}]
        | Serve Until Stopped    timeout=0.1 seconds
        """
        http_server = self._server(server)
        limit = inf if timeout is None else parse_seconds(timeout, "timeout")
        if not http_server.running:
            raise UsageError(f"Server '{http_server.alias}' is stopped, so it serves nothing.")
        requests = _Requests(http_server.journal)
        how_long = "until Ctrl-C" if timeout is None else f"for {limit:g} s"
        # The console may be in the middle of a line.
        write_to_console(f"\nServer '{http_server.alias}' is at {http_server.url} {how_long}.")
        ends = time.monotonic() + limit
        while (answered := http_server.wait(requests.take_answered, max(0, ends - time.monotonic()))) is not None:
            _print(answered, http_server.secrets)
        _print(requests.unanswered, http_server.secrets)


class _Requests:
    """The requests that arrive from now on."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        arrived = journal.arrived()
        self._newest = arrived[-1].number if arrived else 0
        self.unanswered: list[Exchange] = []

    def take_answered(self) -> list[Exchange] | None:
        """Those that were answered since the last call; None if there are none."""
        arrived = self._journal.arrived_since(self._newest)
        if arrived:
            self._newest = arrived[-1].number
        entries = [*self.unanswered, *arrived]
        self.unanswered = [entry for entry in entries if not _is_answered(entry)]
        return [entry for entry in entries if entry not in self.unanswered] or None


def _is_answered(entry: Exchange) -> bool:
    """Whether the response was sent, will not be sent, or is open."""
    return entry.delivered is not None or entry.stream is not None


def _print(entries: list[Exchange], secrets: Secrets) -> None:
    for entry in entries:
        problem = "" if entry.problem is None else f", {entry.problem.kind}"
        write_to_console(secrets.hide(f"{request_line(entry.request, secrets)} -> {status_text(entry)}{problem}"))
