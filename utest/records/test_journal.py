"""The journal: order of arrival, bounds, scopes, waiting."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import MAX_PROBLEMS, MAX_UNLOGGED, Bounds, ConnectionNote, Journal
from HttpServerLibrary.engine.records.received import Problem
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.replies import MemoryReply

SCOPE = Scope("a test")
OK = Response(200, (), b"ok")


def journal(**bounds: int) -> Journal:
    return Journal(threading.Lock(), Bounds(**bounds))


def arrive(journal: Journal, path: str = "/", body: bytes = b"", scope: Scope = SCOPE) -> Exchange:
    return journal.arrive(Request.of("POST", path, {}, body), "http://localhost:1", lambda: scope)


def receive(journal: Journal, path: str = "/", body: bytes = b"", scope: Scope = SCOPE) -> Exchange:
    exchange = arrive(journal, path, body, scope)
    journal.answered(exchange, OK, None)
    journal.sent(exchange)
    return exchange


def size(exchange: Exchange) -> int:
    return len(exchange.request.body)


def warnings(journal: Journal) -> list[str]:
    return [entry for entry in journal.take_unlogged()[1] if isinstance(entry, str)]


def test_order_of_arrival_even_when_answered_out_of_order() -> None:
    book = journal()
    first, second, third = (arrive(book, path) for path in ("/1", "/2", "/3"))
    assert book.exchanges() == []
    book.answered(third, OK, None)
    book.answered(first, OK, None)
    assert book.exchanges() == [first, third]
    book.answered(second, OK, None)
    assert book.exchanges() == [first, second, third]


def test_the_oldest_requests_go_first() -> None:
    book = journal(requests=3)
    entries = [receive(book, f"/{number}") for number in range(5)]
    assert book.exchanges() == entries[2:]
    assert warnings(book) == ["More than 3 requests came; the oldest are forgotten (max_requests_kept)."]
    receive(book)
    assert warnings(book) == [], "said once"


def test_the_oldest_bodies_go_before_requests() -> None:
    book = journal(body_bytes=100)
    entries = [receive(book, f"/{number}", b"x" * 40) for number in range(4)]
    assert book.exchanges() == entries
    assert [size(entry) for entry in entries] == [0, 0, 40, 40]
    assert warnings(book) == ["More than 100 bytes of bodies came; the oldest bodies are forgotten (max_bytes_kept)."]


def test_a_body_that_is_too_large_alone_is_not_kept() -> None:
    book = journal(body_bytes=100)
    small = receive(book, "/small", b"x" * 10)
    large = receive(book, "/large", b"x" * 101)
    assert (small.request.body, large.request.body) == (b"", b"")
    assert size(receive(book, "/next", b"x" * 90)) == 90


def test_bodies_of_forgotten_requests_do_not_count() -> None:
    book = journal(requests=2, body_bytes=100)
    entries = [receive(book, f"/{number}", b"x" * 40) for number in range(10)]
    assert [size(entry) for entry in book.exchanges()] == [40, 40]
    assert book.exchanges() == entries[-2:]
    assert warnings(book) == ["More than 2 requests came; the oldest are forgotten (max_requests_kept)."]


def test_a_request_answered_after_it_was_forgotten_does_not_count() -> None:
    book = journal(requests=1, body_bytes=100)
    slow = arrive(book, "/slow", b"x" * 90)
    kept = receive(book, "/kept", b"x" * 50)
    book.answered(slow, OK, None)
    book.captured(slow, b"y" * 90)
    assert book.exchanges() == [kept]
    assert size(kept) == 50


def test_streamed_responses_count_and_are_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("HttpServerLibrary.engine.records.journal.MAX_STREAM_KEPT", 10)
    book = journal(body_bytes=25)
    entries = []
    for number in range(3):
        entry = arrive(book, f"/{number}")
        book.answered(entry, Response(200, (), iter([b""])), None)
        for piece in (b"1234567", b"89abcdef", b"more"):
            book.captured(entry, piece)
        entries.append(entry)
    assert [entry.sent_body for entry in entries] == [b"", b"123456789a", b"123456789a"]


def test_bodies_that_handlers_make_count(server: HttpServer) -> None:
    server.journal = journal(body_bytes=1000)
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: "x" * 400)
    for _ in range(10):
        server.answer(Request.of("GET", "/"), MemoryReply())
    kept = [entry.sent_body for entry in server.journal.exchanges()]
    assert len(kept) == 10
    assert sum(map(len, kept)) == 800
    assert kept[-1] == b"x" * 400


def test_what_is_forgotten_keeps_no_body() -> None:
    book = journal(body_bytes=100)
    for _ in range(3):
        receive(book, body=b"x" * 90)
        book.clear_received()
        assert book.exchanges() == []
    assert warnings(book) == []


def test_a_scope_takes_its_requests_with_it() -> None:
    book = journal()
    inner = Scope("inner")
    outer_entry, inner_entry = receive(book), receive(book, scope=inner)
    pending = arrive(book, "/pending", scope=inner)
    inner.closed = True
    book.close_scope(inner)
    assert book.exchanges() == [outer_entry]
    assert inner_entry.request.path == "/"
    book.answered(pending, OK, None)
    assert book.exchanges() == [outer_entry]


def problem_of(exchange: Exchange) -> Problem:
    return Problem("HANDLER ERROR", "HANDLER ERROR: boo", exchange)


def test_problems_by_scope() -> None:
    book = journal()
    inner = Scope("inner")
    entries = [arrive(book), arrive(book, scope=inner)]
    problems = [problem_of(entry) for entry in entries]
    for entry, problem in zip(entries, problems, strict=True):
        book.answered(entry, OK, problem)
        assert entry.problem is problem
    assert book.problems() == problems
    assert book.take_problems(inner) == problems[1:]
    assert book.problems() == problems[:1]
    assert book.take_problems() == problems[:1]
    assert book.take_problems() == []


def test_a_late_problem_of_a_test_that_is_over_is_nobody_elses() -> None:
    book = journal()
    inner = Scope("inner")
    late = arrive(book, scope=inner)
    inner.closed = True
    book.close_scope(inner)
    book.answered(late, OK, problem_of(late))
    book.failed(late, problem_of(late))
    assert book.problems() == []


def fail(journal: Journal, path: str = "/") -> Problem:
    exchange = arrive(journal, path)
    problem = problem_of(exchange)
    journal.answered(exchange, OK, problem)
    return problem


def test_problems_are_bounded_and_the_newest_are_only_logged() -> None:
    book = journal()
    problems = [fail(book) for _ in range(1000)]
    assert len(problems) == MAX_PROBLEMS
    assert warnings(book) == []
    late = [fail(book, "/late") for _ in range(3)]
    assert book.problems() == problems
    skipped, unlogged = book.take_unlogged()
    assert skipped == 0
    text = "More than 1000 problems came; the newest are only logged."
    assert unlogged == [late[0].exchange, text, late[1].exchange, late[2].exchange], "said once"
    assert [exchange.problem for exchange in book.exchanges()[1000:]] == late
    assert book.take_problems() == problems
    after = fail(book)
    assert book.problems() == [after], "there is room again"


def test_problems_while_sending_are_bounded_too() -> None:
    book = journal()
    problems = [fail(book) for _ in range(MAX_PROBLEMS - 1)]
    sending = [receive(book, f"/{number}") for number in range(2)]
    warnings(book)
    late = [problem_of(exchange) for exchange in sending]
    for exchange, problem in zip(sending, late, strict=True):
        book.failed(exchange, problem)
    assert book.problems() == [*problems, late[0]]
    assert warnings(book) == [
        "HANDLER ERROR: boo",
        "HANDLER ERROR: boo",
        f"More than {MAX_PROBLEMS} problems came; the newest are only logged.",
    ]


@pytest.mark.parametrize("forget", ["reset", "clear_received"])
def test_the_warnings_come_again_after_forgetting(forget: str) -> None:
    book = journal(requests=1)
    for _ in range(2):
        receive(book)
        receive(book)
        receive(book)
        assert warnings(book) == ["More than 1 request came; the oldest are forgotten (max_requests_kept)."]
        getattr(book, forget)()


@pytest.mark.parametrize("forget", ["reset", "clear_received"])
def test_the_requests_beyond_the_bounds_are_counted(forget: str) -> None:
    book = journal(requests=2)
    receive(book)
    receive(book)
    assert book.forgotten_beyond_bounds() == (0, 2)
    receive(book)
    receive(book)
    assert book.forgotten_beyond_bounds() == (2, 2)
    getattr(book, forget)()
    assert book.forgotten_beyond_bounds() == (0, 2)


def test_the_requests_beyond_the_bounds_leave_with_their_scope() -> None:
    book = journal(requests=1)
    test = Scope("test")
    receive(book)
    receive(book, scope=test)
    receive(book, scope=test)
    assert book.forgotten_beyond_bounds() == (2, 1)
    book.close_scope(test)
    assert book.forgotten_beyond_bounds() == (1, 1)
    assert book.forgotten_with_scopes == 2


def test_a_reset_while_a_request_is_in_flight_drops_its_later_problem() -> None:
    book = journal()
    answered_later, failed_later = arrive(book, "/answered"), arrive(book, "/failed")
    book.answered(failed_later, OK, None)
    book.reset()
    assert book.take_unlogged() == (0, [failed_later])
    problems = [problem_of(answered_later), problem_of(failed_later)]
    book.answered(answered_later, OK, problems[0])
    book.failed(failed_later, problems[1])
    assert book.problems() == []
    assert book.exchanges() == []
    # It is still logged, with what went wrong.
    assert book.take_unlogged() == (0, [answered_later, "HANDLER ERROR: boo"])
    assert [answered_later.problem, failed_later.problem] == problems
    after = fail(book)
    assert (book.problems(), book.exchanges()) == ([after], [after.exchange])


def test_a_reset_by_the_test_while_a_handler_runs(server: HttpServer) -> None:
    def handler(request: object) -> str:
        server.reset()
        raise ValueError("boo")

    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(handler)
    sent: list[int] = []
    server.answer(Request.of("GET", "/"), MemoryReply(lambda response: sent.append(response.status)))
    assert sent == [500]
    assert (server.journal.problems(), server.journal.exchanges()) == ([], [])
    _, (logged,) = server.journal.take_unlogged()
    assert isinstance(logged, Exchange)
    assert logged.problem is not None
    assert logged.problem.kind == "HANDLER ERROR"


def test_clearing_the_received_keeps_a_request_in_flight() -> None:
    book = journal(body_bytes=100)
    before = receive(book, "/before", b"x" * 60)
    pending = arrive(book, "/pending", b"x" * 60)
    book.clear_received()
    assert book.exchanges() == []
    assert (before.forgotten, pending.forgotten) == (True, False)
    problem = problem_of(pending)
    book.answered(pending, OK, problem)
    assert book.exchanges() == [pending]
    assert book.problems() == [problem]
    assert size(pending) == 60, "what was cleared does not count"
    assert warnings(book) == []


def test_clearing_the_received_keeps_their_problems() -> None:
    book = journal()
    problem = fail(book)
    book.clear_received()
    assert (book.exchanges(), book.problems()) == ([], [problem])
    assert problem.request.path == "/"


def test_bodies_beyond_the_bound_are_let_go_although_a_problem_holds_the_exchange() -> None:
    book = journal(requests=1)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    exchange = book.arrive(Request.of("POST", "/first", form, b"a=1"), "http://localhost:1", lambda: SCOPE)
    problem = problem_of(exchange)
    book.answered(exchange, Response(500, (("X", "1"),), b"what went wrong"), problem)
    assert (problem.request.form, exchange.sent_body) == ({"a": "1"}, b"what went wrong")
    next_one = receive(book, "/next")
    assert book.exchanges() == [next_one]
    assert book.problems() == [problem]
    assert problem.exchange is exchange
    received = problem.request
    assert (received.data, received.text, received.form) == (b"", "", {})
    assert received.response is not None
    assert (received.response.status, received.response.headers["x"]) == (500, "1")
    assert (received.response.data, exchange.sent_body) == (b"", b"")
    assert str(received) == "POST /first"


def test_the_kept_part_of_a_stream_beyond_the_bound_is_let_go() -> None:
    book = journal(requests=1)
    exchange = arrive(book)
    book.answered(exchange, Response(200, (), iter([b""])), None)
    book.captured(exchange, b"begin")
    problem = problem_of(exchange)
    book.failed(exchange, problem)
    assert exchange.sent_body == b"begin"
    receive(book, "/next")
    assert book.problems() == [problem]
    assert (problem.exchange.captured, problem.exchange.sent_body) == (None, b"")


def test_unlogged() -> None:
    book = journal()
    assert book.take_unlogged() == (0, [])
    entries = [receive(book) for _ in range(MAX_UNLOGGED + 5)]
    assert book.take_unlogged() == (5, entries[5:])
    assert book.take_unlogged() == (0, [])


@pytest.mark.parametrize("event", ["answered", "failed", "sent"])
def test_wait_reacts_to_events(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A slice longer than the test may take: only the event can end the wait in time.
    monkeypatch.setattr("HttpServerLibrary.engine.records.journal._SLICE", 120.0)
    book = journal()
    exchange = arrive(book)
    if event != "answered":
        book.answered(exchange, OK, None)
    happened = threading.Event()

    def change() -> None:
        happened.set()
        if event == "answered":
            book.answered(exchange, OK, None)
        elif event == "failed":
            book.failed(exchange, problem_of(exchange))
        else:
            book.sent(exchange)

    thread = threading.Thread(target=change)

    def check() -> bool | None:
        if happened.is_set():
            return True
        if not thread.is_alive():
            # Between this look and the wait, or during the wait: it must be heard in both.
            thread.start()
        return None

    begin = time.monotonic()
    assert book.wait(check, 120)
    assert time.monotonic() - begin < 60
    thread.join()


def test_wait_looks_before_it_waits() -> None:
    assert journal().wait(lambda: "there", 0) == "there"


def test_anything_but_none_ends_the_wait() -> None:
    assert journal().wait(list, 60) == []


@pytest.mark.parametrize("timeout", [0, 0.05, -1])
def test_wait_obeys_its_limit_and_raises_nothing(timeout: float) -> None:
    begin = time.monotonic()
    assert journal().wait(lambda: None, timeout) is None
    assert max(timeout, 0) <= time.monotonic() - begin < 60


def test_wait_obeys_its_limit_under_steady_traffic() -> None:
    book = journal()
    deadline = time.monotonic() + 60

    def check() -> str | None:
        receive(book)
        return "the limit was passed" if time.monotonic() > deadline else None

    assert book.wait(check, 0.05) is None


def test_wait_is_sliced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows delivers a test timeout between byte codes only, so no wait may be long."""
    slices: list[float] = []

    class Lock:
        """Time passes only while it is waited for."""

        def __init__(self) -> None:
            self.locked = False

        def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
            if self.locked:
                slices.append(timeout)
                return False
            self.locked = True
            return True

    book = journal()
    monkeypatch.setattr("HttpServerLibrary.engine.records.journal.threading", SimpleNamespace(Lock=Lock))
    monkeypatch.setattr("HttpServerLibrary.engine.records.journal.time", SimpleNamespace(monotonic=lambda: sum(slices)))
    assert book.wait(lambda: None, 0.25) is None
    assert slices == pytest.approx([0.1, 0.1, 0.05])


