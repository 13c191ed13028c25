"""The servers that are compared. Each runs in a process of its own and expects the same requests."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from clients import Client, post
from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.directory import Directory
from HttpServerLibrary.engine.responses.events import make_event
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.forwarding import Forwarding
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer

P = ParamSpec("P")
T = TypeVar("T")

ANSWER = b'{"id": 7}'
JSON = "application/json"
ORDER = post("/orders", b'{"item": "book"}')


def pact_missing() -> str:
    return "" if importlib.util.find_spec("pact") else "the package pact-python is not installed"


# Longer than anything takes that works.
_PATIENCE = 180.0

OURS = "ours"
ANCESTOR = "pytest-httpserver"
THREADED = "pytest-httpserver, threaded"
BARE = "bare responder"
WIREMOCK = "WireMock"
PACT = "pact-python"
GRANIAN = "Granian"


@dataclass(frozen=True)
class Expected:
    """A request and its answer, in the words of none of the servers."""

    path: str
    method: str = "GET"
    json: object = None
    answer: bytes = ANSWER
    file: str = ""
    directory: str = ""
    """What is served below the path: ours only."""
    delay: float = 0.0
    held: bool = False
    """Whether the answer never comes: ours only."""
    upstream: str = ""
    """Where the request is forwarded: ours only."""


@dataclass(frozen=True)
class Work:
    """What a server expects. It is made in the server's process, as the answers may be large."""

    make: Callable[..., list[Expected]]
    argument: int | str = 1

    def expected(self) -> list[Expected]:
        return self.make(self.argument)


