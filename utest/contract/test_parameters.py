"""Parameters of requests: how they are written, and what is wrong with them."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.message.request import Request
from utest.contract.documents import MakeDocument, MakeOperation, in_request

INTEGERS = "{type: array, items: {type: integer}}"
POINT = "{type: object, required: [x], properties: {x: {type: integer}, y: {type: integer}}}"


@pytest.mark.parametrize(
    ("parameter", "query", "wrong"),
    [
        ("schema: {type: integer}", "a=5", []),
        ("schema: {type: integer}", "a=-5", []),
        ("schema: {type: integer}", "a=x", ['query a: expected an integer, received "x" (text)']),
        ("schema: {type: integer}", "a=1.5", ["query a: expected an integer, received 1.5 (number)"]),
        ("schema: {type: integer}", "a=", ['query a: expected an integer, received "" (text)']),
        ("schema: {type: integer}", "a=1&a=2", ['query a: expected an integer, received ["1", "2"] (list)']),
        (
            "schema: {type: integer, maximum: 5}",
            "a=6",
            ["query a: expected a number of at most 5 (maximum), received 6"],
        ),
        ("schema: {type: number}", "a=1e3", []),
        ("schema: {type: boolean}", "a=true", []),
        ("schema: {type: boolean}", "a=1", ['query a: expected a boolean, received "1" (text)']),
        ("schema: {type: string}", "a=5", []),
        ("schema: {type: string, minLength: 2}", "a=%C3%A9%C3%A9", []),
        ("schema: {type: string, enum: [x y]}", "a=x+y", []),
        ("schema: {type: string, enum: [x]}", "a=y", ['query a: expected one of "x", received "y"']),
        ("schema: {type: string, nullable: true}", "a=null", []),
        ("schema: {type: integer, nullable: true}", "a=", []),
        ("schema: {type: integer}", "", []),
        ("schema: {type: integer}\nrequired: true", "b=1", ["query a: expected a value (required), received nothing"]),
        (
            "schema: {type: integer, default: 3}\nrequired: true",
            "",
            ["query a: expected a value (required), received nothing"],
        ),
        ("schema: {type: integer}\nallowEmptyValue: true", "a=", []),
        ("schema: {type: integer}\nallowEmptyValue: true", "a", []),
        ("schema: {oneOf: [{type: integer}, {type: string, pattern: '^x'}]}", "a=7", []),
        ("schema: {oneOf: [{type: integer}, {type: string, pattern: '^x'}]}", "a=x7", []),
        ("schema: {anyOf: [{type: string, pattern: '^[0-9]{3}$'}, {type: boolean}]}", "a=123", []),
        ("schema: {enum: [1, 2]}", "a=2", []),
        ("schema: {const: 1}", "a=1", []),
        ("schema: {}", "a=1", []),
        ("{}", "a=1", []),
        # Lists
        (f"schema: {INTEGERS}", "a=1&a=2", []),
        (f"schema: {INTEGERS}", "a=1", []),
        (f"schema: {INTEGERS}", "a=1&a=x", ['query a[1]: expected an integer, received "x" (text)']),
        (f"schema: {INTEGERS}", "a=1,2", ['query a[0]: expected an integer, received "1,2" (text)']),
        (f"schema: {INTEGERS}\nexplode: false", "a=1,2", []),
        (f"schema: {INTEGERS}\nexplode: false", "a=1%2C2", []),
        (f"schema: {INTEGERS}\nexplode: false", "a=1,x", ['query a[1]: expected an integer, received "x" (text)']),
        (f"schema: {INTEGERS}\nexplode: false", "a=", []),
        ("schema: {type: array, items: {type: string, enum: ['a,b', c]}}\nexplode: false", "a=a%2Cb,c", []),
        (f"schema: {INTEGERS}\nstyle: spaceDelimited\nexplode: false", "a=1%202", []),
        (f"schema: {INTEGERS}\nstyle: spaceDelimited\nexplode: false", "a=1+2", []),
        (f"schema: {INTEGERS}\nstyle: pipeDelimited\nexplode: false", "a=1|2", []),
        (f"schema: {INTEGERS}\nstyle: pipeDelimited\nexplode: false", "a=1%7C2", []),
        (f"schema: {INTEGERS}\nstyle: pipeDelimited", "a=1&a=2", []),
        (
            "schema: {type: array, minItems: 2}",
            "a=1",
            ['query a: expected at least 2 items (minItems), received ["1"]'],
        ),
        ("schema: {oneOf: [{type: integer}, {type: array, items: {type: integer}}]}", "a=1", []),
        ("schema: {oneOf: [{type: string}, {type: array, items: {type: string}}]}", "a=1&a=2", []),
        # Objects
        (f"schema: {POINT}", "x=1&y=2", []),
        (f"schema: {POINT}", "x=1&y=z", ['query a.y: expected an integer, received "z" (text)']),
        (f"schema: {POINT}", "y=2", ["query a.x: expected a value (required), received nothing"]),
        (f"schema: {POINT}\nrequired: true", "z=1", ["query a: expected a value (required), received nothing"]),
        (f"schema: {POINT}\nexplode: false", "a=x,1,y,2", []),
        (f"schema: {POINT}\nexplode: false", "a=x", ['query a.x: expected an integer, received "" (text)']),
        (f"schema: {POINT}\nstyle: deepObject", "a[x]=1&a[y]=2", []),
        (f"schema: {POINT}\nstyle: deepObject", "a%5Bx%5D=1", []),
        (
            f"schema: {POINT}\nstyle: deepObject",
            "a[y]=2",
            ["query a.x: expected a value (required), received nothing"],
        ),
        (
            "schema: {type: object, properties: {b: {type: array, items: {type: integer}}}}\nstyle: deepObject",
            "a[b][]=1&a[b][]=2",
            [],
        ),
        (
            "schema: {type: object, properties: {b: {type: array, items: {type: integer}}}}\nstyle: deepObject",
            "a[b][0]=1&a[b][1]=x",
            ['query a.b[1]: expected an integer, received "x" (text)'],
        ),
        (
            "schema: {properties: {b: {type: object, properties: {c: {type: boolean}}}}}\nstyle: deepObject",
            "a[b][c]=1",
            ['query a.b.c: expected a boolean, received "1" (text)'],
        ),
        ("schema: {type: object, properties: {b: {}}}\nstyle: deepObject", "a[b]=1&a[b][c]=2", []),
        (
            "schema: {type: object, additionalProperties: {type: integer}}",
            "x=1&y=z",
            ['query a.y: expected an integer, received "z" (text)'],
        ),
        # Values that are written as JSON
        ("content: {application/json: {schema: {type: object, required: [x]}}}", "a=%7B%22x%22%3A1%7D", []),
        (
            "content: {application/json: {schema: {type: object, required: [x]}}}",
            "a=%7B%7D",
            ["query a.x: expected a value (required), received nothing"],
        ),
        ("content: {application/json: {schema: {type: object}}}", "a=%7B", ['query a: expected JSON, received "{"']),
        ("content: {text/plain: {schema: {type: string, maxLength: 1}}}", "a=b", []),
    ],
)
def test_the_query(operation: MakeOperation, parameter: str, query: str, wrong: list[str]) -> None:
    written = "".join(f"    {line}\n" for line in parameter.split("\n") if line != "{}")
    found = operation(f"parameters:\n  - name: a\n    in: query\n{written}")
    assert in_request(found, Request.of("POST", f"/orders?{query}")) == wrong


def test_members_of_an_open_object_are_no_other_parameters(operation: MakeOperation) -> None:
    found = operation("""
        parameters:
          - {name: page, in: query, schema: {type: string}}
          - {name: filter, in: query, schema: {type: object, additionalProperties: {type: integer}}}
    """)
    assert in_request(found, Request.of("POST", "/orders?page=x&a=1")) == []
    assert in_request(found, Request.of("POST", "/orders?page=x&a=b&a=c")) == [
        'query filter.a: expected an integer, received ["b", "c"] (list)'
    ]


def test_parameters_that_the_document_does_not_have_are_allowed(operation: MakeOperation) -> None:
    assert in_request(operation("{}"), Request.of("POST", "/orders?trace=1", {"X-Trace": "1", "Cookie": "a=b"})) == []


@pytest.mark.parametrize(
    ("parameter", "value", "wrong"),
    [
        ("schema: {type: integer}", "5", []),
        ("schema: {type: integer}", "x", ['path a: expected an integer, received "x" (text)']),
        ("schema: {type: string, enum: [a/b]}", "a%2Fb", []),
        (f"schema: {INTEGERS}", "1,2", []),
        (f"schema: {INTEGERS}", "1,x", ['path a[1]: expected an integer, received "x" (text)']),
        (f"schema: {POINT}", "x,1,y,2", []),
        (f"schema: {POINT}\nexplode: true", "x=1,y=2", []),
        (f"schema: {POINT}\nexplode: true", "y=2", ["path a.x: expected a value (required), received nothing"]),
        ("schema: {type: integer}\nstyle: label", ".5", []),
        ("schema: {type: integer}\nstyle: label", ".x", ['path a: expected an integer, received "x" (text)']),
        (f"schema: {INTEGERS}\nstyle: label", ".1,2", []),
        (f"schema: {INTEGERS}\nstyle: label", ".1.2", []),
        (f"schema: {INTEGERS}\nstyle: label\nexplode: true", ".1.2", []),
        (f"schema: {POINT}\nstyle: label\nexplode: true", ".x=1.y=2", []),
        (f"schema: {POINT}\nstyle: label", ".x,1,y,2", []),
        ("schema: {type: integer}\nstyle: matrix", ";a=5", []),
        ("schema: {type: integer}\nstyle: matrix", ";a=x", ['path a: expected an integer, received "x" (text)']),
        ("schema: {type: integer}\nstyle: matrix", "x", ['path a: expected an integer, received "x" (text)']),
        (f"schema: {INTEGERS}\nstyle: matrix", ";a=1,2", []),
        (f"schema: {INTEGERS}\nstyle: matrix\nexplode: true", ";a=1;a=2", []),
        (f"schema: {POINT}\nstyle: matrix", ";a=x,1,y,2", []),
        (
            f"schema: {POINT}\nstyle: matrix\nexplode: true",
            ";x=1;y=z",
            ['path a.y: expected an integer, received "z" (text)'],
        ),
    ],
)
def test_the_path(operation: MakeOperation, parameter: str, value: str, wrong: list[str]) -> None:
    written = "".join(f"    {line}\n" for line in parameter.split("\n"))
    found = operation(f"parameters:\n  - name: a\n    in: path\n    required: true\n{written}", path="/orders/{a}")
    assert in_request(found, Request.of("POST", f"/orders/{value}")) == wrong


def test_a_suffix_and_two_names_in_a_segment(operation: MakeOperation) -> None:
    found = operation(
        """
        parameters:
          - {name: id, in: path, required: true, schema: {type: integer}}
          - {name: of, in: path, required: true, schema: {type: integer}}
        """,
        path="/orders/{id}-{of}.json",
    )
    assert in_request(found, Request.of("POST", "/orders/1-2.json")) == []
    assert in_request(found, Request.of("POST", "/orders/1-x.json")) == [
        'path of: expected an integer, received "x" (text)'
    ]


@pytest.mark.parametrize(
    ("parameter", "headers", "wrong"),
    [
        ("schema: {type: integer}", {"x-a": "5"}, []),
        ("schema: {type: integer}", {"X-A": "x"}, ['header X-A: expected an integer, received "x" (text)']),
        ("schema: {type: integer}\nrequired: true", {}, ["header X-A: expected a value (required), received nothing"]),
        (f"schema: {INTEGERS}", {"X-A": "1, 2"}, []),
        (f"schema: {INTEGERS}", {"X-A": "1, x"}, ['header X-A[1]: expected an integer, received "x" (text)']),
        (f"schema: {POINT}", {"X-A": "x,1,y,2"}, []),
        (f"schema: {POINT}\nexplode: true", {"X-A": "x=1, y=2"}, []),
    ],
)
def test_headers(operation: MakeOperation, parameter: str, headers: dict[str, str], wrong: list[str]) -> None:
    written = "".join(f"    {line}\n" for line in parameter.split("\n"))
    found = operation(f"parameters:\n  - name: X-A\n    in: header\n{written}")
    assert in_request(found, Request.of("POST", "/orders", headers)) == wrong


@pytest.mark.parametrize("name", ["Accept", "authorization", "Content-Type"])
def test_headers_that_are_described_elsewhere(operation: MakeOperation, name: str) -> None:
    found = operation(f"parameters: [{{name: {name}, in: header, required: true, schema: {{type: integer}}}}]")
    assert in_request(found, Request.of("POST", "/orders")) == []


@pytest.mark.parametrize(
    ("parameter", "cookie", "wrong"),
    [
        ("schema: {type: integer}", "b=x; a=5", []),
        ("schema: {type: integer}", "a=x", ["cookie a: expected an integer, received a value that is masked"]),
        ("schema: {type: integer}\nrequired: true", "b=1", ["cookie a: expected a value (required), received nothing"]),
        (f"schema: {INTEGERS}\nexplode: false", "a=1,2", []),
        (f"schema: {POINT}\nexplode: false", "a=x,1,y,2", []),
    ],
)
def test_cookies(operation: MakeOperation, parameter: str, cookie: str, wrong: list[str]) -> None:
    written = "".join(f"    {line}\n" for line in parameter.split("\n"))
    found = operation(f"parameters:\n  - name: a\n    in: cookie\n{written}")
    assert in_request(found, Request.of("POST", "/orders", {"Cookie": cookie})) == wrong


def test_parameters_of_the_path_item_and_of_the_operation(document: MakeDocument) -> None:
    [found] = document("""
        paths:
          /orders:
            parameters:
              - {name: a, in: query, schema: {type: integer}}
              - {name: b, in: query}
            get:
              parameters:
                - {name: a, in: query, schema: {type: string}}
                - {name: a, in: header, schema: {type: string}}
    """).operations
    assert [(parameter.kind, parameter.name, parameter.kinds) for parameter in found.parameters] == [
        ("query", "a", {"string"}),
        ("query", "b", frozenset()),
        ("header", "a", {"string"}),
    ]
