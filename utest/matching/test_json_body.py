"""The JSON fields: comparison, JSONPath, JSON Schema."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.arguments import json_value
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.json_difference import compare
from HttpServerLibrary.engine.matching.json_schema import local_path
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer

SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    # Values that Python calls equal, or nearly so, should meet often.
    | st.sampled_from([0, 1, 0.0, 1.0, -0.0, True, False, None, "", "1", "true", "null", [], {}])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


def canonical(value: Any) -> Any:
    """The value with every whole float as the integer it equals, so that JSON text tells whether two are equal."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [*map(canonical, value)]
    if isinstance(value, dict):
        return {key: canonical(entry) for key, entry in value.items()}
    return value


@given(JSON)
def test_every_value_equals_itself(value: Any) -> None:
    copy = json.loads(json.dumps(value))
    assert list(compare(value, copy)) == []
    assert list(compare(value, copy, subset=True)) == []


@given(JSON, JSON)
def test_equal_is_what_json_text_calls_equal_save_for_whole_floats(one: Any, other: Any) -> None:
    same = json.dumps(canonical(one), sort_keys=True) == json.dumps(canonical(other), sort_keys=True)
    assert (list(compare(one, other)) == []) is same
    assert (list(compare(other, one)) == []) is same


@given(JSON, JSON)
def test_what_is_equal_is_a_subset(one: Any, other: Any) -> None:
    if not list(compare(one, other)):
        assert not list(compare(one, other, subset=True))


@given(JSON, st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_more_keys_are_fine_for_a_subset_only(value: Any, more: dict[str, Any]) -> None:
    small = {"a": value}
    large = {**more, "a": value}
    assert list(compare(small, large, subset=True)) == []
    assert (list(compare(small, large)) == []) is (large.keys() == small.keys())


@given(JSON, JSON, JSON)
def test_subset_is_transitive(one: Any, two: Any, three: Any) -> None:
    small, middle, large = {"a": one}, {"a": one, "b": two}, {"a": one, "b": two, "c": three}
    assert not list(compare(small, middle, subset=True))
    assert not list(compare(middle, large, subset=True))
    assert not list(compare(small, large, subset=True))


def differences(body: bytes | str, **fields: object) -> list[str]:
    data = body.encode() if isinstance(body, str) else body
    # Whatever its Content-Type
    request = Request.of("POST", "/", {"Content-Type": "text/css"}, data)
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == [])
    return found


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ({"a": 1, "b": [1, 2]}, '{"b": [1.0, 2], "a": 1.0}'),
        ('{"a": 1}', ' {"a":1} '),
        (None, "null"),
        ("null", "null"),
        (True, "true"),
        (5, "5"),
        ('"text"', '"text"'),
        ([], "[]"),
        ({"a": (1, 2)}, '{"a": [1, 2]}'),
        ({1: "a"}, '{"1": "a"}'),
        (b'{"a": "\xc3\xa4"}', '{"a": "\u00e4"}'),
        ({"a": "ä"}, b'{"a": "\\u00e4"}'),
        ({"a": 1}, '\ufeff{"a": 1}'),
        ({"a": 1}, '{"a": 1}'.encode("utf-16")),
        (10**30, "1" + "0" * 30),
    ],
)
def test_json_fits(expected: object, body: bytes | str) -> None:
    assert differences(body, json=expected) == []


