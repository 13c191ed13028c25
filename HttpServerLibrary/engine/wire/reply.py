"""The reply to one request on a connection."""

from __future__ import annotations

from typing import Final, Protocol

from ..message.request import Request
from ..message.response import Response
from .outgoing import Delimiter, response_head

# Up to this size, copying the body after the head is cheaper than a second system call.
_SEND_AT_ONCE: Final = 64 * 1024
_LAST_CHUNK: Final = b"0\r\n\r\n"


class Outlet(Protocol):
    """What a reply needs from its connection."""

    def write(self, data: bytes) -> bool:
        """Sends all the data; returns False if the client is gone or reads nothing."""
        ...

    def reset_on_close(self) -> None:
        """Makes closing the connection a reset."""
        ...

    def step_aside(self) -> None: ...

    def wait(self, seconds: float) -> None: ...


class ConnectionReply:
    """A `Reply` that goes to the client of a connection.

    ``keep_alive`` says whether another request may follow, first according to the request, then also to the response.
    ``sent`` is None before the response, then says whether all of it was sent.
    """

    __slots__ = ("_outlet", "_request", "keep_alive", "sent")

    def __init__(self, request: Request, outlet: Outlet, keep_alive: bool) -> None:
        self._request = request
        self._outlet = outlet
        self.keep_alive = keep_alive
        self.sent: bool | None = None

    def step_aside(self) -> None:
        self._outlet.step_aside()

    def wait(self, seconds: float) -> None:
        self._outlet.wait(seconds)

    def send(self, response: Response) -> bool:
        if self.sent is not None:
            raise RuntimeError("A request is answered once.")
        head, delimiter, self.keep_alive = response_head(self._request, response, self.keep_alive)
        self.sent = False
        body = response.body
        if not isinstance(body, bytes):
            self.sent = self._stream(head, response, delimiter)
        elif delimiter is Delimiter.NO_BODY:
            self.sent = self._outlet.write(head)
        elif len(body) <= _SEND_AT_ONCE:
            self.sent = self._outlet.write(head + body)
        else:
            self.sent = self._outlet.write(head) and self._outlet.write(body)
        return self.sent

    def _stream(self, head: bytes, response: Response, delimiter: Delimiter) -> bool:
        # Generating the pieces may take long.
        self._outlet.step_aside()
        whole = False
        try:
            whole = self._outlet.write(head) and (
                delimiter is Delimiter.NO_BODY or self._send_pieces(response, delimiter)
            )
        finally:
            if delimiter is Delimiter.CLOSE and not whole:
                # When closing the connection ends the body, only a reset shows that the body is incomplete.
                self._outlet.reset_on_close()
            response.close()
        return whole

    def _send_pieces(self, response: Response, delimiter: Delimiter) -> bool:
        length = response.length
        sent = 0
        for piece in response.pieces():
            sent += len(piece)
            if length is not None and sent > length:
                break
            if delimiter is Delimiter.CHUNKS:
                piece = b"%x\r\n%b\r\n" % (len(piece), piece)
            if not self._outlet.write(piece):
                return False
        if length is not None and sent != length:
            raise ValueError(f"the body has {sent} bytes or more, but its length was given as {length}")
        return delimiter is not Delimiter.CHUNKS or self._outlet.write(_LAST_CHUNK)
