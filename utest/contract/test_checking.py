"""Requests and responses, and what their document says about them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from HttpServerLibrary.engine.contract.checking import check_request, check_response
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.scope import Scope
from utest.contract.documents import JSON, MakeOperation, in_request, in_response, request_of

ORDERS = """
    requestBody:
      required: true
      content:
        application/json:
          schema: {type: object, required: [item], properties: {item: {type: string}}}
    responses:
      201:
        description: Created
        headers:
          Location: {required: true, schema: {type: string}}
          X-Left: {schema: {type: integer}}
          Content-Type: {required: true, schema: {type: integer}}
        content:
          application/json:
            schema: {type: object, required: [id], properties: {id: {type: integer}}}
            examples: {wrong: {value: {id: example}}}
      404: {content: {application/problem+json: {schema: {type: object}}, text/plain: {}}}
      204: {}
      5XX: {content: {"text/*": {schema: {type: string, maxLength: 5}}}}
"""
LOCATION = ("Location", "/orders/1")
CREATED = (*JSON, LOCATION)


def test_the_text_of_a_violation(operation: MakeOperation) -> None:
    found = operation(ORDERS)
    [violation] = check_response(found, request_of(found), 201, CREATED, b'{"id": "x"}')
    assert str(violation) == 'POST /orders, response 201: $.id: expected an integer, received "x" (text)'
    assert violation.subject == "POST /orders, response 201"
    assert violation.reason() == '$.id: expected an integer, received "x" (text)'
    assert violation.operation == "POST /orders"
    assert violation.status == 201
    assert violation.difference.where.steps == ("id",)
    assert str(violation.place) == (
        'orders.yaml, $.paths["/orders"].post.responses["201"].content["application/json"].schema.properties.id.type'
    )


def test_violations_are_masked(operation: MakeOperation) -> None:
    found = operation(ORDERS)
    secrets = Secrets()
    secrets.add("geheim")
    [violation] = check_request(request_of(found, {"item": ["geheim"]}), found)
    assert violation.reason(secrets) == '$.item: expected text, received ["***"] (list)'
    secrets.mask_fields(["item"], Scope("test"))
    assert violation.reason(secrets) == "$.item: expected text, received a value that is masked"
    [violation] = check_request(request_of(found, {}), found)
    assert violation.reason(secrets) == "$.item: expected a value (required), received nothing"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"item": "a"}, []),
        ({"item": 1}, ["$.item: expected text, received 1 (number)"]),
        ({}, ["$.item: expected a value (required), received nothing"]),
        ([], ["$: expected an object, received [] (list)"]),
        (None, ["body: expected a body (required), received no body"]),
    ],
)
def test_json_requests(operation: MakeOperation, value: Any, wrong: list[str]) -> None:
    found = operation(ORDERS)
    assert in_request(found, request_of(found, value)) == wrong


@pytest.mark.parametrize(
    ("content_type", "body", "wrong"),
    [
        ("application/json; charset=utf-8", b'{"item": "a"}', []),
        ("Application/JSON", b'{"item": "a"}', []),
        ("text/plain", b"{}", ['header Content-Type: expected application/json, received "text/plain"']),
        ("", b"{}", ["header Content-Type: expected application/json, received nothing"]),
        (
            "application/json",
            b"{",
            [
                (
                    'body: expected JSON, received "{", which is not JSON: Expecting property name enclosed in double '
                    "quotes: line 1 column 2 (char 1)"
                )
            ],
        ),
    ],
)
def test_bodies_and_their_types(operation: MakeOperation, content_type: str, body: bytes, wrong: list[str]) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert in_request(operation(ORDERS), Request.of("POST", "/orders", headers, body)) == wrong


def test_encoded_bodies(operation: MakeOperation) -> None:
    found = operation(ORDERS)
    headers = (*JSON, ("Content-Encoding", "gzip"))
    body = gzip.compress(b'{"item": 1}')
    wrong = ["$.item: expected text, received 1 (number)"]
    assert in_request(found, Request.of("POST", "/orders", headers, body)) == wrong
    body = gzip.compress(b'{"id": "x"}')
    wrong = ['$.id: expected an integer, received "x" (text)']
    assert in_response(found, body, 201, (*headers, LOCATION)) == wrong


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_bodies_that_cannot_be_decoded_are_not_looked_into(operation: MakeOperation, coding: str) -> None:
    found = operation(ORDERS)
    headers = (*JSON, ("Content-Encoding", coding))
    assert in_request(found, Request.of("POST", "/orders", headers, b"\x01\x02")) == []
    assert in_response(found, b"\x01\x02", 201, (*headers, LOCATION)) == []


def test_a_body_that_is_not_kept_is_not_looked_into(operation: MakeOperation) -> None:
    found = operation(ORDERS)
    request = request_of(found, {"item": 1})
    request.drop_body("max_body_kept")
    assert in_request(found, request) == []


def test_a_body_that_the_document_does_not_have_is_allowed(operation: MakeOperation) -> None:
    found = operation("responses: {200: {}}")
    assert in_request(found, request_of(found, {"a": 1})) == []
    assert in_response(found, b"anything", 200) == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "wrong"),
    [
        (201, CREATED, b'{"id": 1}', []),
        (201, CREATED, b"{}", ["$.id: expected a value (required), received nothing"]),
        (201, CREATED, b"", ["body: expected a body, received no body"]),
        (201, CREATED, None, []),
        (201, JSON, b'{"id": 1}', ["header Location: expected a value (required), received nothing"]),
        (
            201,
            (*CREATED, ("x-left", "many")),
            b'{"id": 1}',
            ['header X-Left: expected an integer, received "many" (text)'],
        ),
        (201, (("Content-Type", "text/html"), LOCATION), b"", ["body: expected a body, received no body"]),
        (
            201,
            (("Content-Type", "text/html"), LOCATION),
            b"<p>",
            ['header Content-Type: expected application/json, received "text/html"'],
        ),
        (
            201,
            (("Content-Type", "text/html"), LOCATION),
            None,
            ['header Content-Type: expected application/json, received "text/html"'],
        ),
        (201, (LOCATION,), b"{}", ["header Content-Type: expected application/json, received nothing"]),
        (200, JSON, b"{}", ["status: expected one of 201, 404, 204, 5XX, received 200"]),
        (204, (), b"", []),
        (404, (("Content-Type", "application/problem+json"),), b"[]", ["$: expected an object, received [] (list)"]),
        (404, (("Content-Type", "text/plain"),), b"anything", []),
        (404, (("Content-Type", "text/plain"),), b"", []),
        (
            404,
            JSON,
            b"{}",
            ['header Content-Type: expected one of application/problem+json, text/plain, received "application/json"'],
        ),
        (503, (("Content-Type", "text/plain"),), b"short", []),
        (
            503,
            (("Content-Type", "text/plain"),),
            b"longer",
            ['body: expected text of at most 5 characters (maxLength), received "longer"'],
        ),
    ],
)
def test_responses(
    operation: MakeOperation, status: int, headers: tuple[tuple[str, str], ...], body: bytes | None, wrong: list[str]
) -> None:
    assert in_response(operation(ORDERS), body, status, headers) == wrong


def test_a_response_to_head_has_no_body(operation: MakeOperation) -> None:
    found = operation("responses: {200: {content: {application/json: {}}}}", method="get")
    assert in_response(found, b"", request=Request.of("HEAD", "/orders")) == []
    assert in_response(found, b"") == ["body: expected a body, received no body"]


def test_an_example_of_the_document_is_no_violation(operation: MakeOperation) -> None:
    assert in_response(operation(ORDERS), b'{"id":"example"}', 201, CREATED) == []


def test_an_example_that_is_equal_only_to_python(operation: MakeOperation) -> None:
    found = operation("responses: {200: {content: {application/json: {schema: {type: string}, example: [1]}}}}")
    assert in_response(found, b"[1]") == []
    assert in_response(found, b"[1.0]") == []
    assert in_response(found, b"[true]") == ["$: expected text, received [true] (list)"]


def test_an_operation_without_responses_says_nothing(operation: MakeOperation) -> None:
    assert in_response(operation("{}"), b"anything", 418) == []


FORM = """
    requestBody:
      content:
        TYPE:
          schema:
            type: object
            required: [a]
            properties:
              a: {type: integer}
              list: {type: array, items: {type: integer}}
              point: {type: object, properties: {x: {type: integer}}}
              either: {oneOf: [{type: integer}, {type: string, maxLength: 3}]}
              file: {type: string, format: binary}
          encoding:
            list: {explode: false}
