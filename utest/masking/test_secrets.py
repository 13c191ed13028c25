"""Secrets: texts that were given as such, and the values of masked headers and fields taken apart."""

from __future__ import annotations

import json
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.phrase import Span
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.visible import MASK


def secrets_of(*texts: str) -> Secrets:
    secrets = Secrets()
    for text in texts:
        secrets.add(text)
    return secrets


def test_the_longest_secret_goes_first() -> None:
    assert secrets_of("abc", "abcdef", "abc").hide("abcdef abc ab") == "*** *** ab"


def test_secrets_that_overlap_leave_no_rest() -> None:
    secrets = secrets_of("abcdef", "defghi", "efg")
    assert secrets.hide("-abcdefghi-") == "-***-"
    assert secrets.spans("-abcdefghi- efg") == [Span(1, 10), Span(12, 15)]


@pytest.mark.parametrize("text", ["", "a", "ab", "GLOB:ab", "NOT:  ab"])
def test_what_is_short_is_no_secret(text: str) -> None:
    """To mask it would mask nothing, and garble every message."""
    assert secrets_of(text).hide("a ab GLOB:ab") == "a ab GLOB:ab"


@pytest.mark.parametrize("prefix", ["EQUALS:", "GLOB:", "REGEXP:  ", "STARTS:", "NOT:", "NOT: GLOB:", ""])
def test_the_prefix_of_a_pattern_is_no_part_of_the_secret(prefix: str) -> None:
    assert secrets_of(f"{prefix}hunter2").hide("a hunter2 b") == "a *** b"


SECRETS = ["hunter2", 'pa"ss', "pa\\ss", "pa\\\\ss", "pä ss", "p@ss/w", "a\tb", "a'b", "a%b", "a<&>b", "😀😀😀", "a+b="]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_recognised_however_it_is_written(secret: str) -> None:
    secrets = secrets_of(secret)
    in_bytes = secret.encode().decode("latin-1")
    written = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote(secret, safe="/@+='"),
        quote(secret, safe="").lower(),
        quote_plus(secret),
        secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
        "".join(f"&#{ord(character)};" if not character.isalnum() else character for character in secret),
        "".join(f"&#x{ord(character):X};" if not character.isalnum() else character for character in secret),
        in_bytes,
    }
    for text in written:
        assert secrets.hide(f"-{text}-") == "-***-", text
    assert secrets.hide_bytes(f"-{secret}-".encode() + b"\xff\x00") == b"-***-\xff\x00"
    assert secrets.hide("nothing of it") == "nothing of it"


