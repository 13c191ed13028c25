"""What a difference says besides what was expected and received."""

from __future__ import annotations

import gzip
import json

import pytest

from HttpServerLibrary.engine.matching import hints
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.json_difference import compare
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.phrase import UNMASKED, Diff, text

JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATTERN = "compared as plain text; patterns begin with GLOB: or REGEXP:"


REORDERED = "same items in a different order: json_ignore_order=True accepts that"


def hint(request: Request, **fields: object) -> str:
    (difference,) = RequestDescription(**fields).differences(request)
    return text(difference.hint)


def diff(expected: str, received: str) -> list[str]:
    return Diff(expected, received).lines(UNMASKED)


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        ("abc", "ABC", "only letter case differs"),
        ("a b", "a  b", "only whitespace differs"),
        ("a b", " a b\t", "only whitespace differs"),
        ('"v1"', "v1", "only quotes differ"),
        ("a b", "a+b", "only '+' and space differ"),
        ("a b", "a%20b", "only percent-encoding differs: the received text is encoded"),
        ("a%20b", "a b", "only percent-encoding differs: the expected text is encoded"),
        ("a%20b", "a+b", "only percent-encoding and '+' differ"),
        ("1.0", "1", "the same number, written differently"),
        ("2026-11-28T15:00:00Z", "2026-11-28T16:00:00.000+01:00", "the same time, written differently"),
        ("2026-11-28T15:00:00Z", "2026-11-28T15:00:01Z", ""),
        ("2026-11-28T15:00:00", "2026-11-28 15:00:00", ""),
        ("2026-13-28T15:00:00Z", "2026-11-28T15:00:00Z", ""),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+13:00", ""),
        ("1", "2", ""),
        ("a", "", ""),
        ("/a/*", "/a/b", PATTERN),
        ("a.+", "ab", PATTERN),
        (r"\d", "7", PATTERN),
        ("^a$", "a", PATTERN),
        ("2 * 3", "2 * 4", ""),
        ("5*3", "5*4", ""),
        ("*/*", "text/html", ""),
        ("a*", "bc", ""),
        ("text/*", "text/html", PATTERN),
        ("Caf\u00e9", "Cafe\u0301", "only Unicode normalization differs (received NFD)"),
        ("Cafe\u0301", "Caf\u00e9", "only Unicode normalization differs (received NFC)"),
        ("Cafe", "Caf\u0435", "the received text has CYRILLIC SMALL LETTER IE (U+0435)"),
        ("\u03bfrder", "order", "the expected text has GREEK SMALL LETTER OMICRON (U+03BF)"),
        ("a-b", "a\u2013b", "the received text has EN DASH (U+2013)"),
        ("a\ufe0f", "a", "the expected text has VARIATION SELECTOR-16 (U+FE0F)"),
        ("\u00e4", "\u00f6", ""),
        ("u", "\u00fc", ""),
        ("ab", "a\u200bb", "only invisible characters differ"),
        ("a b", "a\u00a0b", "only whitespace differs"),
        ("*" * 9_000 + " b", "a", ""),
        ("/* a */", "/* b */", ""),
        ("regexp:a", "a", PATTERN),
        ("glob:a", "a", PATTERN),
        ("Regex: a", "a", PATTERN),
        ("a" * 6000, "A" * 6000, ""),
    ],
)
def test_two_texts(expected: str, received: str, found: str) -> None:
    assert hints.hint(expected, received) == found


@pytest.mark.parametrize(
    ("pattern", "received", "found"),
    [
        ("EQUALS:a*", "ab", ""),
        ("EQUALS:ab", "AB", "only letter case differs"),
        ("REGEXP:a", "bab", "part of it matches, but REGEXP must match the whole text"),
        ("REGEXP:a", "b", ""),
        ("REGEXP:a+", "AA", "only letter case or whitespace differs"),
        ("GLOB:a*b", "A b", "only letter case or whitespace differs"),
        ("STARTS:a", "Ab", "only letter case or whitespace differs"),
        ("STARTS:a", "b", ""),
        # Searching it may take longer than anybody waits.
        ("REGEXP:a", f"{'b' * 1000}a", ""),
    ],
)
def test_patterns(pattern: str, received: str, found: str) -> None:
    assert hint(Request.of("GET", "/", {"X": received}), headers={"X": pattern}) == found


