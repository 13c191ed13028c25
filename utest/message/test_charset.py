"""The charset of a Content-Type: only codecs that can read any body, and only names that Python knows."""

from __future__ import annotations

import encodings
import warnings
from encodings.aliases import aliases
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.message.charset import known_charset
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.table import Received, request_table
from utest.helpers import expect, responses_to

CODECS = sorted({*aliases, *aliases.values(), *(module.name for module in iter_modules(encodings.__path__))})


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/plain", None),
        ("text/plain; charset=UTF-8", "utf-8"),
        ('text/plain; a="charset=x;"; charset="iso-8859-1"', "iso-8859-1"),
        ("text/plain; charset=ISO_8859-1:1987", "iso_8859-1:1987"),
        ("text/plain; charset=koi8-u", "koi8-u"),
        ("text/plain; charset=utf-8-sig", "utf-8-sig"),
        ("text/plain; charset=nope", None),
        ("text/plain; charset=utf--8", None),
        ("text/plain; charset=utf\0008", None),
        ("text/plain; charset=utf-8\x7f", None),
        ("text/plain; charset=\xe4", None),
        *((f"text/plain; charset={name}", None) for name in ("rot13", "hex", "zlib", "zlib_codec", "base64", "bz2")),
        *(
            (f"text/plain; charset={name}", None)
            for name in ("idna", "punycode", "undefined", "aliases", "mbcs", "utf-7")
        ),
        *((f"text/plain; charset={name}", None) for name in ("unicode_escape", "unicode-escape", "raw_unicode_escape")),
    ],
)
def test_known_charset(content_type: str, charset: str | None) -> None:
    assert known_charset(content_type) == charset


@given(st.text(max_size=12) | st.sampled_from(CODECS), st.binary(max_size=30))
def test_a_known_charset_reads_any_body(name: str, body: bytes) -> None:
    charset = known_charset(f"text/plain; charset={name}")
    if charset is not None:
        # Text, so without lone surrogates.
        body.decode(charset, "replace").encode()


def test_bodies_in_all_charsets_are_shown_without_a_warning() -> None:
    server = HttpServer()
    expect(server, text="REGEXP:.+x", json={"a": 1}, form={"a": "1"}, xml="<a/>")
    bodies = [b"\\] \\x1b \\ud83d +2D0-", b"\xff\x00a", b"<?xml version='1.0'?><a>\xe4</a>"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for codec in CODECS:
            headers = {"Content-Type": f"text/plain; charset={codec}", "Accept": "application/json"}
            responses_to(server, *(Request.of("POST", "/", headers, body) for body in bodies))
        exchanges = server.journal.exchanges()
        assert {exchange.problem.kind for exchange in exchanges if exchange.problem} == {"UNEXPECTED REQUEST"}
        for exchange in exchanges:
            received = ReceivedRequest(exchange)
            assert isinstance(received.text, str)
            assert (received.json, received.form, received.files) == (None, {}, {})
            assert received.xml is None or received.xml.tag == "a"
        "".join(archive(exchanges, server.secrets, "", ""))
        request_table([server], [Received(server, exchange) for exchange in exchanges], Scope("test"))
