"""``url_host``, ``tls_names`` and ``cors`` of `Start Http Server`, from plain Python."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from utest.helpers import LONG


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    made = HttpServerLibrary()
    yield made
    made.stop_all_http_servers()


@pytest.mark.parametrize(
    ("given", "host"), [("shop.example", "shop.example"), ("10.0.0.1", "10.0.0.1"), ("[fd00::1]", "[fd00::1]")]
)
def test_it_is_in_all_urls(library: HttpServerLibrary, given: str, host: str) -> None:
    url = library.start_http_server(alias="shop", url_host=given)
    port = urlsplit(url).port
    assert url == f"http://{host}:{port}"
    assert library.get_http_server_url("/orders") == f"{url}/orders"
    with pytest.raises(UsageError) as caught:
        library.start_http_server(alias="shop")
    assert str(caught.value) == f"Server 'shop' is already running at {url}."


@pytest.mark.parametrize(
    ("names", "called"),
    [
        ("", "shop.example"),
        ("*.shop.example, 10.0.0.1", "api.shop.example"),
        (["*.shop.example", "10.0.0.1"], "10.0.0.1"),
    ],
)
def test_clients_reach_it_by_all_names_over_tls(library: HttpServerLibrary, names: Any, called: str) -> None:
    options = {"tls_names": names} if names else {}
    port = urlsplit(library.start_http_server(tls=True, url_host="shop.example", **options)).port
    client = ssl.create_default_context(cafile=library.get_http_server_ca_file())
    with (
        socket.create_connection(("127.0.0.1", port or 0), timeout=LONG) as sock,
        client.wrap_socket(sock, server_hostname=called) as secured,
    ):
        secured.sendall(b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % called.encode())
        assert secured.recv(12) == b"HTTP/1.1 500"


def test_a_given_certificate(library: HttpServerLibrary, tmp_path: Path) -> None:
    trustme.CA().issue_cert("shop.example").private_key_and_cert_chain_pem.write_to_path(tmp_path / "cert.pem")
    url = library.start_http_server(cert_file=tmp_path / "cert.pem", url_host="shop.example")
    assert url.startswith("https://shop.example:")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"url_host": "http://a"},
            'url_host: a host name or address such as host.docker.internal is needed, not "http://a".',
        ),
        ({"url_host": 7}, "url_host: text is needed here, not int: 7."),
        ({"tls": True, "tls_names": "a,,b"}, "tls_names: there is an empty item in 'a,,b'."),
        ({"tls": True, "tls_names": [None]}, "tls_names: text is needed here, not None."),
        ({"cors": "maybe"}, "cors: true or false is needed, not 'maybe'."),
    ],
)
def test_bad_arguments_start_nothing(library: HttpServerLibrary, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        library.start_http_server(**options)
    assert str(caught.value) == message
    with pytest.raises(UsageError, match="Known servers: none"):
        library.get_http_server_url(server="http-1")
