"""The parts that the answers of Mockoon do not show one by one."""

from __future__ import annotations

import math
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from HttpServerLibrary.engine.formats.loading.mockoon.dates import formatted, parsed
from HttpServerLibrary.engine.formats.loading.mockoon.lookup import by_json_path
from HttpServerLibrary.engine.formats.loading.mockoon.nested import parsed as parsed_fields
from HttpServerLibrary.engine.formats.loading.mockoon.regexps import regexp
from HttpServerLibrary.engine.formats.loading.mockoon.standins import STAND_INS, stand_in
from HttpServerLibrary.engine.formats.loading.mockoon.standins.older import NEWER
from HttpServerLibrary.engine.formats.loading.mockoon.values import UNDEFINED, Date, json_of, number_text, text_of
from HttpServerLibrary.engine.formats.loading.mockoon.xml_object import NotUsable, xml_object
from HttpServerLibrary.engine.message.request import Request

from .environments import answer, loaded, route

DATA: dict[str, Any] = {
    "a": {"b": [{"c": 1}, {"c": 2}], "x-y": 5, "s": "abc"},
    "e": [],
    "n": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DATA),
        ("$.", DATA),
        ("$.a.b[0].c", 1),
        ("$.a.b.0.c", 1),
        ("$.a.b.[0].c", 1),
        ("$.a.b[*].c", [1, 2]),
        ("$..c", [1, 2]),
        ("$.a.x-y", 5),
        ("$.a['x-y']", 5),
        ('$.a["b"][1].c', 2),
        ("$.n", None),
        ("$.zz", UNDEFINED),
        ("$.e[*]", UNDEFINED),
        ("$.a.b[-1:].c", [2]),
        ("$.a.b[0:1].c", [1]),
        ("$.a.b[0,1].c", [1, 2]),
        ("$.a.b[?(@.c==2)].c", [2]),
        ("$.a.b[?(@.c===2)].c", [2]),
        ("$.a.b[?(@.c>1 && @.c<3)].c", [2]),
        ("$.a.b[?(@.c==1 || @.c=='2')].c", [1, 2]),
        ("$.a.b[?(@.d)]", UNDEFINED),
        ("$.a.b[(@.length-1)].c", 2),
        ("$.a.b.length", 2),
        ("$a.b", UNDEFINED),
        ("$.a.b[(x)]", UNDEFINED),
    ],
)
def test_a_json_path(path: str, found: object) -> None:
    assert by_json_path(DATA, path) == found


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a[25]=z", {"a": {"25": "z"}}),
        ("a[b][c]=1", {"a": {"b": {"c": "1"}}}),
        ("a.b=c", {"a.b": "c"}),
        ("a&b=&=x", {"a": "", "b": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("a%5Bb%5D=q+r", {"a": {"b": "q r"}}),
        ("a=%zz", {"a": "%zz"}),
        ("a[=1", {"a[": "1"}),
        ("a=1&a[b]=2", {"a": ["1", {"b": "2"}]}),
        ("a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
        ("a[b]=1&a[0]=k", {"a": {"0": "k", "b": "1"}}),
    ],
)
def test_fields_with_brackets(query: str, fields: dict[str, Any]) -> None:
    assert parsed_fields(query, 5) == fields


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"^\d+$", "12", True),
        (r"^\d+$", "\u0661", False),
        ("a$", "a\n", False),
        ("a.b", "a\u2028b", False),
        ("a[^]b", "a\nb", True),
        ("(?<year>[0-9]{4})-\\k<year>", "2024-2024", True),
        (r"[\w-]+\/x", "a-b/x", True),
        (r"a{,2}", "a{,2}", True),
        (r"\e", "e", True),
        (r"[[]", "[", True),
        (r"\u00e9", "é", True),
        (r"\cJ", "\n", True),
    ],
)
def test_a_regular_expression_of_javascript(pattern: str, text: str, matches: bool) -> None:
    assert regexp(pattern).is_in(text) is matches


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (123456789012345680000, "123456789012345680000"),
        (12345678901234567890, "12345678901234567000"),
        (0.000001, "0.000001"),
        (-1.5, "-1.5"),
        (-0.0, "0"),
        (1.25e300, "1.25e+300"),
        (10**400, "Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_a_number_as_text(number: float, text: str) -> None:
    assert number_text(number) == text


def test_values_as_text() -> None:
    date = Date(2024, 2, 29, 13, 5, tzinfo=parsed("2024-01-01T00:00:00Z").tzinfo)  # type: ignore[union-attr]
    assert text_of([1, None, ["a", True]]) == "1,,a,true"
    assert json_of({"b": [], "2": 1e3, "1": {}, "c": math.inf, "d": UNDEFINED}) == '{"1":{},"2":1000,"b":[],"c":null}'
    assert json_of({"a": [1, {}]}, 2) == '{\n  "a": [\n    1,\n    {}\n  ]\n}'
    assert json_of("é\ud800") == '"é\\ud800"'
    assert re.fullmatch(r"Thu Feb 29 2024 13:05:00 GMT[+-]\d{4} \(.+\)", str(date))
    nested: list[Any] = []
    for _ in range(300):
        nested = [nested]
    with pytest.raises(ValueError, match="the value is nested more than 200 levels deep"):
        json_of(nested)


def test_an_unknown_letter_of_a_date_format() -> None:
    date = parsed("2024-02-29T13:05:00Z")
    assert date is not None
    with pytest.raises(ValueError, match="the date format 'n' has the letter 'n', which is not known"):
        formatted(date, "n")


@pytest.mark.parametrize("text", ["", "soon", "2024-13-01", "2024-02-30"])
def test_what_is_no_date(text: str) -> None:
    assert parsed(text) is None


def test_xml_as_an_object() -> None:
    text = '<?xml version="1.0"?><a x="1"><b>1</b><b><![CDATA[2]]></b>\n<!--c-->t</a>'
    assert xml_object(text) == {
        "_declaration": {"_attributes": {"version": "1.0"}},
        "a": {"_attributes": {"x": "1"}, "b": [{"_text": "1"}, {"_cdata": "2"}], "_comment": "c", "_text": "t"},
    }
    assert xml_object("no") == {}
    with pytest.raises(NotUsable):
        xml_object('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_is_the_same_for_the_same_request(name: str) -> None:
    make = STAND_INS[name]
    given: dict[str, Any] = {"from": "2024-01-01", "to": "2024-12-31"} if name.startswith("date.between") else {}
    one, other = (make(Random("a"), [], given) for _ in range(2))
    if name.startswith("date.") and isinstance(one, Date):
        assert isinstance(other, Date)
        assert abs((one - other).total_seconds()) < 60
    elif name not in ("date.betweens", "git.commitDate", "internet.jwt"):
        assert one == other
    assert one is not None


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("{{faker 'string.alphanumeric' 16 casing='upper'}}", "[A-Z0-9]{16}"),
        ("{{faker 'string.numeric' length=10}}", "[0-9]{10}"),
        ("{{faker 'number.int' min=5 max=6}}", "[56]"),
        ("{{faker 'number.int' '{\"max\": 3}'}}", "[0-3]"),
        ("{{faker 'number.float' '{min: 1, max: 2, fractionDigits: 2}'}}", r"1(\.\d{1,2})?|2"),
        ("{{faker 'random.number'}}", r"\d+"),
        ("{{faker 'address.city'}}", r"\w+"),
        ("{{faker 'date.recent'}}", r"\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4} \(.+\)"),
        ("{{dateFormat (faker 'date.past') 'yyyy-MM'}}", r"\d{4}-\d\d"),
        ("{{faker 'helpers.arrayElement' (array 'a' 'b')}}", "[ab]"),
        ("{{faker 'lorem.words' 2}}", r"\w+ \w+"),
        ("{{guid}}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("{{int 3 4}}-{{float 1 2}}-{{boolean}}", r"[34]-[12](\.\d+)?-(true|false)"),
        ("{{hexColor}} {{ipv4}} {{lat}}", r"#[0-9a-f]{6} \d+\.\d+\.\d+\.\d+ -?\d+(\.\d+)?"),
        ("{{firstName}} {{lastName}} {{email}}", r"\w+ \w+ \S+@example\.com"),
        ("{{oneOf (array 'a' 'b')}}{{someOf (array 'c' 'd') 1 1}}", "[ab][cd]"),
        ("{{date '2024-01-01' '2024-01-02' 'yyyy'}} {{time '10:00' '10:59' 'HH'}}", "202[34] 10"),
        ("{{now 'yyyy'}}", r"\d{4}"),
    ],
)
def test_values_that_nobody_chose(tmp_path: Path, template: str, pattern: str) -> None:
    found = loaded(tmp_path, route("a", {"body": template}))
    bodies = [answer(found, Request("GET", "/a"), number).body for number in (1, 1, 2)]
    assert all(isinstance(body, bytes) and re.fullmatch(pattern, body.decode()) for body in bodies)
    if "date.recent" not in template:
        assert bodies[0] == bodies[1]


def test_older_names_have_a_stand_in() -> None:
    assert not [name for name in NEWER if stand_in(name) is None]