@pytest.mark.parametrize(
    ("expected", "body", "found"),
    [
        ({"a": 1}, '{"a": true}', ["json $.a: expected 1 (number), received true (boolean)"]),
        ({"a": 1}, '{"a": "1"}', ['json $.a: expected 1 (number), received "1" (text); only quotes differ']),
        ({"a": 1}, '{"a": 2}', ["json $.a: expected 1, received 2"]),
        ({"a": 1}, "{}", ["json $.a: expected 1, received no such key"]),
        ({}, '{"a": null}', ["json $.a: expected no such key, received null; json_subset accepts more"]),
        ({"a b": {"ä": [1]}}, '{"a b": {"ä": [2]}}', ['json $["a b"].ä[0]: expected 1, received 2']),
        (
            [1, 2],
            "[1, 3, 4]",
            [
                "json $: expected 2 items, received 3",
                "json $[1]: expected 2, received 3",
            ],
        ),
        ([], "{}", ["json $: expected [] (list), received {} (object)"]),
        (None, "0", ["json $: expected null, received 0 (number)"]),
        ({}, "", ["json: expected a JSON body, received no body"]),
        (
            {},
            "{'a': 1}",
            [
                (
                    "json: expected a JSON body, received \"{'a': 1}\", which is not JSON: "
                    "a single quote at line 1 column 2"
                )
            ],
        ),
        (
            5,
            "NaN",
            ['json: expected a JSON body, received "NaN", which is not JSON: NaN is not a JSON value'],
        ),
    ],
)
def test_json_differs(expected: object, body: str, found: list[str]) -> None:
    assert differences(body, json=expected) == found


def test_differences_at_many_places_are_cut() -> None:
    description = RequestDescription("/", json={}, query={})
    for count, kept, is_complete in ((100, 100, True), (101, 100, False)):
        body = json.dumps({f"k{number}": number for number in range(count)}).encode()
        found = description.differences(Request.of("POST", "/?a=1", {}, body))
        assert (len(found), found.is_complete) == (kept + 1, is_complete)


@pytest.mark.parametrize(
    ("subset", "body", "expected"),
    [
        ({"a": 1}, '{"a": 1, "b": 2}', True),
        ({"a": {"b": 1}}, '{"a": {"b": 1, "c": 2}, "d": 3}', True),
        ({"a": [{"b": 1}]}, '{"a": [{"b": 1, "c": 2}]}', True),
        ({"a": [{"b": 1}]}, '{"a": [{"b": 1}, {"b": 1}]}', False),
        ({"a": [1, 2]}, '{"a": [2, 1]}', False),
        ({"a": 1}, '{"b": 1}', False),
        ({"a": None}, "{}", False),
        ({"a": None}, '{"a": null}', True),
        (None, "null", True),
        ({}, '{"a": 1}', True),
        ({}, "[]", False),
        ('{"a": 1}', '{"a": 1.0, "b": 2}', True),
    ],
)
def test_json_subset(subset: object, body: str, expected: bool) -> None:
    assert (differences(body, json_subset=subset) == []) is expected


def test_several_body_fields_must_all_hold() -> None:
    body = '{"a": 1, "b": [1, 2, 3]}'
    assert differences(body, json_subset={"a": 1}, json_path={"$.b[*]": 3}, text="GLOB:{*}") == []
    assert differences(body, json_subset={"a": 2}, json_path={"$.b[*]": 4}, text="STARTS:[") == [
        'text: expected text that starts with "[", received "{\\"a\\": 1, \\"b\\": [1, 2, 3]}"',
        "json_subset $.a: expected 2, received 1",
        "json_path $.b[*]: expected 4, received 1, 2, 3",
    ]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ({"$.a.b": 1}, True),
        ({"$.a.b": 1.0}, True),
        ({"$.a.b": True}, False),
        ({"$.a.b": "1"}, False),
        ({"$..name": "y"}, True),
        ({"$..name": "z"}, False),
        ({"$.list[?@.name == 'x'].id": 1}, True),
        ({"$.no": None}, False),
        ({"$.null": None}, True),
        ({"$.list[0]": {"name": "x", "id": 1}}, True),
        ({"$.a.b": 1, "$.no": 1}, False),
        ('{"$.a.b": 1}', True),
    ],
)
def test_json_path(paths: object, expected: bool) -> None:
    body = '{"a": {"b": 1}, "list": [{"name": "x", "id": 1}, {"name": "y"}], "null": null}'
    assert (differences(body, json_path=paths) == []) is expected


@pytest.mark.parametrize("value", [5, "text", None, True])
def test_the_root_is_the_whole_body(value: object) -> None:
    assert differences(json.dumps(value), json_path={"$": value}) == []
    assert len(differences(json.dumps(value), json_path={"$": "other"})) == 1
    assert len(differences(json.dumps(value), json_path={"$.a": value})) == 1


