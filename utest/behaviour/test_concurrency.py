"""Taking is atomic under any concurrency."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.state import State
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import responses_to

CLIENTS = 10
REQUESTS = 400


pytestmark = pytest.mark.usefixtures("quick_switches")


def in_threads(work: Callable[[int], None]) -> None:
    """Runs the work of all clients at the same time; raises what any of them raised."""
    start = threading.Barrier(CLIENTS)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def drive(server: HttpServer, requests: int = REQUESTS) -> Counter[tuple[int, str]]:
    """Sends the requests from all clients over sockets; returns the answers."""
    answers: Counter[tuple[int, str]] = Counter()
    lock = threading.Lock()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(requests // CLIENTS):
            connection.request("GET", "/x")
            response = connection.getresponse()
            answer = response.status, response.read().decode()
            with lock:
                answers[answer] += 1
        connection.close()

    in_threads(client)
    return answers


def yes(request: object) -> bool:
    return True


@pytest.mark.parametrize("matcher", [None, yes], ids=["plain", "matcher"])
@pytest.mark.parametrize("kind", [Kind.ONESHOT, Kind.ORDERED])
def test_each_is_used_exactly_once(running: HttpServer, kind: Kind, matcher: object) -> None:
    for number in range(REQUESTS):
        # Half of them in the index, half of them patterns.
        path = "/x" if number % 2 else "GLOB:/x*"
        expectation = running.book.register(kind, RequestDescription(path, matcher=matcher))
        expectation.responder = respond_data(str(number))
    answers = drive(running)
    assert answers == Counter({(200, str(number)): 1 for number in range(REQUESTS)})
    assert {expectation.used for expectation in running.book.expectations()} == {1}
    assert len(running.journal.exchanges()) == REQUESTS
    assert running.journal.problems() == []


def test_counted_ones_are_used_as_often_as_they_say(running: HttpServer) -> None:
    for name in "abcd":
        running.book.register(Kind.PERMANENT, RequestDescription("/x"), 50).responder = respond_data(name)
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("rest")
    answers = drive(running)
    assert answers == Counter({(200, "a"): 50, (200, "b"): 50, (200, "c"): 50, (200, "d"): 50, (200, "rest"): 200})


def test_one_request_breaks_the_order_and_all_others_are_refused(running: HttpServer) -> None:
    running.book.register(Kind.ORDERED, RequestDescription("/other")).responder = respond_data("never")
    answers = drive(running)
    assert {status for status, _ in answers} == {500}
    kinds = Counter(problem.kind for problem in running.journal.problems())
    assert kinds == Counter({"OUT OF ORDER": 1, "REFUSED": REQUESTS - 1})


def answer(server: HttpServer, path: str) -> str:
    (response,) = responses_to(server, Request.of("GET", path))
    return response.body.decode()


def test_registering_removing_and_scopes_meanwhile(server: HttpServer) -> None:
    """Whatever else changes, the one that matches all along takes every request."""
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = respond_data("mine")

    def work(number: int) -> None:
        if number == 0:
            for _ in range(100):
                server.open_scope(Scope("inner"))
                server.book.register(Kind.ONESHOT, RequestDescription("/y"))
                server.close_scope()
        elif number == 1:
            for _ in range(200):
                server.book.remove(server.book.register(Kind.PERMANENT, RequestDescription("GLOB:/z*")))
        else:
            for _ in range(50):
                assert answer(server, "/x") == "mine"

    in_threads(work)


def test_oneshots_of_an_inner_scope_go_first_and_once(server: HttpServer) -> None:
    for scope in ("outer", "inner"):
        if scope == "inner":
            server.open_scope(Scope(scope))
        for _ in range(50):
            server.book.register(Kind.ONESHOT, RequestDescription("/x")).responder = respond_data(scope)
    answers: list[str] = []

    def work(number: int) -> None:
        answers.extend(answer(server, "/x") for _ in range(10))

    in_threads(work)
    assert Counter(answers) == {"inner": 50, "outer": 50}


def test_what_is_used_and_what_is_received_agree(server: HttpServer) -> None:
    for number in range(50):
        server.book.register(Kind.ONESHOT, RequestDescription("/x")).responder = respond_data(str(number))

    def work(number: int) -> None:
        for _ in range(10):
            answer(server, "/x")

    in_threads(work)
    received = server.journal.exchanges()
    taken = [entry.expectation for entry in received if entry.expectation is not None]
    assert (len(received), len(taken), len(set(taken))) == (100, 50, 50)
    assert len(server.journal.problems()) == 50


def test_a_state_goes_through_each_of_its_steps_once(running: HttpServer) -> None:
    """Of all clients that ask for the next step at the same time, exactly one gets it."""
    book = running.book
    steps = REQUESTS // 2
    for number in range(steps):
        # Half of them in the index, half of them patterns.
        path = "/x" if number % 2 else "GLOB:/x*"
        state = State({"step": number}, book.states_of)
        expectation = book.register(Kind.PERMANENT, RequestDescription(path, state=state))
        running.give(expectation, Turn(respond_data(str(number)), None, {"step": number + 1}))
    end = book.register(Kind.PERMANENT, RequestDescription("/x", state=State({"step": steps}, book.states_of)))
    end.responder = respond_data("end")
    book.set_state("step", 0)
    answers = drive(running)
    once = {(200, str(number)): 1 for number in range(steps)}
    assert answers == Counter({**once, (200, "end"): REQUESTS - steps})
    assert running.journal.problems() == []


def test_one_client_at_a_time_is_logged_in(server: HttpServer) -> None:
    """Login and logout of many clients: each login that succeeds is followed by the logout that ends it."""

    def meanwhile(request: object) -> bool:
        """Lets the other clients go on after the state was compared."""
        time.sleep(0)
        return True

    for path, before, after in (("/login", None, "in"), ("/logout", "in", None)):
        steps: list[tuple[str | None, str, dict[str, object]]]
        steps = [(before, "done", {"user": after}), (after, "refused", {})]
        for state, text, sets in steps:
            expected = State({"user": state}, server.book.states_of)
            expectation = server.book.register(
                Kind.PERMANENT, RequestDescription(path, matcher=meanwhile, state=expected)
            )
            server.give(expectation, Turn(respond_data(text), None, sets))
    inside: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            if answer(server, "/login") == "done":
                inside.append(number)
                assert inside == [number]
                inside.remove(number)
                assert answer(server, "/logout") == "done"

    in_threads(work)
    assert server.journal.problems() == []
    assert dict(server.book.states) == {}
