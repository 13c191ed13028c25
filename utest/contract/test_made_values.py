"""Values that are made from schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from HttpServerLibrary.engine.contract.made_values import Made, Maker
from HttpServerLibrary.engine.contract.schemas import Schemas
from HttpServerLibrary.engine.contract.tree import Tree

Make = Callable[..., Made]

COMPONENTS = {
    "Node": {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/Node"}, "id": {"type": "integer"}},
    },
    "Tree": {
        "type": "object",
        "required": ["children"],
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    },
    "Endless": {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Endless"}},
    },
    "Ends": {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/Ends"}, {"type": "boolean"}]}},
    },
    "Null": {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"allOf": [{"$ref": "#/components/schemas/Null"}], "nullable": True}},
    },
    "Id": {"type": "integer", "example": 7},
    "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["cat"]}}},
    "Dog": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["dog"]}, "age": {"type": "integer"}},
    },
    # Their kinds are told apart by a member that may be any text.
    "Account": {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}},
        "discriminator": {"propertyName": "type", "mapping": {"iban": "#/components/schemas/Iban", "local": "Local"}},
    },
    "Iban": {
        "allOf": [
            {"$ref": "#/components/schemas/Account"},
            {"type": "object", "required": ["iban"], "properties": {"iban": {"type": "string"}}},
        ]
    },
    "Local": {
        "allOf": [
            {"$ref": "#/components/schemas/Account"},
            {"type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}}},
        ]
    },
    "Bus": {"type": "object", "properties": {"kind": {"type": "string"}, "seats": {"type": "integer"}}},
}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a value for a schema."""

    def make(schema: Any, of_requests: bool = False, components: Any = COMPONENTS) -> Made:
        path = tmp_path / "a.json"
        path.write_text(json.dumps({"schema": schema, "components": {"schemas": components}}), encoding="utf-8")
        tree = Tree(path)
        schemas = Schemas(tree, is_old=True, of_requests=of_requests)
        return Maker(tree, schemas, "readOnly" if of_requests else "writeOnly").make(tree.root.child("schema"))

    return make


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, {}),
        (True, {}),
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "2024-01-01"),
        ({"type": "string", "pattern": "^x[0-9]$"}, "x0"),
        ({"type": "string", "minLength": 8.0}, "stringst"),
        ({"type": "integer"}, 0),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": "string", "nullable": True}, "string"),
        ({"type": ["null", "integer"]}, 0),
        ({"type": "array"}, []),
        ({"type": "array", "items": {"type": "integer"}}, [0]),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 0}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3}, [0, 0, 0]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [0, 1, 2]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True}, ["string", "string2"]),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True}, ["a", "b"]),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True}, [True, False]),
        (
            {"type": "array", "items": {"properties": {"a": {"type": "integer"}}}, "minItems": 2, "uniqueItems": True},
            [{"a": 0}, {"a": 1}],
        ),
        ({"type": "array", "minItems": 2}, ["string", "string"]),
        ({"type": "object"}, {}),
        ({"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}, {"a": 0, "b": "string"}),
        ({"type": "object", "required": ["a"]}, {"a": "string"}),
        ({"required": ["a"], "additionalProperties": {"type": "integer"}}, {"a": 0}),
        ({"minProperties": 2, "additionalProperties": {"type": "integer"}}, {"property1": 0, "property2": 0}),
        ({"properties": {"a": {"type": "integer"}, "b": {}}, "maxProperties": 1, "required": ["b"]}, {"b": "string"}),
        ({"properties": {"a": True, "b": None}}, {"a": {}, "b": None}),
        (
            {"properties": {"a": {"type": "string", "writeOnly": True}, "b": {"readOnly": True, "type": "null"}}},
            {"b": None},
        ),
        # Examples, and what is said
        ({"type": "integer", "example": 5}, 5),
        ({"type": "integer", "example": "five", "default": 6}, 6),
        ({"type": "integer", "examples": ["five", 7]}, 7),
        ({"type": "integer", "default": "five"}, 0),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "integer", "enum": ["a", 2]}, 2),
        ({"enum": [None]}, None),
        ({"enum": [None, "a"]}, "a"),
        ({"const": 3}, 3),
        ({"properties": {"id": ref("Id")}}, {"id": 7}),
        ({"allOf": [ref("Id")]}, 7),
        # Parts
        ({"allOf": [{"properties": {"a": {"type": "integer"}}}, {"required": ["b"]}]}, {"a": 0, "b": "string"}),
        ({"allOf": [{"type": ["string", "integer"]}, {"type": ["integer", "null"]}]}, 0),
        ({"allOf": [{"minimum": 3, "type": "integer"}, {"minimum": 5}, {"maximum": 9}, {"maximum": 5}]}, 5),
        ({"oneOf": [ref("Cat"), ref("Dog")]}, {"kind": "cat"}),
        ({"oneOf": [ref("Dog"), ref("Cat")]}, {"kind": "dog", "age": 0}),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}, {"type": "string"}]}, "string"),
        (
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"c": {"type": "null"}}},
            {"c": None, "a": "string"},
        ),
        ({"oneOf": [{"oneOf": [{"type": "boolean"}]}, {"type": "string"}]}, True),
        ({"oneOf": [ref("Cat")], "anyOf": [{"properties": {"x": {"type": "integer"}}}]}, {"kind": "cat", "x": 0}),
        ({"not": {"type": "object"}, "anyOf": [{"type": "object"}, {"type": "integer"}]}, 0),
        ({"type": "integer", "not": {"enum": [0]}, "example": 4}, 4),
        ({"allOf": [{"allOf": [ref("Cat")]}, {"allOf": [ref("Cat")]}]}, {"kind": "cat"}),
        ({"properties": {"a": ref("Cat"), "b": ref("Cat")}}, {"a": {"kind": "cat"}, "b": {"kind": "cat"}}),
        # Recursion
        (ref("Node"), {"id": 0}),
        (ref("Tree"), {"children": []}),
        (ref("Ends"), {"next": True}),
        (ref("Null"), {"next": None}),
        # Of the type that other keywords tell
        ({"minLength": 2}, "string"),
        ({"minimum": 2}, 2),
        ({"minItems": 1}, ["string"]),
        ({"maxProperties": 1}, {}),
        ({"items": {"type": "null"}}, [None]),
    ],
)
def test_values(make: Make, schema: Any, value: Any) -> None:
    made = make(schema)
    assert made == (value, True)
    assert json.dumps(made.value) == json.dumps(value)


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ({"minimum": 3}, 3),
        ({"minimum": -3}, 0),
        ({"maximum": -3}, -3),
        ({"maximum": 3}, 0),
        ({"minimum": 3, "exclusiveMinimum": True}, 4),
        ({"minimum": 0, "exclusiveMinimum": True}, 1),
        ({"maximum": 0, "exclusiveMaximum": True}, -1),
        ({"exclusiveMinimum": 3}, 4),
        ({"exclusiveMaximum": -3}, -4),
        ({"minimum": 5, "exclusiveMinimum": 3}, 5),
        ({"minimum": 2.5}, 3),
        ({"maximum": -2.5}, -3),
        ({"minimum": 4, "multipleOf": 3}, 6),
        ({"minimum": 6, "exclusiveMinimum": True, "multipleOf": 3}, 9),
        ({"maximum": -4, "multipleOf": 3}, -6),
    ],
)
def test_integers(make: Make, rules: dict[str, Any], value: int) -> None:
    assert make({"type": "integer", **rules}) == (value, True)


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ({}, 0),
        ({"minimum": 2.5}, 2.5),
        ({"minimum": 2.5, "exclusiveMinimum": True}, 3.5),
        ({"minimum": 2, "maximum": 3, "exclusiveMinimum": True, "exclusiveMaximum": True}, 2.5),
        ({"maximum": -2.5}, -2.5),
        ({"exclusiveMaximum": 0, "minimum": -1}, -0.5),
        ({"minimum": 1, "multipleOf": 0.25}, 1),
    ],
)
def test_numbers(make: Make, rules: dict[str, Any], value: float) -> None:
    assert make({"type": "number", **rules}) == (value, True)


