"""Texts in messages: on one line, cut, and of two that differ the place where they do."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import contrast as contrasted
from HttpServerLibrary.engine.phrase import text

LAST = "x" * 20


def contrast(expected: str, received: str) -> tuple[str, str]:
    one, other = contrasted(expected, received)
    return str(one), str(other)


def test_texts_that_differ_early_are_shown_from_the_beginning() -> None:
    assert contrast("abc", 'a"\n') == ('"abc"', r'"a\"\n"')
    same = "x" * 79
    assert contrast(f"{same}a", f"{same}b") == (f'"{same}a"', f'"{same}b"')
    assert contrast(f"{same}a{same}", f"{same}b") == (f'"{same}a{LAST}"... (159 characters)', f'"{same}b"')


@pytest.mark.parametrize("at", [120, 4095, 4096, 4097, 8191, 8192, 1_000_000])
def test_long_texts_that_differ_late_are_shown_where_they_differ(at: int) -> None:
    same = "x" * at
    place = f"(from character {at - 19:,} of"
    assert contrast(f"{same}old", f"{same}newer") == (
        f'..."{LAST}old" {place} {at + 3:,})',
        f'..."{LAST}newer" {place} {at + 5:,})',
    )
    # One ends where the other goes on.
    assert contrast(f"{same}{'y' * 80}", same) == (
        f'..."{LAST}{"y" * 80}" {place} {at + 80:,})',
        f'..."{LAST}" {place} {at:,})',
    )
    expected, received = contrast(f"{same}a{'y' * 80}", f"{same}b{'y' * 80}")
    assert expected == f'..."{LAST}a{"y" * 79}"... {place} {at + 81:,})'
    assert received == f'..."{LAST}b{"y" * 79}"... {place} {at + 81:,})'


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.integers(0, 900))
def test_what_is_shown_of_two_texts_differs_as_they_do(same: str, one: str, other: str, times: int) -> None:
    one, other = same * times + one, same * times + other
    assume(one != other)
    shown = contrast(one, other)
    assert shown[0] != shown[1]
    for line in shown:
        assert line.isprintable()
        assert len(re.sub(r" \([^()]*\)$", "", line)) <= 12 * 100 + len('...""...')


@pytest.mark.parametrize(
    ("expected", "received", "shown"),
    [
        ("Café", "Cafe\u0301", (r'"Caf\u00e9"', r'"Cafe\u0301"')),
        ("Cafe", "Caf\u0435", ('"Cafe"', r'"Caf\u0435"')),
        ("ä", "ö", ('"ä"', '"ö"')),
        ("a'b", "a\u2019b", ('"a\'b"', r'"a\u2019b"')),
        ("ab", "a\u200bb", ('"ab"', r'"a\u200bb"')),
        ("a b", "a\u00a0b", ('"a b"', r'"a\xa0b"')),
        (r"\u0435", "\u0435", (r'"\\u0435"', '"\u0435"')),
    ],
)
def test_what_cannot_be_told_apart_is_escaped(expected: str, received: str, shown: tuple[str, str]) -> None:
    assert contrast(expected, received) == shown


SAME = "x" * 300


@pytest.mark.parametrize(
    ("fields", "request_", "name"),
    [
        ({"text": f"{SAME}old"}, Request.of("POST", "/", {}, f"{SAME}new".encode()), "text"),
        ({"json": {"a": f"{SAME}old"}}, Request.of("POST", "/", {}, f'{{"a": "{SAME}new"}}'.encode()), "json $.a"),
        ({"query": f"{SAME}old"}, Request.of("GET", f"/?{SAME}new"), "query"),
        ({"query": {"a": f"{SAME}old"}}, Request.of("GET", f"/?a={SAME}new"), "query parameter a"),
        ({"headers": {"X-A": f"{SAME}old"}}, Request.of("GET", "/", {"X-A": f"{SAME}new"}), "header X-A"),
        (
            {"form": {"a": f"EQUALS:{SAME}old"}},
            Request.of("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, f"a={SAME}new".encode()),
            "form field a",
        ),
        (
            {"files": {"f": {"text": f"{SAME}old"}}},
            Request.of(
                "POST",
                "/",
                {"Content-Type": "multipart/form-data; boundary=b"},
                b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'
                + f"{SAME}new\r\n--b--\r\n".encode(),
            ),
            "file f text",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_field_shows_where_its_text_differs(fields: dict[str, object], request_: Request, name: str) -> None:
    place = "(from character 281 of 303)"
    (found,) = RequestDescription(**fields).differences(request_)
    assert (str(found.where), text(found.expected), text(found.received)) == (
        name,
        f'..."{LAST}old" {place}',
        f'..."{LAST}new" {place}',
    )


@pytest.mark.parametrize("pattern", ["GLOB:*x?", "REGEXP:x+old", "STARTS:xy"])
def test_patterns_show_the_beginning(pattern: str) -> None:
    (found,) = RequestDescription(text=pattern).differences(Request.of("POST", "/", {}, f"{SAME}!new".encode()))
    assert str(found).endswith(f'received "{"x" * 100}"... (304 characters)')
