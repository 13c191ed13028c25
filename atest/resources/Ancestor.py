"""Asks pytest-httpserver the same questions, for suites that are ported from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from pytest_httpserver import HTTPServer, RequestHandler
from pytest_httpserver.httpserver import METHOD_ALL, URI_DEFAULT
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from HttpServerLibrary import HttpServerLibrary

_CLIENT = build_opener(ProxyHandler({}))


def _ask(url: str, request: dict[str, Any]) -> dict[str, Any]:
    """The answer, without the texts of failures and without the spelling of JSON."""
    sent = request.get("body")
    prepared = Request(
        url + request["target"],
        data=None if sent is None else sent.encode(),
        headers={"Content-Type": "text/plain", **request.get("headers", {})},
        method=request.get("method", "GET"),
    )
    try:
        response = _CLIENT.open(prepared, timeout=10)
    except HTTPError as error:
        response = error
    with response:
        kind = response.headers["Content-Type"]
        text = response.read().decode()
        if response.status == 500:
            return {"status": 500}
        body = json.loads(text) if kind == "application/json" else text
        return {"status": response.status, "content_type": kind, "body": body}


def _ask_ancestor(expectations: list[dict[str, Any]], requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with HTTPServer() as server:
        expect: dict[str, Callable[..., RequestHandler]] = {
            "permanent": server.expect_request,
            "oneshot": server.expect_oneshot_request,
            "ordered": server.expect_ordered_request,
        }
        for expectation in expectations:
            options = {"method": METHOD_ALL, **expectation.get("options", {})}
            if "query" in options:
                options["query_string"] = options.pop("query")
            handler = expect[expectation["kind"]](expectation.get("path", URI_DEFAULT), **options)
            if "json" in expectation:
                handler.respond_with_json(expectation["json"], **expectation.get("response", {}))
            elif "data" in expectation:
                handler.respond_with_data(expectation["data"], **expectation.get("response", {}))
            elif "handler" in expectation:
                handler.respond_with_handler(expectation["handler"])
        url = server.url_for("").rstrip("/")
        return [_ask(url, request) for request in requests]


def _ask_library(expectations: list[dict[str, Any]], requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    library = BuiltIn().get_library_instance("HttpServerLibrary")
    assert isinstance(library, HttpServerLibrary)
    library.reset_http_server()
    expect = {
        "permanent": library.expect_request,
        "oneshot": library.expect_oneshot_request,
        "ordered": library.expect_ordered_request,
    }
    for expectation in expectations:
        expect[expectation["kind"]](expectation.get("path", "ANY"), **expectation.get("options", {}))
        if "json" in expectation:
            library.respond_with_json(expectation["json"], **expectation.get("response", {}))
        elif "data" in expectation:
            library.respond_with_data(expectation["data"], **expectation.get("response", {}))
        elif "handler" in expectation:
            library.respond_with_handler(expectation["handler"])
    url = library.get_http_server_url("").rstrip("/")
    answers = [_ask(url, request) for request in requests]
    library.reset_http_server()
    return answers


@library
class Ancestor:
    @keyword
    def both_should_answer(self, statuses: str, expectations: list[dict[str, Any]], *requests: object) -> None:
        """Both give the same answers to the same requests, and their statuses are these.

        A request is a dictionary, or the path and query of one by GET.
        """
        asked: list[Any] = [{"target": request} if isinstance(request, str) else request for request in requests]
        ours, theirs = _ask_library(expectations, asked), _ask_ancestor(expectations, asked)
        if ours != theirs:
            raise AssertionError(f"The answers differ.\npytest-httpserver: {theirs}\nHttpServerLibrary: {ours}")
        found = " ".join(str(answer["status"]) for answer in ours)
        if found != statuses:
            raise AssertionError(f"Both answered {found}, not {statuses}.")
