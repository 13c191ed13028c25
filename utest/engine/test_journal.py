"""The journal: order of arrival, bounds, scopes, waiting."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from HttpServerLibrary.engine.expectations import Kind
from HttpServerLibrary.engine.journal import UNLOGGED_KEPT, Journal
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.received import Problem, ReceivedRequest
from HttpServerLibrary.engine.request import Request
from HttpServerLibrary.engine.response import Response
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer

SCOPE = Scope("a test")
OK = Response(200, (), b"ok")


def journal(**bounds: int) -> Journal:
    return Journal(threading.Lock(), **bounds)


def arrive(journal: Journal, path: str = "/", body: bytes = b"", scope: Scope = SCOPE) -> ReceivedRequest:
    return journal.arrive(Request.of("POST", path, {}, body), "http://localhost:1", lambda: scope)


def receive(journal: Journal, path: str = "/", body: bytes = b"", scope: Scope = SCOPE) -> ReceivedRequest:
    received = arrive(journal, path, body, scope)
    journal.answered(received, OK, None)
    journal.sent(received)
    return received


def warnings(journal: Journal) -> list[str]:
    return [entry for entry in journal.take_unlogged()[1] if isinstance(entry, str)]


def test_order_of_arrival_even_when_answered_out_of_order() -> None:
    book = journal()
    first, second, third = (arrive(book, path) for path in ("/1", "/2", "/3"))
    assert book.received() == []
    book.answered(third, OK, None)
    book.answered(first, OK, None)
    assert book.received() == [first, third]
    book.answered(second, OK, None)
    assert book.received() == [first, second, third]


def test_the_oldest_requests_go_first() -> None:
    book = journal(requests=3)
    entries = [receive(book, f"/{number}") for number in range(5)]
    assert book.received() == entries[2:]
    assert warnings(book) == ["More than 3 requests came; the oldest are forgotten."]
    receive(book)
    assert warnings(book) == [], "said once"


def test_the_oldest_bodies_go_before_requests() -> None:
    book = journal(body_bytes=100)
    entries = [receive(book, f"/{number}", b"x" * 40) for number in range(4)]
    assert book.received() == entries
    assert [len(entry.data) for entry in entries] == [0, 0, 40, 40]
    assert warnings(book) == ["More than 100 bytes of bodies came; the oldest bodies are forgotten."]


def test_a_body_that_is_too_large_alone_is_not_kept() -> None:
    book = journal(body_bytes=100)
    small = receive(book, "/small", b"x" * 10)
    large = receive(book, "/large", b"x" * 101)
    assert (small.data, large.data) == (b"", b"")
    assert len(receive(book, "/next", b"x" * 90).data) == 90


def test_bodies_of_forgotten_requests_do_not_count() -> None:
    book = journal(requests=2, body_bytes=100)
    entries = [receive(book, f"/{number}", b"x" * 40) for number in range(10)]
    assert [len(entry.data) for entry in book.received()] == [40, 40]
    assert book.received() == entries[-2:]
    assert warnings(book) == ["More than 2 requests came; the oldest are forgotten."]


def test_a_request_answered_after_it_was_forgotten_does_not_count() -> None:
    book = journal(requests=1, body_bytes=100)
    slow = arrive(book, "/slow", b"x" * 90)
    kept = receive(book, "/kept", b"x" * 50)
    book.answered(slow, OK, None)
    book.captured(slow, b"y" * 90)
    assert book.received() == [kept]
    assert len(kept.data) == 50


def test_streamed_responses_count_and_are_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("HttpServerLibrary.engine.journal.STREAM_KEPT", 10)
    book = journal(body_bytes=25)
    entries = []
    for number in range(3):
        entry = arrive(book, f"/{number}")
        book.answered(entry, Response(200, (), iter([b""])), None)
        for piece in (b"1234567", b"89abcdef", b"more"):
            book.captured(entry, piece)
        entries.append(entry)
    assert [entry.response and entry.response.data for entry in entries] == [b"", b"123456789a", b"123456789a"]


def test_bodies_that_handlers_make_count(server: HttpServer) -> None:
    server.journal = journal(body_bytes=1000)
    server.book.register(Kind.PERMANENT, RequestDescription()).responder = Handler(lambda request: "x" * 400)
    for _ in range(10):
        server.answer(Request.of("GET", "/"), lambda response: True)
    kept = [entry.response.data for entry in server.journal.received() if entry.response is not None]
    assert len(kept) == 10
    assert sum(map(len, kept)) == 800
    assert kept[-1] == b"x" * 400


def test_what_is_forgotten_keeps_no_body() -> None:
    book = journal(body_bytes=100)
    for _ in range(3):
        receive(book, body=b"x" * 90)
        book.clear_received()
        assert book.received() == []
    assert warnings(book) == []


def test_a_scope_takes_its_requests_with_it() -> None:
    book = journal()
    inner = Scope("inner")
    outer_entry, inner_entry = receive(book), receive(book, scope=inner)
    pending = arrive(book, "/pending", scope=inner)
    inner.closed = True
    book.close_scope(inner)
    assert book.received() == [outer_entry]
    assert inner_entry.path == "/"
    book.answered(pending, OK, None)
    assert book.received() == [outer_entry]


def problem_of(received: ReceivedRequest) -> Problem:
    return Problem("HANDLER ERROR", "HANDLER ERROR: boo", received)


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


def test_unlogged() -> None:
    book = journal()
    assert book.take_unlogged() == (0, [])
    entries = [receive(book) for _ in range(UNLOGGED_KEPT + 5)]
    assert book.take_unlogged() == (5, entries[5:])
    assert book.take_unlogged() == (0, [])


@pytest.mark.parametrize("event", ["answered", "failed", "sent"])
def test_wait_reacts_to_events(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A slice longer than the test may take: only the event can end the wait in time.
    monkeypatch.setattr("HttpServerLibrary.engine.journal._SLICE", 60.0)
    book = journal()
    received = arrive(book)
    if event != "answered":
        book.answered(received, OK, None)
    happened = threading.Event()

    def change() -> None:
        happened.set()
        if event == "answered":
            book.answered(received, OK, None)
        elif event == "failed":
            book.failed(received, problem_of(received))
        else:
            book.sent(received)

    thread = threading.Thread(target=change)

    def check() -> bool | None:
        if happened.is_set():
            return True
        if not thread.is_alive():
            # Between this look and the wait, or during the wait: it must be heard in both.
            thread.start()
        return None

    begin = time.monotonic()
    assert book.wait(check, 30)
    assert time.monotonic() - begin < 20
    thread.join()


def test_wait_looks_before_it_waits() -> None:
    assert journal().wait(lambda: "there", 0) == "there"


def test_anything_but_none_ends_the_wait() -> None:
    assert journal().wait(list, 60) == []


@pytest.mark.parametrize("timeout", [0, 0.05, -1])
def test_wait_obeys_its_limit_and_raises_nothing(timeout: float) -> None:
    begin = time.monotonic()
    assert journal().wait(lambda: None, timeout) is None
    assert max(timeout, 0) <= time.monotonic() - begin < 10


def test_wait_obeys_its_limit_under_steady_traffic() -> None:
    book = journal()
    deadline = time.monotonic() + 10

    def check() -> str | None:
        receive(book)
        return "the limit was passed" if time.monotonic() > deadline else None

    assert book.wait(check, 0.05) is None


def test_wait_is_sliced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows delivers a test timeout between byte codes only, so no wait may be long."""
    slices: list[float] = []

    class Lock:
        def __init__(self) -> None:
            self._lock = threading.Lock()
            self.release = self._lock.release

        def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
            if self._lock.locked():
                slices.append(timeout)
            return self._lock.acquire(blocking, timeout)

    book = journal()
    monkeypatch.setattr("HttpServerLibrary.engine.journal.threading", SimpleNamespace(Lock=Lock))
    assert book.wait(lambda: None, 0.25) is None
    assert len(slices) >= 3
    assert all(0 <= piece <= 0.1 for piece in slices)


def test_several_can_wait() -> None:
    book = journal()
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(book.wait(lambda: book.received() or None, 60)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    received = receive(book)
    for thread in threads:
        thread.join()
    assert results == [[received]] * 3


def test_what_the_check_raises_comes_out() -> None:
    def check() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        journal().wait(check, 60)
