"""What is saved of a request is enough to send it again, byte by byte; what is masked never shows."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.message.charset import known_charset
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import expect, responses_to

TOKENS = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=8)
# What the wire lets through: visible ASCII, and in values of headers all bytes but controls.
TARGETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
VALUES = st.text(
    st.characters(max_codepoint=0xFF, exclude_characters="".join(map(chr, [*range(32), 127]))), max_size=12
)
CHARSETS = ["utf-8", "UTF-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "shift_jis"]
CHARSETS += ["iso2022_jp", "hz", "gb18030", "unicode_escape", "punycode", "idna", "rot13", "zlib_codec", "nope", "\xe4"]
TYPES = st.sampled_from(["text/plain", "application/json", "application/x-www-form-urlencoded", "text/xml", "a b; c"])
MULTIPART = "multipart/form-data; boundary=b"
PARTS = ["--b\r\n", "--b--", "\r\n", 'Content-Disposition: form-data; name="a"', '; filename="\xff"', "Content-Type: x"]
BODIES = (
    st.binary(max_size=40)
    | st.builds(
        lambda text, charset: text.encode(charset, "replace"), st.text(max_size=20), st.sampled_from(CHARSETS[:13])
    )
    | st.lists(st.sampled_from(PARTS), max_size=8).map(lambda parts: "".join(parts).encode("latin-1"))
    | st.sampled_from([b"+2D0-", b"\xef\xbb\xbfa", b"\xff\xfea\0", b"{}", b"a=%ff&b", b"\x1b$B\x1b(B"])
)
CODINGS = st.sampled_from(["", "", "", "gzip", "deflate", "gzip, deflate", "br", "gzip;q=1"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers = draw(st.lists(st.tuples(TOKENS, VALUES.map(str.strip)), max_size=3))
    # Credentials are always masked.
    headers = [(name, value) for name, value in headers if name.lower() not in ("cookie", "authorization")]
    if draw(st.booleans()):
        kind = f"{draw(TYPES)}; charset={draw(st.sampled_from(CHARSETS))}"
        headers.append(("Content-Type", draw(st.sampled_from([kind, MULTIPART]))))
    body = draw(BODIES)
    coding = draw(CODINGS)
    if coding:
        headers.append(("Content-Encoding", coding))
    # Now and then it is not encoded as it says.
    if draw(st.integers(0, 9)):
        body = gzip.compress(body) if coding.startswith("gzip") else body
        body = zlib.compress(body) if coding.endswith("deflate") else body
    target = draw(TARGETS.map("/{}".format) | st.sampled_from(["*", "http://a/b?c", "//a//b", "a:1"]))
    return Request.of(draw(TOKENS), target, headers, body)


def saved(server: HttpServer, *sent: Request) -> list[dict[str, Any]]:
    responses_to(server, *sent)
    text = "".join(archive(server.journal.exchanges(), server.secrets, "", ""))
    assert text.isascii()
    return [entry["request"] for entry in json.loads(text)["log"]["entries"]]


def made_again(entry: dict[str, Any]) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Method, target, headers and body of a saved request."""
    url = urlsplit(entry["url"])
    target = entry.get("_target", entry["url"].removeprefix(f"{url.scheme}://{url.netloc}"))
    return entry["method"], target, [(each["name"], each["value"]) for each in entry["headers"]], body_of(entry)


def body_of(entry: dict[str, Any]) -> bytes:
    data = entry.get("postData", {"text": "", "mimeType": ""})
    if "_sent" in data:
        return b64decode(data["_sent"])
    text: str = data["text"]
    return b64decode(text) if "_encoding" in data else text.encode(known_charset(data["mimeType"]) or "utf-8")


@given(requests())
def test_a_saved_request_can_be_sent_again(request_: Request) -> None:
    (entry,) = saved(HttpServer(), request_)
    assert made_again(entry) == (request_.method, request_.target, [*request_.headers], request_.body)


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_saved_response_can_be_sent_again(charset: str) -> None:
    server = HttpServer()
    bodies = [b"\xc3\xa4", b"\xe4", b"a\0", b"\xff\xfea\0", b"\xef\xbb\xbf", b"+2D0-", b"\x80"]
    for number, body in enumerate(bodies):
        made = expect(server, f"/{number}")
        made.responder = respond_data(body, content_type=f"text/plain; charset={charset}")
    responses_to(server, *(Request.of("GET", f"/{number}") for number in range(len(bodies))))
    har = json.loads("".join(archive(server.journal.exchanges(), server.secrets, "", "")))
    for entry, body in zip(har["log"]["entries"], bodies, strict=True):
        content = entry["response"]["content"]
        text = content["text"]
        known = known_charset(content["mimeType"]) or "utf-8"
        assert (b64decode(text) if "encoding" in content else text.encode(known)) == body


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-be", "utf-32", "latin-1", "utf-7"])
@pytest.mark.parametrize("more", [b"", b"\xff", b"\xd8"])
def test_a_secret_in_any_charset_is_masked(charset: str, more: bytes) -> None:
    server = HttpServer()
    server.secrets.add("s3cr3t-token")
    body = "a s3cr3t-token".encode(charset) + more
    headers = {"Content-Type": f"text/plain; charset={charset}"}
    sent = [Request.of("POST", "/", headers, body)]
    sent.append(Request.of("POST", "/", {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)))
    for entry in saved(server, *sent):
        data = body_of(entry)
        assert "_sent" not in entry["postData"]
        assert b"s3cr3t" not in data.replace(b"\0", b"")
        assert b"***" in data.replace(b"\0", b"")


def test_an_archive_of_many_requests_is_made_in_pieces() -> None:
    server = HttpServer()
    responses_to(server, *(Request.of("POST", "/", {}, b"x" * 1000) for _ in range(50)))
    pieces = [*archive(server.journal.exchanges(), server.secrets, "", "")]
    assert len(pieces) == 52
    assert max(map(len, pieces)) < 8000