@pytest.mark.parametrize(
    ("expected", "target", "found"),
    [
        ("/a", "/a/", "only the trailing slash differs"),
        ("/a/", "/a", "only the trailing slash differs"),
        ("/a/{id}", "/a/7/", "only the trailing slash differs"),
        ("GLOB:/a/*/", "/a/7", "only the trailing slash differs"),
        ("/a/b", "/a//b", "only doubled slashes differ"),
        ("/a/b", "//a///b", "only doubled slashes differ"),
        ("/A", "/a", "only letter case differs"),
        ("/a b", "/a%2520b", "the path is encoded twice"),
        ("/a%20b", "/a b", "only percent-encoding differs: the expected text is encoded"),
        ("/orders/{id}", "/orders/7/8", "a placeholder stands for one segment; GLOB:/orders/* matches several"),
        ("/orders/{id}", "/offers/7", ""),
        ("/orders/{id}", "/order/7", 'only the segment "order" differs'),
        ("/users/{id}/posts", "/users//posts", "the segment for a placeholder is empty"),
        ("/users/7", "/users/8", 'only the segment "8" differs'),
        ("/items/7", "/item/7", 'only the segment "item" differs'),
        ("/items/7", "/item/8", ""),
        ("/api/orders", "/api/health", ""),
        ("/api/orders", "/api/7", ""),
        ("/customers", "/customer", "almost the same spelling"),
        ("/customers", "/costumers", "almost the same spelling"),
        ("/customers/7", "/cusotmers/7", 'only the segment "cusotmers" differs'),
        ("/7", "/8", ""),
        (f"/a/{'b' * 300}", f"/a/{'b' * 299}", ""),
        ("/orders/:id", "/orders/7", "for a segment that varies, write {id} instead of :id"),
        ("/orders/<int:id>/x", "/orders/7/x", "for a segment that varies, write {id} instead of <int:id>"),
        ("/orders", "/api/orders", 'the prefix "/api" is extra'),
        ("/api/orders", "/api/api/orders", 'the prefix "/api" appears twice'),
        ("/api/v1/orders", "/orders", 'the prefix "/api/v1" is missing'),
        ("/orders", "/reorders", ""),
        ("/orders", "/", ""),
        ("/", "/orders/", ""),
        ("/a b", "/a+b", "only '+' and space differ"),
        ("GLOB:a*", "/ab", "a path starts with a slash"),
        ("REGEXP:/a", "/ab", "part of it matches, but REGEXP must match the whole text"),
        ("/a", "/b", ""),
        ("/", "/a", ""),
    ],
)
def test_paths(expected: str, target: str, found: str) -> None:
    assert hint(Request.of("GET", target), path=expected) == found


def test_same_path_other_method() -> None:
    assert hint(Request.of("GET", "/a"), path="/a", method="POST") == "same path, different method"
    assert hint(Request.of("GET", "/a"), method="POST") == ""
    found = RequestDescription("/a", method="POST").differences(Request.of("GET", "/b"))
    assert [text(difference.hint) for difference in found] == ["", ""]


@pytest.mark.parametrize(
    ("query", "sent", "found"),
    [
        ({"q": "a b"}, "q=a%2Bb", "only '+' and space differ"),
        ({"q": "a b"}, "q=a%2520b", "only percent-encoding differs: the received text is encoded"),
        ({"q": "Abc"}, "q=abc", "only letter case differs"),
        ({"q": 1}, "q=1.0", "the same number, written differently"),
        ({"q": "a*"}, "q=abc", PATTERN),
        ({"q": ["a", "b"]}, "q=A", ""),
    ],
)
def test_query_parameters(query: dict[str, object], sent: str, found: str) -> None:
    assert hint(Request.of("GET", f"/?{sent}"), query_subset=query) == found


def test_lists_of_values_in_another_order() -> None:
    found = "only the order of the values differs"
    assert hint(Request.of("GET", "/?q=1&q=2"), query={"q": ["2", "1"]}) == found
    assert hint(Request.of("GET", "/", [("X", "1"), ("X", "2")]), headers={"X": ["2", "REGEXP:1"]}) == found
    assert hint(Request.of("GET", "/?q=1&q=2"), query={"q": ["2", "2"]}) == ""


