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
from HttpServerLibrary.engine.matching.difference import Difference
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask
from utest.replies import MemoryReply

Explain = Callable[..., str]
Step = str | RequestDescription | Expectation


@pytest.fixture
def explain(server: HttpServer, ask: Ask) -> Explain:
    """Explains the order of steps, paths or what they are made of, after requests for paths."""

    def explain(steps: Sequence[Step], paths: Sequence[str], strict: bool = False, within: float | None = None) -> str:
        for path in paths:
            ask(Request.of("GET", path))
        return not_in_order(Order([*map(selected, steps)], strict), server.journal.exchanges(), str(server), within)

    return explain


def selected(step: Step) -> Selection:
    if isinstance(step, Expectation):
        return Selection(None, step)
    return Selection(RequestDescription(step) if isinstance(step, str) else step)


def part(text: str, first: str) -> list[str]:
    """The lines from the one that begins like this."""
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(first))
    return lines[start:]


def test_before_another_one(explain: Explain) -> None:
    assert explain(["/login", "/orders", "/logout"], ["/orders", "/login", "/cart?id=7", "/logout"]) == (
        "Expected 3 requests in order, but number 2 did not come: /orders\n"
        "It came, but before number 1: /login\n"
        "Expected in this order:\n"
        "     1. /login\n"
        "  -> 2. /orders\n"
        "     3. /logout\n"
        "Nearest of what came after number 1:\n"
        "  GET /cart?id=7 (answered 500)\n"
        '    path: expected "/orders", received "/cart"\n'
        "Received 4 on server 'http-1' at http://localhost:0, oldest first:\n"
        "     -  GET /orders (answered 500)\n"
        "     1. GET /login (answered 500)\n"
        "     -  GET /cart?id=7 (answered 500)\n"
        "     3. GET /logout (answered 500)"
    )


def test_the_first_did_not_come(explain: Explain) -> None:
    assert explain([RequestDescription("/a", method="GET,POST"), "/b"], ["/b", "/x"], within=0.2) == (
        "Expected 2 requests in order within 0.2 seconds, but number 1 did not come: GET,POST /a\n"
        "Expected in this order:\n"
        "  -> 1. GET,POST /a\n"
        "     2. /b\n"
        "Nearest of what came:\n"
        "  GET /b (answered 500)\n"
        '    path: expected "/a", received "/b"\n'
        "Received 2 on server 'http-1' at http://localhost:0, oldest first:\n"
        "     2. GET /b (answered 500)\n"
        "     -  GET /x (answered 500)"
    )


def test_nothing_came(explain: Explain) -> None:
    assert explain(["/a"], []) == (
        "Expected 1 request in order, but number 1 did not come: /a\n"
        "Expected in this order:\n"
        "  -> 1. /a\n"
        "No requests were received on server 'http-1' at http://localhost:0."
    )


def test_nothing_came_after_it(explain: Explain) -> None:
    assert explain(["/a", "/b"], ["/x", "/a"]) == (
        "Expected 2 requests in order, but number 2 did not come: /b\n"
        "Expected in this order:\n"
        "     1. /a\n"
        "  -> 2. /b\n"
        "Nothing came after number 1.\n"
        "Received 2 on server 'http-1' at http://localhost:0, oldest first:\n"
        "     -  GET /x (answered 500)\n"
        "     1. GET /a (answered 500)"
    )


def test_not_often_enough(explain: Explain) -> None:
    text = explain(["/a", "/a", "/a"], ["/a", "/a"])
    assert text.split("\n")[1] == "It came, but only as number 1 and 2; each needs a request of its own."


