"""The keyword that loads expectations, from plain Python."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import ExpectationFailed, UsageError
from HttpServerLibrary.keywords.secret import Secret
from utest.helpers import assert_fits_a_log, needs_secrets

Logged = list[tuple[str, str]]

PLAIN = "a plain path such as /app is needed, without placeholders, spaces or a query"


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Logged:
    """What is written to the log: levels and texts."""
    lines: Logged = []

    def write(text: str, level: str, html: bool) -> None:
        lines.append((level, text))

    monkeypatch.setattr("robot.api.logger.write", write)
    return lines


def entry(path: str, text: str = "loaded", **request: Any) -> dict[str, Any]:
    sent = {"method": "GET", "url": f"https://shop.example{path}", **request}
    return {"request": sent, "response": {"status": 200, "content": {"text": text, "mimeType": "text/plain"}}}


@pytest.fixture
def orders(tmp_path: Path) -> str:
    return write(tmp_path / "orders.har", entry("/orders"), entry("/orders/7"))


def write(file: Path, *entries: Any) -> str:
    file.write_text(json.dumps({"log": {"entries": [*entries]}}))
    return str(file)


def load(library: HttpServerLibrary, path: object, **arguments: Any) -> list[Any]:
    """From Python, text is accepted for paths and enums."""
    return library.load_expectations(path, **arguments)  # type: ignore[arg-type]


def get(library: HttpServerLibrary, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(library.get_http_server_url(path), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def failure(library: HttpServerLibrary, path: object, **arguments: Any) -> str:
    with pytest.raises(UsageError) as caught:
        load(library, path, **arguments)
    assert library.format_matchers().count("permanent") == 0
    return str(caught.value)


def test_what_is_loaded_answers(library: HttpServerLibrary, orders: str, logged: Logged) -> None:
    loaded = load(library, orders, format="h a_r", unsupported="warn", base_path="v1")
    assert [expectation.kind for expectation in loaded] == ["permanent", "permanent"]
    assert get(library, "/v1/orders") == (200, "loaded")
    assert logged[0] == ("INFO", f"Loaded 2 expectations from {orders}.")
    assert library.format_matchers().endswith(
        """Permanent:
  GET /v1/orders query={} (used 1, from orders.har, $.log.entries[0])
  GET /v1/orders/7 query={} (used 0, from orders.har, $.log.entries[1])"""
    )


def test_written_expectations_come_first_whenever_they_are_registered(library: HttpServerLibrary, orders: str) -> None:
    library.expect_request("/orders")
    library.respond_with_data("before")
    load(library, orders)
    library.expect_request("/orders/7")
    library.respond_with_data("after")
    assert [get(library, path)[1] for path in ("/orders", "/orders/7")] == ["before", "after"]
    shown = [line.split()[0:2] for line in library.format_matchers().split("Permanent:\n")[1].split("\n")]
    assert shown == [["/orders", "(used"], ["/orders/7", "(used"], ["GET", "/orders"], ["GET", "/orders/7"]]


def test_the_first_file_that_is_loaded_comes_first(library: HttpServerLibrary, orders: str, tmp_path: Path) -> None:
    load(library, orders)
    load(library, write(tmp_path / "later.har", entry("/orders", "later"), entry("/new", "later")))
    assert [get(library, path)[1] for path in ("/orders", "/new")] == ["loaded", "later"]


def test_a_loaded_expectation_can_be_given_another_response_and_be_removed(
    library: HttpServerLibrary, orders: str
) -> None:
    first, second = load(library, orders)
    library.respond_with_data("changed", to=first)
    library.remove_expectation(second)
    assert get(library, "/orders") == (200, "changed")
    assert get(library, "/orders/7")[0] == 500
    library.clear_expectations()
    assert get(library, "/orders")[0] == 500


def test_none_of_them_is_demanded(library: HttpServerLibrary, orders: str) -> None:
    load(library, orders)
    library.expectations_should_be_met()
    library.wait_until_expectations_are_met(timeout=0.01)
    library.request_should_not_be_received("/orders")


def test_explanations_name_the_file(library: HttpServerLibrary, orders: str) -> None:
    load(library, orders)
    assert "(from orders.har, $.log.entries[0])" in get(library, "/orders?page=2")[1]
    with pytest.raises(ExpectationFailed, match=r"\(from orders\.har, \$\.log\.entries\[0\]\)"):
        library.check_assertions()


def test_an_expectation_of_a_file_selects_requests(library: HttpServerLibrary, orders: str) -> None:
    first, second = load(library, orders)
    get(library, "/orders")
    assert str(library.get_received_request(first)) == "GET /orders"
    assert library.get_received_requests(second) == []


def test_notes_are_in_the_log(library: HttpServerLibrary, tmp_path: Path, logged: Logged) -> None:
    file = write(tmp_path / "a.har", entry("/a"), entry("", url="data:,"))
    load(library, file)
    assert logged[0] == (
        "INFO",
        f"Loaded 1 expectation from {file}.\na.har: 1 entry for a protocol other than HTTP, left out.",
    )


def test_a_file_without_anything_is_a_warning(library: HttpServerLibrary, tmp_path: Path, logged: Logged) -> None:
    file = write(tmp_path / "a.har")
    assert load(library, file) == []
    assert logged[0] == ("WARN", f"Loaded 0 expectations from {file}.\na.har has no entries.")


def test_what_cannot_be_loaded_fails(library: HttpServerLibrary, tmp_path: Path, logged: Logged) -> None:
    file = write(tmp_path / "a.har", entry("/a"), 7)
    assert failure(library, file) == (
        f"1 thing in {file} cannot be loaded. To load the rest, use unsupported=WARN.\n"
        "    a.har, $.log.entries[1]: an entry is needed, not the number 7"
    )
    assert logged == []


def test_what_cannot_be_loaded_may_be_a_warning(library: HttpServerLibrary, tmp_path: Path, logged: Logged) -> None:
    file = write(tmp_path / "a.har", entry("/a"), 7)
    assert len(load(library, file, unsupported="WARN")) == 1
    assert logged == [
        (
            "WARN",
            f"1 thing in {file} cannot be loaded:\n    a.har, $.log.entries[1]: an entry is needed, not the number 7",
        ),
        ("INFO", f"Loaded 1 expectation from {file}."),
    ]


def test_many_things_fit_a_message_and_are_all_in_the_log(
    library: HttpServerLibrary, tmp_path: Path, logged: Logged
) -> None:
    file = write(tmp_path / "a.har", *range(100))
    message = failure(library, file)
    assert_fits_a_log(message)
    assert message.startswith(
        f"100 things in {file} cannot be loaded. To load the rest, use unsupported=WARN.\n    a.har"
    )
    assert message.endswith(" more lines")
    ((level, text),) = logged
    assert level == "INFO"
    assert text.endswith("    a.har, $.log.entries[99]: an entry is needed, not the number 99")


@needs_secrets
def test_secrets_are_masked_in_what_is_said(library: HttpServerLibrary, tmp_path: Path, logged: Logged) -> None:
    secret = Secret("s3cr3t-token")
    # Given to any keyword, it is a secret from then on.
    library.expect_request("/secret", bearer_token=secret)
    library.clear_expectations()
    file = write(tmp_path / "s3cr3t-token.har", entry("/a"), "s3cr3t-token", entry("", url="data:,"))
    assert "s3cr3t" not in failure(library, file)
    load(library, file, unsupported="WARN")
    assert len(logged) == 2
    assert "s3cr3t" not in str(logged)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"format": "HTTP"}, "format: AUTO, WIREMOCK, MOCKOON, HAR or POSTMAN is needed, not 'HTTP'."),
        ({"unsupported": "IGNORE"}, "unsupported: FAIL or WARN is needed, not 'IGNORE'."),
        ({"base_path": "/a?b"}, f"base_path: {PLAIN}, not '/a?b'."),
        ({"base_path": "/{a}"}, f"base_path: {PLAIN}, not '/{{a}}'."),
        ({"base_path": "http://a"}, f"base_path: {PLAIN}, not 'http://a'."),
        ({"base_path": 7}, f"base_path: {PLAIN}, not 7."),
        ({"server": "nobody"}, "There is no server 'nobody'. Known servers: 'http-1'."),
    ],
)
def test_bad_arguments(library: HttpServerLibrary, orders: str, arguments: dict[str, Any], reason: str) -> None:
    assert failure(library, orders, **arguments) == reason


@pytest.mark.parametrize("path", ["", None, 7])
def test_what_is_no_path(library: HttpServerLibrary, path: object) -> None:
    assert failure(library, path) == f"path: the path of a file or directory is needed, not {path!r}."


@pytest.mark.parametrize("base_path", [None, "", "/", "//"])
def test_an_empty_base_path(library: HttpServerLibrary, orders: str, base_path: str | None) -> None:
    load(library, orders, base_path=base_path)
    assert get(library, "/orders") == (200, "loaded")


def test_a_stopped_server(library: HttpServerLibrary, orders: str) -> None:
    library.stop_http_server()
    assert "stopped" in failure(library, orders)


def test_without_a_server(orders: str) -> None:
    with pytest.raises(UsageError, match="There is no HTTP server"):
        load(HttpServerLibrary(), orders)
