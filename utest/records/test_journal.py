"""The journal: order of arrival, bounds, scopes, waiting."""

from __future__ import annotations

import ctypes
import sys
import threading
import time

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.interrupts import InterruptSafeLock
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.problem import ExplanationText
from HttpServerLibrary.engine.records import waiters
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import (
    FREE_HEAD,
    MAX_EXPLAINED,
    MAX_PROBLEMS,
    MAX_UNLOGGED,
    Bounds,
    ConnectionNote,
    Journal,
    Remark,
)
from HttpServerLibrary.engine.records.received import Problem
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG, failure, responses_to
from utest.replies import MemoryReply

SCOPE = Scope("a test")
OK = Response(200, (), b"ok")


def journal_of(**bounds: int) -> Journal:
    return Journal(InterruptSafeLock(), Bounds(**bounds))


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
    journal = journal_of()
    first, second, third = (arrive(journal, path) for path in ("/1", "/2", "/3"))
    assert journal.exchanges() == []
    journal.answered(third, OK, None)
    journal.answered(first, OK, None)
    assert journal.exchanges() == [first, third]
    journal.answered(second, OK, None)
    assert journal.exchanges() == [first, second, third]


def test_the_oldest_requests_go_first() -> None:
    journal = journal_of(requests=3)
    entries = [receive(journal, f"/{number}") for number in range(5)]
    assert journal.exchanges() == entries[2:]
    assert warnings(journal) == ["More than 3 requests arrived; the oldest are forgotten (max_requests_kept)."]
    receive(journal)
    assert warnings(journal) == [], "said once"


def test_the_oldest_bodies_go_before_requests() -> None:
    journal = journal_of(kept_bytes=100)
    entries = [receive(journal, f"/{number}", b"x" * 40) for number in range(4)]
    assert journal.exchanges() == entries
    assert [size(entry) for entry in entries] == [0, 0, 40, 40]
    assert warnings(journal) == [
        "More than 100 bytes of bodies arrived; the oldest bodies are forgotten (max_bytes_kept)."
    ]


def test_a_body_that_is_too_large_alone_is_not_kept() -> None:
    journal = journal_of(kept_bytes=100)
    small = receive(journal, "/small", b"x" * 10)
    large = receive(journal, "/large", b"x" * 101)
    assert (small.request.body, large.request.body) == (b"", b"")
    assert size(receive(journal, "/next", b"x" * 90)) == 90


def test_bodies_of_forgotten_requests_do_not_count() -> None:
    journal = journal_of(requests=2, kept_bytes=100)
    entries = [receive(journal, f"/{number}", b"x" * 40) for number in range(10)]
    assert [size(entry) for entry in journal.exchanges()] == [40, 40]
    assert journal.exchanges() == entries[-2:]
    assert warnings(journal) == ["More than 2 requests arrived; the oldest are forgotten (max_requests_kept)."]


def test_a_request_answered_after_it_was_forgotten_does_not_count() -> None:
    journal = journal_of(requests=1, kept_bytes=100)
    slow = arrive(journal, "/slow", b"x" * 90)
    kept = receive(journal, "/kept", b"x" * 50)
    journal.answered(slow, OK, None)
    journal.captured(slow, b"y" * 90)
    assert journal.exchanges() == [kept]
    assert size(kept) == 50


def test_streamed_responses_count_and_are_kept_in_part() -> None:
    journal = journal_of(kept_bytes=25, stream_bytes=10)
    entries = []
    for number in range(3):
        entry = arrive(journal, f"/{number}")
        journal.answered(entry, Response(200, (), iter([b""])), None)
        for piece in (b"1234567", b"89abcdef", b"more"):
            journal.captured(entry, piece)
        entries.append(entry)
    assert [entry.sent_body for entry in entries] == [b"", b"123456789a", b"123456789a"]


def test_bodies_that_handlers_make_count() -> None:
    server = HttpServer(bounds=Bounds(kept_bytes=1000))
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: "x" * 400)
    for _ in range(10):
        server.answer(Request.of("GET", "/"), MemoryReply())
    kept = [entry.sent_body for entry in server.journal.exchanges()]
    assert len(kept) == 10
    assert sum(map(len, kept)) == 800
    assert kept[-1] == b"x" * 400


