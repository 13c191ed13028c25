"""One connection, served from top to bottom: read a request, have it answered, send, and again."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from traceback import format_exception_only
from typing import Final

from ..request import Request
from ..response import Response, text_response
from .limits import Limits
from .outgoing import Delimiter, response_head
from .parser import Parser

Send = Callable[[Response], bool]
Answer = Callable[[Request, Send], None]

_RECEIVE: Final = 64 * 1024
_RECEIVE_BODY: Final = 256 * 1024
# Up to this size copying the body behind the head is cheaper than a second call into the kernel.
_SEND_AT_ONCE: Final = 64 * 1024
_LINGER_SECONDS: Final = 1.0
_LINGER_BYTES: Final = 1 << 30
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_LAST_CHUNK: Final = b"0\r\n\r\n"
# The switch and the seconds of `struct linger`, which are short on Windows.
_RESET: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection:
    """Serves one accepted socket in the calling thread until either side is done with it."""

    def __init__(self, sock: socket.socket, client: str, answer: Answer, limits: Limits) -> None:
        self._socket = sock
        self._client = client
        self._answer = answer
        self._limits = limits
        self._parser = Parser(limits)
        self._patience = -1.0
        self._aborted = False
        self._usable = True
        self._client_done = False
        self._answered = False

    def serve(self) -> None:
        """Serves requests until the connection ends; the socket stays to be closed."""
        try:
            self._prepare()
        except OSError:
            # The client is gone already.
            return
        while self._serve_request():
            pass

    def abort(self) -> None:
        """Ends the connection, from any thread: whoever waits on it wakes up, and nothing is sent any more."""
        self._aborted = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def _prepare(self) -> None:
        # Where an accepted socket inherits from the listening one, it does not block.
        self._socket.setblocking(True)
        # The kernel's own timeouts, as those of Python ask the kernel twice, and the thread that asks
        # leaves the interpreter to another one: with many connections that halves the throughput.
        stall = _interval(self._limits.stall)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, stall)
        # Answers are written whole: waiting for more to put into a packet would only delay them.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve_request(self) -> bool:
        """Serves one request; returns whether another may follow."""
        request = self._read_request()
        if request is None:
            return False
        request.client = self._client
        self._answered = False
        failure = "The request was not answered."
        try:
            self._answer(request, partial(self._send, request))
        except BaseException as error:
            # Whatever it is, it must not end the thread, which serves other connections after this one.
            failure = "".join(format_exception_only(error))
        if not self._answered:
            self._parser.keep_alive = False
            self._send(request, text_response(500, failure.encode("ascii", "backslashreplace").decode("ascii")))
        if self._usable and not self._parser.keep_alive:
            self._linger()
            return False
        return self._usable

    def _read_request(self) -> Request | None:
        """Returns the next request, maybe with a fault; None when the connection is over."""
        parser = self._parser
        request = parser.next_request()
        while request is None:
            if parser.awaits_continue:
                parser.awaits_continue = False
                self._write(_CONTINUE)
            try:
                data = self._receive()
            except TimeoutError:
                if not parser.in_request:
                    return None
                stall = self._limits.stall
                return parser.fail(408, f"nothing more of the request came for {stall:g} seconds")
            if self._aborted:
                return None
            if not data:
                self._client_done = True
                return parser.end()
            parser.feed(data)
            request = parser.next_request()
        return request

    def _receive(self) -> bytes:
        """Returns what has arrived; nothing when the client sends no more."""
        parser = self._parser
        try:
            self._wait_at_most(self._limits.stall if parser.in_request else self._limits.idle)
            return self._socket.recv(_RECEIVE_BODY if parser.body_left > _RECEIVE else _RECEIVE)
        except (BlockingIOError, TimeoutError):
            raise TimeoutError from None
        except OSError:
            # A client that is gone has said what it had to say.
            return b""

    def _send(self, request: Request, response: Response) -> bool:
        """Sends the response; returns whether it went out whole."""
        if self._answered:
            raise RuntimeError("A request is answered once.")
        head, delimiter, self._parser.keep_alive = response_head(request, response, self._parser.keep_alive)
        self._answered = True
        self._usable = False
        body = response.body
        if not isinstance(body, bytes):
            self._usable = self._stream(head, response, delimiter)
        elif delimiter is Delimiter.NO_BODY:
            self._usable = self._write(head)
        elif len(body) <= _SEND_AT_ONCE:
            self._usable = self._write(head + body)
        else:
            self._usable = self._write(head) and self._write(body)
        return self._usable

    def _stream(self, head: bytes, response: Response, delimiter: Delimiter) -> bool:
        whole = False
        try:
            whole = self._write(head) and (delimiter is Delimiter.NO_BODY or self._send_pieces(response, delimiter))
        finally:
            if delimiter is Delimiter.CLOSE and not whole:
                self._reset_on_close()
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
            if not self._write(piece):
                return False
        if length is not None and sent != length:
            raise ValueError(f"the body has {sent} bytes or more, its length was given as {length}")
        return delimiter is not Delimiter.CHUNKS or self._write(_LAST_CHUNK)

    def _write(self, data: bytes) -> bool:
        """Sends all the data; False when the client is gone or takes nothing."""
        try:
            sent = self._socket.send(data)
            if sent < len(data):
                with memoryview(data) as view:
                    while sent < len(data):
                        sent += self._socket.send(view[sent:])
        except OSError:
            return False
        return True

    def _wait_at_most(self, seconds: float) -> None:
        # It is a call into the kernel, and the same as before for most requests.
        if seconds != self._patience:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _interval(seconds))
            self._patience = seconds

    def _reset_on_close(self) -> None:
        """Makes closing a reset: where the end of the connection ends the body, nothing else says it is cut."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _linger(self) -> None:
        """Waits for the client to close, so that it gets the answer.

        Closing with input unread resets the connection, which can overtake the answer (RFC 9112, 9.6).
        """
        if self._client_done:
            return
        deadline = time.monotonic() + _LINGER_SECONDS
        left = _LINGER_BYTES
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            while left > 0 and (seconds := deadline - time.monotonic()) > 0:
                self._wait_at_most(seconds)
                data = self._socket.recv(_RECEIVE)
                if not data:
                    break
                left -= len(data)


def _interval(seconds: float) -> bytes:
    """The value of a socket's timeout option; none of them is 0, which would mean for ever."""
    milliseconds = max(1, int(seconds * 1000))
    if sys.platform == "win32":
        return struct.pack("I", milliseconds)
    return struct.pack("ll", milliseconds // 1000, milliseconds % 1000 * 1000)
