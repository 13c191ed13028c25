"""Who owns which server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.tls import Tls
from HttpServerLibrary.scopes import ExecutionContext, Scopes


@pytest.fixture
def scopes() -> Iterator[Scopes]:
    scopes = Scopes()
    scopes.open("s1", "suite 'Shop'")
    yield scopes
    scopes.close_all()


def start(scopes: Scopes, alias: str | None = None) -> HttpServer:
    return scopes.start(alias, "127.0.0.1", 0)


def stop(scopes: Scopes, server: HttpServer) -> None:
    server.stop()
    scopes.hand_over(server)
    scopes.note_stopped(server)


def test_servers_that_were_stopped_are_not_asked_again_and_again(scopes: Scopes) -> None:
    first, second = start(scopes), start(scopes)
    assert scopes.take_unlogged() == scopes.running() == [first, second]
    stop(scopes, first)
    assert scopes.running() == [second]
    assert scopes.take_unlogged() == [first, second], "what it received last"
    assert scopes.take_unlogged() == [second]
    assert scopes.servers() == [first, second], "they can still be inspected"


def test_a_server_is_stopped_again_if_that_was_interrupted(scopes: Scopes) -> None:
    server = start(scopes)
    server.stop()
    assert scopes.running() == [server]
    scopes.stop_innermost()
    assert scopes.running() == []


def test_the_ca_file_is_gone_at_the_end_of_the_run(scopes: Scopes) -> None:
    """Not only at the end of the process, which a signal may end before its exit handlers run."""
    tls = Tls.of("localhost", tls=True)
    assert tls is not None
    file = tls.ca_file()
    assert file.exists()
    scopes.close_all()
    assert not file.exists()


def test_aliases_are_counted_while_their_scope_is_open(scopes: Scopes) -> None:
    stop(scopes, start(scopes))
    assert start(scopes, "HTTP - 3").alias == "HTTP - 3"
    assert [start(scopes).alias for _ in range(2)] == ["http-2", "http-4"]
    scopes.open("s1-t1", "test 'A'")
    assert start(scopes).alias == "http-5"
    scopes.stop_innermost()
    scopes.close_innermost()
    assert start(scopes).alias == "http-5"


def test_the_newest_server_of_an_alias_is_found(scopes: Scopes) -> None:
    old = start(scopes, "Shop")
    with pytest.raises(UsageError, match=r"^Server 'Shop' is already running at http://127\.0\.0\.1:\d+\.$"):
        start(scopes, "s h o p")
    assert scopes.find("SHOP") is old
    stop(scopes, old)
    with pytest.raises(UsageError, match="cannot be resolved"):
        scopes.start("shop", "no host", 0)
    assert scopes.find("SHOP") is old
    new = start(scopes, "shop")
    assert scopes.find("Shop") is new
    scopes.open("s1-t1", "test 'A'")
    stop(scopes, new)
    newest = start(scopes, "shop")
    assert scopes.find("shop") is newest
    scopes.stop_innermost()
    scopes.close_innermost()
    assert scopes.find("shop") is new
    with pytest.raises(UsageError) as caught:
        scopes.find("shopping")
    assert str(caught.value) == "There is no server 'shopping'. Known servers: 'Shop', 'shop'."


def test_without_a_suite_there_is_no_directory_of_it() -> None:
    assert ExecutionContext().suite_directory is None
