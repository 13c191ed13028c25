"""Received requests as an HTTP Archive."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining.lines import status_text
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Cut, Fault, Request
from HttpServerLibrary.engine.responses.fault import Fault as Broken
from HttpServerLibrary.engine.responses.fault import FaultKind, Raw, RawEnd
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, ForwardedTo
from utest.replies import MemoryReply

Save = Callable[..., dict[str, Any]]

SCHEMA = json.loads(Path(__file__).with_name("har.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def save(server: HttpServer, ask: Ask) -> Save:
    """Hands a request to the server, and returns its entry in an archive that is valid."""

    def save(request: Request, **response: Any) -> dict[str, Any]:
        if response:
            expectation = server.book.register(Kind.ONESHOT, RequestDescription())
            expectation.responder = respond_data(**response)
        server.answer(request, MemoryReply(lambda response: [*response.pieces()]))
        har = parsed(archive(server.journal.exchanges(), server.secrets, "HttpServerLibrary", "1.2.3"))
        assert har["log"]["creator"] == {"name": "HttpServerLibrary", "version": "1.2.3"}
        entry: dict[str, Any] = har["log"]["entries"][-1]
        return entry

    return save


def parsed(pieces: Iterable[str]) -> dict[str, Any]:
    """The archive, which is valid."""
    har: dict[str, Any] = json.loads("".join(pieces))
    Draft202012Validator(SCHEMA).validate(har)
    return har


def values(pairs: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(pair["name"], pair["value"]) for pair in pairs]


def test_a_request_and_its_response(save: Save) -> None:
    request = Request.of("POST", "/a%20b?x=1&x=&y=%C3%A4", {"Host": "shop:80", "Content-Type": "text/plain"}, b"hello")
    entry = save(request, data="thanks", status="201 Made", headers={"Location": "/b", "X-A": "1"})
    assert entry["time"] == entry["timings"]["wait"]
    assert entry["comment"] == "oneshot any request"
    sent = entry["request"]
    assert (sent["method"], sent["url"]) == ("POST", "http://shop:80/a%20b?x=1&x=&y=%C3%A4")
    assert values(sent["headers"]) == [("Host", "shop:80"), ("Content-Type", "text/plain")]
    assert values(sent["queryString"]) == [("x", "1"), ("x", ""), ("y", "ä")]
    assert sent["postData"] == {"mimeType": "text/plain", "text": "hello"}
    assert sent["bodySize"] == 5
    assert sent["headersSize"] == len(
        "POST /a%20b?x=1&x=&y=%C3%A4 HTTP/1.1\r\nHost: shop:80\r\nContent-Type: text/plain\r\n\r\n"
    )
    got = entry["response"]
    assert (got["status"], got["statusText"], got["redirectURL"], got["bodySize"]) == (201, "Made", "/b", 6)
    assert got["content"] == {"size": 6, "mimeType": "text/plain; charset=utf-8", "text": "thanks"}


def test_a_request_without_a_body_has_no_post_data(save: Save) -> None:
    entry = save(Request.of("GET", "/"), data="")
    assert "postData" not in entry["request"]
    assert entry["request"]["bodySize"] == 0


def test_the_time_is_in_utc_with_milliseconds(save: Save) -> None:
    request = Request.of("GET", "/")
    request.time = 1_700_000_000.1234
    assert save(request, data="")["startedDateTime"] == "2023-11-14T22:13:20.123+00:00"


def test_the_connection_is_the_port_of_the_client(save: Save) -> None:
    assert save(Request("GET", "/", client="127.0.0.1:4711"), data="")["connection"] == "4711"
    assert "connection" not in save(Request("GET", "/"), data="")


def test_the_fields_of_a_form(save: Save) -> None:
    request = Request.of("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&b=%26&a=2")
    data = save(request, data="")["request"]["postData"]
    assert values(data["params"]) == [("a", "1"), ("a", "2"), ("b", "&")]
    assert data["text"] == "a=1&b=%26&a=2"


def test_an_uploaded_file(save: Save) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        b"\x89PNG\r\n--b--\r\n"
    )
    request = Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    data = save(request, data="")["request"]["postData"]
    assert data["params"] == [{"name": "f", "fileName": "a.png", "contentType": "image/png"}]
    assert data["_encoding"] == "base64"
    assert b64decode(data["text"]) == body


def test_a_binary_response(save: Save) -> None:
    content = save(Request.of("GET", "/"), data=b"\xff\x00")["response"]["content"]
    assert content["encoding"] == "base64"
    assert b64decode(content["text"]) == b"\xff\x00"


@pytest.mark.parametrize("date", ["soon", "Mon, 01 Jan 99999999999 00:00:00 GMT"])
def test_a_date_that_is_none(save: Save, date: str) -> None:
    cookies = save(Request.of("GET", "/"), data="", headers={"Set-Cookie": f"a=b; Expires={date}"})["response"][
        "cookies"
    ]
    assert cookies == [{"name": "a", "value": "***"}]


def test_cookies_are_there_without_their_values(save: Save) -> None:
    header = "id=s3cr3t; Path=/a; Domain=shop; Secure; HttpOnly; SameSite=Lax; Expires=Wed, 21 Oct 2026 07:28:00 GMT"
    entry = save(Request.of("GET", "/", {"Cookie": "a=s3cr3t; b=s3cr3t"}), data="", headers={"Set-Cookie": header})
    assert values(entry["request"]["cookies"]) == [("a", "***"), ("b", "***")]
    assert entry["response"]["cookies"] == [
        {
            "name": "id",
            "value": "***",
            "path": "/a",
            "domain": "shop",
            "secure": True,
            "httpOnly": True,
            "expires": "2026-10-21T07:28:00.000+00:00",
        }
    ]
    assert "s3cr3t" not in json.dumps(entry)


def test_a_cookie_that_expires_at_no_time(save: Save) -> None:
    entry = save(Request.of("GET", "/"), data="", headers={"Set-Cookie": "a=1; Expires=never"})
    assert entry["response"]["cookies"] == [{"name": "a", "value": "***"}]


def test_a_cookie_without_a_name(save: Save) -> None:
    entry = save(Request.of("GET", "/", {"Cookie": "s3cr3t"}), data="", headers={"Set-Cookie": "s3cr3t"})
    assert entry["response"]["cookies"] == [{"name": "", "value": "***"}]
    assert "s3cr3t" not in json.dumps(entry)


def test_a_problem_is_the_comment(save: Save) -> None:
    entry = save(Request.of("GET", "/unexpected"))
    assert entry["response"]["status"] == 500
    assert entry["comment"].startswith("UNEXPECTED REQUEST: GET /unexpected\n")
    assert entry["_problem"] == "UNEXPECTED REQUEST"


def test_a_malformed_request(save: Save) -> None:
    entry = save(Request("", "", fault=Fault(400, "no request line")))
    assert entry["request"]["method"] == ""
    assert entry["comment"].startswith("MALFORMED REQUEST")


def test_what_a_url_cannot_hold_is_encoded(save: Save) -> None:
    sent = save(Request("GET", '/a"<b>|?c={d}'), data="")["request"]
    assert sent["url"].endswith("/a%22%3Cb%3E%7C?c=%7Bd%7D")
    assert sent["_target"] == '/a"<b>|?c={d}'


def test_a_body_that_is_kept_in_part(save: Save) -> None:
    request = Request("POST", "/", body=b"begin")
    request.cut = Cut(2048, 5, "max_body_kept")
    sent = save(request, data="")["request"]
    assert sent["bodySize"] == 2048
    assert sent["postData"]["comment"] == "2048 bytes, of which max_body_kept keeps the first 5"


def test_a_response_that_was_forgotten(server: HttpServer, save: Save) -> None:
    save(Request("GET", "/"), data="thanks")
    (exchange,) = server.journal.exchanges()
    exchange.drop_bodies("max_bytes_kept")
    (entry,) = parsed(archive([exchange], server.secrets, "", ""))["log"]["entries"]
    assert entry["response"]["content"]["text"] == ""


@pytest.mark.parametrize(
    ("responder", "status", "size", "comment"),
    [
        (Broken(FaultKind.CLOSE), 0, -1, "CLOSE before anything was sent, on purpose"),
        (Broken(FaultKind.RESET, after="HEAD"), 200, 0, "RESET after the head, on purpose"),
        (Broken(FaultKind.HANG, after=120), 200, 120, "HANG after 120 of 1000 bytes, on purpose"),
        (Broken(FaultKind.STALE), 200, 1000, "STALE after the response, on purpose"),
        (Raw(b"garbage"), 0, 7, "raw bytes in place of a response, the head included"),
        (Raw(b"HTTP/1.1 404 No\r\n\r\n", end=RawEnd.RESET), 404, 19, "RESET after 19 bytes, on purpose"),
    ],
)
def test_what_was_broken_on_purpose(
    responder: Responder, status: int, size: int, comment: str, server: HttpServer, save: Save
) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/broken")).responder = responder
    response = save(Request("GET", "/broken"))["response"]
    assert (response["status"], response["bodySize"], response["comment"]) == (status, size, comment)
    assert response.get("_raw", False) == isinstance(responder, Raw)
    is_broken = comment.endswith("on purpose")
    assert response.get("_fault") == (comment if is_broken and status else None)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 205), ("GET", 304)])
def test_a_response_that_ends_with_its_head(method: str, status: int, save: Save) -> None:
    response = save(Request(method, "/"), data="thanks", status=status)["response"]
    assert (response["status"], response["bodySize"]) == (status, 0)
    assert response["content"] == {"size": 0, "mimeType": "text/plain; charset=utf-8", "text": ""}


def test_a_response_that_was_not_sent(server: HttpServer) -> None:
    server.book.register(Kind.PERMANENT, RequestDescription("/")).responder = respond_data("thanks")
    server.answer(Request("GET", "/"), MemoryReply(lambda response: False))
    (exchange,) = server.journal.exchanges()
    response = parsed(archive([exchange], server.secrets, "", ""))["log"]["entries"][0]["response"]
    assert (response["status"], response["bodySize"], response["content"]["size"]) == (0, -1, 0)
    assert response["comment"] == status_text(exchange)


def test_a_request_without_a_response(server: HttpServer) -> None:
    exchange = server.journal.arrive(Request("GET", "/"), server.url, server.book.innermost)
    har = parsed(archive([exchange], server.secrets, "", ""))
    assert har["log"]["entries"][0]["response"]["status"] == 0


def test_where_a_request_was_forwarded(server: HttpServer, save: Save) -> None:
    assert "_forwardedTo" not in save(Request.of("GET", "/a"), data="ok")
    server.secrets.add("s3cr3t")
    server.book.forwarding = ForwardedTo("http://s3cr3t.example/a")
    assert save(Request.of("GET", "/a"))["_forwardedTo"] == "http://***.example/a"


def test_secrets_are_masked(server: HttpServer, save: Save) -> None:
    server.secrets.add("s3cr3t")
    server.secrets.mask_headers(["X-Key"], Scope("test"))
    server.secrets.mask_fields(["pin"], Scope("test"))
    headers = {"X-Key": "hush", "Authorization": "Bearer hush", "X-A": "s3cr3t"}
    request = Request.of("POST", "/?pin=hush&b=s3cr3t", headers, b'{"pin": "hush", "b": ["s3cr3t"]}')
    answer = {"data": '{"pin": "hush", "b": "s3cr3t"}', "headers": {"x-key": "hush", "X-B": "s3cr3t"}}
    text = json.dumps([save(request, **answer), save(request)])
    assert "hush" not in text
    assert "s3cr3t" not in text
    form = Request.of("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, b"pin=hush&b=s3cr3t")
    data = save(form, data="")["request"]["postData"]
    assert values(data["params"]) == [("pin", "***"), ("b", "***")]
    assert data["text"] == "pin=***&b=***"
    binary = Request.of("POST", "/", {}, b"pin=hush&b=\xffs3cr3t")
    entry = save(binary, data=b"\xff<pin>hush</pin>s3cr3t")
    assert b64decode(entry["request"]["postData"]["text"]) == b"pin=***&b=\xff***"
    assert b64decode(entry["response"]["content"]["text"]) == b"\xff<pin>***</pin>***"


def test_names_are_masked(server: HttpServer, save: Save) -> None:
    server.secrets.add("s3cr3t")
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded; a=s3cr3t", "s3cr3t": "1", "Cookie": "s3cr3t=1"}
    entry = save(Request.of("POST", "/?s3cr3t=1", urlencoded, b"s3cr3t=1"), data="", content_type="text/s3cr3t")
    assert "s3cr3t" not in json.dumps(entry)
    assert values(entry["request"]["queryString"]) == [("***", "1")]
    assert values(entry["request"]["postData"]["params"]) == [("***", "1")]
    assert entry["request"]["postData"]["mimeType"] == "application/x-www-form-urlencoded; a=***"


def test_a_part_without_a_name(save: Save) -> None:
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b\r\n"
    body += b'Content-Disposition: form-data; filename="f"\r\n\r\n2\r\n--b--\r\n'
    entry = save(Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body), data="")
    assert entry["request"]["postData"]["params"] == [
        {"name": "", "value": "1"},
        {"name": "", "fileName": "f", "contentType": ""},
    ]


def test_a_secret_that_splits_a_query(server: HttpServer, save: Save) -> None:
    server.secrets.add("abc?def&ghi=jkl")
    request = save(Request.of("GET", "/abc?def&ghi=jkl"))["request"]
    assert request["url"].endswith("/***")
    assert request["queryString"] == []
    request = save(Request.of("GET", "/?a=abc?def&ghi=jkl&b=2"))["request"]
    assert values(request["queryString"]) == [("a", "***"), ("b", "2")]
