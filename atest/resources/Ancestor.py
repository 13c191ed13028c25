"""pytest-httpserver beside HttpServerLibrary: both get the same expectations and requests."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from pytest_httpserver import HTTPServer, RequestHandler
from pytest_httpserver.httpserver import METHOD_ALL, URI_DEFAULT
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from HttpServerLibrary import HttpServerLibrary

_CLIENT = build_opener(ProxyHandler({}))


@library(scope="TEST")
class Ancestor:
    def __init__(self) -> None:
        self._ancestor = HTTPServer()
        self._response: RequestHandler | None = None

    @property
    def _ours(self) -> HttpServerLibrary:
        ours = BuiltIn().get_library_instance("HttpServerLibrary")
        assert isinstance(ours, HttpServerLibrary)
        return ours

    @keyword
    def start_both(self) -> None:
        """A new pytest-httpserver, and the current server without expectations."""
        self._ancestor.start()
        self._ours.reset_http_server()

    @keyword
    def stop_both(self) -> None:
        self._ancestor.stop()
        self._ours.clear_problems()
        self._ours.reset_http_server()

    @keyword
    def both_expect(self, kind: str, path: str | None = None, **fields: Any) -> None:
        """An expectation that is ``permanent``, ``oneshot`` or ``ordered``; ``json`` is text, ``headers`` are lines."""
        if "json" in fields:
            fields["json"] = json.loads(fields["json"])
        if "headers" in fields:
            fields["headers"] = _headers(fields["headers"])
        suffix = {"permanent": "", "oneshot": "oneshot_", "ordered": "ordered_"}[kind]
        getattr(self._ours, f"expect_{suffix}request")("ANY" if path is None else path, **fields)
        if "query" in fields:
            fields["query_string"] = fields.pop("query")
        expect = getattr(self._ancestor, f"expect_{suffix}request")
        self._response = expect(URI_DEFAULT if path is None else path, **{"method": METHOD_ALL, **fields})

    @keyword
    def both_respond_with_data(self, data: str | bytes, **options: Any) -> None:
        if "headers" in options:
            options["headers"] = _headers(options["headers"])
        self._ours.respond_with_data(data, **options)
        self._last().respond_with_data(data, **options)

    @keyword
    def both_respond_with_json(self, text: str, **options: Any) -> None:
        self._ours.respond_with_json(json.loads(text), **options)
        self._last().respond_with_json(json.loads(text), **options)

    @keyword
    def both_respond_with_handler(self, handler: Any) -> None:
        self._ours.respond_with_handler(handler)
        self._last().respond_with_handler(handler)

    @keyword
    def both_answer(self, status: int, method: str, target: str, headers: str = "", body: str | None = None) -> None:
        """Both give the same answer to the request, and it has this status."""
        sent = None if body is None else body.encode()
        fields = {"Content-Type": "text/plain", **_headers(headers)}
        ours, theirs = (
            _ask(Request(url.rstrip("/") + target, sent, fields, method=method))
            for url in (self._ours.get_http_server_url(""), self._ancestor.url_for(""))
        )
        if ours != theirs:
            raise AssertionError(f"The answers differ.\npytest-httpserver: {theirs}\nHttpServerLibrary: {ours}")
        if ours["status"] != status:
            raise AssertionError(f"Both answered {ours['status']}, not {status}.")

    def _last(self) -> RequestHandler:
        assert self._response is not None, "nothing was expected yet"
        return self._response


def _headers(lines: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in lines.splitlines())


def _ask(request: Request) -> dict[str, Any]:
    """The answer, without the texts of failures and without the spelling of JSON."""
    try:
        response = _CLIENT.open(request, timeout=10)
    except HTTPError as error:
        response = error
    with response:
        kind = response.headers["Content-Type"]
        text = response.read().decode()
        if response.status == 500:
            return {"status": 500}
        body = json.loads(text) if kind == "application/json" else text
        return {"status": response.status, "content_type": kind, "body": body}
