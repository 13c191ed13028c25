"""Whatever stands in a file: it is loaded, left out, or listed with its place; nothing else happens."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.formats.loading.documents import Document
from HttpServerLibrary.engine.formats.loading.har import load_har
from HttpServerLibrary.engine.formats.loading.loaded import Loader
from HttpServerLibrary.engine.formats.loading.postman import load_postman
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.formats.loading.conftest import surroundings
from utest.helpers import responses_to

RECORDED = Path(__file__).parents[3] / "atest" / "resources" / "recorded"
ODD: list[Any] = [None, True, 0, -1, 10**30, 1e400, [], {}, [None], {"a": 1}]
ODD += ["", "x", "\0", "\ud800", "ä", "a\r\nb", "***", "{{a}}", "{{", "}}", ":a", "/", "//", "?", "%zz", "%ff"]
ODD += ["http://", "http://[::1", "https://a/%zz", "<any>", "<regexp:(>", "GLOB:[", "REGEXP:(", "GET /", "999", "1.5"]


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The steps to each value that is not near the root."""
    if len(before) > 2:
        yield before
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in members:
        yield from places(entry, (*before, name))


def read(name: str) -> tuple[Any, list[tuple[Any, ...]]]:
    value = json.loads((RECORDED / name).read_text(encoding="utf-8"))
    return value, [*places(value)]


HAR, COLLECTION = read("chrome.har"), read("shop.postman_collection.json")


@pytest.mark.parametrize(("load", "file"), [(load_har, HAR), (load_postman, COLLECTION)], ids=["har", "postman"])
@settings(max_examples=50)
@given(data=st.data())
def test_an_odd_value_anywhere(load: Loader, file: tuple[Any, list[tuple[Any, ...]]], data: st.DataObject) -> None:
    original, steps = file
    value = copy.deepcopy(original)
    *parents, name = data.draw(st.sampled_from(steps))
    place = value
    for step in parents:
        place = place[step]
    place[name] = data.draw(st.sampled_from(ODD))
    server = HttpServer()
    loaded = load([Document(Path("file.json"), "file.json", value)], surroundings(server))
    assert all(str(place).startswith("file.json, $.") for place, _ in loaded.unsupported)
    server.book.register_all(loaded.drafts)
    kind = {"Content-Type": "application/json", "x-mock-match-request-body": "true"}
    for target in ("/", "/api/orders?page=1", "/orders/7", "/login"):
        answers = responses_to(server, Request.of("GET", target), Request.of("POST", target, kind, b'{"user": "ann"}'))
        assert len(answers) == 2
    assert all("HANDLER" not in str(exchange.problem) for exchange in server.journal.exchanges())
