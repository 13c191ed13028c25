"""Text that is made for patterns, formats and lengths."""

from __future__ import annotations

import importlib.util
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.contract.text_values import text_for
from HttpServerLibrary.engine.matching import regexp


@pytest.mark.parametrize(
    ("pattern", "format_", "least", "most", "text"),
    [
        (None, None, 0, None, "string"),
        (None, None, 0, 3, "str"),
        (None, None, 8, None, "stringst"),
        (None, None, 0, 0, ""),
        (None, "date", 0, None, "2024-01-01"),
        (None, "date-time", 0, None, "2024-01-01T00:00:00Z"),
        (None, "uuid", 0, None, "00000000-0000-4000-8000-000000000000"),
        (None, "email", 0, None, "user@example.com"),
        (None, "unknown", 0, None, "string"),
        (None, "byte", 0, None, "dGV4dA=="),
        ("^[a-z]{3}$", None, 0, None, "aaa"),
        ("^[a-z]+$", None, 5, None, "aaaaa"),
        ("^[a-z]*$", None, 0, None, ""),
        ("x", None, 4, None, "xaaa"),
        ("^(cat|dog)$", None, 0, None, "cat"),
        (r"^\d{2}-\w\s[^a]$", None, 0, None, "00-a 0"),
        (r"^(a)\1(?:b)?$", None, 0, None, "aa"),
        (r"^[^0-9]\D\W\S$", None, 0, None, "aa-a"),
        (r"^[\d]$", None, 0, None, "0"),
        (r"^.[^\n]$", None, 0, None, "aa"),
        (r"^(?=a)a(?!b)$", None, 0, None, "a"),
        (r"^(?>a)b++$", None, 0, None, "ab"),
        # Not feasible
        ("^a$", None, 3, None, "string"),
        ("^a{9}$", None, 0, 3, "str"),
        ("^(?=b)a$", "date", 0, None, "2024-01-01"),
        ("(", None, 0, None, "string"),
        ("^[^\x00-\x7f]$", None, 0, None, "string"),
        ("^a{1000000}$", None, 0, None, "string"),
        (r"^(a)(?(1)b|c)$", None, 0, None, "string"),
    ],
)
def test_text(pattern: str | None, format_: str | None, least: int, most: int | None, text: str) -> None:
    if pattern is not None and "?>" in pattern:
        try:
            re.compile(pattern)
        except re.error:
            pytest.skip("Python 3.10 does not have atomic groups")
    assert text_for(pattern, format_, least, most) == text


# Patterns for which text is always found.
SETS = st.sampled_from(["a", "[a-z]", "[^a-z]", r"\d", r"\w", ".", r"[A-Z\d]", "é", r"\.", "[-_]"])
REPEATS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}", "*?"])
PIECES = st.builds("{}{}".format, SETS, REPEATS)


@given(st.lists(PIECES, min_size=1, max_size=5), st.integers(0, 4))
def test_text_fits_its_pattern(pieces: list[str], least: int) -> None:
    pattern = f"^({''.join(pieces)}|x)(?:[a-z]*)$"
    text = text_for(pattern, None, least, None)
    assert re.search(pattern, text)
    assert len(text) >= least


@pytest.mark.skipif(importlib.util.find_spec("regex") is None, reason="only the extra has a time limit")
def test_a_pattern_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexp, "MAX_SECONDS", 0.01)
    assert text_for("^(a|a)*(?!$)$", None, 60, 70) == "string" * 10


@given(st.integers(0, 300), st.integers(0, 300))
def test_text_has_its_length(least: int, more: int) -> None:
    assert least <= len(text_for(None, None, least, least + more)) <= least + more
