"""Values and the schemas of a document."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from HttpServerLibrary.engine.matching import regexp
from utest.contract.documents import MakeOperation, in_request, in_value, request_of


def wrong(operation: MakeOperation, schema: str, value: Any, rest: str = "", version: str = "3.0.3") -> list[str]:
    """What is wrong with a value as the body of a response."""
    text = f"responses: {{200: {{content: {{application/json: {{schema: {schema}}}}}}}}}"
    return in_value(operation(text, rest, version), value)


def wrong_in_request(operation: MakeOperation, schema: str, value: Any, rest: str = "") -> list[str]:
    found = operation(f"requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}", rest)
    return in_request(found, request_of(found, value))


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ("{type: integer}", 1, []),
        ("{type: integer}", 1.0, []),
        ("{type: integer}", "x", ['$: expected an integer, received "x" (text)']),
        ("{type: integer}", None, ["$: expected an integer, received null"]),
        ("{type: integer, nullable: true}", None, []),
        ("{type: integer, nullable: true}", "x", ['$: expected an integer or null, received "x" (text)']),
        ("{type: string, nullable: true, enum: [a]}", None, []),
        ("{type: string, nullable: true, enum: [a]}", "b", ['$: expected one of "a", null, received "b"']),
        ("{enum: [a], nullable: true}", None, []),
        ("{enum: [a], nullable: true}", "b", ['$: expected one of "a", null, received "b"']),
        ("{allOf: [{type: object, required: [a]}], nullable: true}", None, []),
        (
            "{allOf: [{type: object, required: [a]}], nullable: true}",
            {},
            ["$.a: expected a value (required), received nothing"],
        ),
        ("{type: object, allOf: [{required: [a]}], nullable: true}", None, []),
        ("{nullable: true}", None, []),
        ("{$ref: '#/components/schemas/Id', nullable: true}", None, []),
        ("{$ref: '#/components/schemas/Id', maximum: 1}", 5, []),
        ("{$ref: '#/components/schemas/Id'}", "x", ['$: expected an integer, received "x" (text)']),
        (
            "{minimum: 1, exclusiveMinimum: true}",
            1,
            ["$: expected a number greater than 1 (exclusiveMinimum), received 1"],
        ),
        ("{minimum: 1, exclusiveMinimum: false}", 1, []),
        (
            "{maximum: 1, exclusiveMaximum: true}",
            1,
            ["$: expected a number less than 1 (exclusiveMaximum), received 1"],
        ),
        ("{exclusiveMaximum: true}", 1, []),
        ("{type: string, example: 5, discriminator: {propertyName: a}, xml: {name: b}}", "x", []),
        ("{type: string, format: uuid}", "no UUID", []),
        ("{type: file}", 1, []),
        ("{pattern: '\\p{L}'}", "1", []),
        ("{required: true, properties: {a: {required: true}}}", {}, []),
        ("{allOf: []}", 1, []),
        ("null", 1, []),
        ("{properties: {a: null}}", {"a": 1}, []),
        (
            "{properties: {a: {$ref: '#/components/schemas/Id'}}}",
            {"a": "x"},
            ['$.a: expected an integer, received "x" (text)'],
        ),
        ("{properties: {$ref: '#/components/members'}}", {"a": "x"}, ['$.a: expected an integer, received "x" (text)']),
        (
            "{additionalProperties: false, properties: {a: {}}}",
            {"b": 1},
            ["$.b: expected no such key (additionalProperties is false), received 1"],
        ),
        ("{additionalProperties: {type: integer}}", {"b": "x"}, ['$.b: expected an integer, received "x" (text)']),
        ("{not: {type: string}}", "x", ['$: expected not {"type": "string"}, received "x"']),
        ("{properties: {a: false}}", {"a": 1}, ["$.a: expected nothing (the schema is false), received 1"]),
        ("{items: {type: integer}}", [1, "x"], ['$[1]: expected an integer, received "x" (text)']),
        ("{uniqueItems: true}", [1, 1], ["$: expected uniqueItems true, received [1, 1]"]),
    ],
)
def test_openapi_3_0(operation: MakeOperation, schema: str, value: Any, expected: list[str]) -> None:
    rest = "components: {schemas: {Id: {type: integer}}, members: {a: {$ref: '#/components/schemas/Id'}}}"
    assert wrong(operation, schema, value, rest) == expected


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ("{type: [integer, 'null']}", None, []),
        ("{type: [integer, 'null']}", "x", ['$: expected an integer or null, received "x" (text)']),
        ("{type: integer, nullable: true}", None, ["$: expected an integer, received null"]),
        ("{exclusiveMinimum: 1}", 1, ["$: expected a number greater than 1 (exclusiveMinimum), received 1"]),
        ("{const: a}", "b", ['$: expected "a" (const), received "b"']),
        (
            "{$ref: '#/components/schemas/Id', maximum: 1}",
            5,
            ["$: expected a number of at most 1 (maximum), received 5"],
        ),
        (
            "{prefixItems: [{type: integer}], items: {type: string}}",
            [1, 2],
            ["$[1]: expected text, received 2 (number)"],
        ),
        (
            "{items: [{type: integer}], additionalItems: {type: string}}",
            [1, 2],
            ["$[1]: expected text, received 2 (number)"],
        ),
        ("{items: {type: string}, additionalItems: false}", ["a", "b"], []),
        (
            "{if: {properties: {a: {const: 1}}}, then: {required: [b]}}",
            {"a": 1},
            ["$.b: expected a value (required), received nothing"],
        ),
        ("{dependentRequired: {a: [b]}}", {"a": 1}, ['$: expected dependentRequired {"a": ["b"]}, received {"a": 1}']),
        (
            "{dependencies: {a: [b], c: {required: [d]}}}",
            {"c": 1},
            ["$.d: expected a value (required), received nothing"],
        ),
        ("{dependencies: {a: [b]}}", {"a": 1}, ['$: expected dependentRequired {"a": ["b"]}, received {"a": 1}']),
        (
            "{patternProperties: {'^x': {type: integer}, '(': {type: string}}}",
            {"x1": "a", "(": 1},
            ['$.x1: expected an integer, received "a" (text)'],
        ),
        ("{contains: {type: integer}, minContains: 2}", [1, "a"], ['$: expected minContains 2, received [1, "a"]']),
        ("{$ref: '#/components/schemas/Object', unevaluatedProperties: false}", {"a": 1}, []),
        (
            "{$ref: '#/components/schemas/Object', unevaluatedProperties: false}",
            {"b": 1},
            ['$: expected unevaluatedProperties false, received {"b": 1}'],
        ),
        ("{$dynamicRef: '#node'}", {"next": {"next": 1}}, ["$.next.next: expected an object, received 1 (number)"]),
        (
            "{$ref: 'https://example.com/object', maxProperties: 0}",
            {"a": "x"},
            [
                '$.a: expected an integer, received "x" (text)',
                '$: expected at most 0 members (maxProperties), received {"a": "x"}',
            ],
        ),
        ("true", 1, []),
        ("false", 1, ["$: expected nothing (the schema is false), received 1"]),
    ],
)
def test_openapi_3_1(operation: MakeOperation, schema: str, value: Any, expected: list[str]) -> None:
    rest = """
        components:
          schemas:
            Id: {type: integer}
            Object:
              $id: https://example.com/object
              properties: {a: {$ref: '#/$defs/Number'}}
              $defs: {Number: {type: integer}}
            Node: {$dynamicAnchor: node, type: object, properties: {next: {$dynamicRef: '#node'}}}
    """
    assert wrong(operation, schema, value, rest, "3.1.0") == expected


ORDER = """
components:
  schemas:
    Order:
      type: object
      required: [id, key, name]
      properties:
        id: {type: integer, readOnly: true}
        key: {type: string, writeOnly: true}
        name: {type: string}
    Named:
      allOf:
        - $ref: '#/components/schemas/Order'
        - {properties: {at: {$ref: '#/components/schemas/Time'}}}
        - {$ref: '#/components/schemas/Needs'}
    Needs: {required: [at]}
    Time: {type: string, readOnly: true}
    Wrapped: {type: object, properties: {order: {$ref: '#/components/schemas/Order'}}}
