"""The path and the method of a request description."""

from __future__ import annotations

import re

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.path import Below
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import text


def matches(path: object, target: str) -> bool:
    return RequestDescription(path).matches(Request.of("GET", target))


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("/orders", "/orders", True),
        ("orders", "/orders", True),
        ("/orders", "/orders/", False),
        ("/orders", "/Orders", False),
        ("/orders", "/orders?a=1", True),
        ("", "/", True),
        ("/", "/", True),
        ("/a b", "/a%20b", True),
        ("/a%20b", "/a%20b", True),
        ("/a%20b", "/a b", False),
        ("/ä", "/%C3%A4", True),
        ("/a/b", "/a%2Fb", True),
        ("/a%2Fb", "/a%2Fb", True),
        ("/a%2Fb", "/a/b", False),
        ("/orders", "http://example.com/orders?x", True),
        ("/", "http://example.com", True),
        ("EQUALS:/orders", "/orders", True),
        ("EQUALS:/a?b", "/a%3Fb", True),
        ("EQUALS:/{id}", "/{id}", True),
        ("EQUALS:/{id}", "/7", False),
        ("EQUALS:*", "*", True),
        ("GLOB:/orders/*", "/orders/7", True),
        ("GLOB:/orders/*", "/orders", False),
        ("GLOB:/a?", "/ab", True),
        ("GLOB:/a%2F*", "/a%2Fb", True),
        (r"REGEXP:/orders/\d+", "/orders/7", True),
        (r"REGEXP:/orders/\d+", "/orders/x", False),
        ("REGEXP:/a/?", "/a", True),
        ("STARTS:/api", "/api/v1", True),
        ("STARTS:/api", "/v1/api", False),
        (re.compile("/ORDERS/[0-9]", re.IGNORECASE), "/orders/7", True),
        (re.compile("/orders"), "/orders/7", False),
        ("NOT:/orders", "/offers", True),
        ("NOT:/orders", "/orders", False),
        ("NOT: orders", "/orders", False),
        ("NOT:/orders/{id}", "/orders/7", False),
        ("NOT:/orders/{id}", "/orders/7/8", True),
        ("NOT:STARTS:/admin", "/orders", True),
        ("NOT:STARTS:/admin", "/admin/x", False),
        # Neither the decoded path nor the one that was sent
        ("NOT:/a b", "/a%20b", False),
        ("NOT:/a%20b", "/a%20b", False),
        ("NOT:GLOB:/a b*", "/a%20b", False),
        ("EQUALS:GET /a", "GET /a", True),
        ("EQUALS:NOT:/a", "NOT:/a", True),
        ("ANY", "/whatever", True),
        (None, "/whatever", True),
    ],
)
def test_text_pattern_on_the_path(path: object, target: str, expected: bool) -> None:
    assert matches(path, target) is expected


@pytest.mark.parametrize(
    ("path", "target", "params"),
    [
        ("/orders/{id}", "/orders/7", {"id": "7"}),
        ("orders/{id}", "/orders/7", {"id": "7"}),
        ("/orders/{id}", "/orders/a%20b", {"id": "a b"}),
        ("/orders/{id}", "/orders/a%2Fb", {"id": "a/b"}),
        ("/orders/{id}", "/orders/%C3%A4", {"id": "ä"}),
        ("/orders/{id}/items/{no}", "/orders/7/items/8", {"id": "7", "no": "8"}),
        ("/{a}-{b}.json", "/x-y.json", {"a": "x", "b": "y"}),
        ("/a.b/{id}", "/a.b/7", {"id": "7"}),
        ("/a b/{id}", "/a%20b/7", {"id": "7"}),
        ("/{order id}", "/7", {"order id": "7"}),
        ("/orders/{id}", "/orders/7?id=8", {"id": "7"}),
        ("/{id}", "/%2541", {"id": "%41"}),
        ("/a b/{id}", "/a%20b/%2541", {"id": "%41"}),
        ("/a b/{id}", "/a%20b/c%2Fd", {"id": "c/d"}),
    ],
)
def test_placeholders_are_captured(path: str, target: str, params: dict[str, str]) -> None:
    description, request = RequestDescription(path), Request.of("GET", target)
    assert description.matches(request)
    assert description.path_params(request) == params


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/orders/{id}", "/orders/"),
        ("/orders/{id}", "/orders/7/8"),
        ("/orders/{id}", "/orders"),
        ("/{x}/b", "/a%2Fb"),
        ("/a.b/{id}", "/axb/7"),
    ],
)
def test_a_placeholder_is_one_segment(path: str, target: str) -> None:
    description, request = RequestDescription(path), Request.of("GET", target)
    assert not description.matches(request)
    assert description.path_params(request) == {}


