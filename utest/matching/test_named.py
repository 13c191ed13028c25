"""Query parameters, headers and cookies: values with names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from werkzeug.datastructures import Headers, MultiDict

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import Span, holds_credentials


class Masked:
    """Masks the values of some names."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def spans(self, text: str, *, cut_before: bool = False, cut_after: bool = False) -> Sequence[Span]:
        return ()

    def masks(self, kind: str, name: str) -> bool:
        return name.lower() in self._names or holds_credentials(kind, name)

    def json(self, value: Any) -> Any:
        return value


def differences(request: Request, **fields: object) -> list[str]:
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == []), "fitting and explaining agree"
    return found


@pytest.mark.parametrize(
    ("query", "sent", "expected"),
    [
        ({"a": "1"}, "a=1", True),
        ({"a": 1}, "a=1", True),
        ({"a": True}, "a=True", True),
        ({"a": True}, "a=true", True),
        ({"a": "1", "b": "2"}, "b=2&a=1", True),
        ({"a": "1"}, "a=1&b=2", False),
        ({"a": "1"}, "a=1&a=1", False),
        ({"a": ["1", "2"]}, "a=1&a=2", True),
        ({"a": ["1", "2"]}, "a=2&a=1", False),
        ({"a": ["1"]}, "a=1", True),
        ({"a": ["GLOB:x*", 2]}, "a=xy&a=2", True),
        ({"a": None}, "", True),
        ({"a": None}, "a=1", False),
        ({"a": None, "b": "1"}, "b=1", True),
        ({"a": ""}, "a=", True),
        ({"a": ""}, "a", True),
        ({"a": ""}, "", False),
        ({}, "", True),
        ({}, "a=1", False),
        ({"a": "x y"}, "a=x+y", True),
        ({"a": "x y"}, "a=x%20y", True),
        ({"ä": "ö"}, "%C3%A4=%C3%B6", True),
        ({"a": "GLOB:1*"}, "a=123", True),
        ('{"a": 1}', "a=1", True),
        ("{'a': 1}", "a=1", True),
        ("a=1&b=2", "a=1&b=2", True),
        ("a=1&b=2", "b=2&a=1", False),
        ("?a=1", "a=1", True),
        ("EQUALS:?a=1", "?a=1", True),
        ("a=x%20y", "a=x%20y", True),
        ("GLOB:*a=1*", "b=2&a=1", True),
        (r"REGEXP:a=\d", "a=1", True),
        ("", "", True),
        ("", "a=1", False),
    ],
)
def test_query(query: object, sent: str, expected: bool) -> None:
    target = f"/p?{sent}" if sent else "/p"
    assert (differences(Request.of("GET", target), query=query) == []) is expected


@pytest.mark.parametrize(
    ("subset", "sent", "expected"),
    [
        ({"a": "1"}, "a=1&b=2", True),
        ({"a": "1"}, "a=2&a=1", True),
        ({"a": "1"}, "b=2", False),
        ({"a": ["1"]}, "a=1&a=2", False),
        ({"a": ["1", "2"]}, "a=1&a=2&b=3", True),
        ({"a": None}, "b=1", True),
        ({"a": None}, "a=1", False),
        ({"a": None}, "a", False),
        ('{"a": 1}', "a=1&b=2", True),
        (MultiDict([("a", "1"), ("a", "2")]), "a=1&a=2&b=3", True),
        (MultiDict([("a", "1"), ("a", "2")]), "a=1", False),
        ({"a": "NOT:2"}, "a=1", True),
        ({"a": "NOT:2"}, "a=1&a=2", False),
        ({"a": "NOT:2"}, "b=1", False),
        ({"a": "NOT: REGEXP: [0-9]+"}, "a=x", True),
        ({"a": ["NOT:1", "NOT:1"]}, "a=2&a=3", True),
        ({"a": ["NOT:1", "NOT:1"]}, "a=2&a=1", False),
        ({"a": re.compile("B+", re.I)}, "a=bb", True),
    ],
)
def test_query_subset(subset: object, sent: str, expected: bool) -> None:
    assert (differences(Request.of("GET", f"/p?{sent}"), query_subset=subset) == []) is expected