def test_what_is_forgotten_keeps_no_body() -> None:
    journal = journal_of(kept_bytes=100)
    for _ in range(3):
        receive(journal, body=b"x" * 90)
        journal.clear_received()
        assert journal.exchanges() == []
    assert warnings(journal) == []


def test_a_scope_takes_its_requests_with_it() -> None:
    journal = journal_of()
    inner = Scope("inner")
    outer_entry, inner_entry = receive(journal), receive(journal, scope=inner)
    pending = arrive(journal, "/pending", scope=inner)
    inner.closed = True
    journal.close_scope(inner)
    assert journal.exchanges() == [outer_entry]
    assert inner_entry.request.path == "/"
    journal.answered(pending, OK, None)
    assert journal.exchanges() == [outer_entry]


def problem_of(exchange: Exchange) -> Problem:
    return Problem.of(failure(), exchange)


def test_problems_by_scope() -> None:
    journal = journal_of()
    inner = Scope("inner")
    entries = [arrive(journal), arrive(journal, scope=inner)]
    problems = [problem_of(entry) for entry in entries]
    for entry, problem in zip(entries, problems, strict=True):
        journal.answered(entry, OK, problem.record)
        assert entry.problem is problem.record
    assert journal.problems() == problems
    assert journal.take_problems(inner) == problems[1:]
    assert journal.problems() == problems[:1]
    assert journal.take_problems() == problems[:1]
    assert journal.take_problems() == []


def test_a_late_problem_of_a_test_that_is_over_is_nobody_elses() -> None:
    journal = journal_of()
    inner = Scope("inner")
    late = arrive(journal, scope=inner)
    inner.closed = True
    journal.close_scope(inner)
    journal.answered(late, OK, problem_of(late).record)
    journal.failed(late, problem_of(late).record)
    assert journal.problems() == []


def fail(journal: Journal, path: str = "/") -> Problem:
    exchange = arrive(journal, path)
    problem = problem_of(exchange)
    journal.answered(exchange, OK, problem.record)
    return problem


def test_problems_are_bounded_and_the_newest_are_only_logged() -> None:
    journal = journal_of()
    problems = [fail(journal) for _ in range(1000)]
    assert len(problems) == MAX_PROBLEMS
    assert warnings(journal) == []
    late = [fail(journal, "/late") for _ in range(3)]
    assert journal.problems() == problems
    skipped, unlogged = journal.take_unlogged()
    assert skipped == 0
    text = "More than 1000 problems occurred; the newest are only logged."
    assert unlogged == [late[0].exchange, text, late[1].exchange, late[2].exchange], "said once"
    assert [exchange.problem for exchange in journal.exchanges()[1000:]] == [problem.record for problem in late]
    assert journal.take_problems() == problems
    after = fail(journal)
    assert journal.problems() == [after], "there is room again"


def test_of_many_problems_only_the_text_is_kept() -> None:
    journal = journal_of()
    for _ in range(MAX_EXPLAINED):
        fail(journal)
    late = failure("HANDLER ERROR: boo\nbecause", "HANDLER ERROR: boo: because")
    journal.answered(arrive(journal), OK, late)
    *first, last = journal.problems()
    assert {type(problem.record.explanation) for problem in first} == {type(failure().explanation)}
    assert type(last.record.explanation) is ExplanationText
    assert (last.message, str(last)) == ("HANDLER ERROR: boo\nbecause", "HANDLER ERROR: boo")
    assert last.record.brief == "HANDLER ERROR: boo: because"
    journal.take_problems()
    assert type(fail(journal).record.explanation) is not ExplanationText


def test_problems_while_sending_are_bounded_too() -> None:
    journal = journal_of()
    problems = [fail(journal) for _ in range(MAX_PROBLEMS - 1)]
    sending = [receive(journal, f"/{number}") for number in range(2)]
    warnings(journal)
    late = [problem_of(exchange) for exchange in sending]
    for exchange, problem in zip(sending, late, strict=True):
        journal.failed(exchange, problem.record)
    assert journal.problems() == [*problems, late[0]]
    warning = f"More than {MAX_PROBLEMS} problems occurred; the newest are only logged."
    assert journal.take_unlogged() == (0, [*(problem.record for problem in late), warning])


