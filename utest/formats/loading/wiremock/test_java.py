"""What Java does otherwise than Python."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.lenient_json import NotRead, read_json
from HttpServerLibrary.engine.formats.loading.wiremock.dates import DateFormat, JavaDate, zone
from HttpServerLibrary.engine.formats.loading.wiremock.java_regexp import java_regexp
from HttpServerLibrary.engine.formats.loading.wiremock.java_text import java_text
from HttpServerLibrary.engine.formats.loading.wiremock.json_path import JsonPath, NotFound
from HttpServerLibrary.engine.matching.regexp import TookTooLong


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (1.0, "1.0"),
        (1e7, "1.0E7"),
        (1.25e-5, "1.25E-5"),
        (-123456789.5, "-1.234567895E8"),
        (0.001, "0.001"),
        (0.0, "0.0"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        ({"a": [1, "b", None], "c": {}}, "{a=[1, b, null], c={}}"),
        ("a", "a"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert java_text(value) == text


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[a&&b]", "sets cannot be intersected with &&"),
        ("[^a[b]]", "a set is in another one, and one of them is negated"),
        ("[a[^b]]", "a set is in another one, and one of them is negated"),
        (r"[\H]", "a set has the complement of a class"),
        (r"\p{Nonsense}", "the class Nonsense is not known"),
        (r"\G", r"\\G is not known"),
        (r"\0x", r"digits are missing after \\0"),
        ("[a", "a set is not closed"),
        ("(?<=a+)b", "look-behind requires fixed-width pattern"),
    ],
)
def test_regular_expressions_that_cannot_be_used(pattern: str, reason: str) -> None:
    with pytest.raises(UsageError, match="is not a regular expression that can be used here: ") as caught:
        java_regexp(pattern)
    assert str(caught.value).partition("used here: ")[2].rstrip(".") == reason.replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("pattern", "python"),
    [
        (r"a\Qb+", r"ab\+"),
        ("(?<n>a)(?<=b)(?<!c)", "(?P<n>a)(?<=b)(?<!c)"),
        ("a(?i)b|c(d)", "a(?i:b)|(?i:c(d))"),
        ("(a(?s)b)c", "(a(?s:b))c"),
        ("(?u)a(?-i:b)", "a(?-i:b)"),
        (r"[\s-.]", r"[\s\-.]"),
        ("[]a]", r"[\]a]"),
        (r"\R\z", r"(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])\Z"),
        (r"\Ea", "a"),
    ],
)
def test_regular_expressions_are_rewritten(pattern: str, python: str) -> None:
    assert java_regexp(pattern).value == python


def test_regular_expressions_have_a_time_limit() -> None:
    pytest.importorskip("regex")
    with pytest.raises(TookTooLong):
        java_regexp("(a|aa)+$").matches("a" * 60 + "b")


@pytest.mark.parametrize("text", ["", "nope", "{", "{'a'}", "[1 2]", '{"a":1,}', "[" * 10_000, "{5: 1}"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(NotRead):
        read_json(text)


def test_lenient_json() -> None:
    assert read_json("/* c */ {'a': [true, null, -1.5e3], /* c */ 'b\\'s': \"q\" // c\n} rest") == {
        "a": [True, None, -1500.0],
        "b's": "q",
    }


def test_a_body_that_is_too_deep_for_a_path() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(RecursionError):
        JsonPath("$..a").find(deep)


def test_a_path_that_leads_to_nothing() -> None:
    for path in ("$.a", "$.b.c.d", "$[0]", "$.l[7]", "$.l.sum()"):
        with pytest.raises(NotFound):
            JsonPath(path).find({"b": {}, "l": []})


@pytest.mark.parametrize(
    "path", ["", "$.", "$..", "$[", "$[a]", "$['a'", "$[?(@.a ==)]", "$[?(@.a == [x])]", "$.a(1)", "$[?(a)]"]
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(UsageError):
        JsonPath(path)


def test_dates() -> None:
    moment = datetime(2020, 12, 31, 23, 5, 9, 45000, timezone.utc)
    assert str(JavaDate(moment)) == "2020-12-31T23:05:09Z"
    assert str(JavaDate(moment, "epoch")) == "1609455909045"
    assert str(JavaDate(moment, "z", zone("GMT+2"))) == "GMT+02:00"
    assert str(JavaDate(moment, "XX Z", zone("-0330"))) == "-0330 -0330"
    with pytest.raises(UsageError, match=re.escape('the date format "yyyy\'" is not complete')):
        DateFormat("yyyy'")
    with pytest.raises(UsageError, match=re.escape('the time zone "Nowhere" is not known')):
        zone("Nowhere")
    assert DateFormat("MM-dd").parse("01-02") is None
    assert DateFormat("yyyy-MM-dd").parse("2020-13-02") is None
    assert DateFormat("h a yyyy").parse("3 PM 2020") == datetime(2020, 1, 1, 15)  # noqa: DTZ001