HEADERS = [("X-Id", "7"), ("Accept", "text/html"), ("accept", "text/plain"), ("X-Empty", ""), ("Cookie", "a=1; b=2")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Id": "7"}, True),
        ({"x-id": 7}, True),
        ({"X-ID": "GLOB:?"}, True),
        ({"X-Id": "8"}, False),
        ({"X-No": "7"}, False),
        ({"X-No": None}, True),
        ({"X-Id": None}, False),
        ({"X-Empty": ""}, True),
        ({"X-No": ""}, False),
        ({"X-Empty": None}, False),
        ({"Accept": "text/plain"}, True),
        ({"Accept": "text/html, text/plain"}, True),
        ({"Accept": ["text/html", "text/plain"]}, True),
        ({"Accept": ["text/plain", "text/html"]}, False),
        ({"Accept": "text/*"}, False),
        ("X-Id: 7", True),
        ("X-Id:7\nX-Empty:", True),
        ("X-Id: 7\r\n\r\nAccept: text/plain\n", True),
        ("Accept: text/html\nAccept: text/plain", True),
        ("Accept: text/plain\nAccept: text/html", False),
        ("X-Id: GLOB:?", True),
        ('{"X-Id": 7}', True),
        ({"X-Id": "NOT:8"}, True),
        ({"X-Id": "NOT:7"}, False),
        ({"X-No": "NOT:7"}, False),
        ({"Accept": "NOT:text/html"}, False),
        ({"Accept": "NOT:text/html, text/plain"}, False),
        ({"Accept": "NOT:image/png"}, True),
        ({"X-Id": re.compile("[0-9]")}, True),
        (Headers([("Accept", "text/html"), ("Accept", "text/plain")]), True),
        (Headers([("Accept", "text/plain"), ("Accept", "text/html")]), False),
    ],
)
def test_headers(headers: object, expected: bool) -> None:
    assert (differences(Request.of("GET", "/", HEADERS), headers=headers) == []) is expected


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ({"a": "1"}, True),
        ({"a": 1, "b": 2}, True),
        ({"A": "1"}, False),
        ({"a": "2"}, False),
        ({"c": None}, True),
        ({"a": None}, False),
        ({"a": "REGEXP:\\d"}, True),
        ("a=1; b=2", True),
        ("b=2", True),
        ("a=1;b=3", False),
        ('{"a": "1"}', True),
    ],
)
def test_cookies(cookies: object, expected: bool) -> None:
    assert (differences(Request.of("GET", "/", HEADERS), cookies=cookies) == []) is expected


@pytest.mark.parametrize(
    ("expected", "sent", "matches"),
    [
        ("1, 2", ["1", "2"], True),
        ("1,2", ["1", "2"], True),
        ("2,1", ["1", "2"], False),
        (["1", "2"], ["1, 2"], True),
        (["1", "2"], ["1,2"], True),
        (["1", "2", "3"], ["1, 2", "3"], True),
        (["1", "2"], ["2, 1"], False),
        (["1"], ["1, 2"], False),
        (['"a, b"', "c"], ['"a, b", c'], True),
        # Commas that separate nothing
        (["Tue, 29 Oct 2024", "x"], ["Tue, 29 Oct 2024", "x"], True),
        ("Tue, 29 Oct 2024", ["Tue, 29 Oct 2024"], True),
        (["1, 2"], ["1, 2"], True),
    ],
)
def test_repeated_fields_are_one_joined_by_commas(expected: object, sent: list[str], matches: bool) -> None:
    request = Request.of("GET", "/", [("X-A", value) for value in sent])
    assert (differences(request, headers={"x-a": expected}) == []) is matches


def test_cookies_that_are_set_are_not_joined() -> None:
    request = Request.of("GET", "/", {"Set-Cookie": "a=1, b=2"})
    assert differences(request, headers={"Set-Cookie": ["a=1", "b=2"]}) != []


def test_a_quote_that_is_not_closed_costs_no_time() -> None:
    value = '"' + '\\"' * 100_000
    assert len(differences(Request.of("GET", "/", {"X-A": value}), headers={"X-A": ["1", "2"]})) == 1


def test_cookies_of_several_headers_and_repeated_ones() -> None:
    request = Request.of("GET", "/", [("Cookie", "a=1"), ("Cookie", "a=2; b=3")])
    assert differences(request, cookies={"a": ["1", "2"], "b": "3"}) == []
    assert differences(request, cookies={"a": "2"}) == []


