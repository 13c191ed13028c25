"""Requests that are sent on to a service and its answers back: the bytes on the sockets of both ends."""

from __future__ import annotations

import gzip
import socket
import ssl
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.forwarding import Forwarding, Own
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG, expect
from utest.outbound.conftest import OK, Serve, reset, until_closed
from utest.responses.forwarding.conftest import (
    GET,
    Ask,
    Connect,
    failure,
    forward,
    lines,
    problems,
    read_all,
    read_until,
    received,
    wait_until_sent,
)

# What is sent on.


@pytest.mark.parametrize(
    "target",
    [
        "/a%2fb%2F",
        "/a|b",
        "/%zz?%",
        "/a/../b/./c//d/",
        "/?",
        "/?q=%7B&q&=&a=b+c%20",
        "/~'()*;@:$,!",
        "//x",
        "/a;b=1/..;/c",
    ],
)
def test_the_target_is_sent_on_as_it_came(running: HttpServer, serve: Serve, ask: Ask, target: str) -> None:
    peer = serve()
    forward(running, peer.url)
    assert ask(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()).startswith(b"HTTP/1.1 200 OK\r\n")
    assert lines(peer.requests[0])[0] == f"GET {target} HTTP/1.1".encode()


@pytest.mark.parametrize(
    ("method", "target", "sent"),
    [
        ("GET", "http://a/x%2f?y", "/v2/x%2f?y"),
        ("GET", "http://a", "/v2/"),
        ("GET", "http://a?b", "/v2/?b"),
        ("OPTIONS", "*", "*"),
        ("fetch", "/", "/v2/"),
    ],
)
def test_other_forms_of_the_target(
    running: HttpServer, serve: Serve, ask: Ask, method: str, target: str, sent: str
) -> None:
    peer = serve()
    forward(running, f"{peer.url}/v2/")
    ask(f"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert lines(peer.requests[0])[0] == f"{method} {sent} HTTP/1.1".encode()


def test_header_case_order_repeats_and_bytes_are_kept(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url)
    fields = [b"x-b: 1", b"X-A:  2 ", b"X-b: 3", b"Cookie: a=1", b"X-Empty:", b"cookie: b=2", b"X-Latin: \xe9\xff"]
    ask(b"\r\n".join([b"GET / HTTP/1.1", *fields[:3], b"hOST: a", *fields[3:], b"", b""]))
    sent = [b"x-b: 1", b"X-A: 2", b"X-b: 3", f"hOST: 127.0.0.1:{peer.port}".encode(), b"Cookie: a=1", b"X-Empty: "]
    assert lines(peer.requests[0])[1:] == [*sent, b"cookie: b=2", b"X-Latin: \xe9\xff"]


def test_what_belongs_to_the_connection_is_not_sent_on(running: HttpServer, serve: Serve, connect: Connect) -> None:
    peer = serve()
    forward(running, peer.url)
    fields = [
        *("Host: a", "Connection: X-Hop, host", "X-Hop: 1", "connection: Upgrade,keep-alive", "Upgrade: websocket"),
        *("Keep-Alive: timeout=5", "TE: trailers", "Trailer: X-T", "Proxy-Authorization: x", "Proxy-Connection: close"),
        "X-End: 1",
    ]
    client = connect()
    client.sendall("\r\n".join(["GET / HTTP/1.1", *fields, "", ""]).encode())
    read_until(client, b"ok")
    assert lines(peer.requests[0])[1:] == [f"Host: 127.0.0.1:{peer.port}".encode(), b"X-End: 1"]


def test_a_body_is_sent_on_as_it_came(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url)
    body = gzip.compress(bytes(range(256)) * 4000)
    head = f"PUT / HTTP/1.1\r\nContent-Length: {len(body)}\r\nHost: a\r\nContent-Encoding: gzip\r\n\r\n"
    ask(head.encode() + body)
    sent = [f"Content-Length: {len(body)}", f"Host: 127.0.0.1:{peer.port}", "Content-Encoding: gzip"]
    assert lines(peer.requests[0])[1:] == [line.encode() for line in sent]
    assert peer.requests[0].partition(b"\r\n\r\n")[2] == body


def test_a_body_in_chunks_gets_a_length(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url)
    body = b"2\r\na\0\r\n1;x=y\r\nb\r\n0\r\nT: 1\r\n\r\n"
    ask(b"POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\nX-A: 1\r\n\r\n" + body)
    sent = [f"Host: 127.0.0.1:{peer.port}", "Content-Length: 3", "X-A: 1"]
    assert lines(peer.requests[0])[1:] == [line.encode() for line in sent]
    assert peer.requests[0].endswith(b"\r\n\r\na\0b")


def test_a_client_that_waits_for_100_continue(running: HttpServer, serve: Serve, connect: Connect) -> None:
    peer = serve()
    forward(running, peer.url)
    client = connect()
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"ab")
    read_until(client, b"ok")
    sent = [f"Host: 127.0.0.1:{peer.port}", "Content-Length: 2"]
    assert lines(peer.requests[0])[1:] == [line.encode() for line in sent]


