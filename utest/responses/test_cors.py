"""What CORS adds to a response, by what the browser sent."""

from __future__ import annotations

from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.origins import Origins
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import text
from HttpServerLibrary.engine.responses.cors import Cors, is_preflight

PAGE = "http://localhost:3000"
VARY = ("Vary", "Origin")


def request(method: str = "GET", **headers: str) -> Request:
    return Request.of(method, "/x", {name.replace("_", "-"): value for name, value in headers.items()})


def preflight(**headers: str) -> Request:
    return request("OPTIONS", **{"Origin": PAGE, "Access_Control_Request_Method": "PUT", **headers})


def added(cors: Cors, asked: Request, *headers: tuple[str, str]) -> dict[str, str]:
    pairs = cors.added_to(asked, cors.of_origin(asked), [*headers])
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_the_origin_is_named_and_credentials_are_allowed() -> None:
    assert added(Cors(), request(Origin=PAGE)) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }


def test_no_credentials() -> None:
    assert added(Cors(credentials=False), request(Origin="null")) == {
        "Access-Control-Allow-Origin": "null",
        "Vary": "Origin",
    }


def test_a_client_that_is_no_page() -> None:
    assert added(Cors(), request()) == dict([VARY])


def test_all_headers_that_a_page_could_not_read_otherwise_are_exposed() -> None:
    headers = [
        ("Content-Type", "text/plain"),
        ("X-Total", "3"),
        ("Set-Cookie", "a=b"),
        ("ETag", '"1"'),
        ("x-total", "4"),
    ]
    assert added(Cors(), request(Origin=PAGE), *headers)["Access-Control-Expose-Headers"] == "X-Total, ETag, x-total"


@pytest.mark.parametrize(("vary", "is_added"), [("Accept", True), ("accept, ORIGIN", False), ("*", False)])
def test_vary_is_not_repeated(vary: str, is_added: bool) -> None:
    assert ("Vary" in added(Cors(), request(Origin=PAGE), ("vary", vary))) is is_added


def test_what_a_response_has_itself_is_not_added() -> None:
    own = ("access-control-allow-origin", "http://b"), ("Access-Control-Expose-Headers", "X-A")
    assert added(Cors(), request(Origin=PAGE), *own, ("X-B", "1"), VARY) == {"Access-Control-Allow-Credentials": "true"}


def test_a_preflight_gets_what_it_asks_for() -> None:
    asked = preflight(Access_Control_Request_Headers="content-type,x-id")
    assert added(Cors(), asked) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "content-type,x-id",
        "Vary": "Origin",
    }


def test_a_preflight_that_asks_for_everything() -> None:
    cors = Cors(Origins(PAGE), headers="X-Id, Content-Type", methods=["get", "PUT"], credentials=False, max_age=600.9)
    assert added(cors, preflight(Access_Control_Request_Private_Network="true")) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": "X-Id, Content-Type",
        "Access-Control-Max-Age": "600",
        "Access-Control-Allow-Private-Network": "true",
        "Vary": "Origin",
    }


def test_no_header_is_allowed() -> None:
    asked = preflight(Access_Control_Request_Headers="x-id")
    assert "Access-Control-Allow-Headers" not in added(Cors(headers=[]), asked)


def test_another_origin_gets_nothing() -> None:
    assert added(Cors(Origins("http://b")), preflight()) == dict([VARY])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (preflight(), True),
        (request("OPTIONS", Origin=PAGE), False),
        (request("OPTIONS", Access_Control_Request_Method="PUT"), False),
        (request("PUT", Origin=PAGE, Access_Control_Request_Method="PUT"), False),
    ],
)
def test_preflights(asked: Request, expected: bool) -> None:
    assert is_preflight(asked) is expected


@pytest.mark.parametrize(
    ("cors", "asked", "refusal"),
    [
        (Cors(), preflight(Access_Control_Request_Headers="x-id"), None),
        (Cors(Origins("http://b")), request(), None),
        (
            Cors(Origins("http://b")),
            request(Origin=PAGE),
            f'the origin "{PAGE}" is not allowed (origins=http://b), so no CORS headers are sent',
        ),
        (Cors(methods="GET"), request("PUT", Origin=PAGE), None),
        (Cors(methods="GET, DELETE"), preflight(), "the method PUT is not allowed (methods=GET, DELETE)"),
        (Cors(methods="PUT"), preflight(Access_Control_Request_Method="POST"), None),
        (Cors(headers="X-Id"), preflight(Access_Control_Request_Headers="x-id, X-ID ,"), None),
        (
            Cors(headers="X-Id, X-B"),
            preflight(Access_Control_Request_Headers="x-id,x-a"),
            "the header x-a is not allowed (headers=X-Id, X-B)",
        ),
        (
            Cors(headers=[]),
            preflight(Access_Control_Request_Headers="x-a"),
            "the header x-a is not allowed (headers=none)",
        ),
    ],
)
def test_why_a_browser_refuses(cors: Cors, asked: Request, refusal: str | None) -> None:
    found = cors.refusal(asked)
    assert (None if found is None else text(found)) == refusal


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"headers": "X Id"}, 'headers: ANY or a list of headers is needed, but "X Id" is not a header name.'),
        ({"headers": "X-Id,,X-B"}, "headers: there is an empty item in 'X-Id,,X-B'."),
        ({"methods": "GET PUT"}, 'methods: ANY or a list of methods is needed, but "GET PUT" is not a method name.'),
        ({"methods": []}, "methods: the list is empty, so no method would be allowed."),
        ({"methods": [None]}, "methods: text is needed here, not None."),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Cors(**arguments)
    assert str(caught.value) == message
