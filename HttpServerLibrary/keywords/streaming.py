"""Keywords for responses in pieces: events and chunks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from robot.api.deco import keyword

from ..engine.arguments import boolean, member
from ..engine.checks.count import exact_number
from ..engine.errors import UsageError
from ..engine.explaining import checks as explain
from ..engine.records.exchange import Exchange
from ..engine.records.received import ReceivedRequest
from ..engine.responses.arguments import header_pairs, with_content_type
from ..engine.responses.events import EVENT_STREAM, EventTemplates, chunk, event_of, make_event, pieces_of, with_pause
from ..engine.responses.stream import EndHow, Script, Step, StreamEnd, StreamResponder, ending
from ..engine.server import HttpServer
from ..options import parse_seconds
from .base import hiding
from .fields import AfterLast, Named, Pieces, Recipient, Seconds, States, Times
from .giving import GivingKeywords, Target
from .outcome import fail

BINARY = "application/octet-stream"
_NO_STREAM: Final = (
    "Give it a response by 'Respond With Events' or 'Respond With Chunks' that stays open, and use 'Wait Until Stream "
    "Is Open'."
)


class StreamingKeywords(GivingKeywords):
    @keyword
    def respond_with_events(
        self,
        events: Pieces = (),
        *,
        pause: Seconds = 0,
        end: AfterLast = None,
        status: int | str = 200,
        headers: Named = None,
        template: bool = False,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with server-sent events (``text/event-stream``), one after the other.

        While the response is open, `Send Event` adds events to it, and `End Stream` ends it. `Streams` has more
        examples.

        Args:
            events: A list of events, also written as JSON, or a single one. Each is text, or a dictionary of ``data``,
                ``event``, ``id``, ``retry`` (milliseconds), ``comment`` and ``delay`` (time before it). Data that is
                not text is sent as JSON. Text that begins with ``[`` is read as a list. Any other text is one event,
                sent as it is, even if it looks like a dictionary.
            pause: Time from one event to the next, in seconds or as a time string.
            end: What follows the last event: ``END`` completes the response, ``STAY_OPEN`` leaves it open, ``CLOSE``
                closes the connection in the middle of it, ``RESET`` resets the connection. ``END`` when left out;
                ``STAY_OPEN`` without events.
            status: Status code from 200 to 599, optionally with a reason phrase.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            template: ``True`` fills in ``{{ ... }}`` in the events for each request; see `Templates`.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        The response has ``Cache-Control: no-cache`` unless ``headers`` has that header. A client that leaves is not
        reported as a problem.

        Fails when an event has an unknown field, or a line break in ``event`` or ``id``; a time is negative, the status
        or a header cannot be sent, or there is no expectation.

        Example:
        | Expect Request    /chat
        | Respond With Events    ["Hel", "lo", {"event": "usage", "data": {"tokens": 2}}]    pause=100 ms
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            pairs = with_content_type(header_pairs(target.reveal(headers, "headers")), None, EVENT_STREAM)
            if not any(name.lower() == "cache-control" for name, _ in pairs):
                pairs.append(("Cache-Control", "no-cache"))
            given = target.reveal(pieces_of(events, "events"), "events")
            between = parse_seconds(pause, "pause")
            script: Script
            if boolean(template, "template"):
                script = EventTemplates(given, parse_seconds, between)
            else:
                steps = [
                    event_of(entry, parse_seconds, f"events: item {number}") for number, entry in enumerate(given, 1)
                ]
                script = with_pause(steps, between)
            target.responder = StreamResponder(
                script, status=status, pairs=pairs, end=_end(end, given), takes_time=isinstance(script, EventTemplates)
            )

    @keyword
    def respond_with_chunks(
        self,
        chunks: Pieces = (),
        *,
        content_type: str = BINARY,
        pause: Seconds = 0,
        end: AfterLast = None,
        status: int | str = 200,
        headers: Named = None,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with a body in pieces, one after the other, such as lines of JSON.

        While the response is open, `Send Chunk` adds pieces to it, and `End Stream` ends it. See `Streams`.

        Args:
            chunks: A list of pieces, also written as JSON, or a single one. Text (UTF-8) and bytes are sent as they
                are, any other value as JSON followed by a newline. Text that begins with ``[`` is read as a list.
            content_type: Content-Type of the response.
            pause: Time from one piece to the next, in seconds or as a time string.
            end: What follows the last piece: ``END`` completes the response, ``STAY_OPEN`` leaves it open, ``CLOSE``
                closes the connection in the middle of it, ``RESET`` resets the connection. ``END`` when left out;
                ``STAY_OPEN`` without chunks.
            status: Status code from 200 to 599, optionally with a reason phrase.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when a value cannot be sent as JSON, a time is negative, the status or a header cannot be sent, or there
        is no expectation.

        Example:
        | Expect Request    /log
        | Respond With Chunks    [{"line": 1}, {"line": 2}]    content_type=application/x-ndjson    pause=50 ms
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            pairs = with_content_type(header_pairs(target.reveal(headers, "headers")), content_type, BINARY)
            steps = [
                Step(0, chunk(entry, f"chunks: item {number}"))
                for number, entry in enumerate(target.reveal(pieces_of(chunks, "chunks"), "chunks"), 1)
            ]
            target.responder = StreamResponder(
                with_pause(steps, parse_seconds(pause, "pause")), status=status, pairs=pairs, end=_end(end, steps)
            )

    @keyword
    def send_event(
        self,
        data: object = None,
        *,
        event: str | None = None,
        id: str | int | None = None,
        retry: int | None = None,
        comment: str | None = None,
        to: Recipient | None = None,
    ) -> int:
        """Sends an event to the clients whose streams are open.

        The keyword does not wait until a client has read it.

        Args:
            data: Text, or any other value, which is sent as JSON.
            event: Name of the event; clients take it for ``message`` when left out.
            id: Id of the event; a client that connects again sends it as ``Last-Event-ID``.
            retry: How many milliseconds a client waits before it connects again.
            comment: A comment, which clients ignore.
            to: The expectation whose streams get it, or one received request; the expectation registered last when left
                out.

        Returns:
            How many open streams got it.

        Fails when no stream is open, or ``event`` or ``id`` has a line break.

        Example:
        | Expect Request    /prices
        | Respond With Events
        | Start Client    /prices
        | Wait Until Stream Is Open
        | Send Event    {"price": 12}    event=tick    id=7
        """
        target = self._target(to)
        with hiding(target.secrets):
            sent = make_event(target.reveal(data, "data"), event=event, id=id, retry=retry, comment=comment)
        return self._to_streams(target, lambda exchange: exchange.add(sent))

    @keyword
    def send_chunk(self, data: object, *, to: Recipient | None = None) -> int:
        """Sends a piece of the body to the clients whose streams are open.

        The keyword does not wait until a client has read it.

        Args:
            data: Text (UTF-8) and bytes as they are; any other value as JSON followed by a newline.
            to: The expectation whose streams get it, or one received request; the expectation registered last when left
                out.

        Returns:
            How many open streams got it.

        Fails when no stream is open.

        Example:
        | Expect Request    /log
        | Respond With Chunks    content_type=application/x-ndjson
        | Start Client    /log
        | Wait Until Stream Is Open
        | VAR    &{line}    number=1    text=started
        | Send Chunk    ${line}
        """
        target = self._target(to)
        with hiding(target.secrets):
            piece = chunk(target.reveal(data, "data"))
        return self._to_streams(target, lambda exchange: exchange.add(piece))

    @keyword
    def end_stream(self, *, how: EndHow = EndHow.END, to: Recipient | None = None) -> int:
        """Ends the open streams, after everything that was sent to them.

        Args:
            how: ``END`` completes the response, ``CLOSE`` closes the connection in the middle of it, and ``RESET``
                resets the connection.
            to: The expectation whose streams end, or one received request; the expectation registered last when left
                out.

        Returns:
            How many streams end.

        Fails when no stream is open.

        Example:
        | Expect Request    /prices
        | Respond With Events
        | Start Client    /prices
        | ${request} =    Wait Until Stream Is Open
        | End Stream    how=RESET    to=${request}
        """
        end = ending(how)
        return self._to_streams(self._target(to), lambda exchange: exchange.end(end))

    @keyword
    def wait_until_stream_is_open(
        self,
        *,
        times: Times = 1,
        timeout: Seconds | None = None,
        message: str | None = None,
        to: Recipient | None = None,
        server: str | None = None,
    ) -> ReceivedRequest | list[ReceivedRequest]:
        """Waits until the responses to so many requests are open, so that `Send Event` and `Send Chunk` reach them.

        Args:
            times: How many streams must be open. 1 or more.
            timeout: How long to wait, in seconds or as a time string; the default comes from the import.
            message: Replaces the first line of the failure.
            to: The expectation whose streams count, or one received request; all streams of the server when left out.
            server: Alias of the server; that of ``to``, or the current one, when left out.

        Returns:
            The request whose stream is open; with ``times`` greater than 1, a list of them, oldest first.

        Fails when the timeout expires.

        Example:
        | ${prices} =    Expect Request    /prices
        | Respond With Events
        | Start Client    /prices
        | ${request} =    Wait Until Stream Is Open    to=${prices}    timeout=5 seconds
        | Send Event    {"price": 12}    to=${request}
        """
        target = None if to is None else self._target(to)
        if target is None or server is not None:
            http_server = self._server(server)
        else:
            http_server = self._server_of(target.expectation)
        if target is not None:
            self._require_own(http_server, target.expectation)
        number = exact_number(times, "streams")
        if number < 1:
            raise UsageError(f"times: a number of 1 or more is needed, not {number}.")
        limit = self._timeout(timeout)

        def enough() -> list[Exchange] | None:
            found = _open(http_server, target)
            return found if len(found) >= number else None

        found = http_server.wait(enough, limit)
        if found is None:
            whose = "" if target is None else target.name
            received, opened_now = http_server.journal.exchanges(), len(_open(http_server, target))
            ended = _ended(http_server, target)
            fail(explain.no_stream(number, whose, opened_now, received, ended, http_server.audience, limit), message)
        opened = [ReceivedRequest(exchange) for exchange in found[:number]]
        return opened[0] if number == 1 else opened

    def _to_streams(self, target: Target, do: Callable[[Exchange], bool]) -> int:
        """Does something to the open streams; returns how many there are."""
        http_server = self._server_of(target.expectation)
        # One may end meanwhile.
        done = sum(map(do, _open(http_server, target)))
        if not done:
            ended = _ended(http_server, target)
            raise UsageError(
                f"No stream is open for {target.name}. {explain.ended_streams(ended) if ended else _NO_STREAM}"
            )
        return done


def _open(http_server: HttpServer, target: Target | None) -> list[Exchange]:
    """The requests whose streams are open, oldest first."""
    return _of(target, http_server.journal.open_streams())


def _ended(http_server: HttpServer, target: Target | None) -> list[Exchange]:
    """The requests whose streams have ended, oldest first."""
    return _of(target, [entry for entry in http_server.journal.exchanges() if entry.stream_ended])


def _of(target: Target | None, found: list[Exchange]) -> list[Exchange]:
    """Those of them that belong to the target; all without one."""
    if target is None:
        return found
    if target.request is not None:
        return [entry for entry in found if entry == target.request.exchange]
    return [entry for entry in found if entry.expectation is target.expectation]


def _end(end: AfterLast, steps: Sequence[object]) -> StreamEnd:
    if end is None:
        return StreamEnd.END if steps else StreamEnd.STAY_OPEN
    try:
        return member(StreamEnd, end, "end")
    except UsageError as error:
        if str(end).upper() != "HANG":
            raise
        # As with faults.
        raise UsageError(f"{error} With STAY_OPEN, nothing more is sent until 'End Stream'.") from None
