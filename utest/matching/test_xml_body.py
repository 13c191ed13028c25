"""The XML fields: comparison, XPath, and bodies that mean harm."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.message.xml_tree import NotXml
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask


def differences(body: bytes | str, content_type: str = "text/css", **fields: object) -> list[str]:
    data = body.encode() if isinstance(body, str) else body
    request = Request.of("POST", "/", {"Content-Type": content_type}, data)
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == [])
    return found


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ('<a x="1" y="2"><b/></a>', "<a y='2' x='1'>\n  <b></b>\n</a>\n"),
        ("\n  <a>\n    <b>c</b>\n  </a>\n", "<a><b>c</b></a>"),
        ("<a><b>\n  c\n</b></a>", "<a><b>c</b></a>"),
        ("<a> </a>", "<a/>"),
        ('<a xmlns="urn:x"><b/></a>', '<p:a xmlns:p="urn:x"><p:b/></p:a>'),
        ('<a xmlns:p="urn:x" p:q="1"/>', '<a xmlns:r="urn:x" r:q="1"/>'),
        ("<a>b</a>", "<?xml version='1.0'?><!DOCTYPE a><!-- c --><a><?p i?>b<!-- c --></a>"),
        ("<a>&lt;b&gt; &amp; c</a>", "<a><![CDATA[<b> & c]]></a>"),
        ("<a>b</a>", "<a>&#98;</a>"),
        ("<p>one <b>two</b> three</p>", "<p>one\n<b>two</b>\nthree</p>"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>', "<a>ä</a>"),
        (' \n<?xml version="1.0"?><a/>', "<a/>"),
        ("<ä ö='ü'/>", "<ä ö='ü'/>"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe4</a>', "<a>ä</a>"),
        (bytearray(b"<a/>"), "<a/>"),
    ],
)
def test_equal(expected: object, body: str) -> None:
    assert differences(body, xml=expected) == []


@pytest.mark.parametrize(
    ("expected", "body", "found"),
    [
        ("<a/>", "<b/>", ["xml /a: expected the root element <a>, received the root element <b>"]),
        (
            '<order><item qty="1"/><item qty="2"/></order>',
            '<order><item qty="1"/><item qty="3"/></order>',
            ['xml /order/item[2]/@qty: expected "2", received "3"'],
        ),
        ('<a x="1"/>', "<a/>", ['xml /a/@x: expected "1", received nothing']),
        ("<a/>", '<a x="1"/>', ['xml /a/@x: expected nothing, received "1"']),
        ("<a>b</a>", "<a>c</a>", ['xml /a: expected "b", received "c"']),
        ("<a>b</a>", "<a/>", ['xml /a: expected "b", received no text']),
        ("<a/>", "<a>b</a>", ['xml /a: expected no text, received "b"']),
        ("<a>x</a>", "<a>X</a>", ['xml /a: expected "x", received "X"; only letter case differs']),
        ("<a><b>c</b></a>", "<a/>", ["xml /a/b: expected <b>c</b>, received nothing"]),
        (
            "<a/>",
            '<a><b x="1"><c/></b><d/></a>',
            ['xml /a/b: expected nothing, received <b x="1">...', "xml /a/d: expected nothing, received <d/>"],
        ),
        (
            "<a><b/><b>2</b></a>",
            "<a><b/></a>",
            ["xml /a/b[2]: expected <b>2</b>, received nothing"],
        ),
        ("<a><b/><c/></a>", "<a><c/><b/></a>", ["xml /a: expected <b> before <c>, received <c> before <b>"]),
        (
            "<p>one <b>two</b> three</p>",
            "<p>one <b>two</b></p>",
            ['xml /p: expected the text "one <> three", received the text "one <>"'],
        ),
        (
            "<p>one <b/></p>",
            "<p><b/> one</p>",
            ['xml /p: expected the text "one <>", received the text "<> one"'],
        ),
        (
            "<p><b/></p>",
            "<p>one</p>",
            ['xml /p: expected no text, received the text "one"', "xml /p/b: expected <b/>, received nothing"],
        ),
        (
            '<a xmlns="urn:x"><b/></a>',
            "<a><b/></a>",
            ['xml /a: expected the namespace "urn:x", received no namespace'],
        ),
        (
            '<a><b xmlns="urn:x"><c xmlns="urn:y"/></b></a>',
            '<a><b xmlns="urn:z"><c xmlns="urn:z"/></b></a>',
            [
                'xml /a/b: expected the namespace "urn:x", received the namespace "urn:z"',
                'xml /a/b/c: expected the namespace "urn:y", received the namespace "urn:z"',
            ],
        ),
        (
            '<a xmlns:p="urn:x" p:q="1" xml:lang="de"/>',
            '<a q="1"/>',
            [
                'xml /a/@p:q: expected "1", received nothing',
                'xml /a/@xml:lang: expected "de", received nothing',
                'xml /a/@q: expected nothing, received "1"',
            ],
        ),
        ("<a/>", "", ["xml: expected an XML body, received no body"]),
        (
            "<a/>",
            '{"a": 1}',
            [
                (
                    'xml: expected an XML body, received "{\\"a\\": 1}", which is not XML: '
                    "Start tag expected, '<' not found at line 1 column 1"
                )
            ],
        ),
        (
            "<a/>",
            "<a>\n<b></a>",
            [
                (
                    'xml: expected an XML body, received "<a>\\n<b></a>", which is not XML: '
                    "Opening and ending tag mismatch: b line 2 and a at line 2 column 8"
                )
            ],
        ),
    ],
)
def test_differs(expected: str, body: str, found: list[str]) -> None:
    assert differences(body, xml=expected) == found


def test_what_is_long_is_cut() -> None:
    body = f'<a x="{"y" * 5000}"><{"b" * 5000}/>{"<c/>" * 5000}</a>'
    found = differences(body, xml="<a/>")
    assert len(found) == 100
    assert all(len(line) < 500 for line in found)
    deep = "".join(f"<{'e' * 20}>" for _ in range(200)), "".join(f"</{'e' * 20}>" for _ in range(200))
    (line,) = differences(f"{deep[0]}x{deep[1]}", xml=f"{deep[0]}y{deep[1]}")
    assert line.startswith("xml ...eee")
    assert len(line) < 300
    assert len(str(RequestDescription(xml=f"<a>{'x' * 5000}</a>"))) < 200


def test_many_attributes() -> None:
    """lxml would take quadratic time to look up each value, while no other thread runs."""
    many = " ".join(f'n{number}="{number}"' for number in range(20_000))
    assert differences(f'<a xmlns:p="u" p:q="1" {many}/>', xml=f'<a xmlns:r="u" r:q="1" {many}/>') == []
    assert differences(f"<a {many}/>", xml=f'<a {many} x="1"/>') == ['xml /a/@x: expected "1", received nothing']


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("<a>", 'xml: not XML: Premature end of data in tag a line 1 at line 1 column 4: "<a>".'),
        ("<a>\n <b></c></a>", 'tag mismatch: b line 2 and c at line 2 column 9: " <b></c></a>".'),
        ("", "xml: not XML: Document is empty at line 1 column 1."),
        ("text", "xml: not XML: Start tag expected, '<' not found at line 1 column 1: \"text\"."),
        (b"<a>\xff</a>", "xml: not XML: "),
        ("<a>\ud800</a>", "xml: not XML: 'utf-8' codec can't encode character '\\ud800'"),
        ("<p:a/>", 'xml: not XML: Namespace prefix p on a is not defined at line 1 column 5: "<p:a/>".'),
        ('<!DOCTYPE a [<!ENTITY e "f">]><a>&e;</a>', "xml: XML with custom entities, which are not expanded."),
        (5, "xml: text or bytes are needed, not int: 5."),
    ],
)
def test_bad_xml_is_refused(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(xml=value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# Encodings: RFC 7303, 3.2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<a>ä</a>".encode("latin-1"), "text/xml; charset=iso-8859-1"),
        # The Content-Type goes before the declaration
        ('<?xml version="1.0" encoding="utf-8"?><a>ä</a>'.encode("latin-1"), "text/xml; charset=iso-8859-1"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode(), "text/xml; charset=utf-8"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode("latin-1"), "text/xml"),
        ("<a>ä</a>".encode("utf-16"), "text/xml"),
        # A byte order mark goes before both
        ("<a>ä</a>".encode("utf-16"), "text/xml; charset=utf-8"),
        ("<a>ä</a>".encode("utf-8-sig"), "text/xml; charset=iso-8859-1"),
        ("<a>ä</a>".encode(), "text/xml; charset=nonsense"),
        ("<a>ä</a>".encode(), "text/xml"),
        ("<a>ä</a>".encode("utf-16-le"), "text/xml; charset=utf-16le"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    assert differences(body, content_type, xml="<a>ä</a>", xpath={"/a": "ä"}) == []


def test_a_body_in_another_encoding_than_it_says() -> None:
    (line,) = differences("<a>ä</a>".encode(), "text/xml; charset=ascii", xml="<a/>")
    assert line.endswith(
        "which is not XML: 'ascii' codec can't decode byte 0xc3 in position 3: ordinal not in range(128); "
        "although its Content-Type is XML"
    )


# Bodies that mean harm

BILLION = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10 if level else "lol"}">' for level in range(10))


@pytest.mark.parametrize(
    "body",
    [
        f"<!DOCTYPE a [{BILLION}]><a>&e9;</a>",
        f'<!DOCTYPE a [{BILLION}]><a b="&e9;"/>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY % e SYSTEM "file:///etc/hostname"> %e;]><a/>',
        '<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><a b="&e;"/>',
        '<!DOCTYPE a [<!ENTITY e "text">]><a/>',
    ],
)
def test_entities_are_not_looked_up(body: str) -> None:
    for fields in ({"xml": "<a/>"}, {"xpath": {"string(/a)": ""}}):
        (line,) = differences(body, **fields)
        assert "XML with custom entities, which are not expanded" in line or "amplification" in line


def test_a_document_type_without_entities_says_nothing() -> None:
    body = '<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd" [<!ATTLIST a b CDATA "1"><!ELEMENT a ANY>]><a/>'
    assert differences(body, xml="<a/>") == []


@pytest.mark.parametrize("depth", [100, 250, 1000, 100_000])
def test_deep_bodies_end_in_an_answer(server: HttpServer, ask: Ask, depth: int) -> None:
    body = "<a>" * depth + "</a>" * depth
    server.book.register(Kind.PERMANENT, RequestDescription(xml="<a><a><b/></a></a>"))
    server.book.register(Kind.PERMANENT, RequestDescription(xpath={"//b": "1"}))
    assert ask(Request.of("POST", "/", {}, body.encode()))[0] == 500
    assert [problem.kind for problem in server.journal.problems()] == ["UNEXPECTED REQUEST"]
    if depth < 256:
        assert differences(body, xml=body) == []


def test_elements_too_deep_for_the_stack_that_is_left_end_in_an_answer() -> None:
    body = "<a>" * 250 + "</a>" * 250
    request = Request.of("POST", "/", {}, body.encode())
    description = RequestDescription(xml=body)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 200)
    try:
        matches, found = description.matches(request), [*map(str, description.differences(request))]
    finally:
        sys.setrecursionlimit(limit)
    assert (matches, found) == (
        False,
        ["xml: expected a body that can be compared, received one that is nested too deeply"],
    )
    assert description.matches(request)


CONTENT_TYPES = st.sampled_from(
    ["", "text/xml", *(f"text/xml; charset={name}" for name in "utf-8 utf-16 utf-7 ascii hex idna nope cp037".split())]
)
PIECES = st.sampled_from(
    "<a> </a> <b/> <!DOCTYPE [ ]> <!ENTITY <?xml version='1.0' encoding='utf-16' ?> <![CDATA[ ]]> <!-- --> &e; &#0; "
    "xmlns:p='u' p:a xmlns='u' = \" ' % \0 \ufeff ä text < > & ;".split(" ")
)


@given(
    st.binary(max_size=60) | st.lists(PIECES, max_size=25).map(lambda pieces: " ".join(pieces).encode()), CONTENT_TYPES
)
def test_every_body_ends_in_an_answer(body: bytes, content_type: str) -> None:
    differences(body, content_type, xml="<a><b/></a>")
    differences(body, content_type, xpath={"//*": "text", "count(//@*)": 1, "namespace::*": None})


TREES: st.SearchStrategy[Any] = st.recursive(
    st.builds(
        lambda name, text, attributes: (name, text, attributes, []),
        st.sampled_from(["a", "b", "{u}a"]),
        st.sampled_from(["", "x", "y"]),
        st.dictionaries(st.sampled_from(["i", "{u}i"]), st.sampled_from("12"), max_size=2),
    ),
    lambda inner: st.builds(
        lambda name, attributes, children: (name, "", attributes, children),
        st.sampled_from(["a", "b", "{u}a"]),
        st.dictionaries(st.sampled_from("ij"), st.sampled_from("12"), max_size=2),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)
Tree = tuple[str, str, dict[str, str], list["Tree"]]


def element(tree: Tree, prefix: str, space: str) -> etree._Element:
    """The tree as an element, with a prefix for its namespace, its attributes turned round where there is space."""
    name, text, attributes, children = tree
    made = etree.Element(name, nsmap={prefix: "u"})
    for key in sorted(attributes, reverse=bool(space)):
        made.set(key, attributes[key])
    made.text = f"{space}{text}{space}"
    for child in children:
        made.append(element(child, prefix, space))
        made[-1].tail = space
    return made


@given(TREES, TREES)
def test_equal_is_equal_up_to_space_and_prefixes(one: Tree, other: Tree) -> None:
    expected = etree.tostring(element(one, "p", ""))
    body = etree.tostring(element(other, "q", "\n "))
    assert (differences(body, xml=expected) == []) is (one == other)


# XPath

BODY = """\
<?xml version="1.0"?>
<o:order xmlns:o="urn:orders" xmlns:xlink="urn:link" id="7">
  <item qty="2" xlink:href="a">book</item>
  <item qty="3"> pen
  </item>
  <o:note/>
  <total>12.50</total>
