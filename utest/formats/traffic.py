"""A service with answers of many kinds, a client that asks for all of them, and what it got.

A program of its own imports it as well: ``send_all(url)`` is all that it needs.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

TIMEOUT: Final = 60
PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))
LARGE: Final = json.dumps({"items": [{"id": number, "name": f"item {number}"} for number in range(300)]}).encode()
SMALL: Final = json.dumps([{"id": number, "tags": ["a", "b"], "text": "x y  z"} for number in range(20)]).encode()
PRETTY: Final = json.dumps({"order": {"id": 7, "lines": [1, 2, 3]}}, indent=2).encode()
XML: Final = b'<?xml version="1.0"?>\n<order id="7">\n\t<item>${book}</item>\n</order>\n'
TRICKY: Final = " ${HOME} @{x} &{y} %{z} \\ \\n # a=b | c  d\t|\r\n\r\n...\n status=404 \u00e4\u4e2d\U0001f600\u00a0 "
WORDS: Final = " ".join(f"word{number}" for number in range(150))
NO_SPACE: Final = "abcdefghij" * 60 + "${x}" * 30
EMAIL: Final = "scope=a" * 40


class Sent(NamedTuple):
    """A request of the client."""

    method: str
    target: str
    headers: dict[str, str] = {}  # noqa: RUF012
    body: bytes = b""


class Got(NamedTuple):
    """What the client got: headers in order, without those that differ each time."""

    status: int
    reason: str
    headers: list[list[str]]
    body: str


def multipart(*parts: bytes, boundary: str = "b0undary") -> tuple[dict[str, str], bytes]:
    body = b"".join(b"--" + boundary.encode() + b"\r\nContent-Disposition: form-data; " + part for part in parts)
    return (
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        body + f"--{boundary}--\r\n".encode(),
    )


_JSON: Final = {"Content-Type": "application/json"}
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_PARTS: Final = (
    b'name="note"\r\n\r\nhello ${x}\r\n',
    b'name="logo"; filename="logo.png"\r\nContent-Type: image/png\r\n\r\n' + PNG + b"\r\n",
    b'name="terms"; filename="terms.txt"\r\nContent-Type: text/plain\r\n\r\nGLOB:a\r\n',
)
_PART_HEADERS, _PART_BODY = multipart(*_PARTS)
_OTHER_HEADERS, _OTHER_BODY = multipart(*_PARTS[:2], boundary="another")

REQUESTS: Final[list[Sent]] = [
    Sent("GET", "/"),
    Sent("GET", "/orders"),
    Sent("GET", "/orders?page=2&size=10"),
    Sent("GET", "/orders?size=10&page=2"),
    Sent("GET", "/orders?"),
    Sent("GET", "/orders?q=%7Bx%7D&q=a+b&q=%24%7By%7D"),
    Sent("GET", "/orders/7"),
    Sent("HEAD", "/orders/7"),
    Sent("POST", "/orders", _JSON, b'{"item": "book"}'),
    Sent("POST", "/orders", _JSON, b'{"item": "book", "note": null}'),
    Sent("POST", "/orders", _JSON, b'{"item": "<any>", "text": "${x} \\u00e4", "n": [1, 2.5, true]}'),
    Sent("POST", "/orders"),
    Sent("POST", "/orders", {"Content-Type": "text/plain"}, b"plain"),
    Sent("PUT", "/orders/7", _JSON, LARGE),
    Sent("PUT", "/orders/7", _JSON, SMALL),
    Sent("PATCH", "/orders/7", {"Content-Type": "application/merge-patch+json"}, b"[]"),
    Sent("DELETE", "/orders/7"),
    Sent("OPTIONS", "/orders"),
    Sent("GET", "/jobs/1"),
    Sent("GET", "/jobs/1"),
    Sent("GET", "/jobs/1"),
    Sent("GET", "/jobs/1"),
    Sent("GET", "/jobs/1"),
    Sent("GET", "/old"),
    Sent("GET", "/old/permanent"),
    Sent("POST", "/old/see", _FORM, b"a=1&b=%C3%A4&c="),
    Sent("GET", "/old/text"),
    Sent("GET", "/logo.png"),
    Sent("GET", "/logo.png", {"Range": "bytes=0-3"}),
    Sent("GET", "/static.png"),
    Sent("GET", "/large"),
    Sent("GET", "/pretty"),
    Sent("GET", "/small"),
    Sent("GET", "/gzip"),
    Sent("GET", "/gzip/large"),
    Sent("GET", "/deflate"),
    Sent("GET", "/brotli"),
    Sent("GET", "/chunked"),
    Sent("GET", "/events"),
    Sent("GET", "/cookies", {"Cookie": "sid=secret-of-client", "Authorization": "Bearer token-of-client"}),
    Sent("GET", "/no-content"),
    Sent("GET", "/not-modified", {"If-None-Match": '"1"'}),
    Sent("GET", "/untyped"),
    Sent("GET", "/empty"),
    Sent("GET", "/latin"),
    Sent("GET", "/tricky"),
    Sent("GET", "/words"),
    Sent("GET", "/no-space"),
    Sent("GET", "/options"),
    Sent("GET", "/headers"),
    Sent("GET", "/missing"),
    Sent("GET", "/broken"),
    Sent("GET", "/named"),
    Sent("GET", "/caf%C3%A9/a%20b/%7Bid%7D"),
    Sent("GET", "/a%2Fb"),
    Sent("GET", "/a/b"),
    Sent("GET", "/ANY"),
    Sent("POST", "/echo", {"Content-Type": "text/plain; charset=utf-8"}, TRICKY.encode()),
    Sent("POST", "/echo", {"Content-Type": "text/plain; charset=iso-8859-1"}, "\u00e4\u00f6".encode("latin-1")),
    Sent("POST", "/echo", {"Content-Type": "text/plain"}, b"REGEXP:.*"),
    Sent("POST", "/echo", {"Content-Type": "application/xml"}, XML),
    Sent("POST", "/echo", {"Content-Type": "text/plain"}, WORDS.encode() * 3),
    Sent("POST", "/echo", {"Content-Type": "application/octet-stream"}, PNG),
    Sent("POST", "/echo", {"Content-Type": "application/octet-stream"}, PNG[::-1]),
    Sent("POST", "/echo", {**_JSON, "Content-Encoding": "gzip"}, gzip.compress(b'{"zipped": true}', mtime=7)),
    Sent("POST", "/form", _FORM, b"a=1&a=2&b=%24%7Bx%7D&GLOB%3A=GLOB:x"),
    Sent("POST", "/form", _FORM, b"a=1"),
    Sent("POST", "/form", _FORM, b"a=1&c=3"),
    Sent("POST", "/upload", _PART_HEADERS, _PART_BODY),
    Sent("POST", "/upload", _OTHER_HEADERS, _OTHER_BODY),
    Sent("PURGE", "/cache"),
    Sent("GET", "/last"),
]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts: Counter[str]

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(body)
        self.wfile.flush()

    def _send(self, status: int, body: bytes = b"", *headers: tuple[str, str], reason: str | None = None) -> None:
        self.send_response(status, reason)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        kind = ("Content-Type", "application/json")
        fixed = _FIXED.get(path)
        if fixed is not None:
            status, content, headers, reason = fixed
            return self._send(status, content, *headers, reason=reason)
        self.counts[path] += 1
        if path == "/jobs/1":
            number = self.counts[path]
            state = "queued" if number == 1 else "running" if number < 4 else "done"
            return self._send(200, json.dumps({"state": state}).encode(), kind)
        if path == "/logo.png":
            part = self.headers.get("Range")
            more = [("Content-Range", f"bytes 0-3/{len(PNG)}")] if part else []
            return self._send(206 if part else 200, PNG[:4] if part else PNG, ("Content-Type", "image/png"), *more)
        if path == "/chunked":
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            return self._write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        if path == "/echo":
            return self._send(200, body, ("Content-Type", self.headers["Content-Type"]), ("X-Echo", "1"))
        shown = {"method": self.command, "path": path, "query": query, "size": len(body)}
        if body.startswith(b"{"):
            shown["body"] = json.loads(body)
        made = json.dumps({**shown, "times": self.counts[path]}).encode()
        status = {"POST": 201, "DELETE": 202}.get(self.command, 200)
        return self._send(status, made, kind, ("X-Request-Id", f"{path}-{self.counts[path]}"))

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


_Fixed = tuple[int, bytes, list[tuple[str, str]], "str | None"]


def _text(content_type: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), *more]


_FIXED: Final[dict[str, _Fixed]] = {
    "/old": (302, b"", [("Location", "/orders/7?a=b")], None),
    "/old/permanent": (301, b"", [("Location", "https://example.com/\u00e4"), ("X-A", "1")], "Gone Elsewhere"),
    "/old/see": (303, b"", [("Location", "/orders"), ("Set-Cookie", "a=1")], None),
    "/old/text": (307, b"moved", _text("text/plain", ("Location", "/orders")), None),
    "/static.png": (
        200,
        PNG,
        _text(
            "image/png",
            ("ETag", '"1"'),
            ("Last-Modified", "Sat, 28 Nov 2026 12:00:00 GMT"),
            ("Accept-Ranges", "bytes"),
        ),
        None,
    ),
    "/large": (200, LARGE, _text("application/json"), None),
    "/pretty": (200, PRETTY, _text("application/json; charset=utf-8"), None),
    "/small": (200, SMALL, _text("application/vnd.shop+json"), None),
    "/gzip": (200, gzip.compress(b'{"a": 1}', mtime=1), _text("application/json", ("Content-Encoding", "gzip")), None),
    "/gzip/large": (
        404,
        gzip.compress(LARGE, mtime=1),
        _text("application/json", ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")),
        None,
    ),
    "/deflate": (200, zlib.compress(b"deflated", 9), _text("text/plain", ("Content-Encoding", "deflate")), None),
    "/brotli": (200, b"\x0b\x02\x80hello\x03", _text("text/plain", ("Content-Encoding", "br")), None),
    "/events": (200, b'event: tick\ndata: {"a": 1}\n\ndata: 2\n\n', _text("text/event-stream"), None),
    "/cookies": (
        200,
        b"ok",
        _text(
            "text/plain",
            ("Set-Cookie", "sid=s3cr3t-of-service; Path=/; HttpOnly"),
            ("Set-Cookie", "theme=dark; Max-Age=60"),
            ("Set-Cookie", "old=; Max-Age=0"),
        ),
        None,
    ),
    "/no-content": (204, b"", [("X-A", "1")], None),
    "/not-modified": (304, b"", [("ETag", '"1"')], None),
    "/untyped": (200, b"untyped", [], None),
    "/empty": (200, b"", _text("text/plain"), None),
    "/latin": (200, "\u00e4\u00f6".encode("latin-1"), _text("text/plain; charset=iso-8859-1"), None),
    "/tricky": (200, TRICKY.encode(), _text("text/plain; charset=utf-8"), None),
    "/words": (200, WORDS.encode(), _text("text/html"), None),
    "/no-space": (200, NO_SPACE.encode(), _text("text/plain"), None),
    "/options": (200, EMAIL.encode(), _text("text/plain"), None),
    "/headers": (
        200,
        b"status=404",
        _text(
            "text/plain",
            *((f"X-Header-{number}", f"${{value}} {number} # \u00e4") for number in range(9)),
            ("X-Empty", ""),
            ("X-Odd", "\u00c5".encode().decode("latin-1")),
            ("X-Odd", "again"),
        ),
        None,
    ),
    "/missing": (404, b"<h1>Not here</h1>", _text("text/html; charset=utf-8"), None),
    "/broken": (500, b'{"error": "${broken}"}', _text("application/problem+json", ("Retry-After", "1")), None),
    "/named": (418, b"", _text("text/plain"), "I am a Teapot"),
}


@contextmanager
def service() -> Iterator[str]:
    """The service, which answers anew; its URL."""
    handler = type("Handler", (_Handler,), {"counts": Counter()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def send_all(url: str, requests: list[Sent] | None = None) -> list[Got]:
    """Sends all requests, one after the other; returns what came."""
    parts = urlsplit(url)
    return [_send(parts.hostname or "", parts.port or 80, request) for request in requests or REQUESTS]


def _send(host: str, port: int, request: Sent) -> Got:
    connection = HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in request.headers.items():
            connection.putheader(name, value)
        if request.body:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        body = response.read()
        dropped = ("date", "server", "connection", "transfer-encoding")
        headers = [[name.lower(), value] for name, value in response.getheaders() if name.lower() not in dropped]
        return Got(response.status, response.reason, headers, body.hex())
    finally:
        connection.close()


def save_all(url: str, file: str) -> None:
    """Sends all requests and writes what came to a file, for a program that looks at it later."""
    Path(file).write_text(json.dumps(send_all(url)), encoding="utf-8")


def comparable(got: list[Got]) -> list[tuple[Sent, Got]]:
    """What came, as it must come again: values of cookies are masked, content is encoded anew, and framed as usual."""
    return [(request, _comparable(request, entry)) for request, entry in zip(REQUESTS, got, strict=True)]


def _comparable(request: Sent, got: Got) -> Got:
    body = bytes.fromhex(got.body)
    coding = next((value for name, value in got.headers if name == "content-encoding"), "")
    if coding == "gzip":
        body = gzip.decompress(body)
    elif coding == "deflate":
        body = zlib.decompress(body)
    headers = sorted(
        [name, _without_cookie(name, value)]
        for name, value in got.headers
        if name != "content-length" or request.method == "HEAD"
    )
    return Got(got.status, got.reason, headers, body.hex())


def _without_cookie(name: str, value: str) -> str:
    if name != "set-cookie":
        return value
    pair, _, rest = value.partition(";")
    key, _, text = pair.partition("=")
    return f"{key}={'***' if text else ''};{rest}"