def test_with_others_between_though_strict(explain: Explain) -> None:
    assert explain(["/a", "/b"], ["/a", "/x", "/b"], strict=True) == (
        "Expected 2 requests in order with nothing between them, but between number 1 and number 2 came GET /x\n"
        "All came in this order; strict=True does not allow others between them.\n"
        "Expected in this order:\n"
        "     1. /a\n"
        "  -> 2. /b\n"
        "Received 3 on server 'http-1' at http://localhost:0, oldest first:\n"
        "     1. GET /a (answered 500)\n"
        "     -  GET /x (answered 500)\n"
        "     2. GET /b (answered 500)"
    )


def test_not_next_to_it(explain: Explain) -> None:
    text = explain(["/a", "/b", "/c"], ["/a", "/x", "/y", "/b"], strict=True)
    assert text.split("\n")[1] == "It came, but not next to number 1: 2 requests came between them."


def test_before_it_though_strict(explain: Explain) -> None:
    text = explain(["/a", "/b"], ["/b", "/x", "/a"], strict=True)
    assert text.split("\n")[1] == "It came, but before number 1: /a"


def test_the_first_did_not_come_though_strict(explain: Explain) -> None:
    text = explain(["/a/b", "/b", "/c"], ["/x", "/b", "/c"], strict=True)
    assert part(text, "Nearest")[0] == "Nearest of what came:"
    assert part(text, "Received")[1:] == [
        "     -  GET /x (answered 500)",
        "     -  GET /b (answered 500)",
        "     -  GET /c (answered 500)",
    ]


def test_an_expectation_did_not_take_it(server: HttpServer, explain: Explain) -> None:
    first, second = (server.book.register(Kind.ONESHOT, RequestDescription("/x")) for _ in range(2))
    assert explain([second, first], ["/x", "/x", "/x"]) == (
        "Expected 2 requests in order, but number 2 did not come: oneshot /x\n"
        "It came, but before number 1: oneshot /x\n"
        "Expected in this order:\n"
        "     1. oneshot /x\n"
        "  -> 2. oneshot /x\n"
        "Came instead, next after number 1:\n"
        "  GET /x (answered 500)\n"
        "    it matches, but UNEXPECTED REQUEST: GET /x\n"
        "Received 3 on server 'http-1' at http://localhost:0, oldest first:\n"
        "     -  GET /x (answered 500)\n"
        "     1. GET /x (answered 500)\n"
        "     -  GET /x (answered 500)"
    )


def test_many(explain: Explain) -> None:
    """Of long lists the part around the gap."""
    steps = [f"/{number}" for number in range(20)]
    paths = [f"/{number}" for number in range(10)] + [f"/x{number}" for number in range(10)]
    text = explain(steps, paths)
    assert part(text, "Expected in")[:10] == [
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
    received = part(text, "Received")
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
    assert len(part(text, "Expected in")) == 1 + 7 + 3 + 1 + 9


def test_long_ones_are_cut_in_the_list(explain: Explain) -> None:
    step = RequestDescription(query_subset={f"name{number}": "value" for number in range(20)})
    text = explain(["/a", step], ["/b"])
    assert part(text, "     2.")[0].endswith(f"... ({len(str(step))} characters)")


def test_notes_come_last(server: HttpServer) -> None:
    text = not_in_order(Order([Selection(RequestDescription("/a"))], False), [], str(server), notes=["One.", "Two."])
    assert text.split("\n")[-2:] == ["One.", "Two."]


def test_few_of_the_requests_are_compared(
    server: HttpServer, explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def differences(description: RequestDescription, request: Request) -> list[Difference]:
        compared.append(request)
        return [Difference("path", "another", "this")]

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
    if len(order.places(exchanges)) == len(steps):
        return
    text = not_in_order(order, exchanges, str(server), 1, ["A note."])
    lines = text.split("\n")
    assert sum(max(1, -(-len(line) // 78)) for line in lines) <= 40
    assert all(line.isprintable() for line in lines)
    between = strict and len(order.places_apart(exchanges)) == len(steps)
    what = "came GET" if between else f"number {len(order.places(exchanges)) + 1} did not come"
    assert what in lines[0]
