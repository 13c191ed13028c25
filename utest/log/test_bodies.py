"""Bodies as lines for people."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.log.bodies import Body, show_body
from HttpServerLibrary.log.outline import Line, Path


def show(
    data: bytes, content_type: str = "", secrets: Secrets | None = None, cut: str = "", wanted: Sequence[Path] = ()
) -> Body:
    kinds = dict.fromkeys(["JSON", "Form", "XML"], wanted)
    return show_body(data, content_type, "utf-8", secrets or Secrets(), cut, kinds)


def texts(body: Body) -> list[str]:
    return [line.text for line in body.lines]


def test_no_body() -> None:
    assert show(b"") == Body("", "No body", [])
    assert show(b"", cut="5 bytes, of which none") == Body("", "Body: 5 bytes, of which none", [])


def test_deep_json_is_not_shown_to_its_end() -> None:
    """Indented and with their paths, the lines of a small body would take hundreds of megabytes."""
    body = show(b"[" * 300 + b"0," * 100_000 + b"0" + b"]" * 300)
    assert body.caption == "Body: JSON, 200,601 bytes"
    assert len(body.lines) == 103
    assert body.lines[51] == Line(f"{102 * ' '}[...]", 51 * (0,))


def test_deep_xml_is_not_indented_without_end() -> None:
    """Elements that are never closed would make lines as long as the body."""
    body = show(b"<a>" * 60_000, "text/xml", wanted=[60 * ("a",)])
    assert max(len(line.text) for line in body.lines) < 120
    assert max(len(line.path) for line in body.lines if line.path is not None) == 50


def test_lines_of_json_know_their_paths() -> None:
    body = show(b'{"a": [1, {"b c": null}], "d": {}, "e": "\\u00e4\\n", "f": true}')
    assert body.caption == "Body: JSON, 62 bytes"
    assert body.lines == [
        Line("{", ()),
        Line('  "a": [', ("a",)),
        Line("    1,", ("a", 0)),
        Line("    {", ("a", 1)),
        Line('      "b c": null', ("a", 1, "b c")),
        Line("    }"),
        Line("  ],"),
        Line('  "d": {},', ("d",)),
        Line('  "e": "ä\\n",', ("e",)),
        Line('  "f": true', ("f",)),
        Line("}"),
    ]


def test_json_by_its_type() -> None:
    assert show(b"1", "application/json") == Body("JSON", "Body: JSON, 1 byte", [Line("1", ())])
    assert show(b"1", "text/plain") == Body("Text", "Body: Text, 1 byte", [Line("1")])


@pytest.mark.parametrize("data", [b"{oops", b"[" * 100_000])
def test_what_is_not_json_is_text(data: bytes) -> None:
    body = show(data, "application/json")
    assert body.kind == "Text"
    assert texts(body)[0].startswith(data[:5].decode())


def test_a_form() -> None:
    body = show(b"a=1&b=%0A&a=", "application/x-www-form-urlencoded")
    lines = [Line("a = 1", ("a",)), Line("b = \\n", ("b",)), Line("a = ", ("a",))]
    assert body == Body("Form", "Body: Form, 12 bytes", lines)


def test_xml() -> None:
    data = b'<?xml version="1.0"?><!-- c --><a x="1"><b>text</b><c/> mixed <d><n:b><e/></n:b></d><![CDATA[<]]><b/></a>'
    body = show(data, "text/xml")
    assert body.caption == "Body: XML, 105 bytes"
    assert body.lines == [
        Line('<?xml version="1.0"?>'),
        Line("<!-- c -->"),
        Line('<a x="1">', ("a",)),
        Line("  <b>text</b>", ("a", "b")),
        Line("  <c/>", ("a", "c")),
        Line("  mixed"),
        Line("  <d>", ("a", "d")),
        Line("    <n:b>", ("a", "d", "b")),
        Line("      <e/>", ("a", "d", "b", "e")),
        Line("    </n:b>"),
        Line("  </d>"),
        Line("  <![CDATA[<]]>"),
        Line("  <b/>", ("a", "b[2]")),
        Line("</a>"),
    ]


@pytest.mark.parametrize("data", [b"</a></b>", b"<a><b", b"<" * 10, b"<?xml?>"])
def test_broken_xml_is_shown_all_the_same(data: bytes) -> None:
    assert "".join(texts(show(data, "text/xml"))).replace(" ", "") == data.decode()


def test_text_is_shown_as_it_is() -> None:
    lines = [Line("a    b"), Line("  c\\x1b[31m"), Line("")]
    assert show(b"a\tb\r\n  c\x1b[31m\n") == Body("Text", "Body: Text, 14 bytes", lines)


def test_text_in_another_charset() -> None:
    assert show_body(b"\xe4", "text/plain", "latin-1", Secrets()).lines == [Line("ä")]


def test_what_is_not_text_is_in_hexadecimal() -> None:
    body = show(b"\x89PNG" + bytes(14))
    assert body.caption == "Body: Binary, 18 bytes"
    assert texts(body) == [
        "000000  89 50 4e 47 00 00 00 00 00 00 00 00 00 00 00 00  .PNG............",
        "000010  00 00                                            ..",
    ]


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"x" * 1_000_000, ""),
        (b"x\n" * 500_000, ""),
        ("ä".encode() * 500_000, ""),
        (b"\xff" * 1_000_000, ""),
        (json.dumps(["x" * 100] * 2000).encode(), "application/json"),
        (json.dumps(["x" * 100] * 20000).encode(), "application/json"),
        (b"<a>" * 50_000, "text/xml"),
        (b"<!--" * 50_000, "text/xml"),
        (b"<![CDATA[" * 25_000, "text/xml"),
        (b"a=1&" * 50_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_large_body_is_cut(data: bytes, content_type: str) -> None:
    body = show(data, content_type)
    assert body.caption.endswith(f", {len(data):,} bytes; only the beginning is shown")
    assert 5000 < sum(len(line.text) + 1 for line in body.lines) <= 10_004
    assert body.lines[-1].text.endswith("...")


def test_a_body_that_is_kept_in_part() -> None:
    body = show('{"a": "ä'.encode()[:-1], "application/json", cut="2048 bytes, of which 8")
    assert body == Body("Text", "Body: Text, 2048 bytes, of which 8", [Line('{"a": "')])


def test_secrets() -> None:
    secrets = Secrets()
    secrets.add("s3cr3t")
    secrets.mask_fields(["pin"], Scope("test"))
    for data, content_type in [
        (b'{"pin": {"a": "hush"}, "b": "s3cr3t"}', "application/json"),
        (b'{"pin": "hush", "s3cr3t": 1}', "application/json"),
        (b"pin=hush&s3cr3t=1", "application/x-www-form-urlencoded"),
        (b'{"pin": "hush", "b": "s3cr3t", oops', "application/json"),
        (b"pin=hush&b=s3cr3t", "application/x-www-form-urlencoded"),
        (b"<a><pin>hush</pin>s3cr3t</a>", "text/xml"),
        (b"pin=hush s3cr3t", ""),
        (b"pin=hush \xff s3cr3t", ""),
        (b"x" * 9_990 + b"s3cr3t" * 1000 + b" pin=hush", ""),
        (b"\xff" * 500 + b"pin=hush&" * 1000, ""),
    ]:
        shown = "".join(text.rpartition("  ")[2] for text in texts(show(data, content_type, secrets)))
        assert "hush" not in shown
        assert "s3c" not in shown
        assert "***" in shown or shown.endswith("x***...") or "x..." in shown


def items(count: int, padding: str = "") -> bytes:
    return json.dumps([{"number": number, "text": padding} for number in range(count)]).encode()


def test_a_large_body_is_shown_around_the_values_that_are_wanted() -> None:
    body = show(items(1000), wanted=[(321, "number"), (700, "gone")])
    assert body.caption == "Body: JSON, 28,890 bytes; only the lines around the differences are shown"
    assert [line.text.strip() for line in body.lines] == [
        "[",
        "... 1,281 lines ...",
        *['"number": 320,', '"text": ""', "},", "{", '"number": 321,', '"text": ""', "},", "{", '"number": 322,'],
        "... 1,506 lines ...",
        *["{", '"number": 699,', '"text": ""', "},", "{", '"number": 700,', '"text": ""', "},", "{"],
        "... 1,196 lines ...",
    ]
    assert [line.path for line in body.lines if "321" in line.text] == [(321, "number")]


def test_a_long_body_is_folded_around_the_values_that_are_wanted() -> None:
    whole = show(items(30))
    body = show(items(30), wanted=[(10, "number")])
    assert body.caption == whole.caption == "Body: JSON, 830 bytes"
    assert texts(body) == texts(whole)
    assert not any(line.folded for line in whole.lines)
    assert [line.text.strip() for line in body.lines if not line.folded][1:] == [
        *['"number": 9,', '"text": ""', "},", "{", '"number": 10,', '"text": ""', "},", "{", '"number": 11,'],
    ]


def test_a_short_body_is_not_folded() -> None:
    assert show(items(9), wanted=[(1, "number")]) == show(items(9))


def test_a_wanted_value_is_shown_after_a_very_long_one() -> None:
    body = show(json.dumps({"a": "x" * 20_000, "b": 1}).encode(), wanted=[("b",)])
    assert [line.text for line in body.lines if line.path == ("b",)] == ['  "b": 1']
    assert sum(len(line.text) for line in body.lines) < 10_100


def test_values_that_are_wanted_in_a_huge_body_are_not_looked_for() -> None:
    data = items(20_000, "x" * 40)
    assert (
        show(data, wanted=[(19_000, "number")]).caption
        == f"Body: Text, {len(data):,} bytes; only the beginning is shown"
    )


def test_xml_around_a_wanted_element() -> None:
    data = f"<list>{''.join(f'<item><sku>{number}</sku></item>' for number in range(1000))}</list>".encode()
    body = show(data, "text/xml", wanted=[("list", "item[322]", "sku", "@id")])
    assert "    <sku>321</sku>" in texts(body)
    assert len(body.lines) == 12
