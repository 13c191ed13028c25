"""Responses that are filled in for each request."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder, ResponseFailed
from HttpServerLibrary.engine.responses.static import Static, respond_data, respond_json, respond_redirect
from HttpServerLibrary.engine.responses.template import JsonTemplate, TextTemplate
from HttpServerLibrary.engine.responses.templating.budget import Limits
from HttpServerLibrary.engine.scope import Scope
from utest.helpers import LONG

MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
MULTIPART: Final = (
    b"--b\r\nContent-Disposition: form-data; name=note\r\n\r\nhello\r\n"
    b"--b\r\nContent-Disposition: form-data; name=doc; filename=a.txt\r\nContent-Type: text/plain\r\n\r\nabc\r\n"
    b"--b--\r\n"
)
TOO_LARGE: Final = "it makes more than 16,777,216 characters, the limit for templates"
TOO_MANY: Final = "it loops more than 100,000 times, the limit for templates"
TOO_LONG_NUMBER: Final = "it makes a number of more than 4,300 digits, the limit for templates"


class View(ReceivedRequest):
    """As an expectation of ``/orders/{id}`` makes it."""

    def __init__(self, request: Request) -> None:
        super().__init__(Exchange(request, "http://localhost", Scope("s", 0.0)))
        self.path_params = {"id": "7"}


def occasion(
    body: object = b"", headers: dict[str, str] | None = None, target: str = "/orders/7?page=2&tag=a&tag=b&keys=k"
) -> Occasion:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request.of("POST", target, headers or {"X-Id": "abc"}, data)
    return Occasion(request, 3, {"order": "paid"}, lambda: View(request))


def render(text: str, given: Occasion | None = None) -> str:
    return TextTemplate(text, "data").render(given or occasion())


def failed(text: str, given: Occasion | None = None, limits: Limits | None = None) -> str:
    """Why a template cannot be rendered."""
    with pytest.raises(ResponseFailed) as caught:
        TextTemplate(text, "data", limits).render(given or occasion())
    assert caught.value.kind == "TEMPLATE ERROR"
    assert caught.value.cause is not None
    return str(caught.value)


def reason(text: str, given: Occasion | None = None) -> str:
    """The same without the beginning, which names the expression."""
    message = failed(text, given)
    beginning = "data: template "
    assert message.startswith(beginning)
    return message.partition("}: ")[2]


def sent(responder: Responder, given: Occasion | None = None) -> tuple[int, dict[str, str], bytes]:
    response = responder.respond(given or occasion())
    return response.status, dict(response.headers), b"".join(response.pieces())


ORDER: Final = {"item": "pen", "items": [1, 2], "keys": "k", "n": 10**9, "big": 10**4000}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ request.method }} {{ request.path }} {{ request.path_params.id }}", "POST /orders/7 7"),
        ("{{ request.query.page }} {{ request.query.tag }} {{ request.query_string }}", None),
        ("{{ request.headers['X-Id'] }} {{ request.headers['x-id'] }}", "abc abc"),
        ("{{ request.headers.get_all('x-id') }} {{ 'x-ID' in request.headers }}", "['abc'] True"),
        ("{{ request.headers.get('X-Id') }} {{ request.headers.get('X-No', '-') }}", "abc -"),
        ("{{ request.json.item }} {{ request['json']['item'] }}", "pen pen"),
        ("{{ request.json.items }} {{ request.json['items'][1] }}", "[1, 2] 2"),
        ("{{ request.json.keys }} {{ request.query.keys }}", "k k"),
        ("{{ request.query.keys() | list }}", "['page', 'tag', 'keys']"),
        ("{% for name, value in request.query.items() %}{{ name }}={{ value }};{% endfor %}", None),
        ("{{ request.text | length }} {{ request.body_size }}", None),
        ("{{ request.auth is none }}", "True"),
        ("{{ number }} {{ state.order }} {{ state['order'] }}", "3 paid paid"),
        ("{{ state.other is defined }} {{ state.other | default('none') }}", "False none"),
        ("{% set a = number + 1 %}{% if a > 3 %}{{ a }}{% else %}no{% endif %}", "4"),
        (
            "{% for i in request.json.items %}{{ loop.index }}:{{ i }}{{ loop.cycle('a', 'b') }} {% endfor %}",
            "1:1a 2:2b ",
        ),
        ("{% macro f(a) %}<{{ a }}>{% endmacro %}{{ f(1) }}{{ f('x') }}", "<1><x>"),
        ("{% set ns = namespace(t=0) %}{% for i in [1, 2] %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}", "3"),
        ("{% set x %}a{{ number }}{% endset %}{{ x ~ x ~ 1 }}", "a3a31"),
        ("{% with a = 1 %}{{ a }}{% endwith %}{% filter upper %}a{{ number }}{% endfilter %}", "1A3"),
        ("{{ 'a,b'.split(',') }} {{ 'x'.upper() }} {{ '-'.join([1, 'b']) }} {{ 'aa'.replace('a', 'bc') }}", None),
        (
            "{{ '7'.zfill(3) }}{{ 'a'.center(3) }}{{ 'x' * 3 }}{{ 2 ** 3 }}{{ 7 % 4 }}{{ [1] + [2] }}",
            "007 a xxx83[1, 2]",
        ),
        ("{{ '%05.1f' % 2.25 }} {{ '%s-%s' | format(1, 'a') }} {{ '%(a)s' | format(a=1) }}", "002.2 1-a 1"),
        (
            "{{ [3, 1] | sort }} {{ {'b': 1} | dictsort }} {{ [1, 2] | sum }} {{ 1.26 | round(1) }}",
            "[1, 3] [('b', 1)] 3 1.3",
        ),
        ("{{ [{'a': 1}] | map(attribute='a') | list }} {{ [{'a': 1}] | sum(attribute='a') }}", "[1] 1"),
        ("{{ [{'a': 1}] | join(',', attribute='a') }} {{ [1, 'b'] | join('-') }}", "1 1-b"),
        ("{% for g in [{'a': 1}] | groupby('a') %}{{ g.grouper }}{{ g.list }}{% endfor %}", "1[{'a': 1}]"),
        ("{{ [1, 2, 3] | batch(2, 0) | list }}{{ [1, 2, 3] | slice(2) | list }}", "[[1, 2], [3, 0]][[1, 2], [3]]"),
        (
            "{{ {'a': [none, true, 'ä']} | tojson }} {{ {'a': 1} | tojson(indent=1) }}",
            '{"a": [null, true, "ä"]} {\n "a": 1\n}',
        ),
        (
            "{{ '<&>' | e }} {{ 'a' | safe }} {{ 'a\nb' | indent(2) }} {{ 'x' | center(3) }}|",
            "&lt;&amp;&gt; a a\n  b  x |",
        ),
        ("{{ 'abc' | replace('b', '-') }} {{ 5 | string ~ 'x' }} {{ 'ff' | int(base=16) }}", "a-c 5x 255"),
        ("{{ dict(a=1).a }} {{ range(3) | list }} {{ 'a' if number else 'b' }}", "1 [0, 1, 2] a"),
        ("{# a comment #}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("a\r\nb\rc {{ number }}\r\n{{ 'x\ry' }}\x1c\n", "a\r\nb\rc 3\r\nx\ry\x1c\n"),
        ("{{ number }}\n", "3\n"),
        ("{{ now().year >= 2026 }} {{ now().strftime('%M') | length }} {{ now() >= request.time }}", "True 2 True"),
        ("{{ (now() - request.time).total_seconds() < 999999 }} {{ now().replace(year=2000).year }}", "True 2000"),
        (
            "{{ 'a/b/c'.rsplit('/', 1) }} {{ ' x '.strip() }}{{ 'xay'.strip('xy') }}{{ ' b ' | trim }}",
            "['a/b', 'c'] xab",
        ),
        (
            "{{ [1, 2, 3] | select('odd') | list }} {{ [{'a': 1}, {'a': 0}] | rejectattr('a') | list }}",
            "[1, 3] [{'a': 0}]",
        ),
        ("{{ [1, 2] | reject('odd') | list }} {{ [{'a': 1}] | selectattr('a', 'eq', 1) | list }}", "[2] [{'a': 1}]"),
        ("{% for i in range(4) if i is odd %}{{ loop.index }}{{ i }}{% else %}no{% endfor %}", "1123"),
        ("{{ random_int(4, 4) }} {{ 'ä€😀' }}", "4 ä€😀"),
    ],
)
def test_text(text: str, expected: str | None) -> None:
    given = occasion(ORDER)
    found = render(text, given)
    if expected is None:
        size = len(given.request.body)
        expected = {
            "tag": "2 ['a', 'b'] page=2&tag=a&tag=b&keys=k",
            "name": "page=2;tag=['a', 'b'];keys=k;",
            "length": f"{size} {size}",
            "split": "['a', 'b'] X 1-b bcbc",
        }[re.findall("tag|name|length|split", text)[0]]
    assert found == expected


def test_forms_files_and_credentials() -> None:
    form = occasion(MULTIPART, {"Content-Type": "multipart/form-data; boundary=b", "Authorization": "Basic YTpi"})
    text = "{{ request.form.note }}{% set f = request.files.doc %} {{ f.filename }} {{ f.size }} {{ f.text }}"
    assert render(text, form) == "hello a.txt 3 abc"
    assert (
        render("{{ request.auth.username }} {{ request.auth.password }} {{ request.auth.scheme }}", form) == "a b basic"
    )
    assert render("{{ request.headers.Authorization }}", form) == "Basic YTpi"


def test_several_files_of_one_name() -> None:
    part = MULTIPART.partition(b"\r\n--b\r\nContent-Disposition: form-data; name=doc")
    file = (part[1] + part[2]).removesuffix(b"--b--\r\n").removesuffix(b"\r\n")
    form = occasion(part[0] + file + file + b"\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"})
    assert render("{{ request.files.doc | map(attribute='text') | list }}", form) == "['abc', 'abc']"


def test_a_body_that_is_nested_deeply() -> None:
    deep = b"[" * 300 + b"]" * 300
    found = JsonTemplate(["{{ request.json }}"], "body").render_bytes(occasion(deep))
    assert found == b"[" + deep + b"]"


@pytest.mark.parametrize("time", ["now()", "request.time", "now().replace(microsecond=0)"])
def test_times_are_as_rfc_3339_has_them(time: str) -> None:
    assert re.fullmatch(MOMENT, render(f"{{{{ {time} }}}}"))
    body = {"one": f"{{{{ {time} }}}}", "more": f"{{{{ [{time}] }}}}"}
    found = JsonTemplate(body, "body").render(occasion())
    assert re.fullmatch(MOMENT, found["one"])
    assert re.fullmatch(MOMENT, found["more"][0])


def test_the_request_as_text() -> None:
    assert render("{{ request }}") == "POST /orders/7"


def test_the_time_is_now() -> None:
    before = datetime.now(timezone.utc)
    found = datetime.fromisoformat(render("{{ now() }}").replace("Z", "+00:00"))
    assert before <= found <= datetime.now(timezone.utc)


def test_identifiers_differ() -> None:
    first, second = render("{{ uuid() }} {{ uuid() }}").split()
    assert first != second
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)


def test_random_numbers_include_both_ends() -> None:
    found = {render("{{ random_int(1, 2) }}") for _ in range(200)}
    assert found == {"1", "2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{{ x } }}", "data: the template has an error in line 2: unexpected '}'."),
        (
            "{% for i in x %}",
            (
                "data: the template has an error in line 1: Unexpected end of template. Jinja was looking for the "
                "following tags: 'endfor' or 'else'. The innermost block that needs to be closed is 'for'."
            ),
        ),
        ("\n\n{{ 'a' | nothing }}", "data: the template has an error in line 3: there is no filter 'nothing'."),
        (
            "{% if 0 %}{{ 1 is odd_one }}{% endif %}",
            "data: the template has an error in line 1: there is no test 'odd_one'.",
        ),
        ("{{ x | attr('y') }}", "data: the template has an error in line 1: there is no filter 'attr'."),
        ("{% include 'x' %}", "data: the template has an error in line 1: 'include' is not available in templates."),
        ("{% import 'x' as x %}", "data: the template has an error in line 1: 'import' is not available in templates."),
        ("{% extends 'x' %}", "data: the template has an error in line 1: 'extends' is not available in templates."),
        (
            "{% block x %}{% endblock %}",
            "data: the template has an error in line 1: 'block' is not available in templates.",
        ),
        (
            "{% for a in x recursive %}{% endfor %}",
            "data: the template has an error in line 1: 'recursive' is not available in templates.",
        ),
        (
            "{% macro f() %}{{ varargs }}{% endmacro %}",
            "data: the template has an error in line 1: 'varargs' is not available in templates.",
        ),
        ("{{ " + "(" * 5000, "data: the template has an error in line 1: it is nested too deeply."),
        ("{{ " + "9" * 5000 + " }}", "data: the template has an error in line 1: a number has too many digits."),
        (
            "{% for a in x %}" * 30 + "{% endfor %}" * 30,
            "data: the template has an error in line 1: too many statically nested blocks.",
        ),
    ],
)
def test_syntax_errors_fail_at_once(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        TextTemplate(text, "data")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"items": [{"name": "a\n{{ x }"}]},
            "body: $.items[0].name: the template has an error in line 2: unexpected '}'.",
        ),
        ({"a{{": 1}, "body: $[\"a{{\"]: the template has an error in line 1: unexpected 'end of template'."),
        (
            '["{{ }}"]',
            "body: $[0]: the template has an error in line 1: Expected an expression, got 'end of print statement'.",
        ),
        (
            '{"id": {{ number }}}',
            (
                "body: not JSON: Expecting property name enclosed in double quotes at line 1 column 9: "
                '"{\\"id\\": {{ number }}}". An expression stands in quotes, "{{ ... }}", and keeps its type.'
            ),
        ),
        (
            '{"id": "{{ request.headers["X-Id"] }}"}',
            (
                "body: not JSON: Expecting ',' delimiter at line 1 column 29: "
                '"{\\"id\\": \\"{{ request.headers[\\"X-Id\\"] }}\\"}". An expression stands in quotes, '
                '"{{ ... }}", and keeps its type. Inside it, use single quotes.'
            ),
        ),
        ("{a: 1}", 'body: not JSON: Expecting property name enclosed in double quotes at line 1 column 2: "{a: 1}".'),
    ],
)
def test_errors_in_json_name_the_place(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        respond_json(value, template=True)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ request.json.itm }}", 'a dictionary has no "itm"'),
        ("{{ request.json.item.size }}", 'text has no "size"'),
        ("{{ request.json.items[5] }}", "a list has no 5"),
        ("{{ request.json.items.length }}", 'a list has no "length"'),
        ("{{ request.json['itm'].a }}", 'a dictionary has no "itm"'),
        ("{{ request.headers['X-No'] }}", 'the request has no header "X-No"'),
        ("{{ request.headers.Missing }}", 'the request has no header "Missing"'),
        ("{{ request.headers.X-No-Id }}", "the request has no header \"X\"; write request.headers['X-No-Id']"),
        ("{{ request.auth.username }}", 'None has no "username"'),
        ("{{ nothing }}", 'there is no "nothing"'),
        ("{{ nothing.a }}", 'there is no "nothing"'),
        ("{{ nothing() }}", 'there is no "nothing"'),
        ("{{ nothing.a() }}", 'there is no "nothing"'),
        ("{{ [nothing] }}", 'there is no "nothing"'),
        ("{{ {'a': nothing} | tojson }}", 'there is no "nothing"'),
        ("{{ 'a' ~ nothing }}", 'there is no "nothing"'),
        ("{{ state.other }}", 'the state "other" is not set'),
        ("{{ 'x' if 0 }}", "the condition is false, and there is no else"),
        ("{{ request.expectation }}", 'a request has no "expectation" for templates'),
        ("{{ request.problem }}", 'a request has no "problem" for templates'),
        ("{{ request.exchange }}", 'a request has no "exchange" for templates'),
        ("{{ request._exchange }}", 'a request has no "_exchange" for templates'),
        ("{{ request['_occasion'] }}", 'a request has no "_occasion" for templates'),
        ("{{ request.__class__ }}", 'a request has no "__class__" for templates'),
        ("{{ [request] | map(attribute='_occasion') | list }}", 'a request has no "_occasion" for templates'),
        ("{{ ''.__class__ }}", 'text has no "__class__"'),
        ("{{ request.headers._pairs }}", 'the request has no header "_pairs"'),
        ("{{ request.headers._values }}", 'the request has no header "_values"'),
        ("{{ request.body }}", 'a request has no "body" for templates; use text or json'),
        ("{{ now.__globals__ }}", 'a function has no "__globals__"'),
        ("{{ namespace(a=1).__init__ }}", 'a namespace has no "__init__"'),
        ("{{ namespace(a=1).b }}", 'a namespace has no "b"'),
        ("{{ request.json.items.append(1) }}", "a list has no method append() that is available in templates"),
        ("{{ '{0}'.format(1) }}", "text has no method format() that is available in templates"),
        ("{{ request.mro() }}", "a request has no method mro() that is available in templates"),
        ("{{ number() }}", "a number cannot be called in a template"),
        ("{{ request.json['item']() }}", "text cannot be called in a template"),
        ("{{ now }}", "a function is not text"),
        ("{{ now(1) }}", "TypeError: now() takes 0 positional arguments but 1 was given"),
        ("{{ random_int(1) }}", "TypeError: random_int() missing 1 required positional argument: 'high'"),
        ("{{ random_int('1', 2) }}", "random_int(low, high) needs two whole numbers; | int makes one of text"),
        ("{{ random_int(2, 1) }}", "random_int(low, high) needs a low that is not above high, not 2 and 1"),
        ("{{ namespace(a=1) }}", "a namespace is not text"),
        ("{{ request.data }}", "bytes are not text; use request.text"),
        ("{{ [1] | map('string') }}", "a sequence that is not a list yet is not text; add | list"),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ 1 + 'a' }}", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        ("{{ '%*d' % (9, 1) }}", "a format with * is not available in templates"),
        ("{{ 1.5 | round(10**9, 'ceil') }}", "a precision of up to 308 is available in templates, not 1000000000"),
        ("{{ 'a'.strip('b' * 101) }}", "a separator may have 100 characters in templates, not 101"),
        ("{{ 'a' | trim('b' * 101) }}", "a separator may have 100 characters in templates, not 101"),
        ("{{ 'a'.rsplit('b' * 1010) }}", "a separator may have 100 characters in templates, not 1,010"),
        ("{{ [[1]] | sum(start=[]) }}", "sum adds numbers; its start must be one"),
        ("{{ 1 | tojson(indent=99) }}", "an indent from 0 to 16 is available in templates, not 99"),
    ],
)
def test_what_fails_is_said(text: str, expected: str) -> None:
    assert failed(text, occasion(ORDER)) == f"data: template {text}: {expected}"


def test_a_loop_is_no_text() -> None:
    text = "{% for item in [1] %}{{ loop }}{% endfor %}"
    assert failed(text) == "data: template {{ loop }}: a loop is not text"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is empty"),
        (b"item=pen", "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_a_body_that_is_not_json(body: bytes, why: str) -> None:
    given = occasion(body)
    text = "{{ request.json.item }}"
    message = f'None has no "item": the body of the request is not JSON: {why}'
    assert failed(text, given) == f"data: template {text}: {message}"
    assert render("{{ request.json is none }} {{ request.json.item | default('-') }}", given) == "True -"
    assert JsonTemplate({"a": "{{ request.json }}"}, "body").render(given) == {"a": None}


def test_null_is_json() -> None:
    assert reason("{{ request.json.item }}", occasion(None)) == 'None has no "item"'


def test_the_expression_that_failed_is_named_among_others() -> None:
    text = "a {{ number }}{# {{ no }} #} {{ request.json.items[0] +\n 'a' }} {{ number }}"
    assert failed(text, occasion(ORDER)).startswith("data: template {{ request.json.items[0] +\\n 'a' }}: TypeError")
    in_loop = "{% for i in [1] %}{{ i }} {{ i.x }}{% endfor %}"
    assert failed(in_loop) == 'data: template {{ i.x }}: a number has no "x"'
    in_macro = "{% macro f(a) %}{{ a }}{{ a.b }}{% endmacro %}{{ number }}{{ f(1) }}"
    assert failed(in_macro) == 'data: template {{ a.b }}: a number has no "b"'
    assert failed("{{ number }}\n{%- if no %}{% endif %}") == 'data: template {%- if no %}: there is no "no"'


def test_the_cause_is_the_original_exception() -> None:
    with pytest.raises(ResponseFailed) as caught:
        render("{{ 1 / 0 }}")
    assert isinstance(caught.value.cause, ZeroDivisionError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 'a' * 10**9 }}", TOO_LARGE),
        ("{{ request.json.n * 'a' }}", TOO_LARGE),
        ("{{ [0] * request.json.n }}", TOO_LARGE),
        ("{{ [['a' * 1000] * 1000] * 1000 }}", TOO_LARGE),
        ("{{ 10 ** 100 ** 100 }}", TOO_LONG_NUMBER),
        ("{{ request.json.n ** request.json.n }}", TOO_LONG_NUMBER),
        ("{{ request.json.big * request.json.big }}", TOO_LONG_NUMBER),
        ("{{ ('f' * 5000) | int(base=16) }}", TOO_LONG_NUMBER),
        ("{{ range(request.json.n) | list }}", TOO_MANY),
        ("{{ range(request.json.big) | list }}", TOO_MANY),
        ("{{ 'a' | center(request.json.n) }}", TOO_LARGE),
        ("{{ 'a'.ljust(request.json.n) }}", TOO_LARGE),
        ("{{ 'a'.zfill(request.json.n) }}", TOO_LARGE),
        ("{{ '%1000000000d' % 1 }}", TOO_LARGE),
        ("{{ '%.1000000000f' | format(1) }}", TOO_LARGE),
        ("{{ '%99999999999999999999d' % 1 }}", TOO_LARGE),
        ("{{ 'a' | indent(request.json.n, true) }}", TOO_LARGE),
        ("{{ [1, 2] | map('center', request.json.n) | list }}", TOO_LARGE),
        ("{{ range(100000) | map('center', 1000) | list }}", TOO_LARGE),
        ("{{ [1] | batch(request.json.n, 'x') | list }}", TOO_LARGE),
        ("{{ [1] | slice(request.json.n) | list }}", TOO_LARGE),
        ("{{ ([''] * 100000) | join('b' * 1000) }}", TOO_LARGE),
        ("{{ ('b' * 1000).join([''] * 100000) }}", TOO_LARGE),
        ("{{ ('a' * 10000) | replace('a', 'b' * 10000) }}", TOO_LARGE),
        ("{{ ('a' * 10000).replace('a', 'b' * 10000) }}", TOO_LARGE),
        ("{{ '' | replace('', 'b' * 10**9) }}", TOO_LARGE),
        ("{{ (['a' * 1000] * 16000) | map('upper') | map('lower') | list }}", TOO_LARGE),
        ("{{ [range(100000)] * 100 }}", TOO_LARGE),
        (
            "{{ [''] * 100000 | int | default(1) }}{{ ([''] * 100000) | map('default', 'a' * 1000, true) | list }}",
            TOO_LARGE,
        ),
        ("{{ ([''] * 100000) | map('default', 'a' * 1000, true) | list | tojson }}", TOO_LARGE),
    ],
)
def test_nothing_huge_is_made(text: str, expected: str) -> None:
    assert reason(text, occasion(ORDER)).endswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}", TOO_MANY),
        ("{% for i in range(1000) %}{% for j in range(1000) %}{{ j }}{% endfor %}{% endfor %}", TOO_MANY),
        ("{% for i in range(100000) %}" + "a" * 1000 + "{% endfor %}", TOO_LARGE),
        ("{% for i in range(100000) %}{% if i %}" + "a" * 1000 + "{% endif %}{% endfor %}", TOO_LARGE),
        ("{% for i in range(100000) %}{{ request.text }}{% endfor %}", TOO_LARGE),
        ("{% set x %}{% for i in range(100000) %}{{ request.text }}{% endfor %}{% endset %}", TOO_LARGE),
        ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}", "it is nested too deeply"),
        ("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}", TOO_MANY),
        (
            (
                "{% macro f(n, x) %}{% if n %}{{ f(n - 1, [x, x]) }}{% else %}{{ x == x }}{% endif %}{% endmacro %}"
                "{{ f(60, [1]) }}"
            ),
            TOO_LARGE,
        ),
        (
            "{% macro f(n, x) %}{% if n %}{{ f(n - 1, x ~ x) }}{% endif %}{% endmacro %}{{ f(60, 'a') }}",
            TOO_LARGE,
        ),
        (
            "{% macro f(n, x) %}{% if n %}{{ f(n - 1, x + x) }}{% endif %}{% endmacro %}{{ f(60, 'a') }}",
            TOO_LARGE,
        ),
        (
            "{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}",
            TOO_LARGE,
        ),
        (
            "{% set ns = namespace(a=1) %}{% for i in range(60) %}{% set ns.a = dict(a=ns.a, b=ns.a) %}{% endfor %}",
            TOO_LARGE,
        ),
        (
            (
                "{% set ns = namespace(a=1) %}{% for i in range(60) %}{% set ns.a = ['', ''] | map('default', ns.a, "
                "true) | list %}{% endfor %}"
            ),
            TOO_LARGE,
        ),
    ],
)
def test_no_template_goes_on_for_ever(text: str, expected: str) -> None:
    assert reason(text, occasion({"a": "b" * 1000})) == expected


def test_numbers_up_to_the_limit_are_made() -> None:
    assert (
        render("{{ (10 ** 4299) | string | length }} {{ 2 ** 0 }} {{ 2 ** -1 }} {{ (-1) ** 10 ** 9 }}")
        == "4300 1 0.5 1"
    )


def test_rounds_up_to_the_limit_are_made() -> None:
    assert render("{% for i in range(100000) %}{% endfor %}x") == "x"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(100000) %}{% endfor %}",
        "{% for i in range(100000) if no %}{% endfor %}".replace("no", "i < 0"),
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(20) }}",
        "{{ ([range(100000)] * 100) | map('sum') | list }}".replace("100000", "1000"),
        "{{ range(1000) | select('in', [1]) | list }}",
        "{{ [{'a': 1}] | rejectattr('a') | list }}",
    ],
)
def test_the_time_is_limited(text: str) -> None:
    message = failed(text, limits=Limits(seconds=0))
    assert message.endswith("it takes more than 0 seconds, the limit for templates")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {
                "id": "{{ request.path_params.id | int }}",
                "items": "{{ request.json.items }}",
                "text": "no {{ number }}",
            },
            b'{"id": 7, "items": [1, 2], "text": "no 3"}',
        ),
        ('{"id": "{{ request.path_params.id | int }}",   "a": [1, {"b": null}]}', b'{"id": 7, "a": [1, {"b": null}]}'),
        ({"k{{ number }}": ["{{ number }}"], "b": {}}, b'{"k3": [3], "b": {}}'),
        (
            {"a": "{{ none }}", "b": "{{ true }}", "c": "{{ 1.5 }}", "d": " {{ 1 }}"},
            b'{"a": null, "b": true, "c": 1.5, "d": " 1"}',
        ),
        ({"a": "{{ (1, 2) }}", "b": "{{ range(2) }}"}, b'{"a": [1, 2], "b": [0, 1]}'),
        (
            {"a": "{{ [1, 2] | map('string') }}", "b": "{{ request.headers }}"},
            b'{"a": ["1", "2"], "b": {"X-Id": "abc"}}',
        ),
        ("{{ request.json.items }}", b"[1, 2]"),
        ('"{{ number }}"', b"3"),
        (["{{ 'a\"\u00e4' }}", "a"], '["a\\"ä", "a"]'.encode()),
        ({"a": "{{ request.json }}x" * 0, "b": 1}, b'{"a": "", "b": 1}'),
    ],
)
def test_json(body: object, expected: bytes) -> None:
    given = occasion({"items": [1, 2]})
    assert sent(respond_json(body, template=True), given)[2] == expected
    assert JsonTemplate(body, "body").render(given) == json.loads(expected)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"a": ["{{ no }}"]}, 'body $.a[0]: template {{ no }}: there is no "no"'),
        ({"a": "{{ [no] }}"}, 'body $.a: template {{ [no] }}: there is no "no"'),
        ({"a": "{{ request.data }}"}, "body $.a: template {{ request.data }}: JSON cannot hold bytes"),
        ({"a": "{{ now }}"}, "body $.a: template {{ now }}: JSON cannot hold a function"),
        ({"a": "{{ request }}"}, "body $.a: template {{ request }}: JSON cannot hold a request"),
        (
            {"a": "{{ 1e308 * 10 }}"},
            "body $.a: template {{ 1e308 * 10 }}: ValueError: Out of range float values are not JSON compliant",
        ),
        (
            {"{{ number }}": 1, "3": 2},
            'body $["{{ number }}"]: template {{ number }}: two members have the name "3"',
        ),
        (
            {"a": "{{ ([''] * 100000) | map('default', 'a' * 1000, true) }}"},
            f"body $.a: template {{{{ ([''] * 100000) | map('default', 'a' * 1000, true) }}}}: {TOO_LARGE}",
        ),
        ({"a": "{{ 'a' * 10**8 }}"}, f"body $.a: template {{{{ 'a' * 10**8 }}}}: {TOO_LARGE}"),
    ],
)
def test_what_json_cannot_have(body: object, message: str) -> None:
    with pytest.raises(ResponseFailed) as caught:
        respond_json(body, template=True).respond(occasion())
    assert caught.value.kind == "TEMPLATE ERROR"
    # Python 3.12 and later add the value.
    assert str(caught.value).partition(" compliant")[0] == message.partition(" compliant")[0]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_comes_back(value: Any) -> None:
    responder = respond_json({"a": "{{ request.json }}"}, template=True)
    assert json.loads(sent(responder, occasion(value))[2]) == {"a": value}


@given(st.text(st.characters(exclude_characters="{")))
def test_text_without_expressions_stays(text: str) -> None:
    assert render(text) == text


def test_data_with_headers() -> None:
    responder = respond_data(
        "no {{ number }}",
        status="201 Made",
        headers={"Location": "/orders/{{ request.path_params.id }}", "X-A": ["a", "{{ number + 1 }}"]},
        template=True,
    )
    response = responder.respond(occasion())
    assert (response.status, response.reason, response.body) == (201, "Made", b"no 3")
    assert response.headers == (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Location", "/orders/7"),
        ("X-A", "a"),
        ("X-A", "4"),
    )


def test_bytes_are_a_template_when_they_are_text() -> None:
    assert sent(respond_data("ä {{ number }}".encode(), template=True))[2] == "ä 3".encode()
    with pytest.raises(UsageError) as caught:
        respond_data(b"a\xff", template=True)
    assert str(caught.value) == ("data: a template is text, but these bytes are not UTF-8 at position 1: b'a\\xff'.")


def test_a_redirect() -> None:
    responder = respond_redirect("/new/{{ request.json.to }}", template=True, headers={"X-A": "{{ number }}"})
    status, headers, _ = sent(responder, occasion({"to": "ä b"}))
    assert (status, headers) == (302, {"Location": "/new/%C3%A4%20b", "X-A": "3"})


@pytest.mark.parametrize(
    ("responder", "message"),
    [
        (
            respond_data(headers={"X-A": "{{ request.json.a }}"}, template=True),
            (
                "the template made something that cannot be sent: headers: the value of X-A has a line break or "
                "control character: 'a\\r\\nB: c'"
            ),
        ),
        (
            respond_redirect("/{{ request.json.a }}", template=True),
            (
                "the template made something that cannot be sent: location: the address has a character that cannot "
                'be printed, such as a line break: "/a\\r\\nB: c"'
            ),
        ),
        (
            respond_redirect("{{ request.json.empty }}", template=True),
            "the template made something that cannot be sent: location: the address to redirect to is empty",
        ),
        (
            respond_data(headers={"X-A": "{{ request.json.far }}"}, template=True),
            (
                "the template made something that cannot be sent: headers: the value of X-A has characters that a "
                "header cannot carry: '€'. Percent-encode them"
            ),
        ),
        (
            respond_data("{{ request.json.lone }}", template=True),
            (
                "the template made something that cannot be sent: data: the text has a lone surrogate at position 1: "
                '"a\\ud800"'
            ),
        ),
        (
            respond_data("abc", headers={"Content-Length": "{{ number + 1 }}"}, template=True),
            (
                "the template made something that cannot be sent: headers: Content-Length is 4, but the body has 3 "
                "bytes. 'Respond With Raw' sends any length, and 'Respond With Fault' breaks off a body"
            ),
        ),
        (
            respond_data(headers={"X-A": "{{ no }}"}, template=True),
            'header X-A: template {{ no }}: there is no "no"',
        ),
        (respond_redirect("{{ no }}", template=True), 'location: template {{ no }}: there is no "no"'),
    ],
)
def test_what_cannot_be_sent(responder: Responder, message: str) -> None:
    body = {"a": "a\r\nB: c", "empty": " ", "far": "€", "lone": "a\ud800"}
    with pytest.raises(ResponseFailed) as caught:
        responder.respond(occasion(body))
    assert (caught.value.kind, str(caught.value)) == ("TEMPLATE ERROR", message)


def test_a_lone_surrogate_is_escaped_in_json() -> None:
    responder = respond_json({"a": "x{{ request.json }}"}, template=True)
    assert sent(responder, occasion("\ud800"))[2] == b'{"a": "x\\ud800"}'


def test_a_lone_surrogate_in_a_location_is_an_error() -> None:
    with pytest.raises(ResponseFailed):
        respond_redirect("/{{ request.json }}", template=True).respond(occasion("\ud800"))


def test_the_body_is_encoded() -> None:
    responder = respond_data("no {{ number }}", template=True, content_encoding="gzip")
    status, headers, body = sent(responder)
    assert (status, headers["Content-Encoding"], gzip.decompress(body)) == (200, "gzip", b"no 3")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_content(status: int) -> None:
    assert sent(respond_data("{{ number }}", status=status, template=True))[0] == status


@pytest.mark.parametrize("wrong", [{"status": 999}, {"content_encoding": "br"}, {"headers": {"a b": "c"}}])
def test_misuse_fails_at_once(wrong: dict[str, Any]) -> None:
    for make in (respond_data, respond_json):
        with pytest.raises(UsageError):
            make("[]", template=True, **wrong)


def test_a_redirect_has_a_status_of_redirects() -> None:
    with pytest.raises(UsageError):
        respond_redirect("/{{ number }}", status=200, template=True)


def test_without_template_nothing_is_filled_in() -> None:
    for responder in (respond_data("{{ x }"), respond_json({"a": "{{ x }"}), respond_redirect("/{{")):
        assert isinstance(responder, Static)
    assert sent(respond_data("{{ x }"))[2] == b"{{ x }"


def test_only_loops_take_time() -> None:
    assert not respond_data("{{ number }}", template=True).takes_time
    assert not respond_json({"a": "{{ number }}"}, template=True).takes_time
    assert not respond_redirect("/{{ number }}", template=True).takes_time
    loop = "{% for i in [1] %}{% endfor %}"
    assert respond_data(loop, template=True).takes_time
    assert respond_data("{{ [1] | map('string') | list }}", template=True).takes_time
    assert respond_data("{% macro f() %}{% endmacro %}", template=True).takes_time
    assert respond_json({"a": {loop: 1}}, template=True).takes_time
    assert respond_data(headers={"X-A": loop}, template=True).takes_time


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "page.json"
    file.write_bytes('{"id": {{ request.path_params.id }},\r\n "a": "ä"}'.encode())
    responder = File(file, template=True, headers={"X-A": "{{ number }}"}, status=201)
    status, headers, body = sent(responder)
    assert (status, body) == (201, '{"id": 7,\r\n "a": "ä"}'.encode())
    assert headers == {"Content-Type": "application/json", "X-A": "3"}
    file.write_text("new {{ number }}", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert sent(responder)[2] == b"new 3"
    assert sent(responder)[2] == b"new 3"


def test_a_file_is_encoded(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text("{{ number }}", encoding="utf-8")
    _, headers, body = sent(File(file, template=True, content_encoding="gzip"))
    assert (headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", b"3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"\n{{ x",
            (
                "file page.txt: the template has an error in line 2: unexpected end of template, expected "
                "'end of print statement'"
            ),
        ),
        (b"a\xff", "the file page.txt is not UTF-8 at position 1, and a template is text"),
    ],
)
def test_a_file_that_is_no_template(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "page.txt"
    file.write_text("a", encoding="utf-8")
    responder = File(file, template=True)
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        File(file, template=True)
    assert str(caught.value) == f"path: {message}."
    with pytest.raises(ResponseFailed) as later:
        responder.respond(occasion())
    assert (later.value.kind, str(later.value)) == ("TEMPLATE ERROR", message)
    file.write_text("{{ number }}", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert sent(responder)[2] == b"3"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    with file.open("wb") as opened:
        opened.truncate(16 * 1024 * 1024 + 1)
    with pytest.raises(UsageError) as caught:
        File(file, template=True)
    assert str(caught.value) == "path: the file page.txt has 16,777,217 bytes; a template has at most 16,777,216."


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text("a", encoding="utf-8")
    responder = File(file, template=True)
    file.unlink()
    with pytest.raises(ResponseFailed, match=r"the file page\.txt does not exist"):
        responder.respond(occasion())


def test_threads_render_one_template_at_once() -> None:
    template = TextTemplate("{% for i in range(50) %}{{ request.json.n }},{% endfor %}{{ number }}", "data")
    found: list[bool] = []

    def work(number: int) -> None:
        given = occasion({"n": number})
        found.append(all(template.render(given) == f"{number}," * 50 + "3" for _ in range(20)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
    finally:
        sys.setswitchinterval(interval)
    assert found == [True] * 4


def test_what_a_template_sets_the_next_does_not_see() -> None:
    body = {"a": "{% set x = 1 %}{{ x }}", "b": "{{ x | default('none') }}"}
    assert JsonTemplate(body, "body").render(occasion()) == {"a": "1", "b": "none"}


def child(program: str) -> str:
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


@pytest.mark.parametrize("respond", ["respond_data('{{ x }}', template=True)", "File('pyproject.toml', template=True)"])
def test_the_extra_that_is_not_installed_is_named(respond: str) -> None:
    program = (
        "import sys\n"
        "sys.modules['jinja2'] = None\n"
        "from HttpServerLibrary.engine.responses.file import File\n"
        "from HttpServerLibrary.engine.responses.static import respond_data\n"
        "try:\n"
        f"    {respond}\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    assert child(program) == (
        "template=True needs the extra 'template': pip install robotframework-httpserverlibrary[template]"
    )


def test_jinja_is_imported_when_it_is_needed() -> None:
    program = "import sys, HttpServerLibrary.engine.server; print('jinja2' in sys.modules)"
    assert child(program) == "False"
