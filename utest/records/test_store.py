"""The exchanges of a journal, most of them as plain values."""

from __future__ import annotations

import gc
import weakref

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.phrase import UNMASKED
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import Bounds
from HttpServerLibrary.engine.records.store import Store
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import responses_to


@pytest.fixture
def server() -> HttpServer:
    server = HttpServer(bounds=Bounds(requests=1000, kept_bytes=50))
    server.book.register(Kind.PERMANENT, RequestDescription("/a")).responder = respond_data("the same for all")
    return server


def ask(server: HttpServer, body: bytes = b"", path: str = "/a") -> Exchange:
    responses_to(server, Request.of("POST", path, {"H": "x"}, body))
    return server.journal.exchanges()[-1]


def tracked() -> int:
    gc.collect()
    return sum(isinstance(entry, Exchange) for entry in gc.get_objects())


def test_most_are_nothing_that_the_garbage_collector_visits(server: HttpServer) -> None:
    before = tracked()
    for _ in range(100):
        ask(server)
    server.journal.take_unlogged()
    assert tracked() == before
    assert len(server.journal.exchanges()) == 100


def test_all_values_come_back(server: HttpServer) -> None:
    exchange = server.journal.arrive(Request.of("PUT", "/a?b=1", {"H": "x"}, b"body"), server.url, lambda: Scope("s"))
    exchange.request.client = "127.0.0.1:9"
    exchange.expectation = server.book.expectations()[0]
    response = Response(201, (("A", "b"),), b"ok")
    response.shared = True
    server.journal.answered(exchange, response, None)
    exchange.ended = 12.5
    exchange.delivered = True
    server.journal.sent(exchange)
    [again] = server.journal.exchanges()
    assert again is not exchange
    names = "base_url scope masking expectation response problem captured ended delivered body_bytes head_bytes number"
    assert [getattr(again, name) for name in names.split()] == [getattr(exchange, name) for name in names.split()]
    assert again.request.values() == exchange.request.values()
    assert (again.forgotten, again.void, again.bodies_dropped) == (False, False, False)


def test_what_is_made_twice_is_equal(server: HttpServer) -> None:
    first, second = ask(server), ask(server)
    again, other = server.journal.exchanges()
    assert again is not first
    assert (again == first, again == second, hash(again) == hash(first)) == (True, False, True)
    assert [again, other] == [first, second]
    assert server.journal.holds(first)
    elsewhere = HttpServer()
    elsewhere.book.register(Kind.PERMANENT, RequestDescription("/a")).responder = respond_data("ok")
    assert ask(elsewhere) != first
    assert not elsewhere.journal.holds(first)


def test_those_without_an_origin_are_only_equal_to_themselves() -> None:
    one, other = (Exchange(Request.of("GET", "/"), "", Scope("s")) for _ in range(2))
    assert one != other
    assert one == one


def test_the_newest(server: HttpServer) -> None:
    exchanges = [ask(server) for _ in range(3)]
    expectation = server.book.expectations()[0]
    assert server.journal.newest(2) == [exchanges[2], exchanges[1]]
    taken = server.journal.last_taken(expectation)
    assert taken is not None
    assert taken.started == exchanges[2].request.started
    other = server.book.register(Kind.PERMANENT, RequestDescription("/b"))
    assert server.journal.last_taken(other) is None
    other.responder = Handler(lambda _: "not kept as values")
    assert server.journal.last_taken(other) is None
    exchange = ask(server, path="/b")
    ask(server)
    found = server.journal.last_taken(other)
    assert found is not None
    assert found.started == exchange.request.started


def test_the_oldest_bodies_go_first(server: HttpServer) -> None:
    for _ in range(7):
        ask(server, b"0123456789")
    sizes = [len(exchange.request.body) for exchange in server.journal.exchanges()]
    assert sizes == [0, 0, 10, 10, 10, 10, 10]
    assert str(server.journal.exchanges()[0].request.cut) == "10 bytes, of which max_bytes_kept keeps none"


def test_an_order_of_arrival_that_differs_from_that_of_the_answers(server: HttpServer) -> None:
    scope = Scope("s")
    pending = [server.journal.arrive(Request.of("GET", "/a"), server.url, lambda: scope) for _ in range(5)]
    response = Response(200)
    response.shared = True
    for exchange in reversed(pending):
        exchange.expectation = server.book.expectations()[0]
        server.journal.answered(exchange, response, None)
        server.journal.sent(exchange)
    assert server.journal.exchanges() == pending


def test_a_request_that_ends_after_it_was_forgotten(server: HttpServer) -> None:
    exchange = server.journal.arrive(Request.of("GET", "/a"), server.url, lambda: Scope("s"))
    server.journal.reset()
    exchange.expectation = server.book.expectations()[0]
    response = Response(200)
    response.shared = True
    server.journal.answered(exchange, response, None)
    server.journal.sent(exchange)
    assert server.journal.exchanges() == []


def test_nothing_of_an_ended_scope_stays(server: HttpServer) -> None:
    ask(server)
    server.open_scope(Scope("test"))
    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/b"))
    expectation.responder = respond_data("ok")
    for _ in range(10):
        ask(server, path="/b")
    server.close_scope()
    server.journal.take_unlogged()
    assert [exchange.request.target for exchange in server.journal.exchanges()] == ["/a"]
    assert not any(isinstance(found, tuple) for found in gc.get_referrers(expectation))


def test_an_exchange_does_not_keep_the_others() -> None:
    store = Store(UNMASKED)
    exchange = Exchange(Request.of("GET", "/"), "", Scope("s"), UNMASKED, 1, store.origin)
    store.append(exchange)
    forgotten = weakref.ref(store)
    del store
    assert forgotten() is None
    assert exchange.number == 1