</o:order>
"""


@pytest.mark.parametrize(
    ("path", "expected", "matches"),
    [
        ("/order/item", "book", True),
        ("/order/item", "pen", True),
        ("/order/item", "pencil", False),
        ("/order/item[2]", "pen", True),
        ("/order/item[2]", "book", False),
        ("item", "book", True),
        ("//item/@qty", 3, True),
        ("//item/@qty", "REGEXP:[0-9]", True),
        ("//item/@qty", ["2", "3"], True),
        ("//item/@qty", ["3", "2"], False),
        ("//item/@qty", ["2"], False),
        ("//item/@qty", "NOT:4", True),
        ("//item/@qty", "NOT:3", False),
        ("//item", "NOT:pen", False),
        ("//missing", "NOT:pen", False),
        ("//total", re.compile(r"\d+\.\d+"), True),
        ("//missing", None, True),
        ("//item", None, False),
        ("//note", "", True),
        ("//missing", "", False),
        ("count(//item)", 2, True),
        ("count(//item)", "2", True),
        ("sum(//@qty) div 2", 2.5, True),
        ("1 div 0", "Infinity", True),
        ("-1 div 0", "-Infinity", True),
        ("0 div 0", "NaN", True),
        ("//total = 12.5", True, True),
        ("//total > 13", "false", True),
        ("//total > 13", True, False),
        ("string(//total)", "GLOB:12*", True),
        ("//item/text()", "book", True),
        ("/*", "REGEXP:(?s)book.*12.50", True),
        # Names with a prefix are those of the document, the others are in every namespace.
        ("/o:order/item", "book", True),
        ("/o:order/o:note", "", True),
        ("/o:order/o:item", "book", False),
        ("/x:order/item", "book", False),
        ("count(//o:*)", 2, True),
        ("//@xlink:href", "a", True),
        ("//@xlink:*", "a", True),
        ("//@href", None, True),
        ("//@*", "a", True),
        ("namespace-uri(/order)", "urn:orders", True),
        ("/order/namespace::o", "urn:orders", True),
        # Names and operators that look the same
        ("child::item[@qty = 3 and position() = 2]", "pen", True),
        ("descendant-or-self :: node() / attribute :: qty", "2", True),
        ("//item[not(@qty = '2')]", "pen", True),
        ("//item[@qty * 1 = 3]", "pen", True),
        ("//*[. = '12.50'] | //and | //div", "12.50", True),
        ("boolean(//or or //and and //mod)", "false", True),
        ("//item[2]/preceding-sibling::item", "book", True),
        ("//item[contains(., 'o') or @div mod 2]", "book", True),
        ("//item['//item']", "book", True),
        ("(//item)[last()]", "pen", True),
        ("//item[.='book']/../total", "12.50", True),
        ("//item[@qty>2]", "pen", True),
        ('//item[. = "book"]/@qty', "2", True),
    ],
)
def test_xpath(path: str, expected: object, matches: bool) -> None:
    assert (differences(BODY, xpath={path: expected}) == []) is matches


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ({"//total": "12"}, ['xpath //total: expected "12", received "12.50"']),
        ({"//@qty": "4"}, ['xpath //@qty: expected "4", received "2", "3"']),
        ({"//nope": "4"}, ['xpath //nope: expected "4", received nothing']),
        ({"//@qty": None}, ['xpath //@qty: expected nothing, received "2", "3"']),
        ({"//@qty": ["2"]}, ['xpath //@qty: expected ["2"], received "2", "3"']),
        ({"count(//@qty)": 3}, ['xpath count(//@qty): expected "3", received "2"']),
        ({"//total": "REGEXP:[a-z]"}, ['xpath //total: expected text that matches REGEXP "[a-z]", received "12.50"']),
        ({"//total": 1, "//@id": 8}, [
            'xpath //total: expected "1", received "12.50"',
            'xpath //@id: expected "8", received "7"',
        ]),
        ({"//item[count(string(.)) = 1]": 1}, [
            'xpath //item[count(string(.)) = 1]: expected "1", received a failure: Invalid type'
        ]),
    ],
)  # fmt: skip
def test_xpath_differs(paths: object, found: list[str]) -> None:
    assert differences(BODY, xpath=paths) == found


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("//x:item", '; the body has "item"; a name without a prefix matches any namespace'),
        ("/x:order/item", '; the body has "o:order"; a name without a prefix matches any namespace'),
        # Not the reason
        ("//o:item[. = 'ruler']", '; the body has "item"; a name without a prefix matches any namespace'),
        ("//o:note/x", ""),
        ("//x:missing", ""),
        ("//x:*", ""),
        ("//@x:qty", ""),
        ("//item[. = 'x:y']", ""),
    ],
)
def test_a_prefix_that_the_body_does_not_have(path: str, hint: str) -> None:
    assert differences(BODY, xpath={path: "1"}) == [f'xpath {path}: expected "1", received nothing{hint}']


def test_what_differs_in_one_node_gets_hints() -> None:
    assert differences(BODY, xpath={"//total": "12.5"}) == [
        'xpath //total: expected "12.5", received "12.50"; the same number, written differently'
    ]


def test_a_body_that_is_json() -> None:
    assert differences('{"a": 1}', "application/json", xml="<a/>") == [
        'xml: expected an XML body, received JSON "{\\"a\\": 1}"; json= compares it'
    ]


def test_of_many_nodes_the_first_are_told() -> None:
    assert differences(f"<a>{'<b>1</b>' * 9}</a>", xpath={"//b": "2"}) == [
        'xpath //b: expected "2", received "1", "1", "1", "1", "1", ... (9 nodes)'
    ]


def test_xpath_in_a_body_that_is_no_xml() -> None:
    assert differences("a", xpath={"/a": "1", "/b": "2"}) == [
        (
            'xpath: expected an XML body, received "a", which is not XML: '
            "Start tag expected, '<' not found at line 1 column 1"
        )
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"/a/[": "1"}, 'xpath: "/a/[" is not an XPath (1.0): Invalid expression.'),
        ({"": "1"}, 'xpath: "" is not an XPath (1.0): Invalid expression.'),
        ({"lower-case(/a)": "1"}, 'xpath: "lower-case(/a)" is not an XPath (1.0): unknown function "lower-case".'),
        ({"//a[re:test(., 'b')]": "1"}, 'unknown function "re:test".'),
        ({"/a[. = $b]": "1"}, 'xpath: "/a[. = $b]" is not an XPath (1.0): variables are not supported.'),
        ({"count(1)": "1"}, 'xpath: "count(1)" is not an XPath (1.0): Invalid type.'),
        ({"\0": "1"}, "is not an XPath (1.0): All strings must be XML compatible"),
        ({"(" * 100_000: "1"}, "is not an XPath (1.0): "),
        ({"//a": "REGEXP:("}, 'xpath: //a: "(" is not a regular expression: '),
        ({"//a": {"b": 1}}, "xpath: //a: text is needed here, not dict: {'b': 1}."),
        ({}, "xpath: the dictionary is empty, so it checks nothing."),
        ("//a", 'xpath: a dictionary such as {"//name": "value"} is needed, not the text "//a".'),
        ('{"//a": }', 'xpath: not JSON: Expecting value at line 1 column 9: "{\\"//a\\": }".'),
    ],
)
def test_bad_xpath_is_refused(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(xpath=value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text("ab:*/@[]()'\"$. |=-1\n", max_size=12) | st.lists(st.sampled_from(
    "a b:c * / // @ [ ] ( ) :: child attribute text() count( , | and or div mod = 1 . .. 'x'".split()
), max_size=8).map(" ".join))  # fmt: skip
def test_an_xpath_fits_the_same_nodes_as_before_where_there_are_no_namespaces(path: str) -> None:
    body = '<a><b c="1">x</b><a><and/><c>1</c></a><mod>2</mod></a>'
    if ":" in path.replace("::", ""):
        return
    try:
        expected = etree.XPath(path)(etree.fromstring(body))
        RequestDescription(xpath={path: "x"})
    except (etree.XPathError, UsageError):
        return
    if isinstance(expected, list):
        texts = [
            node if isinstance(node, str) else "".join(node.itertext())
            for node in expected
            if not isinstance(node, tuple)
        ]
        if len(texts) == len(expected):
            assert differences(body, xpath={path: [f"EQUALS:{text}" for text in texts]}) == []


# What both have in common


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"xml": "<a>\n<b/></a>"}, r"xml=<a>\n<b/></a>"),
        ({"xml": b"<a/>"}, "xml=<a/>"),
        (
            {"xpath": {"//a": "x", "//b": 1, "//c": None, "//d": ["1", "GLOB:*"]}},
            'xpath={"//a": "x", "//b": "1", "//c": null, "//d": ["1", "GLOB:*"]}',
        ),
    ],
)
def test_written(fields: dict[str, object], written: str) -> None:
    assert str(RequestDescription(**fields)) == written


@pytest.mark.parametrize(("argument", "value"), [("xml", "<a/>"), ("xpath", {"/a": "1"})])
def test_the_extra_that_is_not_installed_is_named(argument: str, value: object) -> None:
    """In a child, as the module is imported here already."""
    program = (
        "import sys\n"
        "sys.modules['lxml'] = None\n"
        "from HttpServerLibrary.engine.matching.description import RequestDescription\n"
        "try:\n"
        f"    RequestDescription({argument}={value!r})\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == (
        f"{argument} needs the extra 'xml': pip install robotframework-httpserverlibrary[xml]"
    )


def test_a_body_is_parsed_once() -> None:
    request = Request.of("POST", "/", {}, b"<a/>")
    root = request.xml
    assert RequestDescription(xml="<a/>", xpath={"/a": ""}).matches(request)
    assert request.xml is root
    request.forget_views()
    assert request.xml is not root
    request.body = b"<"
    request.forget_views()
    for _ in range(2):
        with pytest.raises(NotXml):
            _ = request.xml


def test_a_body_that_is_not_kept_whole_is_not_parsed() -> None:
    request = Request.of("POST", "/", {}, b"<a/>")
    request.cut = Cut(2048, 4, "max_body_kept")
    with pytest.raises(NotXml, match=r"^2048 bytes, of which max_body_kept keeps the first 4$"):
        _ = request.xml
    description = RequestDescription(xml="<a/>", xpath={"/a": ""})
    assert not description.matches(request)
    assert [str(difference) for difference in description.differences(request)] == [
        f"{name}: expected a complete body, received 2048 bytes, of which max_body_kept keeps the first 4; "
        "raise it in 'Start Http Server'"
        for name in ("xml", "xpath")
    ]
