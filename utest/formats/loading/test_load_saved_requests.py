"""What this library saves of received requests, it loads and replays."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw, RawEnd
from HttpServerLibrary.engine.responses.responder import Responder
from HttpServerLibrary.engine.responses.static import respond_data, respond_json, respond_redirect
from HttpServerLibrary.engine.server import HttpServer
from utest.formats.loading.conftest import Load
from utest.helpers import Sent, responses_to

MULTIPART = "multipart/form-data; boundary=b"
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\xff\x00\r\n'
    b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--b--\r\n'
)
TEXT = {"Content-Type": "text/plain; charset=utf-16"}
GZIP = {"Content-Encoding": "gzip"}

# What is asked, and what answers it.
TRAFFIC: list[tuple[Request, Responder]] = [
    (Request.of("GET", "/"), respond_data("root")),
    (Request.of("GET", "/a%20b/ä?x=1&x=&y=%C3%A4".encode().decode("latin-1")), respond_data("a")),
    (Request.of("GET", '/odd"<b>|?c={d}'), respond_data("odd")),
    (Request.of("GET", "//a//b"), respond_data("slashes")),
    (Request.of("OPTIONS", "*"), respond_data("", status=204)),
    (Request.of("GET", "http://elsewhere/absolute?a"), respond_data("absolute")),
    (Request.of("POTS", "/pots"), respond_data("method")),
    (Request.of("GET", "/repeated"), respond_data("busy", status=503)),
    (Request.of("GET", "/repeated"), respond_data("busy", status=503)),
    (Request.of("GET", "/repeated"), respond_json({"id": 7}, status="201 Made")),
    (Request.of("GET", "/page?n=1"), respond_data("one")),
    (Request.of("GET", "/page?n=2"), respond_data("two")),
    (Request.of("GET", "/text"), respond_data("grün", content_type="text/plain; charset=latin-1")),
    (Request.of("GET", "/untyped"), respond_data(b"\x80", content_type="application/octet-stream")),
    (Request.of("GET", "/binary"), respond_data(b"\xff\x00", content_type="image/png")),
    (Request.of("GET", "/charset"), respond_data("ä".encode("utf-16"), content_type="text/plain; charset=utf-16")),
    (Request.of("GET", "/br"), respond_data(b"\x0b\x02\x80", headers={"Content-Encoding": "br"})),
    (Request.of("GET", "/notgzip"), respond_data(b"\x80plain", headers={"Content-Encoding": "gzip"})),
    (Request.of("GET", "/empty"), respond_data("")),
    (Request.of("GET", "/headers"), respond_data("", headers={"X-A": ["1", "2"], "X-B": "\xe4"})),
    (Request.of("GET", "/redirect"), respond_redirect("/empty")),
    (Request.of("GET", "/away"), respond_redirect("http://elsewhere.example/")),
    (Request.of("GET", "/missing"), respond_data("none", status=404)),
    (Request.of("DELETE", "/missing"), respond_data("", status=204)),
    (Request.of("POST", "/json", {}, b'{"id": 1, "tags": ["<any>"]}'), respond_data("1")),
    (Request.of("POST", "/json", {}, b'{"id": 2}'), respond_data("2")),
    (Request.of("POST", "/json", GZIP, gzip.compress(b'{"id": 3}')), respond_data("3")),
    (
        Request.of("POST", "/form", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&b=%26"),
        respond_data("f"),
    ),
    (Request.of("POST", "/form", {"Content-Type": MULTIPART}, FORM), respond_data("m")),
    (Request.of("POST", "/form", {"Content-Type": MULTIPART}, FORM.replace(b"\xff", b"\xfe")), respond_data("other")),
    (Request.of("PUT", "/text", TEXT, "ä".encode("utf-16")), respond_data("16")),
    (Request.of("PUT", "/text", {"Content-Type": "text/plain"}, b"GLOB:*"), respond_data("glob")),
    (Request.of("PUT", "/text", {}, b"\xff\xfe\x00"), respond_data("bytes")),
    (Request.of("PUT", "/text", {"Content-Encoding": "deflate"}, zlib.compress(b"\xff")), respond_data("deflated")),
    (Request.of("PUT", "/text", {"Content-Encoding": "br"}, b"\x0b\x02\x80"), respond_data("undecoded")),
    (Request.of("PUT", "/text", {}, b"<a/>"), respond_data("xml")),
    (Request.of("PUT", "/text"), respond_data("no body")),
    (Request.of("HEAD", "/head"), respond_data("", headers={"Content-Length": "5"})),
]


def recorded(server: HttpServer) -> dict[str, Any]:
    text = "".join(archive(server.journal.exchanges(), server.secrets, "HttpServerLibrary", "1"))
    value: dict[str, Any] = json.loads(text)
    return value


def answered(server: HttpServer, request: Request, responder: Responder) -> Sent:
    server.book.register(Kind.ONESHOT, RequestDescription()).responder = responder
    (sent,) = responses_to(server, request)
    return sent


def test_everything_is_replayed(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    given = [answered(recorder, request, responder) for request, responder in TRAFFIC]
    found = loaded(recorded(recorder))
    assert found.unsupported == []
    assert found.notes == [
        "file.json has requests to 2 hosts (localhost:0, elsewhere); this server answers all of them."
    ]
    for sent, (request, _) in zip(given, TRAFFIC, strict=True):
        assert responses_to(server, request) == [sent], request
    # Once more, from the end.
    last = {(each[0].method, each[0].target, each[0].body): sent for each, sent in zip(TRAFFIC, given, strict=True)}
    for request, _ in reversed(TRAFFIC):
        assert responses_to(server, request) == [last[request.method, request.target, request.body]]


def test_what_is_encoded_for_sending_is_sent_decoded(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    answered(recorder, Request.of("GET", "/a"), respond_data("hello", content_encoding="gzip"))
    loaded(recorded(recorder))
    (sent,) = responses_to(server, Request.of("GET", "/a"))
    assert (sent.body, sent.headers) == (b"hello", (("Content-Type", "text/plain; charset=utf-8"),))


def test_what_was_masked_is_any_text_and_cookies_keep_their_names(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    recorder.secrets.add("s3cr3t-token")
    recorder.secrets.mask_fields(["password", "pin"], recorder.book.innermost())
    cookies = ["id=s3cr3t; Path=/; HttpOnly; Secure", "lang=en; Domain=shop.example"]
    requests = [
        Request.of("POST", "/login?token=s3cr3t-token", {}, b'{"user": "ann", "password": "abc", "pin": 7}'),
        Request.of("GET", "/users/s3cr3t-token", {"Authorization": "Bearer s3cr3t-token", "Cookie": "id=s3cr3t"}),
        Request.of("POST", "/raw", {}, b"\xff s3cr3t-token"),
        Request.of("POST", "/gzip", GZIP, gzip.compress(b"a s3cr3t-token")),
    ]
    for request in requests:
        answered(recorder, request, respond_data("the s3cr3t-token", headers={"Set-Cookie": cookies}))
    value = recorded(recorder)
    assert "s3cr3t" not in json.dumps(value)
    loaded(value)
    for request in requests:
        (sent,) = responses_to(server, request)
        assert (sent.status, sent.body) == (200, b"the ***")
        assert [entry for name, entry in sent.headers if name == "Set-Cookie"] == [
            "id=***; Path=/; HttpOnly; Secure",
            "lang=***; Domain=shop.example",
        ]
    other = Request.of("POST", "/login?token=x", {}, b'{"user": "ann", "password": "other", "pin": 8}')
    assert responses_to(server, other)[0].status == 200
    other = Request.of("POST", "/login?token=x", {}, b'{"user": "bob", "password": "other", "pin": 8}')
    assert responses_to(server, other)[0].status == 500


def test_what_nobody_expected_is_still_unexpected(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    responses_to(recorder, Request.of("GET", "/unexpected"))
    answered(recorder, Request.of("GET", "/expected"), respond_data("ok"))
    found = loaded(recorded(recorder))
    assert found.notes == ["file.json: 1 entry that this server answered with a problem, left out."]
    assert [sent.status for sent in responses_to(server, Request.of("GET", "/unexpected"))] == [500]


@pytest.mark.parametrize("kind", ["CONTRACT", "CALLBACK FAILED"])
def test_a_problem_that_is_not_the_answer(loaded: Load, server: HttpServer, kind: str) -> None:
    recorder = HttpServer()
    answered(recorder, Request.of("GET", "/a"), respond_data("ok"))
    value = recorded(recorder)
    value["log"]["entries"][0]["_problem"] = kind
    assert loaded(value).notes == []
    assert responses_to(server, Request.of("GET", "/a"))[0].body == b"ok"


def test_what_was_broken_on_purpose_has_no_response(loaded: Load) -> None:
    recorder = HttpServer()
    recorder.book.register(Kind.ONESHOT, RequestDescription()).responder = Fault(FaultKind.CLOSE)
    responses_to(recorder, Request.of("GET", "/a"))
    assert loaded(recorded(recorder)).notes == ["file.json: 1 entry without a response, left out."]


def test_what_cannot_be_sent_again_as_a_response(loaded: Load) -> None:
    recorder = HttpServer()
    responders: list[Responder] = [
        Raw(b"garbage"),
        Raw(b"HTTP/1.1 200 OK\r\n\r\n", end=RawEnd.RESET),
        Fault(FaultKind.CLOSE, after="HEAD"),
        Fault(FaultKind.RESET, after=10),
    ]
    for responder in responders:
        recorder.book.register(Kind.ONESHOT, RequestDescription()).responder = responder
        responses_to(recorder, Request.of("GET", "/a"))
    value = recorded(recorder)
    found = loaded(value)
    assert found.drafts == []
    assert found.notes == [
        "file.json: 2 entries that this server answered with raw bytes, left out.",
        "file.json: 2 entries whose response this server broke on purpose, left out.",
    ]
    # Other tools may have fields of these names.
    value["log"]["creator"]["name"] = "Elsewhere"
    assert len(loaded(value).drafts) == 1


def test_a_body_with_something_masked_comes_before_no_body(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    recorder.secrets.mask_fields(["pin"], recorder.book.innermost())
    without = Request.of("POST", "/a")
    masked = Request.of("POST", "/a", {"Content-Type": "application/json"}, b'{"pin": 7}')
    answered(recorder, without, respond_data("none"))
    answered(recorder, masked, respond_data("masked"))
    loaded(recorded(recorder))
    assert [sent.body for sent in responses_to(server, masked, without)] == [b"masked", b"none"]


def test_parts_and_copies_of_a_file(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    traffic = [
        (Request.of("GET", "/a"), respond_data("01234567", headers={"ETag": '"1"'})),
        (Request.of("GET", "/a", {"Range": "bytes=0-3"}), respond_data("0123", status=206)),
        (Request.of("GET", "/a", {"Range": "bytes=4-7"}), respond_data("4567", status=206)),
        (Request.of("GET", "/a", {"Range": "bytes=90-"}), respond_data(status=416)),
        (Request.of("GET", "/a", {"If-None-Match": '"1"'}), respond_data(status=304)),
    ]
    given = [answered(recorder, request, responder) for request, responder in traffic]
    loaded(recorded(recorder))
    for (request, _), sent in reversed([*zip(traffic, given, strict=True)]):
        (again,) = responses_to(server, request)
        assert (again.status, again.body) == (sent.status, sent.body), request.headers


def test_a_part_of_a_body(loaded: Load, server: HttpServer) -> None:
    recorder = HttpServer()
    request = Request("POST", "/a", body=b"begin")
    request.cut = Cut(2048, 5, "max_body_kept")
    answered(recorder, request, respond_data("ok"))
    value = recorded(recorder)
    value["log"]["entries"][0]["response"]["content"]["comment"] = "a part"
    assert loaded(value).notes == [
        "file.json: 1 entry with only a part of the response body.",
        "file.json: 1 entry whose request body is not in the file, so any body matches.",
    ]
    assert responses_to(server, Request.of("POST", "/a", {}, b"other"))[0].body == b"ok"


def test_callbacks_are_not_sent(loaded: Load) -> None:
    recorder = HttpServer()
    answered(recorder, Request.of("GET", "/a"), respond_data("ok"))
    value = recorded(recorder)
    value["log"]["entries"][0]["_callbacks"] = [{}]
    assert loaded(value).notes == ["file.json: 1 entry with callbacks, which are not sent."]
