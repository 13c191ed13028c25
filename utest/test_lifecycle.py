"""Robot Framework's events, where something goes wrong in them, and ``with`` blocks."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from robot import api
from robot.api.deco import keyword, library

from HttpServerLibrary import ExpectationFailed, HttpServerLibrary, UsageError
from utest.helpers import LONG


def test_an_error_in_an_event_fails_the_next_keyword() -> None:
    """Robot Framework only prints what a listener raises, and the test would stay green."""
    http = HttpServerLibrary()
    no_test: Any = None
    http._start_test(no_test, no_test)
    with pytest.raises(AttributeError):
        http.get_problems()
    http.start_http_server()
    http.stop_all_http_servers()


def send(http: HttpServerLibrary, path: str) -> int:
    """Sends a request; returns the status."""
    connection = HTTPConnection(http.get_http_server_url()[len("http://") : -1], timeout=LONG)
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings that explain problems; the others are a line for each."""
    return [record.getMessage() for record in caplog.records if "problem on server" in record.getMessage()]


UNEXPECTED = "1 problem on server 'http-1' at http://localhost:port:\nUNEXPECTED REQUEST: GET /stock\n"


def receive_something_unexpected(http: HttpServerLibrary) -> None:
    with http:
        send(http, "/stock")


def assert_stopped(url: str) -> None:
    with pytest.raises(ConnectionRefusedError), closing(HTTPConnection(url[len("http://") : -1])) as connection:
        connection.connect()


def test_a_block_stops_its_servers() -> None:
    with HttpServerLibrary() as http:
        urls = [http.start_http_server() + "/", http.start_http_server() + "/"]
        http.expect_request("/orders")
        http.respond_with_data("OK")
        assert send(http, "/orders") == 200
    for url in urls:
        assert_stopped(url)
    with pytest.raises(UsageError, match=r"^There is no HTTP server\."):
        http.get_received_requests()


def test_a_block_starts_a_server_if_it_is_to_do_so() -> None:
    with HttpServerLibrary(auto_start=True) as http:
        url = http.get_http_server_url()
        with http:
            assert http.get_http_server_url() == url
        http.stop_http_server()
        with http:
            assert http.get_http_server_url() != url
            url = http.get_http_server_url()
        assert_stopped(url)


def test_a_block_whose_server_cannot_start() -> None:
    with HttpServerLibrary(auto_start=True) as first:
        port = first.get_http_server_url().split(":")[2].strip("/")
        http = HttpServerLibrary(auto_start=True, port=port)
        with pytest.raises(UsageError, match=port):
            http.__enter__()
    with http:
        assert http.get_http_server_url() == f"http://localhost:{port}/"


def test_what_a_block_adds_ends_with_it() -> None:
    with HttpServerLibrary(auto_start=True) as http:
        http.expect_request()
        http.respond_with_data(status=202)
        with http:
            added = http.expect_request("/orders")
            http.respond_with_data(status=201)
            assert send(http, "/orders") == 201
        assert send(http, "/orders") == 202
        assert [request.response.status for request in http.get_received_requests() if request.response] == [202]
        with pytest.raises(UsageError) as caught:
            http.respond_with_data(to=added)
    assert str(caught.value) == (
        "The expectation ended with the 'with' block, so it cannot get a response: permanent /orders."
    )


@pytest.mark.parametrize("auto_check", ["FAIL", "STRICT"])
def test_a_block_with_a_problem_fails(auto_check: str) -> None:
    http = HttpServerLibrary(auto_start=True, auto_check=auto_check)
    with pytest.raises(ExpectationFailed) as caught:
        receive_something_unexpected(http)
    assert re.sub(r":\d+", ":port", str(caught.value)).startswith(UNEXPECTED)
    # What pytest shows of it.
    assert "lifecycle.py" not in str(caught.getrepr()).replace("test_lifecycle.py", "")
    with http:
        assert http.get_problems() == []


def test_a_strict_block_also_fails_without_a_request_that_it_expects() -> None:
    def block() -> None:
        with HttpServerLibrary(auto_start=True, auto_check="STRICT") as http:
            urls.append(http.get_http_server_url()[:-1])
            http.expect_oneshot_request("/orders")

    urls: list[str] = []
    with pytest.raises(ExpectationFailed) as caught:
        block()
    (url,) = urls
    assert str(caught.value) == (
        f"1 expectation was not met on server 'http-1' at {url}:\n"
        "  oneshot /orders (used 0 of 1)\n"
        "No requests were received."
    )


