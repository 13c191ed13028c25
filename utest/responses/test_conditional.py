"""Files: conditional requests and requests for a part (RFC 9110, 13 and 14)."""

from __future__ import annotations

import json
import os
import socket
import time
from email.utils import parsedate_to_datetime
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.formats.har import archive
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.conditional import precondition_status, requested_range
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG, Sent

SECONDS: Final = 784_111_777
NOW: Final = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE: Final = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER: Final = "Sun, 06 Nov 1994 08:49:38 GMT"
CONTENT: Final = b"0123456789"
TAG: Final = f'"{SECONDS * 10**9:x}-a"'
TYPE: Final = ("Content-Type", "text/plain")
VALIDATORS: Final = (("ETag", TAG), ("Last-Modified", NOW), ("Accept-Ranges", "bytes"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    os.utime(path, (SECONDS, SECONDS))
    return path


def answer(file: File, headers: dict[str, str] | None = None, method: str = "GET") -> Sent:
    response = file.respond(Occasion(Request.of(method, "/x", headers or {})))
    try:
        body = b"".join(response.pieces())
        assert response.length == len(body)
        return Sent(response.status, response.headers, body)
    finally:
        response.close()


def test_a_file_says_what_can_be_asked_for(path: Path) -> None:
    assert answer(File(path)) == (200, (TYPE, *VALIDATORS), CONTENT)
    assert answer(File(path), method="HEAD") == (200, (TYPE, *VALIDATORS), CONTENT), "the wire leaves the body out"


def test_the_tag_changes_with_the_file(path: Path) -> None:
    file = File(path)
    tags = [dict(answer(file).headers)["ETag"]]
    path.write_bytes(b"9876543210")
    os.utime(path, ns=(0, SECONDS * 10**9 + 1000))
    tags.append(dict(answer(file).headers)["ETag"])
    path.write_bytes(b"short")
    os.utime(path, ns=(0, SECONDS * 10**9 + 1000))
    tags.append(dict(answer(file).headers)["ETag"])
    assert len({*tags}) == 3


def test_a_file_of_the_future_is_not_newer_than_its_response(path: Path) -> None:
    os.utime(path, (time.time() + 10**6,) * 2)
    modified = dict(answer(File(path)).headers)["Last-Modified"]
    assert parsedate_to_datetime(modified).timestamp() <= time.time()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": TAG}, 304),
        ({"If-None-Match": f"W/{TAG}"}, 304),
        ({"If-None-Match": f'"a", {TAG}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"a", W/"b"'}, 200),
        ({"If-None-Match": TAG.strip('"')[:-1]}, 200),
        ({"If-Modified-Since": NOW}, 304),
        ({"If-Modified-Since": AFTER}, 304),
        ({"If-Modified-Since": BEFORE}, 200),
        ({"If-Modified-Since": "Sunday, 06-Nov-94 08:49:37 GMT"}, 304),
        ({"If-Modified-Since": "Sun Nov  6 08:49:37 1994"}, 304),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, 200),
        # Tags go before dates.
        ({"If-None-Match": '"a"', "If-Modified-Since": AFTER}, 200),
        ({"If-None-Match": TAG, "If-Modified-Since": BEFORE}, 304),
        ({"If-Match": TAG}, 200),
        ({"If-Match": f'"a", {TAG}'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"a"'}, 412),
        ({"If-Match": f"W/{TAG}"}, 412),
        ({"If-Unmodified-Since": NOW}, 200),
        ({"If-Unmodified-Since": AFTER}, 200),
        ({"If-Unmodified-Since": BEFORE}, 412),
        ({"If-Unmodified-Since": "yesterday"}, 200),
        ({"If-Match": TAG, "If-Unmodified-Since": BEFORE}, 200),
        ({"If-Match": '"a"', "If-Unmodified-Since": AFTER}, 412),
        # 412 goes before 304, and both before a Range.
        ({"If-Match": '"a"', "If-None-Match": TAG}, 412),
        ({"If-Match": TAG, "If-None-Match": TAG}, 304),
        ({"If-None-Match": TAG, "Range": "bytes=0-1"}, 304),
        ({"If-Match": '"a"', "Range": "bytes=0-1"}, 412),
        ({"If-None-Match": TAG, "Range": "bytes=99-"}, 304),
    ],
)
def test_conditions(path: Path, headers: dict[str, str], status: int, method: str) -> None:
    sent = answer(File(path), headers, method)
    if status == 200:
        assert sent == (200, (TYPE, *VALIDATORS), CONTENT)
    else:
        assert sent == (status, (("ETag", TAG), ("Accept-Ranges", "bytes")), b"")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=2-4", 2, 4),
        ("bytes=2-", 2, 9),
        ("bytes=9-", 9, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-10", 0, 9),
        ("bytes=-99", 0, 9),
        ("bytes=0-99", 0, 9),
        (f"bytes=1-{'9' * 900}", 1, 9),
        ("Bytes= 002-003", 2, 3),
    ],
)
def test_a_range(path: Path, value: str, first: int, last: int) -> None:
    content = CONTENT[first : last + 1]
    assert answer(File(path), {"Range": value}) == (
        206,
        (TYPE, *VALIDATORS, ("Content-Range", f"bytes {first}-{last}/10")),
        content,
    )
    assert answer(File(path), {"Range": value}, "HEAD").status == 200, "only GET has ranges"


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={'9' * 900}-"])
def test_a_range_that_is_not_there(path: Path, value: str) -> None:
    headers = (("ETag", TAG), ("Accept-Ranges", "bytes"), ("Content-Range", "bytes */10"))
    assert answer(File(path), {"Range": value}) == (416, headers, b"")