def test_a_request_without_host(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url, keep_host=True)
    ask(b"GET / HTTP/1.0\r\n\r\n")
    assert lines(peer.requests[0])[:2] == [b"GET / HTTP/1.1", f"Host: 127.0.0.1:{peer.port}".encode()]


def test_where_it_was_sent_is_recorded(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, f"{peer.url}/v2")
    ask(b"GET /a%2fb?c HTTP/1.1\r\nHost: a\r\n\r\n")
    (exchange,) = running.journal.exchanges()
    assert ReceivedRequest(exchange).forwarded_to == f"{peer.url}/v2/a%2fb?c"
    running.reset()
    running.book.forwarding = Forwarding(peer.url)
    peer.stop()
    ask(GET)
    (failed,) = running.journal.exchanges()
    assert ReceivedRequest(failed).forwarded_to == f"{peer.url}/"
    running.reset()
    ask(GET)
    (not_forwarded,) = running.journal.exchanges()
    assert ReceivedRequest(not_forwarded).forwarded_to is None


def test_headers_are_replaced_added_and_removed(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    headers = {"x-a": ["1", "2"], "X-New": "3"}
    forward(running, peer.url, headers=headers, remove_headers=["x-gone", "Cookie"], keep_host=True)
    fields = [b"X-Gone: 1", b"X-A: a", b"Host: shop", b"X-A: b", b"COOKIE: c", b"X-Kept: d"]
    ask(b"\r\n".join([b"GET / HTTP/1.1", *fields, b"", b""]))
    sent = [b"x-a: 1", b"x-a: 2", b"Host: shop", b"X-Kept: d", b"X-New: 3"]
    assert lines(peer.requests[0])[1:] == sent


# What is sent back.


def test_the_answer_is_sent_back_as_it_came(running: HttpServer, serve: Serve, connect: Connect) -> None:
    body = gzip.compress(b"ab" * 1000)
    fields = [
        *(b"x-b: 1", b"Set-Cookie: a=1; Path=/", b"content-length: %d" % len(body), b"X-B: 2", b"Date: never"),
        *(b"set-cookie: b=2", b"sERVER: own", b"Content-Encoding: gzip", b"X-Latin: \xe9\xff", b"Location: /x"),
    ]
    answer = b"\r\n".join([b"HTTP/1.1 302 Over There", *fields, b"", body])
    forward(running, serve(answer).url)
    client = connect()
    client.sendall(GET)
    assert read_until(client, answer) == answer
    assert received(running).text == "ab" * 1000
    # Its connection can be used again.
    client.sendall(GET)
    assert read_until(client, answer) == answer


def test_an_answer_with_many_headers(running: HttpServer, serve: Serve, ask: Ask) -> None:
    fields = [b"X-%d: %d" % (number % 7, number) for number in range(300)]
    forward(running, serve(b"\r\n".join([b"HTTP/1.1 200 OK", *fields, b"Content-Length: 0", b"", b""])).url)
    assert lines(ask(GET))[1:301] == fields


def test_what_belongs_to_the_connection_is_not_sent_back(running: HttpServer, serve: Serve, ask: Ask) -> None:
    fields = [
        *(b"Date: d", b"Connection: x-hop", b"X-Hop: 1", b"Keep-Alive: timeout=5", b"Trailer: X-T", b"Upgrade: h2c"),
        *(b"Proxy-Authenticate: Basic", b"Transfer-Encoding: Chunked", b"Server: s", b"Content-Length: 7"),
    ]
    answer = [b"HTTP/1.1 200 OK", *fields, b"", b"1;x\r\na\r\n2\r\nbc\r\n0\r\nX-T: 1\r\n\r\n"]
    forward(running, serve(b"\r\n".join(answer)).url)
    found = ask(GET)
    assert lines(found)[1:] == [b"Date: d", b"Server: s", b"Transfer-Encoding: chunked", b"Connection: close"]
    assert found.endswith(b"0\r\n\r\n")
    assert received(running).text == "abc"


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nDate: d\r\nServer: s\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nDate: d\r\nServer: s\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\nDate: d\r\nServer: s\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nDate: d\r\nETag: e\r\nServer: s\r\n\r\n"),
    ],
)
def test_an_answer_without_a_body(
    running: HttpServer, serve: Serve, connect: Connect, method: str, answer: bytes
) -> None:
    peer = serve(answer, keeps=True)
    forward(running, peer.url)
    client = connect()
    for _ in range(2):
        client.sendall(GET.replace(b"GET", method.encode()))
        assert read_until(client, b"\r\n\r\n") == answer
    assert problems(running) == []
    assert peer.connections == 1


