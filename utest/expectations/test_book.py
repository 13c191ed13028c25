"""Which expectation takes a request: kinds, scopes, order, removal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.responses.unexpected import UnexpectedResponse
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText
from utest.replies import MemoryReply


def expect(
    server: HttpServer, kind: Kind, answer: str, path: str = "/x", times: int | None = None, **fields: object
) -> Expectation:
    expectation = server.book.register(kind, RequestDescription(path, **fields), times)
    expectation.responder = respond_data(answer)
    return expectation


@pytest.fixture
def get(ask: Ask) -> Callable[..., str]:
    """The answer to GET; for a refusal its kind."""

    def get(path: str = "/x") -> str:
        status, text = ask(Request.of("GET", path))
        return text if status == 200 else text.partition(":")[0]

    return get


Get = Callable[..., str]


def test_ordered_then_oneshot_then_permanent(server: HttpServer, get: Get) -> None:
    expect(server, Kind.PERMANENT, "permanent 1")
    expect(server, Kind.PERMANENT, "permanent 2")
    expect(server, Kind.ONESHOT, "oneshot 1")
    expect(server, Kind.ONESHOT, "oneshot 2")
    expect(server, Kind.ORDERED, "ordered 1")
    expect(server, Kind.ORDERED, "ordered 2")
    assert [get() for _ in range(6)] == [
        "ordered 1",
        "ordered 2",
        "oneshot 1",
        "oneshot 2",
        "permanent 1",
        "permanent 1",
    ]
    assert server.journal.problems() == []


def test_times(server: HttpServer, get: Get) -> None:
    expectation = expect(server, Kind.PERMANENT, "a", times=2)
    assert [get() for _ in range(3)] == ["a", "a", "UNEXPECTED REQUEST"]
    assert (expectation.used, expectation.usage, expectation.used_up) == (2, "used 2 of 2", True)


def test_after_times_the_next_one_takes_it(server: HttpServer, get: Get) -> None:
    expect(server, Kind.PERMANENT, "a", times=1)
    expect(server, Kind.PERMANENT, "b")
    assert [get(), get()] == ["a", "b"]


@pytest.mark.parametrize("times", [0, -1])
def test_times_below_one_registers_nothing(server: HttpServer, times: int) -> None:
    with pytest.raises(UsageError) as caught:
        server.book.register(Kind.PERMANENT, RequestDescription(), times)
    assert str(caught.value) == f"times: a number of 1 or more is needed, not {times}."
    assert server.book.expectations() == []


def test_a_broken_order_refuses_everything_until_reset(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "1", "/1")
    expect(server, Kind.ORDERED, "2", "/2")
    expect(server, Kind.PERMANENT, "p", "/p")
    assert [get("/1"), get("/p"), get("/2"), get("/p")] == ["1", "OUT OF ORDER", "REFUSED", "REFUSED"]
    assert [problem.kind for problem in server.journal.problems()] == ["OUT OF ORDER", "REFUSED", "REFUSED"]
    server.book.clear()
    assert get("/p") == "REFUSED"
    server.reset()
    expect(server, Kind.PERMANENT, "again", "/p")
    assert get("/p") == "again"


def test_once_the_ordered_ones_are_used_up_others_take_requests(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "1", "/1")
    expect(server, Kind.PERMANENT, "p", "/p")
    assert [get("/1"), get("/p"), get("/1")] == ["1", "p", "UNEXPECTED REQUEST"]


def test_scopes_first_kinds_second(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ONESHOT, "outer oneshot")
    inner = Scope("inner")
    server.open_scope(inner)
    expect(server, Kind.PERMANENT, "inner permanent")
    assert [get(), get()] == ["inner permanent", "inner permanent"]
    server.close_scope()
    assert inner.closed
    assert [get(), get()] == ["outer oneshot", "UNEXPECTED REQUEST"]


def test_the_head_is_the_inner_scopes_while_that_has_ordered_ones(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "outer", "/o")
    server.open_scope(Scope("inner"))
    expect(server, Kind.ORDERED, "inner", "/i")
    assert [get("/i"), get("/o")] == ["inner", "outer"]


def test_an_inner_order_can_be_broken_by_the_outer_head(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "outer", "/o")
    server.open_scope(Scope("inner"))
    expect(server, Kind.ORDERED, "inner", "/i")
    assert get("/o") == "OUT OF ORDER"
    server.close_scope()
    # The refusal ends with the scope whose order was broken.
    assert get("/o") == "outer"


def test_an_inner_expectation_overrides_the_outer_order(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "outer", "/o")
    server.open_scope(Scope("inner"))
    expect(server, Kind.PERMANENT, "inner", "/i")
    assert [get("/i"), get("/o"), get("/i"), get("/o")] == ["inner", "outer", "inner", "UNEXPECTED REQUEST"]


def test_an_outer_order_broken_in_an_inner_scope_stays_broken(server: HttpServer, get: Get) -> None:
    expect(server, Kind.ORDERED, "outer", "/o")
    server.open_scope(Scope("inner"))
    assert get("/x") == "OUT OF ORDER"
    server.close_scope()
    assert get("/o") == "REFUSED"


def test_what_is_set_in_a_scope_ends_with_it(server: HttpServer, ask: Ask) -> None:
    server.book.unexpected = UnexpectedResponse(status=404, text="outer")
    server.open_scope(Scope("inner"))
    assert ask(Request.of("GET", "/")) == (404, "outer")
    server.book.unexpected = UnexpectedResponse(status=403, text="inner")
    assert ask(Request.of("GET", "/")) == (403, "inner")
    server.book.clear()
    assert ask(Request.of("GET", "/")) == (403, "inner")
    server.close_scope()
    assert ask(Request.of("GET", "/")) == (404, "outer")


def test_registration_order_decides_as_if_there_were_no_index(server: HttpServer, get: Get) -> None:
    paths = ["GLOB:/a*", "/a/b", "/a%2Fb", "ANY", "/a/b", "REGEXP:/a.b", "/{x}"]
    expectations = [expect(server, Kind.ONESHOT, str(number), path) for number, path in enumerate(paths)]
    assert [get("/a%2Fb") for _ in paths] == ["0", "1", "2", "3", "4", "5", "6"]
    assert all(expectation.used == 1 for expectation in expectations)


def test_remove(server: HttpServer, get: Get) -> None:
    kept = [expect(server, Kind.PERMANENT, "kept", path) for path in ("/y", "GLOB:/z*")]
    for kind in Kind:
        for path in ("/x", "GLOB:/x*"):
            gone = expect(server, kind, "gone", path)
            assert gone.closed == ""
            server.book.remove(gone)
            server.book.remove(gone)
            assert gone.closed == "was removed"
            assert get() == "UNEXPECTED REQUEST"
    assert server.book.expectations() == kept
    assert [get("/y"), get("/z1")] == ["kept", "kept"]


def test_removing_the_head_makes_the_next_one_due(server: HttpServer, get: Get) -> None:
    first = expect(server, Kind.ORDERED, "1", "/1")
    expect(server, Kind.ORDERED, "2", "/2")
    server.book.remove(first)
    assert get("/2") == "2"


def test_removing_what_is_used_up_or_of_another_server(server: HttpServer, get: Get) -> None:
    for kind in (Kind.ORDERED, Kind.ONESHOT):
        used = expect(server, kind, "used")
        assert get() == "used"
        assert used.closed == "is used up"
        server.book.remove(used)
    scope = server.book.innermost()
    other = HttpServer("other", scope=scope)
    foreign = expect(other, Kind.PERMANENT, "foreign")
    server.book.remove(foreign)
    assert not foreign.removed
    assert other.book.expectations() == [foreign]


def test_an_expectation_ends_with_its_scope(server: HttpServer) -> None:
    server.open_scope(Scope("test 'A'"))
    expectation = expect(server, Kind.PERMANENT, "a")
    server.close_scope()
    assert expectation.closed == "ended with test 'A'"
    server.book.remove(expectation)
    assert repr(expectation.scope) == "<Scope test 'A'>"


def test_clear_and_reset(server: HttpServer, get: Get) -> None:
    for kind in Kind:
        expect(server, kind, "a")
    server.open_scope(Scope("inner"))
    inner = expect(server, Kind.PERMANENT, "b")
    server.book.clear()
    assert (server.book.expectations(), inner.closed) == ([], "was removed")
    assert get() == "UNEXPECTED REQUEST"
    assert len(server.journal.exchanges()) == len(server.journal.problems()) == 1
    server.reset()
    assert (server.journal.exchanges(), server.journal.problems()) == ([], [])
    # The scopes are still there.
    assert server.book.innermost().name == "inner"
    server.close_scope()
    assert server.book.innermost().name == "the server"


def test_unmet_and_sent(server: HttpServer, get: Get) -> None:
    expect(server, Kind.PERMANENT, "any number", "/any")
    oneshot = expect(server, Kind.ONESHOT, "oneshot", "/1")
    counted = expect(server, Kind.PERMANENT, "counted", "/2", times=2)
    ordered = expect(server, Kind.ORDERED, "ordered", "/3")
    assert server.book.unmet() == [oneshot, counted, ordered]
    assert not server.book.all_sent()
    for path in ("/3", "/2", "/1"):
        get(path)
    assert server.book.unmet() == [counted]
    get("/2")
    assert server.book.unmet() == []
    assert server.book.all_sent()


def test_nothing_is_sent_before_the_response_is(server: HttpServer) -> None:
    expect(server, Kind.ONESHOT, "a")
    during: list[tuple[int, bool]] = []

    def send(response: object) -> None:
        during.append((len(server.book.unmet()), server.book.all_sent()))

    server.answer(Request.of("GET", "/x"), MemoryReply(send))
    assert during == [(0, False)]
    assert server.book.all_sent()


def test_by_kind(server: HttpServer) -> None:
    permanent, oneshot, ordered = (expect(server, kind, "a") for kind in (Kind.PERMANENT, Kind.ONESHOT, Kind.ORDERED))
    server.open_scope(Scope("inner"))
    inner = expect(server, Kind.ONESHOT, "a")
    assert list(server.book.by_kind()) == [
        ("ordered", [ordered]),
        ("oneshot", [inner, oneshot]),
        ("permanent", [permanent]),
    ]


def test_words(server: HttpServer) -> None:
    expectation = expect(server, Kind.ONESHOT, "a", "/a", method="GET")
    assert (str(expectation), repr(expectation)) == ("oneshot GET /a", "<Expectation oneshot GET /a>")
    assert (expectation.usage, expectation.times, expectation.kind) == ("used 0 of 1", 1, "oneshot")
    assert expect(server, Kind.PERMANENT, "a").usage == "used 0"


def test_no_response_is_a_problem_and_uses_it_up(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expectation = server.book.register(Kind.ONESHOT, RequestDescription("/x"))
    status, _ = ask(Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    assert status == 500
    assert_text(problem.message, "expectations/no_response")
    assert (problem.kind, problem.request.expectation) == ("NO RESPONSE", expectation)


def test_a_broken_matcher_is_a_problem(server: HttpServer, ask: Ask) -> None:
    error = KeyError("boo")

    def broken(request: object) -> bool:
        raise error

    expectation = expect(server, Kind.PERMANENT, "never", matcher=broken)
    status, text = ask(Request.of("GET", "/x"))
    (problem,) = server.journal.problems()
    assert (status, problem.kind, problem.exception) == (500, "MATCHER ERROR", error)
    assert text.startswith(
        "MATCHER ERROR: GET /x: matcher test_a_broken_matcher_is_a_problem.<locals>.broken raised KeyError"
    )
    assert text == f"{problem.message}\n"
    assert expectation.used == 0


def test_a_matcher_is_asked_once_per_request(server: HttpServer, get: Get) -> None:
    asked: list[object] = []

    def matcher(request: object) -> bool:
        asked.append(request)
        # What changes meanwhile makes the server look again, but not ask again.
        expect(server, Kind.PERMANENT, "other", "/other")
        return True

    expect(server, Kind.PERMANENT, "a", matcher=matcher)
    assert get() == "a"
    assert len(asked) == 1


def test_a_matcher_may_use_the_server(server: HttpServer, get: Get) -> None:
    """No lock is held while user code runs."""

    def matcher(request: object) -> bool:
        return len(server.journal.exchanges()) == 0 and server.book.unmet() == []

    expect(server, Kind.PERMANENT, "a", matcher=matcher)
    assert get() == "a"


@pytest.mark.parametrize("end", ["removed", "cleared", "closed"])
def test_an_expectation_answers_what_it_took_before_it_ended(server: HttpServer, end: str) -> None:
    server.open_scope(Scope("test"))
    expectation = expect(server, Kind.PERMANENT, "x")
    responder = expectation.responder
    taken = server.book.take(Request.of("GET", "/x"), lambda: None)
    if end == "removed":
        server.book.remove(expectation)
    elif end == "cleared":
        server.book.clear()
    else:
        server.close_scope()
    assert isinstance(taken, tuple)
    taker, turn, *_ = taken
    assert (taker, turn and turn.responder) == (expectation, responder)
    assert responder is not None


def test_what_a_test_masks_stays_masked_in_what_it_expected(server: HttpServer, ask: Ask) -> None:
    first = Scope("test 'A'")
    server.open_scope(first)
    server.secrets.mask_fields(["pin"], first)
    removed = expect(server, Kind.PERMANENT, "x", "/removed", query={"pin": "1234"})
    server.book.remove(removed)
    ended = expect(server, Kind.PERMANENT, "x", query={"pin": "1234"})
    server.close_scope()
    server.open_scope(Scope("test 'B'"))
    assert str(removed) == 'permanent /removed query={"pin": ***}'
    assert str(ended) == 'permanent /x query={"pin": ***}'
    _, text = ask(Request.of("GET", "/x?pin=1234"))
    assert "it ended with test 'A': permanent /x query={\"pin\": ***}" in text
    assert str(expect(server, Kind.PERMANENT, "x", query={"pin": "1234"})) == 'permanent /x query={"pin": "1234"}'
