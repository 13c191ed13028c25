"""One request that this process sends, and its answer.

Strategy: the request is written as it is given, and `http.client` reads the answer. But it has no deadline for the
whole of an exchange, and no way to end it from another thread. So it gets a `_Connection` in place of a socket: each of
its steps waits until the one deadline at most, and ends as soon as the exchange is cancelled. No proxies are used, and
no redirects are followed.

A connection can be kept for the next exchange, if the caller gives the place where it is kept. Otherwise each exchange
has its own.

Looking up the address of a host is the only step that has no deadline and cannot be cancelled.
"""

from __future__ import annotations

import errno
import io
import os
import re
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import BadStatusLine, HTTPException, HTTPResponse, LineTooLong, UnknownProtocol
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar, cast

from ..interrupts import MAX_SLICE, InterruptSafeLock, Latch, locked
from ..message.response import BAD_VALUE, Headers, Response
from ..phrase import Phrase, Plain, Quoted, text
from ..words import duration_text
from .destination import Destination
from .kept import KeptConnections

T = TypeVar("T")

MAX_BODY: Final = 16 * 1024 * 1024
"""As much of the body of an answer is kept; nothing is read after it."""

MakeContext = Callable[[], ssl.SSLContext]
"""Makes the settings of TLS, with the certificates that are trusted."""

QUICK: Final = 0.0005
"""So many seconds are no reason to let another thread go on with what this one does."""

_PIECE: Final = 64 * 1024
# How often it is asked whether an exchange is abandoned.
_ASK_AGAIN: Final = 0.05
_CONNECTING: Final = (errno.EINPROGRESS, errno.EWOULDBLOCK)
# RFC 9110, 9.2.2: sent twice, they do what they do once.
_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
# The header fields of an answer together.
_MAX_HEAD: Final = 256 * 1024
# The name of a header field, which is a little more than a token.
_FIELD: Final = re.compile(rb"([!-9;-~]+):")
# A value that continues on the next line (RFC 9112, 5.2).
_FOLD: Final = re.compile(r"[ \t]*\r?\n[ \t]*")
# Takes no descriptor, unlike epoll and kqueue. Windows has only the second, which has no limit there.
_Selector: Final[type[selectors.BaseSelector]] = getattr(selectors, "PollSelector", selectors.SelectSelector)

_CLOSED_BEFORE: Final = "the connection was closed before an answer came"
_CLOSED_IN: Final = "the connection was closed in the middle of the answer"


