"""What a description would say instead; for whole lines see explaining/test_paste.py."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request

JSON = {"Content-Type": "application/json"}
CSV = {"Content-Type": "text/csv"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz"}


def upload(*files: tuple[str, str, str]) -> bytes:
    """Files of a field named report: file name, type and content."""
    parts = (
        f'--xyz\r\nContent-Disposition: form-data; name="report"; filename="{name}"\r\n'
        f"Content-Type: {type_}\r\n\r\n{content}\r\n"
        for name, type_, content in files
    )
    return f"{''.join(parts)}--xyz--\r\n".encode()


def suggestion(request: Request, field: str, value: object) -> object:
    found = RequestDescription(**{field: value}).suggestion(request)
    if found is None:
        return None
    assert RequestDescription(**found).matches(request), "the line works"
    return found[field]


@pytest.mark.parametrize(
    ("headers", "expected", "suggested"),
    [
        ({"X-ApiKey": "1"}, {"X-Api-Key": "1"}, {"X-ApiKey": "1"}),
        ({"X-ApiKey": "2"}, {"X-Api-Key": "1"}, {"X-ApiKey": "2"}),
        ({"X-ApiKey": "12"}, {"X-Api-Key": "GLOB:1*"}, {"X-ApiKey": "GLOB:1*"}),
        # This name has an expectation of its own, or is nothing to be renamed.
        ({"X-ApiKey": "1"}, {"X-Api-Key": "1", "X-ApiKey": "1"}, {"X-Api-Key": None, "X-ApiKey": "1"}),
        ({"X-ApiKey": "1"}, {"X-Api-Key": None, "X": "1"}, {"X-Api-Key": None, "X": None}),
    ],
)
def test_a_misspelt_name(headers: dict[str, str], expected: dict[str, object], suggested: dict[str, object]) -> None:
    assert suggestion(Request.of("GET", "/", headers), "headers", expected) == suggested


@pytest.mark.parametrize(
    ("field", "value"), [("form", {"user": "ann"}), ("files", {"report": "a.csv"}), ("files", {"report": ["a.csv"]})]
)
@pytest.mark.parametrize(
    "request_",
    [
        Request.of("POST", "/", JSON, b'{"user": "ann"}'),
        Request.of("POST", "/", CSV, b"a,b"),
        Request.of("POST", "/", {"Content-Type": "multipart/form-data"}, upload(("a.csv", "text/csv", "a"))),
    ],
    ids=lambda request: str(request.content_type),
)
def test_nothing_for_a_body_that_is_not_a_form(request_: Request, field: str, value: object) -> None:
    assert suggestion(request_, field, value) is None


@pytest.mark.parametrize("value", [{"user": None}, {"report": None}])
def test_what_must_be_absent_is_absent_in_a_body_that_is_not_a_form(value: dict[str, object]) -> None:
    field = "form" if "user" in value else "files"
    assert suggestion(Request.of("POST", "/", CSV, b"a,b"), field, value) == value


@pytest.mark.parametrize(
    ("files", "expected", "suggested"),
    [
        (
            [("b.csv", "text/csv", "x;y")],
            {"filename": "GLOB:*.csv", "content_type": "text/plain", "text": "x,y"},
            {"filename": "GLOB:*.csv", "content_type": "text/csv", "text": "x;y"},
        ),
        ([("b.csv", "text/csv", "x")], {"filename": "a.csv"}, "b.csv"),
        (
            [("b.csv", "text/csv", "x"), ("c.csv", "a/b", "y")],
            {"text": "z", "content_type": "a/b"},
            {"text": "y", "content_type": "a/b"},
        ),
        ([("b.csv", "text/csv", "x" * 501)], {"filename": "b.csv", "text": "x"}, None),
        ([("b.csv", "text/csv", "x")], {"filename": "b.csv", "data": "y"}, None),
        ([("b.csv", "text/csv", "x"), ("c.csv", "text/csv", "x")], ["a.csv", "b.csv"], ["b.csv", "c.csv"]),
        ([("b.csv", "text/csv", "x")], [{"filename": "a.csv", "text": "x"}], None),
    ],
    ids=["parts", "name", "nearest", "long", "bytes", "list", "list of parts"],
)
def test_a_file(files: list[tuple[str, str, str]], expected: object, suggested: object) -> None:
    request = Request.of("POST", "/", MULTIPART, upload(*files))
    found = suggestion(request, "files", {"report": expected})
    assert found == (None if suggested is None else {"report": suggested})


def test_a_missing_cookie_is_a_missing_credential() -> None:
    description = RequestDescription(cookies={"session": "1"})
    [missing] = description.differences(Request.of("GET", "/"))
    [other] = description.differences(Request.of("GET", "/", {"Cookie": "session=2"}))
    assert (missing.is_credential, other.is_credential) == (True, False)
