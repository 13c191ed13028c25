"""Requests that a server sends after its responses, and what is recorded of them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from HttpServerLibrary.engine.calling import callback_of
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.explaining.checks import not_sent
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.journal import Bounds, Remark
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind
from HttpServerLibrary.engine.responses.later import Later
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.details import details
from utest.helpers import LONG, expect, failure, responses_to
from utest.replies import MemoryReply

ORDER = Request.of("POST", "/orders?page=2", [("X-Id", "a")], b'{"id": 7, "items": ["b"]}')


@pytest.fixture
def shop(running: HttpServer) -> HttpServer:
    """The server that is called back."""
    return running


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port on which nobody listens, and that nobody else gets."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture(autouse=True)
def no_thread_left(server: HttpServer) -> Iterator[None]:
    yield
    server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "HttpServerLibrary-callback"]


def expect_order(server: HttpServer, *arguments: Any, **named: Any) -> Expectation:
    """An expectation with a callback, which fits `ORDER`."""
    expectation = expect(server, "/orders")
    server.book.call(expectation, callback_of(*arguments, **named))
    return expectation


def wait(server: HttpServer) -> None:
    """Waits until no callback is left."""
    assert server.journal.wait(lambda: server.book.all_sent() or None, LONG, server.book.unsent)


def taken(server: HttpServer, number: int = 0) -> ReceivedRequest:
    return ReceivedRequest(server.journal.exchanges()[number])


def problems(server: HttpServer) -> list[tuple[str, str]]:
    return [(problem.kind, problem.message) for problem in server.journal.problems()]


def unlogged(server: HttpServer) -> list[str]:
    """The lines about callbacks that are not in the log yet."""
    return [entry.text for entry in server.journal.take_unlogged()[1] if isinstance(entry, Remark)]


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        (("PO ST", "http://x/"), {}, "method: a method such as POST is needed, not 'PO ST'."),
        (
            ("GET", "http://x/"),
            {"json": 1, "data": ""},
            "data: cannot be given together with json, as a request has one body.",
        ),
        (("GET", "http://x/"), {"json": "{"}, None),
        (
            ("GET", "http://x/"),
            {"headers": "X"},
            "headers: a header is written 'Name: value', but there is no colon in \"X\".",
        ),
        (("GET", "http://x/"), {"delay": -1}, "delay: must be 0 seconds or more, not -1 seconds."),
        (("GET", "http://x/"), {"timeout": 0}, "timeout: a number of seconds above 0 is needed, not 0."),
    ],
)
@pytest.mark.parametrize("template", [False, True])
def test_bad_arguments(arguments: tuple[str, str], named: dict[str, Any], message: str | None, template: bool) -> None:
    with pytest.raises(UsageError) as caught:
        callback_of(*arguments, **named, template=template)
    if message is None:
        assert str(caught.value).startswith("json: not JSON: ")
    else:
        assert str(caught.value) == message


@pytest.mark.parametrize("template", [False, True])
def test_a_bad_url(template: bool) -> None:
    with pytest.raises(UsageError) as caught:
        callback_of("GET", "/hook", template=template)
    assert str(caught.value) == 'url: an http or https URL such as http://localhost/ is needed, not "/hook".'


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"data": b"x"}, "data: a template is text, not bytes."),
        ({"data": "{{"}, "data: the template has an error in line 1: unexpected 'end of template'."),
        ({"json": ["{{ x | no }}"]}, "json: $[0]: the template has an error in line 1: there is no filter 'no'."),
        (
            {"headers": {"X-A": "{% x %}"}},
            "header X-A: the template has an error in line 1: Encountered unknown tag 'x'.",
        ),
        (
            {"url": "http://{{ }}"},
            "url: the template has an error in line 1: Expected an expression, got 'end of print statement'.",
        ),
    ],
)
def test_templates_with_errors(named: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        callback_of("GET", named.pop("url", "http://x/"), **named, template=True)
    assert str(caught.value) == message


def test_a_callback_and_its_record(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook").responder = respond_data("thanks", status=201, headers={"X-B": "2"})
    expectation = expect_order(server, "post", f"{shop.url}/hook", json={"state": "paid"}, headers={"X-A": "1"})
    before = responses_to(server, ORDER)
    assert before[0].status == 200
    wait(server)
    (received,) = shop.journal.exchanges()
    assert (received.request.method, received.request.path) == ("POST", "/hook")
    assert received.request.header("x-a") == "1"
    (callback,) = taken(server).callbacks
    assert (callback.method, callback.url) == ("POST", f"{shop.url}/hook")
    assert callback.json == {"state": "paid"}
    assert callback.text == callback.data.decode() == '{"state": "paid"}'
    assert callback.headers["x-a"] == "1"
    assert repr(callback) == f"<Callback POST {shop.url}/hook>"
    response = callback.response
    assert response is not None
    assert (response.status, response.text, response.headers["x-b"]) == (201, "thanks", "2")
    assert (response.json, response.fault, response.sent, response.reason) == (None, None, 6, "Created")
    assert (expectation.calling, problems(server)) == (0, [])
    (line,) = unlogged(server)
    assert line.startswith(f"callback POST {shop.url}/hook answered 201 Created (")


def test_it_is_sent_after_the_response(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook")
    expectation = expect_order(server, "GET", f"{shop.url}/hook")
    seen: list[tuple[int, int, int]] = []

    def send(response: Response) -> None:
        # It is waited for, and listed, before anybody sees the response.
        seen.append((len(shop.journal.arrived()), expectation.calling, len(taken(server).callbacks)))

    server.answer(ORDER, MemoryReply(send))
    assert seen == [(0, 1, 1)]
    wait(server)
    assert len(shop.journal.exchanges()) == 1


def test_several_callbacks_keep_their_order(server: HttpServer, shop: HttpServer) -> None:
    expect(shop)
    expectation = expect_order(server, "GET", f"{shop.url}/1", delay=0.05)
    server.book.call(expectation, callback_of("GET", f"{shop.url}/2"))
    responses_to(server, ORDER, ORDER)
    wait(server)
    for number in range(2):
        callbacks = taken(server, number).callbacks
        assert [callback.url.rpartition("/")[2] for callback in callbacks] == ["1", "2"]
    assert len(shop.journal.exchanges()) == 4


def test_templates_are_filled_in(server: HttpServer, shop: HttpServer) -> None:
    expect(shop)
    expectation = expect_order(
        server,
        "POST",
        f"{shop.url}/{{{{ request.json.id }}}}?n={{{{ number }}}}",
        json={"items": "{{ request.json.items }}", "page": "{{ request.query.page | int }}"},
        headers={"X-Id": "{{ request.headers['X-Id'] }}"},
        template=True,
    )
    data = callback_of("PUT", f"{shop.url}/data", data="got {{ request.text }}", template=True)
    server.book.call(expectation, data)
    responses_to(server, ORDER)
    wait(server)
    first, second = taken(server).callbacks
    assert first.url == f"{shop.url}/7?n=1"
    assert first.json == {"items": ["b"], "page": 2}
    assert first.headers["X-Id"] == "a"
    assert second.text == 'got {"id": 7, "items": ["b"]}'
    assert problems(server) == []


@pytest.mark.parametrize(
    ("url", "named", "why"),
    [
        (
            "http://localhost/{{ request.json.no }}",
            {},
            'url: template {{ request.json.no }}: a dictionary has no "no"',
        ),
        ("{{ request.text }}", {}, "url: an http or https URL such as http://localhost/ is needed, not "),
        ("http://localhost/", {"headers": {"X-A": "{{ 'a\\nb' }}"}}, "headers: the value of X-A has a line break"),
        ("http://localhost/", {"headers": {"X-A": "{{ '\\u20ac' }}"}}, "headers: the value of X-A has characters that"),
        (
            "http://localhost/",
            {"json": {"a": "{{ state.paid }}"}},
            'json $.a: template {{ state.paid }}: the state "paid" is not set',
        ),
    ],
)
def test_what_a_template_makes_may_be_wrong(server: HttpServer, url: str, named: dict[str, Any], why: str) -> None:
    expectation = expect_order(server, "POST", url, **named, template=True)
    (sent,) = responses_to(server, ORDER)
    assert sent.status == 200
    ((kind, message),) = problems(server)
    assert kind == "TEMPLATE ERROR"
    assert message.startswith(f"TEMPLATE ERROR: POST /orders?page=2: callback: {why}")
    assert (expectation.calling, taken(server).callbacks, unlogged(server)) == (0, [], [])


def test_a_failure_is_a_problem(server: HttpServer, refusing: int) -> None:
    url = f"http://127.0.0.1:{refusing}/hook"
    expect_order(server, "POST", url)
    responses_to(server, ORDER)
    wait(server)
    message = f"CALLBACK FAILED: POST /orders?page=2: callback POST {url}: connection refused"
    assert problems(server) == [("CALLBACK FAILED", message)]
    (callback,) = taken(server).callbacks
    assert callback.response is None
    # Only the problem is logged.
    assert unlogged(server) == []


def test_each_problem_is_logged_once(server: HttpServer) -> None:
    expectation = expect_order(server, "POST", "http://127.0.0.1:1/{{ request.json.no }}", template=True)
    server.book.call(expectation, callback_of("POST", "http://127.0.0.1:1/{{ request.no }}", template=True))
    responses_to(server, ORDER)
    first, second = server.journal.problems()
    (exchange,) = server.journal.exchanges()
    # The first is logged with the request.
    assert server.journal.take_unlogged()[1] == [exchange, second.record]
    assert exchange.problem is first.record
    server.book.call(expectation, callback_of("POST", "http://127.0.0.1:1/", delay=LONG))
    expectation.callbacks = expectation.callbacks[-1:]
    responses_to(server, ORDER)
    server.journal.take_unlogged()
    late = failure()
    server.journal.called(server.journal.exchanges()[1], problem=late)
    assert server.journal.take_unlogged()[1] == [late]


def test_a_bad_status_is_a_problem(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook").responder = respond_data("no", status=400)
    expect_order(server, "POST", f"{shop.url}/hook")
    responses_to(server, ORDER)
    wait(server)
    message = f"CALLBACK FAILED: POST /orders?page=2: callback POST {shop.url}/hook: answered 400 Bad Request"
    assert problems(server) == [("CALLBACK FAILED", message)]
    response = taken(server).callbacks[0].response
    assert response is not None
    assert response.text == "no"


def test_nothing_is_sent_when_there_is_no_response_of_its_own(server: HttpServer, shop: HttpServer) -> None:
    # Neither for a failure, nor when the client of GET is HEAD, nor for another expectation.
    expectation = expect_order(server, "POST", f"{shop.url}/hook")
    expectation.responder = respond_data("{{ request.json.no }}", template=True)
    expect(server, "/other", method="GET")
    responses_to(server, ORDER, Request.of("HEAD", "/other"), Request.of("GET", "/nowhere"))
    assert [kind for kind, _ in problems(server)] == ["TEMPLATE ERROR", "UNEXPECTED REQUEST"]
    wait(server)
    assert shop.journal.exchanges() == []


def test_after_a_fault(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook")
    expectation = expect_order(server, "POST", f"{shop.url}/hook")
    expectation.responder = Fault(FaultKind.RESET)
    responses_to(server, ORDER)
    wait(server)
    assert len(shop.journal.exchanges()) == 1


def test_after_a_response_of_the_test(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook")
    expectation = expect_order(server, "POST", f"{shop.url}/hook")
    expectation.responder = Later(LONG)
    reply = MemoryReply()
    server.answer(ORDER, reply)
    assert taken(server).callbacks == []
    assert expectation.calling == 0
    server.give_to(server.journal.exchanges()[0], Turn(respond_data("now")))
    wait(server)
    assert len(taken(server).callbacks) == 1


def test_the_end_of_a_scope_cancels_its_callbacks(server: HttpServer, shop: HttpServer) -> None:
    expect(shop, "/hook")
    expectation = expect_order(server, "POST", f"{shop.url}/hook", delay=LONG)
    scope = Scope("test 'One'")
    responses_to(server, ORDER)
    server.open_scope(scope)
    responses_to(server, ORDER)
    assert expectation.calling == 2
    server.end(scope)
    # That of the suite goes on.
    assert expectation.calling == 1
    assert unlogged(server) == [f"callback POST {shop.url}/hook: cancelled, because test 'One' ended"]
    scope.closed = True
    server.close_scope()
    server.reset()
    assert expectation.calling == 0
    assert unlogged(server) == [f"callback POST {shop.url}/hook: cancelled, because the server was reset"]
    assert (problems(server), shop.journal.exchanges()) == ([], [])


def test_stopping_cancels_all(server: HttpServer, shop: HttpServer) -> None:
    expectation = expect_order(server, "POST", f"{shop.url}/hook", delay=LONG)
    responses_to(server, ORDER)
    server.stop()
    wait(server)
    assert expectation.calling == 0
    assert unlogged(server) == [f"callback POST {shop.url}/hook: cancelled, because the server stopped"]
    responses_to(server, ORDER)
    assert (expectation.calling, problems(server)) == (0, [])


@pytest.mark.parametrize("how", ["closed", "void"])
def test_what_ended_while_the_response_was_sent_is_not_called(server: HttpServer, shop: HttpServer, how: str) -> None:
    expectation = expect_order(server, "POST", f"{shop.url}/hook")
    scope = Scope("test 'One'")
    server.open_scope(scope)

    def send(response: Response) -> None:
        if how == "void":
            server.reset()
        else:
            server.end(scope)
            scope.closed = True
            server.close_scope()

    server.answer(ORDER, MemoryReply(send))
    why = "the server was reset" if how == "void" else "test 'One' ended"
    assert unlogged(server) == [f"callback POST {shop.url}/hook: cancelled, because {why}"]
    assert (expectation.calling, shop.journal.exchanges(), problems(server)) == (0, [], [])


def test_a_used_up_expectation_gets_no_callback(server: HttpServer) -> None:
    expectation = expect(server, "/orders", times=1)
    responses_to(server, ORDER)
    with pytest.raises(UsageError) as caught:
        server.book.call(expectation, callback_of("GET", "http://localhost/"))
    assert str(caught.value) == f"The expectation is used up, so it cannot get a callback: {expectation}."


@pytest.mark.parametrize(("data", "aside"), [("{{ number }}", 0), ("{% for i in range(9) %}{{ i }}{% endfor %}", 1)])
def test_only_loops_take_a_thread(server: HttpServer, data: str, aside: int) -> None:
    class Counting(MemoryReply):
        stepped = 0

        def step_aside(self) -> None:
            self.stepped += 1

    expect_order(server, "GET", "http://localhost/", data=data, template=True, delay=LONG)
    reply = Counting()
    server.answer(ORDER, reply)
    assert reply.stepped == aside


def test_which_callbacks_are_waited_for(server: HttpServer) -> None:
    expectation = expect_order(server, "POST", "http://localhost/hook", delay=LONG)
    responses_to(server, ORDER)
    text = not_sent([expectation], [], server.audience, 1)
    assert text == (
        f"1 callback was not over within 1 second on {server}, although the responses were sent:\n"
        f"  {expectation} (used 1)"
    )
    responses_to(server, ORDER)
    assert not_sent([expectation], [], server.audience, 1).startswith("2 callbacks were not over")


def test_secrets_are_sent_and_not_shown(server: HttpServer, shop: HttpServer) -> None:
    expect(shop)
    server.secrets.add("hush-hush", server.book.innermost())
    expect_order(
        server,
        "POST",
        f"{shop.url}/hook?key=hush-hush",
        json={"token": "hush-hush"},
        headers={"X-Key": "hush-hush", "Authorization": "Bearer other"},
    )
    expectation = server.book.expectations()[0]
    server.book.call(expectation, callback_of("GET", f"{shop.url}/hush-hush/{{{{ request.no }}}}", template=True))
    server.book.call(expectation, callback_of("GET", "http://127.0.0.1:1/hush-hush"))
    responses_to(server, ORDER)
    wait(server)
    (received,) = shop.journal.exchanges()
    assert received.request.json == {"token": "hush-hush"}
    assert received.request.header("x-key") == "hush-hush"
    callbacks = taken(server).callbacks
    assert callbacks[0].headers["Authorization"] == "Bearer other"
    exchanges = server.journal.exchanges()
    shown = [
        *map(repr, callbacks),
        *(repr(callback.headers) for callback in callbacks),
        *unlogged(server),
        *(message for _, message in problems(server)),
        details(exchanges[0], server.secrets, search=True),
        "".join(archive(exchanges, server.secrets, "x", "1")),
    ]
    assert len(problems(server)) == 2
    for text in shown:
        assert "hush-hush" not in text
        assert "Bearer other" not in text
    assert f"<Callback POST {shop.url}/hook?key=***>" in shown


def details_of(server: HttpServer) -> list[str]:
    (exchange,) = server.journal.exchanges()
    return [
        part.partition("</div>")[0] for part in details(exchange, server.secrets, search=True).split("Callback: ")[1:]
    ]


def test_the_table(server: HttpServer, shop: HttpServer, refusing: int) -> None:
    expect(shop)
    expectation = expect_order(server, "POST", f"{shop.url}/<b>")
    server.book.call(expectation, callback_of("GET", f"http://127.0.0.1:{refusing}/"))
    server.book.call(expectation, callback_of("GET", f"{shop.url}/late", delay=LONG))
    responses_to(server, ORDER)
    first, second, third = server.journal.exchanges()[0].progress.callbacks  # type: ignore[union-attr]
    server.journal.wait(lambda: (first.ended and second.ended) or None, LONG)
    assert third.ended is None
    assert details_of(server) == [
        f"POST {shop.url}/%3Cb%3E, answered 200 OK",
        f"GET http://127.0.0.1:{refusing}/: connection refused",
        f"GET {shop.url}/late: not sent yet",
    ]


def archived(exchange: Exchange, server: HttpServer) -> list[dict[str, Any]]:
    (entry,) = json.loads("".join(archive([exchange], server.secrets, "x", "1")))["log"]["entries"]
    callbacks: list[dict[str, Any]] = entry["_callbacks"]
    return callbacks


def test_the_archive(server: HttpServer, shop: HttpServer, refusing: int) -> None:
    expect(shop)
    expectation = expect_order(server, "POST", f"{shop.url}/hook?a=b", json={"a": 1})
    server.book.call(expectation, callback_of("GET", f"http://127.0.0.1:{refusing}/"))
    server.book.call(expectation, callback_of("GET", f"{shop.url}/late", delay=LONG))
    responses_to(server, ORDER)
    first, second, _ = server.journal.exchanges()[0].progress.callbacks  # type: ignore[union-attr]
    server.journal.wait(lambda: (first.ended and second.ended) or None, LONG)
    sent, refused, late = archived(server.journal.exchanges()[0], server)
    assert sent["request"]["method"] == "POST"
    assert sent["request"]["url"] == f"{shop.url}/hook?a=b"
    assert sent["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert sent["request"]["postData"] == {"mimeType": "application/json", "text": '{"a": 1}'}
    assert {"name": "Content-Type", "value": "application/json"} in sent["request"]["headers"]
    assert (sent["response"]["status"], sent["response"]["content"]["text"]) == (200, "ok")
    assert sent["time"] > 0
    assert datetime.fromisoformat(sent["startedDateTime"]).year > 2020
    assert refused["response"]["status"] == 0
    assert refused["comment"] == "connection refused"
    assert late["response"]["status"] == 0
    assert late["comment"] == "not sent yet"


def test_the_responses_take_a_bounded_amount_of_memory(shop: HttpServer) -> None:
    server = HttpServer(bounds=Bounds(kept_bytes=2500))
    expect(shop).responder = respond_data("x" * 1000)
    expectation = expect_order(server, "GET", f"{shop.url}/hook")
    for _ in range(3):
        responses_to(server, Request.of("GET", "/orders"))
        wait(server)
    kept = [taken(server, number).callbacks[0].response for number in range(3)]
    assert [len(response.data) for response in kept if response] == [0, 1000, 1000]
    assert [response.status for response in kept if response] == [200, 200, 200]
    assert expectation.calling == 0
    server.stop()
