"""Secrets: texts that were given as such, and the values of masked headers and fields taken apart."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import parse_qsl, quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.masking.spellings import levels
from HttpServerLibrary.engine.message.request import Request
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
        "".join(f"%{byte:02x}" for byte in secret.encode()),
        quote(quote(secret, safe="")),
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        repr(secret)[1:-1],
        repr(secret.encode())[2:-1],
        secret.encode("unicode_escape").decode("ascii"),
        in_bytes,
        in_bytes.encode().decode("latin-1"),
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


SPELLINGS: list[Callable[[str], str]] = [
    lambda text: quote(text, safe=""),
    lambda text: quote(text, safe="/!$'()*+,;=:@").replace("%C", "%c"),
    quote_plus,
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    lambda text: quote(json.dumps(text)[1:-1]),
    lambda text: repr(text)[1:-1],
    lambda text: repr(text.encode())[2:-1],
    lambda text: text.encode("unicode_escape").decode("ascii"),
    escape,
    lambda text: "".join(f"&#{ord(character)};" for character in text),
    lambda text: "".join(f"&#x{ord(character):X};" for character in text),
    lambda text: text.encode().decode("latin-1"),
    lambda text: text,
]
AROUND = st.text(alphabet="ab1 {}[]()\"':,=/?.\n", max_size=10)
LETTERS = "aZ09/+=\"' &<>%\\-_.:äé€😀\n\t"


@settings(max_examples=300)
@given(st.text(alphabet=LETTERS, min_size=3, max_size=20), st.sampled_from(SPELLINGS), AROUND, AROUND)
def test_any_secret_is_masked_however_it_is_spelled(
    secret: str, spell: Callable[[str], str], before: str, after: str
) -> None:
    plain = [*levels(secret)][-1].text
    # Of one that is all escapes, too little may be left to look for. Of one that ends like an escape, its end may show.
    assume(len(plain) >= 3 and not plain.isspace() and secret[-1] not in "\\%&")
    spelled = spell(secret)
    spans = secrets_of(secret).spans(f"{before}{spelled}{after}")
    start, end = len(before), len(before) + len(spelled)
    assert any(span.start <= start and span.end >= end for span in spans), spelled


@pytest.mark.parametrize("secret", [secret for secret in SECRETS if len(secret.encode()) > 5])
def test_a_secret_in_base64_is_recognised(secret: str) -> None:
    """Of characters at its ends that other bytes share, nothing can be read."""
    secrets = secrets_of(secret)
    for before, after in (("", ""), ("user:", ""), ("user1:", "\n"), ("user12:", "xy")):
        data = f"{before}{secret}{after}".encode()
        for encoded in (b64encode(data).decode(), urlsafe_b64encode(data).decode()):
            shown = secrets.hide(f"Basic {encoded}")
            assert MASK in shown
            assert len(shown) <= len("Basic ***") + len(b64encode(f"{before}{after}".encode())) + 4


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("pässword", "p\ufffdssword"),
        ("pässword", "p%E4ssword"),
        ("secret", "s\0e\0c\0r\0e\0t\0"),
        ("secr€t", "secr€t".encode("utf-16-be").decode("latin-1")),
        ("one\ntwo", "one\r\ntwo"),
        ("tok+en", "tok en"),
        ("41abc", "%41abc"),
        ("nabc", "C:\\nabc"),
    ],
)
def test_a_secret_is_recognised_in_a_wrong_charset_and_next_to_what_looks_like_an_escape(
    secret: str, text: str
) -> None:
    shown = secrets_of(secret).hide(f"-{text}-")
    assert MASK in shown
    assert text not in shown


@pytest.mark.parametrize("secret", ["dG9rZW4hdG9rZW4=", "dG9rZW4hdG9rZQ==", "a=token+with/&b=other-part"])
def test_what_a_query_makes_of_a_secret_is_recognised(secret: str) -> None:
    secrets = secrets_of(secret)
    for name, value in parse_qsl(secret, keep_blank_values=True):
        assert secrets.hide(max(name, value, key=len)) == MASK


def test_many_secrets_are_masked_as_one_is() -> None:
    many = [f"token-{number}-{number * 7919}" for number in range(500)]
    secrets = secrets_of(*many)
    assert secrets.hide(" ".join(many)) == " ".join([MASK] * 500)
    assert secrets.hide("token-x") == "token-x"


def test_a_secret_is_forgotten_after_its_scope_but_not_at_once() -> None:
    """A client may send the token of the last test again. That is no reason to remember those of all tests."""
    secrets = Secrets()
    suite = Scope("suite")
    secrets.add("of the suite", suite)
    secrets.add("forever")
    for number in range(300):
        test = Scope("test")
        secrets.add(f"token-{number:03d}", test)
        secrets.add("in each test", test)
        assert secrets.hide(f"token-{number:03d}") == MASK
        secrets.end_scope(test)
    assert secrets.hide("token-299 of the suite forever in each test") == f"{MASK} {MASK} {MASK} {MASK}"
    assert secrets.hide("token-100") == "token-100"
    secrets.end_scope(suite)
    assert secrets.hide("forever") == MASK


def test_a_secret_of_two_scopes_is_masked_until_both_end() -> None:
    secrets, suite, test = Secrets(), Scope("suite"), Scope("test")
    secrets.add("s3cr3t", suite)
    secrets.add("s3cr3t", test)
    secrets.end_scope(test)
    for _ in range(300):
        secrets.add("other", test)
        secrets.end_scope(test)
    assert secrets.hide("s3cr3t") == MASK


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("see http://user:pw@host/a", "see http://***@host/a"),
        ("postgres://us%40er:p'w@host", "postgres://***@host"),
        ("//user:pw@host", "//***@host"),
        ("mail a@b, http://host/@me //a/b@c", "mail a@b, http://host/@me //a/b@c"),
    ],
)
def test_the_password_of_a_url_is_masked_always(text: str, hidden: str) -> None:
    assert Secrets().hide(text.replace("p'w", "pw")) == hidden


def test_what_is_left_of_a_secret_in_a_quoted_value_that_was_cut() -> None:
    secrets = secrets_of("s3cr3t-0815")
    assert secrets.hide_shortened('path: "/s3cr3t-0"... (120 characters) is no path') == (
        'path: "/***"... (120 characters) is no path'
    )
    assert secrets.hide_shortened("s3cr3t-0815 ends with s3cr3t-0") == "*** ends with s3cr3t-0"


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


def test_a_secret_of_many_fields_is_taken_apart_once() -> None:
    """Without recursion, which such a text could exhaust."""
    secret = "=".join(f"field-{number}" for number in range(2000))
    assert secrets_of(secret).hide(f"a {secret} b") == f"a {MASK} b"


def test_a_file_name_whose_backslashes_are_not_escaped() -> None:
    """A client should double them; otherwise werkzeug drops them."""
    secrets = Secrets()
    secrets.add(r"shop\alice-0815")
    head = rb'Content-Disposition: form-data; name="a"; filename="shop\alice-0815"'
    body = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    request = Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    (file,) = request.files["a"]
    assert "alice" in (file.filename or "")
    assert secrets.hide(file.filename or "") == "***"


def test_a_name_after_two_question_marks() -> None:
    """Some clients write a second one."""
    secrets = Secrets()
    secrets.mask_fields(["pin"], Scope("test"))
    ((name, value),) = parse_qsl("/??pin=hush".partition("?")[2])
    assert secrets.field(name, value) == MASK


def test_a_secret_that_becomes_path_and_query() -> None:
    secrets = Secrets()
    secrets.add("k3y-abc?d3f-ghi")
    assert secrets.hide("path: k3y-abc, query: d3f-ghi") == "path: ***, query: ***"
