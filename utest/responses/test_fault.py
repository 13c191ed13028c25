"""What a fault or raw bytes are given, and what cannot be given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw, RawEnd
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder

OCCASION = Occasion(Request("GET", "/"))
NEEDED = "after: START, HEAD, a number of bytes of the body, or a share of it such as '50 %', is needed, not "


def made(responder: Responder) -> tuple[int, dict[str, str], bytes | Iterable[bytes]]:
    response = responder.respond(OCCASION)
    return response.status, dict(response.headers), response.body


@pytest.mark.parametrize(
    ("body", "content_type", "data"),
    [
        ("grün", "text/plain; charset=utf-8", "grün".encode()),
        ("", "text/plain; charset=utf-8", b""),
        (b"\0", "application/octet-stream", b"\0"),
        ({"id": 7}, "application/json", b'{"id": 7}'),
        ([1], "application/json", b"[1]"),
        (7, "application/json", b"7"),
    ],
)
def test_bodies(body: object, content_type: str, data: bytes) -> None:
    assert made(Fault(FaultKind.CLOSE, body=body)) == (200, {"Content-Type": content_type}, data)


def test_a_body_of_1000_bytes_by_default() -> None:
    status, headers, body = made(Fault(FaultKind.CLOSE))
    assert (status, headers, len(bytes(body))) == (200, {"Content-Type": "text/plain; charset=utf-8"}, 1000)  # type: ignore[arg-type]


def test_status_and_headers() -> None:
    fault = Fault(FaultKind.RESET, body="a", status="404 Nothing Here", headers="X-Id: 7", content_type="text/html")
    assert made(fault) == (404, {"Content-Type": "text/html", "X-Id": "7"}, b"a")
    assert fault.respond(OCCASION).reason == "Nothing Here"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"after": "150 %"}, "after: a share from 0 % to 100 % is needed, not '150 %'."),
        ({"after": "100.1%"}, "after: a share from 0 % to 100 % is needed, not '100.1%'."),
        ({"after": 10}, "after: the body has 5 bytes, so it cannot break after 10 of them."),
        ({"after": 1001, "body": None}, "after: the body has 1,000 bytes, so it cannot break after 1,001 of them."),
        ({"after": 2, "body": "a"}, "after: the body has 1 byte, so it cannot break after 2 of them."),
        ({"after": "10"}, "after: the body has 5 bytes, so it cannot break after 10 of them."),
        ({"after": 1500, "body": None}, "after: the body has 1,000 bytes, so it cannot break after 1,500 of them."),
        ({"after": "-1"}, f"{NEEDED}'-1'."),
        ({"after": -1}, f"{NEEDED}-1."),
        ({"after": "middle"}, f"{NEEDED}'middle'."),
        ({"after": ""}, f"{NEEDED}''."),
        ({"after": "1.5"}, f"{NEEDED}'1.5'."),
        ({"after": 1.5}, f"{NEEDED}1.5."),
        ({"after": float("nan")}, f"{NEEDED}nan."),
        ({"after": float("inf")}, f"{NEEDED}inf."),
        ({"after": True}, f"{NEEDED}True."),
        ({"after": None}, f"{NEEDED}None."),
        ({"status": 999}, "status: a status code from 200 to 599 (RFC 9110, 15) is needed, not 999."),
    ],
)
def test_what_cannot_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Fault(FaultKind.CLOSE, **{"body": "12345", **given})
    assert str(error.value) == message


@pytest.mark.parametrize("after", ["HEAD", 0, 5, "50 %"])
def test_stale_has_no_place(after: object) -> None:
    with pytest.raises(UsageError) as error:
        Fault(FaultKind.STALE, body="12345", after=after)
    assert str(error.value) == "after: STALE sends the whole response, so it has no place. Leave out after."


@pytest.mark.parametrize(
    ("data", "status", "headers"),
    [
        (b"", 0, {}),
        (b"garbage", 0, {}),
        (b"HTTP/1.1 200", 0, {}),
        (b"HTTP/1.1 404 Nope\r\nX: y \r\n\r\nbody", 404, {"X": "y"}),
        (b"HTTP/1.0 200\nX: y\n\n", 200, {"X": "y"}),
        (b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\nX: y\r\n\r\n", 204, {"X": "y"}),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0, {}),
        (b"HTTP/1.1 200 OK\r\nno field\r\nX: y\r\n\r\n", 200, {}),
    ],
)
def test_what_is_recorded_of_raw_bytes(data: bytes, status: int, headers: dict[str, str]) -> None:
    assert made(Raw(data)) == (status, headers, data)


def test_raw_text_is_sent_as_it_is() -> None:
    assert made(Raw("grün\nrot\r\n"))[2] == "grün\nrot\r\n".encode()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": 7}, "data: text or bytes are needed, not int: 7."),
        ({"data": None}, "data: text or bytes are needed, not NoneType: None."),
        ({"data": "\ud800"}, "data: the text has a lone surrogate"),
        ({"data": "", "duration": -1}, "duration"),
    ],
)
def test_what_raw_cannot_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Raw(end=RawEnd.KEEP, **given)
    assert str(error.value).startswith(message)
