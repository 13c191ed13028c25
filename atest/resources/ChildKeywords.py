"""What child suites need and Robot Framework has not: a client without retries, and a look at the process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from select import select
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, ProxyHandler, Request, build_opener

from robot.api.deco import keyword, library
from robot.result import Message

# More than `End Suite Run` waits: a client must not end what nobody else ends.
_TIMEOUT = 120


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:
        deadline = time.monotonic() + _TIMEOUT
        # Not at one go: of a signal that comes right before a wait begins, Python learns when the wait is over.
        while not select([self.sock], [], [], 1)[0]:
            if time.monotonic() > deadline:
                raise TimeoutError
        return super().getresponse()


class _Handler(HTTPHandler):
    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_Connection, request)


@library(scope="GLOBAL", auto_keywords=False)
class ChildKeywords:
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._logged: list[str] = []
        self._background = threading.current_thread()
        self._begun = threading.Semaphore(0)
        self._released = threading.Event()

    @keyword
    def send_request(self, url: str, text: str | None = None, headers: dict[str, str] | None = None) -> int:
        """Sends a GET request, with a text a POST request, and returns the status."""
        request = Request(url, data=None if text is None else text.encode(), headers=headers or {})
        try:
            with build_opener(ProxyHandler({}), _Handler).open(request, timeout=_TIMEOUT) as response:
                return int(response.status)
        except HTTPError as error:
            with error:
                return error.code

    @keyword
    def send_request_in_background(self, url: str, text: str) -> None:
        self._background = threading.Thread(target=self.send_request, args=(url, text))
        self._background.start()

    @keyword
    def send_many_requests(self, url: str, times: int) -> None:
        """Sends the requests over one connection."""
        parts = urlsplit(url)
        connection = HTTPConnection(parts.netloc, timeout=_TIMEOUT)
        for _ in range(times):
            connection.request("GET", parts.path)
            connection.getresponse().read()
        connection.close()

    @keyword
    def send_many_at_once(self, url: str, times: int) -> None:
        threads = [threading.Thread(target=self.send_request, args=(f"{url}?n={n}",)) for n in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @keyword
    def handler_that_gathers(self, parties: int) -> Callable[[object], str]:
        """A handler that answers once it was called so many times, and a moment later."""
        barrier = threading.Barrier(parties)

        def handler(request: object) -> str:
            barrier.wait(_TIMEOUT)
            # So that it can be seen that they were there at the same time.
            time.sleep(0.1)
            return "at last"

        return handler

    @keyword
    def handler_that_waits(self) -> Callable[[object], str]:
        """A handler that raises an exception when `Release Handler` is called."""
        self._released.clear()

        def handler(request: object) -> str:
            self._begun.release()
            self._released.wait(_TIMEOUT)
            raise ValueError("too late")

        return handler

    @keyword
    def wait_until_handler_waits(self) -> None:
        if not self._begun.acquire(timeout=_TIMEOUT):
            raise AssertionError("The handler was not called.")

    @keyword
    def release_handler(self) -> None:
        """Lets the handler go on, and waits until the client has the response."""
        self._released.set()
        self._background.join(_TIMEOUT)

    def _log_message(self, message: Message) -> None:
        # Not the failures of `Should Be Logged`, nor its arguments, which have the text, too.
        if message.level in ("INFO", "WARN"):
            self._logged.append(str(message.message))

    @keyword
    def should_be_logged(self, text: str) -> None:
        """For `Wait Until Keyword Succeeds`: what a thread of a server has to say comes when it comes."""
        if not any(text in logged for logged in self._logged):
            raise AssertionError(f"Nobody logged '{text}'.")

    @keyword
    def get_server_threads(self) -> list[str]:
        """The threads of servers that run in this process."""
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("HttpServerLibrary")]

    @keyword
    def do_not_listen_to_signals(self) -> None:
        """Goes on through the first Ctrl-C for as long as it takes, as broken keywords do. Says when it does."""
        while True:
            with suppress(KeyboardInterrupt, Exception):
                # Not buffered, as a signal in the middle of a buffered write would raise, and the signal would be lost.
                os.write(1, b"DEAF\n")
                threading.Event().wait(20)