@pytest.mark.parametrize("body", ['{"x": {"a": null, "b": "text"}}', '[{"a": 1, "b": "text"}]'])
def test_values_that_an_operator_of_a_json_path_does_not_take(body: str) -> None:
    (line,) = differences(body, json_path={"$[?@.a in @.b]": 1})
    assert line.startswith("json_path $[?@.a in @.b]: expected 1, received a failure: 'in <string>' requires string")


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999"])
def test_numbers_that_a_schema_cannot_take(number: str) -> None:
    (line,) = differences(number, json_schema={"multipleOf": 0.1})
    assert line.startswith("json_schema $: expected a body that can be validated, received a failure: ")


def test_json_schema() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["b"]}
    assert differences('{"a": 1, "b": 2}', json_schema=schema) == []
    assert differences('{"a": "x"}', json_schema=json.dumps(schema)) == [
        'json_schema $.a: expected an integer, received "x" (text)',
        "json_schema $.b: expected a value (required), received nothing",
    ]


@pytest.mark.parametrize(
    ("schema", "body", "found"),
    [
        ({"required": ["id", "item"]}, '{"id": 1}', ["$.item: expected a value (required), received nothing"]),
        (
            {"properties": {"a": {}}, "patternProperties": {"^x-": {}}, "additionalProperties": False},
            '{"a": 1, "x-b": 2, "c": 3, "d": null}',
            [
                "$.c: expected no such key (additionalProperties is false), received 3",
                "$.d: expected no such key (additionalProperties is false), received null",
            ],
        ),
        ({"additionalProperties": {"type": "null"}}, '{"a": 1}', ["$.a: expected null, received 1 (number)"]),
        (
            {"items": {"type": ["integer", "null"]}},
            "[1, {}]",
            ["$[1]: expected an integer or null, received {} (object)"],
        ),
        ({"enum": ["a", None, 1]}, '"b"', ['$: expected one of "a", null, 1, received "b"']),
        ({"const": {"a": 1}}, "2", ['$: expected {"a": 1} (const), received 2']),
        ({"minimum": 3}, "2", ["$: expected a number of at least 3 (minimum), received 2"]),
        ({"exclusiveMaximum": 3}, "3", ["$: expected a number less than 3 (exclusiveMaximum), received 3"]),
        ({"minLength": 3}, '"ab"', ['$: expected text of at least 3 characters (minLength), received "ab"']),
        ({"pattern": "^a"}, '"b"', ['$: expected text that contains a match for "^a" (pattern), received "b"']),
        ({"maxItems": 1}, "[1, 2]", ["$: expected at most 1 items (maxItems), received [1, 2]"]),
        (
            {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "1",
            ["$: expected a value that matches any of 2 schemas (anyOf), received 1"],
        ),
        ({"uniqueItems": True}, "[1, 1]", ["$: expected uniqueItems true, received [1, 1]"]),
        ({"uniqueItems": True}, '[1, true, "1", null, 0, false, [1, 2], [2, 1], {"a": 1}]', []),
        ({"uniqueItems": True}, "[[1], [1.0]]", ["$: expected uniqueItems true, received [[1], [1.0]]"]),
        ({"uniqueItems": False}, "[1, 1]", []),
        ({"uniqueItems": True}, '{"a": 1}', []),
    ],
)
def test_rules_of_json_schema(schema: object, body: str, found: list[str]) -> None:
    assert differences(body, json_schema=schema) == [f"json_schema {line}" for line in found]


def test_json_schema_of_a_file_refers_to_files_beside_it(tmp_path: Path) -> None:
    main = tmp_path / "a schema.json"
    main.write_text('{"properties": {"a": {"$ref": "part.json#/$defs/number"}}}', encoding="utf-8")
    (tmp_path / "part.json").write_text('{"$defs": {"number": {"type": "number"}}}', encoding="utf-8")
    for path in (main, str(main)):
        assert differences('{"a": 1}', json_schema=path) == []
        assert len(differences('{"a": "1"}', json_schema=path)) == 1


def test_json_schemas_true_and_false() -> None:
    assert differences("5", json_schema=True) == []
    assert len(differences("5", json_schema={"not": {}})) == 1


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Nonesuch", "JSON needs double quotes around text."),
        ("item=book", 'JSON needs an object such as {"item": "book"}; form= takes item=book.'),
        ("a.b=1&c=2", 'JSON needs an object such as {"a.b": "1"}; form= takes a.b=1&c=2.'),
        ('{"a": True}', "True is true in JSON."),
        ("[False]", "False is false in JSON."),
        ("None", "None is null in JSON."),
        ("[1,\n None]", "None is null in JSON."),
    ],
)
def test_what_was_meant_as_json(text: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json=text)
    assert str(caught.value).endswith(f". {advice}")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"json": "{'a': 1}"},
            "json: not JSON: a single quote at line 1 column 2: \"{'a': 1}\". JSON needs double quotes.",
        ),
        (
            {"json": "{\"a\": 'b'}"},
            'json: not JSON: a single quote at line 1 column 7: "{\\"a\\": \'b\'}". JSON needs double quotes.',
        ),
        ({"json": '{"a": 1, }'}, "json: not JSON: a comma after the last member at line 1 column "),
        ({"json": "[1,\n ]"}, "json: not JSON: a comma after the last item at line "),
        ({"json_path": {}}, "json_path: the dictionary is empty, so it checks nothing."),
        ({"json": '{"a": 1,\n "b": }'}, 'json: not JSON: Expecting value at line 2 column 7: " \\"b\\": }".'),
        ({"json": "[1,\n"}, 'json: not JSON: Expecting value at line 2 column 1: "".'),
        ({"json": '["\u2028", x]'}, "json: not JSON: Expecting value at line 1 column 7: "),
        ({"json": ""}, 'json: not JSON: Expecting value at line 1 column 1: "".'),
        (
            {"json": "text"},
            'json: not JSON: Expecting value at line 1 column 1: "text". JSON needs double quotes around text.',
        ),
        ({"json": "[1, 2 3]"}, "json: not JSON: Expecting ',' delimiter at line 1 column 7: \"[1, 2 3]\"."),
        ({"json": "[NaN]"}, "json: not JSON: NaN is not a JSON value."),
        ({"json": float("inf")}, "json: not JSON: Out of range float values are not JSON compliant"),
        ({"json": {1, 2}}, "json: not JSON: Object of type set is not JSON serializable."),
        (
            {"json_subset": "{"},
            'json_subset: not JSON: Expecting property name enclosed in double quotes at line 1 column 2: "{".',
        ),
        ({"json_path": {"$.a": object}}, "json_path: $.a: not JSON: Object of type type is not JSON serializable."),
        ({"json_path": {"$[": 1}}, 'json_path: "$[" is not a JSONPath: '),
        ({"json_path": {"$[?@.a =~ /(/]": 1}}, 'json_path: "$[?@.a =~ /(/]" is not a JSONPath: missing ), '),
        ({"json_path": 5}, "json_path: a dictionary is needed, not int: 5."),
        (
            {"json_path": "$.a"},
            'json_path: a dictionary such as {"$.name": "value"} is needed, not the text "$.a".',
        ),
        (
            {"json": r'{"a": "\d"}'},
            (
                r'json: not JSON: Invalid \escape at line 1 column 8: "{\"a\": \"\\d\"}". '
                r"A backslash in JSON is written \\, and in Robot Framework each of these once more: \\\\."
            ),
        ),
        (
            {"json_schema": {"type": "nope"}},
            "json_schema: not a JSON Schema: $.type: 'nope' is not valid under any of the given schemas.",
        ),
        ({"json_schema": {"pattern": "["}}, "json_schema: not a JSON Schema: $.pattern: '[' is not a 'regex'."),
        ({"json_schema": 5}, "json_schema: not a JSON Schema: $: 5 is not of type 'object', 'boolean'."),
        ({"json_schema": '{"type": '}, "json_schema: not JSON: Expecting value at line 1 column 10: "),
    ],
)
def test_bad_input_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(**fields)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_schema_that_cannot_be_resolved_is_refused_or_told() -> None:
    """It is bad input, which must fail at once, and must not be taken for a broken server later."""
    with pytest.raises(UsageError, match=r"^json_schema: "):
        RequestDescription(json_schema={"$ref": "#/$defs/nope"})


