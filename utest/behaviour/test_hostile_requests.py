"""Whatever a client sends can be explained, in no more text than a log shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.explaining import checks
from HttpServerLibrary.engine.explaining.explanation import Explanation
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, assert_fits_a_log, expect

HOSTILE_BODIES = [
    b"\x00\x01\xff" * 100_000,
    b"\x1b[2J\x1b[31mred\x07",
    "\x9b31m\u202egnp.exe\u2028next\u0085line".encode(),
    b"x" * 1_000_000,
    b"a\n" * 100_000,
    b"\r" * 1000,
    b'{"' + b"k" * 100_000 + b'": 1}',
    b"[" * 500 + b"]" * 500,
    b'{"a": "' + b"v" * 100_000 + b'"}',
    b'{"\\u001b[31m\\n": "\\ud800\\u202e"}',
    b"\xc3",
]
HOSTILE_TARGETS = [
    "/" + "x" * 8000,
    "/%1b[31m%0a%0d%00",
    "/%c2%9b%e2%80%ae%ff",
    "/?" + "&".join(f"a{number}=1" for number in range(1000)),
    "/?" + "n" * 8000 + "=1",
    "/?%0a%1b[31m=%0a",
    "/?x=" + "%0a" * 2000,
    "http://example.com/" + "y" * 8000,
]
HOSTILE_HEADERS = [
    [("X", "v" * 60_000)],
    [("X", "\x80\x9b31m\xff")],
    [("N" * 60_000, "1")],
    [(f"X-{number}", "1") for number in range(200)],
    [("Authorization", "Basic " + "A" * 60_000)],
    [("X", "a\tb")],
]
DESCRIPTIONS: list[dict[str, Any]] = [
    {"path": "/x"},
    {"query": {"a": "1"}},
    {"query": "a=1"},
    {"query_subset": {"a": None}},
    {"headers": {"X": "1"}},
    {"cookies": {"c": "1"}},
    {"basic_auth": "a:b"},
    {"bearer_token": "t"},
    {"text": "abc"},
    {"data": b"abc"},
    {"json": {"a": 1}},
    {"json_subset": {"a": 1}},
    {"json_path": {"$.a": 1}},
    {"json_schema": {"type": "string", "additionalProperties": False}},
    {"xml": "<a>1</a>"},
    {"xpath": {"/a": "1"}},
    {"form": {"a": "1"}},
    {"files": {"f": "a"}},
]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    "request_",
    [
        *(Request.of("POST", "/x", {}, body) for body in HOSTILE_BODIES),
        *(Request.of("GET", target) for target in HOSTILE_TARGETS),
        *(Request.of("GET", "/", headers) for headers in HOSTILE_HEADERS),
        Request.of("M" * 8000, "/"),
    ],
    ids=lambda request: repr(request.body[:12] or request.fields[:12] or request.target[:20]),
)
def test_hostile_requests(server: HttpServer, ask: Ask, request_: Request, count: int) -> None:
    for _ in range(count):
        for fields in DESCRIPTIONS:
            expect(server, method="DELETE", **fields)
    ask(request_)
    (problem,) = server.journal.problems()
    assert problem.kind == "UNEXPECTED REQUEST"
    assert_fits_a_log(problem.message)
    received = server.journal.exchanges()
    audience = server.audience
    for fields in DESCRIPTIONS:
        description = RequestDescription(**fields, method="DELETE")
        assert_fits_a_log(checks.not_received(description, "Expected 1 request", (), received, audience))
    assert_fits_a_log(checks.too_many_received(RequestDescription(), "Expected no request", received, audience))
    assert_fits_a_log(checks.unmet(server.book.expectations(), received, audience, 1))
    assert_fits_a_log(checks.problems([problem.record] * 3, str(server)))
    assert_fits_a_log(problem.record.brief)
    assert_fits_a_log(str(received[0]))
    assert isinstance(problem.record.explanation, Explanation)
    assert len(json.dumps(problem.record.explanation.facts(server.secrets))) < 8 * 1024


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30),
    st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=30),
    st.binary(max_size=50) | st.text(max_size=50).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_any_request_can_be_explained(server: HttpServer, ask: Ask, target: str, header: str, body: bytes) -> None:
    server.reset()
    for fields in DESCRIPTIONS:
        expect(server, method="DELETE", **fields)
    status, text = ask(Request.of("POST", f"/{target}", {"X": header}, body))
    assert status == 500
    assert text.startswith("UNEXPECTED REQUEST: ")
    assert_fits_a_log(server.journal.problems()[-1].message)


def test_hundreds_of_expectations(server: HttpServer, ask: Ask) -> None:
    for number in range(500):
        expect(server, f"/{number}", method="GET", json={"n": number})
    expect(server, "/y", method="PUT")
    ask(Request.of("GET", "/250", {}, b'{"n": 1}'))
    (problem,) = server.journal.problems()
    assert_fits_a_log(problem.message)
    assert problem.message.split("\n")[1:3] == [
        'Nearest of 501 expectations: permanent GET /250 json={"n": 250}',
        "  json $.n: expected 250, received 1",
    ]


@pytest.mark.parametrize("body", [b"[" * 450 + b"]" * 450, b'{"a":' + b"[" * 450 + b"]" * 450 + b"}"])
@pytest.mark.parametrize("fields", [{"json_subset": {"a": 1}}, {"json_path": {"$.a": 1}}], ids=["json", "json_path"])
def test_explanations_become_text_deep_inside_other_calls(
    server: HttpServer, ask: Ask, fields: dict[str, Any], body: bytes
) -> None:
    server.secrets.add("s3cr3t")
    expect(server, method="POST", **fields)
    ask(Request.of("POST", "/", {}, body))
    (problem,) = server.journal.problems()

    def message(depth: int) -> str:
        return message(depth - 1) if depth else problem.message

    assert_fits_a_log(message(300))
