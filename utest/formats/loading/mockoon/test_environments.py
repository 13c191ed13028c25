"""What is read of an environment, and what is not understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Rank
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.responder import ResponseFailed

from .environments import PORT, answer, loaded, loaded_value, problems, route, rule


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"statusCode": 101}, "statusCode: a final status code is needed, not 101"),
        ({"statusCode": "x"}, 'statusCode: a number of 0 or more is needed, not the text "x"'),
        ({"latency": 10**400}, "latency: a number of 0 or more is needed, not the number 1000000"),
        ({"body": 5}, "body: text is needed, not the number 5"),
        ({"headers": {}}, "headers: a list is needed, not an object"),
        ({"headers": ["a"]}, 'headers[0]: an object is needed, not the text "a"'),
        ({"default": 1}, "default: true or false is needed, not the number 1"),
        ({"body": "{{shout 'a'}}"}, 'body: the template calls "shout", which is not known'),
        ({"body": "{{#if a}}"}, "body: the template cannot be read: "),
        (
            {"body": "{{faker 'person.shoeSize'}}"},
            'body: the template asks Faker for "person.shoeSize", which has no stand-in',
        ),
        ({"headers": [{"key": "A", "value": "{{shout 1}}"}]}, 'headers[0].value: the template calls "shout"'),
        (
            {"bodyType": "RAW"},
            'bodyType: one of INLINE, FILE, DATABUCKET is needed, not the text "RAW"',
        ),
        ({"rulesOperator": "XOR"}, 'rulesOperator: one of AND, OR is needed, not the text "XOR"'),
        ({"rules": [rule("weather")]}, "rules[0].target: one of body, query, header, "),
        ({"rules": [rule("query", "a", "b", "above")]}, "rules[0].operator: one of equals, "),
        (
            {"rules": [rule("query", "a", "(", "regex")]},
            'rules[0]: "(" is not a regular expression that can be used ',
        ),
        ({"rules": [rule("body", "$.a[(x)]")]}, "rules[0].modifier: the JSONPath '$.a[(x)]' cannot be followed"),
        ({"rules": [rule("query", "a", "{{shout 1}}")]}, 'rules[0].value: the template calls "shout"'),
        ({"callbacks": [{"uuid": "c", "latency": -1}]}, "callbacks[0].latency: a number of 0 or more is needed, not "),
    ],
)
def test_a_response_that_is_not_understood(tmp_path: Path, response: dict[str, Any], problem: str) -> None:
    callbacks = [{"uuid": "c", "uri": "http://localhost", "method": "post"}]
    found = loaded(tmp_path, route("a", {"body": ""}, response), route("b", {}), callbacks=callbacks)
    [shown] = problems(found)
    assert shown.startswith(f"shop.json, $.routes[0].responses[1].{problem}")
    # The route would answer with something else; the others are there.
    assert [str(draft.description) for draft in found.drafts] == ["GET /b"]


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"type": "ws"}, "type: WebSocket routes cannot be loaded"),
        ({"type": "soap"}, 'type: one of http, crud, ws is needed, not the text "soap"'),
        ({"method": "GET /"}, 'method: the text "GET /" is not a method'),
        ({"endpoint": "a(b"}, 'endpoint: "^/a(b/?$" is not a regular expression that can be used here: '),
        ({"responses": []}, "responses: a route needs a response"),
        ({"responseMode": "LAST"}, "responseMode: one of SEQUENTIAL, "),
    ],
)
def test_a_route_that_is_not_understood(tmp_path: Path, members: dict[str, Any], problem: str) -> None:
    found = loaded(tmp_path, {**route("a", {}), **members})
    [shown] = problems(found)
    assert shown.startswith(f"shop.json, $.routes[0].{problem}")
    assert not found.drafts


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"latency": "long"}, '$.latency: a number of 0 or more is needed, not the text "long"'),
        ({"data": [{"id": "a", "value": "{{shout 1}}"}]}, '$.data[0].value: the template calls "shout", which is '),
        ({"data": [{"id": "a", "value": "{{repeat}}"}]}, "$.data[0].value: the template failed: repeat needs a number"),
        (
            {"callbacks": [{"uuid": "c", "bodyType": "FILE", "sendFileAsBody": False}]},
            "$.callbacks[0].sendFileAsBody: a callback cannot upload a file as a form",
        ),
        (
            {"proxyMode": True, "proxyHost": f"http://localhost:{PORT}"},
            f"$.proxyHost: upstream: http://localhost:{PORT}/ is this server itself",
        ),
        ({"proxyMode": True, "proxyHost": "nowhere"}, "$.proxyHost: upstream: an http or https URL"),
    ],
)
def test_what_is_not_understood_of_an_environment(tmp_path: Path, members: dict[str, Any], problem: str) -> None:
    [shown] = problems(loaded(tmp_path, route("a", {}), **members))
    assert shown.startswith(f"shop.json, {problem}")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "path: shop.json is not an environment of Mockoon: it is a list. Save it with Mockoon 1.7 or newer."),
        (
            {"data": "x"},
            "path: shop.json is not an environment of Mockoon: it has no routes. Save it with Mockoon 1.7 or n",
        ),
        ({"data": [1]}, "path: shop.json, $.data[0] is neither an environment nor a route of Mockoon."),
        (
            {"data": [{"item": {}}]},
            "path: shop.json, $.data[0].item is not an environment of Mockoon: it has no ",
        ),
    ],
)
def test_no_environment(tmp_path: Path, value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        loaded_value(tmp_path, value)
    assert str(caught.value).startswith(message)


def test_an_export_of_an_old_version(tmp_path: Path) -> None:
    environment = {"routes": [route("a", {})], "cors": False}
    items = [{"type": "environment", "item": environment}, {"type": "route", "item": route("b", {})}]
    found = loaded_value(tmp_path, {"source": "mockoon:1.6.0", "data": items})
    assert [(str(draft.description), draft.origin) for draft in found.drafts] == [
        ("GET /a", "shop.json, $.data[0].item.routes[0]"),
        ("GET /b", "shop.json, $.data[1].item.routes[0]"),
        ("OPTIONS /*", "shop.json, $.data[1].item.cors (preflight requests)"),
    ]


def test_the_oldest_files_have_one_response_in_the_route(tmp_path: Path) -> None:
    written: dict[str, Any] = {
        "method": "get",
        "endpoint": "a",
        "statusCode": "404",
        "body": "gone",
        "contentType": "text/plain",
    }
    written |= {"customHeaders": [{"key": "X-Old", "value": "1"}], "enabled": True}
    response = answer(loaded(tmp_path, written))
    assert (response.status, response.body) == (404, b"gone")
    assert response.headers == (("Content-Type", "text/plain; charset=utf-8"), ("X-Old", "1"))


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    value = {"routes": [route("a", {})], "cors": False}
    assert len(loaded_value(tmp_path, value, encoding="utf-8-sig").drafts) == 1


def test_a_disabled_route_is_left_out(tmp_path: Path) -> None:
    assert not loaded(tmp_path, route("a", {}, enabled=False)).drafts


def test_what_people_should_know(tmp_path: Path) -> None:
    response = {"headers": [{"key": " X", "value": "1"}], "bodyType": "FILE", "filePath": "none.txt"}
    found = loaded(tmp_path, route("a", response), lastMigration=40, tlsOptions={"enabled": True})
    assert found.notes == [
        "shop.json was written by a newer version of Mockoon than 9.3; it is read as 9.3 would read it.",
        "shop.json asks for TLS; give tls=True to 'Start Http Server' for that.",
        'shop.json, $.routes[0].responses[0].filePath: there is no file "none.txt".',
        "shop.json, $.routes[0]: the header ' X' is not sent, because that is not a header name.",
    ]
    with pytest.raises(ResponseFailed, match=r"the file none\.txt does not exist"):
        answer(found)


def test_expectations_are_shown(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        route("orders/:id", {}, documentation="One  order"),
        route("things", {"rules": [rule("query", "a", "1")]}, responseMode="FALLBACK", method="all"),
        route("users", {}, type="crud", method=""),
        base_path="/v1",
        endpointPrefix="api/",
    )
    assert [(str(draft.description), draft.origin, draft.rank) for draft in found.drafts] == [
        ("GET /v1/api/orders/:id", "shop.json, $.routes[0] (One order)", Rank.LOADED),
        ("/v1/api/things rules=1", "shop.json, $.routes[1]", Rank.LOADED),
        ("GET,POST,PUT,PATCH,DELETE /v1/api/users", "shop.json, $.routes[2]", Rank.LOADED),
    ]


def test_a_literal_path_is_found_by_an_index(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("Orders/Open", {}), route("orders/:id", {}))
    assert [draft.description.path and draft.description.path.folded for draft in found.drafts] == [
        "/orders/open",
        None,
    ]


def test_differences_of_a_route(tmp_path: Path) -> None:
    rules = [
        rule("query", "page", "2"),
        rule("header", "X-Kind", "", "null", invert=True),
        rule("body", "$.n", "^1", "regex"),
    ]
    found = loaded(tmp_path, route("a", {"rules": rules}, responseMode="FALLBACK"), route("users", {}, type="crud"))
    fallback, crud = (draft.description for draft in found.drafts)
    request = Request.of("GET", "/a?page=3", {"Content-Type": "application/json"}, b'{"n": 2}')
    assert [str(entry) for entry in fallback.differences(request)] == [
        'query page: expected to be "2", received "3"',
        "header X-Kind: expected something, received nothing",
        'json $.n: expected to match "^1", received "2"',
    ]
    assert [str(entry) for entry in fallback.differences(Request("PUT", "/b"))] == [
        "method: expected GET, received PUT",
        'path: expected "/a", received "/b"',
    ]
    assert [str(entry) for entry in crud.differences(Request("POST", "/users/1"))] == [
        "method: expected GET,PUT,PATCH,DELETE, received POST; same path, different method",
    ]
    assert fallback.suggestion(request) is None
    assert crud.suggestion(request) is None


def test_random_responses_take_turns(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("a", {"body": "1"}, {"body": "2"}, randomResponse=True))
    assert [answer(found, number=number).body for number in (1, 2, 3)] == [b"1", b"2", b"1"]


def test_a_template_that_fails_is_a_problem(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("a", {"body": "{{dateFormat 'soon' 'yyyy'}}"}))
    with pytest.raises(ResponseFailed, match="the template failed: 'soon' is not a date") as caught:
        answer(found)
    assert caught.value.kind == "TEMPLATE ERROR"


def test_a_status_that_cannot_be_sent(tmp_path: Path) -> None:
    with pytest.raises(ResponseFailed, match="the template set the status 99"):
        answer(loaded(tmp_path, route("a", {"body": "{{status 99}}"})))


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "sub/../../secret.txt"])
def test_a_request_names_no_file_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    response = {"bodyType": "FILE", "filePath": "{{header 'name'}}", "fallbackTo404": True, "body": "none"}
    found = loaded(tmp_path / "inside", route("a", response))
    assert answer(found, Request.of("GET", "/a", {"Name": "%2e%2e/secret.txt"})).body == b"none"
    with pytest.raises(ResponseFailed, match=r"the file \S+ is outside the directory of the environment"):
        answer(found, Request.of("GET", "/a", {"Name": name}))


def test_a_request_names_no_file_of_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.chdir(tmp_path)
    found = loaded(tmp_path / "inside", route("a", {"bodyType": "FILE", "filePath": "{{header 'name'}}"}))
    with pytest.raises(ResponseFailed, match=r"the file \S+ is outside the directory of the environment"):
        answer(found, Request.of("GET", "/a", {"Name": str(tmp_path / "secret.txt")}))


@pytest.mark.parametrize("beginning", ["", "a"])
def test_a_request_names_no_file_outside_of_what_is_fixed(tmp_path: Path, beginning: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("a")
    (tmp_path / "secret.txt").write_text("secret")
    path = f"{tmp_path.as_posix()}/data/{beginning}{{{{header 'name'}}}}"
    found = loaded(tmp_path, route("a", {"bodyType": "FILE", "filePath": path}))
    assert answer(found, Request.of("GET", "/a", {"Name": "a.txt".removeprefix(beginning)})).body == b"a"
    with pytest.raises(ResponseFailed, match=r"the file \S+ is outside the directory of the environment"):
        answer(found, Request.of("GET", "/a", {"Name": "x/../../secret.txt"}))


def test_a_regular_expression_of_a_request_that_is_none(tmp_path: Path) -> None:
    rules = [rule("query", "a", "{{header 'p'}}", "regex")]
    found = loaded(tmp_path, route("a", {"rules": rules}, {}))
    with pytest.raises(ResponseFailed, match=r'"\(" is not a regular expression that can be used'):
        answer(found, Request.of("GET", "/a?a=b", {"P": "("}))


def test_a_body_that_was_not_kept(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("a", {"body": "{{method}}"}, method="post"), route("b", {"body": "{{body}}"}))
    request = Request("POST", "/a", b"", b"body")
    request.drop_body("max_body_kept")
    assert answer(found, request).body == b"POST"
    with pytest.raises(ResponseFailed, match="the body has 4 bytes, of which max_body_kept keeps none; raise it in"):
        answer(found, request, index=1)


def test_a_route_that_leaves_requests_counts_those_that_it_takes(tmp_path: Path) -> None:
    rules = [rule("request_number", "", "2", invert=True)]
    found = loaded(tmp_path, route("a", {"rules": rules}, responseMode="FALLBACK"))
    description = found.drafts[0].description
    assert description.matches(Request("GET", "/a"))
    answer(found)
    assert not description.matches(Request("GET", "/a"))


def test_latencies_add_up(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("a", {}), route("b", {"latency": 200}), latency=100)
    assert [draft.turns[0].responder.delay for draft in found.drafts] == pytest.approx([0.1, 0.3])


def test_a_response_that_is_always_the_same_is_made_once(tmp_path: Path) -> None:
    found = loaded(tmp_path, route("a", {"body": "x"}), route("b", {"body": "{{now}}"}), route("c", {}, {}))
    assert [draft.turns[0].responder.fixed is not None for draft in found.drafts] == [True, False, False]