def test_references_to_other_machines_are_not_fetched() -> None:
    with pytest.raises(UsageError, match=r"^json_schema: "):
        RequestDescription(json_schema={"$ref": "http://example.invalid/schema.json"})


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///C:/a%20b.json", "to(/C:/a%20b.json)"),
        ("file://localhost/a.json", "to(/a.json)"),
        ("file://server/share/a.json", "to(//server/share/a.json)"),
        ("http://server/a.json", None),
    ],
)
def test_the_path_of_a_schema_file(url: str, path: str | None) -> None:
    """As on Windows, where a file may be on another machine."""
    assert local_path(url, lambda given: f"to({given})") == path


def test_schema_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(UsageError) as caught:
        RequestDescription(json_schema=missing)
    assert str(caught.value) == f'json_schema: the file "{missing}" cannot be read: {os.strerror(errno.ENOENT)}.'
    broken = tmp_path / "broken.json"
    broken.write_text('{"type":', encoding="utf-8")
    with pytest.raises(UsageError, match=r"^json_schema: broken\.json: not JSON: Expecting value at line 1 column 9"):
        RequestDescription(json_schema=broken)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UsageError, match=r"^json_schema: the file .* cannot be read: "):
        RequestDescription(json_schema=binary)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("2", 'json_path $.a: expected "2" (text), received 2 (number); only quotes differ'),
        (True, "json_path $.a: expected true (boolean), received 2 (number)"),
        (
            "REGEXP:[0-9]",
            (
                'json_path $.a: expected "REGEXP:[0-9]" (text), received 2 (number); '
                'in JSON a pattern is written "<regexp:...>"'
            ),
        ),
    ],
)
def test_what_one_value_that_a_json_path_finds_is(value: object, line: str) -> None:
    assert differences('{"a": 2}', json_path={"$.a": value}) == [line]


