"""Values that Robot Framework converts or rejects, given from plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


def test_a_file_given_as_text(library: HttpServerLibrary, tmp_path: Path) -> None:
    saved = library.save_received_requests(str(tmp_path / "new" / "requests.har"))  # type: ignore[arg-type]
    assert json.loads(Path(saved).read_text("ascii"))["log"]["entries"] == []


@pytest.mark.parametrize("name", ["respond_with_data", "respond_later", "send_event", "end_stream"])
def test_what_cannot_get_a_response(library: HttpServerLibrary, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        getattr(library, name)(to="/orders")
    assert str(caught.value) == "to: an expectation or a received request is needed, not str: '/orders'."


def test_what_cannot_be_removed(library: HttpServerLibrary) -> None:
    with pytest.raises(UsageError) as caught:
        library.remove_expectation("/orders")  # type: ignore[arg-type]
    assert str(caught.value) == "expectation: an expectation is needed, not str: '/orders'."


def test_a_value_that_contains_itself(library: HttpServerLibrary) -> None:
    item: dict[str, object] = {}
    item["item"] = item
    with pytest.raises(UsageError) as caught:
        library.serve_collection("/orders", [item])
    assert str(caught.value) == "A list or dictionary is nested too deeply, or contains itself."


def test_what_is_no_collection(library: HttpServerLibrary) -> None:
    with pytest.raises(UsageError) as caught:
        library.get_collection_items("/orders")  # type: ignore[arg-type]
    assert str(caught.value) == "collection: a collection is needed, not str: '/orders'."


@pytest.mark.parametrize("server", [None, "stopped"])
def test_nothing_is_served_by_a_server_that_is_stopped(tmp_path: Path, server: str | None) -> None:
    library = HttpServerLibrary()
    library.start_http_server(alias="stopped")
    library.stop_all_http_servers()
    for serve in (
        lambda: library.serve_directory("/a", tmp_path, server=server),
        lambda: library.serve_app("/a", print, server=server),
        lambda: library.serve_collection("/a", server=server),
    ):
        with pytest.raises(UsageError, match="is stopped"):
            serve()


def test_what_is_served_is_not_what_responds(library: HttpServerLibrary, tmp_path: Path) -> None:
    expectation = library.expect_request("/orders")
    served = library.serve_directory("/app", tmp_path)
    library.respond_with_data("late")
    assert expectation.responder is not None
    assert expectation.responder.fixed is not None
    assert served.responder is not None
    assert served.responder.fixed is None
