"""A form with very many fields is not read: it would take seconds, and many times its size in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.environ import MAX_FORM_FIELDS
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, expect

PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def urlencoded(fields: int) -> Request:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return Request.of("POST", "/", headers, b"&".join([b"a=1"] * fields))


def multipart(fields: int) -> Request:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return Request.of("POST", "/", headers, PART * fields + b"--b--\r\n")


FORMS = pytest.mark.parametrize("form", [urlencoded, multipart])


@FORMS
def test_as_many_fields_as_are_read(form: Callable[[int], Request]) -> None:
    request = form(MAX_FORM_FIELDS)
    assert (len(request.form["a"]), request.unread_form) == (MAX_FORM_FIELDS, "")


@FORMS
@pytest.mark.parametrize("fields", [{"form": {"a": "1"}}, {"form": {"b": None}}, {"files": {"b": None}}])
def test_more_fields_match_nothing(form: Callable[[int], Request], fields: dict[str, object]) -> None:
    request = form(MAX_FORM_FIELDS + 1)
    assert (request.form, request.files) == ({}, {})
    description = RequestDescription(**fields)
    assert not description.matches(request)
    (difference,) = description.differences(request)
    assert str(difference).endswith("received a body that is not read, because the form has more than 10,000 fields")


@FORMS
def test_a_handler_that_reads_the_form(server: HttpServer, ask: Ask, form: Callable[[int], Request]) -> None:
    expect(server).responder = Handler(lambda request: str(len(request.data) + len(request.form)))
    status, text = ask(form(MAX_FORM_FIELDS + 1))
    assert status == 500
    assert "raised HttpServerLibrary.engine.message.environ.TooManyFields: the form has more than 10,000 fields" in text
