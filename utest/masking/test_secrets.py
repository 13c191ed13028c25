"""Secrets do not get into messages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.masking.names import field_names, header_names
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.engine.visible import MASK
from utest.helpers import Ask


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


@pytest.fixture
def named() -> Secrets:
    secrets = Secrets()
    scope = Scope("test")
    secrets.mask_headers(["X-Key"], scope)
    secrets.mask_fields(["pin", "user[pw]"], scope)
    return secrets


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        pytest.param('{"a": 1, "pin": "hush", "b": 2}', '{"a": 1, "pin": "***", "b": 2}', id="JSON"),
        pytest.param('{"PIN":1234}', '{"PIN":"***"}', id="number, other case"),
        pytest.param('{"pin": "hu\\"sh", "b": 2}', '{"pin": "***", "b": 2}', id="quote inside"),
        pytest.param('{"pin": {"a": ["}", 1]}, "b": 2}', '{"pin": "***", "b": 2}', id="object"),
        pytest.param(
            '{"pins": "a", "spin": "b", "my-pin": "c"}', '{"pins": "a", "spin": "b", "my-pin": "c"}', id="others"
        ),
        pytest.param("{'pin': 'hush'}", "{'pin': '***'}", id="Python"),
        pytest.param('  {"pin": "hu... (99 characters)\nThis line', '  {"pin": "***"\nThis line', id="cut text"),
        pytest.param(
            '  {"pin": {"a": "hu... (99 characters)\n  more\nThis line',
            '  {"pin": "***"\nThis line',
            id="cut object",
        ),
        pytest.param('text="{\\"pin\\": \\"hush\\"}" b', 'text="{\\"pin\\": \\"***\\"}" b', id="JSON in a text"),
        pytest.param('json_path={"$.a.pin": "hush"}', 'json_path={"$.a.pin": "***"}', id="JSONPath"),
        pytest.param("GET /a?pin=hush&b=1 200 OK", "GET /a?pin=***&b=1 200 OK", id="query"),
        pytest.param('"a=1\\npin=hush\\x00pin=hush"', '"a=1\\npin=***"', id="escapes"),
        pytest.param("user%5Bpw%5D=hush&user[pw]=hush", "user%5Bpw%5D=***&user[pw]=***", id="encoded name"),
        pytest.param("<a><n:pin b='1'>hu<b/>sh</n:pin><c/></a>", "<a><n:pin b='1'>***</n:pin><c/></a>", id="XML"),
        pytest.param("<a pin='hush' b='1'/><pin/>x", "<a pin='***' b='1'/><pin/>x", id="attribute"),
        pytest.param("  <pin>hu... (99 characters)\nThis line", "  <pin>***\nThis line", id="cut element"),
        pytest.param(
            '--b\r\nContent-Disposition: form-data; name="pin"\r\nX: 1\r\n\r\nhu\nsh\r\n--b--',
            '--b\r\nContent-Disposition: form-data; name="pin"\r\nX: 1\r\n\r\n***\r\n--b--',
            id="multipart",
        ),
        pytest.param(
            '"name=\\"pin\\"\\r\\n\\r\\nhush\\r\\n--b"', '"name=\\"pin\\"\\r\\n\\r\\n***\\r\\n--b"', id="quoted"
        ),
        pytest.param('name="pin"\n\nhush', 'name="pin"\n\n***', id="cut part"),
        pytest.param("A: 1\n  x-key:  hush hush\nB: 2", "A: 1\n  x-key:  ***\nB: 2", id="header"),
        pytest.param("b'A: 1\\r\\nX-Key: hush\\r\\nB: 2'", "b'A: 1\\r\\nX-Key: ***\\r\\nB: 2'", id="header in bytes"),
        pytest.param('headers={"X-Key": "hush"}', 'headers={"X-Key": "***"}', id="headers"),
        pytest.param(
            '    header X-Key: expected "hush", received "hush"\n    json $.a: expected 1, received 2',
            "    header X-Key: expected ***, received ***\n    json $.a: expected 1, received 2",
            id="difference",
        ),
        pytest.param(
            'oneshot: json $.a.pin[0]: expected nothing, received "hush" (+1 more)',
            "oneshot: json $.a.pin[0]: expected nothing, received ***",
            id="difference in JSON",
        ),
        pytest.param(
            '  oneshot form={"pin": "hush"}: path: expected "/a", received "/b"',
            '  oneshot form={"pin": "***"}: path: expected "/a", received "/b"',
            id="name in front",
        ),
        pytest.param(
            "    json $.pin: line 2:\n      -hush\n      +hush\n    json $.a: differs:\n      -b",
            "    json $.pin: line 2: ***\n    json $.a: differs:\n      -b",
            id="diff",
        ),
        pytest.param(
            "    text: differs:\n      -pin=hush\n      +pin=hu",
            "    text: differs:\n      -pin=***\n      +pin=***",
            id="pairs",
        ),
        pytest.param(
            '  oneshot json={"pin": "hush"}: near:\n    path: expected "/a", received nothing; a hint',
            '  oneshot json={"pin": "***"}: near:\n    path: expected "/a", received nothing; a hint',
            id="description",
        ),
        pytest.param(
            'form field pin: expected "hush", received nothing',
            "form field pin: expected ***, received nothing",
            id="missing",
        ),
        pytest.param(
            "  form field pin: expected\n  form field pin: expected 2 lines\n    + hush\n  path: expected",
            "  form field pin: expected\n  form field pin: expected ***, received ***\n  path: expected",
            id="difference of several lines",
        ),
        pytest.param(
            'text: expected ..."in=hush&a=1" (from character 99), received "b"',
            'text: expected ..."***&a=1" (from character 99), received "b"',
            id="name before the cut",
        ),
        pytest.param(
            r'"{\"json_path\": {\"$[\\\"pin\\\"]\": \"hush\"}}"',
            r'"{\"json_path\": {\"$[\\\"pin\\\"]\": \"***\"}}"',
            id="quotes in a JSONPath that is quoted",
        ),
        pytest.param(r'{"$.a\\b.pin": "hush"}', r'{"$.a\\b.pin": "***"}', id="backslashes in a JSONPath"),
        pytest.param(" <a:pin\n   b=''>\n  hu\nx", " <a:pin\n   b=''>***\nx", id="cut element of several lines"),
    ],
)
def test_values_of_masked_names(named: Secrets, text: str, hidden: str) -> None:
    assert named.hide(text) == hidden
    assert named.hide(hidden) == hidden
    assert named.hide_bytes(text.encode()) == hidden.encode()


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


def test_facts(named: Secrets) -> None:
    named.add("s3cr3t")
    facts = {
        "text": "pin=hush s3cr3t",
        "count": 1,
        "differences": [
            {"field": "json $.pin", "expected": '"hush"', "received": "nothing", "hint": "hush"},
            {"field": "json $.a", "expected": "1", "received": "s3cr3t"},
        ],
    }
    assert named.facts(facts) == {
        "text": "pin=*** ***",
        "count": 1,
        "differences": [
            {"field": "json $.pin", "expected": "***", "received": "nothing", "hint": "***"},
            {"field": "json $.a", "expected": "1", "received": "***"},
        ],
    }


def test_names_are_masked_until_their_scope_ends() -> None:
    secrets = Secrets()
    suite, test = Scope("suite"), Scope("test")
    secrets.mask_fields(["a"], suite)
    secrets.mask_fields(["b"], test)
    secrets.mask_headers(["X-B"], test)
    assert secrets.hide("a=1&b=2") == "a=***&b=***"
    assert secrets.header("X-B", "1") == "***"
    secrets.end_scope(test)
    assert secrets.hide("a=1&b=2") == "a=***&b=2"
    assert secrets.header("X-B", "1") == "1"
    secrets.end_scope(suite)
    assert secrets.hide("a=1&b=2") == "a=1&b=2"
    assert secrets.json({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"pin":"x"},' * 60_000,
        "\\" * 500_000,
        "<pin>" * 100_000,
        '"/pin' * 100_000,
        "pin: expected " * 50_000,
        'name="pin"\n' * 20_000,
        '{"pin": {' * 50_000,
        " " * 500_000 + "pin",
        '"$' + "\\" * 40,
        f'"$pin{"x" * 10}' + "\\x" * 300,
        ' "pin": {\nx\n' * 6_000,
        ' "pin": {"\nx\n' * 6_000,
        ' name="pin"\n\n x\nx\n' * 20_000,
        " <pin>\nx\n" * 50_000,
    ],
)
def test_hostile_text_takes_no_time(named: Secrets, text: str) -> None:
    """With a pattern that backtracks this takes minutes."""
    assert len(named.hide(text)) <= 2 * len(text)


def test_many_marks_of_a_cut_take_no_time() -> None:
    """Each of them is a place where a secret may have been cut."""
    secrets = Secrets()
    secrets.add("hunter2" * 100)
    assert secrets.hide("abc... (" * 50_000) == "abc... (" * 50_000
    assert secrets.hide('..."abc' * 50_000) == '..."abc' * 50_000


def test_when_many_values_have_no_end_all_that_is_left_is_masked(named: Secrets) -> None:
    """To look for each end would take as long as there is text, each time."""
    shown = named.hide(' "pin": {\nshown\n' * 100)
    assert shown.count("shown") == 31
    assert shown.endswith(f'"{MASK}"')


def test_a_line_with_masked_values_says_what_to_fill_in(server: HttpServer, ask: Ask) -> None:
    server.secrets.mask_fields(["pin"], server.book.innermost())
    _, text = ask(Request.of("POST", "/a", {}, b'{"pin": "hush"}'))
    assert (
        "\nThis line expects it (put the values for ***):\n"
        '  Expect Request    /a    method=POST    json={"pin": "***"}\n'
    ) in text
    server.book.register(Kind.ORDERED, RequestDescription("/first"))
    _, text = ask(Request.of("POST", "/a", {}, b'{"pin": "hush"}'))
    assert "\nThis line, in front of the one that is due, expects it (put the values for ***):\n" in text


def test_masked_names_in_an_explanation(server: HttpServer, ask: Ask) -> None:
    scope = server.book.innermost()
    server.secrets.mask_headers(["X-Key"], scope)
    server.secrets.mask_fields(["pin"], scope)
    server.book.register(
        Kind.PERMANENT, RequestDescription("/a", headers={"X-Key": "hush-1"}, json={"pin": "hush-2", "b": 1})
    )
    _, text = ask(Request.of("POST", "/a?pin=hush-3", {"X-Key": "hush-4"}, b'{"pin": "hush-5", "b": 2}'))
    assert "hush" not in text
    assert "    header X-Key: expected ***, received ***\n" in text
    assert "    json $.pin: expected ***, received ***\n    json $.b: expected 1, received 2\n" in text
    assert "pin=***" in text
    assert "hush" not in server.journal.problems()[0].message
    assert "hush" not in str(server.book.expectations()[0])


@pytest.mark.parametrize(
    ("check", "names", "message"),
    [
        (header_names, [], "At least one name is needed, such as X-Api-Key."),
        (field_names, [], "At least one name is needed, such as password."),
        (header_names, ["A", "X: 1"], "'X: 1' is not the name of a header. Give each name as an argument of its own."),
        (field_names, [" "], "' ' is not the name of a field. Give each name as an argument of its own."),
        *(
            (field_names, [path], f"'{path}' is a path, and fields are masked by their name alone, such as password.")
            for path in ("$.user.password", "$[0].pin", "//password", "user/password")
        ),
        (field_names, ["a", "b=c"], "'b=c' is not the name of a field. Give each name as an argument of its own."),
    ],
)
def test_bad_names(check: Callable[[list[str]], list[str]], names: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(names)
    assert str(caught.value) == message


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
