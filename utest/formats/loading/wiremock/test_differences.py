"""What differs in a request, field by field, and how a loaded expectation is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.formats.loading.load import Format, load
from HttpServerLibrary.engine.formats.loading.loaded import Surroundings
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.forwarding import Own

POST = {"url": "/", "method": "POST"}


def described(request: Any, directory: Path, **mapping: Any) -> RequestDescription:
    file = directory / "m.json"
    file.write_text(json.dumps({"request": request, "response": {}, **mapping}), encoding="utf-8")
    surroundings = Surroundings(lambda request: {"s": "B"}, Own("localhost", 1), lambda: None)
    loaded = load(file, Format.WIREMOCK, surroundings)
    assert not loaded.unsupported
    return loaded.drafts[0].description


def body(*patterns: Any) -> dict[str, Any]:
    return {**POST, "bodyPatterns": [*patterns]}


@pytest.mark.parametrize(
    ("expected", "request_", "shown", "differences"),
    [
        ({"url": "/a?b"}, Request.of("GET", "/c?b"), "/a?b", ['path: expected "/a", received "/c"']),
        ({"url": "/a?b"}, Request.of("GET", "/a?c"), "/a?b", ['query: expected "b", received "c"']),
        ({"url": "/a"}, Request.of("GET", "/a?c"), "/a", ['query: expected nothing, received "c"']),
        (
            {"urlPattern": "/a.*"},
            Request.of("GET", "/b?c"),
            "REGEXP:/a.*",
            ['path: expected text that matches REGEXP "/a.*", received "/b?c"'],
        ),
        ({"urlPathTemplate": "/a/{b}"}, Request.of("GET", "/a"), "/a/{b}", ['path: expected "/a/{b}", received "/a"']),
        (
            {"method": "PUT", "url": "/"},
            Request.of("GET", "/"),
            "PUT /",
            ["method: expected PUT, received GET; same path, different method"],
        ),
        (
            {"headers": {"X": {"equalTo": "a", "caseInsensitive": True}, "Y": {"absent": True}}},
            Request.of("GET", "/", [("X", "b"), ("Y", "1")]),
            'headers={"X": "a" in any case, "Y": null}',
            ['header X: expected "a" in any case, received "b"', 'header Y: expected nothing, received "1"'],
        ),
        (
            {"headers": {"X": {"hasExactly": [{"equalTo": "1"}, {"contains": "2"}]}}},
            Request.of("GET", "/", [("X", "1"), ("X", "3")]),
            'headers={"X": ["1", "GLOB:*2*"]}',
            ['header X: expected exactly ["1", text that contains "2"] in any order, received ["1", "3"]'],
        ),
        (
            {"queryParameters": {"p": {"includes": [{"equalTo": "1"}]}}},
            Request.of("GET", "/?p=2"),
            'query_subset={"p": ["1", ...]}',
            ['query parameter p: expected values with ["1"] in any order, received "2"'],
        ),
        (
            {"headers": {"X": {"not": {"equalTo": "a"}}, "Y": {"or": [{"equalTo": "1"}, {"doesNotContain": "2"}]}}},
            Request.of("GET", "/", [("X", "a"), ("Y", "2")]),
            'headers={"X": NOT: "a", "Y": "1" or "NOT:GLOB:*2*"}',
            [
                'header X: expected anything but "a", received "a"',
                'header Y: expected "1" or text that does not contain "2", received "2"',
            ],
        ),
        (
            {"headers": {"Authorization": {"equalTo": "Bearer abc"}}},
            Request.of("GET", "/", [("Authorization", "Bearer xyz")]),
            'headers={"Authorization": ***}',
            ["header Authorization: expected the value given, received a different one (same scheme, 10 characters)"],
        ),
        (
            {"basicAuthCredentials": {"username": "u", "password": "p"}},
            Request.of("GET", "/"),
            'headers={"Authorization": ***}',
            ["header Authorization: expected the value given, received nothing"],
        ),
        (
            {"cookies": {"a": {"matches": "x+"}}},
            Request.of("GET", "/", [("Cookie", "a=y")]),
            'cookies={"a": ***}',
            ['cookie a: expected text that matches REGEXP "x+", received "y"'],
        ),
        (
            {"host": {"equalTo": "a"}, "port": 5, "scheme": "https"},
            Request.of("GET", "/", [("Host", "b:6")]),
            'host="a" port="5" scheme="https"',
            [
                'host: expected "a", received "b"',
                'port: expected "5", received "6"',
                'scheme: expected "https", received "http"',
            ],
        ),
        (
            body({"equalToJson": {"a": 1, "l": [1, 2], "n": "${json-unit.any-number}"}}),
            Request.of("POST", "/", (), b'{"a": 2, "l": [1], "n": "x", "z": 1}'),
            'POST / json={"a": 1, "l": [1, 2], "n": "${json-unit.any-number}"}',
            [
                "json $.a: expected 1, received 2",
                "json $.l: expected 2 items, received 1",
                'json $.n: expected any number, received "x"',
                "json $.z: expected no such key, received 1",
            ],
        ),
        (
            body({"equalToJson": [1, {"a": 2}], "ignoreArrayOrder": True}),
            Request.of("POST", "/", (), b'[{"a": 3}, 1]'),
            'POST / json=[1, {"a": 2}] json_ignore_order=True',
            [
                'json $: expected item [1] {"a": 2} anywhere, received nothing',
                'json $[0]: expected no such item, received {"a": 3}',
            ],
        ),
        (
            body({"equalToJson": {"a": "${json-unit.regex}[A-Z]+"}}),
            Request.of("POST", "/", (), b"{}"),
            'POST / json={"a": "${json-unit.regex}[A-Z]+"}',
            ['json $.a: expected text that matches REGEXP "[A-Z]+", received no such key'],
        ),
        (
            body({"equalToJson": {}}),
            Request.of("POST", "/"),
            "POST / json={}",
            ["json: expected a JSON body, received no body"],
        ),
        (
            body({"matchesJsonPath": "$.a"}, {"matchesJsonPath": {"expression": "$.b[*]", "equalTo": "1"}}),
            Request.of("POST", "/", (), b'{"b": [2, 3]}'),
            'POST / json_path={"$.a": <any>} json_path={"$.b[*]": "1"}',
            [
                "json_path $.a: expected a value, received nothing",
                'json_path $.b[*]: expected "1", received 2, 3',
            ],
        ),
        (
            body({"matchesJsonPath": "$.a"}),
            Request.of("POST", "/", (), b"<a/>"),
            'POST / json_path={"$.a": <any>}',
            ['json_path: expected a JSON body, received "<a/>", which is not JSON'],
        ),
        (
            body({"matchesJsonSchema": {"type": "object"}}),
            Request.of("POST", "/", (), b"[1]"),
            None,
            ["json_schema $: expected an object, received [1] (list)"],
        ),
        (
            body({"equalToXml": "<a><b>1</b></a>"}),
            Request.of("POST", "/", (), b"<a><b>2</b></a>"),
            "POST / xml=<a><b>1</b></a>",
            ['xml /a/b: expected "1", received "2"'],
        ),
        (
            body({"matchesXPath": "//c"}, {"matchesXPath": {"expression": "//b/text()", "equalTo": "1"}}),
            Request.of("POST", "/", (), b"<a><b>2</b></a>"),
            'POST / xpath={"//c": anything} xpath={"//b/text()": "1"}',
            ["xpath //c: expected a node, received nothing", 'xpath //b/text(): expected "1", received "2"'],
        ),
        (
            body({"equalToXml": "<a/>"}, {"matchesXPath": "//a"}),
            Request.of("POST", "/"),
            'POST / xml=<a/> xpath={"//a": anything}',
            ["xml: expected an XML body, received no body", "xpath: expected an XML body, received no body"],
        ),
        (
            body({"equalTo": "a"}, {"and": [{"contains": "b"}, {"anything": "x"}]}, {"before": "2001-01-01"}),
            Request.of("POST", "/", (), b"c"),
            'POST / text="a" text="GLOB:*b*" and anything text=a time before "2001-01-01"',
            [
                'text: expected "a", received "c"',
                'text: expected text that contains "b", received "c"',
                'text: expected a time before "2001-01-01", received "c"',
            ],
        ),
        (
            body({"binaryEqualTo": "AAE="}),
            Request.of("POST", "/", (), b"\0\2"),
            "POST / data=2 bytes: 00 01",
            ["data: expected 2 bytes: 00 01, received 2 bytes: 00 02"],
        ),
        (
            {"formParameters": {"a": {"equalTo": "1"}}},
            Request.of("POST", "/", [("Content-Type", "application/x-www-form-urlencoded")], b"a=2"),
            'form={"a": "1"}',
            ['form field a: expected "1", received "2"'],
        ),
        (
            {
                "multipartPatterns": [
                    {"headers": {"A": {"equalTo": "1"}}, "bodyPatterns": [{"equalTo": "x"}], "fileName": "f"}
                ]
            },
            Request.of("POST", "/"),
            'files={filename: "f", "A": "1", "x"}',
            ['files: expected a part to match filename: "f", "A": "1", "x", received no multipart body'],
        ),
    ],
)  # fmt: skip
def test_differences(
    expected: Any, request_: Request, shown: str | None, differences: list[str], tmp_path: Path
) -> None:
    description = described(expected, tmp_path)
    assert not description.matches(request_)
    assert [str(difference) for difference in description.differences(request_)] == differences
    assert description.suggestion(request_) is None
    if shown is not None:
        assert str(description) == shown


def test_a_state_that_differs(tmp_path: Path) -> None:
    description = described({}, tmp_path, scenarioName="s", requiredScenarioState="A")
    request = Request.of("GET", "/")
    assert not description.matches(request)
    assert [str(difference) for difference in description.differences(request)] == [
        'state s: expected "A", but it is "B"'
    ]
    assert str(description) == 'state={"s": "A"}'


def test_a_literal_url_is_an_index_key(tmp_path: Path) -> None:
    path = described({"urlPath": "/a%20b"}, tmp_path).path
    assert path is not None
    assert (path.literal, path.literal_suffices, path.written) == ("/a%20b", False, "/a%20b")
    path = described({"url": "/a?b=1"}, tmp_path).path
    assert path is not None
    assert path.literal == "/a"


def test_captured_segments_are_decoded(tmp_path: Path) -> None:
    description = described({"urlPathTemplate": "/a/{b}"}, tmp_path)
    assert description.path_params(Request.of("GET", "/a/x%20y")) == {"b": "x y"}
