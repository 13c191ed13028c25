"""A request as a werkzeug request (PEP 3333), for handlers and matchers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final

import werkzeug
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import RequestEntityTooLarge

from .head import Pairs, RequestHead
from .media_types import URLENCODED

# Far more than any form has. Each field takes up to 30 microseconds, and 30 times the memory that it has in the body.
MAX_FORM_FIELDS: Final = 10_000


class TooManyFields(Exception):
    """The form has more fields and files than are read."""

    def __str__(self) -> str:
        return f"the form has more than {MAX_FORM_FIELDS:,} fields"


def werkzeug_request(
    head: RequestHead, body: bytes, content: bytes, path_params: Mapping[str, str]
) -> werkzeug.Request:
    """The werkzeug request for this head and body; ``content`` is the decoded body."""
    return _WerkzeugRequest(head, body, content, path_params)


def wsgi_environ(head: RequestHead, body: bytes) -> dict[str, Any]:
    """The WSGI environment of a request."""
    host = head.host or "localhost"
    name, port = _split_host(host)
    client, _, client_port = head.client.rpartition(":")
    result: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        # PEP 3333: text in the environ is bytes decoded as latin-1.
        "PATH_INFO": head.path.encode("utf-8").decode("latin-1"),
        "QUERY_STRING": head.query_string,
        "REQUEST_URI": head.target,
        "RAW_URI": head.target,
        "SERVER_NAME": name,
        "SERVER_PORT": port or ("443" if head.scheme == "https" else "80"),
        "SERVER_PROTOCOL": f"HTTP/{head.version}",
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": head.scheme,
        "wsgi.input": BytesIO(body),
        # The input ends with the body, even without a Content-Length.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if head.client_subject is not None:
        # The name that is usual among web servers with TLS.
        result["SSL_CLIENT_S_DN"] = head.client_subject
    for field, _ in head.headers:
        key = field.upper().replace("-", "_")
        result[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = head.header(field)
    if head.host:
        # An absolute target overrides the header (RFC 9112, 3.2.2).
        result["HTTP_HOST"] = head.host
    return result


def _split_host(host: str) -> tuple[str, str]:
    """Name and port of a Host header; an IPv6 address has colons itself (RFC 3986, 3.2.2)."""
    name, bracket, rest = host.rpartition("]")
    port = rest.partition(":")
    return f"{name}{bracket}{port[0]}", port[2]


class _HeadersAsSent(EnvironHeaders):
    """Names, order and repeats as sent. Looked up by name, the values of a repeated header are joined, as in WSGI."""

    def __init__(self, environ: dict[str, Any], pairs: Pairs) -> None:
        super().__init__(environ)
        self._pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)


class _JsonOf:
    """Makes werkzeug parse the content instead of the body as sent."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def loads(self, body: bytes) -> Any:
        return json.loads(self._content)


class _WerkzeugRequest(werkzeug.Request):
    """The body is already in memory: no limit for its size, no temporary files, and it can be read repeatedly.

    ``data`` is the body as sent; text, JSON and form are parsed from its content. ``path_params`` are the segments that
    the placeholders of the expected path stand for.
    """

    max_form_memory_size = None
    max_form_parts = MAX_FORM_FIELDS

    def __init__(self, head: RequestHead, body: bytes, content: bytes, path_params: Mapping[str, str]) -> None:
        super().__init__(wsgi_environ(head, body))
        self.path_params = {**path_params}
        self.headers = _HeadersAsSent(self.environ, head.headers)
        self._body = body
        self._content = content
        if content is not body:
            # werkzeug accepts any object with this function.
            self.json_module = _JsonOf(content)  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Request {self.url!r} [{self.method}]>"

    # werkzeug has overloads for as_text.
    def get_data(  # type: ignore[override]
        self, cache: bool = True, as_text: bool = False, parse_form_data: bool = False
    ) -> bytes | str:
        return self._content.decode(errors="replace") if as_text else self._body

    def _load_form_data(self) -> None:
        # werkzeug has no limit for the fields of a urlencoded form.
        if self.mimetype == URLENCODED and self._content.count(b"&") >= MAX_FORM_FIELDS:
            raise TooManyFields
        try:
            super()._load_form_data()
        except RequestEntityTooLarge:
            raise TooManyFields from None

    def _get_stream_for_parsing(self) -> BytesIO:
        return BytesIO(self._content)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()


# As errors of handlers and matchers name it: "'Request' object has no attribute ...".
_WerkzeugRequest.__name__ = "Request"