class Server(Protocol):
    """One of the servers, inside its process."""

    @property
    def port(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> object: ...

    def expect(self, expected: Expected) -> None: ...

    def recorded(self) -> int:
        """How many requests are kept."""

    def check(self) -> None:
        """Raises when something went wrong that no client told."""


class Ours:
    def __init__(self) -> None:
        self._server = HttpServer(host="127.0.0.1")
        self.start = self._server.start
        self.stop = self._server.stop

    @property
    def port(self) -> int:
        return self._server.port

    def expect(self, expected: Expected) -> None:
        body = {} if expected.json is None else {"json": expected.json}
        description = RequestDescription(expected.path, method=expected.method, **body)
        expectation = self._server.book.register(Kind.PERMANENT, description)
        if expected.file:
            expectation.responder = File(expected.file)
        elif expected.directory:
            # The directory has the root as its path.
            expectation.responder = Directory("/", expected.directory)
        elif expected.held:
            expectation.responder = Later(_PATIENCE)
        elif expected.upstream:
            expectation.responder = Forwarding(expected.upstream)
        else:
            expectation.responder = delayed(respond_data(expected.answer, content_type=JSON), expected.delay)

    def recorded(self) -> int:
        return len(self._server.journal.exchanges())

    def check(self) -> None:
        problems = self._server.journal.problems()
        if problems:
            raise RuntimeError(f"{len(problems)} problems, the first: {problems[0].message}")


class Ancestor:
    def __init__(self, threaded: bool = False) -> None:
        # It would write a line for each request, which would be most of what is measured.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = HTTPServer(host="127.0.0.1", threaded=threaded)
        self.start = self._server.start
        self.stop = self._server.stop
        self.check = self._server.check

    @property
    def port(self) -> int:
        return self._server.port

    def expect(self, expected: Expected) -> None:
        if expected.json is None:
            handler = self._server.expect_request(expected.path, method=expected.method)
        else:
            handler = self._server.expect_request(expected.path, method=expected.method, json=expected.json)
        if not expected.delay:
            handler.respond_with_data(expected.answer, content_type=JSON)
            return

        def late(_: Request) -> Response:
            time.sleep(expected.delay)
            return Response(expected.answer, content_type=JSON)

        handler.respond_with_handler(late)

    def recorded(self) -> int:
        return len(self._server.log)


class Pact:
    """The mock server of pact-python, which is written in Rust."""

    def __init__(self) -> None:
        import pact

        self._pact = pact.Pact("consumer", "provider")
        self._server: Any = None

    @property
    def port(self) -> int:
        return int(self._server.port)

    def start(self) -> None:
        # It takes no more expectations once it runs.
        interaction = self._pact.upon_receiving("an order").with_request("POST", "/orders")
        interaction.with_body(json.dumps({"item": "book"}), JSON).will_respond_with(200).with_body(
            ANSWER.decode(), JSON
        )
        self._server = self._pact.serve(verbose=False)
        self._server.__enter__()

    def stop(self) -> None:
        self._server.__exit__(None, None, None)

    def expect(self, expected: Expected) -> None:
        if expected.path != "/orders":
            raise NotImplementedError(expected)

    def recorded(self) -> int:
        # It does not say how many.
        return sys.maxsize

    def check(self) -> None:
        if not self._server.matched:
            raise RuntimeError(f"not as expected: {self._server.mismatches}")


class Bare:
    """Sends the same bytes for whatever it receives, a thread a connection: what threads and sockets cost in Python."""

    _RESPONSE = (
        f"HTTP/1.1 200 OK\r\nServer: bare\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: {JSON}\r\n"
        f"Content-Length: {len(ANSWER)}\r\n\r\n"
    ).encode() + ANSWER

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> None:
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        # Wakes the thread that accepts, too.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def expect(self, expected: Expected) -> None:
        if expected.answer != ANSWER or expected.delay or expected.file:
            raise NotImplementedError(expected)

    def recorded(self) -> int:
        return 0

    def check(self) -> None:
        pass

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                while connection.recv(65536):
                    connection.sendall(self._RESPONSE)
            except ConnectionError:
                return


_SERVERS: dict[str, Callable[[], Server]] = {
    OURS: Ours,
    ANCESTOR: Ancestor,
    THREADED: lambda: Ancestor(threaded=True),
    PACT: Pact,
    BARE: Bare,
}


def make(name: str, work: Work) -> Server:
    """A server that is not started yet."""
    server = _SERVERS[name]()
    for expected in work.expected():
        server.expect(expected)
    return server


class Child:
    """A process that serves nothing but one server, or one measurement that needs a process for itself."""

    def __init__(self) -> None:
        # Spawned, not forked: it has nothing of what this process has measured so far.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self.pid = self.call(os.getpid)
        self.port = 0

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a function in the process; what it raises is raised here."""
        return self.begin(function, *args, **kwargs).result(_PATIENCE)

    def begin(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Calls a function in the process and does not wait for it."""
        return self._pool.submit(function, *args, **kwargs)

    def expect(self, work: Work) -> float:
        """Has the server expect more; returns the seconds that takes."""
        return self.call(_expect, work)

    def stop(self) -> float:
        """Stops the server; returns the seconds that takes."""
        self.call(_check)
        return self.call(_stop)

    def recorded(self) -> int:
        return self.call(_recorded)

    def memory(self, what: str = "VmRSS") -> int:
        """The memory the process has now, in bytes, or has had at most: VmHWM."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{what}:"))

    def forget_peak(self) -> None:
        """From now on, the memory it has had at most counts anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def __enter__(self) -> Child:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            # It may hang, and nobody would end it.
            os.kill(self.pid, signal.SIGKILL)
        self._pool.shutdown()


# The server of a child process.
_running: list[Server] = []


def _start(name: str) -> int:
    server = _SERVERS[name]()
    server.start()
    _running.append(server)
    return server.port


def _expect(work: Work) -> float:
    everything = work.expected()
    start = time.perf_counter()
    for expected in everything:
        _running[0].expect(expected)
    return time.perf_counter() - start


def _check() -> None:
    _running[0].check()


def _recorded() -> int:
    return _running[0].recorded()


def _stop() -> float:
    server = _running.pop()
    start = time.perf_counter()
    server.stop()
    return time.perf_counter() - start


# The library as a suite uses it, in a child process.
_library = HttpServerLibrary(host="127.0.0.1")


def start_library() -> int:
    url = _library.start_http_server()
    _library.expect_request("/orders", method="POST", json={"item": "book"})
    _library.respond_with_data(ANSWER, content_type=JSON)
    _library.expect_request("/events")
    _library.respond_with_events()
    return int(url.rpartition(":")[2])


def wait_in_library(count: int) -> None:
    """Waits for so many requests."""
    _library.wait_until_request_is_received("/orders", times=count, timeout=_PATIENCE)


def send_to_streams(streams: int, events: int, by_keyword: bool) -> None:
    """Sends events to so many open streams, by the keyword or by what it calls, and ends them if there is one."""
    _library.wait_until_stream_is_open(times=streams, timeout=_PATIENCE)
    opened = _library.get_received_requests("/events")
    if by_keyword:
        for _ in range(events):
            _library.send_event("tick")
    else:
        event = make_event("tick")
        for _ in range(events):
            for request in opened:
                request.exchange.add(event)
    if streams == 1:
        _library.end_stream()


def stop_library() -> float:
    """Stops the server; returns the seconds that takes."""
    start = time.perf_counter()
    _library.stop_http_server()
    return time.perf_counter() - start


@contextmanager
def child_serving(name: str, work: Work) -> Iterator[Child]:
    """A child process with a server. Stop it, or what went wrong in it stays unnoticed."""
    with Child() as child:
        child.port = child.call(_start, name)
        child.expect(work)
        yield child


@contextmanager
def serving(name: str, work: Work) -> Iterator[int]:
    """The port of a server in a process of its own, until the end of the block."""
    with child_serving(name, work) as child:
        yield child.port
        child.stop()


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a function in a new process."""
    with Child() as child:
        return child.call(function, *args, **kwargs)


def answer_once(port: int, request: bytes = ORDER) -> None:
    """Sees to it that the server is up and answers what is expected of it."""
    with Client(port) as client:
        body = client.ask(request)
    # Pact writes JSON in its own way.
    if json.loads(body) != json.loads(ANSWER):
        raise RuntimeError(f"{body!r} was answered instead of {ANSWER!r}")
