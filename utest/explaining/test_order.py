"""Why requests did not come in order, word for word, and the bounds of the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.checks.order import Order
from HttpServerLibrary.engine.checks.selection import Selection
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.explaining.order import not_in_order
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.difference import Difference, Differences, Where
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, assert_fits_a_log, line_after, lines_from
from utest.replies import MemoryReply

Explain = Callable[..., str]
Step = str | RequestDescription | Expectation


@pytest.fixture
def explain(server: HttpServer, ask: Ask) -> Explain:
    """Explains the order of steps, paths or what they are made of, after requests for paths."""

    def explain(steps: Sequence[Step], paths: Sequence[str], strict: bool = False, within: float | None = None) -> str:
        for path in paths:
            ask(Request.of("GET", path))
        return not_in_order(Order([*map(selected, steps)], strict), server.journal.exchanges(), server.audience, within)

    return explain


def selected(step: Step) -> Selection:
    if isinstance(step, Expectation):
        return Selection(None, step)
    return Selection(RequestDescription(step) if isinstance(step, str) else step)


def test_before_another_one(explain: Explain, assert_text: AssertText) -> None:
    assert_text(
        explain(["/login", "/orders", "/logout"], ["/orders", "/login", "/cart?id=7", "/logout"]),
        "explaining/order_before_another_one",
    )


def test_the_first_did_not_come(explain: Explain, assert_text: AssertText) -> None:
    assert_text(
        explain([RequestDescription("/a", method="GET,POST"), "/b"], ["/b", "/x"], within=0.2),
        "explaining/order_the_first_did_not_come",
    )


def test_nothing_came(explain: Explain, assert_text: AssertText) -> None:
    assert_text(explain(["/a"], []), "explaining/order_nothing_came")


def test_nothing_came_after_it(explain: Explain, assert_text: AssertText) -> None:
    assert_text(explain(["/a", "/b"], ["/x", "/a"]), "explaining/order_nothing_came_after_it")


def hint(text: str) -> str:
    """The second line, which says where the missing request arrived."""
    return text.split("\n")[1]


def test_not_often_enough(explain: Explain) -> None:
    text = explain(["/a", "/a", "/a"], ["/a", "/a"])
    assert hint(text) == "It arrived, but only as requests 1 and 2, which other steps already use."


def test_others_between_though_strict(explain: Explain, assert_text: AssertText) -> None:
    assert_text(explain(["/a", "/b"], ["/a", "/x", "/b"], strict=True), "explaining/order_others_between")


def test_not_next_to_it(explain: Explain) -> None:
    text = explain(["/a", "/b", "/c"], ["/a", "/x", "/y", "/b"], strict=True)
    assert hint(text) == "It arrived, but not right after request 1: 2 requests arrived between them."


def test_before_it_though_strict(explain: Explain) -> None:
    text = explain(["/a", "/b"], ["/b", "/x", "/a"], strict=True)
    assert hint(text) == "It arrived, but before request 1: /a"


def test_the_first_did_not_come_though_strict(explain: Explain) -> None:
    text = explain(["/a/b", "/b", "/c"], ["/x", "/b", "/c"], strict=True)
    assert line_after(text, "Nearest request:") == "  GET /b (answered 500)"
    assert lines_from(text, "Received")[1:] == [
        "     -  GET /x (answered 500)",
        "     -  GET /b (answered 500)",
        "     -  GET /c (answered 500)",
    ]


def test_an_expectation_did_not_take_it(server: HttpServer, explain: Explain, assert_text: AssertText) -> None:
    first, second = (server.book.register(Kind.ONESHOT, RequestDescription("/x")) for _ in range(2))
    assert_text(explain([second, first], ["/x", "/x", "/x"]), "explaining/order_an_expectation_did_not_take_it")


def test_many(explain: Explain) -> None:
    """Of long lists the part around the gap."""
    steps = [f"/{number}" for number in range(20)]
    paths = [f"/{number}" for number in range(10)] + [f"/x{number}" for number in range(10)]
    text = explain(steps, paths)
    assert lines_from(text, "Expected in")[:10] == [
        "Expected in this order:",
        "     ... 7 before",
        "     8. /7",
        "     9. /8",
        "     10. /9",
        "  -> 11. /10",
        "     12. /11",
        "     13. /12",
        "     14. /13",
        "     ... 6 after",
    ]
    received = lines_from(text, "Received")
    assert received[:3] == [
        "Received 20 on server 'http-1' at http://localhost:0, oldest first:",
        "     ... 4 before",
        "     5. GET /4 (answered 500)",
    ]
    assert received[7:9] == ["     10. GET /9 (answered 500)", "     -  GET /x0 (answered 500)"]
    assert received[-2:] == ["     -  GET /x5 (answered 500)", "     ... 4 after"]


def test_nothing_is_left_out_of_what_just_has_room(explain: Explain) -> None:
    text = explain([f"/{number}" for number in range(7)], ["/0", "/1", "/2", *["/x"] * 6])
    assert "..." not in text
    assert len(lines_from(text, "Expected in")) == 1 + 7 + 3 + 1 + 9


def test_long_ones_are_cut_in_the_list(explain: Explain) -> None:
    step = RequestDescription(query_subset={f"name{number}": "value" for number in range(20)})
    text = explain(["/a", step], ["/b"])
    assert lines_from(text, "     2.")[0].endswith(f"... ({len(str(step))} characters)")


def test_notes_come_last(server: HttpServer) -> None:
    text = not_in_order(
        Order([Selection(RequestDescription("/a"))], False), [], server.audience, notes=["One.", "Two."]
    )
    assert text.split("\n")[-2:] == ["One.", "Two."]


def test_few_of_the_requests_are_compared(
    server: HttpServer, explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def differences(description: RequestDescription, request: Request) -> Differences:
        compared.append(request)
        return Differences([Difference(Where("path"), "another", "this")])

    server.book.register(Kind.PERMANENT, RequestDescription()).responder = respond_data("ok")
    monkeypatch.setattr(RequestDescription, "differences", differences)
    explain(["/a"], [f"/{number}" for number in range(80)])
    assert len(compared) == 50


@pytest.mark.parametrize("strict", [False, True])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.lists(st.text("abc", min_size=1, max_size=2) | st.just("long" * 100) | st.just("%0A%1B"), max_size=30),
)
def test_any_order_can_be_explained(
    server: HttpServer, explain: Explain, strict: bool, letters: list[str], names: list[str]
) -> None:
    server.reset()
    steps = [
        RequestDescription(f"GLOB:*{letter}*", text="x" * 200, json=dict.fromkeys("abcdefgh", "y" * 50))
        if letter == "c"
        else RequestDescription(f"GLOB:/*{letter}*")
        for letter in letters
    ]
    received = [f"/{name}" for name in names]
    for path in received:
        server.answer(Request.of("GET", path), MemoryReply())
    order = Order([*map(selected, steps)], strict)
    exchanges = server.journal.exchanges()
    if len(order.indexes(exchanges)) == len(steps):
        return
    text = not_in_order(order, exchanges, server.audience, 1, ["A note."])
    assert_fits_a_log(text)
    between = strict and len(order.indexes_apart(exchanges)) == len(steps)
    what = "arrived between requests" if between else f"request {len(order.indexes(exchanges)) + 1} did not arrive"
    assert what in text.split("\n")[0]
