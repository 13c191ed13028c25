"""Responses one after the other: which one is due, and how many requests an expectation takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.expectations.turns import HeldRequest, Turn, Turns
from HttpServerLibrary.engine.explaining import checks
from HttpServerLibrary.engine.explaining.lines import outcome_line
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, responses_to
from utest.replies import MemoryReply

GET = Request.of("GET", "/x")

_NEVER = (
    "This response would never be used: the expectation takes 1 request, and the responses before it answer all of "
    "them."
)


def turn(text: str, times: int | None = None, **changes: Any) -> Turn:
    return Turn(respond_data(text), times, changes)


def register(server: HttpServer, *turns: Turn, kind: Kind = Kind.PERMANENT, times: int | None = None) -> Expectation:
    expectation = server.book.register(kind, RequestDescription("/x"), times)
    for each in turns:
        server.give(expectation, each)
    return expectation


def answers(server: HttpServer, number: int) -> list[str]:
    """What so many requests get: the text of the response, or the status of a failure."""
    sent = responses_to(server, *[GET] * number)
    return [each.body.decode() if each.status == 200 else str(each.status) for each in sent]


def test_one_response_after_the_other(server: HttpServer) -> None:
    register(server, turn("a", 2), turn("b", 1), turn("c"))
    assert answers(server, 5) == ["a", "a", "b", "c", "c"]


def test_responses_that_are_used_up_use_the_expectation_up(server: HttpServer) -> None:
    expectation = register(server, turn("a", 2), turn("b", 1))
    assert (expectation.times, expectation.usage, expectation.used_up) == (3, "used 0 of 3", False)
    assert answers(server, 4) == ["a", "a", "b", "500"]
    assert (expectation.times, expectation.usage, expectation.used_up) == (3, "used 3 of 3", True)
    (problem,) = server.journal.problems()
    assert problem.kind == "UNEXPECTED REQUEST"
    _, nearest, note, advice = problem.message.split("\n")
    assert nearest == "Nearest expectation: permanent /x (used 3 of 3)"
    assert note.startswith("  it matches, but 3 requests already used it (the last: GET /x at ")
    assert advice == (
        "If one more request is right, give it one more response, or leave out the times of the last one."
    )


def test_an_expectation_counts_while_all_its_responses_do(server: HttpServer) -> None:
    expectation = register(server, turn("a", 2))
    assert (server.book.unmet(), server.book.unsent()) == ([expectation], 2)
    answers(server, 1)
    server.give(expectation, turn("b"))
    assert (expectation.times, server.book.unmet(), server.book.unsent()) == (None, [], 0)
    assert answers(server, 3) == ["a", "b", "b"]


def test_the_list_of_expectations_says_what_becomes_of_the_next_request(server: HttpServer) -> None:
    def line() -> str:
        return checks.matchers(server.book.by_kind(), "here").split("\n")[-1].strip()

    expectation = register(server, times=3)
    assert line() == "/x (used 0 of 3, no response given)"
    server.give(expectation, turn("a", 1))
    assert line() == "/x (used 0 of 3)"
    answers(server, 1)
    assert line() == "/x (used 1 of 3, its responses are used up)"
    server.give(expectation, turn("b", 2))
    answers(server, 2)
    assert line() == "/x (used 3 of 3)"


def test_requests_before_the_first_response_do_not_use_it_up(server: HttpServer) -> None:
    expectation = register(server)
    assert answers(server, 2) == ["500", "500"]
    server.give(expectation, turn("a", 2))
    assert expectation.usage == "used 2 of 4"
    assert answers(server, 3) == ["a", "a", "500"]


def test_a_response_without_times_is_replaced(server: HttpServer) -> None:
    expectation = register(server, turn("a", 1), turn("b"))
    replaced = server.give(expectation, turn("c"))
    assert replaced is not None
    assert replaced.responder.respond(None).body == b"b"  # type: ignore[arg-type]
    assert answers(server, 3) == ["a", "c", "c"]
    assert server.give(expectation, turn("d", 1)) is None
    assert answers(server, 1) == ["d"]
    assert expectation.used_up


def test_a_response_that_only_head_used_was_used(server: HttpServer) -> None:
    expectation = server.book.register(Kind.PERMANENT, RequestDescription("/x", method="GET"))
    server.give(expectation, turn("a"))
    responses_to(server, Request.of("HEAD", "/x"))
    assert server.give(expectation, turn("b")) is None


@pytest.mark.parametrize(
    ("kind", "times", "given", "message"),
    [
        (Kind.ONESHOT, None, [2], "times: 2 is too many: the expectation takes 1 request."),
        (Kind.ORDERED, None, [2], "times: 2 is too many: the expectation takes 1 request."),
        (Kind.PERMANENT, 3, [4], "times: 4 is too many: the expectation takes 3 requests."),
        (
            Kind.ONESHOT,
            None,
            [1, None],
            _NEVER,
        ),
        (
            Kind.PERMANENT,
            3,
            [2, 2],
            "times: 2 is too many: the expectation takes 3 requests, and the responses before it answer 2 of them.",
        ),
    ],
)
def test_more_responses_than_requests(
    server: HttpServer, kind: Kind, times: int | None, given: list[int | None], message: str
) -> None:
    expectation = register(server, kind=kind, times=times)
    *fitting, last = [turn(str(number), number_of) for number, number_of in enumerate(given)]
    for each in fitting:
        server.give(expectation, each)
    before = expectation.usage
    with pytest.raises(UsageError) as caught:
        server.give(expectation, last)
    assert str(caught.value) == message
    assert expectation.usage == before
    assert answers(server, 1) == ["0" if fitting else "500"]


def test_more_responses_than_requests_are_left(server: HttpServer) -> None:
    expectation = register(server, turn("a", 1), times=3)
    answers(server, 2)
    with pytest.raises(UsageError) as caught:
        server.give(expectation, turn("b", 2))
    assert str(caught.value) == "times: 2 is too many: the expectation takes 3 requests, 1 more."
    server.give(expectation, turn("b", 1))
    assert answers(server, 1) == ["b"]


@pytest.mark.parametrize("times", [0, -1])
def test_times_below_one(times: int) -> None:
    with pytest.raises(UsageError) as caught:
        turn("a", times)
    assert str(caught.value) == f"times: a number of 1 or more is needed, not {times}."


def test_responses_for_fewer_requests_than_the_expectation_takes(server: HttpServer, ask: Ask) -> None:
    register(server, turn("a", 1), turn("b", 1), times=3)
    assert answers(server, 2) == ["a", "b"]
    _, text = ask(GET)
    assert text == (
        "NO RESPONSE: GET /x matched an expectation whose responses are used up: permanent /x\n"
        "Its responses answer 2 requests, but it takes 3. Give it one more 'Respond With ...', or leave out the times "
        "of the last one.\n"
    )


def test_setting_the_only_response(server: HttpServer) -> None:
    expectation = register(server, turn("a", 1), turn("b", 3))
    assert answers(server, 1) == ["a"]
    expectation.responder = respond_data("only")
    assert expectation.times is None
    assert answers(server, 5) == ["only"] * 5
    server.give(expectation, turn("c", 2))
    assert expectation.usage == "used 6 of 8"


def test_an_expectation_that_ended_tells_how_often_it_was_used(server: HttpServer) -> None:
    server.open_scope(Scope("test 'A'"))
    expectation = register(server, turn("a", 3))
    answers(server, 1)
    server.close_scope()
    assert (expectation.responder, expectation.usage) == (None, "used 1 of 3")


def test_a_response_for_an_expectation_that_is_used_up(server: HttpServer) -> None:
    expectation = register(server, turn("a", 1))
    answers(server, 1)
    with pytest.raises(UsageError) as caught:
        server.give(expectation, turn("b"))
    assert str(caught.value) == "The expectation is used up, so it cannot get a response: permanent /x."


def test_each_response_sets_its_state(server: HttpServer) -> None:
    register(server, turn("a", 1, order="new"), turn("b", 1), turn("c", order="paid"))
    states = []
    for _ in range(3):
        answers(server, 1)
        states.append(server.book.states["order"])
    assert states == ["new", "new", "paid"]


def test_the_delay_that_a_record_tells_is_that_of_its_own_response(server: HttpServer) -> None:
    register(server, Turn(delayed(respond_data("slow"), 3), 1), turn("fast"))
    told: list[str] = []

    class Slow(MemoryReply):
        def wait(self, seconds: float) -> None:
            told.extend(outcome_line(entry) for entry in server.journal.exchanges())

    server.answer(GET, Slow())
    server.answer(GET, Slow())
    assert told == ["GET /x (not sent yet (delay 3 s))"]


class TestHead:
    """HEAD where only GET is expected."""

    def test_it_gets_the_head_of_the_response_that_is_due_and_uses_up_nothing(self, server: HttpServer) -> None:
        expectation = server.book.register(Kind.PERMANENT, RequestDescription("/x", method="GET"))
        server.give(expectation, turn("a", 1))
        server.give(expectation, turn("bb", 1))
        head = Request.of("HEAD", "/x")
        sent = responses_to(server, head, head, GET, head, GET)
        assert [each.body for each in sent] == [b"a", b"a", b"a", b"bb", b"bb"]
        assert [entry.expectation for entry in server.journal.exchanges() if entry.request.method == "HEAD"] == [
            None
        ] * 3
        assert (expectation.used, expectation.sent) == (2, 2)

    def test_it_does_not_break_the_order(self, server: HttpServer) -> None:
        first = server.book.register(Kind.ORDERED, RequestDescription("/x", method="GET"))
        server.book.register(Kind.ORDERED, RequestDescription("/y")).responder = respond_data("y")
        head = Request.of("HEAD", "/x")
        assert [each.status for each in responses_to(server, head)] == [500]
        server.give(first, Turn(Later(60)))
        assert [each.status for each in responses_to(server, head)] == [500]
        assert {problem.kind for problem in server.journal.problems()} == {"UNEXPECTED REQUEST"}
        server.give(first, turn("a"))
        assert [each.status for each in responses_to(server, head, GET, Request.of("GET", "/y"))] == [200] * 3

    def test_an_expectation_for_head_goes_first(self, server: HttpServer) -> None:
        server.book.register(Kind.ONESHOT, RequestDescription("/x", method="GET")).responder = respond_data("get")
        own = server.book.register(Kind.PERMANENT, RequestDescription("/x", method="HEAD"))
        own.responder = respond_data("head")
        assert [each.body for each in responses_to(server, Request.of("HEAD", "/x"))] == [b"head"]
        assert own.used == 1


class TestHeld:
    """What answers requests that wait for the test. `used` requests came, all of which are held."""

    def turns(self, later: int | None, used: int, limit: int | None = None) -> Turns:
        turns = Turns(limit)
        turns.give(Turn(Later(60), later), is_closed=False)
        for number in range(used):
            turns.use()
            turns.held.append(HeldRequest(number + 1, {}))
        return turns

    def test_a_response_without_times_answers_all_and_those_to_come(self) -> None:
        turns = self.turns(None, 3)
        held = turns.held
        assert turns.give(given := turn("a"), is_closed=False) == (None, held)
        assert (turns.due, turns.held) == (given, [])

    def test_one_with_times_answers_so_many(self) -> None:
        turns = self.turns(None, 3)
        first, second, third = turns.held
        later = turns.due
        assert turns.give(turn("a", 2), is_closed=False) == (None, [first, second])
        assert (turns.due, turns.held) == (later, [third])
        _, answered = turns.give(given := turn("b", 3), is_closed=False)
        assert answered == [third]
        assert (turns.due, turns.left) == (given, 2)

    def test_what_follows_stays_when_those_that_wait_are_answered(self) -> None:
        turns = self.turns(1, 1)
        turns.give(after := turn("after", 2), is_closed=False)
        # It answered the request, and is for one more.
        assert (turns.due, turns.left) == (after, 1)
        turns.held.append(HeldRequest(2, {}))
        turns.give(turn("last"), is_closed=False)
        assert turns.due is after

    def test_while_none_waits_the_response_is_what_comes_next(self) -> None:
        turns = self.turns(2, 0)
        turns.give(after := turn("after"), is_closed=False)
        assert [turns.use() is after for _ in range(3)] == [False, False, True]

    def test_more_times_than_wait_when_the_expectation_takes_no_more(self) -> None:
        turns = self.turns(None, 1, limit=1)
        with pytest.raises(UsageError) as caught:
            turns.give(turn("a", 2), is_closed=True)
        assert str(caught.value) == "times: 2 is too many: 1 request can still be answered."
        assert len(turns.held) == 1
        assert turns.give(turn("a", 1), is_closed=True)[1]

    @pytest.mark.parametrize(("used", "who"), [(1, "1 request waits"), (2, "2 requests wait")])
    def test_the_test_cannot_answer_later_once_more(self, used: int, who: str) -> None:
        turns = self.turns(None, used)
        with pytest.raises(UsageError) as caught:
            turns.give(Turn(Later(60)), is_closed=False)
        assert str(caught.value) == f"'Respond Later' answers nothing, but {who} for an answer."
        assert len(turns.held) == used


@dataclass
class Model:
    """The rules as simply as possible: names of responses, one for each request to come, then the endless one."""

    limit: int | None
    counted: list[str]
    endless: str | None = None
    used: int = 0
    was_given: bool = False

    @property
    def left(self) -> int | None:
        if self.limit is not None:
            return self.limit - self.used
        return len(self.counted) if self.was_given and self.endless is None else None

    def give(self, name: str, times: int | None) -> bool:
        if self.limit is not None and len(self.counted) + (times or 1) > self.limit - self.used:
            return False
        self.endless = name if times is None else None
        self.counted += [name] * (times or 0)
        self.was_given = True
        return True

    def use(self) -> str | None:
        self.used += 1
        return self.counted.pop(0) if self.counted else self.endless


@given(
    limit=st.none() | st.integers(1, 12),
    steps=st.lists(st.just("use") | st.none() | st.integers(1, 5), max_size=30),
)
def test_the_responses_follow_each_other_as_in_a_simple_model(limit: int | None, steps: list[int | str | None]) -> None:
    turns, model = Turns(limit), Model(limit, [])
    names: dict[Turn | None, str | None] = {None: None}
    for number, step in enumerate(steps):
        if model.left == 0:
            break
        if step == "use":
            assert names[turns.use()] == model.use()
        else:
            times = step if isinstance(step, int) else None
            names[given := turn("any", times)] = name = str(number)
            try:
                turns.give(given, is_closed=False)
                is_given = True
            except UsageError:
                is_given = False
            assert is_given == model.give(name, times)
        assert turns.left == model.left
        assert names[turns.due] == (model.counted[0] if model.counted else model.endless)
