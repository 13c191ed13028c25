"""Why no expectation takes a request, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.expectations.shelf import NoMatch
from HttpServerLibrary.engine.explaining.refusal import explain_unmatched
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import UNMASKED
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, assert_fits_a_log, expect, line_after, lines_from, responses_to

JSON = {"Content-Type": "application/json"}


def message(server: HttpServer) -> str:
    return server.journal.problems()[-1].message


def heading(text: str) -> str:
    """The line that names the nearest expectation, or says that there is none."""
    return text.split("\n")[1]


def test_no_expectations(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    status, text = ask(Request.of("GET", "/orders?id=7", {"Host": "localhost", "Cookie": "a=1", "X-Trace": "1"}))
    assert status == 500
    assert_text(message(server), "explaining/no_expectations")
    assert text == f"{message(server)}\n", "the client reads the same"


def test_the_nearest_expectation(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/health")
    expect(server, "/orders", method="GET")
    expect(server, "/orders", method="POST", json={"item": "book", "n": 1})
    ask(Request.of("POST", "/orders", {}, b'{"item": "pen", "n": true}'))
    assert_text(message(server), "explaining/nearest")


def test_others_that_are_near_follow_on_a_line_each(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/orders", method="POST", json={"item": "book"})
    expect(server, "/orders", method="POST", json={"item": "pen", "n": 1, "m": 2})
    expect(server, "/stock", method="POST", json={"item": "pen"})
    ask(Request.of("POST", "/orders", {}, b'{"item": "pen"}'))
    assert_text(message(server), "explaining/nearest_and_others")


def test_the_only_expectation_is_not_close(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/health", method="GET")
    ask(Request.of("DELETE", "/x"))
    assert_text(message(server), "explaining/only_one_not_close")


def test_no_expectation_is_close(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    for number in range(6):
        expect(server, f"/{number}", Kind.ONESHOT, method="PUT")
    ask(Request.of("DELETE", "/x", {}, b"x" * 501))
    assert_text(message(server), "explaining/none_close")


def test_get_and_post_on_one_path_are_two_things(server: HttpServer, ask: Ask) -> None:
    """Two of four fields differ in one, one of two in the other."""
    get = expect(server, "/orders", method="GET")
    post = expect(server, "/orders", method="POST", headers={"X-Key": "a"}, json={"a": 1})
    _, text = ask(Request.of("POST", "/orders", {"X-Key": "b"}, b'{"a": 2}'))
    assert heading(text).endswith(f": {post}")
    assert str(get) not in text
    server.book.remove(post)
    _, text = ask(Request.of("POST", "/orders"))
    assert heading(text).endswith(f": {get}"), "where no other has the method, it is the nearest"


def test_used_up(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/token", Kind.ONESHOT, method="POST")
    for _ in range(2):
        ask(Request.of("POST", "/token"))
    assert_text(message(server), "explaining/used_up")
    server.journal.clear_received()
    _, text = ask(Request.of("POST", "/token"))
    assert "(" not in line_after(text, "Nearest"), "nobody knows any more which request it was"


def test_used_up_by_times(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/retry", times=2, method="POST")
    for number in range(3):
        ask(Request.of("POST", "/retry", JSON, b'{"n": %d}' % number))
    assert_text(message(server), "explaining/used_up_by_times")


def test_head_where_get_is_used_up(server: HttpServer, ask: Ask) -> None:
    """HEAD alone would refuse the requests that are expected now."""
    expect(server, "/x", method=["GET", "POST"], times=1)
    ask(Request.of("GET", "/x"))
    ask(Request.of("HEAD", "/x"))
    assert message(server).split("\n")[-1] == "  Expect Request    /x    method=GET,POST,HEAD"


def test_two_that_are_used_up(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    for _ in range(2):
        expect(server, "/x", Kind.ONESHOT)
    ask(Request.of("GET", "/other"))
    for _ in range(3):
        ask(Request.of("GET", "/x?a=1"))
    assert_text(message(server), "explaining/two_used_up")


def test_used_up_and_another_body(server: HttpServer, ask: Ask) -> None:
    """More requests are no question: it would not have taken this one."""
    expect(server, "/retry", times=1, json={"n": 1})
    ask(Request.of("POST", "/retry", JSON, b'{"n": 1}'))
    _, text = ask(Request.of("POST", "/retry", JSON, b'{"n": 2}'))
    assert line_after(text, "Nearest") == "  json $.n: expected 1, received 2"
    assert "times=" not in text


def test_times_are_kept_in_the_line(server: HttpServer, ask: Ask) -> None:
    expect(server, "/retry", times=2, json={"n": 1})
    _, text = ask(Request.of("POST", "/retry", JSON, b'{"n": 2}'))
    assert line_after(text, "This line") == '  Expect Request    /retry    json={"n": 2}    times=2'


CLOCK = re.compile(r"\d\d:\d\d:\d\d\.\d{3}")


def test_the_time_is_that_of_the_log(server: HttpServer, ask: Ask) -> None:
    expect(server, "/x", Kind.ONESHOT)
    before = datetime.now().astimezone()
    for _ in range(2):
        _, text = ask(Request.of("GET", "/x"))
    (told,) = CLOCK.findall(text)
    after = datetime.now().astimezone()
    assert told in {f"{moment:%H:%M:%S.%f}"[:-3] for moment in moments(before, after)}


def moments(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last + timedelta(milliseconds=1):
        yield first
        first += timedelta(milliseconds=0.5)


def test_used_up_before_its_matcher_was_asked(server: HttpServer, ask: Ask) -> None:
    expect(server, "/x", Kind.ONESHOT, matcher=lambda request: True)
    for _ in range(2):
        _, text = ask(Request.of("GET", "/x"))
    assert line_after(text, "Nearest").startswith("  it matches, but 1 request already used it")


def refuses(request: object) -> bool:
    return False


def test_a_matcher_that_refused(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    """A line with this matcher would refuse the request again, and one without it would not ask it."""
    expect(server, "/x", matcher=refuses)
    ask(Request.of("GET", "/x"))
    assert_text(message(server), "explaining/matcher_refused")
    server.reset()
    expect(server, "/x", matcher=f"{__name__}.refuses")
    _, text = ask(Request.of("GET", "/x"))
    assert "This line" not in text


def test_ended_with_its_test(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    server.open_scope(Scope("test 'First'"))
    expect(server, "/a", Kind.ONESHOT, method="GET")
    expect(server, "/b", Kind.ONESHOT)
    server.close_scope()
    ask(Request.of("GET", "/a"))
    assert_text(message(server), "explaining/ended_with_its_test")
    _, text = ask(Request.of("GET", "/c"))
    assert "test 'First'" not in text, "it would not have taken this one"
    server.open_scope(Scope("test 'Second'"))
    expect(server, "/c", Kind.ONESHOT)
    ask(Request.of("GET", "/c"))
    server.close_scope()
    _, text = ask(Request.of("GET", "/c"))
    assert "ended with test 'Second'" in text, "which is why it is gone, though it was used up, too"


def test_ended_with_its_suite(server: HttpServer, ask: Ask) -> None:
    """No test has to wait for it."""
    server.open_scope(Scope("suite 'Shop'"))
    expect(server, "/a")
    server.close_scope()
    _, text = ask(Request.of("GET", "/a"))
    assert text.split("\n")[2:] == [
        "An earlier expectation would have taken it; it ended with suite 'Shop': permanent /a",
        "",
    ]


def test_an_earlier_one_does_not_stand_before_one_that_is_near(server: HttpServer, ask: Ask) -> None:
    server.open_scope(Scope("test 'Happy Path'"))
    expect(server, "/orders", method="POST")
    server.close_scope()
    current = expect(server, "/orders", method="POST", json={"item": "book"})
    _, text = ask(Request.of("POST", "/orders", JSON, b'{"item": "pen"}'))
    assert heading(text).endswith(f": {current}")
    assert "Happy Path" not in text


def test_the_newest_of_the_earlier_ones(server: HttpServer, ask: Ask) -> None:
    for name in ("test 'First'", "test 'Second'"):
        server.open_scope(Scope(name))
        expect(server, "/a", matcher=refuses)
        server.close_scope()
    _, text = ask(Request.of("GET", "/a"))
    assert "test 'Second'" in text
    assert "test 'First'" not in text


def test_removed(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expectation = expect(server, "/a")
    expect(server, "/b")
    server.book.remove(expectation)
    ask(Request.of("GET", "/a"))
    assert_text(message(server), "explaining/removed")
    server.book.clear()
    _, text = ask(Request.of("GET", "/b"))
    assert "An earlier expectation would have taken it, but was removed: permanent /b" in text.split("\n")
    server.reset()
    _, text = ask(Request.of("GET", "/b"))
    assert "earlier" not in text


def test_registered_too_late(server: HttpServer, assert_text: AssertText) -> None:
    late = expect(server, "/x")
    found = explain_unmatched(Request.of("GET", "/x"), NoMatch("UNEXPECTED REQUEST"), [late])
    assert_text(found.message(UNMASKED), "explaining/registered_too_late")


@contextmanager
def running(server: HttpServer) -> Iterator[None]:
    server.start()
    yield
    server.stop()


@pytest.fixture
def servers() -> dict[str, HttpServer]:
    """Three servers that know of each other; none of them runs."""
    made: dict[str, HttpServer] = {}
    made.update({alias: HttpServer(alias, neighbours=made.values) for alias in ("payment", "stock", "shop")})
    return made


def test_another_server_would_take_it(servers: dict[str, HttpServer], assert_text: AssertText) -> None:
    payment, stock, shop = servers.values()
    for server in (payment, stock):
        expect(server, "/pay", method="POST")
        expect(server, "/pay", matcher=lambda request: True)
    expect(shop, "/orders")
    responses_to(shop, Request.of("POST", "/pay", {}, b"{}"))
    assert "payment" not in message(shop), "it does not run"
    with running(payment):
        assert [server.alias for server in shop.neighbours()] == ["payment"]
        responses_to(shop, Request.of("POST", "/pay", {}, b"{}"))
        assert_text(message(shop), "explaining/another_server_would_take_it")
        with running(stock):
            responses_to(shop, Request.of("POST", "/pay", {}, b"{}"))
            assert message(shop).split("\n")[1:] == [
                "Server 'payment' would take it: permanent POST /pay",
                "Server 'stock' would take it: permanent POST /pay",
                f"The client called the URL of server 'shop'. Give it {payment.url} or {stock.url}.",
            ]


def test_what_is_near_here_comes_before_another_server_that_would_take_it(servers: dict[str, HttpServer]) -> None:
    payment, _, shop = servers.values()
    expect(payment, "REGEXP:.*")
    expect(shop, "/pay", method="POST", json={"amount": 3})
    with running(payment):
        responses_to(shop, Request.of("POST", "/pay", JSON, b'{"amount": 2}'))
    assert message(shop).split("\n")[1:] == [
        'Nearest expectation: permanent POST /pay json={"amount": 3}',
        "  json $.amount: expected 3, received 2",
        "This line expects it:",
        '  Expect Request    /pay    method=POST    json={"amount": 2}    server=shop',
        "Server 'payment' would take it: permanent REGEXP:.*",
        f"If the client should call that server, give it {payment.url}.",
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "note"),
    [
        (Kind.PERMANENT, {"matcher": lambda request: False}, "but its matcher was not called"),
        (Kind.ORDERED, {}, "but the ordered expectations of that server come first"),
        (Kind.ONESHOT, {}, "but 1 request already used it"),
    ],
    ids=["matcher", "ordered", "used up"],
)
def test_another_server_would_not_take_what_matches(
    servers: dict[str, HttpServer], kind: Kind, fields: dict[str, Any], note: str
) -> None:
    payment, _, shop = servers.values()
    expect(payment, "/first", Kind.ORDERED)
    expectation = expect(payment, "/pay", kind, **fields)
    if kind is Kind.ONESHOT:
        responses_to(payment, Request.of("GET", "/first"), Request.of("GET", "/pay"))
    with running(payment):
        responses_to(shop, Request.of("GET", "/pay"))
    assert str(expectation) in heading(message(shop))
    assert message(shop).split("\n")[2:] == [f"  it matches, {note}"]


def test_another_server_nearly_expects_it(servers: dict[str, HttpServer], assert_text: AssertText) -> None:
    payment, _, shop = servers.values()
    expect(shop, "/stock")
    expect(payment, "/pay", method="POST", json={"amount": 1})
    with running(payment):
        responses_to(shop, Request.of("POST", "/pay", JSON, b'{"amount": 2}'))
        assert_text(message(shop), "explaining/another_server_nearly_expects_it")
        expect(shop, "/pay", method="POST", json={"amount": 3})
        responses_to(shop, Request.of("POST", "/pay", JSON, b'{"amount": 2}'))
        assert "payment" not in message(shop), "what is near here comes first"


def test_with_several_servers_the_line_names_this_one(servers: dict[str, HttpServer]) -> None:
    payment, _, shop = servers.values()
    expect(shop, "/orders", json={"a": 1})
    responses_to(shop, Request.of("POST", "/orders", {}, b'{"a": 2}'))
    assert "server=" not in message(shop)
    with running(payment):
        responses_to(shop, Request.of("POST", "/orders", {}, b'{"a": 2}'))
        assert line_after(message(shop), "This line") == '  Expect Request    /orders    json={"a": 2}    server=shop'
        responses_to(shop, Request.of("GET", "/else"))
        assert line_after(message(shop), "This line").endswith("    server=shop")


def test_a_server_whose_order_is_broken_would_take_nothing() -> None:
    server = HttpServer("other")
    expect(server, "/due", Kind.ORDERED)
    due = Request.of("GET", "/due")
    assert server.book.would_take(due) is not None
    responses_to(server, Request.of("GET", "/wrong"))
    assert server.book.would_take(due) is None


def test_another_one_is_next(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/login", Kind.ORDERED, method="POST")
    expect(server, "/orders", Kind.ORDERED)
    ask(Request.of("GET", "/order", {"X-Trace": "1"}))
    assert_text(message(server), "explaining/another_one_is_next")
    ask(Request.of("POST", "/login"))
    assert_text(message(server), "explaining/refused")


def test_the_next_one_does_not_match(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    """It is no question of order: the line belongs in its place."""
    expect(server, "/login", Kind.ORDERED, method="POST", json={"user": "ann"})
    expect(server, "/orders", Kind.ORDERED)
    ask(Request.of("POST", "/login", JSON, b'{"user": "bob"}'))
    assert_text(message(server), "explaining/next_one_does_not_match")


def test_the_next_one_lacks_its_credentials(server: HttpServer, ask: Ask) -> None:
    expect(server, "/login", Kind.ORDERED, method="POST", bearer_token="abc")
    _, text = ask(Request.of("POST", "/login"))
    assert line_after(text, "The next") == "  bearer_token: expected a Bearer token, received no Authorization header"
    assert "This line" not in text


@pytest.mark.parametrize("kind", [Kind.ORDERED, Kind.PERMANENT])
def test_behind_an_ordered_one(server: HttpServer, ask: Ask, assert_text: AssertText, kind: Kind) -> None:
    expect(server, "/login", Kind.ORDERED, method="POST")
    expect(server, "/other", Kind.ORDERED)
    expect(server, "/orders", kind)
    ask(Request.of("GET", "/orders"))
    assert_text(message(server), f"explaining/behind_an_ordered_one_{kind}")


def test_what_is_used_up_is_not_behind_an_ordered_one(server: HttpServer, ask: Ask) -> None:
    first = expect(server, "/login", Kind.ORDERED)
    expect(server, "/orders", Kind.ORDERED)
    ask(Request.of("GET", "/login"))
    _, text = ask(Request.of("GET", "/login"))
    assert str(first) not in text


@pytest.mark.parametrize("headers", [{"Origin": "http://shop.example"}, {}], ids=["origin", "no origin"])
def test_a_cors_preflight(server: HttpServer, ask: Ask, headers: dict[str, str], assert_text: AssertText) -> None:
    expect(server, "/orders", method="POST")
    ask(Request.of("OPTIONS", "/orders", {**headers, "Access-Control-Request-Method": "POST"}))
    assert_text(message(server), f"explaining/cors_preflight{'' if headers else '_without_origin'}")


def test_options_alone_is_no_preflight(server: HttpServer, ask: Ask) -> None:
    _, text = ask(Request.of("OPTIONS", "/orders"))
    assert "CORS" not in text


def test_a_websocket(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    ask(Request.of("GET", "/chat", {"Upgrade": "WebSocket", "Connection": "Upgrade"}))
    assert_text(message(server), "explaining/websocket")


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"bearer_token": "abc"}, {"Authorization": "Bearer abd"}),
        ({"basic_auth": "ann:abc"}, {}),
        ({"headers": {"Authorization": "Bearer abc"}}, {"Authorization": "Bearer abd"}),
        ({"headers": {"Proxy-Authorization": None}}, {"Proxy-Authorization": "Bearer abd"}),
    ],
    ids=lambda value: next(iter(value), "none"),
)
def test_no_line_that_removes_a_credential(
    server: HttpServer, ask: Ask, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    expect(server, "/orders", **fields)
    _, text = ask(Request.of("GET", "/orders", headers))
    assert text.split("\n")[1].startswith("Nearest")
    assert "This line" not in text
    assert "abd" not in text


def test_a_diff_of_several_lines(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/x", text="one\ntwo\nthree\nfour\n\tfive\n")
    ask(Request.of("POST", "/x", {}, b"one\ntwo\nthrow\nfour\n\tfive\n"))
    assert_text(message(server), "explaining/diff")


def test_headers_and_body_are_cut(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    body = "\n".join(f"line {number}" for number in range(100))
    ask(Request.of("POST", "/x", [(f"X-{number}", "1") for number in range(30)], body.encode()))
    assert_text(message(server), "explaining/headers_and_body_are_cut")
    assert_fits_a_log(message(server))


def test_a_body_with_a_surrogate(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, "/x", json='"a"')
    status, _ = ask(Request.of("POST", "/x", {}, b'"\xed\xa0\x80"'))
    assert status == 500
    assert_text(message(server), "explaining/body_with_a_surrogate")


def test_a_line_that_is_too_long_to_paste(server: HttpServer, ask: Ask) -> None:
    _, text = ask(Request.of("GET", f"/?{'a' * 7000}"))
    assert "This line" not in text
    assert "more line" not in text
    assert text.startswith("UNEXPECTED REQUEST: GET /")


def test_a_line_with_masked_values_says_what_to_fill_in(server: HttpServer, ask: Ask) -> None:
    server.secrets.mask_fields(["pin"], server.book.innermost())
    _, text = ask(Request.of("POST", "/a", {}, b'{"pin": "hush"}'))
    assert lines_from(text, "This line")[:2] == [
        "This line expects it (replace *** with the real value):",
        '  Expect Request    /a    method=POST    json={"pin": "***"}',
    ]


def test_the_nearest_is_shown_with_its_differences(server: HttpServer, ask: Ask) -> None:
    expect(server, "/x", json=[*range(30)])
    _, text = ask(Request.of("POST", "/x", {}, str([*range(1, 11), *range(10, 30)]).encode()))
    assert len([line for line in text.split("\n") if line.startswith("  json $")]) == 10
    _, text = ask(Request.of("POST", "/x", {}, str([0] * 30).encode()))
    assert "  ... and 17 more differences" in text.split("\n")
    assert_fits_a_log(message(server))
    expect(server, "/y", json=[*range(300)])
    _, text = ask(Request.of("POST", "/y", {}, str([-1] * 300).encode()))
    assert "  ... and at least 88 more differences" in text.split("\n"), "not all are looked for"


def test_former_expectations_hold_no_responses(server: HttpServer) -> None:
    server.open_scope(Scope("a test"))
    ended = expect(server, "/x", Kind.ONESHOT)
    server.close_scope()
    assert server.book.archived() == [ended]
    assert ended.responder is None
