"""A collection as a REST resource."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any, Final

import pytest

from HttpServerLibrary.engine.expectations.expectation import Draft, Expectation, Rank
from HttpServerLibrary.engine.expectations.served import ServedCollection
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.path import Below
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.collection import Collection
from HttpServerLibrary.engine.responses.collection_responder import CollectionResponder
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG

JSON: Final = ("Content-Type", "application/json")
BOOK: Final = {"id": 7, "item": "book"}
PEN: Final = {"id": 9, "item": "pen"}
OF_ALL: Final = "GET, HEAD, POST, OPTIONS"
OF_ONE: Final = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


@pytest.fixture
def collection() -> Collection:
    return Collection([BOOK, PEN])


def respond(collection: Collection, method: str, target: str, body: object = None, base: str = "/orders") -> Response:
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return CollectionResponder(collection, base).respond(Occasion(Request.of(method, target, {}, data)))


def ask(
    collection: Collection, method: str, target: str, body: object = None, base: str = "/orders"
) -> tuple[int, Any, dict[str, str]]:
    """Status, body as JSON, and the headers that are not about the body."""
    response = respond(collection, method, target, body, base)
    assert isinstance(response.body, bytes)
    headers = dict(response.headers)
    if response.body:
        assert headers.pop(JSON[0]) == JSON[1]
    return response.status, json.loads(response.body) if response.body else None, headers


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/orders", [BOOK, PEN]),
        ("/orders/", [BOOK, PEN]),
        ("/%6frders", [BOOK, PEN]),
        ("/orders?item=pen", [PEN]),
        ("/orders?item=pen&item=book", [BOOK, PEN]),
        ("/orders?item=pen&id=7", []),
        ("/orders?item", []),
        ("/orders?missing=1", []),
        ("/orders/7", BOOK),
        ("/orders/7/", BOOK),
        ("/orders/%37?a=1", BOOK),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "get"])
def test_read(collection: Collection, method: str, target: str, expected: object) -> None:
    assert ask(collection, method, target) == (200, expected, {})


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/orders", "/orders/10"),
        ("/orders/", "/orders/10"),
        ("/orders?a=b", "/orders/10"),
        ("/%6frders", "/%6frders/10"),
        ("http://other.example/orders", "/orders/10"),
    ],
)
def test_create(collection: Collection, target: str, location: str) -> None:
    assert ask(collection, "POST", target, {"item": "ink"}) == (201, {"id": 10, "item": "ink"}, {"Location": location})
    assert collection.items() == [BOOK, PEN, {"id": 10, "item": "ink"}]


@pytest.mark.parametrize(
    ("number", "segment"), [("a b/c?", "a%20b%2Fc%3F"), ("ä", "%C3%A4"), ("..", ".."), ("%41", "%2541"), (-1, "-1")]
)
def test_ids_of_any_characters(collection: Collection, number: object, segment: str) -> None:
    item = {"id": number, "a": 1}
    status, created, headers = ask(collection, "POST", "/orders", item)
    assert (status, created, headers) == (201, item, {"Location": f"/orders/{segment}"})
    assert ask(collection, "GET", headers["Location"]) == (200, item, {})
    assert ask(collection, "DELETE", headers["Location"])[0] == 204


def test_a_collection_at_the_root(collection: Collection) -> None:
    assert ask(collection, "GET", "/7", base="/") == (200, BOOK, {})
    assert ask(collection, "POST", "/", {}, base="/")[2] == {"Location": "/10"}


def test_replace(collection: Collection) -> None:
    assert ask(collection, "PUT", "/orders/7", {"item": "map"}) == (200, {"id": 7, "item": "map"}, {})
    assert collection.items() == [{"id": 7, "item": "map"}, PEN]


def test_merge(collection: Collection) -> None:
    assert ask(collection, "PATCH", "/orders/7", {"a": {"b": 1}, "item": None}) == (200, {"id": 7, "a": {"b": 1}}, {})
    assert collection.items() == [{"id": 7, "a": {"b": 1}}, PEN]


def test_delete(collection: Collection) -> None:
    assert ask(collection, "DELETE", "/orders/7") == (204, None, {})
    assert ask(collection, "DELETE", "/orders/7")[0] == 404
    assert collection.items() == [PEN]


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "error"),
    [
        *((method, "/orders/8", {}, 404, 'There is no item with the id "8".') for method in ("GET", "HEAD", "DELETE")),
        *((method, "/orders/8", {}, 404, 'There is no item with the id "8".') for method in ("PUT", "PATCH")),
        ("GET", "/orders/7/items", None, 404, "There is nothing below an item."),
        ("GET", "/orders//7", None, 404, "There is nothing below an item."),
        ("GET", "/orders/%FF", None, 404, 'There is no item with the id "\ufffd".'),
        ("GET", f"/orders/{'9' * 200}", None, 404, f'There is no item with the id "{"9" * 100}"... (200 characters).'),
        ("POST", "/orders", {"id": 7}, 409, 'There is an item with the id "7" already.'),
        ("POST", "/orders", b"", 400, "The body is not JSON: Expecting value: line 1 column 1 (char 0)."),
        ("POST", "/orders", b"a=1&b=2", 400, "The body is not JSON: Expecting value: line 1 column 1 (char 0)."),
        ("POST", "/orders", b"\xff", 400, "The body is not JSON: "),
        ("POST", "/orders", [{}], 400, "A JSON object is needed, not [{}]."),
        ("POST", "/orders", {"id": []}, 400, "The id must be a whole number or text that is not empty, not []."),
        ("POST", "/orders", b'{"price": 1e400}', 400, "A number in the JSON object is too large."),
        ("PATCH", "/orders/7", b'{"price": -1e400}', 400, "A number in the JSON object is too large."),
        ("PUT", "/orders/7", {"id": 9}, 400, "The id of an item cannot change from 7 to 9."),
        ("PATCH", "/orders/7", {"id": "8"}, 400, 'The id of an item cannot change from 7 to "8".'),
        ("PATCH", "/orders/7", [], 400, "A JSON object is needed, not []."),
        ("PUT", "/orders/7", b"{", 400, "The body is not JSON: "),
    ],
)
def test_refused(collection: Collection, method: str, target: str, body: object, status: int, error: str) -> None:
    answered, value, headers = ask(collection, method, target, body)
    assert (answered, headers) == (status, {})
    assert value["error"].startswith(error)
    assert value["error"] == error or error.endswith(": ")
    assert collection.items() == [BOOK, PEN]


def test_a_body_that_is_not_kept(collection: Collection) -> None:
    request = Request.of("POST", "/orders", {}, b"{}")
    request.cut = Cut(5, 2, "max_body_kept")
    response = CollectionResponder(collection, "/orders").respond(Occasion(request))
    assert (response.status, response.body) == (
        400,
        b'{"error": "The body is not JSON: 5 bytes, of which max_body_kept keeps the first 2."}',
    )


@pytest.mark.parametrize(("target", "allowed"), [("/orders", OF_ALL), ("/orders/7", OF_ONE), ("/orders/8", OF_ONE)])
def test_methods(collection: Collection, target: str, allowed: str) -> None:
    assert ask(collection, "OPTIONS", target) == (204, None, {"Allow": allowed})
    others = {"PUT", "PATCH", "DELETE", "POST", "TRACE", "PURGE"} - {*allowed.split(", ")}
    for method in others:
        error = {"error": f"The allowed methods are {allowed}."}
        assert ask(collection, method, target) == (405, error, {"Allow": allowed})
    assert collection.items() == [BOOK, PEN]


def test_text_is_sent_as_it_is(collection: Collection) -> None:
    created = respond(collection, "POST", "/orders", {"a": "ä\ud800"})
    assert created.body == '{"id": 10, "a": "ä\\ud800"}'.encode()


def serve(server: HttpServer, collection: Collection) -> Expectation:
    draft = Draft(
        RequestDescription.of_fields(Below("/orders")),
        [Turn(CollectionResponder(collection, "/orders"))],
        rank=Rank.SERVED,
    )
    return server.book.register_all([draft])[0]


def test_ten_clients_add_items_at_once(running: HttpServer) -> None:
    collection = Collection()
    expectation = serve(running, collection)
    start = threading.Barrier(10)
    created: list[int] = []

    def work(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
        start.wait(LONG)
        for number in range(20):
            connection.request("POST", "/orders", json.dumps({"client": client, "number": number}))
            response = connection.getresponse()
            item = json.loads(response.read())
            if (response.status, response.headers["Location"]) == (201, f"/orders/{item['id']}"):
                created.append(item["id"])
        connection.close()

    threads = [threading.Thread(target=work, args=(client,)) for client in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    items = collection.items()
    assert [item["id"] for item in items] == [*range(1, 201)]
    assert sorted(created) == [*range(1, 201)]
    for client in range(10):
        assert [item["number"] for item in items if item["client"] == client] == [*range(20)]
    assert expectation.used == 200
    assert running.journal.problems() == []


def test_head_and_delete_over_the_wire(running: HttpServer, collection: Collection) -> None:
    serve(running, collection)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
    connection.request("HEAD", "/orders")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert response.headers["Content-Length"] == str(len(json.dumps([BOOK, PEN])))
    connection.request("DELETE", "/orders/7")
    response = connection.getresponse()
    assert (response.status, response.read(), response.headers["Content-Length"]) == (204, b"", None)
    connection.close()


def test_a_collection_as_users_see_it(running: HttpServer, collection: Collection) -> None:
    served = ServedCollection("/orders", collection, serve(running, collection))
    assert (str(served), repr(served)) == (
        "collection /orders (2 items)",
        "<ServedCollection /orders (2 items)>",
    )
    assert served.items == [BOOK, PEN]
