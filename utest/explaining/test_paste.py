"""The keyword line of an explanation, run by Robot Framework: it expects the request it was made for."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.explaining.paste import KeywordLine, line_for, line_like
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import UNMASKED
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import expect

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz"}
UPLOAD = (
    b'--xyz\r\nContent-Disposition: form-data; name="kind"\r\n\r\ncsv\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="table"; filename="b.csv"\r\n\r\n1;2\r\n--xyz--\r\n'
)
XML = {"Content-Type": "application/xml"}
LATIN = {"Content-Type": "text/plain; charset=iso-8859-1"}


def shown(request: Request, keyword: str = "Expect Request") -> str:
    return line_for(request, keyword).shown(UNMASKED)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request.of("GET", "/orders/7"), "Expect Request    /orders/7    method=GET"),
        (
            Request.of("POST", "/a?b=1", {}, b'{"a": 1}'),
            'Expect Request    /a    method=POST    query=b=1    json={"a": 1}',
        ),
        (Request.of("POTS", "/%7Bid%7D"), "Expect Request    EQUALS:/%7Bid%7D    method=EQUALS:POTS"),
        (Request.of("PUT", "/", {}, b"a=1"), "Expect Request    /    method=PUT    text=a=1"),
        (
            Request.of("POST", "/", FORM, b"a=1&b=GLOB:x&b=2"),
            'Expect Request    /    method=POST    form={"a": "1", "b": ["EQUALS:GLOB:x", "2"]}',
        ),
        (
            Request.of("POST", "/", MULTIPART, UPLOAD),
            'Expect Request    /    method=POST    form={"kind": "csv"}    files={"table": "b.csv"}',
        ),
        (Request.of("PUT", "/", {}, b"GLOB:*"), "Expect Request    /    method=PUT    text=EQUALS:GLOB:*"),
        (Request.of("PUT", "/", {}, b"${x}"), "Expect Request    /    method=PUT    text=\\${x}"),
        (Request.of("PUT", "/", {}, b"\x00\x01"), "Expect Request    /    method=PUT"),
        (Request.of("PUT", "/", {}, b"x" * 10_000), "Expect Request    /    method=PUT"),
    ],
)
def test_line(request_: Request, line: str) -> None:
    assert shown(request_) == line


NASTY_TEXTS = [
    "a b",
    "a  b",
    "a   b",
    " a",
    "a ",
    "  a  ",
    " ",
    "   ",
    "\t",
    "a\tb",
    "\ta\t",
    "a\n b",
    "\n",
    "\r\na\r\n",
    "a \n",
    "${x}",
    "@{x}",
    "&{x}",
    "%{HOME}",
    "\\${x}",
    "$${x}",
    "${x}[0]",
    "${{1+1}}",
    "${x",
    "$x",
    "%{",
    "{x}",
    "\\",
    "\\n",
    "\\\\",
    "a\\",
    "\\ ",
    " \\",
    "C:\\new",
    "\\x41",
    "\\u0041",
    "#",
    "# a",
    "a # b",
    " #",
    "=",
    "a=b",
    "text=a",
    "json=1",
    "\\=",
    "...",
    "|",
    "| a |",
    "-",
    "*** Settings ***",
    "GLOB:a",
    "EQUALS:a",
    "REGEXP:(",
    "STARTS: a",
    "glob:a",
    "GLOB",
    ":",
    "EQUALS:",
    "None",
    "True",
    "5",
    "ANY",
    "null",
    '"a"',
    "{'a': 1}",
    "[1, 2",
    "ä€😀",
    "\u00a0",
    "a\u3000\u3000b",
    "\u2028",
    "\ufeffa",
    "FOR",
    "END",
    "${EMPTY}",
    "a,b",
]
NASTY_JSON = [
    '{"a": "${x}", "b": "c  d"}',
    '{\n  "a": 1,\n\t"b": "\\\\"\n}\n',
    " [1,  2] ",
    '"\\n"',
    "null",
    "true",
    "5",
    '"# a"',
    '{"a": "\\u00e4\\ud83d\\ude00"}',
    '{"a": "ä"}',
    '{"GLOB:": "EQUALS: "}',
    "{}",
    "[]",
    '{"a b": " "}',
    '""',
    "1.0",
    '"<any>"',
    '{"a": "<any number>", "b": ["\\\\<any>", "<regexp:(>", "<b>"]}',
]
NASTY_XML = [
    "<a/>",
    "<a b=\"${x}\" c='d'>  e  f </a>\n",
    '\n<?xml version="1.0" encoding="utf-8"?>\r\n<!-- c -->\n<a>\n\t<b>ä # \\n</b>\n</a>',
    '<n:a xmlns:n="urn:x" n:b="1"><![CDATA[<c>  &amp;]]>&#160;</n:a>',
    "<a><b></a>",
    "GLOB:<a/>",
    "<a>\u00a0</a>",
    '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
]
NASTY_TARGETS = [
    "/a%20b",
    "/a%20%20b",
    "/%20a",
    "/a%20",
    "/a%09b",
    "/a%0Ab",
    "/a%00b",
    "/%7Bid%7D",
    "/{id}",
    "/${x}",
    "/%24%7Bx%7D",
    "/@{x}",
    "/a%5Cb",
    "/a\\b",
    "/a%5C",
    "/a#b",
    "/a%23",
    "/%23a",
    "/a=b",
    "/path=b",
    "/a%3Fb",
    "/a%25b",
    "/a%2Fb",
    "/GLOB:*",
    "/%C3%A4%E2%82%AC",
    "/%F0%9F%98%80",
    "/%ff",
    "/%c2%a0",
    "/%e3%80%80",
    "//a//b",
    "/a|b",
    "/*",
    "/...",
    "/ANY",
    "/a%1b",
    "/?a=%20",
    "/?a=b  c".replace(" ", "+"),
    "/?${x}",
    "/?a={b}",
    '/?{"a":1}',
    "/?{'a':1}",
    "/?#",
    "/??",
    "/??a=1",
    "/?=",
    "/?GLOB:*",
    "/?EQUALS:a",
    "/?REGEXP:(",
    "/?\\",
    "/?a\\",
    "/?a=%",
    "/?%{HOME}",
    "/?a#b",
    "/?&&",
    "/?a=1&a=2",
    "/?None",
    "*",
    "http://example.com/a?b=1",
    "http://example.com",
]
NASTY_METHODS = ["get", "Get", "POTS", "ANY", "M-SEARCH", "A|B", "#", "$", "%a", "EQUALS", "A*", "GET.X", "~", "^"]


def nasty_requests() -> list[Request]:
    requests = [Request.of("POST", "/x", {}, text.encode()) for text in NASTY_TEXTS]
    requests += [Request.of("POST", "/x", JSON, text.encode()) for text in NASTY_JSON]
    requests += [Request.of("OPTIONS" if target == "*" else "GET", target) for target in NASTY_TARGETS]
    requests += [Request.of(method, "/x") for method in NASTY_METHODS]
    requests += [
        Request.of("CONNECT", "example.com:443"),
        Request.of("POST", "/x", LATIN, "hä".encode("latin-1")),
        Request.of("POST", "/x", LATIN, '"hä"'.encode()),
        Request.of("POST", "/x", LATIN, '"hä"'.encode("latin-1")),
        Request.of("POST", "/x", JSON, '"hä"'.encode("utf-16")),
        Request.of("POST", "/x", {}, b"\xff"),
        Request.of("POST", "/x", {}, b"\xef\xbb\xbf{}"),
        Request.of("POST", "/x", FORM, b"a=1&b=x+y"),
        Request.of("POST", "/x", {}, b"NaN"),
        Request.of("POST", "/x", {}, b'"\xed\xa0\x80"'),
        Request.of("POST", "/x", {}, b'{"a": "\xc2\xa0"}'),
        Request.of("POST", "/x", {}, b"1e999"),
        Request.of("POST", "/x", {}, b"[" * 240 + b"]" * 240),
        *(Request.of("POST", "/x", XML, text.encode()) for text in NASTY_XML),
        Request.of("POST", "/x", XML, "<a>ä</a>".encode("utf-16")),
        Request.of("POST", "/x", XML, '<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode("latin-1")),
        Request.of("POST", "/x", {"Content-Type": "text/xml; charset=latin-1"}, "<a>ä</a>".encode("latin-1")),
        Request.of("POST", "/x", {}, b'{"a": 1, "a": 2}'),
    ]
    # Always the same ones, so that a failure can be seen again.
    chance = random.Random(0)
    for _ in range(150):
        text = "".join(chance.choice([*NASTY_TEXTS, "a", "b"]) for _ in range(chance.randint(1, 5)))
        requests.append(Request.of("POST", chance.choice(NASTY_TARGETS[:-3]), {}, text.encode()))
    return requests


REGEXP = "REGEXP:[0-9a-f]{8}"

# A request that differs, a description, and the line that looks at the same fields.
LIKE: list[tuple[Request, dict[str, Any], str]] = [
    (
        Request.of("POST", "/o", JSON, b'{"item": "pen"}'),
        {"path": "/o", "method": "POST", "json": {"item": "book"}},
        'Expect Request    /o    method=POST    json={"item": "pen"}',
    ),
    # Paths: what matches is kept, as it is written.
    (
        Request.of("GET", "/orders/7", {"X-Version": "1", "Accept": "a/b"}),
        {"path": "/orders/{id}", "headers": {"x-version": "2", "X-Gone": None, "X-No": "1"}},
        'Expect Request    /orders/{id}    headers={"x-version": "1", "X-Gone": null, "X-No": null}',
    ),
    (
        Request.of("GET", "/orders/7"),
        {"path": r"REGEXP:/orders/\d+", "method": "POST"},
        r"Expect Request    REGEXP:/orders/\\d+    method=GET",
    ),
    (
        Request.of("GET", "/other/7", {}, b"y"),
        {"path": "GLOB:/orders/*", "text": "x"},
        "Expect Request    /other/7    text=y",
    ),
    (Request.of("GET", "/{b}"), {"path": "/{a}/x"}, "Expect Request    EQUALS:/{b}"),
    # Methods: a list that matches is kept.
    (
        Request.of("PUT", "/x?a=1"),
        {"path": "/x", "method": ["POST", "PUT"], "query": {}},
        'Expect Request    /x    method=POST,PUT    query={"a": "1"}',
    ),
    (Request.of("DELETE", "/x"), {"path": "/x", "method": "POST,PUT"}, "Expect Request    /x    method=DELETE"),
    (Request.of("POTS", "/x"), {"path": "/x", "method": "POST"}, "Expect Request    /x    method=EQUALS:POTS"),
    # Queries: patterns that match are kept, and a subset stays one.
    (
        Request.of("GET", "/x?page=2&at=12ab34cd&new=${x}"),
        {"path": "/x", "query": {"page": "1", "at": REGEXP, "gone": "1"}},
        r'Expect Request    /x    query={"page": "2", "at": "REGEXP:[0-9a-f]{8}", "new": "\${x}"}',
    ),
    (
        Request.of("GET", "/x?page=2&at=1&at=2&more=1"),
        {"path": "/x", "query_subset": {"page": "1", "at": "2", "gone": "1", "no": None}},
        'Expect Request    /x    query_subset={"page": "2", "at": "2", "gone": null, "no": null}',
    ),
    (
        Request.of("GET", "/x?a=2&b=GLOB:"),
        {"path": "/x", "query": "a=1"},
        "Expect Request    /x    query=a=2&b=GLOB:",
    ),
    (
        Request.of("GET", "/x?a=2", {"X": "1"}),
        {"path": "/x", "query": "GLOB:a=?", "headers": {"X": "2"}},
        'Expect Request    /x    query=GLOB:a=?    headers={"X": "1"}',
    ),
    # Headers and cookies.
    (
        Request.of("GET", "/x", {"X-A": "12ab34cd", "X-B": "2"}),
        {"path": "/x", "headers": {"X-A": REGEXP, "X-B": "GLOB:1*"}},
        'Expect Request    /x    headers={"X-A": "REGEXP:[0-9a-f]{8}", "X-B": "2"}',
    ),
    (
        Request.of("GET", "/a", [("X", "GLOB:*"), ("Y", "${y}  \\"), ("Z", "1"), ("Z", "{2}")]),
        {"path": "/a", "headers": {"X": "1", "Y": "1", "Z": "9"}},
        (
            r'Expect Request    /a    headers={"X": "EQUALS:GLOB:*", "Y": "\${y} \ \\\\", '
            r'"Z": ["1", "EQUALS:{2}"]}'
        ),
    ),
    (
        Request.of("GET", "/x", {"Cookie": "a=1"}),
        {"path": "/x", "headers": "X: 1"},
        'Expect Request    /x    headers={"X": null}',
    ),
    # JSON: placeholders that match, each where its value came; what looks like one stands for itself.
    (
        Request.of("POST", "/o", JSON, b'{"id": 1, "d": "12", "item": "pen"}'),
        {"path": "/o", "json": {"id": "<any-number>", "d": "<regexp:[0-9]+>", "item": "book"}},
        'Expect Request    /o    json={"id": "<any-number>", "d": "<regexp:[0-9]+>", "item": "pen"}',
    ),
    (
        Request.of("POST", "/o", JSON, b'{"new": "<any>", "d": "x", "b": true, "n": null}'),
        {"path": "/o", "json": {"id": "<any-number>", "d": r"<regexp:\d+>", "b": "<any>", "n": "<any>"}},
        r'Expect Request    /o    json={"new": "\\\\<any>", "d": "x", "b": "<any>", "n": "<any>"}',
    ),
    (
        Request.of("POST", "/o", JSON, b'[{"a": 1}, {"a": "2"}, "3"]'),
        {"path": "/o", "json": [{"a": "<any-number>"}, {"a": "<any-number>"}]},
        'Expect Request    /o    json=[{"a": "<any-number>"}, {"a": "2"}, "3"]',
    ),
    (
        Request.of("PUT", "/o", JSON, b'"<any>  ${x}"'),
        {"path": "/o", "method": "POST", "json": "<any-string>"},
        'Expect Request    /o    method=PUT    json="<any-string>"',
    ),
    (
        Request.of("POST", "/o", JSON, b'["text", 3, {"a": 1, "b": 3}, true]'),
        {
            "path": "/o",
            "json": [{"a": "<any-number>", "b": 2}, "<any-boolean>", "<any-string>"],
            "json_ignore_order": True,
        },
        (
            "Expect Request    /o    "
            'json=["<any-string>", 3, {"a": "<any-number>", "b": 3}, "<any-boolean>"]    json_ignore_order=True'
        ),
    ),
    (
        Request.of("POST", "/o", JSON, json.dumps([*range(120)]).encode()),
        {"path": "/o", "json": [*range(1, 121)], "json_ignore_order": True},
        f"Expect Request    /o    json={json.dumps([*range(120)])}    json_ignore_order=True",
    ),
    # A subset: only the members that are expected.
    (
        Request.of("POST", "/o", JSON, b'{"item": "pen", "id": 7, "at": "2026-01-01", "lines": [{"n": 1, "x": 2}]}'),
        {"path": "/o", "json_subset": {"item": "book", "id": "<any-number>", "lines": [{"n": 1}]}},
        'Expect Request    /o    json_subset={"item": "pen", "id": "<any-number>", "lines": [{"n": 1}]}',
    ),
    (
        Request.of("POST", "/o", JSON, b'{"a": [{"b": "\xc2\xa0", "c": 2}], "d": "\xc2\xa0"}'),
        {"path": "/o", "json_subset": {"a": [{"b": "<any-string>"}, 1], "d": 4}},
        r'Expect Request    /o    json_subset={"a": [{"b": "<any-string>", "c": 2}], "d": "\\u00a0"}',
    ),
    (
        Request.of("POST", "/o", JSON, b'{"a": [3, 1, 2], "b": 1}'),
        {"path": "/o", "json_subset": {"a": [1, 2, 4]}, "json_ignore_order": True},
        'Expect Request    /o    json_subset={"a": [3, 1, 2], "b": 1}    json_ignore_order=True',
    ),
    # JSONPath, schema.
    (
        Request.of("POST", "/o", JSON, b'{"item": "pen", "id": 7, "tags": ["a", "b"], "t": "<any>"}'),
        {"path": "/o", "json_path": {"$.item": "book", "$.id": "<any-number>", "$.tags[*]": "b", "$.t": "x"}},
        (
            r'Expect Request    /o    json_path={"$.item": "pen", "$.id": "<any-number>", '
            r'"$.tags[*]": "b", "$.t": "\\\\<any>"}'
        ),
    ),
    (
        Request.of("PUT", "/o", JSON, b'{"item": "pen"}'),
        {"path": "/o", "method": "POST", "json_schema": {"type": "object", "required": ["item"]}},
        'Expect Request    /o    method=PUT    json_schema={"type": "object", "required": ["item"]}',
    ),
    # Forms and files.
    (
        Request.of("POST", "/o", FORM, b"a=2&at=12ab34cd&b=1&b=2"),
        {"path": "/o", "form": {"a": "1", "at": REGEXP, "b": "3", "gone": "1", "no": None}},
        (
            "Expect Request    /o    "
            'form={"a": "2", "at": "REGEXP:[0-9a-f]{8}", "b": ["1", "2"], "gone": null, "no": null}'
        ),
    ),
    (
        Request.of("POST", "/o", MULTIPART, UPLOAD),
        {"path": "/o", "form": {"kind": "xml"}, "files": {"table": "GLOB:*.csv", "no": None}},
        'Expect Request    /o    form={"kind": "csv"}    files={"table": "GLOB:*.csv", "no": null}',
    ),
    (
        Request.of("POST", "/o", MULTIPART, UPLOAD),
        {"path": "/o", "files": {"table": "a.csv"}},
        'Expect Request    /o    files={"table": "b.csv"}',
    ),
    # Text and bytes.
    (
        Request.of("POST", "/o", {}, b"GLOB:a"),
        {"path": "/o", "text": "b"},
        "Expect Request    /o    text=EQUALS:GLOB:a",
    ),
    (
        Request.of("POST", "/o", {}, b"abc"),
        {"path": "/o", "method": "PUT", "text": "STARTS:a"},
        "Expect Request    /o    method=POST    text=STARTS:a",
    ),
    (Request.of("POST", "/o", {}, b"abc"), {"path": "/o", "data": b"abd"}, "Expect Request    /o    data=abc"),
    (
        Request.of("POST", "/o", {}, b"abc"),
        {"path": "/o", "method": "PUT", "data": b"abc"},
        "Expect Request    /o    method=POST    data=abc",
    ),
    # XML.
    (
        Request.of("POST", "/o", {}, b"<a>\n  <b>2</b>\n</a>\n"),
        {"path": "/o", "xml": "<a><b>1</b></a>"},
        r"Expect Request    /o    xml=<a>\n \ <b>2</b>\n</a>",
    ),
    (
        Request.of("PUT", "/o", {}, b"<a>\n  <b>1</b>\n</a>\n"),
        {"path": "/o", "method": "POST", "xml": "<a><b>1</b></a>"},
        "Expect Request    /o    method=PUT    xml=<a><b>1</b></a>",
    ),
    (
        Request.of("POST", "/o", {}, b"<a><b>2</b><c>12</c></a>"),
        {"path": "/o", "xpath": {"/a/b": "1", "/a/c": r"REGEXP:\d+", "/a/d": None}},
        r'Expect Request    /o    xpath={"/a/b": "2", "/a/c": "REGEXP:\\\\d+", "/a/d": null}',
    ),
    # A matcher that has a name.
    (
        Request.of("GET", "/o", {"X": "1"}),
        {"path": "/o", "headers": {"X": "2"}, "matcher": "helper.accepts"},
        'Expect Request    /o    headers={"X": "1"}    matcher=helper.accepts',
    ),
]

# A line would not check what these check.
NO_LINE: list[tuple[Request, dict[str, Any]]] = [
    (Request.of("GET", "/o", {"Authorization": "Bearer abd"}), {"bearer_token": "abc"}),
    (Request.of("GET", "/o"), {"bearer_token": "abc"}),
    (Request.of("GET", "/o", {"Authorization": "Basic !"}), {"basic_auth": "ann:abc"}),
    (Request.of("GET", "/o", {"X": "1"}), {"headers": {"X": "2"}, "matcher": lambda request: True}),
    (Request.of("POST", "/o", JSON, b'{"id": 1}'), {"json_schema": {"required": ["item"]}}),
    (Request.of("POST", "/o", JSON, b'{"id": 1}'), {"json_subset": {"item": "book"}}),
    (Request.of("POST", "/o", JSON, b'{"a": {"id": 1}}'), {"json_subset": {"a": {"item": "book"}}}),
    (Request.of("POST", "/o", JSON, b'{"id": 1}'), {"json_path": {"$.item": "book"}}),
    (Request.of("POST", "/o", JSON, b"no json"), {"json": {"a": 1}}),
    (Request.of("POST", "/o", JSON, b"no json"), {"json_subset": {"a": 1}}),
    (Request.of("POST", "/o", JSON, b"no json"), {"json_path": {"$.a": 1}}),
    (Request.of("POST", "/o", {}, b"no xml"), {"xml": "<a/>"}),
    (Request.of("POST", "/o", {}, b"no xml"), {"xpath": {"/a": "1"}}),
    (Request.of("POST", "/o"), {"text": "a"}),
    (Request.of("POST", "/o"), {"data": b"a"}),
    (Request.of("POST", "/o", {}, b"\xff"), {"data": b"a"}),
    (Request.of("POST", "/o", {}, b"\x00"), {"text": "a"}),
    (Request.of("POST", "/o", {}, b"x" * 501), {"text": "a"}),
    (Request.of("POST", "/o", JSON, json.dumps(["x" * 2000]).encode()), {"json": 1}),
    (Request.of("POST", "/o", JSON, b'{"a": "xx", "b": 1}'), {"json": {"a": f"<regexp:x+|{'y' * 2000}>", "b": 2}}),
]


def expectation_of(fields: dict[str, Any]) -> Expectation:
    return expect(HttpServer(), **fields)


def names_of(line: KeywordLine) -> set[str]:
    return {cell.name or "path" for cell in line.cells}


@pytest.mark.parametrize(("request_", "fields", "line"), LIKE, ids=lambda value: str(value)[:30])
def test_line_like_an_expectation(
    monkeypatch: pytest.MonkeyPatch, request_: Request, fields: dict[str, Any], line: str
) -> None:
    # As the module beside the suite that is run below.
    monkeypatch.setitem(sys.modules, "helper", ModuleType("helper"))
    monkeypatch.setattr("helper.accepts", lambda request: True, raising=False)
    expectation = expectation_of(fields)
    assert expectation.description.differences(request_)
    found = line_like(request_, expectation, Kind.PERMANENT)
    assert found is not None
    assert found.shown(UNMASKED) == line
    assert names_of(found) == fields.keys(), "it looks at the same fields"


@pytest.mark.parametrize(("request_", "fields"), NO_LINE, ids=lambda value: str(value)[:30])
def test_no_line_that_would_check_less(request_: Request, fields: dict[str, Any]) -> None:
    assert line_like(request_, expectation_of({"path": "/o", **fields}), Kind.PERMANENT) is None


def test_credentials_that_match_are_to_be_filled_in() -> None:
    request = Request.of("POST", "/o", {"Authorization": "Bearer abc"})
    found = line_like(request, expectation_of({"path": "/o", "method": "PUT", "bearer_token": "abc"}), Kind.PERMANENT)
    assert found is not None
    assert found.shown(UNMASKED) == "Expect Request    /o    method=POST    bearer_token=***"


@pytest.mark.parametrize("kind", Kind)
def test_the_keyword_is_that_of_the_kind(kind: Kind) -> None:
    keywords = {
        Kind.PERMANENT: "Expect Request",
        Kind.ONESHOT: "Expect Oneshot Request",
        Kind.ORDERED: "Expect Ordered Request",
    }
    found = line_like(Request.of("GET", "/b"), expectation_of({"path": "/a"}), kind)
    assert found is not None
    assert found.shown(UNMASKED) == f"{keywords[kind]}    /b"
    assert shown(Request.of("GET", "/b"), keywords[kind]) == f"{keywords[kind]}    /b    method=GET"


def test_a_line_for_one_of_several_servers_and_for_some_requests() -> None:
    line = line_for(Request.of("GET", "/b"))
    assert line.on_server(None) == line
    assert line.with_times(3).on_server("my shop").shown(UNMASKED) == (
        "Expect Request    /b    method=GET    times=3    server=my shop"
    )


def test_a_line_that_is_too_long_to_paste() -> None:
    assert line_for(Request.of("GET", f"/{'a' * 1900}")).is_short
    assert not line_for(Request.of("GET", f"/{'a' * 2000}")).is_short


@pytest.mark.parametrize(
    ("request_", "is_without_body"),
    [
        (Request.of("GET", "/"), False),
        (Request.of("POST", "/", {}, b"x" * 500), False),
        (Request.of("POST", "/", {}, b"x" * 501), True),
        (Request.of("POST", "/", {}, b"\x00"), True),
    ],
)
def test_a_body_that_is_no_short_text_is_left_out(request_: Request, is_without_body: bool) -> None:
    assert line_for(request_).is_without_body is is_without_body


def test_without_the_extra_for_xml_it_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    monkeypatch.delitem(sys.modules, "lxml.etree", raising=False)
    assert shown(Request.of("POST", "/", XML, b"<a/>")) == "Expect Request    /    method=POST    text=<a/>"


@pytest.mark.parametrize(
    ("body", "cell"),
    [
        (b'"\xed\xa0\x80"', '    json="\\\\ud800"'),
        (b'{"a": "\xc2\xa0"}', '    json={"a": "\\\\u00a0"}'),
        (b'{"a": "<any>"}', '    json={"a": "\\\\\\\\<any>"}'),
        (b"1e999", ""),
        (b'["\xc2\xa0", 1e999]', ""),
    ],
)
def test_json_that_cannot_stand_in_a_cell_as_it_came(body: bytes, cell: str) -> None:
    assert shown(Request.of("POST", "/", {}, body)) == f"Expect Request    /    method=POST{cell}"


def test_many_fields_are_left_out() -> None:
    body = "&".join(f"field{number}=1" for number in range(31)).encode()
    assert shown(Request.of("POST", "/", FORM, body)) == "Expect Request    /    method=POST"
    assert shown(Request.of("POST", "/", FORM, b"a=" + b"x" * 600)) == "Expect Request    /    method=POST"


HELPER = """
import json
from pathlib import Path

