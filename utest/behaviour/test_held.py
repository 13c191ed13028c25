"""Requests that the test answers later: each gets its own answer, whatever happens meanwhile, and nobody hangs."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.explaining.lines import outcome_line
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.reply import Ending, GoOn, Wake
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.spread import spread
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.wire.tls import Tls
from utest.helpers import LONG
from utest.replies import MemoryReply

GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
RESET = struct.pack("ii", 1, 0)


class Client(MemoryReply):
    """A client in memory whose request is held; ``got`` is what it got."""

    def __init__(self, server: HttpServer, path: str = "/x") -> None:
        super().__init__(self._receive)
        self.got: list[str] = []
        server.answer(Request.of("GET", path), self)
        self.exchange = server.journal.exchanges()[-1]

    def _receive(self, response: Response) -> None:
        self.got.append(f"{response.status} {b''.join(response.pieces()).decode()}")


def later(
    server: HttpServer, path: str = "/x", kind: Kind = Kind.PERMANENT, times: int | None = None, seconds: float = LONG
) -> Expectation:
    expectation = server.book.register(kind, RequestDescription(path))
    server.give(expectation, Turn(Later(seconds), times))
    return expectation


def answer(server: HttpServer, exchange: Exchange, text: str) -> None:
    server.give_to(exchange, Turn(respond_data(text)))


def why_not(server: HttpServer, exchange: Exchange) -> str:
    """Why the test cannot answer a request."""
    with pytest.raises(UsageError) as caught:
        answer(server, exchange, "once more")
    return str(caught.value)


class TestAnswers:
    def test_a_held_request_is_received_at_once(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        assert outcome_line(client.exchange) == "GET /x (waits for the test to answer it)"
        assert server.journal.pending() == []
        assert client.got == []

    def test_each_gets_its_own_answer(self, server: HttpServer) -> None:
        later(server)
        clients = [Client(server) for _ in range(3)]
        for number in (1, 0, 2):
            answer(server, clients[number].exchange, str(number))
            assert outcome_line(clients[number].exchange) == "GET /x (answered 200)"
        assert [client.got for client in clients] == [["200 0"], ["200 1"], ["200 2"]]
        assert server.journal.problems() == []

    def test_the_record_has_the_answer_as_soon_as_the_test_has_given_it(self, server: HttpServer) -> None:
        later(server)

        class Slow(Client):
            def resume(self) -> None:
                """No thread has time."""

        one, other = Slow(server), Slow(server)
        answer(server, one.exchange, "one")
        server.give(later_of(one), Turn(respond_data("other")))
        responses = [client.exchange.response for client in (one, other)]
        assert [response.body for response in responses if response is not None] == [b"one", b"other"]

    def test_an_answer_to_the_expectation_is_for_all_that_wait_and_those_to_come(self, server: HttpServer) -> None:
        expectation = later(server)
        clients = [Client(server), Client(server)]
        server.give(expectation, Turn(respond_data("a")))
        clients.append(Client(server))
        assert [client.got for client in clients] == [["200 a"]] * 3

    def test_a_used_up_oneshot_can_be_answered(self, server: HttpServer) -> None:
        expectation = later(server, kind=Kind.ONESHOT)
        client = Client(server)
        assert expectation.used_up
        server.give(expectation, Turn(respond_data("a")))
        assert client.got == ["200 a"]
        assert server.book.all_sent()

    @pytest.mark.parametrize(
        "remove", [lambda server, _: server.book.clear(), lambda server, it: server.book.remove(it)]
    )
    def test_one_of_an_expectation_that_was_removed_can_be_answered(
        self, server: HttpServer, remove: Callable[[HttpServer, Expectation], None]
    ) -> None:
        expectation = later(server)
        one, other = Client(server), Client(server)
        remove(server, expectation)
        answer(server, one.exchange, "one")
        server.give(expectation, Turn(respond_data("other")))
        assert (one.got, other.got) == (["200 one"], ["200 other"])

    def test_one_that_is_no_longer_listed_can_be_answered(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        server.journal.clear_received()
        assert server.journal.exchanges() == []
        answer(server, client.exchange, "a")
        assert client.got == ["200 a"]

    def test_the_answer_knows_what_was_true_when_the_request_came(self, server: HttpServer) -> None:
        expectation = server.book.register(Kind.PERMANENT, RequestDescription("/x"))
        server.give(expectation, Turn(Later(LONG), None, {"order": "pending"}))
        client = Client(server)
        assert server.book.states == {"order": "pending"}
        Client(server)
        server.give_to(client.exchange, Turn(Handler(lambda request: {"path": request.path}), None, {"order": "paid"}))
        assert client.got == ['200 {"path": "/x"}']
        assert server.book.states == {"order": "paid"}

    def test_a_handler_that_fails(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        server.give_to(client.exchange, Turn(Handler(lambda request: 1 / 0)))
        (problem,) = server.journal.problems()
        assert (problem.kind, client.got[0][:3]) == ("HANDLER ERROR", "500")


def later_of(client: Client) -> Expectation:
    assert client.exchange.expectation is not None
    return client.exchange.expectation


class TestMisuse:
    def test_answered_twice(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        answer(server, client.exchange, "a")
        assert why_not(server, client.exchange) == "to: GET /x is answered already."

    def test_never_held(self, server: HttpServer) -> None:
        server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("ok")
        assert why_not(server, Client(server).exchange) == (
            "to: GET /x was answered by its expectation. Only a request of 'Respond Later' can be answered by the test."
        )

    def test_too_late(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        client.wake(Wake.TIMEOUT)
        why = why_not(server, client.exchange)
        assert why == "to: GET /x waits no longer, because it was not answered within 60 seconds."

    def test_the_client_left_and_nobody_answered(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        client.wake(Wake.LEFT)
        server.end()
        assert why_not(server, client.exchange) == "to: GET /x waits no longer, because its client left."

    def test_later_is_no_answer(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        with pytest.raises(UsageError) as caught:
            server.give_to(client.exchange, Turn(Later(LONG)))
        assert str(caught.value) == "to: 'Respond Later' answers nothing, so it cannot be the answer to a request."
        answer(server, client.exchange, "a")
        assert client.got == ["200 a"]

    def test_a_negative_timeout(self) -> None:
        with pytest.raises(UsageError) as caught:
            Later(-1)
        assert str(caught.value) == "timeout: must be 0 seconds or more, not -1 seconds."


class TestNotAnswered:
    """Requests that the test does not answer."""

    def problem_of(self, server: HttpServer) -> str:
        (problem,) = server.journal.problems()
        assert problem.kind == "NO RESPONSE"
        return problem.message.split("\n")[0]

    def test_in_time(self, server: HttpServer) -> None:
        expectation = later(server, seconds=2)
        client = Client(server)
        assert client.held_for == pytest.approx(2, abs=1)
        client.wake(Wake.TIMEOUT)
        message = (
            "NO RESPONSE: GET /x was held and not answered within 2 seconds: permanent /x\n"
            "Answer it with a 'Respond With ...' keyword and to=, or set a longer timeout in 'Respond Later'."
        )
        assert [problem.message for problem in server.journal.problems()] == [message]
        assert client.got == [f"500 {message}\n"]
        assert outcome_line(client.exchange) == "GET /x (answered 500)"
        assert expectation.sent == 1

    def test_before_its_scope_ends(self, server: HttpServer) -> None:
        later(server)
        outer = Client(server)
        scope = Scope("test 'A'")
        server.open_scope(scope)
        inner = Client(server)
        server.end(scope)
        assert (
            self.problem_of(server)
            == "NO RESPONSE: GET /x was held and not answered before the end of test 'A': permanent /x"
        )
        assert (outer.got, len(inner.got)) == ([], 1)

    def test_before_a_reset(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        server.reset(keep_problems=True)
        assert (
            self.problem_of(server)
            == "NO RESPONSE: GET /x was held and not answered before the server was reset: permanent /x"
        )
        assert client.got[0].startswith("500")

    @pytest.mark.parametrize("moment", ["before it is held", "when it is held"])
    def test_when_it_arrives_while_its_scope_ends(self, server: HttpServer, moment: str) -> None:
        got: list[int] = []
        scope = Scope("test 'A'")

        def matcher(request: object) -> bool:
            if moment == "before it is held" and not scope.closed:
                server.close_scope()
            return True

        class Late(MemoryReply):
            def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
                super().hold(go_on, seconds)
                if not scope.closed:
                    server.close_scope()

        expectation = server.book.register(Kind.PERMANENT, RequestDescription("/x", matcher=matcher))
        server.give(expectation, Turn(Later(LONG)))
        server.open_scope(scope)
        late = Late(lambda response: got.append(response.status))
        server.answer(Request.of("GET", "/x"), late)
        assert got == [500]
        assert late.held is None

    def test_when_its_scope_ends_before_it_can_be_woken(self, server: HttpServer) -> None:
        later(server)

        class Early(Client):
            def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
                super().hold(go_on, seconds)
                server.end()

        assert Early(server).got[0].startswith("500")

    def test_when_it_is_answered_before_it_can_be_woken(self, server: HttpServer) -> None:
        expectation = later(server)

        class Early(Client):
            def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
                super().hold(go_on, seconds)
                server.give(expectation, Turn(respond_data("early")))

        assert Early(server).got == ["200 early"]


class TestClientThatLeaves:
    def test_is_recorded_and_no_problem(self, server: HttpServer) -> None:
        expectation = later(server, kind=Kind.ONESHOT)
        client = Client(server)
        assert server.book.unsent() == 1
        client.wake(Wake.LEFT)
        assert server.book.unsent() == 0
        assert outcome_line(client.exchange) == "GET /x (the client left before anything was sent)"
        client.wake(Wake.TIMEOUT)
        assert (client.ending, client.got, server.journal.problems()) == (Ending.CLOSE, [], [])
        assert expectation.sent == 1

    def test_that_only_closed_its_side_gets_its_answer(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        client.wake(Wake.LEFT)
        answer(server, client.exchange, "a")
        assert client.got == ["200 a"]
        assert outcome_line(client.exchange) == "GET /x (answered 200)"


class TestLog:
    def lines(self, server: HttpServer) -> list[str]:
        return [outcome_line(entry) for entry in server.journal.take_unlogged()[1] if isinstance(entry, Exchange)]

    def test_a_request_that_waits_has_a_line_and_its_answer_another(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        assert self.lines(server) == ["GET /x (waits for the test to answer it)"]
        answer(server, client.exchange, "a")
        assert self.lines(server) == ["GET /x (answered 200)"]

    def test_one_that_is_answered_before_it_is_logged_has_one(self, server: HttpServer) -> None:
        later(server)
        answer(server, Client(server).exchange, "a")
        assert self.lines(server) == ["GET /x (answered 200)"]

    def test_a_client_that_leaves_has_a_line(self, server: HttpServer) -> None:
        later(server)
        client = Client(server)
        self.lines(server)
        client.wake(Wake.LEFT)
        client.wake(Wake.TIMEOUT)
        assert self.lines(server) == ["GET /x (the client left before anything was sent)"]


# Over sockets.


class Raw:
    """A connection to a server, byte for byte."""

    def __init__(self, port: int, data: bytes = GET) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONG)
        self.file = self.socket.makefile("rb")
        self.socket.sendall(data)

    def response(self) -> tuple[int, bytes]:
        status = int(self.file.readline().split()[1])
        length = 0
        while (line := self.file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return status, self.file.read(length)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def connect(running: HttpServer) -> Iterator[Callable[..., Raw]]:
    with ExitStack() as opened:

        def connect(data: bytes = GET) -> Raw:
            raw = Raw(running.port, data)
            opened.callback(raw.close)
            return raw

        yield connect


def received(server: HttpServer, number: int) -> list[Exchange]:
    """The requests that arrived, once there are so many."""

    def found() -> list[Exchange] | None:
        exchanges = server.journal.exchanges()
        return exchanges if len(exchanges) >= number else None

    exchanges = server.wait(found, LONG)
    assert exchanges is not None
    return exchanges


def until(server: HttpServer, exchange: Exchange, condition: Callable[[Exchange], object]) -> None:
    assert server.wait(lambda: condition(exchange) or None, LONG)


def test_many_at_once_take_no_thread_and_get_their_own_answers(
    running: HttpServer, connect: Callable[..., Raw]
) -> None:
    later(running, "/{number}")
    before = threading.active_count()
    clients = [connect(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number) for number in range(200)]
    exchanges = received(running, 200)
    assert threading.active_count() <= before + 1
    for exchange in reversed(exchanges):
        answer(running, exchange, exchange.request.path)
    assert [client.response() for client in clients] == [(200, b"/%d" % number) for number in range(200)]


def test_requests_behind_a_held_one_wait_for_it(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running, kind=Kind.ONESHOT)
    running.book.register(Kind.PERMANENT, RequestDescription("/y")).responder = respond_data("y")
    client = connect(GET + GET.replace(b"/x", b"/y"))
    (exchange,) = received(running, 1)
    client.socket.sendall(GET.replace(b"/x", b"/y"))
    answer(running, exchange, "x")
    assert [client.response() for _ in range(3)] == [(200, b"x"), (200, b"y"), (200, b"y")]


def test_a_client_that_closes_its_side_gets_its_answer(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running)
    client = connect()
    (exchange,) = received(running, 1)
    client.socket.shutdown(socket.SHUT_WR)
    until(running, exchange, lambda entry: entry.progress is not None and entry.progress.left)
    answer(running, exchange, "x")
    assert client.response() == (200, b"x")
    until(running, exchange, lambda entry: outcome_line(entry) == "GET /x (answered 200)")


def test_a_client_that_resets_is_recorded(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running)
    client = connect()
    (exchange,) = received(running, 1)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()
    until(running, exchange, lambda entry: entry.progress is not None and entry.progress.left)
    answer(running, exchange, "x")
    until(running, exchange, lambda entry: entry.delivered is False)
    assert outcome_line(exchange) == "GET /x (the client left before anything was sent)"
    assert running.journal.problems() == []


def test_a_request_that_nobody_answers(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running, seconds=0.05)
    client = connect()
    status, body = client.response()
    assert (status, body.split(b"\n")[0]) == (
        500,
        b"NO RESPONSE: GET /x was held and not answered within 0.05 seconds: permanent /x",
    )
    client.socket.sendall(GET)
    assert client.response()[0] == 500


@pytest.mark.parametrize("name", ["delay", "file", "handler", "duration"])
def test_every_kind_of_answer(running: HttpServer, connect: Callable[..., Raw], tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"text")
    responders: dict[str, Responder] = {
        "delay": delayed(respond_data("text"), 0.01),
        "file": File(path),
        "handler": Handler(lambda request: "text"),
        "duration": spread(respond_data("text"), 0.01),
    }
    later(running)
    client = connect()
    (exchange,) = received(running, 1)
    running.give_to(exchange, Turn(responders[name]))
    assert client.response() == (200, b"text")
    until(running, exchange, lambda entry: entry.delivered)
    assert outcome_line(exchange) == "GET /x (answered 200)"
    # The connection can be used again.
    client.socket.sendall(GET)
    answer(running, received(running, 2)[1], "again")
    assert client.response() == (200, b"again")


def test_a_fault_as_the_answer(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running)
    client = connect()
    (exchange,) = received(running, 1)
    running.give_to(exchange, Turn(Fault(FaultKind.CLOSE, body="text", after=2)))
    assert client.file.read().endswith(b"\r\n\r\nte")
    until(running, exchange, lambda entry: entry.ended)
    assert outcome_line(exchange) == "GET /x (CLOSE after 2 of 4 bytes, on purpose)"


def test_a_server_that_stops(running: HttpServer, connect: Callable[..., Raw]) -> None:
    later(running)
    clients = [connect() for _ in range(20)]
    exchanges = received(running, 20)
    begun = time.perf_counter()
    assert running.stop() == 0
    assert time.perf_counter() - begun < LONG / 2
    assert [client.file.read() for client in clients] == [b""] * 20
    (message,) = {problem.message.split("\n")[0] for problem in running.journal.problems()}
    assert message == "NO RESPONSE: GET /x was held and not answered before the server was stopped: permanent /x"
    assert len(running.journal.problems()) == 20
    assert {outcome_line(entry).split(" after ")[0] for entry in exchanges} == {
        "GET /x (not sent: the server was stopped"
    }
    why = why_not(running, exchanges[0])
    assert why == "to: GET /x waits no longer, because it was not answered before the server was stopped."


def test_a_server_that_stops_when_the_scope_of_a_request_has_ended(
    running: HttpServer, connect: Callable[..., Raw]
) -> None:
    """Then there is one problem, and the record is final whether the client still got the answer or not."""
    later(running)
    connect()
    (exchange,) = received(running, 1)
    running.end()
    running.stop()
    assert len(running.journal.problems()) == 1
    until(running, exchange, lambda entry: entry.delivered is not None)


def test_over_tls() -> None:
    pytest.importorskip("trustme")
    server = HttpServer(tls=Tls.of("localhost", tls=True))
    server.start()
    try:
        later(server)
        context = ssl.create_default_context(cafile=server.ca_file())
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=LONG) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            # The second one is read while the first is held.
            secured.sendall(GET + GET)
            for number in (1, 2):
                answer(server, received(server, number)[-1], str(number))
                data = b""
                while not data.endswith(b"\r\n\r\n%d" % number):
                    piece = secured.recv(1000)
                    assert piece
                    data += piece
    finally:
        server.stop()
