"""Which operation a request asks for."""

from __future__ import annotations

import pytest

from utest.contract.documents import MakeDocument

PATHS = """
paths:
  /: {get: {}}
  /orders: {get: {}, post: {}}
  /orders/{id}: {get: {}, delete: {}}
  /orders/mine: {get: {}}
  /orders/{id}.json: {get: {}}
  /orders/{id}/items/{item}: {get: {}}
  /orders/{id}/items/first: {head: {}}
  /{kind}/x/last: {get: {}}
  /orders/y/{last}: {get: {}}
  /slash/: {get: {}}
  /caf%C3%A9/{a}-{b}: {get: {}}
  /öl: {options: {}, trace: {}}
  /matrix/{id}: {get: {}}
  /cut?x=1: {get: {}}
  no-slash: {get: {}}
"""


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/", "GET /"),
        ("get", "/orders", "GET /orders"),
        ("POST", "/orders", "POST /orders"),
        ("PUT", "/orders", None),
        ("HEAD", "/orders", "GET /orders"),
        ("OPTIONS", "/orders", None),
        ("GET", "/orders/", None),
        ("GET", "/orders/7", "GET /orders/{id}"),
        ("GET", "/orders/mine", "GET /orders/mine"),
        ("GET", "/orders/m%69ne", "GET /orders/mine"),
        ("DELETE", "/orders/mine", "DELETE /orders/{id}"),
        ("GET", "/orders/7.json", "GET /orders/{id}.json"),
        ("GET", "/orders/7%2F8", "GET /orders/{id}"),
        ("GET", "/orders/7/8", None),
        ("HEAD", "/orders/7/items/first", "HEAD /orders/{id}/items/first"),
        ("GET", "/orders/7/items/first", "GET /orders/{id}/items/{item}"),
        ("GET", "/orders/x/last", "GET /{kind}/x/last"),
        ("GET", "/orders/y/last", "GET /orders/y/{last}"),
        ("GET", "/slash/", "GET /slash/"),
        ("GET", "/slash", None),
        ("GET", "/caf%c3%a9/1-2", "GET /caf%C3%A9/{a}-{b}"),
        ("GET", "/caf%C3%A9/12", None),
        ("TRACE", "/%C3%B6l", "TRACE /öl"),
        ("GET", "/matrix/;id=5", "GET /matrix/{id}"),
        ("GET", "/cut", "GET /cut?x=1"),
        ("GET", "/no-slash", "GET no-slash"),
        ("GET", "//orders", None),
        ("GET", "*", None),
    ],
)
def test_routing(document: MakeDocument, method: str, path: str, name: str | None) -> None:
    operation = document(PATHS).route(method, path)
    assert (None if operation is None else operation.name) == name


def test_the_methods_of_a_path(document: MakeDocument) -> None:
    found = document(PATHS)
    assert found.methods("/orders") == ["GET", "POST"]
    assert found.methods("/orders/mine") == ["GET", "DELETE"]
    assert found.methods("/nothing") == []


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/orders/7/items/a%2Fb", {"id": "7", "item": "a%2Fb"}),
        ("/v1/orders/7/items/8", {"id": "7", "item": "8"}),
        ("/items/8", {}),
    ],
)
def test_what_the_names_in_a_path_stand_for(document: MakeDocument, path: str, values: dict[str, str]) -> None:
    assert document(PATHS).operation("GET /orders/{id}/items/{item}").path_values(path) == values


@pytest.mark.parametrize(
    ("path", "values"),
    [("/1-2", {"a": "1", "b": "2"}), ("/1-2-3", {"a": "1", "b": "2-3"})],
)
def test_several_names_in_a_segment(document: MakeDocument, path: str, values: dict[str, str]) -> None:
    assert document("paths: {'/{a}-{b}': {get: {}}}").operations[0].path_values(path) == values


def test_of_paths_that_differ_in_their_names_only_the_first_counts(document: MakeDocument) -> None:
    found = document("paths: {'/{a}': {get: {}}, '/{b}': {get: {}, put: {}}}")
    operations = [found.route(method, "/1") for method in ("GET", "PUT")]
    assert [operation and operation.name for operation in operations] == ["GET /{a}", "PUT /{b}"]