def test_more_parameters() -> None:
    request = Request.of("GET", "/?a=1&b=2&c=3")
    hints_ = [text(found.hint) for found in RequestDescription(query={"a": "1"}).differences(request)]
    assert hints_ == ["query_subset accepts more", ""]
    assert [text(found.hint) for found in RequestDescription(query={"a": "2", "b": "2"}).differences(request)] == [
        ""
    ] * 2


def test_query_as_text() -> None:
    found = "the same parameters in a different order: a dictionary accepts that"
    assert hint(Request.of("GET", "/?b=2&a=1"), query="a=1&b=2") == found
    assert hint(Request.of("GET", "/?b=2&a=2"), query="a=1&b=2") == ""
    assert hint(Request.of("GET", "/?q=a+b"), query="q=a b") == "only '+' and space differ"


def test_a_name_that_is_spelled_differently() -> None:
    request = Request.of("POST", "/?userid=1", {**FORM, "Cookie": "SID=1"}, b"first%20name=x")
    assert hint(request, query_subset={"userId": "1"}) == 'there is "userid": only letter case differs'
    assert hint(request, form={"First Name": "x"}) == 'there is "first name": only letter case differs'
    assert hint(request, cookies={"sid": "1"}) == 'there is "SID": only letter case differs'
    assert hint(request, query_subset={"other": "1"}) == ""
    assert hint(request, headers={"X": "1"}) == ""
    assert hint(request, headers={"Content_Type": "1"}) == (
        'there is "Content-Type": only underscores and hyphens differ'
    )
    assert hint(request, query_subset={"user_id": "1"}) == 'there is "userid": only underscores differ'
    assert hint(request, query_subset={"userid[]": "1"}) == 'there is "userid": only brackets differ'
    assert hint(request, cookies={"_": "1"}) == ""


CHARSET = "only parameters such as the charset differ: STARTS:application/json matches any"


@pytest.mark.parametrize(
    ("expected", "received", "body", "found"),
    [
        ("application/json", "application/json; charset=utf-8", b"{}", CHARSET),
        ("application/json;charset=utf-8", "application/json", b"{}", CHARSET),
        ("application/json", "Application/JSON", b"{}", "only letter case differs"),
        ("application/json", "text/plain", b"{}", "but the body is JSON"),
        ("application/problem+json", "text/plain", b"{}", "but the body is JSON"),
        ("application/json", "text/plain", b"{", ""),
        ("application/json", "application/problem+json", b"{}", ""),
        ("text/plain", "application/json", b"{}", ""),
        ("GLOB:text/*", "TEXT/plain", b"", "only letter case or whitespace differs"),
    ],
)
def test_content_type(expected: str, received: str, body: bytes, found: str) -> None:
    request = Request.of("POST", "/", {"Content-Type": received}, body)
    assert hint(request, headers={"content-type": expected}) == found


def test_no_content_type_at_all() -> None:
    request = Request.of("POST", "/", {}, b"{}")
    assert hint(request, headers={"Content-Type": "application/json"}) == "but the body is JSON"


def test_content_type_says_json_and_the_body_is_not() -> None:
    assert hint(Request.of("POST", "/", JSON, b"a"), json=1) == "although its Content-Type is JSON"
    assert hint(Request.of("POST", "/", TEXT, b"a"), json=1) == ""
    assert hint(Request.of("POST", "/", JSON), json=1) == ""


@pytest.mark.parametrize(
    "fields", [{"json": 1}, {"json_subset": {}}, {"text": "a"}, {"form": {"a": "1"}}, {"xml": "<a/>"}], ids=str
)
def test_a_compressed_body(fields: dict[str, object]) -> None:
    encoded = {**JSON, "Content-Encoding": " br"}
    advice = "the body is encoded (br) and was compared undecoded"
    assert hint(Request.of("POST", "/", encoded, b"\x0b\x00"), **fields) == advice
    assert hint(Request.of("POST", "/", {"Content-Encoding": "identity"}, b"\x0b"), **fields) != advice
    assert hint(Request.of("POST", "/", encoded), **fields) != advice


def test_gzip_that_nobody_named() -> None:
    packed = gzip.compress(b"1")
    advice = "the request has no Content-Encoding"
    assert hint(Request.of("POST", "/", JSON, packed), json=1) == advice
    assert hint(Request.of("POST", "/", {"Content-Encoding": "identity"}, packed), text="1") == advice
    [difference] = RequestDescription(json=1).differences(Request.of("POST", "/", JSON, packed))
    assert str(difference.received) == f"{len(packed)} bytes that look like gzip"
    assert hint(Request.of("POST", "/", JSON, packed), data=b"\x1f\x8c") == "differs from byte 2 on"


