"""What is suggested for a JSON body matches that body, whatever was expected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.suggestion import AsJson
from HttpServerLibrary.engine.message.request import Request

PLACEHOLDERS = ["<any>", "<any-string>", "<any-number>", "<any-boolean>", "<regexp:a+>"]
PLAIN = st.sampled_from([None, True, False, 0, 1, 1.0, "", "a", "aa", "\\a", "\ud800"])
NAMES = st.sampled_from(["a", "b", "<any>"])


def values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner), max_leaves=9)


EXPECTED = values(PLAIN | st.sampled_from(PLACEHOLDERS))
RECEIVED = values(PLAIN | st.sampled_from([*PLACEHOLDERS, "<any thing>", "\\<any>", "<regexp:(>"]))


@given(
    expected=EXPECTED, received=RECEIVED, name=st.sampled_from(["json", "json_subset"]), json_ignore_order=st.booleans()
)
def test_it_fits(expected: Any, received: Any, name: str, json_ignore_order: bool) -> None:
    described = {name: json.dumps(expected)}
    request = Request.of("POST", "/", {}, json.dumps(received).encode())
    suggestion = RequestDescription(json_ignore_order=json_ignore_order, **described).suggestion(request)
    if suggestion is None:
        assert name == "json_subset", "the whole body can always be expected"
        return
    value = suggestion[name]
    assert isinstance(value, AsJson)
    fields = {name: json.dumps(value.value)}
    assert RequestDescription(json_ignore_order=json_ignore_order, **fields).matches(request)


@pytest.mark.parametrize("json_ignore_order", [True, False])
def test_what_fits_is_suggested_as_it_was_written(json_ignore_order: bool) -> None:
    written = {"id": "<any-number>", "tags": ["<regexp:a+>", {"at": "<any>"}], "text": "\\<any>", "none": None}
    received = {"id": 1, "tags": ["aa", {"at": 2}], "text": "<any>", "none": None}
    request = Request.of("POST", "/", {}, json.dumps(received).encode())
    suggestion = RequestDescription(json=written, json_ignore_order=json_ignore_order).suggestion(request)
    assert suggestion is not None
    assert suggestion["json"] == AsJson(written)


@pytest.mark.parametrize(("size", "suggested"), [(1000, {"json_subset": AsJson({"id": 2})}), (300_000, None)])
def test_nothing_is_suggested_for_a_large_body(size: int, suggested: object) -> None:
    request = Request.of("POST", "/", {}, json.dumps({"id": 2, "rest": "x" * size}).encode())
    assert RequestDescription(json_subset={"id": 1}).suggestion(request) == suggested
