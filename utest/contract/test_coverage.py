"""Which operations and statuses were used."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.contract.coverage import Coverage
from HttpServerLibrary.engine.contract.document import Document
from utest.contract.documents import MakeDocument


@pytest.fixture
def orders(document: MakeDocument) -> Document:
    return document("""
        paths:
          /orders:
            get: {operationId: list, responses: {200: {}, 4XX: {}}}
            post: {responses: {201: {}, default: {}}}
          /carts: {get: {}}
    """)


def test_rows(orders: Document) -> None:
    coverage = Coverage(orders.operations)
    get, post, carts = orders.operations
    for operation, status in ((get, 200), (get, 200), (get, 404), (get, 500), (post, 503), (carts, None)):
        coverage.count(operation, status)
    assert coverage.rows() == [
        {"method": "GET", "path": "/orders", "operation": "list", "status": "200", "requests": 2},
        {"method": "GET", "path": "/orders", "operation": "list", "status": "4XX", "requests": 1},
        {"method": "GET", "path": "/orders", "operation": "list", "status": "500", "requests": 1},
        {"method": "POST", "path": "/orders", "operation": None, "status": "201", "requests": 0},
        {"method": "POST", "path": "/orders", "operation": None, "status": "default", "requests": 1},
        {"method": "GET", "path": "/carts", "operation": None, "status": "", "requests": 1},
    ]
    assert coverage.unused() == []
    assert coverage.unused_responses() == [(post, "201")]
    assert coverage.unused_responses([get]) == []


def test_nothing_was_used(orders: Document) -> None:
    coverage = Coverage(orders.operations)
    get, post, carts = orders.operations
    assert coverage.unused() == [get, post, carts]
    assert coverage.unused([post]) == [post]
    assert coverage.unused_responses() == [(get, "200"), (get, "4XX"), (post, "201"), (post, "default")]
    assert [(row["path"], row["status"], row["requests"]) for row in coverage.rows()] == [
        ("/orders", "200", 0),
        ("/orders", "4XX", 0),
        ("/orders", "201", 0),
        ("/orders", "default", 0),
        ("/carts", "", 0),
    ]
