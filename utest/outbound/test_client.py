"""Requests that are sent: what arrives, what is read of the answer, and what can go wrong."""

from __future__ import annotations

import gc
import selectors
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from HttpServerLibrary.engine.outbound import client
from HttpServerLibrary.engine.outbound.client import (
    QUICK,
    Answer,
    Cancel,
    Cancelled,
    OutboundExchange,
    OutboundFailed,
    send,
    trusting,
)
from HttpServerLibrary.engine.outbound.destination import destination_of
from utest.helpers import LONG
from utest.outbound.conftest import OK, Serve, reset, until_closed

# The timeout where `Clock` says what time it is.
SHORT = 0.1


class Clock:
    """The clock for deadlines. It stands still until a test moves it, so that no machine is too slow."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def pass_deadlines(self) -> None:
        self.now = 1e6


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(client, "time", clock)
    return clock


def get(url: str, timeout: float = LONG, cancel: Cancel | None = None, **more: Any) -> Answer:
    return send("GET", destination_of(url), [("Host", "a")], None, timeout, cancel or Cancel(), **more)


def failure(url: str, timeout: float = LONG, **more: Any) -> str:
    """Why no answer came."""
    with pytest.raises(OutboundFailed) as caught:
        get(url, timeout, **more)
    return str(caught.value)


def test_a_request_is_sent_as_given(serve: Serve) -> None:
    peer = serve()
    headers = [("hOST", "other"), ("X-A", "1"), ("x-a", "2"), ("X-Empty", ""), ("X-Latin", "\xe9")]
    target = destination_of(f"{peer.url}/a/../b%2f|%zz?q=%7b&q")
    send("FETCH", target, [*headers, ("Content-Length", "3")], b"a\0b", LONG, Cancel())
    lines = [b"FETCH /a/../b%2f%7C%zz?q=%7b&q HTTP/1.1", b"hOST: other", b"X-A: 1", b"x-a: 2", b"X-Empty: "]
    assert peer.requests == [b"\r\n".join([*lines, b"X-Latin: \xe9", b"Content-Length: 3", b"", b"a\0b"])]


def test_a_large_body_is_sent_whole(serve: Serve) -> None:
    peer = serve()
    body = bytes(range(256)) * 16 * 1024
    send("PUT", destination_of(peer.url), [("Content-Length", str(len(body)))], body, LONG, Cancel())
    assert peer.requests[0].endswith(b"\r\n\r\n" + body)


def test_a_body_in_pieces_is_sent_as_its_headers_frame_it(serve: Serve) -> None:
    peer = serve()
    pieces = iter([b"ab", b"", b"c"])
    exchange = OutboundExchange("PUT", destination_of(peer.url), [("Content-Length", "3")], pieces, LONG, Cancel())
    assert (exchange.status, b"".join(exchange.pieces())) == (200, b"ok")
    exchange.close()
    assert peer.requests == [b"PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"]


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (OK, b"ok"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil closed", b"until closed"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil closed", b"until closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\nT: 1\r\n\r\n", b"abc"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 100 C\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\nother", b""),
        (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 1\r\n\r\nx", b"x"),
        (b"HTTP/1.1 500 Broken\r\nContent-Length: 1\r\n\r\nx", b"x"),
    ],
)
def test_answers(serve: Serve, sent: bytes, body: bytes) -> None:
    peer = serve(sent)
    answer = get(peer.url)
    assert (answer.response.body, answer.cut) == (body, False)
    assert len(peer.requests) == 1


def test_head_of_an_answer(serve: Serve) -> None:
    peer = serve(b"HTTP/1.1 418 I'm a\tpot\0\r\nX-B: 1\r\nx-a:2 \r\nX-B: \xe9\r\nFolded: a \r\n b\r\nN: \0\r\n\r\n")
    response = get(peer.url).response
    assert (response.status, response.reason) == (418, "I'm a\tpot ")
    assert response.headers == (("X-B", "1"), ("x-a", "2"), ("X-B", "\xe9"), ("Folded", "a b"), ("N", ""))


def test_an_answer_to_head_has_no_body(serve: Serve) -> None:
    peer = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    assert send("HEAD", destination_of(peer.url), [], None, LONG, Cancel()).response.body == b""


def test_a_body_is_read_as_it_arrives(serve: Serve) -> None:
    seen = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        seen.wait(LONG)
        sock.sendall(b"cd")

    exchange = OutboundExchange("GET", destination_of(serve(talk).url), [], None, LONG, Cancel())
    pieces = exchange.pieces()
    assert next(pieces) == b"ab"
    seen.set()
    assert b"".join(pieces) == b"cd"
    exchange.close()


@pytest.mark.parametrize(("size", "cut"), [(1000, False), (1001, True)])
def test_a_long_body_is_cut(serve: Serve, monkeypatch: pytest.MonkeyPatch, size: int, cut: bool) -> None:
    monkeypatch.setattr(client, "MAX_BODY", 1000)
    peer = serve(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * size)
    answer = get(peer.url)
    assert (answer.response.body, answer.cut) == (b"x" * 1000, cut)


def test_an_endless_body_is_cut(serve: Serve) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sock.sendall(bytes(1024 * 1024))

    answer = get(serve(talk).url)
    assert (len(answer.response.body), answer.cut) == (16 * 1024 * 1024, True)  # type: ignore[arg-type]


def test_an_answer_that_comes_before_the_body_is_read(serve: Serve) -> None:
    # Neither side reads before it has sent everything.
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            sock, _ = listening.accept()
            with sock:
                sock.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
                sock.shutdown(socket.SHUT_WR)
                until_closed(sock)

        thread = threading.Thread(target=refuse)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        body = bytes(1_000_000)
        answer = send("POST", destination_of(url), [("Content-Length", "1000000")], body, LONG, Cancel())
        assert answer.response.status == 413
        thread.join()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6(serve: Serve) -> None:
    try:
        peer = serve(OK, socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 loopback here")
    assert get(peer.url).response.body == b"ok"


def test_localhost_is_any_of_its_addresses(serve: Serve) -> None:
    assert get(f"http://localhost:{serve().port}").response.body == b"ok"


def test_an_address_that_refuses_is_followed_by_the_next(
    serve: Serve, refusing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, ("127.0.0.1", refusing), ("127.0.0.1", serve().port))
    assert get("http://two.example").response.body == b"ok"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse when the queue is full")
def test_an_address_that_is_silent_leaves_time_for_the_next(
    serve: Serve, silent: tuple[str, int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = selectors.PollSelector.select

    def past_the_half(*arguments: Any) -> Any:
        clock.now = 60.0
        return select(*arguments)

    monkeypatch.setattr(selectors.PollSelector, "select", past_the_half)
    resolve(monkeypatch, silent, ("127.0.0.1", serve().port))
    assert get("http://two.example", timeout=100).response.body == b"ok"


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Lets all hosts have these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)


def test_no_proxy_is_taken_from_the_environment(serve: Serve, refusing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{refusing}")
    assert get(serve().url).response.body == b"ok"


# What goes wrong.


def test_refused(refusing: int) -> None:
    assert failure(f"http://127.0.0.1:{refusing}") == "connection refused"


def test_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    # The local network cannot route to itself by this protocol.
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("255.255.255.255", 9))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)
    assert failure("http://broadcast.example").startswith("no connection: ")


def test_no_connection_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "errorTab", {10051: "Network is unreachable."}, raising=False)
    monkeypatch.setattr(socket.socket, "connect_ex", lambda sock, address: 10051)
    assert failure("http://127.0.0.1") == "no connection: Network is unreachable"


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert failure("http://nowhere.invalid") == 'the host "nowhere.invalid" is unknown'


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse when the queue is full")
def test_no_connection_in_time(silent: tuple[str, int]) -> None:
    # Here, time may pass by itself: the connection never comes.
    assert failure(f"http://127.0.0.1:{silent[1]}", SHORT) == "no connection within 0.1 seconds"


def test_no_answer_in_time(serve: Serve, clock: Clock) -> None:
    def talk(sock: socket.socket) -> None:
        clock.pass_deadlines()
        until_closed(sock)

    assert failure(serve(talk).url, SHORT) == "no answer within 0.1 seconds"


def test_a_request_that_is_not_read_in_time(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        target = destination_of(f"http://127.0.0.1:{listening.getsockname()[1]}")
        found: list[str] = []

        def work() -> None:
            with pytest.raises(OutboundFailed) as caught:
                send("POST", target, [], bytes(64 * 1024 * 1024), SHORT, Cancel())
            found.append(str(caught.value))

        thread = threading.Thread(target=work)
        thread.start()
        sock, _ = listening.accept()
        with sock:
            assert sock.recv(1)
            clock.pass_deadlines()
            thread.join(LONG)
    assert found == ["no answer within 0.1 seconds"]


@pytest.mark.parametrize(
    ("begun", "drop"), [(b"", b"HTTP/1.1 103 X\r\n\r\n"), (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), (b"", b"HTTP/1")]
)
def test_a_head_that_comes_in_drops(serve: Serve, clock: Clock, begun: bytes, drop: bytes) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(begun + drop)
        clock.pass_deadlines()
        while not peer.stopped.wait(0.01):
            sock.sendall(drop)

    peer = serve(talk)
    assert failure(peer.url, SHORT) == "no answer within 0.1 seconds"


def test_a_body_that_comes_in_drops(serve: Serve, clock: Clock) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.stopped.wait(0.01):
            sock.sendall(b"x")

    peer = serve(talk)
    exchange = OutboundExchange("GET", destination_of(peer.url), [], None, SHORT, Cancel())
    pieces = exchange.pieces()
    assert set(next(pieces)) == {*b"x"}
    clock.pass_deadlines()
    with pytest.raises(OutboundFailed) as caught:
        next(pieces)
    assert str(caught.value) == "no end of the answer within 0.1 seconds"
    exchange.close()


def close(sock: socket.socket) -> None:
    sock.close()


@pytest.mark.parametrize("end", [close, reset])
def test_closed_before_an_answer(serve: Serve, end: Callable[[socket.socket], None]) -> None:
    assert failure(serve(end).url) == "the connection was closed before an answer came"


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\nX: 1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1234",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n",
    ],
)
def test_closed_in_an_answer(serve: Serve, sent: bytes) -> None:
    assert failure(serve(sent).url) == "the connection was closed in the middle of the answer"


def test_reset_in_an_answer(serve: Serve) -> None:
    read = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nx")
        read.wait(LONG)
        reset(sock)

    exchange = OutboundExchange("GET", destination_of(serve(talk).url), [], None, LONG, Cancel())
    pieces = exchange.pieces()
    assert next(pieces) == b"x"
    read.set()
    with pytest.raises(OutboundFailed, match="closed in the middle"):
        next(pieces)
    exchange.close()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"SSH-2.0-x\r\n", 'the answer is not HTTP: "SSH-2.0-x"'),
        (b"\x00\xff\n", 'the answer is not HTTP: "\\u0000ÿ"'),
        (b"HTTP/1.1 abc OK\r\n\r\n", 'the answer is not HTTP: "HTTP/1.1 abc OK"'),
        (b"HTTP/2.0 200 OK\r\n\r\n", "the answer is not HTTP/1.1, but HTTP/2.0"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\nno colon\r\nB: 1\r\n\r\n", 'the answer is not HTTP: "no colon"'),
        (b"HTTP/1.1 200 OK\r\n A: 1\r\n\r\n", 'the answer is not HTTP: " A: 1"'),
        (b"HTTP/1.1 200 OK\r\nA: " + b"1" * 262_144 + b"\r\n\r\n", "the head of the answer is too large"),
        (b"HTTP/1.1 200 " + b"1" * 70000 + b"\r\n\r\n", "the head of the answer is too large"),
    ],
)
def test_not_an_answer(serve: Serve, sent: bytes, reason: str) -> None:
    assert failure(serve(sent).url) == reason


def test_malformed_chunks(serve: Serve) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
        until_closed(sock)

    assert failure(serve(talk).url) == "the chunks of the answer are malformed"


def test_multipart_headers_are_no_mail(serve: Serve) -> None:
    peer = serve(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--")
    assert get(peer.url).response.body == b"--b--"


def test_out_of_descriptors(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(24, "Too many open files")

    url = serve().url
    monkeypatch.setattr(socket, "socket", fail)
    assert failure(url) == "no connection: Too many open files"


# TLS.


class Tls:
    """A server that speaks TLS on one connection, and the files to trust."""

    def __init__(self, directory: Path, name: str = "127.0.0.1", sent: bytes = OK) -> None:
        ca = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self.ca_file.write_bytes(ca.cert_pem.bytes())
        certificate = ca.issue_cert(name)
        self.own_file = directory / "own.pem"
        self.own_file.write_bytes(certificate.cert_chain_pems[0].bytes())
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.context)
        self.sent = sent
        self.requests: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listening.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        sock, _ = self.listening.accept()
        with sock, suppress(OSError), self.context.wrap_socket(sock, server_side=True) as secured:
            self.requests.append(secured.recv(65536))
            secured.sendall(self.sent)

    def stop(self) -> None:
        self.thread.join(LONG)
        self.listening.close()


@pytest.mark.parametrize("file", ["ca_file", "own_file"])
def test_a_certificate_that_is_trusted(tmp_path: Path, file: str) -> None:
    body = bytes(200_000)
    peer = Tls(tmp_path, sent=b"HTTP/1.1 200 OK\r\n\r\n" + body)
    answer = get(peer.url, make_context=partial(trusting, getattr(peer, file)))
    assert answer.response.body == body
    assert peer.requests == [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]
    peer.stop()


def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    peer = Tls(tmp_path)
    assert failure(peer.url) == "the certificate is not trusted: unable to get local issuer certificate"
    assert peer.requests == []
    peer.stop()


def test_a_certificate_of_another_host(tmp_path: Path) -> None:
    peer = Tls(tmp_path, name="other.example")
    reason = "IP address mismatch, certificate is not valid for '127.0.0.1'"
    found = failure(peer.url, make_context=partial(trusting, peer.ca_file))
    assert found == f"the certificate is not trusted: {reason}"
    peer.stop()


def test_a_client_certificate_is_demanded(tmp_path: Path) -> None:
    peer = Tls(tmp_path)
    peer.context.load_verify_locations(peer.ca_file)
    peer.context.verify_mode = ssl.CERT_REQUIRED
    found = failure(peer.url, make_context=partial(trusting, peer.ca_file))
    # The server may have closed the connection before its alert is read.
    assert found in ("TLS failed: tlsv13 alert certificate required", "the connection was closed before an answer came")
    peer.stop()


def test_the_file_to_trust_is_gone(serve: Serve, tmp_path: Path) -> None:
    url = serve().url.replace("http:", "https:")
    assert failure(url, make_context=partial(trusting, tmp_path / "none")) == "TLS failed: No such file or directory"


def raw_peer(talk: Callable[[socket.socket], None]) -> tuple[str, threading.Thread]:
    """The https URL of a peer that does not wait for a request, and its thread."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening:
            sock, _ = listening.accept()
        with sock, suppress(OSError):
            sock.settimeout(LONG)
            talk(sock)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"https://127.0.0.1:{listening.getsockname()[1]}", thread


