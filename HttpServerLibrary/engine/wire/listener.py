"""The listening sockets of one server and the threads that serve its connections.

Strategy: leader/followers (Schmidt et al., POSA2), so that the usual request needs no handover between threads.

- One thread leads: it holds the lock `_leadership`. It waits on the poller for all sockets at once, accepts
  connections, and serves those on which something has arrived, one after the other, in `_serve_ready`.
- Before the leader does anything that may take long (user code, a delay, a slow client, a TLS handshake), its
  connection calls `_leave`: the connection leaves the poller and is `held` by this thread, and a follower takes the
  lead; if there is none, a new thread starts. When the thread is done, `_rewatch` returns the connection to the
  poller or closes it, and the thread waits for the lead again, or ends if enough others wait.
- So there are as many threads as long requests at the same time, plus one.
- What other threads ask of the leader is a job in `_jobs`: to let a reply go on, to break or close connections.
- A reply that is held, because the test answers later or because a stream is open, needs no thread: its connection is
  `parked` in the poller. Any thread may resume it by `_resume`; the leader then lets it go on, as if something had
  arrived.

Locks: `_leadership` guards the wait on the poller, and makes sure that one thread at a time serves a connection.
`_lock` guards the set of connections, their `watched` and `held`, the set of threads, and registration with the
poller; it is held only briefly. A thread that needs both takes `_leadership` first. A byte through `_wakeup_w` makes
the leader return from the poller: to stop, or because of a new deadline or socket.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial
from traceback import format_exception
from typing import Final

from ..errors import UsageError
from ..interrupts import InterruptSafeLock, Latch, uninterrupted
from ..message.reply import Ending
from .binding import listen
from .breaking import ENDINGS, Break, Breaking, done, first
from .connection import Connection
from .jobs import Jobs
from .limits import DEFAULT_LIMITS, Limits
from .poller import Poller, make_poller
from .port import Port
from .service import Answer, NoteConnection, Notice, Service
from .tls import Tls

_PAUSE: Final = 0.05
# The seconds in which a thread that has answered gives its connection back, and how often to look.
_GIVES_BACK: Final = 0.2
_GIVES_BACK_POLL: Final = 0.001
# Pollers reject very large numbers of seconds.
_MAX_WAIT: Final = 3600.0


def _ignore(*arguments: object) -> None:
    """Does nothing."""


class Listener:
    """Listens on a host and port, and passes every request to one function."""

    def __init__(
        self,
        host: str,
        port: int,
        answer: Answer,
        limits: Limits = DEFAULT_LIMITS,
        tls: Tls | None = None,
        notice: Notice = _ignore,
        note_connection: NoteConnection = _ignore,
        *,
        remark: Notice = _ignore,
        strict: bool = True,
        on_abort: Callable[[], object] = _ignore,
        make_poller: Callable[[], Poller] = make_poller,
    ) -> None:
        """Takes the port; connections queue up from now on. Raises UsageError if that fails.

        With ``strict=False``, a Host that is not a host and port, and CONNECT with a path, are answered as usual.
        ``on_abort`` is called by `stop` once nothing more can be sent, to end what the answering function waits for.
        """
        self._notice = notice
        self._on_abort = on_abort
        self._stopping = False
        self._process = os.getpid()
        # Set once nothing can be sent any more, so that delays of responses end.
        self.aborted = Latch()
        self._service = Service(
            answer, self._leave, self._resume, self.aborted.wait, notice, remark, note_connection, limits, tls, strict
        )
        self._idle_threads = limits.idle_threads
        self._max_sockets = limits.sockets
        # Only the thread that holds it waits on the poller and removes connections from it.
        self._leadership = threading.Lock()
        # Guards the following attributes; held only briefly.
        self._lock = threading.Lock()
        # Guards the socket that wakes the leader, which the main thread may do.
        self._wake_lock = InterruptSafeLock()
        self._connections: set[Connection] = set()
        self._jobs = Jobs(self._wake, lambda: self._stopping)
        # Only the leader uses these: how new connections are broken, and the one that applied last.
        self._breakings: Sequence[Breaking] = ()
        self._applied: Breaking | None = None
        self._threads: set[threading.Thread] = set()
        self._ended: list[threading.Thread] = []
        self._waiting = 0
        self._shortest = min(limits.idle, limits.stall, limits.handshake)
        self._next_check = time.monotonic() + self._shortest
        self._full = False
        with ExitStack() as undo:
            self._port = Port([undo.enter_context(sock) for sock in listen(host, port)])
            try:
                self._poller = undo.enter_context(closing(make_poller()))
                # It is written in Python, so an interrupt could lose one of the two.
                self._wakeup_r, self._wakeup_w = uninterrupted(socket.socketpair)
            except OSError as error:
                raise UsageError(f"Listening on port {self.port} of {host} failed: {error.strerror}.") from error
            undo.enter_context(self._wakeup_r)
            undo.enter_context(self._wakeup_w)
            self._wakeup_r.setblocking(False)
            self._wakeup_w.setblocking(False)
            self._poller.add(self._wakeup_r.fileno())
            # By descriptor: the connections that are watched, and what to do when another socket is ready.
            self._watched: dict[int, Connection] = {}
            self._others: dict[int, Callable[[], bool]] = {self._wakeup_r.fileno(): self._drain_wakeup}
            self._listen()
            undo.pop_all()

    @property
    def port(self) -> int:
        """The actual port, even if a free one was requested."""
        return self._port.number

    @property
    def listening(self) -> bool:
        """Whether it holds its port."""
        return self._port.is_held

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping

    @property
    def is_inherited(self) -> bool:
        """Whether this is a copy in a forked process; the listener itself belongs to another one."""
        return self._process != os.getpid()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    @property
    def threads(self) -> int:
        """How many threads it knows: those that serve, wait, or have ended since the last one was started."""
        return len(self._threads)

    def start(self) -> None:
        """Starts to serve the connections. Raises UsageError if no thread can be started."""
        if not uninterrupted(self._add_first_thread):
            self.stop()
            raise UsageError(f"No thread can be started to serve port {self.port}: the system is out of threads.")

    def _add_first_thread(self) -> bool:
        with self._lock:
            return self._stopping or self._add_thread()

    def stop(self, grace: float = 0.2) -> int:
        """Stops listening, ends all connections and waits for their threads.

        A thread that is busy in the answering function gets `grace` seconds, whether it has stepped aside or not;
        anything it sends afterwards is discarded. Returns the number of threads that are still running. May be called
        again, from any thread. In a forked process, it only closes what that process inherited.
        """
        self._stopping = True
        if self.is_inherited:
            self._close_inherited()
            self._on_abort()
            return 0
        deadline = time.monotonic() + grace
        threads = uninterrupted(partial(self._end, grace)) - {threading.current_thread()}
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)

    def _end(self, grace: float) -> set[threading.Thread]:
        """Ends all connections and frees the port; returns the threads that end now."""
        with self._lock:
            for connection in self._connections:
                connection.abort()
            self._port.free()
            self.aborted.set()
            threads = {*self._threads}
            self._wake()
        self._on_abort()
        # The leader gives up the lead when it wakes up. One that is held up closes the rest when it goes on.
        if self._leadership.acquire(timeout=grace):
            self._close_all()
            self._leadership.release()
        return threads

    def _close_all(self) -> None:
        """Closes the sockets, but for those of connections that threads hold. Only for a thread that has the lead."""
        with self._lock:
            self._poller.close()
            self._port.free()
            self._wakeup_r.close()
            with self._wake_lock:
                self._wakeup_w.close()
            for connection in [connection for connection in self._connections if not connection.held]:
                self._close(connection)

    def _close_inherited(self) -> None:
        """Closes the sockets that a forked process inherited; the server goes on in the process that started it.

        The threads of the server do not exist in this process, but their locks do and may never be released.
        """
        self._port.close_inherited()
        self._poller.close()
        connected = [connection.socket for connection in self._connections]
        for sock in (self._wakeup_r, self._wakeup_w, *connected):
            sock.close()

    def _add_thread(self) -> bool:
        """Starts a thread that waits for the lead; returns False if that fails. The lock must be held."""
        while self._ended:
            # Takes no time: these have finished everything and released the lock.
            thread = self._ended.pop()
            thread.join()
            self._threads.discard(thread)
        thread = threading.Thread(target=self._work, name=f"HttpServerLibrary-{self.port}", daemon=True)
        self._threads.add(thread)
        self._waiting += 1
        try:
            thread.start()
        except RuntimeError:
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
        """Waits for the lead and keeps it until it is handed over; returns whether to go on."""
        self._leadership.acquire()
        with self._lock:
            self._waiting -= 1
        while self._serve_ready():
            pass
        return self._should_wait_again()

    def _should_wait_again(self) -> bool:
        """Whether this thread should wait for the lead again; then it counts as waiting."""
        with self._lock:
            if self._stopping or self._waiting >= self._idle_threads:
                return False
            self._waiting += 1
        return True

    # The following methods return whether this thread still has the lead.

    def _serve_ready(self) -> bool:
        """Waits until something arrives and serves it."""
        if self._stopping:
            self._close_all()
            self._leadership.release()
            return False
        try:
            timeout = self._next_check - time.monotonic()
            if timeout <= 0:
                return self._check_deadlines()
            for descriptor, _ in self._poller.wait(timeout if timeout < _MAX_WAIT else _MAX_WAIT):
                connection = self._watched.get(descriptor)
                if connection is not None:
                    if not self._turn(connection, connection.serve):
                        return False
                elif descriptor in self._others and not self._others[descriptor]():
                    return False
                if self._stopping:
                    break
        except BaseException as error:  # a bug in this library; without a leader, no connection would be served
            if self._stopping:
                # Sockets were closed meanwhile.
                return True
            self._notice(f"Waiting for connections failed: {''.join(format_exception(error))}")
            self.aborted.wait(_PAUSE)
        return True

    def _drain_wakeup(self) -> bool:
        """Reads the bytes that woke the leader, then does its jobs."""
        with suppress(OSError):
            self._wakeup_r.recv(1024)
        return self._jobs.run()

    def _resume(self, connection: Connection) -> None:
        self._jobs.add(partial(self._go_on, connection))

    def _go_on(self, connection: Connection) -> bool:
        """Lets a held reply go on, or a connection that was broken end."""
        with self._lock:
            # Its thread is still busy with it and will resume it.
            connection.resumes = connection.held
            if connection.held or connection not in self._connections:
                return True
        return self._turn(connection, connection.resumed)

    def close_idle(self) -> int:
        """Closes the connections that wait for a request; returns how many."""
        closed = 0
        end = time.monotonic() + _GIVES_BACK
        while True:
            idle, answered = self._jobs.do(self._close_idle, (0, False))
            closed += idle
            if not answered or time.monotonic() > end:
                return closed
            self.aborted.wait(_GIVES_BACK_POLL)

    def _close_idle(self) -> tuple[int, bool]:
        """How many it closed, and whether a thread may be about to give one back whose client has its answer."""
        with self._lock:
            idle = [connection for connection in self._connections if connection.idle]
            for connection in idle:
                self._close(connection)
            answered = any(connection.held and connection.writes for connection in self._connections)
        return len(idle), answered

    def break_by(self, breakings: Sequence[Breaking]) -> None:
        """Breaks connections from now on, by the first one that is not used up; without any, connections are served.

        Raises UsageError if the port is lost.
        """
        self._jobs.do(partial(self._break_by, breakings), None)

    def _break_by(self, breakings: Sequence[Breaking]) -> None:
        self._breakings = breakings
        self._apply()

    def _apply(self) -> None:
        """Does what the breaking that applies needs, when it is another one than before."""
        breaking = first(self._breakings)
        if breaking is self._applied:
            return
        self._applied = breaking
        if breaking is not None:
            self._break_open(ENDINGS[breaking.how])
        refuses = breaking is not None and breaking.how is Break.REFUSE
        if refuses and not self._port.refuses:
            self._ignore_clients()
            self._port.refuse(self._lock, lambda: self._stopping, partial(self.aborted.wait, _PAUSE))
        elif self._port.refuses and not refuses:
            with self._lock:
                if self._stopping:
                    return
                self._port.admit()
            self._listen()

    def _break_open(self, ending: Ending) -> None:
        """Breaks the open connections."""
        with self._lock:
            connections = [entry for entry in self._connections if entry.broken is None and not entry.lingering]
            for connection in connections:
                if connection.watched:
                    self._forget(connection)
                connection.cut(ending)
                self._jobs.add(partial(self._go_on, connection))
        if connections:
            self._service.remark(f"Open connections were {done(ending)} on purpose (Break Connections).")

    def _accept(self, listening: socket.socket) -> bool:
        try:
            sock, address = listening.accept()
        except (BlockingIOError, ConnectionError):
            # The client has already gone.
            return True
        except OSError as error:
            if not self._stopping:
                self._pause(error)
            return True
        if address is None:
            # On macOS, a client that has already gone may have no address any more.
            sock.close()
            return True
        if not self._has_room_for(sock):
            sock.close()
            self._notice("A connection was closed at once: this system cannot watch more of them.")
            return True
        sock.setblocking(False)
        host, port = address[:2]
        client = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        connection = Connection(sock, client, self._service)
        with self._lock:
            if self._stopping:
                sock.close()
                return True
            self._connections.add(connection)
        breaking = first(self._breakings) if self._breakings else None
        if breaking is not None:
            return self._break(connection, breaking)
        # The request has often arrived by now.
        return self._turn(connection, connection.serve)

    def _break(self, connection: Connection, breaking: Breaking) -> bool:
        """Breaks a new connection."""
        ending = ENDINGS[breaking.how]
        breaking.take()
        self._service.note_connection("broken", done(ending))
        self._service.remark(f"A connection was {done(ending)} on purpose (Break Connections).")
        leads = self._turn(connection, partial(connection.refuse, ending))
        if breaking.used_up:
            self._apply()
        return leads

    def _turn(self, connection: Connection, serve: Callable[[], bool]) -> bool:
        """Serves one connection, then watches it again or closes it."""
        try:
            goes_on = serve()
        except BaseException as error:  # a bug in this library; must not end the thread that serves all connections
            self._notice(f"Serving a connection failed: {''.join(format_exception(error))}")
            goes_on = False
        leads = not connection.held
        if not (leads and goes_on and connection.watched) or connection.lingering or connection.parked:
            self._rewatch(connection, goes_on)
        return leads

    def _check_deadlines(self) -> bool:
        """Ends connections whose deadline has passed, and listens again after a pause."""
        now = time.monotonic()
        if self._full:
            self._listen()
        with self._lock:
            overdue = [entry for entry in self._connections if not entry.held and entry.deadline <= now]
        for connection in overdue:
            if not self._turn(connection, connection.on_timeout):
                return False
        with self._lock:
            ends = [entry.deadline for entry in self._connections if not entry.held]
            # A new connection has at least the shortest of the limits.
            self._next_check = min([now + self._shortest, *ends])
        return True

    # Adding sockets to the poller and removing them.

    def _listen(self) -> None:
        for sock in self._port.listening:
            if sock.fileno() not in self._others:
                self._poller.add(sock.fileno())
                self._others[sock.fileno()] = partial(self._accept, sock)
        # Last, so that a failure is tried again.
        self._full = False

    def _pause(self, error: OSError) -> None:
        """Stops accepting for a while, because too many files are open; retrying at once would only waste time."""
        if self._full:
            # Already paused: connections may wait on both loopback addresses.
            return
        self._notice(f"A connection cannot be accepted and is waiting: {error.strerror}")
        self._ignore_clients()
        self._full = True
        self._next_check = time.monotonic() + _PAUSE

    def _ignore_clients(self) -> None:
        """Accepts no more connections."""
        for sock in self._port.sockets:
            if self._others.pop(sock.fileno(), None) is not None:
                self._poller.remove(sock.fileno())

    def _has_room_for(self, sock: socket.socket) -> bool:
        """Whether the poller can watch one more socket, in addition to those that threads will give back."""
        if len(self._connections) + len(self._port.sockets) + 1 >= self._max_sockets:
            return False
        return self._poller.can_watch(sock.fileno())

    def _leave(self, connection: Connection) -> None:
        """Hands the lead and all connections but this one to another thread."""
        with self._lock:
            if connection.watched:
                self._forget(connection)
            connection.held = True
            alone = not (self._waiting or self._stopping or self._add_thread())
        if alone:
            self._notice("Requests wait for one another: the system is out of threads.")
        if self._jobs:
            # This thread has read the bytes that would wake the leader for them.
            self._wake()
        self._leadership.release()

    def _rewatch(self, connection: Connection, goes_on: bool) -> None:
        """Lets the leader watch a connection, or closes it."""
        with self._lock:
            held, connection.held = connection.held, False
            if goes_on and not self._stopping:
                goes_on = self._watch_or_forget(connection)
            if not goes_on or self._stopping:
                self._close(connection)
                return
            sooner = connection.deadline < self._next_check
            if sooner:
                self._next_check = connection.deadline
            if connection.resumes:
                connection.resumes = False
                self._jobs.put(partial(self._go_on, connection))
            if held and (sooner or self._jobs or not self._poller.sees_changes):
                self._wake()

    def _watch_or_forget(self, connection: Connection) -> bool:
        """Watches a connection, or no longer one that is deaf; returns whether that was possible."""
        if not connection.deaf:
            return connection.watched or self._watch(connection)
        if connection.watched:
            self._forget(connection)
        return True

    def _watch(self, connection: Connection) -> bool:
        descriptor = connection.socket.fileno()
        # First, because the leader may already be waiting.
        self._watched[descriptor] = connection
        try:
            self._poller.add(descriptor)
        except (OSError, ValueError, KeyError) as error:
            del self._watched[descriptor]
            self._notice(f"A connection cannot be watched and was closed: {error}")
            return False
        connection.watched = True
        return True

    def _forget(self, connection: Connection) -> None:
        descriptor = connection.socket.fileno()
        self._poller.remove(descriptor)
        del self._watched[descriptor]
        connection.watched = False

    def _close(self, connection: Connection) -> None:
        """Closes a connection. The lock must be held, or stop() could use a number that belongs to a new socket."""
        if connection.watched and not self._stopping:
            self._forget(connection)
        connection.close()
        self._connections.discard(connection)

    def _wake(self) -> None:
        """Wakes the leader."""
        # The lock makes sure that its descriptor does not belong to another socket. It may be full, or already closed.
        with self._wake_lock, suppress(OSError):
            self._wakeup_w.send(b"\0")
