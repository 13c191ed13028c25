"""States of the server: where they are set, how long they last, and which expectation they choose."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.explaining import checks
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.state import State
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, lines_from, responses_to

NOTHING: Mapping[str, object] = {}


def expect(
    server: HttpServer,
    answer: str,
    state: object = None,
    sets: Mapping[str, object] = NOTHING,
    kind: Kind = Kind.PERMANENT,
    path: str = "/x",
    **fields: object,
) -> Expectation:
    """Registers an expectation with a state, whose response sets states."""
    expected = None if state is None else State(state, server.book.states_of)
    expectation = server.book.register(kind, RequestDescription(path, state=expected, **fields))
    server.give(expectation, Turn(respond_data(answer), None, sets))
    return expectation


@pytest.fixture
def get(ask: Ask) -> Callable[..., str]:
    """The answer to GET; for a refusal its kind."""

    def get(path: str = "/x", method: str = "GET") -> str:
        status, text = ask(Request.of(method, path))
        return text if status == 200 else text.partition(":")[0]

    return get


Get = Callable[..., str]


def test_a_template_has_the_states_before_its_response_sets_them(server: HttpServer, get: Get) -> None:
    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/x"))
    server.give(expectation, Turn(respond_data("{{ state.order }}", template=True), None, {"order": "new"}))
    server.book.set_state("order", "old")
    assert [get() for _ in range(2)] == ["old", "new"]


def test_a_response_sets_what_the_next_request_needs(server: HttpServer, get: Get) -> None:
    expect(server, "in", {"user": None}, {"user": "ann", "logins": 1})
    expect(server, "out", "user=ann; logins=1", {"user": None})
    assert [get() for _ in range(3)] == ["in", "out", "in"]
    assert dict(server.book.states) == {"user": "ann", "logins": 1}


def test_the_first_one_that_fits_takes_it(server: HttpServer, get: Get) -> None:
    for state in ("new", "paid"):
        expect(server, state, f"order={state}")
    expect(server, "any")
    answers = [get()]
    for state in ("paid", "new"):
        server.book.set_state("order", state)
        answers.append(get())
    assert answers == ["any", "paid", "new"]


def test_inner_scopes_come_first_and_end(server: HttpServer) -> None:
    book = server.book
    book.set_state("order", "outer")
    book.set_state("user", "ann")
    server.open_scope(Scope("inner"))
    book.set_state("order", "inner")
    assert dict(book.states) == {"order": "inner", "user": "ann"}
    book.set_state("order", None)
    assert dict(book.states) == {"user": "ann"}, "it hides the outer one"
    server.close_scope()
    assert dict(book.states) == {"order": "outer", "user": "ann"}


def test_removing_all_expectations_keeps_states_and_a_reset_forgets_them(server: HttpServer, get: Get) -> None:
    server.book.set_state("order", "paid")
    server.book.clear()
    expect(server, "paid", "order=paid")
    assert get() == "paid"
    server.reset()
    assert dict(server.book.states) == {}
    expect(server, "paid", "order=paid")
    assert get() == "UNEXPECTED REQUEST"


def test_ordered_and_oneshot_ones(server: HttpServer, get: Get) -> None:
    expect(server, "once", "order=paid", kind=Kind.ONESHOT)
    expect(server, "rest")
    assert get() == "rest"
    server.book.set_state("order", "paid")
    assert [get(), get()] == ["once", "rest"]
    expect(server, "first", {"order": "paid"}, {"order": "shipped"}, kind=Kind.ORDERED)
    expect(server, "second", "order=paid", kind=Kind.ORDERED)
    assert get() == "first"
    assert get() == "OUT OF ORDER"
    (problem,) = server.journal.problems()
    assert problem.message.split("\n")[1:3] == [
        'The next ordered expectation does not match: ordered /x state={"order": "paid"}',
        '  state order: expected "paid", but it is "shipped"',
    ]


def test_head_gets_the_response_to_get_while_the_state_fits(server: HttpServer, get: Get) -> None:
    expect(server, "paid", "order=paid", {"order": "seen"}, method="GET")
    assert get(method="HEAD") == "UNEXPECTED REQUEST"
    server.book.set_state("order", "paid")
    assert get(method="HEAD") == "paid"
    assert dict(server.book.states) == {"order": "paid"}, "a response that is lent sets nothing"
    assert get() == "paid"
    assert get(method="HEAD") == "UNEXPECTED REQUEST"


def test_the_explanation_names_the_state(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "new", "order=new", path="/orders")
    expect(server, "paid", "order=paid; user=ann", path="/orders")
    server.book.set_state("order", "lost")
    ask(Request.of("GET", "/orders"))
    (problem,) = server.journal.problems()
    assert_text(problem.message, "explaining/state")
    assert_text(checks.matchers(server.book.by_kind(), str(server)), "explaining/matchers_with_state")


def test_a_line_to_paste_keeps_a_state_that_fits(server: HttpServer, ask: Ask) -> None:
    server.book.set_state("order", "paid")
    expect(server, "paid", "order=paid", path="/orders", method="POST")
    _, text = ask(Request.of("GET", "/orders"))
    assert lines_from(text, "This line expects it:")[1] == (
        '  Expect Request    /orders    method=GET    state={"order": "paid"}'
    )


def test_a_request_is_explained_by_the_states_of_its_time(server: HttpServer, ask: Ask) -> None:
    for before, after in (("new", "paid"), (None, "shipped")):
        server.reset()
        server.book.set_state("order", before)
        expectation = expect(server, "paid", f"order={after}", kind=Kind.ONESHOT)
        ask(Request.of("GET", "/x"))
        server.book.set_state("order", after)
        text = checks.unmet([expectation], server.journal.exchanges(), server.audience)
        is_now = "not set" if before is None else f'"{before}"'
        assert f'    state order: expected "{after}", but it is {is_now}\n' in f"{text}\n"


def test_a_request_that_was_refused_was_received_in_a_state_too(server: HttpServer, ask: Ask) -> None:
    expect(server, "never", kind=Kind.ORDERED, path="/first")
    ask(Request.of("GET", "/x"))
    server.book.set_state("order", "paid")
    ask(Request.of("GET", "/x"))
    server.book.set_state("order", "new")
    _, refused = server.journal.exchanges()
    assert dict(server.book.states_of(refused.request)) == {"order": "paid"}


def test_another_server_is_asked_about_its_own_states() -> None:
    servers: list[HttpServer] = []
    here, there = servers[:] = [HttpServer(name, neighbours=lambda: servers) for name in ("here", "there")]
    there.start()
    try:
        expect(there, "paid", "order=paid")
        here.book.set_state("order", "paid")
        (sent,) = responses_to(here, Request.of("GET", "/x"))
        assert b'state order: expected "paid", but it is not set' in sent.body
        there.book.set_state("order", "paid")
        here.book.set_state("order", "new")
        (sent,) = responses_to(here, Request.of("GET", "/x"))
        assert b'Server \'there\' would take it: permanent /x state={"order": "paid"}' in sent.body
    finally:
        there.stop()


def test_a_matcher_is_called_once_however_often_the_state_changes(server: HttpServer, get: Get) -> None:
    calls: list[str] = []

    def matcher(request: werkzeug.Request) -> bool:
        calls.append(request.path)
        if len(calls) == 1:
            server.book.set_state("order", "paid")
        return True

    expect(server, "new", "order=new", matcher=matcher)
    expect(server, "paid", "order=paid")
    server.book.set_state("order", "new")
    assert get() == "paid", "the state changed while the matcher ran"
    assert len(calls) == 1
    server.book.set_state("order", "new")
    assert get() == "new"
    server.book.set_state("order", "lost")
    assert get() == "UNEXPECTED REQUEST"
    assert len(calls) == 2, "it is not called in another state"


def test_a_state_that_stays_the_same_holds_up_no_request(server: HttpServer, get: Get) -> None:
    calls: list[str] = []
    paid = "paid"

    def matcher(request: werkzeug.Request) -> bool:
        calls.append(request.path)
        server.book.set_state("order", paid)
        return True

    server.book.set_state("order", paid)
    expect(server, "paid", "order=REGEXP:(p|pa)+id", matcher=matcher)
    assert get() == "paid"
    assert len(calls) == 1


def test_the_garbage_collector_visits_no_request_because_of_states(server: HttpServer, get: Get) -> None:
    server.book.set_state("order", "paid")
    expect(server, "paid", "order=paid")
    get()
    (exchange,) = server.journal.exchanges()
    # A tuple of tuples is left alone only when these are.
    for _ in range(3):
        gc.collect()
    assert exchange.request.states is not None
    assert not gc.is_tracked(exchange.request.states)


def test_a_masked_state(server: HttpServer, ask: Ask) -> None:
    server.secrets.mask_fields(["pin"], server.book.innermost())
    server.book.set_state("pin", "1234")
    expect(server, "never", "pin=5678")
    _, text = ask(Request.of("GET", "/x"))
    assert text.split("\n")[1:3] == [
        'Nearest expectation: permanent /x state={"pin": ***}',
        "  state pin: expected the value given, but it is a different value",
    ]
