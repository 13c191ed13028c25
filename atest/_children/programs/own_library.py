"""Run by lifecycle.robot: a library of users that has an instance of HttpServerLibrary; several runs of one process."""

import sys
import threading
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from ending import join_threads
from robot.api import TestSuite
from robot.api.deco import keyword, library

from HttpServerLibrary import HttpServerLibrary

SUITE = """
*** Settings ***
Library        own_library.{library}
Suite Setup    Start Shop

*** Test Cases ***
Right
    Use Shop    /orders

Wrong
    Use Shop    /nothing

Own Server
    Start Shop
    Use Shop    /orders

Own Server Has Ended
    Shop Should Have Ended
    Use Shop    /orders
"""
URLS: list[str] = []


class Shop:
    http: HttpServerLibrary

    @keyword
    def start_shop(self) -> None:
        URLS.append(self.http.start_http_server())
        self.http.expect_request("/orders")
        self.http.respond_with_data("ok")

    @keyword
    def use_shop(self, path: str) -> None:
        try:
            urlopen(self.http.get_http_server_url(path)).close()
        except URLError:
            assert path == "/nothing"

    @keyword
    def shop_should_have_ended(self) -> None:
        try:
            urlopen(URLS[-1])
        except URLError as error:
            reason = error.reason
        assert isinstance(reason, ConnectionRefusedError)


@library(scope="GLOBAL")
class NoListener(Shop):
    def __init__(self) -> None:
        self.http = HttpServerLibrary()


@library(scope="GLOBAL")
class AsListener(Shop):
    def __init__(self) -> None:
        self.http = self.ROBOT_LIBRARY_LISTENER = HttpServerLibrary()


@library(scope="TEST")
class Shared(Shop):
    http = HttpServerLibrary()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.modules["own_library"] = sys.modules["__main__"]
    for name in ("NoListener", "AsListener", "Shared", "Shared"):
        suite = TestSuite.from_string(SUITE.format(library=name))
        result = suite.run(output=None, console="none")
        join_threads()
        print([f"{test.name}: {test.status} {test.message.partition(chr(10))[0]}" for test in result.suite.tests])
        errors = [message.message for message in result.errors.messages] or "no errors"
        print(f"{errors}, threads: {threading.active_count()}")
