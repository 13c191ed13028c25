"""`Set Default Headers` and `Set Cors` from plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.keywords.secret import Secret
from utest.helpers import LONG, needs_secrets


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    made = HttpServerLibrary(auto_check="OFF")
    made.start_http_server()
    yield made
    made.stop_all_http_servers()


def headers_of(library: HttpServerLibrary, method: str = "GET", **headers: str) -> dict[str, str]:
    connection = HTTPConnection(urlsplit(library.get_http_server_url()).netloc, timeout=LONG)
    connection.request(method, "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    response.read()
    connection.close()
    return dict(response.getheaders())


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ((), (False,)),
        (("ANY",), ("False",)),
        ((True,), (None,)),
        (("true",), (" none ",)),
        (("http://a",), ("off",)),
        ((["http://b", "http://a"],), (False,)),
    ],
)
def test_cors_begins_and_ends(library: HttpServerLibrary, begin: tuple[Any, ...], end: tuple[Any, ...]) -> None:
    library.set_cors(*begin)
    assert headers_of(library, Origin="http://a")["Access-Control-Allow-Origin"] == "http://a"
    library.set_cors(*end)
    assert "Access-Control-Allow-Origin" not in headers_of(library, Origin="http://a")


def test_the_arguments_of_cors(library: HttpServerLibrary) -> None:
    no: Any = "no"
    library.set_cors(headers=["X-Id"], methods="put, delete", credentials=no, max_age=timedelta(minutes=1))
    headers = headers_of(library, "OPTIONS", Origin="http://a", Access_Control_Request_Method="PUT")
    assert {name: value for name, value in headers.items() if name.startswith("Access-Control-")} == {
        "Access-Control-Allow-Origin": "http://a",
        "Access-Control-Allow-Methods": "PUT, DELETE",
        "Access-Control-Allow-Headers": "X-Id",
        "Access-Control-Max-Age": "60",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"origins": 7}, "origins: a list or text is needed, not int: 7."),
        ({"origins": ""}, "origins: there is an empty item in ''."),
        ({"max_age": -1}, "max_age: must be 0 seconds or more, not -1 seconds."),
        ({"max_age": float("inf")}, "max_age: an end is needed, such as 24 hours."),
        ({"credentials": "maybe"}, "credentials: true or false is needed, not 'maybe'."),
        ({"origins": False, "methods": ""}, "methods: there is an empty item in ''."),
    ],
)
def test_bad_arguments_change_nothing(library: HttpServerLibrary, arguments: dict[str, Any], message: str) -> None:
    library.set_cors("http://a")
    with pytest.raises(UsageError) as caught:
        library.set_cors(**arguments)
    assert str(caught.value) == message
    assert headers_of(library, Origin="http://a")["Access-Control-Allow-Origin"] == "http://a"


@needs_secrets
def test_a_secret_is_masked(library: HttpServerLibrary, tmp_path: Path) -> None:
    secret = Secret("hunter-2222")
    library.set_default_headers({"X-Key": secret})
    assert headers_of(library)["X-Key"] == "hunter-2222"
    with pytest.raises(UsageError) as caught:
        library.set_default_headers({"X-Key": secret, "X-Bad": "hunter-2222\n"})
    assert str(caught.value) == "headers: the value of X-Bad has a line break or control character: '***\\n'."
    saved = Path(library.save_received_requests(tmp_path / "requests.har")).read_text("ascii")
    assert '{"name": "X-Key", "value": "***"}' in saved
    assert "hunter" not in saved