def test_a_length_that_does_not_count_is_left_out(running: HttpServer, serve: Serve, connect: Connect) -> None:
    head = b"HTTP/1.1 200 OK\r\nDate: d\r\nServer: s\r\n"
    forward(running, serve(head + b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n").url)
    client = connect()
    client.sendall(GET.replace(b"GET", b"HEAD"))
    assert read_until(client, b"\r\n\r\n") == head + b"\r\n"


def test_interim_answers_are_left_out(running: HttpServer, serve: Serve, ask: Ask) -> None:
    forward(running, serve(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + OK).url)
    assert ask(GET).startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")


def test_a_body_that_ends_with_the_connection(running: HttpServer, serve: Serve, ask: Ask) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.0 200 \r\n\r\nab")

    forward(running, serve(talk).url)
    found = ask(GET)
    assert found.startswith(b"HTTP/1.1 200 \r\n")
    assert found.endswith(b"2\r\nab\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Transfer-Encoding: chunked", "7\r\nid: 1\n\n\r\n", "7\r\nid: 2\n\n\r\n"),
        ("Content-Length: 14", "id: 1\n\n", "id: 2\n\n"),
        ("X-A: until closed", "id: 1\n\n", "id: 2\n\n"),
    ],
)
def test_pieces_pass_at_once(
    running: HttpServer, serve: Serve, connect: Connect, head: str, first: str, second: str
) -> None:
    seen = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n{first}".encode())
        assert seen.wait(LONG)
        sock.sendall(f"{second}".encode())
        if "chunked" in head:
            sock.sendall(b"0\r\n\r\n")

    forward(running, serve(talk).url)
    client = connect()
    client.sendall(GET)
    read_until(client, b"id: 1\n\n")
    assert received(running).text == "id: 1\n\n"
    seen.set()
    read_until(client, b"id: 2\n\n")


def test_a_large_download_is_never_in_memory(running: HttpServer, serve: Serve, connect: Connect) -> None:
    size = 100 * 1024 * 1024
    piece = bytes(1024 * 1024)

    def talk(sock: socket.socket) -> None:
        sock.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size // len(piece)):
            sock.sendall(piece)

    forward(running, serve(talk).url)
    client = connect()
    tracemalloc.start()
    try:
        client.sendall(GET)
        read_until(client, b"\r\n\r\n")
        buffer = bytearray(1024 * 1024)
        left = size
        while left:
            count = client.recv_into(buffer)
            assert count
            left -= count
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 10 * 1024 * 1024
    assert len(received(running).data) == 1024 * 1024
    assert problems(running) == []