@pytest.mark.parametrize(
    "schema",
    [
        ref("Endless"),
        {"type": "string", "minLength": 2, "maxLength": 1},
        {"allOf": [{"type": "string"}, {"type": "array"}]},
    ],
)
def test_schemas_that_no_value_fits(make: Make, schema: Any) -> None:
    assert not make(schema).is_valid


BUS = {"$ref": "#/components/schemas/Bus"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"$ref": "#/components/schemas/Account"}, {"type": "iban", "iban": "string"}),
        ({"$ref": "#/components/schemas/Local"}, {"type": "local", "number": 0}),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Iban"}}, [{"type": "iban", "iban": "string"}]),
        ({"oneOf": [BUS], "discriminator": {"propertyName": "kind"}}, {"kind": "Bus", "seats": 0}),
        (
            {"oneOf": [BUS], "discriminator": {"propertyName": "kind", "mapping": {"b": "#/components/schemas/Bus"}}},
            {"kind": "b", "seats": 0},
        ),
        # Nothing to tell apart.
        ({"oneOf": [BUS], "discriminator": {"propertyName": "other"}}, {"kind": "string", "seats": 0}),
        ({"oneOf": [BUS], "discriminator": {"propertyName": 7}}, {"kind": "string", "seats": 0}),
        (
            {"oneOf": [BUS], "discriminator": {"propertyName": "kind", "mapping": {"b": "#/x", "c": 7}}},
            {"kind": "string", "seats": 0},
        ),
        ({"type": "integer", "discriminator": {"propertyName": "kind", "mapping": {"b": "Bus"}}}, 0),
    ],
)
def test_kinds_that_a_member_tells_apart(make: Make, schema: Any, value: Any) -> None:
    assert make(schema) == (value, True)


