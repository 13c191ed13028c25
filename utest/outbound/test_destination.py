"""URLs to send requests to."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.outbound.destination import destination_of

IDNA = "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://localhost", ("http", "localhost", 80, "localhost", "/")),
        ("https://localhost", ("https", "localhost", 443, "localhost", "/")),
        ("HTTP://Localhost:8080/A", ("http", "localhost", 8080, "localhost:8080", "/A")),
        (" http://a.example./x#part ", ("http", "a.example.", 80, "a.example.", "/x")),
        ("http://a?b=1", ("http", "a", 80, "a", "/?b=1")),
        ("http://a:/", ("http", "a", 80, "a", "/")),
        ("http://127.0.0.1:1/%2f/../x?", ("http", "127.0.0.1", 1, "127.0.0.1:1", "/%2f/../x")),
        ("http://[::1]:8080/", ("http", "::1", 8080, "[::1]:8080", "/")),
        ("http://[fe80::1]", ("http", "fe80::1", 80, "[fe80::1]", "/")),
        (
            "http://bücher.example/ä b?ü",
            ("http", IDNA, 80, IDNA, "/%C3%A4%20b?%C3%BC"),
        ),
    ],
)
def test_urls(url: str, parts: tuple[object, ...]) -> None:
    assert destination_of(url) == parts


def test_a_destination_as_text() -> None:
    assert str(destination_of("http://[::1]:80/ä?b#c")) == "http://[::1]:80/%C3%A4?b"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (None, "url: text is needed here, not NoneType: None."),
        ("", 'url: an http or https URL such as http://localhost/ is needed, not "".'),
        ("/path", 'url: an http or https URL such as http://localhost/ is needed, not "/path".'),
        ("localhost:80", 'url: an http or https URL such as http://localhost/ is needed, not "localhost:80".'),
        ("ftp://a/", 'url: an http or https URL such as http://localhost/ is needed, not "ftp://a/".'),
        ("http:///a", 'url: an http or https URL such as http://localhost/ is needed, not "http:///a".'),
        ("http://a/\nb", 'url: the URL has a character that cannot be printed, such as a line break: "http://a/\\nb".'),
        ("http://u:secret@a/", "url: a URL with a user or password is not accepted. Give the header Authorization."),
        ("ftp://u@a:x/", "url: a URL with a user or password is not accepted. Give the header Authorization."),
        ("http://a b/", 'url: "a b" is not a host, or a host and port.'),
        ("http://:80/", 'url: ":80" is not a host, or a host and port.'),
        ("http://a..b/", 'url: "http://a..b/" is not a URL.'),
        ("http://[x]/", 'url: "[x]" is not a host, or a host and port.'),
        ("http://[v1.x]:80/", 'url: "[v1.x]:80" is not a host, or a host and port.'),
        ("http://[fe80::1%25eth0]", 'url: "[fe80::1%25eth0]" is not a host, or a host and port.'),
        ("http://[::1", 'url: "http://[::1" is not a URL: Invalid IPv6 URL.'),
        ("http://a:0/", "url: a port from 1 to 65535 is needed, not 0."),
        ("http://a:65536/", 'url: "http://a:65536/" is not a URL: Port out of range 0-65535.'),
    ],
)
def test_what_is_no_url(url: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        destination_of(url)
    assert str(caught.value) == message


@pytest.mark.parametrize("url", ["http://a:b/", "http://::1/"])
def test_a_port_is_a_number(url: str) -> None:
    # The reason is that of Python, and differs between its versions.
    with pytest.raises(UsageError, match=f'^url: "{url}" is not a URL: Port '):
        destination_of(url)


def test_the_argument_is_named() -> None:
    with pytest.raises(UsageError, match=r"^upstream: an http"):
        destination_of("x", "upstream")