@pytest.mark.parametrize("forget", ["reset", "clear_received"])
def test_the_warnings_come_again_after_forgetting(forget: str) -> None:
    journal = journal_of(requests=1)
    for _ in range(2):
        receive(journal)
        receive(journal)
        receive(journal)
        assert warnings(journal) == ["More than 1 request arrived; the oldest are forgotten (max_requests_kept)."]
        getattr(journal, forget)()


@pytest.mark.parametrize("forget", ["reset", "clear_received"])
def test_the_requests_beyond_the_bounds_are_counted(forget: str) -> None:
    journal = journal_of(requests=2)
    receive(journal)
    receive(journal)
    assert journal.forgotten_beyond_bounds() == {}
    receive(journal)
    receive(journal)
    assert journal.forgotten_beyond_bounds() == {"max_requests_kept=2": 2}
    getattr(journal, forget)()
    assert journal.forgotten_beyond_bounds() == {}


def receive_head(journal: Journal, path: str, size: int) -> Exchange:
    """A request whose target and headers have so many bytes."""
    fields = size - len(path) - len("H: \r\n")
    exchange = journal.arrive(Request.of("GET", path, {"H": "x" * fields}), "http://localhost:1", lambda: SCOPE)
    journal.answered(exchange, Response(204), None)
    return exchange


def test_large_heads_are_bounded() -> None:
    journal = journal_of(kept_bytes=4000)
    body = receive(journal, "/body", b"x" * 1000)
    entries = [receive_head(journal, f"/{number}", FREE_HEAD + 1000) for number in range(3)]
    assert journal.exchanges() == entries[1:]
    assert size(body) == 0
    assert warnings(journal) == [
        "Headers take more than half of max_bytes_kept=4000; the oldest requests are forgotten."
    ]
    assert journal.forgotten_beyond_bounds() == {"max_bytes_kept=4000": 2}
    most = 2000 - len(b"ok")
    assert size(receive(journal, "/body", b"x" * most)) == most
    journal.reset()
    most = 4000 - len(b"ok")
    assert size(receive(journal, "/body", b"x" * most)) == most, "the heads are forgotten"


def test_notices_and_remarks() -> None:
    journal = journal_of()
    for _ in range(2):
        journal.notice("line")
    for _ in range(2):
        journal.remark("line")
    journal.notice("line")
    assert journal.take_unlogged() == (0, ["line", Remark("line"), "line"])


def test_forgotten_heads_are_not_kept_for_the_log() -> None:
    journal = journal_of(kept_bytes=4000)
    journal.notice("first")
    kept = [receive_head(journal, f"/{number}", FREE_HEAD + 1000) for number in range(10)][-2:]
    skipped, entries = journal.take_unlogged()
    assert skipped == 8
    assert [entry for entry in entries if isinstance(entry, Exchange)] == kept
    assert entries[0] == "first"


def test_a_head_that_is_larger_than_the_bound_is_kept_until_the_next() -> None:
    journal = journal_of(kept_bytes=100)
    receive_head(journal, "/1", FREE_HEAD + 200)
    newest = receive_head(journal, "/2", FREE_HEAD + 200)
    assert journal.exchanges() == [newest]


def test_the_usual_heads_do_not_count() -> None:
    journal = journal_of(kept_bytes=1)
    entries = [receive_head(journal, "/", FREE_HEAD), receive_head(journal, "/", FREE_HEAD)]
    assert journal.exchanges() == entries
    assert warnings(journal) == []


def test_the_requests_beyond_the_bounds_leave_with_their_scope() -> None:
    journal = journal_of(requests=1)
    test = Scope("test")
    receive(journal)
    receive(journal, scope=test)
    receive(journal, scope=test)
    assert journal.forgotten_beyond_bounds() == {"max_requests_kept=1": 2}
    journal.close_scope(test)
    assert journal.forgotten_beyond_bounds() == {"max_requests_kept=1": 1}
    assert journal.forgotten_with_scopes == 2


def end(journal: Journal, exchange: Exchange, delivered: bool) -> None:
    exchange.ended = exchange.ended or time.perf_counter()
    exchange.delivered = delivered
    journal.sent(exchange)