class OutboundFailed(Exception):
    """No answer came, or not all of it. ``reason`` says why, without naming the request."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(text(reason))
        self.reason = reason


class Cancelled(OutboundFailed):
    """It was cancelled."""

    def __init__(self) -> None:
        super().__init__("cancelled, because the server stopped")


class _Late(Exception):
    """The deadline has passed."""


class Cancel:
    """Ends an exchange from any thread.

    While the exchange waits, it also asks ``is_abandoned`` often whether nobody waits for it any longer.
    """

    def __init__(self, is_abandoned: Callable[[], bool] | None = None) -> None:
        self.cancelled = False
        self.is_abandoned = is_abandoned
        self._latch = Latch()
        # Guards the socket: once closed, its number may belong to another one.
        self._lock = InterruptSafeLock()
        self._socket: socket.socket | None = None

    def cancel(self) -> None:
        """Ends the exchange, or the wait for it. May be called again."""
        self.cancelled = True
        self._latch.set()
        self._shut_down()

    def wait(self, seconds: float) -> bool:
        """Waits for so long, but no longer than until it is cancelled; returns whether it is."""
        return self._latch.wait(seconds)

    @locked
    def _shut_down(self) -> None:
        if self._socket is not None:
            # Not connected yet, or no longer.
            with suppress(OSError):
                # Not the method of SSLSocket, which would go on in plain text.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @locked
    def watch(self, sock: socket.socket) -> None:
        """From now on, this is the socket to end."""
        self._socket = sock

    @locked
    def release(self) -> socket.socket | None:
        """Lets go of the socket, which is still open; returns it, or None if there is none or this was cancelled."""
        if self.cancelled:
            return None
        sock, self._socket = self._socket, None
        return sock

    @locked
    def close(self) -> None:
        """Closes the socket."""
        self.close_inherited()

    def close_inherited(self) -> None:
        """The same in a forked process, where another thread may have held the lock forever."""
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()


def _ignore(address: str) -> None:
    """Nobody needs to know the address."""


def _do_nothing() -> None:
    """Nobody else must wait."""


def trusting(ca_file: Path | None = None) -> ssl.SSLContext:
    """The settings of TLS that trust what this machine trusts, and the certificates in a file."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    # The file may have the certificate of a server itself, without the CA that signed it. Default since Python 3.13.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def trusting_anybody() -> ssl.SSLContext:
    """The settings of TLS that accept any certificate."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Answer(NamedTuple):
    """A response with bytes as body. It is ``cut`` if the body was longer than what is kept."""

    response: Response
    cut: bool


def send(
    method: str,
    destination: Destination,
    headers: Iterable[tuple[str, str]],
    body: bytes | None,
    timeout: float,
    cancel: Cancel,
    make_context: MakeContext = trusting,
) -> Answer:
    """Sends a request and waits for its answer, for so many seconds altogether. Raises `OutboundFailed`.

    The headers are sent as they are, and no others.
    """
    exchange = OutboundExchange(method, destination, headers, body, timeout, cancel, make_context)
    try:
        kept = bytearray()
        for piece in exchange.pieces():
            kept += piece
            if len(kept) > MAX_BODY:
                break
        return Answer(exchange.response(bytes(kept[:MAX_BODY])), len(kept) > MAX_BODY)
    finally:
        exchange.close()


class OutboundExchange:
    """A request that was sent and whose answer has begun. It must be closed.

    A body that is not bytes is read once, while it is sent; the headers must frame it.
    """

    def __init__(
        self,
        method: str,
        destination: Destination,
        headers: Iterable[tuple[str, str]],
        body: bytes | Iterable[bytes] | None,
        timeout: float,
        cancel: Cancel,
        make_context: MakeContext = trusting,
        connected: Callable[[str], object] = _ignore,
        connections: KeptConnections | None = None,
        slow: Callable[[], object] = _do_nothing,
    ) -> None:
        """Connects, sends the request and waits for the head of the answer. Raises `OutboundFailed`.

        ``connected`` is called with the address that the other side sees, before anything is sent. ``connections`` are
        those that may be used again; this one is kept there if that is possible. ``slow`` is called before what may
        take longer than `QUICK`.
        """
        self._timeout = timeout
        self._patient = False
        self._cancel = cancel
        self._stage: Literal["connection", "handshake", "answer", "body"] = "connection"
        self._connection = _Connection(cancel, time.monotonic() + timeout, slow)
        self._connections = connections
        self._closings = 0 if connections is None else connections.closings
        self._context: ssl.SSLContext | None = None
        self._key: object = None
        # How many answers came over the connection before.
        self._answers = 0
        self._is_over = False
        try:
            with self._explained():
                if destination.secure:
                    self._stage = "handshake"
                    self._context = make_context()
                    self._stage = "connection"
                self._key = (destination.host, destination.port, self._context)
                answer = self._ask_again(method, destination, headers, body, connected)
                if answer is None:
                    slow()
                    connected(self._connection.connect(_addresses(destination)))
                    if self._context is not None:
                        self._stage = "handshake"
                        self._connection.secure(self._context, destination.host)
                    self._stage = "answer"
                    answer = self._ask(method, destination, headers, body)
                self._answer = answer
                self._stage = "body"
        except BaseException:
            self._cancel.close()
            raise
        self.status = self._answer.status
        self.reason = BAD_VALUE.sub(" ", self._answer.reason)
        self.headers = self._answer.fields
        self.length: int | None = self._answer.length
        """The size of the body that is left to read, if it was announced."""

    def _ask_again(
        self,
        method: str,
        destination: Destination,
        headers: Iterable[tuple[str, str]],
        body: bytes | Iterable[bytes] | None,
        connected: Callable[[str], object],
    ) -> _FinalResponse | None:
        """Sends the request over a connection that was used before; returns None if there is none that still works."""
        is_repeatable = method in _REPEATABLE and (body is None or isinstance(body, bytes))
        kept = None if self._connections is None else self._connections.take(self._key, is_repeatable)
        if kept is None:
            return None
        self._answers = kept.answers
        self._stage = "answer"
        connected(self._connection.reuse(kept.socket))
        try:
            return self._ask(method, destination, headers, body)
        except OSError:
            # The service has closed it at the same moment, and nothing says that it has seen the request.
            if self._connection.received or self._cancel.cancelled or not is_repeatable:
                raise
        self._cancel.close()
        self._connection.ended = False
        self._answers = 0
        self._stage = "connection"
        return None

    def _ask(
        self,
        method: str,
        destination: Destination,
        headers: Iterable[tuple[str, str]],
        body: bytes | Iterable[bytes] | None,
    ) -> _FinalResponse:
        lines = [f"{method} {destination.target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in headers)]
        head = "".join((*lines, "\r\n")).encode("latin-1")
        # The server may answer and close the connection before it has read the body.
        with suppress(ConnectionError, ssl.SSLEOFError):
            self._connection.send(head, body)
        answer = _FinalResponse(cast("socket.socket", self._connection), method=method)
        answer.begin()
        if self._connection.ended:
            raise OutboundFailed(_CLOSED_IN)
        coding = answer.values("transfer-encoding")
        if coding and not answer.chunked:
            # http.client would take the coded body for the body.
            raise OutboundFailed(("the answer has the Transfer-Encoding ", Quoted(coding), ", not chunked"))
        return answer

    def response(
        self, body: bytes | Iterable[bytes], length: int | None = None, release: Callable[[], object] | None = None
    ) -> Response:
        """The answer as a response with this body."""
        return Response(self.status, self.headers, body, length, self.reason, release)

    def arrived(self) -> bytes | None:
        """The body if all of it has arrived with the head; None if it must be waited for."""
        length = self._answer.length
        if self._answer.chunked or length is None or length > self._connection.waiting:
            return None
        return b"".join(self.pieces())

    def pieces(self, *, patient: bool = False) -> Iterator[bytes]:
        """The body without its framing, in pieces as they arrive. Raises `OutboundFailed`.

        With ``patient``, the timeout is that of each piece.
        """
        self._patient = patient
        while True:
            if patient:
                self._connection.extend(self._timeout)
            with self._explained():
                piece = self._answer.read1(_PIECE)
            if not piece:
                break
            yield piece
        if self._answer.length:
            raise OutboundFailed(_CLOSED_IN)
        self._is_over = True

    def close(self) -> None:
        """Ends the exchange, wherever it is."""
        connections = self._connections
        if connections is not None and (self._is_over or self._answer.length == 0) and self._can_be_kept():
            sock = self._cancel.release()
            if sock is not None:
                connections.keep(self._key, sock, self._answers + 1, self._closings)
        self._cancel.close()

    def _can_be_kept(self) -> bool:
        """Whether the connection can be used again, now that the answer is complete."""
        answer = self._answer
        answer.close()
        return self._connection.is_reusable and not answer.will_close and self.status >= 200

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns whatever goes wrong into `OutboundFailed`."""
        try:
            yield
        except (OSError, HTTPException, _Late) as error:
            if self._cancel.cancelled:
                raise Cancelled from None
            raise OutboundFailed(self._reason(error)) from error

    def _reason(self, error: Exception) -> Phrase:
        within = f"within {duration_text(self._timeout)}"
        if self._stage == "connection":
            return f"no connection {within}" if isinstance(error, _Late) else _no_connection(error)
        if self._stage == "handshake":
            return f"no TLS handshake {within}" if isinstance(error, _Late) else _no_handshake(error)
        if self._stage == "answer":
            return f"no answer {within}" if isinstance(error, _Late) else self._no_answer(error)
        if isinstance(error, _Late):
            return f"no more of the answer {within}" if self._patient else f"no end of the answer {within}"
        if isinstance(error, HTTPException) and not self._connection.ended:
            return "the chunks of the answer are malformed"
        return _CLOSED_IN

    def _no_answer(self, error: Exception) -> Phrase:
        if isinstance(error, BadStatusLine) and self._connection.ended and str(error).startswith("HTTP/"):
            return _CLOSED_IN
        reason = _no_answer(error)
        return _CLOSED_IN if reason == _CLOSED_BEFORE and self._connection.received else reason


