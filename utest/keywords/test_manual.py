"""`Serve Until Stopped`: what it prints, and when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.responses.fault import FaultKind
from HttpServerLibrary.keywords import manual
from utest.helpers import LONG


class Stop(Exception):
    """What ends the keyword in place of Ctrl-C."""


class Console:
    """What was printed, as lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._changed = threading.Condition()

    def write(self, text: str) -> None:
        with self._changed:
            self._lines += text.split("\n")
            self._changed.notify_all()
        if text.startswith("GET /stop "):
            raise Stop

    def lines(self, number: int) -> list[str]:
        """The lines, as soon as there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._lines) >= number, LONG), self._lines
            return [*self._lines]


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    made = Console()
    monkeypatch.setattr(manual, "write_to_console", made.write)
    return made


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    made = HttpServerLibrary(auto_check="OFF")
    made.start_http_server(alias="shop")
    yield made
    made.stop_all_http_servers()


def ask(library: HttpServerLibrary, path: str) -> None:
    connection = HTTPConnection(urlsplit(library.get_http_server_url()).netloc, timeout=LONG)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()


def test_each_request_is_a_line(library: HttpServerLibrary, console: Console) -> None:
    url = library.get_http_server_url()[:-1]
    library.set_masked_fields("token")
    library.expect_request("/orders")
    library.respond_with_json([])
    library.expect_request("/broken")
    library.respond_with_fault(FaultKind.CLOSE)
    library.expect_request("/events")
    library.respond_with_events(["a"], end="STAY_OPEN")
    ask(library, "/before")
    failed: list[BaseException] = []

    def serve() -> None:
        try:
            library.serve_until_stopped()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    assert console.lines(2) == ["", f"Server 'shop' is at {url} until Ctrl-C."]
    ask(library, "/orders?page=2&token=abcdef")
    assert console.lines(3)[2:] == ["GET /orders?page=2&token=*** -> 200 OK"]
    ask(library, "/nope")
    assert console.lines(4)[3:] == ["GET /nope -> 500 Internal Server Error, UNEXPECTED REQUEST"]
    with pytest.raises(OSError, match="closed"):
        ask(library, "/broken")
    assert console.lines(5)[4:] == ["GET /broken -> CLOSE before anything was sent, on purpose"]
    stream = HTTPConnection(urlsplit(url).netloc, timeout=LONG)
    stream.request("GET", "/events")
    assert console.lines(6)[5:] == ["GET /events -> 200 OK, open after 9 bytes"]
    ask(library, "/stop")
    thread.join(LONG)
    stream.close()
    assert [type(error) for error in failed] == [Stop]
    assert console.lines(7)[6:] == ["GET /stop -> 500 Internal Server Error, UNEXPECTED REQUEST"]


def test_it_returns_at_the_end_of_the_time(library: HttpServerLibrary, console: Console) -> None:
    begun = time.monotonic()
    library.serve_until_stopped(timeout=0.1)
    assert time.monotonic() - begun >= 0.1
    assert console.lines(2)[1:] == [f"Server 'shop' is at {library.get_http_server_url()[:-1]} for 0.1 s."]


def test_what_is_not_answered_by_then(
    library: HttpServerLibrary, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.expect_request("/held")
    library.respond_later()
    connection = HTTPConnection(urlsplit(library.get_http_server_url()).netloc, timeout=LONG)

    def write(text: str) -> None:
        console.write(text)
        if text.startswith("\n"):
            connection.request("GET", "/held")
            library.wait_until_request_is_received("/held", timeout=LONG)

    monkeypatch.setattr(manual, "write_to_console", write)
    library.serve_until_stopped(timeout=0.01)
    connection.close()
    assert console.lines(3)[2:] == ["GET /held -> waits for the test to answer it"]


def test_a_stopped_server(library: HttpServerLibrary, console: Console) -> None:
    library.stop_http_server()
    with pytest.raises(UsageError) as caught:
        library.serve_until_stopped()
    assert str(caught.value) == "Server 'shop' is stopped, so it serves nothing."
    assert console.lines(0) == []


def test_a_time_that_is_none(library: HttpServerLibrary, console: Console) -> None:
    with pytest.raises(UsageError) as caught:
        library.serve_until_stopped(timeout=-1)
    assert str(caught.value) == "timeout: must be 0 seconds or more, not -1 seconds."
    assert console.lines(0) == []