@pytest.mark.parametrize("path", [None, "/orders", "GLOB:/*", "EQUALS:/{id}", "NOT:/{id}"])
def test_without_placeholders_nothing_is_captured(path: object) -> None:
    assert RequestDescription(path).path_params(Request.of("GET", "/orders")) == {}


@pytest.mark.parametrize(
    ("path", "literal"),
    [
        ("/orders", "/orders"),
        ("orders", "/orders"),
        ("EQUALS:/{id}", "/{id}"),
        ("/{id}", None),
        ("GLOB:/a", None),
        ("NOT:/a", None),
        ("ANY", None),
    ],
)
def test_only_a_literal_path_can_be_indexed(path: str, literal: str | None) -> None:
    assert RequestDescription(path).literal_path == literal


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "/orders?id=7",
            (
                "path: \"/orders?id=7\" contains '?', which a path cannot contain. "
                'Give what follows it as query: path "/orders", query=id=7.'
            ),
        ),
        (
            "/orders/{}",
            "path: a placeholder in \"/orders/{}\" has no name. For literal braces use 'EQUALS:/orders/{}'.",
        ),
        ("http://localhost:1/a", 'path: "http://localhost:1/a" is a URL. Give its path only.'),
        ("/{id}/{id}", 'path: the placeholder {id} appears twice in "/{id}/{id}".'),
        ("REGEXP:(", 'path: "(" is not a regular expression: missing ), unterminated subpattern at position 0.'),
        ("POST /orders", 'path: "POST /orders" begins with a method. Write the path "/orders" and method=POST.'),
        ("get,ANY  a", 'path: "get,ANY  a" begins with a method. Write the path "a" and method=get,ANY.'),
        (["/a"], "path: text is needed here, not list: ['/a']."),
        (re, f"path: text is needed here, not module: {re!r}."),
        (b"/orders", "path: text is needed here, not bytes: b'/orders'."),
    ],
)
def test_paths_that_are_refused(path: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("path", "difference"),
    [
        ("/orders", 'path: expected "/orders", received "/a b"'),
        ("orders/{id}", 'path: expected "/orders/{id}", received "/a b"'),
        ("GLOB:/o*", 'path: expected text that matches GLOB "/o*", received "/a b"'),
        ("EQUALS:/o", 'path: expected "/o", received "/a b"'),
    ],
)
def test_the_difference_of_a_path(path: object, difference: str) -> None:
    found = RequestDescription(path).differences(Request.of("GET", "/a%20b"))
    assert [str(entry) for entry in found] == [difference]


@pytest.mark.parametrize(
    ("path", "difference", "written"),
    [
        ("NOT:a b", 'path: expected text other than "/a b", received "/a b"', "NOT:/a b"),
        (
            "NOT: REGEXP: /.*",
            'path: expected text that does not match REGEXP "/.*", received "/a b"',
            "NOT:REGEXP:/.*",
        ),
        (re.compile("/A", re.I | re.S), 'path: expected text that matches REGEXP "(?is)/A"', "REGEXP:(?is)/A"),
    ],
)
def test_patterns_that_are_negated_or_compiled(path: object, difference: str, written: str) -> None:
    description = RequestDescription(path)
    (found,) = description.differences(Request.of("GET", "/a%20b"))
    assert str(found).startswith(difference)
    assert str(description) == written


