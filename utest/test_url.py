"""URLs of a server."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.url import base_url, url_of


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", "http://localhost:81"),
        ("127.0.0.1", "http://127.0.0.1:81"),
        ("::1", "http://[::1]:81"),
        ("0.0.0.0", "http://localhost:81"),
        ("::", "http://localhost:81"),
        ("", "http://localhost:81"),
    ],
)
def test_base_url(host: str, expected: str) -> None:
    assert base_url("http", host, 81) == expected
    assert base_url("https", host, 81) == expected.replace("http:", "https:")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/"),
        ("", "/"),
        ("orders", "/orders"),
        ("/orders?a=1&b=2", "/orders?a=1&b=2"),
        ("?a=1", "/?a=1"),
        ("/a b", "/a%20b"),
        ("/a%20b", "/a%20b"),
        ("/ä", "/%C3%A4"),
        ("/a#b", "/a%23b"),
        ("/{id}", "/%7Bid%7D"),
        ("/a\nb", "/a%0Ab"),
        ("/a\\b", "/a%5Cb"),
    ],
)
def test_url_of_a_path(path: str, expected: str) -> None:
    assert url_of("http://localhost:81", path) == f"http://localhost:81{expected}"
