"""The listening sockets of one server and the threads that serve its connections."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from contextlib import ExitStack, suppress
from typing import Final

from .binding import listen
from .connection import Answer, Connection
from .limits import Limits

_IDLE_THREADS: Final = 32
_OUT_OF_RESOURCES_PAUSE: Final = 0.05
_NO_LIMITS_GIVEN: Final = Limits()


class Latch:
    """A flag to wait for. An Event is no good: a signal that interrupts its set() can leave it locked for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Lets all go on who wait, now or later. May be called again."""
        with suppress(RuntimeError):
            self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Waits until it is set, at most so long; returns whether it is."""
        is_set = self._lock.acquire(timeout=seconds)
        if is_set:
            self.set()
        return is_set


class Listener:
    """Listens on a host and port, and has every request answered by one function.

    A thread a connection, and the one that accepts also serves: one thread, the leader, waits for a connection;
    when it has one, it leaves the lead to another and serves. Nobody passes sockets through queues.
    """

    def __init__(self, host: str, port: int, answer: Answer, limits: Limits = _NO_LIMITS_GIVEN) -> None:
        """Takes the port: from here on connections queue up. Raises UsageError when that fails."""
        self._answer = answer
        self._limits = limits
        self._stopping = False
        # Set once nothing that is sent arrives any more: what delays an answer may give up waiting then.
        self.aborted = Latch()
        self._leadership = threading.Lock()
        # Guards what follows; only held for moments.
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()
        self._threads: set[threading.Thread] = set()
        self._ended: list[threading.Thread] = []
        self._waiting = 0
        with ExitStack() as undo:
            self._sockets = [undo.enter_context(sock) for sock in listen(host, port)]
            self.port: int = self._sockets[0].getsockname()[1]
            """The port, also when a free one was taken."""
            self._selector = undo.enter_context(selectors.DefaultSelector())
            self._ear, self._bell = socket.socketpair()
            self._sockets += [undo.enter_context(self._ear), undo.enter_context(self._bell)]
            self._ear.settimeout(_OUT_OF_RESOURCES_PAUSE)
            self._bell.setblocking(False)
            for sock in self._sockets[:-1]:
                self._selector.register(sock, selectors.EVENT_READ, data=sock)
            undo.pop_all()

    def start(self) -> None:
        """Begins to serve the connections."""
        with self._lock:
            if not self._stopping:
                self._add_thread()

    def stop(self, grace: float = 0.2) -> int:
        """Stops listening, ends all connections and waits for their threads.

        A thread that is held up in the answering function gets `grace` seconds, and what it sends afterwards
        goes nowhere. Returns the number of threads that were left behind. May be called again, from any thread,
        and takes up what an interrupted call left undone.
        """
        self._stopping = True
        with self._lock:
            for connection in self._connections:
                connection.abort()
            self.aborted.set()
            threads = self._threads - {threading.current_thread()}
        # It may be closed already, by an earlier call.
        with suppress(OSError):
            self._bell.send(b"\0")
        # Whoever has the lead is using the sockets, and gives it up when the bell rings.
        with self._leadership:
            self._selector.close()
            for sock in self._sockets:
                sock.close()
        deadline = time.monotonic() + grace
        for thread in threads:
            # A call of start() that was interrupted may have left a thread that does not run.
            with suppress(RuntimeError):
                thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)

    def _add_thread(self) -> None:
        """Starts a thread that waits for the lead. The lock must be held."""
        while self._ended:
            # Takes no time: these are done with everything, the lock included.
            thread = self._ended.pop()
            thread.join()
            self._threads.discard(thread)
        thread = threading.Thread(target=self._work, name=f"HttpServerLibrary-{self.port}", daemon=True)
        self._threads.add(thread)
        self._waiting += 1
        try:
            thread.start()
        except RuntimeError:
            # No more threads are to be had. The next connection waits until one has served its own.
            self._waiting -= 1
            self._threads.discard(thread)

    def _work(self) -> None:
        try:
            while self._serve_connection():
                pass
        finally:
            with self._lock:
                self._ended.append(threading.current_thread())

    def _serve_connection(self) -> bool:
        """Waits for the lead, then for a connection, and serves it; returns whether to go on."""
        with self._leadership:
            accepted = self._accept()
        if accepted is None:
            return False
        sock, client = accepted
        with sock:
            connection = Connection(sock, client, self._answer, self._limits)
            if not self._begin(connection):
                return False
            try:
                connection.serve()
            finally:
                self._end(connection)
        return self._stay()

    def _accept(self) -> tuple[socket.socket, str] | None:
        """Waits for a connection; returns it with the client's address, None when the server stops."""
        # Asked before, too: after the end of the one who heard the bell there is no selector.
        while not self._stopping:
            ready = self._selector.select()
            if self._stopping:
                break
            try:
                sock, address = ready[0][0].data.accept()
            except (BlockingIOError, ConnectionError):
                # The client did not wait.
                continue
            except OSError:
                # Too many files are open. The connection stays ready to be accepted,
                # so asking for it again at once would only burn time.
                with suppress(TimeoutError):
                    self._ear.recv(1, socket.MSG_PEEK)
                continue
            host, port = address[:2]
            return sock, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return None

    def _begin(self, connection: Connection) -> bool:
        """Leaves the lead to another thread; False when the server stops."""
        with self._lock:
            if self._stopping:
                return False
            self._connections.add(connection)
            self._waiting -= 1
            if not self._waiting:
                self._add_thread()
        return True

    def _end(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)
            # Under the lock, as stop() must not meet a socket whose number may be another's by now.
            connection.close()

    def _stay(self) -> bool:
        """Whether this thread shall wait for another connection."""
        with self._lock:
            if self._stopping or self._waiting >= _IDLE_THREADS:
                return False
            self._waiting += 1
        return True