def test_all_differences_are_told() -> None:
    request = Request.of("GET", "/p?a=1&a=2&c=3", {"X-Id": "7"})
    assert differences(request, query={"a": "9", "b": ["1", "GLOB:2*"], "d": None}) == [
        'query parameter a: expected "9", received ["1", "2"]',
        'query parameter b: expected ["1", text that matches GLOB "2*"], received nothing',
        'query parameter c: expected nothing, received "3"',
    ]
    assert differences(request, query_subset={"a": None, "c": "STARTS:4"}) == [
        'query parameter a: expected nothing, received ["1", "2"]',
        'query parameter c: expected text that starts with "4", received "3"',
    ]
    assert differences(request, query_subset={"c": "NOT:3"}) == [
        'query parameter c: expected text other than "3", received "3"'
    ]
    assert differences(request, query="GLOB:b*") == [
        'query: expected text that matches GLOB "b*", received "a=1&a=2&c=3"'
    ]
    assert differences(request, headers={"x-id": "8", "X-No": "1"}) == [
        'header x-id: expected "8", received "7"',
        'header X-No: expected "1", received nothing',
    ]


def test_cookies_are_masked_by_their_name_or_as_cookies() -> None:
    request = Request.of("GET", "/", {"Cookie": "sid=topsecret"})
    (found,) = RequestDescription(cookies={"sid": "other"}).differences(request)
    assert found.where.is_masked(Masked())


def test_values_of_masked_names_are_masked() -> None:
    description = RequestDescription(
        headers={"Authorization": "Bearer topsecret", "X-Key": ["topsecret"], "X": 1},
        cookies={"sid": "topsecret", "no": None},
        form={"pin": "1234", "a": "b"},
        files={"pin": "scan.png"},
        json_path={"$.card.pin": "1234", "$.a": "b"},
        xpath={"//pin": "1234", "//a": "b"},
    )
    assert description.shown(Masked("authorization", "x-key", "cookie", "pin")) == (
        'headers={"Authorization": ***, "X-Key": ***, "X": 1} cookies={"sid": ***, "no": null} '
        'json_path={"$.card.pin": ***, "$.a": "b"} xpath={"//pin": ***, "//a": "b"} '
        'form={"pin": ***, "a": "b"} files={"pin": ***}'
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"headers": "X-Id 7"},
            "headers: a header is written 'Name: value', but there is no colon in \"X-Id 7\".",
        ),
        ({"headers": ": 7"}, "headers: a header is written 'Name: value', but there is no colon in \": 7\"."),
        ({"headers": 7}, "headers: a dictionary is needed, not int: 7."),
        ({"headers": {"X": b"1"}}, "headers: X: text is needed here, not bytes: b'1'."),
        ({"cookies": "abc"}, "cookies: a cookie is written 'name=value', but there is no '=' in \"abc\"."),
        ({"cookies": ["a"]}, "cookies: a dictionary is needed, not list: ['a']."),
        ({"query": {"a": {"b": 1}}}, "query: a: text is needed here, not dict: {'b': 1}."),
        ({"query": {"a": [None]}}, "query: a: text is needed here, not None."),
        ({"query": 7}, "query: a dictionary is needed, not int: 7."),
        (
            {"query_subset": "a=1"},
            'query_subset: a dictionary such as {"name": "value"} is needed, not the text "a=1".',
        ),
        ({"query_subset": {}}, "query_subset: the dictionary is empty, so it checks nothing."),
        ({"headers": {}}, "headers: the dictionary is empty, so it checks nothing."),
        ({"headers": ""}, "headers: the dictionary is empty, so it checks nothing."),
        ({"cookies": {}}, "cookies: the dictionary is empty, so it checks nothing."),
        (
            {"query_subset": {"a": "REGEXP:["}},
            'query_subset: a: "[" is not a regular expression: unterminated character set at position 0.',
        ),
    ],
)
def test_what_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(**fields)
    assert str(caught.value) == message


def test_a_name_from_the_wire_cannot_break_the_line() -> None:
    found = differences(Request.of("GET", "/p?%0Aa%1b[31m%c2%9b%e2%80%ae=1"), query={})
    assert len(found) == 1
    assert found[0].isprintable()


def test_names_of_a_dictionary_are_text() -> None:
    assert differences(Request.of("GET", "/p?1=a"), query={1: "a"}) == []


def test_whether_only_the_order_differs_is_not_asked_of_many_values() -> None:
    few, many = [*"ab"], [*"ab"] * 2000
    for values, hint in ((few, "; only the order of the values differs"), (many, "")):
        query = "&".join(f"a={value}" for value in reversed(values))
        [found] = differences(Request.of("GET", f"/?{query}"), query={"a": values})
        assert found.endswith("]" + hint)