def test_a_large_upload_is_in_memory_once(running: HttpServer, connect: Connect) -> None:
    size = 100 * 1024 * 1024
    # Not a `Peer`, which would keep it.
    listening = socket.create_server(("127.0.0.1", 0))
    arrived = 0

    def take() -> None:
        nonlocal arrived
        sock, _ = listening.accept()
        with sock:
            sock.settimeout(LONG)
            read_until(sock, b"\r\n\r\n")
            buffer = bytearray(1024 * 1024)
            while arrived < size and (count := sock.recv_into(buffer)):
                arrived += count
            sock.sendall(OK)

    thread = threading.Thread(target=take)
    thread.start()
    forward(running, f"http://127.0.0.1:{listening.getsockname()[1]}")
    client = connect()
    piece = bytes(1024 * 1024)
    tracemalloc.start()
    try:
        client.sendall(f"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size // len(piece)):
            client.sendall(piece)
        received_at = tracemalloc.get_traced_memory()[0]
        read_until(client, b"ok")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        thread.join(LONG)
        listening.close()
    assert arrived == size
    # The request itself is kept.
    assert most < 1.2 * size, (most, received_at)


def test_others_are_answered_meanwhile(running: HttpServer, serve: Serve, connect: Connect) -> None:
    waits = threading.Event()

    def talk(sock: socket.socket) -> None:
        if len(peer.requests) > 2:
            entered.set()
            assert waits.wait(LONG)
        sock.sendall(OK)

    entered = threading.Event()
    peer = serve(talk, keeps=True)
    expect(running, "/own")
    forward(running, peer.url)
    client, other = connect(), connect()
    # The first answers come at once.
    for _ in range(2):
        client.sendall(GET)
        read_until(client, b"ok")
    client.sendall(GET)
    assert entered.wait(LONG)
    other.sendall(b"GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
    assert read_until(other, b"ok").startswith(b"HTTP/1.1 200 ")
    waits.set()
    read_until(client, b"ok")


# What goes wrong.


def test_nobody_listens(running: HttpServer, ask: Ask) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        forward(running, url)
        assert failure(running, ask(GET), url) == "connection refused"


def test_no_answer_in_time(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve(until_closed)
    forward(running, peer.url, timeout=0.05)
    assert failure(running, ask(GET), peer.url) == "no answer within 0.05 seconds"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "the connection was closed before an answer came"),
        (b"SSH-2.0-x\r\n", 'the answer is not HTTP: "SSH-2.0-x"'),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            'the answer has the Transfer-Encoding "gzip, chunked", not chunked',
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length", "the connection was closed in the middle of the answer"),
        (b"HTTP/1.1 2", "the connection was closed in the middle of the answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "the connection was closed in the middle of the answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 32_768 + b"\r\n", "the head of the answer is too large"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "the answer is 101 Switching Protocols, which was not asked for",
        ),
    ],
)
def test_an_answer_that_cannot_be_sent_back(
    running: HttpServer, serve: Serve, ask: Ask, answer: bytes, reason: str
) -> None:
    peer = serve(answer)
    forward(running, peer.url)
    assert failure(running, ask(GET), peer.url) == reason


def test_a_tunnel_is_not_forwarded(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    forward(running, peer.url)
    answer = ask(b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 ")
    ((_, message),) = problems(running)
    assert message.endswith(" failed: CONNECT asks for a tunnel, which cannot be forwarded")
    assert peer.requests == []


def test_the_response_to_a_client_that_prefers_json(running: HttpServer, serve: Serve, ask: Ask) -> None:
    forward(running, serve(b"").url)
    answer = ask(b"GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\n")
    assert b'"problem": "FORWARDING FAILED"' in answer


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        ("Transfer-Encoding: chunked", b"5\r\nab"),
        ("Transfer-Encoding: chunked", b"2\r\nab\r\n"),
        ("Content-Length: 5", b"ab"),
    ],
)
@pytest.mark.parametrize("end", [reset, socket.socket.close])
def test_an_answer_that_breaks_off(
    running: HttpServer,
    serve: Serve,
    connect: Connect,
    head: str,
    sent: bytes,
    end: Callable[[socket.socket], None],
) -> None:
    seen = threading.Event()

    def talk(sock: socket.socket) -> None:
        sock.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + sent)
        assert seen.wait(LONG)
        end(sock)

    peer = serve(talk)
    forward(running, peer.url)

    client = connect()
    client.sendall(GET)
    head_sent = read_until(client, b"\r\n\r\n")
    read_until(client, b"ab")
    seen.set()
    # No last chunk.
    assert read_all(client) == (b"" if b"Content-Length" in head_sent else b"\r\n")
    reason = "the connection was closed in the middle of the answer"
    message = f"FORWARDING FAILED: GET /: forwarding to {peer.url}/ failed: {reason}"
    assert problems(running) == [("FORWARDING FAILED", message)]


