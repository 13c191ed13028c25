"""Bodies with a Content-Encoding: decoded within a limit, whoever made them."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.message.content import Content, NotDecoded, TooLarge, decode
from HttpServerLibrary.engine.message.json_text import NotJson
from HttpServerLibrary.engine.message.request import BodyCut, Cut, Request
from HttpServerLibrary.engine.message.xml_tree import NotXml

# Without the time, which would give a test another name each time.
pack = partial(gzip.compress, mtime=0)

LARGE = 1 << 20
DATA = b'{"a": "\xc3\xa4"}'
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhi\r\n--x--\r\n'


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def gzip_bomb(size: int) -> bytes:
    """A body whose content is so many zeros: a block that stands for 1 MiB, again and again."""
    packer = zlib.compressobj(9, wbits=31)
    first, block = (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + block * ((size >> 20) - 1)


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", pack(DATA)),
        ("x-gzip", pack(DATA)),
        (" GZip ", pack(DATA)),
        ("deflate", zlib.compress(DATA)),
        ("deflate", raw_deflate(DATA)),
        ("identity", DATA),
        ("", DATA),
        (" , ,", DATA),
        ("deflate, gzip", pack(zlib.compress(DATA))),
        ("gzip,,identity,\tgzip", pack(pack(DATA))),
        # RFC 1952, 2.2: members one after the other. Zeros that pad to a block are usual, too.
        ("gzip", pack(DATA[:3]) + pack(b"") + pack(DATA[3:]) + bytes(20_000)),
    ],
)
def test_decoded(header: str, body: bytes) -> None:
    assert decode(body, header, LARGE) == Content(DATA)


@given(data=st.binary(max_size=50_000), codings=st.lists(st.sampled_from(["gzip", "deflate"]), max_size=4))
def test_what_was_encoded_is_decoded(data: bytes, codings: list[str]) -> None:
    body = data
    for coding in codings:
        body = pack(body) if coding == "gzip" else zlib.compress(body)
    assert decode(body, ", ".join(codings), LARGE) == Content(data)


@pytest.mark.parametrize(
    "header", ["br", "zstd", "compress", "gzip, br", "br, gzip", "gzip;q=1", "gzip, " * 4 + "gzip"]
)
def test_unknown_codings(header: str) -> None:
    assert decode(b"body", f" {header}", LARGE) == Content(b"body", undecoded=header)


@pytest.mark.parametrize(
    ("header", "coding", "body"),
    [
        ("gzip", "gzip", DATA),
        ("gzip", "gzip", pack(DATA)[:-1]),
        ("gzip", "gzip", pack(DATA)[:-5] + b"12345"),
        ("gzip", "gzip", pack(DATA) + b"more"),
        ("x-gzip", "x-gzip", b"\x1f\x8b"),
        ("deflate", "deflate", DATA),
        ("deflate", "deflate", zlib.compress(DATA)[:-1]),
        ("deflate", "deflate", zlib.compress(DATA) + b"more"),
        ("deflate", "deflate", zlib.compress(DATA) + b"m" * 40_000),
        ("deflate, gzip", "deflate", pack(DATA)),
        ("deflate, gzip", "gzip", zlib.compress(DATA)),
    ],
)
def test_invalid(header: str, coding: str, body: bytes) -> None:
    assert decode(body, header, LARGE) == Content(body, NotDecoded(coding, header))


@given(body=st.binary(min_size=1, max_size=200), header=st.sampled_from(["gzip", "deflate", "gzip, deflate"]))
def test_any_bytes_are_decoded_or_refused(body: bytes, header: str) -> None:
    content = decode(body, header, LARGE)
    assert content.data == body or content.unreadable is None


def test_the_limit_counts_exactly() -> None:
    body = pack(b"12345")
    assert decode(body, "gzip", 5) == Content(b"12345")
    assert decode(body, "gzip", 4) == Content(body, TooLarge(4))
    assert decode(zlib.compress(b"12345"), "deflate", 4).unreadable == TooLarge(4)
    assert decode(pack(b""), "gzip", 0) == Content(b"")


def test_a_bomb_costs_no_more_than_the_limit() -> None:
    """10 GiB in 10 MB, and again packed in 30 kB."""
    bomb = gzip_bomb(10 << 30)
    for body, header in ((bomb, "gzip"), (pack(bomb), "gzip, gzip")):
        tracemalloc.start()
        begin = time.thread_time()
        content = decode(body, header, 16 * LARGE)
        assert time.thread_time() - begin < 5, "all of it takes much longer"
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert content == Content(body, TooLarge(16 * LARGE))
        assert peak < 100 * LARGE


def test_members_without_end_are_refused() -> None:
    """A member of 20 bytes holds nothing, so no limit of the content stops them."""
    member = pack(b"")
    assert decode(member * 10_000, "gzip", LARGE) == Content(b"")
    body = member * 1_000_000
    begin = time.thread_time()
    assert decode(body, "gzip", LARGE) == Content(body, NotDecoded("gzip", "gzip"))
    assert time.thread_time() - begin < 10


def test_the_beginning_of_a_body_that_is_not_whole() -> None:
    text = "".join(f"line {number}\n" for number in range(10_000)).encode()
    for body, header in ((pack(text), "gzip"), (zlib.compress(text), "deflate")):
        beginning = decode(body[: len(body) // 2], header, LARGE, whole=False).data
        assert len(beginning) > 1000
        assert text.startswith(beginning)


def encoded(body: bytes, content_type: str = "application/json", header: str = "gzip") -> Request:
    return Request.of("POST", "/x", {"Content-Type": content_type, "content-encoding": header}, body)


def test_views_of_the_content() -> None:
    request = encoded(pack(DATA))
    assert (request.text, request.json, request.content) == ('{"a": "ä"}', {"a": "ä"}, DATA)
    assert request.body == pack(DATA)
    assert (request.unreadable, request.undecoded) == (None, "")
    assert encoded(pack(b"<a/>")).xml.tag == "a"
    form = encoded(pack(b"a=1&b=2"), "application/x-www-form-urlencoded")
    assert form.form == {"a": ["1"], "b": ["2"]}
    upload = encoded(pack(MULTIPART), "multipart/form-data; boundary=x")
    assert upload.files["f"][0].read() == b"hi"


def test_headers_in_several_fields() -> None:
    pairs = [("Content-Encoding", "deflate"), ("Content-Encoding", "gzip")]
    assert Request.of("POST", "/x", pairs, pack(zlib.compress(DATA))).content == DATA


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (encoded(b"", header="gzip"), False),
        (encoded(b"a"), True),
        (Request.of("POST", "/x", {"Accept-Encoding": "gzip"}, b"a"), False),
        (Request.of("POST", "/x", {"X-Content-Encoding": "gzip"}, b"a"), False),
    ],
)
def test_is_encoded(request_: Request, expected: bool) -> None:
    assert request_.is_encoded is expected


def test_what_cannot_be_decoded_is_not_parsed() -> None:
    request = encoded(DATA)
    with pytest.raises(NotJson) as not_json:
        request.parse_json()
    assert str(not_json.value) == "the body is not valid gzip (Content-Encoding: gzip)"
    with pytest.raises(NotXml) as not_xml:
        request.parse_xml()
    assert str(not_xml.value) == "not valid gzip (Content-Encoding: gzip)"
    form = encoded(b"a=1", "application/x-www-form-urlencoded")
    assert (form.form, form.files) == ({}, {})
    assert (form.text, form.content) == ("a=1", b"a=1"), "what came can be read"


def test_a_bomb_is_like_a_body_that_is_cut() -> None:
    request = encoded(pack(b"[" + b" " * 1000 + b"]"))
    request.max_content = 1000
    why = "more than 1000 bytes when decoded, the limit that max_body_kept sets"
    with pytest.raises(NotJson) as not_json:
        request.parse_json()
    assert str(not_json.value) == why
    with pytest.raises(BodyCut) as cut:
        request.to_werkzeug()
    assert str(cut.value) == f"the body has {why}; raise it in 'Start Http Server'"
    request.max_content = 1002
    request.forget_views()
    assert request.json == []


def test_the_text_of_a_body_that_is_cut_is_decoded() -> None:
    request = encoded(pack(b"a" * 100_000)[:50], "text/plain")
    request.cut = Cut(200, 50, "max_body_kept")
    assert set(request.text) == {"a"}
    assert request.unreadable is request.cut


def test_a_request_that_is_made_again_keeps_its_limit() -> None:
    request = encoded(pack(b"12345"))
    request.max_content = 4
    assert Request.of_values(request.values()).unreadable == TooLarge(4)
