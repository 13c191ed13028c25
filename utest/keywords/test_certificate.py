"""The argument ``certificate`` of `Start Http Server`, from plain Python."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.wire.certificates import Certificate
from utest.helpers import LONG


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    made = HttpServerLibrary()
    yield made
    made.stop_all_http_servers()


@pytest.mark.parametrize("certificate", ["WRONG_HOST", "wrong host", "WrongHost", Certificate.WRONG_HOST])
def test_text_and_members(library: HttpServerLibrary, certificate: Any) -> None:
    address = urlsplit(library.start_http_server(certificate=certificate))
    assert address.scheme == "https"
    client = ssl.create_default_context(cafile=library.get_http_server_ca_file())
    with (
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
        socket.create_connection(("127.0.0.1", address.port or 0), timeout=LONG) as sock,
    ):
        client.wrap_socket(sock, server_hostname="localhost")


def test_another_text_starts_nothing(library: HttpServerLibrary) -> None:
    wrong: Any = "SELF_SIGNED"
    with pytest.raises(UsageError) as caught:
        library.start_http_server(certificate=wrong)
    assert str(caught.value) == (
        "certificate: VALID, EXPIRED, NOT_YET_VALID, WRONG_HOST or UNTRUSTED is needed, not 'SELF_SIGNED'."
    )
    with pytest.raises(UsageError, match="Known servers: none"):
        library.get_http_server_url(server="http-1")