def test_bytes_may_be_meant_to_be_compressed() -> None:
    coded = {"Content-Encoding": "gzip"}
    assert hint(Request.of("POST", "/", coded, b"\x1f\x8b\x00"), data=b"\x1f\x8b\x01") == "differs from byte 3 on"


def test_what_came_in_the_query_or_in_the_body() -> None:
    in_query, in_body = Request.of("POST", "/?q=1"), Request.of("POST", "/", FORM, b"q=1")
    assert hint(in_query, form={"q": "1"}) == "it came in the query"
    assert hint(in_query, form={"p": "1"}) == ""
    assert hint(in_body, query={"q": "1"}) == hint(in_body, query_subset={"q": "1"}) == "it came in the body"
    assert hint(in_body, query={"p": "1"}) == ""


def test_a_form_of_another_type() -> None:
    advice = "it looks like a form, but its Content-Type is not application/x-www-form-urlencoded"
    assert hint(Request.of("POST", "/", TEXT, b"a=1&b=%20"), form={"a": "1"}) == advice
    assert hint(Request.of("POST", "/", JSON, b'{"a": 1}'), form={"a": "1"}) == "the body is JSON; json= compares it"
    for body in (b"YWJj==", b"YWJjZA=", b"a", b"a b=1", b'{"a=1'):
        assert hint(Request.of("POST", "/", TEXT, body), form={"a": "1"}) == ""


@pytest.mark.parametrize(
    ("body", "content_type", "received"),
    [
        (b"item=book", None, 'the form "item=book"; form= compares it'),
        (b"a=1&b=%20", FORM["Content-Type"], 'the form "a=1&b=%20"; form= compares it'),
        (b"--b\r\n", "multipart/form-data; boundary=b", "a multipart body; form= and files= compare it"),
        (b"<a/>", "text/xml", 'XML "<a/>"; xml= compares it'),
        (b"\xff\x00\x01", None, "3 bytes: ff 00 01"),
        (b"a\x00", "application/json", "2 bytes: 61 00; although its Content-Type is JSON"),
        (b"<a/>", None, '"<a/>", which is not JSON: Expecting value at line 1 column 1'),
    ],
)
def test_another_body_where_json_is_expected(body: bytes, content_type: str | None, received: str) -> None:
    request = Request.of("POST", "/", {} if content_type is None else {"Content-Type": content_type}, body)
    (found,) = RequestDescription(json={"item": "book"}).differences(request)
    assert str(found) == f"json: expected a JSON body, received {received}"


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        (1, "1", "only quotes differ"),
        ("true", True, "only quotes differ"),
        (1, True, ""),
        (1, "2", ""),
        ("Book", "book", "only letter case differs"),
        ("a b", "a  b", "only whitespace differs"),
        ("a*", "abc", ""),
        ({"a": 1}, '{"a": 1}', "the text is itself JSON: it was encoded twice"),
        ([1], "[1]", "the text is itself JSON: it was encoded twice"),
        ([1], "[1", ""),
        ([1], '{"a": 1}', ""),
        ("NOT:a", "b", 'in JSON a pattern is written "<regexp:...>"'),
        ("Not: a", "b", ""),
        ("Cafe", "Caf\u0435", "the received text has CYRILLIC SMALL LETTER IE (U+0435)"),
        ([1, 2, 3], [3, 1, 2], REORDERED),
        ([{"a": [1, 2]}, 1.0], [1, {"a": [1, 2]}], REORDERED),
    ],
)
def test_json(expected: object, received: object, found: str) -> None:
    assert hint(Request.of("POST", "/", JSON, json.dumps({"v": received}).encode()), json={"v": expected}) == found


def test_a_list_in_another_order_is_one_difference() -> None:
    request = Request.of("POST", "/", JSON, b'{"tags": ["gift", "new"], "n": [[2, 1]]}')
    assert [
        str(found) for found in RequestDescription(json={"tags": ["new", "gift"], "n": [[1, 2]]}).differences(request)
    ] == [
        f'json $.tags: expected ["new", "gift"], received ["gift", "new"]; {REORDERED}',
        f"json $.n: expected [[1, 2]], received [[2, 1]]; {REORDERED}",
    ]


