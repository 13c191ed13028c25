"""Replies that are held go on when they are resumed, whatever the other threads do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from HttpServerLibrary.engine.message.reply import Ending, Reply, Wake
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import DEFAULT_LIMITS
from HttpServerLibrary.engine.wire.listener import Listener
from utest.helpers import LONG
from utest.wire.conftest import Client

Serve = Callable[..., Listener]
Connect = Callable[[Listener], Client]

GET = "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Held:
    """Holds the reply to /1, /2 and so on. The request for /go resumes all of them at once."""

    def __init__(self, go_on: Callable[[str, Reply], None]) -> None:
        self._go_on = go_on
        self._replies: list[tuple[str, Reply]] = []
        self.arrived = threading.Semaphore(0)

    def __call__(self, request: Request, reply: Reply) -> None:
        name = request.path.strip("/")
        if name == "go":
            # The thread that serves everything reads all wake-ups after this.
            for _, held in self._replies:
                held.resume()
            reply.send(Response(200))
            return
        self._replies.append((name, reply))

        def go_on(why: Wake) -> None:
            self._go_on(name, reply)

        reply.hold(go_on)
        self.arrived.release()


def ask(client: Client, path: object) -> None:
    client.send(GET.format(path).encode())


@pytest.mark.parametrize("idle_threads", [1, 4])
def test_one_that_is_held_up_keeps_no_other_waiting(serve: Serve, connect: Connect, idle_threads: int) -> None:
    went_on = threading.Semaphore(0)

    def go_on(name: str, reply: Reply) -> None:
        if name == "1":
            reply.step_aside()
            for _ in range(2):
                assert went_on.acquire(timeout=LONG)
        else:
            went_on.release()
        reply.send(Response(200, (), name.encode()))

    held = Held(go_on)
    listener = serve(held, replace(DEFAULT_LIMITS, idle_threads=idle_threads))
    clients = {}
    for name in ("1", "2", "3", "go"):
        clients[name] = connect(listener)
        ask(clients[name], name)
        if name != "go":
            assert held.arrived.acquire(timeout=LONG)
    for client in clients.values():
        assert client.response().status == 200


def test_a_reply_that_resumes_itself_keeps_no_other_waiting(serve: Serve, connect: Connect) -> None:
    answered = threading.Event()

    def go_on(name: str, reply: Reply) -> None:
        if answered.is_set():
            reply.send(Response(200))
            return
        # Forever, while the other client waits.
        reply.hold(lambda why: go_on(name, reply))
        reply.resume()

    held = Held(go_on)
    listener = serve(held)
    restless, other = connect(listener), connect(listener)
    ask(restless, "1")
    assert held.arrived.acquire(timeout=LONG)
    ask(other, "go")
    assert other.response().status == 200
    ask(other, "go")
    assert other.response().status == 200
    answered.set()
    assert restless.response().status == 200


@pytest.mark.usefixtures("quick_switches")
def test_no_wake_up_is_lost(serve: Serve, connect: Connect) -> None:
    """Each round resumes the reply from another thread, at any moment between two holds."""
    rounds = 500
    count = 0
    waits = threading.Semaphore(0)
    reply_of: list[Reply] = []

    def answer(request: Request, reply: Reply) -> None:
        reply_of.append(reply)
        hold(reply)

    def hold(reply: Reply) -> None:
        reply.hold(lambda why: go_on(reply))
        # It may be resumed before it is held.
        waits.release()

    def go_on(reply: Reply) -> None:
        nonlocal count
        count += 1
        if count < rounds:
            if count % 3 == 0:
                reply.step_aside()
            hold(reply)
        else:
            reply.send(Response(200))

    client = connect(serve(answer))
    ask(client, "1")
    for _ in range(rounds):
        assert waits.acquire(timeout=LONG)
        reply_of[0].resume()
    assert client.response().status == 200


def test_a_client_that_left_is_not_waited_for(serve: Serve, connect: Connect) -> None:
    left = threading.Event()

    def answer(request: Request, reply: Reply) -> None:
        def go_on(why: Wake) -> None:
            reply.finish(Ending.CLOSE)
            assert why is Wake.LEFT
            left.set()

        reply.hold(go_on)

    # Without a limit, it would stay open until the test ends.
    listener = serve(answer)
    client = connect(listener)
    ask(client, "1")
    client.finish()
    assert left.wait(LONG)
    assert client.is_closed()
