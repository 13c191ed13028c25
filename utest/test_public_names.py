"""What programs import: the names, where they come from, and their documentation."""

from __future__ import annotations

import inspect
from contextlib import closing
from http.client import HTTPConnection

import pytest

import HttpServerLibrary
from HttpServerLibrary import Expectation, ExpectationFailed, Problem, ReceivedRequest, UsageError
from HttpServerLibrary.version import __version__
from utest.helpers import LONG

CLASSES = [name for name in HttpServerLibrary.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_name_is_a_documented_class(name: str) -> None:
    found = getattr(HttpServerLibrary, name)
    assert (inspect.isclass(found), found.__name__) == (True, name)
    documentation = inspect.getdoc(found)
    assert documentation is not None
    assert documentation.partition("\n")[0].endswith(".")


def test_what_keywords_return_and_raise() -> None:
    with HttpServerLibrary.HttpServerLibrary(auto_start=True, auto_check="OFF") as http:
        expected = http.expect_oneshot_request("/orders")
        with pytest.raises(ExpectationFailed):
            http.expectations_should_be_met()
        with pytest.raises(UsageError):
            http.expect_request(method="POTS")
        with closing(HTTPConnection(http.get_http_server_url().split("/")[2], timeout=LONG)) as connection:
            connection.request("GET", "/orders")
            connection.getresponse()
        received = http.wait_until_request_is_received("/orders")
        problem = received.problem
    assert (type(expected), type(received), type(problem)) == (Expectation, ReceivedRequest, Problem)
    assert issubclass(ExpectationFailed, AssertionError)
    assert issubclass(UsageError, ValueError)


def test_the_version() -> None:
    assert HttpServerLibrary.__version__ == __version__


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = HttpServerLibrary.HttpServer  # type: ignore[attr-defined]
    assert str(caught.value) == "module 'HttpServerLibrary' has no attribute 'HttpServer'"