def _one_line(value: str) -> str:
    """A header value as any recipient may read it (RFC 9110, 5.5, and RFC 9112, 5.2)."""
    return BAD_VALUE.sub(" ", _FOLD.sub(" ", value)).strip(" \t")


def _no_connection(error: Exception) -> Phrase:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return ("no connection: ", Plain(_os_reason(error)))


def _no_handshake(error: Exception) -> Phrase:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ("the certificate is not trusted: ", Plain(error.verify_message.rstrip(".")))
    if isinstance(error, ssl.SSLError) and error.reason and not isinstance(error, ssl.SSLEOFError):
        return f"TLS failed: {_words(error.reason)}"
    if isinstance(error, (ConnectionError, ssl.SSLError)):
        return "the connection was closed during the TLS handshake"
    # The file of the trusted certificates may be gone.
    return ("TLS failed: ", Plain(_os_reason(error)))


def _no_answer(error: Exception) -> Phrase:
    # A client certificate that is missing is reported after the handshake (RFC 8446, 4.4.2.4).
    if isinstance(error, ssl.SSLError) and error.reason and not isinstance(error, ssl.SSLEOFError):
        return f"TLS failed: {_words(error.reason)}"
    if isinstance(error, OSError):
        return _CLOSED_BEFORE
    if isinstance(error, BadStatusLine):
        return ("the answer is not HTTP: ", Quoted(str(error).rstrip("\r\n")))
    if isinstance(error, UnknownProtocol):
        return ("the answer is not HTTP/1.1, but ", Plain(str(error)))
    # The other errors are about the number of headers, and their length.
    return "the head of the answer is too large"