def json_differences(expected: object, received: object, **fields: object) -> list[str]:
    request = Request.of("POST", "/", JSON, json.dumps(received).encode())
    return [*map(str, RequestDescription(json=expected, **fields).differences(request))]


def test_a_body_that_was_encoded_twice() -> None:
    assert json_differences({"a": 1}, '{"a": 1}') == [
        (
            'json $: expected {"a": 1} (object), received "{\\"a\\": 1}" (text); '
            "the text is itself JSON: it was encoded twice"
        )
    ]


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        ({"orderId": 1}, {"orderid": 1}, 'there is "orderid": only letter case differs'),
        ({"orderId": 1}, {"x": 0, "order_id": 1}, 'there is "order_id": only underscores and letter case differ'),
        ({"orderId": 1}, {"order": 1}, ""),
    ],
)
@pytest.mark.parametrize("any_order", [True, False])
def test_names_of_members(expected: object, received: object, found: str, any_order: bool) -> None:
    line = json_differences([expected], [received], json_ignore_order=any_order)[2 * any_order]
    assert line == f"json $[0].orderId: expected 1, received no such key{'; ' * bool(found)}{found}"


def test_a_name_that_is_expected_too_is_not_offered() -> None:
    assert json_differences({"a": 1, "A": 2}, {"A": 2}) == ["json $.a: expected 1, received no such key"]


def test_more_members() -> None:
    assert json_differences([{"a": 1}], [{"a": 1, "b": 2, "c": 3}]) == [
        "json $[0].b: expected no such key, received 2; json_subset accepts more",
        "json $[0].c: expected no such key, received 3",
    ]
    assert json_differences({"a": 2}, {"a": 1, "b": 2}) == [
        "json $.a: expected 2, received 1",
        "json $.b: expected no such key, received 2",
    ]


ITEMS = [{"sku": number} for number in range(500)]


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        (
            ITEMS,
            [*ITEMS[:321], *ITEMS[322:]],
            [
                ('json $[321]: expected {"sku": 321}, received no such item; '
                "only this item is missing")
            ],
        ),
        (
            ITEMS,
            [*ITEMS[:2], {}, *ITEMS[2:]],
            ["json $[2]: expected no such item, received {}; only this item is extra"],
        ),
        (
            [1, 2, 3, 4],
            [1, 4],
            [
                "json $[1]: expected 2, received no such item; only these 2 items are missing",
                "json $[2]: expected 3, received no such item; only these 2 items are missing",
            ],
        ),
        (["<any-number>", "a"], ["a"], [
            "json $[0]: expected any number, received no such item; only this item is missing"
        ]),
        ([1], [1, 2, 3, 4, 5, 6, 7], ["json $: expected 1 item, received 7"]),
        ([1, 2, 3, 9], [1, 7, 8, 3, 9], ["json $: expected 4 items, received 5", "json $[1]: expected 2, received 7"]),
        ([1, 2, 3], [1, 5, 3], ["json $[1]: expected 2, received 5"]),
        ([1, True], [True, True], ["json $[0]: expected 1 (number), received true (boolean)"]),
        ([], [1], ["json $[0]: expected no such item, received 1; only this item is extra"]),
    ],
)  # fmt: skip
def test_lists(expected: list[object], received: list[object], found: list[str]) -> None:
    assert json_differences(expected, received) == found


@pytest.mark.parametrize(
    ("expected", "body", "found"),
    [
        ('{"a": 1, "b": 2}', '{"b":2,"a":1}', "the same JSON, written differently: json= compares the value"),
        ("[1]", "[1.0]", "the same JSON, written differently: json= compares the value"),
        ("<a x='1'/>", '<a x="1"></a>', "the same XML, written differently: xml= compares the elements"),
        ('{"a": 1}', '{"a": 2}', "differs from character 7 on"),
        ("{a", "{b", "differs from character 2 on"),
        ("<a", "<b", "differs from character 2 on"),
    ],
)
def test_texts_that_mean_the_same(expected: str, body: str, found: str) -> None:
    assert hint(Request.of("POST", "/", {}, body.encode()), text=expected) == found


