"""A request as werkzeug, and with it handlers and matchers, take it (PEP 3333)."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any

import werkzeug

from .head import RequestHead


def environ(request: RequestHead, body: bytes) -> dict[str, Any]:
    """What WSGI servers tell applications about a request."""
    host = request.host or "localhost"
    name, port = _split_host(host)
    client, _, client_port = request.client.rpartition(":")
    result: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        # PEP 3333: text in the environ is latin-1 that stands for bytes
        "PATH_INFO": request.path.encode("utf-8").decode("latin-1"),
        "QUERY_STRING": request.query_string,
        "REQUEST_URI": request.target,
        "RAW_URI": request.target,
        "SERVER_NAME": name,
        "SERVER_PORT": port or ("443" if request.scheme == "https" else "80"),
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.client_subject is not None:
        # The name that web servers with TLS give it.
        result["SSL_CLIENT_S_DN"] = request.client_subject
    for field, _ in request.headers:
        key = field.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            result[key] = request.header(field)
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            result[f"HTTP_{key}"] = request.header(field)
    result["HTTP_HOST"] = host
    return result


def _split_host(host: str) -> tuple[str, str]:
    """Name and port of a Host header; the name of an IPv6 address has colons of its own (RFC 3986, 3.2.2)."""
    name, bracket, rest = host.rpartition("]")
    port = rest.partition(":")
    return f"{name}{bracket}{port[0]}", port[2]


class RequestInMemory(werkzeug.Request):
    """The body is in memory already: no limits for forms, and no temporary files."""

    max_form_memory_size = None
    max_form_parts = sys.maxsize

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()
