"""Why a check or a wait fails, word for word, and all problems in a message of a bounded length."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining import checks
from HttpServerLibrary.engine.explaining.checks import Audience
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import UNMASKED
from HttpServerLibrary.engine.problem import ProblemRecord
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import (
    Ask,
    AssertText,
    assert_fits_a_log,
    expect,
    failure,
    line_after,
    lines_from,
    rows,
)
from utest.replies import MemoryReply

NOBODY = Audience("the server", UNMASKED)


def not_received(server: HttpServer, description: RequestDescription, matching: list[Exchange] | None = None) -> str:
    received = server.journal.exchanges()
    return checks.not_received(description, "Expected 1 request", matching or [], received, server.audience)


def unmet(server: HttpServer, within: float | None = None) -> str:
    return checks.unmet(server.book.unmet(), server.journal.exchanges(), server.audience, within)


def problems(server: HttpServer, *more: ProblemRecord) -> str:
    return checks.problems([*(problem.record for problem in server.journal.problems()), *more], str(server))


def test_nothing_was_received(server: HttpServer, assert_text: AssertText) -> None:
    description = RequestDescription("/orders", method="POST", json={"a": 1})
    assert_text(not_received(server, description), "explaining/nothing_received")


def test_not_received(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    for number in range(8):
        ask(Request.of("GET", f"/{number}"))
    ask(Request.of("POST", "/orders", {}, b'{"a": 2}'))
    ask(Request.of("GET", "/last"))
    description = RequestDescription("/orders", method="POST", json={"a": 1})
    assert_text(not_received(server, description), "explaining/not_received")


def test_a_request_that_matched_is_not_said_to_differ(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    description = RequestDescription("/x", matcher=lambda request: True)
    text = not_received(server, description, server.journal.exchanges())
    assert text.split("\n")[2:] == ["Received requests, newest first:", "  GET /x (answered 500)"]


def test_equal_requests_in_a_row_are_one_line(server: HttpServer, ask: Ask) -> None:
    for path in ("/poll", "/poll", "/x", "/poll", "/poll", "/poll"):
        ask(Request.of("GET", path))
    text = not_received(server, RequestDescription("/orders"), server.journal.exchanges())
    assert lines_from(text, "Received requests")[1:] == [
        "  GET /poll (answered 500) (3 times)",
        "  GET /x (answered 500)",
        "  GET /poll (answered 500) (2 times)",
    ]


def test_the_nearest_of_many_received(server: HttpServer, ask: Ask) -> None:
    """Not only of the newest."""
    ask(Request.of("POST", "/orders", {}, b'{"a": 2}'))
    for number in range(100):
        ask(Request.of("GET", f"/{number}"))
    text = not_received(server, RequestDescription("/orders", method="POST", json={"a": 1}))
    assert line_after(text, "Nearest") == "  POST /orders (answered 500)"
    assert line_after(text, "  POST") == "    json $.a: expected 1, received 2"


def test_too_many_received(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    ask(Request.of("GET", "/x?a=1"))
    ask(Request.of("POST", "/x?a=2", {"X-Trace": "7"}, b"a\nb"))
    text = checks.too_many_received(
        RequestDescription("/x"), "Expected no request", server.journal.exchanges(), server.audience, ["A note."]
    )
    assert_text(text, "explaining/too_many_received")


def test_unmet(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/x", Kind.ONESHOT)
    assert_text(unmet(server), "explaining/unmet")
    for _ in range(12):
        expect(server, "/y", times=2)
    ask(Request.of("GET", "/z"))
    assert_text(unmet(server, within=0.5), "explaining/many_unmet")


def test_a_request_that_matches_was_taken_by_another(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/x", method="GET")
    ask(Request.of("GET", "/x"))
    expect(server, "/x", Kind.ONESHOT)
    assert_text(unmet(server), "explaining/unmet_as_another_took_it")


def test_other_kinds_go_first(server: HttpServer, ask: Ask) -> None:
    expect(server, "/x", times=2)
    expect(server, "/x", Kind.ONESHOT)
    ask(Request.of("GET", "/x"))
    assert line_after(unmet(server), "  GET /x") == (
        "    it matches, but this expectation took it: oneshot /x (oneshot expectations go first)"
    )


def test_a_request_that_matches_arrived_before_its_expectation(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    expect(server, "/x", Kind.ONESHOT)
    assert line_after(unmet(server), "  GET /x") == "    it matches, but no expectation took it when it arrived"


def test_a_request_that_matches_broke_the_order_or_came_after_that(server: HttpServer, ask: Ask) -> None:
    expect(server, "/first", Kind.ORDERED)
    expect(server, "/x", Kind.ORDERED)
    ask(Request.of("GET", "/x"))
    ask(Request.of("GET", "/first"))
    text = not_received(server, RequestDescription("/x"))
    assert line_after(text, "  GET /x") == "    it matches, but it arrived out of order"
    text = not_received(server, RequestDescription("/first"))
    assert line_after(text, "  GET /first") == (
        "    it matches, but it was refused, as an earlier request broke the order"
    )


def test_a_request_that_matches_and_made_a_matcher_fail(server: HttpServer, ask: Ask) -> None:
    def broken(request: object) -> bool:
        raise ValueError("boo")

    expect(server, "/x", matcher=broken)
    ask(Request.of("GET", "/x"))
    assert "MATCHER ERROR: GET /x: " in line_after(not_received(server, RequestDescription("/x")), "  GET /x")


def test_responses_that_were_not_sent(server: HttpServer, assert_text: AssertText) -> None:
    """A response counts as sent once its reply returns, so it is asked while the reply is being made."""
    expect(server, "/x", Kind.ONESHOT)
    expect(server, "/y", Kind.ONESHOT).responder = delayed(respond_data("late"), 3)
    texts: list[str] = []

    def told(within: float) -> str:
        return checks.not_sent(server.book.expectations(), server.journal.exchanges(), server.audience, within)

    def first(response: object) -> bool:
        texts.append(told(5))
        server.answer(Request.of("GET", "/y"), MemoryReply(second))
        return True

    def second(response: object) -> bool:
        texts.append(told(1))
        return True

    server.answer(Request.of("GET", "/x"), MemoryReply(first))
    assert_text(texts[0], "explaining/one_not_sent")
    assert_text(texts[1], "explaining/several_not_sent")


def test_requests_of_tests_that_have_ended_do_not_count(server: HttpServer, ask: Ask) -> None:
    server.open_scope(Scope("test 'A'"))
    ask(Request.of("GET", "/a"))
    server.close_scope()

    def told(forgotten: int, nothing_received: bool = True) -> list[str]:
        return checks.not_listed((), forgotten, (), NOBODY, nothing_received=nothing_received)

    assert told(server.journal.forgotten_with_scopes) == [
        "1 earlier request belongs to tests that have ended and does not count."
    ]
    assert told(28) == ["28 earlier requests belong to tests that have ended and do not count."]
    assert told(28, nothing_received=False) == [], "what was received says more"
    assert told(0) == []


def test_requests_that_are_being_answered_do_not_count(server: HttpServer) -> None:
    for path in ("/slow?a=1", "/slow?a=2"):
        server.journal.arrive(Request.of("GET", path), server.url, server.book.innermost)
    assert server.journal.exchanges() == []
    assert checks.not_listed(server.journal.pending(), 0, (), NOBODY, nothing_received=True) == [
        "Not counted, because still being answered: GET /slow?a=1, GET /slow?a=2."
    ]


def test_another_server_received_such_a_request(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("POST", "/pay"))
    received = server.newest_like(RequestDescription("/pay", method="POST"))
    assert received is not None
    elsewhere = [(str(server), received)] * 3
    line = "Server 'http-1' at http://localhost:0 received such a request: POST /pay (answered 500)."
    assert checks.not_listed((), 0, elsewhere, NOBODY, nothing_received=False) == [line, line], "not of all servers"


@pytest.mark.parametrize(
    ("forgotten", "lines"),
    [
        ({}, []),
        ({"max_requests_kept=3": 1}, ["Forgotten because of max_requests_kept=3: 1 request."]),
        ({"max_bytes_kept=9": 2}, ["Forgotten because of max_bytes_kept=9: 2 requests."]),
    ],
)
def test_requests_beyond_the_bounds_are_mentioned(forgotten: dict[str, int], lines: list[str]) -> None:
    assert checks.forgotten_beyond_bounds(forgotten) == lines


def test_notes_come_last(server: HttpServer) -> None:
    text = checks.not_received(RequestDescription("/a"), "Expected 1 request", (), (), NOBODY, ["One.", "Two."])
    assert text.split("\n")[-2:] == ["One.", "Two."]
    expect(server, "/x", Kind.ONESHOT)
    assert checks.unmet(server.book.unmet(), (), NOBODY, notes=["One."]).split("\n")[-1] == "One."


def test_expectations_as_a_list(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    assert_text(checks.matchers(server.book.by_kind(), str(server)), "explaining/no_matchers")
    expect(server, "/x", times=3, method="GET")
    expect(server).responder = None
    expect(server, "/y", Kind.ONESHOT).responder = None
    ask(Request.of("GET", "/x"))
    assert_text(checks.matchers(server.book.by_kind(), str(server)), "explaining/matchers")


def test_several_problems(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    """Each with its reason; equal ones are one line."""
    expect(server, "/stock", query={"item": "7"})
    ask(Request.of("GET", "/health"))
    for _ in range(3):
        ask(Request.of("GET", "/stock?item=8"))
    ask(Request.of("GET", "/stock"))
    assert_text(problems(server), "explaining/several_problems")


def test_one_problem(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    assert problems(server) == f"1 problem on {server}:\n{problem.message}"


def test_equal_problems_and_no_other(server: HttpServer, ask: Ask) -> None:
    for _ in range(60):
        ask(Request.of("GET", "/poll"))
    assert problems(server).split("\n")[:2] == [f"60 problems on {server}:", "UNEXPECTED REQUEST: GET /poll (60 times)"]
    assert "Then:" not in problems(server)


@pytest.mark.parametrize("count", [2, 10, 25, 200])
def test_the_first_problem_in_full_then_a_line_each_then_how_many_more(
    server: HttpServer, ask: Ask, count: int
) -> None:
    for number in range(20):
        expect(server, "/a", headers={"X": number})
    for number in range(count):
        ask(Request.of("GET", f"/{number}", {}, b"a\nb\nc\nd"))
    found = server.journal.problems()
    first = found[0].message.split("\n")
    text = problems(server)
    assert_fits_a_log(text)
    lines = text.split("\n")
    assert lines[0] == f"{count} problems on {server}:"
    if count <= 10:
        assert lines[1 : 1 + len(first)] == first
    rest = lines_from(text, "Then:")[1:]
    told = [line.strip() for line in rest if "UNEXPECTED REQUEST" in line]
    assert told == [problem.record.brief for problem in found[1 : 1 + len(told)]]
    if len(told) < count - 1:
        assert rest[-1] == f"  ... and {count - 1 - len(told)} more problems"
        assert rows([*lines, told[-1]]) > 40, "as many as there is room for"


def test_a_first_problem_that_is_long_leaves_room_for_the_others() -> None:
    long = failure("\n".join(f"line {number}" for number in range(100)))
    text = checks.problems([long, *(failure(f"another {number}") for number in range(30))], "the server")
    assert_fits_a_log(text)
    assert "line 20" in text
    assert "  another 9" in text
    assert text.split("\n")[-1].endswith("more problems")


def test_a_problem_that_is_one_very_long_line_is_cut() -> None:
    text = checks.problems([failure("short"), failure("z" * 1000)], "the server")
    assert text.split("\n")[-1] == f"  {'z' * 312}..."


def test_a_long_path_is_cut_once(server: HttpServer, ask: Ask) -> None:
    for target in ("/x", f"/{'y' * 300}", f"/{'y' * 300}?a=1"):
        ask(Request.of("GET", target))
    start = f"  UNEXPECTED REQUEST: GET /{'y' * 195}"
    assert [line.partition(": Server")[0] for line in lines_from(problems(server), "Then:")[1:]] == [
        f"{start}... (305 characters)",
        f"{start}... (309 characters)",
    ]


def test_problems_take_no_more_lines_than_there_are_left() -> None:
    found = [failure("\n".join("abcdefghij")), *map(failure, "klmnopq")]
    assert checks.problems(found, "the server", 8).split("\n") == [
        "8 problems on the server:",
        "a",
        "b",
        "c",
        "d",
        "... and 6 more lines",
        "Then:",
        "  ... and 7 more problems",
    ]