def test_a_hint_without_an_offset_stands_alone() -> None:
    assert hint(Request.of("POST", "/", {}, b"aab"), text="a.+") == PATTERN


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2], [2, 1], True),
        ([1, 1, 2], [2, 2, 1], False),
        ([1, True], [True, 1], True),
        ([1, 0], [True, False], False),
        ([1, 2], [1.0, 2.0], False),
        ([1, 2], [2.0, 1], True),
        ([{"a": 1, "b": 2}, None], [None, {"b": 2, "a": 1}], True),
        (["1", 1], [1, 1], False),
        ([1, 2], [1, 2, 3], False),
        ([1, 2], [1, 2], False),
        ([], [], False),
        ([*range(1000)], [*reversed(range(1000))], True),
        ([*range(2000)], [*reversed(range(2000))], False),
        ([[*range(1500)], [*range(1500)], 1], [1, [*range(1500)], [*range(1500)]], False),
    ],
)
def test_reordered(one: list[object], other: list[object], expected: bool) -> None:
    """As far as there is time to look."""
    found = [finding.hint for finding in compare(one, other, hints=True) if not finding.steps]
    assert (found == [REORDERED]) is expected


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        ("user=paul", "user=peter", "differs from character 7 on"),
        ("abc", "ab", "differs from character 3 on"),
        ("abc", "xyz", ""),
        ("aBc", "abC", "only letter case differs from character 2 on"),
        ("a\nbcd", "a\nbxd", "differs from line 2, character 2 on"),
        ("a\nb", "a\r\nb", "only whitespace differs from character 2 on"),
    ],
)
def test_where_a_text_differs(expected: str, received: str, found: str) -> None:
    assert hint(Request.of("POST", "/", {}, received.encode()), text=expected) == found


def test_where_bytes_differ() -> None:
    assert hint(Request.of("POST", "/", {}, b"a\x00b"), data=b"a\x00c") == "differs from byte 3 on"
    assert hint(Request.of("POST", "/", {}, b"abc"), data=b"xyz") == ""
    assert hint(Request.of("POST", "/"), data=b"a") == ""
    assert hint(Request.of("POST", "/"), text="a*") == ""


def test_diff() -> None:
    assert diff("a\nb\nc", "a\nB\nc") == ["--- expected", "+++ received", " a", "-b", "+B", " c"]
    assert diff("a\nb", "a\r\nb")[2:] == ["-a", "+a\\r", " b"]


def test_one_line_has_no_diff() -> None:
    for received, has_diff in (("a", False), ("a\nb", True)):
        (difference,) = RequestDescription(text="b").differences(Request.of("POST", "/", {}, received.encode()))
        assert (difference.diff is not None) is has_diff


def test_a_diff_begins_shortly_before_the_difference() -> None:
    lines = [f"line {number}" for number in range(5000)]
    changed = [*lines[:4000], "new", *lines[4000:]]
    assert diff("\n".join(lines), "\n".join(changed)) == [
        "--- expected",
        "+++ received",
        " line 3998",
        " line 3999",
        "+new",
        " line 4000",
        " line 4001",
        "...",
    ]


def test_a_diff_is_cut() -> None:
    found = diff("\n".join(["a" * 300] * 100), "\n".join(["b"] * 100))
    assert len(found) == 15
    assert found[2] == f"-{'a' * 99}... (301 characters)"
    assert found[-1] == "..."
    assert diff("a\n" * 9, "b\n" * 9)[-1] == "..."


def test_hints_of_several_hunks() -> None:
    lines = [f"{number}" for number in range(20)]
    changed = [*lines]
    changed[0] = changed[10] = "x"
    found = diff("\n".join(lines), "\n".join(changed))
    assert found == [
        "--- expected",
        "+++ received",
        "-0",
        "+x",
        " 1",
        " 2",
        "...",
        " 8",
        " 9",
        "-10",
        "+x",
        " 11",
        " 12",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "hint"),
    [
        ("hä".encode(), "text/plain; charset=latin-1", "as UTF-8, but its Content-Type names charset=latin-1"),
        ("hä".encode("latin-1"), "text/plain", "as Latin-1, but its Content-Type names no charset"),
    ],
)
def test_a_text_in_another_charset(body: bytes, content_type: str, hint: str) -> None:
    request = Request.of("POST", "/", {"Content-Type": content_type}, body)
    [difference] = RequestDescription(text="hä").differences(request)
    assert text(difference.hint) == f"it matches when the body is decoded {hint}"