@pytest.mark.parametrize("delivered", [True, False])
def test_what_was_logged_as_not_sent_yet_is_logged_again(delivered: bool) -> None:
    journal = journal_of()
    exchange = arrive(journal)
    journal.answered(exchange, OK, None)
    assert journal.take_unlogged() == (0, [exchange])
    end(journal, exchange, delivered)
    assert journal.take_unlogged() == (0, [exchange])


@pytest.mark.parametrize(("delivered", "again"), [(True, False), (False, True)])
def test_what_was_logged_as_sent_is_logged_again_if_it_was_not(delivered: bool, again: bool) -> None:
    journal = journal_of()
    exchange = arrive(journal)
    exchange.ended = time.perf_counter()
    journal.answered(exchange, OK, None)
    assert journal.take_unlogged() == (0, [exchange])
    end(journal, exchange, delivered)
    assert journal.take_unlogged() == (0, [exchange] * again)


def test_what_was_not_logged_before_the_end_is_logged_once() -> None:
    journal = journal_of()
    exchange = arrive(journal)
    journal.answered(exchange, OK, None)
    end(journal, exchange, False)
    assert journal.take_unlogged() == (0, [exchange])


def test_what_ends_after_its_test_is_not_logged_again() -> None:
    journal, test = journal_of(), Scope("test 'A'")
    exchange = arrive(journal, scope=test)
    journal.answered(exchange, OK, None)
    assert journal.take_unlogged() == (0, [exchange])
    test.closed = True
    end(journal, exchange, False)
    assert journal.take_unlogged() == (0, [])


def test_a_reset_while_a_request_is_in_flight_drops_its_later_problem() -> None:
    journal = journal_of()
    answered_later, failed_later = arrive(journal, "/answered"), arrive(journal, "/failed")
    journal.answered(failed_later, OK, None)
    journal.reset()
    assert journal.take_unlogged() == (0, [failed_later])
    problems = [problem_of(answered_later), problem_of(failed_later)]
    journal.answered(answered_later, OK, problems[0].record)
    journal.failed(failed_later, problems[1].record)
    assert journal.problems() == []
    assert journal.exchanges() == []
    # It is still logged, with what went wrong.
    assert journal.take_unlogged() == (0, [answered_later, problems[1].record])
    assert [answered_later.problem, failed_later.problem] == [problem.record for problem in problems]
    after = fail(journal)
    assert (journal.problems(), journal.exchanges()) == ([after], [after.exchange])


def test_a_reset_that_keeps_problems_keeps_those_of_requests_in_flight() -> None:
    journal = journal_of()
    before = fail(journal)
    later = arrive(journal, "/later")
    journal.reset(keep_problems=True)
    assert (journal.problems(), journal.arrived()) == ([before], [])
    problem = problem_of(later)
    journal.answered(later, OK, problem.record)
    assert (journal.problems(), journal.exchanges()) == ([before, problem], [])


def test_requests_are_numbered_in_the_order_of_arrival() -> None:
    journal = journal_of()
    first, second = arrive(journal, "/first"), arrive(journal, "/second")
    journal.reset()
    third = arrive(journal, "/third")
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert [journal.holds(entry) for entry in (first, second, third)] == [False, False, True]


def test_a_reset_by_the_test_while_a_handler_runs(server: HttpServer) -> None:
    def handler(request: object) -> str:
        server.reset()
        raise ValueError("boo")

    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(handler)
    (response,) = responses_to(server, Request.of("GET", "/"))
    assert response.status == 500
    assert (server.journal.problems(), server.journal.exchanges()) == ([], [])
    _, (logged,) = server.journal.take_unlogged()
    assert isinstance(logged, Exchange)
    assert logged.problem is not None
    assert logged.problem.kind == "HANDLER ERROR"


def test_clearing_the_received_keeps_a_request_in_flight() -> None:
    journal = journal_of(kept_bytes=100)
    before = receive(journal, "/before", b"x" * 60)
    pending = arrive(journal, "/pending", b"x" * 60)
    journal.clear_received()
    assert journal.exchanges() == []
    assert (before.forgotten, pending.forgotten) == (True, False)
    problem = problem_of(pending)
    journal.answered(pending, OK, problem.record)
    assert journal.exchanges() == [pending]
    assert journal.problems() == [problem]
    assert size(pending) == 60, "what was cleared does not count"
    assert warnings(journal) == []


