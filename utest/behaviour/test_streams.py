"""Open responses as their clients, the test and the record see them."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import ExpectationFailed, UsageError
from HttpServerLibrary.engine.explaining.lines import status_text
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.responses.stream import EndHow, StreamEnd
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.keywords.secret import Secret
from HttpServerLibrary.log.table import Received, request_table
from utest.helpers import LONG, needs_secrets

HEAD = b"\r\n\r\n"
FIRST = b"9\r\ndata: a\n\n\r\n"
LAST = b"0\r\n\r\n"

Ask = Callable[..., socket.socket]


class Library(HttpServerLibrary):
    """Also shows what users do not see."""

    @property
    def server(self) -> HttpServer:
        return self._server()

    def begin_test(self) -> None:
        self._scopes.open("test", "test 'Inner'")

    def end_test(self, check: Callable[[], None]) -> None:
        """The end of a test; checks what is so when its streams have ended."""
        self._scopes.stop_innermost()
        check()
        self._scopes.close_innermost()


@pytest.fixture
def library() -> Iterator[Library]:
    library = Library(timeout=LONG)
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


@pytest.fixture
def ask(library: Library) -> Iterator[Ask]:
    """Sends a request and reads the head of its response."""
    with ExitStack() as opened:

        def ask(path: str = "/x", method: str = "GET", version: str = "1.1") -> socket.socket:
            address = urlsplit(library.get_http_server_url())
            client: socket.socket = opened.enter_context(socket.create_connection(("127.0.0.1", address.port or 0)))
            client.settimeout(LONG)
            if address.scheme == "https":
                trust = ssl.create_default_context(cafile=library.get_http_server_ca_file())
                client = opened.enter_context(trust.wrap_socket(client, server_hostname="localhost"))
            client.sendall(f"{method} {path} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
            head = b""
            while not head.endswith(HEAD):
                head += client.recv(1)
            return client

        yield ask


def read(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := client.recv(size - len(data))):
        data += more
    return data


def rest(client: socket.socket) -> bytes | None:
    """What comes until the end; None if it is a reset."""
    data = b""
    try:
        while more := client.recv(65536):
            data += more
    except ConnectionResetError:
        return None
    return data


def until(library: Library, check: Callable[[], bool]) -> None:
    """Waits for a change after which something is so."""
    assert library.server.journal.wait(lambda: check() or None, LONG)


def opened(library: Library, times: int = 1) -> Exchange:
    """The newest open stream."""
    library.wait_until_stream_is_open(times=times)
    return library.server.journal.open_streams()[-1]


def until_idle(library: Library, ask: Ask) -> None:
    """The thread that serves everything has done what came before."""
    library.expect_request("/idle")
    library.respond_with_data("")
    ask("/idle")


def no_stream(library: Library) -> bool:
    return not library.server.journal.open_streams()


def test_events_go_to_all_also_beside_a_client_that_does_not_read(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events()
    deaf = ask()
    request = library.wait_until_stream_is_open()
    assert not isinstance(request, list)
    assert library.send_event("x" * 20_000_000, to=request) == 1
    clients = [ask() for _ in range(50)]
    library.wait_until_stream_is_open(times=51)
    for _ in range(3):
        assert library.send_event("a") == 51
    for client in clients:
        assert read(client, 3 * len(FIRST)) == 3 * FIRST
    library.stop_http_server()
    assert [rest(client) for client in clients] == [b""] * 50
    deaf.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("HttpServerLibrary-")]


def test_a_client_that_left_is_not_counted(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events(["a"], end=StreamEnd.STAY_OPEN)
    clients = [ask() for _ in range(3)]
    library.wait_until_stream_is_open(times=3)
    record = library.server.journal.open_streams()[0]
    clients[0].close()
    until(library, lambda: record.stream is None)
    assert library.send_event("b") == 2
    assert status_text(record) == "the client left after 9 bytes"
    assert record.delivered is False
    # A reset.
    clients[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    clients[1].close()
    clients[2].close()
    until(library, lambda: no_stream(library))
    with pytest.raises(UsageError) as caught:
        library.send_event("c")
    assert re.fullmatch(
        r"No stream is open for permanent /x\. 3 streams have ended \(the last: the client left after \d+ bytes\)\.",
        str(caught.value),
    )
    library.check_assertions()


def test_the_connection_of_a_client_that_left_is_closed(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events()
    client = ask()
    opened(library)
    # The client reads on.
    client.shutdown(socket.SHUT_WR)
    assert rest(client) == b""


@pytest.mark.parametrize(
    ("how", "sent", "status", "delivered"),
    [
        ("END", FIRST + LAST, "200 OK", True),
        ("CLOSE", FIRST, "CLOSE after 9 bytes, on purpose", False),
        ("RESET", None, "RESET after 9 bytes, on purpose", False),
    ],
)
def test_how_a_stream_ends(
    library: Library, ask: Ask, how: str, sent: bytes | None, status: str, delivered: bool
) -> None:
    expectation = library.expect_request("/x")
    library.respond_with_events()
    client = ask()
    record = opened(library)
    assert status_text(record) == "200 OK, open after 0 bytes"
    library.send_event("a")
    assert library.end_stream(how=EndHow[how]) == 1
    # It is not open any more, even if its client has not seen the end.
    with pytest.raises(UsageError, match=r"^No stream is open for permanent /x\."):
        library.send_event("b", to=expectation)
    if sent is None:
        read(client, len(FIRST))
        assert rest(client) is None
    elif sent.endswith(LAST):
        assert read(client, len(sent)) == sent
        # The connection can be used again.
        client.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
    else:
        assert rest(client) == sent
    assert status_text(record) == status
    assert record.delivered is delivered
    assert record.sent_body == b"data: a\n\n"
    entry = _response(record, library.server)
    assert entry["content"]["text"] == "data: a\n\n"
    assert entry.get("comment") == (None if delivered else status)


@pytest.mark.parametrize(("method", "version", "body"), [("GET", "1.0", b"data: a\n\n"), ("HEAD", "1.0", b"")])
def test_to_an_old_client(library: Library, ask: Ask, method: str, version: str, body: bytes) -> None:
    library.expect_request("/x")
    library.respond_with_events(["a"])
    assert rest(ask(method=method, version=version)) == body


def test_over_tls(library: Library, ask: Ask) -> None:
    pytest.importorskip("cryptography")
    library.start_http_server(tls=True)
    library.expect_request("/x")
    library.respond_with_events()
    client = ask()
    record = opened(library)
    library.send_event("a")
    assert read(client, len(FIRST)) == FIRST
    library.send_event("x" * 1_000_000)
    assert len(read(client, 1_000_000)) == 1_000_000
    client.close()
    until(library, lambda: record.stream is None)
    assert record.progress is not None
    assert record.progress.left


def test_a_stream_with_a_long_pause_ends_with_its_scope(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events(["a", "b"], pause=2 * LONG)
    client = ask()
    opened(library)
    assert read(client, len(FIRST)) == FIRST
    library.reset_http_server()
    assert read(client, len(LAST)) == LAST


def test_a_stream_with_a_long_pause_ends_with_its_server(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events(["a", "b"], pause=2 * LONG)
    client = ask()
    record = opened(library)
    assert read(client, len(FIRST)) == FIRST
    library.stop_http_server()
    assert rest(client) == b""
    assert status_text(record) == "the server stopped after 9 bytes"
    assert record.delivered is False
    assert no_stream(library)


def test_a_stream_with_a_long_pause_takes_no_thread_and_counts_as_sent(library: Library, ask: Ask) -> None:
    library.expect_request("/x", times=20)
    library.respond_with_events(["a", "b"], pause=2 * LONG)
    for _ in range(20):
        ask()
    library.wait_until_stream_is_open(times=20)
    library.wait_until_expectations_are_met()
    name = f"HttpServerLibrary-{library.server.port}"
    assert sum(thread.name == name for thread in threading.enumerate()) < 5


def test_what_does_not_end_a_stream(library: Library, ask: Ask) -> None:
    oneshot = library.expect_oneshot_request("/x")
    library.respond_with_events()
    client = ask()
    request = library.wait_until_stream_is_open()
    assert not isinstance(request, list)
    # Used up, but still the latest one.
    assert library.send_event("a") == 1
    library.clear_received_requests()
    assert library.send_event("a", to=request) == 1
    other = library.expect_request("/y")
    assert library.send_event("a", to=oneshot) == 1
    library.remove_expectation(other)
    library.remove_expectation(oneshot)
    assert library.send_event("a", to=oneshot) == 1
    assert read(client, 4 * len(FIRST)) == 4 * FIRST


def test_the_response_of_a_stream(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_chunks(["ü", b"\xff", {"a": None}], end=StreamEnd.STAY_OPEN, content_type="text/plain")
    client = ask()
    request = library.wait_until_stream_is_open()
    assert not isinstance(request, list)
    response = request.response
    assert response is not None
    expected = b'\xc3\xbc\xff{"a": null}\n'
    until_idle(library, ask)
    assert (response.sent, response.data) == (len(expected), expected)
    library.send_chunk("x" * 2_000_000, to=request)
    library.end_stream(to=request)
    received = b""
    while not received.endswith(LAST):
        received += client.recv(65536)
    assert received.count(b"x") == 2_000_000
    final = request.response
    assert final is not None
    assert final.sent == len(expected) + 2_000_000
    # As much as is kept.
    assert len(final.data) == 1024 * 1024


def test_more_streams_than_asked_for(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events()
    for _ in range(3):
        ask()
    everything = library.wait_until_stream_is_open(times=3)
    assert isinstance(everything, list)
    assert library.wait_until_stream_is_open(times=2) == everything[:2]


def test_not_enough_streams(library: Library, ask: Ask) -> None:
    expectation = library.expect_request("/x")
    library.respond_with_events(["a"], end=StreamEnd.STAY_OPEN)
    ask()
    until_idle(library, ask)
    with pytest.raises(ExpectationFailed) as caught:
        library.wait_until_stream_is_open(times=2, timeout=0, to=expectation)
    assert str(caught.value) == (
        "Expected 2 open streams of permanent /x within 0 seconds\n"
        f"1 is open on {library.server}. Received:\n"
        "  GET /idle (answered 200)\n"
        "  GET /x (200 OK, open after 9 bytes)"
    )


def test_streams_of_an_expectation_of_another_server(library: Library) -> None:
    expectation = library.expect_request("/x")
    first = library.server
    library.start_http_server(alias="other")
    with pytest.raises(UsageError) as caught:
        library.wait_until_stream_is_open(timeout=0, to=expectation, server="other")
    assert str(caught.value) == (
        f"The expectation (permanent /x) belongs to {first}, not to {library.server}. Write server=http-1."
    )
    with pytest.raises(UsageError, match=r"^There is no server 'nope'\."):
        library.wait_until_stream_is_open(timeout=0, to=expectation, server="nope")


@pytest.mark.parametrize(
    ("end", "ended"),
    [("END", "1 stream has ended."), ("CLOSE", "1 stream has ended (CLOSE after 9 bytes, on purpose).")],
)
def test_a_stream_that_has_ended(library: Library, ask: Ask, end: str, ended: str) -> None:
    expectation = library.expect_request("/x")
    library.respond_with_events(["a"], end=end)
    ask()
    until_idle(library, ask)
    (record, _) = library.server.journal.exchanges()
    # Not only closed for what the test sends.
    until(library, lambda: record.progress is not None and record.progress.stream is None)
    ended = f"{ended} With end=STAY_OPEN, a stream stays open until 'End Stream'."
    with pytest.raises(UsageError) as refused:
        library.send_event("b", to=expectation)
    assert str(refused.value) == f"No stream is open for permanent /x. {ended}"
    with pytest.raises(ExpectationFailed) as failed:
        library.wait_until_stream_is_open(timeout=0)
    assert str(failed.value).split("\n")[-1] == ended


def test_a_response_that_is_no_stream(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_data("a")
    ask()
    until_idle(library, ask)
    with pytest.raises(UsageError) as caught:
        library.end_stream(to=library.expect_request("/y"))
    assert str(caught.value) == (
        "No stream is open for permanent /y. Give it a response by 'Respond With Events' or 'Respond With Chunks' that "
        "stays open, and use 'Wait Until Stream Is Open'."
    )


def test_no_stream_at_all(library: Library) -> None:
    with pytest.raises(ExpectationFailed) as caught:
        library.wait_until_stream_is_open(timeout=0, message="No dashboard.")
    assert str(caught.value) == (f"No dashboard.\nNone is open on {library.server}. Received:\n  no requests")


def test_the_table_and_the_har_of_an_open_stream(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events([{"comment": "y" * 2_000_000}], end=StreamEnd.STAY_OPEN)
    client = ask()
    record = opened(library)
    assert len(read(client, 2_000_000)) == 2_000_000
    until_idle(library, ask)
    server = library.server
    table = request_table([server], [Received(server, record)], Scope("test", 0.0))
    assert "Response <small>200 OK, open after 2000004 bytes</small>" in table
    assert "2000004 bytes, of which the first 1048576 are kept" in table
    assert _response(record, server)["comment"] == "open after 2000004 bytes"


def _response(record: Exchange, server: HttpServer) -> dict[str, Any]:
    (entry,) = json.loads("".join(archive([record], server.secrets, "", "")))["log"]["entries"]
    response: dict[str, Any] = entry["response"]
    return response


def test_secrets_are_sent_and_masked(library: Library, ask: Ask) -> None:
    server = library.server
    server.secrets.add("hunter22", server.book.innermost())
    library.expect_request("/x")
    library.respond_with_events()
    client = ask()
    record = opened(library)
    library.send_event({"password": "hunter22"})
    library.end_stream()
    assert b"hunter22" in read(client, 34)
    until(library, lambda: record.stream is None)
    assert "hunter22" not in "".join(archive([record], server.secrets, "", ""))


def test_the_log_says_how_a_stream_ended(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events(["a"], end=StreamEnd.STAY_OPEN)
    server = library.server
    client = ask()
    record = opened(library)
    server.journal.take_unlogged()
    client.close()
    until(library, lambda: record.ended is not None and no_stream(library))
    ask()
    last = opened(library)
    dropped, entries = server.journal.take_unlogged()
    assert dropped == 0
    assert entries == [record, last]
    library.stop_http_server()
    assert server.journal.take_unlogged() == (0, [last])


def test_streams_end_with_their_scope_and_no_others_do(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events()
    of_suite = ask()
    opened(library)
    server = library.server
    library.begin_test()
    of_test = ask()
    record = opened(library, times=2)
    server.journal.take_unlogged()
    ends = []
    library.end_test(lambda: ends.append(read(of_test, len(LAST))))
    assert ends == [LAST]
    assert library.send_event("a") == 1
    assert read(of_suite, len(FIRST)) == FIRST
    until_idle(library, ask)
    assert record not in server.journal.take_unlogged()[1]


@needs_secrets
def test_a_secret_in_an_event(library: Library, ask: Ask) -> None:
    secret = Secret("hunter22")
    library.expect_request("/x")
    library.respond_with_events(["a", {"data": {"password": secret}}], end=StreamEnd.STAY_OPEN)
    client = ask()
    record = opened(library)
    library.send_event(secret)
    library.end_stream()
    received = b""
    while not received.endswith(LAST):
        received += client.recv(65536)
    assert received.count(b"hunter22") == 2
    assert "hunter22" not in json.dumps(_response(record, library.server))


def test_one_event_goes_to_a_client_that_does_not_read_and_to_others(library: Library, ask: Ask) -> None:
    library.expect_request("/x")
    library.respond_with_events()
    ask()
    opened(library)
    clients = [ask() for _ in range(3)]
    library.wait_until_stream_is_open(times=4)
    assert library.send_event("x" * 20_000_000) == 4
    for client in clients:
        assert len(read(client, 20_000_000)) == 20_000_000
