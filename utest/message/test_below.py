"""What lies below a path."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.message.below import base_path, below
from HttpServerLibrary.engine.message.request import Request


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/app", "/app"), ("app", "/app"), ("/app/", "/app"), ("/a/b//", "/a/b"), ("/", ""), ("", "")],
)
def test_the_base_has_a_slash_at_its_beginning_only(path: str, expected: str) -> None:
    assert base_path(path) == expected


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("/app", "/app", ""),
        ("/app", "/app?a=/app/b", ""),
        ("/app", "/app/", "/"),
        ("/app", "/app/a/b?c", "/a/b"),
        ("/app", "/app//a", "//a"),
        ("/app", "http://host/app/a", "/a"),
        ("/app", "/apple", None),
        ("/app", "/", None),
        ("/app", "/x/app/a", None),
        ("/app", "*", None),
        ("/app", "/App/a", None),
        # What follows stays as it was sent.
        ("/app", "/app/%61%2f", "/%61%2f"),
        ("/app", "/%61pp/%61%2f", "/%61%2f"),
        ("/app", "/%61pp", ""),
        ("/app", "/%61pp/", "/"),
        ("/app/b", "/%61pp/%62/c/d", "/c/d"),
        ("/app/b", "/%61pp%2fb/c", None),
        ("/app", "/%2561pp/a", None),
        ("/a b", "/a%20b/c", "/c"),
        ("/a%20b", "/a%20b/c", "/c"),
        ("/ä", "/%C3%A4/b", "/b"),
        ("", "/", "/"),
        ("", "/a", "/a"),
        ("", "/%61", "/%61"),
        ("", "*", None),
    ],
)
def test_below(base: str, target: str, expected: str | None) -> None:
    assert below(Request.of("GET", target), base) == expected