"""
REQUIRED = "expected a value (required), received nothing"


@pytest.mark.parametrize(
    ("schema", "value", "request_", "response"),
    [
        ("Order", {}, [f"$.key: {REQUIRED}", f"$.name: {REQUIRED}"], [f"$.id: {REQUIRED}", f"$.name: {REQUIRED}"]),
        ("Order", {"key": "a", "name": "b"}, [], [f"$.id: {REQUIRED}"]),
        ("Order", {"id": 1, "key": "a", "name": "b"}, [], []),
        ("Order", {"id": "x", "key": "a", "name": "b"}, *[['$.id: expected an integer, received "x" (text)']] * 2),
        ("Named", {"key": "a", "name": "b"}, [], [f"$.id: {REQUIRED}", f"$.at: {REQUIRED}"]),
        ("Wrapped", {"order": {"name": "b"}}, [f"$.order.key: {REQUIRED}"], [f"$.order.id: {REQUIRED}"]),
    ],
)
def test_members_of_one_direction(
    operation: MakeOperation, schema: str, value: Any, request_: list[str], response: list[str]
) -> None:
    reference = f"{{$ref: '#/components/schemas/{schema}'}}"
    assert wrong_in_request(operation, reference, value, ORDER) == request_
    assert wrong(operation, reference, value, ORDER) == response


ANIMALS = """
components:
  schemas:
    Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {type: string}, name: {type: string}}}
