"""One connection: reads and answers what has arrived, then waits for more without a thread."""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from traceback import format_exception, format_exception_only
from typing import Final, TypeVar

from ..interrupts import MAX_SLICE
from ..message.reply import Ending, Wake
from ..message.request import Request
from ..message.response import text_response
from .parser import Parser
from .reply import ConnectionReply
from .service import Service
from .sockets import acknowledge, drop, is_closed, is_reset, reset_on_close, shut_down, unsent
from .tls import WENT_AWAY, Tls, close_notify, handshake_failure, is_alert, is_intended, is_tls, subject

T = TypeVar("T")

_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_RECEIVE: Final = 64 * 1024
_RECEIVE_BODY: Final = 256 * 1024
# A client that pipelines more requests than this must not keep the others waiting.
_MAX_AT_ONCE: Final = 8
# Over TLS, a failed send must be repeated with the same length.
_MAX_SECURED: Final = 64 * 1024
# What a client may send while its request is held; then nothing more is read.
_MAX_MEANWHILE: Final = 1024 * 1024
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
# The seconds that a reset waits for what was sent before it, and how often it looks.
_LEAVES: Final = 1.0
_LEAVES_POLL: Final = 0.001
# The seconds in which a client notices that it is connected.
_CONNECTS: Final = 0.1
_PLAIN_TEXT: Final = (
    "the client sent plain text, but this server speaks TLS: "
    "begin the URL with https://, or start the server without tls=True"
)
_CUT: Final = frozenset({Ending.CLOSE, Ending.HANG, Ending.RESET, Ending.STALE})
_SILENT: Final = "The client connected over TLS and left without a request."


