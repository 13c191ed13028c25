"""Credentials: what differs is told without the credentials."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwZXRlciJ9"


def difference(authorization: str | None, **fields: object) -> str:
    request = Request.of("GET", "/", {} if authorization is None else {"Authorization": authorization})
    description = RequestDescription(**fields)
    found = description.differences(request)
    assert description.matches(request) is (found == [])
    assert all(entry.is_credential for entry in found)
    return "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        (None, "expected a Bearer token, received no Authorization header"),
        ("", "expected a Bearer token, received an empty Authorization header"),
        (TOKEN, "expected a Bearer token, received a value without a scheme; 'Bearer ' is missing"),
        ("Basic dXNlcjpwYXNz", "expected a Bearer token, received the scheme Basic"),
        ("ntlm", "expected a Bearer token, received the scheme NTLM"),
        (f"{TOKEN} x", "expected a Bearer token, received a different scheme"),
        ("Bearer ", "expected a Bearer token, received the scheme Bearer without a token"),
        ("Bearer other", "expected the token given, received a different token (5 characters)"),
        (f"Bearer {TOKEN.lower()}", "a different token (41 characters); only letter case differs"),
        (f'Bearer "{TOKEN}"', "a different token (43 characters); only quotes differ"),
        (f"Bearer Bearer {TOKEN}", "a different token (48 characters); 'Bearer ' is sent twice"),
        (f"bearer  {TOKEN}", ""),
    ],
)
def test_bearer_token(authorization: str | None, found: str) -> None:
    assert difference(authorization, bearer_token=TOKEN).endswith(found)


@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        (None, "expected Basic credentials, received no Authorization header"),
        ("dXNlcjpwYXNz", "expected Basic credentials, received a value without a scheme; 'Basic ' is missing"),
        (f"Bearer {TOKEN}", "expected Basic credentials, received the scheme Bearer"),
        ("Basic !!!", "expected Basic credentials, received a malformed value: it is not base64 of user:password"),
        ("Basic dXNlcjpwYXNz", "expected the password given, received a different password"),
        ("Basic cGV0ZXI6d29yZA==", 'basic_auth: expected user "user", received user "peter"'),
        ("Basic dXNlcjp3b3Jk", ""),
    ],
)
def test_basic_auth(authorization: str | None, found: str) -> None:
    assert difference(authorization, basic_auth="user:word").endswith(found)


@pytest.mark.parametrize(
    ("expected", "authorization", "found"),
    [
        (f"Bearer {TOKEN}", None, "expected the value given, received nothing"),
        (f"Bearer {TOKEN}", "", "expected the value given, received an empty value"),
        (f"Bearer {TOKEN}", "Bearer ab", "the value given, received a different one (same scheme, 9 characters)"),
        (f"Bearer {TOKEN}", "Basic ab", "the value given, received a different one (the scheme Basic, 8 characters)"),
        (
            f"Bearer {TOKEN}",
            "Secret ab",
            "the value given, received a different one (a different scheme, 9 characters)",
        ),
        (
            f"Bearer {TOKEN}",
            TOKEN,
            "the value given, received a value without a scheme (41 characters); 'Bearer ' is missing",
        ),
        (
            "GLOB:Bearer a*",
            "Bearer b",
            "expected a value that matches, received a different one (the scheme Bearer, 8 ",
        ),
        (None, f"Bearer {TOKEN}", "expected nothing, received a value"),
    ],
)
def test_the_header(expected: str | None, authorization: str | None, found: str) -> None:
    line = difference(authorization, headers={"Authorization": expected})
    assert found in line
    assert TOKEN not in line


def test_several_headers() -> None:
    request = Request.of("GET", "/", [("Authorization", "Basic a"), ("Authorization", "Basic b")])
    (found,) = RequestDescription(headers={"authorization": "Basic c"}).differences(request)
    assert str(found) == "header authorization: expected the value given, received 2 values"
