"""A request description as a whole."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest

from HttpServerLibrary.engine.arguments import UNSET
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.visible import quote


def test_nothing_given_fits_everything() -> None:
    description = RequestDescription()
    assert description.matches(Request.of("GET", "/"))
    assert description.matches(Request.of("POST", "*", {"X": "1"}, b"\xff"))
    assert description.differences(Request.of("GET", "/")) == []


def test_none_and_unset_compare_nothing() -> None:
    names = ("query", "query_subset", "headers", "cookies", "basic_auth", "bearer_token", "text", "data", "json_path")
    description = RequestDescription(json=UNSET, json_subset=UNSET, **dict.fromkeys(names))
    assert description.fields == ()


def test_null_is_a_value_of_json() -> None:
    for field in ("json", "json_subset"):
        description = RequestDescription(**{field: None})
        assert description.matches(Request.of("POST", "/", {}, b"null"))
        assert not description.matches(Request.of("POST", "/"))


def test_unknown_fields_are_a_mistake() -> None:
    with pytest.raises(TypeError) as caught:
        RequestDescription("/", txet="a", hedaers={})
    assert str(caught.value) == "no such fields: hedaers, txet"


def test_all_fields_are_compared_and_told() -> None:
    description = RequestDescription(
        "/orders", method="POST", query={"a": 1}, headers={"X": 1}, text="abc", json={"a": 1}, form={"f": 1}
    )
    request = Request.of("GET", "/other?b=2", {"X": "2"}, b'{"a": 2}')
    assert [str(difference.where) for difference in description.differences(request)] == [
        "method",
        "path",
        "query parameter a",
        "query parameter b",
        "header X",
        "text",
        "json $.a",
        "form",
    ]


def test_written() -> None:
    description = RequestDescription("orders", method=["get", "POST"], query_subset={"a": ["1", 2], "b": None})
    assert str(description) == 'GET,POST /orders query_subset={"a": ["1", 2], "b": null}'
    assert str(RequestDescription("/a")) == "/a"
    assert str(RequestDescription(method="get")) == "GET"
    assert str(RequestDescription()) == "any request"
    assert str(RequestDescription(query="a=1")) == "query=a=1"


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "/a\nb"},
        {"path": "REGEXP:(?x)a\n b"},
        {"query": "a\nb"},
        {"query": {"a\nb": "c\nd"}},
        {"headers": {"a": "c\nd"}},
        {"text": "a\nb"},
        {"json": {"a\nb": "c\nd"}},
        {"json_path": {"$['a\\n']": "c\nd"}},
    ],
)
def test_a_description_is_one_line(fields: dict[str, object]) -> None:
    assert "\n" not in str(RequestDescription(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "/" + "x" * 50_000},
        {"query": "x" * 50_000},
        {"query": {"x" * 50_000: "y" * 50_000}},
        {"query": dict.fromkeys(map(str, range(5000)), "x")},
        {"query": {"a": ["x"] * 5000}},
        {"headers": {"A": "x" * 50_000}},
        {"text": "x" * 50_000},
        {"data": b"x" * 50_000},
        {"json": ["x"] * 50_000},
    ],
)
def test_a_description_is_short(fields: dict[str, object]) -> None:
    description = RequestDescription(**fields)
    assert len(str(description)) <= 4000
    for difference in description.differences(Request.of("POST", "/", {}, b"y" * 10_000)):
        assert len(str(difference)) <= 4000


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a", '"a"'),
        ('a"b\\', '"a\\"b\\\\"'),
        ("ä€", '"ä€"'),
        ("\x00\x1b\n", '"\\u0000\\u001b\\n"'),
        ("\x7f", '"\\x7f"'),
        ("x" * 100, f'"{"x" * 100}"'),
        ("x" * 101, f'"{"x" * 100}"... (101 characters)'),
    ],
)
def test_quote(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@pytest.mark.parametrize("character", ["\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\ud800", "\ufeff"])
def test_quoting_shows_what_cannot_be_seen(character: str) -> None:
    """C1 controls start escape sequences, others turn text around; half surrogate pairs cannot be sent at all."""
    assert quote(f"a{character}b").isprintable()


def test_bad_input_is_a_value_error_without_a_class_name_in_robot() -> None:
    assert issubclass(UsageError, ValueError)
    assert UsageError.ROBOT_SUPPRESS_NAME


def test_unset_has_a_name_for_documentation() -> None:
    assert repr(UNSET) == "<unset>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{1,2}", "a dictionary is needed, not set: {1, 2}."),
        ("{", 'not JSON: Expecting property name enclosed in double quotes at line 1 column 2: "{".'),
        ('{"a": 1,\n"b": }', 'not JSON: Expecting value at line 2 column 6: "\\"b\\": }".'),
        ("{" * 5000, "not JSON: Expecting property name enclosed in double quotes at line 1 column 2: "),
    ],
)
def test_text_that_only_begins_like_a_dictionary(text: str, message: str) -> None:
    for field in ("query", "query_subset", "headers", "cookies", "form", "files", "json_path"):
        with pytest.raises(UsageError) as caught:
            RequestDescription(**{field: text})
        assert str(caught.value).startswith(f"{field}: {message}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "\\ud83d\\ude00"}', "😀"),
        ('{"a": "\\/"}', "/"),
        ("{'a': 'x'}", "x"),
        ('{"a": true}', "true"),
        ("{'a': True}", "True"),
        ('{"a": null}', None),
        ("{'a': None}", None),
    ],
)
def test_a_dictionary_written_as_json_or_as_python(text: str, value: str | None) -> None:
    query = "" if value is None else f"?a={quote_plus(value)}"
    for field in ("query", "query_subset"):
        assert RequestDescription(**{field: text}).matches(Request.of("GET", f"/{query}"))
