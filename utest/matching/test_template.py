"""Paths with placeholders."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.template import Template


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/{a}", "/1", ("1",)),
        ("/{a}", "/", None),
        ("/{a}", "/1/", None),
        ("/{a}/b/{c}", "/1/b/2", ("1", "2")),
        ("/{a}/b/{c}", "/1/x/2", None),
        ("/{a}.{b}", "/x.tar.gz", ("x.tar", "gz")),
        ("/{a}.{b}", "/.gz", None),
        ("/{a}.{b}", "/x.", None),
        ("/{a}.{b}/{c}", "/x/y.z", None),
        ("/{a}{b}", "/xyz", ("xy", "z")),
        ("/{a}{b}", "/x", None),
        ("/v{a}-{b}-{c}.txt", "/v1-2-3-4.txt", ("1-2", "3", "4")),
        ("/v{a}-{b}", "/v1-2/3", None),
        ("/x/{a}-{b}", "/y/1-2", None),
        ("{a}/{b}-{c}", "1/2-3", ("1", "2", "3")),
    ],
)
def test_values(template: str, path: str, values: tuple[str, ...] | None) -> None:
    assert Template(template).values(path) == values


@given(
    literals=st.lists(st.text("ab/", max_size=3), min_size=2, max_size=5), path=st.text("ab/", min_size=1, max_size=12)
)
def test_the_same_as_a_regular_expression(literals: list[str], path: str) -> None:
    template = Template("".join(f"{literal}{{{index}}}" for index, literal in enumerate(literals[:-1])) + literals[-1])
    match = re.fullmatch("([^/]+)".join(literals), path)
    assert template.values(path) == (None if match is None else match.groups())
    assert template.matches_with_empty(path) is (re.fullmatch("[^/]*".join(literals), path) is not None)
    assert template.matches_with_slashes(path) is (re.fullmatch(".+".join(literals), path) is not None)


def test_long_segments_take_no_long_time() -> None:
    """A regular expression would take days."""
    template = Template("/{a}x{b}x{c}x{d}y")
    assert template.values(f"/{'x' * 50_000}") is None
    assert not template.matches_with_empty(f"/{'x' * 50_000}")
    assert not template.matches_with_slashes(f"/{'x/' * 50_000}")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("/{ }", "path: a placeholder in \"/{ }\" has no name. For literal braces use 'EQUALS:/{ }'."),
        ("/{a}/{a}", 'path: the placeholder {a} appears twice in "/{a}/{a}".'),
    ],
)
def test_names(template: str, message: str) -> None:
    assert Template("/{a}/{b}{c}").names == ["a", "b", "c"]
    with pytest.raises(UsageError) as error:
        Template(template)
    assert str(error.value) == message