def test_an_empty_file_has_no_ranges(path: Path) -> None:
    path.write_bytes(b"")
    sent = answer(File(path), {"Range": "bytes=0-"})
    assert (sent.status, dict(sent.headers)["Content-Range"]) == (416, "bytes */0")


@pytest.mark.parametrize(
    "value",
    [
        *("bytes=0-1,3-4", "bytes=0-1, -1", "lines=0-1", "bytes", "bytes=", "bytes=-", "bytes=5-3", "bytes=a-b"),
        *("bytes=--1", "bytes=+1-2", "bytes=1_0-", "bytes=²-", f"bytes={'9' * 5000}-", "0-1", ""),
    ],
)
def test_other_ranges_get_the_whole(path: Path, value: str) -> None:
    assert answer(File(path), {"Range": value}) == (200, (TYPE, *VALIDATORS), CONTENT)


def test_ranges_in_several_lines_get_the_whole(path: Path) -> None:
    request = Request.of("GET", "/", [("Range", "bytes=0-1"), ("Range", "bytes=3-4")])
    response = File(path).respond(Occasion(request))
    assert response.status == 200
    response.close()


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        (TAG, 206),
        (NOW, 206),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 206),
        (f"W/{TAG}", 200),
        ('"a"', 200),
        (BEFORE, 200),
        (AFTER, 200),
        ("yesterday", 200),
        ("*", 200),
    ],
)
def test_a_range_if_the_file_is_the_same(path: Path, if_range: str, status: int) -> None:
    sent = answer(File(path), {"Range": "bytes=2-4", "If-Range": if_range})
    assert (sent.status, sent.body) == ((206, b"234") if status == 206 else (200, CONTENT))
    missing = answer(File(path), {"Range": "bytes=99-", "If-Range": if_range})
    assert missing.status == (416 if status == 206 else 200)
    assert answer(File(path), {"If-Range": if_range}).status == 200, "without Range it means nothing"


@pytest.mark.parametrize(("method", "options"), [("POST", {}), ("GET", {"status": 203}), ("HEAD", {"status": 206})])
@pytest.mark.parametrize("headers", [{"Range": "bytes=0-1"}, {"If-None-Match": "*"}, {"If-Match": '"a"'}])
def test_other_responses_are_sent_as_they_are(
    path: Path, method: str, options: dict[str, Any], headers: dict[str, str]
) -> None:
    assert answer(File(path, **options), headers, method) == (options.get("status", 200), (TYPE,), CONTENT)


@pytest.mark.parametrize(
    ("given", "headers", "status"),
    [
        ({"etag": '"mine"'}, {"If-None-Match": '"mine"'}, 304),
        ({"etag": '"mine"'}, {"If-None-Match": TAG}, 200),
        ({"etag": '"mine"'}, {"If-Match": '"mine"'}, 200),
        ({"etag": '"mine"'}, {"Range": "bytes=0-1", "If-Range": '"mine"'}, 206),
        ({"etag": 'W/"mine"'}, {"If-None-Match": '"mine"'}, 304),
        ({"etag": 'W/"mine"'}, {"If-Match": 'W/"mine"'}, 412),
        ({"etag": 'W/"mine"'}, {"If-Match": '"mine"'}, 412),
        ({"etag": 'W/"mine"'}, {"If-Match": "*"}, 200),
        ({"etag": 'W/"mine"'}, {"Range": "bytes=0-1", "If-Range": 'W/"mine"'}, 200),
        ({"etag": ""}, {"If-None-Match": '"mine"'}, 200),
        ({"etag": ""}, {"If-None-Match": "*"}, 304),
        ({"last-modified": BEFORE}, {"If-Modified-Since": BEFORE}, 304),
        ({"last-modified": AFTER}, {"If-Modified-Since": NOW}, 200),
        ({"last-modified": AFTER}, {"If-Unmodified-Since": NOW}, 412),
        ({"last-modified": BEFORE}, {"Range": "bytes=0-1", "If-Range": BEFORE}, 206),
        ({"last-modified": "never"}, {"If-Modified-Since": AFTER}, 200),
        ({"last-modified": "never"}, {"If-Unmodified-Since": BEFORE}, 200),
        ({"last-modified": "never"}, {"Range": "bytes=0-1", "If-Range": "never"}, 200),
        ({"accept-ranges": "none"}, {"Range": "bytes=0-1"}, 200),
        ({"accept-ranges": "bytes "}, {"Range": "bytes=0-1"}, 206),
    ],
)
def test_given_headers_win(path: Path, given: dict[str, str], headers: dict[str, str], status: int) -> None:
    file = File(path, headers=given)
    assert answer(file, headers).status == status
    ((name, value),) = given.items()
    assert [pair for pair in answer(file).headers if pair[0].lower() == name] == [(name, value)]