from robot.api.deco import keyword

from HttpServerLibrary.engine.message.request import Request

EXACT, REQUESTS = json.loads((Path(__file__).parent / "requests.json").read_text(encoding="utf-8"))


def accepts(request):
    return True


@keyword
def should_take(expectation, number: int):
    method, target, fields, body = REQUESTS[number]
    request = Request(method, target, bytes.fromhex(fields), bytes.fromhex(body))
    found = expectation.description.differences(request)
    assert expectation.description.matches(request), "; ".join(map(str, found))
    if number >= EXACT:
        # A line like an expectation says no more than that one did.
        return
    for other in (
        Request(f"{method}x", target, request.fields, request.body),
        Request(method, f"/other{target}" if target.startswith("/") else "/other", request.fields, request.body),
        Request(method, f"{target}?more" if "?" not in target else f"{target}more", request.fields, request.body),
    ):
        unrelated = "query" not in str(expectation) and "?" in other.target
        assert unrelated or not expectation.description.matches(other), other
"""


def test_robot_framework_reads_the_line_as_it_was_meant(tmp_path: Path) -> None:
    exact = [(request, shown(request)) for request in nasty_requests()]
    pasted = [*exact, *((request, line) for request, _, line in LIKE)]
    requests = [request for request, _ in pasted]
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    (tmp_path / "requests.json").write_text(
        json.dumps([len(exact), [[sent.method, sent.target, sent.fields.hex(), sent.body.hex()] for sent in requests]]),
        encoding="utf-8",
    )
    suite = [
        "*** Settings ***",
        "Library    HttpServerLibrary",
        "Library    helper.py",
        "Suite Setup    Start Http Server",
        "*** Test Cases ***",
    ]
    for number, (_, line) in enumerate(pasted):
        assert line.isprintable(), "one line, which shows all there is in it"
        suite += [
            f"Request {number}",
            f"    ${{expectation}} =    {line}",
            f"    Should Take    ${{expectation}}    {number}",
        ]
    path = tmp_path / "lines.robot"
    path.write_text("\n".join([*suite, ""]), encoding="utf-8")
    root = Path(__file__).parents[2]
    arguments = [
        "--pythonpath",
        str(root),
        "--output",
        "NONE",
        "--log",
        "NONE",
        "--report",
        "NONE",
        "--console",
        "quiet",
    ]
    listener = tmp_path / "failures.py"
    listener.write_text(
        "import sys\nROBOT_LISTENER_API_VERSION = 3\n"
        "def end_test(data, result):\n"
        "    if not result.passed:\n"
        "        print(data.body[0].name, list(data.body[0].args), result.message, file=sys.__stdout__)\n",
        encoding="utf-8",
    )
    child = subprocess.run(
        [sys.executable, "-m", "robot", *arguments, "--listener", str(listener), str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=600,
        check=False,
    )
    assert (child.stdout, child.returncode) == ("", 0)