def _os_reason(error: Exception) -> str:
    # The text of `strerror` has no number, and is the same for errors made here and by the system.
    number = getattr(error, "errno", None)
    return _meaning(number) if number else str(error)


def _meaning(number: int) -> str:
    # On Windows, os.strerror() does not know the errors of sockets.
    return getattr(socket, "errorTab", {}).get(number, "").rstrip(".") or os.strerror(number)


def _words(reason: str) -> str:
    return reason.lower().replace("_", " ")


def _addresses(destination: Destination) -> list[Any]:
    try:
        return socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutboundFailed(("the host ", Quoted(destination.host), " is unknown")) from None


class _FinalResponse(HTTPResponse):
    """Reads its head by itself: past all interim responses (RFC 9110, 15.2), and with any number of header fields.

    What http.client makes of a head takes as long as all the rest of an exchange.
    """

    fields: Headers
    """The header fields, in their order."""

    def flush(self) -> None:
        """Nothing is ever written to it. When both are garbage, its file may be closed before this is called."""

    def begin(self) -> None:
        status = 100
        # After 101, HTTP has ended.
        while status < 200 and status != 101:
            # Not in the stubs.
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            self.fields = tuple(self._read_fields())
        if not version.startswith("HTTP/1."):
            raise UnknownProtocol(version)
        self.status, self.reason = status, reason.strip()
        self._frame(is_old=version == "HTTP/1.0")

    def _read_fields(self) -> Iterator[tuple[str, str]]:
        name, value = "", ""
        left = _MAX_HEAD
        while True:
            line = self.fp.readline(left + 1)
            left -= len(line)
            if left < 0:
                raise LineTooLong("head")
            # An end in the middle of a line is noticed by the caller.
            if line in (b"\r\n", b"\n") or not line.endswith(b"\n"):
                break
            if name and line[:1] in b" \t":
                value += line.decode("latin-1")
                continue
            if name:
                yield name, _one_line(value)
            field = _FIELD.match(line)
            if field is None:
                raise BadStatusLine(line.decode("latin-1"))
            name, value = field[1].decode("ascii"), line[field.end() :].decode("latin-1")
        if name:
            yield name, _one_line(value)

    def _frame(self, is_old: bool) -> None:
        """Says where the body ends (RFC 9112, 6.3), and whether the connection does (9.3)."""
        self.chunked = self.values("transfer-encoding").lower() == "chunked"
        self.chunk_left = None
        # The first of several, which should be equal.
        length = self.values("content-length").partition(",")[0].strip()
        self.length = int(length) if length.isdecimal() and length.isascii() and not self.chunked else None
        # Not 205, which http.client does not know.
        if self.status < 200 or self.status in (204, 304) or self._method == "HEAD":  # type: ignore[attr-defined]
            self.length = 0
        options = self.values("connection").lower()
        is_last = "keep-alive" not in options if is_old else "close" in options
        self.will_close = is_last or (not self.chunked and self.length is None)

    def values(self, name: str) -> str:
        """The values of all header fields with this name, which is in lower case."""
        return ", ".join(value for other, value in self.fields if other.lower() == name)


