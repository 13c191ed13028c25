"""What operations answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from HttpServerLibrary.engine.contract.checking import check_response
from HttpServerLibrary.engine.contract.examples import Answer, Choice, answer, choose
from HttpServerLibrary.engine.contract.operations import Operation
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from utest.contract.documents import MakeOperation, request_of


def answered(operation: Operation, request: Request | None = None, choice: Choice | None = None) -> Answer:
    return answer(operation, request or request_of(operation), choice)


def shown(found: Answer) -> tuple[int, str, str]:
    return found.status, found.source, found.body.decode()


def notes(found: Answer) -> list[str]:
    return [str(note) for note in found.notes]


NAMED = """
    parameters:
      - {name: page, in: query, schema: {type: integer}, examples: {second: {value: 2}, both: {value: 3}}}
    requestBody:
      content:
        application/json:
          examples:
            cat: {value: {name: Tom, age: 3}}
            both: {value: {name: Both}}
            lonely: {value: 1}
    responses:
      404:
        content:
          application/json: {examples: {lost: {value: {error: lost}}, cat: {value: {error: cat}}}}
      200:
        content:
          application/json:
            examples:
              first: {value: {is: first}}
              cat: {value: {is: cat}}
              second: {value: {is: second}}
              both: {value: {is: both}}
      default: {content: {application/json: {example: {is: default}}}}
      2XX: {content: {application/json: {examples: {ranged: {value: {is: ranged}}}}}}