"""


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("a=1", []),
        ("a=x", ['form a: expected an integer, received "x" (text)']),
        ("b=1", ["form a: expected a value (required), received nothing"]),
        ("a=1&list=1,2", []),
        ("a=1&list=1,x", ['form list[1]: expected an integer, received "x" (text)']),
        ("a=1&point[x]=2", []),
        ("a=1&point[x]=y", ['form point.x: expected an integer, received "y" (text)']),
        ("a=1&either=abc&either%3D", []),
        ("a=1&either=abcd", ['form either: expected text of at most 3 characters (maxLength), received "abcd"']),
        ("a=1&b=1&b=2", []),
    ],
)
def test_urlencoded_forms(operation: MakeOperation, body: str, wrong: list[str]) -> None:
    type_ = "application/x-www-form-urlencoded"
    found = operation(FORM.replace("TYPE", type_))
    assert in_request(found, Request.of("POST", "/orders", {"Content-Type": type_}, body.encode())) == wrong


def multipart(**parts: str | bytes | list[str]) -> Request:
    lines: list[bytes] = []
    for name, value in parts.items():
        for entry in value if isinstance(value, list) else [value]:
            is_file = isinstance(entry, bytes)
            disposition = f'form-data; name="{name}"' + ('; filename="f.bin"' if is_file else "")
            data = entry if isinstance(entry, bytes) else entry.encode()
            lines += [b"--B", f"Content-Disposition: {disposition}".encode(), b"", data]
    body = b"\r\n".join([*lines, b"--B--", b""])
    return Request.of("POST", "/orders", {"Content-Type": "multipart/form-data; boundary=B"}, body)


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"a": "1", "file": b"\xff\x00"}, []),
        ({"a": "x"}, ['form a: expected an integer, received "x" (text)']),
        ({"file": b""}, ["form a: expected a value (required), received nothing"]),
        ({"a": "1", "list": ["1", "2"]}, []),
        ({"a": "1", "list": "[1, 2]"}, []),
        ({"a": "1", "list": "x"}, ['form list[0]: expected an integer, received "x" (text)']),
        ({"a": "1", "point": '{"x": 1}'}, []),
        ({"a": "1", "point": '{"x": "y"}'}, ['form point.x: expected an integer, received "y" (text)']),
        ({"a": "1", "point": "{"}, ['form point: expected an object, received "{" (text)']),
        ({"a": ["1", "2"]}, ['form a: expected an integer, received ["1", "2"] (list)']),
    ],
)
def test_multipart_forms(operation: MakeOperation, parts: dict[str, Any], wrong: list[str]) -> None:
    found = operation(FORM.replace("TYPE", "multipart/form-data"))
    assert in_request(found, multipart(**parts)) == wrong


@pytest.mark.parametrize(
    ("media_type", "schema", "sent", "body", "wrong"),
    [
        ("text/plain", "{type: integer}", "text/plain", b"5", []),
        ("text/plain", "{type: integer}", "text/plain", b"x", ['body: expected an integer, received "x" (text)']),
        ("application/octet-stream", "{type: string, maxLength: 2}", "application/octet-stream", b"\xff\x00", []),
        (
            "application/octet-stream",
            "{type: string, maxLength: 1}",
            "application/octet-stream",
            b"ab",
            ['body: expected text of at most 1 characters (maxLength), received "ab"'],
        ),
        ("application/xml", "{type: object, required: [a]}", "application/xml", b"<a/>", []),
        ("application/jsonl", "{type: string, maxLength: 1}", "application/jsonl", b"{}\n{}\n", []),
        ("'*/*'", "{type: object}", "application/json", b"[]", ["$: expected an object, received [] (list)"]),
        ("'*/*'", "{type: object}", "image/png", b"\x89PNG", []),
        ("'application/*'", "{type: object}", "application/json", b"{}", []),
        (
            "application/vnd.a+json",
            "{type: object}",
            "application/vnd.a+json",
            b"[]",
            ["$: expected an object, received [] (list)"],
        ),
    ],
)
def test_other_types(
    operation: MakeOperation, media_type: str, schema: str, sent: str, body: bytes, wrong: list[str]
) -> None:
    found = operation(f"responses: {{200: {{content: {{{media_type}: {{schema: {schema}}}}}}}}}")
    assert in_response(found, body, 200, (("Content-Type", sent),)) == wrong


def test_the_most_specific_type_counts(operation: MakeOperation) -> None:
    types = {"*/*": 1, "application/*": 2, "application/json": 3, "application/json; v=2": 4}
    content = {written: {"schema": {"const": value}} for written, value in types.items()}
    found = operation(f"responses: {{200: {{content: {json.dumps(content)}}}}}", version="3.1.0")
    for sent, body in (("a/b", b"1"), ("application/x+json", b"2"), ("application/json", b"3")):
        assert in_response(found, body, 200, (("Content-Type", sent),)) == []
    assert in_response(found, b"4", 200, (("Content-Type", "application/json;V=2"),)) == []
    assert in_response(found, b"3", 200, (("Content-Type", "application/json; v=3"),)) == []


def test_a_large_body_that_is_no_json_is_not_looked_into(operation: MakeOperation) -> None:
    found = operation("responses: {200: {content: {text/plain: {schema: {type: string, maxLength: 1}}}}}")
    assert in_response(found, b"a" * (10 * 1024 * 1024 + 1), 200, (("Content-Type", "text/plain"),)) == []


def test_all_that_is_wrong_with_a_request(operation: MakeOperation) -> None:
    found = operation(
        f"    security: [{{key: []}}]\n    parameters: [{{name: a, in: query, required: true}}]{ORDERS}",
        "components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}",
    )
    assert in_request(found, request_of(found, {})) == [
        "security: expected the header X-Key, received nothing",
        "query a: expected a value (required), received nothing",
        "$.item: expected a value (required), received nothing",
    ]
