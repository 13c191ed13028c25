"""A reply that records in the journal what it sends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

from ..message.reply import Abandoned, Ending, GoOn, Reply, Stream
from ..message.response import Response, has_no_body
from .exchange import Exchange
from .journal import Journal
from .progress import Progress


class Watch(Protocol):
    """Looks at a body while it is sent."""

    def add(self, piece: bytes) -> None:
        """A piece is being sent."""

    def end(self) -> None:
        """All of it is there; the client does not know yet."""


class RecordedReply:
    """The reply to a request, as responders get it."""

    __slots__ = ("_exchange", "_journal", "_reply", "_watch")

    def __init__(self, reply: Reply, exchange: Exchange, journal: Journal, watch: Watch | None = None) -> None:
        self._reply = reply
        self._exchange = exchange
        self._journal = journal
        # Looks at a body that is not known before it is sent.
        self._watch = watch

    def step_aside(self) -> None:
        self._reply.step_aside()

    def wait(self, seconds: float) -> None:
        self._reply.wait(seconds)

    @property
    def broken(self) -> Ending | None:
        return self._reply.broken

    @property
    def abandoned(self) -> bool:
        return self._reply.abandoned

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
        exchange = self._exchange
        exchange.ended = time.perf_counter()
        body = None
        if not isinstance(response.body, bytes):
            body = _RecordedBody(response, exchange, self._journal, self._watch)
            response = response.with_body(body, response.length, response.close)
        delivered = False
        try:
            delivered = self._reply.send(response)
        except Abandoned:
            pass
        finally:
            exchange.delivered = delivered
        if body is not None and (not delivered or response.length is None):
            progress = self._progress
            progress.begun, progress.sent, progress.size = body.begun, body.sent, response.length
            if not delivered:
                self._forget_unsent()
                progress.lose(self._reply)
        elif not delivered:
            note_loss(exchange, self._reply)
        return delivered

    def breaks(self, ending: Ending) -> None:
        self._progress.broken = ending

    def send_stale(self, response: Response) -> None:
        progress = self._progress
        # Before the client has the response.
        progress.broken, progress.begun = Ending.STALE, True
        progress.sent = 0
        if isinstance(response.body, bytes) and not has_no_body(self._exchange.request.method, response.status):
            progress.sent = len(response.body)
        if self.send(response):
            self._reply.finish(Ending.STALE)
            return
        progress.broken, progress.begun, progress.sent = None, False, 0
        progress.lose(self._reply)

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
            if self._watch is not None:
                self._watch.add(piece)
        # Before the client has them.
        size = sum(map(len, pieces))
        progress.sent += size
        is_sent = self._reply.write(*pieces)
        if not is_sent:
            progress.sent -= size
            self._forget_unsent()
        return self._went(is_sent)

    def _went(self, is_sent: bool) -> bool:
        if not is_sent:
            self._progress.lose(self._reply)
            self._exchange.delivered = False
        return is_sent

    def _forget_unsent(self) -> None:
        """Forgets what was recorded before it was sent, and then was not."""
        if self._exchange.captured is not None:
            del self._exchange.captured[self._progress.sent :]

    def finish(self, ending: Ending = Ending.END) -> int:
        exchange, progress = self._exchange, self._progress
        if not (progress.left or progress.stopped):
            # Before the client sees the end.
            if self._watch is not None and ending is Ending.END and not self._is_cut:
                self._watch.end()
            self._note(ending)
        unsent = self._reply.finish(ending)
        if unsent and ending is Ending.END:
            self._went(False)
        elif unsent and exchange.captured is not None:
            progress.sent = max(0, progress.sent - unsent)
            self._forget_unsent()
        return unsent

    @property
    def _is_cut(self) -> bool:
        """Whether the response ends early because its scope ends."""
        progress = self._progress
        return progress.was_open and not self._journal.is_open(self._exchange)

    def _note(self, ending: Ending) -> None:
        exchange, progress = self._exchange, self._progress
        is_whole = ending in (Ending.END, Ending.KEEP)
        if exchange.captured is None:
            # Nothing was sent, so it must not be taken for sent.
            self._journal.captured(exchange, b"")
        if not is_whole and not (progress.raw and ending is Ending.CLOSE):
            progress.broken = ending
        exchange.delivered = is_whole or progress.raw

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

    def __init__(self, response: Response, exchange: Exchange, journal: Journal, watch: Watch | None) -> None:
        self._response = response
        self._exchange = exchange
        self._journal = journal
        self._watch = watch
        self.begun = False
        """Whether the head was sent."""
        self.sent = 0
        """How many bytes were sent."""

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        pieces = self._response.pieces()
        if self._watch is not None:
            pieces = self._watched(pieces, self._watch)
        for piece in pieces:
            self._journal.captured(self._exchange, piece)
            yield piece
            self.sent += len(piece)

    def _watched(self, pieces: Iterator[bytes], watch: Watch) -> Iterator[bytes]:
        """The pieces; the last one is held back until all are looked at, if the client knows which one it is."""
        is_held = self._response.length is not None
        last = b""
        for piece in pieces:
            watch.add(piece)
            if not is_held:
                yield piece
                continue
            if last:
                yield last
            last = piece
        progress = self._exchange.progress
        if progress is None or progress.ended is None:
            watch.end()
        if last:
            yield last


def note_loss(exchange: Exchange, reply: Reply) -> None:
    """Notes why a response did not arrive, unless the client left. How much of it was sent is unknown."""
    if reply.broken is not None or reply.stopped:
        exchange.progress = exchange.progress or Progress()
        exchange.progress.lose(reply)