@pytest.mark.parametrize(
    ("method", "sent", "expected"),
    [
        ("GET", "GET", True),
        ("get", "GET", True),
        ("GET", "get", True),
        ("GET", "POST", False),
        ("GET,POST", "POST", True),
        ("GET, post", "POST", True),
        (["GET", "post"], "POST", True),
        (("GET", "PUT"), "POST", False),
        ("EQUALS:POTS", "POTS", True),
        ("EQUALS: POTS", "POTS", True),
        (["GET", "EQUALS:POTS"], "POTS", True),
        ("GET,EQUALS:POTS", "POTS", True),
        ("PROPFIND", "PROPFIND", True),
        ("QUERY", "QUERY", True),
        ("ANY", "WHATEVER", True),
    ],
)
def test_methods(method: object, sent: str, expected: bool) -> None:
    assert RequestDescription(method=method).matches(Request.of(sent, "/")) is expected


UNKNOWN = "is not a method this library knows, such as GET, POST or DELETE. If that is intended, write"


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("GTE", f"method: \"GTE\" {UNKNOWN} 'EQUALS:GTE'."),
        ("GET,POTS", f"method: \"POTS\" {UNKNOWN} 'EQUALS:POTS'."),
        (["POTS"], f"method: \"POTS\" {UNKNOWN} 'EQUALS:POTS'."),
        ([], "method: a method or a list of methods is needed, not []."),
        (5, "method: a method or a list of methods is needed, not 5."),
    ],
)
def test_unknown_methods_are_refused(method: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(method=method)
    assert str(caught.value) == message


@pytest.mark.parametrize("method", ["", "EQUALS:", "GET,"])
def test_no_method_is_refused(method: str) -> None:
    with pytest.raises(UsageError, match=r"^method: "):
        RequestDescription(method=method)


def test_the_difference_of_a_method() -> None:
    found = RequestDescription(method=["GET", "head"]).differences(Request.of("POST", "/"))
    assert [str(entry) for entry in found] == ["method: expected GET,HEAD, received POST"]


@pytest.mark.parametrize("path", ["/a/*", "regexp:/a.*", "REGEX:/a", "glob:/a"])
def test_plain_text_that_looks_like_a_pattern_gets_a_hint(path: str) -> None:
    (difference,) = RequestDescription(path).differences(Request.of("GET", "/a"))
    assert difference.hint == "compared as plain text; patterns begin with GLOB: or REGEXP:"


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/app", True), ("/app/a?b", True), ("/%61pp/a", True), ("/apple", False), ("/", False), ("/App", False)],
)
def test_below_a_path(target: str, expected: bool) -> None:
    description = RequestDescription.of_fields(Below("/app/"))
    assert description.matches(Request.of("GET", target)) is expected
    assert (str(description), description.suggestion(Request.of("GET", target))) == ("/app/*", None)


def test_below_the_root() -> None:
    description = RequestDescription.of_fields(Below("/"))
    assert str(description) == "/*"
    assert description.matches(Request.of("GET", "/a"))
    (difference,) = description.differences(Request.of("OPTIONS", "*"))
    assert (text(difference.expected), text(difference.received)) == ('a path below "/"', '"*"')


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("/api/Orders/7", "only letter case differs"),
        ("/api/order/7", 'only the segment "order" differs'),
        ("/api/v1/7", ""),
        ("/", ""),
    ],
)
def test_what_is_not_below_a_path(target: str, hint: str) -> None:
    (difference,) = Below("/api/orders").differences(Request.of("GET", target))
    assert (text(difference.expected), text(difference.received), text(difference.hint)) == (
        'a path below "/api/orders"',
        f'"{target}"',
        hint,
    )


@pytest.mark.parametrize(
    "path",
    ["/a b", "POST /a", "/a/{id}", "/a?b", "http://a/b", "GLOB:/a", "NOT:/a", "EQUALS:/a", "/a#b", "/a\r\nb", 7, None],
)
def test_what_cannot_be_a_path_below_which_others_lie(path: object) -> None:
    with pytest.raises(UsageError) as caught:
        Below(path)
    needed = "a plain path such as /app is needed, without placeholders, spaces or a query"
    assert str(caught.value) == f"path: {needed}, not {path!r}."
