"""Whatever body comes, under whatever Content-Type: every field says whether it matches, and if not, what differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request

CONTENT_TYPES = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=idna",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=b; boundary*=utf-8''%ff",
    "multipart/form-data; boundary=\xe4",
    "text/plain; charset=undefined",
    "text/plain; charset=utf-8\x7f",
    "text/xml; charset=rot13",
    "text/xml; charset*=utf-8''%ff",
    'text/xml; charset="',
    "text/xml; charset*=utf%00''x",
]
PIECES = [
    "--b\r\n",
    "--b--",
    "\r\n",
    "\n",
    'Content-Disposition: form-data; name="a"',
    "Content-Disposition: form-data; name*=x''%ff",
    "Content-Disposition: form-data",
    '; filename="f"',
    "Content-Type: text/plain; charset=nope",
    "Content-Transfer-Encoding: base64",
    *": a=1 & %ff % + a \0 \xff".split(" "),
    *'{"a": 1 } [ ] , "\\ud800" NaN 1e999 null true'.split(" "),
    *"<a> </a> <b/> &amp; &e;".split(" "),
]
DESCRIPTIONS: list[dict[str, object]] = [
    {"text": "REGEXP:.*x"},
    {"data": b"a"},
    {"json": {"a": "<any-number>"}},
    {"json": ["<any>", {"a": 1}, []], "json_ignore_order": True},
    {"json_subset": [{"a": "<regexp:1>"}, 1], "json_ignore_order": True},
    {"json_path": {"$..a": 1}},
    {"json_schema": {"type": "object", "required": ["b"]}},
    {"xml": "<a><b/></a>"},
    {"xpath": {"//a": 1}},
    {"form": {"a": "1", "b": None}},
    {"files": {"a": "f", "b": None, "c": {"text": "GLOB:*", "content_type": "x"}}},
]
BODIES = st.binary(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=25).map(
    lambda pieces: "".join(pieces).encode("latin-1")
)


@pytest.mark.parametrize("fields", DESCRIPTIONS, ids=lambda fields: next(iter(fields)))
@given(body=BODIES, content_type=st.sampled_from(CONTENT_TYPES))
def test_every_body_ends_in_an_answer(fields: dict[str, object], body: bytes, content_type: str) -> None:
    request = Request.of("POST", "/", {"Content-Type": content_type}, body)
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == [])
    assert all(line.isprintable() for line in found)


@pytest.mark.parametrize("fields", [{"form": {"a": "1"}}, {"files": {"a": "f"}}], ids=["form", "files"])
def test_names_are_compared_with_parts_that_have_none(fields: dict[str, object]) -> None:
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b\r\n"
    body += b'Content-Disposition: form-data; filename="g"\r\n\r\n2\r\n--b--\r\n'
    request = Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    assert len(RequestDescription(**fields).differences(request)) == 1