@pytest.mark.parametrize(
    ("servers", "prefixes"),
    [
        ("[]", [""]),
        ("[{url: /}]", [""]),
        ("[{url: /v1/}]", ["/v1"]),
        ("[{url: v1/x}]", ["/v1/x"]),
        ("[{url: ./v1}]", ["/v1"]),
        ("[{url: 'https://api.test'}]", [""]),
        ("[{url: 'https://api.test/v1?x#y'}, {url: 'http://localhost:8080/api'}]", ["/v1", "/api"]),
        ("[{url: 'https://a.test/v1'}, {url: 'https://b.test/v1'}]", ["/v1"]),
        ("[{url: 'https://{host}/{base}/x', variables: {host: {default: a.b}, base: {default: v1}}}]", ["/v1/x"]),
        ("[{url: '/{base}', variables: {base: {default: v2, enum: [v1, v2, v3]}}}]", ["/v2", "/v1", "/v3"]),
        ("[{url: '/{unknown}/x'}]", ["/x"]),
        ("[{url: '{server}', variables: {server: {default: 'https://a.test/v1'}}}]", ["/v1"]),
        ("[{url: 1}, {}]", [""]),
        ("[{url: 'http://[::1'}]", [""]),
    ],
)
def test_the_paths_of_servers(document: MakeDocument, servers: str, prefixes: list[str]) -> None:
    found = document(f"servers: {servers}\npaths: {{/orders: {{get: {{}}}}}}")
    assert [*found.operations[0].prefixes] == prefixes
    for prefix in prefixes:
        assert found.route("GET", f"{prefix}/orders") is found.operations[0]
    assert (found.route("GET", "/orders") is None) is ("" not in prefixes)


def test_servers_of_a_path_and_of_an_operation(document: MakeDocument) -> None:
    found = document("""
        servers: [{url: /v1}]
        paths:
          /a: {servers: [{url: /v2}], get: {}, put: {servers: [{url: /v3}]}}
          /b: {get: {}}
    """)
    assert [operation.prefixes for operation in found.operations] == [("/v2",), ("/v3",), ("/v1",)]


@pytest.mark.parametrize(("base_path", "path"), [("/x/", "/x/orders"), ("", "/orders"), ("/", "/orders")])
def test_a_base_path_of_the_test(document: MakeDocument, base_path: str, path: str) -> None:
    found = document("servers: [{url: /v1}]\npaths: {/orders: {get: {}}}", base_path=base_path)
    assert found.route("GET", path) is found.operations[0]
    assert found.route("GET", "/v1/orders") is None


def test_responses_by_status(document: MakeDocument) -> None:
    [operation] = document("""
        paths: {/a: {get: {responses: {200: {}, 4xx: {}, 404: {}, default: {}}}}}
    """).operations
    found = {status: operation.response(status) for status in (200, 404, 403, 500)}
    assert {status: response and response.status for status, response in found.items()} == {
        200: "200",
        404: "404",
        403: "4XX",
        500: "default",
    }
    [other] = document("paths: {/a: {get: {responses: {200: {}}}}}").operations
    assert other.response(201) is None


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("PUT", "/v1/orders", ["GET /orders", "POST /orders", "GET /orders/{id}"]),
        ("GET", "/orders", ["GET /orders", "POST /orders"]),
        ("POST", "/orders", ["POST /orders", "GET /orders"]),
        ("GET", "/v1/order", ["GET /orders", "POST /orders", "GET /orders/{id}"]),
        ("GET", "/v1/cart", ["GET /carts", "GET /orders", "POST /orders"]),
        ("GET", "/v1/order/7", ["GET /orders/{id}", "GET /orders", "POST /orders"]),
        ("GET", "/v1/orders/7/items", ["GET /orders/{id}", "GET /orders", "POST /orders"]),
        ("GET", "/nothing/like/any", []),
        ("GET", f"/{'x' * 10000}", []),
    ],
)
def test_the_nearest_operations(document: MakeDocument, method: str, path: str, names: list[str]) -> None:
    found = document("""
        servers: [{url: /v1}]
        paths:
          /orders: {get: {}, post: {}}
          /orders/{id}: {get: {}}
          /carts: {get: {}}
    """)
    assert [operation.name for operation in found.nearest(method, path)] == names
    assert found.nearest(method, path, 1) == found.nearest(method, path)[:1]
