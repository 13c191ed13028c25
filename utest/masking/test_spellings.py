"""Texts without their escapes, and where their characters come from."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.masking.spellings import ascii_only, levels, without_part


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("nothing", "nothing"),
        ("a%2Fb%2fc", "a/b/c"),
        ("a%252Fb", "a/b"),
        ("%u00e4", "ä"),
        (r"\/ \" \' \- \ \\a", "/ \" ' -  \a"),
        (r"\\\\\"", '"'),
        (r"a\tb\x41\u0042\U00000043\104", "a\tbABCD"),
        (r"\ud83d\ude00", "😀"),
        ("&#47;&#x2f;&#X2F;&amp;&auml;&nothing;", "///&ä&nothing;"),
        ("&#9999999; &#xFFFFFF;", "&#9999999; &#xFFFFFF;"),
        ("Ã¤ â\u201a¬ â\x82¬", "ä € €"),
        ("%C3%A4", "ä"),
        ("â\u201ax", "â\u201ax"),
        ("a+b\0c\r\nd", "a bc\nd"),
    ],
)
def test_the_last_level_has_no_escapes(text: str, plain: str) -> None:
    assert [*levels(text)][-1].text == plain


def test_each_level_leads_back_to_the_text() -> None:
    text = "x" + json.dumps(quote('a/"b')) + "y"
    level = [*levels(text)][-1]
    at = level.text.index('a/"b')
    assert text[level.start(at) : level.end(at + 4)] == "a/%22b"
    assert (level.start(0), level.end(len(level.text))) == (0, len(text))


def test_what_stands_for_nothing_belongs_to_no_character() -> None:
    level = [*levels("a\r\n\0b")][-1]
    assert level.text == "a\nb"
    assert [(level.start(at), level.end(at + 1)) for at in range(3)] == [(0, 1), (2, 3), (4, 5)]


def test_only_some_characters_are_unescaped() -> None:
    level = next(levels("%61%26%62")).next({"a", "b"})
    assert level is not None
    assert level.text == "a%26b"
    assert next(levels("%26")).next({"a"}) is None


@given(st.text(alphabet="a%2f5\\u0e4&#x;Ã¤+\0\r\n\ud83d\ude00", max_size=30))
def test_positions_stay_in_order(text: str) -> None:
    for level in levels(text):
        starts = [level.start(at) for at in range(len(level.text) + 1)]
        ends = [level.end(at) for at in range(len(level.text) + 1)]
        assert starts == sorted(starts)
        assert ends == sorted(ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(starts[:-1], ends[1:], strict=True))


def test_a_text_ends_with_part_of_a_character() -> None:
    for part in (
        "%",
        "%2",
        "\\",
        "\\u",
        "\\u00e",
        "\\x4",
        "&",
        "&#",
        "&#x2",
        "&am",
        "\xc3",
        "\xe2\x82",
        "\ud83d",
        "\ufffd",
    ):
        assert without_part(f"text{part}") == "text"
    assert without_part("text") == "text"


def test_what_is_not_ascii_is_lost() -> None:
    assert ascii_only("aäb€") == "a\ufffdb\ufffd"
