"""Environments on a running server: callbacks, forwarding, latency, and what has no route."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import ExpectationFailed
from peers.mockoon import ask

from .environments import route, rule

Load = Callable[..., int]


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    yield library
    library.stop_all_http_servers()


@pytest.fixture
def load(library: HttpServerLibrary, tmp_path: Path) -> Load:
    """Loads an environment into a new server; returns its port."""

    def load(*routes: dict[str, Any], alias: str = "mock", **members: Any) -> int:
        port = int(library.start_http_server(alias=alias).rpartition(":")[2])
        file = tmp_path / f"{alias}.json"
        file.write_text(json.dumps({"routes": [*routes], "cors": False, **members}), encoding="utf-8")
        library.load_expectations(file, server=alias)
        return port

    return load


def test_only_the_callbacks_of_the_chosen_response_are_sent(library: HttpServerLibrary, load: Load) -> None:
    url = library.start_http_server(alias="hooks")
    library.expect_request(server="hooks")
    library.respond_with_data("")
    callbacks = [
        {
            "uuid": name,
            "uri": f"{url}/{name}/{{{{urlParam 'id'}}}}",
            "method": "post",
            "body": '{"id": "{{urlParam \'id\'}}"}',
            "headers": [{"key": "Content-Type", "value": "application/json"}],
        }
        for name in ("first", "other")
    ]
    first = {"callbacks": [{"uuid": "first"}], "rules": [rule("request_number", "", "1")]}
    other = {"callbacks": [{"uuid": "other", "latency": 1}, {"uuid": "gone"}], "default": True}
    port = load(route("orders/:id", first, other, {"default": True}), callbacks=callbacks)
    for target in ("/orders/7", "/orders/8"):
        ask(port, {"send": f"GET {target}"})
    received = library.wait_until_request_is_received(server="hooks", times=2)
    assert isinstance(received, list)
    assert {(request.path, request.text, request.headers["content-type"]) for request in received} == {
        ("/first/7", '{"id": "7"}', "application/json"),
        ("/other/8", '{"id": "8"}', "application/json"),
    }
    library.wait_until_expectations_are_met(server="mock")
    assert not library.get_problems(server="mock")


def test_a_callback_that_cannot_be_made_is_a_problem(library: HttpServerLibrary, load: Load) -> None:
    callbacks = [{"uuid": "c", "uri": "{{queryParam 'to'}}", "method": "post"}]
    port = load(route("a", {"callbacks": [{"uuid": "c"}]}), callbacks=callbacks)
    assert ask(port, {"send": "GET /a?to=nowhere"})["status"] == 200
    with pytest.raises(ExpectationFailed, match=r'TEMPLATE ERROR: .*: callback: url: an http or .*, not "nowhere"'):
        library.wait_until_expectations_are_met(server="mock")


def test_what_no_route_takes_is_forwarded(library: HttpServerLibrary, load: Load) -> None:
    url = library.start_http_server(alias="real")
    library.expect_request("/orders", server="real")
    headers = {"X-Env": "real", "Set-Cookie": "a=1; Domain=shop.example; Path=/", "X-Gone": "1"}
    library.respond_with_data("from the service", status=201, headers=headers)
    port = load(
        route("mine", {"body": "mine"}),
        endpointPrefix="api",
        proxyMode=True,
        proxyHost=url,
        proxyRemovePrefix=True,
        headers=[{"key": "X-Env", "value": "mock"}, {"key": "X-Added", "value": "1"}],
        proxyReqHeaders=[{"key": "X-Asked", "value": "{{header 'x-q'}}!"}],
        proxyResHeaders=[{"key": "x-gone", "value": "2"}],
    )
    assert ask(port, {"send": "GET /api/mine"})["body"] == "mine"
    answer = ask(port, {"send": "GET /api/orders?x=1", "headers": {"X-Q": "why"}})
    assert (answer["status"], answer["body"]) == (201, "from the service")
    assert answer["headers"] == [
        ["X-Added", "1"],
        ["Content-Type", "text/plain; charset=utf-8"],
        ["X-Env", "real"],
        ["Set-Cookie", "a=1; Path=/"],
        ["x-gone", "2"],
        ["Content-Length", "16"],
    ]
    request = library.get_received_request("/orders", server="real")
    assert (request.query, request.headers["x-asked"]) == ({"x": "1"}, "why!")


def test_latency_is_waited_for(library: HttpServerLibrary, load: Load) -> None:
    port = load(route("a", {"latency": 30}), latency=20)
    ask(port, {"send": "GET /a"})
    assert library.get_received_request("/a").duration >= 0.05


def test_what_has_no_route_stays_unexpected(library: HttpServerLibrary, load: Load) -> None:
    port = load(route("orders", {}, documentation="All orders"))
    answer = ask(port, {"send": "GET /order"})
    assert answer["status"] == 500
    assert answer["body"].startswith("UNEXPECTED REQUEST: GET /order\n")
    assert "(from mock.json, $.routes[0] (All orders))" in answer["body"]
    library.clear_problems()


def test_what_says_the_methods_of_a_path(library: HttpServerLibrary, load: Load) -> None:
    port = load(route("orders", {}))
    assert "OPTIONS (path of a route)" in library.format_matchers()
    assert ask(port, {"send": "OPTIONS /order"})["status"] == 500
    [problem] = library.get_problems()
    assert 'path: expected the path of a route, received "/order"' in problem.message
    library.clear_problems()


def test_expectations_of_the_test_come_first(library: HttpServerLibrary, load: Load) -> None:
    port = load(route("orders", {"body": "loaded"}))
    library.expect_request("/orders")
    library.respond_with_data("written")
    assert ask(port, {"send": "GET /orders"})["body"] == "written"


def test_preflight_requests_are_not_the_nearest_to_others(load: Load, library: HttpServerLibrary) -> None:
    port = load(route("order/:id", {"default": True}), cors=True)
    assert ask(port, {"send": "GET /orders/1"})["status"] == 500
    [problem] = library.get_problems()
    assert "nearest: permanent GET /order/:id (from mock.json, $.routes[0])" in problem.message
