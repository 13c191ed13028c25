"""Sending callbacks, and ending them."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from HttpServerLibrary.engine.outbound.callback import Callback, CallbackRecord, prepared, problem_reason
from HttpServerLibrary.engine.outbound.callbacks import Callbacks
from HttpServerLibrary.engine.phrase import text
from utest.helpers import LONG
from utest.outbound.conftest import Serve, until_closed

CANCELLED = "cancelled, because the server stopped"


class Sender:
    """Sends callbacks and waits for their ends."""

    def __init__(self, callbacks: Callbacks) -> None:
        self.callbacks = callbacks
        self.ended: queue.Queue[CallbackRecord] = queue.Queue()
        self.threads: list[str] = []

    def send(self, url: str, delay: float = 0, timeout: float = LONG, method: str = "POST") -> CallbackRecord:
        request = prepared(method, url, json={"a": 1})
        record = CallbackRecord(request)
        self.callbacks.run(Callback.of(request, delay, timeout), record, self._done)
        return record

    def _done(self, record: CallbackRecord) -> None:
        self.threads.append(threading.current_thread().name)
        self.ended.put(record)

    def next(self) -> CallbackRecord:
        """The callback that is over next."""
        return self.ended.get(timeout=LONG)


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender(Callbacks())
    yield sender
    assert sender.callbacks.stop(LONG) == 0


def failure_of(record: CallbackRecord) -> str | None:
    return None if record.failure is None else text(record.failure)


def test_a_callback(sender: Sender, serve: Serve) -> None:
    peer = serve(b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok")
    record = sender.send(f"{peer.url}/hook?a=b")
    assert sender.next() is record
    response = record.response
    assert response is not None
    assert (response.status, response.reason, response.body) == (201, "Made", b"ok")
    assert response.headers == (("X-A", "1"), ("Content-Length", "2"))
    assert (record.failure, record.cut, record.cancelled, problem_reason(record)) == (None, False, False, None)
    assert record.time is not None
    assert record.started is not None
    assert record.ended is not None
    assert record.started <= record.ended
    assert sender.threads == ["HttpServerLibrary-callback"]
    head = f"POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\nUser-Agent: HttpServerLibrary\r\n"
    more = 'Content-Type: application/json\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{"a": 1}'
    assert peer.requests == [f"{head}{more}".encode()]


def test_a_failure(sender: Sender, refusing: int) -> None:
    record = sender.send(f"http://127.0.0.1:{refusing}/hook?token=x")
    assert sender.next() is record
    assert (record.response, failure_of(record), record.cancelled) == (None, "connection refused", False)
    reason = problem_reason(record)
    assert reason is not None
    assert text(reason) == f"POST http://127.0.0.1:{refusing}/hook?token=x: connection refused"


def test_the_delay_is_before_the_request(sender: Sender, serve: Serve) -> None:
    begun = time.perf_counter()
    record = sender.send(serve().url, delay=0.2)
    assert sender.next() is record
    assert record.started is not None
    # Clocks may differ a little.
    assert record.started - begun > 0.15


def test_a_bug_is_a_failure(serve: Serve) -> None:
    def fail() -> None:
        raise RuntimeError("boo")

    sender = Sender(Callbacks(fail))  # type: ignore[arg-type]
    record = sender.send(serve().url.replace("http:", "https:"))
    assert sender.next() is record
    assert failure_of(record) == "RuntimeError: boo"
    assert sender.callbacks.stop(LONG) == 0


def test_two_hundred_at_once(sender: Sender, serve: Serve) -> None:
    most = 0
    lock = threading.Lock()
    all_there = threading.Event()
    talking = 0

    def talk(sock: socket.socket) -> None:
        nonlocal most, talking
        with lock:
            talking += 1
            most = max(most, talking)
            if talking == 100:
                all_there.set()
        all_there.wait(LONG)
        with lock:
            talking -= 1
        sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    peer = serve(talk)
    records = [sender.send(f"{peer.url}/{number}") for number in range(200)]
    ended = {id(sender.next()) for _ in records}
    assert ended == {*map(id, records)}
    assert [failure_of(record) for record in records if record.failure] == []
    assert len(peer.requests) == 200
    assert most == 100


def test_those_that_wait_for_a_thread_stay_in_order(serve: Serve) -> None:
    peer = serve()
    sender = Sender(Callbacks(max_threads=1))
    records = [sender.send(f"{peer.url}/{number}") for number in range(20)]
    assert [sender.next() for _ in records] == records
    assert [request.split()[1] for request in peer.requests] == [b"/%d" % number for number in range(20)]
    assert sender.callbacks.stop(LONG) == 0


def test_stop_ends_all_of_them(serve: Serve) -> None:
    reached = threading.Event()

    def talk(sock: socket.socket) -> None:
        reached.set()
        until_closed(sock)

    sender = Sender(Callbacks(max_threads=2))
    url = serve(talk).url
    records = [sender.send(url), sender.send(url, delay=LONG), sender.send(url), sender.send(url, delay=LONG)]
    assert reached.wait(LONG)
    assert sender.callbacks.stop(LONG) == 0
    # Nothing is left to wait for.
    assert sender.ended.qsize() == 4
    assert [failure_of(record) for record in records] == [CANCELLED] * 4
    assert all(record.cancelled and record.ended for record in records)
    assert [record.started is None for record in records] == [False, True, True, True]
    assert sender.callbacks.stop() == 0


def test_after_stop_nothing_is_sent(serve: Serve) -> None:
    sender = Sender(Callbacks())
    assert sender.callbacks.stop() == 0
    peer = serve()
    record = sender.send(peer.url)
    assert sender.ended.get_nowait() is record
    assert (failure_of(record), record.cancelled, peer.requests) == (CANCELLED, True, [])


def test_stop_from_a_callback(serve: Serve) -> None:
    left: list[int] = []
    ended = threading.Event()

    def done(record: CallbackRecord) -> None:
        left.append(callbacks.stop())
        ended.set()

    callbacks = Callbacks()
    request = prepared("GET", serve().url)
    callbacks.run(Callback.of(request), CallbackRecord(request), done)
    assert ended.wait(LONG)
    assert callbacks.stop(LONG) == 0
    assert left == [0]


def test_stop_does_not_wait_for_a_host_to_be_looked_up(monkeypatch: pytest.MonkeyPatch, refusing: int) -> None:
    reached, found = threading.Event(), threading.Event()

    def look_up(*arguments: object, **options: object) -> list[object]:
        reached.set()
        found.wait(LONG)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", refusing))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    sender = Sender(Callbacks())
    record = sender.send("http://slow.example")
    assert reached.wait(LONG)
    assert sender.callbacks.stop(0.01) == 1
    found.set()
    assert sender.next() is record
    assert failure_of(record) == CANCELLED
    assert sender.callbacks.stop(LONG) == 0


def test_out_of_threads(sender: Sender, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = serve()

    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        record = sender.send(peer.url)
    assert sender.next() is record
    assert failure_of(record) == "it cannot be sent: the system is out of threads"
    assert record.cancelled is False


def test_a_bug_in_done_holds_nobody_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda found: told.append(str(found.exc_value)))

    def done(record: CallbackRecord) -> None:
        raise RuntimeError("boo")

    sender = Sender(Callbacks(max_threads=1))
    request = prepared("GET", serve().url)
    sender.callbacks.run(Callback.of(request), CallbackRecord(request), done)
    record = sender.send(request.url)
    assert sender.next() is record
    assert record.failure is None
    assert told == ["boo"]
    assert sender.callbacks.stop(LONG) == 0


# In a process of its own: one with the threads of a test run should not be forked.
FORK = """
import os, queue, socket, sys, threading
from HttpServerLibrary.engine.outbound.callback import Callback, CallbackRecord, prepared
from HttpServerLibrary.engine.outbound.callbacks import Callbacks

