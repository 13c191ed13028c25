"""URLs of a server."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.url import base_url, checked_host, checked_tls_name, checked_url_host, url_of

ADVICE = "Use localhost, or 0.0.0.0 for all addresses."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("localhost", "localhost"),
        (" LocalHost.\n", "localhost"),
        ("127.0.0.2", "127.0.0.2"),
        ("::", "::"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("My_Machine", "My_Machine"),
        ("shop.example.", "shop.example."),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host(given: str, expected: str) -> None:
    assert checked_host(given) == checked_host(expected) == expected


@pytest.mark.parametrize(
    "given",
    ["", "*", "a b", "a..b", ".", "a\0b", "\ud83d", "x" * 64, "http://a", "a:80", "0", "127.1", "0x7f.1", "1.2.3.400"],
)
def test_what_is_no_host(given: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_host(given)
    shown = {"a\0b": "a\\x00b", "\ud83d": "\\ud83d"}.get(given, given)
    assert str(caught.value) == f"The host '{shown}' cannot be resolved. {ADVICE}"


@pytest.mark.parametrize("given", ["255.255.255.255", "224.0.0.1", "ff02::1", "ff02::1%eth0", "::ffff:224.0.0.1"])
def test_an_address_of_many_machines(given: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_host(given)
    assert str(caught.value) == f"{given} is not an address of this machine. {ADVICE}"


def test_an_address_that_every_interface_has() -> None:
    with pytest.raises(UsageError) as caught:
        checked_host("fe80::1")
    assert str(caught.value) == (
        "fe80::1 needs the name of a network interface, as each may have this address: fe80::1%eth0."
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (" host.docker.internal ", "host.docker.internal"),
        ("my_service", "my_service"),
        ("localhost", "localhost"),
        ("b\u00fccher.example.", "xn--bcher-kva.example."),
        ("10.0.0.1", "10.0.0.1"),
        ("[fd00:0::1]", "fd00::1"),
    ],
)
def test_a_host_for_urls(given: str, expected: str) -> None:
    assert checked_url_host(given) == expected


URL_HOST = "url_host: a host name or address such as host.docker.internal is needed, not"
NOBODY = "Give a name or address under which clients reach this machine."


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", f'{URL_HOST} "".'),
        ("http://a", f'{URL_HOST} "http://a".'),
        ("a:80", f'{URL_HOST} "a:80".'),
        ("a/b", f'{URL_HOST} "a/b".'),
        ("*.a", f'{URL_HOST} "*.a".'),
        ("127.1", f'{URL_HOST} "127.1".'),
        ("0.0.0.0", f"url_host: no client can connect to 0.0.0.0. {NOBODY}"),
        ("::", f"url_host: no client can connect to ::. {NOBODY}"),
        ("224.0.0.1", f"url_host: no client can connect to 224.0.0.1. {NOBODY}"),
        ("255.255.255.255", f"url_host: no client can connect to 255.255.255.255. {NOBODY}"),
        ("fe80::1%eth0", "url_host: fe80::1%eth0 has the name of a network interface, which no URL can have."),
    ],
)
def test_what_is_no_host_for_urls(given: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_url_host(given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a.example", "a.example"), ("*.a.example", "*.a.example"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1")],
)
def test_a_name_for_a_certificate(given: str, expected: str) -> None:
    assert checked_tls_name(given) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a b", 'tls_names: a host name or address such as host.docker.internal is needed, not "a b".'),
        ("*.10.0.0.1", 'tls_names: a name such as *.example.com is needed, not "*.10.0.0.1".'),
        ("*.*.a", 'tls_names: a name such as *.example.com is needed, not "*.*.a".'),
        ("*.", 'tls_names: a name such as *.example.com is needed, not "*.".'),
    ],
)
def test_what_is_no_name_for_a_certificate(given: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_tls_name(given)
    assert str(caught.value) == message


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
