"""One explanation, and what is made of it: text, one line, facts for programs, lines for a table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.explanation import Candidate, Explanation, Pasted
from HttpServerLibrary.engine.explaining.layout import Line, Role
from HttpServerLibrary.engine.explaining.paste import line_for
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import UNMASKED, Plain
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import AssertText, expect

TITLE = Plain("POST /orders")


def candidate(server: HttpServer, request: Request, **fields: Any) -> Candidate:
    expectation = expect(server, "/orders", **fields)
    return Candidate.of(expectation, expectation.description.differences(request), 0.1)


@pytest.fixture
def full(server: HttpServer) -> Explanation:
    """One that says all there can be said."""
    request = Request.of("POST", "/orders", {}, b"one\nthree\n")
    return Explanation(
        "OUT OF ORDER",
        TITLE,
        causes=(("The cause is ", Plain("x"), "."),),
        reason="Nearest",
        nearest=candidate(server, request, text="one\ntwo\n", headers={"X": "1"}),
        also=(
            candidate(server, request, text="four", method="GET"),
            candidate(server, request).with_note("it matches, but"),
        ),
        advice=("The advice.",),
        paste=Pasted("Paste this", line_for(request)),
        notes=("A note.",),
        details=("X: 1", "", Plain("body")),
    )


def test_all_that_can_be_said(full: Explanation, assert_text: AssertText) -> None:
    assert_text(full.message(UNMASKED), "explaining/all_parts")
    assert full.message(UNMASKED) == "\n".join(map(str, full.lines(UNMASKED)))


def test_the_lines_are_data(full: Explanation) -> None:
    lines = full.lines(UNMASKED)
    assert [str(line.difference.where) for line in lines if line.difference] == ["header X", "text"]
    roles = {role: [line.text.strip() for line in lines if line.role is role] for role in Role}
    assert roles[Role.EXPECTED] == ["--- expected", "-two"]
    assert roles[Role.RECEIVED] == ["+++ received", "+three"]
    assert roles[Role.REQUEST] == ["The request:", "X: 1", "", "body"]


def test_the_facts(full: Explanation, assert_text: AssertText) -> None:
    assert_text(json.dumps(full.facts(UNMASKED), indent=2), "explaining/facts")


def test_a_difference_with_a_hint(server: HttpServer) -> None:
    request = Request.of("POST", "/orders", {}, b'{"a": "1"}')
    (fact,) = candidate(server, request, json={"a": 1}).facts(UNMASKED)["differences"]
    assert fact == {"field": "json $.a", "expected": "1 (number)", "received": '"1" (text)', "hint": fact["hint"]}
    assert fact["hint"]


def test_what_an_explanation_has_not_is_not_there() -> None:
    explanation = Explanation("HANDLER ERROR", TITLE)
    assert explanation.lines(UNMASKED) == [Line("HANDLER ERROR: POST /orders")]
    assert explanation.facts(UNMASKED) == {
        "problem": "HANDLER ERROR",
        "summary": "POST /orders",
    }


def test_one_line_with_the_reason(server: HttpServer) -> None:
    """A cause is the reason, then what differs in the nearest, then that there is none."""
    request = Request.of("POST", "/orders", {"X": "2"}, b"b")
    nearest = candidate(server, request, headers={"X": "1"}, text="a")
    start = "UNEXPECTED REQUEST: POST /orders"
    reasons = {
        f"{start}: the cause": Explanation("UNEXPECTED REQUEST", TITLE, ("the cause",), "None is near", nearest),
        f'{start}: header X: expected "1", received "2" (+1 more)': Explanation(
            "UNEXPECTED REQUEST", TITLE, reason="None is near", nearest=nearest
        ),
        f"{start}: it was removed": Explanation(
            "UNEXPECTED REQUEST", TITLE, nearest=nearest.with_note("it was removed")
        ),
        f"{start}: None is near": Explanation("UNEXPECTED REQUEST", TITLE, reason="None is near"),
        start: Explanation("UNEXPECTED REQUEST", TITLE),
    }
    assert [explanation.brief(UNMASKED) for explanation in reasons.values()] == [*reasons]
    assert {explanation.first_line(UNMASKED) for explanation in reasons.values()} == {start}


@pytest.mark.parametrize(
    ("kind", "times", "used", "title"),
    [
        (Kind.PERMANENT, None, 0, "permanent /x"),
        (Kind.PERMANENT, None, 3, "permanent /x"),
        (Kind.PERMANENT, 1, 0, "permanent /x"),
        (Kind.PERMANENT, 2, 0, "permanent /x (used 0 of 2)"),
        (Kind.ONESHOT, None, 0, "oneshot /x"),
        (Kind.ONESHOT, None, 1, "oneshot /x (used 1 of 1)"),
    ],
)
def test_how_often_it_was_used_is_told_where_it_says_something(
    server: HttpServer, kind: Kind, times: int | None, used: int, title: str
) -> None:
    expectation = expect(server, "/x", kind, times)
    expectation.used = used
    assert Candidate.of(expectation, expectation.description.differences(Request.of("GET", "/y")), 1).title() == title


def test_of_many_differences_the_first_are_kept(server: HttpServer) -> None:
    request = Request.of("POST", "/orders", {}, b"{}")
    found = candidate(server, request, json={f"k{number}": 1 for number in range(500)})
    assert (len(found.differences), found.total, found.complete) == (12, 100, False)
    found = candidate(server, request, json={f"k{number}": 1 for number in range(100)})
    assert (len(found.differences), found.total, found.complete) == (12, 100, True)


def test_facts_are_bounded(server: HttpServer) -> None:
    """Farther expectations are left out first, then differences."""
    request = Request.of("POST", "/orders", {}, json.dumps({f"{n}" * 90: "\x01" * 100 for n in range(60)}).encode())
    large = candidate(server, request, json={f"{n}" * 90: "\x00" * 100 for n in range(60)})
    facts = Explanation("UNEXPECTED REQUEST", TITLE, nearest=large, also=(large, large)).facts(UNMASKED)
    (nearest,) = facts["nearest"]
    assert 0 < len(nearest["differences"]) < len(large.differences)
    assert 5 * 1024 < len(json.dumps(facts)) < 8 * 1024


TRICKY = [
    "b, received c",
    "x: expected y",
    'b", received "c"; hint',
    "(+3 more)",
    "a\n  json $.item: expected b, received c",
    "This line expects it:",
    "***",
    "... (99 characters)",
    '..."b" (from character 9 of 99)',
    "Nearest expectation: permanent /x",
    "]}",
    "=",
    "\\",
]


def parts_of(expected: str, received: str) -> tuple[Explanation, dict[str, str], Line]:
    server = HttpServer()
    request = Request.of("POST", "/orders", {}, json.dumps({"item": received}).encode())
    nearest = candidate(server, request, json={"item": expected})
    explanation = Explanation("UNEXPECTED REQUEST", TITLE, reason="Nearest", nearest=nearest)
    (fact,) = explanation.facts(UNMASKED)["nearest"][0]["differences"]
    (line,) = [line for line in explanation.lines(UNMASKED) if line.difference is not None]
    return explanation, fact, line


@pytest.mark.parametrize("received", TRICKY)
def test_values_that_look_like_our_words_stay_apart_from_them(received: str) -> None:
    explanation, fact, line = parts_of("pen", received)
    assert (fact["field"], json.loads(fact["expected"]), json.loads(fact["received"])) == (
        "json $.item",
        "pen",
        received,
    )
    assert line.difference is not None
    assert json.loads(line.difference.received) == received
    assert line.text == f'  json $.item: expected "pen", received {json.dumps(received)}'
    assert line.text in explanation.message(UNMASKED).split("\n")
    _, fact, line = parts_of(received, "pen")
    assert (json.loads(fact["expected"]), json.loads(fact["received"])) == (received, "pen")


@given(st.text(max_size=40))
def test_any_value_stays_apart(received: str) -> None:
    _, fact, line = parts_of("the expected text", received)
    assert line.difference is not None
    assert line.difference.received == fact["received"]
    assert line.text.startswith(f'  json $.item: expected "the expected text", received {fact["received"]}')
    assert line.text.isprintable()


def test_it_is_masked_when_it_is_read(server: HttpServer) -> None:
    """A secret that is given, or a name that is masked, after the request arrived is masked all the same."""
    secrets, scope = Secrets(), Scope("test")
    request = Request.of("POST", "/orders", {"X-Key": "hush"}, b'{"pin": "1234", "token": "s3cr3t"}')
    nearest = candidate(server, request, json={"pin": "0000", "token": "t0k3n"}, headers={"X-Key": "other"})
    explanation = Explanation("UNEXPECTED REQUEST", TITLE, nearest=nearest, paste=Pasted("Paste", line_for(request)))

    def told() -> str:
        lines = "\n".join(str(line) for line in explanation.lines(secrets))
        return f"{explanation.message(secrets)}{explanation.brief(secrets)}{explanation.facts(secrets)}{lines}"

    for value in ("s3cr3t", "1234", "hush"):
        assert value in told()
    secrets.add("s3cr3t")
    assert "s3cr3t" not in told()
    secrets.mask_fields(["pin"], scope)
    assert "1234" not in told()
    secrets.mask_headers(["x-key"], scope)
    assert "hush" not in told()
    secrets.end_scope(scope)
    assert "1234" in told(), "until the scope ends"