def test_a_block_says_all_that_went_wrong() -> None:
    def block() -> None:
        with HttpServerLibrary(auto_start=True) as http:
            send(http, "/stock")
            http.start_http_server(alias="payments")
            send(http, "/refunds")

    with pytest.raises(ExpectationFailed) as caught:
        block()
    assert re.findall("UNEXPECTED .*|server '.*?'", str(caught.value)) == [
        "server 'http-1'",
        "UNEXPECTED REQUEST: GET /stock",
        "server 'payments'",
        "UNEXPECTED REQUEST: GET /refunds",
    ]


def test_a_block_that_raises_something_itself(caplog: pytest.LogCaptureFixture) -> None:
    def block() -> None:
        with HttpServerLibrary(auto_start=True) as http:
            urls.append(http.get_http_server_url())
            send(http, "/stock")
            raise ZeroDivisionError

    urls: list[str] = []
    with pytest.raises(ZeroDivisionError):
        block()
    assert_stopped(*urls)
    (warning,) = warnings_of(caplog)
    assert re.sub(r":\d+", ":port", warning).startswith(UNEXPECTED)


def test_a_problem_that_a_block_raises_is_not_reported_twice(caplog: pytest.LogCaptureFixture) -> None:
    def block() -> None:
        with HttpServerLibrary(auto_start=True) as http:
            send(http, "/stock")
            # Leaves the problem unchecked.
            http.wait_until_expectations_are_met(timeout=0)

    with pytest.raises(ExpectationFailed):
        block()
    assert warnings_of(caplog) == []


@pytest.mark.parametrize(("auto_check", "warnings"), [("WARN", 1), ("OFF", 0)])
def test_a_block_that_does_not_fail(auto_check: str, warnings: int, caplog: pytest.LogCaptureFixture) -> None:
    receive_something_unexpected(HttpServerLibrary(auto_start=True, auto_check=auto_check))
    assert len(warnings_of(caplog)) == warnings


SUITE = """\
*** Settings ***
Library           utest.test_lifecycle.Shop

*** Test Cases ***
First Use Is A Block
    Server Ends With A Block

Server Of A Block Is Not That Of The Suite
    Get Answer In A Block
    Variable Should Not Exist    $HTTP_SERVER_URL

Server Of The Suite
    Start Server
    Server Ends With A Block

Problem In A Block
    Fail In A Block

Block That Stays Open
    Enter Block
    Start Server

Block That Its Test Has Ended
    Server Should Be Stopped
    Leave Block
    Server Ends With A Block
"""


@library
class Shop:
    """A library of a user that makes its own instance, with blocks in its keywords."""

    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    def __init__(self) -> None:
        self._http = HttpServerLibrary()
        self._url = ""

    @keyword
    def server_ends_with_a_block(self) -> None:
        with self._http:
            self.start_server()
            self._http.expect_request("/orders")
            self._http.respond_with_data("OK")
            assert send(self._http, "/orders") == 200
        assert_stopped(self._url)

    @keyword
    def get_answer_in_a_block(self) -> None:
        with HttpServerLibrary(auto_start=True) as http:
            http.expect_request("/orders")
            http.respond_with_data("OK")
            assert send(http, "/orders") == 200

    @keyword
    def start_server(self) -> None:
        self._url = f"{self._http.start_http_server()}/"

    @keyword
    def server_should_be_stopped(self) -> None:
        assert_stopped(self._url)

    @keyword
    def fail_in_a_block(self) -> None:
        with self._http:
            self.start_server()
            send(self._http, "/stock")

    @keyword
    def enter_block(self) -> None:
        self._http.__enter__()

    @keyword
    def leave_block(self) -> None:
        self._http.__exit__(None, None, None)


def test_blocks_within_robot_framework() -> None:
    result = api.TestSuite.from_string(SUITE).run(output=None, console="none")
    messages = {test.name: test.message.partition(" on ")[0] for test in result.suite.tests}
    assert messages == {
        "First Use Is A Block": "",
        "Server Of A Block Is Not That Of The Suite": "",
        "Server Of The Suite": "",
        "Problem In A Block": "1 problem",
        "Block That Stays Open": "",
        "Block That Its Test Has Ended": "",
    }
