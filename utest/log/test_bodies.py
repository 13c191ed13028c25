"""Bodies as lines for people."""

from __future__ import annotations

import json

import pytest

from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.log.bodies import Body, Line, show_body


def show(data: bytes, content_type: str = "", secrets: Secrets | None = None, cut: str = "") -> Body:
    return show_body(data, content_type, "utf-8", secrets or Secrets(), cut)


def texts(body: Body) -> list[str]:
    return [line.text for line in body.lines]


def test_no_body() -> None:
    assert show(b"") == Body("no body", [])
    assert show(b"", cut="5 bytes, of which none") == Body("5 bytes, of which none", [])


def test_deep_json_is_not_shown_to_its_end() -> None:
    """Indented and with their places, the lines of a small body would take hundreds of megabytes."""
    body = show(b"[" * 300 + b"0," * 100_000 + b"0" + b"]" * 300)
    assert body.caption == "JSON, 200,601 bytes"
    assert len(body.lines) == 103
    assert body.lines[51] == Line(f"{102 * ' '}[...]", f"${51 * '[0]'}")


def test_json_knows_its_places() -> None:
    body = show(b'{"a": [1, {"b c": null}], "d": {}, "e": "\\u00e4\\n", "f": true}')
    assert body.caption == "JSON, 62 bytes"
    assert body.lines == [
        Line("{", "$"),
        Line('  "a": [', "$.a"),
        Line("    1,", "$.a[0]"),
        Line("    {", "$.a[1]"),
        Line('      "b c": null', '$.a[1]["b c"]'),
        Line("    }"),
        Line("  ],"),
        Line('  "d": {},', "$.d"),
        Line('  "e": "ä\\n",', "$.e"),
        Line('  "f": true', "$.f"),
        Line("}"),
    ]


def test_json_by_its_type() -> None:
    assert show(b"1", "application/json") == Body("JSON, 1 byte", [Line("1", "$")])
    assert show(b"1", "text/plain") == Body("Text, 1 byte", [Line("1")])


@pytest.mark.parametrize("data", [b"{oops", b"[" * 100_000])
def test_what_is_no_json_is_text(data: bytes) -> None:
    body = show(data, "application/json")
    assert body.caption.startswith("Text")
    assert texts(body)[0].startswith(data[:5].decode())


def test_a_form() -> None:
    body = show(b"a=1&b=%0A&a=", "application/x-www-form-urlencoded")
    assert body == Body(
        "Form, 12 bytes",
        [Line("a = 1", "form field a"), Line("b = \\n", "form field b"), Line("a = ", "form field a")],
    )


def test_xml() -> None:
    data = b'<?xml version="1.0"?><!-- c --><a x="1"><b>text</b><c/> mixed <d><e></e></d><![CDATA[<]]></a>'
    body = show(data, "text/xml")
    assert body.caption == "XML, 93 bytes"
    assert texts(body) == [
        '<?xml version="1.0"?>',
        "<!-- c -->",
        '<a x="1">',
        "  <b>text</b>",
        "  <c/>",
        "  mixed",
        "  <d>",
        "    <e></e>",
        "  </d>",
        "  <![CDATA[<]]>",
        "</a>",
    ]


@pytest.mark.parametrize("data", [b"</a></b>", b"<a><b", b"<" * 10, b"<?xml?>"])
def test_broken_xml_is_shown_all_the_same(data: bytes) -> None:
    assert "".join(texts(show(data, "text/xml"))).replace(" ", "") == data.decode()


def test_text_is_shown_as_it_is() -> None:
    assert show(b"a\tb\r\n  c\x1b[31m\n") == Body("Text, 14 bytes", [Line("a    b"), Line("  c\\x1b[31m"), Line("")])


def test_text_in_another_charset() -> None:
    assert show_body(b"\xe4", "text/plain", "latin-1", Secrets()).lines == [Line("ä")]


def test_what_is_no_text_is_in_hexadecimal() -> None:
    body = show(b"\x89PNG" + bytes(14))
    assert body.caption == "Binary, 18 bytes"
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
    assert body.caption.endswith(f", {len(data):,} bytes, only the beginning is shown")
    assert 5000 < sum(len(line.text) + 1 for line in body.lines) <= 10_004
    assert body.lines[-1].text.endswith("...")


def test_a_body_that_is_kept_in_part() -> None:
    body = show('{"a": "ä'.encode()[:-1], "application/json", cut="2048 bytes, of which 8")
    assert body == Body("Text, 2048 bytes, of which 8", [Line('{"a": "')])


def test_secrets() -> None:
    secrets = Secrets()
    secrets.add("s3cr3t")
    secrets.mask_fields(["pin"], Scope("test"))
    for data, content_type in [
        (b'{"pin": {"a": "hush"}, "b": "s3cr3t"}', "application/json"),
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