class Connection:
    """Serves one accepted socket. It never blocks unless its thread has handed over the other connections."""

    def __init__(self, sock: socket.socket, client: str, service: Service[Connection]) -> None:
        self.socket = sock
        self.watched = False
        """Whether the listener waits for something to arrive on it."""

        self.held = False
        """Whether a thread is busy with this connection alone."""

        self.parked = False
        """Whether a reply is held, so that the connection needs no thread until something happens."""

        self.deaf = False
        """Whether nothing more is read, because the client has closed its side or has sent too much meanwhile."""

        self.resumes = False
        """Whether the reply must go on as soon as its thread is done with the connection."""

        self.lingering = False
        """Whether everything was sent and the server only waits for the client to close."""

        self.writes = False
        """Whether the answer to the last request is being sent, or was sent."""

        self.broken: Ending | None = None
        """How the connection was broken on purpose, whatever it was doing."""

        self._client = client
        self._service = service
        self._limits = service.limits
        # Set until the handshake has succeeded or failed.
        self._tls = service.tls
        self._secured: ssl.SSLSocket | None = None
        self._client_subject: str | None = None
        self._parser = Parser(
            service.limits, service.tls is not None, None if service.strict else self._tolerate, service.heads
        )
        self._receive = _RECEIVE
        self._active = time.monotonic()
        self._asked = False
        self._client_closes = False
        self._aborted = False
        # While a response was delayed or held.
        self._client_closed = False
        self._has_half_closed = False
        # The reply that is held, its request, and when it goes on at the latest.
        self._reply: ConnectionReply | None = None
        self._request: Request | None = None
        self._goes_on_at = 0.0
        self._usable = True
        self._resets = False
        # Whether the connection ends in a way that no client expects.
        self._cut = False
        self._linger_left = service.limits.linger_bytes
        self._received_meanwhile = 0

    @property
    def deadline(self) -> float:
        """When the server stops waiting for the client, in seconds of the monotonic clock."""
        if self.parked:
            return self._goes_on_at
        if self.lingering:
            return self._active + self._limits.linger
        if self.broken is not None:
            return self._active + _CONNECTS if self.broken is Ending.RESET else math.inf
        if self._tls is not None:
            return self._active + self._limits.handshake
        return self._active + (self._limits.stall if self._parser.in_request else self._limits.idle)

    @property
    def idle(self) -> bool:
        """Whether it waits for a request, and nothing of one has arrived."""
        if self.held or self.parked or self.lingering or self.broken is not None or self._tls is not None:
            return False
        if self._parser.in_request or self._parser.has_more:
            return False
        try:
            # Not as an SSLSocket does it, which has no flags.
            socket.socket.recv(self.socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def serve(self) -> bool:
        """Serves what has arrived; returns whether to wait for more."""
        if self._secured is not None:
            return self._serve_secured(self._secured)
        if self._tls is not None:
            return self._begin(self._tls)
        return self._serve_arrived()

    def _serve_secured(self, secured: ssl.SSLSocket) -> bool:
        while self._serve_arrived():
            # Decrypted data that was not read yet is invisible to the poller.
            if not secured.pending():
                return True
        return False

    def _serve_arrived(self) -> bool:
        parser = self._parser
        try:
            data = self.socket.recv(self._receive)
        except _NOT_NOW:
            return True
        except OSError as error:
            # A client that is gone sends nothing more.
            data = b""
            if is_alert(error) and not self._asked:
                self._note_refusal(error)
        if self._aborted:
            return False
        if self.lingering:
            self._linger_left -= len(data)
            return bool(data) and self._linger_left > 0
        if self.broken is not None:
            return bool(data) and self.stay_broken()
        if self.parked:
            return self._receive_meanwhile(data)
        if not data:
            self._serve_end()
            return False
        parser.feed(data)
        return self._serve_parsed()

    def _serve_parsed(self) -> bool:
        """Serves the requests that have arrived completely."""
        parser = self._parser
        served = 0
        while (request := parser.next_request()) is not None:
            if not self._serve_request(request):
                return self.parked or self._linger(request)
            if not parser.has_more:
                self._receive = _RECEIVE
                self._active = time.monotonic()
                return True
            served += 1
            if served == _MAX_AT_ONCE:
                self.step_aside()
        if parser.awaits_continue:
            parser.awaits_continue = False
            if not self.write(_CONTINUE):
                return False
        elif parser.in_request:
            # Many clients send head and body separately, and the body only once the head is acknowledged (Nagle's
            # algorithm), which the kernel would delay by 40 ms.
            acknowledge(self.socket)
        # Of a large body, more is read at once.
        self._receive = _RECEIVE_BODY if parser.body_left > _RECEIVE else _RECEIVE
        self._active = time.monotonic()
        return True

    def _receive_meanwhile(self, data: bytes) -> bool:
        """Takes what arrived while the reply is held: the next requests, or the end."""
        if not data:
            self.deaf = self._client_closed = True
            return self._go_on(Wake.LEFT)
        reply = self._reply
        if reply is not None and reply.ending is None:
            self._parser.feed(data)
            self._received_meanwhile += len(data)
            self.deaf = self._received_meanwhile > _MAX_MEANWHILE
        return True

    def resumed(self) -> bool:
        """Lets a held reply go on; returns whether to wait for more."""
        if self.broken is None:
            return not self.parked or self._go_on(Wake.RESUMED)
        if not self.parked:
            return self.stay_broken()
        if self.deaf:
            return self._go_on(Wake.RESUMED)
        self.deaf = self._client_closed = True
        return self._go_on(Wake.LEFT)

    def cut(self, how: Ending) -> None:
        """Breaks the connection on purpose, from any thread, whatever it is doing: nothing more is sent.

        It must not be watched. Its thread, or else the leader by `resumed`, does the rest.
        """
        self.broken = how
        if how is Ending.RESET:
            self.reset_on_close()
            drop(self.socket, self.held)
        elif how is Ending.CLOSE:
            with suppress(OSError):
                socket.socket.shutdown(self.socket, socket.SHUT_WR)

    def refuse(self, how: Ending) -> bool:
        """Breaks a connection that was just accepted; returns whether to wait for the client."""
        if how is not Ending.RESET:
            self.cut(how)
            return self.stay_broken()
        # When the client sends something, or a moment later: it has hardly noticed yet that it is connected.
        self.broken = how
        self._tls = None
        self.reset_on_close()
        return True

    def stay_broken(self) -> bool:
        """Does what is left to do after `cut`; returns whether to wait for the client to close."""
        self._tls = None
        self.deaf = False
        if self.broken is Ending.RESET:
            # Perhaps it was just becoming a TLS connection.
            self.reset_on_close()
            return False
        if self.broken is Ending.CLOSE and not self.lingering:
            self._active = time.monotonic()
            self.lingering = True
        return not self._aborted

    def _go_on(self, why: Wake) -> bool:
        reply, request = self._reply, self._request
        if reply is None or request is None or reply.held is None:
            return False
        go_on, reply.held = reply.held, None
        self.parked = False
        try:
            go_on(why)
        except BaseException as error:  # must not end the thread, which also serves other connections
            self._service.notice(f"A held reply failed: {''.join(format_exception(error))}")
            reply.keep_alive = False
        goes_on = self._conclude(request, reply)
        # Also in order to notice that the client closes.
        self.deaf = self.deaf and self.parked
        if goes_on:
            self._received_meanwhile = 0
            # What arrived meanwhile.
            return self._serve_parsed()
        return self.parked or self._linger(request)

    def _serve_end(self) -> None:
        """Serves what the client had sent when it closed its side of the connection."""
        cut_off = self._parser.end()
        if cut_off is not None:
            self._serve_request(cut_off)
        elif self._secured is not None and not self._asked:
            self._asked = True
            self._service.note_connection("silent", _SILENT)

    def _begin(self, tls: Tls) -> bool:
        """Does the TLS handshake once the client asks for it."""
        try:
            beginning = self.socket.recv(_RECEIVE, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._tls = None
        if not beginning:
            return False
        if not is_tls(beginning):
            self._parser.feed(beginning)
            request = self._parser.fail(400, _PLAIN_TEXT, excerpt=b"")
            self._serve_request(request)
            return self._linger(request)
        self.step_aside()
        try:
            self.socket = self._secured = tls.wrap(self.socket)
            if self._aborted:
                return False
            self._patiently(self._secured.do_handshake, self._limits.handshake)
            self._secured.setblocking(False)
        except OSError as error:
            # An abort looks the same. Any other failure happened earlier, and is reported even during a stop.
            if not (self._aborted and handshake_failure(error) == WENT_AWAY):
                self._note_refusal(error)
            return False
        self._client_subject = subject(self._secured)
        self._active = time.monotonic()
        return self.serve()

    def on_timeout(self) -> bool:
        """Handles a passed deadline; returns whether to wait for the client to close."""
        active = self._active
        if self.parked:
            return self._go_on(Wake.TIMEOUT)
        goes_on = self.serve()
        if not goes_on or self.parked or self._active != active:
            # Something arrived in time but had not been read yet.
            return goes_on
        if self._tls is not None:
            self._note_refusal(TimeoutError())
            return False
        if self.lingering or not self._parser.in_request:
            return False
        waited = f"no more of the request arrived for {self._limits.stall:g} seconds (stall_timeout)"
        request = self._parser.fail(408, waited)
        self._serve_request(request)
        return self._linger(request)

    def _note_refusal(self, error: OSError) -> None:
        """Reports a client that could not send a request because the TLS handshake failed."""
        self._asked = True
        service = self._service
        assert service.tls is not None
        certificate = service.tls.certificate
        reason = handshake_failure(error, certificate)
        report = service.remark if is_intended(error, certificate) else service.notice
        report(f"{self._client}: {reason}")
        service.note_connection("refused", reason)

    def _tolerate(self, reason: str) -> None:
        """Reports a request that is answered although it breaks a rule."""
        # Without the client, so that repeated notices are logged once.
        self._service.notice(f"A request was accepted because of strict=False: {reason}.")

    def step_aside(self) -> None:
        """Hands all other connections to another thread, because this one may be held up from now on."""
        if not self.held:
            self._service.leave(self)

    def wait(self, seconds: float) -> None:
        """Waits, but not longer than the listener runs; the client may leave meanwhile."""
        self._service.wait(seconds)
        if self._has_half_closed:
            return
        with suppress(OSError):
            # Not as an SSLSocket does it, which has no flags.
            self._client_closed = socket.socket.recv(self.socket, 1, socket.MSG_PEEK) == b""

    def _has_left(self) -> bool:
        """Whether a client that closed its side of the connection does not read either: then it resets what is sent."""
        self._client_closed = False
        has_left = is_reset(self.socket)
        # Looked at once, because it takes time: if the client leaves later, what is sent after that fails by itself.
        self._has_half_closed = not has_left
        return has_left

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the response: the client has closed its side, or nothing more is sent."""
        if self._aborted or self.broken is not None:
            return True
        if not self._has_half_closed and is_closed(self.socket):
            self._client_closed = True
        return self._client_closed or self._has_half_closed

    @property
    def stopped(self) -> bool:
        """Whether the server was stopped, so that nothing more is sent."""
        return self._aborted

    def abort(self) -> None:
        """Ends the connection, from any thread: a thread that waits on it wakes up, and nothing more is sent."""
        self._aborted = True
        shut_down(self.socket)

    def _serve_request(self, request: Request) -> bool:
        """Serves one request; returns whether another may follow."""
        request.client = self._client
        if self._secured is not None:
            request.scheme = "https"
            request.client_subject = self._client_subject
        self._asked = True
        self.writes = False
        keep_alive = self._parser.keep_alive
        self._client_closes = not keep_alive
        reply = ConnectionReply(request, self, keep_alive)
        failure = "The request was not answered."
        try:
            self._service.answer(request, reply)
        except BaseException as error:  # must not end the thread, which also serves other connections
            failure = "".join(format_exception_only(error))
        if reply.sent and reply.ending is None and reply.held is None:
            # A shortcut for most replies.
            self._parser.keep_alive = keep_alive = reply.keep_alive
            return keep_alive
        if reply.sent is None and reply.held is None:
            reply.keep_alive = False
            reply.send(text_response(500, failure))
        return self._conclude(request, reply)

    def _conclude(self, request: Request, reply: ConnectionReply) -> bool:
        """Ends a reply, or keeps it while it is held; returns whether another request may follow."""
        if reply.held is not None:
            self._reply, self._request = reply, request
            seconds = reply.held_for
            self._goes_on_at = math.inf if seconds is None else time.monotonic() + seconds
            self.parked = True
            return False
        self._reply = self._request = None
        self._parser.keep_alive = reply.keep_alive
        self._usable = bool(reply.sent)
        self._cut = reply.ending in _CUT
        return self._usable and reply.keep_alive

    def write(self, data: bytes) -> bool:
        """Sends all the data; False if the client is gone or reads nothing."""
        if self.broken is not None:
            return False
        # Before the client has the answer.
        self.writes = True
        try:
            sent = self.socket.send(data if self._secured is None else data[:_MAX_SECURED])
        except _NOT_NOW:
            sent = 0
        except OSError:
            return False
        if sent < len(data) and not self._write_slowly(data, sent):
            return False
        return not (self._client_closed and self._has_left())

    def _write_slowly(self, data: bytes, sent: int) -> bool:
        """Sends the rest as fast as the client reads it."""
        self.step_aside()
        # Over TLS, the timeout applies to each piece, because send() returns when all of it is sent. And a failed send
        # must be repeated with the same length.
        most = len(data) if self._secured is None else _MAX_SECURED
        try:
            with memoryview(data) as view:
                while sent < len(data) and self.broken is None:
                    sent += self._patiently(partial(self.socket.send, view[sent : sent + most]), self._limits.stall)
            self.socket.setblocking(False)
        except OSError:
            return False
        return sent == len(data)

    def _patiently(self, step: Callable[[], T], seconds: float) -> T:
        """The result of a step that waits for the client, for so many seconds at most; raises what it raises.

        It waits in slices: where shutting down a socket does not wake the thread that waits for it, this one ends by
        itself.
        """
        deadline = time.monotonic() + seconds
        while True:
            self.socket.settimeout(min(seconds, MAX_SLICE))
            try:
                return step()
            except TimeoutError:
                if self._aborted or self.broken is not None or time.monotonic() >= deadline:
                    raise

    def resume(self) -> None:
        """Lets a held reply go on, from any thread."""
        self._service.resume(self)

    def until_sent(self) -> int:
        """Waits until what was written has reached the client, but not long; returns how many bytes have not."""
        end = time.monotonic() + _LEAVES
        while (left := unsent(self.socket)) and not self._aborted and time.monotonic() < end:
            self._service.wait(_LEAVES_POLL)
        return left

    def reset_on_close(self) -> None:
        """Makes closing the connection a reset."""
        self._resets = True
        reset_on_close(self.socket)

    def close(self) -> None:
        """Ends the connection and frees its socket."""
        if not self._resets:
            # Alone, close() ends nothing while a process that was forked meanwhile has the socket, too.
            shut_down(self.socket)
        self.socket.close()

    def _linger(self, last: Request) -> bool:
        """Sends no more; returns whether to wait for the client to close, so that it gets the answer.

        Closing with input unread resets the connection, which can overtake the answer (RFC 9112, 9.6).
        """
        if self.broken is not None:
            return self.stay_broken()
        # A client that has closed its side sends nothing more.
        if not self._usable or self._aborted or self._resets or (self.deaf and self._client_closed):
            return False
        if self._secured is not None and not self._cut:
            close_notify(self._secured)
        if last.fault is None and self._client_closes and not self._parser.has_more:
            return False
        try:
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
        except OSError:
            return False
        self._active = time.monotonic()
        self.lingering = True
        return True
