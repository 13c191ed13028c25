"""Collections of Postman: which saved response answers which request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.load import Format
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.formats.loading.conftest import Load
from utest.helpers import Ask, responses_to

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
NAME, CODE, NUMBER, MATCH_BODY = (
    *("x-mock-response-name", "x-mock-response-code", "X-Mock-Response-Id", "x-mock-match-request-body"),
)


def collection(*items: Any, **more: Any) -> dict[str, Any]:
    return {"info": {"name": "Shop", "schema": SCHEMA}, "item": [*items], **more}


def item(url: Any, *responses: Any, method: str = "GET", **request: Any) -> dict[str, Any]:
    return {"name": "Orders", "request": {"method": method, "url": url, **request}, "response": [*responses]}


def response(body: str | None = "ok", name: str = "OK", code: Any = 200, **more: Any) -> dict[str, Any]:
    return {"name": name, "code": code, "status": "OK", "header": [], "body": body, **more}


def original(url: Any, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"originalRequest": {"method": method, "url": url, **more}}


def parts(path: str, query: Any = None, variable: Any = None, host: Any = ("{{baseUrl}}",)) -> dict[str, Any]:
    """A URL as Postman takes it apart."""
    made: dict[str, Any] = {"raw": f"{{{{baseUrl}}}}{path}", "host": [*host], "path": path.strip("/").split("/")}
    if query is not None:
        made["query"] = query
    return made if variable is None else {**made, "variable": variable}


def sent(server: HttpServer, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    (answer,) = responses_to(server, Request.of(method, target, fields, body))
    return answer.status, answer.body.decode()


def choose(server: HttpServer, target: str, header: str, value: str, method: str = "GET") -> tuple[int, str]:
    (answer,) = responses_to(server, Request.of(method, target, {header: value}))
    return answer.status, answer.body.decode()


@pytest.mark.parametrize(
    "url",
    [
        "{{baseUrl}}/orders",
        "https://shop.example/orders",
        "{{protocol}}://{{host}}:{{port}}/orders",
        "localhost:8080/orders#part",
        "/orders",
        {"raw": "{{baseUrl}}/orders"},
        {"raw": "x", "host": "{{baseUrl}}", "path": "orders"},
        {"host": ["shop", "example"], "port": "80", "path": ["orders"]},
        {"host": ["shop", "example"], "path": [{"type": "string", "value": "orders"}]},
        parts("/orders"),
    ],
)
def test_the_host_does_not_matter(loaded: Load, ask: Ask, url: Any) -> None:
    found = loaded(collection(item(url, response())))
    assert (found.notes, found.unsupported) == ([], [])
    assert ask(Request.of("GET", "/orders")) == (200, "ok")
    assert ask(Request.of("GET", "/other"))[0] == 500


@pytest.mark.parametrize(
    "url", ["https://shop.example", "{{baseUrl}}", "", None, {"raw": ""}, {"host": ["a"], "path": []}]
)
def test_a_url_without_a_path(loaded: Load, ask: Ask, url: Any) -> None:
    loaded(collection(item(url, response())))
    assert ask(Request.of("GET", "/")) == (200, "ok")


def test_the_file_and_the_name_show_in_the_expectation(loaded: Load, server: HttpServer) -> None:
    loaded(collection({"name": "Folder", "item": [item(parts("/orders/:id"), response(name="Created"))]}))
    (expectation,) = server.book.expectations()
    assert str(expectation) == (
        'permanent GET /orders/{id} saved="Created" (from file.json, $.item[0].item[0].response[0])'
    )


def test_folders_in_folders(loaded: Load, ask: Ask) -> None:
    inner = {"name": "inner", "item": [item("/inner", response("inner"))]}
    loaded(
        collection({"name": "outer", "item": [inner, item("/outer", response("outer"))]}, item("/", response("top")))
    )
    assert [ask(Request.of("GET", path))[1] for path in ("/inner", "/outer", "/")] == ["inner", "outer", "top"]


@pytest.mark.parametrize("path", ["/Orders/Open", "/orders/open/", "/ORDERS//open", "/orders/open"])
def test_letter_case_and_a_slash_at_the_end_do_not_matter(loaded: Load, ask: Ask, path: str) -> None:
    loaded(collection(item("/orders/Open", response())))
    assert ask(Request.of("GET", path)) == (200, "ok")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/a b/ü", "/a%20b/%C3%BC"),
        ("/a%20b", "/a%20B/"),
        ("/a%2Fb", "/a%2fb"),
        ("/{id}", "/%7Bid%7D"),
        ("/a.c", "/a.c"),
    ],
)
def test_characters_of_a_path(loaded: Load, ask: Ask, written: str, path: str) -> None:
    loaded(collection(item(parts(written), response())))
    assert ask(Request.of("GET", path)) == (200, "ok")
    assert ask(Request.of("GET", "/abc"))[0] == 500


def test_an_encoded_slash_is_part_of_a_segment(loaded: Load, ask: Ask) -> None:
    loaded(collection(item(parts("/a%2Fb"), response())))
    assert ask(Request.of("GET", "/a/b"))[0] == 500


def test_a_segment_that_is_a_variable_is_any_text(loaded: Load, ask: Ask, server: HttpServer) -> None:
    loaded(collection(item(parts("/orders/:id/{{item}}.json"), response())))
    assert ask(Request.of("GET", "/orders/a%2Fb/7.JSON")) == (200, "ok")
    (exchange,) = server.journal.exchanges()
    assert exchange.expectation is not None
    assert exchange.expectation.description.path_params(exchange.request) == {"id": "a/b", "item": "7"}
    for path in ("/orders//7.json", "/orders/1/2/7.json", "/orders/1/.json", "/orders/1/7"):
        assert ask(Request.of("GET", path))[0] == 500


@pytest.mark.parametrize("value", ["", None, "<string>", "<uuid>", "{{id}}"])
def test_a_variable_without_a_value(loaded: Load, ask: Ask, value: object) -> None:
    loaded(collection(item(parts("/orders/:id", variable=[{"key": "id", "value": value}]), response())))
    assert ask(Request.of("GET", "/orders/7")) == (200, "ok")


@pytest.mark.parametrize("value", ["7", 7, "{{order}}"])
def test_a_variable_with_a_value(loaded: Load, ask: Ask, value: object) -> None:
    url = parts("/orders/:id", variable=[{"key": "id", "value": value}])
    loaded(collection(item(url, response()), variable=[{"key": "order", "value": "7"}]))
    assert ask(Request.of("GET", "/orders/7")) == (200, "ok")
    assert ask(Request.of("GET", "/orders/8"))[0] == 500


def test_variables_of_the_collection(loaded: Load, ask: Ask) -> None:
    found = loaded(
        collection(
            item(
                "{{baseUrl}}/{{resource}}?q={{q}}", response("{{greeting}}", header=[{"key": "X-A", "value": "{{q}}"}])
            ),
            variable=[
                {"key": "baseUrl", "value": "{{scheme}}://shop.example/v1/"},
                {"key": "scheme", "value": "https"},
                {"id": "resource", "value": "orders/open"},
                {"key": "q", "value": 7},
                {"key": "greeting", "value": "hello"},
                {"key": "greeting", "value": "no", "disabled": True},
                {"key": "loop", "value": "{{loop}}"},
                "odd",
            ],
        )
    )
    assert ask(Request.of("GET", "/v1/orders/open?q=7")) == (200, "hello")
    assert ask(Request.of("GET", "/orders/open?q=7"))[0] == 500
    assert found.notes == ['file.json: the URLs begin with "/v1" by their variables, so the paths do, too.']


def test_a_literal_path_comes_before_a_variable(loaded: Load, ask: Ask) -> None:
    loaded(collection(item(parts("/orders/:id"), response("any")), item(parts("/orders/new"), response("new"))))
    assert ask(Request.of("GET", "/orders/new")) == (200, "new")
    assert ask(Request.of("GET", "/orders/old")) == (200, "any")


def test_the_saved_parameters_must_be_there(loaded: Load, ask: Ask) -> None:
    query = [
        {"key": "status", "value": "open"},
        {"key": "page", "value": "{{page}}"},
        {"key": "limit", "value": "<integer>"},
        {"key": "ids", "value": "<long>,<long>"},
        {"key": "sort", "value": "up", "disabled": True},
        {"key": None, "value": "x"},
        {"key": "flag", "value": None},
    ]
    loaded(collection(item(parts("/orders", query), response())))
    assert ask(Request.of("GET", "/orders?page=7&status=open&flag&more=1")) == (200, "ok")
    status, text = ask(Request.of("GET", "/orders?page=7&status=closed&flag"))
    assert status == 500
    assert 'query parameter status: expected "open", received "closed"' in text
    assert ask(Request.of("GET", "/orders?status=open&flag"))[0] == 500


def test_the_most_specific_query_comes_first(loaded: Load, ask: Ask) -> None:
    loaded(
        collection(
            item("/orders", response("all"), response("open", **original("/orders?status=open"))),
            item("/orders?status=open&page=2", response("second")),
            item("/orders?status=closed", response("closed")),
        )
    )
    assert ask(Request.of("GET", "/orders?page=2&status=open")) == (200, "second")
    assert ask(Request.of("GET", "/orders?page=1&status=open")) == (200, "open")
    assert ask(Request.of("GET", "/orders?status=closed")) == (200, "closed")
    assert ask(Request.of("GET", "/orders")) == (200, "all")


@pytest.mark.parametrize("query", [[{"key": "q%20a", "value": "x y+z/ä"}], None])
def test_characters_of_parameters(loaded: Load, ask: Ask, query: Any) -> None:
    url = {**parts("/orders", query), "raw": "{{baseUrl}}/orders?q a=x%20y+z/%C3%A4"}
    loaded(collection(item(url, response())))
    assert ask(Request.of("GET", "/orders?q%20a=x+y%2Bz%2F%C3%A4")) == (200, "ok")


def test_a_query_in_the_path(loaded: Load, ask: Ask) -> None:
    loaded(collection(item({"host": ["a"], "path": ["orders?a=1"]}, response())))
    assert ask(Request.of("GET", "/orders?a=1")) == (200, "ok")
    assert ask(Request.of("GET", "/orders"))[0] == 500


def test_variables_that_grow(loaded: Load, ask: Ask) -> None:
    loaded(collection(item("/{{a}}", response()), variable=[{"key": "a", "value": "{{a}}" * 1000}]))
    assert ask(Request.of("GET", "/"))[0] == 500


def test_an_encoded_slash_is_no_variable(loaded: Load, ask: Ask) -> None:
    loaded(collection(item(parts("/a%2Fb"), response("slash")), item(parts("/a{{x}}b"), response("variable"))))
    assert ask(Request.of("GET", "/a%2Fb")) == (200, "slash")
    assert ask(Request.of("GET", "/a1b")) == (200, "variable")


def test_a_repeated_parameter(loaded: Load, ask: Ask) -> None:
    loaded(collection(item("/orders?id=1&id=2", response())))
    assert ask(Request.of("GET", "/orders?id=1&id=2")) == (200, "ok")
    assert ask(Request.of("GET", "/orders?id=1"))[0] == 500


def test_the_first_response_answers_and_others_by_name_number_or_code(loaded: Load, server: HttpServer) -> None:
    loaded(
        collection(
            item(
                parts("/orders/:id"),
                response("one", "Found", id="a-1"),
                response("gone", "Not found", 404, id="b-2"),
                response("broken", "Broken", 500),
            )
        )
    )
    assert sent(server, "GET", "/orders/1") == (200, "one")
    assert choose(server, "/orders/1", NAME, "Not found") == (404, "gone")
    assert choose(server, "/orders/1", CODE, "500") == (500, "broken")
    assert choose(server, "/orders/1", NUMBER, "b-2") == (404, "gone")
    assert choose(server, "/orders/1", NUMBER, "12345-b-2") == (404, "gone")
    assert choose(server, "/orders/1", NAME, "") == (200, "one")
    status, text = choose(server, "/orders/1", NAME, "Missing")
    assert status == 500
    assert 'saved response: expected "Found", "Not found", "Broken", received "Missing"' in text


def test_a_response_is_chosen_whatever_the_query_is(loaded: Load, server: HttpServer) -> None:
    loaded(
        collection(
            item("/orders?id=1", response("one", "Found"), response("gone", "Gone", 404, **original("/orders?id=2")))
        )
    )
    assert choose(server, "/orders?id=1", CODE, "404") == (404, "gone")
    assert choose(server, "/orders", CODE, "404") == (404, "gone")
    assert sent(server, "GET", "/orders?id=2") == (404, "gone")
    assert sent(server, "GET", "/orders")[0] == 500


def raw(text: str, language: str = "json") -> dict[str, Any]:
    return {"body": {"mode": "raw", "raw": text, "options": {"raw": {"language": language}}}}


def test_a_body_is_compared_only_where_nothing_else_differs(loaded: Load, server: HttpServer) -> None:
    right, wrong = raw('{"user": "ann", "n": {{n}}}'), raw('{"user": "bob"}')
    loaded(
        collection(
            item(
                "/login",
                response("welcome", "OK", **original("/login", "POST", **right)),
                response("no", "No", 401, **original("/login", "POST", **wrong)),
                method="POST",
            ),
            item("/orders", response("created", code=201), method="POST", **right),
        )
    )
    assert sent(server, "POST", "/login", b'{"n": 7, "user": "ann"}') == (200, "welcome")
    assert sent(server, "POST", "/login", b'{"user":"bob"}') == (401, "no")
    assert sent(server, "POST", "/login", b'{"user":"eve"}') == (200, "welcome")
    assert sent(server, "POST", "/orders", b"anything") == (201, "created")


def test_a_client_can_have_bodies_compared(loaded: Load, server: HttpServer) -> None:
    loaded(
        collection(
            item("/one", response(), method="POST", **raw('{"a": 1}')),
            item(
                "/two",
                response("1", **original("/two", "POST", **raw("[1]"))),
                response("2", **original("/two", "POST", **raw("[2]"))),
                method="POST",
            ),
        )
    )
    asked = {MATCH_BODY.replace("-", "_"): "true"}
    assert sent(server, "POST", "/one", b'{"a":1}', **asked) == (200, "ok")
    status, text = sent(server, "POST", "/one", b'{"a":2}', **asked)
    assert status == 500
    assert "json $.a: expected 1, received 2" in text
    assert sent(server, "POST", "/two", b"[2]", **asked) == (200, "2")
    status, text = sent(server, "POST", "/two", b"[3]", **asked)
    assert status == 500


BODIES = [
    ({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}, {"key": "x", "disabled": True}]}, b"a=1"),
    ({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "{{a}}"}, "odd"]}, b"a=7"),
    ({"mode": "urlencoded", "urlencoded": "a=1&b="}, b"b=&a=1"),
    ({"mode": "raw", "raw": "plain {{word}}"}, b"plain text"),
    ({"mode": "raw", "raw": '"text"', "options": {"raw": {"language": "json"}}}, b' "text" '),
    (
        {"mode": "graphql", "graphql": {"query": "{a}", "variables": '{"n": {{n}}}'}},
        b'{"query":"{a}","variables":{"n":1}}',
    ),
    ({"mode": "graphql", "graphql": {"query": "{a}", "operationName": "q"}}, b'{"query":"{a}","operationName":"q"}'),
]


@pytest.mark.parametrize(("body", "same"), BODIES)
def test_kinds_of_bodies(loaded: Load, server: HttpServer, body: dict[str, Any], same: bytes) -> None:
    other = {"mode": "raw", "raw": "another"}
    loaded(
        collection(
            item(
                "/a",
                response("another", **original("/a", "POST", body=other)),
                response("this", **original("/a", "POST", body=body)),
            )
        )
    )
    assert sent(server, "POST", "/a", same, Content_Type="application/x-www-form-urlencoded") == (200, "this")
    assert sent(server, "POST", "/a", b"?", Content_Type="application/x-www-form-urlencoded") == (200, "another")


@pytest.mark.parametrize("source", ["/home/ann/photo.png", "C:\\photo.png", ["photo.png"]])
def test_an_uploaded_file(loaded: Load, server: HttpServer, source: object) -> None:
    entries = [{"key": "f", "type": "file", "src": source}, {"key": "n", "value": "1", "type": "text"}]
    body = {"mode": "formdata", "formdata": [*entries, {"key": "none", "type": "file", "src": None}]}
    loaded(
        collection(
            item("/a", response("other", **original("/a", "POST"))),
            item("/a", response("file", **original("/a", "POST", body=body))),
        )
    )
    lines = ["--b", 'Content-Disposition: form-data; name="f"; filename="photo.png"', "", "x", "--b"]
    upload = "\r\n".join([*lines, 'Content-Disposition: form-data; name="n"', "", "1", "--b--", ""]).encode()
    assert sent(server, "POST", "/a", upload, Content_Type="multipart/form-data; boundary=b") == (200, "file")


@pytest.mark.parametrize(
    "body", [None, 7, {}, {"mode": "file"}, {"mode": "raw"}, {"mode": "raw", "raw": ""}, {"mode": "urlencoded"}]
)
def test_what_is_no_body(loaded: Load, server: HttpServer, body: object) -> None:
    loaded(collection(item("/a", response(), method="POST", body=body)))
    assert sent(server, "POST", "/a", b"x", **{MATCH_BODY.replace("-", "_"): "true"}) == (200, "ok")


def test_status_headers_and_cookies(loaded: Load, server: HttpServer) -> None:
    fields = [
        {"key": "Content-Type", "value": "application/json"},
        {"key": "Content-Encoding", "value": "gzip"},
        {"key": "Content-Length", "value": "99"},
        {"key": "Transfer-Encoding", "value": "chunked"},
        {"key": "X-Old", "value": "1", "disabled": True},
        {"key": "X-None", "value": None},
    ]
    cookie = {"name": "id", "value": "7", "path": "/", "domain": "shop.example"}
    loaded(collection(item("/a", response("{}", code=201, status="Made It", header=fields, cookie=[cookie, 7]))))
    (answer,) = responses_to(server, Request.of("GET", "/a"))
    assert (answer.status, answer.body) == (201, b"{}")
    assert answer.headers == (("Content-Type", "application/json"), ("X-None", ""), ("Set-Cookie", "id=7; Path=/"))
    recorded = server.journal.exchanges()[-1].response
    assert recorded is not None
    assert recorded.reason == "Made It"


@pytest.mark.parametrize("header", ["A: 1\nSet-Cookie: b=2", ["A: 1", "Set-Cookie: b=2", "// C: 3", "odd", 7]])
def test_headers_as_text(loaded: Load, server: HttpServer, header: object) -> None:
    loaded(collection(item("/a", response("", header=header, cookie=[{"name": "b", "value": "2"}]))))
    (answer,) = responses_to(server, Request.of("GET", "/a"))
    assert answer.headers == (("A", "1"), ("Set-Cookie", "b=2"))


@pytest.mark.parametrize(
    ("language", "body", "content_type"),
    [
        ("json", "{}", "application/json"),
        ("JSON", "{}", "application/json"),
        ("html", "x", "text/html; charset=utf-8"),
        ("xml", "x", "application/xml"),
        ("javascript", "x", "application/javascript"),
        ("text", "{}", "text/plain; charset=utf-8"),
        ("auto", " [1]", "application/json"),
        (None, "<p>", "text/html; charset=utf-8"),
        (None, "x", "text/plain; charset=utf-8"),
    ],
)
def test_the_type_of_a_body(loaded: Load, server: HttpServer, language: object, body: str, content_type: str) -> None:
    loaded(collection(item("/a", response(body, _postman_previewlanguage=language))))
    (answer,) = responses_to(server, Request.of("GET", "/a"))
    assert answer.headers == (("Content-Type", content_type),)


@pytest.mark.parametrize("code", [None, "", "200", 200])
def test_a_status(loaded: Load, server: HttpServer, code: object) -> None:
    loaded(collection(item("/a", response(None, code=code, status=None))))
    (answer,) = responses_to(server, Request.of("GET", "/a"))
    assert (answer.status, answer.body, answer.headers) == (200, b"", ())


def test_what_is_captured_is_sent(loaded: Load, server: HttpServer) -> None:
    body = '{"id": {{userId}}, "name": "{{name}}", "at": {{$timestamp}}, "who": "{{$randomFullName}}"}'
    found = loaded(
        collection(item("/users/{{userId}}", response(body)), item("/users/{{userId}}", response(body, "2")))
    )
    expected = '{"id": 7, "name": "{{name}}", "at": 1767225600, "who": "full name"}'
    assert sent(server, "GET", "/users/7") == (200, expected)
    assert choose(server, "/users/{{name}}", NAME, "2") == (200, expected.replace("7,", "{{name}},", 1))
    assert found.notes == [
        "file.json: 2 responses with dynamic variables of Postman, which get values that are always the same.",
        "file.json: 2 responses with variables without a value in the body, sent as they are.",
    ]


def test_a_request_as_text_and_a_response_without_its_request(loaded: Load, ask: Ask) -> None:
    loaded(
        collection(
            {"request": "https://shop.example/a", "response": [response("a")]},
            {"request": None, "response": [response("b", originalRequest="{{url}}/b")]},
            item("/c", response("c", originalRequest=None)),
        )
    )
    assert [ask(Request.of("GET", f"/{name}"))[1] for name in "abc"] == ["a", "b", "c"]


def test_a_method_that_nobody_knows(loaded: Load, ask: Ask) -> None:
    loaded(collection(item("/a", response(), method="POTS")))
    assert ask(Request.of("POTS", "/a")) == (200, "ok")


def test_what_has_no_response_is_counted(loaded: Load) -> None:
    found = loaded(collection(item("/a"), {"request": {}, "response": None}, {"name": "gRPC"}, {"item": []}))
    assert (found.drafts, found.unsupported) == ([], [])
    assert found.notes == [
        "file.json: 2 requests without a saved response, left out.",
        "file.json: 1 item without a request, left out.",
    ]


def test_what_is_no_saved_response_is_listed_with_its_place(loaded: Load) -> None:
    found = loaded(
        collection(
            7,
            {"item": [{"request": 7, "response": [response()]}]},
            item(
                "/a",
                7,
                response(code=99),
                response(code="x"),
                response(**original("/", "G T")),
                response(**original(7)),
            ),
        )
    )
    assert [f"{place}: {what}" for place, what in found.unsupported] == [
        "file.json, $.item[0]: an item is needed, not the number 7",
        "file.json, $.item[1].item[0].response[0]: it has no request",
        "file.json, $.item[2].response[0]: a response is needed, not the number 7",
        "file.json, $.item[2].response[1].code: 99 is not a final HTTP status code",
        'file.json, $.item[2].response[2].code: a status code is needed, not the text "x"',
        'file.json, $.item[2].response[3].originalRequest.method: a method is needed, not the text "G T"',
        "file.json, $.item[2].response[4].originalRequest.url: a URL is needed, not the number 7",
    ]


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None, 7, {"key": 7}, {"key": "a", "value": {}}]])
def test_odd_values_harm_nothing(loaded: Load, ask: Ask, value: object) -> None:
    url = {"host": value, "path": ["a"], "query": value, "variable": value}
    request = {"url": url, "method": None, "header": value, "body": {"mode": "urlencoded", "urlencoded": value}}
    made = {"request": request, "response": [response(header=value, cookie=value, name=value, status=value)]}  # type: ignore[arg-type]
    loaded(collection(made, variable=value))
    assert ask(Request.of("GET", "/a?a={}&7")) == (200, "ok")


def test_a_collection_as_the_api_returns_it(loaded: Load, ask: Ask) -> None:
    found = loaded({"collection": collection(item("/a", response()))})
    assert ask(Request.of("GET", "/a")) == (200, "ok")
    assert found.drafts[0].origin == "file.json, $.collection.item[0].response[0]"


def test_a_base_path(loaded: Load, ask: Ask) -> None:
    loaded(collection(item("/a", response())), base_path="/api/v%201")
    assert ask(Request.of("GET", "/api/v%201/a")) == (200, "ok")


@pytest.mark.parametrize(("value", "what"), [({"info": {}}, "an object with info"), ([1], "a list")])
def test_what_is_no_collection(loaded: Load, value: object, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(value, Format.POSTMAN)
    assert str(caught.value) == (
        f"path: file.json is {what}, not a collection 2.1 of Postman, which has info and item."
    )


def test_a_collection_in_another_encoding(loaded: Load, ask: Ask) -> None:
    loaded(json.dumps(collection(item("/ä", response("ü"))), ensure_ascii=False).encode("utf-16"))
    assert ask(Request.of("GET", "/%C3%A4")) == (200, "ü")
