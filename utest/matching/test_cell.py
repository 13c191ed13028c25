"""Text in a cell of Robot Framework: it comes out as it went in."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from robot.api.parsing import KeywordCall, get_model
from robot.variables import Variables  # type: ignore[import-untyped]

from HttpServerLibrary.engine.matching.cell import escape, positional

TEXTS = st.text(st.sampled_from("\\ ${}@&%#=|.\t\n\r\0ab\xa0\x85\u2028\u3000\U0001f600\ud800"), min_size=1, max_size=12)


def arguments(line: str) -> list[str]:
    """The arguments of a keyword call, as its keyword gets them."""
    model = get_model(f"*** Test Cases ***\nTest\n{line}\n", curdir="/where/the/file/is")
    (call,) = model.sections[0].body[0].body
    assert isinstance(call, KeywordCall)
    return [Variables().replace_string(argument) for argument in call.args]


@given(TEXTS | st.text(min_size=1))
@example(" a  b ")
@example("\\x41")
@example("# no comment")
@example("\\${CURDIR}${CURDIR}")
def test_text_comes_out_as_it_went_in(text: str) -> None:
    assert arguments(f"    Log    first    {escape(text)}    name={escape(text)}    last") == [
        *("first", text, f"name={text}", "last")
    ]
    assert arguments(f"    Log    {positional(text)}") == [text]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("status=404", "status\\=404"),
        ("a b=c", "a b=c"),
        ("${x}=1", "\\${x}=1"),
        ("\u2028\x01\U000e0001", "\\u2028\\x01\\U000e0001"),
    ],
)
def test_an_argument_without_a_name(text: str, cell: str) -> None:
    assert positional(text) == cell