@pytest.mark.parametrize("prefix", ["REGEXP:", "GLOB:", "STARTS:", "equals:"])
def test_text_patterns_are_text_in_json(prefix: str) -> None:
    body = '{"a": "book"}'
    hint = 'in JSON a pattern is written "<regexp:...>"'
    for name in ("json", "json_subset", "json_path"):
        key = "$.a" if name == "json_path" else "a"
        assert differences(body, **{name: {key: f"{prefix}x"}}) == [
            f'{name} $.a: expected "{prefix}x", received "book"; {hint}'
        ]
        assert differences(f'{{"a": "{prefix}x"}}', **{name: {key: f"{prefix}x"}}) == []
    assert hint not in str(differences(body, json_schema={"properties": {"a": {"pattern": f"{prefix}x"}}}))


@pytest.mark.parametrize("argument", ["json_path", "json_schema"])
def test_extras_that_are_not_installed_are_named(argument: str) -> None:
    """In a child, as the modules are imported here already."""
    module = {"json_path": "jsonpath", "json_schema": "jsonschema"}[argument]
    program = (
        "import sys\n"
        f"sys.modules[{module!r}] = None\n"
        "from HttpServerLibrary.engine.matching.description import RequestDescription\n"
        "try:\n"
        f"    RequestDescription({argument}={{'$.a': 1}})\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == (
        f"{argument} needs the extra 'json': pip install robotframework-httpserverlibrary[json]"
    )


def test_the_argument_may_change_afterwards() -> None:
    expected = {"a": [1]}
    description = RequestDescription(json=expected)
    expected["a"].append(2)
    assert description.matches(Request.of("POST", "/", {}, b'{"a": [1]}'))


