"""A secret, or the value of a masked name, shows nowhere: wherever it stands in a request, however long it is."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.explaining import checks
from HttpServerLibrary.engine.explaining.explanation import Explanation
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.phrase import MAX_SHOWN
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import expect, responses_to

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
XML = {"Content-Type": "application/xml"}

# A value is made of these, so that each part of it can be recognised: s0000, s0001 and so on.
PIECE = re.compile(r"s\d{4}")


def value_of(pieces: int, separator: str = "") -> str:
    return separator.join(f"s{number:04d}" for number in range(pieces))


class Place(NamedTuple):
    """Where a value stands: in what is expected, and in the request."""

    fields: Mapping[str, Any]
    request: Request


Make = Callable[[str, str, str], Place]
"""Makes a place of a name, a value and a text before it."""


def quoted(text: str) -> str:
    return quote(text, safe="")


def as_a_client_writes_it(text: str) -> str:
    """As the library requests does: it escapes few characters."""
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~") if "%" not in text and "?" not in text else quoted(text)


def multipart(name: str, value: str, filename: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return f"--b\r\n{head}\r\n\r\n".encode() + value.encode() + b"\r\n--b--\r\n"


def in_json(name: str, value: str, before: str) -> Place:
    text = f"{before}{value}"
    return Place({"json": {name: f"{text}x"}}, Request.of("POST", "/", JSON, json.dumps({name: text}).encode()))


def in_json_subset(name: str, value: str, before: str) -> Place:
    body = json.dumps({"a": {name: [value, before]}}, ensure_ascii=False)
    return Place({"json_subset": {"a": {name: [f"{value}x", 1]}}}, Request.of("POST", "/", JSON, body.encode()))


def in_json_path(name: str, value: str, before: str) -> Place:
    body = json.dumps({name: f"{before}{value}"})
    return Place({"json_path": {f"$['{name}']": f"{before}{value}x"}}, Request.of("POST", "/", JSON, body.encode()))


def in_json_schema(name: str, value: str, before: str) -> Place:
    body = json.dumps({name: f"{before}{value}"})
    schema = {"properties": {name: {"const": f"{before}{value}x"}}}
    return Place({"json_schema": schema}, Request.of("POST", "/", JSON, body.encode()))


def in_a_form(name: str, value: str, before: str) -> Place:
    body = f"{quote_plus(name)}={quote_plus(before + value)}"
    return Place({"form": {name: f"{before}{value}x"}}, Request.of("POST", "/", FORM, body.encode()))


def in_multipart(name: str, value: str, before: str) -> Place:
    return Place(
        {"form": {name: f"{before}{value}x"}}, Request.of("POST", "/", MULTIPART, multipart(name, f"{before}{value}"))
    )


def in_a_file(name: str, value: str, before: str) -> Place:
    body = multipart(name, f"{before}{value}", "a.txt")
    return Place({"files": {name: {"text": f"{before}{value}x"}}}, Request.of("POST", "/", MULTIPART, body))


def in_a_query(name: str, value: str, before: str) -> Place:
    target = f"/?{quoted(name)}={quoted(before + value)}"
    return Place({"query": {name: f"{before}{value}x"}}, Request.of("GET", target))


def in_a_query_subset(name: str, value: str, before: str) -> Place:
    target = f"/?a=1&{quote_plus(name)}={quote_plus(before + value)}"
    return Place({"query_subset": {name: f"{before}{value}x"}}, Request.of("GET", target))


def in_query_text(name: str, value: str, before: str) -> Place:
    query = f"a={quoted(before)}&{quoted(name)}={quoted(value)}"
    return Place({"query": f"{query}x"}, Request.of("GET", f"/?{query}"))


def in_xml(name: str, value: str, before: str) -> Place:
    body = f"<a><{name}>{escape(before + value)}</{name}></a>"
    return Place(
        {"xml": body.replace("</a>", "<b/></a>").replace(f"</{name}", f"x</{name}")},
        Request.of("POST", "/", XML, body.encode()),
    )


def in_xpath(name: str, value: str, before: str) -> Place:
    body = f"<a><{name}>{escape(before + value)}</{name}></a>"
    return Place({"xpath": {f"//{name}": f"{before}{value}x"}}, Request.of("POST", "/", XML, body.encode()))


def in_text_as_a_form(name: str, value: str, before: str) -> Place:
    text = f"{before}&{quoted(name)}={quoted(value)}"
    return Place({"text": f"{text}x"}, Request.of("POST", "/", {}, text.encode()))


def in_text_as_json(name: str, value: str, before: str) -> Place:
    text = json.dumps({"a": before, name: value, "b": 1}, ensure_ascii=False)
    return Place({"text": text.replace("1}", "2}")}, Request.of("POST", "/", {}, f"{text} ".encode()))


def in_text_of_several_lines(name: str, value: str, before: str) -> Place:
    text = f"{before}\nfirst\n{json.dumps({name: value})}\nlast\n"
    return Place({"text": f"{text}more\n"}, Request.of("POST", "/", {}, text.replace("first", "other").encode()))


def in_data(name: str, value: str, before: str) -> Place:
    text = f"{before}&{quoted(name)}={quoted(value)}"
    return Place({"data": f"{text}x".encode()}, Request.of("POST", "/", {}, text.encode()))


PLACES_OF_FIELDS: list[Make] = [
    in_json,
    in_json_subset,
    in_json_path,
    in_json_schema,
    in_a_form,
    in_multipart,
    in_a_file,
    in_a_query,
    in_a_query_subset,
    in_query_text,
    in_xml,
    in_xpath,
    in_text_as_a_form,
    in_text_as_json,
    in_text_of_several_lines,
    in_data,
]


def in_a_header(name: str, value: str, before: str) -> Place:
    text = f"{before}{value}".replace("\n", " ").encode().decode("latin-1")
    return Place({"headers": {name: f"{text}x"}}, Request.of("GET", "/", {name: text}))


def in_a_path(name: str, value: str, before: str) -> Place:
    return Place({"path": f"EQUALS:/{before}{value}x"}, Request.of("GET", f"/{quoted(before + value)}"))


def in_a_path_as_clients_write_it(name: str, value: str, before: str) -> Place:
    return Place({"path": "/x"}, Request.of("GET", f"/{as_a_client_writes_it(before + value)}"))


def in_plain_text(name: str, value: str, before: str) -> Place:
    return Place({"text": f"{before}{value}x"}, Request.of("POST", "/", {}, f"{before}{value}".encode()))


def in_lines_of_text(name: str, value: str, before: str) -> Place:
    lines = f"{before}\nfirst\n{value}\nlast\n"
    return Place({"text": f"{lines}x\n"}, Request.of("POST", "/", {}, lines.replace("first", "other").encode()))


def in_a_key(name: str, value: str, before: str) -> Place:
    key = f"{before}{value}"
    return Place({"json": {f"{key}x": {"a": 1}}}, Request.of("POST", "/", JSON, json.dumps({key: {"a": 1}}).encode()))


def in_a_name(name: str, value: str, before: str) -> Place:
    target = f"/?{quoted(before + value)}=1"
    return Place({"query": {f"{before}{value}x": "1"}}, Request.of("GET", target))


PLACES_OF_SECRETS = [
    *PLACES_OF_FIELDS,
    in_a_header,
    in_a_path,
    in_a_path_as_clients_write_it,
    in_plain_text,
    in_lines_of_text,
    in_a_key,
    in_a_name,
]


def told(server: HttpServer, place: Place) -> Iterator[str]:
    """All that anybody reads: of a near expectation, a far one, an ordered one, and of checks."""
    near = expect(server, **place.fields)
    yield str(near)
    yield from answers(server, place.request)
    server.book.remove(near)
    yield from answers(server, place.request)
    expect(server, "/far", method="DELETE")
    yield from answers(server, place.request)
    server.reset()
    expect(server, kind=Kind.ORDERED, **place.fields)
    yield from answers(server, place.request)
    yield from answers(server, place.request)
    received = server.journal.exchanges()
    description = RequestDescription(**place.fields)
    yield checks.not_received(description, "Expected 1 request", (), received, server.audience)
    yield checks.too_many_received(description, "Expected no request", received, server.audience)
    yield checks.unmet(server.book.expectations(), received, server.audience)
    yield checks.matchers(server.book.by_kind(), str(server))
    yield checks.problems([problem.record for problem in server.journal.problems()], str(server))


def answers(server: HttpServer, request: Request) -> Iterator[str]:
    (answer,) = responses_to(server, request)
    yield answer.body.decode()
    record = server.journal.problems()[-1].record
    explanation = record.explanation
    assert isinstance(explanation, Explanation)
    yield record.message
    yield record.brief
    yield json.dumps(explanation.facts(server.secrets))
    for line in explanation.lines(server.secrets):
        yield f"{line.text} {line.difference}"


def assert_nothing_shows(server: HttpServer, place: Place) -> None:
    for text in told(server, place):
        assert PIECE.findall(text) == [], text


# Short ones, those around what a line shows, and those longer than what is kept around it.
LENGTHS = st.sampled_from([1, 2, 10, MAX_SHOWN // 5 - 1, MAX_SHOWN // 5, MAX_SHOWN // 5 + 1, 60, 250, 1500])
BEFORE = st.sampled_from([0, 1, 60, 79, 80, 81, 99, 100, 101, 150, 1200, 5000, 12_000])
SEPARATORS = st.sampled_from(["", "/", "+", " ", "-", '"', "'", "\\", "%", "&", "<", "=", "é", "😀", "\n"])


@pytest.mark.parametrize("make", PLACES_OF_SECRETS, ids=lambda make: make.__name__)
@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, BEFORE)
def test_a_secret_shows_nowhere(make: Make, pieces: int, separator: str, before: int) -> None:
    server = HttpServer()
    value = value_of(pieces, separator)
    server.secrets.add(value)
    assert_nothing_shows(server, make("name", value, "x" * before))


@pytest.mark.parametrize("make", PLACES_OF_FIELDS, ids=lambda make: make.__name__)
@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, BEFORE)
def test_the_value_of_a_masked_field_shows_nowhere(make: Make, pieces: int, separator: str, before: int) -> None:
    server = HttpServer()
    server.secrets.mask_fields(["PIN"], server.book.innermost())
    assert_nothing_shows(server, make("pin", value_of(pieces, separator), "x" * before))


@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, BEFORE)
def test_the_value_of_a_masked_header_shows_nowhere(pieces: int, separator: str, before: int) -> None:
    server = HttpServer()
    server.secrets.mask_headers(["x-key"], server.book.innermost())
    assert_nothing_shows(server, in_a_header("X-Key", value_of(pieces, separator), "x" * before))


@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, BEFORE)
def test_a_cookie_shows_nowhere(pieces: int, separator: str, before: int) -> None:
    """Also without a secret or a name that is masked."""
    server = HttpServer()
    value = "x" * before + value_of(pieces, separator if separator in "/+-%" else "")
    place = Place({"cookies": {"session": f"{value}x"}}, Request.of("GET", "/", {"Cookie": f"session={value}"}))
    assert_nothing_shows(server, place)


@settings(max_examples=40)
@given(LENGTHS, st.sampled_from(["Bearer ", "bearer  ", "Secret ", "", "Digest username="]))
def test_credentials_show_nowhere(pieces: int, scheme: str) -> None:
    server = HttpServer()
    value = value_of(pieces, "-")
    request = Request.of("GET", "/", {"Authorization": f"{scheme}{value}"})
    assert_nothing_shows(server, Place({"bearer_token": f"{value}x"}, request))
    assert_nothing_shows(server, Place({"headers": {"Authorization": f"Bearer {value}x"}}, request))
    basic = b64encode(f"user:{value}".encode()).decode()
    request = Request.of("GET", "/", {"Authorization": f"Basic {basic}"})
    for text in told(server, Place({"basic_auth": f"user:{value}x"}, request)):
        assert basic[8:] not in text
        assert PIECE.findall(text) == []


@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, BEFORE)
def test_a_secret_shows_in_no_exception(pieces: int, separator: str, before: int) -> None:
    server = HttpServer()
    value = value_of(pieces, separator)
    server.secrets.add(value)

    def broken(request: object) -> str:
        raise ValueError(f"{'x' * before}{value} failed")

    expect(server, "/handler").responder = Handler(broken)
    expect(server, "/matcher", matcher=broken)
    for path in ("/handler", "/matcher"):
        for text in answers(server, Request.of("GET", path)):
            assert PIECE.findall(text) == [], text


@settings(max_examples=40)
@given(LENGTHS, SEPARATORS, st.integers(0, 40))
def test_a_secret_shows_in_no_beginning_of_a_malformed_request(pieces: int, separator: str, cut: int) -> None:
    server = HttpServer()
    value = value_of(pieces, separator)
    server.secrets.add(value)
    data = f"GET /{value} HTTP/1.1\r\nX: {value[: len(value) - cut]}".encode()
    for text in answers(server, Request("GET", "/", fault=Fault(431, f"too much: {value}", data))):
        assert PIECE.findall(text) == [], text


@given(st.text(min_size=3, max_size=30).filter(lambda text: "*" not in text and ":" not in text))
def test_any_secret_is_masked(secret: str) -> None:
    server = HttpServer()
    server.secrets.add(secret)
    # Between angle brackets, it might be a placeholder.
    expected = {"other": f"|{secret}|"}
    data = json.dumps({"name": f"|{secret}|"}).encode()
    for text in told(server, Place({"json": expected}, Request.of("POST", "/", JSON, data))):
        assert f"|{secret}|" not in text
        assert json.dumps(f"|{secret}|") not in text