def test_an_old_client_sees_that_an_answer_breaks_off(running: HttpServer, serve: Serve, connect: Connect) -> None:
    forward(running, serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab").url)
    client = connect()
    client.sendall(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
    # Only a reset says that more was to come.
    with pytest.raises(ConnectionResetError):
        read_all(client)


def test_an_answer_that_stops_in_the_middle(running: HttpServer, serve: Serve, ask: Ask) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        until_closed(sock)

    peer = serve(talk)
    forward(running, peer.url, timeout=0.2)
    assert ask(GET).endswith(b"\r\n\r\nab")
    message = f"FORWARDING FAILED: GET /: forwarding to {peer.url}/ failed: no more of the answer within 0.2 seconds"
    assert problems(running) == [("FORWARDING FAILED", message)]


def test_a_body_that_is_not_kept(serve: Serve) -> None:
    peer = serve()
    server = HttpServer(limits=Limits(body_kept=2))
    server.start()
    try:
        forward(server, peer.url)
        with socket.create_connection(("127.0.0.1", server.port), LONG) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")
            reason = "the body of the request has 3 bytes, of which max_body_kept keeps the first 2; raise it in "
            assert failure(server, read_all(client), peer.url) == f"{reason}'Start Http Server'"
    finally:
        server.stop()
    assert peer.requests == []


# Who stops waiting.


def waits(sock: socket.socket, entered: threading.Event, begin: bytes) -> None:
    sock.sendall(begin)
    entered.set()
    until_closed(sock)


BEGINNINGS = [b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"]


@pytest.mark.parametrize("begin", BEGINNINGS)
@pytest.mark.parametrize("leave", [reset, socket.socket.close])
def test_a_client_that_leaves(
    running: HttpServer,
    serve: Serve,
    connect: Connect,
    begin: bytes,
    leave: Callable[[socket.socket], None],
) -> None:
    entered, closed = threading.Event(), threading.Event()

    def talk(sock: socket.socket) -> None:
        waits(sock, entered, begin)
        closed.set()

    forward(running, serve(talk).url, timeout=LONG)
    client = connect()
    # On Linux, what it has sent since does not hide its end.
    client.sendall(GET + (b"GET /next" if sys.platform == "linux" else b""))
    assert entered.wait(LONG)
    if begin:
        read_until(client, b"ab\r\n")
    leave(client)
    # Long before the timeout.
    assert closed.wait(LONG / 2)
    assert (
        wait_until_sent(running).note == f"the client left {'after 2 bytes' if begin else 'before anything was sent'}"
    )
    assert problems(running) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not see the end behind the alert of TLS")
def test_a_client_that_leaves_over_tls(serve: Serve, tmp_path: Path) -> None:
    entered, closed = threading.Event(), threading.Event()

    def talk(sock: socket.socket) -> None:
        waits(sock, entered, b"")
        closed.set()

    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    server = HttpServer(host="127.0.0.1", tls=Tls.of("127.0.0.1", cert_file=tmp_path / "own.pem"))
    server.start()
    try:
        forward(server, serve(talk).url, timeout=LONG)
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with socket.create_connection(("127.0.0.1", server.port), LONG) as sock:
            client = context.wrap_socket(sock, server_hostname="127.0.0.1")
            client.sendall(GET)
            assert entered.wait(LONG)
            # Says that it ends, then ends.
            client.settimeout(0)
            with suppress(ssl.SSLWantReadError):
                client.unwrap()
            client.close()
        assert closed.wait(LONG / 2)
    finally:
        server.stop()


def test_a_client_that_has_closed_its_side_gets_no_false_end(
    running: HttpServer, serve: Serve, connect: Connect
) -> None:
    entered = threading.Event()
    forward(running, serve(lambda sock: waits(sock, entered, BEGINNINGS[1])).url, timeout=LONG)
    client = connect()
    client.sendall(GET)
    assert entered.wait(LONG)
    read_until(client, b"ab\r\n")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b""


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_a_server_that_stops(running: HttpServer, serve: Serve, connect: Connect, begin: bytes) -> None:
    entered, closed = threading.Event(), threading.Event()

    def talk(sock: socket.socket) -> None:
        waits(sock, entered, begin)
        closed.set()

    forward(running, serve(talk).url, timeout=LONG)
    client = connect()
    client.sendall(GET)
    assert entered.wait(LONG)
    if begin:
        read_until(client, b"ab\r\n")
    running.stop()
    assert closed.wait(LONG / 2)
    assert read_all(client) == b""
    assert wait_until_sent(running).stopped
    assert problems(running) == []


# TLS.


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The URL of a service over TLS, and the file with its certificate."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    server = HttpServer(host="127.0.0.1", tls=Tls.of("127.0.0.1", cert_file=tmp_path / "own.pem"))
    server.start()
    expect(server)
    yield server.url, tmp_path / "ca.pem"
    server.stop()


@pytest.mark.parametrize("verify", [True, "yes"])
def test_a_certificate_that_is_not_trusted(
    running: HttpServer, secured: tuple[str, Path], ask: Ask, verify: object
) -> None:
    forward(running, secured[0], verify=verify)
    reason = failure(running, ask(GET), secured[0])
    assert reason.startswith("the certificate is not trusted: ")


@pytest.mark.parametrize("verify", [False, "False", Path, str])
def test_a_certificate_that_is_accepted(
    running: HttpServer, secured: tuple[str, Path], ask: Ask, verify: object
) -> None:
    forward(running, secured[0], verify=verify(secured[1]) if isinstance(verify, type) else verify)
    assert ask(GET).endswith(b"\r\n\r\nok")


def test_certificates_of_this_library_are_trusted(running: HttpServer, secured: tuple[str, Path], ask: Ask) -> None:
    known: list[Path] = []
    forward(running, secured[0], known_ca_file=lambda: known[0] if known else None)
    assert ask(GET).startswith(b"HTTP/1.1 502 ")
    # The first server with TLS makes it.
    known.append(secured[1])
    assert ask(GET).endswith(b"\r\n\r\nok")


# Unexpected requests.


def test_unexpected_requests_are_forwarded(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    expect(running, "/own")
    running.book.forwarding = Forwarding(peer.url)
    assert b"\r\nServer: HttpServerLibrary\r\n" in ask(b"GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
    assert peer.requests == []
    ask(b"GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n")
    ask(b"POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
    assert [lines(request)[0] for request in peer.requests] == [
        b"GET /favicon.ico HTTP/1.1",
        b"POST /other HTTP/1.1",
    ]
    assert problems(running) == []
    assert received(running).text == "ok"


def test_forwarding_of_unexpected_requests_ends(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    running.book.forwarding = Forwarding(peer.url)
    running.open_scope(Scope("test 'A'"))
    assert ask(GET).startswith(b"HTTP/1.1 200 ")
    running.book.forwarding = None
    assert ask(GET).startswith(b"HTTP/1.1 500 ")
    running.close_scope()
    running.book.clear()
    assert ask(GET).startswith(b"HTTP/1.1 200 ")
    running.reset()
    assert ask(GET).startswith(b"HTTP/1.1 500 ")
    assert len(peer.requests) == 2


def test_a_broken_order_is_not_forwarded(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve()
    running.book.forwarding = Forwarding(peer.url)
    expect(running, "/first", Kind.ORDERED)
    for _ in range(2):
        assert ask(GET).startswith(b"HTTP/1.1 500 ")
    assert [kind for kind, _ in problems(running)] == ["OUT OF ORDER", "REFUSED"]
    assert peer.requests == []


def test_an_unexpected_request_that_cannot_be_forwarded(running: HttpServer, serve: Serve, ask: Ask) -> None:
    peer = serve(b"")
    running.book.forwarding = Forwarding(peer.url)
    assert failure(running, ask(GET), peer.url) == "the connection was closed before an answer came"


# Bad input.

ADDED = "The path and query of each request are added to it."


@pytest.mark.parametrize(
    ("upstream", "named", "message"),
    [
        ("api", {}, 'upstream: an http or https URL such as http://localhost/ is needed, not "api".'),
        (
            "http://a/x?y=1",
            {},
            f'upstream: the URL of a service is needed, without a query: "http://a/x?y=1". {ADDED}',
        ),
        ("http://a", {"timeout": 0}, "timeout: a number of seconds above 0 is needed, not 0."),
        (
            "http://a",
            {"headers": {"content-length": "1"}},
            "headers: content-length cannot be set; the server frames the body.",
        ),
        (
            "http://a",
            {"remove_headers": ["X-A", "X A"]},
            "remove_headers: a list of header names is needed, but 'X A' is not one.",
        ),
        (
            "http://a",
            {"remove_headers": "Host"},
            "remove_headers: Host cannot be removed, because the request needs it.",
        ),
        ("http://a", {"verify": 1}, "verify: True, False or a file is needed, not int: 1."),
        ("http://a", {"verify": "/no/file"}, 'verify: the file "/no/file" cannot be read: No such file or directory.'),
    ],
)
def test_bad_input(upstream: str, named: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Forwarding(upstream, **named)
    assert str(caught.value) == message


def test_a_file_without_a_certificate(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(UsageError) as caught:
        Forwarding("http://a", verify=file)
    assert str(caught.value) == f'verify: the file "{file}" has no certificate in PEM format.'


@pytest.mark.parametrize(
    ("upstream", "host", "is_own"),
    [
        ("http://localhost:8000/x", "localhost", True),
        ("http://LOCALHOST.:8000", "localhost", True),
        ("http://127.0.0.1:8000", "localhost", True),
        ("https://[::1]:8000", "localhost", True),
        ("http://127.0.0.5:8000", "0.0.0.0", True),
        ("http://0.0.0.0:8000", "::", True),
        ("http://localhost:8000", "127.0.0.1", True),
        ("http://shop.example:8000", "shop.example", True),
        ("http://localhost:8001", "localhost", False),
        ("http://localhost", "localhost", False),
        ("http://127.0.0.2:8000", "127.0.0.1", False),
        ("http://shop.example:8000", "localhost", False),
    ],
)
def test_the_server_itself_is_no_upstream(upstream: str, host: str, is_own: bool) -> None:
    if not is_own:
        Forwarding(upstream, own=Own(host, 8000))
        return
    with pytest.raises(UsageError, match=r"is this server itself, which would forward to itself without end\. Give"):
        Forwarding(upstream, own=Own(host, 8000))


def test_the_server_itself_under_the_name_that_others_know() -> None:
    own = Own("0.0.0.0", 8000, "host.docker.internal")
    with pytest.raises(UsageError, match="is this server itself"):
        Forwarding("http://host.docker.internal:8000", own=own)
    with pytest.raises(UsageError, match="is this server itself"):
        Forwarding("http://localhost:8000", own=own)
    Forwarding("http://host.docker.internal:8001", own=own)


def test_servers_that_forward_in_a_circle(running: HttpServer, ask: Ask) -> None:
    other = HttpServer()
    other.start()
    try:
        forward(running, other.url)
        forward(other, running.url)
        for _ in range(2):
            assert b" failed: it was forwarded 10 times: servers forward to each other in a circle\n" in ask(GET)
        assert len(running.journal.exchanges()) + len(other.journal.exchanges()) == 22
    finally:
        other.stop()


def test_many_requests_over_one_connection_are_no_circle(running: HttpServer, serve: Serve, connect: Connect) -> None:
    forward(running, serve().url)
    client = connect()
    for _ in range(12):
        client.sendall(GET)
        assert read_until(client, b"ok").startswith(b"HTTP/1.1 200 ")
