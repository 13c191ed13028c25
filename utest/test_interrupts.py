"""Ctrl-C and test timeouts, which hit the main thread anywhere."""

from __future__ import annotations

import _thread
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from HttpServerLibrary.engine import interrupts
from HttpServerLibrary.engine.interrupts import InterruptSafeLock, Latch, uninterrupted
from utest.helpers import LONG


class Hasty:
    """A lock whose waits end at once, as if the clock of the system ticked rarely."""

    def __init__(self) -> None:
        self.waits = 0

    def acquire(self, timeout: float = -1) -> bool:
        self.waits += 1
        return False


def test_a_wait_is_not_too_short_where_the_clock_ticks_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def perf_counter() -> float:
        nonlocal now
        now += 0.25
        return now

    lock = Hasty()
    monkeypatch.setattr(interrupts, "threading", SimpleNamespace(Lock=lambda: lock))
    monkeypatch.setattr(interrupts, "time", SimpleNamespace(perf_counter=perf_counter))
    latch = Latch()
    lock.waits = 0
    assert not latch.wait(1.0)
    assert lock.waits == 4
    assert now == 1.25


# In a process of its own: signals that raise anywhere also break what measures the coverage.
BEGINNING = """
import _thread, signal, socket, sys, threading, time
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.interrupts import InterruptSafeLock, locked
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer

class Interrupted(Exception):
    pass

def interrupt(*args):
    raise Interrupted

signal.signal(signal.SIGALRM, interrupt)

def interrupted(function, seconds):
    '''Calls a function again and again until it is interrupted after so many seconds.'''
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        while True:
            function()
    except Interrupted:
        pass
"""

LOCKS = """
class Locked:
    def __init__(self):
        self._lock = InterruptSafeLock()

    def with_lock(self):
        with self._lock:
            pass

    def in_two_steps(self):
        '''As CPython 3.14 does it.'''
        self._lock.__enter__()
        try:
            pass
        finally:
            self._lock.__exit__(None, None, None)

    @locked
    def with_loop(self):
        for number in (1, 2):
            if number > 2:
                print(number)

    def try_to_take(self):
        free.append(self._lock.acquire(timeout=0))

for number in range(6000):
    one = Locked()
    # In 3.10, an interrupt can also come before the try, as no with statement does it there.
    enter = one.in_two_steps if sys.version_info >= (3, 11) else one.with_lock
    interrupted((one.with_lock, enter, one.with_loop)[number % 3], 20e-6)
    free = []
    # The thread that has the lock could take it once more.
    thread = threading.Thread(target=one.try_to_take)
    thread.start()
    thread.join()
    assert free == [True], number
"""

CALLS = """
server = HttpServer()
server.start()
server.book.register(Kind.PERMANENT, RequestDescription("/")).responder = respond_data("ok")
client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
calls = [
    lambda: server.book.remove(server.book.register(Kind.ONESHOT, RequestDescription("/x"))),
    lambda: server.book.unmet(),
    lambda: server.journal.exchanges(),
    lambda: server.journal.take_unlogged(),
    lambda: server.journal.wait(lambda: None, 0),
    lambda: (server.open_scope(Scope("test")), server.close_scope()),
]
for number in range(1200):
    interrupted(calls[number % len(calls)], (number % 50 + 1) * 2e-6)
    client.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    assert client.recv(1000).endswith(b"ok")
client.close()
while server.stop():
    pass
"""

HELD = """
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.responses.later import Later

server = HttpServer()
server.start()
expectation = server.book.register(Kind.PERMANENT, RequestDescription("/"))
server.give(expectation, Turn(Later(60)))
client = socket.create_connection(("127.0.0.1", server.port), timeout=60)

def waiting():
    return [exchange for exchange in server.journal.exchanges() if exchange.response is None]

def answer():
    for exchange in waiting():
        server.give_to(exchange, Turn(respond_data("ok")))

def answer_all():
    server.give(expectation, Turn(respond_data("ok"), len(expectation.turns.held) or None))

for number in range(900):
    if expectation.responder.held_for is None:
        server.give(expectation, Turn(Later(60)))
    client.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    while not waiting():
        time.sleep(0.0001)
    interrupted((answer, answer_all, server.end)[number % 3], (number % 60 + 1) * 10e-6)
    answer()
    assert client.recv(1000).startswith(b"HTTP/1.1 "), number
    server.journal.clear_received()
client.close()
while server.stop():
    pass
"""

SCOPES = """
from HttpServerLibrary.scopes import Scopes

scopes = Scopes()
scopes.open("s1", "suite")
server = scopes.start(None, "127.0.0.1", 0)

def open_and_close():
    scopes.open("t1", "test")
    scopes.close_innermost()

for number in range(600):
    interrupted(open_and_close, (number % 60 + 1) * 10e-6)
    # On a machine that is busy, the interrupt may not have waited long enough.
    while _thread._count() > 1:
        time.sleep(0.001)
    if scopes.opened("t1"):
        scopes.close_innermost()
    assert server.book.register(Kind.ONESHOT, RequestDescription("/")).scope is scopes.innermost.scope, number
scopes.close_all()
"""

needs_signals = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals do not interrupt here")


@needs_signals
@pytest.mark.parametrize("program", [LOCKS, CALLS, HELD, SCOPES], ids=["locks", "calls", "held", "scopes"])
def test_nothing_stays_locked_or_half_done(program: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-c", BEGINNING + program], env=environment, check=True, timeout=600)


def test_a_lock_excludes_other_threads() -> None:
    lock = InterruptSafeLock()
    taken: list[bool] = []
    thread = threading.Thread(target=lambda: taken.append(lock.acquire(timeout=0)))
    with lock:
        thread.start()
        thread.join()
    assert taken == [False]


def test_what_is_not_interrupted_returns_and_raises_as_usual() -> None:
    threads: list[int] = []

    def fail() -> None:
        threads.append(threading.get_ident())
        raise KeyError("x")

    assert uninterrupted(lambda: 42) == 42
    with pytest.raises(KeyError, match="x"):
        uninterrupted(fail)
    assert threads != [threading.get_ident()]


def test_without_threads_it_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(*args: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", no_thread)
    assert uninterrupted(threading.get_ident) == threading.get_ident()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Makes SIGALRM raise TimeoutError, as a test timeout does."""

    def interrupt(*args: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.signal(signal.SIGALRM, before)


@needs_signals
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_the_waiting_only() -> None:
    go_on, done = Latch(), Latch()

    def work() -> None:
        os.kill(os.getpid(), signal.SIGALRM)
        go_on.wait(LONG)
        done.set()

    with pytest.raises(TimeoutError):
        uninterrupted(work)
    assert not done.wait(0)
    go_on.set()
    assert done.wait(LONG)


@needs_signals
@pytest.mark.usefixtures("interruptible")
def test_what_is_short_is_done_before_an_interrupt_goes_on() -> None:
    done: list[int] = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGALRM)
        done.extend(range(100_000))

    with pytest.raises(TimeoutError):
        uninterrupted(work)
    assert len(done) == 100_000
