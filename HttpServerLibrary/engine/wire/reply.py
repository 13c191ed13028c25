"""The reply to one request on a connection."""

from __future__ import annotations

from typing import Final, Protocol

from ..message.reply import Ending, GoOn, Wake
from ..message.request import Request
from ..message.response import Response
from .outgoing import Delimiter, response_head

# Up to this size, copying the body after the head is cheaper than a second system call.
_SEND_AT_ONCE: Final = 64 * 1024
_LAST_CHUNK: Final = b"0\r\n\r\n"


def _end(why: Wake) -> None:
    """Holds the connection no longer."""


class Outlet(Protocol):
    """What a reply needs from its connection."""

    @property
    def broken(self) -> Ending | None:
        """How the connection was broken on purpose, whatever it was doing."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether the server ended the connection because it stops."""
        ...

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the response."""
        ...

    def write(self, data: bytes) -> bool:
        """Sends all the data; returns False if the client is gone or reads nothing."""
        ...

    def reset_on_close(self) -> None:
        """Makes closing the connection a reset."""
        ...

    def until_sent(self) -> int:
        """Waits until what was written has reached the client, but not long; returns how many bytes have not."""
        ...

    def resume(self) -> None: ...

    def step_aside(self) -> None: ...

    def wait(self, seconds: float) -> None: ...


class ConnectionReply:
    """A `Reply` that goes to the client of a connection.

    ``keep_alive`` says whether another request may follow, first according to the request, then also to the response.
    ``sent`` is None before the response, then says whether all of it was sent. ``ending`` says how it was finished, if
    it was not simply sent. ``held`` is what is called when the reply goes on, after ``held_for`` seconds at the latest.
    """

    __slots__ = ("_delimiter", "_outlet", "_request", "ending", "held", "held_for", "keep_alive", "sent")

    def __init__(self, request: Request, outlet: Outlet, keep_alive: bool) -> None:
        self._request = request
        self._outlet = outlet
        self.keep_alive = keep_alive
        self.sent: bool | None = None
        self.ending: Ending | None = None
        self.held: GoOn | None = None
        self.held_for: float | None = None
        self._delimiter: Delimiter | None = None

    @property
    def broken(self) -> Ending | None:
        return self._outlet.broken

    @property
    def stopped(self) -> bool:
        return self._outlet.stopped

    @property
    def abandoned(self) -> bool:
        return self._outlet.abandoned

    def step_aside(self) -> None:
        self._outlet.step_aside()

    def wait(self, seconds: float) -> None:
        self._outlet.wait(seconds)

    def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
        self.held = go_on
        self.held_for = seconds

    def resume(self) -> None:
        self._outlet.resume()

    def send(self, response: Response) -> bool:
        body = response.body
        if not isinstance(body, bytes):
            return self._stream(response)
        if self.sent is not None:
            raise RuntimeError("A request is answered once.")
        head, delimiter, self.keep_alive = response_head(self._request, response, self.keep_alive)
        self.sent = False
        if delimiter is Delimiter.NO_BODY:
            self.sent = self._outlet.write(head)
        elif len(body) <= _SEND_AT_ONCE:
            self.sent = self._outlet.write(head + body)
        else:
            self.sent = self._outlet.write(head) and self._outlet.write(body)
        return self.sent

    def _stream(self, response: Response) -> bool:
        # Generating the pieces may take long.
        self._outlet.step_aside()
        try:
            if self.begin(response) and self._send_pieces(response):
                self.finish()
        finally:
            if self._delimiter is Delimiter.CLOSE and not self.sent:
                # When closing the connection ends the body, only a reset shows that the body is incomplete.
                self._outlet.reset_on_close()
            response.close()
        return bool(self.sent)

    def _send_pieces(self, response: Response) -> bool:
        if not self.has_body:
            return True
        length = response.length
        sent = 0
        for piece in response.pieces():
            sent += len(piece)
            if length is not None and sent > length:
                break
            if not self.write(piece):
                return False
        if length is not None and sent != length:
            raise ValueError(f"the body has {sent} bytes or more, but its length was given as {length}")
        return True

    def begin(self, response: Response) -> bool:
        if self.sent is not None:
            raise RuntimeError("A request is answered once.")
        head, self._delimiter, self.keep_alive = response_head(self._request, response, self.keep_alive)
        self.sent = False
        return self._outlet.write(head)

    @property
    def has_body(self) -> bool:
        return self._delimiter is not Delimiter.NO_BODY

    def write(self, *pieces: bytes) -> bool:
        if self.sent is None:
            self.sent = False
        if self._delimiter is Delimiter.NO_BODY:
            return True
        in_chunks = self._delimiter is Delimiter.CHUNKS
        together: list[bytes] = []
        for piece in pieces:
            if not piece:
                continue
            if len(piece) <= _SEND_AT_ONCE:
                together.append(b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece)
                continue
            # Not copied: many clients that read slowly may get the same piece.
            if in_chunks:
                together.append(b"%x\r\n" % len(piece))
            if not (self._write_joined(together) and self._outlet.write(piece)):
                return False
            together = [b"\r\n"] if in_chunks else []
        return self._write_joined(together)

    def _write_joined(self, pieces: list[bytes]) -> bool:
        return not pieces or self._outlet.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def finish(self, ending: Ending = Ending.END) -> int:
        self.ending = ending
        if ending is Ending.END:
            self.sent = self._delimiter is not Delimiter.CHUNKS or self._outlet.write(_LAST_CHUNK)
            return 0 if self.sent else len(_LAST_CHUNK)
        self.sent = True
        unsent = 0
        if ending is Ending.HANG:
            self.hold(_end)
        elif ending is Ending.RESET:
            self._outlet.step_aside()
            unsent = self._outlet.until_sent()
            self._outlet.reset_on_close()
        if ending is not Ending.KEEP:
            self.keep_alive = False
        return unsent