def test_requests_have_other_members(make: Make) -> None:
    schema = {
        "required": ["a", "b"],
        "properties": {"a": {"type": "integer", "readOnly": True}, "b": {"type": "integer", "writeOnly": True}},
    }
    assert make(schema) == ({"a": 0}, True)
    assert make(schema, of_requests=True) == ({"b": 0}, True)


def test_large_values_have_only_what_is_required_deep_inside(make: Make) -> None:
    levels: dict[str, Any] = {"Level12": {"type": "integer"}}
    for number in range(12):
        members = {name: ref(f"Level{number + 1}") for name in "abcd"}
        levels[f"Level{number}"] = {"type": "object", "properties": members, "required": ["a"]}
    made = make(ref("Level0"), components=levels)
    assert made.is_valid
    sizes = []
    value = made.value
    while isinstance(value, dict):
        sizes.append(len(value))
        value = value["a"]
    assert sizes == [4] * 6 + [1] * 6


def test_the_search_for_a_valid_value_ends(make: Make) -> None:
    levels: dict[str, Any] = {"Level9": {"type": "string", "minLength": 2, "maxLength": 1}}
    for number in range(9):
        branches = [{"properties": {name: ref(f"Level{number + 1}")}, "required": [name]} for name in "abcdefgh"]
        levels[f"Level{number}"] = {"type": "object", "oneOf": branches}
    assert not make(ref("Level0"), components=levels).is_valid


def bounded(rules: dict[str, Any], low: str, high: str, least: int, more: int) -> dict[str, Any]:
    return {**rules, low: least, high: least + more}


SCALARS = st.one_of(
    st.builds(bounded, st.just({"type": "integer"}), st.just("minimum"), st.just("maximum"), *[st.integers(0, 9)] * 2),
    st.builds(
        bounded, st.just({"type": "string"}), st.just("minLength"), st.just("maxLength"), *[st.integers(0, 9)] * 2
    ),
    st.builds(lambda values: {"enum": values}, st.lists(st.one_of(st.integers(), st.text(), st.none()), min_size=1)),
    st.sampled_from([{"type": "boolean"}, {"type": ["null", "string"]}, {"pattern": "^[a-c]{2}$"}, {}]),
)


def closed(members: dict[str, Any], is_closed: bool) -> dict[str, Any]:
    schema = {"type": "object", "properties": members, "required": [*members][:1]}
    return {**schema, "additionalProperties": False} if is_closed else schema


def in_parts(members: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    both = {"type": "object", "required": [*members], "minProperties": len(others)}
    return {"allOf": [{"type": "object", "properties": members}, both]}


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    return st.one_of(
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 2)),
        st.builds(closed, members, st.booleans()),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, inner),
        st.builds(in_parts, members, members),
    )


@given(st.recursive(SCALARS, containers, max_leaves=8))
def test_made_values_are_valid(schema: Any) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "a.json")
        path.write_text(json.dumps({"schema": schema}), encoding="utf-8")
        tree = Tree(path)
    made = Maker(tree, Schemas(tree, is_old=False, of_requests=False), "writeOnly").make(tree.root.child("schema"))
    assert made.is_valid
    assert Draft202012Validator(schema).is_valid(made.value)
