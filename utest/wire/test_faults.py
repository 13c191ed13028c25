"""Clients that vanish, dawdle or come too many: the others are served, nothing is left, and the journal says why."""

from __future__ import annotations

import errno
import os
import re
import select
import selectors
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import werkzeug

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.lines import status_text
from HttpServerLibrary.engine.interrupts import Latch
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.reply import Reply
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire import binding
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.poller import Poller, SelectorPoller
from utest.helpers import LONG, wait_until

FILES = Path("/proc/self/fd")
LARGE = b"0123456789" * 1_000_000
PIECE = bytes(100_000)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

Serve = Callable[..., Listener]
Connect = Callable[..., Any]
OpenFiles = Callable[[], set[str]]


def get(path: str) -> bytes:
    return b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode()


def post(*fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((b"POST / HTTP/1.1", b"Host: a", *fields, b"", body))


class Faulty:
    """A server with a response of each kind, and what is to be seen of it from inside."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.answered = Latch()
        self.server = HttpServer(limits=Limits(stall=LONG, linger=LONG))
        self.server.start()
        self.port = self.server.port
        responders: dict[str, Responder] = {
            "/": respond_data("ok"),
            "/made": Handler(self.make),
            "/delayed": delayed(respond_data("late"), 0.05),
            "/large": respond_data(LARGE),
            "/streamed": Handler(self.stream),
        }
        for path, responder in responders.items():
            self.server.book.register(Kind.PERMANENT, RequestDescription(path)).responder = responder

    def make(self, request: werkzeug.Request) -> str:
        self.asked.release()
        self.answered.wait(LONG)
        return "made"

    def stream(self, request: werkzeug.Request) -> werkzeug.Response:
        return werkzeug.Response(repeat(PIECE))

    def received(self) -> bool:
        return bool(self.server.journal.exchanges())

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.server.journal.problems()]

    def warnings(self) -> list[str]:
        return [entry for entry in self.server.journal.take_unlogged()[1] if isinstance(entry, str)]

    def stops(self) -> bool:
        """Whether all threads have ended. A stop waits for a moment only, and the next one goes on with it."""
        return self.server.stop() == 0

    def threads(self) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.endswith(f"-{self.port}")]


@pytest.fixture
def faulty(open_files: OpenFiles) -> Iterator[Faulty]:
    """Afterwards all connections are gone before the server stops, and then its threads and files, too."""
    files = open_files()
    faulty = Faulty()
    try:
        yield faulty
        wait_until(lambda: faulty.server.connections == 0)
        assert faulty.server.journal.pending() == []
        assert len(faulty.threads()) <= 3, "one that leads, and what waits for the lead"
        assert faulty.warnings() == []
    finally:
        wait_until(faulty.stops)
    assert faulty.threads() == []
    assert open_files() <= files


def ok(request: Request, reply: Reply) -> None:
    reply.send(Response(200, (), b"ok"))


def closes(client: Any) -> None:
    client.close()


def resets(client: Any) -> None:
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


class Phase(NamedTuple):
    """What a client sends, how it knows that the server is there, and what is told of its end."""

    sends: bytes
    reached: Callable[[Faulty, Any], object]
    problem: str | None = None


def is_accepted(faulty: Faulty, client: Any) -> None:
    wait_until(lambda: faulty.server.connections > 0)


def is_in_request(faulty: Faulty, client: Any) -> None:
    """What was sent is read in the same round as the first request of another client, or before, and so before its
    second one is answered."""
    with socket.create_connection(("127.0.0.1", faulty.port), timeout=LONG) as other:
        for _ in range(2):
            other.sendall(GET)
            assert other.recv(1000).endswith(b"ok")


def is_told_to_continue(faulty: Faulty, client: Any) -> None:
    assert client.head()[0] == 100


def is_asked(faulty: Faulty, client: Any) -> None:
    assert faulty.asked.acquire(timeout=LONG)


def is_received(faulty: Faulty, client: Any) -> None:
    wait_until(faulty.received)


def has_a_head(faulty: Faulty, client: Any) -> None:
    assert client.head()[0] == 200


def has_a_chunk(faulty: Faulty, client: Any) -> None:
    client.head()
    assert client.chunk() == PIECE


def has_an_answer(faulty: Faulty, client: Any) -> None:
    assert client.response().body == b"ok"


def is_listened_to(faulty: Faulty, client: Any) -> None:
    assert client.response().status == 400
    assert client.is_closed()


CONTINUE = b"Expect: 100-continue"
CLOSED = "MALFORMED REQUEST: the client closed the connection "
PHASES = {
    "before a byte": Phase(b"", is_accepted),
    "in the request line": Phase(b"GET / HT", is_in_request, CLOSED + "in the middle of the header section"),
    "in the header section": Phase(GET[:-2], is_in_request, CLOSED + "in the middle of the header section"),
    "before a sized body": Phase(
        post(b"Content-Length: 9", CONTINUE), is_told_to_continue, CLOSED + "after 0 of 9 body bytes"
    ),
    "in a sized body": Phase(
        post(b"Content-Length: 9", CONTINUE, body=b"abc"), is_in_request, CLOSED + "after 3 of 9 body bytes"
    ),
    "in a chunked body": Phase(
        post(b"Transfer-Encoding: chunked", CONTINUE, body=b"9\r\nabc"),
        is_in_request,
        CLOSED + "after 3 body bytes, before the end of the chunked body",
    ),
    "while the answer is made": Phase(get("/made"), is_asked),
    "while a delayed answer waits": Phase(get("/delayed"), is_received),
    "while a small answer is sent": Phase(GET, is_received),
    "while a large answer is sent": Phase(get("/large"), has_a_head),
    "while an answer is streamed": Phase(get("/streamed"), has_a_chunk),
    "while lingering": Phase(
        b"BAD\r\n", is_listened_to, "MALFORMED REQUEST: the request line is not 'method target HTTP/1.1'"
    ),
    "between two requests": Phase(GET, has_an_answer),
    "while pipelining": Phase(GET * 500, has_an_answer),
    "while pipelining large answers": Phase(get("/large") * 10, has_a_head),
}


@pytest.mark.parametrize("vanishes", [closes, resets])
@pytest.mark.parametrize("name", PHASES)
def test_a_client_that_vanishes(name: str, vanishes: Callable[[Any], None], faulty: Faulty, connect: Connect) -> None:
    """The teardown of the server looks for what is left."""
    phase = PHASES[name]
    client = connect(faulty)
    client.send(phase.sends)
    phase.reached(faulty, client)
    vanishes(client)
    other = connect(faulty)
    other.send(GET)
    assert other.response().body == b"ok"
    other.close()
    faulty.answered.set()
    wait_until(lambda: faulty.server.connections == 0)
    assert faulty.problems() == ([] if phase.problem is None else [phase.problem])


@pytest.mark.parametrize(("path", "body"), [("/made", b"made"), ("/delayed", b"late"), ("/large", LARGE)])
def test_a_half_closed_client_gets_its_answer(path: str, body: bytes, faulty: Faulty, connect: Connect) -> None:
    client = connect(faulty)
    client.send(get(path))
    client.finish()
    faulty.answered.set()
    assert client.response().body == body
    assert client.is_closed()
    assert faulty.problems() == []


TRICKLES = {
    "head": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
    "sized body": post(b"Content-Length: 20", body=b"a" * 20),
    "chunked body": post(b"Transfer-Encoding: chunked", body=b"3;x\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n"),
}


@pytest.mark.parametrize("what", TRICKLES)
def test_a_client_that_sends_byte_by_byte(what: str, faulty: Faulty, connect: Connect) -> None:
    """Between two of its bytes another client has its turn."""
    slow, fast = connect(faulty), connect(faulty)
    slow.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in TRICKLES[what]:
        slow.send(bytes([byte]))
        fast.send(GET)
        assert fast.response().body == b"ok"
    assert slow.response().body == b"ok"
    assert len(faulty.threads()) == 1, "waiting for a byte takes no thread"
    slow.close()
    fast.close()


def test_a_client_that_reads_byte_by_byte(faulty: Faulty, connect: Connect) -> None:
    slow, fast = connect(faulty), connect(faulty)
    slow.send(get("/large"))
    beginning = b""
    for _ in range(100):
        beginning += slow.socket.recv(1)
        fast.send(GET)
        assert fast.response().body == b"ok"
    assert beginning.startswith(b"HTTP/1.1 200 OK\r\n")
    received = len(beginning)
    while received < len(LARGE):
        received += len(slow.socket.recv(1 << 20))
    slow.close()
    fast.close()


@pytest.mark.parametrize("path", ["/large", "/streamed"])
def test_clients_that_never_read(path: str, faulty: Faulty, connect: Connect) -> None:
    deaf = [connect(faulty) for _ in range(20)]
    for client in deaf:
        client.send(get(path))
    wait_until(lambda: len(faulty.threads()) >= 21)
    fast = connect(faulty)
    fast.send(GET)
    assert fast.response().body == b"ok"
    for client in (*deaf, fast):
        client.close()
    wait_until(lambda: faulty.server.connections == 0)
    assert faulty.problems() == []
    # The threads that were needed at the same time wait for the lead now; there are no more than that.
    assert len(faulty.threads()) <= 22
    wait_until(faulty.stops)


def test_a_client_that_pipelines_without_end_leaves_turns_to_others(serve: Serve, connect: Connect) -> None:
    """In the middle of what has arrived of it another client is served."""
    other = Latch()
    was_served: list[bool] = []

    def answer(request: Request, reply: Reply) -> None:
        if request.target == "/other":
            other.set()
        elif request.target == "/100":
            was_served.append(other.wait(LONG))
        reply.send(Response(200))

    listener = Listener("127.0.0.1", 0, answer)
    greedy, modest = connect(listener), connect(listener)
    greedy.send(b"".join(get(f"/{number}") for number in range(1000)))
    modest.send(get("/other"))
    listener.start()
    try:
        assert modest.response().status == 200
        for _ in range(1000):
            assert greedy.response().status == 200
        assert was_served == [True]
    finally:
        assert listener.stop(grace=LONG) == 0


def test_a_client_that_uploads_without_end(serve: Serve, connect: Connect, echo: Any) -> None:
    listener = serve(echo, Limits(body=1 << 40, body_kept=1000))
    upload, other = connect(listener), connect(listener)
    enough = threading.Event()

    def send() -> None:
        upload.send(post(b"Content-Length: %d" % (1 << 40)))
        while not enough.is_set():
            upload.send(PIECE)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for _ in range(100):
            other.send(GET)
            assert other.response().status == 200
    finally:
        enough.set()
        sender.join()


def test_a_full_listen_queue(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    """Who comes when it is full waits in the kernel, and is served in the end."""
    listen = socket.socket.listen
    monkeypatch.setattr(socket.socket, "listen", lambda sock, backlog: listen(sock, 1))
    listener = Listener("127.0.0.1", 0, ok)
    with ExitStack() as undo:
        undo.callback(listener.stop)
        clients = [undo.enter_context(socket.socket()) for _ in range(6)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", listener.port))
        waiting = set(clients) - set(select.select([], clients, [], 0)[1])
        if sys.platform.startswith("linux"):
            assert waiting, "the queue is full"
        listener.start()
        for client in clients:
            assert select.select([], [client], [], LONG)[1]
            client.settimeout(LONG)
            client.sendall(GET)
            assert client.recv(1000).startswith(b"HTTP/1.1 200")


FEW_FILES = """
import resource, sys
from pathlib import Path
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer

server = HttpServer()
notice = server.journal.notice
noticed = []

def out_loud(text):
    notice(text)
    if not noticed:
        noticed.append(text)
        print("noticed", flush=True)

server.journal.notice = out_loud
server.start()
server.book.register(Kind.PERMANENT, RequestDescription("/")).responder = respond_data("ok")
server.book.register(Kind.PERMANENT, RequestDescription("/file")).responder = File(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
print(server.port, flush=True)
sys.stdin.read()
print([entry for entry in server.journal.take_unlogged()[1] if isinstance(entry, str)])
print([str(problem) for problem in server.journal.problems()])
while server.stop():
    pass
"""


@pytest.mark.skipif(not FILES.exists(), reason="the limit is one of POSIX")
def test_out_of_file_descriptors(tmp_path: Path) -> None:
    """Who is connected is served, who is not yet waits until others leave; and a warning says so, once."""
    (tmp_path / "data").write_bytes(b"data")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with ExitStack() as undo:
        child = undo.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", FEW_FILES, str(tmp_path / "data")],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        undo.callback(child.kill)
        assert child.stdout is not None
        address = ("127.0.0.1", int(child.stdout.readline()))
        connected = []
        while True:
            client = undo.enter_context(socket.create_connection(address, timeout=LONG))
            client.sendall(GET)
            watched: list[Any] = [client, child.stdout]
            if client not in select.select(watched, [], [], LONG)[0]:
                break
            assert client.recv(1000).endswith(b"ok")
            connected.append(client)
        assert child.stdout.readline() == "noticed\n"
        late = [client, *(undo.enter_context(socket.create_connection(address, timeout=LONG)) for _ in range(5))]
        assert len(connected) > 20
        connected[0].sendall(get("/file"))
        assert connected[0].recv(1000).startswith(b"HTTP/1.1 500")
        for client in connected:
            client.sendall(GET)
            assert client.recv(1000).endswith(b"ok"), "who is connected is served"
        for client in connected[: len(late)]:
            client.close()
        for client in late[1:]:
            client.sendall(GET)
        for client in late:
            assert client.recv(1000).endswith(b"ok"), "and who waited, too"
        output, errors = child.communicate(timeout=LONG)
    assert errors == ""
    assert output.splitlines() == [
        "['A connection cannot be accepted and is waiting: Too many open files']",
        "['HANDLER ERROR: GET /file: the file data cannot be read: Too many open files']",
    ]


def test_more_connections_than_a_selector_takes(serve: Serve, connect: Connect) -> None:
    """As on Windows. Connections that threads hold are not in the selector, and come back to it."""
    notices: list[str] = []
    go_on = Latch()
    asked = threading.Semaphore(0)

    def answer(request: Request, reply: Reply) -> None:
        if request.target == "/slow":
            reply.step_aside()
            asked.release()
            go_on.wait(LONG)
        ok(request, reply)

    listener = serve(
        answer,
        Limits(sockets=FewSockets.most),
        host="127.0.0.1",
        notice=notices.append,
        make_poller=lambda: SelectorPoller(FewSockets()),
    )
    slow = [connect(listener) for _ in range(5)]
    for client in slow:
        client.send(get("/slow"))
        assert asked.acquire(timeout=LONG)
    # Beside them there are the one that listens, and the one that wakes the leader.
    idle = [connect(listener) for _ in range(FewSockets.most - len(slow) - 2)]
    for client in idle:
        client.send(GET)
        assert client.response().body == b"ok"
    assert connect(listener).is_closed()
    go_on.set()
    for client in slow:
        assert client.response().body == b"ok"
    for client in [*slow, *idle]:
        client.send(GET)
        assert client.response().body == b"ok"
    assert notices == ["A connection was closed at once: this system cannot watch more of them."]


def default_selector() -> Poller:
    return SelectorPoller(selectors.DefaultSelector())


class FewSockets(selectors.SelectSelector):
    """Takes few sockets."""

    most = 10

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if len(self.get_map()) > self.most:
            raise ValueError("too many file descriptors in select()")
        return super().select(timeout)


def test_both_loopback_addresses_out_of_file_descriptors(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    """Connections wait on both listening sockets when the files run out."""
    short = threading.Event()
    short.set()
    noticed = Latch()
    notices: list[str] = []
    accept = socket.socket.accept

    def fails(sock: socket.socket) -> tuple[socket.socket, Any]:
        if short.is_set():
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(sock)

    def notice(text: str) -> None:
        notices.append(text)
        noticed.set()

    monkeypatch.setattr(socket.socket, "accept", fails)
    listening = [*binding.listen("127.0.0.1", 0), *binding.listen("127.0.0.1", 0)]
    monkeypatch.setattr("HttpServerLibrary.engine.wire.listener.listen", lambda host, port: listening)
    listener = Listener("localhost", 0, ok, notice=notice)
    with ExitStack() as undo:
        undo.callback(listener.stop)
        clients = [undo.enter_context(socket.create_connection(sock.getsockname(), timeout=LONG)) for sock in listening]
        listener.start()
        assert noticed.wait(LONG)
        short.clear()
        for client in clients:
            client.sendall(GET)
            assert client.recv(1000).endswith(b"ok")
    assert set(notices) == {"A connection cannot be accepted and is waiting: Too many open files"}


def no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_server_that_cannot_start_a_thread(monkeypatch: pytest.MonkeyPatch, open_files: OpenFiles) -> None:
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    files = open_files()
    listener = Listener("localhost", 0, ok)
    with pytest.raises(UsageError) as error:
        listener.start()
    assert str(error.value) == (
        f"No thread can be started to serve port {listener.port}: the system is out of threads."
    )
    assert open_files() <= files


def test_out_of_threads(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    """Requests that take long have to wait for one another then, and a warning says so."""
    notices: list[str] = []

    def answer(request: Request, reply: Reply) -> None:
        reply.step_aside()
        ok(request, reply)

    listener = Listener("localhost", 0, answer, notice=notices.append)
    listener.start()
    try:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", no_thread)
            for _ in range(3):
                client = connect(listener)
                client.send(GET)
                assert client.response().body == b"ok"
        assert len([thread for thread in threading.enumerate() if thread.name.endswith(f"-{listener.port}")]) == 1
    finally:
        assert listener.stop(grace=LONG) == 0
    assert set(notices) == {"Requests wait for one another: the system is out of threads."}


@pytest.mark.parametrize(
    ("owner", "name"), [(socket.socket, "accept"), (SelectorPoller, "wait")], ids=["accept", "wait"]
)
def test_a_mistake_of_this_library_does_not_end_the_server(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    """An exception that nothing provides for, where the thread that leads calls the system."""
    notices: list[str] = []
    failed = Latch()
    works = getattr(owner, name)

    def fails(*args: object) -> object:
        if failed.wait(0):
            return works(*args)
        failed.set()
        raise KeyError("x")

    monkeypatch.setattr(owner, name, fails)
    listener = Listener("localhost", 0, ok, notice=notices.append, make_poller=default_selector)
    listener.start()
    try:
        client = connect(listener)
        client.send(GET)
        assert client.response().body == b"ok"
        assert failed.wait(0)
    finally:
        assert listener.stop(grace=LONG) == 0
    assert len(notices) == 1
    assert "KeyError: 'x'" in notices[0]


def test_limits_without_end(serve: Serve, connect: Connect) -> None:
    """Longer than a selector can wait."""
    client = connect(serve(ok, Limits(idle=1e9, stall=1e9, handshake=1e9)))
    client.send(GET)
    assert client.response().body == b"ok"


@pytest.mark.parametrize("selector", ["SelectSelector", "PollSelector", "DefaultSelector"])
def test_selectors_that_must_be_asked_again(selector: str, serve: Serve, connect: Connect) -> None:
    """As on systems without epoll and kqueue: a connection that comes back to the leader is noticed."""
    made = getattr(selectors, selector, None)
    if made is None:
        pytest.skip("not on this system")

    def answer(request: Request, reply: Reply) -> None:
        reply.step_aside()
        ok(request, reply)

    listener = serve(answer, make_poller=lambda: SelectorPoller(made()))
    client = connect(listener)
    for _ in range(20):
        client.send(GET)
        assert client.response().body == b"ok"


def test_a_client_that_asked_in_time(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    """Its request waited for its turn for longer than the idle time."""
    later = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later)
    for module in ("connection", "listener"):
        monkeypatch.setattr(f"HttpServerLibrary.engine.wire.{module}.time", clock)
    go_on = Latch()
    asked = Latch()

    def answer(request: Request, reply: Reply) -> None:
        if request.target == "/busy":
            asked.set()
            go_on.wait(LONG)
        ok(request, reply)

    listener = Listener("127.0.0.1", 0, answer, Limits(idle=1000))
    listener.start()
    try:
        busy, patient = connect(listener), connect(listener)
        patient.send(GET)
        assert patient.response().body == b"ok"
        busy.send(get("/busy"))
        assert asked.wait(LONG)
        patient.send(GET)
        later = 2000.0
        go_on.set()
        assert patient.response().body == b"ok"
        patient.send(GET)
        assert patient.response().body == b"ok", "it has its time anew"
    finally:
        assert listener.stop(grace=LONG) == 0


# What the record says of a client that left.


def text_of_last(faulty: Faulty) -> str:
    wait_until(lambda: faulty.received() and not faulty.server.journal.pending())
    wait_until(lambda: faulty.server.connections == 0)
    return status_text(faulty.server.journal.exchanges()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whether the client has left")
@pytest.mark.parametrize("vanishes", [closes, resets])
def test_a_client_that_gives_up_during_a_delay(
    vanishes: Callable[[Any], None], faulty: Faulty, connect: Connect
) -> None:
    client = connect(faulty)
    client.send(get("/delayed"))
    wait_until(faulty.received)
    vanishes(client)
    assert re.fullmatch(r"not sent: the client left after \d+\.\d s", text_of_last(faulty))


def test_a_client_that_leaves_in_the_middle_of_a_stream(faulty: Faulty, connect: Connect) -> None:
    """How many bytes were sent is known, in whole pieces."""
    client = connect(faulty)
    client.send(get("/streamed"))
    client.head()
    client.chunk()
    client.close()
    text = text_of_last(faulty)
    sent = re.fullmatch(r"the client left after ([\d,]+) bytes", text)
    assert sent, text
    number = int(sent[1].replace(",", ""))
    assert number > 0
    assert number % len(PIECE) == 0
    assert ReceivedRequest(faulty.server.journal.exchanges()[-1]).response.sent == number  # type: ignore[union-attr]
    assert faulty.problems() == []


def test_a_client_that_leaves_in_the_middle_of_a_large_answer(faulty: Faulty, connect: Connect) -> None:
    client = connect(faulty)
    client.send(get("/large"))
    client.head()
    client.close()
    assert text_of_last(faulty).startswith("not sent: the client left after ")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/large", r"not sent: the server was stopped after \d.*"),
        ("/streamed", r"the server stopped after [\d,]+ bytes"),
    ],
)
def test_a_response_in_the_middle_of_which_the_server_stops(
    path: str, told: str, faulty: Faulty, connect: Connect
) -> None:
    """It was not the client that left."""
    client = connect(faulty)
    client.send(get(path))
    client.head()
    wait_until(faulty.stops)
    assert re.fullmatch(told, text_of_last(faulty))