listening = socket.create_server(("127.0.0.1", 0))
callbacks = Callbacks()
ended = queue.Queue()
request = prepared("GET", f"http://127.0.0.1:{listening.getsockname()[1]}")
callbacks.run(Callback.of(request, timeout=60), CallbackRecord(request), ended.put)
peer, _ = listening.accept()
peer.recv(65536)
child = os.fork()
if not child:
    assert callbacks.stop() == 0
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
peer.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
peer.close()
record = ended.get(timeout=60)
assert record.response is not None and record.response.status == 200, record.failure

callbacks.run(Callback.of(request, timeout=60), CallbackRecord(request), ended.put)
peer, _ = listening.accept()
peer.recv(65536)
to_wait, to_end = os.pipe()
child = os.fork()
if not child:
    os.close(to_end)
    os.read(to_wait, 1)
    sys.exit()
while callbacks.stop():
    pass
assert peer.recv(1) == b"", "closed, although the child has it, too"
os.close(to_end)
assert os.waitpid(child, 0)[1] == 0
"""

# Interrupts of the main thread leave nothing locked.
INTERRUPTS = """
import signal, socket, threading
from HttpServerLibrary.engine.outbound.callback import Callback, CallbackRecord, prepared
from HttpServerLibrary.engine.outbound.callbacks import Callbacks

class Interrupted(Exception):
    pass

def interrupt(*args):
    raise Interrupted

signal.signal(signal.SIGALRM, interrupt)
listening = socket.create_server(("127.0.0.1", 0))
request = prepared("GET", f"http://127.0.0.1:{listening.getsockname()[1]}")
callback = Callback.of(request, 60)
for number in range(300):
    callbacks = Callbacks()
    ended = []
    starter = threading.Thread(target=callbacks.run, args=(callback, CallbackRecord(request), ended.append))
    starter.start()
    starter.join()
    try:
        signal.setitimer(signal.ITIMER_REAL, 20e-6 + number * 2e-6)
        callbacks.stop(60)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupted:
        pass
    again = threading.Thread(target=callbacks.stop, args=(60,), daemon=True)
    again.start()
    again.join(60)
    assert not again.is_alive(), number
    assert len(ended) == 1, number
assert threading.enumerate() == [threading.main_thread()]
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("program", [FORK, INTERRUPTS], ids=["forks", "interrupts"])
def test_in_a_process_of_its_own(program: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