"""
EITHER = "oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"
MAPPING = "mapping: {tom: '#/components/schemas/Cat', rex: Dog, none: '#/nothing'}"


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (f"{{{EITHER}}}", {"kind": "a", "name": "b"}, []),
        (
            f"{{{EITHER}}}",
            {"kind": "a", "lives": 1},
            ['$: expected a value that matches only one of 2 schemas (oneOf), received {"kind": "a", "lives": 1}'],
        ),
        (f"{{{EITHER}}}", {}, ["$: expected a value that matches one of 2 schemas (oneOf), received {}"]),
        (f"{{{EITHER}, discriminator: {{propertyName: kind}}}}", {"kind": "Cat", "lives": 1}, []),
        (
            f"{{{EITHER}, discriminator: {{propertyName: kind}}}}",
            {"kind": "Dog", "name": 1},
            ["$.name: expected text, received 1 (number)"],
        ),
        (
            f"{{{EITHER}, discriminator: {{propertyName: kind, {MAPPING}}}}}",
            {"kind": "tom", "name": 1},
            [f"$.lives: {REQUIRED}"],
        ),
        (
            f"{{{EITHER}, discriminator: {{propertyName: kind, {MAPPING}}}}}",
            {"kind": "rex", "name": 1},
            ["$.name: expected text, received 1 (number)"],
        ),
        (
            f"{{{EITHER}, discriminator: {{propertyName: kind}}}}",
            {"kind": "x", "name": 1},
            ['$: expected a value that matches any of 2 schemas (anyOf), received {"kind": "x", "name": 1}'],
        ),
        ("{anyOf: [{type: integer}, {type: object, required: [a]}]}", {}, [f"$.a: {REQUIRED}"]),
        (
            (
                "{oneOf: [{properties: {t: {enum: [a]}, x: {type: integer}}}, "
                "{properties: {t: {enum: [b]}, y: {type: integer}}}]}"
            ),
            {"t": "b", "x": "1", "y": "2"},
            ['$.y: expected an integer, received "2" (text)'],
        ),
        (
            "{oneOf: [{type: integer}, {type: boolean}]}",
            "x",
            ['$: expected a value that matches one of 2 schemas (oneOf), received "x"'],
        ),
    ],
)
def test_alternatives(operation: MakeOperation, schema: str, value: Any, expected: list[str]) -> None:
    assert wrong(operation, schema, value, ANIMALS) == expected


TREE = "components: {schemas: {Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}}}}}"


def test_schemas_that_contain_themselves(operation: MakeOperation) -> None:
    reference = "{$ref: '#/components/schemas/Node'}"
    assert wrong(operation, reference, {"next": {"next": {}}}, TREE) == []
    assert wrong(operation, reference, {"next": {"next": 1}}, TREE) == [
        "$.next.next: expected an object, received 1 (number)"
    ]


def test_a_value_that_is_nested_too_deeply(operation: MakeOperation) -> None:
    value: dict[str, Any] = {}
    for _ in range(900):
        value = {"next": value}
    assert wrong(operation, "{$ref: '#/components/schemas/Node'}", value, TREE) == [
        "$: expected a value that can be checked, received one that is nested too deeply"
    ]


def test_a_number_that_python_cannot_check(operation: MakeOperation) -> None:
    [text] = wrong(operation, "{multipleOf: 0.01}", 10**400)
    assert text.startswith("$: expected a value that can be checked, received a failure: ")


@pytest.mark.skipif(importlib.util.find_spec("regex") is None, reason="only the extra has a time limit")
def test_a_pattern_that_takes_too_long(operation: MakeOperation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexp, "MAX_SECONDS", 0.01)
    value = {"a": "a" * 40 + "!", "b": "a" * 40 + "!"}
    pattern = "{pattern: '^(a|a)*$'}"
    assert wrong(operation, f"{{properties: {{a: {pattern}, b: {pattern}}}}}", value) == [
        (
            '$: expected text that can be checked in time, received REGEXP "^(a|a)*$" took longer than 0.01 s; '
            "rewrite it so that no part can match the same text in several ways"
        )
    ]


def test_no_more_than_some_violations(operation: MakeOperation) -> None:
    assert len(wrong(operation, "{items: {type: integer}}", ["x"] * 1000)) == 20


def test_the_place_is_that_of_the_rule(operation: MakeOperation) -> None:
    found = operation(
        "responses: {200: {content: {application/json: {schema: {items: {$ref: '#/components/schemas/Id'}}}}}}",
        "components: {schemas: {Id: {type: integer}}}",
    )
    response = found.response(200)
    assert response is not None
    media = response.content.types[0]
    assert media.schema is not None
    [(_, place)] = media.schemas.findings(media.schema, ["x"], 9)
    assert str(place) == "orders.yaml, $.components.schemas.Id.type"


def test_threads_prepare_a_schema_once(operation: MakeOperation, quick_switches: None) -> None:
    found = operation(
        "responses: {200: {content: {application/json: {schema: {$ref: '#/components/schemas/Named'}}}}}", ORDER
    )
    value = {"id": 1, "name": 2, "at": "now"}
    with ThreadPoolExecutor(8) as pool:
        wrongs = [*pool.map(lambda _: in_value(found, value), range(64))]
    assert wrongs == [["$.name: expected text, received 2 (number)"]] * 64
