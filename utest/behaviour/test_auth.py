"""Credentials: ``basic_auth``, ``bearer_token``, and the Authorization header, compared by meaning."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request


def basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


def request(value: str | None, name: str = "Authorization") -> Request:
    return Request.of("GET", "/", {} if value is None else {name: value})


def differences(sent: str | None, **fields: object) -> list[str]:
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request(sent))]
    assert description.matches(request(sent)) is (found == [])
    return found


@pytest.mark.parametrize(
    ("expected", "sent"),
    [
        ("user:secret", basic("user:secret")),
        ("user:secret", basic("user:secret").replace("Basic", "bAsIc")),
        (["user", "secret"], basic("user:secret")),
        (("user", "a:b"), basic("user:a:b")),
        ("user:a:b", basic("user:a:b")),
        ("user:", basic("user:")),
        (":secret", basic(":secret")),
        ("jürgen:geheim€", basic("jürgen:geheim€")),
        (["user", 1234], basic("user:1234")),
    ],
)
def test_basic_auth_fits(expected: object, sent: str) -> None:
    assert differences(sent, basic_auth=expected) == []


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        (None, 1),
        ("", 1),
        ("Bearer abc", 1),
        ("Basic !!!", 1),
        ("Basic", 1),
        (basic("other:secret"), 1),
        (basic("user:wrong"), 1),
        (basic("other:wrong"), 2),
    ],
)
def test_basic_auth_differs(sent: str | None, count: int) -> None:
    found = differences(sent, basic_auth="user:secret")
    assert len(found) == count
    assert all(line.startswith("basic_auth: ") for line in found)
    assert not {"secret", "wrong", "!!!", "abc"} & set(re.findall(r"[\w!]+", " ".join(found)))


@pytest.mark.parametrize("sent", ["Bearer abc.def", "bearer abc.def", "Bearer   abc.def"])
def test_bearer_token_fits(sent: str) -> None:
    assert differences(sent, bearer_token="abc.def") == []


@pytest.mark.parametrize("sent", [None, "", basic("a:b"), "Bearer", "Bearer other", "Bearer ABC.DEF", "abc.def"])
def test_bearer_token_differs(sent: str | None) -> None:
    (found,) = differences(sent, bearer_token="abc.def")
    assert found.startswith("bearer_token: ")
    assert not re.search(r"abc\.def|other$", found, re.IGNORECASE)


def test_secrets_are_not_in_the_description() -> None:
    description = str(RequestDescription(basic_auth="user:secret", bearer_token="abc.def"))
    assert description == "basic_auth=*** bearer_token=***"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"basic_auth": "hunter2"},
            "basic_auth: 'user:password' is needed, but there is no colon in the value given.",
        ),
        ({"basic_auth": ["a", "b", "c"]}, "basic_auth: 'user:password' or a list of two is needed."),
        ({"basic_auth": 5}, "basic_auth: 'user:password' or a list of two is needed."),
        ({"bearer_token": " "}, "bearer_token: the token is empty."),
    ],
)
def test_bad_credentials_are_refused_without_telling_them(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(**fields)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("expected", "sent", "matches"),
    [
        (basic("user:secret"), basic("user:secret").replace("Basic ", "basic  "), True),
        (basic("user:secret"), basic("user:other"), False),
        ("Bearer abc", "bearer abc", True),
        ("Bearer abc", "Bearer abd", False),
        ("Bearer abc", basic("a:c"), False),
        ('Digest username="u", realm="r"', 'digest realm="r",username=u', True),
        ('Digest username="u", realm="r"', 'digest realm="r",username=v', False),
        ("Basic !!!", "basic !!!", True),
        ("Basic !!!", "Basic ???", False),
        (basic("user:secret"), "Basic !!!", False),
        ("Token abc", "Token abc", True),
        ("GLOB:Bearer *", "Bearer abc", True),
        ("GLOB:bearer *", "Bearer abc", False),
    ],
)
def test_authorization_is_compared_by_scheme_and_parameters(expected: str, sent: str, matches: bool) -> None:
    for name in ("Authorization", "Proxy-Authorization"):
        description = RequestDescription(headers={name: expected})
        assert description.matches(request(sent, name.lower())) is matches


def test_a_broken_basic_value_is_not_a_missing_header() -> None:
    assert not RequestDescription(headers={"Authorization": None}).matches(request("Basic !!!"))


def test_a_token_with_its_scheme_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(bearer_token="Bearer abc")
    assert str(caught.value) == "bearer_token: a token has no spaces (RFC 6750, 2.1). Give it without 'Bearer'."
