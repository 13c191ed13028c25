"""A reply that is held: it takes no thread, goes on when it must, and the connection works on after it."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from HttpServerLibrary.engine.message.reply import Ending, Reply, Wake
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG

HELD = b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

Serve = Callable[..., Listener]
Connect = Callable[..., Any]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


class Holder:
    """Holds the replies to /held, for so many seconds, and answers the other requests."""

    def __init__(self, seconds: float | None = None, *, again: bool = False) -> None:
        self.seconds = seconds
        self.again = again
        self.replies: list[Reply] = []
        self.wakes: list[Wake] = []
        self.sent: list[bool] = []

    def __call__(self, request: Request, reply: Reply) -> None:
        if request.target != "/held":
            reply.send(Response(200, (), request.target.encode()))
            return
        self.replies.append(reply)
        reply.hold(lambda why: self.go_on(reply, why), self.seconds)

    def go_on(self, reply: Reply, why: Wake) -> None:
        self.wakes.append(why)
        if why is not Wake.RESUMED and self.again:
            reply.hold(lambda why: self.go_on(reply, why))
        else:
            self.sent.append(reply.send(Response(200, (), why.name.encode())))

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.replies) >= count)


def test_many_are_held_without_a_thread(serve: Serve, connect: Connect) -> None:
    holder = Holder()
    listener = serve(holder)
    clients = [connect(listener) for _ in range(100)]
    for client in clients:
        client.send(HELD)
    holder.wait_for(100)
    assert listener.threads == 1
    for reply in reversed(holder.replies):
        reply.resume()
    for client in clients:
        assert client.response().body == b"RESUMED"
        client.send(GET)
        assert client.response().body == b"/"


def test_a_resume_before_the_hold(serve: Serve, connect: Connect) -> None:
    holder = Holder()

    def answer(request: Request, reply: Reply) -> None:
        reply.resume()
        holder(request, reply)

    client = connect(serve(answer))
    client.send(HELD)
    assert client.response().body == b"RESUMED"


def test_a_resume_while_another_thread_is_about_to_hold(serve: Serve, connect: Connect) -> None:
    """It has stepped aside, so the leader gets the job before it holds the reply."""
    holder = Holder()
    listener: Listener

    def answer(request: Request, reply: Reply) -> None:
        if request.target == "/held":
            reply.step_aside()
            reply.resume()
            with socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as other:
                # Answered by the leader, who has had the job by then.
                other.sendall(GET)
                other.recv(1000)
        holder(request, reply)

    listener = serve(answer)
    client = connect(listener)
    client.send(HELD)
    assert client.response().body == b"RESUMED"


def test_useless_resumes(serve: Serve, connect: Connect) -> None:
    holder = Holder()
    client = connect(serve(holder))
    client.send(HELD)
    holder.wait_for(1)
    for _ in range(3):
        holder.replies[0].resume()
    assert client.response().body == b"RESUMED"
    holder.replies[0].resume()
    client.send(GET)
    assert client.response().body == b"/"
    assert holder.wakes == [Wake.RESUMED]


def test_the_time_is_over(serve: Serve, connect: Connect) -> None:
    holder = Holder(0.05)
    client = connect(serve(holder))
    client.send(HELD)
    assert client.response().body == b"TIMEOUT"
    client.send(GET)
    assert client.response().body == b"/"


@pytest.mark.parametrize("pieces", [1, 10])
def test_requests_that_arrive_meanwhile_are_served_afterwards(pieces: int, serve: Serve, connect: Connect) -> None:
    holder = Holder()
    listener = serve(holder)
    client, other = connect(listener), connect(listener)
    client.send(HELD)
    holder.wait_for(1)
    data = GET * 3 + HELD
    size = len(data) // pieces + 1
    for start in range(0, len(data), size):
        client.send(data[start : start + size])
        other.send(GET)
        assert other.response().body == b"/"
    assert len(holder.replies) == 1
    holder.replies[0].resume()
    assert [client.response().body for _ in range(4)] == [b"RESUMED", b"/", b"/", b"/"]
    holder.wait_for(2)
    holder.replies[1].resume()
    assert client.response().body == b"RESUMED"


def test_a_request_that_arrives_in_part_meanwhile(serve: Serve, connect: Connect) -> None:
    holder = Holder()
    client = connect(serve(holder))
    client.send(HELD + GET[:10])
    holder.wait_for(1)
    holder.replies[0].resume()
    assert client.response().body == b"RESUMED"
    client.send(GET[10:])
    assert client.response().body == b"/"


def test_pipelined_with_the_held_one(serve: Serve, connect: Connect) -> None:
    holder = Holder()
    client = connect(serve(holder))
    client.send(HELD + GET + HELD + GET)
    for number in range(2):
        holder.wait_for(number + 1)
        holder.replies[number].resume()
    assert [client.response().body for _ in range(4)] == [b"RESUMED", b"/", b"RESUMED", b"/"]


def test_a_client_that_sends_too_much_meanwhile(serve: Serve, connect: Connect) -> None:
    """No more is read until the reply has gone on."""
    holder = Holder()
    client = connect(serve(holder, Limits(body=1 << 30)))
    client.send(HELD)
    holder.wait_for(1)
    upload = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n"
    sender = threading.Thread(target=client.send, args=(upload + bytes(20_000_000) + GET,))
    sender.start()
    sender.join(0.2)
    assert sender.is_alive()
    holder.replies[0].resume()
    assert [client.response().body for _ in range(3)] == [b"RESUMED", b"/", b"/"]
    sender.join()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whether the client has left")
@pytest.mark.parametrize("again", [False, True])
def test_a_client_that_leaves(again: bool, serve: Serve, connect: Connect) -> None:
    """It is noticed once, whether the reply is held again or not."""
    holder = Holder(again=again)
    listener = serve(holder)
    client = connect(listener)
    client.send(HELD)
    holder.wait_for(1)
    client.close()
    wait_until(lambda: holder.wakes)
    if again:
        assert listener.connections == 1
        holder.replies[0].resume()
    wait_until(lambda: listener.connections == 0)
    assert holder.wakes == [Wake.LEFT, Wake.RESUMED][: 2 if again else 1]
    assert holder.sent == [False]


def test_a_half_closed_client_gets_its_answer(serve: Serve, connect: Connect) -> None:
    holder = Holder(again=True)
    client = connect(serve(holder))
    client.send(HELD)
    client.finish()
    wait_until(lambda: holder.wakes == [Wake.LEFT])
    holder.replies[0].resume()
    assert client.response().body == b"RESUMED"
    assert client.is_closed()
    assert holder.sent == [True]


def test_a_go_on_that_raises(serve: Serve, connect: Connect) -> None:
    def fail(why: Wake) -> None:
        raise ZeroDivisionError

    def answer(request: Request, reply: Reply) -> None:
        if request.target == "/held":
            reply.hold(fail)
            reply.resume()
        else:
            reply.send(Response(200))

    notices: list[str] = []
    listener = serve(answer, notice=notices.append)
    client, other = connect(listener), connect(listener)
    client.send(HELD)
    assert client.is_closed()
    assert notices[0].startswith("A held reply failed: ")
    assert "ZeroDivisionError" in notices[0]
    other.send(GET)
    assert other.response().status == 200


@pytest.mark.parametrize("held", [1, 50])
def test_a_stop_closes_held_connections(held: int, serve: Serve, connect: Connect) -> None:
    holder = Holder()
    listener = serve(holder)
    clients = [connect(listener) for _ in range(held)]
    for client in clients:
        client.send(HELD)
    holder.wait_for(held)
    assert listener.stop(grace=LONG) == 0
    for client in clients:
        assert client.is_closed()
    for reply in holder.replies:
        reply.resume()
    assert holder.sent == []
    assert listener.connections == 0


def test_a_reply_that_is_held_after_its_pieces(serve: Serve, connect: Connect) -> None:
    """As streams do: nothing is lost between the pieces."""
    pieces = [b"a", b"b", b"c"]

    def answer(request: Request, reply: Reply) -> None:
        reply.begin(Response(200, (), iter(()), None))
        go_on(reply, Wake.RESUMED)

    def go_on(reply: Reply, why: Wake) -> None:
        if why is Wake.LEFT:
            reply.finish(Ending.CLOSE)
        elif pieces:
            reply.write(pieces.pop(0))
            reply.hold(lambda why: go_on(reply, why))
            reply.resume()
        else:
            reply.finish()

    client = connect(serve(answer))
    client.send(HELD)
    assert client.response().body == b"abc"


def test_held_over_tls(serve: Serve) -> None:
    """Data that arrives meanwhile, and the end of the client, are seen through TLS."""
    holder = Holder(again=True)
    tls = Tls.of("localhost", tls=True)
    assert tls is not None
    listener = serve(holder, tls=tls)
    trust = ssl.create_default_context(cafile=str(tls.ca_file()))
    with socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as plain:
        client = trust.wrap_socket(plain, server_hostname="localhost")
        client.sendall(HELD)
        holder.wait_for(1)
        client.sendall(GET)
        holder.replies[0].resume()
        data = b""
        while not data.endswith(b"\r\n\r\n/"):
            data += client.recv(1000)
        assert data.count(b"HTTP/1.1 200 OK") == 2
        client.sendall(HELD)
        holder.wait_for(2)
        client.close()
    wait_until(lambda: holder.wakes == [Wake.RESUMED, Wake.LEFT])
    holder.replies[1].resume()
    wait_until(lambda: listener.connections == 0)
    assert holder.sent == [True, False]