def test_clearing_the_received_keeps_their_problems() -> None:
    journal = journal_of()
    problem = fail(journal)
    journal.clear_received()
    assert (journal.exchanges(), journal.problems()) == ([], [problem])
    assert problem.request.path == "/"


def test_bodies_beyond_the_bound_are_let_go_although_a_problem_holds_the_exchange() -> None:
    journal = journal_of(requests=1)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    exchange = journal.arrive(Request.of("POST", "/first", form, b"a=1"), "http://localhost:1", lambda: SCOPE)
    problem = problem_of(exchange)
    journal.answered(exchange, Response(500, (("X", "1"),), b"what went wrong"), problem.record)
    assert (problem.request.form, exchange.sent_body) == ({"a": "1"}, b"what went wrong")
    next_one = receive(journal, "/next")
    assert journal.exchanges() == [next_one]
    assert journal.problems() == [problem]
    assert problem.exchange is exchange
    received = problem.request
    assert (received.data, received.text, received.form) == (b"", "", {})
    assert received.response is not None
    assert (received.response.status, received.response.headers["x"]) == (500, "1")
    assert (received.response.data, exchange.sent_body) == (b"", b"")
    assert str(received) == "POST /first"


def test_the_kept_part_of_a_stream_beyond_the_bound_is_let_go() -> None:
    journal = journal_of(requests=1)
    exchange = arrive(journal)
    journal.answered(exchange, Response(200, (), iter([b""])), None)
    journal.captured(exchange, b"begin")
    problem = problem_of(exchange)
    journal.failed(exchange, problem.record)
    assert exchange.sent_body == b"begin"
    receive(journal, "/next")
    assert journal.problems() == [problem]
    assert problem.exchange.sent_body == b""
    journal.captured(exchange, b"end")
    assert problem.exchange.sent_body == b"", "what follows is not the beginning"


def test_unlogged() -> None:
    journal = journal_of()
    assert journal.take_unlogged() == (0, [])
    entries = [receive(journal) for _ in range(MAX_UNLOGGED + 5)]
    assert journal.take_unlogged() == (5, entries[5:])
    assert journal.take_unlogged() == (0, [])


@pytest.mark.parametrize("event", ["answered", "failed", "sent"])
def test_wait_reacts_to_events(event: str) -> None:
    journal = journal_of()
    exchange = arrive(journal)
    if event != "answered":
        journal.answered(exchange, OK, None)
    happened = threading.Event()

    def change() -> None:
        happened.set()
        if event == "answered":
            journal.answered(exchange, OK, None)
        elif event == "failed":
            journal.failed(exchange, problem_of(exchange).record)
        else:
            journal.sent(exchange)

    thread = threading.Thread(target=change)

    def check() -> bool | None:
        if happened.is_set():
            return True
        if not thread.is_alive():
            # Between this look and the wait, or during the wait: it must be heard in both.
            thread.start()
        return None

    begin = time.monotonic()
    # Without the event the wait would last until its limit.
    assert journal.wait(check, 2 * LONG)
    assert time.monotonic() - begin < LONG
    thread.join()


def test_wait_looks_before_it_waits() -> None:
    assert journal_of().wait(lambda: "there", 0) == "there"


def test_anything_but_none_ends_the_wait() -> None:
    assert journal_of().wait(list, 60) == []


@pytest.mark.parametrize("timeout", [0, 0.05, -1])
def test_wait_obeys_its_limit_and_raises_nothing(timeout: float) -> None:
    begin = time.monotonic()
    assert journal_of().wait(lambda: None, timeout) is None
    assert max(timeout, 0) <= time.monotonic() - begin < 60


def test_wait_obeys_its_limit_under_steady_traffic() -> None:
    journal = journal_of()
    deadline = time.monotonic() + 60

    def check() -> str | None:
        receive(journal)
        return "the limit was passed" if time.monotonic() > deadline else None

    assert journal.wait(check, 0.05) is None


