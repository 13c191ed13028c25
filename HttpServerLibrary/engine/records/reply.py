"""A reply that records in the journal what it sends."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..message.reply import Reply
from ..message.response import Response
from .exchange import Exchange
from .journal import Journal


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
