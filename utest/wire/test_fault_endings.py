"""Responses that are broken on purpose: which bytes a client gets, and how its connection ends; plain and over TLS."""

from __future__ import annotations

import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.lines import status_text
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.records.received import ReceivedRequest, ReceivedResponse
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw, RawEnd
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.tls import Tls
from HttpServerLibrary.engine.words import counted
from utest.helpers import LONG, wait_until

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = bytes(range(256)) * 2

OpenFiles = Callable[[], set[str]]


class End(NamedTuple):
    """What a client got, and how the connection ended: ``FIN`` or ``RST``, after a close_notify or not."""

    data: bytes
    end: str
    close_notify: bool = False

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]


class Client:
    """A connection that shows what is below TLS."""

    def __init__(self, server: HttpServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=LONG)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secured: ssl.SSLObject | None = None
        self.close_notify = False
        if server.tls is not None:
            trust = ssl.create_default_context(cafile=str(server.ca_file()))
            self.secured = trust.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
            while not self.is_secured(self.secured):
                self.incoming.write(self.socket.recv(65536))

    def is_secured(self, secured: ssl.SSLObject) -> bool:
        try:
            secured.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self.flush()
        return True

    def flush(self) -> None:
        if self.outgoing.pending:
            self.socket.sendall(self.outgoing.read())

    def send(self, data: bytes) -> None:
        if self.secured is None:
            self.socket.sendall(data)
        else:
            self.secured.write(data)
            self.flush()

    def _opened(self, data: bytes) -> bytes:
        """The data without TLS."""
        if self.secured is None:
            return data
        self.incoming.write(data)
        opened = b""
        try:
            while piece := self.secured.read(65536):
                opened += piece
        except ssl.SSLWantReadError:
            return opened
        except ssl.SSLZeroReturnError:
            pass
        self.close_notify = True
        return opened

    def read(self, size: int) -> bytes:
        """At least so many bytes."""
        data = b""
        while len(data) < size:
            piece = self.socket.recv(65536)
            assert piece
            data += self._opened(piece)
        return data

    def is_silent(self) -> bool:
        """Whether nothing comes for a moment, but the tickets of TLS, and the connection stays open."""
        while select.select([self.socket], [], [], 0.05)[0]:
            piece = self.socket.recv(65536)
            if not piece or self._opened(piece):
                return False
        return not self.close_notify

    def end(self) -> End:
        """All that comes until the end."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += self._opened(piece)
        except ConnectionResetError:
            return End(data, "RST", self.close_notify)
        return End(data, "FIN", self.close_notify)

    def close(self) -> None:
        self.socket.close()


class Faults:
    """A server that answers as a responder says, and its record of that."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        server.book.register(Kind.PERMANENT, RequestDescription("/next")).responder = respond_data("next")
        self.clients: list[Client] = []

    def give(self, responder: Responder) -> None:
        self.server.book.register(Kind.ONESHOT, RequestDescription("/")).responder = responder

    def ask(self, responder: Responder, request: bytes = GET) -> Client:
        """A client that has sent this request, which the responder answers, and another one right after it."""
        self.give(responder)
        self.clients.append(Client(self.server))
        self.clients[-1].send(request + NEXT)
        return self.clients[-1]

    def response(self) -> ReceivedResponse:
        """The record of the only response, once it was sent."""
        wait_until(lambda: not self.server.journal.pending() and self.server.book.unsent() == 0)
        (exchange,) = self.server.journal.exchanges()
        response = ReceivedRequest(exchange).response
        assert response is not None
        return response

    def status_text(self) -> str:
        self.response()
        return status_text(self.server.journal.exchanges()[0])


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def faults(request: Any, open_files: OpenFiles) -> Iterator[Faults]:
    """Afterwards nothing is left, no problem has occurred, and no warning."""
    before = open_files()
    server = HttpServer(tls=Tls.of("localhost", tls=True) if request.param else None, limits=Limits(linger=LONG))
    server.start()
    faults = Faults(server)
    yield faults
    for client in faults.clients:
        client.close()
    wait_until(lambda: server.connections == 0)
    assert server.journal.problems() == []
    assert [entry for entry in server.journal.take_unlogged()[1] if isinstance(entry, str)] == []
    wait_until(lambda: server.stop() == 0)
    assert [thread for thread in threading.enumerate() if thread.name.endswith(f"-{server.port}")] == []
    assert {name for name in open_files() - before if "socket" in name} == set()