@given(st.text(min_size=3, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_only_the_secret_is_masked(secret: str, before: str, after: str) -> None:
    secrets = secrets_of(secret)
    spans = secrets.spans(f"{before}{secret}{after}")
    assert any(span.start <= len(before) and span.end >= len(before) + len(secret) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_a_very_long_secret_is_recognised_in_its_usual_spellings() -> None:
    secret = "/ä&".join(f"{number:04d}" for number in range(500))
    secrets = secrets_of(secret)
    for text in (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), secret.replace("&", "&amp;")):
        assert secrets.hide(f"-{text}-") == "-***-"


LONG = "".join(f"<{number}>" for number in range(40))


@pytest.mark.parametrize(
    ("text", "cut_before", "cut_after", "hidden"),
    [
        ("a <0><1><2>", False, True, "a ***"),
        ("a <0><1><2>", False, False, "a <0><1><2>"),
        ("a <0", False, True, "a <0"),
        ("a <0>", False, True, "a ***"),
        ("<38><39> a", True, False, "*** a"),
        ("<38><39> a", False, True, "<38><39> a"),
        ("9> a", True, False, "9> a"),
        ("<38><39> a <0><1>", True, True, "*** a ***"),
        ("<10><11>", True, True, "***"),
        ("<10><11>", True, False, "<10><11>"),
        ("<11><10>", True, True, "<11><10>"),
        (LONG, True, True, "***"),
        ("", True, True, ""),
    ],
)
def test_what_is_left_of_a_secret_at_a_cut(text: str, cut_before: bool, cut_after: bool, hidden: str) -> None:
    shown = text
    for span in reversed(secrets_of(LONG).spans(text, cut_before=cut_before, cut_after=cut_after)):
        shown = f"{shown[: span.start]}{span.mask}{shown[span.end :]}"
    assert shown == hidden


def test_a_secret_of_several_lines_is_masked_line_by_line() -> None:
    key = "-----BEGIN KEY-----\n" + "M" * 64 + "\n" + "N" * 64
    assert secrets_of(key).hide(f"first\n{'N' * 64}\n{'M' * 64}\nlast") == "first\n***\n***\nlast"
    assert secrets_of(key).hide(key) == "***"


@pytest.fixture
def named() -> Secrets:
    secrets = Secrets()
    scope = Scope("test")
    secrets.mask_headers(["X-Key"], scope)
    secrets.mask_fields(["pin", "user[pw]"], scope)
    return secrets


def test_masked_values_of_headers_and_fields(named: Secrets) -> None:
    named.add("s3cr3t")
    assert named.header("x-KEY", "hush") == "***"
    assert named.header("Authorization", "hush") == "***"
    assert named.header("Referer", "/?pin=hush&a=s3cr3t") == "/?pin=***&a=***"
    assert named.field("Pin", "hush") == "***"
    assert named.field("a", "s3cr3t") == "***"
    value = {"Pin": {"a": 1}, "b": [{"pin": "hush"}, "s3cr3t", 1, None]}
    assert named.json(value) == {"Pin": "***", "b": [{"pin": "***"}, "***", 1, None]}
    assert value["Pin"] == {"a": 1}


def test_the_keys_of_json_are_masked_as_secrets_are(named: Secrets) -> None:
    named.add("s3cr3t")
    assert named.json({"s3cr3t": 1, "a": {"b s3cr3t": 2}}) == {"***": 1, "a": {"b ***": 2}}


@pytest.mark.parametrize(
    ("kind", "name", "is_masked"),
    [
        ("header", "x-KEY", True),
        ("header", "pin", False),
        ("header", "Cookie", True),
        ("header", "proxy-authorization", True),
        ("form field", "PIN", True),
        ("query parameter", "x-key", False),
        ("json", "pin", True),
        ("json", "authorization", False),
        ("cookie", "any", True),
    ],
)
def test_names_of_headers_and_of_fields(named: Secrets, kind: str, name: str, is_masked: bool) -> None:
    assert named.masks(kind, name) is is_masked


def test_hostile_text_takes_no_time() -> None:
    """With a pattern that backtracks this takes minutes."""
    secrets = secrets_of("\\" * 20 + "x", "%%%%%%%%%%", "&&&&&&&&&&x", "hunter2" * 100)
    for text in ("\\" * 100_000, "%25" * 50_000, "&amp;" * 50_000, "hunter2" * 30_000):
        secrets.spans(text, cut_before=True, cut_after=True)


@pytest.mark.parametrize(
    "document",
    [
        '{"key": ["one", {"b": "two & three"}], "n": 1}',
        ' ["one", "two & three"]',
        '<a key="one">\n  <b>two &amp; three</b>\n</a>',
        "<a key = 'one' other=\"two &amp; three\"/>",
    ],
)
def test_what_a_secret_document_holds_is_hidden(document: str) -> None:
    secrets = Secrets()
    secrets.add(document)
    assert secrets.hide('"one", "two & three", two &amp; three') == f'"{MASK}", "{MASK}", {MASK}'
    assert secrets.hide("key: expected") == "key: expected"


@pytest.mark.parametrize("text", ["{not json", "[" * 100_000, "<", "<<<>>>=\"'"])
def test_a_secret_that_only_looks_like_a_document_is_hidden(text: str) -> None:
    secrets = Secrets()
    secrets.add(f"{text}xyz")
    assert secrets.hide(f"a {text}xyz b") == f"a {MASK} b"