def in_plain_text(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    sock.shutdown(socket.SHUT_WR)
    until_closed(sock)


def close_at_once(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.shutdown(socket.SHUT_WR)
    until_closed(sock)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (in_plain_text, r"TLS failed: (wrong version number|record layer failure)"),
        (close_at_once, r"the connection was closed during the TLS handshake"),
    ],
)
def test_no_handshake(talk: Callable[[socket.socket], None], reason: str) -> None:
    url, thread = raw_peer(talk)
    with pytest.raises(OutboundFailed, match=f"^{reason}$"):
        get(url)
    thread.join(LONG)


def test_no_handshake_in_time(clock: Clock) -> None:
    def talk(sock: socket.socket) -> None:
        sock.recv(65536)
        clock.pass_deadlines()
        until_closed(sock)

    url, thread = raw_peer(talk)
    assert failure(url, SHORT) == "no TLS handshake within 0.1 seconds"
    thread.join(LONG)


# Cancelling.


def cancelled(url: str, reached: threading.Event, **more: Any) -> None:
    """Cancels a request once it has reached a state in which nothing would ever end it."""
    cancel = Cancel()
    found: list[BaseException] = []

    def work() -> None:
        try:
            get(url, cancel=cancel, **more)
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert reached.wait(LONG)
    cancel.cancel()
    cancel.cancel()
    # It would last as long as the timeout.
    thread.join(LONG / 2)
    assert not thread.is_alive()
    assert [type(error) for error in found] == [Cancelled]
    assert str(found[0]) == "cancelled, because the server stopped"
    # The traceback has all local variables.
    found.clear()
    gc.collect()