# Where a response of 512 bytes breaks: the bytes of the body that are sent, and what the record says.
PLACES = {
    "START": (None, "before anything was sent"),
    " start ": (None, "before anything was sent"),
    "HEAD": (0, "after the head"),
    "head": (0, "after the head"),
    0: (0, "after the head"),
    "0 %": (0, "after the head"),
    1: (1, "after 1 of 512 bytes"),
    120: (120, "after 120 of 512 bytes"),
    "120": (120, "after 120 of 512 bytes"),
    "50 %": (256, "after 256 of 512 bytes"),
    "50%": (256, "after 256 of 512 bytes"),
    "33.3 %": (170, "after 170 of 512 bytes"),
    "100 %": (512, "after 512 of 512 bytes"),
    512: (512, "after 512 of 512 bytes"),
}


@pytest.mark.parametrize(("kind", "end"), [(FaultKind.CLOSE, "FIN"), (FaultKind.RESET, "RST")])
@pytest.mark.parametrize("after", PLACES)
def test_closed_or_reset(kind: FaultKind, end: str, after: object, faults: Faults) -> None:
    """The head announces the whole body, no close_notify is sent, and the next request is not answered."""
    sent, place = PLACES[after]
    found = faults.ask(Fault(kind, after=after, body=BODY)).end()
    assert (found.end, found.close_notify) == (end, False)
    response = faults.response()
    assert response.fault == f"{kind.value} {place}"
    assert faults.status_text() == f"{kind.value} {place}, on purpose"
    if sent is None:
        assert found.data == b""
        assert (response.status, response.reason, response.sent, response.data) == (None, "", 0, b"")
    else:
        assert found.head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n")
        assert b"Content-Length: 512" in found.head.split(b"\r\n")
        assert b"onnection:" not in found.head
        assert found.body == BODY[:sent]
        assert (response.status, response.sent, response.data) == (200, sent, BODY[:sent])


@pytest.mark.parametrize("after", PLACES)
def test_hanging(after: object, faults: Faults) -> None:
    """Until the client leaves."""
    sent, place = PLACES[after]
    client = faults.ask(Fault(FaultKind.HANG, after=after, body=BODY))
    response = faults.response()
    if sent is not None:
        data = client.read(1)
        while len(data.partition(b"\r\n\r\n")[2]) < sent:
            data += client.read(1)
        assert data.partition(b"\r\n\r\n")[2] == BODY[:sent]
    assert client.is_silent()
    client.send(NEXT)
    assert client.is_silent()
    assert faults.server.connections == 1
    assert (response.status, response.sent) == (None if sent is None else 200, sent or 0)
    assert faults.status_text() == f"HANG {place}, on purpose"


def test_stale(faults: Faults) -> None:
    found = faults.ask(Fault(FaultKind.STALE, body="hello")).end()
    assert (found.body, found.end, found.close_notify) == (b"hello", "FIN", False)
    assert b"onnection:" not in found.head
    response = faults.response()
    assert (response.status, response.sent, response.data) == (200, 5, b"hello")
    assert response.fault == "STALE after the response"
    assert faults.status_text() == "STALE after the response, on purpose"


@pytest.mark.parametrize("kind", FaultKind)
def test_responses_without_a_body(kind: FaultKind, faults: Faults) -> None:
    """Of a response to HEAD, 204 and 304, the head is all there is."""
    for request, status in ((b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 200), (GET, 204), (GET, 304)):
        faults.server.journal.clear_received()
        given = {} if kind is FaultKind.STALE else {"after": "50 %"}
        client = faults.ask(Fault(kind, body=BODY, status=status, **given), request)
        if kind is FaultKind.HANG:
            data = client.read(1)
            assert client.is_silent()
        else:
            data, end, close_notify = client.end()
            assert (end, close_notify) == ("RST" if kind is FaultKind.RESET else "FIN", False)
        assert data.startswith(b"HTTP/1.1 %d " % status)
        assert data.endswith(b"\r\n\r\n")
        assert faults.response().status == status
        place = "response" if kind is FaultKind.STALE else "head"
        response = faults.response()
        assert (response.sent, response.data, response.fault) == (0, b"", f"{kind.value} after the {place}")


@pytest.mark.parametrize("kind", [FaultKind.CLOSE, FaultKind.RESET, FaultKind.STALE])
def test_clients_of_http_1_0(kind: FaultKind, faults: Faults) -> None:
    given: Any = {} if kind is FaultKind.STALE else {"after": 10}
    found = faults.ask(Fault(kind, body=BODY, **given), b"GET / HTTP/1.0\r\n\r\n").end()
    assert b"Content-Length: 512" in found.head.split(b"\r\n")
    assert found.body == (BODY if kind is FaultKind.STALE else BODY[:10])
    assert (found.end, found.close_notify) == ("RST" if kind is FaultKind.RESET else "FIN", False)


