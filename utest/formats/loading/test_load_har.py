"""HTTP Archives: which requests are one, what answers them, and what is left out."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.load import Format
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.formats.loading.conftest import Load
from utest.helpers import Ask, Sent, responses_to


def entry(url: str = "https://shop.example/orders", method: str = "GET", **other: Any) -> dict[str, Any]:
    """An entry; what begins with ``post`` belongs to the request, other names to the response."""
    request: dict[str, Any] = {"method": method, "url": url, "headers": other.pop("request_headers", [])}
    for name in ("postData", "bodySize", "queryString", "_target"):
        if name in other:
            request[name] = other.pop(name)
    made: dict[str, Any] = {"request": request}
    for name in [name for name in other if name.startswith(("started", "_", "e_"))]:
        made[name.removeprefix("e_")] = other.pop(name)
    response = {"status": 200, "statusText": "", "headers": [], "content": {"mimeType": "text/plain"}, **other}
    if isinstance(response["content"], str):
        response["content"] = {"text": response["content"], "size": len(response["content"]), "mimeType": "text/plain"}
    return {**made, "response": response}


def archive(*entries: Any, creator: str = "WebInspector") -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": [*entries]}}


def headers(**values: str) -> list[dict[str, str]]:
    return [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]


def ask_get(server: HttpServer, target: str, *others: str, **fields: str) -> Sent:
    *_, last = responses_to(server, *(Request.of("GET", each, fields) for each in (*others, target)))
    return last


def test_the_host_does_not_matter(loaded: Load, ask: Ask) -> None:
    found = loaded(archive(entry("https://shop.example:8443/orders?page=2", content="two")))
    assert ask(Request.of("GET", "/orders?page=2", {"Host": "localhost:1"})) == (200, "two")
    assert found.notes == []
    assert str(found.drafts[0].origin) == "file.json, $.log.entries[0]"


def test_the_file_shows_in_the_expectation(loaded: Load, server: HttpServer) -> None:
    loaded(archive(entry("https://shop.example/orders?page=2")))
    (expectation,) = server.book.expectations()
    assert str(expectation) == 'permanent GET /orders query={"page": "2"} (from file.json, $.log.entries[0])'


@pytest.mark.parametrize("target", ["/a?x=1&y=2&x=3", "/a?y=2&x=1&x=3", "/%61?x=%31&x=3&y=2"])
def test_parameters_come_in_any_order(loaded: Load, ask: Ask, target: str) -> None:
    loaded(archive(entry("http://h/a?x=1&y=2&x=3", content="ok")))
    assert ask(Request.of("GET", target)) == (200, "ok")


@pytest.mark.parametrize("target", ["/a?x=3&x=1", "/a", "/a?x=1&x=3&z=1", "/a/?x=1&x=3"])
def test_other_parameters_are_another_request(loaded: Load, ask: Ask, target: str) -> None:
    loaded(archive(entry("http://h/a?x=1&x=3", content="ok")))
    status, text = ask(Request.of("GET", target))
    assert status == 500
    assert "(from file.json, $.log.entries[0])" in text


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", "/"),
        ("http://h?a=1", "/?a=1"),
        ("http://h/a#part", "/a"),
        ("HTTP://user:secret@h/a", "/a"),
        ("/a?b=c", "/a?b=c"),
        ("http://h/a%20b/{id}", "/a%20b/%7Bid%7D"),
        ("http://h/ä?ö=ü", "/%C3%A4?%C3%B6=%C3%BC"),
        ("http://h/a%2Fb", "/a%2Fb"),
        ("http://h/REGEXP:.*", "/REGEXP:.*"),
        ("http://h/ANY", "/ANY"),
        ("http://h/a?q=GLOB:*&r={x}&s=?&t=NOT:a", "/a?q=GLOB:*&r={x}&s=?&t=NOT:a"),
    ],
)
def test_a_url_becomes_a_target(loaded: Load, ask: Ask, url: str, target: str) -> None:
    loaded(archive(entry(url, content="ok")))
    assert ask(Request.of("GET", target)) == (200, "ok")
    assert ask(Request.of("GET", "/another"))[0] == 500


def test_an_encoded_slash_is_another_path(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry("http://h/a%2Fb", content="one"), entry("http://h/a/b", content="two")))
    assert ask(Request.of("GET", "/a%2Fb")) == (200, "one")
    assert ask(Request.of("GET", "/a/b")) == (200, "two")


def test_parameters_that_are_not_in_the_url(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry("http://h/a", queryString=[{"name": "b", "value": "c d"}], content="ok")))
    assert ask(Request.of("GET", "/a?b=c+d")) == (200, "ok")


def test_repeats_are_a_sequence_whose_last_answer_goes_on(loaded: Load, ask: Ask, server: HttpServer) -> None:
    loaded(archive(*(entry(content=text) for text in ("busy", "busy", "ready", "busy", "done"))))
    assert [ask(Request.of("GET", "/orders"))[1] for _ in range(7)] == [
        *("busy", "busy", "ready", "busy", "done", "done", "done")
    ]
    (expectation,) = server.book.expectations()
    assert (expectation.times, expectation.used) == (None, 7)


def test_entries_count_in_the_order_of_their_times(loaded: Load, ask: Ask) -> None:
    loaded(
        archive(
            entry(content="third", startedDateTime="2026-01-01T12:00:00.1234567+02:00"),
            entry(content="first", startedDateTime="2026-01-01T09:59:59Z"),
            entry(content="second", startedDateTime="2026-01-01T10:00:00.001Z"),
        )
    )
    assert [ask(Request.of("GET", "/orders"))[1] for _ in range(3)] == ["first", "second", "third"]


@pytest.mark.parametrize("time", [None, 7, "", "soon", "2026-13-01T00:00:00Z"])
def test_without_times_the_order_of_the_file_counts(loaded: Load, ask: Ask, time: object) -> None:
    loaded(
        archive(entry(content="one", startedDateTime="2026-01-01T00:00:00Z"), entry(content="2", startedDateTime=time))
    )
    assert [ask(Request.of("GET", "/orders"))[1] for _ in range(2)] == ["one", "2"]


def posted(text: str, mime_type: str, answer: str, **other: Any) -> dict[str, Any]:
    return entry(method="POST", postData={"mimeType": mime_type, "text": text, **other}, content=answer)


def test_json_is_compared_as_json(loaded: Load, ask: Ask) -> None:
    loaded(
        archive(
            posted('{"id": 1, "name": "<any>"}', "application/json", "one"),
            posted('{"name":"a","id":2}', "text/plain;charset=UTF-8", "two"),
        )
    )
    assert ask(Request.of("POST", "/orders", {}, b'{"name":"<any>", "id":1.0}')) == (200, "one")
    assert ask(Request.of("POST", "/orders", {}, b'{"id": 2, "name": "a"}')) == (200, "two")
    status, text = ask(Request.of("POST", "/orders", {}, b'{"id": 2, "name": "b"}'))
    assert status == 500
    assert 'json $.name: expected "a", received "b"' in text


URLENCODED = "application/x-www-form-urlencoded"


def test_a_form_is_compared_as_a_form(loaded: Load, ask: Ask) -> None:
    loaded(archive(posted("a=1&b=x%20y", URLENCODED, "one"), posted("a=1", URLENCODED, "two")))
    assert ask(Request.of("POST", "/orders", {"Content-Type": URLENCODED}, b"b=x+y&a=1")) == (200, "one")
    assert ask(Request.of("POST", "/orders", {"Content-Type": URLENCODED}, b"a=1")) == (200, "two")
    status, text = ask(Request.of("POST", "/orders", {"Content-Type": URLENCODED}, b"a=1&c=2"))
    assert status == 500
    assert 'form field c: expected nothing, received "2"' in text


def multipart(boundary: str, data: str = "data") -> bytes:
    lines = [f"--{boundary}", 'Content-Disposition: form-data; name="a"', "", "1", f"--{boundary}"]
    lines += ['Content-Disposition: form-data; name="f"; filename="x.txt"', "Content-Type: text/plain", "", data]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()


def test_the_boundary_of_a_form_varies(loaded: Load, ask: Ask) -> None:
    loaded(archive(posted(multipart("b").decode(), "multipart/form-data; boundary=b", "ok")))
    kind = {"Content-Type": "multipart/form-data; boundary=other"}
    assert ask(Request.of("POST", "/orders", kind, multipart("other"))) == (200, "ok")
    # Browsers do not record what is in a file.
    assert ask(Request.of("POST", "/orders", kind, multipart("other", "other"))) == (200, "ok")
    assert ask(Request.of("POST", "/orders", kind, multipart("other").replace(b"x.txt", b"y.txt")))[0] == 500


def test_a_form_of_which_only_the_fields_are_there(loaded: Load, ask: Ask) -> None:
    params = [{"name": "a", "value": "1"}, {"name": "f", "fileName": "x.txt", "contentType": "text/plain"}, {"x": 1}]
    loaded(archive(entry(method="POST", postData={"mimeType": "multipart/form-data", "params": params}, content="ok")))
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    assert ask(Request.of("POST", "/orders", kind, multipart("b"))) == (200, "ok")


def test_other_bodies_are_compared_as_they_are(loaded: Load, ask: Ask) -> None:
    binary = b64encode(b"\xff\x00").decode()
    loaded(
        archive(
            posted("EQUALS:<xml/>", "text/xml", "one"),
            posted(binary, "image/png", "two", _encoding="base64"),
            posted(binary, "image/gif", "three", encoding="base64"),
        )
    )
    assert ask(Request.of("POST", "/orders", {}, b"EQUALS:<xml/>")) == (200, "one")
    assert ask(Request.of("POST", "/orders", {}, b"\xff\x00")) == (200, "two")
    assert ask(Request.of("POST", "/orders", {}, b"\xff\x01"))[0] == 500


def test_a_body_that_is_not_in_the_file_is_any_body(loaded: Load, ask: Ask) -> None:
    found = loaded(archive(entry(method="PUT", bodySize=10, content="any"), entry(method="PUT", content="any")))
    assert ask(Request.of("PUT", "/orders", {}, b"whatever")) == (200, "any")
    assert found.notes == ["file.json: 1 entry whose request body is not in the file, so any body matches."]


def test_a_request_whose_body_is_known_comes_first(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry(method="POST", content="any"), posted("[1]", "application/json", "one")))
    assert ask(Request.of("POST", "/orders", {}, b"[1]")) == (200, "one")
    assert ask(Request.of("POST", "/orders", {}, b"[2]")) == (200, "any")


def test_status_reason_and_headers(loaded: Load, server: HttpServer) -> None:
    loaded(
        archive(
            entry(
                status=404,
                statusText="Nothing Here",
                headers=[
                    *headers(X_One="1", Server="nginx", Transfer_Encoding="chunked", Connection="close"),
                    *headers(Content_Length="99", Date="Mon, 01 Jan 2024 00:00:00 GMT", Alt_Svc='h3=":443"'),
                    {"name": ":status", "value": "404"},
                    {"name": "bad name", "value": "x"},
                    {"name": "X-Bad", "value": "a\0b"},
                    {"name": "X-None"},
                    {"name": "X-Euro", "value": "€"},
                    {"name": "Set-Cookie", "value": "a=1; Path=/\nb=2; Secure"},
                    "no header",
                ],
                content="gone",
            )
        )
    )
    sent = ask_get(server, "/orders")
    assert (sent.status, sent.body) == (404, b"gone")
    assert sent.headers == (
        ("Content-Type", "text/plain"),
        ("X-One", "1"),
        ("Server", "nginx"),
        ("X-Euro", "\xe2\x82\xac"),
        ("Set-Cookie", "a=1; Path=/"),
        ("Set-Cookie", "b=2; Secure"),
    )
    response = server.journal.exchanges()[-1].response
    assert response is not None
    assert response.reason == "Nothing Here"


@pytest.mark.parametrize("reason", ["", "Not Found", "Grün", "a\nb", None])
def test_a_usual_reason(loaded: Load, server: HttpServer, reason: object) -> None:
    loaded(archive(entry(status=404, statusText=reason)))
    ask_get(server, "/orders")
    response = server.journal.exchanges()[-1].response
    assert response is not None
    assert response.reason == "Not Found"


def test_an_encoded_body_is_sent_decoded(loaded: Load, server: HttpServer) -> None:
    loaded(
        archive(
            entry(headers=headers(Content_Encoding="br", Content_Type="text/html; charset=iso-8859-1"), content="grün")
        )
    )
    sent = ask_get(server, "/orders")
    assert (sent.body, sent.headers) == (b"gr\xfcn", (("Content-Type", "text/html; charset=iso-8859-1"),))


def test_a_body_that_is_still_encoded(loaded: Load, server: HttpServer) -> None:
    body = gzip.compress(b"hello")
    content = {"encoding": "base64", "text": b64encode(body).decode(), "size": 5, "mimeType": "text/plain"}
    loaded(archive(entry(headers=headers(Content_Encoding="gzip"), content=content)))
    sent = ask_get(server, "/orders")
    assert sent.body == body
    assert ("Content-Encoding", "gzip") in sent.headers


@pytest.mark.parametrize(
    ("content_type", "text", "body", "sent_type"),
    [
        ("text/html; charset=windows-1251", "да", b"\xe4\xe0", "text/html; charset=windows-1251"),
        ("text/html;charset=ascii", "да", "да".encode(), "text/html; charset=utf-8"),
        ("text/html; charset=klingon; x=1", "да", "да".encode(), "text/html; charset=utf-8; x=1"),
        ("text/html", "да", "да".encode(), "text/html"),
    ],
)
def test_the_charset_of_a_body(
    loaded: Load, server: HttpServer, content_type: str, text: str, body: bytes, sent_type: str
) -> None:
    loaded(archive(entry(headers=headers(Content_Type=content_type), content=text)))
    sent = ask_get(server, "/orders")
    assert (sent.body, sent.headers) == (body, (("Content-Type", sent_type),))


@pytest.mark.parametrize("padding", ["", "="])
def test_a_binary_body(loaded: Load, server: HttpServer, padding: str) -> None:
    text = b64encode(b"\x89PNG!").decode().rstrip("=") + padding
    loaded(archive(entry(content={"encoding": "base64", "text": text, "size": 5, "mimeType": "image/png"})))
    sent = ask_get(server, "/orders")
    assert (sent.body, sent.headers) == (b"\x89PNG!", (("Content-Type", "image/png"),))


def test_what_is_not_base64_is_sent_as_it_is(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry(content={"encoding": "base64", "text": "ä", "size": 1, "mimeType": "image/png"})))
    assert ask(Request.of("GET", "/orders")) == (200, "ä")


@pytest.mark.parametrize("mime_type", ["x-unknown", "application/octet-stream", "", None, "text"])
def test_what_is_no_type(loaded: Load, server: HttpServer, mime_type: object) -> None:
    loaded(archive(entry(content={"text": "a", "size": 1, "mimeType": mime_type})))
    assert ask_get(server, "/orders").headers == ()


def test_the_head_of_a_response_to_head(loaded: Load, server: HttpServer) -> None:
    loaded(archive(entry(method="HEAD", headers=headers(Content_Length="99"), content={"size": 0})))
    (sent,) = responses_to(server, Request.of("HEAD", "/orders"))
    assert sent.headers == (("Content-Length", "99"),)


@pytest.mark.parametrize("status", [0, -2, None, "", "x", True])
def test_what_has_no_response_is_left_out(loaded: Load, status: object) -> None:
    found = loaded(archive(entry(status=status), {**entry(), "response": None}))
    assert not found.drafts
    assert not found.unsupported
    assert found.notes == ["file.json: 2 entries without a response, left out."]


@pytest.mark.parametrize("url", ["data:text/plain,a", "blob:https://a/b", "ws://h/a", "wss://h/a", "about:blank"])
def test_what_is_no_http_is_left_out(loaded: Load, url: str) -> None:
    found = loaded(archive(entry(url)))
    assert not found.drafts
    assert not found.unsupported
    assert found.notes == ["file.json: 1 entry for a protocol other than HTTP, left out."]


@pytest.mark.parametrize("status", [101, 103, 999])
def test_a_status_that_is_not_final_is_left_out(loaded: Load, status: int) -> None:
    found = loaded(archive(entry(status=status)))
    assert found.drafts == []
    assert found.notes == ["file.json: 1 entry without a final HTTP status, left out."]


def test_a_status_as_text(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry(status="201")))
    assert ask(Request.of("GET", "/orders"))[0] == 201


def test_a_body_that_is_not_in_the_file(loaded: Load, ask: Ask) -> None:
    found = loaded(archive(entry(content={"size": 10, "mimeType": "text/plain"})))
    assert ask(Request.of("GET", "/orders")) == (200, "")
    assert found.notes == ["file.json: 1 entry whose response body is not in the file, sent without a body."]


def test_an_answer_with_its_body_is_better(loaded: Load, ask: Ask) -> None:
    missing = {"size": 10, "mimeType": "text/plain"}
    loaded(archive(entry(content=missing), entry(content="one"), entry(content=missing), entry(status=404)))
    assert [ask(Request.of("GET", "/orders")) for _ in range(3)] == [(200, "one"), (404, ""), (404, "")]


def test_not_modified_answers_only_without_a_better_answer(loaded: Load, ask: Ask) -> None:
    loaded(
        archive(
            entry(status=304),
            entry(content="one"),
            entry(status=304),
            entry("http://h/cached", status=304, content="from the cache"),
            entry("http://h/alone", status=304),
        )
    )
    assert [ask(Request.of("GET", "/orders")) for _ in range(2)] == [(200, "one"), (200, "one")]
    assert ask(Request.of("GET", "/cached")) == (200, "from the cache")
    assert ask(Request.of("GET", "/alone")) == (304, "")


@pytest.mark.parametrize(
    ("location", "sent"),
    [
        ("https://shop.example/login?x=1", "/login?x=1"),
        ("http://shop.example:80/login", "/login"),
        ("https://shop.example", "/"),
        ("https://SHOP.example:443?a", "/?a"),
        ("//shop.example/login", "/login"),
        ("/login", "/login"),
        ("login", "login"),
        ("https://elsewhere.example/login", "https://elsewhere.example/login"),
        ("https://shop.example:8443/login", "https://shop.example:8443/login"),
    ],
)
def test_a_redirect_to_a_host_of_the_archive_stays_here(
    loaded: Load, server: HttpServer, location: str, sent: str
) -> None:
    loaded(archive(entry(status=302, headers=headers(Location=location))))
    assert dict(ask_get(server, "/orders").headers)["Location"] == sent


@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        ("a=1; Domain=shop.example; Path=/", "a=1; Path=/"),
        ("a=1; Secure;domain = .Example", "a=1; Secure"),
        ("a=1; Domain=", "a=1; Domain="),
        ("a=1; Domain=other.example", "a=1; Domain=other.example"),
        ("a=1; Domain=op.example", "a=1; Domain=op.example"),
        ("domain=shop.example", "domain=shop.example"),
    ],
)
def test_a_cookie_for_the_recorded_host_is_for_this_one(
    loaded: Load, server: HttpServer, cookie: str, sent: str
) -> None:
    loaded(archive(entry("https://shop.example:8443/orders", headers=headers(Set_Cookie=cookie))))
    assert dict(ask_get(server, "/orders").headers)["Set-Cookie"] == sent


def test_a_redirect_with_a_base_path(loaded: Load, server: HttpServer) -> None:
    loaded(archive(entry(status=302, headers=headers(Location="https://shop.example/login"))), base_path="/v1")
    assert dict(ask_get(server, "/v1/orders").headers)["Location"] == "/v1/login"


def test_a_redirect_that_changes_only_the_host_is_left_out(loaded: Load, ask: Ask) -> None:
    moved = headers(Location="https://www.shop.example/")
    loaded(
        archive(
            entry("http://shop.example/", status=301, headers=moved), entry("https://www.shop.example/", content="ok")
        )
    )
    assert ask(Request.of("GET", "/")) == (200, "ok")


def test_several_hosts(loaded: Load, ask: Ask) -> None:
    found = loaded(
        archive(*(entry(f"https://{host}.example/a", content=host) for host in "abcd"), entry("https://a.example/b"))
    )
    assert [ask(Request.of("GET", "/a"))[1] for _ in range(5)] == ["a", "b", "c", "d", "d"]
    hosts = "4 hosts (a.example, b.example, c.example and 1 more)"
    assert found.notes == [
        f"file.json has requests to {hosts}; this server answers all of them.",
        "1 request went to several hosts; their answers follow one another, as recorded.",
    ]


def test_a_preflight_is_answered_as_recorded(loaded: Load, server: HttpServer) -> None:
    loaded(archive(entry(method="OPTIONS", status=204, headers=headers(Access_Control_Allow_Origin="*"))))
    (sent,) = responses_to(server, Request.of("OPTIONS", "/orders", {"Origin": "http://a"}))
    assert (sent.status, sent.headers) == (204, (("Access-Control-Allow-Origin", "*"),))


def test_credentials_of_requests_are_neither_used_nor_shown(loaded: Load, server: HttpServer, ask: Ask) -> None:
    sent = headers(Authorization="Bearer s3cr3t", Cookie="id=s3cr3t")
    found = loaded(archive(entry("https://me:s3cr3t@shop.example/orders", request_headers=sent, content="ok")))
    assert ask(Request.of("GET", "/orders")) == (200, "ok")
    shown = [*map(str, server.book.expectations()), *found.notes, ask(Request.of("GET", "/other"))[1]]
    assert not any("s3cr3t" in text for text in shown)


def test_what_is_masked_is_any_text(loaded: Load, ask: Ask) -> None:
    loaded(
        archive(
            entry("https://h/users/***/orders?key=***&page=1&***=2", content="masked"),
            posted('{"user": "ann", "password": "***", "note": "x *** y"}', "application/json", "json"),
            posted("user=ann&password=***&n=a***b", URLENCODED, "form"),
            posted("token: ***!", "text/plain", "text"),
            posted(b64encode(b"\xff***\x00").decode(), "image/png", "binary", _encoding="base64"),
            posted(b64encode(b"\xff***,***\x00").decode(), "image/png", "twice", _encoding="base64"),
        )
    )
    assert ask(Request.of("GET", "/users/a%20b/orders?page=1&key=k1&other=2")) == (200, "masked")
    body = b'{"user": "ann", "password": 7, "note": "x long\\nnote y"}'
    assert ask(Request.of("POST", "/orders", {}, body)) == (200, "json")
    form = {"Content-Type": URLENCODED}
    assert ask(Request.of("POST", "/orders", form, b"user=ann&password=p&n=a%0Ab")) == (200, "form")
    assert ask(Request.of("POST", "/orders", {}, b"token: abc!")) == (200, "text")
    assert ask(Request.of("POST", "/orders", {}, b"\xffabc\x00")) == (200, "binary")
    assert ask(Request.of("POST", "/orders", {}, b"token: abc"))[0] == 500
    assert ask(Request.of("POST", "/orders", {}, b"\xff1,2\x01"))[0] == 500


def test_a_request_that_is_not_masked_comes_first(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry("http://h/a?key=***", content="any"), entry("http://h/a?key=1", content="one")))
    assert ask(Request.of("GET", "/a?key=1")) == (200, "one")
    assert ask(Request.of("GET", "/a?key=2")) == (200, "any")


def test_a_base_path(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry(content="ok"), entry(method="OPTIONS", _target="*", content="all")), base_path="/v1")
    assert ask(Request.of("GET", "/v1/orders")) == (200, "ok")
    assert ask(Request.of("GET", "/orders"))[0] == 500
    assert ask(Request.of("OPTIONS", "*")) == (200, "all")


def test_a_method_that_nobody_knows(loaded: Load, ask: Ask) -> None:
    loaded(archive(entry(method="POTS", content="ok")))
    assert ask(Request.of("POTS", "/orders")) == (200, "ok")


def test_a_request_without_a_method(loaded: Load, ask: Ask) -> None:
    value = archive(entry(content="pushed"))
    value["log"]["entries"][0]["request"]["method"] = None
    assert loaded(value).notes == ["file.json: 1 entry without a method, taken for GET."]
    assert ask(Request.of("GET", "/orders")) == (200, "pushed")


def test_what_is_no_entry_is_listed_with_its_place(loaded: Load) -> None:
    found = loaded(
        archive(
            7,
            {"response": {}},
            {"request": {"method": "GET", "url": 7}, "response": {"status": 200}},
            {"request": {"method": "GET", "url": "nonsense"}, "response": {"status": 200}},
            {"request": {"method": "G T", "url": "/"}, "response": {"status": 200}},
        )
    )
    assert [f"{place}: {what}" for place, what in found.unsupported] == [
        "file.json, $.log.entries[0]: an entry is needed, not the number 7",
        "file.json, $.log.entries[1].request: a request is needed, not nothing",
        "file.json, $.log.entries[2].request.url: a URL is needed, not the number 7",
        'file.json, $.log.entries[3].request.url: a URL is needed, not "nonsense"',
        'file.json, $.log.entries[4].request.method: a method is needed, not the text "G T"',
    ]


def test_odd_values_harm_nothing(loaded: Load, ask: Ask) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [None, 7, {"name": 7}]]
    for index, value in enumerate(odd):
        made = entry(f"http://h/{index}", method="POST", headers=value, content=value)
        made["request"] |= {"headers": value, "postData": value, "bodySize": value, "queryString": value}
        made |= {"startedDateTime": value, "_callbacks": value, "_problem": value}
        loaded(archive(made))
        assert ask(Request.of("POST", f"/{index}"))[0] == 200


def test_an_archive_without_entries(loaded: Load) -> None:
    assert loaded(archive()).notes == ["file.json has no entries."]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"log": {}}, "an object with log"),
        ({"log": {"entries": {}}}, "an object with log"),
        ({}, "an object"),
        ([], "a list"),
        (None, "null"),
        (True, "the boolean true"),
        ("x" * 200, f'the text "{"x" * 100}"... (200 characters)'),
        (dict.fromkeys("abcdefg"), "an object with a, b, c, d, e, ..."),
    ],
)
def test_what_is_no_archive(loaded: Load, value: object, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(value, Format.HAR)
    assert str(caught.value) == f"path: file.json is {what}, not an HTTP Archive, which has log.entries."


def test_a_large_archive(loaded: Load, ask: Ask) -> None:
    entries = [entry(f"http://h/{number}", content="x" * 10_000) for number in range(500)]
    loaded(json.dumps(archive(*entries)).encode())
    assert ask(Request.of("GET", "/499")) == (200, "x" * 10_000)