@pytest.mark.parametrize("depth", [100, 500, 900, 990, 2000, 20_000, 200_000])
@pytest.mark.parametrize("field", ["json", "json_subset"])
def test_deep_bodies_end_in_an_answer(
    server: HttpServer, ask: Callable[[Request], tuple[int, str]], depth: int, field: str
) -> None:
    """No depth may get past the comparison as an exception; equal ones match unless they are too deep to compare."""
    nested = "[" * depth + "]" * depth
    status, _ = ask(Request.of("POST", "/", {}, nested.encode()))
    assert status == 500
    assert [problem.kind for problem in server.journal.problems()] == ["UNEXPECTED REQUEST"]
    description = RequestDescription(**{field: {"a": 1}})
    assert not description.matches(Request.of("POST", "/", {}, nested.encode()))
    assert description.differences(Request.of("POST", "/", {}, nested.encode()))
    if accepted(field, nested):
        found = RequestDescription(**{field: nested}).differences(Request.of("POST", "/", {}, nested.encode()))
        assert found == [] or "nested too deeply" in str(found[0])


def accepted(field: str, text: str) -> bool:
    """Whether Python's parser takes JSON that deep, which depends on its version."""
    try:
        RequestDescription(**{field: text})
    except UsageError:
        return False
    return True


def test_surrogates_do_not_break_the_explanation(server: HttpServer, ask: Callable[[Request], tuple[int, str]]) -> None:
    """JSON can write half a surrogate pair, which no UTF-8 can: the answer must still be sent."""
    server.book.register(Kind.PERMANENT, RequestDescription(json={"a": 1}))
    for body in (b'{"a": "\\ud800"}', b'{"\\ud800": 1}', b'"\\udfff"'):
        status, text = ask(Request.of("POST", "/", {}, body))
        assert status == 500
        assert "Nearest expectation" in text
    assert {problem.kind for problem in server.journal.problems()} == {"UNEXPECTED REQUEST"}


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"json": {"a": "ä"}}, 'json={"a": "ä"}'),
        ({"json": None}, "json=null"),
        ({"json_subset": [1]}, "json_subset=[1]"),
        ({"json_path": {"$.a": "x"}}, 'json_path={"$.a": "x"}'),
        ({"json_schema": {"type": "object"}}, 'json_schema={"type": "object"}'),
    ],
)
def test_written(fields: dict[str, object], written: str) -> None:
    assert str(RequestDescription(**fields)) == written


def test_long_values_are_cut() -> None:
    text = str(RequestDescription(json={"a": "x" * 10_000}))
    assert len(text) < 300
    assert text.endswith("xxx... (cut)")


def test_json_value_refuses_cycles() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(UsageError, match=r"^json: not JSON: Circular reference detected"):
        json_value(cycle, "json")


def test_examples_and_constants_of_a_schema_are_data() -> None:
    data = {"$ref": "#/$defs/nope"}
    schema = {"const": data, "enum": [data], "default": data, "examples": [data]}
    assert differences('{"$ref": "#/$defs/nope"}', json_schema=schema) == []


def test_references_inside_an_embedded_schema_start_there() -> None:
    schema = {
        "$defs": {"part": {"$id": "http://example.com/part", "$defs": {"n": {"type": "number"}}, "$ref": "#/$defs/n"}},
        "allOf": [{"$ref": "#/$defs/part"}],
    }
    assert differences("1", json_schema=schema) == []
    assert len(differences("true", json_schema=schema)) == 1


@pytest.mark.parametrize("path", ["$['card number']", '$["a.b"]', "$.list[?@['card number'] > 1]", "$.pin"])
def test_a_masked_name_is_found_in_a_jsonpath(path: str) -> None:
    secrets = Secrets()
    secrets.mask_fields(["Card Number", "a.b", "pin"], Scope("test"))
    description = RequestDescription(json_path={path: "4111"})
    assert description.shown(secrets).endswith(": ***}")
    (difference,) = description.differences(Request.of("POST", "/", {}, b"{}"))
    assert difference.where.is_masked(secrets)