def test_a_fault_after_a_delay(faults: Faults) -> None:
    client = faults.ask(delayed(Fault(FaultKind.RESET), 0.1))
    assert client.is_silent()
    assert client.end() == End(b"", "RST")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what has not reached the client")
def test_all_that_was_sent_before_a_reset_arrives(faults: Faults) -> None:
    """Of a client that reads, however slowly."""
    body = bytes(1_000_000)
    client = faults.ask(Fault(FaultKind.RESET, after="50 %", body=body))
    time.sleep(0.1)
    assert len(client.end().body) == 500_000
    assert faults.response().fault == "RESET after 500000 of 1000000 bytes"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what has not reached the client")
def test_a_reset_does_not_wait_for_a_client_that_does_not_read(faults: Faults) -> None:
    """And what has not reached it is not called sent."""
    size = 1_000_000
    faults.give(Fault(FaultKind.RESET, after=size, body=bytes(size)))
    client = Client(faults.server)
    faults.clients.append(client)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.send(GET)
    response = faults.response()
    assert response.fault == f"RESET after {response.sent} of 1000000 bytes"
    assert 0 < response.sent < size
    assert client.end().end == "RST"


@pytest.mark.parametrize("after", ["START", "HEAD", 100])
def test_stop_while_a_response_hangs(after: object, faults: Faults) -> None:
    client = faults.ask(Fault(FaultKind.HANG, after=after))
    faults.response()
    begun = time.monotonic()
    assert faults.server.stop() == 0
    assert time.monotonic() - begun < LONG
    assert client.end().end in ("FIN", "RST")


# Raw bytes.

RAW = {
    "nothing": b"",
    "one byte": b"\0",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "all bytes": bytes(range(256)),
    "too short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
    "too long": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nmore than this",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\nok",
    "huge headers": b"HTTP/1.1 200 OK\r\nX-Large: " + b"a" * 1_000_000 + b"\r\n\r\n",
}
STATUSES = {
    **dict.fromkeys(["too short", "too long", "bad chunks", "early hints", "trailers", "HTTP/1.0", "huge headers"], 200)
}


@pytest.mark.parametrize("what", RAW)
@pytest.mark.parametrize(("how", "end"), [(RawEnd.CLOSE, "FIN"), (RawEnd.RESET, "RST")])
def test_raw(what: str, how: RawEnd, end: str, faults: Faults) -> None:
    if what == "huge headers" and how is RawEnd.RESET and sys.platform != "linux":
        pytest.skip("only Linux tells what has not reached the client")
    data = RAW[what]
    assert faults.ask(Raw(data, end=how)).end() == End(data, end)
    response = faults.response()
    assert (response.status, response.sent, response.data) == (STATUSES.get(what), len(data), data)
    place = f"after {len(data)} byte{'' if len(data) == 1 else 's'}" if data else "before anything was sent"
    assert response.fault == (f"RESET {place}" if how is RawEnd.RESET else None)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
def test_raw_and_then_silence(data: bytes, faults: Faults) -> None:
    client = faults.ask(Raw(data, end=RawEnd.HANG))
    assert client.read(len(data)) == data
    assert client.is_silent()
    assert faults.response().fault == (f"HANG after {len(data)} bytes" if data else "HANG before anything was sent")


def test_raw_and_then_the_next_response(faults: Faults) -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"
    client = faults.ask(Raw(data, end=RawEnd.KEEP))
    received = client.read(len(data) + 4)
    while not received.endswith(b"next"):
        received += client.read(1)
    assert received.startswith(data + b"HTTP/1.1 200 OK\r\n")
    raw, following = (ReceivedRequest(exchange).response for exchange in faults.server.journal.exchanges())
    assert raw is not None
    assert (raw.fault, raw.sent) == (None, len(data))
    assert following is not None
    assert following.text == "next"


def test_raw_in_pieces(faults: Faults) -> None:
    data = bytes(1000)
    assert faults.ask(Raw(data, duration=0.2)).end() == End(data, "FIN")
    assert faults.response().sent == 1000


def test_raw_over_a_time_to_a_client_that_leaves(faults: Faults) -> None:
    client = faults.ask(Raw(bytes(1000), duration=LONG))
    client.read(1)
    client.close()
    response = faults.response()
    assert response.fault is None
    assert faults.status_text() == f"the client left after {counted(response.sent, 'byte')}"
    assert 0 < response.sent < 1000
    assert response.data == bytes(response.sent), "what was not sent is not kept"


def test_raw_for_other_requests(faults: Faults) -> None:
    for request in (b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"):
        data = b"HTTP/1.1 204 Whatever\r\n\r\nbody"
        assert faults.ask(Raw(data), request).end() == End(data, "FIN")