def now() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def test_cancelled_before_it_begins(serve: Serve) -> None:
    cancel = Cancel()
    cancel.cancel()
    peer = serve()
    with pytest.raises(Cancelled):
        get(peer.url, cancel=cancel)
    assert peer.requests in ([], [b""])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse when the queue is full")
def test_cancelled_while_it_connects(silent: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    reached = threading.Event()
    select = selectors.PollSelector.select

    def notice(*arguments: Any) -> Any:
        reached.set()
        return select(*arguments)

    monkeypatch.setattr(selectors.PollSelector, "select", notice)
    cancelled(f"http://127.0.0.1:{silent[1]}", reached)


def test_cancelled_in_the_handshake() -> None:
    reached = threading.Event()
    context = trusting()

    def talk(sock: socket.socket) -> None:
        sock.recv(65536)
        reached.set()
        until_closed(sock)

    url, thread = raw_peer(talk)
    cancelled(url, reached, make_context=lambda: context)
    thread.join(LONG)


@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\n\r\nx", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_cancelled_while_it_waits(serve: Serve, begun: bytes) -> None:
    reached = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(begun)
        reached.set()
        until_closed(sock)

    cancelled(serve(talk).url, reached)


def test_cancelled_where_a_shutdown_wakes_no_other_thread(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = threading.Event()
    selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
    select = selector.select

    def notice(self: Any, seconds: float) -> Any:
        if seconds > QUICK:
            reached.set()
        return select(self, seconds)

    url = serve(until_closed).url
    monkeypatch.setattr(selector, "select", notice)
    monkeypatch.setattr(socket.socket, "shutdown", lambda sock, how: None)
    cancelled(url, reached)


def test_cancelled_while_it_sends() -> None:
    cancel = Cancel()
    found: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        target = destination_of(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def work() -> None:
            try:
                send("POST", target, [], bytes(64 * 1024 * 1024), LONG, cancel)
            except Cancelled as error:
                found.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        sock, _ = listening.accept()
        with sock:
            assert sock.recv(1)
            cancel.cancel()
            thread.join(LONG / 2)
            assert found == ["cancelled, because the server stopped"]