"""


@pytest.mark.parametrize(
    ("target", "value", "headers", "status", "example"),
    [
        ("/orders", None, {}, 200, {"is": "first"}),
        ("/orders", {"name": "Tom", "age": 3.0}, {}, 200, {"is": "cat"}),
        ("/orders", {"name": "Tom"}, {}, 200, {"is": "first"}),
        ("/orders?page=2", None, {}, 200, {"is": "second"}),
        ("/orders?page=x", None, {}, 200, {"is": "first"}),
        ("/orders?page=3", {"name": "Both"}, {}, 200, {"is": "both"}),
        ("/orders?page=2", {"name": "Both"}, {}, 200, {"is": "second"}),
        ("/orders", {"name": "Both"}, {}, 200, {"is": "first"}),
        ("/orders", 1, {}, 200, {"is": "first"}),
        ("/orders", None, {"Prefer": "code=404"}, 404, {"error": "lost"}),
        ("/orders", {"name": "Tom", "age": 3}, {"Prefer": "code=404"}, 404, {"error": "cat"}),
        ("/orders", None, {"Prefer": "code=404, example=cat"}, 404, {"error": "cat"}),
        ("/orders", None, {"Prefer": 'wait=10, Example="lost"'}, 404, {"error": "lost"}),
        ("/orders", None, {"Prefer": "example=second"}, 200, {"is": "second"}),
        ("/orders", None, {"Prefer": "example=ranged"}, 200, {"is": "ranged"}),
        ("/orders", None, {"Prefer": "code=503"}, 503, {"is": "default"}),
        ("/orders", None, {"Prefer": "code=202"}, 202, {"is": "ranged"}),
    ],
)
def test_which_example(
    operation: MakeOperation, target: str, value: Any, headers: dict[str, str], status: int, example: Any
) -> None:
    found = operation(NAMED)
    fields = (("Content-Type", "application/json"), *headers.items())
    made = answered(found, request_of(found, value, target, fields))
    assert (made.status, made.source, json.loads(made.body), made.notes) == (status, "example", example, ())


@pytest.mark.parametrize(
    ("prefer", "note"),
    [
        ("code=299", 'there is no response "299", which the request prefers'),
        ("code=99", 'there is no response "99", which the request prefers'),
        ("code=many", 'there is no response "many", which the request prefers'),
        ("example=nothing", 'there is no example "nothing"'),
    ],
)
def test_what_is_preferred_but_not_there(operation: MakeOperation, prefer: str, note: str) -> None:
    found = operation(NAMED.replace("default:", "x-default:").replace("2XX:", "x-2XX:"))
    made = answered(found, Request.of("POST", "/orders", {"Prefer": prefer}))
    assert shown(made) == (200, "example", '{"is": "first"}')
    assert notes(made) == [f'orders.yaml, $.paths["/orders"].post: {note}']


@pytest.mark.parametrize(
    ("status", "example", "expected"),
    [
        (None, None, '{"is": "first"}'),
        (404, None, '{"error": "lost"}'),
        (404, "cat", '{"error": "cat"}'),
        (None, "lost", '{"error": "lost"}'),
        (None, "second", '{"is": "second"}'),
        (500, None, '{"is": "default"}'),
    ],
)
def test_the_choice_of_a_test(operation: MakeOperation, status: int | None, example: str | None, expected: str) -> None:
    found = operation(NAMED)
    request = request_of(found, {"name": "Tom", "age": 3}, headers=(("Prefer", "code=200, example=both"),))
    assert answered(found, request, choose(found, status, example)).body.decode() == expected


def test_choices_that_are_not_there(operation: MakeOperation) -> None:
    found = operation("responses: {200: {content: {a/b: {examples: {one: {value: 1}, two: {value: 2}}}}}, 404: {}}")
    for status, example, message in (
        (500, None, "status: POST /orders has no response 500 in the document; it has 200, 404."),
        (None, "x", 'example: POST /orders has no example "x" in the document; it has "one", "two".'),
        (
            404,
            "one",
            (
                'example: response 404 of POST /orders has no example "one" in the document; it has no examples with '
                "names."
            ),
        ),
    ):
        with pytest.raises(UsageError) as raised:
            choose(found, status, example)
        assert str(raised.value) == message
    with pytest.raises(UsageError) as raised:
        choose(operation("{}"), 200)
    assert str(raised.value) == "status: POST /orders has no response 200 in the document; it has no responses."


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ("{201: {content: {application/json: {example: 1}}}, 200: {}}", (201, "example", "1")),
        ("{default: {content: {application/json: {example: 1}}}, 204: {}}", (204, "nothing", "")),
        ("{404: {}, default: {content: {application/json: {example: 1}}}}", (200, "example", "1")),
        ("{404: {}, 302: {}}", (404, "nothing", "")),
        ("{2XX: {content: {application/json: {example: null}}}}", (200, "example", "null")),
        ("{100: {}, x-a: {}}", (200, "nothing", "")),
        ("{}", (200, "nothing", "")),
        ("{204: {content: {application/json: {example: 1}}}}", (204, "nothing", "")),
        ("{200: {content: {application/json: {}}}}", (200, "nothing", "")),
        ("{200: {content: {application/json: {schema: {type: integer, example: 5}}}}}", (200, "example", "5")),
        ("{200: {content: {application/json: {schema: {type: integer, default: 5}}}}}", (200, "schema", "5")),
        ("{200: {content: {application/json: {schema: {type: integer}}}}}", (200, "schema", "0")),
        ("{200: {content: {application/json: {example: a, schema: {type: string}}}}}", (200, "example", '"a"')),
        ("{200: {content: {application/json: {example: '{\"a\":1}'}}}}", (200, "example", '{"a":1}')),
        ("{200: {content: {application/json: {example: '{a'}}}}", (200, "example", '"{a"')),
        ("{200: {content: {application/json: {example: '{}', schema: {type: string}}}}}", (200, "example", '"{}"')),
        ("{200: {content: {application/json: {example: é}}}}", (200, "example", '"é"')),
        ("{200: {content: {text/plain: {example: hello}}}}", (200, "example", "hello")),
        ("{200: {content: {text/csv: {example: [1]}}}}", (200, "example", "[1]")),
        ("{200: {content: {text/plain: {schema: {type: string}}}}}", (200, "schema", "string")),
        ("{200: {content: {application/xml: {example: <a/>}}}}", (200, "example", "<a/>")),
        (
            "{200: {content: {application/x-www-form-urlencoded: {example: {a: 1, b: [x, true]}}}}}",
            (200, "example", "a=1&b=x%2Ctrue"),
        ),
    ],
)
def test_status_and_body(operation: MakeOperation, responses: str, expected: tuple[int, str, str]) -> None:
    made = answered(operation(f"responses: {responses}"))
    assert shown(made) == expected
    assert made.notes == ()


@pytest.mark.parametrize(
    ("media_type", "schema", "content_type"),
    [
        ("application/json", "{}", "application/json"),
        ("application/json; charset=utf-8", "{}", "application/json; charset=utf-8"),
        ("'*/*'", "{}", "application/json"),
        ("'*/*'", "{type: string}", "text/plain"),
        ("'application/*'", "{}", "application/json"),
        ("'text/*'", "{}", "text/plain"),
        ("'image/*'", "{type: string}", "image/png"),
        ("'audio/*'", "{type: string}", "application/octet-stream"),
    ],
)
def test_the_type_that_is_sent(operation: MakeOperation, media_type: str, schema: str, content_type: str) -> None:
    found = operation(f"responses: {{200: {{content: {{{media_type}: {{schema: {schema}}}}}}}}}")
    assert answered(found).headers == (("Content-Type", content_type),)


@pytest.mark.parametrize(
    ("accept", "body"),
    [
        (None, "<a/>"),
        ("application/json", "1"),
        ("*/*", "<a/>"),
        ("text/html, application/json;q=0.9, */*;q=0.1", "1"),
        ("image/png", "<a/>"),
    ],
)
def test_the_type_that_is_accepted(operation: MakeOperation, accept: str | None, body: str) -> None:
    found = operation("responses: {200: {content: {application/xml: {example: <a/>}, application/json: {example: 1}}}}")
    request = Request.of("POST", "/orders", {} if accept is None else {"Accept": accept})
    assert answered(found, request).body.decode() == body


def test_values_in_other_files_are_not_read(operation: MakeOperation) -> None:
    found = operation("""
        responses:
          200: {content: {application/json: {examples: {a: {externalValue: a.json}, b: {value: 1}}}}}
    """)
    made = answered(found)
    assert (shown(made), made.name) == ((200, "example", "1"), "b")
    assert notes(made) == [
        (
            'orders.yaml, $.paths["/orders"].post.responses["200"].content["application/json"].examples.a.'
            "externalValue: externalValue is not read"
        )
    ]
    with pytest.raises(UsageError):
        choose(found, example="a")


def test_an_example_that_does_not_fit_its_schema(operation: MakeOperation) -> None:
    found = operation("responses: {200: {content: {application/json: {schema: {type: object}, example: [1]}}}}")
    made = answered(found)
    assert shown(made) == (200, "example", "[1]")
    assert [str(fault) for fault in made.faults] == [
        "POST /orders, response 200: $: expected an object, received [1] (list)"
    ]
    assert check_response(found, request_of(found), made.status, made.headers, made.body) == []


def test_what_cannot_be_made(operation: MakeOperation) -> None:
    made = answered(operation("responses: {200: {content: {application/xml: {schema: {type: object}}}}}"))
    assert shown(made) == (200, "nothing", "")
    assert notes(made) == [
        (
            'orders.yaml, $.paths["/orders"].post.responses["200"].content["application/xml"]: no value is made for '
            "application/xml; an example is needed"
        )
    ]
    made = answered(operation("responses: {200: {content: {application/json: {schema: {not: {}}}}}}"))
    assert shown(made) == (200, "schema", "{}")
    assert notes(made) == [
        (
            'orders.yaml, $.paths["/orders"].post.responses["200"].content["application/json"].schema: no value was '
            "found that fits this schema"
        )
    ]


def test_headers(operation: MakeOperation) -> None:
    found = operation("""
        responses:
          200:
            headers:
              X-Example: {example: 5}
              X-Examples: {examples: {a: {externalValue: b}, c: {value: [1, true]}}}
              X-Schema: {schema: {type: string, example: a}}
              X-Default: {schema: {type: integer, default: 3}}
              X-Required: {required: true, schema: {type: object, required: [a], properties: {a: {type: integer}}}}
              X-Optional: {schema: {type: string}}
              X-Nothing: {}
              X-Null: {schema: {enum: [null]}}
              X-Greek: {example: "\\u03b1"}
              X-Lines: {example: "a\\nb"}
              Content-Length: {example: 7}
              Content-Encoding: {example: gzip}
              Content-Type: {example: a/b}
            content: {application/json: {example: 1}}
    """)
    made = answered(found)
    assert made.headers == (
        ("Content-Type", "application/json"),
        ("X-Example", "5"),
        ("X-Examples", "1,true"),
        ("X-Schema", "a"),
        ("X-Default", "3"),
        ("X-Required", "a,0"),
    )
    assert [note.rpartition("headers")[2] for note in notes(made)] == [
        '["X-Greek"]: a header cannot carry the value of X-Greek',
        '["X-Lines"]: a header cannot carry the value of X-Lines',
    ]


def test_an_answer_is_made_once(operation: MakeOperation) -> None:
    found = operation(NAMED)
    assert answered(found) is answered(found)


FORM_TYPE = "application/x-www-form-urlencoded"


def test_pairs_of_forms(operation: MakeOperation) -> None:
    found = operation(f"""
        requestBody:
          content:
            {FORM_TYPE}:
              schema: {{type: object, properties: {{a: {{type: integer}}}}}}
              examples: {{one: {{value: {{a: 1}}}}, two: {{value: {{a: 2}}}}}}
        responses: {{200: {{content: {{text/plain: {{examples: {{zero: {{value: z}}, two: {{value: t}}}}}}}}}}}}
    """)
    for body, expected in ((b"a=2", "t"), (b"a=3", "z")):
        request = Request.of("POST", "/orders", {"Content-Type": FORM_TYPE}, body)
        assert answered(found, request).body.decode() == expected
    broken = Request.of("POST", "/orders", {"Content-Type": "application/json"}, b"{")
    assert answered(found, broken).body.decode() == "z"
