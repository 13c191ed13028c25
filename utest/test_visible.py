"""Text that is made harmless: what could break a file, a terminal or the reader's view of it is escaped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import ExpectationFailed, UsageError
from HttpServerLibrary.engine.message.response import json_response, text_response
from HttpServerLibrary.engine.visible import harmless, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\ud83d", r"\ud83d"),
        ("\x1b[31m", r"\u001b[31m"),
        ("\0\r\x0b\x7f\x9b", r"\u0000\u000d\u000b\u007f\u009b"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\ufeff\ufffe\uffff", r"\ufeff\ufffe\uffff"),
        # No harm: lines and columns, spaces of other languages, and what joins the parts of an emoji.
        ("a\n\tb", "a\n\tb"),
        ("non\u00a0reçue\u3000本 👩\u200d💻 \ufffd", "non\u00a0reçue\u3000本 👩\u200d💻 \ufffd"),
    ],
)
def test_harmless_text(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text())
def test_what_is_visible_is_harmless(text: str) -> None:
    assert harmless(visible(text, 1000)) == visible(text, 1000)


@given(st.text(st.characters(codec=None, categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "L"])))
def test_harmless_text_can_be_written_and_stays_valid_json(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)
    harmless(text).encode()
    value = {text: [text]}
    assert json.loads(harmless(json.dumps(value, ensure_ascii=False))) == value


@pytest.mark.parametrize("kind", [UsageError, ExpectationFailed])
def test_failures_are_harmless(kind: type[Exception]) -> None:
    assert str(kind("\x1b\ud83d\nä")) == "\\u001b\\ud83d\nä"


def test_answers_for_people_and_programs_are_harmless() -> None:
    assert text_response(500, "\x1b\ud83d\nä").body == "\\u001b\\ud83d\nä".encode()
    body = json_response(500, {"\x9b": "\ud83d\u202e\nä"}).body
    assert isinstance(body, bytes)
    assert b"\\u009b" in body
    assert json.loads(body) == {"\x9b": "\ud83d\u202e\nä"}