class _Connection:
    """What http.client takes for a socket. All that waits raises `_Late` and `Cancelled`."""

    def __init__(self, cancel: Cancel, deadline: float, slow: Callable[[], object]) -> None:
        self._cancel = cancel
        self._slow = slow
        self._deadline = deadline
        self._socket: socket.socket | None = None
        self._file: _File | None = None
        self.ended = False
        """Whether the other side has closed it."""

        self.received = 0
        """How many bytes have arrived."""

        self.asked = False
        """Whether the whole request was sent."""

    @property
    def waiting(self) -> int:
        """How many bytes have arrived that were not read yet."""
        return 0 if self._file is None else self._file.waiting

    @property
    def is_reusable(self) -> bool:
        """Whether it can be used for another request, once the file of the answer is closed."""
        return self.asked and not self.ended and self._file is not None and not self._file.had_more

    def extend(self, seconds: float) -> None:
        """Sets another deadline: in so many seconds from now."""
        self._deadline = time.monotonic() + seconds

    def connect(self, addresses: list[Any]) -> str:
        """Connects to the first address that accepts; returns that of this side.

        One that is silent leaves time for those after it.
        """
        for left in range(len(addresses), 0, -1):
            family, kind, protocol, _, address = addresses[-left]
            until = time.monotonic() + (self._deadline - time.monotonic()) / left
            try:
                sock = socket.socket(family, kind, protocol)
                self._connect(sock, address, until)
                return _address(sock)
            except (OSError, _Late):
                self._cancel.close()
                if left == 1:
                    raise
        raise AssertionError("a host has an address")

    def reuse(self, sock: socket.socket) -> str:
        """Takes a connection that was used before; returns the address of this side."""
        self._use(sock)
        return _address(sock)

    def _connect(self, sock: socket.socket, address: Any, until: float) -> None:
        self._use(sock)
        sock.setblocking(False)
        # The request is written in two pieces, of which the second must not wait for an acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(address)
        if code in _CONNECTING:
            self._wait(selectors.EVENT_WRITE, until)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, _meaning(code))

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Goes on with TLS."""
        assert self._socket is not None
        secured = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._use(secured)
        self._repeated(secured.do_handshake, selectors.EVENT_READ)

    def _use(self, sock: socket.socket) -> None:
        self._socket = sock
        self._cancel.watch(sock)

    def send(self, head: bytes, body: bytes | Iterable[bytes] | None) -> None:
        """Sends a request."""
        if isinstance(body, bytes) and len(body) <= _PIECE:
            # A head and its body in one packet are answered sooner.
            head, body = head + body, None
        self._send(head)
        for piece in (body,) if isinstance(body, bytes) else body or ():
            self._send(piece)
        self.asked = True

    def _send(self, data: bytes) -> None:
        sock = self._socket
        assert sock is not None
        left = memoryview(data)
        while left:
            sent = self._repeated(partial(sock.send, left[:_PIECE]), selectors.EVENT_WRITE)
            left = left[sent:]

    def makefile(self, mode: str) -> io.BufferedReader:
        self._file = _File(_Reader(self.receive), _PIECE)
        return self._file

    def close(self) -> None:
        """http.client closes the socket while it still reads from its file."""

    def receive(self, buffer: Any) -> int:
        sock = self._socket
        assert sock is not None
        count = self._repeated(partial(sock.recv_into, buffer), selectors.EVENT_READ)
        if not count:
            self._check()
            self.ended = True
        self.received += count
        return count

    def _repeated(self, step: Callable[[], T], event: int) -> T:
        """The result of a step, which is tried until it would not block."""
        while True:
            self._check()
            try:
                return step()
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                if isinstance(error, ssl.SSLError):
                    wants_write = isinstance(error, ssl.SSLWantWriteError)
                    event = selectors.EVENT_WRITE if wants_write else selectors.EVENT_READ
            self._wait(event, self._deadline)

    def _wait(self, event: int, until: float) -> None:
        assert self._socket is not None
        is_abandoned = self._cancel.is_abandoned
        # In slices, because not every system wakes this thread when the socket is shut down.
        most = MAX_SLICE if is_abandoned is None else _ASK_AGAIN
        with _Selector() as selector:
            selector.register(self._socket, event)
            if selector.select(QUICK):
                return
            self._slow()
            while True:
                self._check()
                left = until - time.monotonic()
                if left <= 0:
                    raise _Late
                if selector.select(min(left, most)):
                    break
                if is_abandoned is not None and is_abandoned():
                    raise Cancelled

    def _check(self) -> None:
        if self._cancel.cancelled:
            raise Cancelled
        if time.monotonic() >= self._deadline:
            raise _Late


class _File(io.BufferedReader):
    """What arrives, as the file of one answer. ``had_more`` says whether more had arrived when it was closed."""

    def __init__(self, reader: _Reader, size: int) -> None:
        super().__init__(reader, size)
        self._reader = reader
        self.had_more = False

    def close(self) -> None:
        if not self.closed:
            self.had_more = self.waiting > 0
        super().close()

    @property
    def waiting(self) -> int:
        """How many bytes have arrived that were not read yet."""
        self._reader.reads = False
        try:
            return len(self.peek())
        finally:
            self._reader.reads = True


class _Reader(io.RawIOBase):
    """What arrives, as a file."""

    def __init__(self, receive: Callable[[Any], int]) -> None:
        self._receive = receive
        self.reads = True
        """Whether it may wait for more."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._receive(buffer) if self.reads else 0


def _address(sock: socket.socket) -> str:
    """The address of this side, as the other side sees it."""
    host, port = sock.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
