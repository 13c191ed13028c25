"""Keywords that break responses and connections on purpose."""

from __future__ import annotations

from robot.api.deco import keyword

from ..engine.arguments import member
from ..engine.checks.count import exact_number
from ..engine.responses.fault import Fault, FaultKind, Raw, RawEnd
from ..engine.wire.breaking import Break
from ..options import parse_seconds
from .fields import Named, Place, Recipient, Seconds, States, Times
from .giving import GivingKeywords
from .secret import Secret


class BreakingKeywords(GivingKeywords):
    @keyword
    def respond_with_fault(
        self,
        fault: FaultKind,
        *,
        after: Place = "START",
        body: object = None,
        content_type: str | None = None,
        status: int | str = 200,
        headers: Named = None,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Breaks the response on purpose: see `Faults` for what clients make of it.

        Args:
            fault: ``CLOSE`` closes the connection, ``RESET`` resets it, and ``HANG`` sends nothing more until the
                client leaves. ``STALE`` sends the whole response and closes the connection without announcing it (no
                ``Connection: close``), as servers do with idle connections.
            after: When that happens: ``START`` (nothing is sent), ``HEAD`` (status and headers are sent), after a
                number of bytes of the body (``120``), or after a share of it (``50 %``). Not with ``STALE``.
            body: The body of which a part is sent: text, bytes, or any other value as JSON; 1,000 bytes when left out.
            content_type: Content-Type of the response; it follows from the body when left out.
            status: Status code from 200 to 599, optionally with a reason phrase: ``404 Nothing Here``.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        The Content-Length is that of the whole body. Over TLS, no close_notify is sent. Before a reset, the server
        waits up to one second for the client to get what was sent. Faults are not reported as problems: the received
        request says in ``response.fault`` what was done, such as ``RESET after 120 of 512 bytes``, and in
        ``response.sent`` how many bytes of the body were sent. For a stream that stalls, see `Streams`.

        Fails when the body has fewer bytes than ``after``, the status or a header cannot be sent, the delay is
        negative, or there is no expectation.

        Example:
        | Expect Request    /orders    method=POST
        | Respond With Fault    RESET    times=1
        | Respond With Fault    CLOSE    after=50 %    body={"id": 7}    times=1
        | Respond With Json    {"id": 7}    status=201
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = Fault(
                member(FaultKind, fault, "fault"),
                after=after,
                body=target.reveal(body, "body"),
                content_type=content_type,
                status=status,
                headers=target.reveal(headers, "headers"),
            )

    @keyword
    def respond_with_raw(
        self,
        data: str | bytes | Secret,
        *,
        delay: Seconds = 0,
        duration: Seconds = 0,
        end: RawEnd = RawEnd.CLOSE,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        r"""Sends exactly these bytes in place of a response, whatever they are.

        So a test can send anything that a broken server sends: text that is not HTTP, a wrong Content-Length, broken
        chunks, informational responses (1xx), trailers, HTTP/1.0. Nothing is added, and nothing is checked.

        Args:
            data: Text, sent as UTF-8 with line breaks as they are, or bytes. HTTP ends lines with ``\r\n``.
            delay: Time to wait before the first byte, in seconds or as a time string.
            duration: Time over which the bytes are sent, in equal pieces: one every 50 ms, at most 1,000.
            end: What follows: ``CLOSE`` closes the connection, ``RESET`` resets it, ``HANG`` sends nothing more until
                the client leaves, and ``KEEP`` answers the next request on the connection.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        In the received request, ``text``, ``data`` and ``sent`` of ``response`` are all these bytes, also the head;
        ``status`` and ``headers`` are what a client would find in them. ``fault`` is ``None`` with ``CLOSE`` and
        ``KEEP``.

        Fails when a time is negative, or there is no expectation.

        Example:
        | Expect Request    /broken
        | Respond With Raw    HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this
        | Respond With Raw    HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n    end=KEEP
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = Raw(
                target.reveal(data, "data"),
                duration=parse_seconds(duration, "duration"),
                end=member(RawEnd, end, "end"),
            )

    @keyword
    def break_connections(
        self, how: Break = Break.REFUSE, *, times: Times | None = None, server: str | None = None
    ) -> None:
        """Breaks connections on purpose, before TLS and before any request, until the end of the scope.

        Args:
            how: ``REFUSE`` refuses connections, as if the server did not run; it keeps its port. ``CLOSE`` accepts
                connections and closes them at once, ``RESET`` accepts and resets them, and ``HANG`` accepts them and
                never sends anything.
            times: How many new connections are broken; then connections are served again. Not with ``REFUSE``. When
                left out, all are broken until `Restore Connections` or the end of the scope.
            server: Alias of the server; the current one when left out.

        Open connections are broken, too, whatever they are doing, and do not count towards ``times``: ``REFUSE`` and
        ``CLOSE`` close them, ``RESET`` resets them, and with ``HANG`` they hang. A hanging connection hangs until the
        client leaves, even when new ones are served again.

        Broken connections are not reported as problems. A check or wait that fails says how many connections were
        broken.

        Fails when the server is stopped.

        Example:
        | Break Connections
        | Run Keyword And Expect Error    *refused*    GET    ${HTTP_SERVER_URL}/orders
        | Restore Connections
        | Break Connections    RESET    times=2
        """
        number = None if times is None else exact_number(times, "connections")
        self._server(server).break_connections(member(Break, how, "how"), number)

    @keyword
    def restore_connections(self, *, server: str | None = None) -> None:
        """Serves connections again after `Break Connections`.

        In a test, this also ends what the suite did, until the end of the test.

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Expect Request    /orders
        | Respond With Data    OK
        | Break Connections
        | Run Keyword And Expect Error    *refused*    GET    ${HTTP_SERVER_URL}/orders
        | Restore Connections
        | GET    ${HTTP_SERVER_URL}/orders
        """
        self._server(server).restore_connections()

    @keyword
    def close_idle_connections(self, *, server: str | None = None) -> int:
        """Closes the connections that are open and wait for a request, as servers do with idle connections.

        So a test can see whether a client that keeps connections for reuse copes when the server has closed one.

        Args:
            server: Alias of the server; the current one when left out.

        Returns:
            How many connections were closed. Connections with a request that is being sent or answered are not;
            connections that earlier tests left open count, too.

        Example:
        | Expect Request    /orders
        | Respond With Data    OK
        | Create Session    shop    ${HTTP_SERVER_URL}
        | GET On Session    shop    /orders
        | Close Idle Connections
        | GET On Session    shop    /orders
        """
        return self._server(server).close_idle_connections()