def test_a_wait_for_many_changes_looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request is two changes: it is answered, and its response is sent. So each look halves what is missing.

    A change that comes while it looks makes it look again.
    """
    monkeypatch.setattr(waiters, "MAX_SLICE", LONG)
    journal = journal_of()
    looks: list[int] = []
    looked = threading.Semaphore(0)

    def check() -> str | None:
        looks.append(len(journal.exchanges()))
        looked.release()
        return "there" if looks[-1] == 1000 else None

    def serve() -> None:
        assert looked.acquire(timeout=LONG)
        for _ in range(1000):
            receive(journal)

    thread = threading.Thread(target=serve)
    thread.start()
    assert journal.wait(check, LONG, lambda: 1000 - looks[-1]) == "there"
    thread.join()
    assert looks[-1] == 1000
    assert len(looks) < 500


@pytest.mark.parametrize("happens", ["answered", "failed"])
def test_a_problem_ends_a_wait_for_many_changes(happens: str) -> None:
    journal = journal_of()
    exchange = arrive(journal)
    problem = problem_of(exchange).record
    thread = threading.Thread(
        target=lambda: (
            journal.answered(exchange, OK, problem) if happens == "answered" else journal.failed(exchange, problem)
        )
    )

    def check() -> list[Problem] | None:
        found = journal.problems()
        if not found and not thread.is_alive():
            thread.start()
        return found or None

    assert journal.wait(check, 2 * LONG, lambda: 1000)
    thread.join()


def test_a_wait_for_many_changes_sees_what_was_removed() -> None:
    looks: list[None] = []

    def check() -> str | None:
        looks.append(None)
        return "removed" if len(looks) > 1 else None

    assert journal_of().wait(check, LONG, lambda: 1000) == "removed"


def test_what_arrived_since() -> None:
    journal = journal_of()
    first, second, third = (arrive(journal, path) for path in ("/1", "/2", "/3"))
    assert journal.arrived_since(0) == [first, second, third]
    assert journal.arrived_since(first.number) == [second, third]
    assert journal.arrived_since(third.number) == []


def test_wait_is_sliced() -> None:
    """Windows delivers a test timeout between byte codes only, so no wait may be long.

    An exception that another thread sets arrives like that on every system.
    """

    class TimeoutExceeded(Exception):
        """What Robot Framework does when a test takes too long."""

    for _ in range(5):
        waits = threading.Event()
        stopped: list[float] = []

        def wait(waits: threading.Event, stopped: list[float]) -> None:
            try:
                journal_of().wait(waits.set, LONG)
            except TimeoutExceeded:
                stopped.append(time.monotonic())

        thread = threading.Thread(target=wait, args=(waits, stopped))
        thread.start()
        assert waits.wait(LONG)
        begin = time.monotonic()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeoutExceeded))
        thread.join()
        assert stopped
        assert stopped[0] - begin < LONG / 4


def test_several_can_wait() -> None:
    journal = journal_of()
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(journal.wait(lambda: journal.exchanges() or None, 60)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    exchange = receive(journal)
    for thread in threads:
        thread.join()
    assert results == [[exchange]] * 3


def test_what_the_check_raises_comes_out() -> None:
    def check() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        journal_of().wait(check, 60)


def test_a_problem_after_its_request_was_logged_is_logged_by_itself() -> None:
    journal = Journal(InterruptSafeLock())
    exchange = arrive(journal)
    journal.answered(exchange, OK, None)
    assert journal.take_unlogged() == (0, [exchange])
    problem = problem_of(exchange)
    journal.failed(exchange, problem.record)
    assert journal.take_unlogged() == (0, [problem.record])


def test_a_problem_before_its_request_is_logged_is_logged_with_it() -> None:
    journal = Journal(InterruptSafeLock())
    exchange = arrive(journal)
    journal.answered(exchange, OK, None)
    journal.failed(exchange, problem_of(exchange).record)
    assert journal.take_unlogged() == (0, [exchange])


def test_a_stream_is_one_body_however_many_pieces_it_has() -> None:
    journal = Journal(InterruptSafeLock())
    exchange = arrive(journal)
    journal.answered(exchange, Response(200, (), iter([b""])), None)
    journal.captured(exchange, b"a")
    references = sys.getrefcount(exchange)
    for piece in (b"", b"b"):
        journal.captured(exchange, piece)
    assert sys.getrefcount(exchange) == references, "a long stream must not fill the journal"
    assert (exchange.sent_body, exchange.body_bytes) == (b"ab", 2)


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
