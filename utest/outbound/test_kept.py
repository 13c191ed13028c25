"""Connections that are kept for the next request."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from HttpServerLibrary.engine.outbound.kept import MAX_IDLE, MAX_KEPT, KeptConnections

Pair = Callable[[], tuple[socket.socket, socket.socket]]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock) -> Iterator[KeptConnections]:
    kept = KeptConnections(clock)
    yield kept
    kept.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Makes a connection: this side and the other one, which is closed after the test."""
    others: list[socket.socket] = []

    def make() -> tuple[socket.socket, socket.socket]:
        own, other = socket.socketpair()
        others.append(other)
        return own, other

    yield make
    for other in others:
        other.close()


def keep(kept: KeptConnections, sock: socket.socket, key: str = "a", answers: int = 1) -> None:
    kept.keep(key, sock, answers, kept.closings)


def taken(kept: KeptConnections, key: str = "a", is_repeatable: bool = True) -> socket.socket | None:
    """The socket that is taken, which is closed now."""
    found = kept.take(key, is_repeatable)
    if found is None:
        return None
    found.socket.close()
    return found.socket


def test_the_newest_is_used_first(kept: KeptConnections, pair: Pair) -> None:
    first, second = pair()[0], pair()[0]
    keep(kept, first)
    keep(kept, second)
    assert taken(kept) is second
    assert taken(kept) is first
    assert taken(kept) is None


def test_it_leads_to_the_same_service(kept: KeptConnections, pair: Pair) -> None:
    first, second = pair()[0], pair()[0]
    keep(kept, first, "a")
    keep(kept, second, "b")
    assert taken(kept, "c") is None
    assert taken(kept, "a") is first
    assert taken(kept, "b") is second


@pytest.mark.parametrize("happens", [socket.socket.close, lambda sock: sock.sendall(b"x")])
def test_one_on_which_something_has_arrived_is_closed(
    kept: KeptConnections, pair: Pair, happens: Callable[[socket.socket], None]
) -> None:
    own, other = pair()
    keep(kept, own)
    happens(other)
    assert taken(kept) is None
    assert own.fileno() == -1


def test_one_that_was_not_used_for_long_is_closed(kept: KeptConnections, pair: Pair, clock: Clock) -> None:
    old, new = pair()[0], pair()[0]
    keep(kept, old)
    clock.now += MAX_IDLE / 2
    keep(kept, new)
    clock.now += MAX_IDLE / 2
    assert taken(kept) is new
    assert taken(kept) is None
    assert old.fileno() == -1


def test_a_request_that_must_not_be_repeated_needs_a_service_that_keeps_connections(
    kept: KeptConnections, pair: Pair, clock: Clock
) -> None:
    own = pair()[0]
    keep(kept, own)
    # The service may be about to close it.
    assert taken(kept, is_repeatable=False) is None
    clock.now += 0.2
    assert taken(kept, is_repeatable=False) is own
    used_again = pair()[0]
    keep(kept, used_again, answers=2)
    assert taken(kept, is_repeatable=False) is used_again


def test_the_number_is_bounded(kept: KeptConnections, pair: Pair) -> None:
    pairs = [pair() for _ in range(MAX_KEPT + 2)]
    for own, _ in pairs[:-1]:
        keep(kept, own)
    assert len(kept) == MAX_KEPT
    assert pairs[-2][0].fileno() == -1
    # Those that cannot be used again make room.
    pairs[0][1].close()
    keep(kept, pairs[-1][0])
    assert len(kept) == MAX_KEPT
    assert pairs[0][0].fileno() == -1
    assert taken(kept) is pairs[-1][0]


def test_all_are_closed(kept: KeptConnections, pair: Pair) -> None:
    own, in_use, later = (pair()[0] for _ in range(3))
    keep(kept, own)
    before = kept.closings
    kept.close()
    assert own.fileno() == -1
    kept.keep("a", in_use, 1, before)
    assert in_use.fileno() == -1
    keep(kept, later)
    assert taken(kept) is later


def test_those_that_are_not_in_use_are_dropped(kept: KeptConnections, pair: Pair) -> None:
    own, in_use = pair()[0], pair()[0]
    keep(kept, own)
    before = kept.closings
    kept.drop()
    assert own.fileno() == -1
    kept.keep("a", in_use, 1, before)
    assert taken(kept) is in_use


def test_none_is_kept_after_the_stop(kept: KeptConnections, pair: Pair) -> None:
    own = pair()[0]
    kept.stopped = True
    keep(kept, own)
    assert own.fileno() == -1
