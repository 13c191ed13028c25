"""Secrets do not get into messages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from HttpServerLibrary.engine.expectations import Kind
from HttpServerLibrary.engine.masking import MASK, Secrets
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.request import Fault, Request
from HttpServerLibrary.engine.server import HttpServer

Ask = Callable[[Request], tuple[int, str]]


def test_secrets_are_blotted_out_longest_first() -> None:
    secrets = Secrets()
    for text in ("abc", "abcdef", "abc", ""):
        secrets.add(text)
    assert secrets.hide("abcdef abc ab") == "*** *** ab"


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization", "Cookie", "SET-COOKIE"])
def test_headers_with_credentials_are_masked(server: HttpServer, ask: Ask, name: str) -> None:
    _, text = ask(Request.of("GET", "/", {name: "hunter2", "X-A": "shown"}))
    assert f"  {name}: ***" in text.split("\n")
    assert "hunter2" not in text
    assert "shown" in text


@pytest.mark.parametrize("secret", ["hunter2", 'pa"ss', "pa\\ss", "pä ss", "p@ss/w", "a\tb", "a'b"])
def test_secrets_are_masked_wherever_they_turn_up(server: HttpServer, ask: Ask, secret: str) -> None:
    server.secrets.add(secret)
    server.book.register(
        Kind.PERMANENT, RequestDescription("/a", text=secret, json={"a": secret}, headers={"X": f"x{secret}"})
    )
    request = Request.of("GET", f"/{quote(secret, safe='')}?b={quote(secret, safe='')}", {}, f"a {secret} b".encode())
    _, text = ask(request)
    (problem,) = server.journal.problems()
    for shown in (text, problem.message, str(server.book.expectations()[0]), repr(server.book.expectations()[0])):
        assert secret not in shown
        assert quote(secret, safe="") not in shown
        assert "***" in shown


def test_a_secret_that_is_cut_leaves_nothing(server: HttpServer, ask: Ask) -> None:
    """What is cut is masked before."""
    secret = "".join(f"<{number}>" for number in range(100))
    server.secrets.add(secret)
    server.book.register(Kind.PERMANENT, RequestDescription(text=f"{'x' * 150}{secret}"))
    _, text = ask(Request.of("POST", "/", {}, b"y"))
    assert "<0><1>" not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('"xx<1><2><3><4>"... (99 characters)', '"xx***"... (99 characters)'),
        ('"unrelated"... (99 characters)', '"unrelated"... (99 characters)'),
        ("no cut", "no cut"),
    ],
)
def test_the_beginning_of_a_secret_before_a_cut(text: str, hidden: str) -> None:
    secrets = Secrets()
    secrets.add("<1><2><3><4><5><6>")
    assert secrets.hide(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('..."<4><5><6>yy" (from character 81 of 99)', '..."***yy" (from character 81 of 99)'),
        ('..."<4><5><6>" (from character 81 of 99)', '..."***" (from character 81 of 99)'),
        ('..."<2><3><4>"... (from character 81 of 999)', '..."***"... (from character 81 of 999)'),
        ('..."xx<1><2>"... (from character 81 of 999)', '..."xx***"... (from character 81 of 999)'),
        ('..."<5><6>yy<1><2>"... (from character 81 of 999)', '..."***yy***"... (from character 81 of 999)'),
        ('..."unrelated" (from character 81 of 99)', '..."unrelated" (from character 81 of 99)'),
    ],
)
def test_what_is_left_of_a_secret_behind_a_cut(text: str, hidden: str) -> None:
    secrets = Secrets()
    secrets.add("<1><2><3><4><5><6>")
    assert secrets.hide(text) == hidden


@pytest.mark.parametrize("before", [0, 60, 79, 80, 90, 150])
@pytest.mark.parametrize("kept", [0, 3, 40, 85, 120, 250, 299])
@pytest.mark.parametrize("field", ["text", "json"])
def test_a_secret_leaves_nothing_where_texts_are_contrasted(
    server: HttpServer, ask: Ask, before: int, kept: int, field: str
) -> None:
    """Wherever the part that is shown of what is expected begins and ends."""
    pieces = [f"s{number:02d}z" for number in range(75)]
    expected = f"{'x' * before}{''.join(pieces)}"
    server.secrets.add("".join(pieces))
    sent = f"{expected[: before + kept]}!"
    if field == "json":
        server.book.register(Kind.PERMANENT, RequestDescription(json={"a": expected}))
        ask(Request.of("POST", "/", {}, f'{{"a": "{sent}"}}'.encode()))
    else:
        server.book.register(Kind.PERMANENT, RequestDescription(text=expected))
        ask(Request.of("POST", "/", {}, sent.encode()))
    (problem,) = server.journal.problems()
    (line,) = [line for line in problem.message.split("\n") if ": expected " in line]
    shown, _, _ = line.partition(", received ")
    assert "***" in shown
    assert [piece for piece in pieces if piece in shown] == []


@pytest.mark.parametrize(
    ("secret", "expected", "sent", "shown"),
    [
        pytest.param(
            "AAAABBBBCCCC/DDDDEEEEFFFF+GGGG",
            "x" * 90 + "AAAABBBBCCCC/DDDDEEEEFFFF+GGGG",
            "x" * 90 + "AAAABBBBCCCC/DDDDEEEEFFFF!",
            'text: expected ..."***" (from character 96 of 120), received ..."***!" (from character 96 of 116); '
            "differs from character 116 on",
            id="base64",
        ),
        pytest.param(
            "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH",
            "x" * 90 + "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHa",
            "x" * 90 + "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHb",
            'text: expected ..."***a" (from character 103 of 123), received ..."***b" (from character 103 of 123); '
            "differs from character 123 on",
            id="both texts",
        ),
        pytest.param(
            "-----BEGIN KEY-----\n" + "M" * 64 + "\n" + "N" * 64,
            "-----BEGIN KEY-----\n" + "M" * 64 + "\n" + "N" * 64,
            "nothing",
            'text: expected "***\\n***\\n***"... (149 characters), received "nothing"',
            id="line breaks",
        ),
    ],
)
def test_a_secret_at_a_cut(secret: str, expected: str, sent: str, shown: str) -> None:
    secrets = Secrets()
    secrets.add(secret)
    (difference,) = RequestDescription(text=expected).differences(Request.of("POST", "/", {}, sent.encode()))
    assert secrets.hide(str(difference)) == shown


def test_the_first_bytes_of_a_malformed_request_are_masked(server: HttpServer, ask: Ask) -> None:
    excerpt = b"GET / HTTP/1.1\r\nAUTHORIZATION: Bearer hunter2\r\ncookie :hunter2\r\nX-Cookie: 1\r\nCookie: hunt"
    request = Request("GET", "/", fault=Fault(431, "too much", excerpt))
    _, text = ask(request)
    assert text == (
        "MALFORMED REQUEST: too much\n"
        "The request: GET /\n"
        "It began with: b'GET / HTTP/1.1\\r\\nAUTHORIZATION: ***\\r\\ncookie : ***\\r\\nX-Cookie: 1\\r\\nCookie: ***'\n"
    )


def test_a_diff_shows_no_line_of_a_secret(server: HttpServer, ask: Ask) -> None:
    secret = "-----BEGIN KEY-----\n" + "M" * 64 + "\n" + "N" * 64
    server.secrets.add(secret)
    server.book.register(Kind.PERMANENT, RequestDescription("/x", text=f"first\n{secret}\nlast"))
    _, text = ask(Request.of("POST", "/x", {}, f"first\nsecond\n{secret}\nlast".encode()))
    assert "+++ received" in text
    assert [piece for piece in ("BEGIN", "MMM", "NNN") if piece in text] == []


@pytest.mark.parametrize(
    "text",
    ["a s3cr3t<&>t0ken", "a s3cr3t&lt;&amp;&gt;t0ken", "a='s3cr3t&lt;&amp;&gt;t0ken'", "s3cr3t%3C%26%3Et0ken"],
)
def test_a_secret_is_hidden_as_xml_and_urls_write_it(text: str) -> None:
    secrets = Secrets()
    secrets.add("s3cr3t<&>t0ken")
    assert "t0ken" not in secrets.hide(text)
    assert MASK in secrets.hide(text)


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
