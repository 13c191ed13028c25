"""A reply that records in the journal what it sends."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..message.reply import Ending, GoOn, Reply, Stream
from ..message.response import Response
from .exchange import Exchange
from .journal import Journal
from .progress import Progress


class RecordedReply:
    """The reply to a request, as responders get it."""

    __slots__ = ("_exchange", "_journal", "_reply")

    def __init__(self, reply: Reply, exchange: Exchange, journal: Journal) -> None:
        self._reply = reply
        self._exchange = exchange
        self._journal = journal

    def step_aside(self) -> None:
        self._reply.step_aside()

    def wait(self, seconds: float) -> None:
        self._reply.wait(seconds)

    @property
    def has_body(self) -> bool:
        return self._reply.has_body

    @property
    def stopped(self) -> bool:
        return self._reply.stopped

    def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
        self._reply.hold(go_on, seconds)

    def resume(self) -> None:
        self._reply.resume()

    def send(self, response: Response) -> bool:
        self._exchange.ended = time.perf_counter()
        if not isinstance(response.body, bytes):
            body = _RecordedBody(response, self._exchange, self._journal)
            response = response.with_body(body, response.length, response.close)
        delivered = False
        try:
            delivered = self._reply.send(response)
        finally:
            self._exchange.delivered = delivered
        return delivered

    @property
    def _progress(self) -> Progress:
        progress = self._exchange.progress
        if progress is None:
            progress = self._exchange.progress = Progress()
        return progress

    def begin(self, response: Response) -> bool:
        self._progress.size = response.length
        self._exchange.ended = time.perf_counter()
        self._journal.captured(self._exchange, b"")
        self._progress.begun = self._reply.begin(response)
        return self._went(self._progress.begun)

    def write(self, *pieces: bytes) -> bool:
        progress = self._progress
        if not progress.begun:
            progress.raw = progress.begun = True
        if not self._reply.has_body:
            return True
        for piece in pieces:
            self._journal.captured(self._exchange, piece)
        size = sum(map(len, pieces))
        # Before the client has read them.
        progress.sent += size
        is_sent = self._reply.write(*pieces)
        if not is_sent:
            progress.sent -= size
        return self._went(is_sent)

    def _went(self, is_sent: bool) -> bool:
        if not is_sent:
            if self._reply.stopped:
                self._progress.stopped = True
            else:
                self._progress.left = True
            self._exchange.delivered = False
        return is_sent

    def finish(self, ending: Ending = Ending.END) -> int:
        exchange, progress = self._exchange, self._progress
        if not progress.left:
            # Before the client sees the end.
            self._note(ending)
        unsent = self._reply.finish(ending)
        if unsent and ending is Ending.END:
            self._went(False)
        elif unsent and exchange.captured is not None:
            progress.sent = max(0, progress.sent - unsent)
            del exchange.captured[progress.sent :]
        return unsent

    def _note(self, ending: Ending) -> None:
        exchange, progress = self._exchange, self._progress
        if ending is Ending.STALE:
            progress.sent = len(exchange.sent_body)
        is_whole = ending in (Ending.END, Ending.KEEP)
        if not is_whole and not (progress.raw and ending is Ending.CLOSE):
            progress.broken = ending
        exchange.delivered = is_whole or progress.raw or ending is Ending.STALE

    def opened(self, stream: Stream) -> None:
        """The test continues the response."""
        self._journal.opened(self._exchange, stream)

    def closed(self) -> None:
        """The test continues the response no longer."""
        self._journal.closed(self._exchange)

    def left(self) -> None:
        """The client left before the response was complete."""
        self._went(False)


class _RecordedBody:
    """A body whose pieces are in the journal before the client gets them."""

    def __init__(self, response: Response, exchange: Exchange, journal: Journal) -> None:
        self._response = response
        self._exchange = exchange
        self._journal = journal

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._response.pieces():
            self._journal.captured(self._exchange, piece)
            yield piece