def test_headers_about_the_content_are_not_sent_without_it(path: Path) -> None:
    given = "Content-Language: en\nContent-Range: x\nCache-Control: no-cache\nVary: Origin\nX-Trace: 1"
    file = File(path, status="200 All Of It", headers=given)
    general = (("Cache-Control", "no-cache"), ("Vary", "Origin"), ("X-Trace", "1"))
    about = (("ETag", TAG), ("Accept-Ranges", "bytes"))
    assert answer(file, {"If-None-Match": TAG}).headers == (*general, *about)
    assert answer(file, {"Range": "bytes=99-"}).headers == (*general, *about, ("Content-Range", "bytes */10"))
    part = answer(file, {"Range": "bytes=1-2"}).headers
    assert part == (
        TYPE,
        ("Content-Language", "en"),
        *general,
        *VALIDATORS,
        ("Content-Range", "bytes 1-2/10"),
    )


def test_the_reason_phrase_is_for_the_given_status(path: Path) -> None:
    file = File(path, status="200 All Of It")
    reasons = []
    for value in ("bytes=a", "bytes=1-2", "bytes=99-"):
        response = file.respond(Occasion(Request.of("GET", "/", {"Range": value})))
        reasons.append(response.reason)
        response.close()
    assert reasons == ["All Of It", "Partial Content", "Range Not Satisfiable"]


def test_a_part_of_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    size = 3 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(2 * 1024 * 1024)
        file.write(b"here")
    response = File(path).respond(Occasion(Request.of("GET", "/", {"Range": f"bytes=1000-{size - 2}"})))
    pieces = [*response.pieces()]
    response.close()
    assert max(map(len, pieces)) <= 512 * 1024
    content = b"".join(pieces)
    assert len(content) == size - 1001
    assert content.index(b"here") == 2 * 1024 * 1024 - 1000


VALUES: Final = st.sampled_from([TAG, f"W/{TAG}", '"a"', "*", NOW, BEFORE, AFTER, "", ",", '"', "W/", "bytes=0-1"]) | (
    st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=30)
)
DATES: Final = st.from_regex(r"Sun, [0-9+-]{1,25} Nov [0-9]{1,25} [0-9:]{1,20} ([+-][0-9]{1,20}|GMT)", fullmatch=True)
RANGES: Final = st.from_regex(r"bytes=[0-9]{0,3}-[0-9]{0,3}", fullmatch=True)
NAMES: Final = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"]
SIZE: Final = 50


@given(st.dictionaries(st.sampled_from(NAMES), VALUES | DATES | RANGES), st.lists(VALUES | DATES, max_size=2))
def test_no_request_breaks_it(headers: dict[str, str], given: list[str]) -> None:
    request = Request.of("GET", "/", headers)
    pairs = [*zip(("ETag", "Last-Modified"), given, strict=False), ("Accept-Ranges", "bytes")]
    assert precondition_status(request, pairs) in (None, 304, 412)
    part = requested_range(request, pairs, SIZE)
    assert part is None or (0 <= part.start <= part.stop <= SIZE) or not part


def test_one_connection_gets_all_of_them(running: HttpServer, path: Path) -> None:
    """Where one response ends and the next one begins must be clear, too."""
    running.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = File(path)
    asked = [
        ("GET", "Range: bytes=2-4", 206, b"234", "3"),
        ("GET", f"If-None-Match: {TAG}", 304, b"", None),
        ("HEAD", "Range: bytes=2-4", 200, b"", "10"),
        ("HEAD", f"If-None-Match: {TAG}", 304, b"", None),
        ("GET", "Range: bytes=99-", 416, b"", "0"),
        ("GET", 'If-Match: "a"', 412, b"", "0"),
        ("HEAD", 'If-Match: "a"', 412, b"", "0"),
        ("GET", "Range: lines=1", 200, CONTENT, "10"),
    ]
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONG) as client:
        for method, line, status, content, length in asked:
            client.sendall(f"{method} /x HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n".encode())
            response = HTTPResponse(client, method=method)
            response.begin()
            assert (response.status, response.read(), response.getheader("Content-Length")) == (status, content, length)
            assert response.getheader("ETag") == TAG
            response.close()
    exchanges = running.journal.exchanges()
    statuses = [status for _, _, status, _, _ in asked]
    received = [ReceivedRequest(exchange).response for exchange in exchanges]
    assert [response and response.status for response in received] == statuses
    assert received[0] is not None
    assert received[0].text == "234"
    har = json.loads("".join(archive(exchanges, running.secrets, "", "")))
    saved = [entry["response"] for entry in har["log"]["entries"]]
    assert [response["status"] for response in saved] == statuses
    assert saved[0]["content"] == {"size": 3, "mimeType": "text/plain", "text": "234"}
    assert not running.journal.problems()
