"""Credentials that an operation needs."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.message.request import Request
from utest.contract.documents import MakeOperation, in_request

SCHEMES = """
components:
  securitySchemes:
    header: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: key}
    cookie: {type: apiKey, in: cookie, name: session}
    basic: {type: http, scheme: basic}
    bearer: {type: http, scheme: bearer}
    oauth: {type: oauth2}
    open: {type: openIdConnect}
    tls: {type: mutualTLS}
    wrong: {type: apiKey, in: body, name: x}
"""
HEADER = "security: expected the header X-Key, received nothing"
BEARER = 'security: expected the header "Authorization: Bearer ...", received'


@pytest.mark.parametrize(
    ("security", "target", "headers", "wrong"),
    [
        ("[]", "/orders", {}, []),
        ("[{header: []}]", "/orders", {"x-key": "1"}, []),
        ("[{header: []}]", "/orders", {}, [HEADER]),
        ("[{header: []}]", "/orders", {"X-Key": ""}, [HEADER]),
        ("[{header: []}, {}]", "/orders", {}, []),
        ("[{query: []}]", "/orders?key=1", {}, []),
        ("[{query: []}]", "/orders?key=", {}, ["security: expected the query parameter key, received nothing"]),
        ("[{cookie: []}]", "/orders", {"Cookie": "session=1"}, []),
        ("[{cookie: []}]", "/orders", {}, ["security: expected the cookie session, received nothing"]),
        ("[{basic: []}]", "/orders", {"Authorization": "basic dTpw"}, []),
        ("[{bearer: []}]", "/orders", {"Authorization": "Bearer x"}, []),
        ("[{bearer: []}]", "/orders", {"Authorization": "Basic x"}, [f'{BEARER} "Authorization: Basic ..."']),
        (
            "[{bearer: []}]",
            "/orders",
            {"Authorization": "x"},
            [f"{BEARER} an Authorization without a scheme or credentials"],
        ),
        (
            "[{bearer: []}]",
            "/orders",
            {"Authorization": "Bearer "},
            [f"{BEARER} an Authorization without a scheme or credentials"],
        ),
        ("[{oauth: [read]}]", "/orders", {}, [f"{BEARER} nothing"]),
        ("[{open: []}]", "/orders", {"Authorization": "Bearer x"}, []),
        ("[{header: []}, {query: []}]", "/orders?key=1", {}, []),
        (
            "[{header: [], query: []}, {cookie: []}]",
            "/orders?key=1",
            {},
            ["security: expected the header X-Key and the query parameter key or the cookie session, received nothing"],
        ),
        ("[{oauth: []}, {bearer: []}]", "/orders", {}, [f"{BEARER} nothing"]),
        ("[{tls: []}]", "/orders", {}, []),
        ("[{wrong: []}]", "/orders", {}, []),
        ("[{unknown: []}]", "/orders", {}, []),
    ],
)
def test_credentials(
    operation: MakeOperation, security: str, target: str, headers: dict[str, str], wrong: list[str]
) -> None:
    found = operation(f"security: {security}", rest=SCHEMES)
    assert in_request(found, Request.of("POST", target, headers)) == wrong


def test_those_of_the_whole_document(operation: MakeOperation) -> None:
    rest = f"security: [{{header: []}}]\n{SCHEMES}"
    assert in_request(operation("{}", rest=rest), Request.of("POST", "/orders")) == [HEADER]
    assert in_request(operation("security: []", rest=rest), Request.of("POST", "/orders")) == []
