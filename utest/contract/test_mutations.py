"""Drift is found: valid requests and responses pass, and those with one thing broken do not."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from HttpServerLibrary.engine.contract.schemas import Schemas
from HttpServerLibrary.engine.contract.tree import Tree
from utest.contract.documents import MakeDocument, in_request, in_response, request_of

SHOP = """
paths:
  /orders:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses:
        201: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
components:
  schemas:
    Order:
      allOf:
        - $ref: '#/components/schemas/Stored'
        - type: object
          required: [items, status, customer, payment, note]
          properties:
            status: {type: string, enum: [open, paid, shipped]}
            items: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Item'}}
            customer: {$ref: '#/components/schemas/Customer'}
            payment:
              oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Transfer'}]
              discriminator: {propertyName: kind}
            note: {type: string, nullable: true}
    Stored:
      type: object
      required: [id, created]
      properties: {id: {type: integer, format: int64}, created: {type: string, format: date-time}}
    Item:
      type: object
      required: [sku, count, price]
      properties:
        sku: {type: string, pattern: '^[A-Z]{3}-[0-9]+$'}
        count: {type: integer, minimum: 1}
        price: {type: number}
        gift: {type: boolean}
        parts: {type: array, items: {$ref: '#/components/schemas/Item'}}
    Customer:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: {type: string}
        level: {enum: [1, 2, 3]}
        tags: {type: object, additionalProperties: {type: string}}
    Card: {type: object, required: [kind, number], properties: {kind: {enum: [card]}, number: {type: string}}}
    Transfer: {type: object, required: [kind, iban], properties: {kind: {enum: [transfer]}, iban: {type: string}}}
"""
ORDER = {
    "id": 7,
    "created": "2024-01-01T00:00:00Z",
    "status": "open",
    "items": [
        {"sku": "ABC-1", "count": 1, "price": 9.5, "gift": True, "parts": [{"sku": "XYZ-2", "count": 2, "price": 1}]},
        {"sku": "DEF-3", "count": 3, "price": 0},
    ],
    "customer": {"name": "Tom", "level": 2, "tags": {"a": "b"}},
    "payment": {"kind": "card", "number": "1"},
    "note": None,
}
OTHERS = [
    {**ORDER, "note": "x", "payment": {"kind": "transfer", "iban": "DE"}, "extra": 1},
    {**ORDER, "customer": {"name": ""}, "status": "shipped", "items": [ORDER["items"][1]]},  # type: ignore[index]
]
OPTIONAL = {"gift", "parts", "level", "tags", "a", "extra"}
ENUMS = {"status", "level", "kind"}
ANYTHING = {"extra"}


def broken(value: Any, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What can be broken in a value, and where."""
    name = next((step for step in reversed(steps) if isinstance(step, str)), None)
    if name not in ANYTHING and value is not None:
        yield "type", steps
    if steps and steps[-1] in ENUMS:
        yield "enum", steps
    if steps and isinstance(steps[-1], str) and steps[-1] not in OPTIONAL:
        yield "missing", steps
    if isinstance(value, (dict, list)):
        for step, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from broken(entry, (*steps, step))


def broken_at(value: Any, what: str, steps: tuple[str | int, ...], chance: random.Random) -> Any:
    value = deepcopy(value)
    others = [None, "text", 1.5, True, {"x": 1}, [1]]
    if not steps:
        return chance.choice([other for other in others if not isinstance(other, dict)])
    at = value
    for step in steps[:-1]:
        at = at[step]
    last = steps[-1]
    if what == "missing":
        del at[last]
    elif what == "enum":
        at[last] = "other"
    else:
        received = at[last]
        kinds = (int, float) if isinstance(received, float) else type(received)
        if isinstance(received, int) and not isinstance(received, bool) and last != "price":
            others = [None, "text", 1.5, True, {}, []]
        elif last in ("price", "note"):
            others = ["text", True, {}] if last == "price" else [1, {}, []]
        at[last] = chance.choice(
            [
                other
                for other in others
                if not isinstance(other, kinds) or (isinstance(other, bool) and not isinstance(received, bool))
            ]
        )
    return value


@pytest.mark.parametrize("value", [ORDER, *OTHERS])
def test_what_is_valid_passes(document: MakeDocument, value: Any) -> None:
    [operation] = document(SHOP).operations
    assert in_request(operation, request_of(operation, value)) == []
    assert in_response(operation, json.dumps(value).encode(), 201) == []


def test_what_is_broken_is_found(document: MakeDocument) -> None:
    [operation] = document(SHOP).operations
    chance = random.Random(1)
    missed = []
    for _ in range(1000):
        value = chance.choice([ORDER, *OTHERS])
        what, steps = chance.choice([*broken(value)])
        changed = broken_at(value, what, steps, chance)
        if not in_response(operation, json.dumps(changed).encode(), 201):
            missed.append((what, steps, changed))
    assert missed == []


NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0]), st.sampled_from(["", "a", "aa"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
REFERENCES = st.sampled_from("pq").map(lambda name: {"$ref": f"#/$defs/{name}"})


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    rules = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
        "properties": st.dictionaries(NAMES, inner, max_size=2),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "additionalProperties": inner,
        "patternProperties": st.dictionaries(st.sampled_from(["a", "^b"]), inner, max_size=1),
        "items": inner,
        "prefixItems": several,
        "uniqueItems": st.booleans(),
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        "minimum": st.integers(-2, 2),
        "maxLength": st.integers(0, 2),
        "pattern": st.sampled_from(["a", "^a$"]),
        "unevaluatedProperties": st.booleans(),
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=1),
        "contains": inner,
    }
    return st.lists(st.sampled_from([*rules]), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: rules[name] for name in names})
    )


SCHEMAS = st.recursive(
    st.one_of(st.booleans(), REFERENCES, TYPES.map(lambda kind: {"type": kind})), combined, max_leaves=8
)


@given(SCHEMAS, SCHEMAS, SCHEMAS, VALUES)
def test_the_verdict_is_that_of_json_schema(schema: Any, one: Any, other: Any, value: Any) -> None:
    # References that lead to each other at once would have no end.
    definitions = {name: {"properties": {"a": entry}} for name, entry in (("p", one), ("q", other))}
    whole = {"allOf": [schema], "$defs": definitions}
    with TemporaryDirectory() as directory:
        path = Path(directory, "a.json")
        path.write_text(json.dumps(whole), encoding="utf-8")
        tree = Tree(path)
    schemas = Schemas(tree, is_old=False, of_requests=False)
    assert schemas.is_valid(tree.root, value) is Draft202012Validator(whole).is_valid(value)