def test_several_can_wait() -> None:
    book = journal()
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(book.wait(lambda: book.exchanges() or None, 60)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    exchange = receive(book)
    for thread in threads:
        thread.join()
    assert results == [[exchange]] * 3


def test_what_the_check_raises_comes_out() -> None:
    def check() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        journal().wait(check, 60)


def test_a_problem_after_its_request_was_logged_is_logged_by_itself() -> None:
    book = Journal(threading.Lock())
    exchange = arrive(book)
    book.answered(exchange, OK, None)
    assert book.take_unlogged() == (0, [exchange])
    book.failed(exchange, problem_of(exchange))
    assert book.take_unlogged() == (0, ["HANDLER ERROR: boo"])


def test_a_problem_before_its_request_is_logged_is_logged_with_it() -> None:
    book = Journal(threading.Lock())
    exchange = arrive(book)
    book.answered(exchange, OK, None)
    book.failed(exchange, problem_of(exchange))
    assert book.take_unlogged() == (0, [exchange])


def test_a_stream_is_one_body_however_many_pieces_it_has() -> None:
    book = Journal(threading.Lock())
    exchange = arrive(book)
    book.answered(exchange, Response(200, (), iter([b""])), None)
    for piece in (b"a", b"", b"b"):
        book.captured(exchange, piece)
    assert exchange.sent_body == b"ab"
    assert (exchange.kept_bytes, len(book._bodies)) == (2, 1)


def test_connections_without_a_request_are_counted(server: HttpServer) -> None:
    notes = server.journal
    assert notes.connection_notes() == []
    for kind, reason in (("silent", "a"), ("refused", "b"), ("refused", "b")):
        notes.note_connection(kind, reason)
    assert notes.connection_notes() == [ConnectionNote("refused", "b", 2), ConnectionNote("silent", "a", 1)]


@pytest.mark.parametrize("forget", ["reset", "scope", "clear"])
def test_connections_are_forgotten_with_the_requests(server: HttpServer, forget: str) -> None:
    server.open_scope(Scope("a test"))
    server.journal.note_connection("silent", "a")
    if forget == "reset":
        server.reset()
    elif forget == "scope":
        server.close_scope()
    else:
        server.journal.clear_received()
    assert server.journal.connection_notes() == []
