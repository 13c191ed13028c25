"""Secrets that Robot Framework has put into a text, where their value is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.keywords.secret import Secret
from utest.helpers import needs_secrets

pytestmark = needs_secrets

LOST = "Robot Framework writes '<secret>' for a Secret inside a text, as in "
WHOLE = "Make the whole text a Secret: VAR    ${text: Secret}    key=${TOKEN}"


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary(auto_check="OFF")
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "basic_auth",
            "shop:<secret>",
            f"basic_auth: {LOST}\"shop:<secret>\". Give a list: basic_auth=${{{{['user', $TOKEN]}}}}",
        ),
        (
            "headers",
            "X-Token: <secret>",
            f'headers: {LOST}"X-Token: <secret>". Give a dictionary: VAR    &{{headers}}    name=${{TOKEN}}',
        ),
        ("headers", {"X-Token": "key=<secret>"}, f'headers: {LOST}"key=<secret>". {WHOLE}'),
        ("data", "key=<secret>", f'data: {LOST}"key=<secret>". {WHOLE}'),
        ("path", "/a/<secret>", f'path: {LOST}"/a/<secret>". A path cannot have a Secret.'),
    ],
)
def test_a_request_description(library: HttpServerLibrary, name: str, given: object, message: str) -> None:
    arguments: dict[str, Any] = {name: given}
    with pytest.raises(UsageError) as caught:
        library.expect_request(**arguments)
    assert str(caught.value) == message
    assert "(used 0)" not in library.format_matchers()


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        *(
            ({name: text}, "dictionary")
            for name, text in (
                ("query", "token=<secret>"),
                ("query_subset", '{"token": "<secret>"}'),
                ("headers", "Authorization: Token <secret>"),
                ("cookies", "session=<secret>"),
                ("form", "client_secret=<secret>"),
                ("files", '{"photo": "<secret>.png"}'),
                ("json_path", '{"$.token": "<secret>"}'),
                ("xpath", '{"//token": "<secret>"}'),
                ("state", "token=<secret>"),
            )
        ),
        *(
            ({name: text}, "whole")
            for name, text in (
                ("bearer_token", "Bearer <secret>"),
                ("headers", {"Authorization": ["Token <secret>"]}),
                ("text", "GLOB:*<secret>*"),
                ("json", '{"token": "<secret>"}'),
                ("json", {"token": {"of": ["me", "key=Secret(value=<secret>)"]}}),
                ("json_subset", ["<secret>"]),
                ("xml", "<token><secret></token>"),
            )
        ),
    ],
)
def test_every_field_of_a_description(library: HttpServerLibrary, fields: dict[str, Any], advice: str) -> None:
    name = next(iter(fields))
    with pytest.raises(UsageError, match=rf"^{name}: {LOST}.*{advice}") as caught:
        library.expect_request("/", **fields)
    assert advice == "whole" or f"&{{{name}}}" in str(caught.value)


def test_every_response(library: HttpServerLibrary) -> None:
    before = library.expect_request("/")
    for name, keyword, arguments in (
        ("data", library.respond_with_data, ("key=<secret>",)),
        ("data", library.respond_with_raw, ("key=<secret>",)),
        ("body", library.respond_with_json, ({"key": "<secret>"},)),
        ("events", library.respond_with_events, (["key=<secret>"],)),
        ("chunks", library.respond_with_chunks, (["key=<secret>"],)),
        ("data", library.send_event, ("key=<secret>",)),
        ("data", library.send_chunk, ("key=<secret>",)),
        ("url", library.send_request_after_response, ("POST", "http://localhost/<secret>")),
        ("upstream", library.respond_by_forwarding, ("http://a:<secret>@localhost",)),
        ("headers", library.set_default_headers, ("X-Key: <secret>",)),
        ("items", library.serve_collection, ("/keys", [{"key": "<secret>"}])),
        ("value", library.set_state, ("key", "<secret>")),
        ("requests", library.requests_should_have_been_received_in_order, ([{"text": "<secret>"}],)),
    ):
        with pytest.raises(UsageError, match=rf"^{name}: {LOST}"):
            keyword(*arguments)
    for name in ("text", "json", "headers"):
        fields: dict[str, Any] = {name: "<secret>"}
        with pytest.raises(UsageError, match=rf"^{name}: {LOST}"):
            library.set_unexpected_response(**fields)
    for name in ("headers", "set_state"):
        fields = {name: "key: key=<secret>"}
        with pytest.raises(UsageError, match=rf"^{name}: {LOST}"):
            library.respond_with_data("", **fields)
    assert before.responder is None


@pytest.mark.parametrize("given", [b"<secret>", "<a><secret>x</secret></a>", "<SECRET>", "secret"])
def test_what_is_no_lost_secret(library: HttpServerLibrary, given: str | bytes) -> None:
    library.expect_request("/", data=given)
    library.respond_with_data(given)


def test_a_secret_that_is_this_text(library: HttpServerLibrary) -> None:
    library.expect_request("/", data=Secret("<secret>"))
    library.respond_with_data(Secret("<secret>"))
