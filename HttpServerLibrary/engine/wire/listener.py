"""The listening sockets of one server and the threads that serve its connections."""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from traceback import format_exception
from typing import Final

from ..errors import UsageError
from .binding import listen
from .connection import Answer, Connection
from .limits import DEFAULT_LIMITS, Limits
from .tls import Tls

_IDLE_THREADS: Final = 32
_PAUSE: Final = 0.05
# Selectors take no number of seconds whatever.
_MAX_WAIT: Final = 3600.0
_MAX_SELECTED: Final = 1024
_MAX_SELECTED_ON_WINDOWS: Final = 512
# Those that ask the kernel with all sockets at once learn of a new one only when they ask again.
_SEES_CHANGES: Final = selectors.DefaultSelector not in (
    selectors.SelectSelector,
    getattr(selectors, "PollSelector", None),
)


def _ignore(text: str) -> None:
    """Nobody wants to know."""


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

    One thread, the leader, waits for all connections at once and serves those on which something has arrived, one
    after the other. Before it does what may take long it leaves the lead, with all other connections, to another
    thread; when it is done it waits for the lead again. So as many threads are there as requests take long at the
    same time, and one more, and where none does nobody hands anything to another thread.
    """

    def __init__(
        self,
        host: str,
        port: int,
        answer: Answer,
        limits: Limits = DEFAULT_LIMITS,
        tls: Tls | None = None,
        notice: Callable[[str], None] = _ignore,
    ) -> None:
        """Takes the port: from here on connections queue up. Raises UsageError when that fails.

        ``notice`` is called with a line of text for what goes wrong beside the requests.
        """
        self._answer = answer
        self._limits = limits
        self._tls = tls
        self._notice = notice
        self._stopping = False
        # Set once nothing that is sent arrives any more: what delays a response may give up waiting then.
        self.aborted = Latch()
        # Only who has it waits on the selector, and takes connections out of it.
        self._leadership = threading.Lock()
        # Guards what follows; only held for moments.
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()
        self._threads: set[threading.Thread] = set()
        self._ended: list[threading.Thread] = []
        self._waiting = 0
        self._shortest = min(limits.idle, limits.stall, limits.handshake)
        self._next_check = time.monotonic() + self._shortest
        self._full = False
        with ExitStack() as undo:
            self._sockets = [undo.enter_context(sock) for sock in listen(host, port)]
            self.port: int = self._sockets[0].getsockname()[1]
            """The port, also when a free one was taken."""
            try:
                self._selector = undo.enter_context(selectors.DefaultSelector())
                self._ear, self._bell = socket.socketpair()
            except OSError as error:
                raise UsageError(f"Listening on port {self.port} of {host} failed: {error.strerror}.") from error
            undo.enter_context(self._ear)
            undo.enter_context(self._bell)
            self._ear.setblocking(False)
            self._bell.setblocking(False)
            self._selector.register(self._ear, selectors.EVENT_READ, data=self._hear)
            self._listen()
            undo.pop_all()

    def start(self) -> None:
        """Begins to serve the connections. Raises UsageError when there is no thread for it."""
        with self._lock:
            started = self._stopping or self._add_thread()
        if not started:
            self.stop()
            raise UsageError(f"No thread can be started to serve port {self.port}: the system has no more of them.")

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
            self._ring()
        # The leader gives up the lead when the bell rings.
        with self._leadership, self._lock:
            self._selector.close()
            for sock in (*self._sockets, self._ear, self._bell):
                sock.close()
            # The others are closed by those who hold them.
            for connection in [connection for connection in self._connections if not connection.held]:
                self._close(connection)
        deadline = time.monotonic() + grace
        for thread in threads:
            # A call of start() that was interrupted may have left a thread that does not run.
            with suppress(RuntimeError):
                thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)

    def _add_thread(self) -> bool:
        """Starts a thread that waits for the lead; returns whether there is one to be had. The lock must be held."""
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
        except (RuntimeError, KeyError) as error:
            if error.__context__ is not None:
                # A signal was raised in the middle of threading's own work: its locks fail then, and of a thread
                # that runs already it looks for the entry of one that waits. The signal it was, not a shortage.
                raise error.__context__ from None
            self._waiting -= 1
            self._threads.discard(thread)
            return False
        return True

    def _work(self) -> None:
        try:
            while self._lead():
                pass
        finally:
            with self._lock:
                self._ended.append(threading.current_thread())

    def _lead(self) -> bool:
        """Waits for the lead, and has it until it leaves it; returns whether to go on."""
        self._leadership.acquire()
        with self._lock:
            self._waiting -= 1
        while self._serve_ready():
            pass
        return self._stay()

    def _stay(self) -> bool:
        """Whether this thread shall wait for the lead again."""
        with self._lock:
            if self._stopping or self._waiting >= _IDLE_THREADS:
                return False
            self._waiting += 1
        return True

    # What follows returns whether this thread still has the lead.

    def _serve_ready(self) -> bool:
        """Waits until something arrives, and serves it."""
        if self._stopping:
            self._leadership.release()
            return False
        try:
            patience = self._next_check - time.monotonic()
            if patience <= 0:
                return self._check_time_limits()
            for key, _ in self._selector.select(min(patience, _MAX_WAIT)):
                if not key.data():
                    return False
                if self._stopping:
                    break
        except BaseException as error:  # a mistake of this library; without a leader nobody would be served
            self._notice(f"Waiting for connections failed: {''.join(format_exception(error))}")
            self.aborted.wait(_PAUSE)
        return True

    def _hear(self) -> bool:
        """Somebody rang to have the selector asked again."""
        with suppress(OSError):
            self._ear.recv(1024)
        return True

    def _accept(self, listening: socket.socket) -> bool:
        try:
            sock, address = listening.accept()
        except (BlockingIOError, ConnectionError):
            # The client did not wait.
            return True
        except OSError as error:
            self._pause(error)
            return True
        if not self._has_room_for(sock):
            sock.close()
            self._notice("A connection is closed at once: no more of them can be watched on this system.")
            return True
        sock.setblocking(False)
        host, port = address[:2]
        client = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        connection = Connection(
            sock, client, self._answer, self._limits, self._tls, self._leave, self._notice, self.aborted.wait
        )
        with self._lock:
            if self._stopping:
                sock.close()
                return True
            self._connections.add(connection)
        with suppress(OSError):
            # Answers are written whole: waiting for more to put into a packet would only delay them.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # What the client had to say is often there by now.
        return self._turn(connection, connection.serve)

    def _turn(self, connection: Connection, serve: Callable[[], bool]) -> bool:
        """Lets a connection have its turn."""
        try:
            goes_on = serve()
        except BaseException as error:  # a mistake of this library; it must not end the thread that serves all
            self._notice(f"Serving a connection failed: {''.join(format_exception(error))}")
            goes_on = False
        leads = not connection.held
        if not (leads and goes_on and connection.watched) or connection.lingering:
            self._settle(connection, goes_on)
        return leads

    def _check_time_limits(self) -> bool:
        """Ends those connections whose clients had their time, and listens again after a pause."""
        now = time.monotonic()
        if self._full:
            self._listen()
        with self._lock:
            overdue = [entry for entry in self._connections if not entry.held and entry.patience_ends <= now]
        for connection in overdue:
            if not self._turn(connection, connection.lose_patience):
                return False
        with self._lock:
            ends = [entry.patience_ends for entry in self._connections if not entry.held]
            # A connection that comes meanwhile has at least the shortest of the limits.
            self._next_check = min([now + self._shortest, *ends])
        return True

    # Taking the sockets in and out of the selector.

    def _listen(self) -> None:
        for sock in self._sockets:
            if sock not in self._selector.get_map():
                self._selector.register(sock, selectors.EVENT_READ, data=partial(self._accept, sock))
        # Not before: a failure is tried again.
        self._full = False

    def _pause(self, error: OSError) -> None:
        """Too many files are open. Connections stay ready to be accepted, so asking at once would only burn time."""
        if self._full:
            # Connections wait on both loopback addresses.
            return
        self._notice(f"A connection cannot be accepted, it waits: {error.strerror}")
        for sock in self._sockets:
            self._selector.unregister(sock)
        self._full = True
        self._next_check = time.monotonic() + _PAUSE

    def _has_room_for(self, sock: socket.socket) -> bool:
        """Whether the selector can watch one more; `select`, which Windows has, knows a fixed number of them."""
        if not isinstance(self._selector, selectors.SelectSelector):
            return True
        if sys.platform == "win32":
            return len(self._selector.get_map()) < _MAX_SELECTED_ON_WINDOWS
        return sock.fileno() < _MAX_SELECTED

    def _leave(self, connection: Connection) -> None:
        """Leaves the lead to another thread, with all connections but this one."""
        with self._lock:
            if connection.watched:
                self._selector.unregister(connection.socket)
                connection.watched = False
            connection.held = True
            alone = not (self._waiting or self._stopping or self._add_thread())
        if alone:
            self._notice("Requests wait for one another: the system has no more threads.")
        self._leadership.release()

    def _settle(self, connection: Connection, goes_on: bool) -> None:
        """Has a connection watched by the leader, or ends it."""
        with self._lock:
            held, connection.held = connection.held, False
            if goes_on and not self._stopping:
                goes_on = connection.watched or self._watch(connection)
            if not goes_on or self._stopping:
                self._close(connection)
                return
            sooner = connection.patience_ends < self._next_check
            if sooner:
                self._next_check = connection.patience_ends
            if held and (sooner or not _SEES_CHANGES):
                self._ring()

    def _watch(self, connection: Connection) -> bool:
        serve = partial(self._turn, connection, connection.serve)
        try:
            self._selector.register(connection.socket, selectors.EVENT_READ, data=serve)
        except (OSError, ValueError, KeyError) as error:
            self._notice(f"A connection cannot be watched, it is closed: {error}")
            return False
        connection.watched = True
        return True

    def _close(self, connection: Connection) -> None:
        """Under the lock, as stop() must not meet a socket whose number may be another's by now."""
        self._connections.discard(connection)
        if connection.watched and not self._stopping:
            self._selector.unregister(connection.socket)
        connection.socket.close()

    def _ring(self) -> None:
        """Has the selector asked again. The lock must be held, as the bell may be closed meanwhile."""
        # Closed it may be already, and enough may have rung.
        with suppress(OSError):
            self._bell.send(b"\0")
