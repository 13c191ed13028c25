"""Text patterns: the prefixes of *Run Keyword And Expect Error*, numbers and booleans."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.text import TextPattern, has_prefix
from HttpServerLibrary.engine.phrase import text


@pytest.mark.parametrize(
    ("pattern", "received", "matches"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("abc", "ABC", False),
        ("", "", True),
        ("", "a", False),
        ("EQUALS:abc", "abc", True),
        ("EQUALS: abc", "abc", True),
        ("EQUALS:GLOB:a*", "GLOB:a*", True),
        ("EQUALS:", "", True),
        ("GLOB:a*c", "abbbc", True),
        ("GLOB:  a?c", "abc", True),
        ("GLOB:a*c", "abcd", False),
        ("GLOB:a[bc]", "ac", True),
        ("GLOB:a*c", "a\nc", True),
        ("GLOB:A*", "abc", False),
        ("STARTS:ab", "abc", True),
        ("STARTS: ab", "abc", True),
        ("STARTS:ab", "xab", False),
        (r"REGEXP:\d+", "123", True),
        (r"REGEXP: \d+", "123", True),
        (r"REGEXP:\d+", "123x", False),
        (r"REGEXP:\d+", "x123", False),
        (r"REGEXP:\d+", "123\n", False),
        ("REGEXP:a|ab", "ab", True),
        ("glob:a*", "abc", False),
        ("glob:a*", "glob:a*", True),
        ("GLOB", "GLOB", True),
        (" GLOB:a*", " GLOB:a*", True),
        ("http://x", "http://x", True),
        ("NOT:abc", "abcd", True),
        ("NOT:abc", "abc", False),
        ("NOT: abc", "abc", False),
        ("NOT:", "", False),
        ("NOT:", "a", True),
        (r"NOT:REGEXP:\d+", "x", True),
        (r"NOT:REGEXP:\d+", "7", False),
        ("NOT: STARTS: a", "ba", True),
        ("NOT: STARTS: a", "ab", False),
        ("NOT:EQUALS:NOT:a", "NOT:a", False),
        ("EQUALS:NOT:a", "NOT:a", True),
        ("not:a", "not:a", True),
        ("a.c", "abc", False),
        ("a*", "abc", False),
    ],
)
def test_prefixes(pattern: str, received: str, matches: bool) -> None:
    assert TextPattern(pattern, "text").matches(received) is matches


@pytest.mark.parametrize(
    ("value", "received", "matches"),
    [
        (7, "7", True),
        (7, "7.0", False),
        (1.5, "1.5", True),
        (-3, "-3", True),
        (True, "true", True),
        (True, "True", True),
        (True, "1", False),
        (False, "false", True),
        (False, "False", True),
        (False, "0", False),
        (0, "0", True),
        (1, "True", False),
    ],
)
def test_numbers_and_booleans_compare_by_their_text(value: object, received: str, matches: bool) -> None:
    assert TextPattern(value, "query: a").matches(received) is matches


@given(st.text())
def test_every_text_equals_itself_after_the_prefix(value: str) -> None:
    assert TextPattern(f"EQUALS:{value}", "text").matches(value.lstrip())


@given(st.text(), st.text())
def test_starts_is_a_prefix_and_equals_is_no_pattern(start: str, rest: str) -> None:
    assert TextPattern(f"STARTS:{start}", "text").matches(start.lstrip() + rest)
    assert TextPattern(f"EQUALS:{start}", "text").matches(start.lstrip() + rest) is (rest == "")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "REGEXP:[a",
            'text: "[a" is not a regular expression: unterminated character set at position 0.',
        ),
        ("REGEXP:*", 'text: "*" is not a regular expression: nothing to repeat at position 0.'),
        (None, "text: text is needed here, not None."),
        (b"abc", "text: text is needed here, not bytes: b'abc'."),
        ([1], "text: text is needed here, not list: [1]."),
        ({"a": 1}, "text: text is needed here, not dict: {'a': 1}."),
        (range(2), "text: text is needed here, not range: range(0, 2)."),
        (
            re.compile(b"a"),
            "text: a regular expression for text is needed, not for bytes: b'a'.",
        ),
    ],
)
def test_what_is_no_pattern_is_refused(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        TextPattern(value, "text")
    assert str(caught.value) == message


@pytest.mark.parametrize("number", ["REGEXP:a{99999999999999999999}", "REGEXP:" + "(" * 5000 + ")" * 5000])
def test_regular_expressions_that_python_gives_up_on_are_refused(number: str) -> None:
    with pytest.raises(UsageError, match=r"^text: .* is not a regular expression: "):
        TextPattern(number, "text")


@pytest.mark.parametrize(
    ("value", "phrase", "written"),
    [
        ("abc", '"abc"', "abc"),
        ("EQUALS: abc", '"abc"', "EQUALS:abc"),
        ("STARTS: abc", 'text that starts with "abc"', "STARTS:abc"),
        ("GLOB: a*", 'text that matches GLOB "a*"', "GLOB:a*"),
        (r"REGEXP:\d", r'text that matches REGEXP "\\d"', r"REGEXP:\d"),
        (7, '"7"', "7"),
        (True, '"true"', "true"),
        ("NOT: abc", 'text other than "abc"', "NOT:abc"),
        ("NOT: STARTS: abc", 'text that does not start with "abc"', "NOT:STARTS:abc"),
        (r"NOT:REGEXP:\d", r'text that does not match REGEXP "\\d"', r"NOT:REGEXP:\d"),
        (re.compile("a.b", re.DOTALL), 'text that matches REGEXP "(?s)a.b"', "REGEXP:(?s)a.b"),
        (re.compile("ab"), 'text that matches REGEXP "ab"', "REGEXP:ab"),
    ],
)
def test_phrase_and_spelling(value: object, phrase: str, written: str) -> None:
    pattern = TextPattern(value, "text")
    assert (text(pattern.describe()), str(pattern)) == (phrase, written)


def test_other_numbers_compare_by_their_text() -> None:
    assert TextPattern(Decimal("1.50"), "text").matches("1.50")
    assert not TextPattern(Decimal("1.50"), "text").matches("1.5")


@pytest.mark.parametrize("prefix", ["EQUALS:", "GLOB:", "REGEXP:", "STARTS:", "NOT:"])
def test_texts_that_mean_something_else_than_themselves(prefix: str) -> None:
    assert has_prefix(f"{prefix}a")
    assert not has_prefix(f"{prefix.lower()}a")
    assert not has_prefix(prefix[:-1])
